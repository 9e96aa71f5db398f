//! What is kept of a stretch while a method of the library `ivp` crosses it.

use super::between::{Between, interpolate};
use super::simulation::Simulation;
use super::stretch::{Passed, Stretch};
use super::times::ran_away;
use ivp::dense::StepInterpolant;
use ivp::solout::{ControlFlag, SolOut};

/// Keeps the states at recorded times and the last one, and stops where the state has run away.
pub(super) struct Watch<'a> {
    ceiling: f64,
    /// Recorded times that come, from the start of the stretch on.
    at: Vec<f64>,
    recorded: Vec<f64>,
    /// States between steps; None: by the method's interpolation as it is.
    between: Option<Between<'a>>,
    inside: Vec<f64>,
    /// The state at the start of the step, and at its end.
    before: Vec<f64>,
    state: Vec<f64>,
    from: f64,
    pub(super) runaway: Option<(f64, usize)>,
    /// How far it came, from the start of the stretch on.
    pub(super) time: f64,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        start: &[f64],
        ceiling: f64,
        stretch: &Stretch<'_>,
        between: Option<Between<'a>>,
    ) -> Self {
        Watch {
            ceiling,
            at: stretch.at.iter().map(|t| t - stretch.from).collect(),
            recorded: Vec::with_capacity(stretch.at.len() * start.len()),
            between,
            inside: Vec::new(),
            before: start.to_vec(),
            state: start.to_vec(),
            from: stretch.from,
            runaway: None,
            time: 0.0,
        }
    }

    /// The recorded times up to `t`, where the state is `self.state`.
    fn record(&mut self, t: f64, step: Option<&StepInterpolant<'_>>) {
        let n = self.state.len();
        let first = self.recorded.len() / n;
        let count = self.at[first..].iter().take_while(|at| **at <= t).count();
        let times = &self.at[first..first + count];
        let early = if step.is_some() { times.iter().take_while(|at| **at < t).count() } else { 0 };
        self.inside.clear();
        match (step, &mut self.between) {
            (Some(step), Some(between)) if early > 0 => {
                between.states(step, &self.before, &self.state, &times[..early], &mut self.inside);
            }
            (Some(step), _) => interpolate(step, n, &times[..early], &mut self.inside),
            (None, _) => {}
        }
        self.inside.resize(early * n, f64::NAN);
        (early..count).for_each(|_| self.inside.extend_from_slice(&self.state));
        let away = (0..count).find(|k| ran_away(&self.inside[k * n..(k + 1) * n], self.ceiling).is_some());
        self.recorded.extend_from_slice(&self.inside[..away.unwrap_or(count) * n]);
        if let Some(k) = away {
            self.run_away(self.time, self.at[first + k], step);
        }
    }

    /// Finds where the state passed the ceiling after `from`, where it had not, and before `to`, where it has.
    fn run_away(&mut self, mut from: f64, mut to: f64, step: Option<&StepInterpolant<'_>>) {
        if let Some(step) = step {
            let mut between = vec![0.0; self.state.len()];
            for _ in 0..60 {
                let middle = from + 0.5 * (to - from);
                step.interpolate(middle, &mut between);
                let beyond = ran_away(&between, self.ceiling).is_some();
                *(if beyond { &mut to } else { &mut from }) = middle;
            }
            step.interpolate(to, &mut between);
            if ran_away(&between, self.ceiling).is_some() {
                self.state.copy_from_slice(&between);
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

impl SolOut for Watch<'_> {
    fn solout(
        &mut self,
        _: f64,
        t: &mut f64,
        x: &mut [f64],
        step: Option<&StepInterpolant<'_>>,
    ) -> ControlFlag {
        std::mem::swap(&mut self.before, &mut self.state);
        self.state.copy_from_slice(x);
        self.record(*t, step);
        if self.runaway.is_none() && ran_away(&self.state, self.ceiling).is_some() {
            self.run_away(self.time, *t, step);
        }
        self.time = *t;
        if self.runaway.is_some() { ControlFlag::Interrupt } else { ControlFlag::Continue }
    }
}
