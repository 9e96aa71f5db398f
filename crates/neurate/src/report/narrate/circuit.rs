//! The circuit itself: populations, weights, Dale's principle.

use super::Analysis;
use super::words::{count, heading, list, number, quantity, role, unit_names};
use crate::linear::modes::dale_structure;
use crate::model::{Circuit, Form, Waveform};
use crate::report::section::{Cell, CircuitNode, Figure, Link, Section, Table};
use crate::study::Study;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use serde_json::json;

pub(super) static ANALYSIS: Analysis = Analysis {
    name: "circuit",
    about: "populations, weights, inputs, Dale's principle",
    applies: |_| true,
    run,
};

/// Most units of which every weight is drawn and written.
const MAX_DRAWN: usize = 400;

fn run(study: &Study) -> Result<Section> {
    let c = study.circuit();
    let u = c.units();
    let mut s = Section::new(ANALYSIS.name, "The circuit");
    let sizes: Vec<String> = c
        .populations()
        .iter()
        .enumerate()
        .map(|(k, p)| {
            let kind = p.kind.name();
            if let Some(m) = c.mean_field() {
                format!("{} ({kind}, {} neurons)", p.name, m.neurons[k])
            } else if p.size == 1 {
                format!("{} ({kind})", p.name)
            } else {
                format!("{} ({kind}, {} units)", p.name, p.size)
            }
        })
        .collect();
    s.verdict.push(format!(
        "{}: {}. It obeys {}.",
        count(c.populations().len(), "population"),
        list(&sizes),
        c.equation()
    ));
    if !c.is_plain() {
        s.verdict.push(format!("And it has {}.", list(&super::slow::inventory(c))));
    }
    if c.n() > c.populations().len() {
        let nonzero = c.weights().nonzeros();
        let share = nonzero as f64 / (c.n() as f64).powi(2);
        s.verdict.push(format!(
            "{nonzero} of the {} weights are not zero ({} %).",
            (c.n() as u64).pow(2),
            number(100.0 * share)
        ));
    }
    let between = population_weights(c);
    dale(c, &mut s);
    s.tables.push(populations(c));
    if !c.stimuli().is_empty() {
        s.tables.push(stimuli(c));
    }
    let names: Vec<String> = c.populations().iter().map(|p| p.name.clone()).collect();
    let weight_name = match c.form() {
        Form::Conductance => "Conductances per rate",
        _ if c.mean_field().is_some() => "Weights τKJ of the synapses",
        _ => "Weights",
    };
    let total = if c.n() > names.len() { " (total to one unit from the whole population)" } else { "" };
    if names.len() <= 10 {
        s.figures.push(Figure::Circuit {
            id: "circuit".into(),
            title: "The circuit".into(),
            caption: format!("{weight_name}{total}; the width of a link grows with its weight."),
            nodes: c
                .populations()
                .iter()
                .enumerate()
                .map(|(p, q)| {
                    let tau = &c.tau()[c.range(p)];
                    let same = tau.iter().all(|t| *t == tau[0]);
                    let note = if same { format!("τ {}", quantity(tau[0], &u.time)) } else { String::new() };
                    let size = c.mean_field().map_or(q.size, |m| m.neurons[p]);
                    CircuitNode { name: q.name.clone(), role: role(q.kind), size, note }
                })
                .collect(),
            links: links(&between),
        });
    }
    let drawn = c.n() <= MAX_DRAWN;
    let (matrix, labels) = if c.n() == names.len() || !drawn {
        (between.clone(), names.clone())
    } else {
        (c.dense_weights()?, if c.n() <= 40 { unit_names(c) } else { vec![] })
    };
    s.figures.push(Figure::Matrix {
        id: "weights".into(),
        title: if c.form() == Form::Conductance {
            "Conductances per rate".into()
        } else {
            "Weights W".into()
        },
        caption: "Rows receive, columns send.".into(),
        rows_are: "to".into(),
        columns_are: "from".into(),
        row_names: labels.clone(),
        column_names: labels,
        values: (0..matrix.rows()).map(|i| matrix.row(i).to_vec()).collect(),
        unit: u.weight.clone(),
        outlined: vec![],
    });
    s.sources = vec!["Dayan & Abbott 2001, ch. 7", "Miller & Fumarola 2012 (the two rate equations)"];
    s.data = data(c, &between);
    Ok(s)
}

