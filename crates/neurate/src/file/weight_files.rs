//! Tables of numbers from files: `.npy`, `.npz`, `.csv`, `.mtx`.

use super::npy;
use crate::spec::{Entries, Table};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::path::Path;

const FORMATS: &str = ".npy, .npz, .csv or .mtx";

/// Reads a matrix; `name` is how the circuit file calls it.
pub(super) fn table(path: &Path, name: &str, array: Option<&str>) -> Result<Table> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if array.is_some() && extension != "npz" {
        return Err(Error::invalid(format!("array names one of several in a .npz file; {name} is none")));
    }
    match extension.as_str() {
        "npy" => matrix(npy::read_npy(&bytes(path, name)?, name)?, name),
        "npz" => matrix(npy::read_npz(&bytes(path, name)?, name, array)?, name),
        "csv" => comma_separated(&text(path, name)?, name),
        "mtx" => matrix_market(&text(path, name)?, name),
        "zarr" => {
            Err(Error::unsupported("weights from .zarr come in a later version")
                .with_help("save them as .npy"))
        }
        _ => Err(Error::invalid(format!("{name}: weights come from {FORMATS}, by the file's ending"))),
    }
}

fn matrix(array: npy::Array, name: &str) -> Result<Table> {
    match array.shape[..] {
        [rows, cols] => Ok(Table::dense(Matrix::from_vec(rows, cols, array.values))),
        _ => {
            let shape: Vec<_> = array.shape.iter().map(ToString::to_string).collect();
            Err(Error::invalid(format!("{name} has shape ({}); a matrix has two axes", shape.join(", "))))
        }
    }
}

fn bytes(path: &Path, name: &str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| {
        let why = if path.is_dir() { "it is a folder".to_string() } else { e.to_string() };
        Error::io(format!("{name} cannot be read: {why}"))
            .with_help(format!("it is looked for at {}, beside the circuit file", path.display()))
    })
}

fn text(path: &Path, name: &str) -> Result<String> {
    String::from_utf8(bytes(path, name)?).map_err(|_| Error::invalid(format!("{name} is not a text file")))
}

/// Numbers with commas between them; a first row and a first column may be names.
fn comma_separated(text: &str, name: &str) -> Result<Table> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let semicolons = text.lines().next().is_some_and(|l| l.contains(';'));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .delimiter(if semicolons { b';' } else { b',' })
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut lines: Vec<(u64, Vec<String>)> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| Error::invalid(format!("{name}: {e}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        lines.push((line, record.iter().map(str::to_string).collect()));
    }
    let is_number = |c: &str| c.parse::<f64>().is_ok();
    let Some((_, first)) = lines.first() else {
        return Err(Error::invalid(format!("{name} holds no numbers")));
    };
    let body_has_names = lines.iter().skip(1).any(|(_, l)| !is_number(&l[0]));
    let header = first.iter().skip(usize::from(first.len() > 1)).any(|c| !c.is_empty() && !is_number(c))
        || (lines.len() > 1 && !is_number(&first[0]) && !body_has_names);
    let body = &lines[usize::from(header)..];
    let names = body.iter().any(|(_, l)| !is_number(&l[0]) && !l[0].is_empty());
    let skip = usize::from(names);
    let cols = body.first().map_or(0, |(_, l)| l.len().saturating_sub(skip));
    let mut values = Vec::with_capacity(body.len() * cols);
    for (line, cells) in body {
        if cells.len() != cols + skip {
            let (found, expected) = (cells.len(), cols + skip);
            return Err(Error::invalid(format!(
                "{name}: line {line} has {found} cells, others have {expected}"
            )));
        }
        for (k, c) in cells.iter().enumerate().skip(skip) {
            match c.parse::<f64>() {
                Ok(x) => values.push(x),
                Err(_) => {
                    return Err(Error::invalid(format!(
                        "{name}: line {line}, cell {} is \"{c}\", not a number",
                        k + 1
                    )));
                }
            }
        }
    }
    if cols == 0 || body.is_empty() {
        return Err(Error::invalid(format!("{name} holds no numbers")));
    }
    let col_names = header.then(|| first[first.len().saturating_sub(cols)..].to_vec());
    let row_names = names.then(|| body.iter().map(|(_, l)| l[0].clone()).collect());
    let table = Table::dense(Matrix::from_vec(body.len(), cols, values));
    Ok(Table { row_names, col_names, ..table })
}

