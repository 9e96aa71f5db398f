//! What an analysis says: words, tables, figures, and the numbers behind them, all as data.
//!
//! Writers (terminal, JSON, HTML) know these types and nothing of neuroscience; analyses know
//! nothing of writers.

use super::layout::{Alternatives, Open, Part};
use schemars::JsonSchema;
use serde::Serialize;

/// One section of a report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Section {
    /// Machine name, the analysis' own: `fixed_points`.
    pub name: &'static str,
    /// Heading.
    pub title: String,
    /// Where it stands on the page.
    pub part: Part,
    /// How much of it stands open there.
    pub open: Open,
    /// Whether there is an answer to show; false where the section only says why there is none.
    pub available: bool,
    /// What it means, in plain words: the sentence that a reader should take away comes first.
    pub verdict: Vec<String>,
    /// Tables, in order.
    pub tables: Vec<Table>,
    /// Figures, in order.
    pub figures: Vec<Figure>,
    /// Figures of these that are shown one choice at a time.
    pub alternatives: Vec<Alternatives>,
    /// Machine name of a figure of another section that the page shows here, and not there.
    pub shows: Option<String>,
    /// How far to trust the numbers: residuals, tolerances, conditions.
    pub trust: Vec<String>,
    /// Sources: papers and equations.
    pub sources: Vec<&'static str>,
    /// The same numbers for machines, at full precision.
    pub data: serde_json::Value,
}

impl Section {
    /// An empty section.
    pub fn new(name: &'static str, title: impl Into<String>) -> Self {
        Section {
            name,
            title: title.into(),
            part: Part::Details,
            open: Open::default(),
            available: true,
            verdict: vec![],
            tables: vec![],
            figures: vec![],
            alternatives: vec![],
            shows: None,
            trust: vec![],
            sources: vec![],
            data: serde_json::Value::Null,
        }
    }
}

/// A table with named columns.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Table {
    /// What it shows, a phrase.
    pub caption: String,
    /// Column headings, units included: `tau_eff (ms)`.
    pub columns: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows yet.
    pub fn new(caption: impl Into<String>, columns: &[&str]) -> Self {
        Table {
            caption: caption.into(),
            columns: columns.iter().map(|c| (*c).to_string()).collect(),
            rows: vec![],
        }
    }
}

/// One cell of a table. In JSON: a string, a number, `{"re":..,"im":..}`, a boolean, or null.
#[derive(Clone, Debug, Serialize, JsonSchema, PartialEq)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number; writers round it to four significant digits. Infinity and NaN are null in JSON.
    Number(f64),
    /// A complex number.
    Complex {
        /// Real part.
        re: f64,
        /// Imaginary part.
        im: f64,
    },
    /// Yes or no.
    Flag(bool),
    /// Nothing to say.
    Empty,
}

/// One axis: what, and in which unit (empty: dimensionless).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Axis {
    /// What is drawn: `time`, `rate`.
    pub label: String,
    /// Its unit: `ms`, `Hz`; empty when there is none.
    pub unit: String,
    /// Whether its scale is logarithmic. Values are the quantity's own; those that are not positive are not drawn.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    pub logarithmic: bool,
}

impl Axis {
    /// An axis.
    pub fn new(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Axis { label: label.into(), unit: unit.into(), logarithmic: false }
    }
    /// The same with a logarithmic scale.
    #[must_use]
    pub fn logarithmic(self) -> Self {
        Axis { logarithmic: true, ..self }
    }
}

/// How a thing is colored: the same color for the same thing in every figure of a report.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An excitatory population.
    Excitatory,
    /// An inhibitory population.
    Inhibitory,
    /// A population of no declared sign.
    Unconstrained,
    /// A mode, a second method: the first free color of the palette.
    Other,
    /// A guide: identity line, bound, threshold.
    Guide,
}

/// How a line is drawn. Solid is simulated, or all that there is; dashed is the theory beside it.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Stroke {
    /// Solid.
    Solid,
    /// Dashed.
    Dashed,
    /// Dotted.
    Dotted,
    /// As a band, whose edge the curve is, there and back.
    Band,
    /// Solid, thin and pale: the same thing in another state, such as units of a population that are not stimulated.
    Pale,
}

