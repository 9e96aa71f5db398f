//! `neurate simulate`.

use super::{build, choices, source, spec};
use crate::args::Study as StudyArgs;
use crate::endings::{self, Contents};
use crate::progress::Progress;
use crate::questions::Verb;
use crate::{figures, output, terminal};
use neurate::budget;
use neurate::linalg::Matrix;
use neurate::model::{Circuit, Form, Readout, SlowKind};
use neurate::report::{Report, html};
use neurate::simulate::recording::Recording;
use neurate::simulate::{Outcome, Trajectory};
use neurate::spec::Spec;
use neurate::study::Study;
use neurate::{Error, Result};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

/// Bytes of a number as text, at most in most files.
const BYTES_OF_TEXT: usize = 20;
const WITHOUT_MEMORY: &str =
    "record less often (every, under [run]), or into a store (-o run.zarr), which holds one state at a time";

/// Names of the questions for which a method did not converge.
pub fn run(verb: &Verb, args: &StudyArgs) -> Result<Vec<&'static str>> {
    let trials = args.trials;
    let section = if trials.is_some() { "trials" } else { "time_courses" };
    let mut questions = verb.questions();
    questions.retain(|q| q.name == section);
    let progress = Progress::new(args.quiet, &questions);
    let spec = spec(&args.input)?;
    let circuit = build(&spec)?;
    let choices = choices(args, &circuit)?;
    let run = choices.run.clone().noisy(true);
    let choices = choices.run(run).compare(args.compare);
    let study = Study::watched(circuit, choices, progress.inside());
    progress.begin(section);
    // A run that cannot be made is an error, not a section that says so.
    let protocol = study.protocol()?;
    let wanted = endings::wanted(args);
    if let Some(store) = args.output.as_ref().filter(|_| wanted == Some(Contents::Recording)) {
        if trials.is_some() {
            return Err(Error::invalid("a recording holds one run, not trials")
                .with_help("write them with -o trials.csv, or leave --trials out"));
        }
        record(args, &spec, &study, store, progress)?;
        return Ok(vec![]);
    }
    if let (Some(path), None | Some(Contents::Table)) = (&args.output, wanted) {
        // The full course of every unit, for other programs.
        let c = study.circuit();
        let seed = protocol.noise;
        let columns = if c.run().record.is_empty() { c.states() } else { c.run().record.len() };
        let each = budget::product(&[columns + 1, BYTES_OF_TEXT]);
        budget::require(protocol.times.len() as u64, "rows of text", each, WITHOUT_MEMORY)?;
        let csv = match trials {
            None => {
                let run = study.trajectory()?;
                let readouts = &c.run().record;
                if readouts.is_empty() {
                    csv(c, seed, &run.times, &[("", &run.states)])
                } else {
                    read_out(c, seed, readouts, run)
                }
            }
            Some(_) => {
                let all = study.trials()?;
                let variance = &all.variance;
                let sd = Matrix::from_fn(variance.rows(), variance.cols(), |k, i| variance[(k, i)].sqrt());
                csv(c, seed, &all.times, &[("mean_", &all.mean), ("sd_", &sd)])
            }
        };
        output::write_file(path, csv.as_bytes())?;
    }
    // A page shows the circuit file, too.
    let text = if wanted == Some(Contents::Page) { spec.text() } else { "".into() };
    let report = Report::new(&study, &questions, &source(&args.input), &text, &mut |_, _, _| {})?;
    drop(progress);
    show(args, &report, wanted)?;
    Ok(report.unfinished)
}

fn show(args: &StudyArgs, report: &Report, wanted: Option<Contents>) -> Result<()> {
    if figures::write(args, report)? {
        return Ok(());
    }
    if wanted == Some(Contents::Json) {
        return output::put(args.output.as_deref(), &(report.json() + "\n"));
    }
    if let (Some(path), Some(Contents::Page)) = (&args.output, wanted) {
        output::write_file(path, html(report).as_bytes())?;
    }
    let text = if args.full { terminal::full(&report.sections) } else { terminal::brief(&report.sections) };
    output::print(&text)?;
    match &args.output {
        Some(path) => output::print(&format!("Written: {}\n", path.display())),
        None => Ok(()),
    }
}

/// Records the run in a store, or goes on with one that was cut off.
fn record(args: &StudyArgs, spec: &Spec, study: &Study, root: &Path, progress: Progress) -> Result<()> {
    let protocol = study.protocol()?;
    let c = study.circuit();
    let recording = Recording::open_or_create(root, spec, c, protocol)?;
    let before = recording.standing()?;
    let standing = recording.run(&progress.counting(protocol.times.len(), "recorded times"))?;
    drop(progress);
    let time = &c.units().time;
    let rows = |n: usize| if n == 1 { "1 row".to_string() } else { format!("{n} rows") };
    if args.input.json {
        let outcome = match &standing.outcome {
            Some(Outcome::RanAway { time, name, value, .. }) => {
                json!({ "status": "ran_away", "time": time, "unit": name, "value": value })
            }
            Some(Outcome::Settled { time }) => json!({ "status": "settled", "time": time }),
            _ => json!({ "status": "completed" }),
        };
        let all = json!({
            "store": root, "rows": standing.rows, "of": standing.of, "rows_before": before.rows,
            "readouts": recording.readouts().len(), "outcome": outcome, "damaged": standing.damaged,
        });
        return output::print(&format!("{all:#}\n"));
    }
    let mut said = format!(
        "{}: {} of {} readouts, up to {} {time}\n",
        root.display(),
        rows(standing.rows),
        recording.readouts().len(),
        protocol.times[standing.rows.max(1) - 1],
    );
    if let Some(why) = &standing.damaged {
        let _ = writeln!(said, "{why}: the whole run was done again");
    } else if before.rows > 0 {
        let _ = writeln!(said, "{} were there already", rows(before.rows));
    }
    if let Some(Outcome::Settled { time: at }) = &standing.outcome {
        let _ = writeln!(said, "steady at {at} {time}, where it ends");
    }
    if let Some(Outcome::RanAway { time: at, name, value, .. }) = &standing.outcome {
        let name = c.shown(name);
        let _ =
            writeln!(said, "ran away: {name} is at {value} at {at} {time}; nothing is recorded after that");
    }
    output::print(&said)
}

/// A line for each time, a column for each readout.
fn read_out(c: &Circuit, seed: Option<u64>, readouts: &[Readout], run: &Trajectory) -> String {
    let mut csv = seed.map_or_else(String::new, |seed| format!("# seed = {seed}\n"));
    let _ = write!(csv, "time ({})", c.units().time);
    for r in readouts {
        let _ = write!(csv, ",{} ({})", r.name, c.units().state);
    }
    csv.push('\n');
    for (k, t) in run.times.iter().enumerate() {
        let _ = write!(csv, "{t}");
        for r in readouts {
            let _ = write!(csv, ",{}", r.value(run.states.row(k)));
        }
        csv.push('\n');
    }
    csv
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
        for b in c.slow() {
            let rate = matches!(b.kind, SlowKind::Adaptation | SlowKind::Synapse);
            let unit = if rate { format!(" ({})", c.units().rate) } else { String::new() };
            for i in b.first..b.first + c.range(b.population).len() {
                let _ = write!(csv, ",{prefix}{}{unit}", c.state_name(i));
            }
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
