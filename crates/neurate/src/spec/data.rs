//! Weights from a file: layout, order of the populations, signs.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::reader::Reader;
use super::table::{Entries, Table};
use super::value::{Node, Value};
use crate::model::unit::{Unit, scale};
use crate::model::{Form, sign_allows};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::sync::Arc;

/// Weights of all units, in the circuit's order, to and from.
pub(super) enum FromFile {
    Dense(Arc<Matrix>),
    Sparse(Vec<(usize, usize, f64)>),
}

impl FromFile {
    pub fn is_sparse(&self) -> bool {
        matches!(self, FromFile::Sparse(_))
    }
    pub fn entries(&self) -> usize {
        match self {
            FromFile::Dense(m) => m.data().len(),
            FromFile::Sparse(t) => t.len(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Layout {
    ToFrom,
    FromTo,
}

const LAYOUTS: [(&str, Layout); 2] = [("to_from", Layout::ToFrom), ("from_to", Layout::FromTo)];

/// Reads the file that the table names.
pub(super) fn read(reader: &Reader, crowd: &Crowd, c: &Cursor, unit: Option<&Unit>) -> Result<FromFile> {
    let node = c.require("file", "a file with a matrix")?;
    c.quietly("default");
    let array =
        c.quietly("array").map(|n| n.text().ok_or_else(|| n.error("array must be a text"))).transpose()?;
    let here = |e: Error| e.at(node.place.clone());
    let order_node = c.quietly("order");
    let layout_given = c.word("layout", &LAYOUTS)?;
    let (mut table, name) = reader.table(node, array, "W")?;
    let name = name.as_str();
    let n = crowd.n();
    if (table.rows, table.cols) != (n, n) {
        let sizes: Vec<_> = crowd.populations.iter().map(|p| format!("{} {}", p.name, p.size)).collect();
        let square = if table.rows == table.cols { "" } else { ", which is not square" };
        return Err(here(Error::invalid(format!(
            "{name} is {} x {}{square}; the populations have {n} units ({})",
            table.rows,
            table.cols,
            sizes.join(", ")
        ))));
    }
    let order = order(crowd, order_node, &table, node)?;
    check_finite(&table, name).map_err(here)?;
    scale_to(reader, c, &mut table, unit)?;
    let Some(layout) = layout_given else {
        return Err(c.missing_with("layout", "which axis receives", &layout_hint(&table)));
    };
    check_signs(reader, crowd, &table, &order, layout, name).map_err(here)?;
    // To circuit order.
    let place = |row: usize, col: usize| match layout {
        Layout::ToFrom => (order[row], order[col]),
        Layout::FromTo => (order[col], order[row]),
    };
    Ok(match table.entries {
        // One that is in the circuit's own order is used as it is, not copied.
        Entries::Dense(m) if layout == Layout::ToFrom && order.iter().enumerate().all(|(i, o)| i == *o) => {
            FromFile::Dense(m)
        }
        Entries::Dense(m) => FromFile::Dense(Arc::new(in_order(n, m.data().iter().copied(), place))),
        Entries::Sparse(triplets) => FromFile::Sparse(
            triplets
                .into_iter()
                .map(|(i, j, v)| {
                    let (to, from) = place(i, j);
                    (to, from, v)
                })
                .collect(),
        ),
    })
}

/// Values row by row, put where they belong.
fn in_order(
    n: usize,
    values: impl Iterator<Item = f64>,
    place: impl Fn(usize, usize) -> (usize, usize),
) -> Matrix {
    let mut m = Matrix::zeros(n, n);
    for (k, v) in values.enumerate() {
        m[place(k / n, k % n)] = v;
    }
    m
}

/// For each index of the file, the unit of the circuit.
fn order(crowd: &Crowd, node: Option<&Node>, table: &Table, file: &Node) -> Result<Vec<usize>> {
    let mut order: Option<Vec<usize>> = None;
    if let Some(node) = node {
        let Value::List(items) = &node.value else {
            return Err(node.error("order must be a list of the populations' names"));
        };
        let mut units = Vec::new();
        let mut seen = vec![false; crowd.populations.len()];
        for item in items.iter() {
            let name = item.text().ok_or_else(|| item.error("order holds names of populations"))?;
            let p = crowd.find(name).ok_or_else(|| crowd.unknown(name, &item.place))?;
            if std::mem::replace(&mut seen[p], true) {
                return Err(item.error(format!("{name} stands twice in order")));
            }
            units.extend(crowd.range(p));
        }
        if let Some(p) = seen.iter().position(|s| !s) {
            return Err(node.error(format!("order lacks {}", crowd.populations[p].name)));
        }
        order = Some(units);
    }
    for (names, axis) in [(&table.row_names, "row"), (&table.col_names, "column")] {
        let Some(names) = names else { continue };
        let units = by_names(crowd, names, axis).map_err(|e| e.at(file.place.clone()))?;
        match &order {
            Some(order) if *order != units => {
                let k = order.iter().zip(&units).position(|(a, b)| a != b).unwrap_or(0);
                return Err(file
                    .error(format!(
                        "{axis} {} of the file is named {}, where {} is expected",
                        k + 1,
                        names[k],
                        crowd.unit_name(order[k])
                    ))
                    .with_help("rows and columns come in one order, that of order if it is given"));
            }
            Some(_) => {}
            None => order = Some(units),
        }
    }
    Ok(order.unwrap_or_else(|| (0..crowd.n()).collect()))
}

/// Units by the names in the file: `E[3]`, or `E` for the next unit of E.
fn by_names(crowd: &Crowd, names: &[String], axis: &str) -> Result<Vec<usize>> {
    let mut next: Vec<usize> = (0..crowd.populations.len()).map(|p| crowd.range(p).start).collect();
    let mut seen = vec![false; crowd.n()];
    let mut units = Vec::with_capacity(names.len());
    for (k, name) in names.iter().enumerate() {
        let fail = |what: String| Error::invalid(format!("{axis} {} of the file: {what}", k + 1));
        let (population, index) = match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
            Some((population, index)) => (population, index.parse::<usize>().ok()),
            None => (name.as_str(), None),
        };
        let Some(p) = crowd.find(population) else {
            return Err(fail(format!("there is no population \"{population}\""))
                .with_help(format!("there are: {}", crowd.names().join(", "))));
        };
        let range = crowd.range(p);
        let unit = index.map_or(next[p], |i| range.start.saturating_add(i));
        if !range.contains(&unit) || std::mem::replace(&mut seen[unit], true) {
            return Err(fail(format!("{name} is one too many; {population} has {} units", range.len())));
        }
        next[p] = unit + 1;
        units.push(unit);
    }
    Ok(units)
}

fn check_finite(table: &Table, name: &str) -> Result<()> {
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
        ))),
    }
}

