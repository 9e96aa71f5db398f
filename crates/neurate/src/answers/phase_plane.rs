//! The phase plane of two units, or of two populations of like units: nullclines, flow, fixed points, trajectories.

use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::fixed_points::{
    FixedPoint, Multiplicity, PlanePoint, Stability, Window, fixed_points, nullclines,
};
use crate::model::Circuit;
use crate::simulate::{Method, Outcome, Trajectory, simulate, time_grid};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// Points of a side of the grid on which the flow is given.
const FLOW: usize = 20;
/// Recorded times of the run from rest, and how many of the slowest time constants it lasts.
const REST_TIMES: usize = 800;
const REST_LENGTH: f64 = 30.0;
/// Recorded times of a trajectory that are kept.
const KEPT_TIMES: usize = 2000;
/// Room around all that is shown, as a share of it.
const ROOM: f64 = 0.6;
/// States of like units differ by no more than this, relative to `1 + |x|`.
const ALIKE: f64 = 1e-6;

/// The phase plane: states of two units, or of two populations whose units are alike, against each other. States are
/// rates in rate form, otherwise voltages, in the unit of state.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PhasePlane {
    /// Names of the two units or populations: the horizontal axis, the vertical one.
    pub names: Vec<String>,
    /// The part of the plane that is shown: one row an axis, its lower and its upper end.
    pub window: Array,
    /// The nullcline of each, in the order of the names.
    pub nullclines: Vec<Nullcline>,
    /// The fixed points in the plane, in the order of the answer `fixed_points`.
    pub points: Vec<PlaneFixedPoint>,
    /// Number of fixed points that are not in the plane: units of one population differ there.
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

impl Answer for PhasePlane {
    const NAME: &'static str = "phase_plane";

    fn applies(study: &Study) -> Applies {
        Applies::yes_if(
            study.circuit().as_pair().is_some(),
            "two units, or two populations of like units, without slow states, delays or conductances",
        )
    }

    fn compute(study: &Study) -> Result<PhasePlane> {
        let circuit = study.circuit();
        // Whether it can be asked was not checked.
        PhasePlane::applies(study).check(PhasePlane::NAME)?;
        let Some(pair) = circuit.as_pair() else { unreachable!("that it is a pair was checked") };
        let found = &study.fixed_points()?.points;
        let points: Vec<PlaneFixedPoint> = found
            .iter()
            .enumerate()
            .filter_map(|(k, p)| Some(plane_point(&pair, k, in_plane(circuit, &p.state)?, p)))
            .collect();
        let rest = CircuitDynamics::at_rest(&pair).rest();
        let end = REST_LENGTH * pair.time_scales().1;
        let precise = Method::Adaptive { rtol: 1e-8, atol: 1e-10 };
        let times = time_grid(0.0, end, REST_TIMES);
        let ceiling = circuit.run().ceiling;
        // A run that cannot be integrated is not drawn; the question about time courses says why.
        let course = |dynamics: &CircuitDynamics, start: &[f64], times: &[f64], method| {
            simulate(dynamics, start, times, method, ceiling).ok().filter(|t| !t.times.is_empty())
        };
        let from_rest = course(&CircuitDynamics::at_rest(&pair), &rest, &times, precise);
        let stimulated = !pair.stimuli().is_empty() && pair.stimuli().len() == circuit.stimuli().len();
        let mut run = None;
        let mut driven = None;
        if stimulated && let Ok(protocol) = study.protocol() {
            if let Some(start) = in_plane(circuit, &protocol.start) {
                run = course(&CircuitDynamics::new(&pair), &start, &protocol.times, protocol.method);
            }
            driven = Driven::new(study, &pair, &protocol.times)?;
        }
        let window = window(&points, driven.as_ref(), &rest, &[&from_rest, &run]);
        let through: Vec<PlanePoint> = points.iter().map(|p| [p.x, p.y]).collect();
        Ok(PhasePlane {
            names: vec![pair.unit_name(0), pair.unit_name(1)],
            window: Array::rows((0..2).map(|k| vec![window.low[k], window.high[k]])),
            nullclines: named(&pair, window, &through),
            outside: found.len() - points.len(),
            flow: PlaneFlow::new(&pair, window),
            from_rest: from_rest.filter(|t| moves(t, window)).map(|t| PlaneCourse::new(&t)),
            run: run.map(|t| PlaneCourse::new(&t)),
            driven: driven.map(|d| d.in_window(window)),
            points,
        })
    }
}

