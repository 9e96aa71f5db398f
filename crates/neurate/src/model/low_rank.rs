//! Low-rank weights from patterns with given overlaps.

use super::random::generator;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use rand_distr::{Distribution, StandardNormal};

/// A pattern: it adds `m n^T / N` to the weights, N the number of units.
#[derive(Clone, Debug, PartialEq)]
pub enum LowRankPattern {
    /// Given vectors, one entry for each unit.
    Given {
        /// What the pattern produces.
        m: Vec<f64>,
        /// What it listens to.
        n: Vec<f64>,
    },
    /// Drawn: m has entries of mean square 1, n of mean square `n_rms^2`, and `m . n / N` is `overlap`.
    Drawn {
        /// The eigenvalue that the pattern alone gives.
        overlap: f64,
        /// Root mean square of the entries of n, at least `|overlap|`.
        n_rms: f64,
    },
}

/// The sum of the patterns' weights between `units` units (Mastrogiuseppe & Ostojic 2018).
///
/// Overlaps of drawn patterns are exact in the sample, not only on average: all their directions are
/// drawn normal and made orthogonal, so that the eigenvalues of their sum are the overlaps.
///
/// # Errors
/// A vector of another length or not finite; `n_rms` below `|overlap|`; more patterns than directions.
pub fn low_rank_weights(patterns: &[LowRankPattern], units: usize, seed: u64) -> Result<Matrix> {
    let size = units as f64;
    // Its own stream, far from those of the random blocks.
    let mut rng = generator(seed, 1 << 40);
    let mut directions: Vec<Vec<f64>> = Vec::new();
    let mut draw = |units: usize| -> Result<Vec<f64>> {
        if directions.len() >= units {
            return Err(Error::invalid(format!(
                "{units} units have no room for so many patterns: each drawn one takes two directions"
            ))
            .with_help("make the population larger, or draw fewer patterns"));
        }
        let mut v: Vec<f64> = (0..units).map(|_| StandardNormal.sample(&mut rng)).collect();
        for _ in 0..2 {
            for d in &directions {
                let c = dot(&v, d) / size;
                v.iter_mut().zip(d).for_each(|(v, d)| *v -= c * d);
            }
        }
        let scale = (size / dot(&v, &v)).sqrt();
        v.iter_mut().for_each(|x| *x *= scale);
        directions.push(v.clone());
        Ok(v)
    };
    let mut w = Matrix::zeros(units, units);
    for p in patterns {
        let (m, n) = match p {
            LowRankPattern::Given { m, n } => {
                for v in [m, n] {
                    if v.len() != units || v.iter().any(|x| !x.is_finite()) {
                        return Err(Error::invalid(format!(
                            "a pattern needs {units} finite numbers, one for each unit; it has {}",
                            v.len()
                        )));
                    }
                }
                (m.clone(), n.clone())
            }
            LowRankPattern::Drawn { overlap, n_rms } => {
                let across = n_rms * n_rms - overlap * overlap;
                if !(overlap.is_finite() && n_rms.is_finite() && across >= 0.0) {
                    return Err(Error::invalid(format!(
                        "n_rms is {n_rms}: with the overlap {overlap} it is at least {}",
                        overlap.abs()
                    )));
                }
                let m = draw(units)?;
                let mut n: Vec<f64> = m.iter().map(|x| overlap * x).collect();
                if across > 0.0 {
                    let z = draw(units)?;
                    n.iter_mut().zip(z).for_each(|(n, z)| *n += across.sqrt() * z);
                }
                (m, n)
            }
        };
        for i in 0..units {
            let scale = m[i] / size;
            w.row_mut(i).iter_mut().zip(&n).for_each(|(w, n)| *w += scale * n);
        }
    }
    Ok(w)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurate_numerics::linalg::{eigenvalues, singular_values};

    #[test]
    fn eigenvalues_are_the_overlaps() {
        let drawn = |overlap, n_rms| LowRankPattern::Drawn { overlap, n_rms };
        let w = low_rank_weights(&[drawn(1.5, 2.0), drawn(-0.7, 0.7)], 60, 3).unwrap();
        let values = eigenvalues(&w).unwrap();
        assert!((values[0].re - 1.5).abs() < 1e-12 && (values[59].re + 0.7).abs() < 1e-12);
        // m n^T / N has the singular value |m| |n| / N = n_rms.
        let s = singular_values(&w).unwrap();
        assert!((s[0] - 2.0).abs() < 1e-12 && (s[1] - 0.7).abs() < 1e-12 && s[2] < 1e-12);
        assert_eq!(w, low_rank_weights(&[drawn(1.5, 2.0), drawn(-0.7, 0.7)], 60, 3).unwrap());
        assert!(low_rank_weights(&[drawn(1.5, 1.0)], 60, 3).is_err());
        assert!(low_rank_weights(&[drawn(1.5, 2.0)], 1, 3).is_err());
    }

    #[test]
    fn given_patterns_go_to_m_from_n() {
        let given = LowRankPattern::Given { m: vec![1.0, 0.0], n: vec![0.0, 4.0] };
        let w = low_rank_weights(std::slice::from_ref(&given), 2, 0).unwrap();
        assert_eq!(w, Matrix::from_rows(&[[0.0, 2.0], [0.0, 0.0]]));
        assert!(low_rank_weights(&[given], 3, 0).is_err());
    }
}
