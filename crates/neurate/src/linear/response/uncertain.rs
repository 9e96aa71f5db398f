//! How sure the verdicts are, given standard errors of weights, time constants and inputs.
//!
//! Two ways. First order (the delta method): derivatives of the response matrix by central
//! differences through a fixed point found anew; for a linear circuit they are those of
//! `dR = R dW R`. And sampling: parameters are drawn independently, weights and time constants that
//! must keep their sign from log-normal distributions with the given mean and standard error (so
//! that no sign is lost and no moment is shifted), others from normal ones; the operating point is
//! followed to each sample.

use super::matrices::{by_population, response_matrix};
use super::verdicts::{Isn, isn};
use crate::fixed_points::{FixedPoint, nearest_fixed_point};
use crate::linear::Linearization;
use crate::model::{CellKind, Circuit, Form, StandardError, Uncertain};
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, LogNormal, Normal};

/// The step of central differences, in standard errors: small against the curvature, large against
/// the rounding of a fixed point.
const STEP: f64 = 1e-3;
/// Steps in which a nonlinear circuit's operating point is followed to a sample.
const FOLLOW: usize = 4;

/// First-order errors of the response matrix over populations.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FirstOrder {
    /// Standard error of every entry.
    pub se: Matrix,
    /// Contribution of each parameter to the variance of every entry, in the order of the circuit's
    /// standard errors: `(dR/dp se)^2`.
    pub contributions: Vec<Matrix>,
}

/// What one sample of the parameters does.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// Whether the operating point is still there and stable.
    pub stable: bool,
    /// Whether it could be followed at all.
    pub found: bool,
    /// Inhibition-stabilized.
    pub isn: bool,
    /// The response matrix over populations; None where it is not stable.
    pub response: Option<Matrix>,
}

/// A share of samples with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Probability {
    /// The share.
    pub value: f64,
    /// Its standard error from sampling, `sqrt(p (1 - p) / n)`; where all or none agree, 1/n.
    pub se: f64,
}

/// All samples.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Samples {
    /// In the order of drawing.
    pub all: Vec<Sample>,
}

/// The first-order errors at an operating point; None where a direction integrates, or where the
/// operating point is lost within a thousandth of a standard error.
///
/// # Errors
/// The circuit is too large for a dense Jacobian.
pub fn first_order(circuit: &Circuit, point: &FixedPoint) -> Result<Option<FirstOrder>> {
    let p = circuit.populations().len();
    let mut variance = Matrix::zeros(p, p);
    let mut contributions = Vec::new();
    for (k, error) in circuit.standard_errors().iter().enumerate() {
        let at = |sign: f64| -> Result<Option<Matrix>> {
            let mut values: Vec<f64> = circuit.standard_errors().iter().map(|e| e.mean).collect();
            values[k] += sign * STEP * error.se;
            let changed = with_values(circuit, &values)?;
            let Some(point) = nearest_fixed_point(&changed, &point.state)? else { return Ok(None) };
            let r = response_matrix(&Linearization::new(&changed, &point)?)?;
            Ok(r.map(|r| by_population(&changed, &r)))
        };
        let contribution = if error.se == 0.0 {
            Matrix::zeros(p, p)
        } else {
            let (Some(up), Some(down)) = (at(1.0)?, at(-1.0)?) else { return Ok(None) };
            up.sub(&down).map(|d| (d / (2.0 * STEP)).powi(2))
        };
        variance = variance.add(&contribution);
        contributions.push(contribution);
    }
    Ok(Some(FirstOrder { se: variance.map(f64::sqrt), contributions }))
}

/// Draws the parameters `count` times and asks each circuit.
///
/// # Errors
/// No distribution has the given mean and standard error; the circuit is too large for a dense
/// Jacobian; so many samples do not fit into memory.
pub fn sample(circuit: &Circuit, point: &FixedPoint, count: usize, seed: u64) -> Result<Samples> {
    let laws: Vec<Law> =
        circuit.standard_errors().iter().map(|e| Law::new(circuit, e)).collect::<Result<_>>()?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let means: Vec<f64> = circuit.standard_errors().iter().map(|e| e.mean).collect();
    let linear =
        circuit.form() != Form::Conductance && circuit.populations().iter().all(|p| p.transfer.is_affine());
    let steps = if linear { 1 } else { FOLLOW };
    // Each keeps its response matrix, and the list of each entry is drawn from it.
    let p = circuit.populations().len();
    let each = budget::product(&[p, p, 2 * size_of::<f64>()]).saturating_add(size_of::<Sample>() as u64);
    budget::require(count as u64, "samples", each, "take fewer: --samples 2000")?;
    let mut all = Vec::new();
    for _ in 0..count {
        let values: Vec<f64> = laws.iter().map(|l| l.draw(&mut rng)).collect();
        all.push(one(circuit, point, &means, &values, steps)?);
    }
    Ok(Samples { all })
}

