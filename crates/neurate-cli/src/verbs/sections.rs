//! `neurate fixed-points`, `modes`, `response`, `transfer`: some sections of the report.

use super::{source, study};
use crate::args::Study as Args;
use crate::output::{self, Progress};
use crate::terminal;
use neurate::Result;
use neurate::analysis::analysis;
use neurate::report::Report;

pub fn run(args: &Args, names: &[&str]) -> Result<()> {
    let report = {
        let progress = Progress::new(args.quiet);
        progress.step("fixed points", 0, 1);
        let study = study(args)?;
        let mut analyses: Vec<_> = names.iter().filter_map(|n| analysis(n)).collect();
        // Without a stable fixed point there is nothing to linearise about. That is a result: the
        // fixed points that there are say why.
        if !study.has_linearisation() && !names.contains(&"fixed_points") {
            analyses.extend(analysis("fixed_points"));
        }
        let text = std::fs::read_to_string(&args.input.circuit).unwrap_or_default();
        Report::new(&study, &analyses, &source(&args.input), &text, &mut |what, k, n| {
            progress.step(what, k, n)
        })?
    };
    let text = if args.input.json
        || args.output.as_ref().is_some_and(|p| p.extension().is_some_and(|e| e == "json"))
    {
        report.json() + "\n"
    } else {
        report.sections.iter().map(terminal::section).collect::<Vec<_>>().join("\n")
    };
    match &args.output {
        Some(path) => output::write_file(path, text.as_bytes()),
        None => output::print(&text),
    }
}
