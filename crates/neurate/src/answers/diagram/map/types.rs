//! The type of the answer.

use super::super::types::{ClippedEnd, CompletenessWord, DiagramParameter, DiagramRemark, RangeOrigin};
use crate::branch::RegimeMap as Found;
use crate::study::{Array, ComplexList};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// The regime map over two parameters: how many steady states there are and how many are stable, what runs do, the curves at which
/// this changes, and the points at which curves meet or change their kind. Of the circuit without noise and stimuli.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RegimeMap {
    /// Both parameters: the horizontal one, the vertical one.
    pub parameters: Vec<DiagramParameter>,
    /// The values between which each was looked at: one row each, the lower and the upper.
    pub ranges: Array,
    /// Where these ranges come from.
    pub range_origins: Vec<RangeOrigin>,
    /// Ends of the ranges that were asked for and are not allowed, at a rule of the circuit.
    pub clipped: Vec<ClippedEnd>,
    /// Names of the states: units, then slow states.
    pub states: Vec<String>,
    /// The regions, the largest first.
    pub regions: Vec<MapRegion>,
    /// Which region each cell of a grid belongs to: one row for each value of the second parameter, rising, one column for each of the
    /// first. Cells are equally wide; what counts next to a curve is the side of it.
    pub cells: Array,
    /// The region of the file's own values; None where it has none, or they lie outside.
    pub own_region: Option<usize>,
    /// The curves.
    pub curves: Vec<MapCurve>,
    /// Points at which curves meet or change their kind (codimension 2).
    pub points: Vec<MapPoint>,
    /// How complete the map is.
    pub complete: MapCompleteness,
    /// What a reader should know about the circuit.
    pub remarks: Vec<DiagramRemark>,
    /// For questions about single points.
    #[serde(skip)]
    pub(super) found: Arc<Found>,
}

/// How many times finer outlines are than the cells of the map.
const FINER: usize = 3;

impl RegimeMap {
    /// The region at values of both parameters; None outside of the ranges, and between curves that are nearer to each other than
    /// the cells of the grid.
    pub fn regime_at(&self, p: f64, q: f64) -> Option<&MapRegion> {
        self.regions.get(self.region_at(p, q)?)
    }

    /// The position of that region in `regions`.
    pub fn region_at(&self, p: f64, q: f64) -> Option<usize> {
        let region = self.found.regime_at(p, q)?;
        self.regions.iter().position(|r| r.inner.data() == region.inner)
    }

    /// The outline of each region, as closed rings of points `(p, q)`, for drawing; what lies inside an odd number of rings belongs to
    /// it.
    pub fn outlines(&self) -> Vec<Vec<Vec<[f64; 2]>>> {
        self.found.outlines(FINER)
    }
}

/// A connected area in which the number of steady states, and that of stable ones, do not change. Crumbs of a strip that is
/// narrower than a cell are part of the next region that is alike.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MapRegion {
    /// What happens at its inner point.
    pub kind: MapRegionKind,
    /// Number of steady states.
    pub steady: usize,
    /// Number of stable ones.
    pub stable: usize,
    /// An inner point, far from the region's limits: both parameters.
    pub inner: Array,
    /// Its share of the plane.
    pub share: f64,
    /// Runs at the inner point, from states spread over all that was found: how many came to rest at a stable steady state.
    pub rested: usize,
    /// At how many different ones.
    pub reached: usize,
    /// How many runs kept moving.
    pub moved: usize,
    /// How many left every bound.
    pub left: usize,
    /// How many had not come to either within 120 slowest time constants.
    pub undecided: usize,
    /// What happens at some other points of the region, which lie far apart. It may differ: folds of cycles and the like are no
    /// limits of regions here.
    pub elsewhere: Vec<MapSample>,
    /// Whether a stable steady state of it loses stability on a part of its limits to an unstable cycle: next to that part, cycles
    /// exist beside the steady state.
    pub beside_subcritical: bool,
    /// Whether it ends somewhere without a curve: what happens there is none of the curves' kinds, or a curve is missing.
    pub beyond_curves: bool,
}

/// What runs at a point of a region say.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MapSample {
    /// Both parameters.
    pub at: Array,
    /// What happens there.
    pub kind: MapRegionKind,
}

