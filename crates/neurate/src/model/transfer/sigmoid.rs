//! Saturating functions: logistic, tanh, Naka-Rushton.

use super::formula::MAX_PARAMETERS;
use super::formula::{Formula, many, one};
use super::jet::{self, Jet};
use super::kind::{Parameter, Quantity, Range, TransferKind};
use super::lanes::LaneKernels;
use super::law::{Law, Slopes};
use neurate_numerics::special::elementary::{decay, power};
use std::sync::Arc;

const fn max(default: Option<f64>) -> Parameter {
    Parameter {
        key: "max",
        quantity: Quantity::Rate,
        default,
        range: Range::Positive,
        meaning: "rate at saturation",
    }
}
const WIDTH: Parameter = Parameter {
    key: "width",
    quantity: Quantity::Input,
    default: Some(1.0),
    range: Range::Positive,
    meaning: "input that moves the function by one unit of its argument",
};
const MIDPOINT: Parameter = Parameter {
    key: "midpoint",
    quantity: Quantity::Input,
    default: Some(0.0),
    range: Range::Any,
    meaning: "input of the steepest point",
};

/// `max / (1 + exp(-(x - midpoint) / width))`, less its value at 0 if asked for.
pub static LOGISTIC: TransferKind = TransferKind {
    name: "logistic",
    equation: "max / (1 + exp(-(x - midpoint) / width))",
    about: "a sigmoid between zero and max (Wilson & Cowan 1972)",
    parameters: &[
        max(Some(1.0)),
        WIDTH,
        MIDPOINT,
        Parameter {
            key: "zero",
            quantity: Quantity::Number,
            default: Some(0.0),
            range: Range::Flag,
            meaning: "whether the value at x = 0 is taken off, so that f(0) = 0",
        },
    ],
    build: |p, _| {
        let law = Logistic { max: p[0], width: p[1], midpoint: p[2] };
        Ok(if p[3] == 0.0 { Arc::new(law) } else { Arc::new(ZeroedLogistic { law, zero: 1.0 }) })
    },
    examples: &[&[1.0, 1.0, 0.0], &[100.0, 2.0, 5.0], &[1.0, 0.5, 3.7, 1.0]],
    kernels: |common| {
        Some(match common.len() {
            4 => LaneKernels::of::<ZeroedLogistic>(),
            _ => LaneKernels::of::<Logistic>(),
        })
    },
};

/// `max tanh((x - midpoint) / width)`.
pub static TANH: TransferKind = TransferKind {
    name: "tanh",
    equation: "max tanh((x - midpoint) / width)",
    about: "a sigmoid between -max and max; rates are deviations (Sompolinsky et al. 1988)",
    parameters: &[max(Some(1.0)), WIDTH, MIDPOINT],
    build: |p, _| Ok(Arc::new(Tanh { max: p[0], width: p[1], midpoint: p[2] })),
    examples: &[&[1.0, 1.0, 0.0], &[20.0, 4.0, -1.0]],
    kernels: |_| Some(LaneKernels::of::<Tanh>()),
};

/// `max [x]_+^n / (half^n + [x]_+^n)`.
pub static NAKA_RUSHTON: TransferKind = TransferKind {
    name: "naka-rushton",
    equation: "max [x]_+^n / (half^n + [x]_+^n)",
    about: "saturating power law (Naka & Rushton 1966)",
    parameters: &[
        max(None),
        Parameter {
            key: "half",
            quantity: Quantity::Input,
            default: None,
            range: Range::Positive,
            meaning: "input of the half-maximal rate",
        },
        Parameter {
            key: "n",
            quantity: Quantity::Number,
            default: Some(2.0),
            range: Range::Positive,
            meaning: "exponent",
        },
    ],
    build: |p, _| Ok(Arc::new(NakaRushton { max: p[0], half: p[1], n: p[2] })),
    examples: &[&[100.0, 10.0, 2.0], &[50.0, 5.0, 3.4], &[50.0, 5.0, 1.0]],
    kernels: |_| Some(LaneKernels::of::<NakaRushton>()),
};

