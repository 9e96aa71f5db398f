//! The nearest values of a parameter at which one equilibrium changes: its branch is followed from the point both ways, until the
//! first special point.

use super::describe::point;
use super::diagram::{End, SpecialPoint};
use super::events::{Event, events};
use super::family::Family;
use super::follow::{at_edge, step};
use super::scaled::{Node, Scaled, axis, distance};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Complex;

/// The longest and the first step, of the window; longer ones only where the state runs away.
const LONGEST: f64 = 0.03;
const FIRST: f64 = 0.01;
/// Steps below this are no longer tried.
const SHORTEST: f64 = 1e-12;
/// Points after which a direction is given up.
const BUDGET: usize = 4_000;
/// Scaled states beyond this have run away.
const FAR: f64 = 1e4;
/// How near to the given state its branch has to pass, in units of the state.
const NEAR: f64 = 1e-3;

/// What becomes of an equilibrium in one direction of the parameter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FirstChange {
    /// The first special point: where the equilibrium disappears, changes its stability, or meets another branch.
    At(SpecialPoint),
    /// The state grows beyond every bound as the parameter approaches a value.
    Runaway {
        /// That value.
        p: f64,
        /// Whether it is known to the last digits: where the field is linear that far out.
        exact: bool,
    },
    /// Nothing changes between the point and the end of the window.
    None,
    /// The branch was not followed to the end of the window, nor to a special point.
    Undecided {
        /// How far it was followed.
        p: f64,
        /// Why no further.
        end: End,
    },
}

/// The first change below a value of the parameter, and the first one above it, of the equilibrium next to a state.
///
/// `units` are the sizes of the states, for scales: how far each of them may be expected to move over the window. Other
/// equilibria, and cycles, are not looked for.
///
/// # Errors
/// There is no equilibrium next to the state, or its eigenvalues are not found.
pub fn first_changes(
    family: &dyn Family,
    window: (f64, f64),
    units: &[f64],
    (state, p): (&[f64], f64),
) -> Result<[FirstChange; 2]> {
    let problem = Scaled::new(family, units.to_vec(), window);
    let n = problem.n();
    let guess = problem.scale(state, p);
    let start = problem
        .at_place(&guess, guess[n])
        .filter(|y| distance(y, &guess) < NEAR)
        .and_then(|y| problem.node(y, &axis(n + 1, n)))
        .ok_or_else(|| {
            Error::invalid(format!("there is no isolated equilibrium next to the state at {p}"))
                .with_help("give a fixed point of the circuit")
        })?;
    Ok([true, false].map(|below| first_change(&problem, &start, below)))
}

/// Follows the branch in one direction.
fn first_change(problem: &Scaled, start: &Node, below: bool) -> FirstChange {
    let mut start = start.clone();
    // The branch is not vertical at a regular point, and its tangent was turned upward.
    if below {
        start.tangent.iter_mut().for_each(|t| *t = -*t);
    }
    let (edge, outward) = if below { (0.0, -1.0) } else { (1.0, 1.0) };
    let outside = |node: &Node| outward * (node.place() - edge) > 0.0;
    let mut length = FIRST;
    let mut nodes = vec![start];
    loop {
        let here = nodes[nodes.len() - 1].clone();
        let undecided = |end: End| FirstChange::Undecided { p: problem.own(&here.y).1, end };
        if nodes.len() > BUDGET {
            return undecided(End::Budget { points: BUDGET });
        }
        let to_edge = (edge - here.place()) / here.rising();
        if to_edge.abs() < 1e-14 {
            return FirstChange::None;
        }
        let known = nodes.len();
        let mut last = false;
        if to_edge.is_finite() && to_edge > 0.0 && to_edge <= length {
            match at_edge(problem, &here, edge, to_edge) {
                Some(node) => {
                    nodes.push(node);
                    last = true;
                }
                None => length = length.min(to_edge.max(SHORTEST)) * 0.5,
            }
        }
        if !last {
            match step(problem, &here, length) {
                // Where the branch is steeper than its tangent says.
                Some(step) if outside(&step.middle) || outside(&step.end) => length *= 0.5,
                Some(step) => {
                    let far = step.end.y[..problem.n()].iter().fold(1.0, |m: f64, y| m.max(y.abs()));
                    if step.is_easy(&here) {
                        length = (1.5 * length).min(LONGEST * far);
                    }
                    nodes.extend([step.middle, step.end]);
                    if far > FAR {
                        return runaway(problem, &nodes);
                    }
                }
                None => length *= 0.5,
            }
        }
        if nodes.len() > known
            && let Some(event) = first_event(problem, &nodes[known.saturating_sub(2)..])
        {
            return FirstChange::At(point(problem, &event));
        }
        if last {
            return FirstChange::None;
        }
        if length < SHORTEST {
            return undecided(End::Unfinished { step: length });
        }
    }
}

/// The first special point between nodes.
fn first_event(problem: &Scaled, nodes: &[Node]) -> Option<Event> {
    let from = |e: &Event| distance(e.found.y(), &nodes[e.after].y);
    events(problem, nodes).into_iter().min_by(|a, b| a.after.cmp(&b.after).then(from(a).total_cmp(&from(b))))
}

/// Where a state grows beyond every bound: its reciprocal is zero there. Where the Jacobian no longer depends on the state, an
/// eigenvalue is zero at the same value, which Newton's method finds.
fn runaway(problem: &Scaled, nodes: &[Node]) -> FirstChange {
    let [before, here] = [&nodes[nodes.len() - 2], &nodes[nodes.len() - 1]];
    let n = problem.n();
    let k = (0..n).max_by(|&i, &j| here.y[i].abs().total_cmp(&here.y[j].abs())).unwrap_or(0);
    let (x, p) = problem.own(&here.y);
    let (own, last) = (problem.own(&before.y).1, 1.0 / here.y[k]);
    let bend = last - 1.0 / before.y[k];
    let outward = if bend == 0.0 { p } else { p - (p - own) * last / bend };
    let further: Vec<f64> = x.iter().map(|x| 1.7 * x).collect();
    let (a, b) = (problem.family.jacobian(&x, p), problem.family.jacobian(&further, p));
    let straight = a.sub(&b).max_abs() <= 1e-12 * a.max_abs();
    match straight.then(|| zero_eigenvalue(problem, &x, [p, outward])).flatten() {
        Some(p) => FirstChange::Runaway { p, exact: true },
        None => FirstChange::Runaway { p: outward, exact: false },
    }
}

/// The value near two others at which the eigenvalue nearest to zero is zero, the state held: by the secant method.
fn zero_eigenvalue(problem: &Scaled, x: &[f64], [mut a, mut b]: [f64; 2]) -> Option<f64> {
    let nearest = |p: f64| -> Option<f64> {
        let all = crate::fixed_points::spectrum(&problem.family.jacobian(x, p)).ok()?;
        let real = |l: &&Complex| l.im == 0.0;
        all.iter().filter(real).map(|l| l.re).min_by(|a, b| a.abs().total_cmp(&b.abs()))
    };
    let width = (b - a).abs().max(1e-9 * problem.width);
    let (near, mut at_a, mut at_b) = (b, nearest(a)?, nearest(b)?);
    for _ in 0..20 {
        if at_b == at_a || b == a {
            break;
        }
        let next = b - at_b * (b - a) / (at_b - at_a);
        (a, at_a, b) = (b, at_b, next);
        at_b = nearest(b)?;
        if (b - a).abs() <= 1e-15 * problem.width {
            break;
        }
    }
    ((b - near).abs() < 10.0 * width).then_some(b)
}
