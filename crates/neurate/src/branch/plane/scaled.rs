//! A family over two parameters in scaled unknowns: states in units of their spread, parameters from 0 to 1 over their
//! windows, time in units of the middle of the time constants.

use super::family::PlaneFamily;
use neurate_numerics::linalg::Matrix;

/// The scaled family: unknowns `y` are states over their units, and behind them the places of both parameters.
pub(super) struct Scaled<'a> {
    pub family: &'a dyn PlaneFamily,
    /// Units of the states.
    pub unit: Vec<f64>,
    from: [f64; 2],
    width: [f64; 2],
    /// A time in the middle of the time constants.
    pub time: f64,
}

impl<'a> Scaled<'a> {
    pub fn new(family: &'a dyn PlaneFamily, unit: Vec<f64>, windows: [(f64, f64); 2]) -> Scaled<'a> {
        let tau = family.time_scales();
        let time = (tau.iter().map(|t| t.ln()).sum::<f64>() / tau.len() as f64).exp();
        Scaled { family, unit, from: windows.map(|w| w.0), width: windows.map(|w| w.1 - w.0), time }
    }
    /// Number of states.
    pub fn n(&self) -> usize {
        self.unit.len()
    }
    /// The state and the parameters.
    pub fn own(&self, y: &[f64]) -> (Vec<f64>, [f64; 2]) {
        let n = self.n();
        let state = y.iter().zip(&self.unit).map(|(y, u)| y * u).collect();
        (state, [0, 1].map(|k| self.from[k] + self.width[k] * y[n + k]))
    }
    /// The scaled unknowns of a state.
    pub fn scale(&self, x: &[f64], at: [f64; 2]) -> Vec<f64> {
        let places = [0, 1].map(|k| (at[k] - self.from[k]) / self.width[k]);
        x.iter().zip(&self.unit).map(|(x, u)| x / u).chain(places).collect()
    }
    /// A scaled direction in the family's own units; states alone may be given.
    fn direction(&self, d: &[f64]) -> Vec<f64> {
        let n = self.n();
        let along = [0, 1].map(|k| d.get(n + k).map_or(0.0, |p| p * self.width[k]));
        d.iter().zip(&self.unit).map(|(d, u)| d * u).chain(along).collect()
    }
    fn rows(&self, mut f: Vec<f64>) -> Vec<f64> {
        f.iter_mut().zip(&self.unit).for_each(|(f, u)| *f *= self.time / u);
        f
    }
    /// What is left of the equations, scaled.
    pub fn residual(&self, y: &[f64]) -> Vec<f64> {
        let (x, at) = self.own(y);
        self.rows(self.family.field(&x, at))
    }
    /// Its derivatives, n x (n + 2). The first n columns are similar to the Jacobian, times a time.
    pub fn matrix(&self, y: &[f64]) -> Matrix {
        let (x, at) = self.own(y);
        let (j, d) = (self.family.jacobian(&x, at), self.family.d_dp(&x, at));
        let n = self.n();
        Matrix::from_fn(n, n + 2, |i, k| {
            let by = if k < n { j[(i, k)] * self.unit[k] } else { d[k - n][i] * self.width[k - n] };
            by * self.time / self.unit[i]
        })
    }
    /// The scaled second derivative along two scaled directions.
    pub fn second(&self, y: &[f64], u: &[f64], v: &[f64]) -> Vec<f64> {
        let (x, at) = self.own(y);
        self.rows(self.family.second(&x, at, &self.direction(u), &self.direction(v)))
    }
}
