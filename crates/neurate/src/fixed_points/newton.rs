//! Newton's method for `target(x) = x`, with deflation of known solutions.

use crate::dynamics::{CircuitDynamics, Dynamics};
use neurate_numerics::linalg::{Lu, Matrix};

/// Largest number of Newton steps.
const MAX_STEPS: usize = 80;
/// A solution's residual, relative to `1 + |x|`.
pub(super) const TOLERANCE: f64 = 1e-10;

/// `F(x) = target(x) - x`.
fn function(dynamics: &CircuitDynamics, x: &[f64]) -> Vec<f64> {
    let (mut target, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    dynamics.relaxation(0.0, x, &mut target, &mut tau);
    target.iter().zip(x).map(|(t, x)| t - x).collect()
}

/// The largest `|F_i| / (1 + |x_i|)`.
pub(super) fn residual(dynamics: &CircuitDynamics, x: &[f64]) -> f64 {
    relative(&function(dynamics, x), x)
}

/// The largest entry of `v` relative to `1 + |x|`; infinite if one is not a number.
fn relative(v: &[f64], x: &[f64]) -> f64 {
    v.iter().zip(x).fold(0.0, |m: f64, (v, x)| {
        let r = v.abs() / (1.0 + x.abs());
        if r.is_nan() { f64::INFINITY } else { m.max(r) }
    })
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The Jacobian of `F`: that of the field times the time constants.
fn jacobian(dynamics: &CircuitDynamics, x: &[f64]) -> Matrix {
    let (mut target, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    dynamics.relaxation(0.0, x, &mut target, &mut tau);
    let a = dynamics.jacobian(0.0, x);
    // For conductances tau depends on x, which scales F but not its zeros; near a zero both agree.
    Matrix::from_fn(x.len(), x.len(), |i, j| tau[i] * a[(i, j)])
}

/// A solution: state and length of the last step, relative.
pub(super) struct Solution {
    pub state: Vec<f64>,
    pub step: f64,
}

/// The deflation operator of Farrell, Birkisson & Funke (2015), `m(x) = prod (1/d_k^2 + 1)`, and
/// the gradient of `ln m`; distances in units of `1 + |x_k|`.
fn deflation(x: &[f64], known: &[Vec<f64>]) -> (f64, Vec<f64>) {
    let mut ln_m = 0.0;
    let mut gradient = vec![0.0; x.len()];
    for k in known {
        let scale = 1.0 + norm(k);
        let d2: f64 = x.iter().zip(k).map(|(a, b)| ((a - b) / scale).powi(2)).sum();
        let d2 = d2.max(1e-300);
        ln_m += (1.0 / d2 + 1.0).ln();
        for i in 0..x.len() {
            // d ln(1/d2 + 1) = -1 / (d2 (1 + d2)) d(d2)
            gradient[i] -= 2.0 * (x[i] - k[i]) / (scale * scale) / (d2 * (1.0 + d2));
        }
    }
    (ln_m, gradient)
}

/// Newton's method from `start`, kept away from `known`, with a line search on the deflated
/// function; then polished without deflation. None if it does not converge.
pub(super) fn solve(dynamics: &CircuitDynamics, start: &[f64], known: &[Vec<f64>]) -> Option<Solution> {
    let mut x = start.to_vec();
    let mut f = function(dynamics, &x);
    for _ in 0..MAX_STEPS {
        if !norm(&f).is_finite() {
            return None;
        }
        if relative(&f, &x) < TOLERANCE {
            return polish(dynamics, x);
        }
        let step = newton_step(dynamics, &x, &f)?;
        let (ln_m, gradient) = deflation(&x, known);
        // The Newton step of m F is the plain one, stretched (Sherman-Morrison).
        let slope: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
        let stretch = 1.0 / (1.0 - slope);
        let stretch = if stretch.is_finite() { stretch.clamp(-10.0, 10.0) } else { 1.0 };
        let merit = ln_m + norm(&f).ln();
        let mut damping = 1.0;
        loop {
            let trial: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + damping * stretch * s).collect();
            let value = function(dynamics, &trial);
            let trial_merit = deflation(&trial, known).0 + norm(&value).ln();
            // A short step is taken even if it climbs: kinks and deflation make the merit rough.
            if trial_merit < merit || damping < 1e-3 {
                (x, f) = (trial, value);
                break;
            }
            damping *= 0.5;
        }
    }
    None
}

/// Plain Newton steps until they no longer help: quadratic convergence leaves rounding only.
fn polish(dynamics: &CircuitDynamics, mut x: Vec<f64>) -> Option<Solution> {
    let mut f = function(dynamics, &x);
    let mut last = f64::INFINITY;
    for _ in 0..12 {
        let Some(step) = newton_step(dynamics, &x, &f) else { break };
        let size = relative(&step, &x);
        if size == 0.0 {
            last = 0.0;
            break;
        }
        if size >= last || !size.is_finite() {
            break;
        }
        let trial: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + s).collect();
        let value = function(dynamics, &trial);
        // Once at rounding level the residual only flickers.
        let size_of_value = norm(&value);
        if size_of_value.is_nan() || size_of_value > 2.0 * norm(&f) {
            // A start that is exact already: the step that flickers is all there is to know.
            if size < 1e-12 {
                last = last.min(size);
            }
            break;
        }
        (x, f) = (trial, value);
        last = size;
    }
    // A rate that is nearly nothing is known from the others to its own relative precision, while
    // Newton's steps leave it the rounding of theirs, of either sign.
    let (mut exact, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    dynamics.relaxation(0.0, &x, &mut exact, &mut tau);
    for i in 0..x.len() {
        if exact[i].abs() < 1e-6 && (x[i] - exact[i]).abs() < 1e-13 {
            x[i] = exact[i];
        }
    }
    f = function(dynamics, &x);
    let good = relative(&f, &x) < TOLERANCE && last.is_finite() && last < 1e-6;
    good.then(|| Solution { state: x, step: last.max(f64::EPSILON) })
}

fn newton_step(dynamics: &CircuitDynamics, x: &[f64], f: &[f64]) -> Option<Vec<f64>> {
    let lu = Lu::new(&jacobian(dynamics, x)).ok()?;
    let minus: Vec<f64> = f.iter().map(|v| -v).collect();
    lu.solve(&minus).filter(|s| s.iter().all(|v| v.is_finite()))
}
