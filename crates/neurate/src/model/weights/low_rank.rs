//! Weights of low rank.

use super::structure::Structure;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Matrix, add_mul_lanes, add_mul_vec};

/// `W = U V^T` with `k` columns in each: the patterns that units receive, and those that they read out
/// (Mastrogiuseppe & Ostojic 2018). A product is `k` readings and `k` patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct LowRank {
    /// `U`, units x rank.
    u: Matrix,
    /// `V^T`, rank x units.
    vt: Matrix,
}

impl LowRank {
    /// From `U` and `V`, units x rank each: `W[i, j] = sum_k U[i, k] V[j, k]`.
    ///
    /// # Errors
    /// Different shapes, no columns, an entry that is not finite, or a weight that overflows.
    pub fn new(u: Matrix, v: &Matrix) -> Result<LowRank> {
        if (u.rows(), u.cols()) != (v.rows(), v.cols()) || u.cols() == 0 {
            return Err(Error::invalid(format!(
                "U and V must have one row per unit and equally many columns; they are {} x {} and {} x {}",
                u.rows(),
                u.cols(),
                v.rows(),
                v.cols()
            )));
        }
        if !(u.is_finite() && v.is_finite() && (u.max_abs() * v.max_abs() * u.cols() as f64).is_finite()) {
            return Err(Error::invalid("a weight of U V^T is not finite"));
        }
        Ok(LowRank { vt: v.transpose(), u })
    }
    /// Number of columns of `U` and `V`.
    pub fn rank(&self) -> usize {
        self.vt.rows()
    }
}

impl Structure for LowRank {
    fn n(&self) -> usize {
        self.u.rows()
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        let mut readings = vec![0.0; self.rank()];
        add_mul_vec(self.vt.data(), r, &mut readings);
        add_mul_vec(self.u.data(), &readings, out);
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        let mut readings = vec![0.0; self.rank() * lanes];
        add_mul_lanes(&self.vt, r, lanes, &mut readings);
        add_mul_lanes(&self.u, &readings, lanes, out);
    }
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64)) {
        let mut row = vec![0.0; self.n()];
        for i in 0..self.n() {
            row.fill(0.0);
            for (u, pattern) in self.u.row(i).iter().zip(self.vt.data().chunks_exact(self.n())) {
                row.iter_mut().zip(pattern).for_each(|(w, v)| *w += u * v);
            }
            row.iter().enumerate().for_each(|(j, w)| f(i, j, *w));
        }
    }
    fn memory(&self) -> usize {
        size_of_val(self.u.data()) + size_of_val(self.vt.data())
    }
}
