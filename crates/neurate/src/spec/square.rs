//! Square tables from files or arrays: one number for each pair of units, or of populations.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::edges;
use super::labels::{self, Lines, Order};
use super::reader::Reader;
use super::table::{Entries, Table};
use crate::model::unit::{Unit, scale};
use crate::model::{Senders, Signs};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::sync::Arc;

const LAYOUTS: [(&str, Senders); 2] = [("to_from", Senders::Columns), ("from_to", Senders::Rows)];

/// The word for a layout.
pub(super) fn layout(senders: Senders) -> &'static str {
    LAYOUTS.iter().find(|(_, s)| *s == senders).map_or("", |(name, _)| name)
}

/// What is read, for messages.
pub(super) struct Wanted<'a> {
    /// `a weight`, `a delay`.
    pub one: &'a str,
    /// What an array in the file's place is called.
    pub instead: &'a str,
    /// Whether it may be given for each pair of units, too.
    pub of_units: bool,
    /// Whether `units` are converted here, to the unit that is given.
    pub converts: bool,
}

/// A square table as it was read, and what its lines stand for.
pub(super) struct Square {
    pub table: Table,
    /// The file's name, for messages.
    pub name: String,
    pub lines: Lines,
    pub senders: Senders,
    pub order: Order,
}

impl Square {
    /// Reads `file`, `layout`, `order` and `units`, and what the reader of files takes beside them.
    pub fn read(
        reader: &Reader,
        crowd: &Crowd,
        c: &Cursor,
        wanted: &Wanted,
        unit: Option<&Unit>,
    ) -> Result<Square> {
        let node = c.get("file").ok_or_else(|| {
            // The key that stands for the numbers: `p` of `connect.p`.
            let key = wanted.instead.rsplit('.').next().unwrap_or(wanted.instead);
            let help = match wanted.of_units {
                true => "write file = \"W.csv\"".to_string(),
                false => {
                    format!("write a number, or {key} = {{ file = \"{key}.csv\", layout = \"to_from\" }}")
                }
            };
            c.missing_with("file", "a file with a matrix", &help)
        })?;
        let here = |e: Error| e.at(node.place.clone());
        let order_node = c.quietly("order");
        let given = c.word("layout", &LAYOUTS)?;
        let (table, name) = reader.table(c, node, wanted.instead, true)?;
        let mut table = edges::complete(crowd, wanted.of_units, c, table, &name).map_err(here)?;
        let given = match (table.edges, given) {
            (Some(_), Some(Senders::Rows)) => {
                let e = Error::invalid(format!(
                    "{name} lists connections by the names of its columns, which say who receives"
                ));
                return Err(here(
                    e.with_help("leave layout out; swap the names pre and post if they are wrong"),
                ));
            }
            (Some(_), _) => Some(Senders::Columns),
            (None, given) => given,
        };
        let lines = lines(crowd, wanted, &table, &name).map_err(here)?;
        let order = labels::order(crowd, lines, order_node, &table, node)?;
        check_finite(&table, &name).map_err(here)?;
        let power = if wanted.converts { conversion(c, wanted.one, unit)? } else { None };
        if let Some(k) = power {
            match &mut table.entries {
                Entries::Dense(m) => *m = Arc::new(m.map(|v| scale(v, k))),
                Entries::Sparse(triplets) => triplets.iter_mut().for_each(|t| t.2 = scale(t.2, k)),
            }
        }
        let Some(senders) = given else {
            return Err(c.missing_with("layout", "which axis receives", &layout_hint(&table)));
        };
        if table.row_names.is_some() && table.col_names.is_some() && order.rows != order.columns {
            let text = format!(
                "rows and columns of {name} come in different orders; they are matched by their names"
            );
            reader.warn(Error::warning(text), &node.place);
        }
        Ok(Square { table, name, lines, senders, order })
    }

    /// Where an entry belongs: receiver and sender, in the circuit's order.
    pub fn place(&self, row: usize, col: usize) -> (usize, usize) {
        let (row, col) = (self.order.rows[row], self.order.columns[col]);
        match self.senders {
            Senders::Columns => (row, col),
            Senders::Rows => (col, row),
        }
    }

    /// Whether the table stands as the circuit keeps it.
    pub fn is_own(&self) -> bool {
        self.senders == Senders::Columns && self.order.is_own()
    }

