//! Schur modes: the hidden feedforward structure.

use super::section::{Cell, ChainNode, Figure, Link, Section, Table};
use super::words::{
    clean, complex, complex_cell, heading, number, pair_cell, pattern, unit_names, unit_roles,
};
use super::{Analysis, Study};
use crate::circuit::Circuit;
use crate::error::{Kind, Result};
use crate::linalg::{CMatrix, Complex, Matrix};
use crate::modes::{Order, SchurForm, SchurModes, schur_modes};
use serde_json::json;
use std::ops::Range;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "schur_modes",
    about: "orthogonal modes and the feedforward weights between them",
    applies: Study::has_operating_point,
    run,
};

/// Modes drawn as a chain; more are drawn as a matrix.
const MAX_CHAIN: usize = 6;
/// Rows of the table of links.
const MAX_LINKS: usize = 10;
/// Units up to which vectors and T go into the JSON.
const MAX_WRITTEN: usize = 60;
/// Units up to which T is drawn.
const MAX_DRAWN: usize = 400;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let l = study.linear()?;
    let m = l.modes_matrix();
    let order = &study.choices().order;
    let mut note = None;
    let mut real = match schur_modes(&m, SchurForm::Real, order) {
        Ok(modes) => modes,
        // Eigenvalues too close to swap: any order is as good as another there, so say so and stay
        // with the plain one. An order that makes no sense is the user's to mend.
        Err(e) if e.kind() == Kind::NotConverged => {
            note = Some(format!("The order asked for could not be reached: {}.", e.message()));
            schur_modes(&m, SchurForm::Real, &Order::RealPart)?
        }
        Err(e) => return Err(e),
    };
    let scale = m.frobenius();
    real.lambda.iter_mut().for_each(|z| *z = clean(*z, scale));
    let complex_form = if real.lambda.iter().any(|z| z.im != 0.0) {
        Some(schur_modes(&m, SchurForm::Complex, order)?)
    } else {
        None
    };
    let mut s = Section::new(ANALYSIS.name, "Schur modes");
    s.verdict = verdict(c, &real);
    s.verdict.extend(note);
    s.tables.push(mode_table(study, &real));
    if !real.block_links().is_empty() {
        s.tables.push(link_table(&real));
    }
    s.figures = figures(study, &real)?;
    s.trust.push(format!(
        "‖M − U T U†‖/‖M‖ = {:.1e}, ‖U†U − 1‖ = {:.1e}. Σ|W_FF|² = {} in this basis, {} from ‖M‖² − Σ|λ|²: it is the same in every Schur basis, while single links depend on the order (here {}).",
        real.residual,
        real.orthogonality,
        number(real.feedforward_squared),
        number(real.henrici_squared.max(0.0)),
        order_words(order),
    ));
    s.trust.push("The sign of each mode, and with it of its links, is free: here the largest entry is positive. A complex pair is a 2 × 2 block: two modes that rotate into each other; its own share of Σ|W_FF|² is (|b| − |c|)².".into());
    s.sources = vec!["Murphy & Miller 2009", "Goldman 2009", "Ganguli, Huh & Sompolinsky 2008"];
    s.data = data(c, &real, complex_form.as_ref(), order);
    Ok(s)
}

fn order_words(order: &Order) -> String {
    match order {
        Order::RealPart => "rightmost eigenvalue first".into(),
        Order::SlowFirst => "slowest first".into(),
        Order::SumFirst => "most sum-like first".into(),
        Order::List(list) => format!("as asked: {list:?}"),
    }
}

fn real_column(s: &SchurModes, j: usize) -> Vec<f64> {
    s.u.col(j).iter().map(|z| z.re).collect()
}

fn verdict(c: &Circuit, s: &SchurModes) -> Vec<String> {
    let links = s.block_links();
    let total = s.feedforward_squared.max(0.0).sqrt();
    let mut v = Vec::new();
    match links.first() {
        Some((to, from, w)) => {
            let end = |modes: &Range<usize>| {
                if modes.len() == 1 {
                    format!("mode {} ({})", modes.start + 1, pattern(c, &real_column(s, modes.start)))
                } else {
                    format!("the pair of modes {}", mode_name(modes))
                }
            };
            v.push(format!(
                "The strongest feedforward link has weight {}: from {} to {}.",
                complex(*w),
                end(from),
                end(to),
            ));
            v.push(format!("All feedforward weights together: √Σ|W_FF|² = {}.", number(total)));
        }
        _ if total > 1e-12 => v.push(format!(
            "All feedforward weight, {}, lies inside the 2 × 2 block of a complex pair: two modes that rotate into each other, one way more strongly than back.",
            number(total)
        )),
        _ => v.push("There are no feedforward weights: the Schur modes are the eigenmodes.".into()),
    }
    v
}

