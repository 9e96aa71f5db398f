//! Wilson and Cowan's refractory fraction: of the units that are ready, `1 - rho r`, a fraction `f` fires.
//!
//! `tau dr/dt = -r + (1 - rho r) f` relaxes: over `1 + rho f` it is `tau/(1 + rho f) dr/dt = -r + f/(1 + rho f)`. Its
//! target is the law here, which rises where `f` rises, and everything about fixed points follows from it.

use super::jet::{Jet, compose};
use super::law::{Law, Slopes};
use std::sync::Arc;

/// The steady rate `f/(1 + rho f)`.
#[derive(Debug)]
pub(super) struct Refractory {
    law: Arc<dyn Law>,
    rho: f64,
}

impl Refractory {
    /// For `rho > 0` and a law above `-1/rho`.
    pub fn new(law: Arc<dyn Law>, rho: f64) -> Refractory {
        Refractory { law, rho }
    }
    fn at(&self, f: f64) -> f64 {
        steady(f, self.rho).0
    }
}

/// The steady rate, and how many times faster than tau it is approached, `1 + rho f`: not a number where that is not
/// positive, since nothing relaxes there.
#[inline]
pub(crate) fn steady(f: f64, rho: f64) -> (f64, f64) {
    let faster = 1.0 + rho * f;
    if faster.is_infinite() && f > 0.0 {
        (1.0 / rho, faster)
    } else if faster > 0.0 {
        (f / faster, faster)
    } else {
        (f64::NAN, f64::NAN)
    }
}

impl Law for Refractory {
    fn rate(&self, mu: f64, sigma: f64) -> f64 {
        self.at(self.law.rate(mu, sigma))
    }
    fn rates(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        self.law.rates(mu, sigma, out);
        out.iter_mut().for_each(|rate| *rate = self.at(*rate));
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let s = self.law.slopes(mu, sigma);
        let (rate, faster) = steady(s.rate, self.rho);
        let square = faster * faster;
        Slopes { rate, d_mu: s.d_mu / square, d_sigma: s.d_sigma / square }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let own = self.law.jet(mu, sigma);
        let (rate, faster) = steady(own[0], self.rho);
        let (once, rho) = (1.0 / faster, self.rho);
        let outer = [rate, once.powi(2), -2.0 * rho * once.powi(3), 6.0 * rho * rho * once.powi(4)];
        compose(outer, own)
    }
    fn kinks(&self) -> Vec<f64> {
        self.law.kinks()
    }
    fn corners(&self) -> Vec<f64> {
        self.law.corners()
    }
    fn bound(&self) -> Option<f64> {
        // Rising in f: the ends of its range. Without an upper end 1/rho, which no rate reaches.
        let low = self.law.lowest().filter(|low| low.is_finite());
        let high = match self.law.bound() {
            Some(bound) => self.at(bound),
            None => low.map(|_| 1.0 / self.rho)?,
        };
        let low = low.or_else(|| self.law.bound().map(|b| -b))?;
        let (low, faster) = steady(low, self.rho);
        (faster > 0.0).then(|| high.max(low.abs()))
    }
    fn lowest(&self) -> Option<f64> {
        self.law.lowest().map(|low| self.at(low))
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let (low, high) = self.law.slope_bounds(from, to)?;
        let square = |x: f64| steady(self.law.rate(x, 0.0), self.rho).1.powi(2);
        // A few last places for rounding. 0/inf, an overflow, is 0.
        let lowest = low / square(to) * (1.0 - 1e-14);
        let bounds = (if lowest.is_nan() { 0.0 } else { lowest }, high / square(from) * (1.0 + 1e-14));
        (!bounds.1.is_nan()).then_some(bounds)
    }
    fn conditioning(&self, from: f64) -> f64 {
        self.law.conditioning(from)
    }
    fn uses_sigma(&self) -> bool {
        self.law.uses_sigma()
    }
}
