//! Clusters: eigenvalues that rounding does not let us tell apart.

use super::decomposition::Decomposition;
use super::order::nearest;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::singular_values;
use neurate_numerics::linalg::{CMatrix, Complex, ComplexSchur, Mat, Matrix};

/// Eigenvalues that a change of the matrix at the level of rounding, `n epsilon ||M||_F`, can make
/// equal: what a Jordan block of size m becomes in floating-point numbers, a ring of radius
/// `epsilon^(1/m)`, or an eigenvalue that comes several times.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cluster {
    /// Positions in the list of eigenvalues ([`neurate_numerics::linalg::eigenvalues`]).
    pub members: Vec<usize>,
    /// Their mean: the one number that is well known.
    pub mean: Complex,
    /// The expected error of the mean: rounding times the norm of the cluster's spectral projector.
    pub error: f64,
    /// The largest distance of a member from the mean.
    pub spread: f64,
    /// `sqrt(sum |T_ij|^2)` of the links inside the cluster, in its own Schur form.
    pub coupling: f64,
    /// Independent eigenvectors, to rounding: fewer than members if the matrix is defective there.
    pub eigenvectors: usize,
}

impl Cluster {
    /// Whether eigenvectors are missing. Else the eigenvalue is merely repeated, and the modes may be
    /// rotated inside the cluster as one likes.
    pub fn defective(&self) -> bool {
        self.eigenvectors < self.members.len()
    }

    /// The expected error of a single member: of a chain of m equal eigenvalues
    /// `coupling (error / coupling)^(1/m)`, or their spread if that is larger.
    pub fn single_error(&self) -> f64 {
        if !self.defective() || self.coupling == 0.0 {
            return self.spread.max(self.error);
        }
        let chain = self.members.len() - self.eigenvectors + 1;
        self.spread.max(self.coupling * (self.error / self.coupling).powf(1.0 / chain as f64))
    }
}

/// The clusters of `m` (n x n) with two members or more, in the order of their first members.
///
/// Candidates are eigenvalues no further apart than a few times what rounding can move them by their
/// condition numbers. Two belong together if a matrix within rounding has an eigenvalue midway
/// between them: the smallest singular value of `z - M` is that distance. So an ill-conditioned
/// eigenvalue next to another is not yet a cluster.
///
/// ```
/// use neurate::linalg::Matrix;
/// // A Jordan block of three: its eigenvalues come out 1e-5 apart, and mean 0.4 to rounding.
/// let m = Matrix::from_rows(&[[0.4, 1.0, 0.0], [1e-16, 0.4, 1.0], [2e-16, -1e-16, 0.4]]);
/// let c = &neurate::linear::modes::clusters(&m)?[0];
/// assert_eq!((c.members.len(), c.eigenvectors), (3, 1));
/// assert!((c.mean.re - 0.4).abs() < 1e-14 && c.spread > 1e-7);
/// # Ok::<(), neurate::Error>(())
/// ```
///
/// # Errors
/// `m` is not square or not finite, or its eigenvalues did not converge.
pub fn clusters(m: &Matrix) -> Result<Vec<Cluster>> {
    clusters_of(&Decomposition::new(m.clone())).map(|c| c.0)
}

