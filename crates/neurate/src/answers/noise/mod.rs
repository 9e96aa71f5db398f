//! What noise in the inputs becomes; that of the file's `[noise]`, or else independent white noise of equal strength in
//! every input.

mod pairs;

pub use pairs::{LaggedCovariance, NoisePairs, PairSpectrum};

use super::limits::{NOISE_PATTERNS, NOISE_UNITS};
use crate::linear::Linearization;
use crate::linear::response::{
    self, EvokedEnergy, Noise, Patterns, correlations, fluctuations, standard_deviations,
};
use crate::model::{Circuit, Color, NoiseSource};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Matrix};
use schemars::JsonSchema;
use serde::Serialize;
use std::f64::consts::TAU;

/// Frequencies of a spectrum.
const POINTS: usize = 161;

/// What noise in the inputs becomes, in the linearized circuit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Fluctuations {
    /// About a stable operating point.
    Stationary(Box<StationaryFluctuations>),
    /// There is no stationary covariance, or it is not computed.
    Without(NoFluctuations),
}

/// There is no stationary covariance, or it is not computed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NoFluctuations {
    /// False: the operating point is not stable. Null: not computed, above 1,500 units.
    pub stationary: Option<bool>,
}

/// The stationary fluctuations about a stable operating point: exact for small noise.
///
/// Covariances and spectra are of the units' states (rates, voltages), not of slow states. Spectra are two-sided: the
/// integral over all frequencies, in cycles per unit of time, is the variance.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct StationaryFluctuations {
    /// Whether there is a stationary covariance: true.
    pub stationary: bool,
    /// Intensity of the independent white noise in every input, where the circuit has no noise of its own; else null.
    /// Unit of an input squared, times time.
    pub intensity: Option<f64>,
    /// Sum of the variances of all units over that of isolated units; null if no noise comes through.
    pub variance_ratio: Option<f64>,
    /// Effective dimensionality of the fluctuations: the participation ratio `(tr C)² / tr C²`, from 1 to the number of
    /// units. Null if no noise comes through.
    pub dimensionality: Option<f64>,
    /// Relative residual of the Lyapunov equation `A C + C Aᵀ + B Q Bᵀ = 0`; with delays the estimated error of the
    /// covariance, over the largest variance.
    pub residual: f64,
    /// Covariance C of the units' states.
    pub covariance: Array,
    /// Each population's fluctuations.
    pub populations: Vec<PopulationFluctuations>,
    /// Correlations between the populations' means; null where a population does not fluctuate.
    pub correlations: Array,
    /// The three strongest principal components, strongest first.
    pub patterns: Vec<FluctuationPattern>,
    /// The initial pattern that evokes most activity. Null with slow states, which have scales of their own, and with
    /// delays, where an initial state is a time course.
    pub energy: Option<MostEnergy>,
    /// Frequencies of the spectra, rising, in the unit of a rate.
    pub frequencies: Array,
    /// Power of each population's mean at these frequencies, one row for each population.
    pub power: Array,
    /// The circuit's own sources of noise; empty where it has none.
    pub sources: Vec<NoiseInput>,
    /// Pairs of populations by frequency and lag. Null above 12 populations.
    pub pairs: Option<NoisePairs>,
}

/// The fluctuations of one population.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PopulationFluctuations {
    /// Name of the population.
    pub population: String,
    /// Standard deviation of a unit's state, root mean square over the population.
    pub sd: f64,
    /// The same of isolated units, without slow states.
    pub sd_isolated: f64,
    /// Standard deviation of the population's mean.
    pub sd_of_mean: f64,
    /// Mean correlation between its units; null for fewer than two that fluctuate.
    pub mean_correlation: Option<f64>,
}

/// A principal component of the fluctuations.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FluctuationPattern {
    /// Variance along the pattern.
    pub variance: f64,
    /// Its share of the variance of all units, from 0 to 1; null if no noise comes through.
    pub share: Option<f64>,
    /// The pattern over the units, of norm one; its largest component is positive.
    pub pattern: Array,
}

/// The initial pattern that evokes most activity (Hennequin, Vogels & Gerstner 2014).
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MostEnergy {
    /// Energy that follows it (squared norm of the activity, over all time) over that of an isolated unit.
    pub over_isolated_unit: f64,
    /// The pattern over the units, of norm one.
    pub pattern: Array,
}

/// A source of noise in the inputs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NoiseInput {
    /// Its name.
    pub name: String,
    /// Its color.
    pub kind: NoiseKind,
    /// Correlation time; null of white noise.
    pub time: Option<f64>,
    /// Amplitude in each unit's input: the standard deviation, or of white noise the root of the intensity.
    pub amplitudes: Array,
    /// Whether it is independent in every unit.
    pub private: bool,
}

/// The color of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoiseKind {
    /// The same power at all frequencies.
    White,
    /// Ornstein-Uhlenbeck: an exponential autocorrelation.
    #[serde(rename = "ou")]
    OrnsteinUhlenbeck,
}

impl Answer for Fluctuations {
    const NAME: &'static str = "noise";

    fn applies(study: &Study) -> Applies {
        Applies::at_operating_point(study)
    }

    fn compute(study: &Study) -> Result<Fluctuations> {
        let c = study.circuit();
        if c.n() > NOISE_UNITS {
            return Ok(Fluctuations::Without(NoFluctuations { stationary: None }));
        }
        Ok(match StationaryFluctuations::new(c, study.linearization()?)? {
            Some(answer) => Fluctuations::Stationary(Box::new(answer)),
            None => Fluctuations::Without(NoFluctuations { stationary: Some(false) }),
        })
    }
}

