//! Linear, threshold-linear and threshold power-law functions.

use super::formula::MAX_PARAMETERS;
use super::formula::{Formula, many, one};
use super::jet::{self, Jet};
use super::kind::{Parameter, Quantity, Range, TransferKind};
use super::lanes::LaneKernels;
use super::law::{AffinePiece, Law, Slopes};
use neurate_numerics::special::elementary::power;
use std::f64::consts::E;
use std::sync::Arc;

const GAIN: Parameter = Parameter {
    key: "gain",
    quantity: Quantity::RatePerInput,
    default: Some(1.0),
    range: Range::Any,
    meaning: "slope, rate per input",
};
const THRESHOLD: Parameter = Parameter {
    key: "threshold",
    quantity: Quantity::Input,
    default: Some(0.0),
    range: Range::Any,
    meaning: "input at which the rate leaves zero",
};

/// `gain (x - threshold)`.
pub static LINEAR: TransferKind = TransferKind {
    name: "linear",
    equation: "gain (x - threshold)",
    about: "no nonlinearity at all: rates are deviations and may be negative",
    parameters: &[GAIN, THRESHOLD],
    build: |p, _| Ok(Arc::new(Linear { gain: p[0], threshold: p[1] })),
    examples: &[&[1.0, 0.0], &[2.5, -3.0]],
    kernels: |_| Some(LaneKernels::of::<Linear>()),
};

/// `gain [x - threshold]_+`.
pub static THRESHOLD_LINEAR: TransferKind = TransferKind {
    name: "threshold-linear",
    equation: "gain [x - threshold]_+",
    about: "silent below threshold, linear above",
    parameters: &[GAIN, THRESHOLD],
    build: |p, _| Ok(Arc::new(ThresholdLinear(Linear { gain: p[0], threshold: p[1] }))),
    examples: &[&[1.0, 0.0], &[0.5, 2.0]],
    kernels: |_| Some(LaneKernels::of::<ThresholdLinear>()),
};

/// `k [x - threshold]_+^n`.
pub static POWER: TransferKind = TransferKind {
    name: "power",
    equation: "k [x - threshold]_+^n",
    about: "the supralinear transfer function of cortical neurons (Priebe & Ferster 2008; Rubin et al. 2015)",
    parameters: &[
        Parameter {
            key: "k",
            quantity: Quantity::Free,
            default: None,
            range: Range::Positive,
            meaning: "rate at one unit of input above threshold, in rate / input^n",
        },
        Parameter {
            key: "n",
            quantity: Quantity::Number,
            default: None,
            range: Range::Positive,
            meaning: "exponent",
        },
        THRESHOLD,
    ],
    build: |p, _| Ok(Arc::new(Power { k: p[0], n: p[1], threshold: p[2] })),
    examples: &[&[0.04, 2.0, 0.0], &[0.01, 2.2, 1.0], &[1.0, 3.0, 0.0], &[2.0, E, -1.0], &[3.0, 0.5, 0.0]],
    kernels: |common| {
        Some(match common[1] {
            Some(2.0) => LaneKernels::of::<PowerOf<4>>(),
            Some(3.0) => LaneKernels::of::<PowerOf<6>>(),
            _ => LaneKernels::of::<PowerOf<0>>(),
        })
    },
};

#[derive(Clone, Copy, Debug)]
struct Linear {
    gain: f64,
    threshold: f64,
}

impl Formula for Linear {
    const PARAMETERS: usize = 2;
    #[inline(always)]
    fn of(p: [f64; MAX_PARAMETERS]) -> Self {
        Linear { gain: p[0], threshold: p[1] }
    }
    #[inline(always)]
    fn at<const FMA: bool>(&self, x: f64) -> f64 {
        self.gain * (x - self.threshold)
    }
}