fn dale(c: &Circuit, s: &mut Section) {
    if c.form() == Form::Conductance || c.n() > MAX_DRAWN * 5 {
        return;
    }
    let structure = dale_structure(&c.weights().to_dense());
    s.verdict.push(if structure.is_dale() {
        "Every unit's outgoing weights have one sign: the circuit obeys Dale's principle.".into()
    } else {
        let named: Vec<String> = structure.violations.iter().take(5).map(|&j| c.unit_name(j)).collect();
        let more = structure.violations.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("Outgoing weights of both signs, against Dale's principle: {}{more}.", named.join(", "))
    });
}

/// Populations whose sending is computed at once.
const SENDERS: usize = 64;

/// The weight that one unit of a population gets from the whole of another, on average.
fn population_weights(c: &Circuit) -> Matrix {
    let p = c.populations().len();
    let mut means = Matrix::zeros(p, p);
    // What all units get while the units of one population send 1 and no other sends; many populations at once.
    for first in (0..p).step_by(SENDERS) {
        let lanes = SENDERS.min(p - first);
        let (mut senders, mut received) = (vec![0.0; c.n() * lanes], vec![0.0; c.n() * lanes]);
        for e in 0..lanes {
            c.range(first + e).for_each(|j| senders[j * lanes + e] = 1.0);
        }
        c.weights().apply_many(&senders, lanes, &mut received);
        for (i, unit) in received.chunks_exact(lanes).enumerate() {
            let to = c.population_of(i);
            (0..lanes).for_each(|e| means[(to, first + e)] += unit[e]);
        }
    }
    (0..p).for_each(|to| means.row_mut(to).iter_mut().for_each(|w| *w /= c.range(to).len() as f64));
    means
}

fn links(w: &Matrix) -> Vec<Link> {
    let mut links = Vec::new();
    for to in 0..w.rows() {
        for from in 0..w.cols() {
            if w[(to, from)] != 0.0 {
                links.push(Link { to, from, weight: w[(to, from)] });
            }
        }
    }
    links
}

/// One number for a list of equal ones, the range otherwise.
fn span(values: &[f64]) -> Cell {
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
    if low == high { Cell::Number(low) } else { Cell::Text(format!("{} to {}", number(low), number(high))) }
}

fn populations(c: &Circuit) -> Table {
    let u = c.units();
    let neurons = c.mean_field().map(|m| &m.neurons);
    // With neurons behind it, sigma depends on the rates: the section on the mean field tells it.
    let noisy = neurons.is_none() && c.populations().iter().any(|p| p.transfer.uses_sigma());
    let mut columns = vec![
        "population".to_string(),
        "kind".into(),
        if neurons.is_some() { "neurons" } else { "units" }.into(),
        heading("τ", &u.time),
        heading("h", &u.drive),
    ];
    if noisy {
        columns.push(heading("σ of the input", &u.input));
    }
    columns.extend(["f(x)".to_string(), "parameters".into()]);
    let rows = c
        .populations()
        .iter()
        .enumerate()
        .map(|(p, q)| {
            let parameters: Vec<String> =
                q.transfer.parameters().iter().map(|(k, v)| format!("{k} = {}", number(*v))).collect();
            let mut row = vec![
                Cell::Text(q.name.clone()),
                Cell::Text(q.kind.name().into()),
                Cell::Number(neurons.map_or(q.size, |n| n[p]) as f64),
                span(&c.tau()[c.range(p)]),
                span(&c.h()[c.range(p)]),
            ];
            if noisy {
                row.push(if q.transfer.uses_sigma() { Cell::Number(q.sigma) } else { Cell::Empty });
            }
            // A long formula stands in the section on transfer functions.
            let long = q.transfer.formula().chars().count() > 40;
            let f = if long { q.transfer.name() } else { q.transfer.formula() };
            row.extend([Cell::Text(f.into()), Cell::Text(parameters.join(", "))]);
            row
        })
        .collect();
    let caption = match c.form() {
        _ if neurons.is_some() => "Populations; h with what comes from outside",
        Form::Conductance => {
            "Populations; τ at rest: capacitance over the conductance of leak and background"
        }
        _ => "Populations",
    };
    Table { caption: caption.into(), columns, rows }
}

