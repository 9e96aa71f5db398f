//! The loop through neurons, synapses and delays.

use super::working_points::{neuron_of, required};
use crate::fixed_points::FixedPoint;
use crate::lif::LifResponder;
use crate::model::transfer::SpikingNeuron;
use crate::model::{Circuit, MeanField};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Complex, Mat};

/// The loop of a mean-field circuit, cut open: what comes back of a modulation `exp(s t)` of the
/// populations' rates after the synapses, their delays, and the neurons.
#[derive(Clone, Debug)]
pub struct DelayedLoop<'a> {
    pub(super) circuit: &'a Circuit,
    pub(super) field: &'a MeanField,
    pub(super) responders: Vec<LifResponder>,
    /// Which responder serves each population: equal neurons at equal working points share one.
    pub(super) responder_of: Vec<usize>,
    pub(super) tau_s: Vec<f64>,
    pub(super) sigma: Vec<f64>,
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
    pub(super) fn open(&self, s: Complex) -> Result<CMatrix> {
        let p = self.gain(s)?;
        let n = p.rows();
        Ok(Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - p[(i, j)]))
    }
}
