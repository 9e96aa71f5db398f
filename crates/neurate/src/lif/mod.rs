//! The leaky integrate-and-fire neuron: its rate in white noise (Ricciardi's, or Siegert's, function), the
//! irregularity of its spikes, its rate in colored noise, and the linear response of that rate.
//!
//! Ricciardi's function: [`ricciardi()`] for one input, NaN where there is no value; [`try_ricciardi`]
//! says what is wrong instead; [`ricciardi_slices()`] for many inputs, with the machine's widest vector
//! instructions. All give the same numbers.
//!
//! Largest relative errors over the 2,000 rows of `tests/reference/siegert_reference_A.csv` (mpmath,
//! 30 digits), where the rate is a normal number; `y_t = (threshold - mu)/sigma`, `y_r` likewise. Of the
//! logarithm the absolute error where it is below 1 in size.
//! `cargo test --release -p neurate --test all special_measure -- --ignored --nocapture` prints the table.
//!
//! | regime | rows | rate | `d_mu` | `d_sigma` | `log_rate` |
//! |---|---|---|---|---|---|
//! | above threshold, `y_t <= 1/4` | 1122 | 1.1e-15 | 2.8e-15 | 2.0e-15 | 1.0e-15 |
//! | below, `1/4 < y_t <= 7`, `y_r <= 0` | 319 | 1.7e-15 | 3.4e-15 | 3.4e-15 | 6.6e-16 |
//! | below, `1/4 < y_t <= 7`, `y_r > 0` | 271 | 3.7e-15 | 7.7e-15 | 7.9e-15 | 2.1e-15 |
//! | far below, `y_t > 7` | 288 | 7.4e-16 | 1.3e-15 | 1.1e-15 | 2.1e-16 |
//! | of these narrow, `y_t - y_r < 0.01` | 281 | 1.2e-15 | 2.8e-15 | 2.3e-15 | 1.0e-15 |
//!
//! Logarithms of rates down to `exp(-50000)` (`siegert_log_extreme.csv`) are within 3e-16. Machines
//! without fused multiply-adds give other last digits and the same errors.

mod colored;
mod cv;
mod extremes;
mod integrals;
mod lif_response;
mod neuron;
mod ricciardi;
mod saddle;
mod slices;

pub use colored::{colored_shift, ricciardi_colored, ricciardi_colored_taylor};
pub use cv::ricciardi_cv;
pub use lif_response::{LifResponder, LifResponse, lif_response};
pub use neuron::{LifNeuron, RicciardiValue};
pub use ricciardi::{
    membrane_sd_from_sigma, ricciardi, ricciardi_rate, sigma_from_membrane_sd, try_ricciardi,
};
#[doc(hidden)]
pub use slices::ricciardi_slices_with;
pub use slices::{RicciardiSlices, ricciardi_slices};
