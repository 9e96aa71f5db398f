//! A proof that no equilibrium of two populations is missing, over the whole window: bounds over intervals of both the input to
//! one population and the parameter.
//!
//! As in `fixed_points/planar.rs`, equilibria are the zeros of one function `g(u, p)` of the input `u` to one population. The
//! window is cut into slabs of the parameter; in each, intervals of `u` are cut until `g` is away from zero, or its slope over
//! `u` has one sign. A run of the latter between two of the former holds exactly one zero for every `p` of the slab, or none.
//! Around a fold that slope vanishes; where the slope over `p` has one sign there, the curve is a graph over `u`, and cannot close
//! within the slab: every piece of it ends at the slab's edges. So what is counted at all edges is all there is, isolas included.

use super::circuit_family::CircuitFamily;
use crate::fixed_points::{Loads, PlanarUnit, pair_is_clear_over};
use crate::model::{Circuit, Form};
use neurate_numerics::interval::Interval;

/// Slabs at first, and the narrowest, of the window.
const SLABS: usize = 48;
const NARROWEST: f64 = 1e-9;
/// Intervals of one slab, and the shortest, of their range.
const MOST_INTERVALS: usize = 600;
const SHORTEST: f64 = 1e-9;
/// Slabs looked at before the rest is left open.
const MOST_SLABS: usize = 2_000;
/// Doublings of the range of inputs before an end of it is given up.
const DOUBLINGS: usize = 256;
/// Rounding of a sum of a few products and of the laws in it, generously.
const ROUNDING: f64 = 256.0 * f64::EPSILON;

/// A number that moves with the parameter in a straight line.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: f64,
    slope: f64,
    from: f64,
}

impl Line {
    fn over(self, p: Interval) -> Interval {
        let moved = p.minus(Interval::point(self.from)).scaled(self.slope);
        let sum = moved.plus(Interval::point(self.start));
        sum.widened(ROUNDING * (moved.size() + self.start.abs()))
    }
}

/// Two populations over a parameter: the first one's input is `u`.
struct Pair<'a> {
    laws: [PlanarUnit<'a>; 2],
    /// `a`: first from first; `b`: first from second; `c`: second from first; `d`: second from second.
    weights: [Line; 4],
    h: [Line; 2],
}

/// Bounds over a box: of `g`, and of its slopes over the input and over the parameter.
struct Bounds {
    value: Interval,
    by_u: Interval,
    by_p: Interval,
}

/// Bounds over a box by plain interval arithmetic.
struct Plain {
    /// Of the first one's rate.
    f: Interval,
    /// Of the rate that the second one must have.
    r: Interval,
    /// Of the second one's input.
    v: Interval,
    /// Of `g`.
    value: Interval,
}

/// The quotient; everything where the divisor may be zero.
fn over(a: Interval, b: Interval) -> Interval {
    if b.contains(0.0) {
        return Interval::new(f64::NEG_INFINITY, f64::INFINITY);
    }
    a.times(Interval::between(1.0 / b.lo, 1.0 / b.hi))
}

