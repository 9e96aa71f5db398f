//! Members run until they rest, or to a time.

use super::block::Block;
use super::members::{Ensemble, Scalar, in_chunks};
use crate::model::transfer::LANES;
use neurate_numerics::error::{Error, Result};
use std::ops::Range;

/// Steps between two looks at the members.
const ROUND: usize = 8;

/// How members are run until they rest.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SettleOptions {
    /// Step of exponential Euler, the same for all members; None: a twentieth of the shortest time constant.
    pub dt: Option<f64>,
    /// A member rests when `|target - x|` of all its units is below this.
    pub tolerance: f64,
    /// A member that has not settled after this time is still moving; None: a thousand of the longest time constant.
    pub duration: Option<f64>,
    /// States to start from, value of unit `j` in member `e` at `j * members + e`; None: at rest.
    pub start: Option<Vec<f64>>,
    /// Threads. The results do not depend on them.
    pub threads: usize,
}

impl Default for SettleOptions {
    fn default() -> Self {
        SettleOptions { dt: None, tolerance: 1e-8, duration: None, start: None, threads: 1 }
    }
}

impl SettleOptions {
    /// The step, the same for all members.
    #[must_use]
    pub fn dt(mut self, dt: impl Into<Option<f64>>) -> SettleOptions {
        self.dt = dt.into();
        self
    }
    /// The largest `|target - x|` at rest.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> SettleOptions {
        self.tolerance = tolerance;
        self
    }
    /// The time after which a member is still moving.
    #[must_use]
    pub fn duration(mut self, duration: impl Into<Option<f64>>) -> SettleOptions {
        self.duration = duration.into();
        self
    }
    /// The states to start from.
    #[must_use]
    pub fn start(mut self, start: impl Into<Option<Vec<f64>>>) -> SettleOptions {
        self.start = start.into();
        self
    }
    /// Threads.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> SettleOptions {
        self.threads = threads;
        self
    }
}

/// How a member ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Ending {
    /// It rests, to the tolerance.
    Converged = 0,
    /// A state passed the ceiling of the circuit's `[run]`, or is no number any more.
    RanAway = 1,
    /// It was still moving at the end of its time: it oscillates, or is slow.
    StillMoving = 2,
}

impl Ending {
    /// The words, by number.
    pub const WORDS: &'static [&'static str] = &["converged", "ran away", "still moving"];
}

/// Where the members of an ensemble ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SteadyStates {
    /// States: rates in rate form, voltages otherwise; unit `j` of member `e` at `j * members + e`. NaN where it ran
    /// away.
    pub states: Vec<f64>,
    /// How each member ended.
    pub endings: Vec<Ending>,
    /// Steps that each member took; a member is looked at after every eight.
    pub steps: Vec<u64>,
    /// The largest `|target - x|` of each member before its last step.
    pub distance: Vec<f64>,
    /// The step.
    pub dt: f64,
}

/// One chunk's part of that.
struct Part {
    states: Vec<f64>,
    endings: Vec<Ending>,
    steps: Vec<u64>,
    distance: Vec<f64>,
}

impl Ensemble {
    /// Runs every member under its constant input until it rests, by exponential Euler: its fixed points are those of
    /// the equation, whatever the step. What a member does does not depend on its neighbors.
    ///
    /// # Errors
    /// A step, tolerance or duration that is not positive; a start of the wrong size, or not finite.
    pub fn steady_states(&self, options: &SettleOptions) -> Result<SteadyStates> {
        positive(options.tolerance, "the tolerance")?;
        let duration = match options.duration {
            Some(d) => d,
            None => 1000.0 * self.extreme_tau(f64::max),
        };
        positive(duration, "the duration")?;
        let dt = self.step(options.dt)?;
        // A member ends at a look, whatever its neighbors do.
        let limit = ((duration / dt).ceil() as u64).next_multiple_of(ROUND as u64);
        self.run(dt, limit, options.tolerance, options.start.as_deref(), options.threads)
    }

    /// The states of all members after a time under their constant input, by exponential Euler with equal steps of at
    /// most `dt`. The endings tell which ran away; all others are called still moving.
    ///
    /// # Errors
    /// As [`Ensemble::steady_states`].
    pub fn states_at(
        &self,
        duration: f64,
        dt: Option<f64>,
        start: Option<&[f64]>,
        threads: usize,
    ) -> Result<SteadyStates> {
        positive(duration, "the duration")?;
        // The slack forgives the rounding of the quotient.
        let steps = ((duration / self.step(dt)?) * (1.0 - 1e-12)).ceil().max(1.0);
        self.run(duration / steps, steps as u64, f64::NEG_INFINITY, start, threads)
    }

    fn step(&self, dt: Option<f64>) -> Result<f64> {
        let dt = dt.unwrap_or_else(|| self.extreme_tau(f64::min) / 20.0);
        positive(dt, "dt").map(|()| dt)
    }

