//! The numbers of a circuit that can be moved one at a time: which there are, how far each is followed, and in what its distance is
//! measured.

use super::circuit_family::CircuitFamily;
use super::nearest::{FirstChange, first_changes};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::model::{Address, Circuit, Form, Parameter, SlowKind};
use crate::spec::{Change, Spec};
use neurate_numerics::error::Result;

/// Numbers are followed from a quarter of their value to this many times it; inputs by as many widths.
pub const FACTOR: f64 = 4.0;
/// Room inside a rule of the circuit, of the window: derivatives are taken on both sides of a value.
const INSIDE: f64 = 1e-3;

/// How a circuit with another value is made.
enum Way<'a> {
    Direct(Parameter),
    /// The description, and the unit in which it has the number.
    Described(&'a Spec, String),
}

/// One number of a circuit, and how far it is moved.
pub struct Knob<'a> {
    /// Its address.
    pub address: Address,
    /// The unit of its values; empty: a pure number.
    pub unit: String,
    /// The circuit's own value.
    pub value: f64,
    /// What distances are measured in: the value itself; of inputs, the input over which the transfer function changes.
    pub measure: f64,
    /// Whether it is moved as an input is: zero is no special value of it.
    pub is_input: bool,
    /// Between which values it is followed.
    pub window: (f64, f64),
    circuit: &'a Circuit,
    way: Way<'a>,
}

impl std::fmt::Debug for Knob<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {} in {:?}", self.address, self.value, self.window)
    }
}

impl Knob<'_> {
    /// The circuit with another value.
    ///
    /// # Errors
    /// The value breaks a rule of the circuit.
    pub fn circuit(&self, value: f64) -> Result<Circuit> {
        match &self.way {
            Way::Direct(parameter) => self.circuit.with(&[(parameter, value)]),
            Way::Described(spec, unit) => {
                let change = match unit.as_str() {
                    "" => Change::new(&self.address, value),
                    unit => Change::new(&self.address, format!("{value:?} {unit}")),
                };
                spec.with([change])?.build()
            }
        }
    }

    /// The first changes below and above the circuit's own value, of the equilibrium at a state of the units and slow states.
    ///
    /// # Errors
    /// As [`CircuitFamily::of`] and [`first_changes`].
    pub fn changes(&self, state: &[f64]) -> Result<[FirstChange; 2]> {
        let make = |p: f64| self.circuit(p);
        let family = CircuitFamily::of(&self.address.to_string(), Box::new(make), self.window)?;
        first_changes(&family, self.window, &sizes(self.circuit, state), (state, self.value))
    }

    /// Whether it moves the equation at a state at all.
    fn matters(&self, state: &[f64]) -> bool {
        let at = |value: f64| {
            let circuit = self.circuit(value).ok().filter(|c| c.states() == state.len())?;
            let dynamics = CircuitDynamics::at_rest(&circuit);
            let (mut dx, mut scratch) = (vec![0.0; state.len()], vec![0.0; state.len()]);
            dynamics.field(0.0, state, &mut dx, &mut scratch);
            Some((dx, dynamics.jacobian(0.0, state)))
        };
        let (from, to) = self.window;
        let own = at(self.value);
        [from, 0.7 * from + 0.3 * self.value, 0.4 * to + 0.6 * self.value, to]
            .into_iter()
            .any(|v| at(v) != own)
    }

    /// The window inside the rules of the circuit; None if no other value is allowed.
    fn clipped(mut self) -> Option<Self> {
        let allowed = |value: f64| self.circuit(value).is_ok();
        let end = |asked: f64| {
            if allowed(asked) {
                return asked;
            }
            let (mut inside, mut outside) = (self.value, asked);
            for _ in 0..40 {
                let middle = 0.5 * (inside + outside);
                if allowed(middle) { inside = middle } else { outside = middle }
            }
            let room = INSIDE * (self.window.1 - self.window.0);
            if asked < self.value { inside + room } else { inside - room }
        };
        let window = (end(self.window.0), end(self.window.1));
        self.window = window;
        (window.0 < self.value && self.value < window.1).then_some(self)
    }
}

/// Every number of a circuit that can be moved by itself and enters its equation at a state: inputs, weights, time constants, numbers
/// of transfer functions, slow states and delays. `spec` is the circuit's description; without it there are only numbers that
/// [`Circuit::with`] can vary. A number that is zero has no factor, and is left out unless it is an input.
///
/// # Errors
/// As [`Spec::addresses`].
pub fn knobs<'a>(circuit: &'a Circuit, spec: Option<&'a Spec>, state: &[f64]) -> Result<Vec<Knob<'a>>> {
    let input = CircuitDynamics::at_rest(circuit).input(state);
    let mut all = Vec::new();
    for (address, text) in addresses(circuit, spec)? {
        let knob = match (circuit.varies(&address), spec) {
            (true, _) => {
                let Some(value) = circuit.value(&address) else { continue };
                let way = Way::Direct(Parameter::from(address.clone()));
                Knob { unit: circuit.unit_of(&address), ..bare(circuit, address, value, way) }
            }
            (false, Some(spec)) => {
                let Some((value, unit)) = text.as_deref().and_then(number) else { continue };
                let way = Way::Described(spec, unit.clone());
                Knob { unit, ..bare(circuit, address, value, way) }
            }
            (false, None) => continue,
        };
        let Some(knob) = ranged(knob, &input).and_then(Knob::clipped) else { continue };
        if knob.matters(state) {
            all.push(knob);
        }
    }
    Ok(all)
}

