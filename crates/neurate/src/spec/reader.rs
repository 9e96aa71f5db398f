//! What all parts of the reader need.

use super::cursor::{Cursor, Log};
use super::declared::Declared;
use super::table::{Files, LABELS, Table, TableOptions};
use super::value::{Node, Value};
use crate::model::Form;
use neurate_numerics::error::{Error, Place, Result};
use std::cell::RefCell;

/// What all parts of the reader need.
pub(super) struct Reader<'a> {
    /// Where the files are that the description names.
    pub files: Option<&'a dyn Files>,
    pub form: Form,
    /// Whether the weights come from `[synapses]`.
    pub mean_field: bool,
    pub units: Declared,
    pub log: Log,
    pub warnings: RefCell<Vec<Error>>,
}

impl Reader<'_> {
    pub fn warn(&self, warning: Error, place: &Place) {
        self.warnings.borrow_mut().push(warning.at(place.clone()));
    }

    /// The table that `file = ...` names, or an array in its place; and its name, for messages. Beside it, in `c`, may stand
    /// `array`, `labels`, `decimal` and `missing`. `square`: whether a square matrix is expected.
    pub fn table(&self, c: &Cursor, file: &Node, instead: &str, square: bool) -> Result<(Table, String)> {
        let options = options(c, square)?;
        let missing = c.quietly("missing").map(|n| n.number("missing")).transpose()?;
        let (mut table, name) = self.table_as_it_is(file, &options, instead)?;
        table.fill_missing(&name, missing).map_err(|e| e.at(file.place.clone()))?;
        Ok((table, name))
    }

    fn table_as_it_is(&self, file: &Node, options: &TableOptions, instead: &str) -> Result<(Table, String)> {
        if let Value::Matrix(m) = &file.value {
            return Ok((Table::dense(m.clone()), instead.to_string()));
        }
        let name = file.text().ok_or_else(|| {
            file.error("file must be a text").with_help("write the file's name in quotes: file = \"W.csv\"")
        })?;
        let Some(files) = self.files else {
            return Err(file
                .error(format!("{name} cannot be read: nobody said where files are"))
                .with_help("give an array in its place"));
        };
        let table = files.table(name, options).map_err(|e| e.at(file.place.clone()))?;
        Ok((table, name.to_string()))
    }
}

/// What stands beside `file = ...` about how it is read.
fn options(c: &Cursor, square: bool) -> Result<TableOptions> {
    let array = |n: &Node| {
        n.text().map(str::to_string).ok_or_else(|| {
            n.error(format!("array must be a text, not {}", n.value.sort()))
                .with_help("the name of one of the arrays in the file: array = \"W\"")
        })
    };
    Ok(TableOptions {
        array: c.quietly("array").map(array).transpose()?,
        labels: word(c, "labels", &LABELS)?,
        decimal: word(c, "decimal", &DECIMALS)?,
        square,
    })
}

const DECIMALS: [(&str, char); 2] = [(".", '.'), (",", ',')];

/// One word out of several, if given; it is no parameter.
fn word<T: Copy>(c: &Cursor, key: &str, words: &[(&str, T)]) -> Result<Option<T>> {
    let Some(node) = c.quietly(key) else { return Ok(None) };
    match words.iter().find(|(w, _)| node.text() == Some(w)) {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let names: Vec<_> = words.iter().map(|(w, _)| format!("\"{w}\"")).collect();
            Err(node
                .error(format!("{key} of {} is none of its words", c.what))
                .with_help(format!("one of {}", names.join(", "))))
        }
    }
}
