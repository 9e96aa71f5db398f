//! The rate of a leaky integrate-and-fire neuron in colored noise of short correlation time.
//!
//! Synaptic currents that decay with `tau_s` turn white noise into noise with that correlation
//! time. To first order in `sqrt(tau_s/tau_m)` its effect is that of shifting threshold and reset
//! (Fourcaud and Brunel 2002; Brunel and Sergi 1998 for the rate): in Ricciardi's integral
//!
//! ```text
//! y_t = (threshold - mu)/sigma + c,   y_r = (reset - mu)/sigma + c,
//! c = (alpha/2) sqrt(tau_s/tau_m),    alpha = sqrt(2) |zeta(1/2)| = 2.0653
//! ```
//!
//! `c` does not depend on `mu` or `sigma`, so `dr/dmu` keeps its form, and
//! `dr/dsigma = r^2 tau sqrt(pi)/sigma [(y_t - c) F(y_t) - (y_r - c) F(y_r)]`: the white-noise slope at
//! the shifted limits minus `c dr/dmu`. Unlike in white noise it can be negative: at fixed limits
//! noise helps, and the shift, `sigma c`, moves the threshold away.
//!
//! Valid for `tau_s << tau_m`, say below a tenth: the next order is `tau_s/tau_m`. Far below
//! threshold the exponent of the rate, `y_t^2`, is shifted by `2 c y_t`, and what the theory drops
//! there is a factor of the rate: it wants `c y_t` small as well.
//!
//! Errors, against 200 points by mpmath, `tau_s/tau_m` from 1e-4 to 0.1, rates from 1e-221 Hz up:
//! 4e-14 for the shifted rate; 2e-15 of the larger term for the first order.

use super::neuron::{LifNeuron, RicciardiValue};

use super::ricciardi::ricciardi;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::special::two_double::TwoDouble;

/// `alpha/2 = |zeta(1/2)|/sqrt(2)`.
const HALF_ALPHA: f64 = 1.032_626_576_115_608_6;

/// The shift `c` of both limits of Ricciardi's integral, `(alpha/2) sqrt(tau_s/tau_m)`.
pub fn colored_shift(neuron: &LifNeuron, tau_s: f64) -> Result<f64> {
    if !(tau_s >= 0.0 && tau_s.is_finite()) {
        return Err(Error::invalid(format!("`tau_s` is {tau_s}, not a finite number from 0"))
            .with_help("give the synaptic time constant; 0 is white noise"));
    }
    Ok(HALF_ALPHA * (tau_s / neuron.tau_m).sqrt())
}

/// Rate, slopes and log-rate in colored noise of correlation time `tau_s`, by shifted limits.
///
/// `tau_s = 0` is exactly [`ricciardi()`], whose arguments and limits these are. The slopes are
/// those at fixed threshold and `tau_s`. An error if `tau_s` is negative or not finite.
///
/// The theory holds for `tau_s` well below `tau_m`; nothing here refuses larger values. Infinite
/// `sigma` is treated as white noise.
pub fn ricciardi_colored(neuron: &LifNeuron, tau_s: f64, mu: f64, sigma: f64) -> Result<RicciardiValue> {
    let shift = colored_shift(neuron, tau_s)?;
    if shift == 0.0 || !sigma.is_finite() {
        return Ok(ricciardi(neuron, mu, sigma));
    }
    let (moved, mu) = moved(neuron, mu, sigma * shift);
    let value = ricciardi(&moved, mu, sigma);
    // infinite at threshold without noise
    let d_sigma = if value.d_sigma.is_finite() { value.d_sigma - shift * value.d_mu } else { value.d_sigma };
    Ok(RicciardiValue { d_sigma, ..value })
}

/// The rate in colored noise to first order in `sqrt(tau_s/tau_m)`: `r - sigma c dr/dmu`, at white
/// noise (Brunel and Sergi 1998; Fourcaud and Brunel 2002).
///
/// It is negative where the correction exceeds the rate, far below threshold: prefer
/// [`ricciardi_colored`], equal to this order, which stays positive. Where the two terms cancel,
/// the error is a rounding error of the larger one.
pub fn ricciardi_colored_taylor(neuron: &LifNeuron, tau_s: f64, mu: f64, sigma: f64) -> Result<f64> {
    let shift = colored_shift(neuron, tau_s)?;
    let white = ricciardi(neuron, mu, sigma);
    if shift == 0.0 || sigma == 0.0 || !sigma.is_finite() {
        return Ok(white.rate); // the slope may be infinite
    }
    Ok(white.rate - sigma * shift * white.d_mu)
}

/// Neuron and mean with `threshold - mu` and `reset - mu` larger by `distance`.
fn moved(neuron: &LifNeuron, mu: f64, distance: f64) -> (LifNeuron, f64) {
    let gap = neuron.threshold - neuron.reset;
    let from_mu = TwoDouble::difference(neuron.threshold, mu);
    let sum = TwoDouble::difference(from_mu.high, -distance);
    let large = sum.high.abs() > 8.0 * gap;
    if large || !gap.is_finite() || !sum.high.is_finite() {
        return (*neuron, mu - distance);
    }
    // Potentials measured from `mu`: a rounding error of theirs, times `2 y/sigma`, would be the
    // relative error of the rate. What a double drops goes into the mean.
    let neuron = LifNeuron { threshold: sum.high, reset: sum.high - gap, ..*neuron };
    (neuron, -(sum.low + from_mu.low))
}
