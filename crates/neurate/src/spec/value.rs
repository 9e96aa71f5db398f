//! A description as a tree of values, each with its place.

use neurate_numerics::error::{Error, Place, Result};
use neurate_numerics::linalg::Matrix;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

/// A value of a description.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value {
    /// A word, a name, or a quantity with its unit.
    Text(String),
    /// A whole number.
    Integer(i128),
    /// A number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A date, which no key takes.
    Date,
    /// Values, each with a place of its own.
    List(Arc<[Node]>),
    /// Numbers given as an array; shared, never copied.
    Vector(Arc<[f64]>),
    /// Rows of numbers given as an array; shared, never copied.
    Matrix(Arc<Matrix>),
    /// Keys and their values, in the order in which they were given.
    Table(Vec<Entry>),
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands, for messages.
    pub place: Place,
}

/// A key of a table and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// Its value.
    pub node: Node,
}

/// The place of what stands in no text.
pub(crate) fn nowhere() -> Place {
    Place { source: "".into(), text: "".into(), span: 0..0 }
}

macro_rules! value_from {
    ($($type:ty => |$x:ident| $value:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($x: $type) -> Self {
                $value
            }
        })*
    };
}

value_from! {
    f64 => |x| Value::Float(x);
    i32 => |x| Value::Integer(x.into());
    i64 => |x| Value::Integer(x.into());
    u64 => |x| Value::Integer(x.into());
    usize => |x| Value::Integer(x as i128);
    bool => |x| Value::Boolean(x);
    &str => |x| Value::Text(x.to_string());
    String => |x| Value::Text(x);
    Vec<f64> => |x| Value::Vector(x.into());
    Arc<[f64]> => |x| Value::Vector(x);
    Matrix => |x| Value::Matrix(Arc::new(x));
    Arc<Matrix> => |x| Value::Matrix(x);
    Vec<Value> => |x| Value::List(x.into_iter().map(Node::from).collect());
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Node { value, place: nowhere() }
    }
}

impl Value {
    /// A table of these keys.
    pub fn table<K: Into<String>, V: Into<Value>>(entries: impl IntoIterator<Item = (K, V)>) -> Value {
        let entry = |(key, value): (K, V)| Entry {
            key: key.into(),
            place: nowhere(),
            node: Node::from(value.into()),
        };
        Value::Table(entries.into_iter().map(entry).collect())
    }

    /// What sort of value it is, for messages.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Boolean(_) => "true or false",
            Value::Date => "a date",
            Value::List(_) | Value::Vector(_) | Value::Matrix(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// The items of a list or of an array.
#[derive(Clone, Copy)]
pub(crate) enum Items<'a> {
    Nodes(&'a [Node]),
    Numbers(&'a [f64], &'a Place),
    Rows(&'a Matrix, &'a Place),
}

impl<'a> Items<'a> {
    pub fn len(self) -> usize {
        match self {
            Items::Nodes(all) => all.len(),
            Items::Numbers(all, _) => all.len(),
            Items::Rows(m, _) => m.rows(),
        }
    }
    /// Item `k`. One of an array is made when it is asked for.
    pub fn get(self, k: usize) -> Cow<'a, Node> {
        match self {
            Items::Nodes(all) => Cow::Borrowed(&all[k]),
            Items::Numbers(all, place) => {
                Cow::Owned(Node { value: Value::Float(all[k]), place: place.clone() })
            }
            Items::Rows(m, place) => {
                Cow::Owned(Node { value: Value::Vector(m.row(k).into()), place: place.clone() })
            }
        }
    }
    pub fn iter(self) -> impl Iterator<Item = Cow<'a, Node>> {
        (0..self.len()).map(move |k| self.get(k))
    }
}

impl Node {
    /// The entries, if this is a table.
    pub(crate) fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }
    /// The items, if this is a list or an array.
    pub(crate) fn items(&self) -> Option<Items<'_>> {
        match &self.value {
            Value::List(all) => Some(Items::Nodes(all)),
            Value::Vector(all) => Some(Items::Numbers(all, &self.place)),
            Value::Matrix(m) => Some(Items::Rows(m, &self.place)),
            _ => None,
        }
    }
    /// The items of a list, or else the one value.
    pub(crate) fn one_or_more(&self) -> &[Node] {
        match &self.value {
            Value::List(all) => all,
            _ => std::slice::from_ref(self),
        }
    }
    /// The value of a key, if this is a table that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|e| e.key == key).map(|e| &e.node)
    }
    /// The text, if this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(s) => Some(s),
            _ => None,
        }
    }
    /// An error here.
    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        Error::invalid(message).at(self.place.clone())
    }
    /// A finite number.
    pub(crate) fn number(&self, what: &str) -> Result<f64> {
        let x = match self.value {
            Value::Integer(i) => i as f64,
            Value::Float(f) => f,
            _ => {
                return Err(self
                    .error(format!("{what} must be a number, not {}", self.value.sort()))
                    .with_help("write a number without quotes, such as 0.5"));
            }
        };
        if x.is_finite() {
            return Ok(x);
        }
        Err(self
            .error(format!("{what} is {x}; every number here must be finite"))
            .with_help("write a finite number, or leave the key out if it has a default"))
    }

    /// The same with one place for all that is in it.
    pub(crate) fn all_at(mut self, place: &Place) -> Node {
        match &mut self.value {
            Value::Table(entries) => {
                for e in entries {
                    e.place = place.clone();
                    e.node = std::mem::replace(&mut e.node, Node::from(Value::Date)).all_at(place);
                }
            }
            Value::List(items) => {
                *items = items.iter().map(|n| n.clone().all_at(place)).collect();
            }
            _ => {}
        }
        self.place = place.clone();
        self
    }
}

/// As plain data: places are left out.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.value {
            Value::Text(text) => s.serialize_str(text),
            Value::Integer(i) => match i64::try_from(*i) {
                Ok(i) => s.serialize_i64(i),
                Err(_) => s.serialize_i128(*i),
            },
            Value::Float(x) => s.serialize_f64(*x),
            Value::Boolean(b) => s.serialize_bool(*b),
            Value::Date => s.serialize_unit(),
            Value::List(items) => s.collect_seq(items.iter()),
            Value::Vector(x) => s.collect_seq(x.iter()),
            Value::Matrix(m) => s.collect_seq((0..m.rows()).map(|i| m.row(i))),
            Value::Table(entries) => {
                let mut map = s.serialize_map(Some(entries.len()))?;
                for e in entries {
                    map.serialize_entry(&e.key, &e.node)?;
                }
                map.end()
            }
        }
    }
}
