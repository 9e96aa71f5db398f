//! Uncertain weights, time constants and inputs: how sure is every sign and verdict.

use super::Analysis;
use super::words::{count, heading, list, number, percent, quantity, response_unit, role};
use crate::linear::Linearization;
use crate::linear::response::{FirstOrder, Isn, Probability, Samples, first_order, quantile, sample};
use crate::model::{Circuit, Uncertain};
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "uncertainty",
    about: "standard errors of weights: how sure is every sign and verdict",
    applies: |study| study.has_operating_point() && !study.circuit().standard_errors().is_empty(),
    run,
};

/// Populations up to which every entry is told.
const MAX_POPULATIONS: usize = 8;
/// Parameters named as those that matter most.
const MAX_CAUSES: usize = 3;

/// Quantiles that are written out: the median, and what one and two standard errors hold.
const QUANTILES: [f64; 5] = [0.025, 0.16, 0.5, 0.84, 0.975];

struct Facts {
    samples: Samples,
    first: Option<FirstOrder>,
    response: Matrix,
    /// Of the circuit itself.
    isn: bool,
}

fn run(study: &Study) -> Result<Section> {
    let (c, point) = (study.circuit(), study.point()?);
    let mut s = Section::new(ANALYSIS.name, "Uncertain parameters");
    s.sources = vec!["propagation of errors to first order, and by sampling"];
    let v = study.verdicts()?;
    let Some(response) = v.response.clone().filter(|_| v.stable()) else {
        s.verdict.push("There is no verdict to be sure of: the operating point is not stable.".into());
        s.data = json!({ "stable": false });
        return Ok(s);
    };
    let number_of_samples = study.choices().samples.unwrap_or_else(|| affordable(c)).max(2);
    let samples = sample(c, point, number_of_samples, study.choices().seed)?;
    let facts = Facts { samples, first: first_order(c, point)?, response, isn: v.isn == Isn::Stabilized };
    let unit = response_unit(c);
    s.verdict = words(c, &facts, &unit);
    s.tables.push(verdict_table(c, &facts));
    if c.populations().len() <= MAX_POPULATIONS {
        s.tables.push(entry_table(c, &facts, &unit));
    }
    s.tables.extend(cause_table(c, &facts));
    s.figures.push(sign_figure(c, &facts));
    s.figures.extend(density_figure(c, &facts, &unit));
    s.trust = trust(study.linearization()?, &facts, study.choices().seed);
    s.data = data(c, &facts);
    Ok(s)
}

/// A few seconds' worth: a sample costs a solution and the eigenvalues.
fn affordable(c: &Circuit) -> usize {
    let cost = (c.n() as f64 / 30.0).powi(3).max(1.0);
    ((2000.0 / cost) as usize).clamp(50, 2000)
}

/// A probability in words.
fn sure(p: f64) -> &'static str {
    match p.max(1.0 - p) {
        x if x >= 0.999 => "all but certain",
        x if x >= 0.95 => "very likely",
        x if x >= 0.8 => "likely",
        x if x >= 0.6 => "more likely than not",
        _ => "open",
    }
}

fn chance(p: Probability) -> String {
    // One digit of an error is enough.
    let digit = 10_f64.powf(p.se.log10().floor());
    format!("{} ± {}", number((p.value / digit).round() * digit), number((p.se / digit).round() * digit))
}

fn words(c: &Circuit, f: &Facts, unit: &str) -> Vec<String> {
    let mut out = Vec::new();
    let stable = f.samples.probability(|s| s.stable);
    out.push(format!(
        "With the errors given, that the operating point is stable has the probability {}.",
        chance(stable)
    ));
    if f.samples.all.iter().any(|s| !s.found) {
        out.push(format!(
            "In {} of the samples it could not be followed: it ends on the way.",
            percent(f.samples.probability(|s| !s.found).value)
        ));
    }
    let isn = f.samples.probability(|s| s.isn);
    out.push(format!(
        "That it is {}inhibition-stabilized is {} (probability {}).",
        if f.isn { "" } else { "not " },
        sure(isn.value),
        chance(if f.isn { isn } else { f.samples.probability(|s| s.stable && !s.isn) })
    ));
    for (p, q) in c.populations().iter().enumerate() {
        let values = f.samples.entry(p, p);
        if values.is_empty() {
            continue;
        }
        let negative = Probability::negative(&values);
        let (sign, here) = if f.response[(p, p)] < 0.0 {
            ("negative", negative.value)
        } else {
            ("positive", 1.0 - negative.value)
        };
        let how = if here >= 0.6 {
            format!("that it is {sign} is {}", sure(here))
        } else {
            format!("that it is {sign} is far from sure")
        };
        out.push(format!(
            "{}'s response to its own input is {}: {how} (probability {} where the circuit is stable){}.",
            q.name,
            quantity(f.response[(p, p)], unit),
            chance(Probability { value: here, ..negative }),
            causes(c, f, p, p).map_or(String::new(), |x| format!("; its error comes from {x}"))
        ));
    }
    out
}

