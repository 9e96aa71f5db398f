//! A circuit's own equation, in each of its forms.

use super::system::{Drive, Dynamics};

use super::noise::NoisePath;
use crate::model::{Circuit, Form, Waveform, Weights};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use std::borrow::Cow;

/// The state equation of a circuit. The state is the rates in [`Form::Rate`], the voltages otherwise, and
/// behind them the slow states, if the circuit has any. With delays, [`Dynamics::relaxation`] takes the past to
/// have been as the present; [`Dynamics::driven`] is the equation.
#[derive(Clone, Debug)]
pub struct CircuitDynamics<'a> {
    pub(super) circuit: &'a Circuit,
    /// The circuit's, or those in single precision.
    weights: Cow<'a, Weights>,
    stimuli: bool,
    pub(super) threads: usize,
    noise: Option<NoisePath>,
    /// The slow states are no states, but at their steady values.
    pub(super) settled: bool,
}

impl<'a> CircuitDynamics<'a> {
    /// With the circuit's stimuli.
    pub fn new(circuit: &'a Circuit) -> Self {
        let weights = Cow::Borrowed(circuit.weights());
        CircuitDynamics { circuit, weights, stimuli: true, threads: 1, noise: None, settled: false }
    }
    /// With the constant input only: what fixed points are about.
    pub fn at_rest(circuit: &'a Circuit) -> Self {
        CircuitDynamics { stimuli: false, ..CircuitDynamics::new(circuit) }
    }
    /// [`at_rest`](Self::at_rest), with the units' states only: every slow state is at its steady value for the
    /// rates at each moment. It has the fixed points and the static responses of the circuit, not its stability.
    pub fn settled(circuit: &'a Circuit) -> Self {
        CircuitDynamics { settled: true, ..CircuitDynamics::at_rest(circuit) }
    }
    /// With large products on up to so many threads; the results are the same bits.
    #[must_use]
    pub fn on_threads(self, threads: usize) -> Self {
        CircuitDynamics { threads, ..self }
    }
    /// With dense and sparse weights in single precision: half the memory, and out of cache about twice the speed. States
    /// and sums stay in double precision; the Jacobian is that of the weights as they were given.
    #[must_use]
    pub fn in_single_precision(self) -> Self {
        let weights = self.weights.single();
        weights.in_large_pages();
        CircuitDynamics { weights: Cow::Owned(weights), ..self }
    }
    /// The weights that it runs with.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }
    /// With the noise of the circuit's `[noise]`, if it has any, from this seed.
    ///
    /// # Errors
    /// White noise inside a nonlinear f; see [`NoisePath::new`].
    pub fn with_noise(self, seed: u64) -> Result<Self> {
        Ok(CircuitDynamics { noise: NoisePath::new(self.circuit, seed)?, ..self })
    }
    /// With the path of the noise taken in larger steps; see [`NoisePath::in_steps_of`].
    #[must_use]
    pub fn in_steps_of(self, fine: u32) -> Self {
        CircuitDynamics { noise: self.noise.map(|n| n.in_steps_of(fine)), ..self }
    }
    /// The circuit.
    pub fn circuit(&self) -> &'a Circuit {
        self.circuit
    }
    /// The input to every unit's transfer function at state `x`: `W r + h` in rate form (without
    /// stimuli), the voltage otherwise.
    pub fn input(&self, x: &[f64]) -> Vec<f64> {
        if self.circuit.form() == Form::Rate {
            let mut input = vec![0.0; x.len()];
            if self.circuit.is_plain() {
                self.weights.apply(x, &mut input);
            } else {
                input = self.slow_input(x);
            }
            input.iter_mut().zip(self.circuit.h()).for_each(|(i, h)| *i += h);
            input
        } else {
            x[..self.circuit.n()].to_vec()
        }
    }
    /// The rates at state `x`: the units' states themselves in rate form, `f(V)` otherwise. Slow states may be
    /// left out of `x`.
    pub fn rates(&self, x: &[f64]) -> Vec<f64> {
        let x = &x[..self.circuit.n()];
        if self.circuit.form() == Form::Rate {
            return x.to_vec();
        }
        let mut r = vec![0.0; x.len()];
        self.circuit.rates(x, &[], &mut r);
        r
    }
    /// The state of a silent circuit: rates zero, or the voltages that the input alone gives; slow states
    /// settled.
    pub fn rest(&self) -> Vec<f64> {
        let units = match self.circuit.form() {
            Form::Rate => vec![0.0; self.circuit.n()],
            Form::Voltage => self.circuit.h().to_vec(),
            Form::Conductance => (0..self.circuit.n())
                .map(|i| {
                    let p = &self.circuit.populations()[self.circuit.population_of(i)];
                    p.membrane.as_ref().map_or(0.0, |m| {
                        crate::model::membrane::steady_potential(&m.channels(), self.circuit.h()[i])
                    })
                })
                .collect(),
        };
        self.complete(&units)
    }
    pub(super) fn add_input(&self, t: f64, out: &mut [f64]) {
        if self.stimuli {
            self.circuit.add_input(t, out);
        } else {
            out.iter_mut().zip(self.circuit.h()).for_each(|(o, h)| *o += h);
        }
    }
    /// Sum of conductances and of conductances times reversal potentials (currents included).
    fn membrane(&self, t: f64, v: &[f64], input: &[f64], g: &mut [f64], ge: &mut [f64]) {
        let c = self.circuit;
        let mut r = vec![0.0; v.len()];
        c.rates(v, &[], &mut r);
        self.weights.apply_on(self.threads, &r, g);
        for (p, population) in c.populations().iter().enumerate() {
            let reversal = population.membrane.as_ref().map_or(0.0, |m| m.synapse_reversal);
            r[c.range(p)].iter_mut().for_each(|r| *r *= reversal);
        }
        self.weights.apply_on(self.threads, &r, ge);
        self.add_input(t, ge);
        add(input, ge);
        self.add_channels(g, ge);
    }
    /// Leak and background, added to the synapses' conductances and currents.
    pub(super) fn add_channels(&self, g: &mut [f64], ge: &mut [f64]) {
        let c = self.circuit;
        for (p, population) in c.populations().iter().enumerate() {
            let Some(m) = &population.membrane else { continue };
            for i in c.range(p) {
                for channel in std::iter::once(&m.leak).chain(&m.background) {
                    g[i] += channel.g;
                    ge[i] += channel.g * channel.reversal;
                }
            }
        }
    }
    /// Currents and conductances into targets and time constants.
    pub(super) fn over_conductance(&self, target: &mut [f64], tau: &mut [f64]) {
        target.iter_mut().zip(&*tau).for_each(|(t, g)| *t /= g);
        for (p, population) in self.circuit.populations().iter().enumerate() {
            let capacitance = population.membrane.as_ref().map_or(1.0, |m| m.capacitance);
            tau[self.circuit.range(p)].iter_mut().for_each(|g| *g = capacitance / *g);
        }
    }
}