/// The states of the two, where the units of each population are in the same one.
fn in_plane(circuit: &Circuit, state: &[f64]) -> Option<PlanePoint> {
    if circuit.n() == 2 {
        return Some([state[0], state[1]]);
    }
    let one = |p: usize| {
        let states = &state[circuit.range(p)];
        let first = *states.first()?;
        states.iter().all(|x| (x - first).abs() <= ALIKE * (1.0 + first.abs())).then_some(first)
    };
    Some([one(0)?, one(1)?])
}

fn plane_point(pair: &Circuit, k: usize, [x, y]: PlanePoint, p: &FixedPoint) -> PlaneFixedPoint {
    let decided = p.multiplicity == Multiplicity::One
        && p.stability != Stability::Marginal
        && p.gains.iter().all(|g| g.is_finite());
    let kind = if decided { kind_at(pair, [x, y]) } else { PlanePointKind::Undecided };
    PlaneFixedPoint { number: k + 1, x, y, kind, stable: p.stable() }
}

/// By trace and determinant.
fn kind_at(pair: &Circuit, at: PlanePoint) -> PlanePointKind {
    let j = CircuitDynamics::at_rest(pair).jacobian(0.0, &at);
    let (half, determinant) = (0.5 * (j[(0, 0)] + j[(1, 1)]), j[(0, 0)] * j[(1, 1)] - j[(0, 1)] * j[(1, 0)]);
    // Of half the difference, so that equal time constants without weights between lose no digit.
    let discriminant = (0.5 * (j[(0, 0)] - j[(1, 1)])).powi(2) + j[(0, 1)] * j[(1, 0)];
    let rotates = discriminant < 0.0;
    match (determinant, half) {
        (d, _) if d < 0.0 => PlanePointKind::Saddle,
        (d, h) if d > 0.0 && h < 0.0 && rotates => PlanePointKind::StableFocus,
        (d, h) if d > 0.0 && h < 0.0 => PlanePointKind::StableNode,
        (d, h) if d > 0.0 && h > 0.0 && rotates => PlanePointKind::UnstableFocus,
        (d, h) if d > 0.0 && h > 0.0 => PlanePointKind::UnstableNode,
        _ => PlanePointKind::Undecided,
    }
}

/// The circuit under its stimuli at their strongest.
struct Driven {
    time: f64,
    added: Vec<f64>,
    circuit: Circuit,
    points: Vec<PlaneFixedPoint>,
}

impl Driven {
    /// None where the stimuli are nowhere more than an impulse.
    fn new(study: &Study, pair: &Circuit, times: &[f64]) -> Result<Option<Driven>> {
        let added = |t: f64| {
            let mut input: Vec<f64> = pair.h().iter().map(|h| -h).collect();
            pair.add_input(t, &mut input);
            input
        };
        let size = |t: f64| added(t).iter().map(|x| x * x).sum::<f64>();
        // The first of the largest.
        let mut largest: Option<(f64, f64)> = None;
        for (t, size) in times.iter().map(|&t| (t, size(t))) {
            if largest.is_none_or(|(_, most)| size > most) {
                largest = Some((t, size));
            }
        }
        let time = largest.map_or(f64::NAN, |(t, _)| t);
        let added = added(time);
        if added.iter().all(|x| *x == 0.0) || added.iter().any(|x| !x.is_finite()) {
            return Ok(None);
        }
        let mut parts = pair.to_parts();
        parts.stimuli.clear();
        let inputs = parts.populations.iter_mut().flat_map(|p| &mut p.h);
        inputs.zip(&added).for_each(|(h, x)| *h += x);
        let circuit = Circuit::new(parts)?;
        let points = fixed_points(&circuit, &study.choices().search)?.points;
        let points = points.iter().enumerate();
        let points = points.map(|(k, p)| plane_point(&circuit, k, [p.state[0], p.state[1]], p)).collect();
        Ok(Some(Driven { time, added, circuit, points }))
    }

    fn in_window(self, window: Window) -> DrivenPlane {
        let through: Vec<PlanePoint> = self.points.iter().map(|p| [p.x, p.y]).collect();
        DrivenPlane {
            time: self.time,
            added: self.added.into(),
            nullclines: named(&self.circuit, window, &through),
            points: self.points,
        }
    }
}

