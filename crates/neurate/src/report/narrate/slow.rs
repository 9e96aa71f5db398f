//! Slow states and delays: what there is besides the rates, where it stands, and what it does to stability.

use super::Tell;
use super::words::{amount, complex_cell, count, digits, heading, list, quantity};
use crate::answers::{SlowStates, point_of_slow_states};
use crate::fixed_points::{FixedPoint, Stability};
use crate::model::{Circuit, SlowBlock, SlowKind};
use crate::report::layout::Open;
use crate::report::limits::ROOT_ROWS;
use crate::report::section::{Cell, Section, Table};
use crate::study::{Array, Study};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Complex;
use std::f64::consts::TAU;

/// What the circuit has besides its rates, in words; empty if nothing.
pub(super) fn inventory(c: &Circuit) -> Vec<String> {
    let mut all: Vec<String> = c
        .slow()
        .iter()
        .map(|b| {
            let (name, tau) = (c.populations()[b.population].shown(), amount(b.tau, &c.units().time));
            let what = match b.kind {
                SlowKind::Synapse => "filtered synapses",
                kind => kind.name(),
            };
            format!("{what} of {name} ({tau})")
        })
        .collect();
    if let Some(d) = c.delays() {
        let times: Vec<String> = d.distinct().iter().map(|d| digits(*d)).collect();
        all.push(format!("delays of {} {}", list(&times), c.units().time));
    }
    all
}

impl Tell for SlowStates {
    const TITLE: &'static str = "Slow states and delays";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        s.verdict.push(format!("Besides its rates the circuit has {}.", list(&inventory(c))));
        s.open = Open::new(2, 0, 0);
        let which = match study.operating_index()? {
            Some(_) => "the operating point",
            None => "fixed point 1",
        };
        if let Some(p) = point_of_slow_states(study)? {
            s.verdict.push(stability(c, p, which, self.stable_at_once));
        }
        if !self.states.is_empty() {
            s.tables.push(self.table(c, which));
        }
        if let Some(delays) = &self.delays {
            s.tables.push(delay_table(c, delays));
            s.trust.push("With delays a mode exp(st) is a root of det(s − Σ_k A_k exp(−s d_k)) = 0. The rightmost roots are found from the equation's generator at Chebyshev points of the past and refined by Newton's method; the number of growing modes is counted independently, by Nyquist's criterion.".into());
        }
        if let Some(roots) = &self.roots {
            s.tables.push(modes(c, roots));
        }
        if c.slow().iter().any(|b| matches!(b.kind, SlowKind::Facilitation | SlowKind::Depression)) {
            s.trust.push("A unit transmits u x r, not divided by U, so a weight is that of a synapse that releases all its resources.".into());
        }
        s.trust.push(if c.slow().is_empty() {
            "Delays change no fixed point, effective weight, gain or constant response. They affect stability, time courses and frequency responses.".into()
        } else {
            "At fixed points every slow state has its steady value, which determines effective weights, gains and responses to constant input. Stability, time courses and frequency responses include rates and slow states.".into()
        });
        s.sources = vec![
            "Tsodyks, Pawelzik & Markram 1998 (short-term plasticity)",
            "Breda, Maset & Vermiglio 2005 (delays)",
        ];
        Ok(())
    }
}

/// What slow states and delays do to a fixed point's stability: with them, and without.
fn stability(c: &Circuit, p: &FixedPoint, which: &str, at_once: Option<bool>) -> String {
    let u = c.units();
    let top = p.eigenvalues[0];
    let all = match (c.slow().is_empty(), c.delays().is_some()) {
        (true, _) => "With its delays",
        (false, true) => "With slow states and delays",
        (false, false) => "With its slow states",
    };
    let how = |z: Complex| {
        let time = amount(1.0 / z.re.abs(), &u.time);
        if z.im == 0.0 {
            format!("with the time constant {time}")
        } else {
            format!(
                "at {} with the time constant {time}",
                amount(z.im.abs() / TAU / u.rate_times_time, &u.rate)
            )
        }
    };
    let with = match p.stability {
        Stability::Stable => format!("{all} {which} is stable: the slowest mode decays {}", how(top)),
        Stability::Unstable(k) => {
            let growing = if k == 1 {
                "a mode grows".into()
            } else {
                format!("{} grow, the fastest", count(k, "mode"))
            };
            format!("{all} {which} is unstable: {growing} {}", how(top))
        }
        Stability::Marginal => format!("{all} {which} is marginal, or too close to decide"),
    };
    let without = match (c.slow().is_empty(), c.delays().is_some()) {
        (true, _) => "Without delays",
        (false, true) => "With slow states that follow at once, and no delays,",
        (false, false) => "With slow states that follow at once",
    };
    let but = match at_once.filter(|stable| *stable != p.stable() && p.stability != Stability::Marginal) {
        Some(stable) => format!(" {without} it would be {}.", if stable { "stable" } else { "unstable" }),
        None => String::new(),
    };
    format!("{with}.{but}")
}

impl SlowStates {
    fn table(&self, c: &Circuit, which: &str) -> Table {
        let u = c.units();
        let mut t = Table::new(
            format!("Slow states (steady values: means at {which})"),
            &["state", "equation", &heading("τ", &u.time), "steady value"],
        );
        for (b, state) in c.slow().iter().zip(&self.states) {
            let unit = match b.kind {
                SlowKind::Adaptation | SlowKind::Synapse => u.rate.as_str(),
                SlowKind::Facilitation | SlowKind::Depression => "",
            };
            let mean = state.steady.as_ref().map(|x| x.data().iter().sum::<f64>() / x.data().len() as f64);
            t.rows.push(vec![
                Cell::Text(title(c, b)),
                Cell::Text(state.equation.clone()),
                Cell::Number(b.tau),
                mean.map_or(Cell::Text("no fixed point".into()), |m| Cell::Text(quantity(m, unit))),
            ]);
        }
        t
    }
}

/// A kind of slow state of a population, in words.
fn title(c: &Circuit, b: &SlowBlock) -> String {
    format!("{} of {}", b.kind.name(), c.populations()[b.population].shown())
}

fn delay_table(c: &Circuit, delays: &Array) -> Table {
    let names: Vec<&str> = c.populations().iter().map(|p| p.shown()).collect();
    let mut t = Table::new(
        format!("Delays ({}); rows receive", c.units().time),
        &std::iter::once("to").chain(names.iter().copied()).collect::<Vec<_>>(),
    );
    for (i, name) in names.iter().enumerate() {
        let row = delays.row(i).iter().map(|d| Cell::Number(*d));
        t.rows.push(std::iter::once(Cell::Text((*name).into())).chain(row).collect());
    }
    t
}

fn modes(c: &Circuit, roots: &[Complex]) -> Table {
    let u = c.units();
    let mut t = Table::new(
        "Rightmost modes exp(st), rates and slow states together",
        &[
            &heading("s", &format!("1/{}", u.time)),
            &heading("frequency", &u.rate),
            &heading("time constant", &u.time),
            "grows",
        ],
    );
    for z in roots.iter().copied().filter(|z| z.im >= 0.0).take(ROOT_ROWS) {
        t.rows.push(vec![
            complex_cell(z),
            Cell::Number(z.im / TAU / u.rate_times_time),
            Cell::Number(1.0 / z.re.abs()),
            Cell::Flag(z.re > 0.0),
        ]);
    }
    t
}
