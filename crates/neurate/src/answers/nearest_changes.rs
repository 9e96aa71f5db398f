//! Which parameter brings the circuit nearest to a change of regime: the operating point, followed over each parameter.

use super::diagram::{DiagramCriticality, DiagramSide};
use super::limits::CHANGES_STATES;
use crate::branch::{End, FACTOR, FirstChange, Knob, SpecialKind, SpecialPoint, knobs};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::fixed_points::spectrum;
use crate::model::Circuit;
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;
use std::f64::consts::TAU;

/// The nearest values of each parameter at which the operating point changes: where it disappears, loses its stability, or
/// meets another steady state. Every parameter is moved by itself, the others as in the file, from a quarter of its value to four
/// times it; inputs by four times the input over which the transfer function changes. Only this steady state is followed: other
/// steady states, and limit cycles that arise beside it, are not looked for. Not available above 200 states.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NearestChanges {
    /// Names of the states: units, then slow states.
    pub states: Vec<String>,
    /// The operating point.
    pub state: Array,
    /// Number of its eigenvalues with a positive real part: 0 where it is stable.
    pub unstable: usize,
    /// The changes, by rising distance: at most one below and one above the value of each parameter.
    pub changes: Vec<NearestChange>,
    /// Sides of parameters on which nothing changes as far as they were followed.
    pub unchanged: Vec<UnchangedSide>,
    /// Sides of parameters on which it is not known what happens.
    pub undecided: Vec<UndecidedSide>,
}

/// A change of the operating point over one parameter.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NearestChange {
    /// The parameter's address.
    pub parameter: String,
    /// Unit of its values; empty: a pure number.
    pub unit: String,
    /// Its value in the circuit.
    pub value: f64,
    /// Where the operating point changes.
    pub at: f64,
    /// Whether that is below or above the parameter's value.
    pub side: DiagramSide,
    /// How far it is, as a share of `relative_to`.
    pub distance: f64,
    /// What the distance is measured in.
    pub relative_to: ChangeDistance,
    /// What happens there.
    pub kind: NearestChangeKind,
    /// Whether what is born there takes over: of Hopf points and pitchforks; None where it is not known.
    pub criticality: Option<DiagramCriticality>,
    /// Frequency of the oscillation at a Hopf point, in the unit of rates.
    pub frequency: Option<f64>,
    /// The state there; None where it grows beyond every bound.
    pub state: Option<Array>,
    /// What is left of the equations of this point, scaled; None where it was extrapolated.
    pub residual: Option<f64>,
}

/// What the distance of a change is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeDistance {
    /// The parameter's own value.
    Value,
    /// The input over which the transfer function changes: of inputs, of which zero is no special one. For bounded functions their
    /// bound over their steepest slope.
    InputWidth,
}

/// What happens to an operating point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NearestChangeKind {
    /// It meets another steady state, and both disappear.
    Fold,
    /// A pair of eigenvalues crosses the imaginary axis: an oscillation begins, or ends.
    Hopf,
    /// It exchanges stability with another steady state.
    Transcritical,
    /// Two other steady states begin or end there, alike by a symmetry.
    Pitchfork,
    /// Several eigenvalues vanish together, or branches cross in another way.
    Degenerate,
    /// A unit stands at a kink of its transfer function, and stability changes.
    Kink,
    /// It grows beyond every bound.
    Runaway,
    /// Its stability changes, and no kind was confirmed.
    Unresolved,
}

/// A side on which nothing changes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UnchangedSide {
    /// The parameter's address.
    pub parameter: String,
    /// Unit of its values.
    pub unit: String,
    /// Its value in the circuit.
    pub value: f64,
    /// How far it was followed.
    pub until: f64,
}

/// A side on which it is not known what happens.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UndecidedSide {
    /// The parameter's address.
    pub parameter: String,
    /// Unit of its values.
    pub unit: String,
    /// Its value in the circuit.
    pub value: f64,
    /// How far it was followed.
    pub until: f64,
    /// Why no further.
    pub reason: UndecidedReason,
    /// The reason in words, of circuits that are not followed.
    pub why: Option<String>,
}

/// Why a parameter was followed no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UndecidedReason {
    /// No step was short enough.
    StepTooShort,
    /// The largest number of points was made.
    Budget,
    /// The circuit is not followed over this parameter.
    NotFollowed,
}

impl Answer for NearestChanges {
    const NAME: &'static str = "nearest_changes";

    fn applies(study: &Study) -> Applies {
        if !study.choices().nearest_changes {
            return Applies::No("to be asked for by itself");
        }
        let n = study.circuit().states();
        if n > CHANGES_STATES {
            return Applies::Unavailable(format!(
                "not available above {CHANGES_STATES} states; there are {n}"
            ));
        }
        Applies::at_operating_point(study)
    }