/// A named curve.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its color.
    pub role: Role,
    /// How it is drawn.
    pub stroke: Stroke,
    /// Abscissae.
    pub x: Vec<f64>,
    /// Ordinates, as many.
    pub y: Vec<f64>,
}

/// A marked point with a word to it; without `y`, a vertical line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Mark {
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: Option<f64>,
    /// The word.
    pub label: String,
    /// Its color.
    pub role: Role,
}

/// Points in the complex plane, or in any plane with equal scales.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cloud {
    /// Name in the legend.
    pub name: String,
    /// Color.
    pub role: Role,
    /// Abscissae.
    pub x: Vec<f64>,
    /// Ordinates.
    pub y: Vec<f64>,
}

/// Values with intervals, one for each category of a figure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IntervalSet {
    /// Name in the legend.
    pub name: String,
    /// Color.
    pub role: Role,
    /// Lower ends.
    pub low: Vec<f64>,
    /// The values themselves.
    pub center: Vec<f64>,
    /// Upper ends.
    pub high: Vec<f64>,
}

/// A node of a drawn circuit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CircuitNode {
    /// Population's name.
    pub name: String,
    /// Its color and sign.
    pub role: Role,
    /// Number of units.
    pub size: usize,
    /// A short note under the name: `tau 20 ms`.
    pub note: String,
}

/// A directed, weighted link between nodes, by their positions in the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Link {
    /// Receiving node.
    pub to: usize,
    /// Sending node.
    pub from: usize,
    /// Signed weight.
    pub weight: f64,
}

/// A node of a feedforward chain of Schur modes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChainNode {
    /// `mode 1`.
    pub name: String,
    /// Eigenvalue of the effective weights, real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
    /// Effective time constant.
    pub tau: f64,
    /// The pattern over populations or units, real parts, with the names in `Figure::Chain::units`.
    pub pattern: Vec<f64>,
}

/// A fixed point in a phase plane.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlaneMark {
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: f64,
    /// How it is drawn.
    pub sign: PlaneSign,
    /// What it is, in words: `stable focus`.
    pub label: String,
    /// Whether it is one under a stimulus, drawn paler.
    pub driven: bool,
}

/// The sign of a fixed point in a phase plane.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum PlaneSign {
    /// It attracts: filled.
    Filled,
    /// It repels: hollow.
    Hollow,
    /// A saddle: half filled.
    Half,
    /// Not decided: a cross.
    Cross,
}

/// A piece of a branch of limit cycles: the envelope of a state.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CycleBand {
    /// Whether the cycles are stable: drawn as a filled band, else between dashed lines.
    pub stable: bool,
    /// The parameter.
    pub x: Vec<f64>,
    /// The largest value over each cycle.
    pub high: Vec<f64>,
    /// The smallest value.
    pub low: Vec<f64>,
    /// The period.
    pub period: Vec<f64>,
}

/// A named point of a diagram.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BranchMark {
    /// The parameter.
    pub x: f64,
    /// The state.
    pub y: f64,
    /// What it is, which says how it is drawn.
    pub sign: BranchSign,
    /// What it is, in words: `Hopf, subcritical`.
    pub label: String,
}

/// The sign of a named point of a diagram.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum BranchSign {
    /// A fold of steady states: a square.
    Fold,
    /// A Hopf point: a circle, filled where it is supercritical.
    Hopf,
    /// A Hopf point that is subcritical: a hollow circle.
    SubcriticalHopf,
    /// Branches cross: a diamond.
    Crossing,
    /// A unit stands at a kink: a triangle.
    Kink,
    /// A point of limit cycles (fold, period doubling, torus): a hollow square.
    Cycle,
    /// Limit cycles end with an infinite period: a star.
    InfinitePeriod,
    /// Stability changes in a way that was not confirmed: a hollow triangle.
    Unresolved,
    /// A branch goes on and was not followed: a cross.
    Unfinished,
}

