//! Linear response of the rate of a leaky integrate-and-fire neuron to its input.
//!
//! TODO docs

use super::coloured::{coloured_shift, ricciardi_coloured};
use super::ricciardi::{LifNeuron, RicciardiValue, ricciardi};
use super::saddle::{Saddle, exp_m1, exp_m1_over};
use crate::error::{Error, Result};
use num_complex::Complex64;
use std::f64::consts::SQRT_2;

/// Change of the rate per change of its input, at one Laplace variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LifResponse {
    /// To `mu`.
    pub to_mu: Complex64,
    /// To `sigma`.
    pub to_sigma: Complex64,
}

impl LifResponse {
    /// Response to `sigma^2`, at the `sigma` that this was computed for: `to_sigma/(2 sigma)`.
    pub fn to_variance(&self, sigma: f64) -> Complex64 {
        self.to_sigma / (2.0 * sigma)
    }
}

/// A neuron at its working point: what the responses at all frequencies have in common.
#[derive(Clone, Copy, Debug)]
pub struct LifResponder {
    neuron: LifNeuron,
    mu: f64,
    sigma: f64,
    /// By how much both limits of the integral are shifted, in units of `sigma`.
    shift: f64,
    /// Rate and slopes at the working point.
    stationary: RicciardiValue,
}

pub fn lif_response(neuron: &LifNeuron, mu: f64, sigma: f64, s: Complex64) -> Result<LifResponse> {
    LifResponder::new(neuron, mu, sigma)?.at(s)
}

impl LifResponder {
    pub fn new(neuron: &LifNeuron, mu: f64, sigma: f64) -> Result<LifResponder> {
        LifResponder::coloured(neuron, 0.0, mu, sigma)
    }
    pub fn coloured(neuron: &LifNeuron, tau_s: f64, mu: f64, sigma: f64) -> Result<LifResponder> {
        let stationary = ricciardi_coloured(neuron, tau_s, mu, sigma)?;
        let shift = coloured_shift(neuron, tau_s)?;
        Ok(LifResponder { neuron: *neuron, mu, sigma, shift, stationary })
    }

    pub fn at(&self, s: Complex64) -> Result<LifResponse> {
        let a = s * self.neuron.tau_m;
        if s == Complex64::ZERO {
            let RicciardiValue { d_mu, d_sigma, .. } = self.stationary;
            return Ok(LifResponse { to_mu: d_mu.into(), to_sigma: d_sigma.into() });
        }
        let place = |v: f64| SQRT_2 * ((v - self.mu) / self.sigma + self.shift);
        let gap = SQRT_2 * (self.neuron.threshold - self.neuron.reset) / self.sigma;
        let (threshold, reset) = (place(self.neuron.threshold), place(self.neuron.reset));
        let refractory = self.neuron.tau_ref / self.neuron.tau_m
            * exp_m1_over(-s * self.neuron.tau_ref);
        let [to_drift, to_spread] = relative_response(a, threshold, reset, gap, refractory);
        let rate = self.stationary.rate;
        Ok(LifResponse {
            to_mu: to_drift * rate * SQRT_2 / self.sigma,
            to_sigma: to_spread * rate * 2.0 / self.sigma,
        })
    }
}

fn relative_response(a: Complex64, threshold: f64, reset: f64, gap: f64, refractory: Complex64) -> [Complex64; 2] {
    let b = a + 1.0;
    let top = Saddle::new(b, threshold);
    let bottom = Saddle::new(b, reset);
    let scale = top.height_difference(&bottom, gap).exp();
    // I_0 decays too slowly on the left of the path, or not at all
    let subtract = a.re + 1.25 * a.im.abs() < 3.0;
    let gamma = if subtract { Saddle::gamma(b) } else { Complex64::ZERO };
    let moments = |saddle: &Saddle, x: f64| {
        let rate = if x < -1.0 { -x } else { 1.0 };
        let [i0, i1, i2] = saddle.integrate(|t, w| {
            let zeroth = if subtract {
                let delta = 0.5 * t * t - (x + rate) * t;
                zeroth_minus(w, t, delta)
            } else {
                w / t
            };
            [zeroth, w, w * t]
        });
        let reference = gamma * (-a * rate.ln() - saddle.height()).exp();
        (i0, i1, i2, reference, rate)
    };
    let (r0, r1, r2, ref_r, rate_r) = moments(&bottom, reset);
    let (n0, n1, n2);
    if gap * top.point.norm() <= 1.0 {
        [n0, n1, n2] = top.integrate(|t, w| {
            let d = -exp_m1(-gap * t) * w;
            [d / t, d, d * t]
        });
    } else {
        let (t0, t1, t2, ref_t, rate_t) = moments(&top, threshold);
        let log = (rate_r / rate_t).ln();
        n0 = t0 - scale * r0 + ref_t * log * exp_m1_over(-a * log);
        n1 = t1 - scale * r1;
        n2 = t2 - scale * r2;
    }
    let d = n0 + scale * (a * r0 + ref_r) * refractory;
    [n1 / (d * (1.0 + a)), n2 / (d * (2.0 + a))]
}

fn zeroth_minus(w: Complex64, t: Complex64, delta: Complex64) -> Complex64 {
    if delta.re > 1.0 {
        (w - (w.ln() + delta).exp()) / t
    } else {
        -w * exp_m1(delta) / t
    }
}
