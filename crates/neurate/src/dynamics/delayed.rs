//! A linear equation with delays, `dx/dt = sum_k A_k x(t - d_k)`, and whether it decays.

use super::circuit::CircuitDynamics;
use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::nyquist::{
    MOST_POINTS, Walk, count, gain_bound, growing, newton, note, remaining_angle,
};
use neurate_numerics::linalg::{CMatrix, Complex, ComplexLu, Mat, Matrix, eigenvalues};
use std::f64::consts::PI;

/// States up to which an equation with delays is judged: a determinant at each of some thousand frequencies.
pub const MAX_DELAYED_STATES: usize = 150;
/// Rows of the discretized past: its roots are right to rounding where `|s|` times the longest delay is below
/// about half of it.
const PAST: usize = 32;
/// Rows of the largest matrix of which eigenvalues are asked.
const MOST_ROWS: usize = 1200;
/// Roots that are kept.
const KEPT: usize = 24;

/// The parts of a Jacobian: by the present state, and by the state each delay ago.
#[derive(Clone, Debug)]
pub struct DelayedJacobian {
    /// Delay and part, the present (0) first.
    pub parts: Vec<(f64, Matrix)>,
    /// The time constant with which each state relaxes by itself.
    pub tau: Vec<f64>,
}

/// The roots of a characteristic equation.
#[derive(Clone, Debug)]
pub struct Roots {
    /// The rightmost roots that were found, each of a conjugate pair, rightmost first.
    pub roots: Vec<Complex>,
    /// Roots on the right of the imaginary axis by Nyquist's criterion; None where one lies on it.
    pub unstable: Option<usize>,
}

impl DelayedJacobian {
    /// Of a circuit at a state, under its constant input; slow states included.
    ///
    /// # Errors
    /// There are too many states to judge an equation with delays.
    pub fn new(circuit: &Circuit, x: &[f64]) -> Result<DelayedJacobian> {
        let dynamics = CircuitDynamics::at_rest(circuit);
        let parts = dynamics.jacobians(0.0, x);
        if parts.len() > 1 && x.len() > MAX_DELAYED_STATES {
            return Err(Error::unsupported(format!(
                "{} states are too many to judge stability with delays (at most {MAX_DELAYED_STATES})",
                x.len()
            ))
            .with_help("larger circuits with delays can be simulated"));
        }
        let (mut target, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        super::system::Dynamics::relaxation(&dynamics, 0.0, x, &mut target, &mut tau);
        Ok(DelayedJacobian { parts, tau })
    }

    /// Number of states.
    pub fn dim(&self) -> usize {
        self.tau.len()
    }

    /// The same of some of the states, all others held still.
    #[must_use]
    pub fn restricted(&self, states: &[usize]) -> DelayedJacobian {
        let part = |m: &Matrix| Matrix::from_fn(states.len(), states.len(), |i, j| m[(states[i], states[j])]);
        DelayedJacobian {
            parts: self.parts.iter().map(|(d, m)| (*d, part(m))).collect(),
            tau: states.iter().map(|&i| self.tau[i]).collect(),
        }
    }

    /// `s - sum_k A_k exp(-s d_k)`: singular where the equation has a mode `exp(s t)`.
    pub fn characteristic(&self, s: Complex) -> CMatrix {
        let n = self.dim();
        let factors: Vec<Complex> = self.parts.iter().map(|(d, _)| (-s * *d).exp()).collect();
        Mat::from_fn(n, n, |i, j| {
            let sum: Complex = self.parts.iter().zip(&factors).map(|((_, m), f)| f * m[(i, j)]).sum();
            if i == j { s - sum } else { -sum }
        })
    }

    /// `P(s)` of `D(s) = det(1 - P(s))`, the characteristic matrix over `s + 1/tau` row by row: it has no poles
    /// on the right, and falls off as `1/s`. With `moduli`, a bound of every `P` with the same `|s + 1/tau|`.
    fn open(&self, s: Complex, moduli: bool) -> CMatrix {
        let n = self.dim();
        let factors: Vec<Complex> = self
            .parts
            .iter()
            .map(|(d, _)| if moduli { Complex::new(1.0, 0.0) } else { (-s * *d).exp() })
            .collect();
        Mat::from_fn(n, n, |i, j| {
            let own = |k: usize| if k == 0 && i == j { 1.0 / self.tau[i] } else { 0.0 };
            let term = |k: usize| self.parts[k].1[(i, j)] + own(k);
            let sum: Complex =
                (0..factors.len()).map(|k| factors[k] * if moduli { term(k).abs() } else { term(k) }).sum();
            let below = s + 1.0 / self.tau[i];
            if moduli { sum / below.norm() } else { sum / below }
        })
    }

    fn determinant(&self, s: Complex) -> Result<Complex> {
        let (n, p) = (self.dim(), self.open(s, false));
        let m = Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - p[(i, j)]);
        Ok(ComplexLu::new(&m)?.det())
    }

