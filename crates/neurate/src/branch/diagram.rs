//! What a diagram consists of: branches, special points, how they end, and how complete it all is. Data without words.

use super::cycle::{CycleBranch, CycleEnd, CycleSearch};
use neurate_numerics::linalg::Complex;

/// How a branch ends.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// It leaves the window at its lower end.
    LowerEdge,
    /// It leaves the window at its upper end.
    UpperEdge,
    /// It comes back to its start.
    Closed,
    /// At the uniform state of a ring: what lies beyond is its image.
    Crossing,
    /// A state exceeds a thousand times what is found anywhere in the window.
    Runaway,
    /// No step was short enough: the branch goes on, and was not followed.
    Unfinished {
        /// The last step that was tried, of the window.
        step: f64,
    },
    /// So many points were made, and no more.
    Budget {
        /// How many.
        points: usize,
    },
}

impl End {
    /// Whether the branch goes on inside the window and was not followed.
    pub fn is_early(&self) -> bool {
        matches!(self, End::Unfinished { .. } | End::Budget { .. })
    }
}

/// A branch of equilibria: points in their order along it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Branch {
    /// The parameter.
    pub p: Vec<f64>,
    /// States, slow ones included.
    pub states: Vec<Vec<f64>>,
    /// Eigenvalues, rightmost first, per unit of time.
    pub eigenvalues: Vec<Vec<Complex>>,
    /// How many eigenvalues have a positive real part; at a special point, those that do on both sides.
    pub unstable: Vec<usize>,
    /// How it ends at its first and at its last point; both [`End::Closed`] for a closed one.
    pub ends: [End; 2],
    /// Its special points, in order: position on this branch, and position in [`Diagram::points`].
    pub special: Vec<(usize, usize)>,
    /// In a ring: how many branches are turns of this one, itself included; 1 elsewhere, and where the state can stand anywhere.
    pub images: usize,
    /// In a ring whose states can stand anywhere, to rounding or nearly: how fast they drift at most, the largest modulus of the
    /// eigenvalue of the turn on this branch, per unit of time. None elsewhere.
    pub drift: Option<f64>,
}

impl Branch {
    /// Whether it is closed: an isola.
    pub fn is_closed(&self) -> bool {
        self.ends[0] == End::Closed
    }
}

/// What a special point is.
#[derive(Clone, Debug, PartialEq)]
pub enum SpecialKind {
    /// Two equilibria meet and disappear.
    Fold {
        /// `1/2 <w, B(q, q)>` with `q.q = w.q = 1` and the largest entry of q positive.
        a: f64,
        /// Whether the two exist at larger values of the parameter.
        above: bool,
    },
    /// A pair of eigenvalues crosses the imaginary axis.
    Hopf {
        /// Angular frequency, per unit of time.
        omega: f64,
        /// The first Lyapunov coefficient: negative where the cycle that is born is stable (if all else is). None where a unit
        /// stands at a kink, or a form does not exist.
        l1: Option<f64>,
        /// How the real part of the pair moves with the parameter.
        crossing: f64,
        /// Half of the distance between maximum and minimum of each state on the small cycle, over the square root of the
        /// distance from this point. None where `l1` is.
        amplitude: Option<Vec<f64>>,
    },
    /// Two branches cross, and exchange stability.
    Transcritical,
    /// A branch crosses another one, both halves on one side of the parameter.
    Pitchfork {
        /// Whether its halves exist where the other branch has lost stability along it.
        supercritical: bool,
    },
    /// Branches cross in another way, or several eigenvalues vanish together, as in rings.
    Degenerate {
        /// How many eigenvalues vanish.
        kernel: usize,
    },
    /// At this one value all states along the vector of the zero eigenvalue are equilibria, as in linear circuits.
    Line,
    /// A unit stands at a kink of its transfer function, where eigenvalues jump (a border collision).
    Kink {
        /// The units.
        units: Vec<usize>,
        /// What happens there.
        kind: KinkKind,
        /// How many eigenvalues are unstable before and behind it, in the order of the first branch that it lies on.
        unstable: [usize; 2],
    },
    /// Two limit cycles meet and disappear: a multiplier is 1.
    CycleFold {
        /// The period there.
        period: f64,
        /// Whether the two exist at larger values of the parameter.
        above: bool,
        /// All multipliers but the trivial one, largest modulus first: one of them is 1.
        multipliers: Vec<Complex>,
    },
    /// A multiplier of a limit cycle is -1: a cycle of twice the period is born.
    PeriodDoubling {
        /// The period there, of the cycle that is not doubled.
        period: f64,
        /// All multipliers but the trivial one, largest modulus first.
        multipliers: Vec<Complex>,
    },
    /// A pair of multipliers of a limit cycle crosses the unit circle (Neimark-Sacker): a torus is born.
    Torus {
        /// The period there.
        period: f64,
        /// The angle of the pair, in radians: 2 pi times the second frequency over the first.
        angle: f64,
        /// All multipliers but the trivial one, largest modulus first.
        multipliers: Vec<Complex>,
    },
    /// A multiplier of a limit cycle is 1, and the parameter does not turn: branches of cycles cross, as in symmetric circuits.
    /// The other one is not followed.
    CycleCrossing {
        /// The period there.
        period: f64,
        /// All multipliers but the trivial one, largest modulus first.
        multipliers: Vec<Complex>,
    },
    /// The stability of a limit cycle changes, and none of the above was confirmed.
    CycleUnresolved {
        /// The period there.
        period: f64,
    },
    /// Stability changes, and none of the above was confirmed.
    Unresolved,
}

