//! A cursor over one table: it hands out values by key, and knows afterwards which keys nobody
//! asked for. What was asked for is also the list of addresses that can be changed.

use super::examples::example;
use super::keys::{close, nearest, no_such_address};
use super::quantity::quantity;
use super::source::is_change;
use super::value::{Entry, Node, Value};
use crate::model::unit::Unit;
use neurate_numerics::error::{Error, Place, Result};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The addresses that were asked for, in order, if anybody wants to know them.
#[derive(Clone, Default)]
pub(super) struct Log(Option<Rc<RefCell<Vec<Noted>>>>);

/// An address that was asked for, and its value as a file writes it, or its default.
pub(super) struct Noted {
    pub address: String,
    pub value: Option<String>,
}

impl Log {
    /// A log that is wanted.
    pub fn wanted() -> Log {
        Log(Some(Rc::default()))
    }
    /// Notes an address. A value that was noted before stays.
    fn note(&self, address: String, value: impl FnOnce() -> Option<String>) {
        let Some(log) = &self.0 else { return };
        let mut log = log.borrow_mut();
        if let Some(old) = log.iter_mut().find(|a| a.address == address) {
            old.value = old.value.take().or_else(value);
        } else {
            log.push(Noted { address, value: value() });
        }
    }
    /// What was noted.
    pub fn take(&self) -> Vec<Noted> {
        self.0.as_ref().map(|log| log.take()).unwrap_or_default()
    }
}

/// One table of the file.
pub(super) struct Cursor<'a> {
    /// What the table is, for messages: `population E`.
    pub what: String,
    /// Where it stands, for what is missing in it.
    pub place: Place,
    /// Address of the table itself.
    path: String,
    entries: &'a [Entry],
    used: Vec<Cell<bool>>,
    known: RefCell<Vec<String>>,
    log: Log,
}

impl<'a> Cursor<'a> {
    pub fn new(node: &'a Node, what: &str, path: &str, log: &Log) -> Result<Cursor<'a>> {
        let Some(entries) = node.entries() else {
            let key = path.rsplit('.').next().unwrap_or(path);
            let help = match example(key).filter(|value| value.starts_with('{')) {
                Some(value) => format!("{key} = {value}"),
                None if what.starts_with('[') => {
                    format!("write {what} on a line of its own and its keys below")
                }
                None => format!("a table holds keys and values: {key} = {{ KEY = VALUE }}"),
            };
            return Err(node
                .error(format!("{what} must be a table, not {}", node.value.sort()))
                .with_help(help));
        };
        Ok(Cursor {
            what: what.to_string(),
            place: node.place.clone(),
            path: path.to_string(),
            entries,
            used: vec![Cell::new(false); entries.len()],
            known: RefCell::default(),
            log: log.clone(),
        })
    }

    /// A cursor over a table below this one.
    pub fn below(&self, key: &str, node: &'a Node, what: &str) -> Result<Cursor<'a>> {
        Cursor::new(node, what, &self.address(key), &self.log)
    }

    pub fn address(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_string() } else { format!("{}.{key}", self.path) }
    }

    /// Notes that a change takes this address.
    pub fn note(&self, address: String, value: impl FnOnce() -> Option<String>) {
        self.log.note(address, value);
    }

    /// The value of a key that is a table, or no parameter: it gets no address of its own.
    pub fn quietly(&self, key: &str) -> Option<&'a Node> {
        let mut known = self.known.borrow_mut();
        if !known.iter().any(|k| k == key) {
            known.push(key.to_string());
        }
        let i = self.entries.iter().position(|e| e.key == key)?;
        self.used[i].set(true);
        Some(&self.entries[i].node)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        let node = self.quietly(key);
        match node {
            Some(n) if n.entries().is_some() => {}
            _ => self.note(self.address(key), || node.map(Node::listed)),
        }
        node
    }