/// A stretch of the parameter in the strip beneath a diagram.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegimeStretch {
    /// Its lower end.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
    /// The regime in a word or two: `oscillates`.
    pub label: String,
    /// How many stable steady states there are: as many lines.
    pub stable: usize,
    /// Whether the circuit oscillates: a wave.
    pub oscillates: bool,
}

/// A region of a regime map.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MapArea {
    /// What happens there, in a word or two; empty if it is too small for words.
    pub label: String,
    /// The same at length.
    pub note: String,
    /// How many steady states are stable.
    pub stable: usize,
    /// Whether the circuit oscillates, from some or all initial states: in color.
    pub moves: bool,
    /// Whether it leaves every bound, from some or all initial states.
    pub leaves: bool,
    /// Whether the initial state decides: hatched.
    pub several: bool,
    /// An inner point.
    pub at: (f64, f64),
    /// Its outline, as closed rings; what lies inside an odd number of them belongs to it.
    pub rings: Vec<Vec<(f64, f64)>>,
}

/// A piece of a curve on a regime map.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MapLine {
    /// What it consists of.
    pub kind: MapLineKind,
    /// Whether it is one of steady states that are unstable on both sides: thin and pale.
    pub faint: bool,
    /// Abscissae.
    pub x: Vec<f64>,
    /// Ordinates.
    pub y: Vec<f64>,
}

/// Kinds of curves on a regime map.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum MapLineKind {
    /// Steady states meet: solid.
    Fold,
    /// A stable cycle is born: solid.
    Supercritical,
    /// An unstable cycle is born: dashed.
    Subcritical,
}

/// A lettered point of a regime map.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MapMark {
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: f64,
    /// Its letters: `BT`.
    pub label: String,
    /// What they mean.
    pub note: String,
}

