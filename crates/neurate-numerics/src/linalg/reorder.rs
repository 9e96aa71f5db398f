//! Orthogonal swaps of adjacent diagonal blocks of a Schur form.
//!
//! Bai & Demmel, "On swapping diagonal blocks in real Schur form", Linear Algebra Appl. 186, 73
//! (1993), with the weak stability test of LAPACK's `dlaexc`, and the standard 2 x 2 form of its
//! `dlanv2`. The orthogonal factor is held transposed: row j of `qt` is Schur vector j.

use super::matrix::{CMatrix, Complex, Matrix};
use super::window::vectorized;
use std::ops::Range;

const EPS: f64 = f64::EPSILON / 2.0;

/// A 2 x 2 matrix in standard form, and the rotation that brings it there:
/// `[[a, b], [c, d]]_old = R [[a, b], [c, d]] R^T`, `R = [[cs, -sn], [sn, cs]]`.
///
/// Standard: `c = 0`, or `a = d` and `b c < 0` (a complex pair `a +- i sqrt(-b c)`). Beyond
/// `dlanv2`, `|b| >= |c|`, and an imaginary part below rounding of `b` is zero: the balanced pair
/// `[[w, -w], [w, -w]]` has two real eigenvalues 0, and its sum mode comes first.
pub(super) struct Standard {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    cs: f64,
    sn: f64,
}

impl Standard {
    /// Rotates rows `j, j + 1` of `m`, within `columns`.
    pub(super) fn rotate_rows(&self, m: &mut Matrix, j: usize, columns: Range<usize>) {
        let cols = m.cols();
        let (x, y) = m.data_mut()[j * cols..(j + 2) * cols].split_at_mut(cols);
        for (x, y) in x[columns.clone()].iter_mut().zip(&mut y[columns]) {
            (*x, *y) = (self.cs * *x + self.sn * *y, self.cs * *y - self.sn * *x);
        }
    }
    /// Rotates columns `j, j + 1` of `m`, within `rows`.
    pub(super) fn rotate_columns(&self, m: &mut Matrix, j: usize, rows: Range<usize>) {
        for i in rows {
            let (x, y) = (m[(i, j)], m[(i, j + 1)]);
            m[(i, j)] = self.cs * x + self.sn * y;
            m[(i, j + 1)] = self.cs * y - self.sn * x;
        }
    }
    /// Writes the block at `j`.
    pub(super) fn write(&self, m: &mut Matrix, j: usize) {
        m[(j, j)] = self.a;
        m[(j, j + 1)] = self.b;
        m[(j + 1, j)] = self.c;
        m[(j + 1, j + 1)] = self.d;
    }
}

/// The standard form of a 2 x 2 matrix.
pub(super) fn standardize(a: f64, b: f64, c: f64, d: f64) -> Standard {
    let mut s = dlanv2(a, b, c, d);
    if s.c.abs() > s.b.abs() {
        // A quarter turn exchanges b and c.
        (s.b, s.c) = (-s.c, -s.b);
        (s.cs, s.sn) = (-s.sn, s.cs);
    }
    if s.c.abs() <= f64::EPSILON * f64::EPSILON * s.b.abs() {
        s.c = 0.0;
    }
    s
}

/// LAPACK's `dlanv2`.
fn dlanv2(a: f64, b: f64, c: f64, d: f64) -> Standard {
    let plain = |a, b, c, d, cs, sn| Standard { a, b, c, d, cs, sn };
    if c == 0.0 {
        return plain(a, b, c, d, 1.0, 0.0);
    }
    if b == 0.0 {
        return plain(d, -c, 0.0, a, 0.0, 1.0);
    }
    if a == d && (b < 0.0) != (c < 0.0) {
        return plain(a, b, c, d, 1.0, 0.0);
    }
    let difference = a - d;
    let p = 0.5 * difference;
    let larger = b.abs().max(c.abs());
    let smaller = b.abs().min(c.abs()) * b.signum() * c.signum();
    let scale = p.abs().max(larger);
    let z = p / scale * p + larger / scale * smaller;
    if z >= 4.0 * f64::EPSILON {
        // Two real eigenvalues, well apart.
        let z = p + p.signum() * scale.sqrt() * z.sqrt();
        let tau = c.hypot(z);
        return plain(d + z, b - c, 0.0, d - larger / z * smaller, z / tau, c / tau);
    }
    // A complex pair, or nearly a double real eigenvalue: make the diagonal equal.
    let sigma = b + c;
    let tau = sigma.hypot(difference);
    let mut cs = (0.5 * (1.0 + sigma.abs() / tau)).sqrt();
    let mut sn = -(p / (tau * cs)) * sigma.signum();
    let (aa, bb) = (a * cs + b * sn, -a * sn + b * cs);
    let (cc, dd) = (c * cs + d * sn, -c * sn + d * cs);
    let mut a = aa * cs + cc * sn;
    let mut b = bb * cs + dd * sn;
    let mut c = -aa * sn + cc * cs;
    let mut d = -bb * sn + dd * cs;
    let middle = 0.5 * (a + d);
    a = middle;
    d = middle;
    if c != 0.0 {
        if b == 0.0 {
            b = -c;
            c = 0.0;
            (cs, sn) = (-sn, cs);
        } else if (b < 0.0) == (c < 0.0) {
            // Real after all: reduce to triangular form.
            let (sab, sac) = (b.abs().sqrt(), c.abs().sqrt());
            let p = (sab * sac) * c.signum();
            let tau = 1.0 / (b + c).abs().sqrt();
            a = middle + p;
            d = middle - p;
            b -= c;
            c = 0.0;
            let (cs1, sn1) = (sab * tau, sac * tau);
            (cs, sn) = (cs * cs1 - sn * sn1, cs * sn1 + sn * cs1);
        }
    }
    plain(a, b, c, d, cs, sn)
}