/// As [`clusters`], of a matrix with its decompositions; and the condition of each eigenvalue, of bystanders of a
/// defective cluster too.
pub(super) fn clusters_of(m: &Decomposition) -> Result<(Vec<Cluster>, Vec<f64>)> {
    let e = m.eigen()?;
    let n = e.values.len();
    let rounding = n as f64 * f64::EPSILON * m.matrix().frobenius();
    let mut sets = Sets((0..n).collect());
    // The complex form, and where each eigenvalue stands in it: wanted only where something is ill-conditioned.
    let mut triangular: Option<(ComplexSchur, Vec<usize>)> = None;
    let make = || -> Result<(ComplexSchur, Vec<usize>)> {
        let schur = m.schur()?.to_complex();
        let along = nearest(&e.values, &schur.eigenvalues());
        Ok((schur, along))
    };
    // Without left vectors the conditions are those of substitution in the triangular form.
    let mut condition: Vec<f64> = if e.left.is_some() {
        e.eigenvalue_condition.clone()
    } else {
        let (schur, along) = triangular.insert(make()?);
        let all = conditions(&schur.t);
        along.iter().map(|&k| all[k]).collect()
    };
    join(m, &e.values, &condition, rounding, &mut sets)?;
    let mut clusters = Vec::new();
    for first in 0..n {
        // The root is the smallest of its set.
        if sets.root(first) != first {
            continue;
        }
        let members: Vec<usize> = (first..n).filter(|&i| sets.root(i) == first).collect();
        if members.len() > 1 {
            let (schur, along) = match &triangular {
                Some(known) => known,
                None => triangular.insert(make()?),
            };
            clusters.push(describe(schur, members, along, rounding)?);
        }
    }
    for i in clusters.iter().filter(|c| c.defective()).flat_map(|c| &c.members) {
        condition[*i] = f64::INFINITY;
    }
    Ok((clusters, condition))
}

/// How many times what rounding moves them two eigenvalues may lie apart to be looked at: on a ring
/// of m the neighbors' distance is at most pi times the sum of both shifts.
const REACH: f64 = 4.0;
/// Neighbors of each eigenvalue that are looked at.
const NEIGHBORS: usize = 8;

fn join(
    m: &Decomposition,
    values: &[Complex],
    condition: &[f64],
    rounding: f64,
    sets: &mut Sets,
) -> Result<()> {
    let n = values.len();
    for i in 0..n {
        let distance = |j: usize| (values[j] - values[i]).norm();
        let near = |j: usize| {
            let reach = REACH * rounding * (condition[i] + condition[j]);
            // Most are told apart by their real parts, which cost no root.
            (values[j].re - values[i].re).abs() <= reach && distance(j) <= reach
        };
        let mut others: Vec<usize> = (0..n).filter(|&j| j != i && near(j)).collect();
        others.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        let mut looked = 0;
        for j in others {
            if sets.root(i) == sets.root(j) {
                continue;
            }
            if distance(j) > REACH * rounding {
                looked += 1;
                if looked > NEIGHBORS {
                    break;
                }
                let r = m.resolvent()?;
                let middle = (values[i] + values[j]) * 0.5;
                let s = r.smallest_singular(middle, &mut r.start(), 0.1)?.value;
                if s > REACH * rounding {
                    continue;
                }
            }
            sets.unite(i, j);
        }
    }
    Ok(())
}

fn describe(schur: &ComplexSchur, members: Vec<usize>, along: &[usize], rounding: f64) -> Result<Cluster> {
    let n = schur.t.rows();
    let k = members.len();
    // The cluster first.
    let mut order: Vec<usize> = members.iter().map(|&i| along[i]).collect();
    let rest: Vec<usize> = (0..n).filter(|i| !order.contains(i)).collect();
    order.extend(rest);
    let mut s = schur.clone();
    s.reorder(&order)?;
    let t = &s.t;
    let mean = (0..k).map(|i| t[(i, i)]).sum::<Complex>() / k as f64;
    let inside = (0..k).flat_map(|i| (i + 1..k).map(move |j| (i, j)));
    // s_i(T11 - mean): as many are zero, to rounding, as there are eigenvectors. The real form of a
    // complex matrix has each of its singular values twice.
    let real = Mat::from_fn(2 * k, 2 * k, |i, j| {
        let z = t[(i % k, j % k)] - if i % k == j % k { mean } else { Complex::new(0.0, 0.0) };
        match (i < k, j < k) {
            (true, true) | (false, false) => z.re,
            (true, false) => -z.im,
            (false, true) => z.im,
        }
    });
    let zeros = singular_values(&real)?.iter().filter(|&&s| s <= 10.0 * REACH * rounding).count();
    Ok(Cluster {
        mean,
        error: rounding * projector_norm(t, k),
        spread: (0..k).map(|i| (t[(i, i)] - mean).norm()).fold(0.0, f64::max),
        coupling: inside.map(|ij| t[ij].norm_sqr()).sum::<f64>().sqrt(),
        eigenvectors: (zeros / 2).clamp(1, k),
        members,
    })
}

