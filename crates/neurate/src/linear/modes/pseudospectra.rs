//! Pseudospectra: how far small changes of a matrix can move its eigenvalues.

use super::decomposition::Decomposition;
use super::numerical_range::range_of_schur;
use neurate_numerics::contours::contours;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};
use neurate_numerics::progress::Progress;

/// `s_min(z - A)` on a grid. The epsilon-pseudospectrum is where it is at most epsilon: all
/// eigenvalues of all complex matrices within epsilon of `A` in norm.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pseudospectra {
    /// Real parts of the grid, ascending.
    pub x: Vec<f64>,
    /// Imaginary parts, ascending and symmetric about zero.
    pub y: Vec<f64>,
    /// `s_min(x + iy - A)`: row by y, column by x. Relative accuracy 1e-6, and no better than
    /// rounding (about `1e-15 n ||A||`).
    pub s_min: Matrix,
    /// Levels of epsilon for contours, ascending: those that close within the grid.
    pub levels: Vec<f64>,
    /// The eigenvalues.
    pub eigenvalues: Vec<Complex>,
    /// The boundary of the numerical range ([`numerical_range`](super::numerical_range())).
    pub range: Vec<Complex>,
    /// Points at which the iteration failed and the full decomposition served.
    pub decomposed: usize,
}

/// Directions of the numerical range.
const DIRECTIONS: usize = 96;
/// Levels at most.
const LEVELS: usize = 6;

/// Pseudospectra of `a` (n x n) on a grid of about `resolution` points each way, which covers the
/// numerical range with a margin (the spectrum lies within it) and each of `include`.
///
/// Only the upper half is computed: of a real matrix the lower is its mirror image. Each point costs a
/// few solutions with a triangular matrix, started from its neighbor's singular vector; the columns of the grid go
/// upwards side by side, so that the solutions are matrix products
/// ([`Resolvent::smallest_singular_along`](neurate_numerics::linalg::Resolvent::smallest_singular_along)).
///
/// # Errors
/// `a` is not square or not finite, or a decomposition did not converge.
pub fn pseudospectra(a: &Matrix, resolution: usize, include: &[Complex]) -> Result<Pseudospectra> {
    pseudospectra_watched(a, resolution, include, &Progress::default())
}

/// [`pseudospectra`], telling how far it is.
///
/// # Errors
/// As [`pseudospectra`].
pub fn pseudospectra_watched(
    a: &Matrix,
    resolution: usize,
    include: &[Complex],
    progress: &Progress,
) -> Result<Pseudospectra> {
    pseudospectra_of(&Decomposition::new(a.clone()), resolution, include, progress)
}

/// [`pseudospectra`] of a matrix with its decompositions, telling how far it is.
///
/// # Errors
/// As [`pseudospectra`]; it was stopped.
pub fn pseudospectra_of(
    a: &Decomposition,
    resolution: usize,
    include: &[Complex],
    progress: &Progress,
) -> Result<Pseudospectra> {
    let resolvent = a.resolvent()?;
    let eigenvalues = resolvent.eigenvalues();
    let range = range_of_schur(&a.schur()?.t, DIRECTIONS)?;
    let a = a.matrix();
    let all = || range.iter().chain(&eigenvalues).chain(include);
    let (left, right) =
        all().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, r), z| (l.min(z.re), r.max(z.re)));
    let top = all().fold(0.0, |m: f64, z| m.max(z.im.abs()));
    // One eigenvalue alone has no extent: its size, or one.
    let size = (right - left).max(2.0 * top);
    let size = if size > 1e-9 * a.frobenius() { size } else { a.frobenius().max(f64::MIN_POSITIVE) };
    let size = if size > f64::MIN_POSITIVE { size } else { 1.0 };
    let margin = 0.2 * size;
    let (width, height) = (right - left + 2.0 * margin, 2.0 * (top + margin));
    let step = width.max(height) / (resolution.max(8) - 1) as f64;
    let columns = (width / step).ceil() as usize + 1;
    let half = (0.5 * height / step).ceil() as usize;
    let start = left - margin - 0.5 * ((columns - 1) as f64 * step - width);
    let x: Vec<f64> = (0..columns).map(|j| start + j as f64 * step).collect();
    let y: Vec<f64> = (0..=2 * half).map(|i| (i as f64 - half as f64) * step).collect();

    // Every column of the upper half is a path of its own: from one point to the next the singular vector hardly turns.
    let paths: Vec<Vec<Complex>> =
        x.iter().map(|&x| y[half..].iter().map(|&y| Complex::new(x, y)).collect()).collect();
    let along = resolvent.smallest_singular_along(&paths, 1e-6, progress)?;
    let s_min = Matrix::from_fn(y.len(), columns, |i, j| along.values[j][i.abs_diff(half)]);
    let levels = levels(&s_min);
    Ok(Pseudospectra { x, y, s_min, levels, eigenvalues, range, decomposed: along.decomposed })
}

impl Pseudospectra {
    /// The boundary of the epsilon-pseudospectrum: closed curves, from the grid (linear in the
    /// logarithm of `s_min` between its points).
    pub fn contours(&self, epsilon: f64) -> Vec<Vec<(f64, f64)>> {
        let log = |s: f64| s.max(1e-300).ln();
        contours(&self.x, &self.y, &self.s_min.map(log), log(epsilon))
    }
}

/// Round levels, ascending, whose curves close within the grid and enclose something of it: powers
/// of ten, with threes between where those are few.
fn levels(s: &Matrix) -> Vec<f64> {
    let (rows, columns) = (s.rows(), s.cols());
    let border = (0..rows)
        .flat_map(|i| [s[(i, 0)], s[(i, columns - 1)]])
        .chain((0..columns).flat_map(|j| [s[(0, j)], s[(rows - 1, j)]]))
        .fold(f64::INFINITY, f64::min);
    let mut sorted = s.data().to_vec();
    sorted.sort_by(f64::total_cmp);
    // Below what four points of a thousand reach, curves are too small to see.
    let low = sorted[sorted.len() * 4 / 1000].max(1e-300);
    let decades = |d: i32| 10f64.powi(d);
    let (first, last) = (low.log10().floor() as i32, border.log10().ceil() as i32);
    let spread = last - first;
    let each = (spread as usize).div_ceil(LEVELS).max(1) as i32;
    let mut found: Vec<f64> = (first..=last)
        .rev()
        .filter(|d| (last - d) % each == 0)
        .flat_map(|d| if spread <= 4 { vec![3.0 * decades(d), decades(d)] } else { vec![decades(d)] })
        .filter(|&e| e >= low && e < border)
        .take(LEVELS)
        .collect();
    found.sort_by(f64::total_cmp);
    found
}
