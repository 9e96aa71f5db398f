//! `exp(A t)`, from inputs to outputs, at one time after the other: on the Schur form, where each step is
//! a product of triangles, from a ladder of exponentials whose steps double.

use super::decomposition::Decomposition;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{
    Matrix, NormBounds, SpectralNorm, expm, expm_doubled, matmul, matmul_upper, norm2,
};
use neurate_numerics::progress::Progress;
use std::collections::BTreeMap;

/// Steps of the curve in its whole length, as a power of two, and at first, in units of `1/||A||`. Of large matrices, where
/// each step is a product, half as many: between the points it is the march that bounds the norm, not the curve.
const WHOLE: i32 = 7;
const LARGE: usize = 500;
const FIRST: f64 = 0.25;
/// Steps before they double for the first time; half as many each later time.
const BEFORE_DOUBLING: usize = 16;
/// How often the curve may double in length.
const LENGTHS: i32 = 24;
/// Size up to which exponentials are kept for other inputs and outputs.
const KEPT: usize = 128;
/// About as many points has a curve.
const EXPECTED: usize = 200;
/// Residual of the norms on the curve: their error is its square over the gap to the next.
const CURVE: f64 = 1e-5;
/// Residual of those near the maximum, which also give slopes.
const PEAK: f64 = 1e-10;
/// Terms of the series about a maximum (as many as half a step of size 3 takes: beyond, they cancel), and numbers that all
/// of them may have together, half a gigabyte.
const TERMS: usize = 32;
const MOST_NUMBERS: usize = 1 << 26;
/// Local maxima this near to the highest are looked at.
const NEAR_TOP: f64 = 0.9;

/// `C exp(A t) B`.
#[derive(Clone)]
pub(super) struct Course {
    /// `A = Q T Q^T`.
    pub(super) t: Matrix,
    pub(super) q: Matrix,
    /// `Q^T B` and `C Q`; None for the identity.
    input: Option<Matrix>,
    output: Option<Matrix>,
    /// `||C||`.
    pub(super) output_norm: f64,
    /// `||A||`.
    pub(super) norm: f64,
    pub(super) numerical_abscissa: f64,
    pub(super) spectral_abscissa: f64,
    /// Time constant of the slowest mode; of an unstable matrix a time that belongs to its norm.
    pub(super) unit: f64,
    /// Times, and bounds of `||exp(A s)||` for all s up to each: what `amplification_bound.rs` found.
    pub(super) envelope: Vec<(f64, f64)>,
    /// `exp(T unit 2^-k)` by k.
    ladder: BTreeMap<i32, Matrix>,
}

/// The state at one time: `exp(T t) Q^T B`.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) time: f64,
    pub(super) carried: Matrix,
}

/// A norm with its slope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slope {
    pub(super) time: f64,
    pub(super) norm: NormBounds,
    /// Relative slope, `d log ||C exp(A t) B|| / dt`, of the singular value that is the largest.
    pub(super) slope: f64,
}

/// The curve, and the largest norm found on it and between its points.
pub(super) struct Curve {
    pub(super) times: Vec<f64>,
    pub(super) norms: Vec<f64>,
    pub(super) top: f64,
    pub(super) at: f64,
}

/// A state and its derivatives in time: near it `exp(T d)` costs a sum of so many matrices, and no product.
struct Around<'a> {
    state: &'a State,
    reach: f64,
    /// `(reach T)^k / k!` times the state, from k = 1 on.
    terms: Vec<Matrix>,
}

impl Around<'_> {
    /// The state at a time, no further than `reach` away.
    fn at(&self, time: f64) -> State {
        let share = (time - self.state.time) / self.reach;
        let mut carried = self.state.carried.clone();
        let mut power = 1.0;
        for term in &self.terms {
            power *= share;
            carried.data_mut().iter_mut().zip(term.data()).for_each(|(c, t)| *c += power * t);
        }
        State { time, carried }
    }
}

