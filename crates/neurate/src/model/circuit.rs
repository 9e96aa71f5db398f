//! A circuit that has been checked, and the parts that it is made of.

use super::address::Address;
use super::form::Form;
use super::mean_field::MeanField;
use super::noise::NoiseSource;
use super::population::{CellKind, Population, sign_allows};
use super::run::{Run, Start};
use super::slow::{Delays, SlowBlock};
use super::space::FeatureSpace;
use super::standard_errors::StandardError;
use super::stimulus::Stimulus;
use super::units::Units;
use super::weights::Weights;
use crate::model::transfer::{Slopes, steady};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::ops::Range;

/// All that a [`Circuit`] is made of, before it has been checked.
#[derive(Clone, Debug)]
pub struct Parts {
    /// A title for people.
    pub title: String,
    /// The equation.
    pub form: Form,
    /// Populations, in the order of their units.
    pub populations: Vec<Population>,
    /// Weights between all units; in [`Form::Conductance`], conductances per rate (never negative).
    pub weights: Weights,
    /// The spiking neurons behind a mean-field circuit, whose `weights` are then
    /// [`MeanField::mean`]; what comes from outside is added to the populations' `h`.
    pub mean_field: Option<MeanField>,
    /// Delays between populations; None: everything arrives at once.
    pub delays: Option<Delays>,
    /// The ring or torus on which units stand, if the circuit has one.
    pub space: Option<FeatureSpace>,
    /// Inputs over time, on top of the populations' constant `h`.
    pub stimuli: Vec<Stimulus>,
    /// Noise in the inputs, independent sources; empty: none is told.
    pub noise: Vec<NoiseSource>,
    /// Parameters that are known with a standard error; their errors are independent.
    pub standard_errors: Vec<StandardError>,
    /// How it is run.
    pub run: Run,
    /// Names of the units of all numbers.
    pub units: Units,
    /// Seed of what was drawn at random, if anything was.
    pub seed: Option<u64>,
    /// What a careful reader would want to look at.
    pub warnings: Vec<Error>,
    /// Parameters that follow from others: the first sets the second, too (a population that is `like` another one, a
    /// time constant that is its membrane's).
    pub follows: Vec<(Address, Address)>,
    /// Whether the weights are given as numbers, which can be varied; not drawn, nor made by a kernel.
    pub weights_vary: bool,
}

/// A circuit that has been checked.
#[derive(Clone, Debug)]
pub struct Circuit {
    pub(super) parts: Parts,
    tau: Vec<f64>,
    h: Vec<f64>,
    first: Vec<usize>,
    slow: Vec<SlowBlock>,
}

/// The largest circuit whose dense weight matrix is built (3.2 GB of weights).
pub const MAX_DENSE_UNITS: usize = 20_000;

impl Circuit {
    /// Checks the parts and makes a circuit of them.
    ///
    /// # Errors
    /// [`Kind::Invalid`](neurate_numerics::error::Kind) if there is no population, two have one name, a size
    /// does not fit, a time constant is not positive, a number is not finite, or a weight's sign
    /// contradicts its sender's kind.
    pub fn new(parts: Parts) -> Result<Circuit> {
        Circuit::assemble(parts, false)
    }

