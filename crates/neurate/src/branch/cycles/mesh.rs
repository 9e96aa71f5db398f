//! Meshes: intervals of equal error, nodes where a unit's input passes a kink of its function.

use super::gauss::{GAUSS, POINTS};
use super::loops::Loop;
use super::problem::Problem;

/// The error inside intervals that is aimed at, of the scaled states; of large cycles, of their size.
const ERROR: f64 = 1e-7;
/// The error of the polynomial of degree 4 over h^5 and the fifth derivative.
const CONSTANT: f64 = 4e-5;
/// How many intervals there are.
const FEWEST: usize = 20;
const MOST: usize = 400;
/// How near a node is to a crossing that it stands for, of the period.
const AT_NODE: f64 = 1e-10;

/// How far a mesh is from the one that it should be.
pub(super) struct Quality {
    /// The largest error of an interval over the error that is aimed at.
    pub worst: f64,
    /// How dense nodes should be in every interval.
    density: Vec<f64>,
    /// How many intervals there should be.
    pub wanted: usize,
}

/// The size of the fifth derivative in each interval, from jumps of the fourth; crossings of kinks are no jumps.
fn fifth(curve: &Loop, kinks: &[usize]) -> Vec<f64> {
    let count = curve.intervals();
    let fourth: Vec<Vec<f64>> = (0..count)
        .map(|j| {
            let h4 = curve.h(j).powi(4);
            curve.sum(j, &GAUSS.fourth).iter().map(|v| v / h4).collect()
        })
        .collect();
    // At the node where interval j begins.
    let at_node: Vec<f64> = (0..count)
        .map(|j| {
            let before = (j + count - 1) % count;
            // Fourth derivatives of the shortest intervals, beside crossings, are rounding.
            let shortest = curve.h(j).min(curve.h(before));
            if kinks.contains(&j) || shortest * (count as f64) < 1e-2 {
                return f64::NAN;
            }
            let apart = 0.5 * (curve.h(j) + curve.h(before));
            let jump = fourth[j].iter().zip(&fourth[before]).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
            jump / apart
        })
        .collect();
    // `max` passes over what is not a number.
    (0..count).map(|j| at_node[j].max(at_node[(j + 1) % count]).max(0.0)).collect()
}

/// Judges a mesh; `kinks` are nodes at which the curve is not smooth.
pub(super) fn judge(curve: &Loop, kinks: &[usize]) -> Quality {
    let mut fifth = fifth(curve, kinks);
    let size = curve.size().max(1.0);
    fifth.iter_mut().for_each(|f| *f /= size);
    let mut density: Vec<f64> = fifth.iter().map(|f| f.powf(0.2)).collect();
    let mean: f64 = density.iter().enumerate().map(|(j, d)| d * curve.h(j)).sum();
    let worst =
        fifth.iter().enumerate().map(|(j, f)| CONSTANT * f * curve.h(j).powi(5) / ERROR).fold(0.0, f64::max);
    density.iter_mut().for_each(|d| *d += 0.1 * mean + 1e-6);
    let all: f64 = density.iter().enumerate().map(|(j, d)| d * curve.h(j)).sum();
    let wanted = all * (CONSTANT / ERROR).powf(0.2) * 1.1;
    let wanted = (wanted.ceil() as usize + kinks.len()).clamp(FEWEST, MOST);
    Quality { worst, density, wanted }
}

impl Quality {
    /// Whether the mesh should be changed.
    pub fn is_poor(&self, curve: &Loop) -> bool {
        let count = curve.intervals();
        self.worst > 3.0 && (count < MOST || self.uneven(curve) > 1.5)
            || 2 * count > 3 * self.wanted.max(FEWEST)
    }
    /// The largest share of an interval in the density, over the mean one.
    fn uneven(&self, curve: &Loop) -> f64 {
        let shares: Vec<f64> = self.density.iter().enumerate().map(|(j, d)| d * curve.h(j)).collect();
        let all: f64 = shares.iter().sum();
        shares.iter().fold(0.0, |m: f64, s| m.max(*s)) * shares.len() as f64 / all
    }
    /// A mesh with an equal share of the density in every interval.
    pub fn mesh(&self, curve: &Loop) -> Vec<f64> {
        let mut cumulated = vec![0.0];
        for (j, d) in self.density.iter().enumerate() {
            cumulated.push(cumulated[j] + d * curve.h(j));
        }
        let all = cumulated[cumulated.len() - 1];
        let mut j = 0;
        let mut mesh: Vec<f64> = (0..self.wanted)
            .map(|k| {
                let share = all * k as f64 / self.wanted as f64;
                while j + 1 < self.density.len() && cumulated[j + 1] <= share {
                    j += 1;
                }
                curve.mesh[j] + (share - cumulated[j]) / self.density[j]
            })
            .collect();
        mesh[0] = 0.0;
        mesh.push(1.0);
        mesh
    }
}

