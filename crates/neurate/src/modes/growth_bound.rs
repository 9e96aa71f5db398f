//! What `||exp(A t)||` can do between two times at which it is known.
//!
//! For one initial pattern, `f(t) = ||exp(A t) x||^2` obeys `f' = y^T (A + A^T) y` and `f'' = y^T M y`
//! with `y = exp(A t) x` and `M = 2 A^T A + A^2 + (A^2)^T = (A + A^T)^2 + A^T A - A A^T`. Hence, for all
//! patterns at once:
//!
//! - from the left the norm grows at most with the rate `w(A)`, to the right it falls at most with
//!   `w(-A)` (numerical abscissae): bounds to first order in the distance of the two times;
//! - with `c = max(0, -lambda_min(M))`, `f'' >= -c f`, so that on an interval of length d f lies at most
//!   `c d^2/8 max f` above its chord: `max^2 <= max(ends)^2 / (1 - c d^2/8)`, to second order. For normal
//!   matrices c = 0: their norm is convex.
//!
//! Intervals whose bound passes the largest norm found are halved. To second order only a few are left
//! at each level: the bound closes in a number of steps that grows with the logarithm of the tolerance.

use crate::error::Result;
use crate::linalg::{Matrix, expm, matmul, norm2, symmetric_eigen, top_eigenvalue};

/// Size above which norms are found by Lanczos' method instead of a singular value decomposition.
const ITERATE_ABOVE: usize = 48;

/// The rates that limit the norm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// The numerical abscissae of `A` and `-A`, not below zero.
    pub(super) up: f64,
    pub(super) down: f64,
    /// `c` above.
    pub(super) bend: f64,
}

impl Rates {
    pub(super) fn new(a: &Matrix) -> Result<Rates> {
        let n = a.rows();
        let symmetric = |m: &Matrix| Matrix::from_fn(n, n, |i, j| 0.5 * (m[(i, j)] + m[(j, i)]));
        let values = symmetric_eigen(&symmetric(a))?.values;
        let sum = a.add(&a.transpose());
        // 2 A^T A + A^2 + (A^2)^T is twice the symmetric part of (A + A^T) A.
        let bend = symmetric_eigen(&symmetric(&matmul(&sum, a)))?.values;
        let last = |v: &[f64]| v.last().copied().unwrap_or(0.0);
        Ok(Rates {
            up: values.first().copied().unwrap_or(0.0).max(0.0),
            down: (-last(&values)).max(0.0),
            bend: (-2.0 * last(&bend)).max(0.0),
        })
    }

    /// The largest norm on an interval of length `d` with these norms at its ends.
    pub(super) fn between(&self, d: f64, left: f64, right: f64) -> f64 {
        let higher = left.max(right);
        let (log_left, log_right) = (left.ln(), right.ln());
        // Where the line from the left and the line from the right meet.
        let first = if self.up + self.down > 0.0 {
            let t = ((log_right - log_left + self.down * d) / (self.up + self.down)).clamp(0.0, d);
            (log_left + self.up * t).exp().max(higher)
        } else {
            higher
        };
        let room = 1.0 - self.bend * d * d / 8.0;
        if room > 0.0 { first.min(higher / room.sqrt()) } else { first }
    }
}

/// The spectral norm of one matrix after another, each near the last.
pub(super) struct Norms {
    v: Vec<f64>,
}

impl Norms {
    pub(super) fn new(n: usize) -> Norms {
        Norms { v: (0..n).map(irregular).collect() }
    }

    /// `||e||_2`. Of large matrices by Lanczos' method: never above it, and below by 1e-10 or less
    /// (relative), unless the top singular vector is one that the last matrix, and a fixed irregular
    /// vector, know nothing of.
    pub(super) fn norm(&mut self, e: &Matrix) -> Result<f64> {
        if e.rows().min(e.cols()) <= ITERATE_ABOVE {
            return norm2(e);
        }
        let transpose = e.transpose();
        let mut half = vec![0.0; e.rows()];
        for (i, x) in self.v.iter_mut().enumerate() {
            *x += 0.01 * irregular(i);
        }
        let product = |x: &[f64], y: &mut [f64]| {
            e.mul_vec_into(x, &mut half);
            transpose.mul_vec_into(&half, y);
        };
        let ritz = top_eigenvalue(product, &mut self.v, 1e-8, 0.0, 60);
        if ritz.residual <= 1e-8 * ritz.value { Ok(ritz.value.sqrt()) } else { norm2(e) }
    }
}

fn irregular(i: usize) -> f64 {
    ((i as f64 + 1.0) * 12.9898).sin()
}

/// What closing the bound found.
pub(super) struct Closed {
    /// Not below any norm on the whole of the interval.
    pub(super) bound: f64,
    /// The largest norm found on the way, if it passes the one known before, and when.
    pub(super) higher: Option<(f64, f64)>,
}

/// Closes the bound of `||exp(A t)||` from `times[0]` to the last, of which `norms` are known, until it
/// is within `tolerance` (relative) of `max`, the largest known norm (or of a larger one found).
pub(super) fn close(
    a: &Matrix,
    rates: &Rates,
    times: &[f64],
    norms: &[f64],
    max: f64,
    tolerance: f64,
) -> Result<Closed> {
    let mut lowest = Closed { bound: max, higher: None };
    let mut best = norms.iter().copied().fold(max, f64::max);
    let mut top = Norms::new(a.rows());
    // Exponentials of the halved steps, shared by intervals of one length.
    let mut steps: Vec<(f64, Matrix)> = Vec::new();
    for k in 1..times.len() {
        let length = times[k] - times[k - 1];
        if rates.between(length, norms[k - 1], norms[k]) <= best * (1.0 + tolerance) {
            lowest.bound = lowest.bound.max(rates.between(length, norms[k - 1], norms[k]));
            continue;
        }
        let mut open = vec![(times[k - 1], length, expm(&a.scale(times[k - 1]))?, norms[k - 1], norms[k])];
        while let Some((t, d, e, left, right)) = open.pop() {
            let bound = rates.between(d, left, right);
            // Down to rounding there is nothing to halve.
            if bound <= best * (1.0 + tolerance) || d <= 1e-9 * times[k] {
                lowest.bound = lowest.bound.max(bound);
                continue;
            }
            let h = 0.5 * d;
            let known = steps.iter().position(|s| (s.0 - h).abs() <= 1e-14 * h);
            let at = match known {
                Some(at) => at,
                None => {
                    steps.truncate(64);
                    steps.insert(0, (h, expm(&a.scale(h))?));
                    0
                }
            };
            let middle = matmul(&steps[at].1, &e);
            let norm = top.norm(&middle)?;
            if norm > best {
                best = norm;
                lowest.higher = Some((t + h, norm));
            }
            open.push((t + h, h, middle, norm, right));
            open.push((t, h, e, left, norm));
        }
    }
    Ok(lowest)
}
