//! `[diagram]`: the parameters that a diagram is drawn along.

use super::cursor::{Cursor, Log};
use super::value::{Node, Value};
use neurate_numerics::error::{Place, Result};

/// The `[diagram]` table, as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiagramTable {
    /// Parameters with their ranges, `E.h=-3:8`, one or two, and where they stand.
    pub along: Vec<(String, Place)>,
    /// What the joint parameter among them moves: addresses and gains.
    pub drive: Vec<(String, f64)>,
    /// The population whose state is shown first.
    pub show: Option<String>,
}

/// Reads the table; its addresses and ranges are for the diagram to judge.
pub(super) fn read(node: Option<&Node>, log: &Log) -> Result<Option<DiagramTable>> {
    let Some(node) = node else { return Ok(None) };
    let c = Cursor::new(node, "[diagram]", "diagram", log)?;
    let mut table = DiagramTable::default();
    // A diagram's settings are no parameters of the circuit: they get no address.
    let Some(along) = c.quietly("along") else {
        return Err(c.missing("along", "the parameter to draw it along"));
    };
    let word = |n: &Node| {
        let text = n.text().map(|text| (text.to_string(), n.place.clone()));
        text.ok_or_else(|| n.error("along is a text, or a list of two").with_help("along = \"E.h=-3:8\""))
    };
    table.along = match &along.value {
        Value::List(items) if !items.is_empty() && items.len() <= 2 => {
            items.iter().map(word).collect::<Result<_>>()?
        }
        Value::List(_) => {
            return Err(along.error("along takes one parameter or two").with_help("along = \"E.h=-3:8\""));
        }
        _ => vec![word(along)?],
    };
    if let Some(drive) = c.quietly("drive") {
        let help = "drive = { \"E.h\" = 1, \"I.h\" = 1.1 }";
        let Some(entries) = drive.entries() else {
            return Err(drive.error("drive must be a table of addresses and gains").with_help(help));
        };
        for e in entries {
            // A bare key with a dot is a table in a table.
            if e.node.entries().is_some() {
                return Err(e.node.error(format!("{} needs quotes", e.key)).with_help(help));
            }
            table.drive.push((e.key.clone(), e.node.number("a gain")?));
        }
    }
    if let Some(show) = c.quietly("show") {
        let name = show.text().ok_or_else(|| show.error("show is the name of a population"))?;
        table.show = Some(name.to_string());
    }
    c.finish()?;
    Ok(Some(table))
}
