//! Fixed points: find, polish, tell apart, classify.
//!
//! How exhaustive a search is depends on the circuit, and every result says so ([`Coverage`]):
//! linear and piecewise-linear circuits are solved piece by piece, and circuits of one or two populations by
//! bounds over intervals, so that *all* fixed points are found; otherwise many starts and deflation find what
//! they find.

mod blocks;
mod boxes;
mod enclosed;
mod equations;
mod fold;
mod found;
mod infinite_gain;
mod newton;
mod nullclines;
mod options;
mod pieces;
mod planar;
mod point;
mod reduce;
mod relax;
mod remarks;
mod run;
mod sample;
mod search;
mod settle;
mod small;
mod square_pairs;
mod stability;
mod starts;
mod symmetry;
mod tails;
mod unit;

pub use found::{Completeness, Coverage, Reason, Search};
pub use nullclines::{PlanePoint, Window, nullclines, zero_lines};
pub use options::SearchOptions;
pub(crate) use planar::{Enclosed, pair as enclose_pair};
pub use point::{FixedPoint, Multiplicity, nearest_fixed_point, spectrum};
pub(crate) use remarks::about;
pub use search::{fixed_points, fixed_points_watched, operating_point};
pub(crate) use square_pairs::{SquarePair, square_pairs};
pub use stability::Stability;
pub(crate) use tails::{Loads, pair_is_clear_over};
pub use unit::Unit as PlanarUnit;
