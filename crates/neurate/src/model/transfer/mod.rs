//! Transfer functions: the rate that a population gives at an input of mean `mu` and standard
//! deviation `sigma`, and its slopes (gains).
//!
//! One list, [`KINDS`], holds them all; the circuit file, the documentation and the tests derive
//! from it. A new one is a file with a law and a `TransferKind`, and a line in the list.

mod expression;
mod formula;
mod kind;
mod lanes;
mod law;
mod lif;
mod rectified;
mod sigmoid;

pub use kind::{Build, Parameter, Quantity, Range, TransferKind};
pub(crate) use lanes::{LANES, LaneKernels, Pairs};
pub use law::{AffinePiece, Law, Slopes, SpikingNeuron};

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
