//! The map as a figure.

use super::words::{letters, long, short, what};
use crate::answers::{MapCurve, MapCurveKind, MapRegion, MapRegionKind, RegimeMap};
use crate::report::section::{Axis, Figure, MapArea, MapLine, MapLineKind, MapMark};

/// Regions smaller than this share of the plane have no words on the map.
const WORDS_FROM: f64 = 5e-4;

pub(super) fn figure(map: &RegimeMap) -> Figure {
    let range = |k: usize| (map.ranges.row(k)[0], map.ranges.row(k)[1]);
    let axis = |k: usize| Axis::new(&map.parameters[k].name, &map.parameters[k].unit);
    let outlines = map.outlines();
    let areas = map.regions.iter().zip(outlines).map(|(r, rings)| area(r, rings)).collect();
    let (x, y) = (range(0), range(1));
    let own = map.parameters[0].own.zip(map.parameters[1].own);
    let inside = |(p, q): &(f64, f64)| *p >= x.0 && *p <= x.1 && *q >= y.0 && *q <= y.1;
    Figure::Regimes {
        id: "regime_map".into(),
        title: format!("Regimes over {} and {}", map.parameters[0].name, map.parameters[1].name),
        caption: "What the circuit does over both parameters: green, it oscillates; hatched, the initial state decides. Curves: where steady states meet (fold) or lose their stability to a cycle (Hopf: solid, the cycle that is born is stable; dashed, it is not). BT, CP, GH, ZH, HH: points at which curves meet or change their kind.".into(),
        x: axis(0),
        y: axis(1),
        x_range: x,
        y_range: y,
        areas,
        lines: map.curves.iter().flat_map(lines).collect(),
        points: map
            .points
            .iter()
            .map(|p| MapMark {
                x: p.p.data()[0],
                y: p.p.data()[1],
                label: letters(p).into(),
                note: what(p).into(),
            })
            .collect(),
        own: own.filter(inside),
    }
}

fn area(r: &MapRegion, rings: Vec<Vec<[f64; 2]>>) -> MapArea {
    let moves = matches!(r.kind, MapRegionKind::Oscillating | MapRegionKind::OscillatingOrSteady);
    let leaves = matches!(r.kind, MapRegionKind::RunsAway | MapRegionKind::SteadyOrRunsAway);
    MapArea {
        label: if r.share < WORDS_FROM { String::new() } else { short(r) },
        note: long(r),
        stable: r.stable,
        moves,
        leaves,
        several: r.stable + usize::from(moves) + usize::from(leaves) > 1,
        at: (r.inner.data()[0], r.inner.data()[1]),
        rings: rings.into_iter().map(|ring| ring.into_iter().map(|[x, y]| (x, y)).collect()).collect(),
    }
}

/// A curve in pieces of one kind.
fn lines(c: &MapCurve) -> Vec<MapLine> {
    let count = c.p.shape()[0];
    let kind = |k: usize| {
        let kind = match (c.kind, &c.l1) {
            (MapCurveKind::Fold, _) => MapLineKind::Fold,
            (_, Some(l1)) if l1.data()[k] > 0.0 => MapLineKind::Subcritical,
            _ => MapLineKind::Supercritical,
        };
        (kind, c.unstable.data()[k] > 0.0)
    };
    let mut all: Vec<MapLine> = Vec::new();
    let mut from = 0;
    while from + 1 < count {
        // At the ends of a Hopf curve there is no coefficient: what is between counts.
        let own = kind((from + 1).min(count.saturating_sub(2)));
        let mut to = from + 1;
        while to + 1 < count && kind((to + 1).min(count.saturating_sub(2))) == own {
            to += 1;
        }
        let at = |k: usize| (from..=to).map(|i| c.p.row(i)[k]).collect();
        all.push(MapLine { kind: own.0, faint: own.1, x: at(0), y: at(1) });
        from = to;
    }
    all
}
