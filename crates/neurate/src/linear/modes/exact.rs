//! Exact time courses of linear circuits, by matrix exponentials of an augmented system.
//!
//! A pulse, a step, a ramp and a sinusoid all obey small linear equations of their own; appended to
//! the circuit's, they leave a system without input, `dz/dt = Z z`, whose solution is `exp(Z t)`.
//! Nothing is approximated but the exponential, and nothing divides by `lambda - 1` or
//! `lambda_i - lambda_j`: integrators, defective matrices and equal decay rates are ordinary.

use super::decomposition::Decomposition;
use crate::model::{Stimulus, Waveform};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Matrix, expm, matmul};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A linear system `dx/dt = A x + diag(B) (h + stimuli)`.
#[derive(Clone, Debug)]
pub struct LinearDrive<'a> {
    /// `A`, n x n, per unit of time.
    pub a: &'a Matrix,
    /// The diagonal of `B`: what an input to each unit does to its state, per unit of time.
    pub b: &'a [f64],
    /// A constant input to each unit.
    pub h: &'a [f64],
    /// Inputs over time.
    pub stimuli: &'a [Stimulus],
}

/// States at times.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Solution {
    /// Times.
    pub times: Vec<f64>,
    /// One row for each time. At a jump, the state after it.
    pub states: Matrix,
}

/// The exact solution from `x0` at `times[0]`, at every one of the rising `times`.
///
/// ```
/// use neurate::linalg::Matrix;
/// use neurate::linear::modes::{LinearDrive, linear_response};
/// // An integrator, which closed formulas with 1/(1 - lambda) cannot do: dx/dt = 2.
/// let a = Matrix::from_rows(&[[0.0]]);
/// let system = LinearDrive { a: &a, b: &[1.0], h: &[2.0], stimuli: &[] };
/// let x = linear_response(&system, &[1.0], &[0.0, 3.0])?;
/// assert!((x.states[(1, 0)] - 7.0).abs() < 1e-14);
/// # Ok::<(), neurate::Error>(())
/// ```
///
/// The error is that of the exponentials, about `n eps ||A dt||` for each interval. Large systems are brought to Schur form
/// first ([`linear_response_of`]).
///
/// # Errors
/// Sizes that do not fit, times that do not rise, or a solution that overflows.
pub fn linear_response(system: &LinearDrive, x0: &[f64], times: &[f64]) -> Result<Solution> {
    linear_response_of(&Decomposition::new(system.a.clone()), system, x0, times)
}

/// [`linear_response`], `matrix` being `system.a` with its decompositions: in Schur coordinates exponentials are of triangles
/// and cost a sixth, and the decomposition is that which other answers share.
///
/// # Errors
/// As [`linear_response`].
pub fn linear_response_of(
    matrix: &Decomposition,
    system: &LinearDrive,
    x0: &[f64],
    times: &[f64],
) -> Result<Solution> {
    check(system, x0, times)?;
    let dense = system.a.rows() <= DENSE || is_triangular(system.a);
    // Without a Schur form (entries that are not finite, no convergence) the plain way says what there is to say.
    let Some(schur) = (if dense { None } else { matrix.schur().ok() }) else {
        return solve(system, x0, times);
    };
    let back = schur.q.transpose();
    let driven = |v: &[f64]| back.mul_vec(&v.iter().zip(system.b).map(|(v, b)| v * b).collect::<Vec<_>>());
    let stimuli: Vec<Stimulus> =
        system.stimuli.iter().map(|s| Stimulus { pattern: driven(&s.pattern), ..s.clone() }).collect();
    let turned =
        LinearDrive { a: &schur.t, b: &vec![1.0; x0.len()], h: &driven(system.h), stimuli: &stimuli };
    let solution = solve(&turned, &back.mul_vec(x0), times)?;
    let mut states = matmul(&solution.states, &back);
    // The start is known exactly.
    states.row_mut(0).copy_from_slice(x0);
    system.jump(times[0], states.row_mut(0));
    Ok(Solution { times: solution.times, states })
}

/// States up to which exponentials are those of the matrix itself.
const DENSE: usize = 64;

