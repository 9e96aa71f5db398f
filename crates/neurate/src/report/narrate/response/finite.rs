//! Inputs of any size: the operating point followed, beside what linear theory says.

use super::super::words::{amount, digits, role};
use super::index::index;
use crate::answers::{BranchEndKind, FiniteInputResponse};
use crate::model::Circuit;
use crate::report::section::{Axis, Figure, Mark, Role, Series, Stroke};
use crate::study::Array;

/// Whether the circuit is an ISN at the operating point; None where that is not decided.
pub(super) fn words(curve: &FiniteInputResponse, c: &Circuit, isn: Option<bool>) -> Vec<String> {
    let (name, u) = (c.shown(&curve.population), c.units());
    let moves =
        |x: f64| format!("{} by {}", if x > 0.0 { "rises" } else { "falls" }, amount(x.abs(), &u.drive));
    let mut out = Vec::new();
    for t in curve.extrema.iter().filter(|t| t.population == curve.population) {
        out.push(format!(
            "The response of {name} to its own input changes sign when that input {}: its rate has a {} of {} there.",
            moves(t.input),
            if t.minimum { "minimum" } else { "maximum" },
            amount(t.rate, &u.rate)
        ));
    }
    let boundaries = curve.isn_boundaries.data();
    for b in boundaries {
        // Only the first on either side is reached from the operating point's own regime.
        let first = boundaries.iter().all(|other| other * b <= 0.0 || other.abs() >= b.abs());
        let crosses = match isn.filter(|_| first) {
            Some(true) => "leaves",
            Some(false) => "enters",
            None => "crosses the boundary of",
        };
        out.push(format!("The circuit {crosses} the ISN regime when the input to {name} {}.", moves(*b)));
    }
    for (end, way) in [(&curve.lower_end, "falls"), (&curve.upper_end, "rises")] {
        let Some(x) = end.at else { continue };
        let size = amount(x.abs(), &u.drive);
        match end.how {
            BranchEndKind::Reached => {}
            BranchEndKind::LosesStability => out.push(format!(
                "The operating point becomes unstable when the input to {name} {way} by about {size}."
            )),
            BranchEndKind::Vanishes => out.push(format!(
                "The operating point disappears in a bifurcation when the input to {name} {way} by about {size}; beyond that the circuit jumps to another state."
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
    let turns = curve.extrema.iter().filter(|t| t.population == own.name);
    let mut marks: Vec<Mark> = turns
        .map(|t| Mark { x: t.input, y: Some(t.rate), label: digits(t.rate), role: role(own.kind) })
        .collect();
    marks.push(Mark { x: 0.0, y: None, label: "operating point".into(), role: Role::Guide });
    Some(Figure::Lines {
        id: format!("finite_{}", own.name),
        title: format!("Response to a finite input to {}", own.shown()),
        caption: format!(
            "Mean rates at the fixed point against a constant input added to every unit of {}; dashed: prediction of the response matrix. A curve ends at the limits of the inputs, where the fixed point disappears, or where it becomes unstable.",
            own.shown()
        ),
        x: Axis::new(format!("input added to {}", own.shown()), &u.drive),
        y: Axis::new("rate", &u.rate),
        series,
        marks,
    })
}
