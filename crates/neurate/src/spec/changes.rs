//! Changes of values by address, made to the tree before it is read.
//!
//! The place of a change is its own text, so that whatever is wrong with it is shown there.

use super::bare;
use super::keys::{no_such_address, split_arrow, squeeze};
use super::like::with_kind;
use super::source::{CHANGE, Source};
use super::value::{Entry, Node, Value};
use crate::model::Address;
use neurate_numerics::error::{Error, Place, Result};

/// A value for an address.
#[derive(Clone, Debug)]
pub struct Change {
    /// The address as it was written.
    written: String,
    address: Address,
    /// `W.E<-E=2.5`
    text: String,
    key: Place,
    value: Node,
}

impl Change {
    /// The value that an address is to have.
    pub fn new(address: &Address, value: impl Into<Value>) -> Change {
        let value = Node::from(value.into());
        let written = address.to_string();
        let text = format!("{written}={}", value.shown());
        let source = Source::new(&format!("{CHANGE}{text}"), &format!("{CHANGE}{text}"));
        let (start, end) = (CHANGE.len(), CHANGE.len() + written.len());
        let value = value.all_at(&source.place(end + 1..CHANGE.len() + text.len()));
        Change { key: source.place(start..end), written, address: address.clone(), text, value }
    }

    /// The same for an address as text. A text that is no address names nothing that there is: it is looked for, and
    /// not found.
    pub fn of(address: &str, value: impl Into<Value>) -> Change {
        Change::new(&address_of(address), value)
    }

    /// The same in the words of another one that makes it: those that [`Change::text`] gave.
    #[must_use]
    pub fn worded(mut self, text: &str) -> Change {
        self.text = text.to_string();
        self
    }

    /// A change that stands in a text: `text` is all of it, `key` the place of its address.
    pub(crate) fn written(text: &str, address: &str, key: Place, value: Node) -> Change {
        let (written, text) = (address.to_string(), text.to_string());
        Change { address: address_of(address), written, text, key, value }
    }

    /// What it changes.
    pub fn address(&self) -> &Address {
        &self.address
    }
    /// The new value.
    pub fn value(&self) -> &Value {
        &self.value.value
    }
    /// As the command line writes it: `W.E<-E=2.5`.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// Where its address stands.
    pub(super) fn place(&self) -> &Place {
        &self.key
    }
    /// The new value and its place.
    pub(super) fn node(&self) -> &Node {
        &self.value
    }

    /// Makes the change in the tree.
    pub(super) fn apply(&self, root: &mut Node) -> Result<()> {
        for path in self.expand(root)? {
            let top = path.len() == 1;
            put(root, &path, self).map_err(|()| self.unknown(root, top))?;
        }
        Ok(())
    }

    /// The paths meant: shorthands written out, `*` for every population.
    fn expand(&self, root: &Node) -> Result<Vec<Vec<String>>> {
        let populations: Vec<String> = root
            .get("populations")
            .and_then(Node::entries)
            .map(|all| all.iter().map(|e| e.key.clone()).collect())
            .unwrap_or_default();
        let path = self.address.path();
        if path.len() > 1 && ["W", "G", "connect", "delays"].contains(&path[0].as_str()) {
            return self.expand_pair(path, &populations, root);
        }
        if path.len() > 2 && path[0] == "populations" && path[1] == "*" {
            return Ok(populations
                .into_iter()
                .map(|p| {
                    let mut path = path.clone();
                    path[1] = p;
                    path
                })
                .collect());
        }
        Ok(vec![path])
    }

    /// Whether it changes weights that stand in a matrix: of a file, of an array, or in the file itself. Those are
    /// changed once the circuit has been built.
    pub(super) fn is_late(&self, root: &Node) -> bool {
        let table = root.get("W");
        match &self.address {
            Address::Entry { .. } => true,
            // A matrix takes the place of the one that stands in the file.
            Address::Weight { .. } if self.value.items().is_some() || self.value.entries().is_some() => false,
            Address::Weight { .. } => {
                let in_file = table.is_some_and(|t| t.get("file").is_some());
                let in_list = || {
                    let at = table.and_then(|t| Some(&t.entries()?[find(t, &self.address.path()[1])?]));
                    at.is_some_and(|e| e.node.items().is_some())
                };
                in_file || in_list()
            }
            _ => false,
        }
    }

    fn expand_pair(
        &self,
        mut path: Vec<String>,
        populations: &[String],
        root: &Node,
    ) -> Result<Vec<Vec<String>>> {
        let Some((to, from)) = split_arrow(&path[1]) else { return Ok(vec![path]) };
        let matching = |name: &str| -> Vec<String> {
            populations.iter().filter(|p| name == "*" || name == p.as_str()).cloned().collect()
        };
        let (to, from) = (matching(to), matching(from));
        if to.is_empty() || from.is_empty() {
            return Err(self.unknown(root, false));
        }
        let table = root.get(&path[0]);
        // One key of a table that stands in the file as written, with its *.
        if path.len() > 2 && table.is_some_and(|t| find(t, &path[1]).is_some()) {
            return Ok(vec![path]);
        }
        let mut paths = Vec::new();
        for to in &to {
            for from in &from {
                path[1] = format!("{to}<-{from}");
                if let Some(number) = in_table(table, &path, (to, from)) {
                    paths.push(number);
                    continue;
                }
                // A connection is drawn as one whole: its parts cannot be set where it is absent.
                let present = || table.is_some_and(|t| find(t, &path[1]).is_some());
                if path[0] == "connect" && !present() && !self.written.contains('*') {
                    return Err(self.unknown(root, false));
                }
                if path[0] != "connect" || present() {
                    paths.push(path.clone());
                }
            }
        }
        Ok(paths)
    }