fn named(pair: &Circuit, window: Window, through: &[PlanePoint]) -> Vec<Nullcline> {
    let curve = |branch: Vec<PlanePoint>| PlaneCurve {
        x: branch.iter().map(|p| p[0]).collect(),
        y: branch.iter().map(|p| p[1]).collect(),
    };
    let all = nullclines(pair, window, through).into_iter().enumerate();
    all.map(|(k, branches)| Nullcline {
        name: pair.unit_name(k),
        branches: branches.into_iter().map(curve).collect(),
    })
    .collect()
}

/// All fixed points and trajectories, with room around them. A trajectory that runs away does not count as far as it is farther out than
/// everything else.
fn window(
    points: &[PlaneFixedPoint],
    driven: Option<&Driven>,
    rest: &[f64],
    courses: &[&Option<Trajectory>],
) -> Window {
    let fixed = points.iter().chain(driven.iter().flat_map(|d| &d.points)).map(|p| [p.x, p.y]);
    let mut all: Vec<PlanePoint> = fixed.chain([[rest[0], rest[1]]]).collect();
    let spread = |all: &[PlanePoint], k: usize| {
        all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), p| (a.min(p[k]), b.max(p[k])))
    };
    let reach = [0, 1].map(|k| {
        let (low, high) = spread(&all, k);
        let size = if high > low { high - low } else { high.abs().max(1.0) };
        (low - 2.0 * size, high + 2.0 * size)
    });
    for t in courses.iter().filter_map(|t| t.as_ref()) {
        let whole = !matches!(t.outcome, Outcome::RanAway { .. });
        let states = (0..t.times.len()).map(|k| [t.states[(k, 0)], t.states[(k, 1)]]);
        let near = |p: &PlanePoint| (0..2).all(|k| p[k] >= reach[k].0 && p[k] <= reach[k].1);
        all.extend(states.filter(|p| p.iter().all(|v| v.is_finite()) && (whole || near(p))));
    }
    let side = |k: usize| {
        let (low, high) = spread(&all, k);
        let mut size = high - low;
        if size <= 1e-9 * low.abs().max(high.abs()) {
            size = if high == 0.0 { 1.0 } else { 0.5 * high.abs() };
        }
        // Rates that are nowhere negative are shown from zero on.
        let least = if low >= 0.0 { -0.05 * (high + ROOM * size) } else { f64::NEG_INFINITY };
        ((low - ROOM * size).max(least), high + ROOM * size)
    };
    let [x, y] = [side(0), side(1)];
    Window { low: [x.0, y.0], high: [x.1, y.1] }
}

/// Whether a trajectory leaves the place where it begins, as far as can be seen.
fn moves(t: &Trajectory, window: Window) -> bool {
    (0..t.times.len()).any(|i| {
        (0..2).any(|k| (t.states[(i, k)] - t.states[(0, k)]).abs() > 1e-3 * (window.high[k] - window.low[k]))
    })
}

impl PlaneFlow {
    fn new(pair: &Circuit, window: Window) -> PlaneFlow {
        let side = |k: usize| -> Vec<f64> {
            let step = (window.high[k] - window.low[k]) / FLOW as f64;
            (0..FLOW).map(|i| window.low[k] + (i as f64 + 0.5) * step).collect()
        };
        let (x, y) = (side(0), side(1));
        let dynamics = CircuitDynamics::at_rest(pair);
        let (mut dx, mut dy) = (Vec::new(), Vec::new());
        let (mut field, mut scratch) = ([0.0; 2], [0.0; 2]);
        for &b in &y {
            for &a in &x {
                dynamics.field(0.0, &[a, b], &mut field, &mut scratch);
                dx.push(field[0]);
                dy.push(field[1]);
            }
        }
        let shape = [FLOW, FLOW];
        PlaneFlow { x: x.into(), y: y.into(), dx: Array::new(&shape, dx), dy: Array::new(&shape, dy) }
    }
}

impl PlaneCourse {
    fn new(t: &Trajectory) -> PlaneCourse {
        let every = t.times.len().div_ceil(KEPT_TIMES).max(1);
        // The last one is always there.
        let last = t.times.len().saturating_sub(1);
        let kept: Vec<usize> = (0..last).step_by(every).chain([last]).collect();
        let of = |k: usize| kept.iter().map(|&i| t.states[(i, k)]).collect();
        PlaneCourse { times: kept.iter().map(|&i| t.times[i]).collect(), x: of(0), y: of(1) }
    }
}
