//! Numbers as unevaluated sums of two doubles, as far as the limits of Ricciardi's integral need.

/// `high + low`, where `low` is below half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug)]
pub(super) struct TwoDouble {
    pub high: f64,
    pub low: f64,
}

impl TwoDouble {
    /// `x - y`, exact (Knuth's two-sum) unless it overflows.
    pub fn difference(x: f64, y: f64) -> Self {
        let high = x - y;
        let part = high - x;
        Self::new(high, (x - (high - part)) - (y + part))
    }

    /// `self / divisor`, to about twice the digits of a double.
    pub fn divided_by(self, divisor: f64) -> Self {
        let high = self.high / divisor;
        let remainder = (-high).mul_add(divisor, self.high) + self.low;
        Self::new(high, remainder / divisor)
    }

    /// `self^2`, to about twice the digits of a double.
    pub fn squared(self) -> Self {
        let high = self.high * self.high;
        let rounding = self.high.mul_add(self.high, -high);
        Self::new(high, rounding + 2.0 * self.high * self.low)
    }

    /// `exp(-self)` for a positive number; the low part enters to first order.
    pub fn exp_of_minus(self) -> f64 {
        let value = (-self.high).exp();
        if value == 0.0 {
            return 0.0; // where the low part may be large
        }
        value * (1.0 - self.low)
    }

    /// Half of it, exact.
    pub fn half(self) -> Self {
        Self::new(0.5 * self.high, 0.5 * self.low)
    }

    /// Overflow leaves no low part.
    fn new(high: f64, low: f64) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        TwoDouble { high, low }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_a_double_drops() {
        let x = TwoDouble::difference(1.0, 1e-20);
        assert_eq!((x.high, x.low), (1.0, -1e-20));
        let third = TwoDouble::difference(1.0, 0.0).divided_by(3.0);
        // 1/3 - fl(1/3) = fl(1/3)/2^54, from the binary expansion 0.010101...
        assert_eq!(third.low, third.high * 2f64.powi(-54));
        let square = third.squared();
        assert!((square.high - 1.0 / 9.0).abs() < 1e-16);
        assert_eq!(TwoDouble::difference(f64::MAX, f64::MIN).low, 0.0);
    }
}
