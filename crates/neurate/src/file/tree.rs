//! The text as a tree of values, each with its place; and back to text.

use neurate_numerics::error::{Error, Place, Result};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: Value,
    pub place: Place,
}

/// The values of a circuit file.
#[derive(Clone, Debug)]
pub(super) enum Value {
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
pub(super) struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

/// A text that places point into.
#[derive(Clone)]
pub(super) struct Source {
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

/// Parses TOML; every key and value keeps its place.
pub(super) fn parse(source: &Source) -> Result<Node> {
    parse_part(source.text(), source)
}

/// Parses a part of the source that begins at the source's offset.
pub(super) fn parse_part(text: &str, source: &Source) -> Result<Node> {
    match DeTable::parse(text) {
        Ok(table) => {
            let span = table.span();
            Ok(Node { value: table_value(table.into_inner(), source)?, place: source.place(span) })
        }
        Err(e) => {
            let end = text.len();
            let span = e.span().map_or(0..0, |s| s.start.min(end)..s.end.min(end));
            let what = e.message().trim().replace('\n', ", ");
            Err(Error::invalid(format!("not valid TOML: {what}")).at(source.place(span)))
        }
    }
}

fn table_value(table: DeTable<'_>, source: &Source) -> Result<Value> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table {
        let place = source.place(key.span());
        entries.push(Entry { key: key.into_inner().into_owned(), place, node: node(value, source)? });
    }
    // The order of the file is the order of the populations.
    entries.sort_by_key(|e| e.place.span.start);
    Ok(Value::Table(entries))
}

fn node(value: Spanned<DeValue<'_>>, source: &Source) -> Result<Node> {
    let place = source.place(value.span());
    let value = match value.into_inner() {
        DeValue::String(s) => Value::Text(s.into_owned()),
        DeValue::Integer(i) => match i128::from_str_radix(i.as_str(), i.radix()) {
            Ok(i) => Value::Integer(i),
            Err(_) => return Err(Error::invalid("this integer is too large").at(place)),
        },
        DeValue::Float(f) => match f.as_str().parse() {
            Ok(f) => Value::Float(f),
            Err(_) => return Err(Error::invalid("this number cannot be read").at(place)),
        },
        DeValue::Boolean(b) => Value::Boolean(b),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(items) => {
            Value::List(items.into_iter().map(|v| node(v, source)).collect::<Result<_>>()?)
        }
        DeValue::Table(table) => table_value(table, source)?,
    };
    Ok(Node { value, place })
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
pub(super) fn quote(s: &str) -> String {
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
