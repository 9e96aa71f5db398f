//! Systems of equations that relax to a target.

use super::noise::NoisePath;
use neurate_numerics::linalg::Matrix;

/// What drives a system beside its state at present.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drive<'a> {
    /// Added to the inputs of the units, such as noise; empty: nothing.
    pub input: &'a [f64],
    /// `past[k]` is the state at `t - delays()[k]`; empty: as at present.
    pub past: &'a [Vec<f64>],
}

/// A system of ordinary differential equations that relaxes to a target.
pub trait Dynamics {
    /// Number of state variables.
    fn dim(&self) -> usize;
    /// Target and time constant of every state variable at time `t` and state `x`.
    fn relaxation(&self, t: f64, x: &[f64], target: &mut [f64], tau: &mut [f64]);
    /// The same with noise in the inputs, and with a past. Needed where there is [`Dynamics::noise`], or
    /// [`Dynamics::delays`].
    fn driven(&self, t: f64, x: &[f64], drive: Drive, target: &mut [f64], tau: &mut [f64]) {
        debug_assert!(drive.input.is_empty(), "a system with noise says what it does");
        debug_assert!(drive.past.is_empty(), "an equation with delays says what they do");
        self.relaxation(t, x, target, tau);
    }
    /// [`Dynamics::driven`] for many copies side by side: state `i` of copy `e` at `i * lanes + e`, inputs and past
    /// states likewise. Where time constants are constant, `tau` is scratch.
    fn driven_many(
        &self,
        t: f64,
        x: &[f64],
        lanes: usize,
        drive: Drive,
        target: &mut [f64],
        tau: &mut [f64],
    ) {
        one_by_one(self, t, x, lanes, drive, target, tau);
    }
    /// The time constants, if they never change.
    fn constant_tau(&self) -> Option<&[f64]> {
        None
    }
    /// The noise in the inputs of the units; unit `i` is state `i`.
    fn noise(&self) -> Option<&NoisePath> {
        None
    }
    /// The delays with which the field asks for past states, rising and positive; none for ordinary equations.
    fn delays(&self) -> Vec<f64> {
        Vec::new()
    }
    /// `dx/dt`; `scratch` has the dimension of the state.
    fn field(&self, t: f64, x: &[f64], dx: &mut [f64], scratch: &mut [f64]) {
        self.relaxation(t, x, dx, scratch);
        for i in 0..x.len() {
            dx[i] = (dx[i] - x[i]) / scratch[i];
        }
    }
    /// The Jacobian of the field at time `t`.
    fn jacobian(&self, t: f64, x: &[f64]) -> Matrix {
        finite_difference_jacobian(self, t, x)
    }
    /// Times at which the input is not smooth.
    fn breakpoints(&self) -> Vec<f64> {
        Vec::new()
    }
    /// The time from which on the input does not change any more; infinite if it always does.
    fn constant_from(&self) -> f64 {
        f64::NEG_INFINITY
    }
    /// Jumps of the state: time and change.
    fn jumps(&self) -> Vec<(f64, Vec<f64>)> {
        Vec::new()
    }
    /// Name of state variable `i`, for messages.
    fn state_name(&self, i: usize) -> String {
        format!("state {i}")
    }
}

/// The Jacobian by central differences, for checks and for dynamics without an analytical one.
/// Relative error about `eps^(2/3)`, 4e-11.
pub fn finite_difference_jacobian<D: Dynamics + ?Sized>(dynamics: &D, t: f64, x: &[f64]) -> Matrix {
    let n = dynamics.dim();
    let mut jacobian = Matrix::zeros(n, n);
    let (mut up, mut down, mut scratch) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let mut moved = x.to_vec();
    for j in 0..n {
        let h = f64::EPSILON.cbrt() * (1.0 + x[j].abs());
        moved[j] = x[j] + h;
        dynamics.field(t, &moved, &mut up, &mut scratch);
        moved[j] = x[j] - h;
        dynamics.field(t, &moved, &mut down, &mut scratch);
        moved[j] = x[j];
        for i in 0..n {
            jacobian[(i, j)] = (up[i] - down[i]) / (2.0 * h);
        }
    }
    jacobian
}

/// Every copy by itself.
pub(super) fn one_by_one<D: Dynamics + ?Sized>(
    dynamics: &D,
    t: f64,
    x: &[f64],
    lanes: usize,
    drive: Drive,
    target: &mut [f64],
    tau: &mut [f64],
) {
    if lanes == 1 {
        return dynamics.driven(t, x, drive, target, tau);
    }
    let n = x.len() / lanes;
    let lane = |all: &[f64], e: usize| -> Vec<f64> { all.iter().skip(e).step_by(lanes).copied().collect() };
    let (mut own_target, mut own_tau) = (vec![0.0; n], vec![0.0; n]);
    for e in 0..lanes {
        let past: Vec<Vec<f64>> = drive.past.iter().map(|x| lane(x, e)).collect();
        let own = Drive { input: &lane(drive.input, e), past: &past };
        dynamics.driven(t, &lane(x, e), own, &mut own_target, &mut own_tau);
        for i in 0..n {
            target[i * lanes + e] = own_target[i];
            tau[i * lanes + e] = own_tau[i];
        }
    }
}
