//! Lists of connections: a line for each, with columns such as `pre, post, weight`, in any order.

use super::cells::records;
use super::format::Format;
use super::numbers::{Cell, cell};
use crate::spec::{Edges, Table};
use neurate_numerics::error::{Error, Result};
use std::collections::HashMap;

const PRE: [&str; 8] = ["pre", "source", "from", "sender", "presynaptic", "pre_id", "source_id", "from_id"];
const POST: [&str; 8] = ["post", "target", "to", "receiver", "postsynaptic", "post_id", "target_id", "to_id"];
const WEIGHT: [&str; 5] = ["weight", "w", "strength", "value", "weights"];

/// Above this, numbers in a list of connections are names (keys of a data base), not indices.
const MAX_INDEX: usize = 10_000_000;

/// The columns of a list of connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pre: usize,
    post: usize,
    weight: usize,
}

/// The columns that a first row names, if the file is a list of connections.
///
/// # Errors
/// It is one, but has no weights.
pub(super) fn columns(first_row: &[String]) -> Result<Option<Columns>> {
    let find = |words: &[&str]| {
        let is = |cell: &String| words.iter().any(|w| w.eq_ignore_ascii_case(cell));
        first_row.iter().position(is)
    };
    let (Some(pre), Some(post)) = (find(&PRE), find(&POST)) else { return Ok(None) };
    match find(&WEIGHT) {
        Some(weight) => Ok(Some(Columns { pre, post, weight })),
        None => Err(Error::invalid(format!(
            "its columns {} and {} make it a list of connections, but none is called weight",
            first_row[pre], first_row[post]
        ))
        .with_help(format!(
            "name the columns pre, post and weight (value, of what is no weight); there are: {}",
            first_row.join(", ")
        ))),
    }
}

/// The table of the connections that a text lists: rows receive.
///
/// # Errors
/// A line is none, or two are about the same connection.
pub(super) fn table(text: &str, format: Format, columns: Columns) -> Result<Table> {
    let mut list: Vec<(u64, String, String, f64)> = Vec::new();
    let mut first = true;
    let mut missing_line = None;
    records(text, format.separator, |line, cells| {
        if std::mem::take(&mut first) || cells.iter().all(|c| c.is_empty()) {
            return Ok(());
        }
        let get = |k: usize, what: &str| match cells.get(k) {
            Some(c) if !c.is_empty() => Ok(c),
            _ => Err(Error::invalid(format!("line {line} has no {what}"))
                .with_help("a line of a list of connections is: pre, post, weight")),
        };
        let (pre, post) = (get(columns.pre, "sender")?, get(columns.post, "receiver")?);
        let weight = cells.get(columns.weight).map_or("", |c| c);
        let weight = match cell(weight, format.decimal_comma) {
            Cell::Number(x) => x,
            Cell::Missing => {
                missing_line = missing_line.or(Some(line));
                f64::NAN
            }
            Cell::Text => {
                return Err(Error::invalid(format!("line {line}: the weight \"{weight}\" is not a number"))
                    .with_help("a line of a list of connections is: pre, post, weight"));
            }
        };
        list.push((line, pre.to_string(), post.to_string(), weight));
        Ok(())
    })?;
    if list.is_empty() {
        return Err(Error::invalid("it lists no connections").with_help("a line is: pre, post, weight"));
    }
    let number = |name: &String| name.parse::<usize>().ok().filter(|k| *k <= MAX_INDEX);
    let numbers = list.iter().all(|(_, a, b, _)| number(a).is_some() && number(b).is_some());
    let mut names = Names::default();
    let mut lowest = usize::MAX;
    let mut entries = Vec::with_capacity(list.len());
    for (_, pre, post, weight) in &list {
        let (from, to) = match (number(pre), number(post)) {
            (Some(from), Some(to)) if numbers => (from, to),
            _ => (names.index(pre), names.index(post)),
        };
        lowest = lowest.min(from).min(to);
        entries.push((to, from, *weight));
    }
    check_once(&list, &entries)?;
    let n = entries.iter().map(|(to, from, _)| to.max(from) + 1).max().unwrap_or(0);
    let mut table = Table::sparse(n, n, entries);
    table.missing_line = missing_line;
    table.edges = Some(if numbers { Edges::Numbers { lowest } } else { Edges::Names });
    Ok(if numbers { table } else { table.named(Some(names.all.clone()), Some(names.all)) })
}

/// Names in the order in which they come.
#[derive(Default)]
struct Names {
    all: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    fn index(&mut self, name: &str) -> usize {
        if let Some(k) = self.places.get(name) {
            return *k;
        }
        self.all.push(name.to_string());
        self.places.insert(name.to_string(), self.all.len() - 1);
        self.all.len() - 1
    }
}

/// Refuses two lines about the same connection.
fn check_once(list: &[(u64, String, String, f64)], entries: &[(usize, usize, f64)]) -> Result<()> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let key = |k: &usize| (entries[*k].0, entries[*k].1);
    order.sort_by_key(key);
    let Some(w) = order.windows(2).find(|w| key(&w[0]) == key(&w[1])) else { return Ok(()) };
    let ((line, pre, post, _), (again, ..)) = (&list[w[0]], &list[w[1]]);
    Err(Error::invalid(format!("lines {line} and {again} both give the connection from {pre} to {post}"))
        .with_help("sum them into one line, or leave one out"))
}
