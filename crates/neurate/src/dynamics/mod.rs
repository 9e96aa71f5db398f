//! The state equation as one small trait, and the circuits that obey it.
//!
//! Every equation of this field relaxes to a target: `tau dx/dt = target(t, x) - x`. So the trait
//! asks for target and time constant, and derives the field; an integrator may use either.

mod circuit;
mod delayed;
mod lanes;
mod mixing;
mod noise;
mod slow;
mod system;
mod twin;

pub use circuit::CircuitDynamics;
pub use delayed::{DelayedJacobian, MAX_DELAYED_STATES, Roots};
pub use noise::{Course, NoisePath};
pub use system::{Drive, Dynamics, finite_difference_jacobian};
pub use twin::{RateTwin, naive_twin_error};
