//! A circuit under study: every answer is computed when it is first asked for, once, and shared by all who ask.

mod answer;
mod array;
mod part;
mod patterns;

use answer::Answers;
pub use answer::{Answer, Applies};
pub use array::{
    ARRAY, Array, COMPLEX, COMPLEX_ARRAY, ComplexArray, ComplexList, ComplexNumber, MAX_ENTRIES_IN_JSON,
};
pub use part::Part;
pub use patterns::{Channels, Side, channels, order};

use crate::fixed_points::{FixedPoint, Search, SearchOptions, fixed_points_watched, operating_point};
use crate::linear::Linearization;
use crate::linear::mean_field::{DelayedStability, delayed_stability};
use crate::linear::modes::{Eigenmodes, Order, SchurForm, SchurModes, eigenmodes_of, schur_modes_of};
use crate::linear::response::{Verdicts, verdicts};
use crate::model::Circuit;
use crate::simulate::{Protocol, RunOptions, Trajectory, Trials};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::progress::Progress;
use std::sync::{Arc, OnceLock};

/// What a user may choose about the analyses: the default, and what differs from it.
///
/// ```
/// use neurate::prelude::*;
/// let choices = Choices::default().at(2).order(Order::SlowFirst).search(SearchOptions::default().starts(100));
/// assert_eq!((choices.at, choices.search.starts), (Some(2), Some(100)));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Choices {
    /// The fixed point to analyze, by its position in the list (from 1); None: the one that a run
    /// from rest reaches, else the stable one of lowest rates.
    pub at: Option<usize>,
    /// Order of the Schur modes.
    pub order: Order,
    /// Where deviations begin whose amplification is asked for; None: anywhere. [`channels`] reads it from text, for
    /// [`Side::From`].
    pub from: Option<Channels>,
    /// Where they are seen, for [`Side::To`]; None: everywhere. With neither there is no such question.
    pub to: Option<Channels>,
    /// The search for fixed points.
    pub search: SearchOptions,
    /// What runs are asked for; reports are about the circuit without its noise.
    pub run: RunOptions,
    /// Whether runs are compared with the linearization, for which fixed points are sought.
    pub compare: bool,
    /// Number of noisy runs at once.
    pub trials: Option<usize>,
    /// Parts of populations to stimulate.
    pub perturb: Vec<Part>,
    /// Seed of what analyses draw: parts of populations, samples of uncertain parameters.
    pub seed: u64,
    /// Number of samples of uncertain parameters; None: by the circuit's size.
    pub samples: Option<usize>,
}

impl Default for Choices {
    fn default() -> Self {
        Choices {
            at: None,
            order: Order::SumFirst,
            from: None,
            to: None,
            search: SearchOptions::default(),
            run: RunOptions::default(),
            compare: true,
            trials: None,
            perturb: vec![],
            seed: 1,
            samples: None,
        }
    }
}

impl Choices {
    /// The fixed point to analyze, by its position from 1.
    #[must_use]
    pub fn at(mut self, at: impl Into<Option<usize>>) -> Choices {
        self.at = at.into();
        self
    }
    /// The order of the Schur modes.
    #[must_use]
    pub fn order(mut self, order: Order) -> Choices {
        self.order = order;
        self
    }
    /// Where deviations begin whose amplification is asked for.
    #[must_use]
    pub fn from(mut self, from: impl Into<Option<Channels>>) -> Choices {
        self.from = from.into();
        self
    }
    /// Where they are seen.
    #[must_use]
    pub fn to(mut self, to: impl Into<Option<Channels>>) -> Choices {
        self.to = to.into();
        self
    }
    /// The search for fixed points.
    #[must_use]
    pub fn search(mut self, search: SearchOptions) -> Choices {
        self.search = search;
        self
    }
    /// What runs are asked for.
    #[must_use]
    pub fn run(mut self, run: RunOptions) -> Choices {
        self.run = run;
        self
    }
    /// Whether runs are compared with the linearization.
    #[must_use]
    pub fn compare(mut self, compare: bool) -> Choices {
        self.compare = compare;
        self
    }
    /// The number of noisy runs at once.
    #[must_use]
    pub fn trials(mut self, trials: impl Into<Option<usize>>) -> Choices {
        self.trials = trials.into();
        self
    }
    /// The parts of populations to stimulate.
    #[must_use]
    pub fn perturb(mut self, perturb: Vec<Part>) -> Choices {
        self.perturb = perturb;
        self
    }
    /// The seed of what analyses draw.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Choices {
        self.seed = seed;
        self
    }
    /// The number of samples of uncertain parameters.
    #[must_use]
    pub fn samples(mut self, samples: impl Into<Option<usize>>) -> Choices {
        self.samples = samples.into();
        self
    }
}

