//! Integrals of `t^b exp(-t^2/2 + x t) dt/t` over `[0, inf)`, complex `b`, along a path through the
//! saddle point.
//!
//! With `t = t* exp(w)`, `t*^2 - x t* = b` (the root with positive real part), the exponent is
//!
//! ```text
//! b ln t - t^2/2 + x t = phi* + phi(w),    phi(w) = -b (exp(w) - 1 - w) - t*^2 (exp(w) - 1)^2/2
//! ```
//!
//! `phi` has no linear term, and `phi''(0) = -(b + t*^2)`. The path is a graph `w = p + i q(p)`: at
//! the saddle it has the direction of steepest descent; to the right it comes down to the real
//! axis of `t`, where `-t^2/2` falls fastest; to the left it winds around `t = 0`, where `t^b`
//! falls even if `b` is imaginary. On it the terms of the trapezoidal sum hardly change sign: they
//! add up to more than the largest of them wherever measured, `|b|` up to 2e3, `x` from -1e4 to 40.
//! So sums have the precision of their terms; and as the integrand is analytic, the rule converges
//! exponentially (so Gil, Segura and Temme compute parabolic cylinder functions, on steepest
//! paths).

use num_complex::Complex64;
use std::f64::consts::PI;

/// The saddle point, and the scale of the integrals: all are in units of `exp(phi*)`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saddle {
    /// `b`.
    exponent: Complex64,
    /// `t*`.
    pub point: Complex64,
    /// `t*^2`.
    square: Complex64,
    /// `sqrt(x^2 + 4 b) = 2 t* - x`.
    root: Complex64,
    x: f64,
}

/// Distance of the nodes, in units of the width `1/sqrt(|b + t*^2| + BROADEST)` of the peak. With
/// these constants the rule is exact to 1e-14, by 60 nodes in the mean and 140 at most.
const STEP: f64 = 0.28;
/// Bounds the distance of nodes where the peak is broad and its neighborhood is not Gaussian.
const BROADEST: f64 = 7.0;
/// To the left nodes are `p = u - LEFT (exp(-u) - 1)`, `u` equidistant: the tail there is only
/// exponential in `p`.
const LEFT: f64 = 0.4;
/// Slope of the path at its far left; at the saddle it is at most 1.26.
const WINDING: f64 = 1.75;
/// Below this slope at the saddle the path is parallel to the real axis: it would wind so far to
/// the left that nodes are sparse there.
const STRAIGHT: f64 = 0.03;
/// Terms below this fraction of the largest end the sum.
const NEGLIGIBLE: f64 = 1e-17;
/// No sum needs as many nodes in one direction.
const MOST_NODES: usize = 5000;

impl Saddle {
    /// For `Re b > 0`, `|x| <= 1e150`, `|b| <= 1e100`.
    pub fn new(b: Complex64, x: f64) -> Saddle {
        let root = (x * x + 4.0 * b).sqrt();
        let point = if x > 0.0 { 0.5 * (root + x) } else { 2.0 * b / (root - x) };
        Saddle { exponent: b, point, square: point * point, root, x }
    }

    /// `phi*`.
    pub fn height(&self) -> Complex64 {
        self.exponent * self.point.ln() + 0.5 * (self.x * self.point - self.exponent)
    }

    /// `phi*` at `x - gap`, the argument of `lower`, minus `phi*` here; no cancellation.
    pub fn height_difference(&self, lower: &Saddle, gap: f64) -> Complex64 {
        let sum = self.point + lower.point;
        let change = gap * sum / (self.root + lower.root);
        -(self.exponent * ln_1p(change / lower.point) + 0.5 * change * sum)
    }

    /// `exp(-phi*)` times the integrals of `t^b exp(-t^2/2 + x t) f_i(t) dt/t`, where `f` gets `t`
    /// and the weight of a node, and returns the weight times each `f_i`.
    pub fn integrate<const N: usize>(
        &self,
        f: impl Fn(Complex64, Complex64) -> [Complex64; N],
    ) -> [Complex64; N] {
        let path = Path::new(self);
        let mut sum = [Complex64::ZERO; N];
        let mut largest = [0.0f64; N];
        for (start, direction) in [(0.0, 1.0), (-1.0, -1.0)] {
            for node in 0..MOST_NODES {
                let (w, dw) = path.at(start + direction * node as f64);
                let (small, grown, factor) = exp_terms(w);
                let exponent = -self.exponent * small - 0.5 * self.square * grown * grown;
                let terms = f(self.point * factor, exponent.exp() * dw);
                let mut done = true;
                for i in 0..N {
                    sum[i] += terms[i];
                    let size = terms[i].l1_norm();
                    largest[i] = largest[i].max(size);
                    done &= size <= NEGLIGIBLE * largest[i];
                }
                if done {
                    break;
                }
            }
        }
        sum
    }
}

/// The path `p + i q(p)`; `q = sign (WINDING length ln(1 + exp(start - p/length)) - angle)`, which
/// is 0 at `p = 0`.
struct Path {
    step: f64,
    sign: f64,
    angle: f64,
    length: f64,
    start: f64,
}