impl SpecialKind {
    /// Whether it is one of a branch of limit cycles.
    pub fn is_of_cycles(&self) -> bool {
        use SpecialKind::{CycleCrossing, CycleFold, CycleUnresolved, PeriodDoubling, Torus};
        matches!(
            self,
            CycleFold { .. }
                | PeriodDoubling { .. }
                | Torus { .. }
                | CycleCrossing { .. }
                | CycleUnresolved { .. }
        )
    }
}

/// What happens where a unit stands at a kink of its transfer function. No eigenvalue passes through zero or the imaginary
/// axis there: those of both sides are different numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KinkKind {
    /// Two equilibria meet and disappear, as at a fold.
    Fold {
        /// Whether the two exist at larger values of the parameter.
        above: bool,
    },
    /// The equilibrium goes on, and a pair of eigenvalues is unstable on one side only, as at a Hopf point. A cycle that is born
    /// here grows in proportion to the distance, at constant period.
    Hopf,
    /// The equilibrium goes on, and is as stable as before.
    Persistence,
    /// More than two pieces of branches meet.
    Crossing {
        /// How many.
        arms: usize,
    },
    /// The number of unstable eigenvalues changes in another way.
    Other,
}

impl KinkKind {
    /// In one or two words.
    pub fn name(self) -> &'static str {
        match self {
            KinkKind::Fold { .. } => "kink fold",
            KinkKind::Hopf => "kink Hopf",
            KinkKind::Persistence => "persistence",
            KinkKind::Crossing { .. } => "crossing at a kink",
            KinkKind::Other => "kink",
        }
    }
    /// Where two pieces of a branch meet: whether the parameter turns there, and if so, whether both lie above it; and how many
    /// eigenvalues are unstable on both.
    pub(super) fn of(turns: Option<bool>, unstable: [usize; 2]) -> KinkKind {
        match (turns, unstable[0].abs_diff(unstable[1])) {
            (Some(above), _) => KinkKind::Fold { above },
            (None, 0) => KinkKind::Persistence,
            (None, 2) => KinkKind::Hopf,
            _ => KinkKind::Other,
        }
    }
}

