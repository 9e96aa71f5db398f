//! A plane of two states of any circuit, the others held; where there are no others, the whole circuit.

use super::axes::Axis;
use super::orbits::Orbits;
use super::pair::{kind_of, method_of, moves, rows, window};
use super::types::{
    HeldState, Nullcline, PhasePlane, PlaneCourse, PlaneFixedPoint, PlaneFlow, PlanePointKind,
};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::fixed_points::{FixedPoint, Multiplicity, PlanePoint, Stability, zero_lines};
use crate::simulate::{simulate, time_grid};
use crate::study::Study;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// Recorded times of the run from rest, and how many of the slowest time constants it lasts.
const REST_TIMES: usize = 800;
const REST_LENGTH: f64 = 30.0;

/// States of a circuit, two of which, or two groups of which, move.
struct Slice<'a> {
    dynamics: CircuitDynamics<'a>,
    axes: [Axis; 2],
    /// What the states are where the plane is cut, all of them.
    base: Vec<f64>,
}

impl Slice<'_> {
    fn mean(&self, k: usize, x: &[f64]) -> f64 {
        let states = &self.axes[k].states;
        states.iter().map(|&i| x[i]).sum::<f64>() / states.len() as f64
    }
    fn project(&self, x: &[f64]) -> PlanePoint {
        [self.mean(0, x), self.mean(1, x)]
    }
    /// All states at a point of the plane: units of a population move together.
    fn whole(&self, p: PlanePoint) -> Vec<f64> {
        let mut x = self.base.clone();
        for (k, axis) in self.axes.iter().enumerate() {
            let by = p[k] - self.mean(k, &self.base);
            axis.states.iter().for_each(|&i| x[i] += by);
            if let [one] = axis.states[..] {
                x[one] = p[k];
            }
        }
        x
    }
    fn velocity(&self, p: PlanePoint) -> PlanePoint {
        let n = self.base.len();
        let (mut dx, mut scratch) = (vec![0.0; n], vec![0.0; n]);
        self.dynamics.field(0.0, &self.whole(p), &mut dx, &mut scratch);
        self.project(&dx)
    }
    /// How far both are from what they relax to.
    fn away(&self, p: PlanePoint) -> PlanePoint {
        let x = self.whole(p);
        let (mut target, mut tau) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        self.dynamics.relaxation(0.0, &x, &mut target, &mut tau);
        target.iter_mut().zip(&x).for_each(|(t, x)| *t -= x);
        self.project(&target)
    }
    fn jacobian(&self, p: PlanePoint) -> Matrix {
        let j = self.dynamics.jacobian(0.0, &self.whole(p));
        let [a, b] = &self.axes;
        let axes = [&a.states, &b.states];
        Matrix::from_fn(2, 2, |i, k| {
            let rows = axes[i].iter().map(|&r| axes[k].iter().map(|&c| j[(r, c)]).sum::<f64>());
            rows.sum::<f64>() / axes[i].len() as f64
        })
    }
}

