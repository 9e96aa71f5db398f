//! Rate models of neural circuits: what a circuit does, and why.
//!
//! The rooms, in the order in which they may import: each only from those above it.

pub mod analysis;
pub mod circuit;
pub mod dynamics;
pub mod error;
pub mod fixed_point;
pub mod linalg;
pub mod linearisation;
pub mod membrane;
pub mod modes;
pub mod report;
pub mod response;
pub mod simulate;
pub mod special;
pub mod transfer;

pub use error::{Error, Result};
