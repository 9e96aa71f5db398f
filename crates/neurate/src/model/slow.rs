//! What follows a unit's rate slowly: filtered synapses, adaptation, short-term plasticity; and the
//! delays between populations. Each slow variable is a state of its own, after the units' states.

use crate::model::transfer::Transfer;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// Adaptation: `tau da/dt = -a + r`, and the unit's input loses `strength a`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptation {
    /// Time constant.
    pub tau: f64,
    /// Input (a current, in conductance form) per rate; never negative.
    pub strength: f64,
}

/// Short-term plasticity (Tsodyks, Pawelzik & Markram 1998): a unit sends `u x r` instead of `r`,
/// `du/dt = (U - u)/tau_f + U (1 - u) r` and `dx/dt = (1 - x)/tau_d - u x r`. It is not divided by U: the
/// weights are those of synapses that release all they have. Negative rates release as none do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plasticity {
    /// `U`: the share of its resources that a rested synapse releases, above 0 and at most 1.
    pub release: f64,
    /// Time constant of facilitation; None: there is none, and `u = U`.
    pub tau_f: Option<f64>,
    /// Time constant of recovery from depression; None: there is none, and `x = 1`.
    pub tau_d: Option<f64>,
}

impl Plasticity {
    /// Steady `u` and `x` at a rate times the unit of time.
    pub fn steady(&self, r: f64) -> (f64, f64) {
        let r = r.max(0.0);
        let u =
            self.tau_f.map_or(self.release, |t| self.release * (1.0 + t * r) / (1.0 + self.release * t * r));
        (u, self.tau_d.map_or(1.0, |t| 1.0 / (1.0 + u * t * r)))
    }
    /// The slope of the steady `u x r` over the rate (times the unit of time).
    pub fn steady_slope(&self, r: f64) -> f64 {
        let (r, (u, x)) = (r.max(0.0), self.steady(r));
        let du = self
            .tau_f
            .map_or(0.0, |t| self.release * t * (1.0 - self.release) / (1.0 + self.release * t * r).powi(2));
        // x = 1/(1 + tau_d q) with q = u r, so that d(q x)/dq = x^2.
        (u + du * r) * x * x
    }
}

/// The slow variables of a population's units; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SlowStates {
    /// Time constant of its synapses: `tau ds/dt = -s + r` (or `u x r`), and receivers get `W s`.
    pub synapse: Option<f64>,
    /// Adaptation.
    pub adaptation: Option<Adaptation>,
    /// Short-term plasticity of the synapses that it makes.
    pub plasticity: Option<Plasticity>,
}

impl SlowStates {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        *self == SlowStates::default()
    }
    /// Their kinds and time constants, in the order of the states.
    pub fn kinds(&self) -> Vec<(SlowKind, f64)> {
        let plasticity = self.plasticity;
        [
            (SlowKind::Adaptation, self.adaptation.map(|a| a.tau)),
            (SlowKind::Facilitation, plasticity.and_then(|p| p.tau_f)),
            (SlowKind::Depression, plasticity.and_then(|p| p.tau_d)),
            (SlowKind::Synapse, self.synapse),
        ]
        .into_iter()
        .filter_map(|(kind, tau)| tau.map(|tau| (kind, tau)))
        .collect()
    }

    pub(super) fn check(&self, name: &str, transfer: &Transfer) -> Result<()> {
        for (kind, tau) in self.kinds() {
            if !(tau.is_finite() && tau > 0.0) {
                return Err(Error::invalid(format!(
                    "the time constant of {} of {name} is {tau}; it must be positive",
                    kind.name()
                )));
            }
        }
        if let Some(a) = self.adaptation.filter(|a| !(a.strength.is_finite() && a.strength >= 0.0)) {
            return Err(Error::invalid(format!(
                "the adaptation of {name} has the strength {}; it is never negative",
                a.strength
            )));
        }
        let Some(plasticity) = self.plasticity else { return Ok(()) };
        if !(plasticity.release > 0.0 && plasticity.release <= 1.0) {
            return Err(Error::invalid(format!(
                "the plasticity of {name} has U = {}; it is a share of resources, above 0 and at most 1",
                plasticity.release
            )));
        }
        if plasticity.tau_f.is_none() && plasticity.tau_d.is_none() {
            return Err(Error::invalid(format!("the plasticity of {name} has neither tau_f nor tau_d"))
                .with_help("tau_f for facilitation, tau_d for depression, or both"));
        }
        self.check_transfer(name, transfer)
    }

    /// Plasticity is of spikes, of which there are never less than none.
    pub(crate) fn check_transfer(&self, name: &str, transfer: &Transfer) -> Result<()> {
        if self.plasticity.is_none() || !matches!(transfer.name(), "linear" | "tanh") {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the plasticity of {name} needs rates that are never negative, and its f is {}",
            transfer.name()
        ))
        .with_help("f = \"threshold-linear\", or another f with a floor at zero"))
    }
}

