//! Amplification between chosen inputs and outputs, and between populations: for the section on amplification.

use super::words::{amount, digits, factor, heading, list, number, quantity, sum, unit_names};
use crate::answers::{ChosenAmplification, PopulationAmplification};
use crate::model::Circuit;
use crate::report::limits::WRITTEN_TERMS;
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::{Channels, Study};

/// What was asked for with `--from` and `--to`, in words, table and curve.
pub(super) fn chosen(a: &ChosenAmplification, study: &Study, s: &mut Section) {
    let time = &study.circuit().units().time;
    let words = |channels: &Option<Channels>| {
        channels.as_ref().map_or_else(|| "all units".to_string(), |channels| list(&channels.words))
    };
    let names = |channels: &Option<Channels>| {
        channels.as_ref().map_or_else(|| unit_names(study.circuit()), |channels| channels.shown.clone())
    };
    let ends = format!("{} to {}", words(&study.choices().from), words(&study.choices().to));
    // What was asked for stands open, before everything else.
    s.verdict.insert(0, sentence(a, &ends, time));
    s.open.sentences += 1;
    s.open.figures += 1;
    let mut t = Table::new(format!("Amplification from {ends}"), &["measure", "value"]);
    let at_once = a.norms.data().first().copied();
    for (name, value) in [
        ("largest, max ‖C exp(At) B‖".to_string(), Cell::Number(a.max)),
        ("certified upper bound at all times".into(), Cell::Number(a.bound)),
        (heading("time of the maximum", time), Cell::Number(a.time)),
        ("at time 0, ‖C B‖".into(), at_once.map_or(Cell::Empty, Cell::Number)),
        (
            "best combination of inputs".into(),
            Cell::Text(combination(a.input.data(), &names(&study.choices().from))),
        ),
        ("what it becomes".into(), Cell::Text(combination(a.output.data(), &names(&study.choices().to)))),
    ] {
        t.rows.push(vec![Cell::Text(name), value]);
    }
    s.tables.push(t);
    let (x, y) = (a.times.data().to_vec(), a.norms.data().to_vec());
    let end = x.last().copied().unwrap_or(0.0);
    s.figures.insert(0, Figure::Lines {
        id: "amplification_between".into(),
        title: format!("From {ends}"),
        caption: "‖C exp(At) B‖: the largest output at each time of an input of norm one. B are the inputs asked for, C the outputs.".into(),
        x: Axis::new("time", time),
        y: Axis::new("norm", ""),
        series: vec![
            Series { name: "‖C exp(At) B‖".into(), role: Role::Other, stroke: Stroke::Solid, x, y },
            Series {
                name: "certified bound".into(),
                role: Role::Guide,
                stroke: Stroke::Dotted,
                x: vec![0.0, end],
                y: vec![a.bound; 2],
            },
        ],
        marks: vec![Mark { x: a.time, y: Some(a.max), label: format!("{}×", digits(a.max)), role: Role::Other }],
    });
}

fn sentence(a: &ChosenAmplification, ends: &str, time: &str) -> String {
    if a.max == 0.0 {
        format!("From {ends}, no activity is transmitted.")
    } else if a.time == 0.0 {
        format!(
            "From {ends}, there is no transient amplification: the largest output, {} times the input, occurs at once.",
            factor(a.max)
        )
    } else {
        format!(
            "From {ends}, the largest transient amplification is {}-fold, after {}.",
            factor(a.max),
            amount(a.time, time)
        )
    }
}

/// `0.78 E − 0.62 I`: the largest terms.
fn combination(v: &[f64], names: &[String]) -> String {
    let mut largest: Vec<usize> = (0..v.len()).filter(|&k| v[k].abs() > 1e-3).collect();
    largest.sort_by(|&a, &b| v[b].abs().total_cmp(&v[a].abs()));
    let more = largest.len().saturating_sub(WRITTEN_TERMS);
    largest.truncate(WRITTEN_TERMS);
    let terms: Vec<(f64, &str)> = largest.iter().map(|&k| (v[k], names[k].as_str())).collect();
    let rest = if more > 0 { format!(" + {more} smaller") } else { String::new() };
    sum(&terms) + &rest
}

/// The largest amplification from each population to each.
pub(super) fn populations(a: &PopulationAmplification, c: &Circuit) -> Table {
    let time = &c.units().time;
    let mut t = Table {
        caption: "Largest amplification from any pattern in one population to another, and when".into(),
        columns: std::iter::once(String::new())
            .chain(a.populations.iter().map(|name| format!("from {}", c.shown(name))))
            .collect(),
        rows: vec![],
    };
    for (k, name) in a.populations.iter().enumerate() {
        let mut row = vec![Cell::Text(format!("to {}", c.shown(name)))];
        row.extend(a.max.row(k).iter().zip(a.time.row(k)).map(|(max, when)| {
            Cell::Text(match (*max, *when) {
                (m, _) if m < 1e-12 => "0".into(),
                (m, 0.0) => format!("{} at once", number(m)),
                (m, t) => format!("{} at {}", number(m), quantity(t, time)),
            })
        }));
        t.rows.push(row);
    }
    t
}
