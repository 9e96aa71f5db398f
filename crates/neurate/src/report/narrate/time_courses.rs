//! Time courses in words and curves: simulated, and exact in the linearization, in the units' basis and the modes'.

use super::Tell;
use super::feeding;
use super::oscillations::caveat;
use super::words::{amount, digits, factor, heading, role, share, sum_or_difference};
use crate::answers::limits::COMPARED_UNITS;
use crate::answers::{RunStatus, SlowCourse, TimeCourses};
use crate::dynamics::CircuitDynamics;
use crate::model::{Circuit, Form, SlowKind};
use crate::report::layout::{Alternatives, Open};
use crate::report::limits::{MODE_CURVES, UNIT_CURVES};
use crate::report::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};
use crate::simulate::{Method, Protocol};
use crate::study::{Array, Study};
use neurate_numerics::error::Result;
use std::ops::Range;

/// Share of the range of all curves below which their changes are drawn instead.
const LITTLE: f64 = 0.1;
/// Sentences that stand open, at most: the end of the run, how far it is linear, what drives the largest mode.
const OPEN_SENTENCES: usize = 3;

impl Tell for TimeCourses {
    const TITLE: &'static str = "Time courses";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let protocol = study.protocol()?;
        let noisy = self.seed.is_some();
        s.verdict.push(end(self, c, protocol));
        if c.mean_field().is_some() {
            s.trust.push("This is the rate equation with the time constants τ, without delays and without the dynamics of the neurons. Steady states and slow time courses are those of the spiking circuit; fast ones are not.".into());
        }
        if study.choices().compare {
            s.verdict.extend(caveat(study)?);
        }
        let curves = Curves::new(self, c);
        s.tables.push(curves.peaks(c));
        let exactly_linear =
            c.form() != Form::Conductance && c.populations().iter().all(|p| p.transfer.is_affine());
        if self.linear.is_some() && !noisy {
            s.verdict.extend(difference(self, study, exactly_linear)?);
        }
        self.figures(study, &curves, (exactly_linear, noisy), s)?;
        s.open = Open::new(s.verdict.len().min(OPEN_SENTENCES), 1, 0);
        s.trust.extend(trust(self, c, protocol, study.choices().compare));
        s.sources = vec![
            "Hairer, Nørsett & Wanner 1993 (DOP853)",
            "Murphy & Miller 2009 (dynamics in the Schur basis)",
        ];
        Ok(())
    }
}

impl TimeCourses {
    /// The time course in the basis of the units, as rates and in that of the modes: one figure with a switch. Then slow
    /// states.
    fn figures(
        &self,
        study: &Study,
        curves: &Curves,
        (exactly_linear, noisy): (bool, bool),
        s: &mut Section,
    ) -> Result<()> {
        let c = study.circuit();
        let mut switch = Alternatives::new("Time course in");
        let (units, own) = match (c.n() <= UNIT_CURVES, c.form()) {
            (true, Form::Rate) => ("units", "rate"),
            (false, Form::Rate) => ("populations", "rate"),
            (true, _) => ("voltages of units", "voltage"),
            (false, _) => ("voltages of populations", "voltage"),
        };
        let first = curves.figure(c, exactly_linear, noisy);
        switch = switch.or(units, [first.id()]);
        s.figures.push(first);
        if own != "rate" {
            let rates = curves.rate_figure(c);
            switch = switch.or("rates", [rates.id()]);
            s.figures.push(rates);
        }
        if let Some(coordinates) = &self.schur_coordinates {
            let modes = mode_figure(c, coordinates, self.times.data());
            switch = switch.or("Schur modes", [modes.id()]);
            s.figures.push(modes);
        }
        if let Some(fed) = &self.feeding {
            let modes = study.schur_modes()?;
            let named = |mode: usize| {
                let v: Vec<f64> = modes.u.col(mode - 1).iter().map(|z| z.re).collect();
                Some(sum_or_difference(c, &v)?.0)
            };
            for (label, figure) in feeding::tell(fed, self.times.data(), c.units(), &named, s) {
                switch = switch.or(label, [figure.id()]);
                s.figures.push(figure);
            }
        }
        s.alternatives.extend(switch.of_several());
        s.figures.extend(slow_figures(self, c));
        Ok(())
    }
}

