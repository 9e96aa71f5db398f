//! A long run on disk: one Zarr v3 store, in chunks of time, which a run that was cut off goes on with.
//!
//! A chunk of rows is written whole, and then the checkpoint after it. Whatever was killed when, the store holds all rows
//! up to its checkpoint, and going on from there gives the bits of a run that was never cut.

use super::method::Outcome;
use super::protocol::Protocol;
use super::simulation::Checkpoint;
use crate::disk::{cannot, make_folder, remove, remove_stale};
use crate::model::{Circuit, Form, Readout, Recorded};
use crate::spec::Spec;
use crate::zarr::{self, Chunk, Kind, floats, group, meta, pretty, put, put_chunk, read_chunk, read_json};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::progress::Progress;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Version of what `neurate` writes into a recording's attributes.
const LAYOUT: u64 = 2;
/// Numbers in a chunk, about: a megabyte.
const CHUNK: usize = 131_072;

/// A store, and the run that it is for.
pub struct Recording<'a> {
    root: PathBuf,
    circuit: &'a Circuit,
    protocol: &'a Protocol,
    readouts: Vec<Readout>,
    /// Rows in a chunk.
    rows: usize,
}

/// How a recording stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// Rows that are there.
    pub rows: usize,
    /// Rows that the whole run has.
    pub of: usize,
    /// How the run ended, if it has.
    pub outcome: Option<Outcome>,
    /// What was wrong with rows that had been written before, and were damaged since: the run was done again.
    pub damaged: Option<String>,
}