/// A special point.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpecialPoint {
    /// What it is.
    pub kind: SpecialKind,
    /// The parameter.
    pub p: f64,
    /// The state, slow states included; of a limit cycle its first state.
    pub state: Vec<f64>,
    /// Eigenvalues, rightmost first; of a limit cycle none: its multipliers stand in `kind`.
    pub eigenvalues: Vec<Complex>,
    /// What is left of its own equations, scaled.
    pub residual: f64,
    /// The branches that it lies on: positions in [`Diagram::branches`], for points of limit cycles in [`Diagram::cycles`].
    pub branches: Vec<usize>,
}

/// How complete a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    /// What was found; others may exist.
    Sampled,
    /// Searches and branches agree at some values of the parameter, and the index sum is right.
    Audited,
    /// The circuit is piecewise linear, and every combination of pieces was solved.
    Exact,
    /// Bounds exclude all others at every value.
    Proved,
}

impl Completeness {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Completeness::Sampled => "sampled",
            Completeness::Audited => "audited",
            Completeness::Exact => "exact",
            Completeness::Proved => "proved",
        }
    }
}

/// A value of the parameter at which a search and the branches are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditValue {
    /// The parameter.
    pub p: f64,
    /// How many equilibria the search found.
    pub searched: usize,
    /// How many equilibria the branches pass.
    pub followed: usize,
    /// How many times branches pass, as [`Diagram::count_at`] counts: more than `followed` if one was followed twice.
    pub counted: usize,
    /// How many the search found that lie on no branch.
    pub off_branches: usize,
    /// How many branches pass where the search found nothing.
    pub not_searched: usize,
    /// The sum of the indices over the branches, where all rates are bounded: 1 if none is missing.
    pub index_sum: Option<i64>,
    /// Whether the search was exhaustive.
    pub exhaustive: bool,
}

impl AuditValue {
    /// Whether nothing speaks against completeness here.
    pub fn agrees(&self) -> bool {
        self.off_branches == 0
            && self.counted == self.followed
            && self.index_sum.is_none_or(|sum| sum == 1)
            && (self.not_searched == 0 || !self.exhaustive)
    }
}

/// How complete a diagram is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Complete {
    /// Branches of equilibria.
    pub equilibria: Completeness,
    /// Where a proof leaves something open: small intervals of the parameter.
    pub open: Vec<(f64, f64)>,
    /// Special points of the branches: events are counts of unstable eigenvalues between points that are near each other.
    pub special: Completeness,
    /// Where limit cycles were looked for; None where they were not. What was found is [`Completeness::Sampled`].
    pub cycles: Option<CycleSearch>,
}

/// Equilibria and limit cycles over one parameter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diagram {
    /// The parameter's name.
    pub parameter: String,
    /// The values between which it was looked at.
    pub window: (f64, f64),
    /// Names of the states.
    pub names: Vec<String>,
    /// The branches of equilibria.
    pub branches: Vec<Branch>,
    /// The branches of limit cycles; none where they were not asked for.
    pub cycles: Vec<CycleBranch>,
    /// Special points, by rising parameter.
    pub points: Vec<SpecialPoint>,
    /// Where search and branches were compared, by rising parameter.
    pub audit: Vec<AuditValue>,
    /// How complete it is.
    pub complete: Complete,
    /// Number of places of a ring, whose branches are followed once for all of their images; None for other circuits.
    pub places: Option<usize>,
}

