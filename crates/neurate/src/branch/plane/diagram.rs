//! What a diagram over two parameters consists of: curves, special points, and how complete they are. Data without words.

use super::super::diagram::Completeness;
use neurate_numerics::linalg::Complex;

/// What a curve consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CurveKind {
    /// Two equilibria meet and disappear.
    Fold,
    /// A pair of eigenvalues crosses the imaginary axis.
    Hopf,
}

impl CurveKind {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            CurveKind::Fold => "fold",
            CurveKind::Hopf => "Hopf",
        }
    }
}

/// How a curve ends.
#[derive(Clone, Debug, PartialEq)]
pub enum CurveEnd {
    /// A parameter reaches the lower end of its window.
    LowerEdge {
        /// Which one.
        parameter: usize,
    },
    /// A parameter reaches the upper end of its window.
    UpperEdge {
        /// Which one.
        parameter: usize,
    },
    /// It comes back to its start.
    Closed,
    /// Its frequency vanishes: what continues it consists of neutral saddles, which are no bifurcation.
    BogdanovTakens,
    /// Units reach a kink of their transfer functions, where slopes jump.
    Kink {
        /// The units.
        units: Vec<usize>,
    },
    /// A state exceeds a thousand times what is found anywhere in the windows.
    Runaway,
    /// No step was short enough: the curve goes on, and was not followed.
    Unfinished {
        /// The last step that was tried, of the windows.
        step: f64,
    },
    /// So many points were made, and no more.
    Budget {
        /// How many.
        points: usize,
    },
}

impl CurveEnd {
    /// Whether the curve goes on inside the windows and was not followed.
    pub fn is_early(&self) -> bool {
        matches!(self, CurveEnd::Unfinished { .. } | CurveEnd::Budget { .. } | CurveEnd::Runaway)
    }
}

/// A curve of folds or Hopf points: points in their order along it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Curve {
    /// What it consists of.
    pub kind: CurveKind,
    /// Both parameters.
    pub p: Vec<[f64; 2]>,
    /// States, slow ones included.
    pub states: Vec<Vec<f64>>,
    /// Angular frequencies, per unit of time; empty for folds.
    pub omega: Vec<f64>,
    /// First Lyapunov coefficients: negative where the cycle that is born is stable (if all else is). NaN where there is none.
    /// Empty for folds.
    pub l1: Vec<f64>,
    /// How many eigenvalues have a positive real part, without those that are on the axis.
    pub unstable: Vec<usize>,
    /// How it ends at its first and at its last point; both [`CurveEnd::Closed`] for a closed one.
    pub ends: [CurveEnd; 2],
    /// Its special points, in order: position on this curve, and position in [`PlaneDiagram::points`].
    pub special: Vec<(usize, usize)>,
}

impl Curve {
    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.ends[0] == CurveEnd::Closed
    }
}

/// What a special point of codimension 2 is.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaneKind {
    /// Bogdanov and Takens' point: a double zero eigenvalue; a Hopf curve ends on a fold curve.
    BogdanovTakens {
        /// `1/2 <p1, B(q0, q0)>`, with `A q0 = 0`, `A q1 = q0`, `q0.q0 = 1`, `q0.q1 = 0` and the largest entry of q0 positive.
        a: f64,
        /// `<p0, B(q0, q0)> + <p1, B(q0, q1)>`. The sign of `a b` decides whether the cycle that is born there is stable.
        b: f64,
    },
    /// Two fold curves meet.
    Cusp {
        /// `1/6 <w, C(q, q, q) + 3 B(q, h)>` with `A h = -B(q, q)`: along q the state obeys `y' = c y^3`.
        c: f64,
    },
    /// The first Lyapunov coefficient vanishes (Bautin's point): a curve of folds of cycles begins.
    GeneralizedHopf {
        /// Angular frequency, per unit of time.
        omega: f64,
    },
    /// A zero eigenvalue and a pair on the imaginary axis.
    ZeroHopf {
        /// Angular frequency, per unit of time.
        omega: f64,
    },
    /// Two pairs on the imaginary axis.
    HopfHopf {
        /// Both angular frequencies, per unit of time, the larger one first.
        omega: [f64; 2],
    },
}

impl PlaneKind {
    /// Its usual letters.
    pub fn letters(&self) -> &'static str {
        match self {
            PlaneKind::BogdanovTakens { .. } => "BT",
            PlaneKind::Cusp { .. } => "CP",
            PlaneKind::GeneralizedHopf { .. } => "GH",
            PlaneKind::ZeroHopf { .. } => "ZH",
            PlaneKind::HopfHopf { .. } => "HH",
        }
    }
}

/// A special point of codimension 2.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlanePoint {
    /// What it is.
    pub kind: PlaneKind,
    /// Both parameters.
    pub p: [f64; 2],
    /// The state, slow states included.
    pub state: Vec<f64>,
    /// Eigenvalues, rightmost first.
    pub eigenvalues: Vec<Complex>,
    /// What is left of its own equations, scaled.
    pub residual: f64,
    /// The curves that it lies on.
    pub curves: Vec<usize>,
}

/// A line through the plane on which a diagram along one parameter and the curves are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditLine {
    /// The parameter along the line.
    pub along: usize,
    /// The value of the other one.
    pub at: f64,
    /// How many folds and Hopf points the diagram has.
    pub found: usize,
    /// How many times curves pass.
    pub passed: usize,
    /// How many of the diagram's lie on no curve.
    pub off_curves: usize,
    /// Points of other kinds in the diagram (crossings of branches, kinks, unresolved ones): their curves are not followed.
    pub others: usize,
}

impl AuditLine {
    /// Whether nothing speaks against completeness here.
    pub fn agrees(&self) -> bool {
        self.off_curves == 0 && self.found == self.passed
    }
}

/// Curves of folds and Hopf points over two parameters.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlaneDiagram {
    /// The parameters' names.
    pub parameters: [String; 2],
    /// The values between which each was looked at.
    pub windows: [(f64, f64); 2],
    /// Names of the states.
    pub names: Vec<String>,
    /// The curves.
    pub curves: Vec<Curve>,
    /// Special points, by kind and then by the first parameter.
    pub points: Vec<PlanePoint>,
    /// Where diagrams along one parameter and the curves were compared.
    pub audit: Vec<AuditLine>,
    /// How complete the curves are: [`Completeness::Audited`] where diagrams and curves agree on every line. A closed curve between
    /// the lines is not excluded.
    pub complete: Completeness,
}

impl PlaneDiagram {
    /// The curves of a kind.
    pub fn curves_of(&self, kind: CurveKind) -> impl Iterator<Item = &Curve> {
        self.curves.iter().filter(move |c| c.kind == kind)
    }
    /// The special points with these letters: `BT`, `CP`, `GH`, `ZH`, `HH`.
    pub fn points_of<'a>(&'a self, letters: &'a str) -> impl Iterator<Item = &'a PlanePoint> {
        self.points.iter().filter(move |p| p.kind.letters() == letters)
    }
    /// Ends of curves that go on inside the windows and were not followed: curve, parameters, and why.
    pub fn early_stops(&self) -> Vec<(usize, [f64; 2], CurveEnd)> {
        let ends = |(k, c): (usize, &Curve)| {
            let p = [c.p.first(), c.p.last()];
            let both = c.ends.iter().zip(p);
            both.filter_map(|(e, p)| Some((k, *p?, e.clone()))).filter(|s| s.2.is_early()).collect::<Vec<_>>()
        };
        self.curves.iter().enumerate().flat_map(ends).collect()
    }
}
