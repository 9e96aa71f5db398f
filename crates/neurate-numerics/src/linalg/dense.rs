//! What faer does for us: products, LU, singular values, symmetric eigenvectors.

use super::matrix::{CMatrix, Complex, Mat, Matrix};
use super::powers::{exponent_of, ldexp};
use crate::error::{Error, Result};
use faer::linalg::solvers::{PartialPivLu, Solve};
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par, Side};

/// faer's view of one of our matrices.
pub(super) fn view<T: ComplexField + Copy>(a: &Mat<T>) -> MatRef<'_, T> {
    MatRef::from_row_major_slice(a.data(), a.rows(), a.cols())
}

/// faer's mutable view of one of our matrices.
pub(super) fn view_mut<T: ComplexField + Copy>(a: &mut Mat<T>) -> MatMut<'_, T> {
    let (rows, cols) = (a.rows(), a.cols());
    MatMut::from_row_major_slice_mut(a.data_mut(), rows, cols)
}

/// One of faer's matrices as ours.
pub(super) fn from_faer<T: ComplexField + Copy>(a: MatRef<'_, T>) -> Mat<T> {
    Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)])
}

/// `a * b` for either kind of number.
pub(super) fn product<T: ComplexField + Copy>(a: &Mat<T>, b: &Mat<T>) -> Mat<T> {
    assert_eq!(a.cols(), b.rows(), "inner dimensions of a matrix product");
    let mut c = Mat::filled(a.rows(), b.cols(), T::zero_impl());
    faer::linalg::matmul::matmul(view_mut(&mut c), Accum::Replace, view(a), view(b), T::one_impl(), Par::Seq);
    c
}

/// Names the first entry that is not finite.
pub(super) fn require_finite(a: &Matrix, what: &str) -> Result<()> {
    require(a, what, |x| x.is_finite())
}

/// Names the first entry that is not finite.
pub(super) fn require_finite_complex(a: &CMatrix, what: &str) -> Result<()> {
    require(a, what, |x| x.is_finite())
}

fn require<T: Copy + std::fmt::Display>(a: &Mat<T>, what: &str, ok: impl Fn(T) -> bool) -> Result<()> {
    match a.data().iter().position(|&x| !ok(x)) {
        None => Ok(()),
        Some(p) => {
            let (i, j) = (p / a.cols(), p % a.cols());
            Err(Error::invalid(format!(
                "{what}: entry in row {i}, column {j} is {}, not a finite number",
                a.data()[p]
            )))
        }
    }
}

/// Refuses a matrix that is not square.
pub(super) fn require_square<T: Copy>(a: &Mat<T>, what: &str) -> Result<()> {
    if a.is_square() {
        Ok(())
    } else {
        Err(Error::invalid(format!("{what} needs a square matrix, got {} x {}", a.rows(), a.cols())))
    }
}

/// The product `a * b` (shapes m x k and k x n give m x n). Panics if the inner dimensions differ.
#[must_use]
pub fn matmul(a: &Matrix, b: &Matrix) -> Matrix {
    product(a, b)
}

/// The product `a * b` of complex matrices. Panics if the inner dimensions differ.
#[must_use]
pub fn matmul_complex(a: &CMatrix, b: &CMatrix) -> CMatrix {
    product(a, b)
}

/// `||W W^T - W^T W||_F`: zero if and only if the square matrix `w` is normal (THEORY S6).
#[must_use]
pub fn commutator_norm(w: &Matrix) -> f64 {
    assert!(w.is_square(), "the commutator needs a square matrix");
    let t = w.transpose();
    matmul(w, &t).sub(&matmul(&t, w)).frobenius()
}

/// The factorization `P A = L U` of a square matrix, with partial pivoting (by faer).
///
/// A singular matrix can be factorized; only solving with it fails.
#[derive(Clone, Debug)]
pub struct Lu {
    n: usize,
    /// None for n = 0.
    factors: Option<PartialPivLu<f64>>,
    norm1: f64,
    singular: bool,
}

impl Lu {
    /// Factorizes `a` (n x n). An entry that is not finite, or a matrix that is not square, is an
    /// error; a singular matrix is not.
    pub fn new(a: &Matrix) -> Result<Lu> {
        require_square(a, "LU factorization")?;
        require_finite(a, "LU factorization")?;
        let n = a.rows();
        if n == 0 {
            return Ok(Lu { n, factors: None, norm1: 0.0, singular: false });
        }
        let factors = PartialPivLu::new(view(a));
        // After an exactly zero pivot faer's later pivots are not numbers: the same verdict.
        let u = factors.U();
        let singular = (0..n).any(|i| u[(i, i)] == 0.0 || !u[(i, i)].is_finite());
        Ok(Lu { n, factors: Some(factors), norm1: a.norm1(), singular })
    }

