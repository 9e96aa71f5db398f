//! What the rows and columns of a table stand for: units or populations, by their names or in the circuit's order.

use super::crowd::Crowd;
use super::table::{Table, identifier};
use super::value::{Node, Value};
use neurate_numerics::error::{Error, Result};
use std::collections::HashMap;

/// What the lines of a square table stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    Units,
    Populations,
}

impl Lines {
    /// How many there are.
    pub fn count(self, crowd: &Crowd) -> usize {
        match self {
            Lines::Units => crowd.n(),
            Lines::Populations => crowd.populations.len(),
        }
    }
    /// The population of a line, counted in the circuit's order.
    pub fn population(self, crowd: &Crowd, line: usize) -> usize {
        match self {
            Lines::Units => crowd.population_of(line),
            Lines::Populations => line,
        }
    }
    /// The name of a line.
    pub fn name(self, crowd: &Crowd, line: usize) -> String {
        match self {
            Lines::Units => crowd.unit_name(line),
            Lines::Populations => crowd.populations[line].name.clone(),
        }
    }
    /// The lines of one population.
    fn of(self, crowd: &Crowd, population: usize) -> std::ops::Range<usize> {
        match self {
            Lines::Units => crowd.range(population),
            Lines::Populations => population..population + 1,
        }
    }
}

/// For each row and each column of a table, the line of the circuit.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub rows: Vec<usize>,
    pub columns: Vec<usize>,
}

impl Order {
    /// Whether the table is in the circuit's own order.
    pub fn is_own(&self) -> bool {
        [&self.rows, &self.columns].iter().all(|o| o.iter().enumerate().all(|(i, k)| i == *k))
    }
}

/// Reads names and `order`. Rows and columns with names may come in any order, each in its own; where only one axis has
/// names, the other is in the same order.
pub(super) fn order(
    crowd: &Crowd,
    lines: Lines,
    node: Option<&Node>,
    table: &Table,
    file: &Node,
) -> Result<Order> {
    let declared = node.map(|node| declared(crowd, lines, node)).transpose()?;
    let read = |names: &Option<Vec<String>>, axis: &str| -> Result<Option<Vec<usize>>> {
        let Some(names) = names else { return Ok(None) };
        let found = by_names(crowd, lines, names, axis).map_err(|e| e.at(file.place.clone()))?;
        if let Some(order) = declared.as_ref().filter(|order| **order != found) {
            let k = order.iter().zip(&found).position(|(a, b)| a != b).unwrap_or(0);
            let expected = lines.name(crowd, order[k]);
            return Err(file
                .error(format!(
                    "{axis} {} of the file is named {}, where {expected} is expected",
                    k + 1,
                    names[k]
                ))
                .with_help("leave order out: the names in the file say which is which"));
        }
        Ok(Some(found))
    };
    let (rows, columns) = (read(&table.row_names, "row")?, read(&table.col_names, "column")?);
    let own = || (0..lines.count(crowd)).collect::<Vec<_>>();
    let one = rows.clone().or_else(|| columns.clone()).or(declared).unwrap_or_else(own);
    Ok(Order { rows: rows.unwrap_or_else(|| one.clone()), columns: columns.unwrap_or(one) })
}

/// `order = ["I", "E"]`.
fn declared(crowd: &Crowd, lines: Lines, node: &Node) -> Result<Vec<usize>> {
    let names = || format!("for example order = [\"{}\"]", crowd.names().join("\", \""));
    let Value::List(items) = &node.value else {
        return Err(node.error("order must be a list of the populations' names").with_help(names()));
    };
    let mut order = Vec::new();
    let mut seen = vec![false; crowd.populations.len()];
    for item in items.iter() {
        let name =
            item.text().ok_or_else(|| item.error("order holds names of populations").with_help(names()))?;
        let p = crowd.find(name).ok_or_else(|| crowd.unknown(name, &item.place))?;
        if std::mem::replace(&mut seen[p], true) {
            return Err(item.error(format!("{name} stands twice in order")).with_help(names()));
        }
        order.extend(lines.of(crowd, p));
    }
    if let Some(p) = seen.iter().position(|s| !s) {
        return Err(node.error(format!("order lacks {}", crowd.populations[p].name)).with_help(names()));
    }
    Ok(order)
}

/// What a name says of the place within its population.
#[derive(Clone, Copy)]
pub(super) enum Within {
    /// `E`: the next one.
    Next,
    /// `E[3]`: counted from 0.
    Index(usize),
    /// `E3`, `E_3`: counted from the lowest number that there is.
    Number(usize),
}

