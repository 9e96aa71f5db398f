//! Parts of populations: what a stimulated fraction does, and which single units are paradoxical.

use crate::answers::limits::SINGLE_UNITS_FROM;
use crate::linear::Linearization;
use crate::linear::response::{PartialCurve, partial_response, random_part, unit_responses};
use crate::model::{CellKind, Circuit};
use crate::study::{Array, Part, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use schemars::JsonSchema;
use serde::Serialize;

/// Responses to one unit of input to every unit of a part of a population (Sadeh et al. 2017).
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PartialResponses {
    /// By the size of the part, for each inhibitory population.
    pub curves: Vec<PartCurve>,
    /// Of the parts that were asked for, in their order.
    pub asked: Vec<PartResponse>,
    /// Single units that respond against their input, of populations of eight units or more.
    pub units: Vec<UnitParadox>,
}

/// How the mean response of stimulated units depends on the fraction that is stimulated, on average over all parts of a
/// size.
///
/// A stimulated unit responds with `alone + share (whole − alone)`, where `share` is the stimulated share of the other
/// units.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PartCurve {
    /// Name of the population.
    pub population: String,
    /// Mean response of a unit to its own input alone.
    pub alone: f64,
    /// Response of the population's mean to an input to all of it.
    pub whole: f64,
    /// Its number of units; null: one unit that stands for a large homogeneous population.
    pub units: Option<usize>,
    /// Fraction above which stimulated units respond paradoxically, on average; null if they do at no fraction.
    pub critical_fraction: Option<f64>,
}

/// The response to an input to one part of a population.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PartResponse {
    /// The part: `I:0.3`, a fraction, or `I[0],I[4]`, units.
    pub part: String,
    /// Name of its population.
    pub population: String,
    /// Indices in the circuit of the stimulated units, rising; null: a fraction of the population behind one unit.
    pub units: Option<Vec<usize>>,
    /// Mean response of the stimulated units.
    pub stimulated: f64,
    /// Mean response of the other units of the population; null if there are none.
    pub unstimulated: Option<f64>,
    /// Mean response of every population; null where `units` is.
    pub population_means: Option<Array>,
    /// Number of stimulated units that respond against their input; null where `units` is.
    pub paradoxical_units: Option<usize>,
}

/// Shares of a population's units that respond against their input, from 0 to 1.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UnitParadox {
    /// Name of the population.
    pub population: String,
    /// Where the whole population is stimulated.
    pub paradoxical: f64,
    /// Where each unit is stimulated alone.
    pub paradoxical_alone: f64,
}

impl PartialResponses {
    /// From the response matrix over units of a stable circuit.
    pub(super) fn new(study: &Study, l: &Linearization, r: &Matrix) -> Result<PartialResponses> {
        let c = study.circuit();
        let inhibitory =
            (0..c.populations().len()).filter(|&p| c.populations()[p].kind == CellKind::Inhibitory);
        let choices = study.choices();
        let asked = choices.perturb.iter().map(|part| PartResponse::new(c, l, r, part, choices.seed));
        let units =
            unit_responses(c, r).into_iter().filter(|u| u.to_whole.len() >= SINGLE_UNITS_FROM).map(|u| {
                UnitParadox {
                    population: c.populations()[u.population].name.clone(),
                    paradoxical: u.paradoxical(),
                    paradoxical_alone: u.paradoxical_alone(),
                }
            });
        Ok(PartialResponses {
            curves: inhibitory.map(|p| PartCurve::new(c, &PartialCurve::new(c, l, r, p))).collect(),
            asked: asked.collect::<Result<_>>()?,
            units: units.collect(),
        })
    }
}

impl PartCurve {
    fn new(c: &Circuit, curve: &PartialCurve) -> PartCurve {
        PartCurve {
            population: c.populations()[curve.population].name.clone(),
            alone: curve.alone,
            whole: curve.whole,
            units: curve.units,
            critical_fraction: curve.critical_fraction(),
        }
    }
}

impl PartResponse {
    fn new(c: &Circuit, l: &Linearization, r: &Matrix, part: &Part, seed: u64) -> Result<PartResponse> {
        let p = part.population(c)?;
        let (text, population) = (part.text(c)?, c.populations()[p].name.clone());
        let units = match part {
            Part::Units(units) => units.clone(),
            Part::Fraction { fraction, .. } if c.populations()[p].size == 1 => {
                let curve = PartialCurve::new(c, l, r, p);
                return Ok(PartResponse {
                    part: text,
                    population,
                    units: None,
                    stimulated: curve.stimulated(*fraction),
                    unstimulated: Some(curve.unstimulated(*fraction)),
                    population_means: None,
                    paradoxical_units: None,
                });
            }
            Part::Fraction { fraction, .. } => random_part(c, p, *fraction, seed)?,
        };
        let response = partial_response(c, r, p, &units);
        Ok(PartResponse {
            part: text,
            population,
            units: Some(response.stimulated_units),
            stimulated: response.stimulated,
            unstimulated: response.unstimulated,
            population_means: Some(response.populations.into()),
            paradoxical_units: Some(response.paradoxical),
        })
    }
}
