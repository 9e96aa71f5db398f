//! Transfer functions: the rate that a population gives at an input of mean `mu` and standard
//! deviation `sigma`, and its slopes (gains).
//!
//! One list, [`KINDS`], holds them all; the circuit file, the documentation and the tests derive
//! from it. A new one is a file with a law and a `TransferKind`, and a line in the list.

mod expression;
mod expression_jet;
mod extent;
mod floor;
mod formula;
mod jet;
mod kind;
mod lanes;
mod law;
mod lif;
mod notation;
mod piecewise;
mod rectified;
mod refractory;
mod sigmoid;
mod straight_lines;

pub use jet::Jet;
pub use kind::{Build, Parameter, Quantity, Range, TransferKind};
pub(crate) use lanes::{LANES, LaneKernels, Pairs};
pub use law::{AffinePiece, Law, Slopes, SpikingNeuron};
pub(crate) use notation::reads;
pub(crate) use refractory::steady;

use neurate_numerics::error::{Error, Result};
use std::sync::Arc;

/// All transfer functions with fixed parameters (a user's own expression is the one besides).
pub static KINDS: &[&TransferKind] = &[
    &rectified::LINEAR,
    &rectified::THRESHOLD_LINEAR,
    &rectified::POWER,
    &sigmoid::LOGISTIC,
    &sigmoid::TANH,
    &sigmoid::NAKA_RUSHTON,
    &lif::LIF,
];

/// A transfer function with its parameters, a floor under it if it has one, and the refractory fraction of the units
/// that have it.
///
/// With a refractory fraction `rho` the equation is `tau dr/dt = -r + (1 - rho r) f(x)` (Wilson & Cowan 1972). Then
/// [`rate`](Transfer::rate), slopes and bounds are those of the steady rate `f/(1 + rho f)`, the target to which the rate
/// relaxes, `1 + rho f` times faster than with tau; [`drive`](Transfer::drive) is `f` itself. Without, they are the same.
#[derive(Clone, Debug)]
pub struct Transfer {
    name: &'static str,
    /// Those of f, then the floor, then the refractory fraction.
    parameters: Vec<(String, f64)>,
    /// How many are those of f.
    own_count: usize,
    /// As its kind has it, or as the user wrote it.
    written: String,
    /// With what becomes of it.
    formula: String,
    floor: Option<f64>,
    refractory: Option<f64>,
    /// Without a floor.
    own: Arc<dyn Law>,
    /// f.
    drive: Arc<dyn Law>,
    /// The steady rate.
    law: Arc<dyn Law>,
}

impl Transfer {
    /// The word for a user's own expression.
    pub const EXPRESSION: &'static str = "expression";
    /// The key of a floor.
    pub const FLOOR: &'static str = "floor";
    /// The key of a refractory fraction.
    pub const REFRACTORY: &'static str = "refractory";

