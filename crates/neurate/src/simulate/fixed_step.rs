//! Methods with a fixed step.

use super::{Method, Outcome, Simulation};

impl Simulation<'_> {
    /// Equal steps of at most `dt` from `from` to `to`.
    pub(super) fn fixed_steps(&mut self, from: f64, to: f64, limit: f64, dt: f64) -> Option<Outcome> {
        let mut work = std::mem::take(&mut self.work);
        work.resize(self.x.len());
        let mut outcome = None;
        let steps = count(from, to, dt);
        let h = (to - from) / steps as f64;
        for k in 0..steps {
            let now = from + h * k as f64;
            match (self.method, &mut self.noise) {
                (_, Some(noise)) => {
                    noise.step(self.dynamics, &mut self.x, now.min(limit), h, self.ceiling);
                    self.evaluations += 1;
                }
                (Method::Rk4 { .. }, None) => self.rk4(now, h, limit, &mut work),
                (Method::EulerMaruyama { .. }, None) => self.euler(now, h, limit, &mut work),
                _ => self.exponential_euler(now, h, limit, &mut work),
            }
            outcome = self.beyond(now + h);
            if outcome.is_some() {
                break;
            }
        }
        self.work = work;
        outcome
    }

    fn exponential_euler(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        self.dynamics.relaxation(t.min(limit), &self.x, &mut work.a, &mut work.tau);
        // x + (target - x)(1 - e^(-h/tau)), free of cancellation for small steps. Mostly the time constants are
        // those of the step before, and so are these factors.
        if work.step != h || work.taus != work.tau {
            work.approach.iter_mut().zip(&work.tau).for_each(|(a, tau)| *a = -(-h / tau).exp_m1());
            work.step = h;
            work.taus.copy_from_slice(&work.tau);
        }
        for ((x, target), approach) in self.x.iter_mut().zip(&work.a).zip(&work.approach) {
            *x += (target - *x) * approach;
        }
        self.evaluations += 1;
    }

    fn euler(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        self.dynamics.field(t.min(limit), &self.x, &mut work.a, &mut work.tau);
        self.x.iter_mut().zip(&work.a).for_each(|(x, slope)| *x += h * slope);
        self.evaluations += 1;
    }

    fn rk4(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        let n = self.x.len();
        let Work { a, b, c, d, y, tau, .. } = work;
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

/// Number of equal steps of at most `dt`; the slack forgives the rounding of `(to - from) / dt`.
pub(super) fn count(from: f64, to: f64, dt: f64) -> u64 {
    (((to - from) / dt) * (1.0 - 1e-12)).ceil().max(1.0) as u64
}

/// Buffers, so that a step allocates nothing.
#[derive(Default)]
pub(super) struct Work {
    a: Vec<f64>,
    b: Vec<f64>,
    c: Vec<f64>,
    d: Vec<f64>,
    y: Vec<f64>,
    tau: Vec<f64>,
    /// The step and the time constants that `approach`, the share of the way to the target, is for.
    step: f64,
    taus: Vec<f64>,
    approach: Vec<f64>,
}

impl Work {
    fn resize(&mut self, n: usize) {
        let Work { a, b, c, d, y, tau, taus, approach, .. } = self;
        [a, b, c, d, y, tau, taus, approach].into_iter().for_each(|v| v.resize(n, 0.0));
    }
}
