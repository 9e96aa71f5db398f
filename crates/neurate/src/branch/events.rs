//! Special points along a branch: where the number of unstable eigenvalues changes, where the parameter turns, and where an
//! eigenvalue touches the axis between two points.

use super::delayed::delayed_hopf;
use super::diagram::KinkKind;
use super::follow::between;
use super::normal_forms::{crosses, kernel_dimension};
use super::polish::{HopfPoint, ZeroPoint, crossing, fold, hopf, lies_between};
use super::scaled::{Node, Scaled, distance};

/// A piece of a branch that is not divided any further, in scaled arclength.
const SHORTEST: f64 = 1e-10;
/// What is left of the equations of a special point that is accepted.
const ACCEPTED: f64 = 1e-9;
/// Times that a piece on which an eigenvalue comes near the axis is divided.
const LOOKS: usize = 8;

/// What is found on a branch.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Fold(ZeroPoint),
    Crossing(ZeroPoint),
    Hopf(HopfPoint),
    /// Units at a kink, what happens there, and the number of unstable eigenvalues on both sides.
    Kink(Vec<f64>, Vec<usize>, KinkKind, [usize; 2]),
    /// Several eigenvalues vanish together: so many.
    Several(Vec<f64>, usize),
    Unresolved(Vec<f64>),
}

impl Found {
    pub fn y(&self) -> &[f64] {
        match self {
            Found::Fold(z) | Found::Crossing(z) => &z.y,
            Found::Hopf(h) => &h.y,
            Found::Kink(y, ..) | Found::Several(y, _) | Found::Unresolved(y) => y,
        }
    }
    pub fn residual(&self) -> f64 {
        match self {
            Found::Fold(z) | Found::Crossing(z) => z.residual,
            Found::Hopf(h) => h.residual,
            _ => 0.0,
        }
    }
}

/// A special point, and the node behind which it lies.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub after: usize,
    pub found: Found,
    /// How many eigenvalues are unstable on both sides.
    pub unstable: usize,
}

/// All special points between the nodes of a branch.
pub(super) fn events(problem: &Scaled, nodes: &[Node]) -> Vec<Event> {
    let mut all: Vec<Event> = Vec::new();
    for k in 1..nodes.len() {
        let mut found = Vec::new();
        bracket(problem, &nodes[k - 1], &nodes[k], &mut found);
        if found.is_empty() && k + 1 < nodes.len() {
            touching(problem, [&nodes[k - 1], &nodes[k], &nodes[k + 1]], LOOKS, &mut found);
        }
        let from = &nodes[k - 1].y;
        found.sort_by(|a, b| distance(a.0.y(), from).total_cmp(&distance(b.0.y(), from)));
        for (found, unstable) in found {
            // A point that was found in passing may lie behind the next node.
            let beyond = k + 1 < nodes.len()
                && distance(found.y(), from) > distance(&nodes[k].y, from)
                && !lies_between(found.y(), from, &nodes[k].y);
            let known = all.iter().any(|e| distance(e.found.y(), found.y()) < 1e-8);
            if !known {
                all.push(Event { after: k - 1 + usize::from(beyond), found, unstable });
            }
        }
    }
    all
}

type Founds = Vec<(Found, usize)>;

/// How many eigenvalues are real and positive.
fn growing_real(node: &Node) -> usize {
    node.eigenvalues.iter().filter(|l| l.im == 0.0 && l.re > 0.0).count()
}

/// The special points between two nodes, where counts or directions differ.
fn bracket(problem: &Scaled, a: &Node, b: &Node, out: &mut Founds) {
    let change = a.unstable.abs_diff(b.unstable);
    let turns = a.rising() * b.rising() < 0.0;
    if change == 0 && !turns {
        return;
    }
    let unstable = a.unstable.min(b.unstable);
    let length = distance(&a.y, &b.y);
    if let Some(found) = elementary(problem, a, b, change, turns) {
        out.push((found, unstable));
        return;
    }
    if length < SHORTEST {
        out.push((unpolished(problem, a, b, change), unstable));
        return;
    }
    // Not half-way: symmetric circuits like to have something there.
    let middle = [0.4873, 0.5611, 0.3719].into_iter().find_map(|s| between(problem, a, b, s));
    match middle {
        Some(m) => {
            bracket(problem, a, &m, out);
            bracket(problem, &m, b, out);
        }
        None => out.push((unpolished(problem, a, b, change), unstable)),
    }
}

