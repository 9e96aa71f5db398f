//! Numbers of a population from a column of a table: `h = { file = "cells.csv" }`.

use super::cursor::Cursor;
use super::labels::{Within, split};
use super::like::{LABEL, Resolved};
use super::reader::Reader;
use super::square::{check_finite, conversion};
use super::table::{Entries, Table};
use super::value::{Node, Value};
use crate::model::unit::{Unit, scale};
use neurate_numerics::error::{Error, Result};
use std::collections::HashMap;

/// Names, labels and sizes of all populations, before they are read, and which one is meant.
pub(super) struct Among<'a> {
    sizes: Vec<(&'a str, usize)>,
    labels: Vec<Option<&'a str>>,
    /// Which one is meant.
    pub own: usize,
}

impl<'a> Among<'a> {
    /// Units of all populations, if none has more than `most`.
    pub fn units(&self, most: usize) -> u64 {
        self.sizes.iter().map(|(_, size)| *size.min(&most) as u64).sum()
    }
    /// The first of all; `mean_field`: each is one unit.
    pub fn new(all: &'a [Resolved], mean_field: bool) -> Among<'a> {
        let size = |r: &Resolved| match r.node.get("size").map(|n| &n.value) {
            Some(Value::Integer(size)) if !mean_field => usize::try_from(*size).unwrap_or(1),
            _ => 1,
        };
        let labels = all.iter().map(|r| r.node.get(LABEL).and_then(Node::text)).collect();
        Among { sizes: all.iter().map(|r| (r.name.as_str(), size(r))).collect(), labels, own: 0 }
    }
    /// Its name.
    pub fn name(&self) -> &'a str {
        self.sizes[self.own].0
    }
    fn size(&self) -> usize {
        self.sizes[self.own].1
    }
    fn populations(&self) -> HashMap<&'a str, usize> {
        let labels = self.labels.iter().enumerate().filter_map(|(p, label)| Some(((*label)?, p)));
        labels.chain(self.sizes.iter().enumerate().map(|(p, (name, _))| (*name, p))).collect()
    }
}

/// Reads a number for each unit of the population. `key`: the column's name, if none is given; `what` it is, for messages.
pub(super) fn read(
    reader: &Reader,
    among: &Among,
    c: &Cursor,
    (key, what): (&str, &str),
    unit: Option<&Unit>,
) -> Result<Vec<f64>> {
    let file = c.get("file").ok_or_else(|| {
        let help = format!("write a number, or {key} = {{ file = \"cells.csv\" }}");
        c.missing_with("file", "a file with a number for each population, or for each unit", &help)
    })?;
    let column = match c.quietly("column") {
        None => None,
        Some(node) => Some(node.text().ok_or_else(|| {
            node.error("column must be a text")
                .with_help(format!("the heading of a column: column = \"{key}\""))
        })?),
    };
    let (table, name) = reader.table(c, file, key, false)?;
    let here = |e: Error| e.at(file.place.clone());
    let power = conversion(c, what, unit)?;
    c.finish()?;
    check_finite(&table, &name).map_err(here)?;
    let lines = Lines::of(table, among, key, &name);
    let column = lines.column(key, column).map_err(here)?;
    let power = match power {
        Some(power) => power,
        None => column.power(what, unit).map_err(here)?,
    };
    let numbers = lines.rows(among).map_err(here)?;
    Ok(numbers.into_iter().map(|row| scale(lines.number(row, column.at), power)).collect())
}

/// A table whose lines are populations or units, and whose columns are quantities.
struct Lines<'t> {
    file: &'t str,
    table: Table,
    /// Whether the lines are the table's columns.
    turned: bool,
}

/// A column of it.
struct Column {
    at: usize,
    /// The unit that its heading gives: `tau (ms)`.
    unit: Option<String>,
}

impl Column {
    /// The power of ten between the heading's unit and the circuit's. What is no unit is a remark.
    fn power(&self, what: &str, unit: Option<&Unit>) -> Result<i32> {
        let (Some(text), Some(unit)) = (&self.unit, unit) else { return Ok(0) };
        let Ok(given) = Unit::parse(text) else { return Ok(0) };
        if given.dimension == unit.dimension {
            return Ok(given.exponent - unit.exponent);
        }
        let (a, b) = (unit.dimension.describe(), given.dimension.describe());
        Err(Error::invalid(format!("{what} is {a}, but the column's heading says \"{text}\", which is {b}"))
            .with_help("name another column with column = \"...\", or mend the heading"))
    }
}

/// `tau (ms)` and `tau [ms]` as name and unit.
pub(super) fn heading(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    let inside = text.strip_suffix([')', ']']).and_then(|t| t.rsplit_once(['(', '[']));
    match inside {
        Some((name, unit)) if !name.trim().is_empty() => (name.trim(), Some(unit.trim())),
        _ => (text, None),
    }
}

