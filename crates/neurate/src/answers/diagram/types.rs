//! The type of the answer.

use crate::study::{Array, ComplexArray, ComplexList};
use schemars::JsonSchema;
use serde::Serialize;

/// The diagram along one parameter: every steady state and limit cycle found between two values of it, every bifurcation, the
/// regimes between them, and how complete each list is. Of the circuit without noise and stimuli.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Diagram {
    /// The parameter.
    pub parameter: DiagramParameter,
    /// The values between which it was looked at: the lower, the upper.
    pub range: Array,
    /// Where this range comes from.
    pub range_origin: RangeOrigin,
    /// The widest range that was looked at while the range was grown: the lower end, the upper. None where it was given.
    pub looked: Option<Array>,
    /// Ends of the range that were asked for and are not allowed, at a rule of the circuit; the range ends just inside.
    pub clipped: Vec<ClippedEnd>,
    /// Names of the states: units, then slow states.
    pub states: Vec<String>,
    /// The population whose state is shown first.
    pub show: String,
    /// The regimes, by rising parameter: neighbors differ in a number.
    pub regimes: Vec<Regime>,
    /// Bifurcations and other special points, by rising parameter.
    pub points: Vec<DiagramPoint>,
    /// Branches of steady states.
    pub branches: Vec<DiagramBranch>,
    /// Branches of limit cycles; None if they were not asked for, or are not available.
    pub cycles: Option<Vec<DiagramCycles>>,
    /// Branches that go on inside the range and were not followed.
    pub early_stops: Vec<EarlyStop>,
    /// How complete the lists are.
    pub complete: DiagramCompleteness,
    /// Where a stable steady state needs inhibition: the excitatory units alone, all others held fixed, are unstable there. None
    /// where there are not both excitatory and inhibitory units.
    pub isn: Option<Vec<ParameterInterval>>,
    /// What a reader should know about the circuit.
    pub remarks: Vec<DiagramRemark>,
}

/// The parameter of a diagram.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagramParameter {
    /// Its name: an address, or that of a joint parameter.
    pub name: String,
    /// Unit of its values; empty: a pure number.
    pub unit: String,
    /// Its value in the file; 0 for a joint parameter. None where the file does not give it.
    pub own: Option<f64>,
    /// What a joint parameter moves; empty for an address.
    pub joint: Vec<JointPart>,
}

/// One address of a joint parameter: the parameter's value times the gain is added to the file's own value.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct JointPart {
    /// The address.
    pub address: String,
    /// The gain.
    pub gain: f64,
    /// The file's own value.
    pub own: f64,
}

/// Where a range comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RangeOrigin {
    /// It was given.
    Given,
    /// It was grown from the file's value until nothing new appeared and at its ends every transfer function was saturated or
    /// silent, the states hardly changed, or a rule of the circuit was reached.
    Grown,
    /// It was grown, and doubled eight times: more may lie outside.
    GrownToLimit,
}

/// An end of a range at a rule of the circuit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ClippedEnd {
    /// What was asked for.
    pub asked: f64,
    /// Where the range ends.
    pub used: f64,
    /// The rule.
    pub why: String,
}

/// An interval of the parameter in which the numbers of steady states and limit cycles do not change.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Regime {
    /// Its lower end.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
    /// In one word.
    pub kind: RegimeKind,
    /// Number of stable steady states; in a ring with all images, those that can stand anywhere as one.
    pub stable: usize,
    /// Number of unstable ones, alike.
    pub unstable: usize,
    /// Number of stable ones of which none is a turn of another.
    pub shapes: usize,
    /// Whether one of the stable ones can stand anywhere on a ring.
    pub anywhere: bool,
    /// Number of stable limit cycles found.
    pub stable_cycles: usize,
    /// Number of unstable ones found.
    pub unstable_cycles: usize,
    /// Why the circuit oscillates here; None where it is not known to.
    pub oscillates: Option<OscillationEvidence>,
}

/// What a circuit does in a regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegimeKind {
    /// One stable steady state.
    Steady,
    /// Two stable steady states: the initial state decides.
    Bistable,
    /// Three or more.
    Multistable,
    /// It oscillates; no steady state is stable.
    Oscillating,
    /// Steady state or oscillation, depending on the initial state.
    OscillatingOrSteady,
    /// No steady state is stable, and no stable limit cycle was found.
    NoStableState,
    /// There is no steady state.
    NoSteadyState,
}

