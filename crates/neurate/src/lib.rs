//! Rate models of neural circuits: what a circuit does, and why.
//!
//! ```
//! use neurate::study::{Choices, Study};
//! use neurate::file;
//! use neurate::linear::modes::{Order, SchurForm, amplification, schur_modes};
//!
//! // The starting file `ei`: two populations with strong, balanced feedback.
//! let text = file::template("ei").expect("it is in the list");
//! let circuit = file::parse(&text, "ei.toml", ".".as_ref(), &[])?.build()?;
//! let study = Study::new(circuit, Choices::default());
//! let linear = study.linearization()?;
//!
//! // The eigenvalues are small, and a feedforward weight of 9 hides behind them.
//! let schur = schur_modes(&linear.modes_matrix(), SchurForm::Real, &Order::SumFirst)?;
//! assert!((schur.t[(0, 1)].re - 9.0).abs() < 1e-5);
//! assert!((amplification(&linear.jacobian)?.max - 2.793).abs() < 1e-3);
//! # Ok::<(), neurate::Error>(())
//! ```
//!
//! The rooms stand in the order in which they may import: each only from those above it (a test
//! holds that). See `ARCHITECTURE.md` for what lives where.

pub mod lif;
pub mod model;
pub mod spec;
pub mod file;
pub mod dynamics;
mod zarr;
pub mod simulate;
pub mod fixed_points;
pub mod linear;
pub mod study;
pub mod sweep;
pub mod report;

pub use neurate_numerics::{Error, Result, error, linalg, progress, random};

/// The code of the README is compiled with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
