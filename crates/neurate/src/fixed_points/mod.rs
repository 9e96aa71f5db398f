//! Fixed points: find, polish, tell apart, classify.
//!
//! How exhaustive a search is depends on the circuit, and every result says so ([`Coverage`]):
//! linear and piecewise-linear circuits are solved piece by piece, and circuits of one or two populations by
//! bounds over intervals, so that *all* fixed points are found; otherwise many starts and deflation find what
//! they find.

mod found;
mod newton;
mod pieces;
mod planar;
mod point;
mod run;
mod search;
mod small;
mod square_pairs;
mod unit;

pub use found::{Coverage, Search};
pub(crate) use planar::pair as enclose_pair;
pub(crate) use point::spectrum;
pub use point::{FixedPoint, Stability, nearest_fixed_point};
pub use search::{SearchOptions, fixed_points, fixed_points_watched, operating_point};
pub(crate) use square_pairs::{SquarePair, square_pairs};
pub(crate) use unit::Unit as PlanarUnit;
