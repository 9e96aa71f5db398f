//! Integrators as values, and the trajectories they give.

mod adaptive;
mod ahead;
mod fixed_step;
mod history;
mod protocol;
pub mod recording;
mod simulation;
mod stiff;
mod stochastic;
mod trials;

pub use protocol::{Protocol, RunOptions};
pub use simulation::{Checkpoint, Simulation};
pub use trials::{Runaway, TrialOptions, Trials, trials};

use crate::dynamics::Dynamics;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// How to integrate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// `x(t + dt) = target + (x - target) e^(-dt/tau)`: exact in the leak, first order in the rest.
    /// Never overshoots a constant target; the workhorse for large circuits. With noise exact in the leak, too.
    ExponentialEuler {
        /// Step.
        dt: f64,
    },
    /// `x(t + dt) = x + (target - x) dt/tau`, and with white noise `sqrt(dt)` times a normal number: Euler's method, and
    /// Maruyama's. Of the weak order 1; of the strong order 1 as well, since noise here is additive.
    EulerMaruyama {
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
    /// Backward differentiation formulas of order 1 to 5 with error control, stable however fast a mode decays (Shampine &
    /// Reichelt 1997): for time constants or gains that differ by orders of magnitude, up to some hundred states.
    Stiff {
        /// Relative tolerance.
        rtol: f64,
        /// Absolute tolerance.
        atol: f64,
    },
}

impl Method {
    /// Names, as the circuit file writes them.
    pub const NAMES: &'static [&'static str] =
        &["adaptive", "stiff", "exponential-euler", "euler-maruyama", "rk4"];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Method::Adaptive { .. } => "adaptive",
            Method::Stiff { .. } => "stiff",
            Method::ExponentialEuler { .. } => "exponential-euler",
            Method::EulerMaruyama { .. } => "euler-maruyama",
            Method::Rk4 { .. } => "rk4",
        }
    }

    /// Its step, if it has a fixed one.
    pub fn dt(self) -> Option<f64> {
        match self {
            Method::ExponentialEuler { dt } | Method::EulerMaruyama { dt } | Method::Rk4 { dt } => Some(dt),
            Method::Adaptive { .. } | Method::Stiff { .. } => None,
        }
    }

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
            "adaptive" | "stiff" => {
                positive(rtol, "rtol")?;
                positive(atol, "atol")?;
                Ok(if name == "stiff" {
                    Method::Stiff { rtol, atol }
                } else {
                    Method::Adaptive { rtol, atol }
                })
            }
            "exponential-euler" => positive(dt, "dt").map(|()| Method::ExponentialEuler { dt }),
            "euler-maruyama" => positive(dt, "dt").map(|()| Method::EulerMaruyama { dt }),
            "rk4" => positive(dt, "dt").map(|()| Method::Rk4 { dt }),
            _ => Err(Error::invalid(format!("there is no method {name:?}"))
                .with_help(format!("one of: {}", Self::NAMES.join(", ")))),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It reached its end.
    Completed,
    /// It became steady before its end; see [`Simulation::until_steady`].
    Settled {
        /// The recorded time at which it was.
        time: f64,
    },
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
#[non_exhaustive]
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
/// Stops at every breakpoint of the input, so that no step straddles one; jumps are applied exactly. Where the dynamics
/// have [noise](Dynamics::noise), it is that of trial 0.
///
/// With delays the past before the start was as `x0`, steps are at most as long as the shortest delay, and the
/// methods keep their order, with noise as well; the adaptive method knows no past.
///
/// # Errors
/// The adaptive and the stiff method with delays. Times that do not rise, a start of the wrong size or not
/// finite, a method that knows no noise, or one that gives up (too many steps, step size underflow). Running away is not
/// an error but an [`Outcome`].
pub fn simulate(
    dynamics: &dyn Dynamics,
    x0: &[f64],
    times: &[f64],
    method: Method,
    ceiling: f64,
) -> Result<Trajectory> {
    let n = dynamics.dim();
    let mut run = Simulation::new(dynamics, x0, times, method, ceiling)?;
    let (mut done, mut recorded) = (Vec::with_capacity(times.len()), Vec::with_capacity(times.len() * n));
    while let Some(time) = run.advance()? {
        done.push(time);
        recorded.extend_from_slice(run.state());
    }
    Ok(Trajectory {
        states: Matrix::from_vec(done.len(), n, recorded),
        times: done,
        outcome: run.outcome().unwrap_or(Outcome::Completed),
        evaluations: run.evaluations(),
    })
}

/// Refuses a start or recorded times that make no sense.
fn check(n: usize, x0: &[f64], times: &[f64]) -> Result<()> {
    if x0.len() != n || x0.iter().any(|x| !x.is_finite()) {
        return Err(Error::invalid(format!("the start needs {n} finite values, it has {}", x0.len())));
    }
    if times.is_empty() || times.iter().any(|t| !t.is_finite()) || times.windows(2).any(|w| w[0] >= w[1]) {
        return Err(Error::invalid("the recorded times must be finite and rise"));
    }
    Ok(())
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
