//! Structure of the weights: blocks, signs, sum and difference patterns.

use super::Analysis;
use super::words::{heading, number, percent};
use crate::linear::modes::{
    Block, DaleStructure, SumDifference, block_statistics, dale_structure, sign_argument, sum_difference,
};
use crate::model::{CellKind, Circuit, Form};
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, schur_real};
use serde_json::json;
use std::ops::Range;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "structure",
    about: "blocks of the weights, signs, sum and difference patterns",
    applies: |s| s.circuit().n() > 1 && s.circuit().n() <= MAX_UNITS,
    run,
};

/// Units up to which all that is worked out.
const MAX_UNITS: usize = 4000;
/// Most senders of both signs in the table.
const MAX_VIOLATIONS: usize = 8;
/// Most populations of which every block gets a row.
const MAX_POPULATIONS: usize = 12;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let w = c.dense_weights()?;
    let groups: Vec<Range<usize>> = (0..c.populations().len()).map(|p| c.range(p)).collect();
    let blocks = block_statistics(&w, &groups);
    let mut s = Section::new(ANALYSIS.name, "Structure of the weights");
    if c.n() > groups.len() && groups.len() <= MAX_POPULATIONS {
        s.tables.push(block_table(c, &blocks));
    }
    let signs = dale_structure(&w);
    let signed = c.form() != Form::Conductance;
    if signed && !signs.is_dale() {
        violations(c, &w, &signs, &mut s);
    }
    let mut data = json!({
        "blocks": blocks_data(c, &blocks),
        "dale": signed.then(|| json!({
            "obeyed": signs.is_dale(),
            "excitatory": signs.excitatory.len(), "inhibitory": signs.inhibitory.len(),
            "silent": signs.undetermined.len(), "both_signs": signs.violations.len(),
        })),
        "sum_difference": null,
        "sign_argument": null,
    });
    if signed {
        let (e, i) = kinds(c, &signs);
        if let Some(found) = sum_difference(&w, &e, &i) {
            data["sum_difference"] = patterns(&w, &found, &mut s)?;
        }
        if signs.is_dale()
            && let Some(a) = sign_argument(&w, &signs.excitatory, &signs.inhibitory)
        {
            s.verdict.push(if a.excludes_normality() {
                "The signs alone exclude that W is normal: its excitatory and inhibitory units share inputs or targets, so that WWᵀ and WᵀW differ between them in sign.".into()
            } else {
                "No excitatory and inhibitory unit share an input or a target: this is an exception to the rule that the signs of an E/I circuit make it non-normal.".into()
            });
            data["sign_argument"] = json!({
                "common_input": a.common_input, "common_targets": a.common_targets,
                "excludes_normality": a.excludes_normality(),
            });
        }
    }
    if s.verdict.is_empty() {
        s.verdict.push("There are no excitatory and inhibitory senders to compare.".into());
    }
    s.trust.push("Sample statistics of the weights as they stand: exact. Self-connections are left out of densities, means and spreads of a population's own block, and count in the totals.".into());
    s.sources = vec!["Murphy & Miller 2009 (sum and difference patterns)"];
    s.data = data;
    Ok(s)
}

/// Excitatory and inhibitory units: as declared, or by their signs where nothing is declared.
fn kinds(c: &Circuit, signs: &DaleStructure) -> (Vec<usize>, Vec<usize>) {
    let kind = |i: usize| c.populations()[c.population_of(i)].kind;
    if (0..c.n()).all(|i| kind(i) == CellKind::Unconstrained) {
        return (signs.excitatory.clone(), signs.inhibitory.clone());
    }
    let of = |k: CellKind| (0..c.n()).filter(|&i| kind(i) == k).collect();
    (of(CellKind::Excitatory), of(CellKind::Inhibitory))
}

fn block_table(c: &Circuit, blocks: &[Vec<Block>]) -> Table {
    let unit = &c.units().weight;
    let mut t = Table::new(
        "Blocks of the weights: of the connections that are there, and of the total that one receiver gets",
        &["to", "from", "density", "in-degree", "sd"],
    );
    t.columns
        .extend(["mean weight", "sd of weights", "mean total", "sd of totals"].map(|h| heading(h, unit)));
    for (to, row) in blocks.iter().enumerate() {
        for (from, b) in row.iter().enumerate() {
            let name = |p: usize| Cell::Text(c.populations()[p].name.clone());
            let numbers =
                [b.density, b.in_degree, b.in_degree_sd, b.strength, b.strength_sd, b.total, b.total_sd];
            t.rows.push([name(to), name(from)].into_iter().chain(numbers.map(settled)).collect());
        }
    }
    t
}

