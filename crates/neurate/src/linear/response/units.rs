//! Which single units respond against their input.

use crate::model::Circuit;
use neurate_numerics::linalg::Matrix;

/// The responses of the single units of one population.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnitResponses {
    /// The population.
    pub population: usize,
    /// Response of each unit to an input to the whole population.
    pub to_whole: Vec<f64>,
    /// Response of each unit to an input to itself alone.
    pub to_itself: Vec<f64>,
}

/// Of every population, from the response matrix over units.
#[must_use]
pub fn unit_responses(circuit: &Circuit, r: &Matrix) -> Vec<UnitResponses> {
    (0..circuit.populations().len())
        .map(|population| {
            let range = circuit.range(population);
            let to_whole = range.clone().map(|i| range.clone().map(|j| r[(i, j)]).sum()).collect();
            UnitResponses { population, to_whole, to_itself: range.map(|i| r[(i, i)]).collect() }
        })
        .collect()
}

impl UnitResponses {
    /// The share of units that go down when the whole population is driven.
    #[must_use]
    pub fn paradoxical(&self) -> f64 {
        share_below_zero(&self.to_whole)
    }
    /// The share of units that go down when they alone are driven.
    #[must_use]
    pub fn paradoxical_alone(&self) -> f64 {
        share_below_zero(&self.to_itself)
    }
}

fn share_below_zero(values: &[f64]) -> f64 {
    values.iter().filter(|&&x| x < 0.0).count() as f64 / values.len() as f64
}