/// A swap that would not have been backward stable: nothing was changed.
#[derive(Debug)]
pub(super) struct Unstable {
    /// The size of what should have been zero, relative to the largest entry of the blocks.
    pub(super) left_over: f64,
}

/// A matrix of at most 4 x 4, for the local work of a swap.
type Local = [[f64; 4]; 4];

fn local_identity() -> Local {
    std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))))
}

/// `z^T d z`.
fn conjugate(z: &Local, d: &Local, n: usize) -> Local {
    let mut dz = [[0.0; 4]; 4];
    let mut out = [[0.0; 4]; 4];
    for i in 0..n {
        for j in 0..n {
            dz[i][j] = (0..n).map(|k| d[i][k] * z[k][j]).sum();
        }
    }
    for i in 0..n {
        for j in 0..n {
            out[i][j] = (0..n).map(|k| z[k][i] * dz[k][j]).sum();
        }
    }
    out
}

/// Solves `A11 X - X A22 = scale A12` by Gaussian elimination with complete pivoting, where the
/// blocks are those of `d`. Tiny pivots are perturbed, as in `dlasy2`; the stability test of the
/// swap judges the result. Returns X and the scale.
fn sylvester(d: &Local, n1: usize, n2: usize) -> ([[f64; 2]; 2], f64) {
    let m = n1 * n2;
    let mut a = [[0.0; 5]; 4];
    let index = |i: usize, j: usize| j * n1 + i;
    for j in 0..n2 {
        for i in 0..n1 {
            let row = index(i, j);
            for k in 0..n1 {
                a[row][index(k, j)] += d[i][k];
            }
            for k in 0..n2 {
                a[row][index(i, k)] -= d[n1 + k][n1 + j];
            }
            a[row][4] = d[i][n1 + j];
        }
    }
    let largest = a[..m].iter().flat_map(|r| &r[..m]).fold(0.0f64, |s, x| s.max(x.abs()));
    let entries = d.iter().flatten().fold(0.0f64, |s, x| s.max(x.abs()));
    let floor = (EPS * largest.max(entries)).max(f64::MIN_POSITIVE / EPS);
    let mut order = [0, 1, 2, 3];
    for p in 0..m {
        let (mut best, mut at) = (-1.0, (p, p));
        for i in p..m {
            for j in p..m {
                if a[i][j].abs() > best {
                    best = a[i][j].abs();
                    at = (i, j);
                }
            }
        }
        a.swap(p, at.0);
        if at.1 != p {
            for row in &mut a {
                row.swap(p, at.1);
            }
            order.swap(p, at.1);
        }
        if a[p][p].abs() < floor {
            a[p][p] = floor;
        }
        for i in p + 1..m {
            let f = a[i][p] / a[p][p];
            for j in p..5 {
                a[i][j] -= f * a[p][j];
            }
        }
    }
    let mut solution = [0.0; 4];
    let mut scale = 1.0;
    for p in (0..m).rev() {
        let rest: f64 = (p + 1..m).map(|j| a[p][j] * solution[order[j]]).sum();
        let mut value = (scale * a[p][4] - rest) / a[p][p];
        if value.abs() > 1e150 {
            let s = 1.0 / value.abs();
            scale *= s;
            solution = solution.map(|x| x * s);
            value *= s;
        }
        solution[order[p]] = value;
    }
    let mut x = [[0.0; 2]; 2];
    for j in 0..n2 {
        for i in 0..n1 {
            x[i][j] = solution[index(i, j)];
        }
    }
    (x, scale)
}

