//! The spiking neurons behind a mean-field circuit: where they work, and what the theory assumes.

use super::text::{number, percent};
use crate::linear::mean_field::{WorkingPoint, working_points};
use crate::model::Circuit;
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// The neurons' input and irregularity at the operating point, and whether mean-field theory may be trusted there.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MeanField {
    /// Each population of neurons; empty without an operating point.
    pub populations: Vec<SpikingPopulation>,
    /// Each assumption of mean-field theory; empty without an operating point.
    pub assumptions: Vec<TheoryAssumption>,
}

/// A population of integrate-and-fire neurons at the operating point.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SpikingPopulation {
    /// Name of the population.
    pub name: String,
    /// Number of neurons.
    pub neurons: usize,
    /// Mean of the input, `h + τ Σ K J r`, in the circuit's unit of input.
    pub mu: f64,
    /// Standard deviation of the input in Brunel's convention, `σ² = σ₀² + τ Σ K J² r`: without threshold the potential
    /// has the variance `σ²/2`. In the circuit's unit of input.
    pub sigma: f64,
    /// Firing rate by Ricciardi's function, in the circuit's unit of rate.
    pub rate: f64,
    /// Coefficient of variation of the intervals between spikes.
    pub cv: f64,
    /// `∂f/∂μ`, rate per input.
    pub gain_mu: f64,
    /// `∂f/∂σ`, rate per input.
    pub gain_sigma: f64,
    /// Largest jump of the potential by one spike, over the way from reset to threshold.
    pub largest_jump: f64,
    /// Input spikes in one membrane time constant, from the circuit and from outside.
    pub spikes_per_tau: f64,
    /// Largest share of a population that one neuron receives input from, from 0 to 1: what two neurons have in common.
    pub shared: f64,
    /// Share of the input's variance that comes from the circuit's own spikes, from 0 to 1.
    pub recurrent_share: f64,
}

/// An assumption of mean-field theory.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TheoryAssumption {
    /// What is assumed.
    pub assumption: &'static str,
    /// What is the case, with numbers.
    pub here: String,
    /// Whether that suffices, by a rule of thumb.
    pub holds: bool,
}

impl Answer for MeanField {
    const NAME: &'static str = "mean_field";

    fn applies(study: &Study) -> Applies {
        Applies::yes_if(study.circuit().mean_field().is_some(), "spiking neurons")
    }

    fn compute(study: &Study) -> Result<MeanField> {
        let c = study.circuit();
        let Some(point) = study.operating_point()? else {
            return Ok(MeanField { populations: vec![], assumptions: vec![] });
        };
        let points = working_points(c, point)?;
        Ok(MeanField { populations: populations(c, &points), assumptions: assumptions(&points) })
    }
}

fn populations(c: &Circuit, points: &[WorkingPoint]) -> Vec<SpikingPopulation> {
    let population = |(name, w): (String, &WorkingPoint)| SpikingPopulation {
        name,
        neurons: w.neurons,
        mu: w.mu,
        sigma: w.sigma,
        rate: w.rate,
        cv: w.cv,
        gain_mu: w.to_mu,
        gain_sigma: w.to_sigma,
        largest_jump: w.largest_jump,
        spikes_per_tau: w.spikes_per_tau,
        shared: w.shared,
        recurrent_share: w.recurrent_share,
    };
    c.populations().iter().map(|p| p.name.clone()).zip(points).map(population).collect()
}

/// The limits are rules of thumb; where a round number meets one exactly, rounding does not decide.
fn assumptions(points: &[WorkingPoint]) -> Vec<TheoryAssumption> {
    let most = |f: &dyn Fn(&WorkingPoint) -> f64| points.iter().map(f).fold(0.0, f64::max);
    let least = |f: &dyn Fn(&WorkingPoint) -> f64| points.iter().map(f).fold(f64::INFINITY, f64::min);
    let jump = most(&|w| w.largest_jump);
    let spikes = least(&|w| w.spikes_per_tau);
    let shared = most(&|w| w.shared);
    let cv = least(&|w| w.cv);
    let own = most(&|w| w.recurrent_share);
    let slow = most(&|w| w.neuron.tau_s / w.neuron.neuron.tau_m);
    vec![
        TheoryAssumption {
            assumption: "small jumps (diffusion): one spike changes the potential little",
            here: format!("at most {} of the way from reset to threshold", percent(jump)),
            holds: jump <= 0.05 * (1.0 + 1e-9),
        },
        TheoryAssumption {
            assumption: "many input spikes in a membrane time constant",
            here: format!("at least {}", number(spikes)),
            holds: spikes >= 100.0,
        },
        TheoryAssumption {
            assumption: "independent neurons: few common senders",
            here: format!("a neuron receives input from at most {} of a population", percent(shared)),
            holds: shared <= 0.1 * (1.0 + 1e-9),
        },
        TheoryAssumption {
            assumption: "irregular senders: spikes as of a Poisson process (CV 1)",
            here: format!(
                "CV from {}; {} of the variance, at most, is recurrent",
                number((cv * 100.0).round() / 100.0),
                percent(own)
            ),
            holds: cv >= 0.7 || own < 0.2,
        },
        TheoryAssumption {
            assumption: "fast synapses: τ_s short relative to τ_m",
            here: if slow == 0.0 { "jumps".into() } else { format!("τ_s/τ_m at most {}", number(slow)) },
            holds: slow <= 0.1 * (1.0 + 1e-9),
        },
    ]
}
