//! What is asked of a start, of recorded times and of a state.

use neurate_numerics::error::{Error, Result};

/// Refuses a start or recorded times that make no sense.
pub(super) fn check(n: usize, x0: &[f64], times: &[f64]) -> Result<()> {
    if x0.len() != n || x0.iter().any(|x| !x.is_finite()) {
        return Err(Error::invalid(format!("the start needs {n} finite values, it has {}", x0.len())));
    }
    if times.is_empty() || times.iter().any(|t| !t.is_finite()) || times.windows(2).any(|w| w[0] >= w[1]) {
        return Err(Error::invalid("the recorded times must be finite and rise"));
    }
    Ok(())
}

/// The first state beyond the ceiling, or not a number.
pub(super) fn ran_away(x: &[f64], ceiling: f64) -> Option<usize> {
    x.iter().position(|v| v.is_nan() || v.abs() > ceiling)
}

/// `count + 1` equally spaced times from `start` to `end`.
pub fn time_grid(start: f64, end: f64, count: usize) -> Vec<f64> {
    let count = count.max(1);
    (0..=count).map(|i| start + (end - start) * (i as f64 / count as f64)).collect()
}
