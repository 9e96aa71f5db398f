//! Normality in words.

use super::Tell;
use super::words::{number, share};
use crate::answers::Normality;
use crate::model::Form;
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

/// Share of the squared norm from which feedforward weight is called strong, as in the verdict.
const STRONGLY: f64 = 0.9;

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
    let (l, c) = (study.linearization()?, study.circuit());
    let plain = c.form() == Form::Rate && c.mean_field().is_none();
    Ok(match (l.uniform_tau(), plain && l.gains.iter().all(|g| *g == 1.0)) {
        (true, true) => "W",
        (true, false) => "The matrix of effective weights",
        (false, _) => "The Jacobian, as 1 + τ₀A,",
    })
}
