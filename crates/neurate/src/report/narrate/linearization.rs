//! The linearization: effective weights and Jacobian at the operating point.

use super::Tell;
use super::oscillations::caveat;
use super::transfer::per;
use super::words::{amount, heading, unit_names};
use crate::answers::Linearized;
use crate::linear::Linearization;
use crate::model::{Circuit, Form};
use crate::report::limits::{DRAWN_UNITS, NAMED_UNITS, TABLE_ROWS};
use crate::report::section::{Cell, Figure, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Linearized {
    const TITLE: &'static str = "Linearization at the operating point";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let effective = match c.form() {
            Form::Rate if c.mean_field().is_some() => {
                "G W + G_σ ∂σ/∂r (through the mean and through the variance of the input)"
            }
            Form::Rate => "G W (row x scaled by the gain of the receiver)",
            Form::Voltage => "W G (column y scaled by the gain of the sender)",
            Form::Conductance => {
                "W G of the reduced circuit (driving force over total conductance, times the sender's gain)"
            }
        };
        let l = study.linearization()?;
        s.verdict.push(if l.parts.is_some() {
            format!("For small deviations the circuit is linear, with effective weights M = {effective} for constant inputs.")
        } else {
            format!(
                "For small deviations the circuit is linear, T dx/dt = −x + M x + input, with effective weights M = {effective}."
            )
        });
        s.verdict.extend(caveat(study)?);
        s.verdict.push(dynamics(c, l));
        if self.are_the_weights(c)? {
            s.verdict.push("Here M = W, because all gains are 1.".into());
        } else if c.n() <= DRAWN_UNITS {
            s.figures.push(self.matrix(c));
        }
        if c.n() <= TABLE_ROWS {
            s.tables.push(self.table(c));
        }
        s.trust.push("The Jacobian is analytical. The linearization holds for deviations too small to change the gains; the time courses show up to which size.".into());
        Ok(())
    }
}

/// The time constants, and of which matrix the modes are.
fn dynamics(c: &Circuit, l: &Linearization) -> String {
    let u = c.units();
    if l.parts.is_some() {
        let settled = if c.slow().is_empty() {
            "The time constants and delays do not change M".to_string()
        } else {
            "In M, slow states have their steady values: each weight counts with the slope of the transmitted signal, and adaptation subtracts its strength".into()
        };
        format!(
            "{settled}. The dynamics are those of the Jacobian over {} states{}.",
            l.dim(),
            if l.delayed() { ", whose parts act after their delays (the data have their sum)" } else { "" }
        )
    } else if l.uniform_tau() {
        format!("Every unit has the time constant {}.", amount(l.tau[0], &u.time))
    } else {
        format!(
            "The time constants differ, so the modes are those of the Jacobian A = T⁻¹(M − 1), not of M; below they are those of 1 + τ₀A, with τ₀ = {} (the geometric mean) as the unit of time.",
            amount(l.tau_0, &u.time)
        )
    }
}

impl Linearized {
    /// Whether the effective weights are the weights themselves, which are drawn elsewhere.
    fn are_the_weights(&self, c: &Circuit) -> Result<bool> {
        if c.n() > DRAWN_UNITS || c.form() == Form::Conductance {
            return Ok(false);
        }
        let w = c.dense_weights()?;
        Ok((0..c.n()).all(|i| {
            let pairs = self.effective_weights.row(i).iter().zip(w.row(i));
            pairs.into_iter().all(|(m, w)| (m - w).abs() <= 1e-12 * w.abs().max(1.0))
        }))
    }

    fn matrix(&self, c: &Circuit) -> Figure {
        let names = if c.n() <= NAMED_UNITS { unit_names(c) } else { vec![] };
        Figure::Matrix {
            id: "effective_weights".into(),
            title: "Effective weights M".into(),
            caption:
                "Dimensionless: change in the target of the row's unit per deviation of the column's unit."
                    .into(),
            rows_are: "to".into(),
            columns_are: "from".into(),
            row_names: names.clone(),
            column_names: names,
            values: (0..c.n()).map(|i| self.effective_weights.row(i).to_vec()).collect(),
            unit: String::new(),
            outlined: vec![],
        }
    }

    fn table(&self, c: &Circuit) -> Table {
        let u = c.units();
        let mut t = Table::new(
            "Unit by unit",
            &[
                "unit",
                &heading("time constant", &u.time),
                &heading("gain", &per(&u.rate, &u.input)),
                "effective self-weight",
            ],
        );
        for i in 0..c.n() {
            t.rows.push(vec![
                Cell::Text(c.unit_shown(i)),
                Cell::Number(self.tau.data()[i]),
                Cell::Number(self.gains.data()[i]),
                Cell::Number(self.effective_weights[(i, i)]),
            ]);
        }
        t
    }
}