/// The parameters with most of an entry's first-order variance.
fn causes(c: &Circuit, f: &Facts, to: usize, from: usize) -> Option<String> {
    let shares = shares(f, to, from)?;
    let most: Vec<String> = shares
        .iter()
        .take(MAX_CAUSES)
        .filter(|(_, share)| *share > 0.1)
        .map(|(k, share)| format!("{} ({})", parameter(c, *k), percent(*share)))
        .collect();
    (!most.is_empty()).then(|| list(&most))
}

/// Parameters with their share of an entry's first-order variance, largest first.
fn shares(f: &Facts, to: usize, from: usize) -> Option<Vec<(usize, f64)>> {
    let first = f.first.as_ref()?;
    let total: f64 = first.contributions.iter().map(|m| m[(to, from)]).sum();
    if total == 0.0 || total.is_nan() {
        return None;
    }
    let mut all: Vec<(usize, f64)> =
        first.contributions.iter().enumerate().map(|(k, m)| (k, m[(to, from)] / total)).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    Some(all)
}

fn parameter(c: &Circuit, k: usize) -> String {
    let name = |p: usize| &c.populations()[p].name;
    match c.standard_errors()[k].parameter {
        Uncertain::Weight { to, from } => format!("{} <- {}", name(to), name(from)),
        Uncertain::Tau(p) => format!("tau of {}", name(p)),
        Uncertain::Input(p) => format!("h of {}", name(p)),
    }
}

fn verdict_table(c: &Circuit, f: &Facts) -> Table {
    let mut t =
        Table::new("How sure the verdicts are", &["verdict", "probability", "standard error of sampling"]);
    let mut add = |what: String, p: Probability| {
        t.rows.push(vec![Cell::Text(what), Cell::Number(p.value), Cell::Number(p.se)]);
    };
    add("stable".into(), f.samples.probability(|s| s.stable));
    add("stable and inhibition-stabilized".into(), f.samples.probability(|s| s.isn));
    for (p, q) in c.populations().iter().enumerate() {
        let paradox = f.samples.probability(|s| s.response.as_ref().is_some_and(|r| r[(p, p)] < 0.0));
        add(format!("stable and {} paradoxical", q.name), paradox);
    }
    t
}

fn entry_table(c: &Circuit, f: &Facts, unit: &str) -> Table {
    let mut t = Table {
        caption: "The response matrix and its errors: first order, and quantiles of the stable samples"
            .into(),
        columns: vec![
            "response of".into(),
            "input to".into(),
            heading("R", unit),
            "first-order error".into(),
            "2.5 %".into(),
            "median".into(),
            "97.5 %".into(),
            "P(R < 0)".into(),
        ],
        rows: vec![],
    };
    for (a, to) in c.populations().iter().enumerate() {
        for (b, from) in c.populations().iter().enumerate() {
            let values = f.samples.entry(a, b);
            let some = |x: f64| if x.is_finite() { Cell::Number(x) } else { Cell::Empty };
            t.rows.push(vec![
                Cell::Text(to.name.clone()),
                Cell::Text(from.name.clone()),
                Cell::Number(f.response[(a, b)]),
                f.first.as_ref().map_or(Cell::Empty, |x| some(x.se[(a, b)])),
                some(quantile(&values, 0.025)),
                some(quantile(&values, 0.5)),
                some(quantile(&values, 0.975)),
                some(Probability::negative(&values).value),
            ]);
        }
    }
    t
}

fn cause_table(c: &Circuit, f: &Facts) -> Option<Table> {
    let first = f.first.as_ref()?;
    let mut columns = vec!["uncertain".to_string(), "value".into(), "standard error".into()];
    columns.extend(c.populations().iter().map(|p| format!("share in {0} to {0}", p.name)));
    let mut t = Table {
        caption: "What the errors of the self-responses come from: shares of the first-order variance".into(),
        columns,
        rows: vec![],
    };
    for (k, e) in c.standard_errors().iter().enumerate() {
        let mut row = vec![Cell::Text(parameter(c, k)), Cell::Number(e.mean), Cell::Number(e.se)];
        for p in 0..c.populations().len() {
            let total: f64 = first.contributions.iter().map(|m| m[(p, p)]).sum();
            row.push(if total > 0.0 {
                Cell::Text(percent(first.contributions[k][(p, p)] / total))
            } else {
                Cell::Empty
            });
        }
        t.rows.push(row);
    }
    Some(t)
}

fn sign_figure(c: &Circuit, f: &Facts) -> Figure {
    let p = c.populations().len();
    let names: Vec<String> = c.populations().iter().map(|q| q.name.clone()).collect();
    let sureness = |a: usize, b: usize| 1.0 - 2.0 * Probability::negative(&f.samples.entry(a, b)).value;
    let open = |a: usize, b: usize| sureness(a, b).abs() < 0.9;
    let cells = (0..p).flat_map(|a| (0..p).map(move |b| (a, b)));
    Figure::Matrix {
        id: "sign_sureness".into(),
        title: "How sure is the sign of every response".into(),
        caption: "The probability that the response is positive less the probability that it is negative, over the stable samples: 1 and −1 are certain, 0 is a coin toss. Outlined: less sure than 95 %.".into(),
        rows_are: "response of".into(),
        columns_are: "input to".into(),
        row_names: names.clone(),
        column_names: names,
        values: (0..p).map(|a| (0..p).map(|b| sureness(a, b)).collect()).collect(),
        unit: String::new(),
        outlined: cells.filter(|&(a, b)| open(a, b)).map(|(a, b)| (a, b, "the sign is less sure than 95 %".into())).collect(),
    }
}

