//! Special points: where segments meet, and Hopf points on curved ones.

use super::join::{Arm, Chain, Meeting};
use super::segments::Segment;
use super::window::{Spectrum, Window};
use crate::branch::diagram::{KinkKind, SpecialKind, SpecialPoint};
use neurate_numerics::linalg::Complex;

/// The place of each segment in the order in which branches pass them: branch, position, and whether it is turned round.
pub(super) fn order_of(chains: &[Chain], segments: usize) -> Vec<(usize, usize, bool)> {
    let mut order = vec![(0, 0, false); segments];
    for (b, chain) in chains.iter().enumerate() {
        for (k, &(segment, turned)) in chain.parts.iter().enumerate() {
            order[segment] = (b, k, turned);
        }
    }
    order
}

/// The special point at which segments meet.
pub(super) fn kink(
    window: &Window,
    segments: &[Segment],
    arms: &[Arm],
    meeting: &Meeting,
    order: &[(usize, usize, bool)],
) -> Option<SpecialPoint> {
    // In the order of the branch: one comes to the point with its last tip.
    let mut sorted = meeting.arms.clone();
    let last = |a: usize| (arms[a].tip == 1) != order[arms[a].segment].2;
    sorted.sort_by_key(|&a| (order[arms[a].segment].0, !last(a), order[arms[a].segment].1));
    let spectra: Option<Vec<Spectrum>> = sorted
        .iter()
        .map(|&a| window.of(&segments[arms[a].segment], segments[arms[a].segment].tips[arms[a].tip].s))
        .collect();
    let mut spectra = spectra?;
    let first = &arms[sorted[0]];
    let segment = &segments[first.segment];
    let tip = &segment.tips[first.tip];
    let unstable = [spectra[0].unstable, spectra[1].unstable];
    let along = |a: usize| arms[a].away[arms[a].away.len() - 1];
    let [one, other] = [along(sorted[0]), along(sorted[1])];
    let kind = match sorted.len() {
        2 => KinkKind::of((one * other > 0.0).then_some(one > 0.0), unstable),
        count => KinkKind::Crossing { arms: count },
    };
    let mut units: Vec<usize> = sorted
        .iter()
        .flat_map(|&a| segments[arms[a].segment].tips[arms[a].tip].units.iter().copied())
        .filter(|&i| sorted.iter().any(|&a| segments[arms[a].segment].chosen[i] != segment.chosen[i]))
        .collect();
    units.sort_unstable();
    units.dedup();
    let mut branches: Vec<usize> = sorted.iter().map(|&a| order[arms[a].segment].0).collect();
    branches.sort_unstable();
    branches.dedup();
    let state = window.state(&segment.chosen, tip.s, &tip.x)?;
    let p = window.p(tip.s);
    let residual = window.problem.residual(&window.problem.scale(&state, p));
    Some(SpecialPoint {
        kind: SpecialKind::Kink { units, kind, unstable },
        p,
        state,
        // Those of the less stable side: of a pair that became unstable they have the frequency.
        eigenvalues: std::mem::take(&mut spectra[usize::from(unstable[1] > unstable[0])].all),
        residual: residual.iter().fold(0.0, |m: f64, r| m.max(r.abs())),
        branches,
    })
}

/// The place between two shares of a segment at which a pair of eigenvalues crosses the axis: by halves.
pub(super) fn hopf(
    window: &Window,
    segment: &Segment,
    [from, to]: [f64; 2],
    unstable: usize,
    number: usize,
) -> Option<SpecialPoint> {
    let pair = |share: f64| -> Option<(f64, Complex, usize)> {
        let (s, _) = segment.at(share)?;
        let spectrum = window.of(segment, s)?;
        let nearest =
            spectrum.all.iter().filter(|l| l.im > 0.0).min_by(|a, b| a.re.abs().total_cmp(&b.re.abs()))?;
        Some((window.p(s), *nearest, spectrum.unstable))
    };
    let (mut a, mut b) = (from, to);
    for _ in 0..60 {
        let middle = 0.5 * (a + b);
        if pair(middle)?.2 == unstable { a = middle } else { b = middle }
    }
    let (_, at, _) = pair(b)?;
    if at.re.abs() > 1e-8 * at.norm() {
        return None;
    }
    let step = 1e-4 * (to - from);
    let (low, high) = (pair((b - step).clamp(0.0, 1.0))?, pair((b + step).clamp(0.0, 1.0))?);
    let (s, x) = segment.at(b)?;
    let state = window.state(&segment.chosen, s, &x)?;
    // On one combination the equation is linear: the first Lyapunov coefficient is zero, and says nothing of the cycles.
    let kind = SpecialKind::Hopf {
        omega: at.im,
        l1: None,
        crossing: (high.1.re - low.1.re) / (high.0 - low.0),
        amplitude: None,
    };
    let eigenvalues = window.of(segment, s)?.all;
    Some(SpecialPoint {
        kind,
        p: window.p(s),
        state,
        eigenvalues,
        residual: at.re.abs() / at.im,
        branches: vec![number],
    })
}
