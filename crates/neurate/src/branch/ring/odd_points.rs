//! Where what breaks the mirror of a state becomes unstable, or stable: found on the branches of the half, which do not see it.

use super::mirrored::Mirrored;
use super::piece::{Piece, Whole, critical, joined};
use crate::branch::circuit_family::CircuitFamily;
use crate::branch::describe::hopf_kind;
use crate::branch::diagram::{SpecialKind, SpecialPoint};
use crate::branch::family::Family;
use crate::branch::normal_forms::at_crossing;
use crate::branch::polish::{ZeroPoint, null_vectors, square};
use crate::branch::scaled::Scaled;
use neurate_numerics::linalg::Complex;

/// An eigenvalue that is smaller at a special point of the half, times the time constants, vanishes there, too.
const VANISHES: f64 = 1e-6;
/// Steps of the search for a zero.
const MAX_ITERATIONS: usize = 80;

/// A point of a piece: behind which of its points it lies.
pub(super) struct OddPoint {
    pub after: usize,
    pub point: SpecialPoint,
    pub half: Vec<f64>,
    pub odd: Vec<Complex>,
}

/// All of them on a piece, in order.
pub(super) fn odd_points(
    whole: &Whole,
    family: &CircuitFamily,
    piece: &Piece,
    units: &[f64],
) -> Vec<OddPoint> {
    let regular: Vec<usize> = (0..piece.half.len()).filter(|&k| !piece.special[k]).collect();
    let growing = |k: usize| piece.branch.unstable[k].saturating_sub(piece.even[k]);
    let mut all = Vec::new();
    for pair in regular.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let change = growing(a).abs_diff(growing(b));
        let known = (a + 1..b).any(|k| critical(&piece.odd[k]).norm() * whole.time < VANISHES);
        if change == 0 || known {
            continue;
        }
        all.push(point(family, piece, (a, b), change, units));
    }
    all
}

/// What crosses the axis: the nearest real eigenvalue, or the pair nearest to the axis.
fn crossing(odd: &[Complex], real: bool) -> Option<Complex> {
    let of_kind = odd.iter().copied().filter(|l| if real { l.im == 0.0 } else { l.im > 0.0 });
    of_kind.min_by(|a, b| a.re.abs().total_cmp(&b.re.abs()))
}

fn point(
    family: &CircuitFamily,
    piece: &Piece,
    (a, b): (usize, usize),
    change: usize,
    units: &[f64],
) -> OddPoint {
    let (p, q) = (piece.branch.p[a], piece.branch.p[b]);
    let found = if change <= 2 {
        zero(piece.mirrored, [(p, &piece.half[a]), (q, &piece.half[b])], change == 1)
    } else {
        None
    };
    let (at, half, left) = found.unwrap_or_else(|| (0.5 * (p + q), piece.half[a].clone(), f64::NAN));
    let state = piece.mirrored.lifted(&half);
    let odd = piece.mirrored.odd(&half, at).unwrap_or_default();
    let kind = if left.is_nan() { None } else { kind(family, &state, at, (change == 1, &odd), units) };
    let eigenvalues = joined(&piece.mirrored.half.spectrum(&half, at).unwrap_or_default().0, &odd);
    let point = SpecialPoint {
        kind: kind.unwrap_or(SpecialKind::Unresolved),
        p: at,
        state,
        eigenvalues,
        residual: if left.is_nan() { 0.0 } else { left },
        branches: vec![],
    };
    OddPoint { after: a, point, half, odd }
}

/// The value of the parameter between two at which an odd eigenvalue crosses the axis, the state, and what is left of the
/// eigenvalue over its size: by the Illinois rule along the branch.
fn zero(mirrored: &Mirrored, ends: [(f64, &Vec<f64>); 2], real: bool) -> Option<(f64, Vec<f64>, f64)> {
    // The parameter, the state, the real part of what crosses, and how large eigenvalues are.
    let at = |share: f64| -> Option<(f64, Vec<f64>, f64, f64)> {
        let p = ends[0].0 + share * (ends[1].0 - ends[0].0);
        let guess: Vec<f64> = ends[0].1.iter().zip(ends[1].1).map(|(a, b)| a + share * (b - a)).collect();
        let x = mirrored.steady(&guess, p)?;
        let odd = mirrored.odd(&x, p)?;
        let size = odd.iter().fold(0.0, |m: f64, l| m.max(l.norm()));
        Some((p, x, crossing(&odd, real)?.re, size))
    };
    let (mut low, mut high) = ((0.0, at(0.0)?.2), (1.0, at(1.0)?.2));
    if low.1 * high.1 >= 0.0 {
        return None;
    }
    let mut side = 0;
    for _ in 0..MAX_ITERATIONS {
        let share = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
        let (p, x, growth, size) = at(share)?;
        if growth.abs() < 1e-13 * size || (high.0 - low.0).abs() < 1e-14 {
            return (growth.abs() < 1e-9 * size).then_some((p, x, growth.abs() / size));
        }
        if (growth > 0.0) == (high.1 > 0.0) {
            high = (share, growth);
            low.1 *= if side == 1 { 0.5 } else { 1.0 };
            side = 1;
        } else {
            low = (share, growth);
            high.1 *= if side == -1 { 0.5 } else { 1.0 };
            side = -1;
        }
    }
    None
}

/// What happens there.
fn kind(
    family: &CircuitFamily,
    state: &[f64],
    p: f64,
    (real, odd): (bool, &[Complex]),
    units: &[f64],
) -> Option<SpecialKind> {
    if !real {
        return Some(hopf_kind(family, state, p, crossing(odd, false)?.im));
    }
    let problem = Scaled::new(family, units.to_vec(), family.window());
    let y = problem.scale(state, p);
    let (right, left, _) = null_vectors(&square(&problem.matrix(&y)))?;
    let zero = ZeroPoint { y, right, left, residual: 0.0 };
    let form = at_crossing(&problem, &zero)?;
    Some(if form.symmetric {
        SpecialKind::Pitchfork { supercritical: form.cubic < 0.0 }
    } else {
        SpecialKind::Degenerate { kernel: 1 }
    })
}
