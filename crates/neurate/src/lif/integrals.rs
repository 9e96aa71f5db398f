//! Ricciardi's integral and the differences of its integrand,
//!
//! ```text
//! J = int_a^b F,   D1 = F(b) - F(a),   D2 = b F(b) - a F(a),   F(y) = exp(y^2) (1 + erf y),
//! ```
//!
//! without branches and without loss of digits however close the limits are.
//!
//! With `E(x) = erfcx(x) = F(-x)`, `L(x) = int_0^x E`, `H(x) = 1/sqrt(pi) - x E(x)` and Dawson's
//! function `D`, for `a < b <= 0`
//!
//! ```text
//! J = L(-a) - L(-b),   D1 = E(-b) - E(-a),   D2 = H(-b) - H(-a),
//! ```
//!
//! and a positive limit `y` adds to `E(|y|)` and so on `F(y) + E(y) = 2 exp(y^2)`, whose integral
//! is `2 exp(y^2) D(y)`. All differences are divided differences, of polynomials and of `1/(1+x)`,
//! times the difference of the limits, which the caller knows without cancellation. The polynomials
//! reach to `x = -1/4`, so that nothing is split where both limits are near zero.

use neurate_numerics::special::coefficients::{DAWSON_FAR, DAWSON_NEAR, ERFCX, ERFCX_INTEGRAL};
use neurate_numerics::special::elementary::{Exponential, ln_1p, mul_add, polynomial_and_slope};
use neurate_numerics::special::two_double::TwoDouble;
use std::f64::consts::FRAC_2_SQRT_PI;

const INV_SQRT_PI: f64 = 0.5 * FRAC_2_SQRT_PI;

/// The limits of the integral, in units of `sigma` and measured from `mu`.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// `a`, at the reset.
    pub reset: f64,
    /// `b`, at the threshold; larger than `a` before rounding.
    pub threshold: TwoDouble,
    /// `b - a`, computed without cancellation.
    pub gap: f64,
}

/// Where `b` lies; the number is a parameter of [`scaled_integrals`], which holds for
/// `|a|`, `b - a < 1e60` and the `b` given here.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Side {
    /// `b <= 1/4`: the mean input is above threshold, or nearly.
    Above = 0,
    /// `1/4 <= b <= 7`.
    Below = 1,
    /// `7 <= b < 1e30`, where `exp(-b^2)` is below rounding.
    Far = 2,
}
pub(super) const ABOVE: u8 = Side::Above as u8;
pub(super) const BELOW: u8 = Side::Below as u8;
pub(super) const FAR: u8 = Side::Far as u8;

/// `exp(-max(b, 0)^2)` and, times that, `J`, `D1` and `D2`.
pub(super) struct Scaled {
    pub integral: f64,
    pub d1: f64,
    pub d2: f64,
    pub scale: Exponential,
    /// `max(b, 0)^2`.
    pub exponent: TwoDouble,
}