    /// [`Circuit::new`]; weights that are known to be in order are not looked at again.
    pub(crate) fn assemble(parts: Parts, weights_known: bool) -> Result<Circuit> {
        let mut first = Vec::with_capacity(parts.populations.len() + 1);
        let mut n = 0;
        for (i, p) in parts.populations.iter().enumerate() {
            if parts.populations[..i].iter().any(|q| q.name == p.name) {
                return Err(Error::invalid(format!("two populations are named {}", p.name)));
            }
            p.check(parts.form)?;
            if let Some(q) = parts.populations[..i].iter().find(|q| q.shown() == p.shown()) {
                return Err(Error::invalid(format!(
                    "populations {} and {} are both shown as {}",
                    q.name,
                    p.name,
                    p.shown()
                ))
                .with_help("give one of them another label"));
            }
            first.push(n);
            n += p.size;
        }
        if n == 0 {
            return Err(Error::invalid("a circuit needs at least one population"));
        }
        if parts.weights.n() != n {
            return Err(Error::invalid(format!(
                "the weights are for {} units, the populations have {n}",
                parts.weights.n()
            )));
        }
        if !weights_known {
            parts.weights.in_large_pages();
        }
        for s in &parts.stimuli {
            s.check(parts.form, &parts.populations)?;
        }
        for s in &parts.noise {
            s.check(n)?;
        }
        for s in &parts.standard_errors {
            s.check(parts.form, &parts.populations)?;
        }
        if let Start::State(x) = &parts.run.start
            && (x.len() != n || x.iter().any(|v| !v.is_finite()))
        {
            return Err(Error::invalid(format!("the start needs {n} finite values, one per unit")));
        }
        first.push(n);
        let tau = parts.populations.iter().flat_map(|p| p.tau.iter().copied()).collect();
        let mut h: Vec<f64> = parts.populations.iter().flat_map(|p| p.h.iter().copied()).collect();
        if let Some(m) = &parts.mean_field {
            h.iter_mut().zip(m.mean_outside()).for_each(|(h, outside)| *h += outside);
        }
        let slow = slow_blocks(&parts.populations, n);
        let circuit = Circuit { parts, tau, h, first, slow };
        circuit.check_slow()?;
        if !weights_known {
            circuit.check_weights()?;
        }
        circuit.check_mean_field()?;
        Ok(circuit)
    }

    fn check_weights(&self) -> Result<()> {
        let weights = &self.parts.weights;
        let mut bad = self.first_wrong(weights);
        // Of a sum each part was asked; what counts is the sum.
        if bad.is_some() && matches!(weights, Weights::Sum(_)) && self.n() <= MAX_DENSE_UNITS {
            bad = self.first_wrong(&weights.to_dense().into());
        }
        let Some((to, from, w)) = bad else { return Ok(()) };
        let (to, from) = (self.unit_name(to), self.unit_name(from));
        if !w.is_finite() {
            return Err(Error::invalid(format!("the weight to {to} from {from} is {w}"))
                .with_help("every weight is a finite number; a sum of large ones may overflow"));
        }
        if self.parts.form == Form::Conductance {
            return Err(Error::invalid(format!(
                "the conductance to {to} from {from} is {w}: a conductance is never negative"
            ))
            .with_help("inhibition comes from the sender's reversal potential, not from a sign"));
        }
        let kind = self.parts.populations[self.population_of_name(&from)].kind;
        Err(Error::invalid(format!("{from} is {} but its weight onto {to} is {w:+}", kind.name()))
            .with_help(format!("write {:+}, or set the kind to \"unconstrained\"", -w)))
    }

    /// The first weight against its sender's kind, or not finite.
    fn first_wrong(&self, weights: &Weights) -> Option<(usize, usize, f64)> {
        if let Weights::Sum(parts) = weights {
            return parts.iter().find_map(|part| self.first_wrong(part));
        }
        let free = self.parts.form != Form::Conductance
            && self.parts.populations.iter().all(|p| p.kind == CellKind::Unconstrained);
        if free && !matches!(weights, Weights::Dense(_) | Weights::Sparse(_)) {
            return None; // the other structures are finite by construction
        }
        let mut bad = None;
        let all: Vec<Range<usize>> = (0..self.parts.populations.len()).map(|p| self.range(p)).collect();
        weights.representatives(&all, |to, from, w| {
            if bad.is_some() {
                return;
            }
            let sender = self.population_of(from);
            if !w.is_finite() || !sign_allows(self.parts.form, self.parts.populations[sender].kind, w) {
                bad = Some((to, from, w));
            }
        });
        bad
    }

