//! The adaptive method, by the library `ivp`: DOP853, whose own interpolation gives the recorded times in between.

use super::simulation::Simulation;
use super::stiff::{Adapter, Watch};
use super::stretch::{Passed, Stretch};
use ivp::methods::{DOP853, Tolerance};
use ivp::status::Status;
use neurate_numerics::error::{Error, Result};

/// Steps after which the adaptive method gives up between two recorded times.
const MAX_STEPS: usize = 1_000_000;

/// Recorded times that a step may pass, on average. At the limit of stability, where steps are long beside the fastest time
/// constant, the interpolation errs by thousands of tolerances; four recorded times in a step keep it near the tolerance
/// in circuits whose time courses are recorded so that they can be seen.
const SPACINGS: f64 = 4.0;

impl Simulation<'_> {
    /// Over a stretch in steps of the method's own choice.
    pub(super) fn adaptive(&mut self, stretch: &Stretch<'_>, rtol: f64, atol: f64) -> Result<Passed> {
        let &Stretch { from, to, limit, .. } = stretch;
        let system = Adapter::new(self.dynamics, from, limit);
        let mut watch = Watch::new(&self.x, self.ceiling, stretch);
        let method = DOP853 {
            max_steps: MAX_STEPS,
            // No stiffness test: near a fixed point it would refuse what merely takes a few more steps.
            stiff_test: usize::MAX,
            dense_output: stretch.inside() > 0,
            max_step: stretch.spacing().map(|spacing| SPACINGS * spacing),
            ..DOP853::default()
        };
        // Between steps the interpolation errs by some twenty tolerances, by theory and in SciPy as well: where it is
        // asked for, steps keep a tenth, for a third more of them, so that what is recorded keeps about the whole.
        let share = if stretch.inside() > 0 { 0.1 } else { 1.0 };
        let (rtol, atol) = (Tolerance::from((share * rtol).max(1e-14)), Tolerance::from(share * atol));
        let result = method.solve(&system, 0.0, &self.x, to - from, rtol, atol, Some(&mut watch));
        self.evaluations += system.evaluations();
        if watch.runaway.is_some() {
            return Ok(watch.passed(self));
        }
        let why = match result {
            Ok(end) => match end.status {
                Status::Success => return Ok(watch.passed(self)),
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
