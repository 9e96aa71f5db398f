//! The rate of a leaky integrate-and-fire neuron in white noise.
//!
//! With `y = (V - mu)/sigma` at reset and threshold, and `F(y) = exp(y^2) (1 + erf y)`
//! (Ricciardi 1977; Brunel 2000, eq. 21):
//!
//! ```text
//! 1/r          = tau_ref + tau sqrt(pi) J,                J  = int_{y_r}^{y_t} F
//! dr/dmu       = r^2 tau sqrt(pi)/sigma * D1,             D1 = F(y_t) - F(y_r)
//! dr/dsigma    = r^2 tau sqrt(pi)/sigma * D2,             D2 = y_t F(y_t) - y_r F(y_r)
//! ```
//!
//! Far below threshold all three are as large as `exp(y_t^2)`: they are computed times
//! `exp(-max(y_t, 0)^2)`, and `y_t^2` is kept in two doubles because its rounding error would be
//! the relative error of the rate.

use super::erf::{dawson, erfcx_integral, weighted_derivatives};
use super::quadrature::gauss_legendre;
use super::two_double::TwoDouble;
use crate::error::{Error, Result};
use std::f64::consts::{PI, SQRT_2};

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
            return Err(Error::invalid(format!("`threshold - reset` overflows: {threshold} - {reset}")));
        }
        Ok(LifNeuron { tau_m, tau_ref, threshold, reset })
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
    fn constant(rate: f64) -> Self {
        RicciardiValue { rate, d_mu: 0.0, d_sigma: 0.0, log_rate: rate.ln() }
    }
}

/// Rate, slopes and log-rate of a leaky integrate-and-fire neuron in white noise,
/// `tau_m dV/dt = mu - V + sigma sqrt(tau_m) xi(t)`.
///
/// `sigma` is that of Brunel (2000), NEST and NNMT: without threshold, `var V = sigma^2/2`. For
/// the other convention see [`sigma_from_membrane_sd`].
///
/// `sigma = 0` gives the limit of small noise: `1/(tau_ref + tau_m ln((mu-reset)/(mu-threshold)))`
/// above threshold, and there `d_sigma` is zero; below threshold all is zero and `log_rate` is
/// minus infinity. At `mu = threshold` rate is zero and both slopes are plus infinity: as `sigma`
/// falls to 0 there, the rate goes to zero like `1/ln(1/sigma)`, and the slopes diverge.
/// Infinite `sigma`, and `mu = +inf`, give `1/tau_ref` (infinite without refractory period) and
/// the limits of the slopes; `mu = -inf` gives zero; both infinite is undefined: NaN.
///
/// Never panics. NaN anywhere and `sigma < 0` give NaN, as does a neuron that
/// [`LifNeuron::new`] would refuse.
pub fn ricciardi(neuron: &LifNeuron, mu: f64, sigma: f64) -> RicciardiValue {
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

/// The rate of [`ricciardi`] alone.
pub fn ricciardi_rate(neuron: &LifNeuron, mu: f64, sigma: f64) -> f64 {
    ricciardi(neuron, mu, sigma).rate
}

/// Our `sigma` (Brunel 2000) for a free membrane potential with standard deviation `sd`: the
/// `sigma` of NEST's `CampbellSiegert.py`.
pub fn sigma_from_membrane_sd(sd: f64) -> f64 {
    SQRT_2 * sd
}

/// Standard deviation of the free membrane potential, `sigma/sqrt(2)`.
pub fn membrane_sd_from_sigma(sigma: f64) -> f64 {
    sigma / SQRT_2
}

/// The limits of the integral, in units of `sigma` and measured from `mu`.
pub(super) struct Limits {
    /// `y_r`, at the reset; finite.
    pub reset: f64,
    /// `y_t`, at the threshold; finite, larger than `y_r` before rounding.
    pub threshold: f64,
    /// `y_t - y_r`, computed without cancellation.
    pub gap: f64,
    /// `max(y_t, 0)^2`.
    pub exponent: TwoDouble,
    /// What the integral of `F` has below `y_r` because the true `y_r` overflows.
    pub beyond: f64,
}

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
    Noisy(Limits),
}

