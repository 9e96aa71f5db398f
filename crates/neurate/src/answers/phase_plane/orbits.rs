//! Manifolds of saddles and limit cycles as data.

use super::types::{ManifoldEnd, PlaneCycle, PlaneFixedPoint, PlaneManifold};
use crate::branch::{LimitCycle, Manifold, OrbitEnd, PlaneField, PlaneRest};
use crate::fixed_points::{PlanePoint, Window};
use crate::study::Array;

/// Points of a curve that are kept.
const KEPT: usize = 1000;

/// What orbits in the plane show.
pub(super) struct Orbits {
    pub manifolds: Vec<PlaneManifold>,
    pub cycles: Vec<PlaneCycle>,
}

impl Orbits {
    /// `jacobian` has the derivatives of the velocity at a fixed point, zero where they decide nothing.
    pub(super) fn new(
        velocity: &dyn Fn(PlanePoint) -> PlanePoint,
        window: Window,
        points: &[PlaneFixedPoint],
        jacobian: impl Fn(&PlaneFixedPoint) -> [[f64; 2]; 2],
        rest: &[f64],
    ) -> Orbits {
        let rests = points.iter().map(|p| PlaneRest { at: [p.x, p.y], jacobian: jacobian(p) }).collect();
        let plane = PlaneField { field: velocity, window, rests };
        Orbits {
            manifolds: plane.manifolds().iter().map(|m| manifold(m, points)).collect(),
            cycles: plane.cycles(&[[rest[0], rest[1]]]).iter().map(cycle).collect(),
        }
    }
}

/// Some of the points, the first and the last among them.
fn kept(n: usize) -> Vec<usize> {
    let every = n.div_ceil(KEPT).max(1);
    let last = n.saturating_sub(1);
    (0..last).step_by(every).chain([last]).collect()
}

fn manifold(m: &Manifold, points: &[PlaneFixedPoint]) -> PlaneManifold {
    let mut curve: Vec<PlanePoint> =
        kept(m.orbit.points.len()).into_iter().map(|i| m.orbit.points[i]).collect();
    if m.stable {
        curve.reverse();
    }
    let (other_end, point) = match m.orbit.end {
        OrbitEnd::Window => (ManifoldEnd::Window, None),
        OrbitEnd::Rest(k) => (ManifoldEnd::FixedPoint, Some(points[k].number)),
        OrbitEnd::Cycle => (ManifoldEnd::Cycle, None),
        OrbitEnd::Unfinished => (ManifoldEnd::Unfinished, None),
    };
    PlaneManifold {
        saddle: points[m.saddle].number,
        stable: m.stable,
        other_end,
        point,
        x: curve.iter().map(|p| p[0]).collect(),
        y: curve.iter().map(|p| p[1]).collect(),
    }
}

fn cycle(c: &LimitCycle) -> PlaneCycle {
    let kept = kept(c.points.len());
    let of = |f: &dyn Fn(usize) -> f64| -> Array { kept.iter().map(|&i| f(i)).collect() };
    PlaneCycle {
        period: c.period,
        stable: c.stable,
        times: of(&|i| c.times[i]),
        x: of(&|i| c.points[i][0]),
        y: of(&|i| c.points[i][1]),
    }
}
