//! A whole run, every recorded state kept.

use super::method::{Method, Outcome};
use super::simulation::Simulation;
use super::times::RECORD_LESS;
use crate::dynamics::Dynamics;
use neurate_numerics::budget;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;

/// States at recorded times. A run that ran away holds only what came before.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trajectory {
    /// Times.
    pub times: Vec<f64>,
    /// One row for each time. At a jump, the state after it.
    pub states: Matrix,
    /// How it ended.
    pub outcome: Outcome,
    /// Number of evaluations of the field.
    pub evaluations: u64,
}

impl Trajectory {
    /// The course of one state.
    pub fn course(&self, i: usize) -> Vec<f64> {
        self.states.col(i)
    }
    /// The last recorded state; None where the run ran away before its first.
    pub fn last(&self) -> Option<&[f64]> {
        self.states.rows().checked_sub(1).map(|k| self.states.row(k))
    }
}

/// Room for so many times, and as many states of `n` numbers.
pub(super) fn room(rows: usize, n: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    // Twice: as they are recorded, and as a matrix.
    let each = budget::product(&[n, 2 * size_of::<f64>()]).saturating_add(size_of::<f64>() as u64);
    let noun = format!("recorded times of {n} {}", if n == 1 { "state" } else { "states" });
    budget::require(rows as u64, &noun, each, RECORD_LESS)?;
    let (mut times, mut states) = (Vec::new(), Vec::new());
    budget::reserve(&mut times, rows, "recorded times")?;
    budget::reserve(&mut states, rows.saturating_mul(n), "recorded numbers")?;
    Ok((times, states))
}

/// Integrates from `x0` at `times[0]` and records the state at every one of the rising `times`.
///
/// Stops at every breakpoint of the input, so that no step straddles one; jumps are applied exactly. Where the dynamics
/// have [noise](Dynamics::noise), it is that of trial 0.
///
/// With delays the past before the start was as `x0`, steps are at most as long as the shortest delay, and the
/// methods keep their order, with noise as well; the adaptive method knows no past.
///
/// # Errors
/// The adaptive and the stiff method with delays. Times that do not rise, a start of the wrong size or not
/// finite, a method that knows no noise, or one that gives up (too many steps, step size underflow). Running away is not
/// an error but an [`Outcome`].
pub fn simulate(
    dynamics: &dyn Dynamics,
    x0: &[f64],
    times: &[f64],
    method: Method,
    ceiling: f64,
) -> Result<Trajectory> {
    let n = dynamics.dim();
    let mut run = Simulation::new(dynamics, x0, times, method, ceiling)?;
    let (mut done, mut recorded) = room(times.len(), n)?;
    while let Some(time) = run.advance()? {
        done.push(time);
        recorded.extend_from_slice(run.state());
    }
    Ok(Trajectory {
        states: Matrix::from_vec(done.len(), n, recorded),
        times: done,
        outcome: run.outcome().unwrap_or(Outcome::Completed),
        evaluations: run.evaluations(),
    })
}
