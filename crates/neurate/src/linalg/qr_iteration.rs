//! The QR iteration: a Hessenberg matrix to real Schur form.
//!
//! The small-bulge multishift QR algorithm with aggressive early deflation of Braman, Byers &
//! Mathias (SIAM J. Matrix Anal. Appl. 23, 929 and 948, 2002), the method of LAPACK's `dlaqr0` to
//! `dlaqr5`; small problems by the implicit double-shift iteration of `dlahqr`, with its
//! conservative deflation criterion (Ahues & Tisseur 1997). Both are written anew here.
//!
//! Conventions: ranges are half-open; the orthogonal factor is held transposed (`qt`: row j is
//! Schur vector j), so that every update runs along rows in memory.

use super::dense::{view, view_mut};
use super::matrix::Matrix;
use super::reorder::{standardise, swap_adjacent};
use faer::{Accum, MatRef, Par};

const EPS: f64 = f64::EPSILON / 2.0;
/// Entries below this are zero; the caller scales the matrix so that its largest entry is about 1.
const SMALL: f64 = f64::MIN_POSITIVE / f64::EPSILON;
/// Up to this size the double-shift iteration alone.
const SMALL_SIZE: usize = 75;

/// Whether the subdiagonal entry `h[i, i - 1]` may be set to zero (`dlahqr`'s test).
fn negligible(h: &Matrix, i: usize) -> bool {
    let n = h.rows();
    let sub = h[(i, i - 1)].abs();
    if sub <= SMALL {
        return true;
    }
    let mut size = h[(i - 1, i - 1)].abs() + h[(i, i)].abs();
    if size == 0.0 {
        if i >= 2 {
            size += h[(i - 1, i - 2)].abs();
        }
        if i + 1 < n {
            size += h[(i + 1, i)].abs();
        }
    }
    if sub > EPS * size {
        return false;
    }
    let up = h[(i - 1, i)].abs();
    let (ab, ba) = (sub.max(up), sub.min(up));
    let difference = (h[(i, i)] - h[(i - 1, i - 1)]).abs();
    let aa = h[(i, i)].abs().max(difference);
    let bb = h[(i, i)].abs().min(difference);
    let s = aa + ab;
    ba * (ab / s) <= SMALL.max(EPS * (bb * (aa / s)))
}

/// A Householder reflection `1 - tau v v^T` of `len` (2 or 3) coordinates, `v[0] = 1`.
struct Reflection {
    v: [f64; 3],
    tau: f64,
    /// What it makes of the first coordinate.
    beta: f64,
    len: usize,
}

impl Reflection {
    /// The reflection that sends `x[..len]` to a multiple of the first coordinate vector.
    fn new(x: [f64; 3], len: usize) -> Self {
        let tail = x[1..len].iter().fold(0.0f64, |m, y| m.max(y.abs()));
        if tail == 0.0 {
            return Reflection { v: [1.0, 0.0, 0.0], tau: 0.0, beta: x[0], len };
        }
        let scale = tail.max(x[0].abs());
        let y: Vec<f64> = x[..len].iter().map(|a| a / scale).collect();
        let norm = y.iter().map(|a| a * a).sum::<f64>().sqrt();
        let beta = if y[0] > 0.0 { -norm } else { norm };
        let mut v = [1.0, 0.0, 0.0];
        for i in 1..len {
            v[i] = y[i] / (y[0] - beta);
        }
        Reflection { v, tau: (beta - y[0]) / beta, beta: beta * scale, len }
    }

