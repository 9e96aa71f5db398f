//! `neurate live`.

use super::{build, spec};
use crate::args::{Input, Live};
use crate::output;
use crate::serve::{Server, Watched};
use neurate::{Error, Result};
use std::process::{Command, Stdio};

pub fn run(args: &Live) -> Result<()> {
    let input = Input {
        circuit: args.circuit.clone(),
        conditions: args.conditions.clone(),
        sets: args.sets.clone(),
        memory: args.memory.clone(),
        ..Input::default()
    };
    let shown = args.circuit.display();
    if super::is_matrix(&input) {
        return Err(Error::invalid(format!("{shown} is a matrix, not a circuit file")).with_help(
            "name it in a circuit file: W = { file = \"W.npy\", layout = \"to_from\" }; `neurate new random` shows one",
        ));
    }
    let spec = spec(&input)?;
    build(&spec)?;
    let changes = spec.changes().iter().map(|c| c.text().to_string()).collect();
    let server = Server::new(args.port, Watched::new(&args.circuit)?, changes)?;
    let address = server.address();
    output::print(&format!("{address}\n"))?;
    anstream::eprintln!("The page of {shown}; Ctrl-C ends it. The address is a key: keep it to yourself.");
    if args.open {
        open(&address)?;
    }
    server.serve()
}

/// Opens the address in the user's browser.
fn open(address: &str) -> Result<()> {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let begun = Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match begun {
        Ok(_) => Ok(()),
        Err(e) => Err(Error::io(format!("no browser can be opened ({program}: {e})"))
            .with_help("leave --open out, and open the address that is printed")),
    }
}
