//! `synapse`, `adaptation` and `plasticity` of a population, and `[delays]`.

use super::bare;
use super::crowd::Crowd;
use super::cursor::Cursor;
use super::like::SLOW;
use super::pair_table::PairTable;
use super::pairs::choose;
use super::quantity::quantity;
use super::reader::Reader;
use super::times::{Usual, check};
use super::value::{Node, Value};
use crate::model::unit::Unit;
use crate::model::{Adaptation, Delays, Plasticity, SlowStates};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

/// Reads them; `c` is the population's own table.
pub(super) fn states(reader: &Reader, c: &Cursor, name: &str) -> Result<SlowStates> {
    let tables = SLOW.map(|key| c.quietly(key));
    if let (true, Some(node)) = (reader.mean_field, tables.iter().find_map(|t| *t)) {
        return Err(node.error(format!("slow states of {name} do not go with [synapses]")).with_help(
            "give weights in [W] instead of [synapses]; synaptic currents there have tau_s, in f",
        ));
    }
    let [synapse, adaptation, plasticity] = tables;
    let mut slow = SlowStates::default();
    if let Some(node) = synapse {
        let c = table(c, "synapse", node, name, "synapse = { tau = 5 }")?;
        slow.synapse =
            Some(time(reader, &c, "tau", "the decay time of what its synapses give", Usual::SYNAPSE)?);
        c.finish()?;
    }
    if let Some(node) = adaptation {
        let c = table(c, "adaptation", node, name, "adaptation = { tau = 100, strength = 0.5 }")?;
        let strength_node = c.get("strength");
        let tau = time(reader, &c, "tau", "its time constant", Usual::SLOW)?;
        let Some(node) = strength_node else {
            return Err(c.missing("strength", "the input that it takes off, per rate"));
        };
        let unit = reader.units.drive.as_ref().map(|drive| drive.per(&reader.units.rate));
        let strength = quantity(node, "strength", unit.as_ref())?;
        if strength < 0.0 {
            return Err(node
                .error(format!("strength of the adaptation of {name} is {strength}; it is never negative"))
                .with_help("it is taken off the input: write a positive number"));
        }
        c.finish()?;
        slow.adaptation = Some(Adaptation { tau, strength });
    }
    if let Some(node) = plasticity {
        let c = table(c, "plasticity", node, name, "plasticity = { U = 0.2, tau_f = 600, tau_d = 200 }")?;
        let release_node = c.get("U");
        let times = [c.get("tau_f"), c.get("tau_d")];
        let Some(release_node) = release_node else {
            return Err(c.missing("U", "the share of its resources that a rested synapse releases"));
        };
        let release = quantity(release_node, "U", Some(&Unit::number()))?;
        if !(release > 0.0 && release <= 1.0) {
            return Err(release_node
                .error(format!("U is {release}; it is a share, above 0 and at most 1"))
                .with_help("a rested synapse releases the share U of its resources: write U = 0.3"));
        }
        if times.iter().all(Option::is_none) {
            return Err(c.missing_with(
                "tau_d",
                "the time constant of recovery from depression, or tau_f, that of facilitation",
                "plasticity = { U = 0.5, tau_d = 200 }",
            ));
        }
        let [tau_f, tau_d] = times;
        let read = |node: Option<&Node>, key: &str| {
            let what = format!("{key} of the {}", c.what);
            node.map(|n| positive(reader, n, &what, Usual::SLOW)).transpose()
        };
        slow.plasticity =
            Some(Plasticity { release, tau_f: read(tau_f, "tau_f")?, tau_d: read(tau_d, "tau_d")? });
        c.finish()?;
    }
    Ok(slow)
}

fn table<'a>(c: &Cursor<'a>, key: &str, node: &'a Node, name: &str, example: &str) -> Result<Cursor<'a>> {
    c.below(key, node, &format!("{key} of {name}")).map_err(|e| e.with_help(example))
}

fn time(reader: &Reader, c: &Cursor, key: &str, meaning: &str, usual: Usual) -> Result<f64> {
    let node = c.require(key, meaning)?;
    positive(reader, node, &format!("{key} of the {}", c.what), usual)
}

fn positive(reader: &Reader, node: &Node, what: &str, usual: Usual) -> Result<f64> {
    let value = quantity(node, what, Some(&reader.units.time))?;
    if value > 0.0 {
        check(reader, node, what, value, usual);
        return Ok(value);
    }
    Err(node
        .error(format!("{what} is {value}; a time constant is positive"))
        .with_help("write a positive time, or leave the slow state out"))
}

/// `[delays]`: pairs as in `[W]`; what is left out arrives at once, or after `default`.
pub(super) fn delays(reader: &Reader, crowd: &Crowd, node: Option<&Node>) -> Result<Option<Delays>> {
    let Some(node) = node else { return Ok(None) };
    let table = bare::of_pairs(node);
    let node = table.as_ref().unwrap_or(node);
    if reader.mean_field {
        return Err(node
            .error("[delays] does not go with [synapses]")
            .with_help("there each pair has its own: { K = 1000, J = 0.1, delay = 1.5 }"));
    }
    let c = Cursor::new(node, "[delays]", "delays", &reader.log)?;
    let p = crowd.populations.len();
    let read = |node: &Node, what: &str| -> Result<f64> {
        if !matches!(node.value, Value::Integer(_) | Value::Float(_) | Value::Text(_)) {
            return Err(node.error(format!("{what} must be one time, not {}", node.value.sort())).with_help(
                "all units of a population send with the same delay to another: \"E <- I\" = \"2 ms\"",
            ));
        }
        let value = quantity(node, what, Some(&reader.units.time))?;
        if value < 0.0 {
            return Err(node
                .error(format!("{what} is {value}; a delay is never negative"))
                .with_help("write a positive time, or 0 for a connection without delay"));
        }
        check(reader, node, what, value, Usual::DELAY);
        Ok(value)
    };
    let default =
        c.get_or("default", "0.0").map(|n| read(n, "default of [delays]")).transpose()?.unwrap_or(0.0);
    let table = match c.quietly("file") {
        Some(_) => Some(PairTable::read(reader, crowd, &c, "a delay", "delays")?),
        None => None,
    };
    let chosen = choose(crowd, &c, "delays")?;
    if let (Some(table), Some(node)) = (&table, c.quietly("default")) {
        return Err(node
            .error(format!("{} gives the delay of every pair: there is none left for default", table.name))
            .with_help("leave default out"));
    }
    c.finish()?;
    let mut between = Matrix::zeros(p, p);
    for (k, entry) in chosen.iter().enumerate() {
        let (to, from) = (k / p, k % p);
        let names = crowd.names();
        let from_table = table.as_ref().map(|table| table.value(to, from));
        let node = entry.map(|e| &e.node).or(from_table.as_ref());
        let value = || Some(node.map_or_else(|| format!("{default:?}"), Node::render));
        c.note(c.address(&format!("{}<-{}", names[to], names[from])), value);
        between[(to, from)] = match (node, entry) {
            (Some(node), Some(e)) => read(node, &format!("the delay \"{}\"", e.key))?,
            (Some(node), None) => read(node, &format!("the delay to {} from {}", names[to], names[from]))?,
            (None, _) => default,
        };
    }
    Delays::new(between).map_err(|e: Error| e.at(node.place.clone()))
}
