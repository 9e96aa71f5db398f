//! Sparse matrices as libraries keep them: coordinates, or compressed rows or columns.

use crate::spec::Table;
use neurate_numerics::error::{Error, Result};

/// More rows or columns than any circuit has.
pub(super) const MAX_SIZE: usize = 10_000_000;

/// A number of rows or columns.
pub(super) fn size(x: f64, name: &str) -> Result<usize> {
    if x >= 1.0 && x <= MAX_SIZE as f64 && x.fract() == 0.0 {
        return Ok(x as usize);
    }
    Err(Error::invalid(format!("{name} announces {x} rows or columns"))
        .with_help(format!("a circuit has 1 to {MAX_SIZE} units")))
}

fn broken(name: &str, why: &str) -> Error {
    Error::invalid(format!("{name} holds no whole sparse matrix: {why}")).with_help("save it again")
}

/// A matrix by its coordinates. Entries that stand twice add up, as they do in SciPy.
pub(super) fn coordinates(
    name: &str,
    (rows, cols): (usize, usize),
    row: &[f64],
    col: &[f64],
    data: &[f64],
) -> Result<Table> {
    if row.len() != data.len() || col.len() != data.len() {
        return Err(broken(
            name,
            &format!("{} values for {} rows and {} columns", data.len(), row.len(), col.len()),
        ));
    }
    let inside = |x: f64, size: usize| x >= 0.0 && x < size as f64;
    let mut entries = Vec::with_capacity(data.len());
    for ((&i, &j), &v) in row.iter().zip(col).zip(data) {
        if !inside(i, rows) || !inside(j, cols) {
            return Err(broken(name, &format!("row {i}, column {j} is outside of {rows} x {cols}")));
        }
        entries.push((i as usize, j as usize, v));
    }
    Ok(Table::sparse(rows, cols, entries))
}

/// A matrix by compressed rows, or columns: `starts[k]..starts[k + 1]` of `indices` and `data` are of row `k`.
pub(super) fn compressed(
    name: &str,
    (rows, cols): (usize, usize),
    by_columns: bool,
    starts: &[f64],
    indices: &[f64],
    data: &[f64],
) -> Result<Table> {
    let (lines, across) = if by_columns { (cols, rows) } else { (rows, cols) };
    if starts.len() != lines + 1 {
        return Err(broken(name, &format!("{} starts for {lines} rows or columns", starts.len())));
    }
    let mut entries = Vec::with_capacity(data.len());
    for (k, w) in starts.windows(2).enumerate() {
        let (from, to) = (w[0], w[1]);
        if !(0.0 <= from && from <= to && to <= indices.len().min(data.len()) as f64) {
            return Err(broken(name, &format!("row or column {k} has its entries at {from} to {to}")));
        }
        for e in from as usize..to as usize {
            let i = indices[e];
            if !(i >= 0.0 && i < across as f64) {
                return Err(broken(name, &format!("index {i} is outside of {across}")));
            }
            let i = i as usize;
            entries.push(if by_columns { (i, k, data[e]) } else { (k, i, data[e]) });
        }
    }
    Ok(Table::sparse(rows, cols, entries))
}
