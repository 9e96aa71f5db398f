//! A circuit as described, before anything is built.

mod build;
mod changes;
mod connect;
mod cursor;
mod data;
mod declared;
mod low_rank;
mod noise;
mod populations;
mod quantity;
mod reader;
mod run;
mod slow;
mod space;
mod standard_errors;
mod stimuli;
mod sweep;
mod synapses;
pub(crate) mod value;
mod weights;

pub use build::VERSION;
pub(crate) use build::{Parsed, parse_with};
pub use changes::Overrides;
pub use cursor::Address;
pub use sweep::SweepTable;
