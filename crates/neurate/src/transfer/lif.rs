//! The leaky integrate-and-fire neuron driven by white noise: the Ricciardi (Siegert) function.

use super::{Law, Parameter, Quantity, Range, Slopes, SpikingNeuron, TransferKind};
use crate::special::{LifNeuron, ricciardi, ricciardi_rate};
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
    ],
    build: |p, rate_times_time| {
        let neuron = LifNeuron::new(p[0], p[1], p[2], p[3])?;
        Ok(Arc::new(Lif { neuron, per_time: 1.0 / rate_times_time }))
    },
    examples: &[&[20.0, 2.0, 20.0, 10.0], &[10.0, 0.0, 15.0, 0.0]],
};

#[derive(Debug)]
struct Lif {
    neuron: LifNeuron,
    /// Units of rate in one per unit of time: 1000 for Hz and ms.
    per_time: f64,
}

impl Law for Lif {
    fn rate(&self, mu: f64, sigma: f64) -> f64 {
        self.per_time * ricciardi_rate(&self.neuron, mu, sigma)
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let v = ricciardi(&self.neuron, mu, sigma);
        Slopes {
            rate: self.per_time * v.rate,
            d_mu: self.per_time * v.d_mu,
            d_sigma: self.per_time * v.d_sigma,
        }
    }
    fn uses_sigma(&self) -> bool {
        true
    }
    fn lif(&self) -> Option<SpikingNeuron> {
        Some(SpikingNeuron { neuron: self.neuron, tau_s: 0.0 })
    }
}
