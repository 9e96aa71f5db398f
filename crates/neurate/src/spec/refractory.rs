//! What limits a population's rate: `floor` in its f, and its `refractory` fraction.

use super::cursor::Cursor;
use super::quantity::quantity;
use super::reader::Reader;
use super::value::Node;
use crate::model::Form;
use crate::model::transfer::{Transfer, reads};
use crate::model::unit::Unit;
use neurate_numerics::error::{Error, Result};

/// 1/rho over the highest f below which a number is probably a time in milliseconds: no cell fires a hundred times
/// slower than it could because of its refractoriness.
const TOO_LOW: f64 = 0.01;

/// `floor` of an f, if it has one; in an expression whose formula reads it, it is a constant.
pub(super) fn floor_of<'a>(f: &Cursor<'a>, kind: &str) -> Option<&'a Node> {
    if kind == Transfer::EXPRESSION {
        let formula = f.quietly("formula").and_then(Node::text);
        if formula.is_some_and(|formula| reads(formula, Transfer::FLOOR)) {
            return None;
        }
    }
    // Neurons take none: it is no parameter of theirs.
    if kind == "lif" { f.quietly(Transfer::FLOOR) } else { f.get(Transfer::FLOOR) }
}

/// Puts the floor under a transfer function.
pub(super) fn floored(reader: &Reader, transfer: Transfer, node: Option<&Node>) -> Result<Transfer> {
    let Some(node) = node else { return Ok(transfer) };
    let floor = quantity(node, "floor", Some(&reader.units.rate))?;
    transfer.with_floor(floor).map_err(|e| e.at(node.place.clone()))
}

/// Reads `refractory` of a population: an inverse rate, as a number or as a time.
pub(super) fn refractory(reader: &Reader, c: &Cursor, name: &str, transfer: Transfer) -> Result<Transfer> {
    let possible = reader.form == Form::Rate && transfer.lif().is_none();
    let key = Transfer::REFRACTORY;
    let Some(node) = (if possible { c.get(key) } else { c.quietly(key) }) else { return Ok(transfer) };
    if reader.form != Form::Rate {
        let form = reader.form.name();
        return Err(node
            .error(format!("refractory of {name} belongs to form = \"rate\"; this circuit's is \"{form}\""))
            .with_help(
                "tau dr/dt = -r + (1 - refractory r) f(x) is an equation for rates: leave refractory out, or form",
            ));
    }
    let unit = Unit::number().per(&reader.units.rate);
    let rho = quantity(node, &format!("refractory of {name}"), Some(&unit))?;
    let highest = transfer.drive_bound();
    let transfer = transfer.with_refractory(rho).map_err(|e| e.at(node.place.clone()))?;
    if let Some(highest) = highest.filter(|highest| node.text().is_none() && TOO_LOW * highest * rho > 1.0) {
        let rate = &reader.units.rate.text;
        let warning = Error::warning(format!(
            "refractory of {name} is {rho} {}: no rate passes {} {rate}, though f reaches {highest} {rate}",
            unit.text,
            1.0 / rho
        ));
        reader.warn(warning.with_help(format!("milliseconds? Write \"{rho} ms\"")), &node.place);
    }
    Ok(transfer)
}
