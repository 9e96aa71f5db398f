//! Spatial modes of a circuit on a ring or torus: small exact blocks of the large matrix.

use super::words::{clean, complex, count, heading, list, number, percent, quantity};
use super::{Analysis, slow};
use crate::linear::modes::{SpatialMode, amplification, spatial_modes};
use crate::model::{Circuit, FeatureSpace};
use crate::report::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "fourier_modes",
    about: "spatial modes of a ring or torus: their blocks, eigenvalues, feedforward weights, amplification",
    applies: |s| s.circuit().space().is_some() && s.has_operating_point(),
    run,
};

/// Spatial modes in the table and the JSON, most of which matter little.
const MAX_ROWS: usize = 12;

/// A spatial mode with what it does.
struct Wave {
    mode: SpatialMode,
    values: Vec<Complex>,
    feedforward: f64,
}

fn run(study: &Study) -> Result<Section> {
    if !study.circuit().is_plain() {
        return Ok(slow::refusal(ANALYSIS.name, "Spatial modes", "its blocks are those of rates alone"));
    }
    let c = study.circuit();
    let l = study.linearization()?;
    let m = l.modes_matrix();
    let mut s = Section::new(ANALYSIS.name, "Spatial modes");
    s.sources = vec!["Ben-Yishai, Bar-Or & Sompolinsky 1995", "Rubin, Van Hooser & Miller 2015"];
    s.data = json!({"invariant": false});
    let Some(space) = c.space() else { return Ok(s) };
    let types = c.populations().len();
    let on_grid = c.populations().iter().all(|p| p.size == space.points());
    let modes = if on_grid { spatial_modes(&m, types, &space.shape()) } else { None };
    let Some(modes) = modes else {
        s.verdict.push(refusal(c, on_grid).into());
        return Ok(s);
    };
    let mut waves = modes
        .into_iter()
        .map(|mode| {
            let values = mode.eigenvalues()?.into_iter().map(|z| clean(z, m.frobenius())).collect();
            let feedforward = mode.feedforward_squared()?;
            Ok(Wave { mode, values, feedforward })
        })
        .collect::<Result<Vec<Wave>>>()?;
    figure(space, &waves, &mut s);
    let copies = |w: &Wave| w.mode.copies() as f64;
    let all: f64 = waves.iter().map(|w| copies(w) * w.feedforward).sum();
    waves.sort_by(|a, b| b.values[0].re.total_cmp(&a.values[0].re));
    // The uniform mode is always shown: everything is compared with it.
    if let Some(k) = waves.iter().position(|w| w.mode.wave.iter().all(|k| *k == 0))
        && k >= MAX_ROWS
    {
        let uniform = waves.remove(k);
        waves.insert(MAX_ROWS - 1, uniform);
    }
    verdict(c, space, &waves, all, &mut s);
    table(study, space, &waves, &mut s)?;
    s.trust.push("Exact: the blocks are the Fourier transforms of the weights as they stand, checked to be translation-invariant to 1e-10 of the largest; with their copies they have the eigenvalues and the feedforward weight of the whole matrix.".into());
    let leading: Vec<_> = waves
        .iter()
        .take(MAX_ROWS)
        .map(|w| {
            json!({
                "wave": w.mode.wave, "copies": w.mode.copies(),
                "block": {
                    "re": rows(&w.mode.block.map(|z| z.re)), "im": rows(&w.mode.block.map(|z| z.im)),
                },
                "eigenvalues": w.values.iter().map(|z| json!({"re": z.re, "im": z.im})).collect::<Vec<_>>(),
                "feedforward_squared": w.feedforward,
                "amplification": grown(&w.mode, l.tau_0).map_or(serde_json::Value::Null, |g| json!(g)),
            })
        })
        .collect();
    s.data = json!({
        "invariant": true,
        "axes": space.axes().iter().map(|a| json!({"name": a.name, "period": a.period, "points": a.points})).collect::<Vec<_>>(),
        "feedforward_squared": all,
        "modes": leading,
    });
    Ok(s)
}

fn refusal(c: &Circuit, on_grid: bool) -> &'static str {
    if !on_grid {
        "Not every population stands on the points of the space: the weights have no blocks for single spatial modes."
    } else if c.stimuli().is_empty() && c.h().iter().all(|h| *h == c.h()[0]) {
        "The weights are not translation-invariant: there are no single spatial modes."
    } else {
        "The linearization at this operating point is not translation-invariant (gains or weights differ along the space): there are no single spatial modes. With uniform input there are."
    }
}

fn rows(m: &Matrix) -> Vec<&[f64]> {
    (0..m.rows()).map(|i| m.row(i)).collect()
}

/// Largest `||exp(A t)||` of a mode's own dynamics, if it is stable.
fn grown(mode: &SpatialMode, tau_0: f64) -> Option<f64> {
    let b = mode.real_form();
    let a = b.sub(&Matrix::identity(b.rows())).scale(1.0 / tau_0);
    amplification(&a).ok().map(|g| g.max).filter(|g| g.is_finite())
}

/// `2 cycles of orientation`, `uniform`.
fn name(space: &FeatureSpace, wave: &[i64]) -> String {
    let parts: Vec<String> = wave
        .iter()
        .zip(space.axes())
        .filter(|(k, _)| **k != 0)
        .map(|(k, a)| {
            format!("{k} {} of {}", if k.abs() == 1 { "cycle" } else { "cycles" }, a.name).replace('-', "−")
        })
        .collect();
    if parts.is_empty() { "uniform".into() } else { list(&parts) }
}