/// Why a circuit oscillates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OscillationEvidence {
    /// A stable limit cycle was computed.
    Cycle,
    /// Two bounded states without a stable steady state (Poincaré and Bendixson).
    NoOtherWay,
}

/// A special point of a branch.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagramPoint {
    /// What it is.
    pub kind: DiagramPointKind,
    /// The parameter.
    pub p: f64,
    /// The state, slow states included; of a point of cycles the cycle's first state.
    pub state: Array,
    /// Eigenvalues, rightmost first, per unit of time; None of points of cycles, and above 60 states.
    pub eigenvalues: Option<ComplexList>,
    /// What is left of its own equations, scaled.
    pub residual: f64,
    /// Positions of its branches in `branches`; of a point of cycles in `cycles`.
    pub branches: Vec<usize>,
    /// On which side of a fold the two steady states or cycles exist.
    pub exist: Option<DiagramSide>,
    /// The normal form's coefficient of a fold, `<w, B(q, q)>/2` with `q.q = w.q = 1`.
    pub a: Option<f64>,
    /// Angular frequency at a Hopf point, per unit of time.
    pub omega: Option<f64>,
    /// Frequency of the oscillation, in the unit of rates.
    pub frequency: Option<f64>,
    /// Its period, in the unit of time.
    pub period: Option<f64>,
    /// The first Lyapunov coefficient of a Hopf point (Kuznetsov, `<q, q> = <p, q> = 1`): its value scales with the unit of the
    /// states, its sign does not.
    pub l1: Option<f64>,
    /// Whether what is born at a Hopf point, a pitchfork or a period doubling takes over (super) or not.
    pub criticality: Option<DiagramCriticality>,
    /// How the real part of the critical pair moves with the parameter, per unit of time and of the parameter.
    pub crossing: Option<f64>,
    /// Half of the distance between maximum and minimum of each state on the small cycle is this times the square root of the
    /// distance of the parameter from the Hopf point.
    pub amplitude: Option<Array>,
    /// On which side of a Hopf point the small cycle exists.
    pub cycle_exists: Option<DiagramSide>,
    /// Whether cycles end at this fold, with a period that grows as 1 over the square root of the distance (SNIC).
    pub snic: bool,
    /// How many eigenvalues vanish where several do.
    pub kernel: Option<usize>,
    /// Units that stand at a kink of their transfer function.
    pub units: Vec<String>,
    /// Floquet multipliers of a point of cycles, without the one that is 1 on every cycle; largest modulus first.
    pub multipliers: Option<ComplexList>,
    /// The angle of the critical pair of multipliers of a torus, in radians.
    pub angle: Option<f64>,
}

/// Kinds of special points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagramPointKind {
    /// Two steady states meet and disappear.
    Fold,
    /// A pair of eigenvalues crosses the imaginary axis, and a cycle is born.
    Hopf,
    /// Two branches cross and exchange stability.
    Transcritical,
    /// A branch crosses another one, both of its halves on one side.
    Pitchfork,
    /// Branches cross in another way, or several eigenvalues vanish together.
    Degenerate,
    /// At this one value the steady states fill a line, as in linear circuits.
    Line,
    /// Two steady states meet and disappear where a unit stands at a kink of its transfer function: no eigenvalue vanishes.
    KinkFold,
    /// A pair of eigenvalues is unstable on one side of a kink: a cycle that is born grows in proportion to the distance.
    KinkHopf,
    /// More than two pieces of branches meet where a unit stands at a kink.
    KinkCrossing,
    /// A unit stands at a kink of its transfer function: eigenvalues jump.
    Kink,
    /// Stability changes, and no kind was confirmed.
    Unresolved,
    /// Two limit cycles meet and disappear.
    CycleFold,
    /// A cycle of twice the period is born.
    PeriodDoubling,
    /// A second frequency is born.
    Torus,
    /// Branches of limit cycles cross; the other one is not followed.
    CycleCrossing,
    /// The stability of a limit cycle changes, and no kind was confirmed.
    CycleUnresolved,
}

/// A side of a value of the parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagramSide {
    /// Smaller values.
    Below,
    /// Larger values.
    Above,
}

