//! Sweeps over a grid of parameters.

use crate::arrays::vector;
use crate::calls::{counts_to, free, watched};
use crate::circuit::Circuit;
use crate::error::raise;
use neurate::fixed_points::SearchOptions;
use neurate::sweep::{Axis, ChunkState, Plan, QUANTITIES, Shard, Status, Store, run};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// A sweep and its store on disk.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct Sweep {
    store: Arc<Store>,
    shard: Shard,
}

#[pymethods]
impl Sweep {
    /// Opens the store of a sweep, or begins it, for one of its parts. Axes are (address, values, unit).
    #[new]
    #[pyo3(signature = (circuit, axes, find, starts, seed, chunk, shard, path))]
    fn new(
        circuit: &Circuit,
        axes: Vec<(String, PyReadonlyArray1<'_, f64>, String)>,
        find: Vec<String>,
        starts: Option<usize>,
        seed: u64,
        chunk: Option<Vec<usize>>,
        shard: (usize, usize),
        path: PathBuf,
    ) -> PyResult<Sweep> {
        let axes: neurate::Result<Vec<Axis>> = axes
            .into_iter()
            .map(|(address, values, unit)| Axis::new(&address, vector(&values), &unit))
            .collect();
        let search = SearchOptions::default().starts(starts).seed(seed);
        let plan =
            Plan::new(circuit.spec.clone(), axes.map_err(raise)?, &find, search, chunk).map_err(raise)?;
        let shard = Shard::parse(&format!("{}/{}", shard.0, shard.1)).map_err(raise)?;
        Ok(Sweep { store: Arc::new(Store::open_or_create(&path, plan).map_err(raise)?), shard })
    }

    /// Number of chunks.
    #[getter]
    fn chunks(&self) -> usize {
        self.store.plan().chunks()
    }
    /// Cells of a chunk along each axis.
    #[getter]
    fn chunk(&self) -> Vec<usize> {
        self.store.plan().chunk.clone()
    }
    /// The name of each axis in the store.
    #[getter]
    fn dimensions(&self) -> Vec<String> {
        self.store.plan().axes.iter().map(Axis::dimension).collect()
    }
    /// Chunks of its part that are to be computed, each with what is wrong with it if it was finished once.
    fn missing(&self, py: Python<'_>) -> PyResult<Vec<(usize, Option<String>)>> {
        let (store, shard) = (self.store.clone(), self.shard);
        free(py, move || {
            store.share(shard)?;
            let mut missing = Vec::new();
            for k in (0..store.plan().chunks()).filter(|&k| shard.holds(k)) {
                match store.state(k)? {
                    ChunkState::Finished => {}
                    ChunkState::Missing => missing.push((k, None)),
                    ChunkState::Damaged(why) => missing.push((k, Some(why))),
                }
            }
            Ok(missing)
        })
    }
    /// Computes a chunk and writes it.
    fn compute(&self, py: Python<'_>, k: usize) -> PyResult<()> {
        if k >= self.chunks() {
            return Err(raise(neurate::Error::invalid(format!("there is no chunk {k}"))));
        }
        let store = self.store.clone();
        free(py, move || store.write(k, &store.plan().compute(k)))
    }
    /// Removes what nobody needs in a finished store.
    fn tidy(&self, py: Python<'_>) -> PyResult<()> {
        let store = self.store.clone();
        free(py, move || {
            store.tidy();
            Ok(())
        })
    }
    /// Computes the missing chunks of its part; `progress(cells, of)` may raise, and Ctrl-C ends it after the chunks
    /// that are under way. Returns what was wrong with chunks that were finished once, and have been computed again.
    #[pyo3(signature = (threads, progress))]
    fn run(&self, py: Python<'_>, threads: usize, progress: Option<Py<PyAny>>) -> PyResult<Vec<String>> {
        let shard = self.shard;
        let plan = self.store.plan();
        let cells: usize = (0..plan.chunks()).filter(|&k| shard.holds(k)).map(|k| plan.cells_of(k)).sum();
        let store = self.store.clone();
        watched(py, counts_to(progress, Arc::new(cells.into())), move |progress| {
            run(&store, threads, shard, &progress).map(|summary| summary.damaged)
        })
    }
    /// Chunks finished, chunks in all, and cells by status word.
    fn progress(&self) -> PyResult<(usize, usize, Vec<(&'static str, u64)>)> {
        let p = self.store.progress().map_err(raise)?;
        Ok((p.done, p.chunks, Status::WORDS.iter().copied().zip(p.cells).collect()))
    }
    /// Why cells failed: position in the grid, and the reason.
    fn errors(&self) -> PyResult<Vec<(Vec<usize>, String)>> {
        self.store.errors().map_err(raise)
    }
}

/// What a sweep can find: name, and what it gives.
#[pyfunction]
pub fn sweep_quantities() -> Vec<(&'static str, &'static str)> {
    QUANTITIES.iter().map(|q| (q.name, q.about)).collect()
}
