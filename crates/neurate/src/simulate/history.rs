//! The past of a run whose field asks for it: of each step a cubic (Hermite's) or a straight line, so that states
//! between two steps are known to the method's own order.

use super::method::Method;
use crate::dynamics::Dynamics;
use neurate_numerics::error::{Error, Result};
use std::collections::VecDeque;

/// Most times at which a run with delays stops because its past was not smooth there.
const MOST_ECHOES: usize = 4000;
/// How often a corner of the past comes back as one that still costs order: each delay makes it one derivative
/// smoother, and a corner in the third derivative costs a method of order four nothing.
const ECHOES: usize = 3;

/// Most steps of a run with delays, if none is longer than the shortest delay.
const MAX_STEPS: f64 = 1e8;

/// One step: states at both ends, and slopes if it is no straight line.
struct Piece {
    from: f64,
    to: f64,
    states: [Vec<f64>; 2],
    slopes: Option<[Vec<f64>; 2]>,
}

/// States of the past, of one run or of many side by side; before the start it was as at the start.
pub(super) struct History {
    delays: Vec<f64>,
    start: f64,
    before: Vec<f64>,
    /// Whether steps are straight lines.
    straight: bool,
    pieces: VecDeque<Piece>,
    /// The states each delay ago, as last looked up.
    pub past: Vec<Vec<f64>>,
}

/// From which side a moment is looked at: a step's first stage belongs to what comes, its last to what was.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    Before,
    After,
}

impl History {
    /// None if the field asks for no past.
    pub fn new(
        dynamics: &(impl Dynamics + ?Sized),
        method: Method,
        start: f64,
        x: &[f64],
    ) -> Option<History> {
        let delays = dynamics.delays();
        let past = vec![x.to_vec(); delays.len()];
        (!delays.is_empty()).then(|| History {
            delays,
            start,
            before: x.to_vec(),
            straight: !matches!(method, Method::Rk4 { .. }),
            pieces: VecDeque::new(),
            past,
        })
    }

    /// The longest step: the past of its end must be over when it begins.
    pub fn longest_step(&self) -> f64 {
        self.delays[0]
    }

    /// Looks up the state each delay before `t`.
    pub fn look(&mut self, t: f64, side: Side) {
        for k in 0..self.delays.len() {
            let mut out = std::mem::take(&mut self.past[k]);
            self.at(t - self.delays[k], side, &mut out);
            self.past[k] = out;
        }
    }

    fn at(&self, t: f64, side: Side, out: &mut [f64]) {
        // A moment is told from the end of a step up to the rounding of times.
        let slack = 1e-13 * (t.abs() + self.start.abs()) + 1e-9 * self.delays[0].min(1e-3);
        let k = match side {
            Side::After => self.pieces.partition_point(|p| p.to <= t + slack),
            Side::Before => self.pieces.partition_point(|p| p.to < t - slack),
        };
        let early = if side == Side::After { t < self.start - slack } else { t <= self.start + slack };
        let Some(p) = self.pieces.get(k).or(self.pieces.back()).filter(|_| !early) else {
            return out.copy_from_slice(&self.before);
        };
        let h = p.to - p.from;
        let s = ((t - p.from) / h).clamp(0.0, 1.0);
        let r = 1.0 - s;
        let ends = p.states[0].iter().zip(&p.states[1]);
        let Some(slopes) = &p.slopes else {
            out.iter_mut().zip(ends).for_each(|(out, (from, to))| *out = r * from + s * to);
            return;
        };
        let (a, b) = (r * r * (1.0 + 2.0 * s), s * s * (1.0 + 2.0 * r));
        let (c, d) = (h * s * r * r, -h * s * s * r);
        let slopes = slopes[0].iter().zip(&slopes[1]);
        for (out, ((from, to), (first, last))) in out.iter_mut().zip(ends.zip(slopes)) {
            *out = a * from + b * to + c * first + d * last;
        }
    }

