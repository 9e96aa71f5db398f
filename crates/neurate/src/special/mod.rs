//! Special functions, pure: the rate of a leaky integrate-and-fire neuron in white noise
//! (Ricciardi's, or Siegert's, function) and the error functions that it is made of; its rate in
//! coloured noise; and the linear response of that rate.

mod coloured;
mod coefficients;
mod cv;
mod elementary;
mod erf;
mod lif_response;
mod instructions;
mod integrals;
mod quadrature;
mod ricciardi;
mod saddle;
mod slices;
mod two_double;

pub use coloured::{coloured_shift, ricciardi_coloured, ricciardi_coloured_taylor};
pub use cv::ricciardi_cv;
pub use erf::{dawson, erf, erfc, erfcx};
pub use lif_response::{LifResponder, LifResponse, lif_response};
pub use ricciardi::{
    LifNeuron, RicciardiValue, membrane_sd_from_sigma, ricciardi, ricciardi_rate, sigma_from_membrane_sd,
    try_ricciardi,
};
pub use slices::{RicciardiSlices, ricciardi_slices};
#[doc(hidden)]
pub use {instructions::Instructions, slices::ricciardi_slices_with};