impl Dynamics for CircuitDynamics<'_> {
    fn dim(&self) -> usize {
        if self.settled { self.circuit.n() } else { self.circuit.states() }
    }

    fn delays(&self) -> Vec<f64> {
        let delays = self.circuit.delays().filter(|_| !self.settled);
        delays.map_or(Vec::new(), |d| d.distinct().to_vec())
    }

    fn relaxation(&self, t: f64, x: &[f64], target: &mut [f64], tau: &mut [f64]) {
        self.driven(t, x, Drive::default(), target, tau);
    }

    fn driven(&self, t: f64, x: &[f64], drive: Drive, target: &mut [f64], tau: &mut [f64]) {
        let c = self.circuit;
        if !c.is_plain() {
            return self.slow_relaxation(t, x, drive, target, tau);
        }
        let input = drive.input;
        match c.form() {
            Form::Rate => {
                self.weights.apply_on(self.threads, x, tau);
                self.add_input(t, tau);
                add(input, tau);
                c.drives(tau, x, target);
                c.saturate(1, target, tau);
            }
            Form::Voltage => {
                c.rates(x, &[], tau);
                self.weights.apply_on(self.threads, tau, target);
                self.add_input(t, target);
                add(input, target);
                tau.copy_from_slice(c.tau());
            }
            Form::Conductance => {
                self.membrane(t, x, input, tau, target);
                self.over_conductance(target, tau);
            }
        }
    }

    fn driven_many(
        &self,
        t: f64,
        x: &[f64],
        lanes: usize,
        drive: Drive,
        target: &mut [f64],
        tau: &mut [f64],
    ) {
        self.side_by_side(t, x, lanes, drive, target, tau);
    }

    fn constant_tau(&self) -> Option<&[f64]> {
        let c = self.circuit;
        let constant = c.slow().is_empty() && c.form() != Form::Conductance && !c.is_refractory();
        constant.then(|| self.circuit.tau())
    }

    fn noise(&self) -> Option<&NoisePath> {
        self.noise.as_ref()
    }

    fn jacobian(&self, t: f64, x: &[f64]) -> Matrix {
        let c = self.circuit;
        let n = c.n();
        if !c.is_plain() {
            let parts = self.jacobians(t, x).into_iter().map(|(_, part)| part);
            return parts.reduce(|sum, part| sum.add(&part)).expect("the present is one of them");
        }
        let w = c.weights().dense();
        match c.form() {
            Form::Rate => {
                let mut input = vec![0.0; n];
                c.weights().apply(x, &mut input);
                self.add_input(t, &mut input);
                let (slopes, tau) = c.field_slopes(&input, x);
                // Through sigma: d sigma_i/d r_j = V_ij/(2 sigma_i), of spiking neurons only.
                let through_sigma = |i: usize, j: usize| match c.mean_field() {
                    Some(m) if slopes[i].d_sigma != 0.0 && x[j] >= 0.0 => {
                        slopes[i].d_sigma * m.variance()[(i, j)] / (2.0 * c.sigma(i, x))
                    }
                    _ => 0.0,
                };
                Matrix::from_fn(n, n, |i, j| {
                    let effective = slopes[i].d_mu * w[(i, j)] + through_sigma(i, j);
                    (effective - f64::from(u8::from(i == j))) / tau[i]
                })
            }
            Form::Voltage => {
                let gain = c.gains(x, &[]);
                Matrix::from_fn(n, n, |i, j| (w[(i, j)] * gain[j] - f64::from(u8::from(i == j))) / c.tau()[i])
            }
            Form::Conductance => {
                let gain = c.gains(x, &[]);
                let (mut g, mut ge) = (vec![0.0; n], vec![0.0; n]);
                self.membrane(t, x, &[], &mut g, &mut ge);
                let membrane =
                    |i: usize| c.populations()[c.population_of(i)].membrane.as_ref().expect("checked");
                Matrix::from_fn(n, n, |i, j| {
                    let driving = membrane(j).synapse_reversal - x[i];
                    let leak = if i == j { g[i] } else { 0.0 };
                    (w[(i, j)] * gain[j] * driving - leak) / membrane(i).capacitance
                })
            }
        }
    }

    fn breakpoints(&self) -> Vec<f64> {
        if !self.stimuli {
            return Vec::new();
        }
        self.circuit.stimuli().iter().flat_map(|s| s.waveform.breakpoints()).collect()
    }

    fn constant_from(&self) -> f64 {
        let stimuli = if self.stimuli { self.circuit.stimuli() } else { &[] };
        stimuli.iter().map(|s| s.waveform.constant_from()).fold(f64::NEG_INFINITY, f64::max)
    }

    fn jumps(&self) -> Vec<(f64, Vec<f64>)> {
        if !self.stimuli {
            return Vec::new();
        }
        let c = self.circuit;
        let mut jumps = Vec::new();
        for s in c.stimuli() {
            if let Waveform::Impulse { at, area } = s.waveform {
                let jump = (0..c.n())
                    .map(|i| {
                        let p = &c.populations()[c.population_of(i)];
                        // In rate form f is affine here (checked by the circuit): its slope passes
                        // the impulse on. A current charges the capacitance.
                        let per_area = match (c.form(), &p.membrane) {
                            (Form::Rate, _) => p.transfer.slopes(0.0, p.sigma).d_mu / c.tau()[i],
                            (Form::Conductance, Some(m)) => 1.0 / m.capacitance,
                            _ => 1.0 / c.tau()[i],
                        };
                        s.pattern[i] * area * per_area
                    })
                    .chain(std::iter::repeat_n(0.0, self.dim() - c.n()))
                    .collect();
                jumps.push((at, jump));
            }
        }
        jumps
    }

    fn state_name(&self, i: usize) -> String {
        self.circuit.state_name(i)
    }
}

/// `out += input`, if there is one.
pub(super) fn add(input: &[f64], out: &mut [f64]) {
    out.iter_mut().zip(input).for_each(|(o, i)| *o += i);
}
