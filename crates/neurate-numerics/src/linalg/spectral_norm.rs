//! The spectral norm of one matrix after another, each near the last, between bounds.

use super::dense::{svd, view};
use super::gram::gram_times;
use super::lanczos::Lanczos;
use super::matrix::Matrix;
use super::powers::{exponent_of, ldexp};
use super::upper::{gram_lower, is_upper};
use super::vectors::{add, dot};
use crate::error::Result;
use faer::Side;
use faer::linalg::solvers::Llt;

/// Size above which norms are found by Lanczos' method instead of a singular value decomposition.
const ITERATE_ABOVE: usize = 12;
/// Lanczos steps before it starts anew from its Ritz vector, and how often.
const STEPS: usize = 60;
const ROUNDS: usize = 4;

/// A norm, as found, and a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormBounds {
    /// Never above the norm, but for rounding: what a vector reaches.
    pub reached: f64,
    /// Never below the norm, but for rounding. It can be far above.
    pub upper: f64,
}

/// Finds spectral norms, and keeps the right singular vector as the start of the next search.
#[derive(Clone, Debug)]
pub struct SpectralNorm {
    v: Vec<f64>,
    w: Vec<f64>,
    /// A vector that is orthogonal to nothing of interest.
    noise: Vec<f64>,
}

impl SpectralNorm {
    /// For matrices of `columns` columns.
    #[must_use]
    pub fn new(columns: usize) -> SpectralNorm {
        let noise: Vec<f64> = (0..columns).map(|i| ((i as f64 + 1.0) * 12.9898).sin()).collect();
        SpectralNorm { v: noise.clone(), w: vec![0.0; columns], noise }
    }

    /// `||e||_2`. Small matrices are decomposed. Of large ones, Lanczos' method on `E^T E` until its
    /// residual is `tolerance` (relative); the value's error goes with the square of that over the gap
    /// to the next singular value. That no larger one was missed only [`NormBounds::upper`] says (from
    /// the trace of `E^T E`: near the norm where few singular values are large) and [`norm_is_below`].
    ///
    /// # Errors
    /// An entry is not finite, or a decomposition did not converge.
    pub fn of(&mut self, e: &Matrix, tolerance: f64) -> Result<NormBounds> {
        assert_eq!(e.cols(), self.v.len(), "columns");
        if e.rows().min(e.cols()) <= ITERATE_ABOVE {
            return self.decompose(e);
        }
        let upper = is_upper(e);
        // The iteration takes fourth powers: entries near 1 keep them in range.
        let exponent = exponent_of(e.max_abs());
        let scale = ldexp(1.0, -exponent);
        let (mut trace, mut scaled) = (0.0, Vec::with_capacity(e.cols()));
        for i in 0..e.rows() {
            let row = &e.row(i)[if upper { i.saturating_sub(1) } else { 0 }..];
            // Squares in range need no copy.
            if exponent.abs() <= 200 {
                trace += dot(row, row) * (scale * scale);
                continue;
            }
            scaled.clear();
            scaled.extend(row.iter().map(|x| scale * x));
            trace += dot(&scaled, &scaled);
        }
        // A share of everything: the vector may have changed its place since the last matrix.
        add(&mut self.v, 0.01, &self.noise);
        for _ in 0..ROUNDS {
            let Some(mut search) = Lanczos::new(&self.v) else { break };
            for _ in 0..STEPS {
                gram_times(e, upper, scale, search.next(), &mut self.w);
                if search.absorb(&mut self.w, tolerance, 0.0) {
                    break;
                }
            }
            search.vector_into(&mut self.v);
            // Zero, or not finite.
            if !(search.ritz.value > 0.0 && search.ritz.value.is_finite()) {
                break;
            }
            if search.ritz.residual <= tolerance * search.ritz.value {
                let bound = search.upper_bound(trace);
                let back = |square: f64| ldexp(square.sqrt(), exponent);
                return Ok(NormBounds { reached: back(search.ritz.value), upper: back(bound) });
            }
        }
        self.decompose(e)
    }

    fn decompose(&mut self, e: &Matrix) -> Result<NormBounds> {
        let s = svd(e)?;
        let reached = s.s.first().copied().unwrap_or(0.0);
        if reached > 0.0 {
            self.v = s.v.col(0);
        }
        Ok(NormBounds { reached, upper: reached })
    }

    /// The right singular vector found last, of norm one.
    #[must_use]
    pub fn right(&self) -> &[f64] {
        &self.v
    }
}

/// Whether `||e||_2 < level` for certain: Cholesky's factorization of `level^2 - E^T E` succeeds, with a
/// margin for all its rounding (Rump, BIT 46, 433, 2006). Levels nearer to the norm than about `1e-16 n^2`
/// (relative) fail.
#[must_use]
pub fn norm_is_below(e: &Matrix, level: f64) -> bool {
    let n = e.cols();
    if n == 0 || e.rows() == 0 {
        return level > 0.0;
    }
    let exponent = exponent_of(level);
    let scaled = e.map(|x| ldexp(x, -exponent));
    let square = ldexp(level, -exponent).powi(2);
    let mut gram = gram_lower(&scaled);
    let trace: f64 = (0..n).map(|i| gram[(i, i)]).sum();
    // Rounding of the products, and of the factorization.
    let margin = f64::EPSILON * (n + 3) as f64 * (trace + n as f64 * square);
    for i in 0..n {
        for j in 0..i {
            gram[(i, j)] = -gram[(i, j)];
        }
        gram[(i, i)] = square - margin - gram[(i, i)];
        if gram[(i, i)].is_nan() || gram[(i, i)] <= 0.0 {
            return false;
        }
    }
    Llt::new(view(&gram), Side::Lower).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::norm2;

    #[test]
    fn norms_and_bounds_hold_the_singular_value() {
        for n in [1usize, 5, 49, 80, 130] {
            for decay in [1.0, 0.9, 0.3] {
                for scale in [1.0, 1e-90, 1e120] {
                    let full = Matrix::from_fn(n, n, |i, j| {
                        scale * f64::powi(decay, (i + j) as i32) * ((i * n + j + 1) as f64 * 78.233).sin()
                    });
                    let upper = Matrix::from_fn(n, n, |i, j| if j >= i { full[(i, j)] } else { 0.0 });
                    let tall = Matrix::from_fn(n, n.div_ceil(2), |i, j| full[(i, j)]);
                    for e in [full, upper, tall] {
                        let exact = norm2(&e).unwrap();
                        let found = SpectralNorm::new(e.cols()).of(&e, 1e-8).unwrap();
                        assert!((found.reached / exact - 1.0).abs() < 1e-12, "{n} {decay} {found:?} {exact}");
                        assert!(found.upper >= exact * (1.0 - 1e-14), "{n} {decay} {found:?} {exact}");
                        if decay < 0.5 {
                            assert!(found.upper <= exact * (1.0 + 1e-9), "{n} {decay} {found:?} {exact}");
                        }
                        assert!(norm_is_below(&e, exact * (1.0 + 1e-9)));
                        assert!(!norm_is_below(&e, exact));
                        assert!(!norm_is_below(&e, exact * 0.9));
                    }
                }
            }
        }
    }
}
