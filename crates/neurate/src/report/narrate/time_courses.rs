//! Time courses: simulated, and exact in the linearization, in the units' basis and the modes'.

use super::feeding::{self, RECEIVERS, SOURCES};
use super::oscillations::caveat;
use super::words::{heading, number, percent, quantity, role};
use super::{Analysis, slow};
use crate::dynamics::CircuitDynamics;
use crate::linear::Linearization;
use crate::linear::modes::{LinearDrive, SchurModes, Solution, linear_response};
use crate::model::{Circuit, Form, Stimulus};
use crate::report::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};
use crate::simulate::{Method, Outcome, Protocol, Trajectory};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "time_courses",
    about: "the circuit's course under its stimuli: simulated, and exact in the linearization",
    applies: |_| true,
    run,
};

/// Units drawn one by one; above, population means.
const MAX_CURVES: usize = 8;
/// Units up to which a run is compared with the linearization, which needs the operating point: beyond, the search for
/// it costs more than the run.
const MAX_COMPARED: usize = 1000;

/// Whether a run is compared with the linearization.
pub(super) fn comparable(study: &Study) -> bool {
    study.circuit().n() <= MAX_COMPARED && study.has_operating_point()
}
/// Modes drawn.
const MAX_MODES: usize = 5;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let u = c.units();
    // The operating point first, where it is wanted anyway: a run that starts there then starts at that very point.
    let linear = if comparable(study) { Some(study.linearization()?) } else { None };
    let protocol = study.protocol()?;
    let dynamics = CircuitDynamics::new(c);
    // What is drawn needs the states of no large circuit.
    let dim = protocol.start.len();
    let keep = linear.is_some() || !c.slow().is_empty() || dim * protocol.times.len() <= MAX_KEPT;
    let (mut curves, mut means, mut times, mut states) = (Curves::new(c), vec![], vec![], vec![]);
    let mut take = |time: f64, x: &[f64]| {
        curves.take(&dynamics, time, x);
        means.push(c.population_means(x));
        times.push(time);
        if keep {
            states.extend_from_slice(x);
        }
    };
    let (outcome, evaluations) = match study.known_trajectory() {
        Some(t) => {
            t.times.iter().enumerate().for_each(|(k, time)| take(*time, t.states.row(k)));
            (t.outcome.clone(), t.evaluations)
        }
        None => protocol.watch(c, &mut take)?,
    };
    let states = Matrix::from_vec(times.len(), if keep { dim } else { 0 }, states);
    let trajectory = Trajectory { times, states, outcome, evaluations };
    let mut s = Section::new(ANALYSIS.name, "Time courses");
    let what = match (c.stimuli().is_empty(), protocol.noise) {
        (true, None) => "Without stimuli",
        (false, None) => "Under its stimuli",
        (true, Some(_)) => "With its noise",
        (false, Some(_)) => "Under its stimuli and noise",
    };
    match &trajectory.outcome {
        Outcome::Completed => s.verdict.push(format!(
            "{what}, from {}, the circuit runs to {}.",
            protocol.start_words,
            quantity(protocol.times[protocol.times.len() - 1], &u.time)
        )),
        Outcome::Settled { time } => s.verdict.push(format!(
            "{what}, from {}, the circuit is steady at {}: no state is further than {} {} from what it relaxes to. There the run ends.",
            protocol.start_words,
            quantity(*time, &u.time),
            number(c.run().steady.unwrap_or(0.0)),
            u.state
        )),
        Outcome::RanAway { time, name, value, .. } => s.verdict.push(format!(
            "{what}, from {}, the circuit runs away: {name} passes {} {} at {} (it is at {}). Nothing is shown after that.",
            protocol.start_words,
            number(c.run().ceiling),
            u.state,
            quantity(*time, &u.time),
            number(*value),
        )),
    }
    if c.mean_field().is_some() {
        s.trust.push("This is the rate equation with the time constants τ: no delays, and not the neurons' own dynamics. Steady states and slow courses are those of the spiking circuit; fast ones are not.".into());
    }
    s.verdict.extend(caveat(study)?);
    s.tables.push(curves.peaks(c));
    // The linear solution, where there is something to linearize about.
    let solution = match (linear, trajectory.times.len() > 1) {
        (Some(l), true) if !l.delayed() => exact(study, l, protocol, &trajectory.times).ok(),
        _ => None,
    };
    let exactly_linear =
        c.form() != Form::Conductance && c.populations().iter().all(|p| p.transfer.is_affine());
    if let (Some(solution), None) = (&solution, protocol.noise) {
        let (error, size) = difference(c, study, &trajectory, solution);
        if exactly_linear {
            s.verdict.push(format!(
                "The circuit is linear: simulation and exact solution differ by at most {} {}.",
                number(error),
                u.state
            ));
        } else if size > 0.0 {
            s.verdict.push(format!(
                "The linearization predicts this course to within {} of its largest deviation from the operating point ({}).",
                percent(error / size),
                quantity(size, &u.state)
            ));
        }
    }
    s.figures.extend(slow::figures(c, &trajectory));
    s.figures.push(curves.figure(c, solution.as_ref(), exactly_linear, protocol.noise.is_some()));
    if c.form() != Form::Rate {
        s.figures.push(curves.rate_figure(c));
    }
    let (mut modes_data, mut fed_data) = (json!(null), json!(null));
    if let (Some(solution), Some(l)) = (&solution, linear)
        && c.n() > 1
        && l.parts.is_none()
    {
        let schur = study.schur_modes()?;
        let coordinates = in_modes(schur, solution, &l.state);
        s.figures.push(mode_figure(c, &coordinates, &solution.times));
        modes_data = json!(coordinates.iter().take(MAX_WRITTEN).collect::<Vec<_>>());
        if c.n() <= MAX_FED {
            let padded = Padded::new(c, l);
            let start = padded.deviation(protocol);
            let fed = crate::linear::modes::feeding(
                schur,
                l.tau_0,
                &padded.drive(l),
                &start,
                &solution.times,
                RECEIVERS,
                SOURCES,
            )?;
            // Where nothing moves, nothing feeds anything.
            if !fed.is_empty() {
                fed_data = feeding::show(&mut s, &fed, &solution.times, u);
            }
        }
    }
    if c.n() > MAX_COMPARED {
        s.trust.push(format!(
            "Not compared with the linearization: the circuit has more than {MAX_COMPARED} units."
        ));
    }
    s.trust.extend(match protocol.noise {
        Some(seed) => Some(format!("The noise is drawn with seed {seed}: another seed gives another course, `--trials 200` many of them.")),
        None if c.noise().is_empty() => None,
        None => Some("This is the circuit without the noise of the file.".into()),
    });
    s.trust.push(match protocol.method {
        Method::Adaptive { rtol, atol } => format!(
            "Simulated with an adaptive method of order 8, tolerances {rtol:.0e} relative and {atol:.0e} absolute ({} evaluations); the exact solution by matrix exponentials.",
            trajectory.evaluations
        ),
        Method::Stiff { rtol, atol } => format!(
            "Simulated with backward differentiation formulas for stiff equations (BDF, order up to 5), tolerances {rtol:.0e} relative and {atol:.0e} absolute ({} evaluations); the exact solution by matrix exponentials.",
            trajectory.evaluations
        ),
        Method::Rk4 { dt } => format!("Simulated with RK4, dt = {}; halve dt to see its error.", quantity(dt, &u.time)),
        Method::EulerMaruyama { dt } => {
            format!("Simulated with Euler's method, dt = {} (first order: halve dt to see its error).", quantity(dt, &u.time))
        }
        Method::ExponentialEuler { dt } => {
            format!("Simulated with exponential Euler, dt = {} (first order: halve dt to see its error).", quantity(dt, &u.time))
        }
    });
    s.sources =
        vec!["Hairer, Nørsett & Wanner 1993 (DOP853)", "Murphy & Miller 2009 (dynamics in the Schur basis)"];
    s.data = data(study, &trajectory, &means, solution.as_ref(), modes_data);
    s.data["seed"] = json!(protocol.noise);
    s.data["feeding"] = fed_data;
    Ok(s)
}

