//! Zarr v3 stores (<https://zarr-specs.readthedocs.io/en/latest/v3/core/>), the little that we need of them.
//!
//! Written by hand, not by a library: what matters here is that a file is there whole or not at all ([`crate::disk`]).
//! Chunks are plain little-endian numbers, and their checksum (the codec `crc32c`).

use crate::disk::{cannot, make_folder, write};
use neurate_numerics::error::{Error, Result};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes of a checksum.
const SUM: usize = 4;
/// Castagnoli's polynomial.
static SUMS: crc::Crc<u32, crc::Table<16>> = crc::Crc::<u32, crc::Table<16>>::new(&crc::CRC_32_ISCSI);

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
        "codecs": [bytes, { "name": "crc32c" }],
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

/// Writes a file of a store whole or not at all, and the folders that it needs.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    make_folder(folder)?;
    write(path, bytes)
}

/// Castagnoli's checksum, as it stands behind a chunk.
pub(crate) fn checksum(bytes: &[u8]) -> [u8; SUM] {
    SUMS.checksum(bytes).to_le_bytes()
}

/// Writes a chunk of an array, its checksum behind it.
pub(crate) fn put_chunk(path: &Path, mut bytes: Vec<u8>) -> Result<()> {
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    put(path, &bytes)
}

/// How a chunk stands.
#[derive(Debug, PartialEq)]
pub(crate) enum Chunk {
    Missing,
    /// It is there; what is wrong with it.
    Damaged(String),
    Right(Vec<u8>),
}

/// A chunk of so many bytes.
pub(crate) fn read_chunk(path: &Path, size: usize) -> Result<Chunk> {
    let damaged = |why: String| Ok(Chunk::Damaged(format!("{}: {why}", path.display())));
    let found = match fs::metadata(path) {
        Ok(about) => about.len(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Chunk::Missing),
        Err(e) => return Err(cannot("read", path, &e)),
    };
    // Before it is read: a file that was tampered with may be of any size.
    if found != (size + SUM) as u64 {
        return damaged(format!("it has {found} bytes, not {}", size + SUM));
    }
    let mut bytes = fs::read(path).map_err(|e| cannot("read", path, &e))?;
    let sum = bytes.split_off(bytes.len().saturating_sub(SUM));
    match checksum(&bytes) == sum[..] {
        true => Ok(Chunk::Right(bytes)),
        false => damaged("its checksum does not fit".into()),
    }
}

/// What is wrong with the first of these chunks, each of so many bytes, that is missing, cut or altered.
pub(crate) fn damage(chunks: impl IntoIterator<Item = (PathBuf, usize)>) -> Result<Option<String>> {
    for (path, size) in chunks {
        match read_chunk(&path, size)? {
            Chunk::Right(_) => {}
            Chunk::Damaged(why) => return Ok(Some(why)),
            Chunk::Missing => return Ok(Some(format!("{} is missing", path.display()))),
        }
    }
    Ok(None)
}

/// Whether a chunk of so many bytes is there, as far as its size tells.
pub(crate) fn has_chunk(path: &Path, size: usize) -> bool {
    fs::metadata(path).is_ok_and(|about| about.len() == (size + SUM) as u64)
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

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn the_checksum_is_castagnolis() {
        // The check value of the standard, and 32 zeros (RFC 3720, B.4).
        assert_eq!(u32::from_le_bytes(checksum(b"123456789")), 0xE306_9283);
        assert_eq!(u32::from_le_bytes(checksum(&[0; 32])), 0x8A91_36AA);
    }
}
