//! Slow states and delays: what there is besides the rates, where it stands, and what it does to stability.

use super::Analysis;
use super::words::{complex_cell, count, heading, list, number, quantity, role};
use crate::dynamics::{CircuitDynamics, Dynamics};
use crate::fixed_points::{FixedPoint, Stability};
use crate::model::{Circuit, SlowBlock, SlowKind};
use crate::report::section::{Axis, Cell, Figure, Section, Series, Stroke, Table};
use crate::simulate::Trajectory;
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, eigenvalues};
use serde_json::json;
use std::f64::consts::TAU;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "slow_states",
    about: "adaptation, synapses' filters, short-term plasticity, delays: equations, steady values, modes",
    applies: |study| !study.circuit().is_plain(),
    run,
};

/// Rows of the table of modes.
const MAX_ROWS: usize = 8;

/// The section of an analysis that is of units alone: why it has nothing to say here.
pub(super) fn refusal(name: &'static str, title: &str, why: &str) -> Section {
    let mut s = Section::new(name, title);
    s.verdict.push(format!("Left out, as the circuit has slow states or delays: {why}."));
    s.data = json!({"left_out": why});
    s
}

/// What the circuit has besides its rates, in words; empty if nothing.
pub(super) fn inventory(c: &Circuit) -> Vec<String> {
    let mut all: Vec<String> = c
        .slow()
        .iter()
        .map(|b| {
            let (name, tau) = (&c.populations()[b.population].name, quantity(b.tau, &c.units().time));
            let what = match b.kind {
                SlowKind::Synapse => "filtered synapses",
                kind => kind.name(),
            };
            format!("{what} of {name} ({tau})")
        })
        .collect();
    if let Some(d) = c.delays() {
        let times: Vec<String> = d.distinct().iter().map(|d| number(*d)).collect();
        all.push(format!("delays of {} {}", list(&times), c.units().time));
    }
    all
}

/// The equation of a slow state.
fn equation(c: &Circuit, b: &SlowBlock) -> String {
    let slow = c.populations()[b.population].slow;
    let released = slow.plasticity.is_some();
    let (u, x) =
        (slow.plasticity.and_then(|p| p.tau_f).is_some(), slow.plasticity.and_then(|p| p.tau_d).is_some());
    let sent =
        format!("{}{}r", if released { if u { "u " } else { "U " } } else { "" }, if x { "x " } else { "" });
    match b.kind {
        SlowKind::Adaptation => "τ da/dt = −a + r, input less strength·a".into(),
        SlowKind::Facilitation => "du/dt = (U − u)/τ + U (1 − u) r".into(),
        SlowKind::Depression => format!("dx/dt = (1 − x)/τ − {sent}"),
        SlowKind::Synapse => format!("τ ds/dt = −s + {sent}, receivers get W s"),
    }
}

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let u = c.units();
    let mut s = Section::new(ANALYSIS.name, "Slow states and delays");
    s.verdict.push(format!("Besides its rates the circuit has {}.", list(&inventory(c))));
    // Without a stable point the lowest one shows what grows.
    let here = study.operating_point()?.or(study.fixed_points()?.points.first());
    let which = match (study.operating_index()?, here) {
        (Some(_), _) => "the operating point",
        _ => "fixed point 1",
    };
    let steady = here.map(|p| CircuitDynamics::at_rest(c).complete(&p.state));
    if let Some(p) = here {
        s.verdict.push(stability(c, p, which)?);
    }
    if !c.slow().is_empty() {
        s.tables.push(table(c, steady.as_deref(), which));
    }
    if let Some(d) = c.delays() {
        let names: Vec<&str> = c.populations().iter().map(|p| p.name.as_str()).collect();
        let mut t = Table::new(
            format!("Delays ({}); rows receive", u.time),
            &std::iter::once("to").chain(names.iter().copied()).collect::<Vec<_>>(),
        );
        for (i, name) in names.iter().enumerate() {
            let row = d.between().row(i).iter().map(|d| Cell::Number(*d));
            t.rows.push(std::iter::once(Cell::Text((*name).into())).chain(row).collect());
        }
        s.tables.push(t);
        s.trust.push("With delays a mode exp(st) is a root of det(s − Σ_k A_k exp(−s d_k)) = 0. The rightmost are found from the equation's generator on Chebyshev's points of the past, and refined by Newton's method; how many grow is counted by Nyquist's criterion, apart from that.".into());
    }
    if let Some(p) = here {
        s.tables.push(modes(c, &p.eigenvalues));
    }
    if c.slow().iter().any(|b| matches!(b.kind, SlowKind::Facilitation | SlowKind::Depression)) {
        s.trust.push("What a unit sends is u x r, not divided by U: a weight is that of a synapse that releases all it has.".into());
    }
    s.trust.push("Fixed points have every slow state at its steady value; effective weights, gains and constant responses are theirs. Stability, time courses and frequencies are of rates and slow states together.".into());
    s.sources = vec![
        "Tsodyks, Pawelzik & Markram 1998 (short-term plasticity)",
        "Breda, Maset & Vermiglio 2005 (delays)",
    ];
    s.data = json!({
        "states": c.slow().iter().map(|b| {
            let range = c.range(b.population);
            json!({
                "population": c.populations()[b.population].name, "kind": b.kind.name(),
                "letter": b.kind.letter(), "tau": b.tau, "equation": equation(c, b),
                "steady": steady.as_ref().map(|x| x[b.first..b.first + range.len()].to_vec()),
            })
        }).collect::<Vec<_>>(),
        "delays": c.delays().map(|d| (0..d.between().rows()).map(|i| d.between().row(i).to_vec()).collect::<Vec<_>>()),
        "roots": here.map(|p| p.eigenvalues.iter().map(|z| json!({"re": z.re, "im": z.im})).collect::<Vec<_>>()),
        "growing": here.map(|p| match p.stability {
            Stability::Unstable(k) => json!(k),
            Stability::Stable => json!(0),
            Stability::Marginal => json!(null),
        }),
    });
    Ok(s)
}

