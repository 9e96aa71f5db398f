//! Tables of numbers that a description names, and where they come from.

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::fmt::Debug;
use std::sync::Arc;

/// A table of numbers as it stands in a file.
#[derive(Clone, Debug)]
pub struct Table {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// The numbers.
    pub entries: Entries,
    /// A name for each row.
    pub row_names: Option<Vec<String>>,
    /// A name for each column.
    pub col_names: Option<Vec<String>>,
}

/// Entries of a table.
#[derive(Clone, Debug)]
pub enum Entries {
    /// All of them; the circuit may share them.
    Dense(Arc<Matrix>),
    /// Row, column, value.
    Sparse(Vec<(usize, usize, f64)>),
}

/// Where the files are that a description names.
pub trait Files: Debug + Send + Sync {
    /// The table of a file, called `name` in the description; `array` is one of several in it.
    ///
    /// # Errors
    /// There is no such file, or no such table in it.
    fn table(&self, name: &str, array: Option<&str>) -> Result<Table>;
}

impl Table {
    /// A table of these numbers, without names.
    pub fn dense(matrix: impl Into<Arc<Matrix>>) -> Table {
        let matrix = matrix.into();
        Table {
            rows: matrix.rows(),
            cols: matrix.cols(),
            entries: Entries::Dense(matrix),
            row_names: None,
            col_names: None,
        }
    }

    /// Calls `f(row, column, value)` for every entry.
    pub(crate) fn for_each(&self, mut f: impl FnMut(usize, usize, f64)) {
        match &self.entries {
            Entries::Dense(m) => {
                for i in 0..m.rows() {
                    m.row(i).iter().enumerate().for_each(|(j, &v)| f(i, j, v));
                }
            }
            Entries::Sparse(triplets) => triplets.iter().for_each(|&(i, j, v)| f(i, j, v)),
        }
    }

    /// Times and values.
    pub(super) fn two_columns(&self, name: &str) -> Result<Vec<(f64, f64)>> {
        match &self.entries {
            Entries::Dense(m) if self.cols == 2 => {
                let all = m.data();
                if let Some(k) = all.iter().position(|x| !x.is_finite()) {
                    return Err(Error::invalid(format!("{name}: row {} holds {}", k / 2 + 1, all[k])));
                }
                Ok(all.chunks(2).map(|row| (row[0], row[1])).collect())
            }
            _ => Err(Error::invalid(format!(
                "{name} must have two columns, times and values; it is {} x {}",
                self.rows, self.cols
            ))),
        }
    }
}