    fn check_mean_field(&self) -> Result<()> {
        let Some(m) = &self.parts.mean_field else { return Ok(()) };
        if self.parts.form != Form::Rate {
            return Err(Error::invalid(
                "mean-field inputs belong to form = \"rate\": their sigma depends on the rates",
            ));
        }
        if m.neurons.len() != self.n() || self.parts.populations.iter().any(|p| p.size != 1) {
            return Err(Error::invalid("a mean-field circuit has one unit for each population"));
        }
        let mut agree = true;
        self.parts.weights.for_each(|to, from, w| agree &= w == m.mean()[(to, from)]);
        if !agree {
            return Err(Error::invalid("the weights of a mean-field circuit are those of its synapses"));
        }
        if let Some(p) = self.parts.populations.iter().find(|p| p.transfer.lif().is_none()) {
            return Err(Error::invalid(format!(
                "{} has no integrate-and-fire neurons, which mean-field inputs need",
                p.name
            )));
        }
        Ok(())
    }

    fn check_slow(&self) -> Result<()> {
        if self.parts.mean_field.is_some() && !self.is_plain() {
            return Err(Error::invalid(
                "slow states and delays between populations belong to circuits with weights: the synapses of a mean-field circuit have delays of their own",
            ));
        }
        let p = self.parts.populations.len();
        match &self.parts.delays {
            Some(d) if (d.between().rows(), d.between().cols()) != (p, p) => Err(Error::invalid(format!(
                "delays between {} populations, there are {p}",
                d.between().rows()
            ))),
            _ => Ok(()),
        }
    }

    fn population_of_name(&self, unit: &str) -> usize {
        let name = unit.split('[').next().unwrap_or(unit);
        self.parts.populations.iter().position(|p| p.name == name).unwrap_or(0)
    }

