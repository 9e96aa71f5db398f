//! Transfer functions: the rate that a population gives at an input of mean `mu` and standard
//! deviation `sigma`, and its slopes (gains).
//!
//! One list, [`KINDS`], holds them all; the circuit file, the documentation and the tests derive
//! from it. A new one is a file with a law and a `TransferKind`, and a line in the list.

mod expression;
mod formula;
mod lanes;
mod lif;
mod rectified;
mod sigmoid;

pub(crate) use lanes::{LANES, LaneKernels, Pairs};

use crate::lif::{LifNeuron, colored_shift, ricciardi_cv};
use neurate_numerics::error::{Error, Result};
use std::fmt;
use std::sync::Arc;

/// The rate and its slopes at one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slopes {
    /// The rate `f(mu, sigma)`.
    pub rate: f64,
    /// The gain `df/dmu`. At a kink it is the slope from the right.
    pub d_mu: f64,
    /// `df/dsigma`; 0 for functions without noise.
    pub d_sigma: f64,
}

/// A piece on which a function is exactly affine: `rate = slope * x + offset` for `x` in `from..to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AffinePiece {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Slope.
    pub slope: f64,
    /// Rate at `x = 0` of the line.
    pub offset: f64,
}

/// The law of a transfer function with its parameters in place.
pub trait Law: fmt::Debug + Send + Sync {
    /// Rate at an input of mean `mu` and standard deviation `sigma`.
    fn rate(&self, mu: f64, sigma: f64) -> f64;
    /// Rate and slopes.
    fn slopes(&self, mu: f64, sigma: f64) -> Slopes;
    /// Rates of many units: the same numbers as one by one, and faster where the law has a formula without
    /// branches.
    fn rates(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        for (o, &m) in out.iter_mut().zip(mu) {
            *o = self.rate(m, sigma);
        }
    }
    /// Inputs at which the slope jumps.
    fn kinks(&self) -> Vec<f64> {
        Vec::new()
    }
    /// The pieces, if the function is exactly piecewise affine.
    fn pieces(&self) -> Option<Vec<AffinePiece>> {
        None
    }
    /// What the rate's modulus never exceeds, if it is bounded.
    fn bound(&self) -> Option<f64> {
        None
    }
    /// The smallest and the largest slope between two inputs, of a function that nowhere falls; None if it falls, or
    /// is not known to rise.
    fn slope_bounds(&self, _from: f64, _to: f64) -> Option<(f64, f64)> {
        None
    }
    /// Bounds of `f(y)/|y|` for all inputs `y` from `x` outwards: above it if it is positive, below it if negative.
    fn ratio_beyond(&self, x: f64) -> (f64, f64) {
        self.bound().map_or((f64::NEG_INFINITY, f64::INFINITY), |b| (-b / x.abs(), b / x.abs()))
    }
    /// Whether `sigma` matters.
    fn uses_sigma(&self) -> bool {
        false
    }
    /// The integrate-and-fire neuron whose rate this is.
    fn lif(&self) -> Option<SpikingNeuron> {
        None
    }
}

/// The neuron behind a transfer function: what its dynamics need besides its rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikingNeuron {
    /// Membrane, threshold and reset.
    pub neuron: LifNeuron,
    /// Decay time of its synaptic currents; 0 for jumps.
    pub tau_s: f64,
}

impl SpikingNeuron {
    /// Coefficient of variation of its intervals between spikes.
    pub fn cv(&self, mu: f64, sigma: f64) -> f64 {
        let LifNeuron { tau_m, tau_ref, threshold, reset } = self.neuron;
        // Slow currents act like a threshold and a reset that are higher.
        let shift = colored_shift(&self.neuron, self.tau_s).unwrap_or(f64::NAN) * sigma;
        let shifted = LifNeuron { tau_m, tau_ref, threshold: threshold + shift, reset: reset + shift };
        ricciardi_cv(&shifted, mu, sigma)
    }
}

/// What a parameter measures; the circuit file turns it into a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A pure number.
    Number,
    /// As the function's input.
    Input,
    /// As the function's output.
    Rate,
    /// A time.
    Time,
    /// Rate per input: a gain.
    RatePerInput,
    /// Rate per input to a power: bare numbers only.
    Free,
}

/// Which values a parameter may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Any finite number.
    Any,
    /// Above zero.
    Positive,
    /// Zero or above.
    NonNegative,
}

/// A parameter of a transfer function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its key in the circuit file.
    pub key: &'static str,
    /// What it measures.
    pub quantity: Quantity,
    /// Its value when left out; `None`: it must be given.
    pub default: Option<f64>,
    /// Which values it may take.
    pub range: Range,
    /// Its meaning.
    pub meaning: &'static str,
}

