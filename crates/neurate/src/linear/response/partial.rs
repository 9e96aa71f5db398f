//! Stimulating a part of a population (THEORY S11; Sadeh et al. 2017).
//!
//! With the response matrix R over units the answer is exact for the circuit as it is. Over all
//! subsets of k of the n units of a population, a stimulated unit's mean response is
//! `d + (k - 1)/(n - 1) (R - d)`: d is the mean response of a unit to its own input alone, R that of
//! the population to an input to all of it. For large homogeneous populations d is the gain (for
//! gain 1, `1 + (R - 1) phi`).

use crate::linear::Linearization;
use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The response to one unit of input to a part of one population.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PartialResponse {
    /// The population.
    pub population: usize,
    /// Its units that are stimulated, rising.
    pub stimulated_units: Vec<usize>,
    /// Mean response of those stimulated.
    pub stimulated: f64,
    /// Mean response of the others of the population; None if there are none.
    pub unstimulated: Option<f64>,
    /// Mean response of every population.
    pub populations: Vec<f64>,
    /// How many of those stimulated respond against their input.
    pub paradoxical: usize,
}

/// How the response to a part depends on its size, on average over all parts of that size.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PartialCurve {
    /// The population.
    pub population: usize,
    /// Its number of units; None: it is one unit that stands for a large homogeneous population.
    pub units: Option<usize>,
    /// Mean response of a unit to its own input alone.
    pub alone: f64,
    /// Response of the population's mean to input to all of it.
    pub whole: f64,
}

/// The response to an input to some units of a population, from the response matrix over units.
#[must_use]
pub fn partial_response(
    circuit: &Circuit,
    r: &Matrix,
    population: usize,
    units: &[usize],
) -> PartialResponse {
    let mut units = units.to_vec();
    units.sort_unstable();
    units.dedup();
    let response: Vec<f64> = (0..r.rows()).map(|i| units.iter().map(|&j| r[(i, j)]).sum()).collect();
    let mean = |of: &[usize]| of.iter().map(|&i| response[i]).sum::<f64>() / of.len() as f64;
    let others: Vec<usize> = circuit.range(population).filter(|i| units.binary_search(i).is_err()).collect();
    PartialResponse {
        population,
        stimulated: mean(&units),
        unstimulated: (!others.is_empty()).then(|| mean(&others)),
        populations: circuit.population_means(&response),
        paradoxical: units.iter().filter(|&&i| response[i] < 0.0).count(),
        stimulated_units: units,
    }
}

/// A random part of a population: `round(fraction n)` units, at least one.
///
/// # Errors
/// A fraction outside 0 to 1, or zero.
pub fn random_part(circuit: &Circuit, population: usize, fraction: f64, seed: u64) -> Result<Vec<usize>> {
    if !(fraction > 0.0 && fraction <= 1.0) {
        return Err(Error::invalid(format!(
            "the fraction {fraction} of a population is not between 0 and 1"
        )));
    }
    let mut units: Vec<usize> = circuit.range(population).collect();
    let k = ((fraction * units.len() as f64).round() as usize).max(1);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Fisher and Yates' shuffle, of the first k places only.
    for i in 0..k {
        let left = (units.len() - i) as u64;
        let j = i + ((u128::from(rng.next_u64()) * u128::from(left)) >> 64) as usize;
        units.swap(i, j);
    }
    units.truncate(k);
    Ok(units)
}

impl PartialCurve {
    /// Of one population, from the response matrix over units.
    #[must_use]
    pub fn new(circuit: &Circuit, l: &Linearization, r: &Matrix, population: usize) -> PartialCurve {
        let range = circuit.range(population);
        let n = range.len() as f64;
        let whole = range.clone().map(|i| range.clone().map(|j| r[(i, j)]).sum::<f64>()).sum::<f64>() / n;
        if range.len() == 1 {
            let i = range.start;
            // A unit without connections: the state follows the input by B tau.
            let alone = l.alone(i);
            return PartialCurve { population, units: None, alone, whole };
        }
        let alone = range.clone().map(|i| r[(i, i)]).sum::<f64>() / n;
        PartialCurve { population, units: Some(range.len()), alone, whole }
    }

    /// Mean response of a stimulated unit where a fraction is stimulated.
    #[must_use]
    pub fn stimulated(&self, fraction: f64) -> f64 {
        self.alone + self.others(fraction) * (self.whole - self.alone)
    }

    /// Mean response of a unit that is not stimulated.
    #[must_use]
    pub fn unstimulated(&self, fraction: f64) -> f64 {
        match self.units {
            None => fraction * (self.whole - self.alone),
            Some(n) => fraction * n as f64 / (n as f64 - 1.0) * (self.whole - self.alone),
        }
    }

    /// The share of the other units that are stimulated as well.
    fn others(&self, fraction: f64) -> f64 {
        match self.units {
            None => fraction,
            Some(n) => ((fraction * n as f64 - 1.0) / (n as f64 - 1.0)).max(0.0),
        }
    }

    /// The fraction above which stimulated units respond paradoxically, on average; None if they
    /// do not even when all are stimulated.
    #[must_use]
    pub fn critical_fraction(&self) -> Option<f64> {
        let crosses = self.whole < 0.0 && self.alone > 0.0;
        if !crosses {
            return None;
        }
        let others = self.alone / (self.alone - self.whole);
        Some(match self.units {
            None => others,
            Some(n) => (1.0 + others * (n as f64 - 1.0)) / n as f64,
        })
    }
}
