//! Special functions, pure: the rate of a leaky integrate-and-fire neuron in white noise
//! (Ricciardi's, or Siegert's, function) and the error functions that it is made of.

mod cv;
mod erf;
mod quadrature;
mod ricciardi;
mod two_double;

pub use cv::ricciardi_cv;
pub use erf::{dawson, erf, erfc, erfcx};
pub use ricciardi::{
    LifNeuron, RicciardiValue, membrane_sd_from_sigma, ricciardi, ricciardi_rate, sigma_from_membrane_sd,
};
