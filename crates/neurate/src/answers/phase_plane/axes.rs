//! Which two states a phase plane shows.

use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};

/// An axis: a population, a unit, or a state.
pub(super) struct Axis {
    /// Its name.
    pub name: String,
    /// The states that move along it, together.
    pub states: Vec<usize>,
}

impl Axis {
    /// The axis of this name.
    ///
    /// # Errors
    /// The circuit has no such population, unit or state.
    pub(super) fn named(circuit: &Circuit, name: &str) -> Result<Axis> {
        let populations = circuit.populations();
        let population = populations.iter().position(|p| p.name == name);
        let states = match population {
            Some(p) => circuit.range(p).collect(),
            None => (0..circuit.states()).filter(|&i| circuit.state_name(i) == name).collect::<Vec<_>>(),
        };
        if states.is_empty() {
            let known = names(circuit);
            return Err(Error::invalid(format!("there is no population, unit or state \"{name}\""))
                .with_help(format!("there are: {}", shortened(&known))));
        }
        Ok(Axis { name: name.to_string(), states })
    }
}

/// Populations and slow states, in the order in which planes of them are shown.
fn names(circuit: &Circuit) -> Vec<String> {
    let populations = circuit.populations().iter().map(|p| p.name.clone());
    let alone = circuit.populations().len() == 1 && circuit.n() > 1;
    let units = (0..if alone { circuit.n() } else { 0 }).map(|i| circuit.unit_name(i));
    let slow = (circuit.n()..circuit.states()).map(|i| circuit.state_name(i));
    if alone { units.chain(slow).collect() } else { populations.chain(slow).collect() }
}

fn shortened(names: &[String]) -> String {
    let mut shown: Vec<&str> = names.iter().take(12).map(String::as_str).collect();
    if shown.len() < names.len() {
        shown.push("...");
    }
    shown.join(", ")
}

/// The names of the two axes of a phase plane: those that are given, and the first others of the circuit in place of one that is
/// not.
///
/// ```
/// use neurate::prelude::*;
/// let circuit = file::parse(&file::template("ssn").unwrap(), "ssn.toml", ".".as_ref(), &[])?.build()?;
/// assert_eq!(answers::plane_axes(&circuit, None, Some("E"))?, ("I".to_string(), "E".to_string()));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// The circuit has one state alone; it has no population, unit or state of a name; both are the same.
pub fn plane_axes(circuit: &Circuit, x: Option<&str>, y: Option<&str>) -> Result<(String, String)> {
    let known = names(circuit);
    for name in [x, y].into_iter().flatten() {
        Axis::named(circuit, name)?;
    }
    if known.len() < 2 {
        return Err(Error::unsupported(format!(
            "a phase plane needs two states, and the circuit has one: {}",
            known.join("")
        ))
        .with_help("`neurate diagram` shows its steady states over a parameter"));
    }
    let other =
        |than: Option<&str>| known.iter().find(|n| Some(n.as_str()) != than).cloned().unwrap_or_default();
    let first = x.map_or_else(|| other(y), str::to_string);
    let second = y.map_or_else(|| other(Some(&first)), str::to_string);
    let [a, b] = [&first, &second].map(|name| Axis::named(circuit, name).map(|a| a.states));
    let (a, b) = (a?, b?);
    if a.iter().any(|i| b.contains(i)) {
        return Err(Error::invalid(format!(
            "a phase plane needs two different states, not {first} and {second}"
        ))
        .with_help(format!("there are: {}", shortened(&known))));
    }
    Ok((first, second))
}