/// Whether what is born takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagramCriticality {
    /// What is born is stable if all else is: onset is gradual.
    Supercritical,
    /// What is born is unstable: the circuit jumps.
    Subcritical,
}

/// A branch of steady states: points in their order along it, special points included.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagramBranch {
    /// The parameter.
    pub p: Array,
    /// States: one row a point, slow states included.
    pub states: Array,
    /// Rates: one row a point, one column a unit.
    pub r: Array,
    /// Eigenvalues, rightmost first, per unit of time: one row a point. None above 60 states.
    pub eigenvalues: Option<ComplexArray>,
    /// Number of eigenvalues with a positive real part; at a special point, those that have it on both sides.
    pub unstable: Array,
    /// How it ends at its first and at its last point.
    pub ends: Vec<DiagramEnd>,
    /// Positions of its special points along it.
    pub special: Vec<usize>,
    /// Which points of the diagram these are.
    pub special_points: Vec<usize>,
    /// The largest real part of the eigenvalues of the excitatory units alone, all others held fixed, per unit of time. None where
    /// there are not both excitatory and inhibitory units.
    pub excitatory: Option<Array>,
    /// In a ring: how many branches are turns of this one, itself included; 1 elsewhere, and where the state can stand anywhere.
    pub images: usize,
    /// In a ring in which the state can stand anywhere, or nearly: how fast it drifts at most, the largest modulus of the eigenvalue
    /// of a turn on this branch, per unit of time. None elsewhere.
    pub drift: Option<f64>,
}

/// The end of a branch.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagramEnd {
    /// How it ends.
    pub kind: DiagramEndKind,
    /// At which value of the parameter.
    pub p: f64,
    /// The last step that was tried, as a share of the range; of unfinished branches.
    pub step: Option<f64>,
    /// How many points were made; where that was the limit.
    pub points: Option<usize>,
}

/// How a branch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagramEndKind {
    /// At the lower end of the range.
    LowerEdge,
    /// At the upper end of the range.
    UpperEdge,
    /// It comes back to its start.
    Closed,
    /// At the uniform state of a ring: what lies beyond is its image.
    Crossing,
    /// It leaves every bound: a state exceeds a thousand times what is found elsewhere.
    Runaway,
    /// No step was short enough: the branch goes on and was not followed.
    Unfinished,
    /// The largest number of points was made.
    Budget,
}

/// A branch of limit cycles, in their order along it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagramCycles {
    /// The parameter.
    pub p: Array,
    /// The period of each cycle, in the unit of time.
    pub period: Array,
    /// Maximum of each state over the cycle: one row a cycle.
    pub max: Array,
    /// Minimum of each state.
    pub min: Array,
    /// Mean of each state.
    pub mean: Array,
    /// Floquet multipliers without the one that is 1 on every cycle, largest modulus first: one row a cycle.
    pub multipliers: ComplexArray,
    /// How far from 1 the multiplier that is 1 on every cycle was found: an error of all of them.
    pub trivial_error: Array,
    /// Number of multipliers outside the unit circle.
    pub unstable: Array,
    /// The largest defect of the equation, in units of the state over its time constant.
    pub residual: Array,
    /// Orbits: cycle, time as a share of the period (0, 0.005 ... 1), state.
    pub orbits: Array,
    /// The Hopf point at which it was found: position in `points`. None where a run led to it.
    pub from_hopf: Option<usize>,
    /// Positions of its special points along it.
    pub special: Vec<usize>,
    /// Which points of the diagram these are.
    pub special_points: Vec<usize>,
    /// How it ends at its first and at its last cycle.
    pub ends: Vec<CycleFamilyEnd>,
}

/// The end of a branch of limit cycles.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct CycleFamilyEnd {
    /// How it ends.
    pub kind: CycleEndKind,
    /// At which value of the parameter; of a homoclinic orbit extrapolated.
    pub p: f64,
    /// The error of this value, where it was extrapolated.
    pub error: Option<f64>,
    /// The special point at which it ends: position in `points`.
    pub point: Option<usize>,
    /// Sum of the real parts of the saddle's smallest unstable and smallest stable eigenvalue, of a homoclinic orbit, per unit of
    /// time: where it is negative, a stable cycle is born.
    pub saddle_quantity: Option<f64>,
}

