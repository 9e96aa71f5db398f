//! `[sweep]`: the axes of a grid of parameters, and what to find there.

use super::cursor::{Cursor, Log};
use super::value::{Node, Value};
use neurate_numerics::error::{Place, Result};

/// The `[sweep]` table, as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepTable {
    /// Address, values (`0.2:1.6:200`, or `1, 2, 5`) and place of each axis.
    pub axes: Vec<(String, String, Place)>,
    /// What to find; empty: everything.
    pub find: Vec<String>,
}

/// Reads the table; its addresses and values are for the sweep to judge.
pub(super) fn read(node: Option<&Node>, log: &Log) -> Result<Option<SweepTable>> {
    let Some(node) = node else { return Ok(None) };
    let c = Cursor::new(node, "[sweep]", "sweep", log)?;
    let axes = c.require("axes", "the parameters to vary")?;
    let Some(entries) = axes.entries() else {
        return Err(axes
            .error(format!("axes must be a table, not {}", axes.value.sort()))
            .with_help("axes = { \"W.E<-E\" = \"0.2:1.6:200\" }"));
    };
    let mut table = SweepTable::default();
    for e in entries {
        let values = match &e.node.value {
            Value::Text(s) => s.clone(),
            Value::List(_) | Value::Vector(_) => {
                let items = e.node.items().into_iter().flat_map(|items| items.iter());
                let numbers = items.map(|n| n.number("a value of an axis"));
                numbers.map(|x| x.map(|x| format!("{x:?}"))).collect::<Result<Vec<_>>>()?.join(", ")
            }
            other => {
                return Err(e
                    .node
                    .error(format!("the axis {} cannot be {}", e.key, other.sort()))
                    .with_help("write \"start:stop:count\", or a list of values"));
            }
        };
        table.axes.push((e.key.clone(), values, e.node.place.clone()));
    }
    if let Some(find) = c.get("find") {
        let word = |n: &Node| {
            n.text()
                .map(str::to_string)
                .ok_or_else(|| n.error("find holds words").with_help("find = [\"fixed points\", \"isn\"]"))
        };
        table.find = match &find.value {
            Value::List(items) => items.iter().map(word).collect::<Result<_>>()?,
            _ => vec![word(find)?],
        };
    }
    c.finish()?;
    Ok(Some(table))
}
