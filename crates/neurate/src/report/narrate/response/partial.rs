//! Parts of populations: what a stimulated fraction does, and which single units are paradoxical.

use super::super::Study;
use super::super::words::{count, heading, number, percent, quantity, role};
use crate::linear::Linearization;
use crate::linear::response::{
    PartialCurve, PartialResponse, UnitResponses, partial_response, random_part, unit_responses,
};
use crate::model::{CellKind, Circuit};
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Series, Stroke, Table};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use serde_json::{Value, json};

/// Curves drawn.
const MAX_CURVES: usize = 3;
/// Units below which single units are not counted.
const FEW: usize = 8;

/// All that is said of parts, as numbers.
pub(super) struct Parts {
    curves: Vec<PartialCurve>,
    /// Those asked for, each as it was written, with its population.
    asked: Vec<(String, usize, Asked)>,
    units: Vec<UnitResponses>,
}

enum Asked {
    Explicit(PartialResponse),
    /// A fraction of the population behind one unit.
    Formula(f64, PartialCurve),
}

pub(super) fn parts(study: &Study, l: &Linearization, r: &Matrix) -> Result<Parts> {
    let c = study.circuit();
    let inhibitory = (0..c.populations().len()).filter(|&p| c.populations()[p].kind == CellKind::Inhibitory);
    let curves = inhibitory.map(|p| PartialCurve::new(c, l, r, p)).collect();
    let asked = study.choices().perturb.iter();
    let asked = asked.map(|text| ask(c, l, r, text, study.choices().seed)).collect::<Result<_>>()?;
    let units = unit_responses(c, r).into_iter().filter(|u| u.to_whole.len() >= FEW).collect();
    Ok(Parts { curves, asked, units })
}

/// `I:0.3`, a random part; or `I[0],I[4]`, units of one population.
fn ask(c: &Circuit, l: &Linearization, r: &Matrix, text: &str, seed: u64) -> Result<(String, usize, Asked)> {
    let help = "write a population and a fraction, I:0.3, or units of one population, I[0],I[4]";
    let find = |name: &str| {
        c.populations().iter().position(|p| p.name == name.trim()).ok_or_else(|| {
            let names: Vec<&str> = c.populations().iter().map(|p| p.name.as_str()).collect();
            Error::invalid(format!("--perturb {text}: there is no population \"{}\"", name.trim()))
                .with_help(format!("there are: {}", names.join(", ")))
        })
    };
    if let Some((name, fraction)) = text.split_once(':') {
        let p = find(name)?;
        let fraction: f64 =
            fraction.trim().parse().ok().filter(|f| *f > 0.0 && *f <= 1.0).ok_or_else(|| {
                Error::invalid(format!("--perturb {text}: the fraction must be above 0 and at most 1"))
                    .with_help(help)
            })?;
        let asked = if c.populations()[p].size == 1 {
            Asked::Formula(fraction, PartialCurve::new(c, l, r, p))
        } else {
            Asked::Explicit(partial_response(c, r, p, &random_part(c, p, fraction, seed)?))
        };
        return Ok((text.to_string(), p, asked));
    }
    let mut units = Vec::new();
    for name in text.split(',').map(str::trim) {
        let unit = (0..c.n()).find(|&i| c.unit_name(i) == name).ok_or_else(|| {
            Error::invalid(format!("--perturb {text}: there is no unit \"{name}\"")).with_help(help)
        })?;
        units.push(unit);
    }
    let p = c.population_of(units[0]);
    if units.iter().any(|&i| c.population_of(i) != p) {
        return Err(
            Error::invalid(format!("--perturb {text}: the units are of several populations")).with_help(help)
        );
    }
    Ok((text.to_string(), p, Asked::Explicit(partial_response(c, r, p, &units))))
}

impl Parts {
    pub(super) fn words(&self, c: &Circuit, unit: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (text, p, asked) in &self.asked {
            let name = &c.populations()[*p].name;
            out.push(match asked {
                Asked::Explicit(part) => format!(
                    "--perturb {text}: of {}, the {} stimulated respond with {} on average ({} of them against their input){}.",
                    name,
                    part.stimulated_units.len(),
                    quantity(part.stimulated, unit),
                    part.paradoxical,
                    part.unstimulated.map_or(String::new(), |x| format!(", the others with {}", quantity(x, unit)))
                ),
                Asked::Formula(f, own) => format!(
                    "--perturb {text}: of a large homogeneous population behind the one unit {name}, those stimulated respond with {}, the others with {}.",
                    quantity(own.stimulated(*f), unit),
                    quantity(own.unstimulated(*f), unit)
                ),
            });
        }
        for u in &self.units {
            let share = u.paradoxical();
            // Worth a sentence where units differ.
            if share > 0.0 && share < 1.0 {
                out.push(format!(
                    "Drive all of {}, and {} of its units go down; driven each alone, {} do.",
                    c.populations()[u.population].name,
                    percent(share),
                    match u.paradoxical_alone() {
                        0.0 => "none".to_string(),
                        alone => percent(alone),
                    }
                ));
            }
        }
        out
    }

