//! Tables with a number for each pair of populations, in place of the numbers themselves: delays, probabilities, in-degrees,
//! jumps.
//!
//! A pair beside `file` counts before what the file gives for it: so one number of a table has an address of its own.

use super::bare;
use super::crowd::Crowd;
use super::cursor::Cursor;
use super::keys::{split_arrow, squeeze};
use super::pairs::choose;
use super::reader::Reader;
use super::square::{Square, Wanted};
use super::value::{Entry, Node, Value};
use neurate_numerics::error::{Error, Place, Result};
use neurate_numerics::linalg::Matrix;
use std::sync::Arc;

/// The key of a table that was read under which its file's name stands.
const NAME: &str = "name";

/// Whether a value stands for a table of numbers, `{ file = ... }`: where numbers are expected no other table may stand.
pub(super) fn is_table(node: &Node) -> bool {
    node.entries().is_some()
}

/// Keys of an entry that are true or false for all of its pairs.
const FLAGS: [&str; 3] = ["self", "exact_row_sums", "multapses"];

/// Whether a key of an entry is one.
pub(super) fn has_tables(entry: &Entry) -> bool {
    entry.node.entries().is_some_and(|keys| keys.iter().any(|k| is_table(&k.node)))
}

/// Numbers for each pair of populations.
pub(super) struct PairTable {
    /// The file's name.
    pub name: String,
    /// To and from.
    numbers: Arc<Matrix>,
    units: Option<String>,
    /// Where the file is named.
    place: Place,
}

impl PairTable {
    /// Reads what `c` says of a file: `file`, `layout`, `order`, `units`. `one`: `a delay`; `instead`: what an array in the
    /// file's place is called.
    pub fn read(reader: &Reader, crowd: &Crowd, c: &Cursor, one: &str, instead: &str) -> Result<PairTable> {
        // The unit goes with each number to where it is read.
        let units = match c.quietly("units") {
            None => None,
            Some(node) => Some(node.text().map(str::to_string).ok_or_else(|| {
                node.error("units must be a text")
                    .with_help("the unit of the numbers in the file: units = \"ms\"")
            })?),
        };
        let wanted = Wanted { one, instead, of_units: false, converts: false };
        let square = Square::read(reader, crowd, c, &wanted, None)?;
        let place = c.require("file", "a file with a number for each pair of populations")?.place.clone();
        Ok(PairTable { numbers: square.matrix(), name: square.name, units, place })
    }

    /// The number for a pair, as a description has it.
    pub fn value(&self, to: usize, from: usize) -> Node {
        value(&self.numbers, self.units.as_deref(), &self.place, (to, from))
    }
}

/// A number of a matrix, with its unit.
fn value(numbers: &Matrix, units: Option<&str>, place: &Place, (to, from): (usize, usize)) -> Node {
    let x = numbers[(to, from)];
    let value = match units {
        None => Value::Float(x),
        Some(units) => Value::Text(format!("{x:?} {units}")),
    };
    Node { value, place: place.clone() }
}

/// A table of pairs in which the tables that keys of its entries name are read; `None` if there are none. `key` is its own.
pub(super) fn resolved(reader: &Reader, crowd: &Crowd, node: &Node, key: &str) -> Result<Option<Node>> {
    let bare = |e: &Entry| {
        e.node.entries().is_some_and(|keys| keys.iter().any(|k| bare::of_pairs(&k.node).is_some()))
    };
    let some = |all: &&[Entry]| all.iter().any(|e| has_tables(e) || bare(e));
    let Some(entries) = node.entries().filter(some) else { return Ok(None) };
    let mut all = entries.to_vec();
    for e in all.iter_mut().filter(|e| split_arrow(&e.key).is_some()) {
        let Value::Table(keys) = &mut e.node.value else { continue };
        for k in keys {
            // An array, or the name of a file, that stands alone.
            if let Some(table) = bare::of_pairs(&k.node) {
                k.node = table;
            }
            if !is_table(&k.node) || FLAGS.contains(&k.key.as_str()) {
                continue;
            }
            let what = format!("{} of \"{}\"", k.key, e.key);
            let path = format!("{key}.{}.{}", squeeze(&e.key), k.key);
            let c = Cursor::new(&k.node, &what, &path, &reader.log)?;
            let table = PairTable::read(reader, crowd, &c, &k.key, &format!("{key}.{}", k.key))?;
            let exact = choose(crowd, &c, &k.key)?;
            c.finish()?;
            let value = read_table(crowd, table, &exact);
            k.node = Node { value, place: k.node.place.clone() };
        }
    }
    Ok(Some(Node { value: Value::Table(all), place: node.place.clone() }))
}

