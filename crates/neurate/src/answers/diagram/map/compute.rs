//! How the answer is computed.

use super::super::compute::{check_enters, circuit_remarks};
use super::super::parts::word;
use super::super::range::Range;
use super::super::subject::{Subject, asked, circuit_of_two};
use super::types::{
    MapCompleteness, MapCurve, MapCurveEnd, MapCurveKind, MapPoint, MapPointKind, MapRegion, MapRegionKind,
    MapSample, RegimeMap,
};
use crate::branch::{
    CELLS, CircuitPlane, Curve, CurveEnd, CurveKind, DiagramOptions, PlaneDiagram, PlaneKind, PlanePoint,
    RegimeMap as Found, Region, RegionKind, plane_diagram_of, regime_map,
};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::{Error, Result};
use std::sync::Arc;

impl Answer for RegimeMap {
    const NAME: &'static str = "regime_map";

    fn applies(study: &Study) -> Applies {
        // What is wrong with the file's table is said when it is computed.
        Applies::yes_if(asked(study).is_ok_and(|all| all.len() == 2), "two parameters to be mapped over")
    }

    fn compute(study: &Study) -> Result<RegimeMap> {
        let asked = asked(study)?;
        let [first, second] = &asked[..] else {
            return Err(Error::invalid("a regime map is drawn over two parameters")
                .with_help("for example --along E.h=-3:8 --along I.h=-5:5"));
        };
        check_apart(first, second)?;
        let subjects = [Subject::new(study, first)?, Subject::new(study, second)?];
        let search = &study.choices().search;
        let options = DiagramOptions::default().search(search.clone());
        let progress = study.progress();
        let [one, other] = &subjects;
        let ranges = [
            Range::of(one, &options, &progress.part(0.0, 0.1))?,
            Range::of(other, &options, &progress.part(0.1, 0.2))?,
        ];
        let windows = [ranges[0].window, ranges[1].window];
        let make = |p: f64, q: f64| circuit_of_two(one, other, p, q);
        let plane = CircuitPlane::of([one.name(), other.name()], Box::new(make), windows)?;
        for (along, window) in [(0, windows[1]), (1, windows[0])] {
            check_enters(&plane.line(along, 0.5 * (window.0 + window.1))?)?;
        }
        let curves = plane_diagram_of(&plane, &options, &progress.part(0.2, 0.7))?;
        let found = regime_map(&plane, &curves, [CELLS, CELLS], search, &progress.part(0.7, 1.0))?;
        let base = plane.circuit(windows.map(|w| w.0))?;
        let own = one.own().zip(other.own()).and_then(|(p, q)| {
            let at = found.regime_at(p, q)?;
            found.regions.iter().position(|r| std::ptr::eq(r, at))
        });
        let [a, b] = ranges;
        Ok(RegimeMap {
            parameters: subjects.iter().map(Subject::described).collect(),
            ranges: Array::rows(windows.map(|(from, to)| vec![from, to])),
            range_origins: vec![a.origin, b.origin],
            clipped: [a.clipped, b.clipped].concat(),
            states: (0..base.states()).map(|i| base.state_name(i)).collect(),
            regions: found.regions.iter().map(|r| region(&found, r)).collect(),
            cells: Array::new(
                &[found.size[1], found.size[0]],
                found.region.iter().map(|k| *k as f64).collect(),
            ),
            own_region: own,
            curves: curves.curves.iter().map(curve).collect(),
            points: curves.points.iter().map(point).collect(),
            complete: completeness(&curves, &found),
            remarks: circuit_remarks(study.circuit()),
            found: Arc::new(found),
        })
    }
}

/// Refuses two parameters that move one number.
fn check_apart(first: &crate::study::Along, second: &crate::study::Along) -> Result<()> {
    let Some((address, _)) = first.parts.iter().find(|(a, _)| second.parts.iter().any(|(b, _)| a == b))
    else {
        return Ok(());
    };
    let help = "give two parameters that move different numbers: --along E.h=-3:8 --along I.h=-5:5";
    Err(Error::invalid(match first.joint || second.joint {
        true => format!("{} and {} both move {address}", first.name, second.name),
        false => format!("both parameters are {address}"),
    })
    .with_help(help))
}

