//! Rate models of neural circuits: what a circuit does, and why.
//!
//! The rooms, in the order in which they may import: each only from those above it.

pub mod analysis;
pub mod circuit;
pub mod error;
pub mod linalg;
pub mod report;
pub mod special;
pub mod transfer;

pub use error::{Error, Result};
