//! How branches of cycles end: at Hopf points, at kinks, on saddle-nodes and on homoclinic orbits.

use super::super::cycle::CycleEnd;
use super::follow::apart;
use super::loops::Loop;
use super::node::Node;
use super::problem::Problem;
use super::start::HopfStart;
use neurate_numerics::linalg::{Lu, eigenvalues};

/// A cycle that is smaller ends where its size goes to zero, scaled.
const SMALL: f64 = 3e-3;
/// Periods above this, in units of the slowest time constant, have no bound.
const LONG: f64 = 200.0;
/// Periods from which on a homoclinic orbit is looked for.
const LONG_ENOUGH: f64 = 3.0;
/// How still the parameter stands while the period grows by half, of the window.
const STILL: f64 = 1e-9;
/// How exactly it can stand still by rounding; and how far it may still move, of the window.
const ROUNDING: f64 = 1e-11;
const MOST_SPREAD: f64 = 1e-2;
/// How near an orbit passes an equilibrium that it ends on, scaled.
const PASSES: f64 = 0.05;

/// What branches may end on.
#[derive(Debug, Default)]
pub(in crate::branch) struct Known {
    pub hopf: Vec<HopfStart>,
    /// Folds: position among the special points, state, place.
    pub folds: Vec<(usize, Vec<f64>, f64)>,
    /// The slowest time constant.
    pub slowest: f64,
}

/// How far a branch may go from here before its cycle has shrunk to a point; infinite where it grows.
pub(super) fn to_nothing(node: &Node) -> f64 {
    let own = node.cycle.about_mean();
    let size = own.dot(&own).sqrt();
    let growth = own.dot(&node.tangent) / size;
    if growth < 0.0 { size / -growth } else { f64::INFINITY }
}

/// What a shrinking cycle ends on.
pub(super) fn shrunk(problem: &Problem, known: &Known, node: &Node) -> Option<CycleEnd> {
    let size = node.cycle.size();
    if size > SMALL || to_nothing(node).is_infinite() {
        return None;
    }
    let mean = node.cycle.mean();
    let near = |h: &&HopfStart| {
        let away = apart(&mean, &h.state).max((node.cycle.place - h.place).abs());
        let period = (node.cycle.log_period - (std::f64::consts::TAU / h.omega).ln()).abs();
        away < 3.0 * size && period < 0.05
    };
    if let Some(h) = known.hopf.iter().find(near) {
        return Some(CycleEnd::Hopf(h.point));
    }
    let p = problem.parameter(node.cycle.place + node.rising() * to_nothing(node));
    let crosses =
        |above: Vec<f64>, other: Vec<f64>| above.iter().zip(&other).any(|(a, b)| (*a > 0.0) != (*b > 0.0));
    let at = |y: &[f64]| problem.family.above_kinks(&problem.own(y), problem.parameter(node.cycle.place));
    let first = node.cycle.knot(0, 0);
    let kinked = (0..node.cycle.intervals()).any(|j| crosses(at(first), at(node.cycle.knot(j, 0))));
    (kinked && size < 0.3 * SMALL).then_some(CycleEnd::Kink { p })
}

/// The state at which a cycle is slowest, and its distance from rest: the field times the slowest time constant.
fn slowest_state(problem: &Problem, cycle: &Loop) -> Vec<f64> {
    let speed = |y: &[f64]| problem.field(y, cycle.place).iter().map(|f| f * f).sum::<f64>();
    let all = (0..cycle.intervals()).flat_map(|j| (0..=4).map(move |k| (j, k)));
    let speeds = all.map(|(j, k)| (speed(cycle.knot(j, k)), j, k));
    let (_, j, k) = speeds.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0, 0));
    cycle.knot(j, k).to_vec()
}

/// The equilibrium next to a state, by Newton's method.
pub(super) fn equilibrium(problem: &Problem, start: &[f64], place: f64) -> Option<Vec<f64>> {
    let mut y = start.to_vec();
    for _ in 0..30 {
        let s = problem.slopes(&y, place);
        let step = Lu::new(&s.jacobian).ok()?.solve(&s.field)?;
        y.iter_mut().zip(&step).for_each(|(y, s)| *y -= s);
        let length = step.iter().map(|s| s * s).sum::<f64>().sqrt();
        if !length.is_finite() || length > 10.0 {
            return None;
        }
        if length < 1e-12 {
            return Some(y);
        }
    }
    None
}

/// What a cycle of long period ends on; None while it goes on.
pub(super) fn long(problem: &Problem, known: &Known, nodes: &[Node]) -> Option<CycleEnd> {
    let last = nodes.last()?;
    let period = last.cycle.period();
    if period < LONG_ENOUGH * known.slowest || last.tangent.log_period <= 0.0 {
        return None;
    }
    let beyond = period > LONG * known.slowest;
    let before = nodes.iter().rev().find(|n| n.cycle.log_period < last.cycle.log_period - 1.5f64.ln())?;
    let still = (last.cycle.place - before.cycle.place).abs() < STILL;
    if !(beyond || still) {
        return None;
    }
    let slow = slowest_state(problem, &last.cycle);
    if beyond && let Some(end) = snic(problem, known, (before, last), &slow) {
        return Some(end);
    }
    homoclinic(problem, nodes, &slow).or_else(|| beyond.then_some(CycleEnd::LongPeriod { period }))
}

/// A fold on the cycle, whose distance falls as one over the square of the period.
fn snic(problem: &Problem, known: &Known, (a, b): (&Node, &Node), slow: &[f64]) -> Option<CycleEnd> {
    let near =
        |f: &&(usize, Vec<f64>, f64)| apart(slow, &f.1) < PASSES && (b.cycle.place - f.2).abs() < PASSES;
    let (point, _, place) = known.folds.iter().find(near)?;
    let away = |n: &Node| (n.cycle.place - place).abs().ln();
    let power = (b.cycle.log_period - a.cycle.log_period) / (away(b) - away(a));
    ((power + 0.5).abs() < 0.1).then_some(CycleEnd::Snic { p: problem.parameter(*place), fold: *point })
}

/// A saddle on the cycle, towards which the parameter goes as an exponential of the period.
fn homoclinic(problem: &Problem, nodes: &[Node], slow: &[f64]) -> Option<CycleEnd> {
    let last = nodes.last()?;
    let saddle = equilibrium(problem, slow, last.cycle.place)?;
    if apart(&saddle, slow) > PASSES {
        return None;
    }
    let all = eigenvalues(&problem.slopes(&saddle, last.cycle.place).jacobian).ok()?;
    let unstable = all.iter().filter(|l| l.re > 0.0).min_by(|a, b| a.re.total_cmp(&b.re))?;
    let stable = all.iter().filter(|l| l.re < 0.0).max_by(|a, b| a.re.total_cmp(&b.re))?;
    let slowest = unstable.re.min(-stable.re);
    // What is left of the exponential is less than what it lost in its last part of one tenth.
    let earlier = last.cycle.period() - 10f64.ln() / slowest;
    let first = nodes.iter().rposition(|n| n.cycle.period() < earlier)?;
    let away = |n: &Node| (n.cycle.place - last.cycle.place).abs();
    let spread = nodes[first..].iter().map(away).fold(ROUNDING, f64::max);
    if spread > MOST_SPREAD {
        return None;
    }
    Some(CycleEnd::Homoclinic {
        p: problem.parameter(last.cycle.place),
        error: spread * problem.width,
        focus: (unstable.re < -stable.re && unstable.im != 0.0)
            || (unstable.re >= -stable.re && stable.im != 0.0),
        saddle_quantity: unstable.re + stable.re,
    })
}