    fn compute(study: &Study) -> Result<NearestChanges> {
        let circuit = study.circuit();
        let dynamics = CircuitDynamics::at_rest(circuit);
        let state = dynamics.complete(&study.point()?.state);
        let jacobian = dynamics.jacobian(0.0, &state);
        let mut all = NearestChanges {
            states: (0..circuit.states()).map(|i| circuit.state_name(i)).collect(),
            unstable: spectrum(&jacobian)?.iter().filter(|l| l.re > 0.0).count(),
            state: state.clone().into(),
            changes: vec![],
            unchanged: vec![],
            undecided: vec![],
        };
        let knobs = knobs(circuit, study.description(), &state)?;
        for (k, knob) in knobs.iter().enumerate() {
            study.progress().at(k, knobs.len())?;
            all.add(circuit, knob, &state);
        }
        all.changes.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        Ok(all)
    }
}

impl NearestChanges {
    /// How many times its value a parameter is followed to, and how many widths an input.
    pub const FACTOR: f64 = FACTOR;

    /// Follows the operating point over one parameter.
    fn add(&mut self, circuit: &Circuit, knob: &Knob, state: &[f64]) {
        let (parameter, unit, value) = (knob.address.to_string(), knob.unit.clone(), knob.value);
        let undecided = |until: f64, reason, why| UndecidedSide {
            parameter: parameter.clone(),
            unit: unit.clone(),
            value,
            until,
            reason,
            why,
        };
        let sides = match knob.changes(state) {
            Ok(sides) => sides,
            Err(e) => {
                let why = Some(e.message().to_string());
                self.undecided.push(undecided(value, UndecidedReason::NotFollowed, why));
                return;
            }
        };
        let ends = [knob.window.0, knob.window.1];
        for ((found, until), side) in
            sides.into_iter().zip(ends).zip([DiagramSide::Below, DiagramSide::Above])
        {
            match found {
                FirstChange::At(point) => self.changes.push(change(circuit, knob, side, &point)),
                FirstChange::Runaway { p, exact } => {
                    let residual = exact.then_some(0.0);
                    let at = bare(knob, side, p, NearestChangeKind::Runaway);
                    self.changes.push(NearestChange { residual, ..at });
                }
                FirstChange::None => self.unchanged.push(UnchangedSide {
                    parameter: parameter.clone(),
                    unit: unit.clone(),
                    value,
                    until,
                }),
                FirstChange::Undecided { p, end } => {
                    let reason = match end {
                        End::Budget { .. } => UndecidedReason::Budget,
                        _ => UndecidedReason::StepTooShort,
                    };
                    self.undecided.push(undecided(p, reason, None));
                }
            }
        }
    }
}

fn bare(knob: &Knob, side: DiagramSide, at: f64, kind: NearestChangeKind) -> NearestChange {
    NearestChange {
        parameter: knob.address.to_string(),
        unit: knob.unit.clone(),
        value: knob.value,
        at,
        side,
        distance: (at - knob.value).abs() / knob.measure,
        relative_to: if knob.is_input { ChangeDistance::InputWidth } else { ChangeDistance::Value },
        kind,
        criticality: None,
        frequency: None,
        state: None,
        residual: None,
    }
}

fn change(circuit: &Circuit, knob: &Knob, side: DiagramSide, point: &SpecialPoint) -> NearestChange {
    let born = |takes_over: bool| match takes_over {
        true => DiagramCriticality::Supercritical,
        false => DiagramCriticality::Subcritical,
    };
    let mut frequency = None;
    let mut criticality = None;
    let kind = match &point.kind {
        SpecialKind::Fold { .. } => NearestChangeKind::Fold,
        SpecialKind::Hopf { omega, l1, .. } => {
            frequency = Some(omega / TAU / circuit.units().rate_times_time);
            criticality = l1.map(|l1| born(l1 < 0.0));
            NearestChangeKind::Hopf
        }
        SpecialKind::Transcritical => NearestChangeKind::Transcritical,
        SpecialKind::Pitchfork { supercritical } => {
            criticality = Some(born(*supercritical));
            NearestChangeKind::Pitchfork
        }
        SpecialKind::Degenerate { .. } => NearestChangeKind::Degenerate,
        SpecialKind::Kink { .. } => NearestChangeKind::Kink,
        _ => NearestChangeKind::Unresolved,
    };
    NearestChange {
        criticality,
        frequency,
        state: Some(point.state.clone().into()),
        residual: Some(point.residual),
        ..bare(knob, side, point.p, kind)
    }
}
