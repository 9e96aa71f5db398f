//! A sweep on disk: one Zarr v3 store (<https://zarr-specs.readthedocs.io/en/latest/v3/core/>).
//!
//! `status` comes last, so that no reader sees it before the numbers. A chunk is finished when it is right: every array's file
//! has its size, and its checksum where that is asked for. zarr-python and xarray read such stores in the tests.

use super::axis::Axis;
use super::plan::{Chunk, Plan};
use super::quantities::Variable;
use super::shard::Shard;
use super::status::Status;
use crate::disk::{cannot, is_part, make_folder, remove, remove_stale};
use crate::zarr::{
    self, Kind, floats, group, has_chunk, meta, pretty, put, put_chunk, read_chunk, read_json,
};
use neurate_numerics::error::{Error, Result};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Version of what `neurate` writes into a store's attributes.
const LAYOUT: u64 = 2;
/// Where an unfinished store says in how many parts it is shared out.
const SHARDS: &str = "shards.json";

/// A store and the plan that it is for.
pub struct Store {
    root: PathBuf,
    plan: Plan,
}

/// How far a store is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Chunks that are finished.
    pub done: usize,
    /// Chunks in all.
    pub chunks: usize,
    /// Cells of finished chunks by [`Status`] number; those of other chunks count as missing.
    pub cells: [u64; Status::WORDS.len()],
}

/// How a chunk stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChunkState {
    /// It is still to be computed.
    Missing,
    /// It is there, and right.
    Finished,
    /// It was finished once, and a file has been lost, cut or altered since: which one.
    Damaged(String),
}

impl Store {
    /// Opens the store of a plan, or begins it. What is finished stays.
    ///
    /// # Errors
    /// There is something else at `root`, a sweep of another circuit, grid or purpose (it says which), or it cannot
    /// be written.
    pub fn open_or_create(root: &Path, plan: Plan) -> Result<Store> {
        let store = Store { root: root.to_path_buf(), plan };
        let attributes = store.attributes();
        match read_json(&root.join("zarr.json"))? {
            Some(found) => same(&found["attributes"]["neurate"], &attributes["neurate"], root)?,
            None => {
                if root.exists() && fs::read_dir(root).map_err(|e| cannot("read", root, &e))?.next().is_some()
                {
                    let foreign = |entry: std::io::Result<fs::DirEntry>| {
                        entry.is_ok_and(|e| !store.own(&e.file_name().to_string_lossy()))
                    };
                    if fs::read_dir(root).map_err(|e| cannot("read", root, &e))?.any(foreign) {
                        return Err(Error::invalid(format!("{} is there, and is no sweep", root.display()))
                            .with_help("choose another name"));
                    }
                }
                store.begin(attributes)?;
            }
        }
        Ok(store)
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether chunk `k` is finished: whether all of its files are there, and have their sizes.
    pub fn finished(&self, k: usize) -> bool {
        self.files(k).iter().all(|(path, size)| has_chunk(path, *size))
    }

    /// How chunk `k` stands. Reads all of it.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn state(&self, k: usize) -> Result<ChunkState> {
        if !self.chunk_path("status", k, 0).exists() {
            return Ok(ChunkState::Missing);
        }
        Ok(zarr::damage(self.files(k))?.map_or(ChunkState::Finished, ChunkState::Damaged))
    }

    /// The files of chunk `k` and their sizes without checksums, the status last.
    fn files(&self, k: usize) -> Vec<(PathBuf, usize)> {
        let cells: usize = self.plan.chunk.iter().product();
        let variable = |v: &Variable| {
            let numbers = v.dims.iter().map(|(_, labels)| labels.len()).product::<usize>() * cells;
            let size = if v.flags.is_some() { 1 } else { size_of::<f64>() };
            (self.chunk_path(v.name, k, v.dims.len()), numbers * size)
        };
        let mut files: Vec<_> = self.plan.variables.iter().map(variable).collect();
        files.push((self.chunk_path("runaway_time", k, 0), cells * size_of::<f64>()));
        files.push((self.chunk_path("status", k, 0), cells));
        files
    }

