//! Slow states and delays: what there is besides the rates, where it stands, and what it does to stability.

use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::fixed_points::{FixedPoint, Stability};
use crate::model::{Circuit, SlowBlock, SlowKind};
use crate::study::{Answer, Applies, Array, ComplexList, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::eigenvalues;
use schemars::JsonSchema;
use serde::Serialize;

/// Adaptation, filters of synapses, short-term plasticity and delays, at the operating point; without a stable fixed
/// point, at the one of lowest total rate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SlowStates {
    /// Each kind of slow state of each population.
    pub states: Vec<SlowStateBlock>,
    /// Delays to the row's population from the column's, in the circuit's unit of time; None without delays.
    pub delays: Option<Array>,
    /// Rightmost modes `s` of `exp(s t)`, rates and slow states together, per unit of time, rightmost first: all
    /// eigenvalues, or with delays the rightmost roots of the characteristic equation. None without a fixed point.
    pub roots: Option<ComplexList>,
    /// How many modes grow; None at a marginal point, and without a fixed point.
    pub unstable_modes: Option<usize>,
    /// Whether the point would be stable if slow states followed at once and nothing had a delay; None without a fixed
    /// point. For the report alone: not in JSON.
    pub stable_at_once: Option<bool>,
}

/// One kind of slow state of one population: a state for each unit.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SlowStateBlock {
    /// Name of the population.
    pub population: String,
    /// What the states are.
    pub kind: SlowStateKind,
    /// The letter of the state in its equation.
    pub letter: &'static str,
    /// Time constant, in the circuit's unit of time.
    pub tau: f64,
    /// Its equation, in plain text.
    pub equation: String,
    /// Steady value for each unit: a rate for adaptation and synapses, a share otherwise. None without a fixed point.
    pub steady: Option<Array>,
}

/// What a slow state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SlowStateKind {
    /// The rate that a unit has adapted to.
    Adaptation,
    /// The share of resources that a spike releases.
    Facilitation,
    /// The share of resources that is available.
    Depression,
    /// The rate as filtered by the synapses.
    Synapse,
}

impl Answer for SlowStates {
    const NAME: &'static str = "slow_states";

    fn applies(study: &Study) -> Applies {
        Applies::yes_if(!study.circuit().is_plain(), "slow states and delays")
    }

    fn compute(study: &Study) -> Result<SlowStates> {
        let c = study.circuit();
        let here = point_of_slow_states(study)?;
        let steady = here.map(|p| CircuitDynamics::at_rest(c).complete(&p.state));
        let block = |b: &SlowBlock| SlowStateBlock {
            population: c.populations()[b.population].name.clone(),
            kind: b.kind.into(),
            letter: b.kind.letter(),
            tau: b.tau,
            equation: equation(c, b),
            steady: steady.as_ref().map(|x| x[b.first..b.first + c.range(b.population).len()].into()),
        };
        Ok(SlowStates {
            states: c.slow().iter().map(block).collect(),
            delays: c.delays().map(|d| d.between().into()),
            roots: here.map(|p| p.eigenvalues.iter().copied().collect()),
            unstable_modes: here.and_then(|p| match p.stability {
                Stability::Unstable(k) => Some(k),
                Stability::Stable => Some(0),
                Stability::Marginal => None,
            }),
            stable_at_once: here.map(|p| stable_at_once(c, p)).transpose()?,
        })
    }
}

/// The point of [`SlowStates`]: without an operating point the lowest fixed point that has a linearization shows which modes
/// grow.
pub(crate) fn point_of_slow_states(study: &Study) -> Result<Option<&FixedPoint>> {
    let usable = |p: &&FixedPoint| p.has_linearization() && !p.eigenvalues.is_empty();
    Ok(study.operating_point()?.filter(usable).or(study.fixed_points()?.points.iter().find(usable)))
}

fn stable_at_once(c: &Circuit, p: &FixedPoint) -> Result<bool> {
    let settled = CircuitDynamics::settled(c).jacobian(0.0, &p.state);
    Ok(eigenvalues(&settled)?[0].re < 0.0)
}

/// The equation of a slow state.
fn equation(c: &Circuit, b: &SlowBlock) -> String {
    let slow = c.populations()[b.population].slow;
    let released = slow.plasticity.is_some();
    let (u, x) =
        (slow.plasticity.and_then(|p| p.tau_f).is_some(), slow.plasticity.and_then(|p| p.tau_d).is_some());
    let sent =
        format!("{}{}r", if released { if u { "u " } else { "U " } } else { "" }, if x { "x " } else { "" });
    match b.kind {
        SlowKind::Adaptation => "τ da/dt = −a + r, input less strength·a".into(),
        SlowKind::Facilitation => "du/dt = (U − u)/τ + U (1 − u) r".into(),
        SlowKind::Depression => format!("dx/dt = (1 − x)/τ − {sent}"),
        SlowKind::Synapse => format!("τ ds/dt = −s + {sent}, receivers get W s"),
    }
}

impl From<SlowKind> for SlowStateKind {
    fn from(kind: SlowKind) -> SlowStateKind {
        match kind {
            SlowKind::Adaptation => SlowStateKind::Adaptation,
            SlowKind::Facilitation => SlowStateKind::Facilitation,
            SlowKind::Depression => SlowStateKind::Depression,
            SlowKind::Synapse => SlowStateKind::Synapse,
        }
    }
}
