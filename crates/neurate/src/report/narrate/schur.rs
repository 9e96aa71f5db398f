//! Schur modes: the hidden feedforward structure.

use super::eigenmodes::clean_mean;
use super::words::{
    complex, complex_cell, count, digits, factor, heading, list, pair_cell, pattern, sum_or_difference,
    thousands, unit_names, unit_roles,
};
use super::{Tell, capitalized, gram_schmidt};
use crate::answers::SchurModes;
use crate::linear::modes::{self, Cluster};
use crate::model::Circuit;
use crate::report::layout::Open;
use crate::report::limits::{
    CHAIN_MODES, CLUSTER_SENTENCE_MODES, CLUSTER_SENTENCES, DRAWN_UNITS, GRAM_SCHMIDT_UNITS, MODE_PATTERNS,
    NAMED_PATTERN_UNITS, TABLE_ROWS,
};
use crate::report::section::{Cell, ChainNode, Figure, Link, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;

/// The share of Σ|W_FF|² that is called most of it.
const MOST_WORDS: &str = "90 %";

/// Links from which on a sentence says how many carry most of the feedforward weight.
const COUNTED_LINKS: usize = 10;

impl Tell for SchurModes {
    const TITLE: &'static str = "Schur modes";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let drawn = study.schur_modes()?;
        // The answer has the strongest links, the words say of how many.
        let links = drawn.block_links().len();
        s.verdict = verdict(c, self, drawn, links);
        s.verdict.extend(unswapped(self));
        s.verdict.extend(cluster_words(&self.clusters, &study.eigenmodes()?.clusters));
        let claims = s.verdict.len();
        s.tables.push(mode_table(study, self, drawn));
        if links > 0 {
            s.tables.push(link_table(self, drawn, links));
        }
        if let Some(steps) = &self.gram_schmidt
            && c.n() <= GRAM_SCHMIDT_UNITS
        {
            let scale = study.linearization()?.modes_decomposition().matrix().frobenius();
            gram_schmidt::tell(steps, self.complex.as_ref().unwrap_or(&self.real), scale, s);
        }
        // What Gram-Schmidt makes of it is a check, not a claim.
        let open = claims.min(2);
        s.figures = figures(study, self, drawn)?;
        // A matrix of many modes takes a screen.
        let chain = matches!(s.figures.first(), Some(Figure::Chain { .. }));
        s.open = Open::new(open, usize::from(chain), 0);
        s.trust = trust(self, drawn);
        s.sources = vec![
            "Murphy & Miller 2009",
            "Goldman 2009",
            "Ganguli, Huh & Sompolinsky 2008",
            "Bai & Demmel 1993 (swaps)",
        ];
        Ok(())
    }
}

fn trust(answer: &SchurModes, s: &modes::SchurModes) -> Vec<String> {
    let mut t = vec![format!(
        "‖M − U T U†‖/‖M‖ = {}, ‖U†U − 1‖ = {}. Σ|W_FF|² = {} in this basis and {} from ‖M‖² − Σ|λ|². It is the same in every Schur basis, whereas single links depend on the order (here {}).",
        factor(s.residual),
        factor(s.orthogonality),
        digits(s.feedforward_squared),
        digits(s.henrici_squared.max(0.0)),
        answer.order,
    )];
    let n = s.lambda.len();
    let naive: f64 = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).map(|ij| s.t[ij].norm_sqr()).sum();
    if s.blocks().len() < n {
        t.push(format!(
            "The sign of each mode, and therefore of its links, is arbitrary; here the largest entry is positive. A complex pair is a 2 × 2 block [[a, b], [c, a]]: two modes that rotate into each other. Its share of Σ|W_FF|² is (|b| − |c|)², and b is no feedforward weight; the plain sum over all entries above the diagonal, {}, has no meaning.",
            digits(naive)
        ));
    } else {
        t.push(
            "The sign of each mode, and therefore of its links, is arbitrary; here the largest entry is positive."
                .into(),
        );
    }
    t
}

