//! A circuit over one of its parameters.

use super::equations::{Motion, field, is_covered};
use super::family::{Family, derivative, second_by_differences, third_by_differences};
use super::nilpotent::Nilpotent;
use crate::dynamics::{CircuitDynamics, DelayedJacobian, Dynamics, MAX_DELAYED_STATES};
use crate::fixed_points::spectrum;
use crate::model::{Circuit, Parameter};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Complex, Matrix};
use std::fmt;
use std::sync::{Arc, Mutex};

/// Where between the ends of the window it is looked whether numbers move in straight lines, as a share of the way.
const BETWEEN: f64 = 0.37;

/// Makes the circuit at a value of its parameter.
type Make<'a> = Box<dyn Fn(f64) -> Result<Circuit> + Send + Sync + 'a>;

/// A circuit over one of its parameters, under its constant input: states as in
/// [`CircuitDynamics`], slow ones included.
///
/// Where the parameter moves inputs, time constants and weights only, all derivatives are exact to rounding; over parameters
/// of f, and in circuits of conductances or of spiking neurons, some are differences of exact slopes.
pub struct CircuitFamily<'a> {
    make: Make<'a>,
    name: String,
    window: (f64, f64),
    base: Circuit,
    /// None if the parameter moves something else, too.
    motion: Option<Motion>,
    covered: bool,
    /// Whether there are delays anywhere in the window.
    delayed: bool,
    last: Mutex<(f64, Arc<Circuit>)>,
}

impl fmt::Debug for CircuitFamily<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} over {} from {} to {}", self.base.title(), self.name, self.window.0, self.window.1)
    }
}

impl<'a> CircuitFamily<'a> {
    /// A circuit over a parameter that [`Circuit::with`] can vary, between two values. A joint parameter moves several
    /// addresses.
    ///
    /// # Errors
    /// The window is empty or not finite; an end of it breaks a rule of the circuit;
    /// the circuit has delays and too many states to judge stability.
    pub fn new(circuit: &'a Circuit, parameter: &'a Parameter, window: (f64, f64)) -> Result<Self> {
        let make = move |p: f64| circuit.with(&[(parameter, p)]);
        Self::of(&parameter.to_string(), Box::new(make), window)
    }

    /// Circuits that `make` builds at each value of a parameter: for numbers that only a description has.
    ///
    /// # Errors
    /// As [`CircuitFamily::new`].
    pub fn of(name: &str, make: Make<'a>, window: (f64, f64)) -> Result<Self> {
        let (from, to) = window;
        if !(from.is_finite() && to.is_finite()) || from >= to {
            return Err(Error::invalid(format!("{name} from {from} to {to} is no range"))
                .with_help("give two finite numbers, the smaller one first"));
        }
        let at = |p: f64| make(p).map_err(|e| at_value(e, name, p));
        let [base, middle, end] = [at(from)?, at(from + BETWEEN * (to - from))?, at(to)?];
        base.require_dense()?;
        let delayed = [&base, &middle, &end].iter().any(|c| c.delays().is_some());
        if delayed && base.states() > MAX_DELAYED_STATES {
            return Err(Error::unsupported(format!(
                "{} states are too many to judge stability with delays (at most {MAX_DELAYED_STATES})",
                base.states()
            )));
        }
        let motion = motion(&base, &middle, &end, to - from);
        let covered = is_covered(&base);
        let last = Mutex::new((from, Arc::new(base.clone())));
        Ok(CircuitFamily { make, name: name.to_string(), window, base, motion, covered, delayed, last })
    }

