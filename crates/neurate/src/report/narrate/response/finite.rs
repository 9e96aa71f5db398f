//! Inputs of any size: the operating point followed, beside what linear theory says.

use super::super::Study;
use super::super::words::{number, quantity, role};
use super::Verdicts;
use crate::linear::response::{End, FiniteResponse, MAX_FOLLOWED, finite_response};
use crate::model::{CellKind, Circuit};
use crate::report::section::{Axis, Figure, Mark, Role, Series, Stroke};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::{Value, json};

/// Populations whose input is varied.
const MAX_CURVES: usize = 2;
/// Steps on each side.
const STEPS: usize = 40;

/// The response to an input to one population.
pub(super) struct Curve {
    population: usize,
    response: FiniteResponse,
}

/// Of the populations of most interest: those that respond paradoxically, else the inhibitory ones.
/// None of a circuit that is linear, or too large.
pub(super) fn curves(study: &Study, v: &Verdicts) -> Result<Vec<Curve>> {
    let c = study.circuit();
    let (point, Some(r)) = (study.point()?, &v.response) else { return Ok(vec![]) };
    let linear = c.populations().iter().all(|p| p.transfer.is_affine());
    if linear || c.n() > MAX_FOLLOWED || !v.stable() {
        return Ok(vec![]);
    }
    let paradoxical = v.self_responses.iter().filter(|s| s.paradoxical == Some(true)).map(|s| s.population);
    let mut chosen: Vec<usize> = paradoxical.collect();
    let others = (0..c.populations().len()).filter(|&p| c.populations()[p].kind == CellKind::Inhibitory);
    chosen.extend(others.collect::<Vec<_>>());
    if chosen.is_empty() {
        chosen.push(0);
    }
    let mut populations: Vec<usize> = vec![];
    for p in chosen {
        if !populations.contains(&p) {
            populations.push(p);
        }
    }
    let rates = c.population_means(&point.rates);
    let mut out = Vec::new();
    for population in populations.into_iter().take(MAX_CURVES) {
        let Some(size) = range(r, &rates, population) else { continue };
        let member = |i: usize| f64::from(u8::from(c.population_of(i) == population));
        let pattern: Vec<f64> = (0..c.n()).map(member).collect();
        let response = finite_response(c, point, &pattern, -size..size, STEPS)?;
        out.push(Curve { population, response });
    }
    Ok(out)
}

/// The input that by linear theory changes some rate by one and a half times the largest.
fn range(r: &Matrix, rates: &[f64], p: usize) -> Option<f64> {
    let strongest = (0..r.rows()).fold(0.0, |m: f64, x| m.max(r[(x, p)].abs()));
    let size = 1.5 * rates.iter().fold(0.0, |m: f64, x| m.max(x.abs())) / strongest;
    (size.is_finite() && size > 0.0).then_some(size)
}

impl Curve {
    pub(super) fn words(&self, c: &Circuit) -> Vec<String> {
        let p = self.population;
        let (name, u) = (&c.populations()[p].name, c.units());
        let mut out = Vec::new();
        for t in self.response.turns.iter().filter(|t| t.population == p) {
            out.push(format!(
                "Beyond linear theory: {name}'s rate has a {} of {} where its input is changed by {}; there its response to its own input changes sign.",
                if t.minimum { "minimum" } else { "maximum" },
                quantity(t.rate, &u.rate),
                signed(t.amplitude, &u.drive)
            ));
        }
        for b in &self.response.isn_borders {
            out.push(format!(
                "Change {name}'s input by {}, and the circuit crosses the border of inhibition stabilization.",
                signed(*b, &u.drive)
            ));
        }
        for (end, way) in [(self.response.lower_end, "lower"), (self.response.upper_end, "higher")] {
            match end {
                End::Reached => {}
                End::LosesStability(x) => out.push(format!(
                    "Towards {way} input to {name} the operating point loses its stability, near a change of {}.",
                    signed(x, &u.drive)
                )),
                End::Vanishes(x) => out.push(format!(
                    "Towards {way} input to {name} the operating point ends near a change of {}: beyond it the circuit jumps elsewhere.",
                    signed(x, &u.drive)
                )),
            }
        }
        out
    }

