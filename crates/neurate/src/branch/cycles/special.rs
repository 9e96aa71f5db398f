//! Special points on branches of cycles: where the parameter turns, and where multipliers cross the unit circle.

use super::follow::between;
use super::node::Node;
use super::problem::Problem;

/// A piece of a branch that is not divided any further, in scaled arclength.
const SHORTEST: f64 = 1e-8;
/// Steps of the search for a zero.
const STEPS: usize = 40;
/// How near to its place a zero is known, in scaled arclength.
const NEAR: f64 = 1e-11;
/// How far the parameter moves by rounding, of the window.
const ROUNDING: f64 = 1e-10;
/// A multiplier that is so near to 1 cannot be told from the trivial one: logarithm of the modulus.
const UNCERTAIN: f64 = 1e-5;

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::branch) enum Kind {
    /// The parameter turns; whether both cycles exist above.
    Fold(bool),
    /// A multiplier is -1.
    Doubling,
    /// A pair of multipliers at this angle.
    Torus(f64),
    /// A multiplier is 1, and the parameter does not turn.
    Crossing,
    /// None of these was confirmed.
    Unresolved,
}

/// A special point.
#[derive(Clone, Debug)]
pub(in crate::branch) struct Special {
    /// The node behind which it lies.
    pub after: usize,
    pub kind: Kind,
    pub node: Node,
    /// What is left of its own equation.
    pub residual: f64,
}

/// All special points between the nodes of a branch.
pub(in crate::branch) fn specials(problem: &Problem, nodes: &[Node]) -> Vec<Special> {
    let mut all = Vec::new();
    for after in 0..nodes.len().saturating_sub(1) {
        let mut found = Vec::new();
        bracket(problem, &nodes[after], &nodes[after + 1], &mut found);
        all.extend(found.into_iter().map(|(kind, node, residual)| Special { after, kind, node, residual }));
    }
    without_rounding(nodes, all)
}

/// Where the parameter stands still to its last digits, as in a canard explosion, rounding turns it: of folds there one is left
/// if their number is odd, and none if it is even.
fn without_rounding(nodes: &[Node], all: Vec<Special>) -> Vec<Special> {
    let mut left: Vec<Special> = Vec::new();
    for s in all {
        let same = left.last().is_some_and(|l| {
            let is_fold = |k: Kind| matches!(k, Kind::Fold(_));
            let place = s.node.cycle.place;
            let still = nodes[l.after + 1..=s.after].iter().all(|n| (n.cycle.place - place).abs() < ROUNDING);
            let near = (l.node.cycle.place - place).abs() < ROUNDING;
            is_fold(l.kind) && is_fold(s.kind) && near && still
        });
        if same {
            left.pop();
        } else {
            left.push(s);
        }
    }
    left
}

type Found = (Kind, Node, f64);

fn bracket(problem: &Problem, a: &Node, b: &Node, out: &mut Vec<Found>) {
    let turns = a.rising() * b.rising() < 0.0;
    let change = a.multipliers.unstable().abs_diff(b.multipliers.unstable());
    let below = a.multipliers.below_minus_one().abs_diff(b.multipliers.below_minus_one());
    if !turns && (change == 0 || (change == 1 && below.is_multiple_of(2) && is_uncertain(a, b))) {
        return;
    }
    if let Some(found) = elementary(problem, a, b, (turns, change, below % 2)) {
        out.push(found);
        return;
    }
    let from = a.cycle.on(&b.cycle.mesh);
    let chord = b.cycle.plus(-1.0, &from);
    if chord.product(&chord).sqrt() > SHORTEST
        && let Some(middle) = [0.4873, 0.5611].into_iter().find_map(|s| between(problem, a, b, s))
    {
        bracket(problem, a, &middle, out);
        bracket(problem, &middle, b, out);
        return;
    }
    out.push((Kind::Unresolved, a.clone(), f64::NAN));
}

/// Whether a multiplier next to 1 cannot be told from the trivial one: a fold next to it is seen by its turn.
fn is_uncertain(a: &Node, b: &Node) -> bool {
    let away = |n: &Node| n.multipliers.positive().map_or(f64::INFINITY, f64::abs);
    let error = a.multipliers.trivial_error.max(b.multipliers.trivial_error);
    away(a).min(away(b)) < UNCERTAIN.max(30.0 * error)
}

/// One special point between two nodes, if there is exactly one: whether the parameter turns, how the number of multipliers
/// outside the unit circle changes, and whether that of those below -1 changes by an odd number.
fn elementary(problem: &Problem, a: &Node, b: &Node, seen: (bool, usize, usize)) -> Option<Found> {
    match seen {
        (true, change, 0) if change <= 1 => {
            let (node, left) = zero(problem, a, b, |n| Some(n.rising()))?;
            Some((Kind::Fold(a.rising() < 0.0), node, left))
        }
        (false, 1, 1) => {
            let (node, left) = zero(problem, a, b, |n| n.multipliers.doubling())?;
            Some((Kind::Doubling, node, left))
        }
        (false, 2, 0) => {
            let (node, left) = zero(problem, a, b, |n| n.multipliers.torus().map(|t| t.0))?;
            let angle = node.multipliers.torus()?.1;
            Some((Kind::Torus(angle), node, left))
        }
        (false, 1, 0) => {
            let (node, left) = zero(problem, a, b, |n| n.multipliers.positive())?;
            Some((Kind::Crossing, node, left))
        }
        _ => None,
    }
}

/// The cycle between two at which a test is zero, by regula falsi (Illinois) on cycles that are solved anew.
fn zero(problem: &Problem, a: &Node, b: &Node, test: impl Fn(&Node) -> Option<f64>) -> Option<(Node, f64)> {
    let (mut low, mut high) = ((0.0, test(a)?), (1.0, test(b)?));
    if low.1 * high.1 > 0.0 {
        return None;
    }
    let from = a.cycle.on(&b.cycle.mesh);
    let chord = b.cycle.plus(-1.0, &from);
    let length = chord.product(&chord).sqrt();
    let mut best: Option<(Node, f64)> = None;
    for _ in 0..STEPS {
        let share = low.0 - low.1 * (high.0 - low.0) / (high.1 - low.1);
        let node = between(problem, a, b, share)?;
        let value = test(&node)?;
        let moved = (share - high.0).abs() * length;
        if best.as_ref().is_none_or(|b| value.abs() <= b.1) {
            best = Some((node, value.abs()));
        }
        if value == 0.0 || moved < NEAR {
            break;
        }
        if (value > 0.0) == (high.1 > 0.0) {
            low.1 *= 0.5;
        } else {
            low = high;
        }
        high = (share, value);
    }
    best.filter(|b| b.1 < 1e-6)
}
