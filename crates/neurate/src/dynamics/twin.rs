//! The rate-form twin of a voltage-form circuit (Miller & Fumarola 2012).
//!
//! `tau dV/dt = -V + W f(V) + I` and `tau dr/dt = -r + f(W r + J)` describe the same circuit through
//! `V = W r + J`, where `J` is `I` low-passed: `tau dJ/dt = -J + I`. That needs one `tau` for all (or
//! a `W` that commutes with the time constants). In general each voltage filters the rates with its
//! own time constant, and the exact twin keeps one filtered copy of the rates for each distinct one:
//! `tau_k dR_kj/dt = -R_kj + f(V_j)`, `V_i = sum_j W_ij R_k(i)j + J_i`.

use super::circuit::CircuitDynamics;

use super::system::Dynamics;
use crate::model::{Circuit, Form};
use neurate_numerics::error::{Error, Result};

/// The exact rate-form twin of a voltage-form circuit: for `K` distinct time constants and `n` units,
/// `K n` filtered rates and `n` low-passed inputs. For one time constant this is the ordinary rate form.
#[derive(Clone, Debug)]
pub struct RateTwin<'a> {
    circuit: &'a Circuit,
    /// The distinct time constants, rising.
    taus: Vec<f64>,
    /// Which of them each unit has.
    class: Vec<usize>,
    stimuli: bool,
}

impl<'a> RateTwin<'a> {
    /// The twin of a voltage-form circuit, its stimuli included.
    ///
    /// # Errors
    /// The circuit is not in voltage form, or has slow states or delays.
    pub fn new(circuit: &'a Circuit) -> Result<Self> {
        if circuit.form() != Form::Voltage {
            return Err(Error::invalid("only a voltage-form circuit has a rate-form twin of this kind")
                .with_help("write form = \"voltage\" at the top"));
        }
        if !circuit.is_plain() {
            return Err(Error::unsupported(
                "the rate-form twin is that of a circuit without slow states and delays",
            ));
        }
        let mut taus = circuit.tau().to_vec();
        taus.sort_by(f64::total_cmp);
        taus.dedup();
        let class = circuit
            .tau()
            .iter()
            .map(|t| taus.iter().position(|u| u == t).expect("it is one of them"))
            .collect();
        Ok(RateTwin { circuit, taus, class, stimuli: true })
    }
    /// Number of distinct time constants: of filtered copies of the rates.
    pub fn copies(&self) -> usize {
        self.taus.len()
    }
    /// A state of the twin that stands for the voltages `v`, every filtered rate at the given `r`:
    /// `J(0) = V(0) - W r(0)`. Any `r` will do; a singular `W` is no obstacle.
    pub fn state(&self, v: &[f64], r: &[f64]) -> Vec<f64> {
        let n = self.circuit.n();
        let mut recurrent = vec![0.0; n];
        self.circuit.weights().apply(r, &mut recurrent);
        let mut state = r.repeat(self.copies());
        state.extend((0..n).map(|i| v[i] - recurrent[i]));
        state
    }
    /// The voltages that a state of the twin stands for: `W R + J`.
    pub fn voltages(&self, state: &[f64]) -> Vec<f64> {
        let n = self.circuit.n();
        let mut v = vec![0.0; n];
        let mut recurrent = vec![0.0; n];
        for k in 0..self.copies() {
            self.circuit.weights().apply(&state[k * n..(k + 1) * n], &mut recurrent);
            for i in 0..n {
                if self.class[i] == k {
                    v[i] = recurrent[i] + state[self.copies() * n + i];
                }
            }
        }
        v
    }
}

impl Dynamics for RateTwin<'_> {
    fn dim(&self) -> usize {
        (self.copies() + 1) * self.circuit.n()
    }
    fn relaxation(&self, t: f64, x: &[f64], target: &mut [f64], tau: &mut [f64]) {
        let n = self.circuit.n();
        let inputs = self.copies() * n;
        let v = self.voltages(x);
        let mut r = vec![0.0; n];
        self.circuit.rates(&v, &[], &mut r);
        for k in 0..self.copies() {
            target[k * n..(k + 1) * n].copy_from_slice(&r);
            tau[k * n..(k + 1) * n].fill(self.taus[k]);
        }
        target[inputs..].fill(0.0);
        if self.stimuli {
            self.circuit.add_input(t, &mut target[inputs..]);
        }
        tau[inputs..].copy_from_slice(self.circuit.tau());
    }
    fn breakpoints(&self) -> Vec<f64> {
        self.circuit.stimuli().iter().flat_map(|s| s.waveform.breakpoints()).collect()
    }
    fn jumps(&self) -> Vec<(f64, Vec<f64>)> {
        let inputs = self.copies() * self.circuit.n();
        let extend = |jump: Vec<f64>| [vec![0.0; inputs], jump].concat();
        CircuitDynamics::new(self.circuit).jumps().into_iter().map(|(t, j)| (t, extend(j))).collect()
    }
}

/// Refuses the one-copy ("naive") twin where it would be wrong.
///
/// # Errors
/// The time constants differ and `W` does not commute with them.
pub fn naive_twin_error(circuit: &Circuit) -> Result<()> {
    if !circuit.is_plain() {
        return Err(Error::unsupported(
            "the rate-form twin is that of a circuit without slow states and delays",
        ));
    }
    let tau = circuit.tau();
    let mut worst = None;
    circuit.weights().for_each(|to, from, w| {
        if w != 0.0 && tau[to] != tau[from] && worst.is_none() {
            worst = Some((to, from));
        }
    });
    match worst {
        None => Ok(()),
        Some((to, from)) => Err(Error::invalid(format!(
            "no rate form with the same W is equivalent: {} and {} are connected and have time constants {} and {}",
            circuit.unit_name(to),
            circuit.unit_name(from),
            tau[to],
            tau[from]
        ))
        .with_help("the exact twin keeps one filtered copy of the rates for each time constant: RateTwin")),
    }
}
