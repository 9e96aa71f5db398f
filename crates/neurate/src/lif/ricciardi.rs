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
//! alone; the rest, limits and arguments of extreme size, goes through `extremes.rs`, one at a time.

use super::extremes::extreme;
use super::integrals::{ABOVE, BELOW, FAR, Limits, Scaled, Side, scaled_integrals};
use super::neuron::{DRIVEN, LifNeuron, RicciardiValue, SQRT_PI};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::special::elementary::{ln, mul_add};
use neurate_numerics::special::instructions::{Compute, Instructions};
use neurate_numerics::special::two_double::TwoDouble;
use std::f64::consts::SQRT_2;

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
