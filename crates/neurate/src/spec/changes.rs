//! `--set ADDRESS=VALUE`: changes to the tree before it is read.
//!
//! The value's place is the text of the option itself, so that whatever is wrong with it is shown
//! there.

use super::cursor::no_such_address;
use super::populations::with_kind;
use super::value::{Entry, Node, Source, Value};
use super::weights::{split_arrow, squeeze};
use crate::model::Address;
use neurate_numerics::error::{Error, Place, Result};

/// The changes that `--set` asks for.
#[derive(Default)]
pub struct Overrides(Vec<Override>);

/// A change of weights that the file gives as a matrix.
pub(super) struct LateChange {
    pub address: Address,
    pub key: Place,
    pub value: Node,
}

struct Override {
    text: String,
    address: Address,
    key: Place,
    value: Node,
}

impl Overrides {
    /// Reads texts such as `W.E<-E=2.5`, `populations.*.h=3`, `run.duration=20 ms`.
    ///
    /// # Errors
    /// A text without `=`, or with nothing on one side of it.
    pub fn new(sets: &[String]) -> Result<Overrides> {
        sets.iter().map(|s| one(s)).collect::<Result<_>>().map(Overrides)
    }

    /// Makes the changes. Those of single weights in a matrix are given back: they are made once it has been built.
    pub(super) fn apply(self, root: &mut Node) -> Result<Vec<LateChange>> {
        let mut late = Vec::new();
        for o in self.0 {
            if o.is_late(root) {
                late.push(LateChange { address: o.address, key: o.key, value: o.value });
                continue;
            }
            for path in o.expand(root)? {
                let top = path.len() == 1;
                put(root, &path, &o).map_err(|()| o.unknown(root, top))?;
            }
        }
        Ok(late)
    }
}

fn one(set: &str) -> Result<Override> {
    const LEAD: &str = "--set ";
    let text = format!("{LEAD}{set}");
    let source = Source::new(&text, &text);
    let whole = source.place(LEAD.len()..text.len());
    let help = "write ADDRESS=VALUE, for example --set 'W.E<-E=2.5'";
    let Some((address, value)) = set.split_once('=') else {
        return Err(Error::invalid(format!("\"{set}\" lacks a value")).with_help(help).at(whole));
    };
    let start = LEAD.len() + address.len() + 1;
    let (lead, value) = (value.len() - value.trim_start().len(), value.trim());
    let address_start = LEAD.len() + address.len() - address.trim_start().len();
    let address = address.trim();
    if address.is_empty() || value.is_empty() {
        return Err(Error::invalid(format!("\"{set}\" lacks an address or a value"))
            .with_help(help)
            .at(whole));
    }
    let start = start + lead;
    // A TOML value; failing that, a text: --set 'run.duration=20 ms' needs no inner quotes.
    const KEY: &str = "v = ";
    let parsed =
        crate::file::text::parse_part(&format!("{KEY}{value}"), &source.at_offset(start - KEY.len())).ok();
    let text_node =
        Node { value: Value::Text(value.to_string()), place: source.place(start..start + value.len()) };
    let value = match parsed.map(|n| n.value) {
        Some(Value::Table(mut entries)) if entries.len() == 1 => entries.remove(0).node,
        _ => text_node,
    };
    let key = source.place(address_start..address_start + address.len());
    // A text that is no address names nothing that there is: it is looked for, and not found.
    let parsed = address.parse().unwrap_or_else(|_| Address::Top(address.to_string()));
    Ok(Override { text: address.to_string(), address: parsed, key, value })
}

impl Override {
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

    /// Whether it changes weights that stand in a matrix: of a file, of an array, or in the file itself.
    fn is_late(&self, root: &Node) -> bool {
        let table = root.get("W");
        match &self.address {
            Address::Entry { .. } => true,
            // A matrix takes the place of the one that stands in the file.
            Address::Weight { .. } if matches!(self.value.value, Value::List(_) | Value::Table(_)) => false,
            Address::Weight { .. } => {
                let in_file = table.is_some_and(|t| t.get("file").is_some());
                let in_list = || {
                    let at = table.and_then(|t| Some(&t.entries()?[find(t, &self.address.path()[1])?]));
                    at.is_some_and(|e| matches!(e.node.value, Value::List(_)))
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
                // A connection is drawn as one whole: its parts cannot be set where it is absent.
                let present = || table.is_some_and(|t| find(t, &path[1]).is_some());
                if path[0] == "connect" && !present() && !self.text.contains('*') {
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
            let whole = strsim::normalized_damerau_levenshtein(a, &self.text);
            // `populatons.E.tau` and `E.tua` should both find `populations.E.tau`.
            let tail = a.strip_prefix("populations.").unwrap_or(a);
            whole.max(strsim::normalized_damerau_levenshtein(tail, &self.text))
        };
        all.sort_by(|a, b| score(b).total_cmp(&score(a)));
        all.dedup();
        all.retain(|a| score(a) > 0.4);
        all.truncate(3);
        no_such_address(&self.text, &all, self.key.clone())
    }
}

/// Single keys of the file.
const TOP_KEYS: [&str; 5] = ["neurate", "title", "form", "seed", "h"];

fn leaves(node: &Node, path: &str, out: &mut Vec<String>) {
    let Some(entries) = node.entries() else {
        out.push(path.to_string());
        return;
    };
    for e in entries {
        let key = squeeze(&e.key);
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        leaves(&e.node, &path, out);
    }
}

/// The entry of a table by key; `E<-I` also finds `"E <- I"`.
fn find(table: &Node, key: &str) -> Option<usize> {
    table.entries()?.iter().position(|e| e.key == key || squeeze(&e.key) == squeeze(key))
}

/// Puts the value at the path; what is missing on the way is made, where it may be.
fn put(node: &mut Node, path: &[String], o: &Override) -> std::result::Result<(), ()> {
    put_at(node, path, 0, o)
}

fn put_at(node: &mut Node, path: &[String], depth: usize, o: &Override) -> std::result::Result<(), ()> {
    if depth == path.len() {
        *node = o.value.clone();
        return Ok(());
    }
    let key = &path[depth];
    let top = path[0].as_str();
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
                0 if path.len() == 1 => TOP_KEYS.contains(&key.as_str()),
                0 => Address::is_table(key),
                1 => !["populations", "stimuli", "noise", "connect", "low_rank", "space"].contains(&top),
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
