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

/// Runs `f` with the widest vector instructions that the machine has. They reach what is
/// `#[inline(always)]` in it.
pub(super) fn vectorised<F: pulp::NullaryFnOnce>(f: F) -> F::Output {
    pulp::Arch::new().dispatch(f)
}

/// The square window of `a` that covers `range`.
pub(super) fn window<T: Copy>(a: &Mat<T>, range: Range<usize>) -> Mat<T> {
    let size = range.len();
    let data = range.clone().flat_map(|i| &a.row(i)[range.clone()]).copied().collect();
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

/// The rows of `a` from `first` on, within `columns`, become `u` times themselves.
pub(super) fn from_left<T: ComplexField + Copy>(
    a: &mut Mat<T>,
    first: usize,
    u: &Mat<T>,
    columns: Range<usize>,
) {
    let k = u.rows();
    for strip in strips(columns) {
        let mut out = Mat::from_vec(k, strip.len(), vec![T::zero_impl(); k * strip.len()]);
        let rows = part(a, first..first + k, strip.clone());
        faer::linalg::matmul::matmul(
            view_mut(&mut out),
            Accum::Replace,
            view(u),
            rows,
            T::one_impl(),
            Par::Seq,
        );
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
    for strip in strips(rows) {
        let mut out = Mat::from_vec(strip.len(), k, vec![T::zero_impl(); k * strip.len()]);
        let columns = part(a, strip.clone(), first..first + k);
        faer::linalg::matmul::matmul(
            view_mut(&mut out),
            Accum::Replace,
            columns,
            view(u).adjoint(),
            T::one_impl(),
            Par::Seq,
        );
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
    let columns = 0..qt.cols();
    from_left(qt, from, u, columns);
}