impl Course {
    pub(super) fn new(a: &Decomposition) -> Result<Course> {
        let schur = a.schur()?.clone();
        let numerical_abscissa = a.numerical_abscissa()?;
        let spectral_abscissa = rightmost(&schur.t);
        Ok(Course {
            norm: SpectralNorm::new(schur.t.rows()).of(&schur.t, 1e-6)?.reached,
            t: schur.t,
            q: schur.q,
            input: None,
            output: None,
            output_norm: 1.0,
            numerical_abscissa,
            spectral_abscissa,
            unit: 1.0,
            envelope: Vec::new(),
            ladder: BTreeMap::new(),
        })
    }

    /// Lets the exponentials of large matrices go.
    pub(super) fn forget_steps(&mut self) {
        if self.t.rows() > KEPT {
            self.ladder.clear();
        }
    }

    /// The same matrix from other inputs to other outputs.
    pub(super) fn between(mut self, input: &Matrix, output: &Matrix) -> Result<Course> {
        self.input = Some(matmul(&self.q.transpose(), input));
        self.output = Some(matmul(output, &self.q));
        self.output_norm = norm2(output)?;
        Ok(self)
    }

    /// `exp(T unit 2^-k)`.
    pub(super) fn step(&mut self, k: i32) -> Result<&Matrix> {
        if !self.ladder.contains_key(&k) {
            let e = match self.ladder.get(&(k + 1)) {
                Some(half) => expm_doubled(&self.t.scale(self.length(k)), half),
                None => expm(&self.t.scale(self.length(k)))?,
            };
            self.ladder.insert(k, e);
        }
        Ok(&self.ladder[&k])
    }

    pub(super) fn length(&self, k: i32) -> f64 {
        self.unit * 2f64.powi(-k)
    }

    pub(super) fn start(&self) -> State {
        let carried = self.input.clone().unwrap_or_else(|| Matrix::identity(self.t.rows()));
        State { time: 0.0, carried }
    }

    /// The state `unit 2^-k` later.
    pub(super) fn advance(&mut self, from: &State, k: i32) -> Result<State> {
        Ok(State { time: from.time + self.length(k), carried: matmul_upper(self.step(k)?, &from.carried) })
    }

    /// The state `d` later.
    fn later(&self, from: &State, d: f64) -> Result<State> {
        let carried = matmul_upper(&expm(&self.t.scale(d))?, &from.carried);
        Ok(State { time: from.time + d, carried })
    }

    /// What is seen of a state.
    pub(super) fn seen<'a>(&self, state: &'a State, room: &'a mut Matrix) -> &'a Matrix {
        match &self.output {
            None => &state.carried,
            Some(c) => {
                *room = matmul(c, &state.carried);
                room
            }
        }
    }

    pub(super) fn norms(&self) -> SpectralNorm {
        SpectralNorm::new(self.input.as_ref().map_or(self.t.cols(), Matrix::cols))
    }

    fn norm_of(&self, state: &State, top: &mut SpectralNorm, residual: f64) -> Result<NormBounds> {
        top.of(self.seen(state, &mut Matrix::zeros(0, 0)), residual)
    }

