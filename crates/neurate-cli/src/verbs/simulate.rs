//! `neurate simulate`.

use super::{choices, read, source};
use crate::args::Study as Args;
use crate::progress::Progress;
use crate::{figures, output, terminal};
use neurate::Result;
use neurate::analysis::{Plan, Study, analysis};
use neurate::circuit::Form;
use neurate::report::Report;
use std::fmt::Write;

/// Units up to which a run is compared with its linearisation.
const MAX_STUDIED: usize = 1000;

pub fn run(args: &Args) -> Result<()> {
    let progress = Progress::new(args.quiet, &["time_courses"]);
    let circuit = read(&args.input)?;
    // Fixed points of a large circuit cost more than its run, which needs none of them.
    let study = if circuit.n() > MAX_STUDIED {
        let choices = choices(args, &circuit)?;
        Study::run_only(circuit, choices)
    } else {
        let choices = choices(args, &circuit)?;
        Study::watched(circuit, choices, progress.inside())?
    };
    progress.begin("time_courses");
    let wants_json =
        args.input.json || args.output.as_ref().is_some_and(|p| p.extension().is_some_and(|e| e == "json"));
    if let (Some(path), false) = (&args.output, wants_json || figures::is_picture(args)) {
        // The full course of every unit, for other programs.
        let trajectory = Plan::new(&study)?.run(study.circuit())?;
        let c = study.circuit();
        let symbol = if c.form() == Form::Rate { "r" } else { "V" };
        let mut csv = format!("time ({})", c.units().time);
        for i in 0..c.n() {
            let _ = write!(csv, ",{symbol}_{} ({})", c.unit_name(i), c.units().state);
        }
        csv.push('\n');
        for (k, t) in trajectory.times.iter().enumerate() {
            let _ = write!(csv, "{t}");
            for x in trajectory.states.row(k) {
                let _ = write!(csv, ",{x}");
            }
            csv.push('\n');
        }
        output::write_file(path, csv.as_bytes())?;
    }
    let analyses: Vec<_> = analysis("time_courses").into_iter().collect();
    let report = Report::new(&study, &analyses, &source(&args.input), "", &mut |_, _, _| {})?;
    drop(progress);
    if figures::write(args, &report)? {
        return Ok(());
    }
    if wants_json {
        let json = report.json() + "\n";
        return match &args.output {
            Some(path) => output::write_file(path, json.as_bytes()),
            None => output::print(&json),
        };
    }
    output::print(&report.sections.iter().map(terminal::section).collect::<String>())?;
    match &args.output {
        Some(path) => output::print(&format!("Written: {}\n", path.display())),
        None => Ok(()),
    }
}
