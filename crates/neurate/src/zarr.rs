//! Zarr v3 stores (<https://zarr-specs.readthedocs.io/en/latest/v3/core/>), the little that we need of them.
//!
//! Written by hand, not by a library: what matters here is that a file is there whole or not at all (a temporary
//! name, then a rename). Chunks are plain little-endian numbers.

use neurate_numerics::error::{Error, Result};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;

/// The element types of the arrays.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Float,
    Byte,
}

/// The metadata of the store itself, that of its arrays within.
pub(crate) fn group(attributes: Value, members: Map<String, Value>) -> Value {
    json!({
        "zarr_format": 3,
        "node_type": "group",
        "attributes": attributes,
        "consolidated_metadata": { "kind": "inline", "must_understand": false, "metadata": members },
    })
}

/// The metadata of an array.
pub(crate) fn meta(
    shape: &[usize],
    chunk: &[usize],
    kind: Kind,
    names: &[String],
    attributes: Value,
) -> Value {
    let (data_type, fill) = match kind {
        Kind::Float => ("float64", json!("NaN")),
        Kind::Byte => ("int8", json!(-1)),
    };
    // A type of one byte has no byte order.
    let bytes = match kind {
        Kind::Float => json!({ "name": "bytes", "configuration": { "endian": "little" } }),
        Kind::Byte => json!({ "name": "bytes" }),
    };
    json!({
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": data_type,
        "chunk_grid": { "name": "regular", "configuration": { "chunk_shape": chunk } },
        "chunk_key_encoding": { "name": "default", "configuration": { "separator": "/" } },
        "fill_value": fill,
        "codecs": [bytes],
        "attributes": attributes,
        "dimension_names": names,
    })
}

/// Numbers as an array's chunk holds them.
pub(crate) fn floats(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// JSON for people.
pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("numbers and texts") + "\n"
}

/// Writes a file whole or not at all.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let fail = |e: &std::io::Error| cannot("write", path, e);
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(|e| fail(&e))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Threads and processes may write the same file; never under one name.
    let id = format!("{}-{:?}", std::process::id(), std::thread::current().id());
    let plain: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let temporary = folder.join(format!(".part-{name}-{plain}"));
    let written = fs::File::create(&temporary).and_then(|mut f| {
        f.write_all(bytes)?;
        f.sync_all()
    });
    written.and_then(|()| fs::rename(&temporary, path)).map_err(|e| {
        let _ = fs::remove_file(&temporary);
        fail(&e)
    })
}

/// What went wrong with a file.
pub(crate) fn cannot(verb: &str, path: &Path, e: &std::io::Error) -> Error {
    Error::io(format!(
        "{} cannot be {}: {e}",
        path.display(),
        match verb {
            "read" => "read",
            "create" => "made",
            _ => "written",
        }
    ))
}

/// A JSON file, if it is there.
pub(crate) fn read_json(path: &Path) -> Result<Option<Value>> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| {
            Error::invalid(format!("{} is not the metadata of a store of ours: {e}", path.display()))
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(cannot("read", path, &e)),
    }
}