/// Swaps the adjacent blocks of sizes `n1`, `n2` that start at row `j` of the quasi-triangular
/// `t`; the second comes first, and `qt` follows. Blocks of size 2 come out in standard form.
pub(super) fn swap_adjacent(
    t: &mut Matrix,
    qt: &mut Matrix,
    j: usize,
    n1: usize,
    n2: usize,
) -> Result<(), Unstable> {
    let n = n1 + n2;
    let mut d = [[0.0; 4]; 4];
    for i in 0..n {
        for k in 0..n {
            d[i][k] = t[(j + i, j + k)];
        }
    }
    let mut z = local_identity();
    if n == 2 {
        // The eigenvector (t12, t22 - t11) of the second eigenvalue becomes the first coordinate.
        let (x, y) = (d[0][1], d[1][1] - d[0][0]);
        let r = x.hypot(y);
        let (cs, sn) = if r == 0.0 { (1.0, 0.0) } else { (x / r, y / r) };
        if r == 0.0 {
            return Ok(());
        }
        z[0][..2].copy_from_slice(&[cs, -sn]);
        z[1][..2].copy_from_slice(&[sn, cs]);
        apply(t, qt, j, n, &z);
        t[(j, j)] = d[1][1];
        t[(j, j + 1)] = d[0][1];
        t[(j + 1, j)] = 0.0;
        t[(j + 1, j + 1)] = d[0][0];
        return Ok(());
    }
    let size = d.iter().flatten().fold(0.0f64, |s, x| s.max(x.abs()));
    // The columns of [-X; scale] span the invariant subspace of the second block.
    let (x, scale) = sylvester(&d, n1, n2);
    let mut columns = [[0.0; 4]; 2];
    for k in 0..n2 {
        for i in 0..n1 {
            columns[k][i] = -x[i][k];
        }
        columns[k][n1 + k] = scale;
    }
    for k in 0..n2 {
        // Householder reflection that clears column k below row k.
        let c = columns[k];
        let big = c[k..n].iter().fold(0.0f64, |s, x| s.max(x.abs()));
        if big == 0.0 {
            continue;
        }
        let mut v = [0.0; 4];
        for i in k..n {
            v[i] = c[i] / big;
        }
        let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        v[k] += if v[k] > 0.0 { norm } else { -norm };
        let half = v.iter().map(|x| x * x).sum::<f64>() / 2.0;
        for column in &mut columns[k..n2] {
            let s = (k..n).map(|i| v[i] * column[i]).sum::<f64>() / half;
            for i in k..n {
                column[i] -= s * v[i];
            }
        }
        for row in &mut z[..n] {
            let s = (k..n).map(|i| row[i] * v[i]).sum::<f64>() / half;
            for i in k..n {
                row[i] -= s * v[i];
            }
        }
    }
    let mut e = conjugate(&z, &d, n);
    let mut left_over = 0.0f64;
    for row in &e[n2..n] {
        for x in &row[..n2] {
            left_over = left_over.max(x.abs());
        }
    }
    // dlaexc's weak test, with room for the rounding of the test itself.
    if left_over.is_nan() || left_over > (20.0 * EPS * size).max(f64::MIN_POSITIVE / EPS) {
        return Err(Unstable { left_over: left_over / size });
    }
    // Eigenvalues of 1 x 1 blocks are carried over exactly; 2 x 2 blocks are standardized.
    let mut exact = Vec::new();
    for (start, length, old) in [(0, n2, n1), (n2, n1, 0)] {
        if length == 1 {
            e[start][start] = d[old][old];
        } else {
            let s = standardize(
                e[start][start],
                e[start][start + 1],
                e[start + 1][start],
                e[start + 1][start + 1],
            );
            let mut turn = local_identity();
            turn[start][start] = s.cs;
            turn[start][start + 1] = -s.sn;
            turn[start + 1][start] = s.sn;
            turn[start + 1][start + 1] = s.cs;
            let mut product = [[0.0; 4]; 4];
            for i in 0..n {
                for k in 0..n {
                    product[i][k] = (0..n).map(|l| z[i][l] * turn[l][k]).sum();
                }
            }
            z = product;
            exact.push((start, s));
        }
    }
    let f = conjugate(&z, &d, n);
    apply(t, qt, j, n, &z);
    for i in 0..n {
        for k in 0..n {
            t[(j + i, j + k)] = if i >= n2 && k < n2 { 0.0 } else { f[i][k] };
        }
    }
    for (start, length) in [(0, n2), (n2, n1)] {
        if length == 1 {
            t[(j + start, j + start)] = e[start][start];
        }
    }
    for (start, s) in exact {
        s.write(t, j + start);
    }
    Ok(())
}

