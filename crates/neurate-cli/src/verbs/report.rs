//! `neurate report`.

use super::{source, spec, study};
use crate::args::Study as Args;
use crate::endings::{self, Contents};
use crate::progress::Progress;
use crate::questions::Verb;
use crate::{figures, output, terminal};
use neurate::Result;
use neurate::report::{Report, html};

/// Names of the questions for which a method did not converge.
pub fn run(verb: &Verb, args: &Args) -> Result<Vec<&'static str>> {
    let report = {
        let progress = Progress::new(args.quiet, &verb.questions());
        let spec = spec(&args.input)?;
        let study = study(verb, args, &spec, &progress)?;
        Report::full(&study, &source(&args.input), &spec.text(), &mut |what, _, _| progress.begin(what))?
    };
    show(args, &report)?;
    Ok(report.unfinished)
}

fn show(args: &Args, report: &Report) -> Result<()> {
    if figures::write(args, report)? {
        return Ok(());
    }
    if endings::wanted(args) == Some(Contents::Json) {
        return output::put(args.output.as_deref(), &(report.json() + "\n"));
    }
    let path = args.output.clone().unwrap_or_else(|| args.input.circuit.with_extension("report.html"));
    output::write_file(&path, html(report).as_bytes())?;
    let title = if report.title.is_empty() { report.source.clone() } else { report.title.clone() };
    let full = if args.full { terminal::full(&report.sections) + "\n" } else { String::new() };
    let summary = terminal::list(&report.summary);
    output::print(&format!("{title}\n{summary}\n{full}Written: {}\n", path.display()))
}
