//! Transfer functions, with the operating point on each.

use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// Where the operating point stands on the transfer functions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TransferFunctions {
    /// Each population's place.
    pub populations: Vec<TransferPoint>,
}

/// The operating point on a population's transfer function, as means over its units; null without one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TransferPoint {
    /// Name of the population.
    pub population: String,
    /// Input `x`, in the unit of input.
    pub input: Option<f64>,
    /// Rate `f(x)`, in the unit of rate.
    pub rate: Option<f64>,
    /// Gain `f'(x)`, in the unit of rate per that of input: an analytical derivative. At a kink, the slope from the right.
    pub gain: Option<f64>,
}

impl Answer for TransferFunctions {
    const NAME: &'static str = "transfer";

    fn applies(_: &Study) -> Applies {
        Applies::Yes
    }

    fn compute(study: &Study) -> Result<TransferFunctions> {
        let c = study.circuit();
        let point = study.operating_point()?;
        let means = |of: Option<&[f64]>| of.map(|v| c.population_means(v));
        let input = means(point.map(|o| &o.input[..]));
        let rate = means(point.map(|o| &o.rates[..]));
        let gain = means(point.map(|o| &o.gains[..]));
        let at = |means: &Option<Vec<f64>>, p: usize| means.as_ref().map(|m| m[p]);
        let populations = c.populations().iter().enumerate().map(|(p, q)| TransferPoint {
            population: q.name.clone(),
            input: at(&input, p),
            rate: at(&rate, p),
            gain: at(&gain, p),
        });
        Ok(TransferFunctions { populations: populations.collect() })
    }
}
