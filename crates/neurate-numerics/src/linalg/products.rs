//! Products of a dense matrix with one vector.

use crate::special::elementary::mul_add;
use crate::special::instructions::{Compute, Instructions};
use std::ops::Range;

/// Partial sums of one row: as many as the widest vector has doubles, so that every width of
/// vectors gives the same bits.
pub(super) const LANES: usize = 8;
/// Rows at once: as many streams from memory, and one reading of the vector for all. Eight need the registers of AVX-512.
const ROWS: usize = 4;
const MANY_ROWS: usize = 8;
/// Lengths of rows whose square matrices lie in the last cache, but not in a nearer one. There two rows far apart, each in
/// two vectors of partial sums, are read a tenth faster: in order, as a cache's own prefetching wants it.
const IN_LAST_CACHE: Range<usize> = 512..1200;

/// An entry of a matrix, of either precision.
pub trait Entry: Copy {
    /// In double precision.
    fn double(self) -> f64;
}

impl Entry for f64 {
    #[inline(always)]
    fn double(self) -> f64 {
        self
    }
}

impl Entry for f32 {
    #[inline(always)]
    fn double(self) -> f64 {
        f64::from(self)
    }
}

/// `out += W x`, `w` row by row: rows as long as `x`, as many as `out` has elements.
pub fn add_mul_vec<E: Entry>(w: &[E], x: &[f64], out: &mut [f64]) {
    assert_eq!(w.len(), x.len() * out.len(), "entries of the matrix");
    if x.is_empty() {
        return;
    }
    let set = Instructions::widest();
    if IN_LAST_CACHE.contains(&x.len()) {
        set.run(AddMulVec::<E, 2, 2> { w, x, out });
    } else if set.is_wide() {
        set.run(AddMulVec::<E, MANY_ROWS, 1> { w, x, out });
    } else {
        set.run(AddMulVec::<E, ROWS, 1> { w, x, out });
    }
}

/// `COUNT` rows at once, each in `WIDTH` vectors of partial sums.
struct AddMulVec<'a, E, const COUNT: usize, const WIDTH: usize> {
    w: &'a [E],
    x: &'a [f64],
    out: &'a mut [f64],
}

impl<E: Entry, const COUNT: usize, const WIDTH: usize> Compute for AddMulVec<'_, E, COUNT, WIDTH> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        let AddMulVec { w, x, out } = self;
        let n = x.len();
        let row = |i: usize| &w[i * n..(i + 1) * n];
        // Two rows lie far apart: each is then one long stream. More rows lie side by side.
        let groups = out.len() / COUNT;
        let (group, next) = if COUNT == 2 { (1, groups) } else { (COUNT, 1) };
        for i in 0..groups {
            // Loops, not closures: what is not made part of this function has no vector instructions.
            let mut rows = [&w[..0]; COUNT];
            for k in 0..COUNT {
                rows[k] = row(i * group + k * next);
            }
            let sums = dots::<FMA, COUNT, WIDTH, E>(rows, x);
            for k in 0..COUNT {
                out[i * group + k * next] += sums[k];
            }
        }
        for i in groups * COUNT..out.len() {
            out[i] += dots::<FMA, 1, WIDTH, E>([row(i)], x)[0];
        }
    }
}

