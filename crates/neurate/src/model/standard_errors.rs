//! How well parameters are known: standard errors.

use super::population::{CellKind, Population};

use super::form::Form;
use neurate_numerics::error::{Error, Result};

/// A parameter whose value is uncertain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncertain {
    /// The weight to a population from another: a factor on the whole block, which keeps its inner
    /// structure.
    Weight {
        /// Receiver.
        to: usize,
        /// Sender.
        from: usize,
    },
    /// The time constant of a population's units: a factor on all of them.
    Tau(usize),
    /// The constant input of a population's units: the same added to all.
    Input(usize),
    /// The refractory fraction of a population's units.
    Refractory(usize),
}

impl Uncertain {
    /// `E <- I`, `tau of E`: with these names of populations.
    pub(crate) fn words<'n>(self, name: impl Fn(usize) -> &'n str) -> String {
        match self {
            Uncertain::Weight { to, from } => format!("{} <- {}", name(to), name(from)),
            Uncertain::Tau(p) => format!("tau of {}", name(p)),
            Uncertain::Input(p) => format!("h of {}", name(p)),
            Uncertain::Refractory(p) => format!("refractory of {}", name(p)),
        }
    }
}

/// A parameter and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StandardError {
    /// Which.
    pub parameter: Uncertain,
    /// Its mean: of a weight, the mean total to one unit from the population; of time constants and
    /// inputs, the mean over the units; of a refractory fraction, its value.
    pub mean: f64,
    /// Its standard error, in the same unit; not negative.
    pub se: f64,
}

impl StandardError {
    pub(super) fn check(&self, form: Form, populations: &[Population]) -> Result<()> {
        let count = populations.len();
        let (known, one_sign) = match self.parameter {
            Uncertain::Weight { to, from } => {
                let sign = form == Form::Conductance
                    || populations.get(from).is_some_and(|p| p.kind != CellKind::Unconstrained);
                (to < count && from < count, sign)
            }
            Uncertain::Tau(p) => (p < count, true),
            Uncertain::Input(p) => (p < count, false),
            Uncertain::Refractory(p) => {
                (populations.get(p).is_some_and(|p| p.transfer.extras()[1].is_some()), true)
            }
        };
        if !known {
            return Err(Error::invalid(
                "a standard error of a population, or of a refractory fraction, that is not there",
            ));
        }
        if !(self.se.is_finite() && self.se >= 0.0) {
            return Err(Error::invalid(format!("a standard error is {}; it is never negative", self.se)));
        }
        if one_sign && self.mean == 0.0 && self.se > 0.0 {
            return Err(Error::invalid("a parameter of 0 that keeps its sign has no standard error"));
        }
        Ok(())
    }
}
