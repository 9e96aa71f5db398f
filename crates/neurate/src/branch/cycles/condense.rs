//! The linearized equations of collocation, condensed interval by interval to steps from one node of the mesh to the next.

use super::gauss::{GAUSS, POINTS};
use super::loops::Loop;
use super::problem::Problem;
use neurate_numerics::linalg::{Cyclic, Lu, Matrix};

/// Above so many equations in an interval they are solved by the library's factorization.
const SMALL: usize = 48;

/// What the start of every interval, the period, the parameter and what is left of the equations do to the points and the end
/// of the interval.
pub(super) struct Condensed {
    n: usize,
    /// Of each interval the changes of its points: 4n rows of n + 3 columns: start, period, parameter, what is left.
    inner: Vec<f64>,
    /// Of each interval the changes of its end: n x n, n x 2, n x 1.
    pub steps: Vec<f64>,
    along: Vec<f64>,
    right: Vec<f64>,
}

impl Condensed {
    /// Linearizes at a curve.
    pub fn at(problem: &Problem, curve: &Loop) -> Option<Condensed> {
        let (n, count) = (curve.n, curve.intervals());
        let columns = n + 3;
        let rows = POINTS * n;
        let mut c = Condensed {
            n,
            inner: Vec::with_capacity(count * rows * columns),
            steps: Vec::with_capacity(count * n * n),
            along: Vec::with_capacity(count * n * 2),
            right: Vec::with_capacity(count * n),
        };
        let mut work = vec![0.0; rows * (rows + columns)];
        for j in 0..count {
            fill(problem, curve, j, &mut work);
            let solved = solve(&mut work, rows, columns)?;
            c.eliminate_end(curve, j, solved);
        }
        c.inner.iter().all(|v| v.is_finite()).then_some(c)
    }

    /// Adds the step to the end of an interval, which is an extrapolation of its points.
    fn eliminate_end(&mut self, curve: &Loop, j: usize, solved: &[f64]) {
        let n = self.n;
        let columns = n + 3;
        let next = curve.knot((j + 1) % curve.intervals(), 0);
        let reached = curve.sum(j, &GAUSS.end);
        for i in 0..n {
            let sum = |column: usize| -> f64 {
                (0..POINTS).map(|k| GAUSS.end[k + 1] * solved[(k * n + i) * columns + column]).sum()
            };
            for l in 0..n {
                self.steps.push(sum(l) + if l == i { GAUSS.end[0] } else { 0.0 });
            }
            self.along.extend([sum(n), sum(n + 1)]);
            self.right.push(sum(n + 2) + reached[i] - next[i]);
        }
        self.inner.extend_from_slice(solved);
    }

    /// The change of the curve, period and parameter under which the equations hold, and `conditions` have the `values`: one
    /// change for every right side. The first side has what is left of the equations, the others nothing.
    pub fn solve(&self, curve: &Loop, conditions: [&Loop; 2], values: &[[f64; 2]]) -> Option<Vec<Loop>> {
        let (n, count, sides) = (self.n, curve.intervals(), values.len());
        let columns = n + 3;
        let mut rows = vec![0.0; count * 2 * n];
        let mut corner = vec![0.0; 4];
        let mut bottom = vec![0.0; 2 * sides];
        for (r, condition) in conditions.iter().enumerate() {
            corner[r * 2] = condition.log_period;
            corner[r * 2 + 1] = condition.place;
            (0..sides).for_each(|s| bottom[r * sides + s] = values[s][r]);
            for j in 0..count {
                let mut sum = vec![0.0; columns];
                for k in 0..POINTS {
                    let weight = curve.h(j) * GAUSS.weight[k];
                    for i in 0..n {
                        let w = weight * condition.knot(j, k + 1)[i];
                        let row = &self.inner[((j * POINTS + k) * n + i) * columns..][..columns];
                        sum.iter_mut().zip(row).for_each(|(s, v)| *s += w * v);
                    }
                }
                rows[(j * 2 + r) * n..(j * 2 + r + 1) * n].copy_from_slice(&sum[..n]);
                corner[r * 2] += sum[n];
                corner[r * 2 + 1] += sum[n + 1];
                bottom[r * sides] -= sum[n + 2];
            }
        }
        let mut right = vec![0.0; count * n * sides];
        self.right.iter().enumerate().for_each(|(k, v)| right[k * sides] = *v);
        let system = Cyclic {
            n,
            count,
            globals: 2,
            sides,
            steps: &self.steps,
            along: &self.along,
            right: &right,
            conditions: &rows,
            corner: &corner,
            bottom: &bottom,
            sign: 1.0,
        };
        let solved = system.solve()?;
        let side = |s: usize| {
            let globals = [solved.globals[s], solved.globals[sides + s]];
            let start = |j: usize, i: usize| solved.states[(j * n + i) * sides + s];
            self.expand(curve, &start, globals, if s == 0 { 1.0 } else { 0.0 })
        };
        Some((0..sides).map(side).collect())
    }

