//! Inputs of any size: the operating point followed.

use crate::answers::limits::{FINITE_INPUT_POPULATIONS, FINITE_INPUT_UNITS};
use crate::linear::response::{End, FiniteResponse, Verdicts, finite_response};
use crate::model::{CellKind, Circuit};
use crate::study::{Array, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use schemars::JsonSchema;
use serde::Serialize;

/// Steps on each side.
const STEPS: usize = 40;

/// The operating point, followed while a constant input to every unit of one population is added or taken away.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FiniteInputResponse {
    /// Name of the population that is stimulated.
    pub population: String,
    /// What is added to its input, rising through 0. The range ends where linear theory predicts that some rate has
    /// changed by one and a half times the largest, or where the fixed point ends.
    pub inputs: Array,
    /// Mean rates at the stable fixed point: one row for each population of the circuit, one column for each input.
    pub rates: Array,
    /// ISN index at each input (see the responses); null without excitatory units.
    pub isn_index: Array,
    /// How the fixed point ends towards lower inputs.
    pub lower_end: BranchEnd,
    /// How it ends towards higher inputs.
    pub upper_end: BranchEnd,
    /// Local extrema of mean rates.
    pub extrema: Vec<RateExtremum>,
    /// Inputs at which the ISN index changes its sign.
    pub isn_boundaries: Array,
}

/// Where a fixed point that is followed ends.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct BranchEnd {
    /// How it ends.
    pub how: BranchEndKind,
    /// Input near which it does; null where it lasts to the end of the range.
    pub at: Option<f64>,
}

/// How a fixed point that is followed ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BranchEndKind {
    /// It lasts to the end of the range.
    Reached,
    /// It loses its stability.
    LosesStability,
    /// No fixed point continues it.
    Vanishes,
}

/// A local extremum of a population's mean rate over the input.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RateExtremum {
    /// Name of the population whose rate it is.
    pub population: String,
    /// Input there.
    pub input: f64,
    /// Rate there.
    pub rate: f64,
    /// Whether it is a minimum, or else a maximum.
    pub minimum: bool,
}

/// Of the populations of most interest; of none in a circuit that is linear or too large.
pub(super) fn of_interest(study: &Study, v: &Verdicts) -> Result<Vec<FiniteInputResponse>> {
    let c = study.circuit();
    let (point, Some(r)) = (study.point()?, &v.response) else { return Ok(vec![]) };
    let linear = c.populations().iter().all(|p| p.transfer.is_affine());
    if linear || c.n() > FINITE_INPUT_UNITS {
        return Ok(vec![]);
    }
    let rates = c.population_means(&point.rates);
    let mut out = Vec::new();
    for population in chosen(c, v).into_iter().take(FINITE_INPUT_POPULATIONS) {
        let Some(size) = range(r, &rates, population) else { continue };
        let member = |i: usize| f64::from(u8::from(c.population_of(i) == population));
        let pattern: Vec<f64> = (0..c.n()).map(member).collect();
        let response = finite_response(c, point, &pattern, -size..size, STEPS)?;
        out.push(FiniteInputResponse::new(c, population, &response));
    }
    Ok(out)
}

/// Populations that respond paradoxically, then the inhibitory ones, else the first.
fn chosen(c: &Circuit, v: &Verdicts) -> Vec<usize> {
    let paradoxical = v.self_responses.iter().filter(|s| s.paradoxical == Some(true)).map(|s| s.population);
    let mut populations: Vec<usize> = paradoxical.collect();
    for (p, population) in c.populations().iter().enumerate() {
        if population.kind == CellKind::Inhibitory && !populations.contains(&p) {
            populations.push(p);
        }
    }
    if populations.is_empty() {
        populations.push(0);
    }
    populations
}

/// The input that by linear theory changes some rate by one and a half times the largest.
fn range(r: &Matrix, rates: &[f64], p: usize) -> Option<f64> {
    let strongest = (0..r.rows()).fold(0.0, |m: f64, x| m.max(r[(x, p)].abs()));
    let size = 1.5 * rates.iter().fold(0.0, |m: f64, x| m.max(x.abs())) / strongest;
    (size.is_finite() && size > 0.0).then_some(size)
}

impl FiniteInputResponse {
    fn new(c: &Circuit, population: usize, response: &FiniteResponse) -> FiniteInputResponse {
        let name = |p: usize| c.populations()[p].name.clone();
        let points = &response.points;
        let extrema = response.turns.iter().map(|t| RateExtremum {
            population: name(t.population),
            input: t.amplitude,
            rate: t.rate,
            minimum: t.minimum,
        });
        FiniteInputResponse {
            population: name(population),
            inputs: points.iter().map(|q| q.amplitude).collect(),
            rates: Array::rows(
                (0..c.populations().len()).map(|p| points.iter().map(|q| q.rates[p]).collect()),
            ),
            isn_index: points.iter().map(|q| q.isn_index.unwrap_or(f64::NAN)).collect(),
            lower_end: response.lower_end.into(),
            upper_end: response.upper_end.into(),
            extrema: extrema.collect(),
            isn_boundaries: response.isn_boundaries.as_slice().into(),
        }
    }
}

impl From<End> for BranchEnd {
    fn from(end: End) -> BranchEnd {
        match end {
            End::Reached => BranchEnd { how: BranchEndKind::Reached, at: None },
            End::LosesStability(x) => BranchEnd { how: BranchEndKind::LosesStability, at: Some(x) },
            End::Vanishes(x) => BranchEnd { how: BranchEndKind::Vanishes, at: Some(x) },
        }
    }
}
