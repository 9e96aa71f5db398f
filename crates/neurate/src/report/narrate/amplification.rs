//! Transient amplification: what the circuit amplifies on the way back to rest.

use super::amplification_between;
use super::words::{count, heading, likeness, number, or_zero, pattern, quantity, unit_names, unit_roles};
use super::{Analysis, slow};
use crate::linear::modes::{Amplification, amplification_of};
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "amplification",
    about: "the largest transient: how much, when, from which pattern to which",
    applies: Study::has_operating_point,
    run,
};

fn run(study: &Study) -> Result<Section> {
    if !study.circuit().is_plain() {
        return Ok(slow::refusal(
            ANALYSIS.name,
            "Transient amplification",
            "it measures patterns over units by their norm, and slow states have scales of their own",
        ));
    }
    let c = study.circuit();
    let time = &c.units().time;
    let l = study.linearization()?;
    let g = amplification_of(l.jacobian_decomposition(), study.progress())?;
    let mut s = Section::new(ANALYSIS.name, "Transient amplification");
    s.verdict = verdict(study, &g);
    let mut t = Table::new("Amplification of a pattern of norm one", &["measure", "value"]);
    let per_time = format!("1/{time}");
    let certified = g.bound.is_finite() || g.max.is_infinite();
    for (name, value) in [
        ("largest norm reached, max ‖exp(At)‖".to_string(), g.max),
        ("certified bound: no norm at any time is larger".into(), g.bound),
        (heading("when", time), g.time),
        (
            heading("fastest growth at time 0 (numerical abscissa)", &per_time),
            or_zero(g.numerical_abscissa, l.rounding),
        ),
        (
            heading("growth in the long run (spectral abscissa)", &per_time),
            or_zero(g.spectral_abscissa, l.rounding),
        ),
    ] {
        let missing = name.starts_with("certified") && !certified;
        let cell = if missing { Cell::Text("not found".into()) } else { Cell::Number(value) };
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
    s.figures.push(Figure::Lines {
        id: "amplification".into(),
        title: "The largest norm at each time".into(),
        caption: "‖exp(At)‖: what the best initial pattern of norm one has become. Between its bounds: below, the eigenvalues alone, exp(max Re μ t), which a normal circuit never leaves; above, the fastest growth at the start, exp(ωt), and the certified maximum.".into(),
        x: Axis::new("time", time),
        y: Axis::new("norm", ""),
        series: curves(&g),
        marks,
    });
    if !g.input.is_empty() && c.n() > 1 && g.time > 0.0 {
        s.figures.push(Figure::Patterns {
            id: "amplification_patterns".into(),
            title: "The pattern that grows most, and what it becomes".into(),
            caption: "Both of norm one: the initial pattern, and its direction at the maximum.".into(),
            units: if c.n() <= 12 { unit_names(c) } else { vec![] },
            roles: unit_roles(c),
            patterns: vec![("from".into(), g.input.clone()), ("to".into(), g.output.clone())],
        });
    }
    let stable = g.max.is_finite() && g.spectral_abscissa < 0.0;
    let between = amplification_between::asked(&mut s, study)?;
    let populations = if stable { amplification_between::populations(&mut s, study)? } else { None };
    let energy = energy(&mut s, study)?;
    s.trust.push("The curve is followed until ‖exp(At)‖ < 1, so nothing after its end is higher than what came before. At its highest points the zero of the slope is found: the maximum is good to about 1e-9, its time to about 1e-4. Elsewhere the curve of a large circuit is good to about 1e-6.".into());
    s.trust.push(if certified {
        "Between samples the norm is bounded by how far it can bend, in steps so short that the bound stays within 1e-6 of the maximum: nothing higher hides between them. (Rigorous but for the rounding of the exponentials.)".into()
    } else {
        "The bound between the samples could not be closed: a peak narrower than their distance could be missed.".into()
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
        "between": between, "between_populations": populations, "energy": energy,
    });
    Ok(s)
}

/// The norm, and what it lies between.
fn curves(g: &Amplification) -> Vec<Series> {
    let curve = |name: &str, role: Role, stroke: Stroke, x: Vec<f64>, y: Vec<f64>| Series {
        name: name.into(),
        role,
        stroke,
        x,
        y,
    };
    let slowest: Vec<f64> = g.times.iter().map(|t| (g.spectral_abscissa * t).exp()).collect();
    let mut all = vec![
        curve("‖exp(At)‖", Role::Other, Stroke::Solid, g.times.clone(), g.norms.clone()),
        curve("eigenvalues alone", Role::Guide, Stroke::Dashed, g.times.clone(), slowest),
    ];
    if g.max.is_finite() && g.time > 0.0 && g.numerical_abscissa > 0.0 {
        // As far as it stays in the picture.
        let end = (1.05 * g.max).ln() / g.numerical_abscissa;
        let x: Vec<f64> = (0..=40).map(|k| end * f64::from(k) / 40.0).collect();
        let y = x.iter().map(|t| (g.numerical_abscissa * t).exp()).collect();
        all.push(curve("fastest growth at the start", Role::Guide, Stroke::Dotted, x, y));
        if g.bound.is_finite() {
            let end = g.times[g.times.len() - 1];
            all.push(curve("certified bound", Role::Guide, Stroke::Solid, vec![0.0, end], vec![g.bound; 2]));
        }
    }
    all
}

/// Units above which energies are left out, as in the section on noise.
const MAX_ENERGY: usize = 1500;
/// Units up to which the patterns go into the JSON; patterns in the table.
const MAX_WRITTEN: usize = 60;
const PATTERNS: usize = 5;

/// The energy of all that follows an initial pattern: the observability Gramian's patterns.
fn energy(s: &mut Section, study: &Study) -> Result<serde_json::Value> {
    let c = study.circuit();
    let l = study.linearization()?;
    if c.n() > MAX_ENERGY {
        return Ok(json!(null));
    }
    let Some(e) = l.evoked_energy()? else { return Ok(json!(null)) };
    // Of a unit without connections the energy is half its time constant; the slowest has most.
    let alone = 0.5 * l.tau.iter().copied().fold(0.0, f64::max);
    let over: Vec<f64> = e.energies.iter().map(|x| x / alone).collect();
    let above = over.iter().filter(|x| **x > 1.0 + 1e-9).count();
    let unit =
        if l.uniform_tau() { "a unit without connections" } else { "the slowest unit without connections" };
    s.verdict.push(if above == 0 {
        format!("No initial pattern brings about more energy, ∫|x|² dt, than {unit}.")
    } else {
        format!(
            "{} of {} bring{} about more energy, ∫|x|² dt, than {unit}; the first {}-fold.",
            above,
            count(c.n(), "orthogonal initial pattern"),
            if above == 1 { "s" } else { "" },
            number(over[0])
        )
    });
    let mut t = Table::new(
        format!("Energy of what follows an initial pattern, over that of {unit}"),
        &["pattern", "energy", "means over populations"],
    );
    let pattern_of = |k: usize| {
        let v = e.patterns.col(k);
        let top = v.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() { x } else { m });
        v.iter().map(|x| x * top.signum()).collect::<Vec<f64>>()
    };
    for (k, energy) in over.iter().enumerate().take(PATTERNS) {
        t.rows.push(vec![
            Cell::Number((k + 1) as f64),
            Cell::Number(*energy),
            Cell::Text(pattern(c, &pattern_of(k))),
        ]);
    }
    s.tables.push(t);
    if c.n() > PATTERNS {
        s.figures.push(Figure::Patterns {
            id: "energy_patterns".into(),
            title: "The initial patterns that bring about most".into(),
            caption: "Orthonormal initial patterns over units, with the energy of what follows each.".into(),
            units: if c.n() <= 12 { unit_names(c) } else { vec![] },
            roles: unit_roles(c),
            patterns: (0..3).map(|k| (format!("energy {}", number(over[k])), pattern_of(k))).collect(),
        });
    }
    s.trust.push(format!(
        "Energies by the Lyapunov equation of the observability Gramian, relative residual {:.0e}.",
        e.residual
    ));
    let written = c.n() <= MAX_WRITTEN;
    Ok(json!({
        "over_unconnected": over,
        "directions_above_one": above,
        "mean": over.iter().sum::<f64>() / c.n() as f64,
        "patterns": (0..if written { c.n() } else { PATTERNS }).map(pattern_of).collect::<Vec<_>>(),
        "residual": e.residual,
    }))
}

fn verdict(study: &Study, g: &Amplification) -> Vec<String> {
    let c = study.circuit();
    let time = &c.units().time;
    let tau_0 = study.linearization().map_or(1.0, |l| l.tau_0);
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
