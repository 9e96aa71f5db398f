//! The Matrix Market format (NIST): coordinates stay sparse.

use super::npy;
use super::sparse::MAX_SIZE;
use crate::spec::Table;
use neurate_numerics::budget;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;

const CUT_OFF: &str = "the file may be cut off: write it again";

/// The first lines of a Matrix Market file.
struct Market<'a> {
    name: &'a str,
    /// Its entries have no values: all are 1.
    pattern: bool,
    symmetry: &'a str,
    /// What an entry is times for that opposite; 0 if those are given too.
    mirror: f64,
    rows: usize,
    cols: usize,
    /// The number of entries of a coordinate file.
    count: usize,
}

/// Reads the text of a `.mtx` file, called `name` in messages.
pub(super) fn matrix_market(text: &str, name: &str) -> Result<Table> {
    let fail = |what: String| Error::invalid(format!("{name}: {what}"));
    let mut lines = text.lines().enumerate().map(|(i, l)| (i + 1, l.trim()));
    let banner = lines.next().map(|(_, l)| l.to_lowercase()).unwrap_or_default();
    let words: Vec<&str> = banner.split_whitespace().collect();
    let ["%%matrixmarket", "matrix", format, field, symmetry] = words[..] else {
        return Err(fail("its first line is not that of a Matrix Market file".into())
            .with_help("%%MatrixMarket matrix coordinate real general"));
    };
    if !["coordinate", "array"].contains(&format) {
        return Err(fail(format!("its format is {format}; coordinate and array are read"))
            .with_help("scipy.io.mmwrite(\"W.mtx\", W) in Python writes such a file"));
    }
    if !["real", "integer", "pattern", "double"].contains(&field) || (field == "pattern" && format == "array")
    {
        return Err(fail(format!("its entries are {field}; weights are real numbers"))
            .with_help("save its real part: scipy.io.mmwrite(\"W.mtx\", W.real) in Python"));
    }
    let mirror = match symmetry {
        "general" => 0.0,
        "symmetric" => 1.0,
        "skew-symmetric" => -1.0,
        _ => {
            return Err(fail(format!("its symmetry is {symmetry}; weights are real numbers"))
                .with_help("general, symmetric or skew-symmetric"));
        }
    };
    let mut rest = lines.filter(|(_, l)| !l.is_empty() && !l.starts_with('%'));
    let Some((line, sizes)) = rest.next() else {
        return Err(fail("it ends before its sizes".into()).with_help(CUT_OFF));
    };
    let sizes: Vec<usize> = sizes.split_whitespace().map_while(|w| w.parse().ok()).collect();
    let coordinate = format == "coordinate";
    let expected = if coordinate { 3 } else { 2 };
    if sizes.len() != expected || sizes[..2].contains(&0) {
        return Err(fail(format!("line {line} must give {expected} sizes")).with_help(if coordinate {
            "rows, columns and the number of entries"
        } else {
            "rows and columns"
        }));
    }
    if let Some(size) = sizes[..2].iter().find(|s| **s > MAX_SIZE) {
        return Err(fail(format!("line {line} announces {size} rows or columns"))
            .with_help(format!("a circuit has at most {MAX_SIZE} units: check the line of sizes")));
    }
    let (rows, cols, count) = (sizes[0], sizes[1], sizes.get(2).copied().unwrap_or(0));
    if mirror != 0.0 && rows != cols {
        return Err(fail(format!("a {symmetry} matrix is square; this one is {rows} x {cols}"))
            .with_help("write general in its first line, or mend the line of sizes"));
    }
    // Entries as they are read, of a symmetric matrix on both sides; and in a full matrix.
    let sides = if mirror == 0.0 { 1 } else { 2 };
    let entry = sides * size_of::<(usize, usize, f64)>() as u64;
    match coordinate {
        true => npy::require(count as u64, entry, name)?,
        false => npy::require(budget::product(&[rows, cols]), entry + size_of::<f64>() as u64, name)?,
    }
    let pattern = field == "pattern";
    let market = Market { name, pattern, symmetry, mirror, rows, cols, count };
    if coordinate { market.coordinates(rest) } else { market.array(rest) }
}

