//! Rate models of neural circuits: what a circuit does, and why.
//!
//! The rooms stand in the order in which they may import: each only from those above it (a test
//! holds that). See `ARCHITECTURE.md` for what lives where.

pub mod error;
pub mod special;
pub mod linalg;
pub mod transfer;
pub mod membrane;
pub mod circuit;
pub mod file;
pub mod dynamics;
pub mod simulate;
pub mod fixed_point;
pub mod linearisation;
pub mod modes;
pub mod response;
pub mod analysis;
pub mod report;

pub use error::{Error, Result};