fn one(circuit: &Circuit, point: &FixedPoint, means: &[f64], values: &[f64], steps: usize) -> Result<Sample> {
    let mut state = point.state.clone();
    let mut end = None;
    for k in 1..=steps {
        let share = k as f64 / steps as f64;
        let between: Vec<f64> = means.iter().zip(values).map(|(a, b)| a + share * (b - a)).collect();
        let changed = with_values(circuit, &between)?;
        let Some(found) = nearest_fixed_point(&changed, &state)? else {
            return Ok(Sample { stable: false, found: false, isn: false, response: None });
        };
        state.clone_from(&found.state);
        end = Some((changed, found));
    }
    let (changed, found) = end.expect("there is a step");
    if !found.stable() {
        return Ok(Sample { stable: false, found: true, isn: false, response: None });
    }
    let l = Linearization::new(&changed, &found)?;
    let response = response_matrix(&l)?.map(|r| by_population(&changed, &r));
    Ok(Sample { stable: true, found: true, isn: isn(&changed, &l)? == Isn::Stabilized, response })
}

/// The circuit with other values of its uncertain parameters.
fn with_values(circuit: &Circuit, values: &[f64]) -> Result<Circuit> {
    let mut parts = circuit.to_parts();
    let errors = std::mem::take(&mut parts.standard_errors);
    let mut weights: Option<Matrix> = None;
    for (e, &value) in errors.iter().zip(values) {
        match e.parameter {
            Uncertain::Weight { to, from } => {
                let w = weights.get_or_insert_with(|| circuit.weights().to_dense());
                for i in circuit.range(to) {
                    for j in circuit.range(from) {
                        if e.mean == 0.0 {
                            w[(i, j)] += value / circuit.populations()[from].size as f64;
                        } else {
                            w[(i, j)] *= value / e.mean;
                        }
                    }
                }
            }
            Uncertain::Tau(p) => parts.populations[p].tau.iter_mut().for_each(|t| *t *= value / e.mean),
            Uncertain::Input(p) => parts.populations[p].h.iter_mut().for_each(|h| *h += value - e.mean),
            Uncertain::Refractory(p) => {
                let transfer = &mut parts.populations[p].transfer;
                *transfer = transfer.clone().with_refractory(value)?;
            }
        }
    }
    if let Some(w) = weights {
        parts.weights = w.into();
    }
    Circuit::new(parts)
}

enum Law {
    Fixed(f64),
    Signed(f64, LogNormal<f64>),
    Normal(Normal<f64>),
}

impl Law {
    fn new(circuit: &Circuit, e: &StandardError) -> Result<Law> {
        let bad = |_| Error::invalid(format!("nothing has mean {} and standard error {}", e.mean, e.se));
        let signed = match e.parameter {
            Uncertain::Tau(_) | Uncertain::Refractory(_) => true,
            Uncertain::Input(_) => false,
            Uncertain::Weight { from, .. } => {
                circuit.form() == Form::Conductance
                    || circuit.populations()[from].kind != CellKind::Unconstrained
            }
        };
        Ok(if e.se == 0.0 {
            Law::Fixed(e.mean)
        } else if signed {
            let law = LogNormal::from_mean_cv(e.mean.abs(), e.se / e.mean.abs()).map_err(bad)?;
            Law::Signed(e.mean.signum(), law)
        } else {
            Law::Normal(Normal::new(e.mean, e.se).map_err(bad)?)
        })
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> f64 {
        match self {
            Law::Fixed(x) => *x,
            Law::Signed(sign, law) => sign * law.sample(rng),
            Law::Normal(law) => law.sample(rng),
        }
    }
}

impl Samples {
    /// The share of samples with a property.
    #[must_use]
    pub fn probability(&self, has: impl Fn(&Sample) -> bool) -> Probability {
        Probability::of(self.all.iter().filter(|s| has(s)).count(), self.all.len())
    }

    /// The values of one entry of the response matrix in the stable samples, rising.
    #[must_use]
    pub fn entry(&self, to: usize, from: usize) -> Vec<f64> {
        let mut values: Vec<f64> =
            self.all.iter().filter_map(|s| s.response.as_ref()).map(|r| r[(to, from)]).collect();
        values.sort_by(f64::total_cmp);
        values
    }
}

impl Probability {
    fn of(count: usize, all: usize) -> Probability {
        let (p, n) = (count as f64 / all as f64, all as f64);
        Probability { value: p, se: (p * (1.0 - p) / n).sqrt().max(1.0 / n) }
    }
    /// The share of negative values among sorted ones.
    #[must_use]
    pub fn negative(sorted: &[f64]) -> Probability {
        Probability::of(sorted.partition_point(|&x| x < 0.0), sorted.len())
    }
}

/// The quantile of sorted values, with linear interpolation; NaN of none.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let x = share.clamp(0.0, 1.0) * last as f64;
    let (k, rest) = (x.floor() as usize, x.fract());
    let next = sorted[(k + 1).min(last)];
    sorted[k] + rest * (next - sorted[k])
}
