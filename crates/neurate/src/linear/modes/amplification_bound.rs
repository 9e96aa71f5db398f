//! What `||C exp(A t) B||` can do between two times at which it is known, and a march over all times that
//! leaves no gap.
//!
//! For one initial pattern let `y = exp(A t) B x` and `f(t) = ||C y||^2`. From a time `t_0` on, with
//! `G = max ||exp(A s)||` over the interval's length d (at most `e^(w d)`, w the numerical abscissa, and
//! what the march has found for shorter times):
//!
//! - to first order, `||C y|| <= ||C|| G ||y(t_0)||`;
//! - to second order, `f'' = 2 ||C A y||^2 + 2 (C y)^T C A^2 y >= -2 F K` with F the largest `||C y||` of the
//!   interval and `K = ||C|| G ||A^2 exp(A t_0) B||`, so that f lies at most `F K d^2 / 4` above its chord:
//!   `F^2 <= max(ends)^2 + F K d^2/4` for all patterns at once.
//!
//! `||A^2 exp(A t_0) B||` is small once the fast modes are gone: steps then grow with the time. (A bound by
//! `||A^2||` alone would need steps of the fastest mode throughout.)

use super::amplification_course::{Course, Slope, State};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, NormBounds, SpectralNorm, matmul_upper, norm_is_below, norm2};
use neurate_numerics::progress::Progress;

/// Relative distances of a certified norm from the one that is reached: near the maximum, and far below.
const LEVELS: [f64; 4] = [3e-8, 1e-6, 1e-3, 0.1];
const FAR_BELOW: f64 = 0.9;
/// How far bounds may pass the norms while they are low.
const OVERSHOOT: f64 = 1.5;
/// Residual of norms on the march.
const RESIDUAL: f64 = 1e-7;
/// Nodes at most, and how often the unit of time may be halved.
const NODES: usize = 4000;
const FINEST: i32 = 80;

/// About as many a march has.
const EXPECTED: usize = 200;

/// What closing the bound found.
pub(super) struct Closed {
    /// Not below any norm at any time; infinite if the march did not come to its end.
    pub(super) bound: f64,
    /// The largest norm found on the way, if it passes the one known before, and when.
    pub(super) higher: Option<(f64, f64)>,
    pub(super) nodes: usize,
}

/// A node of the march.
struct Node {
    state: State,
    slope: Slope,
    /// Bound of `||exp(A t) B||`; that of the norm itself if all is seen.
    carrier: f64,
    /// Whether the bound of the norm is as near as Cholesky's factorization brings it.
    tight: bool,
}

struct March<'a> {
    course: &'a mut Course,
    top: SpectralNorm,
    of_carrier: SpectralNorm,
    of_bend: SpectralNorm,
    square: Matrix,
    /// `max ||exp(A t)||`, if it is known.
    whole: Option<f64>,
    best: f64,
    /// Of all times so far.
    bound: f64,
    tolerance: f64,
}

/// Bounds the norm at all times, within `tolerance` (relative) of `max`, the largest known norm (or of
/// a larger one found). `whole`: a bound of `||exp(A t)||` itself, where that is another norm.
pub(super) fn close(
    course: &mut Course,
    max: f64,
    whole: Option<f64>,
    tolerance: f64,
    progress: &Progress,
) -> Result<Closed> {
    let square = matmul_upper(&course.t, &course.t);
    let (top, of_carrier, of_bend) = (course.norms(), course.norms(), course.norms());
    March { course, top, of_carrier, of_bend, square, whole, best: max, bound: 0.0, tolerance }.run(progress)
}

