//! The equations `target(x) = x` that a search solves: those of a few units by themselves, or those of a whole circuit.

use super::small::Small;
use crate::dynamics::{CircuitDynamics, Dynamics};
use neurate_numerics::linalg::{Lu, Matrix};
use std::borrow::Cow;

/// The equations of a search, with the memory that they need.
pub(super) enum Equations<'a> {
    /// Units without slow states, side by side.
    Small(Cow<'a, Small<'a>>, Vec<f64>),
    /// Anything else.
    General(General<'a>),
}

/// Through the circuit's dynamics, slow states settled.
pub(super) struct General<'a> {
    dynamics: &'a CircuitDynamics<'a>,
    tau: Vec<f64>,
    target: Vec<f64>,
}

impl<'a> Equations<'a> {
    /// Those of a circuit, slow states settled.
    pub fn of_circuit(dynamics: &'a CircuitDynamics<'a>) -> Equations<'a> {
        match Small::new(dynamics.circuit()) {
            Some(small) => Equations::Small(Cow::Owned(small), vec![]),
            None => Equations::through(dynamics),
        }
    }
    /// Those of a circuit, through its dynamics, whatever its size.
    pub fn through(dynamics: &'a CircuitDynamics<'a>) -> Equations<'a> {
        let n = dynamics.dim();
        Equations::General(General { dynamics, tau: vec![0.0; n], target: vec![0.0; n] })
    }
    /// Those of units by themselves.
    pub fn of_units(small: &'a Small<'a>) -> Equations<'a> {
        Equations::Small(Cow::Borrowed(small), vec![])
    }
    /// Number of states.
    pub fn n(&self) -> usize {
        match self {
            Equations::Small(small, _) => small.n(),
            Equations::General(general) => general.tau.len(),
        }
    }
    /// Time constants: where they depend on the state, those of the state last looked at.
    pub fn tau(&self) -> &[f64] {
        match self {
            Equations::Small(small, _) => small.tau(),
            Equations::General(general) => &general.tau,
        }
    }
    /// What the states relax to.
    pub fn target(&mut self, x: &[f64], target: &mut [f64]) {
        match self {
            Equations::Small(small, _) => small.target(x, target),
            Equations::General(general) => general.dynamics.relaxation(0.0, x, target, &mut general.tau),
        }
    }
    /// `target(x) - x`.
    pub fn function(&mut self, x: &[f64], f: &mut [f64]) {
        self.target(x, f);
        f.iter_mut().zip(x).for_each(|(f, x)| *f -= x);
    }
    /// The Newton step from `x`, where `f` is [`Equations::function`]; false if there is none.
    pub fn newton_step(&mut self, x: &[f64], f: &[f64], step: &mut [f64]) -> bool {
        match self {
            Equations::Small(small, scratch) => small.newton_step(x, f, step, scratch),
            Equations::General(general) => {
                let Ok(lu) = Lu::new(&general.jacobian(x)) else { return false };
                let minus: Vec<f64> = f.iter().map(|v| -v).collect();
                match lu.solve(&minus).filter(|s| s.iter().all(|v| v.is_finite())) {
                    Some(solved) => step.copy_from_slice(&solved),
                    None => return false,
                }
                true
            }
        }
    }
    /// The index of a zero, the sign of `det(-J)`; 0 where rounding hides it.
    pub fn index(&mut self, x: &[f64]) -> i64 {
        match self {
            Equations::Small(small, scratch) => small.index(x, scratch),
            Equations::General(general) => {
                let mut a = general.jacobian(x);
                let n = x.len();
                (0..n).for_each(|i| (0..n).for_each(|j| a[(i, j)] = -a[(i, j)]));
                let Ok(lu) = Lu::new(&a) else { return 0 };
                let (sign, _) = lu.sign_log_det();
                if lu.reciprocal_condition() < 1e-12 || !sign.is_finite() { 0 } else { sign as i64 }
            }
        }
    }
}

impl General<'_> {
    /// The Jacobian of `target(x) - x`: that of the field times the time constants. For conductances these depend on
    /// x, which scales the function but not its zeros; near a zero both agree.
    fn jacobian(&mut self, x: &[f64]) -> Matrix {
        self.dynamics.relaxation(0.0, x, &mut self.target, &mut self.tau);
        let a = self.dynamics.jacobian(0.0, x);
        Matrix::from_fn(x.len(), x.len(), |i, j| self.tau[i] * a[(i, j)])
    }
}