const MAX_WRITTEN: usize = 24;
/// Numbers of a run that are kept: 160 MB.
const MAX_KEPT: usize = 20_000_000;
/// Units up to which modes are taken apart.
const MAX_FED: usize = 400;

/// The linearization under the circuit's stimuli, which reach no slow state; `h` is part of the operating point.
struct Padded {
    b: Vec<f64>,
    h: Vec<f64>,
    stimuli: Vec<Stimulus>,
    state: Vec<f64>,
}

impl Padded {
    fn new(c: &Circuit, l: &Linearization) -> Padded {
        let pad = |v: &[f64]| v.iter().copied().chain(std::iter::repeat_n(0.0, l.dim() - v.len())).collect();
        let stimuli =
            c.stimuli().iter().map(|s| Stimulus { pattern: pad(&s.pattern), ..s.clone() }).collect();
        let state = CircuitDynamics::at_rest(c).complete(&l.state);
        Padded { b: pad(&l.input_gain), h: vec![0.0; l.dim()], stimuli, state }
    }
    fn deviation(&self, protocol: &Protocol) -> Vec<f64> {
        protocol.start.iter().zip(&self.state).map(|(x, x0)| x - x0).collect()
    }
    fn drive<'a>(&'a self, l: &'a Linearization) -> LinearDrive<'a> {
        LinearDrive { a: &l.jacobian, b: &self.b, h: &self.h, stimuli: &self.stimuli }
    }
}

