//! All fixed points of one or two populations.
//!
//! With inputs `u`, `v` to two populations, `u = a f(u) + b g(v) + h` says which rate the second one must have:
//! `p(u) = (u - a f(u) - h)/b`. Its own equation then gives its input, `v(u) = c f(u) + d p(u) + h'`, and the fixed
//! points are the zeros of one function of one variable, `g(v(u)) - p(u)` (Kraynyukova & Tchumatchenko 2018, for power
//! laws). Bounds of the laws and their slopes over intervals find all of them (`interval.rs`); far out, the laws'
//! growth shows that there are none. Its slope is `-det(1 - W G)/b`, bilinear in the two gains.

use super::tails;
use super::unit::{ROUNDING, Unit};
use neurate_numerics::interval::{Curve, Interval, Root, Zeros, zeros};

/// Doublings of the range before an end of it is given up.
const DOUBLINGS: usize = 512;

/// A slope above which a rate is not found from its input.
const STEEP: f64 = 1e4;

/// One population by itself: `own f(x) + h - x`.
struct Single<'a>(Unit<'a>);

impl Curve for Single<'_> {
    fn over(&self, x: Interval) -> (Interval, Interval) {
        let Unit { own, h, .. } = self.0;
        let recurrent = self.0.rates(x).scaled(own);
        let error = ROUNDING * (recurrent.size() + h.abs() + x.size());
        let gains = self.0.slopes(x);
        let slopes = [gains.lo, gains.hi].map(|g| determinant([own, 0.0, 0.0], g, 0.0));
        let slope = slopes[0].hull(slopes[1]);
        let ends = [x.lo, x.hi].map(|x| own * self.0.rate(x) + h - x);
        let value = if slope.contains(0.0) {
            recurrent.plus(Interval::point(h)).minus(x)
        } else {
            Interval::between(ends[0], ends[1])
        };
        (value.widened(error), slope)
    }
    fn at(&self, x: f64) -> (f64, f64) {
        let (rate, slope) = self.0.at(x);
        (self.0.own * rate + self.0.h - x, self.0.own * slope - 1.0)
    }
}

/// `-det(1 - W G)` of a pair with gains `f` and `g`, which is `a f + d g + (b c - a d) f g - 1`, with room for its rounding:
/// `[a, d, b c - a d]`. Gains may be infinite: then the largest term has the last word.
fn determinant([a, d, both]: [f64; 3], f: f64, g: f64) -> Interval {
    let times = |weight: f64, gain: f64| if weight == 0.0 || gain == 0.0 { 0.0 } else { weight * gain };
    let product = if f == 0.0 || g == 0.0 { 0.0 } else { times(both, f * g) };
    if product.is_infinite() {
        let (of_f, of_g) = (if f.is_infinite() { a } else { 0.0 }, if g.is_infinite() { d } else { 0.0 });
        // Infinite times what the other gain makes of it: a + both g, or d + both f.
        let factor = match (f.is_infinite(), g.is_infinite()) {
            (true, true) => both,
            (true, false) => of_f + both * g,
            _ => of_g + both * f,
        };
        return Interval::point(times(factor, f64::INFINITY));
    }
    let [x, y] = [times(a, f), times(d, g)];
    let value = x + y + product - 1.0;
    if value.is_nan() {
        // Infinities of both signs.
        return Interval::new(f64::NEG_INFINITY, f64::INFINITY);
    }
    let error = ROUNDING * (1.0 + x.abs() + y.abs() + 2.0 * product.abs());
    if error.is_finite() { Interval::point(value).widened(error) } else { Interval::point(value) }
}

/// Two populations as a function of the first one's input.
struct Pair<'a> {
    first: Unit<'a>,
    second: Unit<'a>,
    /// Weight to the first from the second; not zero.
    from_second: f64,
    /// Weight to the second from the first.
    from_first: f64,
    /// Whether both are silent under their inputs from outside alone: a fixed point that no rounding moves.
    silent: bool,
}

impl Pair<'_> {
    /// The second one's rate and input, if the first has this input and this rate.
    fn second(&self, u: f64, rate: f64) -> (f64, f64) {
        let p = (u - self.first.h - self.first.own * rate) / self.from_second;
        (p, self.second.h + self.from_first * rate + self.second.own * p)
    }
    /// Inputs of both.
    fn inputs(&self, u: f64) -> [f64; 2] {
        [u, self.second(u, self.first.rate(u)).1]
    }
}