impl Market<'_> {
    fn fail(&self, what: &str) -> Error {
        Error::invalid(format!("{}: {what}", self.name))
    }

    /// An entry, and the one opposite if it follows.
    fn push(&self, triplets: &mut Vec<(usize, usize, f64)>, (i, j): (usize, usize), v: f64) {
        triplets.push((i, j, v));
        if self.mirror != 0.0 && i != j {
            triplets.push((j, i, self.mirror * v));
        }
    }

    fn coordinates<'t>(&self, lines: impl Iterator<Item = (usize, &'t str)>) -> Result<Table> {
        let (mut triplets, mut seen) = (Vec::new(), 0);
        let (rows, cols) = (self.rows, self.cols);
        for (line, entry) in lines {
            let words: Vec<&str> = entry.split_whitespace().collect();
            let index = |k: usize, size: usize| {
                words.get(k).and_then(|w| w.parse::<usize>().ok()).filter(|i| (1..=size).contains(i))
            };
            let value = if self.pattern { Some(1.0) } else { words.get(2).and_then(|w| w.parse().ok()) };
            let expected = if self.pattern { 2 } else { 3 };
            let (Some(i), Some(j), Some(v), true) =
                (index(0, rows), index(1, cols), value, words.len() == expected)
            else {
                let what = format!("line {line} is no entry of a {rows} x {cols} matrix: \"{entry}\"");
                return Err(self.fail(&what).with_help("row, column and value, counted from 1"));
            };
            seen += 1;
            self.push(&mut triplets, (i - 1, j - 1), v);
        }
        if seen != self.count {
            return Err(self
                .fail(&format!("it has {seen} entries, but says it has {}", self.count))
                .with_help(CUT_OFF));
        }
        Ok(Table::sparse(rows, cols, triplets))
    }

    /// Column by column; below the diagonal only, if symmetric.
    fn array<'t>(&self, lines: impl Iterator<Item = (usize, &'t str)>) -> Result<Table> {
        let (rows, cols) = (self.rows, self.cols);
        let mut triplets = Vec::new();
        let start = |j: usize| match self.symmetry {
            "general" => 0,
            "symmetric" => j,
            _ => j + 1,
        };
        let (mut i, mut j) = (start(0), 0);
        for (line, word) in lines.flat_map(|(n, l)| l.split_whitespace().map(move |w| (n, w))) {
            while j < cols && i >= rows {
                j += 1;
                i = start(j);
            }
            let Some(v) = word.parse().ok().filter(|_| j < cols) else {
                return Err(self
                    .fail(&format!("line {line}: \"{word}\" is no entry, or one too many"))
                    .with_help(format!("a number for each of {rows} x {cols} entries, column by column")));
            };
            self.push(&mut triplets, (i, j), v);
            i += 1;
        }
        let complete = (j..cols).all(|c| if c == j { i >= rows } else { start(c) >= rows });
        if !complete {
            return Err(self.fail("it ends before its last entry").with_help(CUT_OFF));
        }
        let mut dense = Matrix::zeros(rows, cols);
        for (i, j, v) in triplets {
            dense[(i, j)] = v;
        }
        Ok(Table::dense(dense))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked_before_memory_is_taken() {
        let refused = |sizes: &str, format: &str| {
            let text = format!("%%MatrixMarket matrix {format} real general\n{sizes}\n1 1 1\n");
            matrix_market(&text, "W.mtx").unwrap_err().to_string()
        };
        let rows = refused("1000000000 1000000000 1", "coordinate");
        assert!(rows.contains("line 2 announces 1000000000 rows or columns"), "{rows}");
        let entries = refused("1000 1000 1000000000000000000", "coordinate");
        assert!(entries.contains("W.mtx: 1000000000000000000 numbers take 24 EB of memory"), "{entries}");
        let full = refused("9000000 9000000", "array");
        assert!(full.contains("81000000000000 numbers take 2.6 PB of memory"), "{full}");
    }
}
