//! How near to instability: extremes of the resolvent norm on vertical lines, found by its level
//! sets and certified.
//!
//! The level sets of `s_min(z - A)` meet a vertical line where a Hamiltonian matrix of twice the size
//! has imaginary eigenvalues (Byers 1988), for a real matrix a real one:
//!
//! ```text
//! s_min(x + iy - A) = s   implies   iy is an eigenvalue of [[x - A^T, -s], [s, A - x]]
//! ```
//!
//! No such eigenvalue: the whole line lies above the level. Otherwise the middles between them are
//! better starts of the descent along the line (Boyd & Balakrishnan 1990; Bruinsma & Steinbuch 1990).
//! All smallest singular values cost n^2 (`linalg::Resolvent`); each certificate is one
//! eigenproblem of size 2n. Certified means: up to the rounding of that eigenproblem, some
//! `1e-13 ||A||` in the level. Above [`SAMPLED_ABOVE`] units singular values at points of the line take its place, between
//! which nothing can be lower (`line_samples.rs`): certified then means that Lanczos' method has missed no smallest
//! singular value at one of them.

use super::decomposition::Decomposition;
use super::line_samples::{Line, Sampler};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Complex, Matrix, Resolvent, SmallestSingular, Start, eigenvalues};
use neurate_numerics::progress::Progress;

/// Bounds that hold a value between them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bracket {
    /// Not above the value.
    pub lower: f64,
    /// Not below it.
    pub upper: f64,
}

/// The distance to instability, and the resonance that it is the reciprocal of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Distance {
    /// `min_w s_min(iw - A)`: the norm of the smallest complex change of `A` that makes it marginal;
    /// 0 if it is unstable or marginal.
    pub distance: Bracket,
    /// `max_w ||(iw - A)^-1||`, the H-infinity norm: the largest gain of a sinusoidal input.
    pub peak: Bracket,
    /// The angular frequency of both (not negative), per unit of time.
    pub frequency: f64,
}

/// Relative accuracy of smallest singular values; errors of Ritz values go with its square.
const SINGULAR: f64 = 1e-9;
/// Relative distance of the level that is certified from the one that was found.
pub(super) const LEVEL: f64 = 1e-9;
/// Eigenvalues this near to the imaginary axis, relative to the matrix, are looked at: a double one,
/// where a level just touches, moves by the root of rounding, a fourfold one by its fourth root.
const NEAR_AXIS: f64 = 3e-4;
/// Rightmost eigenvalues at whose frequencies a descent may start.
const STARTS: usize = 16;

/// Size above which the eigenproblem, 27 n^3 operations and more of them slow ones, gives way to points of the line.
pub const SAMPLED_ABOVE: usize = 300;

/// Vertical lines right of the spectrum.
pub(super) struct Lines {
    a: Matrix,
    pub(super) norm: f64,
    pub(super) resolvent: Resolvent,
    start: Start,
    /// Imaginary parts (not negative) of the rightmost eigenvalues, and what was found since.
    pub(super) frequencies: Vec<f64>,
    pub(super) abscissa: f64,
    /// Real parts below this are zero to rounding.
    pub(super) rounding: f64,
}

/// The smallest `s_min` on a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineMinimum {
    pub(super) value: Bracket,
    pub(super) frequency: f64,
}

impl Lines {
    pub(super) fn new(a: &Decomposition) -> Result<Lines> {
        let resolvent = a.resolvent()?.clone();
        let a = a.matrix();
        let mut values = resolvent.eigenvalues();
        values.sort_by(|a, b| b.re.total_cmp(&a.re));
        let norm = a.frobenius();
        let mut frequencies: Vec<f64> = values.iter().take(STARTS).map(|z| z.im.abs()).collect();
        frequencies.push(0.0);
        frequencies.sort_by(f64::total_cmp);
        frequencies.dedup_by(|a, b| (*a - *b).abs() <= 1e-9 * norm);
        Ok(Lines {
            start: resolvent.start(),
            resolvent,
            norm,
            abscissa: values.first().map_or(f64::NEG_INFINITY, |z| z.re),
            rounding: 1e-13 * a.rows() as f64 * norm,
            frequencies,
            a: a.clone(),
        })
    }

    pub(super) fn singular(&mut self, x: f64, y: f64) -> Result<SmallestSingular> {
        self.resolvent.smallest_singular(Complex::new(x, y), &mut self.start, SINGULAR)
    }

