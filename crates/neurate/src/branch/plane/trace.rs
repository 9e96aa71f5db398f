//! A curve as it is followed: from a start both ways, with its special points.

use super::super::scaled::{axis, bordered, distance, dot, minus, norm, plus, solve};
use super::defining::{Defined, Frame, equations, first_frame};
use super::diagram::{CurveEnd, PlaneKind};
use super::follow::{follow, is_neutral_saddle};
use super::node::{Node, correct, node};
use super::scaled::Scaled;
use super::special::{Special, special};

/// Scaled distance below which a point lies on a curve.
const ON: f64 = 1e-6;

/// A followed curve.
#[derive(Debug)]
pub(super) struct Trace {
    pub defined: Defined,
    /// From one end to the other.
    pub nodes: Vec<Node>,
    pub ends: [CurveEnd; 2],
    pub special: Vec<Special>,
}

/// Follows a curve both ways from a point on it; None if no regular curve leaves the point.
pub(super) fn trace(problem: &Scaled, defined: Defined, y: &[f64], kappa: f64) -> Option<Trace> {
    let start = first_node(problem, defined, y, kappa)?;
    let (mut nodes, end) = follow(problem, &start, false);
    let ends = if end == CurveEnd::Closed {
        [CurveEnd::Closed, CurveEnd::Closed]
    } else {
        let (mut behind, other) = follow(problem, &start, true);
        behind.reverse();
        behind.iter_mut().for_each(|n| n.tangent.iter_mut().for_each(|t| *t = -*t));
        behind.pop();
        behind.extend(nodes);
        nodes = behind;
        [other, end]
    };
    let mut special = special(problem, &nodes);
    if defined == Defined::Hopf {
        trim(&mut nodes, &mut special);
    }
    (nodes.len() > 1).then_some(Trace { defined, nodes, ends, special })
}

/// Takes neutral saddles off the ends.
fn trim(nodes: &mut Vec<Node>, special: &mut [Special]) {
    while nodes.last().is_some_and(is_neutral_saddle) {
        nodes.pop();
    }
    let first = nodes.iter().take_while(|n| is_neutral_saddle(n)).count();
    nodes.drain(..first);
    let last = nodes.len().saturating_sub(1);
    // A double zero before the first node stands behind none: it is put in front.
    special.iter_mut().for_each(|s| s.after = (s.after + 1).saturating_sub(first).min(last + 1));
}

/// A regular point of a curve next to a guess.
fn first_node(problem: &Scaled, defined: Defined, y: &[f64], kappa: f64) -> Option<Node> {
    let n = problem.n();
    let frame = first_frame(problem, defined, y, kappa)?;
    let e = equations(problem, y, &frame)?;
    // A direction that is orthogonal to no tangent but by accident.
    let some: Vec<f64> = (0..n + 2)
        .map(|k| if k < n { 0.31 + 0.07 * k as f64 } else { 1.0 - 0.37 * (k - n) as f64 })
        .collect();
    let t = solve(&bordered(&e.matrix, &some), &axis(n + 2, n + 1))?;
    let length = norm(&t);
    let tangent: Vec<f64> = t.iter().map(|t| t / length).collect();
    let (y, _) = correct(problem, y, &tangent, &frame)?;
    node(problem, y, &tangent, &frame)
}

impl Trace {
    /// Whether a point lies on it; of two Hopf curves that meet, that with the pair of this squared frequency.
    pub fn holds(&self, problem: &Scaled, y: &[f64], kappa: f64) -> bool {
        let is = |n: &Node| {
            let same = match n.frame {
                Frame::Pair(own) => (own - kappa).abs() < 1e-3 * (own.abs() + kappa.abs()) + 1e-5,
                Frame::Zero(..) => true,
            };
            same && distance(&n.y, y) < ON
        };
        if self.nodes.iter().any(is) || self.special.iter().any(|s| is(&s.node)) {
            return true;
        }
        self.nodes.windows(2).any(|w| {
            let chord = minus(&w[1].y, &w[0].y);
            let length = norm(&chord);
            if length == 0.0 || distance(y, &w[0].y) > 2.0 * length {
                return false;
            }
            let share = dot(&chord, &minus(y, &w[0].y)) / (length * length);
            let foot = plus(&w[0].y, share, &chord);
            if !(-0.02..=1.02).contains(&share) || distance(y, &foot) > 0.1 * length + ON {
                return false;
            }
            let normal: Vec<f64> = chord.iter().map(|c| c / length).collect();
            let on = correct(problem, y, &normal, &w[0].frame);
            on.filter(|(on, _)| distance(on, y) < ON)
                .and_then(|(on, _)| node(problem, on, &normal, &w[0].frame))
                .is_some_and(|n| is(&n))
        })
    }
    /// How many times it passes a place of one coordinate.
    pub fn passes(&self, coordinate: usize, place: f64) -> usize {
        if place == 0.0 || place == 1.0 {
            let ends = [self.nodes.first(), self.nodes.last()];
            let closed = self.ends[0] == CurveEnd::Closed;
            return ends
                .iter()
                .flatten()
                .filter(|n| !closed && (n.y[coordinate] - place).abs() < 1e-9)
                .count();
        }
        // Special points are corners of the polygon: a Hopf curve may end between two nodes.
        let mut polygon: Vec<f64> = Vec::with_capacity(self.nodes.len() + self.special.len());
        for (_, y, _) in self.polygon() {
            polygon.push(y[coordinate]);
        }
        polygon.windows(2).filter(|w| (w[0] <= place) != (w[1] <= place)).count()
    }
    /// Nodes and special points in their order: the node, and the special point's position if it is one.
    pub fn polygon(&self) -> Vec<(&Node, &[f64], Option<usize>)> {
        let mut all: Vec<(&Node, &[f64], Option<usize>)> = Vec::new();
        let hopf = self.defined == Defined::Hopf;
        let behind = |s: &Special| if hopf { s.after } else { s.after + 1 };
        let mut next = 0;
        for k in 0..=self.nodes.len() {
            while next < self.special.len() && behind(&self.special[next]) <= k {
                let node = &self.special[next].node;
                all.push((node, &node.y, Some(next)));
                next += 1;
            }
            let Some(node) = self.nodes.get(k) else { break };
            let doubled = |s: &Special| {
                matches!(s.kind, PlaneKind::BogdanovTakens { .. })
                    && hopf
                    && distance(&s.node.y, &node.y) < 1e-9
            };
            if !self.special.iter().any(doubled) {
                all.push((node, &node.y, None));
            }
        }
        all
    }
}