    /// Title.
    pub fn title(&self) -> &str {
        &self.parts.title
    }
    /// The equation.
    pub fn form(&self) -> Form {
        self.parts.form
    }
    /// The equation, for people.
    pub fn equation(&self) -> &'static str {
        match self.parts.mean_field {
            Some(_) => "τ dr/dt = −r + f(W r + h, σ(r))",
            None if self.is_refractory() => "τ dr/dt = −r + (1 − ρ r) f(W r + h)",
            None => self.parts.form.equation(),
        }
    }
    /// Number of units.
    pub fn n(&self) -> usize {
        self.tau.len()
    }
    /// Number of states: units and slow states.
    pub fn states(&self) -> usize {
        self.n() + self.slow.iter().map(|b| self.range(b.population).len()).sum::<usize>()
    }
    /// The slow states, which stand after the units' states.
    pub fn slow(&self) -> &[SlowBlock] {
        &self.slow
    }
    /// Delays between populations.
    pub fn delays(&self) -> Option<&Delays> {
        self.parts.delays.as_ref()
    }
    /// Whether the units are all there is: no slow states, no delays.
    pub fn is_plain(&self) -> bool {
        self.slow.is_empty() && self.parts.delays.is_none()
    }
    /// Whether the input to each unit is `W r + h` and nothing else decides its steady state, whatever the delays: no conductances,
    /// no fluctuations that depend on rates, no slow states.
    pub(crate) fn sums_rates(&self) -> bool {
        self.parts.form != Form::Conductance && self.parts.mean_field.is_none() && self.slow.is_empty()
    }
    /// The shortest and the longest time constant, slow states included; of units with a refractory fraction those at
    /// their highest rate as well, where f is bounded.
    pub fn time_scales(&self) -> (f64, f64) {
        let fastest = self.parts.populations.iter().flat_map(|p| {
            let faster = p.transfer.drive_bound().map_or(1.0, |bound| 1.0 + p.transfer.refractory() * bound);
            p.tau.iter().map(move |tau| tau / faster)
        });
        let all = self.tau.iter().copied().chain(fastest).chain(self.slow.iter().map(|b| b.tau));
        all.fold((f64::INFINITY, 0.0), |(short, long), t| (short.min(t), long.max(t)))
    }
    /// The populations, in the order of their units.
    pub fn populations(&self) -> &[Population] {
        &self.parts.populations
    }
    /// The units of population `p`.
    pub fn range(&self, p: usize) -> Range<usize> {
        self.first[p]..self.first[p + 1]
    }
    /// The population of unit `i`.
    pub fn population_of(&self, i: usize) -> usize {
        self.first.partition_point(|&f| f <= i) - 1
    }
    /// The mean of a value per unit over each population.
    pub fn population_means(&self, v: &[f64]) -> Vec<f64> {
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        (0..self.parts.populations.len()).map(|p| mean(&v[self.range(p)])).collect()
    }
    /// Weights between units: to, from. Conductances per rate in [`Form::Conductance`].
    pub fn weights(&self) -> &Weights {
        &self.parts.weights
    }
    /// The weights as a dense matrix.
    ///
    /// # Errors
    /// Refuses more than [`MAX_DENSE_UNITS`] units.
    pub fn dense_weights(&self) -> Result<Matrix> {
        self.require_dense()?;
        Ok(self.parts.weights.to_dense())
    }
    /// Refuses circuits that are too large for dense analyses.
    ///
    /// # Errors
    /// More than [`MAX_DENSE_UNITS`] units.
    pub fn require_dense(&self) -> Result<()> {
        if self.n() > MAX_DENSE_UNITS {
            return Err(Error::unsupported(format!(
                "{} units are too many for a dense matrix (at most {MAX_DENSE_UNITS}); only simulation works at this size",
                self.n()
            )));
        }
        Ok(())
    }
    /// Time constant of each unit; in [`Form::Conductance`], at rest.
    pub fn tau(&self) -> &[f64] {
        &self.tau
    }
    /// Whether all time constants are equal.
    pub fn uniform_tau(&self) -> bool {
        self.tau.iter().all(|&t| t == self.tau[0])
    }
    /// Constant input of each unit; in mean-field circuits with what comes from outside.
    pub fn h(&self) -> &[f64] {
        &self.h
    }
    /// The ring or torus on which units stand, if the circuit has one.
    pub fn space(&self) -> Option<&FeatureSpace> {
        self.parts.space.as_ref()
    }
    /// Inputs over time.
    pub fn stimuli(&self) -> &[Stimulus] {
        &self.parts.stimuli
    }
    /// Noise in the inputs: independent sources.
    pub fn noise(&self) -> &[NoiseSource] {
        &self.parts.noise
    }
    /// Parameters that are known with a standard error.
    pub fn standard_errors(&self) -> &[StandardError] {
        &self.parts.standard_errors
    }
    /// How it is run.
    pub fn run(&self) -> &Run {
        &self.parts.run
    }
    /// Names of the units of all numbers.
    pub fn units(&self) -> &Units {
        &self.parts.units
    }
    /// The seed of what was drawn at random.
    pub fn seed(&self) -> Option<u64> {
        self.parts.seed
    }
    /// What a careful reader would want to look at.
    pub fn warnings(&self) -> &[Error] {
        &self.parts.warnings
    }
    /// All parts, for making a changed circuit.
    pub fn to_parts(&self) -> Parts {
        self.parts.clone()
    }
    /// Adds the input of every unit at time `t` to `out`: constant and stimuli (impulses excepted).
    pub fn add_input(&self, t: f64, out: &mut [f64]) {
        for (o, h) in out.iter_mut().zip(&self.h) {
            *o += h;
        }
        for s in &self.parts.stimuli {
            let u = s.waveform.value(t);
            if u != 0.0 {
                for (o, a) in out.iter_mut().zip(&s.pattern) {
                    *o += u * a;
                }
            }
        }
    }
    /// The spiking neurons behind a mean-field circuit.
    pub fn mean_field(&self) -> Option<&MeanField> {
        self.parts.mean_field.as_ref()
    }
    /// Standard deviation of the input to the units of population `p`, while all units send the
    /// rates `senders`; only in mean-field circuits does it depend on them.
    pub fn sigma(&self, p: usize, senders: &[f64]) -> f64 {
        let constant = self.parts.populations[p].sigma;
        self.parts.mean_field.as_ref().map_or(constant, |m| m.sigma(p, constant, senders))
    }
    /// Whether units of some population have a refractory fraction: their time constants depend on their inputs.
    pub fn is_refractory(&self) -> bool {
        self.parts.populations.iter().any(|p| p.transfer.refractory() > 0.0)
    }
    /// `f` of every unit at its input `x`, whatever its refractory fraction; [`Circuit::saturate`] makes targets of it.
    pub(crate) fn drives(&self, x: &[f64], senders: &[f64], target: &mut [f64]) {
        for (p, population) in self.parts.populations.iter().enumerate() {
            let range = self.range(p);
            population.transfer.drives(&x[range.clone()], self.sigma(p, senders), &mut target[range]);
        }
    }
    /// Turns `f` of `lanes` copies side by side into targets, and puts time constants into `tau`.
    pub(crate) fn saturate(&self, lanes: usize, target: &mut [f64], tau: &mut [f64]) {
        for (tau, own) in tau.chunks_exact_mut(lanes).zip(&self.tau) {
            tau.fill(*own);
        }
        for (p, population) in self.parts.populations.iter().enumerate() {
            let rho = population.transfer.refractory();
            if rho == 0.0 {
                continue;
            }
            let range = self.range(p).start * lanes..self.range(p).end * lanes;
            for (target, tau) in target[range.clone()].iter_mut().zip(&mut tau[range]) {
                let (rate, faster) = steady(*target, rho);
                *target = rate;
                *tau /= faster;
            }
        }
    }
    /// In rate form, how each unit's field moves with its input at rates `r`, and its time constant:
    /// `tau' dr'/dt = slope x' - r'`. At a fixed point the slopes are the [gains](Circuit::gains).
    pub(crate) fn field_slopes(&self, x: &[f64], r: &[f64]) -> (Vec<Slopes>, Vec<f64>) {
        let mut slopes = Vec::with_capacity(self.n());
        let mut tau = self.tau.clone();
        for (p, population) in self.parts.populations.iter().enumerate() {
            let (sigma, rho) = (self.sigma(p, r), population.transfer.refractory());
            for i in self.range(p) {
                let mut s = population.transfer.drive(x[i], sigma);
                if rho > 0.0 {
                    let (rate, faster) = steady(s.rate, rho);
                    // The field is ((1 - rho r) f - r)/tau.
                    let ready = (1.0 - rho * r[i]) / faster;
                    s = Slopes { rate, d_mu: s.d_mu * ready, d_sigma: s.d_sigma * ready };
                    tau[i] /= faster;
                }
                slopes.push(s);
            }
        }
        (slopes, tau)
    }
    /// Applies every unit's transfer function: `out = f(x, sigma)`, `sigma` as in
    /// [`Circuit::sigma`]; with a refractory fraction, the steady rate `f/(1 + rho f)`.
    pub fn rates(&self, x: &[f64], senders: &[f64], out: &mut [f64]) {
        for (p, population) in self.parts.populations.iter().enumerate() {
            let range = self.range(p);
            population.transfer.rates(&x[range.clone()], self.sigma(p, senders), &mut out[range]);
        }
    }
    /// Every unit's rate and slopes at its input `x`.
    pub fn slopes(&self, x: &[f64], senders: &[f64]) -> Vec<Slopes> {
        let mut slopes = Vec::with_capacity(self.n());
        for (p, population) in self.parts.populations.iter().enumerate() {
            let sigma = self.sigma(p, senders);
            slopes.extend(x[self.range(p)].iter().map(|&x| population.transfer.slopes(x, sigma)));
        }
        slopes
    }
    /// Every unit's gain at its input `x`: `df/dx`, or the slope of the steady rate.
    pub fn gains(&self, x: &[f64], senders: &[f64]) -> Vec<f64> {
        self.slopes(x, senders).into_iter().map(|s| s.d_mu).collect()
    }
}

/// Where the slow states of all populations stand, after `n` units.
fn slow_blocks(populations: &[Population], n: usize) -> Vec<SlowBlock> {
    let mut first = n;
    let mut all = Vec::new();
    for (population, p) in populations.iter().enumerate() {
        for (kind, tau) in p.slow.kinds() {
            all.push(SlowBlock { population, kind, tau, first });
            first += p.size;
        }
    }
    all
}
