//! The circuit itself: populations, weights, Dale's principle.

use super::limits::SIGN_UNITS;
use crate::linear::modes::dale_structure;
use crate::model::{Circuit, Form};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The circuit as built.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Description {
    /// Its equation: `rate`, `voltage`, `conductance`.
    pub form: String,
    /// Units of its quantities.
    pub units: UnitNames,
    /// Its populations, in the order of their units.
    pub populations: Vec<PopulationDescription>,
    /// The total weight that one unit of a population (row) gets from the whole of another (column), on average over
    /// receivers; in the unit of weight.
    pub population_weights: Array,
    /// Number of units.
    pub unit_count: usize,
    /// Number of weights that are not zero.
    pub nonzero_weights: u64,
    /// Seed of what was drawn, if something was.
    pub seed: Option<u64>,
    /// Units that send weights of both signs, against Dale's principle; None for conductances, which have no sign, and
    /// above 2,000 units.
    pub both_signs: Option<Vec<usize>>,
}

/// Names of the units of a circuit's quantities; empty for a pure number.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UnitNames {
    /// Of time.
    pub time: String,
    /// Of rates.
    pub rate: String,
    /// Of what a transfer function takes.
    pub input: String,
    /// Of `h` and of stimuli: as `input`, but a current in conductance-based circuits.
    pub drive: String,
    /// Of the state: `rate` in rate form, `input` otherwise.
    pub state: String,
    /// Of a weight: `input` per `rate`, or a conductance per rate.
    pub weight: String,
}

/// A population of the circuit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PopulationDescription {
    /// Its name.
    pub name: String,
    /// What people read in the place of its name; null where that is its name.
    pub label: Option<String>,
    /// Sign of its outgoing weights: `excitatory`, `inhibitory`, `unconstrained`.
    pub kind: String,
    /// Number of units.
    pub size: usize,
    /// Number of spiking neurons that its one unit stands for; null where there are none behind it.
    pub neurons: Option<usize>,
    /// Time constant of each unit, in the unit of time. For conductances: capacitance over the conductance of leak and
    /// background.
    pub tau: Array,
    /// Constant input of each unit, in the unit of drive.
    pub h: Array,
    /// Standard deviation of the input's fluctuations, in Brunel's convention; used by transfer functions with noise.
    pub sigma: f64,
    /// Its transfer function.
    pub transfer: TransferDescription,
}

/// A transfer function as declared.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TransferDescription {
    /// Its name in the circuit file.
    pub kind: String,
    /// Its formula.
    pub formula: String,
    /// Values of its parameters, in the circuit's units.
    pub parameters: BTreeMap<String, f64>,
}

impl Answer for Description {
    const NAME: &'static str = "circuit";

    fn applies(_: &Study) -> Applies {
        Applies::Yes
    }

    fn compute(study: &Study) -> Result<Description> {
        let c = study.circuit();
        let u = c.units();
        let signed = c.form() != Form::Conductance && c.n() <= SIGN_UNITS;
        Ok(Description {
            form: c.form().name().into(),
            units: UnitNames {
                time: u.time.clone(),
                rate: u.rate.clone(),
                input: u.input.clone(),
                drive: u.drive.clone(),
                state: u.state.clone(),
                weight: u.weight.clone(),
            },
            populations: (0..c.populations().len()).map(|p| population(c, p)).collect(),
            population_weights: (&population_weights(c)).into(),
            unit_count: c.n(),
            nonzero_weights: c.weights().nonzeros(),
            seed: c.seed(),
            both_signs: signed.then(|| dale_structure(&c.weights().dense()).violations),
        })
    }
}

fn population(c: &Circuit, p: usize) -> PopulationDescription {
    let q = &c.populations()[p];
    PopulationDescription {
        name: q.name.clone(),
        label: q.label.clone(),
        kind: q.kind.name().into(),
        size: q.size,
        neurons: c.mean_field().map(|m| m.neurons[p]),
        tau: c.tau()[c.range(p)].into(),
        h: c.h()[c.range(p)].into(),
        sigma: q.sigma,
        transfer: TransferDescription {
            kind: q.transfer.name().into(),
            formula: q.transfer.formula().into(),
            parameters: q.transfer.numbers().iter().cloned().collect(),
        },
    }
}

/// Populations whose sending is computed at once.
const SENDERS: usize = 64;

/// The weight that one unit of a population gets from the whole of another, on average.
fn population_weights(c: &Circuit) -> Matrix {
    let p = c.populations().len();
    let mut means = Matrix::zeros(p, p);
    // What all units get while the units of one population send 1 and no other sends; many populations at once.
    for first in (0..p).step_by(SENDERS) {
        let lanes = SENDERS.min(p - first);
        let (mut senders, mut received) = (vec![0.0; c.n() * lanes], vec![0.0; c.n() * lanes]);
        for e in 0..lanes {
            c.range(first + e).for_each(|j| senders[j * lanes + e] = 1.0);
        }
        c.weights().apply_many(&senders, lanes, &mut received);
        for (i, unit) in received.chunks_exact(lanes).enumerate() {
            let to = c.population_of(i);
            (0..lanes).for_each(|e| means[(to, first + e)] += unit[e]);
        }
    }
    (0..p).for_each(|to| means.row_mut(to).iter_mut().for_each(|w| *w /= c.range(to).len() as f64));
    means
}
