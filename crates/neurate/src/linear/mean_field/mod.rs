//! Mean-field theory of circuits of integrate-and-fire neurons: working points, what the theory
//! assumes there, the loop with its delays, oscillations, and population spectra.
//!
//! The rate equation of the circuit knows the neurons' stationary rate only. Here they answer with
//! their own dynamics, at every frequency ([`LifResponder`]), after the delays of the synapses:
//! Brunel & Hakim 1999; Brunel 2000; Lindner, Doiron & Longtin 2005; Bos, Diesmann & Helias 2016.

mod oscillations;
mod spectra;

use oscillations::resonances;
pub use oscillations::{DelayedStability, Undecided, delayed_stability};
pub use spectra::{Spectra, spectra, spectral_grid, spectral_peak};

use crate::fixed_points::FixedPoint;
use crate::lif::LifResponder;
use crate::model::transfer::SpikingNeuron;
use crate::model::{Circuit, MeanField};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{CMatrix, Complex, Mat};

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

fn required(circuit: &Circuit) -> Result<&MeanField> {
    circuit.mean_field().ok_or_else(|| {
        Error::invalid("the circuit has no spiking neurons behind it")
            .with_help("mean-field theory is of circuits with [synapses]")
    })
}

fn neuron_of(circuit: &Circuit, p: usize) -> SpikingNeuron {
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

/// The loop of a mean-field circuit, cut open: what comes back of a modulation `exp(s t)` of the
/// populations' rates after the synapses, their delays, and the neurons.
#[derive(Clone, Debug)]
pub struct DelayedLoop<'a> {
    circuit: &'a Circuit,
    field: &'a MeanField,
    responders: Vec<LifResponder>,
    /// Which responder serves each population: equal neurons at equal working points share one.
    responder_of: Vec<usize>,
    tau_s: Vec<f64>,
    sigma: Vec<f64>,
}

impl<'a> DelayedLoop<'a> {
    /// The loop at a fixed point.
    ///
    /// # Errors
    /// The circuit is no mean-field circuit, or a neuron has no linear response there (no noise at
    /// threshold).
    pub fn new(circuit: &'a Circuit, point: &FixedPoint) -> Result<DelayedLoop<'a>> {
        let field = required(circuit)?;
        let (mut responders, mut responder_of) = (Vec::new(), Vec::new());
        let mut known: Vec<(SpikingNeuron, f64, f64)> = Vec::new();
        let (mut sigmas, mut tau_s) = (Vec::new(), Vec::new());
        for p in 0..field.neurons.len() {
            let neuron = neuron_of(circuit, p);
            let key = (neuron, point.input[p], circuit.sigma(p, &point.rates));
            sigmas.push(key.2);
            tau_s.push(neuron.tau_s);
            responder_of.push(match known.iter().position(|k| *k == key) {
                Some(k) => k,
                None => {
                    known.push(key);
                    responders.push(LifResponder::colored(&neuron.neuron, neuron.tau_s, key.1, key.2)?);
                    responders.len() - 1
                }
            });
        }
        Ok(DelayedLoop { circuit, field, responders, responder_of, tau_s, sigma: sigmas })
    }

    /// `P(s)`, to (row) from (column): `[n_mu W + n_sigma V/(2 sigma)]`, the filter of the synaptic
    /// currents `1/(1 + s tau_s)`, and the delays. `P(0)` is the effective weights.
    ///
    /// Delays with a spread follow a gamma distribution, which has no negative ones:
    /// `(1 + s sd^2/d)^-(d/sd)^2` in place of `exp(-s d)`.
    ///
    /// # Errors
    /// `s` lies outside the range of the neurons' response.
    pub fn gain(&self, s: Complex) -> Result<CMatrix> {
        let n = self.responder_of.len();
        let responses = self.responders.iter().map(|r| r.at(s)).collect::<Result<Vec<_>>>()?;
        let mut p = Mat::from_fn(n, n, |_, _| Complex::new(0.0, 0.0));
        for synapse in &self.field.synapses {
            let (to, from) = (synapse.to, synapse.from);
            let r = &responses[self.responder_of[to]];
            let mut value = r.to_mu * self.field.mean()[(to, from)];
            if self.sigma[to] > 0.0 {
                value += r.to_sigma * self.field.variance()[(to, from)] / (2.0 * self.sigma[to]);
            }
            let (d, sd) = (synapse.delay, synapse.delay_sd);
            let delay = if sd == 0.0 || d == 0.0 {
                (-s * d).exp()
            } else {
                let z = s * (sd * sd / d);
                // ln(1 + z)/z, by its series where the logarithm would lose the digits of z.
                let ratio = if z.norm() < 1e-3 {
                    1.0 + z * (-0.5 + z * (1.0 / 3.0 + z * (-0.25 + z * (0.2 - z / 6.0))))
                } else {
                    (1.0 + z).ln() / z
                };
                (-s * d * ratio).exp()
            };
            let filter = 1.0 / (1.0 + s * self.tau_s[to]);
            p[(to, from)] = value * delay * filter / self.circuit.units().rate_times_time;
        }
        Ok(p)
    }

    /// `1 - P(s)`; where its determinant is zero the circuit has a mode `exp(s t)`.
    fn open(&self, s: Complex) -> Result<CMatrix> {
        let p = self.gain(s)?;
        let n = p.rows();
        Ok(Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - p[(i, j)]))
    }
}
