//! The linearization: effective weights and Jacobian at the operating point.

use super::Analysis;
use super::oscillations::caveat;
use super::transfer::per;
use super::words::{heading, quantity, state_names, unit_names};
use crate::model::Form;
use crate::report::section::{Cell, Figure, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "linearization",
    about: "effective weights (gain times W), effective time constants, Jacobian",
    applies: Study::has_operating_point,
    run,
};

/// Units up to which matrices are drawn.
const MAX_DRAWN: usize = 400;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let u = c.units();
    let l = study.linearization()?;
    let mut s = Section::new(ANALYSIS.name, "Linearization at the operating point");
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
    s.verdict.push(format!(
        "For small deviations the circuit is linear, T dx/dt = −x + M x + input, with effective weights M = {effective}."
    ));
    s.verdict.extend(caveat(study)?);
    if l.parts.is_some() {
        s.verdict.push(format!(
            "M is that for constant inputs: slow states are at their steady values, weights count by the slope of what is sent, and adaptation takes off its strength. The dynamics are those of the Jacobian over {} states{}.",
            l.dim(),
            if l.delayed() { ", each part of it after its delay (the data have their sum)" } else { "" }
        ));
    } else if l.uniform_tau() {
        s.verdict.push(format!("Every unit has the time constant {}.", quantity(l.tau[0], &u.time)));
    } else {
        s.verdict.push(format!(
            "The time constants differ, so the modes are those of the Jacobian A = T⁻¹(M − 1), not of M; below they are those of 1 + τ₀A, with τ₀ = {} (the geometric mean) as the unit of time.",
            quantity(l.tau_0, &u.time)
        ));
    }
    if c.n() <= MAX_DRAWN {
        let names = if c.n() <= 40 { unit_names(c) } else { vec![] };
        s.figures.push(Figure::Matrix {
            id: "effective_weights".into(),
            title: "Effective weights M".into(),
            caption:
                "Dimensionless: how much the target of the row's unit moves per deviation of the column's."
                    .into(),
            rows_are: "to".into(),
            columns_are: "from".into(),
            row_names: names.clone(),
            column_names: names,
            values: (0..l.n()).map(|i| l.effective.row(i).to_vec()).collect(),
            unit: String::new(),
            outlined: vec![],
        });
    }
    if c.n() <= 12 {
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
                Cell::Text(c.unit_name(i)),
                Cell::Number(l.tau[i]),
                Cell::Number(l.gains[i]),
                Cell::Number(l.effective[(i, i)]),
            ]);
        }
        s.tables.push(t);
    }
    s.trust.push("The Jacobian is analytical. What follows holds for deviations small enough that the gains stay as they are; the time courses below show how far that is.".into());
    let written = c.n() <= 60;
    let rows =
        |m: &neurate_numerics::linalg::Matrix| (0..m.rows()).map(|i| m.row(i).to_vec()).collect::<Vec<_>>();
    s.data = json!({
        "tau": l.tau,
        "tau_0": l.tau_0,
        "gains": l.gains,
        "effective_weights": written.then(|| rows(&l.effective)),
        "states": l.parts.as_ref().map(|_| state_names(c)),
        "jacobian": written.then(|| rows(&l.jacobian)),
    });
    Ok(s)
}
