//! A run in progress, which can be left and taken up again.

use super::history::{History, check_delays, events};
use super::method::{Method, Outcome};
use super::stochastic::Stochastic;
use super::stretch::Ahead;
use super::times::{check, check_steps, ran_away};
use super::work::Work;
use crate::dynamics::Dynamics;
use neurate_numerics::error::{Error, Result};

/// Most states of the stiff method, which factorizes matrices of them.
pub(crate) const MAX_STIFF: usize = 4000;

/// A run, from one recorded time to the next. It holds one state, however long it is.
///
/// ```
/// use neurate::dynamics::CircuitDynamics;
/// use neurate::prelude::*;
/// use neurate::simulate::{Method, Simulation, time_grid};
/// let circuit = file::parse(&file::template("ei").unwrap(), "ei", ".".as_ref(), &[])?.build()?;
/// let dynamics = CircuitDynamics::new(&circuit);
/// let method = Method::ExponentialEuler { dt: 0.1 };
/// let mut run = Simulation::new(&dynamics, &[0.0, 0.0], &time_grid(0.0, 100.0, 50), method, 1e6)?;
/// while let Some(time) = run.advance()? {
///     if time == 50.0 {
///         break;
///     }
/// }
/// // Elsewhere, later: the same bits as if it had never stopped.
/// let left = run.checkpoint().to_bytes();
/// let mut again = Simulation::new(&dynamics, &[0.0, 0.0], &time_grid(0.0, 100.0, 50), method, 1e6)?;
/// again.resume(&neurate::simulate::Checkpoint::from_bytes(&left)?)?;
/// while again.advance()?.is_some() && run.advance()?.is_some() {
///     assert_eq!(again.state(), run.state());
/// }
/// # Ok::<(), neurate::Error>(())
/// ```
pub struct Simulation<'a> {
    pub(super) dynamics: &'a dyn Dynamics,
    pub(super) method: Method,
    pub(super) ceiling: f64,
    pub(super) x: Vec<f64>,
    pub(super) evaluations: u64,
    pub(super) work: Work,
    pub(super) noise: Option<Stochastic<'a>>,
    pub(super) history: Option<History>,
    pub(super) ahead: Option<Ahead>,
    pub(super) times: Vec<f64>,
    jumps: Vec<(f64, Vec<f64>)>,
    /// Times at which the input is not smooth, or the state jumps; the end last.
    events: Vec<f64>,
    /// The recorded time that comes next.
    pub(super) next: usize,
    /// How far a steady state may be from its target.
    pub(super) steady: Option<f64>,
    pub(super) outcome: Option<Outcome>,
}

/// Where a run was left, at a recorded time: all that it needs to go on with the same bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// How many times have been recorded.
    pub recorded: usize,
    evaluations: u64,
    /// Steps of the noise; or how many states have been taken since a method that chooses its steps last started.
    steps: u64,
    /// The state, then what the noise remembers, then what the delays do, or the state at which the method started.
    numbers: Vec<f64>,
}

impl Checkpoint {
    /// As bytes, little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [self.recorded as u64, self.evaluations, self.steps];
        head.iter()
            .flat_map(|x| x.to_le_bytes())
            .chain(self.numbers.iter().flat_map(|x| x.to_le_bytes()))
            .collect()
    }

    /// From [`Checkpoint::to_bytes`].
    ///
    /// # Errors
    /// It is too short, or cut.
    pub fn from_bytes(bytes: &[u8]) -> Result<Checkpoint> {
        let (words, rest) = bytes.as_chunks::<8>();
        let [recorded, evaluations, steps, numbers @ ..] = words else {
            return Err(Error::invalid("a checkpoint has at least 24 bytes"));
        };
        if !rest.is_empty() {
            return Err(Error::invalid("a checkpoint is cut within a number"));
        }
        Ok(Checkpoint {
            recorded: u64::from_le_bytes(*recorded) as usize,
            evaluations: u64::from_le_bytes(*evaluations),
            steps: u64::from_le_bytes(*steps),
            numbers: numbers.iter().map(|b| f64::from_le_bytes(*b)).collect(),
        })
    }
}

