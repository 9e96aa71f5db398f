//! Products and solutions with upper quasi-triangular matrices, halved recursively so that all but
//! the diagonal's neighborhood is matrix products: `n^3/3` operations for two triangles, a sixth of
//! what full matrices cost.

use super::dense::{view, view_mut};
use super::matrix::{Mat, Matrix};
use faer::linalg::solvers::{PartialPivLu, Solve};
use faer::prelude::{Reborrow, ReborrowMut};
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};

/// Parts of at most this size are multiplied in full.
const SMALL: usize = 64;

/// Whether all below the diagonal is zero but for 2 x 2 blocks on it.
pub(super) fn is_upper<T: ComplexField + Copy>(a: &Mat<T>) -> bool {
    let zero = |x: &T| *x == T::zero_impl();
    // Pieces without an early end inside: vector instructions compare them.
    let zeros = |row: &[T]| row.chunks(64).all(|piece| piece.iter().fold(true, |all, x| all & zero(x)));
    let n = a.rows();
    a.is_square()
        && (0..n).all(|i| zeros(&a.row(i)[..i.saturating_sub(1)]))
        && (2..n).all(|i| zero(&a[(i, i - 1)]) || zero(&a[(i - 1, i - 2)]))
}

/// `a b` for an upper quasi-triangular `a` (n x n, 2 x 2 blocks at most) and any `b` (n x k). If `b` is
/// upper quasi-triangular with blocks at the same places, so is the product, and costs a third. Panics
/// if the inner dimensions differ.
#[must_use]
pub fn matmul_upper(a: &Matrix, b: &Matrix) -> Matrix {
    debug_assert!(is_upper(a));
    product_upper(a, b, is_upper(b))
}

pub(super) fn product_upper<T: ComplexField + Copy>(a: &Mat<T>, b: &Mat<T>, both: bool) -> Mat<T> {
    assert_eq!(a.cols(), b.rows(), "inner dimensions of a matrix product");
    let mut c = Mat::filled(a.rows(), b.cols(), T::zero_impl());
    if both {
        two_triangles(view_mut(&mut c), view(a), view(b));
    } else {
        triangle_times(view_mut(&mut c), view(a), view(b));
    }
    c
}

/// The solution X of `a X = b`, both upper quasi-triangular with the same blocks; not finite where `a`
/// is singular.
pub(super) fn solve_upper<T: ComplexField + Copy>(a: &Mat<T>, b: &Mat<T>) -> Mat<T> {
    let mut x = b.clone();
    solve_triangle(view(a), view_mut(&mut x));
    x
}

/// `a b` for an upper quasi-triangular `b`: half of the work of a full one.
pub(super) fn times_upper<T: ComplexField + Copy>(a: &Mat<T>, b: &Mat<T>) -> Mat<T> {
    assert_eq!(a.cols(), b.rows(), "inner dimensions of a matrix product");
    let mut c = Mat::filled(a.rows(), b.cols(), T::zero_impl());
    times_triangle(view_mut(&mut c), view(a), view(b));
    c
}

/// The lower half of `E^T E` (the upper one is not filled): a third of the work if `e` is upper
/// quasi-triangular.
pub(super) fn gram_lower(e: &Matrix) -> Matrix {
    let mut c = Matrix::zeros(e.cols(), e.cols());
    if is_upper(e) {
        gram_of_triangle(view_mut(&mut c), view(e));
    } else {
        gram(view_mut(&mut c), view(e));
    }
    c
}

/// `c += e^T e`, lower half.
fn gram(c: MatMut<'_, f64>, e: MatRef<'_, f64>) {
    if e.ncols() <= SMALL {
        add_product(c, 1.0, e.transpose(), e);
        return;
    }
    let k = e.ncols() / 2;
    let (e1, e2) = e.split_at_col(k);
    let (c11, _, c21, c22) = c.split_at_mut(k, k);
    gram(c11, e1);
    add_product(c21, 1.0, e2.transpose(), e1);
    gram(c22, e2);
}

/// `c += e^T e`, lower half, `e` upper quasi-triangular.
fn gram_of_triangle(c: MatMut<'_, f64>, e: MatRef<'_, f64>) {
    if e.nrows() <= SMALL {
        add_product(c, 1.0, e.transpose(), e);
        return;
    }
    let k = middle(e, e);
    let (e11, e12, _, e22) = e.split_at(k, k);
    let (c11, _, c21, mut c22) = c.split_at_mut(k, k);
    gram_of_triangle(c11, e11);
    times_triangle(c21, e12.transpose(), e11);
    gram(c22.rb_mut(), e12);
    gram_of_triangle(c22, e22);
}

/// Near the middle, but not through a 2 x 2 block of either.
fn middle<T: ComplexField + Copy>(a: MatRef<'_, T>, b: MatRef<'_, T>) -> usize {
    let k = a.nrows() / 2;
    let through = a[(k, k - 1)] != T::zero_impl() || b[(k, k - 1)] != T::zero_impl();
    k + usize::from(through)
}

fn add_product<T: ComplexField + Copy>(c: MatMut<'_, T>, factor: T, a: MatRef<'_, T>, b: MatRef<'_, T>) {
    faer::linalg::matmul::matmul(c, Accum::Add, a, b, factor, Par::Seq);
}

