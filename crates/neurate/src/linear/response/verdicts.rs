//! Verdicts: is the circuit inhibition-stabilized, is a population's response paradoxical.
//!
//! With `M = 1 - G W`, a population's response to its own input is `g det(M without it) / det(M)`
//! (one unit for each population). In a stable circuit `det M > 0`, so a paradoxical response means
//! that the rest of the circuit alone has an odd number of real unstable modes; the converse fails.
//! Every verdict is about a stable circuit: in an unstable one the signs mean nothing (THEORY S11).

use super::matrices::{by_population, response_matrix};
use crate::fixed_points::{Stability, spectrum};
use crate::linear::Linearization;
use crate::model::{CellKind, Circuit};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, Matrix};

/// Whether inhibition keeps excitation from running away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isn {
    /// Stable as a whole, unstable with all inhibitory units held still.
    Stabilized,
    /// Stable, and the excitatory units are stable by themselves.
    NotNeeded,
    /// The excitatory units alone have an eigenvalue at zero: the border.
    Marginal,
    /// The whole circuit is unstable: the question does not arise.
    CircuitUnstable,
    /// The whole circuit has an eigenvalue at zero: linearization does not decide.
    CircuitMarginal,
    /// There are no excitatory units, or no inhibitory ones.
    NoSuchCells,
}

/// The stability of a part of the circuit with all other populations held still.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SubsetStability {
    /// The populations that are left.
    pub populations: Vec<usize>,
    /// The largest real part of the Jacobian's eigenvalues, per unit of time.
    pub abscissa: f64,
    /// Number of real unstable eigenvalues.
    pub unstable_real: usize,
    /// Number of complex unstable eigenvalues.
    pub unstable_complex: usize,
}

impl Verdicts {
    /// Whether the circuit is stable there; no verdict is given otherwise.
    pub fn stable(&self) -> bool {
        self.stability == Stability::Stable
    }
}

impl SubsetStability {
    /// Whether it is stable.
    pub fn stable(&self) -> bool {
        self.abscissa < 0.0
    }
}

/// A population's response to its own input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SelfResponse {
    /// The population.
    pub population: usize,
    /// Its mean rate's change per input to all its units.
    pub response: f64,
    /// Whether it is paradoxical: negative, in a stable circuit. None if the circuit is not stable,
    /// or the response is zero to rounding.
    pub paradoxical: Option<bool>,
    /// The circuit without it.
    pub without: SubsetStability,
    /// The fraction of its units that must be stimulated for those stimulated to respond
    /// paradoxically, `1/(1 - R)` in units of the gain; for a homogeneous population of many units.
    pub critical_fraction: Option<f64>,
}

/// All verdicts at one operating point.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verdicts {
    /// Whether the circuit is stable there: the fixed point's own verdict.
    pub stability: Stability,
    /// Inhibition stabilization.
    pub isn: Isn,
    /// The largest real part of the eigenvalues of the excitatory units' effective weights, less
    /// one (`g_E W_EE - 1` for one population): the ISN index. None without excitatory units.
    pub isn_index: Option<f64>,
    /// The response matrix over populations; None if a direction integrates.
    pub response: Option<Matrix>,
    /// Each population's response to its own input.
    pub self_responses: Vec<SelfResponse>,
    /// Parts of the circuit with the excitatory populations and some of the others, by size: which
    /// interneurons stabilize excitation. Every part, up to [`MAX_OTHERS`] other populations; above,
    /// none, each one alone, all but one, and all.
    pub subsets: Vec<SubsetStability>,
    /// Whether `subsets` are all there are.
    pub every_subset: bool,
    /// The smallest sets of other populations with which excitation is stable: none of their own
    /// subsets does. In an inhibition-stabilized circuit only; among `subsets`.
    pub minimal_stabilizers: Vec<Vec<usize>>,
    /// The response matrix over units; None if a direction integrates.
    pub unit_response: Option<Matrix>,
}

/// Populations besides the excitatory ones up to which every part is tested: 64 parts.
pub const MAX_OTHERS: usize = 6;