    /// The parameter's name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The values between which it is looked at.
    pub fn window(&self) -> (f64, f64) {
        self.window
    }
    /// The circuit at a value of the parameter.
    ///
    /// # Errors
    /// The value breaks a rule of the circuit.
    pub fn circuit(&self, p: f64) -> Result<Arc<Circuit>> {
        {
            let last = self.last.lock().unwrap_or_else(|e| e.into_inner());
            if last.0 == p {
                return Ok(last.1.clone());
            }
        }
        let made = Arc::new((self.make)(p).map_err(|e| at_value(e, &self.name, p))?);
        *self.last.lock().unwrap_or_else(|e| e.into_inner()) = (p, made.clone());
        Ok(made)
    }
    /// Whether there are delays anywhere in the window.
    pub fn has_delays(&self) -> bool {
        self.delayed
    }
    /// How its numbers move, if they move in straight lines and nothing else does.
    pub(super) fn motion(&self) -> Option<&Motion> {
        self.motion.as_ref()
    }
    /// The units that pass a kink of their function between two inputs.
    pub(super) fn crossed(circuit: &Circuit, from: &[f64], to: &[f64]) -> Vec<usize> {
        (0..circuit.n())
            .filter(|&i| {
                let (low, high) = (from[i].min(to[i]), from[i].max(to[i]));
                let room = 1e-9 * (1.0 + high.abs());
                let kinks = circuit.populations()[circuit.population_of(i)].transfer.kinks();
                kinks.iter().any(|k| *k >= low - room && *k <= high + room)
            })
            .collect()
    }
    /// The directional derivatives of the field, where the equation over infinitesimals has them.
    fn parts(&self, x: &[f64], p: f64, directions: [&[f64]; 3]) -> Option<Vec<Nilpotent>> {
        let n = x.len();
        let moves = directions.iter().any(|d| d.last().is_some_and(|p| *p != 0.0));
        if !self.covered || (moves && self.motion.is_none()) {
            return None;
        }
        let part = |i: usize| directions.map(|d| d.get(i).copied().unwrap_or(0.0));
        let state = moving(x, directions);
        let circuit = self.circuit(p).ok()?;
        let along = self.motion.as_ref().map(|m| (m, Nilpotent::moving(0.0, part(n))));
        Some(field(&circuit, along.as_slice(), &state, &[]))
    }
    /// The same along directions of the state now and each delay ago.
    fn delayed_parts(&self, x: &[f64], p: f64, along: [&[Vec<f64>]; 3]) -> Option<Vec<Nilpotent>> {
        if !self.covered {
            return None;
        }
        let circuit = self.circuit(p).ok()?;
        let count = along[0].len();
        let ago = |k: usize| moving(x, along.map(|d| d.get(k).map_or(&[][..], |d| &d[..])));
        let past: Vec<Vec<Nilpotent>> = (1..count).map(ago).collect();
        Some(field(&circuit, &[], &ago(0), &past))
    }
}

/// A state that moves along three directions; what they do not name stays.
fn moving(x: &[f64], directions: [&[f64]; 3]) -> Vec<Nilpotent> {
    let part = |i: usize| directions.map(|d| d.get(i).copied().unwrap_or(0.0));
    (0..x.len()).map(|i| Nilpotent::moving(x[i], part(i))).collect()
}

fn at_value(e: Error, name: &str, p: f64) -> Error {
    Error::new(e.kind(), format!("{name} = {p}: {}", e.message()))
        .with_help(e.help().unwrap_or("choose a range in which every value is allowed"))
}

/// How the numbers move, if they move in straight lines and nothing else does: the circuits at the ends and between them.
pub(super) fn motion(base: &Circuit, middle: &Circuit, end: &Circuit, width: f64) -> Option<Motion> {
    if !is_covered(base) {
        return None;
    }
    let same = |other: &Circuit| {
        base.populations().iter().zip(other.populations()).all(|(a, b)| {
            a.sigma == b.sigma && a.slow == b.slow && a.transfer.numbers() == b.transfer.numbers()
        })
    };
    if !(same(middle) && same(end)) {
        return None;
    }
    let straight = |a: &[f64], m: &[f64], b: &[f64]| {
        a.iter()
            .zip(m)
            .zip(b)
            .all(|((a, m), b)| (a + BETWEEN * (b - a) - m).abs() <= 1e-13 * a.abs().max(b.abs()).max(m.abs()))
    };
    let slope = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (b - a) / width).collect::<Vec<_>>();
    let [w, wm, we] = [base, middle, end].map(|c| c.weights().to_dense());
    let lines = straight(base.h(), middle.h(), end.h())
        && straight(base.tau(), middle.tau(), end.tau())
        && straight(w.data(), wm.data(), we.data());
    let weights = we.sub(&w).scale(1.0 / width);
    lines.then(|| Motion {
        h: slope(base.h(), end.h()),
        tau: slope(base.tau(), end.tau()),
        weights: (weights.max_abs() > 0.0).then_some(weights),
    })
}

