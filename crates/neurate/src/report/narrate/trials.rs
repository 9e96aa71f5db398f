//! Many noisy runs at once in words: what varies between them, beside what the linear theory of noise predicts.

use super::Tell;
use super::words::{amount, count, digits, factor, heading, list, role, share};
use crate::answers::Trials;
use crate::model::{Circuit, Form};
use crate::report::layout::Open;
use crate::report::limits::{NAMED_IN_SENTENCE, UNIT_CURVES};
use crate::report::section::{Axis, Cell, Figure, Section, Series, Stroke, Table};
use crate::simulate::Protocol;
use crate::study::{Array, Study};
use neurate_numerics::error::Result;
use std::ops::Range;

/// What is shown together: one unit, or the units of a population.
struct Group {
    name: String,
    units: Range<usize>,
    /// Mean over trials and units, and root mean variance, at each time.
    mean: Vec<f64>,
    sd: Vec<f64>,
}

impl Tell for Trials {
    const TITLE: &'static str = "Trials";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let protocol = study.protocol()?;
        let groups = groups(study)?;
        let predicted = self.sd_predicted.as_ref().map(Array::data);
        s.verdict.extend(verdict(self, c, protocol, &groups));
        s.verdict.extend(runaways(self, c));
        // Of fewer than two trials there is no standard deviation to compare.
        if let Some(sd) = predicted.filter(|_| at_end(self) > 1) {
            s.verdict.push(comparison(self, &groups, sd));
        }
        s.open = Open::new(2, 1, 0);
        s.tables.push(table(self, c, &groups, predicted));
        s.figures.push(figure(self, c, &groups));
        s.trust.push(format!(
            "Seed {}, method {}, dt = {}; the noise of trial k does not depend on the number of trials or threads.{}",
            self.seed,
            protocol.method.name(),
            amount(protocol.method.dt().unwrap_or(f64::NAN), &c.units().time),
            match at_end(self) {
                0 | 1 => String::new(),
                n => format!(
                    " A standard deviation over {n} trials has a relative standard error of {}.",
                    share(1.0 / (2.0 * (n - 1) as f64).sqrt())
                ),
            }
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
        Ok(())
    }
}

/// Trials that had not run away at the end.
fn at_end(a: &Trials) -> usize {
    a.counts[a.counts.len() - 1]
}

fn groups(study: &Study) -> Result<Vec<Group>> {
    let (c, e) = (study.circuit(), study.trials()?);
    let group = |name: String, units: Range<usize>| {
        let average = |row: &[f64]| row[units.clone()].iter().sum::<f64>() / units.len() as f64;
        let (mean, sd) =
            (0..e.times.len()).map(|t| (average(e.mean.row(t)), average(e.variance.row(t)).sqrt())).unzip();
        Group { name, units: units.clone(), mean, sd }
    };
    Ok(if c.n() <= UNIT_CURVES {
        (0..c.n()).map(|i| group(c.unit_shown(i), i..i + 1)).collect()
    } else {
        let populations = c.populations().iter().enumerate();
        populations.map(|(p, of)| group(format!("units of {}", of.shown()), c.range(p))).collect()
    })
}

/// Means and standard deviations at the end; None if no trial got there.
fn verdict(a: &Trials, c: &Circuit, protocol: &Protocol, groups: &[Group]) -> Option<String> {
    let reached = at_end(a);
    if reached == 0 {
        return None;
    }
    let u = c.units();
    let end = a.times.data().len() - 1;
    let ends: Vec<String> = groups
        .iter()
        .map(|g| {
            let mean = format!("{} at {}", g.name, amount(g.mean[end], &u.state));
            if reached == 1 {
                return mean;
            }
            format!("{mean} with a standard deviation of {}", digits(g.sd[end]))
        })
        .collect();
    Some(format!(
        "After {}, over {} from {}: {}.",
        amount(a.times.data()[end] - a.times.data()[0], &u.time),
        count(reached, "trial"),
        protocol.start_words,
        list(&ends)
    ))
}

/// Whether the prediction holds.
fn comparison(a: &Trials, groups: &[Group], predicted: &[f64]) -> String {
    let end = a.times.data().len() - 1;
    // Without fluctuations and without a prediction of any there is nothing to compare (0/0); fluctuations where none are
    // predicted are an infinite ratio.
    let worst = groups
        .iter()
        .map(|g| g.sd[end] / root_mean_square(predicted, &g.units))
        .filter(|r| !r.is_nan())
        .fold(1.0, |a: f64, r| if (r - 1.0).abs() > (a - 1.0).abs() { r } else { a });
    // Four standard errors of a standard deviation over so many trials.
    let chance = 4.0 / (2.0 * (at_end(a).max(2) - 1) as f64).sqrt();
    if (worst - 1.0).abs() <= chance {
        format!(
            "Linear noise theory predicts these standard deviations to within chance ({}).",
            share(chance)
        )
    } else {
        let how = if worst.is_finite() {
            format!("the ratio of measured to predicted standard deviation is up to {}", factor(worst))
        } else {
            "it predicts no fluctuations where there are some, because the gain is zero there".into()
        };
        format!(
            "Linear noise theory at the operating point does not predict these standard deviations: {how}. Possible reasons are noise too large for linear theory, a run too short to lose its initial state and stimuli, a step too long, or another steady state."
        )
    }
}

fn root_mean_square(sd: &[f64], units: &Range<usize>) -> f64 {
    (sd[units.clone()].iter().map(|s| s * s).sum::<f64>() / units.len() as f64).sqrt()
}

fn runaways(a: &Trials, c: &Circuit) -> Option<String> {
    if a.runaways.is_empty() {
        return None;
    }
    let named: Vec<String> = a
        .runaways
        .iter()
        .take(NAMED_IN_SENTENCE)
        .map(|r| format!("trial {} at {} ({})", r.trial, amount(r.time, &c.units().time), c.shown(&r.unit)))
        .collect();
    let more = if a.runaways.len() > NAMED_IN_SENTENCE { ", among others" } else { "" };
    Some(format!(
        "{} of {} ran away (beyond ±{} or undefined): {}{more}. They are included up to that time.",
        a.runaways.len(),
        count(a.trials, "trial"),
        digits(c.run().ceiling),
        named.join(", ")
    ))
}

fn table(a: &Trials, c: &Circuit, groups: &[Group], predicted: Option<&[f64]>) -> Table {
    let u = c.units();
    let end = a.times.data().len() - 1;
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
    let mut t = Table::new(format!("At the end ({})", count(at_end(a), "trial")), &columns);
    for g in groups {
        let (mean, sd) = (g.mean[end], g.sd[end]);
        let mut row = vec![
            Cell::Text(g.name.clone()),
            Cell::Number(mean),
            Cell::Number(sd / (at_end(a) as f64).sqrt()),
            Cell::Number(sd),
        ];
        if let Some(predicted) = predicted {
            let theory = root_mean_square(predicted, &g.units);
            row.push(Cell::Number(theory));
            row.push(if theory > 0.0 { Cell::Number(sd / theory) } else { Cell::Empty });
        }
        t.rows.push(row);
    }
    t
}

fn figure(a: &Trials, c: &Circuit, groups: &[Group]) -> Figure {
    let times = a.times.data();
    let mut series = Vec::new();
    for g in groups {
        let role = role(c.populations()[c.population_of(g.units.start)].kind);
        let mut push = |name: String, stroke, x, y| series.push(Series { name, role, stroke, x, y });
        push(g.name.clone(), Stroke::Solid, times.to_vec(), g.mean.clone());
        let border = |sign: f64| g.mean.iter().zip(&g.sd).map(move |(m, s)| m + sign * s);
        let x = times.iter().chain(times.iter().rev()).copied().collect();
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
