//! Following a branch: predictor and corrector in scaled arclength, every step checked against two half steps.

use super::diagram::End;
use super::scaled::{Node, Scaled, distance, dot, minus, norm, plus};

/// The longest and the first step, of the window.
const LONGEST: f64 = 0.03;
const FIRST: f64 = 0.01;
/// Steps below this are no longer tried.
const SHORTEST: f64 = 1e-12;
/// The largest turn of the tangent in one step, in radians; at corners, where no step is short enough, it is not asked.
const TURN: f64 = 0.25;
const AT_CORNER: f64 = 1e-9;
/// Points after which a branch is given up.
pub(super) const BUDGET: usize = 20_000;
/// Scaled states are below this where something was found: units are at least a twentieth of the size.
const USUAL: f64 = 20.0;
/// Scaled states beyond this have run away.
const FAR: f64 = 1e3;
/// How exactly a step and two half steps agree, of the step.
const AGREEMENT: f64 = 1e-6;

/// Follows a branch from a point along its tangent, or against it, to an end. `crossing`: the point is one at which branches cross.
pub(super) fn follow(problem: &Scaled, start: &Node, against: bool, crossing: bool) -> (Vec<Node>, End) {
    let mut start = start.clone();
    if against {
        start.tangent.iter_mut().for_each(|t| *t = -*t);
    }
    let mut nodes = vec![start.clone()];
    let mut length = FIRST;
    loop {
        let here = nodes.last().expect("there is a first one").clone();
        if nodes.len() > BUDGET {
            return (nodes, End::Budget { points: BUDGET });
        }
        let (edge, leaving) = if here.rising() > 0.0 { (1.0, End::UpperEdge) } else { (0.0, End::LowerEdge) };
        let to_edge = (edge - here.place()) / here.rising();
        if to_edge.abs() < 1e-14 {
            return (nodes, leaving);
        }
        if to_edge.is_finite() && to_edge <= length {
            if let Some(last) = at_edge(problem, &here, edge, to_edge) {
                nodes.push(last);
                return (nodes, leaving);
            }
            length = length.min(to_edge.max(SHORTEST)) * 0.5;
        }
        match step(problem, &here, length) {
            Some(step) => {
                let easy = step.is_easy(&here);
                let Step { middle, end, .. } = step;
                if let Some(closing) = closes(problem, (&start, crossing), &here, &end, nodes.len()) {
                    nodes.push(closing);
                    return (nodes, End::Closed);
                }
                if easy {
                    length = (1.5 * length).min(longest(&end));
                }
                nodes.push(middle);
                nodes.push(end);
            }
            None => length *= 0.5,
        }
        let last = nodes.last().expect("there is a first one");
        if last.y[..problem.n()].iter().any(|y| y.abs() > FAR) {
            return (nodes, End::Runaway);
        }
        if length < SHORTEST {
            return (nodes, End::Unfinished { step: length });
        }
    }
}

/// The longest step from here: where states have left all that was found, in proportion to them, so that what runs away is soon far.
fn longest(here: &Node) -> f64 {
    let size = here.y.iter().fold(0.0, |m: f64, y| m.max(y.abs()));
    LONGEST * (size / USUAL).max(1.0)
}

pub(super) struct Step {
    pub middle: Node,
    pub end: Node,
    quick: bool,
}

impl Step {
    /// Whether the next one may be longer.
    pub fn is_easy(&self, from: &Node) -> bool {
        self.quick && angle(&from.tangent, &self.end.tangent) < 0.5 * TURN
    }
}

/// Two half steps, and one that must lead to the same point.
pub(super) fn step(problem: &Scaled, from: &Node, length: f64) -> Option<Step> {
    let half = |from: &Node| -> Option<(Node, usize)> {
        let guess = plus(&from.y, 0.5 * length, &from.tangent);
        let (y, count) = problem.correct(&guess, &from.tangent)?;
        let room = if length < AT_CORNER { 4.0 } else { 0.25 };
        if distance(&y, &guess) > room * length {
            return None;
        }
        let node = problem.node(y, &from.tangent)?;
        let smooth = angle(&from.tangent, &node.tangent) < TURN;
        (smooth || length < AT_CORNER).then_some((node, count))
    };
    let (middle, first) = half(from)?;
    let (end, second) = half(&middle)?;
    let along = dot(&from.tangent, &minus(&end.y, &from.y));
    let (whole, third) = problem.correct(&plus(&from.y, along, &from.tangent), &from.tangent)?;
    let agrees = distance(&whole, &end.y) <= AGREEMENT * length + 1e-9;
    agrees.then_some(Step { middle, end, quick: first.max(second).max(third) <= 4 })
}