impl March<'_> {
    fn target(&self) -> f64 {
        self.best * (1.0 + self.tolerance)
    }

    /// `max ||exp(A s)||` over `0 <= s <= d`.
    fn gain(&self, d: f64) -> f64 {
        let first = (self.course.numerical_abscissa.max(0.0) * d).exp();
        let envelope = &self.course.envelope;
        let known = envelope.get(envelope.partition_point(|e| e.0 < d)).map(|e| e.1).or(self.whole);
        known.map_or(first, |k| first.min(k))
    }

    /// How high the bound of an interval may be. While bounds are still low they stay near the norm: they
    /// are the gains of later intervals.
    fn allowed(&self, ends: f64) -> f64 {
        match self.whole {
            Some(_) => self.target(),
            None => (OVERSHOOT * ends).max(self.bound).min(self.target()),
        }
    }

    /// The largest norm on an interval of length d.
    fn between(&self, node: &Node, bend: f64, d: f64, right: f64) -> f64 {
        let gain = self.gain(d);
        let first = self.course.output_norm * gain * node.carrier;
        let ends = node.slope.norm.upper.max(right);
        let half = bend * gain * d * d / 8.0;
        // F^2 <= ends^2 + 2 F half
        first.max(ends).min(half + half.hypot(ends))
    }

    fn node(&mut self, state: State) -> Result<Node> {
        let slope = self.course.slope(&state, &mut self.top, RESIDUAL)?;
        let carrier = if self.whole.is_none() {
            slope.norm.upper
        } else {
            self.of_carrier.of(&state.carried, RESIDUAL)?.upper
        };
        Ok(Node { state, slope, carrier, tight: false })
    }

    /// Brings the bound of a node's norm down to what it reaches.
    fn tighten(&mut self, node: &mut Node) -> Result<()> {
        if node.tight {
            return Ok(());
        }
        node.tight = true;
        let NormBounds { reached, upper } = node.slope.norm;
        let levels = if reached < FAR_BELOW * self.best { &LEVELS[2..] } else { &LEVELS[..] };
        if upper > reached * (1.0 + levels[0]) {
            let mut room = Matrix::zeros(0, 0);
            let seen = self.course.seen(&node.state, &mut room);
            let level = levels.iter().map(|l| reached * (1.0 + l)).find(|&l| norm_is_below(seen, l));
            match level {
                Some(level) => node.slope.norm.upper = level.min(upper),
                None => {
                    // Another singular value has passed the one that was followed.
                    let exact = norm2(seen)?;
                    node.slope.norm = NormBounds { reached: exact, upper: exact };
                }
            }
        }
        if self.whole.is_none() {
            node.carrier = node.slope.norm.upper;
        }
        Ok(())
    }

    /// `||C|| ||A^2 exp(A t) B||`, bounded.
    fn bend(&mut self, node: &Node) -> Result<f64> {
        let bent = matmul_upper(&self.square, &node.state.carried);
        let norm = self.of_bend.of(&bent, 1e-2)?.upper;
        Ok(self.course.output_norm * norm.min(bent.frobenius()))
    }

    fn run(mut self, progress: &Progress) -> Result<Closed> {
        let mut closed = Closed { bound: 0.0, higher: None, nodes: 0 };
        let mut here = self.node(self.course.start())?;
        let mut bend = (0.0, self.bend(&here)?);
        let mut level = 0;
        while closed.nodes < NODES {
            progress.at(closed.nodes, closed.nodes + EXPECTED)?;
            // What was known of the bend at an earlier time grows by the gain since.
            if self.gain(here.state.time - bend.0) > 1.2 {
                bend = (here.state.time, self.bend(&here)?);
            }
            let known = bend.1 * self.gain(here.state.time - bend.0);
            level = (level - 3).max(-20);
            // The longest step that should pass, if the norm goes on with its slope.
            while level < FINEST {
                let d = self.course.length(level);
                let ahead = here.slope.norm.upper * (here.slope.slope * d).exp().max(1.0);
                if self.between(&here, known, d, ahead) <= self.allowed(ahead) {
                    break;
                }
                level += 1;
            }
            loop {
                closed.nodes += 1;
                let next = self.course.advance(&here.state, level)?;
                let mut next = self.node(next)?;
                let d = self.course.length(level);
                if next.slope.norm.reached > self.best {
                    self.best = next.slope.norm.reached;
                    closed.higher = Some((next.state.time, self.best));
                }
                let mut bound = self.between(&here, known, d, next.slope.norm.upper);
                let ends = here.slope.norm.reached.max(next.slope.norm.reached);
                if bound > self.allowed(ends) {
                    self.tighten(&mut here)?;
                    self.tighten(&mut next)?;
                    bound = self.between(&here, known, d, next.slope.norm.upper);
                }
                // Down to rounding there is nothing to halve.
                let last = d <= 1e-9 * next.state.time || level >= FINEST || closed.nodes >= NODES;
                if bound <= self.allowed(ends) || last {
                    self.bound = self.bound.max(bound);
                    if self.whole.is_none() {
                        self.course.envelope.push((next.state.time, self.bound));
                    }
                    here = next;
                    break;
                }
                level += 1;
            }
            if self.over(&mut here)? {
                closed.bound = self.bound.max(self.best);
                return Ok(closed);
            }
        }
        closed.bound = f64::INFINITY;
        Ok(closed)
    }

    /// Whether nothing later can pass the best.
    fn over(&mut self, node: &mut Node) -> Result<bool> {
        match self.whole {
            Some(whole) => Ok(self.course.output_norm * whole * node.carrier <= self.best),
            None => {
                let reached = node.slope.norm.reached;
                if node.carrier >= 1.0 && reached * (1.0 + LEVELS[2]) < 1.0 {
                    self.tighten(node)?;
                }
                Ok(node.carrier < 1.0)
            }
        }
    }
}