    fn sampler(&self) -> Sampler<'_> {
        Sampler {
            resolvent: &self.resolvent,
            norm: self.norm,
            frequencies: &self.frequencies,
            tolerance: SINGULAR,
        }
    }

    /// A frequency at which the line at `x` lies below the level, or None if it nowhere does; `near`: where it comes nearest
    /// to it, as far as is known.
    pub(super) fn below(&mut self, x: f64, level: f64, near: f64) -> Result<Option<f64>> {
        let n = self.a.rows();
        if n > SAMPLED_ABOVE {
            match self.sampler().line(x, level, near)? {
                Line::Above => return Ok(None),
                Line::Below(y) => return Ok(Some(y)),
                Line::Unknown => {}
            }
        }
        let hamiltonian = Matrix::from_fn(2 * n, 2 * n, |i, j| {
            let shift = if i % n == j % n { x } else { 0.0 };
            match (i < n, j < n) {
                (true, true) => shift - self.a[(j, i)],
                (false, false) => self.a[(i - n, j - n)] - shift,
                (true, false) => {
                    if j - n == i {
                        -level
                    } else {
                        0.0
                    }
                }
                (false, true) => {
                    if i - n == j {
                        level
                    } else {
                        0.0
                    }
                }
            }
        });
        let near = NEAR_AXIS * (self.norm + x.abs() + level);
        let mut crossings: Vec<f64> = eigenvalues(&hamiltonian)?
            .into_iter()
            .filter(|z| z.im >= 0.0 && z.re.abs() <= near)
            .map(|z| z.im)
            .collect();
        crossings.push(0.0);
        crossings.sort_by(f64::total_cmp);
        // Each lobe below the level has its ends among the crossings, its inside between two of them.
        let mut candidates = crossings.clone();
        candidates.extend(crossings.windows(2).map(|c| 0.5 * (c[0] + c[1])));
        let mut best = (level, None);
        for y in candidates {
            let s = self.singular(x, y)?.value;
            if s < best.0 {
                best = (s, Some(y));
            }
        }
        Ok(best.1)
    }

    /// Starts searches at this frequency as well.
    pub(super) fn start_at(&mut self, y: f64) {
        if self.frequencies.len() > STARTS {
            self.frequencies.remove(0);
        }
        self.frequencies.push(y);
    }

    /// The local minimum of `s_min` along the line downhill from `y`.
    pub(super) fn descend(&mut self, x: f64, y: f64) -> Result<(f64, SmallestSingular)> {
        let mut here = (y, self.singular(x, y)?);
        let slope = |s: &SmallestSingular| s.gradient[1];
        if here.1.value <= 0.0 || slope(&here.1).is_nan() || slope(&here.1) == 0.0 {
            return Ok(here);
        }
        // Walk downhill until the slope turns.
        let mut step = -0.5 * here.1.value * slope(&here.1).signum();
        let mut there = here;
        for _ in 0..60 {
            let y = here.0 + step;
            there = (y, self.singular(x, y)?);
            let turn = slope(&there.1) * slope(&here.1);
            if turn <= 0.0 || turn.is_nan() || there.1.value >= here.1.value {
                break;
            }
            here = there;
            step *= 2.0;
        }
        // Regula falsi on the slope, with bisection where it lags (a kink is found as well).
        let best = |a: (f64, SmallestSingular), b: (f64, SmallestSingular)| {
            if b.1.value < a.1.value { b } else { a }
        };
        let mut lowest = best(here, there);
        for k in 0..60 {
            let (d0, d1) = (slope(&here.1), slope(&there.1));
            let width = there.0 - here.0;
            let same = d0 * d1 >= 0.0 || (d0 * d1).is_nan();
            if same || width.abs() <= 1e-12 * (lowest.1.value + here.0.abs()) {
                break;
            }
            let share = d0 / (d0 - d1);
            let share = if k % 3 == 2 { 0.5 } else { share.clamp(0.02, 0.98) };
            let y = here.0 + share * width;
            let middle = (y, self.singular(x, y)?);
            if (middle.1.value - lowest.1.value).abs() <= 1e-15 * lowest.1.value && k > 3 {
                lowest = best(lowest, middle);
                break;
            }
            lowest = best(lowest, middle);
            if slope(&middle.1) * d0 > 0.0 { here = middle } else { there = middle }
        }
        Ok(lowest)
    }

    /// A minimum at zero to rounding is at zero: by symmetry the line is level there.
    fn settled(&mut self, x: f64, found: (f64, SmallestSingular)) -> Result<(f64, SmallestSingular)> {
        let at_zero = self.singular(x, 0.0)?;
        let same = at_zero.value <= found.1.value * (1.0 + 1e-12);
        Ok(if same { (0.0, at_zero) } else { found })
    }

    /// The minimum along the line at `x`, with a certified lower bound.
    pub(super) fn minimum(&mut self, x: f64, progress: &Progress) -> Result<LineMinimum> {
        let mut lowest: Option<(f64, SmallestSingular)> = None;
        let mut from = None;
        for y in self.frequencies.clone() {
            let s = self.singular(x, y)?;
            if lowest.is_none_or(|l| s.value < l.1.value) {
                lowest = Some((y, s));
                from = Some(y);
            }
        }
        for round in 0..40 {
            let Some(y) = from else { break };
            // Two or three rounds are the rule.
            progress.at(round, round + 2)?;
            let found = self.descend(x, y)?;
            let known = lowest.map_or(f64::INFINITY, |l| l.1.value);
            if found.1.value <= known {
                lowest = Some(found);
            }
            let (y, s) = self.settled(x, lowest.expect("a descent has been"))?;
            let level = s.value * (1.0 - LEVEL);
            from = self.below(x, level, y)?;
            if from.is_none() {
                self.start_at(y.abs());
                let value = Bracket { lower: level, upper: s.value };
                return Ok(LineMinimum { value, frequency: y.abs() });
            }
        }
        Err(Error::not_converged(format!("the smallest singular value along the line Re z = {x}")))
    }
}

