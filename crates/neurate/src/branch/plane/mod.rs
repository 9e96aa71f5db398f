//! Curves of folds and Hopf points over two parameters, and the points at which they meet or change their kind.

mod cells;
mod circuit_plane;
mod curves;
mod defining;
mod describe;
mod diagram;
mod family;
mod follow;
mod forms;
mod links;
mod map;
mod node;
mod outlines;
mod region_runs;
mod scaled;
mod special;
mod trace;

pub use circuit_plane::CircuitPlane;
pub use curves::{LINES, plane_diagram, plane_diagram_of};
pub use diagram::{AuditLine, Curve, CurveEnd, CurveKind, PlaneDiagram, PlaneKind, PlanePoint};
pub use family::PlaneFamily;
pub use map::{CELLS, RegimeMap, Region, RegionKind, regime_map};
pub use region_runs::RegionRuns;