    /// Its numbers to and from, in the circuit's order.
    pub fn matrix(&self) -> Arc<Matrix> {
        if let (Entries::Dense(m), true) = (&self.table.entries, self.is_own()) {
            return m.clone();
        }
        let mut m = Matrix::zeros(self.table.rows, self.table.cols);
        self.table.for_each(|i, j, v| m[self.place(i, j)] += v);
        Arc::new(m)
    }
}

/// What the lines stand for, by their number. If all populations have one unit both are the same.
fn lines(crowd: &Crowd, wanted: &Wanted, table: &Table, name: &str) -> Result<Lines> {
    let size = (table.rows, table.cols);
    let square = |n: usize| size == (n, n);
    let (n, p) = (crowd.n(), crowd.populations.len());
    if wanted.of_units && square(n) {
        return Ok(Lines::Units);
    }
    if square(p) {
        return Ok(Lines::Populations);
    }
    let sizes: Vec<_> = crowd.populations.iter().map(|p| format!("{} {}", p.name, p.size)).collect();
    let shape = if size.0 == size.1 { "" } else { ", which is not square" };
    let (have, help) = if wanted.of_units {
        let have = format!("the populations have {n} units ({})", sizes.join(", "));
        let help = format!("{n} x {n} gives each weight");
        let totals = format!("{help}, {p} x {p} the total that a unit of one population gets from another");
        (have, if n == p { help } else { totals })
    } else {
        (
            format!("there are {p} populations ({})", crowd.names().join(", ")),
            format!("{p} x {p} gives {} for each pair of populations", wanted.one),
        )
    };
    let error = Error::invalid(format!("{name} is {} x {}{shape}; {have}", table.rows, table.cols));
    Err(error.with_help(help))
}

pub(super) fn check_finite(table: &Table, name: &str) -> Result<()> {
    let mut bad = None;
    table.for_each(|i, j, v| {
        if !v.is_finite() && bad.is_none() {
            bad = Some((i, j, v));
        }
    });
    match bad {
        None => Ok(()),
        Some((i, j, v)) => Err(Error::invalid(format!(
            "{name} holds {v} in row {}, column {} (counted from 1)",
            i + 1,
            j + 1
        ))
        .with_help("every number here must be finite: 0 where there is nothing")),
    }
}

/// The power of ten between the file's unit and the circuit's, if the table says the file's.
pub(super) fn conversion(c: &Cursor, one: &str, unit: Option<&Unit>) -> Result<Option<i32>> {
    let Some(node) = c.quietly("units") else { return Ok(None) };
    let text = node.text().ok_or_else(|| {
        node.error("units must be a text").with_help("the unit of the numbers in the file: units = \"mV/Hz\"")
    })?;
    let given = Unit::parse(text).map_err(|e| node.error(e).with_help("for example units = \"mV/Hz\""))?;
    let Some(unit) = unit else {
        return Err(node
            .error(format!("{one} has no unit in this circuit"))
            .with_help("declare units.input, or leave units out here"));
    };
    if given.dimension != unit.dimension {
        let (a, b) = (unit.dimension.describe(), given.dimension.describe());
        let error = node.error(format!("{one} is {a} in this circuit; \"{text}\" is {b}"));
        return Err(if unit.text.is_empty() {
            error.with_help("leave units out: it is a pure number")
        } else {
            error.with_help(format!("for example units = \"{}\"", unit.text))
        });
    }
    Ok(Some(given.exponent - unit.exponent))
}

/// What the signs say about the layout: a column of one sign is a sender's, by Dale's principle.
fn layout_hint(table: &Table) -> String {
    const BOTH: &str = "layout = \"to_from\" if rows receive, \"from_to\" if columns receive";
    let signs = Signs::visit(table.rows, table.cols, |note| table.for_each(note));
    let (senders, axis, other) = match (signs.fit(Senders::Columns), signs.fit(Senders::Rows)) {
        (true, false) => (Senders::Columns, "columns", "rows"),
        (false, true) => (Senders::Rows, "rows", "columns"),
        _ => return format!("{BOTH}; the signs do not show which"),
    };
    let negative: Vec<usize> = signs.inhibitory(senders).collect();
    let first = negative.first().copied().unwrap_or(0);
    let run = negative.iter().enumerate().take_while(|(k, line)| **line == first + k).count().max(1);
    let last = first + run;
    let which = if run == 1 {
        format!("{} {last} is", axis.trim_end_matches('s'))
    } else {
        format!("{axis} {} to {last} are all", first + 1)
    };
    let layout = layout(senders);
    format!("{BOTH}; {which} <= 0, {other} are mixed: it looks like \"{layout}\"")
}