/// What became of the order where eigenvalues could not be swapped.
fn unswapped(s: &SchurModes) -> Option<String> {
    let [a, b] = s.unswapped.first()?;
    let more = s.unswapped.len() - 1;
    let rest = if more > 0 { format!(" (and {} more)", count(more, "pair")) } else { String::new() };
    Some(format!(
        "The requested order is reached except for {} and {}, in this order{rest}, which are too close to be swapped without loss of accuracy.",
        complex(a.0),
        complex(b.0)
    ))
}

fn cluster_words(groups: &[Vec<usize>], clusters: &[Cluster]) -> Vec<String> {
    let names = |g: &Vec<usize>| list(&g.iter().map(ToString::to_string).collect::<Vec<_>>());
    groups
        .iter()
        .zip(clusters)
        .take(CLUSTER_SENTENCES)
        .map(|(g, c)| {
            if g.len() > CLUSTER_SENTENCE_MODES {
                format!("{} share the eigenvalue {} to rounding.", count(g.len(), "mode"), complex(clean_mean(c.mean, c.error)))
            } else if c.defective() {
                format!(
                    "Modes {} share the eigenvalue {} to rounding, with {}: their order is arbitrary, but their links are meaningful (a chain of weight {}).",
                    names(g),
                    complex(clean_mean(c.mean, c.error)),
                    count(c.eigenvectors, "eigenvector"),
                    digits(c.coupling)
                )
            } else {
                format!(
                    "Modes {} share the eigenvalue {} to rounding, so any rotation of them is equally valid, and only the space that they span is meaningful.",
                    names(g),
                    complex(clean_mean(c.mean, c.error))
                )
            }
        })
        .collect()
}

fn real_column(s: &modes::SchurModes, j: usize) -> Vec<f64> {
    s.u.col(j).iter().map(|z| z.re).collect()
}

fn verdict(c: &Circuit, answer: &SchurModes, s: &modes::SchurModes, links: usize) -> Vec<String> {
    let total = answer.real.feedforward_squared.max(0.0).sqrt();
    let Some(first) = answer.block_links.first() else {
        return vec!["There are no feedforward weights, so the Schur modes are the eigenmodes.".into()];
    };
    let mut v = Vec::new();
    if first.to == first.from {
        v.push(format!(
            "The strongest feedforward weight, {}, lies within the 2 × 2 block of modes {}, which rotate into each other more strongly in one direction than in the other.",
            digits(first.weight.0.re),
            names(&first.to)
        ));
    } else {
        // A mode's sign is free: where its name begins with plus, the weight goes with that sign.
        let end = |modes: &[usize]| match modes {
            [mode] => {
                let v = real_column(s, mode - 1);
                match sum_or_difference(c, &v) {
                    Some((name, flip)) => (format!("the {name}"), if flip { -1.0 } else { 1.0 }),
                    None => (format!("mode {mode} ({})", pattern(c, &v)), 1.0),
                }
            }
            _ => (format!("the pair of modes {}", names(modes)), 1.0),
        };
        let ((from, a), (to, b)) = (end(&first.from), end(&first.to));
        v.push(format!(
            "{} drives {to} with weight {}{}.",
            capitalized(&from),
            complex(first.weight.0 * (a * b)),
            if links > 1 { ", the strongest feedforward weight" } else { "" },
        ));
    }
    let most = answer.links_for_90_percent;
    let carried = if links >= COUNTED_LINKS {
        format!(
            "; {} of {} links {} {MOST_WORDS} of Σ|W_FF|²",
            thousands(most),
            thousands(links),
            if most == 1 { "carries" } else { "carry" }
        )
    } else {
        String::new()
    };
    // Of a single link it is the weight.
    if links > 1 {
        v.push(format!("All feedforward weights together: √Σ|W_FF|² = {}{carried}.", digits(total)));
    }
    v
}

