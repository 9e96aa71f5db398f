//! What regions and special points are, in words.

use crate::answers::{DiagramParameter, MapPoint, MapPointKind, MapRegion, MapRegionKind, RegimeMap};
use crate::report::draw::number;

/// What happens in a region, in a word or two.
pub(super) fn short(r: &MapRegion) -> String {
    let mut kinds = vec![r.kind];
    kinds.extend(r.elsewhere.iter().map(|s| s.kind).filter(|k| *k != MapRegionKind::Undecided));
    kinds.dedup();
    let mut words: Vec<String> = kinds.into_iter().map(|k| word(r, k)).collect();
    words.sort();
    words.dedup();
    match &words[..] {
        [one] => one.clone(),
        all => format!("in parts: {}", all.join("; ")),
    }
}

/// What happens at a point of a region.
fn word(r: &MapRegion, kind: MapRegionKind) -> String {
    let word = match kind {
        MapRegionKind::Steady if r.steady == 1 => "one steady state",
        MapRegionKind::Steady => return format!("one stable of {} steady states", r.steady),
        MapRegionKind::Bistable => "bistable",
        MapRegionKind::Multistable => return format!("{} stable steady states", r.stable),
        MapRegionKind::Oscillating => "oscillates",
        MapRegionKind::OscillatingOrSteady => "oscillates or rests",
        MapRegionKind::RunsAway => "runs away",
        MapRegionKind::SteadyOrRunsAway => "rests or runs away",
        MapRegionKind::Undecided => "no stable steady state",
    };
    word.into()
}

/// The same with what it rests on.
pub(super) fn long(r: &MapRegion) -> String {
    let states = match (r.stable, r.steady) {
        (_, 0) => "no steady state was decided".into(),
        (0, 1) => "the steady state is unstable".into(),
        (0, n) => format!("all {n} steady states are unstable"),
        (1, 1) => "the steady state is stable".into(),
        (s, n) => format!("{s} of {n} steady states {}", if s == 1 { "is stable" } else { "are stable" }),
    };
    let mut said = if r.kind == MapRegionKind::Steady { short(r) } else { format!("{}: {states}", short(r)) };
    if r.beyond_curves {
        said += "; ends without a curve";
    }
    said
}

/// What runs at the inner point came to.
pub(super) fn runs(r: &MapRegion) -> String {
    let mut parts = Vec::new();
    if r.rested > 0 {
        let places = if r.reached > 1 { format!(" at {} steady states", r.reached) } else { String::new() };
        parts.push(format!("{} rest{places}", r.rested));
    }
    for (count, what) in [(r.moved, "oscillate"), (r.left, "run away"), (r.undecided, "undecided")] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(", ")
}

/// What a special point is.
pub(super) fn what(p: &MapPoint) -> &'static str {
    match p.kind {
        MapPointKind::BogdanovTakens => "Bogdanov-Takens",
        MapPointKind::Cusp => "cusp",
        MapPointKind::GeneralizedHopf => "generalized Hopf (Bautin)",
        MapPointKind::ZeroHopf => "zero-Hopf",
        MapPointKind::HopfHopf => "Hopf-Hopf",
    }
}

/// Its letters on the map.
pub(super) fn letters(p: &MapPoint) -> &'static str {
    match p.kind {
        MapPointKind::BogdanovTakens => "BT",
        MapPointKind::Cusp => "CP",
        MapPointKind::GeneralizedHopf => "GH",
        MapPointKind::ZeroHopf => "ZH",
        MapPointKind::HopfHopf => "HH",
    }
}

/// `E.h 3.2 mV, I.h −1`.
pub(super) fn place(map: &RegimeMap, at: &[f64]) -> String {
    let one = |(p, v): (&DiagramParameter, &f64)| {
        format!("{} {} {}", p.name, number(*v, 4), p.unit).trim_end().to_string()
    };
    map.parameters.iter().zip(at).map(one).collect::<Vec<_>>().join(", ")
}
