//! Power and cross-spectra of fluctuations.

use super::Fluctuations;
use super::noise::Source;
use super::triangle::solve_rows;
use crate::linalg::Matrix;
use crate::linalg::{CMatrix, Complex, matmul_complex};
use std::f64::consts::TAU;

/// Spectra of linear readouts R of fluctuations, `S(w) = R (i w - A)^-1 B Q B^T (i w - A)^-H R^T`:
/// two-sided, so that the integral over all frequencies (cycles per unit of time) is the covariance.
///
/// In Schur coordinates, where a frequency costs a substitution in a triangle for each readout.
#[derive(Clone, Debug)]
pub struct CrossSpectra {
    /// The readouts, `R U`.
    readout: CMatrix,
    triangle: CMatrix,
    /// Every source with its `U^H B Q B^T U`.
    sources: Vec<(Source, CMatrix)>,
}

impl CrossSpectra {
    pub(super) fn new(f: &Fluctuations, readout: &Matrix) -> CrossSpectra {
        let schur = f.solver.schur().to_complex();
        let turned =
            |m: &Matrix| matmul_complex(&matmul_complex(&schur.u.adjoint(), &m.to_complex()), &schur.u);
        CrossSpectra {
            readout: matmul_complex(&f.padded(readout).to_complex(), &schur.u),
            sources: f.sources.iter().map(|s| (s.clone(), turned(&s.driven))).collect(),
            triangle: schur.t,
        }
    }

    /// The matrix `S` at a frequency (cycles per unit of time): Hermitian, power spectra on the
    /// diagonal; `S[(a, b)]` is `<a conj(b)>`.
    #[must_use]
    pub fn at(&self, frequency: f64) -> CMatrix {
        let s = Complex::new(0.0, TAU * frequency);
        let mut z = self.readout.clone();
        solve_rows(&mut z, s, &self.triangle);
        let mut total = CMatrix::from_fn(z.rows(), z.rows(), |_, _| Complex::new(0.0, 0.0));
        for (source, driven) in &self.sources {
            let colour = source.colour(s.im);
            let part = matmul_complex(&matmul_complex(&z, driven), &z.adjoint());
            total = CMatrix::from_fn(z.rows(), z.rows(), |i, j| total[(i, j)] + part[(i, j)] * colour);
        }
        total
    }

    /// Coherence `|S_ab|^2 / (S_aa S_bb)` of two readouts, 0 to 1, and the phase of `S_ab` in radians
    /// (positive: a leads). NaN where one has no power.
    #[must_use]
    pub fn coherence(s: &CMatrix, a: usize, b: usize) -> (f64, f64) {
        let (aa, bb, ab) = (s[(a, a)].re, s[(b, b)].re, s[(a, b)]);
        if aa > 0.0 && bb > 0.0 { (ab.norm_sqr() / (aa * bb), ab.arg()) } else { (f64::NAN, f64::NAN) }
    }

    /// The power of every readout at a frequency.
    #[must_use]
    pub fn power(&self, frequency: f64) -> Vec<f64> {
        let s = self.at(frequency);
        (0..s.rows()).map(|a| s[(a, a)].re).collect()
    }
}
