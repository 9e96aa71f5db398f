//! A circuit with its fixed points and the linearization at one of them: built once, immutable.

mod patterns;
mod plan;
pub mod recording;

pub use patterns::order;
pub(crate) use patterns::{Channels, Side, channels};
pub use plan::Plan;

use crate::fixed_points::{Coverage, FixedPoint, Search, SearchOptions, fixed_points_watched};
use crate::linear::Linearization;
use crate::linear::mean_field::{DelayedStability, delayed_stability};
use crate::linear::modes::{Eigenmodes, Order, eigenmodes};
use crate::linear::response::{Verdicts, verdicts};
use crate::model::Circuit;
use crate::simulate::{Trajectory, Trials};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::progress::Progress;
use std::cell::OnceCell;

/// What a user may choose about the analyses.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The fixed point to analyze, by its position in the list (from 1); None: the one that a run
    /// from rest reaches, else the stable one of lowest rates.
    pub at: Option<usize>,
    /// Order of the Schur modes.
    pub order: Order,
    /// Amplification of what begins here (`E`, `unit E[3]`, `mean E`, or a list of such; None: anywhere) ..
    pub from: Option<String>,
    /// .. seen there (the same; `mean` are the mean rates of all populations).
    pub to: Option<String>,
    /// The search for fixed points.
    pub search: SearchOptions,
    /// Threads for the large products of a run; results do not depend on it.
    pub threads: usize,
    /// Whether runs have the noise of the file; reports are about the circuit without it.
    pub noisy: bool,
    /// Number of noisy runs at once.
    pub trials: Option<usize>,
    /// Parts of populations to stimulate: `I:0.3`, or units `I[0],I[4]`.
    pub perturb: Vec<String>,
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
            threads: 1,
            noisy: false,
            trials: None,
            perturb: vec![],
            seed: 1,
            samples: None,
        }
    }
}

/// A circuit under study.
#[derive(Clone, Debug)]
pub struct Study {
    circuit: Circuit,
    choices: Choices,
    search: Search,
    operating_point: Option<usize>,
    linearization: Option<Linearization>,
    progress: Progress,
    /// Several sections ask for it.
    delayed: OnceCell<DelayedStability>,
    eigenmodes: OnceCell<Eigenmodes>,
    verdicts: OnceCell<Verdicts>,
    trajectory: OnceCell<Trajectory>,
    trials: OnceCell<Trials>,
}

impl Study {
    /// Finds the fixed points, chooses one, linearizes there.
    ///
    /// A circuit without a stable fixed point has a study all the same, with fewer sections; a point
    /// asked for by number is analyzed even if it is unstable.
    ///
    /// # Errors
    /// A number that no fixed point has; a circuit too large for dense analysis.
    pub fn new(circuit: Circuit, choices: Choices) -> Result<Study> {
        Study::watched(circuit, choices, Progress::default())
    }

    /// [`Study::new`], telling how far the search for fixed points is, and later each long analysis: always
    /// as a share of the one that runs.
    ///
    /// # Errors
    /// As [`Study::new`].
    pub fn watched(circuit: Circuit, choices: Choices, progress: Progress) -> Result<Study> {
        let search = fixed_points_watched(&circuit, &choices.search, &progress)?;
        let operating_point = match choices.at {
            None => search.operating_point(),
            Some(k) if k >= 1 && k <= search.points.len() => Some(k - 1),
            Some(k) => {
                return Err(Error::invalid(format!(
                    "there is no fixed point {k}: {} found",
                    match search.points.len() {
                        0 => "none was".to_string(),
                        1 => "1 was".to_string(),
                        n => format!("{n} were"),
                    }
                )));
            }
        };
        let linearization = match operating_point {
            Some(k) => Some(Linearization::new(&circuit, &search.points[k])?),
            None => None,
        };
        Ok(Study {
            circuit,
            choices,
            search,
            operating_point,
            linearization,
            progress,
            delayed: OnceCell::new(),
            eigenmodes: OnceCell::new(),
            verdicts: OnceCell::new(),
            trajectory: OnceCell::new(),
            trials: OnceCell::new(),
        })
    }

    /// A circuit to be run: compared with its linearization, but [`run_only`](Study::run_only) where it has more than
    /// 1,000 units, as fixed points of a large circuit cost more than its run, which needs none of them.
    ///
    /// # Errors
    /// As [`Study::new`].
    pub fn for_run(circuit: Circuit, choices: Choices, progress: Progress) -> Result<Study> {
        if circuit.n() > 1000 {
            return Ok(Study::run_only(circuit, choices));
        }
        Study::watched(circuit, choices, progress)
    }

