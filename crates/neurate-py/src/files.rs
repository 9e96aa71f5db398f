//! Texts of the library and tables from files.

use crate::arrays::{Array1, Array2, array1, array2};
use crate::error::raise;
use neurate::budget;
use neurate::file::{TEMPLATES, folder, square_table};
use neurate::report::QUESTIONS;
use neurate::spec::{Entries, Files, Table, TableOptions};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// Number of units, and row, column and value of each entry.
pub type Triplets<'py> =
    (usize, PyReadonlyArray1<'py, u64>, PyReadonlyArray1<'py, u64>, PyReadonlyArray1<'py, f64>);

/// Rows, columns and values of entries, for Python.
pub type Columns<'py> = (Bound<'py, PyArray1<u64>>, Bound<'py, PyArray1<u64>>, Array1<'py>);

/// Number of units, and the entries, as the library has them.
pub type Sparse = (usize, Vec<(usize, usize, f64)>);

/// Entries as Python takes them.
pub fn columns<'py>(py: Python<'py>, entries: &[(usize, usize, f64)]) -> Columns<'py> {
    let indices =
        |of: fn(&(usize, usize, f64)) -> usize| PyArray1::from_iter(py, entries.iter().map(|e| of(e) as u64));
    (indices(|e| e.0), indices(|e| e.1), array1(py, entries.iter().map(|e| e.2).collect()))
}

/// The entries as the library has them, checked against the size.
pub fn entries(given: &Triplets<'_>) -> PyResult<Sparse> {
    let (n, rows, cols, values) = given;
    let (rows, cols, values) = (rows.as_array(), cols.as_array(), values.as_array());
    if rows.len() != values.len() || cols.len() != values.len() {
        return Err(raise(
            neurate::Error::invalid("a sparse matrix has a row, a column and a value for each entry")
                .with_help("pass an array of scipy.sparse"),
        ));
    }
    let mut all = Vec::with_capacity(values.len());
    for ((&i, &j), &w) in rows.iter().zip(cols).zip(values) {
        let (i, j) = (i as usize, j as usize);
        if i >= *n || j >= *n {
            return Err(raise(neurate::Error::invalid(format!(
                "a sparse matrix of {n} x {n} has an entry in row {i}, column {j}"
            ))));
        }
        all.push((i, j, w));
    }
    Ok((*n, all))
}

/// The files of a folder, and weights from Python that a description calls `W`.
#[derive(Debug)]
pub struct Beside {
    files: Arc<dyn Files>,
    weights: Arc<Sparse>,
}

impl Beside {
    /// Files in a folder beside these weights.
    pub fn beside(path: &Path, weights: Arc<Sparse>) -> Arc<dyn Files> {
        Arc::new(Beside { files: folder(path), weights })
    }
}

impl Files for Beside {
    fn table(&self, name: &str, options: &TableOptions) -> neurate::Result<Table> {
        if name != "W" {
            return self.files.table(name, options);
        }
        let (n, entries) = &*self.weights;
        Ok(Table::sparse(*n, *n, entries.clone()))
    }
}

/// The square matrix in a file: rows, columns, all numbers or row, column and value of those that are not 0, names of rows and
/// of columns.
#[pyfunction]
#[pyo3(signature = (path, array))]
pub fn read_table<'py>(
    py: Python<'py>,
    path: &str,
    array: Option<&str>,
) -> PyResult<(
    usize,
    usize,
    Option<Array2<'py>>,
    Option<Columns<'py>>,
    Option<Vec<String>>,
    Option<Vec<String>>,
)> {
    let table = square_table(Path::new(path), array, None).map_err(raise)?;
    let (dense, triplets) = match &table.entries {
        Entries::Dense(m) => (Some(array2(py, m)?), None),
        Entries::Sparse(all) => (None, Some(columns(py, all))),
    };
    Ok((table.rows, table.cols, dense, triplets, table.row_names, table.col_names))
}

/// A name from data as a name in a circuit.
#[pyfunction]
pub fn identifier(label: &str) -> String {
    neurate::spec::identifier(label)
}

/// Lets the process use so much memory: "40GB".
#[pyfunction]
pub fn allow_memory(size: &str) -> PyResult<()> {
    budget::size(size).map(budget::allow).map_err(raise)
}

/// What people read for a name from data, where the circuit's is another.
#[pyfunction]
pub fn label_of(name: &str) -> Option<String> {
    neurate::spec::label_of(name)
}

/// The JSON Schema of reports and of the answers in them.
#[pyfunction]
pub fn schema() -> String {
    neurate::report::schema().to_string()
}

/// The sections of a report: name, and what it answers.
#[pyfunction]
pub fn sections() -> Vec<(&'static str, &'static str)> {
    QUESTIONS.iter().map(|a| (a.name, a.about)).collect()
}

/// Starting files: name, and what it is.
#[pyfunction]
pub fn templates() -> Vec<(&'static str, &'static str)> {
    TEMPLATES.iter().map(|t| (t.name, t.about)).collect()
}

/// The text of a starting file.
#[pyfunction]
pub fn template(name: &str) -> PyResult<String> {
    neurate::file::template(name).ok_or_else(|| {
        let names: Vec<_> = TEMPLATES.iter().map(|t| t.name).collect();
        raise(
            neurate::Error::invalid(format!("there is no template {name:?}"))
                .with_help(format!("one of: {}", names.join(", "))),
        )
    })
}
