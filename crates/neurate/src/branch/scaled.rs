//! A family in scaled unknowns: states in units of their spread, the parameter from 0 to 1 over the window. Steps, angles and
//! tolerances need no tuning then.

use super::family::Family;
use neurate_numerics::linalg::{Complex, Lu, Matrix};

/// Newton steps of a corrector before it is given up.
const MAX_ITERATIONS: usize = 10;
/// A Newton step after which a point is accepted: rounding is below, and the next step would be its square.
const SMALL_STEP: f64 = 1e-10;
/// What is left of the scaled equations then.
const SMALL_RESIDUAL: f64 = 1e-9;

/// A family in scaled unknowns `y`: states over their units, and behind them the parameter's place in the window.
pub(super) struct Scaled<'a> {
    pub family: &'a dyn Family,
    /// Units of the states.
    pub unit: Vec<f64>,
    /// Where the window begins, and how wide it is.
    pub from: f64,
    pub width: f64,
    /// Where it ends: not always the sum of both, to rounding.
    to: f64,
    /// Equations are multiplied by time constants over units.
    rows: Vec<f64>,
    /// A time in the middle of the time constants.
    pub time: f64,
}

/// A point on a branch.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub y: Vec<f64>,
    /// The tangent, of length 1.
    pub tangent: Vec<f64>,
    /// Rightmost first, per unit of time.
    pub eigenvalues: Vec<Complex>,
    /// How many have a positive real part.
    pub unstable: usize,
}

impl Node {
    /// The parameter's place in the window.
    pub fn place(&self) -> f64 {
        self.y[self.y.len() - 1]
    }
    /// How the parameter moves along the branch.
    pub fn rising(&self) -> f64 {
        self.tangent[self.tangent.len() - 1]
    }
}

/// A time in the middle of some: their geometric mean.
pub(super) fn middle(times: &[f64]) -> f64 {
    (times.iter().map(|t| t.ln()).sum::<f64>() / times.len() as f64).exp()
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

pub(super) fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// `a + s b`
pub(super) fn plus(a: &[f64], s: f64, b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + s * b).collect()
}

pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// The unit vector along axis `k` of `n`.
pub(super) fn axis(n: usize, k: usize) -> Vec<f64> {
    (0..n).map(|i| f64::from(u8::from(i == k))).collect()
}

/// The solution of a small linear system; None if there is none.
pub(super) fn solve(a: &Matrix, b: &[f64]) -> Option<Vec<f64>> {
    Lu::new(a).ok()?.solve(b).filter(|x| x.iter().all(|v| v.is_finite()))
}

