//! Tables of numbers that a description names, and where they come from.

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::fmt::Debug;
use std::sync::Arc;

/// Endings of files that hold a matrix instead of a circuit; `txt` and `dat` may hold either.
pub const MATRIX_ENDINGS: [&str; 9] = ["npy", "npz", "csv", "tsv", "txt", "dat", "mtx", "mat", "zarr"];

/// A table of numbers as it stands in a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Table {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// The numbers; NaN where one is missing.
    pub entries: Entries,
    /// A name for each row.
    pub row_names: Option<Vec<String>>,
    /// A name for each column.
    pub col_names: Option<Vec<String>>,
    /// What a comment right above the first row says of the columns (`# time (s), light`), if it has a word for each.
    pub remark: Option<Vec<String>>,
    /// The line of the file in which the first missing number is, counted from 1.
    pub missing_line: Option<u64>,
    /// If the file lists connections one by one, what they call the units; then rows receive.
    pub edges: Option<Edges>,
}

/// Entries of a table.
#[derive(Clone, Debug)]
pub enum Entries {
    /// All of them; the circuit may share them.
    Dense(Arc<Matrix>),
    /// Row, column, value.
    Sparse(Vec<(usize, usize, f64)>),
}

/// How a list of connections names units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edges {
    /// By names: those of rows and of columns are the same, in the order in which the file first has them. A unit that is in no
    /// connection is not in the table.
    Names,
    /// By numbers, which are the table's indices as they stand: counted from 0, or from 1, then row and column 0 are empty.
    Numbers {
        /// The lowest number.
        lowest: usize,
    },
}

/// Where a table of numbers has names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Nowhere: all cells are numbers.
    None,
    /// In its first row.
    Row,
    /// In its first column.
    Column,
    /// In both.
    Both,
}

/// The words for [`Labels`], as a description has them.
pub(crate) const LABELS: [(&str, Labels); 4] =
    [("none", Labels::None), ("row", Labels::Row), ("column", Labels::Column), ("both", Labels::Both)];

/// What is said about a file with a table, beside its name.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TableOptions {
    /// Which array, of a file that holds several.
    pub array: Option<String>,
    /// The decimal mark, `.` or `,`, if the file alone does not decide.
    pub decimal: Option<char>,
    /// Where the names are, if the file alone does not decide.
    pub labels: Option<Labels>,
    /// Whether a square matrix is expected. Then a first row of 0, 1, 2, ... that makes it one too many is names.
    pub square: bool,
}

impl TableOptions {
    /// For a square matrix; nothing else is said.
    #[must_use]
    pub fn square() -> TableOptions {
        TableOptions { square: true, ..TableOptions::default() }
    }
    /// The same, of the array of this name.
    #[must_use]
    pub fn array(mut self, array: Option<&str>) -> TableOptions {
        self.array = array.map(str::to_string);
        self
    }
}

/// Where the files are that a description names.
pub trait Files: Debug + Send + Sync {
    /// The table of a file, called `name` in the description.
    ///
    /// # Errors
    /// There is no such file, or no such table in it.
    fn table(&self, name: &str, options: &TableOptions) -> Result<Table>;
}

impl Table {
    /// A table of these numbers, without names.
    pub fn dense(matrix: impl Into<Arc<Matrix>>) -> Table {
        let matrix = matrix.into();
        Table::of(matrix.rows(), matrix.cols(), Entries::Dense(matrix))
    }

    /// A table of these sizes with the numbers that are given, as row, column and value; the others are 0.
    pub fn sparse(rows: usize, cols: usize, entries: Vec<(usize, usize, f64)>) -> Table {
        Table::of(rows, cols, Entries::Sparse(entries))
    }

    fn of(rows: usize, cols: usize, entries: Entries) -> Table {
        let (row_names, col_names, remark) = (None, None, None);
        Table { rows, cols, entries, row_names, col_names, remark, missing_line: None, edges: None }
    }

    /// The same with names of rows and columns.
    #[must_use]
    pub fn named(mut self, rows: Option<Vec<String>>, cols: Option<Vec<String>>) -> Table {
        (self.row_names, self.col_names) = (rows, cols);
        self
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

    /// Row `i`, by its name if it has one, for messages.
    pub(crate) fn row_words(&self, i: usize) -> String {
        words("row", i, self.row_names.as_ref())
    }
    /// Column `j`, by its name if it has one, for messages.
    pub(crate) fn column_words(&self, j: usize) -> String {
        words("column", j, self.col_names.as_ref())
    }

    /// Refuses missing numbers (NaN), or puts `instead` in their place. `name` is that of the file.
    ///
    /// # Errors
    /// Numbers are missing, and nothing is given for them: with their count and where the first is.
    pub(crate) fn fill_missing(&mut self, name: &str, instead: Option<f64>) -> Result<()> {
        let (mut count, mut first) = (0_usize, None);
        self.for_each(|i, j, v| {
            if v.is_nan() {
                count += 1;
                first = first.or(Some((i, j)));
            }
        });
        let Some((i, j)) = first else { return Ok(()) };
        let Some(instead) = instead else {
            let cells = self.rows.saturating_mul(self.cols);
            let line = self.missing_line.map(|l| format!("line {l}, ")).unwrap_or_default();
            let (row, column) = (self.row_words(i), self.column_words(j));
            let what = if count == 1 {
                format!(
                    "{name} lacks one of its {cells} numbers (an empty cell, NA or NaN): {line}{row}, {column}"
                )
            } else {
                format!(
                    "{name} lacks {count} of its {cells} numbers (empty cells, NA or NaN), the first in {line}{row}, {column}"
                )
            };
            return Err(Error::invalid(what).with_help(
                "fill in what is missing; or, in a circuit file, write missing = 0 beside file = ... to read it as 0",
            ));
        };
        match &mut self.entries {
            Entries::Dense(m) => *m = Arc::new(m.map(|v| if v.is_nan() { instead } else { v })),
            Entries::Sparse(triplets) => {
                triplets.iter_mut().filter(|t| t.2.is_nan()).for_each(|t| t.2 = instead);
            }
        }
        Ok(())
    }
}

fn words(axis: &str, k: usize, names: Option<&Vec<String>>) -> String {
    match names.and_then(|n| n.get(k)) {
        Some(name) => format!("{axis} {} (\"{name}\")", k + 1),
        None => format!("{axis} {}", k + 1),
    }
}

/// Whether all of these names are numbers: those tell rows apart, and name nothing in a circuit.
pub(crate) fn are_numbers(names: &[String]) -> bool {
    names.iter().all(|n| n.parse::<f64>().is_ok_and(f64::is_finite))
}

/// Whether names only count lines, in their order: 0, 1, 2, ... or from 1.
pub(crate) fn count_lines(names: &[String]) -> bool {
    let first = usize::from(names.first().is_none_or(|n| n.trim() != "0"));
    names.iter().enumerate().all(|(k, n)| n.trim().parse() == Ok(k + first))
}

/// Whether a population can have this name.
pub(super) fn may_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || ".*[]<>=,\"'".contains(c);
    !name.is_empty() && !name.contains(forbidden) && !name.contains("->")
}

/// A name from data as a name in a circuit: `L2/3 E` becomes `L2_3_E`; a name that may stand there stays.
pub fn identifier(label: &str) -> String {
    if may_name(label) {
        return label.to_string();
    }
    let words: Vec<&str> =
        label.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).collect();
    if words.is_empty() { "unnamed".to_string() } else { words.join("_") }
}
