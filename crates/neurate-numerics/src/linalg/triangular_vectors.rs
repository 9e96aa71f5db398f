//! Eigenvectors of a quasi-triangular matrix: the back substitution of LAPACK's `dtrevc`, for many vectors at a
//! time, so that nearly all of the work is matrix products (as in its `dtrevc3`).

use super::dense::{view, view_mut};
use super::matrix::{Complex, Matrix};
use super::schur::{block_frequency, blocks};
use faer::{Accum, Par};
use std::ops::Range;

/// Rows that are solved for together, and vectors. At least: no 2 x 2 block is cut.
const ROWS: usize = 32;
const VECTORS: usize = 64;
/// Where a growing vector is scaled down.
const LARGE: f64 = 1e100;

/// The right eigenvectors of the quasi-triangular `t` (in standard form, largest entry near 1), as columns: real
/// part and imaginary part for a pair, of the eigenvalue with positive imaginary part. Upper triangular, each
/// vector of norm one. Differences of eigenvalues below rounding are replaced by rounding.
pub(super) fn triangular_vectors(t: &Matrix) -> Matrix {
    let n = t.rows();
    let mut x = Matrix::zeros(n, n);
    let all = blocks(t);
    let starts: Vec<usize> = all.iter().map(|b| b.0).chain([n]).collect();
    // Complex division squares the divisor; of a zero matrix any floor is as good.
    let floor = f64::EPSILON * if t.max_abs() > 0.0 { t.max_abs() } else { 1.0 };
    for (first, panel) in cut(&starts, VECTORS) {
        let vectors: Vec<(usize, usize)> = all.iter().copied().filter(|b| panel.contains(&b.0)).collect();
        for &block in &vectors {
            start_vector(t, &mut x, block, panel.start, floor);
        }
        for (_, rows) in cut(&starts[..=first], ROWS).into_iter().rev() {
            subtract_known(t, &mut x, rows.clone(), panel.clone());
            for &block in &vectors {
                continue_vector(t, &mut x, block, rows.clone(), floor);
            }
        }
        for &block in &vectors {
            normalize(&mut x, block, panel.end);
        }
    }
    x
}

/// Cuts the rows into ranges of at least `size` at the starts of blocks: (index of the first block, rows).
fn cut(starts: &[usize], size: usize) -> Vec<(usize, Range<usize>)> {
    let mut ranges = Vec::new();
    let mut first = 0;
    while first + 1 < starts.len() {
        let end = (first + 1..starts.len())
            .find(|&i| starts[i] - starts[first] >= size)
            .unwrap_or(starts.len() - 1);
        ranges.push((first, starts[first]..starts[end]));
        first = end;
    }
    ranges
}

fn eigenvalue(t: &Matrix, (m, size): (usize, usize)) -> Complex {
    Complex::new(t[(m, m)], if size == 2 { block_frequency(t, m) } else { 0.0 })
}

/// The vector within its own block, and above it down to row `top`.
fn start_vector(t: &Matrix, x: &mut Matrix, block: (usize, usize), top: usize, floor: f64) {
    let (m, size) = block;
    if size == 1 {
        x[(m, m)] = 1.0;
    } else {
        // Of [[a, b], [c, a]] and a + i w: (b, i w).
        let (b, w) = (t[(m, m + 1)], block_frequency(t, m));
        let larger = b.abs().max(w);
        x[(m, m)] = b / larger;
        x[(m + 1, m + 1)] = w / larger;
    }
    for i in top..m {
        x[(i, m)] = -t[(i, m)] * x[(m, m)];
        if size == 2 {
            x[(i, m + 1)] = -t[(i, m + 1)] * x[(m + 1, m + 1)];
        }
    }
    continue_vector(t, x, block, top..m, floor);
}

