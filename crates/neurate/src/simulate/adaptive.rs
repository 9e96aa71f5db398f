//! The adaptive method, by the library `ivp`: DOP853, whose own interpolation gives the recorded times in between.

use super::adapter::Adapter;
use super::between::{Between, MAX_STEPS, dop853};
use super::simulation::Simulation;
use super::stretch::{Passed, Stretch};
use super::watch::Watch;
use ivp::methods::Tolerance;
use ivp::status::Status;
use neurate_numerics::error::{Error, Result};

impl Simulation<'_> {
    /// Over a stretch in steps of the method's own choice.
    pub(super) fn adaptive(&mut self, stretch: &Stretch<'_>, rtol: f64, atol: f64) -> Result<Passed> {
        let &Stretch { from, to, limit, .. } = stretch;
        let system = Adapter::new(self.dynamics, from, limit);
        let inside = stretch.inside() > 0;
        let between = inside.then(|| Between::new(&system, self.x.len(), rtol, atol));
        let mut watch = Watch::new(&self.x, self.ceiling, stretch, between);
        // Between steps the interpolation errs by some twenty tolerances, by theory and in SciPy as well: where it is
        // asked for, steps keep a tenth, for a third more of them, so that what is recorded keeps about the whole.
        let share = if inside { 0.1 } else { 1.0 };
        let tolerances = (Tolerance::from((share * rtol).max(1e-14)), Tolerance::from(share * atol));
        let method = dop853(inside, None);
        let result =
            method.solve(&system, 0.0, &self.x, to - from, tolerances.0, tolerances.1, Some(&mut watch));
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