/// Above threshold by more `sigma` than this, corrections of relative order `1/y^2` are dropped.
const DRIVEN: f64 = 1e8;
/// Below threshold by more than this, `y^2` is close to overflow.
const SILENT: f64 = 1e150;

impl Regime {
    pub fn of(neuron: &LifNeuron, mu: f64, sigma: f64) -> Regime {
        let valid = LifNeuron::new(neuron.tau_m, neuron.tau_ref, neuron.threshold, neuron.reset);
        if valid.is_err() || mu.is_nan() || sigma.is_nan() || sigma < 0.0 {
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
        let threshold = TwoDouble::difference(neuron.threshold, mu).divided_by(sigma);
        let (reset, beyond) = match (neuron.reset - mu) / sigma {
            f64::NEG_INFINITY => {
                // erfcx(x) = 1/(sqrt(pi) x) out there
                let log = (mu - neuron.reset).ln() - sigma.ln();
                (-f64::MAX, (log - f64::MAX.ln()) / PI.sqrt())
            }
            reset => (reset, 0.0),
        };
        let exponent =
            if threshold.high > 0.0 { threshold.squared() } else { TwoDouble::difference(0.0, 0.0) };
        Regime::Noisy(Limits { reset, threshold: threshold.high, gap, exponent, beyond })
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

/// The general case, from the scaled integrals.
fn noisy(neuron: &LifNeuron, sigma: f64, limits: &Limits) -> RicciardiValue {
    let [integral, d1, d2] = scaled_integrals(limits);
    let interval = scaled_interval(neuron, limits, integral);
    // r = exp(-exponent)/interval; in two halves, so that it underflows only if the result does
    let half = limits.exponent.half().exp_of_minus();
    let rate_over_half = half / interval;
    let slope = |difference: f64| {
        if half == 0.0 {
            return 0.0; // where the relative slope may overflow
        }
        let relative = neuron.tau_m * PI.sqrt() / interval * difference / sigma;
        rate_over_half * relative * half
    };
    RicciardiValue {
        rate: rate_over_half * half,
        d_mu: slope(d1),
        d_sigma: slope(d2),
        log_rate: -limits.exponent.high - (interval.ln() + limits.exponent.low),
    }
}

/// `exp(-exponent)/r`, the mean interval between spikes without its largest factor.
pub(super) fn scaled_interval(neuron: &LifNeuron, limits: &Limits, integral: f64) -> f64 {
    neuron.tau_ref * limits.exponent.exp_of_minus() + neuron.tau_m * PI.sqrt() * integral
}

/// `exp(-exponent) [J, D1, D2]`. All are integrals of positive functions, of `F`, `F'` and
/// `F''/2`: nothing cancels if the differences are taken only where `F` at least doubles.
pub(super) fn scaled_integrals(limits: &Limits) -> [f64; 3] {
    let &Limits { reset: a, threshold: b, gap, .. } = limits;
    let scale = limits.exponent.exp_of_minus();
    // exp(y^2 - b^2) at y = a and at y = b, where they are positive
    let exp_a = if a >= 0.0 { (-gap * (a + b)).exp() } else { 0.0 };
    let at_a = weighted_derivatives(a, scale, exp_a);
    let at_b = weighted_derivatives(b, scale, 1.0);
    if at_b[0] <= 2.0 * at_a[0] {
        return narrow(b, gap, scale);
    }
    let integral = if b <= 0.0 {
        erfcx_integral(-b, -a)
    } else if a <= 0.0 {
        // F(u) = 2 exp(u^2) - erfcx(u) on [0, b]
        2.0 * dawson(b) + scale * (erfcx_integral(0.0, -a) - erfcx_integral(0.0, b))
    } else {
        2.0 * (dawson(b) - exp_a * dawson(a)) - scale * erfcx_integral(a, b)
    };
    [integral + scale * limits.beyond, at_b[0] - at_a[0], 0.5 * (at_b[1] - at_a[1])]
}

/// Reset and threshold so close that `F` does not double between them: one Gauss panel.
fn narrow(b: f64, gap: f64, scale: f64) -> [f64; 3] {
    let [integral, d1, twice_d2] = gauss_legendre(0.0, gap, |t| {
        let y = b - t;
        weighted_derivatives(y, scale, (-t * (b + y)).exp())
    });
    [integral, d1, 0.5 * twice_d2]
}
