//! Long runs on disk.

use crate::calls::{counts_to, watched};
use crate::circuit::{Circuit, ran_away, run_study};
use crate::error::raise;
use neurate::progress::Progress;
use neurate::simulate::recording::Recording;
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Records a run of the circuit in the store at `path`, or goes on with one that was cut off: rows there, rows in all, why it
/// stopped early or None, and what was wrong with rows that were there and have been written again, or None.
/// `progress(rows, of)` may raise, and Ctrl-C ends it; what is written stays.
#[pyfunction]
#[pyo3(signature = (circuit, path, at, seed, threads, progress))]
pub fn record(
    py: Python<'_>,
    circuit: &Circuit,
    path: PathBuf,
    at: Option<usize>,
    seed: Option<u64>,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<(usize, usize, Option<String>, Option<String>)> {
    let (checked, spec) = (circuit.checked(), circuit.spec.clone());
    // How many rows there are to be is known once the run has been planned.
    let rows = Arc::new(AtomicUsize::new(0));
    let standing = watched(py, counts_to(progress, rows.clone()), move |progress| {
        let study = run_study(&checked, at, seed, threads, Progress::default());
        let protocol = study.protocol()?;
        rows.store(protocol.times.len(), Ordering::Relaxed);
        Recording::open_or_create(&path, &spec, &checked, protocol)?.run(&progress)
    })?;
    let stopped = standing.outcome.as_ref().and_then(|outcome| ran_away(&circuit.checked(), outcome));
    Ok((standing.rows, standing.of, stopped, standing.damaged))
}

/// Writes a text into a file, whole or not at all.
#[pyfunction]
pub fn write_file(path: PathBuf, text: &str) -> PyResult<()> {
    neurate::disk::write(&path, text.as_bytes()).map_err(raise)
}
