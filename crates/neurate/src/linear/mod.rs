//! The circuit near an operating point, where it is linear: Jacobian and effective weights, modes, responses,
//! fluctuations, and the loop of spiking neurons with its delays.

mod energy;
mod linearization;
pub mod modes;
pub mod response;
pub mod mean_field;

pub use linearization::Linearization;
pub(crate) use linearization::{common_tau, modes_of_jacobian};
