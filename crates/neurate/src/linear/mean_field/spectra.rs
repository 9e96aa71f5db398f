//! Power and cross-spectra of the population rates of a finite circuit.

use super::delayed_loop::DelayedLoop;

use super::oscillations::resonances;
use crate::fixed_points::FixedPoint;
use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{CMatrix, Complex, ComplexLu, Mat};
use std::f64::consts::TAU;

/// Spectra of the rates of populations, each the spikes per neuron and time of a finite population.
#[derive(Clone, Debug)]
#[non_exhaustive]
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

/// Frequencies from zero to `top` (cycles per unit of time) on which every peak of a spectrum shows: an
/// even grid of `count` points, finer about the multiples of the populations' rates.
///
/// # Errors
/// The circuit is no mean-field circuit.
pub fn spectral_grid(circuit: &Circuit, point: &FixedPoint, top: f64, count: usize) -> Result<Vec<f64>> {
    let mut grid: Vec<f64> = (0..count).map(|k| top * (k as f64 + 0.5) / count as f64).collect();
    grid.extend(resonances(circuit, point)?.into_iter().map(|omega| omega / TAU).filter(|f| *f < top));
    grid.sort_by(f64::total_cmp);
    grid.dedup();
    Ok(grid)
}

/// The highest peak of a population's power spectrum: frequency and power. The grid's local maximum is
/// refined by golden section between its neighbors. None if the spectrum has none that stands out by 5 %.
///
/// # Errors
/// As [`spectra`].
pub fn spectral_peak(
    circuit: &Circuit,
    point: &FixedPoint,
    spectrum: &Spectra,
    p: usize,
) -> Result<Option<(f64, f64)>> {
    let power = spectrum.power(p);
    let lowest = power.iter().copied().fold(f64::INFINITY, f64::min);
    let top = (1..power.len().saturating_sub(1))
        .filter(|&k| power[k] > power[k - 1] && power[k] >= power[k + 1] && power[k] > 1.05 * lowest)
        .max_by(|&a, &b| power[a].total_cmp(&power[b]));
    let Some(k) = top else { return Ok(None) };
    let open = DelayedLoop::new(circuit, point)?;
    let at = |f: f64| -> Result<f64> { Ok(matrix(&open, point, f)?[(p, p)].re) };
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (spectrum.frequencies[k - 1], spectrum.frequencies[k + 1]);
    for _ in 0..24 {
        let (c, d) = (high - ratio * (high - low), low + ratio * (high - low));
        if at(c)? > at(d)? { high = d } else { low = c }
    }
    let f = 0.5 * (low + high);
    Ok(Some((f, at(f)?)))
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
    let matrices = frequencies.iter().map(|f| matrix(&open, point, *f)).collect::<Result<Vec<_>>>()?;
    Ok(Spectra { frequencies: frequencies.to_vec(), matrices })
}

/// `H diag(r/N) H^H` at one frequency.
fn matrix(open: &DelayedLoop, point: &FixedPoint, frequency: f64) -> Result<CMatrix> {
    let n = point.rates.len();
    let h = ComplexLu::new(&open.open(Complex::new(0.0, TAU * frequency))?)?
        .solve_matrix(&CMatrix::identity(n))
        .ok_or_else(|| {
            Error::not_converged(format!("the loop is singular at {frequency} cycles per unit of time"))
        })?;
    let noise = |k: usize| point.rates[k] / open.field.neurons[k] as f64;
    Ok(Mat::from_fn(n, n, |a, b| (0..n).map(|k| h[(a, k)] * noise(k) * h[(b, k)].conj()).sum()))
}
