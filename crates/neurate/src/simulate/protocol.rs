//! How a circuit is run: what it starts from, what it gets, what is recorded. Its `[run]`, defaults filled in.

use super::method::{Method, Outcome};

use super::simulation::Simulation;

use super::trajectory::{Trajectory, room};

use super::trials::{TrialOptions, Trials, trials};

use super::times::{check_rows, check_steps, time_grid};
use crate::dynamics::CircuitDynamics;
use crate::model::{Circuit, Color, Start};
use neurate_numerics::digits::short;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use neurate_numerics::progress::Progress;

/// Recorded times when the file does not say.
const RECORDED: usize = 400;

/// Steps that are made without a `dt` in the file: nobody said that so many are meant. Minutes' worth; or some seconds',
/// where the run has no duration either. With delays a step looks up the past.
const MOST_OF_DEFAULT_DT: f64 = 1e9;
const MOST_OF_DEFAULTS: f64 = 1e7;
const MOST_WITH_DELAYS: f64 = 1e6;

/// What a run is asked for beside the circuit's own `[run]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunOptions {
    /// Whether it has the circuit's noise (which `noise = false` under `[run]` switches off, too).
    pub noisy: bool,
    /// Seed of the noise instead of the circuit's `run.seed`. Weights have a seed of their own.
    pub seed: Option<u64>,
    /// Threads for large products; results do not depend on it.
    pub threads: usize,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions { noisy: false, seed: None, threads: 1 }
    }
}

impl RunOptions {
    /// Whether it has the circuit's noise.
    #[must_use]
    pub fn noisy(mut self, noisy: bool) -> RunOptions {
        self.noisy = noisy;
        self
    }
    /// The seed of the noise instead of the circuit's.
    #[must_use]
    pub fn seed(mut self, seed: impl Into<Option<u64>>) -> RunOptions {
        self.seed = seed.into();
        self
    }
    /// Threads for large products.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> RunOptions {
        self.threads = threads;
        self
    }
}

/// How a circuit's run is set up.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Protocol {
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

