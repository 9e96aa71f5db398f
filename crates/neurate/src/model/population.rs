//! A population: units that share a name, a kind and a transfer function.

use super::form::Form;

use super::slow::SlowStates;
use crate::model::membrane::Membrane;
use crate::model::transfer::Transfer;
use neurate_numerics::error::{Error, Result};

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

/// What a weight from a sender of this kind may be: the one place that knows Dale's rule.
pub(crate) fn sign_allows(form: Form, sender: CellKind, w: f64) -> bool {
    match (form, sender) {
        (Form::Conductance, _) | (_, CellKind::Excitatory) => w >= 0.0,
        (_, CellKind::Inhibitory) => w <= 0.0,
        (_, CellKind::Unconstrained) => true,
    }
}

/// A population of one or more units.
#[derive(Clone, Debug)]
pub struct Population {
    /// Its name, unique in the circuit.
    pub name: String,
    /// What people read in its place, if that is no identifier: `L2/3 E`. One line, unique among what is shown.
    pub label: Option<String>,
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
    /// Slow variables of each unit.
    pub slow: SlowStates,
}

/// The longest label, in characters.
const MAX_LABEL: usize = 60;

/// Refuses what does not stand on one line of a table or a figure.
pub(crate) fn check_label(name: &str, label: &str) -> Result<()> {
    let help = "write one line of text: label = \"L2/3 E\"";
    // Line breaks outside ASCII, and marks that turn the direction of what follows.
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let length = label.chars().count();
    Err(Error::invalid(if label.trim().is_empty() {
        format!("the label of {name} is empty")
    } else if label.contains(breaks) {
        format!("the label of {name} holds a control character")
    } else if length > MAX_LABEL {
        format!("the label of {name} has {length} characters, of which at most {MAX_LABEL} are shown")
    } else {
        return Ok(());
    })
    .with_help(help))
}

impl Population {
    /// What people read for it: its label, or else its name. Whatever shows a population asks this.
    pub fn shown(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }

    pub(super) fn check(&self, form: Form) -> Result<()> {
        let name = &self.name;
        if let Some(label) = &self.label {
            check_label(name, label)?;
        }
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
        if form != Form::Rate && self.transfer.extras()[1].is_some() {
            return Err(Error::invalid(format!(
                "{name} has a refractory fraction, which form = \"{}\" does not have",
                form.name()
            ))
            .with_help("tau dr/dt = -r + (1 - rho r) f(x) is an equation for rates: form = \"rate\""));
        }
        self.slow.check(name, &self.transfer)?;
        match (form, &self.membrane) {
            (Form::Conductance, None) => Err(Error::invalid(format!(
                "population {name} has no membrane, which form = \"conductance\" needs"
            ))),
            (Form::Conductance, Some(m)) => m.check(name),
            _ => Ok(()),
        }
    }
}