/// Spreads of equal numbers are zero to rounding.
fn settled(x: f64) -> Cell {
    Cell::Number(if x.abs() < 1e-14 { 0.0 } else { x })
}

fn violations(c: &Circuit, w: &Matrix, signs: &DaleStructure, s: &mut Section) {
    // Of all weight that a unit sends, how much has the rarer sign.
    let mut worst: Vec<(usize, f64, f64)> = signs
        .violations
        .iter()
        .map(|&j| {
            let (mut plus, mut minus) = (0.0, 0.0);
            (0..w.rows()).for_each(|i| if w[(i, j)] > 0.0 { plus += w[(i, j)] } else { minus += w[(i, j)] });
            (j, plus, minus)
        })
        .collect();
    let share = |p: f64, m: f64| p.min(-m) / (p - m);
    worst.sort_by(|a, b| share(b.1, b.2).total_cmp(&share(a.1, a.2)));
    let heaviest = share(worst[0].1, worst[0].2);
    s.verdict.push(format!(
        "{} of {} units send weights of both signs, which Dale's principle does not allow; of {} the rarer sign makes up {} of all that it sends.",
        worst.len(),
        c.n(),
        c.unit_name(worst[0].0),
        percent(heaviest)
    ));
    let unit = &c.units().weight;
    let mut t = Table::new(
        "Senders of both signs, the most mixed first",
        &[
            "unit",
            &heading("positive total", unit),
            &heading("negative total", unit),
            "share of the rarer sign",
        ],
    );
    for &(j, plus, minus) in worst.iter().take(MAX_VIOLATIONS) {
        let numbers = [plus, minus, share(plus, minus)].map(Cell::Number);
        t.rows.push([Cell::Text(c.unit_name(j))].into_iter().chain(numbers).collect());
    }
    s.tables.push(t);
}

/// Sum and difference patterns: the lecture's reading of W_FF, for any number of units.
fn patterns(w: &Matrix, found: &SumDifference, s: &mut Section) -> Result<serde_json::Value> {
    // Sums of many weights: what is rounding is zero.
    let settle = |x: f64| if x.abs() < 1e-13 * w.frobenius() { 0.0 } else { x };
    let m = found.matrix.map(|row| row.map(settle));
    let link = m[0][1] * m[0][1];
    let all = schur_real(w)?.feedforward_sum_of_squares();
    let whole = w.frobenius().powi(2);
    if whole == 0.0 {
        return Ok(serde_json::Value::Null);
    }
    let back = m[1][0].abs();
    let (strength, small) = (m[0][1].abs(), 1e-12 * whole.sqrt());
    let share = |x: f64| if x > 0.0 { link / x } else { 0.0 };
    if strength <= small {
        s.verdict.push("Differences between excitatory and inhibitory activity drive no sum.".into());
    } else {
        let way_back = if back <= small {
            "the sum does not drive the difference".to_string()
        } else {
            format!("the sum drives the difference with {}", number(m[1][0]))
        };
        s.verdict.push(format!(
            "The difference of excitatory and inhibitory activity drives their sum with the weight {}, {way_back}: this link is {} of all squared weight; all feedforward weights together are {}.",
            number(m[0][1]),
            percent(share(whole)),
            percent(all / whole)
        ));
    }
    let mut t = Table::new(
        "W between the uniform patterns: sum s = (e + i)/√2 and difference d = (e − i)/√2, e and i of unit norm over the excitatory and the inhibitory units",
        &["to", "from s", "from d"],
    );
    for (name, row) in ["s", "d"].into_iter().zip(m) {
        t.rows.push(vec![Cell::Text(name.into()), Cell::Number(row[0]), Cell::Number(row[1])]);
    }
    s.tables.push(t);
    s.trust.push("The link from d to s is one of a Schur basis only if that from s to d vanishes; elsewhere the sum of all squared feedforward weights is the measure.".into());
    Ok(json!({
        "matrix": m, "share_of_weight": share(whole), "share_of_feedforward": share(all),
        "feedforward_squared": all,
    }))
}

fn blocks_data(c: &Circuit, blocks: &[Vec<Block>]) -> serde_json::Value {
    let mut all = Vec::new();
    for (to, row) in blocks.iter().enumerate() {
        for (from, b) in row.iter().enumerate() {
            all.push(json!({
                "to": c.populations()[to].name, "from": c.populations()[from].name,
                "density": b.density, "in_degree": b.in_degree, "in_degree_sd": b.in_degree_sd,
                "strength": b.strength, "strength_sd": b.strength_sd,
                "mean": b.mean, "variance": b.variance, "total": b.total, "total_sd": b.total_sd,
            }));
        }
    }
    json!(all)
}