/// What slow states and delays do to a fixed point's stability: with them, and without.
fn stability(c: &Circuit, p: &FixedPoint, which: &str) -> Result<String> {
    let u = c.units();
    let top = p.eigenvalues[0];
    let all = match (c.slow().is_empty(), c.delays().is_some()) {
        (true, _) => "With its delays",
        (false, true) => "With slow states and delays",
        (false, false) => "With its slow states",
    };
    let how = |z: Complex| {
        let time = quantity(1.0 / z.re.abs(), &u.time);
        if z.im == 0.0 {
            format!("with the time constant {time}")
        } else {
            format!(
                "at {} with the time constant {time}",
                quantity(z.im.abs() / TAU / u.rate_times_time, &u.rate)
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
        Stability::Marginal => format!("{all} {which} is marginal, or too near to tell"),
    };
    let settled = CircuitDynamics::settled(c).jacobian(0.0, &p.state);
    let alone = eigenvalues(&settled)?[0].re;
    let differs = (alone < 0.0) != p.stable() && p.stability != Stability::Marginal;
    Ok(format!(
        "{with}.{}",
        if !differs {
            ""
        } else if alone < 0.0 {
            " With slow states that follow at once, and no delays, it would be stable."
        } else {
            " With slow states that follow at once, and no delays, it would be unstable."
        }
    ))
}

fn table(c: &Circuit, steady: Option<&[f64]>, which: &str) -> Table {
    let u = c.units();
    let mut t = Table::new(
        format!("Slow states (steady values: means at {which})"),
        &["state", "equation", &heading("τ", &u.time), "steady value"],
    );
    for b in c.slow() {
        let unit = match b.kind {
            SlowKind::Adaptation | SlowKind::Synapse => u.rate.as_str(),
            _ => "",
        };
        let mean = steady.map(|x| {
            let size = c.range(b.population).len();
            x[b.first..b.first + size].iter().sum::<f64>() / size as f64
        });
        t.rows.push(vec![
            Cell::Text(format!("{} of {}", b.kind.name(), c.populations()[b.population].name)),
            Cell::Text(equation(c, b)),
            Cell::Number(b.tau),
            mean.map_or(Cell::Text("no fixed point".into()), |m| Cell::Text(quantity(m, unit))),
        ]);
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
    for z in roots.iter().filter(|z| z.im >= 0.0).take(MAX_ROWS) {
        t.rows.push(vec![
            complex_cell(*z),
            Cell::Number(z.im / TAU / u.rate_times_time),
            Cell::Number(1.0 / z.re.abs()),
            Cell::Flag(z.re > 0.0),
        ]);
    }
    t
}

/// The mean of a block of slow states over a run.
fn course(c: &Circuit, b: &SlowBlock, t: &Trajectory) -> Vec<f64> {
    let states = b.first..b.first + c.range(b.population).len();
    let size = states.len() as f64;
    (0..t.times.len()).map(|k| t.states.row(k)[states.clone()].iter().sum::<f64>() / size).collect()
}

/// All of them, for machines; null if there are none.
pub(super) fn courses(c: &Circuit, t: &Trajectory) -> serde_json::Value {
    let one = |b: &SlowBlock| {
        let name = &c.populations()[b.population].name;
        json!({"population": name, "kind": b.kind.name(), "mean": course(c, b, t)})
    };
    if c.slow().is_empty() { json!(null) } else { c.slow().iter().map(one).collect() }
}

/// Slow states over time, the mean of each population: those that are rates, and those that are shares.
pub(super) fn figures(c: &Circuit, t: &Trajectory) -> Vec<Figure> {
    let figure = |id: &str, title: &str, unit: &str, kinds: [SlowKind; 2]| {
        let blocks: Vec<_> = c.slow().iter().filter(|b| kinds.contains(&b.kind)).collect();
        (!blocks.is_empty()).then(|| Figure::Lines {
            id: id.into(),
            title: title.into(),
            caption: "Simulated; the mean of each population.".into(),
            x: Axis::new("time", &c.units().time),
            y: Axis::new(if unit.is_empty() { "share" } else { "rate" }, unit),
            series: blocks
                .iter()
                .map(|b| Series {
                    name: format!("{} of {}", b.kind.name(), c.populations()[b.population].name),
                    role: role(c.populations()[b.population].kind),
                    stroke: if b.kind == kinds[0] { Stroke::Solid } else { Stroke::Dashed },
                    x: t.times.clone(),
                    y: course(c, b, t),
                })
                .collect(),
            marks: vec![],
        })
    };
    let rates = [SlowKind::Adaptation, SlowKind::Synapse];
    let shares = [SlowKind::Facilitation, SlowKind::Depression];
    [
        figure("slow_course", "Adaptation and synapses over time", &c.units().rate, rates),
        figure("plasticity_course", "Short-term plasticity over time", "", shares),
    ]
    .into_iter()
    .flatten()
    .collect()
}
