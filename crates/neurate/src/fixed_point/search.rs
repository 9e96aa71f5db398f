//! The search: pieces where they settle it, else runs, starts and deflation.

use super::{Coverage, FixedPoint, Search, Stability, classify, newton, pieces};
use crate::circuit::Circuit;
use crate::dynamics::CircuitDynamics;
use crate::error::Result;
use crate::simulate::{Method, Outcome, simulate, time_grid};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How hard to search.
#[derive(Clone, Debug)]
pub struct SearchOptions {
    /// Number of random starts; None: by the circuit's size.
    pub starts: Option<usize>,
    /// Seed of the starts.
    pub seed: u64,
}

impl Default for SearchOptions {
    fn default() -> Self {
        SearchOptions { starts: None, seed: 1 }
    }
}

/// Finds the fixed points of a circuit under its constant input.
///
/// Finding none is a result, not an error.
///
/// # Errors
/// The circuit is too large for a dense Jacobian.
pub fn fixed_points(circuit: &Circuit, options: &SearchOptions) -> Result<Search> {
    let dynamics = CircuitDynamics::at_rest(circuit);
    circuit.require_dense()?;
    let settled = settle(&dynamics, circuit)?;
    let mut search = match pieces::enumerate(circuit)? {
        Some(search) => search,
        None => sample(circuit, &dynamics, &settled, options)?,
    };
    search.remarks.extend(settled.remark.clone());
    if let Some(end) = &settled.end {
        let near =
            |p: &FixedPoint| p.state.iter().zip(end).all(|(a, b)| (a - b).abs() <= 1e-4 * (1.0 + a.abs()));
        if let Some(p) = search.points.iter_mut().find(|p| p.stable() && near(p)) {
            p.reached_from_rest = true;
        } else if search.points.iter().any(|p| matches!(p.stability, Stability::Unstable(_)) && near(p)) {
            search.remarks.push(
                "a run from rest ends at an unstable fixed point: by symmetry, nothing pushes it off".into(),
            );
        }
    }
    sort(&mut search.points);
    Ok(search)
}

/// By rising total rate. Equal totals, as of winners that take all, differ by rounding only, which
/// depends on the way to the point: among them the one with the higher first rate comes first.
fn sort(points: &mut [FixedPoint]) {
    let total = |p: &FixedPoint| p.rates.iter().sum::<f64>();
    points.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let size = |p: &FixedPoint| 1.0 + p.rates.iter().map(|r| r.abs()).sum::<f64>();
    for group in points.chunk_by_mut(|a, b| total(b) - total(a) <= 1e-9 * size(a)) {
        group.sort_by(|a, b| {
            let differ = |(x, y): &(&f64, &f64)| (*x - *y).abs() > 1e-6 * (1.0 + x.abs());
            match a.rates.iter().zip(&b.rates).find(differ) {
                Some((x, y)) => y.total_cmp(x),
                None => std::cmp::Ordering::Equal,
            }
        });
    }
}

/// Where a run from rest ends.
struct Settled {
    end: Option<Vec<f64>>,
    remark: Option<String>,
}

/// Runs from rest for a hundred of the slowest time constants; more if it has not settled.
fn settle(dynamics: &CircuitDynamics, circuit: &Circuit) -> Result<Settled> {
    let slowest = circuit.tau().iter().copied().fold(0.0, f64::max);
    let fastest = circuit.tau().iter().copied().fold(f64::INFINITY, f64::min);
    let ceiling = circuit.run().ceiling;
    let unit = &circuit.units().time;
    // Large circuits: the cheap method; the end is polished by Newton's method anyway.
    let method = if circuit.n() > 100 {
        Method::ExponentialEuler { dt: 0.1 * fastest }
    } else {
        Method::Adaptive { rtol: 1e-6, atol: 1e-8 }
    };
    let mut x = dynamics.rest();
    let mut elapsed = 0.0;
    for _ in 0..3 {
        let run = match simulate(dynamics, &x, &time_grid(0.0, 100.0 * slowest, 4), method, ceiling) {
            Ok(run) => run,
            Err(e) => {
                let remark = Some(format!("the run from rest was given up: {}", e.message()));
                return Ok(Settled { end: None, remark });
            }
        };
        if let Outcome::RanAway { time, name, .. } = run.outcome {
            let remark = Some(format!(
                "a run from rest runs away: {name} passes {ceiling:e} {} at {:.4} {unit}",
                super::state_unit(circuit),
                elapsed + time
            ));
            return Ok(Settled { end: None, remark });
        }
        x = run.last().to_vec();
        elapsed += 100.0 * slowest;
        if newton::residual(dynamics, &x) < 1e-5 {
            return Ok(Settled { end: Some(x), remark: None });
        }
    }
    let remark = Some(format!(
        "a run from rest has not settled after {elapsed} {unit}: it oscillates, or is very slow"
    ));
    Ok(Settled { end: Some(x), remark })
}

/// Newton's method with deflation from rest, from the end of the run, and from random starts over
/// six decades.
fn sample(
    circuit: &Circuit,
    dynamics: &CircuitDynamics,
    settled: &Settled,
    options: &SearchOptions,
) -> Result<Search> {
    let n = circuit.n();
    let starts = options.starts.unwrap_or(match n {
        0..=10 => 200,
        11..=50 => 60,
        51..=300 => 12,
        _ => 4,
    });
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let mut uniform = move || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let rest = dynamics.rest();
    let scale = rest.iter().chain(circuit.h()).fold(1.0, |m: f64, x| m.max(x.abs()));
    let mut known: Vec<Vec<f64>> = Vec::new();
    let mut points = Vec::new();
    let (mut repeats, mut failures) = (0, 0);
    for k in 0..starts + 2 {
        let start = match k {
            0 => settled.end.clone().unwrap_or_else(|| rest.clone()),
            1 => rest.clone(),
            _ => {
                // One size for all units, and each unit's own share of it: lows, highs, and mixtures.
                let size = scale * 10f64.powf(-3.0 + 6.0 * uniform());
                let signed = matches!(circuit.form(), crate::circuit::Form::Rate) && k % 3 == 0;
                rest.iter()
                    .map(|r| {
                        let u = uniform();
                        let share = if signed { 2.0 * u - 1.0 } else { u };
                        if circuit.form() == crate::circuit::Form::Rate {
                            size * share
                        } else {
                            r + size.min(200.0) * (2.0 * share - 1.0)
                        }
                    })
                    .collect()
            }
        };
        let Some(solution) = newton::solve(dynamics, &start, &known) else {
            failures += 1;
            continue;
        };
        if known.iter().any(|x| same(x, &solution.state)) {
            repeats += 1;
            continue;
        }
        known.push(solution.state.clone());
        points.push(classify(circuit, solution.state, solution.step)?);
    }
    Ok(Search {
        points,
        coverage: Coverage::Sampled { starts: starts + 2, repeats, failures },
        remarks: vec![],
    })
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-6 * (1.0 + a.abs().max(b.abs())))
}