impl<'a> Simulation<'a> {
    /// A run that starts from `x0` at `times[0]` and stops at every one of the rising `times`; see
    /// [`simulate`](super::simulate).
    ///
    /// # Errors
    /// As there.
    pub fn new(
        dynamics: &'a dyn Dynamics,
        x0: &[f64],
        times: &[f64],
        method: Method,
        ceiling: f64,
    ) -> Result<Self> {
        let n = dynamics.dim();
        check(n, x0, times)?;
        if matches!(method, Method::Stiff { .. }) && n > MAX_STIFF {
            return Err(Error::unsupported(format!(
                "the stiff method factorizes matrices of all states, and takes up to {MAX_STIFF}; there are {n}"
            ))
            .with_help("method = \"exponential-euler\" is exact in the leak, however fast, and needs no matrices"));
        }
        let (start, end) = (times[0], times[times.len() - 1]);
        let mut jumps = dynamics.jumps();
        jumps.retain(|j| j.0 >= start && j.0 <= end);
        check_delays(dynamics, method, end - start)?;
        if let Some(dt) = method.dt() {
            check_steps(end - start, dt)?;
        }
        Ok(Simulation {
            dynamics,
            method,
            ceiling,
            x: x0.to_vec(),
            evaluations: 0,
            work: Work::default(),
            noise: dynamics.noise().map(|noise| Stochastic::new(noise, method, 0, 1, n)).transpose()?,
            history: History::new(dynamics, method, start, x0),
            ahead: None,
            times: times.to_vec(),
            jumps,
            events: events(dynamics, start, end),
            next: 0,
            steady: None,
            outcome: None,
        })
    }

    /// Ends at the first recorded time at which no state is further than `tolerance` from what it relaxes to, once the
    /// input stays as it is ([`Dynamics::constant_from`]).
    ///
    /// # Errors
    /// A run with noise, which is never steady, or with delays, where the past decides.
    pub fn until_steady(self, tolerance: f64) -> Result<Self> {
        let why = match (&self.noise, &self.history) {
            (Some(_), _) => "a run with noise never becomes steady",
            (_, Some(_)) => "whether a run with delays is steady depends on its past",
            _ => return Ok(Simulation { steady: Some(tolerance), ..self }),
        };
        Err(Error::unsupported(why).with_help("leave steady under [run] out"))
    }

    /// Goes on to the next recorded time, and tells it; None where there is no more, or the state ran away.
    ///
    /// # Errors
    /// The method gives up.
    pub fn advance(&mut self) -> Result<Option<f64>> {
        if self.outcome.is_some() || self.next == self.times.len() {
            return Ok(None);
        }
        let stop = self.times[self.next];
        if self.next == 0 {
            self.jump(stop);
            self.outcome = self.beyond(stop);
        } else {
            let mut from = self.times[self.next - 1];
            let event = self.next_event(from);
            if self.method.chooses_steps() && event >= stop {
                self.take_ahead(event)?;
                if self.outcome.is_none() && stop == event {
                    self.jump(stop);
                }
                from = stop;
            }
            while from < stop && self.outcome.is_none() {
                let event = self.next_event(from);
                let to = event.min(stop);
                self.outcome = self.interval(from, to, event.next_down())?;
                if self.outcome.is_none() && to == event {
                    self.jump(to);
                }
                from = to;
            }
        }
        if self.outcome.is_some() {
            return Ok(None);
        }
        self.next += 1;
        if self.steady.is_some() && stop >= self.dynamics.constant_from() {
            self.evaluations += 1;
        }
        self.outcome = self.settled();
        Ok(Some(stop))
    }

    fn next_event(&self, from: f64) -> f64 {
        self.events[self.events.partition_point(|&e| e <= from)]
    }

    /// Whether it is steady at the last recorded time.
    fn settled(&self) -> Option<Outcome> {
        let (tolerance, time) = (self.steady?, *self.times.get(self.next.checked_sub(1)?)?);
        let steady = time >= self.dynamics.constant_from() && self.distance(time) <= tolerance;
        steady.then_some(Outcome::Settled { time })
    }

    /// The largest distance of a state from its target.
    fn distance(&self, t: f64) -> f64 {
        let (mut target, mut tau) = (vec![0.0; self.x.len()], vec![0.0; self.x.len()]);
        self.dynamics.relaxation(t, &self.x, &mut target, &mut tau);
        let distances = self.x.iter().zip(&target).map(|(x, to)| (x - to).abs());
        // Not f64::max, which would lose a NaN.
        distances.fold(0.0, |far: f64, d| if far.is_nan() || d <= far { far } else { d })
    }

