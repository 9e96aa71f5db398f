//! Intervals, and all zeros of a function that can be bounded over them.

/// The numbers from `lo` to `hi`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

impl Interval {
    /// From `lo` to `hi`.
    pub fn new(lo: f64, hi: f64) -> Interval {
        Interval { lo, hi }
    }
    /// One number.
    pub fn point(x: f64) -> Interval {
        Interval { lo: x, hi: x }
    }
    /// Between two numbers in either order.
    pub fn between(a: f64, b: f64) -> Interval {
        if a <= b { Interval::new(a, b) } else { Interval::new(b, a) }
    }
    /// Whether `x` lies in it; a bound that is NaN excludes nothing.
    pub fn contains(self, x: f64) -> bool {
        // A bound that is not a number excludes nothing.
        !(x < self.lo || x > self.hi)
    }
    /// The sum.
    pub fn plus(self, o: Interval) -> Interval {
        Interval::new(self.lo + o.lo, self.hi + o.hi)
    }
    /// The difference.
    pub fn minus(self, o: Interval) -> Interval {
        Interval::new(self.lo - o.hi, self.hi - o.lo)
    }
    /// Times a number; zero times infinity is zero.
    pub fn scaled(self, by: f64) -> Interval {
        if by == 0.0 { Interval::point(0.0) } else { Interval::between(self.lo * by, self.hi * by) }
    }
    /// The product; zero times infinity is zero.
    pub fn times(self, o: Interval) -> Interval {
        let [a, b] = [self.scaled(o.lo), self.scaled(o.hi)];
        Interval::new(a.lo.min(b.lo), a.hi.max(b.hi))
    }
    /// Wider by `by` on both sides.
    pub fn widened(self, by: f64) -> Interval {
        Interval::new(self.lo - by, self.hi + by)
    }
    /// The largest modulus.
    pub fn size(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }
}

/// A function of one variable with bounds over intervals.
pub trait Curve {
    /// Bounds of its value, rounding included, and of its slope.
    fn over(&self, x: Interval) -> (Interval, Interval);
    /// Its value and slope.
    fn at(&self, x: f64) -> (f64, f64);
}

/// Where a zero is.
#[derive(Clone, Copy, Debug)]
pub struct Zero {
    /// Between these.
    pub within: Interval,
    /// Best guess.
    pub at: f64,
    /// Exactly one: the function changes its sign and is monotone. Otherwise the curve comes so near to zero that
    /// rounding hides whether it has none, one or several zeros here.
    pub simple: bool,
}

/// Intervals looked at before the function is given up: it is zero along a line, or nearly.
const MAX_INTERVALS: usize = 20_000;
/// Relative width at which an interval is not cut any more.
const NARROW: f64 = 1e-11;

/// All zeros of the curve in an interval, from left to right; None if there seem to be too many.
///
/// An interval is cut in two until the curve is away from zero on it, or monotone: then the signs at its ends tell
/// whether it holds a zero.
pub fn zeros(curve: &impl Curve, all: Interval) -> Option<Vec<Zero>> {
    let mut found: Vec<Zero> = Vec::new();
    let mut rest = vec![all];
    let mut looked = 0;
    while let Some(x) = rest.pop() {
        looked += 1;
        if looked > MAX_INTERVALS {
            return None;
        }
        let (value, slope) = curve.over(x);
        if !value.contains(0.0) {
            continue;
        }
        // Not half-way: zeros like to be at round numbers, where rounding would hide the sign.
        let middle = x.lo + 0.503_131 * (x.hi - x.lo);
        if !slope.contains(0.0) {
            let [(low, _), (high, _)] =
                [curve.over(Interval::point(x.lo)), curve.over(Interval::point(x.hi))];
            let apart = (low.lo > 0.0 && high.lo > 0.0) || (low.hi < 0.0 && high.hi < 0.0);
            // Otherwise rounding at an end may hide a zero, or none.
            let simple = (low.hi < 0.0 && high.lo > 0.0) || (low.lo > 0.0 && high.hi < 0.0);
            if !apart {
                add(&mut found, Zero { within: x, at: refine(curve, x), simple });
            }
            continue;
        }
        if x.hi - x.lo <= NARROW * (1e-3 + x.size()) {
            add(&mut found, Zero { within: x, at: middle, simple: false });
            continue;
        }
        rest.push(Interval::new(middle, x.hi));
        rest.push(Interval::new(x.lo, middle));
    }
    Some(found)
}

/// Adds a zero; of neighbors that cannot be told apart one stays.
fn add(found: &mut Vec<Zero>, zero: Zero) {
    match found.last_mut() {
        Some(last) if last.within.hi == zero.within.lo && !last.simple && !zero.simple => {
            last.within.hi = zero.within.hi;
            last.at = zero.at;
        }
        _ => found.push(zero),
    }
}

/// The zero of a monotone function: Newton's method, kept between the ends.
fn refine(curve: &impl Curve, mut x: Interval) -> f64 {
    let rising = curve.at(x.hi).0 >= curve.at(x.lo).0;
    let mut guess = 0.5 * (x.lo + x.hi);
    for _ in 0..100 {
        let (value, slope) = curve.at(guess);
        if value == 0.0 {
            return guess;
        }
        if (value > 0.0) == rising {
            x.hi = guess
        } else {
            x.lo = guess
        }
        let next = guess - value / slope;
        let next = if next > x.lo && next < x.hi { next } else { 0.5 * (x.lo + x.hi) };
        if (next - guess).abs() <= 2.0 * f64::EPSILON * guess.abs() {
            return next;
        }
        guess = next;
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(x - 1)(x - 2)(x - 2 - gap)` by its coefficients.
    struct Cubic {
        gap: f64,
    }

    impl Curve for Cubic {
        fn over(&self, x: Interval) -> (Interval, Interval) {
            let factors = [1.0, 2.0, 2.0 + self.gap].map(|z| x.minus(Interval::point(z)));
            let [a, b, c] = factors;
            let value = a.times(b).times(c);
            let slope = a.times(b).plus(a.times(c)).plus(b.times(c));
            (value.widened(1e-15 * (1.0 + value.size())), slope)
        }
        fn at(&self, x: f64) -> (f64, f64) {
            let [a, b, c] = [x - 1.0, x - 2.0, x - 2.0 - self.gap];
            (a * b * c, a * b + a * c + b * c)
        }
    }

    #[test]
    fn zeros_of_a_cubic() {
        for gap in [1.0, 0.1, 1e-3, 1e-5] {
            let found = zeros(&Cubic { gap }, Interval::new(-7.0, 11.0)).unwrap();
            assert_eq!(found.len(), 3, "{gap}");
            for (z, expected) in found.iter().zip([1.0, 2.0, 2.0 + gap]) {
                // The value is known to 1e-15, the slope is about the gap.
                assert!(z.simple && (z.at - expected).abs() < 4e-15 / gap.min(1.0), "{gap} {z:?}");
            }
        }
        // A double zero: found, and said to be undecided.
        let found = zeros(&Cubic { gap: 0.0 }, Interval::new(-7.0, 11.0)).unwrap();
        assert_eq!(found.iter().filter(|z| z.simple).count(), 1);
        assert!(found.iter().any(|z| !z.simple && (z.at - 2.0).abs() < 1e-7), "{found:?}");
        assert!(zeros(&Cubic { gap: 1.0 }, Interval::new(4.0, 100.0)).unwrap().is_empty());
    }
}
