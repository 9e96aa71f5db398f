//! Transient amplification in words.

use super::words::{count, heading, likeness, number, or_zero, pattern, quantity, unit_names, unit_roles};
use super::{Tell, amplification_between};
use crate::answers::{Amplification, PatternEnergies};
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
                title: "The pattern that grows most, and what it becomes".into(),
                caption: "Both of norm one: the initial pattern, and its direction at the maximum.".into(),
                units: if c.n() <= NAMED_PATTERN_UNITS { unit_names(c) } else { vec![] },
                roles: unit_roles(c),
                patterns: vec![
                    ("from".into(), self.input.data().to_vec()),
                    ("to".into(), self.output.data().to_vec()),
                ],
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
        "Between samples the norm is bounded by how far it can bend, in steps so short that the bound stays within 1e-6 of the maximum: nothing higher hides between them. (Rigorous but for the rounding of the exponentials.)"
    } else {
        "The bound between the samples could not be closed: a peak narrower than their distance could be missed."
    };
    ["The curve is followed until ‖exp(At)‖ < 1, so nothing after its end is higher than what came before. At its highest points the zero of the slope is found: the maximum is good to about 1e-9, its time to about 1e-4. Elsewhere the curve of a large circuit is good to about 1e-6.".into(), between.into()]
}

fn measures(a: &Amplification, study: &Study, certified: bool) -> Result<Table> {
    let time = &study.circuit().units().time;
    let rounding = study.linearization()?.rounding;
    let per_time = format!("1/{time}");
    let bound = if certified { Cell::Number(a.bound) } else { Cell::Text("not found".into()) };
    let mut t = Table::new("Amplification of a pattern of norm one", &["measure", "value"]);
    for (name, value) in [
        ("largest norm reached, max ‖exp(At)‖".to_string(), Cell::Number(a.max)),
        ("certified bound: no norm at any time is larger".into(), bound),
        (heading("when", time), Cell::Number(a.time)),
        (
            heading("fastest growth at time 0 (numerical abscissa)", &per_time),
            Cell::Number(or_zero(a.numerical_abscissa, rounding)),
        ),
        (
            heading("growth in the long run (spectral abscissa)", &per_time),
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
            label: format!("{}×", number(a.max)),
            role: Role::Other,
        });
    }
    Figure::Lines {
        id: "amplification".into(),
        title: "The largest norm at each time".into(),
        caption: "‖exp(At)‖: what the best initial pattern of norm one has become. Between its bounds: below, the eigenvalues alone, exp(max Re μ t), which a normal circuit never leaves; above, the fastest growth at the start, exp(ωt), and the certified maximum.".into(),
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
        all.push(curve("fastest growth at the start", Role::Guide, Stroke::Dotted, x, y));
        if let (true, Some(end)) = (a.bound.is_finite(), end) {
            all.push(curve("certified bound", Role::Guide, Stroke::Solid, vec![0.0, end], vec![a.bound; 2]));
        }
    }
    all
}

fn energies(e: &PatternEnergies, study: &Study, s: &mut Section) -> Result<()> {
    let c = study.circuit();
    let over = e.over_unconnected.data();
    let unit = if study.linearization()?.uniform_tau() {
        "a unit without connections"
    } else {
        "the slowest unit without connections"
    };
    s.verdict.push(match e.directions_above_one {
        0 => format!("No initial pattern brings about more energy, ∫|x|² dt, than {unit}."),
        above => format!(
            "{} of {} bring{} about more energy, ∫|x|² dt, than {unit}; the first {}-fold.",
            above,
            count(c.n(), "orthogonal initial pattern"),
            if above == 1 { "s" } else { "" },
            number(over[0])
        ),
    });
    let mut t = Table::new(
        format!("Energy of what follows an initial pattern, over that of {unit}"),
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
            title: "The initial patterns that bring about most".into(),
            caption: "Orthonormal initial patterns over units, with the energy of what follows each.".into(),
            units: if c.n() <= NAMED_PATTERN_UNITS { unit_names(c) } else { vec![] },
            roles: unit_roles(c),
            patterns: (0..ENERGY_PATTERNS)
                .map(|k| (format!("energy {}", number(over[k])), e.patterns.row(k).to_vec()))
                .collect(),
        });
    }
    s.trust.push(format!(
        "Energies by the Lyapunov equation of the observability Gramian, relative residual {:.0e}.",
        e.residual
    ));
    Ok(())
}

fn verdict(a: &Amplification, study: &Study) -> Result<Vec<String>> {
    let c = study.circuit();
    let time = &c.units().time;
    if a.max.is_infinite() {
        return Ok(vec![
            "The operating point is not stable: deviations grow without bound in this approximation.".into(),
        ]);
    }
    if a.time == 0.0 {
        return Ok(vec![
            "Nothing grows: no deviation ever gets larger than it was (the numerical abscissa is not positive)."
                .into(),
        ]);
    }
    let tau_0 = study.linearization()?.tau_0;
    let slow = -1.0 / a.spectral_abscissa / tau_0;
    let slowest = quantity(slow * tau_0, time);
    // A Hebbian mode that amplified as much would be slowed as much: no mode comes near that.
    let kind = match (a.max > 1.5, slow < 0.9 * a.max) {
        (true, true) => format!(", while no mode is slower than {slowest}: balanced amplification"),
        (true, false) => {
            format!(
                "; the slowest mode of the circuit, whether it takes part or not, has the time constant {slowest}"
            )
        }
        (false, _) => ": a small transient".to_string(),
    };
    Ok(vec![
        format!(
            "It amplifies {} patterns {}-fold within {}{kind}.",
            likeness(c, a.output.data()),
            number(a.max),
            quantity(a.time, time)
        ),
        format!(
            "The pattern that grows most is {}; it becomes {}.",
            pattern(c, a.input.data()),
            pattern(c, a.output.data())
        ),
    ])
}
