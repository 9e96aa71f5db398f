//! `[run]`: how the circuit is simulated.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::quantity::{per_unit, quantity, read_seed};
use super::reader::Reader;
use super::stimuli::{unit_of, weights};
use super::times::{Usual, check};
use super::value::{Node, Value};
use crate::model::unit::Unit;
use crate::model::{Readout, Recorded, Run, Start};
use neurate_numerics::error::Result;

const METHODS: [(&str, &str); 5] = [
    ("adaptive", "adaptive"),
    ("stiff", "stiff"),
    ("exponential-euler", "exponential-euler"),
    ("euler-maruyama", "euler-maruyama"),
    ("rk4", "rk4"),
];

/// The share of the shortest time constant below which a time of a run was meant in seconds: nothing happens in so short
/// a run, and such steps are a thousand times finer than any method asks for.
const SHORT: [(&str, f64); 3] = [("duration", 0.1), ("dt", 1e-4), ("every", 1e-4)];

/// Reads the table; what it leaves out has defaults, of which the method depends on whether there are delays.
pub(super) fn read(reader: &Reader, crowd: &Crowd, node: Option<&Node>, delays: bool) -> Result<Run> {
    let empty = Node { value: Value::Table(Vec::new()), place: crowd.place.clone() };
    let c = Cursor::new(node.unwrap_or(&empty), "[run]", "run", &reader.log)?;
    let (time, state) = (reader.units.time.clone(), reader.units.state(reader.form));
    let default = Run::default();
    let positive = |key: &str, unit: Option<&Unit>, default: Option<f64>| -> Result<Option<f64>> {
        let node = match default {
            Some(d) => c.get_or(key, &format!("{d:?}")),
            None => c.get(key),
        };
        let Some(node) = node else { return Ok(default) };
        let value = quantity(node, key, unit)?;
        if value > 0.0 {
            if let Some((_, share)) = SHORT.iter().find(|(k, _)| *k == key) {
                let usual = Usual::of_share(reader, *share, crowd.shortest_tau());
                check(reader, node, &format!("{key} of [run]"), value, usual);
            }
            Ok(Some(value))
        } else {
            Err(node
                .error(format!("{key} is {value}; it must be positive"))
                .with_help(format!("write a positive number, or leave {key} out for its default")))
        }
    };
    let run = Run {
        duration: positive("duration", Some(&time), None)?,
        start: match c.get("start") {
            None => default.start,
            Some(node) => start(&c, crowd, node, state.as_ref())?,
        },
        method: {
            // Its default depends on noise and delays.
            let node = c.get("method");
            if let Some(node) = node.filter(|n| delays && matches!(n.text(), Some("adaptive" | "stiff"))) {
                return Err(node
                    .error(format!(
                        "the {} method cannot run a circuit with delays",
                        node.text().unwrap_or("")
                    ))
                    .with_help(
                        "method = \"rk4\" (the default with delays) or, with noise, \"exponential-euler\"",
                    ));
            }
            c.word("method", &METHODS)?.map(str::to_string)
        },
        noise: match c.get_or("noise", "true") {
            None => default.noise,
            Some(Node { value: Value::Boolean(noise), .. }) => *noise,
            Some(other) => {
                return Err(other
                    .error("noise is true or false: whether a run has the file's [noise]")
                    .with_help("write noise = false for a run without, and the noise itself in [noise]"));
            }
        },
        seed: c.get("seed").map(read_seed).transpose()?,
        dt: positive("dt", Some(&time), None)?,
        rtol: positive("rtol", Some(&Unit::number()), Some(default.rtol))?.unwrap_or(default.rtol),
        atol: positive("atol", state.as_ref(), Some(default.atol))?.unwrap_or(default.atol),
        every: positive("every", Some(&time), None)?,
        single: {
            c.get_or("precision", "\"double\"");
            c.word("precision", &[("double", false), ("single", true)])?.unwrap_or(default.single)
        },
        steady: positive("steady", state.as_ref(), None)?,
        record: match c.get("record") {
            None => Vec::new(),
            Some(node) => record(&c, crowd, node)?,
        },
        ceiling: positive("ceiling", state.as_ref(), Some(default.ceiling))?.unwrap_or(default.ceiling),
    };
    c.finish()?;
    Ok(run)
}

