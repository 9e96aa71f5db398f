//! The stationary covariance of a circuit with delays: the integral of its spectra.

use super::noise::Equation;
use super::noise::{Fluctuations, Noise};
use crate::dynamics::{DelayedJacobian, Roots};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Complex, Matrix};
use neurate_numerics::special::quadrature::HALF_RULE;
use std::cell::Cell;
use std::f64::consts::{PI, TAU};

/// The integral is continued until this share of the largest variance, at most, is beyond.
const TOLERANCE: f64 = 1e-7;
/// A root that decays by less than this share of its frequency makes a peak that the points of an octave could miss.
const NARROW: f64 = 0.125;
/// Octaves at most.
const OCTAVES: i32 = 40;
/// Halvings of a panel.
const HALVINGS: usize = 24;
/// Panels of twelve frequencies, after which the integral is given up: some seconds of a few units. A usual circuit takes
/// some hundred or thousand.
const MOST_PANELS: usize = 40_000;
/// Of the longest delay's turns, in radians, so many to a panel: six points to a turn.
const TURNS: f64 = 2.0 * TAU;

impl Fluctuations {
    /// Of an equation with delays; None where it is not stable. The covariance is that of the units without connections,
    /// which is known, and the integral of the difference between their spectra and the circuit's.
    ///
    /// # Errors
    /// As [`fluctuations`](super::fluctuations); the integral is not finite.
    pub fn delayed(
        parts: &DelayedJacobian,
        input_gain: &[f64],
        noise: &Noise,
    ) -> Result<Option<Fluctuations>> {
        let roots = parts.roots()?;
        let abscissa = roots.roots.first().map_or(f64::NEG_INFINITY, |z| z.re);
        if roots.unstable != Some(0) || abscissa >= 0.0 {
            return Ok(None);
        }
        let leaks: Vec<f64> = parts.tau.iter().map(|tau| -1.0 / tau).collect();
        let Some(alone) = Fluctuations::new(&Matrix::from_diagonal(&leaks), input_gain, noise)? else {
            return Ok(None);
        };
        let mut f = Fluctuations {
            equation: Equation::Delayed { parts: parts.clone(), abscissa },
            residual: 0.0,
            covariance: alone.covariance.clone(),
            sources: alone.sources,
        };
        let colors = f.sources.iter().filter_map(|s| s.colored.as_ref().map(|c| c.0));
        let slowest = parts.tau.iter().copied().chain(colors).fold(-1.0 / abscissa, f64::max);
        let spectra = f.spectra(&Matrix::identity(f.n()));
        let between = |omega: f64| {
            let s = spectra.at(omega / TAU);
            let filters: Vec<Complex> = leaks.iter().map(|leak| Complex::new(-leak, omega).inv()).collect();
            let colors: Vec<f64> = f.sources.iter().map(|s| s.color(omega)).collect();
            Matrix::from_fn(f.n(), f.n(), |i, j| {
                let driven: f64 = f.sources.iter().zip(&colors).map(|(s, c)| s.driven[(i, j)] * c).sum();
                // The imaginary parts of negative frequencies cancel those of positive ones.
                (s[(i, j)].re - driven * (filters[i] * filters[j].conj()).re) / PI
            })
        };
        let delays: Vec<f64> = parts.parts.iter().map(|p| p.0).filter(|d| *d > 0.0).collect();
        let Some((covariance, error)) = integrated(&between, alone.covariance, &roots, (slowest, &delays))
        else {
            let points = 2 * HALF_RULE.len() * MOST_PANELS;
            return Err(Error::not_converged(format!(
                "noise: the spectra between the slowest time and the shortest delay or time constant take more than \
                 {points} frequencies to integrate"
            ))
            .with_help("leave out delays and time constants that are far below all others"));
        };
        if !covariance.is_finite() {
            return Err(Error::not_converged("noise: the integral of the spectra with delays"));
        }
        let largest = (0..f.n()).fold(0.0, |m: f64, i| m.max(covariance[(i, i)]));
        f.residual = if largest > 0.0 { error / largest } else { 0.0 };
        f.covariance = covariance;
        Ok(Some(f))
    }
}