/// `||P||` of the spectral projector on the first `k` eigenvalues of a triangular matrix: with
/// `T11 X - X T22 = T12`, `P = [[1, X], [0, 0]]` in the Schur basis, `||P|| <= sqrt(1 + ||X||_F^2)`.
fn projector_norm(t: &CMatrix, k: usize) -> f64 {
    let n = t.rows();
    let floor = (f64::EPSILON * t.frobenius()).max(1e-150);
    let mut x = vec![vec![Complex::new(0.0, 0.0); n - k]; k];
    for i in (0..k).rev() {
        for j in 0..n - k {
            let mut right = t[(i, k + j)];
            for l in i + 1..k {
                right -= t[(i, l)] * x[l][j];
            }
            for l in 0..j {
                right += x[i][l] * t[(k + l, k + j)];
            }
            let d = t[(i, i)] - t[(k + j, k + j)];
            x[i][j] = right / if d.norm() < floor { Complex::new(floor, 0.0) } else { d };
        }
    }
    (1.0 + x.iter().flatten().map(|z| z.norm_sqr()).sum::<f64>()).sqrt()
}

/// Condition numbers of the eigenvalues of a triangular matrix, along its diagonal, by substitution:
/// `||x|| ||y|| / |y^H x|`, x and y right and left vectors. Equal eigenvalues are taken apart by
/// rounding's square root, the distance at which a double one comes out.
fn conditions(t: &CMatrix) -> Vec<f64> {
    let n = t.rows();
    let floor = (f64::EPSILON.sqrt() * t.frobenius()).max(1e-150);
    let apart = |d: Complex| if d.norm() < floor { Complex::new(floor, 0.0) } else { d };
    let size = |v: &[Complex]| v.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
    let zero = Complex::new(0.0, 0.0);
    (0..n)
        .map(|k| {
            // The k-th entry of both is one, so that y^H x is one.
            let (mut x, mut y) = (vec![zero; k + 1], vec![zero; n - k]);
            x[k] = Complex::new(1.0, 0.0);
            y[0] = Complex::new(1.0, 0.0);
            for i in (0..k).rev() {
                let sum: Complex = (i + 1..=k).map(|j| t[(i, j)] * x[j]).sum();
                x[i] = sum / apart(t[(k, k)] - t[(i, i)]);
            }
            for j in k + 1..n {
                let sum: Complex = (k..j).map(|i| y[i - k] * t[(i, j)]).sum();
                y[j - k] = sum / apart(t[(k, k)] - t[(j, j)]);
            }
            let condition = size(&x) * size(&y);
            if condition.is_finite() { condition } else { f64::MAX }
        })
        .collect()
}

