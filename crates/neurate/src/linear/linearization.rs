//! The linearization at one operating point: Jacobian and effective weights.

use crate::dynamics::{CircuitDynamics, DelayedJacobian, Dynamics};
use crate::fixed_points::{FixedPoint, Stability};
use crate::linear::energy::{EvokedEnergy, evoked_energy};
use crate::linear::modes::Decomposition;
use crate::model::{Circuit, Form};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Complex, Matrix};
use std::sync::{Arc, OnceLock};

/// A circuit, linearized: `dx/dt = A x + B h` for small deviations of state and input.
///
/// With slow states `A` has rows and columns for them, after the units; all else is of the units, with the slow
/// states at their steady values. With delays `A` is the sum of its parts, which gives static responses and no
/// time courses: those are in `parts`.
#[derive(Clone, Debug)]
pub struct Linearization {
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
    /// The state of the units about which it is linearized.
    pub state: Vec<f64>,
    /// What a unit's adaptation takes off its own target, per deviation of its state: 0 without.
    pub own_feedback: Vec<f64>,
    /// The Jacobian in its parts, delay by delay; None in a circuit of units alone.
    pub parts: Option<DelayedJacobian>,
    /// `tau_0`, the unit of time in which [`Linearization::modes_matrix`] is written: the common
    /// time constant, or the geometric mean of different ones.
    pub tau_0: f64,
    /// Whether the fixed point attracts.
    pub stability: Stability,
    /// Real parts of eigenvalues of `A` smaller than this are zero to rounding, per unit of time.
    pub rounding: f64,
    /// Units at a kink of their transfer function: there the gain is that from the right.
    pub at_kink: Vec<usize>,
    /// Eigenvalues of the Jacobian, rightmost first, as the fixed point has them; with delays the roots found.
    pub eigenvalues: Vec<Complex>,
    shared: Arc<Shared>,
}

/// What several answers want, made when the first asks.
#[derive(Debug, Default)]
struct Shared {
    modes: OnceLock<Decomposition>,
    jacobian: OnceLock<Decomposition>,
    energy: OnceLock<Option<EvokedEnergy>>,
}

/// Norms and sums of larger numbers overflow.
const LARGEST: f64 = 1e290;

impl Linearization {
    /// Linearizes a circuit at a fixed point.
    ///
    /// # Errors
    /// The circuit is too large for a dense Jacobian; the point has no linearization ([`FixedPoint::has_linearization`]); gains or
    /// effective weights are so large that their sums overflow.
    pub fn new(circuit: &Circuit, point: &FixedPoint) -> Result<Linearization> {
        if let Some(&i) = point.at_infinite_gain().first() {
            let unit = circuit.unit_shown(i);
            return Err(Error::unsupported(format!(
                "there is no linearization at this fixed point: the gain of {unit} is infinite"
            ))
            .with_help("linearize at another fixed point, or use an exponent of 1 or more"));
        }
        if !point.has_linearization() {
            return Err(Error::unsupported(format!(
                "there is no linearization at this fixed point: it is a {} root to within rounding, so responses are not bounded",
                point.multiplicity.name()
            ))
            .with_help("linearize at another fixed point, or move a parameter away from the bifurcation"));
        }
        let dynamics = CircuitDynamics::settled(circuit);
        circuit.require_dense()?;
        let n = circuit.n();
        let (mut target, mut tau) = (vec![0.0; n], vec![0.0; n]);
        dynamics.relaxation(0.0, &point.state, &mut target, &mut tau);
        let settled = dynamics.jacobian(0.0, &point.state);
        let effective = Matrix::from_fn(n, n, |i, j| tau[i] * settled[(i, j)] + f64::from(u8::from(i == j)));
        let (parts, jacobian) = if circuit.is_plain() {
            (None, settled)
        } else {
            let full = CircuitDynamics::at_rest(circuit);
            let x = full.complete(&point.state);
            (Some(DelayedJacobian::new(circuit, &x)?), full.jacobian(0.0, &x))
        };
        let gains = point.gains.clone();
        let input_gain: Vec<f64> = match circuit.form() {
            Form::Rate => (0..n).map(|i| gains[i] / tau[i]).collect(),
            Form::Voltage => tau.iter().map(|t| 1.0 / t).collect(),
            Form::Conductance => (0..n)
                .map(|i| {
                    let p = &circuit.populations()[circuit.population_of(i)];
                    1.0 / p.membrane.as_ref().map_or(1.0, |m| m.capacitance)
                })
                .collect(),
        };
        let rate_per_state: Vec<f64> = match circuit.form() {
            Form::Rate => vec![1.0; n],
            _ => gains.clone(),
        };
        let mut numbers =
            effective.data().iter().chain(jacobian.data()).chain(&input_gain).chain(&rate_per_state);
        if let Some(large) = numbers.find(|x| x.is_nan() || x.abs() > LARGEST) {
            return Err(Error::unsupported(format!(
                "there is no linearization at this fixed point: a gain, or a weight or rate of change with it, is {large:.1e}, \
                 and sums of numbers above {LARGEST:e} overflow"
            ))
            .with_help("look at weights, gains and time constants: something is off by many orders of magnitude"));
        }
        let own_feedback = (0..n)
            .map(|i| {
                let adaptation = circuit.populations()[circuit.population_of(i)].slow.adaptation;
                let per_input: f64 = input_gain[i] * tau[i];
                adaptation.map_or(0.0, |a| per_input * a.strength * rate_per_state[i])
            })
            .collect();
        let tau_0 = common_tau(&tau);
        Ok(Linearization {
            jacobian,
            effective,
            tau,
            input_gain,
            rate_per_state,
            gains,
            state: point.state.clone(),
            own_feedback,
            parts,
            tau_0,
            stability: point.stability,
            rounding: point.rounding,
            at_kink: point.at_kink.clone(),
            eigenvalues: point.eigenvalues.clone(),
            shared: Arc::default(),
        })
    }

