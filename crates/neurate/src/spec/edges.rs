//! Lists of connections from files, as square tables in the circuit's order.

use super::crowd::Crowd;
use super::cursor::Cursor;
use super::labels::{Within, split};
use super::table::{Edges, Entries, Table};
use super::value::Node;
use neurate_numerics::error::{Error, Result};

/// The table of all units, or of all populations, that a list of connections stands for: who is in no connection has none.
/// Any other table stays as it is. `of_units`: whether units may be meant.
pub(super) fn complete(crowd: &Crowd, of_units: bool, c: &Cursor, table: Table, name: &str) -> Result<Table> {
    let Some(edges) = table.edges else { return Ok(table) };
    let (size, place) = match (edges, &table.row_names) {
        (Edges::Names, Some(names)) => by_names(crowd, of_units, names)?,
        (Edges::Names, None) => return Ok(table),
        (Edges::Numbers { lowest }, _) => {
            let size = if of_units { crowd.n() } else { crowd.populations.len() };
            let first = first_index(c, name, lowest, table.rows - 1, size)?;
            (size, (0..table.rows).map(|k| k.wrapping_sub(first)).collect())
        }
    };
    let entries = match &table.entries {
        Entries::Sparse(all) => all.iter().map(|&(to, from, w)| (place[to], place[from], w)).collect(),
        Entries::Dense(_) => return Ok(table),
    };
    Ok(Table { edges: Some(edges), ..Table::sparse(size, size, entries) })
}

/// What the first unit is called, 0 or 1.
fn first_index(c: &Cursor, name: &str, lowest: usize, highest: usize, size: usize) -> Result<usize> {
    let given = |node: &Node| match node.number("index") {
        Ok(x) if x == 0.0 || x == 1.0 => Ok(x as usize),
        _ => Err(node.error("index is 0 or 1").with_help("what the file calls the first unit: index = 0")),
    };
    let first = match c.quietly("index").map(given).transpose()? {
        Some(first) => first,
        None if lowest == 0 => 0,
        None if highest == size => 1,
        None => {
            return Err(Error::invalid(format!(
                "{name} names units {lowest} to {highest} of {size}: they may be counted from 0 or from 1"
            ))
            .with_help("say which, beside file = ...: index = 0 or index = 1"));
        }
    };
    if lowest < first || highest - first >= size {
        let last = size + first - 1;
        return Err(Error::invalid(format!(
            "{name} names units {lowest} to {highest}; there are {first} to {last}"
        ))
        .with_help("units are counted in the order of the populations in the circuit file"));
    }
    Ok(first)
}

/// Of which size the table is, and where each name stands in it.
fn by_names(crowd: &Crowd, of_units: bool, names: &[String]) -> Result<(usize, Vec<usize>)> {
    let index = crowd.index();
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let Some(all) = split(&index, name) else {
            return Err(Error::invalid(format!("the file names \"{name}\", and no population is called so"))
                .with_help(format!(
                    "the populations are {}; a unit is E[3], counted from 0",
                    crowd.names().join(", ")
                )));
        };
        found.push(all);
    }
    let whole = |(p, within): &(usize, Within)| matches!(within, Within::Next).then_some(*p);
    if let Some(populations) = found.iter().map(whole).collect::<Option<Vec<_>>>() {
        return unique(crowd.populations.len(), populations, names);
    }
    if !of_units {
        return Err(Error::invalid(
            "the file names units, where one number is given for each pair of populations",
        )
        .with_help(format!("name populations: {}", crowd.names().join(", "))));
    }
    let mut bounds = vec![(usize::MAX, 0); crowd.populations.len()];
    for (p, within) in &found {
        if let Within::Number(i) = within {
            let (low, high) = &mut bounds[*p];
            (*low, *high) = ((*low).min(*i), (*high).max(*i));
        }
    }
    let mut units = Vec::with_capacity(names.len());
    for ((p, within), name) in found.iter().zip(names) {
        let range = crowd.range(*p);
        let population = &crowd.populations[*p].name;
        let within = match within {
            Within::Index(i) => Some(*i),
            Within::Next if range.len() == 1 => Some(0),
            Within::Next => None,
            Within::Number(i) => match bounds[*p] {
                (0, _) => Some(*i),
                (_, high) if high == range.len() => Some(i - 1),
                _ => None,
            },
        };
        let Some(within) = within else {
            return Err(Error::invalid(format!("\"{name}\" may be one or another unit of {population}"))
                .with_help(format!("name units {population}[0] to {population}[{}]", range.len() - 1)));
        };
        if within >= range.len() {
            return Err(Error::invalid(format!(
                "\"{name}\" is none of the {} units of {population}",
                range.len()
            ))
            .with_help(format!("name units {population}[0] to {population}[{}]", range.len() - 1)));
        }
        units.push(range.start + within);
    }
    unique(crowd.n(), units, names)
}

/// Refuses two names for one line: their connections would add up.
fn unique(size: usize, place: Vec<usize>, names: &[String]) -> Result<(usize, Vec<usize>)> {
    let mut first = vec![None; size];
    for (k, &line) in place.iter().enumerate() {
        if let Some(other) = first[line].replace(k) {
            let other: &String = &names[other];
            return Err(Error::invalid(format!(
                "the file has two names for the same: \"{other}\" and \"{}\"",
                names[k]
            ))
            .with_help("write each name in one way"));
        }
    }
    Ok((size, place))
}
