//! Populations of spiking neurons at a fixed point.

use crate::fixed_points::FixedPoint;
use crate::model::transfer::SpikingNeuron;
use crate::model::{Circuit, MeanField};
use neurate_numerics::error::{Error, Result};

/// A population of spiking neurons at a fixed point.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WorkingPoint {
    /// Number of neurons.
    pub neurons: usize,
    /// The neuron.
    pub neuron: SpikingNeuron,
    /// Mean of the input.
    pub mu: f64,
    /// Standard deviation of the input, Brunel's convention.
    pub sigma: f64,
    /// Rate, in the circuit's unit.
    pub rate: f64,
    /// Coefficient of variation of the intervals between spikes.
    pub cv: f64,
    /// `df/dmu`.
    pub to_mu: f64,
    /// `df/dsigma`.
    pub to_sigma: f64,
    /// Largest jump from one spike, from inside or outside, over the way from reset to threshold.
    pub largest_jump: f64,
    /// Input spikes in one membrane time constant, from inside and outside.
    pub spikes_per_tau: f64,
    /// Largest share of a population that one neuron listens to: what two neurons have in common.
    pub shared: f64,
    /// Share of the input's variance that comes from the circuit's own spikes.
    pub recurrent_share: f64,
}

pub(super) fn required(circuit: &Circuit) -> Result<&MeanField> {
    circuit.mean_field().ok_or_else(|| {
        Error::invalid("the circuit has no spiking neurons behind it")
            .with_help("mean-field theory is of circuits with [synapses]")
    })
}

pub(super) fn neuron_of(circuit: &Circuit, p: usize) -> SpikingNeuron {
    circuit.populations()[p].transfer.lif().expect("a mean-field circuit has been checked")
}

/// Every population's working point.
///
/// # Errors
/// The circuit is no mean-field circuit.
pub fn working_points(circuit: &Circuit, point: &FixedPoint) -> Result<Vec<WorkingPoint>> {
    let m = required(circuit)?;
    let rates_times_tau = |p: usize| neuron_of(circuit, p).neuron.tau_m * circuit.units().rate_times_time;
    let slopes = circuit.slopes(&point.input, &point.rates);
    (0..m.neurons.len())
        .map(|p| {
            let neuron = neuron_of(circuit, p);
            let sigma = circuit.sigma(p, &point.rates);
            let gap = neuron.neuron.threshold - neuron.neuron.reset;
            let inside = m.synapses.iter().filter(|s| s.to == p);
            let outside = m.drives.iter().filter(|d| d.to == p);
            let largest = inside
                .clone()
                .map(|s| s.jump.abs())
                .chain(outside.clone().map(|d| d.jump.abs()))
                .fold(0.0, f64::max);
            let spikes: f64 = inside.clone().map(|s| s.in_degree * point.rates[s.from]).sum::<f64>()
                + outside.map(|d| d.in_degree * d.rate).sum::<f64>();
            let own: f64 = m.variance().row(p).iter().zip(&point.rates).map(|(v, r)| v * r).sum();
            Ok(WorkingPoint {
                neurons: m.neurons[p],
                neuron,
                mu: point.input[p],
                sigma,
                rate: point.rates[p],
                cv: neuron.cv(point.input[p], sigma),
                to_mu: slopes[p].d_mu,
                to_sigma: slopes[p].d_sigma,
                largest_jump: largest / gap,
                spikes_per_tau: spikes * rates_times_tau(p),
                shared: inside.map(|s| s.in_degree / m.neurons[s.from] as f64).fold(0.0, f64::max).min(1.0),
                recurrent_share: if sigma > 0.0 { own / (sigma * sigma) } else { 0.0 },
            })
        })
        .collect()
}
