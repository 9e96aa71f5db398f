//! Sylvester and Lyapunov equations with quasi-triangular matrices: the back substitution of Bartels
//! & Stewart (Comm. ACM 15, 820, 1972).
//!
//! Equations are halved until they are small, and all else is matrix products (Jonsson & Kågström,
//! ACM Trans. Math. Softw. 28, 392, 2002): so nearly all of the work runs at the speed of a product.

use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, MatMut, MatRef, Par};

/// Equations of at most this many rows and columns are solved block by block.
const SMALL: usize = 24;

/// `c += sign a b`.
fn add_product(c: MatMut<'_, f64>, sign: f64, a: MatRef<'_, f64>, b: MatRef<'_, f64>) {
    faer::linalg::matmul::matmul(c, Accum::Add, a, b, sign, Par::Seq);
}

/// Near the middle, but not through a 2 x 2 block.
fn middle(t: MatRef<'_, f64>) -> usize {
    let k = t.nrows() / 2;
    if t[(k, k - 1)] == 0.0 { k } else { k + 1 }
}

/// Replaces the symmetric `c` by the symmetric solution X of `T X + X T^T = c`, for an upper
/// quasi-triangular T.
pub(super) fn lyapunov_in_place(t: MatRef<'_, f64>, mut c: MatMut<'_, f64>) {
    let n = t.nrows();
    if n <= SMALL {
        sylvester_small(t, t, c.rb_mut());
        // The two halves are the same numbers but for rounding.
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (c[(i, j)] + c[(j, i)]);
                c[(i, j)] = mean;
                c[(j, i)] = mean;
            }
        }
        return;
    }
    let k = middle(t);
    let (t11, t12, _, t22) = t.split_at(k, k);
    let (mut c11, mut c12, mut c21, mut c22) = c.split_at_mut(k, k);
    lyapunov_in_place(t22, c22.rb_mut());
    add_product(c12.rb_mut(), -1.0, t12, c22.rb());
    sylvester_in_place(t11, t22, c12.rb_mut());
    c21.copy_from(c12.rb().transpose());
    add_product(c11.rb_mut(), -1.0, t12, c21.rb());
    add_product(c11.rb_mut(), -1.0, c12.rb(), t12.transpose());
    lyapunov_in_place(t11, c11);
}

/// Replaces `c` by the solution X of `A X + X B^T = c`, for upper quasi-triangular A and B.
fn sylvester_in_place(a: MatRef<'_, f64>, b: MatRef<'_, f64>, mut c: MatMut<'_, f64>) {
    let (m, n) = (a.nrows(), b.nrows());
    if m.max(n) <= SMALL {
        sylvester_small(a, b, c);
    } else if m >= n {
        let k = middle(a);
        let (a11, a12, _, a22) = a.split_at(k, k);
        let (mut upper, mut lower) = c.split_at_row_mut(k);
        sylvester_in_place(a22, b, lower.rb_mut());
        add_product(upper.rb_mut(), -1.0, a12, lower.rb());
        sylvester_in_place(a11, b, upper);
    } else {
        let k = middle(b);
        let (b11, b12, _, b22) = b.split_at(k, k);
        let (mut left, mut right) = c.rb_mut().split_at_col_mut(k);
        sylvester_in_place(a, b22, right.rb_mut());
        add_product(left.rb_mut(), -1.0, right.rb(), b12.transpose());
        sylvester_in_place(a, b11, left);
    }
}

/// The first row of the diagonal block whose last row is `end - 1`.
fn block_start(t: MatRef<'_, f64>, end: usize) -> usize {
    if end >= 2 && t[(end - 1, end - 2)] != 0.0 { end - 2 } else { end - 1 }
}

/// As [`sylvester_in_place`], one pair of diagonal blocks after the other, from the last.
fn sylvester_small(a: MatRef<'_, f64>, b: MatRef<'_, f64>, mut c: MatMut<'_, f64>) {
    let (m, n) = (a.nrows(), b.nrows());
    let mut right = n;
    while right > 0 {
        let left = block_start(b, right);
        let mut bottom = m;
        while bottom > 0 {
            let top = block_start(a, bottom);
            solve_pair(a, b, c.rb_mut(), top..bottom, left..right);
            for k in top..bottom {
                for j in left..right {
                    let x = c[(k, j)];
                    for i in 0..top {
                        c[(i, j)] -= a[(i, k)] * x;
                    }
                }
            }
            bottom = top;
        }
        for k in left..right {
            for i in 0..m {
                let x = c[(i, k)];
                for j in 0..left {
                    c[(i, j)] -= x * b[(j, k)];
                }
            }
        }
        right = left;
    }
}

/// The equation of one pair of diagonal blocks: one, two or four unknowns.
fn solve_pair(
    a: MatRef<'_, f64>,
    b: MatRef<'_, f64>,
    mut c: MatMut<'_, f64>,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) {
    let (i0, j0, p, q) = (rows.start, columns.start, rows.len(), columns.len());
    if p * q == 1 {
        c[(i0, j0)] /= a[(i0, i0)] + b[(j0, j0)];
        return;
    }
    let size = p * q;
    let mut matrix = [[0.0; 4]; 4];
    let mut x = [0.0; 4];
    for i in 0..p {
        for j in 0..q {
            let at = i * q + j;
            for k in 0..p {
                matrix[at][k * q + j] += a[(i0 + i, i0 + k)];
            }
            for k in 0..q {
                matrix[at][i * q + k] += b[(j0 + j, j0 + k)];
            }
            x[at] = c[(i0 + i, j0 + j)];
        }
    }
    eliminate(&mut matrix, &mut x, size);
    for i in 0..p {
        for j in 0..q {
            c[(i0 + i, j0 + j)] = x[i * q + j];
        }
    }
}

/// Gauss with partial pivoting; `x` is the right-hand side, then the solution.
fn eliminate(m: &mut [[f64; 4]; 4], x: &mut [f64; 4], n: usize) {
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| m[i][k].abs().total_cmp(&m[j][k].abs())).unwrap_or(k);
        m.swap(k, pivot);
        x.swap(k, pivot);
        for i in k + 1..n {
            let factor = m[i][k] / m[k][k];
            for j in k + 1..n {
                m[i][j] -= factor * m[k][j];
            }
            x[i] -= factor * x[k];
        }
    }
    for k in (0..n).rev() {
        for j in k + 1..n {
            x[k] -= m[k][j] * x[j];
        }
        x[k] /= m[k][k];
    }
}
