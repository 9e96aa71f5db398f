//! The numerics of `neurate`, which know nothing of neuroscience.
//!
//! | module | what it has |
//! |---|---|
//! | [`digits`] | numbers in messages, with as many digits as one reads |
//! | [`error`], [`progress`] | the one error type; how a long computation reports and how it is stopped |
//! | [`kept`] | results that are computed once, by their types |
//! | [`workers`] | work shared out to threads |
//! | [`budget`] | how much memory may be asked for, and refusals before it is taken |
//! | [`memory`] | where large arrays lie: cache lines, large pages. The only unsafe code |
//! | [`special`] | elementary and error functions compiled for the machine's vector instructions, quadrature |
//! | [`random`] | counter-based random numbers: functions of seed, step, source, unit and trial |
//! | [`linalg`] | `Matrix`, LU, SVD, eigenvalues, Schur forms, Lyapunov equations, exponentials, resolvents, Lanczos |
//! | [`fourier`] | Fourier transforms on rings and tori |
//! | [`interval`], [`contours`] | intervals and enclosed zeros; contours on a grid |
//!
//! [`linalg`] is the only module that names a linear-algebra library (`faer`), and this is the only crate that depends
//! on it. The modules stand in the order in which they may import: each only from those above it.

pub mod digits;
pub mod error;
pub mod budget;
pub mod memory;
pub mod progress;
pub mod kept;
pub mod workers;
pub mod special;
pub mod random;
pub mod linalg;
pub mod fourier;
pub mod interval;
pub mod contours;

pub use error::{Error, Result};