    /// Changes at all points from those at the nodes.
    fn expand(
        &self,
        curve: &Loop,
        start: &dyn Fn(usize, usize) -> f64,
        globals: [f64; 2],
        left: f64,
    ) -> Loop {
        let n = self.n;
        let columns = n + 3;
        let mut change = curve.clone();
        (change.log_period, change.place) = (globals[0], globals[1]);
        for j in 0..curve.intervals() {
            let mut by: Vec<f64> = (0..n).map(|i| start(j, i)).collect();
            change.knot_mut(j, 0).copy_from_slice(&by);
            by.extend([globals[0], globals[1], left]);
            for k in 0..POINTS {
                for i in 0..n {
                    let row = &self.inner[((j * POINTS + k) * n + i) * columns..][..columns];
                    change.knot_mut(j, k + 1)[i] = row.iter().zip(&by).map(|(a, b)| a * b).sum();
                }
            }
        }
        change
    }

    /// The linear maps from node to node.
    pub fn maps(&self) -> Vec<Matrix> {
        self.steps
            .chunks_exact(self.n * self.n)
            .map(|s| Matrix::from_vec(self.n, self.n, s.to_vec()))
            .collect()
    }
}

/// The equations of an interval and their right sides, row by row.
fn fill(problem: &Problem, curve: &Loop, j: usize, work: &mut [f64]) {
    let n = curve.n;
    let (rows, columns) = (POINTS * n, n + 3);
    let width = rows + columns;
    work.fill(0.0);
    let time = curve.h(j) * curve.period();
    for k in 0..POINTS {
        let s = problem.slopes(curve.knot(j, k + 1), curve.place);
        let sum = curve.sum(j, &GAUSS.slope[k]);
        for i in 0..n {
            let row = &mut work[(k * n + i) * width..(k * n + i + 1) * width];
            for l in 0..POINTS {
                row[l * n + i] = GAUSS.slope[k][l + 1];
            }
            for l in 0..n {
                row[k * n + l] -= time * s.jacobian[(i, l)];
            }
            row[rows + i] = -GAUSS.slope[k][0];
            row[rows + n] = time * s.field[i];
            row[rows + n + 1] = time * s.along[i];
            row[rows + n + 2] = time * s.field[i] - sum[i];
        }
    }
}

/// Solves equations that stand beside their right sides; the solution row by row. None if they are singular.
fn solve(work: &mut [f64], rows: usize, columns: usize) -> Option<&[f64]> {
    let width = rows + columns;
    if rows > SMALL {
        let matrix = Matrix::from_fn(rows, rows, |i, j| work[i * width + j]);
        let side = Matrix::from_fn(rows, columns, |i, j| work[i * width + rows + j]);
        let solved = Lu::new(&matrix).ok()?.solve_matrix(&side)?;
        work[..rows * columns].copy_from_slice(solved.data());
        return Some(&work[..rows * columns]);
    }
    for k in 0..rows {
        let size = |i: usize| work[i * width + k].abs();
        let pivot = (k..rows).max_by(|&a, &b| size(a).total_cmp(&size(b)))?;
        if size(pivot) == 0.0 || !size(pivot).is_finite() {
            return None;
        }
        if pivot != k {
            let (head, tail) = work.split_at_mut(pivot * width);
            head[k * width..(k + 1) * width].swap_with_slice(&mut tail[..width]);
        }
        let (head, tail) = work.split_at_mut((k + 1) * width);
        let row = &head[k * width..];
        for other in tail.chunks_exact_mut(width) {
            let factor = other[k] / row[k];
            if factor != 0.0 {
                other[k + 1..].iter_mut().zip(&row[k + 1..]).for_each(|(o, r)| *o -= factor * r);
            }
        }
    }
    for k in (0..rows).rev() {
        let (head, tail) = work.split_at_mut(k * width + width);
        let row = &mut head[k * width..];
        for (l, below) in tail.chunks_exact(width).enumerate() {
            let factor = row[k + 1 + l];
            if factor != 0.0 {
                row[rows..].iter_mut().zip(&below[rows..]).for_each(|(r, b)| *r -= factor * b);
            }
        }
        let pivot = row[k];
        row[rows..].iter_mut().for_each(|r| *r /= pivot);
    }
    for i in 0..rows {
        work.copy_within(i * width + rows..(i + 1) * width, i * columns);
    }
    Some(&work[..rows * columns])
}
