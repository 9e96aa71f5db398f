//! `neurate fixed-points`, `modes`, `response`, `noise`, `transfer`, `mean-field`: some sections of the report.

use super::{source, spec, study};
use crate::args::{Response, Study as Args};
use crate::progress::Progress;
use crate::{figures, output, terminal};
use neurate::report::analysis;
use neurate::report::{Report, html};
use neurate::study::Choices;
use neurate::{Error, Result};

/// `neurate response`, with its own choices.
pub fn response(args: &Response) -> Result<()> {
    run_with(&args.study, &["response", "uncertainty"], |choices| Choices {
        perturb: args.perturb.clone(),
        seed: args.seed,
        samples: args.samples,
        ..choices
    })
}

pub fn run(args: &Args, names: &[&'static str]) -> Result<()> {
    run_with(args, names, |choices| choices)
}

fn run_with(args: &Args, names: &[&'static str], choose: impl Fn(Choices) -> Choices) -> Result<()> {
    let report = {
        let progress = Progress::new(args.quiet, names);
        let spec = spec(&args.input)?;
        let study = study(args, &spec, &progress, choose)?;
        if names.contains(&"mean_field") && study.circuit().mean_field().is_none() {
            return Err(Error::invalid("there are no spiking neurons behind this circuit").with_help(
                "mean-field theory is of circuits with [synapses]: `neurate new brunel` writes one",
            ));
        }
        let mut analyses: Vec<_> = names.iter().filter_map(|n| analysis(n)).collect();
        // Without a stable fixed point there is nothing to linearize about. That is a result: the
        // fixed points that there are say why.
        if !study.has_operating_point() && !names.contains(&"fixed_points") {
            analyses.extend(analysis("fixed_points"));
        }
        Report::new(&study, &analyses, &source(&args.input), &spec.text(), &mut |what, _, _| {
            progress.begin(what)
        })?
    };
    if figures::write(args, &report)? {
        return Ok(());
    }
    let ending = args.output.as_ref().and_then(|p| p.extension()).unwrap_or_default();
    let text = if args.input.json || ending == "json" {
        report.json() + "\n"
    } else if ending == "html" {
        html(&report)
    } else {
        let text = report.sections.iter().map(terminal::section).collect::<Vec<_>>().join("\n");
        // Bold is for terminals.
        if args.output.is_some() { anstream::adapter::strip_str(&text).to_string() } else { text }
    };
    match &args.output {
        Some(path) => output::write_file(path, text.as_bytes()),
        None => output::print(&text),
    }
}