    /// The rightmost roots, and how many lie on the right of the axis.
    ///
    /// The equation's generator is discretized on Chebyshev's points of the past (Breda, Maset & Vermiglio 2005);
    /// its eigenvalues are refined by Newton's method on the characteristic equation. The roots on the right are
    /// counted by Nyquist's criterion, which knows nothing of that; those that the first missed are then sought.
    ///
    /// # Errors
    /// Eigenvalues did not converge.
    pub fn roots(&self) -> Result<Roots> {
        if self.parts.len() == 1 {
            let roots = eigenvalues(&self.parts[0].1)?;
            return Ok(Roots { unstable: Some(roots.iter().filter(|z| z.re > 0.0).count()), roots });
        }
        let longest = self.parts.iter().fold(0.0, |m: f64, (d, _)| m.max(*d));
        let slowest = self.tau.iter().copied().fold(longest, f64::max);
        let unstable = self.count(slowest)?;
        let d = |s: Complex| {
            // Not over s + 1/tau, which hides the modes of units that nothing reaches.
            let m = self.characteristic(s);
            let scaled = Mat::from_fn(m.rows(), m.rows(), |i, j| m[(i, j)] * self.tau[i]);
            ComplexLu::new(&scaled).ok().map(|lu| lu.det()).filter(|z| z.is_finite())
        };
        let mut found: Vec<Complex> = Vec::new();
        let starts = eigenvalues(&self.generator(longest))?;
        for z in starts.iter().copied().filter(|z| z.im >= 0.0).take(KEPT) {
            // What moves far was no root of the equation, but of the discretized past.
            let near = |r: &Complex| (r - z).norm() <= 0.05 * (z.norm() + 1.0 / slowest);
            note(&mut found, newton(&d, z, slowest, &[]).filter(near));
        }
        for k in 0..12 {
            if unstable.is_none_or(|n| growing(&found) >= n) {
                break;
            }
            let start = Complex::new(0.1 * 2f64.powi(k) / slowest, PI * f64::from(k) / slowest);
            let root = newton(&d, start, slowest, &found);
            note(&mut found, root);
        }
        if found.is_empty() {
            found.push(starts[0]);
        }
        let mut roots: Vec<Complex> =
            found.iter().flat_map(|z| if z.im > 0.0 { vec![*z, z.conj()] } else { vec![*z] }).collect();
        roots.sort_by(|a, b| b.re.total_cmp(&a.re).then(b.im.total_cmp(&a.im)));
        Ok(Roots { unstable: unstable.filter(|n| *n >= growing(&found)), roots })
    }

    /// Nyquist's count: along the axis until the loop's gain is below one at every higher frequency.
    fn count(&self, slowest: f64) -> Result<Option<usize>> {
        let longest = self.parts.iter().fold(0.0, |m: f64, (d, _)| m.max(*d));
        let d = |omega: f64| self.determinant(Complex::new(0.0, omega));
        let mut walk = Walk::new(d(0.0)?, 0.3 / longest);
        let mut omega = 1e-4 / slowest;
        while gain_bound(&self.open(Complex::new(0.0, walk.last().0), true)) >= 1.0 {
            if walk.omegas.len() >= MOST_POINTS {
                return Ok(None);
            }
            walk.to(&d, (omega, d(omega)?))?;
            omega = (1.06 * omega).min(omega + 0.3 / longest);
        }
        let rest = remaining_angle(&self.open(Complex::new(0.0, walk.last().0), false))?;
        Ok(count(&walk.values, rest))
    }

    /// The generator `x(t + theta) -> d/dtheta` on Chebyshev's points of `[-longest, 0]`, with the equation at 0.
    fn generator(&self, longest: f64) -> Matrix {
        let n = self.dim();
        let m = PAST.min(MOST_ROWS / n - 1).max(6);
        let cheb: Vec<f64> = (0..=m).map(|j| (PI * j as f64 / m as f64).cos()).collect();
        let theta: Vec<f64> = cheb.iter().map(|c| 0.5 * longest * (c - 1.0)).collect();
        let weight = |j: usize| {
            let end = if j == 0 || j == m { 0.5 } else { 1.0 };
            if j.is_multiple_of(2) { end } else { -end }
        };
        // Barycentric interpolation: value at `t` from the values at the points.
        let interpolate = |t: f64| -> Vec<f64> {
            if let Some(k) = theta.iter().position(|p| (p - t).abs() <= 1e-14 * longest) {
                return (0..=m).map(|j| f64::from(u8::from(j == k))).collect();
            }
            let terms: Vec<f64> = (0..=m).map(|j| weight(j) / (t - theta[j])).collect();
            let sum: f64 = terms.iter().sum();
            terms.into_iter().map(|x| x / sum).collect()
        };
        let mut a = Matrix::zeros(n * (m + 1), n * (m + 1));
        for (delay, part) in &self.parts {
            for (k, share) in interpolate(-delay).into_iter().enumerate() {
                for i in 0..n {
                    for j in 0..n {
                        a[(i, k * n + j)] += share * part[(i, j)];
                    }
                }
            }
        }
        for row in 1..=m {
            let mut diagonal = 0.0;
            for col in (0..=m).filter(|c| *c != row) {
                let value = weight(col) / weight(row) / (theta[row] - theta[col]);
                diagonal -= value;
                (0..n).for_each(|i| a[(row * n + i, col * n + i)] = value);
            }
            (0..n).for_each(|i| a[(row * n + i, row * n + i)] = diagonal);
        }
        a
    }
}
