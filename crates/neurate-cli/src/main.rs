//! `neurate`: what does this circuit do, and why.

#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod args;
mod diagnostics;
mod endings;
mod figures;
mod interrupt;
mod output;
mod picture;
mod progress;
mod questions;
mod serve;
mod table;
mod terminal;
mod typography;
mod verbs;

use args::{Cli, Verb};
use clap::FromArgMatches;
use neurate::error::Kind;
use neurate::{Error, Result};
use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = questions::command().get_matches();
    interrupt::watch();
    let result = match matches.subcommand().and_then(|(name, m)| Some((questions::Verb::named(name)?, m))) {
        Some((verb, matches)) => verb.read(matches).and_then(|args| verbs::ask(verb, &args)),
        None => Cli::from_arg_matches(&matches).map_err(|e| Error::invalid(e.to_string())).and_then(other),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            diagnostics::print(&e);
            ExitCode::from(match e.kind() {
                Kind::Invalid | Kind::Unsupported => 2,
                _ => 1,
            })
        }
    }
}

/// Verbs that ask nothing of one circuit.
fn other(cli: Cli) -> Result<()> {
    match cli.verb {
        Verb::New(a) => verbs::new::run(&a),
        Verb::Check(a) => verbs::check::run(&a),
        Verb::Params(a) => verbs::params::run(&a),
        Verb::Sweep(a) => verbs::sweep::run(&a),
        Verb::Live(a) => verbs::live::run(&a),
        Verb::Stabilize(a) => verbs::stabilize::run(&a),
        Verb::Schema => output::print(&format!("{:#}\n", neurate::report::schema())),
    }
}
