//! Branches of equilibria and limit cycles over a parameter: where they are, where they turn, cross and lose stability.
//!
//! A [`Family`] is a system of differential equations over one parameter, [`CircuitFamily`] that of a circuit. [`diagram`]
//! finds its branches from searches at 33 values of the parameter, follows them in scaled arclength, and polishes special points
//! by systems of their own: folds, Hopf points with their first Lyapunov coefficient, points where branches cross.
//! Where [`DiagramOptions::cycles`] asks for it, limit cycles are followed from Hopf points and from runs that do not rest.
//! Nothing has to be tuned. What is not certain is said: how complete each list is ([`Complete`]), and which branches were left
//! before their end ([`Diagram::early_stops`], [`Diagram::early_cycle_stops`]).

mod build;
mod certified;
mod circuit_family;
mod cycle;
mod cycles;
mod delayed;
mod describe;
mod diagram;
mod equations;
mod events;
mod family;
mod follow;
mod knobs;
mod nearest;
mod nilpotent;
mod normal_forms;
mod pieces;
mod phase_plane;
mod plane;
mod polish;
mod ring;
mod scaled;
mod trace;

pub use build::{AUDIT_VALUES, DiagramOptions};
pub use circuit_family::CircuitFamily;
pub use cycle::{Cycle, CycleBranch, CycleEnd, CycleSearch, CycleStart, Orbit};
pub use cycles::cycles_at;
pub use diagram::{
    AuditValue, Branch, Complete, Completeness, Diagram, End, KinkKind, SpecialKind, SpecialPoint,
};
pub use family::Family;
pub use knobs::{FACTOR, Knob, knobs};
pub use nearest::{FirstChange, first_changes};
pub use phase_plane::{LimitCycle, Manifold, OrbitEnd, PlaneField, PlaneOrbit, PlaneRest};
pub use plane::{
    AuditLine, CELLS, CircuitPlane, Curve, CurveEnd, CurveKind, LINES, PlaneDiagram, PlaneFamily, PlaneKind,
    PlanePoint, RegimeMap, Region, RegionKind, RegionRuns, plane_diagram, plane_diagram_of, regime_map,
};
pub use ring::{diagram, diagram_of};
