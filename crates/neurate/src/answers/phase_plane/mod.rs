//! The phase plane: nullclines, flow, fixed points, manifolds of saddles, limit cycles, trajectories.

mod axes;
mod compute;
mod orbits;
mod pair;
mod slice;
mod started;
mod types;

pub use axes::plane_axes;
pub(crate) use started::trajectory_from;
pub use types::{
    DrivenPlane, HeldState, ManifoldEnd, Nullcline, PhasePlane, PlaneCourse, PlaneCurve, PlaneCycle,
    PlaneFixedPoint, PlaneFlow, PlaneManifold, PlanePointKind,
};
