//! A circuit over two of its parameters.

use super::super::circuit_family::{CircuitFamily, motion};
use super::super::equations::{Motion, field, is_covered};
use super::super::family::derivative;
use super::super::nilpotent::Nilpotent;
use super::family::{PlaneFamily, second_by_differences, third_by_differences};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::{Circuit, Parameter};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::fmt;
use std::sync::{Arc, Mutex};

/// Where between the ends of a window it is looked whether numbers move in straight lines, as a share of the way.
const BETWEEN: f64 = 0.37;

/// Makes the circuit at values of both parameters.
type Make<'a> = Box<dyn Fn(f64, f64) -> Result<Circuit> + Send + Sync + 'a>;

/// A circuit over two of its parameters, under its constant input: states as in [`CircuitDynamics`], slow ones included.
///
/// Derivatives are exact to rounding where the parameters move inputs, time constants and weights only, and not one number
/// together in a product; otherwise some are differences of exact slopes.
pub struct CircuitPlane<'a> {
    make: Make<'a>,
    names: [String; 2],
    windows: [(f64, f64); 2],
    base: Circuit,
    /// None if the parameters move something else, too.
    motions: Option<[Motion; 2]>,
    covered: bool,
    last: Mutex<([f64; 2], Arc<Circuit>)>,
}

impl fmt::Debug for CircuitPlane<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = &self.names;
        write!(f, "{} over {a} and {b}, {:?}", self.base.title(), self.windows)
    }
}

impl<'a> CircuitPlane<'a> {
    /// A circuit over two parameters that [`Circuit::with`] can vary, between two values of each. A joint parameter moves
    /// several addresses.
    ///
    /// # Errors
    /// A window is empty or not finite; a corner breaks a rule of the circuit; both parameters are the same; the circuit has
    /// delays.
    pub fn new(
        circuit: &'a Circuit,
        parameters: [&'a Parameter; 2],
        windows: [(f64, f64); 2],
    ) -> Result<Self> {
        let [first, second] = parameters;
        if first == second {
            return Err(Error::invalid(format!("both parameters are {first}"))
                .with_help("give two different parameters"));
        }
        let make = move |p: f64, q: f64| circuit.with(&[(first, p), (second, q)]);
        Self::of([&first.to_string(), &second.to_string()], Box::new(make), windows)
    }

    /// Circuits that `make` builds at values of two parameters: for numbers that only a description has.
    ///
    /// # Errors
    /// As [`CircuitPlane::new`].
    pub fn of(names: [&str; 2], make: Make<'a>, windows: [(f64, f64); 2]) -> Result<Self> {
        for (name, (from, to)) in names.iter().zip(windows) {
            if !(from.is_finite() && to.is_finite()) || from >= to {
                return Err(Error::invalid(format!("{name} from {from} to {to} is no range"))
                    .with_help("give two finite numbers, the smaller one first"));
            }
        }
        let at = |p: f64, q: f64| make(p, q).map_err(|e| at_values(e, &names, [p, q]));
        let [(a, b), (c, d)] = windows;
        let [base, across, up, corner] = [at(a, c)?, at(b, c)?, at(a, d)?, at(b, d)?];
        base.require_dense()?;
        if base.delays().is_some() {
            return Err(Error::unsupported("curves of circuits with delays are not followed yet"));
        }
        let middles = [at(a + BETWEEN * (b - a), c)?, at(a, c + BETWEEN * (d - c))?];
        let beside = at(b, c + BETWEEN * (d - c))?;
        let first = motion(&base, &middles[0], &across, b - a);
        let second = motion(&base, &middles[1], &up, d - c);
        // The second one moves nothing that the first one moves, too, in a product.
        let same = motion(&across, &beside, &corner, d - c);
        let motions = match (first, second, same) {
            (Some(first), Some(second), Some(same)) if alike(&second, &same) => Some([first, second]),
            _ => None,
        };
        let covered = is_covered(&base);
        let last = Mutex::new(([a, c], Arc::new(base.clone())));
        Ok(CircuitPlane { make, names: names.map(str::to_string), windows, base, motions, covered, last })
    }

    /// The parameters' names.
    pub fn names(&self) -> &[String; 2] {
        &self.names
    }
    /// The values between which each is looked at.
    pub fn windows(&self) -> [(f64, f64); 2] {
        self.windows
    }
    /// The circuit at values of the parameters.
    ///
    /// # Errors
    /// The values break a rule of the circuit.
    pub fn circuit(&self, at: [f64; 2]) -> Result<Arc<Circuit>> {
        {
            let last = self.last.lock().unwrap_or_else(|e| e.into_inner());
            if last.0 == at {
                return Ok(last.1.clone());
            }
        }
        let names = [&self.names[0][..], &self.names[1][..]];
        let made = Arc::new((self.make)(at[0], at[1]).map_err(|e| at_values(e, &names, at))?);
        *self.last.lock().unwrap_or_else(|e| e.into_inner()) = (at, made.clone());
        Ok(made)
    }
    /// The circuit over one of both parameters, at a value of the other one.
    ///
    /// # Errors
    /// The values break a rule of the circuit.
    pub fn line(&self, along: usize, other: f64) -> Result<CircuitFamily<'_>> {
        let make = move |p: f64| match along {
            0 => (self.make)(p, other),
            _ => (self.make)(other, p),
        };
        CircuitFamily::of(&self.names[along], Box::new(make), self.windows[along])
    }
    /// The directional derivatives of the field, where the equation over infinitesimals has them.
    fn parts(&self, x: &[f64], at: [f64; 2], directions: [&[f64]; 3]) -> Option<Vec<Nilpotent>> {
        let n = x.len();
        let moves = directions.iter().any(|d| d.iter().skip(n).any(|p| *p != 0.0));
        if !self.covered || (moves && self.motions.is_none()) {
            return None;
        }
        let part = |i: usize| directions.map(|d| d.get(i).copied().unwrap_or(0.0));
        let state: Vec<Nilpotent> = (0..n).map(|i| Nilpotent::moving(x[i], part(i))).collect();
        let circuit = self.circuit(at).ok()?;
        let moving: Vec<(&Motion, Nilpotent)> = match &self.motions {
            Some(all) if moves => {
                all.iter().enumerate().map(|(k, m)| (m, Nilpotent::moving(0.0, part(n + k)))).collect()
            }
            _ => Vec::new(),
        };
        Some(field(&circuit, &moving, &state, &[]))
    }
}

