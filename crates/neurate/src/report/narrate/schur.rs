//! Schur modes: the hidden feedforward structure.

use super::gram_schmidt::{self, MAX_UNITS as MAX_STEPS};
use super::words::{
    clean_mode, complex, complex_cell, count, heading, list, number, pair_cell, pattern, unit_names,
    unit_roles,
};
use super::{Analysis, slow};
use crate::linear::modes::{Cluster, Order, SchurForm, SchurModes, schur_modes_of};
use crate::model::Circuit;
use crate::report::section::{Cell, ChainNode, Figure, Link, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{CMatrix, Complex, Matrix};
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
/// The share of Σ|W_FF|² that is called most of it.
const MOST: f64 = 0.9;
const MOST_WORDS: &str = "90 %";
/// Units up to which T is drawn.
const MAX_DRAWN: usize = 400;

fn run(study: &Study) -> Result<Section> {
    if !study.circuit().is_plain() {
        return Ok(slow::refusal(
            ANALYSIS.name,
            "Schur modes",
            "it measures patterns over units by their norm, and slow states have scales of their own",
        ));
    }
    let c = study.circuit();
    let l = study.linearization()?;
    let decomposed = l.modes_decomposition();
    let m = decomposed.matrix();
    let order = &study.choices().order;
    let mut real = study.schur_modes()?.clone();
    let scale = m.frobenius();
    real.lambda.iter_mut().for_each(|z| *z = clean_mode(*z, scale, l));
    let small = (2..=MAX_STEPS).contains(&c.n());
    let pairs = real.lambda.iter().any(|z| z.im != 0.0);
    let complex_form = if pairs || small { Some(schur_modes_of(decomposed, SchurForm::Complex, order)?) } else { None };
    let mut s = Section::new(ANALYSIS.name, "Schur modes");
    s.verdict = verdict(c, &real);
    s.verdict.extend(unswapped(&real));
    let clusters = &study.eigenmodes()?.clusters;
    let groups =
        groups(&real, &study.eigenmodes()?.modes.iter().map(|m| m.lambda).collect::<Vec<_>>(), clusters);
    s.verdict.extend(cluster_words(&groups, clusters));
    s.tables.push(mode_table(study, &real));
    if !real.block_links().is_empty() {
        s.tables.push(link_table(&real));
    }
    let steps = match &complex_form {
        Some(complex_form) if small => gram_schmidt::show(&mut s, m, order, complex_form)?,
        _ => json!(null),
    };
    s.figures = figures(study, &real)?;
    s.trust = trust(&real, order);
    s.sources = vec![
        "Murphy & Miller 2009",
        "Goldman 2009",
        "Ganguli, Huh & Sompolinsky 2008",
        "Bai & Demmel 1993 (swaps)",
    ];
    s.data = data(c, &real, complex_form.as_ref().filter(|_| pairs), order);
    s.data["clusters"] =
        json!(groups.iter().map(|g| g.iter().map(|k| k + 1).collect::<Vec<_>>()).collect::<Vec<_>>());
    s.data["gram_schmidt"] = steps;
    Ok(s)
}

fn trust(s: &SchurModes, order: &Order) -> Vec<String> {
    let mut t = vec![format!(
        "‖M − U T U†‖/‖M‖ = {:.1e}, ‖U†U − 1‖ = {:.1e}. Σ|W_FF|² = {} in this basis, {} from ‖M‖² − Σ|λ|²: it is the same in every Schur basis, while single links depend on the order (here {}).",
        s.residual,
        s.orthogonality,
        number(s.feedforward_squared),
        number(s.henrici_squared.max(0.0)),
        order_words(order),
    )];
    let n = s.lambda.len();
    let naive: f64 = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).map(|ij| s.t[ij].norm_sqr()).sum();
    if s.blocks().len() < n {
        t.push(format!(
            "The sign of each mode, and with it of its links, is free: here the largest entry is positive. A complex pair is a 2 × 2 block [[a, b], [c, a]]: two modes that rotate into each other. Its own share of Σ|W_FF|² is (|b| − |c|)², and its b is no link: adding up all that stands above the diagonal would give {}, which means nothing.",
            number(naive)
        ));
    } else {
        t.push(
            "The sign of each mode, and with it of its links, is free: here the largest entry is positive."
                .into(),
        );
    }
    t
}

