//! The law of a transfer function: its rate, and what is known of it.

use super::jet::{Jet, by_differences};
use crate::lif::{LifNeuron, colored_shift, ricciardi_cv};
use std::fmt;

/// The rate and its slopes at one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slopes {
    /// The rate `f(mu, sigma)`.
    pub rate: f64,
    /// The gain `df/dmu`. At a kink it is the slope from the right.
    pub d_mu: f64,
    /// `df/dsigma`; 0 for functions without noise.
    pub d_sigma: f64,
}

/// A piece on which a function is exactly affine: `rate = slope * x + offset` for `x` in `from..to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AffinePiece {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Slope.
    pub slope: f64,
    /// Rate at `x = 0` of the line.
    pub offset: f64,
}

/// The law of a transfer function with its parameters in place.
pub trait Law: fmt::Debug + Send + Sync {
    /// Rate at an input of mean `mu` and standard deviation `sigma`.
    fn rate(&self, mu: f64, sigma: f64) -> f64;
    /// Rate and slopes.
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes;
    /// The rate and its first three derivatives over `mu`. Where one of them jumps it is that from one side: a slope from the
    /// right, as in [`Law::slopes`].
    ///
    /// By formula in every law but that of integrate-and-fire neurons, whose second and third derivatives are differences of
    /// slopes: relative errors below 1e-8 and 1e-6 of the largest within a standard deviation of the input.
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let s = self.slopes(mu, sigma);
        let step = 0.02 * if sigma > 0.0 { sigma } else { 0.05 * (1.0 + mu.abs()) };
        by_differences(s.rate, |d| if d == 0.0 { s.d_mu } else { self.slopes(mu + d, sigma).d_mu }, step)
    }
    /// Rates of many units: the same numbers as one by one, and faster where the law has a formula without
    /// branches.
    fn rates(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        for (o, &m) in out.iter_mut().zip(mu) {
            *o = self.rate(m, sigma);
        }
    }
    /// Inputs at which the slope jumps.
    fn kinks(&self) -> Vec<f64> {
        Vec::new()
    }
    /// Inputs at which the function is not smooth: where the slope jumps, or a higher derivative.
    fn corners(&self) -> Vec<f64> {
        self.kinks()
    }
    /// The pieces, if the function is exactly piecewise affine.
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        None
    }
    /// What the rate's modulus never exceeds, if it is bounded.
    fn bound(&self) -> Option<f64> {
        None
    }
    /// What the rate is never below, minus infinity if it is unbounded; None if that is not known.
    fn lowest(&self) -> Option<f64> {
        None
    }
    /// The smallest and the largest slope between two inputs, of a function that nowhere falls; None if it falls, or
    /// is not known to rise.
    fn slope_bounds(&self, _from: f64, _to: f64) -> Option<(f64, f64)> {
        None
    }
    /// Bounds of `f(y)/|y|` for all inputs `y` from `x` outwards: above it if it is positive, below it if negative.
    fn ratio_beyond(&self, x: f64) -> (f64, f64) {
        self.bound().map_or((f64::NEG_INFINITY, f64::INFINITY), |b| (-b / x.abs(), b / x.abs()))
    }
    /// How many times larger than that of a product the relative rounding error of rates at inputs from `_from` on is: a power
    /// multiplies that of its argument, an exponential has its argument times it.
    fn conditioning(&self, _from: f64) -> f64 {
        1.0
    }
    /// Whether `sigma` matters.
    fn uses_sigma(&self) -> bool {
        false
    }
    /// The integrate-and-fire neuron whose rate this is.
    fn lif(&self) -> Option<SpikingNeuron> {
        None
    }
}

/// The neuron behind a transfer function: what its dynamics need besides its rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikingNeuron {
    /// Membrane, threshold and reset.
    pub neuron: LifNeuron,
    /// Decay time of its synaptic currents; 0 for jumps.
    pub tau_s: f64,
}

impl SpikingNeuron {
    /// Coefficient of variation of its intervals between spikes.
    pub fn cv(&self, mu: f64, sigma: f64) -> f64 {
        let LifNeuron { tau_m, tau_ref, threshold, reset } = self.neuron;
        // Slow currents act like a threshold and a reset that are higher.
        let shift = colored_shift(&self.neuron, self.tau_s).unwrap_or(f64::NAN) * sigma;
        let shifted = LifNeuron { tau_m, tau_ref, threshold: threshold + shift, reset: reset + shift };
        ricciardi_cv(&shifted, mu, sigma)
    }
}
