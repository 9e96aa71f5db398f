//! Followed curves as data: in the circuit's own units, special points in their places.

use super::super::scaled::distance;
use super::defining::Defined;
use super::diagram::{Curve, CurveKind, PlanePoint};
use super::scaled::Scaled;
use super::special::{Special, omega};
use super::trace::Trace;

/// Scaled distance below which two special points are one.
const SAME: f64 = 1e-6;

/// Curves and special points, these by kind and by the first parameter.
pub(super) fn describe(problem: &Scaled, traces: &[Trace]) -> (Vec<Curve>, Vec<PlanePoint>) {
    let mut points: Vec<(&Special, Vec<usize>)> = Vec::new();
    let mut places: Vec<Vec<usize>> = Vec::new();
    for (k, trace) in traces.iter().enumerate() {
        let mut own = Vec::new();
        for special in &trace.special {
            let same = |s: &Special| {
                s.kind.letters() == special.kind.letters() && distance(&s.node.y, &special.node.y) < SAME
            };
            let index = points.iter().position(|(s, _)| same(s)).unwrap_or_else(|| {
                points.push((special, vec![]));
                points.len() - 1
            });
            let (known, curves) = &mut points[index];
            if special.residual < known.residual {
                *known = special;
            }
            if !curves.contains(&k) {
                curves.push(k);
            }
            own.push(index);
        }
        places.push(own);
    }
    let described: Vec<PlanePoint> =
        points.into_iter().map(|(special, curves)| point(problem, special, curves)).collect();
    let mut order: Vec<usize> = (0..described.len()).collect();
    let key = |i: &usize| (described[*i].kind.letters(), described[*i].p);
    order.sort_by(|a, b| {
        let ((ka, pa), (kb, pb)) = (key(a), key(b));
        ka.cmp(kb).then(pa[0].total_cmp(&pb[0])).then(pa[1].total_cmp(&pb[1]))
    });
    let mut rank = vec![0; described.len()];
    order.iter().enumerate().for_each(|(k, &i)| rank[i] = k);
    let curves = traces.iter().zip(&places).map(|(t, own)| curve(problem, t, own, &rank)).collect();
    let mut sorted: Vec<Option<PlanePoint>> = described.into_iter().map(Some).collect();
    (curves, order.into_iter().filter_map(|i| sorted[i].take()).collect())
}

fn point(problem: &Scaled, special: &Special, curves: Vec<usize>) -> PlanePoint {
    let (state, p) = problem.own(&special.node.y);
    PlanePoint {
        kind: special.kind.clone(),
        p,
        state,
        eigenvalues: special.node.eigenvalues.clone(),
        residual: special.residual,
        curves,
    }
}

fn curve(problem: &Scaled, trace: &Trace, own: &[usize], rank: &[usize]) -> Curve {
    let hopf = trace.defined == Defined::Hopf;
    let mut c = Curve {
        kind: if hopf { CurveKind::Hopf } else { CurveKind::Fold },
        p: vec![],
        states: vec![],
        omega: vec![],
        l1: vec![],
        unstable: vec![],
        ends: trace.ends.clone(),
        special: vec![],
    };
    for (node, y, special) in trace.polygon() {
        let (x, p) = problem.own(y);
        if let Some(k) = special {
            c.special.push((c.p.len(), rank[own[k]]));
        }
        c.p.push(p);
        c.states.push(x);
        c.unstable.push(node.unstable());
        if hopf {
            c.omega.push(omega(problem, node));
            c.l1.push(node.form);
        }
    }
    c
}