impl Curve for Pair<'_> {
    fn over(&self, u: Interval) -> (Interval, Interval) {
        let Pair { first, second, from_second, from_first, .. } = self;
        let one = Interval::point(1.0);
        let f = first.rates(u);
        let f_slope = first.slopes(u);
        let p_slope = one.minus(f_slope.scaled(first.own)).scaled(1.0 / from_second);
        // Both terms of v' in one: own p' has f' in it, too.
        let along = from_first - second.own * first.own / from_second;
        let v_slope = f_slope.scaled(along).plus(Interval::point(second.own / from_second));
        let ends = [self.second(u.lo, f.lo), self.second(u.hi, f.hi)];
        // Where p and v are monotone, their ends bound them.
        let p = if p_slope.contains(0.0) {
            u.minus(Interval::point(first.h)).minus(f.scaled(first.own)).scaled(1.0 / from_second)
        } else {
            Interval::between(ends[0].0, ends[1].0)
        };
        let v = if v_slope.contains(0.0) {
            let constant = second.h - second.own * first.h / from_second;
            f.scaled(along).plus(u.scaled(second.own / from_second)).plus(Interval::point(constant))
        } else {
            Interval::between(ends[0].1, ends[1].1)
        };
        let p_error =
            ROUNDING * (u.size() + first.h.abs() + 2.0 * (first.own * f.size()).abs()) / from_second.abs();
        let constant = (second.own * first.h / from_second).abs();
        let v_error = ROUNDING * (second.h.abs() + constant + 2.0 * (from_first * f.size()).abs())
            + second.own.abs() * (p_error + ROUNDING * p.size());
        let mut v = v.widened(v_error);
        if self.silent && u.lo < u.hi && (u.lo == first.h || u.hi == first.h) {
            // There the second one's input is exactly what it gets from outside.
            let (falls, rises) = (v_slope.hi <= 0.0, v_slope.lo >= 0.0);
            if (rises && u.lo == first.h) || (falls && u.hi == first.h) {
                v.lo = second.h;
            }
            if (rises && u.hi == first.h) || (falls && u.lo == first.h) {
                v.hi = second.h;
            }
        }
        let g = second.rates(v);
        let value = g.minus(p).widened(p_error + ROUNDING * g.size());
        let g_slope = second.slopes(v);
        let both = from_second * from_first - first.own * second.own;
        let size = (from_second * from_first).abs() + (first.own * second.own).abs();
        // What is lost where the two products nearly cancel.
        let lost = ROUNDING * size;
        let mut slope: Option<Interval> = None;
        for f in [f_slope.lo, f_slope.hi] {
            for g in [g_slope.lo, g_slope.hi] {
                for both in [both - lost, both + lost] {
                    let corner = determinant([first.own, second.own, both], f, g);
                    slope = Some(slope.map_or(corner, |s| s.hull(corner)));
                }
            }
        }
        (value, slope.unwrap_or(one).scaled(1.0 / from_second))
    }
    fn at(&self, u: f64) -> (f64, f64) {
        let (f, f_slope) = self.first.at(u);
        let (p, v) = self.second(u, f);
        let (g, g_slope) = self.second.at(v);
        let p_slope = (1.0 - self.first.own * f_slope) / self.from_second;
        let v_slope = self.from_first * f_slope + self.second.own * p_slope;
        (g - p, g_slope * v_slope - p_slope)
    }
}

/// Whether a curve has no zero beyond an input.
trait Tail {
    fn is_clear(&self, x: f64) -> bool;
}

impl Tail for Single<'_> {
    fn is_clear(&self, x: f64) -> bool {
        tails::single_is_clear(&self.0, x)
    }
}

impl Tail for Pair<'_> {
    fn is_clear(&self, u: f64) -> bool {
        tails::pair_is_clear([&self.first, &self.second], [self.from_second, self.from_first], u)
    }
}

/// All zeros of a curve; None if far out they cannot be excluded. At inputs `known` it is zero exactly.
fn all_zeros<C: Curve + Tail>(curve: &C, h: f64, known: Option<f64>) -> Option<Zeros> {
    let end = |sign: f64| {
        let mut x = sign * (1.0 + 2.0 * h.abs());
        for _ in 0..DOUBLINGS {
            if curve.is_clear(x) && !curve.over(Interval::point(x)).0.contains(0.0) {
                return Some(x);
            }
            x *= 2.0;
        }
        None
    };
    Some(zeros(curve, Interval::new(end(-1.0)?, end(1.0)?), known.as_slice()))
}

/// A fixed point of one or two populations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// Inputs to both; of one population its input twice.
    pub input: [f64; 2],
    /// Rates of both, as precise as they are known: where a law is steep, not from its input.
    pub rates: [f64; 2],
    /// How many fixed points are here: one, or rounding hides it.
    pub root: Root,
    /// Inputs at both ends of the interval in which no other is.
    pub within: [[f64; 2]; 2],
    /// The population whose input was followed: which of the inputs is the interval's.
    pub followed: usize,
}

impl Found {
    /// Whether it is proved that there is exactly one.
    pub fn simple(&self) -> bool {
        self.root == Root::Simple
    }
    /// Whether an input of the followed population is in its interval, to within rounding.
    pub fn holds(&self, input: f64) -> bool {
        let [lo, hi] = self.within.map(|w| w[self.followed]);
        let slack = 4.0 * f64::EPSILON * (1.0 + input.abs());
        input >= lo - slack && input <= hi + slack
    }
}

/// All fixed points of one or two populations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Enclosed {
    /// By rising input of the followed population.
    pub found: Vec<Found>,
    /// The followed population, and its inputs that were left out because too many intervals were undecided; None as a
    /// rule: then the list is complete, but for what `root` says of each.
    pub left: Option<(usize, Interval)>,
    /// Intervals looked at.
    pub looked: usize,
}

