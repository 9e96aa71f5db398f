//! A population: units that share a name, a kind and a transfer function.

use super::Form;
use crate::error::{Error, Result};
use crate::transfer::Transfer;

/// What a population's outgoing weights may be (Dale's principle).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Never negative.
    Excitatory,
    /// Never positive.
    Inhibitory,
    /// Any sign.
    Unconstrained,
}

impl CellKind {
    /// The word of the circuit file.
    pub fn name(self) -> &'static str {
        match self {
            CellKind::Excitatory => "excitatory",
            CellKind::Inhibitory => "inhibitory",
            CellKind::Unconstrained => "unconstrained",
        }
    }
}

/// A conductance and its reversal potential.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Conductance.
    pub g: f64,
    /// Reversal potential.
    pub reversal: f64,
}

/// The membrane of a population in [`Form::Conductance`].
#[derive(Clone, Debug, PartialEq)]
pub struct Membrane {
    /// Capacitance (pF where conductances are nS and times ms).
    pub capacitance: f64,
    /// The leak.
    pub leak: Channel,
    /// Constant synaptic background.
    pub background: Vec<Channel>,
    /// Reversal potential of the synapses that this population *makes*.
    pub synapse_reversal: f64,
}

/// A population of one or more units.
#[derive(Clone, Debug)]
pub struct Population {
    /// Its name, unique in the circuit.
    pub name: String,
    /// Sign of its outgoing weights.
    pub kind: CellKind,
    /// Number of units, each a state variable.
    pub size: usize,
    /// Time constant of each unit. In [`Form::Conductance`]: capacitance over the conductance of
    /// leak and background, derived.
    pub tau: Vec<f64>,
    /// Constant input of each unit.
    pub h: Vec<f64>,
    /// Standard deviation of the input's fluctuations, in Brunel's convention
    /// (`tau dV/dt = mu - V + sigma sqrt(tau) xi`); only transfer functions with noise use it.
    pub sigma: f64,
    /// The transfer function.
    pub transfer: Transfer,
    /// The membrane, in [`Form::Conductance`] only.
    pub membrane: Option<Membrane>,
}

impl Population {
    pub(super) fn check(&self, form: Form) -> Result<()> {
        let name = &self.name;
        if self.size == 0 || self.tau.len() != self.size || self.h.len() != self.size {
            return Err(Error::invalid(format!(
                "population {name} has {} units, {} time constants and {} inputs",
                self.size,
                self.tau.len(),
                self.h.len()
            )));
        }
        if let Some(tau) = self.tau.iter().find(|t| !(t.is_finite() && **t > 0.0)) {
            return Err(Error::invalid(format!(
                "tau of {name} is {tau}; a time constant is a positive, finite number"
            )));
        }
        if let Some(h) = self.h.iter().find(|h| !h.is_finite()) {
            return Err(Error::invalid(format!("h of {name} is {h}; an input is a finite number")));
        }
        if !(self.sigma.is_finite() && self.sigma >= 0.0) {
            return Err(Error::invalid(format!(
                "sigma of {name} is {}; a standard deviation is never negative",
                self.sigma
            )));
        }
        match (form, &self.membrane) {
            (Form::Conductance, None) => Err(Error::invalid(format!(
                "population {name} has no membrane, which form = \"conductance\" needs"
            ))),
            (Form::Conductance, Some(m)) => m.check(name),
            _ => Ok(()),
        }
    }
}

impl Membrane {
    fn check(&self, name: &str) -> Result<()> {
        let channels = std::iter::once(&self.leak).chain(&self.background);
        if !(self.capacitance.is_finite() && self.capacitance > 0.0) {
            return Err(Error::invalid(format!(
                "the capacitance of {name} is {}; it must be positive",
                self.capacitance
            )));
        }
        for c in channels {
            if !(c.g.is_finite() && c.g >= 0.0 && c.reversal.is_finite()) {
                return Err(Error::invalid(format!(
                    "{name} has a conductance of {} with reversal potential {}; conductances are never negative",
                    c.g, c.reversal
                )));
            }
        }
        if self.leak.g <= 0.0 {
            return Err(Error::invalid(format!("the leak conductance of {name} must be positive")));
        }
        if !self.synapse_reversal.is_finite() {
            return Err(Error::invalid(format!(
                "the synaptic reversal potential of {name} is {}",
                self.synapse_reversal
            )));
        }
        Ok(())
    }

    /// Conductance of leak and background.
    pub fn resting_conductance(&self) -> f64 {
        self.leak.g + self.background.iter().map(|c| c.g).sum::<f64>()
    }
}