fn mode_table(study: &Study, s: &SchurModes) -> Table {
    let c = study.circuit();
    let time = &c.units().time;
    let tau_0 = study.linearisation().map_or(1.0, |l| l.tau_0);
    let more = s.lambda.len().saturating_sub(12);
    let rest = if more > 0 { format!("; {more} more are in the JSON") } else { String::new() };
    let mut t = Table::new(
        format!("Schur modes, in order (mode 1 only receives){rest}"),
        &["mode", "λ", &heading("τ_eff", time), "pattern (population means)"],
    );
    for (k, lambda) in s.lambda.iter().take(12).enumerate() {
        t.rows.push(vec![
            Cell::Number((k + 1) as f64),
            pair_cell(*lambda),
            Cell::Number(tau_0 / (1.0 - lambda.re)),
            Cell::Text(pattern(c, &real_column(s, k))),
        ]);
    }
    t
}

fn link_table(s: &SchurModes) -> Table {
    let links = s.block_links();
    let more = links.len().saturating_sub(MAX_LINKS);
    let rest = if more > 0 { format!(" ({more} weaker ones left out)") } else { String::new() };
    let pairs = if s.blocks().len() < s.lambda.len() { "; of a pair, the norm" } else { "" };
    let mut t = Table::new(
        format!("Feedforward weights, strongest first{pairs}{rest}"),
        &["to mode", "from mode", "W_FF"],
    );
    for (to, from, w) in links.into_iter().take(MAX_LINKS) {
        t.rows.push(vec![Cell::Text(mode_name(&to)), Cell::Text(mode_name(&from)), complex_cell(w)]);
    }
    t
}

/// `3`, or `3, 4` for a complex pair.
fn mode_name(modes: &Range<usize>) -> String {
    modes.clone().map(|k| (k + 1).to_string()).collect::<Vec<_>>().join(", ")
}

fn figures(study: &Study, s: &SchurModes) -> Result<Vec<Figure>> {
    let c = study.circuit();
    let n = c.n();
    let mut figures = Vec::new();
    if (2..=MAX_CHAIN).contains(&n) {
        let tau_0 = study.linear()?.tau_0;
        figures.push(Figure::Chain {
            id: "schur_chain".into(),
            title: "Schur modes as a feedforward chain".into(),
            caption: "Each mode drives those to its right with its feedforward weight and never hears back; its loop is its own eigenvalue.".into(),
            time_unit: c.units().time.clone(),
            units: unit_names(c),
            nodes: (0..n)
                .map(|k| ChainNode {
                    name: format!("mode {}", k + 1),
                    re: s.lambda[k].re,
                    im: s.lambda[k].im,
                    tau: tau_0 / (1.0 - s.lambda[k].re),
                    pattern: real_column(s, k),
                })
                .collect(),
            links: s
                .links()
                .into_iter()
                .filter(|(_, _, w)| w.norm() > 1e-9)
                .map(|(to, from, w)| Link { to, from, weight: w.re })
                .collect(),
        });
    } else if n > MAX_CHAIN && n <= MAX_DRAWN {
        let t = Matrix::from_fn(n, n, |i, j| if i <= j { s.t[(i, j)].re } else { f64::NAN });
        figures.push(Figure::Matrix {
            id: "schur_matrix".into(),
            title: "The Schur matrix T".into(),
            caption: "Eigenvalues (blocks) on the diagonal, feedforward weights above it: to mode (row) from mode (column).".into(),
            rows_are: "to mode".into(),
            columns_are: "from mode".into(),
            row_names: vec![],
            column_names: vec![],
            values: (0..n).map(|i| t.row(i).to_vec()).collect(),
            unit: String::new(),
            outlined: vec![],
        });
    }
    if n > MAX_CHAIN {
        figures.push(Figure::Patterns {
            id: "schur_patterns".into(),
            title: "The first Schur modes".into(),
            caption: "Orthonormal patterns over units.".into(),
            units: if n <= 12 { unit_names(c) } else { vec![] },
            roles: unit_roles(c),
            patterns: (0..4.min(n)).map(|k| (format!("mode {}", k + 1), real_column(s, k))).collect(),
        });
    }
    Ok(figures)
}

fn data(
    c: &Circuit,
    real: &SchurModes,
    complex_form: Option<&SchurModes>,
    order: &Order,
) -> serde_json::Value {
    let written = c.n() <= MAX_WRITTEN;
    let z = |z: &Complex| json!({"re": z.re, "im": z.im});
    let form = |s: &SchurModes| {
        let matrix = |m: &CMatrix| {
            let part = |f: fn(&Complex) -> f64| {
                (0..m.rows()).map(|i| m.row(i).iter().map(f).collect::<Vec<_>>()).collect::<Vec<_>>()
            };
            json!({"re": part(|z| z.re), "im": part(|z| z.im)})
        };
        json!({
            "lambda": s.lambda.iter().map(z).collect::<Vec<_>>(),
            "vectors": written.then(|| matrix(&s.u)),
            "T": written.then(|| matrix(&s.t)),
            "feedforward_squared": s.feedforward_squared,
            "henrici_squared": s.henrici_squared,
            "strongest_links": s.links().into_iter().take(MAX_LINKS)
                .map(|(to, from, w)| json!({"to": to + 1, "from": from + 1, "weight": z(&w)})).collect::<Vec<_>>(),
            "residual": s.residual,
            "orthogonality": s.orthogonality,
        })
    };
    json!({
        "order": order_words(order),
        "real": form(real),
        // With real eigenvalues only, both forms are one.
        "complex": complex_form.map(form),
    })
}
