//! What every structure of weights can do.

use neurate_numerics::linalg::{Matrix, add_mul_lanes, add_mul_vec};
use std::ops::Range;

/// What every structure can do. A vector holds one value per unit; `lanes` vectors side by side hold
/// element `j` of vector `e` at `j * lanes + e`.
pub(super) trait Structure {
    /// Number of units.
    fn n(&self) -> usize;
    /// `out += W r`.
    fn add_product(&self, r: &[f64], out: &mut [f64]);
    /// `OUT += W R` for vectors side by side.
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]);
    /// Visits every stored weight: to, from, value.
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64));
    /// See [`Weights::representatives`](super::Weights::representatives).
    fn representatives(&self, _groups: &[Range<usize>], f: &mut dyn FnMut(usize, usize, f64)) {
        self.for_each(f);
    }
    /// Number of weights that are not zero.
    fn nonzeros(&self) -> u64 {
        let mut count = 0;
        self.for_each(&mut |_, _, w| count += u64::from(w != 0.0));
        count
    }
    /// Bytes that the weights take.
    fn memory(&self) -> usize;
    /// See [`Weights::in_large_pages`](super::Weights::in_large_pages).
    fn in_large_pages(&self) {}
}

impl Structure for Matrix {
    fn n(&self) -> usize {
        self.rows()
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        add_mul_vec(self.data(), r, out);
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        add_mul_lanes(self, r, lanes, out);
    }
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64)) {
        for i in 0..self.rows() {
            for (j, &w) in self.row(i).iter().enumerate() {
                f(i, j, w);
            }
        }
    }
    fn memory(&self) -> usize {
        size_of_val(self.data())
    }
    fn in_large_pages(&self) {
        Matrix::in_large_pages(self);
    }
}

/// Where two ranges overlap, if they do.
pub(super) fn overlap(a: &Range<usize>, b: &Range<usize>) -> Option<Range<usize>> {
    let both = a.start.max(b.start)..a.end.min(b.end);
    (!both.is_empty()).then_some(both)
}

/// The values of vector `e` of `lanes` side by side.
pub(super) fn lane(r: &[f64], lanes: usize, e: usize) -> impl Iterator<Item = f64> {
    r[e..].iter().step_by(lanes).copied()
}