    /// The solution of `A x = b` (length n), or None if a pivot is exactly zero.
    #[must_use]
    pub fn solve(&self, b: &[f64]) -> Option<Vec<f64>> {
        let x = self.solve_matrix(&Matrix::from_vec(b.len(), 1, b.to_vec()))?;
        Some(x.data().to_vec())
    }

    /// The solution of `A X = B` (n x k), or None if a pivot is exactly zero.
    #[must_use]
    pub fn solve_matrix(&self, b: &Matrix) -> Option<Matrix> {
        assert_eq!(b.rows(), self.n, "rows of the right-hand side");
        if self.singular {
            return None;
        }
        let mut x = b.clone();
        if let Some(f) = &self.factors {
            f.solve_in_place(view_mut(&mut x));
        }
        Some(x)
    }

    /// The determinant; it can overflow or underflow ([`Lu::sign_log_det`] cannot).
    #[must_use]
    pub fn det(&self) -> f64 {
        if self.singular {
            return 0.0;
        }
        // Mantissa and exponent apart: the product must not overflow halfway.
        let (mut mantissa, mut exponent) = (self.permutation_sign(), 0i64);
        for d in self.pivots() {
            let e = exponent_of(d);
            mantissa *= ldexp(d, -e);
            exponent += i64::from(e);
            let e = exponent_of(mantissa);
            mantissa = ldexp(mantissa, -e);
            exponent += i64::from(e);
        }
        let exponent = exponent.clamp(-3000, 3000);
        ldexp(mantissa, i32::try_from(exponent).unwrap_or(0))
    }

    /// Sign (1, -1, or 0 when singular) and natural logarithm of the modulus of the determinant
    /// (minus infinity when singular).
    #[must_use]
    pub fn sign_log_det(&self) -> (f64, f64) {
        if self.singular {
            return (0.0, f64::NEG_INFINITY);
        }
        let mut sign = self.permutation_sign();
        let mut log = 0.0;
        for d in self.pivots() {
            sign *= d.signum();
            log += d.abs().ln();
        }
        (sign, log)
    }

    /// An estimate of `1 / (||A||_1 ||A^-1||_1)`: 0 when singular, 1 for the 0 x 0 matrix.
    ///
    /// Hager's method as in Higham, *Accuracy and Stability of Numerical Algorithms* (2002),
    /// algorithm 15.1: never below the truth, rarely more than three times above it.
    #[must_use]
    pub fn reciprocal_condition(&self) -> f64 {
        let Some(f) = &self.factors else {
            return 1.0;
        };
        if self.singular {
            return 0.0;
        }
        let n = self.n;
        let norm = |v: &Matrix| v.data().iter().map(|x| x.abs()).sum::<f64>();
        let mut x = Matrix::from_vec(n, 1, vec![1.0 / n as f64; n]);
        let mut estimate = 0.0;
        for _ in 0..5 {
            let mut y = x.clone();
            f.solve_in_place(view_mut(&mut y));
            let grown = norm(&y);
            if grown.is_nan() || grown <= estimate {
                break;
            }
            estimate = grown;
            let mut z = y.map(f64::signum);
            f.solve_transpose_in_place(view_mut(&mut z));
            let (j, &zj) = z
                .data()
                .iter()
                .enumerate()
                .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
                .unwrap_or((0, &0.0));
            let dot: f64 = z.data().iter().zip(x.data()).map(|(a, b)| a * b).sum();
            if zj.abs() <= dot {
                break;
            }
            x = Matrix::zeros(n, 1);
            x[(j, 0)] = 1.0;
        }
        // Higham's safeguard against cancellation.
        let mut x = Matrix::from_fn(n, 1, |i, _| {
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            sign * (1.0 + i as f64 / (n.max(2) - 1) as f64)
        });
        f.solve_in_place(view_mut(&mut x));
        estimate = estimate.max(2.0 * norm(&x) / (3.0 * n as f64));
        let r = 1.0 / estimate / self.norm1;
        if r.is_finite() { r.min(1.0) } else { 0.0 }
    }

    fn pivots(&self) -> Vec<f64> {
        self.factors.as_ref().map_or_else(Vec::new, |f| (0..self.n).map(|i| f.U()[(i, i)]).collect())
    }

    fn permutation_sign(&self) -> f64 {
        self.factors.as_ref().map_or(1.0, |f| permutation_sign(f.P().arrays().0))
    }
}

/// 1 for an even permutation, -1 for an odd one.
pub(super) fn permutation_sign(p: &[usize]) -> f64 {
    let mut seen = vec![false; p.len()];
    let mut sign = 1.0;
    for start in 0..p.len() {
        let mut i = start;
        let mut length = 0;
        while !seen[i] {
            seen[i] = true;
            i = p[i];
            length += 1;
        }
        if length > 0 && length % 2 == 0 {
            sign = -sign;
        }
    }
    sign
}