fn start(c: &Cursor, crowd: &Crowd, node: &Node, unit: Option<&Unit>) -> Result<Start> {
    match &node.value {
        Value::Text(_) => {
            let start = c.word("start", &[("fixed point", true), ("rest", false)])?;
            Ok(if start == Some(false) { Start::Rest } else { Start::FixedPoint })
        }
        _ if node.items().is_some_and(|items| items.len() != crowd.n()) => {
            let given = node.items().map_or(0, |items| items.len());
            Err(node
                .error(format!("start has {given} values for {} units", crowd.n()))
                .with_help("write a number for each unit, or one by population: { E = 5, I = 2 }"))
        }
        Value::List(_) | Value::Vector(_) => Ok(Start::State(per_unit(node, "start", unit, crowd.n())?)),
        Value::Table(entries) => {
            let cursor = c.below("start", node, "start")?;
            let mut state = vec![0.0; crowd.n()];
            for e in entries {
                let Some(p) = crowd.find(&e.key) else { return Err(crowd.unknown(&e.key, &e.place)) };
                cursor.get(&e.key);
                let range = crowd.range(p);
                let values = per_unit(&e.node, &format!("the start of {}", e.key), unit, range.len())?;
                state[range].copy_from_slice(&values);
            }
            Ok(Start::State(state))
        }
        other => Err(node
            .error(format!("start cannot be {}", other.sort()))
            .with_help("\"fixed point\", \"rest\", { E = 5, I = 2 }, or a list with one value per unit")),
    }
}

/// `record`: a text or a table, or a list of them.
fn record(c: &Cursor, crowd: &Crowd, node: &Node) -> Result<Vec<Readout>> {
    let items = node.one_or_more();
    let mut readouts = Vec::new();
    for item in items {
        match &item.value {
            Value::Text(text) => readouts.extend(spoken(crowd, text, item)?),
            Value::Table(_) => {
                let cursor = c.below("record", item, "a pattern to record")?;
                let name = cursor.require("name", "what it is called")?;
                let Some(text) = name.text().filter(|t| !t.trim().is_empty()) else {
                    return Err(name
                        .error("name must be a text")
                        .with_help("{ name = \"difference\", pattern = { E = 1, I = -1 } }"));
                };
                let pattern = weights(
                    crowd,
                    &cursor,
                    cursor.require("pattern", "one number for each population, or for each unit")?,
                )?;
                cursor.finish()?;
                readouts.push(Readout { name: text.to_string(), of: Recorded::Pattern(pattern) });
            }
            other => {
                return Err(item.error(format!("record cannot be {}", other.sort())).with_help(
                    "\"E\" (its units), \"E[3]\", \"mean E\", \"sd E\", \"*\", { name = \"difference\", pattern = { E = 1, I = -1 } }, or a list of those",
                ));
            }
        }
    }
    if readouts.is_empty() {
        return Err(node.error("nothing is recorded").with_help("leave record out to record all units"));
    }
    for (k, readout) in readouts.iter().enumerate() {
        if readouts[..k].iter().any(|r| r.name == readout.name) {
            return Err(node
                .error(format!("{} is recorded twice", readout.name))
                .with_help("each column has a name of its own: leave one of them out"));
        }
    }
    Ok(readouts)
}

/// `E`, `E[3]`, `mean E`, `sd E`; `*` for every population.
fn spoken(crowd: &Crowd, text: &str, node: &Node) -> Result<Vec<Readout>> {
    let (measure, whom) = match text.split_once(char::is_whitespace) {
        Some((measure @ ("mean" | "sd"), whom)) => (Some(measure), whom.trim()),
        _ => (None, text.trim()),
    };
    let populations: Vec<usize> = match whom {
        "*" => (0..crowd.names().len()).collect(),
        name => match (crowd.find(name), measure) {
            (Some(p), _) => vec![p],
            (None, None) => {
                let unit = unit_of(crowd, name, node)?;
                return Ok(vec![Readout { name: name.to_string(), of: Recorded::Unit(unit) }]);
            }
            (None, Some(_)) => return Err(crowd.unknown(name, &node.place)),
        },
    };
    let mut readouts = Vec::new();
    for p in populations {
        let (name, range) = (crowd.names()[p].to_string(), crowd.range(p));
        match measure {
            Some("mean") => {
                readouts.push(Readout { name: format!("mean {name}"), of: Recorded::Mean(range) })
            }
            Some(_) => readouts.push(Readout { name: format!("sd {name}"), of: Recorded::Sd(range) }),
            None if range.len() == 1 => {
                readouts.push(Readout { name, of: Recorded::Unit(range.start) });
            }
            None => readouts.extend(
                range
                    .clone()
                    .map(|i| Readout { name: format!("{name}[{}]", i - range.start), of: Recorded::Unit(i) }),
            ),
        }
    }
    Ok(readouts)
}
