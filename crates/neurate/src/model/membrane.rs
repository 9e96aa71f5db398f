//! The conductance-based membrane and its reduction to weights.
//!
//! `C dV/dt = sum_j g_j (E_j - V)`, the leak among the `g_j`, relaxes to `sum g E / G` with time
//! constant `C / G`, `G = sum g`. If the changes are balanced, so that `G` stays constant, the
//! membrane is exactly linear in the conductances, and each becomes a weight: its *driving force*
//! `E_j - V*` over `G`. Reversal potentials must be measured from the operating point `V*`: with
//! absolute ones an excitatory conductance (`E = 0 mV`) would have no effect at all.

use neurate_numerics::error::{Error, Result};

/// A conductance and its reversal potential.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Conductance, never negative.
    pub g: f64,
    /// Reversal potential.
    pub reversal: f64,
}

/// The membrane of a population in a conductance-based circuit.
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

/// `G`: the sum of the conductances.
pub fn total_conductance(channels: &[Channel]) -> f64 {
    channels.iter().map(|c| c.g).sum()
}

/// The potential to which the membrane relaxes with `current` injected: `(sum g E + I) / G`.
pub fn steady_potential(channels: &[Channel], current: f64) -> f64 {
    (channels.iter().map(|c| c.g * c.reversal).sum::<f64>() + current) / total_conductance(channels)
}

/// The weight of a synapse: change of the target potential per sender's rate, at the operating
/// point `v` with total conductance `g_total`.
///
/// `ghat` is the synapse's conductance per rate (peak times decay time). The sign comes out by
/// itself: a reversal potential below `v` inhibits, one equal to `v` only shunts (weight 0).
pub fn synaptic_weight(ghat: f64, reversal: f64, v: f64, g_total: f64) -> f64 {
    ghat * (reversal - v) / g_total
}

impl Membrane {
    /// Leak and background.
    pub fn channels(&self) -> Vec<Channel> {
        std::iter::once(self.leak.clone()).chain(self.background.iter().cloned()).collect()
    }
    /// The time constant with leak and background open only.
    pub fn resting_tau(&self) -> f64 {
        self.capacitance / total_conductance(&self.channels())
    }
    /// Checks every number.
    ///
    /// # Errors
    /// A capacitance or leak that is not positive, a negative conductance, a number not finite.
    pub fn check(&self, name: &str) -> Result<()> {
        if !(self.capacitance.is_finite() && self.capacitance > 0.0) {
            return Err(Error::invalid(format!(
                "the capacitance of {name} is {}; it must be positive",
                self.capacitance
            )));
        }
        for c in self.channels() {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lecture_membrane() {
        // THEORY S2: gL = 10, gE = 8, gI = 22 nS; tau = 200 pF / 40 nS = 5 ms, V0 = -61.5 mV.
        let m = Membrane {
            capacitance: 200.0,
            leak: Channel { g: 10.0, reversal: -70.0 },
            background: vec![Channel { g: 8.0, reversal: 0.0 }, Channel { g: 22.0, reversal: -80.0 }],
            synapse_reversal: 0.0,
        };
        assert_eq!(m.resting_tau(), 5.0);
        assert_eq!(steady_potential(&m.channels(), 0.0), -61.5);
        assert!(synaptic_weight(1.0, -80.0, -61.5, 40.0) < 0.0);
        assert_eq!(synaptic_weight(1.0, -61.5, -61.5, 40.0), 0.0);
        // E2: excitation with its absolute reversal potential, 0 mV, must not vanish.
        assert_eq!(synaptic_weight(2.0, 0.0, -61.5, 40.0), 3.075);
    }
}
