//! The range of a diagram: one that was given, checked against the circuit's rules, or one that is grown.

use super::subject::Subject;
use super::types::{ClippedEnd, RangeOrigin};
use crate::branch::{Diagram as Found, DiagramOptions, diagram_of};
use crate::dynamics::CircuitDynamics;
use crate::model::Circuit;
use neurate_numerics::digits::short;
use neurate_numerics::error::{Error, Kind, Result};
use neurate_numerics::progress::Progress;

/// How often a range is doubled at most.
const DOUBLINGS: usize = 8;
/// How far inside a rule of the circuit a range ends, as a share of it.
const INSIDE: f64 = 1e-3;
/// A rate within this share of its bounds is saturated or silent.
const FLAT: f64 = 0.01;

/// A range, and where it comes from.
pub(super) struct Range {
    pub(super) window: (f64, f64),
    pub(super) origin: RangeOrigin,
    pub(super) looked: Option<(f64, f64)>,
    pub(super) clipped: Vec<ClippedEnd>,
}

impl Range {
    /// The range that was asked for, or one that is grown.
    ///
    /// # Errors
    /// It breaks a rule of the circuit inside; there is no value to grow it from.
    pub(super) fn of(subject: &Subject, options: &DiagramOptions, progress: &Progress) -> Result<Range> {
        match subject.range() {
            Some(window) => given(subject, window),
            None => grown(subject, options, progress),
        }
    }
}

/// Whether a value breaks a rule. Other errors are returned.
fn broken(subject: &Subject, p: f64) -> Result<Option<Error>> {
    match subject.circuit(p) {
        Ok(_) => Ok(None),
        Err(e) if e.kind() == Kind::Invalid => Ok(Some(e)),
        Err(e) => Err(e),
    }
}

/// The range that was asked for. An end that is a rule itself, such as a time constant of 0, is moved inside.
fn given(subject: &Subject, window: (f64, f64)) -> Result<Range> {
    let (from, to) = window;
    let width = to - from;
    let mut ends = [from, to];
    let mut clipped = Vec::new();
    for (k, inward) in [(0, INSIDE * width), (1, -INSIDE * width)] {
        let Some(e) = broken(subject, ends[k])? else { continue };
        let inside = ends[k] + inward;
        if broken(subject, inside)?.is_some() {
            return Err(outside(subject, window, ends[k], &e));
        }
        clipped.push(ClippedEnd { asked: ends[k], used: inside, why: e.message().to_string() });
        ends[k] = inside;
    }
    Ok(Range { window: (ends[0], ends[1]), origin: RangeOrigin::Given, looked: None, clipped })
}

/// The error for a range that a rule cuts: it names the first value that is not allowed, seen from those that are.
fn outside(subject: &Subject, window: (f64, f64), end: f64, e: &Error) -> Error {
    let name = subject.name();
    let middle = 0.5 * (window.0 + window.1);
    let inside = [subject.own(), Some(middle), Some(window.0), Some(window.1)]
        .into_iter()
        .flatten()
        .find(|p| *p >= window.0 && *p <= window.1 && subject.circuit(*p).is_ok());
    let plain = format!("{name} = {end}: {}", e.message());
    let Some(inside) = inside else {
        return Error::invalid(plain)
            .with_help(format!("choose a range of {name} in which every value is allowed"));
    };
    let limit = limit(subject, inside, end);
    // What bisection leaves of a round number.
    let round = if limit.abs() < 1e-9 * (window.1 - window.0) { 0.0 } else { limit };
    let word = if end < inside { "below" } else { "above" };
    Error::invalid(format!("{name} from {} to {}: {plain}", window.0, window.1))
        .with_help(format!("values {word} {} are not allowed: end the range there", short(round)))
}

