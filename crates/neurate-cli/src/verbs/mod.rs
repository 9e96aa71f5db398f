//! One file for each verb.

pub mod check;
pub mod diagram;
pub mod live;
pub mod new;
pub mod params;
pub mod report;
pub mod sections;
pub mod simulate;
pub mod stabilize;
pub mod sweep;

use crate::args::{Input, Study as StudyArgs};
use crate::progress::{self, Progress};
use crate::questions::Verb;
use crate::{diagnostics, endings, figures};
use neurate::answers::plane_axes;
use neurate::budget;
use neurate::error::Kind;
use neurate::file::{change, circuit_of_array, parse};
use neurate::fixed_points::SearchOptions;
use neurate::model::{Circuit, Senders};
use neurate::simulate::RunOptions;
use neurate::spec::Spec;
use neurate::study::{Along, Choices, Part, Side, Study, channels, order};
use neurate::{Error, Result};
use std::path::Path;

/// Asks the questions of a verb, and writes what it finds. It is an error if a method did not converge, even though the
/// rest is written.
pub fn ask(verb: &Verb, args: &StudyArgs) -> Result<()> {
    endings::check(verb.name, args)?;
    let unfinished = match verb.name {
        "report" => report::run(verb, args)?,
        "simulate" => simulate::run(verb, args)?,
        "diagram" => diagram::run(verb, args)?,
        _ => sections::run(verb, args)?,
    };
    if unfinished.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = unfinished.iter().map(|name| name.replace('_', " ")).collect();
    Err(Error::not_converged(format!("a method did not converge: {}", names.join(", ")))
        .with_help("the rest is written; the section says why"))
}

/// The same error, about what was given: a circuit or a file that it names cannot be read.
fn as_input(e: Error) -> Error {
    if e.kind() != Kind::Io {
        return e;
    }
    let mut error = Error::invalid(e.message());
    if let Some(help) = e.help() {
        error = error.with_help(help);
    }
    match e.place() {
        Some(place) => error.at(place.clone()),
        None => error,
    }
}

/// The circuit as described: by a file, or by the text that stands for a bare matrix; under its conditions, and with
/// the changes made to it. First of all, the memory that was asked for is allowed.
fn spec(input: &Input) -> Result<Spec> {
    if let Some(memory) = &input.memory {
        budget::allow(budget::size(memory)?);
    }
    let path = &input.circuit;
    let name = path.display().to_string();
    let described = if is_matrix(input) {
        let senders = match (input.from_to, input.to_from) {
            (true, _) => Some(Senders::Rows),
            (false, true) => Some(Senders::Columns),
            (false, false) => None,
        };
        let text = circuit_of_array(path, input.array.as_deref(), input.tau.as_deref(), senders)
            .map_err(as_input)?;
        parse(&text, &format!("circuit of {name}"), path.parent().unwrap_or(Path::new("")), &[])?
    } else if input.tau.is_some() || input.from_to || input.to_from || input.array.is_some() {
        return Err(Error::invalid("--tau, --from-to, --to-from and --array belong to a bare matrix")
            .with_help("a circuit file has its own: --set 'tau=20'"));
    } else {
        neurate::file::read(path, &[]).map_err(as_input)?
    };
    let under = input.conditions.iter().try_fold(described, |spec, name| spec.under(name))?;
    under.with(input.sets.iter().map(|set| change(set)).collect::<Result<Vec<_>>>()?)
}

/// Whether the input is a bare matrix.
fn is_matrix(input: &Input) -> bool {
    neurate::file::is_matrix(&input.circuit)
}

/// Builds the circuit, and prints its warnings.
fn build(spec: &Spec) -> Result<Circuit> {
    let circuit = spec.build().map_err(as_input)?;
    for w in circuit.warnings() {
        diagnostics::print(w);
    }
    Ok(circuit)
}

