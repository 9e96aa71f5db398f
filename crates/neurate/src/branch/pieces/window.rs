//! States and eigenvalues on segments, as the circuit has them.

use super::numbers::{Numbers, jacobian};
use super::segments::Segment;
use crate::branch::circuit_family::CircuitFamily;
use crate::branch::scaled::Scaled;
use crate::dynamics::CircuitDynamics;
use crate::fixed_points::spectrum;
use crate::model::{Circuit, Form};
use neurate_numerics::linalg::Complex;

/// A share of the largest eigenvalue that is rounding.
const ROUNDING: f64 = 1e-12;

/// Eigenvalues at a point, rightmost first, and how many of them grow.
pub(super) struct Spectrum {
    pub all: Vec<Complex>,
    pub unstable: usize,
}

/// Everything about the window that points are made of.
pub(super) struct Window<'a> {
    pub family: &'a CircuitFamily<'a>,
    pub problem: &'a Scaled<'a>,
    pub numbers: &'a Numbers,
}

impl Window<'_> {
    pub fn p(&self, s: f64) -> f64 {
        match s {
            1.0 => self.family.window().1,
            s => self.problem.from + s * self.problem.width,
        }
    }
    pub fn spectrum(&self, chosen: &[usize], s: f64) -> Option<Spectrum> {
        let circuit = self.family.circuit(self.p(s)).ok()?;
        let all = spectrum(&jacobian(&circuit, &slopes(self.numbers, chosen, s))).ok()?;
        let size = all.iter().fold(0.0, |m: f64, l| m.max(l.norm()));
        let unstable = all.iter().filter(|l| l.re > ROUNDING * size).count();
        Some(Spectrum { all, unstable })
    }
    /// That of the combination which is least stable, where several share the equilibria.
    pub fn of(&self, segment: &Segment, s: f64) -> Option<Spectrum> {
        let all = std::iter::once(&segment.chosen).chain(&segment.others);
        all.filter_map(|chosen| self.spectrum(chosen, s)).max_by_key(|s| s.unstable)
    }
    pub fn state(&self, chosen: &[usize], s: f64, x: &[f64]) -> Option<Vec<f64>> {
        state(&*self.family.circuit(self.p(s)).ok()?, self.numbers, chosen, s, x)
    }
    pub fn scaled(&self, segment: &Segment, share: f64) -> Option<Vec<f64>> {
        let (s, x) = segment.at(share)?;
        let state = self.state(&segment.chosen, s, &x)?;
        let mut y = self.problem.scale(&state, self.p(s));
        let last = y.len() - 1;
        y[last] = s;
        Some(y)
    }
}

fn slopes(numbers: &Numbers, chosen: &[usize], s: f64) -> Vec<f64> {
    chosen.iter().enumerate().map(|(i, &k)| numbers.pieces[i][k].slope.at(s)).collect()
}

/// The state with these inputs: the whole one, slow states included.
pub(super) fn state(
    circuit: &Circuit,
    numbers: &Numbers,
    chosen: &[usize],
    s: f64,
    x: &[f64],
) -> Option<Vec<f64>> {
    let rate = |i: usize| {
        let piece = numbers.pieces[i][chosen[i]];
        piece.slope.at(s) * x[i] + piece.offset.at(s)
    };
    let units: Vec<f64> = match circuit.form() {
        Form::Rate => (0..x.len()).map(rate).collect(),
        _ => x.to_vec(),
    };
    let state = CircuitDynamics::at_rest(circuit).complete(&units);
    state.iter().all(|v| v.is_finite()).then_some(state)
}
