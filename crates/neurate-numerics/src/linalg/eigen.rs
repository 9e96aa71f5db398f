//! Eigenvalues and eigenvectors of real matrices, from the Schur form.

use super::dense::{largest, singular_values, view, view_mut};
use super::gram::gram_times;
use super::lanczos::top_eigenvalue;
use super::matrix::{CMatrix, Complex, Mat, Matrix};
use super::powers::{exponent_of, ldexp};
use super::schur::{RealSchur, blocks, diagonal_values, probe, quasi_triangular, schur_real};
use super::triangular_vectors::triangular_vectors;
use crate::error::Result;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::solve_upper_triangular_in_place;
use faer::{Accum, Par};

/// Eigenvalues, right and left eigenvectors (THEORY S5).
#[derive(Clone, Debug)]
pub struct Eigen {
    /// The eigenvalues, in the order of [`eigenvalues`].
    pub values: Vec<Complex>,
    /// Right eigenvectors as columns: unit norm, the component of largest modulus real positive.
    pub right: CMatrix,
    /// Left eigenvectors as **rows**, `l_i . e_j = delta_ij` without conjugation: the inverse of
    /// `right`. None when the basis is numerically singular (condition above 1 / epsilon).
    pub left: Option<CMatrix>,
    /// Condition number of `right` in the 2-norm, above 100 units to 1e-4 or better; infinity when it is singular.
    pub condition: f64,
    /// Condition number of each eigenvalue, `||l_i|| ||e_i||`; infinity when there is no `left`.
    pub eigenvalue_condition: Vec<f64>,
}

/// The eigenvalues of `w` (n x n): descending real part; among equal real parts (to rounding,
/// `n epsilon ||W||_F`) descending imaginary part, with each conjugate next to its partner: a
/// pair counts by its positive imaginary part, and its two members stand together, that one first.
///
/// Checked by the sums of the eigenvalues and of their squares, the traces of `w` and of its square.
pub fn eigenvalues(w: &Matrix) -> Result<Vec<Complex>> {
    let t = quasi_triangular(w)?;
    let values = diagonal_values(&t);
    Ok(order(&t, w).into_iter().map(|i| values[i]).collect())
}

/// The order of the eigenvalues of the (quasi-)triangular `t`, which has the norm of `w`: indices along the
/// diagonal.
fn order(t: &Matrix, w: &Matrix) -> Vec<usize> {
    let values = diagonal_values(t);
    let mut blocks = blocks(t);
    let n = values.len();
    // Scaled: the squares in the norm must not overflow.
    let e = exponent_of(w.max_abs());
    let tolerance = n as f64 * f64::EPSILON * ldexp(w.map(|x| ldexp(x, -e)).frobenius(), e);
    blocks.sort_by(|a, b| values[b.0].re.total_cmp(&values[a.0].re));
    let mut from = 0;
    while from < blocks.len() {
        // One run of equal real parts: neighbors no further apart than the tolerance.
        let mut to = from + 1;
        while to < blocks.len() && values[blocks[to - 1].0].re - values[blocks[to].0].re <= tolerance {
            to += 1;
        }
        blocks[from..to].sort_by(|a, b| values[b.0].im.total_cmp(&values[a.0].im));
        from = to;
    }
    blocks.into_iter().flat_map(|(start, size)| start..start + size).collect()
}

impl RealSchur {
    /// Positions along the diagonal, the rightmost eigenvalue first: the order of [`eigenvalues`].
    #[must_use]
    pub fn rightmost_first(&self) -> Vec<usize> {
        order(&self.t, &self.t)
    }

    /// The right eigenvectors of `T`, of norm one, as columns of an upper triangular matrix, in the order of the
    /// diagonal: of a pair real part and imaginary part, of the eigenvalue with positive imaginary part. `Q` times
    /// them are the eigenvectors of the matrix: scalar products among them, and with `Q^T` times a pattern, are
    /// those of the eigenvectors themselves.
    #[must_use]
    pub fn triangular_vectors(&self) -> Matrix {
        let e = exponent_of(self.t.max_abs());
        triangular_vectors(&self.t.map(|x| ldexp(x, -e)))
    }

