//! Verdicts: is the circuit inhibition-stabilised, is a population's response paradoxical.
//!
//! With `M = 1 - G W`, a population's response to its own input is `g det(M without it) / det(M)`
//! (one unit for each population). In a stable circuit `det M > 0`, so a paradoxical response means
//! that the rest of the circuit alone has an odd number of real unstable modes; the converse fails.
//! Every verdict is about a stable circuit: in an unstable one the signs mean nothing (THEORY S11).

use super::{by_population, response_matrix};
use crate::circuit::{CellKind, Circuit};
use crate::error::Result;
use crate::fixed_point::Stability;
use crate::linalg::{Complex, Matrix, eigenvalues};
use crate::linearisation::Linearisation;

/// Whether inhibition keeps excitation from running away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isn {
    /// Stable as a whole, unstable with all inhibitory units held still.
    Stabilised,
    /// Stable, and the excitatory units are stable by themselves.
    NotNeeded,
    /// The excitatory units alone have an eigenvalue at zero: the border.
    Marginal,
    /// The whole circuit is unstable: the question does not arise.
    CircuitUnstable,
    /// The whole circuit has an eigenvalue at zero: linearisation does not decide.
    CircuitMarginal,
    /// There are no excitatory units, or no inhibitory ones.
    NoSuchCells,
}

/// The stability of a part of the circuit with all other populations held still.
#[derive(Clone, Debug, PartialEq)]
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
pub struct Verdicts {
    /// Whether the circuit is stable there: the fixed point's own verdict.
    pub stability: Stability,
    /// Inhibition stabilisation.
    pub isn: Isn,
    /// The largest real part of the eigenvalues of the excitatory units' effective weights, less
    /// one (`g_E W_EE - 1` for one population): the ISN index. None without excitatory units.
    pub isn_index: Option<f64>,
    /// The response matrix over populations; None if a direction integrates.
    pub response: Option<Matrix>,
    /// Each population's response to its own input.
    pub self_responses: Vec<SelfResponse>,
    /// Every subset of populations with the excitatory ones and some of the others: which
    /// interneurons stabilise excitation. Only up to six populations besides the excitatory ones.
    pub subsets: Vec<SubsetStability>,
}

/// Verdicts for a circuit at one operating point.
///
/// # Errors
/// Eigenvalues that did not converge.
pub fn verdicts(circuit: &Circuit, l: &Linearisation) -> Result<Verdicts> {
    let count = circuit.populations().len();
    let all: Vec<usize> = (0..count).collect();
    let stable = l.stability == Stability::Stable;
    let unit_response = response_matrix(l)?;
    let response = unit_response.as_ref().map(|r| by_population(circuit, r));
    let of_kind = |kind: CellKind| -> Vec<usize> {
        all.iter().copied().filter(|&p| circuit.populations()[p].kind == kind).collect()
    };
    let (excitatory, inhibitory) = (of_kind(CellKind::Excitatory), of_kind(CellKind::Inhibitory));
    let isn_index =
        if excitatory.is_empty() { None } else { Some(effective_top(circuit, l, &excitatory)? - 1.0) };
    let isn = if excitatory.is_empty() || inhibitory.is_empty() {
        Isn::NoSuchCells
    } else if l.stability == Stability::Marginal {
        Isn::CircuitMarginal
    } else if !stable {
        Isn::CircuitUnstable
    } else {
        let alone = subset(circuit, l, &excitatory)?.abscissa;
        if alone > l.rounding {
            Isn::Stabilised
        } else if alone < -l.rounding {
            Isn::NotNeeded
        } else {
            Isn::Marginal
        }
    };
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
                without: subset(circuit, l, &without)?,
                critical_fraction: (decided && own < 0.0 && own_per_gain.is_finite())
                    .then(|| 1.0 / (1.0 - own_per_gain)),
            });
        }
    }
    let others: Vec<usize> = all.iter().copied().filter(|p| !excitatory.contains(p)).collect();
    let mut subsets = Vec::new();
    if !excitatory.is_empty() && others.len() <= 6 {
        for mask in 0..1usize << others.len() {
            let mut members = excitatory.clone();
            members.extend(others.iter().enumerate().filter(|(k, _)| mask >> k & 1 == 1).map(|(_, &p)| p));
            members.sort_unstable();
            subsets.push(subset(circuit, l, &members)?);
        }
        subsets.sort_by_key(|s| s.populations.len());
    }
    Ok(Verdicts { stability: l.stability, isn, isn_index, response, self_responses, subsets })
}

/// The input that moves a unit's target state by one, over what one unit of `h` does: 1 but for
/// conductances, where a current acts through the total conductance.
fn state_per_input(circuit: &Circuit, l: &Linearisation, p: usize) -> f64 {
    let range = circuit.range(p);
    let size = range.len() as f64;
    let per_h = |i: usize| l.input_gain[i] * l.tau[i] * l.rate_per_state[i] / l.gains[i];
    size / range.map(per_h).sum::<f64>()
}

fn units(circuit: &Circuit, populations: &[usize]) -> Vec<usize> {
    populations.iter().flat_map(|&p| circuit.range(p)).collect()
}

fn restricted(m: &Matrix, units: &[usize]) -> Matrix {
    Matrix::from_fn(units.len(), units.len(), |i, j| m[(units[i], units[j])])
}

/// The largest real part of the effective weights among the given populations.
fn effective_top(circuit: &Circuit, l: &Linearisation, populations: &[usize]) -> Result<f64> {
    Ok(eigenvalues(&restricted(&l.effective, &units(circuit, populations)))?[0].re)
}

/// Stability of a part of the circuit, the others held still.
fn subset(circuit: &Circuit, l: &Linearisation, populations: &[usize]) -> Result<SubsetStability> {
    let units = units(circuit, populations);
    let values: Vec<Complex> =
        if units.is_empty() { vec![] } else { eigenvalues(&restricted(&l.jacobian, &units))? };
    let unstable = |complex: bool| values.iter().filter(|v| v.re > 0.0 && (v.im != 0.0) == complex).count();
    Ok(SubsetStability {
        populations: populations.to_vec(),
        abscissa: values.first().map_or(f64::NEG_INFINITY, |v| v.re),
        unstable_real: unstable(false),
        unstable_complex: unstable(true),
    })
}
