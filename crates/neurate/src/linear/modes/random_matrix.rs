//! What a random matrix with the measured block statistics would have for a spectrum.

use super::blocks::{Block, block_statistics};
use super::variance_profile::{VarianceProfile, largest_modulus};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix, eigen, matmul, svd, top_eigenvalue};
use std::ops::Range;

/// Fewest units for which limits of many units say anything.
pub const FEWEST_UNITS: usize = 50;
/// Fewest connections of a unit for which sums over them are near normal.
pub const FEWEST_INPUTS: f64 = 10.0;
/// A ring about the disc: eigenvalues beyond this multiple of the radius count as outside.
pub const BEYOND: f64 = 1.1;

/// Why the predictions do not apply.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Obstacle {
    /// Fewer units than [`FEWEST_UNITS`].
    FewUnits(usize),
    /// Units get fewer connections than [`FEWEST_INPUTS`] on average: this many.
    FewInputs(f64),
    /// This share of the squared weight, block means taken off, is in a few patterns: a ring, say.
    Structured(f64),
    /// There is nothing random: every block is uniform.
    NoSpread,
}

/// An eigenvalue that the mean (low-rank) part brings about.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outlier {
    /// The prediction.
    pub value: Complex,
    /// Standard deviation over matrices with the same mean part as measured.
    pub sd: f64,
}

/// Predictions for a matrix from the statistics of its blocks.
///
/// Each entry is taken for independent of the others but the one of the way back, with the mean and
/// the variance of its block. Limits of many units; `*_range` and `sd` say how far a matrix of this
/// size strays.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RandomMatrix {
    /// Radius of the disc: its square is the largest eigenvalue of the matrix `N_d var(c <- d)`
    /// (Girko 1984, Rajan & Abbott 2006 for one and two sending types, Aljadeff et al. 2015 for blocks).
    pub radius: f64,
    /// The largest modulus lies here in nine of ten matrices without mean part.
    pub radius_range: (f64, f64),
    /// Correlation of an entry with that of the way back, block means taken off (Sommers et al. 1988).
    pub reciprocity: f64,
    /// Half axes of the ellipse, real and imaginary: `radius (1 +- reciprocity)`. None if the
    /// correlation is not beyond five standard errors, or variances differ between blocks.
    pub ellipse: Option<(f64, f64)>,
    /// Eigenvalues of the mean part that lie outside the disc, largest first.
    pub outliers: Vec<Outlier>,
    /// Patterns beyond the block means that the mean part holds.
    pub patterns: usize,
    /// `||mean part||_F / sqrt N`, to be compared with the radius.
    pub mean_size: f64,
    /// How large the random parts of the rows' sums are, over that of independent entries, in the
    /// pattern that the mean part produces: 0 if the zero-row-sum condition holds, 1 without it.
    pub row_sums: f64,
    /// Eigenvalues expected beyond [`BEYOND`] times the radius: outliers, and those that chance sums
    /// of rows scatter if the mean part is strong.
    pub expected_beyond: f64,
    /// Share of eigenvalues expected within half the radius (of the ellipse).
    pub within_half: f64,
    /// Expected `sum |lambda|^2`.
    pub eigenvalues_squared: f64,
    /// Expected share of feedforward weights in `||M||_F^2`.
    pub feedforward_share: f64,
    /// Why not to believe all that; empty if there is no reason.
    pub obstacles: Vec<Obstacle>,
}