    /// Eigenvalues with right and left eigenvectors, as [`eigen`] of the matrix itself.
    ///
    /// # Errors
    /// Singular values of an ill-conditioned basis did not converge.
    pub fn eigen(&self) -> Result<Eigen> {
        eigen_of(self)
    }
}

/// Eigenvalues with right and left eigenvectors of `w` (n x n).
///
/// By back substitution in the real Schur form, in real numbers throughout: a pair of conjugate vectors is the
/// real and the imaginary part of one. A defective matrix gives (nearly) parallel columns, an infinite or huge
/// `condition` and no `left`: use the Schur form there.
pub fn eigen(w: &Matrix) -> Result<Eigen> {
    schur_real(w)?.eigen()
}

fn eigen_of(schur: &RealSchur) -> Result<Eigen> {
    let order = schur.rightmost_first();
    let values = schur.eigenvalues();
    let x = schur.triangular_vectors();
    let mut parts = times_triangular(&schur.q, &x);
    let turns = normalize(&mut parts, &values);
    let inverse = inverse_parts(&x, &schur.q, &turns, &values).filter(|l| inverts(l, &parts));
    let condition = basis_condition(&parts, inverse.as_ref(), &values)?;
    let left = inverse.filter(|_| condition < 1.0 / f64::EPSILON);
    let n = values.len();
    // Vector j is in columns (rows) j and j + 1, or conjugate to that in j - 1 and j.
    let entry = |re: f64, im: f64, j: usize| Complex::new(re, if values[j].im < 0.0 { -im } else { im });
    let first = |j: usize| if values[j].im < 0.0 { j - 1 } else { j };
    let imaginary = |j: usize| if values[j].im == 0.0 { None } else { Some(first(j) + 1) };
    let right = Mat::from_fn(n, n, |i, k| {
        let j = order[k];
        entry(parts[(i, first(j))], imaginary(j).map_or(0.0, |j| parts[(i, j)]), j)
    });
    let left = left.map(|l| {
        Mat::from_fn(n, n, |k, i| {
            let j = order[k];
            match imaginary(j) {
                None => Complex::new(l[(j, i)], 0.0),
                // The inverse of (re, im) -> (re + i im, re - i im).
                Some(other) => entry(0.5 * l[(first(j), i)], -0.5 * l[(other, i)], j),
            }
        })
    });
    let eigenvalue_condition = match &left {
        Some(l) => (0..n).map(|i| l.row(i).iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt()).collect(),
        None => vec![f64::INFINITY; n],
    };
    Ok(Eigen {
        values: order.iter().map(|&i| values[i]).collect(),
        right,
        left,
        condition,
        eigenvalue_condition,
    })
}

/// `q x` for an upper triangular x.
fn times_triangular(q: &Matrix, x: &Matrix) -> Matrix {
    let mut out = Matrix::zeros(q.rows(), x.cols());
    triangular::matmul(
        view_mut(&mut out),
        BlockStructure::Rectangular,
        Accum::Replace,
        view(q),
        BlockStructure::Rectangular,
        view(x),
        BlockStructure::TriangularUpper,
        1.0,
        Par::Seq,
    );
    out
}

/// Norm one, and the component of largest modulus real and positive; returns what each vector was multiplied
/// with (for a pair, at its first).
fn normalize(parts: &mut Matrix, values: &[Complex]) -> Vec<Complex> {
    let n = values.len();
    let columns = parts.transpose();
    let mut turned = columns.clone();
    let mut turns = vec![Complex::new(1.0, 0.0); n];
    for j in (0..n).filter(|&j| values[j].im >= 0.0) {
        let pair = values[j].im > 0.0;
        let v: Vec<Complex> = (0..n)
            .map(|i| Complex::new(columns[(j, i)], if pair { columns[(j + 1, i)] } else { 0.0 }))
            .collect();
        // The norm is about one: no square is too large.
        let moduli: Vec<f64> = v.iter().map(|z| z.norm_sqr().sqrt()).collect();
        let norm = moduli.iter().map(|r| r * r).sum::<f64>().sqrt();
        let k = largest(n, |i| moduli[i]);
        let turn = v[k].conj() / (moduli[k] * norm);
        for (i, z) in v.iter().enumerate() {
            let z = z * turn;
            turned[(j, i)] = z.re;
            if pair {
                turned[(j + 1, i)] = if i == k { 0.0 } else { z.im };
            }
        }
        turns[j] = turn;
    }
    *parts = turned.transpose();
    turns
}

