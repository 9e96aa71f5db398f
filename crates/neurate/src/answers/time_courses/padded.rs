//! The linearization with inputs to all states.

use crate::dynamics::CircuitDynamics;
use crate::linear::Linearization;
use crate::linear::modes::{LinearDrive, Solution, linear_response_of};
use crate::model::{Circuit, Stimulus};
use crate::simulate::Protocol;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;

/// The linearization under the circuit's stimuli, which reach no slow state; `h` is part of the operating point.
pub(super) struct Padded<'a> {
    pub l: &'a Linearization,
    b: Vec<f64>,
    h: Vec<f64>,
    stimuli: Vec<Stimulus>,
    state: Vec<f64>,
}

impl<'a> Padded<'a> {
    pub fn new(c: &Circuit, l: &'a Linearization) -> Padded<'a> {
        let pad = |v: &[f64]| v.iter().copied().chain(std::iter::repeat_n(0.0, l.dim() - v.len())).collect();
        let stimuli =
            c.stimuli().iter().map(|s| Stimulus { pattern: pad(&s.pattern), ..s.clone() }).collect();
        let state = CircuitDynamics::at_rest(c).complete(&l.state);
        Padded { l, b: pad(&l.input_gain), h: vec![0.0; l.dim()], stimuli, state }
    }

    pub fn deviation(&self, protocol: &Protocol) -> Vec<f64> {
        protocol.start.iter().zip(&self.state).map(|(x, x0)| x - x0).collect()
    }

    pub fn drive(&self) -> LinearDrive<'_> {
        LinearDrive { a: &self.l.jacobian, b: &self.b, h: &self.h, stimuli: &self.stimuli }
    }

    /// The exact solution of the linearization, as deviations added to the operating point.
    pub fn exact(&self, protocol: &Protocol, times: &[f64]) -> Result<Solution> {
        let mut solution = linear_response_of(
            self.l.jacobian_decomposition(),
            &self.drive(),
            &self.deviation(protocol),
            times,
        )?;
        let states = &solution.states;
        solution.states =
            Matrix::from_fn(states.rows(), states.cols(), |k, i| states[(k, i)] + self.state[i]);
        Ok(solution)
    }
}
