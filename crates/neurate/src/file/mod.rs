//! The circuit file: text to [`Circuit`]; the only room that reads units.
//!
//! A text becomes a tree of values with places (`tree`), `--set` changes the tree
//! ([`Overrides`]), and cursors read it, so that every mistake is reported where it stands and a
//! key that nobody asked for is one. The format itself: `docs/circuit-file.md`.

mod document;
mod matrix;
mod npy;
mod templates;
pub(crate) mod text;
pub(crate) mod weight_files;
mod write_weights;

pub use crate::spec::{Address, Overrides, SweepTable, VERSION};
pub use document::Document;
pub use matrix::{MATRIX_ENDINGS, circuit_of_matrix};
pub use templates::{TEMPLATES, Template, template};
pub use write_weights::weights_text;

use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};
use std::path::Path;

/// Reads a circuit file, changed by `--set` texts such as `W.E<-E=2.5`.
///
/// # Errors
/// The file cannot be read, or breaks a rule of the format: with the place, and what would be right.
pub fn read(path: &Path, sets: &[String]) -> Result<Circuit> {
    Document::open(path, sets)?.circuit()
}

/// Reads a circuit from a text. `name` stands in messages; weight files are looked for in `folder`.
///
/// # Errors
/// The text breaks a rule of the format.
pub fn parse(text: &str, name: &str, folder: &Path, sets: &[String]) -> Result<Circuit> {
    document(text, name, folder, sets).circuit()
}

/// Every address that `--set` takes in this circuit, with its value.
///
/// # Errors
/// The text breaks a rule of the format.
pub fn addresses(text: &str, name: &str, folder: &Path, sets: &[String]) -> Result<Vec<Address>> {
    document(text, name, folder, sets).addresses()
}

fn document(text: &str, name: &str, folder: &Path, sets: &[String]) -> Document {
    Document {
        text: text.to_string(),
        name: name.to_string(),
        folder: folder.to_path_buf(),
        sets: sets.to_vec(),
        ..Document::default()
    }
}

/// [`addresses`] of a circuit file.
///
/// # Errors
/// As [`read`].
pub fn read_addresses(path: &Path, sets: &[String]) -> Result<Vec<Address>> {
    Document::open(path, sets)?.addresses()
}

/// The text of a circuit file.
///
/// # Errors
/// It cannot be read, or is no text.
pub fn text_of(path: &Path) -> Result<String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|e| {
        if path.is_dir() {
            Error::io(format!("{name} is a folder, not a circuit file"))
        } else {
            Error::io(format!("{name} cannot be read: {e}"))
        }
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Error::invalid(format!("{name} is not a text file: byte {} is not UTF-8", at + 1))
            .with_help("a circuit file is TOML text; weights from data go into a file of their own")
    })
}