/// Predictions for `m`, from the statistics of its blocks between `groups` of units.
///
/// What singular values reach beyond those of independent entries counts to the mean part: low-rank
/// patterns (Mastrogiuseppe & Ostojic 2018), corrected for the noise that they are measured in.
///
/// # Errors
/// A decomposition did not converge.
pub fn random_matrix(m: &Matrix, groups: &[Range<usize>]) -> Result<RandomMatrix> {
    let n = m.rows();
    let blocks = block_statistics(m, groups);
    let group_of: Vec<usize> =
        groups.iter().enumerate().flat_map(|(g, r)| r.clone().map(move |_| g)).collect();
    let mut rest = without_means(m, &blocks, &group_of);
    let structure = beyond_noise(&rest)?;
    let mut obstacles = obstacles(n, &blocks, groups, &structure, rest.frobenius());
    for p in &structure.patterns {
        for i in 0..n {
            for j in 0..n {
                rest[(i, j)] -= p.strength * p.left[i] * p.right[j];
            }
        }
    }
    let variances = variances(&rest, groups);
    let profile = VarianceProfile::new(groups.iter().map(Range::len).collect(), variances.clone());
    let radius = profile.radius()?;
    if radius <= 1e-12 * m.max_abs() {
        obstacles.push(Obstacle::NoSpread);
    }
    let reciprocity = reciprocity(&rest, n);
    let ellipse = ellipse(radius, reciprocity, n, &variances, groups);
    let mean = MeanPart::new(&blocks, groups, &structure);
    let row_sums = row_sums(&rest, &blocks, groups, &variances);
    let eigenvalues = mean.eigenvalues(&variances, groups, radius, row_sums)?;
    let shift = ellipse.map_or(0.0, |_| reciprocity * radius * radius);
    let outliers: Vec<Outlier> = eigenvalues
        .into_iter()
        .filter(|o| o.value.norm() > radius)
        // In the ellipse's law an outlier is moved (O'Rourke & Renfrew 2014).
        .map(|o| Outlier { value: o.value + shift / o.value, ..o })
        .collect();
    let mean_size = mean.size(groups) / (n as f64).sqrt();
    let patterns: f64 = structure.patterns.iter().map(|p| p.strength * p.strength).sum();
    let patterns_size = (patterns / n as f64).sqrt();
    let (within_half, mean_square) = match ellipse {
        Some(_) => (0.25, 0.5 * radius * radius * (1.0 + reciprocity * reciprocity)),
        None => (profile.within(0.5 * radius), profile.mean_square_modulus(radius)),
    };
    let bulk = (n - outliers.len().min(n)) as f64 * mean_square;
    let eigenvalues_squared = bulk + outliers.iter().map(|o| o.value.norm_sqr()).sum::<f64>();
    let total = m.frobenius().powi(2);
    let (low, high) = largest_modulus(n);
    Ok(RandomMatrix {
        radius,
        radius_range: (radius * low, radius * high),
        reciprocity,
        ellipse,
        expected_beyond: expected_beyond((mean_size * row_sums).hypot(patterns_size), radius, &outliers),
        outliers,
        patterns: structure.patterns.len(),
        mean_size,
        row_sums,
        within_half,
        eigenvalues_squared,
        feedforward_share: if total > 0.0 { (1.0 - eigenvalues_squared / total).max(0.0) } else { 0.0 },
        obstacles,
    })
}

fn obstacles(
    n: usize,
    blocks: &[Vec<Block>],
    groups: &[Range<usize>],
    structure: &Structure,
    norm: f64,
) -> Vec<Obstacle> {
    let mut all = Vec::new();
    if n < FEWEST_UNITS {
        all.push(Obstacle::FewUnits(n));
    }
    let inputs = |c: usize| blocks[c].iter().map(|b| b.in_degree).sum::<f64>() * groups[c].len() as f64;
    let inputs = (0..groups.len()).map(inputs).sum::<f64>() / n as f64;
    if inputs < FEWEST_INPUTS {
        all.push(Obstacle::FewInputs(inputs));
    }
    if structure.share > 0.5 && norm > 0.0 {
        all.push(Obstacle::Structured(structure.share));
    }
    all
}

fn without_means(m: &Matrix, blocks: &[Vec<Block>], group_of: &[usize]) -> Matrix {
    Matrix::from_fn(m.rows(), m.cols(), |i, j| {
        if i == j && m.rows() > 1 { 0.0 } else { m[(i, j)] - blocks[group_of[i]][group_of[j]].mean }
    })
}

