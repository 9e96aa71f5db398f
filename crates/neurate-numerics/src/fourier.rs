//! Fourier transforms of real fields on a ring or a torus.
//!
//! They stand here, not beside their only caller, because `rustfft`'s kernels are generic: they are compiled wherever they are
//! named, and were a fifth of the library's code.

use crate::linalg::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};
use std::sync::Arc;

/// Transforms of fields with one value for each place of a torus of `height x width` places, row by row; a ring has one row.
#[derive(Clone)]
pub struct Fourier {
    height: usize,
    width: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    backward: Arc<dyn ComplexToReal<f64>>,
    /// Along the columns of a torus, there and back.
    columns: Option<[Arc<dyn Fft<f64>>; 2]>,
}

impl Fourier {
    /// For `height x width` places, at least one.
    pub fn new(height: usize, width: usize) -> Fourier {
        let mut real = RealFftPlanner::new();
        let (forward, backward) = (real.plan_fft_forward(width), real.plan_fft_inverse(width));
        let columns = (height > 1).then(|| {
            let mut planner = FftPlanner::new();
            [planner.plan_fft_forward(height), planner.plan_fft_inverse(height)]
        });
        Fourier { height, width, forward, backward, columns }
    }

    /// Rows (1 on a ring) and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.height, self.width)
    }

    /// Wave numbers along a row: the other half of them are conjugates.
    fn waves(&self) -> usize {
        self.width / 2 + 1
    }

    /// The transform of one value for each place: wave numbers along the rows, and down each one, those along
    /// the columns. Not scaled.
    pub fn transform(&self, field: &[f64]) -> Vec<Complex> {
        let mut rows = vec![Complex::ZERO; self.height * self.waves()];
        let mut row = vec![0.0; self.width];
        for (field, out) in field.chunks_exact(self.width).zip(rows.chunks_exact_mut(self.waves())) {
            row.copy_from_slice(field);
            self.forward.process(&mut row, out).expect("the lengths are right");
        }
        match &self.columns {
            None => rows,
            Some([forward, _]) => {
                let mut down = transposed(&rows, self.height, self.waves());
                forward.process(&mut down);
                down
            }
        }
    }

    /// Adds the inverse transform, not scaled, to `out`: the number of places times the field, of what
    /// [`Fourier::transform`] gives.
    pub fn add_inverse(&self, mut spectrum: Vec<Complex>, out: &mut [f64]) {
        if let Some([_, backward]) = &self.columns {
            backward.process(&mut spectrum);
            spectrum = transposed(&spectrum, self.waves(), self.height);
        }
        let mut row = vec![0.0; self.width];
        for (spectrum, out) in spectrum.chunks_exact_mut(self.waves()).zip(out.chunks_exact_mut(self.width)) {
            // These are real but for rounding, and must be.
            spectrum[0].im = 0.0;
            if self.width.is_multiple_of(2) {
                spectrum[self.width / 2].im = 0.0;
            }
            self.backward.process(spectrum, &mut row).expect("the lengths are right");
            out.iter_mut().zip(&row).for_each(|(out, x)| *out += x);
        }
    }
}

fn transposed(m: &[Complex], rows: usize, cols: usize) -> Vec<Complex> {
    (0..rows * cols).map(|k| m[(k % rows) * cols + k / rows]).collect()
}
