//! Transient growth: what the circuit amplifies on the way back to rest.

use super::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use super::words::{heading, likeness, number, pattern, quantity, unit_names, unit_roles};
use super::{Analysis, Study};
use crate::error::Result;
use crate::modes::{Growth, MAX_CERTIFIED, growth};
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "growth",
    about: "the largest transient: how much, when, from which pattern to which",
    applies: Study::has_operating_point,
    run,
};

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let time = &c.units().time;
    let l = study.linear()?;
    let g = growth(&l.jacobian)?;
    let mut s = Section::new(ANALYSIS.name, "Transient amplification");
    s.verdict = verdict(study, &g);
    let mut t = Table::new("Growth of a pattern of norm one", &["measure", "value"]);
    let per_time = format!("1/{time}");
    let certified = g.bound.is_finite() || g.max.is_infinite();
    for (name, value) in [
        ("largest norm reached, max ‖exp(At)‖".to_string(), g.max),
        ("certified bound: no norm at any time is larger".into(), g.bound),
        (heading("when", time), g.time),
        (heading("fastest growth at time 0 (numerical abscissa)", &per_time), g.numerical_abscissa),
        (heading("growth in the long run (spectral abscissa)", &per_time), g.spectral_abscissa),
    ] {
        let missing = name.starts_with("certified") && !certified;
        let cell = if missing { Cell::Text("not computed".into()) } else { Cell::Number(value) };
        t.rows.push(vec![Cell::Text(name), cell]);
    }
    s.tables.push(t);
    let mut marks = Vec::new();
    if g.time > 0.0 && g.max.is_finite() {
        marks.push(Mark {
            x: g.time,
            y: Some(g.max),
            label: format!("{}×", number(g.max)),
            role: Role::Other,
        });
    }
    let slowest: Vec<f64> = g.times.iter().map(|t| (g.spectral_abscissa * t).exp()).collect();
    s.figures.push(Figure::Lines {
        id: "growth".into(),
        title: "The largest norm at each time".into(),
        caption: "‖exp(At)‖: what the best initial pattern of norm one has become. Guide: the eigenvalues alone, exp(max Re μ t); a normal circuit never leaves it.".into(),
        x: Axis::new("time", time),
        y: Axis::new("norm", ""),
        series: vec![
            Series { name: "‖exp(At)‖".into(), role: Role::Other, stroke: Stroke::Solid, x: g.times.clone(), y: g.norms.clone() },
            Series { name: "eigenvalues alone".into(), role: Role::Guide, stroke: Stroke::Dashed, x: g.times.clone(), y: slowest },
        ],
        marks,
    });
    if !g.input.is_empty() && c.n() > 1 && g.time > 0.0 {
        s.figures.push(Figure::Patterns {
            id: "growth_patterns".into(),
            title: "The pattern that grows most, and what it becomes".into(),
            caption: "Both of norm one: the initial pattern, and its direction at the maximum.".into(),
            units: if c.n() <= 12 { unit_names(c) } else { vec![] },
            roles: unit_roles(c),
            patterns: vec![("from".into(), g.input.clone()), ("to".into(), g.output.clone())],
        });
    }
    s.trust.push("The curve is followed until ‖exp(At)‖ < 1, so nothing after its end is higher than what came before. Its highest sampled points are refined by golden section: the maximum is flat, so its value is good to about 1e-12, its time to about 1e-6.".into());
    s.trust.push(if certified {
        "Between samples the norm is bounded by how fast it can bend, and intervals are halved until the bound is within 1e-6 of the maximum: nothing higher hides between them.".into()
    } else {
        format!("Above {MAX_CERTIFIED} units the norm is not bounded between the samples: a peak narrower than their distance could be missed.")
    });
    s.sources = vec![
        "Trefethen & Embree 2005, ch. 14-17",
        "Murphy & Miller 2009",
        "Hennequin, Vogels & Gerstner 2012",
    ];
    s.data = json!({
        "max": g.max, "bound": g.bound, "time": g.time,
        "input": g.input, "output": g.output,
        "numerical_abscissa": g.numerical_abscissa,
        "spectral_abscissa": g.spectral_abscissa,
        "times": g.times, "norms": g.norms,
    });
    Ok(s)
}

fn verdict(study: &Study, g: &Growth) -> Vec<String> {
    let c = study.circuit();
    let time = &c.units().time;
    let tau_0 = study.linearisation().map_or(1.0, |l| l.tau_0);
    if g.max.is_infinite() {
        return vec![
            "The operating point is not stable: deviations grow without bound in this approximation.".into(),
        ];
    }
    if g.time == 0.0 {
        return vec![
            "Nothing grows: no deviation ever gets larger than it was (the numerical abscissa is not positive)."
                .into(),
        ];
    }
    let slow = -1.0 / g.spectral_abscissa / tau_0;
    let slowest = quantity(slow * tau_0, time);
    // A Hebbian mode that amplified as much would be slowed as much: no mode comes near that.
    let kind = match (g.max > 1.5, slow < 0.9 * g.max) {
        (true, true) => format!(", while no mode is slower than {slowest}: balanced amplification"),
        (true, false) => {
            format!(
                "; the slowest mode of the circuit, whether it takes part or not, has the time constant {slowest}"
            )
        }
        (false, _) => ": a small transient".to_string(),
    };
    vec![
        format!(
            "It amplifies {} patterns {}-fold within {}{kind}.",
            likeness(c, &g.output),
            number(g.max),
            quantity(g.time, time)
        ),
        format!(
            "The pattern that grows most is {}; it becomes {}.",
            pattern(c, &g.input),
            pattern(c, &g.output)
        ),
    ]
}
