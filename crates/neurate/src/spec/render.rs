//! Values as TOML text.

use super::value::{Entry, Node, Value};
use neurate_numerics::error::Place;
use std::fmt::Write;
use std::sync::Arc;

/// Arrays with more numbers than this are named, not written out, in the text of a change.
const MAX_SHOWN: usize = 32;

impl Node {
    /// The value as TOML text.
    pub(crate) fn render(&self) -> String {
        match &self.value {
            Value::Text(s) => quote(s),
            Value::Integer(i) => i.to_string(),
            Value::Float(f) => format!("{f:?}"),
            Value::Boolean(b) => b.to_string(),
            Value::Date => String::new(),
            Value::List(items) => list(items.iter().map(Node::render)),
            Value::Vector(x) => numbers(x),
            Value::Matrix(m) => list((0..m.rows()).map(|i| numbers(m.row(i)))),
            Value::Table(entries) => {
                let items: Vec<_> =
                    entries.iter().map(|e| format!("{} = {}", quote_key(&e.key), e.node.render())).collect();
                format!("{{ {} }}", items.join(", "))
            }
        }
    }

    /// The value as a text in which every matrix that stands in a file's place is named after the table that it stands in.
    fn with_names(&self, name: &str) -> String {
        let Value::Table(entries) = &self.value else { return self.render() };
        let named = |e: &Entry| match &e.node.value {
            Value::Matrix(_) if e.key == "file" => quote(name),
            _ => e.node.with_names(&format!("{name}.{}", e.key)),
        };
        let items: Vec<_> = entries.iter().map(|e| format!("{} = {}", quote_key(&e.key), named(e))).collect();
        format!("{{ {} }}", items.join(", "))
    }

    /// The value in the list of addresses: a matrix by its size.
    pub(crate) fn listed(&self) -> String {
        if matches!(self.value, Value::Matrix(_)) { self.shown() } else { self.render() }
    }

    /// The value as the text of a change shows it: quantities without quotes, large arrays by their size.
    pub(crate) fn shown(&self) -> String {
        match &self.value {
            Value::Text(s) if s.starts_with(|c: char| c.is_ascii_digit() || c == '-') && s.contains(' ') => {
                s.clone()
            }
            Value::Vector(x) if x.len() > MAX_SHOWN => format!("(an array of {} numbers)", x.len()),
            Value::Matrix(m) if m.data().len() > MAX_SHOWN => {
                format!("(an array of {} x {} numbers)", m.rows(), m.cols())
            }
            Value::Table(entries) => {
                let item = |e: &Entry| format!("{} = {}", quote_key(&e.key), e.node.in_table());
                format!("{{ {} }}", entries.iter().map(item).collect::<Vec<_>>().join(", "))
            }
            _ => self.render(),
        }
    }

    /// The value within a table that is shown: texts keep their quotes.
    fn in_table(&self) -> String {
        if matches!(self.value, Value::Text(_)) { self.render() } else { self.shown() }
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn numbers(x: &[f64]) -> String {
    list(x.iter().map(|x| format!("{x:?}")))
}

impl Node {
    /// The same with the place of every value in a text of its own: the keys that lead to it, and the value if it is
    /// short. For what stands in no text.
    pub(super) fn located(mut self, source: &Arc<str>, path: &str) -> Node {
        let short =
            !matches!(self.value, Value::Table(_) | Value::List(_) | Value::Vector(_) | Value::Matrix(_));
        let text = if short { format!("{path} = {}", self.render()) } else { path.to_string() };
        let start = if short { path.len() + 3 } else { 0 };
        let text: Arc<str> = text.into();
        self.place = Place { source: source.clone(), span: start..text.len(), text };
        if let Value::Table(entries) = &mut self.value {
            for e in entries {
                let lead = if path.is_empty() { String::new() } else { format!("{path}.") };
                let path = format!("{lead}{}", quote_key(&e.key));
                let node = std::mem::replace(&mut e.node, Node::from(Value::Date));
                e.node = node.located(source, &path);
                e.place = Place { span: 0..path.len(), ..e.node.place.clone() };
            }
            return self;
        }
        let place = self.place.clone();
        self.all_at(&place)
    }
}

/// A whole description as the text of a circuit file: single keys first, then a section for each table. A matrix
/// stands in for its table's file and is named after that table.
pub(super) fn document(root: &Node) -> String {
    let entries = root.entries().unwrap_or_default();
    let (tables, single): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|e| e.node.entries().is_some());
    let mut text = String::new();
    for e in single {
        let _ = writeln!(text, "{} = {}", quote_key(&e.key), e.node.render());
    }
    for table in tables {
        let _ = writeln!(text, "\n[{}]", quote_key(&table.key));
        for e in table.node.entries().unwrap_or_default() {
            let value = match &e.node.value {
                Value::Matrix(_) if e.key == "file" => quote(&table.key),
                _ => e.node.with_names(&format!("{}.{}", table.key, e.key)),
            };
            let _ = writeln!(text, "{} = {value}", quote_key(&e.key));
        }
    }
    text
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

pub(crate) fn quote_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_string() } else { quote(key) }
}
