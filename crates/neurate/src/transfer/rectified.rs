//! Linear, threshold-linear and threshold power-law functions.

use super::{AffinePiece, Law, Parameter, Quantity, Range, Slopes, TransferKind};
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
};

/// `gain [x - threshold]_+`.
pub static THRESHOLD_LINEAR: TransferKind = TransferKind {
    name: "threshold-linear",
    equation: "gain [x - threshold]_+",
    about: "silent below threshold, linear above",
    parameters: &[GAIN, THRESHOLD],
    build: |p, _| Ok(Arc::new(ThresholdLinear(Linear { gain: p[0], threshold: p[1] }))),
    examples: &[&[1.0, 0.0], &[0.5, 2.0]],
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
};

#[derive(Debug)]
struct Linear {
    gain: f64,
    threshold: f64,
}

impl Law for Linear {
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        self.gain * (mu - self.threshold)
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        Slopes { rate: self.rate(mu, sigma), d_mu: self.gain, d_sigma: 0.0 }
    }
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        Some(vec![self.piece(f64::NEG_INFINITY)])
    }
}

impl Linear {
    fn piece(&self, from: f64) -> AffinePiece {
        AffinePiece { from, to: f64::INFINITY, slope: self.gain, offset: -self.gain * self.threshold }
    }
}

#[derive(Debug)]
struct ThresholdLinear(Linear);

impl Law for ThresholdLinear {
    fn rate(&self, mu: f64, sigma: f64) -> f64 {
        if mu > self.0.threshold { self.0.rate(mu, sigma) } else { mu * 0.0 }
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let d_mu = if mu < self.0.threshold { 0.0 } else { self.0.gain };
        Slopes { rate: self.rate(mu, sigma), d_mu, d_sigma: 0.0 }
    }
    fn kinks(&self) -> Vec<f64> {
        vec![self.0.threshold]
    }
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        let silent = AffinePiece { from: f64::NEG_INFINITY, to: self.0.threshold, slope: 0.0, offset: 0.0 };
        Some(vec![silent, self.0.piece(self.0.threshold)])
    }
}

#[derive(Debug)]
struct Power {
    k: f64,
    n: f64,
    threshold: f64,
}

impl Law for Power {
    fn rate(&self, mu: f64, _sigma: f64) -> f64 {
        let x = mu - self.threshold;
        if x > 0.0 {
            // Squaring is the common case and ten times cheaper than a general power.
            self.k * if self.n == 2.0 { x * x } else { x.powf(self.n) }
        } else {
            x * 0.0
        }
    }
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        let x = mu - self.threshold;
        let d_mu = if x > 0.0 || (x == 0.0 && self.n == 1.0) {
            self.k * self.n * x.powf(self.n - 1.0)
        } else if x == 0.0 && self.n < 1.0 {
            f64::INFINITY
        } else {
            x * 0.0
        };
        Slopes { rate: self.rate(mu, sigma), d_mu, d_sigma: 0.0 }
    }
    fn kinks(&self) -> Vec<f64> {
        if self.n <= 1.0 { vec![self.threshold] } else { vec![] }
    }
}
