//! Eigenvalues and eigenvectors of real matrices, from the Schur form.

use super::dense::{condition, largest, matmul_complex, phase_of};
use super::matrix::{CMatrix, Complex, Mat, Matrix};
use super::schur::{RealSchur, schur_real};
use crate::error::Result;

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
    /// Condition number of `right` in the 2-norm; infinity when it is singular.
    pub condition: f64,
    /// Condition number of each eigenvalue, `||l_i|| ||e_i||`; infinity when there is no `left`.
    pub eigenvalue_condition: Vec<f64>,
}

/// The eigenvalues of `w` (n x n): descending real part; among equal real parts (to rounding,
/// `n epsilon ||W||_F`) descending imaginary part, with each conjugate next to its partner: a
/// pair counts by its positive imaginary part, and its two members stand together, that one first.
pub fn eigenvalues(w: &Matrix) -> Result<Vec<Complex>> {
    let schur = schur_real(w)?;
    let values = schur.eigenvalues();
    Ok(order(&schur).into_iter().map(|i| values[i]).collect())
}

/// The order of the eigenvalues of a Schur form: indices along the diagonal.
fn order(schur: &RealSchur) -> Vec<usize> {
    let values = schur.eigenvalues();
    let mut blocks = schur.blocks();
    let n = values.len();
    let tolerance = n as f64 * f64::EPSILON * schur.t.frobenius();
    blocks.sort_by(|a, b| values[b.0].re.total_cmp(&values[a.0].re));
    let mut from = 0;
    while from < blocks.len() {
        // One run of equal real parts: neighbours no further apart than the tolerance.
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
        order(self)
    }
}

/// Eigenvalues with right and left eigenvectors of `w` (n x n).
///
/// By back substitution in the complex Schur form. A defective matrix gives (nearly) parallel
/// columns, an infinite or huge `condition` and no `left`: use the Schur form there.
pub fn eigen(w: &Matrix) -> Result<Eigen> {
    let real = schur_real(w)?;
    let n = real.t.rows();
    let order = order(&real);
    let schur = real.to_complex();
    let values = schur.eigenvalues();
    let x = triangular_vectors(&schur.t);
    let mut basis = matmul_complex(&schur.u, &x);
    // Phases; the vectors of real eigenvalues are real, those of a pair conjugate.
    for j in 0..n {
        let phase = phase_of(n, |i| basis[(i, j)]);
        for i in 0..n {
            basis[(i, j)] *= phase;
            if values[j].im == 0.0 {
                basis[(i, j)].im = 0.0;
            }
        }
        let norm = (0..n).map(|i| basis[(i, j)].norm_sqr()).sum::<f64>().sqrt();
        let k = largest(n, |i| basis[(i, j)].norm());
        for i in 0..n {
            basis[(i, j)] /= norm;
        }
        basis[(k, j)].im = 0.0;
    }
    for j in 0..n {
        if values[j].im > 0.0 {
            for i in 0..n {
                basis[(i, j + 1)] = basis[(i, j)].conj();
            }
        }
    }
    let right = Mat::from_fn(n, n, |i, j| basis[(i, order[j])]);
    let condition = condition(&right)?;
    let left = if condition < 1.0 / f64::EPSILON { invert(&right) } else { None };
    let eigenvalue_condition = match &left {
        Some(l) => (0..n).map(|i| l.row(i).iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt()).collect(),
        None => vec![f64::INFINITY; n],
    };
    Ok(Eigen {
        values: order.iter().map(|&i| values[i]).collect(),
        right,
        left,
        condition: if condition.is_finite() { condition } else { f64::INFINITY },
        eigenvalue_condition,
    })
}

/// The unit-norm eigenvectors of an upper triangular matrix, as columns of an upper triangular
/// matrix. Differences of eigenvalues below rounding are replaced by rounding (`ztrevc`).
fn triangular_vectors(t: &CMatrix) -> CMatrix {
    let n = t.rows();
    let zero = Complex::new(0.0, 0.0);
    let mut vectors = Mat::from_vec(n, n, vec![zero; n * n]);
    let size = t.data().iter().fold(0.0f64, |m, z| m.max(z.norm()));
    // Complex division squares the divisor: it must not underflow (a zero matrix has eigenvectors too).
    let floor = (f64::EPSILON * size).max(1e-150);
    let mut x = vec![zero; n];
    for k in 0..n {
        let lambda = t[(k, k)];
        x[..k].fill(zero);
        x[k] = Complex::new(1.0, 0.0);
        for i in (0..k).rev() {
            let row = &t.row(i)[i + 1..=k];
            let (mut re, mut im) = (0.0, 0.0);
            for (a, b) in row.iter().zip(&x[i + 1..=k]) {
                re += a.re * b.re - a.im * b.im;
                im += a.re * b.im + a.im * b.re;
            }
            let mut d = lambda - t[(i, i)];
            if d.norm() < floor {
                d = Complex::new(floor, 0.0);
            }
            x[i] = Complex::new(re, im) / d;
            let large = x[i].norm();
            if large > 1e100 {
                for z in &mut x[i..=k] {
                    *z /= large;
                }
            }
        }
        let norm = x[..=k].iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        for i in 0..=k {
            vectors[(i, k)] = x[i] / norm;
        }
    }
    vectors
}

/// The inverse, or None if it is not finite.
fn invert(a: &CMatrix) -> Option<CMatrix> {
    let inverse = super::dense::solve_complex(a, &CMatrix::identity(a.rows()));
    inverse.data().iter().all(|z| z.is_finite()).then_some(inverse)
}