/// Verdicts for a circuit at one operating point.
///
/// # Errors
/// Eigenvalues that did not converge.
pub fn verdicts(circuit: &Circuit, l: &Linearization) -> Result<Verdicts> {
    let count = circuit.populations().len();
    let all: Vec<usize> = (0..count).collect();
    let stable = l.stability == Stability::Stable;
    let unit_response = response_matrix(l)?;
    let response = unit_response.as_ref().map(|r| by_population(circuit, r));
    let kind = |p: &usize| circuit.populations()[*p].kind;
    let excitatory: Vec<usize> = all.iter().copied().filter(|p| kind(p) == CellKind::Excitatory).collect();
    // Each part of the circuit once: it is asked for as what is left without a population, and as a subset.
    let mut known: Vec<SubsetStability> = vec![];
    let isn_index = isn_index(circuit, l)?;
    let isn = isn_of(circuit, l, &mut known)?;
    let mut self_responses = Vec::new();
    if let Some(r) = &response {
        let scale = r.max_abs();
        let gains = circuit.population_means(&l.gains);
        for p in 0..count {
            let own = r[(p, p)];
            let without: Vec<usize> = all.iter().copied().filter(|&q| q != p).collect();
            let decided = stable && own.abs() > 1e-12 * scale;
            let gain = gains[p];
            let own_per_gain = own / gain * state_per_input(circuit, l, p);
            self_responses.push(SelfResponse {
                population: p,
                response: own,
                paradoxical: decided.then_some(own < 0.0),
                without: subset_once(circuit, l, &without, &mut known)?,
                critical_fraction: (decided && own < 0.0 && own_per_gain.is_finite())
                    .then(|| 1.0 / (1.0 - own_per_gain)),
            });
        }
    }
    let others: Vec<usize> = all.iter().copied().filter(|p| !excitatory.contains(p)).collect();
    let subsets =
        if excitatory.is_empty() { vec![] } else { subsets(circuit, l, &excitatory, &others, &mut known)? };
    let minimal_stabilizers = if isn == Isn::Stabilized { minimal(&subsets, &excitatory) } else { vec![] };
    Ok(Verdicts {
        stability: l.stability,
        isn,
        isn_index,
        response,
        self_responses,
        subsets,
        every_subset: others.len() <= MAX_OTHERS,
        minimal_stabilizers,
        unit_response,
    })
}

/// Inhibition stabilization alone.
pub(super) fn isn(circuit: &Circuit, l: &Linearization) -> Result<Isn> {
    isn_of(circuit, l, &mut vec![])
}

fn isn_of(circuit: &Circuit, l: &Linearization, known: &mut Vec<SubsetStability>) -> Result<Isn> {
    let of_kind = |kind: CellKind| -> Vec<usize> {
        (0..circuit.populations().len()).filter(|&p| circuit.populations()[p].kind == kind).collect()
    };
    let excitatory = of_kind(CellKind::Excitatory);
    if excitatory.is_empty() || of_kind(CellKind::Inhibitory).is_empty() {
        return Ok(Isn::NoSuchCells);
    }
    match l.stability {
        Stability::Marginal => return Ok(Isn::CircuitMarginal),
        Stability::Unstable(_) => return Ok(Isn::CircuitUnstable),
        Stability::Stable => {}
    }
    let alone = subset_once(circuit, l, &excitatory, known)?.abscissa;
    Ok(if alone > l.rounding {
        Isn::Stabilized
    } else if alone < -l.rounding {
        Isn::NotNeeded
    } else {
        Isn::Marginal
    })
}

/// The parts with all of `always` and some of `others`, smaller ones first.
fn subsets(
    circuit: &Circuit,
    l: &Linearization,
    always: &[usize],
    others: &[usize],
    known: &mut Vec<SubsetStability>,
) -> Result<Vec<SubsetStability>> {
    let k = others.len();
    let all = (1u128 << k.min(100)) - 1;
    let mut masks: Vec<u128> = if k <= MAX_OTHERS {
        (0..=all).collect()
    } else {
        let one = |i: usize| 1u128 << i;
        let single = (0..k.min(100)).map(one);
        std::iter::once(0).chain(single.clone()).chain(single.map(|m| all & !m)).chain([all]).collect()
    };
    masks.sort_by_key(|m| m.count_ones());
    masks
        .into_iter()
        .map(|mask| {
            let mut members = always.to_vec();
            members.extend(others.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, &p)| p));
            members.sort_unstable();
            subset_once(circuit, l, &members, known)
        })
        .collect()
}

