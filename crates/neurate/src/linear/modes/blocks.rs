//! What the weights between groups of units are like: means, spreads, densities, in-degrees.

use neurate_numerics::linalg::Matrix;
use std::ops::Range;

/// The weights to one group of units from another. Self-connections of a group of several units
/// count in `total` only: circuits leave them out as often as not.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Block {
    /// Share of the possible connections that are not zero.
    pub density: f64,
    /// Connections that a receiver has, on average.
    pub in_degree: f64,
    /// Standard deviation of that over receivers.
    pub in_degree_sd: f64,
    /// Mean of a connection that is there; 0 if there is none.
    pub strength: f64,
    /// Standard deviation of those.
    pub strength_sd: f64,
    /// Mean of an entry, absent connections included.
    pub mean: f64,
    /// Variance of an entry, absent connections included.
    pub variance: f64,
    /// The total weight that one receiver gets from the group, on average.
    pub total: f64,
    /// Standard deviation of that over receivers.
    pub total_sd: f64,
}

/// Statistics of every block of `w`: `blocks[c][d]` is to group c from group d.
///
/// The groups are ranges of units, one after the other.
pub fn block_statistics(w: &Matrix, groups: &[Range<usize>]) -> Vec<Vec<Block>> {
    groups.iter().map(|to| groups.iter().map(|from| block(w, to, from)).collect()).collect()
}

fn block(w: &Matrix, to: &Range<usize>, from: &Range<usize>) -> Block {
    let skip = to == from && to.len() > 1;
    let (mut degrees, mut totals) = (Vec::with_capacity(to.len()), Vec::with_capacity(to.len()));
    let (mut entries, mut there) = (Vec::new(), Vec::new());
    for i in to.clone() {
        let row = &w.row(i)[from.clone()];
        let before = there.len();
        for (j, &x) in from.clone().zip(row) {
            if skip && i == j {
                continue;
            }
            entries.push(x);
            if x != 0.0 {
                there.push(x);
            }
        }
        degrees.push((there.len() - before) as f64);
        totals.push(row.iter().sum());
    }
    let (mean, variance) = moments(&entries);
    let (strength, strength_variance) = moments(&there);
    let (in_degree, degree_variance) = moments(&degrees);
    let (total, total_variance) = moments(&totals);
    Block {
        density: there.len() as f64 / entries.len().max(1) as f64,
        in_degree,
        in_degree_sd: degree_variance.sqrt(),
        strength,
        strength_sd: strength_variance.sqrt(),
        mean,
        variance,
        total,
        total_sd: total_variance.sqrt(),
    }
}

/// Mean and variance; two passes, so that equal numbers have variance zero to rounding.
fn moments(x: &[f64]) -> (f64, f64) {
    if x.is_empty() {
        return (0.0, 0.0);
    }
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    (mean, x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n)
}

/// The weights in the patterns "all units" and "excitatory against inhibitory" (THEORY S9 for many
/// units).
///
/// With e and i the uniform patterns of unit norm over the excitatory and the inhibitory units,
/// `s = (e + i)/sqrt 2` and `d = (e - i)/sqrt 2` are orthonormal whatever the numbers of units, and
/// for one unit of each they are the lecture's sum and difference.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SumDifference {
    /// `[[s W s, s W d], [d W s, d W d]]`: to from. `[0][1]` is what the difference drives of the sum.
    pub matrix: [[f64; 2]; 2],
}

/// [`SumDifference`] of `w`; None unless there are units of both kinds.
pub fn sum_difference(w: &Matrix, excitatory: &[usize], inhibitory: &[usize]) -> Option<SumDifference> {
    if excitatory.is_empty() || inhibitory.is_empty() {
        return None;
    }
    let sum = |to: &[usize], from: &[usize]| {
        let total: f64 = to.iter().map(|&i| from.iter().map(|&j| w[(i, j)]).sum::<f64>()).sum();
        total / ((to.len() * from.len()) as f64).sqrt()
    };
    let (ee, ei) = (sum(excitatory, excitatory), sum(excitatory, inhibitory));
    let (ie, ii) = (sum(inhibitory, excitatory), sum(inhibitory, inhibitory));
    let half = |ee_sign: f64, ei_sign: f64, ie_sign: f64, ii_sign: f64| {
        0.5 * (ee_sign * ee + ei_sign * ei + ie_sign * ie + ii_sign * ii)
    };
    Some(SumDifference {
        matrix: [
            [half(1.0, 1.0, 1.0, 1.0), half(1.0, -1.0, 1.0, -1.0)],
            [half(1.0, 1.0, -1.0, -1.0), half(1.0, -1.0, -1.0, 1.0)],
        ],
    })
}

