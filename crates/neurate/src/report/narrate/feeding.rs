//! Who feeds whom, when, in words: a table and pictures of the section on time courses.

use super::words::{heading, list, number, quantity};
use crate::answers::{FedMode, FeedingPart, FeedingSource, NonModeSource};
use crate::model::Units;
use crate::report::limits::{FED_MODE_FIGURES, NAMED_SOURCES};
use crate::report::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};

/// Parts smaller than this share of the mode's peak are left out of words, table and pictures.
const SMALL: f64 = 1e-3;

/// Sentence and table; the figures, each with its short name.
pub(super) fn tell(fed: &[FedMode], times: &[f64], u: &Units, s: &mut Section) -> Vec<(String, Figure)> {
    let mut figures = Vec::new();
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
    for (k, f) in fed.iter().enumerate() {
        let shown: Vec<&FeedingPart> =
            f.parts.iter().filter(|p| p.largest.abs() > SMALL * f.peak.abs()).collect();
        if k == 0 {
            s.verdict.push(sentence(f, &shown, u));
        }
        for p in &shown {
            t.rows.push(vec![
                Cell::Text(name(&f.modes)),
                Cell::Text(words(&p.from)),
                Cell::Number(p.largest),
                Cell::Number(p.at),
                Cell::Number(100.0 * p.share),
            ]);
        }
        if k < FED_MODE_FIGURES && shown.len() > 1 {
            figures.push((format!("sources of {}", of_modes(&f.modes)), figure(k, f, &shown, times, u)));
        }
    }
    if !t.rows.is_empty() {
        s.tables.push(t);
        s.trust.push("The parts of a mode's course obey linear equations of their own and are solved with it exactly: they add up to it to rounding. Of a complex pair the component along its direction at the peak is shown.".into());
    }
    figures
}

fn sentence(f: &FedMode, parts: &[&FeedingPart], u: &Units) -> String {
    let mut by_share: Vec<&&FeedingPart> = parts.iter().filter(|p| p.share.abs() > 0.01).collect();
    by_share.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
    let shares: Vec<String> = by_share
        .iter()
        .take(NAMED_SOURCES)
        .map(|p| format!("{} % from {}", number((1000.0 * p.share).round() / 10.0), words(&p.from)))
        .collect();
    let modes =
        if f.modes.len() == 1 { "The largest mode is mode" } else { "The largest modes are the pair" };
    format!(
        "{modes} {}, with {} at {}; of that came {}.",
        name(&f.modes),
        quantity(f.peak, &u.state),
        quantity(f.peak_time, &u.time),
        list(&shares)
    )
}

fn name(modes: &[usize]) -> String {
    modes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

fn of_modes(modes: &[usize]) -> String {
    format!("mode{} {}", if modes.len() > 1 { "s" } else { "" }, name(modes))
}

fn words(source: &FeedingSource) -> String {
    match source {
        FeedingSource::Other(NonModeSource::Initial) => "its initial value".into(),
        FeedingSource::Other(NonModeSource::Input) => "its own input".into(),
        FeedingSource::Other(NonModeSource::Others) => "all other modes".into(),
        FeedingSource::Modes(m) => of_modes(m),
    }
}

fn figure(k: usize, f: &FedMode, parts: &[&FeedingPart], times: &[f64], u: &Units) -> Figure {
    let series = |name: String, stroke: Stroke, role: Role, y: &[f64]| Series {
        name,
        role,
        stroke,
        x: times.to_vec(),
        y: y.to_vec(),
    };
    let mode = of_modes(&f.modes);
    let mut all = vec![series(mode.clone(), Stroke::Solid, Role::Other, f.course.data())];
    // Feeding modes first, so that each keeps the color that it has elsewhere.
    let (modes, own): (Vec<&FeedingPart>, Vec<&FeedingPart>) =
        parts.iter().partition(|p| matches!(p.from, FeedingSource::Modes(_)));
    all.extend(modes.iter().chain(&own).map(|p| {
        let role = match p.from {
            FeedingSource::Other(NonModeSource::Others) => Role::Guide,
            _ => Role::Other,
        };
        series(words(&p.from), Stroke::Solid, role, p.course.data())
    }));
    Figure::Lines {
        id: format!("feeding_{}", k + 1),
        title: format!("What makes {mode}"),
        caption: "The mode's time course, and its parts by where they came from: they add up to it.".into(),
        x: Axis::new("time", &u.time),
        y: Axis::new("amplitude", &u.state),
        series: all,
        marks: vec![],
    }
}