impl<'a> Scaled<'a> {
    pub fn new(family: &'a dyn Family, unit: Vec<f64>, window: (f64, f64)) -> Scaled<'a> {
        let tau = family.time_scales();
        let rows = tau.iter().zip(&unit).map(|(t, u)| t / u).collect();
        let time = middle(&tau);
        Scaled { family, unit, from: window.0, width: window.1 - window.0, to: window.1, rows, time }
    }
    /// Number of states.
    pub fn n(&self) -> usize {
        self.unit.len()
    }
    /// The state and the parameter.
    pub fn own(&self, y: &[f64]) -> (Vec<f64>, f64) {
        let state = y.iter().zip(&self.unit).map(|(y, u)| y * u).collect();
        let place = y[self.n()];
        (state, if place == 1.0 { self.to } else { self.from + self.width * place })
    }
    /// The place of a value of the parameter in the window.
    pub fn place(&self, p: f64) -> f64 {
        (p - self.from) / self.width
    }
    /// The scaled unknowns of a state.
    pub fn scale(&self, x: &[f64], p: f64) -> Vec<f64> {
        x.iter().zip(&self.unit).map(|(x, u)| x / u).chain([self.place(p)]).collect()
    }
    /// A scaled direction in the family's own units.
    pub fn direction(&self, d: &[f64]) -> Vec<f64> {
        let n = self.n();
        let along = d.get(n).map_or(0.0, |p| p * self.width);
        d.iter().zip(&self.unit).map(|(d, u)| d * u).chain([along]).collect()
    }
    /// Multiplies equations by their scales.
    pub fn scaled_rows(&self, mut f: Vec<f64>) -> Vec<f64> {
        f.iter_mut().zip(&self.rows).for_each(|(f, r)| *f *= r);
        f
    }
    /// The scale of an equation.
    pub fn row(&self, i: usize) -> f64 {
        self.rows[i]
    }
    /// What is left of the equations, scaled.
    pub fn residual(&self, y: &[f64]) -> Vec<f64> {
        let (x, p) = self.own(y);
        self.scaled_rows(self.family.field(&x, p))
    }
    /// Its derivatives, n x (n + 1).
    pub fn matrix(&self, y: &[f64]) -> Matrix {
        let (x, p) = self.own(y);
        let (j, d) = (self.family.jacobian(&x, p), self.family.d_dp(&x, p));
        let n = self.n();
        Matrix::from_fn(n, n + 1, |i, k| {
            self.rows[i] * if k < n { j[(i, k)] * self.unit[k] } else { d[i] * self.width }
        })
    }
    /// The scaled second derivative along two scaled directions.
    pub fn second(&self, y: &[f64], u: &[f64], v: &[f64]) -> Vec<f64> {
        let (x, p) = self.own(y);
        self.scaled_rows(self.family.second(&x, p, &self.direction(u), &self.direction(v)))
    }
    /// The point of the branch on the plane through `guess` with this normal: by Newton's method. With it the number of steps
    /// that it took.
    pub fn correct(&self, guess: &[f64], normal: &[f64]) -> Option<(Vec<f64>, usize)> {
        let n = self.n();
        let mut y = guess.to_vec();
        let mut before = f64::INFINITY;
        for k in 0..MAX_ITERATIONS {
            let mut right: Vec<f64> = self.residual(&y).iter().map(|f| -f).collect();
            right.push(-dot(normal, &minus(&y, guess)));
            let matrix = self.matrix(&y);
            // What rounding leaves of the equations, where their terms are large.
            let size = matrix.max_abs() * y.iter().fold(1.0, |m: f64, y| m.max(y.abs()));
            let step = solve(&bordered(&matrix, normal), &right)?;
            let length = norm(&step);
            y = plus(&y, 1.0, &step);
            if length > 2.0 * before || length > 10.0 {
                return None;
            }
            // Where the step no longer falls and is rounding, it is as good as it gets.
            let rounding = length < 1e-7 && length > 0.3 * before;
            before = length;
            if length < SMALL_STEP || rounding {
                let left = self.residual(&y).iter().fold(0.0, |m: f64, f| m.max(f.abs()));
                return (left < SMALL_RESIDUAL.max(1e-14 * size) && y[..n].iter().all(|v| v.is_finite()))
                    .then_some((y, k + 1));
            }
        }
        None
    }
    /// The point at a value of the parameter next to a guess.
    pub fn at_place(&self, guess: &[f64], place: f64) -> Option<Vec<f64>> {
        let n = self.n();
        let mut guess = guess.to_vec();
        guess[n] = place;
        self.correct(&guess, &axis(n + 1, n)).map(|(mut y, _)| {
            y[n] = place;
            y
        })
    }
    /// Whether the equation has delays.
    pub fn is_delayed(&self, y: &[f64]) -> bool {
        let (x, p) = self.own(y);
        self.family.delayed(&x, p).is_some()
    }
    /// The tangent at a point, turned as `like` is.
    pub fn tangent(&self, y: &[f64], like: &[f64]) -> Option<Vec<f64>> {
        let mut right = vec![0.0; self.n()];
        right.push(1.0);
        let t = solve(&bordered(&self.matrix(y), like), &right)?;
        let length = norm(&t);
        (length > 0.0).then(|| t.iter().map(|t| t / length).collect())
    }
    /// Everything about a point.
    pub fn node(&self, y: Vec<f64>, like: &[f64]) -> Option<Node> {
        let tangent = self.tangent(&y, like)?;
        self.node_with(y, tangent)
    }
    /// The same, where the tangent is known.
    pub fn node_with(&self, y: Vec<f64>, tangent: Vec<f64>) -> Option<Node> {
        let (x, p) = self.own(&y);
        let (eigenvalues, unstable) = self.family.spectrum(&x, p)?;
        Some(Node { y, tangent, eigenvalues, unstable })
    }
}

/// A matrix with another row.
pub(super) fn bordered(a: &Matrix, row: &[f64]) -> Matrix {
    let n = a.rows();
    Matrix::from_fn(n + 1, n + 1, |i, j| if i < n { a[(i, j)] } else { row[j] })
}