    /// On rows `k..k + len` of `a`, columns `from..`.
    fn on_rows(&self, a: &mut Matrix, k: usize, from: usize) {
        if self.tau == 0.0 {
            return;
        }
        let cols = a.cols();
        let (v1, v2, t) = (self.v[1], self.v[2], self.tau);
        let rows = &mut a.data_mut()[k * cols..(k + self.len) * cols];
        let (r0, rest) = rows.split_at_mut(cols);
        if self.len == 2 {
            for (x, y) in r0[from..].iter_mut().zip(&mut rest[from..]) {
                let s = t * (*x + v1 * *y);
                *x -= s;
                *y -= s * v1;
            }
        } else {
            let (r1, r2) = rest.split_at_mut(cols);
            let tail = r1[from..].iter_mut().zip(&mut r2[from..]);
            for (x, (y, z)) in r0[from..].iter_mut().zip(tail) {
                let s = t * (*x + v1 * *y + v2 * *z);
                *x -= s;
                *y -= s * v1;
                *z -= s * v2;
            }
        }
    }

    /// On columns `k..k + len` of `a`, rows `..to`.
    fn on_columns(&self, a: &mut Matrix, k: usize, to: usize) {
        if self.tau == 0.0 {
            return;
        }
        let cols = a.cols();
        let (v1, v2, t) = (self.v[1], self.v[2], self.tau);
        for row in a.data_mut().chunks_exact_mut(cols).take(to) {
            if self.len == 2 {
                if let [x, y] = &mut row[k..k + 2] {
                    let s = t * (*x + v1 * *y);
                    *x -= s;
                    *y -= s * v1;
                }
            } else if let [x, y, z] = &mut row[k..k + 3] {
                let s = t * (*x + v1 * *y + v2 * *z);
                *x -= s;
                *y -= s * v1;
                *z -= s * v2;
            }
        }
    }
}

/// Two shifts: real and imaginary parts; a conjugate pair or two real numbers.
type Shifts = ((f64, f64), (f64, f64));

/// Eigenvalues of a 2 x 2 matrix, to serve as shifts.
fn shifts_of(a: f64, b: f64, c: f64, d: f64) -> Shifts {
    let s = a.abs() + b.abs() + c.abs() + d.abs();
    if s == 0.0 {
        return ((0.0, 0.0), (0.0, 0.0));
    }
    let (a, b, c, d) = (a / s, b / s, c / s, d / s);
    let middle = (a + d) / 2.0;
    let det = (a - middle) * (d - middle) - b * c;
    let root = det.abs().sqrt();
    if det >= 0.0 {
        ((middle * s, root * s), (middle * s, -root * s))
    } else {
        (((middle + root) * s, 0.0), ((middle - root) * s, 0.0))
    }
}

/// Of two real shifts twice the one nearer to `corner`.
fn nearer(s: Shifts, corner: f64) -> Shifts {
    if s.0.1 != 0.0 {
        return s;
    }
    let best = if (s.0.0 - corner).abs() <= (s.1.0 - corner).abs() { s.0.0 } else { s.1.0 };
    ((best, 0.0), (best, 0.0))
}

/// A multiple of the first column of `(H - s1)(H - s2)`, for the 3 x 3 block of `h` at `m`.
fn shift_column(h: &Matrix, m: usize, s: Shifts) -> [f64; 3] {
    let ((r1, i1), (r2, i2)) = s;
    let h11 = h[(m, m)];
    let size = (h11 - r2).abs() + i2.abs() + h[(m + 1, m)].abs();
    if size == 0.0 {
        return [0.0; 3];
    }
    let h21 = h[(m + 1, m)] / size;
    [
        h21 * h[(m, m + 1)] + (h11 - r1) * ((h11 - r2) / size) - i1 * (i2 / size),
        h21 * (h11 + h[(m + 1, m + 1)] - r1 - r2),
        h21 * h[(m + 2, m + 1)],
    ]
}

/// Standardises the 2 x 2 block at `j` and carries the rotation through `h` and `qt`.
fn standardise_block(h: &mut Matrix, qt: &mut Matrix, j: usize) {
    let s = standardise(h[(j, j)], h[(j, j + 1)], h[(j + 1, j)], h[(j + 1, j + 1)]);
    s.rotate_rows(h, j, j + 2);
    s.rotate_columns(h, j, j);
    s.rotate_rows(qt, j, 0);
    s.write(h, j);
}

