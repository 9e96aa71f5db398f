//! The linearization: effective weights and Jacobian at the operating point.

use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// The circuit for small deviations from its operating point: `T dx/dt = −x + M x + input`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Linearized {
    /// Effective time constant of each unit, the diagonal of `T`, in the circuit's unit of time.
    pub tau: Array,
    /// The common time constant of all units, or the geometric mean of different ones: the unit of time in which the
    /// modes' matrix `1 + tau_0 A` is written.
    pub tau_0: f64,
    /// Slope of each unit's transfer function, rate per input; at a kink that from the right.
    pub gains: Array,
    /// Effective weights `M`, to (row) from (column), dimensionless, for constant inputs: slow states are at their
    /// steady values.
    pub effective_weights: Array,
    /// Names of the states, units first, where the circuit has slow states or delays; None in a circuit of units alone.
    pub states: Option<Vec<String>>,
    /// Jacobian `A`, to (row) from (column), per unit of time: over units, or over all `states` where these are given.
    /// With delays it is the sum of its parts, each of which acts after its delay.
    pub jacobian: Array,
}

impl Answer for Linearized {
    const NAME: &'static str = "linearization";

    fn applies(study: &Study) -> Applies {
        Applies::at_operating_point(study)
    }

    fn compute(study: &Study) -> Result<Linearized> {
        let c = study.circuit();
        let l = study.linearization()?;
        Ok(Linearized {
            tau: l.tau.as_slice().into(),
            tau_0: l.tau_0,
            gains: l.gains.as_slice().into(),
            effective_weights: (&l.effective).into(),
            states: l.parts.as_ref().map(|_| (0..c.states()).map(|i| c.state_name(i)).collect()),
            jacobian: (&l.jacobian).into(),
        })
    }
}
