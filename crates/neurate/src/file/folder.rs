//! The files beside a circuit file.

use super::weight_files;
use crate::spec::{Files, Table, TableOptions};
use neurate_numerics::error::Result;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder in which the files are that a description names.
#[derive(Debug)]
struct Folder(PathBuf);

impl Files for Folder {
    fn table(&self, name: &str, options: &TableOptions) -> Result<Table> {
        weight_files::table(&self.0.join(name), name, options)
    }
}

/// The files of a folder, with one of the [`super::MATRIX_ENDINGS`]. They are read when a circuit is built.
pub fn folder(path: &Path) -> Arc<dyn Files> {
    Arc::new(Folder(path.to_path_buf()))
}
