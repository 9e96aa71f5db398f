//! Structure of the weights: blocks, signs, sum and difference patterns.

use super::limits::STRUCTURE_UNITS;
use crate::linear::modes::{DaleStructure, block_statistics, dale_structure, sign_argument, sum_difference};
use crate::model::{CellKind, Circuit, Form};
use crate::study::{Answer, Applies, Array, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, schur_real};
use schemars::JsonSchema;
use serde::Serialize;
use std::ops::Range;

/// What the weights `W` as they stand are like: sample statistics, exact. Of circuits of 2 to 4,000 units: the feedforward
/// weights need a Schur form.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Structure {
    /// Statistics of the weights between each two populations: receiver by receiver, and in each sender by sender.
    pub blocks: Vec<WeightBlock>,
    /// Dale's principle; null for conductances, which have no sign.
    pub dale: Option<DaleVerdict>,
    /// `W` between the sum and the difference of excitatory and inhibitory activity; null for conductances, without units
    /// of both kinds, and without weights.
    pub sum_difference: Option<SumDifferenceWeights>,
    /// Whether the signs exclude that `W` is normal; null unless every sender has one sign, and both signs occur.
    pub sign_pattern: Option<SignVerdict>,
    /// Senders of both signs, the most mixed first.
    #[serde(skip)]
    pub mixed_senders: Vec<MixedSender>,
}

/// The weights to one population from another, in the unit of weight. Self-connections count in the totals only, if the
/// population has several units.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct WeightBlock {
    /// Name of the receiving population.
    pub to: String,
    /// Name of the sending population.
    pub from: String,
    /// Share of the possible connections that are there, from 0 to 1.
    pub density: f64,
    /// Number of connections that one receiver has, on average.
    pub in_degree: f64,
    /// Standard deviation of that over receivers.
    pub in_degree_sd: f64,
    /// Mean of the connections that are there; 0 if there is none.
    pub strength: f64,
    /// Standard deviation of those.
    pub strength_sd: f64,
    /// Mean of all entries, absent connections included.
    pub mean: f64,
    /// Variance of all entries, absent connections included; in the unit of weight squared.
    pub variance: f64,
    /// Total weight that one receiver gets from the population, on average.
    pub total: f64,
    /// Standard deviation of that over receivers.
    pub total_sd: f64,
}

/// Whether every unit's outgoing weights have one sign.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct DaleVerdict {
    /// Whether they do.
    pub obeyed: bool,
    /// Number of units that send positive weights only.
    pub excitatory: usize,
    /// Number of units that send negative weights only.
    pub inhibitory: usize,
    /// Number of units that send nothing.
    pub silent: usize,
    /// Number of units that send weights of both signs.
    pub both_signs: usize,
}

/// A unit that sends weights of both signs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MixedSender {
    /// Which unit.
    pub unit: usize,
    /// Sum of its positive weights.
    pub positive: f64,
    /// Sum of its negative weights.
    pub negative: f64,
    /// Share of the rarer sign in all that it sends, from 0 to 1/2.
    pub share: f64,
}

/// `W` between the uniform patterns sum `s = (e + i)/√2` and difference `d = (e − i)/√2`, `e` and `i` of unit norm over
/// the excitatory and the inhibitory units (Murphy & Miller 2009).
///
/// The link from `d` to `s` is one of a Schur basis only if that from `s` to `d` vanishes; elsewhere the sum of all
/// squared feedforward weights is the measure.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SumDifferenceWeights {
    /// `[[s W s, s W d], [d W s, d W d]]`: to row, from column, in the unit of weight; what is rounding is 0.
    pub matrix: Array,
    /// Share of the squared link from `d` to `s` in all squared weight `‖W‖²`, from 0 to 1.
    pub share_of_weight: f64,
    /// Its share in all squared feedforward weight; 0 where there is none.
    pub share_of_feedforward: f64,
    /// Sum of all squared feedforward weights of a Schur form of `W`.
    pub feedforward_squared: f64,
    /// `‖W‖²`, the sum of all squared weights.
    #[serde(skip)]
    pub weight_squared: f64,
}

/// Common inputs and targets of excitatory and inhibitory units: `W Wᵀ` and `Wᵀ W` differ between them in sign, so that
/// `W` is normal only if both vanish.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SignVerdict {
    /// Frobenius norm of the E-I block of `W Wᵀ`, over `‖W‖²`: common input.
    pub common_input: f64,
    /// Frobenius norm of the E-I block of `Wᵀ W`, over `‖W‖²`: common targets.
    pub common_targets: f64,
    /// Whether the signs alone exclude that `W` is normal.
    pub excludes_normality: bool,
}

impl Answer for Structure {
    const NAME: &'static str = "structure";