/// Shares of the period at which a unit's input passes a kink of its function, rising.
pub(super) fn crossings(problem: &Problem, curve: &Loop) -> Vec<f64> {
    let p = problem.parameter(curve.place);
    let above = |y: &[f64]| problem.family.above_kinks(&problem.own(y), p);
    let mut before = above(curve.knot(0, 0));
    let mut all = Vec::new();
    if before.is_empty() {
        return all;
    }
    for j in 0..curve.intervals() {
        let mut from = 0.0;
        for k in 0..=POINTS {
            let (c, now) = if k < POINTS {
                (GAUSS.at[k], above(curve.knot(j, k + 1)))
            } else {
                (1.0, above(curve.knot((j + 1) % curve.intervals(), 0)))
            };
            for unit in 0..now.len() {
                if (before[unit] > 0.0) == (now[unit] > 0.0) {
                    continue;
                }
                let value = |c: f64| above(&curve.sum(j, &GAUSS.value(c)))[unit];
                let c = zero(value, (from, before[unit]), (c, now[unit]));
                all.push((curve.mesh[j] + c * curve.h(j)).rem_euclid(1.0));
            }
            (from, before) = (c, now);
        }
    }
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| *a - *b < AT_NODE);
    all
}

/// A zero between two points with different signs (Illinois).
fn zero(f: impl Fn(f64) -> f64, (mut a, mut fa): (f64, f64), (mut b, mut fb): (f64, f64)) -> f64 {
    for _ in 0..60 {
        let c = if fa == fb { 0.5 * (a + b) } else { b - fb * (b - a) / (fb - fa) };
        if !c.is_finite() || (b - a).abs() < 1e-14 {
            break;
        }
        let fc = f(c);
        if fc == 0.0 {
            return c;
        }
        if (fc > 0.0) == (fb > 0.0) {
            fa *= 0.5;
        } else {
            (a, fa) = (b, fb);
        }
        (b, fb) = (c, fc);
    }
    b
}

/// The nodes that stand at crossings; None if a crossing has none.
pub(super) fn nodes_at(curve: &Loop, crossings: &[f64]) -> Option<Vec<usize>> {
    let count = curve.intervals();
    let near = |c: &f64| {
        let k = nearest(&curve.mesh, *c);
        ((curve.mesh[k] - c).abs() < AT_NODE).then_some(k % count)
    };
    crossings.iter().map(near).collect()
}

fn nearest(mesh: &[f64], s: f64) -> usize {
    let k = mesh.partition_point(|m| *m < s).min(mesh.len() - 1);
    if k > 0 && s - mesh[k - 1] < mesh[k] - s { k - 1 } else { k }
}

/// A mesh with nodes at all crossings: the nearest nodes are moved there, or others added.
pub(super) fn with_nodes(mesh: &[f64], crossings: &[f64]) -> Vec<f64> {
    let mut mesh = mesh.to_vec();
    let last = mesh.len() - 1;
    let mut fixed = vec![false; mesh.len()];
    (fixed[0], fixed[last]) = (true, true);
    let mut added = Vec::new();
    for &c in crossings {
        let k = nearest(&mesh, c);
        let room = [k.checked_sub(1), Some(k + 1)]
            .into_iter()
            .flatten()
            .filter_map(|l| mesh.get(l))
            .fold(f64::INFINITY, |m: f64, s| m.min((s - c).abs()));
        if fixed[k] || room < 1e-9 {
            added.push(c);
        } else {
            mesh[k] = c;
            fixed[k] = true;
        }
    }
    mesh.extend(added);
    mesh.sort_by(f64::total_cmp);
    mesh.dedup_by(|a, b| *a - *b < 0.5 * AT_NODE);
    let end = mesh.len() - 1;
    mesh[end] = 1.0;
    mesh
}