/// The plane of two axes, all other states held at the operating point.
///
/// # Errors
/// There is no fixed point at which the other states could be held; fixed points cannot be sought.
pub(super) fn slice(study: &Study, axes: [Axis; 2]) -> Result<PhasePlane> {
    let circuit = study.circuit();
    let dynamics = CircuitDynamics::at_rest(circuit);
    let others: Vec<usize> =
        (0..circuit.states()).filter(|i| axes.iter().all(|a| !a.states.contains(i))).collect();
    let found = &study.fixed_points()?.points;
    // Units of a population that move together are less than the whole circuit, too.
    let whole = others.is_empty() && axes.iter().all(|a| a.states.len() == 1);
    let own = study.operating_index()?.or((!found.is_empty()).then_some(0));
    let base = match own {
        Some(k) => dynamics.complete(&found[k].state),
        None if whole => dynamics.rest(),
        None => {
            return Err(Error::invalid(
                "no steady state was found at which the states outside the plane could be held",
            )
            .with_help("`neurate fixed-points` says how they were sought"));
        }
    };
    let slice = Slice { dynamics, axes, base };
    let rest = slice.project(&slice.dynamics.rest());
    let places: Vec<PlanePoint> =
        found.iter().map(|p| slice.project(&slice.dynamics.complete(&p.state))).collect();
    let marked: Vec<PlaneFixedPoint> = match own {
        _ if whole => (0..found.len()).map(|k| point(&slice, k, places[k], &found[k], true)).collect(),
        Some(k) => vec![point(&slice, k, places[k], &found[k], false)],
        None => vec![],
    };
    let from_rest = if whole { from_rest(study, &slice) } else { None };
    let window = window(&places, &rest, &[&from_rest]);
    let away = |p: PlanePoint| slice.away(p);
    let velocity = |p: PlanePoint| slice.velocity(p);
    let through: Vec<PlanePoint> = marked.iter().map(|p| [p.x, p.y]).collect();
    let nullclines = zero_lines(&away, window, &through);
    let (mut manifolds, mut cycles) = (vec![], vec![]);
    if whole {
        let jacobian = |p: &PlaneFixedPoint| match p.kind {
            PlanePointKind::Undecided => [[0.0; 2]; 2],
            _ => {
                let j = slice.jacobian([p.x, p.y]);
                [[j[(0, 0)], j[(0, 1)]], [j[(1, 0)], j[(1, 1)]]]
            }
        };
        let orbits = Orbits::new(&velocity, window, &marked, jacobian, &rest);
        (manifolds, cycles) = (orbits.manifolds, orbits.cycles);
    }
    let names = [0, 1].map(|k| slice.axes[k].name.clone());
    Ok(PhasePlane {
        window: rows(window),
        nullclines: names.iter().zip(nullclines).map(|(n, b)| Nullcline::of(n.clone(), b)).collect(),
        names: names.to_vec(),
        outside: found.len() - marked.len(),
        points: marked,
        flow: PlaneFlow::new(&velocity, window),
        from_rest: from_rest.filter(|t| moves(t, window)).map(|t| PlaneCourse::new(&t)),
        run: None,
        driven: None,
        manifolds,
        cycles,
        held: others
            .iter()
            .map(|&i| HeldState { name: circuit.state_name(i), value: slice.base[i] })
            .collect(),
    })
}

/// A fixed point: of a whole circuit with its kind, else with what it is for all states.
fn point(slice: &Slice, k: usize, [x, y]: PlanePoint, p: &FixedPoint, whole: bool) -> PlaneFixedPoint {
    let decided = p.multiplicity == Multiplicity::One
        && p.stability != Stability::Marginal
        && p.gains.iter().all(|g| g.is_finite());
    let kind = match (decided, whole, p.stable()) {
        (false, ..) => PlanePointKind::Undecided,
        (true, true, _) => kind_of(&slice.jacobian([x, y])),
        (true, false, true) => PlanePointKind::Stable,
        (true, false, false) => PlanePointKind::Unstable,
    };
    PlaneFixedPoint { number: k + 1, x, y, kind, stable: p.stable() }
}

/// The run of a circuit of two states from rest, in the order of the axes.
fn from_rest(study: &Study, slice: &Slice) -> Option<crate::simulate::Trajectory> {
    let circuit = study.circuit();
    let start = slice.dynamics.rest();
    let times = time_grid(0.0, REST_LENGTH * circuit.time_scales().1, REST_TIMES);
    let precise = method_of(circuit);
    let mut run = simulate(&slice.dynamics, &start, &times, precise, circuit.run().ceiling)
        .ok()
        .filter(|t| !t.times.is_empty())?;
    let rows = run.times.len();
    run.states = Matrix::from_fn(rows, 2, |i, k| run.states[(i, slice.axes[k].states[0])]);
    Some(run)
}