/// The double-shift iteration on the whole Hessenberg matrix `h` (`dlahqr`). Returns the index
/// from which on the form is reached: 0 if all is well.
fn double_shift(h: &mut Matrix, qt: &mut Matrix) -> usize {
    let n = h.rows();
    let limit = 30 * n.max(10);
    let mut end = n;
    let mut stalled = 0usize;
    let mut sweeps = 0usize;
    while end > 0 {
        let mut start = end - 1;
        while start > 0 {
            if negligible(h, start) {
                h[(start, start - 1)] = 0.0;
                break;
            }
            start -= 1;
        }
        if end - start <= 2 {
            if end - start == 2 {
                standardise_block(h, qt, start);
            }
            end = start;
            stalled = 0;
            continue;
        }
        sweeps += 1;
        if sweeps > limit {
            return end;
        }
        stalled += 1;
        let last = end - 1;
        let shifts = if stalled.is_multiple_of(20) {
            let s = h[(last, last - 1)].abs() + h[(last - 1, last - 2)].abs();
            let d = 0.75 * s + h[(last, last)];
            shifts_of(d, -0.4375 * s, s, d)
        } else if stalled.is_multiple_of(10) {
            let s = h[(start + 1, start)].abs() + h[(start + 2, start + 1)].abs();
            let d = 0.75 * s + h[(start, start)];
            shifts_of(d, -0.4375 * s, s, d)
        } else {
            shifts_of(h[(last - 1, last - 1)], h[(last - 1, last)], h[(last, last - 1)], h[(last, last)])
        };
        let shifts = nearer(shifts, h[(last, last)]);
        // Two consecutive small subdiagonal entries let the sweep start late.
        let mut m = end - 3;
        let mut v;
        loop {
            v = shift_column(h, m, shifts);
            let s = v.iter().map(|x| x.abs()).sum::<f64>();
            if s > 0.0 {
                v = v.map(|x| x / s);
            }
            if m == start {
                break;
            }
            let size = h[(m - 1, m - 1)].abs() + h[(m, m)].abs() + h[(m + 1, m + 1)].abs();
            if h[(m, m - 1)].abs() * (v[1].abs() + v[2].abs()) <= EPS * v[0].abs() * size {
                break;
            }
            m -= 1;
        }
        for k in m..last {
            let len = 3.min(end - k);
            let r = if k == m {
                let r = Reflection::new(v, len);
                if m > start {
                    h[(k, k - 1)] *= 1.0 - r.tau;
                }
                r
            } else {
                step_reflection(h, k - 1, len)
            };
            r.on_rows(h, k, k);
            r.on_columns(h, k, end.min(k + 4));
            r.on_rows(qt, k, 0);
        }
    }
    0
}

/// The reflection that clears column `k` below its subdiagonal entry; writes the cleared column.
fn step_reflection(h: &mut Matrix, k: usize, len: usize) -> Reflection {
    let third = if len == 3 { h[(k + 3, k)] } else { 0.0 };
    let r = Reflection::new([h[(k + 1, k)], h[(k + 2, k)], third], len);
    h[(k + 1, k)] = r.beta;
    h[(k + 2, k)] = 0.0;
    if len == 3 {
        h[(k + 3, k)] = 0.0;
    }
    r
}

fn part(a: &Matrix, row: usize, col: usize, rows: usize, cols: usize) -> MatRef<'_, f64> {
    view(a).submatrix(row, col, rows, cols)
}

/// Rows `r..r + k` of `a`, columns `c0..c1`, become `ut` times themselves.
fn from_left(a: &mut Matrix, r: usize, ut: &Matrix, c0: usize, c1: usize) {
    let k = ut.rows();
    if c0 >= c1 {
        return;
    }
    let mut out = Matrix::zeros(k, c1 - c0);
    faer::linalg::matmul::matmul(
        view_mut(&mut out),
        Accum::Replace,
        view(ut),
        part(a, r, c0, k, c1 - c0),
        1.0,
        Par::Seq,
    );
    for i in 0..k {
        a.row_mut(r + i)[c0..c1].copy_from_slice(out.row(i));
    }
}