    fn applies(study: &Study) -> Applies {
        match study.circuit().n() {
            0..=1 => Applies::No("a second unit"),
            2..=STRUCTURE_UNITS => Applies::Yes,
            _ => Applies::No("a size of at most 4000 units"),
        }
    }

    fn compute(study: &Study) -> Result<Structure> {
        let c = study.circuit();
        let w = c.dense_weights()?;
        let signs = dale_structure(&w);
        let mut structure = Structure {
            blocks: blocks(c, &w),
            dale: None,
            sum_difference: None,
            sign_pattern: None,
            mixed_senders: vec![],
        };
        if c.form() == Form::Conductance {
            return Ok(structure);
        }
        structure.dale = Some(DaleVerdict {
            obeyed: signs.is_dale(),
            excitatory: signs.excitatory.len(),
            inhibitory: signs.inhibitory.len(),
            silent: signs.undetermined.len(),
            both_signs: signs.violations.len(),
        });
        structure.mixed_senders = mixed_senders(&w, &signs.violations);
        let (e, i) = kinds(c, &signs);
        structure.sum_difference = sum_and_difference(&w, &e, &i)?;
        if signs.is_dale() {
            structure.sign_pattern =
                sign_argument(&w, &signs.excitatory, &signs.inhibitory).map(|a| SignVerdict {
                    common_input: a.common_input,
                    common_targets: a.common_targets,
                    excludes_normality: a.excludes_normality(),
                });
        }
        Ok(structure)
    }
}

/// Excitatory and inhibitory units: as declared, or by their signs where nothing is declared.
fn kinds(c: &Circuit, signs: &DaleStructure) -> (Vec<usize>, Vec<usize>) {
    let kind = |i: usize| c.populations()[c.population_of(i)].kind;
    if (0..c.n()).all(|i| kind(i) == CellKind::Unconstrained) {
        return (signs.excitatory.clone(), signs.inhibitory.clone());
    }
    let of = |k: CellKind| (0..c.n()).filter(|&i| kind(i) == k).collect();
    (of(CellKind::Excitatory), of(CellKind::Inhibitory))
}

fn mixed_senders(w: &Matrix, violations: &[usize]) -> Vec<MixedSender> {
    let mut mixed: Vec<MixedSender> = violations
        .iter()
        .map(|&unit| {
            let (mut positive, mut negative) = (0.0, 0.0);
            for i in 0..w.rows() {
                let sum = if w[(i, unit)] > 0.0 { &mut positive } else { &mut negative };
                *sum += w[(i, unit)];
            }
            // Of all weight that a unit sends, how much has the rarer sign.
            let share = f64::min(positive, -negative) / (positive - negative);
            MixedSender { unit, positive, negative, share }
        })
        .collect();
    mixed.sort_by(|a, b| b.share.total_cmp(&a.share));
    mixed
}

/// Sum and difference patterns: the lecture's reading of W_FF, for any number of units.
fn sum_and_difference(w: &Matrix, e: &[usize], i: &[usize]) -> Result<Option<SumDifferenceWeights>> {
    let Some(found) = sum_difference(w, e, i) else { return Ok(None) };
    let whole = w.frobenius().powi(2);
    if whole == 0.0 {
        return Ok(None);
    }
    // Sums of many weights: what is rounding is zero.
    let settle = |x: f64| if x.abs() < 1e-13 * w.frobenius() { 0.0 } else { x };
    let m = found.matrix.map(|row| row.map(settle));
    let link = m[0][1] * m[0][1];
    let all = schur_real(w)?.feedforward_sum_of_squares();
    let share = |x: f64| if x > 0.0 { link / x } else { 0.0 };
    Ok(Some(SumDifferenceWeights {
        matrix: Array::rows(m.map(|row| row.to_vec())),
        share_of_weight: share(whole),
        share_of_feedforward: share(all),
        feedforward_squared: all,
        weight_squared: whole,
    }))
}

fn blocks(c: &Circuit, w: &Matrix) -> Vec<WeightBlock> {
    let populations = c.populations();
    let groups: Vec<Range<usize>> = (0..populations.len()).map(|p| c.range(p)).collect();
    let mut all = Vec::new();
    for (to, row) in block_statistics(w, &groups).into_iter().enumerate() {
        for (from, b) in row.into_iter().enumerate() {
            all.push(WeightBlock {
                to: populations[to].name.clone(),
                from: populations[from].name.clone(),
                density: b.density,
                in_degree: b.in_degree,
                in_degree_sd: b.in_degree_sd,
                strength: b.strength,
                strength_sd: b.strength_sd,
                mean: b.mean,
                variance: b.variance,
                total: b.total,
                total_sd: b.total_sd,
            });
        }
    }
    all
}
