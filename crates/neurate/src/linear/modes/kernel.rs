//! The kernel of a feedforward link between two modes.

use neurate_numerics::linalg::Complex;

/// `g(t) = (e^(-k2 t) - e^(-k1 t)) / (k1 - k2)`, zero for `t < 0`: what mode 1 (decay rate `k1`)
/// does after mode 2 (decay rate `k2`) was set to one, per feedforward weight over tau.
///
/// Note the sign: `k1 - k2` in the denominator, so that a positive link drives upwards. Written as
/// `t e^(-(k1+k2)t/2) sinhc((k1-k2)t/2)`, which has no division by zero: `k1 = k2` gives
/// `t e^(-kt)` (THEORY S10, E13).
pub fn feedforward_kernel(k1: Complex, k2: Complex, t: f64) -> Complex {
    if t < 0.0 {
        return Complex::new(0.0, 0.0);
    }
    let x = (k1 - k2) * (0.5 * t);
    if x.norm() < 1.0 {
        return t * (-(k1 + k2) * (0.5 * t)).exp() * sinhc(x);
    }
    ((-k2 * t).exp() - (-k1 * t).exp()) / (k1 - k2)
}

/// `sinh(x)/x` by its series for `|x| < 1`: fourteen terms leave less than one unit of rounding.
fn sinhc(x: Complex) -> Complex {
    let x2 = x * x;
    let mut term = Complex::new(1.0, 0.0);
    let mut sum = term;
    for k in 1..14 {
        term *= x2 / f64::from(2 * k * (2 * k + 1));
        sum += term;
    }
    sum
}

/// When and how high the kernel of two real, positive decay rates peaks.
pub fn kernel_peak(k1: f64, k2: f64) -> (f64, f64) {
    // ln(k1/k2)/(k1-k2), with ln_1p so that equal rates are no special case but a limit.
    let x = (k1 - k2) / k2;
    let time = if x.abs() < 1e-9 { (1.0 - 0.5 * x) / k2 } else { x.ln_1p() / (k1 - k2) };
    let value = feedforward_kernel(Complex::new(k1, 0.0), Complex::new(k2, 0.0), time).re;
    (time, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn g(k1: f64, k2: f64, t: f64) -> f64 {
        feedforward_kernel(Complex::new(k1, 0.0), Complex::new(k2, 0.0), t).re
    }

    #[test]
    fn sign_causality_and_degenerate_limit() {
        // THEORY E13.
        assert!((g(1.3, 0.4, 2.0) - 0.416_728_206_558_764).abs() < 1e-14);
        assert!((g(1.3, 0.4, 2.0 - 0.7) - 0.455_556_693_308_006).abs() < 1e-14);
        assert_eq!(g(1.3, 0.4, -1.0), 0.0);
        assert!((g(0.7, 0.7, 3.0) - 3.0 * (-2.1f64).exp()).abs() < 1e-15);
        // Nearly equal rates: expansion in d = k1 - k2 about the limit, t e^(-kt) (1 - d t / 2).
        for d in [1e-6, 1e-9, 1e-12, -1e-9] {
            let limit = 3.0 * (-2.1f64).exp() * (1.0 - d * 3.0 / 2.0);
            assert!((g(0.7 + d, 0.7, 3.0) - limit).abs() < 1e-12, "{d}");
        }
        // Symmetric in the two rates, continuous across the switch of formulas at |x| = 1.
        for t in [1.999, 2.0, 2.001] {
            assert!((g(1.5, 0.5, t) - g(0.5, 1.5, t)).abs() < 1e-16);
            let plain = ((-0.5 * t).exp() - (-1.5 * t).exp()) / 1.0;
            assert!((g(1.5, 0.5, t) - plain).abs() < 1e-15);
        }
    }

    #[test]
    fn peaks_of_the_lecture() {
        // THEORY S10: Murphy & Miller, W_FF = 9, lambda_1 = -3/7, tau = 1.
        let (t, v) = kernel_peak(10.0 / 7.0, 1.0);
        assert!((t - 0.832_241_535_857).abs() < 1e-12 && (9.0 * v - 2.740_959_653_38).abs() < 1e-10);
        let (t, v) = kernel_peak(2.0, 2.0);
        assert!((t - 0.5).abs() < 1e-15 && (v - 0.5 / std::f64::consts::E).abs() < 1e-15);
    }
}