/// Words that have become others: what used to be asked for by the first is now called the second.
const RENAMED: [(&str, &str); 3] =
    [("growth", "amplification"), ("linearisation", "linearization"), ("stabilise", "stabilize")];

/// The word that took the place of another one.
pub fn renamed(old: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(word, _)| *word == old).map(|(_, new)| *new)
}

/// A circuit under study.
///
/// Nothing is computed before it is asked for: a run asks for no fixed points unless it starts at one, and a fixed point
/// asks for no response.
#[derive(Clone, Debug)]
pub struct Study {
    circuit: Arc<Circuit>,
    choices: Choices,
    progress: Progress,
    search: OnceLock<Search>,
    linearization: OnceLock<Linearization>,
    delayed: OnceLock<DelayedStability>,
    eigenmodes: OnceLock<Eigenmodes>,
    schur_modes: OnceLock<SchurModes>,
    verdicts: OnceLock<Verdicts>,
    protocol: OnceLock<Protocol>,
    trajectory: OnceLock<Trajectory>,
    trials: OnceLock<Trials>,
    answers: Answers,
}

/// The answer that is there, or the one that is computed now. An error is not kept: it is found again.
fn once<T>(cell: &OnceLock<T>, compute: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let computed = compute()?;
    Ok(cell.get_or_init(|| computed))
}

impl Study {
    /// The study of a circuit; nothing is computed yet.
    #[must_use]
    pub fn new(circuit: impl Into<Arc<Circuit>>, choices: Choices) -> Study {
        Study::watched(circuit, choices, Progress::default())
    }

    /// [`Study::new`], whose long computations report how far they are and can be stopped: each as a share of itself.
    #[must_use]
    pub fn watched(circuit: impl Into<Arc<Circuit>>, choices: Choices, progress: Progress) -> Study {
        Study {
            circuit: circuit.into(),
            choices,
            progress,
            search: OnceLock::new(),
            linearization: OnceLock::new(),
            delayed: OnceLock::new(),
            eigenmodes: OnceLock::new(),
            schur_modes: OnceLock::new(),
            verdicts: OnceLock::new(),
            protocol: OnceLock::new(),
            trajectory: OnceLock::new(),
            trials: OnceLock::new(),
            answers: Answers::default(),
        }
    }

    /// The answer to a question, computed when it is first asked for.
    ///
    /// # Errors
    /// As [`Answer::compute`]. Whether the question can be asked is not checked: see [`Answer::applies`].
    pub fn ask<A: Answer>(&self) -> Result<Arc<A>> {
        self.answers.once(|| A::compute(self))
    }

    /// The circuit.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }
    /// The choices.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }
    /// Who hears how far a computation is, and may stop it.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// All fixed points found.
    ///
    /// # Errors
    /// The circuit is too large for dense analysis; the search was stopped.
    pub fn fixed_points(&self) -> Result<&Search> {
        once(&self.search, || fixed_points_watched(&self.circuit, &self.choices.search, &self.progress))
    }

    /// Whether somebody asked for the fixed points.
    pub fn has_searched(&self) -> bool {
        self.search.get().is_some()
    }

    /// Position of the operating point among the fixed points: the one that was chosen, else the stable one that a run
    /// from rest reaches, else the stable one of lowest rates. None if there is no stable one; a point that was chosen by
    /// its number may be unstable.
    ///
    /// # Errors
    /// As [`Study::fixed_points`]; a number that no fixed point has.
    pub fn operating_index(&self) -> Result<Option<usize>> {
        let search = self.fixed_points()?;
        match self.choices.at {
            None => Ok(search.operating_point()),
            Some(k) if k >= 1 && k <= search.points.len() => Ok(Some(k - 1)),
            Some(k) => Err(Error::invalid(format!(
                "there is no fixed point {k}: {} found",
                match search.points.len() {
                    0 => "none was".to_string(),
                    1 => "1 was".to_string(),
                    n => format!("{n} were"),
                }
            ))),
        }
    }

    /// The operating point: the fixed point that is analyzed.
    ///
    /// # Errors
    /// As [`Study::operating_index`].
    pub fn operating_point(&self) -> Result<Option<&FixedPoint>> {
        let points = &self.fixed_points()?.points;
        Ok(self.operating_index()?.map(|k| &points[k]))
    }

