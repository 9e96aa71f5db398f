//! One population by itself: its rate at an input, and bounds of it.

use crate::model::transfer::Transfer;
use neurate_numerics::interval::Interval;

/// Rounding of a sum of a few products, relative to the largest of them.
pub(crate) const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// One population: its law, and what it gets from itself and from outside.
#[derive(Clone, Copy, Debug)]
pub struct Unit<'a> {
    /// Its transfer function.
    pub law: &'a Transfer,
    pub(super) sigma: f64,
    /// The total weight from itself.
    pub own: f64,
    /// Its input from outside.
    pub h: f64,
    /// Factor and threshold of a square law, the most common: a call for each value would take longer than the value.
    pub(super) square: Option<(f64, f64)>,
    /// Where the law's slope jumps; NaN if it does not.
    pub(super) kink: f64,
}

impl<'a> Unit<'a> {
    /// From its law, the standard deviation of its input, the weight from itself and its input from outside.
    pub fn new(law: &'a Transfer, sigma: f64, own: f64, h: f64) -> Unit<'a> {
        let square = match law.parameters() {
            [(_, k), (_, n), (_, threshold)] if law.name() == "power" && law.is_bare() && *n == 2.0 => {
                Some((*k, *threshold))
            }
            _ => None,
        };
        let kink = match law.parameters() {
            [_, (_, threshold)] if law.name() == "threshold-linear" => *threshold,
            [_, (_, n), (_, threshold)] if law.name() == "power" && *n <= 1.0 => *threshold,
            [_, _, (_, n)] if law.name() == "naka-rushton" && *n <= 1.0 => 0.0,
            _ => f64::NAN,
        };
        Unit { law, sigma, own, h, square, kink }
    }
    /// Whether the other has the same law, with the same numbers; and, since fluctuations differ, the same rates as far as a few
    /// inputs show them.
    pub fn same_law(&self, other: &Unit<'_>) -> bool {
        (self.law.name(), self.law.formula(), self.law.numbers())
            == (other.law.name(), other.law.formula(), other.law.numbers())
            && [-1.5, 0.0, 0.4, 7.0].iter().all(|&x| self.rate(x) == other.rate(x))
    }
    /// Rate and slope.
    #[inline]
    pub fn at(&self, x: f64) -> (f64, f64) {
        if let Some((k, threshold)) = self.square {
            let x = x - threshold;
            let above = if 0.0 > x { 0.0 } else { x };
            return (k * (above * above), k * 2.0 * above);
        }
        let s = self.law.slopes(x, self.sigma);
        (s.rate, s.d_mu)
    }
    /// Its rate at an input.
    pub fn rate(&self, x: f64) -> f64 {
        if self.square.is_some() { self.at(x).0 } else { self.law.rate(x, self.sigma) }
    }
    /// Bounds of the rate, rounding included.
    pub fn rates(&self, x: Interval) -> Interval {
        let lo = self.rate(x.lo);
        let hi = if x.lo == x.hi { lo } else { self.rate(x.hi) };
        let error = ROUNDING * self.law.conditioning(x.lo);
        Interval::new(lo - error * lo.abs(), hi + error * hi.abs())
    }
    /// [`Transfer::slope_bounds`].
    pub fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        match self.square {
            Some(_) => Some((self.at(from).1, self.at(to).1)),
            None => self.law.slope_bounds(from, to),
        }
    }
    /// Bounds of the slope inside an interval.
    pub fn slopes(&self, mut x: Interval) -> Interval {
        // At a kink the slope is that from the right, which an interval to its left does not have.
        if x.hi == self.kink && x.lo < x.hi {
            x.hi = x.hi.next_down();
        }
        if self.square.is_some() {
            return Interval::new(self.at(x.lo).1, self.at(x.hi).1);
        }
        let (lo, hi) = self.law.slope_bounds(x.lo, x.hi).unwrap_or((0.0, f64::INFINITY));
        Interval::new(lo, hi)
    }
    /// Bounds of `rate/|x|` from `x` outwards.
    pub fn ratio(&self, x: f64) -> Interval {
        let (lo, hi) = self.law.ratio_beyond(x);
        Interval::new(lo, hi)
    }
}