    /// Writes chunk `k`, its status last.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, k: usize, chunk: &Chunk) -> Result<()> {
        let status = self.chunk_path("status", k, 0);
        // A status beside numbers of another time would say that these are finished.
        remove(&status)?;
        for (v, values) in self.plan.variables.iter().zip(&chunk.values) {
            let bytes = match v.flags {
                Some(_) => values.iter().map(|&x| x as i8 as u8).collect(),
                None => floats(values),
            };
            put_chunk(&self.chunk_path(v.name, k, v.dims.len()), bytes)?;
        }
        put_chunk(&self.chunk_path("runaway_time", k, 0), floats(&chunk.runaway))?;
        let errors = self.root.join("errors").join(format!("{k}.json"));
        if !chunk.errors.is_empty() {
            let all: Vec<_> =
                chunk.errors.iter().map(|(at, why)| json!({ "position": at, "error": why })).collect();
            put(&errors, json!(all).to_string().as_bytes())?;
        }
        put_chunk(&status, chunk.status.iter().map(|s| *s as u8).collect())
    }

    /// Holds an unfinished store to one number of parts. The K-th of 64 has other chunks than the K-th of 2: were some parts
    /// computed again by another number, chunks that are missing would stay so. The whole is not a part: it computes all
    /// that is missing.
    ///
    /// # Errors
    /// It is shared out in another number of parts, or cannot be written.
    pub fn share(&self, shard: Shard) -> Result<()> {
        if shard == Shard::WHOLE || self.is_complete() {
            return Ok(());
        }
        let path = self.root.join(SHARDS);
        let Some(found) = read_json(&path)? else {
            return put(&path, pretty(&json!({ "shards": shard.count })).as_bytes());
        };
        let count = &found["shards"];
        if *count == shard.count {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "{} is shared out in {count} parts, and this is one of {}",
            self.root.display(),
            shard.count
        ))
        .with_help(format!(
            "take one of its own parts, such as {}/{count}, or the whole: that computes all that is missing (to share it out \
             anew, remove {})",
            shard.index,
            path.display()
        )))
    }

    /// Whether every chunk has its status.
    fn is_complete(&self) -> bool {
        let cells = self.plan.chunk.iter().product();
        (0..self.plan.chunks()).all(|k| has_chunk(&self.chunk_path("status", k, 0), cells))
    }

    /// Once every chunk has its status, removes what serves unfinished stores, and what killed processes have left.
    pub fn tidy(&self) {
        if self.is_complete() {
            let _ = remove(&self.root.join(SHARDS));
            remove_stale(&self.root);
        }
    }

    /// How far the store is.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn progress(&self) -> Result<Progress> {
        let chunks = self.plan.chunks();
        let mut progress = Progress { done: 0, chunks, cells: [0; Status::WORDS.len()] };
        for k in 0..chunks {
            let inside = self.plan.cells_of(k) as u64;
            let status = match read_chunk(&self.chunk_path("status", k, 0), self.plan.chunk.iter().product())?
            {
                zarr::Chunk::Right(status) if self.finished(k) => status,
                _ => {
                    progress.cells[0] += inside;
                    continue;
                }
            };
            progress.done += 1;
            for code in status {
                if let Some(count) = progress.cells.get_mut(usize::from(code)).filter(|_| code > 0) {
                    *count += 1;
                }
            }
        }
        Ok(progress)
    }

    /// Why cells failed: position in the grid, and the reason.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn errors(&self) -> Result<Vec<(Vec<usize>, String)>> {
        let mut all = Vec::new();
        for k in 0..self.plan.chunks() {
            let Some(Value::Array(list)) = read_json(&self.root.join("errors").join(format!("{k}.json")))?
            else {
                continue;
            };
            for e in list {
                let at = e["position"].as_array().into_iter().flatten().filter_map(Value::as_u64);
                all.push((at.map(|a| a as usize).collect(), e["error"].as_str().unwrap_or("").to_string()));
            }
        }
        Ok(all)
    }

    fn own(&self, name: &str) -> bool {
        let own = |v: &Variable| v.name == name;
        let fixed =
            ["zarr.json", "status", "runaway_time", "errors", "point", "population", "input_to", SHARDS];
        fixed.contains(&name)
            || is_part(name)
            || self.plan.variables.iter().any(own)
            || self.plan.axes.iter().any(|a| a.dimension() == name)
    }

    fn chunk_path(&self, array: &str, k: usize, more: usize) -> PathBuf {
        let path = self.root.join(array).join("c").join(self.plan.chunk_key(k));
        (0..more).fold(path, |p, _| p.join("0"))
    }

    fn attributes(&self) -> Value {
        let p = &self.plan;
        let axes: Vec<_> = p
            .axes
            .iter()
            .map(|a| json!({ "address": a.address, "dimension": a.dimension(), "unit": a.unit, "values": a.values }))
            .collect();
        json!({
            "title": p.circuit.title(),
            "neurate": {
                "layout": LAYOUT,
                "version": env!("CARGO_PKG_VERSION"),
                "circuit": p.spec.text(),
                "set": p.spec.change_texts(),
                "fingerprint": p.spec.fingerprint(&p.circuit),
                "axes": axes,
                "find": p.find.iter().map(|q| q.name).collect::<Vec<_>>(),
                "search": { "starts": p.search.starts, "seed": p.search.seed },
                "chunk": p.chunk,
            },
        })
    }

    /// Writes everything but chunks. The root comes last: where it is, the rest is.
    fn begin(&self, attributes: Value) -> Result<()> {
        make_folder(&self.root)?;
        let mut members = Map::new();
        let shape = self.plan.shape();
        let names: Vec<String> = self.plan.axes.iter().map(Axis::dimension).collect();
        let mut array = |name: &str, meta: Value| -> Result<()> {
            put(&self.root.join(name).join("zarr.json"), pretty(&meta).as_bytes())?;
            members.insert(name.to_string(), meta);
            Ok(())
        };
        for a in &self.plan.axes {
            let length = a.values.len();
            let about = json!({ "long_name": a.address, "address": a.address, "units": a.unit });
            let name = a.dimension();
            array(&name, meta(&[length], &[length], Kind::Float, std::slice::from_ref(&name), about))?;
            put_chunk(&self.root.join(&name).join("c/0"), floats(&a.values))?;
        }
        let about = json!({
            "long_name": "how the cell ended",
            "flag_values": (0..Status::WORDS.len()).collect::<Vec<_>>(),
            "flag_meanings": meanings(Status::WORDS),
        });
        let mut status = meta(&shape, &self.plan.chunk, Kind::Byte, &names, about);
        // What is not there is missing.
        status["fill_value"] = json!(0);
        array("status", status)?;
        let about = json!({ "long_name": "when a run from rest ran away", "units": self.plan.time });
        array("runaway_time", meta(&shape, &self.plan.chunk, Kind::Float, &names, about))?;
        let mut labeled: Vec<(&str, Vec<String>)> = Vec::new();
        for v in &self.plan.variables {
            let mut about = json!({ "long_name": v.about, "units": v.unit });
            if let Some(words) = v.flags {
                about["flag_values"] = json!((0..words.len()).collect::<Vec<_>>());
                about["flag_meanings"] = json!(meanings(words));
            }
            let kind = if v.flags.is_some() { Kind::Byte } else { Kind::Float };
            let (mut shape, mut chunk, mut names) = (shape.clone(), self.plan.chunk.clone(), names.clone());
            for (dim, labels) in &v.dims {
                shape.push(labels.len());
                chunk.push(labels.len());
                names.push((*dim).to_string());
                if !labeled.iter().any(|l| l.0 == *dim) {
                    labeled.push((dim, labels.clone()));
                }
                about[*dim] = json!(labels);
            }
            array(v.name, meta(&shape, &chunk, kind, &names, about))?;
        }
        put(&self.root.join("zarr.json"), pretty(&group(attributes, members)).as_bytes())
    }
}

