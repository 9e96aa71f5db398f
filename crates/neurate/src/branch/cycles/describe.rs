//! Followed branches of cycles as data, in the circuit's own units.

use super::super::cycle::{Cycle, CycleBranch, CycleStart, Orbit};
use super::super::diagram::{SpecialKind, SpecialPoint};
use super::find::{Found, Origin};
use super::gauss::GAUSS;
use super::loops::Loop;
use super::node::Node;
use super::problem::Problem;
use super::special::{Kind, Special};

/// Branches with their cycles, and the special points of all; these are numbered from `first` on.
pub(in crate::branch) fn describe(
    problem: &Problem,
    found: &Found,
    first: usize,
) -> (Vec<CycleBranch>, Vec<SpecialPoint>) {
    let mut points = Vec::new();
    let mut branches = Vec::new();
    for (number, (origin, track)) in found.tracks.iter().enumerate() {
        let mut branch = CycleBranch {
            cycles: Vec::new(),
            start: match origin {
                Origin::Hopf(k) => CycleStart::Hopf(*k),
                Origin::Run(p) => CycleStart::Run { p: *p },
            },
            ends: track.ends,
            special: Vec::new(),
        };
        let mut specials = track.specials.iter().peekable();
        for (k, node) in track.nodes.iter().enumerate() {
            branch.cycles.push(cycle(problem, node));
            let mut before = Some(node);
            while let Some(s) = specials.next_if(|s| s.after == k) {
                branch.special.push((branch.cycles.len(), first + points.len()));
                let last = specials.peek().is_none_or(|s| s.after != k);
                let behind = track.nodes.get(k + 1).filter(|_| last);
                // A multiplier on the unit circle is counted on either side by rounding: the smaller number of both sides.
                let sides = before.take().into_iter().chain(behind).map(|n| n.multipliers.unstable());
                let special = cycle(problem, &s.node);
                let unstable = sides.fold(special.unstable, usize::min);
                branch.cycles.push(Cycle { unstable, ..special });
                points.push(point(problem, s, number));
            }
        }
        branches.push(branch);
    }
    (branches, points)
}

fn point(problem: &Problem, s: &Special, branch: usize) -> SpecialPoint {
    let period = s.node.cycle.period();
    let multipliers = s.node.multipliers.values();
    let kind = match s.kind {
        Kind::Fold(above) => SpecialKind::CycleFold { period, above, multipliers },
        Kind::Doubling => SpecialKind::PeriodDoubling { period, multipliers },
        Kind::Torus(angle) => SpecialKind::Torus { period, angle, multipliers },
        Kind::Crossing => SpecialKind::CycleCrossing { period, multipliers },
        Kind::Unresolved => SpecialKind::CycleUnresolved { period },
    };
    SpecialPoint {
        kind,
        p: problem.parameter(s.node.cycle.place),
        state: problem.own(s.node.cycle.knot(0, 0)),
        eigenvalues: Vec::new(),
        residual: s.residual,
        branches: vec![branch],
    }
}

/// A cycle in its own units.
pub(super) fn cycle(problem: &Problem, node: &Node) -> Cycle {
    let c = &node.cycle;
    let (max, min) = c.extrema();
    let (times, states) = c.drawn(problem);
    Cycle {
        p: problem.parameter(c.place),
        period: c.period(),
        max: problem.own(&max),
        min: problem.own(&min),
        mean: problem.own(&c.mean()),
        multipliers: node.multipliers.values(),
        trivial_error: node.multipliers.trivial_error,
        unstable: node.multipliers.unstable(),
        residual: defect(problem, c),
        orbit: Orbit { times, states },
    }
}

/// The largest defect of the equation between the points of collocation: in the middle of intervals.
fn defect(problem: &Problem, c: &Loop) -> f64 {
    let (value, slope) = (GAUSS.value(0.5), GAUSS.slope_at(0.5));
    let tau = problem.family.time_scales();
    let mut largest: f64 = 0.0;
    for j in 0..c.intervals() {
        let field = problem.field(&c.sum(j, &value), c.place);
        let speed = c.sum(j, &slope);
        for i in 0..c.n {
            let moved = speed[i] / (c.h(j) * c.period());
            largest = largest.max(tau[i] * (moved - field[i]).abs());
        }
    }
    largest
}
