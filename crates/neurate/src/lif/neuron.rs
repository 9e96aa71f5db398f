//! The neuron, and what its rate comes with.

use neurate_numerics::error::{Error, Result};

/// `sqrt(pi)`.
pub(super) const SQRT_PI: f64 = 1.772_453_850_905_516;

/// Above threshold by more `sigma` than this, corrections of relative order `1/y^2` are dropped.
pub(super) const DRIVEN: f64 = 1e8;

/// A leaky integrate-and-fire neuron: times in one unit (ms), potentials in one unit (mV).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LifNeuron {
    /// Membrane time constant.
    pub tau_m: f64,
    /// Refractory period.
    pub tau_ref: f64,
    /// Potential at which the neuron spikes.
    pub threshold: f64,
    /// Potential after a spike; below the threshold.
    pub reset: f64,
}

impl LifNeuron {
    /// A neuron with finite parameters, `tau_m > 0`, `tau_ref >= 0`, `reset < threshold`.
    pub fn new(tau_m: f64, tau_ref: f64, threshold: f64, reset: f64) -> Result<LifNeuron> {
        let neuron = LifNeuron { tau_m, tau_ref, threshold, reset };
        neuron.check()?;
        Ok(neuron)
    }

    pub(super) fn check(&self) -> Result<()> {
        let &LifNeuron { tau_m, tau_ref, threshold, reset } = self;
        for (name, value) in
            [("tau_m", tau_m), ("tau_ref", tau_ref), ("threshold", threshold), ("reset", reset)]
        {
            if !value.is_finite() {
                return Err(Error::invalid(format!("`{name}` is {value}, not a finite number")));
            }
        }
        if tau_m <= 0.0 {
            return Err(Error::invalid(format!("`tau_m` is {tau_m}, not positive"))
                .with_help("give the membrane time constant, say 20 ms"));
        }
        if tau_ref < 0.0 {
            return Err(Error::invalid(format!("`tau_ref` is {tau_ref}, negative"))
                .with_help("give the refractory period, 0 if there is none"));
        }
        if reset >= threshold {
            return Err(Error::invalid(format!("`reset` is {reset}, not below `threshold`, {threshold}"))
                .with_help("after a spike the potential must restart below the threshold"));
        }
        if !(threshold - reset).is_finite() {
            return Err(Error::invalid(format!("`threshold - reset` overflows: {threshold} - {reset}"))
                .with_help("give potentials of some millivolts"));
        }
        Ok(())
    }
}

/// Ricciardi's function and its slopes at one point; rates in one over the neuron's unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RicciardiValue {
    /// The rate.
    pub rate: f64,
    /// Derivative of the rate with respect to `mu`: the gain.
    pub d_mu: f64,
    /// Derivative of the rate with respect to `sigma`.
    pub d_sigma: f64,
    /// Natural logarithm of the rate, finite where the rate itself underflows to zero.
    pub log_rate: f64,
}

impl RicciardiValue {
    /// Derivative of the rate with respect to the variance `sigma^2`, given the `sigma` that this is
    /// the value at. NaN at `sigma = 0`, where it is 0/0.
    pub fn d_variance(&self, sigma: f64) -> f64 {
        0.5 * self.d_sigma / sigma
    }

    pub(super) fn constant(rate: f64) -> Self {
        RicciardiValue { rate, d_mu: 0.0, d_sigma: 0.0, log_rate: rate.ln() }
    }
}
