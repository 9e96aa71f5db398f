//! `neurate`: what does this circuit do, and why.

mod args;
mod diagnostics;
mod figures;
mod interrupt;
mod output;
mod picture;
mod progress;
mod terminal;
mod verbs;

use args::{Cli, Verb};
use clap::Parser;
use neurate::error::Kind;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    interrupt::watch();
    let result = match cli.verb {
        Verb::New(a) => verbs::new::run(&a),
        Verb::Check(a) => verbs::check::run(&a),
        Verb::Params(a) => verbs::params::run(&a),
        Verb::Report(a) => verbs::report::run(&a),
        Verb::Simulate(a) => verbs::simulate::run(&a),
        Verb::FixedPoints(a) => verbs::sections::run(&a, &["fixed_points", "slow_states"]),
        Verb::Modes(a) => verbs::sections::run(
            &a,
            &[
                "structure",
                "slow_states",
                "linearization",
                "eigenmodes",
                "fourier_modes",
                "normality",
                "schur_modes",
                "amplification",
                "pseudospectra",
            ],
        ),
        Verb::Response(a) => verbs::sections::response(&a),
        Verb::Noise(a) => verbs::sections::run(&a, &["noise"]),
        Verb::MeanField(a) => verbs::sections::run(&a, &["mean_field", "oscillations"]),
        Verb::Stabilize(a) => verbs::stabilize::run(&a),
        Verb::Sweep(a) => verbs::sweep::run(&a),
        Verb::Transfer(a) => verbs::sections::run(&a, &["transfer"]),
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
