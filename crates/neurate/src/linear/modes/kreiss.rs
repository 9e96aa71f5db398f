//! The Kreiss constant: what the pseudospectra in the right half-plane say about amplification.

use super::decomposition::Decomposition;
use super::robustness::{Bracket, Lines};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};
use neurate_numerics::progress::Progress;

/// The Kreiss constant of a stable matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Kreiss {
    /// `K = sup_{Re z > 0} Re z ||(z - A)^-1||`, at least 1; infinite if `A` is unstable. Something
    /// grows at least K-fold, nothing more than `e n K`-fold.
    pub constant: Bracket,
    /// Where the lower bound is reached; infinite where it is 1, the limit far out.
    pub at: Complex,
}

/// The Kreiss constant of `a` (n x n), its bounds closed to `tolerance` (relative) or as far as
/// `lines` searches along vertical lines bring them (each some eigenproblems of size 2n).
///
/// With `m(x)` the minimum of `s_min(z - A)` on `Re z = x`, `K = sup x/m(x)`. The logarithm of
/// `1/m(x)` is a *convex* function of x right of the spectrum (Hadamard's three lines; the norm of an
/// analytic function is log-subharmonic), so between two lines it lies below its chord, which bounds
/// K from above: to second order in their distance. Further out the bound `m(x) >= x - (X - m(X))`
/// for `x <= X` is the better one (s_min changes no faster than z), and right of all lines
/// `m(x) >= x - w`, w the numerical abscissa.
///
/// # Errors
/// `a` is not square or not finite, or an eigenproblem did not converge.
pub fn kreiss_constant(a: &Matrix, tolerance: f64, lines: usize) -> Result<Kreiss> {
    kreiss_constant_of(&Decomposition::new(a.clone()), tolerance, lines, &Progress::default())
}

/// [`kreiss_constant`] of a matrix with its decompositions, telling how far it is.
///
/// # Errors
/// As [`kreiss_constant`]; it was stopped.
pub fn kreiss_constant_of(
    a: &Decomposition,
    tolerance: f64,
    lines: usize,
    progress: &Progress,
) -> Result<Kreiss> {
    let far = Complex::new(f64::INFINITY, 0.0);
    let mut search = Lines::new(a)?;
    let w = a.numerical_abscissa()?;
    if w <= search.rounding && search.abscissa <= search.rounding {
        return Ok(Kreiss { constant: Bracket { lower: 1.0, upper: 1.0 }, at: far });
    }
    if search.abscissa >= -search.rounding {
        // Unstable for sure, or marginal: then nothing is known on the axis.
        let lower = if search.abscissa > search.rounding { f64::INFINITY } else { 1.0 };
        return Ok(Kreiss { constant: Bracket { lower, upper: f64::INFINITY }, at: far });
    }
    let mut k = Kreiss { constant: Bracket { lower: 1.0, upper: f64::INFINITY }, at: far };
    // Lines (x, m from below), by x.
    let mut known: Vec<(f64, f64)> = Vec::new();
    let mut look = |x: f64, k: &mut Kreiss, known: &mut Vec<(f64, f64)>| -> Result<()> {
        let (done, all) = (known.len().min(lines) as f64, lines.max(known.len() + 1) as f64);
        let told = progress.part(done / all, (done + 1.0) / all);
        let m = if x == 0.0 { a.axis(|| search.minimum(x, &told))? } else { search.minimum(x, &told)? };
        // What another search has found is a start for the next lines.
        if !search.frequencies.contains(&m.frequency) {
            search.start_at(m.frequency);
        }
        let value = x / m.value.upper;
        if value > k.constant.lower {
            k.constant.lower = value;
            k.at = Complex::new(x, m.frequency);
        }
        let place = known.partition_point(|p| p.0 < x);
        known.insert(place, (x, m.value.lower));
        Ok(())
    };
    for x in [0.0, w, 10.0 * w] {
        look(x, &mut k, &mut known)?;
    }
    let last = |k: &Kreiss| {
        let target = k.constant.lower * (1.0 + tolerance);
        w * target / (target - 1.0)
    };
    let end = last(&k);
    if end > 10.0 * w {
        look(end, &mut k, &mut known)?;
    }
    loop {
        let worst = known
            .windows(2)
            .map(|p| between(p[0], p[1]))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .expect("three lines are known");
        let right = known.last().expect("three lines are known").0;
        k.constant.upper = worst.1.max(right / (right - w)).max(k.constant.lower);
        if k.constant.upper <= k.constant.lower * (1.0 + tolerance) || known.len() >= lines {
            return Ok(k);
        }
        look(worst.0, &mut k, &mut known)?;
    }
}

/// Where between two lines (x, m) the bound of `x/m(x)` is largest, moved a little inside, and its value.
fn between(left: (f64, f64), right: (f64, f64)) -> (f64, f64) {
    let width = right.0 - left.0;
    // On the chord ln m falls to the left with this slope, and x e^(-chord) is largest here.
    let slope = (right.1 / left.1).ln() / width;
    let top = if slope > 0.0 { 1.0 / slope } else { right.0 }.clamp(left.0, right.0);
    let chord = top / left.1 * (-slope * (top - left.0)).exp();
    let behind = right.0 - right.1;
    let lipschitz = if behind > 0.0 { left.0 / (left.0 - behind).max(0.0) } else { right.0 / right.1 };
    let inside = top.clamp(left.0 + 0.1 * width, right.0 - 0.1 * width);
    if lipschitz < chord {
        ((left.0.max(0.01 * right.0) * right.0).sqrt(), lipschitz)
    } else {
        (inside, chord)
    }
}
