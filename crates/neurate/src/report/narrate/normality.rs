//! Normality in words.

use super::Tell;
use super::words::{number, percent};
use crate::answers::Normality;
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Normality {
    const TITLE: &'static str = "Normality";

    fn tell(&self, _: &Study, s: &mut Section) -> Result<()> {
        s.verdict.push(if self.normal {
            format!(
                "The modes' matrix is normal (ν = {}, at most {}): the eigenmodes are orthogonal, and the eigenvalues tell the whole story.",
                number(self.nu),
                number(self.tolerance)
            )
        } else {
            format!(
                "The modes' matrix is not normal (ν = {}, above {}): {} of its squared weight is feedforward, hidden from the eigenvalues.",
                number(self.nu),
                number(self.tolerance),
                percent(self.feedforward_share)
            )
        });
        let mut t = Table::new("Measures", &["measure", "value", "range"]);
        let mut row = |name: &str, value: f64, range: String| {
            t.rows.push(vec![Cell::Text(name.into()), Cell::Number(value), Cell::Text(range)]);
        };
        row(
            "ν = ‖MMᵀ − MᵀM‖ / ‖M‖²",
            self.nu,
            format!("0 to √2; normal up to {} (1e-12 n)", number(self.tolerance)),
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
        s.trust.push("Judged by the commutator, never by angles between eigenvectors. Dynamics is normal in the norm in which activity is measured: here, all units count the same.".into());
        s.sources = vec!["Henrici 1962", "Elsner & Paardekooper 1987", "Trefethen & Embree 2005"];
        Ok(())
    }
}
