//! Power and cross-spectra of fluctuations.

use super::Fluctuations;
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
    /// `U^H B Q B^T U`.
    driven: CMatrix,
    /// The correlation time of the noise.
    time: Option<f64>,
}

impl CrossSpectra {
    pub(super) fn new(f: &Fluctuations, readout: &Matrix) -> CrossSpectra {
        let schur = f.solver.schur().to_complex();
        let driven = matmul_complex(&matmul_complex(&schur.u.adjoint(), &f.driven.to_complex()), &schur.u);
        CrossSpectra {
            readout: matmul_complex(&readout.to_complex(), &schur.u),
            triangle: schur.t,
            driven,
            time: f.time,
        }
    }

    /// The matrix `S` at a frequency (cycles per unit of time): Hermitian, power spectra on the
    /// diagonal; `S[(a, b)]` is `<a conj(b)>`.
    #[must_use]
    pub fn at(&self, frequency: f64) -> CMatrix {
        let s = Complex::new(0.0, TAU * frequency);
        let n = self.triangle.rows();
        // Rows z with z (s - T) = R U.
        let mut z = self.readout.clone();
        for r in 0..z.rows() {
            let row = z.row_mut(r);
            for i in 0..n {
                let t = self.triangle.row(i);
                let x = row[i] / (s - t[i]);
                row[i] = x;
                for (y, t) in row[i + 1..].iter_mut().zip(&t[i + 1..]) {
                    *y += x * t;
                }
            }
        }
        // White noise is flat; of coloured noise this is the spectrum over its variance.
        let colour = self.time.map_or(1.0, |time| 2.0 * time / (1.0 + (s.im * time).powi(2)));
        matmul_complex(&matmul_complex(&z, &self.driven), &z.adjoint()).map(|x| x * colour)
    }

    /// The power of every readout at a frequency.
    #[must_use]
    pub fn power(&self, frequency: f64) -> Vec<f64> {
        let s = self.at(frequency);
        (0..s.rows()).map(|a| s[(a, a)].re).collect()
    }
}
