//! Eigenvalues and measures of normality without what is rounding in them.

use crate::linear::Linearization;
use neurate_numerics::linalg::{Complex, Matrix};

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

/// The departure of `m` from normality, with what is rounding of its Schur form taken for zero, and its share of `‖m‖²`, from 0
/// to 1.
pub(super) fn clean_departure(m: &Matrix, departure: f64) -> (f64, f64) {
    let norm = m.frobenius();
    let departure = if departure <= 1e-14 * m.rows() as f64 * norm { 0.0 } else { departure };
    (departure, if norm > 0.0 { (departure / norm).powi(2).min(1.0) } else { 0.0 })
}
