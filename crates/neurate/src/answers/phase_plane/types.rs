//! The type of the answer.

use crate::study::Array;
use schemars::JsonSchema;
use serde::Serialize;

/// The phase plane: two states against each other. Of two units, of two populations whose units are alike, and of every circuit of
/// two states it is the whole circuit; of others a slice, with all other states held. States are rates in rate form, otherwise
/// voltages, in the unit of state; slow states have units of their own.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PhasePlane {
    /// Names of the two populations, units or states: the horizontal axis, the vertical one.
    pub names: Vec<String>,
    /// The part of the plane that is shown: one row an axis, its lower and its upper end.
    pub window: Array,
    /// The nullcline of each, in the order of the names.
    pub nullclines: Vec<Nullcline>,
    /// The fixed points in the plane, in the order of the answer `fixed_points`.
    pub points: Vec<PlaneFixedPoint>,
    /// Number of fixed points that are not in the plane: units of one population differ there. Of a slice all but the one at which the
    /// other states are held.
    pub outside: usize,
    /// How states move.
    pub flow: PlaneFlow,
    /// The trajectory from rest under the constant input; None if the circuit rests at a fixed point.
    pub from_rest: Option<PlaneCourse>,
    /// The trajectory of the circuit's run, without noise; None without stimuli, and where units of a population get different
    /// ones.
    pub run: Option<PlaneCourse>,
    /// The plane under the stimuli at their strongest; None without stimuli, where units of a population get different
    /// ones, and of impulses.
    pub driven: Option<DrivenPlane>,
    /// The manifolds of all saddles under the constant input: of each two stable and two unstable ones. None of a slice.
    pub manifolds: Vec<PlaneManifold>,
    /// Limit cycles under the constant input: those that orbits from beside fixed points, along manifolds and from rest come to,
    /// forward or backward in time; others may exist. None of a slice.
    pub cycles: Vec<PlaneCycle>,
    /// The states that are held, at their steady state; empty where the plane is the whole circuit.
    pub held: Vec<HeldState>,
}

/// A manifold of a saddle: a curve in the order of the flow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PlaneManifold {
    /// The number of the saddle.
    pub saddle: usize,
    /// Whether it is a stable one, which leads to the saddle; the unstable ones lead away from it.
    pub stable: bool,
    /// Where it goes to, or comes from.
    pub other_end: ManifoldEnd,
    /// The number of the fixed point there, if it is one.
    pub point: Option<usize>,
    /// Horizontal coordinates.
    pub x: Array,
    /// Vertical ones, as many.
    pub y: Array,
}

/// What is at the other end of a manifold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManifoldEnd {
    /// The edge of the window.
    Window,
    /// A fixed point.
    FixedPoint,
    /// A limit cycle.
    Cycle,
    /// It was followed for 20,000 steps, and came to none of these.
    Unfinished,
}

/// A limit cycle in the plane: one turn in the order of the flow, whose last point is the first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PlaneCycle {
    /// Its period, in the unit of time; to about 1e-5 of it.
    pub period: f64,
    /// Whether it attracts.
    pub stable: bool,
    /// Times since the first point.
    pub times: Array,
    /// Horizontal coordinates.
    pub x: Array,
    /// Vertical ones.
    pub y: Array,
}

/// A state that is held.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct HeldState {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// Where one unit does not move.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Nullcline {
    /// The unit or population.
    pub name: String,
    /// Its pieces inside the window; a closed one ends where it began.
    pub branches: Vec<PlaneCurve>,
}

/// A curve in the plane.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PlaneCurve {
    /// Horizontal coordinates.
    pub x: Array,
    /// Vertical ones, as many.
    pub y: Array,
}

/// A fixed point in the plane.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PlaneFixedPoint {
    /// Its number in the answer `fixed_points`, from 1; under stimuli its own number.
    pub number: usize,
    /// Horizontal coordinate.
    pub x: f64,
    /// Vertical coordinate.
    pub y: f64,
    /// What it is, for deviations in the plane.
    pub kind: PlanePointKind,
    /// Whether it attracts, deviations of single units included.
    pub stable: bool,
}

/// Kinds of fixed points of two equations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanePointKind {
    /// Attracts without rotation.
    StableNode,
    /// Attracts in a spiral.
    StableFocus,
    /// Attracts along one line and repels along another.
    Saddle,
    /// Repels without rotation.
    UnstableNode,
    /// Repels in a spiral.
    UnstableFocus,
    /// Attracts, all states of the circuit considered: of a slice.
    Stable,
    /// Does not, all states considered.
    Unstable,
    /// Linearization does not decide.
    Undecided,
}

/// The flow on a grid.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PlaneFlow {
    /// Horizontal coordinates of the grid.
    pub x: Array,
    /// Vertical ones.
    pub y: Array,
    /// Horizontal velocity, unit of state per unit of time: one row for each `y`, one column for each `x`.
    pub dx: Array,
    /// Vertical velocity.
    pub dy: Array,
}

/// A trajectory through the plane.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PlaneCourse {
    /// Times.
    pub times: Array,
    /// Horizontal coordinate at each.
    pub x: Array,
    /// Vertical coordinate at each.
    pub y: Array,
}

/// The plane while stimuli add to the inputs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DrivenPlane {
    /// When: where the stimuli together are largest.
    pub time: f64,
    /// What they add to the input of each of the two, in the unit of drive.
    pub added: Array,
    /// Nullclines under this input, held.
    pub nullclines: Vec<Nullcline>,
    /// Fixed points under this input, held.
    pub points: Vec<PlaneFixedPoint>,
}
