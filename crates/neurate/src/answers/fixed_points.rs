//! Fixed points: all that were found, and which one is analyzed.

use crate::fixed_points::{Completeness, Coverage, FixedPoint, Multiplicity, Stability};
use crate::model::Circuit;
use crate::study::{Answer, Applies, Array, ComplexList, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// The fixed points of the circuit under its constant input.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FixedPoints {
    /// Whether it is known that there are no others.
    pub exhaustive: bool,
    /// What is known of the completeness of the list.
    pub completeness: ListCompleteness,
    /// How the points were sampled; None where nothing was.
    pub sampling: Option<Sampling>,
    /// Sum of the indices of the points found, `sign det(-J)` each: +1, or −1 with an odd number of real growing modes.
    /// Where all rates are bounded that of all fixed points is 1 (Brouwer's degree), and another sum proves that one is
    /// missing. None where rates are not bounded, an index is not decided, or the search did not sample.
    pub index_sum: Option<i64>,
    /// Number of the point that is analyzed, from 1; None if none is stable and none was chosen.
    pub operating_point: Option<usize>,
    /// Remarks: lines of fixed points, a run from rest that ran away.
    pub remarks: Vec<String>,
    /// The points, by rising total rate.
    pub points: Vec<FoundFixedPoint>,
}

/// What is known of the completeness of a list of fixed points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListCompleteness {
    /// Sampled: there may be others.
    Sampled,
    /// Sampled, and the indices show that at least one is missing.
    IndexFails,
    /// All, but for places where rounding hides how many there are, and lines of fixed points.
    AllBut,
    /// Bounds exclude all others.
    Proved,
    /// Every linear system was solved.
    Exact,
}

/// How fixed points were sampled.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Sampling {
    /// Number of starts: Newton's method from random states, and from where short runs from such states end.
    pub starts: usize,
    /// Starts that led to no fixed point.
    pub failures: usize,
    /// The smallest number of starts that led to a point; 0 if one was found otherwise only. Points that are alike by a
    /// symmetry of the circuit count as one.
    pub fewest_starts: usize,
    /// Number of points that at most one start led to.
    pub found_at_most_once: usize,
    /// Points that are missing by capture and recapture: a lower estimate (Chao 1984).
    pub estimated_missing: f64,
    /// Boxes that were looked at to prove that there are no others; 0 if that was not tried.
    pub boxes: usize,
}

impl Sampling {
    fn of(coverage: &Coverage) -> Option<Sampling> {
        match *coverage {
            Coverage::Sampled { starts, failures, rarest, seldom, missing, boxes, .. } => Some(Sampling {
                starts,
                failures,
                fewest_starts: rarest,
                found_at_most_once: seldom,
                estimated_missing: missing,
                boxes,
            }),
            Coverage::All(_) | Coverage::AllBut(_) => None,
        }
    }
}

/// A fixed point, and how far it can be trusted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FoundFixedPoint {
    /// State of each unit: its rate in rate form, otherwise its voltage; in the circuit's unit of state.
    pub state: Array,
    /// Rate of each unit, in the circuit's unit of rate.
    pub rates: Array,
    /// Mean rate of each population.
    pub population_rates: Array,
    /// Slope of each unit's transfer function, rate per input; at a kink that from the right. It may be infinite.
    pub gains: Array,
    /// Whether the point attracts.
    pub stability: FixedPointStability,
    /// How many fixed points there are here: at a fold, a pitchfork or along a line, rounding hides it.
    pub multiplicity: FixedPointMultiplicity,
    /// Of a double or triple root how near several fixed points would be to each other, as a share of `1 + |x|`; None
    /// otherwise.
    pub within: Option<f64>,
    /// Eigenvalues of the Jacobian, slow states included, per unit of time, rightmost first; with delays the rightmost
    /// roots of the characteristic equation. Empty where a gain is infinite: there is no Jacobian.
    pub eigenvalues: ComplexList,
    /// Eigenvalues smaller than this are zero to rounding, per unit of time; None where there are none.
    pub eigenvalue_error: Option<f64>,
    /// The largest `|target − x| / (1 + |x|)` over units.
    pub residual: f64,
    /// Length of the last Newton step over `1 + |x|`: an estimate of the error of the state.
    pub error: f64,
    /// Whether a run from rest settles here.
    pub reached_from_rest: bool,
    /// Names of the units at a kink of their transfer function, where the Jacobian is one-sided.
    pub at_kink: Vec<String>,
}

/// Whether a fixed point attracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixedPointStability {
    /// All modes decay.
    Stable,
    /// At least one mode grows.
    Unstable,
    /// The largest real part is zero to rounding, or an infinite gain leaves it open: linearization does not decide.
    Marginal,
}

/// How many fixed points there are where one is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixedPointMultiplicity {
    /// One.
    One,
    /// A double root to within rounding, as at a fold: one semi-stable fixed point, two, or none.
    Double,
    /// A triple root to within rounding, as at a pitchfork or a cusp: one fixed point, or three.
    Triple,
    /// One of a line of fixed points.
    Line,
}

impl Answer for FixedPoints {
    const NAME: &'static str = "fixed_points";

    fn applies(_: &Study) -> Applies {
        Applies::Yes
    }

    fn compute(study: &Study) -> Result<FixedPoints> {
        let search = study.fixed_points()?;
        Ok(FixedPoints {
            exhaustive: matches!(search.coverage, Coverage::All(_)),
            completeness: match search.coverage.completeness() {
                Completeness::Sampled => ListCompleteness::Sampled,
                Completeness::IndexFails => ListCompleteness::IndexFails,
                Completeness::AllBut => ListCompleteness::AllBut,
                Completeness::Proved => ListCompleteness::Proved,
                Completeness::Exact => ListCompleteness::Exact,
            },
            sampling: Sampling::of(&search.coverage),
            index_sum: match search.coverage {
                Coverage::Sampled { index_sum, .. } => index_sum,
                Coverage::All(_) | Coverage::AllBut(_) => None,
            },
            operating_point: study.operating_index()?.map(|k| k + 1),
            remarks: search.remarks.clone(),
            points: search.points.iter().map(|p| FoundFixedPoint::new(study.circuit(), p)).collect(),
        })
    }
}

impl FoundFixedPoint {
    fn new(c: &Circuit, p: &FixedPoint) -> FoundFixedPoint {
        FoundFixedPoint {
            state: p.state.as_slice().into(),
            rates: p.rates.as_slice().into(),
            population_rates: c.population_means(&p.rates).into(),
            gains: p.gains.as_slice().into(),
            stability: match p.stability {
                Stability::Stable => FixedPointStability::Stable,
                Stability::Unstable(_) => FixedPointStability::Unstable,
                Stability::Marginal => FixedPointStability::Marginal,
            },
            multiplicity: match p.multiplicity {
                Multiplicity::One => FixedPointMultiplicity::One,
                Multiplicity::Double(_) => FixedPointMultiplicity::Double,
                Multiplicity::Triple(_) => FixedPointMultiplicity::Triple,
                Multiplicity::Line => FixedPointMultiplicity::Line,
            },
            within: match p.multiplicity {
                Multiplicity::Double(within) | Multiplicity::Triple(within) => Some(within),
                Multiplicity::One | Multiplicity::Line => None,
            },
            eigenvalues: p.eigenvalues.iter().copied().collect(),
            eigenvalue_error: (!p.eigenvalues.is_empty()).then_some(p.rounding),
            residual: p.residual,
            error: p.error,
            reached_from_rest: p.reached_from_rest,
            at_kink: p.at_kink.iter().map(|&i| c.unit_name(i)).collect(),
        }
    }
}
