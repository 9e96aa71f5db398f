//! The equation of a cycle in scaled unknowns: states over their units, the parameter from 0 to 1 over the window, time as a
//! share of the period, and the logarithm of the period.

use super::super::family::Family;
use neurate_numerics::linalg::Matrix;

/// A family in scaled unknowns.
pub(in crate::branch) struct Problem<'a> {
    pub family: &'a dyn Family,
    /// Units of the states.
    pub unit: Vec<f64>,
    /// Where the window begins, and how wide it is.
    pub from: f64,
    pub width: f64,
}

/// The field at a scaled state, and its derivatives.
pub(super) struct Slopes {
    pub field: Vec<f64>,
    pub jacobian: Matrix,
    pub along: Vec<f64>,
}

impl<'a> Problem<'a> {
    pub fn new(family: &'a dyn Family, unit: Vec<f64>, window: (f64, f64)) -> Problem<'a> {
        Problem { family, unit, from: window.0, width: window.1 - window.0 }
    }
    /// Number of states.
    pub fn n(&self) -> usize {
        self.unit.len()
    }
    /// The parameter at a place in the window.
    pub fn parameter(&self, place: f64) -> f64 {
        self.from + self.width * place
    }
    /// The place of a value of the parameter.
    pub fn place(&self, p: f64) -> f64 {
        (p - self.from) / self.width
    }
    /// A scaled state in its own units.
    pub fn own(&self, y: &[f64]) -> Vec<f64> {
        y.iter().zip(&self.unit).map(|(y, u)| y * u).collect()
    }
    /// A state in scaled units.
    pub fn scale(&self, x: &[f64]) -> Vec<f64> {
        x.iter().zip(&self.unit).map(|(x, u)| x / u).collect()
    }
    /// The field, scaled, per unit of time.
    pub fn field(&self, y: &[f64], place: f64) -> Vec<f64> {
        self.scale(&self.family.field(&self.own(y), self.parameter(place)))
    }
    /// The field and its derivatives, scaled, per unit of time.
    pub fn slopes(&self, y: &[f64], place: f64) -> Slopes {
        let (x, p) = (self.own(y), self.parameter(place));
        let mut jacobian = self.family.jacobian(&x, p);
        let n = self.n();
        for i in 0..n {
            let unit = self.unit[i];
            jacobian.row_mut(i).iter_mut().zip(&self.unit).for_each(|(j, u)| *j *= u / unit);
        }
        let mut along = self.scale(&self.family.d_dp(&x, p));
        along.iter_mut().for_each(|a| *a *= self.width);
        Slopes { field: self.scale(&self.family.field(&x, p)), jacobian, along }
    }
}
