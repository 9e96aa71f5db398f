//! What one strongly connected component of the circuit does.

use crate::answers::limits::{COMPONENT_UNITS, LISTED_COMPONENTS};
use crate::answers::response::InhibitionStabilization;
use crate::answers::rounding::{clean_departure, clean_mode};
use crate::fixed_points::spectrum;
use crate::linear::modes::{
    Component, Decomposition, Eigenmode, amplification_of, components, eigenmodes_of,
};
use crate::linear::{Linearization, common_tau, modes_of_jacobian};
use crate::model::CellKind;
use crate::study::{Array, ComplexList, ComplexNumber, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;
use schemars::JsonSchema;
use serde::Serialize;
use std::cmp::Reverse;

/// Amplification, and slowing, from which on a component or a circuit is said to amplify: less is what any pair of connected
/// units does.
pub(crate) const AMPLIFIES: f64 = 1.5;
/// An effective weight of a unit to itself that is no larger is rounding.
const NO_WEIGHT: f64 = 1e-12;

/// A strongly connected component of the effective weights: its units act on each other, directly or through others of the
/// component. Links to and from other components are feedforward and change none of these numbers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct CircuitComponent {
    /// Its number, from 1; senders come before receivers.
    pub number: usize,
    /// Names of the populations of its units.
    pub populations: Vec<String>,
    /// Its units, by their positions in the circuit, from 0.
    pub units: Vec<usize>,
    /// Numbers of the components that act on it directly.
    pub driven_by: Vec<usize>,
    /// What it does. Null with slow states or delays, where no norm over units measures patterns, and above 600 units unless
    /// the whole circuit is one component; so are its slowest mode, its amplification and the feedforward share.
    pub kind: Option<ComponentKind>,
    /// Its eigenvalues λ, dimensionless, of `1 + tau_0 A`, rightmost first; `A` is the component's block of the Jacobian, `tau_0` the
    /// geometric mean of its time constants. Empty where `kind` is null.
    pub eigenvalues: ComplexList,
    /// Its slowest mode.
    pub slowest: Option<SlowestMode>,
    /// Its largest transient amplification. Null also where it is not stable.
    pub amplification: Option<ComponentAmplification>,
    /// Share of the squared norm of its effective weights that is feedforward, from 0 to 1.
    pub feedforward_share: Option<f64>,
    /// Whether inhibition stabilizes its excitatory units. Null with slow states or delays, unless the whole circuit is one
    /// component, and above 600 units.
    pub isn: Option<InhibitionStabilization>,
    /// The ISN index of its excitatory units: the largest real part of the eigenvalues of their effective weights, less one.
    /// Null as `isn` is, and without excitatory units.
    pub isn_index: Option<f64>,
}

/// What a component does at the operating point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ComponentKind {
    /// One unit without recurrence.
    Isolated,
    /// Its slowest mode is more than 1.5 times as slow as its slowest isolated unit, and amplifies constant input.
    Hebbian,
    /// Non-normal amplification: its transient amplification is above 1.5, and above the slowdown of its slowest mode.
    Balanced,
    /// Its slowest pair of modes rotates by at least a radian in its time constant.
    Oscillating,
    /// None of these.
    Weak,
    /// An eigenvalue of the Jacobian is zero to rounding.
    Integrating,
    /// A mode grows.
    Unstable,
}

/// The slowest mode of a component.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SlowestMode {
    /// Its eigenvalue λ, the first of the component's; 0 and 1 where it differs from that by rounding.
    pub lambda: ComplexNumber,
    /// Its time constant; negative if it grows, null if it integrates.
    pub tau: f64,
    /// `tau` over the largest time constant of the component's isolated units.
    pub slowdown: f64,
    /// The norm of its response to constant input of norm one that drives it alone: along its pattern, each unit's part times
    /// the unit's time constant. `1/|1 − λ|` where time constants are the same.
    pub static_gain: f64,
    /// Frequency of its oscillation, cycles per unit of time; 0 of a real mode.
    pub frequency: f64,
    /// Its pattern over the component's units, of unit norm; of a pair the real part.
    pub pattern: Array,
}

