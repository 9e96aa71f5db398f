//! In which order Schur modes stand.

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Complex, RealSchur};

/// In which order the modes stand. Any order is possible; single links depend on it, the sum of
/// their squares does not. The link from mode j to mode i has i < j: the first mode only receives.
///
/// Wherever two eigenvalues tie, the rightmost comes first. A complex pair stands together.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Order {
    /// Rightmost eigenvalue (of the modes' matrix) first: growing modes, then slow ones, then fast.
    RealPart,
    /// Slowest first: by falling `1 / |1 - Re lambda|`, the time (in tau) in which the size of the mode
    /// changes by e. A pair counts by its real part: how fast it turns is not asked. In a stable
    /// circuit that is [`Order::RealPart`]; in an unstable one an integrating mode comes first,
    /// whatever grows or decays faster after it.
    SlowFirst,
    /// The mode whose pattern is most uniform over units first ("sum-like"), so that differences
    /// feed sums, as in balanced amplification: [`Order::Overlap`] with a pattern of ones.
    SumFirst,
    /// The mode that most resembles this pattern (one number a unit, of any size) first: by the
    /// length of the pattern's projection on the eigenvector, or on the plane of a complex pair.
    /// Projections that agree to 1e-6 tie; so do the coinciding eigenvectors of a defective matrix.
    Overlap(Vec<f64>),
    /// By position, from 0, in the list of eigenvalues ([`neurate_numerics::linalg::eigenvalues`]): `[1, 0]`
    /// puts the second first. Those not listed follow. In real form a pair counts by either member.
    List(Vec<usize>),
}

impl Order {
    /// Names for the command line.
    pub const NAMES: &'static [&'static str] =
        &["sum-first", "slow-first", "real-part", "overlap:E=1,I=-1", "or positions: 2,0,1"];

    /// Reads a name, or positions separated by commas. (An overlap needs the circuit's names:
    /// [`crate::study::order`].)
    ///
    /// # Errors
    /// Neither.
    pub fn parse(text: &str) -> Result<Order> {
        match text {
            "real-part" => Ok(Order::RealPart),
            "slow-first" => Ok(Order::SlowFirst),
            "sum-first" => Ok(Order::SumFirst),
            _ => text
                .split(',')
                .map(|p| p.trim().parse::<usize>())
                .collect::<std::result::Result<Vec<_>, _>>()
                .map(Order::List)
                .map_err(|_| {
                    Error::invalid(format!("there is no order {text:?}"))
                        .with_help(format!("one of: {}", Self::NAMES.join(", ")))
                }),
        }
    }

    /// The positions along the diagonal of `schur` in this order.
    pub(super) fn positions(&self, schur: &RealSchur) -> Result<Vec<usize>> {
        let n = schur.t.rows();
        let rightmost = schur.rightmost_first();
        match self {
            Order::RealPart => Ok(rightmost),
            Order::SlowFirst => {
                let values = schur.eigenvalues();
                // Times that agree to the rounding of eigenvalues tie.
                let grain = 1e-12 * schur.t.frobenius().max(1.0);
                Ok(stable_sort(rightmost, |i| ((1.0 - values[i].re).abs() / grain).round()))
            }
            Order::SumFirst => Ok(by_overlap(schur, &vec![1.0; n], rightmost)),
            Order::Overlap(pattern) => {
                let size = norm(pattern);
                if pattern.len() != n || !size.is_finite() || size == 0.0 {
                    return Err(Error::invalid(format!(
                        "an order by overlap needs a pattern of {n} finite numbers, not all zero; this one has {} and the norm {size}",
                        pattern.len()
                    )));
                }
                Ok(by_overlap(schur, pattern, rightmost))
            }
            Order::List(list) => {
                let mut seen = vec![false; n];
                for &i in list {
                    if i >= n || std::mem::replace(&mut seen[i], true) {
                        return Err(Error::invalid(format!(
                            "the order {list:?} is not a permutation of the positions 0 to {}",
                            n - 1
                        )));
                    }
                }
                let rest = (0..n).filter(|&i| !seen[i]);
                Ok(list.iter().copied().chain(rest).map(|i| rightmost[i]).collect())
            }
        }
    }
}

