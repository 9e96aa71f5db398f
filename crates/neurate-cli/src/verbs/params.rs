//! `neurate params`.

use super::spec;
use crate::args::Input;
use crate::output;
use neurate::Result;
use serde_json::json;

pub fn run(input: &Input) -> Result<()> {
    let settings = spec(input)?.addresses()?;
    let all = settings.into_iter().map(|s| (s.address.to_string(), s.value));
    if input.json {
        let map: serde_json::Map<String, serde_json::Value> =
            all.map(|(address, value)| (address, json!(value))).collect();
        return output::print(&format!("{:#}\n", serde_json::Value::Object(map)));
    }
    let all: Vec<(String, Option<String>)> = all.collect();
    let width = all.iter().map(|(address, _)| address.chars().count()).max().unwrap_or(0);
    let lines: String = all
        .into_iter()
        .map(|(address, value)| {
            format!("{address:<width$}  {}\n", value.unwrap_or_else(|| "(not set)".into()))
        })
        .collect();
    output::print(&lines)
}
