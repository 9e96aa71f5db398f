//! What is asked of a start, of recorded times and of a state.

use neurate_numerics::budget;
use neurate_numerics::digits::short;
use neurate_numerics::error::{Error, Result};

/// Steps of a run at most: more than a day of the smallest circuit.
const MAX_STEPS: f64 = 1e12;
/// Bytes of a recorded time: in what asks for it, in the run, and in what the run gives.
const BYTES_OF_TIME: u64 = 24;

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

/// Refuses a run of more steps than anybody waits for.
pub(super) fn check_steps(length: f64, step: f64) -> Result<()> {
    let steps = length / step;
    if steps <= MAX_STEPS {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the run asks for {steps:.1e} steps: {} in steps of {}; at most {MAX_STEPS:.0e} are made",
        short(length),
        short(step)
    ))
    .with_help(
        "take longer steps (dt), or a shorter run (duration); no step is longer than the shortest delay",
    ))
}

/// Refuses more recorded times than there is memory for: they are held, even where the states are not.
pub(super) fn check_rows(count: f64) -> Result<()> {
    // A number beyond 2^64 is as much as that.
    budget::require(count as u64, "recorded times", BYTES_OF_TIME, RECORD_LESS)
}

/// What takes less memory where states are recorded.
pub(super) const RECORD_LESS: &str = "record less often (every, under [run])";

/// The first state beyond the ceiling, or not a number.
pub(super) fn ran_away(x: &[f64], ceiling: f64) -> Option<usize> {
    x.iter().position(|v| v.is_nan() || v.abs() > ceiling)
}

/// `count + 1` equally spaced times from `start` to `end`.
pub fn time_grid(start: f64, end: f64, count: usize) -> Vec<f64> {
    let count = count.max(1);
    (0..=count).map(|i| start + (end - start) * (i as f64 / count as f64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_rows_beyond_all_bounds_are_refused() {
        assert!(check_steps(1e9, 1e-3).is_ok());
        for (length, step) in [(100.0, 1e-300), (1e300, 1e-300), (1e12, 0.9), (f64::INFINITY, 1.0)] {
            let e = check_steps(length, step).unwrap_err();
            assert!(e.message().contains("at most 1e12"), "{e}");
        }
        assert!(check_steps(f64::NAN, 1.0).is_err());
        assert!(check_rows(1000.0).is_ok());
        for count in [1e15, 1e300, f64::INFINITY] {
            let e = check_rows(count).unwrap_err();
            assert!(e.message().contains("recorded times take") && e.message().contains("would fit"), "{e}");
        }
    }
}
