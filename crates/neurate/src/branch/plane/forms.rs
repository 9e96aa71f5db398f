//! Normal forms of special points of codimension 2, in the family's own units: Kuznetsov's formulas.

use super::super::scaled::{dot, norm, solve};
use super::defining::framed;
use super::scaled::Scaled;
use neurate_numerics::linalg::{Matrix, svd};

/// The vectors of the eigenvalue zero, right and left, of length 1; the largest entry of the right one is positive.
fn null_vectors(a: &Matrix) -> Option<(Vec<f64>, Vec<f64>)> {
    let n = a.rows();
    let parts = svd(a).ok()?;
    let (mut q, w) = (parts.v.col(n - 1), parts.u.col(n - 1));
    let largest = q.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    q.iter_mut().for_each(|q| *q *= largest.signum());
    Some((q, w))
}

/// States alone.
fn still(v: &[f64]) -> Vec<f64> {
    [v, &[0.0, 0.0]].concat()
}

/// The solution of a singular system that is orthogonal to `q`.
fn beside(a: &Matrix, w: &[f64], q: &[f64], right: &[f64]) -> Option<Vec<f64>> {
    let mut x = solve(&framed(a, w, q), &[right, &[0.0]].concat())?;
    x.pop();
    Some(x)
}

/// `a` and `b` of a double zero.
pub(super) fn at_double_zero(problem: &Scaled, y: &[f64]) -> Option<(f64, f64)> {
    let (x, at) = problem.own(y);
    let a = problem.family.jacobian(&x, at);
    let (q0, w) = null_vectors(&a)?;
    let q1 = beside(&a, &w, &q0, &q0)?;
    let along = dot(&w, &q1);
    let p1: Vec<f64> = w.iter().map(|w| w / along).collect();
    let mut p0 = beside(&a.transpose(), &q0, &w, &p1)?;
    let excess = dot(&p0, &q1);
    p0.iter_mut().zip(&p1).for_each(|(p0, p1)| *p0 -= excess * p1);
    let b = |u: &[f64], v: &[f64]| problem.family.second(&x, at, &still(u), &still(v));
    let bent = b(&q0, &q0);
    let (first, second) = (0.5 * dot(&p1, &bent), dot(&p0, &bent) + dot(&p1, &b(&q0, &q1)));
    (first.is_finite() && second.is_finite()).then_some((first, second))
}

/// The coefficient of the cube at a cusp.
pub(super) fn at_cusp(problem: &Scaled, y: &[f64]) -> Option<f64> {
    let (x, at) = problem.own(y);
    let a = problem.family.jacobian(&x, at);
    let (q, w) = null_vectors(&a)?;
    let along = dot(&w, &q);
    let w1: Vec<f64> = w.iter().map(|w| w / along).collect();
    debug_assert!((norm(&q) - 1.0).abs() < 1e-9);
    let b = |u: &[f64], v: &[f64]| problem.family.second(&x, at, &still(u), &still(v));
    let bent: Vec<f64> = b(&q, &q).iter().map(|v| -v).collect();
    let h = beside(&a, &w, &q, &bent)?;
    let cube = problem.family.third(&x, at, &still(&q), &still(&q), &still(&q));
    let c = (dot(&w1, &cube) + 3.0 * dot(&w1, &b(&q, &h))) / 6.0;
    c.is_finite().then_some(c)
}
