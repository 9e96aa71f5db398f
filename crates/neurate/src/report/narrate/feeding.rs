//! Who feeds whom, when: a table and pictures of the section on time courses.

use super::words::{heading, list, number, quantity};
use crate::linear::modes::{Fed, Source};
use crate::model::Units;
use crate::report::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};
use serde_json::json;
use std::ops::Range;

/// Modes that are taken apart, those drawn, and feeding modes listed for each.
pub(super) const RECEIVERS: usize = 3;
pub(super) const SOURCES: usize = 4;
const DRAWN: usize = 2;
/// Parts smaller than this share of the mode's peak are left out of words, table and pictures.
const SMALL: f64 = 1e-3;

/// One part in numbers.
struct Part<'a> {
    source: &'a Source,
    course: Vec<f64>,
    /// Its largest value, and when.
    largest: f64,
    at: f64,
    /// Its share of the mode's value at the mode's peak.
    share: f64,
}

fn parts<'a>(f: &'a Fed, times: &[f64]) -> (usize, Vec<f64>, Vec<Part<'a>>) {
    let peak = f.peak();
    let total = f.along(&f.total);
    let parts = f.parts.iter().map(|(source, course)| {
        let course = f.along(course);
        let top = (0..course.len()).max_by(|&a, &b| course[a].abs().total_cmp(&course[b].abs())).unwrap_or(0);
        Part { source, largest: course[top], at: times[top], share: course[peak] / total[peak], course }
    });
    let parts = parts.collect();
    (peak, total, parts)
}

/// Adds sentence, table and figures; returns the numbers.
pub(super) fn show(s: &mut Section, fed: &[Fed], times: &[f64], u: &Units) -> serde_json::Value {
    let mut t = Table::new(
        "Who feeds whom, when: the largest Schur modes, taken apart by where their activity came from",
        &[
            "mode",
            "from",
            &heading("largest", &u.state),
            &heading("at", &u.time),
            "share at the mode's own peak (%)",
        ],
    );
    let mut data = Vec::new();
    for (k, f) in fed.iter().enumerate() {
        let (peak, total, parts) = parts(f, times);
        let size = total[peak].abs();
        let shown: Vec<&Part> = parts.iter().filter(|p| p.largest.abs() > SMALL * size).collect();
        if k == 0 {
            s.verdict.push(sentence(f, total[peak], times[peak], &shown, u));
        }
        for p in &shown {
            t.rows.push(vec![
                Cell::Text(name(&f.modes)),
                Cell::Text(words(p.source)),
                Cell::Number(p.largest),
                Cell::Number(p.at),
                Cell::Number(100.0 * p.share),
            ]);
        }
        if k < DRAWN && shown.len() > 1 {
            s.figures.push(figure(k, f, &total, &shown, times, u));
        }
        data.push(json!({
            "modes": f.modes.clone().map(|m| m + 1).collect::<Vec<_>>(),
            "peak": total[peak],
            "peak_time": times[peak],
            "course": total,
            "parts": parts.iter().map(|p| json!({
                "from": match p.source {
                    Source::Initial => json!("initial"),
                    Source::Input => json!("input"),
                    Source::Modes(m) => json!(m.clone().map(|m| m + 1).collect::<Vec<_>>()),
                    Source::Others => json!("others"),
                },
                "largest": p.largest,
                "at": p.at,
                "share": p.share,
                "course": p.course,
            })).collect::<Vec<_>>(),
        }));
    }
    if !t.rows.is_empty() {
        s.tables.push(t);
        s.trust.push("The parts of a mode's course obey linear equations of their own and are solved with it exactly: they add up to it to rounding. Of a complex pair the component along its direction at the peak is shown.".into());
    }
    json!(data)
}

fn sentence(f: &Fed, peak: f64, at: f64, parts: &[&Part], u: &Units) -> String {
    let mut by_share: Vec<&&Part> = parts.iter().filter(|p| p.share.abs() > 0.01).collect();
    by_share.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
    let shares: Vec<String> = by_share
        .iter()
        .take(4)
        .map(|p| format!("{} % {}", number((1000.0 * p.share).round() / 10.0), came(p.source)))
        .collect();
    let modes =
        if f.modes.len() == 1 { "The largest mode is mode" } else { "The largest modes are the pair" };
    format!(
        "{modes} {}, with {} at {}; of that came {}.",
        name(&f.modes),
        quantity(peak, &u.state),
        quantity(at, &u.time),
        list(&shares)
    )
}

fn name(modes: &Range<usize>) -> String {
    modes.clone().map(|k| (k + 1).to_string()).collect::<Vec<_>>().join(", ")
}

fn words(source: &Source) -> String {
    match source {
        Source::Initial => "its initial value".into(),
        Source::Input => "its own input".into(),
        Source::Modes(m) => format!("mode{} {}", if m.len() > 1 { "s" } else { "" }, name(m)),
        Source::Others => "all other modes".into(),
    }
}

fn came(source: &Source) -> String {
    format!("from {}", words(source))
}

fn figure(k: usize, f: &Fed, total: &[f64], parts: &[&Part], times: &[f64], u: &Units) -> Figure {
    let series = |name: String, stroke: Stroke, role: Role, y: &[f64]| Series {
        name,
        role,
        stroke,
        x: times.to_vec(),
        y: y.to_vec(),
    };
    let mode = words(&Source::Modes(f.modes.clone()));
    let mut all = vec![series(mode.clone(), Stroke::Solid, Role::Other, total)];
    // Feeding modes first, so that each keeps the color that it has elsewhere.
    let (modes, own): (Vec<&Part>, Vec<&Part>) =
        parts.iter().partition(|p| matches!(p.source, Source::Modes(_)));
    all.extend(modes.iter().chain(&own).map(|p| {
        let role = if *p.source == Source::Others { Role::Guide } else { Role::Other };
        let stroke = match p.source {
            Source::Initial | Source::Input => Stroke::Dotted,
            _ => Stroke::Dashed,
        };
        series(words(p.source), stroke, role, &p.course)
    }));
    Figure::Lines {
        id: format!("feeding_{}", k + 1),
        title: format!("What makes {mode}"),
        caption:
            "Solid: the mode's course; the others are its parts, by where they came from, and add up to it."
                .into(),
        x: Axis::new("time", &u.time),
        y: Axis::new("amplitude", &u.state),
        series: all,
        marks: vec![],
    }
}
