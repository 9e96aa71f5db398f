//! `[conditions.NAME]`: changes by address that have a name.

use super::changes::Change;
use super::keys::nearest;
use super::value::{Entry, Node};
use crate::model::Address;
use neurate_numerics::error::{Error, Result};

/// The conditions that are described, each with its changes.
pub(super) fn all(root: &Node) -> Result<Vec<(&str, Vec<Change>)>> {
    let Some(table) = root.get("conditions") else { return Ok(Vec::new()) };
    let Some(entries) = table.entries() else {
        return Err(table
            .error(format!("conditions must be a table, not {}", table.value.sort()))
            .with_help("[conditions.attention]\n\"E.h\" = 12"));
    };
    entries.iter().map(|e| Ok((e.key.as_str(), changes(e)?))).collect()
}

/// The changes of one condition.
pub(super) fn of(root: &Node, name: &str) -> Result<Vec<Change>> {
    let mut all = all(root)?;
    if let Some(k) = all.iter().position(|(other, _)| *other == name) {
        return Ok(all.swap_remove(k).1);
    }
    let names: Vec<&str> = all.into_iter().map(|(name, _)| name).collect();
    let help = match nearest(name, names.iter().copied()) {
        _ if names.is_empty() => "describe it: [conditions.NAME] with \"ADDRESS\" = value".to_string(),
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("there are: {}", names.join(", ")),
    };
    let place = root.get("conditions").unwrap_or(root).place.clone();
    Err(Error::invalid(format!("there is no condition \"{name}\"")).with_help(help).at(place))
}

fn changes(condition: &Entry) -> Result<Vec<Change>> {
    let Some(entries) = condition.node.entries() else {
        return Err(condition
            .node
            .error(format!(
                "the condition {} must be a table, not {}",
                condition.key,
                condition.node.value.sort()
            ))
            .with_help(format!("[conditions.{}]\n\"E.h\" = 12", condition.key)));
    };
    entries.iter().map(change).collect()
}

fn change(e: &Entry) -> Result<Change> {
    // Without quotes, E.h = 12 is a table E.
    if let Some(inner) = e.node.entries().and_then(<[Entry]>::first).filter(|_| !e.key.contains('.')) {
        return Err(Error::invalid(format!("\"{}\" is a table here, not an address", e.key))
            .with_help(format!("write addresses in quotes: \"{}.{}\" = ...", e.key, inner.key))
            .at(e.place.clone()));
    }
    e.key.parse::<Address>().map_err(|why| why.at(e.place.clone()))?;
    let text = format!("{}={}", e.key, e.node.shown());
    Ok(Change::written(&text, &e.key, e.place.clone(), e.node.clone()))
}
