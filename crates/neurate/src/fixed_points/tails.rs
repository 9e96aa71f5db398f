//! Far out: that populations have no fixed points with larger inputs, by how fast their laws grow ([`Unit::ratio`]).

use super::unit::Unit;
use neurate_numerics::interval::Interval;

/// Input, rate and an input from outside, all over a scale that is at least `scale`, for all inputs beyond `x`.
struct Far {
    scale: f64,
    x: Interval,
    rate: Interval,
}

/// What two populations get, each number somewhere in an interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loads {
    /// Weights of both to themselves.
    pub own: [Interval; 2],
    /// Weights to the first from the second, and back.
    pub cross: [Interval; 2],
    /// Inputs from outside.
    pub h: [Interval; 2],
}

impl Far {
    /// In units of the input, or of the rate where that grows faster.
    fn of(unit: &Unit<'_>, alone: bool, x: f64) -> Vec<Far> {
        let ratio = unit.ratio(x);
        let sign = Interval::point(x.signum());
        let mut all = Vec::with_capacity(2);
        let bounded = ratio.hi.is_finite() && ratio.lo.is_finite();
        // Without a weight to itself its rate does not enter its own equation, however fast it grows.
        if bounded || alone {
            all.push(Far { scale: x.abs(), x: sign, rate: ratio });
        }
        if !bounded && ratio.lo > 0.0 {
            let x_over = sign.times(Interval::new(0.0, 1.0 / ratio.lo));
            all.push(Far { scale: ratio.lo * x.abs(), x: x_over, rate: Interval::point(1.0) });
        }
        all
    }
    fn input(&self, h: Interval) -> Interval {
        Interval::new(0f64.min(h.lo / self.scale), 0f64.max(h.hi / self.scale))
    }
}

/// Bounds of a unit's rate for all inputs from `x` outwards.
fn beyond(unit: &Unit<'_>, x: f64) -> Interval {
    let bound = unit.law.bound().unwrap_or(f64::INFINITY);
    if x > 0.0 {
        return Interval::new(unit.rate(x.min(f64::MAX)), bound);
    }
    let lowest = if unit.ratio(x.max(f64::MIN)).lo >= 0.0 { 0.0 } else { -bound };
    Interval::new(lowest, unit.rate(x.max(f64::MIN)))
}

/// Whether one population has no fixed point with an input beyond `x`.
pub(super) fn single_is_clear(unit: &Unit<'_>, x: f64) -> bool {
    let h = Interval::point(unit.h);
    let clear = |far: &Far| !far.rate.scaled(unit.own).plus(far.input(h)).minus(far.x).contains(0.0);
    Far::of(unit, unit.own == 0.0, x).iter().any(clear)
}

/// Whether two populations have no fixed point at which the first one's input lies beyond `u`: weights to the first from the
/// second, and back.
pub(super) fn pair_is_clear(units: [&Unit<'_>; 2], cross: [f64; 2], u: f64) -> bool {
    let loads = Loads {
        own: units.map(|unit| Interval::point(unit.own)),
        cross: cross.map(Interval::point),
        h: units.map(|unit| Interval::point(unit.h)),
    };
    pair_is_clear_over(units, &loads, u)
}

/// The same for all numbers in intervals; those of the units themselves do not count.
pub(crate) fn pair_is_clear_over(units: [&Unit<'_>; 2], loads: &Loads, u: f64) -> bool {
    let alone = loads.own[0] == Interval::point(0.0);
    !loads.cross[0].contains(0.0)
        && Far::of(units[0], alone, u).iter().any(|far| pair_is_clear_by(far, units, loads, u))
}

fn pair_is_clear_by(far: &Far, units: [&Unit<'_>; 2], loads: &Loads, u: f64) -> bool {
    let Loads { own, cross: [from_second, from_first], h } = loads;
    let [first, second] = units;
    let over = Interval::between(1.0 / from_second.lo, 1.0 / from_second.hi);
    let p = far.x.minus(far.input(h[0])).minus(far.rate.times(own[0])).times(over);
    // v = along f + own (u - h)/b + h', as in `planar.rs`.
    let share = own[1].times(over);
    let along = from_first.minus(share.times(own[0]));
    let constant = h[1].minus(share.times(h[0]));
    let v = far.rate.times(along).plus(far.x.times(share)).plus(far.input(constant));
    // g rises, so that the ends of v bound it; with its growth where v grows as the scale does.
    let [low, high] = [v.lo, v.hi].map(|v| match v {
        0.0 => Interval::between(0.0, second.rate(0.0) / far.scale),
        v if v.is_finite() => second.ratio(v * far.scale).scaled(v.abs()),
        _ => {
            let bound = second.law.bound().unwrap_or(f64::INFINITY) / far.scale;
            Interval::new(-bound, bound)
        }
    });
    let mut g = Interval::new(low.lo, high.hi);
    if own[1] == Interval::point(0.0) {
        // v moves with f alone.
        let v = beyond(first, u).times(*from_first).plus(h[1]);
        let lowest = if v.lo.is_finite() { second.rate(v.lo) } else { beyond(second, v.lo).lo };
        let highest = if v.hi.is_finite() { second.rate(v.hi) } else { beyond(second, v.hi).hi };
        g.lo = g.lo.max(lowest.min(0.0) / far.scale);
        g.hi = g.hi.min(highest.max(0.0) / far.scale);
    }
    !g.minus(p).contains(0.0)
}
