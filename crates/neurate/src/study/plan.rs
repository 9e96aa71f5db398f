//! How a circuit is run: its `[run]`, defaults filled in.

use super::Study;
use crate::dynamics::CircuitDynamics;
use crate::model::{Circuit, Color, Start};
use crate::simulate::{Method, Outcome, Simulation, Trajectory, TrialOptions, Trials, time_grid, trials};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// Recorded times when the file does not say.
const RECORDED: usize = 400;

/// How a circuit's run is set up.
pub struct Plan {
    /// The state it starts from.
    pub start: Vec<f64>,
    /// That state in words.
    pub start_words: String,
    /// The times at which it is recorded.
    pub times: Vec<f64>,
    /// The integrator.
    pub method: Method,
    /// Threads for large products.
    pub threads: usize,
    /// The seed of its noise, if it has any.
    pub noise: Option<u64>,
}

impl Plan {
    /// The plan that the circuit's `[run]` asks for, defaults filled in.
    ///
    /// # Errors
    /// A method, step or tolerance that makes no sense; noise without a seed.
    pub fn new(study: &Study) -> Result<Plan> {
        let c = study.circuit();
        let run = c.run();
        let dynamics = CircuitDynamics::new(c);
        let (start, start_words) = match (&run.start, study.operating_point()) {
            (Start::State(x), _) => (dynamics.complete(x), "the given state".to_string()),
            (Start::FixedPoint, Some(p)) if !c.stimuli().is_empty() => {
                (dynamics.complete(&p.state), "the operating point".to_string())
            }
            _ => (dynamics.rest(), "rest".to_string()),
        };
        let (fastest, slowest) = c.time_scales();
        let begin = c.stimuli().iter().flat_map(|s| s.waveform.breakpoints()).fold(0.0, f64::min);
        let end = run.duration.map_or_else(
            || {
                let last = c.stimuli().iter().flat_map(|s| s.waveform.breakpoints()).fold(0.0, f64::max);
                last + 10.0 * slowest
            },
            |d| begin + d,
        );
        let count = run.every.map_or(RECORDED, |e| ((end - begin) / e).round().max(1.0) as usize);
        let noisy = study.choices().noisy && run.noise && !c.noise().is_empty();
        let noise = match (noisy, c.seed()) {
            (true, None) => {
                return Err(Error::invalid("a run with noise draws it, the same for the same seed: the file needs one")
                    .with_help("write seed = 1 at the top (--set seed=1), or noise = false under [run] for a run without"));
            }
            (true, seed) => seed,
            _ => None,
        };
        let colors = c.noise().iter().filter(|_| noisy).filter_map(|s| match s.color {
            Color::OrnsteinUhlenbeck { time } => Some(time),
            Color::White => None,
        });
        let dt = run.dt.unwrap_or(colors.fold(fastest, f64::min) / 20.0);
        let default = match (noisy, c.delays().is_some()) {
            (true, _) => "exponential-euler",
            (false, true) => "rk4",
            (false, false) => "adaptive",
        };
        let method = Method::new(run.method.as_deref().unwrap_or(default), dt, run.rtol, run.atol)?;
        let threads = study.choices().threads;
        Ok(Plan { start, start_words, times: time_grid(begin, end, count), method, threads, noise })
    }

    /// The equation that it runs, with its noise.
    ///
    /// # Errors
    /// Noise that the circuit cannot have.
    pub fn dynamics<'a>(&self, circuit: &'a Circuit) -> Result<CircuitDynamics<'a>> {
        let dynamics = CircuitDynamics::new(circuit);
        let dynamics = if circuit.run().single { dynamics.in_single_precision() } else { dynamics };
        match self.noise {
            Some(seed) => dynamics.with_noise(seed),
            None => Ok(dynamics),
        }
    }

    /// Runs the circuit as planned.
    ///
    /// # Errors
    /// The method gives up; see [`Simulation`].
    pub fn run(&self, circuit: &Circuit) -> Result<Trajectory> {
        let (mut times, mut states) = (Vec::new(), Vec::new());
        let (outcome, evaluations) = self.watch(circuit, &mut |time, x| {
            times.push(time);
            states.extend_from_slice(x);
        })?;
        let states = Matrix::from_vec(times.len(), self.start.len(), states);
        Ok(Trajectory { times, states, outcome, evaluations })
    }

    /// The run at its start, of what [`Plan::dynamics`] gives.
    ///
    /// # Errors
    /// As [`Simulation::new`] and [`Simulation::until_steady`].
    pub fn begin<'a>(&self, circuit: &Circuit, dynamics: &'a CircuitDynamics) -> Result<Simulation<'a>> {
        let ceiling = circuit.run().ceiling;
        let run = Simulation::new(dynamics, &self.start, &self.times, self.method, ceiling)?;
        match circuit.run().steady {
            Some(tolerance) => run.until_steady(tolerance),
            None => Ok(run),
        }
    }

    /// Runs the circuit as planned and shows each recorded state, which is kept nowhere. Returns how the run ended, and
    /// the number of evaluations.
    ///
    /// # Errors
    /// As [`Plan::run`].
    pub fn watch(&self, circuit: &Circuit, each: &mut dyn FnMut(f64, &[f64])) -> Result<(Outcome, u64)> {
        let dynamics = self.dynamics(circuit)?.on_threads(self.threads);
        let mut run = self.begin(circuit, &dynamics)?;
        while let Some(time) = run.advance()? {
            each(time, run.state());
        }
        Ok((run.outcome().unwrap_or(Outcome::Completed), run.evaluations()))
    }

    /// Runs `count` trials as planned, and keeps the whole courses of the given units; see [`trials`].
    ///
    /// # Errors
    /// A run without noise, or a method that knows none.
    pub fn trials(
        &self,
        circuit: &Circuit,
        count: usize,
        courses: Vec<usize>,
        go_on: &(dyn Fn(f64) -> bool + Sync),
    ) -> Result<Option<Trials>> {
        if self.noise.is_none() {
            return Err(Error::invalid("trials differ by their noise, and this run has none").with_help(
                "add a [noise] table: background = { to = \"*\", kind = \"ou\", sd = 1, time = 5 }",
            ));
        }
        let options = TrialOptions { count, threads: self.threads, courses };
        let dynamics = self.dynamics(circuit)?;
        trials(&dynamics, &self.start, &self.times, self.method, circuit.run().ceiling, &options, go_on)
    }
}