fn verdict(c: &Circuit, space: &FeatureSpace, waves: &[Wave], all: f64, s: &mut Section) {
    let axes: Vec<String> = space
        .axes()
        .iter()
        .map(|a| format!("{} (period {}, {} points)", a.name, number(a.period), a.points))
        .collect();
    s.verdict.push(format!(
        "Activity of one wavelength along {} stays of that wavelength: {} fall apart into blocks between {}.",
        list(&axes),
        count(c.n(), "mode"),
        count(c.populations().len(), "population")
    ));
    let first = &waves[0];
    s.verdict.push(format!(
        "The slowest wave ({}) has the eigenvalue {}{}.",
        name(space, &first.mode.wave),
        complex(first.values[0]),
        if first.values[0].re > 1.0 { ": it grows into a pattern" } else { "" }
    ));
    let strongest = waves.iter().max_by(|a, b| {
        (a.mode.copies() as f64 * a.feedforward).total_cmp(&(b.mode.copies() as f64 * b.feedforward))
    });
    if let Some(w) = strongest.filter(|_| all > 1e-20) {
        s.verdict.push(format!(
            "The wave of strongest feedforward weight ({}) has {}, {} of the circuit's squared feedforward weight{}.",
            name(space, &w.mode.wave),
            number(w.feedforward.sqrt()),
            percent(w.mode.copies() as f64 * w.feedforward / all),
            if w.mode.copies() == 2 { " with its copy" } else { "" }
        ));
    }
}

fn table(study: &Study, space: &FeatureSpace, waves: &[Wave], s: &mut Section) -> Result<()> {
    let c = study.circuit();
    let l = study.linearization()?;
    let more = waves.len().saturating_sub(MAX_ROWS);
    let rest = if more > 0 {
        format!(" and the uniform one; {more} faster ones are left out")
    } else {
        String::new()
    };
    let mut t = Table::new(
        format!("Spatial modes, slowest first{rest}; of a pair of waves (cosine and sine) one"),
        &["wave", "eigenvalues of its block", "feedforward weight", "max ‖exp(At)‖"],
    );
    t.columns.insert(2, heading("slowest τ_eff", &c.units().time));
    for w in waves.iter().take(MAX_ROWS) {
        let values: Vec<String> = w.values.iter().map(|z| complex(*z)).collect();
        t.rows.push(vec![
            Cell::Text(name(space, &w.mode.wave)),
            Cell::Text(values.join(", ")),
            Cell::Text(if w.values[0].re < 1.0 {
                quantity(l.tau_0 / (1.0 - w.values[0].re), "")
            } else {
                "grows".into()
            }),
            Cell::Number(w.feedforward.max(0.0).sqrt()),
            grown(&w.mode, l.tau_0).map_or(Cell::Empty, Cell::Number),
        ]);
    }
    s.tables.push(t);
    Ok(())
}

/// Over wave numbers: a curve on a ring, a map on a torus.
fn figure(space: &FeatureSpace, waves: &[Wave], s: &mut Section) {
    let caption =
        "Each spatial mode's rightmost eigenvalue (right of 1 it grows) and its feedforward weight.";
    match space.axes() {
        [axis] => {
            let x: Vec<f64> = waves.iter().map(|w| w.mode.wave[0].unsigned_abs() as f64).collect();
            let series = |name: &str, role, stroke, y: Vec<f64>| Series {
                name: name.into(),
                role,
                stroke,
                x: x.clone(),
                y,
            };
            s.figures.push(Figure::Lines {
                id: "fourier_modes".into(),
                title: "Spatial modes".into(),
                caption: caption.into(),
                x: Axis::new(format!("cycles per period of {}", axis.name), ""),
                y: Axis::new("eigenvalue, feedforward weight", ""),
                series: vec![
                    series(
                        "Re λ",
                        Role::Other,
                        Stroke::Solid,
                        waves.iter().map(|w| w.values[0].re).collect(),
                    ),
                    series(
                        "feedforward weight",
                        Role::Other,
                        Stroke::Dashed,
                        waves.iter().map(|w| w.feedforward.max(0.0).sqrt()).collect(),
                    ),
                ],
                marks: vec![],
            });
        }
        [rows, columns] => {
            let half = |n: usize| (n / 2) as i64;
            // The opposite wave is the same: the whole map from the half that is kept.
            let at = |a: i64, b: i64| {
                waves
                    .iter()
                    .find(|w| {
                        let same = |x: i64, y: i64, n: usize| (x - y).rem_euclid(n as i64) == 0;
                        let is = |a: i64, b: i64| {
                            same(w.mode.wave[0], a, rows.points) && same(w.mode.wave[1], b, columns.points)
                        };
                        is(a, b) || is(-a, -b)
                    })
                    .map_or(f64::NAN, |w| w.values[0].re)
            };
            let up = half(rows.points).min(12);
            let across = half(columns.points).min(12);
            s.figures.push(Figure::Matrix {
                id: "fourier_modes".into(),
                title: "Spatial modes: rightmost eigenvalue".into(),
                caption: format!("Re λ of each spatial mode's rightmost eigenvalue, by cycles of {} (rows) and of {} (columns); above 1 it grows.", rows.name, columns.name),
                rows_are: format!("cycles of {}", rows.name),
                columns_are: format!("cycles of {}", columns.name),
                row_names: (0..=up).map(|k| k.to_string()).collect(),
                column_names: (0..=across).map(|k| k.to_string()).collect(),
                values: (0..=up).map(|a| (0..=across).map(|b| at(a, b)).collect()).collect(),
                unit: String::new(),
                outlined: vec![],
            });
        }
        _ => {}
    }
}
