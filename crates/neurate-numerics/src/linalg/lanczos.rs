//! The largest eigenvalue of a symmetric operator that is known only by what it does to vectors.

use super::vectors::{add, dot, orthogonalize};

/// What the iteration found.
#[derive(Clone, Copy, Debug)]
pub struct Ritz {
    /// The Ritz value: never above the largest eigenvalue, but for rounding.
    pub value: f64,
    /// The residual's norm: an eigenvalue lies within this distance of `value`. (That it is the
    /// largest holds unless the start has no share of its vector; the error is then of the order of
    /// the residual *squared* over the gap to the next.)
    pub residual: f64,
}

/// The largest eigenvalue of the symmetric operator `apply` (Lanczos' method, full
/// reorthogonalization), until the residual is at most `tolerance * |value| + floor` or `steps` are
/// done. `start` becomes the Ritz vector, of norm one.
///
/// A Hermitian operator on n complex numbers is a symmetric one on their 2n real and imaginary parts;
/// that each eigenvalue is then double does no harm.
pub fn top_eigenvalue(
    mut apply: impl FnMut(&[f64], &mut [f64]),
    start: &mut [f64],
    tolerance: f64,
    floor: f64,
    steps: usize,
) -> Ritz {
    let Some(mut search) = Lanczos::new(start) else { return NOTHING };
    let mut w = vec![0.0; start.len()];
    for _ in 0..steps.max(1) {
        apply(search.next(), &mut w);
        if search.absorb(&mut w, tolerance, floor) {
            break;
        }
    }
    search.vector_into(start);
    search.ritz
}

const NOTHING: Ritz = Ritz { value: f64::NAN, residual: f64::INFINITY };

/// Lanczos' method, one application of the operator after the other.
#[derive(Clone, Debug)]
pub(super) struct Lanczos {
    basis: Vec<Vec<f64>>,
    alpha: Vec<f64>,
    /// One for each alpha; the last leads out of the space.
    beta: Vec<f64>,
    /// What is known now.
    pub(super) ritz: Ritz,
    weights: Vec<f64>,
}

impl Lanczos {
    /// From a start of any finite norm but zero.
    pub(super) fn new(start: &[f64]) -> Option<Lanczos> {
        let size = norm(start);
        if start.is_empty() || size == 0.0 || !size.is_finite() {
            return None;
        }
        Some(Lanczos {
            basis: vec![start.iter().map(|x| x / size).collect()],
            alpha: Vec::new(),
            beta: Vec::new(),
            ritz: NOTHING,
            weights: Vec::new(),
        })
    }

    /// The vector of which the operator's image is wanted next.
    pub(super) fn next(&self) -> &[f64] {
        self.basis.last().expect("it holds the start")
    }

    /// Takes the image `w` of that vector (and spoils it); whether the search is over.
    pub(super) fn absorb(&mut self, w: &mut [f64], tolerance: f64, floor: f64) -> bool {
        self.alpha.push(dot(self.next(), w));
        // Twice is enough (Kahan): all directions known so far, the last two among them.
        for _ in 0..2 {
            orthogonalize(&self.basis, w);
        }
        let out = norm(w);
        let value = largest(&self.alpha, &self.beta, self.ritz.value);
        if !(out.is_finite() && value.is_finite()) {
            self.ritz = NOTHING;
            return true;
        }
        self.weights = vector(&self.alpha, &self.beta, value);
        self.ritz = Ritz { value, residual: out * self.weights[self.alpha.len() - 1].abs() };
        // A remainder at rounding: the space is invariant.
        let scale = self.alpha.iter().chain(&self.beta).fold(0.0f64, |m, x| m.max(x.abs()));
        self.beta.push(out);
        let over = self.ritz.residual <= tolerance * value.abs() + floor || out <= 4.0 * f64::EPSILON * scale;
        if !over {
            self.basis.push(w.iter().map(|x| x / out).collect());
        }
        over
    }

    /// The Ritz vector, of norm one.
    pub(super) fn vector_into(&self, vector: &mut [f64]) {
        vector.fill(0.0);
        for (q, &c) in self.basis.iter().zip(&self.weights) {
            add(vector, c, q);
        }
    }

