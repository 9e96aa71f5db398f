//! Time courses: what does the circuit do under its stimuli, and how much of it does the linearization predict?

mod feeding;
mod padded;

pub use feeding::{FedMode, FeedingPart, FeedingSource, NonModeSource};

use crate::answers::limits::{COMPARED_UNITS, KEPT_NUMBERS};
use crate::answers::slow::SlowStateKind;
use crate::dynamics::CircuitDynamics;
use crate::linear::modes::{SchurModes, Solution};
use crate::model::Circuit;
use crate::simulate::{Outcome, Protocol};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::budget;
use neurate_numerics::error::Result;
use padded::Padded;
use schemars::JsonSchema;
use serde::Serialize;

/// The run that the circuit's `[run]` asks for, and the exact solution of the linearization beside it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TimeCourses {
    /// How the run ended.
    pub outcome: RunEnd,
    /// Number of evaluations of the circuit's equations.
    pub evaluations: u64,
    /// Recorded times, in the unit of time; of a run that ran away those before.
    pub times: Array,
    /// Mean state of each population, in the unit of the state: one row a time, one column a population.
    pub population_means: Array,
    /// Mean rate of each population, of the same shape.
    pub population_rates: Array,
    /// States of the units: one row a time. None above 20 million numbers (160 MB) of a circuit that is not compared with
    /// its linearization.
    pub states: Option<Array>,
    /// The exact solution of the linearization at the operating point, without noise, deviations added to that point:
    /// of the same shape. None without an operating point, with delays, and above 1,000 units.
    pub linear: Option<Array>,
    /// Each kind of slow state of each population; None without any.
    pub slow_states: Option<Vec<SlowCourse>>,
    /// Coordinates of the exact linear deviation on the Schur modes: one row a mode, one column a time. None without
    /// `linear`, with slow states, and for one unit.
    pub schur_coordinates: Option<Array>,
    /// Seed of the noise; None for a run without.
    pub seed: Option<u64>,
    /// The largest modes of that deviation, taken apart by where their activity came from. None without
    /// `schur_coordinates`, above 400 units, and where nothing moves.
    pub feeding: Option<Vec<FedMode>>,
}

/// How a run ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RunEnd {
    /// Which way.
    pub status: RunStatus,
    /// When it was steady, or ran away; absent of a run that reached its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<f64>,
    /// The state that ran away: its name; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The value of that state, in its unit; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// The way in which a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RunStatus {
    /// It reached its last time.
    Completed,
    /// It was steady before, to the tolerance `steady` of `[run]`.
    Settled,
    /// A state passed the ceiling, or stopped being a number.
    RanAway,
}

/// A slow state of a population over the run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SlowCourse {
    /// Name of the population.
    pub population: String,
    /// Which slow state.
    pub kind: SlowStateKind,
    /// Its mean over the population's units at each time: a rate, or a share of resources.
    pub mean: Array,
}

/// Whether a run is compared with the linearization.
pub(super) fn comparable(study: &Study) -> bool {
    let small = study.circuit().n() <= COMPARED_UNITS;
    study.choices().compare && small && study.has_operating_point() && study.without_linearization().is_none()
}

impl TimeCourses {
    /// The largest difference of a unit's state between the run and the exact solution of the linearization, and its
    /// largest deviation from `origin`, the state at the operating point; None without that solution.
    pub fn largest_difference(&self, origin: &[f64]) -> Option<(f64, f64)> {
        let (states, linear) = (self.states.as_ref()?, self.linear.as_ref()?);
        if origin.is_empty() || origin.len() != states.shape()[1] {
            return None;
        }
        let (mut error, mut size) = (0.0f64, 0.0f64);
        for (x, exact) in states.data().chunks(origin.len()).zip(linear.data().chunks(origin.len())) {
            for ((x, exact), at) in x.iter().zip(exact).zip(origin) {
                error = error.max((x - exact).abs());
                size = size.max((x - at).abs());
            }
        }
        Some((error, size))
    }
}

impl Answer for TimeCourses {
    const NAME: &'static str = "time_courses";

    fn applies(_: &Study) -> Applies {
        Applies::Yes
    }

