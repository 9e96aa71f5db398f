//! Arrays in Zarr stores, version 2 and 3, as far as they hold a matrix of numbers: plain, gzip, zlib or Zstandard chunks.

use super::npy::{self, MAX_NUMBERS, number, shape_words, wrong_axes};
use crate::spec::Table;
use crate::zarr::checksum;
use flate2::read::{GzDecoder, ZlibDecoder};
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// More chunks are not looked for.
const MAX_CHUNKS: usize = 1_000_000;
/// Metadata are shorter.
const MAX_METADATA: u64 = 64_000_000;

/// How a chunk's bytes are packed; undone one after the other, the last one first.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Packing {
    Gzip,
    Zlib,
    Zstd,
    /// Four bytes at the end, which are checked.
    Checksum,
}

/// What the metadata say of an array.
struct Layout {
    shape: Vec<usize>,
    chunk: Vec<usize>,
    kind: char,
    width: usize,
    big_endian: bool,
    /// Whether a chunk has columns one after the other.
    fortran: bool,
    fill: f64,
    packing: Vec<Packing>,
    /// Stands before the chunk's indices, and between them.
    prefix: &'static str,
    separator: String,
}

/// Reads the matrix of a store at `path`, called `name`: the array of this name in it, or the only one of two axes.
pub(super) fn read(path: &Path, name: &str, array: Option<&str>) -> Result<Table> {
    if !path.is_dir() {
        let why = if path.exists() { "it is no folder" } else { "there is none" };
        return Err(Error::io(format!("{name} cannot be read: {why}"))
            .with_help(format!("a Zarr store is a folder; it is looked for at {}", path.display())));
    }
    let folder = match (array, metadata(path, name)?) {
        (None, Some(_)) => path.to_path_buf(),
        (array, _) => member(path, name, array)?,
    };
    let named = |e: Error| e.map_message(|what| format!("{name}: {what}"));
    let layout = metadata(&folder, name)?.ok_or_else(|| not_a_store(name))?;
    let layout = Layout::of(&layout).map_err(named)?;
    layout.matrix(&folder).map_err(named).map(Table::dense)
}

fn not_a_store(name: &str) -> Error {
    Error::invalid(format!("{name} is no Zarr array, nor a group with one"))
        .with_help("zarr.save_array(\"W.zarr\", W) in Python")
}

fn json(path: &Path, name: &str) -> Result<Option<Value>> {
    match fs::File::open(path) {
        Err(_) => Ok(None),
        Ok(file) => {
            serde_json::from_reader(std::io::BufReader::new(file.take(MAX_METADATA))).map(Some).map_err(|e| {
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                Error::invalid(format!("{name}: {file} is damaged: {e}")).with_help("write the store again")
            })
        }
    }
}

/// The metadata of the array in a folder, if there is one.
fn metadata(folder: &Path, name: &str) -> Result<Option<Value>> {
    if let Some(value) = json(&folder.join("zarr.json"), name)? {
        return Ok(Some(value).filter(|v| v["node_type"] == "array"));
    }
    json(&folder.join(".zarray"), name)
}

/// The folder of an array in a group.
fn member(group: &Path, name: &str, array: Option<&str>) -> Result<PathBuf> {
    let folders = fs::read_dir(group).map_err(|e| Error::io(format!("{name} cannot be read: {e}")))?;
    let mut found: Vec<(String, usize)> = Vec::new();
    for folder in folders.flatten() {
        if let Some(meta) = metadata(&folder.path(), name)? {
            let axes = meta["shape"].as_array().map_or(0, Vec::len);
            found.push((folder.file_name().to_string_lossy().into_owned(), axes));
        }
    }
    found.sort();
    let names = |all: &[&(String, usize)]| all.iter().map(|f| f.0.as_str()).collect::<Vec<_>>().join(", ");
    let all: Vec<_> = found.iter().collect();
    let matrices: Vec<_> = found.iter().filter(|f| f.1 == 2).collect();
    match (array, &matrices[..]) {
        (Some(array), _) if found.iter().any(|f| f.0 == array) => Ok(group.join(array)),
        (_, _) if found.is_empty() => Err(not_a_store(name)),
        (Some(array), _) => Err(Error::invalid(format!("{name} holds no array \"{array}\""))
            .with_help(format!("it holds: {}", names(&all)))),
        (None, [one]) => Ok(group.join(&one.0)),
        (None, []) => Err(Error::invalid(format!("{name} holds no array with two axes"))
            .with_help(format!("it holds: {}", names(&all)))),
        (None, _) => Err(Error::invalid(format!("{name} holds {} matrices", matrices.len()))
            .with_help(format!("say which: array = one of {}; --array for a bare matrix", names(&matrices)))),
    }
}

