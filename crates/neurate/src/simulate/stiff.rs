//! The stiff method, by the library `ivp`: backward differentiation formulas of variable order.
//!
//! It starts anew at every event of the input, with order 1, which costs some thirty steps. (The library's RADAU5, of one
//! step, keeps tolerances better, but factorizes two matrices at almost every step, one of them complex: ten times the time
//! at 200 states. In 0.6 it also needs `mass_storage: Identity` and tolerances as vectors; without the first it solves
//! f = 0 instead.)

use super::simulation::Simulation;
use super::stretch::{Passed, Stretch};
use super::times::ran_away;
use crate::dynamics::Dynamics;
use ivp::dense::StepInterpolant;
use ivp::ivp::FirstOrderSystem;
use ivp::matrix::Matrix;
use ivp::methods::{BDF, Tolerance};
use ivp::solout::{ControlFlag, SolOut};
use ivp::status::Status;
use neurate_numerics::error::{Error, Result};
use std::cell::{Cell, RefCell};

/// Steps after which it gives up between two recorded times.
const MAX_STEPS: usize = 1_000_000;

/// The field and its Jacobian over one interval, as the library asks for them.
pub(super) struct Adapter<'a> {
    dynamics: &'a dyn Dynamics,
    from: f64,
    limit: f64,
    scratch: RefCell<Vec<f64>>,
    evaluations: Cell<u64>,
}

impl<'a> Adapter<'a> {
    pub(super) fn new(dynamics: &'a dyn Dynamics, from: f64, limit: f64) -> Self {
        let scratch = RefCell::new(vec![0.0; dynamics.dim()]);
        Adapter { dynamics, from, limit, scratch, evaluations: Cell::new(0) }
    }
    /// Time counts from the interval's start: steps as short as its last digit are no underflow then.
    fn time(&self, t: f64) -> f64 {
        (self.from + t).min(self.limit)
    }
    pub(super) fn evaluations(&self) -> u64 {
        self.evaluations.get()
    }
}

impl FirstOrderSystem for Adapter<'_> {
    fn derivative(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        self.evaluations.set(self.evaluations.get() + 1);
        self.dynamics.field(self.time(t), x, dx, &mut self.scratch.borrow_mut());
    }
    fn jac(&self, t: f64, x: &[f64], out: &mut Matrix) {
        let jacobian = self.dynamics.jacobian(self.time(t), x);
        for i in 0..x.len() {
            for j in 0..x.len() {
                out[(i, j)] = jacobian[(i, j)];
            }
        }
    }
}

/// Keeps the states at recorded times and the last one, and stops where the state has run away.
pub(super) struct Watch {
    ceiling: f64,
    /// Recorded times that come, from the start of the stretch on.
    at: Vec<f64>,
    recorded: Vec<f64>,
    between: Vec<f64>,
    state: Vec<f64>,
    from: f64,
    pub(super) runaway: Option<(f64, usize)>,
    /// How far it came, from the start of the stretch on.
    pub(super) time: f64,
}

impl Watch {
    pub(super) fn new(start: &[f64], ceiling: f64, stretch: &Stretch<'_>) -> Self {
        Watch {
            ceiling,
            at: stretch.at.iter().map(|t| t - stretch.from).collect(),
            recorded: Vec::with_capacity(stretch.at.len() * start.len()),
            between: vec![0.0; start.len()],
            state: start.to_vec(),
            from: stretch.from,
            runaway: None,
            time: 0.0,
        }
    }

    /// The recorded times up to `t`, where the state is `self.state`.
    fn record(&mut self, t: f64, interpolant: Option<&StepInterpolant<'_>>) {
        let n = self.state.len();
        while let Some(&at) = self.at.get(self.recorded.len() / n).filter(|at| **at <= t) {
            match interpolant {
                Some(interpolant) if at < t => interpolant.interpolate(at, &mut self.between),
                _ => self.between.copy_from_slice(&self.state),
            }
            if ran_away(&self.between, self.ceiling).is_some() {
                return self.run_away(self.time, at, interpolant);
            }
            self.recorded.extend_from_slice(&self.between);
        }
    }

    /// Finds where the state passed the ceiling after `from`, where it had not, and before `to`, where it has.
    fn run_away(&mut self, mut from: f64, mut to: f64, interpolant: Option<&StepInterpolant<'_>>) {
        if let Some(interpolant) = interpolant {
            for _ in 0..60 {
                let middle = from + 0.5 * (to - from);
                interpolant.interpolate(middle, &mut self.between);
                let beyond = ran_away(&self.between, self.ceiling).is_some();
                *(if beyond { &mut to } else { &mut from }) = middle;
            }
            interpolant.interpolate(to, &mut self.between);
            if ran_away(&self.between, self.ceiling).is_some() {
                self.state.copy_from_slice(&self.between);
            }
        }
        self.runaway = ran_away(&self.state, self.ceiling).map(|i| (to, i));
    }

    /// What the stretch gave, once it is over.
    pub(super) fn passed(mut self, run: &Simulation<'_>) -> Passed {
        // The last recorded time is the end of the stretch, whatever the method's time is to the last bit.
        if self.runaway.is_none() {
            self.record(f64::INFINITY, None);
        }
        let at = |(t, i): (f64, usize)| run.runaway(self.from + t, i, self.state[i]);
        Passed { end: self.runaway.map(at), recorded: self.recorded, state: self.state }
    }
}

impl SolOut for Watch {
    fn solout(
        &mut self,
        _: f64,
        t: &mut f64,
        x: &mut [f64],
        interpolant: Option<&StepInterpolant<'_>>,
    ) -> ControlFlag {
        self.state.copy_from_slice(x);
        self.record(*t, interpolant);
        if self.runaway.is_none() && ran_away(&self.state, self.ceiling).is_some() {
            self.run_away(self.time, *t, interpolant);
        }
        self.time = *t;
        if self.runaway.is_some() { ControlFlag::Interrupt } else { ControlFlag::Continue }
    }
}

impl Simulation<'_> {
    /// Over a stretch in steps of the method's own choice.
    pub(super) fn stiff(&mut self, stretch: &Stretch<'_>, rtol: f64, atol: f64) -> Result<Passed> {
        let &Stretch { from, to, limit, .. } = stretch;
        let system = Adapter::new(self.dynamics, from, limit);
        let mut watch = Watch::new(&self.x, self.ceiling, stretch);
        let method = BDF { max_steps: MAX_STEPS, first_step: Some(1e-6 * (to - from)), ..BDF::default() };
        let (rtol, atol) = (Tolerance::from(rtol), Tolerance::from(atol));
        let result = method.solve(&system, 0.0, &self.x, to - from, rtol, atol, Some(&mut watch));
        self.evaluations += system.evaluations();
        let why = match result {
            _ if watch.runaway.is_some() => return Ok(watch.passed(self)),
            Ok(end) if matches!(end.status, Status::Success) => return Ok(watch.passed(self)),
            Ok(end) => format!("{:?}", end.status),
            Err(e) => format!("{e:?}"),
        };
        Err(Error::not_converged(format!("the stiff method gave up at time {}: {why}", from + watch.time))
            .with_help("loosen rtol and atol, or use method = \"exponential-euler\" with a small dt"))
    }
}
