//! Recordings: input over time from a table with a column of times and one or more of values.

use super::column::heading;
use super::crowd::Crowd;
use super::cursor::Cursor;
use super::reader::Reader;
use super::table::{Table, are_numbers, count_lines};
use super::value::{Node, Value};
use crate::model::unit::{Dimension, Unit, scale};
use neurate_numerics::error::{Error, Result};

/// Names of a column of times, in lower case.
const TIMES: [&str; 7] = ["time", "t", "times", "timestamp", "timestamps", "seconds", "milliseconds"];

/// Reads times and values, in the circuit's units, of the file that `file` names: `column`, and `time_unit`.
pub(super) fn read(reader: &Reader, crowd: &Crowd, c: &Cursor, file: &Node) -> Result<(Vec<f64>, Vec<f64>)> {
    let (asked, said) = (c.quietly("column"), c.quietly("time_unit"));
    let (table, name) = reader.table(c, file, "the array", false)?;
    let here = |e: Error| e.at(file.place.clone());
    let recording = Recording::of(&table, &name).map_err(here)?;
    let at = recording.column(asked, file)?;
    let mut times = match recording.times {
        Times::Column(k) => column(&table, k),
        Times::Names(names) => names.iter().filter_map(|n| n.parse().ok()).collect(),
    };
    let mut values = column(&table, at);
    for (what, all) in [("times", &times), ("values", &values)] {
        if let Some(k) = all.iter().position(|x| !x.is_finite()) {
            return Err(here(Error::invalid(format!(
                "{name}: row {} of its {what} holds {}",
                k + 1,
                all[k]
            )))
            .with_help("every number here must be finite"));
        }
    }
    match recording.unit(said).map_err(here)? {
        Some(unit) => {
            let power = unit.exponent - reader.units.time.exponent;
            times.iter_mut().for_each(|t| *t = scale(*t, power));
        }
        None => warn_of_seconds(reader, crowd, &times, &name, file),
    }
    if let Some(power) = value_power(reader, recording.heading(at), file) {
        values.iter_mut().for_each(|x| *x = scale(*x, power));
    }
    Ok((times, values))
}

fn column(table: &Table, k: usize) -> Vec<f64> {
    let mut all = vec![0.0; table.rows];
    table.for_each(|i, j, v| {
        if j == k {
            all[i] += v;
        }
    });
    all
}

/// Where the times are.
#[derive(Clone, Copy)]
enum Times<'t> {
    Column(usize),
    /// The names of the rows are numbers, and not just 0, 1, 2, ...
    Names(&'t [String]),
}

/// A table with times.
struct Recording<'t> {
    table: &'t Table,
    name: &'t str,
    headings: Option<&'t Vec<String>>,
    times: Times<'t>,
}

