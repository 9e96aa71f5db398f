//! A sweep before it runs: what, over which grid, in which chunks.

use super::axis::Axis;
use super::grid::{chunk_counts, chunk_shape, index, position};
use super::quantities::{QUANTITIES, Quantity, Variable, completeness};
use super::status::Status;
use crate::fixed_points::SearchOptions;
use crate::model::{Circuit, Parameter};
use crate::spec::Spec;
use crate::study::renamed;
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};

/// A sweep: the circuit, its axes, and what to find.
#[derive(Clone)]
pub struct Plan {
    /// The circuit, before the axes change it.
    pub spec: Spec,
    /// The axes; the last one varies fastest.
    pub axes: Vec<Axis>,
    /// What to find.
    pub find: Vec<&'static Quantity>,
    /// The search for fixed points in every cell.
    pub search: SearchOptions,
    /// Cells of a chunk along each axis.
    pub chunk: Vec<usize>,
    /// The arrays of the result, after `status` and `runaway_time`; the first is `completeness`.
    pub variables: Vec<Variable>,
    /// The unit of time.
    pub(super) time: String,
    /// The circuit as it stands before the axes change it: for the store's fingerprint.
    pub(super) circuit: Circuit,
    /// What the axes vary, where the built circuit has it: a cell is then built from no description.
    pub(super) parameters: Option<Vec<Parameter>>,
}

/// The cells of one chunk, in the order of the grid; what lies beyond the grid is missing.
#[non_exhaustive]
pub struct Chunk {
    /// Status of each cell.
    pub status: Vec<Status>,
    /// Time at which a run from rest ran away, or NaN.
    pub runaway: Vec<f64>,
    /// For each variable the values of all cells.
    pub values: Vec<Vec<f64>>,
    /// Why cells failed: position in the grid, and the reason.
    pub errors: Vec<(Vec<usize>, String)>,
}

impl Plan {
    /// A plan, checked: every axis is an address of the circuit that takes its first and last value. `chunk` (cells
    /// along each axis) is chosen by the circuit's size if left out.
    ///
    /// # Errors
    /// No axis, two of one address, an address that there is not; something to find that there is not; a grid of too many
    /// chunks, or chunks that do not fit into memory.
    pub fn new(
        spec: Spec,
        axes: Vec<Axis>,
        find: &[String],
        search: SearchOptions,
        chunk: Option<Vec<usize>>,
    ) -> Result<Plan> {
        if axes.is_empty() {
            return Err(
                Error::invalid("a sweep needs an axis").with_help("for example W.E<-E over 0.2:1.6:200")
            );
        }
        for (k, a) in axes.iter().enumerate() {
            if axes[..k].iter().any(|b| b.address == a.address || b.dimension() == a.dimension()) {
                return Err(Error::invalid(format!("two axes vary {}", a.address)));
            }
        }
        let circuit = spec.build()?;
        circuit.require_dense()?;
        // A wrong address is one mistake, not one for each cell. A value that the circuit refuses at an end is told
        // too, unless the other end is fine: then only those cells fail.
        for a in &axes {
            let at = |k: usize| spec.with([a.change(k)]).and_then(|s| s.build());
            if let (Err(e), Err(_)) = (at(0), at(a.values.len() - 1)) {
                return Err(e);
            }
        }
        // Neighboring cells check each other: a cell may search less than a circuit that stands alone.
        let starts = search.starts.or((circuit.n() <= 10).then_some(STARTS));
        let search = search.starts(starts);
        let all = find.is_empty();
        let mut find = chosen(find)?;
        if all && !circuit.is_plain() {
            find.retain(|q| !q.of_units);
        }
        let sought = find.iter().flat_map(|q| (q.variables)(&circuit));
        let variables: Vec<Variable> = std::iter::once(completeness()).chain(sought).collect();
        let shape: Vec<usize> = axes.iter().map(|a| a.values.len()).collect();
        let chunk = match chunk {
            Some(chunk) if chunk.len() == axes.len() && chunk.iter().all(|&c| c > 0) => {
                chunk.iter().zip(&shape).map(|(c, n)| *c.min(n)).collect()
            }
            Some(chunk) => {
                return Err(Error::invalid(format!(
                    "chunks of {chunk:?} cells do not fit {} axes",
                    axes.len()
                )));
            }
            None => chunk_shape(&shape, cells_per_chunk(circuit.n())),
        };
        check_size(&shape, &chunk, &variables)?;
        let time = circuit.units().time.clone();
        let parameters: Vec<Parameter> = axes.iter().map(Axis::parameter).collect::<Result<_>>()?;
        let direct = parameters.iter().flat_map(Parameter::addresses).all(|a| circuit.varies(a));
        let parameters = direct.then_some(parameters);
        Ok(Plan { spec, axes, find, search, chunk, variables, time, circuit, parameters })
    }