/// Whether the matrix is a real Schur form, or nearly: whether exponentials are of triangles as it is.
fn is_triangular(a: &Matrix) -> bool {
    (0..a.rows()).all(|i| a.row(i)[..i.saturating_sub(1)].iter().all(|x| *x == 0.0))
}

fn check(system: &LinearDrive, x0: &[f64], times: &[f64]) -> Result<()> {
    let n = system.a.rows();
    if x0.len() != n || system.b.len() != n || system.h.len() != n || system.a.cols() != n {
        return Err(Error::invalid(format!("the system has {n} rows; start, B and h must fit it")));
    }
    if times.is_empty() || times.windows(2).any(|w| w[0] >= w[1]) {
        return Err(Error::invalid("times must rise"));
    }
    Ok(())
}

/// By exponentials of the matrix as it is.
fn solve(system: &LinearDrive, x0: &[f64], times: &[f64]) -> Result<Solution> {
    let n = x0.len();
    let mut stops: Vec<f64> = system.stimuli.iter().flat_map(|s| s.waveform.breakpoints()).collect();
    stops.retain(|&t| t > times[0] && t < times[times.len() - 1]);
    stops.extend_from_slice(times);
    stops.sort_by(f64::total_cmp);
    stops.dedup();

    let mut x = x0.to_vec();
    system.jump(times[0], &mut x);
    let mut states = Vec::with_capacity(times.len() * n);
    states.extend_from_slice(&x);
    let mut cache = Exponentials { system, active: Vec::new(), map: HashMap::new() };
    let mut next = 1;
    for w in stops.windows(2) {
        cache.advance(w[0], w[1], &mut x)?;
        system.jump(w[1], &mut x);
        if next < times.len() && times[next] == w[1] {
            states.extend_from_slice(&x);
            next += 1;
        }
    }
    Ok(Solution { times: times.to_vec(), states: Matrix::from_vec(times.len(), n, states) })
}

impl LinearDrive<'_> {
    fn jump(&self, t: f64, x: &mut [f64]) {
        for s in self.stimuli {
            if let Waveform::Impulse { at, area } = s.waveform
                && at == t
            {
                for i in 0..x.len() {
                    x[i] += self.b[i] * s.pattern[i] * area;
                }
            }
        }
    }
}

/// The equation that a waveform obeys on one interval: what is appended to the state.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Course {
    /// Constant or linear: value and slope at the interval's start.
    Line(f64, f64),
    /// `amplitude sin(omega (t - start) + phase)`.
    Sine { amplitude: f64, omega: f64, phase: f64 },
}

fn course(w: &Waveform, from: f64, to: f64) -> Option<Course> {
    let inside = |at: f64, until: f64| from >= at && from < until;
    match *w {
        Waveform::Impulse { .. } => None,
        Waveform::Step { at, until, amplitude } => inside(at, until).then_some(Course::Line(amplitude, 0.0)),
        Waveform::Ramp { at, until, slope } => {
            if from < at {
                None
            } else if from >= until {
                Some(Course::Line(slope * (until - at), 0.0))
            } else {
                Some(Course::Line(slope * (from - at), slope))
            }
        }
        Waveform::Sinusoid { at, until, amplitude, omega, phase } => {
            inside(at, until).then_some(Course::Sine { amplitude, omega, phase: omega * (from - at) + phase })
        }
        Waveform::Samples { .. } => {
            let (a, b) = (w.value(from), w.value(to.next_down()));
            // A straight line between breakpoints, by its value at both ends.
            let slope = (b - a) / (to - from);
            (a != 0.0 || slope != 0.0).then_some(Course::Line(a, slope))
        }
    }
}

/// Exponentials of the augmented system, kept while the same inputs are on.
struct Exponentials<'a, 'b> {
    system: &'a LinearDrive<'b>,
    /// Which stimuli are on, and whether each is a sine of which frequency.
    active: Vec<(usize, Option<u64>)>,
    map: HashMap<u64, Matrix>,
}