/// Bounds of a slope that rises up to a peak and falls after it.
fn of_one_peak(law: &dyn Law, peak: f64, from: f64, to: f64) -> Option<(f64, f64)> {
    let slope = |x: f64| law.slopes(x, 0.0).d_mu;
    let highest = slope(peak.max(from).min(to));
    // A few last places for the slope's own rounding.
    Some((slope(from).min(slope(to)) * (1.0 - 1e-14), highest * (1.0 + 1e-14)))
}

#[derive(Clone, Copy, Debug)]
struct Logistic {
    max: f64,
    width: f64,
    midpoint: f64,
}

impl Formula for Logistic {
    const PARAMETERS: usize = 3;
    #[inline(always)]
    fn of(p: [f64; MAX_PARAMETERS]) -> Self {
        Logistic { max: p[0], width: p[1], midpoint: p[2] }
    }
    #[inline(always)]
    fn at<const FMA: bool>(&self, x: f64) -> f64 {
        let u = (x - self.midpoint) / self.width;
        let [e, _] = decay::<FMA>(u.abs());
        self.max * (if u > 0.0 { 1.0 } else { e }) / (1.0 + e)
    }
}

impl Law for Logistic {
    fn bound(&self) -> Option<f64> {
        Some(self.max)
    }
    fn lowest(&self) -> Option<f64> {
        Some(0.0)
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        of_one_peak(self, self.midpoint, from, to)
    }
    fn conditioning(&self, from: f64) -> f64 {
        ((self.midpoint - from) / self.width).max(1.0)
    }
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        one(self, mu)
    }
    fn rates(&self, mu: &[f64], _sigma: f64, out: &mut [f64]) {
        many(self, mu, out);
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        // e^-|u| / (1 + e^-|u|)^2 neither overflows nor cancels on either side.
        let e = (-((mu - self.midpoint) / self.width).abs()).exp();
        let d_mu = self.max / self.width * e / ((1.0 + e) * (1.0 + e));
        Slopes { rate: self.rate(mu, sigma), d_mu, d_sigma: 0.0 }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let [_, f, ff, fff] = jet::logistic((mu - self.midpoint) / self.width);
        let w = 1.0 / self.width;
        [self.rate(mu, sigma), self.max * f * w, self.max * ff * w * w, self.max * fff * w * w * w]
    }
}

/// The logistic less its value at 0 (Wilson & Cowan 1972): `zero` is 1, or 0 for the logistic itself.
#[derive(Clone, Copy, Debug)]
struct ZeroedLogistic {
    law: Logistic,
    zero: f64,
}

impl Formula for ZeroedLogistic {
    const PARAMETERS: usize = 4;
    #[inline(always)]
    fn of(p: [f64; MAX_PARAMETERS]) -> Self {
        ZeroedLogistic { law: Logistic::of(p), zero: p[3] }
    }
    #[inline(always)]
    fn at<const FMA: bool>(&self, x: f64) -> f64 {
        // The same operations at x and at 0: exactly zero there. Added to zero, no rate is -0.
        self.law.at::<FMA>(x) - self.zero * self.law.at::<FMA>(0.0) + 0.0
    }
}

impl Law for ZeroedLogistic {
    fn bound(&self) -> Option<f64> {
        let below = self.law.rate(0.0, 0.0);
        Some(below.max(self.law.max - below))
    }
    fn lowest(&self) -> Option<f64> {
        Some(-self.law.rate(0.0, 0.0))
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        self.law.slope_bounds(from, to)
    }
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        one(self, mu)
    }
    fn rates(&self, mu: &[f64], _sigma: f64, out: &mut [f64]) {
        many(self, mu, out);
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        Slopes { rate: self.rate(mu, sigma), ..self.law.slopes(mu, sigma) }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let [_, f, ff, fff] = self.law.jet(mu, sigma);
        [self.rate(mu, sigma), f, ff, fff]
    }
}

#[derive(Clone, Copy, Debug)]
struct Tanh {
    max: f64,
    width: f64,
    midpoint: f64,
}

