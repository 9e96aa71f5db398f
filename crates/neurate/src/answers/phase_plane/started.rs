//! A trajectory from a point of the plane.

use super::pair::method_of;
use super::types::PlaneCourse;
use crate::dynamics::CircuitDynamics;
use crate::model::Circuit;
use crate::simulate::{simulate, time_grid};
use neurate_numerics::error::{Error, Result};

/// Recorded times, and how many of the slowest time constants it lasts.
const TIMES: usize = 600;
const LENGTH: f64 = 30.0;

/// The trajectory from a point of the phase plane, in the unit of state, under the constant input and without noise. It ends where the
/// circuit runs away.
///
/// # Errors
/// The plane is not the whole circuit: of a slice, nothing moves within the plane alone. The start is no number; it cannot be integrated.
pub(crate) fn trajectory_from(circuit: &Circuit, start: [f64; 2]) -> Result<PlaneCourse> {
    if start.iter().any(|x| !x.is_finite()) {
        return Err(Error::invalid("a trajectory starts at two numbers"));
    }
    let Some(pair) = circuit.as_pair() else {
        return Err(Error::unsupported("the phase plane of this circuit is not the whole circuit")
            .with_help("trajectories start in a plane of two units, or of two populations of like units"));
    };
    let dynamics = CircuitDynamics::at_rest(&pair);
    let times = time_grid(0.0, LENGTH * pair.time_scales().1, TIMES);
    let run = simulate(&dynamics, &start, &times, method_of(&pair), circuit.run().ceiling)?;
    Ok(PlaneCourse::new(&run))
}
