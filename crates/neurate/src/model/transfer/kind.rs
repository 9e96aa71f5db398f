//! One sort of transfer function, and its parameters.

use super::lanes::LaneKernels;
use super::law::Law;
use neurate_numerics::error::{Error, Result};
use std::fmt;
use std::sync::Arc;

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
    /// Zero or one: no or yes, `true` or `false` in a file. The last parameter of a kind, and none of those that a
    /// function has unless it is one.
    Flag,
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
            Range::Flag => (value == 0.0 || value == 1.0, "true or false"),
        };
        if ok {
            return Ok(());
        }
        Err(Error::invalid(format!("{} of {kind} is {value}", self.key))
            .with_help(format!("{}: {rule}", self.meaning)))
    }
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
