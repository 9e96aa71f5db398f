//! Error functions of real argument, and the integrand of Ricciardi's integral,
//! `F(y) = exp(y^2) (1 + erf y)`, with its derivatives and its integral on the negative axis.

use errorfunctions::RealErrorFunctions;
use std::f64::consts::{FRAC_2_SQRT_PI, PI};

/// `erf(x)`, the error function.
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// `erfc(x) = 1 - erf(x)`.
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// `exp(x^2) erfc(x)`, infinite below about -26.64.
pub fn erfcx(x: f64) -> f64 {
    RealErrorFunctions::erfcx(x)
}

/// Dawson's function `exp(-x^2)` times the integral of `exp(u^2)` over `[0, x]`.
pub fn dawson(x: f64) -> f64 {
    RealErrorFunctions::dawson(x)
}

/// `[F, F', F'']` at `-x`, for `x >= 0`, each to a few units in the last place.
///
/// All derivatives are positive, `F^(n)(-x) = (2/sqrt pi) int_0^inf (2t)^n exp(-t^2-2xt) dt`, and
/// obey `F' = 2/sqrt pi - 2 x F`, `F^(n+1) = -2x F^(n) + 2n F^(n-1)`. Upwards that cancels once
/// `x` is large. Downwards it does not: with `d_n = x^n F^(n)/n!`,
/// `d_(n-1) = d_n + (n+1)/(2x^2) d_(n+1)`, started anywhere (Miller's algorithm).
pub(super) fn derivatives_at_minus(x: f64) -> [f64; 3] {
    if x < 2.0 {
        let f = erfcx(x);
        let f1 = FRAC_2_SQRT_PI - 2.0 * x * f;
        return [f, f1, 2.0 * (f - x * f1)];
    }
    let q = 0.5 / (x * x);
    let steps = 8.0 + 700.0 * q;
    let (mut d, mut d1, mut d2) = (1.0, 0.0, 0.0);
    let mut n = steps.floor();
    while n > 0.0 {
        (d, d1, d2) = (d + q * (n + 1.0) * d1, d, d1);
        n -= 1.0;
    }
    let (ratio1, ratio2) = (d1 / d, d2 / d);
    let f = FRAC_2_SQRT_PI / (2.0 * x + ratio1 / x);
    [f, f * ratio1 / x, 2.0 * f * ratio2 / x / x]
}

/// `weight * [F, F', F'']` at `y`, where the caller gives the weight in two forms that do not
/// overflow: `weight` and `weight * exp(max(y, 0)^2)`.
pub(super) fn weighted_derivatives(y: f64, weight: f64, weight_exp: f64) -> [f64; 3] {
    if y < 0.0 {
        return derivatives_at_minus(-y).map(|f| weight * f);
    }
    let f = weight_exp * (1.0 + erf(y));
    let f1 = 2.0 * y * f + FRAC_2_SQRT_PI * weight;
    [f, f1, 2.0 * (f + y * f1)]
}

/// Where [`erfcx_integral`] changes from a Chebyshev series to the asymptotic one.
const FAR: f64 = 8.0;

/// Chebyshev coefficients (the first one halved already) of `L(x)/x`, `L(x) = int_0^x erfcx`, in
/// `s = 12/(x+4) - 2`, which takes `[0, 8]` to `[1, -1]`. mpmath: quadrature of
/// `exp(u^2) erfc(u)` with 40 digits at 40 Chebyshev nodes, discrete cosine transform.
const ERFCX_MEAN: [f64; 25] = [
    0.546_310_681_830_868_7,
    0.380_623_936_065_951_1,
    0.060_180_942_949_723_81,
    0.011_082_339_368_503_636,
    0.001_569_700_712_533_746_4,
    2.124_804_296_479_862_5e-4,
    1.834_812_733_200_269_3e-5,
    1.617_907_313_518_249_6e-6,
    -5.131_202_062_748_618e-8,
    7.069_660_138_915_455e-9,
    -3.727_696_311_444_937e-9,
    6.972_250_586_749_036e-10,
    -1.477_098_536_816_596e-10,
    3.532_010_130_720_852e-11,
    -8.188_570_660_905_855e-12,
    1.896_814_432_267_638e-12,
    -4.470_343_245_777_463e-13,
    1.063_094_468_511_104_6e-13,
    -2.541_469_394_047_481e-14,
    6.111_785_190_183_006e-15,
    -1.478_351_237_791_433_5e-15,
    3.593_943_285_021_652_7e-16,
    -8.776_048_009_070_245e-17,
    2.151_819_139_421_594e-17,
    -5.296_051_829_162_745e-18,
];