/// Columns `c..c + k` of `a`, rows `r0..r1`, become themselves times `ut^T`.
fn from_right(a: &mut Matrix, c: usize, ut: &Matrix, r0: usize, r1: usize) {
    let k = ut.rows();
    if r0 >= r1 {
        return;
    }
    let mut out = Matrix::zeros(r1 - r0, k);
    faer::linalg::matmul::matmul(
        view_mut(&mut out),
        Accum::Replace,
        part(a, r0, c, r1 - r0, k),
        view(ut).transpose(),
        1.0,
        Par::Seq,
    );
    for i in 0..r1 - r0 {
        a.row_mut(r0 + i)[c..c + k].copy_from_slice(out.row(i));
    }
}

fn window(a: &Matrix, from: usize, to: usize) -> Matrix {
    Matrix::from_fn(to - from, to - from, |i, j| a[(from + i, from + j)])
}

fn put_window(a: &mut Matrix, from: usize, w: &Matrix) {
    for i in 0..w.rows() {
        a.row_mut(from + i)[from..from + w.cols()].copy_from_slice(w.row(i));
    }
}

/// Chases the bulges of `shifts` through `h[lo..hi, lo..hi]`: window after window near the
/// diagonal, the rest of `h` and `qt` by matrix products.
fn sweep(h: &mut Matrix, qt: &mut Matrix, lo: usize, hi: usize, shifts: &[Shifts]) {
    let n = h.rows();
    // The next step of each bulge, plus one: step 0 creates it, step k clears column lo + k - 1.
    let steps = hi - lo - 1;
    let mut at = vec![0usize; shifts.len()];
    let stride = (3 * shifts.len()).max(8);
    while let Some(&slowest) = at.last() {
        if slowest >= steps {
            break;
        }
        // Bulges keep three rows apart; the window is what the moving ones touch.
        let first = lo + slowest.saturating_sub(1);
        let leader = at.iter().copied().find(|&s| s < steps).unwrap_or(steps);
        let goal = (leader + stride).min(steps);
        let end = hi.min(lo + goal + 3);
        let mut w = window(h, first, end);
        let mut ut = Matrix::identity(end - first);
        let mut ahead = usize::MAX;
        for (b, s) in at.iter_mut().enumerate() {
            let goal = goal.min(ahead.saturating_sub(3));
            while *s < goal {
                let k = lo + *s - first;
                let len = 3.min(hi - lo - *s);
                let r = if *s == 0 {
                    Reflection::new(shift_column(&w, k, shifts[b]), len)
                } else {
                    step_reflection(&mut w, k - 1, len)
                };
                r.on_rows(&mut w, k, k);
                r.on_columns(&mut w, k, (k + 4).min(end - first));
                r.on_rows(&mut ut, k, 0);
                *s += 1;
            }
            ahead = if *s >= steps { usize::MAX } else { *s };
        }
        put_window(h, first, &w);
        from_left(h, first, &ut, end, n);
        from_right(h, first, &ut, 0, first);
        let cols = qt.cols();
        from_left(qt, first, &ut, 0, cols);
    }
}

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
/// shifts that remain and the number of rows that converged.
fn early_deflation(
    h: &mut Matrix,
    qt: &mut Matrix,
    lo: usize,
    hi: usize,
    size: usize,
) -> (Vec<Shifts>, usize) {
    let n = h.rows();
    let top = hi - size;
    let spike = if top == lo { 0.0 } else { h[(top, top - 1)] };
    let mut w = window(h, top, hi);
    let mut vt = Matrix::identity(size);
    let unsettled = if size > SMALL_SIZE && size * 2 < h.rows() {
        iterate(&mut w, &mut vt)
    } else {
        double_shift(&mut w, &mut vt)
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
    put_window(h, top, &w);
    from_left(h, top, &vt, hi, n);
    from_right(h, top, &vt, 0, top);
    let cols = qt.cols();
    from_left(qt, top, &vt, 0, cols);
    (shifts, size - kept)
}

/// The eigenvalues of the quasi-triangular `w[from..to, from..to]`, in pairs, largest first.
fn shifts_in(w: &Matrix, from: usize, to: usize) -> Vec<Shifts> {
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

/// Shifts per sweep and size of the deflation window for a block of size `n` (LAPACK's `iparmq`).
fn tuning(n: usize) -> (usize, usize) {
    let shifts = match n {
        0..30 => 2,
        30..60 => 4,
        60..150 => 10,
        150..590 => ((n as f64 / (n as f64).log2()) as usize).max(10),
        590..3000 => 64,
        _ => 128,
    };
    let shifts = shifts / 2 * 2;
    (shifts, if n <= 500 { shifts } else { 3 * shifts / 2 })
}

/// Brings the Hessenberg matrix `h` to real Schur form and `qt` along with it. Returns 0 when
/// done, otherwise the index from which on the form is reached.
///
/// The largest entry of `h` should be near 1 (thresholds near underflow are absolute).
pub(super) fn iterate(h: &mut Matrix, qt: &mut Matrix) -> usize {
    let n = h.rows();
    if n <= SMALL_SIZE {
        return double_shift(h, qt);
    }
    let mut hi = n;
    let mut stalled = 0usize;
    let mut size = 0;
    for _ in 0..30 * n {
        for i in 1..hi {
            if h[(i, i - 1)] != 0.0 && negligible(h, i) {
                h[(i, i - 1)] = 0.0;
            }
        }
        while hi > 0 && (hi == 1 || h[(hi - 1, hi - 2)] == 0.0) {
            hi -= 1;
        }
        if hi == 0 {
            return 0;
        }
        let lo = (1..hi).rev().find(|&i| h[(i, i - 1)] == 0.0).unwrap_or(0);
        let active = hi - lo;
        let (wanted, deflation) = tuning(active);
        size = if active <= SMALL_SIZE {
            active
        } else if stalled < 5 {
            deflation.min(active)
        } else {
            (2 * size).min(active / 2)
        };
        let top = hi - size;
        if top > lo + 1 && h[(top, top - 1)].abs() > h[(top - 1, top - 2)].abs() {
            size += 1;
        }
        let (mut shifts, converged) = early_deflation(h, qt, lo, hi, size);
        hi -= converged;
        if converged > 0 {
            stalled = 0;
        }
        if hi <= lo || (converged > 0 && (100 * converged > 14 * size || hi - lo <= SMALL_SIZE)) {
            continue;
        }
        stalled += 1;
        let last = hi - 1;
        if stalled.is_multiple_of(6) {
            shifts.clear();
            let mut i = last;
            while i >= lo + 2 && shifts.len() < wanted / 2 {
                let s = h[(i, i - 1)].abs() + h[(i - 1, i - 2)].abs();
                let d = 0.75 * s + h[(i, i)];
                shifts.push(shifts_of(d, s, -0.4375 * s, d));
                i -= 2;
            }
        } else if shifts.len() <= wanted / 4 {
            let k = wanted.min(hi - lo);
            let mut w = window(h, hi - k, hi);
            let mut none = Matrix::zeros(k, 0);
            let unsettled = double_shift(&mut w, &mut none);
            shifts = shifts_in(&w, unsettled, k);
        }
        if shifts.is_empty() {
            shifts.push(shifts_of(
                h[(last - 1, last - 1)],
                h[(last - 1, last)],
                h[(last, last - 1)],
                h[(last, last)],
            ));
        }
        let most = (wanted / 2).min(((hi - lo) / 6).max(1));
        if shifts.len() > most {
            shifts.drain(..shifts.len() - most);
        }
        if let [only] = &mut shifts[..] {
            *only = nearer(*only, h[(last, last)]);
        }
        sweep(h, qt, lo, hi, &shifts);
    }
    hi
}
