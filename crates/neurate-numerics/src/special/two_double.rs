//! Numbers as unevaluated sums of two doubles, as far as the limits of Ricciardi's integral need.

/// `high + low`, where `low` is about the rounding error of `high`.
#[derive(Clone, Copy, Debug)]
pub struct TwoDouble {
    /// The nearest double.
    pub high: f64,
    /// The rest.
    pub low: f64,
}

/// `x y - product`, the rounding error of a product.
#[inline(always)]
pub fn product_error<const FMA: bool>(x: f64, y: f64, product: f64) -> f64 {
    if FMA {
        return x.mul_add(y, -product);
    }
    // Dekker's: halves of 26 bits, whose products are exact
    let halves = |v: f64| {
        let c = 134_217_729.0 * v;
        let high = c - (c - v);
        (high, v - high)
    };
    let ((x1, x2), (y1, y2)) = (halves(x), halves(y));
    ((x1 * y1 - product) + x1 * y2 + x2 * y1) + x2 * y2
}

impl TwoDouble {
    /// `x - y`, exact (Knuth's two-sum) unless it overflows.
    #[inline(always)]
    pub fn difference(x: f64, y: f64) -> Self {
        let high = x - y;
        let part = high - x;
        TwoDouble { high, low: (x - (high - part)) - (y + part) }
    }

    /// `self / divisor`, to about twice the digits of a double, where `reciprocal = 1/divisor`.
    #[inline(always)]
    pub fn divided_by<const FMA: bool>(self, divisor: f64, reciprocal: f64) -> Self {
        let quotient = self.high * reciprocal;
        let product = quotient * divisor;
        let remainder = ((self.high - product) - product_error::<FMA>(quotient, divisor, product)) + self.low;
        let correction = remainder * reciprocal;
        let high = quotient + correction;
        TwoDouble { high, low: correction - (high - quotient) }
    }

    /// `self^2`, to about twice the digits of a double.
    #[inline(always)]
    pub fn squared<const FMA: bool>(self) -> Self {
        let high = self.high * self.high;
        let rounding = product_error::<FMA>(self.high, self.high, high);
        TwoDouble { high, low: rounding + 2.0 * self.high * self.low }
    }

    /// Without its low part if that is not finite, after overflow.
    pub fn cleaned(self) -> Self {
        TwoDouble { high: self.high, low: if self.low.is_finite() { self.low } else { 0.0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps_what_a_double_drops<const FMA: bool>() {
        let x = TwoDouble::difference(1.0, 1e-20);
        assert_eq!((x.high, x.low), (1.0, -1e-20));
        let third = TwoDouble::difference(1.0, 0.0).divided_by::<FMA>(3.0, 1.0 / 3.0);
        // 1/3 - fl(1/3) = fl(1/3)/2^54, from the binary expansion 0.010101...
        assert_eq!(third.low, third.high * 2f64.powi(-54));
        let square = third.squared::<FMA>();
        assert!((square.high - 1.0 / 9.0).abs() < 1e-16);
        let y = TwoDouble { high: 0.1, low: 0.0 }.squared::<FMA>();
        assert_eq!(y.low, 0.1f64.mul_add(0.1, -y.high));
        assert_eq!(TwoDouble::difference(f64::MAX, f64::MIN).cleaned().low, 0.0);
    }

    #[test]
    fn with_and_without_fma() {
        keeps_what_a_double_drops::<false>();
        keeps_what_a_double_drops::<true>();
    }
}
