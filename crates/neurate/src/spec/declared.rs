//! The units that a file declares for bare numbers, and the dimension of everything it gives.

use super::cursor::Cursor;
use super::like::Resolved;
use super::value::{Node, Value};
use crate::model::transfer::Quantity;
use crate::model::unit::{Dimension, Unit, scale};
use crate::model::{Form, Units};
use neurate_numerics::error::{Error, Result};

/// Units of bare numbers.
pub(super) struct Declared {
    pub time: Unit,
    pub rate: Unit,
    pub voltage: Unit,
    pub conductance: Unit,
    pub capacitance: Unit,
    /// What transfer functions take; `None`: numbers without a unit.
    pub input: Option<Unit>,
    /// What `h` and stimuli are in.
    pub drive: Option<Unit>,
}

impl Declared {
    pub fn read(node: Option<&Node>, form: Form, populations: &[Resolved], top: &Cursor) -> Result<Declared> {
        let empty = Node { value: Value::Table(Vec::new()), place: top.place.clone() };
        let c = top.below("units", node.unwrap_or(&empty), "units")?;
        let read = |key: &str, default: &str, dimension| unit(&c, key, default, dimension);
        let time = read("time", "ms", Dimension::TIME)?;
        let rate = read("rate", "Hz", Dimension::RATE)?;
        let voltage_declared = c.quietly("voltage").is_some();
        let voltage = read("voltage", "mV", Dimension::VOLTAGE)?;
        let conductance = read("conductance", "nS", Dimension::CONDUCTANCE)?;
        let capacitance =
            read("capacitance", &fitting(&conductance.times(&time), "F"), Dimension::CAPACITANCE)?;
        let current_unit = conductance.times(&voltage);
        let current = read("current", &fitting(&current_unit, "A"), Dimension::CURRENT)?;
        let given = match c.text("input")? {
            None => None,
            Some("") => Some(None),
            Some(text) => {
                let node = c.get("input").expect("its text was read");
                Some(Some(Unit::parse(text).map_err(|e| node.error(e).with_help(help("input")))?))
            }
        };
        c.finish()?;
        let place = |key: &str| c.quietly(key).map_or(c.place.clone(), |n| n.place.clone());
        if form == Form::Conductance {
            if current.exponent != current_unit.exponent {
                return Err(Error::invalid(format!(
                    "currents in {} do not fit conductances in {} and voltages in {}",
                    current.text, conductance.text, voltage.text
                ))
                .with_help(format!("write current = \"{}\"", fitting(&current_unit, "A")))
                .at(place("current")));
            }
            if given.as_ref().is_some_and(|g| {
                g.as_ref().is_none_or(|g| g.exponent != voltage.exponent || g.dimension != voltage.dimension)
            }) {
                return Err(Error::invalid(
                    "in a conductance-based circuit, transfer functions take the voltage",
                )
                .with_help("leave units.input out, and declare units.voltage")
                .at(place("input")));
            }
        }
        let any = |names: &[&str]| populations.iter().any(|p| names.contains(&p.transfer_kind()));
        let all = |names: &[&str]| populations.iter().all(|p| names.contains(&p.transfer_kind()));
        let input = match given {
            Some(given) => given,
            None if form != Form::Rate || any(&["lif"]) => Some(voltage.clone()),
            None if all(&["linear", "threshold-linear"]) => Some(rate.clone()),
            None if voltage_declared => Some(voltage.clone()),
            None => None,
        };
        let drive = if form == Form::Conductance { Some(current) } else { input.clone() };
        Ok(Declared { time, rate, voltage, conductance, capacitance, input, drive })
    }

    /// The unit of a weight.
    pub fn weight(&self, form: Form) -> Option<Unit> {
        match form {
            Form::Conductance => Some(self.conductance.per(&self.rate)),
            _ => self.input.as_ref().map(|i| i.per(&self.rate)),
        }
    }

    /// The unit of the state.
    pub fn state(&self, form: Form) -> Option<Unit> {
        if form == Form::Rate { Some(self.rate.clone()) } else { self.input.clone() }
    }

    /// The unit of a transfer function's parameter: `Err` for one that takes bare numbers only.
    pub fn parameter(&self, quantity: Quantity) -> std::result::Result<Option<Unit>, ()> {
        match quantity {
            Quantity::Input => Ok(self.input.clone()),
            Quantity::Rate => Ok(Some(self.rate.clone())),
            Quantity::Time => Ok(Some(self.time.clone())),
            Quantity::RatePerInput => Ok(self.input.as_ref().map(|i| self.rate.per(i))),
            Quantity::Number | Quantity::Free => Err(()),
        }
    }

    /// One unit of rate times one unit of time.
    pub fn rate_times_time(&self) -> f64 {
        scale(1.0, self.rate.exponent + self.time.exponent)
    }

    /// The names, for the circuit.
    pub fn names(&self, form: Form) -> Units {
        let text = |u: Option<Unit>| u.map(|u| u.text).unwrap_or_default();
        let weight = self.weight(form).unwrap_or_else(|| Unit::number().per(&self.rate));
        Units {
            time: self.time.text.clone(),
            rate: self.rate.text.clone(),
            input: text(self.input.clone()),
            drive: text(self.drive.clone()),
            state: text(self.state(form)),
            weight: weight.text,
            rate_times_time: self.rate_times_time(),
        }
    }
}

fn unit(c: &Cursor, key: &str, default: &str, dimension: Dimension) -> Result<Unit> {
    // To declare a unit of voltage means something: what transfer functions take.
    if key != "voltage" {
        c.get_or(key, &format!("\"{default}\""));
    }
    let text = c.text(key)?;
    let unit = Unit::parse(text.unwrap_or(default));
    let Some(node) = c.quietly(key) else {
        return unit.map_err(Error::invalid);
    };
    let unit = unit.map_err(|e| node.error(e).with_help(help(key)))?;
    if unit.dimension == dimension {
        return Ok(unit);
    }
    Err(node
        .error(format!(
            "units.{key} must be {}; \"{}\" is {}",
            dimension.describe(),
            unit.text,
            unit.dimension.describe()
        ))
        .with_help(help(key)))
}

/// What a unit may be.
fn help(key: &str) -> &'static str {
    match key {
        "time" => "time = \"ms\" or \"s\"",
        "rate" => "rate = \"Hz\" or \"kHz\"",
        "voltage" => "voltage = \"mV\"",
        "conductance" => "conductance = \"nS\"",
        "capacitance" => "capacitance = \"pF\"",
        "current" => "current = \"pA\"",
        _ => "input = \"mV\", \"Hz\" or \"pA\", or \"\" for no unit",
    }
}

/// A unit with the base `F` or `A` and a prefix, of the same size: pF for nS ms.
fn fitting(unit: &Unit, base: &str) -> String {
    let prefixes = [(-12, "p"), (-9, "n"), (-6, "u"), (-3, "m"), (0, ""), (3, "k"), (6, "M")];
    match prefixes.iter().find(|(e, _)| *e == unit.exponent) {
        Some((_, prefix)) => format!("{prefix}{base}"),
        None => unit.text.clone(),
    }
}