    /// The norm at a state, with its slope.
    pub(super) fn slope(&self, state: &State, top: &mut SpectralNorm, residual: f64) -> Result<Slope> {
        // At time zero all patterns are equal; the one that grows first counts.
        if state.time == 0.0 && self.input.is_none() && self.output.is_none() {
            let norm = NormBounds { reached: 1.0, upper: 1.0 };
            return Ok(Slope { time: 0.0, norm, slope: self.numerical_abscissa });
        }
        let norm = self.norm_of(state, top, residual)?;
        let y = state.carried.mul_vec(top.right());
        let dy = self.t.mul_vec(&y);
        // d||s|| / ||s|| = s . ds / ||s||^2
        let (s, ds) = match &self.output {
            None => (y, dy),
            Some(c) => (c.mul_vec(&y), c.mul_vec(&dy)),
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        Ok(Slope { time: state.time, norm, slope: dot(&s, &ds) / dot(&s, &s) })
    }

    /// The norms over time: steps of a quarter of `1/||A||` at first, which double from time to time,
    /// until they are a 128th of `unit` (of large matrices a 64th); to `unit` and on, until nothing later can pass what was before:
    /// the norm times `reach` (`reach` times what is carried, if not all is seen) lies below the largest.
    /// For `reach` None the largest norm itself stands, as `||exp(A (t + T))|| <= ||exp(A T)|| ||exp(A t)||`.
    pub(super) fn curve(&mut self, reach: Option<f64>, bounded: bool, progress: &Progress) -> Result<Curve> {
        let whole = if self.t.rows() > LARGE { WHOLE - 1 } else { WHOLE };
        let first = ((self.unit * self.norm / FIRST).log2().ceil() as i32).max(whole);
        let (mut top, mut of_carried) = (self.norms(), self.norms());
        let mut state = self.start();
        let mut norm = self.norm_of(&state, &mut top, PEAK)?.reached;
        let mut c = Curve { times: vec![0.0], norms: vec![norm], top: norm, at: 0.0 };
        // The state one step before the largest norm.
        let mut before: Option<State> = None;
        let (mut k, mut left, mut doublings) = (first, BEFORE_DOUBLING, 0);
        loop {
            // Its length is not known before: near half of what a curve takes at first, on in smaller steps.
            progress.at(c.times.len(), c.times.len() + EXPECTED)?;
            let next = self.advance(&state, k)?;
            if !next.carried.is_finite() {
                break;
            }
            norm = self.norm_of(&next, &mut top, CURVE)?.reached;
            c.times.push(next.time);
            c.norms.push(norm);
            if norm > c.top {
                (c.top, c.at) = (norm, next.time);
                before = Some(state);
            }
            state = next;
            left -= 1;
            // No further than half a step: sums of steps are exact enough.
            let end = self.unit * 2f64.powi(doublings) - 0.5 * self.length(k);
            if state.time >= end {
                if !bounded || doublings == LENGTHS {
                    break;
                }
                let carried = match self.output {
                    None => norm,
                    Some(_) => of_carried.of(&state.carried, CURVE)?.reached,
                };
                if carried * reach.unwrap_or(c.top) <= c.top {
                    break;
                }
                doublings += 1;
            }
            if k > whole - doublings && left == 0 {
                k -= 1;
                left = BEFORE_DOUBLING / 2;
            }
            left = left.max(1);
        }
        if bounded {
            self.refine(&mut c, before)?;
        }
        Ok(c)
    }

    /// Looks for the maximum about the highest point, and about others nearly as high.
    fn refine(&mut self, c: &mut Curve, before: Option<State>) -> Result<()> {
        let n = c.norms.len();
        let top = c.top;
        for k in 0..n {
            let (last, next) = (k.saturating_sub(1), (k + 1).min(n - 1));
            let peak = c.norms[k] >= c.norms[last] && c.norms[k] >= c.norms[next];
            if !peak || c.norms[k] < NEAR_TOP * top || (c.norms[k] < top && !could_pass(c, k)) {
                continue;
            }
            let from = match &before {
                Some(state) if state.time == c.times[last] => state.clone(),
                _ => self.later(&self.start(), c.times[last])?,
            };
            let (at, norm) = self.peak(&from, c.times[k], c.times[next])?;
            if norm > c.top {
                (c.top, c.at) = (norm, at);
            }
        }
        Ok(())
    }

    /// The highest norm near `time`, between that of the state `from` and `until`: where the slope
    /// passes zero (or jumps from above to below, where two singular values cross).
    pub(super) fn peak(&self, from: &State, time: f64, until: f64) -> Result<(f64, f64)> {
        let mut top = self.norms();
        let mut best = (time, 0.0);
        let middle = self.later(from, time - from.time)?;
        let around = self.around(&middle, (time - from.time).max(until - time));
        let mut look = |t: f64| -> Result<Slope> {
            let there = match &around {
                _ if t == time => None,
                Some(around) => Some(around.at(t)),
                None => Some(self.later(from, t - from.time)?),
            };
            let s = self.slope(there.as_ref().unwrap_or(&middle), &mut top, PEAK)?;
            if !s.norm.reached.is_finite() {
                return Err(Error::not_converged("the norm of exp(A t) is not finite near its maximum"));
            }
            if s.norm.reached > best.1 {
                best = (t, s.norm.reached);
            }
            Ok(s)
        };
        let middle = look(time)?;
        let other = look(if middle.slope > 0.0 { until } else { from.time })?;
        let (mut low, mut high) = if middle.slope > 0.0 { (middle, other) } else { (other, middle) };
        // Regula falsi (Illinois), with bisection where it lags.
        let (mut at_low, mut at_high) = (low.slope, high.slope);
        let mut side = 0;
        for step in 0..100 {
            let width = high.time - low.time;
            let gain = width * low.slope.abs().min(high.slope.abs());
            if width <= 1e-9 * high.time || gain <= 1e-15 || !(low.slope > 0.0 && high.slope < 0.0) {
                break;
            }
            let share = at_low / (at_low - at_high);
            let share = if step % 4 == 3 { 0.5 } else { share.clamp(1e-6, 1.0 - 1e-6) };
            let s = look(low.time + share * width)?;
            if s.slope > 0.0 {
                (low, at_low) = (s, s.slope);
                at_high = if side == 1 { 0.5 * at_high } else { high.slope };
                side = 1;
            } else {
                (high, at_high) = (s, s.slope);
                at_low = if side == -1 { 0.5 * at_low } else { low.slope };
                side = -1;
            }
        }
        Ok(best)
    }

    /// The states as far as `reach` from one; None where so many terms would not do, or would not fit.
    fn around<'a>(&self, state: &'a State, reach: f64) -> Option<Around<'a>> {
        let size = reach * self.norm;
        let (mut count, mut left) = (0, size.exp());
        while left > 0.1 * f64::EPSILON {
            count += 1;
            left *= size / count as f64;
            if count > TERMS || left.is_nan() {
                return None;
            }
        }
        if count * state.carried.data().len() > MOST_NUMBERS {
            return None;
        }
        let mut terms: Vec<Matrix> = Vec::with_capacity(count);
        for k in 1..=count {
            let last = terms.last().unwrap_or(&state.carried);
            terms.push(matmul_upper(&self.t, last).scale(reach / k as f64));
        }
        Some(Around { state, reach, terms })
    }

    /// The state at a time.
    pub(super) fn at(&self, time: f64) -> Result<State> {
        self.later(&self.start(), time)
    }
}

/// Whether a parabola through a point and its neighbors, its height doubled, passes the highest point.
fn could_pass(c: &Curve, k: usize) -> bool {
    let (last, next) = (k.saturating_sub(1), (k + 1).min(c.norms.len() - 1));
    let drop = (c.norms[k] - c.norms[last]).max(c.norms[k] - c.norms[next]);
    c.norms[k] + 0.5 * drop >= c.top
}

/// The largest real part of the eigenvalues of a real Schur form.
fn rightmost(t: &Matrix) -> f64 {
    let n = t.rows();
    let pair = |i: usize| i + 1 < n && t[(i + 1, i)] != 0.0;
    (0..n)
        .map(|i| match (pair(i), i > 0 && pair(i - 1)) {
            (true, _) => 0.5 * (t[(i, i)] + t[(i + 1, i + 1)]),
            (_, true) => 0.5 * (t[(i, i)] + t[(i - 1, i - 1)]),
            _ => t[(i, i)],
        })
        .fold(f64::NEG_INFINITY, f64::max)
}