    fn extreme_tau(&self, extreme: fn(f64, f64) -> f64) -> f64 {
        let all = (0..self.circuit.n()).map(|i| match self.tau(i) {
            Scalar::Same(tau) => *tau,
            Scalar::Each(taus) => taus.iter().copied().fold(taus[0], extreme),
        });
        all.reduce(extreme).unwrap_or(1.0)
    }

    fn run(
        &self,
        dt: f64,
        limit: u64,
        tolerance: f64,
        start: Option<&[f64]>,
        threads: usize,
    ) -> Result<SteadyStates> {
        let n = self.circuit.n();
        if let Some(s) = start.filter(|s| s.len() != n * self.members || s.iter().any(|x| !x.is_finite())) {
            return Err(Error::invalid(format!(
                "the start needs {} finite values, one for each unit and member; it has {}",
                n * self.members,
                s.len()
            )));
        }
        let parts =
            in_chunks(self.members, threads, &|chunk| self.run_chunk(chunk, dt, limit, tolerance, start))?;
        let mut all = SteadyStates {
            states: Vec::with_capacity(n * self.members),
            endings: Vec::with_capacity(self.members),
            steps: Vec::with_capacity(self.members),
            distance: Vec::with_capacity(self.members),
            dt,
        };
        for i in 0..n {
            for part in &parts {
                let len = part.endings.len();
                all.states.extend_from_slice(&part.states[i * len..(i + 1) * len]);
            }
        }
        for part in parts {
            all.endings.extend(part.endings);
            all.steps.extend(part.steps);
            all.distance.extend(part.distance);
        }
        Ok(all)
    }

    /// Runs a chunk of members in lanes; where one has ended, the next takes its lane.
    fn run_chunk(
        &self,
        chunk: Range<usize>,
        dt: f64,
        limit: u64,
        tolerance: f64,
        start: Option<&[f64]>,
    ) -> Result<Part> {
        let (n, len) = (self.circuit.n(), chunk.len());
        let ceiling = self.circuit.run().ceiling;
        let mut part = Part {
            states: vec![0.0; n * len],
            endings: vec![Ending::StillMoving; len],
            steps: vec![0; len],
            distance: vec![0.0; len],
        };
        let mut block = Block::new(self, dt, tolerance);
        let mut waiting = chunk.clone();
        let mut lanes: [Option<usize>; LANES] = [None; LANES];
        let mut taken = [0u64; LANES];
        for lane in 0..LANES {
            lanes[lane] = waiting.next();
            match lanes[lane] {
                Some(member) => block.load(lane, member, start)?,
                None => block.idle(lane),
            }
        }
        let mut running = lanes.iter().flatten().count();
        while running > 0 {
            // No member takes more steps than it may.
            let most = (0..LANES).filter(|&l| lanes[l].is_some()).map(|l| taken[l]).max().unwrap_or(0);
            let mut left = limit - most;
            loop {
                let round = (ROUND as u64).min(left);
                block.steps(round as usize);
                left -= round;
                taken.iter_mut().for_each(|t| *t += round);
                if left == 0 || block.news(ceiling) {
                    break;
                }
            }
            let mut look = [false; LANES];
            for l in 0..LANES {
                let distance = block.distance[l];
                look[l] = distance < tolerance || distance.is_nan() || taken[l] >= limit;
            }
            for unit in block.state.as_chunks::<LANES>().0 {
                (0..LANES).for_each(|l| look[l] |= unit[l].abs() > ceiling);
            }
            for l in (0..LANES).filter(|&l| look[l]) {
                let Some(member) = lanes[l] else { continue };
                let e = member - chunk.start;
                let mut away = block.distance[l].is_nan();
                for i in 0..n {
                    let x = block.state[i * LANES + l];
                    away |= x.abs() > ceiling || x.is_nan();
                    part.states[i * len + e] = x;
                }
                if away {
                    (0..n).for_each(|i| part.states[i * len + e] = f64::NAN);
                }
                part.endings[e] = if away {
                    Ending::RanAway
                } else if block.distance[l] < tolerance {
                    Ending::Converged
                } else {
                    Ending::StillMoving
                };
                part.steps[e] = taken[l];
                part.distance[e] = block.distance[l];
                lanes[l] = waiting.next();
                taken[l] = 0;
                match lanes[l] {
                    Some(next) => block.load(l, next, start)?,
                    None => {
                        block.idle(l);
                        running -= 1;
                    }
                }
            }
        }
        Ok(part)
    }
}

fn positive(x: f64, what: &str) -> Result<()> {
    if x.is_finite() && x > 0.0 {
        return Ok(());
    }
    Err(Error::invalid(format!("{what} is {x}; it must be a positive number")))
}