/// How a branch of limit cycles ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CycleEndKind {
    /// At a Hopf point, with amplitude 0.
    Hopf,
    /// At a steady state where a unit stands at a kink of its transfer function, with amplitude 0.
    Kink,
    /// At a fold on the cycle, with infinite period (SNIC).
    Snic,
    /// At an orbit from a saddle back to it, with infinite period.
    Homoclinic,
    /// The same from a saddle-focus.
    SaddleFocus,
    /// At the lower end of the range.
    LowerEdge,
    /// At the upper end of the range.
    UpperEdge,
    /// It comes back to its start.
    Closed,
    /// No step was short enough.
    Unfinished,
    /// The largest number of cycles was made.
    Budget,
    /// The period grows beyond what is followed, and no reason was confirmed.
    LongPeriod,
}

/// A branch that goes on inside the range and was not followed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct EarlyStop {
    /// Whether it is one of limit cycles.
    pub cycles: bool,
    /// Its position in `branches` or `cycles`.
    pub branch: usize,
    /// Where it was left.
    pub p: f64,
    /// The last step that was tried, as a share of the range.
    pub step: Option<f64>,
    /// How many points were made; where that was the limit.
    pub points: Option<usize>,
    /// The period of the last cycle, where it grew too long.
    pub period: Option<f64>,
}

/// How complete the lists of a diagram are.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagramCompleteness {
    /// Steady states.
    pub equilibria: CompletenessWord,
    /// Their bifurcations.
    pub special: CompletenessWord,
    /// Limit cycles; None if they were not looked for.
    pub cycles: Option<CompletenessWord>,
    /// Values of the parameter at which a search and the branches were compared.
    pub values: usize,
    /// At how many of them they agree.
    pub agree: usize,
    /// At how many of them the search excludes further steady states.
    pub exhaustive: usize,
    /// Whether the sum of the indices over the branches is 1 at each of them; None where rates are not bounded, or rounding hides
    /// an index.
    pub index_sum_right: Option<bool>,
    /// Intervals of the parameter that a proof leaves open: one row each.
    pub open: Array,
    /// The largest residual of the special points of steady states.
    pub largest_residual: Option<f64>,
    /// The largest one of those of limit cycles: of the function whose zero they are.
    pub largest_cycle_residual: Option<f64>,
    /// How limit cycles were looked for.
    pub cycle_search: Option<CycleSearch>,
}

/// How limit cycles were looked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct CycleSearch {
    /// At how many values of the parameter runs were made.
    pub values: usize,
    /// How many runs at each.
    pub runs: usize,
    /// Hopf points from which no cycle could be followed: positions in `points`.
    pub hopf_without_cycle: Vec<usize>,
    /// Values of the parameter at which runs neither rest nor lie on a cycle that was solved: long transients, tori, chaos.
    pub unexplained: Array,
    /// Values at which some runs pass the ceiling of the circuit's runs: the initial state decides there.
    pub runaway: Array,
    /// Values at which the run from rest does; one is made at each value beside the others.
    pub runaway_from_rest: Array,
}

/// How complete a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompletenessWord {
    /// Bounds exclude all others at every value of the parameter.
    Proved,
    /// All combinations of pieces of a piecewise-linear circuit were solved.
    Exact,
    /// Searches and branches agree at some values of the parameter, and the index sum is right.
    Audited,
    /// What was found; others may exist.
    Sampled,
}

/// An interval of the parameter.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ParameterInterval {
    /// Its lower end.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
}

/// What a reader should know about the circuit of a diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagramRemark {
    /// The circuit has noise; the diagram is that of the circuit without it.
    NoiseIgnored,
    /// The circuit has stimuli; the diagram is that of its constant input.
    StimuliIgnored,
    /// Weights are drawn; the diagram is that of the file's seed.
    WeightsDrawn,
    /// All transfer functions are linear: there is one steady state, and no limit cycle of its own.
    Linear,
    /// The parameter moves no steady state, only its stability.
    StabilityOnly,
    /// Cycles were not looked for: they are not available above 400 states, or for this kind of circuit.
    NoCycles,
    /// No steady state was found anywhere.
    NoSteadyState,
    /// The circuit is a ring: steady states with a mirror axis were followed, one for all of its turns.
    Ring,
}
