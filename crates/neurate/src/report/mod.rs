//! Sections as data, and their writers: terminal, JSON, HTML.

use crate::analysis::Section;
use serde::Serialize;

/// Version of the JSON that [`Report`] serialises to; raised when a reader could break.
pub const SCHEMA_VERSION: u32 = 1;

/// A whole report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Version of neurate that wrote it.
    pub neurate_version: &'static str,
    /// The circuit's title.
    pub title: String,
    /// Where the circuit came from: a file's name, with `--set` changes.
    pub source: String,
    /// The circuit file's own text, for the record.
    pub circuit_text: String,
    /// What it all means, in a few plain sentences.
    pub summary: Vec<String>,
    /// What a careful reader would want to look at.
    pub warnings: Vec<String>,
    /// The sections, in reading order.
    pub sections: Vec<Section>,
}