/// `t := Z^T t Z` outside the diagonal block at `j`, `qt := Z^T qt`.
fn apply(t: &mut Matrix, qt: &mut Matrix, j: usize, n: usize, z: &Local) {
    rows(t, j, n, z, j + n);
    for i in 0..j {
        let row = &mut t.row_mut(i)[j..j + n];
        let mut out = [0.0; 4];
        for k in 0..n {
            out[k] = (0..n).map(|l| row[l] * z[l][k]).sum();
        }
        row.copy_from_slice(&out[..n]);
    }
    rows(qt, j, n, z, 0);
}

/// Rows `j..j + n` of `m` become `Z^T` times themselves, columns `from..`.
fn rows(m: &mut Matrix, j: usize, n: usize, z: &Local, from: usize) {
    let cols = m.cols();
    let mut rows =
        m.data_mut()[j * cols..(j + n) * cols].chunks_exact_mut(cols.max(1)).map(|r| &mut r[from..]);
    if let (Some(first), Some(second)) = (rows.next(), rows.next()) {
        vectorized(Rows { pair: (first, second), third: rows.next(), fourth: rows.next(), z });
    }
}

/// Two to four rows.
struct Rows<'a> {
    pair: (&'a mut [f64], &'a mut [f64]),
    third: Option<&'a mut [f64]>,
    fourth: Option<&'a mut [f64]>,
    z: &'a Local,
}

impl pulp::NullaryFnOnce for Rows<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let z = *self.z;
        let (a, b) = self.pair;
        let two = a.iter_mut().zip(b);
        match (self.third, self.fourth) {
            (Some(c), Some(d)) => {
                for ((a, b), (c, d)) in two.zip(c.iter_mut().zip(d)) {
                    let of = |k: usize| z[0][k] * *a + z[1][k] * *b + z[2][k] * *c + z[3][k] * *d;
                    let (p, q, r, s) = (of(0), of(1), of(2), of(3));
                    (*a, *b, *c, *d) = (p, q, r, s);
                }
            }
            (Some(c), None) => {
                for ((a, b), c) in two.zip(c) {
                    let of = |k: usize| z[0][k] * *a + z[1][k] * *b + z[2][k] * *c;
                    let (p, q, r) = (of(0), of(1), of(2));
                    (*a, *b, *c) = (p, q, r);
                }
            }
            _ => {
                for (a, b) in two {
                    (*a, *b) = (z[0][0] * *a + z[1][0] * *b, z[0][1] * *a + z[1][1] * *b);
                }
            }
        }
    }
}

/// Swaps the eigenvalues `j` and `j + 1` of a complex triangular `t`; `uh` holds the adjoint of
/// the unitary factor.
pub(super) fn swap_complex(t: &mut CMatrix, uh: &mut CMatrix, j: usize) {
    let n = t.rows();
    let (a, b, x) = (t[(j, j)], t[(j + 1, j + 1)], t[(j, j + 1)]);
    let y = b - a;
    let r = x.norm().hypot(y.norm());
    if r == 0.0 {
        return;
    }
    // First column of the rotation: the eigenvector (x, b - a) of the second eigenvalue.
    let (p, q) = (x / r, y / r);
    for i in 0..j {
        let (u, v) = (t[(i, j)], t[(i, j + 1)]);
        t[(i, j)] = u * p + v * q;
        t[(i, j + 1)] = v * p.conj() - u * q.conj();
    }
    let rows = |m: &mut CMatrix, from: usize| {
        for c in from..n {
            let (u, v) = (m[(j, c)], m[(j + 1, c)]);
            m[(j, c)] = p.conj() * u + q.conj() * v;
            m[(j + 1, c)] = p * v - q * u;
        }
    };
    rows(t, j + 2);
    rows(uh, 0);
    t[(j, j)] = b;
    t[(j + 1, j + 1)] = a;
    // (p, q)^H T (-q*, p*) with T = [[a, x], [0, b]].
    t[(j, j + 1)] = p.conj() * (x * p.conj() - a * q.conj()) + q.conj() * (b * p.conj());
    t[(j + 1, j)] = Complex::new(0.0, 0.0);
}
