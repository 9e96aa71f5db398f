//! Methods with a fixed step.

use super::history::Side;
use super::method::{Method, Outcome};
use super::simulation::Simulation;
use super::work::Work;
use crate::dynamics::Drive;

impl Simulation<'_> {
    /// Equal steps of at most `dt` from `from` to `to`.
    pub(super) fn fixed_steps(&mut self, from: f64, to: f64, limit: f64, dt: f64) -> Option<Outcome> {
        let mut work = std::mem::take(&mut self.work);
        work.resize(self.x.len());
        let mut outcome = None;
        let dt = self.history.as_ref().map_or(dt, |history| dt.min(history.longest_step()));
        work.slope_known = false;
        let steps = count(from, to, dt);
        let h = (to - from) / steps as f64;
        for k in 0..steps {
            let now = from + h * k as f64;
            if let Some(noise) = &mut self.noise {
                noise.step(self.dynamics, self.history.as_mut(), &mut self.x, (now, limit, h), self.ceiling);
                self.evaluations += 1;
            } else {
                self.step(now, h, limit, &mut work);
            }
            outcome = self.beyond(now + h);
            if outcome.is_some() {
                break;
            }
        }
        self.work = work;
        outcome
    }

    fn step(&mut self, now: f64, h: f64, limit: f64, work: &mut Work) {
        match (self.method, self.history.is_some()) {
            (Method::Rk4 { .. }, true) => self.delayed_rk4(now, h, limit, work),
            (_, true) => self.delayed_euler(now, h, limit, work),
            (Method::Rk4 { .. }, false) => self.rk4(now, h, limit, work),
            (Method::EulerMaruyama { .. }, false) => self.euler(now, h, limit, work),
            _ => self.exponential_euler(now, h, limit, work),
        }
    }

    fn exponential_euler(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        self.dynamics.relaxation(t.min(limit), &self.x, &mut work.a, &mut work.tau);
        self.approach(h, work);
    }

    fn approach(&mut self, h: f64, work: &mut Work) {
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

    /// With the past as it was: straight lines between the steps. What arrives is that of the step's middle, so that no
    /// delay is half a step longer.
    fn delayed_euler(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        let history = self.history.as_mut().expect("there are delays");
        history.look(t + 0.5 * h, Side::After);
        let drive = Drive { input: &[], past: &history.past };
        self.dynamics.driven(t.min(limit), &self.x, drive, &mut work.a, &mut work.tau);
        work.y.copy_from_slice(&self.x);
        if let Method::EulerMaruyama { .. } = self.method {
            let field = work.a.iter().zip(&work.tau);
            self.x.iter_mut().zip(field).for_each(|(x, (target, tau))| *x += h * (target - *x) / tau);
            self.evaluations += 1;
        } else {
            self.approach(h, work);
        }
        let history = self.history.as_mut().expect("there are delays");
        history.keep((t, t + h), [&work.y, &self.x], None);
    }

    /// The slope at the end of a step makes the past smooth there; it is that at the begin of the next.
    fn delayed_rk4(&mut self, t: f64, h: f64, limit: f64, work: &mut Work) {
        let n = self.x.len();
        let history = self.history.as_mut().expect("there are delays");
        let dynamics = self.dynamics;
        let Work { a, b, c, d, y, tau, last, slope_known, .. } = work;
        let mut f = |t: f64, side: Side, y: &[f64], k: &mut [f64]| {
            history.look(t, side);
            dynamics.driven(t.min(limit), y, Drive { input: &[], past: &history.past }, k, tau);
            (0..n).for_each(|i| k[i] = (k[i] - y[i]) / tau[i]);
        };
        if *slope_known {
            a.copy_from_slice(last);
        } else {
            f(t, Side::After, &self.x, a);
        }
        (0..n).for_each(|i| y[i] = self.x[i] + 0.5 * h * a[i]);
        f(t + 0.5 * h, Side::After, y, b);
        (0..n).for_each(|i| y[i] = self.x[i] + 0.5 * h * b[i]);
        f(t + 0.5 * h, Side::After, y, c);
        (0..n).for_each(|i| y[i] = self.x[i] + h * c[i]);
        f(t + h, Side::Before, y, d);
        for i in 0..n {
            y[i] = self.x[i] + h / 6.0 * (a[i] + 2.0 * (b[i] + c[i]) + d[i]);
        }
        f(t + h, Side::Before, y, last);
        *slope_known = true;
        self.evaluations += 5;
        history.keep((t, t + h), [&self.x, y], Some([a, last]));
        self.x.copy_from_slice(y);
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
