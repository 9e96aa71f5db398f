//! A circuit's equations as the library `ivp` asks for them.

use crate::dynamics::Dynamics;
use ivp::ivp::FirstOrderSystem;
use ivp::matrix::Matrix;
use std::cell::{Cell, RefCell};

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
