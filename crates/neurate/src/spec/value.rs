//! A description as a tree of values, each with its place; and as text.

use neurate_numerics::error::{Error, Place, Result};
use std::ops::Range;
use std::sync::Arc;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub value: Value,
    pub place: Place,
}

/// The values of a circuit file.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i128),
    Float(f64),
    Boolean(bool),
    Date,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

/// A text that places point into.
#[derive(Clone)]
pub(crate) struct Source {
    name: Arc<str>,
    text: Arc<str>,
    /// Where the parsed part begins in the text.
    offset: usize,
}

impl Source {
    pub fn new(name: &str, text: &str) -> Source {
        Source { name: name.into(), text: text.into(), offset: 0 }
    }
    pub fn text(&self) -> &str {
        &self.text
    }
    pub fn at_offset(&self, offset: usize) -> Source {
        Source { offset, ..self.clone() }
    }
    pub fn place(&self, span: Range<usize>) -> Place {
        let span = span.start + self.offset..span.end + self.offset;
        Place { source: self.name.clone(), text: self.text.clone(), span }
    }
}

impl Value {
    /// What sort of value it is, for messages.
    pub fn sort(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Boolean(_) => "true or false",
            Value::Date => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

impl Node {
    /// The entries, if this is a table.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }
    /// The value of a key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|e| e.key == key).map(|e| &e.node)
    }
    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(s) => Some(s),
            _ => None,
        }
    }
    /// An error here.
    pub fn error(&self, message: impl Into<String>) -> Error {
        Error::invalid(message).at(self.place.clone())
    }
    /// A finite number.
    pub fn number(&self, what: &str) -> Result<f64> {
        let x = match self.value {
            Value::Integer(i) => i as f64,
            Value::Float(f) => f,
            _ => return Err(self.error(format!("{what} must be a number, not {}", self.value.sort()))),
        };
        if x.is_finite() {
            return Ok(x);
        }
        Err(self.error(format!("{what} is {x}; every number here must be finite")))
    }
    /// The value as TOML text.
    pub fn render(&self) -> String {
        match &self.value {
            Value::Text(s) => quote(s),
            Value::Integer(i) => i.to_string(),
            Value::Float(f) => format!("{f:?}"),
            Value::Boolean(b) => b.to_string(),
            Value::Date => String::new(),
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(Node::render).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(entries) => {
                let items: Vec<_> =
                    entries.iter().map(|e| format!("{} = {}", quote_key(&e.key), e.node.render())).collect();
                format!("{{ {} }}", items.join(", "))
            }
        }
    }
}

/// A text as TOML writes it.
pub(crate) fn quote(s: &str) -> String {
    let mut out = String::from("\"");
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn quote_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_string() } else { quote(key) }
}
