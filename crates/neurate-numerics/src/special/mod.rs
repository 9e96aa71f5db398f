//! Functions of one number, and the vector instructions that loops over them are compiled for.

pub mod elementary;
pub mod coefficients;
mod erf;
pub mod instructions;
pub mod quadrature;
pub mod two_double;

pub use erf::{dawson, erf, erfc, erfcx};
