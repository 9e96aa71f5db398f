//! Power and cross-spectra of fluctuations.

use super::noise::Fluctuations;
use super::noise::{Equation, Source};
use crate::dynamics::DelayedJacobian;
use neurate_numerics::linalg::{CMatrix, Complex, ComplexLu, Matrix, matmul_complex, solve_shifted_rows};
use std::f64::consts::TAU;

/// Readouts up to this share of the states are read in the states' own basis.
const FEW: usize = 8;

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
    /// `U^H`, of few readouts: then they are brought back to the states; of many the sources are brought to the modes.
    back: Option<CMatrix>,
    /// Every source with its `U^H B Q B^T U`; with delays, and of few readouts, `B Q B^T`.
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
                let resolvent = Resolvent::Delayed(parts.clone());
                return CrossSpectra { readout, resolvent, back: None, sources };
            }
        };
        let schur = solver.schur().to_complex();
        let turned =
            |m: &Matrix| matmul_complex(&matmul_complex(&schur.u.adjoint(), &m.to_complex()), &schur.u);
        let few = FEW * readout.rows() <= schur.u.rows();
        let source = |m: &Matrix| if few { m.to_complex() } else { turned(m) };
        CrossSpectra {
            readout: matmul_complex(&readout, &schur.u),
            sources: f.sources.iter().map(|s| (s.clone(), source(&s.driven))).collect(),
            back: few.then(|| schur.u.adjoint()),
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
            Resolvent::Triangle(triangle) => solve_shifted_rows(&mut z, s, triangle),
            Resolvent::Delayed(parts) => {
                let solution = ComplexLu::new(&parts.characteristic(s).transpose())
                    .ok()
                    .and_then(|lu| lu.solve_matrix(&z.transpose()));
                z = solution.map_or_else(|| z.map(|_| Complex::new(f64::NAN, f64::NAN)), |x| x.transpose());
            }
        }
        let products = |noise: &CMatrix| matmul_complex(&matmul_complex(&z, noise), &z.adjoint());
        let add = |sum: &mut CMatrix, m: &CMatrix, color: f64| {
            sum.data_mut().iter_mut().zip(m.data()).for_each(|(sum, d)| *sum += d * color);
        };
        let zeros = |rows, cols| CMatrix::from_fn(rows, cols, |_, _| Complex::new(0.0, 0.0));
        let Some(back) = &self.back else {
            // All sources as one.
            let mut noise = zeros(z.cols(), z.cols());
            self.sources.iter().for_each(|(source, driven)| add(&mut noise, driven, source.color(s.im)));
            return products(&noise);
        };
        // One source after the other, through few rows.
        let seen = matmul_complex(&z, back);
        let mut through = zeros(seen.rows(), seen.cols());
        for (source, driven) in &self.sources {
            add(&mut through, &matmul_complex(&seen, driven), source.color(s.im));
        }
        matmul_complex(&through, &seen.adjoint())
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
