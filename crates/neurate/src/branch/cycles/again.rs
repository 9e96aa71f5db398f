//! Cycles at a value of the parameter, from those of a branch.

use super::super::cycle::{Cycle, CycleBranch};
use super::super::family::Family;
use super::describe::cycle;
use super::loops::Loop;
use super::node::node_at_place;
use super::problem::Problem;

/// Values of a curve in each interval: its start and four points of collocation.
const KNOTS: usize = 5;

/// The cycles of a branch at a value of the parameter, solved anew from those on both sides of it: one for each time that the
/// branch passes the value.
pub fn cycles_at(family: &dyn Family, branch: &CycleBranch, p: f64) -> Vec<Cycle> {
    let n = family.dim();
    let spread = |i: usize| {
        let ends = branch.cycles.iter().map(|c| (c.min[i], c.max[i]));
        let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), e| (l.min(e.0), h.max(e.1)));
        if high > low { high - low } else { 1.0 }
    };
    let unit = (0..n).map(spread).collect();
    let from = p - 0.5 * family.parameter_scale();
    let problem = Problem::new(family, unit, (from, from + family.parameter_scale()));
    let passes = |w: &&[Cycle]| (w[0].p <= p) != (w[1].p <= p) || w[1].p == p && w[0].p != p;
    branch.cycles.windows(2).filter(passes).filter_map(|w| between(&problem, &w[0], &w[1], p)).collect()
}

/// The cycle between two.
fn between(problem: &Problem, a: &Cycle, b: &Cycle, p: f64) -> Option<Cycle> {
    let (from, to) = (curve(problem, a), curve(problem, b));
    let from = from.on(&to.mesh);
    let chord = to.plus(-1.0, &from);
    let mut guess = from.plus((p - a.p) / (b.p - a.p), &chord);
    guess.place = problem.place(p);
    let node = node_at_place(problem, &guess, &chord)?;
    Some(cycle(problem, &node))
}

/// The curve that an orbit was written from.
fn curve(problem: &Problem, c: &Cycle) -> Loop {
    let intervals = c.orbit.times.len() / KNOTS;
    Loop {
        n: problem.n(),
        mesh: (0..=intervals).map(|j| c.orbit.times[j * KNOTS] / c.period).collect(),
        values: c.orbit.states[..intervals * KNOTS].iter().flat_map(|x| problem.scale(x)).collect(),
        log_period: c.period.ln(),
        place: problem.place(c.p),
    }
}
