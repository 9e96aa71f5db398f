//! The text of a change, `ADDRESS=VALUE`, as `--set` takes it.

use super::text::parse_part;
use crate::spec::{CHANGE, Change, Node, Source, Value};
use neurate_numerics::error::{Error, Result};

/// Reads the text of a change: `W.E<-E=2.5`, `populations.*.h=3`, `run.duration=20 ms`.
///
/// # Errors
/// A text without `=`, or with nothing on one side of it.
pub fn change(set: &str) -> Result<Change> {
    const LEAD: &str = CHANGE;
    let text = format!("{LEAD}{set}");
    let source = Source::new(&text, &text);
    let whole = source.place(LEAD.len()..text.len());
    let help = "write ADDRESS=VALUE, for example --set 'W.E<-E=2.5'";
    let Some((address, value)) = set.split_once('=') else {
        return Err(Error::invalid(format!("\"{set}\" lacks a value")).with_help(help).at(whole));
    };
    let start = LEAD.len() + address.len() + 1;
    let (lead, value) = (value.len() - value.trim_start().len(), value.trim());
    let address_start = LEAD.len() + address.len() - address.trim_start().len();
    let address = address.trim();
    if address.is_empty() || value.is_empty() {
        return Err(Error::invalid(format!("\"{set}\" lacks an address or a value"))
            .with_help(help)
            .at(whole));
    }
    let start = start + lead;
    // A TOML value; failing that, a text: --set 'run.duration=20 ms' needs no inner quotes.
    const KEY: &str = "v = ";
    let parsed = parse_part(&format!("{KEY}{value}"), &source.at_offset(start - KEY.len())).ok();
    let text_node =
        Node { value: Value::Text(value.to_string()), place: source.place(start..start + value.len()) };
    let value = match parsed.map(|n| n.value) {
        Some(Value::Table(mut entries)) if entries.len() == 1 => entries.remove(0).node,
        _ => text_node,
    };
    let key = source.place(address_start..address_start + address.len());
    Ok(Change::written(set, address, key, value))
}
