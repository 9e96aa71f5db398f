//! The adaptive method, by the library `ivp`.
//!
//! It starts anew at every recorded time, so that the error control holds there and nothing is interpolated. Time counts
//! from the interval's start, so that an interval of one unit in the last place (a breakpoint next to a recorded time) is
//! not taken for a step size underflow.

use super::stiff::{Adapter, Watch};
use super::{Outcome, Simulation};
use ivp::methods::{DOP853, Tolerance};
use ivp::status::Status;
use neurate_numerics::error::{Error, Result};

/// Steps after which the adaptive method gives up between two recorded times.
const MAX_STEPS: usize = 1_000_000;

impl Simulation<'_> {
    /// From `from` to `to` in steps of the method's own choice. It starts anew at every recorded
    /// time, so that the error control holds there and nothing is interpolated.
    pub(super) fn adaptive(
        &mut self,
        from: f64,
        to: f64,
        limit: f64,
        rtol: f64,
        atol: f64,
    ) -> Result<Option<Outcome>> {
        let system = Adapter::new(self.dynamics, from, limit);
        let mut watch = Watch::new(&self.x, self.ceiling);
        let method = DOP853 {
            max_steps: MAX_STEPS,
            // No stiffness test: near a fixed point it would refuse what merely takes a few more steps.
            stiff_test: usize::MAX,
            dense_output: false,
            ..DOP853::default()
        };
        let (rtol, atol) = (Tolerance::from(rtol), Tolerance::from(atol));
        let result = method.solve(&system, 0.0, &self.x, to - from, rtol, atol, Some(&mut watch));
        self.evaluations += system.evaluations();
        if let Some((t, i)) = watch.runaway {
            return Ok(Some(self.runaway(from + t, i, watch.state[i])));
        }
        let why = match result {
            Ok(end) => match end.status {
                Status::Success => {
                    self.x.copy_from_slice(&watch.state);
                    return Ok(self.beyond(to));
                }
                Status::NeedLargerNMax => format!("needed more than {MAX_STEPS} steps"),
                Status::StepSizeTooSmall => "could not make its step small enough".to_string(),
                other => format!("gave up ({other:?})"),
            },
            Err(e) => format!("gave up ({e:?})"),
        };
        Err(Error::not_converged(format!("the adaptive method {why} at time {}", from + watch.time))
            .with_help("loosen rtol and atol, or use method = \"exponential-euler\" with a small dt"))
    }
}