impl Pair<'_> {
    fn plain(&self, u: Interval, p: Interval) -> Plain {
        let [a, b, c, d] = self.weights.map(|w| w.over(p));
        let [h, k] = self.h.map(|h| h.over(p));
        let f = self.laws[0].rates(u);
        let needed = u.minus(h).minus(a.times(f));
        let rounding = ROUNDING * (u.size() + h.size() + a.times(f).size());
        let r = over(needed.widened(rounding), b);
        let v = c.times(f).plus(d.times(r)).plus(k);
        let v = v.widened(ROUNDING * (c.times(f).size() + d.times(r).size() + k.size()));
        let g = self.laws[1].rates(v);
        Plain { f, r, v, value: g.minus(r).widened(ROUNDING * (g.size() + r.size())) }
    }
    /// Bounds of the slopes over `u` and over the parameter.
    fn slopes(&self, u: Interval, p: Interval, at: &Plain) -> [Interval; 2] {
        let [a, b, c, d] = self.weights.map(|w| w.over(p));
        let [da, db, dc, dd] = self.weights.map(|w| Interval::point(w.slope));
        let [dh, dk] = self.h.map(|h| Interval::point(h.slope));
        let (f_slope, g_slope) = (self.laws[0].slopes(u), self.laws[1].slopes(at.v));
        let both = b.times(c).minus(a.times(d));
        let products = [a.times(f_slope), d.times(g_slope), both.times(f_slope).times(g_slope)];
        let sum = products.iter().fold(Interval::point(-1.0), |s, p| s.plus(*p));
        let size: f64 = 1.0 + products.iter().map(|p| p.size()).sum::<f64>();
        let by_u = over(sum.widened(ROUNDING * size), b);
        let r_by_p = over(dh.scaled(-1.0).minus(da.times(at.f)).minus(db.times(at.r)), b);
        let v_by_p = dc.times(at.f).plus(dd.times(at.r)).plus(d.times(r_by_p)).plus(dk);
        [by_u, g_slope.times(v_by_p).minus(r_by_p)]
    }
    /// Bounds over a box: the value also from its middle, by the slopes.
    fn over(&self, u: Interval, p: Interval) -> Bounds {
        let plain = self.plain(u, p);
        let [by_u, by_p] = self.slopes(u, p, &plain);
        let (um, pm) = (0.5 * (u.lo + u.hi), 0.5 * (p.lo + p.hi));
        let middle = self.plain(Interval::point(um), Interval::point(pm)).value;
        let slack = 1.0 + 4.0 * f64::EPSILON;
        let of_u = by_u.times(Interval::new(u.lo - um, u.hi - um).scaled(slack));
        let of_p = by_p.times(Interval::new(p.lo - pm, p.hi - pm).scaled(slack));
        let mean = middle.plus(of_u).plus(of_p);
        let mut value = plain.value;
        // A bound that is not a number bounds nothing.
        if mean.lo > value.lo {
            value.lo = mean.lo;
        }
        if mean.hi < value.hi {
            value.hi = mean.hi;
        }
        Bounds { value, by_u, by_p }
    }
    /// Inputs between which all equilibria lie, for all of these values of the parameter; None if that is not known.
    fn inputs(&self, p: Interval) -> Option<Interval> {
        self.bounded_inputs(p).or_else(|| self.unbounded_inputs(p))
    }
    /// Where rates are bounded.
    fn bounded_inputs(&self, p: Interval) -> Option<Interval> {
        let mut sum = self.h[0].over(p);
        for (law, weight) in self.laws.iter().zip(&self.weights[..2]) {
            let bound = law.law.bound()?;
            let rates = Interval::new(-bound, bound);
            sum = sum.plus(weight.over(p).times(rates));
        }
        let size = sum.size();
        Some(sum.widened(1e-3 * size + 1e-9))
    }
    /// By how fast rates grow: far out none is an equilibrium.
    fn unbounded_inputs(&self, p: Interval) -> Option<Interval> {
        let [a, b, c, d] = self.weights.map(|w| w.over(p));
        let h = self.h.map(|h| h.over(p));
        let loads = Loads { own: [a, d], cross: [b, c], h };
        let units = [&self.laws[0], &self.laws[1]];
        let end = |sign: f64| {
            let mut x = sign * (1.0 + 2.0 * h[0].size());
            for _ in 0..DOUBLINGS {
                if pair_is_clear_over(units, &loads, x) {
                    return Some(x);
                }
                x *= 2.0;
            }
            None
        };
        Some(Interval::new(end(-1.0)?, end(1.0)?))
    }
}

/// What an interval of inputs is, for all values of a slab.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Empty,
    Rising,
    Falling,
    Open,
}

struct Piece {
    u: Interval,
    kind: Kind,
    /// Whether the slope over the parameter has one sign.
    graph: bool,
}

fn sign(x: Interval) -> i8 {
    i8::from(x.lo > 0.0) - i8::from(x.hi < 0.0)
}

/// Intervals of `u` from left to right; None if there are too many.
fn pieces(pair: &Pair, all: Interval, p: Interval) -> Option<Vec<Piece>> {
    let mut rest = vec![all];
    let mut out: Vec<Piece> = Vec::new();
    let mut looked = 0;
    while let Some(u) = rest.pop() {
        looked += 1;
        if looked > MOST_INTERVALS {
            return None;
        }
        let b = pair.over(u, p);
        let graph = sign(b.by_p) != 0;
        let kind = match (sign(b.value), sign(b.by_u)) {
            (1 | -1, _) => Kind::Empty,
            (_, 1) => Kind::Rising,
            (_, -1) => Kind::Falling,
            _ => Kind::Open,
        };
        let span = (u.hi - u.lo) / (all.hi - all.lo);
        // A graph over `u` need not be cut; at one value of the parameter there is none.
        let graph = graph && p.lo < p.hi;
        if kind == Kind::Open && !graph && span > SHORTEST {
            let cut = u.lo + 0.489 * (u.hi - u.lo);
            rest.push(Interval::new(cut, u.hi));
            rest.push(Interval::new(u.lo, cut));
            continue;
        }
        out.push(Piece { u, kind, graph });
    }
    Some(out)
}

/// A run of intervals that hold zeros, between two that hold none.
struct Run {
    u: Interval,
    /// One slope over `u` all along.
    monotone: bool,
    /// No curve closes within it.
    open_ended: bool,
}

