//! A family of differential equations: `dx/dt = F(x, p)` over one parameter.

use crate::dynamics::DelayedJacobian;
use crate::fixed_points::spectrum;
use neurate_numerics::linalg::{Complex, Matrix};

/// A family of differential equations over one parameter `p`.
///
/// Directions of its forms have one entry more than the state: the last one is along the parameter. What a family does not
/// say itself follows from its field and Jacobian by differences of fourth order, with relative errors of about 1e-10 in
/// [`d_dp`](Family::d_dp) and [`second`](Family::second), 1e-6 in [`third`](Family::third). Where an equation has no meaning,
/// its values are NaN.
pub trait Family {
    /// Number of states.
    fn dim(&self) -> usize;
    /// `F(x, p)`, in units of the state per unit of time.
    fn field(&self, x: &[f64], p: f64) -> Vec<f64>;
    /// Its derivatives over the state.
    fn jacobian(&self, x: &[f64], p: f64) -> Matrix;
    /// The time constants of the states, for scales.
    fn time_scales(&self) -> Vec<f64>;
    /// A change of the parameter that is neither large nor small, for scales.
    fn parameter_scale(&self) -> f64;
    /// Its derivative over the parameter.
    fn d_dp(&self, x: &[f64], p: f64) -> Vec<f64> {
        derivative(3e-4 * self.parameter_scale(), |step| self.field(x, p + step))
    }
    /// `D^2 F` along two directions.
    fn second(&self, x: &[f64], p: f64, u: &[f64], v: &[f64]) -> Vec<f64> {
        second_by_differences(self, x, p, u, v)
    }
    /// `D^3 F` along three directions.
    fn third(&self, x: &[f64], p: f64, u: &[f64], v: &[f64], w: &[f64]) -> Vec<f64> {
        third_by_differences(self, x, p, [u, v, w])
    }
    /// The eigenvalues that decide on stability, rightmost first, and how many of them grow: those of the Jacobian, or with delays
    /// the rightmost roots of the characteristic equation. None where they cannot be had.
    fn spectrum(&self, x: &[f64], p: f64) -> Option<(Vec<Complex>, usize)> {
        let all = spectrum(&self.jacobian(x, p)).ok()?;
        let growing = all.iter().filter(|l| l.re > 0.0).count();
        Some((all, growing))
    }
    /// With delays, the parts of the Jacobian: by the present state, and by the state each delay ago.
    fn delayed(&self, _x: &[f64], _p: f64) -> Option<DelayedJacobian> {
        None
    }
    /// With delays, `D^2 F` along two directions: of the state now and each delay ago, in the order of
    /// [`delayed`](Family::delayed), without the parameter.
    fn second_delayed(&self, _x: &[f64], _p: f64, _u: &[Vec<f64>], _v: &[Vec<f64>]) -> Option<Vec<f64>> {
        None
    }
    /// With delays, `D^3 F` along three such directions.
    fn third_delayed(&self, _x: &[f64], _p: f64, _along: [&[Vec<f64>]; 3]) -> Option<Vec<f64>> {
        None
    }
    /// The units whose inputs pass a kink of their function between two states; none in smooth families.
    fn kinks_between(&self, _from: (&[f64], f64), _to: (&[f64], f64)) -> Vec<usize> {
        Vec::new()
    }
    /// How far every unit's input lies above each point at which its function is not smooth, though its slope may be continuous
    /// there; none in smooth families. Where one changes its sign, orbits are not smooth.
    fn above_kinks(&self, _x: &[f64], _p: f64) -> Vec<f64> {
        Vec::new()
    }
}

/// [`Family::second`] by differences of the Jacobian.
pub(super) fn second_by_differences<F: Family + ?Sized>(
    family: &F,
    x: &[f64],
    p: f64,
    u: &[f64],
    v: &[f64],
) -> Vec<f64> {
    derivative(step_along(family, x, v, 1e-3), |s| {
        let (x, p) = moved(x, p, v, s);
        along(family, &x, p, u)
    })
}

/// [`Family::third`] by differences of second derivatives.
pub(super) fn third_by_differences<F: Family + ?Sized>(
    family: &F,
    x: &[f64],
    p: f64,
    [u, v, w]: [&[f64]; 3],
) -> Vec<f64> {
    derivative(step_along(family, x, w, 3e-3), |s| {
        let (x, p) = moved(x, p, w, s);
        family.second(&x, p, u, v)
    })
}

/// `DF` along a direction.
pub(super) fn along<F: Family + ?Sized>(family: &F, x: &[f64], p: f64, u: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut sum = family.jacobian(x, p).mul_vec(&u[..n]);
    if u[n] != 0.0 {
        sum.iter_mut().zip(family.d_dp(x, p)).for_each(|(s, d)| *s += u[n] * d);
    }
    sum
}

fn moved(x: &[f64], p: f64, along: &[f64], by: f64) -> (Vec<f64>, f64) {
    (x.iter().zip(along).map(|(x, v)| x + by * v).collect(), p + by * along[x.len()])
}

/// A step along a direction, of this size against the scales of state and parameter.
fn step_along<F: Family + ?Sized>(family: &F, x: &[f64], v: &[f64], size: f64) -> f64 {
    let own = 0.1 + x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let states = v[..x.len()].iter().fold(0.0, |m: f64, v| m.max(v.abs() / own));
    let all = states.max(v[x.len()].abs() / family.parameter_scale());
    if all > 0.0 { size / all } else { size }
}

/// The derivative at 0 by central differences of fourth order.
pub(super) fn derivative(step: f64, f: impl Fn(f64) -> Vec<f64>) -> Vec<f64> {
    let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(|k| f(k * step));
    (0..a.len()).map(|i| (a[i] - 8.0 * b[i] + 8.0 * c[i] - d[i]) / (12.0 * step)).collect()
}