fn no_svd(n: usize) -> Error {
    Error::not_converged(format!("singular values of a matrix of size {n} did not converge"))
}

/// The singular values of `a` (m x n), descending: `min(m, n)` of them.
///
/// The matrix is scaled by a power of two first: faer squares entries, and those near the ends of
/// the exponent range would leave it.
pub fn singular_values(a: &Matrix) -> Result<Vec<f64>> {
    require_finite(a, "singular values")?;
    let e = exponent_of(a.max_abs());
    let scaled = a.map(|x| ldexp(x, -e));
    let values = values_of(&scaled).or_else(|_| values_of(&mirrored(&scaled).0))?;
    Ok(values.into_iter().map(|s| ldexp(s, e)).collect())
}

/// `a H` and `H`, a reflection without preferred directions. faer's iteration does not converge on a
/// rare matrix (a 5 x 5 one, in a test of random ones); this one has the same singular values, and other
/// rounding.
fn mirrored(a: &Matrix) -> (Matrix, Matrix) {
    let n = a.cols();
    let v: Vec<f64> = (0..n).map(|i| 1.0 + 0.37 * (1.7 * i as f64).sin()).collect();
    let square: f64 = v.iter().map(|x| x * x).sum();
    let h = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - 2.0 * v[i] * v[j] / square);
    (matmul(a, &h), h)
}

fn values_of<T>(a: &Mat<T>) -> Result<Vec<f64>>
where
    T: ComplexField<Real = f64> + Copy,
{
    if a.rows() == 0 || a.cols() == 0 {
        return Ok(Vec::new());
    }
    view(a).singular_values().map_err(|_| no_svd(a.rows()))
}

/// `A = U diag(s) V^T`, with `k = min(m, n)` singular values.
#[derive(Clone, Debug)]
pub struct Svd {
    /// Left singular vectors, the columns of an m x k matrix.
    pub u: Matrix,
    /// Singular values, descending.
    pub s: Vec<f64>,
    /// Right singular vectors, the columns of an n x k matrix.
    pub v: Matrix,
}

/// The (thin) singular value decomposition of `a` (m x n).
pub fn svd(a: &Matrix) -> Result<Svd> {
    require_finite(a, "singular value decomposition")?;
    if a.rows() == 0 || a.cols() == 0 {
        return Ok(Svd { u: Matrix::zeros(a.rows(), 0), s: Vec::new(), v: Matrix::zeros(a.cols(), 0) });
    }
    // As in `singular_values`: squares of entries near the ends of the exponent range leave it: bring them near 1, exactly.
    let e = exponent_of(a.max_abs());
    let scaled = a.map(|x| ldexp(x, -e));
    let of = |a: &Matrix| -> Result<Svd> {
        let f = view(a).thin_svd().map_err(|_| no_svd(a.rows()))?;
        let s = f.S().column_vector().iter().map(|&s| ldexp(s, e)).collect();
        Ok(Svd { u: from_faer(f.U()), s, v: from_faer(f.V()) })
    };
    of(&scaled).or_else(|_| {
        let (mirror, h) = mirrored(&scaled);
        let s = of(&mirror)?;
        Ok(Svd { v: matmul(&h, &s.v), ..s })
    })
}

/// The largest singular value of `a`; 0 for an empty matrix.
pub fn norm2(a: &Matrix) -> Result<f64> {
    Ok(singular_values(a)?.first().copied().unwrap_or(0.0))
}

/// The smallest singular value of a complex matrix: the distance to the nearest singular one. 0
/// for an empty matrix.
pub fn smallest_singular_value_complex(a: &CMatrix) -> Result<f64> {
    require_finite_complex(a, "smallest singular value")?;
    Ok(values_of(a)?.last().copied().unwrap_or(0.0))
}

/// The condition number in the 2-norm: infinity when singular, 1 for an empty matrix.
pub fn condition(a: &CMatrix) -> Result<f64> {
    require_finite_complex(a, "condition number")?;
    let s = values_of(a)?;
    Ok(match (s.first(), s.last()) {
        (Some(&large), Some(&small)) if large > 0.0 => large / small,
        (Some(_), Some(_)) => f64::INFINITY,
        _ => 1.0,
    })
}

/// `A = V diag(values) V^T` for a symmetric matrix.
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// Eigenvalues, descending.
    pub values: Vec<f64>,
    /// Orthonormal eigenvectors, as columns in the order of `values`; the component of largest
    /// modulus of each is positive.
    pub vectors: Matrix,
}

