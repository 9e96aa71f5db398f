//! What people read in the place of a population's name.

use super::cursor::Cursor;
use super::like::{LABEL, Resolved};
use super::table::identifier;
use crate::model::{Population, check_label};
use neurate_numerics::error::{Error, Result};

/// `label = "L2/3 E"`, if given. It is no parameter.
pub(super) fn label(c: &Cursor, name: &str) -> Result<Option<String>> {
    let Some(node) = c.quietly(LABEL) else { return Ok(None) };
    let Some(text) = node.text() else {
        return Err(node
            .error(format!("the label of {name} must be a text, not {}", node.value.sort()))
            .with_help("write it in quotes: label = \"L2/3 E\""));
    };
    check_label(name, text).map_err(|e| e.at(node.place.clone()))?;
    Ok(Some(text.trim().to_string()))
}

/// What people read for a name from data: that name, where the circuit has another in its place ([`identifier`]) and it fits a
/// line of text.
pub fn label_of(name: &str) -> Option<String> {
    let name = name.trim();
    (identifier(name) != name && check_label(name, name).is_ok()).then(|| name.to_string())
}

/// Refuses a population that reports would show as one before it.
pub(super) fn check_distinct(before: &[Population], new: &Population, resolved: &Resolved) -> Result<()> {
    let Some(same) = before.iter().find(|p| p.shown() == new.shown()) else { return Ok(()) };
    let place = resolved.node.get(LABEL).map_or(&resolved.place, |node| &node.place);
    Err(Error::invalid(format!(
        "populations {} and {} are both shown as {}",
        same.name,
        new.name,
        new.shown()
    ))
    .with_help("give one of them another label")
    .at(place.clone()))
}