impl Law for Linear {
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        self.at::<false>(mu)
    }
    fn rates(&self, mu: &[f64], _sigma: f64, out: &mut [f64]) {
        many(self, mu, out);
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        Slopes { rate: self.rate(mu, sigma), d_mu: self.gain, d_sigma: 0.0 }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let s = self.slopes(mu, sigma);
        [s.rate, s.d_mu, 0.0, 0.0]
    }
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        Some(vec![self.piece(f64::NEG_INFINITY)])
    }
    fn lowest(&self) -> Option<f64> {
        Some(if self.gain == 0.0 { 0.0 } else { f64::NEG_INFINITY })
    }
    fn slope_bounds(&self, _from: f64, _to: f64) -> Option<(f64, f64)> {
        (self.gain >= 0.0).then_some((self.gain, self.gain))
    }
    fn ratio_beyond(&self, x: f64) -> (f64, f64) {
        // gain (y - threshold)/|y| goes from its value at x to plus or minus the gain.
        let (here, far) = (self.gain * (x - self.threshold) / x.abs(), self.gain * x.signum());
        (here.min(far), here.max(far))
    }
}

impl Linear {
    fn piece(&self, from: f64) -> AffinePiece {
        AffinePiece { from, to: f64::INFINITY, slope: self.gain, offset: -self.gain * self.threshold }
    }
}

#[derive(Clone, Copy, Debug)]
struct ThresholdLinear(Linear);

impl Formula for ThresholdLinear {
    const PARAMETERS: usize = 2;
    #[inline(always)]
    fn of(p: [f64; MAX_PARAMETERS]) -> Self {
        ThresholdLinear(Linear::of(p))
    }
    #[inline(always)]
    fn at<const FMA: bool>(&self, x: f64) -> f64 {
        // Zero times the input keeps a NaN.
        if x > self.0.threshold { self.0.at::<FMA>(x) } else { x * 0.0 + 0.0 }
    }
}

