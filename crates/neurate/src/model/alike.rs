//! The circuit of two units that two populations of like units obey.

use super::circuit::{Circuit, Parts};
use super::form::Form;
use super::run::{Run, Start};
use super::stimulus::Stimulus;
use super::weights::Weights;
use neurate_numerics::linalg::Matrix;

/// Totals that differ by no more than this share are one: sums of many weights are rounded.
const SAME: f64 = 1e-10;

impl Circuit {
    /// Two units in place of two populations whose units are alike, or the circuit's own two units: same inputs and time
    /// constants within a population, and the same total weights. While the units of each population are in the same state,
    /// they stay so, and this circuit is exact for them. None for other circuits, with slow states, delays or
    /// conductances, and where weights are totals of both signs that cancel.
    ///
    /// It has the stimuli that all units of a population get alike; noise and standard errors are left out.
    ///
    /// ```
    /// use neurate::prelude::*;
    /// let w = Matrix::from_rows(&[[0.5, 0.7, -1.0], [0.6, 0.6, -1.0], [1.0, 1.0, 0.0]]);
    /// let circuit = Circuit::from_weights(w)
    ///     .populations(&[("E", CellKind::Excitatory, 2), ("I", CellKind::Inhibitory, 1)])
    ///     .build()?;
    /// let pair = circuit.as_pair().expect("both units of E get 1.2 from E");
    /// assert_eq!(pair.dense_weights()?.data(), [1.2, -1.0, 2.0, 0.0]);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn as_pair(&self) -> Option<Circuit> {
        if !self.is_plain() || self.form() == Form::Conductance {
            return None;
        }
        let own = self.n() == 2;
        if !own && (self.populations().len() != 2 || self.mean_field().is_some()) {
            return None;
        }
        let mut parts = Parts {
            space: None,
            noise: vec![],
            standard_errors: vec![],
            run: Run { record: vec![], ..self.run().clone() },
            warnings: vec![],
            follows: vec![],
            weights_vary: false,
            ..self.to_parts()
        };
        if !own {
            self.to_two(&mut parts)?;
        }
        Circuit::new(parts).ok()
    }

    /// One unit in place of each population.
    fn to_two(&self, parts: &mut Parts) -> Option<()> {
        for (p, population) in parts.populations.iter_mut().enumerate() {
            let range = self.range(p);
            // The input from outside a mean-field circuit is in none of these.
            population.tau = vec![alike(&self.tau()[range.clone()])?];
            population.h = vec![alike(&self.h()[range])?];
            population.size = 1;
        }
        let mut w = Matrix::zeros(2, 2);
        let mut totals = vec![0.0; self.n()];
        for from in 0..2 {
            let senders: Vec<f64> =
                (0..self.n()).map(|i| f64::from(u8::from(self.population_of(i) == from))).collect();
            self.weights().apply(&senders, &mut totals);
            for to in 0..2 {
                w[(to, from)] = alike(&totals[self.range(to)])?;
            }
        }
        parts.weights = Weights::from(w);
        let two = |v: &[f64]| Some(vec![alike(&v[self.range(0)])?, alike(&v[self.range(1)])?]);
        parts.stimuli = self
            .stimuli()
            .iter()
            .filter_map(|s| Some(Stimulus { pattern: two(&s.pattern)?, ..s.clone() }))
            .collect();
        if let Start::State(x) = &parts.run.start {
            parts.run.start = two(x).map_or(Start::Default, Start::State);
        }
        Some(())
    }
}

/// The value that all have, to rounding.
fn alike(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    values.iter().all(|v| (v - first).abs() <= SAME * first.abs()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::{CircuitDynamics, Dynamics};
    use crate::model::{CellKind, Waveform};

    fn circuit(w: Matrix) -> Circuit {
        let kinds = [("E", CellKind::Excitatory, 3), ("I", CellKind::Inhibitory, 2)];
        Circuit::from_weights(w)
            .populations(&kinds)
            .taus(&[20.0, 20.0, 20.0, 10.0, 10.0])
            .inputs(&[1.0, 1.0, 1.0, 2.0, 2.0])
            .stimulus(Stimulus {
                name: "on".into(),
                pattern: vec![1.0, 1.0, 1.0, 0.5, 0.5],
                waveform: Waveform::Step { at: 5.0, until: f64::INFINITY, amplitude: 2.0 },
            })
            .build()
            .unwrap()
    }

    /// Rows of one total, none equal to another.
    fn weights() -> Matrix {
        Matrix::from_rows(&[
            [0.1, 0.2, 0.3, -0.5, -0.25],
            [0.3, 0.1, 0.2, -0.25, -0.5],
            [0.2, 0.2, 0.2, 0.0, -0.75],
            [0.5, 0.0, 0.5, -0.1, -0.3],
            [1.0, 0.0, 0.0, -0.2, -0.2],
        ])
    }

    #[test]
    fn fields_are_those_of_the_whole_circuit() {
        let whole = circuit(weights());
        let pair = whole.as_pair().unwrap();
        let (mut of_pair, mut of_whole, mut scratch) = ([0.0; 2], [0.0; 5], [0.0; 5]);
        for t in [0.0, 7.0] {
            CircuitDynamics::new(&pair).field(t, &[3.0, 4.0], &mut of_pair, &mut scratch[..2]);
            CircuitDynamics::new(&whole).field(t, &[3.0, 3.0, 3.0, 4.0, 4.0], &mut of_whole, &mut scratch);
            for (i, of) in of_whole.iter().enumerate() {
                assert!((of - of_pair[usize::from(i > 2)]).abs() < 1e-14, "{t} {i}");
            }
        }
    }

    #[test]
    fn units_that_differ_make_no_pair() {
        assert!(
            circuit(Matrix::from_fn(5, 5, |i, j| if j < 3 { (i + 1) as f64 } else { 0.0 }))
                .as_pair()
                .is_none()
        );
        let mut parts = circuit(weights()).to_parts();
        parts.populations[0].h[1] = 1.5;
        assert!(Circuit::new(parts).unwrap().as_pair().is_none());
        // A stimulus to some units of a population is left out.
        let mut parts = circuit(weights()).to_parts();
        parts.stimuli[0].pattern[1] = 0.0;
        assert!(Circuit::new(parts).unwrap().as_pair().unwrap().stimuli().is_empty());
        // Two units of one population are a pair as they are.
        let two = Circuit::from_weights(Matrix::from_rows(&[[0.0, 1.0], [0.3, 0.2]])).build().unwrap();
        assert_eq!(two.as_pair().unwrap().unit_name(1), "unit[1]");
    }
}