/// Variances of the blocks, the diagonal left out.
fn variances(rest: &Matrix, groups: &[Range<usize>]) -> Vec<Vec<f64>> {
    let of = |b: &Block| b.variance + b.mean * b.mean;
    block_statistics(rest, groups).iter().map(|row| row.iter().map(of).collect()).collect()
}

struct Pattern {
    left: Vec<f64>,
    right: Vec<f64>,
    strength: f64,
    /// Cosine squared of the angle between a measured and the true pattern.
    overlap: f64,
}

struct Structure {
    patterns: Vec<Pattern>,
    /// Their share of the squared weight.
    share: f64,
}

/// The singular patterns that independent entries would not make. Those have no singular value above
/// (about) the largest norm of a row plus that of a column (Bandeira & van Handel 2016).
fn beyond_noise(rest: &Matrix) -> Result<Structure> {
    let n = rest.rows();
    let none = Structure { patterns: vec![], share: 0.0 };
    let mut columns = vec![0.0; n];
    let mut row = 0.0f64;
    for i in 0..n {
        row = row.max(rest.row(i).iter().map(|x| x * x).sum());
        rest.row(i).iter().zip(&mut columns).for_each(|(x, c)| *c += x * x);
    }
    let bound = 1.1 * (row.sqrt() + columns.into_iter().fold(0.0, f64::max).sqrt());
    let norm = rest.frobenius();
    if norm == 0.0 || largest_singular(rest) <= bound {
        return Ok(none);
    }
    let s = svd(rest)?;
    let count = s.s.iter().take_while(|x| **x > bound).count();
    let strong: f64 = s.s[..count].iter().map(|x| x * x).sum();
    // Noise of variance v / n adds v / strength to a singular value, and tilts its vectors.
    let noise = ((norm * norm - strong) / n as f64).max(0.0);
    let pattern = |k: usize| {
        let strength = 0.5 * (s.s[k] + (s.s[k] * s.s[k] - 4.0 * noise).max(0.0).sqrt());
        let overlap = 1.0 - noise / (strength * strength);
        Pattern { left: s.u.col(k), right: s.v.col(k), strength, overlap }
    };
    Ok(Structure { patterns: (0..count).map(pattern).collect(), share: strong / (norm * norm) })
}

fn largest_singular(a: &Matrix) -> f64 {
    let transposed = a.transpose();
    let mut between = vec![0.0; a.rows()];
    let mut start: Vec<f64> = (0..a.cols()).map(|j| 1.0 + (j as f64 * 0.7).sin()).collect();
    let apply = |x: &[f64], y: &mut [f64]| {
        a.mul_vec_into(x, &mut between);
        transposed.mul_vec_into(&between, y);
    };
    top_eigenvalue(apply, &mut start, 1e-3, 0.0, 100).value.max(0.0).sqrt()
}

fn reciprocity(rest: &Matrix, n: usize) -> f64 {
    let (mut both, mut one) = (0.0, 0.0);
    for i in 0..n {
        for j in 0..i {
            both += 2.0 * rest[(i, j)] * rest[(j, i)];
            one += rest[(i, j)].powi(2) + rest[(j, i)].powi(2);
        }
    }
    if one > 0.0 { both / one } else { 0.0 }
}

fn ellipse(
    radius: f64,
    reciprocity: f64,
    n: usize,
    variances: &[Vec<f64>],
    groups: &[Range<usize>],
) -> Option<(f64, f64)> {
    let pairs = (n * n.saturating_sub(1)) as f64 / 2.0;
    // Variances of as many entries scatter; a few per cent of difference do not bend an ellipse.
    let present: Vec<f64> = variances
        .iter()
        .zip(groups)
        .flat_map(|(row, to)| row.iter().zip(groups).filter(|(_, from)| to.len() * from.len() > 1))
        .map(|(v, _)| *v)
        .collect();
    let (low, high) = present.iter().fold((f64::INFINITY, 0.0f64), |(a, b), &v| (a.min(v), b.max(v)));
    let correlated = reciprocity.abs() > 5.0 / pairs.sqrt();
    (correlated && low > 0.8 * high).then_some((radius * (1.0 + reciprocity), radius * (1.0 - reciprocity)))
}

