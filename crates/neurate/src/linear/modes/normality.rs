//! Normality: whether the eigenmodes are orthogonal, and how far from it.

use super::decomposition::Decomposition;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, RealSchur, commutator_norm};

/// How far a matrix is from normal, `W W^T = W^T W`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Normality {
    /// `||W W^T - W^T W||_F / ||W||_F^2`, from 0 to sqrt 2.
    pub nu: f64,
    /// What `nu` may be of a normal matrix in rounded numbers: `1e-12 n`.
    pub tolerance: f64,
    /// Whether `nu` is zero to rounding: at most `tolerance`. From the commutator, never from angles
    /// between eigenvectors: a normal matrix with equal eigenvalues may return slanted ones.
    pub normal: bool,
    /// Henrici's departure: `sqrt(||W||_F^2 - sum |lambda|^2)`, the root of the feedforward
    /// weights' sum of squares in every Schur basis.
    pub departure: f64,
    /// A lower bound of the departure, from the commutator (Elsner & Paardekooper 1987).
    pub lower: f64,
    /// An upper bound (Henrici 1962).
    pub upper: f64,
}

/// Normality of `w` (n x n).
///
/// # Errors
/// `w` is not square or not finite, or its Schur form did not converge.
pub fn normality(w: &Matrix) -> Result<Normality> {
    normality_of(&Decomposition::new(w.clone()))
}

/// [`normality`] of a matrix with its decompositions.
///
/// # Errors
/// As [`normality`].
pub fn normality_of(w: &Decomposition) -> Result<Normality> {
    let schur = w.schur()?;
    let w = w.matrix();
    let n = w.rows() as f64;
    let tolerance = 1e-12 * n;
    // By a power of two to entries of order one: the commutator is made of their fourth powers.
    let top = w.max_abs();
    let unit = if top > 0.0 { top.log2().floor().exp2() } else { 1.0 };
    let m = w.map(|x| x / unit);
    let links =
        RealSchur { q: Matrix::zeros(0, 0), t: schur.t.scale(1.0 / unit) }.feedforward_sum_of_squares();
    let departure = unit * links.max(0.0).sqrt();
    let norm = m.frobenius();
    if norm == 0.0 {
        return Ok(Normality { nu: 0.0, tolerance, normal: true, departure: 0.0, lower: 0.0, upper: 0.0 });
    }
    let commutator = commutator_norm(&m);
    let nu = commutator / (norm * norm);
    Ok(Normality {
        nu,
        tolerance,
        normal: nu <= tolerance,
        departure,
        lower: unit * commutator / (6f64.sqrt() * norm),
        upper: unit * ((n * n * n - n) / 12.0).powf(0.25) * commutator.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dale_circuits_are_normal_only_as_exceptions() {
        // THEORY E7: [[a, -b], [d, -c]] is normal iff b = d and b (a + c) = 0.
        let nu = |rows: [[f64; 2]; 2]| normality(&Matrix::from_rows(&rows)).unwrap();
        assert!(nu([[0.0, -1.5], [1.5, 0.0]]).normal);
        assert!(nu([[0.5, 0.0], [0.0, -0.3]]).normal);
        assert!(!nu([[0.5, -1.0], [1.0, -0.2]]).normal);
        assert!(!nu([[1.0, -1.0], [1.0, -1.0]]).normal);
        assert!(nu([[0.0, 0.0], [0.0, 0.0]]).normal);
        // At every scale, where squares over- and underflow too.
        for size in [1e-200, 1e-8, 1e8, 1e200] {
            let n = nu([[size, -2.0 * size], [size, -size]]);
            assert!(!n.normal && (n.departure / size - 5f64.sqrt()).abs() < 1e-14, "{n:?}");
        }
    }

    #[test]
    fn the_pair_of_murphy_and_miller() {
        let n =
            normality(&Matrix::from_rows(&[[30.0 / 7.0, -33.0 / 7.0], [30.0 / 7.0, -33.0 / 7.0]])).unwrap();
        assert!((n.departure - 9.0).abs() < 1e-13);
        assert!(n.lower <= n.departure && n.departure <= n.upper);
    }
}
