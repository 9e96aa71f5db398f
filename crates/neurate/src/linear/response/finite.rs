//! Inputs that are not small: the fixed point is followed as the constant input grows (THEORY S11).
//!
//! Steps of Newton's method from the operating point, halved wherever it fails, the point jumps, or
//! stability is lost; so a branch is left where it ends, never for another one.

use super::verdicts::isn_index;
use crate::fixed_points::{FixedPoint, nearest_fixed_point};
use crate::linear::Linearization;
use crate::model::Circuit;
use neurate_numerics::error::Result;
use std::ops::Range;

/// Steps are halved this often before the branch counts as ended.
const HALVINGS: u32 = 12;

/// A fixed point on the way.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FinitePoint {
    /// The input on top of the circuit's own, times the pattern.
    pub amplitude: f64,
    /// Mean rate of every population.
    pub rates: Vec<f64>,
    /// `g_E W_EE - 1`, as in the verdicts. None without excitatory units.
    pub isn_index: Option<f64>,
    /// The state over the units.
    pub state: Vec<f64>,
}

/// How a branch ends.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum End {
    /// At the end of the range.
    Reached,
    /// The fixed point loses its stability near this amplitude.
    LosesStability(f64),
    /// No fixed point continues the branch beyond this amplitude.
    Vanishes(f64),
}

/// A rate that turns: a local extremum over the amplitude.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Turn {
    /// The population.
    pub population: usize,
    /// Where.
    pub amplitude: f64,
    /// Its rate there.
    pub rate: f64,
    /// A minimum, or else a maximum.
    pub minimum: bool,
}

/// The rates as functions of an input of any size.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FiniteResponse {
    /// Stable fixed points, by rising amplitude; one at 0.
    pub points: Vec<FinitePoint>,
    /// How the branch ends towards lower amplitudes.
    pub lower_end: End,
    /// How it ends towards higher ones.
    pub upper_end: End,
    /// Local extrema of the rates inside.
    pub turns: Vec<Turn>,
    /// Amplitudes at which the ISN index changes sign.
    pub isn_boundaries: Vec<f64>,
}

/// Follows a stable fixed point over a range of inputs along a pattern over units, in about `steps`
/// steps on each side of zero. The range holds zero.
///
/// # Errors
/// The circuit is too large for a dense Jacobian; eigenvalues that did not converge.
pub fn finite_response(
    circuit: &Circuit,
    point: &FixedPoint,
    pattern: &[f64],
    range: Range<f64>,
    steps: usize,
) -> Result<FiniteResponse> {
    let walk = Walk { circuit, pattern };
    let start = walk.point(0.0, point)?;
    let (mut points, lower_end) = walk.branch(&start, range.start, steps)?;
    points.reverse();
    points.push(start.clone());
    let (above, upper_end) = walk.branch(&start, range.end, steps)?;
    points.extend(above);
    let turns = walk.turns(&points)?;
    let isn_boundaries = walk.isn_boundaries(&points)?;
    Ok(FiniteResponse { points, lower_end, upper_end, turns, isn_boundaries })
}

struct Walk<'a> {
    circuit: &'a Circuit,
    pattern: &'a [f64],
}

