//! The circular law of matrices whose entries' variance differs from block to block.

use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, eigenvalues};

/// Variances of the entries: of block (c, d), to c from d, the same.
#[derive(Clone, Debug)]
pub(super) struct VarianceProfile {
    sizes: Vec<f64>,
    variances: Vec<Vec<f64>>,
}

impl VarianceProfile {
    pub fn new(sizes: Vec<usize>, variances: Vec<Vec<f64>>) -> VarianceProfile {
        VarianceProfile { sizes: sizes.into_iter().map(|n| n as f64).collect(), variances }
    }

    /// Radius of the disc: the root of the largest eigenvalue of `N_d var(c <- d)`.
    pub fn radius(&self) -> Result<f64> {
        let p = self.sizes.len();
        let m = Matrix::from_fn(p, p, |c, d| self.sizes[d] * self.variances[c][d]);
        Ok(eigenvalues(&m)?.first().map_or(0.0, |z| z.norm()).sqrt())
    }

    /// Share of eigenvalues with modulus below s < radius (Cook, Hachem, Najim & Renfrew 2018):
    /// `1 - <q, V q'> / n`, where `q = V^T q / (s^2 + V q' V^T q)`, `q' = V q' / (same)` and
    /// `sum q = sum q'`.
    pub fn within(&self, s: f64) -> f64 {
        let p = self.sizes.len();
        let n: f64 = self.sizes.iter().sum();
        let total = |v: &[f64]| v.iter().zip(&self.sizes).map(|(v, n)| v * n).sum::<f64>();
        let (mut q, mut r) = (vec![1.0; p], vec![1.0; p]);
        for _ in 0..100_000 {
            let vr: Vec<f64> =
                (0..p).map(|c| (0..p).map(|d| self.sizes[d] * self.variances[c][d] * r[d]).sum()).collect();
            let vq: Vec<f64> =
                (0..p).map(|d| (0..p).map(|c| self.sizes[c] * self.variances[c][d] * q[c]).sum()).collect();
            let mut change = 0.0f64;
            let step = |old: &mut [f64], top: &[f64], change: &mut f64| {
                for c in 0..p {
                    let new = top[c] / (s * s + vr[c] * vq[c]);
                    // Halfway: the plain step swings about its fixed point.
                    let next = 0.5 * (old[c] + new);
                    *change = change.max((next - old[c]).abs() / next.abs().max(1e-300));
                    old[c] = next;
                }
            };
            step(&mut q, &vq, &mut change);
            step(&mut r, &vr, &mut change);
            let (a, b) = (total(&q), total(&r));
            let balance = (b / a).sqrt();
            if balance.is_finite() && balance > 0.0 {
                q.iter_mut().for_each(|x| *x *= balance);
                r.iter_mut().for_each(|x| *x /= balance);
            }
            if change < 1e-11 {
                break;
            }
        }
        let product: f64 = (0..p)
            .map(|c| {
                let vr: f64 = (0..p).map(|d| self.sizes[d] * self.variances[c][d] * r[d]).sum();
                self.sizes[c] * q[c] * vr
            })
            .sum();
        (1.0 - product / n).clamp(0.0, 1.0)
    }

    /// Mean of `|lambda|^2`: `radius^2 - integral of 2 s F(s)`, by the midpoint rule (F is smooth, and
    /// linear in s^2 for one variance).
    pub fn mean_square_modulus(&self, radius: f64) -> f64 {
        const POINTS: usize = 64;
        if radius == 0.0 {
            return 0.0;
        }
        let square = radius * radius;
        let mean: f64 =
            (0..POINTS).map(|k| self.within((square * (k as f64 + 0.5) / POINTS as f64).sqrt())).sum::<f64>()
                / POINTS as f64;
        square * (1.0 - mean)
    }
}

/// Between which multiples of the radius the largest modulus of a real n x n matrix of independent
/// normal entries lies in nine of ten cases.
///
/// The squared moduli of a complex Ginibre matrix are distributed as independent gamma variables of
/// shapes 1 to n (Kostlan 1992); a real matrix has half as many independent eigenvalues, so that its
/// largest modulus has the root of that distribution function (Rider & Sinclair 2014).
pub(super) fn largest_modulus(n: usize) -> (f64, f64) {
    let quantile = |p: f64| {
        let (mut low, mut high) = (0.0, 3.0 + 3.0 / (n as f64).sqrt());
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if log_below(n, middle) < 2.0 * f64::ln(p) { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    (quantile(0.05), quantile(0.95))
}

/// log of the probability that all of n gamma variables of shapes 1 to n lie below n r^2: shape k
/// does, if a Poisson variable of that mean is at least k.
fn log_below(n: usize, r: f64) -> f64 {
    let mean = n as f64 * r * r;
    if mean == 0.0 {
        return f64::NEG_INFINITY;
    }
    let (mut log_term, mut below, mut sum) = (-mean, 0.0f64, 0.0);
    for k in 1..=n {
        below += log_term.exp();
        sum += (-below.min(1.0)).ln_1p();
        log_term += (mean / k as f64).ln();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_variance_is_the_circular_law() {
        let p = VarianceProfile::new(vec![30, 70], vec![vec![0.0081; 2]; 2]);
        let radius = p.radius().unwrap();
        assert!((radius - 0.9).abs() < 1e-14);
        for s in [0.1f64, 0.5, 0.9] {
            assert!((p.within(s * radius) - s * s).abs() < 1e-8, "{s}: {}", p.within(s * radius));
        }
        assert!((p.mean_square_modulus(radius) - 0.405).abs() < 1e-4);
    }

    #[test]
    fn one_variable_by_hand() {
        // n = 1: exponential; the root of its distribution function is 0.05 at 1 - exp(-r^2) = 0.0025.
        let (low, high) = largest_modulus(1);
        assert!((low - (-(0.9975f64.ln())).sqrt()).abs() < 1e-9);
        assert!((high - (-((1.0 - 0.9025f64).ln())).sqrt()).abs() < 1e-9);
        // It tightens about one.
        let (low, high) = largest_modulus(5000);
        assert!(1.0 < low && low < high && high < 1.02, "{low} {high}");
    }
}
