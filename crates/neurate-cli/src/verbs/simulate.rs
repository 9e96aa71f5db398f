//! `neurate simulate`.

use super::{choices, read, source};
use crate::args::Simulate;
use crate::progress::Progress;
use crate::{figures, output, terminal};
use neurate::Result;
use neurate::analysis::{Choices, Plan, Study, analysis};
use neurate::circuit::{Circuit, Form};
use neurate::linalg::Matrix;
use neurate::report::Report;
use std::fmt::Write;

/// Units up to which a run is compared with its linearisation.
const MAX_STUDIED: usize = 1000;

pub fn run(simulate: &Simulate) -> Result<()> {
    let (args, trials) = (&simulate.study, simulate.trials.map(|n| n as usize));
    let section = if trials.is_some() { "trials" } else { "time_courses" };
    let progress = Progress::new(args.quiet, &[section]);
    let circuit = read(&args.input)?;
    let choices = Choices { noisy: true, trials, ..choices(args, &circuit)? };
    // Fixed points of a large circuit cost more than its run, which needs none of them.
    let study = if circuit.n() > MAX_STUDIED {
        Study::run_only(circuit, choices)
    } else {
        Study::watched(circuit, choices, progress.inside())?
    };
    progress.begin(section);
    let wants_json =
        args.input.json || args.output.as_ref().is_some_and(|p| p.extension().is_some_and(|e| e == "json"));
    if let (Some(path), false) = (&args.output, wants_json || figures::is_picture(args)) {
        // The full course of every unit, for other programs.
        let c = study.circuit();
        let plan = Plan::new(&study)?;
        let csv = match trials {
            None => {
                let run = plan.run(c)?;
                csv(c, plan.noise, &run.times, &[("", &run.states)])
            }
            Some(count) => {
                let Some(all) = plan.trials(c, count, vec![], &|_| true)? else { return Ok(()) };
                let variance = &all.variance;
                let sd = Matrix::from_fn(variance.rows(), variance.cols(), |k, i| variance[(k, i)].sqrt());
                csv(c, plan.noise, &all.times, &[("mean_", &all.mean), ("sd_", &sd)])
            }
        };
        output::write_file(path, csv.as_bytes())?;
    }
    let analyses: Vec<_> = analysis(section).into_iter().collect();
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

/// A line for each time, a column for each unit of every block of states; the seed of noise in a comment above.
fn csv(c: &Circuit, seed: Option<u64>, times: &[f64], blocks: &[(&str, &Matrix)]) -> String {
    let symbol = if c.form() == Form::Rate { "r" } else { "V" };
    let mut csv = seed.map_or_else(String::new, |seed| format!("# seed = {seed}\n"));
    let _ = write!(csv, "time ({})", c.units().time);
    for (prefix, _) in blocks {
        for i in 0..c.n() {
            let _ = write!(csv, ",{prefix}{symbol}_{} ({})", c.unit_name(i), c.units().state);
        }
    }
    csv.push('\n');
    for (k, t) in times.iter().enumerate() {
        let _ = write!(csv, "{t}");
        for x in blocks.iter().flat_map(|(_, states)| states.row(k)) {
            let _ = write!(csv, ",{x}");
        }
        csv.push('\n');
    }
    csv
}