fn runs(pieces: &[Piece]) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::new();
    for part in pieces.chunk_by(|a, b| (a.kind == Kind::Empty) == (b.kind == Kind::Empty)) {
        if part[0].kind == Kind::Empty {
            continue;
        }
        let u = Interval::new(part[0].u.lo, part[part.len() - 1].u.hi);
        let monotone = part[0].kind != Kind::Open && part.iter().all(|q| q.kind == part[0].kind);
        // A closed curve would pass an input twice: not in a piece that is a graph over it; and not in pieces on which `g` is
        // monotone over it alone, which hold one zero for each value of the parameter.
        let open_ended = part.iter().all(|q| q.kind != Kind::Open || q.graph);
        all.push(Run { u, monotone, open_ended });
    }
    all
}

/// How many zeros there are for every value of `p`: in runs on which `g` is monotone. None if another run remains.
fn count(pair: &Pair, all: Interval, p: Interval) -> Option<(usize, Vec<Run>)> {
    let runs = runs(&pieces(pair, all, p)?);
    let mut simple = 0;
    let mut turning = Vec::new();
    for run in runs {
        if run.monotone {
            let ends = [run.u.lo, run.u.hi].map(|u| sign(pair.over(Interval::point(u), p).value));
            match ends[0] * ends[1] {
                -1 => simple += 1,
                1 => {}
                _ => return None,
            }
        } else if run.open_ended {
            turning.push(run);
        } else {
            return None;
        }
    }
    Some((simple, turning))
}

/// What is proved of the number of equilibria.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    /// Values at which the number is proved, rising, with that number. Between two of them that are neighbors, and not in `open`,
    /// every equilibrium lies on a curve that passes one of both.
    pub counts: Vec<(f64, usize)>,
    /// Small intervals in which nothing is proved.
    pub open: Vec<(f64, f64)>,
}

/// Proves how many equilibria there are along the window; None for circuits that are not two populations of one unit each
/// with rising laws, or a parameter that moves more than inputs, weights and time constants.
pub(super) fn prove(family: &CircuitFamily) -> Option<Proof> {
    let base = family.circuit(family.window().0).ok()?;
    let pair = pair_of(&base, family)?;
    let (from, to) = family.window();
    let width = to - from;
    let over = |p: Interval| count(&pair, pair.inputs(p)?, p);
    let at = |p: f64| over(Interval::point(p)).filter(|c| c.1.is_empty()).map(|c| c.0);
    // Rates that run away everywhere need not be looked at in ever smaller slabs.
    if [from, 0.5 * (from + to), to].iter().all(|p| pair.inputs(Interval::point(*p)).is_none()) {
        return None;
    }
    let mut proof = Proof::default();
    // Slabs from left to right, not at round numbers.
    let edge = |k: usize| match k {
        0 => from,
        SLABS => to,
        _ => from + width * (k as f64 + 0.0137) / SLABS as f64,
    };
    let mut rest: Vec<(f64, f64)> = (0..SLABS).rev().map(|k| (edge(k), edge(k + 1))).collect();
    let mut looked = 0;
    while let Some((a, b)) = rest.pop() {
        looked += 1;
        if looked > MOST_SLABS {
            proof.open.push((a, to));
            break;
        }
        // A turning run has the same zeros at the edges as the edges' own counts say.
        let edges = over(Interval::new(a, b)).and_then(|_| Some([(a, at(a)?), (b, at(b)?)]));
        match edges {
            Some(counts) => proof.counts.extend(counts),
            _ if b - a < NARROWEST * width => match proof.open.last_mut() {
                Some(last) if last.1 == a => last.1 = b,
                _ => proof.open.push((a, b)),
            },
            _ => {
                let cut = a + 0.4931 * (b - a);
                rest.push((cut, b));
                rest.push((a, cut));
            }
        }
    }
    proof.counts.dedup();
    Some(proof)
}

/// The equations of a pair, if it is one.
fn pair_of<'a>(base: &'a Circuit, family: &CircuitFamily) -> Option<Pair<'a>> {
    let populations = base.populations();
    let units = base.n() == 2 && populations.len() == 2;
    // Delays move no equilibrium.
    let at_once = base.form() != Form::Conductance && base.mean_field().is_none() && base.slow().is_empty();
    let motion = family.motion().filter(|_| units && at_once)?;
    if populations.iter().any(|p| !p.transfer.rises()) {
        return None;
    }
    let w = base.weights().to_dense();
    let from = family.window().0;
    let weight = |i: usize, j: usize| Line {
        start: w[(i, j)],
        slope: motion.weights.as_ref().map_or(0.0, |m| m[(i, j)]),
        from,
    };
    // The input that the other one reaches with the larger weight is followed.
    let first = usize::from(w[(1, 0)].abs() > w[(0, 1)].abs());
    let second = 1 - first;
    let law = |i: usize| PlanarUnit::new(&populations[i].transfer, populations[i].sigma, 0.0, 0.0);
    let h = |i: usize| Line { start: base.h()[i], slope: motion.h[i], from };
    Some(Pair {
        laws: [law(first), law(second)],
        weights: [weight(first, first), weight(first, second), weight(second, first), weight(second, second)],
        h: [h(first), h(second)],
    })
}
