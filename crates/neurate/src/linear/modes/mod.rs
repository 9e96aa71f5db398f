//! Modes of a linearized circuit: eigenmodes, normality, Schur modes, transient amplification,
//! pseudospectra, exact time courses. Everything here takes matrices; [`crate::linear`] makes
//! them from circuits.

mod abscissa;
mod blocks;
mod clusters;
mod components;
mod decomposition;
mod eigenmodes;
mod exact;
mod feeding;
mod gram_schmidt;
mod fourier;
mod amplification;
mod amplification_between;
mod amplification_bound;
mod amplification_course;
mod kernel;
mod kept;
mod kreiss;
mod line_samples;
mod normality;
mod numerical_range;
mod order;
mod pseudospectra;
mod random_matrix;
mod robustness;
mod schur;
mod structure;
mod variance_profile;

pub use abscissa::{PseudospectralAbscissa, pseudospectral_abscissa};
pub use amplification::{Amplification, BOUND_TOLERANCE, amplification, amplification_of};
pub use amplification_between::{AmplificationBetween, amplification_between, amplification_between_of};
pub use blocks::{Block, SignArgument, SumDifference, block_statistics, sign_argument, sum_difference};
pub use clusters::{Cluster, clusters};
pub use components::{Component, components};
pub use decomposition::Decomposition;
pub use eigenmodes::{Eigenmode, Eigenmodes, MAX_CONDITION, eigenmodes, eigenmodes_of};
pub use exact::{LinearDrive, Solution, linear_response, linear_response_of};
pub use feeding::{Fed, Source, feeding};
pub use fourier::{SpatialMode, spatial_modes};
pub use gram_schmidt::{GramSchmidt, gram_schmidt};
pub use kernel::{feedforward_kernel, kernel_peak};
pub use kreiss::{Kreiss, kreiss_constant, kreiss_constant_of};
pub use normality::{Normality, normality, normality_of};
pub use numerical_range::numerical_range;
pub use order::Order;
pub use pseudospectra::{Pseudospectra, pseudospectra, pseudospectra_of, pseudospectra_watched};
pub use random_matrix::{
    BEYOND, FEWEST_INPUTS, FEWEST_UNITS, Obstacle, Outlier, RandomMatrix, random_matrix,
};
pub use robustness::{Bracket, Distance, SAMPLED_ABOVE, distance_to_instability, distance_to_instability_of};
pub use schur::{BlockLink, SchurForm, SchurModes, schur_modes, schur_modes_of, schur_modes_unmeasured};
pub use structure::{DaleStructure, dale_structure};