/// Coefficients of `x^(-2j)`, `j = 1..16`, in `sqrt(pi) L(x) - ln(2x) - gamma/2` for large `x`:
/// `(-1)^(j+1) (2j-1)!!/(2^j 2j)`, from the asymptotic series of `erfcx`.
const FAR_SERIES: [f64; 16] = [
    0.25,
    -0.1875,
    0.3125,
    -0.820_312_5,
    2.953_125,
    -13.535_156_25,
    75.410_156_25,
    -494.879_150_390_625,
    3_739.086_914_062_5,
    -31_969.193_115_234_375,
    305_160.479_736_328_1,
    -3_216_900.057_220_459,
    37_118_077.583_312_99,
    -465_301_615.419_387_8,
    6_297_081_862.009_048,
    -91_504_470_807.318_98,
];

/// `ln 2 + gamma/2`.
const FAR_CONSTANT: f64 = 0.981_755_013_010_711_7;

/// Integral of `erfcx` over `[p, q]`, `0 <= p < q`. Loses digits if `q - p` is small beside `q`.
pub(super) fn erfcx_integral(p: f64, q: f64) -> f64 {
    if p >= FAR {
        ((q / p).ln() + far_series(q) - far_series(p)) / PI.sqrt()
    } else {
        erfcx_integral_from_zero(q) - erfcx_integral_from_zero(p)
    }
}

fn erfcx_integral_from_zero(x: f64) -> f64 {
    if x >= FAR {
        return (x.ln() + FAR_CONSTANT + far_series(x)) / PI.sqrt();
    }
    let s = 12.0 / (x + 4.0) - 2.0;
    // Clenshaw's recurrence
    let (mut b1, mut b2) = (0.0, 0.0);
    for &c in ERFCX_MEAN[1..].iter().rev() {
        (b1, b2) = (c + 2.0 * s * b1 - b2, b1);
    }
    x * (ERFCX_MEAN[0] + s * b1 - b2)
}

fn far_series(x: f64) -> f64 {
    let z = 1.0 / (x * x);
    z * FAR_SERIES.iter().rev().fold(0.0, |sum, c| sum * z + c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_against_mpmath() {
        let text = include_str!("../../tests/reference/special_functions.csv");
        let mut worst = [0.0f64; 3];
        for line in text.lines().skip(1) {
            let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            let ours = derivatives_at_minus(row[0]);
            for (i, exact) in [row[3], row[5], row[6]].into_iter().enumerate() {
                worst[i] = worst[i].max((ours[i] / exact - 1.0).abs());
            }
        }
        println!("{worst:?}");
        // below x = 2, F'' loses a digit or two
        assert!(worst[0] < 1e-15 && worst[1] < 5e-15 && worst[2] < 4e-14);
    }

    #[test]
    fn integral_joins_its_series() {
        // additive across the change of formula; its values are tested through the rates
        for (p, q) in [(0.0, 7.999_999_999), (1.0, 8.0), (8.0, 40.0), (3.0, 1e5)] {
            let whole = erfcx_integral(p, q);
            let middle = 0.5 * (p + q);
            let parts = erfcx_integral(p, middle) + erfcx_integral(middle, q);
            assert!((parts / whole - 1.0).abs() < 3e-15, "{p} {q}");
        }
        let jump = erfcx_integral_from_zero(FAR) - erfcx_integral_from_zero(FAR.next_down());
        assert!(jump.abs() < 2e-15);
    }
}