impl Path {
    fn new(saddle: &Saddle) -> Path {
        let curvature = saddle.exponent + saddle.square;
        let angle = saddle.point.arg();
        let slope = (0.5 * curvature.arg()).tan().abs();
        let ratio = slope / (WINDING - slope);
        Path {
            step: STEP / (curvature.norm() + BROADEST).sqrt(),
            sign: if slope > STRAIGHT { angle.signum() } else { 0.0 },
            angle: angle.abs(),
            length: angle.abs() / (WINDING * ratio.ln_1p()),
            start: ratio.ln(),
        }
    }

    /// Node number `j`: `w` and its weight.
    fn at(&self, j: f64) -> (Complex64, Complex64) {
        let u = j * self.step;
        let left = LEFT * (-u).exp();
        let p = u + LEFT - left;
        let dp = self.step * (1.0 + left);
        if self.sign == 0.0 {
            return (Complex64::new(p, 0.0), Complex64::new(dp, 0.0));
        }
        let z = self.start - p / self.length;
        let (soft, logistic) = if z > 40.0 {
            (z, 1.0)
        } else {
            let e = z.exp();
            (e.ln_1p(), e / (1.0 + e))
        };
        let q = self.sign * (WINDING * self.length * soft - self.angle);
        (Complex64::new(p, q), dp * Complex64::new(1.0, -self.sign * WINDING * logistic))
    }
}

/// Where Taylor series replace differences that cancel.
const SMALL: f64 = 0.4;

/// `2 (exp(z) - 1 - z)/z^2 = 1 + z/3 + z^2/12 + ...`, up to `z^11`, for small `z`.
fn taylor(z: Complex64) -> Complex64 {
    let mut sum = Complex64::ONE;
    for n in (3..=13).rev() {
        sum = 1.0 + sum * z * (1.0 / f64::from(n));
    }
    sum
}

/// `exp(z) - 1 - z`, `exp(z) - 1`, `exp(z)`.
fn exp_terms(z: Complex64) -> (Complex64, Complex64, Complex64) {
    if z.l1_norm() > SMALL {
        let factor = z.exp();
        let grown = factor - 1.0;
        return (grown - z, grown, factor);
    }
    let small = 0.5 * z * z * taylor(z);
    let grown = small + z;
    (small, grown, 1.0 + grown)
}

/// `exp(z) - 1`.
pub(super) fn exp_m1(z: Complex64) -> Complex64 {
    exp_terms(z).1
}

/// `(exp(z) - 1)/z`, 1 at 0.
pub(super) fn exp_m1_over(z: Complex64) -> Complex64 {
    if z.l1_norm() > SMALL { (z.exp() - 1.0) / z } else { 1.0 + 0.5 * z * taylor(z) }
}

/// `Gamma(z)`, `Re z > 0`, `|z|` of moderate size: Stirling's series, 13 steps to the right.
pub(super) fn gamma(z: Complex64) -> Complex64 {
    // B_2k/(2k (2k-1))
    const STIRLING: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let mut product = Complex64::ONE;
    for n in 0..13 {
        product *= z + f64::from(n);
    }
    let far = z + 13.0;
    let inverse = far.inv();
    let square = inverse * inverse;
    let series = inverse * STIRLING.iter().rev().fold(Complex64::ZERO, |sum, c| sum * square + c);
    ((far - 0.5) * far.ln() - far + series).exp() * (2.0 * PI).sqrt() / product
}

/// `ln(1 + z)`, `1 + z` not on the negative axis.
fn ln_1p(z: Complex64) -> Complex64 {
    let real =
        if z.l1_norm() < 0.5 { 0.5 * (2.0 * z.re + z.norm_sqr()).ln_1p() } else { (1.0 + z).norm().ln() };
    Complex64::new(real, z.im.atan2(1.0 + z.re))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_against_known_values() {
        let close = |z: Complex64, exact: Complex64| {
            assert!((gamma(z) - exact).norm() < 1e-14 * exact.norm(), "{z}: {}", gamma(z));
        };
        close(Complex64::new(0.25, 0.0), Complex64::new(3.625_609_908_221_908, 0.0));
        close(Complex64::new(5.0, 0.0), Complex64::new(24.0, 0.0));
        close(Complex64::new(1.0, 1.0), Complex64::new(0.498_015_668_118_356, -0.154_949_828_301_810_7));
    }

    /// `I(1, 0) = sqrt(pi/2)`, `I(2, 0) = 1`; and `I(b + 2) = x I(b + 1) + b I(b)`.
    #[test]
    fn integrals_obey_their_recurrence() {
        let [one, two] = Saddle::new(Complex64::ONE, 0.0).integrate(|t, w| [w, w * t]);
        let scale = Saddle::new(Complex64::ONE, 0.0).height().exp();
        assert!((one * scale - (0.5 * PI).sqrt()).norm() < 1e-14 && (two * scale - 1.0).norm() < 1e-14);
        for re in [0.3, 1.0, 20.0] {
            for im in [0.0, 1e-3, 0.3, -5.0, 40.0, -1e3, 1e6] {
                for x in [-1e8, -300.0, -42.0, -5.0, -1.0, 0.0, 0.5, 6.0, 30.0] {
                    let b = Complex64::new(re, im);
                    let [i0, i1, i2] = Saddle::new(b, x).integrate(|t, w| [w, w * t, w * t * t]);
                    let size = i2.norm() + (x * i1).norm() + (b * i0).norm();
                    assert!((i2 - x * i1 - b * i0).norm() < 1e-13 * size, "{b} {x}");
                }
            }
        }
    }
}