/// A figure as data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Figure {
    /// Curves over a common axis.
    Lines {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// One or two sentences under the figure: how to read it.
        caption: String,
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// The curves.
        series: Vec<Series>,
        /// Marked points.
        marks: Vec<Mark>,
    },
    /// Contributions to a sum over a common axis, stacked: positive ones upwards, negative downwards.
    Areas {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// The contributions, all over the same abscissae.
        series: Vec<Series>,
        /// Their sum, as a line.
        total: Option<Series>,
    },
    /// Values with intervals, by category.
    Intervals {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it: of what the intervals are.
        caption: String,
        /// What the categories are.
        x: Axis,
        /// What the values are.
        y: Axis,
        /// Names of the categories.
        categories: Vec<String>,
        /// The values, side by side.
        sets: Vec<IntervalSet>,
        /// A value to compare with: a threshold.
        reference: Option<f64>,
    },
    /// Points and curves in a plane with equal scales: a spectrum.
    Plane {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// The points.
        clouds: Vec<Cloud>,
        /// Curves; a NaN (null) parts the pieces of one. Those of role `other` are levels of one
        /// quantity, the outermost first, and share a color.
        curves: Vec<Series>,
        /// The abscissa of the border of stability: what lies right of it is unstable.
        border: Option<f64>,
        /// Circles to compare with: center x, center y, radius, name.
        circles: Vec<(f64, f64, f64, String)>,
    },
    /// A matrix of signed numbers as a heat map (small ones with the numbers written in).
    Matrix {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// What the rows are: `to`, `response of`.
        rows_are: String,
        /// What the columns are: `from`, `input to`.
        columns_are: String,
        /// Names of the rows (empty for large matrices).
        row_names: Vec<String>,
        /// Names of the columns.
        column_names: Vec<String>,
        /// Rows of values; NaN (null) is not drawn.
        values: Vec<Vec<f64>>,
        /// Unit of the values.
        unit: String,
        /// Cells to outline: row, column, why.
        outlined: Vec<(usize, usize, String)>,
    },
    /// Schur modes as a feedforward chain: first mode rightmost, fed by the later ones.
    Chain {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// Unit of the time constants.
        time_unit: String,
        /// Names of the entries of a pattern.
        units: Vec<String>,
        /// The modes.
        nodes: Vec<ChainNode>,
        /// Feedforward weights.
        links: Vec<Link>,
    },
    /// The circuit, drawn.
    Circuit {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// Populations.
        nodes: Vec<CircuitNode>,
        /// Weights between populations.
        links: Vec<Link>,
    },
    /// Patterns over units as bars, one small panel each.
    Patterns {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// Names of the units (empty for many).
        units: Vec<String>,
        /// Colors of the units.
        roles: Vec<Role>,
        /// Name and values of each pattern.
        patterns: Vec<(String, Vec<f64>)>,
    },
    /// States of two units against each other: nullclines, flow, fixed points, courses.
    PhasePlane {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// Lower and upper end of the horizontal axis.
        x_range: (f64, f64),
        /// Lower and upper end of the vertical axis.
        y_range: (f64, f64),
        /// Nullclines; a NaN (null) parts the pieces of one.
        nullclines: Vec<Series>,
        /// The same under a stimulus, drawn paler.
        driven: Vec<Series>,
        /// Courses, each from its start.
        series: Vec<Series>,
        /// Manifolds of saddles, along the flow: solid unstable ones, dashed stable ones; a NaN (null) parts them.
        manifolds: Vec<Series>,
        /// Limit cycles: solid stable ones, dashed unstable ones.
        cycles: Vec<Series>,
        /// The flow: place and velocity. Arrows have one length; the paler, the slower.
        flow: Vec<(f64, f64, f64, f64)>,
        /// Fixed points.
        points: Vec<PlaneMark>,
    },
    /// A state over a parameter: branches of steady states and limit cycles, named points, and the regimes beneath.
    Branches {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// The parameter.
        x: Axis,
        /// The state.
        y: Axis,
        /// Lower and upper end of the parameter.
        x_range: (f64, f64),
        /// Pieces of branches of steady states: solid where they are stable, dashed where not.
        branches: Vec<Series>,
        /// Pieces of branches of limit cycles.
        cycles: Vec<CycleBand>,
        /// The axis of their periods.
        period: Axis,
        /// Named points.
        points: Vec<BranchMark>,
        /// The regimes, by rising parameter.
        regimes: Vec<RegimeStretch>,
        /// Where a stable steady state needs inhibition (ISN); null where there are not both kinds of units.
        isn: Option<Vec<(f64, f64)>>,
        /// The file's own value of the parameter.
        own: Option<f64>,
    },
    /// What a circuit does over two parameters: regions, the curves between them, and lettered points.
    Regimes {
        /// Machine name, unique in the report.
        id: String,
        /// Title.
        title: String,
        /// How to read it.
        caption: String,
        /// The first parameter.
        x: Axis,
        /// The second one.
        y: Axis,
        /// Lower and upper end of the first.
        x_range: (f64, f64),
        /// Lower and upper end of the second.
        y_range: (f64, f64),
        /// The regions.
        areas: Vec<MapArea>,
        /// Pieces of the curves.
        lines: Vec<MapLine>,
        /// Points at which curves meet or change their kind.
        points: Vec<MapMark>,
        /// The file's own values.
        own: Option<(f64, f64)>,
    },
}

impl Figure {
    /// Its machine name.
    pub fn id(&self) -> &str {
        self.words().0
    }
    /// Its title.
    pub fn title(&self) -> &str {
        self.words().1
    }
    /// How to read it.
    pub fn caption(&self) -> &str {
        self.words().2
    }
    fn words(&self) -> (&str, &str, &str) {
        match self {
            Figure::Lines { id, title, caption, .. }
            | Figure::Areas { id, title, caption, .. }
            | Figure::Intervals { id, title, caption, .. }
            | Figure::Plane { id, title, caption, .. }
            | Figure::Matrix { id, title, caption, .. }
            | Figure::Chain { id, title, caption, .. }
            | Figure::Circuit { id, title, caption, .. }
            | Figure::Patterns { id, title, caption, .. }
            | Figure::PhasePlane { id, title, caption, .. }
            | Figure::Branches { id, title, caption, .. }
            | Figure::Regimes { id, title, caption, .. } => (id, title, caption),
        }
    }
}
