//! What drives the largest Schur modes, in words: a table and pictures of the section on time courses.

use super::words::{amount, heading, list, share};
use crate::answers::{FedMode, FeedingPart, FeedingSource, NonModeSource};
use crate::model::Units;
use crate::report::limits::{FED_MODE_FIGURES, NAMED_SOURCES};
use crate::report::section::{Axis, Cell, Figure, Role, Section, Series, Stroke, Table};

/// Parts smaller than this share of the mode's peak are left out of words, table and pictures.
const SMALL: f64 = 1e-3;

/// Sentence and table; the figures, each with its short name.
/// `named` has the word for a mode where there is one: `sum mode`.
pub(super) fn tell(
    fed: &[FedMode],
    times: &[f64],
    u: &Units,
    named: &dyn Fn(usize) -> Option<String>,
    s: &mut Section,
) -> Vec<(String, Figure)> {
    let mut figures = Vec::new();
    let mut t = Table::new(
        "What drives the largest Schur modes: their activity, split by source",
        &[
            "mode",
            "from",
            &heading("largest", &u.state),
            &heading("at", &u.time),
            "share at the peak of the mode (%)",
        ],
    );
    for (k, f) in fed.iter().enumerate() {
        let shown: Vec<&FeedingPart> =
            f.parts.iter().filter(|p| p.largest.abs() > SMALL * f.peak.abs()).collect();
        if k == 0 {
            s.verdict.push(sentence(f, &shown, u, named));
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
        s.trust.push("The parts of the time course of a mode obey linear equations and are solved exactly, so they add up to it to rounding. For a complex pair, the component along its direction at the peak is shown.".into());
    }
    figures
}

fn sentence(
    f: &FedMode,
    parts: &[&FeedingPart],
    u: &Units,
    named: &dyn Fn(usize) -> Option<String>,
) -> String {
    let mode = |modes: &[usize]| match modes {
        [k] => named(*k).map_or_else(|| of_modes(modes), |word| format!("the {word}")),
        _ => of_modes(modes),
    };
    let its = if f.modes.len() == 1 { "its" } else { "their" };
    let source = |from: &FeedingSource| match from {
        FeedingSource::Modes(m) => mode(m),
        FeedingSource::Other(NonModeSource::Initial) => format!("{its} initial value"),
        FeedingSource::Other(NonModeSource::Input) => format!("{its} own input"),
        FeedingSource::Other(NonModeSource::Others) => "all other modes".into(),
    };
    let mut by_share: Vec<&&FeedingPart> = parts.iter().filter(|p| p.share.abs() > 0.01).collect();
    by_share.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
    let shares: Vec<String> = by_share
        .iter()
        .take(NAMED_SOURCES)
        .map(|p| format!("{} from {}", share(p.share), source(&p.from)))
        .collect();
    format!(
        "At {its} peak ({} at {}), {} received {}.",
        amount(f.peak, &u.state),
        amount(f.peak_time, &u.time),
        mode(&f.modes),
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
    let mut all = vec![series(mode.clone(), Stroke::Solid, Role::Other, f.coordinate.data())];
    // Feeding modes first, so that each keeps the color that it has elsewhere.
    let (modes, own): (Vec<&FeedingPart>, Vec<&FeedingPart>) =
        parts.iter().partition(|p| matches!(p.from, FeedingSource::Modes(_)));
    all.extend(modes.iter().chain(&own).map(|p| {
        let role = match p.from {
            FeedingSource::Other(NonModeSource::Others) => Role::Guide,
            _ => Role::Other,
        };
        series(words(&p.from), Stroke::Solid, role, p.coordinate.data())
    }));
    Figure::Lines {
        id: format!("feeding_{}", k + 1),
        title: format!("What drives {mode}"),
        caption: "The time course of the mode and its parts by source, which add up to it.".into(),
        x: Axis::new("time", &u.time),
        y: Axis::new("amplitude", &u.state),
        series: all,
        marks: vec![],
    }
}
