//! Exponential, logarithm and polynomials without a branch, so that a loop over them becomes
//! vector instructions.
//!
//! `FMA` says whether the instructions at hand have a fused multiply-add: without one,
//! `f64::mul_add` is a slow call. All vector widths with it give the same bits.

use super::coefficients::{EXPONENTIAL, LOGARITHM};
use super::two_double::product_error;
use std::f64::consts::LOG2_E;

/// Adding this to a small number leaves its nearest integer in the lowest bits.
const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8; // 33 bits: times an exponent it is exact
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// `a b + c`, rounded once if that costs nothing.
#[inline(always)]
pub fn mul_add<const FMA: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// `sum_n coefficients[n] t^n`.
#[inline(always)]
pub fn polynomial<const FMA: bool, const N: usize>(coefficients: &[f64; N], t: f64) -> f64 {
    let mut value = coefficients[N - 1];
    for c in coefficients[..N - 1].iter().rev() {
        value = mul_add::<FMA>(value, t, *c);
    }
    value
}

/// `p(t)` and `(p(s) - p(t))/(s - t)`, which stays accurate however close `s` and `t` are.
///
/// Even and odd powers apart, `p(t) = a(t^2) + t b(t^2)`: two short chains of operations go on at
/// once, where one of twice the length would have the processor wait.
#[inline(always)]
pub fn polynomial_and_slope<const FMA: bool, const N: usize>(
    coefficients: &[f64; N],
    t: f64,
    s: f64,
) -> [f64; 2] {
    let (t2, s2, sum) = (t * t, s * s, s + t);
    let (even, odd) = ((N - 1) / 2 * 2, N / 2 * 2 - 1);
    let [a, a_slope] = every_second::<FMA, N>(coefficients, even, t2, s2);
    let [b, b_slope] = every_second::<FMA, N>(coefficients, odd, t2, s2);
    [mul_add::<FMA>(t, b, a), mul_add::<FMA>(sum, mul_add::<FMA>(s, b_slope, a_slope), b)]
}

/// The polynomial of every second coefficient down from the `highest`, and its divided difference:
/// Horner's partial sums at `t` are the coefficients of the quotient.
#[inline(always)]
fn every_second<const FMA: bool, const N: usize>(
    coefficients: &[f64; N],
    highest: usize,
    t: f64,
    s: f64,
) -> [f64; 2] {
    let mut slope = coefficients[highest];
    let mut value = mul_add::<FMA>(slope, t, coefficients[highest - 2]);
    let mut i = highest - 2;
    while i >= 2 {
        i -= 2;
        slope = mul_add::<FMA>(slope, s, value);
        value = mul_add::<FMA>(value, t, coefficients[i]);
    }
    [value, slope]
}

/// `exp(x) = (1 + fraction) 2^exponent`, with `|ln(1 + fraction)| <= ln(2)/2`.
pub struct Exponential {
    /// Of the power of two, less one.
    pub fraction: f64,
    /// The power of two, a whole number.
    pub exponent: f64,
}

/// `2^n` for an integer from -1022 to 1023.
#[inline(always)]
fn power_of_two(n: f64) -> f64 {
    f64::from_bits(((n + ROUND).to_bits().wrapping_add(1023)) << 52)
}

impl Exponential {
    /// `exp(high + low)` for `-1400 <= high <= 0`, `low` small beside it.
    #[inline(always)]
    pub fn of<const FMA: bool>(high: f64, low: f64) -> Exponential {
        let exponent = (high * LOG2_E + ROUND) - ROUND;
        let r = mul_add::<FMA>(exponent, -LN_2_HIGH, high);
        let r = r + mul_add::<FMA>(exponent, -LN_2_LOW, low);
        let fraction = mul_add::<FMA>(r * r, polynomial::<FMA, _>(&EXPONENTIAL, r), r);
        Exponential { fraction, exponent }
    }