/// `J`, `D1`, `D2`; of the last two nothing meaningful unless `SLOPES`.
#[inline(always)]
pub(super) fn scaled_integrals<const FMA: bool, const SIDE: u8, const SLOPES: bool>(
    limits: &Limits,
) -> Scaled {
    let Limits { reset: a, threshold, gap } = *limits;
    let b = threshold.high;
    if SIDE == ABOVE {
        let d = differences::<FMA, SLOPES>(-b, -a, gap);
        let scale = Exponential { fraction: 0.0, exponent: 0.0 };
        let exponent = TwoDouble { high: 0.0, low: 0.0 };
        return Scaled { integral: d.integral, d1: d.e, d2: d.h, scale, exponent };
    }
    let exponent = threshold.squared::<FMA>();
    let out_of_range = exponent.high > 1400.0;
    let low = if out_of_range { 0.0 } else { -exponent.low };
    let scale = Exponential::of::<FMA>(-exponent.high.min(1400.0), low);

    let positive = a > 0.0;
    let a_positive = a.max(0.0);
    // exp(a^2 - b^2), and one minus it, for positive a
    let ratio = Exponential::of::<FMA>(-(gap * (a + b)).clamp(0.0, 1400.0), 0.0);
    let (ratio, rest) = if positive { (ratio.value(), ratio.one_minus()) } else { (0.0, 1.0) };
    let positive_gap = if positive { gap } else { b };
    let [dawson, difference] = if SIDE == BELOW {
        dawson_difference::<FMA, _>(&NEAR, b, a_positive, positive_gap)
    } else {
        // where a is out of the polynomials' range, exp(a^2 - b^2) is below rounding
        dawson_difference::<FMA, _>(&FAR_OUT, b, a_positive.max(FAR_LOWEST), positive_gap)
    };
    let integral = 2.0 * mul_add::<FMA>(dawson, rest, ratio * difference);
    let d1 = 2.0 * rest;
    let d2 = 2.0 * mul_add::<FMA>(b, rest, positive_gap * ratio);
    if SIDE == FAR {
        return Scaled { integral, d1, d2, scale, exponent };
    }
    let step = if positive { -gap } else { -(a + b) };
    let d = differences::<FMA, SLOPES>(b, a.abs(), step);
    let weight = scale.value();
    // F(b) - F(a) has E(a) - E(b) for positive a, -E(b) - E(|a|) otherwise
    let e = if positive { d.e } else { 2.0 * d.e_first - d.e };
    Scaled {
        integral: mul_add::<FMA>(weight, d.integral, integral),
        d1: mul_add::<FMA>(weight, -e, d1),
        d2: mul_add::<FMA>(weight, d.h, d2),
        scale,
        exponent,
    }
}

/// `L(y) - L(x)`, `E(x) - E(y)`, `H(x) - H(y)`, and `E(x)`.
struct Differences {
    integral: f64,
    e: f64,
    h: f64,
    e_first: f64,
}

/// For `x`, `y >= -1/4`, `step = y - x`. With `u = 1/(1+x)` and a polynomial `w`,
///
/// ```text
/// E = u ((1+u)/sqrt(pi) + u^2 w),   H = u^2 (1/sqrt(pi) - (1-u) w),   L = ln(1+x)/sqrt(pi) + polynomial
/// ```
#[inline(always)]
fn differences<const FMA: bool, const SLOPES: bool>(x: f64, y: f64, step: f64) -> Differences {
    // one division for four reciprocals
    let (x1, x2, y1, y2) = (1.0 + x, 2.5 + x, 1.0 + y, 2.5 + y);
    let (of_x, of_y) = (x1 * x2, y1 * y2);
    let reciprocal = 1.0 / (of_x * of_y);
    let (of_x, of_y) = (reciprocal * of_y, reciprocal * of_x);
    let (u, v) = (of_x * x2, of_y * y2);
    let (p, q) = (of_x * x1, of_y * y1);
    let (t, s) = (mul_add::<FMA>(-4.5, p, 1.0), mul_add::<FMA>(-4.5, q, 1.0));
    let t_step = 4.5 * ((step * q) * p);

    let [_, slope] = polynomial_and_slope::<FMA, _>(&ERFCX_INTEGRAL, t, s);
    let integral = mul_add::<FMA>(INV_SQRT_PI, ln_1p::<FMA>(step * u), t_step * slope);
    if !SLOPES {
        return Differences { integral, e: 0.0, h: 0.0, e_first: 0.0 };
    }
    let [w, slope] = polynomial_and_slope::<FMA, _>(&ERFCX, t, s);
    let w_step = t_step * slope;
    let u_step = (step * v) * u; // u - v
    let sum = u + v;
    let squares = mul_add::<FMA>(u, sum, v * v);
    let per_u = mul_add::<FMA>(INV_SQRT_PI, 1.0 + sum, squares * w);
    let e = mul_add::<FMA>(u_step, per_u, -(v * v) * (v * w_step));
    let e_first = u * mul_add::<FMA>(INV_SQRT_PI, 1.0 + u, u * u * w);
    let h_first = mul_add::<FMA>(u - 1.0, w, INV_SQRT_PI);
    let h_step = mul_add::<FMA>(1.0 - v, w_step, w * u_step);
    let h = mul_add::<FMA>(u_step * sum, h_first, v * v * h_step);
    Differences { integral, e, h, e_first }
}

