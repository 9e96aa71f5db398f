//! From eigenvectors to Schur vectors, step by step: a table of the Schur section for small circuits.

use super::words::{factor, number, pair_cell};
use crate::answers::rounding::clean;
use crate::answers::{GramSchmidtSteps, SchurDecomposition};
use crate::report::section::{Cell, Section, Table};
use crate::study::ComplexArray;
use neurate_numerics::linalg::Complex;

/// Adds the table and what it says. `schur` is the stable form in the same order, `scale` the norm of the matrix.
pub(super) fn tell(g: &GramSchmidtSteps, schur: &SchurDecomposition, scale: f64, s: &mut Section) {
    s.verdict.push(verdict(g));
    let mut t = Table::new(
        "Gram-Schmidt on the eigenvectors, as in the lecture, beside the stable Schur form",
        &[
            "mode",
            "λ",
            "eigenvector e",
            "remainder of e",
            "Gram-Schmidt s",
            "Schur mode u",
            "largest link into it: s, u",
        ],
    );
    for (k, lambda) in g.lambda.iter().enumerate() {
        t.rows.push(vec![
            Cell::Number((k + 1) as f64),
            pair_cell(clean(*lambda, scale)),
            Cell::Text(vector(&g.eigenvectors.col(k))),
            Cell::Number(g.left_over.data()[k]),
            Cell::Text(vector(&column(&g.vectors, k))),
            Cell::Text(vector(&column(&schur.vectors, k))),
            Cell::Text(format!("{}, {}", number(strongest(&g.t, k)), number(strongest(&schur.t, k)))),
        ]);
    }
    s.tables.push(t);
}

fn column(m: &ComplexArray, k: usize) -> Vec<Complex> {
    m.data().iter().skip(k).step_by(m.shape()[1]).copied().collect()
}

/// The largest modulus right of the diagonal.
fn strongest(t: &ComplexArray, row: usize) -> f64 {
    let n = t.shape()[1];
    t.data()[row * n + row + 1..(row + 1) * n].iter().map(|z| z.norm()).fold(0.0, f64::max)
}

/// `(0.707, −0.707)`, three digits; a component that is rounding is 0.
fn vector(v: &[Complex]) -> String {
    let digits = |x: f64| {
        let r = (x * 1000.0).round() / 1000.0;
        if r == 0.0 { "0".to_string() } else { format!("{r}").replace('-', "−") }
    };
    let entry = |z: &Complex| {
        if z.im.abs() < 5e-4 {
            digits(z.re)
        } else {
            format!("{}{}{}i", digits(z.re), if z.im < 0.0 { "−" } else { "+" }, digits(z.im.abs()))
        }
    };
    format!("({})", v.iter().map(entry).collect::<Vec<_>>().join(", "))
}

fn verdict(g: &GramSchmidtSteps) -> String {
    let condition = if g.condition.is_finite() { factor(g.condition) } else { "infinite".into() };
    let left = |mode: usize| factor(g.left_over.data()[mode - 1]);
    match g.fails_at {
        Some(2) => format!(
            "Gram-Schmidt on the eigenvectors fails because the eigenvectors of modes 1 and 2 coincide: the part of the second that is orthogonal to the first has norm {}, which is rounding. The matrix has too few eigenvectors, but its Schur modes exist; they are computed by a stable method.",
            left(2)
        ),
        Some(mode) => format!(
            "Gram-Schmidt on the eigenvectors fails because the eigenvector of mode {mode} lies in the span of the preceding ones (the orthogonal part has norm {}, which is rounding). The matrix has too few eigenvectors, but its Schur modes exist; they are computed by a stable method.",
            left(mode)
        ),
        None => format!(
            "Gram-Schmidt on the eigenvectors (condition number {condition}) gives the same modes: feedforward weights agree to {}, and orthogonality holds to {}.",
            factor(g.difference),
            factor(g.orthogonality)
        ),
    }
}