/// The point at an end of the window, if the branch goes there straight enough.
pub(super) fn at_edge(problem: &Scaled, here: &Node, edge: f64, to_edge: f64) -> Option<Node> {
    let guess = plus(&here.y, to_edge, &here.tangent);
    let y = problem.at_place(&guess, edge)?;
    if distance(&y, &guess) > 0.25 * to_edge + 1e-9 {
        return None;
    }
    let node = problem.node(y, &here.tangent)?;
    (angle(&here.tangent, &node.tangent) < TURN && node.rising() * here.rising() > 0.0).then_some(node)
}

/// The point at which a branch comes back to its start, if this step passes it.
fn closes(
    problem: &Scaled,
    (start, crossing): (&Node, bool),
    here: &Node,
    end: &Node,
    count: usize,
) -> Option<Node> {
    if count < 4 || dot(&end.tangent, &start.tangent) < 0.5 {
        return None;
    }
    let side = |y: &[f64]| dot(&start.tangent, &minus(y, &start.y));
    let length = distance(&here.y, &end.y);
    let near = distance(&here.y, &start.y).max(distance(&end.y, &start.y)) < 2.0 * length;
    if !near || side(&here.y) > 0.0 || side(&end.y) < 0.0 {
        return None;
    }
    let (a, b) = (-side(&here.y), side(&end.y));
    let share = if a + b > 0.0 { a / (a + b) } else { 0.5 };
    let guess = plus(&here.y, share, &minus(&end.y, &here.y));
    if crossing {
        // Where branches cross, Newton's method has no regular solution: the chord passes the start in the same direction.
        return (distance(&guess, &start.y) < 0.1 * length).then(|| start.clone());
    }
    // On the plane through the start: its point is the start itself.
    let (y, _) = problem.correct(&plus(&guess, -side(&guess), &start.tangent), &start.tangent)?;
    (distance(&y, &start.y) < 1e-7).then(|| start.clone())
}

/// The angle between two directions of length 1.
pub(super) fn angle(a: &[f64], b: &[f64]) -> f64 {
    // Of small angles the chord knows more digits than the cosine.
    let chord = distance(a, b);
    2.0 * (0.5 * chord).min(1.0).asin()
}

/// A point of the branch between two others, near enough to belong to the same piece.
pub(super) fn between(problem: &Scaled, a: &Node, b: &Node, share: f64) -> Option<Node> {
    let chord = minus(&b.y, &a.y);
    let length = norm(&chord);
    if length == 0.0 {
        return None;
    }
    let normal: Vec<f64> = chord.iter().map(|c| c / length).collect();
    let guess = cubic(a, b, share);
    let straight = plus(&a.y, share, &chord);
    [guess, straight].into_iter().find_map(|guess| {
        let (y, _) = problem.correct(&guess, &normal)?;
        let along = dot(&normal, &minus(&y, &a.y));
        let near = along > 0.0 && along < length && distance(&y, &guess) < 0.5 * length;
        near.then(|| problem.node(y, &normal)).flatten()
    })
}

/// The point at a share of the way on a cubic with the tangents at both ends.
pub(super) fn cubic(a: &Node, b: &Node, share: f64) -> Vec<f64> {
    let length = distance(&a.y, &b.y);
    let (s, t) = (share, 1.0 - share);
    let (u, v) = (length * s * t * t, -length * s * s * t);
    let (wa, wb) = (t * t * (1.0 + 2.0 * s), s * s * (3.0 - 2.0 * s));
    (0..a.y.len()).map(|i| wa * a.y[i] + wb * b.y[i] + u * a.tangent[i] + v * b.tangent[i]).collect()
}
