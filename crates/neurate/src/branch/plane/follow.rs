//! Following a curve in the plane of two parameters: predictor and corrector in scaled arclength, every step checked against
//! two half steps.

use super::super::follow::angle;
use super::super::scaled::{distance, dot, minus, norm, plus};
use super::diagram::CurveEnd;
use super::node::{Node, at_place, correct, node};
use super::scaled::Scaled;

/// The longest and the first step, of the windows.
const LONGEST: f64 = 0.03;
const FIRST: f64 = 0.005;
/// Steps below this are no longer tried.
const SHORTEST: f64 = 1e-10;
/// The largest turn of the tangent in one step, in radians.
const TURN: f64 = 0.25;
/// Points after which a curve is given up.
const BUDGET: usize = 20_000;
/// Scaled states beyond this have run away.
const FAR: f64 = 1e3;
/// How exactly a step and two half steps agree, of the step.
const AGREEMENT: f64 = 1e-5;

/// Follows a curve from a point along its tangent, or against it, to an end. A curve of Hopf points goes on to the first point
/// behind its end, where the squared frequency is negative.
pub(super) fn follow(problem: &Scaled, start: &Node, against: bool) -> (Vec<Node>, CurveEnd) {
    let mut start = start.clone();
    if against {
        start.tangent.iter_mut().for_each(|t| *t = -*t);
    }
    let mut nodes = vec![start.clone()];
    let mut length = FIRST;
    let n = problem.n();
    loop {
        let here = nodes[nodes.len() - 1].clone();
        if nodes.len() > BUDGET {
            return (nodes, CurveEnd::Budget { points: BUDGET });
        }
        if let Some((to_edge, coordinate, edge)) = nearest_edge(&here, n) {
            if to_edge < 1e-13 {
                return (nodes, edge_of(coordinate - n, edge));
            }
            if to_edge <= length {
                if let Some(last) = at_edge(problem, &here, (coordinate, edge), to_edge) {
                    nodes.push(last);
                    return (nodes, edge_of(coordinate - n, edge));
                }
                length = length.min(to_edge.max(SHORTEST)) * 0.5;
            }
        }
        match step(problem, &here, length) {
            Some(Step { middle, end, quick }) => {
                if let Some(closing) = closes(problem, &start, &here, &end, nodes.len()) {
                    nodes.push(closing);
                    return (nodes, CurveEnd::Closed);
                }
                let turned = angle(&here.tangent, &end.tangent);
                let beyond = [&middle, &end].map(is_neutral_saddle);
                nodes.push(middle);
                if !beyond[0] {
                    nodes.push(end);
                }
                if beyond[0] || beyond[1] {
                    return (nodes, CurveEnd::BogdanovTakens);
                }
                if quick && turned < 0.5 * TURN {
                    length = (1.5 * length).min(LONGEST);
                }
            }
            None => length *= 0.5,
        }
        if nodes[nodes.len() - 1].y[..n].iter().any(|y| y.abs() > FAR) {
            return (nodes, CurveEnd::Runaway);
        }
        if length < SHORTEST {
            let end = at_kink(problem, &nodes[nodes.len() - 1]);
            return (nodes, end.unwrap_or(CurveEnd::Unfinished { step: length }));
        }
    }
}

/// The end of a curve that no step leads on, if a kink lies just ahead.
fn at_kink(problem: &Scaled, last: &Node) -> Option<CurveEnd> {
    let (here, ahead) = (problem.own(&last.y), problem.own(&plus(&last.y, 1e-6, &last.tangent)));
    let units = problem.family.kinks_between((&here.0, here.1), (&ahead.0, ahead.1));
    (!units.is_empty()).then_some(CurveEnd::Kink { units })
}

/// Whether a point of a Hopf curve has two real eigenvalues of opposite sign in place of a pair.
pub(super) fn is_neutral_saddle(node: &Node) -> bool {
    matches!(node.frame, super::defining::Frame::Pair(kappa) if kappa < 0.0)
}

fn edge_of(parameter: usize, edge: f64) -> CurveEnd {
    if edge > 0.5 { CurveEnd::UpperEdge { parameter } } else { CurveEnd::LowerEdge { parameter } }
}

