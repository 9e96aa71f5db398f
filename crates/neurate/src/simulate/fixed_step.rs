//! Methods with a fixed step.

use super::{Method, Outcome, Run};

impl Run<'_> {
    /// Equal steps of at most `dt` from `from` to `to`.
    pub(super) fn fixed_steps(&mut self, from: f64, to: f64, limit: f64, dt: f64) -> Option<Outcome> {
        let mut work = Work::new(self.x.len());
        // The slack forgives the rounding of (to - from) / dt.
        let steps = (((to - from) / dt) * (1.0 - 1e-12)).ceil().max(1.0) as u64;
        let h = (to - from) / steps as f64;
        for k in 0..steps {
            let now = from + h * k as f64;
            match self.method {
                Method::Rk4 { .. } => self.rk4(now, h, limit, &mut work),
                _ => self.exponential_euler(now, h, limit, &mut work),
            }
            if let Some(outcome) = self.check(now + h) {
                return Some(outcome);
            }
        }
        None
    }

    fn exponential_euler(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        self.dynamics.relaxation(t.min(limit), &self.x, &mut work.a, &mut work.tau);
        for i in 0..self.x.len() {
            // x + (target - x)(1 - e^(-h/tau)), free of cancellation for small steps.
            self.x[i] -= (work.a[i] - self.x[i]) * (-h / work.tau[i]).exp_m1();
        }
        self.evaluations += 1;
    }

    fn rk4(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        let n = self.x.len();
        let Work { a, b, c, d, y, tau } = work;
        let f = |t: f64, y: &[f64], k: &mut [f64], tau: &mut [f64]| {
            self.dynamics.field(t.min(limit), y, k, tau);
        };
        f(t, &self.x, a, tau);
        (0..n).for_each(|i| y[i] = self.x[i] + 0.5 * h * a[i]);
        f(t + 0.5 * h, y, b, tau);
        (0..n).for_each(|i| y[i] = self.x[i] + 0.5 * h * b[i]);
        f(t + 0.5 * h, y, c, tau);
        (0..n).for_each(|i| y[i] = self.x[i] + h * c[i]);
        f(t + h, y, d, tau);
        for i in 0..n {
            self.x[i] += h / 6.0 * (a[i] + 2.0 * (b[i] + c[i]) + d[i]);
        }
        self.evaluations += 4;
    }
}

/// Buffers, so that a step allocates nothing.
struct Work {
    a: Vec<f64>,
    b: Vec<f64>,
    c: Vec<f64>,
    d: Vec<f64>,
    y: Vec<f64>,
    tau: Vec<f64>,
}

impl Work {
    fn new(n: usize) -> Work {
        let v = || vec![0.0; n];
        Work { a: v(), b: v(), c: v(), d: v(), y: v(), tau: v() }
    }
}
