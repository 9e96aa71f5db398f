//! Parts of populations: what a stimulated fraction does, and which single units are paradoxical.

use super::super::words::{amount, count, digits, heading, percent, role, share};
use super::index::index;
use crate::answers::limits::SINGLE_UNITS_FROM;
use crate::answers::{PartCurve, PartialResponses};
use crate::linear::response::{PartialCurve, UnitResponses, unit_responses};
use crate::model::{CellKind, Circuit};
use crate::report::limits::PART_FIGURES;
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Series, Stroke, Table};
use neurate_numerics::linalg::Matrix;

pub(super) fn words(parts: &PartialResponses, c: &Circuit, unit: &str) -> Vec<String> {
    let mut out = Vec::new();
    for a in &parts.asked {
        let (text, name) = (&a.part, c.shown(&a.population));
        out.push(match &a.units {
            Some(units) => format!(
                "--perturb {text}: the {} of {name} respond with {} on average ({} of them paradoxically){}.",
                count(units.len(), "stimulated unit"),
                amount(a.stimulated, unit),
                a.paradoxical_units.unwrap_or(0),
                a.unstimulated.map_or(String::new(), |x| format!(", and the others with {}", amount(x, unit)))
            ),
            None => format!(
                "--perturb {text}: if {name} stands for a large homogeneous population, its stimulated cells respond with {} and the others with {}.",
                amount(a.stimulated, unit),
                amount(a.unstimulated.unwrap_or(f64::NAN), unit)
            ),
        });
    }
    for u in &parts.units {
        // Worth a sentence where units differ.
        if u.paradoxical > 0.0 && u.paradoxical < 1.0 {
            out.push(format!(
                "{} of the units of {name} decrease when all of {name} is driven, and {} when each is driven alone.",
                share(u.paradoxical),
                match u.paradoxical_alone {
                    0.0 => "none".to_string(),
                    alone => share(alone),
                },
                name = c.shown(&u.population)
            ));
        }
    }
    out
}

pub(super) fn tables(parts: &PartialResponses, c: &Circuit, unit: &str) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut columns = vec!["part".to_string(), "units".into(), "decreasing".into()];
    columns.extend([heading("stimulated", unit), heading("not stimulated", unit)]);
    columns.extend(c.populations().iter().map(|p| format!("mean of {}", p.shown())));
    let mut rows = Vec::new();
    for a in &parts.asked {
        let (Some(units), Some(means)) = (&a.units, &a.population_means) else { continue };
        let mut row = vec![
            Cell::Text(a.part.clone()),
            Cell::Number(units.len() as f64),
            a.paradoxical_units.map_or(Cell::Empty, |n| Cell::Number(n as f64)),
            Cell::Number(a.stimulated),
            a.unstimulated.map_or(Cell::Empty, Cell::Number),
        ];
        row.extend(means.data().iter().map(|x| Cell::Number(*x)));
        rows.push(row);
    }
    if !rows.is_empty() {
        tables.push(Table { caption: "Responses to one unit of input to a part".into(), columns, rows });
    }
    if !parts.units.is_empty() {
        let mut t = Table::new(
            "Single units that respond paradoxically",
            &["population", "units", "driven all together", "driven each alone"],
        );
        for u in &parts.units {
            let size = index(c, &u.population).map_or(0, |p| c.populations()[p].size);
            t.rows.push(vec![
                Cell::Text(c.shown(&u.population)),
                Cell::Number(size as f64),
                Cell::Text(percent(u.paradoxical)),
                Cell::Text(percent(u.paradoxical_alone)),
            ]);
        }
        tables.push(t);
    }
    tables
}

/// Each with its short name.
pub(super) fn figures(
    parts: &PartialResponses,
    c: &Circuit,
    r: &Matrix,
    unit: &str,
) -> Vec<(String, Figure)> {
    let curves = parts.curves.iter().take(PART_FIGURES);
    let named = |curve: &PartCurve| {
        Some((format!("to a part of {}", curve.population), curve_figure(c, r, curve, unit)?))
    };
    let mut figures: Vec<(String, Figure)> = curves.filter_map(named).collect();
    if !parts.units.is_empty() {
        let units: Vec<UnitResponses> =
            unit_responses(c, r).into_iter().filter(|u| u.to_whole.len() >= SINGLE_UNITS_FROM).collect();
        figures.push(("single units".into(), histogram(c, &units, unit)));
    }
    figures
}

