//! A cycle next to a guess: Newton's method for collocation with a phase condition and a condition on where along the branch.

use super::condense::Condensed;
use super::gauss::POINTS;
use super::loops::Loop;
use super::problem::Problem;
use neurate_numerics::linalg::Matrix;

/// Newton steps before a guess is given up.
const MAX_ITERATIONS: usize = 9;
/// A Newton step after which a cycle is accepted: the next one would be its square.
const SMALL_STEP: f64 = 1e-9;

/// A cycle with what belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Corrected {
    pub cycle: Loop,
    /// The direction of the branch, of length 1, on the same mesh.
    pub tangent: Loop,
    /// The linear maps from node to node around the cycle.
    pub maps: Vec<Matrix>,
    /// How many Newton steps it took.
    pub iterations: usize,
}

/// What moves a curve along itself: its product with a change is zero if the change does not shift the phase.
fn phase_of(reference: &Loop) -> Loop {
    let mut phase = reference.clone();
    (phase.log_period, phase.place) = (0.0, 0.0);
    for j in 0..reference.intervals() {
        for k in 0..POINTS {
            let speed = reference.speed(j, k);
            phase.knot_mut(j, k + 1).copy_from_slice(&speed);
        }
    }
    let size = phase.dot(&phase).sqrt();
    if size > 0.0 { phase.scaled(1.0 / size) } else { phase }
}

/// The direction that only the parameter has.
pub(super) fn along_parameter(like: &Loop) -> Loop {
    let mut axis = like.clone().scaled(0.0);
    axis.place = 1.0;
    axis
}

/// The cycle on the plane through `guess` with this normal, in phase with `reference`; all on the mesh of the guess.
pub(super) fn correct(problem: &Problem, guess: &Loop, normal: &Loop, reference: &Loop) -> Option<Corrected> {
    let phase = phase_of(reference);
    let mut cycle = guess.clone();
    let mut before = f64::INFINITY;
    let size = 0.1 + guess.size();
    for k in 1..=MAX_ITERATIONS {
        let condensed = Condensed::at(problem, &cycle)?;
        let moved = cycle.plus(-1.0, guess);
        let shifted = cycle.plus(-1.0, reference).dot(&phase);
        let values = [[-shifted, -normal.product(&moved)], [0.0, 1.0]];
        let mut changes = condensed.solve(&cycle, [&phase, normal], &values)?;
        let tangent = changes.pop()?;
        let change = changes.pop()?;
        let length = change.product(&change).sqrt();
        cycle = cycle.plus(1.0, &change);
        if !length.is_finite() || length > 2.0 * before || length > 3.0 * size {
            return None;
        }
        // Where steps no longer shrink and are rounding, it is as good as it gets.
        let rounding = length < 1e-6 && length > 0.3 * before;
        before = length;
        if length < SMALL_STEP || rounding {
            let norm = tangent.product(&tangent).sqrt();
            let tangent = tangent.scaled(1.0 / norm);
            return Some(Corrected { cycle, tangent, maps: condensed.maps(), iterations: k });
        }
    }
    None
}
