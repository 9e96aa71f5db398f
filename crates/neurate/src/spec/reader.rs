//! What all parts of the reader need.

use super::cursor::Log;
use super::declared::Declared;
use super::table::{Files, Table};
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

    /// The table that `file = ...` names, or an array in its place; and its name, for messages.
    pub fn table(&self, file: &Node, array: Option<&str>, instead: &str) -> Result<(Table, String)> {
        if let Value::Matrix(m) = &file.value {
            return Ok((Table::dense(m.clone()), instead.to_string()));
        }
        let name = file.text().ok_or_else(|| file.error("file must be a text"))?;
        let Some(files) = self.files else {
            return Err(file
                .error(format!("{name} cannot be read: nobody said where files are"))
                .with_help("give an array in its place"));
        };
        let table = files.table(name, array).map_err(|e| e.at(file.place.clone()))?;
        Ok((table, name.to_string()))
    }
}