    /// Adds the steps that it keeps to `numbers`.
    pub fn memory(&self, numbers: &mut Vec<f64>) {
        for p in &self.pieces {
            numbers.extend([p.from, p.to]);
            p.states.iter().chain(p.slopes.iter().flatten()).for_each(|x| numbers.extend_from_slice(x));
        }
    }

    /// Goes back to that [memory](History::memory); false, and unchanged, if it does not fit.
    pub fn remember(&mut self, memory: &[f64]) -> bool {
        let n = self.before.len();
        let size = 2 + n * if self.straight { 2 } else { 4 };
        if !memory.len().is_multiple_of(size) {
            return false;
        }
        let piece = |p: &[f64]| {
            let vector = |k: usize| p[2 + k * n..2 + (k + 1) * n].to_vec();
            let slopes = (!self.straight).then(|| [vector(2), vector(3)]);
            Piece { from: p[0], to: p[1], states: [vector(0), vector(1)], slopes }
        };
        self.pieces = memory.chunks_exact(size).map(piece).collect();
        true
    }

    /// Keeps a step, and forgets what no delay reaches any more.
    pub fn keep(&mut self, (from, to): (f64, f64), states: [&[f64]; 2], slopes: Option<[&[f64]; 2]>) {
        let longest = self.delays[self.delays.len() - 1];
        while self.pieces.front().is_some_and(|p| p.to < from - 1.01 * longest) {
            self.pieces.pop_front();
        }
        self.pieces.push_back(Piece {
            from,
            to,
            states: states.map(<[f64]>::to_vec),
            slopes: slopes.map(|s| s.map(<[f64]>::to_vec)),
        });
    }
}

/// Times between start and end at which steps end, because the input is not smooth there, the state jumps, or the past
/// was not smooth a delay before; the end last.
pub(super) fn events(dynamics: &(impl Dynamics + ?Sized), start: f64, end: f64) -> Vec<f64> {
    let mut events = dynamics.breakpoints();
    events.extend(dynamics.jumps().iter().map(|j| j.0));
    let corners: Vec<f64> =
        events.iter().copied().filter(|t| *t > start && *t <= end).chain([start]).collect();
    events.extend(echoes(&dynamics.delays(), corners, end));
    events.retain(|&t| t > start && t < end);
    events.push(end);
    events.sort_by(f64::total_cmp);
    events.dedup();
    events
}

/// When what was not smooth at these times comes back.
fn echoes(delays: &[f64], mut last: Vec<f64>, end: f64) -> Vec<f64> {
    let mut all: Vec<f64> = Vec::new();
    for _ in 0..ECHOES {
        last = last.iter().flat_map(|t| delays.iter().map(move |d| t + d)).filter(|t| *t < end).collect();
        last.sort_by(f64::total_cmp);
        last.dedup_by(|a, b| *a - *b <= 1e-12 * a.abs());
        if all.len() + last.len() > MOST_ECHOES {
            break;
        }
        all.extend(&last);
    }
    all
}

/// Refuses what cannot run with delays.
pub(super) fn check_delays(dynamics: &(impl Dynamics + ?Sized), method: Method, length: f64) -> Result<()> {
    let delays = dynamics.delays();
    let Some(shortest) = delays.first() else { return Ok(()) };
    if matches!(method, Method::Adaptive { .. } | Method::Stiff { .. }) {
        let e = format!("the {} method cannot run a circuit with delays", method.name());
        let help = if dynamics.noise().is_some() {
            "method = \"exponential-euler\" or \"euler-maruyama\", with a dt"
        } else {
            "method = \"rk4\" or \"exponential-euler\", with a dt"
        };
        return Err(Error::unsupported(e).with_help(help));
    }
    if length / shortest > MAX_STEPS {
        return Err(Error::unsupported(format!(
            "a delay of {shortest} asks for more than {MAX_STEPS:e} steps, none longer than it"
        ))
        .with_help("shorten the run; or leave the delay out, if it is far below all time constants over the strongest weight of a loop"));
    }
    Ok(())
}