/// `D(x) = x p(t)/(x^2 + pole)`, `t = start - width/(x^2 + shift)`.
struct Dawson<const N: usize> {
    coefficients: [f64; N],
    pole: f64,
    shift: f64,
    start: f64,
    width: f64,
}

const NEAR: Dawson<31> =
    Dawson { coefficients: DAWSON_NEAR, pole: 2.0, shift: 30.0, start: 2.2, width: 96.0 };
const FAR_OUT: Dawson<31> =
    Dawson { coefficients: DAWSON_FAR, pole: -0.5, shift: 14.0, start: 1.0, width: 52.0 };
/// From `sqrt(12)` on `FAR_OUT` holds.
const FAR_LOWEST: f64 = 3.5;

/// `D(x)` and `D(x) - D(y)`, where `gap = x - y`.
#[inline(always)]
fn dawson_difference<const FMA: bool, const N: usize>(fit: &Dawson<N>, x: f64, y: f64, gap: f64) -> [f64; 2] {
    let (x2, y2) = (x * x, y * y);
    let (x_pole, x_shift) = (x2 + fit.pole, x2 + fit.shift);
    let (y_pole, y_shift) = (y2 + fit.pole, y2 + fit.shift);
    let (of_x, of_y) = (x_pole * x_shift, y_pole * y_shift);
    let reciprocal = 1.0 / (of_x * of_y);
    let (of_x, of_y) = (reciprocal * of_y, reciprocal * of_x);
    let (rx, sx) = (of_x * x_shift, of_x * x_pole);
    let (ry, sy) = (of_y * y_shift, of_y * y_pole);
    let (t, s) = (mul_add::<FMA>(-fit.width, sx, fit.start), mul_add::<FMA>(-fit.width, sy, fit.start));
    let [p, slope] = polynomial_and_slope::<FMA, N>(&fit.coefficients, t, s);
    let step = gap * (x + y); // x^2 - y^2
    let p_step = fit.width * (step * sx * sy) * slope; // p(t) - p(s)
    let mean = p * rx;
    // of D(x)/x
    let change = mul_add::<FMA>(rx, p_step, -(p - p_step) * (step * rx * ry));
    [x * mean, mul_add::<FMA>(gap, mean, y * change)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_against_mpmath() {
        let text = include_str!("../../tests/reference/special_functions.csv");
        let mut worst = [0.0f64; 5];
        let mut note = |i: usize, ours: f64, exact: f64| worst[i] = worst[i].max((ours / exact - 1.0).abs());
        for line in text.lines().skip(1) {
            let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            let (x, erfcx, dawson, f1, f2) = (row[0], row[3], row[4], row[5], row[6]);
            // slopes as divided differences over nothing: -E' = F'(-x), -H' = F''(-x)/2
            let d = differences::<true, true>(x, x, 1e-30);
            note(0, d.e_first, erfcx);
            note(1, 1e30 * d.integral, erfcx);
            note(2, 1e30 * d.e, f1);
            note(3, 2e30 * d.h, f2);
            if x > 0.0 {
                let [value, difference] = match x {
                    ..=7.0 => dawson_difference::<true, _>(&NEAR, x, 0.0, x),
                    _ => [dawson_difference::<true, _>(&FAR_OUT, x, x, 0.0)[0], dawson],
                };
                note(4, value, dawson);
                note(4, difference, dawson);
            }
        }
        println!("{worst:?}");
        assert!(
            worst.iter().zip([1e-15, 2e-15, 4e-15, 6e-15, 2e-15]).all(|(w, most)| *w < most),
            "{worst:?}"
        );
    }

    #[test]
    fn differences_add_up() {
        for (p, q) in [(-0.25, 0.3), (0.0, 8.0), (1.0, 40.0), (3.0, 1e5), (50.0, 50.001)] {
            let m = 0.5 * (p + q);
            let over = |x: f64, y: f64| {
                let d = differences::<true, true>(x, y, y - x);
                [d.integral, d.e, d.h]
            };
            for i in 0..3 {
                let (parts, whole) = (over(p, m)[i] + over(m, q)[i], over(p, q)[i]);
                assert!((parts / whole - 1.0).abs() < 5e-15, "{p} {q} {i} {parts} {whole}");
            }
        }
    }
}