    /// Its value; zero where that is below about 1e-301.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        let power = if self.exponent < -1000.0 { 0.0 } else { power_of_two(self.exponent.max(-1000.0)) };
        power + self.fraction * power
    }

    /// `1 - exp(x)`, accurate also for small `x`.
    #[inline(always)]
    pub fn one_minus(&self) -> f64 {
        let power = power_of_two(self.exponent.max(-1000.0));
        (1.0 - power) - self.fraction * power
    }

    /// `factor (1 + fraction) 2^exponent`: in two steps, so that it underflows only if the result does.
    #[inline(always)]
    pub fn times(&self, factor: f64) -> f64 {
        let half = (0.5 * self.exponent + ROUND) - ROUND;
        let scaled = (factor + factor * self.fraction) * power_of_two(half);
        scaled * power_of_two(self.exponent - half)
    }
}

/// `ln(high + low)`, `high` normal, `low` below its rounding error.
#[inline(always)]
fn ln_of_sum<const FMA: bool>(high: f64, low: f64) -> f64 {
    // high = m 2^k with m from sqrt(1/2) to sqrt(2)
    let bits = high.to_bits();
    let biased = bits.wrapping_sub(SQRT_HALF).wrapping_add(ONE) >> 52;
    let k = f64::from_bits(biased | TWO_52) - (4_503_599_627_370_496.0 + 1023.0);
    let m = f64::from_bits(bits.wrapping_sub(biased << 52).wrapping_add(ONE));
    let low = low * f64::from_bits(2046u64.wrapping_sub(biased) << 52);
    let above = (m - 1.0) + low;
    let s = above / (2.0 + above); // ln m = 2 artanh(s)
    let s2 = s * s;
    let tail = mul_add::<FMA>(s * s2, polynomial::<FMA, _>(&LOGARITHM, s2), k * LN_2_LOW);
    mul_add::<FMA>(k, LN_2_HIGH, mul_add::<FMA>(2.0, s, tail))
}

/// `x^n` for `x >= 0` and a finite `n > 0`, to about 2 units in the last place: the logarithm with twice
/// the digits, as the exponential of a large number needs them.
#[inline(always)]
pub fn power<const FMA: bool>(x: f64, n: f64) -> f64 {
    const TWO_54: f64 = 18_014_398_509_481_984.0;
    let small = x < f64::MIN_POSITIVE;
    let (k, above) = split(if small { x * TWO_54 } else { x });
    let k = if small { k - 54.0 } else { k };
    // ln m = 2 artanh(s), s = above/(2 + above) as the sum of two
    let divisor = 2.0 + above;
    let reciprocal = 1.0 / divisor;
    let s = above * reciprocal;
    let product = s * divisor;
    let rest = (above - product) - product_error::<FMA>(s, divisor, product);
    let s_low = (rest - s * (above - (divisor - 2.0))) * reciprocal;
    let s2 = s * s;
    let tail = mul_add::<FMA>(s * s2, polynomial::<FMA, _>(&LOGARITHM, s2), k * LN_2_LOW);
    // k LN_2_HIGH is exact, and zero or larger than the rest
    let whole = k * LN_2_HIGH;
    let high = whole + 2.0 * s;
    let low = (2.0 * s - (high - whole)) + (2.0 * s_low + tail);
    let exponent = n * high;
    let exponent_low = mul_add::<FMA>(n, low, product_error::<FMA>(n, high, exponent));
    // where the exponential is zero or infinite already; a comparison with NaN is false, so that it stays
    let clamped = if exponent > 1400.0 { 1400.0 } else { exponent };
    let clamped = if exponent < -1400.0 { -1400.0 } else { clamped };
    let value = Exponential::of::<FMA>(clamped, exponent_low).times(1.0);
    let value = if x == 0.0 { 0.0 } else { value };
    if x < f64::INFINITY { value } else { x } // also NaN, which `split` would not keep
}

/// `exp(-x)` and `1 - exp(-x)` for `x >= 0`.
#[inline(always)]
pub fn decay<const FMA: bool>(x: f64) -> [f64; 2] {
    let x = if x > 1400.0 { 1400.0 } else { x };
    let e = Exponential::of::<FMA>(-x, 0.0);
    [e.value(), e.one_minus()]
}