    /// Number of values along each axis.
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(|a| a.values.len()).collect()
    }
    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.shape().iter().product()
    }
    /// Number of chunks along each axis.
    pub fn chunks_along(&self) -> Vec<usize> {
        chunk_counts(&self.shape(), &self.chunk)
    }
    /// Number of chunks.
    pub fn chunks(&self) -> usize {
        self.chunks_along().iter().product()
    }
    /// Cells of chunk `k` that lie in the grid.
    pub fn cells_of(&self, k: usize) -> usize {
        let at = position(k, &self.chunks_along());
        let along = |(d, a): (usize, &usize)| self.chunk[d].min(self.shape()[d] - a * self.chunk[d]);
        at.iter().enumerate().map(along).product()
    }
    /// Values of a cell.
    pub(super) fn width(&self) -> usize {
        self.variables.iter().map(Variable::len).sum()
    }
    /// The values of a cell that has none.
    pub(super) fn fills(&self) -> Vec<f64> {
        self.variables.iter().flat_map(|v| vec![v.fill(); v.len()]).collect()
    }

    /// Computes chunk `k`, cell by cell: the same numbers wherever and whenever.
    pub fn compute(&self, k: usize) -> Chunk {
        let shape = self.shape();
        let corner = position(k, &self.chunks_along());
        let count: usize = self.chunk.iter().product();
        let mut chunk = Chunk {
            status: Vec::with_capacity(count),
            runaway: Vec::with_capacity(count),
            values: self.variables.iter().map(|v| Vec::with_capacity(count * v.len())).collect(),
            errors: Vec::new(),
        };
        for c in 0..count {
            let within = position(c, &self.chunk);
            let at: Vec<usize> =
                within.iter().zip(&corner).zip(&self.chunk).map(|((w, k), size)| k * size + w).collect();
            let inside = at.iter().zip(&shape).all(|(a, n)| a < n);
            let (status, runaway, values) = if inside {
                let cell = self.cell(&at);
                chunk.errors.extend(cell.error.map(|e| (at, e)));
                (cell.status, cell.runaway, cell.values)
            } else {
                (Status::Missing, f64::NAN, self.fills())
            };
            chunk.status.push(status);
            chunk.runaway.push(runaway);
            let mut rest = values.as_slice();
            for (v, all) in self.variables.iter().zip(&mut chunk.values) {
                let (own, others) = rest.split_at(v.len());
                all.extend_from_slice(own);
                rest = others;
            }
        }
        chunk
    }

    /// The name of chunk `k` in the store: `0/3`.
    pub(super) fn chunk_key(&self, k: usize) -> String {
        let at = position(k, &self.chunks_along());
        debug_assert_eq!(index(&at, &self.chunks_along()), k);
        at.iter().map(ToString::to_string).collect::<Vec<_>>().join("/")
    }
}

/// Chunks of a sweep at most: each is a file for every variable.
const MAX_CHUNKS: u64 = 10_000_000;

/// Refuses a grid of more chunks than a file system is asked to hold, or chunks that do not fit into memory.
fn check_size(shape: &[usize], chunk: &[usize], variables: &[Variable]) -> Result<()> {
    let (cells, chunks) = (budget::product(shape), budget::product(&chunk_counts(shape, chunk)));
    let along = shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ");
    if chunks > MAX_CHUNKS {
        let count = if cells == u64::MAX { "more than 1e19".to_string() } else { cells.to_string() };
        return Err(Error::invalid(format!(
            "a sweep of {along} is {count} cells in more than {MAX_CHUNKS} chunks"
        ))
        .with_help("take fewer values along the axes, or larger chunks (--chunk)"));
    }
    let width: usize = variables.iter().map(Variable::len).sum();
    let each = budget::product(&[width + 2, size_of::<f64>()]);
    budget::require(
        budget::product(chunk),
        "cells of a chunk",
        each,
        "take smaller chunks (--chunk), or find less",
    )
}

/// What to find, by its words; all of it if none are given.
fn chosen(find: &[String]) -> Result<Vec<&'static Quantity>> {
    if find.is_empty() {
        return Ok(QUANTITIES.to_vec());
    }
    let mut chosen: Vec<&'static Quantity> = Vec::new();
    for word in find {
        let Some(q) = QUANTITIES.iter().find(|q| q.name == word.trim()) else {
            let names: Vec<_> = QUANTITIES.iter().map(|q| q.name).collect();
            let error = Error::invalid(format!("a sweep cannot find \"{word}\""));
            return Err(match renamed(word.trim()) {
                Some(new) => error.with_help(format!("it is called \"{new}\" now")),
                None => error.with_help(format!("one of: {}", names.join(", "))),
            });
        };
        if !chosen.iter().any(|c| c.name == q.name) {
            chosen.push(q);
        }
    }
    Ok(chosen)
}

/// Random starts of the search in a cell of up to ten units, if no number is asked for.
const STARTS: usize = 30;

/// Cells of a chunk: a second of work, or a few. (Measured, unoptimized: 9 ms for a cell of the supralinear network with
/// its 30 starts; 57 ms with the 200 of a circuit that stands alone. Larger ones by the cube of their size. Of one or two
/// units, whose fixed points are enclosed, a cell is 40 us, optimized: with chunks of 256 to write them was a quarter of all.)
fn cells_per_chunk(n: usize) -> usize {
    match n {
        0..=2 => 1024,
        3..=4 => 256,
        5..=20 => 64,
        21..=60 => 16,
        61..=120 => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_grid_is_known_before_it_is_made() {
        let variables = [completeness()];
        assert!(check_size(&[200, 200], &[16, 16], &variables).is_ok());
        let million = 1_000_000;
        for (shape, chunk, count) in [
            (vec![million, million], vec![32, 32], "1000000000000 cells"),
            (vec![10 * million; 4], vec![1; 4], "more than 1e19 cells"),
        ] {
            let e = check_size(&shape, &chunk, &variables).unwrap_err();
            assert!(e.message().contains(count), "{e}");
        }
        let e = check_size(&[10 * million; 3], &[10 * million; 3], &variables).unwrap_err();
        assert!(e.message().contains("cells of a chunk take"), "{e}");
    }
}
