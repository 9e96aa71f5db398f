//! Schur modes: the hidden feedforward structure.

use super::gram_schmidt::GramSchmidtSteps;
use super::limits::{GRAM_SCHMIDT_UNITS, LISTED_LINKS};
use super::rounding::clean_mode;
use crate::linear::modes::{self, BlockLink, Cluster, Order, SchurForm, schur_modes_of};
use crate::study::{Answer, Applies, Array, ComplexArray, ComplexList, ComplexNumber, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;
use schemars::JsonSchema;
use serde::Serialize;

/// Orthogonal modes `M = U T U†` of the modes' matrix, and the feedforward weights between them (Murphy & Miller 2009;
/// Goldman 2009; Ganguli, Huh & Sompolinsky 2008). Modes count from 1; mode 1 only receives.
///
/// The sign (phase) of each mode is free, and with it that of its links: here the largest component is positive.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SchurModes {
    /// The order of the modes, in words. The sum of squared links is the same in every order, single links are not.
    pub order: String,
    /// The real form: orthogonal vectors, a complex pair as a 2 × 2 block on the diagonal.
    pub real: SchurDecomposition,
    /// The complex form: unitary vectors, triangular. Null if all eigenvalues are real: then both forms are one.
    pub complex: Option<SchurDecomposition>,
    /// The ten strongest links between blocks of the real form, and inside those of complex pairs, strongest first; without
    /// those that are zero to rounding.
    pub block_links: Vec<SchurBlockLink>,
    /// How many of the strongest links between blocks carry 90 % of `Σ|W_FF|²`.
    pub links_for_90_percent: usize,
    /// The part of each block of the real form in `Σ|W_FF|²`, in the blocks' order.
    pub shares: Vec<SchurShares>,
    /// Eigenvalues (first, second) that stand in the other order than was asked for: too close to be swapped without losing
    /// digits (Bai & Demmel 1993).
    pub unswapped: Vec<[ComplexNumber; 2]>,
    /// Overlap `|u · p| / ‖p‖` of each mode of the real form with the pattern p of the order; null where the order is by
    /// something else.
    pub overlaps: Option<Array>,
    /// Modes of the real form that share an eigenvalue to rounding: one list for each of the eigenmodes' clusters.
    pub clusters: Vec<Vec<usize>>,
    /// The way by Gram-Schmidt on the eigenvectors; null of one unit, and above 200 units, where it would take long.
    pub gram_schmidt: Option<GramSchmidtSteps>,
}

/// One Schur form.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SchurDecomposition {
    /// Eigenvalues in the modes' order, dimensionless; in the real form zero or one where they differ from that by rounding.
    pub lambda: ComplexList,
    /// Modes as columns of unit norm, over units (rows).
    pub vectors: ComplexArray,
    /// `T`: eigenvalues (blocks) on the diagonal, feedforward weights above it, to mode (row) from mode (column).
    #[serde(rename = "T")]
    pub t: ComplexArray,
    /// `Σ|W_FF|²`, the sum of squared feedforward weights; in the real form with `(|b| − |c|)²` of each block
    /// `[[a, b], [c, a]]`.
    pub feedforward_squared: f64,
    /// `‖M‖² − Σ|λ|²`: the same number by another way, which loses digits by cancellation.
    pub henrici_squared: f64,
    /// The ten strongest links between single modes, strongest first.
    pub strongest_links: Vec<SchurLink>,
    /// `‖M − U T U†‖ / ‖M‖`.
    pub residual: f64,
    /// `‖U†U − 1‖`.
    pub orthogonality: f64,
}

/// A feedforward link between two modes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SchurLink {
    /// The mode that receives, from 1.
    pub to: usize,
    /// The mode that sends.
    pub from: usize,
    /// The weight, dimensionless.
    pub weight: ComplexNumber,
}

/// A feedforward link between blocks: single modes, or complex pairs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SchurBlockLink {
    /// The one or two modes that receive, from 1.
    pub to: Vec<usize>,
    /// The modes that send; the same as `to` for what lies inside a complex pair.
    pub from: Vec<usize>,
    /// The weight, dimensionless: into, out of or inside a pair the norm, which no rotation inside the pair changes.
    pub weight: ComplexNumber,
    /// Its share of `Σ|W_FF|²`, from 0 to 1.
    pub share: f64,
}

/// The part of a block in `Σ|W_FF|²`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SchurShares {
    /// Share of the links into it, from 0 to 1; what lies inside a pair counts as both.
    pub receives: f64,
    /// Share of the links out of it.
    pub sends: f64,
}

