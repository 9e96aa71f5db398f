//! A family of differential equations over two parameters: `dx/dt = F(x, p, q)`.

use super::super::family::{Family, derivative};
use neurate_numerics::linalg::Matrix;

/// A family of differential equations over two parameters.
///
/// Directions of its forms have two entries more than the state: the last ones are along the parameters. What a family does
/// not say itself follows by differences of fourth order, as in [`Family`](crate::branch::Family). Where an equation has no
/// meaning, its values are NaN.
pub trait PlaneFamily {
    /// Number of states.
    fn dim(&self) -> usize;
    /// `F(x, p, q)`, in units of the state per unit of time.
    fn field(&self, x: &[f64], at: [f64; 2]) -> Vec<f64>;
    /// Its derivatives over the state.
    fn jacobian(&self, x: &[f64], at: [f64; 2]) -> Matrix;
    /// The time constants of the states, for scales.
    fn time_scales(&self) -> Vec<f64>;
    /// Changes of the parameters that are neither large nor small, for scales.
    fn parameter_scales(&self) -> [f64; 2];
    /// Its derivatives over the parameters.
    fn d_dp(&self, x: &[f64], at: [f64; 2]) -> [Vec<f64>; 2] {
        [0, 1].map(|k| {
            derivative(3e-4 * self.parameter_scales()[k], |step| {
                let mut at = at;
                at[k] += step;
                self.field(x, at)
            })
        })
    }
    /// `D^2 F` along two directions.
    fn second(&self, x: &[f64], at: [f64; 2], u: &[f64], v: &[f64]) -> Vec<f64> {
        second_by_differences(self, x, at, u, v)
    }
    /// `D^3 F` along three directions.
    fn third(&self, x: &[f64], at: [f64; 2], u: &[f64], v: &[f64], w: &[f64]) -> Vec<f64> {
        third_by_differences(self, x, at, [u, v, w])
    }
    /// The units whose inputs pass a kink of their function between two states; none in smooth families.
    fn kinks_between(&self, _from: (&[f64], [f64; 2]), _to: (&[f64], [f64; 2])) -> Vec<usize> {
        Vec::new()
    }
}

/// [`PlaneFamily::second`] by differences of the Jacobian.
pub(super) fn second_by_differences<F: PlaneFamily + ?Sized>(
    family: &F,
    x: &[f64],
    at: [f64; 2],
    u: &[f64],
    v: &[f64],
) -> Vec<f64> {
    derivative(step_along(family, x, v, 1e-3), |s| {
        let (x, at) = moved(x, at, v, s);
        along(family, &x, at, u)
    })
}

/// [`PlaneFamily::third`] by differences of second derivatives.
pub(super) fn third_by_differences<F: PlaneFamily + ?Sized>(
    family: &F,
    x: &[f64],
    at: [f64; 2],
    [u, v, w]: [&[f64]; 3],
) -> Vec<f64> {
    derivative(step_along(family, x, w, 3e-3), |s| {
        let (x, at) = moved(x, at, w, s);
        family.second(&x, at, u, v)
    })
}

/// `DF` along a direction.
fn along<F: PlaneFamily + ?Sized>(family: &F, x: &[f64], at: [f64; 2], u: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut sum = family.jacobian(x, at).mul_vec(&u[..n]);
    if u[n] != 0.0 || u[n + 1] != 0.0 {
        for (k, d) in family.d_dp(x, at).iter().enumerate() {
            sum.iter_mut().zip(d).for_each(|(s, d)| *s += u[n + k] * d);
        }
    }
    sum
}

fn moved(x: &[f64], at: [f64; 2], along: &[f64], by: f64) -> (Vec<f64>, [f64; 2]) {
    let n = x.len();
    (
        x.iter().zip(along).map(|(x, v)| x + by * v).collect(),
        [at[0] + by * along[n], at[1] + by * along[n + 1]],
    )
}

/// A step along a direction, of this size against the scales of state and parameters.
fn step_along<F: PlaneFamily + ?Sized>(family: &F, x: &[f64], v: &[f64], size: f64) -> f64 {
    let own = 0.1 + x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let states = v[..x.len()].iter().fold(0.0, |m: f64, v| m.max(v.abs() / own));
    let scales = family.parameter_scales();
    let all = (0..2).fold(states, |m: f64, k| m.max(v[x.len() + k].abs() / scales[k]));
    if all > 0.0 { size / all } else { size }
}

/// The family over its first parameter, at a value of the second one.
pub(super) struct Line<'a> {
    pub plane: &'a dyn PlaneFamily,
    pub second: f64,
}

impl Line<'_> {
    fn widened(&self, d: &[f64]) -> Vec<f64> {
        [d, &[0.0]].concat()
    }
}

impl Family for Line<'_> {
    fn dim(&self) -> usize {
        self.plane.dim()
    }
    fn field(&self, x: &[f64], p: f64) -> Vec<f64> {
        self.plane.field(x, [p, self.second])
    }
    fn jacobian(&self, x: &[f64], p: f64) -> Matrix {
        self.plane.jacobian(x, [p, self.second])
    }
    fn time_scales(&self) -> Vec<f64> {
        self.plane.time_scales()
    }
    fn parameter_scale(&self) -> f64 {
        self.plane.parameter_scales()[0]
    }
    fn d_dp(&self, x: &[f64], p: f64) -> Vec<f64> {
        let [first, _] = self.plane.d_dp(x, [p, self.second]);
        first
    }
    fn second(&self, x: &[f64], p: f64, u: &[f64], v: &[f64]) -> Vec<f64> {
        self.plane.second(x, [p, self.second], &self.widened(u), &self.widened(v))
    }
    fn third(&self, x: &[f64], p: f64, u: &[f64], v: &[f64], w: &[f64]) -> Vec<f64> {
        let [u, v, w] = [u, v, w].map(|d| self.widened(d));
        self.plane.third(x, [p, self.second], &u, &v, &w)
    }
}
