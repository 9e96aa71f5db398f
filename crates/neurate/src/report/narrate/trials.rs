//! Many noisy runs at once: what varies between them, beside what the linear theory of noise predicts.

use super::Analysis;
use super::time_courses::comparable;
use super::words::{count, heading, list, number, percent, quantity, role};
use crate::fixed_points::Stability;
use crate::linear::response::{Noise, fluctuations};
use crate::model::{Circuit, Form};
use crate::report::section::{Axis, Cell, Figure, Section, Series, Stroke, Table};
use crate::simulate::Trials;
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::json;
use std::ops::Range;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "trials",
    about: "many runs with noise: mean and standard deviation over trials, beside the linear prediction",
    applies: |study| study.choices().trials.is_some(),
    run,
};

/// Units drawn one by one; above, means over populations.
const MAX_CURVES: usize = 8;
/// Units up to which the linear prediction is made, and everything is written out.
const MAX_PREDICTED: usize = 1000;
const MAX_WRITTEN: usize = 24;
/// Trials named one by one.
const MAX_NAMED: usize = 5;

/// What is shown together: one unit, or the units of a population.
struct Group {
    name: String,
    units: Range<usize>,
}

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let u = c.units();
    let wanted = study.choices().trials.unwrap_or(1);
    let protocol = study.protocol()?;
    let e = study.trials()?;
    let groups: Vec<Group> = if c.n() <= MAX_CURVES {
        (0..c.n()).map(|i| Group { name: c.unit_name(i), units: i..i + 1 }).collect()
    } else {
        let name = |p: usize| format!("units of {}", c.populations()[p].name);
        (0..c.populations().len()).map(|p| Group { name: name(p), units: c.range(p) }).collect()
    };
    let end = e.times.len() - 1;
    let predicted = prediction(study, e.times[end])?;
    let mut s = Section::new(ANALYSIS.name, "Trials");
    let courses: Vec<(Vec<f64>, Vec<f64>)> = groups.iter().map(|g| moments(e, g)).collect();
    let at_end: Vec<String> = groups
        .iter()
        .zip(&courses)
        .map(|(g, (mean, sd))| {
            format!(
                "{} at {} with a standard deviation of {}",
                g.name,
                quantity(mean[end], &u.state),
                number(sd[end])
            )
        })
        .collect();
    s.verdict.push(format!(
        "After {}, over {} from {}: {}.",
        quantity(e.times[end] - e.times[0], &u.time),
        count(wanted, "trial"),
        protocol.start_words,
        list(&at_end)
    ));
    s.verdict.extend(runaways(c, e, wanted));
    if let Some(sd) = &predicted {
        let ratios: Vec<f64> = groups
            .iter()
            .zip(&courses)
            .map(|(g, (_, measured))| measured[end] / root_mean_square(sd, &g.units))
            .filter(|r| r.is_finite())
            .collect();
        let worst = ratios
            .iter()
            .copied()
            .fold(1.0, |a: f64, r| if (r - 1.0).abs() > (a - 1.0).abs() { r } else { a });
        // Four standard errors of a standard deviation over so many trials.
        let chance = 4.0 / (2.0 * (e.counts[end].max(2) - 1) as f64).sqrt();
        s.verdict.push(if (worst - 1.0).abs() <= chance {
            format!("Linear noise theory predicts these standard deviations to within chance ({}).", percent(chance))
        } else {
            format!(
                "Linear noise theory at the operating point does not: the ratio of measured to predicted standard deviation goes to {}. Either the noise is too large for it, or the run too short to forget its start.",
                number(worst)
            )
        });
    }
    s.tables.push(table(c, e, &groups, &courses, predicted.as_deref()));
    s.figures.push(figure(c, e, &groups, &courses));
    let seed = protocol.noise.unwrap_or(0);
    s.trust.push(format!(
        "Seed {seed}, method {}, dt = {}; trial k has the same noise in any number of trials, on any number of threads. A standard deviation over {} is known to {}.",
        protocol.method.name(),
        quantity(protocol.method.dt().unwrap_or(f64::NAN), &u.time),
        count(e.counts[end], "trial"),
        percent(1.0 / (2.0 * (e.counts[end].max(2) - 1) as f64).sqrt())
    ));
    if predicted.is_some() {
        let how = if c.delays().is_some() {
            "the integral of the spectra with delays"
        } else {
            "A C + C Aᵀ + B Q Bᵀ = 0"
        };
        s.trust.push(format!("The prediction is the stationary one at the operating point, {how}."));
    }
    s.sources = vec![
        "Salmon, Moraes, Dror & Shaw 2011 (Philox)",
        "Kloeden & Platen 1992 (weak and strong order)",
        "Gardiner 2009, ch. 4 (the Lyapunov equation)",
    ];
    s.data = data(c, e, seed, predicted.as_deref());
    Ok(s)
}

/// Stationary standard deviations of the units by linear theory, where there are any.
fn prediction(study: &Study, end: f64) -> Result<Option<Vec<f64>>> {
    let c = study.circuit();
    if !comparable(study) {
        return Ok(None);
    }
    let l = study.linearization()?;
    if l.stability != Stability::Stable {
        return Ok(None);
    }
    // While a stimulus lasts the state is not that of the operating point.
    if c.n() > MAX_PREDICTED || c.stimuli().iter().any(|s| s.waveform.value(end) != 0.0) {
        return Ok(None);
    }
    let Some(f) = fluctuations(l, &Noise::of_sources(c.noise()))? else { return Ok(None) };
    Ok(Some((0..c.n()).map(|i| f.covariance[(i, i)].max(0.0).sqrt()).collect()))
}