/// `x[rows, panel] = -t[rows, rows.end..] x[rows.end.., panel]`.
fn subtract_known(t: &Matrix, x: &mut Matrix, rows: Range<usize>, panel: Range<usize>) {
    let inner = panel.end - rows.end;
    let mut out = Matrix::zeros(rows.len(), panel.len());
    faer::linalg::matmul::matmul(
        view_mut(&mut out),
        Accum::Replace,
        view(t).submatrix(rows.start, rows.end, rows.len(), inner),
        view(x).submatrix(rows.end, panel.start, inner, panel.len()),
        -1.0,
        Par::Seq,
    );
    for (i, row) in rows.enumerate() {
        x.row_mut(row)[panel.clone()].copy_from_slice(out.row(i));
    }
}

/// Solves for `rows` of one vector, whose right-hand side stands there.
fn continue_vector(t: &Matrix, x: &mut Matrix, block: (usize, usize), rows: Range<usize>, floor: f64) {
    let (m, size) = block;
    let imaginary = |x: &Matrix, i| if size == 2 { x[(i, m + 1)] } else { 0.0 };
    let mut v: Vec<Complex> = rows.clone().map(|i| Complex::new(x[(i, m)], imaginary(x, i))).collect();
    let factor = substitute(t, rows.clone(), eigenvalue(t, block), &mut v, floor);
    if factor < 1.0 {
        for i in rows.end..m + size {
            for j in m..m + size {
                x[(i, j)] *= factor;
            }
        }
    }
    for (i, z) in rows.zip(v) {
        x[(i, m)] = z.re;
        if size == 2 {
            x[(i, m + 1)] = z.im;
        }
    }
}

/// Solves `(T - lambda) v = v` within `rows`, from the last, scaled down where it grows: returns the factor.
fn substitute(t: &Matrix, rows: Range<usize>, lambda: Complex, v: &mut [Complex], floor: f64) -> f64 {
    let mut factor = 1.0;
    let mut end = rows.len();
    while end > 0 {
        let last = rows.start + end - 1;
        let pair = end >= 2 && t[(last, last - 1)] != 0.0;
        let start = if pair { end - 2 } else { end - 1 };
        for i in start..end {
            let known = &t.row(rows.start + i)[rows.start + end..rows.end];
            let (mut re, mut im) = (0.0, 0.0);
            for (a, z) in known.iter().zip(&v[end..]) {
                re += a * z.re;
                im += a * z.im;
            }
            v[i] -= Complex::new(re, im);
        }
        if pair {
            solve_pair(t, last - 1, lambda, &mut v[start..end], floor);
        } else {
            v[start] /= at_least(t[(last, last)] - lambda, floor);
        }
        let large = v[start..end].iter().fold(0.0f64, |m, z| m.max(z.re.abs()).max(z.im.abs()));
        if large > LARGE {
            factor /= large;
            v.iter_mut().for_each(|z| *z /= large);
        }
        end = start;
    }
    factor
}

fn at_least(d: Complex, floor: f64) -> Complex {
    // The matrix is scaled: no square is out of range.
    if d.norm_sqr() < floor * floor { Complex::new(floor, 0.0) } else { d }
}

/// Solves with the 2 x 2 block at `k`, minus lambda: Gauss, the larger pivot first.
fn solve_pair(t: &Matrix, k: usize, lambda: Complex, v: &mut [Complex], floor: f64) {
    let (a, b) = (t[(k, k)] - lambda, Complex::new(t[(k, k + 1)], 0.0));
    let (c, d) = (Complex::new(t[(k + 1, k)], 0.0), t[(k + 1, k + 1)] - lambda);
    let (top, bottom, x, y) = if a.norm_sqr() >= c.norm_sqr() {
        ((a, b), (c, d), v[0], v[1])
    } else {
        ((c, d), (a, b), v[1], v[0])
    };
    let l = bottom.0 / top.0;
    v[1] = (y - l * x) / at_least(bottom.1 - l * top.1, floor);
    v[0] = (x - top.1 * v[1]) / top.0;
}

fn normalize(x: &mut Matrix, (m, size): (usize, usize), end: usize) {
    let columns = m..m + size;
    let square: f64 = (0..end).map(|i| x.row(i)[columns.clone()].iter().map(|x| x * x).sum::<f64>()).sum();
    let norm = square.sqrt();
    for i in 0..end {
        x.row_mut(i)[columns.clone()].iter_mut().for_each(|x| *x /= norm);
    }
}
