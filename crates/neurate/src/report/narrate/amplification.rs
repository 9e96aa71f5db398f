//! Transient amplification in words.

use super::words::{
    NO_SLOWER, amount, count, digits, factor, has_means, heading, likeness, main_pattern, or_zero, pattern,
    unit_names, unit_roles,
};
use super::{Tell, amplification_between};
use crate::answers::{AMPLIFIES, Amplification, PatternEnergies, is_non_normal};
use crate::model::{CellKind, Circuit};
use crate::report::layout::Open;
use crate::report::limits::{ENERGY_PATTERNS, ENERGY_ROWS, NAMED_PATTERN_UNITS};
use crate::report::section::{Axis, Cell, Figure, Mark, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Amplification {
    const TITLE: &'static str = "Transient amplification";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let certified = self.bound.is_finite() || self.max.is_infinite();
        s.verdict = verdict(self, study)?;
        s.open = Open::new(2, usize::from(self.time > 0.0), 0);
        s.tables.push(measures(self, study, certified)?);
        s.figures.push(figure(self, &c.units().time));
        if !self.input.data().is_empty() && c.n() > 1 && self.time > 0.0 {
            s.figures.push(Figure::Patterns {
                id: "amplification_patterns".into(),
                title: "The most amplified pattern, and what it becomes".into(),
                caption: "Both of norm one: the initial pattern, and its direction at the maximum.".into(),
                units: if c.n() <= NAMED_PATTERN_UNITS { unit_names(c) } else { vec![] },
                roles: unit_roles(c),
                patterns: {
                    let (input, output) = signed_patterns(self, c);
                    vec![("from".into(), input), ("to".into(), output)]
                },
            });
        }
        if let Some(chosen) = &self.between {
            amplification_between::chosen(chosen, study, s);
        }
        if let Some(between) = &self.between_populations {
            s.tables.push(amplification_between::populations(between, c));
        }
        if let Some(e) = &self.energy {
            energies(e, study, s)?;
        }
        if self.max.is_finite() {
            s.trust.extend(followed(certified));
        }
        s.sources = vec![
            "Trefethen & Embree 2005, ch. 14-17",
            "Murphy & Miller 2009",
            "Hennequin, Vogels & Gerstner 2012",
        ];
        Ok(())
    }
}

/// How the curve was followed to a maximum, and whether it may hide a higher one.
fn followed(certified: bool) -> [String; 2] {
    let between = if certified {
        "Between samples, bounds on the curvature keep the norm within 10⁻⁶ of the maximum, so no higher peak is missed. (Rigorous except for rounding in the exponentials.)"
    } else {
        "No tight bound was found between the samples, so a peak narrower than their spacing could be missed."
    };
    ["The curve is computed until ‖exp(At)‖ < 1; no later value exceeds the maximum. The maximum is accurate to about 10⁻⁹ and its time to about 10⁻⁴; in large circuits the rest of the curve is accurate to about 10⁻⁶.".into(), between.into()]
}

fn measures(a: &Amplification, study: &Study, certified: bool) -> Result<Table> {
    let time = &study.circuit().units().time;
    let rounding = study.linearization()?.rounding;
    let per_time = format!("1/{time}");
    let bound = if certified { Cell::Number(a.bound) } else { Cell::Text("not found".into()) };
    let mut t = Table::new("Amplification of a pattern of norm one", &["measure", "value"]);
    for (name, value) in [
        ("maximum norm, max ‖exp(At)‖".to_string(), Cell::Number(a.max)),
        ("certified upper bound at all times".into(), bound),
        (heading("time of the maximum", time), Cell::Number(a.time)),
        (
            heading("initial growth rate (numerical abscissa)", &per_time),
            Cell::Number(or_zero(a.numerical_abscissa, rounding)),
        ),
        (
            heading("long-term growth rate (spectral abscissa)", &per_time),
            Cell::Number(or_zero(a.spectral_abscissa, rounding)),
        ),
    ] {
        t.rows.push(vec![Cell::Text(name), value]);
    }
    Ok(t)
}

fn figure(a: &Amplification, time: &str) -> Figure {
    let mut marks = Vec::new();
    if a.time > 0.0 && a.max.is_finite() {
        marks.push(Mark {
            x: a.time,
            y: Some(a.max),
            label: format!("{}×", digits(a.max)),
            role: Role::Other,
        });
    }
    Figure::Lines {
        id: "amplification".into(),
        title: "The largest norm at each time".into(),
        caption: "‖exp(At)‖: the largest norm at each time that an initial pattern of norm one can reach; in a normal circuit that of the eigenvalues alone.".into(),
        x: Axis::new("time", time),
        y: Axis::new("norm", ""),
        series: curves(a),
        marks,
    }
}

