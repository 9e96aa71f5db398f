//! Eigenmodes: what each amplifies, and what it pays in time.

use super::clusters::{Cluster, clusters_of};
use super::decomposition::Decomposition;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{CMatrix, Complex, Matrix};

/// One eigenmode of `tau dr/dt = -r + M r + h`.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    /// `||l|| ||e||`: by how much a small change of `M` can move the eigenvalue, at most. Infinite in
    /// a defective cluster.
    pub condition: f64,
}

/// What a complex pair is in real numbers: a rotation in a plane of patterns. Activity in it goes
/// round an ellipse, from `long` to `short` to `-long`, while it decays or grows:
/// `M long = Re(lambda) long + Im(lambda) short`, `M short = Re(lambda) short - Im(lambda) long`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rotation {
    /// The long half-axis of the ellipse: real part of the eigenvector in the phase that makes both
    /// parts orthogonal. Their squared norms add up to one.
    pub long: Vec<f64>,
    /// The short half-axis.
    pub short: Vec<f64>,
    /// How many times longer the long one is: 1 of a circle, as in every normal matrix.
    pub ratio: f64,
}

impl Eigenmode {
    /// The pair's rotation; None of a real mode. Of the member with the negative imaginary part it
    /// is that of its partner.
    pub fn rotation(&self) -> Option<Rotation> {
        if self.lambda.im == 0.0 {
            return None;
        }
        let sign = self.lambda.im.signum();
        let (a, b): (Vec<f64>, Vec<f64>) = self.right.iter().map(|z| (z.re, sign * z.im)).unzip();
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        let phase = 0.5 * f64::atan2(-2.0 * dot(&a, &b), dot(&a, &a) - dot(&b, &b));
        let (sin, cos) = phase.sin_cos();
        let long: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a * cos - b * sin).collect();
        let short: Vec<f64> = a.iter().zip(&b).map(|(a, b)| -(a * sin + b * cos)).collect();
        let ratio = (dot(&long, &long) / dot(&short, &short)).sqrt();
        Some(Rotation { long, short, ratio })
    }
}

/// All eigenmodes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Eigenmodes {
    /// The modes: descending real part, then descending imaginary part.
    pub modes: Vec<Eigenmode>,
    /// Condition number of the basis of unit-norm eigenvectors: 1 for normal `M`, infinite for
    /// defective `M`.
    pub condition: f64,
    /// Eigenvalues that rounding does not let us tell apart.
    pub clusters: Vec<Cluster>,
}

/// Condition number of the eigenbasis above which an expansion in it is refused.
pub const MAX_CONDITION: f64 = 1e8;