impl Protocol {
    /// The run that the circuit's `[run]` asks for, defaults filled in. `operating_point` is called only where the run
    /// starts there, and gives None where the circuit has none: `start = "fixed point"` is then an error; a run whose
    /// start is not given begins at rest.
    ///
    /// # Errors
    /// A start, method, step or tolerance that is not possible; noise without a seed; those of `operating_point`; more steps
    /// than anybody waits for, or recorded times than there is memory for.
    pub fn new(
        c: &Circuit,
        options: &RunOptions,
        operating_point: impl FnOnce() -> Result<Option<Vec<f64>>>,
    ) -> Result<Protocol> {
        let (start, start_words) = start(c, operating_point)?;
        let run = c.run();
        let (fastest, slowest) = c.time_scales();
        let begin = c.stimuli().iter().flat_map(|s| s.waveform.breakpoints()).fold(0.0, f64::min);
        let end = run.duration.map_or_else(
            || {
                let last = c.stimuli().iter().flat_map(|s| s.waveform.breakpoints()).fold(0.0, f64::max);
                last + 10.0 * slowest
            },
            |d| begin + d,
        );
        let count = run.every.map_or(RECORDED as f64, |e| ((end - begin) / e).round().max(1.0));
        check_rows(count)?;
        let noisy = options.noisy && run.noise && !c.noise().is_empty();
        let seed = options.seed.or(run.seed).or(c.seed());
        if noisy && seed.is_none() {
            return Err(Error::invalid(
                "a run with noise draws it, the same for the same seed: the run needs one",
            )
            .with_help(
                "write seed = 1 under [run] (--set run.seed=1), or noise = false there for a run without",
            ));
        }
        let noise = seed.filter(|_| noisy);
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
        if let Some(dt) = method.dt() {
            // No step is longer than the shortest delay.
            let step = c.delays().and_then(|d| d.distinct().first()).map_or(dt, |shortest| dt.min(*shortest));
            check_steps(end - begin, step)?;
            let steps = (end - begin) / step;
            let most = match (run.duration, c.delays()) {
                (Some(_), _) => MOST_OF_DEFAULT_DT,
                (None, None) => MOST_OF_DEFAULTS,
                (None, Some(_)) => MOST_WITH_DELAYS,
            };
            if run.dt.is_none() && steps > most {
                return Err(too_many_by_default(c, steps, step, run.duration.is_some()));
            }
        }
        let times = time_grid(begin, end, count as usize);
        Ok(Protocol { start, start_words, times, method, threads: options.threads, noise })
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
    /// The method gives up, see [`Simulation`]; the states take more memory than
    /// [may be used](neurate_numerics::budget), or than there is.
    pub fn run(&self, circuit: &Circuit) -> Result<Trajectory> {
        self.run_watched(circuit, &Progress::default())
    }

    /// [`Protocol::run`], which reports at every recorded time how many of them are reached.
    ///
    /// # Errors
    /// As [`Protocol::run`]; `progress` stopped it.
    pub fn run_watched(&self, circuit: &Circuit, progress: &Progress) -> Result<Trajectory> {
        let (mut times, mut states) = room(self.times.len(), self.start.len())?;
        let (outcome, evaluations) = self.each(circuit, &mut |time, x| {
            times.push(time);
            states.extend_from_slice(x);
            progress.at(times.len(), self.times.len())
        })?;
        let states = Matrix::from_vec(times.len(), self.start.len(), states);
        Ok(Trajectory { times, states, outcome, evaluations })
    }

    /// The run at its start, of what [`Protocol::dynamics`] gives.
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
    /// As [`Protocol::run`].
    pub fn watch(&self, circuit: &Circuit, each: &mut dyn FnMut(f64, &[f64])) -> Result<(Outcome, u64)> {
        self.each(circuit, &mut |time, x| {
            each(time, x);
            Ok(())
        })
    }

    /// [`Protocol::watch`], which an error of `each` ends.
    fn each(
        &self,
        circuit: &Circuit,
        each: &mut dyn FnMut(f64, &[f64]) -> Result<()>,
    ) -> Result<(Outcome, u64)> {
        let dynamics = self.dynamics(circuit)?.on_threads(self.threads);
        let mut run = self.begin(circuit, &dynamics)?;
        while let Some(time) = run.advance()? {
            each(time, run.state())?;
        }
        Ok((run.outcome().unwrap_or(Outcome::Completed), run.evaluations()))
    }

    /// Runs `count` trials as planned, and keeps the whole time courses of the given units; see [`trials`].
    ///
    /// # Errors
    /// A run without noise, or a method that cannot have any; `progress` stopped it.
    pub fn trials(
        &self,
        circuit: &Circuit,
        count: usize,
        courses: Vec<usize>,
        progress: &Progress,
    ) -> Result<Trials> {
        if self.noise.is_none() {
            return Err(Error::invalid("trials differ by their noise, and this run has none").with_help(
                "add a [noise] table: background = { to = \"*\", kind = \"ou\", sd = 1, time = 5 }",
            ));
        }
        let options = TrialOptions::new(count).threads(self.threads).courses(courses);
        let dynamics = self.dynamics(circuit)?;
        trials(&dynamics, &self.start, &self.times, self.method, circuit.run().ceiling, &options, progress)
    }
}

fn too_many_by_default(c: &Circuit, steps: f64, step: f64, has_duration: bool) -> Error {
    let unit = &c.units().time;
    let (fastest, slowest) = c.time_scales();
    let error = Error::unsupported(format!(
        "the run would take {steps:.0e} steps of {} {unit}: time constants and delays are between {} and {} {unit}",
        short(step),
        short(fastest.min(step)),
        short(slowest)
    ));
    error.with_help(if has_duration {
        "write the step under [run] if so many are meant: dt; or method = \"stiff\" without noise and delays"
    } else {
        "write a duration under [run], or a dt; or method = \"stiff\" without noise and delays"
    })
}

/// The state from which a run starts, and what it is in words.
fn start(
    c: &Circuit,
    operating_point: impl FnOnce() -> Result<Option<Vec<f64>>>,
) -> Result<(Vec<f64>, String)> {
    let dynamics = CircuitDynamics::new(c);
    let rest = |words: &str| Ok((dynamics.rest(), words.to_string()));
    let known = match &c.run().start {
        Start::State(x) => return Ok((dynamics.complete(x), "the given state".to_string())),
        Start::Rest => return rest("rest"),
        // Without stimuli nothing would move off the operating point.
        Start::Default if c.stimuli().is_empty() => return rest("rest"),
        Start::Default | Start::FixedPoint => operating_point()?,
    };
    match (known, &c.run().start) {
        (Some(state), _) => Ok((dynamics.complete(&state), "the operating point".to_string())),
        (None, Start::FixedPoint) => {
            Err(Error::invalid("start = \"fixed point\": no stable fixed point was found to start from")
                .with_help("start = \"rest\", or a state: start = { E = 5 }"))
        }
        (None, _) => rest("rest, as no stable fixed point was found"),
    }
}
