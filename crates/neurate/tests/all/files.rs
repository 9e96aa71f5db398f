//! What the tests share of files: folders of their own, the repository's examples and everyday files, and lists of sources.

use neurate::model::Circuit;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder of its own with these files, removed when it is dropped.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The folder of files as people have them.
pub fn everyday() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/everyday")
}

/// The circuit of one of them.
pub fn everyday_circuit(name: &str) -> Circuit {
    let spec = neurate::file::read(&everyday().join(name), &[]);
    spec.and_then(|spec| spec.build()).unwrap_or_else(|e| panic!("{e}"))
}

/// The file of an example of the repository.
pub fn example_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../examples/{name}.toml"))
}

/// Its circuit.
pub fn example(name: &str) -> Circuit {
    let spec = neurate::file::read(&example_file(name), &[]);
    spec.and_then(|spec| spec.build()).unwrap_or_else(|e| panic!("{e}"))
}

/// The files below a folder that have one of these endings.
pub fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files_below(&path, endings));
        } else if path.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending)) {
            out.push(path);
        }
    }
    out
}
