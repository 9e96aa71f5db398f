//! Rows solved against a shifted triangle: what a frequency costs in Schur coordinates.

use neurate_numerics::linalg::{CMatrix, Complex};

/// Replaces every row z of `rows` by the solution of `x (s - T) = z`, T upper triangular.
pub(super) fn solve_rows(rows: &mut CMatrix, s: Complex, triangle: &CMatrix) {
    let n = triangle.rows();
    for r in 0..rows.rows() {
        let row = rows.row_mut(r);
        for i in 0..n {
            let t = triangle.row(i);
            let x = row[i] / (s - t[i]);
            row[i] = x;
            for (y, t) in row[i + 1..].iter_mut().zip(&t[i + 1..]) {
                *y += x * t;
            }
        }
    }
}