fn region(found: &Found, r: &Region) -> MapRegion {
    MapRegion {
        kind: kind(r.kind, r.stable),
        steady: r.steady,
        stable: r.stable,
        inner: r.inner[..].into(),
        share: found.share(r),
        rested: r.runs.rested,
        reached: r.runs.reached,
        moved: r.runs.moved,
        left: r.runs.left,
        undecided: r.runs.unclear,
        elsewhere: r
            .elsewhere
            .iter()
            .map(|(at, own)| MapSample { at: at[..].into(), kind: kind(*own, r.stable) })
            .collect(),
        beside_subcritical: r.beside_subcritical,
        beyond_curves: r.beyond_curves,
    }
}

fn kind(kind: RegionKind, stable: usize) -> MapRegionKind {
    match kind {
        RegionKind::OneState => MapRegionKind::Steady,
        RegionKind::SeveralStates if stable == 2 => MapRegionKind::Bistable,
        RegionKind::SeveralStates => MapRegionKind::Multistable,
        RegionKind::Oscillates => MapRegionKind::Oscillating,
        RegionKind::OscillatesOrRests => MapRegionKind::OscillatingOrSteady,
        RegionKind::RunsAway => MapRegionKind::RunsAway,
        RegionKind::RestsOrRunsAway => MapRegionKind::SteadyOrRunsAway,
        RegionKind::Unclear => MapRegionKind::Undecided,
    }
}

fn curve(c: &Curve) -> MapCurve {
    let hopf = c.kind == CurveKind::Hopf;
    let n = c.states.first().map_or(0, Vec::len);
    MapCurve {
        kind: if hopf { MapCurveKind::Hopf } else { MapCurveKind::Fold },
        p: Array::new(&[c.p.len(), 2], c.p.concat()),
        states: Array::courses(c.p.len(), n, c.states.concat()),
        omega: hopf.then(|| c.omega[..].into()),
        l1: hopf.then(|| c.l1[..].into()),
        unstable: c.unstable.iter().map(|u| *u as f64).collect(),
        ends: c.ends.iter().map(end).collect(),
        special: c.special.iter().map(|s| s.0).collect(),
        special_points: c.special.iter().map(|s| s.1).collect(),
    }
}

fn end(end: &CurveEnd) -> MapCurveEnd {
    match end {
        CurveEnd::LowerEdge { .. } | CurveEnd::UpperEdge { .. } => MapCurveEnd::Edge,
        CurveEnd::Closed => MapCurveEnd::Closed,
        CurveEnd::BogdanovTakens => MapCurveEnd::BogdanovTakens,
        CurveEnd::Kink { .. } => MapCurveEnd::Kink,
        CurveEnd::Runaway => MapCurveEnd::Runaway,
        CurveEnd::Unfinished { .. } => MapCurveEnd::Unfinished,
        CurveEnd::Budget { .. } => MapCurveEnd::Budget,
    }
}

fn point(p: &PlanePoint) -> MapPoint {
    let (kind, omega, [a, b, c]) = match p.kind {
        PlaneKind::BogdanovTakens { a, b } => {
            (MapPointKind::BogdanovTakens, vec![], [Some(a), Some(b), None])
        }
        PlaneKind::Cusp { c } => (MapPointKind::Cusp, vec![], [None, None, Some(c)]),
        PlaneKind::GeneralizedHopf { omega } => (MapPointKind::GeneralizedHopf, vec![omega], [None; 3]),
        PlaneKind::ZeroHopf { omega } => (MapPointKind::ZeroHopf, vec![omega], [None; 3]),
        PlaneKind::HopfHopf { omega } => (MapPointKind::HopfHopf, omega.to_vec(), [None; 3]),
    };
    MapPoint {
        kind,
        p: p.p[..].into(),
        state: p.state[..].into(),
        eigenvalues: p.eigenvalues.iter().copied().collect(),
        residual: p.residual,
        curves: p.curves.clone(),
        omega: omega.into(),
        a,
        b,
        c,
    }
}

fn completeness(curves: &PlaneDiagram, found: &Found) -> MapCompleteness {
    let runs = |r: &Region| r.runs.rested + r.runs.moved + r.runs.left + r.runs.unclear;
    MapCompleteness {
        curves: word(curves.complete),
        counts: word(found.complete),
        lines: curves.audit.len(),
        agree: curves.audit.iter().filter(|a| a.agrees()).count(),
        not_followed: curves.audit.iter().map(|a| a.others).sum(),
        early_stops: curves.early_stops().len(),
        searched: found.searched,
        runs: found.regions.iter().map(runs).max().unwrap_or(0),
        largest_residual: curves.points.iter().map(|p| p.residual).max_by(f64::total_cmp),
    }
}
