//! The linearisation at one operating point: Jacobian and effective weights.

use crate::circuit::{Circuit, Form};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::error::Result;
use crate::fixed_point::{FixedPoint, Stability};
use crate::linalg::Matrix;

/// A circuit, linearised: `dx/dt = A x + B h` for small deviations of state and input.
#[derive(Clone, Debug)]
pub struct Linearisation {
    /// The Jacobian `A`, per unit of time. Rows receive, columns send.
    pub jacobian: Matrix,
    /// The effective weights: `G W` in rate form, `W G` in voltage form, the same of the reduced
    /// circuit in conductance form. `A = T^-1 (effective - 1)`.
    pub effective: Matrix,
    /// The effective time constants, the diagonal of `T`.
    pub tau: Vec<f64>,
    /// How an input to each unit drives its state, the diagonal of `B`.
    pub input_gain: Vec<f64>,
    /// How each unit's state reads as a rate: 1 in rate form, the gain otherwise.
    pub rate_per_state: Vec<f64>,
    /// The gains `f'`.
    pub gains: Vec<f64>,
    /// The state about which it is linearised.
    pub state: Vec<f64>,
    /// `tau_0`, the unit of time in which [`Linearisation::modes_matrix`] is written: the common
    /// time constant, or the geometric mean of different ones.
    pub tau_0: f64,
    /// Whether the fixed point attracts.
    pub stability: Stability,
    /// Real parts of eigenvalues of `A` smaller than this are zero to rounding, per unit of time.
    pub rounding: f64,
    /// Units at a kink of their transfer function: there the gain is that from the right.
    pub at_kink: Vec<usize>,
}

impl Linearisation {
    /// Linearises a circuit at a fixed point.
    ///
    /// # Errors
    /// The circuit is too large for a dense Jacobian.
    pub fn new(circuit: &Circuit, point: &FixedPoint) -> Result<Linearisation> {
        let dynamics = CircuitDynamics::at_rest(circuit);
        circuit.require_dense()?;
        let n = circuit.n();
        let (mut target, mut tau) = (vec![0.0; n], vec![0.0; n]);
        dynamics.relaxation(0.0, &point.state, &mut target, &mut tau);
        let jacobian = dynamics.jacobian(0.0, &point.state);
        let effective = Matrix::from_fn(n, n, |i, j| tau[i] * jacobian[(i, j)] + f64::from(u8::from(i == j)));
        let gains = point.gains.clone();
        let input_gain = match circuit.form() {
            Form::Rate => (0..n).map(|i| gains[i] / tau[i]).collect(),
            Form::Voltage => tau.iter().map(|t| 1.0 / t).collect(),
            Form::Conductance => (0..n)
                .map(|i| {
                    let p = &circuit.populations()[circuit.population_of(i)];
                    1.0 / p.membrane.as_ref().map_or(1.0, |m| m.capacitance)
                })
                .collect(),
        };
        let rate_per_state = match circuit.form() {
            Form::Rate => vec![1.0; n],
            _ => gains.clone(),
        };
        let tau_0 = if tau.iter().all(|&t| t == tau[0]) {
            tau[0]
        } else {
            (tau.iter().map(|t| t.ln()).sum::<f64>() / n as f64).exp()
        };
        Ok(Linearisation {
            jacobian,
            effective,
            tau,
            input_gain,
            rate_per_state,
            gains,
            state: point.state.clone(),
            tau_0,
            stability: point.stability,
            rounding: point.rounding,
            at_kink: point.at_kink.clone(),
        })
    }

    /// Number of units.
    pub fn n(&self) -> usize {
        self.tau.len()
    }
    /// Whether all effective time constants are equal.
    pub fn uniform_tau(&self) -> bool {
        self.tau.iter().all(|&t| t == self.tau[0])
    }
    /// The matrix whose modes are the circuit's: `M = 1 + tau_0 A`, dimensionless. With one time
    /// constant it *is* the effective weights; with different ones the eigenvalues of the weights
    /// would say nothing of the dynamics (THEORY S5), those of `A` do.
    pub fn modes_matrix(&self) -> Matrix {
        if self.uniform_tau() {
            return self.effective.clone();
        }
        let n = self.n();
        Matrix::from_fn(n, n, |i, j| self.tau_0 * self.jacobian[(i, j)] + f64::from(u8::from(i == j)))
    }
}
