//! A circuit from a matrix, in a few lines.

use super::circuit::{Circuit, Parts};
use super::form::Form;
use super::mean_field::MeanField;
use super::noise::NoiseSource;
use super::population::{CellKind, Population};
use super::run::Run;
use super::slow::{Delays, SlowStates};
use super::space::FeatureSpace;
use super::standard_errors::StandardError;
use super::stimulus::Stimulus;
use super::transfer::Transfer;
use super::units::Units;
use super::weights::{Senders, Signs, Weights};
use neurate_numerics::error::{Error, Result};

/// Makes a [`Circuit`] from its weights; see [`Circuit::from_weights`].
///
/// Whatever is left out has a default: one population of no declared sign, linear units with a time constant of 20 ms,
/// no input.
#[derive(Clone, Debug)]
pub struct Builder {
    weights: Weights,
    form: Form,
    populations: Vec<(String, CellKind, usize)>,
    tau: Vec<f64>,
    h: Vec<f64>,
    sigma: Vec<f64>,
    transfer: Vec<Transfer>,
    rest: Rest,
}

/// What a circuit may have besides.
#[derive(Clone, Debug, Default)]
struct Rest {
    title: String,
    stimuli: Vec<Stimulus>,
    noise: Vec<NoiseSource>,
    run: Run,
    units: Units,
    seed: Option<u64>,
}

impl Circuit {
    /// Begins a circuit with the weights `W[to, from]`.
    ///
    /// ```
    /// use neurate::prelude::*;
    /// let w = Matrix::from_rows(&[[1.25, -0.65], [1.2, -0.5]]);
    /// let ssn = Circuit::from_weights(w)
    ///     .populations(&[("E", CellKind::Excitatory, 1), ("I", CellKind::Inhibitory, 1)])
    ///     .taus(&[20.0, 10.0])
    ///     .transfer(Transfer::new("power", &[("k", 0.04), ("n", 2.0)], 1e-3)?)
    ///     .input(20.0)
    ///     .build()?;
    /// assert_eq!(ssn.n(), 2);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn from_weights(weights: impl Into<Weights>) -> Builder {
        let weights = weights.into();
        let n = weights.n();
        Builder {
            weights,
            form: Form::Rate,
            populations: vec![("unit".into(), CellKind::Unconstrained, n)],
            tau: vec![20.0; n],
            h: vec![0.0; n],
            sigma: vec![0.0],
            transfer: vec![Transfer::identity()],
            rest: Rest::default(),
        }
    }
}

