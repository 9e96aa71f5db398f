//! From eigenvectors to Schur vectors, step by step: a table of the Schur section for small circuits.

use super::words::{clean, number, pair_cell};
use crate::linear::modes::{GramSchmidt, Order, SchurModes, gram_schmidt};
use crate::report::section::{Cell, Section, Table};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Complex, Matrix};
use serde_json::json;

/// Units up to which it is shown.
pub(super) const MAX_UNITS: usize = 6;

/// Adds the table and what it says; returns its numbers. `schur` is the complex form in the same order.
pub(super) fn show(
    s: &mut Section,
    m: &Matrix,
    order: &Order,
    schur: &SchurModes,
) -> Result<serde_json::Value> {
    let g = gram_schmidt(m, order)?;
    let difference = g.difference(&schur.t);
    s.verdict.push(verdict(&g, difference));
    let mut t = Table::new(
        "The blackboard's way: Gram-Schmidt on the eigenvectors, beside the stable Schur form",
        &[
            "mode",
            "λ",
            "eigenvector e",
            "left of e",
            "Gram-Schmidt s",
            "Schur mode u",
            "largest link into it: s, u",
        ],
    );
    for k in 0..g.lambda.len() {
        t.rows.push(vec![
            Cell::Number((k + 1) as f64),
            pair_cell(clean(g.lambda[k], m.frobenius())),
            Cell::Text(vector(&g.eigenvectors.col(k))),
            Cell::Number(g.left_over[k]),
            Cell::Text(vector(&g.vectors.col(k))),
            Cell::Text(vector(&schur.u.col(k))),
            Cell::Text(format!("{}, {}", number(strongest(&g.t, k)), number(strongest(&schur.t, k)))),
        ]);
    }
    s.tables.push(t);
    Ok(json!({
        "condition": g.condition,
        "left_over": g.left_over,
        "fails_at": g.fails_at().map(|k| k + 1),
        "orthogonality": g.orthogonality,
        "below_diagonal": g.below,
        "difference": difference,
        "T": super::schur::complex_matrix(&g.t),
        "vectors": super::schur::complex_matrix(&g.vectors),
    }))
}

fn strongest(t: &CMatrix, row: usize) -> f64 {
    (row + 1..t.cols()).map(|j| t[(row, j)].norm()).fold(0.0, f64::max)
}

/// `(0.707, -0.707)`, three digits; a component that is rounding is 0.
fn vector(v: &[Complex]) -> String {
    let digits = |x: f64| {
        let r = (x * 1000.0).round() / 1000.0;
        if r == 0.0 { "0".to_string() } else { format!("{r}") }
    };
    let entry = |z: &Complex| {
        if z.im.abs() < 5e-4 {
            digits(z.re)
        } else {
            format!("{}{}{}i", digits(z.re), if z.im < 0.0 { "-" } else { "+" }, digits(z.im.abs()))
        }
    };
    format!("({})", v.iter().map(entry).collect::<Vec<_>>().join(", "))
}

fn verdict(g: &GramSchmidt, difference: f64) -> String {
    let condition = if g.condition.is_finite() { number(g.condition) } else { "infinite".into() };
    match g.fails_at() {
        Some(k) if k == 1 => format!(
            "Gram-Schmidt on the eigenvectors fails: the eigenvectors of modes 1 and 2 coincide, {} is left of the second when its part along the first is taken away, and dividing by that leaves only rounding. The matrix has too few eigenvectors; its Schur modes exist all the same, here by the stable way.",
            number(g.left_over[k])
        ),
        Some(k) => format!(
            "Gram-Schmidt on the eigenvectors fails: that of mode {} lies in the span of those before it ({} is left), and dividing by that leaves only rounding. The matrix has too few eigenvectors; its Schur modes exist all the same, here by the stable way.",
            k + 1,
            number(g.left_over[k])
        ),
        None => format!(
            "Gram-Schmidt on the eigenvectors (condition {condition}) gives the same modes: links agree to {}, orthogonality is lost by {}.",
            number(difference),
            number(g.orthogonality)
        ),
    }
}
