//! Pairs of populations in noise: coherence and phase by frequency, covariance by lag.

use crate::answers::limits::{LAGGED_UNITS, PAIRED_POPULATIONS};
use crate::linear::response::{CrossSpectra, Fluctuations};
use crate::model::Circuit;
use crate::study::Array;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Matrix};
use schemars::JsonSchema;
use serde::Serialize;

/// Lags on one side.
const LAGS: usize = 80;

/// The means of two populations beside each other, by frequency and by lag.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NoisePairs {
    /// Of every two different populations, at the frequencies of the power spectra.
    pub spectra: Vec<PairSpectrum>,
    /// Lags from 0, in the unit of time. Null with delays, and above 400 units: they take exponentials of matrices of up
    /// to twice the circuit's size.
    pub lags: Option<Array>,
    /// Covariances at these lags, of every population with every one; null where the lags are.
    pub covariances: Option<Vec<LaggedCovariance>>,
}

/// The cross-spectrum of the means of two populations.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PairSpectrum {
    /// Name of the first population.
    pub a: String,
    /// Name of the second population.
    pub b: String,
    /// Coherence `|S_ab|² / (S_aa S_bb)` at each frequency, from 0 to 1; null where one has no power.
    pub coherence: Array,
    /// Phase of the cross-spectrum in degrees; positive where `a` is ahead. Null where one has no power.
    pub phase: Array,
    /// Real part of the cross-spectrum `S_ab = ⟨a b*⟩`.
    pub re: Array,
    /// Its imaginary part.
    pub im: Array,
}

/// The covariance of one population's mean with that of another at an earlier time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct LaggedCovariance {
    /// Name of the population that is later by the lag.
    pub later: String,
    /// Name of the population that is earlier.
    pub earlier: String,
    /// Covariance at each lag.
    pub values: Array,
}

impl NoisePairs {
    /// From the spectra of the populations' means, whose readouts are `means`; None of too many populations.
    pub(super) fn new(
        c: &Circuit,
        f: &Fluctuations,
        means: &Matrix,
        spectrum: &[CMatrix],
        slowest: f64,
    ) -> Result<Option<NoisePairs>> {
        let p = c.populations().len();
        if p > PAIRED_POPULATIONS {
            return Ok(None);
        }
        let (mut lags, mut covariances) = (None, None);
        if c.n() <= LAGGED_UNITS && f.solver().is_some() {
            let step = 5.0 * slowest / LAGS as f64;
            lags = Some((0..=LAGS).map(|k| step * k as f64).collect());
            covariances = Some(lagged(c, &f.lagged(means, step, LAGS)?));
        }
        let pairs = (0..p).flat_map(|a| (a + 1..p).map(move |b| (a, b)));
        Ok(Some(NoisePairs {
            spectra: pairs.map(|(a, b)| PairSpectrum::new(c, spectrum, a, b)).collect(),
            lags,
            covariances,
        }))
    }
}

fn lagged(c: &Circuit, values: &[Matrix]) -> Vec<LaggedCovariance> {
    let p = c.populations().len();
    let name = |p: usize| c.populations()[p].name.clone();
    (0..p)
        .flat_map(|a| (0..p).map(move |b| (a, b)))
        .map(|(a, b)| LaggedCovariance {
            later: name(a),
            earlier: name(b),
            values: values.iter().map(|m| m[(a, b)]).collect(),
        })
        .collect()
}

impl PairSpectrum {
    fn new(c: &Circuit, spectrum: &[CMatrix], a: usize, b: usize) -> PairSpectrum {
        let values = spectrum.iter().map(|s| CrossSpectra::coherence(s, a, b));
        let (coherence, phase): (Vec<f64>, Vec<f64>) = values.map(|(x, y)| (x, y.to_degrees())).unzip();
        PairSpectrum {
            a: c.populations()[a].name.clone(),
            b: c.populations()[b].name.clone(),
            coherence: coherence.into(),
            phase: phase.into(),
            re: spectrum.iter().map(|s| s[(a, b)].re).collect(),
            im: spectrum.iter().map(|s| s[(a, b)].im).collect(),
        }
    }
}
