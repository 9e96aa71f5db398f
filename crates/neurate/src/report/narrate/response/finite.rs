//! Inputs of any size: the operating point followed, beside what linear theory says.

use super::super::words::{number, quantity, role};
use super::index::index;
use crate::answers::{BranchEndKind, FiniteInputResponse};
use crate::model::Circuit;
use crate::report::section::{Axis, Figure, Mark, Role, Series, Stroke};
use crate::study::Array;

pub(super) fn words(curve: &FiniteInputResponse, c: &Circuit) -> Vec<String> {
    let (name, u) = (c.shown(&curve.population), c.units());
    let mut out = Vec::new();
    for t in curve.turns.iter().filter(|t| t.population == curve.population) {
        out.push(format!(
            "Beyond linear theory: {name}'s rate has a {} of {} where its input is changed by {}; there its response to its own input changes sign.",
            if t.minimum { "minimum" } else { "maximum" },
            quantity(t.rate, &u.rate),
            signed(t.input, &u.drive)
        ));
    }
    for b in curve.isn_borders.data() {
        out.push(format!(
            "Change {name}'s input by {}, and the circuit crosses the border of inhibition stabilization.",
            signed(*b, &u.drive)
        ));
    }
    for (end, way) in [(&curve.lower_end, "lower"), (&curve.upper_end, "higher")] {
        let Some(x) = end.at else { continue };
        match end.how {
            BranchEndKind::Reached => {}
            BranchEndKind::LosesStability => out.push(format!(
                "Towards {way} input to {name} the operating point loses its stability, near a change of {}.",
                signed(x, &u.drive)
            )),
            BranchEndKind::Vanishes => out.push(format!(
                "Towards {way} input to {name} the operating point ends near a change of {}: beyond it the circuit jumps elsewhere.",
                signed(x, &u.drive)
            )),
        }
    }
    out
}

pub(super) fn figure(curve: &FiniteInputResponse, c: &Circuit, response: Option<&Array>) -> Option<Figure> {
    let p = index(c, &curve.population)?;
    let (own, u) = (&c.populations()[p], c.units());
    let x = curve.inputs.data().to_vec();
    let start = x.iter().position(|x| *x == 0.0);
    let top = curve.rates.data().iter().fold(0.0, |m: f64, r| m.max(*r));
    let mut series = Vec::new();
    for (q, other) in c.populations().iter().enumerate() {
        series.push(Series {
            name: other.shown().into(),
            role: role(other.kind),
            stroke: Stroke::Solid,
            x: x.clone(),
            y: curve.rates.row(q).to_vec(),
        });
        let (Some(start), Some(r)) = (start, response) else { continue };
        // Negative rates, and what lies far above the truth, only waste the figure's height.
        let linear = |a: f64| curve.rates[(q, start)] + r[(q, p)] * a;
        let y = x
            .iter()
            .map(|&a| Some(linear(a)).filter(|y| *y > -0.25 * top && *y < 1.5 * top).unwrap_or(f64::NAN));
        series.push(Series {
            name: format!("{}, linear", other.shown()),
            role: role(other.kind),
            stroke: Stroke::Dashed,
            x: x.clone(),
            y: y.collect(),
        });
    }
    let turns = curve.turns.iter().filter(|t| t.population == own.name);
    let mut marks: Vec<Mark> = turns
        .map(|t| Mark { x: t.input, y: Some(t.rate), label: number(t.rate), role: role(own.kind) })
        .collect();
    marks.push(Mark { x: 0.0, y: None, label: "operating point".into(), role: Role::Guide });
    Some(Figure::Lines {
        id: format!("finite_{}", own.name),
        title: format!("Response to a finite input to {}", own.shown()),
        caption: format!(
            "Mean rates at the fixed point while a constant input to every unit of {} is added or taken away; dashed, what the response matrix predicts. The curves end with the range of inputs, where the fixed point does, or where it loses its stability.",
            own.shown()
        ),
        x: Axis::new(format!("input added to {}", own.shown()), &u.drive),
        y: Axis::new("rate", &u.rate),
        series,
        marks,
    })
}

fn signed(x: f64, unit: &str) -> String {
    format!("{}{}", if x > 0.0 { "+" } else { "" }, quantity(x, unit))
}