impl<'a> Recording<'a> {
    /// Opens the recording of a planned run, or begins it. `spec` is what the circuit was built from.
    ///
    /// # Errors
    /// There is something else at `root`, or the recording of another run (it says in what they differ), or it cannot be
    /// written.
    pub fn open_or_create(
        root: &Path,
        spec: &Spec,
        circuit: &'a Circuit,
        protocol: &'a Protocol,
    ) -> Result<Recording<'a>> {
        let mut readouts = circuit.run().record.clone();
        if readouts.is_empty() {
            let unit = |i| Readout { name: circuit.unit_name(i), of: Recorded::Unit(i) };
            readouts = (0..circuit.n()).map(unit).collect();
        }
        let rows = (CHUNK / readouts.len()).clamp(1, protocol.times.len());
        let recording = Recording { root: root.to_path_buf(), circuit, protocol, readouts, rows };
        let wanted = recording.attributes(spec);
        match read_json(&root.join("zarr.json"))? {
            Some(found) => same(&found["attributes"]["neurate"], &wanted["neurate"], root)?,
            None => {
                let occupied = match fs::read_dir(root) {
                    Ok(mut entries) => entries.next().is_some() && !root.join("time").exists(),
                    Err(_) => root.exists(),
                };
                if occupied {
                    return Err(Error::invalid(format!("{} is there, and is no recording", root.display()))
                        .with_help("choose another name"));
                }
                recording.begin(wanted)?;
            }
        }
        Ok(recording)
    }

    /// Runs, or goes on, to the end or until `progress`, which hears of the rows that are done, stops it: the rows that
    /// are written stay.
    ///
    /// # Errors
    /// As [`Protocol::watch`]; a file cannot be read or written.
    pub fn run(&self, progress: &Progress) -> Result<Standing> {
        let standing = self.standing()?;
        let damaged = self.damaged_in(standing.rows)?;
        if standing.outcome.is_some() && damaged.is_none() {
            return Ok(standing);
        }
        let dynamics = self.protocol.dynamics(self.circuit)?.on_threads(self.protocol.threads);
        let times = &self.protocol.times;
        let mut run = self.protocol.begin(self.circuit, &dynamics)?;
        let mut row = 0;
        if damaged.is_some() {
            // Rows depend on those before: all are computed again, with the same bits. First of all nothing is finished.
            remove(&self.root.join("outcome.json"))?;
            remove(&self.root.join("checkpoint"))?;
        } else if let Some(checkpoint) = self.checkpoint()? {
            run.resume(&checkpoint)?;
            row = standing.rows;
        }
        let mut values = Vec::with_capacity(self.rows * self.readouts.len());
        while progress.at(row, times.len()).is_ok() {
            let going = run.advance()?.is_some();
            if going {
                values.extend(self.readouts.iter().map(|r| r.value(run.state())));
                row += 1;
            }
            let ended = !going || run.outcome().is_some();
            if !values.is_empty() && (ended || row.is_multiple_of(self.rows)) {
                // A chunk has its full size, also the last.
                let chunk = (row - 1) / self.rows;
                values.resize(self.rows * self.readouts.len(), f64::NAN);
                put_chunk(&self.chunk_path(chunk), floats(&values))?;
                values.clear();
                put_chunk(&self.root.join("checkpoint"), run.checkpoint().to_bytes())?;
            }
            if ended {
                let outcome = run.outcome().unwrap_or(Outcome::Completed);
                let path = self.root.join("outcome.json");
                put(&path, pretty(&written(&outcome, row)).as_bytes())?;
                remove_stale(&self.root);
                // There is nothing left to stop.
                let _ = progress.at(row, times.len());
                break;
            }
        }
        Ok(Standing { damaged, ..self.standing()? })
    }

    /// What is wrong with the rows that are written: a chunk that is missing, cut or altered. Reads all of them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn damage(&self) -> Result<Option<String>> {
        self.damaged_in(self.standing()?.rows)
    }

    fn damaged_in(&self, rows: usize) -> Result<Option<String>> {
        let size = self.rows * self.readouts.len() * size_of::<f64>();
        zarr::damage((0..rows.div_ceil(self.rows)).map(|k| (self.chunk_path(k), size)))
    }

    fn chunk_path(&self, k: usize) -> PathBuf {
        self.root.join("state/c").join(k.to_string()).join("0")
    }

    /// How far it is.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn standing(&self) -> Result<Standing> {
        let end = read_json(&self.root.join("outcome.json"))?;
        let of = self.protocol.times.len();
        let rows = match &end {
            Some(end) => end["rows"].as_u64().map_or(usize::MAX, |rows| rows as usize),
            None => self.checkpoint()?.map_or(0, |c| c.recorded),
        };
        if rows > of {
            return Err(Error::invalid(format!(
                "{} is damaged: it announces more rows than the {of} of this run",
                self.root.join(if end.is_some() { "outcome.json" } else { "checkpoint" }).display()
            ))
            .with_help("remove that file to do the run again"));
        }
        Ok(Standing { rows, of, outcome: end.as_ref().map(read), damaged: None })
    }

    /// The readouts that are recorded.
    pub fn readouts(&self) -> &[Readout] {
        &self.readouts
    }

    fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let path = self.root.join("checkpoint");
        let size = match fs::metadata(&path) {
            Ok(about) => (about.len() as usize).saturating_sub(4),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(cannot("read", &path, &e)),
        };
        match read_chunk(&path, size)? {
            Chunk::Right(bytes) => Checkpoint::from_bytes(&bytes).map(Some),
            Chunk::Missing => Ok(None),
            Chunk::Damaged(why) => Err(Error::invalid(format!("the checkpoint is damaged: {why}"))
                .with_help("remove that file to do the run again from its start")),
        }
    }

    fn attributes(&self, spec: &Spec) -> Value {
        json!({
            "title": self.circuit.title(),
            "neurate": {
                "layout": LAYOUT,
                "version": env!("CARGO_PKG_VERSION"),
                "circuit": spec.text(),
                "set": spec.change_texts(),
                "fingerprint": spec.fingerprint(self.circuit),
                "method": format!("{:?}", self.protocol.method),
                "seed": self.protocol.noise,
                "start": digest(&self.protocol.start),
                "readouts": self.readouts.iter().map(|r| &r.name).collect::<Vec<_>>(),
            },
        })
    }

    /// Writes everything but chunks. The root comes last: where it is, the rest is.
    fn begin(&self, attributes: Value) -> Result<()> {
        make_folder(&self.root)?;
        let units = self.circuit.units();
        let mut members = Map::new();
        let mut array = |name: &str, meta: Value| -> Result<()> {
            put(&self.root.join(name).join("zarr.json"), pretty(&meta).as_bytes())?;
            members.insert(name.to_string(), meta);
            Ok(())
        };
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_string()).collect::<Vec<_>>();
        let (times, width) = (self.protocol.times.len(), self.readouts.len());
        let about = json!({ "long_name": "time", "units": units.time });
        array("time", meta(&[times], &[times], Kind::Float, &names(&["time"]), about))?;
        put_chunk(&self.root.join("time/c/0"), floats(&self.protocol.times))?;
        let what = if self.circuit.form() == Form::Rate { "rate" } else { "voltage" };
        let about = json!({
            "long_name": what, "units": units.state,
            "readout": self.readouts.iter().map(|r| &r.name).collect::<Vec<_>>(),
        });
        let shape = [times, width];
        array("state", meta(&shape, &[self.rows, width], Kind::Float, &names(&["time", "readout"]), about))?;
        put(&self.root.join("zarr.json"), pretty(&group(attributes, members)).as_bytes())
    }
}

