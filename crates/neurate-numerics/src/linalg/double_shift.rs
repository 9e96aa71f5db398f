//! The implicit double-shift QR iteration of LAPACK's `dlahqr`, for small Hessenberg matrices, with its
//! conservative deflation criterion (Ahues & Tisseur 1997); the steps of which every chase of bulges
//! consists; and shifts.

use super::matrix::Matrix;
use super::reorder::standardize;
use super::window::vectorized;
use std::ops::Range;

pub(super) const EPS: f64 = f64::EPSILON / 2.0;
/// Entries below this are zero; the caller scales the matrix so that its largest entry is about 1.
pub(super) const SMALL: f64 = f64::MIN_POSITIVE / f64::EPSILON;
/// Up to this size the double-shift iteration alone.
pub(super) const SMALL_SIZE: usize = 75;

/// Whether the subdiagonal entry `h[i, i - 1]` may be set to zero (`dlahqr`'s test).
pub(super) fn negligible(h: &Matrix, i: usize) -> bool {
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
pub(super) struct Reflection {
    v: [f64; 3],
    tau: f64,
    /// What it makes of the first coordinate.
    beta: f64,
    len: usize,
}

impl Reflection {
    /// The reflection that sends `x[..len]` to a multiple of the first coordinate vector.
    #[inline(always)]
    pub(super) fn new(x: [f64; 3], len: usize) -> Self {
        let tail = x[1..len].iter().fold(0.0f64, |m, y| m.max(y.abs()));
        if tail == 0.0 {
            return Reflection { v: [1.0, 0.0, 0.0], tau: 0.0, beta: x[0], len };
        }
        let scale = tail.max(x[0].abs());
        let y: [f64; 3] = std::array::from_fn(|i| if i < len { x[i] / scale } else { 0.0 });
        let norm = y.iter().map(|a| a * a).sum::<f64>().sqrt();
        let beta = if y[0] > 0.0 { -norm } else { norm };
        let mut v = [1.0, 0.0, 0.0];
        for i in 1..len {
            v[i] = y[i] / (y[0] - beta);
        }
        Reflection { v, tau: (beta - y[0]) / beta, beta: beta * scale, len }
    }

    /// On rows `k..k + len` of `a`, within `columns`.
    #[inline(always)]
    pub(super) fn on_rows(&self, a: &mut Matrix, k: usize, columns: Range<usize>) {
        if self.tau == 0.0 {
            return;
        }
        let cols = a.cols();
        let (v1, v2, t) = (self.v[1], self.v[2], self.tau);
        let rows = &mut a.data_mut()[k * cols..(k + self.len) * cols];
        let (r0, rest) = rows.split_at_mut(cols);
        let r0 = &mut r0[columns.clone()];
        if self.len == 2 {
            for (x, y) in r0.iter_mut().zip(&mut rest[columns]) {
                let s = t * (*x + v1 * *y);
                *x -= s;
                *y -= s * v1;
            }
        } else {
            let (r1, r2) = rest.split_at_mut(cols);
            let tail = r1[columns.clone()].iter_mut().zip(&mut r2[columns]);
            for (x, (y, z)) in r0.iter_mut().zip(tail) {
                let s = t * (*x + v1 * *y + v2 * *z);
                *x -= s;
                *y -= s * v1;
                *z -= s * v2;
            }
        }
    }

    /// On columns `k..k + len` of `a`, within `rows`.
    #[inline(always)]
    pub(super) fn on_columns(&self, a: &mut Matrix, k: usize, rows: Range<usize>) {
        if self.tau == 0.0 {
            return;
        }
        let cols = a.cols();
        let (v1, v2, t) = (self.v[1], self.v[2], self.tau);
        for row in a.data_mut()[rows.start * cols..rows.end * cols].chunks_exact_mut(cols) {
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
pub(super) type Shifts = ((f64, f64), (f64, f64));

/// Eigenvalues of a 2 x 2 matrix, to serve as shifts.
pub(super) fn shifts_of(a: f64, b: f64, c: f64, d: f64) -> Shifts {
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
pub(super) fn nearer(s: Shifts, corner: f64) -> Shifts {
    if s.0.1 != 0.0 {
        return s;
    }
    let best = if (s.0.0 - corner).abs() <= (s.1.0 - corner).abs() { s.0.0 } else { s.1.0 };
    ((best, 0.0), (best, 0.0))
}

/// A multiple of the first column of `(H - s1)(H - s2)`, for the 3 x 3 block of `h` at `m`.
#[inline(always)]
pub(super) fn shift_column(h: &Matrix, m: usize, s: Shifts) -> [f64; 3] {
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

/// Standardizes the 2 x 2 block at `j` and carries the rotation through `h`, within `reach`, and `qt`.
fn standardize_block(h: &mut Matrix, qt: &mut Matrix, j: usize, reach: Range<usize>) {
    let s = standardize(h[(j, j)], h[(j, j + 1)], h[(j + 1, j)], h[(j + 1, j + 1)]);
    s.rotate_rows(h, j, j + 2..reach.end);
    s.rotate_columns(h, j, reach.start..j);
    let columns = 0..qt.cols();
    s.rotate_rows(qt, j, columns);
    s.write(h, j);
}

/// The double-shift iteration on the whole Hessenberg matrix `h` (`dlahqr`). Returns the index from which
/// on the form is reached: 0 if all is well.
///
/// With `whole` false only the diagonal blocks of the result are right: eigenvalues need no more.
pub(super) fn double_shift(h: &mut Matrix, qt: &mut Matrix, whole: bool) -> usize {
    vectorized(DoubleShift { h, qt, whole })
}

struct DoubleShift<'a> {
    h: &'a mut Matrix,
    qt: &'a mut Matrix,
    whole: bool,
}

impl pulp::NullaryFnOnce for DoubleShift<'_> {
    type Output = usize;
    #[inline(always)]
    fn call(self) -> usize {
        iterate_double_shift(self.h, self.qt, self.whole)
    }
}

#[inline(always)]
fn iterate_double_shift(h: &mut Matrix, qt: &mut Matrix, whole: bool) -> usize {
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
        let reach = if whole { 0..n } else { start..end };
        if end - start <= 2 {
            if end - start == 2 {
                standardize_block(h, qt, start, reach);
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
            r.on_rows(h, k, k..reach.end);
            r.on_columns(h, k, reach.start..end.min(k + 4));
            r.on_rows(qt, k, 0..qt.cols());
        }
    }
    0
}

/// The reflection that clears column `k` below its subdiagonal entry; writes the cleared column.
#[inline(always)]
pub(super) fn step_reflection(h: &mut Matrix, k: usize, len: usize) -> Reflection {
    let third = if len == 3 { h[(k + 3, k)] } else { 0.0 };
    let r = Reflection::new([h[(k + 1, k)], h[(k + 2, k)], third], len);
    h[(k + 1, k)] = r.beta;
    h[(k + 2, k)] = 0.0;
    if len == 3 {
        h[(k + 3, k)] = 0.0;
    }
    r
}
