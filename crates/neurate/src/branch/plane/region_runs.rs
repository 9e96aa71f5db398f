//! What runs at an inner point of a region come to.

use crate::dynamics::CircuitDynamics;
use crate::model::Circuit;
use crate::simulate::{Method, Outcome, Simulation, time_grid};

/// How long a run is, in slowest time constants; how often it is looked at in one of them; and how often at most.
const LENGTH: f64 = 120.0;
const LOOKS: f64 = 30.0;
const MOST_TIMES: usize = 40_000;
/// How near a stable equilibrium a run is that rests, in units of the states.
const RESTS: f64 = 1e-3;
/// How far the late part of a run moves that does not rest, in units of the states.
const MOVES: f64 = 1e-3;
/// Units of the states beyond which a run has run away.
const FAR: f64 = 1e3;
const METHOD: Method = Method::Adaptive { rtol: 1e-6, atol: 1e-8 };

/// What runs at an inner point of a region came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegionRuns {
    /// How many reached a stable steady state.
    pub rested: usize,
    /// How many different stable steady states they reached.
    pub reached: usize,
    /// How many kept moving within bounds.
    pub moved: usize,
    /// How many left every bound.
    pub left: usize,
    /// How many were still on their way, or not integrated to their end.
    pub unclear: usize,
}

/// So many runs of a circuit: from beside its unstable equilibria, and from states spread over a box; with the units of the states.
pub(super) fn region_runs(
    circuit: &Circuit,
    count: usize,
    (unit, space): (&[f64], &[(f64, f64)]),
    (stable, unstable): (&[Vec<f64>], &[Vec<f64>]),
) -> RegionRuns {
    let mut runs = RegionRuns::default();
    let mut reached = vec![false; stable.len()];
    for k in 0..count {
        let start = match unstable.get(k / 2) {
            Some(x) if k < count / 2 => {
                let side = if k % 2 == 0 { 1e-2 } else { -1e-2 };
                (0..x.len()).map(|i| x[i] + side * unit[i] * share(i, 97) * wide(&space[i])).collect()
            }
            _ => spread(k, space),
        };
        match run(circuit, unit, &start, stable) {
            Ended::At(which) => {
                runs.rested += 1;
                reached[which] = true;
            }
            Ended::Moving => runs.moved += 1,
            Ended::Away => runs.left += 1,
            Ended::Unclear => runs.unclear += 1,
        }
    }
    runs.reached = reached.iter().filter(|r| **r).count();
    runs
}

fn wide(space: &(f64, f64)) -> f64 {
    f64::from(u8::from(space.1 > space.0))
}

/// A number between 0 and 1 for a pair of numbers: fractional parts of multiples of irrational ones.
fn share(i: usize, k: usize) -> f64 {
    // The positive root of x^(d + 1) = x + 1 for d = 2 spreads pairs evenly; powers of it further coordinates.
    let root: f64 = 1.324_717_957_244_746;
    (0.5 + (k + 1) as f64 / root.powi(i as i32 + 1)).fract()
}

fn spread(k: usize, space: &[(f64, f64)]) -> Vec<f64> {
    space.iter().enumerate().map(|(i, (low, high))| low + (high - low) * share(i, k)).collect()
}

enum Ended {
    At(usize),
    Moving,
    Away,
    Unclear,
}

fn run(circuit: &Circuit, unit: &[f64], start: &[f64], stable: &[Vec<f64>]) -> Ended {
    let dynamics = CircuitDynamics::at_rest(circuit);
    let scales = circuit.tau().iter().copied().chain(circuit.slow().iter().map(|b| b.tau));
    let (fastest, slowest) = scales.fold((f64::INFINITY, 0.0), |(f, s): (f64, f64), t| (f.min(t), s.max(t)));
    let count = ((LENGTH * LOOKS.max(slowest / fastest)).ceil() as usize).min(MOST_TIMES);
    let times = time_grid(0.0, LENGTH * slowest, count);
    let ceiling = FAR * unit.iter().copied().fold(0.0, f64::max);
    let Ok(mut run) = Simulation::new(&dynamics, start, &times, METHOD, ceiling) else {
        return Ended::Unclear;
    };
    let apart =
        |a: &[f64], b: &[f64]| (0..a.len()).fold(0.0, |m: f64, i| m.max((a[i] - b[i]).abs() / unit[i]));
    let mut range: Vec<(f64, f64)> = vec![(f64::INFINITY, f64::NEG_INFINITY); start.len()];
    let mut earlier = range.clone();
    loop {
        // A run that this method gives up on says nothing.
        let Ok(next) = run.advance() else { return Ended::Unclear };
        let Some(time) = next else { break };
        let x = run.state();
        if x.iter().zip(unit).any(|(x, u)| !x.is_finite() || (x / u).abs() > FAR) {
            return Ended::Away;
        }
        if let Some(at) = stable.iter().position(|e| apart(e, x) < RESTS) {
            return Ended::At(at);
        }
        let late = time / (LENGTH * slowest);
        let of = if late > 0.75 {
            &mut range
        } else if late > 0.5 {
            &mut earlier
        } else {
            continue;
        };
        for (r, x) in of.iter_mut().zip(x) {
            *r = (r.0.min(*x), r.1.max(*x));
        }
    }
    match run.outcome() {
        Some(Outcome::Completed) => {}
        Some(Outcome::RanAway { .. }) => return Ended::Away,
        _ => return Ended::Unclear,
    }
    let width = |r: &[(f64, f64)]| (0..r.len()).fold(0.0, |m: f64, i| m.max((r[i].1 - r[i].0) / unit[i]));
    // What decays slowly moves less and less.
    let (before, now) = (width(&earlier), width(&range));
    if now > MOVES && now > 0.8 * before { Ended::Moving } else { Ended::Unclear }
}
