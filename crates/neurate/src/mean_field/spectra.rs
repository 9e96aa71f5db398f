//! Power and cross-spectra of the population rates of a finite circuit.

use super::DelayedLoop;
use crate::circuit::Circuit;
use crate::error::{Error, Result};
use crate::fixed_point::FixedPoint;
use crate::linalg::{CMatrix, Complex, ComplexLu, Mat};
use std::f64::consts::TAU;

/// Spectra of the rates of populations, each the spikes per neuron and time of a finite population.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// Frequencies, cycles per unit of time.
    pub frequencies: Vec<f64>,
    /// At each frequency the matrix `S`, two-sided: its diagonal holds the power spectra, `S[(a, b)]`
    /// the cross-spectrum `<r_a conj(r_b)>`; rate squared per frequency, in the circuit's unit of rate.
    pub matrices: Vec<CMatrix>,
}

impl Spectra {
    /// The power spectrum of one population.
    pub fn power(&self, p: usize) -> Vec<f64> {
        self.matrices.iter().map(|s| s[(p, p)].re).collect()
    }
    /// The squared coherence of two populations: 0 to 1.
    pub fn coherence(&self, a: usize, b: usize) -> Vec<f64> {
        self.matrices.iter().map(|s| s[(a, b)].norm_sqr() / (s[(a, a)].re * s[(b, b)].re)).collect()
    }
}

/// Spectra at the given frequencies (cycles per unit of time): `S = H diag(r/N) H^H` with
/// `H = (1 - P(i omega))^-1` (Lindner, Doiron & Longtin 2005; Bos, Diesmann & Helias 2016).
///
/// Each neuron's spikes are taken as Poisson, `r/N` for a population of `N`, and filtered by the
/// circuit; for regular spikes that is too much at frequencies below the rate. It is linear theory:
/// of a state that is stable, and not too close to where it would not be.
///
/// # Errors
/// The circuit is no mean-field circuit; the loop is singular at a frequency.
pub fn spectra(circuit: &Circuit, point: &FixedPoint, frequencies: &[f64]) -> Result<Spectra> {
    let open = DelayedLoop::new(circuit, point)?;
    let n = point.rates.len();
    let noise: Vec<f64> = (0..n).map(|p| point.rates[p] / open.field.neurons[p] as f64).collect();
    let mut matrices = Vec::with_capacity(frequencies.len());
    for &frequency in frequencies {
        let matrix = open.open(Complex::new(0.0, TAU * frequency))?;
        let h = ComplexLu::new(&matrix)?.solve_matrix(&CMatrix::identity(n)).ok_or_else(|| {
            Error::not_converged(format!("the loop is singular at {frequency} cycles per unit of time"))
        })?;
        matrices
            .push(Mat::from_fn(n, n, |a, b| (0..n).map(|k| h[(a, k)] * noise[k] * h[(b, k)].conj()).sum()));
    }
    Ok(Spectra { frequencies: frequencies.to_vec(), matrices })
}
