//! Products of a dense matrix with many vectors side by side.

use super::dense::view;
use super::matrix::Matrix;
use super::products::LANES;
use crate::special::elementary::mul_add;
use crate::special::instructions::{Compute, Instructions};
use faer::{Accum, MatMut, MatRef, Par};

/// `OUT += W R` for `lanes` vectors side by side: element `j` of vector `e` is `r[j * lanes + e]`.
///
/// Up to [`FEW`] columns a product takes less than the library needs to begin; there a vector's result does not depend
/// on the vectors beside it.
pub fn add_mul_lanes(w: &Matrix, r: &[f64], lanes: usize, out: &mut [f64]) {
    if w.cols() <= FEW {
        assert_eq!((r.len(), out.len()), (w.cols() * lanes, w.rows() * lanes), "lanes side by side");
        return Instructions::widest().run(AddMulLanes { w, r, lanes, out });
    }
    let r = MatRef::from_row_major_slice(r, w.cols(), lanes);
    let out = MatMut::from_row_major_slice_mut(out, w.rows(), lanes);
    faer::linalg::matmul::matmul(out, Accum::Add, view(w), r, 1.0, Par::Seq);
}

/// Columns up to which [`add_mul_lanes`] has a loop of its own.
pub const FEW: usize = 32;

struct AddMulLanes<'a> {
    w: &'a Matrix,
    r: &'a [f64],
    lanes: usize,
    out: &'a mut [f64],
}

impl Compute for AddMulLanes<'_> {
    type Output = ();

    #[inline(always)]
    fn compute<const FMA: bool>(self) {
        const WIDE: usize = 4 * LANES;
        let AddMulLanes { w, r, lanes, out } = self;
        if lanes == 0 {
            return;
        }
        for (i, out) in out.chunks_exact_mut(lanes).enumerate() {
            let row = w.row(i);
            let (wide, rest) = out.as_chunks_mut::<WIDE>();
            let narrow = wide.len() * WIDE;
            for (k, out) in wide.iter_mut().enumerate() {
                let mut sums = *out;
                for (w, r) in row.iter().zip(r.chunks_exact(lanes)) {
                    let r = &r.as_chunks::<WIDE>().0[k];
                    (0..WIDE).for_each(|l| sums[l] = mul_add::<FMA>(*w, r[l], sums[l]));
                }
                *out = sums;
            }
            for (e, out) in rest.iter_mut().enumerate() {
                let vectors = r.chunks_exact(lanes).map(|r| r[narrow + e]);
                *out = row.iter().zip(vectors).fold(*out, |sum, (w, r)| mul_add::<FMA>(*w, r, sum));
            }
        }
    }
}
