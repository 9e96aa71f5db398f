//! The text of a circuit file as a tree of values, each with its place.

use crate::spec::{Entry, Node, Source, Value};
use neurate_numerics::error::{Error, Result};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Parses TOML; every key and value keeps its place.
pub(super) fn parse(source: &Source) -> Result<Node> {
    parse_part(&source.text, source)
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
            let help = remedy(&what, text, &span);
            Err(Error::invalid(format!("not valid TOML: {what}")).with_help(help).at(source.place(span)))
        }
    }
}

/// What would be right, by the parser's words and the line that it stopped in.
fn remedy(what: &str, text: &str, span: &std::ops::Range<usize>) -> &'static str {
    let before = text.get(..span.start).unwrap_or("");
    let line = text[before.rfind('\n').map_or(0, |i| i + 1)..].lines().next().unwrap_or("");
    let key = line.split('=').next().unwrap_or("").trim();
    let bare = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if what.contains("duplicate") {
        "each key stands once in its table, and each [table] once in the file: leave one of them out"
    } else if (what.contains("string") || what.contains("quote")) && !what.contains("unquoted key") {
        "texts stand in quotes: f = \"linear\""
    } else if line.contains("<-") && !key.starts_with('"') {
        "a key with an arrow stands in quotes: \"E <- I\" = -1"
    } else if line.contains('=')
        && !key.is_empty()
        && !key.starts_with(['"', '\'', '[', '{'])
        && !key.chars().all(bare)
    {
        "a key with other characters than letters, digits, _ and - stands in quotes"
    } else {
        "write KEY = VALUE, one on each line: numbers without quotes, texts in quotes, lists in [ ], tables in { }"
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
            Err(_) => {
                return Err(Error::invalid("this integer is too large")
                    .with_help("write it with a decimal point or an exponent: 1e30")
                    .at(place));
            }
        },
        DeValue::Float(f) => match f.as_str().parse() {
            Ok(f) => Value::Float(f),
            Err(_) => {
                return Err(Error::invalid("this number cannot be read")
                    .with_help("numbers are written 20, 0.5 or 1e-3")
                    .at(place));
            }
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