/// Converts the file's numbers, if the table says their unit.
fn scale_to(reader: &Reader, c: &Cursor, table: &mut Table, unit: Option<&Unit>) -> Result<()> {
    let Some(node) = c.quietly("units") else { return Ok(()) };
    let text = node.text().ok_or_else(|| node.error("units must be a text"))?;
    let given = Unit::parse(text).map_err(|e| node.error(e))?;
    let Some(unit) = unit else {
        return Err(node.error("weights have no unit in this circuit").with_help("declare units.input"));
    };
    if given.dimension != unit.dimension {
        let (a, b) = (unit.dimension.describe(), given.dimension.describe());
        return Err(
            node.error(format!("a weight is {a} in form = \"{}\"; \"{text}\" is {b}", reader.form.name()))
        );
    }
    let k = given.exponent - unit.exponent;
    match &mut table.entries {
        Entries::Dense(m) => *m = Arc::new(m.map(|v| scale(v, k))),
        Entries::Sparse(triplets) => triplets.iter_mut().for_each(|t| t.2 = scale(t.2, k)),
    }
    Ok(())
}

/// What the signs say about the layout: a column of one sign is a sender's, by Dale's principle.
fn layout_hint(table: &Table) -> String {
    const BOTH: &str = "layout = \"to_from\" if rows receive, \"from_to\" if columns receive";
    let (mut columns, mut rows) = (vec![[false; 2]; table.cols], vec![[false; 2]; table.rows]);
    table.for_each(|i, j, v| {
        if v != 0.0 {
            columns[j][usize::from(v < 0.0)] = true;
            rows[i][usize::from(v < 0.0)] = true;
        }
    });
    let pure = |lines: &[[bool; 2]]| lines.iter().all(|l| !(l[0] && l[1]));
    let (senders, axis, other, layout) = match (pure(&columns), pure(&rows)) {
        (true, false) => (&columns, "columns", "rows", "to_from"),
        (false, true) => (&rows, "rows", "columns", "from_to"),
        _ => return format!("{BOTH}; the signs do not tell"),
    };
    let negative = |l: &[bool; 2]| l[1];
    let first = senders.iter().position(negative).unwrap_or(0);
    let run = senders[first..].iter().take_while(|l| negative(l)).count().max(1);
    let last = first + run;
    let which = if run == 1 {
        format!("{} {last} is", axis.trim_end_matches('s'))
    } else {
        format!("{axis} {} to {last} are all", first + 1)
    };
    format!("{BOTH}; {which} <= 0, {other} are mixed: it looks like \"{layout}\"")
}

/// Holds every weight to its sender's kind.
fn check_signs(
    reader: &Reader,
    crowd: &Crowd,
    table: &Table,
    order: &[usize],
    layout: Layout,
    name: &str,
) -> Result<()> {
    let wrong = |from: usize, v: f64| {
        !sign_allows(reader.form, crowd.populations[crowd.population_of(order[from])].kind, v)
    };
    let (mut bad, mut bad_if_transposed) = (None, false);
    table.for_each(|i, j, v| {
        let (from, to) = if layout == Layout::ToFrom { (j, i) } else { (i, j) };
        if bad.is_none() && wrong(from, v) {
            bad = Some((i, j, v, from, to));
        }
        bad_if_transposed |= wrong(to, v);
    });
    let Some((i, j, v, from, to)) = bad else { return Ok(()) };
    let (sender, to) = (&crowd.populations[crowd.population_of(order[from])], crowd.unit_name(order[to]));
    let from = crowd.unit_name(order[from]);
    let at = format!("row {}, column {} of {name} (counted from 1)", i + 1, j + 1);
    if reader.form == Form::Conductance {
        return Err(Error::invalid(format!("{at} is {v}: a conductance is never negative")));
    }
    let error =
        Error::invalid(format!("{from} is {} but its weight onto {to} is {v:+}: {at}", sender.kind.name()));
    let other = LAYOUTS.iter().find(|(_, l)| *l != layout).map_or("", |(name, _)| name);
    Err(if bad_if_transposed {
        error.with_help(format!("change the weight, or set {}'s kind to \"unconstrained\"", sender.name))
    } else {
        error.with_help(format!("all signs are right in the transpose: did you mean layout = \"{other}\"?"))
    })
}
