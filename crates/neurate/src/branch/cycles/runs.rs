//! Cycles from runs: what does not come to rest is solved as a cycle.

use super::super::circuit_family::CircuitFamily;
use super::correct::along_parameter;
use super::follow::apart;
use super::loops::Loop;
use super::node::{Node, node_at_place};
use super::problem::Problem;
use crate::dynamics::CircuitDynamics;
use crate::simulate::{Method, Outcome, Simulation, time_grid};
use neurate_numerics::error::Result;

/// Runs at each value of the parameter, and at how many values.
pub(in crate::branch) const RUNS: usize = 16;
pub(in crate::branch) const VALUES: usize = 17;
/// How often a run is continued; how long each part is, in slowest time constants; how many times of it are recorded in the fastest one, and at most.
const ROUNDS: usize = 4;
const LENGTH: f64 = 60.0;
const PER_TIME: f64 = 4.0;
const MOST_TIMES: usize = 20_000;
/// How near an equilibrium a run is that rests, scaled.
const RESTS: f64 = 1e-3;
/// How near a cycle a run is that follows it, of the cycle's size; and for how many recorded times.
const FOLLOWS: f64 = 0.02;
const FOR_TIMES: usize = 20;
/// How near to itself a run comes after a period, of its size.
const RETURNS: f64 = 0.02;
const METHOD: Method = Method::Adaptive { rtol: 1e-7, atol: 1e-9 };

/// What attracts runs at a value of the parameter.
pub(in crate::branch) struct Attractors {
    pub place: f64,
    /// Stable equilibria, scaled.
    pub equilibria: Vec<Vec<f64>>,
    /// Stable cycles.
    pub cycles: Vec<Loop>,
}

/// How a run ended.
pub(in crate::branch) enum Ended {
    /// At what was known.
    Known,
    /// Beyond the ceiling of the circuit's runs.
    Far,
    /// On a cycle that was not.
    Cycle(Box<Node>),
    /// Somewhere else.
    Unexplained,
}

/// A run from a scaled state to what attracts it. Where that is not clear, it goes on.
pub(in crate::branch) fn run(
    problem: &Problem,
    family: &CircuitFamily,
    known: &Attractors,
    start: &[f64],
) -> Result<Ended> {
    let circuit = family.circuit(problem.parameter(known.place))?;
    let dynamics = CircuitDynamics::at_rest(&circuit);
    let mut start = start.to_vec();
    for _ in 0..ROUNDS {
        match stretch(problem, &dynamics, known, &start) {
            Stretch::Ended(ended) => return Ok(ended),
            Stretch::GoesOn(last) => start = last,
        }
    }
    Ok(Ended::Unexplained)
}

/// A part of a run: how it ended, or where it is.
enum Stretch {
    Ended(Ended),
    GoesOn(Vec<f64>),
}

fn stretch(problem: &Problem, dynamics: &CircuitDynamics, known: &Attractors, start: &[f64]) -> Stretch {
    let scales = problem.family.time_scales();
    let slowest = scales.iter().copied().fold(0.0, f64::max);
    let fastest = scales.iter().copied().fold(f64::INFINITY, f64::min);
    let count = ((PER_TIME * LENGTH * slowest / fastest).ceil() as usize).clamp(200, MOST_TIMES);
    let times = time_grid(0.0, LENGTH * slowest, count);
    let ceiling = dynamics.circuit().run().ceiling;
    let Ok(mut run) = Simulation::new(dynamics, &problem.own(start), &times, METHOD, ceiling) else {
        return Stretch::Ended(Ended::Unexplained);
    };
    let mut following = 0;
    let mut late: Vec<(f64, Vec<f64>)> = Vec::new();
    // A run that this method gives up on explains nothing.
    while let Ok(Some(time)) = run.advance() {
        let y = problem.scale(run.state());
        let rests = known.equilibria.iter().any(|e| apart(e, &y) < RESTS);
        following = if known.cycles.iter().any(|c| is_on(c, &y)) { following + 1 } else { 0 };
        if rests || following >= FOR_TIMES {
            return Stretch::Ended(Ended::Known);
        }
        if time > 0.5 * LENGTH * slowest {
            late.push((time, y));
        }
    }
    if matches!(run.outcome(), Some(Outcome::RanAway { .. })) {
        return Stretch::Ended(Ended::Far);
    }
    if run.outcome() != Some(Outcome::Completed) {
        return Stretch::Ended(Ended::Unexplained);
    }
    if known.equilibria.iter().any(|e| approaches(&late, e)) {
        return Stretch::Ended(Ended::Known);
    }
    match cycle_of(problem, dynamics, &late, known.place) {
        Some(node) => Stretch::Ended(Ended::Cycle(Box::new(node))),
        None => Stretch::GoesOn(problem.scale(run.state())),
    }
}

/// Whether the late part of a run comes nearer to an equilibrium: in its second half it stays nearer than it was in the first.
fn approaches(late: &[(f64, Vec<f64>)], equilibrium: &[f64]) -> bool {
    let (first, second) = late.split_at(late.len() / 2);
    let farthest =
        |part: &[(f64, Vec<f64>)]| part.iter().map(|l| apart(&l.1, equilibrium)).fold(0.0, f64::max);
    let (before, after) = (farthest(first), farthest(second));
    after < 0.9 * before && after < 0.1
}