fn curve_figure(c: &Circuit, r: &Matrix, curve: &PartCurve, unit: &str) -> Option<Figure> {
    let p = index(c, &curve.population)?;
    let critical = curve.critical_fraction;
    let curve = PartialCurve { population: p, units: curve.units, alone: curve.alone, whole: curve.whole };
    let own = &c.populations()[p];
    let smallest = curve.units.map_or(0.0, |n| 1.0 / n as f64);
    let x: Vec<f64> = (0..=60).map(|k| smallest + (1.0 - smallest) * f64::from(k) / 60.0).collect();
    let series = |name: String, role: Role, stroke: Stroke, y: &dyn Fn(f64) -> f64| Series {
        name,
        role,
        stroke,
        x: x.clone(),
        y: x.iter().map(|&f| y(f)).collect(),
    };
    let kind = role(own.kind);
    let mut all = vec![
        series(format!("{}, stimulated", own.shown()), kind, Stroke::Solid, &|f| curve.stimulated(f)),
        series(format!("{}, not stimulated", own.shown()), kind, Stroke::Pale, &|f| curve.unstimulated(f)),
    ];
    for (q, other) in c.populations().iter().enumerate().filter(|(_, o)| o.kind == CellKind::Excitatory) {
        let rows = c.range(q);
        let mean =
            rows.clone().map(|i| c.range(p).map(|j| r[(i, j)]).sum::<f64>()).sum::<f64>() / rows.len() as f64;
        all.push(series(other.shown().into(), Role::Excitatory, Stroke::Solid, &|f| f * mean));
    }
    let what = match curve.units {
        None => format!(
            "{} stands for a large homogeneous population; of those stimulated, each responds with 1 + (R − 1)φ in units of its gain",
            own.shown()
        ),
        Some(n) => {
            format!("the average over all subsets of its {}, exact for this circuit", count(n, "unit"))
        }
    };
    Some(Figure::Lines {
        id: format!("partial_{}", own.name),
        title: format!("Stimulating a part of {}", own.shown()),
        caption: format!(
            "Mean response to one unit of input to each stimulated unit, against the fraction φ that is stimulated: {what}. Where the strong line is negative, stimulated units decrease."
        ),
        x: Axis::new("fraction stimulated", ""),
        y: Axis::new("response", unit),
        series: all,
        marks: critical
            .map(|f| Mark { x: f, y: Some(0.0), label: digits(f), role: kind })
            .into_iter()
            .collect(),
    })
}

/// Outlines of histograms, all with the same bins.
fn histogram(c: &Circuit, units: &[UnitResponses], unit: &str) -> Figure {
    let all = || units.iter().flat_map(|u| u.to_whole.iter().copied());
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let bins = 40;
    let width = ((high - low) / bins as f64).max(1e-9 * (1.0 + high.abs()));
    // Zero is a boundary between bins.
    let first = (low / width).floor();
    let last = ((high / width).floor() - first) as usize + 1;
    let series = units.iter().map(|u| {
        let mut shares = vec![0.0; last + 1];
        for x in &u.to_whole {
            let k = ((x / width).floor() - first).max(0.0) as usize;
            shares[k.min(last)] += 1.0 / u.to_whole.len() as f64;
        }
        let population = &c.populations()[u.population];
        let (mut x, mut y) = (vec![first * width], vec![0.0]);
        for (k, share) in shares.iter().enumerate() {
            x.extend([(first + k as f64) * width, (first + k as f64 + 1.0) * width]);
            y.extend([*share, *share]);
        }
        x.push((first + last as f64 + 1.0) * width);
        y.push(0.0);
        Series { name: population.shown().into(), role: role(population.kind), stroke: Stroke::Solid, x, y }
    });
    Figure::Lines {
        id: "unit_responses".into(),
        title: "Responses of single units".into(),
        caption: "How the units of each population respond to the same input to all of it: a histogram. Units left of zero respond paradoxically.".into(),
        x: Axis::new("response of a unit", unit),
        y: Axis::new("share of units", ""),
        series: series.collect(),
        marks: vec![Mark { x: 0.0, y: None, label: "zero".into(), role: Role::Guide }],
    }
}
