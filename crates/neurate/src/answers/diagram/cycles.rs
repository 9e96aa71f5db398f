//! Branches of limit cycles as the answer has them.

use super::types::{CycleEndKind, CycleFamilyEnd, DiagramCycles};
use crate::branch::{Cycle, CycleBranch, CycleEnd, CycleStart, Diagram as Found, Orbit};
use crate::study::{Array, ComplexArray};

/// Pieces of a period at whose ends an orbit is given.
const PIECES: usize = 200;

/// The branches of limit cycles.
pub(super) fn cycles(found: &Found, states: usize) -> Vec<DiagramCycles> {
    found.cycles.iter().map(|b| of_branch(found, b, states)).collect()
}

fn of_branch(found: &Found, b: &CycleBranch, n: usize) -> DiagramCycles {
    let of = |f: fn(&Cycle) -> f64| -> Array { b.cycles.iter().map(f).collect() };
    let rows = |f: fn(&Cycle) -> &Vec<f64>| {
        Array::courses(b.cycles.len(), n, b.cycles.iter().flat_map(|c| f(c).iter().copied()).collect())
    };
    let width = n.saturating_sub(1);
    let multipliers = b.cycles.iter().flat_map(|c| {
        let missing = neurate_numerics::linalg::Complex::new(f64::NAN, f64::NAN);
        (0..width).map(move |k| c.multipliers.get(k).copied().unwrap_or(missing))
    });
    let orbits = b.cycles.iter().flat_map(|c| at_shares(&c.orbit, n)).collect();
    let places = [b.cycles.first(), b.cycles.last()];
    DiagramCycles {
        p: of(|c| c.p),
        period: of(|c| c.period),
        max: rows(|c| &c.max),
        min: rows(|c| &c.min),
        mean: rows(|c| &c.mean),
        multipliers: ComplexArray::new(&[b.cycles.len(), width], multipliers.collect()),
        trivial_error: of(|c| c.trivial_error),
        unstable: of(|c| c.unstable as f64),
        residual: of(|c| c.residual),
        orbits: Array::new(&[b.cycles.len(), PIECES + 1, n], orbits),
        from_hopf: match b.start {
            CycleStart::Hopf(k) => Some(k),
            CycleStart::Run { .. } => None,
        },
        special: b.special.iter().map(|s| s.0).collect(),
        special_points: b.special.iter().map(|s| s.1).collect(),
        ends: b.ends.iter().zip(places).map(|(e, c)| end(found, e, c.map_or(f64::NAN, |c| c.p))).collect(),
    }
}

/// The states at equal shares of the period, by straight lines between those that are there.
fn at_shares(orbit: &Orbit, n: usize) -> Vec<f64> {
    let (times, states) = (&orbit.times, &orbit.states);
    let Some(&period) = times.last() else { return vec![f64::NAN; (PIECES + 1) * n] };
    let mut k = 0;
    let mut all = Vec::with_capacity((PIECES + 1) * n);
    for share in 0..=PIECES {
        let t = period * share as f64 / PIECES as f64;
        while k + 2 < times.len() && times[k + 1] < t {
            k += 1;
        }
        let (a, b) = (k, (k + 1).min(times.len() - 1));
        let width = times[b] - times[a];
        let s = if width > 0.0 { ((t - times[a]) / width).clamp(0.0, 1.0) } else { 0.0 };
        all.extend((0..n).map(|i| (1.0 - s) * states[a][i] + s * states[b][i]));
    }
    all
}

fn end(found: &Found, end: &CycleEnd, last: f64) -> CycleFamilyEnd {
    let at = |kind, p| CycleFamilyEnd { kind, p, error: None, point: None, saddle_quantity: None };
    match *end {
        CycleEnd::Hopf(k) => {
            let p = found.points.get(k).map_or(last, |h| h.p);
            CycleFamilyEnd { point: Some(k), ..at(CycleEndKind::Hopf, p) }
        }
        CycleEnd::Kink { p } => at(CycleEndKind::Kink, p),
        CycleEnd::Snic { p, fold } => CycleFamilyEnd { point: Some(fold), ..at(CycleEndKind::Snic, p) },
        CycleEnd::Homoclinic { p, error, focus, saddle_quantity } => {
            let kind = if focus { CycleEndKind::SaddleFocus } else { CycleEndKind::Homoclinic };
            CycleFamilyEnd { error: Some(error), saddle_quantity: Some(saddle_quantity), ..at(kind, p) }
        }
        CycleEnd::LowerEdge => at(CycleEndKind::LowerEdge, last),
        CycleEnd::UpperEdge => at(CycleEndKind::UpperEdge, last),
        CycleEnd::Closed => at(CycleEndKind::Closed, last),
        CycleEnd::LongPeriod { .. } => at(CycleEndKind::LongPeriod, last),
        CycleEnd::Unfinished { .. } => at(CycleEndKind::Unfinished, last),
        CycleEnd::Budget { .. } => at(CycleEndKind::Budget, last),
    }
}