impl Eigenmodes {
    /// Whether activity may be expanded in these modes: the condition number is at most
    /// [`MAX_CONDITION`]. Otherwise the Schur modes serve.
    pub fn expandable(&self) -> bool {
        self.condition <= MAX_CONDITION
    }
    /// The coordinates of an activity pattern in these modes: `x = sum_j c_j e_j`, `c = L x`.
    ///
    /// # Errors
    /// The basis is not [`Eigenmodes::expandable`], or the pattern has another size.
    pub fn coordinates(&self, x: &[f64]) -> Result<Vec<Complex>> {
        if x.len() != self.modes.len() {
            return Err(Error::invalid(format!(
                "a pattern of {} numbers for {} modes",
                x.len(),
                self.modes.len()
            )));
        }
        let left = self.modes.iter().map(|m| m.left.as_ref().filter(|_| self.expandable()));
        left.map(|l| Some(l?.iter().zip(x).map(|(l, x)| l * x).sum()))
            .collect::<Option<Vec<Complex>>>()
            .ok_or_else(|| {
                Error::invalid(format!(
                    "no expansion in these eigenmodes: {}",
                    self.refusal().unwrap_or_default()
                ))
                .with_help("the Schur modes are orthonormal: their coordinates are scalar products")
            })
    }
    /// Why an expansion is refused; None if it is not.
    pub fn refusal(&self) -> Option<String> {
        if self.expandable() {
            return None;
        }
        let missing: usize =
            self.clusters.iter().filter(|c| c.defective()).map(|c| c.members.len() - c.eigenvectors).sum();
        Some(if missing > 0 {
            format!(
                "the matrix has {} independent eigenvectors to rounding, not {}",
                self.modes.len() - missing,
                self.modes.len()
            )
        } else {
            format!(
                "the condition number of their basis is {:.1e}, and coordinates of that size would cancel, which costs {:.0} of 16 digits",
                self.condition,
                self.condition.log10().clamp(8.0, 16.0)
            )
        })
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
    eigenmodes_of(&Decomposition::new(m.clone()), tau)
}

/// [`eigenmodes`] of a matrix with its decompositions.
///
/// # Errors
/// As [`eigenmodes`].
pub fn eigenmodes_of(m: &Decomposition, tau: f64) -> Result<Eigenmodes> {
    let e = m.eigen()?;
    let (clusters, conditions) = clusters_of(m)?;
    // Column by column, as the vectors are kept.
    let right = e.right.transpose();
    let modes = (0..right.rows())
        .map(|j| {
            let lambda = e.values[j];
            Eigenmode {
                lambda,
                tau: tau / (1.0 - lambda.re),
                static_gain: 1.0 / (Complex::new(1.0, 0.0) - lambda).norm(),
                frequency: lambda.im / tau / std::f64::consts::TAU,
                right: right.row(j).to_vec(),
                left: e.left.as_ref().map(|l| l.row(j).to_vec()),
                condition: conditions[j],
            }
        })
        .collect();
    Ok(Eigenmodes { modes, condition: e.condition, clusters })
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
        assert_eq!(e.clusters.len(), 1);
        let refusal = e.coordinates(&[1.0, 0.0]).unwrap_err();
        assert!(refusal.message().contains("1 independent eigenvectors to rounding, not 2"), "{refusal}");
        assert!(e.modes.iter().all(|m| m.lambda.norm() < 1e-7));
    }

    #[test]
    fn coordinates_put_the_pattern_together_again() {
        let m = Matrix::from_rows(&[[30.0 / 7.0, -33.0 / 7.0], [30.0 / 7.0, -33.0 / 7.0]]);
        let e = eigenmodes(&m, 1.0).unwrap();
        let c = e.coordinates(&[1.0, 0.0]).unwrap();
        for i in 0..2 {
            let x: Complex = (0..2).map(|j| c[j] * e.modes[j].right[i]).sum();
            // Rounding times the condition, 42.
            assert!((x - f64::from(u8::from(i == 0))).norm() < 1e-13);
        }
        assert!(c[0].norm() > 9.0, "large coordinates that cancel");
        assert!(e.coordinates(&[1.0]).is_err());
    }

    #[test]
    fn a_pair_rotates() {
        let m = Matrix::from_rows(&[[0.5, -8.0, 0.1], [2.0, 0.5, 0.3], [0.0, 0.0, -1.0]]);
        let e = eigenmodes(&m, 1.0).unwrap();
        for mode in &e.modes[..2] {
            let r = mode.rotation().unwrap();
            // Units 0 and 1 with weights -8 and 2: an ellipse of axes 2 to 1, frequency 4.
            assert!((r.ratio - 2.0).abs() < 1e-13, "{}", r.ratio);
            let (ml, ms) = (m.mul_vec(&r.long), m.mul_vec(&r.short));
            for i in 0..3 {
                assert!((ml[i] - 0.5 * r.long[i] - 4.0 * r.short[i]).abs() < 1e-13);
                assert!((ms[i] - 0.5 * r.short[i] + 4.0 * r.long[i]).abs() < 1e-13);
            }
            let square = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>();
            assert!((square(&r.long) + square(&r.short) - 1.0).abs() < 1e-14);
        }
        assert!(e.modes[2].rotation().is_none());
    }
}
