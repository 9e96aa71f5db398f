//! Transient growth: how large a pattern of norm one can become before it decays.

use super::growth_bound::{Norms, Rates, close};
use crate::error::{Error, Result};
use crate::linalg::{Matrix, eigenvalues, expm, matmul, norm2, svd, symmetric_eigen};

/// How far the certified bound may stay above the maximum, relative to it.
pub const BOUND_TOLERANCE: f64 = 1e-6;

/// The largest transient of `dx/dt = A x`.
#[derive(Clone, Debug)]
pub struct Growth {
    /// `max_t ||exp(A t)||_2` over `t >= 0`; 1 if nothing grows; infinite if `A` is unstable, or
    /// marginal (an eigenvalue at zero to rounding) and something grows.
    pub max: f64,
    /// Infinite above [`MAX_CERTIFIED`] units, where it is not computed; else
    /// a bound that the norm passes at no time, between samples neither: at most
    /// [`BOUND_TOLERANCE`] (relative) above `max`, the norm that is reached.
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

/// Size up to which the bound is computed: beyond, its exponentials take minutes.
pub const MAX_CERTIFIED: usize = 400;

/// Points of the curve.
const POINTS: usize = 160;

/// Transient growth of `a` (n x n, per unit of time).
///
/// The curve is sampled until it lies below one: from there on `||exp(A (t + T))|| <= ||exp(A T)||
/// ||exp(A t)||` lets nothing pass what was before. (Six of the slowest decay times nearly always do;
/// a chain of eight equal modes peaks later.) Its steps are a quarter of `1/||A||` at first, then a
/// fifth of the time passed, then a 160th of the whole. Its highest points are refined by golden
/// section, with a fresh exponential at every step, to a relative width of 1e-9 in time. Then every
/// interval between two samples is bounded, and halved where the bound passes the maximum
/// (`growth_bound.rs`). (Norms of large matrices on the curve are found by Lanczos' method, from below;
/// those at its end and at the maximum by singular values.)
///
/// ```
/// use neurate::linalg::Matrix;
/// // Exact balance, w = 4: the lecture's closed form gives 1.5698 at 0.8660 tau.
/// let a = Matrix::from_rows(&[[1.0, -2.0], [2.0, -3.0]]);
/// let g = neurate::modes::growth(&a)?;
/// assert!((g.max - 1.569_775_307_912).abs() < 1e-10);
/// # Ok::<(), neurate::Error>(())
/// ```
///
/// # Errors
/// `a` is not finite or its eigenvalues did not converge.
pub fn growth(a: &Matrix) -> Result<Growth> {
    let n = a.rows();
    let symmetric = Matrix::from_fn(n, n, |i, j| 0.5 * (a[(i, j)] + a[(j, i)]));
    let numerical_abscissa = symmetric_eigen(&symmetric)?.values[0];
    let spectral_abscissa = eigenvalues(a)?[0].re;
    let mut result = Growth {
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
        result.direction(a)?;
        return Ok(result);
    }
    // The eigenvalues are known to about n eps ||A||: closer to zero there is no telling.
    let rounding = 1e-13 * n as f64 * a.frobenius();
    let stable = spectral_abscissa < -rounding;
    let decay = if stable { -1.0 / spectral_abscissa } else { 10.0 / a.frobenius() };
    let mut end = 6.0 * decay;
    if stable {
        for _ in 0..20 {
            if norm2(&expm(&a.scale(end))?)? < 1.0 {
                break;
            }
            end *= 1.5;
        }
    }
    let mut step = end / (POINTS - 1) as f64;
    // Structure faster than the sampling: refine the early part, where growth happens.
    let fastest = 1.0 / norm2(a)?;
    let early = (step > 0.25 * fastest).then_some(0.25 * fastest);
    if let Some(fine) = early {
        result.sample(a, 0.0, fine, POINTS.min((20.0 * fastest / fine) as usize + 1))?;
    }
    let mut from = *result.times.last().expect("it holds time zero");
    // From the fine steps to the coarse ones without a gap for a maximum to hide in.
    while from > 0.0 && 0.2 * from < step {
        result.sample(a, from, 0.2 * from, 1)?;
        from = *result.times.last().expect("it holds time zero");
    }
    step = (end - from).max(0.0) / (POINTS - 1) as f64;
    if step > 0.0 {
        result.sample(a, from, step, POINTS)?;
    }
    if !stable && numerical_abscissa > rounding {
        result.max = f64::INFINITY;
        result.bound = f64::INFINITY;
        result.time = f64::INFINITY;
        return Ok(result);
    }
    if stable && numerical_abscissa > 0.0 {
        result.refine(a)?;
        if n <= MAX_CERTIFIED {
            result.certify(a)?;
        } else {
            result.bound = f64::INFINITY;
        }
    }
    result.direction(a)?;
    Ok(result)
}

impl Growth {
    /// Adds `count` equally spaced points after `from`.
    fn sample(&mut self, a: &Matrix, from: f64, step: f64, count: usize) -> Result<()> {
        let advance = expm(&a.scale(step))?;
        let mut top = Norms::new(a.rows());
        let mut e = if from == 0.0 { Matrix::identity(a.rows()) } else { expm(&a.scale(from))? };
        for k in 1..=count {
            e = matmul(&advance, &e);
            if !e.is_finite() {
                return Ok(());
            }
            self.times.push(from + step * k as f64);
            self.norms.push(top.norm(&e)?);
        }
        Ok(())
    }