/// Disjoint sets: each element knows another of its set, the root itself.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&self, mut i: usize) -> usize {
        while self.0[i] != i {
            i = self.0[i];
        }
        i
    }
    fn unite(&mut self, i: usize, j: usize) {
        let (i, j) = (self.root(i), self.root(j));
        self.0[i.max(j)] = i.min(j);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use neurate_numerics::linalg::{matmul, svd};

    /// A rotated matrix, so that nothing is exactly zero.
    fn rotated(m: &Matrix) -> Matrix {
        let n = m.rows();
        let q = svd(&Matrix::from_fn(n, n, |i, j| ((1 + 3 * i + 7 * j * j + i * j) as f64).sin())).unwrap().u;
        matmul(&matmul(&q, m), &q.transpose())
    }

    fn jordan(n: usize, lambda: f64, link: f64) -> Matrix {
        Matrix::from_fn(n, n, |i, j| if i == j { lambda } else { link * f64::from(u8::from(j == i + 1)) })
    }

    #[test]
    fn a_jordan_block_is_one_cluster_of_one_vector() {
        for n in 2..9 {
            for (link, m) in [(1.5, jordan(n, 0.4, 1.5)), (30.0, rotated(&jordan(n, 0.4, 30.0)))] {
                let all = clusters(&m).unwrap();
                assert_eq!(all.len(), 1, "{n} {link}: {all:?}");
                let c = &all[0];
                assert_eq!((c.members.len(), c.eigenvectors), (n, 1), "{c:?}");
                assert!(c.defective());
                assert!((c.mean - 0.4).norm() <= 2.0 * c.error, "{n}: {} {}", c.mean, c.error);
                // The ring's radius is (rounding / link)^(1/n) links.
                let ring = link * (c.error / link).powf(1.0 / n as f64);
                assert!(c.spread <= 2.0 * ring, "{n}: {} {ring}", c.spread);
                assert!((c.coupling - link * ((n - 1) as f64).sqrt()).abs() < 1e-2 * link, "{c:?}");
            }
        }
    }

    #[test]
    fn repeated_is_not_defective() {
        let m = rotated(&Matrix::from_diagonal(&[0.5, 0.5, 0.5, -1.0, 2.0]));
        let all = clusters(&m).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].members.as_slice(), all[0].eigenvectors), ([1, 2, 3].as_slice(), 3));
        assert!(!all[0].defective() && all[0].coupling < 1e-14);
        // A zero matrix, and one number.
        assert_eq!(clusters(&Matrix::zeros(3, 3)).unwrap()[0].eigenvectors, 3);
        assert!(clusters(&Matrix::zeros(1, 1)).unwrap().is_empty());
    }

    #[test]
    fn exact_balance_beside_a_third_unit() {
        // No left vectors exist here; and the third eigenvalue is none of it.
        let w = Matrix::from_rows(&[[2.0, -2.0, 0.0], [2.0, -2.0, 0.0], [0.0, 0.0, 1e-3]]);
        let all = clusters(&w).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].members.as_slice(), all[0].eigenvectors), ([1, 2].as_slice(), 1));
        assert!((all[0].coupling - 4.0).abs() < 1e-12);
    }

    #[test]
    fn ill_conditioned_neighbors_can_be_told_apart() {
        // Two eigenvalues 1e-6 apart, condition 1e6: shifts of 1e-10 do not join them. At 1e-9 the
        // double eigenvalue is nearer than rounding.
        let pair = |d: f64| rotated(&Matrix::from_rows(&[[d, 1.0], [0.0, 0.0]]));
        assert!(clusters(&pair(1e-6)).unwrap().is_empty());
        assert_eq!(clusters(&pair(1e-9)).unwrap().len(), 1);
        // Murphy & Miller's pair, and eigenvalues of one matrix with wide and narrow gaps.
        let w = Matrix::from_rows(&[[30.0 / 7.0, -33.0 / 7.0], [30.0 / 7.0, -33.0 / 7.0]]);
        assert!(clusters(&w).unwrap().is_empty());
        let chain =
            Matrix::from_fn(
                6,
                6,
                |i, j| if j > i { 10.0 } else { f64::from(u8::from(i == j)) * 0.1 * i as f64 },
            );
        assert!(clusters(&rotated(&chain)).unwrap().is_empty());
    }

    #[test]
    fn two_rings_are_two_clusters() {
        let m = Matrix::from_fn(6, 6, |i, j| match (i, j) {
            (i, j) if i == j => {
                if i < 3 {
                    0.5
                } else {
                    -0.7
                }
            }
            (0, 1) | (1, 2) | (3, 4) | (4, 5) => 2.0,
            (0, 4) => 0.3,
            _ => 0.0,
        });
        let all = clusters(&rotated(&m)).unwrap();
        assert_eq!(all.iter().map(|c| c.members.len()).collect::<Vec<_>>(), [3, 3]);
        assert!((all[0].mean - 0.5).norm() < 1e-13 && (all[1].mean + 0.7).norm() < 1e-13);
    }
}