    /// The value of a key that has a default.
    pub fn get_or(&self, key: &str, default: &str) -> Option<&'a Node> {
        let node = self.get(key);
        if node.is_none() {
            self.note(self.address(key), || Some(default.to_string()));
        }
        node
    }

    /// The value of a key that must be there.
    pub fn require(&self, key: &str, meaning: &str) -> Result<&'a Node> {
        match self.get(key) {
            Some(node) => Ok(node),
            None => Err(self.missing(key, meaning)),
        }
    }

    /// The error for a key that is missing: a misspelled one, if there is one, with its own help.
    pub fn missing_with(&self, key: &str, meaning: &str, help: &str) -> Error {
        self.misspelled(key).unwrap_or_else(|| self.absent(key, meaning).with_help(help))
    }

    /// [`missing_with`](Self::missing_with) an example of the key as help.
    pub fn missing(&self, key: &str, meaning: &str) -> Error {
        self.misspelled(key).unwrap_or_else(|| {
            let help = example(key).map(|value| format!("write {key} = {value}"));
            self.absent(key, meaning).with_help(help.unwrap_or_else(|| format!("write {key} = VALUE")))
        })
    }

    fn misspelled(&self, key: &str) -> Option<Error> {
        self.unused().find(|e| close(&e.key, key)).map(|entry| self.unknown(entry))
    }

    fn absent(&self, key: &str, meaning: &str) -> Error {
        Error::invalid(format!("{} needs {key}: {meaning}", self.what)).at(self.place.clone())
    }

    /// A quantity of a key, or its default, in the circuit's unit.
    pub fn quantity_or(&self, key: &str, what: &str, unit: Option<&Unit>, default: f64) -> Result<f64> {
        let node = self.get_or(key, &format!("{default:?}"));
        Ok(node.map(|n| quantity(n, what, unit)).transpose()?.unwrap_or(default))
    }

    /// A text of a key, if given.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>> {
        let Some(node) = self.get(key) else { return Ok(None) };
        match node.text() {
            Some(text) => Ok(Some(text)),
            None => Err(node.error(format!("{key} must be a text, not {}", node.value.sort())).with_help(
                match example(key).filter(|value| value.starts_with('"')) {
                    Some(value) => format!("for example {key} = {value}"),
                    None => "write it in quotes".to_string(),
                },
            )),
        }
    }

    /// One word out of several, if given.
    pub fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        if let Some((_, value)) = words.iter().find(|(w, _)| *w == text) {
            return Ok(Some(*value));
        }
        let names: Vec<_> = words.iter().map(|(w, _)| format!("\"{w}\"")).collect();
        let meant = nearest(text, words.iter().map(|(w, _)| *w));
        let help = match meant {
            Some(word) => format!("did you mean \"{word}\"? One of {}", names.join(", ")),
            None => format!("one of {}", names.join(", ")),
        };
        let node = self.get(key).expect("its text was read");
        Err(node.error(format!("{key} of {} is \"{text}\"", self.what)).with_help(help))
    }

    /// A yes or no, if given.
    pub fn boolean_or(&self, key: &str, default: bool) -> Result<bool> {
        match self.get_or(key, if default { "true" } else { "false" }) {
            None => Ok(default),
            Some(Node { value: Value::Boolean(b), .. }) => Ok(*b),
            Some(n) => Err(n
                .error(format!("{key} must be true or false, not {}", n.value.sort()))
                .with_help(format!("write {key} = true or {key} = false, without quotes"))),
        }
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// The entries that nobody has asked for yet.
    pub fn unused(&self) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().zip(&self.used).filter(|(_, used)| !used.get()).map(|(e, _)| e)
    }

    /// Refuses the first key that nobody asked for.
    pub fn finish(&self) -> Result<()> {
        match self.unused().next() {
            Some(entry) => Err(self.unknown(entry)),
            None => Ok(()),
        }
    }

    fn unknown(&self, entry: &Entry) -> Error {
        let key = &entry.key;
        let known = self.known.borrow();
        let meant = nearest(key, known.iter().map(String::as_str));
        if is_change(&entry.place) {
            let closest: Vec<_> = match meant {
                Some(k) => vec![self.address(k)],
                None => known.iter().map(|k| self.address(k)).collect(),
            };
            return no_such_address(&self.address(key), &closest, entry.place.clone());
        }
        let table = if entry.node.entries().is_some() && self.path.is_empty() { "table" } else { "key" };
        let (mut message, show): (_, fn(&str) -> String) = if table == "table" {
            (format!("unknown table [{key}]"), |k| format!("[{k}]"))
        } else {
            (format!("unknown key \"{key}\""), |k| k.to_string())
        };
        if !self.path.is_empty() {
            message += &format!(" in {}", self.what);
        }
        let help = match meant {
            Some(meant) => format!("did you mean {}?", show(meant)),
            None => format!("what may stand here: {}", known.join(", ")),
        };
        Error::invalid(message).with_help(help).at(entry.place.clone())
    }
}
