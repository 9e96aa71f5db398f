//! The circuit itself in words and figures.

use super::Tell;
use super::words::{count, heading, list, number, quantity, role, share, unit_names};
use crate::answers::{Description, PopulationDescription};
use crate::model::{Circuit, Form, Population, Waveform};
use crate::report::layout::Open;
use crate::report::limits::{CIRCUIT_NODES, DRAWN_UNITS, NAMED_IN_SENTENCE, NAMED_UNITS};
use crate::report::section::{Cell, CircuitNode, Figure, Link, Section, Table};
use crate::study::{Array, Study};
use neurate_numerics::error::Result;

impl Tell for Description {
    const TITLE: &'static str = "The circuit";

    fn tell(&self, study: &Study, s: &mut Section) -> Result<()> {
        let c = study.circuit();
        s.open = Open::new(0, 0, 0);
        let sizes: Vec<String> = self.populations.iter().map(|p| size(c, p)).collect();
        s.verdict.push(format!(
            "{}: {}. It obeys {}.",
            count(sizes.len(), "population"),
            list(&sizes),
            c.equation()
        ));
        if !c.is_plain() {
            s.verdict.push(format!("In addition, the circuit has {}.", list(&super::slow::inventory(c))));
        }
        if c.n() > sizes.len() {
            let nonzero = self.nonzero_weights;
            s.verdict.push(format!(
                "{nonzero} of the {} weights are not zero ({}).",
                (c.n() as u64).pow(2),
                share(nonzero as f64 / (c.n() as f64).powi(2))
            ));
        }
        if let Some(both_signs) = &self.both_signs {
            s.verdict.push(dale(c, both_signs));
        }
        s.tables.push(populations(c));
        if !c.stimuli().is_empty() {
            s.tables.push(stimuli(c));
        }
        s.figures.push(weights_figure(c, &self.population_weights)?);
        s.sources = vec!["Dayan & Abbott 2001, ch. 7", "Miller & Fumarola 2012 (the two rate equations)"];
        Ok(())
    }
}

fn size(c: &Circuit, p: &PopulationDescription) -> String {
    let (name, kind) = (c.shown(&p.name), &p.kind);
    match (p.neurons, p.size) {
        (Some(neurons), _) => format!("{name} ({kind}, {neurons} neurons)"),
        (None, 1) => format!("{name} ({kind})"),
        (None, size) => format!("{name} ({kind}, {size} units)"),
    }
}

fn dale(c: &Circuit, both_signs: &[usize]) -> String {
    if both_signs.is_empty() {
        return "Every unit's outgoing weights have one sign: the circuit obeys Dale's principle.".into();
    }
    let named: Vec<String> = both_signs.iter().take(NAMED_IN_SENTENCE).map(|&j| c.unit_shown(j)).collect();
    let more = both_signs.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "Units with outgoing weights of both signs, against Dale's principle: {}{more}.",
        named.join(", ")
    )
}

/// The drawn circuit, which stands with the verdict; None of too many populations.
pub(super) fn circuit_figure(c: &Circuit, between: &Array) -> Option<Figure> {
    if c.populations().len() > CIRCUIT_NODES {
        return None;
    }
    let u = c.units();
    let weight_name = match c.form() {
        Form::Conductance => "Conductances per rate",
        _ if c.mean_field().is_some() => "Weights τKJ of the synapses",
        _ => "Weights",
    };
    let many = c.n() > c.populations().len();
    let total = if many { " (total to one unit from the whole population)" } else { "" };
    let node = |(p, q): (usize, &Population)| {
        let tau = &c.tau()[c.range(p)];
        let same = tau.iter().all(|t| *t == tau[0]);
        let note = if same { format!("τ {}", quantity(tau[0], &u.time)) } else { String::new() };
        let size = c.mean_field().map_or(q.size, |m| m.neurons[p]);
        CircuitNode { name: q.shown().into(), role: role(q.kind), size, note }
    };
    Some(Figure::Circuit {
        id: "circuit".into(),
        title: "The circuit".into(),
        caption: format!("{weight_name}{total}; the width of a link increases with its weight."),
        nodes: c.populations().iter().enumerate().map(node).collect(),
        links: links(between),
    })
}

/// Every weight, or where there are too many, those between populations.
fn weights_figure(c: &Circuit, between: &Array) -> Result<Figure> {
    let populations = c.populations().len();
    let (values, labels): (Vec<Vec<f64>>, Vec<String>) = if c.n() == populations || c.n() > DRAWN_UNITS {
        (
            (0..populations).map(|p| between.row(p).to_vec()).collect(),
            c.populations().iter().map(|p| p.shown().to_string()).collect(),
        )
    } else {
        let w = c.dense_weights()?;
        let labels = if c.n() <= NAMED_UNITS { unit_names(c) } else { vec![] };
        ((0..w.rows()).map(|i| w.row(i).to_vec()).collect(), labels)
    };
    Ok(Figure::Matrix {
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
        values,
        unit: c.units().weight.clone(),
        outlined: vec![],
    })
}

fn links(w: &Array) -> Vec<Link> {
    let mut links = Vec::new();
    for to in 0..w.shape()[0] {
        for from in 0..w.shape()[1] {
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
                q.transfer.numbers().iter().map(|(k, v)| format!("{k} = {}", number(*v))).collect();
            let mut row = vec![
                Cell::Text(q.shown().into()),
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
        _ if neurons.is_some() => "Populations; h includes external input",
        Form::Conductance => {
            "Populations; τ at rest: capacitance over the conductance of leak and background"
        }
        _ => "Populations",
    };
    Table { caption: caption.into(), columns, rows }
}

fn stimuli(c: &Circuit) -> Table {
    let u = c.units();
    let mut t = Table::new("Inputs over time, on top of h", &["stimulus", "to", "time course"]);
    for s in c.stimuli() {
        let targets: Vec<String> = c
            .populations()
            .iter()
            .enumerate()
            .filter(|(p, _)| s.pattern[c.range(*p)].iter().any(|x| *x != 0.0))
            .map(|(p, q)| {
                let pattern = &s.pattern[c.range(p)];
                let hit = pattern.iter().filter(|x| **x != 0.0).count();
                let mut name = q.shown().to_string();
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
