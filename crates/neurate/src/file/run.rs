//! `[run]`: how the circuit is simulated.

use super::Reader;
use super::cursor::Cursor;
use super::populations::{Crowd, per_unit};
use super::tree::{Node, Value};
use super::units::{Unit, quantity};
use crate::circuit::{Run, Start};
use crate::error::Result;

const METHODS: [(&str, &str); 3] =
    [("adaptive", "adaptive"), ("exponential-euler", "exponential-euler"), ("rk4", "rk4")];

/// Reads the table; what it leaves out has defaults, of which the method depends on whether there are delays.
pub(super) fn read(reader: &Reader, crowd: &Crowd, node: Option<&Node>, delays: bool) -> Result<Run> {
    let empty = Node { value: Value::Table(Vec::new()), place: crowd.place.clone() };
    let c = Cursor::new(node.unwrap_or(&empty), "[run]", "run", &reader.log)?;
    let (time, state) = (reader.units.time.clone(), reader.units.state(reader.form));
    let mut default = Run::default();
    if delays {
        default.method = "rk4".into();
    }
    let positive = |key: &str, unit: Option<&Unit>, default: Option<f64>| -> Result<Option<f64>> {
        let node = match default {
            Some(d) => c.get_or(key, &format!("{d:?}")),
            None => c.get(key),
        };
        let Some(node) = node else { return Ok(default) };
        let value = quantity(node, key, unit)?;
        if value > 0.0 {
            Ok(Some(value))
        } else {
            Err(node.error(format!("{key} is {value}; it must be positive")))
        }
    };
    let run = Run {
        duration: positive("duration", Some(&time), None)?,
        start: match c.get_or("start", "\"fixed point\"") {
            None => default.start,
            Some(node) => start(&c, crowd, node, state.as_ref())?,
        },
        method: {
            let node = c.get_or("method", &format!("{:?}", default.method));
            if let Some(node) = node.filter(|n| delays && n.text() == Some("adaptive")) {
                return Err(node
                    .error("the adaptive method cannot run a circuit with delays")
                    .with_help("method = \"rk4\" (the default with delays) or \"exponential-euler\""));
            }
            c.word("method", &METHODS)?.map_or(default.method, str::to_string)
        },
        dt: positive("dt", Some(&time), None)?,
        rtol: positive("rtol", Some(&Unit::number()), Some(default.rtol))?.unwrap_or(default.rtol),
        atol: positive("atol", state.as_ref(), Some(default.atol))?.unwrap_or(default.atol),
        every: positive("every", Some(&time), None)?,
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
        Value::List(_) => Ok(Start::State(per_unit(node, "start", unit, crowd.n())?)),
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
