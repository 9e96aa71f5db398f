//! The stiff method, by the library `ivp`: backward differentiation formulas of variable order.
//!
//! It starts anew at every event of the input, with order 1, which costs some thirty steps. (The library's RADAU5, of one
//! step, keeps tolerances better, but factorizes two matrices at almost every step, one of them complex: ten times the time
//! at 200 states. In 0.6 it also needs `mass_storage: Identity` and tolerances as vectors; without the first it solves
//! f = 0 instead.)

use super::adapter::Adapter;
use super::simulation::Simulation;
use super::stretch::{Passed, Stretch};
use super::watch::Watch;
use ivp::methods::{BDF, Tolerance};
use ivp::status::Status;
use neurate_numerics::error::{Error, Result};

/// Steps after which it gives up between two recorded times.
const MAX_STEPS: usize = 1_000_000;

impl Simulation<'_> {
    /// Over a stretch in steps of the method's own choice.
    pub(super) fn stiff(&mut self, stretch: &Stretch<'_>, rtol: f64, atol: f64) -> Result<Passed> {
        let &Stretch { from, to, limit, .. } = stretch;
        let system = Adapter::new(self.dynamics, from, limit);
        let mut watch = Watch::new(&self.x, self.ceiling, stretch, None);
        let method = BDF { max_steps: MAX_STEPS, first_step: Some(1e-6 * (to - from)), ..BDF::default() };
        let (rtol, atol) = (Tolerance::from(rtol), Tolerance::from(atol));
        let result = method.solve(&system, 0.0, &self.x, to - from, rtol, atol, Some(&mut watch));
        self.evaluations += system.evaluations();
        let why = match result {
            _ if watch.runaway.is_some() => return Ok(watch.passed(self)),
            Ok(end) if matches!(end.status, Status::Success) => return Ok(watch.passed(self)),
            Ok(end) => format!("{:?}", end.status),
            Err(e) => format!("{e:?}"),
        };
        Err(Error::not_converged(format!("the stiff method gave up at time {}: {why}", from + watch.time))
            .with_help("loosen rtol and atol, or use method = \"exponential-euler\" with a small dt"))
    }
}
