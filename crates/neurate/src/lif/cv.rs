//! Coefficient of variation of the interspike interval.

use super::extremes::{Regime, deterministic_integral, scaled_interval};
use super::integrals::Limits;
use super::neuron::LifNeuron;
use neurate_numerics::special::quadrature::gauss_legendre;
use neurate_numerics::special::{dawson, erf, erfcx};
use std::f64::consts::PI;

/// Coefficient of variation of the interspike interval (Brunel 2000, eq. A1),
/// `CV^2 = 2 pi r^2 tau^2 int_{y_r}^{y_t} dx exp(x^2) int_{-inf}^x dy exp(y^2) (1 + erf y)^2`.
///
/// Arguments as for [`ricciardi`](super::ricciardi()). Without noise it is 0 at and above
/// threshold, and 1, the limit, below. Infinite `sigma` gives 0, or infinity without refractory
/// period.
pub fn ricciardi_cv(neuron: &LifNeuron, mu: f64, sigma: f64) -> f64 {
    match Regime::of(neuron, mu, sigma) {
        Regime::Undefined => f64::NAN,
        Regime::Silent => 1.0,
        Regime::AtThresholdWithoutNoise => 0.0,
        Regime::Swamped => {
            if neuron.tau_ref > 0.0 {
                0.0
            } else {
                f64::INFINITY
            }
        }
        Regime::Driven => driven(neuron, mu, sigma),
        Regime::Noisy(noisy) => {
            let (limits, scaled) = (&noisy.limits, noisy.scaled());
            // both times exp(-max(b, 0)^2)
            let exponent = limits.threshold.high.max(0.0).powi(2) - scaled.exponent.high;
            let interval = scaled_interval(neuron, &scaled) * (-exponent).exp();
            let variance =
                if limits.threshold.high <= -FAR { far_variance(limits) } else { variance(limits) };
            neuron.tau_m / interval * (2.0 * PI * variance).sqrt()
        }
    }
}

/// Far above threshold, to leading order in `sigma`:
/// `CV^2 = r^2 tau^2 sigma^2/2 (1/(mu-threshold)^2 - 1/(mu-reset)^2)`.
fn driven(neuron: &LifNeuron, mu: f64, sigma: f64) -> f64 {
    let gap = neuron.threshold - neuron.reset;
    let (from_threshold, from_reset) = (mu - neuron.threshold, mu - neuron.reset);
    if from_threshold.is_infinite() {
        return 0.0;
    }
    let interval = neuron.tau_ref + neuron.tau_m * deterministic_integral(from_threshold, gap);
    let (p, q) = (sigma / from_threshold, sigma / from_reset);
    neuron.tau_m / interval * (0.5 * p * (gap / from_reset) * (p + q)).sqrt()
}

/// Above threshold by more `sigma` than this, [`far_variance`] is exact to rounding.
const FAR: f64 = 20.0;

/// `k_j/(2j+2)`, where `pi exp(x^2) int_{-inf}^x exp(y^2) (1+erf y)^2 dy = sum_j k_j |x|^(-2j-3)`
/// for large negative `x`: it obeys `K' = 2xK + F^2`, hence `2 k_j = f_j - (2j+1) k_(j-1)` with
/// `f_j` the coefficients of `pi erfcx(|x|)^2`; from exact fractions.
const FAR_SERIES: [f64; 10] = [
    0.25,
    -0.3125,
    2.0 / 3.0,
    -2.03125,
    8.090625,
    -39.93359375,
    235.620_535_714_285_72,
    -1_619.47265625,
    12_716.274_414_062_5,
    -112_351.783_447_265_62,
];

/// The double integral, when both limits are far below zero: the series integrated term by term,
/// the differences of powers divided by the first one.
fn far_variance(limits: &Limits) -> f64 {
    let (p, q) = (1.0 / limits.threshold.high.abs(), 1.0 / limits.reset.abs());
    let (p2, q2) = (p * p, q * q);
    let mut sum = 0.0;
    let (mut divided, mut power) = (1.0, 1.0);
    for c in FAR_SERIES {
        sum += c * divided;
        power *= q2;
        divided = p2 * divided + power;
    }
    (limits.gap * q) * p * (p + q) * sum / PI
}

/// `exp(-2 exponent)` times the double integral, the integral over `x` done first: with Dawson's
/// function `D`, `int_{max(a,y)}^b exp(x^2) dx = [exp(x^2) D(x)]`, and
///
/// ```text
/// int_{-inf}^b dy exp(y^2) (1+erf y)^2 [exp(b^2) D(b) - exp(x^2) D(x)],   x = max(a, y)
/// ```
///
/// Panels double in width away from `b`, and again from `a` downwards: near those points the
/// integrand falls over a length of about `1/|y|`, and further away more slowly.
fn variance(limits: &Limits) -> f64 {
    let b = limits.threshold.high;
    // below -1e9 there is less than rounding, algebraic as it is: 1/(4 pi y^2)
    let (a, gap) = if limits.reset < -1e9 { (-1e9, b + 1e9) } else { (limits.reset, limits.gap) };
    let mut sum = 0.0;
    let mut panels = |scale: f64, end: f64, f: &dyn Fn(f64) -> f64| {
        let (mut start, mut width) = (0.0, 0.5 / (1.0 + scale.abs()));
        while start < end {
            let [part] = gauss_legendre(start, width.min(end - start), |t| [f(t)]);
            sum += part;
            start += width;
            width *= 2.0;
        }
    };
    panels(b, gap, &|t| integrand(b, b - t, t, 0.0));
    // the rest falls like exp(y|y|): stop where that is exp(-60)
    let signed_square = a * a.abs() - 60.0;
    let lowest = signed_square.abs().sqrt().copysign(signed_square);
    let depth = if a < -1.0 { 60.0 / (lowest.abs() - a) } else { a - lowest };
    panels(a, depth, &|u| integrand(b, a - u, gap, u));
    sum
}

/// The integrand of [`variance`] at `y`, where `x = b - from_b` and `y = x - from_x`.
fn integrand(b: f64, y: f64, from_b: f64, from_x: f64) -> f64 {
    let x = b - from_b;
    // exponents of the two terms of the bracket
    let lag = from_x * (x + y);
    let (one_plus_erf, at_b, at_x) = if y >= 0.0 {
        let at_b = -(from_b + from_x) * (b + y);
        (1.0 + erf(y), at_b, at_b - from_b * (b + x))
    } else if b > 0.0 {
        (erfcx(-y), -y * y - b * b, lag - 2.0 * b * b)
    } else {
        (erfcx(-y), (from_b + from_x) * (b + y), lag)
    };
    let bracket = if from_b * (1.0 + b.abs()) < 0.25 {
        let [mean] = gauss_legendre(0.0, from_b, |v| [(-v * (2.0 * b - v)).exp()]);
        at_b.exp() * mean
    } else {
        at_b.exp() * dawson(b) - at_x.exp() * dawson(x)
    };
    one_plus_erf * one_plus_erf * bracket
}