fn root_mean_square(sd: &[f64], units: &Range<usize>) -> f64 {
    (sd[units.clone()].iter().map(|s| s * s).sum::<f64>() / units.len() as f64).sqrt()
}

/// Mean over trials and units, and root mean variance, at each time.
fn moments(e: &Trials, g: &Group) -> (Vec<f64>, Vec<f64>) {
    let average = |row: &[f64]| row[g.units.clone()].iter().sum::<f64>() / g.units.len() as f64;
    (0..e.times.len()).map(|t| (average(e.mean.row(t)), average(e.variance.row(t)).sqrt())).unzip()
}

fn runaways(c: &Circuit, e: &Trials, wanted: usize) -> Option<String> {
    if e.runaways.is_empty() {
        return None;
    }
    let named: Vec<String> = e
        .runaways
        .iter()
        .take(MAX_NAMED)
        .map(|r| {
            format!("trial {} at {} ({})", r.trial, quantity(r.time, &c.units().time), c.state_name(r.index))
        })
        .collect();
    let more = if e.runaways.len() > MAX_NAMED { ", among others" } else { "" };
    Some(format!(
        "{} of {} ran away, past {}: {}{more}. They count up to then.",
        e.runaways.len(),
        count(wanted, "trial"),
        quantity(c.run().ceiling, &c.units().state),
        named.join(", ")
    ))
}

fn table(
    c: &Circuit,
    e: &Trials,
    groups: &[Group],
    courses: &[(Vec<f64>, Vec<f64>)],
    predicted: Option<&[f64]>,
) -> Table {
    let u = c.units();
    let end = e.times.len() - 1;
    let mut columns = vec![
        String::new(),
        heading("mean", &u.state),
        heading("± (standard error)", &u.state),
        heading("sd over trials", &u.state),
    ];
    if predicted.is_some() {
        columns.push(heading("sd, linear theory", &u.state));
        columns.push("measured/predicted".into());
    }
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut t = Table::new(format!("At the end ({})", count(e.counts[end], "trial")), &columns);
    for (g, (mean, sd)) in groups.iter().zip(courses) {
        let mut row = vec![
            Cell::Text(g.name.clone()),
            Cell::Number(mean[end]),
            Cell::Number(sd[end] / (e.counts[end] as f64).sqrt()),
            Cell::Number(sd[end]),
        ];
        if let Some(predicted) = predicted {
            let theory = root_mean_square(predicted, &g.units);
            row.push(Cell::Number(theory));
            row.push(if theory > 0.0 { Cell::Number(sd[end] / theory) } else { Cell::Empty });
        }
        t.rows.push(row);
    }
    t
}

fn figure(c: &Circuit, e: &Trials, groups: &[Group], courses: &[(Vec<f64>, Vec<f64>)]) -> Figure {
    let mut series = Vec::new();
    for (g, (mean, sd)) in groups.iter().zip(courses) {
        let role = role(c.populations()[c.population_of(g.units.start)].kind);
        let mut push = |name: String, stroke, x, y| series.push(Series { name, role, stroke, x, y });
        push(g.name.clone(), Stroke::Solid, e.times.clone(), mean.clone());
        let border = |sign: f64| mean.iter().zip(sd).map(move |(m, s)| m + sign * s);
        let x = e.times.iter().chain(e.times.iter().rev()).copied().collect();
        let y = border(1.0).chain(border(-1.0).rev()).collect();
        push(format!("{} ± sd", g.name), Stroke::Band, x, y);
    }
    let (title, axis) = match c.form() {
        Form::Rate => ("Rates over trials", "rate"),
        _ => ("Voltages over trials", "voltage"),
    };
    Figure::Lines {
        id: "trials".into(),
        title: title.into(),
        caption: "Curves: mean over trials; bands: one standard deviation above and below.".into(),
        x: Axis::new("time", &c.units().time),
        y: Axis::new(axis, &c.units().state),
        series,
        marks: vec![],
    }
}

fn data(c: &Circuit, e: &Trials, seed: u64, predicted: Option<&[f64]>) -> serde_json::Value {
    let written = c.n() <= MAX_WRITTEN;
    let end = e.times.len() - 1;
    // Of the units; slow states stand behind them.
    let rows = |m: &Matrix, count: usize, f: fn(f64) -> f64| {
        (0..count).map(|k| m.row(k)[..c.n()].iter().map(|x| f(*x)).collect()).collect::<Vec<Vec<f64>>>()
    };
    let all = e.times.len();
    let covariance = e.covariances.as_ref().filter(|_| written).map(|of| rows(&of[end], c.n(), |x| x));
    json!({
        "trials": e.last.rows(),
        "seed": seed,
        "times": e.times,
        "counts": e.counts,
        "units": if written { Some((0..c.n()).map(|i| c.unit_name(i)).collect::<Vec<_>>()) } else { None },
        "mean": written.then(|| rows(&e.mean, all, |x| x)),
        "sd": written.then(|| rows(&e.variance, all, f64::sqrt)),
        "covariance": covariance,
        "sd_predicted": predicted.filter(|_| written),
        "runaways": e.runaways.iter().map(|r| json!({
            "trial": r.trial, "time": r.time, "unit": c.state_name(r.index), "value": r.value,
        })).collect::<Vec<_>>(),
    })
}