    fn unknown(&self, root: &Node, top: bool) -> Error {
        let mut all = Vec::new();
        leaves(root, "", &mut all);
        if top {
            all.extend(TOP_KEYS.iter().map(|k| (*k).to_string()));
        }
        let score = |a: &String| {
            let whole = strsim::normalized_damerau_levenshtein(a, &self.written);
            // `populatons.E.tau` and `E.tua` should both find `populations.E.tau`.
            let tail = a.strip_prefix("populations.").unwrap_or(a);
            whole.max(strsim::normalized_damerau_levenshtein(tail, &self.written))
        };
        all.sort_by(|a, b| score(b).total_cmp(&score(a)));
        all.dedup();
        all.retain(|a| score(a) > 0.4);
        all.truncate(3);
        no_such_address(&self.written, &all, self.key.clone())
    }
}

/// Single keys of the file.
const TOP_KEYS: [&str; 5] = ["neurate", "title", "form", "seed", "h"];

fn leaves(node: &Node, path: &str, out: &mut Vec<String>) {
    let Some(entries) = node.entries() else {
        out.push(path.to_string());
        return;
    };
    for e in entries.iter().filter(|e| !(path.is_empty() && e.key == "conditions")) {
        let key = squeeze(&e.key);
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        leaves(&e.node, &path, out);
    }
}

/// The path of one pair's number in a table that a key of `[connect]` names for all pairs: the pair stands in that table then, and
/// counts before what its file gives.
fn in_table(table: Option<&Node>, path: &[String], (to, from): (&str, &str)) -> Option<Vec<String>> {
    let [connect, pair, key] = path else { return None };
    let table = table.filter(|t| connect == "connect" && find(t, pair).is_none())?;
    let stars = |e: &&Entry| split_arrow(&e.key).map(|(a, b)| u8::from(a == "*") + u8::from(b == "*"));
    let fits = |e: &&Entry| {
        split_arrow(&e.key).is_some_and(|(a, b)| (a == "*" || a == to) && (b == "*" || b == from))
    };
    let holds = table.entries()?.iter().filter(fits).min_by_key(stars)?;
    let numbers = holds.node.get(key)?;
    if numbers.get("file").is_none() && bare::of_pairs(numbers).is_none() {
        return None;
    }
    Some(vec![connect.clone(), holds.key.clone(), key.clone(), pair.clone()])
}

/// The entry of a table by key; `E<-I` also finds `"E <- I"`.
fn find(table: &Node, key: &str) -> Option<usize> {
    table.entries()?.iter().position(|e| e.key == key || squeeze(&e.key) == squeeze(key))
}

/// Puts the value at the path; what is missing on the way is made, where it may be.
fn put(node: &mut Node, path: &[String], o: &Change) -> std::result::Result<(), ()> {
    put_at(node, path, 0, o)
}

fn put_at(node: &mut Node, path: &[String], depth: usize, o: &Change) -> std::result::Result<(), ()> {
    if depth == path.len() {
        *node = o.value.clone();
        return Ok(());
    }
    let key = &path[depth];
    let top = path[0].as_str();
    // One number of an array that stands alone, or of a file.
    if ["delays", "connect", "synapses"].contains(&top)
        && let Some(table) = bare::of_pairs(node)
    {
        *node = table;
    }
    if depth == 3 && top == "populations" && path[2] == "f" {
        *node = with_kind(node);
    }
    let at = find(node, key);
    let Value::Table(entries) = &mut node.value else { return Err(()) };
    let i = match at {
        Some(i) => i,
        None => {
            // Tables with names that the user gives are never made, nor unknown ones.
            let known = match depth {
                0 if path.len() == 1 => TOP_KEYS.contains(&key.as_str()) || key == "delays",
                0 => Address::is_table(key),
                // But a whole source of input may be added.
                1 if path.len() == 2 && ["stimuli", "noise"].contains(&top) => o.value.entries().is_some(),
                1 => !["populations", "stimuli", "noise", "connect", "low_rank", "space", "conditions"]
                    .contains(&top),
                _ => true,
            };
            if !known {
                return Err(());
            }
            let value = Value::Table(Vec::new());
            let node = Node { value, place: o.key.clone() };
            entries.push(Entry { key: key.clone(), place: o.key.clone(), node });
            entries.len() - 1
        }
    };
    if depth + 1 == path.len() {
        entries[i].place = o.key.clone();
    }
    put_at(&mut entries[i].node, path, depth + 1, o)
}

fn address_of(text: &str) -> Address {
    text.parse().unwrap_or_else(|_| Address::Top(text.to_string()))
}
