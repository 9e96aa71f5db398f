//! Structured fuzzing of values: circuits whose parameters are set to ordinary and extreme numbers, each asked for its fixed
//! points, its modes and responses, and a short run, within limits of time and memory.
//!
//! The tests share this with the program `benches/run values`, which goes on for hours. Every case follows from a seed
//! and its number alone. It is answered by a process of its own (`worker.rs`), so that an abort, an endless loop or
//! memory without limit are found like any other fault.

mod answer;
mod case;
mod change;
mod circuits;
mod dice;
mod driver;
mod finite;
mod worker;

pub use case::Case;
pub use driver::{Driver, Limits, Verdict};
pub use worker::work;
