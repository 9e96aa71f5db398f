//! LU of complex matrices: determinants and solutions at one frequency.

use super::dense::{permutation_sign, require_finite_complex, require_square, view, view_mut};
use super::matrix::{CMatrix, Complex};
use crate::error::Result;
use faer::linalg::solvers::{PartialPivLu, Solve};

/// The factorization `P A = L U` of a complex square matrix, with partial pivoting (by faer).
#[derive(Clone, Debug)]
pub struct ComplexLu {
    /// None for n = 0.
    factors: Option<PartialPivLu<Complex>>,
    determinant: Complex,
    singular: bool,
}

impl ComplexLu {
    /// Factorizes `a` (n x n). An entry that is not finite, or a matrix that is not square, is an
    /// error; a singular matrix is not.
    pub fn new(a: &CMatrix) -> Result<ComplexLu> {
        require_square(a, "LU factorization")?;
        require_finite_complex(a, "LU factorization")?;
        let n = a.rows();
        if n == 0 {
            return Ok(ComplexLu { factors: None, determinant: Complex::new(1.0, 0.0), singular: false });
        }
        let factors = PartialPivLu::new(view(a));
        let u = factors.U();
        let mut determinant: Complex = (0..n).map(|i| u[(i, i)]).product();
        // After an exactly zero pivot faer's later pivots are not numbers.
        let singular = (0..n).any(|i| u[(i, i)] == Complex::new(0.0, 0.0) || !u[(i, i)].is_finite());
        if singular {
            determinant = Complex::new(0.0, 0.0);
        }
        determinant *= permutation_sign(factors.P().arrays().0);
        Ok(ComplexLu { factors: Some(factors), determinant, singular })
    }

    /// The determinant; for small matrices, as it may overflow or underflow.
    #[must_use]
    pub fn det(&self) -> Complex {
        self.determinant
    }

    /// The solution of `A X = B` (n x k), or None if the matrix is singular.
    #[must_use]
    pub fn solve_matrix(&self, b: &CMatrix) -> Option<CMatrix> {
        if self.singular {
            return None;
        }
        let mut x = b.clone();
        if let Some(f) = &self.factors {
            f.solve_in_place(view_mut(&mut x));
        }
        Some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn determinant_and_solution() {
        let z = Complex::new;
        let a = CMatrix::from_rows(&[[z(0.0, 1.0), z(2.0, 0.0)], [z(3.0, -1.0), z(1.0, 1.0)]]);
        let lu = ComplexLu::new(&a).unwrap();
        // i (1 + i) - 2 (3 - i) = -7 + 3i
        assert!((lu.det() - z(-7.0, 3.0)).norm() < 1e-14);
        let x = lu.solve_matrix(&CMatrix::identity(2)).unwrap();
        let back = crate::linalg::matmul_complex(&a, &x);
        assert!((back[(0, 0)] - 1.0).norm() < 1e-15 && back[(0, 1)].norm() < 1e-15);
        let singular = CMatrix::from_rows(&[[z(1.0, 1.0), z(2.0, 2.0)], [z(1.0, 1.0), z(2.0, 2.0)]]);
        let lu = ComplexLu::new(&singular).unwrap();
        assert!(lu.det() == z(0.0, 0.0) && lu.solve_matrix(&a).is_none());
    }
}