/// The exact solution of the linearization, as deviations added to the operating point.
fn exact(study: &Study, l: &Linearization, protocol: &Protocol, times: &[f64]) -> Result<Solution> {
    let c = study.circuit();
    let padded = Padded::new(c, l);
    let mut solution = linear_response(&padded.drive(l), &padded.deviation(protocol), times)?;
    let states = &solution.states;
    solution.states = Matrix::from_fn(states.rows(), states.cols(), |k, i| states[(k, i)] + padded.state[i]);
    Ok(solution)
}

/// The largest difference of simulation and linear solution, and the largest deviation.
fn difference(c: &Circuit, study: &Study, t: &Trajectory, s: &Solution) -> (f64, f64) {
    let Ok(l) = study.linearization() else { return (0.0, 0.0) };
    let (mut error, mut size) = (0.0f64, 0.0f64);
    for k in 0..t.times.len() {
        for i in 0..c.n() {
            error = error.max((t.states[(k, i)] - s.states[(k, i)]).abs());
            size = size.max((t.states[(k, i)] - l.state[i]).abs());
        }
    }
    (error, size)
}

/// Coordinates of the deviations on the Schur modes: one course for each mode.
fn in_modes(schur: &SchurModes, s: &Solution, origin: &[f64]) -> Vec<Vec<f64>> {
    let n = origin.len();
    (0..n)
        .map(|k| {
            (0..s.times.len())
                .map(|t| (0..n).map(|i| schur.u[(i, k)].re * (s.states[(t, i)] - origin[i])).sum())
                .collect()
        })
        .collect()
}

/// The courses that are drawn: every unit, or the mean of every population.
struct Curves {
    times: Vec<f64>,
    names: Vec<String>,
    roles: Vec<Role>,
    members: Vec<std::ops::Range<usize>>,
    states: Vec<Vec<f64>>,
    rates: Vec<Vec<f64>>,
}

impl Curves {
    fn new(c: &Circuit) -> Curves {
        let single = c.n() <= MAX_CURVES;
        let members: Vec<_> = if single {
            (0..c.n()).map(|i| i..i + 1).collect()
        } else {
            (0..c.populations().len()).map(|p| c.range(p)).collect()
        };
        let population = |r: &std::ops::Range<usize>| &c.populations()[c.population_of(r.start)];
        let name = |r: &std::ops::Range<usize>| {
            if single { c.unit_name(r.start) } else { format!("mean of {}", population(r).name) }
        };
        Curves {
            times: Vec::new(),
            names: members.iter().map(name).collect(),
            roles: members.iter().map(|r| role(population(r).kind)).collect(),
            states: vec![Vec::new(); members.len()],
            rates: vec![Vec::new(); members.len()],
            members,
        }
    }

    /// Takes a recorded state.
    fn take(&mut self, dynamics: &CircuitDynamics, time: f64, x: &[f64]) {
        let rates = dynamics.rates(x);
        self.times.push(time);
        for (k, r) in self.members.iter().enumerate() {
            let mean = |row: &[f64]| row[r.clone()].iter().sum::<f64>() / r.len() as f64;
            self.states[k].push(mean(x));
            self.rates[k].push(mean(&rates));
        }
    }

    fn series(&self, y: &[Vec<f64>]) -> Vec<Series> {
        y.iter()
            .enumerate()
            .map(|(k, y)| Series {
                name: self.names[k].clone(),
                role: self.roles[k],
                stroke: Stroke::Solid,
                x: self.times.clone(),
                y: y.clone(),
            })
            .collect()
    }

