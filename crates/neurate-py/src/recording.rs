//! Long runs on disk.

use crate::circuit::{Circuit, plan, ran_away};
use crate::error::raise;
use neurate::study::recording::Recording;
use pyo3::prelude::*;
use std::path::PathBuf;
use std::time::Instant;

/// Records a run of the circuit in the store at `path`, or goes on with one that was cut off: rows there, rows in all, and
/// why it stopped early or None. `progress(rows, of)` may raise, and Ctrl-C ends it; what is written stays.
#[pyfunction]
#[pyo3(signature = (circuit, path, at, threads, progress))]
pub fn record(
    py: Python<'_>,
    circuit: &Circuit,
    path: PathBuf,
    at: Option<usize>,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<(usize, usize, Option<String>)> {
    let mut raised: Option<PyErr> = None;
    // Not more often than somebody would notice.
    let mut last = Instant::now();
    let mut told = |row: usize, rows: usize| {
        if last.elapsed().as_millis() < 50 && row < rows {
            return true;
        }
        last = Instant::now();
        let result = Python::attach(|py| {
            py.check_signals()?;
            progress.as_ref().map_or(Ok(()), |p| p.call1(py, (row, rows)).map(|_| ()))
        });
        result.map_err(|e| raised = Some(e)).is_ok()
    };
    let checked = circuit.checked();
    let ended = py.detach(|| {
        let plan = plan(&checked, at, threads)?;
        let recording = Recording::open_or_create(&path, &circuit.document, &checked, &plan)?;
        recording.run(&mut told)
    });
    if let Some(e) = raised {
        return Err(e);
    }
    let standing = ended.map_err(raise)?;
    let stopped = standing.outcome.as_ref().and_then(|outcome| ran_away(&checked, outcome));
    Ok((standing.rows, standing.of, stopped))
}
