//! Branches of the half as branches of the whole ring: states at all places, the eigenvalues of both, each shape once.

use super::mirrored::Mirrored;
use super::symmetry::Ring;
use crate::branch::diagram::{Branch, Diagram, End, SpecialKind};
use crate::model::Circuit;
use neurate_numerics::linalg::Complex;

/// States that differ by less after a turn, of their spread over the branch, are uniform.
const UNIFORM: f64 = 1e-7;
/// An eigenvalue that is smaller, times the time constants, on a whole branch: the state can stand anywhere.
const DRIFTS: f64 = 1e-6;
/// One that is smaller has no sign.
const NO_SIGN: f64 = 1e-9;
/// Points at which two branches are compared.
const LOOKS: usize = 5;

/// A branch of shapes: one of all the branches that are its images under turns.
pub(super) struct Piece<'a> {
    pub mirrored: &'a Mirrored<'a>,
    /// States of the half.
    pub half: Vec<Vec<f64>>,
    /// The branch of the whole; its special points are those of the half's diagram.
    pub branch: Branch,
    /// The odd eigenvalues at each point.
    pub odd: Vec<Vec<Complex>>,
    /// How many others are unstable.
    pub even: Vec<usize>,
    /// Which points are special.
    pub special: Vec<bool>,
}

/// Everything that stays the same while pieces are made.
pub(super) struct Whole<'a> {
    pub ring: &'a Ring,
    pub circuit: &'a Circuit,
    /// A time in the middle of the time constants.
    pub time: f64,
}

impl Whole<'_> {
    /// Whether a turn leaves a state as it is.
    fn is_uniform(&self, x: &[f64], spread: f64) -> bool {
        let turned = self.ring.turned(self.circuit, x);
        x.iter().zip(&turned).all(|(a, b)| (a - b).abs() <= UNIFORM * spread)
    }
    /// Turns after which a state comes back: so many images it has.
    fn images(&self, x: &[f64]) -> usize {
        let mut turned = x.to_vec();
        for k in 1..self.ring.places {
            turned = self.ring.turned(self.circuit, &turned);
            if far(x, &turned) < 1e-6 * (1e-300 + size(x)) {
                return k;
            }
        }
        self.ring.places
    }
}

fn size(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |m: f64, x| m.max(x.abs()))
}

fn far(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The pieces of a diagram of the half. `uniform`: whether to keep uniform branches, which all halves share.
pub(super) fn pieces<'a>(
    whole: &Whole,
    mirrored: &'a Mirrored<'a>,
    of_half: &Diagram,
    uniform: bool,
) -> Option<Vec<Piece<'a>>> {
    let states = of_half.branches.iter().flat_map(|b| &b.states);
    let spread = states.map(|x| size(x)).fold(0.0, f64::max);
    let mut all: Vec<Piece> = Vec::new();
    for b in &of_half.branches {
        let at = |k: usize| whole.is_uniform(&mirrored.lifted(&b.states[k]), spread);
        let crosses = |&&(_, i): &&(usize, usize)| {
            matches!(of_half.points[i].kind, SpecialKind::Pitchfork { .. } | SpecialKind::Transcritical)
        };
        let is_special = |k: usize| b.special.iter().any(|s| s.0 == k);
        let regular = (0..b.p.len()).filter(|&k| !is_special(k));
        let is_uniform = regular.clone().all(at);
        if is_uniform {
            if uniform {
                all.push(piece(whole, mirrored, b, &(0..b.p.len()).collect::<Vec<_>>(), b.ends.clone())?);
            }
            continue;
        }
        // Where it goes through the uniform state, its image begins.
        let cuts: Vec<usize> = b.special.iter().filter(crosses).map(|s| s.0).filter(|&k| at(k)).collect();
        for (places, ends) in between(b, &cuts) {
            let new = piece(whole, mirrored, b, &places, ends)?;
            if !all.iter().any(|old| old.has(whole, &new)) {
                all.push(new);
            }
        }
    }
    Some(all)
}

/// The parts of a branch between some of its points: positions on it, and how each part ends.
fn between(b: &Branch, cuts: &[usize]) -> Vec<(Vec<usize>, [End; 2])> {
    let last = b.p.len() - 1;
    let (Some(&first), Some(&end)) = (cuts.first(), cuts.last()) else {
        return vec![((0..=last).collect(), b.ends.clone())];
    };
    let cross = || End::Crossing;
    let mut all: Vec<(Vec<usize>, [End; 2])> =
        cuts.windows(2).map(|w| ((w[0]..=w[1]).collect(), [cross(), cross()])).collect();
    if b.is_closed() {
        // Its last point is its first one.
        let around: Vec<usize> = (end..last).chain(0..=first).collect();
        all.push((around, [cross(), cross()]));
    } else {
        all.push(((0..=first).collect(), [b.ends[0].clone(), cross()]));
        all.push(((end..=last).collect(), [cross(), b.ends[1].clone()]));
    }
    all.retain(|(places, _)| places.len() > 2);
    all
}