fn bare<'a>(circuit: &'a Circuit, address: Address, value: f64, way: Way<'a>) -> Knob<'a> {
    Knob {
        address,
        unit: String::new(),
        value,
        measure: value.abs(),
        is_input: false,
        window: (0.0, 0.0),
        circuit,
        way,
    }
}

/// Addresses that may be numbers of the equation, with their values as text.
fn addresses(circuit: &Circuit, spec: Option<&Spec>) -> Result<Vec<(Address, Option<String>)>> {
    let enters = |address: &Address| match address {
        Address::Top(_) | Address::Entry { .. } => false,
        Address::Key { table, .. } => ["low_rank", "delays", "external"].contains(&table.as_str()),
        Address::Pair { table, .. } => !["connect", "se", "noise"].contains(&table.as_str()),
        Address::Population { field, .. } => field != "size",
        _ => true,
    };
    if let Some(spec) = spec {
        let all = spec.addresses()?.into_iter().map(|s| (s.address, s.value));
        return Ok(all.filter(|(address, _)| enters(address)).collect());
    }
    let populations = circuit.populations();
    let mut all = Vec::new();
    for p in populations {
        let of = || p.name.clone();
        for field in ["h", "tau", "sigma", "refractory"] {
            all.push(Address::Population { of: of(), field: field.into() });
        }
        let keys = p.transfer.parameters().iter().map(|(key, _)| key.clone());
        all.extend(keys.map(|key| Address::Transfer { of: of(), key }));
        let to = p.name.clone();
        all.extend(populations.iter().map(|q| Address::Weight { to: to.clone(), from: q.name.clone() }));
    }
    Ok(all.into_iter().filter(|a| circuit.varies(a)).map(|a| (a, None)).collect())
}

/// The number, and its unit, that a value of a description is.
fn number(text: &str) -> Option<(f64, String)> {
    let bare = text.trim().trim_matches('"').trim();
    let (number, unit) = bare.split_once(' ').unwrap_or((bare, ""));
    let value = number.parse::<f64>().ok().filter(|v| v.is_finite())?;
    Some((value, unit.trim().to_string()))
}

/// The same with its window; None of a number that has no factor.
fn ranged<'a>(knob: Knob<'a>, input: &[f64]) -> Option<Knob<'a>> {
    let (circuit, value) = (knob.circuit, knob.value);
    let of_input = match &knob.address {
        Address::Population { of, field } if field == "h" => Some(of),
        // A threshold at zero is moved as an input is.
        Address::Transfer { of, .. } if value == 0.0 && knob.unit == circuit.units().input => Some(of),
        _ => None,
    };
    if let Some(of) = of_input {
        let population = circuit.populations().iter().position(|p| p.name == *of)?;
        let measure = input_width(circuit, population, input[circuit.range(population).start]);
        let window = (value - FACTOR * measure, value + FACTOR * measure);
        return Some(Knob { measure, is_input: true, window, ..knob });
    }
    let (a, b) = (value / FACTOR, value * FACTOR);
    (value != 0.0).then(|| Knob { window: (a.min(b), a.max(b)), ..knob })
}

/// The input over which the transfer function of a population changes: of a bounded one, its bound over its steepest slope;
/// of others, what lies between the input and zero, or the nearest kink, or what the rate is over its slope, whichever is most.
fn input_width(circuit: &Circuit, population: usize, input: f64) -> f64 {
    let p = &circuit.populations()[population];
    let far = 1e3 * (1.0 + input.abs());
    let steepest = p.transfer.slope_bounds(input - far, input + far).map(|b| b.0.abs().max(b.1.abs()));
    if let (Some(bound), Some(steep)) = (p.transfer.bound(), steepest)
        && (bound / steep).is_normal()
    {
        return bound / steep;
    }
    let s = p.transfer.slopes(input, p.sigma);
    let to_kinks = p.transfer.kinks().into_iter().map(|k| (input - k).abs());
    let all = [input.abs(), (s.rate / s.d_mu).abs()].into_iter().chain(to_kinks);
    let most = all.filter(|w| w.is_finite()).fold(0.0, f64::max);
    if most > 0.0 { most } else { 1.0 }
}

/// How far each state may be expected to move, for scales.
fn sizes(circuit: &Circuit, state: &[f64]) -> Vec<f64> {
    let input = CircuitDynamics::at_rest(circuit).input(state);
    let of_unit = |i: usize| {
        let p = circuit.population_of(i);
        let law = &circuit.populations()[p];
        let width = input_width(circuit, p, input[i]);
        let rate = |u: f64| law.transfer.rate(u, law.sigma);
        let spread = 0.5 * (rate(input[i] + width) - rate(input[i] - width)).abs();
        (width, spread)
    };
    let mut all: Vec<f64> = (0..circuit.n())
        .map(|i| match circuit.form() {
            Form::Rate => of_unit(i).1,
            _ => of_unit(i).0,
        })
        .collect();
    for block in circuit.slow() {
        all.extend(circuit.range(block.population).map(|i| match block.kind {
            SlowKind::Facilitation | SlowKind::Depression => 0.1,
            SlowKind::Adaptation | SlowKind::Synapse => of_unit(i).1,
        }));
    }
    let largest = all.iter().chain(state).filter(|u| u.is_finite()).fold(0.0, |m: f64, u| m.max(u.abs()));
    let floor = if largest > 0.0 { 1e-3 * largest } else { 1.0 };
    all.iter()
        .zip(state)
        .map(|(u, x)| if u.is_finite() { u.max(x.abs()).max(floor) } else { floor })
        .collect()
}