/// The sort of a slow variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlowKind {
    /// `a`: the rate that a unit has adapted to.
    Adaptation,
    /// `u`: the share of resources that a spike releases.
    Facilitation,
    /// `x`: the share of resources that is there.
    Depression,
    /// `s`: the rate as filtered by the synapses.
    Synapse,
}

impl SlowKind {
    /// A word for people.
    pub fn name(self) -> &'static str {
        match self {
            SlowKind::Adaptation => "adaptation",
            SlowKind::Facilitation => "facilitation",
            SlowKind::Depression => "depression",
            SlowKind::Synapse => "synapse",
        }
    }
    /// Its letter in the equations.
    pub fn letter(self) -> &'static str {
        match self {
            SlowKind::Adaptation => "a",
            SlowKind::Facilitation => "u",
            SlowKind::Depression => "x",
            SlowKind::Synapse => "s",
        }
    }
}

/// A block of slow states: one for each unit of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowBlock {
    /// The population.
    pub population: usize,
    /// What the states are.
    pub kind: SlowKind,
    /// Their time constant.
    pub tau: f64,
    /// Position of the first among all states.
    pub first: usize,
}

/// How long what one population sends takes to reach another.
#[derive(Clone, Debug, PartialEq)]
pub struct Delays {
    between: Matrix,
    /// Distinct positive ones, rising.
    distinct: Vec<f64>,
    /// Receivers with the same delays: their populations, and for each sender the position of its delay among
    /// `distinct`, from 1; 0 is no delay.
    groups: Vec<(Vec<usize>, Vec<usize>)>,
}

impl Delays {
    /// Delays to a population (row) from another (column). None if all are zero.
    ///
    /// # Errors
    /// A delay is negative or not finite.
    pub fn new(between: Matrix) -> Result<Option<Delays>> {
        if let Some(d) = between.data().iter().find(|d| !(d.is_finite() && **d >= 0.0)) {
            return Err(Error::invalid(format!("a delay is {d}; it is never negative")));
        }
        let mut distinct: Vec<f64> = between.data().iter().copied().filter(|d| *d > 0.0).collect();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        if distinct.is_empty() {
            return Ok(None);
        }
        let mut groups: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        for to in 0..between.rows() {
            let which: Vec<usize> = between
                .row(to)
                .iter()
                .map(|d| distinct.iter().position(|e| e == d).map_or(0, |k| k + 1))
                .collect();
            match groups.iter_mut().find(|g| g.1 == which) {
                Some(group) => group.0.push(to),
                None => groups.push((vec![to], which)),
            }
        }
        Ok(Some(Delays { between, distinct, groups }))
    }
    /// To a population (row) from another (column).
    pub fn between(&self) -> &Matrix {
        &self.between
    }
    /// The distinct positive delays, rising.
    pub fn distinct(&self) -> &[f64] {
        &self.distinct
    }
    /// Receiving populations with the same delays, and for each sender the position of its delay among
    /// [`Delays::distinct`], counted from 1; 0 is no delay.
    pub fn groups(&self) -> &[(Vec<usize>, Vec<usize>)] {
        &self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steady values by independent arithmetic (Tsodyks, Pawelzik & Markram 1998; two synapse types).
    #[test]
    fn steady_values_are_those_of_the_reference() {
        for (u0, tau_f, tau_d, r, u, x) in [
            (0.5, 0.02, 0.8, 5.0, 0.5238095238095238, 0.32307692307692304),
            (0.15, 1.5, 0.2, 10.0, 0.7384615384615384, 0.40372670807453415),
        ] {
            let p = Plasticity { release: u0, tau_f: Some(tau_f), tau_d: Some(tau_d) };
            let (got_u, got_x) = p.steady(r);
            assert!((got_u - u).abs() < 1e-15 && (got_x - x).abs() < 1e-15, "{got_u} {got_x}");
            // u x r saturates at 1/tau_d.
            let (u, x) = p.steady(1e9);
            assert!((u * x * 1e9 * tau_d - 1.0).abs() < 1e-8);
            // The slope against a central difference: error h^2, about 1e-10.
            let sent = |r: f64| p.steady(r).0 * p.steady(r).1 * r;
            let slope = (sent(r + 1e-5) - sent(r - 1e-5)) / 2e-5;
            assert!((p.steady_slope(r) - slope).abs() < 1e-9, "{slope}");
        }
    }

    #[test]
    fn receivers_with_the_same_delays_share_a_product() {
        let d = Delays::new(Matrix::from_rows(&[[1.0, 0.0], [1.0, 0.0]])).unwrap().unwrap();
        assert_eq!((d.distinct(), d.groups()), (&[1.0][..], &[(vec![0, 1], vec![1, 0])][..]));
        let d = Delays::new(Matrix::from_rows(&[[1.0, 2.0], [1.0, 0.0]])).unwrap().unwrap();
        assert_eq!(d.groups().len(), 2);
        assert!(Delays::new(Matrix::zeros(2, 2)).unwrap().is_none());
        assert!(Delays::new(Matrix::from_rows(&[[-1.0]])).is_err());
    }
}
