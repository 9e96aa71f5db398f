//! Where a search starts: states drawn at random from the range of the laws.

use super::small::Small;
use crate::dynamics::CircuitDynamics;
use crate::model::{Circuit, Form, Population};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The states that starts are drawn from.
pub(super) struct Starts<'a> {
    /// Lowest and highest rate of each unit; infinite where the law has none.
    ranges: Vec<(f64, f64)>,
    /// What sizes of states are measured in where rates are not bounded.
    scale: f64,
    /// A circuit in another form than that of rates: its states are drawn about rest, or follow from rates.
    other: Option<(&'a CircuitDynamics<'a>, Vec<f64>)>,
    rng: ChaCha8Rng,
}

/// Units up to which runs start with one of them at its highest rate.
const MAX_CORNERS: usize = 20;

/// The voltages that rates give: W r + h.
pub(super) fn voltages(dynamics: &CircuitDynamics, rates: &[f64]) -> Vec<f64> {
    let mut v = vec![0.0; rates.len()];
    dynamics.weights().apply(rates, &mut v);
    v.iter_mut().zip(dynamics.circuit().h()).for_each(|(v, h)| *v += h);
    v
}

/// Lowest and highest rate of a law, as far as a few inputs show them: for starts, not for proofs.
fn range(rate: impl Fn(f64) -> f64, bound: Option<f64>) -> (f64, f64) {
    const INPUTS: [f64; 8] = [1e-3, 0.1, 1.0, 10.0, 100.0, 1e3, 1e4, 1e6];
    let rates = INPUTS.iter().flat_map(|&x| [rate(x), rate(-x)]).filter(|r| r.is_finite());
    let (lo, hi) = rates.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), r| (lo.min(r), hi.max(r)));
    let bound = bound.unwrap_or(f64::INFINITY);
    let (lo, hi) = (lo.min(0.0).max(-bound), hi.max(0.0).min(bound));
    if bound.is_finite() {
        return (lo, hi);
    }
    (if lo < 0.0 { f64::NEG_INFINITY } else { 0.0 }, f64::INFINITY)
}

impl<'a> Starts<'a> {
    /// For units by themselves, in rate form.
    pub fn of_units(small: &Small, seed: u64) -> Starts<'a> {
        let ranges = small.units().iter().map(|u| range(|x| u.rate(x), u.law.bound())).collect();
        let scale = small.units().iter().fold(1.0, |m: f64, u| m.max(u.h.abs()));
        Starts { ranges, scale, other: None, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// For a circuit in any form.
    pub fn of_circuit(dynamics: &'a CircuitDynamics<'a>, seed: u64) -> Starts<'a> {
        let circuit: &Circuit = dynamics.circuit();
        let of = |p: &Population| vec![range(|x| p.transfer.rate(x, p.sigma), p.transfer.bound()); p.size];
        let rest = dynamics.rest();
        let scale = rest.iter().chain(circuit.h()).fold(1.0, |m: f64, x| m.max(x.abs()));
        let ranges = circuit.populations().iter().flat_map(of).collect();
        let other = (circuit.form() != Form::Rate).then_some((dynamics, rest));
        Starts { ranges, scale, other, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// States with one unit, or all, at the highest rate, where all rates are bounded and make a state.
    pub fn corners(&self) -> Vec<Vec<f64>> {
        let n = self.ranges.len();
        if n > MAX_CORNERS || self.ranges.iter().any(|r| !r.1.is_finite()) {
            return Vec::new();
        }
        let rates = |corner: usize| -> Vec<f64> {
            let at = |(i, r): (usize, &(f64, f64))| if corner == n || corner == i { r.1 } else { 0.0 };
            self.ranges.iter().enumerate().map(at).collect()
        };
        let rates = (0..=n).map(rates);
        match &self.other {
            None => rates.collect(),
            Some((dynamics, _)) if dynamics.circuit().form() == Form::Voltage => {
                rates.map(|r| voltages(dynamics, &r)).collect()
            }
            Some(_) => Vec::new(),
        }
    }

    /// How far a unit's states reach, for small steps away from a state.
    pub fn reach(&self, i: usize, x: &[f64]) -> f64 {
        let (lo, hi) = self.ranges[i];
        match &self.other {
            None if hi - lo < f64::INFINITY => hi - lo,
            _ => x.iter().fold(1e-3 * self.scale, |m, x| m.max(x.abs())),
        }
    }

    /// A number between 0 and 1.
    pub fn uniform(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Start number `k`.
    pub fn draw(&mut self, k: usize, x: &mut [f64]) {
        let Some((dynamics, rest)) = self.other.take() else { return self.rates(k, x) };
        let bounded =
            dynamics.circuit().form() == Form::Voltage && self.ranges.iter().all(|r| r.1.is_finite());
        if bounded && k.is_multiple_of(2) {
            let mut rates = vec![0.0; x.len()];
            self.rates(k / 2, &mut rates);
            x.copy_from_slice(&voltages(dynamics, &rates));
        } else {
            let size = (self.scale * 10f64.powf(-3.0 + 6.0 * self.uniform())).min(200.0);
            for (x, rest) in x.iter_mut().zip(&rest) {
                *x = rest + size * (2.0 * self.uniform() - 1.0);
            }
        }
        self.other = Some((dynamics, rest));
    }

    /// Rates between the lowest and the highest: one size for all or each unit its own, anything, or ends of the ranges.
    /// Where there is no highest one, sizes go over six decades.
    fn rates(&mut self, k: usize, x: &mut [f64]) {
        let common = 10f64.powf(-5.0 * self.uniform());
        let size = self.scale * 10f64.powf(-3.0 + 6.0 * self.uniform());
        for i in 0..x.len() {
            let (lo, hi) = self.ranges[i];
            let u = self.uniform();
            if !(hi - lo).is_finite() {
                // Silent units are common, and Newton's method finds those states from nearby alone.
                let silent = k % 4 == 3 && self.uniform() < 0.5;
                x[i] = match k % 4 {
                    _ if silent => 0.0,
                    1 => size * (2.0 * u - 1.0),
                    _ => size * u,
                };
                continue;
            }
            // Half of them anything: points between low and high ones are reached from there alone.
            let share = match k % 8 {
                0 => common * u,
                4 => 10f64.powf(-5.0 * u),
                1 | 2 | 5 | 6 => u,
                _ => {
                    x[i] = if u < 0.5 { lo } else { hi };
                    continue;
                }
            };
            // Small rates are near zero, of either sign where there are two.
            let end = if lo < 0.0 && (hi <= 0.0 || self.uniform() * (hi - lo) < -lo) { lo } else { hi };
            x[i] = end * share;
        }
    }
}

/// Whether all rates are bounded: then the indices of all fixed points add up to 1. Not for conductances, whose
/// target may have a vanishing denominator.
pub(super) fn all_bounded(circuit: &Circuit) -> bool {
    let bounded = |i: usize| circuit.populations()[circuit.population_of(i)].transfer.bound().is_some();
    circuit.form() != Form::Conductance && (0..circuit.n()).all(bounded)
}
