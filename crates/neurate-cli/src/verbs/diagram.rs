//! `neurate diagram`.

use super::{source, spec, study};
use crate::args::Study as Args;
use crate::endings::{self, Contents};
use crate::progress::Progress;
use crate::questions::Verb;
use crate::{figures, output, terminal};
use neurate::answers::{Diagram, DiagramBranch, DiagramCycles};
use neurate::report::{Report, html};
use neurate::study::{Answer, Applies, Study};
use neurate::{Error, Result};
use std::fmt::Write;

/// Names of the questions for which a method did not converge. A branch that was left inside the range is an error, after all
/// else is written.
pub fn run(verb: &Verb, args: &Args) -> Result<Vec<&'static str>> {
    let mut questions = verb.questions();
    let progress = Progress::new(args.quiet, &questions);
    let spec = spec(&args.input)?;
    let study = study(verb, args, &spec, &progress)?;
    questions.retain(|q| !matches!((q.applies)(&study), Applies::No(_)));
    if questions.is_empty() {
        return Err(Error::invalid("a diagram needs a parameter to be drawn along").with_help(
            "for example --along E.h=-3:8, or a table [diagram] in the file; `neurate params FILE` lists the parameters",
        ));
    }
    let along_one = questions.iter().any(|q| q.name == Diagram::NAME);
    // What is wrong with a diagram is an error, not a section that says so.
    let diagram = if along_one {
        progress.begin(Diagram::NAME);
        Some(study.ask::<Diagram>()?)
    } else {
        None
    };
    let report = Report::new(&study, &questions, &source(&args.input), &spec.text(), &mut |what, _, _| {
        progress.begin(what);
    })?;
    drop(progress);
    show(args, &study, &report, diagram.as_deref())?;
    let left = diagram.as_ref().map_or(0, |d| d.early_stops.len());
    match left {
        0 => Ok(report.unfinished),
        n => Err(Error::not_converged(format!(
            "{n} {} of a branch inside the range: it goes on there, and was not followed",
            if n == 1 { "end" } else { "ends" }
        ))
        .with_help("the rest is written; the table of special points says where")),
    }
}

fn show(args: &Args, study: &Study, report: &Report, diagram: Option<&Diagram>) -> Result<()> {
    let principal = report.sections.iter().flat_map(|s| &s.figures).map(|f| f.id()).next();
    if figures::write_or(args, report, principal)? {
        return Ok(());
    }
    let wanted = endings::wanted(args);
    let file = args.output.as_deref();
    match (wanted, file, diagram) {
        (Some(Contents::Json), _, _) => return output::put(file, &(report.json() + "\n")),
        (Some(Contents::Page), _, _) => return output::put(file, &html(report)),
        (Some(Contents::Table), Some(path), Some(d)) => {
            output::write_file(path, csv(study, d).as_bytes())?;
        }
        (Some(Contents::Table), _, None) => {
            return Err(Error::invalid("a table of branches is that of a diagram along one parameter"));
        }
        _ => {}
    }
    // Regimes, points and how complete they are belong together: all of it is shown.
    let text = terminal::full(&report.sections);
    match (wanted, file) {
        (Some(Contents::Table), Some(path)) => {
            output::print(&text)?;
            output::print(&format!("Written: {}\n", path.display()))
        }
        (_, Some(_)) => output::put(file, &anstream::adapter::strip_str(&text).to_string()),
        (_, None) => output::print(&text),
    }
}

/// All points of all branches, a line each: steady states with their state, cycles with its mean, period and extremes.
fn csv(study: &Study, d: &Diagram) -> String {
    let c = study.circuit();
    let mut csv = String::new();
    let unit = |u: &str| if u.is_empty() { String::new() } else { format!(" ({u})") };
    let name = &d.parameter.name;
    let quoted = if name.contains([',', '"']) { format!("\"{name}\"") } else { name.clone() };
    let _ = write!(csv, "kind,branch,{quoted}{},unstable,point", unit(&d.parameter.unit));
    for state in &d.states {
        let _ = write!(csv, ",{state}");
    }
    let _ = write!(csv, ",period{}", unit(&c.units().time));
    for state in &d.states {
        let _ = write!(csv, ",min {state},max {state}");
    }
    csv.push('\n');
    for (k, b) in d.branches.iter().enumerate() {
        steady(&mut csv, d, k, b);
    }
    for (k, b) in d.cycles.iter().flatten().enumerate() {
        cycles(&mut csv, d, k, b);
    }
    csv
}

/// Which special point, if any, a position along a branch is.
fn point(d: &Diagram, special: &[usize], points: &[usize], at: usize) -> String {
    let known = special.iter().zip(points).find(|(s, _)| **s == at).and_then(|(_, p)| d.points.get(*p));
    let word = known.and_then(|p| serde_json::to_value(p.kind).ok());
    word.and_then(|w| w.as_str().map(str::to_string)).unwrap_or_default()
}

fn steady(csv: &mut String, d: &Diagram, branch: usize, b: &DiagramBranch) {
    for (k, (p, unstable)) in b.p.data().iter().zip(b.unstable.data()).enumerate() {
        let _ = write!(csv, "steady state,{},{p},{unstable},", branch + 1);
        csv.push_str(&point(d, &b.special, &b.special_points, k));
        for x in b.states.row(k) {
            let _ = write!(csv, ",{x}");
        }
        // No period, no extremes.
        csv.push_str(&",".repeat(1 + 2 * d.states.len()));
        csv.push('\n');
    }
}

fn cycles(csv: &mut String, d: &Diagram, branch: usize, b: &DiagramCycles) {
    for (k, (p, unstable)) in b.p.data().iter().zip(b.unstable.data()).enumerate() {
        let _ = write!(csv, "cycle,{},{p},{unstable},", branch + 1);
        csv.push_str(&point(d, &b.special, &b.special_points, k));
        for x in b.mean.row(k) {
            let _ = write!(csv, ",{x}");
        }
        let _ = write!(csv, ",{}", b.period.data()[k]);
        for (low, high) in b.min.row(k).iter().zip(b.max.row(k)) {
            let _ = write!(csv, ",{low},{high}");
        }
        csv.push('\n');
    }
}