/// A table that was read, in the tree again: the matrix itself, and the pairs that count before it.
fn read_table(crowd: &Crowd, table: PairTable, exact: &[Option<&Entry>]) -> Value {
    let p = crowd.populations.len();
    let entry = |key: &str, value: Value| Entry {
        key: key.to_string(),
        place: table.place.clone(),
        node: Node { value, place: table.place.clone() },
    };
    let mut keys = vec![entry("file", Value::Matrix(table.numbers.clone())), entry(NAME, table.name.into())];
    keys.extend(table.units.map(|units| entry("units", units.into())));
    for (k, e) in exact.iter().enumerate() {
        let Some(e) = e else { continue };
        keys.push(Entry { key: arrow(crowd, (k / p, k % p)), ..(*e).clone() });
    }
    Value::Table(keys)
}

fn arrow(crowd: &Crowd, (to, from): (usize, usize)) -> String {
    format!("{}<-{}", crowd.populations[to].name, crowd.populations[from].name)
}

/// An entry of a table that was [`resolved`], for one pair: with numbers in place of tables, and the pair as its key.
pub(super) fn entry_of_pair(crowd: &Crowd, e: &Entry, pair: (usize, usize)) -> Entry {
    let mut entry = e.clone();
    let Value::Table(keys) = &mut entry.node.value else { return entry };
    let own = arrow(crowd, pair);
    for k in keys.iter_mut().filter(|k| is_table(&k.node)) {
        if let Some(exact) = k.node.get(&own) {
            k.node = exact.clone();
        } else if let Some(Node { value: Value::Matrix(m), .. }) = k.node.get("file") {
            k.node = value(m, k.node.get("units").and_then(Node::text), &k.node.place, pair);
        }
    }
    entry.key = own.replace("<-", " <- ");
    entry
}

/// Whether a key of an entry is a table that gives 0 for the pair whose entry `exact` is.
pub(super) fn is_zero(e: &Entry, exact: &Entry, key: &str) -> bool {
    let zero = |n: &Node| matches!(n.value, Value::Float(x) if x == 0.0);
    e.node.get(key).is_some_and(is_table) && exact.node.get(key).is_some_and(zero)
}

/// Notes the addresses of an entry with tables: the numbers of a table for each of its pairs, other keys once.
pub(super) fn note(crowd: &Crowd, c: &Cursor, e: &Entry, pairs: &[(usize, usize)]) {
    for k in e.node.entries().unwrap_or_default() {
        if !is_table(&k.node) {
            let address = format!("{}.{}", c.address(&squeeze(&e.key)), k.key);
            c.note(address, || Some(k.node.listed()));
            continue;
        }
        for &pair in pairs {
            let of = entry_of_pair(crowd, e, pair);
            let address = format!("{}.{}", c.address(&arrow(crowd, pair)), k.key);
            c.note(address, || of.node.get(&k.key).map(Node::listed));
        }
    }
}

/// An error about an entry of one pair, with the pair and the file that its number came from.
pub(super) fn explain(error: Error, crowd: &Crowd, e: &Entry, (to, from): (usize, usize)) -> Error {
    let keys = e.node.entries().unwrap_or_default();
    let at = |k: &&Entry| is_table(&k.node) && error.place() == Some(&k.node.place);
    let Some(name) = keys.iter().find(at).and_then(|k| k.node.get(NAME)).and_then(Node::text) else {
        return error;
    };
    let (to, from) = (&crowd.populations[to].name, &crowd.populations[from].name);
    error.map_message(|what| format!("{what} (to {to} from {from}, in {name})"))
}
