//! The equations of a few units by themselves: weights, inputs and laws side by side, so that asking for the field does
//! not take longer than its few products.

use super::unit::Unit;
use crate::model::{Circuit, Form};

/// Most units whose equations stand on the stack.
pub(super) const MAX: usize = 8;

/// The equations of a few units in rate or voltage form.
#[derive(Clone)]
pub(super) struct Small<'a> {
    n: usize,
    form: Form,
    units: Vec<Unit<'a>>,
    /// Row by row.
    w: Vec<f64>,
    tau: Vec<f64>,
    /// The refractory fraction of each unit; empty if none has one.
    refractory: Vec<f64>,
}

/// The refractory fraction of each unit; empty if none has one.
fn refractory(units: &[Unit]) -> Vec<f64> {
    let all: Vec<f64> = units.iter().map(|u| u.law.refractory()).collect();
    if all.iter().any(|rho| *rho != 0.0) { all } else { Vec::new() }
}

impl<'a> Small<'a> {
    /// Those of a circuit of up to [`MAX`] units, in its own form; None if it is larger, or has other equations.
    pub fn new(circuit: &'a Circuit) -> Option<Small<'a>> {
        let n = circuit.n();
        if n > MAX || !circuit.sums_rates() {
            return None;
        }
        let mut w = vec![0.0; n * n];
        circuit.weights().for_each(|to, from, weight| w[to * n + from] += weight);
        let mut units = Vec::with_capacity(n);
        for (p, population) in circuit.populations().iter().enumerate() {
            let unit = |&h: &f64| Unit::new(&population.transfer, population.sigma, 0.0, h);
            units.extend(circuit.h()[circuit.range(p)].iter().map(unit));
        }
        Some(Small { form: circuit.form(), ..Small::of_rate_units(units, w, circuit.tau().to_vec()) })
    }
    /// Those of these units in rate form, any number of them; weights row by row.
    pub fn of_rate_units(mut units: Vec<Unit<'a>>, w: Vec<f64>, tau: Vec<f64>) -> Small<'a> {
        let n = units.len();
        (0..n).for_each(|i| units[i].own = w[i * n + i]);
        let refractory = refractory(&units);
        Small { n, form: Form::Rate, units, w, tau, refractory }
    }
    /// Number of units.
    pub fn n(&self) -> usize {
        self.n
    }
    /// Weight to `i` from `j`.
    pub fn weight(&self, i: usize, j: usize) -> f64 {
        self.w[i * self.n + j]
    }
    /// Whether time constants depend on the inputs.
    pub fn is_refractory(&self) -> bool {
        !self.refractory.is_empty()
    }
    /// Time constants, of units with a refractory fraction those at rest.
    pub fn tau(&self) -> &[f64] {
        &self.tau
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
        self.target(x, f);
        f.iter_mut().zip(x).for_each(|(f, x)| *f -= x);
    }
    /// What the states relax to.
    #[inline]
    pub fn target(&self, x: &[f64], target: &mut [f64]) {
        let n = self.n;
        let (x, target) = (&x[..n], &mut target[..n]);
        let rows = self.w.chunks_exact(n).zip(&self.units);
        if self.of_rates() {
            for (i, (row, unit)) in rows.enumerate() {
                target[i] = unit.rate(product(row, x) + unit.h);
            }
        } else {
            // Only circuits that are small have their own form.
            let mut rates = [0.0; MAX];
            for (j, unit) in self.units.iter().enumerate() {
                rates[j] = unit.rate(x[j]);
            }
            for (i, (row, unit)) in rows.enumerate() {
                target[i] = product(row, &rates[..n]) + unit.h;
            }
        }
    }
    /// The slope of a unit's law at a state.
    fn gain(&self, i: usize, x: &[f64]) -> f64 {
        let (n, unit) = (self.n, &self.units[i]);
        unit.at(if self.of_rates() { product(&self.w[i * n..(i + 1) * n], x) + unit.h } else { x[i] }).1
    }
    /// The field `(target(x) - x)/tau`.
    #[inline]
    pub fn field(&self, x: &[f64; MAX], f: &mut [f64; MAX]) {
        self.function(&x[..self.n], &mut f[..self.n]);
        for ((f, x), rho) in f.iter_mut().zip(x).zip(&self.refractory) {
            // 1 + rho f = 1/(1 - rho target): not more than rounding allows.
            *f /= (1.0 - rho * (*f + x)).max(f64::EPSILON);
        }
        f.iter_mut().zip(&self.tau).for_each(|(f, tau)| *f /= tau);
    }
    /// One entry of the Jacobian of [`Small::function`].
    #[inline]
    pub fn slope(&self, i: usize, j: usize, gains: &[f64]) -> f64 {
        let gain = if self.of_rates() { gains[i] } else { gains[j] };
        // No weight is no weight, however steep the law.
        let weight = self.weight(i, j);
        (if weight == 0.0 { 0.0 } else { gain * weight }) - f64::from(u8::from(i == j))
    }
    /// `-J` of [`Small::function`] at a state, row by row.
    fn minus_jacobian(&self, x: &[f64], a: &mut Vec<f64>) {
        let n = self.n;
        let gains: Vec<f64> = (0..n).map(|i| self.gain(i, x)).collect();
        a.clear();
        a.extend((0..n * n).map(|k| -self.slope(k / n, k % n, &gains)));
    }
    /// The index of a zero, the sign of `det(-J)`; 0 where rounding hides it.
    pub fn index(&self, x: &[f64], scratch: &mut Vec<f64>) -> i64 {
        self.minus_jacobian(x, scratch);
        let Some((sign, smallest)) = eliminate(scratch, self.n, &mut []) else { return 0 };
        if smallest > 1e-11 { sign } else { 0 }
    }
    /// The Newton step from `x`, where `f` is [`Small::function`]; false if there is none.
    pub fn newton_step(&self, x: &[f64], f: &[f64], step: &mut [f64], scratch: &mut Vec<f64>) -> bool {
        let n = self.n;
        if n > MAX {
            self.minus_jacobian(x, scratch);
            step.copy_from_slice(f);
            return eliminate(scratch, n, step).is_some() && step.iter().all(|s| s.is_finite());
        }
        let mut gains = [0.0; MAX];
        (0..n).for_each(|i| gains[i] = self.gain(i, x));
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

/// [`solve`] for any size, rows one after another; without a right side only the elimination. The sign of the determinant and
/// the smallest pivot over the largest entry of its row; None if a pivot is zero.
fn eliminate(a: &mut [f64], n: usize, b: &mut [f64]) -> Option<(i64, f64)> {
    let (mut sign, mut smallest) = (1, f64::INFINITY);
    let size = a.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    for k in 0..n {
        let larger = |p: usize, i: usize| if a[i * n + k].abs() > a[p * n + k].abs() { i } else { p };
        let pivot = (k + 1..n).fold(k, larger);
        if pivot != k {
            sign = -sign;
            let (above, below) = a.split_at_mut(pivot * n);
            above[k * n..(k + 1) * n].swap_with_slice(&mut below[..n]);
            if !b.is_empty() {
                b.swap(k, pivot);
            }
        }
        let (above, below) = a.split_at_mut((k + 1) * n);
        let row = &above[k * n..];
        // Not a number: no pivot either.
        if row[k] == 0.0 || !row[k].is_finite() {
            return None;
        }
        sign *= if row[k] < 0.0 { -1 } else { 1 };
        smallest = smallest.min(row[k].abs() / size);
        for (i, other) in below.chunks_exact_mut(n).enumerate() {
            let factor = other[k] / row[k];
            if factor == 0.0 {
                continue;
            }
            other[k + 1..].iter_mut().zip(&row[k + 1..]).for_each(|(o, r)| *o -= factor * r);
            if !b.is_empty() {
                b[k + 1 + i] -= factor * b[k];
            }
        }
    }
    if !b.is_empty() {
        for k in (0..n).rev() {
            let row = &a[k * n..(k + 1) * n];
            b[k] = (b[k] - product(&row[k + 1..], &b[k + 1..])) / row[k];
        }
    }
    Some((sign, smallest))
}