/// Eigenvalues and eigenvectors of a symmetric matrix (n x n).
///
/// An asymmetry above `1e-12` of the largest entry is an error; below, the lower triangle counts.
pub fn symmetric_eigen(a: &Matrix) -> Result<SymmetricEigen> {
    require_symmetric(a)?;
    let n = a.rows();
    if n == 0 {
        return Ok(SymmetricEigen { values: Vec::new(), vectors: Matrix::zeros(0, 0) });
    }
    let f = view(a).self_adjoint_eigen(Side::Lower).map_err(|_| no_symmetric(n))?;
    let values: Vec<f64> = f.S().column_vector().iter().copied().collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let mut vectors = Matrix::from_fn(n, n, |i, j| f.U()[(i, order[j])]);
    for j in 0..n {
        let k = largest(n, |i| vectors[(i, j)].abs());
        if vectors[(k, j)] < 0.0 {
            for i in 0..n {
                vectors[(i, j)] = -vectors[(i, j)];
            }
        }
    }
    Ok(SymmetricEigen { values: order.iter().map(|&i| values[i]).collect(), vectors })
}

/// The eigenvalues of a symmetric matrix, descending: a fraction of the work of [`symmetric_eigen`].
///
/// # Errors
/// As [`symmetric_eigen`].
pub fn symmetric_eigenvalues(a: &Matrix) -> Result<Vec<f64>> {
    require_symmetric(a)?;
    if a.rows() == 0 {
        return Ok(Vec::new());
    }
    let mut values = view(a).self_adjoint_eigenvalues(Side::Lower).map_err(|_| no_symmetric(a.rows()))?;
    values.sort_by(|x, y| y.total_cmp(x));
    Ok(values)
}

fn no_symmetric(n: usize) -> Error {
    Error::not_converged(format!("symmetric eigenproblem of size {n} did not converge"))
}

fn require_symmetric(a: &Matrix) -> Result<()> {
    require_square(a, "symmetric eigenproblem")?;
    require_finite(a, "symmetric eigenproblem")?;
    let allowed = 1e-12 * a.max_abs();
    for i in 0..a.rows() {
        for j in 0..i {
            if (a[(i, j)] - a[(j, i)]).abs() > allowed {
                return Err(Error::invalid(format!(
                    "symmetric eigenproblem: entries ({i}, {j}) and ({j}, {i}) differ: {} and {}",
                    a[(i, j)],
                    a[(j, i)]
                )));
            }
        }
    }
    Ok(())
}

/// The index of the largest of `f(0..n)`. Of values that agree to rounding the first counts, so
/// that signs and phases chosen by it do not depend on rounding.
pub(super) fn largest(n: usize, f: impl Fn(usize) -> f64) -> usize {
    let top = (0..n).map(&f).fold(0.0, f64::max);
    (0..n).find(|&i| f(i) >= top * (1.0 - 1e-10)).unwrap_or(0)
}

/// Makes the component of largest modulus of a complex vector real and positive; returns the
/// phase that was multiplied in.
pub(super) fn phase_of(n: usize, v: impl Fn(usize) -> Complex) -> Complex {
    let z = v(largest(n, |i| v(i).norm()));
    if z.norm() == 0.0 { Complex::new(1.0, 0.0) } else { z.conj() / z.norm() }
}

/// The solution of `A X = B` by LU; not finite where A is singular.
pub(super) fn solve_any<T: ComplexField + Copy>(a: &Mat<T>, b: &Mat<T>) -> Mat<T> {
    let mut x = b.clone();
    if a.rows() > 0 {
        PartialPivLu::new(view(a)).solve_in_place(view_mut(&mut x));
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_values_hold_over_the_exponent_range() {
        let a = Matrix::from_rows(&[[1.0, 2.0], [-3.0, 0.5]]);
        let plain = norm2(&a).unwrap();
        for exponent in [-600, -530, 520, 600] {
            let (there, back) = (2f64.powi(exponent), 2f64.powi(-exponent));
            assert_eq!(norm2(&a.scale(there)).unwrap() * back, plain, "2^{exponent}");
            assert!((svd(&a.scale(there)).unwrap().s[0] * back - plain).abs() < 1e-15 * plain);
        }
    }

    #[test]
    fn a_mirror_keeps_singular_values() {
        let a = Matrix::from_fn(4, 5, |i, j| ((3 * i + 7 * j) as f64).sin());
        let (b, h) = mirrored(&a);
        for (x, y) in singular_values(&a).unwrap().iter().zip(singular_values(&b).unwrap()) {
            assert!((x - y).abs() < 1e-14);
        }
        let back = matmul(&b, &h).sub(&a).max_abs();
        assert!(back < 1e-15, "{back:e}");
    }
}