impl Family for CircuitFamily<'_> {
    fn dim(&self) -> usize {
        self.base.states()
    }
    fn field(&self, x: &[f64], p: f64) -> Vec<f64> {
        let n = x.len();
        let (mut dx, mut scratch) = (vec![f64::NAN; n], vec![0.0; n]);
        if let Ok(circuit) = self.circuit(p) {
            CircuitDynamics::at_rest(&circuit).field(0.0, x, &mut dx, &mut scratch);
        }
        dx
    }
    fn jacobian(&self, x: &[f64], p: f64) -> Matrix {
        match self.circuit(p) {
            Ok(circuit) => CircuitDynamics::at_rest(&circuit).jacobian(0.0, x),
            Err(_) => Matrix::filled(x.len(), x.len(), f64::NAN),
        }
    }
    fn time_scales(&self) -> Vec<f64> {
        let slow = self.base.slow().iter().flat_map(|b| {
            let size = self.base.range(b.population).len();
            std::iter::repeat_n(b.tau, size)
        });
        self.base.tau().iter().copied().chain(slow).collect()
    }
    fn parameter_scale(&self) -> f64 {
        self.window.1 - self.window.0
    }
    fn d_dp(&self, x: &[f64], p: f64) -> Vec<f64> {
        let mut along = vec![0.0; x.len() + 1];
        along[x.len()] = 1.0;
        match self.parts(x, p, [&along, &[], &[]]) {
            Some(parts) => parts.iter().map(|f| f.0[1]).collect(),
            None => derivative(3e-4 * self.parameter_scale(), |step| self.field(x, p + step)),
        }
    }
    fn second(&self, x: &[f64], p: f64, u: &[f64], v: &[f64]) -> Vec<f64> {
        match self.parts(x, p, [u, v, &[]]) {
            Some(parts) => parts.iter().map(|f| f.0[3]).collect(),
            None => second_by_differences(self, x, p, u, v),
        }
    }
    fn third(&self, x: &[f64], p: f64, u: &[f64], v: &[f64], w: &[f64]) -> Vec<f64> {
        match self.parts(x, p, [u, v, w]) {
            Some(parts) => parts.iter().map(|f| f.0[7]).collect(),
            None => third_by_differences(self, x, p, [u, v, w]),
        }
    }
    fn spectrum(&self, x: &[f64], p: f64) -> Option<(Vec<Complex>, usize)> {
        let circuit = self.circuit(p).ok()?;
        let growing = |all: &[Complex]| all.iter().filter(|l| l.re > 0.0).count();
        if circuit.delays().is_none() {
            let all = spectrum(&CircuitDynamics::at_rest(&circuit).jacobian(0.0, x)).ok()?;
            let count = growing(&all);
            return Some((all, count));
        }
        // Nyquist's criterion decides how many there are.
        let roots = DelayedJacobian::new(&circuit, x).ok()?.roots().ok()?;
        let count = roots.unstable.unwrap_or_else(|| growing(&roots.roots));
        Some((roots.roots, count))
    }
    fn delayed(&self, x: &[f64], p: f64) -> Option<DelayedJacobian> {
        let circuit = self.circuit(p).ok().filter(|_| self.delayed)?;
        DelayedJacobian::new(&circuit, x).ok()
    }
    fn second_delayed(&self, x: &[f64], p: f64, u: &[Vec<f64>], v: &[Vec<f64>]) -> Option<Vec<f64>> {
        Some(self.delayed_parts(x, p, [u, v, &[]])?.iter().map(|f| f.0[3]).collect())
    }
    fn third_delayed(&self, x: &[f64], p: f64, along: [&[Vec<f64>]; 3]) -> Option<Vec<f64>> {
        Some(self.delayed_parts(x, p, along)?.iter().map(|f| f.0[7]).collect())
    }
    fn kinks_between(&self, from: (&[f64], f64), to: (&[f64], f64)) -> Vec<usize> {
        let (Ok(a), Ok(b)) = (self.circuit(from.1), self.circuit(to.1)) else { return Vec::new() };
        let [from, to] = [(&a, from.0), (&b, to.0)].map(|(c, x)| CircuitDynamics::at_rest(c).input(x));
        Self::crossed(&a, &from, &to)
    }
    fn above_kinks(&self, x: &[f64], p: f64) -> Vec<f64> {
        let Ok(circuit) = self.circuit(p) else { return Vec::new() };
        let smooth = circuit.populations().iter().all(|p| p.transfer.corners().is_empty());
        if smooth {
            return Vec::new();
        }
        let input = CircuitDynamics::at_rest(&circuit).input(x);
        let of = |i: usize| {
            let corners = circuit.populations()[circuit.population_of(i)].transfer.corners();
            corners.iter().map(|k| input[i] - k).collect::<Vec<_>>()
        };
        (0..circuit.n()).flat_map(of).collect()
    }
}