    fn compute(study: &Study) -> Result<TimeCourses> {
        let c = study.circuit();
        // The operating point first, where it is wanted anyway: a run that starts there then starts at that very point.
        let linear = if comparable(study) { Some(study.linearization()?) } else { None };
        let protocol = study.protocol()?;
        let keep = linear.is_some() || c.n() * protocol.times.len() <= KEPT_NUMBERS;
        // As they are recorded, and as arrays.
        let numbers = 1 + 2 * c.populations().len() + c.slow().len() + if keep { c.n() } else { 0 };
        let each = budget::product(&[numbers, 2 * size_of::<f64>()]);
        let less = "record less often (every, under [run])";
        budget::require(protocol.times.len() as u64, "recorded times", each, less)?;
        let mut run = Recorded::new(c, keep);
        let (outcome, evaluations) = run.record(study, protocol)?;
        // The linear solution, where there is something to linearize about.
        let padded = linear.filter(|l| run.times.len() > 1 && !l.delayed()).map(|l| Padded::new(c, l));
        let solution = padded.as_ref().and_then(|p| p.exact(protocol, &run.times).ok());
        let (mut schur_coordinates, mut feeding) = (None, None);
        if let (Some(padded), Some(solution)) = (&padded, &solution)
            && c.n() > 1
            && padded.l.parts.is_none()
        {
            let schur = study.schur_modes()?;
            schur_coordinates = Some(in_modes(schur, solution, &padded.l.state));
            feeding = feeding::feeding(schur, padded, protocol, &solution.times)?;
        }
        let count = run.times.len();
        let populations = c.populations().len();
        Ok(TimeCourses {
            outcome: end(outcome),
            evaluations,
            times: run.times.into(),
            population_means: Array::courses(count, populations, run.means),
            population_rates: Array::courses(count, populations, run.rates),
            states: run.states.map(|states| Array::courses(count, c.n(), states)),
            linear: solution.map(|s| {
                let units = (0..s.states.rows()).flat_map(|k| &s.states.row(k)[..c.n()]);
                Array::courses(s.states.rows(), c.n(), units.copied().collect())
            }),
            slow_states: slow_courses(c, run.slow),
            schur_coordinates,
            seed: protocol.noise,
            feeding,
        })
    }
}

fn end(outcome: Outcome) -> RunEnd {
    let none = RunEnd { status: RunStatus::Completed, time: None, unit: None, value: None };
    match outcome {
        Outcome::Completed => none,
        Outcome::Settled { time } => RunEnd { status: RunStatus::Settled, time: Some(time), ..none },
        Outcome::RanAway { time, name, value, .. } => {
            RunEnd { status: RunStatus::RanAway, time: Some(time), unit: Some(name), value: Some(value) }
        }
    }
}

/// A run as it is recorded.
struct Recorded<'a> {
    circuit: &'a Circuit,
    dynamics: CircuitDynamics<'a>,
    times: Vec<f64>,
    means: Vec<f64>,
    rates: Vec<f64>,
    states: Option<Vec<f64>>,
    /// For each block of slow states.
    slow: Vec<Vec<f64>>,
}

impl<'a> Recorded<'a> {
    fn new(circuit: &'a Circuit, keep: bool) -> Recorded<'a> {
        Recorded {
            circuit,
            dynamics: CircuitDynamics::new(circuit),
            times: vec![],
            means: vec![],
            rates: vec![],
            states: keep.then(Vec::new),
            slow: vec![vec![]; circuit.slow().len()],
        }
    }

    /// The run, or what is known of it.
    fn record(&mut self, study: &Study, protocol: &Protocol) -> Result<(Outcome, u64)> {
        let Some(t) = study.known_trajectory() else {
            return protocol.watch(self.circuit, &mut |time, x| self.take(time, x));
        };
        t.times.iter().enumerate().for_each(|(k, time)| self.take(*time, t.states.row(k)));
        Ok((t.outcome.clone(), t.evaluations))
    }

    fn take(&mut self, time: f64, x: &[f64]) {
        let c = self.circuit;
        self.times.push(time);
        self.means.extend(c.population_means(x));
        self.rates.extend(c.population_means(&self.dynamics.rates(x)));
        if let Some(states) = &mut self.states {
            states.extend_from_slice(&x[..c.n()]);
        }
        for (course, b) in self.slow.iter_mut().zip(c.slow()) {
            let block = &x[b.first..b.first + c.range(b.population).len()];
            course.push(block.iter().sum::<f64>() / block.len() as f64);
        }
    }
}

fn slow_courses(c: &Circuit, means: Vec<Vec<f64>>) -> Option<Vec<SlowCourse>> {
    let courses = c.slow().iter().zip(means).map(|(b, mean)| SlowCourse {
        population: c.populations()[b.population].name.clone(),
        kind: b.kind.into(),
        mean: mean.into(),
    });
    (!c.slow().is_empty()).then(|| courses.collect())
}

/// Coordinates of the deviations on the Schur modes: one row a mode.
fn in_modes(schur: &SchurModes, s: &Solution, origin: &[f64]) -> Array {
    let n = origin.len();
    let deviations: Vec<Vec<f64>> = (0..s.times.len())
        .map(|t| s.states.row(t).iter().zip(origin).map(|(x, at)| x - at).collect())
        .collect();
    Array::rows((0..n).map(|k| {
        let mode: Vec<f64> = (0..n).map(|i| schur.u[(i, k)].re).collect();
        deviations.iter().map(|d| mode.iter().zip(d).map(|(u, x)| u * x).sum()).collect()
    }))
    .of_courses(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Choices;
    use neurate_numerics::linalg::Matrix;

    #[test]
    fn a_run_that_is_not_compared_seeks_no_fixed_points() {
        let w = Matrix::from_rows(&[[0.5, -0.4], [0.6, -0.2]]);
        let circuit = Circuit::from_weights(w).input(1.0).build().unwrap();
        let study = |compare| Study::new(circuit.clone(), Choices { compare, ..Choices::default() });
        let plain = study(false);
        let run = plain.ask::<TimeCourses>().unwrap();
        assert!(!plain.has_searched() && run.linear.is_none() && run.feeding.is_none());
        let compared = study(true);
        assert!(compared.ask::<TimeCourses>().unwrap().linear.is_some() && compared.has_searched());
    }
}
