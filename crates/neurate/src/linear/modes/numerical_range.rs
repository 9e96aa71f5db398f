//! The numerical range (field of values): all `x^H A x` over unit vectors x.

use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix, schur_real, top_eigenvalue};

/// Points of the boundary of the numerical range of `a` (n x n), counterclockwise from the rightmost,
/// the last equal to the first: at least `points` directions, conjugate points for conjugate
/// directions.
///
/// In the direction `theta` the range reaches as far as the largest eigenvalue of the Hermitian part
/// of `e^(-i theta) A` (its support function; Johnson, SIAM J. Numer. Anal. 15, 595, 1978), and its
/// vector gives the point. Every point lies inside or on the boundary; corners are flat between.
///
/// # Errors
/// `a` is not square or not finite.
pub fn numerical_range(a: &Matrix, points: usize) -> Result<Vec<Complex>> {
    // The Schur form says what is wrong with a bad matrix; nothing else of it is needed.
    range_of_schur(&schur_real(a)?.t, points)
}

/// That of the matrix with this real Schur form.
pub(super) fn range_of_schur(t: &Matrix, points: usize) -> Result<Vec<Complex>> {
    let (n, half) = (t.rows(), points.max(8) / 2);
    if n == 0 {
        return Ok(Vec::new());
    }
    let symmetric = Matrix::from_fn(n, n, |i, j| 0.5 * (t[(i, j)] + t[(j, i)]));
    let skew = Matrix::from_fn(n, n, |i, j| 0.5 * (t[(i, j)] - t[(j, i)]));
    let size = t.frobenius();
    let mut v: Vec<f64> = (0..2 * n).map(irregular).collect();
    let mut upper = Vec::with_capacity(half + 1);
    for k in 0..=half {
        let theta = std::f64::consts::PI * k as f64 / half as f64;
        let (sin, cos) = theta.sin_cos();
        // cos S + sin K/i on (re, im): K/i = -iK is Hermitian.
        let apply = |x: &[f64], y: &mut [f64]| {
            let (re, im) = x.split_at(n);
            let (s_re, s_im) = (symmetric.mul_vec(re), symmetric.mul_vec(im));
            let (k_re, k_im) = (skew.mul_vec(re), skew.mul_vec(im));
            for i in 0..n {
                y[i] = cos * s_re[i] + sin * k_im[i];
                y[n + i] = cos * s_im[i] - sin * k_re[i];
            }
        };
        for (i, x) in v.iter_mut().enumerate() {
            *x += 0.1 * irregular(i);
        }
        for _ in 0..4 {
            let ritz = top_eigenvalue(apply, &mut v, 0.0, 1e-7 * size, 60);
            if ritz.residual <= 1e-7 * size {
                break;
            }
        }
        let (re, im) = v.split_at(n);
        let form = |m: &Matrix, x: &[f64], y: &[f64]| -> f64 {
            m.mul_vec(y).iter().zip(x).map(|(a, b)| a * b).sum()
        };
        // x^H S x is real, x^H K x imaginary.
        let real = form(&symmetric, re, re) + form(&symmetric, im, im);
        let imaginary = 2.0 * form(&skew, re, im);
        upper.push(Complex::new(real, imaginary));
    }
    let lower = upper.iter().rev().map(|z| z.conj()).collect::<Vec<_>>();
    let mut all = upper;
    all.extend(lower);
    all.push(all[0]);
    Ok(all)
}

fn irregular(i: usize) -> f64 {
    ((i as f64 + 1.0) * 12.9898).sin()
}
