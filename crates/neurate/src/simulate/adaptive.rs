//! The adaptive method, by the library `ode_solvers`.

use super::{Outcome, Run, ran_away};
use crate::dynamics::Dynamics;
use crate::error::{Error, Result};
use ode_solvers::dop_shared::{IntegrationError, OutputType};
use ode_solvers::{DVector, Dop853, System};
use std::cell::{Cell, RefCell};

/// Steps after which the adaptive method gives up between two recorded times.
const MAX_STEPS: u32 = 1_000_000;

struct Adapter<'a> {
    dynamics: &'a dyn Dynamics,
    limit: f64,
    ceiling: f64,
    scratch: RefCell<Vec<f64>>,
    evaluations: &'a Cell<u64>,
    runaway: &'a Cell<Option<(f64, usize, f64)>>,
}

impl System<f64, DVector<f64>> for Adapter<'_> {
    fn system(&self, t: f64, x: &DVector<f64>, dx: &mut DVector<f64>) {
        let mut scratch = self.scratch.borrow_mut();
        self.dynamics.field(t.min(self.limit), x.as_slice(), dx.as_mut_slice(), &mut scratch);
        self.evaluations.set(self.evaluations.get() + 1);
    }
    fn solout(&mut self, t: f64, x: &DVector<f64>, _dx: &DVector<f64>) -> bool {
        if let Some(i) = ran_away(x.as_slice(), self.ceiling) {
            self.runaway.set(Some((t, i, x[i])));
            return true;
        }
        false
    }
}

impl Run<'_> {
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
            limit,
            ceiling: self.ceiling,
            scratch: RefCell::new(vec![0.0; self.x.len()]),
            evaluations: &evaluations,
            runaway: &runaway,
        };
        let x0 = DVector::from_column_slice(&self.x);
        let mut stepper = Dop853::from_param(
            system,
            from,
            to,
            to - from,
            x0,
            rtol,
            atol,
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
        result.map_err(explain)?;
        match stepper.y_out().last() {
            Some(x) => self.x.copy_from_slice(x.as_slice()),
            None => return Err(Error::not_converged("the adaptive method returned no state")),
        }
        Ok(self.check(to))
    }
}

fn explain(e: IntegrationError) -> Error {
    let (what, x) = match e {
        IntegrationError::MaxNumStepReached { x, n_step } => (format!("needed more than {n_step} steps"), x),
        IntegrationError::StepSizeUnderflow { x } => ("could not make its step small enough".to_string(), x),
        IntegrationError::StiffnessDetected { x } => ("found the equations stiff".to_string(), x),
    };
    Error::not_converged(format!("the adaptive method {what} at time {x}"))
        .with_help("loosen rtol and atol, or use method = \"exponential-euler\" with a small dt")
}