impl Formula for Tanh {
    const PARAMETERS: usize = 3;
    #[inline(always)]
    fn of(p: [f64; MAX_PARAMETERS]) -> Self {
        Tanh { max: p[0], width: p[1], midpoint: p[2] }
    }
    #[inline(always)]
    fn at<const FMA: bool>(&self, x: f64) -> f64 {
        let u = (x - self.midpoint) / self.width;
        // tanh u = (1 - e)/(1 + e), e = exp(-2 u), where nothing cancels
        let [_, one_minus] = decay::<FMA>(2.0 * u.abs());
        self.max * (one_minus / (2.0 - one_minus)).copysign(u)
    }
}

impl Law for Tanh {
    fn bound(&self) -> Option<f64> {
        Some(self.max)
    }
    fn lowest(&self) -> Option<f64> {
        Some(-self.max)
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        of_one_peak(self, self.midpoint, from, to)
    }
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        one(self, mu)
    }
    fn rates(&self, mu: &[f64], _sigma: f64, out: &mut [f64]) {
        many(self, mu, out);
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let sech = 1.0 / ((mu - self.midpoint) / self.width).cosh();
        Slopes { rate: self.rate(mu, sigma), d_mu: self.max / self.width * sech * sech, d_sigma: 0.0 }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let [_, f, ff, fff] = jet::tanh((mu - self.midpoint) / self.width);
        let w = 1.0 / self.width;
        [self.rate(mu, sigma), self.max * f * w, self.max * ff * w * w, self.max * fff * w * w * w]
    }
}

#[derive(Clone, Copy, Debug)]
struct NakaRushton {
    max: f64,
    half: f64,
    n: f64,
}

impl Formula for NakaRushton {
    const PARAMETERS: usize = 3;
    #[inline(always)]
    fn of(p: [f64; MAX_PARAMETERS]) -> Self {
        NakaRushton { max: p[0], half: p[1], n: p[2] }
    }
    #[inline(always)]
    fn at<const FMA: bool>(&self, x: f64) -> f64 {
        let ratio = self.half / (if x > 0.0 { x } else { 1.0 });
        let raised = if self.n == 2.0 { ratio * ratio } else { power::<FMA>(ratio, self.n) };
        if x > 0.0 { self.max / (1.0 + raised) } else { x * 0.0 + 0.0 }
    }
}

impl Law for NakaRushton {
    fn bound(&self) -> Option<f64> {
        Some(self.max)
    }
    fn lowest(&self) -> Option<f64> {
        Some(0.0)
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        // Zero below zero. Above, the slope peaks where (x/half)^n = (n - 1)/(n + 1); with n <= 1 it only falls.
        let peak =
            if self.n > 1.0 { self.half * ((self.n - 1.0) / (self.n + 1.0)).powf(1.0 / self.n) } else { 0.0 };
        of_one_peak(self, peak, from, to)
    }
    fn conditioning(&self, _from: f64) -> f64 {
        self.n.max(1.0)
    }
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        one(self, mu)
    }
    fn rates(&self, mu: &[f64], _sigma: f64, out: &mut [f64]) {
        many(self, mu, out);
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let rate = self.rate(mu, sigma);
        let d_mu = if mu > 0.0 {
            // r' = n r (1 - r/max) / x, with 1 - r/max = 1 / (1 + (x/half)^n) free of cancellation.
            self.n * rate / mu / (1.0 + (mu / self.half).powf(self.n))
        } else if mu == 0.0 && self.n == 1.0 {
            self.max / self.half
        } else if mu == 0.0 && self.n < 1.0 {
            f64::INFINITY
        } else {
            mu * 0.0
        };
        Slopes { rate, d_mu, d_sigma: 0.0 }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let s = self.slopes(mu, sigma);
        if mu.is_nan() || mu <= 0.0 {
            return [s.rate, s.d_mu, 0.0, 0.0];
        }
        // The logistic of n ln(x/half).
        let (x, n) = (1.0 / mu, self.n);
        let inner = [n * (mu / self.half).ln(), n * x, -n * x * x, 2.0 * n * x * x * x];
        let [_, _, ff, fff] = jet::compose(jet::logistic(inner[0]), inner);
        [s.rate, s.d_mu, self.max * ff, self.max * fff]
    }
    fn kinks(&self) -> Vec<f64> {
        if self.n <= 1.0 { vec![0.0] } else { vec![] }
    }
    fn corners(&self) -> Vec<f64> {
        vec![0.0]
    }
}