    pub(super) fn figure(&self, c: &Circuit, v: &Verdicts) -> Figure {
        let p = self.population;
        let (own, u) = (&c.populations()[p], c.units());
        let x: Vec<f64> = self.response.points.iter().map(|q| q.amplitude).collect();
        let start = self.response.points.iter().find(|q| q.amplitude == 0.0);
        let top = self.response.points.iter().flat_map(|q| &q.rates).fold(0.0, |m: f64, r| m.max(*r));
        let mut series = Vec::new();
        for (q, other) in c.populations().iter().enumerate() {
            let y: Vec<f64> = self.response.points.iter().map(|point| point.rates[q]).collect();
            series.push(Series {
                name: other.name.clone(),
                role: role(other.kind),
                stroke: Stroke::Solid,
                x: x.clone(),
                y,
            });
            let (Some(start), Some(r)) = (start, &v.response) else { continue };
            // Negative rates, and what lies far above the truth, only waste the figure's height.
            let linear = |a: f64| start.rates[q] + r[(q, p)] * a;
            let y = x
                .iter()
                .map(|&a| Some(linear(a)).filter(|y| *y > -0.25 * top && *y < 1.5 * top).unwrap_or(f64::NAN));
            series.push(Series {
                name: format!("{}, linear", other.name),
                role: role(other.kind),
                stroke: Stroke::Dashed,
                x: x.clone(),
                y: y.collect(),
            });
        }
        let turns = self.response.turns.iter().filter(|t| t.population == p);
        let mut marks: Vec<Mark> = turns
            .map(|t| Mark { x: t.amplitude, y: Some(t.rate), label: number(t.rate), role: role(own.kind) })
            .collect();
        marks.push(Mark { x: 0.0, y: None, label: "operating point".into(), role: Role::Guide });
        Figure::Lines {
            id: format!("finite_{}", own.name),
            title: format!("Response to a finite input to {}", own.name),
            caption: format!(
                "Mean rates at the fixed point while a constant input to every unit of {} is added or taken away; dashed, what the response matrix predicts. The curves end where the fixed point does, or where it loses its stability.",
                own.name
            ),
            x: Axis::new(format!("input added to {}", own.name), &u.drive),
            y: Axis::new("rate", &u.rate),
            series,
            marks,
        }
    }

    pub(super) fn data(&self, c: &Circuit) -> Value {
        let name = |p: usize| &c.populations()[p].name;
        let end = |e: End| match e {
            End::Reached => json!({ "how": "reached", "at": null }),
            End::LosesStability(x) => json!({ "how": "loses_stability", "at": x }),
            End::Vanishes(x) => json!({ "how": "vanishes", "at": x }),
        };
        json!({
            "population": name(self.population),
            "inputs": self.response.points.iter().map(|q| q.amplitude).collect::<Vec<_>>(),
            "rates": (0..c.populations().len())
                .map(|q| self.response.points.iter().map(|x| x.rates[q]).collect::<Vec<_>>()).collect::<Vec<_>>(),
            "isn_index": self.response.points.iter().map(|q| q.isn_index).collect::<Vec<_>>(),
            "lower_end": end(self.response.lower_end), "upper_end": end(self.response.upper_end),
            "turns": self.response.turns.iter().map(|t| json!({
                "population": name(t.population), "input": t.amplitude, "rate": t.rate,
                "minimum": t.minimum,
            })).collect::<Vec<_>>(),
            "isn_borders": self.response.isn_borders,
        })
    }
}

fn signed(x: f64, unit: &str) -> String {
    format!("{}{}", if x > 0.0 { "+" } else { "" }, quantity(x, unit))
}