    /// The operating point, or an error where there is none.
    ///
    /// # Errors
    /// As [`Study::operating_index`]; there is no stable fixed point.
    pub fn point(&self) -> Result<&FixedPoint> {
        self.operating_point()?.ok_or_else(|| {
            Error::invalid("there is no stable fixed point to linearize about")
                .with_help("`neurate fixed-points` lists what was found; --at N analyzes an unstable one")
        })
    }

    /// Whether there is an operating point. Where that is not known because the search failed, the answer is yes: what
    /// needs the point then says why.
    pub fn has_operating_point(&self) -> bool {
        !matches!(self.operating_index(), Ok(None))
    }

    /// The linearization at the operating point.
    ///
    /// # Errors
    /// As [`Study::point`].
    pub fn linearization(&self) -> Result<&Linearization> {
        once(&self.linearization, || Linearization::new(&self.circuit, self.point()?))
    }

    /// The eigenmodes of the modes' matrix.
    ///
    /// # Errors
    /// As [`Study::point`]; the circuit has delays; the eigenvalues did not converge.
    pub fn eigenmodes(&self) -> Result<&Eigenmodes> {
        once(&self.eigenmodes, || {
            let l = self.linearization()?;
            if l.delayed() {
                return Err(Error::unsupported("with delays the modes are not those of a matrix"));
            }
            eigenmodes_of(l.modes_decomposition(), l.tau_0)
        })
    }

    /// The Schur modes of the modes' matrix, in real form and in the order chosen.
    ///
    /// # Errors
    /// As [`Study::point`]; the order is none of this circuit, or the Schur form did not converge.
    pub fn schur_modes(&self) -> Result<&SchurModes> {
        once(&self.schur_modes, || {
            schur_modes_of(self.linearization()?.modes_decomposition(), SchurForm::Real, &self.choices.order)
        })
    }

    /// Response matrix, inhibition stabilization and paradox at the operating point.
    ///
    /// # Errors
    /// As [`Study::point`]; a decomposition did not converge.
    pub fn verdicts(&self) -> Result<&Verdicts> {
        once(&self.verdicts, || verdicts(&self.circuit, self.linearization()?))
    }

    /// Stability of the operating point with the spiking neurons' dynamics and delays; None without
    /// spiking neurons, or without an operating point.
    ///
    /// # Errors
    /// As [`Study::operating_index`]; a neuron has no linear response there.
    pub fn delayed_stability(&self) -> Result<Option<&DelayedStability>> {
        if self.circuit.mean_field().is_none() {
            return Ok(None);
        }
        let Some(point) = self.operating_point()? else { return Ok(None) };
        once(&self.delayed, || delayed_stability(&self.circuit, point)).map(Some)
    }

    /// How the circuit is run. Fixed points are sought only where the run starts at one: if all of them are known, or one
    /// was chosen by its number, from among them; else the one that a run from rest reaches.
    ///
    /// # Errors
    /// As [`Protocol::new`].
    pub fn protocol(&self) -> Result<&Protocol> {
        once(&self.protocol, || {
            Protocol::new(&self.circuit, &self.choices.run, || {
                if self.choices.at.is_some() || self.search.get().is_some() {
                    return Ok(self.operating_point()?.map(|p| p.state.clone()));
                }
                match operating_point(&self.circuit, &self.progress)? {
                    Some(point) => Ok(Some(point.state)),
                    None => Ok(self.operating_point()?.map(|p| p.state.clone())),
                }
            })
        })
    }

    /// The run that the circuit's `[run]` asks for, every recorded state kept.
    ///
    /// # Errors
    /// As [`Study::protocol`] and [`Protocol::run`].
    pub fn trajectory(&self) -> Result<&Trajectory> {
        once(&self.trajectory, || self.protocol()?.run(&self.circuit))
    }
    /// That run, if somebody asked for it.
    pub(crate) fn known_trajectory(&self) -> Option<&Trajectory> {
        self.trajectory.get()
    }

    /// As many noisy runs as were chosen; one, if none were.
    ///
    /// # Errors
    /// As [`Study::protocol`] and [`Protocol::trials`].
    pub fn trials(&self) -> Result<&Trials> {
        let count = self.choices.trials.unwrap_or(1);
        once(&self.trials, || self.protocol()?.trials(&self.circuit, count, vec![], &self.progress))
    }
}
