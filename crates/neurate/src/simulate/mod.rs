//! Integrators as values, and the trajectories they give.

mod adaptive;
mod fixed_step;
mod history;

use crate::dynamics::Dynamics;
use crate::error::{Error, Result};
use crate::linalg::Matrix;
use fixed_step::Work;
use history::History;

/// Most steps of a run with delays, if none is longer than the shortest delay.
const MAX_DELAYED_STEPS: f64 = 1e8;

/// How to integrate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// `x(t + dt) = target + (x - target) e^(-dt/tau)`: exact in the leak, first order in the rest.
    /// Never overshoots a constant target; the workhorse for large circuits.
    ExponentialEuler {
        /// Step.
        dt: f64,
    },
    /// The classical Runge-Kutta method of fourth order.
    Rk4 {
        /// Step.
        dt: f64,
    },
    /// Dormand & Prince's method of order 8 with error estimates of order 5 and 3 (Hairer, Norsett
    /// & Wanner 1993, DOP853): every step's estimated error is below `atol + rtol |x|`.
    Adaptive {
        /// Relative tolerance.
        rtol: f64,
        /// Absolute tolerance.
        atol: f64,
    },
}

impl Method {
    /// Names, as the circuit file writes them.
    pub const NAMES: &'static [&'static str] = &["adaptive", "exponential-euler", "rk4"];

    /// The method of a name.
    ///
    /// # Errors
    /// Another name, or a step or tolerance that is not positive.
    pub fn new(name: &str, dt: f64, rtol: f64, atol: f64) -> Result<Method> {
        let positive = |x: f64, what: &str| {
            if x.is_finite() && x > 0.0 {
                Ok(())
            } else {
                Err(Error::invalid(format!("{what} is {x}; it must be positive")))
            }
        };
        match name {
            "adaptive" => {
                positive(rtol, "rtol")?;
                positive(atol, "atol")?;
                Ok(Method::Adaptive { rtol, atol })
            }
            "exponential-euler" => positive(dt, "dt").map(|()| Method::ExponentialEuler { dt }),
            "rk4" => positive(dt, "dt").map(|()| Method::Rk4 { dt }),
            _ => Err(Error::invalid(format!("there is no method {name:?}"))
                .with_help(format!("one of: {}", Self::NAMES.join(", ")))),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It reached its end.
    Completed,
    /// A state passed the ceiling, or stopped being a number.
    RanAway {
        /// When.
        time: f64,
        /// Which state.
        index: usize,
        /// Its name.
        name: String,
        /// Its value there.
        value: f64,
    },
}

/// States at recorded times. A run that ran away holds only what came before.
#[derive(Clone, Debug)]
pub struct Trajectory {
    /// Times.
    pub times: Vec<f64>,
    /// One row for each time. At a jump, the state after it.
    pub states: Matrix,
    /// How it ended.
    pub outcome: Outcome,
    /// Number of evaluations of the field.
    pub evaluations: u64,
}

impl Trajectory {
    /// The course of one state.
    pub fn course(&self, i: usize) -> Vec<f64> {
        self.states.col(i)
    }
    /// The last recorded state.
    pub fn last(&self) -> &[f64] {
        self.states.row(self.states.rows() - 1)
    }
}

/// Integrates from `x0` at `times[0]` and records the state at every one of the rising `times`.
///
/// Stops at every breakpoint of the input, so that no step straddles one; jumps are applied exactly.
///
/// With delays the past before the start was as `x0`, steps are at most as long as the shortest delay, and the
/// methods keep their order; the adaptive method knows no past.
///
/// # Errors
/// The adaptive method with delays. Times that do not rise, a start of the wrong size or not finite, or a method that gives up (too
/// many steps, step size underflow). Running away is not an error but an [`Outcome`].
pub fn simulate(
    dynamics: &dyn Dynamics,
    x0: &[f64],
    times: &[f64],
    method: Method,
    ceiling: f64,
) -> Result<Trajectory> {
    let n = dynamics.dim();
    if x0.len() != n || x0.iter().any(|x| !x.is_finite()) {
        return Err(Error::invalid(format!("the start needs {n} finite values, it has {}", x0.len())));
    }
    if times.is_empty() || times.iter().any(|t| !t.is_finite()) || times.windows(2).any(|w| w[0] >= w[1]) {
        return Err(Error::invalid("the recorded times must be finite and rise"));
    }
    let (start, end) = (times[0], times[times.len() - 1]);
    let history = History::new(dynamics, start, x0);
    if history.is_some() && matches!(method, Method::Adaptive { .. }) {
        return Err(Error::unsupported("the adaptive method cannot run a circuit with delays")
            .with_help("method = \"rk4\" or \"exponential-euler\", with a dt"));
    }
    if let Some(shortest) = history.as_ref().map(History::longest_step)
        && (end - start) / shortest > MAX_DELAYED_STEPS
    {
        return Err(Error::unsupported(format!(
            "a delay of {shortest} asks for more than {MAX_DELAYED_STEPS:e} steps, none longer than it"
        ))
        .with_help("against longer time constants so short a delay does nothing: leave it out"));
    }
    let mut jumps = dynamics.jumps();
    jumps.retain(|j| j.0 >= start && j.0 <= end);
    let mut events: Vec<f64> = dynamics.breakpoints();
    events.extend(jumps.iter().map(|j| j.0));
    if let Some(history) = &history {
        let corners: Vec<f64> = events.iter().copied().filter(|t| *t > start).chain([start]).collect();
        events.extend(history.echoes(&corners, end));
    }
    events.retain(|&t| t > start && t < end);
    events.push(end);
    events.sort_by(f64::total_cmp);
    events.dedup();

    let mut run = Run { dynamics, method, ceiling, x: x0.to_vec(), evaluations: 0, work: Work::default(), history };
    let mut recorded: Vec<f64> = Vec::with_capacity(times.len() * n);
    let mut done: Vec<f64> = Vec::with_capacity(times.len());
    run.jump(&jumps, start);
    let mut outcome = run.check(start);
    let mut next = 0;
    if outcome.is_none() {
        recorded.extend_from_slice(&run.x);
        done.push(start);
        next = 1;
    }
    let mut from = start;
    for to in events {
        if outcome.is_some() || from >= to {
            break;
        }
        let last = times[next..].partition_point(|&t| t <= to) + next;
        let before = done.len();
        outcome = run.segment(from, to, &times[next..last], &mut |t, x| {
            done.push(t);
            recorded.extend_from_slice(x);
        })?;
        next += done.len() - before;
        if outcome.is_none() && jumps.iter().any(|j| j.0 == to) {
            run.jump(&jumps, to);
            if done.last() == Some(&to) {
                let at = recorded.len() - n;
                recorded[at..].copy_from_slice(&run.x);
            }
        }
        from = to;
    }
    Ok(Trajectory {
        states: Matrix::from_vec(done.len(), n, recorded),
        times: done,
        outcome: outcome.unwrap_or(Outcome::Completed),
        evaluations: run.evaluations,
    })
}

/// A run in progress.
struct Run<'a> {
    dynamics: &'a dyn Dynamics,
    method: Method,
    ceiling: f64,
    x: Vec<f64>,
    evaluations: u64,
    work: Work,
    history: Option<History>,
}

