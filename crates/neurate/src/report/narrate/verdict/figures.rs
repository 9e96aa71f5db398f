//! The drawn circuit, and the one figure that shows the verdict.

use super::super::circuit::circuit_figure;
use super::super::words::{response_unit, role};
use super::patterns::name;
use super::responses::principal_change;
use crate::answers::{
    Amplification, CircuitComponent, ComponentKind, Description, InhibitionStabilization, Responses, Verdict,
    VerdictState,
};
use crate::model::Circuit;
use crate::report::section::{Axis, Figure, IntervalSet, Role, Section, Series, Stroke};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;

/// Components that have a curve.
const CURVES: usize = 6;

/// The drawn circuit.
pub(super) fn circuit(study: &Study) -> Result<Option<Figure>> {
    let c = study.circuit();
    Ok(circuit_figure(c, &study.ask::<Description>()?.population_weights))
}

/// The figure that shows the verdict: its own, or that of another section.
pub(super) fn showing(verdict: &Verdict, study: &Study, s: &mut Section) -> Result<()> {
    let c = study.circuit();
    if verdict.stable_fixed_points > 1 || verdict.state == VerdictState::NoStablePoint {
        s.shows = Some("time_course".into());
        return Ok(());
    }
    if let Some(figure) = conditions(verdict, c) {
        s.figures.push(figure);
        return Ok(());
    }
    if verdict.components.iter().any(is_shown) {
        if verdict.component_count == 1 && Amplification::applies(study) == Applies::Yes {
            s.shows = Some("amplification".into());
        } else {
            s.figures.push(norms(verdict, c));
        }
        return Ok(());
    }
    if verdict.state == VerdictState::Stable && verdict.isn == Some(InhibitionStabilization::Stabilized) {
        let responses = study.ask::<Responses>()?;
        let paradoxical = |name: &str| verdict.paradoxical.iter().any(|p| p.population == name);
        let curve = responses.finite_inputs.iter().find(|f| paradoxical(&f.population));
        s.shows = Some(curve.map_or("response".into(), |f| format!("finite_{}", f.population)));
    } else if verdict.isn.is_some() {
        s.shows = Some("response".into());
    }
    Ok(())
}

/// Whether a component does something that the course of its norm shows.
fn is_shown(component: &CircuitComponent) -> bool {
    matches!(component.kind, Some(ComponentKind::Balanced | ComponentKind::Hebbian))
}

/// What each component makes of its best pattern over time.
fn norms(verdict: &Verdict, c: &Circuit) -> Figure {
    let mut series = Vec::new();
    let mut slowest_unit = 0.0f64;
    for component in verdict.components.iter().filter(|k| is_shown(k)).take(CURVES) {
        let Some(a) = &component.amplification else { continue };
        let kind = |i: usize| c.populations()[c.population_of(i)].kind;
        let first = kind(component.units[0]);
        let one = component.units.iter().all(|&i| kind(i) == first);
        let alone = component.slowest.as_ref().map_or(0.0, |mode| mode.tau / mode.slowdown);
        slowest_unit = slowest_unit.max(alone);
        series.push(Series {
            name: name(c, component, verdict).inside,
            role: if one { role(first) } else { Role::Unconstrained },
            stroke: Stroke::Solid,
            x: a.times.data().to_vec(),
            y: a.norms.data().to_vec(),
        });
    }
    let end = series.iter().filter_map(|s| s.x.last().copied()).fold(0.0, f64::max);
    let x: Vec<f64> = (0..=60).map(|k| end * f64::from(k) / 60.0).collect();
    series.push(Series {
        name: "isolated unit".into(),
        role: Role::Guide,
        stroke: Stroke::Dashed,
        y: x.iter().map(|t| (-t / slowest_unit).exp()).collect(),
        x,
    });
    Figure::Lines {
        id: "verdict_norms".into(),
        title: "What each component amplifies, and for how long".into(),
        caption: "The largest norm that any initial pattern of norm one in a component has at each time. A Hebbian component stays near its start and decays slowly; a balanced one rises first and decays as fast as an isolated unit.".into(),
        x: Axis::new("time", &c.units().time),
        y: Axis::new("norm", ""),
        series,
        marks: vec![],
    }
}

/// Responses to the input whose effect other conditions turn round, at each operating point.
fn conditions(verdict: &Verdict, c: &Circuit) -> Option<Figure> {
    let change = principal_change(verdict, c)?;
    let from = c.populations().iter().position(|p| p.name == change.from)?;
    let here = verdict.response_matrix.as_ref()?;
    let points = |name: &str, role: Role, values: Vec<f64>| IntervalSet {
        name: name.to_string(),
        role,
        low: values.clone(),
        high: values.clone(),
        center: values,
    };
    let column = |r: &Array| (0..r.shape()[0]).map(|i| r[(i, from)]).collect::<Vec<f64>>();
    let mut sets = vec![points("as described", Role::Guide, column(here))];
    for condition in &verdict.conditions {
        if let Some(r) = &condition.response_matrix {
            sets.push(points(&condition.name, Role::Other, column(r)));
        }
    }
    Some(Figure::Intervals {
        id: "verdict_conditions".into(),
        title: format!("Responses to input to {}, at each operating point", c.shown(&change.from)),
        caption: format!(
            "Change of each population's mean rate per constant input to {}: as described, and in other conditions of the file.",
            c.shown(&change.from)
        ),
        x: Axis::new("response of", ""),
        y: Axis::new("response", response_unit(c)),
        categories: c.populations().iter().map(|p| p.shown().to_string()).collect(),
        sets,
        reference: Some(0.0),
    })
}
