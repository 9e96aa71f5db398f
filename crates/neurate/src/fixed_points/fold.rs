//! Whether a zero eigenvalue is that of a fold or a pitchfork, in circuits whose fixed points are sought and not enclosed.
//!
//! Along the direction `v` of a zero eigenvalue the equations are one (Lyapunov and Schmidt's reduction): for a shift `s` there is one
//! state `x` with `v·(x - x₀) = s` and `F(x) = μ u`, and fixed points are the zeros of `μ(s)`. Signs of `μ` on both sides, where
//! they exceed what the eigenvalue's own error explains, tell a double root (equal signs) from a triple one; where `μ` stays zero, there
//! is a line of fixed points, as of a bump that may stand anywhere, and the linearization is right.

use super::point::{FixedPoint, Multiplicity};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::Circuit;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Lu, Matrix, svd};

/// The largest circuit that is looked at: a singular value decomposition costs as the cube of its size.
const MAX_UNITS: usize = 1000;
/// How far aside `μ` is looked at, in units of `1 + |x|`, at least; and where the error of the state is larger, so many times its
/// root, at most a tenth: the eigenvalue's error is then less than what `s²` and `s³` are times `s`.
const ASIDE: f64 = 3e-3;
const ROOTS_ASIDE: f64 = 60.0;
/// How many times larger `μ` must be than what the error of the eigenvalue makes of it.
const CLEAR: f64 = 10.0;
/// Steps with one matrix: each is shorter by a factor of about [`ASIDE`].
const MAX_STEPS: usize = 40;

/// Sets the multiplicity of a point one of whose eigenvalues is zero to within its error.
///
/// # Errors
/// A decomposition did not converge.
pub(super) fn examine(circuit: &Circuit, point: &mut FixedPoint) -> Result<()> {
    if !point.has_zero_eigenvalue()
        || point.multiplicity != Multiplicity::One
        || !point.at_kink.is_empty()
        || circuit.n() > MAX_UNITS
    {
        return Ok(());
    }
    let dynamics = CircuitDynamics::settled(circuit);
    let Some(reduction) = Reduction::new(&dynamics, &point.state)? else { return Ok(()) };
    let aside = (ROOTS_ASIDE * point.error.sqrt()).clamp(ASIDE, 0.1) * reduction.size;
    let (Some(up), Some(down)) = (reduction.at(aside), reduction.at(-aside)) else { return Ok(()) };
    let zero_within = (point.rounding * reduction.slowest).max(reduction.slope);
    let explained = CLEAR * zero_within * aside;
    if up.abs() <= explained || down.abs() <= explained {
        return Ok(());
    }
    let least = up.abs().min(down.abs());
    // Where the other roots may be: `λ s` against `s²` or `s³`.
    let odd = (up > 0.0) != (down > 0.0);
    let apart = if odd { (zero_within * aside / least).sqrt() } else { zero_within * aside / least } * aside;
    let within = (apart / reduction.size).max(point.error).max(f64::EPSILON);
    point.multiplicity = if odd { Multiplicity::Triple(within) } else { Multiplicity::Double(within) };
    Ok(())
}

/// The equations about a point, and the direction in which their slope is zero.
struct Reduction<'d, 'c> {
    dynamics: &'d CircuitDynamics<'c>,
    x: &'d [f64],
    /// Of the smallest singular value: `F` changes along `u`, least where `x` does along `v`.
    u: Vec<f64>,
    v: Vec<f64>,
    /// `[F', -u; vᵀ, 0]`.
    bordered: Lu,
    /// `1 + |x|`.
    size: f64,
    /// The smallest singular value of `F'`.
    slope: f64,
    /// The longest time constant.
    slowest: f64,
}

impl<'d, 'c> Reduction<'d, 'c> {
    fn new(dynamics: &'d CircuitDynamics<'c>, x: &'d [f64]) -> Result<Option<Reduction<'d, 'c>>> {
        let n = x.len();
        let (mut target, mut tau) = (vec![0.0; n], vec![0.0; n]);
        dynamics.relaxation(0.0, x, &mut target, &mut tau);
        let jacobian = dynamics.jacobian(0.0, x);
        // At a fixed point that is the slope of target - x, whatever the time constants depend on.
        let slopes = Matrix::from_fn(n, n, |i, j| tau[i] * jacobian[(i, j)]);
        let found = svd(&slopes)?;
        let (u, v): (Vec<f64>, Vec<f64>) = (0..n).map(|i| (found.u[(i, n - 1)], found.v[(i, n - 1)])).unzip();
        let bordered = Matrix::from_fn(n + 1, n + 1, |i, j| match (i < n, j < n) {
            (true, true) => slopes[(i, j)],
            (true, false) => -u[i],
            (false, true) => v[j],
            (false, false) => 0.0,
        });
        let Ok(bordered) = Lu::new(&bordered) else { return Ok(None) };
        let size = 1.0 + x.iter().map(|x| x * x).sum::<f64>().sqrt();
        let slowest = tau.iter().fold(0.0, |m: f64, t| m.max(*t));
        Ok(Some(Reduction { dynamics, x, u, v, bordered, size, slope: found.s[n - 1], slowest }))
    }

    /// `μ(s)`; None if it is not found.
    fn at(&self, s: f64) -> Option<f64> {
        let n = self.x.len();
        let mut x: Vec<f64> = self.x.iter().zip(&self.v).map(|(x, v)| x + s * v).collect();
        let mut mu = 0.0;
        let (mut target, mut tau) = (vec![0.0; n], vec![0.0; n]);
        for _ in 0..MAX_STEPS {
            self.dynamics.relaxation(0.0, &x, &mut target, &mut tau);
            let along: f64 = self.v.iter().zip(&x).zip(self.x).map(|((v, x), x0)| v * (x - x0)).sum();
            let mut rest: Vec<f64> = (0..n).map(|i| x[i] + mu * self.u[i] - target[i]).collect();
            rest.push(s - along);
            let step = self.bordered.solve(&rest)?;
            x.iter_mut().zip(&step).for_each(|(x, d)| *x += d);
            mu += step[n];
            let length = step.iter().map(|d| d * d).sum::<f64>().sqrt();
            if !length.is_finite() {
                return None;
            }
            if length <= 1e-13 * self.size {
                return Some(mu);
            }
        }
        None
    }
}
