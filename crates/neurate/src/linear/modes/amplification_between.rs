//! Amplification between chosen inputs and outputs: `||C exp(A t) B||`.

use super::amplification::BOUND_TOLERANCE;
use super::amplification_bound::close;
use super::decomposition::Decomposition;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Matrix, svd};
use neurate_numerics::progress::Progress;

/// The largest transient from the columns of `B` to the rows of `C`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AmplificationBetween {
    /// `max_t ||C exp(A t) B||_2` over `t >= 0`, as found.
    pub max: f64,
    /// A bound that the norm passes at no time; infinite if `A` is not stable.
    pub bound: f64,
    /// When the maximum is reached.
    pub time: f64,
    /// The combination of inputs, of norm one, that reaches it.
    pub input: Vec<f64>,
    /// The direction over outputs, of norm one, in which it does.
    pub output: Vec<f64>,
    /// Times of the curve.
    pub times: Vec<f64>,
    /// `||C exp(A t) B||_2` at those times.
    pub norms: Vec<f64>,
}

/// Amplification of `a` (n x n) from inputs, the columns of `input` (n x p), to outputs, the rows of `output`
/// (q x n): one population only, or population means. With two identities it is [`amplification`](super::amplification()).
///
/// The maximum over time can lie at time zero and below one. The method is that of
/// [`amplification`](super::amplification()); after the last time `||C|| max ||exp(A s)|| ||exp(A t) B||` is smaller than
/// the maximum.
///
/// # Errors
/// `a` is not stable, a shape does not fit, an entry is not finite.
///
/// ```
/// use neurate::linalg::Matrix;
/// // The pair of Murphy & Miller: a pulse to E alone, seen in E alone.
/// let a = Matrix::from_rows(&[[23.0 / 7.0, -33.0 / 7.0], [30.0 / 7.0, -40.0 / 7.0]]);
/// let (to_e, of_e) = (Matrix::from_rows(&[[1.0], [0.0]]), Matrix::from_rows(&[[1.0, 0.0]]));
/// let g = neurate::linear::modes::amplification_between(&a, &to_e, &of_e)?;
/// assert!((g.max - 1.79332484489).abs() < 1e-9 && (g.time - 0.609851107).abs() < 1e-4);
/// # Ok::<(), neurate::Error>(())
/// ```
pub fn amplification_between(a: &Matrix, input: &Matrix, output: &Matrix) -> Result<AmplificationBetween> {
    amplification_between_of(&Decomposition::new(a.clone()), input, output, &Progress::default())
}

/// [`amplification_between`] of a matrix with its decompositions, telling how far it is.
///
/// # Errors
/// As [`amplification_between`]; it was stopped.
pub fn amplification_between_of(
    decomposition: &Decomposition,
    input: &Matrix,
    output: &Matrix,
    progress: &Progress,
) -> Result<AmplificationBetween> {
    let a = decomposition.matrix();
    if input.rows() != a.rows() || output.cols() != a.cols() {
        return Err(Error::invalid(format!(
            "amplification of {} states needs inputs of as many rows and outputs of as many columns, not {} x {} and {} x {}",
            a.rows(),
            input.rows(),
            input.cols(),
            output.rows(),
            output.cols()
        )));
    }
    let amplified = decomposition.amplified(&progress.part(0.0, 0.5))?;
    let (whole, course) = &*amplified;
    if !whole.max.is_finite() || whole.spectral_abscissa >= 0.0 {
        return Err(Error::invalid("amplification between inputs and outputs needs a stable matrix"));
    }
    let mut course = course.clone().between(input, output)?;
    let columns = |k| vec![0.0; k];
    let mut g = AmplificationBetween {
        max: 0.0,
        bound: 0.0,
        time: 0.0,
        input: columns(input.cols()),
        output: columns(output.rows()),
        times: vec![0.0],
        norms: vec![0.0],
    };
    if course.output_norm == 0.0 || input.max_abs() == 0.0 {
        return Ok(g);
    }
    let reach = course.output_norm * whole.bound;
    let curve = course.curve(Some(reach), true, &progress.part(0.5, 0.7))?;
    let closed = close(&mut course, curve.top, Some(whole.bound), BOUND_TOLERANCE, &progress.part(0.7, 1.0))?;
    (g.time, g.max) = (curve.at, curve.top);
    if let Some((time, value)) = closed.higher {
        let width = (1e-2 * time).min(0.1 / course.norm);
        let from = course.at((time - width).max(0.0))?;
        let (t, v) = course.peak(&from, time, time + width)?;
        (g.time, g.max) = if v > value { (t, v) } else { (time, value) };
    }
    let state = course.at(g.time)?;
    let s = svd(course.seen(&state, &mut Matrix::zeros(0, 0)))?;
    if let Some(&max) = s.s.first() {
        (g.max, g.input, g.output) = (max, s.v.col(0), s.u.col(0));
    }
    g.bound = closed.bound.max(g.max);
    (g.times, g.norms) = (curve.times, curve.norms);
    Ok(g)
}