/// Whether a state is next to a cycle.
fn is_on(cycle: &Loop, y: &[f64]) -> bool {
    let near = FOLLOWS * cycle.size();
    // Intervals are short where the cycle is curved: chords between points of collocation are near it.
    let knots = (0..cycle.intervals()).flat_map(|j| (0..=4).map(move |k| (j, k)));
    let all: Vec<&[f64]> = knots.map(|(j, k)| cycle.knot(j, k)).chain([cycle.knot(0, 0)]).collect();
    all.windows(2).any(|w| to_chord(w[0], w[1], y) < near)
}

/// The distance from a chord.
fn to_chord(a: &[f64], b: &[f64], y: &[f64]) -> f64 {
    let along = |u: &[f64], v: &[f64]| {
        a.iter().zip(u.iter().zip(v)).map(|(a, (u, v))| (u - a) * (v - a)).sum::<f64>()
    };
    let length = along(b, b);
    let share = if length > 0.0 { (along(b, y) / length).clamp(0.0, 1.0) } else { 0.0 };
    let foot: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + share * (b - a)).collect();
    apart(&foot, y)
}

/// The cycle that the late part of a run is near, solved.
fn cycle_of(
    problem: &Problem,
    dynamics: &CircuitDynamics,
    late: &[(f64, Vec<f64>)],
    place: f64,
) -> Option<Node> {
    let n = problem.n();
    let mean: Vec<f64> =
        (0..n).map(|i| late.iter().map(|l| l.1[i]).sum::<f64>() / late.len() as f64).collect();
    let spread = |i: usize| late.iter().map(|l| (l.1[i] - mean[i]).powi(2)).sum::<f64>() / late.len() as f64;
    let size = (0..n).map(spread).sum::<f64>().sqrt();
    let widest = (0..n).max_by(|&a, &b| spread(a).total_cmp(&spread(b)))?;
    if size < 1e-5 {
        return None;
    }
    // Where the widest state passes its mean upwards.
    let mut passes: Vec<(f64, Vec<f64>)> = Vec::new();
    for w in late.windows(2) {
        let (a, b) = (w[0].1[widest] - mean[widest], w[1].1[widest] - mean[widest]);
        if a < 0.0 && b >= 0.0 {
            let share = a / (a - b);
            let y = w[0].1.iter().zip(&w[1].1).map(|(a, b)| a + share * (b - a)).collect();
            passes.push((w[0].0 + share * (w[1].0 - w[0].0), y));
        }
    }
    let (last, others) = passes.split_last()?;
    let first = others.iter().rev().find(|o| apart(&o.1, &last.1) < RETURNS * size)?;
    let period = last.0 - first.0;
    let count = 800;
    let times = time_grid(0.0, period, count);
    let mut run = Simulation::new(dynamics, &problem.own(&last.1), &times, METHOD, f64::INFINITY).ok()?;
    let mut states = Vec::new();
    while run.advance().ok()?.is_some() {
        states.push(problem.scale(run.state()));
    }
    if states.len() < 2 {
        return None;
    }
    // The gap at the end is spread over the period.
    let gap: Vec<f64> = states[states.len() - 1].iter().zip(&states[0]).map(|(b, a)| b - a).collect();
    let at = |s: f64| {
        let t = s * (states.len() - 1) as f64;
        let k = (t as usize).min(states.len() - 2);
        let share = t - k as f64;
        (0..n)
            .map(|i| states[k][i] + share * (states[k + 1][i] - states[k][i]) - s * gap[i])
            .collect::<Vec<f64>>()
    };
    let mesh: Vec<f64> = equal_lengths(&states, 80);
    let guess = Loop::of(n, mesh, period.ln(), place, at);
    let found = node_at_place(problem, &guess, &along_parameter(&guess))?;
    let near = (found.cycle.log_period - guess.log_period).abs() < 0.2 && found.cycle.size() > 0.3 * size;
    if !near {
        return None;
    }
    once(problem, &found)
}

/// A cycle that is passed several times in what was taken for a period, passed once.
fn once(problem: &Problem, node: &Node) -> Option<Node> {
    let c = &node.cycle;
    let size = c.size();
    let repeats = |times: &usize| {
        let shift = 1.0 / *times as f64;
        (0..c.intervals()).all(|j| {
            let s = c.mesh[j];
            apart(c.knot(j, 0), &c.at((s + shift).fract())) < 1e-3 * size
        })
    };
    let Some(times) = [5, 3, 2].into_iter().find(repeats) else { return Some(node.clone()) };
    let share = 1.0 / times as f64;
    let mesh: Vec<f64> = (0..=80).map(|j| f64::from(j) / 80.0).collect();
    let guess = Loop::of(c.n, mesh, c.log_period + share.ln(), c.place, |s| c.at(s * share));
    once(problem, &node_at_place(problem, &guess, &along_parameter(&guess))?)
}

/// Shares of the period between which a curve is of equal length, half of it in time.
fn equal_lengths(states: &[Vec<f64>], count: usize) -> Vec<f64> {
    let chords: Vec<f64> = states.windows(2).map(|w| apart(&w[0], &w[1])).collect();
    let all: f64 = chords.iter().sum();
    let each = 1.0 / chords.len() as f64;
    let mut cumulated = vec![0.0];
    chords.iter().enumerate().for_each(|(k, c)| cumulated.push(cumulated[k] + 0.5 * c / all + 0.5 * each));
    let mut mesh = Vec::with_capacity(count + 1);
    let mut k = 0;
    for j in 0..count {
        let share = j as f64 / count as f64;
        while k + 1 < chords.len() && cumulated[k + 1] <= share {
            k += 1;
        }
        mesh.push((k as f64 + (share - cumulated[k]) / (cumulated[k + 1] - cumulated[k])) * each);
    }
    mesh.push(1.0);
    mesh
}
