//! Methods that choose their own steps run ahead: a stretch without events is integrated at once, and the recorded times in
//! it are read off by the method's interpolation. To stop at every recorded time would cost a start and a shortened step
//! each: ten times the evaluations at 500 units and a record a millisecond.

use super::method::{Method, Outcome};

use super::simulation::Simulation;
use super::stretch::{Ahead, Passed, Stretch};
use neurate_numerics::error::Result;

/// Numbers that are held for recorded times ahead, at most (16 MB).
const MAX_AHEAD: usize = 1 << 21;
/// Recorded times ahead of a run that ends where it is steady: what lies beyond that is integrated in vain.
const UNTIL_STEADY: usize = 16;

impl Method {
    /// Whether it chooses its own steps.
    pub(super) fn chooses_steps(self) -> bool {
        matches!(self, Method::Adaptive { .. } | Method::Stiff { .. })
    }
}

impl Simulation<'_> {
    /// Over one stretch without recorded times inside.
    pub(super) fn cross(&mut self, from: f64, to: f64, limit: f64) -> Result<Option<Outcome>> {
        let passed = self.pass(&Stretch { from, to, limit, at: &[] })?;
        self.x = passed.state;
        Ok(passed.end.or_else(|| self.beyond(to)))
    }

    fn pass(&mut self, stretch: &Stretch<'_>) -> Result<Passed> {
        match self.method {
            Method::Stiff { rtol, atol } => self.stiff(stretch, rtol, atol),
            Method::Adaptive { rtol, atol } => self.adaptive(stretch, rtol, atol),
            Method::ExponentialEuler { .. } | Method::EulerMaruyama { .. } | Method::Rk4 { .. } => {
                unreachable!("asked only of methods that choose their steps")
            }
        }
    }

    /// Takes the state at the next recorded time, which no event precedes, from those ahead.
    pub(super) fn take_ahead(&mut self, event: f64) -> Result<()> {
        let ahead = match self.ahead.take() {
            Some(ahead) => ahead,
            None => self.look_ahead(event)?,
        };
        let n = self.x.len();
        let Some(state) = ahead.passed.recorded.get(ahead.taken * n..(ahead.taken + 1) * n) else {
            self.outcome = ahead.passed.end;
            return Ok(());
        };
        self.x.copy_from_slice(state);
        let taken = ahead.taken + 1;
        if taken < ahead.count || ahead.passed.end.is_some() {
            self.ahead = Some(Ahead { taken, ..ahead });
        }
        Ok(())
    }

    /// Integrates up to the event, or as many recorded times as may be held.
    fn look_ahead(&mut self, event: f64) -> Result<Ahead> {
        let from = self.times[self.next - 1];
        let most = (MAX_AHEAD / self.x.len().max(1)).max(1);
        let most = if self.steady.is_some() { most.min(UNTIL_STEADY) } else { most };
        let count = self.times[self.next..].iter().take(most).take_while(|t| **t <= event).count();
        let (start, evaluations) = (self.x.clone(), self.evaluations);
        let at = self.times[self.next..self.next + count].to_vec();
        let to = at[count - 1];
        let passed = self.pass(&Stretch { from, to, limit: event.next_down(), at: &at })?;
        Ok(Ahead { start, evaluations, passed, count, taken: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Method, Outcome, Simulation, simulate, time_grid};
    use crate::dynamics::CircuitDynamics;
    use crate::model::{Circuit, Stimulus, Waveform};
    use neurate_numerics::linalg::Matrix;

    /// One unit that decays, and is stepped up in the middle.
    fn circuit(step: bool) -> Circuit {
        let circuit = Circuit::from_weights(Matrix::from_rows(&[[0.5]])).tau(10.0).input(1.0);
        let stimulus = Stimulus {
            name: "step".into(),
            pattern: vec![1.0],
            waveform: Waveform::Step { at: 50.0, until: 120.0, amplitude: 2.0 },
        };
        if step { circuit.stimulus(stimulus) } else { circuit }.build().unwrap()
    }

    #[test]
    fn states_between_steps_have_the_methods_accuracy() {
        let circuit = circuit(false);
        let dynamics = CircuitDynamics::new(&circuit);
        let times: Vec<f64> = (0..2000).map(|k| 0.1 * f64::from(k)).collect();
        for (method, error) in [
            (Method::Adaptive { rtol: 1e-8, atol: 1e-10 }, 1e-7),
            (Method::Adaptive { rtol: 1e-12, atol: 1e-13 }, 1e-11),
            (Method::Stiff { rtol: 1e-8, atol: 1e-10 }, 1e-6),
        ] {
            let run = simulate(&dynamics, &[0.0], &times, method, 1e6).unwrap();
            assert_eq!(run.times.len(), times.len());
            for (k, t) in times.iter().enumerate() {
                let exact = 2.0 * (1.0 - (-t / 20.0).exp());
                assert!((run.states[(k, 0)] - exact).abs() < error, "{method:?} at {t}");
            }
            assert!(run.evaluations < 8000, "{method:?}: {}", run.evaluations);
        }
    }

    #[test]
    fn a_run_that_was_left_anywhere_goes_on_with_the_same_bits() {
        let circuit = circuit(true);
        let dynamics = CircuitDynamics::new(&circuit);
        // Recorded times on the stimulus' ends, and beside them.
        let times = time_grid(0.0, 200.0, 80);
        for method in [Method::Adaptive { rtol: 1e-8, atol: 1e-10 }, Method::Stiff { rtol: 1e-6, atol: 1e-8 }]
        {
            let whole = simulate(&dynamics, &[0.3], &times, method, 1e6).unwrap();
            for cut in [1, 2, 7, 20, 21, 40, 79, 80] {
                let mut run = Simulation::new(&dynamics, &[0.3], &times, method, 1e6).unwrap();
                for _ in 0..cut {
                    run.advance().unwrap();
                }
                let left = run.checkpoint();
                let mut again = Simulation::new(&dynamics, &[0.3], &times, method, 1e6).unwrap();
                again.resume(&left).unwrap();
                assert_eq!((again.checkpoint(), again.state()), (left, run.state()));
                let mut k = cut;
                while again.advance().unwrap().is_some() {
                    assert_eq!(again.state(), whole.states.row(k), "{method:?} cut at {cut}");
                    k += 1;
                }
                assert_eq!((k, again.evaluations()), (times.len(), whole.evaluations));
            }
        }
    }

    #[test]
    fn a_run_that_runs_away_records_what_was_before() {
        let w = Matrix::from_rows(&[[2.0]]);
        let circuit = Circuit::from_weights(w).tau(10.0).input(1.0).build().unwrap();
        let dynamics = CircuitDynamics::new(&circuit);
        let method = Method::Adaptive { rtol: 1e-8, atol: 1e-10 };
        let run = simulate(&dynamics, &[0.0], &time_grid(0.0, 100.0, 100), method, 50.0).unwrap();
        // x = e^(t/10) - 1 passes 50 at 39.3.
        let Outcome::RanAway { time, value, .. } = run.outcome else { panic!("it runs away") };
        assert!(time > 39.3 && value >= 50.0, "{time} {value}");
        assert_eq!(*run.times.last().unwrap(), 39.0);
        assert!(run.states.row(39)[0] < 50.0);
    }
}
