//! The adaptive method, by the library `ode_solvers`.
//!
//! Its table of the method's nodes (0.6.2, `butcher_tableau.rs`) has `c_12 = 0` where the method has
//! 1: the twelfth stage sees the input of the step's *start*, and a system that depends on time is
//! integrated to first order with an error estimate that knows nothing of it (1e-6 where 1e-11 was
//! asked). So time becomes a state of its own, whose stages follow from the table's other entries,
//! which are right. It also counts from the interval's start, so that an interval of one unit in the
//! last place (a breakpoint next to a recorded time) is not taken for a step size underflow.

use super::{Outcome, Simulation, ran_away};
use crate::dynamics::Dynamics;
use neurate_numerics::error::{Error, Result};
use ode_solvers::dop_shared::{IntegrationError, OutputType};
use ode_solvers::{DVector, Dop853, System};
use std::cell::{Cell, RefCell};

/// Steps after which the adaptive method gives up between two recorded times.
const MAX_STEPS: u32 = 1_000_000;

/// The time state's size per unit of time: a power of two, so that nothing is rounded, and so small
/// that its share of the error norm vanishes.
const TIME_SCALE: f64 = 1.0 / (1u64 << 60) as f64;

struct Adapter<'a> {
    dynamics: &'a dyn Dynamics,
    from: f64,
    limit: f64,
    ceiling: f64,
    scratch: RefCell<Vec<f64>>,
    evaluations: &'a Cell<u64>,
    runaway: &'a Cell<Option<(f64, usize, f64)>>,
}

impl System<f64, DVector<f64>> for Adapter<'_> {
    fn system(&self, _: f64, x: &DVector<f64>, dx: &mut DVector<f64>) {
        let mut scratch = self.scratch.borrow_mut();
        let n = x.len() - 1;
        let t = self.from + x[n] / TIME_SCALE;
        self.dynamics.field(t.min(self.limit), &x.as_slice()[..n], &mut dx.as_mut_slice()[..n], &mut scratch);
        dx[n] = TIME_SCALE;
        self.evaluations.set(self.evaluations.get() + 1);
    }
    fn solout(&mut self, t: f64, x: &DVector<f64>, _dx: &DVector<f64>) -> bool {
        // Time, the last state, may pass any ceiling.
        if let Some(i) = ran_away(&x.as_slice()[..x.len() - 1], self.ceiling) {
            self.runaway.set(Some((self.from + t, i, x[i])));
            return true;
        }
        false
    }
}

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
        let (evaluations, runaway) = (Cell::new(0), Cell::new(None));
        let system = Adapter {
            dynamics: self.dynamics,
            from,
            limit,
            ceiling: self.ceiling,
            scratch: RefCell::new(vec![0.0; self.x.len()]),
            evaluations: &evaluations,
            runaway: &runaway,
        };
        let n = self.x.len();
        let x0 = DVector::from_iterator(n + 1, self.x.iter().copied().chain([0.0]));
        // The error norm is a mean over the states: the time state must not thin it out.
        let share = (n as f64 / (n + 1) as f64).sqrt();
        let mut stepper = Dop853::from_param(
            system,
            0.0,
            to - from,
            to - from,
            x0,
            rtol * share,
            atol * share,
            0.9,
            0.0,
            0.333,
            6.0,
            to - from,
            0.0,
            MAX_STEPS,
            // No stiffness test: near a fixed point it would refuse what merely takes a few more steps.
            u32::MAX,
            OutputType::Sparse,
        );
        let result = stepper.integrate();
        self.evaluations += evaluations.get();
        if let Some((t, i, value)) = runaway.get() {
            return Ok(Some(self.runaway(t, i, value)));
        }
        result.map_err(|e| explain(e, from))?;
        match stepper.y_out().last() {
            Some(x) => self.x.copy_from_slice(&x.as_slice()[..n]),
            None => return Err(Error::not_converged("the adaptive method returned no state")),
        }
        Ok(self.beyond(to))
    }
}

fn explain(e: IntegrationError, from: f64) -> Error {
    let (what, x) = match e {
        IntegrationError::MaxNumStepReached { x, n_step } => (format!("needed more than {n_step} steps"), x),
        IntegrationError::StepSizeUnderflow { x } => ("could not make its step small enough".to_string(), x),
        IntegrationError::StiffnessDetected { x } => ("found the equations stiff".to_string(), x),
    };
    Error::not_converged(format!("the adaptive method {what} at time {}", from + x))
        .with_help("loosen rtol and atol, or use method = \"exponential-euler\" with a small dt")
}
