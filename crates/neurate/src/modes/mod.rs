//! Modes of a linearised circuit: eigenmodes, normality, Schur modes, transient growth,
//! pseudospectra, exact time courses. Everything here takes matrices; [`crate::linearisation`] makes
//! them from circuits.

mod abscissa;
mod contours;
mod eigenmodes;
mod exact;
mod growth;
mod growth_between;
mod growth_bound;
mod kernel;
mod kreiss;
mod normality;
mod numerical_range;
mod pseudospectra;
mod robustness;
mod schur;
mod structure;

pub use abscissa::{PseudospectralAbscissa, pseudospectral_abscissa};
pub use eigenmodes::{Eigenmode, Eigenmodes, MAX_CONDITION, eigenmodes};
pub use exact::{LinearDrive, Solution, linear_response};
pub use growth::{BOUND_TOLERANCE, Growth, MAX_CERTIFIED, growth};
pub use growth_between::{GrowthBetween, growth_between};
pub use kernel::{feedforward_kernel, kernel_peak};
pub use kreiss::{Kreiss, kreiss_constant};
pub use normality::{Normality, normality};
pub use numerical_range::numerical_range;
pub use pseudospectra::{Pseudospectra, pseudospectra};
pub use robustness::{Bracket, Distance, distance_to_instability};
pub use schur::{Order, SchurForm, SchurModes, schur_modes};
pub use structure::{DaleStructure, dale_structure};
