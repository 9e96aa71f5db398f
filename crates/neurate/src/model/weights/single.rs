//! Dense weights in single precision: half the memory, and half of what a product out of cache has to read.

use super::structure::Structure;
use neurate_numerics::linalg::{Matrix, add_mul_lanes, add_mul_vec};
use neurate_numerics::memory::{Lines, in_large_pages, lines};

/// Rows that are turned into doubles together for products with many vectors.
const ROWS: usize = 64;

/// A square matrix of single-precision numbers. Products add up in double precision, so that all that is lost is what
/// rounding the weights loses: 6e-8 of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Single {
    n: usize,
    entries: Lines<f32>,
}

impl Single {
    /// The weights of a square matrix, rounded.
    ///
    /// # Panics
    /// If it is not square.
    pub fn new(w: &Matrix) -> Single {
        assert!(w.is_square(), "weights between units are square");
        Single { n: w.rows(), entries: lines(w.data().iter().map(|&w| w as f32)) }
    }

    /// The entries of some rows.
    pub(super) fn rows(&self, rows: std::ops::Range<usize>) -> &[f32] {
        &self.entries[rows.start * self.n..rows.end * self.n]
    }
}

impl Structure for Single {
    fn n(&self) -> usize {
        self.n
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        add_mul_vec(&self.entries, r, out);
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        for (rows, out) in self.entries.chunks(ROWS * self.n.max(1)).zip(out.chunks_mut(ROWS * lanes)) {
            let count = rows.len() / self.n;
            let doubles = rows.iter().map(|&w| f64::from(w)).collect();
            add_mul_lanes(&Matrix::from_vec(count, self.n, doubles), r, lanes, out);
        }
    }
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64)) {
        for (k, &w) in self.entries.iter().enumerate() {
            f(k / self.n, k % self.n, f64::from(w));
        }
    }
    fn in_large_pages(&self) {
        in_large_pages(&self.entries);
    }
    fn memory(&self) -> usize {
        size_of_val(&self.entries[..])
    }
}