/// Refuses to write over the circuit file itself.
fn check_output(args: &StudyArgs) -> Result<()> {
    let Some(output) = &args.output else { return Ok(()) };
    let same = match (output.canonicalize(), args.input.circuit.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    if same {
        return Err(Error::invalid(format!(
            "the output would replace the circuit file {}",
            output.display()
        ))
        .with_help("choose another name for -o"));
    }
    Ok(())
}

fn choices(args: &StudyArgs, circuit: &Circuit) -> Result<Choices> {
    check_output(args)?;
    figures::check(args)?;
    let channels =
        |text: &Option<String>, side| text.as_deref().map(|text| channels(text, side, circuit)).transpose();
    let perturb = args.perturb.iter().map(|text| Part::parse(text, circuit)).collect::<Result<_>>()?;
    Ok(Choices::default()
        .at(args.at)
        .order(order(&args.order, circuit)?)
        .from(channels(&args.from, Side::From)?)
        .to(channels(&args.to, Side::To)?)
        .search(SearchOptions::default().starts(args.starts).seed(args.search_seed))
        .run(RunOptions::default().threads(args.threads))
        .trials(args.trials.map(|n| n as usize))
        .perturb(perturb)
        .seed(args.seed)
        .samples(args.samples)
        .along(along(args)?)
        .show(args.show.clone())
        .effort(args.effort.into())
        .cycles(!args.no_cycles))
}

/// The parameters that a diagram is drawn along.
fn along(args: &StudyArgs) -> Result<Vec<Along>> {
    let all: Vec<Along> = args.along.iter().map(|text| Along::parse(text)).collect::<Result<_>>()?;
    if let Some(k) = (1..all.len()).find(|&k| all[..k].iter().any(|other| other.name == all[k].name)) {
        return Err(Error::invalid(format!("--along {} stands twice", all[k].name))
            .with_help("a diagram is drawn along one parameter, or along two different ones"));
    }
    match &args.drive {
        Some(drive) => Along::driven(all, &Along::gains(drive)?),
        None => Ok(all),
    }
}

/// Builds the circuit and studies it.
fn study(verb: &Verb, args: &StudyArgs, spec: &Spec, progress: &Progress) -> Result<Study> {
    let circuit = build(spec)?;
    // Measured: a report of 1,000 units takes about a minute, and the cost grows with the cube.
    let minutes = (circuit.n() as f64 / 1000.0).powi(3);
    if minutes > 3.0 && !args.quiet {
        progress::aside(&format!(
            "note: dense analyses of {} units take about {minutes:.0} minutes; `neurate simulate` does not need them",
            circuit.n()
        ));
    }
    let mut choices = choices(args, &circuit)?;
    match verb.name {
        // Without a parameter, in the command line or in the file: which one is nearest to a change.
        "diagram" => choices.nearest_changes = choices.along.is_empty() && spec.diagram()?.is_none(),
        "phase-plane" => {
            choices.plane = Some(plane_axes(&circuit, args.x.as_deref(), args.y.as_deref())?);
        }
        _ => {}
    }
    // The fixed points themselves are asked for: a proof that none is missing is worth a second.
    choices.search.prove = matches!(verb.name, "report" | "fixed-points") && choices.along.is_empty();
    let study = Study::watched(circuit, choices.clone(), progress.inside()).described_by(spec.clone());
    // Of a bare matrix its modes are wanted, stable or not: there is one point to linearize about.
    if is_matrix(&args.input) && !study.has_operating_point() && study.fixed_points()?.points.len() == 1 {
        progress::aside("note: the matrix is not stable; its modes are shown all the same");
        let circuit = study.circuit().clone();
        return Ok(Study::watched(circuit, choices.at(1), progress.inside()).described_by(spec.clone()));
    }
    Ok(study)
}

/// The file's name with the changes made to it.
fn source(input: &Input) -> String {
    let mut source = input.circuit.display().to_string();
    if let Some(tau) = &input.tau {
        source += &format!(" --tau {tau}");
    }
    if input.from_to {
        source += " --from-to";
    }
    if input.to_from {
        source += " --to-from";
    }
    if let Some(array) = &input.array {
        source += &format!(" --array {array}");
    }
    for condition in &input.conditions {
        source += &format!(" --condition {condition}");
    }
    for set in &input.sets {
        source += &format!(" --set '{set}'");
    }
    source
}
