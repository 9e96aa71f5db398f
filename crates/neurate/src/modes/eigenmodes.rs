//! Eigenmodes: what each amplifies, and what it pays in time.

use crate::error::Result;
use crate::linalg::{CMatrix, Complex, Matrix, eigen};

/// One eigenmode of `tau dr/dt = -r + M r + h`.
#[derive(Clone, Debug)]
pub struct Eigenmode {
    /// Eigenvalue of `M`.
    pub lambda: Complex,
    /// `tau / (1 - Re lambda)`: the time in which it decays; negative if it grows, infinite if it
    /// integrates.
    pub tau: f64,
    /// `1 / |1 - lambda|`: its response to a constant input along it, per input. Equal to the
    /// slowing for real eigenvalues only.
    pub static_gain: f64,
    /// Frequency of its oscillation, cycles per unit of time; 0 for real eigenvalues.
    pub frequency: f64,
    /// Pattern over units: unit norm, largest component real and positive.
    pub right: Vec<Complex>,
    /// What picks the mode out of an input, `l . e = 1`; None where the eigenbasis is too
    /// ill-conditioned to have one.
    pub left: Option<Vec<Complex>>,
    /// `||l|| ||e||`: by how much a small change of `M` can move the eigenvalue, at most.
    pub condition: f64,
}

/// All eigenmodes.
#[derive(Clone, Debug)]
pub struct Eigenmodes {
    /// The modes: descending real part, then descending imaginary part.
    pub modes: Vec<Eigenmode>,
    /// Condition number of the basis of unit-norm eigenvectors: 1 for normal `M`, infinite for
    /// defective `M`.
    pub condition: f64,
}

/// Condition number of the eigenbasis above which an expansion in it is refused.
pub const MAX_CONDITION: f64 = 1e8;

impl Eigenmodes {
    /// Whether activity may be expanded in these modes: the condition number is at most
    /// [`MAX_CONDITION`]. Otherwise the Schur modes serve.
    pub fn expandable(&self) -> bool {
        self.condition <= MAX_CONDITION
    }
    /// The eigenvectors as columns.
    pub fn basis(&self) -> CMatrix {
        let n = self.modes.len();
        CMatrix::from_fn(n, n, |i, j| self.modes[j].right[i])
    }
}

/// Eigenmodes of `M` (n x n) with time constant `tau`.
///
/// # Errors
/// `M` is not square or not finite, or the eigenvalues did not converge.
pub fn eigenmodes(m: &Matrix, tau: f64) -> Result<Eigenmodes> {
    let e = eigen(m)?;
    let modes = (0..m.rows())
        .map(|j| {
            let lambda = e.values[j];
            Eigenmode {
                lambda,
                tau: tau / (1.0 - lambda.re),
                static_gain: 1.0 / (Complex::new(1.0, 0.0) - lambda).norm(),
                frequency: lambda.im / tau / std::f64::consts::TAU,
                right: e.right.col(j),
                left: e.left.as_ref().map(|l| l.row(j).to_vec()),
                condition: e.eigenvalue_condition[j],
            }
        })
        .collect();
    Ok(Eigenmodes { modes, condition: e.condition })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complex_modes_are_slowed_but_not_amplified_as_much() {
        // THEORY E4: lambda = 0.5 + 2i is slowed twofold, but diminished.
        let m = Matrix::from_rows(&[[0.5, -2.0], [2.0, 0.5]]);
        let e = eigenmodes(&m, 10.0).unwrap();
        let mode = &e.modes[0];
        assert!((mode.lambda - Complex::new(0.5, 2.0)).norm() < 1e-14);
        assert!((mode.tau - 20.0).abs() < 1e-13);
        assert!((mode.static_gain - 0.485_071_250_072_666).abs() < 1e-14);
        // 31.83 Hz at 10 ms.
        assert!((mode.frequency * 1000.0 - 31.830_988_618_379_067).abs() < 1e-11);
        assert!((e.condition - 1.0).abs() < 1e-13);
    }

    #[test]
    fn exact_balance_has_no_eigenbasis() {
        let e = eigenmodes(&Matrix::from_rows(&[[2.0, -2.0], [2.0, -2.0]]), 1.0).unwrap();
        assert!(!e.expandable());
        assert!(e.modes.iter().all(|m| m.lambda.norm() < 1e-7));
    }
}
