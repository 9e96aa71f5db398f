//! `neurate fixed-points`, `modes`, `response`, `transfer`: some sections of the report.

use super::{source, study};
use crate::args::Study as Args;
use crate::output::{self, Progress};
use crate::terminal;
use neurate::analysis::analysis;
use neurate::report::Report;
use neurate::{Error, Result};

pub fn run(args: &Args, names: &[&str]) -> Result<()> {
    let report = {
        let progress = Progress::new(args.quiet);
        progress.step("fixed points", 0, 1);
        let study = study(args)?;
        let analyses: Vec<_> = names.iter().filter_map(|n| analysis(n)).collect();
        let text = std::fs::read_to_string(&args.input.circuit).unwrap_or_default();
        Report::new(&study, &analyses, &source(&args.input), &text, &mut |what, k, n| {
            progress.step(what, k, n)
        })?
    };
    let text = if args.input.json
        || args.output.as_ref().is_some_and(|p| p.extension().is_some_and(|e| e == "json"))
    {
        report.json() + "\n"
    } else if report.sections.is_empty() {
        return Err(Error::not_converged("there is no stable fixed point to linearise about")
            .with_help("`neurate fixed-points` lists what was found; --at N analyses an unstable one"));
    } else {
        report.sections.iter().map(terminal::section).collect::<Vec<_>>().join("\n")
    };
    match &args.output {
        Some(path) => output::write_file(path, text.as_bytes()),
        None => output::print(&text),
    }
}