/// `x = m 2^k` with `m` from `sqrt(1/2)` to `sqrt(2)`: `k` and `m - 1`, exact. `x` positive and normal.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let bits = x.to_bits();
    let biased = bits.wrapping_sub(SQRT_HALF).wrapping_add(ONE) >> 52;
    let k = f64::from_bits(biased | TWO_52) - (4_503_599_627_370_496.0 + 1023.0);
    (k, f64::from_bits(bits.wrapping_sub(biased << 52).wrapping_add(ONE)) - 1.0)
}

const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE: u64 = 0x3ff0_0000_0000_0000;
const TWO_52: u64 = 0x4330_0000_0000_0000;

/// `ln x`, `x` positive and normal.
#[inline(always)]
pub fn ln<const FMA: bool>(x: f64) -> f64 {
    ln_of_sum::<FMA>(x, 0.0)
}

/// `ln(1 + x)`, `x > -1`, accurate also for small `x`.
#[inline(always)]
pub fn ln_1p<const FMA: bool>(x: f64) -> f64 {
    let high = 1.0 + x;
    let part = high - 1.0;
    ln_of_sum::<FMA>(high, (1.0 - (high - part)) + (x - part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against_std<const FMA: bool>() {
        for i in 0..100_000 {
            let x = -740.0 * (i as f64 / 1e5).powi(3);
            let e = Exponential::of::<FMA>(x, 0.0);
            let close = |ours: f64, exact: f64| (ours - exact).abs() <= 4e-16 * exact.abs();
            assert!(close(e.times(1.0), x.exp()) || x < -708.0, "{x}");
            assert!(close(e.value(), x.exp()) || x < -690.0, "{x}");
            assert!(close(e.one_minus(), -x.exp_m1()), "{x}");
            let y = (i as f64 - 5e4) / 100.0;
            for y in [y.exp(), 1.0 + 1e-3 * y / 500.0] {
                assert!((ln::<FMA>(y) - y.ln()).abs() <= 4e-16 * y.ln().abs(), "{y}");
            }
            for y in [y.exp(), -(-y.abs()).exp() * 0.9] {
                assert!(close(ln_1p::<FMA>(y), y.ln_1p()), "{y}");
            }
        }
        let mut worst: f64 = 0.0;
        for i in 0..100_000 {
            let x = (14.0 * (i as f64 - 5e4) / 1e3).exp();
            for n in [0.3, 1.0, 1.7, 2.2, 3.4, 10.0] {
                let exact = x.powf(n);
                if x.is_finite() && (1e-300..1e300).contains(&exact) {
                    worst = worst.max((power::<FMA>(x, n) / exact - 1.0).abs());
                }
            }
        }
        // 2 units in the last place; the standard library's own error is below one.
        assert!(worst <= 2.0 * f64::EPSILON, "power: {worst:e}");
        for (x, n) in
            [(0.0, 0.3), (0.0, 5.0), (f64::INFINITY, 0.3), (1e300, 2.0), (1e-300, 2.0), (5e-324, 0.5)]
        {
            let (ours, exact): (f64, f64) = (power::<FMA>(x, n), f64::powf(x, n));
            assert!(ours == exact || (ours / exact - 1.0).abs() <= 4e-16, "{x}^{n}: {ours}");
        }
        assert!(power::<FMA>(f64::NAN, 1.5).is_nan() && decay::<FMA>(f64::NAN)[1].is_nan());
        assert_eq!(decay::<FMA>(f64::INFINITY), [0.0, 1.0]);
        assert_eq!(Exponential::of::<FMA>(-1400.0, 0.0).times(1e200), 0.0);
        assert_eq!(Exponential::of::<FMA>(-745.0, 0.0).times(1.0), 5e-324);
    }

    #[test]
    fn elementary_functions() {
        against_std::<false>();
        against_std::<true>();
    }
}