/// A number for each state that differs where states differ.
fn digest(x: &[f64]) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    x.iter().for_each(|x| hash.update(x.to_le_bytes()));
    hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

fn written(outcome: &Outcome, rows: usize) -> Value {
    match outcome {
        Outcome::Completed => json!({ "status": "completed", "rows": rows }),
        Outcome::Settled { time } => json!({ "status": "settled", "rows": rows, "time": time }),
        Outcome::RanAway { time, index, name, value } => json!({
            "status": "ran_away", "rows": rows, "time": time, "index": index, "unit": name,
            // JSON has no infinity.
            "value": value.to_string(),
        }),
    }
}

fn read(end: &Value) -> Outcome {
    let time = end["time"].as_f64().unwrap_or(f64::NAN);
    if end["status"] == "settled" {
        return Outcome::Settled { time };
    }
    if end["status"] != "ran_away" {
        return Outcome::Completed;
    }
    Outcome::RanAway {
        time,
        index: end["index"].as_u64().unwrap_or(0) as usize,
        name: end["unit"].as_str().unwrap_or("").to_string(),
        value: end["value"].as_str().and_then(|v| v.parse().ok()).unwrap_or(f64::NAN),
    }
}

/// Refuses to mix two runs in one store, and says what differs.
fn same(found: &Value, wanted: &Value, root: &Path) -> Result<()> {
    if found["layout"].is_null() || found["readouts"].is_null() {
        return Err(Error::invalid(format!("{} is a Zarr store, but no recording", root.display()))
            .with_help("choose another name"));
    }
    let keys = [
        ("circuit", "the circuit file"),
        ("set", "the changes by --set"),
        ("method", "the method, its step or tolerances"),
        ("seed", "the seed of the noise"),
        ("readouts", "what is recorded"),
        ("start", "where it starts"),
        ("version", "neurate's version"),
        ("layout", "the layout of the store"),
        ("fingerprint", "a weight file"),
    ];
    let what: Vec<_> = keys.iter().filter(|(key, _)| found[key] != wanted[key]).map(|k| k.1).collect();
    // A changed circuit has another fingerprint anyway.
    let what = &what
        [..if what.len() > 1 && what.last() == Some(&"a weight file") { what.len() - 1 } else { what.len() }];
    if what.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(format!("{} holds another run: different is {}", root.display(), what.join("; ")))
        .with_help("choose another name for this one, or go on with what the recording was made for"))
}