impl<'t> Lines<'t> {
    /// A table is turned if its columns are named after populations, or if it is a single row without names.
    fn of(table: Table, among: &Among, key: &str, file: &'t str) -> Lines<'t> {
        let populations = among.populations();
        let any = |names: &Option<Vec<String>>| {
            names.as_ref().is_some_and(|all| all.iter().any(|n| split(&populations, n).is_some()))
        };
        let names_key = |names: &Option<Vec<String>>| {
            names.as_ref().is_some_and(|all| all.iter().any(|n| heading(n).0 == key))
        };
        let turned = if table.row_names.is_some() || table.col_names.is_some() {
            any(&table.col_names) && !any(&table.row_names) && !names_key(&table.col_names)
        } else {
            table.rows == 1 && table.cols > 1
        };
        Lines { file, table, turned }
    }

    fn count(&self) -> usize {
        if self.turned { self.table.cols } else { self.table.rows }
    }
    fn names(&self) -> Option<&Vec<String>> {
        if self.turned { self.table.col_names.as_ref() } else { self.table.row_names.as_ref() }
    }
    fn headings(&self) -> Option<&Vec<String>> {
        if self.turned { self.table.row_names.as_ref() } else { self.table.col_names.as_ref() }
    }
    fn number(&self, line: usize, column: usize) -> f64 {
        let (row, col) = if self.turned { (column, line) } else { (line, column) };
        match &self.table.entries {
            Entries::Dense(m) => m[(row, col)],
            Entries::Sparse(all) => all.iter().filter(|(i, j, _)| (*i, *j) == (row, col)).map(|t| t.2).sum(),
        }
    }

    /// The column that is asked for, that of the key's name, or the only one.
    fn column(&self, key: &str, asked: Option<&str>) -> Result<Column> {
        let name = asked.unwrap_or(key);
        let columns = if self.turned { self.table.rows } else { self.table.cols };
        let file = self.file;
        let Some(headings) = self.headings() else {
            if asked.is_none() && columns == 1 {
                return Ok(Column { at: 0, unit: None });
            }
            let error = Error::invalid(format!("{file} has {columns} columns without headings"));
            return Err(error.with_help(format!(
                "write headings in its first row, \"{name}\" above the numbers that are meant"
            )));
        };
        let column = |at: usize| Column { at, unit: heading(&headings[at]).1.map(str::to_string) };
        let exact = headings.iter().position(|h| h.trim() == name || heading(h).0 == name);
        let alike = || headings.iter().position(|h| heading(h).0.eq_ignore_ascii_case(name));
        if let Some(at) = exact.or_else(alike) {
            return Ok(column(at));
        }
        if asked.is_none() && columns == 1 {
            return Ok(column(0));
        }
        Err(Error::invalid(format!("{file} has no column \"{name}\"")).with_help(format!(
            "it has {}; name one: column = \"{}\"",
            headings.join(", "),
            headings[0]
        )))
    }

    /// The line of each unit of the population.
    fn rows(&self, among: &Among) -> Result<Vec<usize>> {
        match self.names() {
            Some(names) => self.named(names, among),
            None => self.unnamed(among),
        }
    }

    fn named(&self, names: &[String], among: &Among) -> Result<Vec<usize>> {
        let (own, size, file) = (among.name(), among.size(), self.file);
        let populations = among.populations();
        let mut lines: Vec<(usize, Within)> = Vec::new();
        for (line, name) in names.iter().enumerate() {
            if let Some((p, within)) = split(&populations, name)
                && p == among.own
            {
                lines.push((line, within));
            }
        }
        if let [(line, Within::Next)] = lines[..] {
            return Ok(vec![line; size]);
        }
        let numbers =
            lines.iter().filter_map(|(_, w)| if let Within::Number(i) = w { Some(*i) } else { None });
        let lowest = numbers.min().unwrap_or(0).min(1);
        let mut found = vec![None; size];
        let mut next = 0;
        for (line, within) in &lines {
            let unit = match within {
                Within::Next => next,
                Within::Index(i) => *i,
                Within::Number(i) => i - lowest,
            };
            let slot = found.get_mut(unit).filter(|slot| slot.is_none()).ok_or_else(|| {
                let text = format!("{file} has one {} too many; {own} has {size} units", names[*line]);
                Error::invalid(text).with_help(format!(
                    "name a line {own} for all its units, or one line for each: {own}[0], {own}[1], ..."
                ))
            })?;
            *slot = Some(*line);
            next = unit + 1;
        }
        found.iter().copied().collect::<Option<Vec<usize>>>().ok_or_else(|| {
            let shown = &names[..names.len().min(12)];
            let more = if names.len() > 12 { ", ..." } else { "" };
            let text = if lines.is_empty() {
                format!("{file} has no line for {own}")
            } else {
                format!("{file} has {} lines for {own}, which has {size} units", lines.len())
            };
            Error::invalid(text).with_help(format!(
                "its lines are {}{more}; name one {own}, or one for each unit {own}[0], {own}[1], ...",
                shown.join(", ")
            ))
        })
    }

    fn unnamed(&self, among: &Among) -> Result<Vec<usize>> {
        let (own, size, count) = (among.name(), among.size(), self.count());
        let (p, n) = (among.sizes.len(), among.sizes.iter().map(|(_, size)| size).sum::<usize>());
        let first: usize = among.sizes[..among.own].iter().map(|(_, size)| size).sum();
        if count == size && count == p && p > 1 {
            return Err(Error::invalid(format!(
                "{} has {count} lines without names: one for each unit of {own}, or one for each population?",
                self.file
            ))
            .with_help("name the lines in a first column, by populations or by units"));
        }
        if count == size {
            Ok((0..size).collect())
        } else if count == 1 {
            Ok(vec![0; size])
        } else if count == p {
            Ok(vec![among.own; size])
        } else if count == n {
            Ok((first..first + size).collect())
        } else {
            Err(Error::invalid(format!(
                "{} has {count} lines; {own} has {size} units, there are {p} populations and {n} units",
                self.file
            ))
            .with_help(
                "give one line for each unit of the population, for each population, or for each unit of all",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_a_name_and_perhaps_a_unit() {
        assert_eq!(heading("tau"), ("tau", None));
        assert_eq!(heading(" tau (ms) "), ("tau", Some("ms")));
        assert_eq!(heading("h [mV]"), ("h", Some("mV")));
        assert_eq!(heading("(ms)"), ("(ms)", None));
    }
}
