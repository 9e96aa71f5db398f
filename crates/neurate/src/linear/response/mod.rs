//! The response of the rates to inputs: response matrix, frequencies, parts of populations, finite
//! inputs, inhibition stabilization, paradox; what noisy inputs become.

mod delayed_noise;
mod finite;
mod frequency;
mod matrices;
mod noise;
mod noise_spectra;
mod partial;
mod spectra;
mod uncertain;
mod units;
mod verdicts;

pub use super::energy::{EvokedEnergy, evoked_energy};
pub use finite::{End, FinitePoint, FiniteResponse, Turn, finite_response};
pub use frequency::{FrequencyResponse, LargestGain, MAX_CERTIFIED_RESPONSE, Resonance, SignChanges};
pub use matrices::{by_population, frequency_response, response_matrix};
pub use noise::{Fluctuations, Noise, Patterns, correlations, fluctuations, standard_deviations};
pub use partial::{PartialCurve, PartialResponse, partial_response, random_part};
pub use spectra::CrossSpectra;
pub use uncertain::{FirstOrder, Probability, Sample, Samples, first_order, quantile, sample};
pub use units::{UnitResponses, unit_responses};
pub use verdicts::{Isn, MAX_OTHERS, SelfResponse, SubsetStability, Verdicts, verdicts};