/// What flags mean, one word each, as the CF conventions have it.
fn meanings(words: &[&str]) -> String {
    words.iter().map(|w| w.replace(' ', "_")).collect::<Vec<_>>().join(" ")
}

/// Refuses to mix two sweeps in one store, and says what differs.
fn same(found: &Value, wanted: &Value, root: &Path) -> Result<()> {
    let differs = |key: &str| found[key] != wanted[key];
    let mut what = Vec::new();
    if found["layout"].is_null() {
        return Err(Error::invalid(format!("{} is a Zarr store, but no sweep", root.display()))
            .with_help("choose another name"));
    }
    if differs("circuit") {
        what.push(changed_line(
            found["circuit"].as_str().unwrap_or(""),
            wanted["circuit"].as_str().unwrap_or(""),
        ));
    }
    for (key, name) in [
        ("set", "the changes by --set"),
        ("axes", "the axes"),
        ("find", "what to find"),
        ("search", "the search for fixed points"),
        ("chunk", "the chunks"),
        ("layout", "the layout of the store"),
        ("version", "neurate's version"),
    ] {
        if differs(key) {
            let short = |v: &Value| {
                let text = v.to_string();
                if text.chars().count() > 120 {
                    format!("{}...", text.chars().take(120).collect::<String>())
                } else {
                    text
                }
            };
            let text = |v: &Value| if key == "axes" { axes_in_words(v) } else { short(v) };
            what.push(format!("{name}: {} there, {} now", text(&found[key]), text(&wanted[key])));
        }
    }
    if what.is_empty() && differs("fingerprint") {
        what.push("a weight file (or an array)".into());
    }
    if what.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(format!("{} holds another sweep: different are {}", root.display(), what.join("; ")))
        .with_help("choose another name for this one, or go on with what the store was made for"))
}

/// `W.E<-E from 0.2 to 1.6 (200)`.
fn axes_in_words(axes: &Value) -> String {
    let one = |a: &Value| {
        let values: Vec<f64> =
            a["values"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        let end = |x: Option<&f64>| x.map_or(String::new(), ToString::to_string);
        let unit = a["unit"].as_str().filter(|u| !u.is_empty()).map_or(String::new(), |u| format!(" {u}"));
        let address = a["address"].as_str().unwrap_or("");
        format!("{address} from {} to {}{unit} ({})", end(values.first()), end(values.last()), values.len())
    };
    axes.as_array().into_iter().flatten().map(one).collect::<Vec<_>>().join(", ")
}

fn changed_line(old: &str, new: &str) -> String {
    let mut lines = old.lines().zip(new.lines()).enumerate();
    match lines.find(|(_, (a, b))| a != b) {
        Some((k, (a, b))) => format!("the circuit, line {}: `{}` there, `{}` now", k + 1, a.trim(), b.trim()),
        None => "the circuit: lines at its end".into(),
    }
}
