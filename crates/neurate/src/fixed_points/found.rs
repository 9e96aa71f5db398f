//! What a search has found, and how much it has covered.

use super::point::{FixedPoint, Stability};

/// How much of the state space a search has covered.
#[derive(Clone, Debug, PartialEq)]
pub enum Coverage {
    /// Every fixed point was found; the reason.
    All(String),
    /// Every fixed point but some, which the remarks tell of: on pieces of a piecewise-linear circuit on which
    /// `1 - W f'` is singular there is a line of them or none; where two nullclines touch, rounding hides how many.
    AllBut(String),
    /// What the starts found; there may be more.
    Sampled {
        /// Number of starts.
        starts: usize,
        /// Starts that led to a point already known, and, with the known ones kept away, to no other.
        repeats: usize,
        /// Starts that led nowhere: Newton's method failed, or came to nothing with the known points kept away.
        failures: usize,
        /// Sum of the indices of the points found, `sign det(-J)` each, where all rates are bounded.
        /// Then that of all fixed points is 1 (Brouwer's degree): another sum proves that one is
        /// missing, and if it is 1, only pairs can be.
        index_sum: Option<i64>,
    },
}

/// The result of a search.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Search {
    /// The fixed points, by rising total rate.
    pub points: Vec<FixedPoint>,
    /// How much was covered.
    pub coverage: Coverage,
    /// What a reader should know besides: lines of fixed points, a run from rest that ran away.
    pub remarks: Vec<String>,
    /// When a run from rest ran away, if it did, in the circuit's unit of time.
    pub runaway: Option<f64>,
}

impl Search {
    /// The point to analyze when none is asked for: the stable one that a run from rest reaches,
    /// else the stable one of lowest total rate, else a marginal one (an integrator has no other).
    /// None if all are unstable.
    pub fn operating_point(&self) -> Option<usize> {
        let stable = |p: &FixedPoint| p.stable();
        self.points
            .iter()
            .position(|p| stable(p) && p.reached_from_rest)
            .or_else(|| self.points.iter().position(stable))
            .or_else(|| self.points.iter().position(|p| p.stability == Stability::Marginal))
    }
}
