//! Followed branches as data: in the circuit's own units, special points in their places.

use super::delayed::at_delayed_hopf;
use super::diagram::{Branch, SpecialKind, SpecialPoint};
use super::events::{Event, Found};
use super::family::Family;
use super::normal_forms::{Crossing, at_crossing, at_fold, at_hopf};
use super::polish::{HopfPoint, ZeroPoint};
use super::scaled::{Scaled, distance};
use super::trace::Trace;
use neurate_numerics::linalg::Complex;

/// Scaled distance below which two special points are one.
const SAME: f64 = 1e-7;

/// Branches and special points, these by rising parameter.
pub(super) fn describe(problem: &Scaled, traces: &[Trace]) -> (Vec<Branch>, Vec<SpecialPoint>) {
    let mut points: Vec<(Vec<f64>, SpecialPoint)> = Vec::new();
    // Of each branch: events, and which point each is.
    let mut places: Vec<Vec<(usize, usize)>> = Vec::new();
    for (k, trace) in traces.iter().enumerate() {
        let mut own = Vec::new();
        for (position, event) in trace.events.iter().enumerate() {
            let y = event.found.y();
            let known = points.iter().position(|(other, _)| distance(other, y) < SAME);
            let index = known.unwrap_or_else(|| {
                points.push((y.to_vec(), point(problem, event)));
                points.len() - 1
            });
            if !points[index].1.branches.contains(&k) {
                points[index].1.branches.push(k);
            }
            own.push((position, index));
        }
        places.push(own);
    }
    // A branch that was started at a crossing has it among its nodes.
    let mut starts: Vec<Vec<(usize, usize)>> = vec![Vec::new(); traces.len()];
    for (i, (y, point)) in points.iter_mut().enumerate() {
        for (k, trace) in traces.iter().enumerate() {
            if !point.branches.contains(&k) && trace.visits(y) {
                point.branches.push(k);
                starts[k].extend(trace.node_at(y).map(|node| (node, i)));
            }
        }
    }
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[a].1.p.total_cmp(&points[b].1.p));
    let mut rank = vec![0; points.len()];
    order.iter().enumerate().for_each(|(k, &i)| rank[i] = k);
    let branches = traces
        .iter()
        .zip(places.iter().zip(&starts))
        .map(|(trace, (own, starts))| {
            let ranked =
                |all: &[(usize, usize)]| all.iter().map(|&(at, i)| (at, rank[i])).collect::<Vec<_>>();
            branch(problem, trace, &ranked(own), &ranked(starts))
        })
        .collect();
    let mut sorted: Vec<Option<SpecialPoint>> = points.into_iter().map(|(_, p)| Some(p)).collect();
    let points = order.into_iter().filter_map(|i| sorted[i].take()).collect();
    (branches, points)
}

fn eigenvalues(problem: &Scaled, x: &[f64], p: f64) -> Vec<Complex> {
    problem.family.spectrum(x, p).unwrap_or_default().0
}

/// A branch in its own units; `own` and `starts` say which special points its events and some of its nodes are.
fn branch(problem: &Scaled, trace: &Trace, own: &[(usize, usize)], starts: &[(usize, usize)]) -> Branch {
    let mut b = Branch {
        p: vec![],
        states: vec![],
        eigenvalues: vec![],
        unstable: vec![],
        ends: trace.ends.clone(),
        special: vec![],
        images: 1,
        drift: None,
    };
    let mut next = own.iter().peekable();
    for (k, node) in trace.nodes.iter().enumerate() {
        let (x, p) = problem.own(&node.y);
        b.p.push(p);
        b.states.push(x);
        b.eigenvalues.push(node.eigenvalues.clone());
        b.unstable.push(node.unstable);
        b.special.extend(starts.iter().filter(|(at, _)| *at == k).map(|&(_, index)| (b.p.len() - 1, index)));
        while let Some(&(e, index)) = next.next_if(|(e, _)| trace.events[*e].after <= k) {
            let event = &trace.events[e];
            let (x, p) = problem.own(event.found.y());
            b.special.push((b.p.len(), index));
            b.eigenvalues.push(eigenvalues(problem, &x, p));
            b.p.push(p);
            b.states.push(x);
            b.unstable.push(event.unstable);
        }
    }
    b
}

/// A special point in its own units.
pub(super) fn point(problem: &Scaled, event: &Event) -> SpecialPoint {
    let (state, p) = problem.own(event.found.y());
    let kind = match &event.found {
        Found::Fold(z) => fold(problem, z),
        Found::Hopf(h) => hopf(problem, h, &state, p),
        Found::Crossing(z) => match at_crossing(problem, z) {
            Some(crossing) => crossing_kind(&crossing),
            None => SpecialKind::Degenerate { kernel: 1 },
        },
        Found::Kink(_, units, kind, unstable) => {
            SpecialKind::Kink { units: units.clone(), kind: *kind, unstable: *unstable }
        }
        Found::Several(_, kernel) => SpecialKind::Degenerate { kernel: *kernel },
        Found::Unresolved(_) => SpecialKind::Unresolved,
    };
    let eigenvalues = eigenvalues(problem, &state, p);
    SpecialPoint { kind, p, state, eigenvalues, residual: event.found.residual(), branches: vec![] }
}

fn fold(problem: &Scaled, z: &ZeroPoint) -> SpecialKind {
    // 0 = b dp + a y^2
    let (a, b) = at_fold(problem, z);
    SpecialKind::Fold { a, above: a * b < 0.0 }
}

fn hopf(problem: &Scaled, h: &HopfPoint, state: &[f64], p: f64) -> SpecialKind {
    hopf_kind(problem.family, state, p, h.omega.unwrap_or(f64::NAN))
}

/// A Hopf point with this angular frequency: its normal form, and the law of its amplitude.
pub(super) fn hopf_kind(family: &dyn Family, state: &[f64], p: f64, omega: f64) -> SpecialKind {
    let form = match family.delayed(state, p) {
        Some(parts) => at_delayed_hopf(family, state, p, (omega, &parts)),
        None => at_hopf(family, state, p, omega),
    };
    let at_kink = !family.kinks_between((state, p), (state, p)).is_empty();
    let crossing = form.as_ref().map_or(f64::NAN, |f| f.crossing);
    let smooth = form.filter(|_| !at_kink);
    // w' = (i omega + crossing dp) w + omega l1 w |w|^2
    let amplitude = smooth.as_ref().map(|f| {
        let radius = (f.crossing / (f.l1 * omega)).abs().sqrt();
        f.shape.iter().map(|q| 2.0 * q * radius).collect()
    });
    SpecialKind::Hopf { omega, l1: smooth.map(|f| f.l1), crossing, amplitude }
}

fn crossing_kind(c: &Crossing) -> SpecialKind {
    if c.line {
        return SpecialKind::Line;
    }
    if !c.symmetric {
        return SpecialKind::Transcritical;
    }
    // y' = cubic y^3: the halves are stable along q where that falls.
    SpecialKind::Pitchfork { supercritical: c.cubic < 0.0 }
}
