//! States between the ends of steps: by the method's interpolation, where that is as good as the step.
//!
//! Where steps are as long as the method is stable, DOP853's interpolation errs by thousands of tolerances between ends that are
//! right (it is the same in SciPy). Its defect `p' - f(t, p)` shows that. Where it is large, the step is integrated again in
//! halves, for the recorded times in it alone: the run goes on from where it was.

use super::adapter::Adapter;
use ivp::dense::StepInterpolant;
use ivp::ivp::FirstOrderSystem;
use ivp::methods::{DOP853, Tolerance};
use ivp::solout::{ControlFlag, SolOut};

/// Where the defect is looked at, in parts of a step.
const POINTS: [f64; 2] = [0.3, 0.75];
/// Nodes whose values give the derivative of the interpolation, a polynomial of degree seven, without error.
const NODES: [f64; 8] = [0.0, 0.05, 0.18, 0.38, 0.62, 0.82, 0.95, 1.0];
/// Defect over a step, in tolerances, up to which the interpolation is taken. Its error is a seventh of that in smooth steps
/// (measured), and up to one and a half times it where a transfer function has a kink.
const DEFECT: f64 = 40.0;
/// How often a step is halved at most.
const HALVINGS: u32 = 8;

/// Steps after which the adaptive method gives up.
pub(super) const MAX_STEPS: usize = 1_000_000;

/// The adaptive method; `between`: whether it is to interpolate.
pub(super) fn dop853(between: bool, max_step: Option<f64>) -> DOP853 {
    DOP853 {
        max_steps: MAX_STEPS,
        // No stiffness test: near a fixed point it would refuse what merely takes a few more steps.
        stiff_test: usize::MAX,
        dense_output: between,
        max_step,
        ..DOP853::default()
    }
}

/// Appends the states at these times in a step, by the method's interpolation.
pub(super) fn interpolate(step: &StepInterpolant<'_>, n: usize, times: &[f64], out: &mut Vec<f64>) {
    for &t in times {
        let first = out.len();
        out.resize(first + n, 0.0);
        step.interpolate(t, &mut out[first..]);
    }
}

/// The states between the ends of one step after the other.
pub(super) struct Between<'a> {
    system: &'a Adapter<'a>,
    rtol: f64,
    atol: f64,
    halvings: u32,
    weights: [[f64; NODES.len()]; POINTS.len()],
    state: Vec<f64>,
    field: Vec<f64>,
    slopes: [Vec<f64>; POINTS.len()],
}

impl<'a> Between<'a> {
    /// `rtol`, `atol`: what is promised of the states.
    pub(super) fn new(system: &'a Adapter<'a>, n: usize, rtol: f64, atol: f64) -> Self {
        let zeros = || vec![0.0; n];
        let slopes = POINTS.map(|_| zeros());
        let weights = POINTS.map(derivative_weights);
        Between { system, rtol, atol, halvings: 0, weights, state: zeros(), field: zeros(), slopes }
    }

    /// Appends the states at these times in the step from `before` to `after`.
    pub(super) fn states(
        &mut self,
        step: &StepInterpolant<'_>,
        before: &[f64],
        after: &[f64],
        times: &[f64],
        out: &mut Vec<f64>,
    ) {
        if !self.fits(step, after)
            && let Some(states) = self.again(step, before, times)
        {
            out.extend_from_slice(&states);
        } else {
            interpolate(step, after.len(), times, out);
        }
    }

    /// Whether the interpolation of the step to `after` is as good as the step.
    fn fits(&mut self, step: &StepInterpolant<'_>, after: &[f64]) -> bool {
        if self.halvings == HALVINGS {
            return true;
        }
        let (from, h) = step.step_params();
        self.slopes.iter_mut().for_each(|s| s.fill(0.0));
        for (k, node) in NODES.iter().enumerate() {
            step.interpolate(from + node * h, &mut self.state);
            for (slope, weights) in self.slopes.iter_mut().zip(&self.weights) {
                slope.iter_mut().zip(&self.state).for_each(|(s, x)| *s += weights[k] * x);
            }
        }
        for (slope, part) in self.slopes.iter().zip(POINTS) {
            let t = from + part * h;
            step.interpolate(t, &mut self.state);
            self.system.derivative(t, &self.state, &mut self.field);
            for i in 0..after.len() {
                let size = self.state[i].abs().max(after[i].abs());
                if (slope[i] - h * self.field[i]).abs() > DEFECT * (self.atol + self.rtol * size) {
                    return false;
                }
            }
        }
        true
    }

