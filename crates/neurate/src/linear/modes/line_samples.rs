//! Whether a level is undercut anywhere on a vertical line, from singular values at points of it: for large matrices, of
//! which the Hamiltonian eigenproblem would cost more than all else.
//!
//! With `B = A - x` the smallest singular value obeys `s_min(x + iy - A)^2 = y^2 + lambda_min(B^T B + y i (B - B^T))`: the
//! least eigenvalue of what is linear in y is a *concave* function of y. So between two points a and b of the line
//!
//! ```text
//! s_min(y)^2 >= (the chord of s_min^2 from a to b)(y) - (y - a)(b - y)
//! ```
//!
//! and beyond `||A|| + level`, where the numerical range is that far away, nothing is below the level. Points are laid
//! from those where the line is low outward, as dense as this bound needs them, until it leaves no gap. The singular
//! values at the points are Lanczos', each from a start of its own chain: what is certified is what lies between them.

use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Resolvent};
use neurate_numerics::progress::Progress;

/// Points at most; where they do not do, an eigenproblem decides.
const MOST: usize = 2000;
/// Chains of points that are followed side by side.
const CHAINS: usize = 32;
/// By how much the distance of points grows from one to the next.
const GROWTH: f64 = 1.5;

/// What the points say of a line.
pub(super) enum Line {
    /// It lies above the level.
    Above,
    /// It lies below at this frequency.
    Below(f64),
    /// Points did not do.
    Unknown,
}

/// A frequency, and `s_min^2` there.
type Point = (f64, f64);

/// A matrix on whose lines points are laid.
pub(super) struct Sampler<'a> {
    pub(super) resolvent: &'a Resolvent,
    /// Not below its spectral norm.
    pub(super) norm: f64,
    /// Frequencies at which lines may be low.
    pub(super) frequencies: &'a [f64],
    /// Relative residual of singular values.
    pub(super) tolerance: f64,
}

impl Sampler<'_> {
    /// Whether the line at `x` lies above the level; `near`: where it comes nearest to it, as far as is known.
    pub(super) fn line(&self, x: f64, level: f64, near: f64) -> Result<Line> {
        let (end, square) = (self.norm + level, level * level);
        let mut first: Vec<f64> = self.frequencies.iter().copied().filter(|y| *y < end).collect();
        first.extend([0.0, near.abs().min(end), end]);
        first.sort_by(f64::total_cmp);
        first.dedup();
        let points = self.squares(x, &first)?;
        let mut count = points.len();
        let mut lowest = lower(&points, (0.0, f64::INFINITY));
        let mut open: Vec<(Point, Point)> = points.windows(2).map(|p| (p[0], p[1])).collect();
        while lowest.1 >= square {
            open.retain(|&(a, b)| between(a, b) < square);
            if open.is_empty() {
                return Ok(Line::Above);
            }
            let inside: Vec<Vec<f64>> = open.iter().map(|&(a, b)| graded(a, b, square)).collect();
            count += inside.iter().map(Vec::len).sum::<usize>();
            if count > MOST || inside.iter().any(Vec::is_empty) {
                return Ok(Line::Unknown);
            }
            let points = self.squares(x, &inside.concat())?;
            lowest = lower(&points, lowest);
            let mut rest = points.iter().copied();
            let mut finer = Vec::with_capacity(points.len() + open.len());
            for (&(a, b), inside) in open.iter().zip(&inside) {
                let all: Vec<Point> =
                    std::iter::once(a).chain(rest.by_ref().take(inside.len())).chain([b]).collect();
                finer.extend(all.windows(2).map(|p| (p[0], p[1])));
            }
            open = finer;
        }
        Ok(Line::Below(lowest.0))
    }

    /// The points at these rising frequencies.
    fn squares(&self, x: f64, frequencies: &[f64]) -> Result<Vec<Point>> {
        let chain = frequencies.len().div_ceil(CHAINS).max(1);
        let paths: Vec<Vec<Complex>> =
            frequencies.chunks(chain).map(|ys| ys.iter().map(|&y| Complex::new(x, y)).collect()).collect();
        let along = self.resolvent.smallest_singular_along(&paths, self.tolerance, &Progress::default())?;
        Ok(frequencies.iter().copied().zip(along.values.iter().flatten().map(|s| s * s)).collect())
    }
}

/// The lowest of the points and of what was known.
fn lower(points: &[Point], known: Point) -> Point {
    points.iter().copied().fold(known, |low, p| if p.1 < low.1 { p } else { low })
}

/// The bound of `s_min^2` between two points.
fn between((a, at_a): Point, (b, at_b): Point) -> f64 {
    let (width, rise) = (b - a, at_b - at_a);
    if rise.abs() >= width * width {
        return at_a.min(at_b);
    }
    0.5 * (at_a + at_b) - 0.25 * width * width - 0.25 * (rise / width).powi(2)
}

/// Points between two others, from each end as far apart as a level line would allow there, and then farther and farther.
/// Empty where the ends are neighbors to rounding.
fn graded((a, at_a): Point, (b, at_b): Point, square: f64) -> Vec<f64> {
    let (width, middle) = (b - a, f64::midpoint(a, b));
    let from = |excess: f64| {
        // A line at the height of its ends falls by a quarter of the squared width between them.
        let mut step = (1.6 * excess.max(0.0).sqrt()).max(1e-7 * width);
        let mut at = step;
        std::iter::from_fn(move || {
            let here = at;
            step *= GROWTH;
            at += step;
            (here < 0.5 * width).then_some(here)
        })
    };
    let mut points: Vec<f64> = from(at_a - square).map(|d| a + d).collect();
    points.push(middle);
    points.extend(from(at_b - square).map(|d| b - d));
    points.sort_by(f64::total_cmp);
    points.dedup();
    points.retain(|y| a < *y && *y < b);
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_between_points_holds() {
        // s_min^2 of a normal matrix with eigenvalues -1 + i and -1 - i: 1 + (y - 1)^2 for y > 0.
        let square = |y: f64| 1.0 + (y - 1.0) * (y - 1.0);
        for (a, b) in [(0.0, 1.0), (0.3, 2.0), (1.0, 4.0)] {
            let bound = between((a, square(a)), (b, square(b)));
            let least = (0..=1000).map(|k| square(a + (b - a) * f64::from(k) / 1000.0)).fold(9.0, f64::min);
            // For one eigenvalue the bound is the function itself.
            assert!((bound - least).abs() < 1e-6, "{a} {b} {bound} {least}");
        }
    }
}
