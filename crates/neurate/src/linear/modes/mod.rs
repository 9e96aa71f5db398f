//! Modes of a linearized circuit: eigenmodes, normality, Schur modes, transient amplification,
//! pseudospectra, exact time courses. Everything here takes matrices; [`crate::linear`] makes
//! them from circuits.

mod abscissa;
mod blocks;
mod clusters;

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
mod kreiss;
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
pub use amplification::{Amplification, BOUND_TOLERANCE, amplification};
pub use amplification_between::{AmplificationBetween, amplification_between};
pub use blocks::{Block, SignArgument, SumDifference, block_statistics, sign_argument, sum_difference};
pub use clusters::{Cluster, clusters};
pub use eigenmodes::{Eigenmode, Eigenmodes, MAX_CONDITION, eigenmodes};
pub use exact::{LinearDrive, Solution, linear_response};
pub use feeding::{Fed, Source, feeding};
pub use fourier::{SpatialMode, spatial_modes};
pub use gram_schmidt::{GramSchmidt, gram_schmidt};
pub use kernel::{feedforward_kernel, kernel_peak};
pub use kreiss::{Kreiss, kreiss_constant};
pub use normality::{Normality, normality};
pub use numerical_range::numerical_range;
pub use order::Order;
pub use pseudospectra::{Pseudospectra, pseudospectra, pseudospectra_watched};
pub use random_matrix::{
    BEYOND, FEWEST_INPUTS, FEWEST_UNITS, Obstacle, Outlier, RandomMatrix, random_matrix,
};
pub use robustness::{Bracket, Distance, distance_to_instability};
pub use schur::{BlockLink, SchurForm, SchurModes, schur_modes};
pub use structure::{DaleStructure, dale_structure};