    /// Golden section about every sampled local maximum that could be the highest.
    fn refine(&mut self, a: &Matrix) -> Result<()> {
        let top = self.norms.iter().copied().fold(1.0, f64::max);
        let n = self.norms.len();
        for k in 0..n {
            let left = self.times[k.saturating_sub(1)];
            let right = self.times[(k + 1).min(n - 1)];
            let peak = (k == 0 || self.norms[k] >= self.norms[k - 1])
                && (k + 1 == n || self.norms[k] >= self.norms[k + 1]);
            if !peak || self.norms[k] < 0.9 * top || left >= right {
                continue;
            }
            let (time, value) = golden(left, right, |t| norm2(&expm(&a.scale(t))?))?;
            if value > self.max {
                self.max = value;
                self.time = time;
            }
        }
        Ok(())
    }

    /// Bounds the norm between the samples; what lies higher than all known is refined and counts.
    fn certify(&mut self, a: &Matrix) -> Result<()> {
        // Past the end nothing is larger than before, if it lies below one.
        if self.norms.last().is_none_or(|&last| last >= 1.0) {
            self.bound = f64::INFINITY;
            return Ok(());
        }
        let rates = Rates::new(a)?;
        let closed = close(a, &rates, &self.times, &self.norms, self.max, BOUND_TOLERANCE)?;
        if let Some((time, value)) = closed.higher {
            // About as wide as the norm can hide that much.
            let width = 1e-2 * time;
            let (t, v) = golden((time - width).max(0.0), time + width, |t| norm2(&expm(&a.scale(t))?))?;
            (self.time, self.max) = if v > value { (t, v) } else { (time, value) };
        }
        self.bound = closed.bound.max(self.max);
        Ok(())
    }

    /// Input and output patterns at the maximum.
    fn direction(&mut self, a: &Matrix) -> Result<()> {
        // At time zero every direction has gain one; the one that grows (shrinks) first is then the
        // top eigenvector of the symmetric part.
        if self.time == 0.0 {
            let n = a.rows();
            let symmetric = Matrix::from_fn(n, n, |i, j| 0.5 * (a[(i, j)] + a[(j, i)]));
            self.input = oriented(symmetric_eigen(&symmetric)?.vectors.col(0)).0;
            self.output = self.input.clone();
            return Ok(());
        }
        let s = svd(&expm(&a.scale(self.time))?)?;
        let (input, sign) = oriented(s.v.col(0));
        self.input = input;
        self.output = s.u.col(0).iter().map(|x| sign * x).collect();
        Ok(())
    }
}

/// The vector with its largest entry positive, and the sign that made it so.
fn oriented(v: Vec<f64>) -> (Vec<f64>, f64) {
    let top = v.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() + 1e-12 { x } else { m });
    let sign = if top < 0.0 { -1.0 } else { 1.0 };
    (v.iter().map(|x| sign * x).collect(), sign)
}

/// The maximum of a unimodal function on an interval.
pub(super) fn golden(mut a: f64, mut b: f64, f: impl Fn(f64) -> Result<f64>) -> Result<(f64, f64)> {
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    let width = 1e-9 * b.abs();
    let (mut c, mut d) = (b - ratio * (b - a), a + ratio * (b - a));
    let (mut fc, mut fd) = (f(c)?, f(d)?);
    for _ in 0..100 {
        if b - a <= width {
            break;
        }
        if fc > fd {
            (b, d, fd) = (d, c, fc);
            c = b - ratio * (b - a);
            fc = f(c)?;
        } else {
            (a, c, fc) = (c, d, fd);
            d = a + ratio * (b - a);
            fd = f(d)?;
        }
    }
    if !(fc.is_finite() && fd.is_finite()) {
        return Err(Error::not_converged("the norm of exp(A t) is not finite near its maximum"));
    }
    Ok(if fc > fd { (c, fc) } else { (d, fd) })
}