/// The norm, and what it lies between.
fn curves(a: &Amplification) -> Vec<Series> {
    let curve = |name: &str, role: Role, stroke: Stroke, x: Vec<f64>, y: Vec<f64>| Series {
        name: name.into(),
        role,
        stroke,
        x,
        y,
    };
    let (times, norms) = (a.times.data().to_vec(), a.norms.data().to_vec());
    let slowest: Vec<f64> = times.iter().map(|t| (a.spectral_abscissa * t).exp()).collect();
    let end = times.last().copied();
    let mut all = vec![
        curve("‖exp(At)‖", Role::Other, Stroke::Solid, times.clone(), norms),
        curve("eigenvalues alone", Role::Guide, Stroke::Dashed, times, slowest),
    ];
    if a.max.is_finite() && a.time > 0.0 && a.numerical_abscissa > 0.0 {
        // As far as it stays in the picture.
        let leaves = (1.05 * a.max).ln() / a.numerical_abscissa;
        let x: Vec<f64> = (0..=40).map(|k| leaves * f64::from(k) / 40.0).collect();
        let y = x.iter().map(|t| (a.numerical_abscissa * t).exp()).collect();
        all.push(curve("initial growth rate", Role::Guide, Stroke::Dotted, x, y));
        if let (true, Some(end)) = (a.bound.is_finite(), end) {
            all.push(curve("certified bound", Role::Guide, Stroke::Solid, vec![0.0, end], vec![a.bound; 2]));
        }
    }
    all
}

fn energies(e: &PatternEnergies, study: &Study, s: &mut Section) -> Result<()> {
    let c = study.circuit();
    let over = e.over_isolated_unit.data();
    let unit =
        if study.linearization()?.uniform_tau() { "an isolated unit" } else { "the slowest isolated unit" };
    s.verdict.push(match e.patterns_above_one {
        0 => format!("No initial pattern evokes more energy, ∫|x|² dt, than {unit}."),
        above => format!(
            "{} of {} evoke{} more energy, ∫|x|² dt, than {unit}; the strongest evokes {} times as much.",
            above,
            count(c.n(), "orthogonal initial pattern"),
            if above == 1 { "s" } else { "" },
            factor(over[0])
        ),
    });
    let mut t = Table::new(
        format!("Energy that an initial pattern evokes, relative to that of {unit}"),
        &["pattern", "energy", "means over populations"],
    );
    for (k, energy) in over.iter().enumerate().take(ENERGY_ROWS) {
        t.rows.push(vec![
            Cell::Number((k + 1) as f64),
            Cell::Number(*energy),
            Cell::Text(pattern(c, e.patterns.row(k))),
        ]);
    }
    s.tables.push(t);
    if c.n() > ENERGY_ROWS {
        s.figures.push(Figure::Patterns {
            id: "energy_patterns".into(),
            title: "The initial patterns that evoke most energy".into(),
            caption: "Orthonormal initial patterns over units, with the energy that each evokes.".into(),
            units: if c.n() <= NAMED_PATTERN_UNITS { unit_names(c) } else { vec![] },
            roles: unit_roles(c),
            patterns: (0..ENERGY_PATTERNS)
                .map(|k| (format!("energy {}", digits(over[k])), e.patterns.row(k).to_vec()))
                .collect(),
        });
    }
    s.trust.push(format!(
        "Energies come from the Lyapunov equation of the observability Gramian (relative residual {}).",
        factor(e.residual)
    ));
    Ok(())
}

fn verdict(a: &Amplification, study: &Study) -> Result<Vec<String>> {
    let c = study.circuit();
    let time = &c.units().time;
    if a.max.is_infinite() {
        return Ok(vec![
            "The operating point is not stable, so deviations grow without bound in the linearization."
                .into(),
        ]);
    }
    if a.time == 0.0 {
        return Ok(vec![
            "There is no transient amplification: the numerical abscissa is not positive, so no deviation ever increases in norm."
                .into(),
        ]);
    }
    let isolated = study.linearization()?.tau.iter().copied().fold(0.0, f64::max);
    let tau = -1.0 / a.spectral_abscissa;
    let (slowest, slowdown) = (amount(tau, time), tau / isolated);
    let kind = match (is_non_normal(a.max, slowdown), a.max > AMPLIFIES) {
        (true, _) => {
            let has = |kind| c.populations().iter().any(|p| p.kind == kind);
            let both = has(CellKind::Excitatory) && has(CellKind::Inhibitory);
            let kind = if both { "balanced" } else { "non-normal" };
            let although = if slowdown <= NO_SLOWER {
                format!("no mode is slower than {slowest}")
            } else {
                format!(
                    "the slowest mode ({slowest}) is only {}× slower than the slowest isolated unit",
                    factor(slowdown)
                )
            };
            format!(", although {although}: {kind} amplification")
        }
        (false, true) => format!("; the slowest mode of the circuit has the time constant {slowest}"),
        (false, false) => String::new(),
    };
    let (input, output) = signed_patterns(a, c);
    let described = [&input, &output].iter().all(|v| has_means(c, v));
    let into = if described { format!(", into {} activity,", likeness(c, &output)) } else { String::new() };
    let mut words = vec![format!(
        "The largest transient amplification is {}-fold{into} within {}{kind}.",
        factor(a.max),
        amount(a.time, time)
    )];
    words.push(if described {
        format!(
            "The most amplified pattern is {}; it becomes {}.",
            main_pattern(c, &input),
            main_pattern(c, &output)
        )
    } else {
        "The most amplified pattern, or what it becomes, has nearly zero mean in every population.".into()
    });
    Ok(words)
}

/// The most amplified pattern and what it becomes. Their common sign is free: the larger part of the outcome is positive.
fn signed_patterns(a: &Amplification, c: &Circuit) -> (Vec<f64>, Vec<f64>) {
    let means = c.population_means(a.output.data());
    let top = means.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() { x } else { m });
    let sign = if top < 0.0 { -1.0 } else { 1.0 };
    let of = |v: &[f64]| v.iter().map(|x| sign * x).collect();
    (of(a.input.data()), of(a.output.data()))
}