fn mode_table(study: &Study, answer: &SchurModes, s: &modes::SchurModes) -> Table {
    let c = study.circuit();
    let time = &c.units().time;
    let tau_0 = study.linearization().map_or(1.0, |l| l.tau_0);
    let more = s.lambda.len().saturating_sub(TABLE_ROWS);
    let rest = if more > 0 { format!("; {more} more are in the JSON") } else { String::new() };
    let mut t = Table::new(
        format!("Schur modes, in order (mode 1 only receives), with their shares of Σ|W_FF|²{rest}"),
        &["mode", "λ", &heading("τ_eff", time), "receives (%)", "sends (%)", "pattern (population means)"],
    );
    if answer.overlaps.is_some() {
        t.columns.insert(3, "overlap".into());
    }
    let blocks = s.blocks();
    let rows = blocks.iter().zip(&answer.shares).flat_map(|(b, share)| b.clone().map(move |k| (k, share)));
    for (k, share) in rows.take(TABLE_ROWS) {
        let lambda = answer.real.lambda[k];
        let mut row = vec![
            Cell::Number((k + 1) as f64),
            pair_cell(lambda),
            Cell::Number(tau_0 / (1.0 - lambda.re)),
            Cell::Number(100.0 * share.receives),
            Cell::Number(100.0 * share.sends),
            Cell::Text(pattern(c, &real_column(s, k))),
        ];
        if let Some(o) = &answer.overlaps {
            row.insert(3, Cell::Number(o.data()[k]));
        }
        t.rows.push(row);
    }
    t
}

fn link_table(answer: &SchurModes, s: &modes::SchurModes, links: usize) -> Table {
    let more = links - answer.block_links.len();
    let rest = if more > 0 { format!(" ({more} weaker ones not listed)") } else { String::new() };
    let pairs = if s.blocks().len() < s.lambda.len() { "; of a pair, the norm" } else { "" };
    let mut t = Table::new(
        format!("Feedforward weights, strongest first{pairs}{rest}"),
        &["to mode", "from mode", "W_FF", "share of Σ|W_FF|² (%)", "together (%)"],
    );
    let mut together = 0.0;
    for link in &answer.block_links {
        together += link.share;
        let from = if link.from == link.to { "inside the pair".into() } else { names(&link.from) };
        t.rows.push(vec![
            Cell::Text(names(&link.to)),
            Cell::Text(from),
            complex_cell(link.weight.0),
            Cell::Number(100.0 * link.share),
            Cell::Number(100.0 * together),
        ]);
    }
    t
}

/// `3`, or `3, 4` for a complex pair.
fn names(modes: &[usize]) -> String {
    modes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn figures(study: &Study, answer: &SchurModes, s: &modes::SchurModes) -> Result<Vec<Figure>> {
    let c = study.circuit();
    let n = c.n();
    let mut figures = Vec::new();
    if (2..=CHAIN_MODES).contains(&n) {
        let tau_0 = study.linearization()?.tau_0;
        figures.push(Figure::Chain {
            id: "schur_chain".into(),
            title: "Schur modes as a feedforward chain".into(),
            caption: "Each mode drives the modes to its right by its feedforward weights and receives no feedback from them; its loop is its eigenvalue.".into(),
            time_unit: c.units().time.clone(),
            units: unit_names(c),
            nodes: answer
                .real
                .lambda
                .iter()
                .enumerate()
                .map(|(k, lambda)| ChainNode {
                    name: format!("mode {}", k + 1),
                    re: lambda.re,
                    im: lambda.im,
                    tau: tau_0 / (1.0 - lambda.re),
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
    } else if n > CHAIN_MODES && n <= DRAWN_UNITS {
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
    if n > CHAIN_MODES {
        figures.push(Figure::Patterns {
            id: "schur_patterns".into(),
            title: "The first Schur modes".into(),
            caption: "Orthonormal patterns over units.".into(),
            units: if n <= NAMED_PATTERN_UNITS { unit_names(c) } else { vec![] },
            roles: unit_roles(c),
            patterns: (0..MODE_PATTERNS.min(n))
                .map(|k| (format!("mode {}", k + 1), real_column(s, k)))
                .collect(),
        });
    }
    Ok(figures)
}
