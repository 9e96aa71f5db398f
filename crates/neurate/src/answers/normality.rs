//! Normality: do the eigenvalues show everything?

use super::rounding::clean_departure;
use crate::linear::modes::normality_of;
use crate::study::{Answer, Applies, Study};
use neurate_numerics::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// How far the modes' matrix `M` is from normal (`M Mᵀ = Mᵀ M`, orthogonal eigenmodes), in the Frobenius norm.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Normality {
    /// `‖M Mᵀ − Mᵀ M‖ / ‖M‖²`, from 0 to √2.
    pub nu: f64,
    /// What `nu` may be by rounding alone.
    pub tolerance: f64,
    /// Whether `nu` is no larger than that.
    pub normal: bool,
    /// Henrici's departure from normality `√(‖M‖² − Σ|λ|²)`: the root of `Σ|W_FF|²` in every Schur basis.
    pub departure: f64,
    /// A lower bound of the departure from the commutator (Elsner & Paardekooper 1987).
    pub lower_bound: f64,
    /// An upper bound (Henrici 1962).
    pub upper_bound: f64,
    /// Share of `‖M‖²` that is feedforward, from 0 to 1.
    pub feedforward_share: f64,
}

impl Answer for Normality {
    const NAME: &'static str = "normality";

    fn applies(study: &Study) -> Applies {
        Applies::at_operating_point(study).of_units_alone(
            study,
            "it measures patterns over units by their norm, and slow states have scales of their own",
        )
    }

    fn compute(study: &Study) -> Result<Normality> {
        let decomposition = study.linearization()?.modes_decomposition();
        let n = normality_of(decomposition)?;
        let (departure, feedforward_share) = clean_departure(decomposition.matrix(), n.departure);
        Ok(Normality {
            nu: n.nu,
            tolerance: n.tolerance,
            normal: n.normal,
            departure,
            lower_bound: n.lower,
            upper_bound: n.upper,
            feedforward_share,
        })
    }
}