/// A covariance that is known, of other spectra, and the integral of what is `between` them and the circuit's, over positive
/// frequencies; with an estimate of its error, absolute. None after too many panels.
///
/// Panels end at the frequencies of slowly decaying roots and a few of their widths beside them, so that no narrow peak is
/// overlooked. What is beyond the last octave falls off with the cube of the frequency and turns with the delays, or
/// falls off with the fourth power.
fn integrated(
    between: &dyn Fn(f64) -> Matrix,
    known: Matrix,
    roots: &Roots,
    (slowest, delays): (f64, &[f64]),
) -> Option<(Matrix, f64)> {
    let left = Cell::new(MOST_PANELS);
    let (shortest, longest) = delays.iter().fold((f64::INFINITY, 0.0), |(a, b), &d| (d.min(a), d.max(b)));
    let mut peaks: Vec<f64> = Vec::new();
    for z in roots.roots.iter().filter(|z| z.re.abs() < NARROW * z.im) {
        peaks.extend([-3.0, 0.0, 3.0].map(|k| z.im + k * z.re.abs()));
    }
    let highest = peaks.iter().copied().fold(0.0, f64::max);
    let (mut total, mut error, mut from) = (known, 0.0, 0.0);
    for octave in 0..OCTAVES {
        let to = 2f64.powi(octave) / slowest;
        let mut borders: Vec<f64> = peaks.iter().copied().filter(|p| *p > from && *p < to).collect();
        borders.extend([from, to]);
        borders.sort_by(f64::total_cmp);
        let largest = total.max_abs();
        let tolerance = 0.1 * TOLERANCE * largest;
        let panels = Panels { f: between, widest: TURNS / longest, tolerance, left: &left };
        let (mut part, mut height) = (Matrix::zeros(total.rows(), total.rows()), 0.0);
        for panel in borders.windows(2) {
            let whole = panels.rule(panel[0], panel[1]);
            let sum = panels.halved(panel[0], panel[1], whole, HALVINGS);
            part = part.add(&sum.integral);
            (height, error) = (f64::max(height, sum.height), error + sum.error);
        }
        if left.get() == 0 {
            return None;
        }
        total = total.add(&part);
        // In an octave both fall to an eighth at most; a steady sign leaves a seventh of the last, turns as below.
        let beyond = part.max_abs() + height * f64::min(0.5 * to, 2.0 / shortest);
        if (beyond <= TOLERANCE * total.max_abs() && to > highest) || octave + 1 == OCTAVES {
            error += beyond;
            break;
        }
        from = to;
    }
    Some((total, error))
}

/// An integral over panels that are halved until it makes no difference.
struct Panels<'a> {
    f: &'a dyn Fn(f64) -> Matrix,
    /// Wider ones may make none by chance.
    widest: f64,
    tolerance: f64,
    /// Panels that may still be looked at.
    left: &'a Cell<usize>,
}

struct Panel {
    integral: Matrix,
    /// The largest value.
    height: f64,
    error: f64,
}

impl Panels<'_> {
    fn halved(&self, from: f64, to: f64, whole: Panel, more: usize) -> Panel {
        let middle = 0.5 * (from + to);
        let (left, right) = (self.rule(from, middle), self.rule(middle, to));
        let off = left.integral.add(&right.integral).sub(&whole.integral).max_abs();
        let most = (to - from) * f64::max(left.height, right.height);
        let over = more == 0 || self.left.get() == 0;
        if over || most <= self.tolerance || (off <= self.tolerance && to - from <= self.widest) {
            let error = if to - from <= self.widest { off } else { most };
            return Panel { error, ..left.and(&right) };
        }
        let left = self.halved(from, middle, left, more - 1);
        left.and(&self.halved(middle, to, right, more - 1))
    }

    /// Gauss and Legendre's rule of 12 points.
    fn rule(&self, from: f64, to: f64) -> Panel {
        self.left.set(self.left.get().saturating_sub(1));
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let point = |node: f64, weight: f64| {
            let value = (self.f)(middle + half * node);
            Panel { height: value.max_abs(), integral: value.scale(half * weight), error: 0.0 }
        };
        let pairs = HALF_RULE.iter().map(|&(node, weight)| point(-node, weight).and(&point(node, weight)));
        pairs.reduce(|sum, pair| sum.and(&pair)).expect("the rule has points")
    }
}

impl Panel {
    fn and(&self, other: &Panel) -> Panel {
        Panel {
            integral: self.integral.add(&other.integral),
            height: self.height.max(other.height),
            error: self.error + other.error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integral_ends_after_a_number_of_panels() {
        let roots = Roots { roots: vec![], unstable: Some(0) };
        let integral = |power: i32, delays: &[f64]| {
            let between = |omega: f64| Matrix::filled(1, 1, (1.0 + omega * omega).powi(-power));
            integrated(&between, Matrix::filled(1, 1, 1.0), &roots, (1.0, delays))
        };
        // 1 is known; the integral of (1 + w^2)^-2 from 0 on is pi/4.
        let (value, error) = integral(2, &[1.0]).unwrap();
        assert!((value[(0, 0)] - 1.0 - PI / 4.0).abs() < 1e-6 && error < 1e-6, "{value:?} {error}");
        // Six points to a turn of the longest delay are 8e4 panels below 100.
        assert!(integral(1, &[1.0, 1e4]).is_none());
    }
}