/// The distance to instability of `a` (n x n, per unit of time), and the H-infinity norm.
///
/// # Errors
/// `a` is not square or not finite, or an eigenproblem did not converge.
///
/// ```
/// use neurate::linalg::Matrix;
/// // A normal matrix is as far from instability as its eigenvalues.
/// let d = neurate::linear::modes::distance_to_instability(&Matrix::from_diagonal(&[-0.5, -2.0]))?;
/// assert!((d.distance.upper - 0.5).abs() < 1e-12 && (d.peak.lower - 2.0).abs() < 1e-11);
/// # Ok::<(), neurate::Error>(())
/// ```
pub fn distance_to_instability(a: &Matrix) -> Result<Distance> {
    distance_to_instability_of(&Decomposition::new(a.clone()), &Progress::default())
}

/// [`distance_to_instability`] of a matrix with its decompositions, telling how far it is.
///
/// # Errors
/// As [`distance_to_instability`]; it was stopped.
pub fn distance_to_instability_of(a: &Decomposition, progress: &Progress) -> Result<Distance> {
    let mut lines = Lines::new(a)?;
    if lines.abscissa >= -lines.rounding {
        let zero = Bracket { lower: 0.0, upper: 0.0 };
        let infinite = Bracket { lower: f64::INFINITY, upper: f64::INFINITY };
        return Ok(Distance { distance: zero, peak: infinite, frequency: lines.frequencies[0] });
    }
    let m = a.axis(|| lines.minimum(0.0, progress))?;
    let peak = Bracket { lower: 1.0 / m.value.upper, upper: 1.0 / m.value.lower };
    Ok(Distance { distance: m.value, peak, frequency: m.frequency })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_eigenproblem_agree() {
        for n in [1usize, 2, 5, 12, 40] {
            for (x, skew) in [(0.0, 0.3), (0.2, 2.0), (1.5, 0.0)] {
                let a = Matrix::from_fn(n, n, |i, j| {
                    let noise = ((i * 31 + j * 17 + 1) as f64 * 12.9898).sin() / (n as f64).sqrt();
                    noise + if j > i { skew } else { 0.0 } - if i == j { 2.5 } else { 0.0 }
                });
                let mut lines = Lines::new(&Decomposition::new(a)).unwrap();
                let minimum = lines.minimum(x, &Progress::default()).unwrap();
                let (value, at) = (minimum.value.upper, minimum.frequency);
                for share in [0.5, 1.0 - 1e-6, 1.0 - 1e-9] {
                    let line = lines.sampler().line(x, value * share, at).unwrap();
                    assert!(matches!(line, Line::Above), "{n} {x} {skew} {share}");
                }
                // Below it lies, wherever the search begins.
                for start in [at, 0.0, 1.0, 30.0] {
                    let Line::Below(y) = lines.sampler().line(x, value * 1.01, start).unwrap() else {
                        panic!("{n} {x} {skew} {start}");
                    };
                    assert!(lines.singular(x, y).unwrap().value < value * 1.01);
                }
            }
        }
    }
}