/// One special point between two nodes, if a polished one of the right kind lies there.
fn elementary(problem: &Scaled, a: &Node, b: &Node, change: usize, turns: bool) -> Option<Found> {
    let inside = |y: &[f64], residual: f64| residual < ACCEPTED && lies_between(y, &a.y, &b.y);
    let nearer = |f: fn(&Node) -> f64| if f(a) <= f(b) { a } else { b };
    let crossed = |guess: &[f64]| {
        let (z, imperfect) = crossing(problem, guess)?;
        (inside(&z.y, z.residual) && imperfect.abs() < ACCEPTED).then_some(z)
    };
    let smallest = |n: &Node| {
        n.eigenvalues.iter().filter(|l| l.im == 0.0).map(|l| l.re.abs()).fold(f64::INFINITY, f64::min)
    };
    if change == 0 && turns {
        // Both halves of a pitchfork are as stable, by symmetry.
        return crossed(&nearer(smallest).y).map(Found::Crossing);
    }
    if change == 1 {
        let guess = nearer(smallest);
        if turns {
            let z = fold(problem, &guess.y).filter(|z| inside(&z.y, z.residual))?;
            // Where a branch turns because it crosses another, a fold's equations are singular, and know half of the digits.
            let other = crosses(problem, &z.y).then(|| crossed(&z.y)).flatten();
            return Some(other.map_or(Found::Fold(z), Found::Crossing));
        }
        return crossed(&guess.y).map(Found::Crossing);
    }
    if change == 2 && !turns && growing_real(a) == growing_real(b) {
        let to_axis = |n: &Node| {
            n.eigenvalues.iter().filter(|l| l.im > 0.0).map(|l| l.re.abs()).fold(f64::INFINITY, f64::min)
        };
        let guess = nearer(to_axis);
        let polished = match problem.is_delayed(&guess.y) {
            true => delayed_hopf(problem, guess),
            false => hopf(problem, &guess.y),
        };
        let h = polished.filter(|h| inside(&h.y, h.residual))?;
        // A neutral saddle is none.
        return h.omega.is_some().then_some(Found::Hopf(h));
    }
    None
}

/// What a piece that cannot be divided holds.
fn unpolished(problem: &Scaled, a: &Node, b: &Node, change: usize) -> Found {
    let y = a.y.clone();
    let (from, to) = (problem.own(&a.y), problem.own(&b.y));
    let units = problem.family.kinks_between((&from.0, from.1), (&to.0, to.1));
    if !units.is_empty() {
        let turns = (a.rising() * b.rising() < 0.0).then_some(a.rising() < 0.0);
        let unstable = [a.unstable, b.unstable];
        return Found::Kink(y, units, KinkKind::of(turns, unstable), unstable);
    }
    let kernel = kernel_dimension(problem, &y, 1e-6);
    if kernel > 1 && change > 1 { Found::Several(y, kernel) } else { Found::Unresolved(y) }
}

/// The real part of the eigenvalue nearest to the axis.
fn nearest(node: &Node) -> f64 {
    node.eigenvalues.iter().map(|l| l.re).min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(f64::INFINITY)
}

/// Whether an eigenvalue crosses the axis and comes back between three nodes: where a parabola through its real parts comes
/// near the axis, the pieces are divided.
fn touching(problem: &Scaled, [a, m, b]: [&Node; 3], looks: usize, out: &mut Founds) {
    if looks == 0 || a.unstable != m.unstable || m.unstable != b.unstable {
        return;
    }
    let (x, y, z) = (nearest(a), nearest(m), nearest(b));
    let same = x * y > 0.0 && y * z > 0.0;
    if !same || y.abs() > x.abs() || y.abs() > z.abs() {
        return;
    }
    let (s, t) = (distance(&a.y, &m.y), distance(&m.y, &b.y));
    // y + slope d + bend d^2
    let (left, right) = ((y - x) / s, (z - y) / t);
    let bend = (right - left) / (s + t);
    let slope = (left * t + right * s) / (s + t);
    let vertex = if bend == 0.0 { y } else { y - slope * slope / (4.0 * bend) };
    if vertex / y > 0.3 {
        return;
    }
    let (Some(c), Some(d)) = (between(problem, a, m, 0.513), between(problem, m, b, 0.487)) else { return };
    for (from, to) in [(a, &c), (&c, m), (m, &d), (&d, b)] {
        bracket(problem, from, to, out);
    }
    if out.is_empty() {
        touching(problem, [a, &c, m], looks - 1, out);
        touching(problem, [&c, m, &d], looks - 1, out);
        touching(problem, [m, &d, b], looks - 1, out);
    }
}
