//! Amplification between populations: tables and a picture of the amplification section.

use super::words::{heading, list, number, quantity};
use crate::linear::modes::{AmplificationBetween, amplification_between_of};
use crate::model::Circuit;
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::{Channels, Side, channels};
use crate::study::{Choices, Study};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use serde_json::json;

/// Units up to which the table between all populations is made unasked: it is as many searches as
/// there are pairs of populations.
const MAX_UNASKED: usize = 60;
/// Populations of that table.
const MAX_POPULATIONS: usize = 6;

/// What was asked for with `--from` and `--to`, in words, table, curve and numbers; None if nothing was.
pub(super) fn asked(s: &mut Section, study: &Study) -> Result<Option<serde_json::Value>> {
    let Choices { from, to, .. } = study.choices();
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let c = study.circuit();
    let l = study.linearization()?;
    let input = side(from.as_deref(), Side::From, c)?;
    let output = side(to.as_deref(), Side::To, c)?;
    let jacobian = l.jacobian_decomposition();
    let g = amplification_between_of(jacobian, &input.weights.transpose(), &output.weights, study.progress())
        .map_err(|e| {
            Error::new(e.kind(), e.message()).with_help("--from and --to ask about a stable operating point")
        })?;
    let time = &c.units().time;
    s.verdict.push(sentence(&g, &input, &output, time));
    let mut t = Table::new(
        format!("Amplification from {} to {}", list(&input.words), list(&output.words)),
        &["measure", "value"],
    );
    for (name, value) in [
        ("largest, max ‖C exp(At) B‖".to_string(), Cell::Number(g.max)),
        ("certified bound: no norm at any time is larger".into(), Cell::Number(g.bound)),
        (heading("when", time), Cell::Number(g.time)),
        ("at time 0, ‖C B‖".into(), Cell::Number(g.norms[0])),
        ("best combination of inputs".into(), Cell::Text(combination(&g.input, &input.names))),
        ("what it becomes".into(), Cell::Text(combination(&g.output, &output.names))),
    ] {
        t.rows.push(vec![Cell::Text(name), value]);
    }
    s.tables.push(t);
    s.figures.push(Figure::Lines {
        id: "amplification_between".into(),
        title: format!("From {} to {}", list(&input.words), list(&output.words)),
        caption: "‖C exp(At) B‖: the largest output at each time of an input of norm one. B are the inputs asked for, C the outputs.".into(),
        x: Axis::new("time", time),
        y: Axis::new("norm", ""),
        series: vec![
            Series { name: "‖C exp(At) B‖".into(), role: Role::Other, stroke: Stroke::Solid, x: g.times.clone(), y: g.norms.clone() },
            Series {
                name: "certified bound".into(),
                role: Role::Guide,
                stroke: Stroke::Dotted,
                x: vec![0.0, g.times[g.times.len() - 1]],
                y: vec![g.bound; 2],
            },
        ],
        marks: vec![Mark { x: g.time, y: Some(g.max), label: format!("{}×", number(g.max)), role: Role::Other }],
    });
    Ok(Some(json!({
        "from": input.names, "to": output.names,
        "max": g.max, "bound": g.bound, "time": g.time, "input": g.input, "output": g.output,
        "times": g.times, "norms": g.norms,
    })))
}

fn side(text: Option<&str>, side: Side, c: &Circuit) -> Result<Channels> {
    match text {
        Some(text) => channels(text, side, c),
        None => Ok(Channels {
            names: super::words::unit_names(c),
            weights: Matrix::identity(c.n()),
            words: vec!["everything".into()],
        }),
    }
}

fn sentence(g: &AmplificationBetween, input: &Channels, output: &Channels, time: &str) -> String {
    let ends = format!("From {} to {}", list(&input.words), list(&output.words));
    if g.max == 0.0 {
        format!("{ends} nothing comes through.")
    } else if g.time == 0.0 {
        format!("{ends} nothing grows: the largest output, {} of the input, is there at once.", number(g.max))
    } else {
        format!("{ends} the largest transient is {}-fold, after {}.", number(g.max), quantity(g.time, time))
    }
}

/// `0.78 E − 0.62 I`: the largest five.
fn combination(v: &[f64], names: &[String]) -> String {
    let mut largest: Vec<usize> = (0..v.len()).filter(|&k| v[k].abs() > 1e-3).collect();
    largest.sort_by(|&a, &b| v[b].abs().total_cmp(&v[a].abs()));
    let more = largest.len().saturating_sub(5);
    largest.truncate(5);
    let terms: Vec<String> = largest.iter().map(|&k| format!("{} {}", number(v[k]), names[k])).collect();
    let rest = if more > 0 { format!(" + {more} smaller") } else { String::new() };
    terms.join(", ").replace(", -", " − ").replace(", ", " + ") + &rest
}

/// The largest amplification from each population to each, for small circuits of two to six populations.
pub(super) fn populations(s: &mut Section, study: &Study) -> Result<Option<serde_json::Value>> {
    let c = study.circuit();
    let l = study.linearization()?;
    let count = c.populations().len();
    if !(2..=MAX_POPULATIONS).contains(&count) || c.n() > MAX_UNASKED {
        return Ok(None);
    }
    let only: Vec<Matrix> = (0..count)
        .map(|p| {
            let range = c.range(p);
            Matrix::from_fn(range.len(), c.n(), |k, i| f64::from(u8::from(i == range.start + k)))
        })
        .collect();
    let name = |p: usize| c.populations()[p].name.clone();
    let time = &c.units().time;
    let mut t = Table {
        caption: "Largest amplification from any pattern in one population to another, and when".into(),
        columns: std::iter::once(String::new())
            .chain((0..count).map(|p| format!("from {}", name(p))))
            .collect(),
        rows: vec![],
    };
    let (mut max, mut when) = (vec![vec![0.0; count]; count], vec![vec![0.0; count]; count]);
    for to in 0..count {
        let mut row = vec![Cell::Text(format!("to {}", name(to)))];
        for from in 0..count {
            let g = amplification_between_of(
                l.jacobian_decomposition(),
                &only[from].transpose(),
                &only[to],
                study.progress(),
            )?;
            (max[to][from], when[to][from]) = (g.max, g.time);
            row.push(Cell::Text(match (g.max, g.time) {
                (m, _) if m < 1e-12 => "0".into(),
                (m, 0.0) => format!("{} at once", number(m)),
                (m, t) => format!("{} at {}", number(m), quantity(t, time)),
            }));
        }
        t.rows.push(row);
    }
    s.tables.push(t);
    Ok(Some(json!({
        "populations": (0..count).map(name).collect::<Vec<_>>(),
        "max": max,
        "time": when,
    })))
}
