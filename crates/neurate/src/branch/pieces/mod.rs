//! Branches of piecewise-linear circuits, exactly: the equilibria on each combination of pieces are a straight line in states and
//! parameter, or a curve of rational functions; they are cut where a unit comes to an end of its piece, and joined there.

mod branches;
mod join;
mod numbers;
mod points;
mod segments;
mod solution;
mod window;

pub(super) use branches::{Exact, exact};
