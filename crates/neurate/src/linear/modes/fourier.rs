//! Spatial modes of circuits on a ring or torus: small exact blocks in place of one large matrix.

use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Complex, Matrix, eigenvalues, schur_real};

/// One spatial mode: waves of one wave number over all types of units.
///
/// On a translation-invariant circuit activity of the form `v exp(2 pi i k x / points)` stays of that
/// form, and v, one number for each type, obeys the block (THEORY T6).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpatialMode {
    /// Cycles per period along each axis, from `-points/2` to `points/2`; the first that is not zero
    /// is positive.
    pub wave: Vec<i64>,
    /// Types to types; the block of the opposite wave is its conjugate.
    pub block: CMatrix,
    /// Whether the opposite wave is another one, with the conjugate block (so not for the uniform and
    /// the fastest alternating wave).
    pub paired: bool,
}

impl SpatialMode {
    /// The block, if it is real (even kernels).
    pub fn real(&self) -> Option<Matrix> {
        let real = self.block.data().iter().all(|z| z.im == 0.0);
        real.then(|| self.block.map(|z| z.re))
    }

    /// A real matrix with the same dynamics: the block, or if that is complex `[[A, -B], [B, A]]`,
    /// which acts on real and imaginary parts (cosine and sine waves) and stands for both waves.
    pub fn real_form(&self) -> Matrix {
        self.real().unwrap_or_else(|| {
            let p = self.block.rows();
            Matrix::from_fn(2 * p, 2 * p, |i, j| {
                let z = self.block[(i % p, j % p)];
                match (i < p, j < p) {
                    (true, true) | (false, false) => z.re,
                    (true, false) => -z.im,
                    (false, true) => z.im,
                }
            })
        })
    }

    /// How often the real form occurs in the whole matrix.
    pub fn copies(&self) -> usize {
        if self.paired && self.real().is_some() { 2 } else { 1 }
    }

    /// Eigenvalues of the real form.
    ///
    /// # Errors
    /// They did not converge.
    pub fn eigenvalues(&self) -> Result<Vec<Complex>> {
        eigenvalues(&self.real_form())
    }

    /// Sum of squared feedforward weights of the real form: Henrici's departure squared.
    ///
    /// # Errors
    /// The Schur form did not converge.
    pub fn feedforward_squared(&self) -> Result<f64> {
        Ok(schur_real(&self.real_form())?.feedforward_sum_of_squares())
    }
}

/// The spatial modes of `m`, whose units are `types` populations on the same grid of the given
/// `shape` (the last axis fastest); None if `m` is not translation-invariant to 1e-10 of its largest
/// entry. Together (with their copies) they have the eigenvalues and the feedforward weight of `m`.
pub fn spatial_modes(m: &Matrix, types: usize, shape: &[usize]) -> Option<Vec<SpatialMode>> {
    let points: usize = shape.iter().product();
    if types * points != m.rows() || points == 0 {
        return None;
    }
    let place = |mut i: usize| {
        let mut at = vec![0; shape.len()];
        for (k, n) in shape.iter().enumerate().rev() {
            at[k] = i % n;
            i /= n;
        }
        at
    };
    let places: Vec<Vec<usize>> = (0..points).map(place).collect();
    let flat = |to: &[usize], from: &[usize]| {
        shape.iter().zip(to.iter().zip(from)).fold(0, |at, (n, (t, f))| at * n + (t + n - f) % n)
    };
    let tolerance = 1e-10 * m.max_abs();
    for (i, to) in places.iter().enumerate() {
        for (j, from) in places.iter().enumerate() {
            let d = flat(to, from);
            for a in 0..types {
                for b in 0..types {
                    let (here, first) =
                        (m[(a * points + i, b * points + j)], m[(a * points + d, b * points)]);
                    if (here - first).abs() > tolerance {
                        return None;
                    }
                }
            }
        }
    }
    let turns: Vec<Vec<Complex>> = shape
        .iter()
        .map(|&n| {
            (0..n).map(|k| Complex::from_polar(1.0, -std::f64::consts::TAU * k as f64 / n as f64)).collect()
        })
        .collect();
    let rounding = 1e-15 * points as f64 * m.max_abs();
    let mut modes = Vec::new();
    for k in &places {
        let opposite = flat(&vec![0; shape.len()], k);
        let own = flat(k, &vec![0; shape.len()]);
        if opposite < own {
            continue;
        }
        let mut block = CMatrix::from_fn(types, types, |_, _| Complex::new(0.0, 0.0));
        for (d, x) in places.iter().enumerate() {
            let phase: Complex = (0..shape.len()).map(|a| turns[a][k[a] * x[a] % shape[a]]).product();
            for a in 0..types {
                for b in 0..types {
                    block[(a, b)] += phase * m[(a * points + d, b * points)];
                }
            }
        }
        // Imaginary parts that are rounding of the sum are zero, however small the block is; a wave that is
        // its own opposite has none.
        let real = |z: Complex| opposite == own || z.im.abs() <= rounding;
        let block = block.map(|z| if real(z) { Complex::new(z.re, 0.0) } else { z });
        let signed = |(&k, &n): (&usize, &usize)| if 2 * k > n { k as i64 - n as i64 } else { k as i64 };
        modes.push(SpatialMode {
            wave: k.iter().zip(shape).map(signed).collect(),
            block,
            paired: opposite != own,
        });
    }
    Some(modes)
}