/// By falling length of the pattern's projection on the eigenvectors. It is measured in the Schur basis, where it is the
/// same: the eigenvectors themselves are not needed.
fn by_overlap(schur: &RealSchur, pattern: &[f64], rightmost: Vec<usize>) -> Vec<usize> {
    let n = schur.t.rows();
    let mut rotated = vec![0.0; n];
    for (i, p) in pattern.iter().enumerate() {
        rotated.iter_mut().zip(schur.q.row(i)).for_each(|(r, q)| *r += p * q);
    }
    let parts = schur.triangular_vectors().transpose();
    let size = norm(pattern);
    let mut overlap = vec![0.0; n];
    for (start, length) in schur.blocks() {
        let vectors: Vec<Vec<f64>> = (start..start + length).map(|j| parts.row(j).to_vec()).collect();
        overlap[start..start + length].fill(projection(vectors, &rotated) / size);
    }
    stable_sort(rightmost, |i| -(overlap[i] * 1e6).round())
}

fn stable_sort(mut positions: Vec<usize>, key: impl Fn(usize) -> f64) -> Vec<usize> {
    positions.sort_by(|&a, &b| key(a).total_cmp(&key(b)));
    positions
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The length of the projection of `p` on the plane (or line) of these vectors, of norm one together.
fn projection(parts: Vec<Vec<f64>>, p: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let mut along = 0.0;
    let mut first: Option<Vec<f64>> = None;
    for mut v in parts {
        if let Some(q) = &first {
            let share = dot(q, &v);
            v.iter_mut().zip(q).for_each(|(x, q)| *x -= share * q);
        }
        let size = norm(&v);
        // The vector has norm one: less is rounding, and no direction.
        if size > 1e-10 {
            v.iter_mut().for_each(|x| *x /= size);
            along += dot(&v, p).powi(2);
            first.get_or_insert(v);
        }
    }
    along.sqrt()
}

/// For each of `wanted` the index of its partner in `found`, which holds the same numbers to
/// rounding: the nearest that is still free.
pub(super) fn nearest(wanted: &[Complex], found: &[Complex]) -> Vec<usize> {
    let mut free = vec![true; found.len()];
    wanted
        .iter()
        .map(|w| {
            let k = (0..found.len())
                .filter(|&k| free[k])
                .min_by(|&a, &b| (found[a] - w).norm().total_cmp(&(found[b] - w).norm()))
                .expect("as many eigenvalues by either way");
            free[k] = false;
            k
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurate_numerics::linalg::{Matrix, schur_real};

    fn reals(m: &Matrix, order: &Order) -> Vec<f64> {
        let s = schur_real(m).unwrap();
        order.positions(&s).unwrap().into_iter().map(|i| s.eigenvalues()[i].re).collect()
    }

    #[test]
    fn slow_is_not_rightmost_where_something_grows() {
        let m = Matrix::from_diagonal(&[3.0, 0.5, 1.0, -4.0, 1.2]);
        assert_eq!(reals(&m, &Order::RealPart), [3.0, 1.2, 1.0, 0.5, -4.0]);
        // |1 - lambda| is 0, 0.2, 0.5, 2, 5.
        assert_eq!(reals(&m, &Order::SlowFirst), [1.0, 1.2, 0.5, 3.0, -4.0]);
        // 0 and 2 are equally slow: the growing one first.
        assert_eq!(reals(&Matrix::from_diagonal(&[0.0, 2.0]), &Order::SlowFirst), [2.0, 0.0]);
    }

    #[test]
    fn a_pair_counts_by_its_plane() {
        // Units 0 and 1 turn into each other; the plane holds either of them wholly.
        let m = Matrix::from_rows(&[[0.1, -2.0, 0.0], [2.0, 0.1, 0.0], [0.0, 0.0, 0.9]]);
        for pattern in [vec![1.0, 0.0, 0.9], vec![0.0, -2.0, 1.9], vec![0.8, 0.8, 1.0]] {
            let found = reals(&m, &Order::Overlap(pattern));
            assert!((found[0] - 0.1).abs() < 1e-14 && (found[2] - 0.9).abs() < 1e-14, "{found:?}");
        }
        let found = reals(&m, &Order::Overlap(vec![0.8, 0.5, 1.0]));
        assert!((found[0] - 0.9).abs() < 1e-14);
        for wrong in [vec![1.0], vec![0.0; 3], vec![f64::NAN, 0.0, 0.0]] {
            assert!(Order::Overlap(wrong).positions(&schur_real(&m).unwrap()).is_err());
        }
    }
}
