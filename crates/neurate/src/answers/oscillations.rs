//! Oscillations of a mean-field circuit: stability with the neurons' dynamics and the delays, and
//! the spectra of the population rates.

use super::limits::PAIRED_POPULATIONS;
use crate::linear::mean_field::{Spectra, spectra, spectral_grid, spectral_peak};
use crate::model::Circuit;
use crate::study::{Answer, Applies, Array, ComplexNumber, Study};
use neurate_numerics::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use std::f64::consts::TAU;

/// Points of a spectrum, besides those about the multiples of the firing rates.
const POINTS: usize = 401;
/// More cross-spectra are null in JSON.
const PAIRS_IN_JSON: usize = PAIRED_POPULATIONS * (PAIRED_POPULATIONS - 1) / 2;

/// Stability of the operating point with the spiking neurons' own dynamics and the delays of the synapses; and, if it is
/// stable as far as known, the spectra of the population rates at finite size.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Oscillations {
    /// Whether no mode grows; None if that could not be decided.
    pub stable: Option<bool>,
    /// Number of growing modes, by Nyquist's criterion, each of a conjugate pair; None if they could not be counted.
    pub unstable_modes: Option<usize>,
    /// Modes found by Newton's method, rightmost first; of a conjugate pair the one with the positive frequency.
    pub modes: Vec<SpikingMode>,
    /// Frequencies of the spectra, in the circuit's unit of rate; None where a mode grows.
    pub frequencies: Option<Array>,
    /// Power spectrum of each population (row) at each frequency (column): two-sided, of the spikes per neuron, rate
    /// squared per frequency, in the circuit's unit of rate. None where a mode grows.
    pub power: Option<Array>,
    /// Cross-spectra of all pairs of populations; None where a mode grows, and null in JSON above 12 populations.
    #[serde(serialize_with = "few_in_json")]
    pub cross: Option<Vec<RateCrossSpectrum>>,
    /// The highest peak of each population's power spectrum that has one; empty where a mode grows. For the report
    /// alone: not in JSON.
    pub peaks: Vec<RateSpectrumPeak>,
}

/// A mode `exp(s t)` of the spiking circuit, a zero of `det(1 − P(s))`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SpikingMode {
    /// The root `s`, per unit of time.
    pub s: ComplexNumber,
    /// Its frequency, in the circuit's unit of rate.
    pub frequency: f64,
    /// Its growth rate, the real part of `s`, per unit of time.
    pub growth_rate: f64,
}

/// The cross-spectrum `<r_a conj(r_b)>` of the rates of two populations.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RateCrossSpectrum {
    /// Name of the first population.
    pub a: String,
    /// Name of the second one.
    pub b: String,
    /// Real part at each frequency, in the unit of the power spectra.
    pub re: Array,
    /// Imaginary part.
    pub im: Array,
}

/// The highest point of a population's power spectrum that is a peak.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RateSpectrumPeak {
    /// Position of the population.
    pub population: usize,
    /// Where it is, in the circuit's unit of rate.
    pub frequency: f64,
    /// Its power, in the unit of the power spectra.
    pub power: f64,
    /// Over the power of as many independent Poisson processes.
    pub over_independent: f64,
}

impl Answer for Oscillations {
    const NAME: &'static str = "oscillations";

    fn applies(study: &Study) -> Applies {
        match study.circuit().mean_field() {
            Some(_) => Applies::at_operating_point(study),
            None => Applies::No("spiking neurons"),
        }
    }

    fn compute(study: &Study) -> Result<Oscillations> {
        let c = study.circuit();
        let d = study.delayed_stability()?.ok_or_else(|| {
            Error::unsupported("oscillations are those of spiking neurons about a stable fixed point")
        })?;
        let frequency = |omega: f64| omega / TAU / c.units().rate_times_time;
        let mode = |s: &_| {
            let s = ComplexNumber(*s);
            SpikingMode { s, frequency: frequency(s.0.im), growth_rate: s.0.re }
        };
        let mut answer = Oscillations {
            stable: d.stable(),
            unstable_modes: d.unstable,
            modes: d.modes.iter().map(mode).collect(),
            frequencies: None,
            power: None,
            cross: None,
            peaks: vec![],
        };
        if d.found_unstable == 0 && d.unstable.is_none_or(|n| n == 0) {
            // Ten cycles of the membrane: 500 Hz for 20 ms.
            let cycles = spectral_grid(c, study.point()?, 10.0 / slowest_membrane(c), POINTS)?;
            let spectrum = spectra(c, study.point()?, &cycles)?;
            answer.frequencies = Some(cycles.iter().map(|f| f / c.units().rate_times_time).collect());
            answer.power = Some(Array::rows((0..c.n()).map(|a| spectrum.power(a))));
            answer.cross = Some(cross(c, &spectrum));
            answer.peaks = peaks(study, &spectrum)?;
        }
        Ok(answer)
    }
}

/// The longest membrane time constant.
pub(crate) fn slowest_membrane(c: &Circuit) -> f64 {
    c.populations().iter().filter_map(|p| p.transfer.lif()).map(|l| l.neuron.tau_m).fold(0.0, f64::max)
}

fn cross(c: &Circuit, spectrum: &Spectra) -> Vec<RateCrossSpectrum> {
    let pair = |a: usize, b: usize| RateCrossSpectrum {
        a: c.populations()[a].name.clone(),
        b: c.populations()[b].name.clone(),
        re: spectrum.matrices.iter().map(|m| m[(a, b)].re).collect(),
        im: spectrum.matrices.iter().map(|m| m[(a, b)].im).collect(),
    };
    (0..c.n()).flat_map(|a| (a + 1..c.n()).map(move |b| (a, b))).map(|(a, b)| pair(a, b)).collect()
}

/// Every spectrum is small, and there are as many as pairs: a page of a large circuit could not be read.
fn few_in_json<S: Serializer>(cross: &Option<Vec<RateCrossSpectrum>>, s: S) -> Result<S::Ok, S::Error> {
    match cross {
        Some(pairs) if s.is_human_readable() && pairs.len() > PAIRS_IN_JSON => s.serialize_none(),
        cross => cross.serialize(s),
    }
}

fn peaks(study: &Study, spectrum: &Spectra) -> Result<Vec<RateSpectrumPeak>> {
    let c = study.circuit();
    let point = study.point()?;
    let neurons = c.mean_field().map_or(&[][..], |m| &m.neurons);
    let mut peaks = Vec::new();
    for (p, neurons) in neurons.iter().enumerate() {
        if let Some((frequency, power)) = spectral_peak(c, point, spectrum, p)? {
            let independent = point.rates[p] / *neurons as f64;
            peaks.push(RateSpectrumPeak {
                population: p,
                frequency: frequency / c.units().rate_times_time,
                power,
                over_independent: power / independent,
            });
        }
    }
    Ok(peaks)
}
