//! The pseudospectral abscissa: how far right small changes can move the eigenvalues.

use super::decomposition::Decomposition;
use super::robustness::{Bracket, LEVEL, Lines};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Complex, Matrix};

/// The pseudospectral abscissa.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PseudospectralAbscissa {
    /// `a_eps(A) = max { Re z : s_min(z - A) <= eps }`.
    pub abscissa: Bracket,
    /// Where it is reached (the member of the pair with positive imaginary part).
    pub at: Complex,
}

/// The pseudospectral abscissa `a_eps(A)` of `a` (n x n) for `eps > 0`: how far right a change of
/// norm eps can move an eigenvalue.
///
/// Steps to the right as in the criss-cross method (Burke, Lewis & Overton, IMA J. Numer. Anal. 23,
/// 359, 2003), with Newton's method along the ridge instead of horizontal searches; then one
/// vertical search just right of the end, which certifies it or shows where to go on.
///
/// # Errors
/// `eps` is not positive, `a` is not square or not finite, or an eigenproblem did not converge.
pub fn pseudospectral_abscissa(a: &Matrix, eps: f64) -> Result<PseudospectralAbscissa> {
    if !(eps > 0.0 && eps.is_finite()) {
        return Err(Error::invalid(format!("a pseudospectrum needs a positive finite epsilon, not {eps}")));
    }
    let mut lines = Lines::new(&Decomposition::new(a.clone()))?;
    let mut x = lines.abscissa;
    let rightmost = lines.resolvent.eigenvalues().into_iter().max_by(|a, b| a.re.total_cmp(&b.re));
    let mut y = rightmost.map_or(0.0, |z| z.im.abs());
    let margin = LEVEL * eps + 1e-13 * lines.norm;
    for _ in 0..60 {
        (x, y) = lines.ridge(x, y, eps)?;
        match lines.below(x + margin, eps, y)? {
            None => {
                let abscissa = Bracket { lower: x, upper: x + margin };
                // On the real axis, if that does as well.
                let real = lines.singular(x, 0.0)?.value <= eps * (1.0 + 1e-12);
                return Ok(PseudospectralAbscissa {
                    abscissa,
                    at: Complex::new(x, if real { 0.0 } else { y.abs() }),
                });
            }
            Some(found) => (x, y) = (x + margin, found),
        }
    }
    Err(Error::not_converged(format!("the pseudospectral abscissa for epsilon = {eps}")))
}

impl Lines {
    /// From a point at which `s_min <= eps` to the right, along local minima of vertical lines, until
    /// it is eps.
    fn ridge(&mut self, x: f64, y: f64, eps: f64) -> Result<(f64, f64)> {
        let slack = 1e-13 * eps + 1e-15 * self.norm; // what is eps to rounding
        let (mut x, mut found) = (x, self.descend(x, y)?);
        let mut reach = eps;
        for _ in 0..200 {
            let missing = eps - found.1.value;
            if missing <= slack {
                break;
            }
            // s_min is 1-Lipschitz: as far as `missing` is always allowed. Newton's step goes further,
            // within a reach that adapts (at an eigenvalue there is no slope, beside one none worth
            // following).
            let slope = found.1.gradient[0];
            let newton = if slope > 0.0 { missing / slope } else { f64::INFINITY };
            let step = newton.min(reach).max(missing);
            let next = self.descend(x + step, found.0)?;
            if next.1.value <= eps + slack {
                if x + step == x {
                    break;
                }
                (x, found) = (x + step, next);
                reach = 4.0 * step;
            } else if step <= missing * (1.0 + 1e-9) {
                break;
            } else {
                reach = 0.25 * step;
            }
        }
        Ok((x, found.0))
    }
}