/// The stable parts of which no smaller part is stable, without the members of `always`.
fn minimal(subsets: &[SubsetStability], always: &[usize]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = vec![];
    for s in subsets.iter().filter(|s| s.stable()) {
        let own: Vec<usize> = s.populations.iter().copied().filter(|p| !always.contains(p)).collect();
        if !found.iter().any(|f| f.iter().all(|p| own.contains(p))) {
            found.push(own);
        }
    }
    found
}

/// The input that moves a unit's target state by one, over what one unit of `h` does: 1 but for
/// conductances, where a current acts through the total conductance.
fn state_per_input(circuit: &Circuit, l: &Linearization, p: usize) -> f64 {
    let range = circuit.range(p);
    let size = range.len() as f64;
    let per_h = |i: usize| l.alone(i) / l.gains[i];
    size / range.map(per_h).sum::<f64>()
}

/// The largest real part of the eigenvalues of the excitatory units' effective weights, less one.
pub(super) fn isn_index(circuit: &Circuit, l: &Linearization) -> Result<Option<f64>> {
    let kind = |p: &usize| circuit.populations()[*p].kind == CellKind::Excitatory;
    let excitatory: Vec<usize> = (0..circuit.populations().len()).filter(kind).collect();
    if excitatory.is_empty() {
        return Ok(None);
    }
    Ok(Some(effective_top(circuit, l, &excitatory)? - 1.0))
}

fn units(circuit: &Circuit, populations: &[usize]) -> Vec<usize> {
    populations.iter().flat_map(|&p| circuit.range(p)).collect()
}

fn restricted(m: &Matrix, units: &[usize]) -> Matrix {
    Matrix::from_fn(units.len(), units.len(), |i, j| m[(units[i], units[j])])
}

/// The largest real part of the effective weights among the given populations.
fn effective_top(circuit: &Circuit, l: &Linearization, populations: &[usize]) -> Result<f64> {
    Ok(spectrum(&restricted(&l.effective, &units(circuit, populations)))?[0].re)
}

/// [`subset`], from those that are known.
fn subset_once(
    circuit: &Circuit,
    l: &Linearization,
    populations: &[usize],
    known: &mut Vec<SubsetStability>,
) -> Result<SubsetStability> {
    if let Some(s) = known.iter().find(|s| s.populations == populations) {
        return Ok(s.clone());
    }
    let found = subset(circuit, l, populations)?;
    known.push(found.clone());
    Ok(found)
}

/// Stability of a part of the circuit, the others held still.
fn subset(circuit: &Circuit, l: &Linearization, populations: &[usize]) -> Result<SubsetStability> {
    let units = units(circuit, populations);
    let values: Vec<Complex> = match &l.parts {
        _ if units.is_empty() => vec![],
        // The whole circuit's are those of the fixed point.
        None if units.len() == l.n() && l.eigenvalues.len() == l.n() => l.eigenvalues.clone(),
        None => spectrum(&restricted(&l.jacobian, &units))?,
        Some(parts) => {
            let slow = circuit.slow().iter().filter(|b| populations.contains(&b.population));
            let states = slow.flat_map(|b| b.first..b.first + circuit.range(b.population).len());
            parts.restricted(&units.into_iter().chain(states).collect::<Vec<_>>()).roots()?.roots
        }
    };
    let unstable = |complex: bool| values.iter().filter(|v| v.re > 0.0 && (v.im != 0.0) == complex).count();
    Ok(SubsetStability {
        populations: populations.to_vec(),
        abscissa: values.first().map_or(f64::NEG_INFINITY, |v| v.re),
        unstable_real: unstable(false),
        unstable_complex: unstable(true),
    })
}
