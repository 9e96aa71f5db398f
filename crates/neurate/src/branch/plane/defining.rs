//! What defines a fold or Hopf curve: the steady state, and one number of its Jacobian that is zero.
//!
//! Along folds it is `g` of the bordered system `A q + g w0 = 0`, `q0.q = 1` (minimally augmented, Govaerts 2000). Along Hopf
//! points it is the trace of the Jacobian within the plane of the pair of eigenvalues that is next to the axis. That plane is
//! smooth where the pair becomes real (Bogdanov and Takens' point), so that nothing is singular there; its determinant is the
//! squared frequency, and tells a Hopf point from a neutral saddle.

use super::super::scaled::{axis, dot, norm, solve};
use super::scaled::Scaled;
use neurate_numerics::linalg::{Matrix, eigenvalues, svd};

/// Which curve is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defined {
    Fold,
    Hopf,
}

/// What a point hands on to the next one.
#[derive(Clone, Debug)]
pub(super) enum Frame {
    /// The vectors of the zero eigenvalue, right and left, each of length 1.
    Zero(Vec<f64>, Vec<f64>),
    /// The squared frequency, scaled.
    Pair(f64),
}

/// The equations at a point.
pub(super) struct Equations {
    /// The steady state's, and behind them the number that is zero.
    pub residual: Vec<f64>,
    /// Their derivatives, (n + 1) x (n + 2).
    pub matrix: Matrix,
    pub frame: Frame,
}

/// The frame of a point that is guessed.
pub(super) fn first_frame(problem: &Scaled, defined: Defined, y: &[f64], kappa: f64) -> Option<Frame> {
    match defined {
        Defined::Hopf => Some(Frame::Pair(kappa)),
        Defined::Fold => {
            let n = problem.n();
            let parts = svd(&square(&problem.matrix(y))).ok()?;
            Some(Frame::Zero(parts.v.col(n - 1), parts.u.col(n - 1)))
        }
    }
}

/// The equations at a point, whose neighbor's frame is known.
pub(super) fn equations(problem: &Scaled, y: &[f64], frame: &Frame) -> Option<Equations> {
    let m = problem.matrix(y);
    let a = square(&m);
    let (value, gradient, frame) = match frame {
        Frame::Zero(q, w) => zero(problem, y, &a, q, w)?,
        Frame::Pair(kappa) => pair(problem, y, &a, *kappa)?,
    };
    let n = problem.n();
    let mut residual = problem.residual(y);
    residual.push(value);
    let matrix = Matrix::from_fn(n + 1, n + 2, |i, k| if i < n { m[(i, k)] } else { gradient[k] });
    Some(Equations { residual, matrix, frame })
}

/// The derivatives over the states alone.
pub(super) fn square(m: &Matrix) -> Matrix {
    Matrix::from_fn(m.rows(), m.rows(), |i, k| m[(i, k)])
}

/// `[A w; q' 0]`
pub(super) fn framed(a: &Matrix, w: &[f64], q: &[f64]) -> Matrix {
    let n = a.rows();
    Matrix::from_fn(n + 1, n + 1, |i, k| match (i < n, k < n) {
        (true, true) => a[(i, k)],
        (true, false) => w[i],
        (false, true) => q[k],
        _ => 0.0,
    })
}

type Value = (f64, Vec<f64>, Frame);

fn zero(problem: &Scaled, y: &[f64], a: &Matrix, q: &[f64], w: &[f64]) -> Option<Value> {
    let n = a.rows();
    let last = axis(n + 1, n);
    let mut right = solve(&framed(a, w, q), &last)?;
    let mut left = solve(&framed(&a.transpose(), q, w), &last)?;
    let g = right.pop()?;
    left.pop();
    let moved = |k: usize| -dot(&left, &problem.second(y, &right, &axis(n + 2, k)));
    let gradient = (0..n + 2).map(moved).collect();
    let unit = |v: Vec<f64>| {
        let length = norm(&v);
        v.into_iter().map(|v| v / length).collect()
    };
    Some((g, gradient, Frame::Zero(unit(right), unit(left))))
}

/// A plane that a matrix maps into itself: vectors that span it, and their duals.
struct Plane {
    right: [Vec<f64>; 2],
    left: [Vec<f64>; 2],
}

/// The plane of the pair, conjugate or real, whose sum is nearest to zero and whose product to `kappa`.
fn plane(a: &Matrix, kappa: f64) -> Option<Plane> {
    let n = a.rows();
    if n == 2 {
        let axes = || [axis(2, 0), axis(2, 1)];
        return Some(Plane { right: axes(), left: axes() });
    }
    let all = eigenvalues(a).ok()?;
    let mut best: Option<(f64, f64, f64)> = None;
    for i in 0..n {
        for k in i + 1..n {
            let (sum, product) = (all[i] + all[k], all[i] * all[k]);
            let own = (all[i].im == 0.0 && all[k].im == 0.0) || all[i] == all[k].conj();
            // Both in units of a rate.
            let root = |v: f64| v.abs().sqrt().copysign(v);
            let away = sum.re.abs() + (root(product.re) - root(kappa)).abs();
            if own && best.is_none_or(|b| away < b.0) {
                best = Some((away, sum.re, product.re));
            }
        }
    }
    let (_, sum, product) = best?;
    let squared = neurate_numerics::linalg::matmul(a, a);
    let polynomial =
        Matrix::from_fn(n, n, |i, k| squared[(i, k)] - sum * a[(i, k)] + if i == k { product } else { 0.0 });
    let parts = svd(&polynomial).ok()?;
    let (right, u) = ([n - 2, n - 1].map(|k| parts.v.col(k)), [n - 2, n - 1].map(|k| parts.u.col(k)));
    // left_j = sum_k u_k c_kj with left_j . right_i = delta_ij
    let g = |i: usize, k: usize| dot(&right[i], &u[k]);
    let det = g(0, 0) * g(1, 1) - g(0, 1) * g(1, 0);
    if det.abs() < 1e-10 {
        return None;
    }
    let combined = |c: [f64; 2]| (0..n).map(|i| (c[0] * u[0][i] + c[1] * u[1][i]) / det).collect();
    let left = [combined([g(1, 1), -g(1, 0)]), combined([-g(0, 1), g(0, 0)])];
    Some(Plane { right, left })
}

fn pair(problem: &Scaled, y: &[f64], a: &Matrix, kappa: f64) -> Option<Value> {
    let n = a.rows();
    let Plane { right, left } = plane(a, kappa)?;
    let image = [0, 1].map(|k| a.mul_vec(&right[k]));
    let m = |i: usize, k: usize| dot(&left[i], &image[k]);
    let (trace, det) = (m(0, 0) + m(1, 1), m(0, 0) * m(1, 1) - m(0, 1) * m(1, 0));
    let moved = |k: usize| {
        let e = axis(n + 2, k);
        (0..2).map(|j| dot(&left[j], &problem.second(y, &right[j], &e))).sum()
    };
    let gradient = (0..n + 2).map(moved).collect();
    Some((trace, gradient, Frame::Pair(det)))
}
