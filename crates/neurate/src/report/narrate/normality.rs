//! Normality: do the eigenvalues tell the whole story?

use super::words::{number, or_zero, percent};
use super::{Analysis, slow};
use crate::linear::modes::normality_of;
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "normality",
    about: "whether the modes are orthogonal, and how far from it",
    applies: Study::has_operating_point,
    run,
};

fn run(study: &Study) -> Result<Section> {
    if !study.circuit().is_plain() {
        return Ok(slow::refusal(
            ANALYSIS.name,
            "Normality",
            "it measures patterns over units by their norm, and slow states have scales of their own",
        ));
    }
    let l = study.linearization()?;
    let n = normality_of(l.modes_decomposition())?;
    let m = l.modes_decomposition().matrix();
    let mut s = Section::new(ANALYSIS.name, "Normality");
    let norm = m.frobenius();
    // Rounding of the Schur form: what is no larger is none.
    let departure = or_zero(n.departure, 1e-14 * m.rows() as f64 * norm);
    let share = if norm > 0.0 { (departure / norm).powi(2) } else { 0.0 };
    s.verdict.push(if n.normal {
        format!(
            "The modes' matrix is normal (ν = {}, at most {}): the eigenmodes are orthogonal, and the eigenvalues tell the whole story.",
            number(n.nu),
            number(n.tolerance)
        )
    } else {
        format!(
            "The modes' matrix is not normal (ν = {}, above {}): {} of its squared weight is feedforward, hidden from the eigenvalues.",
            number(n.nu),
            number(n.tolerance),
            percent(share)
        )
    });
    let mut t = Table::new("Measures", &["measure", "value", "range"]);
    let mut row = |name: &str, value: f64, range: String| {
        t.rows.push(vec![Cell::Text(name.into()), Cell::Number(value), Cell::Text(range)]);
    };
    row("ν = ‖MMᵀ − MᵀM‖ / ‖M‖²", n.nu, format!("0 to √2; normal up to {} (1e-12 n)", number(n.tolerance)));
    row(
        "departure from normality √(‖M‖² − Σ|λ|²)",
        departure,
        "the root of Σ|W_FF|² in every Schur basis".into(),
    );
    row("its lower bound ‖C‖ / (√6 ‖M‖)", n.lower, "C = MMᵀ − MᵀM (Elsner & Paardekooper)".into());
    row("its upper bound ((n³ − n)/12)^¼ ‖C‖^½", n.upper, "Henrici".into());
    row("feedforward share of ‖M‖²", share, "0 to 1".into());
    s.tables.push(t);
    s.trust.push("Judged by the commutator, never by angles between eigenvectors. Dynamics is normal in the norm in which activity is measured: here, all units count the same.".into());
    s.sources = vec!["Henrici 1962", "Elsner & Paardekooper 1987", "Trefethen & Embree 2005"];
    s.data = json!({
        "nu": n.nu, "tolerance": n.tolerance, "normal": n.normal, "departure": n.departure,
        "lower_bound": n.lower, "upper_bound": n.upper, "feedforward_share": share,
    });
    Ok(s)
}
