//! Regimes: intervals of the parameter in which the numbers of steady states and cycles do not change.

use super::types::{
    CycleEndKind, DiagramBranch, DiagramCycles, DiagramEndKind, DiagramPoint, OscillationEvidence,
    ParameterInterval, Regime, RegimeKind,
};

/// The regimes of a diagram; `planar` says that two states stay bounded, so that without a stable steady state they oscillate.
pub(super) fn regimes(
    window: (f64, f64),
    points: &[DiagramPoint],
    branches: &[DiagramBranch],
    cycles: &[DiagramCycles],
    planar: bool,
) -> Vec<Regime> {
    let mut all: Vec<Regime> = Vec::new();
    for piece in cuts(window, points, branches, cycles).windows(2) {
        let middle = 0.5 * (piece[0] + piece[1]);
        let (mut steady, mut cycling) = ([0; 2], [0; 2]);
        let (mut shapes, mut anywhere) = (0, false);
        for b in branches {
            let mut own = [0; 2];
            count(b.p.data(), b.unstable.data(), middle, &mut own);
            shapes += own[0];
            anywhere |= own[0] > 0 && b.drift.is_some();
            steady.iter_mut().zip(own).for_each(|(all, own)| *all += own * b.images);
        }
        for c in cycles {
            count(c.p.data(), c.unstable.data(), middle, &mut cycling);
            add_ends(c, middle, &mut cycling);
        }
        let next = Regime { shapes, anywhere, ..regime((piece[0], piece[1]), steady, cycling, planar) };
        match all.last_mut() {
            Some(last) if alike(last, &next) => last.to = next.to,
            _ => all.push(next),
        }
    }
    without_gaps(window, branches, &mut all);
    all
}

/// Beside a value at which there is no steady state, branches are left where they have run away: what lies between is that value.
fn without_gaps(window: (f64, f64), branches: &[DiagramBranch], all: &mut Vec<Regime>) {
    let least = 1e-3 * (window.1 - window.0);
    let runs_away =
        |p: f64| branches.iter().flat_map(|b| &b.ends).any(|e| e.kind == DiagramEndKind::Runaway && e.p == p);
    for k in (1..all.len().saturating_sub(1)).rev() {
        let Regime { from, to, kind, .. } = all[k];
        if kind == RegimeKind::NoSteadyState && to - from < least && runs_away(from) && runs_away(to) {
            let middle = 0.5 * (from + to);
            (all[k - 1].to, all[k + 1].from) = (middle, middle);
            all.remove(k);
        }
    }
}

/// Whether two regimes have the same numbers.
fn alike(a: &Regime, b: &Regime) -> bool {
    let numbers =
        |r: &Regime| (r.stable, r.unstable, r.stable_cycles, r.unstable_cycles, r.shapes, r.anywhere);
    numbers(a) == numbers(b)
}

/// Where numbers may change: special points, and ends of branches, by rising parameter, the ends of the window among them.
fn cuts(
    window: (f64, f64),
    points: &[DiagramPoint],
    branches: &[DiagramBranch],
    cycles: &[DiagramCycles],
) -> Vec<f64> {
    let least = 1e-9 * (window.1 - window.0);
    let ends = branches.iter().flat_map(|b| b.ends.iter().map(|e| e.p));
    let of_cycles = cycles.iter().flat_map(|c| c.ends.iter().map(|e| e.p));
    let mut all: Vec<f64> = points.iter().map(|p| p.p).chain(ends).chain(of_cycles).collect();
    all.retain(|p| *p > window.0 + least && *p < window.1 - least);
    all.sort_by(f64::total_cmp);
    all.insert(0, window.0);
    all.dedup_by(|a, b| *a - *b < least);
    all.push(window.1);
    all
}

/// How often a curve passes a value, stable and unstable. Special points carry the smaller number of both sides, so that the
/// larger one of a piece's ends is the piece's own.
fn count(p: &[f64], unstable: &[f64], at: f64, counts: &mut [usize; 2]) {
    for k in 1..p.len() {
        if (p[k - 1] <= at) != (p[k] <= at) {
            counts[usize::from(unstable[k - 1].max(unstable[k]) > 0.0)] += 1;
        }
    }
}

/// Cycles between the last one that was computed and the end of their branch, where that is known: a Hopf point, an infinite
/// period.
fn add_ends(c: &DiagramCycles, at: f64, counts: &mut [usize; 2]) {
    use CycleEndKind::{Homoclinic, Hopf, Kink, SaddleFocus, Snic};
    let places =
        [c.p.data().first().zip(c.unstable.data().first()), c.p.data().last().zip(c.unstable.data().last())];
    for (end, place) in c.ends.iter().zip(places) {
        let Some((p, unstable)) = place else { continue };
        let named = matches!(end.kind, Hopf | Kink | Snic | Homoclinic | SaddleFocus);
        if named && (*p <= at) != (end.p <= at) {
            counts[usize::from(*unstable > 0.0)] += 1;
        }
    }
}

fn regime((from, to): (f64, f64), steady: [usize; 2], cycling: [usize; 2], planar: bool) -> Regime {
    let [stable, unstable] = steady;
    let [stable_cycles, unstable_cycles] = cycling;
    let oscillates = match (stable_cycles, stable, unstable) {
        (1.., _, _) => Some(OscillationEvidence::Cycle),
        (0, 0, 1..) if planar => Some(OscillationEvidence::NoOtherWay),
        _ => None,
    };
    let kind = match (stable, oscillates.is_some()) {
        (0, true) => RegimeKind::Oscillating,
        (_, true) => RegimeKind::OscillatingOrSteady,
        (0, false) if unstable == 0 => RegimeKind::NoSteadyState,
        (0, false) => RegimeKind::NoStableState,
        (1, false) => RegimeKind::Steady,
        (2, false) => RegimeKind::Bistable,
        (_, false) => RegimeKind::Multistable,
    };
    let (shapes, anywhere) = (stable, false);
    Regime { from, to, kind, stable, unstable, shapes, anywhere, stable_cycles, unstable_cycles, oscillates }
}

/// Where a stable steady state needs inhibition: pieces of stable branches on which excitation alone is unstable.
pub(super) fn isn(branches: &[DiagramBranch]) -> Option<Vec<ParameterInterval>> {
    let mut all: Vec<(f64, f64)> = Vec::new();
    for b in branches {
        let (p, own) = (b.p.data(), b.excitatory.as_ref()?.data());
        let unstable = b.unstable.data();
        for k in 1..p.len() {
            if unstable[k - 1].max(unstable[k]) > 0.0 {
                continue;
            }
            let (a, z) = (own[k - 1], own[k]);
            let root = || p[k - 1] + (p[k] - p[k - 1]) * a / (a - z);
            let piece = match (a > 0.0, z > 0.0) {
                (true, true) => (p[k - 1], p[k]),
                (true, false) => (p[k - 1], root()),
                (false, true) => (root(), p[k]),
                (false, false) => continue,
            };
            all.push((piece.0.min(piece.1), piece.0.max(piece.1)));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut merged: Vec<ParameterInterval> = Vec::new();
    for (from, to) in all {
        match merged.last_mut() {
            Some(last) if from <= last.to => last.to = last.to.max(to),
            _ => merged.push(ParameterInterval { from, to }),
        }
    }
    Some(merged)
}