fn stimuli(c: &Circuit) -> Table {
    let u = c.units();
    let mut t = Table::new("Inputs over time, on top of h", &["stimulus", "to", "course"]);
    for s in c.stimuli() {
        let targets: Vec<String> = c
            .populations()
            .iter()
            .enumerate()
            .filter(|(p, _)| s.pattern[c.range(*p)].iter().any(|x| *x != 0.0))
            .map(|(p, q)| {
                let pattern = &s.pattern[c.range(p)];
                let hit = pattern.iter().filter(|x| **x != 0.0).count();
                let mut name = q.name.clone();
                if hit < q.size {
                    name = format!("{name} ({hit} of {} units)", q.size);
                }
                let first = pattern.iter().copied().find(|x| *x != 0.0).unwrap_or(1.0);
                let uniform = pattern.iter().all(|x| *x == 0.0 || *x == first);
                if uniform && first == 1.0 {
                    name
                } else if uniform {
                    format!("{} × {name}", number(first))
                } else {
                    format!("pattern on {name}")
                }
            })
            .collect();
        let t_of = |x: f64| quantity(x, &u.time);
        let a_of = |x: f64| quantity(x, &u.drive);
        let until = |x: f64| if x.is_finite() { format!(" until {}", t_of(x)) } else { String::new() };
        let course = match &s.waveform {
            Waveform::Impulse { at, area } => {
                format!("pulse at {}, area {} {} {}", t_of(*at), number(*area), u.drive, u.time)
            }
            Waveform::Step { at, until: end, amplitude } => {
                format!("step of {} at {}{}", a_of(*amplitude), t_of(*at), until(*end))
            }
            Waveform::Ramp { at, until: end, slope } => {
                format!("ramp of {} per {} from {}{}", a_of(*slope), u.time, t_of(*at), until(*end))
            }
            Waveform::Sinusoid { at, until: end, amplitude, omega, .. } => format!(
                "sinusoid of amplitude {}, {} from {}{}",
                a_of(*amplitude),
                quantity(omega / std::f64::consts::TAU / u.rate_times_time, &u.rate),
                t_of(*at),
                until(*end)
            ),
            Waveform::Samples { times, .. } => {
                format!("{} samples from {} to {}", times.len(), t_of(times[0]), t_of(times[times.len() - 1]))
            }
        };
        t.rows.push(vec![Cell::Text(s.name.clone()), Cell::Text(list(&targets)), Cell::Text(course)]);
    }
    t
}

fn data(c: &Circuit, between: &Matrix) -> serde_json::Value {
    let u = c.units();
    let populations: Vec<_> = c
        .populations()
        .iter()
        .enumerate()
        .map(|(p, q)| {
            let transfer: serde_json::Map<String, serde_json::Value> =
                q.transfer.parameters().iter().map(|(k, v)| (k.clone(), json!(v))).collect();
            json!({
                "name": q.name, "kind": q.kind.name(), "size": q.size,
                "neurons": c.mean_field().map(|m| m.neurons[p]),
                "tau": c.tau()[c.range(p)], "h": c.h()[c.range(p)], "sigma": q.sigma,
                "transfer": {"kind": q.transfer.name(), "formula": q.transfer.formula(), "parameters": transfer},
            })
        })
        .collect();
    json!({
        "form": c.form().name(),
        "units": {"time": u.time, "rate": u.rate, "input": u.input, "drive": u.drive, "state": u.state, "weight": u.weight},
        "populations": populations,
        "population_weights": (0..between.rows()).map(|i| between.row(i)).collect::<Vec<_>>(),
        "unit_count": c.n(),
        "nonzero_weights": c.weights().nonzeros(),
        "seed": c.seed(),
    })
}
