//! The stiff method, by the library `ivp`: backward differentiation formulas of variable order.
//!
//! It starts anew at every recorded time, with order 1, so that the error control holds there, nothing is interpolated, and
//! a run that was left goes on with the same bits. That costs some thirty steps each time. (The library's RADAU5, of one
//! step, keeps tolerances better, but factorizes two matrices at almost every step, one of them complex: ten times the time
//! at 200 states. In 0.6 it also needs `mass_storage: Identity` and tolerances as vectors; without the first it solves
//! f = 0 instead.)

use super::{Outcome, Simulation, ran_away};
use crate::dynamics::Dynamics;
use ivp::dense::StepInterpolant;
use ivp::ivp::FirstOrderSystem;
use ivp::matrix::Matrix;
use ivp::methods::{BDF, Tolerance};
use ivp::solout::{ControlFlag, SolOut};
use ivp::status::Status;
use neurate_numerics::error::{Error, Result};
use std::cell::{Cell, RefCell};

/// Steps after which it gives up between two recorded times.
const MAX_STEPS: usize = 1_000_000;

/// The field and its Jacobian over one interval, as the library asks for them.
pub(super) struct Adapter<'a> {
    dynamics: &'a dyn Dynamics,
    from: f64,
    limit: f64,
    scratch: RefCell<Vec<f64>>,
    evaluations: Cell<u64>,
}

impl<'a> Adapter<'a> {
    pub(super) fn new(dynamics: &'a dyn Dynamics, from: f64, limit: f64) -> Self {
        let scratch = RefCell::new(vec![0.0; dynamics.dim()]);
        Adapter { dynamics, from, limit, scratch, evaluations: Cell::new(0) }
    }
    /// Time counts from the interval's start: steps as short as its last digit are no underflow then.
    fn time(&self, t: f64) -> f64 {
        (self.from + t).min(self.limit)
    }
    pub(super) fn evaluations(&self) -> u64 {
        self.evaluations.get()
    }
}

impl FirstOrderSystem for Adapter<'_> {
    fn derivative(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        self.evaluations.set(self.evaluations.get() + 1);
        self.dynamics.field(self.time(t), x, dx, &mut self.scratch.borrow_mut());
    }
    fn jac(&self, t: f64, x: &[f64], out: &mut Matrix) {
        let jacobian = self.dynamics.jacobian(self.time(t), x);
        for i in 0..x.len() {
            for j in 0..x.len() {
                out[(i, j)] = jacobian[(i, j)];
            }
        }
    }
}

/// Keeps the last state, and stops where it has run away.
pub(super) struct Watch {
    ceiling: f64,
    pub(super) state: Vec<f64>,
    pub(super) runaway: Option<(f64, usize)>,
    pub(super) time: f64,
}

impl Watch {
    pub(super) fn new(start: &[f64], ceiling: f64) -> Self {
        Watch { ceiling, state: start.to_vec(), runaway: None, time: 0.0 }
    }
}

impl SolOut for Watch {
    fn solout(&mut self, _: f64, t: &mut f64, x: &mut [f64], _: Option<&StepInterpolant<'_>>) -> ControlFlag {
        self.state.copy_from_slice(x);
        self.time = *t;
        self.runaway = ran_away(x, self.ceiling).map(|i| (*t, i));
        if self.runaway.is_some() { ControlFlag::Interrupt } else { ControlFlag::Continue }
    }
}

impl Simulation<'_> {
    /// From `from` to `to` in steps of the method's own choice.
    pub(super) fn stiff(
        &mut self,
        from: f64,
        to: f64,
        limit: f64,
        rtol: f64,
        atol: f64,
    ) -> Result<Option<Outcome>> {
        let system = Adapter::new(self.dynamics, from, limit);
        let mut watch = Watch::new(&self.x, self.ceiling);
        let method = BDF { max_steps: MAX_STEPS, first_step: Some(1e-6 * (to - from)), ..BDF::default() };
        let (rtol, atol) = (Tolerance::from(rtol), Tolerance::from(atol));
        let result = method.solve(&system, 0.0, &self.x, to - from, rtol, atol, Some(&mut watch));
        self.evaluations += system.evaluations();
        if let Some((t, i)) = watch.runaway {
            return Ok(Some(self.runaway(from + t, i, watch.state[i])));
        }
        let gave_up = |why: String| {
            Error::not_converged(format!("the stiff method gave up at time {}: {why}", from + watch.time))
                .with_help("loosen rtol and atol, or use method = \"exponential-euler\" with a small dt")
        };
        match result {
            Ok(end) if matches!(end.status, Status::Success) => {}
            Ok(end) => return Err(gave_up(format!("{:?}", end.status))),
            Err(e) => return Err(gave_up(format!("{e:?}"))),
        }
        self.x.copy_from_slice(&watch.state);
        Ok(self.beyond(to))
    }
}