impl Walk<'_> {
    fn circuit_at(&self, amplitude: f64) -> Result<Circuit> {
        let mut parts = self.circuit.to_parts();
        for (p, population) in parts.populations.iter_mut().enumerate() {
            let pattern = &self.pattern[self.circuit.range(p)];
            population.h.iter_mut().zip(pattern).for_each(|(h, x)| *h += amplitude * x);
        }
        Circuit::new(parts)
    }

    fn solve(&self, amplitude: f64, start: &[f64]) -> Result<Option<FixedPoint>> {
        nearest_fixed_point(&self.circuit_at(amplitude)?, start)
    }

    fn point(&self, amplitude: f64, point: &FixedPoint) -> Result<FinitePoint> {
        let l = Linearization::new(&self.circuit_at(amplitude)?, point)?;
        Ok(FinitePoint {
            amplitude,
            rates: self.circuit.population_means(&point.rates),
            isn_index: isn_index(self.circuit, &l)?,
            state: point.state.clone(),
        })
    }

    fn branch(&self, start: &FinitePoint, end: f64, steps: usize) -> Result<(Vec<FinitePoint>, End)> {
        let full = end / steps as f64;
        let smallest = full.abs() / f64::from(1u32 << HALVINGS);
        let (mut found, mut step) = (Vec::<FinitePoint>::new(), full);
        let mut slope: Vec<f64> = vec![0.0; start.state.len()];
        if full == 0.0 {
            return Ok((found, End::Reached));
        }
        loop {
            let last = found.last().unwrap_or(start);
            if (end - last.amplitude).abs() <= 1e-9 * end.abs() {
                return Ok((found, End::Reached));
            }
            if (last.amplitude + step).abs() > end.abs() {
                step = end - last.amplitude;
            }
            let next = last.amplitude + step;
            let guess: Vec<f64> = last.state.iter().zip(&slope).map(|(x, s)| x + step * s).collect();
            let solution = self.solve(next, &guess)?;
            let near = solution.as_ref().is_some_and(|p| close(&last.state, &p.state, &slope, step, end));
            match solution {
                Some(p) if near && p.stable() => {
                    slope = p.state.iter().zip(&last.state).map(|(a, b)| (a - b) / step).collect();
                    found.push(self.point(next, &p)?);
                    step = (2.0 * step).clamp(-full.abs(), full.abs());
                }
                _ if step.abs() > 2.0 * smallest => step *= 0.5,
                Some(p) if near && !p.stable() => return Ok((found, End::LosesStability(next))),
                _ => {
                    let at = last.amplitude;
                    return Ok((found, End::Vanishes(at)));
                }
            }
        }
    }

    /// Extrema between neighbors, by the golden section.
    fn turns(&self, points: &[FinitePoint]) -> Result<Vec<Turn>> {
        let mut turns = Vec::new();
        for p in 0..self.circuit.populations().len() {
            for w in points.windows(3) {
                let (a, b, c) = (w[0].rates[p], w[1].rates[p], w[2].rates[p]);
                let least = 1e-9 * (1.0 + b.abs());
                let minimum = a - b > least && c - b > least;
                let maximum = b - a > least && b - c > least;
                if !(minimum || maximum) {
                    continue;
                }
                let sign = if minimum { 1.0 } else { -1.0 };
                let (amplitude, rate) = self.extremum(w, p, sign)?;
                turns.push(Turn { population: p, amplitude, rate, minimum });
            }
        }
        Ok(turns)
    }

    fn extremum(&self, w: &[FinitePoint], p: usize, sign: f64) -> Result<(f64, f64)> {
        let rate = |x: f64| -> Result<f64> {
            let found = self.solve(x, &w[1].state)?;
            Ok(found.map_or(f64::INFINITY, |f| sign * self.circuit.population_means(&f.rates)[p]))
        };
        let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
        let (mut a, mut b) = (w[0].amplitude, w[2].amplitude);
        let (mut x, mut y) = (b - ratio * (b - a), a + ratio * (b - a));
        let (mut fx, mut fy) = (rate(x)?, rate(y)?);
        // 60 sections leave 3e-13 of the interval: a kink is found that well, a smooth turn to half
        // the digits.
        for _ in 0..60 {
            if fx < fy {
                (b, y, fy) = (y, x, fx);
                x = b - ratio * (b - a);
                fx = rate(x)?;
            } else {
                (a, x, fx) = (x, y, fy);
                y = a + ratio * (b - a);
                fy = rate(y)?;
            }
        }
        Ok(if fx < fy { (x, sign * fx) } else { (y, sign * fy) })
    }

    fn isn_boundaries(&self, points: &[FinitePoint]) -> Result<Vec<f64>> {
        let mut borders = Vec::new();
        for w in points.windows(2) {
            let (Some(x), Some(y)) = (w[0].isn_index, w[1].isn_index) else { continue };
            if x * y < 0.0 {
                borders.push(self.isn_border(&w[0], &w[1])?);
            }
        }
        Ok(borders)
    }

    fn isn_border(&self, from: &FinitePoint, to: &FinitePoint) -> Result<f64> {
        let (mut a, mut b) = (from.clone(), to.clone());
        for _ in 0..60 {
            let middle = 0.5 * (a.amplitude + b.amplitude);
            if middle <= a.amplitude || middle >= b.amplitude {
                break;
            }
            let start: Vec<f64> = a.state.iter().zip(&b.state).map(|(x, y)| 0.5 * (x + y)).collect();
            let Some(found) = self.solve(middle, &start)? else { break };
            let point = self.point(middle, &found)?;
            let same = point.isn_index.unwrap_or(0.0) * a.isn_index.unwrap_or(0.0) > 0.0;
            if same { a = point } else { b = point }
        }
        Ok(0.5 * (a.amplitude + b.amplitude))
    }
}

/// Whether the way from one state to the next is one that the last slope, or a kink, explains.
fn close(from: &[f64], to: &[f64], slope: &[f64], step: f64, end: f64) -> bool {
    let norm = |v: &mut dyn Iterator<Item = f64>| v.fold(0.0, |m: f64, x| m.max(x.abs()));
    let moved = norm(&mut from.iter().zip(to).map(|(a, b)| b - a));
    let pace = norm(&mut slope.iter().copied());
    let size = norm(&mut from.iter().copied()).max(pace * end.abs());
    moved <= 4.0 * pace * step.abs() + 0.02 * size + 1e-9
}