    pub(super) fn tables(&self, c: &Circuit, unit: &str) -> Vec<Table> {
        let mut tables = Vec::new();
        let explicit: Vec<_> = self
            .asked
            .iter()
            .filter_map(|(text, _, a)| match a {
                Asked::Explicit(part) => Some((text, part)),
                Asked::Formula(..) => None,
            })
            .collect();
        if !explicit.is_empty() {
            let mut columns = vec!["part".to_string(), "units".into(), "down".into()];
            columns.extend([heading("stimulated", unit), heading("others of it", unit)]);
            columns.extend(c.populations().iter().map(|p| format!("mean of {}", p.name)));
            let rows = explicit.iter().map(|(text, part)| {
                let mut row = vec![
                    Cell::Text((*text).clone()),
                    Cell::Number(part.stimulated_units.len() as f64),
                    Cell::Number(part.paradoxical as f64),
                    Cell::Number(part.stimulated),
                    part.unstimulated.map_or(Cell::Empty, Cell::Number),
                ];
                row.extend(part.populations.iter().map(|x| Cell::Number(*x)));
                row
            });
            let rows = rows.collect();
            tables.push(Table { caption: "Responses to one unit of input to a part".into(), columns, rows });
        }
        if !self.units.is_empty() {
            let mut t = Table::new(
                "Single units that respond against their input",
                &["population", "units", "driven all together", "driven each alone"],
            );
            for u in &self.units {
                t.rows.push(vec![
                    Cell::Text(c.populations()[u.population].name.clone()),
                    Cell::Number(u.to_whole.len() as f64),
                    Cell::Text(percent(u.paradoxical())),
                    Cell::Text(percent(u.paradoxical_alone())),
                ]);
            }
            tables.push(t);
        }
        tables
    }

    pub(super) fn figures(&self, c: &Circuit, r: &Matrix, unit: &str) -> Vec<Figure> {
        let mut figures: Vec<Figure> =
            self.curves.iter().take(MAX_CURVES).map(|curve| curve_figure(c, r, curve, unit)).collect();
        if !self.units.is_empty() {
            figures.push(histogram(c, &self.units, unit));
        }
        figures
    }

    pub(super) fn data(&self, c: &Circuit) -> Value {
        let name = |p: usize| &c.populations()[p].name;
        json!({
            "curves": self.curves.iter().map(|x| json!({
                "population": name(x.population), "alone": x.alone, "whole": x.whole, "units": x.units,
                "critical_fraction": x.critical_fraction(),
            })).collect::<Vec<_>>(),
            "asked": self.asked.iter().map(|(text, p, a)| match a {
                Asked::Explicit(part) => json!({
                    "part": text, "population": name(*p), "units": part.stimulated_units,
                    "stimulated": part.stimulated, "unstimulated": part.unstimulated,
                    "population_means": part.populations, "paradoxical_units": part.paradoxical,
                }),
                Asked::Formula(f, own) => json!({
                    "part": text, "population": name(*p), "units": null,
                    "stimulated": own.stimulated(*f), "unstimulated": own.unstimulated(*f),
                    "population_means": null, "paradoxical_units": null,
                }),
            }).collect::<Vec<_>>(),
            "units": self.units.iter().map(|u| json!({
                "population": name(u.population), "paradoxical": u.paradoxical(),
                "paradoxical_alone": u.paradoxical_alone(),
            })).collect::<Vec<_>>(),
        })
    }
}

fn curve_figure(c: &Circuit, r: &Matrix, curve: &PartialCurve, unit: &str) -> Figure {
    let p = curve.population;
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
        series(format!("{}, stimulated", own.name), kind, Stroke::Solid, &|f| curve.stimulated(f)),
        series(format!("{}, not stimulated", own.name), kind, Stroke::Dashed, &|f| curve.unstimulated(f)),
    ];
    for (q, other) in c.populations().iter().enumerate().filter(|(_, o)| o.kind == CellKind::Excitatory) {
        let rows = c.range(q);
        let mean =
            rows.clone().map(|i| c.range(p).map(|j| r[(i, j)]).sum::<f64>()).sum::<f64>() / rows.len() as f64;
        all.push(series(other.name.clone(), Role::Excitatory, Stroke::Solid, &|f| f * mean));
    }
    let what = match curve.units {
        None => format!(
            "{} stands for a large homogeneous population; of those stimulated, each responds with 1 + (R − 1)φ in units of its gain",
            own.name
        ),
        Some(n) => {
            format!("the average over all subsets of its {}, exact for this circuit", count(n, "unit"))
        }
    };
    Figure::Lines {
        id: format!("partial_{}", own.name),
        title: format!("Stimulating a part of {}", own.name),
        caption: format!(
            "Mean response to one unit of input to each stimulated unit, against the fraction φ that is stimulated: {what}. Where the solid line is negative, stimulated units go down."
        ),
        x: Axis::new("fraction stimulated", ""),
        y: Axis::new("response", unit),
        series: all,
        marks: curve
            .critical_fraction()
            .map(|f| Mark { x: f, y: Some(0.0), label: number(f), role: kind })
            .into_iter()
            .collect(),
    }
}

/// Outlines of histograms, all with the same bins.
fn histogram(c: &Circuit, units: &[UnitResponses], unit: &str) -> Figure {
    let all = || units.iter().flat_map(|u| u.to_whole.iter().copied());
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let bins = 40;
    let width = ((high - low) / bins as f64).max(1e-9 * (1.0 + high.abs()));
    // Zero is a border between bins.
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
        Series { name: population.name.clone(), role: role(population.kind), stroke: Stroke::Solid, x, y }
    });
    Figure::Lines {
        id: "unit_responses".into(),
        title: "Responses of single units".into(),
        caption: "How the units of each population respond to the same input to all of it: a histogram. Left of zero they respond against their input.".into(),
        x: Axis::new("response of a unit", unit),
        y: Axis::new("share of units", ""),
        series: series.collect(),
        marks: vec![Mark { x: 0.0, y: None, label: "zero".into(), role: Role::Guide }],
    }
}
