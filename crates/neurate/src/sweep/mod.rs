//! Analyses over a grid of parameters: what a circuit does at every combination of values.
//!
//! The grid is cut into chunks. A chunk is computed by itself, from nothing but the plan and its number, and written
//! whole: threads, processes and machines share a sweep by sharing out chunks, and what was killed goes on with those
//! that are missing. One cell that fails leaves its reason and touches no other.

mod axis;
mod cell;
pub mod ensemble;
mod grid;
mod plan;
mod quantities;
mod run;
mod shard;
mod status;
mod store;

pub use axis::Axis;
pub use plan::{Chunk, Plan};
pub use quantities::{QUANTITIES, Quantity, Variable};
pub use run::{Summary, run};
pub use shard::Shard;
pub use status::Status;
pub use store::{ChunkState, Progress, Store};