fn alike(a: &Motion, b: &Motion) -> bool {
    let near =
        |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-9 * (a.abs() + b.abs()));
    let weights = match (&a.weights, &b.weights) {
        (Some(a), Some(b)) => near(a.data(), b.data()),
        (None, None) => true,
        _ => false,
    };
    weights && near(&a.h, &b.h) && near(&a.tau, &b.tau)
}

fn at_values(e: Error, names: &[&str; 2], at: [f64; 2]) -> Error {
    let [a, b] = names;
    Error::new(e.kind(), format!("{a} = {}, {b} = {}: {}", at[0], at[1], e.message()))
        .with_help(e.help().unwrap_or("choose ranges in which every value is allowed"))
}

impl PlaneFamily for CircuitPlane<'_> {
    fn dim(&self) -> usize {
        self.base.states()
    }
    fn field(&self, x: &[f64], at: [f64; 2]) -> Vec<f64> {
        let n = x.len();
        let (mut dx, mut scratch) = (vec![f64::NAN; n], vec![0.0; n]);
        if let Ok(circuit) = self.circuit(at) {
            CircuitDynamics::at_rest(&circuit).field(0.0, x, &mut dx, &mut scratch);
        }
        dx
    }
    fn jacobian(&self, x: &[f64], at: [f64; 2]) -> Matrix {
        match self.circuit(at) {
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
    fn parameter_scales(&self) -> [f64; 2] {
        self.windows.map(|(from, to)| to - from)
    }
    fn d_dp(&self, x: &[f64], at: [f64; 2]) -> [Vec<f64>; 2] {
        let n = x.len();
        let along = |k: usize| (0..n + 2).map(|i| f64::from(u8::from(i == n + k))).collect::<Vec<_>>();
        match self.parts(x, at, [&along(0), &along(1), &[]]) {
            Some(parts) => [1, 2].map(|m| parts.iter().map(|f| f.0[m]).collect()),
            None => [0, 1].map(|k| {
                derivative(3e-4 * self.parameter_scales()[k], |step| {
                    let mut at = at;
                    at[k] += step;
                    self.field(x, at)
                })
            }),
        }
    }
    fn second(&self, x: &[f64], at: [f64; 2], u: &[f64], v: &[f64]) -> Vec<f64> {
        match self.parts(x, at, [u, v, &[]]) {
            Some(parts) => parts.iter().map(|f| f.0[3]).collect(),
            None => second_by_differences(self, x, at, u, v),
        }
    }
    fn third(&self, x: &[f64], at: [f64; 2], u: &[f64], v: &[f64], w: &[f64]) -> Vec<f64> {
        match self.parts(x, at, [u, v, w]) {
            Some(parts) => parts.iter().map(|f| f.0[7]).collect(),
            None => third_by_differences(self, x, at, [u, v, w]),
        }
    }
    fn kinks_between(&self, from: (&[f64], [f64; 2]), to: (&[f64], [f64; 2])) -> Vec<usize> {
        let (Ok(a), Ok(b)) = (self.circuit(from.1), self.circuit(to.1)) else { return Vec::new() };
        let [from, to] = [(&a, from.0), (&b, to.0)].map(|(c, x)| CircuitDynamics::at_rest(c).input(x));
        CircuitFamily::crossed(&a, &from, &to)
    }
}
