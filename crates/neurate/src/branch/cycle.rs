//! What branches of limit cycles consist of. Data without words.

use neurate_numerics::linalg::Complex;

/// One period of a limit cycle, for drawing and for reading off phases.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Orbit {
    /// Times from 0 to the period, rising; dense where the state moves fast. Every fifth one begins an interval, and the four behind
    /// it are Gauss's points in this interval.
    pub times: Vec<f64>,
    /// The state at each time, slow states included. The last one is the first one again.
    pub states: Vec<Vec<f64>>,
}

/// A limit cycle.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cycle {
    /// The parameter.
    pub p: f64,
    /// The period.
    pub period: f64,
    /// The largest value of each state, slow states included.
    pub max: Vec<f64>,
    /// The smallest value of each state.
    pub min: Vec<f64>,
    /// The mean over time of each state.
    pub mean: Vec<f64>,
    /// Floquet multipliers without the trivial one, largest modulus first. Signs and sides of the unit circle hold for all; of those
    /// below 1e-10 or above 1e10 the modulus may be nearer to 1 than it should be, where the mesh is wider than a time constant.
    pub multipliers: Vec<Complex>,
    /// How far the multiplier that is 1 on every cycle is from 1: an error of all of them. In circuits whose f has kinks, and
    /// beside homoclinic orbits, it is largest.
    pub trivial_error: f64,
    /// How many multipliers lie outside the unit circle, the trivial one not counted; at a special point, those that do on both
    /// sides.
    pub unstable: usize,
    /// The largest defect of the equation between the points of collocation, in units of the state over its time constant.
    pub residual: f64,
    /// The states over one period.
    pub orbit: Orbit,
}

impl Cycle {
    /// Whether small deviations from it decay.
    pub fn is_stable(&self) -> bool {
        self.unstable == 0
    }
}

/// Where a branch of cycles was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CycleStart {
    /// At a Hopf point: its position in [`Diagram::points`](super::Diagram::points).
    Hopf(usize),
    /// By a run that did not come to rest, at this value of the parameter.
    Run {
        /// The parameter.
        p: f64,
    },
}

/// How a branch of cycles ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CycleEnd {
    /// The cycle shrinks to a Hopf point: its position in [`Diagram::points`](super::Diagram::points).
    Hopf(usize),
    /// The cycle shrinks to an equilibrium at which a unit stands at a kink of its transfer function.
    Kink {
        /// The parameter.
        p: f64,
    },
    /// A saddle-node appears on the cycle: the period grows as one over the square root of the distance.
    Snic {
        /// The parameter: that of the fold.
        p: f64,
        /// The position of the fold in [`Diagram::points`](super::Diagram::points).
        fold: usize,
    },
    /// The cycle becomes an orbit from a saddle to itself: the period grows as the logarithm of the distance.
    Homoclinic {
        /// The parameter, extrapolated.
        p: f64,
        /// Its error.
        error: f64,
        /// Whether the saddle's nearest eigenvalues are complex: a saddle-focus.
        focus: bool,
        /// The sum of the real parts of the smallest unstable and the smallest stable eigenvalue, per unit of time: where it is
        /// negative, a stable cycle is born.
        saddle_quantity: f64,
    },
    /// It leaves the window at its lower end.
    LowerEdge,
    /// It leaves the window at its upper end.
    UpperEdge,
    /// It comes back to its start.
    Closed,
    /// The period exceeds 200 times the slowest time scale, and neither law of an end was confirmed.
    LongPeriod {
        /// The period.
        period: f64,
    },
    /// No step was short enough: the branch goes on, and was not followed.
    Unfinished {
        /// The last step that was tried, in scaled arclength.
        step: f64,
    },
    /// So many cycles were computed, and no more.
    Budget {
        /// How many.
        cycles: usize,
    },
}

impl CycleEnd {
    /// Whether the branch goes on inside the window and was not followed.
    pub fn is_early(&self) -> bool {
        matches!(self, CycleEnd::LongPeriod { .. } | CycleEnd::Unfinished { .. } | CycleEnd::Budget { .. })
    }
}

/// A branch of limit cycles: cycles in their order along it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CycleBranch {
    /// The cycles, those at special points included. Cycles of no size (Hopf points) and of infinite period are not.
    pub cycles: Vec<Cycle>,
    /// Where it was found.
    pub start: CycleStart,
    /// How it ends at its first and at its last cycle; both [`CycleEnd::Closed`] for a closed one.
    pub ends: [CycleEnd; 2],
    /// Its special points, in order: position in `cycles`, and position in
    /// [`Diagram::points`](super::Diagram::points).
    pub special: Vec<(usize, usize)>,
}

/// Where cycles were looked for. Others may exist: the list is [`Completeness::Sampled`](super::Completeness), always.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CycleSearch {
    /// How many runs were made at each value of the parameter; fewer where some explained nothing.
    pub runs: usize,
    /// At how many values.
    pub values: usize,
    /// Hopf points from which no cycle could be followed: positions in [`Diagram::points`](super::Diagram::points).
    pub hopf_without_cycle: Vec<usize>,
    /// Values of the parameter at which runs neither rest nor lie on a cycle that was solved: longer transients, tori, chaos.
    pub unexplained: Vec<f64>,
    /// Values at which some runs pass the ceiling of the circuit's runs: the initial state decides there.
    pub runaway: Vec<f64>,
    /// Values at which the run from rest does; one is made at each value beside the others.
    pub runaway_from_rest: Vec<f64>,
}
