//! The analyses of a circuit, each computed when it is first asked for.

use super::choices::Choices;
use crate::fixed_points::{FixedPoint, Multiplicity, Search, fixed_points_watched, operating_point};
use crate::linear::Linearization;
use crate::linear::mean_field::{DelayedStability, delayed_stability};
use crate::linear::modes::{Eigenmodes, SchurForm, SchurModes, eigenmodes_of, schur_modes_of};
use crate::linear::response::{Verdicts, verdicts};
use crate::model::Circuit;
use crate::simulate::{Protocol, Trajectory, Trials};
use crate::spec::Spec;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::kept::Kept;
use neurate_numerics::progress::Progress;
use std::sync::{Arc, OnceLock};

/// A circuit under study.
///
/// Nothing is computed before it is asked for: a run asks for no fixed points unless it starts at one, and a fixed point
/// asks for no response.
#[derive(Clone, Debug)]
pub struct Study {
    circuit: Arc<Circuit>,
    choices: Choices,
    progress: Progress,
    description: Option<Arc<Spec>>,
    search: OnceLock<Search>,
    linearization: OnceLock<Linearization>,
    delayed: OnceLock<DelayedStability>,
    eigenmodes: OnceLock<Eigenmodes>,
    schur_modes: OnceLock<SchurModes>,
    verdicts: OnceLock<Verdicts>,
    protocol: OnceLock<Protocol>,
    trajectory: OnceLock<Trajectory>,
    trials: OnceLock<Trials>,
    pub(super) answers: Kept,
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
            description: None,
            search: OnceLock::new(),
            linearization: OnceLock::new(),
            delayed: OnceLock::new(),
            eigenmodes: OnceLock::new(),
            schur_modes: OnceLock::new(),
            verdicts: OnceLock::new(),
            protocol: OnceLock::new(),
            trajectory: OnceLock::new(),
            trials: OnceLock::new(),
            answers: Kept::default(),
        }
    }

    /// With the description that the circuit was built from, for questions about its conditions.
    #[must_use]
    pub fn described_by(mut self, description: impl Into<Arc<Spec>>) -> Study {
        self.description = Some(description.into());
        self
    }

    /// The circuit.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }
    /// The choices.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }
    /// The description that the circuit was built from, where it is known.
    pub fn description(&self) -> Option<&Spec> {
        self.description.as_deref()
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
            ))
            .with_help("`neurate fixed-points` lists them, numbered from 1")),
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

    /// Why there is no linearization, where the fixed point that was chosen, or the only candidate, has none: a gain is
    /// infinite there, or rounding hides whether it is one fixed point, several or none.
    pub fn without_linearization(&self) -> Option<String> {
        let points = &self.fixed_points().ok()?.points;
        let k = match self.operating_index().ok()? {
            Some(k) => k,
            None => points.iter().position(|p| !p.has_linearization())?,
        };
        let (c, point) = (&self.circuit, &points[k]);
        if point.has_linearization() {
            return None;
        }
        let infinite: Vec<String> =
            point.at_infinite_gain().iter().take(4).map(|&i| c.unit_shown(i)).collect();
        let why = match point.multiplicity {
            _ if !infinite.is_empty() => format!("the gain of {} is infinite there", infinite.join(", ")),
            Multiplicity::Triple(_) => {
                "it is a triple root to within rounding, so responses are not bounded".to_string()
            }
            _ => "it is a double root to within rounding (a fold), so responses are not bounded".to_string(),
        };
        Some(format!("not available at fixed point {}: {why}", k + 1))
    }

    /// The linearization at the operating point.
    ///
    /// # Errors
    /// As [`Study::point`]; the point has no linearization ([`Study::without_linearization`]).
    pub fn linearization(&self) -> Result<&Linearization> {
        once(&self.linearization, || {
            let point = self.point()?;
            match self.without_linearization() {
                Some(why) => Err(Error::unsupported(format!("linearization: {why}"))
                    .with_help("choose another fixed point: --at N")),
                None => Linearization::new(&self.circuit, point),
            }
        })
    }

    /// The eigenmodes of the modes' matrix.
    ///
    /// # Errors
    /// As [`Study::point`]; the circuit has delays; the eigenvalues did not converge.
    pub fn eigenmodes(&self) -> Result<&Eigenmodes> {
        once(&self.eigenmodes, || {
            let l = self.linearization()?;
            if l.delayed() {
                return Err(Error::unsupported("with delays the modes are not those of a matrix")
                    .with_help("the rightmost roots of the characteristic equation are the eigenvalues of the fixed point"));
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
