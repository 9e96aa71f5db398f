//! From fluctuations to their spectra.

use super::noise::Fluctuations;
use super::spectra::CrossSpectra;
use neurate_numerics::linalg::Matrix;

impl Fluctuations {
    /// Spectra of linear readouts of the state: one row of weights each.
    #[must_use]
    pub fn spectra(&self, readout: &Matrix) -> CrossSpectra {
        CrossSpectra::new(self, readout)
    }
}