/// Lines by the names in the file: `E[3]`, `E3`, or `E` for the next unit of E.
fn by_names(crowd: &Crowd, lines: Lines, names: &[String], axis: &str) -> Result<Vec<usize>> {
    let index = crowd.index();
    if let Some(order) = by_numbers(names).filter(|_| names.iter().all(|n| !index.contains_key(n.trim()))) {
        return Ok(order);
    }
    let count = crowd.populations.len();
    let mut next: Vec<usize> = (0..count).map(|p| lines.of(crowd, p).start).collect();
    let mut seen = vec![false; lines.count(crowd)];
    let mut found = Vec::with_capacity(names.len());
    let mut lowest = vec![usize::MAX; count];
    for (k, name) in names.iter().enumerate() {
        let Some((p, within)) = split(&index, name) else { return Err(unknown(crowd, names, axis, k)) };
        if let Within::Number(i) = within {
            lowest[p] = lowest[p].min(i);
        }
        found.push((p, within));
    }
    let mut order = Vec::with_capacity(names.len());
    for (k, (p, within)) in found.into_iter().enumerate() {
        let range = lines.of(crowd, p);
        let line = match within {
            Within::Next => next[p],
            Within::Index(i) => range.start.saturating_add(i),
            // Counted from 1 as a rule, from 0 where there is a 0.
            Within::Number(i) => range.start.saturating_add(i).wrapping_sub(lowest[p].min(1)),
        };
        if !range.contains(&line) || std::mem::replace(&mut seen[line], true) {
            let population = &crowd.populations[p].name;
            let size = crowd.populations[p].size;
            let (what, help) = match lines {
                Lines::Units => (
                    format!("{population} has {size} units"),
                    format!(
                        "each unit has one {axis}: {population}[0], or {population} as often as it has units"
                    ),
                ),
                Lines::Populations => (
                    format!("{population} has a {axis} already"),
                    format!("each population has one {axis}, named by the population"),
                ),
            };
            return Err(Error::invalid(format!(
                "{axis} {} of the file: {} is one too many; {what}",
                k + 1,
                names[k]
            ))
            .with_help(help));
        }
        next[p] = line + 1;
        order.push(line);
    }
    Ok(order)
}

/// Numbers as names, each once, from 0 or from 1 on: those of the lines.
fn by_numbers(names: &[String]) -> Option<Vec<usize>> {
    let numbers: Vec<usize> = names.iter().map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
    let first = *numbers.iter().min()?;
    let mut seen = vec![false; names.len()];
    for &number in &numbers {
        let slot = seen.get_mut(number - first)?;
        if std::mem::replace(slot, true) {
            return None;
        }
    }
    (first <= 1).then(|| numbers.into_iter().map(|n| n - first).collect())
}

/// Population and place of a name.
pub(super) fn split(populations: &HashMap<&str, usize>, name: &str) -> Option<(usize, Within)> {
    let name = name.trim();
    // A name of data as the circuit has it, too: `L2/3 E` is L2_3_E.
    let find =
        |name: &str| populations.get(name).or_else(|| populations.get(identifier(name).as_str())).copied();
    if let Some(p) = populations.get(name) {
        return Some((*p, Within::Next));
    }
    let indexed = name.strip_suffix(']').and_then(|n| n.rsplit_once('['));
    if let Some((population, index)) = indexed
        && let Ok(index) = index.trim().parse()
    {
        return Some((find(population.trim())?, Within::Index(index)));
    }
    // With half a bracket it is no name, but a slip in one.
    let whole = name.matches('[').count() == name.matches(']').count();
    if let Some(p) = find(name).filter(|_| whole) {
        return Some((p, Within::Next));
    }
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (lead, number) = name.split_at(name.len() - digits);
    let population = lead.trim_end_matches(['_', '-', ' ', '.']);
    Some((find(population)?, Within::Number(number.parse().ok()?)))
}

/// The error for a name that is no population's: both lists.
fn unknown(crowd: &Crowd, names: &[String], axis: &str, k: usize) -> Error {
    const SHOWN: usize = 12;
    let list = |all: Vec<&str>| {
        let more = if all.len() > SHOWN { format!(" and {} more", all.len() - SHOWN) } else { String::new() };
        format!("{}{more}", all[..all.len().min(SHOWN)].join(", "))
    };
    let mut distinct: Vec<&str> = Vec::new();
    for name in names {
        if distinct.len() <= 4 * SHOWN && !distinct.contains(&name.as_str()) {
            distinct.push(name);
        }
    }
    Error::invalid(format!("{axis} {} of the file is named \"{}\", and no population is", k + 1, names[k])).with_help(
        format!(
            "the file names {}; the populations are {}; a unit is E[3], counted from 0, or E for the next one of E",
            list(distinct),
            list(crowd.names())
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_are_places_if_each_is_there_once() {
        assert_eq!(by_numbers(&names(&["2", "0", "1"])), Some(vec![2, 0, 1]));
        assert_eq!(by_numbers(&names(&["1", "3", "2"])), Some(vec![0, 2, 1]));
        for no in [&["2", "3"][..], &["0", "0"], &["0", "2"], &["0", "E"], &[]] {
            assert_eq!(by_numbers(&names(no)), None, "{no:?}");
        }
    }

    #[test]
    fn a_name_is_a_population_and_a_place_in_it() {
        let all: HashMap<&str, usize> = [("E", 0), ("L4", 1), ("L4I", 2)].into_iter().collect();
        assert!(matches!(split(&all, "L4"), Some((1, Within::Next))));
        assert!(matches!(split(&all, " E[3] "), Some((0, Within::Index(3)))));
        assert!(matches!(split(&all, "E_12"), Some((0, Within::Number(12)))));
        assert!(matches!(split(&all, "L4I1"), Some((2, Within::Number(1)))));
        let data: HashMap<&str, usize> = [("L2_3_E", 0), ("L2_3_E_left", 1)].into_iter().collect();
        assert!(matches!(split(&data, "L2/3 E"), Some((0, Within::Next))));
        assert!(matches!(split(&data, "L2/3 E[4]"), Some((0, Within::Index(4)))));
        assert!(matches!(split(&data, "L2/3 E 4"), Some((0, Within::Number(4)))));
        assert!(matches!(split(&data, "L2/3 E [left]"), Some((1, Within::Next))));
        for no in ["X", "E[", "E[x]", "12", "", "e"] {
            assert!(split(&all, no).is_none(), "{no}");
        }
    }
}
