//! Newton's method for `target(x) = x`, with deflation of known solutions.

use super::equations::Equations;
use crate::dynamics::{CircuitDynamics, Dynamics};

/// Largest number of Newton steps.
const MAX_STEPS: usize = 80;
/// Steps of the shortest length after which a start is given up: it climbs about a point where the deflated function
/// is smallest and not zero.
const MAX_SHORTEST: usize = 4;
/// A solution's residual, relative to `1 + |x|`.
pub(super) const TOLERANCE: f64 = 1e-10;

/// The largest `|F_i| / (1 + |x_i|)`, `F(x) = target(x) - x`.
pub(super) fn residual(dynamics: &CircuitDynamics, x: &[f64]) -> f64 {
    let (mut target, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    dynamics.relaxation(0.0, x, &mut target, &mut tau);
    target.iter_mut().zip(x).for_each(|(t, x)| *t -= x);
    relative(&target, x)
}

/// The largest entry of `v` relative to `1 + |x|`; infinite if one is not a number.
pub(super) fn relative(v: &[f64], x: &[f64]) -> f64 {
    v.iter().zip(x).fold(0.0, |m: f64, (v, x)| {
        let r = v.abs() / (1.0 + x.abs());
        if r.is_nan() { f64::INFINITY } else { m.max(r) }
    })
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// A solution: state and length of the last step, relative.
pub(super) struct Solution {
    pub state: Vec<f64>,
    pub step: f64,
}

/// A solution that others are kept away from.
pub(super) struct Known {
    pub state: Vec<f64>,
    /// What distances from it are measured in.
    scale: f64,
}

impl Known {
    pub fn new(state: Vec<f64>) -> Known {
        let scale = 1.0 + norm(&state);
        Known { state, scale }
    }
    /// The squared distance, over the scale.
    fn distance2(&self, x: &[f64]) -> f64 {
        let d2: f64 = x.iter().zip(&self.state).map(|(a, b)| (a - b) * (a - b)).sum();
        (d2 / (self.scale * self.scale)).max(1e-300)
    }
}

/// The logarithm of the deflation operator of Farrell, Birkisson & Funke (2015), `m(x) = prod (1/d_k^2 + 1)`; distances
/// in units of `1 + |x_k|`.
fn ln_deflation(x: &[f64], known: &[Known]) -> f64 {
    known.iter().map(|k| (1.0 / k.distance2(x) + 1.0).ln()).sum()
}

/// The slope of [`ln_deflation`] along a step.
fn deflation_slope(x: &[f64], step: &[f64], known: &[Known]) -> f64 {
    let slope = |k: &Known| {
        let d2 = k.distance2(x);
        let along: f64 = x.iter().zip(&k.state).zip(step).map(|((x, k), s)| (x - k) * s).sum();
        // d ln(1/d2 + 1) = -1 / (d2 (1 + d2)) d(d2)
        -2.0 * along / (k.scale * k.scale) / (d2 * (1.0 + d2))
    };
    known.iter().map(slope).sum()
}

/// A state, and `F` there.
#[derive(Clone)]
struct Place {
    x: Vec<f64>,
    f: Vec<f64>,
}

impl Place {
    fn new(n: usize) -> Place {
        Place { x: vec![0.0; n], f: vec![0.0; n] }
    }
    /// To another place's state moved by a part of a step.
    fn move_from(&mut self, from: &Place, step: &[f64], part: f64) {
        for i in 0..step.len() {
            self.x[i] = from.x[i] + part * step[i];
        }
    }
}

/// The method for one circuit, with the memory that it needs.
pub(super) struct Newton<'a> {
    equations: Equations<'a>,
    here: Place,
    there: Place,
    step: Vec<f64>,
    /// How often the function was asked for.
    pub evaluations: usize,
}

impl<'a> Newton<'a> {
    /// For dynamics with slow states settled.
    pub fn new(dynamics: &'a CircuitDynamics<'a>) -> Newton<'a> {
        Newton::of(Equations::of_circuit(dynamics))
    }
    /// For any equations.
    pub fn of(equations: Equations<'a>) -> Newton<'a> {
        let n = equations.n();
        let (here, step) = (Place::new(n), vec![0.0; n]);
        Newton { equations, there: here.clone(), here, step, evaluations: 0 }
    }

    /// The equations.
    pub fn equations(&mut self) -> &mut Equations<'a> {
        &mut self.equations
    }

    /// `F` at a place's state.
    fn look(&mut self, there: bool) {
        let place = if there { &mut self.there } else { &mut self.here };
        self.equations.function(&place.x, &mut place.f);
        self.evaluations += 1;
    }

    /// The Newton step from here, to `step`; false if there is none.
    fn find_step(&mut self) -> bool {
        self.equations.newton_step(&self.here.x, &self.here.f, &mut self.step)
    }

    /// Newton's method from `start`, kept away from `known`, with a line search on the deflated function; then polished
    /// without deflation. None if it does not converge.
    pub fn solve(&mut self, start: &[f64], known: &[Known]) -> Option<Solution> {
        self.here.x.copy_from_slice(start);
        self.look(false);
        let mut size = norm(&self.here.f);
        let mut shortest = 0;
        for _ in 0..MAX_STEPS {
            if !size.is_finite() {
                return None;
            }
            if relative(&self.here.f, &self.here.x) < TOLERANCE {
                return self.polish();
            }
            if !self.find_step() {
                return None;
            }
            // The Newton step of m F is the plain one, stretched (Sherman-Morrison).
            let stretch = 1.0 / (1.0 - deflation_slope(&self.here.x, &self.step, known));
            let stretch = if stretch.is_finite() { stretch.clamp(-10.0, 10.0) } else { 1.0 };
            let merit = ln_deflation(&self.here.x, known) + size.ln();
            let mut damping = 1.0;
            loop {
                self.there.move_from(&self.here, &self.step, damping * stretch);
                self.look(true);
                size = norm(&self.there.f);
                let trial_merit = ln_deflation(&self.there.x, known) + size.ln();
                // A short step is taken even if it climbs: kinks and deflation make the merit rough.
                if trial_merit < merit || damping < 1e-3 {
                    break;
                }
                damping *= 0.5;
            }
            shortest += usize::from(damping < 1e-3);
            if shortest > MAX_SHORTEST {
                return None;
            }
            std::mem::swap(&mut self.here, &mut self.there);
        }
        None
    }

    /// Newton's method with full steps and no line search: it leaves places where the function is smallest and not zero, at
    /// which [`Newton::solve`] gives up. None if it comes to no solution.
    pub fn wander(&mut self, start: &[f64]) -> Option<Solution> {
        self.here.x.copy_from_slice(start);
        self.look(false);
        for _ in 0..MAX_STEPS {
            if relative(&self.here.f, &self.here.x) < TOLERANCE {
                return self.polish();
            }
            if !self.find_step() {
                return None;
            }
            self.there.move_from(&self.here, &self.step, 1.0);
            self.look(true);
            if !norm(&self.there.f).is_finite() {
                return None;
            }
            std::mem::swap(&mut self.here, &mut self.there);
        }
        None
    }

    /// Plain Newton steps until they no longer help: quadratic convergence leaves rounding only.
    fn polish(&mut self) -> Option<Solution> {
        let mut last = f64::INFINITY;
        for _ in 0..12 {
            if !self.find_step() {
                // A zero without a linearization, as where a gain is infinite.
                if norm(&self.here.f) == 0.0 {
                    last = last.min(f64::EPSILON);
                }
                break;
            }
            let size = relative(&self.step, &self.here.x);
            if size == 0.0 {
                last = 0.0;
                break;
            }
            if size >= last || !size.is_finite() {
                break;
            }
            self.there.move_from(&self.here, &self.step, 1.0);
            self.look(true);
            // Once at rounding level the residual only flickers.
            let size_of_value = norm(&self.there.f);
            if size_of_value.is_nan() || size_of_value > 2.0 * norm(&self.here.f) {
                // A start that is exact already: the step that flickers is all there is to know.
                if size < 1e-12 {
                    last = last.min(size);
                }
                break;
            }
            std::mem::swap(&mut self.here, &mut self.there);
            last = size;
        }
        // A rate that is nearly nothing is known from the others to its own relative precision, while Newton's steps
        // leave it the rounding of theirs, of either sign.
        let Place { x, f } = &mut self.here;
        self.equations.target(x, f);
        for i in 0..x.len() {
            if f[i].abs() < 1e-6 && (x[i] - f[i]).abs() < 1e-13 {
                x[i] = f[i];
            }
        }
        self.look(false);
        let Place { x, f } = &self.here;
        let good = relative(f, x) < TOLERANCE && last.is_finite() && last < 1e-6;
        good.then(|| Solution { state: x.clone(), step: last.max(f64::EPSILON) })
    }
}

/// [`Newton::solve`] for one start, without deflation.
pub(super) fn solve(dynamics: &CircuitDynamics, start: &[f64]) -> Option<Solution> {
    Newton::new(dynamics).solve(start, &[])
}
