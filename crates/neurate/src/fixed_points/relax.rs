//! Runs that only ask where they go: Bogacki & Shampine's method of order 3 with wide tolerances. Fixed points do not
//! depend on steps; Newton's method takes over where such a run ends.

use super::equations::Equations;
use super::newton::relative;

/// Error of a step over the largest state.
const TOLERANCE: f64 = 0.01;
/// Steps of a run.
const MAX_STEPS: usize = 400;
/// A residual below which a run rests.
const AT_REST: f64 = 1e-4;

/// Runs, with the memory that they need.
pub(super) struct Runner {
    k: [Vec<f64>; 4],
    trial: Vec<f64>,
    /// Where the last run lingered before it moved on, if it did.
    lingered: Option<Vec<f64>>,
    /// How often the function was asked for.
    pub evaluations: usize,
}

impl Runner {
    /// For so many states.
    pub fn new(n: usize) -> Runner {
        let zero = || vec![0.0; n];
        Runner { k: std::array::from_fn(|_| zero()), trial: zero(), lingered: None, evaluations: 0 }
    }

    /// Where the last run lingered at a local minimum of the residual.
    pub fn lingered(&self) -> Option<&[f64]> {
        self.lingered.as_deref()
    }

    fn field(&mut self, equations: &mut Equations, from: &[f64], stage: usize) {
        self.evaluations += 1;
        equations.function(from, &mut self.k[stage]);
        self.k[stage].iter_mut().zip(equations.tau()).for_each(|(k, tau)| *k /= tau);
    }

    /// From `x`, which moves, for up to so many of the slowest time constants, or until it rests: not before a tenth of
    /// the time is over, so that a start beside a saddle has time to leave it. False if it runs away.
    pub fn run(&mut self, equations: &mut Equations, x: &mut [f64], times: f64, ceiling: f64) -> bool {
        let n = x.len();
        self.lingered = None;
        self.field(equations, x, 0);
        let slowest = equations.tau().iter().copied().fold(0.0, f64::max);
        let fastest = equations.tau().iter().copied().fold(f64::INFINITY, f64::min);
        let end = times * slowest;
        let (mut t, mut dt) = (0.0, 0.1 * fastest);
        let mut before = [f64::NAN; 2];
        for _ in 0..MAX_STEPS {
            if t >= end {
                return true;
            }
            let step = dt.min(end - t);
            let mut stage_at = std::mem::take(&mut self.trial);
            for (stage, part) in [(1, 0.5), (2, 0.75)] {
                for i in 0..n {
                    stage_at[i] = x[i] + part * step * self.k[stage - 1][i];
                }
                self.field(equations, &stage_at, stage);
            }
            for i in 0..n {
                let [a, b, c, _] = [0, 1, 2, 3].map(|s| self.k[s][i]);
                stage_at[i] = x[i] + step * (2.0 * a + 3.0 * b + 4.0 * c) / 9.0;
            }
            self.field(equations, &stage_at, 3);
            self.trial = stage_at;
            let size = self.trial.iter().fold(1e-6, |m: f64, v| m.max(v.abs()));
            let mut error: f64 = 0.0;
            for i in 0..n {
                let [a, b, c, d] = [0, 1, 2, 3].map(|s| self.k[s][i]);
                let e = step * (-5.0 / 72.0 * a + b / 12.0 + c / 9.0 - 0.125 * d);
                error = if e.is_nan() { f64::INFINITY } else { error.max(e.abs() / (TOLERANCE * size)) };
            }
            let factor = (0.9 * error.powf(-1.0 / 3.0)).clamp(0.2, 4.0);
            if error > 1.0 {
                dt = step * factor.min(0.9);
                if dt < 1e-9 * fastest {
                    return false;
                }
                continue;
            }
            t += step;
            dt = step * factor;
            let residual = {
                let [_, f, _, last] = &mut self.k;
                f.iter_mut().zip(&*last).zip(equations.tau()).for_each(|((f, k), tau)| *f = k * tau);
                relative(f, &self.trial)
            };
            if before[1] <= before[0] && before[1] < residual {
                self.lingered = Some(x.to_vec());
            }
            before = [before[1], residual];
            x.copy_from_slice(&self.trial);
            if x.iter().any(|x| x.is_nan() || x.abs() > ceiling) {
                return false;
            }
            if residual < AT_REST && t > 0.1 * end {
                return true;
            }
            self.k.swap(0, 3);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::small::Small;
    use super::super::unit::Unit;
    use super::*;
    use crate::model::transfer::Transfer;

    /// Wide tolerances still go to the right side of a saddle, and end at the state that is there.
    #[test]
    fn a_run_ends_in_its_basin() {
        let law = Transfer::new("tanh", &[], 1e-3).unwrap();
        let unit = || Unit::new(&law, 0.0, 0.0, 0.0);
        let small = Small::of_rate_units(vec![unit(), unit()], vec![1.5, 0.0, 0.0, 3.0], vec![10.0, 1.0]);
        let mut equations = Equations::of_units(&small);
        let mut runner = Runner::new(2);
        for (start, end) in [(0.02f64, 0.8586f64), (-0.02, -0.8586), (0.9, 0.8586)] {
            let mut x = [start, -start];
            assert!(runner.run(&mut equations, &mut x, 30.0, 1e6));
            // tanh(3 x) = x at 0.99490. The fast unit keeps moving within the tolerance.
            let fast = (x[1] + 0.99490 * end.signum()).abs();
            assert!((x[0] - end).abs() < 1e-3 && fast < 2.0 * TOLERANCE, "{x:?}");
        }
        // x' = -x + 2 x runs away.
        let law = Transfer::identity();
        let small = Small::of_rate_units(vec![Unit::new(&law, 0.0, 0.0, 0.0)], vec![2.0], vec![1.0]);
        assert!(!Runner::new(1).run(&mut Equations::of_units(&small), &mut [1.0], 100.0, 1e6));
    }
}
