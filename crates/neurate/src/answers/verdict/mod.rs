//! The verdict: what the circuit does and why, component by component.

mod certainty;
mod component;
mod conditions;
mod limit_cycle;

pub use certainty::{UncertaintyCause, VerdictCertainty};
pub(crate) use component::{AMPLIFIES, is_non_normal};
pub use component::{CircuitComponent, ComponentAmplification, ComponentKind, SlowestMode};
pub use conditions::{ConditionVerdict, SignChange};
pub use limit_cycle::LimitCycle;

use crate::answers::limits::{FINITE_INPUT_UNITS, LINKED_FROM, STRUCTURE_UNITS};
use crate::answers::response::{InhibitionStabilization, Responses};
use crate::fixed_points::{Coverage, Stability};
use crate::linear::response::{Isn, finite_response};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// What the circuit does at its operating point, in a few numbers: whether it settles, what each strongly connected component
/// amplifies and what it pays in time, inhibition stabilization and paradox, how certain that is, and what other conditions
/// change of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether there is an operating point to linearize about, and whether it is stable.
    pub state: VerdictState,
    /// Number of fixed points found.
    pub fixed_points: usize,
    /// Number of stable ones.
    pub stable_fixed_points: usize,
    /// Whether it is known that there are no others.
    pub exhaustive: bool,
    /// Number of the fixed point that all else is about, from 1; null if none is stable and none was chosen.
    pub operating_point: Option<usize>,
    /// When a run from rest ran away, in the unit of time; null if it did not.
    pub runaway: Option<f64>,
    /// The limit cycle that a run from rest ends in. Sought only where there is no stable fixed point, and without delays.
    pub limit_cycle: Option<LimitCycle>,
    /// Number of strongly connected components of the effective weights; 0 without a linearization.
    pub component_count: usize,
    /// The 24 with the most units, of single units those with the largest effective weight to themselves; senders before
    /// receivers.
    pub components: Vec<CircuitComponent>,
    /// Whether the circuit is an inhibition-stabilized network; null without a linearization.
    pub isn: Option<InhibitionStabilization>,
    /// Names of the smallest sets of populations that stabilize its excitatory ones, in an ISN only.
    pub minimal_stabilizers: Vec<Vec<String>>,
    /// Response matrix over populations: row responds, column is driven; null without a linearization, and where a direction
    /// integrates.
    pub response_matrix: Option<Array>,
    /// Populations whose response to their own input is negative.
    pub paradoxical: Vec<ParadoxicalPopulation>,
    /// Changes of a population's input, in the unit of input, at which the circuit leaves the ISN regime or enters it: the
    /// nearest on each side of every population whose input is followed (see the responses). Empty above 120 units.
    pub isn_boundaries: Vec<IsnBoundary>,
    /// Of an ISN, the share of its constant input (all of `h` scaled together) from which on it is one, followed down from its
    /// operating point; null where it is one as far down as it could be followed, of a linear circuit, of
    /// spiking neurons, and above 120 units.
    pub isn_from_share: Option<f64>,
    /// How many links carry the feedforward weight. In a circuit of one component of 20 units or more, without slow states or
    /// delays, and up to 4,000 units.
    pub feedforward_links: Option<FeedforwardLinks>,
    /// How certain this is; null without standard errors.
    pub certainty: Option<VerdictCertainty>,
    /// The circuit under the other conditions of its file, up to eight of them. None above 200 units, with a fixed point chosen
    /// by its number, or where the circuit itself stands under one of them.
    pub conditions: Vec<ConditionVerdict>,
    /// Responses whose sign such a condition changes.
    pub sign_changes: Vec<SignChange>,
}

/// Whether there is an operating point, and whether it is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VerdictState {
    /// It is stable.
    Stable,
    /// It is unstable; it was chosen by its number.
    Unstable,
    /// An eigenvalue is zero to rounding.
    Marginal,
    /// It has no linearization: a gain is infinite there, or rounding hides whether it is one fixed point.
    NotLinear,
    /// There is no stable fixed point, and none was chosen.
    NoStablePoint,
}

/// A population that responds paradoxically.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ParadoxicalPopulation {
    /// Its name.
    pub population: String,
    /// Change of its mean rate per constant input to all its units.
    pub self_response: f64,
    /// The fraction of its units that must be stimulated for those to respond paradoxically, in a large homogeneous population;
    /// null where it has none.
    pub critical_fraction: Option<f64>,
}

/// A change of a population's input at which the ISN index changes its sign.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct IsnBoundary {
    /// Name of the population.
    pub population: String,
    /// What is added to its input, in the unit of input.
    pub change: f64,
}

/// How many links carry the feedforward weight.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FeedforwardLinks {
    /// Links between blocks of the real Schur form, and inside those of complex pairs, that are not zero to rounding.
    pub links: usize,
    /// How many of the strongest of them carry 90 % of the squared feedforward weight.
    pub carry_90_percent: usize,
}

/// The share of the squared feedforward weight that is called most of it.
const MOST: f64 = 0.9;

impl Answer for Verdict {
    const NAME: &'static str = "verdict";

    fn applies(_: &Study) -> Applies {
        Applies::Yes
    }

