//! The methods, and how a run ends.

use neurate_numerics::error::{Error, Result};

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
                Err(Error::invalid(format!("{what} is {x}; it must be positive"))
                    .with_help(format!("write a positive number, or leave {what} out for its default")))
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
    /// It became steady before its end; see [`Simulation::until_steady`](super::Simulation::until_steady).
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
