//! How certain the verdict is, given the standard errors.

use crate::answers::uncertainty::{ProbabilityOfParadox, SampledProbability, Uncertainty};
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// How certain the verdict is, given the standard errors of the circuit's parameters; by sampling, see the question on
/// uncertainty.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct VerdictCertainty {
    /// That the operating point is there and stable.
    pub probability_stable: SampledProbability,
    /// That it is stable and the circuit an ISN.
    pub probability_isn: SampledProbability,
    /// That it is stable and the response paradoxical, for each population whose response is paradoxical at the parameters as
    /// given.
    pub probability_paradoxical: Vec<ProbabilityOfParadox>,
    /// The parameter with most of the first-order variance of the first of these responses; null without one.
    pub main_cause: Option<UncertaintyCause>,
}

/// A parameter that most of an uncertainty comes from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UncertaintyCause {
    /// Name of the population whose response to its own input is uncertain.
    pub population: String,
    /// The parameter: `E <- I`, a weight; `tau of E`; `h of E`.
    pub parameter: String,
    /// Its share of the first-order variance, from 0 to 1.
    pub share: f64,
}

/// None without standard errors, and where the operating point is not stable.
pub(super) fn of(study: &Study, paradoxical: &[usize]) -> Result<Option<VerdictCertainty>> {
    if Uncertainty::applies(study) != Applies::Yes {
        return Ok(None);
    }
    let answer = study.ask::<Uncertainty>()?;
    let Uncertainty::Sampled(sampled) = &*answer else { return Ok(None) };
    let share = |p: usize| {
        let shares = sampled.parameters.iter().filter_map(|x| {
            let share = x.variance_shares.as_ref()?[(p, p)];
            share.is_finite().then_some((&x.parameter, share))
        });
        shares.max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let main_cause = paradoxical.first().and_then(|&p| {
        let (parameter, share) = share(p)?;
        let population = study.circuit().populations()[p].name.clone();
        Some(UncertaintyCause { population, parameter: parameter.clone(), share })
    });
    Ok(Some(VerdictCertainty {
        probability_stable: sampled.probability_stable,
        probability_isn: sampled.probability_isn,
        probability_paradoxical: paradoxical
            .iter()
            .filter_map(|&p| sampled.probability_paradoxical.get(p).cloned())
            .collect(),
        main_cause,
    }))
}
