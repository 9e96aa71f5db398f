//! A branch as it is followed: from a start both ways, with its special points, and where it passes a value.

use super::diagram::End;
use super::events::{Event, Found, events};
use super::follow::{cubic, follow};
use super::polish::lies_between;
use super::scaled::{Node, Scaled, distance, dot, minus, norm, plus};

/// Points of a branch that are looked for on another one.
const LOOKS: usize = 5;
/// Scaled distance below which a point lies on a branch.
const ON: f64 = 1e-6;

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
    let (mut ahead, end) = follow(problem, node, false, crossing);
    if end == End::Closed {
        let last = ahead.len() - 1;
        if crossing {
            let on_both_sides = ahead[1].unstable.min(ahead[last - 1].unstable);
            ahead[0].unstable = on_both_sides;
            ahead[last].unstable = on_both_sides;
        }
        // Where branches cross, eigenvalues have no sign, and the point is a special one already.
        let first = usize::from(crossing);
        let found = events(problem, &ahead[first..ahead.len() - first]);
        let events = found.into_iter().map(|e| Event { after: e.after + first, ..e }).collect();
        return Trace { nodes: ahead, ends: [End::Closed, End::Closed], events };
    }
    let (mut behind, other) = follow(problem, node, true, crossing);
    if crossing {
        let beside = [&ahead, &behind].into_iter().filter_map(|side| Some(side.get(1)?.unstable)).min();
        ahead[0].unstable = beside.unwrap_or(ahead[0].unstable);
    }
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
        self.events.iter().any(|e| distance(e.found.y(), y) < 1e-6) || self.node_at(y).is_some()
    }
    /// The node that a point is.
    pub fn node_at(&self, y: &[f64]) -> Option<usize> {
        self.nodes.iter().position(|n| distance(&n.y, y) < 1e-9)
    }
    /// The piece behind which node a point lies, if the branch goes through it: by cubics with the tangents at both ends, since
    /// at a crossing Newton's method has no regular solution.
    fn piece_at(&self, y: &[f64]) -> Option<usize> {
        let on = |w: &[Node]| {
            let chord = minus(&w[1].y, &w[0].y);
            let length = norm(&chord);
            if length == 0.0 || distance(y, &w[0].y) > 2.0 * length {
                return false;
            }
            let s = dot(&chord, &minus(y, &w[0].y)) / (length * length);
            (-0.02..=1.02).contains(&s) && distance(y, &cubic(&w[0], &w[1], s)) < 1e-3 * length
        };
        self.nodes.windows(2).position(on)
    }
    /// Makes a special point of another branch one of this branch, if it goes through it.
    pub fn join(&mut self, found: &Found) {
        if self.visits(found.y()) {
            return;
        }
        let Some(after) = self.piece_at(found.y()) else { return };
        let unstable = self.nodes[after].unstable.min(self.nodes[after + 1].unstable);
        let from = &self.nodes[after].y;
        let away = distance(found.y(), from);
        let before = |e: &Event| e.after < after || (e.after == after && distance(e.found.y(), from) < away);
        let place = self.events.iter().filter(|e| before(e)).count();
        self.events.insert(place, Event { after, found: found.clone(), unstable });
    }
    /// Whether another branch is this one: regular points lie on one branch only.
    pub fn is(&self, problem: &Scaled, other: &Trace) -> bool {
        let clear = |k: &usize| {
            let node = &other.nodes[*k];
            let special = |e: &Event| e.after == *k || e.after + 1 == *k;
            node.rising().abs() > 0.05 && !other.events.iter().any(special)
        };
        let inner: Vec<usize> = (1..other.nodes.len().saturating_sub(1)).filter(clear).collect();
        let looks = inner.len().min(LOOKS);
        let held = (0..looks)
            .map(|k| inner[(2 * k + 1) * inner.len() / (2 * looks)])
            .filter(|&k| self.holds(problem, &other.nodes[k].y, ON))
            .count();
        looks > 0 && held == looks
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
        let normal: Vec<f64> = chord.iter().map(|c| c / length.max(f64::MIN_POSITIVE)).collect();
        // A branch that crosses may be as near, and goes another way.
        let straight = |y: &Vec<f64>| problem.tangent(y, &normal).is_some_and(|t| dot(&t, &normal) > 0.8);
        let near = |y: &Vec<f64>| distance(y, &guess) < 0.05 * length + 1e-12;
        if let Some(y) = problem.at_place(&guess, place).filter(|y| near(y) && straight(y)) {
            return y;
        }
        let middle = problem.correct(&plus(&a, 0.47, &chord), &normal).map(|c| c.0);
        match middle.filter(|m| length > 1e-9 && lies_between(m, &a, &b)) {
            Some(m) if (a[n] <= place) == (m[n] <= place) => a = m,
            Some(m) => b = m,
            None => return guess,
        }
    }
}
