//! What all parts of the reader need.

use super::cursor::Log;
use super::declared::Declared;
use crate::file::Document;
use crate::model::Form;
use neurate_numerics::error::{Error, Place};
use std::cell::RefCell;

/// What all parts of the reader need.
pub(super) struct Reader<'a> {
    /// Where the files that it names are.
    pub document: &'a Document,
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
}
