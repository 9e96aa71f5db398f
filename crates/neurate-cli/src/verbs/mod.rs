//! One file for each verb.

pub mod check;
pub mod new;
pub mod params;
pub mod report;
pub mod sections;
pub mod simulate;

use crate::args::{Input, Study as StudyArgs};
use crate::diagnostics;
use neurate::Result;
use neurate::analysis::{Choices, Study};
use neurate::circuit::Circuit;
use neurate::fixed_point::SearchOptions;
use neurate::modes::Order;

/// Reads the circuit, and prints its warnings.
fn read(input: &Input) -> Result<Circuit> {
    let circuit = neurate::file::read(&input.circuit, &input.sets)?;
    for w in circuit.warnings() {
        diagnostics::print(w);
    }
    Ok(circuit)
}

/// Reads the circuit and studies it.
fn study(args: &StudyArgs) -> Result<Study> {
    let choices = Choices {
        at: args.at,
        order: Order::parse(&args.order)?,
        search: SearchOptions { starts: args.starts, seed: args.search_seed },
    };
    Study::new(read(&args.input)?, choices)
}

/// The file's name with the changes made to it.
fn source(input: &Input) -> String {
    let mut source = input.circuit.display().to_string();
    for set in &input.sets {
        source += &format!(" --set '{set}'");
    }
    source
}
