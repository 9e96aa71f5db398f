//! Uncertain weights, time constants and inputs: how sure is every sign and verdict.

use crate::linear::response::{FirstOrder, Probability, Samples, first_order, quantile, sample};
use crate::model::{Circuit, StandardError};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// Shares of the quantiles: the median, and what one and two standard errors hold.
const QUANTILES: [f64; 5] = [0.025, 0.16, 0.5, 0.84, 0.975];

/// How sure the verdicts on responses are, given the standard errors of `[se]`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Uncertainty {
    /// Of a stable operating point.
    Sampled(Box<SampledUncertainty>),
    /// The operating point is not stable: there are no verdicts.
    Unstable(NoVerdicts),
}

/// There are no verdicts to be sure of, since the operating point is not stable.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NoVerdicts {
    /// False.
    pub stable: bool,
}

/// How sure the verdicts on a stable operating point are: propagation of errors by sampling, and to first order.
///
/// Uncertain parameters are independent. Weights of excitatory and inhibitory senders, time constants and refractory
/// fractions are log-normal with the given mean and standard error, others normal. The operating point is followed to every sample. Matrices are
/// over populations, the responding one in the row, with the unit of the response matrix.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SampledUncertainty {
    /// Whether the operating point is stable: true.
    pub stable: bool,
    /// Number of samples.
    pub samples: usize,
    /// Number of samples to which the operating point could not be followed.
    pub lost: usize,
    /// That the operating point is there and stable.
    pub probability_stable: SampledProbability,
    /// That it is stable and inhibition-stabilized.
    pub probability_isn: SampledProbability,
    /// That it is stable and a population responds paradoxically to its own input, for each population.
    pub probability_paradoxical: Vec<ProbabilityOfParadox>,
    /// First-order standard errors of the response matrix; null where the operating point does not survive a thousandth
    /// of a standard error.
    pub first_order_se: Option<Array>,
    /// Quantiles of the response matrix over the stable samples.
    pub quantiles: Vec<ResponseQuantile>,
    /// Share of the stable samples in which a response is negative; null where no sample is stable.
    pub probability_negative: Array,
    /// Uncertain parameters, in the order of the circuit's `[se]`.
    pub parameters: Vec<UncertainParameter>,
    /// The samples themselves, for densities and other events.
    #[serde(skip)]
    pub draws: Samples,
}

/// A share of samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SampledProbability {
    /// The share, from 0 to 1.
    pub value: f64,
    /// Its standard error of sampling, `√(p (1 − p) / n)`; `1/n` where all or none of n samples agree.
    pub se: f64,
}

/// How sure a population's paradoxical response is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ProbabilityOfParadox {
    /// Name of the population.
    pub population: String,
    /// That the operating point is stable and its response to its own input negative.
    pub probability: SampledProbability,
}

/// One quantile of every response.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ResponseQuantile {
    /// Share of the stable samples below it.
    pub share: f64,
    /// The quantile of each entry; null where no sample is stable.
    pub response_matrix: Array,
}

/// A parameter with a standard error.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UncertainParameter {
    /// What it is: `E <- I`, a weight; `tau of E`; `h of E`.
    pub parameter: String,
    /// Its mean.
    pub mean: f64,
    /// Its standard error.
    pub se: f64,
    /// Its share of the first-order variance of every response, from 0 to 1; null where that variance is
    /// zero, and in all where first-order errors are undefined.
    pub variance_shares: Option<Array>,
}

impl Answer for Uncertainty {
    const NAME: &'static str = "uncertainty";

    fn applies(study: &Study) -> Applies {
        if study.circuit().standard_errors().is_empty() {
            return Applies::No("standard errors");
        }
        Applies::at_operating_point(study)
    }

    fn compute(study: &Study) -> Result<Uncertainty> {
        let v = study.verdicts()?;
        if !v.stable() || v.response.is_none() {
            return Ok(Uncertainty::Unstable(NoVerdicts { stable: false }));
        }
        let (c, point) = (study.circuit(), study.point()?);
        let count = study.choices().samples.unwrap_or_else(|| affordable(c)).max(2);
        let draws = sample(c, point, count, study.choices().seed)?;
        let first = first_order(c, point)?;
        Ok(Uncertainty::Sampled(Box::new(SampledUncertainty::new(c, draws, first.as_ref()))))
    }
}

/// A few seconds' worth: a sample costs a solution and the eigenvalues.
fn affordable(c: &Circuit) -> usize {
    let cost = (c.n() as f64 / 30.0).powi(3).max(1.0);
    ((2000.0 / cost) as usize).clamp(50, 2000)
}

impl SampledUncertainty {
    fn new(c: &Circuit, draws: Samples, first: Option<&FirstOrder>) -> SampledUncertainty {
        let p = c.populations().len();
        let entries: Vec<Vec<f64>> = (0..p * p).map(|k| draws.entry(k / p, k % p)).collect();
        let matrix =
            |of: &dyn Fn(&[f64]) -> f64| Array::new(&[p, p], entries.iter().map(|e| of(e)).collect());
        let paradoxical =
            |q: usize| draws.probability(|s| s.response.as_ref().is_some_and(|r| r[(q, q)] < 0.0));
        SampledUncertainty {
            stable: true,
            samples: draws.all.len(),
            lost: draws.all.iter().filter(|s| !s.found).count(),
            probability_stable: draws.probability(|s| s.stable).into(),
            probability_isn: draws.probability(|s| s.isn).into(),
            probability_paradoxical: c
                .populations()
                .iter()
                .enumerate()
                .map(|(q, population)| ProbabilityOfParadox {
                    population: population.name.clone(),
                    probability: paradoxical(q).into(),
                })
                .collect(),
            first_order_se: first.map(|x| (&x.se).into()),
            quantiles: QUANTILES
                .map(|share| ResponseQuantile { share, response_matrix: matrix(&|e| quantile(e, share)) })
                .into(),
            probability_negative: matrix(&|e| Probability::negative(e).value),
            parameters: parameters(c, first),
            draws,
        }
    }
}

fn parameters(c: &Circuit, first: Option<&FirstOrder>) -> Vec<UncertainParameter> {
    let one = |(k, e): (usize, &StandardError)| UncertainParameter {
        parameter: e.parameter.words(|p| c.populations()[p].name.as_str()),
        mean: e.mean,
        se: e.se,
        variance_shares: first.map(|x| variance_shares(x, k)),
    };
    c.standard_errors().iter().enumerate().map(one).collect()
}

/// Contribution of parameter `k` to the variance of every entry, over that variance.
fn variance_shares(first: &FirstOrder, k: usize) -> Array {
    let own = &first.contributions[k];
    let share = |(i, own): (usize, &f64)| own / first.contributions.iter().map(|m| m.data()[i]).sum::<f64>();
    Array::new(&[own.rows(), own.cols()], own.data().iter().enumerate().map(share).collect())
}

impl From<Probability> for SampledProbability {
    fn from(p: Probability) -> SampledProbability {
        SampledProbability { value: p.value, se: p.se }
    }
}
