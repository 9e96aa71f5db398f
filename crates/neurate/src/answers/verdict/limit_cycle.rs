//! A run from rest that oscillates.

use crate::dynamics::CircuitDynamics;
use crate::model::Circuit;
use crate::simulate::{Method, Outcome, simulate, time_grid};
use crate::study::Array;
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// What a run from rest, under the constant input, repeats again and again.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct LimitCycle {
    /// Its period, in the unit of time.
    pub period: f64,
    /// The lowest mean rate of each population along it.
    pub lowest: Array,
    /// The highest one.
    pub highest: Array,
}

/// Slowest time constants after which the run is looked at, and for which it is.
const SPAN: f64 = 100.0;
/// States that are looked at.
const SAMPLES: usize = 6000;
/// Periods that must have passed, and by how much they may differ.
const PERIODS: usize = 4;
const SPREAD: f64 = 0.02;

/// The limit cycle that a run from rest ends in. None where it ends otherwise, or is too slow to be distinguished from a drift; with
/// delays it is not sought.
pub(super) fn from_rest(c: &Circuit) -> Result<Option<LimitCycle>> {
    if c.delays().is_some() {
        return Ok(None);
    }
    let dynamics = CircuitDynamics::at_rest(c);
    let span = SPAN * c.tau().iter().copied().fold(0.0, f64::max).max(0.1 * c.time_scales().1);
    let (method, ceiling) = (Method::Adaptive { rtol: 1e-8, atol: 1e-10 }, c.run().ceiling);
    let settled = simulate(&dynamics, &dynamics.rest(), &[0.0, span], method, ceiling)?;
    if !matches!(settled.outcome, Outcome::Completed) {
        return Ok(None);
    }
    let Some(end) = settled.last() else { return Ok(None) };
    let run = simulate(&dynamics, end, &time_grid(0.0, span, SAMPLES), method, ceiling)?;
    if !matches!(run.outcome, Outcome::Completed) {
        return Ok(None);
    }
    let rates: Vec<Vec<f64>> =
        (0..run.states.rows()).map(|k| c.population_means(&dynamics.rates(run.states.row(k)))).collect();
    let course = |p: usize| rates.iter().map(|r| r[p]).collect::<Vec<f64>>();
    let ranges: Vec<(f64, f64)> = (0..c.populations().len()).map(|p| extent(&course(p))).collect();
    let widest = (0..ranges.len())
        .max_by(|&a, &b| (ranges[a].1 - ranges[a].0).total_cmp(&(ranges[b].1 - ranges[b].0)));
    let Some(period) = widest.and_then(|p| period(&run.times, &course(p))) else { return Ok(None) };
    Ok(Some(LimitCycle {
        period,
        lowest: ranges.iter().map(|r| r.0).collect(),
        highest: ranges.iter().map(|r| r.1).collect(),
    }))
}

fn extent(x: &[f64]) -> (f64, f64) {
    x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

/// The mean time between crossings of the middle from below; None unless they follow each other evenly, and the extent of
/// both halves is the same.
fn period(times: &[f64], x: &[f64]) -> Option<f64> {
    let (low, high) = extent(x);
    let (first, second) = x.split_at(x.len() / 2);
    let size = high - low;
    let lasts = |half: &[f64]| {
        let (a, b) = extent(half);
        b - a > (1.0 - SPREAD) * size
    };
    if size.is_nan() || size <= 1e-6 * high.abs().max(low.abs()) || !lasts(first) || !lasts(second) {
        return None;
    }
    let middle = 0.5 * (low + high);
    let crossings: Vec<f64> = (1..x.len())
        .filter(|&k| x[k - 1] < middle && x[k] >= middle)
        .map(|k| times[k - 1] + (times[k] - times[k - 1]) * (middle - x[k - 1]) / (x[k] - x[k - 1]))
        .collect();
    let gaps: Vec<f64> = crossings.windows(2).map(|w| w[1] - w[0]).collect();
    if gaps.len() < PERIODS {
        return None;
    }
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    gaps.iter().all(|g| (g - mean).abs() <= SPREAD * mean).then_some(mean)
}

#[cfg(test)]
mod tests {
    use super::period;

    #[test]
    fn the_period_of_what_repeats_and_of_nothing_else() {
        let times: Vec<f64> = (0..3000).map(|k| 0.1 * f64::from(k)).collect();
        let of = |f: &dyn Fn(f64) -> f64| period(&times, &times.iter().map(|t| f(*t)).collect::<Vec<f64>>());
        let found = of(&|t| 3.0 + (t / 5.0).sin() + 0.2 * (t / 2.5).cos()).unwrap();
        assert!((found - 10.0 * std::f64::consts::PI).abs() < 1e-2, "{found}");
        assert_eq!(of(&|t| (-t / 100.0).exp() * t.sin()), None);
        assert_eq!(of(&|t| (t / 80.0).sin()), None);
        assert_eq!(of(&|_| 2.0), None);
        assert_eq!(of(&|t| (t + 0.02 * t * t).sin()), None);
    }
}
