//! `neurate fixed-points`, `modes`, `response`, `noise`, `transfer`, `mean-field`, `phase-plane`: some sections of the report.

use super::{source, spec, study};
use crate::args::Study as Args;
use crate::endings::{self, Contents};
use crate::progress::Progress;
use crate::questions::Verb;
use crate::{figures, output, terminal};
use neurate::report::{Report, html, question_named};
use neurate::{Error, Result};

/// Names of the questions for which a method did not converge.
pub fn run(verb: &Verb, args: &Args) -> Result<Vec<&'static str>> {
    let mut questions = verb.questions();
    let report = {
        let progress = Progress::new(args.quiet, &questions);
        let spec = spec(&args.input)?;
        let study = study(verb, args, &spec, &progress)?;
        if verb.name == "mean-field" && study.circuit().mean_field().is_none() {
            return Err(Error::invalid("there are no spiking neurons behind this circuit").with_help(
                "mean-field theory is of circuits with [synapses]: `neurate new brunel` writes one",
            ));
        }
        // Without a stable fixed point there is nothing to linearize about. That is a result: the
        // fixed points that there are say why.
        // A phase plane shows them itself.
        let plane = verb.name == "phase-plane";
        if !plane && !study.has_operating_point() && questions.iter().all(|q| q.name != "fixed_points") {
            questions.extend(question_named("fixed_points"));
        }
        Report::new(&study, &questions, &source(&args.input), &spec.text(), &mut |what, _, _| {
            progress.begin(what)
        })?
    };
    show(args, &report)?;
    Ok(report.unfinished)
}

fn show(args: &Args, report: &Report) -> Result<()> {
    if figures::write(args, report)? {
        return Ok(());
    }
    let text = match endings::wanted(args) {
        Some(Contents::Json) => report.json() + "\n",
        Some(Contents::Page) => html(report),
        _ => {
            // A file has room for everything.
            let all = args.full || args.output.is_some();
            let text = if all { terminal::full(&report.sections) } else { terminal::brief(&report.sections) };
            // Bold is for terminals.
            if args.output.is_some() { anstream::adapter::strip_str(&text).to_string() } else { text }
        }
    };
    output::put(args.output.as_deref(), &text)
}