/// Makes a law from parameter values; see [`TransferKind::build`].
pub type Build = fn(&[f64], f64) -> Result<Arc<dyn Law>>;

/// One sort of transfer function.
pub struct TransferKind {
    /// Its word in the circuit file.
    pub name: &'static str,
    /// The equation, as people write it.
    pub equation: &'static str,
    /// One line on what it is for.
    pub about: &'static str,
    /// Its parameters, in the order in which `build` takes them.
    pub parameters: &'static [Parameter],
    /// Makes the law from parameters in range. The second argument is one unit of rate times one
    /// unit of time (0.001 for Hz and ms).
    pub build: Build,
    /// Parameter values for tests and documentation.
    pub examples: &'static [&'static [f64]],
    /// Its kernels for circuits side by side, where it has a formula without branches; a parameter is given where it is
    /// the same in all.
    pub(crate) kernels: fn(&[Option<f64>]) -> Option<LaneKernels>,
}

impl fmt::Debug for TransferKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

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

/// A transfer function with its parameters.
#[derive(Clone, Debug)]
pub struct Transfer {
    name: &'static str,
    parameters: Vec<(String, f64)>,
    formula: String,
    law: Arc<dyn Law>,
}

impl Transfer {
    /// The word for a user's own expression.
    pub const EXPRESSION: &'static str = "expression";

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
        for p in kind.parameters {
            let value = given.iter().find(|(key, _)| *key == p.key).map(|g| g.1).or(p.default);
            let Some(value) = value else {
                return Err(Error::invalid(format!("{} needs {}: {}", kind.name, p.key, p.meaning)));
            };
            p.check(kind.name, value)?;
            values.push(value);
        }
        Ok(Transfer {
            name: kind.name,
            law: (kind.build)(&values, rate_times_time)?,
            parameters: kind.parameters.iter().map(|p| p.key.to_string()).zip(values).collect(),
            formula: kind.equation.to_string(),
        })
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
    /// An expression that does not parse, or an unknown name in it.
    pub fn expression(formula: &str, constants: &[(String, f64)]) -> Result<Transfer> {
        Ok(Transfer {
            name: Self::EXPRESSION,
            law: expression::build(formula, constants)?,
            parameters: constants.to_vec(),
            formula: formula.to_string(),
        })
    }

    /// The same function with other values of its parameters, in their order.
    ///
    /// # Errors
    /// A value out of range.
    pub fn with_values(&self, values: &[f64], rate_times_time: f64) -> Result<Transfer> {
        if self.parameters.iter().zip(values).all(|(o, v)| o.1.to_bits() == v.to_bits()) {
            return Ok(self.clone());
        }
        if self.name == Self::EXPRESSION {
            let constants: Vec<(String, f64)> =
                self.parameters.iter().zip(values).map(|(o, v)| (o.0.clone(), *v)).collect();
            return Transfer::expression(&self.formula, &constants);
        }
        let given: Vec<(&str, f64)> =
            self.parameters.iter().zip(values).map(|(o, v)| (o.0.as_str(), *v)).collect();
        Transfer::new(self.name, &given, rate_times_time)
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
    /// Names and values of its parameters.
    pub fn parameters(&self) -> &[(String, f64)] {
        &self.parameters
    }
    /// Rate at an input of mean `mu` and standard deviation `sigma`.
    pub fn rate(&self, mu: f64, sigma: f64) -> f64 {
        self.law.rate(mu, sigma)
    }
    /// Rate and slopes.
    pub fn slopes(&self, mu: f64, sigma: f64) -> Slopes {
        self.law.slopes(mu, sigma)
    }
    /// Rates of many units.
    pub fn rates(&self, mu: &[f64], sigma: f64, out: &mut [f64]) {
        self.law.rates(mu, sigma, out);
    }
    /// Inputs at which the slope jumps.
    pub fn kinks(&self) -> Vec<f64> {
        self.law.kinks()
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
        all.push(Self::expression("log(1 + exp(a*x))/a", &constants).expect("the example parses"));
        all
    }
}

impl Parameter {
    /// Checks a value against the range.
    ///
    /// # Errors
    /// Says what the parameter is and which values it takes.
    pub fn check(&self, kind: &str, value: f64) -> Result<()> {
        let (ok, rule) = match self.range {
            Range::Any => (value.is_finite(), "a finite number"),
            Range::Positive => (value.is_finite() && value > 0.0, "a positive number"),
            Range::NonNegative => (value.is_finite() && value >= 0.0, "zero or a positive number"),
        };
        if ok {
            return Ok(());
        }
        Err(Error::invalid(format!("{} of {kind} is {value}", self.key))
            .with_help(format!("{}: {rule}", self.meaning)))
    }
}