/// The first sentence: from where to where.
fn end(a: &TimeCourses, c: &Circuit, protocol: &Protocol) -> String {
    let u = c.units();
    let what = match (c.stimuli().is_empty(), a.seed) {
        (true, None) => "Without stimuli",
        (false, None) => "Under its stimuli",
        (true, Some(_)) => "With its noise",
        (false, Some(_)) => "Under its stimuli and noise",
    };
    let from = format!("{what}, from {}, the circuit", protocol.start_words);
    let (time, end) = (amount(a.outcome.time.unwrap_or(f64::NAN), &u.time), &a.outcome);
    match end.status {
        RunStatus::Completed => {
            format!("{from} runs to {}.", amount(protocol.times[protocol.times.len() - 1], &u.time))
        }
        RunStatus::Settled => format!(
            "{from} is steady at {time}, where the run ends: every state is within {} of the value that it relaxes to.",
            of_state(c.run().steady.unwrap_or(0.0), c),
        ),
        RunStatus::RanAway => {
            let state = c.shown(end.unit.as_deref().unwrap_or_default());
            let (state, value) = (state, end.value.unwrap_or(f64::NAN));
            let how = if value.is_nan() {
                format!(
                    "{state} stops being a number at {time}, for example because an input is outside the domain of f"
                )
            } else {
                let ceiling = digits(c.run().ceiling);
                let passed = if value < 0.0 { format!("−{ceiling}") } else { ceiling };
                format!("{state} passes {passed} at {time} (it is at {})", digits(value))
            };
            format!("{from} runs away: {how}. Nothing is shown after that.")
        }
    }
}

/// A size that is one of all states: with the unit of the units' states where there are no others.
fn of_state(x: f64, c: &Circuit) -> String {
    if c.slow().is_empty() { amount(x, &c.units().state) } else { digits(x) }
}

/// Error over the largest deviation up to which a linearization predicts a time course, and up to which it does roughly.
const WELL: f64 = 0.1;
/// Up to which the digits of the error are of no use.
const EQUAL: f64 = 1e-4;
const ROUGHLY: f64 = 0.5;

/// How far the run is from what the linearization predicts.
fn difference(a: &TimeCourses, study: &Study, exactly_linear: bool) -> Result<Option<String>> {
    let unit = &study.circuit().units().state;
    let Some((error, size)) = a.largest_difference(&study.linearization()?.state) else { return Ok(None) };
    Ok(if exactly_linear {
        Some(format!(
            "The circuit is linear; simulation and exact solution differ by at most {}.",
            amount(error, unit)
        ))
    } else if size > 0.0 {
        let ratio = error / size;
        let how = match ratio {
            good if good <= WELL => "predicts this time course to within",
            fair if fair <= ROUGHLY => "predicts this time course roughly: its error is up to",
            _ => "does not predict this time course: its error is up to",
        };
        let of = if ratio <= EQUAL {
            "less than 0.01 % of".into()
        } else if ratio <= 1.0 {
            format!("{} of", share(ratio))
        } else {
            format!("{} times", factor(ratio))
        };
        let size = amount(size, unit);
        Some(format!("The linearization {how} {of} the largest deviation from the operating point ({size})."))
    } else {
        None
    })
}

fn trust(a: &TimeCourses, c: &Circuit, protocol: &Protocol, compared: bool) -> Vec<String> {
    let mut all = Vec::new();
    if c.n() > COMPARED_UNITS {
        all.push(format!(
            "Not compared with the linearization: the circuit has more than {} units.",
            COMPARED_UNITS
        ));
    } else if c.delays().is_some() && compared {
        all.push(
            "A comparison with the linearization is not available with delays, because its time courses are not matrix exponentials."
                .into(),
        );
    }
    all.extend(match a.seed {
        Some(seed) => Some(format!("The noise is drawn with seed {seed}: another seed gives another time course, and `--trials 200` gives many.")),
        None if c.noise().is_empty() => None,
        None => Some("This is the circuit without the noise of the file.".into()),
    });
    let time = &c.units().time;
    let exact = if a.linear.is_some() { "; the exact solution by matrix exponentials" } else { "" };
    all.push(match protocol.method {
        Method::Adaptive { rtol, atol } => format!(
            "Simulated with an adaptive method of order 8, tolerances {rtol:.0e} relative and {atol:.0e} absolute ({} evaluations){exact}.",
            a.evaluations
        ),
        Method::Stiff { rtol, atol } => format!(
            "Simulated with backward differentiation formulas for stiff equations (BDF, order up to 5), tolerances {rtol:.0e} relative and {atol:.0e} absolute ({} evaluations){exact}.",
            a.evaluations
        ),
        Method::Rk4 { dt } => format!("Simulated with RK4, dt = {}; halve dt to see its error.", amount(dt, time)),
        Method::EulerMaruyama { dt } => {
            format!("Simulated with Euler's method, dt = {} (first order: halve dt to see its error).", amount(dt, time))
        }
        Method::ExponentialEuler { dt } => {
            format!("Simulated with exponential Euler, dt = {} (first order: halve dt to see its error).", amount(dt, time))
        }
    });
    all
}