fn broken(key: &str) -> Error {
    Error::invalid(format!("its metadata have no valid {key}")).with_help("write the store again")
}

fn sizes(value: &Value, key: &str) -> Result<Vec<usize>> {
    let list = value.as_array().ok_or_else(|| broken(key))?;
    list.iter().map(|v| v.as_u64().map(|s| s as usize).ok_or_else(|| broken(key))).collect()
}

/// The error for a way of packing that is not read.
fn unknown_packing(what: &Value) -> Error {
    let what = what.as_str().unwrap_or("one without a name");
    Error::unsupported(format!("its chunks are packed by {what}, which is not read"))
        .with_help("write it with gzip, Zstandard or plain (in Python: compressors=None, or compressor=None for version 2), or as .npy")
}

impl Layout {
    fn of(meta: &Value) -> Result<Layout> {
        let layout =
            if meta["zarr_format"] == 2 { Layout::version_2(meta)? } else { Layout::version_3(meta)? };
        if layout.chunk.len() != layout.shape.len() || layout.chunk.contains(&0) {
            return Err(broken("chunks"));
        }
        Ok(layout)
    }

    fn version_3(meta: &Value) -> Result<Layout> {
        let kind = meta["data_type"].as_str().unwrap_or("");
        let (kind, bits) = match kind.find(|c: char| c.is_ascii_digit()) {
            _ if kind == "bool" => ('b', 8),
            Some(at) => match (&kind[..at], kind[at..].parse::<usize>().unwrap_or(0)) {
                ("float", bits @ (16 | 32 | 64)) => ('f', bits),
                ("int", bits @ (8 | 16 | 32 | 64)) => ('i', bits),
                ("uint", bits @ (8 | 16 | 32 | 64)) => ('u', bits),
                _ => return Err(wrong_kind(kind)),
            },
            None => return Err(wrong_kind(kind)),
        };
        let (mut packing, mut big_endian, mut fortran) = (Vec::new(), false, false);
        for codec in meta["codecs"].as_array().ok_or_else(|| broken("codecs"))? {
            let configuration = &codec["configuration"];
            match codec["name"].as_str().unwrap_or("") {
                "bytes" => big_endian = configuration["endian"] == "big",
                "transpose" => match sizes(&configuration["order"], "order of axes")?[..] {
                    [0, 1] => {}
                    [1, 0] => fortran = !fortran,
                    _ => return Err(broken("order of axes")),
                },
                "gzip" => packing.push(Packing::Gzip),
                "zlib" => packing.push(Packing::Zlib),
                "zstd" => packing.push(Packing::Zstd),
                "crc32c" => packing.push(Packing::Checksum),
                _ => return Err(unknown_packing(&codec["name"])),
            }
        }
        let keys = &meta["chunk_key_encoding"];
        let plain = keys["name"] == "v2";
        let separator = keys["configuration"]["separator"].as_str().unwrap_or(if plain { "." } else { "/" });
        Ok(Layout {
            shape: sizes(&meta["shape"], "shape")?,
            chunk: sizes(&meta["chunk_grid"]["configuration"]["chunk_shape"], "chunks")?,
            kind,
            width: bits / 8,
            big_endian,
            fortran,
            fill: fill(&meta["fill_value"])?,
            packing,
            prefix: if plain { "" } else { "c" },
            separator: separator.to_string(),
        })
    }

    fn version_2(meta: &Value) -> Result<Layout> {
        let descr = meta["dtype"].as_str().unwrap_or("");
        let real = npy::dtype(descr).filter(|&(_, kind, width)| npy::is_real(kind, width));
        let (big_endian, kind, width) = real.ok_or_else(|| wrong_kind(descr))?;
        if meta["filters"].as_array().is_some_and(|f| !f.is_empty()) {
            return Err(unknown_packing(&meta["filters"][0]["id"]));
        }
        let packing = match &meta["compressor"] {
            Value::Null => vec![],
            c => match c["id"].as_str().unwrap_or("") {
                "gzip" => vec![Packing::Gzip],
                "zlib" => vec![Packing::Zlib],
                "zstd" => vec![Packing::Zstd],
                _ => return Err(unknown_packing(&c["id"])),
            },
        };
        Ok(Layout {
            shape: sizes(&meta["shape"], "shape")?,
            chunk: sizes(&meta["chunks"], "chunks")?,
            kind,
            width,
            big_endian,
            fortran: meta["order"] == "F",
            fill: fill(&meta["fill_value"])?,
            packing,
            prefix: "",
            separator: meta["dimension_separator"].as_str().unwrap_or(".").to_string(),
        })
    }

