//! Responses to inputs: response matrix, inhibition stabilization, paradox; by frequency, of parts of populations, and to
//! inputs of any size.

mod finite;
mod frequency;
mod partial;

pub use finite::{BranchEnd, BranchEndKind, FiniteInputResponse, RateExtremum};
pub use frequency::{FrequencyResponses, GainBound, InPhaseSignChanges, PairResonance, PairResponse};
pub use partial::{PartCurve, PartResponse, PartialResponses, UnitParadox};

use crate::linear::response::{Isn, SelfResponse, SubsetStability, Verdicts};
use crate::model::Circuit;
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// How rates respond to inputs at the operating point.
///
/// The unit of every response is that of a rate over that of an input. Verdicts are given only where the circuit is stable.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Responses {
    /// Whether the operating point is stable.
    pub stable: bool,
    /// Whether the circuit is an inhibition-stabilized network (Tsodyks et al. 1997; Ozeki et al. 2009).
    pub isn: InhibitionStabilization,
    /// ISN index: the largest real part of the eigenvalues of the excitatory units' effective weights, less one
    /// (`g_E W_EE − 1` for one population). Null without excitatory units.
    pub isn_index: Option<f64>,
    /// Change of the mean rate of the population in the row per constant input to every unit of the population in the
    /// column. Null where a direction integrates: the response then grows without bound.
    pub response_matrix: Option<Array>,
    /// Each population's response to its own input; empty where a direction integrates.
    pub populations: Vec<PopulationResponse>,
    /// Parts of the circuit with all excitatory populations and some of the others, smaller parts first. Every part, up to
    /// six other populations; above, none of these, each one alone, all but one, and all.
    pub subsets: Vec<SubsetVerdict>,
    /// Whether `subsets` are all there are.
    pub every_subset: bool,
    /// Names of the smallest sets of other populations with which excitation is stable. In an inhibition-stabilized
    /// network only, and among `subsets`.
    pub minimal_stabilizers: Vec<Vec<String>>,
    /// Responses to sinusoidal inputs. Null where the circuit is not stable or has delays, and above 1,500 units or 12
    /// populations: a frequency costs a substitution for every population.
    pub frequency: Option<FrequencyResponses>,
    /// Responses to inputs to a part of a population. Null where the circuit is not stable.
    pub partial: Option<PartialResponses>,
    /// Responses to inputs that are not small, to at most two populations: those that respond paradoxically, then the
    /// inhibitory ones, else the first. Empty where the circuit is linear or not stable, and above 120 units: each of a
    /// hundred steps solves the circuit again.
    pub finite_inputs: Vec<FiniteInputResponse>,
}

/// Whether inhibition stabilizes excitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InhibitionStabilization {
    /// The circuit is stable, and unstable with all inhibitory units clamped.
    Stabilized,
    /// The excitatory units are stable by themselves.
    NotNeeded,
    /// The excitatory units alone have an eigenvalue at zero.
    Marginal,
    /// The whole circuit is unstable.
    CircuitUnstable,
    /// The whole circuit has an eigenvalue at zero: the linearization does not decide.
    CircuitMarginal,
    /// There are no excitatory units, or no inhibitory ones.
    NoSuchCells,
}

/// A population's response to its own input.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PopulationResponse {
    /// Name of the population.
    pub population: String,
    /// Change of its mean rate per constant input to all its units.
    pub self_response: f64,
    /// Whether that is negative; null where the circuit is not stable, or the response is zero to rounding.
    pub paradoxical: Option<bool>,
    /// Fraction of its units that must be stimulated for those to respond paradoxically, in a large homogeneous
    /// population: `1/(1 − R)`, R in units of the gain. Null unless the response is paradoxical.
    pub critical_fraction: Option<f64>,
    /// The circuit with this population clamped. An odd number of real unstable eigenvalues there makes the response
    /// paradoxical, where a population is one unit.
    pub without: SubsetVerdict,
}

/// The stability of a part of the circuit, all other populations clamped.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SubsetVerdict {
    /// Names of the populations that are not clamped.
    pub populations: Vec<String>,
    /// Whether the part is stable.
    pub stable: bool,
    /// Largest real part of its eigenvalues, per unit of time. Null of a part without units.
    pub abscissa: Option<f64>,
    /// Number of real unstable eigenvalues.
    pub unstable_real: usize,
    /// Number of complex unstable eigenvalues.
    pub unstable_complex: usize,
}

impl Answer for Responses {
    const NAME: &'static str = "response";

    fn applies(study: &Study) -> Applies {
        Applies::at_operating_point(study)
    }

    fn compute(study: &Study) -> Result<Responses> {
        let (c, v) = (study.circuit(), study.verdicts()?);
        let (mut frequency, mut partial, mut finite_inputs) = (None, None, vec![]);
        if v.stable() {
            let l = study.linearization()?;
            frequency = FrequencyResponses::new(c, l)?;
            finite_inputs = finite::of_interest(study, v)?;
            if let Some(r) = &v.unit_response {
                partial = Some(PartialResponses::new(study, l, r)?);
            }
        }
        let named = |set: &[usize]| set.iter().map(|&p| c.populations()[p].name.clone()).collect();
        Ok(Responses {
            stable: v.stable(),
            isn: v.isn.into(),
            isn_index: v.isn_index,
            response_matrix: v.response.as_ref().map(Array::from),
            populations: populations(c, v),
            subsets: v.subsets.iter().map(|s| SubsetVerdict::new(c, s)).collect(),
            every_subset: v.every_subset,
            minimal_stabilizers: v.minimal_stabilizers.iter().map(|set| named(set)).collect(),
            frequency,
            partial,
            finite_inputs,
        })
    }
}

fn populations(c: &Circuit, v: &Verdicts) -> Vec<PopulationResponse> {
    let one = |s: &SelfResponse| PopulationResponse {
        population: c.populations()[s.population].name.clone(),
        self_response: s.response,
        paradoxical: s.paradoxical,
        critical_fraction: s.critical_fraction,
        without: SubsetVerdict::new(c, &s.without),
    };
    v.self_responses.iter().map(one).collect()
}

impl SubsetVerdict {
    fn new(c: &Circuit, s: &SubsetStability) -> SubsetVerdict {
        SubsetVerdict {
            populations: s.populations.iter().map(|&p| c.populations()[p].name.clone()).collect(),
            stable: s.stable(),
            abscissa: s.abscissa.is_finite().then_some(s.abscissa),
            unstable_real: s.unstable_real,
            unstable_complex: s.unstable_complex,
        }
    }
}

impl From<Isn> for InhibitionStabilization {
    fn from(isn: Isn) -> InhibitionStabilization {
        match isn {
            Isn::Stabilized => InhibitionStabilization::Stabilized,
            Isn::NotNeeded => InhibitionStabilization::NotNeeded,
            Isn::Marginal => InhibitionStabilization::Marginal,
            Isn::CircuitUnstable => InhibitionStabilization::CircuitUnstable,
            Isn::CircuitMarginal => InhibitionStabilization::CircuitMarginal,
            Isn::NoSuchCells => InhibitionStabilization::NoSuchCells,
        }
    }
}