/// Sums of the rows' random parts in the pattern that the mean part produces, against chance.
fn row_sums(rest: &Matrix, blocks: &[Vec<Block>], groups: &[Range<usize>], variances: &[Vec<f64>]) -> f64 {
    let (mut found, mut chance) = (0.0, 0.0);
    for (a, to) in groups.iter().enumerate() {
        for i in to.clone() {
            let sums: Vec<f64> = groups.iter().map(|r| rest.row(i)[r.clone()].iter().sum()).collect();
            for (d, from) in groups.iter().enumerate() {
                let produced: f64 = (0..groups.len()).map(|c| sums[c] * blocks[c][d].mean).sum();
                let variance: f64 = (0..groups.len())
                    .map(|c| groups[c].len() as f64 * variances[a][c] * blocks[c][d].mean.powi(2))
                    .sum();
                found += from.len() as f64 * produced * produced;
                chance += from.len() as f64 * variance;
            }
        }
    }
    if chance > 0.0 { (found / chance).sqrt() } else { 0.0 }
}

/// The mean part as a product `A B^T` of two n x k matrices.
struct MeanPart {
    a: Matrix,
    b: Matrix,
}

impl MeanPart {
    fn new(blocks: &[Vec<Block>], groups: &[Range<usize>], structure: &Structure) -> MeanPart {
        let (g, k) = (groups.len(), structure.patterns.len());
        let n = groups.last().map_or(0, |r| r.end);
        let mut a = Matrix::zeros(n, g + k);
        let mut b = Matrix::zeros(n, g + k);
        for (c, to) in groups.iter().enumerate() {
            to.clone().for_each(|i| a[(i, c)] = 1.0);
            for (d, from) in groups.iter().enumerate() {
                from.clone().for_each(|j| b[(j, c)] = blocks[c][d].mean);
            }
        }
        for (c, p) in structure.patterns.iter().enumerate() {
            // Measured patterns are tilted by noise: overlaps with them come out too small.
            let untilt = 1.0 / p.overlap.max(1e-3).sqrt();
            for i in 0..n {
                a[(i, g + c)] = untilt * p.left[i];
                b[(i, g + c)] = untilt * p.strength * p.right[i];
            }
        }
        MeanPart { a, b }
    }

    /// Frobenius norm of the blocks' means.
    fn size(&self, groups: &[Range<usize>]) -> f64 {
        let square = |c: usize| {
            let row: f64 = self.b.col(c).iter().map(|x| x * x).sum();
            groups[c].len() as f64 * row
        };
        (0..groups.len()).map(square).sum::<f64>().sqrt()
    }

    /// Its eigenvalues that are not zero, largest modulus first.
    ///
    /// A random part R moves an eigenvalue lambda with vectors l and r by the sum of
    /// `l R^k r / (l r lambda^(k-1))`. For k = 1 that is in the measured means already; the others
    /// have independent normal distributions, their variances fall by `(radius / lambda)^2` each.
    fn eigenvalues(
        &self,
        variances: &[Vec<f64>],
        groups: &[Range<usize>],
        radius: f64,
        row_sums: f64,
    ) -> Result<Vec<Outlier>> {
        let small = matmul(&self.b.transpose(), &self.a);
        let size = small.frobenius();
        let e = eigen(&small)?;
        let mut all = Vec::new();
        for (k, &value) in e.values.iter().enumerate() {
            if value.norm() <= 1e-10 * size {
                continue;
            }
            let Some(left) = &e.left else {
                all.push(Outlier { value, sd: f64::NAN });
                continue;
            };
            let expand = |m: &Matrix, y: &dyn Fn(usize) -> Complex| -> Vec<Complex> {
                (0..m.rows()).map(|i| (0..m.cols()).map(|c| m[(i, c)] * y(c)).sum()).collect()
            };
            let r = expand(&self.a, &|c| e.right[(c, k)]);
            let l = expand(&self.b, &|c| left[(k, c)]);
            let lr: Complex = l.iter().zip(&r).map(|(l, r)| l * r).sum();
            let power = |v: &[Complex]| -> Vec<f64> {
                groups.iter().map(|g| v[g.clone()].iter().map(Complex::norm_sqr).sum()).collect()
            };
            let (lp, rp) = (power(&l), power(&r));
            let mut first = 0.0;
            for (c, row) in variances.iter().enumerate() {
                for (d, v) in row.iter().enumerate() {
                    first += lp[c] * rp[d] * v;
                }
            }
            let ratio = (radius / value.norm()).powi(2);
            let later = if ratio < 1.0 { ratio / (1.0 - ratio) } else { f64::NAN };
            all.push(Outlier { value, sd: row_sums.min(1.0) * (first * later).sqrt() / lr.norm() });
        }
        all.sort_by(|a, b| b.value.norm().total_cmp(&a.value.norm()));
        Ok(all)
    }
}