/// What a circuit does in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapRegionKind {
    /// One stable steady state.
    Steady,
    /// Two stable steady states: the initial state decides.
    Bistable,
    /// Three or more.
    Multistable,
    /// No steady state is stable, and runs keep moving.
    Oscillating,
    /// Steady state or oscillation, depending on the initial state.
    OscillatingOrSteady,
    /// No steady state is stable, and runs leave every bound.
    RunsAway,
    /// Steady state or runaway, depending on the initial state.
    SteadyOrRunsAway,
    /// No steady state is stable, and runs did not decide.
    Undecided,
}

/// A curve: points in their order along it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MapCurve {
    /// What it consists of.
    pub kind: MapCurveKind,
    /// Both parameters: one row a point.
    pub p: Array,
    /// States: one row a point, slow states included.
    pub states: Array,
    /// Angular frequency of Hopf points, per unit of time; 0 where a Hopf curve ends on a fold curve.
    pub omega: Option<Array>,
    /// The first Lyapunov coefficient of Hopf points: negative where a stable cycle is born. NaN where there is none.
    pub l1: Option<Array>,
    /// Number of eigenvalues with a positive real part beside those on the axis.
    pub unstable: Array,
    /// How it ends at its first and at its last point.
    pub ends: Vec<MapCurveEnd>,
    /// Positions of its special points along it.
    pub special: Vec<usize>,
    /// Which points of the map these are.
    pub special_points: Vec<usize>,
}

/// Kinds of curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapCurveKind {
    /// Two steady states meet and disappear.
    Fold,
    /// A pair of eigenvalues crosses the imaginary axis.
    Hopf,
}

/// How a curve ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapCurveEnd {
    /// At an end of a range.
    Edge,
    /// It comes back to its start.
    Closed,
    /// On a fold curve, with frequency 0 (Bogdanov-Takens).
    BogdanovTakens,
    /// Where units reach a kink of their transfer functions.
    Kink,
    /// It leaves every bound: a state exceeds a thousand times what is found elsewhere.
    Runaway,
    /// No step was short enough: the curve goes on and was not followed.
    Unfinished,
    /// The largest number of points was made.
    Budget,
}

/// A point of codimension 2.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MapPoint {
    /// What it is.
    pub kind: MapPointKind,
    /// Both parameters.
    pub p: Array,
    /// The state, slow states included.
    pub state: Array,
    /// Eigenvalues, rightmost first, per unit of time.
    pub eigenvalues: ComplexList,
    /// What is left of its own equations, scaled.
    pub residual: f64,
    /// Positions of its curves in `curves`.
    pub curves: Vec<usize>,
    /// Angular frequencies, the larger one first, per unit of time.
    pub omega: Array,
    /// The normal form's first coefficient of a Bogdanov-Takens point, `<p1, B(q0, q0)>/2` (Kuznetsov).
    pub a: Option<f64>,
    /// Its second one, `<p0, B(q0, q0)> + <p1, B(q0, q1)>`; the sign of `a b` decides whether the cycle born there is stable.
    pub b: Option<f64>,
    /// The coefficient of the cube at a cusp.
    pub c: Option<f64>,
}

/// Kinds of points of codimension 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapPointKind {
    /// BT: a double zero eigenvalue; a Hopf curve ends on a fold curve.
    BogdanovTakens,
    /// CP: two fold curves meet.
    Cusp,
    /// GH: the first Lyapunov coefficient vanishes; a curve of folds of cycles begins.
    GeneralizedHopf,
    /// ZH: a zero eigenvalue and a pair on the imaginary axis.
    ZeroHopf,
    /// HH: two pairs on the imaginary axis.
    HopfHopf,
}

/// How complete a map is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct MapCompleteness {
    /// The curves. Closed curves that none of the lines meets are not excluded.
    pub curves: CompletenessWord,
    /// The numbers of steady states at the cells at which they were searched.
    pub counts: CompletenessWord,
    /// Lines through the plane at which a diagram along one parameter and the curves were compared.
    pub lines: usize,
    /// On how many of them they agree.
    pub agree: usize,
    /// How many points lie on these lines whose curves are not followed: crossings of branches, kinks, unresolved ones.
    pub not_followed: usize,
    /// Curves that go on inside the ranges and were not followed.
    pub early_stops: usize,
    /// Cells of the grid at which steady states were searched; no curve separates the others from one of these.
    pub searched: usize,
    /// Runs at the inner point of each region.
    pub runs: usize,
    /// The largest residual of the special points.
    pub largest_residual: Option<f64>,
}
