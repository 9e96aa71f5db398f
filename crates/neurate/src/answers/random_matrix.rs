//! Beside the measured spectrum: what a random matrix with these block statistics would have. A part of the eigenmodes.

use super::text::{number, percent};
use crate::linear::modes::{BEYOND, FEWEST_INPUTS, FEWEST_UNITS, Obstacle, RandomMatrix, random_matrix};
use crate::study::{Array, ComplexNumber, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};
use schemars::JsonSchema;
use serde::Serialize;
use std::ops::Range;

/// The spectrum of the modes' matrix `M` beside that of a random matrix with its block statistics, a limit of many units.
///
/// Entries are taken for independent of each other, but for those of opposite direction, with the mean and the variance
/// of their block; ranges hold nine of ten matrices of this size with normal entries.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RandomMatrixComparison {
    /// Whether the prediction may be believed: there is no obstacle.
    pub applies: bool,
    /// Why it may not, in words.
    pub obstacles: Vec<String>,
    /// Radius of the disc that holds the eigenvalues but for outliers (Girko 1984; Rajan & Abbott 2006; Aljadeff et al.
    /// 2015).
    pub radius: f64,
    /// Smallest and largest radius to expect at this size.
    pub radius_range: Array,
    /// Correlation of an entry with that of the opposite direction, block means taken off (Sommers et al. 1988).
    pub reciprocity: f64,
    /// Half axes of the ellipse that holds the eigenvalues, real and imaginary; null where it is a disc: the correlation
    /// is not beyond five standard errors, or variances differ between blocks.
    pub half_axes: Option<Array>,
    /// Outliers that the mean part makes, the largest first.
    pub outliers: Vec<PredictedOutlier>,
    /// Number of patterns beyond the block means that the mean part holds.
    pub patterns: usize,
    /// `‖mean part‖ / √n`, to be compared with the radius.
    pub mean_size: f64,
    /// Size of the random parts of the rows' sums over that of independent entries, in the pattern that the mean part
    /// produces: 0 if the zero-row-sum condition holds, 1 by chance.
    pub row_sums: f64,
    /// Expected number of eigenvalues beyond 1.1 times the radius.
    pub expected_beyond: f64,
    /// Expected share of eigenvalues within half the radius, or half the ellipse (Cook et al. 2018), from 0 to 1.
    pub within_half: f64,
    /// Expected share of `‖M‖²` that is feedforward, from 0 to 1.
    pub feedforward_share: f64,
    /// The same quantities of `M` itself.
    pub measured: MeasuredSpectrum,
}

/// An eigenvalue that the mean part of a random matrix makes (O'Rourke & Renfrew 2014; Mastrogiuseppe & Ostojic 2018).
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PredictedOutlier {
    /// The prediction.
    pub predicted: ComplexNumber,
    /// Its standard deviation over matrices with the same mean part; null if it is not finite.
    pub sd: f64,
    /// The eigenvalue of `M` nearest to it.
    pub measured: ComplexNumber,
}

/// What of the eigenvalues of `M` has a prediction from random matrices.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MeasuredSpectrum {
    /// Largest modulus of an eigenvalue, without the outliers that were predicted.
    pub largest: f64,
    /// Largest real and imaginary part in absolute value, without them.
    pub half_axes: Array,
    /// Number of eigenvalues beyond 1.1 times the predicted radius.
    pub beyond: usize,
    /// Share of eigenvalues within half the predicted radius or ellipse, from 0 to 1.
    pub within_half: f64,
    /// Share of `‖M‖²` that is feedforward, from 0 to 1.
    pub feedforward_share: f64,
}

impl RandomMatrixComparison {
    /// The comparison for the modes' matrix, whose eigenvalues are `values`; None where none is made: of few units, of
    /// units with slow states, of units with different time constants.
    ///
    /// # Errors
    /// As [`Study::linearization`]; a decomposition did not converge.
    pub(crate) fn of(study: &Study, values: &[Complex]) -> Result<Option<RandomMatrixComparison>> {
        let (c, l) = (study.circuit(), study.linearization()?);
        let m = l.modes_decomposition().matrix();
        if m.rows() < FEWEST_UNITS || !c.is_plain() || !l.uniform_tau() {
            return Ok(None);
        }
        let groups: Vec<Range<usize>> = (0..c.populations().len()).map(|p| c.range(p)).collect();
        let r = random_matrix(m, &groups)?;
        let nearest: Vec<Complex> = r.outliers.iter().map(|o| nearest(values, o.value)).collect();
        let measured = MeasuredSpectrum::new(m, values, &r, &nearest);
        let outliers = r.outliers.iter().zip(nearest).map(|(o, found)| PredictedOutlier {
            predicted: o.value.into(),
            sd: o.sd,
            measured: found.into(),
        });
        Ok(Some(RandomMatrixComparison {
            applies: r.obstacles.is_empty(),
            obstacles: r.obstacles.iter().map(reason).collect(),
            radius: r.radius,
            radius_range: vec![r.radius_range.0, r.radius_range.1].into(),
            reciprocity: r.reciprocity,
            half_axes: r.ellipse.map(|(a, b)| vec![a, b].into()),
            outliers: outliers.collect(),
            patterns: r.patterns,
            mean_size: r.mean_size,
            row_sums: r.row_sums,
            expected_beyond: r.expected_beyond,
            within_half: r.within_half,
            feedforward_share: r.feedforward_share,
            measured,
        }))
    }
}

fn reason(o: &Obstacle) -> String {
    match o {
        Obstacle::FewUnits(n) => format!("{n} units are fewer than {FEWEST_UNITS}"),
        Obstacle::FewInputs(k) => {
            format!(
                "units have {} inputs on average, too few (under {FEWEST_INPUTS}) for sums over them to be near normal",
                number(*k)
            )
        }
        Obstacle::Structured(share) => {
            format!(
                "the weights have structure beyond their blocks' means: {} of the squared rest is in a few patterns",
                percent(*share)
            )
        }
        Obstacle::NoSpread => "the blocks are uniform, nothing is random".into(),
    }
}

/// The eigenvalue that is nearest to `z`; `z` if there is none.
fn nearest(values: &[Complex], z: Complex) -> Complex {
    let far = |v: &Complex| (*v - z).norm();
    values.iter().copied().min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(z)
}

impl MeasuredSpectrum {
    fn new(m: &Matrix, values: &[Complex], r: &RandomMatrix, outliers: &[Complex]) -> MeasuredSpectrum {
        let total = m.frobenius().powi(2);
        let sum: f64 = values.iter().map(|z| z.norm_sqr()).sum();
        // The bulk: without the outliers that were foreseen.
        let bulk: Vec<Complex> = values.iter().copied().filter(|z| !outliers.contains(z)).collect();
        let (a, b) = r.ellipse.unwrap_or((r.radius, r.radius));
        let top = |f: &dyn Fn(&Complex) -> f64| bulk.iter().map(f).fold(0.0, f64::max);
        let half = |z: &Complex| (z.re / a).hypot(z.im / b) < 0.5;
        MeasuredSpectrum {
            largest: top(&|z| z.norm()),
            half_axes: vec![top(&|z| z.re.abs()), top(&|z| z.im.abs())].into(),
            beyond: values.iter().filter(|z| z.norm() > BEYOND * r.radius).count(),
            within_half: values.iter().filter(|z| half(z)).count() as f64 / values.len() as f64,
            feedforward_share: if total > 0.0 { 1.0 - sum / total } else { 0.0 },
        }
    }
}
