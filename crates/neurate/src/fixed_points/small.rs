//! The equations of a few units by themselves: weights, inputs and laws side by side, so that asking for the field does
//! not take longer than its few products.

use super::unit::Unit;
use crate::model::{Circuit, Form};

/// Most units.
pub(super) const MAX: usize = 8;

/// The equations of up to [`MAX`] units in rate or voltage form.
pub(super) struct Small<'a> {
    n: usize,
    form: Form,
    units: Vec<Unit<'a>>,
    /// Row by row.
    w: Vec<f64>,
    tau: &'a [f64],
}

impl<'a> Small<'a> {
    /// Those of a circuit with its slow states settled; None if it is larger, or has other equations.
    pub fn new(circuit: &'a Circuit) -> Option<Small<'a>> {
        let n = circuit.n();
        let other = circuit.form() == Form::Conductance || circuit.mean_field().is_some();
        if n > MAX || other || !circuit.slow().is_empty() {
            return None;
        }
        let mut w = vec![0.0; n * n];
        circuit.weights().for_each(|to, from, weight| w[to * n + from] += weight);
        let mut units = Vec::with_capacity(n);
        for (p, population) in circuit.populations().iter().enumerate() {
            let unit = |&h: &f64| Unit::new(&population.transfer, population.sigma, 0.0, h);
            units.extend(circuit.h()[circuit.range(p)].iter().map(unit));
        }
        for i in 0..n {
            units[i].own = w[i * n + i];
        }
        Some(Small { n, form: circuit.form(), units, w, tau: circuit.tau() })
    }
    /// Number of units.
    pub fn n(&self) -> usize {
        self.n
    }
    /// Weight to `i` from `j`.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        self.w[i * self.n + j]
    }
    /// Time constants.
    pub fn tau(&self) -> &[f64] {
        self.tau
    }
    /// The units.
    pub fn units(&self) -> &[Unit<'a>] {
        &self.units
    }
    /// Whether the states are rates.
    pub fn of_rates(&self) -> bool {
        self.form == Form::Rate
    }
    /// `target(x) - x`.
    #[inline]
    pub fn function(&self, x: &[f64], f: &mut [f64]) {
        let n = self.n;
        let (x, f) = (&x[..n], &mut f[..n]);
        let rows = self.w.chunks_exact(n).zip(&self.units);
        if self.of_rates() {
            for (i, (row, unit)) in rows.enumerate() {
                f[i] = unit.rate(product(row, x) + unit.h) - x[i];
            }
        } else {
            let mut rates = [0.0; MAX];
            for (j, unit) in self.units.iter().enumerate() {
                rates[j] = unit.rate(x[j]);
            }
            for (i, (row, unit)) in rows.enumerate() {
                f[i] = product(row, &rates[..n]) + unit.h - x[i];
            }
        }
    }
    /// The slope of every law at a state.
    fn gains(&self, x: &[f64]) -> [f64; MAX] {
        let mut gains = [0.0; MAX];
        for (i, (row, unit)) in self.w.chunks_exact(self.n).zip(&self.units).enumerate() {
            gains[i] = unit.at(if self.of_rates() { product(row, x) + unit.h } else { x[i] }).1;
        }
        gains
    }
    /// The field `(target(x) - x)/tau`.
    #[inline]
    pub fn field(&self, x: &[f64; MAX], f: &mut [f64; MAX]) {
        self.function(&x[..self.n], &mut f[..self.n]);
        f.iter_mut().zip(self.tau).for_each(|(f, tau)| *f /= tau);
    }
    /// One entry of the Jacobian of [`Small::function`].
    #[inline]
    pub fn slope(&self, i: usize, j: usize, gains: &[f64]) -> f64 {
        let gain = if self.of_rates() { gains[i] } else { gains[j] };
        gain * self.weight(i, j) - f64::from(u8::from(i == j))
    }
    /// The Newton step from `x`, where `f` is [`Small::function`]; false if there is none.
    pub fn newton_step(&self, x: &[f64], f: &[f64], step: &mut [f64]) -> bool {
        let n = self.n;
        let gains = self.gains(x);
        let mut a = [[0.0; MAX]; MAX];
        for i in 0..n {
            for j in 0..n {
                a[i][j] = self.slope(i, j, &gains);
            }
            step[i] = -f[i];
        }
        solve(&mut a, n, step) && step.iter().all(|s| s.is_finite())
    }
}

fn product(row: &[f64], x: &[f64]) -> f64 {
    row.iter().zip(x).map(|(w, x)| w * x).sum()
}

/// Solves `a x = b` in place by elimination with pivots; false if a pivot is zero.
fn solve(a: &mut [[f64; MAX]; MAX], n: usize, b: &mut [f64]) -> bool {
    for k in 0..n {
        let mut pivot = k;
        for i in k + 1..n {
            if a[i][k].abs() > a[pivot][k].abs() {
                pivot = i;
            }
        }
        if a[pivot][k] == 0.0 {
            return false;
        }
        a.swap(k, pivot);
        b.swap(k, pivot);
        let row = a[k];
        for i in k + 1..n {
            let factor = a[i][k] / row[k];
            for j in k + 1..n {
                a[i][j] -= factor * row[j];
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let rest: f64 = (k + 1..n).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - rest) / a[k][k];
    }
    true
}
