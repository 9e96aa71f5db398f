//! Zeros of an analytic function `D(s)` on the right of the imaginary axis, such as a determinant with
//! delays: counted by Nyquist's criterion, found by Newton's method.

use super::{CMatrix, Complex, ComplexLu, Mat};
use crate::error::Result;
use std::f64::consts::PI;

/// Steps of the last part of the way.
const STEPS: usize = 400;
/// Most bisections of one interval.
const DEPTH: usize = 16;
/// Points after which the axis is left: a second or so.
pub const MOST_POINTS: usize = 40_000;

/// The way along the imaginary axis.
pub struct Walk {
    /// Where the function was computed, rising.
    pub omegas: Vec<f64>,
    /// Its values there.
    pub values: Vec<Complex>,
    /// The longest step.
    pub stride: f64,
}

impl Walk {
    /// From 0, where the function has this value, with steps of at most `stride`.
    pub fn new(at_zero: Complex, stride: f64) -> Walk {
        Walk { omegas: vec![0.0], values: vec![at_zero], stride }
    }

    /// The last point and the value there.
    pub fn last(&self) -> (f64, Complex) {
        let last = self.omegas.len() - 1;
        (self.omegas[last], self.values[last])
    }

    /// Goes on to a point, over others in between where `D` turns or changes too much.
    pub fn to(&mut self, d: &impl Fn(f64) -> Result<Complex>, point: (f64, Complex)) -> Result<()> {
        self.bisect(d, point, DEPTH)
    }

    fn bisect(
        &mut self,
        d: &impl Fn(f64) -> Result<Complex>,
        (omega, value): (f64, Complex),
        depth: usize,
    ) -> Result<()> {
        let (before, last) = self.last();
        let far = omega - before > self.stride || (value - last).norm() > 0.2 * value.norm().min(last.norm());
        if depth > 0 && far && self.omegas.len() < MOST_POINTS {
            let middle = 0.5 * (before + omega);
            let between = d(middle)?;
            self.bisect(d, (middle, between), depth - 1)?;
            return self.bisect(d, (omega, value), depth - 1);
        }
        self.omegas.push(omega);
        self.values.push(value);
        Ok(())
    }
}

/// An upper bound of every eigenvalue's modulus: that of the matrix of moduli, `max (|P| x)_i / x_i` for a
/// positive `x` (Collatz & Wielandt), which some power iterations bring close to the best.
pub fn gain_bound(p: &CMatrix) -> f64 {
    let n = p.rows();
    let mut x = vec![1.0; n];
    let mut bound = f64::INFINITY;
    for _ in 0..30 {
        let y: Vec<f64> = (0..n).map(|i| p.row(i).iter().zip(&x).map(|(z, x)| z.norm() * x).sum()).collect();
        bound = y.iter().zip(&x).map(|(y, x)| y / x).fold(0.0, f64::max);
        let top = y.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        // Rows without synapses must not make x zero.
        x = y.iter().map(|y| y / top + 1e-6).collect();
    }
    bound
}

/// The angle of `det(1 - t P)` at `t = 1`, followed from 0 at `t = 0`; it passes no zero if every eigenvalue
/// of `P` is below one. That is what is left of the way to `D = 1`.
pub fn remaining_angle(p: &CMatrix) -> Result<f64> {
    let n = p.rows();
    let d = |t: f64| -> Result<Complex> {
        let m = Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - p[(i, j)] * t);
        Ok(ComplexLu::new(&m)?.det())
    };
    let (mut angle, mut last) = (0.0, Complex::new(1.0, 0.0));
    for k in 1..=STEPS {
        let next = d(k as f64 / STEPS as f64)?;
        angle += (next / last).arg();
        last = next;
    }
    Ok(angle)
}

/// Zeros on the right, from the turns of `D` along the positive imaginary axis, and the angle that is
/// left at its end.
pub fn count(values: &[Complex], rest: f64) -> Option<usize> {
    let mut angle = 0.0;
    for pair in values.windows(2) {
        let turn = (pair[1] / pair[0]).arg();
        // Too large a step to know which way it turned: D passes through zero.
        if turn.is_nan() || turn.abs() > 2.0 {
            return None;
        }
        angle += turn;
    }
    let zeros = -(angle - rest) / PI;
    let whole = zeros.round();
    ((zeros - whole).abs() < 1e-6 && whole >= 0.0).then_some(whole as usize)
}

/// How many modes grow, where one of a pair stands for both.
pub fn growing(modes: &[Complex]) -> usize {
    modes.iter().filter(|s| s.re > 0.0).map(|s| if s.im > 0.0 { 2 } else { 1 }).sum()
}

/// Adds a root to those that are known, if it is new.
pub fn note(found: &mut Vec<Complex>, root: Option<Complex>) {
    if let Some(s) = root
        && !found.iter().any(|f| (f - s).norm() <= 1e-6 * (s.norm() + 1e-9))
    {
        found.push(s);
    }
}

/// Newton's method with a numerical derivative, kept away from `known` modes and their conjugates;
/// None if it leaves the range or does not converge.
pub fn newton(
    d: &impl Fn(Complex) -> Option<Complex>,
    start: Complex,
    slowest: f64,
    known: &[Complex],
) -> Option<Complex> {
    let mut s = start;
    let mut value = d(s)?;
    for _ in 0..60 {
        let h = 1e-5 * (s.norm() + 1.0 / slowest);
        let slope = (d(s + h)? - d(s - h)?) / (2.0 * h);
        // D over the product of its known factors has the logarithmic derivative of D less theirs.
        let known: Complex = known
            .iter()
            .map(|k| 1.0 / (s - k) + if k.im == 0.0 { Complex::new(0.0, 0.0) } else { 1.0 / (s - k.conj()) })
            .sum();
        let mut step = -1.0 / (slope / value - known);
        // Not farther than the structure of D allows: about its distance to the origin.
        let most = 0.5 * (s.norm() + 1.0 / slowest);
        if step.norm() > most {
            step *= most / step.norm();
        }
        if !step.is_finite() {
            return None;
        }
        // Near the poles of the neurons' response, to the left of the axis, a full step may go astray.
        let before = value;
        for _ in 0..6 {
            value = d(s + step)?;
            if value.norm() < before.norm() {
                break;
            }
            step *= 0.5;
        }
        s += step;
        if step.norm() <= 1e-10 * (s.norm() + 1e-3 / slowest) {
            let real = s.im.abs() < 1e-7 * (s.norm() + 1e-3 / slowest);
            return Some(if real { Complex::new(s.re, 0.0) } else { Complex::new(s.re, s.im.abs()) });
        }
    }
    None
}
