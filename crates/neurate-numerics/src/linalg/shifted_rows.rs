//! Rows solved against a shifted triangle: what a frequency costs in Schur coordinates.

use super::matrix::{CMatrix, Complex};
use super::window::vectorized;

/// Replaces every row z of `rows` by the solution of `x (s - T) = z`, T upper triangular. Not finite where s is on the
/// diagonal of T.
pub fn solve_shifted_rows(rows: &mut CMatrix, s: Complex, triangle: &CMatrix) {
    assert!(triangle.is_square() && rows.cols() == triangle.rows(), "rows as long as the triangle");
    vectorized(SolveRows { rows, s, triangle });
}

struct SolveRows<'a> {
    rows: &'a mut CMatrix,
    s: Complex,
    triangle: &'a CMatrix,
}

impl pulp::NullaryFnOnce for SolveRows<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let SolveRows { rows, s, triangle } = self;
        // A row of T serves all rows: it is read from memory once.
        for i in 0..triangle.rows() {
            let t = &triangle.row(i)[i..];
            let pivot = s - t[0];
            for r in 0..rows.rows() {
                let row = &mut rows.row_mut(r)[i..];
                let x = row[0] / pivot;
                row[0] = x;
                for (y, t) in row[1..].iter_mut().zip(&t[1..]) {
                    y.re += x.re * t.re - x.im * t.im;
                    y.im += x.re * t.im + x.im * t.re;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::matmul_complex;

    #[test]
    fn the_solution_gives_the_rows_back() {
        let entry = |k: usize| Complex::new((1.3 * k as f64).sin(), (0.7 * k as f64).cos());
        for n in [0usize, 1, 2, 7, 70] {
            let s = Complex::new(0.3, 2.0 + n as f64);
            let t = CMatrix::from_fn(n, n, |i, j| if j >= i { entry(i * n + j) } else { Complex::default() });
            let z = CMatrix::from_fn(3, n, |i, j| entry(5 * i + j + 2));
            let mut x = z.clone();
            solve_shifted_rows(&mut x, s, &t);
            let shifted = CMatrix::from_fn(n, n, |i, j| if i == j { s - t[(i, j)] } else { -t[(i, j)] });
            let back = matmul_complex(&x, &shifted);
            // The errors of a substitution go with the entries of the solution.
            let size = 1.0 + x.data().iter().fold(0.0, |m: f64, z| m.max(z.norm()));
            for (a, b) in back.data().iter().zip(z.data()) {
                assert!((a - b).norm() <= 1e-14 * (n * n + 1) as f64 * size, "{n}: {a} {b}");
            }
        }
    }
}
