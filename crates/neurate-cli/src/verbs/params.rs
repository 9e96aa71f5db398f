//! `neurate params`.

use crate::args::Input;
use crate::output;
use neurate::Result;
use serde_json::json;

pub fn run(input: &Input) -> Result<()> {
    let addresses = neurate::file::read_addresses(&input.circuit, &input.sets)?;
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
