//! `neurate params`.

use super::text;
use crate::args::Input;
use crate::output;
use neurate::Result;
use serde_json::json;
use std::path::Path;

pub fn run(input: &Input) -> Result<()> {
    let (text, name) = text(input)?;
    let folder = input.circuit.parent().unwrap_or(Path::new(""));
    let addresses = neurate::file::addresses(&text, &name, folder, &input.sets)?;
    if input.json {
        let map: serde_json::Map<String, serde_json::Value> =
            addresses.into_iter().map(|a| (a.address, json!(a.value))).collect();
        return output::print(&format!("{:#}\n", serde_json::Value::Object(map)));
    }
    let width = addresses.iter().map(|a| a.address.chars().count()).max().unwrap_or(0);
    let lines: String = addresses
        .into_iter()
        .map(|a| format!("{:<width$}  {}\n", a.address, a.value.unwrap_or_else(|| "(not set)".into())))
        .collect();
    output::print(&lines)
}
