//! Following a branch of cycles: predictor and corrector in scaled arclength.

use super::loops::Loop;
use super::node::{Node, node, node_at_place};
use super::problem::Problem;

/// The longest step, in scaled arclength; of cycles that are larger than their equilibria are spread, in their size.
const LONGEST: f64 = 0.15;
/// Steps below this are no longer tried.
const SHORTEST: f64 = 1e-7;
/// The smallest cosine of the turn of the tangent in one step.
const TURN: f64 = 0.9;
/// The most that the number of multipliers outside the unit circle may change in one step.
const EVENTS: usize = 2;

/// How a branch goes on.
pub(super) enum Next {
    Node(Node),
    /// It leaves the window here, at its lower or upper end.
    Edge(Node, bool),
    /// No step was short enough.
    Stuck(f64),
}

/// Follows a branch step by step.
pub(super) struct Walk<'a> {
    problem: &'a Problem<'a>,
    pub length: f64,
}

impl<'a> Walk<'a> {
    pub fn new(problem: &'a Problem<'a>, first: f64) -> Walk<'a> {
        Walk { problem, length: first }
    }

    /// The next cycle.
    pub fn next(&mut self, here: &Node, longest: f64) -> Next {
        self.length = self.length.min(longest);
        loop {
            if self.length < SHORTEST {
                return Next::Stuck(self.length);
            }
            if let Some(edge) = self.edge(here) {
                return edge;
            }
            match self.step(here) {
                Some(next) => {
                    if !(0.0..=1.0).contains(&next.cycle.place) {
                        self.length *= 0.5;
                        continue;
                    }
                    if next.iterations <= 3 {
                        self.length = (1.4 * self.length).min(LONGEST * next.cycle.size().max(1.0));
                    }
                    return Next::Node(next);
                }
                None => self.length *= 0.5,
            }
        }
    }

    fn step(&self, here: &Node) -> Option<Node> {
        let guess = here.cycle.plus(self.length, &here.tangent);
        let next = node(self.problem, &guess, &here.tangent, &here.cycle)?;
        let mesh = &next.cycle.mesh;
        let (before, guess) = (here.tangent.on(mesh), guess.on(mesh));
        let away = next.cycle.plus(-1.0, &guess);
        let turned = before.product(&next.tangent) / before.product(&before).sqrt();
        let near = away.product(&away).sqrt() < 0.5 * self.length;
        let changes = next.multipliers.unstable().abs_diff(here.multipliers.unstable());
        let calm = changes <= EVENTS || self.length < 1e-3;
        (turned > TURN && near && calm).then_some(next)
    }

    /// The cycle at the end of the window, if this step leaves it.
    fn edge(&mut self, here: &Node) -> Option<Next> {
        let upper = here.rising() > 0.0;
        let goal = if upper { 1.0 } else { 0.0 };
        let to_edge = (goal - here.cycle.place) / here.rising();
        if !to_edge.is_finite() || to_edge > self.length {
            return None;
        }
        let mut guess = here.cycle.plus(to_edge, &here.tangent);
        guess.place = goal;
        if let Some(last) = node_at_place(self.problem, &guess, &here.tangent) {
            let away = last.cycle.plus(-1.0, &guess.on(&last.cycle.mesh));
            if away.product(&away).sqrt() < 0.5 * to_edge + 1e-6 && last.rising() * here.rising() > 0.0 {
                return Some(Next::Edge(last, upper));
            }
        }
        self.length = self.length.min(to_edge) * 0.5;
        None
    }
}

/// A cycle between two of a branch, at a share of the way.
pub(super) fn between(problem: &Problem, a: &Node, b: &Node, share: f64) -> Option<Node> {
    let from = a.cycle.on(&b.cycle.mesh);
    let chord = b.cycle.plus(-1.0, &from);
    let length = chord.product(&chord).sqrt();
    if length == 0.0 {
        return None;
    }
    let normal = chord.clone().scaled(1.0 / length);
    let guess = cubic(&from, &a.tangent.on(&b.cycle.mesh), b, &chord, length, share);
    let found = node(problem, &guess, &normal, &guess)?;
    let away = found.cycle.plus(-1.0, &guess.on(&found.cycle.mesh));
    (away.product(&away).sqrt() < 0.3 * length).then_some(found)
}

/// The cubic with the tangents at both ends.
fn cubic(a: &Loop, at: &Loop, b: &Node, chord: &Loop, length: f64, s: f64) -> Loop {
    let t = 1.0 - s;
    let (u, v) = (length * s * t * t, -length * s * s * t);
    a.plus(s * s * (3.0 - 2.0 * s), chord).plus(u, at).plus(v, &b.tangent)
}

/// How far two cycles are from each other, whatever their phase.
pub(super) fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}