/// What became of the order where eigenvalues could not be swapped.
fn unswapped(s: &SchurModes) -> Option<String> {
    let (a, b) = s.unswapped.first()?;
    let more = s.unswapped.len() - 1;
    let rest = if more > 0 { format!(" (and {} more)", count(more, "pair")) } else { String::new() };
    Some(format!(
        "The order asked for is reached but for {} and {}, in this order{rest}: they are too close to be swapped without losing digits.",
        complex(*a),
        complex(*b)
    ))
}

/// The clusters as positions among the Schur modes.
fn groups(s: &SchurModes, values: &[Complex], clusters: &[Cluster]) -> Vec<Vec<usize>> {
    let mut free = vec![true; values.len()];
    clusters
        .iter()
        .map(|c| {
            let mut group: Vec<usize> = c
                .members
                .iter()
                .filter_map(|&i| {
                    let d = |k: usize| (s.lambda[k] - values[i]).norm();
                    let k = (0..values.len()).filter(|&k| free[k]).min_by(|&a, &b| d(a).total_cmp(&d(b)))?;
                    free[k] = false;
                    Some(k)
                })
                .collect();
            group.sort_unstable();
            group
        })
        .collect()
}

fn cluster_words(groups: &[Vec<usize>], clusters: &[Cluster]) -> Vec<String> {
    let names = |g: &Vec<usize>| list(&g.iter().map(|k| (k + 1).to_string()).collect::<Vec<_>>());
    groups
        .iter()
        .zip(clusters)
        .take(3)
        .map(|(g, c)| {
            if g.len() > 12 {
                format!("{} share the eigenvalue {} to rounding.", count(g.len(), "mode"), complex(super::eigenmodes::clean_mean(c)))
            } else if c.defective() {
                format!(
                    "Modes {} share the eigenvalue {} to rounding, with {}: among them the order means nothing, their links do (a chain of weight {}).",
                    names(g),
                    complex(super::eigenmodes::clean_mean(c)),
                    count(c.eigenvectors, "eigenvector"),
                    number(c.coupling)
                )
            } else {
                format!(
                    "Modes {} share the eigenvalue {} to rounding: they may be rotated into each other as one likes, and only the space that they span means anything.",
                    names(g),
                    complex(super::eigenmodes::clean_mean(c))
                )
            }
        })
        .collect()
}

fn order_words(order: &Order) -> String {
    match order {
        Order::RealPart => "rightmost eigenvalue first".into(),
        Order::SlowFirst => "slowest first".into(),
        Order::SumFirst => "most sum-like first".into(),
        Order::Overlap(_) => "largest overlap with the given pattern first".into(),
        Order::List(list) => format!("as asked: {list:?}"),
    }
}

fn real_column(s: &SchurModes, j: usize) -> Vec<f64> {
    s.u.col(j).iter().map(|z| z.re).collect()
}

fn verdict(c: &Circuit, s: &SchurModes) -> Vec<String> {
    let links = s.block_links();
    let total = s.feedforward_squared.max(0.0).sqrt();
    let Some(first) = links.first() else {
        return vec!["There are no feedforward weights: the Schur modes are the eigenmodes.".into()];
    };
    let mut v = Vec::new();
    if first.to == first.from {
        v.push(format!(
            "The strongest feedforward weight, {}, lies inside the 2 × 2 block of the pair of modes {}: they rotate into each other, one way more strongly than back.",
            number(first.weight.re),
            mode_name(&first.to)
        ));
    } else {
        let end = |modes: &Range<usize>| {
            if modes.len() == 1 {
                format!("mode {} ({})", modes.start + 1, pattern(c, &real_column(s, modes.start)))
            } else {
                format!("the pair of modes {}", mode_name(modes))
            }
        };
        v.push(format!(
            "The strongest feedforward link has weight {}: from {} to {}.",
            complex(first.weight),
            end(&first.from),
            end(&first.to),
        ));
    }
    let most = s.links_that_carry(MOST);
    let carried = if links.len() > 1 {
        format!(
            "; {most} of {} {} {MOST_WORDS} of Σ|W_FF|²",
            count(links.len(), "link"),
            if most == 1 { "carries" } else { "carry" }
        )
    } else {
        String::new()
    };
    v.push(format!("All feedforward weights together: √Σ|W_FF|² = {}{carried}.", number(total)));
    v
}

