//! `neurate check`.

use super::{build, spec};
use crate::args::Input;
use crate::output;
use neurate::Result;
use serde_json::json;

pub fn run(input: &Input) -> Result<()> {
    let c = build(&spec(input)?)?;
    let populations: Vec<String> = c
        .populations()
        .iter()
        .enumerate()
        .map(|(k, p)| {
            let (size, what) = match c.mean_field() {
                Some(m) => (m.neurons[k], "neuron"),
                None => (p.size, "unit"),
            };
            let plural = if size == 1 { "" } else { "s" };
            format!("{} ({}, {size} {what}{plural})", p.shown(), p.kind.name())
        })
        .collect();
    if input.json {
        let value = json!({
            "ok": true, "title": c.title(), "form": c.form().name(), "units": c.n(),
            "populations": c.populations().iter().map(|p| json!({"name": p.name, "label": p.label, "kind": p.kind.name(), "size": p.size})).collect::<Vec<_>>(),
            "nonzero_weights": c.weights().nonzeros(),
            "stimuli": c.stimuli().iter().map(|s| s.name.clone()).collect::<Vec<_>>(),
            "warnings": c.warnings().iter().map(|w| w.message()).collect::<Vec<_>>(),
        });
        return output::print(&format!("{value:#}\n"));
    }
    let stimuli = match c.stimuli().len() {
        0 => "no stimuli".to_string(),
        1 => "1 stimulus".to_string(),
        n => format!("{n} stimuli"),
    };
    output::print(&format!(
        "{}: ok\n  {}\n  {}\n  {}; {} weights that are not zero; {stimuli}\n",
        input.circuit.display(),
        if c.title().is_empty() { "(no title)" } else { c.title() },
        c.equation(),
        populations.join(", "),
        c.weights().nonzeros(),
    ))
}
