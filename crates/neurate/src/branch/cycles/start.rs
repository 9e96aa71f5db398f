//! Where branches of cycles start: the small cycle beside a Hopf point.

use super::loops::Loop;
use super::node::{Node, node};
use super::problem::Problem;
use neurate_numerics::linalg::{Complex, eigen};
use std::f64::consts::TAU;

/// Sizes of the first cycle that are tried, scaled.
const SIZES: [f64; 4] = [1e-2, 3e-3, 1e-3, 2e-4];
/// Intervals of its mesh.
const INTERVALS: usize = 20;

/// A Hopf point, scaled.
#[derive(Clone, Debug)]
pub(in crate::branch) struct HopfStart {
    /// Its position among the special points.
    pub point: usize,
    pub state: Vec<f64>,
    pub place: f64,
    pub omega: f64,
}

/// The first cycle from a Hopf point, with the direction away from it; None if no small cycle is found.
pub(in crate::branch) fn from_hopf(problem: &Problem, hopf: &HopfStart) -> Option<Node> {
    let jacobian = problem.slopes(&hopf.state, hopf.place).jacobian;
    let all = eigen(&jacobian).ok()?;
    let target = Complex::new(0.0, hopf.omega);
    let away = |k: &usize| (all.values[*k] - target).norm();
    let k = (0..all.values.len()).min_by(|a, b| away(a).total_cmp(&away(b)))?;
    let q = all.right.col(k);
    let mesh: Vec<f64> = (0..=INTERVALS).map(|j| j as f64 / INTERVALS as f64).collect();
    let wave =
        |s: f64| q.iter().map(|q| q.re * (TAU * s).cos() - q.im * (TAU * s).sin()).collect::<Vec<f64>>();
    let direction = Loop::of(problem.n(), mesh.clone(), 0.0, 0.0, wave);
    let length = direction.dot(&direction).sqrt();
    let direction = direction.scaled(1.0 / length);
    let log_period = (TAU / hopf.omega).ln();
    let rest = Loop::of(problem.n(), mesh, log_period, hopf.place, |_| hopf.state.clone());
    SIZES.into_iter().find_map(|size| {
        let guess = rest.plus(size, &direction);
        let first = node(problem, &guess, &direction, &guess)?;
        let (near, small) = ((first.cycle.log_period - log_period).abs(), first.cycle.size());
        (near < 0.1 && small > 0.5 * size && small < 2.0 * size).then_some(first)
    })
}