fn mode_table(study: &Study, s: &SchurModes) -> Table {
    let c = study.circuit();
    let time = &c.units().time;
    let tau_0 = study.linearization().map_or(1.0, |l| l.tau_0);
    let more = s.lambda.len().saturating_sub(12);
    let rest = if more > 0 { format!("; {more} more are in the JSON") } else { String::new() };
    let mut t = Table::new(
        format!("Schur modes, in order (mode 1 only receives), with their shares of Σ|W_FF|²{rest}"),
        &["mode", "λ", &heading("τ_eff", time), "receives (%)", "sends (%)", "pattern (population means)"],
    );
    let overlaps = match &study.choices().order {
        Order::Overlap(p) => Some(s.overlaps(p)),
        _ => None,
    };
    if overlaps.is_some() {
        t.columns.insert(3, "overlap".into());
    }
    let shares = s.shares();
    let blocks = s.blocks();
    let rows = blocks.iter().zip(&shares).flat_map(|(b, share)| b.clone().map(move |k| (k, share)));
    for (k, (receives, sends)) in rows.take(12) {
        let lambda = s.lambda[k];
        let mut row = vec![
            Cell::Number((k + 1) as f64),
            pair_cell(lambda),
            Cell::Number(tau_0 / (1.0 - lambda.re)),
            Cell::Number(100.0 * receives),
            Cell::Number(100.0 * sends),
            Cell::Text(pattern(c, &real_column(s, k))),
        ];
        if let Some(o) = &overlaps {
            row.insert(3, Cell::Number(o[k]));
        }
        t.rows.push(row);
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
        &["to mode", "from mode", "W_FF", "share of Σ|W_FF|² (%)", "together (%)"],
    );
    let mut together = 0.0;
    for link in links.into_iter().take(MAX_LINKS) {
        together += link.share;
        let from = if link.from == link.to { "inside the pair".into() } else { mode_name(&link.from) };
        t.rows.push(vec![
            Cell::Text(mode_name(&link.to)),
            Cell::Text(from),
            complex_cell(link.weight),
            Cell::Number(100.0 * link.share),
            Cell::Number(100.0 * together),
        ]);
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
        let tau_0 = study.linearization()?.tau_0;
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

pub(super) fn complex_matrix(m: &CMatrix) -> serde_json::Value {
    let part = |f: fn(&Complex) -> f64| {
        (0..m.rows()).map(|i| m.row(i).iter().map(f).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    json!({"re": part(|z| z.re), "im": part(|z| z.im)})
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
        json!({
            "lambda": s.lambda.iter().map(z).collect::<Vec<_>>(),
            "vectors": written.then(|| complex_matrix(&s.u)),
            "T": written.then(|| complex_matrix(&s.t)),
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
        "block_links": real.block_links().into_iter().take(MAX_LINKS).map(|l| json!({
            "to": l.to.map(|k| k + 1).collect::<Vec<_>>(),
            "from": l.from.map(|k| k + 1).collect::<Vec<_>>(),
            "weight": z(&l.weight),
            "share": l.share,
        })).collect::<Vec<_>>(),
        "links_for_90_percent": real.links_that_carry(MOST),
        "shares": real.shares().into_iter().map(|(receives, sends)| json!({"receives": receives, "sends": sends}))
            .collect::<Vec<_>>(),
        "unswapped": real.unswapped.iter().map(|(a, b)| json!([z(a), z(b)])).collect::<Vec<_>>(),
        "overlaps": match order { Order::Overlap(p) => json!(real.overlaps(p)), _ => json!(null) },
    })
}
