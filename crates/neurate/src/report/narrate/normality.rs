//! Normality in words.

use super::Tell;
use super::words::{STRONGLY, modes_are_those_of_weights, number, share};
use crate::answers::Normality;
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Normality {
    const TITLE: &'static str = "Normality";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let matrix = matrix(study)?;
        let feedforward = share(self.feedforward_share);
        s.verdict.push(if self.normal {
            format!(
                "{matrix} is normal: its eigenmodes are orthogonal, and its eigenvalues describe the dynamics completely."
            )
        } else if self.feedforward_share >= STRONGLY {
            format!(
                "{matrix} is strongly non-normal: {feedforward} of its squared norm is feedforward and does not show in the eigenvalues."
            )
        } else {
            format!(
                "{matrix} is non-normal: {feedforward} of its squared norm is feedforward and does not show in the eigenvalues."
            )
        });
        let mut t = Table::new("Measures", &["measure", "value", "range"]);
        let mut row = |name: &str, value: f64, range: String| {
            t.rows.push(vec![Cell::Text(name.into()), Cell::Number(value), Cell::Text(range)]);
        };
        row(
            "ν = ‖MMᵀ − MᵀM‖ / ‖M‖²",
            self.nu,
            format!("0 to √2; normal up to {} (10⁻¹² n)", number(self.tolerance)),
        );
        row(
            "departure from normality √(‖M‖² − Σ|λ|²)",
            self.departure,
            "the root of Σ|W_FF|² in every Schur basis".into(),
        );
        row(
            "its lower bound ‖C‖ / (√6 ‖M‖)",
            self.lower_bound,
            "C = MMᵀ − MᵀM (Elsner & Paardekooper)".into(),
        );
        row("its upper bound ((n³ − n)/12)^¼ ‖C‖^½", self.upper_bound, "Henrici".into());
        row("feedforward share of ‖M‖²", self.feedforward_share, "0 to 1".into());
        s.tables.push(t);
        s.trust.push("Normality is decided by the commutator, not by angles between eigenvectors. It depends on the norm in which activity is measured; here all units have the same weight.".into());
        s.sources = vec!["Henrici 1962", "Elsner & Paardekooper 1987", "Trefethen & Embree 2005"];
        Ok(())
    }
}

/// The matrix whose normality is asked for, at the beginning of a sentence.
fn matrix(study: &Study) -> Result<&'static str> {
    let l = study.linearization()?;
    Ok(if modes_are_those_of_weights(study.circuit(), l) {
        "W"
    } else if l.uniform_tau() {
        "The matrix of effective weights"
    } else {
        "The Jacobian, as 1 + τ₀A,"
    })
}