impl Diagram {
    /// The folds, by rising parameter.
    pub fn folds(&self) -> impl Iterator<Item = &SpecialPoint> {
        self.points.iter().filter(|p| matches!(p.kind, SpecialKind::Fold { .. }))
    }
    /// The Hopf points, by rising parameter.
    pub fn hopf(&self) -> impl Iterator<Item = &SpecialPoint> {
        self.points.iter().filter(|p| matches!(p.kind, SpecialKind::Hopf { .. }))
    }
    /// Where units stand at kinks of their transfer functions, by rising parameter.
    pub fn kinks(&self) -> impl Iterator<Item = &SpecialPoint> {
        self.points.iter().filter(|p| matches!(p.kind, SpecialKind::Kink { .. }))
    }
    /// Where branches cross, by rising parameter.
    pub fn crossings(&self) -> impl Iterator<Item = &SpecialPoint> {
        self.points
            .iter()
            .filter(|p| matches!(p.kind, SpecialKind::Transcritical | SpecialKind::Pitchfork { .. }))
    }
    /// The folds of limit cycles, by rising parameter.
    pub fn cycle_folds(&self) -> impl Iterator<Item = &SpecialPoint> {
        self.points.iter().filter(|p| matches!(p.kind, SpecialKind::CycleFold { .. }))
    }
    /// Ends of branches of equilibria that go on inside the window and were not followed: branch, parameter, and why.
    pub fn early_stops(&self) -> Vec<(usize, f64, End)> {
        let ends = |(k, b): (usize, &Branch)| {
            let p = [b.p.first(), b.p.last()];
            let both = b.ends.iter().zip(p);
            both.filter_map(|(e, p)| Some((k, *p?, e.clone()))).filter(|s| s.2.is_early()).collect::<Vec<_>>()
        };
        self.branches.iter().enumerate().flat_map(ends).collect()
    }
    /// Ends of branches of cycles that go on inside the window and were not followed: branch, parameter, and why.
    pub fn early_cycle_stops(&self) -> Vec<(usize, f64, CycleEnd)> {
        let ends = |(k, b): (usize, &CycleBranch)| {
            let cycles = [b.cycles.first(), b.cycles.last()];
            let both = b.ends.into_iter().zip(cycles);
            both.filter_map(|(e, c)| Some((k, c?.p, e))).filter(|s| s.2.is_early()).collect::<Vec<_>>()
        };
        self.cycles.iter().enumerate().flat_map(ends).collect()
    }
    /// How many branches pass each value, from the points of the branches: without the error of a search.
    pub fn count_at(&self, p: f64) -> usize {
        count_of(&self.branches, self.window, p)
    }
}

/// How many branches pass a value.
pub(super) fn count_of(branches: &[Branch], window: (f64, f64), p: f64) -> usize {
    let edge = p == window.1;
    let passes = |w: &[f64]| {
        (w[0] <= p) != (w[1] <= p) || (edge && w[1] == p && w[0] < p) || (edge && w[0] == p && w[1] < p)
    };
    branches.iter().map(|b| b.p.windows(2).filter(|w| passes(w)).count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Search and branches agree on the equilibria, and yet a branch that is listed twice is seen.
    #[test]
    fn counts_that_differ_are_no_agreement() {
        let good = AuditValue {
            p: -2.5,
            searched: 5,
            followed: 5,
            counted: 5,
            off_branches: 0,
            not_searched: 0,
            index_sum: Some(1),
            exhaustive: true,
        };
        assert!(good.agrees());
        assert!(!AuditValue { counted: 9, ..good.clone() }.agrees());
        assert!(!AuditValue { off_branches: 1, ..good.clone() }.agrees());
        assert!(!AuditValue { not_searched: 1, ..good.clone() }.agrees());
        assert!(!AuditValue { index_sum: Some(0), ..good }.agrees());
    }

    #[test]
    fn branches_are_counted_as_often_as_they_pass() {
        let branch = |p: &[f64]| Branch {
            p: p.to_vec(),
            states: vec![vec![]; p.len()],
            eigenvalues: vec![vec![]; p.len()],
            unstable: vec![0; p.len()],
            ends: [End::LowerEdge, End::UpperEdge],
            special: vec![],
            images: 1,
            drift: None,
        };
        let folded = branch(&[0.0, 0.4, 0.6, 0.5, 0.3, 0.2, 0.7, 1.0]);
        let count = |branches: &[Branch], p: f64| count_of(branches, (0.0, 1.0), p);
        let one = [folded.clone()];
        assert_eq!([0.0, 0.1, 0.45, 0.9, 1.0].map(|p| count(&one, p)), [1, 1, 3, 1, 1]);
        assert_eq!(count(&[folded.clone(), folded], 0.45), 6);
    }
}