/// The last allowed value between one that is allowed and one that is not.
fn limit(subject: &Subject, allowed: f64, not: f64) -> f64 {
    let (mut good, mut bad) = (allowed, not);
    for _ in 0..50 {
        let middle = 0.5 * (good + bad);
        if subject.circuit(middle).is_ok() {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good
}

/// A range around the file's own value: doubled until nothing new appears and every transfer function is saturated or silent at
/// its ends, and then the smallest of these ranges with all that was found.
fn grown(subject: &Subject, options: &DiagramOptions, progress: &Progress) -> Result<Range> {
    let name = subject.name();
    let Some(own) = subject.own() else {
        return Err(Error::invalid(format!("the file gives no value of {name} to grow a range from"))
            .with_help(format!("give a range: {name}=0:10")));
    };
    let base = subject.circuit(own)?;
    let mut reach = first_reach(&base, own);
    let (mut fixed, mut ends) = ([false; 2], [own; 2]);
    // Every window with the number of special points in it.
    let mut tried: Vec<((f64, f64), usize)> = Vec::new();
    let mut settled = false;
    let mut edges: [Vec<Vec<f64>>; 2] = Default::default();
    for doubling in 0..=DOUBLINGS {
        progress.at(doubling, DOUBLINGS + 1)?;
        for (k, sign) in [(0, -1.0), (1, 1.0)] {
            let wanted = own + sign * reach;
            if fixed[k] {
                continue;
            }
            ends[k] = wanted;
            if broken(subject, wanted)?.is_some() {
                let limit = limit(subject, own, wanted);
                (ends[k], fixed[k]) = (limit + INSIDE * (own - limit), true);
            }
        }
        reach *= 2.0;
        if ends[0] >= ends[1] {
            return Err(Error::invalid(format!("{name} cannot be varied around its value {own}"))
                .with_help(format!("give a range: {name}=0:10")));
        }
        let window = (ends[0], ends[1]);
        let found =
            diagram_of(&subject.family(window)?, &options.clone().cycles(false), &Progress::default())?;
        let before = tried.last().map(|t| t.1);
        tried.push((window, found.points.len()));
        let now = ends.map(|p| states_at(&found, p));
        let flat = |k: usize| {
            now[k].iter().all(|x| is_flat(subject, ends[k], x)) || hardly_moved(&edges[k], &now[k])
        };
        // Silence at both ends is that of a circuit which its input has not reached yet.
        let alike = found.points.is_empty() && same_rates(subject, ends, [&now[0], &now[1]]);
        let at_rest = (0..2).all(|k| fixed[k] || flat(k)) && !(alike && moves_inputs(subject, ends));
        edges.clone_from(&now);
        if before == Some(found.points.len()) && at_rest {
            settled = true;
            break;
        }
        if fixed == [true; 2] {
            settled = true;
            break;
        }
    }
    let looked = tried.last().map(|t| t.0);
    let most = tried.iter().map(|t| t.1).max().unwrap_or(0);
    let first = tried.iter().position(|t| t.1 == most).unwrap_or(0);
    // One doubling more, so that what lies at an edge is seen with what follows on it.
    let shown = tried.get(first + 1).or(tried.last()).map_or((own, own), |t| t.0);
    let origin = if settled { RangeOrigin::Grown } else { RangeOrigin::GrownToLimit };
    Ok(Range { window: shown, origin, looked, clipped: Vec::new() })
}

/// Whether the constant inputs differ between two values.
fn moves_inputs(subject: &Subject, ends: [f64; 2]) -> bool {
    let [low, high] = ends.map(|p| subject.circuit(p).map(|c| c.h().to_vec()).unwrap_or_default());
    low != high
}

/// How far a range reaches first: half of the value, or of the largest input where that is 0.
fn first_reach(circuit: &Circuit, own: f64) -> f64 {
    if own != 0.0 {
        return 0.5 * own.abs();
    }
    let dynamics = CircuitDynamics::at_rest(circuit);
    let inputs = dynamics.input(&dynamics.rest());
    let all = inputs.iter().chain(circuit.h()).fold(0.0, |m: f64, x| m.max(x.abs()));
    if all > 0.0 { 0.5 * all } else { 1.0 }
}

/// The states at which branches reach an end of the window.
fn states_at(found: &Found, p: f64) -> Vec<Vec<f64>> {
    let ends = found
        .branches
        .iter()
        .flat_map(|b| [b.p.first().zip(b.states.first()), b.p.last().zip(b.states.last())]);
    let mut all: Vec<Vec<f64>> = ends.flatten().filter(|(q, _)| **q == p).map(|(_, x)| x.clone()).collect();
    all.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    all
}

/// Whether the states at an end of a window are those at the end of the last one, half as far out: as where inhibition keeps a
/// unit between rest and saturation, however strong the input is.
fn hardly_moved(before: &[Vec<f64>], now: &[Vec<f64>]) -> bool {
    let size = now.iter().flatten().fold(0.0, |m: f64, x| m.max(x.abs()));
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= FLAT * size;
    !now.is_empty()
        && before.len() == now.len()
        && before.iter().zip(now).all(|(a, b)| a.iter().zip(b).all(near))
}

/// Whether every unit's rate is the same at both ends, to within a share of what its function spans.
fn same_rates(subject: &Subject, ends: [f64; 2], states: [&[Vec<f64>]; 2]) -> bool {
    let rates = |k: usize| {
        let circuit = subject.circuit(ends[k]).ok()?;
        Some((CircuitDynamics::at_rest(&circuit).rates(states[k].first()?), circuit))
    };
    let (Some((low, circuit)), Some((high, _))) = (rates(0), rates(1)) else { return false };
    (0..circuit.n()).all(|i| {
        let bound = circuit.populations()[circuit.population_of(i)].transfer.bound();
        (low[i] - high[i]).abs() <= FLAT * bound.unwrap_or(0.0)
    })
}

/// Whether every unit is silent or saturated.
fn is_flat(subject: &Subject, p: f64, x: &[f64]) -> bool {
    let Ok(circuit) = subject.circuit(p) else { return true };
    let dynamics = CircuitDynamics::at_rest(&circuit);
    let rates = dynamics.rates(x);
    let input = dynamics.input(x);
    (0..circuit.n()).all(|i| {
        let population = &circuit.populations()[circuit.population_of(i)];
        let f = &population.transfer;
        match f.bound() {
            // What it does far below, and how much lies between.
            Some(top) => {
                let bottom = f.rate(input[i] - 1e3 * (1.0 + input[i].abs()), population.sigma);
                let room = FLAT * (top - bottom).abs();
                (rates[i] - bottom).abs() < room || (top - rates[i]).abs() < room
            }
            None => rates[i] == 0.0,
        }
    })
}
