//! Power and cross-spectra of fluctuations.

use super::Fluctuations;
use super::noise::{Equation, Source};
use super::triangle::solve_rows;
use crate::dynamics::DelayedJacobian;
use neurate_numerics::linalg::{CMatrix, Complex, ComplexLu, Matrix, matmul_complex};
use std::f64::consts::TAU;

/// Spectra of linear readouts R of fluctuations, `S(w) = R (i w - A)^-1 B Q B^T (i w - A)^-H R^T`:
/// two-sided, so that the integral over all frequencies (cycles per unit of time) is the covariance.
///
/// In Schur coordinates, where a frequency costs a substitution in a triangle for each readout. With delays `A` is
/// `sum_k A_k exp(-i w d_k)`, and a frequency costs an LU decomposition.
#[derive(Clone, Debug)]
pub struct CrossSpectra {
    /// The readouts, `R U`; with delays R.
    readout: CMatrix,
    resolvent: Resolvent,
    /// Every source with its `U^H B Q B^T U`; with delays `B Q B^T`.
    sources: Vec<(Source, CMatrix)>,
}

/// Of what `(i w - A)^-1` is made.
#[derive(Clone, Debug)]
enum Resolvent {
    Triangle(CMatrix),
    Delayed(DelayedJacobian),
}

impl CrossSpectra {
    pub(super) fn new(f: &Fluctuations, readout: &Matrix) -> CrossSpectra {
        let readout = f.padded(readout).to_complex();
        let solver = match &f.equation {
            Equation::Ordinary { solver, .. } => solver,
            Equation::Delayed { parts, .. } => {
                let sources = f.sources.iter().map(|s| (s.clone(), s.driven.to_complex())).collect();
                return CrossSpectra { readout, resolvent: Resolvent::Delayed(parts.clone()), sources };
            }
        };
        let schur = solver.schur().to_complex();
        let turned =
            |m: &Matrix| matmul_complex(&matmul_complex(&schur.u.adjoint(), &m.to_complex()), &schur.u);
        CrossSpectra {
            readout: matmul_complex(&readout, &schur.u),
            sources: f.sources.iter().map(|s| (s.clone(), turned(&s.driven))).collect(),
            resolvent: Resolvent::Triangle(schur.t),
        }
    }

    /// The matrix `S` at a frequency (cycles per unit of time): Hermitian, power spectra on the
    /// diagonal; `S[(a, b)]` is `<a conj(b)>`. Not numbers where a delayed circuit's resolvent is none.
    #[must_use]
    pub fn at(&self, frequency: f64) -> CMatrix {
        let s = Complex::new(0.0, TAU * frequency);
        let mut z = self.readout.clone();
        match &self.resolvent {
            Resolvent::Triangle(triangle) => solve_rows(&mut z, s, triangle),
            Resolvent::Delayed(parts) => {
                let solution = ComplexLu::new(&parts.characteristic(s).transpose())
                    .ok()
                    .and_then(|lu| lu.solve_matrix(&z.transpose()));
                z = solution.map_or_else(|| z.map(|_| Complex::new(f64::NAN, f64::NAN)), |x| x.transpose());
            }
        }
        // All sources as one.
        let n = z.cols();
        let mut noise = CMatrix::from_fn(n, n, |_, _| Complex::new(0.0, 0.0));
        for (source, driven) in &self.sources {
            let color = source.color(s.im);
            noise.data_mut().iter_mut().zip(driven.data()).for_each(|(sum, d)| *sum += d * color);
        }
        matmul_complex(&matmul_complex(&z, &noise), &z.adjoint())
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