impl<'t> Recording<'t> {
    fn of(table: &'t Table, name: &'t str) -> Result<Recording<'t>> {
        let headings = table.col_names.as_ref().or(table.remark.as_ref());
        let is_time = |h: &String| TIMES.contains(&parts(h).0.to_lowercase().as_str());
        let named = headings.and_then(|all| all.iter().position(is_time));
        let index = table.row_names.as_ref().filter(|names| are_numbers(names) && !count_lines(names));
        let times = match (named, index) {
            (Some(k), _) => Times::Column(k),
            (None, Some(names)) => Times::Names(names),
            (None, None) => Times::Column(0),
        };
        let lacks = |what: &str, help: &str| {
            Err(Error::invalid(format!("{name} is {} x {}: {what}", table.rows, table.cols)).with_help(help))
        };
        if table.edges.is_some() {
            return lacks("a list of connections", "a recording has a column of times and one of values");
        }
        if table.rows <= 3 && table.cols > 4 * table.rows {
            return lacks("it has a row for each time", "transpose it: the times stand in the first column");
        }
        if table.cols == 1 && matches!(times, Times::Column(_)) {
            return lacks(
                "it has one column, and needs times and values",
                "add a column \"time (ms)\"; or give times = [...] and values = [...]",
            );
        }
        Ok(Recording { table, name, headings, times })
    }

    fn heading(&self, k: usize) -> Option<&'t str> {
        self.headings.and_then(|all| all.get(k)).map(String::as_str)
    }

    /// The columns that may hold values.
    fn candidates(&self) -> Vec<usize> {
        let time = if let Times::Column(k) = self.times { Some(k) } else { None };
        (0..self.table.cols).filter(|k| Some(*k) != time).collect()
    }

    /// The column that `column` names, or the only one.
    fn column(&self, asked: Option<&Node>, file: &Node) -> Result<usize> {
        let all = self.candidates();
        let words: Vec<String> = match self.headings {
            Some(_) => all.iter().map(|&k| format!("\"{}\"", self.heading(k).unwrap_or(""))).collect(),
            None => all.iter().map(|k| (k + 1).to_string()).collect(),
        };
        let list = format!("column = one of {}", words.join(", "));
        let Some(node) = asked else {
            return match all[..] {
                [one] => Ok(one),
                _ => Err(file
                    .error(format!("{} has {} columns of values", self.name, all.len()))
                    .with_help(format!("say which: {list}"))),
            };
        };
        let found = match &node.value {
            Value::Text(text) => {
                let exact = |k: &usize| self.heading(*k) == Some(text.as_str());
                let alike = |k: &usize| {
                    self.heading(*k).is_some_and(|h| parts(h).0.eq_ignore_ascii_case(parts(text).0))
                };
                all.iter().copied().find(exact).or_else(|| all.iter().copied().find(alike))
            }
            Value::Integer(k) => all.iter().copied().find(|c| *c as i128 + 1 == *k),
            _ => None,
        };
        found.ok_or_else(|| {
            let help = match self.headings {
                Some(_) => list,
                None => format!("{list}, counted from 1: the file has no headings"),
            };
            node.error(format!("{} has no such column of values", self.name)).with_help(help)
        })
    }

    /// The unit of the times: that which is said, or the heading's.
    fn unit(&self, said: Option<&Node>) -> Result<Option<Unit>> {
        const HELP: &str = "a unit of time: time_unit = \"s\" or time_unit = \"ms\"";
        if let Some(node) = said {
            let unit = node.text().and_then(unit_of_time);
            return unit.map(Some).ok_or_else(|| node.error("time_unit is no unit of time").with_help(HELP));
        }
        let heading = match self.times {
            Times::Column(k) => self.heading(k),
            Times::Names(_) => None,
        };
        let Some(heading) = heading else { return Ok(None) };
        match parts(heading) {
            (_, Some(text)) => unit_of_time(text).map(Some).ok_or_else(|| {
                Error::invalid(format!("{}: \"{heading}\" has no unit of time that neurate reads", self.name))
                    .with_help(HELP)
            }),
            (name, None) => Ok(match name.to_lowercase().as_str() {
                "seconds" => unit_of_time("s"),
                "milliseconds" => unit_of_time("ms"),
                _ => None,
            }),
        }
    }
}

/// Name and unit of a heading: `time (s)`, `t [ms]`, `time_ms`, `Time, s`, `t/ms`.
fn parts(text: &str) -> (&str, Option<&str>) {
    let (name, unit) = heading(text);
    if unit.is_some() {
        return (name, unit);
    }
    match name.rsplit_once(['_', ',', '/', ' ']) {
        Some((name, unit)) if unit_of_time(unit).is_some() => (name.trim(), Some(unit.trim())),
        _ => (name, None),
    }
}

fn unit_of_time(text: &str) -> Option<Unit> {
    let text = match text.trim() {
        "sec" | "secs" | "second" | "seconds" => "s",
        "msec" | "msecs" | "millisecond" | "milliseconds" => "ms",
        other => other,
    };
    Unit::parse(text).ok().filter(|u| u.dimension == Dimension::TIME)
}

/// Warns of times in a circuit of milliseconds that are rather seconds: all of them within a tenth of the shortest time constant, or
/// samples 500 times closer than that, where only electrodes are.
fn warn_of_seconds(reader: &Reader, crowd: &Crowd, times: &[f64], name: &str, file: &Node) {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return };
    let span = last - first;
    let shortest = crowd.shortest_tau();
    let step = span / (times.len() - 1).max(1) as f64;
    let suspicious = span > 0.0 && (span < shortest / 10.0 || step < shortest / 500.0);
    if reader.units.time.exponent != -3 || !suspicious || !shortest.is_finite() {
        return;
    }
    let warning = Error::warning(format!(
        "{name} does not say the unit of its times, which go from {first} to {last}: they were read in {}",
        reader.units.time.text
    ));
    reader.warn(
        warning.with_help("seconds? Write time_unit = \"s\"; if they are right, time_unit = \"ms\""),
        &file.place,
    );
}

/// The power of ten between the unit in the heading of the values and the circuit's unit of input.
fn value_power(reader: &Reader, heading_of_values: Option<&str>, file: &Node) -> Option<i32> {
    let text = heading(heading_of_values?).1?;
    let given = Unit::parse(text).ok().filter(|u| !u.text.is_empty())?;
    let drive = reader.units.drive.as_ref();
    if let Some(drive) = drive.filter(|d| d.dimension == given.dimension) {
        return Some(given.exponent - drive.exponent);
    }
    let unit = drive.map_or("numbers without a unit", |d| d.text.as_str());
    reader.warn(
        Error::warning(format!(
            "the heading of the values says \"{text}\", but inputs of this circuit are {unit}: the numbers were taken as they are"
        ))
        .with_help("declare units.input, or convert the values"),
        &file.place,
    );
    None
}
