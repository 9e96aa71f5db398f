//! From eigenvectors to Schur vectors by Gram and Schmidt. A part of the Schur modes.

use crate::linear::modes::{Order, SchurModes, gram_schmidt};
use crate::study::{Array, ComplexArray};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Complex, Matrix};
use schemars::JsonSchema;
use serde::Serialize;

/// Gram-Schmidt on the eigenvectors in the order of the Schur modes, as in the lecture, beside the stable Schur form.
///
/// It fails where eigenvectors coincide: it divides by what is left of each.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GramSchmidtSteps {
    /// Condition number of the eigenbasis; null (infinite) if eigenvectors are missing.
    pub condition: f64,
    /// Length that is left of each unit-norm eigenvector when its parts along the earlier ones are taken away, from 0 to 1.
    pub left_over: Array,
    /// The first mode, from 1, of whose eigenvector less than 1e-8 is left: the procedure fails there. Null if it does not.
    pub fails_at: Option<usize>,
    /// Lost orthogonality, `‖Q†Q − 1‖` of the vectors Q.
    pub orthogonality: f64,
    /// Largest modulus below the diagonal of `T`, over `‖M‖`: 0 of a Schur form.
    pub below_diagonal: f64,
    /// Largest difference of moduli, on and above the diagonal, between `T` and that of the stable complex Schur form.
    pub difference: f64,
    /// `Q†MQ`: to mode (row) from mode (column).
    #[serde(rename = "T")]
    pub t: ComplexArray,
    /// The vectors Q as columns, over units (rows).
    pub vectors: ComplexArray,
    /// The eigenvalues in this order.
    #[serde(skip)]
    pub(crate) lambda: Vec<Complex>,
    /// The eigenvectors that it starts from, as columns.
    #[serde(skip)]
    pub(crate) eigenvectors: CMatrix,
}

impl GramSchmidtSteps {
    /// For the matrix `m`; `schur` is its complex form in the same order.
    pub(super) fn new(m: &Matrix, order: &Order, schur: &SchurModes) -> Result<GramSchmidtSteps> {
        let g = gram_schmidt(m, order)?;
        Ok(GramSchmidtSteps {
            fails_at: g.fails_at().map(|k| k + 1),
            difference: g.difference(&schur.t),
            condition: g.condition,
            left_over: g.left_over.into(),
            orthogonality: g.orthogonality,
            below_diagonal: g.below,
            t: (&g.t).into(),
            vectors: (&g.vectors).into(),
            lambda: g.lambda,
            eigenvectors: g.eigenvectors,
        })
    }
}