/// The argument that circuits of excitatory and inhibitory units are never normal, and its exceptions.
///
/// A normal W has `W W^T = W^T W`. The block of `W W^T` between excitatory and inhibitory units has
/// no negative entry, that of `W^T W` no positive one, so that both must vanish.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SignArgument {
    /// Frobenius norm of the E-I block of `W W^T` (common input of E and I units), over `||W||_F^2`.
    pub common_input: f64,
    /// Frobenius norm of the E-I block of `W^T W` (common targets), over `||W||_F^2`.
    pub common_targets: f64,
}

impl SignArgument {
    /// Whether the signs alone exclude that W is normal. If not, all common inputs and targets of E
    /// and I units vanish, and W may be normal: `[[0, -a], [a, 0]]`, or two circuits apart.
    pub fn excludes_normality(&self) -> bool {
        self.common_input > 0.0 || self.common_targets > 0.0
    }
}

/// [`SignArgument`] of a `w` whose columns have one sign each; None unless there are both kinds.
pub fn sign_argument(w: &Matrix, excitatory: &[usize], inhibitory: &[usize]) -> Option<SignArgument> {
    let norm = w.frobenius();
    if excitatory.is_empty() || inhibitory.is_empty() || norm == 0.0 {
        return None;
    }
    let n = w.rows();
    let rows = |of: &[usize]| Matrix::from_fn(of.len(), n, |i, k| w[(of[i], k)] / norm);
    let columns = |of: &[usize]| Matrix::from_fn(n, of.len(), |k, j| w[(k, of[j])] / norm);
    let product = |a: &Matrix, b: &Matrix| neurate_numerics::linalg::matmul(a, b).frobenius();
    Some(SignArgument {
        common_input: product(&rows(excitatory), &rows(inhibitory).transpose()),
        common_targets: product(&columns(excitatory).transpose(), &columns(inhibitory)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_a_written_out_block() {
        let w = Matrix::from_rows(&[[9.0, 1.0, -2.0], [3.0, 9.0, 0.0], [0.0, 2.0, -1.0]]);
        let b = block_statistics(&w, &[0..2, 2..3]);
        // Self-connections count in the total only.
        assert_eq!((b[0][0].mean, b[0][0].variance, b[0][0].total), (2.0, 1.0, 11.0));
        assert_eq!((b[0][1].density, b[0][1].strength, b[0][1].in_degree_sd), (0.5, -2.0, 0.5));
        assert_eq!((b[1][0].in_degree, b[1][0].mean, b[1][0].total_sd), (1.0, 1.0, 0.0));
        assert_eq!((b[1][1].mean, b[1][1].total), (-1.0, -1.0));
        // Rows receive: the transpose is another circuit.
        assert_ne!(block_statistics(&w.transpose(), &[0..2, 2..3])[0][1], b[0][1]);
    }

    #[test]
    fn the_pair_of_the_lecture() {
        // THEORY S9: W d = (wE + wI) s, W s = (wE - wI) s.
        let (e, i) = (30.0 / 7.0, 33.0 / 7.0);
        let w = Matrix::from_rows(&[[e, -i], [e, -i]]);
        let m = sum_difference(&w, &[0], &[1]).unwrap().matrix;
        for (found, expected) in [(m[0][0], e - i), (m[0][1], e + i), (m[1][0], 0.0), (m[1][1], 0.0)] {
            assert!((found - expected).abs() < 1e-14, "{m:?}");
        }
        // The transpose: the sum drives the difference.
        let t = sum_difference(&w.transpose(), &[0], &[1]).unwrap().matrix;
        assert!((t[1][0] - (e + i)).abs() < 1e-14 && t[0][1].abs() < 1e-14);
        // Copies of the pair, four E and two I units, have the same.
        let many = Matrix::from_fn(6, 6, |a, b| {
            let size = |x: usize| if x < 4 { 4.0f64 } else { 2.0 };
            w[(usize::from(a >= 4), usize::from(b >= 4))] / (size(a) * size(b)).sqrt()
        });
        let m = sum_difference(&many, &[0, 1, 2, 3], &[4, 5]).unwrap().matrix;
        assert!((m[0][1] - (e + i)).abs() < 1e-13 && m[1][0].abs() < 1e-13);
        assert!(sum_difference(&w, &[0, 1], &[]).is_none());
    }

    #[test]
    fn the_sign_argument_has_its_exceptions() {
        // THEORY E7.
        let excludes = |rows: [[f64; 2]; 2]| {
            sign_argument(&Matrix::from_rows(&rows), &[0], &[1]).unwrap().excludes_normality()
        };
        assert!(excludes([[1.0, -1.0], [1.0, -1.0]]));
        assert!(excludes([[0.5, -1.0], [1.0, -0.2]]));
        assert!(!excludes([[0.0, -1.5], [1.5, 0.0]]));
        assert!(!excludes([[0.5, 0.0], [0.0, -0.3]]));
        assert!(sign_argument(&Matrix::zeros(2, 2), &[0], &[1]).is_none());
    }
}
