//! Dense linear algebra. The only room that names a linear-algebra library.

mod matrix;

pub use matrix::{CMatrix, Complex, Mat, Matrix};