/// The largest transient amplification of a component, in the Euclidean norm over its units.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ComponentAmplification {
    /// `max ‖exp(At)‖` over all times, `A` the component's block of the Jacobian; 1 without amplification.
    pub max: f64,
    /// When it is reached, in the unit of time.
    pub time: f64,
    /// The initial pattern over the component's units, of norm one, that is amplified most.
    pub input: Array,
    /// The pattern of norm one that it has become.
    pub output: Array,
    /// Times of the curve, in the unit of time.
    pub times: Array,
    /// `‖exp(At)‖` at each of them.
    pub norms: Array,
}

/// The number of components, and those with the most units, of single ones with the largest weights to themselves; senders first.
pub(super) fn listed(study: &Study) -> Result<(usize, Vec<CircuitComponent>)> {
    let l = study.linearization()?;
    let found = components(&l.effective);
    let mut largest: Vec<usize> = (0..found.len()).collect();
    // Single units are alike in size: those that act most on themselves are not to be missed.
    let own_weight = |k: usize| match found[k].units[..] {
        [i] => l.effective[(i, i)],
        _ => 0.0,
    };
    largest.sort_by(|&a, &b| {
        let size = |k: usize| Reverse(found[k].units.len());
        size(a).cmp(&size(b)).then(own_weight(b).total_cmp(&own_weight(a))).then(a.cmp(&b))
    });
    largest.truncate(LISTED_COMPONENTS);
    largest.sort_unstable();
    let told = largest.into_iter().map(|k| CircuitComponent::new(study, l, &found, k));
    Ok((found.len(), told.collect::<Result<_>>()?))
}

impl CircuitComponent {
    fn new(study: &Study, l: &Linearization, found: &[Component], k: usize) -> Result<CircuitComponent> {
        let c = study.circuit();
        let (component, whole) = (&found[k], found.len() == 1);
        let mut told = CircuitComponent {
            number: k + 1,
            populations: (0..c.populations().len())
                .filter(|&p| component.units.iter().any(|i| c.range(p).contains(i)))
                .map(|p| c.populations()[p].name.clone())
                .collect(),
            units: component.units.clone(),
            driven_by: component.driven_by.iter().map(|j| j + 1).collect(),
            kind: None,
            eigenvalues: ComplexList::default(),
            slowest: None,
            amplification: None,
            feedforward_share: None,
            isn: None,
            isn_index: None,
        };
        if whole {
            let v = study.verdicts()?;
            (told.isn, told.isn_index) = (Some(v.isn.into()), v.isn_index);
        }
        if l.parts.is_some() || !(whole || component.units.len() <= COMPONENT_UNITS) {
            return Ok(told);
        }
        let own = Own::new(l, component, whole);
        let made;
        let modes = if whole {
            study.eigenmodes()?
        } else {
            made = eigenmodes_of(&own.modes, own.tau_0)?;
            &made
        };
        told.eigenvalues = modes.modes.iter().map(|mode| mode.lambda).collect();
        let slowest = SlowestMode::new(&modes.modes[0], &own, l);
        let growth = 1.0 / slowest.tau;
        let stable = growth > l.rounding;
        if stable {
            told.amplification = Some(ComponentAmplification::new(study, &own)?);
        }
        told.kind = Some(match &told.amplification {
            Some(a) => kind(component.units.len(), &slowest, a.max),
            None if growth.abs() <= l.rounding => ComponentKind::Integrating,
            None => ComponentKind::Unstable,
        });
        told.slowest = Some(slowest);
        told.feedforward_share = Some(feedforward_share(&own.modes)?);
        if !whole {
            (told.isn, told.isn_index) = stabilization(study, l, component, stable)?;
        }
        Ok(told)
    }
}

/// Whether transient amplification is non-normal (balanced, where there are units of both kinds): a Hebbian mode that amplified
/// as much would be as much slower than the slowest isolated unit.
pub(crate) fn is_non_normal(amplification: f64, slowdown: f64) -> bool {
    amplification > AMPLIFIES && amplification > slowdown
}

/// What a stable component does.
fn kind(units: usize, slowest: &SlowestMode, amplification: f64) -> ComponentKind {
    let z = slowest.lambda.0;
    if units == 1 && z.norm() <= NO_WEIGHT {
        ComponentKind::Isolated
    } else if is_non_normal(amplification, slowest.slowdown) {
        ComponentKind::Balanced
    } else if z.im != 0.0 && z.im.abs() >= 1.0 - z.re {
        ComponentKind::Oscillating
    } else if slowest.slowdown > AMPLIFIES {
        ComponentKind::Hebbian
    } else {
        ComponentKind::Weak
    }
}