/// The first lines of a Matrix Market file.
struct Market<'a> {
    name: &'a str,
    coordinate: bool,
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

/// The Matrix Market format (NIST): coordinates stay sparse.
fn matrix_market(text: &str, name: &str) -> Result<Table> {
    let fail = |what: String| Error::invalid(format!("{name}: {what}"));
    let mut lines = text.lines().enumerate().map(|(i, l)| (i + 1, l.trim()));
    let banner = lines.next().map(|(_, l)| l.to_lowercase()).unwrap_or_default();
    let words: Vec<&str> = banner.split_whitespace().collect();
    let ["%%matrixmarket", "matrix", format, field, symmetry] = words[..] else {
        return Err(fail("its first line is not that of a Matrix Market file".into())
            .with_help("%%MatrixMarket matrix coordinate real general"));
    };
    if !["coordinate", "array"].contains(&format) {
        return Err(fail(format!("its format is {format}; coordinate and array are read")));
    }
    if !["real", "integer", "pattern", "double"].contains(&field) || (field == "pattern" && format == "array")
    {
        return Err(fail(format!("its entries are {field}; weights are real numbers")));
    }
    let mirror = match symmetry {
        "general" => 0.0,
        "symmetric" => 1.0,
        "skew-symmetric" => -1.0,
        _ => return Err(fail(format!("its symmetry is {symmetry}; weights are real numbers"))),
    };
    let mut rest = lines.filter(|(_, l)| !l.is_empty() && !l.starts_with('%'));
    let Some((line, sizes)) = rest.next() else { return Err(fail("it ends before its sizes".into())) };
    let sizes: Vec<usize> = sizes.split_whitespace().map_while(|w| w.parse().ok()).collect();
    let coordinate = format == "coordinate";
    let expected = if coordinate { 3 } else { 2 };
    if sizes.len() != expected || sizes[..2].iter().any(|&s| s == 0 || s > u32::MAX as usize) {
        return Err(fail(format!("line {line} must give {expected} sizes")));
    }
    let (rows, cols, count) = (sizes[0], sizes[1], sizes.get(2).copied().unwrap_or(0));
    if mirror != 0.0 && rows != cols {
        return Err(fail(format!("a {symmetry} matrix is square; this one is {rows} x {cols}")));
    }
    let pattern = field == "pattern";
    let market = Market { name, coordinate, pattern, symmetry, mirror, rows, cols, count };
    if market.coordinate { market.coordinates(rest) } else { market.array(rest) }
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
                return Err(
                    self.fail(&format!("line {line} is no entry of a {rows} x {cols} matrix: \"{entry}\""))
                );
            };
            seen += 1;
            self.push(&mut triplets, (i - 1, j - 1), v);
        }
        if seen != self.count {
            return Err(self.fail(&format!("it has {seen} entries, but says it has {}", self.count)));
        }
        Ok(Table { rows, cols, entries: Entries::Sparse(triplets), row_names: None, col_names: None })
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
                return Err(self.fail(&format!("line {line}: \"{word}\" is no entry, or one too many")));
            };
            self.push(&mut triplets, (i, j), v);
            i += 1;
        }
        let complete = j >= cols || (j..cols).all(|c| if c == j { i >= rows } else { start(c) >= rows });
        let too_few = rows.saturating_mul(cols) > triplets.len().saturating_mul(2).saturating_add(2 * rows);
        if !complete || too_few {
            return Err(self.fail("it ends before its last entry"));
        }
        let mut dense = Matrix::zeros(rows, cols);
        for (i, j, v) in triplets {
            dense[(i, j)] = v;
        }
        Ok(Table::dense(dense))
    }
}
