//! Steps with noise, in one run or in many side by side: Euler and Maruyama's method, and exponential Euler with noise.
//!
//! Ornstein-Uhlenbeck noise is advanced exactly and enters with its value at the start of a step. White noise adds to the
//! state what it gathers in a step: `gain sqrt(h) z` by Euler and Maruyama's method; by exponential Euler
//! `gain sqrt(tau (1 - e^(-2h/tau))/2) z`, exact in the leak, so that the variance of a unit without connections is right at
//! any step (for units of different time constants that share noise, their covariance to `(h/tau_i - h/tau_j)^2/24`).

use super::history::{History, Side};
use super::method::Method;
use crate::dynamics::{Course, Drive, Dynamics, NoisePath};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::special::elementary::mul_add;
use neurate_numerics::special::instructions::{Compute, Instructions};

/// Noise in a run, and the buffers of its steps.
pub(super) struct Stochastic<'a> {
    course: Course<'a>,
    lanes: usize,
    euler: bool,
    target: Vec<f64>,
    tau: Vec<f64>,
    /// With delays: the states at the start of the step.
    before: Vec<f64>,
    /// The step and the time constants that the factors are for.
    step: f64,
    taus: Vec<f64>,
    factors: Vec<Factors>,
}

/// Of a state: the share of the way to its target, and what white noise of the gain 1 adds.
#[derive(Clone, Copy, Default)]
struct Factors {
    approach: f64,
    spread: f64,
}

impl<'a> Stochastic<'a> {
    /// For `lanes` trials from `first` on.
    ///
    /// # Errors
    /// A method that knows no noise.
    pub(super) fn new(
        noise: &'a NoisePath,
        method: Method,
        first: u32,
        lanes: usize,
        states: usize,
    ) -> Result<Self> {
        let euler = match method {
            Method::EulerMaruyama { .. } => true,
            Method::ExponentialEuler { .. } => false,
            Method::Rk4 { .. } | Method::Adaptive { .. } | Method::Stiff { .. } => {
                return Err(Error::invalid(format!("the method {} cannot run with noise", method.name()))
                    .with_help("leave method out, or write \"exponential-euler\" or \"euler-maruyama\""));
            }
        };
        let size = states * lanes;
        Ok(Stochastic {
            course: noise.start(first, lanes),
            lanes,
            euler,
            target: vec![0.0; size],
            tau: vec![0.0; size],
            before: Vec::new(),
            step: f64::NAN,
            taus: Vec::new(),
            factors: Vec::new(),
        })
    }

    /// Adds what it remembers to `numbers`; how many steps it has made.
    pub(super) fn memory(&self, numbers: &mut Vec<f64>) -> u64 {
        self.course.memory(numbers)
    }

    /// How many numbers it remembers.
    pub(super) fn remembered(&self) -> usize {
        self.course.remembered()
    }

    /// Goes on after so many steps with what it remembered then.
    pub(super) fn remember(&mut self, steps: u64, memory: &[f64]) {
        self.course.remember(steps, memory);
    }

    /// A step of length `h` of all lanes, the input's time kept below `limit`; how many states are beyond the ceiling, or no
    /// numbers, then.
    ///
    /// With delays the past is straight lines between the steps, and what arrives is that of the step's middle: held from
    /// its start it would be half a step late, which raises the variance of delayed inhibition by some per cent at the
    /// default step. With the middle the error of the variance is of second order. White noise leaves straight lines, by
    /// the root of a step, but up as much as down and anew in every step: in the sum that is one order smaller.
    pub(super) fn step(
        &mut self,
        dynamics: &(impl Dynamics + ?Sized),
        mut history: Option<&mut History>,
        x: &mut [f64],
        (now, limit, h): (f64, f64, f64),
        ceiling: f64,
    ) -> u64 {
        let mut drive = Drive { input: self.course.colored(), past: &[] };
        if let Some(history) = &mut history {
            history.look(now + 0.5 * h, Side::After);
            drive.past = &history.past;
            self.before.clear();
            self.before.extend_from_slice(x);
        }
        dynamics.driven_many(now.min(limit), x, self.lanes, drive, &mut self.target, &mut self.tau);
        // One factor for each state where time constants are constant, one for each lane elsewhere.
        let (taus, wide) = match dynamics.constant_tau() {
            Some(taus) => (taus, self.lanes),
            None => (&self.tau[..], 1),
        };
        if self.step != h || self.taus != taus {
            self.factors.clear();
            let gain = self.course.gain();
            for (k, tau) in taus.iter().enumerate() {
                let gain = gain.get(k * wide / self.lanes).copied().filter(|g| !g.is_nan()).unwrap_or(0.0);
                self.factors.push(Factors::new(self.euler, h, *tau, gain));
            }
            self.step = h;
            self.taus.clear();
            self.taus.extend_from_slice(taus);
        }
        self.course.advance(h);
        let beyond = Instructions::widest().run(Update {
            x: &mut *x,
            target: &self.target,
            white: self.course.white(),
            factors: &self.factors,
            wide,
            ceiling,
        });
        if let Some(history) = history {
            history.keep((now, now + h), [&self.before, x], None);
        }
        beyond
    }
}

impl Factors {
    fn new(euler: bool, h: f64, tau: f64, gain: f64) -> Factors {
        if euler {
            return Factors { approach: h / tau, spread: gain * h.sqrt() };
        }
        let gathered = -0.5 * tau * (-2.0 * h / tau).exp_m1();
        Factors { approach: -(-h / tau).exp_m1(), spread: gain * gathered.sqrt() }
    }
}

struct Update<'a> {
    x: &'a mut [f64],
    target: &'a [f64],
    /// Of the units, the first states; empty without white noise.
    white: &'a [f64],
    factors: &'a [Factors],
    /// States to a factor.
    wide: usize,
    ceiling: f64,
}

impl Compute for Update<'_> {
    type Output = u64;

    #[inline(always)]
    fn compute<const FMA: bool>(self) -> u64 {
        let Update { x, target, white, factors, wide, ceiling } = self;
        let mut beyond = 0u64;
        let mut states = x.chunks_exact_mut(wide).zip(target.chunks_exact(wide)).zip(factors);
        for (noise, ((x, target), f)) in white.chunks_exact(wide).zip(states.by_ref()) {
            for ((x, target), noise) in x.iter_mut().zip(target).zip(noise) {
                *x = mul_add::<FMA>(f.spread, *noise, mul_add::<FMA>(*target - *x, f.approach, *x));
                beyond += u64::from(x.abs() > ceiling || x.is_nan());
            }
        }
        for ((x, target), f) in states {
            for (x, target) in x.iter_mut().zip(target) {
                *x = mul_add::<FMA>(*target - *x, f.approach, *x);
                beyond += u64::from(x.abs() > ceiling || x.is_nan());
            }
        }
        beyond
    }
}
