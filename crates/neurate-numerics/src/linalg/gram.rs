//! The product of `E^T E` with a vector, in one pass through E.

use super::matrix::Matrix;
use super::vectors::{add_loop, dot_loop};

/// `y = (s E)^T (s E) x`, in one pass through `e`; `upper`: it is upper quasi-triangular.
pub(super) fn gram_times(e: &Matrix, upper: bool, scale: f64, x: &[f64], y: &mut [f64]) {
    assert!(x.len() == e.cols() && y.len() == e.cols());
    pulp::Arch::new().dispatch(Gram { e, upper, scale, x, y });
}

/// Compiled for the widest instructions of the machine.
struct Gram<'a> {
    e: &'a Matrix,
    upper: bool,
    scale: f64,
    x: &'a [f64],
    y: &'a mut [f64],
}

impl pulp::NullaryFnOnce for Gram<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        let Gram { e, upper, scale, x, y } = self;
        let (rows, cols) = (e.rows(), e.cols());
        y.fill(0.0);
        for i in (0..rows).step_by(GROUP) {
            // What lies left of the diagonal is zero: whole vectors may begin there.
            let left = if upper { i.saturating_sub(1).min(cols) } else { 0 };
            let from = cols - (cols - left).next_multiple_of(LANES).min(cols);
            if i + GROUP <= rows {
                let at = |k: usize| &e.data()[(i + k) * cols + from..(i + k + 1) * cols];
                four_rows([at(0), at(1), at(2), at(3)], scale, &x[from..], &mut y[from..]);
                continue;
            }
            for i in i..rows {
                let row = &e.data()[i * cols + from..(i + 1) * cols];
                let z = dot_loop(row, &x[from..]) * scale * scale;
                add_loop(&mut y[from..], z, row);
            }
        }
    }
}

/// Rows at once: the vectors are read and written once for all, and sums need not wait for one another.
const GROUP: usize = 4;
/// Sums side by side in each.
const LANES: usize = 8;

/// `y += sum_k (s r_k) (s r_k . x)`.
#[inline(always)]
fn four_rows(rows: [&[f64]; GROUP], scale: f64, x: &[f64], y: &mut [f64]) {
    let n = x.len();
    let whole = n / LANES * LANES;
    let rows = rows.map(|r| &r[..n]);
    let mut sums = [[0.0; LANES]; GROUP];
    for j in (0..whole).step_by(LANES) {
        for k in 0..GROUP {
            for l in 0..LANES {
                sums[k][l] += rows[k][j + l] * x[j + l];
            }
        }
    }
    let mut z = [0.0; GROUP];
    for k in 0..GROUP {
        let mut half = LANES / 2;
        while half > 0 {
            for l in 0..half {
                sums[k][l] += sums[k][l + half];
            }
            half /= 2;
        }
        z[k] = sums[k][0];
        for j in whole..n {
            z[k] += rows[k][j] * x[j];
        }
        z[k] *= scale * scale;
    }
    let y = &mut y[..n];
    for j in 0..n {
        y[j] += (z[0] * rows[0][j] + z[1] * rows[1][j]) + (z[2] * rows[2][j] + z[3] * rows[3][j]);
    }
}