    /// The kind of this name.
    pub fn kind(name: &str) -> Option<&'static TransferKind> {
        KINDS.iter().copied().find(|k| k.name == name)
    }

    /// The transfer function `kind` with the given parameters, others at their defaults.
    /// `rate_times_time` is one unit of rate times one unit of time (0.001 for Hz and ms).
    ///
    /// # Errors
    /// An unknown kind or parameter, a missing one, or a value out of range.
    pub fn new(kind: &str, given: &[(&str, f64)], rate_times_time: f64) -> Result<Transfer> {
        let Some(kind) = Self::kind(kind) else {
            let names: Vec<_> = KINDS.iter().map(|k| k.name).collect();
            return Err(Error::invalid(format!("there is no transfer function {kind:?}"))
                .with_help(format!("one of: {}, {}", names.join(", "), Self::EXPRESSION)));
        };
        if let Some((key, _)) = given.iter().find(|(key, _)| kind.parameters.iter().all(|p| p.key != *key)) {
            let keys: Vec<_> = kind.parameters.iter().map(|p| p.key).collect();
            return Err(Error::invalid(format!("{} has no parameter {key:?}", kind.name))
                .with_help(format!("its parameters: {}", keys.join(", "))));
        }
        let mut values = Vec::with_capacity(kind.parameters.len());
        let mut parameters = Vec::with_capacity(kind.parameters.len());
        for p in kind.parameters {
            let value = given.iter().find(|(key, _)| *key == p.key).map(|g| g.1).or(p.default);
            let Some(value) = value else {
                return Err(Error::invalid(format!("{} needs {}: {}", kind.name, p.key, p.meaning)));
            };
            p.check(kind.name, value)?;
            values.push(value);
            if p.range != Range::Flag || value == 1.0 {
                parameters.push((p.key.to_string(), value));
            }
        }
        let law = (kind.build)(&values, rate_times_time)?;
        Ok(Self::plain(kind.name, parameters, kind.equation, law))
    }

    /// A user's own expression in `x` and named constants, with its derivative by dual
    /// numbers: `1/(1+exp(-(x-a)/b))`.
    ///
    /// ```
    /// let f = neurate::model::transfer::Transfer::expression("relu(x - a)^2", &[("a".into(), 1.0)])?;
    /// let at = f.slopes(3.0, 0.0);
    /// assert_eq!((at.rate, at.d_mu), (4.0, 4.0));
    /// # Ok::<(), neurate::Error>(())
    /// ```
    ///
    /// # Errors
    /// An expression that does not parse, a name in it without a value, or a constant that it does not use.
    pub fn expression(formula: &str, constants: &[(String, f64)]) -> Result<Transfer> {
        let law = expression::build(formula, constants)?;
        Ok(Self::plain(Self::EXPRESSION, constants.to_vec(), formula, law))
    }

    fn plain(
        name: &'static str,
        parameters: Vec<(String, f64)>,
        written: &str,
        law: Arc<dyn Law>,
    ) -> Transfer {
        let mut plain = Transfer {
            name,
            own_count: parameters.len(),
            parameters,
            written: written.to_string(),
            formula: String::new(),
            floor: None,
            refractory: None,
            own: law.clone(),
            drive: law.clone(),
            law,
        };
        plain.formula = plain.without_floor();
        plain
    }

    /// The formula of the function itself.
    fn without_floor(&self) -> String {
        let own = &self.parameters[..self.own_count];
        let zeroed = self.name != Self::EXPRESSION && own.last().is_some_and(|p| p.0 == "zero");
        if zeroed { format!("{} - f0", self.written) } else { self.written.clone() }
    }

    /// The lowest rate it gives, where it has a floor.
    pub fn floor(&self) -> Option<f64> {
        self.floor
    }

    /// The same function with a floor: `max(f, floor)`.
    ///
    /// ```
    /// use neurate::model::transfer::Transfer;
    /// let f = Transfer::new("linear", &[], 1e-3)?.with_floor(0.5)?;
    /// assert_eq!((f.rate(-3.0, 0.0), f.rate(2.0, 0.0)), (0.5, 2.0));
    /// # Ok::<(), neurate::Error>(())
    /// ```
    ///
    /// # Errors
    /// A floor that is not finite; a floor under the rate of integrate-and-fire neurons, of which the theory of their
    /// noise and response says nothing.
    pub fn with_floor(self, floor: f64) -> Result<Transfer> {
        if !floor.is_finite() {
            return Err(Error::invalid(format!("floor is {floor}")).with_help("a floor is a finite rate"));
        }
        if self.law.lif().is_some() {
            return Err(Error::invalid(format!(
                "f = {} takes no floor: its rate is that of neurons",
                self.name
            ))
            .with_help("their rate is never negative; a background input goes into h"));
        }
        Transfer { floor: Some(floor), ..self }.wrapped()
    }

    /// The same function in units with a refractory fraction `rho`, in 1 over the unit of rate: no rate reaches `1/rho`.
    ///
    /// ```
    /// use neurate::model::transfer::Transfer;
    /// // 2 ms and rates in Hz
    /// let f = Transfer::new("threshold-linear", &[], 1e-3)?.with_refractory(0.002)?;
    /// assert_eq!(f.rate(500.0, 0.0), 250.0);
    /// assert_eq!(f.drive(500.0, 0.0).rate, 500.0);
    /// # Ok::<(), neurate::Error>(())
    /// ```
    ///
    /// # Errors
    /// A fraction that is negative or not finite; a function that falls to `-1/rho`, where rates no longer relax;
    /// integrate-and-fire neurons, which have a refractory time of their own.
    pub fn with_refractory(self, rho: f64) -> Result<Transfer> {
        if !(rho.is_finite() && rho >= 0.0) {
            return Err(Error::invalid(format!("refractory is {rho}")).with_help(
                "a refractory fraction rho is zero or positive, in tau dr/dt = -r + (1 - rho r) f(x)",
            ));
        }
        if self.law.lif().is_some() {
            return Err(Error::invalid(format!("f = {} takes no refractory fraction", self.name))
                .with_help("its neurons have a refractory time of their own: tau_ref, in f"));
        }
        Transfer { refractory: Some(rho), ..self }.wrapped()
    }

    /// Puts the laws together again.
    fn wrapped(mut self) -> Result<Transfer> {
        self.parameters.truncate(self.own_count);
        self.drive = self.own.clone();
        if let Some(floor) = self.floor {
            self.parameters.push((Self::FLOOR.into(), floor));
            self.drive = Arc::new(floor::Floored::new(self.own.clone(), floor));
            self.formula = format!("max({}, floor)", self.without_floor());
        }
        self.law = self.drive.clone();
        if let Some(rho) = self.refractory {
            self.parameters.push((Self::REFRACTORY.into(), rho));
            if rho > 0.0 {
                self.relaxes(rho)?;
                self.law = Arc::new(refractory::Refractory::new(self.drive.clone(), rho));
            }
        }
        Ok(self)
    }

    /// Refuses a function that falls to `-1/rho`.
    fn relaxes(&self, rho: f64) -> Result<()> {
        let at = match self.drive.lowest() {
            Some(low) => (1.0 + rho * low <= 0.0).then(|| match low.is_finite() {
                true => format!("falls to {low}"),
                false => "is unbounded below".to_string(),
            }),
            // Nothing is known of an expression: what it is at inputs of all sizes.
            None => [1.0, -1.0]
                .into_iter()
                .flat_map(|sign| (-40..=80).map(move |k| sign * 2f64.powf(0.25 * f64::from(k))))
                .find_map(|x| {
                    let f = self.drive.rate(x, 0.0);
                    (1.0 + rho * f <= 0.0).then(|| format!("is {f} at x = {x}"))
                }),
        };
        let Some(at) = at else { return Ok(()) };
        Err(Error::invalid(format!(
            "f = {} {at}; with refractory = {rho} it must stay above {}",
            self.name,
            -1.0 / rho
        ))
        .with_help("a fraction of units that fire is not negative: add floor = 0 to f, or choose another f"))
    }

    /// The same function with other values of its [numbers](Transfer::numbers), in their order.
    ///
    /// # Errors
    /// A value out of range.
    pub fn with_values(&self, values: &[f64], rate_times_time: f64) -> Result<Transfer> {
        if self.parameters.iter().zip(values).all(|(o, v)| o.1.to_bits() == v.to_bits()) {
            return Ok(self.clone());
        }
        let own = self.own_count;
        let named = self.parameters.iter().zip(values).take(own);
        let mut other = if self.name == Self::EXPRESSION {
            let constants: Vec<(String, f64)> = named.map(|(o, v)| (o.0.clone(), *v)).collect();
            Transfer::expression(&self.written, &constants)?
        } else {
            let given: Vec<(&str, f64)> = named.map(|(o, v)| (o.0.as_str(), *v)).collect();
            Transfer::new(self.name, &given, rate_times_time)?
        };
        let mut behind = values[own.min(values.len())..].iter().copied();
        if self.floor.is_some() {
            other = other.with_floor(behind.next().unwrap_or(f64::NAN))?;
        }
        if self.refractory.is_some() {
            other = other.with_refractory(behind.next().unwrap_or(f64::NAN))?;
        }
        Ok(other)
    }

    /// The linear function `f(x) = x`.
    pub fn identity() -> Transfer {
        Self::new("linear", &[], 1.0).expect("its parameters have defaults")
    }

    /// Its kind's name.
    pub fn name(&self) -> &'static str {
        self.name
    }
    /// The equation.
    pub fn formula(&self) -> &str {
        &self.formula
    }
    /// Names and values of the parameters of f, its floor among them.
    pub fn parameters(&self) -> &[(String, f64)] {
        &self.parameters[..self.parameters.len() - usize::from(self.refractory.is_some())]
    }
    /// [`Transfer::parameters`], and the refractory fraction last, where there is one.
    pub fn numbers(&self) -> &[(String, f64)] {
        &self.parameters
    }
    /// The refractory fraction, in 1 over the unit of rate; 0 without.
    pub fn refractory(&self) -> f64 {
        self.refractory.unwrap_or(0.0)
    }
    /// Whether it is the function of its kind and nothing else: no floor, no refractory fraction.
    pub(crate) fn is_bare(&self) -> bool {
        self.floor.is_none() && self.refractory.is_none()
    }
    /// The range of a number of [`Transfer::numbers`], by its position.
    pub(crate) fn range_of(&self, k: usize) -> Range {
        let own = Self::kind(self.name).filter(|_| k < self.own_count);
        match own.and_then(|kind| kind.parameters.get(k)) {
            Some(p) => p.range,
            None if self.refractory.is_some() && k + 1 == self.parameters.len() => Range::NonNegative,
            None => Range::Any,
        }
    }
    /// Where the floor and the refractory fraction stand in [`Transfer::numbers`].
    pub(crate) fn extras(&self) -> [Option<usize>; 2] {
        let own = self.own_count;
        let floor = self.floor.map(|_| own);
        [floor, self.refractory.map(|_| own + usize::from(floor.is_some()))]
    }
    /// f and its slopes at an input, whatever the refractory fraction.
    pub fn drive(&self, mu: f64, sigma: f64) -> Slopes {
        self.drive.slopes(mu, sigma)
    }
    /// f at many inputs, whatever the refractory fraction.
    pub(crate) fn drives(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        self.drive.rates(mu, sigma, out);
    }
    /// What f nowhere exceeds, if it is bounded.
    pub(crate) fn drive_bound(&self) -> Option<f64> {
        self.drive.bound()
    }
    /// Rate at an input of mean `mu` and standard deviation `sigma`: `f`, or with a refractory fraction the steady rate
    /// `f/(1 + rho f)`.
    pub fn rate(&self, mu: f64, sigma: f64) -> f64 {
        self.law.rate(mu, sigma)
    }
    /// Rate and slopes.
    pub fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        self.law.slopes(mu, sigma)
    }
    /// The rate and its first three derivatives over `mu`; see [`Law::jet`].
    pub fn jet(&self, mu: f64, sigma: f64) -> Jet {
        self.law.jet(mu, sigma)
    }
    /// f and its first three derivatives over `mu`, whatever the refractory fraction.
    pub fn drive_jet(&self, mu: f64, sigma: f64) -> Jet {
        self.drive.jet(mu, sigma)
    }
    /// Rates of many units.
    pub fn rates(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        self.law.rates(mu, sigma, out);
    }
    /// Inputs at which the slope jumps.
    pub fn kinks(&self) -> Vec<f64> {
        self.law.kinks()
    }
    /// Inputs at which the function is not smooth: where the slope jumps, or a higher derivative, as at the threshold of a power.
    pub fn corners(&self) -> Vec<f64> {
        self.law.corners()
    }
    /// The pieces, if the function is exactly piecewise affine.
    pub fn pieces(&self) -> Option<Vec<AffinePiece>> {
        self.law.pieces()
    }
    /// Whether it is affine everywhere.
    pub fn is_affine(&self) -> bool {
        self.pieces().is_some_and(|p| p.len() == 1)
    }
    /// What the rate's modulus never exceeds, if it is bounded.
    pub fn bound(&self) -> Option<f64> {
        self.law.bound()
    }
    /// The smallest and the largest slope between two inputs, of a function that nowhere falls; None if it falls, or
    /// is not known to rise.
    pub fn slope_bounds(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        self.law.slope_bounds(from, to)
    }
    /// Whether it is known that it nowhere falls.
    pub fn rises(&self) -> bool {
        self.slope_bounds(0.0, 0.0).is_some()
    }
    /// [`Law::conditioning`].
    pub(crate) fn conditioning(&self, from: f64) -> f64 {
        self.law.conditioning(from)
    }
    /// Bounds of `f(y)/|y|` for all inputs `y` from `x` outwards: above it if it is positive, below it if negative.
    pub fn ratio_beyond(&self, x: f64) -> (f64, f64) {
        self.law.ratio_beyond(x)
    }
    /// Whether the standard deviation of the input matters.
    pub fn uses_sigma(&self) -> bool {
        self.law.uses_sigma()
    }
    /// The integrate-and-fire neuron whose rate this is.
    pub fn lif(&self) -> Option<SpikingNeuron> {
        self.law.lif()
    }
    /// Examples of every kind, for tests that hold all of them to the same laws.
    pub fn examples() -> Vec<Transfer> {
        let mut all = Vec::new();
        for kind in KINDS {
            for values in kind.examples {
                let given: Vec<_> =
                    kind.parameters.iter().map(|p| p.key).zip(values.iter().copied()).collect();
                all.push(Self::new(kind.name, &given, 1e-3).expect("examples are in range"));
            }
        }
        let constants = [("a".to_string(), 2.0)];
        let softplus = Self::expression("log(1 + exp(a*x))/a", &constants).expect("the example parses");
        let logistic = Self::new("logistic", &[("zero", 1.0)], 1e-3).expect("in range");
        let power = Self::new("power", &[("k", 0.04), ("n", 2.0)], 1e-3).expect("in range");
        let line = Self::new("linear", &[], 1e-3).expect("it has defaults");
        all.extend(
            [
                softplus.clone().with_refractory(0.01),
                softplus.clone().with_floor(0.2),
                logistic.with_refractory(1.0),
                power.with_refractory(0.005),
                line.with_floor(-1.0).and_then(|f| f.with_refractory(0.5)),
            ]
            .map(|f| f.expect("examples are in range")),
        );
        all.push(softplus);
        all
    }
}
