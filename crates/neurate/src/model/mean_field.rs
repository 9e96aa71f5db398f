//! Populations of spiking neurons behind a rate circuit: in-degrees and jumps give the mean and the
//! variance of every population's input (Amit & Brunel 1997; Brunel 2000, eqs. 3-5).
//!
//! ```text
//! mu_a      = h_a       + tau_a sum_b K_ab J_ab   r_b  + the same of outside spikes
//! sigma_a^2 = sigma_0^2 + tau_a sum_b K_ab J_ab^2 r_b  + the same of outside spikes
//! ```
//!
//! (Several synapses from one sender count as independent, as all others.) The first line is an ordinary weight matrix; the second makes `sigma` depend on the rates.

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// The synapses that every neuron of one population has from another.
#[derive(Clone, Debug, PartialEq)]
pub struct Synapses {
    /// Population of the receivers.
    pub to: usize,
    /// Population of the senders.
    pub from: usize,
    /// How many each receiver has.
    pub in_degree: f64,
    /// By how much one spike moves the receiver's potential, signed.
    pub jump: f64,
    /// Spread of the jumps: standard deviation over mean.
    pub jump_cv: f64,
    /// Time from spike to jump.
    pub delay: f64,
    /// Standard deviation of the delays (a gamma distribution).
    pub delay_sd: f64,
}

/// Spikes from outside: each neuron's own, as of independent Poisson processes.
#[derive(Clone, Debug, PartialEq)]
pub struct PoissonDrive {
    /// Its name.
    pub name: String,
    /// Population that it drives.
    pub to: usize,
    /// How many processes each neuron hears.
    pub in_degree: f64,
    /// Rate of each.
    pub rate: f64,
    /// By how much one spike moves the potential, signed.
    pub jump: f64,
}

/// What a mean-field circuit knows of the neurons behind it. Population `a` of the circuit has one
/// unit, which stands for `neurons[a]`.
#[derive(Clone, Debug)]
pub struct MeanField {
    /// Number of neurons in each population.
    pub neurons: Vec<usize>,
    /// Synapses, at most one entry for a pair of populations.
    pub synapses: Vec<Synapses>,
    /// Spikes from outside.
    pub drives: Vec<PoissonDrive>,
    mean: Matrix,
    variance: Matrix,
    mean_outside: Vec<f64>,
    variance_outside: Vec<f64>,
}

impl MeanField {
    /// From the membrane time constants; `rate_times_time` is one unit of rate times one of time.
    ///
    /// # Errors
    /// A population that does not exist, a pair given twice, or a number that makes no sense.
    pub fn new(
        neurons: Vec<usize>,
        tau_m: &[f64],
        synapses: Vec<Synapses>,
        drives: Vec<PoissonDrive>,
        rate_times_time: f64,
    ) -> Result<MeanField> {
        let n = neurons.len();
        if tau_m.len() != n || neurons.contains(&0) {
            return Err(Error::invalid("every population needs neurons and a membrane time constant"));
        }
        let (mut mean, mut variance) = (Matrix::zeros(n, n), Matrix::zeros(n, n));
        let mut seen = vec![false; n * n];
        for s in &synapses {
            if s.to >= n || s.from >= n || std::mem::replace(&mut seen[s.to * n + s.from], true) {
                return Err(Error::invalid("synapses between populations that do not exist, or twice"));
            }
            let lasting = [s.in_degree, s.jump_cv, s.delay, s.delay_sd];
            if lasting.iter().any(|x| !(x.is_finite() && *x >= 0.0)) || !s.jump.is_finite() {
                return Err(Error::invalid(
                    "in-degrees, delays and spreads are finite and never negative, jumps finite",
                ));
            }
            let per_rate = tau_m[s.to] * rate_times_time * s.in_degree;
            mean[(s.to, s.from)] = per_rate * s.jump;
            variance[(s.to, s.from)] = per_rate * s.jump * s.jump * (1.0 + s.jump_cv * s.jump_cv);
        }
        let (mut mean_outside, mut variance_outside) = (vec![0.0; n], vec![0.0; n]);
        for d in &drives {
            if d.to >= n || !(d.in_degree >= 0.0 && d.rate >= 0.0 && (d.in_degree * d.rate).is_finite()) {
                return Err(Error::invalid(format!(
                    "the drive {} needs a population, and a rate and in-degree that are finite and not negative",
                    d.name
                )));
            }
            let spikes = tau_m[d.to] * rate_times_time * d.in_degree * d.rate;
            mean_outside[d.to] += spikes * d.jump;
            variance_outside[d.to] += spikes * d.jump * d.jump;
        }
        if !(mean.is_finite() && variance.is_finite()) {
            return Err(Error::invalid("in-degrees times jumps are too large for a number")
                .with_help("write smaller K, J and cv: K J, and K J^2 (1 + cv^2), are at most 1.8e308"));
        }
        Ok(MeanField { neurons, synapses, drives, mean, variance, mean_outside, variance_outside })
    }

    /// `tau K J`: mean input per rate, to (row) from (column); the circuit's weights.
    pub fn mean(&self) -> &Matrix {
        &self.mean
    }
    /// `tau K J^2`: variance of the input per rate.
    pub fn variance(&self) -> &Matrix {
        &self.variance
    }
    /// Mean input from outside.
    pub fn mean_outside(&self) -> &[f64] {
        &self.mean_outside
    }
    /// Variance of the input from outside.
    pub fn variance_outside(&self) -> &[f64] {
        &self.variance_outside
    }
    /// Standard deviation of population `a`'s input at the rates `r`, on top of `constant`. Negative
    /// rates, as Newton's method tries them, bring no noise.
    pub fn sigma(&self, a: usize, constant: f64, r: &[f64]) -> f64 {
        let recurrent: f64 = self.variance.row(a).iter().zip(r).map(|(v, r)| v * r.max(0.0)).sum();
        (constant * constant + self.variance_outside[a] + recurrent).sqrt()
    }
    /// The synapses to one population from another.
    pub fn between(&self, to: usize, from: usize) -> Option<&Synapses> {
        self.synapses.iter().find(|s| (s.to, s.from) == (to, from))
    }
}
