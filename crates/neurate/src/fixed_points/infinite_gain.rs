//! Stability where gains are infinite, as a power law's with an exponent below 1 at its threshold.
//!
//! The linearization has no meaning there. A unit that stands at such a threshold is silent, and any input above it gives a
//! rate that is larger than every multiple of that input: what excites itself grows, what inhibits itself returns at once.

use super::stability::Stability;
use crate::model::{Circuit, Form};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, eigenvalues};

/// Units of infinite gain up to which every choice of those that answer is tested.
const MAX_CHOICES: usize = 6;
/// What an infinite gain is replaced by, in units of the inverse of the largest weight.
const STEEP: f64 = 1e6;

/// Whether a point with these gains, some of them infinite, attracts.
///
/// - Unstable where units of infinite gain excite themselves, or each other in a circle, and what they excite does not
///   inhibit them: however small they start, they grow as `t^(1/(1 - n))`.
/// - Stable where nothing excites units of infinite gain, however the others' rates change, and the linearization of the others is
///   stable; and where the linearization is stable with each unit of infinite gain either silent (input below its threshold) or as
///   steep as one likes (above).
/// - Else [`Stability::Marginal`].
///
/// # Errors
/// The circuit is too large for a dense matrix; eigenvalues did not converge.
pub(super) fn stability(circuit: &Circuit, gains: &[f64]) -> Result<Stability> {
    if !circuit.sums_rates() || !circuit.is_plain() {
        return Ok(Stability::Marginal);
    }
    let w = circuit.dense_weights()?;
    let steep: Vec<usize> = (0..gains.len()).filter(|&i| gains[i].is_infinite()).collect();
    let all: usize = if !excited(&w, gains) {
        1
    } else if steep.len() <= MAX_CHOICES {
        1 << steep.len()
    } else {
        2
    };
    let largest = STEEP / w.max_abs().max(f64::MIN_POSITIVE);
    let mut growing = 0;
    for choice in 0..all {
        let mut gains = gains.to_vec();
        for (k, &i) in steep.iter().enumerate() {
            let answers = if steep.len() <= MAX_CHOICES { choice >> k & 1 == 1 } else { choice == 1 };
            gains[i] = if answers { largest } else { 0.0 };
        }
        let a = jacobian(circuit, &w, &gains);
        let tolerance = 1e-12 * gains.len() as f64 * a.frobenius();
        growing = growing.max(eigenvalues(&a)?.iter().filter(|l| l.re > -tolerance).count());
    }
    Ok(if grows(&w, gains) {
        Stability::Unstable(growing.max(1))
    } else if growing == 0 {
        Stability::Stable
    } else {
        Stability::Marginal
    })
}

fn jacobian(circuit: &Circuit, w: &Matrix, gains: &[f64]) -> Matrix {
    let tau = circuit.tau();
    Matrix::from_fn(gains.len(), gains.len(), |i, j| {
        let gain = if circuit.form() == Form::Rate { gains[i] } else { gains[j] };
        let slope = if w[(i, j)] == 0.0 { 0.0 } else { gain * w[(i, j)] };
        (slope - f64::from(u8::from(i == j))) / tau[i]
    })
}

/// Whether a small change of rates may excite a unit of infinite gain: rates of such units may rise only, those of others that
/// have a gain may fall as well.
fn excited(w: &Matrix, gains: &[f64]) -> bool {
    let n = gains.len();
    (0..n).filter(|&to| gains[to].is_infinite()).any(|to| {
        (0..n).any(|from| match gains[from] {
            0.0 => false,
            g if g.is_infinite() => w[(to, from)] > 0.0,
            _ => w[(to, from)] != 0.0,
        })
    })
}

/// Whether some units of infinite gain grow from any small start: a circle of excitation to which nothing that it reaches
/// comes back but excitation from such units.
fn grows(w: &Matrix, gains: &[f64]) -> bool {
    let n = gains.len();
    let steep = |i: usize| gains[i].is_infinite();
    let excites = |from: usize, to: usize| steep(from) && steep(to) && w[(to, from)] > 0.0;
    // Whether a unit's change may move another's rate: silent units below threshold have no gain; one at its threshold
    // answers to excitation, or to a unit whose rate may fall.
    let moves = |from: usize, to: usize| match (gains[to] != 0.0, w[(to, from)]) {
        (false, _) => false,
        (true, w) if steep(from) && steep(to) => w > 0.0,
        (true, w) => w != 0.0,
    };
    (0..n).filter(|&i| steep(i)).any(|i| {
        let (on, back) = (reached(n, &[i], excites), reached(n, &[i], |from, to| excites(to, from)));
        let circle: Vec<usize> = (0..n).filter(|&k| on[k] && back[k]).collect();
        // The circle itself is touched, too.
        let touched = reached(n, &circle, moves);
        let harmless = |to: usize, from: usize| w[(to, from)] == 0.0 || (steep(from) && w[(to, from)] > 0.0);
        !circle.is_empty() && circle.iter().all(|&to| (0..n).all(|from| !touched[from] || harmless(to, from)))
    })
}

/// What is reached from some units in one step or more.
fn reached(n: usize, starts: &[usize], step: impl Fn(usize, usize) -> bool) -> Vec<bool> {
    let mut seen = vec![false; n];
    let mut next = starts.to_vec();
    while let Some(from) = next.pop() {
        for to in 0..n {
            if !seen[to] && step(from, to) {
                seen[to] = true;
                next.push(to);
            }
        }
    }
    seen
}