fn piece<'a>(
    whole: &Whole,
    mirrored: &'a Mirrored<'a>,
    b: &Branch,
    places: &[usize],
    ends: [End; 2],
) -> Option<Piece<'a>> {
    let half: Vec<Vec<f64>> = places.iter().map(|&k| b.states[k].clone()).collect();
    let odd: Vec<Vec<Complex>> =
        places.iter().map(|&k| mirrored.odd(&b.states[k], b.p[k])).collect::<Option<_>>()?;
    let own = |place: usize| b.special.iter().find(|s| s.0 == place).map(|s| s.1);
    let special: Vec<bool> = places.iter().map(|&k| own(k).is_some()).collect();
    let states: Vec<Vec<f64>> = half.iter().map(|x| mirrored.lifted(x)).collect();
    let middle = &states[states.len() / 2];
    let images = whole.images(middle);
    let smallest: Vec<f64> = odd.iter().map(|o| critical(o).re * whole.time).collect();
    let stands = images > 1 && smallest.iter().zip(&special).all(|(l, s)| *s || l.abs() < DRIFTS);
    let even: Vec<usize> = places.iter().map(|&k| b.unstable[k]).collect();
    let unstable = counted(whole, &even, &odd, &special, stands);
    let rate = smallest.iter().fold(0.0, |m: f64, l| m.max(l.abs())) / whole.time;
    let branch = Branch {
        p: places.iter().map(|&k| b.p[k]).collect(),
        eigenvalues: places.iter().zip(&odd).map(|(&k, o)| joined(&b.eigenvalues[k], o)).collect(),
        unstable,
        ends,
        special: places.iter().enumerate().filter_map(|(at, &k)| Some((at, own(k)?))).collect(),
        images: if stands { 1 } else { images },
        drift: stands.then_some(rate),
        states,
    };
    Some(Piece { mirrored, half, branch, odd, even, special })
}

/// Eigenvalues of both, rightmost first.
pub(super) fn joined(even: &[Complex], odd: &[Complex]) -> Vec<Complex> {
    let mut all = [even, odd].concat();
    all.sort_by(|a, b| b.re.total_cmp(&a.re).then(b.im.total_cmp(&a.im)));
    all
}

/// The eigenvalue nearest to zero.
pub(super) fn critical(odd: &[Complex]) -> Complex {
    odd.iter().copied().min_by(|a, b| a.norm().total_cmp(&b.norm())).unwrap_or_default()
}

/// How many eigenvalues are unstable at each point. The one nearest to zero keeps the sign of its neighbors where rounding hides
/// its own; where the state can stand anywhere, it does not count.
fn counted(
    whole: &Whole,
    even: &[usize],
    odd: &[Vec<Complex>],
    special: &[bool],
    stands: bool,
) -> Vec<usize> {
    let signs: Vec<f64> = odd
        .iter()
        .map(|o| {
            let l = critical(o).re;
            if l.abs() * whole.time < NO_SIGN { 0.0 } else { l.signum() }
        })
        .collect();
    let known = |k: usize| {
        let mut near: Vec<usize> = (0..signs.len()).filter(|&i| signs[i] != 0.0 && !special[i]).collect();
        near.sort_by_key(|i| i.abs_diff(k));
        near.first().map_or(0.0, |&i| signs[i])
    };
    let regular: Vec<usize> = (0..odd.len())
        .map(|k| {
            let own = critical(&odd[k]);
            let others = odd[k].iter().filter(|l| l.re > 0.0 && **l != own && **l != own.conj()).count();
            let width = if own.im == 0.0 { 1 } else { 2 };
            let sign = if signs[k] == 0.0 { known(k) } else { signs[k] };
            even[k] + others + if sign > 0.0 && !stands { width } else { 0 }
        })
        .collect();
    // At a special point: those that are unstable on both sides.
    (0..regular.len())
        .map(|k| {
            let sides = [k.checked_sub(1), Some(k + 1)].into_iter().flatten().filter_map(|i| regular.get(i));
            if special[k] { sides.min().copied().unwrap_or(regular[k]) } else { regular[k] }
        })
        .collect()
}

impl Piece<'_> {
    /// The steady states of the half at a value of the parameter.
    pub fn at(&self, p: f64) -> Vec<Vec<f64>> {
        let all = &self.branch.p;
        let pass = |k: usize| {
            let (a, b) = (all[k], all[k + 1]);
            if (a <= p) == (b <= p) {
                return None;
            }
            let s = (p - a) / (b - a);
            let guess: Vec<f64> =
                self.half[k].iter().zip(&self.half[k + 1]).map(|(x, y)| x + s * (y - x)).collect();
            Some(self.mirrored.steady(&guess, p).unwrap_or(guess))
        };
        (0..all.len() - 1).filter_map(pass).collect()
    }
    /// Whether a state of the whole is one of its own, or an image of one.
    pub fn holds(&self, whole: &Whole, x: &[f64], p: f64) -> bool {
        let room = 1e-5 * (1e-300 + size(x));
        self.at(p).iter().any(|half| {
            let own = self.mirrored.lifted(half);
            if self.branch.drift.is_some() {
                let sums = |x: &[f64]| [1, 2, 3].map(|k| x.iter().map(|x| x.powi(k)).sum::<f64>());
                let (a, b) = (sums(&own), sums(x));
                return a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-3 * a.abs().max(b.abs()));
            }
            let mut turned = x.to_vec();
            (0..whole.ring.places).any(|_| {
                let near = far(&own, &turned) < room;
                turned = whole.ring.turned(whole.circuit, &turned);
                near
            })
        })
    }
    /// Whether another branch is an image of this one.
    pub fn has(&self, whole: &Whole, other: &Piece) -> bool {
        let regular: Vec<usize> = (1..other.half.len() - 1).filter(|&k| !other.special[k]).collect();
        let looks = regular.len().min(LOOKS);
        let at = |k: usize| regular[(2 * k + 1) * regular.len() / (2 * looks)];
        looks > 0 && (0..looks).map(at).all(|k| self.holds(whole, &other.branch.states[k], other.branch.p[k]))
    }
}
