//! Aggressive early deflation (Braman, Byers & Mathias 2002, part II; LAPACK's `dlaqr3`): eigenvalues of a
//! window at the end of the active block that hardly feel the rest are taken as converged, and the others
//! serve as shifts.

use super::double_shift::{EPS, SMALL, SMALL_SIZE, Shifts, double_shift};
use super::matrix::Matrix;
use super::reorder::swap_adjacent;
use super::window::{carry, window};
use std::ops::Range;

/// Moves the block that starts at `from` up to `to` by swaps. Returns where it came to rest.
fn move_up(t: &mut Matrix, qt: &mut Matrix, mut from: usize, size: usize, to: usize) -> usize {
    while from > to {
        let before = if from >= 2 && t[(from - 1, from - 2)] != 0.0 { 2 } else { 1 };
        if from < to + before || swap_adjacent(t, qt, from - before, before, size).is_err() {
            break;
        }
        from -= before;
        // A pair that fell apart into two real eigenvalues moves no further.
        if size == 2 && t[(from + 1, from)] == 0.0 {
            break;
        }
    }
    from
}

/// A general Householder reflection of rows/columns `k..k + v.len()` of `w`, as similarity.
fn reflect(w: &mut Matrix, vt: &mut Matrix, k: usize, rows_to: usize, v: &[f64], tau: f64) {
    for a in [&mut *w, vt] {
        let cols = a.cols();
        let mut sum = vec![0.0; cols];
        for (i, vi) in v.iter().enumerate() {
            for (s, x) in sum.iter_mut().zip(a.row(k + i)) {
                *s += vi * x;
            }
        }
        for (i, vi) in v.iter().enumerate() {
            for (s, x) in sum.iter().zip(a.row_mut(k + i)) {
                *x -= tau * vi * s;
            }
        }
    }
    for i in 0..rows_to {
        let row = &mut w.row_mut(i)[k..k + v.len()];
        let s: f64 = tau * row.iter().zip(v).map(|(x, y)| x * y).sum::<f64>();
        for (x, y) in row.iter_mut().zip(v) {
            *x -= s * y;
        }
    }
}

/// Householder vector (first entry 1), tau and beta for `x`.
fn householder(x: &[f64]) -> (Vec<f64>, f64, f64) {
    let scale = x.iter().fold(0.0f64, |m, y| m.max(y.abs()));
    let mut v = x.to_vec();
    let tail = x[1..].iter().fold(0.0f64, |m, y| m.max(y.abs()));
    if tail == 0.0 {
        return (v, 0.0, x[0]);
    }
    let norm = x.iter().map(|y| (y / scale).powi(2)).sum::<f64>().sqrt();
    let alpha = x[0] / scale;
    let beta = if alpha > 0.0 { -norm } else { norm };
    for y in &mut v[1..] {
        *y = *y / scale / (alpha - beta);
    }
    v[0] = 1.0;
    (v, (beta - alpha) / beta, beta * scale)
}

/// Aggressive early deflation in the last `size` rows of the active block `lo..hi`. Returns the
/// shifts that remain and the number of rows that converged. `iterate` brings a large window to Schur form.
pub(super) fn early_deflation(
    h: &mut Matrix,
    qt: &mut Matrix,
    active: Range<usize>,
    reach: Range<usize>,
    size: usize,
    iterate: fn(&mut Matrix, &mut Matrix, bool) -> usize,
) -> (Vec<Shifts>, usize) {
    let (lo, hi) = (active.start, active.end);
    let top = hi - size;
    let spike = if top == lo { 0.0 } else { h[(top, top - 1)] };
    let mut w = window(h, top..hi);
    let mut vt = Matrix::identity(size);
    let unsettled = if size > SMALL_SIZE && size * 2 < h.rows() {
        iterate(&mut w, &mut vt, true)
    } else {
        double_shift(&mut w, &mut vt, true)
    };
    let mut kept = size;
    let mut settled = unsettled;
    while settled < kept {
        let pair = kept - settled >= 2 && w[(kept - 1, kept - 2)] != 0.0;
        let d = w[(kept - 1, kept - 1)].abs();
        let (width, scale, tip) = if pair {
            let off = w[(kept - 1, kept - 2)].abs().sqrt() * w[(kept - 2, kept - 1)].abs().sqrt();
            let tip = vt[(kept - 1, 0)].abs().max(vt[(kept - 2, 0)].abs());
            (2, d + off, tip)
        } else {
            (1, d, vt[(kept - 1, 0)].abs())
        };
        let scale = if scale == 0.0 { spike.abs() } else { scale };
        if spike.abs() * tip <= SMALL.max(EPS * scale) {
            kept -= width;
        } else {
            settled = width + move_up(&mut w, &mut vt, kept - width, width, settled);
        }
    }
    let shifts = if top == lo && kept == unsettled { Vec::new() } else { shifts_in(&w, unsettled, kept) };
    if kept == size && spike != 0.0 {
        return (shifts, 0);
    }
    let mut link = 0.0;
    if spike != 0.0 && kept > 0 {
        if kept > 1 {
            let x: Vec<f64> = (0..kept).map(|j| vt[(j, 0)]).collect();
            let (v, tau, _) = householder(&x);
            reflect(&mut w, &mut vt, 0, kept, &v, tau);
            for k in 0..kept - 2 {
                let x: Vec<f64> = (k + 1..kept).map(|i| w[(i, k)]).collect();
                let (v, tau, beta) = householder(&x);
                reflect(&mut w, &mut vt, k + 1, kept, &v, tau);
                w[(k + 1, k)] = beta;
                for i in k + 2..kept {
                    w[(i, k)] = 0.0;
                }
            }
        }
        link = spike * vt[(0, 0)];
    }
    if top > lo {
        h[(top, top - 1)] = link;
    }
    carry(h, qt, top, &w, &vt, reach);
    (shifts, size - kept)
}

/// The eigenvalues of the quasi-triangular `w[from..to, from..to]`, in pairs, largest first.
pub(super) fn shifts_in(w: &Matrix, from: usize, to: usize) -> Vec<Shifts> {
    let mut pairs = Vec::new();
    let mut reals = Vec::new();
    let mut i = from;
    while i < to {
        if i + 1 < to && w[(i + 1, i)] != 0.0 {
            let im = w[(i + 1, i)].abs().sqrt() * w[(i, i + 1)].abs().sqrt();
            pairs.push(((w[(i, i)], im), (w[(i, i)], -im)));
            i += 2;
        } else {
            reals.push(w[(i, i)]);
            i += 1;
        }
    }
    reals.sort_by(|a, b| b.abs().total_cmp(&a.abs()));
    if reals.len() % 2 == 1 {
        if pairs.is_empty() && reals.len() == 1 {
            reals.push(reals[0]);
        } else {
            reals.remove(0);
        }
    }
    pairs.extend(reals.chunks_exact(2).map(|r| ((r[0], 0.0), (r[1], 0.0))));
    let size = |s: &Shifts| (s.0.0.abs() + s.0.1.abs()).max(s.1.0.abs() + s.1.1.abs());
    pairs.sort_by(|a, b| size(b).total_cmp(&size(a)));
    pairs
}
