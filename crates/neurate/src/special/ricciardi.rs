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
//!
//! [`Neuron::side`] picks the formula of `integrals.rs` for ordinary arguments, from comparisons
//! alone; the rest, limits and arguments of extreme size, goes through [`Regime`], one at a time.

use super::elementary::{Exponential, ln, mul_add};
use super::instructions::{Compute, Instructions};
use super::integrals::{ABOVE, BELOW, FAR, Limits, Scaled, Side, scaled_integrals};
use super::two_double::TwoDouble;
use crate::error::{Error, Result};
use std::f64::consts::{PI, SQRT_2};

/// `sqrt(pi)`.
const SQRT_PI: f64 = 1.772_453_850_905_516;

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
            return Err(Error::invalid(format!("`threshold - reset` overflows: {threshold} - {reset}")));
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
///
/// For many inputs [`ricciardi_slices`](super::ricciardi_slices()) is several times faster and gives the
/// same numbers; [`try_ricciardi`] says what is wrong with an argument.
pub fn ricciardi(neuron: &LifNeuron, mu: f64, sigma: f64) -> RicciardiValue {
    Instructions::narrow().run(One::<true> { neuron: Neuron::new(neuron), mu, sigma })
}

/// [`ricciardi`] where arguments without a value are errors: NaN, negative `sigma`, both infinite,
/// a neuron that [`LifNeuron::new`] refuses.
pub fn try_ricciardi(neuron: &LifNeuron, mu: f64, sigma: f64) -> Result<RicciardiValue> {
    neuron.check()?;
    match complaint(mu, sigma) {
        None => Ok(ricciardi(neuron, mu, sigma)),
        Some((name, what)) => Err(Error::invalid(format!("`{name}` is {what}"))),
    }
}

/// The rate of [`ricciardi`] alone.
pub fn ricciardi_rate(neuron: &LifNeuron, mu: f64, sigma: f64) -> f64 {
    Instructions::narrow().run(One::<false> { neuron: Neuron::new(neuron), mu, sigma }).rate
}

/// Which argument makes the value undefined, and what it is.
pub(super) fn complaint(mu: f64, sigma: f64) -> Option<(&'static str, String)> {
    if mu.is_nan() {
        Some(("mu", "NaN".into()))
    } else if sigma.is_nan() {
        Some(("sigma", "NaN".into()))
    } else if sigma < 0.0 {
        Some(("sigma", format!("{sigma}, negative")))
    } else if sigma.is_infinite() && mu.is_infinite() {
        Some(("mu", format!("{mu} while `sigma` is {sigma}")))
    } else {
        None
    }
}

/// One value; without `ALL` the rate only.
struct One<const ALL: bool> {
    neuron: Neuron,
    mu: f64,
    sigma: f64,
}

impl<const ALL: bool> Compute for One<ALL> {
    type Output = RicciardiValue;
    #[inline(always)]
    fn compute<const FMA: bool>(self) -> RicciardiValue {
        let One { neuron, mu, sigma } = self;
        let value = match neuron.side(mu, sigma) {
            Some(Side::Above) => neuron.ordinary::<FMA, ABOVE, ALL>(mu, sigma),
            Some(Side::Below) => neuron.ordinary::<FMA, BELOW, ALL>(mu, sigma),
            Some(Side::Far) => neuron.ordinary::<FMA, FAR, ALL>(mu, sigma),
            None => return extreme(&neuron.lif, mu, sigma),
        };
        let Ordinary { rate, d_mu, d_sigma, interval, exponent } = value;
        let log_rate = if ALL { -exponent.high - (ln::<FMA>(interval) + exponent.low) } else { 0.0 };
        RicciardiValue { rate, d_mu, d_sigma, log_rate }
    }
}

/// A neuron, and what the formulas want of it.
#[derive(Clone, Copy)]
pub(super) struct Neuron {
    pub lif: LifNeuron,
    gap: f64,
    /// `tau_m sqrt(pi)`.
    scale: f64,
    /// Whether it is valid and its times are of moderate size, lest products over- or underflow.
    ordinary: bool,
}

/// A value, its logarithm still in parts: `-exponent - ln(interval)`.
pub(super) struct Ordinary {
    pub rate: f64,
    pub d_mu: f64,
    pub d_sigma: f64,
    pub interval: f64,
    pub exponent: TwoDouble,
}

impl Neuron {
    #[inline(always)]
    pub fn new(lif: &LifNeuron) -> Neuron {
        let gap = lif.threshold - lif.reset;
        // false for NaN
        let times = lif.tau_m > 1e-50 && lif.tau_m < 1e50 && lif.tau_ref >= 0.0 && lif.tau_ref < 1e50;
        let potentials = gap > 0.0 && lif.threshold.abs() < 1e150 && lif.reset.abs() < 1e150;
        Neuron { lif: *lif, gap, scale: lif.tau_m * SQRT_PI, ordinary: times && potentials }
    }

    /// Which formula is right; `None` where [`extreme`] must decide.
    #[inline(always)]
    pub fn side(&self, mu: f64, sigma: f64) -> Option<Side> {
        let below = self.lif.threshold - mu;
        // false for NaN; products, for a division would cost more
        let ordinary = self.ordinary
            & (sigma > 1e-100)
            & (sigma < 1e100)
            & (below > -DRIVEN * sigma)
            & (below < 1e30 * sigma)
            & (self.gap > 1e-100 * sigma)
            & (self.gap < 1e50 * sigma);
        match () {
            _ if !ordinary => None,
            _ if below <= 0.25 * sigma => Some(Side::Above),
            _ if below <= 7.0 * sigma => Some(Side::Below),
            _ => Some(Side::Far),
        }
    }

    /// The value where [`Neuron::side`] is `SIDE`; without `SLOPES` those are zero.
    #[inline(always)]
    pub fn ordinary<const FMA: bool, const SIDE: u8, const SLOPES: bool>(
        &self,
        mu: f64,
        sigma: f64,
    ) -> Ordinary {
        let reciprocal = 1.0 / sigma;
        let limits = Limits {
            reset: (self.lif.reset - mu) * reciprocal,
            threshold: TwoDouble::difference(self.lif.threshold, mu).divided_by::<FMA>(sigma, reciprocal),
            gap: self.gap * reciprocal,
        };
        let scaled = scaled_integrals::<FMA, SIDE, SLOPES>(&limits);
        let interval = self.interval::<FMA>(&scaled);
        let per_interval = 1.0 / interval;
        let rate = scaled.scale.times(per_interval);
        let (mut d_mu, mut d_sigma) = (0.0, 0.0);
        if SLOPES {
            let relative = self.scale * per_interval * reciprocal;
            d_mu = scaled.scale.times(per_interval * (relative * scaled.d1));
            d_sigma = scaled.scale.times(per_interval * (relative * scaled.d2));
        }
        Ordinary { rate, d_mu, d_sigma, interval, exponent: scaled.exponent }
    }

    /// `exp(-exponent)/r`, the mean interval between spikes without its largest factor.
    #[inline(always)]
    fn interval<const FMA: bool>(&self, scaled: &Scaled) -> f64 {
        mul_add::<FMA>(self.lif.tau_ref, scaled.scale.value(), self.scale * scaled.integral)
    }
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

/// Above threshold by more `sigma` than this, corrections of relative order `1/y^2` are dropped.
const DRIVEN: f64 = 1e8;
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