/// A component's own matrices, with their decompositions: those of the circuit where it is all of it.
struct Own {
    modes: Decomposition,
    jacobian: Decomposition,
    tau: Vec<f64>,
    tau_0: f64,
    slowest_unit: f64,
}

impl Own {
    fn new(l: &Linearization, component: &Component, whole: bool) -> Own {
        let tau: Vec<f64> = component.units.iter().map(|&i| l.tau[i]).collect();
        let slowest_unit = tau.iter().copied().fold(0.0, f64::max);
        if whole {
            let (modes, jacobian) = (l.modes_decomposition().clone(), l.jacobian_decomposition().clone());
            return Own { modes, jacobian, tau, tau_0: l.tau_0, slowest_unit };
        }
        let tau_0 = common_tau(&tau);
        let jacobian = component.block(&l.jacobian);
        let modes = if tau.iter().all(|t| *t == tau[0]) {
            component.block(&l.effective)
        } else {
            modes_of_jacobian(&jacobian, tau_0)
        };
        let modes = Decomposition::new(modes);
        Own { jacobian: modes.shifted(jacobian, -1.0, 1.0 / tau_0), modes, tau, tau_0, slowest_unit }
    }
}

impl SlowestMode {
    fn new(mode: &Eigenmode, own: &Own, l: &Linearization) -> SlowestMode {
        // Constant input along T v evokes v/|mu|: with one time constant, 1/|1 - lambda|.
        let driven = |(v, tau): (&Complex, &f64)| (v.norm() * tau).powi(2);
        let input = mode.right.iter().zip(&own.tau).map(driven).sum::<f64>().sqrt();
        SlowestMode {
            lambda: clean_mode(mode.lambda, own.modes.matrix().frobenius(), l).into(),
            tau: mode.tau,
            slowdown: mode.tau / own.slowest_unit,
            static_gain: mode.static_gain * own.tau_0 / input,
            frequency: mode.frequency,
            pattern: mode.right.iter().map(|z| z.re).collect(),
        }
    }
}

impl ComponentAmplification {
    fn new(study: &Study, own: &Own) -> Result<ComponentAmplification> {
        let g = amplification_of(&own.jacobian, study.progress())?;
        Ok(ComponentAmplification {
            max: g.max,
            time: g.time,
            input: g.input.into(),
            output: g.output.into(),
            times: g.times.into(),
            norms: g.norms.into(),
        })
    }
}

fn feedforward_share(modes: &Decomposition) -> Result<f64> {
    let departure = modes.schur()?.feedforward_sum_of_squares().sqrt();
    Ok(clean_departure(modes.matrix(), departure).1)
}

/// Whether inhibition stabilizes the excitatory units of a component that is a part of the circuit, and their ISN index.
fn stabilization(
    study: &Study,
    l: &Linearization,
    component: &Component,
    stable: bool,
) -> Result<(Option<InhibitionStabilization>, Option<f64>)> {
    let c = study.circuit();
    let of_kind = |kind: CellKind| -> Component {
        let own = |i: &usize| c.populations()[c.population_of(*i)].kind == kind;
        let mut part = component.clone();
        part.units.retain(own);
        part
    };
    let (excitatory, inhibitory) = (of_kind(CellKind::Excitatory), of_kind(CellKind::Inhibitory));
    if excitatory.units.is_empty() {
        return Ok((Some(InhibitionStabilization::NoSuchCells), None));
    }
    let index = spectrum(&excitatory.block(&l.effective))?[0].re - 1.0;
    let isn = if inhibitory.units.is_empty() {
        InhibitionStabilization::NoSuchCells
    } else if !stable {
        InhibitionStabilization::CircuitUnstable
    } else {
        match spectrum(&excitatory.block(&l.jacobian))?[0].re {
            alone if alone > l.rounding => InhibitionStabilization::Stabilized,
            alone if alone < -l.rounding => InhibitionStabilization::NotNeeded,
            _ => InhibitionStabilization::Marginal,
        }
    };
    Ok((Some(isn), Some(index)))
}
