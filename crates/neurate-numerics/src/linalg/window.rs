//! Windows on the diagonal of a Schur or Hessenberg form. What happens in one is gathered in a small
//! orthogonal (unitary) matrix; everything outside follows by matrix products.
//!
//! The orthogonal factor is held transposed (`qt`: row j is Schur vector j), and so is that of a window
//! (`u`): every update runs along rows in memory.

use super::dense::{view, view_mut};
use super::matrix::Mat;
use faer::traits::ComplexField;
use faer::{Accum, MatRef, Par};
use std::ops::Range;

/// A product is made in strips of so many columns or rows, which stay in the cache.
const STRIP: usize = 256;
/// Rows of a factor that are multiplied together.
const BAND: usize = 48;

/// Runs `f` with the widest vector instructions that the machine has. They reach what is
/// `#[inline(always)]` in it.
pub(super) fn vectorized<F: pulp::NullaryFnOnce>(f: F) -> F::Output {
    pulp::Arch::new().dispatch(f)
}

/// The square window of `a` that covers `range`.
pub(super) fn window<T: Copy>(a: &Mat<T>, range: Range<usize>) -> Mat<T> {
    let size = range.len();
    let mut data = Vec::with_capacity(size * size);
    range.clone().for_each(|i| data.extend_from_slice(&a.row(i)[range.clone()]));
    Mat::from_vec(size, size, data)
}

/// Writes the square window back, from row and column `from`.
pub(super) fn put_window<T: Copy>(a: &mut Mat<T>, from: usize, w: &Mat<T>) {
    for i in 0..w.rows() {
        a.row_mut(from + i)[from..from + w.cols()].copy_from_slice(w.row(i));
    }
}

fn part<T: ComplexField + Copy>(a: &Mat<T>, rows: Range<usize>, columns: Range<usize>) -> MatRef<'_, T> {
    view(a).submatrix(rows.start, columns.start, rows.len(), columns.len())
}

/// Cuts a range into strips.
fn strips(range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    range.clone().step_by(STRIP).map(move |i| i..(i + STRIP).min(range.end))
}

/// Groups of rows of a factor, and the columns outside of which they are zero. A chain of bulges mixes each row with
/// those that it has passed: a third of the factor is zeros.
fn bands<T: ComplexField + Copy>(u: &Mat<T>) -> Vec<(Range<usize>, Range<usize>)> {
    let k = u.rows();
    let size = if k < 2 * BAND { k.max(1) } else { BAND };
    (0..k)
        .step_by(size)
        .map(|from| {
            let rows = from..(from + size).min(k);
            (rows.clone(), support(u, rows))
        })
        .collect()
}

/// The columns outside of which all of the rows are zero.
fn support<T: ComplexField + Copy>(a: &Mat<T>, rows: Range<usize>) -> Range<usize> {
    let filled = |x: &T| *x != T::zero_impl();
    let (mut left, mut right) = (a.cols(), 0);
    for row in rows.map(|i| a.row(i)) {
        left = row[..left].iter().position(filled).unwrap_or(left);
        right += row[right..].iter().rposition(filled).map_or(0, |j| j + 1);
    }
    left.min(right)..right
}

/// The rows of `a` from `first` on, within `columns`, become `u` times themselves.
pub(super) fn from_left<T: ComplexField + Copy>(
    a: &mut Mat<T>,
    first: usize,
    u: &Mat<T>,
    columns: Range<usize>,
) {
    let k = u.rows();
    let bands = bands(u);
    for strip in strips(columns) {
        let mut out = Mat::filled(k, strip.len(), T::zero_impl());
        for (rows, within) in &bands {
            faer::linalg::matmul::matmul(
                view_mut(&mut out).submatrix_mut(rows.start, 0, rows.len(), strip.len()),
                Accum::Replace,
                part(u, rows.clone(), within.clone()),
                part(a, first + within.start..first + within.end, strip.clone()),
                T::one_impl(),
                Par::Seq,
            );
        }
        for i in 0..k {
            a.row_mut(first + i)[strip.clone()].copy_from_slice(out.row(i));
        }
    }
}

/// The columns of `a` from `first` on, within `rows`, become themselves times the adjoint of `u`.
pub(super) fn from_right<T: ComplexField + Copy>(
    a: &mut Mat<T>,
    first: usize,
    u: &Mat<T>,
    rows: Range<usize>,
) {
    let k = u.rows();
    let bands = bands(u);
    for strip in strips(rows) {
        let mut out = Mat::filled(strip.len(), k, T::zero_impl());
        for (columns, within) in &bands {
            faer::linalg::matmul::matmul(
                view_mut(&mut out).submatrix_mut(0, columns.start, strip.len(), columns.len()),
                Accum::Replace,
                part(a, strip.clone(), first + within.start..first + within.end),
                part(u, columns.clone(), within.clone()).adjoint(),
                T::one_impl(),
                Par::Seq,
            );
        }
        for (i, row) in strip.enumerate() {
            a.row_mut(row)[first..first + k].copy_from_slice(out.row(i));
        }
    }
}

/// Puts a window back that was changed by the similarity `u`, and carries `u` through the rest of `a`
/// (its rows and columns within `reach`) and through `qt`.
pub(super) fn carry<T: ComplexField + Copy>(
    a: &mut Mat<T>,
    qt: &mut Mat<T>,
    from: usize,
    w: &Mat<T>,
    u: &Mat<T>,
    reach: Range<usize>,
) {
    put_window(a, from, w);
    from_left(a, from, u, from + w.rows()..reach.end.max(from + w.rows()));
    from_right(a, from, u, reach.start..from);
    let columns = support(qt, from..from + u.rows());
    from_left(qt, from, u, columns);
}