/// Expected number of eigenvalues beyond [`BEYOND`] times the radius.
///
/// With w = radius / z, eigenvalues outside are the zeros within the unit disc of
/// `F(w) = prod (1 - lambda w / radius) - c sum_k g_k w^(k+1)`: lambda are the mean part's
/// eigenvalues, `g_k` independent and normal, from `l R^k r`, and c is the mean part's size times
/// that of the row sums, over the radius. Jensen's formula counts them: within |w| < s on average
/// `(s/2) d/ds` of the mean of `E log |F|^2` over the circle, and `E log |a + sqrt(K) g|^2 =
/// log |a|^2 + E_1(|a|^2 / K)` for a complex normal g (as which we take the real ones).
fn expected_beyond(strength: f64, radius: f64, outliers: &[Outlier]) -> f64 {
    const ANGLES: usize = 720;
    if radius <= 0.0 {
        return outliers.len() as f64;
    }
    let s = 1.0 / BEYOND;
    let k = (strength / radius).powi(2) * s.powi(4) / (1.0 - s * s);
    let growth = 4.0 + 2.0 * s * s / (1.0 - s * s); // s K'/K
    let mut sum = 0.0;
    for step in 0..ANGLES {
        let w = Complex::from_polar(s, (step as f64 + 0.5) * std::f64::consts::TAU / ANGLES as f64);
        let (mut size, mut slope) = (1.0, 0.0); // |a|^2 and s (|a|^2)'/|a|^2
        for o in outliers {
            let q = o.value * w / radius;
            size *= (1.0 - q).norm_sqr();
            slope += 2.0 * (-q / (1.0 - q)).re;
        }
        let fade = if k > 0.0 { (-size / k).exp() } else { 0.0 };
        sum += slope - fade * (slope - growth);
    }
    0.5 * sum / ANGLES as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_counts_its_outliers() {
        // Without row sums: exactly the outliers beyond the ring.
        let outlier = |x: f64| Outlier { value: Complex::new(x, 0.0), sd: 0.0 };
        assert!(expected_beyond(0.0, 1.0, &[]).abs() < 1e-12);
        assert!((expected_beyond(0.0, 1.0, &[outlier(3.0), outlier(-2.0)]) - 2.0).abs() < 1e-9);
        assert!(expected_beyond(0.0, 1.0, &[outlier(1.05)]).abs() < 1e-6);
        // c = 1.55 (random_theory.json, rajan_abbott): 6 were found.
        let n = expected_beyond(1.0, 0.644_98, &[]);
        assert!((n - 6.08).abs() < 0.02, "{n}");
    }

    #[test]
    fn uniform_blocks_have_no_disc() {
        let w = Matrix::from_fn(60, 60, |_, j| if j < 40 { 0.1 } else { -0.1 });
        let r = random_matrix(&w, &[0..40, 40..60]).unwrap();
        assert!(r.obstacles.contains(&Obstacle::NoSpread) && r.radius < 1e-12);
        assert!((r.outliers[0].value.re - 2.0).abs() < 1e-12, "{:?}", r.outliers);
    }
}
