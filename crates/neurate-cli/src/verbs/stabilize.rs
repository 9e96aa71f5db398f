//! `neurate stabilize`.

use super::{build, source, spec};
use crate::args::Stabilize as Args;
use crate::output;
use crate::progress::Progress;
use neurate::file::weights_text;
use neurate::model::{CellKind, Circuit, Form, Stabilize, stabilize};
use neurate::report::number;
use neurate::{Error, Result};

pub fn run(args: &Args) -> Result<()> {
    let ending = args.output.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    // Before the work, not after it.
    weights_text(&neurate::linalg::Matrix::zeros(0, 0), &ending, "")?;
    let circuit = build(&spec(&args.input)?)?;
    check(&circuit)?;
    let w = circuit.dense_weights()?;
    let populations = circuit.populations();
    let groups: Vec<_> = (0..populations.len()).map(|p| circuit.range(p)).collect();
    let inhibitory: Vec<bool> = populations.iter().map(|p| p.kind == CellKind::Inhibitory).collect();
    let options =
        Stabilize { target: args.target, rate: args.rate, density: args.density, steps: args.steps };
    let result = {
        let progress = Progress::new(args.quiet, &[]);
        stabilize(&w, &groups, &inhibitory, &options, &progress.counting(options.steps, "steps"))?
    };
    let told = format!(
        "the largest real part of W's eigenvalues went from {} to {} in {} steps",
        number(result.before),
        number(result.after),
        result.steps
    );
    if !result.reached {
        return Err(Error::not_converged(format!("{told}; the target is {}", args.target))
            .with_help("more --steps, a smaller --rate or a larger --density; nothing was written"));
    }
    let remark = format!("neurate stabilize {}: {told}", source(&args.input));
    output::write_file(&args.output, weights_text(&result.weights, &ending, &remark)?.as_bytes())?;
    let file = args.output.display();
    if args.input.json {
        let json = serde_json::json!({
            "before": result.before, "after": result.after, "steps": result.steps, "file": file.to_string(),
        });
        return output::print(&format!("{json:#}\n"));
    }
    output::print(&format!(
        "{told}.\n{file} written; see what it does: neurate report {file} --tau {}\nIn a circuit file: [W] with file = \"{file}\", layout = \"to_from\"\n",
        circuit.tau()[0]
    ))
}

/// The gradient is of W's eigenvalues: those are the circuit's if all units are linear and alike.
fn check(c: &Circuit) -> Result<()> {
    let zero = vec![0.0; c.n()];
    let plain = c.form() != Form::Conductance
        && c.is_plain()
        && c.mean_field().is_none()
        && c.populations().iter().all(|p| p.transfer.is_affine())
        && c.gains(&zero, &zero).iter().all(|g| *g == 1.0);
    if !plain {
        return Err(Error::unsupported(
            "stability is optimized for linear units of gain 1, without slow states or delays: the eigenvalues of W are then those of the circuit",
        )
        .with_help("set f = \"linear\" for the search, and another f in the file that uses the weights"));
    }
    if !c.uniform_tau() {
        return Err(Error::unsupported("stability is optimized for circuits with one time constant")
            .with_help("--set 'tau=20'"));
    }
    Ok(())
}
