//! Ricciardi's function at any arguments, one at a time: limits, extreme sizes, no value.

use super::integrals::{ABOVE, BELOW, FAR, Limits, Scaled, scaled_integrals};
use super::neuron::{DRIVEN, LifNeuron, RicciardiValue, SQRT_PI};
use neurate_numerics::special::elementary::Exponential;
use neurate_numerics::special::two_double::TwoDouble;
use std::f64::consts::PI;

/// The cases that need formulas of their own.
pub(super) enum Regime {
    /// No value.
    Undefined,
    /// Below threshold without noise, or so far below that even the log-rate overflows.
    Silent,
    /// `mu = threshold`, `sigma = 0`.
    AtThresholdWithoutNoise,
    /// Noise without bound.
    Swamped,
    /// Above threshold by so many `sigma` that the next order of noise is below rounding.
    Driven,
    /// The rest.
    Noisy(Noisy),
}

/// Below threshold by more than this, `y^2` is close to overflow.
const SILENT: f64 = 1e150;

impl Regime {
    pub fn of(neuron: &LifNeuron, mu: f64, sigma: f64) -> Regime {
        if neuron.check().is_err() || mu.is_nan() || sigma.is_nan() || sigma < 0.0 {
            return Regime::Undefined;
        }
        let above = mu - neuron.threshold;
        let gap = (neuron.threshold - neuron.reset) / sigma;
        if sigma.is_infinite() || (gap == 0.0 && mu.is_finite()) {
            return if mu.is_infinite() { Regime::Undefined } else { Regime::Swamped };
        }
        if sigma == 0.0 && above == 0.0 {
            return Regime::AtThresholdWithoutNoise;
        }
        // sigma = 0 gives an infinite quotient, hence one of the next two
        if above / sigma >= DRIVEN {
            return Regime::Driven;
        }
        if above / sigma <= -SILENT {
            return Regime::Silent;
        }
        let threshold = TwoDouble::difference(neuron.threshold, mu).cleaned();
        let high = threshold.high / sigma;
        let remainder = (-high).mul_add(sigma, threshold.high) + threshold.low;
        let threshold = TwoDouble { high, low: remainder / sigma }.cleaned();
        let reset = (neuron.reset - mu) / sigma;
        if reset >= -MOST {
            return Regime::Noisy(Noisy { limits: Limits { reset, threshold, gap }, beyond: 0.0 });
        }
        // erfcx(x) = 1/(sqrt(pi) x) out there
        let log = (mu - neuron.reset).ln() - sigma.ln();
        let limits = Limits { reset: -MOST, threshold, gap: MOST };
        Regime::Noisy(Noisy { limits, beyond: (log - MOST.ln()) / SQRT_PI })
    }
}

/// Limits beyond this are cut, and the rest added from the asymptotic form.
const MOST: f64 = 1e50;

/// The general case.
pub(super) struct Noisy {
    pub limits: Limits,
    /// What the integral of `F` has below `limits.reset`.
    beyond: f64,
}

impl Noisy {
    pub fn scaled(&self) -> Scaled {
        let b = self.limits.threshold.high;
        if b >= 1e30 {
            // the formula of Side::Far, with D(b) = 1/(2b)
            let Limits { reset, threshold, gap } = self.limits;
            let rest = if reset > 0.0 { -(-gap * (reset + b)).exp_m1() } else { 1.0 };
            return Scaled {
                integral: rest / b,
                d1: 0.0,
                d2: 0.0,
                scale: Exponential::of::<false>(-1400.0, 0.0),
                exponent: threshold.squared::<true>().cleaned(),
            };
        }
        let scaled_integrals = match b {
            ..=0.25 => scaled_integrals::<true, ABOVE, true>,
            ..=7.0 => scaled_integrals::<true, BELOW, true>,
            _ => scaled_integrals::<true, FAR, true>,
        };
        let scaled = scaled_integrals(&self.limits);
        Scaled { integral: scaled.integral + scaled.scale.value() * self.beyond, ..scaled }
    }
}

