//! Transient amplification: how large a pattern of norm one can become before it decays.

use super::amplification_bound::close;
use super::amplification_course::Course;
use super::decomposition::{Decomposition, symmetric_part};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, SpectralNorm, symmetric_eigen};
use neurate_numerics::progress::Progress;

/// How far the certified bound may stay above the maximum, relative to it.
pub const BOUND_TOLERANCE: f64 = 1e-6;

/// The largest transient of `dx/dt = A x`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Amplification {
    /// `max_t ||exp(A t)||_2` over `t >= 0`; 1 if nothing grows; infinite if `A` is unstable, or
    /// marginal (an eigenvalue at zero to rounding) and something grows.
    pub max: f64,
    /// A bound that the norm passes at no time, between samples neither: at most [`BOUND_TOLERANCE`]
    /// (relative) above `max`, the norm that is reached. Rigorous but for the rounding of the
    /// exponentials themselves. Infinite with `max`, or if it could not be closed.
    pub bound: f64,
    /// When it is reached.
    pub time: f64,
    /// The initial pattern of norm one that grows most.
    pub input: Vec<f64>,
    /// The pattern of norm one into which it has grown.
    pub output: Vec<f64>,
    /// The numerical abscissa, `lambda_max((A + A^T)/2)`: the largest rate of growth at time 0.
    /// Nothing grows at all if and only if it is at most zero.
    pub numerical_abscissa: f64,
    /// The spectral abscissa, `max Re lambda`: the rate in the long run.
    pub spectral_abscissa: f64,
    /// Times of the curve.
    pub times: Vec<f64>,
    /// `||exp(A t)||_2` at those times: the lower envelope of all bounds, the sampled truth.
    pub norms: Vec<f64>,
}

/// How many of the slowest decay times the curve is followed at least.
const DECAYS: f64 = 6.0;
/// Points of the curve where a formula serves.
const POINTS: usize = 160;

/// Transient amplification of `a` (n x n, per unit of time).
///
/// All on the real Schur form, where the products that lead from one time to the next cost a sixth. The
/// curve is sampled until it lies below one: from there on `||exp(A (t + T))|| <= ||exp(A T)||
/// ||exp(A t)||` lets nothing pass what was before. Its steps are a quarter of `1/||A||` at first, then
/// about an eighth of the time passed, then a 128th of the slowest decay times (above 500 units a 64th). (Norms above 12 units are found
/// by Lanczos' method, from below: 1e-9 or better unless two singular values nearly agree.) At its highest
/// points the zero of the slope is sought, with fresh exponentials; the slope is that of the singular
/// value, `u^T A u`. Then a march over all times bounds the norm between them (`amplification_bound.rs`),
/// with norms that Cholesky factorizations certify where the trace does not.
///
/// ```
/// use neurate::linalg::Matrix;
/// // Exact balance, w = 4: the lecture's closed form gives 1.5698 at 0.8660 tau.
/// let a = Matrix::from_rows(&[[1.0, -2.0], [2.0, -3.0]]);
/// let g = neurate::linear::modes::amplification(&a)?;
/// assert!((g.max - 1.569_775_307_912).abs() < 1e-10);
/// # Ok::<(), neurate::Error>(())
/// ```
///
/// # Errors
/// `a` is not finite or its Schur form did not converge.
pub fn amplification(a: &Matrix) -> Result<Amplification> {
    Ok(amplification_and_course(&Decomposition::new(a.clone()), &Progress::default())?.0)
}

/// [`amplification`] of a matrix with its decompositions, telling how far it is.
///
/// # Errors
/// As [`amplification`]; it was stopped.
pub fn amplification_of(a: &Decomposition, progress: &Progress) -> Result<Amplification> {
    Ok(a.amplified(progress)?.0.clone())
}

/// The same, with what was needed for it.
pub(super) fn amplification_and_course(
    a: &Decomposition,
    progress: &Progress,
) -> Result<(Amplification, Course)> {
    let mut course = Course::new(a)?;
    let a = a.matrix();
    let n = a.rows();
    let (numerical_abscissa, spectral_abscissa) = (course.numerical_abscissa, course.spectral_abscissa);
    let mut g = Amplification {
        max: 1.0,
        bound: 1.0,
        time: 0.0,
        input: Vec::new(),
        output: Vec::new(),
        numerical_abscissa,
        spectral_abscissa,
        times: vec![0.0],
        norms: vec![1.0],
    };
    if a.frobenius() == 0.0 {
        g.direction(a, &course)?;
        return Ok((g, course));
    }
    // The eigenvalues are known to about n eps ||A||: closer to zero there is no telling.
    let rounding = 1e-13 * n as f64 * a.frobenius();
    let stable = spectral_abscissa < -rounding;
    course.unit = if stable { -DECAYS / spectral_abscissa } else { 10.0 / a.frobenius() };
    // e^(alpha t) <= ||exp(A t)|| <= e^(w t): where both agree, as for normal matrices, nothing is left.
    if numerical_abscissa - spectral_abscissa <= 1e-10 * spectral_abscissa.abs() {
        g.times = (0..=POINTS).map(|k| course.unit * k as f64 / POINTS as f64).collect();
        g.norms = g.times.iter().map(|t| (spectral_abscissa * t).exp()).collect();
    } else {
        let grows = stable && numerical_abscissa > 0.0;
        let curve = course.curve(None, grows, &progress.part(0.0, 0.5))?;
        (g.times, g.norms) = (curve.times, curve.norms);
        if grows {
            (g.max, g.time) = (curve.top, curve.at);
            let closed = close(&mut course, g.max, None, BOUND_TOLERANCE, &progress.part(0.5, 1.0))?;
            if let Some((time, value)) = closed.higher {
                // About as wide as the norm can hide that much.
                let width = (1e-2 * time).min(0.1 / course.norm);
                let from = course.at((time - width).max(0.0))?;
                let (t, v) = course.peak(&from, time, time + width)?;
                (g.time, g.max) = if v > value { (t, v) } else { (time, value) };
            }
            g.bound = closed.bound.max(g.max);
        }
    }
    if !stable && numerical_abscissa > rounding {
        (g.max, g.bound, g.time) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
        return Ok((g, course));
    }
    g.direction(a, &course)?;
    Ok((g, course))
}

impl Amplification {
    /// Input and output patterns at the maximum.
    fn direction(&mut self, a: &Matrix, course: &Course) -> Result<()> {
        // At time zero every direction has gain one; the one that grows (shrinks) first is then the
        // top eigenvector of the symmetric part.
        if self.time == 0.0 {
            self.input = oriented(symmetric_eigen(&symmetric_part(a))?.vectors.col(0)).0;
            self.output = self.input.clone();
            return Ok(());
        }
        let e = course.at(self.time)?.carried;
        let mut top = SpectralNorm::new(e.cols());
        top.of(&e, 1e-11)?;
        let reached = e.mul_vec(top.right());
        let size = reached.iter().map(|x| x * x).sum::<f64>().sqrt();
        let (input, sign) = oriented(course.q.mul_vec(top.right()));
        self.input = input;
        self.output = course.q.mul_vec(&reached).iter().map(|x| sign * x / size).collect();
        Ok(())
    }
}

/// The vector with its largest entry positive, and the sign that made it so.
fn oriented(v: Vec<f64>) -> (Vec<f64>, f64) {
    let top = v.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() + 1e-12 { x } else { m });
    let sign = if top < 0.0 { -1.0 } else { 1.0 };
    (v.iter().map(|x| sign * x).collect(), sign)
}