/// What is drawn: a unit, or the mean of a population.
struct Curve {
    name: String,
    role: Role,
    states: Vec<f64>,
    rates: Vec<f64>,
    /// By the linearization.
    linear: Option<Vec<f64>>,
}

struct Curves<'a> {
    times: &'a [f64],
    all: Vec<Curve>,
}

impl<'a> Curves<'a> {
    fn new(a: &'a TimeCourses, c: &Circuit) -> Curves<'a> {
        let times = a.times.data();
        let column = |m: &Array, k: usize| (0..times.len()).map(|t| m[(t, k)]).collect::<Vec<f64>>();
        let mean_of = |units: Range<usize>| {
            let mean = |row: &[f64]| row[units.clone()].iter().sum::<f64>() / units.len() as f64;
            a.linear.as_ref().map(|m| (0..times.len()).map(|t| mean(m.row(t))).collect())
        };
        let color = |p: usize| role(c.populations()[p].kind);
        let all = match &a.states {
            Some(states) if c.n() <= UNIT_CURVES => {
                let dynamics = CircuitDynamics::new(c);
                let rates = Array::rows((0..times.len()).map(|t| dynamics.rates(states.row(t))));
                (0..c.n())
                    .map(|i| Curve {
                        name: c.unit_shown(i),
                        role: color(c.population_of(i)),
                        states: column(states, i),
                        rates: column(&rates, i),
                        linear: mean_of(i..i + 1),
                    })
                    .collect()
            }
            _ => (0..c.populations().len())
                .map(|p| Curve {
                    name: format!("mean of {}", c.populations()[p].shown()),
                    role: color(p),
                    states: column(&a.population_means, p),
                    rates: column(&a.population_rates, p),
                    linear: mean_of(c.range(p)),
                })
                .collect(),
        };
        Curves { times, all }
    }

    fn series(&self, name: String, role: Role, stroke: Stroke, y: &[f64]) -> Series {
        Series { name, role, stroke, x: self.times.to_vec(), y: y.to_vec() }
    }

    fn figure(&self, c: &Circuit, exactly_linear: bool, noisy: bool) -> Figure {
        let u = c.units();
        let word = match (noisy, exactly_linear) {
            (false, true) => "exact",
            (false, false) => "linear",
            (true, true) => "without noise",
            (true, false) => "linear, without noise",
        };
        let changes = !noisy && self.change_little();
        let shown = |k: &Curve, y: &[f64]| {
            let from = if changes { k.states[0] } else { 0.0 };
            y.iter().map(|v| v - from).collect::<Vec<f64>>()
        };
        let solid = |k: &Curve| self.series(k.name.clone(), k.role, Stroke::Solid, &shown(k, &k.states));
        let mut series: Vec<Series> = self.all.iter().map(solid).collect();
        series.extend(self.all.iter().filter_map(|k| {
            let y = shown(k, k.linear.as_ref()?);
            Some(self.series(format!("{} ({word})", k.name), k.role, Stroke::Dashed, &y))
        }));
        let (title, axis) = match (c.form(), changes) {
            (Form::Rate, false) => ("Rates over time", "rate"),
            (Form::Rate, true) => ("Rates over time, changes from the start", "change of rate"),
            (_, false) => ("Voltages over time", "voltage"),
            (_, true) => ("Voltages over time, changes from the start", "change of voltage"),
        };
        let dashed = match (self.all.iter().any(|k| k.linear.is_some()), exactly_linear) {
            (false, _) => "",
            (true, true) => "; dashed: the exact solution",
            (true, false) => "; dashed: the exact solution of the linearization",
        };
        Figure::Lines {
            id: "time_course".into(),
            title: title.into(),
            caption: match (noisy, dashed) {
                (true, "") => "Solid: simulated with noise, one time course of many.".into(),
                (true, dashed) => {
                    format!("Solid: simulated with noise, one time course of many{dashed} without it.")
                }
                (false, dashed) => format!("Solid: simulated{dashed}."),
            },
            x: Axis::new("time", &u.time),
            y: Axis::new(axis, &u.state),
            series,
            marks: vec![],
        }
    }

    /// Whether all curves stay so near their starts, compared with how far these are apart, that only changes are seen.
    fn change_little(&self) -> bool {
        let all = || self.all.iter().flat_map(|k| &k.states).filter(|y| y.is_finite());
        let (low, high) = all().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(*y), b.max(*y)));
        let change = |k: &Curve| k.states.iter().map(|y| (y - k.states[0]).abs()).fold(0.0, f64::max);
        let largest = self.all.iter().map(change).fold(0.0, f64::max);
        largest > 0.0 && largest < LITTLE * (high - low)
    }

    fn rate_figure(&self, c: &Circuit) -> Figure {
        let solid = |k: &Curve| self.series(k.name.clone(), k.role, Stroke::Solid, &k.rates);
        Figure::Lines {
            id: "rate_course".into(),
            title: "Rates over time".into(),
            caption: "Simulated: f of the voltages.".into(),
            x: Axis::new("time", &c.units().time),
            y: Axis::new("rate", &c.units().rate),
            series: self.all.iter().map(solid).collect(),
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
        for k in &self.all {
            let y = &k.states;
            let extreme = |sign: f64| {
                y.iter()
                    .enumerate()
                    .max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)))
                    .map(|(i, v)| (self.times[i], *v))
            };
            let (Some((t_low, low)), Some((t_high, high))) = (extreme(-1.0), extreme(1.0)) else { continue };
            t.rows.push(vec![
                Cell::Text(k.name.clone()),
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

/// Slow states over time, the mean of each population: those that are rates, and those that are shares.
fn slow_figures(a: &TimeCourses, c: &Circuit) -> Vec<Figure> {
    let courses = a.slow_states.as_deref().unwrap_or_default();
    let figure = |id: &str, title: &str, unit: &str, kinds: [SlowKind; 2]| {
        let drawn: Vec<(SlowKind, Role, &SlowCourse)> = c
            .slow()
            .iter()
            .zip(courses)
            .filter(|(b, _)| kinds.contains(&b.kind))
            .map(|(b, course)| (b.kind, role(c.populations()[b.population].kind), course))
            .collect();
        (!drawn.is_empty()).then(|| Figure::Lines {
            id: id.into(),
            title: title.into(),
            caption: "Simulated; the mean of each population.".into(),
            x: Axis::new("time", &c.units().time),
            y: Axis::new(if unit.is_empty() { "share" } else { "rate" }, unit),
            series: drawn
                .into_iter()
                .map(|(kind, role, course)| Series {
                    name: format!("{} of {}", kind.name(), c.shown(&course.population)),
                    role,
                    stroke: if kind == kinds[0] { Stroke::Solid } else { Stroke::Pale },
                    x: a.times.data().to_vec(),
                    y: course.mean.data().to_vec(),
                })
                .collect(),
            marks: vec![],
        })
    };
    let rates = [SlowKind::Adaptation, SlowKind::Synapse];
    let shares = [SlowKind::Facilitation, SlowKind::Depression];
    [
        figure("slow_course", "Adaptation and synapses over time", &c.units().rate, rates),
        figure("plasticity_course", "Short-term plasticity over time", "", shares),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn mode_figure(c: &Circuit, coordinates: &Array, times: &[f64]) -> Figure {
    let size = |k: usize| coordinates.row(k).iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let sizes: Vec<f64> = (0..coordinates.shape()[0]).map(size).collect();
    let mut by_size: Vec<usize> = (0..sizes.len()).collect();
    by_size.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]));
    by_size.truncate(MODE_CURVES);
    by_size.sort_unstable();
    Figure::Lines {
        id: "mode_course".into(),
        title: "The same time course in the Schur modes".into(),
        caption: "Coordinates of the exact linear deviation on the Schur modes (the largest ones): a mode receives feedforward input from later modes.".into(),
        x: Axis::new("time", &c.units().time),
        y: Axis::new("amplitude", &c.units().state),
        series: by_size
            .into_iter()
            .map(|k| Series {
                name: format!("mode {}", k + 1),
                role: Role::Other,
                stroke: Stroke::Solid,
                x: times.to_vec(),
                y: coordinates.row(k).to_vec(),
            })
            .collect(),
        marks: vec![],
    }
}
