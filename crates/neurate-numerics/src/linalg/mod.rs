//! Dense linear algebra. The only room that names a linear-algebra library.
//!
//! Products, LU, singular values and the symmetric eigenproblem are faer's. The Schur form, its
//! reordering, the nonsymmetric eigenproblem and Lyapunov equations (built on it) and the
//! exponential are ours, because no Rust library that we use offers them publicly (`schur.rs` says
//! what was measured).
//!
//! Everything that can meet bad numbers returns [`crate::Result`]: a matrix with an infinity or a
//! NaN is `Invalid`, an iteration that stops early is `NotConverged`. Shapes that do not fit are a
//! mistake of the caller and panic. One thread.

mod complex_lu;
mod cyclic;
mod dense;
mod double_shift;
mod early_deflation;
mod eigen;
mod expm;
mod gram;
mod lyapunov;
mod lanczos;
mod matrix;
pub mod nyquist;
mod ordering;
mod periodic_schur;
mod products;
mod products_of_many;
mod qr_iteration;
mod quasi_triangular;
mod reorder;
mod powers;
mod resolvent;
mod resolvent_paths;
mod spectral_norm;
mod schur;
mod shifted_rows;
mod triangular_vectors;
mod upper;
mod vectors;
mod window;

pub use complex_lu::ComplexLu;
pub use cyclic::{Cyclic, CyclicSolution};
pub use dense::{
    Lu, Svd, SymmetricEigen, commutator_norm, condition, matmul, matmul_complex, norm2, singular_values,
    smallest_singular_value_complex, svd, symmetric_eigen, symmetric_eigenvalues,
};
pub use eigen::{Eigen, eigen, eigenvalues};
pub use expm::{expm, expm_complex, expm_doubled};
pub use lanczos::{Ritz, top_eigenvalue};
pub use lyapunov::{Lyapunov, LyapunovSolution};
pub use matrix::{CMatrix, Complex, Mat, Matrix};
pub use periodic_schur::{ProductEigenvalue, product_eigenvalues};
pub use products::{Entry, add_mul_vec};
pub use products_of_many::{FEW, add_mul_lanes};
pub use resolvent::{Resolvent, SmallestSingular, Start};
pub use resolvent_paths::AlongPaths;
pub use schur::{ComplexSchur, RealSchur, schur_complex, schur_real};
pub use shifted_rows::solve_shifted_rows;
pub use spectral_norm::{NormBounds, SpectralNorm, norm_is_below};
pub use upper::matmul_upper;