/// `sigma -> inf`: from `1/r = tau_ref + tau sqrt(pi) w (F(0) + F'(0) (y_r + y_t)/2 + ...)`, where
/// `w = gap/sigma`, `F(0) = 1`, `F'(0) = 2/sqrt(pi)`.
fn swamped(neuron: &LifNeuron) -> RicciardiValue {
    let gap = neuron.threshold - neuron.reset;
    if neuron.tau_ref > 0.0 {
        return RicciardiValue::constant(1.0 / neuron.tau_ref);
    }
    RicciardiValue {
        d_mu: 2.0 / (PI * neuron.tau_m * gap),
        d_sigma: 1.0 / (PI.sqrt() * neuron.tau_m * gap),
        ..RicciardiValue::constant(f64::INFINITY)
    }
}

/// Far above threshold: the noise-free rate, and `d_sigma` to leading order,
/// `r^2 tau sigma/2 (1/(mu-threshold)^2 - 1/(mu-reset)^2)`.
fn driven(neuron: &LifNeuron, mu: f64, sigma: f64) -> RicciardiValue {
    let gap = neuron.threshold - neuron.reset;
    let (from_threshold, from_reset) = (mu - neuron.threshold, mu - neuron.reset);
    if from_threshold.is_infinite() {
        let refractory = neuron.tau_ref > 0.0;
        return RicciardiValue {
            d_mu: if refractory { 0.0 } else { 1.0 / (neuron.tau_m * gap) },
            ..RicciardiValue::constant(1.0 / neuron.tau_ref)
        };
    }
    let interval = neuron.tau_ref + neuron.tau_m * deterministic_integral(from_threshold, gap);
    let rate = 1.0 / interval;
    // r^2 tau gap/((mu-threshold)(mu-reset)), without overflow in between
    let d_mu = (rate / from_threshold) * (rate * (gap / from_reset)) * neuron.tau_m;
    let d_sigma = 0.5 * d_mu * (sigma / from_threshold + sigma / from_reset);
    RicciardiValue { rate, d_mu, d_sigma, log_rate: -interval.ln() }
}

/// `ln((mu-reset)/(mu-threshold))`, exact to rounding near and far.
pub(super) fn deterministic_integral(from_threshold: f64, gap: f64) -> f64 {
    let ratio = gap / from_threshold;
    if ratio.is_finite() { ratio.ln_1p() } else { gap.ln() - from_threshold.ln() }
}

/// The general case, without the products of [`Neuron::ordinary`] that could overflow.
fn noisy(neuron: &LifNeuron, sigma: f64, noisy: &Noisy) -> RicciardiValue {
    let scaled = noisy.scaled();
    let interval = scaled_interval(neuron, &scaled);
    let rate = scaled.scale.times(1.0 / interval);
    let slope = |difference: f64| {
        if rate == 0.0 {
            return 0.0; // where the relative slope may overflow
        }
        let relative = neuron.tau_m * SQRT_PI / interval * difference / sigma;
        let slope = relative / interval;
        if slope.is_finite() { scaled.scale.times(slope) } else { slope }
    };
    RicciardiValue {
        rate,
        d_mu: slope(scaled.d1),
        d_sigma: slope(scaled.d2),
        log_rate: -scaled.exponent.high - (interval.ln() + scaled.exponent.low),
    }
}

/// `exp(-exponent)/r`, the mean interval between spikes without its largest factor.
pub(super) fn scaled_interval(neuron: &LifNeuron, scaled: &Scaled) -> f64 {
    neuron.tau_ref * scaled.scale.value() + neuron.tau_m * SQRT_PI * scaled.integral
}

/// The value at any arguments.
#[cold]
pub(super) fn extreme(neuron: &LifNeuron, mu: f64, sigma: f64) -> RicciardiValue {
    match Regime::of(neuron, mu, sigma) {
        Regime::Undefined => {
            RicciardiValue { rate: f64::NAN, d_mu: f64::NAN, d_sigma: f64::NAN, log_rate: f64::NAN }
        }
        Regime::Silent => RicciardiValue::constant(0.0),
        Regime::AtThresholdWithoutNoise => {
            RicciardiValue { d_mu: f64::INFINITY, d_sigma: f64::INFINITY, ..RicciardiValue::constant(0.0) }
        }
        Regime::Swamped => swamped(neuron),
        Regime::Driven => driven(neuron, mu, sigma),
        Regime::Noisy(limits) => noisy(neuron, sigma, &limits),
    }
}