    /// A circuit to be run only: no fixed points are sought, nothing is linearized. For circuits
    /// that are too large for more.
    pub fn run_only(circuit: Circuit, choices: Choices) -> Study {
        let coverage = Coverage::Sampled { starts: 0, repeats: 0, failures: 0, index_sum: None };
        let search = Search { points: Vec::new(), coverage, remarks: Vec::new(), runaway: None };
        Study {
            circuit,
            choices,
            search,
            operating_point: None,
            linearization: None,
            progress: Progress::default(),
            delayed: OnceCell::new(),
            eigenmodes: OnceCell::new(),
            verdicts: OnceCell::new(),
            trajectory: OnceCell::new(),
            trials: OnceCell::new(),
        }
    }

    /// The circuit.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }
    /// The choices.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }
    /// All fixed points found.
    pub fn search(&self) -> &Search {
        &self.search
    }
    /// Position of the operating point among the fixed points.
    pub fn operating_index(&self) -> Option<usize> {
        self.operating_point
    }
    /// The operating point: the fixed point that is analyzed.
    pub fn operating_point(&self) -> Option<&FixedPoint> {
        self.operating_point.map(|k| &self.search.points[k])
    }
    /// The linearization there.
    pub fn linearization(&self) -> Option<&Linearization> {
        self.linearization.as_ref()
    }
    /// The linearization, or an error for analyses that were run where they do not apply.
    pub(crate) fn linear(&self) -> Result<&Linearization> {
        self.linearization.as_ref().ok_or_else(no_operating_point)
    }
    pub(super) fn point(&self) -> Result<&FixedPoint> {
        self.operating_point().ok_or_else(no_operating_point)
    }
    /// The eigenmodes of the modes' matrix, computed once.
    ///
    /// # Errors
    /// There is no operating point, or the eigenvalues did not converge.
    pub fn eigenmodes(&self) -> Result<&Eigenmodes> {
        if let Some(e) = self.eigenmodes.get() {
            return Ok(e);
        }
        let l = self.linear()?;
        if l.delayed() {
            return Err(Error::unsupported("with delays the modes are not those of a matrix"));
        }
        let computed = eigenmodes(&l.modes_matrix(), l.tau_0)?;
        Ok(self.eigenmodes.get_or_init(|| computed))
    }
    /// Response matrix, inhibition stabilization and paradox at the operating point.
    ///
    /// # Errors
    /// There is no operating point; a decomposition did not converge.
    pub fn verdicts(&self) -> Result<&Verdicts> {
        if let Some(v) = self.verdicts.get() {
            return Ok(v);
        }
        let computed = verdicts(&self.circuit, self.linear()?)?;
        Ok(self.verdicts.get_or_init(|| computed))
    }
    /// The run that the circuit's `[run]` asks for, every recorded state kept.
    ///
    /// # Errors
    /// As [`Plan::new`] and [`Plan::run`].
    pub fn trajectory(&self) -> Result<&Trajectory> {
        if let Some(t) = self.trajectory.get() {
            return Ok(t);
        }
        let computed = Plan::new(self)?.run(&self.circuit)?;
        Ok(self.trajectory.get_or_init(|| computed))
    }
    /// That run, if somebody asked for it.
    pub(super) fn known_trajectory(&self) -> Option<&Trajectory> {
        self.trajectory.get()
    }
    /// As many noisy runs as were chosen; one, if none were.
    ///
    /// # Errors
    /// As [`Plan::new`] and [`Plan::trials`].
    pub fn trials(&self) -> Result<&Trials> {
        if let Some(t) = self.trials.get() {
            return Ok(t);
        }
        let progress = self.progress.clone();
        let told = |share: f64| {
            progress.at((share * 1e6) as usize, 1_000_000);
            true
        };
        let computed =
            Plan::new(self)?.trials(&self.circuit, self.choices.trials.unwrap_or(1), vec![], &told)?;
        let computed = computed.ok_or_else(|| Error::not_converged("the trials were stopped"))?;
        Ok(self.trials.get_or_init(|| computed))
    }
    /// Who is told how far an analysis is.
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }
    /// Stability of the operating point with the spiking neurons' dynamics and delays; None without
    /// spiking neurons, or without an operating point.
    ///
    /// # Errors
    /// A neuron has no linear response there.
    pub fn delayed_stability(&self) -> Result<Option<&DelayedStability>> {
        let (Some(_), Some(point)) = (self.circuit.mean_field(), self.operating_point()) else {
            return Ok(None);
        };
        if self.delayed.get().is_none() {
            let computed = delayed_stability(&self.circuit, point)?;
            return Ok(Some(self.delayed.get_or_init(|| computed)));
        }
        Ok(self.delayed.get())
    }
    /// Whether there is an operating point, and with it a linearization.
    pub fn has_linearization(&self) -> bool {
        self.linearization.is_some()
    }
    /// Whether there is something to linearize about.
    pub(super) fn has_operating_point(&self) -> bool {
        self.operating_point.is_some()
    }
}

fn no_operating_point() -> Error {
    Error::invalid("there is no stable fixed point to linearize about")
        .with_help("`neurate fixed-points` lists what was found; --at N analyses an unstable one")
}