    /// Number of units.
    pub fn n(&self) -> usize {
        self.tau.len()
    }
    /// Number of states: units and slow states.
    pub fn dim(&self) -> usize {
        self.jacobian.rows()
    }
    /// Whether something reaches units with a delay, so that [`Linearization::jacobian`] gives no time courses.
    pub fn delayed(&self) -> bool {
        self.parts.as_ref().is_some_and(|p| p.parts.len() > 1)
    }
    /// How a unit's rate follows a constant input to it alone while nobody else's moves: its own adaptation
    /// takes part.
    pub fn alone(&self, i: usize) -> f64 {
        self.input_gain[i] * self.tau[i] * self.rate_per_state[i] / (1.0 + self.own_feedback[i])
    }
    /// Whether all effective time constants are equal, and those of the units are all there are.
    pub fn uniform_tau(&self) -> bool {
        self.parts.is_none() && self.tau.iter().all(|&t| t == self.tau[0])
    }
    /// The matrix whose modes are the circuit's: `M = 1 + tau_0 A`, dimensionless. With one time
    /// constant it *is* the effective weights; with different ones the eigenvalues of the weights
    /// would say nothing of the dynamics (THEORY S5), those of `A` do. With slow states it has theirs as well.
    pub fn modes_matrix(&self) -> Matrix {
        if self.uniform_tau() {
            return self.effective.clone();
        }
        modes_of_jacobian(&self.jacobian, self.tau_0)
    }
    /// [`Linearization::modes_matrix`] with its decompositions, which clones of this linearization share.
    pub fn modes_decomposition(&self) -> &Decomposition {
        self.shared.modes.get_or_init(|| Decomposition::new(self.modes_matrix()))
    }
    /// The Jacobian with its decompositions: its Schur vectors are those of the modes' matrix, `A = (M - 1) / tau_0`.
    pub fn jacobian_decomposition(&self) -> &Decomposition {
        self.shared
            .jacobian
            .get_or_init(|| self.modes_decomposition().shifted(self.jacobian.clone(), -1.0, 1.0 / self.tau_0))
    }
    /// The energy that an initial state evokes in all states ([`evoked_energy`]); None where the Jacobian is not stable.
    ///
    /// # Errors
    /// A decomposition did not converge.
    pub fn evoked_energy(&self) -> Result<Option<&EvokedEnergy>> {
        if self.shared.energy.get().is_none() {
            let energy = evoked_energy(self.jacobian_decomposition().lyapunov()?, None)?;
            self.shared.energy.get_or_init(|| energy);
        }
        Ok(self.shared.energy.get().and_then(Option::as_ref))
    }
}

/// The time constant that modes are measured in: that of all units, or the geometric mean of different ones.
pub(crate) fn common_tau(tau: &[f64]) -> f64 {
    if tau.iter().all(|&t| t == tau[0]) {
        tau[0]
    } else {
        (tau.iter().map(|t| t.ln()).sum::<f64>() / tau.len() as f64).exp()
    }
}

/// `1 + tau_0 A`, the matrix of the modes of units with different time constants.
pub(crate) fn modes_of_jacobian(jacobian: &Matrix, tau_0: f64) -> Matrix {
    let n = jacobian.rows();
    Matrix::from_fn(n, n, |i, j| tau_0 * jacobian[(i, j)] + f64::from(u8::from(i == j)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;
    use crate::fixed_points::{SearchOptions, fixed_points};

    #[test]
    fn gains_whose_sums_overflow_are_refused_in_words() {
        let of = |gain: &str| {
            let text = format!(
                "neurate = 1\n[populations]\nE = {{ tau = 20, f = {{ kind = \"linear\", gain = {gain} }} }}\n[W]\n\"E <- E\" = 0.5\n"
            );
            let circuit = file::parse(&text, "large.toml", ".".as_ref(), &[]).unwrap().build().unwrap();
            let points = fixed_points(&circuit, &SearchOptions::default()).unwrap().points;
            Linearization::new(&circuit, &points[0])
        };
        assert!((of("1e100").unwrap().effective[(0, 0)] / 0.5e100 - 1.0).abs() < 1e-12);
        let said = of("1e295").unwrap_err().to_string();
        assert!(said.contains("there is no linearization") && said.contains("e294"), "{said}");
    }
}
