//! A closed curve as a piecewise polynomial over the period: on a mesh, of degree 4 in each interval.

use super::gauss::{GAUSS, POINTS};
use super::problem::Problem;

/// Values in an interval: its start, and those at the points of collocation.
const KNOTS: usize = POINTS + 1;

/// A closed curve over one period, with its period and parameter: a cycle, or a guess of one. All scaled.
#[derive(Clone, Debug)]
pub(in crate::branch) struct Loop {
    /// Number of states.
    pub n: usize,
    /// Shares of the period at which intervals begin, and 1.
    pub mesh: Vec<f64>,
    /// The start of each interval and its four points, one after another.
    pub values: Vec<f64>,
    /// The logarithm of the period.
    pub log_period: f64,
    /// The place of the parameter in the window.
    pub place: f64,
}

impl Loop {
    /// From a curve: states at shares of the period.
    pub fn of(n: usize, mesh: Vec<f64>, log_period: f64, place: f64, at: impl Fn(f64) -> Vec<f64>) -> Loop {
        let mut values = Vec::with_capacity((mesh.len() - 1) * KNOTS * n);
        for w in mesh.windows(2) {
            values.extend(at(w[0]));
            for c in GAUSS.at {
                values.extend(at(w[0] + c * (w[1] - w[0])));
            }
        }
        Loop { n, mesh, values, log_period, place }
    }
    pub fn intervals(&self) -> usize {
        self.mesh.len() - 1
    }
    pub fn period(&self) -> f64 {
        self.log_period.exp()
    }
    /// The width of an interval.
    pub fn h(&self, j: usize) -> f64 {
        self.mesh[j + 1] - self.mesh[j]
    }
    /// The start of an interval (knot 0), or one of its points.
    pub fn knot(&self, j: usize, k: usize) -> &[f64] {
        let at = (j * KNOTS + k) * self.n;
        &self.values[at..at + self.n]
    }
    pub fn knot_mut(&mut self, j: usize, k: usize) -> &mut [f64] {
        let at = (j * KNOTS + k) * self.n;
        &mut self.values[at..at + self.n]
    }
    /// A weighted sum of the values of an interval.
    pub fn sum(&self, j: usize, weights: &[f64; KNOTS]) -> Vec<f64> {
        let mut out = vec![0.0; self.n];
        for (k, w) in weights.iter().enumerate() {
            out.iter_mut().zip(self.knot(j, k)).for_each(|(o, v)| *o += w * v);
        }
        out
    }
    /// The derivative over the share of the period, at a point of an interval.
    pub fn speed(&self, j: usize, i: usize) -> Vec<f64> {
        let mut s = self.sum(j, &GAUSS.slope[i]);
        let h = self.h(j);
        s.iter_mut().for_each(|s| *s /= h);
        s
    }
    /// The interval that holds a share of the period.
    pub fn interval_at(&self, s: f64) -> usize {
        self.mesh.partition_point(|m| *m <= s).clamp(1, self.intervals()) - 1
    }
    /// The state at a share of the period.
    pub fn at(&self, s: f64) -> Vec<f64> {
        let j = self.interval_at(s);
        self.sum(j, &GAUSS.value((s - self.mesh[j]) / self.h(j)))
    }
    /// The same curve on another mesh.
    pub fn on(&self, mesh: &[f64]) -> Loop {
        Loop::of(self.n, mesh.to_vec(), self.log_period, self.place, |s| self.at(s))
    }
    /// The integral over the period of the product of two curves on one mesh.
    pub fn dot(&self, other: &Loop) -> f64 {
        let mut sum = 0.0;
        for j in 0..self.intervals() {
            for i in 0..POINTS {
                let product: f64 =
                    self.knot(j, i + 1).iter().zip(other.knot(j, i + 1)).map(|(a, b)| a * b).sum();
                sum += self.h(j) * GAUSS.weight[i] * product;
            }
        }
        sum
    }
    /// The scalar product of two changes of a cycle: of its curve, of the logarithm of its period, of its place.
    pub fn product(&self, other: &Loop) -> f64 {
        self.dot(other) + self.log_period * other.log_period + self.place * other.place
    }
    /// This and a multiple of a change on the same mesh.
    pub fn plus(&self, by: f64, change: &Loop) -> Loop {
        let mut sum = self.clone();
        sum.values.iter_mut().zip(&change.values).for_each(|(v, c)| *v += by * c);
        sum.log_period += by * change.log_period;
        sum.place += by * change.place;
        sum
    }
    /// Multiplied by a number.
    pub fn scaled(mut self, by: f64) -> Loop {
        self.values.iter_mut().for_each(|v| *v *= by);
        self.log_period *= by;
        self.place *= by;
        self
    }
    /// The mean over the period of each state, scaled.
    pub fn mean(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.n];
        for j in 0..self.intervals() {
            for i in 0..POINTS {
                let w = self.h(j) * GAUSS.weight[i];
                mean.iter_mut().zip(self.knot(j, i + 1)).for_each(|(m, v)| *m += w * v);
            }
        }
        mean
    }
    /// The curve without its mean.
    pub fn about_mean(&self) -> Loop {
        let mean = self.mean();
        let mut own = self.clone();
        own.values.chunks_exact_mut(self.n).for_each(|v| v.iter_mut().zip(&mean).for_each(|(v, m)| *v -= m));
        own
    }
    /// How far it is from its mean, in the mean over time.
    pub fn size(&self) -> f64 {
        let own = self.about_mean();
        own.dot(&own).sqrt()
    }
    /// The largest and the smallest value of each state, scaled: extrema of the polynomials.
    pub fn extrema(&self) -> (Vec<f64>, Vec<f64>) {
        let extreme = |i: usize, sign: f64| {
            let value = |j: usize, k: usize| sign * self.knot(j, k)[i];
            let all = (0..self.intervals()).flat_map(|j| (0..KNOTS).map(move |k| (j, k)));
            let (j, _) = all.max_by(|a, b| value(a.0, a.1).total_cmp(&value(b.0, b.1))).unwrap_or((0, 0));
            let beside = [(j + self.intervals() - 1) % self.intervals(), j, (j + 1) % self.intervals()];
            let best = beside.into_iter().map(|j| self.largest(j, i, sign)).fold(f64::NEG_INFINITY, f64::max);
            sign * best
        };
        let of = |sign: f64| (0..self.n).map(|i| extreme(i, sign)).collect();
        (of(1.0), of(-1.0))
    }
    /// The largest value of `sign` times a state in an interval.
    fn largest(&self, j: usize, i: usize, sign: f64) -> f64 {
        let value = |c: f64| {
            let w = GAUSS.value(c);
            sign * (0..KNOTS).map(|k| w[k] * self.knot(j, k)[i]).sum::<f64>()
        };
        let slope = |c: f64| {
            let w = GAUSS.slope_at(c);
            sign * (0..KNOTS).map(|k| w[k] * self.knot(j, k)[i]).sum::<f64>()
        };
        let mut best = value(0.0).max(value(1.0));
        let parts = 8;
        for part in 0..parts {
            let [mut a, mut b] = [part, part + 1].map(|k| f64::from(k) / f64::from(parts));
            if slope(a) >= 0.0 && slope(b) < 0.0 {
                for _ in 0..40 {
                    let middle = 0.5 * (a + b);
                    if slope(middle) >= 0.0 { a = middle } else { b = middle }
                }
                best = best.max(value(0.5 * (a + b)));
            }
        }
        best
    }
    /// In its own units: shares of the period and states at all knots, and the first one again.
    pub fn drawn(&self, problem: &Problem) -> (Vec<f64>, Vec<Vec<f64>>) {
        let (mut times, mut states) = (Vec::new(), Vec::new());
        let period = self.period();
        for j in 0..self.intervals() {
            for k in 0..KNOTS {
                let c = if k == 0 { 0.0 } else { GAUSS.at[k - 1] };
                times.push(period * (self.mesh[j] + c * self.h(j)));
                states.push(problem.own(self.knot(j, k)));
            }
        }
        times.push(period);
        states.push(problem.own(self.knot(0, 0)));
        (times, states)
    }
}