/// The share of `Σ|W_FF|²` that is called most of it.
const MOST: f64 = 0.9;

impl Answer for SchurModes {
    const NAME: &'static str = "schur_modes";

    fn applies(study: &Study) -> Applies {
        Applies::at_operating_point(study).of_units_alone(
            study,
            "it measures patterns over units by their norm, and slow states have scales of their own",
        )
    }

    fn compute(study: &Study) -> Result<SchurModes> {
        let l = study.linearization()?;
        let decomposed = l.modes_decomposition();
        let m = decomposed.matrix();
        let order = &study.choices().order;
        let s = study.schur_modes()?;
        let scale = m.frobenius();
        let lambda: Vec<Complex> = s.lambda.iter().map(|z| clean_mode(*z, scale, l)).collect();
        let pairs = lambda.iter().any(|z| z.im != 0.0);
        let stepwise = (2..=GRAM_SCHMIDT_UNITS).contains(&m.rows());
        let complex = if pairs || stepwise {
            Some(schur_modes_of(decomposed, SchurForm::Complex, order)?)
        } else {
            None
        };
        let steps = complex.as_ref().filter(|_| stepwise).map(|c| GramSchmidtSteps::new(m, order, c));
        let e = study.eigenmodes()?;
        let values: Vec<Complex> = e.modes.iter().map(|m| m.lambda).collect();
        Ok(SchurModes {
            order: words(order),
            complex: complex.as_ref().filter(|_| pairs).map(|c| SchurDecomposition::new(c, &c.lambda)),
            block_links: s.block_links().into_iter().take(LISTED_LINKS).map(SchurBlockLink::new).collect(),
            links_for_90_percent: s.links_that_carry(MOST),
            shares: s.shares().into_iter().map(|(receives, sends)| SchurShares { receives, sends }).collect(),
            unswapped: s.unswapped.iter().map(|&(a, b)| [a.into(), b.into()]).collect(),
            overlaps: match order {
                Order::Overlap(p) => Some(s.overlaps(p).into()),
                _ => None,
            },
            clusters: groups(&lambda, &values, &e.clusters),
            gram_schmidt: steps.transpose()?,
            real: SchurDecomposition::new(s, &lambda),
        })
    }
}

impl SchurDecomposition {
    fn new(s: &modes::SchurModes, lambda: &[Complex]) -> SchurDecomposition {
        let links = s.links().into_iter().take(LISTED_LINKS);
        SchurDecomposition {
            lambda: lambda.iter().copied().collect(),
            vectors: (&s.u).into(),
            t: (&s.t).into(),
            feedforward_squared: s.feedforward_squared,
            henrici_squared: s.henrici_squared,
            strongest_links: links
                .map(|(to, from, weight)| SchurLink { to: to + 1, from: from + 1, weight: weight.into() })
                .collect(),
            residual: s.residual,
            orthogonality: s.orthogonality,
        }
    }
}

impl SchurBlockLink {
    fn new(l: BlockLink) -> SchurBlockLink {
        SchurBlockLink {
            to: l.to.map(|k| k + 1).collect(),
            from: l.from.map(|k| k + 1).collect(),
            weight: l.weight.into(),
            share: l.share,
        }
    }
}

/// The clusters of the eigenmodes, whose eigenvalues are `values`, as Schur modes, from 1: each eigenvalue is the nearest
/// of `lambda` that is still free.
fn groups(lambda: &[Complex], values: &[Complex], clusters: &[Cluster]) -> Vec<Vec<usize>> {
    let mut free = vec![true; values.len()];
    let mut group = |c: &Cluster| {
        let mut group: Vec<usize> = c
            .members
            .iter()
            .filter_map(|&i| {
                let d = |k: usize| (lambda[k] - values[i]).norm();
                let k = (0..values.len()).filter(|&k| free[k]).min_by(|&a, &b| d(a).total_cmp(&d(b)))?;
                free[k] = false;
                Some(k + 1)
            })
            .collect();
        group.sort_unstable();
        group
    };
    clusters.iter().map(&mut group).collect()
}

fn words(order: &Order) -> String {
    match order {
        Order::RealPart => "rightmost eigenvalue first".into(),
        Order::SlowFirst => "slowest first".into(),
        Order::SumFirst => "most sum-like first".into(),
        Order::Overlap(_) => "largest overlap with the given pattern first".into(),
        Order::List(list) => format!("as asked: {list:?}"),
    }
}