impl Builder {
    /// The equation; rates if left out.
    #[must_use]
    pub fn form(mut self, form: Form) -> Builder {
        self.form = form;
        self
    }
    /// Name, kind and size of every population, in the order of their units.
    #[must_use]
    pub fn populations(mut self, populations: &[(&str, CellKind, usize)]) -> Builder {
        self.populations =
            populations.iter().map(|(name, kind, size)| ((*name).into(), *kind, *size)).collect();
        self
    }
    /// The time constant of all units.
    #[must_use]
    pub fn tau(mut self, tau: f64) -> Builder {
        self.tau = vec![tau; self.weights.n()];
        self
    }
    /// The time constant of each unit.
    #[must_use]
    pub fn taus(mut self, tau: &[f64]) -> Builder {
        self.tau = tau.to_vec();
        self
    }
    /// The constant input of all units.
    #[must_use]
    pub fn input(mut self, h: f64) -> Builder {
        self.h = vec![h; self.weights.n()];
        self
    }
    /// The constant input of each unit.
    #[must_use]
    pub fn inputs(mut self, h: &[f64]) -> Builder {
        self.h = h.to_vec();
        self
    }
    /// The transfer function of all populations.
    #[must_use]
    pub fn transfer(mut self, f: Transfer) -> Builder {
        self.transfer = vec![f];
        self
    }
    /// The transfer function of each population.
    #[must_use]
    pub fn transfers(mut self, f: Vec<Transfer>) -> Builder {
        self.transfer = f;
        self
    }
    /// The standard deviation of every population's input.
    #[must_use]
    pub fn sigma(mut self, sigma: f64) -> Builder {
        self.sigma = vec![sigma];
        self
    }
    /// One more input over time.
    #[must_use]
    pub fn stimulus(mut self, stimulus: Stimulus) -> Builder {
        self.rest.stimuli.push(stimulus);
        self
    }
    /// One more source of noise.
    #[must_use]
    pub fn noise(mut self, source: NoiseSource) -> Builder {
        self.rest.noise.push(source);
        self
    }
    /// How it is run.
    #[must_use]
    pub fn run(mut self, run: Run) -> Builder {
        self.rest.run = run;
        self
    }
    /// Names of the units of its numbers.
    #[must_use]
    pub fn units(mut self, units: Units) -> Builder {
        self.rest.units = units;
        self
    }
    /// A title for people.
    #[must_use]
    pub fn title(mut self, title: &str) -> Builder {
        self.rest.title = title.to_string();
        self
    }
    /// The seed of what was drawn at random.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Builder {
        self.rest.seed = Some(seed);
        self
    }

    /// The circuit, checked.
    ///
    /// # Errors
    /// As [`Circuit::new`]; values for another number of units or populations.
    pub fn build(self) -> Result<Circuit> {
        self.parts().and_then(Circuit::new)
    }

    /// What it is made of, to be changed before [`Circuit::new`] checks it.
    ///
    /// # Errors
    /// Values for another number of units or populations.
    pub fn parts(self) -> Result<Parts> {
        let (n, p) = (self.weights.n(), self.populations.len());
        let units: usize = self.populations.iter().map(|(_, _, size)| size).sum();
        for (what, count) in [("time constants", self.tau.len()), ("inputs", self.h.len()), ("units", units)]
        {
            if count != n {
                return Err(Error::invalid(format!(
                    "there are {count} {what}, the weights are for {n} units"
                )));
            }
        }
        if self.transfer.len() != 1 && self.transfer.len() != p {
            return Err(Error::invalid(format!(
                "{} transfer functions for {p} populations",
                self.transfer.len()
            )));
        }
        let warnings = looks_transposed(&self.weights, &self.populations);
        let mut first = 0;
        let mut populations = Vec::with_capacity(p);
        for (k, (name, kind, size)) in self.populations.into_iter().enumerate() {
            let range = first..first + size;
            first += size;
            populations.push(Population {
                name,
                label: None,
                kind,
                size,
                tau: self.tau[range.clone()].to_vec(),
                h: self.h[range].to_vec(),
                sigma: self.sigma[0],
                transfer: self.transfer[k.min(self.transfer.len() - 1)].clone(),
                membrane: None,
                slow: SlowStates::default(),
            });
        }
        let Rest { title, stimuli, noise, run, units, seed } = self.rest;
        let (mean_field, delays, space): (Option<MeanField>, Option<Delays>, Option<FeatureSpace>) =
            (None, None, None);
        let standard_errors: Vec<StandardError> = Vec::new();
        Ok(Parts {
            title,
            form: self.form,
            populations,
            weights: self.weights,
            mean_field,
            delays,
            space,
            stimuli,
            noise,
            standard_errors,
            run,
            units,
            seed,
            warnings,
            follows: Vec::new(),
            weights_vary: true,
        })
    }
}

/// A warning, if nobody declared a kind and the signs of a matrix fit Dale's principle only in the transpose.
fn looks_transposed(weights: &Weights, populations: &[(String, CellKind, usize)]) -> Vec<Error> {
    let Weights::Dense(w) = weights else { return Vec::new() };
    if populations.iter().any(|(_, kind, _)| *kind != CellKind::Unconstrained) {
        return Vec::new();
    }
    let told = |e: Error| {
        Error::warning(e.message()).with_help("columns send: W[(to, from)]; declare the populations' kinds")
    };
    Signs::of(w).check("the matrix", Senders::Columns).err().map(told).into_iter().collect()
}
