//! `docs/circuit-file.md` tells the truth: its examples parse, and it names every transfer function.

use neurate::file::parse;
use neurate::model::transfer::{KINDS, Range, Transfer};
use std::path::Path;

const PAGE: &str = include_str!("../../../../docs/circuit-file.md");

/// A piece of a file with the rest around it.
fn complete(block: &str) -> String {
    let mut text = String::new();
    if !block.contains("neurate = ") {
        text += "neurate = 1\n";
    }
    text += block;
    if !block.contains("[populations") {
        text += "\n[populations]\nE = { kind = \"excitatory\", tau = 20 }\nI = { kind = \"inhibitory\", tau = 10 }\n";
    }
    if !["[W]", "[G]", "[connect]", "[synapses]"].iter().any(|t| block.contains(t)) {
        text += "\n[W]\ndefault = 0\n\"E <- E\" = 0.5\n\"E <- I\" = -0.5\n";
    }
    text
}

#[test]
fn every_block_parses() {
    let blocks: Vec<&str> = PAGE.split("```toml\n").skip(1).map(|b| b.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 6);
    for block in blocks {
        let circuit = parse(&complete(block), "block", Path::new("."), &[]).and_then(|spec| spec.build());
        let circuit = circuit.unwrap_or_else(|e| panic!("{e}\n{block}"));
        assert!(circuit.warnings().is_empty(), "{:?}\n{block}", circuit.warnings());
    }
}

#[test]
fn every_transfer_function_is_there() {
    let row = |name: &str| {
        PAGE.lines()
            .find(|l| l.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("{name} is missing"))
    };
    for kind in KINDS {
        let row = row(kind.name);
        for p in kind.parameters {
            let text = match p.default {
                Some(_) if p.range == Range::Flag => format!("`{}` (false)", p.key),
                Some(d) => format!("`{}` ({d})", p.key),
                None => format!("`{}`", p.key),
            };
            assert!(row.contains(&text), "{}: {text} is missing", kind.name);
        }
        for word in row.split("| ").nth(3).unwrap().split('`').skip(1).step_by(2).filter(|w| *w != "sigma") {
            assert!(kind.parameters.iter().any(|p| p.key == word), "{} has no {word}", kind.name);
        }
    }
    row(Transfer::EXPRESSION);
}
