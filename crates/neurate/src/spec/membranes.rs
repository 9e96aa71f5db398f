//! `membrane` and `reversal` of conductance-based populations.

use super::cursor::{Cursor, Log};
use super::quantity::quantity;
use super::reader::Reader;
use super::value::{Node, Value};
use crate::model::membrane::{Channel, Membrane};
use crate::model::unit::{Unit, scale};
use neurate_numerics::error::{Error, Place, Result};

/// The membrane of a conductance-based population.
pub(super) fn membrane_of(
    reader: &Reader,
    c: &Cursor,
    name: &str,
    node: Option<&Node>,
    reversal: Option<&Node>,
) -> Result<Membrane> {
    let Some(node) = node else {
        return Err(c.missing_with(
            "membrane",
            "the capacitance, leak and background of its membrane",
            "membrane = { C = 200, g_leak = 10, E_leak = -70 }",
        ));
    };
    let Some(reversal) = reversal else {
        return Err(c.missing("reversal", "the reversal potential of the synapses it makes"));
    };
    let reversal = quantity(reversal, &format!("reversal of {name}"), Some(&reader.units.voltage))?;
    membrane(
        reader,
        &Cursor::new(node, &format!("membrane of {name}"), &c.address("membrane"), &reader.log)?,
        reversal,
    )
}

/// Refuses keys of conductance-based populations.
pub(super) fn without_membrane(c: &Cursor) -> Result<()> {
    let Some(key) = ["membrane", "reversal"].into_iter().find(|k| c.unused().any(|e| e.key == *k)) else {
        return Ok(());
    };
    let node = c.quietly(key).expect("an entry has it");
    Err(node
        .error(format!("{key} belongs to conductance-based circuits"))
        .with_help("write form = \"conductance\" at the top, or leave it out"))
}

fn membrane(reader: &Reader, c: &Cursor, synapse_reversal: f64) -> Result<Membrane> {
    let units = &reader.units;
    let need = |key: &str, meaning: &str, unit: &Unit| -> Result<(f64, Place)> {
        let node = c.require(key, meaning)?;
        Ok((quantity(node, key, Some(unit))?, node.place.clone()))
    };
    for key in ["C", "g_leak", "E_leak", "background"] {
        c.quietly(key);
    }
    let (capacitance, at) = need("C", "the capacitance", &units.capacitance)?;
    if capacitance <= 0.0 {
        return Err(Error::invalid(format!("C is {capacitance}; a capacitance is positive"))
            .with_help("write C = 200, or C = \"200 pF\"")
            .at(at));
    }
    let own = units.conductance.times(&units.time);
    let capacitance = scale(capacitance, units.capacitance.exponent - own.exponent);
    let (g, at) = need("g_leak", "the leak conductance", &units.conductance)?;
    if g <= 0.0 {
        return Err(Error::invalid(format!("g_leak is {g}; the leak conductance is positive"))
            .with_help("write g_leak = 10, or g_leak = \"10 nS\"")
            .at(at));
    }
    let (reversal, _) = need("E_leak", "the reversal potential of the leak", &units.voltage)?;
    let mut background = Vec::new();
    if let Some(node) = c.get("background") {
        let Value::List(items) = &node.value else {
            return Err(node.error("background must be a list").with_help("background = [{ g = 5, E = 0 }]"));
        };
        for item in items.iter() {
            // Entries of a list have no address.
            let b = Cursor::new(item, "an entry of background", "-", &Log::default())?;
            let g = b.require("g", "a conductance")?;
            let value = quantity(g, "g", Some(&units.conductance))?;
            if value < 0.0 {
                return Err(g
                    .error(format!("g is {value}; a conductance is never negative"))
                    .with_help("write a positive number; its sign comes from the reversal potential E"));
            }
            let e = quantity(b.require("E", "a reversal potential")?, "E", Some(&units.voltage))?;
            b.finish()?;
            background.push(Channel { g: value, reversal: e });
        }
    }
    c.finish()?;
    Ok(Membrane { capacitance, leak: Channel { g, reversal }, background, synapse_reversal })
}