impl Exponentials<'_, '_> {
    fn advance(&mut self, from: f64, to: f64, x: &mut [f64]) -> Result<()> {
        let system = self.system;
        let n = x.len();
        let courses: Vec<(usize, Course)> = system
            .stimuli
            .iter()
            .enumerate()
            .filter_map(|(k, s)| course(&s.waveform, from, to).map(|c| (k, c)))
            .collect();
        let active: Vec<_> = courses
            .iter()
            .map(|(k, c)| match c {
                Course::Line(..) => (*k, None),
                Course::Sine { omega, .. } => (*k, Some(omega.to_bits())),
            })
            .collect();
        if active != self.active {
            self.active = active;
            self.map.clear();
        }
        // Appended: two states for each active stimulus (value and slope, or sine and cosine), and
        // one constant for h; each of the size of its input, so that it does not swamp A.
        let mut z = x.to_vec();
        for (_, c) in &courses {
            match *c {
                Course::Line(value, slope) => z.extend([value, slope]),
                Course::Sine { amplitude, phase, .. } => {
                    z.extend([amplitude * phase.sin(), amplitude * phase.cos()]);
                }
            }
        }
        z.push(1.0);
        let dt = to - from;
        let exponential = match self.map.entry(dt.to_bits()) {
            Entry::Occupied(e) => e.into_mut(),
            Entry::Vacant(e) => e.insert(expm(&augmented(system, &courses, dt))?),
        };
        let moved = exponential.mul_vec(&z);
        if moved.iter().any(|v| !v.is_finite()) {
            return Err(Error::not_converged(format!("the exact solution overflows before time {to}")));
        }
        x.copy_from_slice(&moved[..n]);
        Ok(())
    }
}

/// `Z dt` for the circuit with the equations of its inputs appended.
fn augmented(system: &LinearDrive, courses: &[(usize, Course)], dt: f64) -> Matrix {
    let n = system.a.rows();
    let size = n + 2 * courses.len() + 1;
    let mut m = Matrix::zeros(size, size);
    for i in 0..n {
        m.row_mut(i).iter_mut().zip(system.a.row(i)).for_each(|(z, a)| *z = a * dt);
        m[(i, size - 1)] = system.b[i] * system.h[i] * dt;
    }
    for (at, (k, c)) in courses.iter().enumerate() {
        let column = n + 2 * at;
        for i in 0..n {
            m[(i, column)] = system.b[i] * system.stimuli[*k].pattern[i] * dt;
        }
        match *c {
            Course::Line(..) => m[(column, column + 1)] = dt,
            Course::Sine { omega, .. } => {
                m[(column, column + 1)] = omega * dt;
                m[(column + 1, column)] = -omega * dt;
            }
        }
    }
    m
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schur_coordinates_give_the_same_course() {
        let n = DENSE + 9;
        let pattern = |k: f64| (0..n).map(|i| (k * (i as f64 + 1.0)).sin()).collect::<Vec<_>>();
        let noise = |i: usize, j: usize| ((i * 31 + j * 17 + 1) as f64 * 12.9898).sin() / (n as f64).sqrt();
        let a = Matrix::from_fn(n, n, |i, j| noise(i, j) - if i == j { 1.5 } else { 0.0 });
        let forever = f64::INFINITY;
        let stimuli: Vec<Stimulus> = [
            Waveform::Impulse { at: 0.5, area: 2.0 },
            Waveform::Step { at: 0.7, until: 2.0, amplitude: 1.0 },
            Waveform::Sinusoid { at: 1.0, until: forever, amplitude: 0.5, omega: 3.0, phase: 0.3 },
        ]
        .into_iter()
        .zip([0.3, 0.7, 1.1])
        .map(|(waveform, k)| Stimulus { name: "s".into(), pattern: pattern(k), waveform })
        .collect();
        let system = LinearDrive { a: &a, b: &pattern(0.2), h: &pattern(0.5), stimuli: &stimuli };
        let times: Vec<f64> = (0..40).map(|k| 0.1 * f64::from(k)).collect();
        let (turned, plain) =
            (linear_response(&system, &pattern(0.9), &times), solve(&system, &pattern(0.9), &times));
        let (turned, plain) = (turned.unwrap(), plain.unwrap());
        assert_eq!(turned.states.row(0), plain.states.row(0));
        let off = turned.states.sub(&plain.states).max_abs();
        assert!(off <= 1e-12 * plain.states.max_abs(), "{off:e}");
    }
}
