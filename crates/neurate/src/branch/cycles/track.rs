//! A branch of cycles from its start to its ends.

use super::super::cycle::CycleEnd;
use super::ends::{Known, long, shrunk, to_nothing};
use super::follow::{Next, Walk, apart};
use super::loops::Loop;
use super::node::{Node, node_at_place, signature};
use super::problem::Problem;
use super::special::{Special, specials};
use neurate_numerics::error::Result;
use neurate_numerics::progress::Progress;

/// The first step.
const FIRST: f64 = 0.02;
/// Cycles after which a branch is given up.
pub(in crate::branch) const BUDGET: usize = 2000;
/// How near the parameter is to that of a homoclinic orbit where it has settled, of the window.
const SETTLED: f64 = 1e-5;
/// How near two cycles at one value of the parameter are that are the same: signatures.
const SAME: f64 = 1e-4;

/// A followed branch of cycles.
#[derive(Debug)]
pub(in crate::branch) struct Track {
    pub nodes: Vec<Node>,
    pub ends: [CycleEnd; 2],
    pub specials: Vec<Special>,
}

/// Where a branch starts.
pub(in crate::branch) enum Start {
    /// At the Hopf point of this number: it has one direction.
    Hopf(usize, Node),
    /// At a cycle: it has two.
    Cycle(Node),
}

/// Follows a branch to its ends.
pub(in crate::branch) fn track(
    problem: &Problem,
    known: &Known,
    start: Start,
    progress: &Progress,
) -> Result<Track> {
    let (nodes, ends) = match start {
        Start::Hopf(point, node) => {
            let (nodes, end) = walk(problem, known, node, progress)?;
            (nodes, [CycleEnd::Hopf(point), end])
        }
        Start::Cycle(node) => {
            let mut back = node.clone();
            back.tangent = back.tangent.scaled(-1.0);
            let (ahead, end) = walk(problem, known, node, progress)?;
            if end == CycleEnd::Closed {
                (ahead, [end, end])
            } else {
                let (mut behind, other) = walk(problem, known, back, progress)?;
                behind.reverse();
                behind.pop();
                for n in &mut behind {
                    n.tangent = n.tangent.clone().scaled(-1.0);
                }
                behind.extend(ahead);
                (behind, [other, end])
            }
        }
    };
    let inner = unsettled(&nodes, ends);
    let first = inner.start;
    let mut specials = specials(problem, &nodes[inner]);
    specials.iter_mut().for_each(|s| s.after += first);
    Ok(Track { nodes, ends, specials })
}

/// The nodes at which the parameter is not yet that of a homoclinic orbit: beside a saddle-focus it oscillates for ever with
/// folds and doublings that no number can tell apart.
fn unsettled(nodes: &[Node], ends: [CycleEnd; 2]) -> std::ops::Range<usize> {
    let homoclinic = |e: CycleEnd| matches!(e, CycleEnd::Homoclinic { .. });
    let moving = |end: &Node, n: &Node| (n.cycle.place - end.cycle.place).abs() > SETTLED;
    let (mut from, mut to) = (0, nodes.len());
    if homoclinic(ends[0]) {
        from = nodes.iter().position(|n| moving(&nodes[0], n)).unwrap_or(to);
    }
    if homoclinic(ends[1]) {
        to = nodes.iter().rposition(|n| moving(&nodes[nodes.len() - 1], n)).map_or(0, |k| k + 1);
    }
    from.min(to)..to
}

/// Follows a branch one way.
fn walk(problem: &Problem, known: &Known, first: Node, progress: &Progress) -> Result<(Vec<Node>, CycleEnd)> {
    let mut walk = Walk::new(problem, FIRST.min(0.5 * first.cycle.size()));
    let start = first.signature();
    let mut before = start.clone();
    let mut nodes = vec![first];
    loop {
        progress.at(nodes.len(), BUDGET)?;
        let here = &nodes[nodes.len() - 1];
        if nodes.len() >= BUDGET {
            return Ok((nodes, CycleEnd::Budget { cycles: BUDGET }));
        }
        let end = match walk.next(here, 0.6 * to_nothing(here)) {
            Next::Node(next) => {
                let now = next.signature();
                let closes = nodes.len() > 3
                    && apart(&now, &start) < 0.6 * apart(&now, &before)
                    && next.rising() * nodes[0].rising() > 0.0
                    && next.tangent.log_period * nodes[0].tangent.log_period > 0.0;
                before = now;
                if closes {
                    nodes.push(nodes[0].clone());
                    Some(CycleEnd::Closed)
                } else {
                    nodes.push(next);
                    let here = &nodes[nodes.len() - 1];
                    shrunk(problem, known, here).or_else(|| long(problem, known, &nodes))
                }
            }
            Next::Edge(last, upper) => {
                nodes.push(last);
                Some(if upper { CycleEnd::UpperEdge } else { CycleEnd::LowerEdge })
            }
            Next::Stuck(step) => Some(CycleEnd::Unfinished { step }),
        };
        if let Some(end) = end {
            return Ok((nodes, end));
        }
    }
}

impl Track {
    /// Whether a cycle lies on it.
    pub fn holds(&self, problem: &Problem, cycle: &Loop) -> bool {
        let wanted = signature(cycle);
        self.at_place(problem, cycle.place).iter().any(|n| apart(&n.signature(), &wanted) < SAME)
    }
    /// The cycles at a value of the parameter.
    pub fn at_place(&self, problem: &Problem, place: f64) -> Vec<Node> {
        let passes = |w: &&[Node]| (w[0].cycle.place <= place) != (w[1].cycle.place <= place);
        let solve = |w: &[Node]| {
            let (a, b) = (&w[0], &w[1]);
            let share = (place - a.cycle.place) / (b.cycle.place - a.cycle.place);
            let from = a.cycle.on(&b.cycle.mesh);
            let chord = b.cycle.plus(-1.0, &from);
            let mut guess = from.plus(share, &chord);
            guess.place = place;
            node_at_place(problem, &guess, &b.tangent)
        };
        self.nodes.windows(2).filter(passes).filter_map(solve).collect()
    }
}