/// The scalar products of rows with `x`. A row's sum does not depend on the rows beside it.
#[inline(always)]
fn dots<const FMA: bool, const COUNT: usize, const WIDTH: usize, E: Entry>(
    rows: [&[E]; COUNT],
    x: &[f64],
) -> [f64; COUNT] {
    let (lines, tail) = x.as_chunks::<LANES>();
    let (head, rest) = lines.as_chunks::<WIDTH>();
    let mut heads: [&[[[E; LANES]; WIDTH]]; COUNT] = [&[]; COUNT];
    for k in 0..COUNT {
        heads[k] = &rows[k].as_chunks::<LANES>().0.as_chunks::<WIDTH>().0[..head.len()];
    }
    let mut partial = [[[0.0; LANES]; WIDTH]; COUNT];
    for (j, x) in head.iter().enumerate() {
        for k in 0..COUNT {
            for s in 0..WIDTH {
                for l in 0..LANES {
                    partial[k][s][l] = mul_add::<FMA>(heads[k][j][s][l].double(), x[s][l], partial[k][s][l]);
                }
            }
        }
    }
    // Through memory: or else the compiler forms the pairs of the sum below in the loop above, with short vectors.
    let partial = std::hint::black_box(partial);
    let mut sums = [0.0; COUNT];
    for k in 0..COUNT {
        let mut p = partial[k][0];
        let (last, ends) = rows[k][head.len() * WIDTH * LANES..].as_chunks::<LANES>();
        for (w, x) in last.iter().zip(rest) {
            for l in 0..LANES {
                p[l] = mul_add::<FMA>(w[l].double(), x[l], p[l]);
            }
        }
        for s in 1..WIDTH {
            for l in 0..LANES {
                p[l] += partial[k][s][l];
            }
        }
        sums[k] = sum(p);
        for (w, x) in ends.iter().zip(tail) {
            sums[k] = mul_add::<FMA>(w.double(), *x, sums[k]);
        }
    }
    sums
}

/// The sum of the lanes, in pairs.
#[inline(always)]
fn sum(p: [f64; LANES]) -> f64 {
    ((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Matrix, add_mul_lanes};

    #[test]
    fn all_sizes_agree_with_plain_sums() {
        for (rows, cols) in [(1, 1), (2, 2), (3, 7), (4, 8), (5, 9), (9, 31), (17, 40), (6, 100)] {
            let w = Matrix::from_fn(rows, cols, |i, j| ((i * 7 + j * 3) as f64).sin());
            let x: Vec<f64> = (0..cols).map(|j| (j as f64 * 0.7).cos()).collect();
            let plain: Vec<f64> =
                (0..rows).map(|i| w.row(i).iter().zip(&x).map(|(a, b)| a * b).sum()).collect();
            for set in Instructions::available() {
                let mut out = vec![1.0; rows];
                set.run(AddMulVec::<f64, ROWS, 1> { w: w.data(), x: &x, out: &mut out });
                let mut more = vec![1.0; rows];
                set.run(AddMulVec::<f64, MANY_ROWS, 1> { w: w.data(), x: &x, out: &mut more });
                // A row's sum does not depend on the rows beside it.
                assert_eq!(out, more);
                for (o, p) in out.iter().zip(&plain) {
                    // Two sums of at most `cols` products below 1: each is off by at most cols * eps * cols.
                    assert!(
                        (o - 1.0 - p).abs() <= 2.0 * f64::EPSILON * (cols * cols) as f64,
                        "{rows} x {cols}"
                    );
                }
            }
            // Many lanes, whole vectors and a rest.
            for lanes in [37, 64] {
                let r: Vec<f64> =
                    x.iter().flat_map(|x| (0..lanes).map(move |e| x * (1.0 + e as f64))).collect();
                let mut out = vec![0.0; rows * lanes];
                add_mul_lanes(&w, &r, lanes, &mut out);
                for (k, o) in out.iter().enumerate() {
                    let (i, scale) = (k / lanes, 1.0 + (k % lanes) as f64);
                    assert!((o - scale * plain[i]).abs() <= f64::EPSILON * scale * (cols * cols) as f64);
                }
            }
            let side_by_side: Vec<f64> = x.iter().flat_map(|x| [*x, 2.0 * x, -x]).collect();
            let mut out = vec![1.0; 3 * rows];
            add_mul_lanes(&w, &side_by_side, 3, &mut out);
            for (o, p) in out.chunks(3).zip(&plain) {
                let error = (o[0] - 1.0 - p).abs() + (o[1] - 1.0 - 2.0 * p).abs() + (o[2] - 1.0 + p).abs();
                assert!(error <= 8.0 * f64::EPSILON * (cols * cols) as f64);
            }
        }
    }
}