    /// Puts the chunks together.
    fn matrix(&self, folder: &Path) -> Result<Matrix> {
        let (&[rows, cols], &[height, width]) = (&self.shape[..], &self.chunk[..]) else {
            return Err(wrong_axes("its array", &self.shape));
        };
        let small = |a: usize, b: usize, most: usize| a.checked_mul(b).is_some_and(|n| n <= most);
        let (down, across) = (rows.div_ceil(height), cols.div_ceil(width));
        if !small(rows, cols, MAX_NUMBERS)
            || !small(height, width, MAX_NUMBERS)
            || !small(down, across, MAX_CHUNKS)
        {
            return Err(Error::invalid(format!(
                "it announces an array of shape ({}) in chunks of ({}): too many numbers or chunks",
                shape_words(&self.shape),
                shape_words(&self.chunk)
            ))
            .with_help("a matrix goes up to 20000 x 20000, in up to a million chunks"));
        }
        let what = format!("its array of shape ({})", shape_words(&self.shape));
        npy::require(budget::product(&self.shape).max(budget::product(&self.chunk)), 16, &what)?;
        let mut all: Option<Matrix> = None;
        for a in 0..down {
            for b in 0..across {
                let Some(values) = self.chunk(folder, a, b)? else { continue };
                let all =
                    all.get_or_insert_with(|| Matrix::from_vec(rows, cols, vec![self.fill; rows * cols]));
                for i in 0..height.min(rows - a * height) {
                    for j in 0..width.min(cols - b * width) {
                        let k = if self.fortran { j * height + i } else { i * width + j };
                        all[(a * height + i, b * width + j)] = values[k];
                    }
                }
            }
        }
        // A store of which nothing was written is more likely cut off than all alike.
        all.ok_or_else(|| {
            Error::invalid("it has no chunks: no number of it was written").with_help("write the store again")
        })
    }

    /// The numbers of a chunk, if it was written.
    fn chunk(&self, folder: &Path, a: usize, b: usize) -> Result<Option<Vec<f64>>> {
        let key = match self.prefix {
            "" => format!("{a}{0}{b}", self.separator),
            prefix => format!("{prefix}{0}{a}{0}{b}", self.separator),
        };
        let Ok(file) = fs::File::open(folder.join(&key)) else { return Ok(None) };
        let size = self.chunk.iter().product::<usize>() * self.width;
        let damaged = || {
            Error::invalid(format!("its chunk {key} is damaged or cut off"))
                .with_help("write the store again")
        };
        // Whatever packs it makes a file longer by little, if at all.
        let mut bytes = Vec::new();
        file.take(2 * size as u64 + 10_000).read_to_end(&mut bytes).map_err(|_| damaged())?;
        for (k, packing) in self.packing.iter().enumerate().rev() {
            // What checksums within add.
            let checks = self.packing[..k].iter().filter(|p| **p == Packing::Checksum).count();
            bytes = packing.undo(bytes, size + 4 * checks).ok_or_else(damaged)?;
        }
        if bytes.len() != size {
            return Err(damaged());
        }
        Ok(Some(bytes.chunks_exact(self.width).map(|b| number(self.kind, self.big_endian, b)).collect()))
    }
}

fn wrong_kind(kind: &str) -> Error {
    Error::invalid(format!("its numbers are {kind}; float64, float32 and integers are read"))
        .with_help("write it as numbers: W.astype(float)")
}

fn fill(value: &Value) -> Result<f64> {
    match value {
        Value::Null => Ok(0.0),
        Value::Bool(b) => Ok(f64::from(u8::from(*b))),
        Value::String(s) => match s.as_str() {
            "NaN" => Ok(f64::NAN),
            "Infinity" => Ok(f64::INFINITY),
            "-Infinity" => Ok(f64::NEG_INFINITY),
            _ => Err(broken("fill_value")),
        },
        other => other.as_f64().ok_or_else(|| broken("fill_value")),
    }
}

impl Packing {
    /// What was packed, of at most this size; `None` if it is damaged.
    fn undo(self, bytes: Vec<u8>, size: usize) -> Option<Vec<u8>> {
        let read = |from: &mut dyn Read| {
            let mut out = Vec::new();
            from.take(size as u64 + 1).read_to_end(&mut out).ok()?;
            Some(out)
        };
        match self {
            Packing::Gzip => read(&mut GzDecoder::new(&bytes[..])),
            Packing::Zlib => read(&mut ZlibDecoder::new(&bytes[..])),
            Packing::Zstd => read(&mut ruzstd::decoding::StreamingDecoder::new(&bytes[..]).ok()?),
            Packing::Checksum => {
                let (data, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
                (checksum(data) == *sum).then(|| data.to_vec())
            }
        }
    }
}