/// How far it is along the tangent to the edge that is reached first, which coordinate that is of, and where it lies.
fn nearest_edge(here: &Node, n: usize) -> Option<(f64, usize, f64)> {
    [n, n + 1]
        .into_iter()
        .filter_map(|k| {
            let edge = if here.tangent[k] > 0.0 { 1.0 } else { 0.0 };
            let away = (edge - here.y[k]) / here.tangent[k];
            away.is_finite().then_some((away, k, edge))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
}

struct Step {
    middle: Node,
    end: Node,
    quick: bool,
}

/// Two half steps, and one that must lead to the same point.
fn step(problem: &Scaled, from: &Node, length: f64) -> Option<Step> {
    let half = |from: &Node| -> Option<(Node, usize)> {
        let guess = plus(&from.y, 0.5 * length, &from.tangent);
        let (y, count) = correct(problem, &guess, &from.tangent, &from.frame)?;
        if distance(&y, &guess) > 0.25 * length {
            return None;
        }
        let node = node(problem, y, &from.tangent, &from.frame)?;
        (angle(&from.tangent, &node.tangent) < TURN).then_some((node, count))
    };
    let (middle, first) = half(from)?;
    let (end, second) = half(&middle)?;
    let along = dot(&from.tangent, &minus(&end.y, &from.y));
    let guess = plus(&from.y, along, &from.tangent);
    let (whole, third) = correct(problem, &guess, &from.tangent, &from.frame)?;
    let agrees = distance(&whole, &end.y) <= AGREEMENT * length + 1e-9;
    agrees.then_some(Step { middle, end, quick: first.max(second).max(third) <= 4 })
}

/// The point at an edge of the windows, if the curve goes there straight enough.
fn at_edge(problem: &Scaled, here: &Node, edge: (usize, f64), to_edge: f64) -> Option<Node> {
    let guess = plus(&here.y, to_edge, &here.tangent);
    let y = at_place(problem, &guess, edge, &here.frame)?;
    let other = 2 * problem.n() + 1 - edge.0;
    if distance(&y, &guess) > 0.25 * to_edge + 1e-9 || !(0.0..=1.0).contains(&y[other]) {
        return None;
    }
    let node = node(problem, y, &here.tangent, &here.frame)?;
    let onward = node.tangent[edge.0] * here.tangent[edge.0] > 0.0;
    (angle(&here.tangent, &node.tangent) < TURN && onward).then_some(node)
}

/// The point at which a curve comes back to its start, if this step passes it.
fn closes(problem: &Scaled, start: &Node, here: &Node, end: &Node, count: usize) -> Option<Node> {
    if count < 4 || dot(&end.tangent, &start.tangent) < 0.5 {
        return None;
    }
    let side = |y: &[f64]| dot(&start.tangent, &minus(y, &start.y));
    let length = distance(&here.y, &end.y);
    let near = distance(&here.y, &start.y).max(distance(&end.y, &start.y)) < 2.0 * length;
    if !near || side(&here.y) > 0.0 || side(&end.y) < 0.0 {
        return None;
    }
    let share = -side(&here.y) / (side(&end.y) - side(&here.y)).max(f64::MIN_POSITIVE);
    let guess = plus(&here.y, share, &minus(&end.y, &here.y));
    let on_plane = plus(&guess, -side(&guess), &start.tangent);
    let (y, _) = correct(problem, &on_plane, &start.tangent, &here.frame)?;
    // The frame goes on from here: after one turn the vectors of an eigenvalue may have changed their sign.
    (distance(&y, &start.y) < 1e-7).then(|| node(problem, start.y.clone(), &here.tangent, &here.frame))?
}

/// A point of the curve between two others, near enough to belong to the same piece.
pub(super) fn between(problem: &Scaled, a: &Node, b: &Node, share: f64) -> Option<Node> {
    let chord = minus(&b.y, &a.y);
    let length = norm(&chord);
    if length == 0.0 {
        return None;
    }
    let normal: Vec<f64> = chord.iter().map(|c| c / length).collect();
    [cubic(a, b, share), plus(&a.y, share, &chord)].into_iter().find_map(|guess| {
        let (y, _) = correct(problem, &guess, &normal, &a.frame)?;
        let along = dot(&normal, &minus(&y, &a.y));
        let near = along >= 0.0 && along <= length && distance(&y, &guess) < 0.5 * length;
        near.then(|| node(problem, y, &normal, &a.frame)).flatten()
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