    /// The states at these times in a step, one after the other, integrated anew from its start in halves; None if that fails.
    fn again(&self, step: &StepInterpolant<'_>, start: &[f64], times: &[f64]) -> Option<Vec<f64>> {
        let (from, h) = step.step_params();
        let finer = Between {
            halvings: self.halvings + 1,
            ..Between::new(self.system, start.len(), self.rtol, self.atol)
        };
        let mut inside = Inside { times, states: Vec::new(), before: start.to_vec(), between: finer };
        let (rtol, atol) = (Tolerance::from(self.rtol), Tolerance::from(self.atol));
        dop853(true, Some(0.5 * h))
            .solve(self.system, from, start, from + h, rtol, atol, Some(&mut inside))
            .ok()?;
        (inside.states.len() == times.len() * start.len()).then_some(inside.states)
    }
}

/// Keeps the states at some times.
struct Inside<'a, 't> {
    times: &'t [f64],
    states: Vec<f64>,
    before: Vec<f64>,
    between: Between<'a>,
}

impl SolOut for Inside<'_, '_> {
    fn solout(
        &mut self,
        _: f64,
        t: &mut f64,
        x: &mut [f64],
        step: Option<&StepInterpolant<'_>>,
    ) -> ControlFlag {
        let first = self.states.len() / x.len();
        let count = self.times[first..].iter().take_while(|at| **at <= *t).count();
        if let Some(step) = step.filter(|_| count > 0) {
            let times = &self.times[first..first + count];
            self.between.states(step, &self.before, x, times, &mut self.states);
        }
        self.before.copy_from_slice(x);
        ControlFlag::Continue
    }
}

/// The weights of the values at the nodes in the derivative at a point that is no node: those of Lagrange's polynomials.
fn derivative_weights(at: f64) -> [f64; NODES.len()] {
    std::array::from_fn(|k| {
        let others = || (0..NODES.len()).filter(|&j| j != k).map(|j| NODES[j]);
        let value: f64 = others().map(|node| (at - node) / (NODES[k] - node)).product();
        value * others().map(|node| 1.0 / (at - node)).sum::<f64>()
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Method, simulate};
    use super::*;
    use crate::dynamics::CircuitDynamics;
    use crate::model::Circuit;
    use neurate_numerics::linalg::{Matrix, expm};

    #[test]
    fn the_derivative_of_a_polynomial_is_exact() {
        let p = |x: f64| (0..8).map(|k| (k as f64 - 3.3) * x.powi(k)).sum::<f64>();
        for at in POINTS {
            let exact: f64 = (1..8).map(|k| f64::from(k) * (f64::from(k) - 3.3) * at.powi(k - 1)).sum();
            let sum: f64 = derivative_weights(at).iter().zip(NODES).map(|(w, x)| w * p(x)).sum();
            assert!((sum - exact).abs() < 1e-12, "{sum} {exact}");
        }
    }

    #[test]
    fn states_between_steps_as_long_as_the_method_is_stable_are_right() {
        // A fast unit that follows a slow pair which swings: steps are as long as the fast one allows.
        let w = Matrix::from_rows(&[[0.5, 0.9, 0.3], [0.0, 1.0, -2.0], [0.0, 2.0, 0.9]]);
        let taus = [0.3, 60.0, 60.0];
        let circuit = Circuit::from_weights(w.clone()).taus(&taus).build().unwrap();
        let dynamics = CircuitDynamics::new(&circuit);
        let a = Matrix::from_fn(3, 3, |i, j| (w[(i, j)] - f64::from(u8::from(i == j))) / taus[i]);
        for (spacing, tol) in [(1.0, 1e-6), (1.0, 1e-9), (0.25, 1e-8), (3.7, 1e-8)] {
            let times: Vec<f64> = (0..200).map(|k| spacing * f64::from(k)).collect();
            let method = Method::Adaptive { rtol: tol, atol: 0.01 * tol };
            let start = [1.0, 0.5, -0.7];
            let run = simulate(&dynamics, &start, &times, method, 1e6).unwrap();
            let worst = (0..times.len()).fold(0.0f64, |worst, k| {
                let exact = expm(&a.scale(times[k])).unwrap().mul_vec(&start);
                (0..3).fold(worst, |m, i| {
                    m.max(
                        (run.states[(k, i)] - exact[i]).abs() / (0.01 * tol + tol * exact[i].abs().max(0.1)),
                    )
                })
            });
            assert!(worst < 40.0, "spacing {spacing}, tolerance {tol:e}: {worst} tolerances");
        }
    }
}
