//! `neurate params`.

use crate::args::Input;
use crate::output;
use neurate::Result;
use serde_json::json;

pub fn run(input: &Input) -> Result<()> {
    let addresses = neurate::file::addresses(&input.circuit, &input.sets)?;
    if input.json {
        let map: serde_json::Map<String, serde_json::Value> =
            addresses.into_iter().map(|a| (a.path, json!(a.value))).collect();
        return output::print(&format!("{:#}\n", serde_json::Value::Object(map)));
    }
    let width = addresses.iter().map(|a| a.path.chars().count()).max().unwrap_or(0);
    let lines: String = addresses.iter().map(|a| format!("{:<width$}  {}\n", a.path, a.value)).collect();
    output::print(&lines)
}
