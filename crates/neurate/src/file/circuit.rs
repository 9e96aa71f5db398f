//! A circuit file, read.

use super::change::change;
use super::folder;
use super::{text, weight_files};
use crate::spec::{Source, Spec};
use neurate_numerics::error::{Error, Result};
use std::path::Path;

/// Reads a circuit file, changed by `--set` texts such as `W.E<-E=2.5`.
///
/// # Errors
/// The file cannot be read, is no TOML text of this version of the format, or a change names nothing in it: with the
/// place, and what would be right. The rest is checked by [`Spec::build`].
pub fn read(path: &Path, sets: &[String]) -> Result<Spec> {
    parse(&text_of(path)?, &path.display().to_string(), path.parent().unwrap_or(Path::new("")), sets)
}

/// Reads a circuit file's text. `name` stands in messages; files that it names are looked for in `folder`.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str, name: &str, folder: &Path, sets: &[String]) -> Result<Spec> {
    let source = Source::new(name, text);
    let start = source.place(0..0);
    if text.trim().is_empty() {
        return Err(Error::invalid("the file is empty")
            .with_help("`neurate new ei` writes one to start from")
            .at(start));
    }
    let mut root = text::parse(&source)?;
    root.place = start;
    let spec = Spec::of_text(source, root)?.with_files(folder::folder(folder));
    let changes: Vec<_> = sets.iter().map(|s| change(s)).collect::<Result<_>>()?;
    spec.with(changes)
}

/// The text of a circuit file.
///
/// # Errors
/// It cannot be read, or is no text.
pub fn text_of(path: &Path) -> Result<String> {
    if let Some(error) = weight_files::another_programs(path) {
        return Err(error);
    }
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|e| {
        if path.is_dir() {
            Error::io(format!("{name} is a folder, not a circuit file"))
                .with_help("name the file in it: `neurate new ei -o ei.toml` writes one to begin with")
        } else {
            Error::io(format!("{name} cannot be read: {e}")).with_help(
                "check its name and folder; `neurate new ei -o ei.toml` writes a circuit to begin with",
            )
        }
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Error::invalid(format!("{name} is not a text file: byte {} is not UTF-8", at + 1))
            .with_help("a circuit file is TOML text; weights from data go into a file of their own")
    })
}
