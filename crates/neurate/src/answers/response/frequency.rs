//! The response to sinusoidal inputs: amplitude, phase, resonances, where the paradox ends.

use crate::answers::limits::{FREQUENCY_UNITS, PAIRED_POPULATIONS, RESONANT_PAIR_POPULATIONS};
use crate::linear::Linearization;
use crate::linear::response::FrequencyResponse;
use crate::model::Circuit;
use crate::study::Array;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::CMatrix;
use schemars::JsonSchema;
use serde::Serialize;

/// Responses of the populations' mean rates to a sinusoidal input to every unit of a population.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FrequencyResponses {
    /// Frequencies, rising, in the unit of a rate.
    pub frequencies: Array,
    /// Responses at these frequencies, of every population to every other, row by row of the response matrix.
    pub responses: Vec<PairResponse>,
    /// Largest responses. Of every pair of populations, row by row, up to four populations; above, each population's to
    /// its own input: a pair takes a few hundred substitutions in a triangle of the circuit's size.
    pub resonances: Vec<PairResonance>,
    /// Where each population's in-phase response to its own input changes its sign.
    pub sign_changes: Vec<InPhaseSignChanges>,
    /// Largest gain over all frequencies and all patterns of input over the populations.
    pub largest_gain: GainBound,
}

/// The complex response of one population to a sinusoidal input to another, convention `exp(+iωt)`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PairResponse {
    /// Name of the population that responds.
    pub to: String,
    /// Name of the population that is stimulated.
    pub input: String,
    /// Real part at each frequency: the in-phase response.
    pub re: Array,
    /// Imaginary part at each frequency; negative where the rate lags.
    pub im: Array,
}

/// The largest amplitude of a response over all frequencies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PairResonance {
    /// Name of the population that responds.
    pub to: String,
    /// Name of the population that is stimulated.
    pub input: String,
    /// Frequency of the largest amplitude, in the unit of a rate; 0 if no frequency evokes more than a constant input.
    pub frequency: f64,
    /// Amplitude there.
    pub height: f64,
    /// That amplitude over the response to a constant input; null where that is zero.
    pub over_static: Option<f64>,
}

/// Where a population's in-phase response to its own input changes its sign.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct InPhaseSignChanges {
    /// Name of the population.
    pub population: String,
    /// Frequencies, rising, in the unit of a rate.
    pub frequencies: Array,
    /// Whether none can be missing: they are the roots of a polynomial. Else those that a grid of frequencies shows.
    pub all: bool,
}

/// The largest gain over frequencies, root sum of squares over populations (the H∞ norm; Bruinsma & Steinbuch 1990).
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct GainBound {
    /// Reached at `frequency`.
    pub lower: f64,
    /// Not reached at any frequency; null above 300 units.
    pub upper: Option<f64>,
    /// In the unit of a rate; 0 for constant inputs.
    pub frequency: f64,
}

impl FrequencyResponses {
    /// None where the circuit is too large, or has delays.
    pub(super) fn new(c: &Circuit, l: &Linearization) -> Result<Option<FrequencyResponses>> {
        let p = c.populations().len();
        if c.n() > FREQUENCY_UNITS || p > PAIRED_POPULATIONS || l.delayed() {
            return Ok(None);
        }
        let r = FrequencyResponse::of_populations(c, l)?;
        let hz = 1.0 / c.units().rate_times_time;
        let gain = r.largest_gain()?;
        Ok(Some(FrequencyResponses {
            frequencies: r.grid().iter().map(|f| f * hz).collect(),
            responses: responses(c, &r),
            resonances: pairs(p)
                .filter(|(a, b)| a == b || p <= RESONANT_PAIR_POPULATIONS)
                .map(|pair| resonance(c, &r, pair, hz))
                .collect(),
            sign_changes: (0..p).map(|a| sign_changes(c, &r, a, hz)).collect::<Result<_>>()?,
            largest_gain: GainBound { lower: gain.lower, upper: gain.upper, frequency: gain.frequency * hz },
        }))
    }
}

/// All pairs of populations, row by row.
fn pairs(p: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..p).flat_map(move |a| (0..p).map(move |b| (a, b)))
}

fn responses(c: &Circuit, r: &FrequencyResponse) -> Vec<PairResponse> {
    let matrices: Vec<CMatrix> = r.grid().iter().map(|&f| r.at(f)).collect();
    let name = |p: usize| c.populations()[p].name.clone();
    pairs(c.populations().len())
        .map(|pair| PairResponse {
            to: name(pair.0),
            input: name(pair.1),
            re: matrices.iter().map(|h| h[pair].re).collect(),
            im: matrices.iter().map(|h| h[pair].im).collect(),
        })
        .collect()
}

fn resonance(c: &Circuit, r: &FrequencyResponse, (a, b): (usize, usize), hz: f64) -> PairResonance {
    let peak = r.resonance(a, b);
    PairResonance {
        to: c.populations()[a].name.clone(),
        input: c.populations()[b].name.clone(),
        frequency: peak.frequency * hz,
        height: peak.height,
        over_static: peak.over_static.is_finite().then_some(peak.over_static),
    }
}

fn sign_changes(c: &Circuit, r: &FrequencyResponse, p: usize, hz: f64) -> Result<InPhaseSignChanges> {
    let found = r.sign_changes(p, p)?;
    Ok(InPhaseSignChanges {
        population: c.populations()[p].name.clone(),
        frequencies: found.frequencies.iter().map(|f| f * hz).collect(),
        all: found.all,
    })
}
