//! The circuit that units obey which share their states: one unit in place of each class of them.

use super::circuit::{Circuit, Parts};
use super::run::{Run, Start};
use super::weights::Weights;
use neurate_numerics::linalg::Matrix;

impl Circuit {
    /// One unit in place of all units of a class, whose weights to others are the sum of theirs. `class` has the class of each
    /// unit, numbered by their first units; classes lie within populations. While the units of each class are in the same state
    /// and the circuit's equations keep them there, this circuit is exact for them. It has no noise, stimuli and standard
    /// errors. None for mean-field circuits, and where the sums break Dale's principle.
    pub(crate) fn quotient(&self, class: &[usize]) -> Option<Circuit> {
        if self.mean_field().is_some() {
            return None;
        }
        let count = class.iter().max()? + 1;
        let first: Vec<usize> = (0..count).filter_map(|c| class.iter().position(|k| *k == c)).collect();
        let w = self.dense_weights().ok()?;
        let mut sums = Matrix::zeros(count, count);
        for (to, &unit) in first.iter().enumerate() {
            for (from, &c) in class.iter().enumerate() {
                sums[(to, c)] += w[(unit, from)];
            }
        }
        let mut parts = Parts {
            weights: Weights::from(sums),
            space: None,
            stimuli: vec![],
            noise: vec![],
            standard_errors: vec![],
            run: Run { record: vec![], start: Start::Default, ..self.run().clone() },
            warnings: vec![],
            follows: vec![],
            weights_vary: false,
            ..self.to_parts()
        };
        for (p, population) in parts.populations.iter_mut().enumerate() {
            let range = self.range(p);
            let own: Vec<usize> = first.iter().copied().filter(|i| range.contains(i)).collect();
            population.tau = own.iter().map(|&i| self.tau()[i]).collect();
            population.h = own.iter().map(|&i| self.h()[i]).collect();
            population.size = own.len();
        }
        Circuit::new(parts).ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::dynamics::{CircuitDynamics, Dynamics};
    use crate::model::Circuit;
    use neurate_numerics::linalg::Matrix;

    /// Five units that a mirror through the first leaves as they are, with weights that no transpose does.
    #[test]
    fn fields_are_those_of_the_whole_circuit() {
        let image = |i: usize| (5 - i) % 5;
        let any = |i: usize, j: usize| (1.3 * i as f64 + 0.4).sin() + (2.1 * j as f64).cos();
        let w = Matrix::from_fn(5, 5, |i, j| any(i, j) + any(image(i), image(j)));
        let whole = Circuit::from_weights(w).tau(10.0).input(0.4).build().unwrap();
        let half = whole.quotient(&[0, 1, 2, 2, 1]).unwrap();
        let (small, large) = ([0.3, 1.1, -0.4], [0.3, 1.1, -0.4, -0.4, 1.1]);
        let (mut a, mut b) = (vec![0.0; 3], vec![0.0; 5]);
        CircuitDynamics::new(&half).field(0.0, &small, &mut a, &mut [0.0; 3]);
        CircuitDynamics::new(&whole).field(0.0, &large, &mut b, &mut [0.0; 5]);
        for (i, k) in [0, 1, 2, 2, 1].into_iter().enumerate() {
            assert!((b[i] - a[k]).abs() < 1e-14, "{i}");
        }
    }
}
