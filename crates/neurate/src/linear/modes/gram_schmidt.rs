//! From eigenvectors to Schur vectors by Gram and Schmidt: the blackboard's way, to look at.
//!
//! The stable way to a Schur form is the QR iteration and swaps ([`super::schur_modes`]). This one is
//! shown because it is how the modes are explained, and because where it fails teaches something: it
//! divides by what is left of an eigenvector, and at exact balance nothing is left.

use super::eigenmodes::MAX_CONDITION;
use super::order::{Order, nearest};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Complex, Mat, Matrix, matmul_complex, schur_real};

/// Schur vectors by Gram and Schmidt on ordered eigenvectors (THEORY S8, E8, E15).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GramSchmidt {
    /// The eigenvalues in the order asked for.
    pub lambda: Vec<Complex>,
    /// The eigenvectors in that order, as columns, of unit norm.
    pub eigenvectors: CMatrix,
    /// What is left of each eigenvector, a number from 0 to 1, when its parts along the earlier ones
    /// are taken away: the sine of its angle with their span. Rounding is divided by this.
    pub left_over: Vec<f64>,
    /// The vectors, as columns, by the formula `s_k = e_k - sum_j <s_j, e_k> s_j`, normalized. Where
    /// nothing is left they are rounding.
    pub vectors: CMatrix,
    /// `Q^H W Q`: with exact arithmetic triangular.
    pub t: CMatrix,
    /// Condition number of the eigenbasis; infinite if there is none.
    pub condition: f64,
    /// `||Q^H Q - 1||_F`: how much orthogonality is lost.
    pub orthogonality: f64,
    /// The largest entry of `Q^H W Q` below the diagonal, relative to `||W||_F`: zero of a Schur form.
    pub below: f64,
}

impl GramSchmidt {
    /// The first mode whose eigenvector lies in the span of the earlier ones, to half the digits
    /// (less than 1e-8 is left): the procedure fails there.
    pub fn fails_at(&self) -> Option<usize> {
        self.left_over.iter().position(|x| x.is_nan() || x * MAX_CONDITION <= 1.0)
    }

    /// The largest difference of moduli between its `Q^H W Q` and another Schur form's T in the same
    /// order, on and above the diagonal. Moduli, since phases are free.
    pub fn difference(&self, t: &CMatrix) -> f64 {
        let n = t.rows();
        let upper = (0..n).flat_map(|i| (i..n).map(move |j| (i, j)));
        upper.map(|ij| (self.t[ij].norm() - t[ij].norm()).abs()).fold(0.0, f64::max)
    }
}

/// Gram and Schmidt on the eigenvectors of `m` (n x n), in this order.
///
/// ```
/// use neurate::{linear::modes::gram_schmidt, prelude::*};
/// // The lecture's pair, wE = 3, wI = 4: from e_1 = (1, 1) and e_2 = (4, 3) to sum and difference.
/// let g = gram_schmidt(&Matrix::from_rows(&[[3.0, -4.0], [3.0, -4.0]]), &Order::SumFirst)?;
/// assert!((g.t[(0, 1)].norm() - 7.0).abs() < 1e-13 && g.fails_at().is_none());
/// // At exact balance both eigenvectors are (1, 1): nothing is left of the second.
/// let g = gram_schmidt(&Matrix::from_rows(&[[4.0, -4.0], [4.0, -4.0]]), &Order::SumFirst)?;
/// assert_eq!(g.fails_at(), Some(1));
/// # Ok::<(), neurate::Error>(())
/// ```
///
/// # Errors
/// As [`super::schur_modes`].
pub fn gram_schmidt(m: &Matrix, order: &Order) -> Result<GramSchmidt> {
    let n = m.rows();
    let schur = schur_real(m)?;
    let e = schur.eigen()?;
    let along = schur.eigenvalues();
    let wanted: Vec<Complex> = order.positions(&schur)?.into_iter().map(|i| along[i]).collect();
    let at = nearest(&wanted, &e.values);
    let eigenvectors = Mat::from_fn(n, n, |i, j| e.right[(i, at[j])]);
    let size = |v: &[Complex]| v.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    let mut columns: Vec<Vec<Complex>> = Vec::with_capacity(n);
    let mut left_over = Vec::with_capacity(n);
    for k in 0..n {
        let vector = eigenvectors.col(k);
        let mut v = vector.clone();
        for s in &columns {
            // The classical formula: coefficients of e_k itself, not of what is left of it.
            let share: Complex = s.iter().zip(&vector).map(|(s, e)| s.conj() * e).sum();
            v.iter_mut().zip(s).for_each(|(v, s)| *v -= share * s);
        }
        let left = size(&v);
        left_over.push(left);
        if left > 0.0 {
            v.iter_mut().for_each(|z| *z /= left);
        }
        columns.push(v);
    }
    let q = Mat::from_fn(n, n, |i, j| columns[j][i]);
    let t = matmul_complex(&matmul_complex(&q.adjoint(), &m.to_complex()), &q);
    let overlap = matmul_complex(&q.adjoint(), &q);
    let defect = Mat::from_fn(n, n, |i, j| overlap[(i, j)] - f64::from(u8::from(i == j)));
    let below = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|ij| t[ij].norm()).fold(0.0, f64::max);
    Ok(GramSchmidt {
        lambda: at.iter().map(|&k| e.values[k]).collect(),
        eigenvectors,
        left_over,
        vectors: q,
        below: if below > 0.0 { below / m.frobenius() } else { 0.0 },
        orthogonality: defect.frobenius(),
        t,
        condition: e.condition,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::modes::{SchurForm, schur_modes};

    #[test]
    fn it_is_the_schur_form_where_the_basis_is_good_and_loses_digits_where_it_is_not() {
        // wI - wE = d: the two eigenvectors are about d apart.
        for d in [1.0, 1e-2, 1e-4, 1e-6] {
            let m = Matrix::from_rows(&[[3.0, -3.0 - d], [3.0, -3.0 - d]]);
            let g = gram_schmidt(&m, &Order::SumFirst).unwrap();
            let s = schur_modes(&m, SchurForm::Complex, &Order::SumFirst).unwrap();
            assert_eq!(g.fails_at(), None);
            assert!((g.left_over[1] * g.condition - 2.0).abs() < 0.1, "the sine is two over the condition");
            // Rounding over the sine, and no better: that is the point.
            let lost = 1e-14 * g.condition;
            assert!(g.difference(&s.t) < lost && g.orthogonality < lost, "{d}: {g:?}");
            assert!((s.t[(0, 1)].norm() - 6.0 - d).abs() < 1e-13 && s.orthogonality < 1e-15);
        }
        let g = gram_schmidt(&Matrix::from_rows(&[[3.0, -3.0], [3.0, -3.0]]), &Order::SumFirst).unwrap();
        assert_eq!(g.fails_at(), Some(1));
        assert!(g.condition > 1e8);
    }

    #[test]
    fn complex_eigenvectors_give_the_complex_form() {
        let m = Matrix::from_rows(&[[0.2, -1.0, 0.7], [2.0, 0.1, -0.4], [0.3, 0.9, -0.6]]);
        for order in [Order::SumFirst, Order::RealPart, Order::List(vec![2, 0, 1])] {
            let g = gram_schmidt(&m, &order).unwrap();
            let s = schur_modes(&m, SchurForm::Complex, &order).unwrap();
            assert!(g.lambda.iter().zip(&s.lambda).all(|(a, b)| (a - b).norm() < 1e-13), "{order:?}");
            assert!(g.difference(&s.t) < 1e-13 && g.below < 1e-14 && g.orthogonality < 1e-13);
        }
    }
}