/// Smoothed densities of the populations' responses to their own input.
fn density_figure(c: &Circuit, f: &Facts, unit: &str) -> Option<Figure> {
    let mut series = Vec::new();
    let mut marks = vec![Mark { x: 0.0, y: None, label: "zero".into(), role: Role::Guide }];
    for (p, q) in c.populations().iter().enumerate() {
        let values = f.samples.entry(p, p);
        let spread = quantile(&values, 0.75) - quantile(&values, 0.25);
        if values.len() < 20 || spread <= 0.0 || spread.is_nan() {
            continue;
        }
        // Silverman's width; heavy tails are left out of the picture, not of the numbers.
        let width = 0.9 * spread / 1.349 * (values.len() as f64).powf(-0.2);
        let (low, high) = (quantile(&values, 0.01), quantile(&values, 0.99));
        let x: Vec<f64> = (0..=120)
            .map(|k| low - 3.0 * width + (high - low + 6.0 * width) * f64::from(k) / 120.0)
            .collect();
        let height = |x: f64| {
            let kernel = |v: &f64| (-0.5 * ((x - v) / width).powi(2)).exp();
            values.iter().map(kernel).sum::<f64>()
                / (values.len() as f64 * width * std::f64::consts::TAU.sqrt())
        };
        let y: Vec<f64> = x.iter().map(|&x| height(x)).collect();
        let own = f.response[(p, p)];
        marks.push(Mark { x: own, y: Some(height(own)), label: q.name.clone(), role: role(q.kind) });
        series.push(Series { name: q.name.clone(), role: role(q.kind), stroke: Stroke::Solid, x, y });
    }
    let per = if unit.is_empty() { String::new() } else { format!("1/({unit})") };
    (!series.is_empty()).then(|| Figure::Lines {
        id: "response_density".into(),
        title: "Responses to own input, with their uncertainty".into(),
        caption: "Density of each population's response to its own input over the stable samples (smoothed). Points: the circuit as it is written. What lies left of zero is paradoxical.".into(),
        x: Axis::new("response to own input", unit),
        y: Axis::new("density", per),
        series,
        marks,
    })
}

fn trust(l: &Linearization, f: &Facts, seed: u64) -> Vec<String> {
    let mut out = vec![format!(
        "{} with seed {seed}: all parameters independent; weights of excitatory and inhibitory senders and time constants log-normal with the given mean and standard error (no sign is lost, no moment shifted), others normal. A weight between populations is scaled as a whole.",
        count(f.samples.all.len(), "sample")
    )];
    out.push("In every sample the operating point is followed from the circuit's own, and verdicts are given only where it is stable. Probabilities come with their standard error of sampling.".into());
    if f.first.is_none() {
        out.push("First-order errors are undefined here: the operating point does not survive the smallest change.".into());
    }
    if !l.at_kink.is_empty() {
        out.push("A unit stands at a kink of its transfer function: first-order errors are those of a mean of two slopes.".into());
    }
    out
}

fn data(c: &Circuit, f: &Facts) -> serde_json::Value {
    let name = |p: usize| &c.populations()[p].name;
    let p = c.populations().len();
    let chance = |x: Probability| json!({ "value": x.value, "se": x.se });
    let rows = |g: &dyn Fn(usize, usize) -> f64| {
        (0..p).map(|a| (0..p).map(|b| g(a, b)).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    json!({
        "stable": true,
        "samples": f.samples.all.len(),
        "lost": f.samples.all.iter().filter(|s| !s.found).count(),
        "probability_stable": chance(f.samples.probability(|s| s.stable)),
        "probability_isn": chance(f.samples.probability(|s| s.isn)),
        "probability_paradoxical": (0..p).map(|q| json!({
            "population": name(q),
            "probability": chance(f.samples.probability(|s| s.response.as_ref().is_some_and(|r| r[(q, q)] < 0.0))),
        })).collect::<Vec<_>>(),
        "first_order_se": f.first.as_ref().map(|x| rows(&|a, b| x.se[(a, b)])),
        "quantiles": QUANTILES.iter().map(|&share| json!({
            "share": share, "response_matrix": rows(&|a, b| quantile(&f.samples.entry(a, b), share)),
        })).collect::<Vec<_>>(),
        "probability_negative": rows(&|a, b| Probability::negative(&f.samples.entry(a, b)).value),
        "parameters": c.standard_errors().iter().enumerate().map(|(k, e)| json!({
            "parameter": parameter(c, k), "mean": e.mean, "se": e.se,
            "variance_shares": f.first.as_ref().map(|x| rows(&|a, b| {
                let total: f64 = x.contributions.iter().map(|m| m[(a, b)]).sum();
                x.contributions[k][(a, b)] / total
            })),
        })).collect::<Vec<_>>(),
    })
}
