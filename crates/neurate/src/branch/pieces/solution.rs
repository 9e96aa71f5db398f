//! The equilibria on one combination of pieces, without its ends: `x = W (slope x + offset) + h` for the inputs `x` of all units.

use super::numbers::{Line, Numbers};
use neurate_numerics::linalg::{Lu, Matrix, eigenvalues, svd};

/// A reciprocal condition below which a matrix is singular to rounding.
const SINGULAR: f64 = 1e-13;
/// How small an imaginary part rounding may make of a double root.
const NEARLY_REAL: f64 = 1e-4;

/// The linear equations `M(s) x = b(s)` of a combination, at a share `s` of the way along the window.
#[derive(Debug)]
pub(super) struct Equations {
    pub m: [Matrix; 2],
    pub b: Vec<Line>,
}

/// A straight line of equilibria: inputs, and behind them the place in the window.
#[derive(Clone, Debug)]
pub(super) struct Straight {
    pub start: Vec<f64>,
    pub along: Vec<f64>,
}

/// What the equations of a straight combination have.
pub(super) enum Solution {
    Line(Straight),
    None,
    /// A plane of equilibria, or more.
    Plane,
}

impl Equations {
    pub fn new(numbers: &Numbers, chosen: &[usize]) -> Equations {
        let n = chosen.len();
        let piece = |j: usize| numbers.pieces[j][chosen[j]];
        let [w, dw] = &numbers.w;
        let unit = |i: usize, j: usize| f64::from(u8::from(i == j));
        let m = Matrix::from_fn(n, n, |i, j| unit(i, j) - w[(i, j)] * piece(j).slope.start);
        // One of both stays.
        let dm = Matrix::from_fn(n, n, |i, j| {
            -(dw[(i, j)] * piece(j).slope.start + w[(i, j)] * piece(j).slope.change)
        });
        let b = (0..n)
            .map(|i| {
                let sum = |of: &dyn Fn(usize) -> f64| (0..n).map(of).sum::<f64>();
                let start = sum(&|j| w[(i, j)] * piece(j).offset.start);
                let change =
                    sum(&|j| dw[(i, j)] * piece(j).offset.start + w[(i, j)] * piece(j).offset.change);
                Line { start: start + numbers.h[i].start, change: change + numbers.h[i].change }
            })
            .collect();
        Equations { m: [m, dm], b }
    }
    fn matrix(&self, s: f64) -> Matrix {
        self.m[0].add(&self.m[1].scale(s))
    }
    /// Inputs at a place, and how they move; None where the equations are singular.
    pub fn at(&self, s: f64) -> Option<(Vec<f64>, Vec<f64>)> {
        let m = self.matrix(s);
        let lu = Lu::new(&m).ok()?;
        let right: Vec<f64> = self.b.iter().map(|b| b.at(s)).collect();
        let x = lu.solve(&right)?;
        let bent = self.m[1].mul_vec(&x);
        let moved: Vec<f64> = self.b.iter().zip(&bent).map(|(b, m)| b.change - m).collect();
        let along = lu.solve(&moved)?;
        x.iter().chain(&along).all(|v| v.is_finite()).then_some((x, along))
    }
    /// All solutions, where the matrix stays: also those at one value of the parameter, where it is singular.
    pub fn straight(&self) -> Solution {
        let n = self.b.len();
        let m = &self.m[0];
        let Ok(lu) = Lu::new(m) else { return Solution::None };
        if lu.reciprocal_condition() > SINGULAR {
            let Some((x, along)) = self.at(0.0) else { return Solution::None };
            return Solution::Line(Straight {
                start: [x, vec![0.0]].concat(),
                along: [along, vec![1.0]].concat(),
            });
        }
        // One row of zeros more, so that all directions are there.
        let framed = Matrix::from_fn(n + 1, n + 1, |i, j| match (i < n, j < n) {
            (true, true) => m[(i, j)],
            (true, false) => -self.b[i].change,
            _ => 0.0,
        });
        let Ok(parts) = svd(&framed) else { return Solution::None };
        let rank = parts.s.iter().filter(|s| **s > 1e2 * SINGULAR * parts.s[0]).count();
        let mut start = vec![0.0; n + 1];
        for k in 0..rank {
            let share: f64 = (0..n).map(|i| parts.u[(i, k)] * self.b[i].start).sum::<f64>() / parts.s[k];
            start.iter_mut().enumerate().for_each(|(i, x)| *x += share * parts.v[(i, k)]);
        }
        let left = framed.mul_vec(&start);
        let size = 1.0 + self.b.iter().fold(0.0, |m: f64, b| m.max(b.start.abs()));
        if (0..n).any(|i| (left[i] - self.b[i].start).abs() > 1e-10 * size) {
            return Solution::None;
        }
        if rank < n {
            return Solution::Plane;
        }
        let mut along = parts.v.col(n);
        let largest = along.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        along.iter_mut().filter(|v| v.abs() < 1e-12 * largest).for_each(|v| *v = 0.0);
        Solution::Line(Straight { start, along })
    }
    /// Places in the window at which the equations are singular.
    pub fn poles(&self) -> Vec<f64> {
        singular_places(&self.m[0], &self.m[1])
    }
    /// Whether the equations have solutions although they are singular.
    pub fn is_solvable_at(&self, s: f64) -> bool {
        let m = self.matrix(s);
        let Ok(parts) = svd(&m) else { return true };
        let right: Vec<f64> = self.b.iter().map(|b| b.at(s)).collect();
        let size = 1e-300 + right.iter().map(|b| b * b).sum::<f64>().sqrt();
        let n = right.len();
        let left = (0..n).filter(|k| parts.s[*k] < 1e-9 * (1.0 + parts.s[0]));
        let off = left.map(|k| (0..n).map(|i| parts.u[(i, k)] * right[i]).sum::<f64>().abs());
        off.fold(0.0, f64::max) < 1e-7 * size
    }
    /// Places in the window at which an input is this number.
    pub fn places_of(&self, i: usize, value: Line) -> Vec<f64> {
        let n = self.b.len();
        let framed = |m: &Matrix, b: &dyn Fn(usize) -> f64, one: f64, v: f64| {
            Matrix::from_fn(n + 1, n + 1, |row, j| match (row < n, j < n) {
                (true, true) => m[(row, j)],
                (true, false) => -b(row),
                (false, true) => {
                    if i == j {
                        one
                    } else {
                        0.0
                    }
                }
                _ => -v,
            })
        };
        let start = framed(&self.m[0], &|k| self.b[k].start, 1.0, value.start);
        let change = framed(&self.m[1], &|k| self.b[k].change, 0.0, value.change);
        let polished = |s: f64| -> Option<f64> {
            let mut s = s;
            for _ in 0..20 {
                let (x, along) = self.at(s)?;
                let step = (x[i] - value.at(s)) / (along[i] - value.change);
                s -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            s.is_finite().then_some(s)
        };
        singular_places(&start, &change).into_iter().filter_map(polished).collect()
    }
}

/// The real `s` of about 0 to 1 at which `a + s b` is singular: eigenvalues of `(a + t b)^-1 b`, which are `1/(t - s)`.
fn singular_places(a: &Matrix, b: &Matrix) -> Vec<f64> {
    let try_at = |t: f64| -> Option<Vec<f64>> {
        let lu = Lu::new(&a.add(&b.scale(t))).ok()?;
        if lu.reciprocal_condition() < 1e-10 {
            return None;
        }
        let values = eigenvalues(&lu.solve_matrix(b)?).ok()?;
        let place = |l: neurate_numerics::linalg::Complex| {
            let s = t - 1.0 / l;
            (l.norm() > 0.1 && s.im.abs() < NEARLY_REAL && (-0.01..=1.01).contains(&s.re)).then_some(s.re)
        };
        Some(values.into_iter().filter_map(place).collect())
    };
    [0.4371, 0.7913, 0.1237, 0.5719].into_iter().find_map(try_at).unwrap_or_default()
}