impl Run<'_> {
    fn jump(&mut self, jumps: &[(f64, Vec<f64>)], t: f64) {
        for (_, jump) in jumps.iter().filter(|j| j.0 == t) {
            self.x.iter_mut().zip(jump).for_each(|(x, j)| *x += j);
        }
    }
    /// Whether the state has run away.
    fn check(&self, t: f64) -> Option<Outcome> {
        ran_away(&self.x, self.ceiling).map(|i| self.runaway(t, i, self.x[i]))
    }
    fn runaway(&self, time: f64, index: usize, value: f64) -> Outcome {
        Outcome::RanAway { time, index, name: self.dynamics.state_name(index), value }
    }
    /// Integrates over an interval without events, recording at the given times.
    fn segment(
        &mut self,
        from: f64,
        to: f64,
        record: &[f64],
        sink: &mut dyn FnMut(f64, &[f64]),
    ) -> Result<Option<Outcome>> {
        // The input at `to` belongs to the next interval; a stage that falls on it means the limit.
        let limit = to.next_down();
        let end = (record.last() != Some(&to)).then_some(to);
        let mut t = from;
        for stop in record.iter().copied().chain(end) {
            let outcome = match self.method {
                Method::ExponentialEuler { dt } | Method::Rk4 { dt } => self.fixed_steps(t, stop, limit, dt),
                Method::Adaptive { rtol, atol } => self.adaptive(t, stop, limit, rtol, atol)?,
            };
            if outcome.is_some() {
                return Ok(outcome);
            }
            if end != Some(stop) {
                sink(stop, &self.x);
            }
            t = stop;
        }
        Ok(None)
    }
}

/// The first state beyond the ceiling, or not a number.
fn ran_away(x: &[f64], ceiling: f64) -> Option<usize> {
    x.iter().position(|v| v.is_nan() || v.abs() > ceiling)
}

/// `count + 1` equally spaced times from `start` to `end`.
pub fn time_grid(start: f64, end: f64, count: usize) -> Vec<f64> {
    let count = count.max(1);
    (0..=count).map(|i| start + (end - start) * (i as f64 / count as f64)).collect()
}
