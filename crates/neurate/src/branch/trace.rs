//! A branch as it is followed: from a start both ways, with its special points, and where it passes a value.

use super::diagram::End;
use super::events::{Event, Found, events};
use super::follow::follow;
use super::polish::lies_between;
use super::scaled::{Node, Scaled, distance, minus, norm, plus};

/// A followed branch.
#[derive(Debug)]
pub(super) struct Trace {
    /// From one end to the other.
    pub nodes: Vec<Node>,
    pub ends: [End; 2],
    pub events: Vec<Event>,
}

/// Where a branch starts: at a regular point, or at one where it crosses another.
pub(super) enum Start {
    Regular(Node),
    Crossing(Node),
}

/// Follows a branch both ways.
pub(super) fn trace(problem: &Scaled, start: &Start) -> Trace {
    let (node, crossing) = match start {
        Start::Regular(node) => (node, false),
        Start::Crossing(node) => (node, true),
    };
    let (ahead, end) = follow(problem, node, false, crossing);
    if end == End::Closed {
        // Where branches cross, eigenvalues have no sign, and the point is a special one already.
        let first = usize::from(crossing);
        let found = events(problem, &ahead[first..ahead.len() - first]);
        let events = found.into_iter().map(|e| Event { after: e.after + first, ..e }).collect();
        return Trace { nodes: ahead, ends: [End::Closed, End::Closed], events };
    }
    let (mut behind, other) = follow(problem, node, true, crossing);
    behind.reverse();
    behind.iter_mut().for_each(|n| n.tangent.iter_mut().for_each(|t| *t = -*t));
    // The start is in both; where branches cross, its eigenvalues have no sign, and it is a special point already.
    let shared = behind.len() - 1;
    behind.pop();
    let found = if crossing {
        let mut found = events(problem, &behind);
        found.extend(
            events(problem, &ahead[1..]).into_iter().map(|e| Event { after: e.after + shared + 1, ..e }),
        );
        found
    } else {
        let all = [&behind[..], &ahead[..]].concat();
        events(problem, &all)
    };
    behind.extend(ahead);
    Trace { nodes: behind, ends: [other, end], events: found }
}

impl Trace {
    /// The points at which the branch passes a place in the window: scaled unknowns.
    pub fn passes(&self, problem: &Scaled, place: f64) -> Vec<Vec<f64>> {
        let mut all: Vec<Vec<f64>> = Vec::new();
        // Special points are corners of the polygon, so that a fold between two nodes is not missed.
        let mut polygon: Vec<&[f64]> = Vec::with_capacity(self.nodes.len() + self.events.len());
        let mut events = self.events.iter().peekable();
        for (k, node) in self.nodes.iter().enumerate() {
            polygon.push(&node.y);
            while let Some(event) = events.next_if(|e| e.after <= k) {
                polygon.push(event.found.y());
            }
        }
        let last = polygon.len().saturating_sub(1);
        for (k, pair) in polygon.windows(2).enumerate() {
            let [a, b] = [pair[0], pair[1]];
            let n = a.len() - 1;
            // An end of the branch at this place, with the branch below.
            let ends_here = (k + 1 == last && b[n] == place) || (k == 0 && a[n] == place);
            if (a[n] <= place) == (b[n] <= place) && !ends_here {
                continue;
            }
            let y = pass(problem, a, b, place);
            if all.iter().all(|known| distance(known, &y) > 1e-9) {
                all.push(y);
            }
        }
        all
    }
    /// Whether a point lies on it.
    pub fn holds(&self, problem: &Scaled, y: &[f64], tolerance: f64) -> bool {
        self.passes(problem, y[y.len() - 1]).iter().any(|on| distance(on, y) < tolerance)
    }
    /// Whether it goes through a special point.
    pub fn visits(&self, y: &[f64]) -> bool {
        self.events.iter().any(|e| distance(e.found.y(), y) < 1e-6)
            || self.nodes.iter().any(|n| distance(&n.y, y) < 1e-9)
    }
    /// The tangent next to a special point.
    pub fn direction_at(&self, event: &Event) -> &[f64] {
        &self.nodes[event.after.min(self.nodes.len() - 1)].tangent
    }
    /// Where branches cross.
    pub fn crossings(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|e| matches!(e.found, Found::Crossing(_)))
    }
}

/// Where the piece between two points of a branch passes a place: halved along the branch until it is nearly straight, since
/// another branch may be nearer to a chord beside a fold or a crossing.
fn pass(problem: &Scaled, a: &[f64], b: &[f64], place: f64) -> Vec<f64> {
    let n = a.len() - 1;
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    loop {
        let chord = minus(&b, &a);
        let length = norm(&chord);
        let share = if a[n] == b[n] { 0.0 } else { (place - a[n]) / (b[n] - a[n]) };
        let guess = plus(&a, share, &chord);
        let near = |y: &Vec<f64>| distance(y, &guess) < 0.05 * length + 1e-12;
        if let Some(y) = problem.at_place(&guess, place).filter(near) {
            return y;
        }
        let normal: Vec<f64> = chord.iter().map(|c| c / length).collect();
        let middle = problem.correct(&plus(&a, 0.47, &chord), &normal).map(|c| c.0);
        match middle.filter(|m| length > 1e-9 && lies_between(m, &a, &b)) {
            Some(m) if (a[n] <= place) == (m[n] <= place) => a = m,
            Some(m) => b = m,
            None => return guess,
        }
    }
}