/// The inverse of the basis in real and imaginary parts, whose triangular factor is `x`; None if it is not finite.
fn inverse_parts(x: &Matrix, q: &Matrix, turns: &[Complex], values: &[Complex]) -> Option<Matrix> {
    let mut inverse = q.transpose();
    solve_upper_triangular_in_place(view(x), view_mut(&mut inverse), Par::Seq);
    for j in (0..values.len()).filter(|&j| values[j].im >= 0.0) {
        let turn = turns[j];
        if values[j].im == 0.0 {
            inverse.row_mut(j).iter_mut().for_each(|x| *x /= turn.re);
            continue;
        }
        // l = (p - i q) / 2 is divided by the turn of its vector.
        for i in 0..inverse.cols() {
            let l = Complex::new(inverse[(j, i)], -inverse[(j + 1, i)]) / turn;
            inverse[(j, i)] = l.re;
            inverse[(j + 1, i)] = -l.im;
        }
    }
    inverse.is_finite().then_some(inverse)
}

/// Whether `l` undoes `parts` in at least one digit: of a singular basis no inverse does.
fn inverts(l: &Matrix, parts: &Matrix) -> bool {
    let x = probe(parts.cols(), 0xd1b5_4a32_d192_ed03);
    let back = l.mul_vec(&parts.mul_vec(&x));
    back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 0.1)
}

/// The condition of the complex basis in the 2-norm. Up to a unitary factor a pair of conjugate vectors is
/// sqrt(2) times its real and imaginary part, so real numbers do.
fn basis_condition(parts: &Matrix, inverse: Option<&Matrix>, values: &[Complex]) -> Result<f64> {
    let weight = |j: usize| if values[j].im == 0.0 { 1.0 } else { std::f64::consts::SQRT_2 };
    let n = values.len();
    if n == 0 {
        return Ok(1.0);
    }
    let basis = Mat::from_fn(n, n, |i, j| parts[(i, j)] * weight(j));
    if let Some(inverse) = inverse {
        let inverse = Mat::from_fn(n, n, |i, j| inverse[(i, j)] / weight(i));
        if let (Some(a), Some(b)) = (largest_singular(&basis), largest_singular(&inverse)) {
            return Ok(a * b);
        }
    }
    let s = singular_values(&basis)?;
    Ok(if s[n - 1] > 0.0 { s[0] / s[n - 1] } else { f64::INFINITY })
}

/// By Lanczos' method; None if it would take long, or the squares overflow.
fn largest_singular(a: &Matrix) -> Option<f64> {
    let n = a.cols();
    // Not entries +-1: in two dimensions that is an eigenvector, of the smaller value maybe.
    let mut start: Vec<f64> = probe(n, 0x9e37_79b9_7f4a_7c15)
        .iter()
        .enumerate()
        .map(|(i, x)| x * (1.0 + (0.618 * i as f64).fract()))
        .collect();
    let apply = |x: &[f64], y: &mut [f64]| gram_times(a, false, 1.0, x, y);
    // The error is the residual squared over the gap to the next: 1e-6 at a gap of a hundredth, never above 1e-4.
    // No more is asked of a condition number, and the decomposition would cost as much as all the rest.
    let steps = 100;
    let tolerance = if n <= steps { 1e-10 } else { 1e-4 };
    let top = top_eigenvalue(apply, &mut start, tolerance, 0.0, n.min(steps));
    (top.residual <= tolerance * top.value || (n <= steps && top.value.is_finite())).then(|| top.value.sqrt())
}