/// `c += a b`, all upper quasi-triangular.
fn two_triangles<T: ComplexField + Copy>(c: MatMut<'_, T>, a: MatRef<'_, T>, b: MatRef<'_, T>) {
    if a.nrows() <= SMALL {
        add_product(c, T::one_impl(), a, b);
        return;
    }
    let k = middle(a, b);
    let (a11, a12, _, a22) = a.split_at(k, k);
    let (b11, b12, _, b22) = b.split_at(k, k);
    let (c11, mut c12, _, c22) = c.split_at_mut(k, k);
    two_triangles(c11, a11, b11);
    two_triangles(c22, a22, b22);
    triangle_times(c12.rb_mut(), a11, b12);
    times_triangle(c12, a12, b22);
}

/// `c += a b`, `a` upper quasi-triangular.
fn triangle_times<T: ComplexField + Copy>(mut c: MatMut<'_, T>, a: MatRef<'_, T>, b: MatRef<'_, T>) {
    if a.nrows() <= SMALL {
        add_product(c, T::one_impl(), a, b);
        return;
    }
    let k = middle(a, a);
    let (a11, a12, _, a22) = a.split_at(k, k);
    let (b1, b2) = b.split_at_row(k);
    let (mut c1, c2) = c.rb_mut().split_at_row_mut(k);
    add_product(c1.rb_mut(), T::one_impl(), a12, b2);
    triangle_times(c1, a11, b1);
    triangle_times(c2, a22, b2);
}

/// `c += a b`, `b` upper quasi-triangular.
fn times_triangle<T: ComplexField + Copy>(mut c: MatMut<'_, T>, a: MatRef<'_, T>, b: MatRef<'_, T>) {
    if b.nrows() <= SMALL {
        add_product(c, T::one_impl(), a, b);
        return;
    }
    let k = middle(b, b);
    let (b11, b12, _, b22) = b.split_at(k, k);
    let (a1, a2) = a.split_at_col(k);
    let (c1, mut c2) = c.rb_mut().split_at_col_mut(k);
    add_product(c2.rb_mut(), T::one_impl(), a1, b12);
    times_triangle(c1, a1, b11);
    times_triangle(c2, a2, b22);
}

/// `x <- a^-1 x`, both upper quasi-triangular.
fn solve_triangle<T: ComplexField + Copy>(a: MatRef<'_, T>, mut x: MatMut<'_, T>) {
    if a.nrows() <= SMALL {
        solve_full(a, x);
        return;
    }
    let k = middle(a, x.rb());
    let (a11, a12, _, a22) = a.split_at(k, k);
    let (x11, mut x12, _, mut x22) = x.rb_mut().split_at_mut(k, k);
    solve_triangle(a22, x22.rb_mut());
    add_product(x12.rb_mut(), -T::one_impl(), a12, x22.rb());
    solve_full(a11, x12);
    solve_triangle(a11, x11);
}

/// `x <- a^-1 x`, `a` upper quasi-triangular.
fn solve_full<T: ComplexField + Copy>(a: MatRef<'_, T>, mut x: MatMut<'_, T>) {
    let n = a.nrows();
    if n == 0 || x.ncols() == 0 {
        return;
    }
    if n <= SMALL {
        PartialPivLu::new(a).solve_in_place(x);
        return;
    }
    let k = middle(a, a);
    let (a11, a12, _, a22) = a.split_at(k, k);
    let (mut x1, mut x2) = x.rb_mut().split_at_row_mut(k);
    solve_full(a22, x2.rb_mut());
    add_product(x1.rb_mut(), -T::one_impl(), a12, x2.rb());
    solve_full(a11, x1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::dense::solve_any;
    use crate::linalg::matmul;

    /// Quasi-triangular with a block at every place `block` says.
    fn upper(n: usize, block: impl Fn(usize) -> bool, shift: f64) -> Matrix {
        Matrix::from_fn(n, n, |i, j| {
            let entry = ((i * 31 + j * 17) as f64 * 12.9898).sin();
            if i == j {
                entry + shift
            } else if i < j || (i == j + 1 && block(j) && (j == 0 || !block(j - 1))) {
                entry
            } else {
                0.0
            }
        })
    }

    #[test]
    fn products_and_solutions_are_those_of_full_matrices() {
        for n in [1usize, 2, 63, 64, 65, 129, 200] {
            for period in [1usize, 2, 3] {
                let block = |j: usize| period > 1 && j % period == (n / 2 + 1) % period;
                let (a, b) = (upper(n, block, 9.0), upper(n, block, 0.0));
                assert!(is_upper(&a) && is_upper(&b));
                let close = |x: &Matrix, y: &Matrix| {
                    let off = x.sub(y).max_abs();
                    assert!(off <= 1e-14 * n as f64 * (1.0 + y.max_abs()), "{n} {period} {off:e}");
                };
                close(&matmul_upper(&a, &b), &matmul(&a, &b));
                let full = Matrix::from_fn(n, 5, |i, j| (i + 2 * j) as f64 % 7.0 - 3.0);
                close(&matmul_upper(&a, &full), &matmul(&a, &full));
                // Diagonally heavy enough for a sharp comparison.
                let heavy = a.add(&Matrix::identity(n).scale(4.0 * n as f64));
                close(&solve_upper(&heavy, &b), &solve_any(&heavy, &b));
            }
        }
        assert!(!is_upper(&Matrix::from_fn(3, 3, |_, _| 1.0)));
        assert!(!is_upper(&Matrix::from_rows(&[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])));
    }
}
