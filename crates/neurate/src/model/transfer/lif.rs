//! The leaky integrate-and-fire neuron driven by white noise: the Ricciardi (Siegert) function.

use super::law::{Law, Slopes, SpikingNeuron};

use super::kind::{Parameter, Quantity, Range, TransferKind};
use crate::lif::{
    LifNeuron, RicciardiSlices, RicciardiValue, colored_shift, ricciardi, ricciardi_colored, ricciardi_slices,
};
use neurate_numerics::error::Error;
use std::sync::Arc;

/// `[tau_ref + tau_m sqrt(pi) int e^(u^2) (1 + erf u) du]^-1` between `(reset - mu)/sigma` and
/// `(threshold - mu)/sigma`.
pub static LIF: TransferKind = TransferKind {
    name: "lif",
    equation: "1 / (tau_ref + tau_m sqrt(pi) int_{(reset-x)/sigma}^{(threshold-x)/sigma} e^(u^2) (1 + erf u) du)",
    about: "the rate of a leaky integrate-and-fire neuron with noisy input, sigma from the population (Ricciardi 1977; Brunel 2000)",
    parameters: &[
        Parameter {
            key: "tau_m",
            quantity: Quantity::Time,
            default: None,
            range: Range::Positive,
            meaning: "membrane time constant",
        },
        Parameter {
            key: "tau_ref",
            quantity: Quantity::Time,
            default: Some(0.0),
            range: Range::NonNegative,
            meaning: "refractory period",
        },
        Parameter {
            key: "threshold",
            quantity: Quantity::Input,
            default: None,
            range: Range::Any,
            meaning: "threshold potential",
        },
        Parameter {
            key: "reset",
            quantity: Quantity::Input,
            default: None,
            range: Range::Any,
            meaning: "reset potential",
        },
        Parameter {
            key: "tau_s",
            quantity: Quantity::Time,
            default: Some(0.0),
            range: Range::NonNegative,
            meaning: "decay time of the synaptic currents, short against tau_m; 0 for jumps",
        },
    ],
    build: |p, rate_times_time| {
        let neuron = LifNeuron::new(p[0], p[1], p[2], p[3])?;
        colored_shift(&neuron, p[4])?;
        if p[4] >= p[0] {
            return Err(Error::invalid(format!("`tau_s` is {}, not below `tau_m`, {}", p[4], p[0]))
                .with_help("the theory of slow noise is one of tau_s well below tau_m; 0 means jumps"));
        }
        Ok(Arc::new(Lif { neuron, tau_s: p[4], per_time: 1.0 / rate_times_time }))
    },
    examples: &[&[20.0, 2.0, 20.0, 10.0, 0.0], &[10.0, 0.0, 15.0, 0.0, 0.5]],
    kernels: |_| None,
};

#[derive(Debug)]
struct Lif {
    neuron: LifNeuron,
    tau_s: f64,
    /// Units of rate in one per unit of time: 1000 for Hz and ms.
    per_time: f64,
}

impl Lif {
    fn value(&self, mu: f64, sigma: f64) -> RicciardiValue {
        if self.tau_s == 0.0 {
            return ricciardi(&self.neuron, mu, sigma);
        }
        // tau_s was checked when it was built; what else may be wrong is NaN in either function.
        ricciardi_colored(&self.neuron, self.tau_s, mu, sigma)
            .unwrap_or_else(|_| ricciardi(&self.neuron, f64::NAN, sigma))
    }
}

impl Law for Lif {
    fn rate(&self, mu: f64, sigma: f64) -> f64 {
        self.per_time * self.value(mu, sigma).rate
    }
    fn rates(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        if self.tau_s > 0.0 {
            // Its shifted threshold depends on the input.
            return out.iter_mut().zip(mu).for_each(|(out, mu)| *out = self.rate(*mu, sigma));
        }
        let sigmas = [sigma; 256];
        for (mu, out) in mu.chunks(sigmas.len()).zip(out.chunks_mut(sigmas.len())) {
            let rate = RicciardiSlices { rate: Some(&mut *out), ..RicciardiSlices::default() };
            // The neuron was checked when it was built; an input without a value becomes NaN, as one by one.
            let _ = ricciardi_slices(&self.neuron, mu, &sigmas[..mu.len()], rate);
            out.iter_mut().for_each(|rate| *rate *= self.per_time);
        }
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let v = self.value(mu, sigma);
        Slopes {
            rate: self.per_time * v.rate,
            d_mu: self.per_time * v.d_mu,
            d_sigma: self.per_time * v.d_sigma,
        }
    }
    fn bound(&self) -> Option<f64> {
        (self.neuron.tau_ref > 0.0).then(|| self.per_time / self.neuron.tau_ref)
    }
    fn lowest(&self) -> Option<f64> {
        Some(0.0)
    }
    fn uses_sigma(&self) -> bool {
        true
    }
    fn lif(&self) -> Option<SpikingNeuron> {
        Some(SpikingNeuron { neuron: self.neuron, tau_s: self.tau_s })
    }
}
