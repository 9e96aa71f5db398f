//! Error functions of real argument.

use errorfunctions::RealErrorFunctions;

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
