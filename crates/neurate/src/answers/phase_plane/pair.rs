//! The plane of two units, or of two populations of like units: the whole circuit.

use super::orbits::Orbits;
use super::types::{
    DrivenPlane, Nullcline, PhasePlane, PlaneCourse, PlaneCurve, PlaneFixedPoint, PlaneFlow, PlanePointKind,
};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::fixed_points::{
    FixedPoint, Multiplicity, PlanePoint, Stability, Window, fixed_points, nullclines,
};
use crate::model::Circuit;
use crate::simulate::{MAX_STIFF, Method, Outcome, Trajectory, simulate, time_grid};
use crate::study::{Array, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;

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

/// The plane of a circuit that is a pair.
///
/// # Errors
/// Fixed points cannot be sought.
pub(super) fn whole(study: &Study, pair: &Circuit) -> Result<PhasePlane> {
    let circuit = study.circuit();
    let found = &study.fixed_points()?.points;
    let points: Vec<PlaneFixedPoint> = found
        .iter()
        .enumerate()
        .filter_map(|(k, p)| Some(plane_point(pair, k, in_plane(circuit, &p.state)?, p)))
        .collect();
    let dynamics = CircuitDynamics::at_rest(pair);
    let rest = dynamics.rest();
    let end = REST_LENGTH * pair.time_scales().1;
    let precise = method_of(pair);
    let times = time_grid(0.0, end, REST_TIMES);
    let ceiling = circuit.run().ceiling;
    // A run that cannot be integrated is not drawn; the question about time courses says why.
    let course = |dynamics: &CircuitDynamics, start: &[f64], times: &[f64], method| {
        simulate(dynamics, start, times, method, ceiling).ok().filter(|t| !t.times.is_empty())
    };
    let from_rest = course(&dynamics, &rest, &times, precise);
    let stimulated = !pair.stimuli().is_empty() && pair.stimuli().len() == circuit.stimuli().len();
    let mut run = None;
    let mut driven = None;
    if stimulated && let Ok(protocol) = study.protocol() {
        if let Some(start) = in_plane(circuit, &protocol.start) {
            run = course(&CircuitDynamics::new(pair), &start, &protocol.times, protocol.method);
        }
        driven = Driven::new(study, pair, &protocol.times)?;
    }
    let fixed: Vec<PlanePoint> = points.iter().map(|p| [p.x, p.y]).collect();
    let of_driven = driven.iter().flat_map(|d| &d.points).map(|p| [p.x, p.y]);
    let all: Vec<PlanePoint> = fixed.iter().copied().chain(of_driven).collect();
    let window = window(&all, &rest, &[&from_rest, &run]);
    let velocity = |p: PlanePoint| velocity(&dynamics, p);
    let orbits = Orbits::new(&velocity, window, &points, |p| decided_jacobian(pair, p), &rest);
    Ok(PhasePlane {
        names: vec![pair.unit_name(0), pair.unit_name(1)],
        window: rows(window),
        nullclines: named(pair, window, &fixed),
        outside: found.len() - points.len(),
        flow: PlaneFlow::new(&velocity, window),
        from_rest: from_rest.filter(|t| moves(t, window)).map(|t| PlaneCourse::new(&t)),
        run: run.map(|t| PlaneCourse::new(&t)),
        driven: driven.map(|d| d.in_window(window)),
        points,
        manifolds: orbits.manifolds,
        cycles: orbits.cycles,
        held: vec![],
    })
}

/// How runs from rest are integrated: where time constants lie so far apart that steps would follow the shortest one through the
/// longest, by the stiff method.
pub(super) fn method_of(circuit: &Circuit) -> Method {
    const STIFF: f64 = 300.0;
    let (fastest, slowest) = circuit.time_scales();
    if slowest > STIFF * fastest && circuit.states() <= MAX_STIFF {
        return Method::Stiff { rtol: 1e-8, atol: 1e-10 };
    }
    Method::Adaptive { rtol: 1e-8, atol: 1e-10 }
}

/// The window as data.
pub(super) fn rows(window: Window) -> Array {
    Array::rows((0..2).map(|k| vec![window.low[k], window.high[k]]))
}

fn velocity(dynamics: &CircuitDynamics, p: PlanePoint) -> PlanePoint {
    let (mut field, mut scratch) = ([0.0; 2], [0.0; 2]);
    dynamics.field(0.0, &p, &mut field, &mut scratch);
    field
}

/// The derivatives of the velocity at a fixed point that they decide.
fn decided_jacobian(pair: &Circuit, p: &PlaneFixedPoint) -> [[f64; 2]; 2] {
    if p.kind == PlanePointKind::Undecided {
        return [[0.0; 2]; 2];
    }
    let j = CircuitDynamics::at_rest(pair).jacobian(0.0, &[p.x, p.y]);
    [[j[(0, 0)], j[(0, 1)]], [j[(1, 0)], j[(1, 1)]]]
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
    let j = CircuitDynamics::at_rest(pair).jacobian(0.0, &[x, y]);
    let kind = if decided { kind_of(&j) } else { PlanePointKind::Undecided };
    PlaneFixedPoint { number: k + 1, x, y, kind, stable: p.stable() }
}

/// By trace and determinant.
pub(super) fn kind_of(j: &Matrix) -> PlanePointKind {
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
    let all = nullclines(pair, window, through).into_iter().enumerate();
    all.map(|(k, branches)| Nullcline::of(pair.unit_name(k), branches)).collect()
}

/// All fixed points and trajectories, with room around them. A trajectory that runs away does not count as far as it is farther out than
/// everything else.
pub(super) fn window(points: &[PlanePoint], rest: &[f64], courses: &[&Option<Trajectory>]) -> Window {
    let mut all: Vec<PlanePoint> = points.iter().copied().chain([[rest[0], rest[1]]]).collect();
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
pub(super) fn moves(t: &Trajectory, window: Window) -> bool {
    (0..t.times.len()).any(|i| {
        (0..2).any(|k| (t.states[(i, k)] - t.states[(0, k)]).abs() > 1e-3 * (window.high[k] - window.low[k]))
    })
}

impl Nullcline {
    pub(super) fn of(name: String, branches: Vec<Vec<PlanePoint>>) -> Nullcline {
        let curve = |branch: Vec<PlanePoint>| PlaneCurve {
            x: branch.iter().map(|p| p[0]).collect(),
            y: branch.iter().map(|p| p[1]).collect(),
        };
        Nullcline { name, branches: branches.into_iter().map(curve).collect() }
    }
}

impl PlaneFlow {
    pub(super) fn new(velocity: &dyn Fn(PlanePoint) -> PlanePoint, window: Window) -> PlaneFlow {
        let side = |k: usize| -> Vec<f64> {
            let step = (window.high[k] - window.low[k]) / FLOW as f64;
            (0..FLOW).map(|i| window.low[k] + (i as f64 + 0.5) * step).collect()
        };
        let (x, y) = (side(0), side(1));
        let (mut dx, mut dy) = (Vec::new(), Vec::new());
        for &b in &y {
            for &a in &x {
                let field = velocity([a, b]);
                dx.push(field[0]);
                dy.push(field[1]);
            }
        }
        let shape = [FLOW, FLOW];
        PlaneFlow { x: x.into(), y: y.into(), dx: Array::new(&shape, dx), dy: Array::new(&shape, dy) }
    }
}

impl PlaneCourse {
    pub(super) fn new(t: &Trajectory) -> PlaneCourse {
        let every = t.times.len().div_ceil(KEPT_TIMES).max(1);
        // The last one is always there.
        let last = t.times.len().saturating_sub(1);
        let kept: Vec<usize> = (0..last).step_by(every).chain([last]).collect();
        let of = |k: usize| kept.iter().map(|&i| t.states[(i, k)]).collect();
        PlaneCourse { times: kept.iter().map(|&i| t.times[i]).collect(), x: of(0), y: of(1) }
    }
}