    /// The state at the last recorded time; at a jump, after it.
    #[must_use]
    pub fn state(&self) -> &[f64] {
        &self.x
    }
    /// How it ended; None while it has not.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome.clone().or((self.next == self.times.len()).then_some(Outcome::Completed))
    }
    /// Number of evaluations of the field.
    #[must_use]
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }

    /// Where it is now, after a recorded time.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let mut numbers = self.x.clone();
        let (mut steps, mut evaluations) = (0, self.evaluations);
        if let Some(ahead) = &self.ahead {
            let start;
            (steps, evaluations, start) = ahead.memory();
            numbers.extend_from_slice(start);
        }
        if let Some(noise) = &self.noise {
            steps = noise.memory(&mut numbers);
        }
        if let Some(history) = &self.history {
            history.memory(&mut numbers);
        }
        Checkpoint { recorded: self.next, evaluations, steps, numbers }
    }

    /// Goes on from where the same run was left.
    ///
    /// # Errors
    /// The checkpoint is that of another run: numbers do not fit.
    pub fn resume(&mut self, from: &Checkpoint) -> Result<()> {
        let other =
            || Error::invalid("the checkpoint is that of another run: its numbers do not fit this one");
        let n = self.x.len();
        if from.recorded > self.times.len() || from.numbers.len() < n {
            return Err(other());
        }
        let (state, memory) = from.numbers.split_at(n);
        if self.method.chooses_steps() && from.steps > 0 {
            return self.resume_within(from, memory).ok_or_else(other)?;
        }
        let of_noise = self.noise.as_ref().map_or(0, Stochastic::remembered);
        let Some((noisy, past)) = memory.split_at_checked(of_noise) else { return Err(other()) };
        let fits = match &mut self.history {
            // The steps since the start, if there was any.
            Some(history) => past.is_empty() == (from.recorded <= 1) && history.remember(past),
            None => past.is_empty(),
        };
        if !fits {
            return Err(other());
        }
        if let Some(noise) = &mut self.noise {
            noise.remember(from.steps, noisy);
        }
        self.x.copy_from_slice(state);
        (self.next, self.evaluations) = (from.recorded, from.evaluations);
        // It may have been left where it ended.
        self.outcome = self.settled();
        Ok(())
    }

    /// Goes on within a stretch that was integrated at once: the same again, up to where it was left. None if the
    /// checkpoint does not fit.
    fn resume_within(&mut self, from: &Checkpoint, start: &[f64]) -> Option<Result<()>> {
        let taken = usize::try_from(from.steps).ok()?;
        let first = from.recorded.checked_sub(taken).filter(|first| *first > 0)?;
        if start.len() != self.x.len() {
            return None;
        }
        self.x.copy_from_slice(start);
        (self.next, self.evaluations) = (first, from.evaluations);
        for _ in 0..taken {
            match self.advance() {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(e) => return Some(Err(e)),
            }
        }
        Some(Ok(()))
    }

    fn jump(&mut self, t: f64) {
        for (_, jump) in self.jumps.iter().filter(|j| j.0 == t) {
            self.x.iter_mut().zip(jump).for_each(|(x, j)| *x += j);
        }
    }
    /// Whether the state has run away.
    pub(super) fn beyond(&self, t: f64) -> Option<Outcome> {
        ran_away(&self.x, self.ceiling).map(|i| self.runaway(t, i, self.x[i]))
    }
    pub(super) fn runaway(&self, time: f64, index: usize, value: f64) -> Outcome {
        Outcome::RanAway { time, index, name: self.dynamics.state_name(index), value }
    }
    /// Integrates over an interval without events. The input at the next event belongs to what follows: a stage that
    /// falls on it means `limit`, just before.
    fn interval(&mut self, from: f64, to: f64, limit: f64) -> Result<Option<Outcome>> {
        match self.method {
            Method::ExponentialEuler { dt } | Method::EulerMaruyama { dt } | Method::Rk4 { dt } => {
                Ok(self.fixed_steps(from, to, limit, dt))
            }
            Method::Adaptive { .. } | Method::Stiff { .. } => self.cross(from, to, limit),
        }
    }
}
