//! Eigenvalues without what is rounding in them.

use crate::linear::Linearization;
use neurate_numerics::linalg::Complex;

/// A number with what is rounding against `scale` taken for zero: eigenvalues are known to about `1e-14 ‖M‖`, and
/// 1.8e-15 only raises questions.
pub(crate) fn clean(z: Complex, scale: f64) -> Complex {
    let snap = |x: f64| if x.abs() < 1e-13 * scale { 0.0 } else { x };
    Complex::new(snap(z.re), snap(z.im))
}

/// An eigenvalue of the modes' matrix, cleaned; where its mode neither grows nor decays, to rounding of the Jacobian, its
/// real part is 1: then the mode integrates, and 3e16 ms says nothing.
pub(super) fn clean_mode(z: Complex, scale: f64, l: &Linearization) -> Complex {
    let z = clean(z, scale);
    if (z.re - 1.0).abs() <= l.rounding * l.tau_0 { Complex::new(1.0, z.im) } else { z }
}