impl Law for ThresholdLinear {
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        self.at::<false>(mu)
    }
    fn rates(&self, mu: &[f64], _sigma: f64, out: &mut [f64]) {
        many(self, mu, out);
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let d_mu = if mu < self.0.threshold { 0.0 } else { self.0.gain };
        Slopes { rate: self.rate(mu, sigma), d_mu, d_sigma: 0.0 }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let s = self.slopes(mu, sigma);
        [s.rate, s.d_mu, 0.0, 0.0]
    }
    fn kinks(&self) -> Vec<f64> {
        vec![self.0.threshold]
    }
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        let silent = AffinePiece { from: f64::NEG_INFINITY, to: self.0.threshold, slope: 0.0, offset: 0.0 };
        Some(vec![silent, self.0.piece(self.0.threshold)])
    }
    fn lowest(&self) -> Option<f64> {
        Some(if self.0.gain >= 0.0 { 0.0 } else { f64::NEG_INFINITY })
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let slope = |x: f64| if x < self.0.threshold { 0.0 } else { self.0.gain };
        (self.0.gain >= 0.0).then(|| (slope(from), slope(to)))
    }
    fn ratio_beyond(&self, x: f64) -> (f64, f64) {
        match (x > 0.0, x > self.0.threshold) {
            (true, true) => self.0.ratio_beyond(x),
            (false, false) => (0.0, 0.0),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Power {
    k: f64,
    n: f64,
    threshold: f64,
}

/// With exponents that need no logarithm: `HALVES` is twice the exponent, 0 any other.
#[derive(Clone, Copy)]
struct PowerOf<const HALVES: u8>(Power);

impl<const HALVES: u8> Formula for PowerOf<HALVES> {
    const PARAMETERS: usize = 3;
    #[inline(always)]
    fn of(p: [f64; MAX_PARAMETERS]) -> Self {
        PowerOf(Power { k: p[0], n: p[1], threshold: p[2] })
    }
    #[inline(always)]
    fn at<const FMA: bool>(&self, x: f64) -> f64 {
        let Power { k, n, threshold } = self.0;
        let x = x - threshold;
        // One instruction, which keeps a NaN.
        let above = if 0.0 > x { 0.0 } else { x };
        let raised = match HALVES {
            1 => above.sqrt(),
            2 => above,
            3 => above * above.sqrt(),
            4 => above * above,
            6 => above * above * above,
            8 => (above * above) * (above * above),
            _ => power::<FMA>(above, n),
        };
        // No rate is -0.
        k * raised + 0.0
    }
}

impl Law for Power {
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        // Without a logarithm there is nothing to fuse, and no instructions need be chosen: the same bits, sooner.
        match self.halves() {
            1 => PowerOf::<1>(*self).at::<false>(mu),
            2 => PowerOf::<2>(*self).at::<false>(mu),
            3 => PowerOf::<3>(*self).at::<false>(mu),
            4 => PowerOf::<4>(*self).at::<false>(mu),
            6 => PowerOf::<6>(*self).at::<false>(mu),
            8 => PowerOf::<8>(*self).at::<false>(mu),
            _ => one(&PowerOf::<0>(*self), mu),
        }
    }
    fn rates(&self, mu: &[f64], _sigma: f64, out: &mut [f64]) {
        match self.halves() {
            1 => many(&PowerOf::<1>(*self), mu, out),
            2 => many(&PowerOf::<2>(*self), mu, out),
            3 => many(&PowerOf::<3>(*self), mu, out),
            4 => many(&PowerOf::<4>(*self), mu, out),
            6 => many(&PowerOf::<6>(*self), mu, out),
            8 => many(&PowerOf::<8>(*self), mu, out),
            _ => many(&PowerOf::<0>(*self), mu, out),
        }
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        Slopes { rate: self.rate(mu, sigma), d_mu: self.slope(mu), d_sigma: 0.0 }
    }
    fn jet(&self, mu: f64, sigma: f64) -> Jet {
        let x = mu - self.threshold;
        let [_, _, ff, fff] = if x > 0.0 { jet::power(x, self.n) } else { [0.0; 4] };
        [self.rate(mu, sigma), self.slope(mu), self.k * ff, self.k * fff]
    }
    fn kinks(&self) -> Vec<f64> {
        if self.n <= 1.0 { vec![self.threshold] } else { vec![] }
    }
    fn corners(&self) -> Vec<f64> {
        vec![self.threshold]
    }
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        let linear = Linear { gain: self.k, threshold: self.threshold };
        (self.n == 1.0).then(|| ThresholdLinear(linear).pieces()).flatten()
    }
    fn lowest(&self) -> Option<f64> {
        Some(0.0)
    }
    fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let [low, high] = [self.slope(from), self.slope(to)];
        Some(if self.n >= 1.0 {
            (low, high)
        } else if from >= self.threshold {
            (high, low)
        } else if to < self.threshold {
            (0.0, 0.0)
        } else {
            (0.0, f64::INFINITY)
        })
    }
    fn conditioning(&self, _from: f64) -> f64 {
        self.n.max(1.0)
    }
    fn ratio_beyond(&self, x: f64) -> (f64, f64) {
        if x < 0.0 {
            return if x <= self.threshold { (0.0, 0.0) } else { (0.0, f64::INFINITY) };
        }
        // (x - threshold)^n / x has its one turning point where x = threshold / (1 - n).
        let here = self.rate(x, 0.0) / x;
        let (rises, threshold) = (self.n > 1.0, self.threshold);
        if self.n == 1.0 {
            (here.min(self.k), here.max(self.k))
        } else if x <= threshold.max(threshold / (1.0 - self.n)) {
            (0.0, f64::INFINITY)
        } else if rises {
            (here, f64::INFINITY)
        } else {
            (0.0, here)
        }
    }
}

impl Power {
    fn slope(&self, mu: f64) -> f64 {
        let x = mu - self.threshold;
        if x > 0.0 && self.n == 2.0 {
            self.k * self.n * x
        } else if x > 0.0 || (x == 0.0 && self.n == 1.0) {
            self.k * self.n * x.powf(self.n - 1.0)
        } else if x == 0.0 && self.n < 1.0 {
            f64::INFINITY
        } else {
            x * 0.0 + 0.0
        }
    }
    /// Twice the exponent, if that is a small whole number.
    fn halves(&self) -> u8 {
        [4, 6, 2, 1, 3, 8].into_iter().find(|&h| self.n == 0.5 * f64::from(h)).unwrap_or(0)
    }
}
