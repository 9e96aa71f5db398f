//! `synapse`, `adaptation` and `plasticity` of a population, and `[delays]`.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::like::SLOW;
use super::pairs::choose;
use super::quantity::quantity;
use super::reader::Reader;
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
        slow.synapse = Some(time(reader, &c, "tau", "the decay time of what its synapses give")?);
        c.finish()?;
    }
    if let Some(node) = adaptation {
        let c = table(c, "adaptation", node, name, "adaptation = { tau = 100, strength = 0.5 }")?;
        let strength_node = c.get("strength");
        let tau = time(reader, &c, "tau", "its time constant")?;
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
            return Err(release_node.error(format!("U is {release}; it is a share, above 0 and at most 1")));
        }
        if times.iter().all(Option::is_none) {
            return Err(c.missing_with(
                "tau_d",
                "the time constant of recovery from depression, or tau_f, that of facilitation",
                "plasticity = { U = 0.5, tau_d = 200 }",
            ));
        }
        let [tau_f, tau_d] = times;
        let read = |node: Option<&Node>, key: &str| node.map(|n| positive(reader, n, key)).transpose();
        slow.plasticity =
            Some(Plasticity { release, tau_f: read(tau_f, "tau_f")?, tau_d: read(tau_d, "tau_d")? });
        c.finish()?;
    }
    Ok(slow)
}

fn table<'a>(c: &Cursor<'a>, key: &str, node: &'a Node, name: &str, example: &str) -> Result<Cursor<'a>> {
    c.below(key, node, &format!("{key} of {name}")).map_err(|e| e.with_help(example))
}

fn time(reader: &Reader, c: &Cursor, key: &str, meaning: &str) -> Result<f64> {
    let node = c.require(key, meaning)?;
    positive(reader, node, &format!("{key} of the {}", c.what))
}

fn positive(reader: &Reader, node: &Node, what: &str) -> Result<f64> {
    let value = quantity(node, what, Some(&reader.units.time))?;
    if value > 0.0 {
        return Ok(value);
    }
    Err(node.error(format!("{what} is {value}; a time constant is positive")))
}

/// `[delays]`: pairs as in `[W]`; what is left out arrives at once, or after `default`.
pub(super) fn delays(reader: &Reader, crowd: &Crowd, node: Option<&Node>) -> Result<Option<Delays>> {
    let Some(node) = node else { return Ok(None) };
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
            return Err(node.error(format!("{what} is {value}; a delay is never negative")));
        }
        Ok(value)
    };
    let default = c.get_or("default", "0.0").map(|n| read(n, "default")).transpose()?.unwrap_or(0.0);
    let chosen = choose(crowd, &c, "delays")?;
    c.finish()?;
    let mut between = Matrix::zeros(p, p);
    for (k, entry) in chosen.iter().enumerate() {
        let (to, from) = (k / p, k % p);
        let names = crowd.names();
        let value = || Some(entry.map_or_else(|| format!("{default:?}"), |e| e.node.render()));
        c.note(c.address(&format!("{}<-{}", names[to], names[from])), value);
        between[(to, from)] = match entry {
            Some(e) => read(&e.node, &format!("the delay \"{}\"", e.key))?,
            None => default,
        };
    }
    Delays::new(between).map_err(|e: Error| e.at(node.place.clone()))
}