    fn compute(study: &Study) -> Result<Verdict> {
        let search = study.fixed_points()?;
        let mut verdict = Verdict {
            state: state(study)?,
            fixed_points: search.points.len(),
            stable_fixed_points: search.points.iter().filter(|p| p.stable()).count(),
            exhaustive: matches!(search.coverage, Coverage::All(_)),
            operating_point: study.operating_index()?.map(|k| k + 1),
            runaway: search.runaway,
            limit_cycle: None,
            component_count: 0,
            components: vec![],
            isn: None,
            minimal_stabilizers: vec![],
            response_matrix: None,
            paradoxical: vec![],
            isn_boundaries: vec![],
            isn_from_share: None,
            feedforward_links: None,
            certainty: None,
            conditions: vec![],
            sign_changes: vec![],
        };
        match verdict.state {
            // Where the run gives up, nothing is known of a cycle.
            VerdictState::NoStablePoint if verdict.runaway.is_none() => {
                verdict.limit_cycle = limit_cycle::from_rest(study.circuit()).ok().flatten();
            }
            VerdictState::NoStablePoint | VerdictState::NotLinear => {}
            _ => verdict.linear(study)?,
        }
        Ok(verdict)
    }
}

fn state(study: &Study) -> Result<VerdictState> {
    if study.without_linearization().is_some() {
        return Ok(VerdictState::NotLinear);
    }
    Ok(match study.operating_point()?.map(|p| p.stability) {
        None => VerdictState::NoStablePoint,
        Some(Stability::Stable) => VerdictState::Stable,
        Some(Stability::Unstable(_)) => VerdictState::Unstable,
        Some(Stability::Marginal) => VerdictState::Marginal,
    })
}

impl Verdict {
    /// What the linearization says.
    fn linear(&mut self, study: &Study) -> Result<()> {
        let (c, l, v) = (study.circuit(), study.linearization()?, study.verdicts()?);
        let name = |p: usize| c.populations()[p].name.clone();
        (self.component_count, self.components) = component::listed(study)?;
        self.isn = Some(v.isn.into());
        self.response_matrix = v.response.as_ref().map(Array::from);
        self.minimal_stabilizers =
            v.minimal_stabilizers.iter().map(|set| set.iter().map(|&p| name(p)).collect()).collect();
        let paradox = v.self_responses.iter().filter(|s| s.paradoxical == Some(true));
        let paradoxical: Vec<usize> = paradox.clone().map(|s| s.population).collect();
        self.paradoxical = paradox
            .map(|s| ParadoxicalPopulation {
                population: name(s.population),
                self_response: s.response,
                critical_fraction: s.critical_fraction,
            })
            .collect();
        if v.stable() && c.n() <= FINITE_INPUT_UNITS {
            self.isn_boundaries = boundaries(&*study.ask::<Responses>()?);
            self.isn_from_share = onset(study, v.isn)?;
        }
        if self.component_count == 1 && l.parts.is_none() && (LINKED_FROM..=STRUCTURE_UNITS).contains(&c.n())
        {
            let modes = study.schur_modes()?;
            let (links, carry_90_percent) = (modes.block_links().len(), modes.links_that_carry(MOST));
            self.feedforward_links = Some(FeedforwardLinks { links, carry_90_percent });
        }
        self.certainty = certainty::of(study, &paradoxical)?;
        (self.conditions, self.sign_changes) = conditions::compare(study, v)?;
        Ok(())
    }

    /// The populations that are necessary and sufficient to stabilize the excitatory ones: the only smallest set, if there is
    /// one.
    pub(crate) fn necessary_stabilizers(&self) -> Option<&[String]> {
        match &self.minimal_stabilizers[..] {
            [one] if !one.is_empty() => Some(one),
            _ => None,
        }
    }
}

/// Steps in which the operating point is followed as the constant input is taken away.
const STEPS: usize = 40;

/// The share of the constant input from which on a nonlinear circuit is an ISN.
fn onset(study: &Study, isn: Isn) -> Result<Option<f64>> {
    let c = study.circuit();
    let linear = c.populations().iter().all(|p| p.transfer.is_affine());
    // Less input to spiking neurons is less noise, too, which is not in h.
    let scales = c.mean_field().is_none() && c.h().iter().any(|h| *h != 0.0);
    if isn != Isn::Stabilized || linear || !scales {
        return Ok(None);
    }
    let followed = finite_response(c, study.point()?, c.h(), -1.0..0.0, STEPS)?;
    // The nearest crossing: what lies below it is another regime.
    let share = followed.isn_boundaries.iter().copied().reduce(f64::max).map(|amplitude| 1.0 + amplitude);
    // Where the input ends, units fall silent, and their gains with them.
    Ok(share.filter(|share| *share > 0.01))
}

/// The nearest change of sign on each side of every input that is followed.
fn boundaries(responses: &Responses) -> Vec<IsnBoundary> {
    let mut all = Vec::new();
    for curve in &responses.finite_inputs {
        let nearest = |positive: bool| {
            let side = curve.isn_boundaries.data().iter().copied().filter(move |x| (*x > 0.0) == positive);
            side.min_by(|a, b| a.abs().total_cmp(&b.abs()))
        };
        let changes = [nearest(false), nearest(true)].into_iter().flatten();
        all.extend(changes.map(|change| IsnBoundary { population: curve.population.clone(), change }));
    }
    all
}
