//! Gauss's points on an interval from 0 to 1, and the polynomial of degree 4 through its start and four values there.

use std::sync::LazyLock;

/// Points of collocation in each interval.
pub(super) const POINTS: usize = 4;

/// Numbers of the polynomial `u` through `u(0)` and `u` at the four points.
#[derive(Debug)]
pub(super) struct Gauss {
    /// The points.
    pub at: [f64; POINTS],
    /// Weights of the integral from 0 to 1.
    pub weight: [f64; POINTS],
    /// `u'` at point i from `u` at 0 and at the points.
    pub slope: [[f64; POINTS + 1]; POINTS],
    /// `u(1)`.
    pub end: [f64; POINTS + 1],
    /// The fourth derivative.
    pub fourth: [f64; POINTS + 1],
}

pub(super) static GAUSS: LazyLock<Gauss> = LazyLock::new(|| {
    let root = |sign: f64| (3.0 / 7.0 + sign * 2.0 / 7.0 * (6.0f64 / 5.0).sqrt()).sqrt();
    let (near, far) = (root(-1.0), root(1.0));
    let heavy = (18.0 + 30f64.sqrt()) / 72.0;
    let light = (18.0 - 30f64.sqrt()) / 72.0;
    let at = [-far, -near, near, far].map(|x| 0.5 * (1.0 + x));
    let mut g = Gauss {
        at,
        weight: [light, heavy, heavy, light],
        slope: [[0.0; POINTS + 1]; POINTS],
        end: [0.0; POINTS + 1],
        fourth: [0.0; POINTS + 1],
    };
    for (i, &c) in at.iter().enumerate() {
        g.slope[i] = slope_weights(&at, c);
    }
    g.end = value_weights(&at, 1.0);
    let x = knots(&at);
    for k in 0..=POINTS {
        let product: f64 = (0..=POINTS).filter(|l| *l != k).map(|l| x[k] - x[l]).product();
        g.fourth[k] = 24.0 / product;
    }
    g
});

fn knots(at: &[f64; POINTS]) -> [f64; POINTS + 1] {
    [0.0, at[0], at[1], at[2], at[3]]
}

/// The weights of the values in `u(c)`.
fn value_weights(at: &[f64; POINTS], c: f64) -> [f64; POINTS + 1] {
    let x = knots(at);
    std::array::from_fn(|k| {
        (0..=POINTS).filter(|l| *l != k).map(|l| (c - x[l]) / (x[k] - x[l])).product::<f64>()
    })
}

/// The weights of the values in `u'(c)`.
fn slope_weights(at: &[f64; POINTS], c: f64) -> [f64; POINTS + 1] {
    let x = knots(at);
    std::array::from_fn(|k| {
        let term = |m: usize| {
            let others = (0..=POINTS).filter(|l| *l != k && *l != m);
            others.map(|l| (c - x[l]) / (x[k] - x[l])).product::<f64>() / (x[k] - x[m])
        };
        (0..=POINTS).filter(|m| *m != k).map(term).sum()
    })
}

impl Gauss {
    /// The weights of the values in `u(c)`.
    pub fn value(&self, c: f64) -> [f64; POINTS + 1] {
        value_weights(&self.at, c)
    }
    /// The weights of the values in `u'(c)`.
    pub fn slope_at(&self, c: f64) -> [f64; POINTS + 1] {
        slope_weights(&self.at, c)
    }
}