impl Enclosed {
    /// Whether there are exactly these fixed points.
    pub fn complete(&self) -> bool {
        self.left.is_none() && self.found.iter().all(Found::simple)
    }
}

/// All fixed points of two populations with weights `cross` to the first from the second, and back; None if they
/// cannot be enclosed. Both laws must be increasing ([`Unit::slope_bounds`]).
pub(crate) fn pair(units: [Unit<'_>; 2], cross: [f64; 2]) -> Option<Enclosed> {
    if cross[0] == 0.0 {
        return in_order(units, cross[1], [0, 1]);
    }
    if cross[1] == 0.0 {
        return in_order(units, cross[0], [1, 0]);
    }
    // The one whose input from the other is larger is followed: what divides must not be small.
    let swap = cross[1].abs() > cross[0].abs();
    following(units, cross, swap).or_else(|| following(units, cross, !swap))
}

/// All fixed points along the second population's input if `swap`, else the first one's.
fn following(units: [Unit<'_>; 2], cross: [f64; 2], swap: bool) -> Option<Enclosed> {
    let [first, second] = if swap { [units[1], units[0]] } else { units };
    let [from_second, from_first] = if swap { [cross[1], cross[0]] } else { cross };
    let silent = first.rate(first.h) == 0.0 && second.rate(second.h) == 0.0;
    let curve = Pair { first, second, from_second, from_first, silent };
    let all = all_zeros(&curve, first.h, silent.then_some(first.h))?;
    let followed = usize::from(swap);
    let inputs = |u: f64| {
        let [u, v] = if silent && u == first.h { [first.h, second.h] } else { curve.inputs(u) };
        if swap { [v, u] } else { [u, v] }
    };
    let found = all.found.iter().map(|z| {
        let input = inputs(z.at);
        let first_rate = first.rate(z.at);
        let (g, slope) = second.at(input[1 - followed]);
        let second_rate = if g != 0.0 && slope > STEEP { curve.second(z.at, first_rate).0 } else { g };
        let rates = if swap { [second_rate, first_rate] } else { [first_rate, second_rate] };
        let within = [inputs(z.within.lo), inputs(z.within.hi)];
        Found { input, rates, root: z.root, within, followed }
    });
    Some(Enclosed { found: found.collect(), left: all.left.map(|l| (followed, l)), looked: all.looked })
}

/// The fixed points of two populations of which only one, the first of `order`, acts on the other: that one's by itself, and
/// for each of them the other's.
fn in_order(units: [Unit<'_>; 2], weight: f64, order: [usize; 2]) -> Option<Enclosed> {
    let [sender, receiver] = order.map(|p| units[p]);
    let senders = single(sender)?;
    let mut all = Enclosed { left: senders.left.map(|(_, l)| (order[0], l)), ..Enclosed::default() };
    all.looked = senders.looked;
    for s in &senders.found {
        let h = receiver.h + if weight == 0.0 { 0.0 } else { weight * s.rates[0] };
        let receivers = single(Unit { h, ..receiver })?;
        all.looked += receivers.looked;
        all.left = all.left.or(receivers.left.map(|(_, l)| (order[1], l)));
        for r in &receivers.found {
            let both = |s: f64, r: f64| if order[0] == 0 { [s, r] } else { [r, s] };
            let within = [0, 1].map(|end| both(s.within[end][0], r.within[end][0]));
            // The one that is not decided is followed.
            let (root, followed) = match (s.root, r.root) {
                (Root::Simple, root) => (root, order[1]),
                (root, Root::Simple) => (root, order[0]),
                (Root::Odd, Root::Odd) => (Root::Odd, order[1]),
                _ => (Root::Even, order[1]),
            };
            let (input, rates) = (both(s.input[0], r.input[0]), both(s.rates[0], r.rates[0]));
            all.found.push(Found { input, rates, root, within, followed });
        }
    }
    Some(all)
}

/// All fixed points of one population; None if they cannot be enclosed. Its law must be increasing.
pub(crate) fn single(unit: Unit<'_>) -> Option<Enclosed> {
    if unit.own == 0.0 {
        // Nothing comes back to it: its input is given.
        let (input, rates) = ([unit.h; 2], [unit.rate(unit.h); 2]);
        let found = Found { input, rates, root: Root::Simple, within: [input; 2], followed: 0 };
        let known = unit.h.is_finite() && rates[0].is_finite();
        return known.then(|| Enclosed { found: vec![found], left: None, looked: 0 });
    }
    let silent = unit.rate(unit.h) == 0.0;
    let all = all_zeros(&Single(unit), unit.h, silent.then_some(unit.h))?;
    let found = all.found.iter().map(|z| Found {
        input: [z.at; 2],
        rates: [unit.rate(z.at); 2],
        root: z.root,
        within: [[z.within.lo; 2], [z.within.hi; 2]],
        followed: 0,
    });
    Some(Enclosed { found: found.collect(), left: all.left.map(|l| (0, l)), looked: all.looked })
}

#[cfg(test)]
mod tests;