    fn figure(&self, c: &Circuit, linear: Option<&Solution>, exactly_linear: bool, noisy: bool) -> Figure {
        let u = c.units();
        let mut series = self.series(&self.states);
        let word = match (noisy, exactly_linear) {
            (false, true) => "exact",
            (false, false) => "linear",
            (true, true) => "without noise",
            (true, false) => "linear, without noise",
        };
        if let Some(solution) = linear {
            for (k, r) in self.members.iter().enumerate() {
                let y = (0..solution.times.len())
                    .map(|t| solution.states.row(t)[r.clone()].iter().sum::<f64>() / r.len() as f64)
                    .collect();
                series.push(Series {
                    name: format!("{} ({})", self.names[k], word),
                    role: self.roles[k],
                    stroke: Stroke::Dashed,
                    x: solution.times.clone(),
                    y,
                });
            }
        }
        let (title, axis) = match c.form() {
            Form::Rate => ("Rates over time", "rate"),
            _ => ("Voltages over time", "voltage"),
        };
        let dashed = match (linear, exactly_linear) {
            (None, _) => "",
            (_, true) => "; dashed: the exact solution",
            (_, false) => "; dashed: the exact solution of the linearization",
        };
        Figure::Lines {
            id: "time_course".into(),
            title: title.into(),
            caption: match (noisy, dashed) {
                (true, "") => "Solid: simulated with noise, one course of many.".into(),
                (true, dashed) => {
                    format!("Solid: simulated with noise, one course of many{dashed} without it.")
                }
                (false, dashed) => format!("Solid: simulated{dashed}."),
            },
            x: Axis::new("time", &u.time),
            y: Axis::new(axis, &u.state),
            series,
            marks: vec![],
        }
    }

    fn rate_figure(&self, c: &Circuit) -> Figure {
        Figure::Lines {
            id: "rate_course".into(),
            title: "Rates over time".into(),
            caption: "Simulated: f of the voltages.".into(),
            x: Axis::new("time", &c.units().time),
            y: Axis::new("rate", &c.units().rate),
            series: self.series(&self.rates),
            marks: vec![],
        }
    }

    fn peaks(&self, c: &Circuit) -> Table {
        let u = c.units();
        let mut t = Table::new(
            "Extremes (recorded times)",
            &[
                "",
                &heading("start", &u.state),
                &heading("lowest", &u.state),
                &heading("at", &u.time),
                &heading("highest", &u.state),
                &heading("at", &u.time),
                &heading("end", &u.state),
            ],
        );
        for (k, y) in self.states.iter().enumerate() {
            let extreme = |sign: f64| {
                y.iter()
                    .enumerate()
                    .max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)))
                    .map(|(i, v)| (self.times[i], *v))
            };
            let (Some((t_low, low)), Some((t_high, high))) = (extreme(-1.0), extreme(1.0)) else { continue };
            t.rows.push(vec![
                Cell::Text(self.names[k].clone()),
                Cell::Number(y[0]),
                Cell::Number(low),
                Cell::Number(t_low),
                Cell::Number(high),
                Cell::Number(t_high),
                Cell::Number(y[y.len() - 1]),
            ]);
        }
        t
    }
}

fn mode_figure(c: &Circuit, coordinates: &[Vec<f64>], times: &[f64]) -> Figure {
    let size = |y: &Vec<f64>| y.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let mut by_size: Vec<usize> = (0..coordinates.len()).collect();
    by_size.sort_by(|&a, &b| size(&coordinates[b]).total_cmp(&size(&coordinates[a])));
    by_size.truncate(MAX_MODES);
    by_size.sort_unstable();
    Figure::Lines {
        id: "mode_course".into(),
        title: "The same course in the Schur modes".into(),
        caption: "Coordinates of the exact linear deviation on the Schur modes (the largest ones): a later mode feeds an earlier.".into(),
        x: Axis::new("time", &c.units().time),
        y: Axis::new("amplitude", &c.units().state),
        series: by_size
            .into_iter()
            .map(|k| Series {
                name: format!("mode {}", k + 1),
                role: Role::Other,
                stroke: Stroke::Solid,
                x: times.to_vec(),
                y: coordinates[k].clone(),
            })
            .collect(),
        marks: vec![],
    }
}

fn data(
    study: &Study,
    t: &Trajectory,
    means: &[Vec<f64>],
    linear: Option<&Solution>,
    modes: serde_json::Value,
) -> serde_json::Value {
    let c = study.circuit();
    let written = c.n() <= MAX_WRITTEN;
    let rows = |m: &Matrix| (0..m.rows()).map(|k| m.row(k)[..c.n()].to_vec()).collect::<Vec<_>>();
    let outcome = match &t.outcome {
        Outcome::Completed => json!({"status": "completed"}),
        Outcome::Settled { time } => json!({"status": "settled", "time": time}),
        Outcome::RanAway { time, name, value, .. } => {
            json!({"status": "ran_away", "time": time, "unit": name, "value": value})
        }
    };
    json!({
        "outcome": outcome,
        "evaluations": t.evaluations,
        "times": t.times,
        "population_means": means,
        "states": written.then(|| rows(&t.states)),
        "linear": if written { linear.map(|s| rows(&s.states)) } else { None },
        "slow_states": slow::courses(c, t),
        "schur_coordinates": modes,
    })
}