    /// A bound from above of the largest eigenvalue, if the operator is positive semidefinite with this
    /// trace. Outside the space searched its eigenvalues add up to what is left of the trace, so none is
    /// larger, and the last beta is all that leads there.
    pub(super) fn upper_bound(&self, trace: f64) -> f64 {
        let known: f64 = self.alpha.iter().sum();
        let rounding = 4.0 * f64::EPSILON * self.basis[0].len() as f64 * trace;
        let mut alpha = self.alpha.clone();
        alpha.push((trace - known).max(0.0) + rounding);
        largest(&alpha, &self.beta, self.ritz.value)
    }
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// The largest eigenvalue of the tridiagonal matrix with diagonal `alpha` and neighbors `beta`, given
/// that of the matrix without its last row: Newton's method from above, where it is monotone.
fn largest(alpha: &[f64], beta: &[f64], last: f64) -> f64 {
    let k = alpha.len();
    if k == 1 {
        return alpha[0];
    }
    // The new row meets the old largest eigenvector with at most the whole of the last beta.
    let (new, b) = (alpha[k - 1], beta[k - 2]);
    let mut x = 0.5 * (last + new) + (0.5 * (last - new)).hypot(b);
    if k == 2 {
        return x;
    }
    for _ in 0..100 {
        let (mut q, mut slope) = (alpha[0] - x, -1.0);
        let mut sum = slope / q;
        for i in 1..k {
            let ratio = beta[i - 1] * beta[i - 1] / q;
            // q is negative right of all eigenvalues; rounding at the root itself may turn it.
            slope = -1.0 + ratio * slope / q;
            q = alpha[i] - x - ratio;
            if q == 0.0 {
                return x;
            }
            sum += slope / q;
        }
        // Adding a row never makes the largest eigenvalue smaller.
        let next = (x - 1.0 / sum).max(last);
        if x - next <= 2.0 * f64::EPSILON * x.abs() {
            return next;
        }
        x = next;
    }
    x
}

/// The unit eigenvector of that matrix to its eigenvalue `value`: eliminated from both ends to where the two
/// meet with the smallest pivot (the twisted factorization of Dhillon & Parlett 2004). From one end alone a vector
/// that is small at the other would be lost in rounding.
fn vector(alpha: &[f64], beta: &[f64], value: f64) -> Vec<f64> {
    let k = alpha.len();
    let tiny = f64::EPSILON * value.abs().max(f64::MIN_POSITIVE);
    let away = |x: f64| if x.abs() < tiny { -tiny } else { x };
    let (mut down, mut up) = (vec![0.0; k], vec![0.0; k]);
    for i in 0..k {
        let carried = if i > 0 { beta[i - 1] * beta[i - 1] / down[i - 1] } else { 0.0 };
        down[i] = away(alpha[i] - value - carried);
    }
    for i in (0..k).rev() {
        let carried = if i + 1 < k { beta[i] * beta[i] / up[i + 1] } else { 0.0 };
        up[i] = away(alpha[i] - value - carried);
    }
    let twist = |i: usize| (down[i] + up[i] - (alpha[i] - value)).abs();
    let at = (0..k).min_by(|&i, &j| twist(i).total_cmp(&twist(j))).unwrap_or(0);
    let mut s = vec![1.0; k];
    for i in (0..at).rev() {
        s[i] = -beta[i] * s[i + 1] / down[i];
    }
    for i in at + 1..k {
        s[i] = -beta[i - 1] * s[i - 1] / up[i];
    }
    let size = norm(&s);
    s.iter_mut().for_each(|x| *x /= size);
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Matrix, symmetric_eigen};

    #[test]
    fn agrees_with_the_whole_eigenproblem() {
        for n in [1usize, 2, 3, 5, 20, 60] {
            for shift in [-30.0, 0.0, 5.0] {
                let noise = Matrix::from_fn(n, n, |i, j| ((i * 37 + j * 91) as f64 * 12.9898).sin());
                let a = Matrix::from_fn(n, n, |i, j| {
                    noise[(i, j)] + noise[(j, i)] + if i == j { shift } else { 0.0 }
                });
                let whole = symmetric_eigen(&a).unwrap();
                let mut v: Vec<f64> = (0..n).map(|i| 1.0 + (i as f64).sin()).collect();
                let r = top_eigenvalue(|x, y| a.mul_vec_into(x, y), &mut v, 1e-10, 0.0, 200);
                assert!((r.value - whole.values[0]).abs() <= 1e-12 * a.frobenius(), "{n} {shift} {r:?}");
                let along: f64 = whole.vectors.col(0).iter().zip(&v).map(|(a, b)| a * b).sum();
                assert!((along.abs() - 1.0).abs() < 1e-9, "{n} {shift} {along}");
            }
        }
    }

    #[test]
    fn the_trace_bounds_what_was_not_searched() {
        for n in [1usize, 2, 5, 30] {
            for decay in [0.1, 0.5, 1.0] {
                let values: Vec<f64> = (0..n).map(|i| f64::powi(decay, i as i32)).collect();
                let a = Matrix::from_diagonal(&values);
                let trace: f64 = values.iter().sum();
                let start: Vec<f64> = (0..n).map(|i| 1.0 + (i as f64).sin()).collect();
                let mut search = Lanczos::new(&start).unwrap();
                let mut w = vec![0.0; n];
                let mut last = f64::INFINITY;
                for _ in 0..n {
                    a.mul_vec_into(search.next(), &mut w);
                    let over = search.absorb(&mut w, 1e-12, 0.0);
                    last = search.upper_bound(trace);
                    assert!(last >= 1.0 - 1e-14, "{n} {decay} {last}");
                    if over {
                        break;
                    }
                }
                if decay < 0.6 {
                    assert!(last <= 1.0 + 1e-12, "{n} {decay} {last}");
                }
            }
        }
    }

    #[test]
    fn a_double_eigenvalue_and_zero() {
        let a = Matrix::from_diagonal(&[2.0, 2.0, 1.0]);
        let mut v = vec![1.0, 0.3, 0.2];
        let r = top_eigenvalue(|x, y| a.mul_vec_into(x, y), &mut v, 1e-12, 0.0, 10);
        assert!((r.value - 2.0).abs() < 1e-14);
        let mut v = vec![1.0, 0.3];
        assert_eq!(top_eigenvalue(|_, y| y.fill(0.0), &mut v, 1e-12, 0.0, 10).value, 0.0);
    }
}
