//! Structure of the weights in words.

use super::Tell;
use super::words::{digits, heading, share};
use crate::answers::{MixedSender, Structure, SumDifferenceWeights, WeightBlock};
use crate::model::Circuit;
use crate::report::limits::{MIXED_SENDER_ROWS, WEIGHT_BLOCK_POPULATIONS};
use crate::report::section::{Cell, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;

impl Tell for Structure {
    const TITLE: &'static str = "Structure of the weights";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        let populations = c.populations().len();
        if c.n() > populations && populations <= WEIGHT_BLOCK_POPULATIONS {
            s.tables.push(block_table(c, &self.blocks));
        }
        if !self.mixed_senders.is_empty() {
            violations(c, &self.mixed_senders, s);
        }
        if let Some(found) = &self.sum_difference {
            patterns(found, s);
        }
        if let Some(a) = &self.sign_pattern {
            s.verdict.push(if a.excludes_normality {
                "A matrix with this sign pattern cannot be normal (the E–I blocks of WWᵀ and WᵀW have opposite signs).".into()
            } else {
                "No excitatory and inhibitory unit share an input or a target, so the sign pattern does not exclude that W is normal.".into()
            });
        }
        if s.verdict.is_empty() {
            s.verdict.push("There are no excitatory and inhibitory senders to compare.".into());
        }
        s.trust.push("Sample statistics of the weights as they stand: exact. Self-connections are excluded from densities, means and spreads of a population's own block, and count in the totals.".into());
        s.sources = vec!["Murphy & Miller 2009 (sum and difference patterns)"];
        Ok(())
    }
}

fn block_table(c: &Circuit, blocks: &[WeightBlock]) -> Table {
    let unit = &c.units().weight;
    let mut t = Table::new(
        "Blocks of the weights: of the connections that are there, and of the total that one receiver gets",
        &["to", "from", "density", "in-degree", "sd"],
    );
    t.columns
        .extend(["mean weight", "sd of weights", "mean total", "sd of totals"].map(|h| heading(h, unit)));
    for b in blocks {
        let name = |p: &str| Cell::Text(c.shown(p));
        let numbers =
            [b.density, b.in_degree, b.in_degree_sd, b.strength, b.strength_sd, b.total, b.total_sd];
        t.rows.push([name(&b.to), name(&b.from)].into_iter().chain(numbers.map(settled)).collect());
    }
    t
}

/// Spreads of equal numbers are zero to rounding.
fn settled(x: f64) -> Cell {
    Cell::Number(if x.abs() < 1e-14 { 0.0 } else { x })
}

fn violations(c: &Circuit, worst: &[MixedSender], s: &mut Section) {
    s.verdict.push(format!(
        "{} of {} units have outgoing weights of both signs, against Dale's principle; the rarer sign of {} makes up {} of its total outgoing weight.",
        worst.len(),
        c.n(),
        c.unit_shown(worst[0].unit),
        share(worst[0].share)
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
    for m in worst.iter().take(MIXED_SENDER_ROWS) {
        let numbers = [m.positive, m.negative, m.share].map(Cell::Number);
        t.rows.push([Cell::Text(c.unit_shown(m.unit))].into_iter().chain(numbers).collect());
    }
    s.tables.push(t);
}

/// Sum and difference patterns: the lecture's reading of W_FF, for any number of units.
fn patterns(found: &SumDifferenceWeights, s: &mut Section) {
    let m = &found.matrix;
    let whole = found.weight_squared;
    let back = m[(1, 0)].abs();
    let (strength, small) = (m[(0, 1)].abs(), 1e-12 * whole.sqrt());
    if strength <= small {
        s.verdict.push("The difference mode (E − I) does not drive the sum mode (E + I).".into());
    } else {
        let way_back = if back <= small {
            "the sum mode does not drive the difference mode".to_string()
        } else {
            format!("the sum mode drives the difference mode with weight {}", digits(m[(1, 0)]))
        };
        s.verdict.push(format!(
            "Averaged over units, the difference mode (E − I) drives the sum mode (E + I) with weight {}, and {way_back}. The former weight is {} of the squared norm of W; all feedforward weights together are {}.",
            digits(m[(0, 1)]),
            share(found.share_of_weight),
            share(found.feedforward_squared / whole)
        ));
    }
    let mut t = Table::new(
        "W between the uniform patterns: sum s = (e + i)/√2 and difference d = (e − i)/√2, e and i of unit norm over the excitatory and the inhibitory units",
        &["to", "from s", "from d"],
    );
    for (i, name) in ["s", "d"].into_iter().enumerate() {
        t.rows.push(vec![Cell::Text(name.into()), Cell::Number(m[(i, 0)]), Cell::Number(m[(i, 1)])]);
    }
    s.tables.push(t);
    s.trust.push("The weight from d to s is a feedforward weight of a Schur basis only if the weight from s to d is zero; otherwise use the sum of all squared feedforward weights.".into());
}
