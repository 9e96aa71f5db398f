//! Spatial modes of a circuit on a ring or torus: small exact blocks of the large matrix.

use super::Tell;
use super::words::{complex, count, digits, heading, list, number, quantity, share};
use crate::answers::{FourierMode, FourierModes};
use crate::model::{Circuit, FeatureSpace};
use crate::report::layout::Open;
use crate::report::limits::{DRAWN_WAVES, TABLE_ROWS};
use crate::report::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;

impl Tell for FourierModes {
    const TITLE: &'static str = "Spatial modes";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let Some(space) = c.space() else { return Ok(()) };
        let (Some(first), Some(all)) = (self.modes.first(), self.feedforward_squared) else {
            s.verdict.push(refusal(c, space, &study.linearization()?.gains).into());
            s.available = false;
            return Ok(());
        };
        s.open = Open::new(2, 1, 0);
        s.sources = vec!["Ben-Yishai, Bar-Or & Sompolinsky 1995", "Rubin, Van Hooser & Miller 2015"];
        figure(space, &self.modes, s);
        verdict(c, space, first, s);
        s.verdict.extend(strongest(space, &self.modes, all));
        s.tables.push(table(study, space, &self.modes)?);
        s.trust.push("Exact: the blocks are the Fourier transforms of the weights, which are translation-invariant to 10⁻¹⁰ of the largest weight. Together the blocks have the eigenvalues and the feedforward weight of the whole matrix.".into());
        Ok(())
    }
}

fn refusal(c: &Circuit, space: &FeatureSpace, gains: &[f64]) -> &'static str {
    let differ = |p: usize| {
        let of = &gains[c.range(p)];
        of.iter().any(|g| (g - of[0]).abs() > 1e-9 * of[0].abs())
    };
    if c.populations().iter().any(|p| p.size != space.points()) {
        "Not every population has a unit at each point of the space, so the weights do not split into spatial modes."
    } else if (0..c.populations().len()).any(differ) {
        "Gains differ along the space at this operating point, so the linearization is not translation-invariant and has no spatial modes."
    } else {
        "The weights or time constants are not translation-invariant, so there are no spatial modes."
    }
}

/// `2 cycles of orientation`, `uniform`.
fn name(space: &FeatureSpace, wave: &[i64]) -> String {
    let parts: Vec<String> = wave
        .iter()
        .zip(space.axes())
        .filter(|(k, _)| **k != 0)
        .map(|(k, a)| {
            let sign = if *k < 0 { "−" } else { "" };
            format!("{sign}{} {} of {}", k.abs(), if k.abs() == 1 { "cycle" } else { "cycles" }, a.name)
        })
        .collect();
    if parts.is_empty() { "uniform".into() } else { list(&parts) }
}

fn verdict(c: &Circuit, space: &FeatureSpace, first: &FourierMode, s: &mut Section) {
    let axes: Vec<String> = space
        .axes()
        .iter()
        .map(|a| format!("{} (period {}, {} points)", a.name, digits(a.period), a.points))
        .collect();
    s.verdict.push(format!(
        "Spatial modes along {} do not interact, so the {} split into blocks of {}.",
        list(&axes),
        count(c.n(), "mode"),
        count(c.populations().len(), "population")
    ));
    let grows = first.rightmost() > 1.0;
    let uniform = first.wave.iter().all(|k| *k == 0);
    s.verdict.push(format!(
        "The {} spatial mode ({}) has the eigenvalue {}{}.",
        if grows { "fastest-growing" } else { "slowest" },
        name(space, &first.wave),
        complex(first.eigenvalues[0]),
        if grows && !uniform { " and grows into a spatial pattern" } else { "" }
    ));
}

fn strongest(space: &FeatureSpace, waves: &[FourierMode], all: f64) -> Option<String> {
    let part = |w: &FourierMode| w.copies as f64 * w.feedforward_squared;
    let w = waves.iter().max_by(|a, b| part(a).total_cmp(&part(b))).filter(|_| all > 1e-20)?;
    Some(format!(
        "The spatial mode with the strongest feedforward weight ({}) has the weight {} and carries {} of the squared feedforward weight of the circuit{}.",
        name(space, &w.wave),
        digits(w.feedforward_squared.sqrt()),
        share(part(w) / all),
        if w.copies == 2 { ", together with its copy" } else { "" }
    ))
}

/// The rows of the table: the slowest waves. The uniform one is always among them: everything is compared with it.
fn shown(waves: &[FourierMode]) -> Vec<&FourierMode> {
    let mut rows: Vec<&FourierMode> = waves.iter().take(TABLE_ROWS).collect();
    if let Some(k) = waves.iter().position(|w| w.wave.iter().all(|k| *k == 0))
        && k >= TABLE_ROWS
    {
        rows[TABLE_ROWS - 1] = &waves[k];
    }
    rows
}

fn table(study: &Study, space: &FeatureSpace, waves: &[FourierMode]) -> Result<Table> {
    let c = study.circuit();
    let l = study.linearization()?;
    let more = waves.len().saturating_sub(TABLE_ROWS);
    let rest = if more > 0 {
        format!(" and the uniform one; {more} faster modes are not listed")
    } else {
        String::new()
    };
    let mut t = Table::new(
        format!("Spatial modes, slowest first{rest}; one of each pair (cosine and sine)"),
        &["wave", "eigenvalues of its block", "feedforward weight", "max ‖exp(At)‖"],
    );
    t.columns.insert(2, heading("slowest τ_eff", &c.units().time));
    for w in shown(waves) {
        let values: Vec<String> = w.eigenvalues.iter().map(|z| exact(*z)).collect();
        t.rows.push(vec![
            Cell::Text(name(space, &w.wave)),
            Cell::Text(values.join(", ")),
            Cell::Text(if w.rightmost() < 1.0 {
                quantity(l.tau_0 / (1.0 - w.rightmost()), "")
            } else {
                "grows".into()
            }),
            Cell::Number(w.feedforward_squared.max(0.0).sqrt()),
            w.amplification.map_or(Cell::Empty, Cell::Number),
        ]);
    }
    Ok(t)
}

/// A complex number in the table: four digits.
fn exact(z: Complex) -> String {
    let real = number(z.re).replace('-', "−");
    if z.im == 0.0 {
        return real;
    }
    format!("{real} {} {}i", if z.im < 0.0 { "−" } else { "+" }, number(z.im.abs()))
}

/// Over wave numbers: a curve on a ring, a map on a torus.
fn figure(space: &FeatureSpace, waves: &[FourierMode], s: &mut Section) {
    let caption =
        "The rightmost eigenvalue of each spatial mode (above 1 it grows) and its feedforward weight.";
    match space.axes() {
        [axis] => {
            let mut waves: Vec<&FourierMode> = waves.iter().collect();
            waves.sort_by_key(|w| w.wave[0].unsigned_abs());
            let x: Vec<f64> = waves.iter().map(|w| w.wave[0].unsigned_abs() as f64).collect();
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
                    series("Re λ", Role::Other, Stroke::Solid, waves.iter().map(|w| w.rightmost()).collect()),
                    series(
                        "feedforward weight",
                        Role::Other,
                        Stroke::Solid,
                        waves.iter().map(|w| w.feedforward_squared.max(0.0).sqrt()).collect(),
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
                            same(w.wave[0], a, rows.points) && same(w.wave[1], b, columns.points)
                        };
                        is(a, b) || is(-a, -b)
                    })
                    .map_or(f64::NAN, FourierMode::rightmost)
            };
            let up = half(rows.points).min(DRAWN_WAVES);
            let across = half(columns.points).min(DRAWN_WAVES);
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