impl StationaryFluctuations {
    /// None where the operating point is not stable.
    fn new(c: &Circuit, l: &Linearization) -> Result<Option<StationaryFluctuations>> {
        let intensity = if c.noise().is_empty() { Some(2.0 * l.tau_0) } else { None };
        let noise = match intensity {
            Some(intensity) => Noise::private(&vec![intensity; c.n()]),
            None => Noise::of_sources(c.noise()),
        };
        let Some(f) = fluctuations(l, &noise)? else { return Ok(None) };
        let energy = match f.solver() {
            Some(_) if l.parts.is_none() => l.evoked_energy()?.map(|e| MostEnergy::new(e, l)),
            _ => None,
        };
        let alone = noise.unconnected(&l.tau, &l.input_gain);
        let means = population_means(c);
        let (cycles, slowest) = frequencies(c, l, &f);
        let spectra = f.spectra(&means);
        let spectrum: Vec<CMatrix> = cycles.iter().map(|&x| spectra.at(x)).collect();
        let between_means = f.read(&means);
        let (total, total_alone) = (f.total_variance(), alone.iter().sum::<f64>());
        Ok(Some(StationaryFluctuations {
            stationary: true,
            intensity,
            variance_ratio: (total_alone > 0.0).then(|| total / total_alone),
            dimensionality: Some(f.dimensionality()).filter(|x| x.is_finite()),
            residual: f.residual,
            covariance: (&f.covariance).into(),
            populations: populations(c, &f.covariance, &alone, &standard_deviations(&between_means)),
            correlations: (&correlations(&between_means)).into(),
            patterns: patterns(&f.patterns()?, total),
            energy,
            frequencies: cycles.iter().map(|x| x / c.units().rate_times_time).collect(),
            power: Array::rows(
                (0..c.populations().len()).map(|p| spectrum.iter().map(|s| s[(p, p)].re).collect()),
            ),
            sources: c.noise().iter().map(NoiseInput::new).collect(),
            pairs: NoisePairs::new(c, &f, &means, &spectrum, slowest)?,
        }))
    }
}

/// The readouts of the populations' means, one row each.
fn population_means(c: &Circuit) -> Matrix {
    Matrix::from_fn(c.populations().len(), c.n(), |p, i| {
        if c.population_of(i) == p { 1.0 / c.populations()[p].size as f64 } else { 0.0 }
    })
}

/// Cycles per unit of time, from well below the slowest time constant to well above the fastest; and the slowest.
fn frequencies(c: &Circuit, l: &Linearization, f: &response::Fluctuations) -> (Vec<f64>, f64) {
    let fastest = l.tau.iter().copied().fold(f64::INFINITY, f64::min);
    let colors = c.noise().iter().filter_map(|s| match s.color {
        Color::OrnsteinUhlenbeck { time } => Some(time),
        Color::White => None,
    });
    let slowest = l.tau.iter().copied().chain(colors).fold(-1.0 / f.abscissa(), f64::max);
    let (low, high) = (0.02 / slowest, 10.0 / fastest);
    let omega = |k: usize| low * f64::powf(high / low, k as f64 / (POINTS - 1) as f64);
    ((0..POINTS).map(|k| omega(k) / TAU).collect(), slowest)
}

/// `alone` are the units' variances without connections, `sd_of_means` is of the populations' means.
fn populations(
    c: &Circuit,
    covariance: &Matrix,
    alone: &[f64],
    sd_of_means: &[f64],
) -> Vec<PopulationFluctuations> {
    let sd = standard_deviations(covariance);
    let between = correlations(covariance);
    let one = |p: usize| {
        let mean = |v: &dyn Fn(usize) -> f64| c.range(p).map(v).sum::<f64>() / c.populations()[p].size as f64;
        PopulationFluctuations {
            population: c.populations()[p].name.clone(),
            sd: mean(&|i| sd[i] * sd[i]).sqrt(),
            sd_isolated: mean(&|i| alone[i]).sqrt(),
            sd_of_mean: sd_of_means[p],
            mean_correlation: mean_correlation(c, &between, p),
        }
    };
    (0..c.populations().len()).map(one).collect()
}

/// Mean correlation between units of a population; None for fewer than two that fluctuate.
fn mean_correlation(c: &Circuit, between: &Matrix, p: usize) -> Option<f64> {
    let pairs = c.range(p).flat_map(|i| (c.range(p).start..i).map(move |j| between[(i, j)]));
    let (sum, count) = pairs.filter(|r| r.is_finite()).fold((0.0, 0.0), |(s, n), r| (s + r, n + 1.0));
    (count > 0.0).then(|| sum / count)
}

fn patterns(all: &Patterns, total_variance: f64) -> Vec<FluctuationPattern> {
    (0..all.variances.len().min(NOISE_PATTERNS))
        .map(|k| FluctuationPattern {
            variance: all.variances[k],
            share: Some(all.variances[k] / total_variance).filter(|x| x.is_finite()),
            pattern: all.patterns.col(k).into(),
        })
        .collect()
}

impl MostEnergy {
    fn new(e: &EvokedEnergy, l: &Linearization) -> MostEnergy {
        MostEnergy { over_isolated_unit: e.energies[0] / (0.5 * l.tau_0), pattern: e.patterns.col(0).into() }
    }
}

impl NoiseInput {
    fn new(s: &NoiseSource) -> NoiseInput {
        let (kind, time) = match s.color {
            Color::White => (NoiseKind::White, None),
            Color::OrnsteinUhlenbeck { time } => (NoiseKind::OrnsteinUhlenbeck, Some(time)),
        };
        NoiseInput {
            name: s.name.clone(),
            kind,
            time,
            amplitudes: s.amplitude.as_slice().into(),
            private: s.private(),
        }
    }
}
