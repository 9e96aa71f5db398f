//! Tables of numbers from files: `.npy`, `.npz`, `.csv`, `.mtx`.

use super::npy;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::path::Path;
use std::sync::Arc;

/// A matrix as it stands in a file.
#[derive(Debug)]
pub(crate) struct Table {
    pub rows: usize,
    pub cols: usize,
    pub entries: Entries,
    pub row_names: Option<Vec<String>>,
    pub col_names: Option<Vec<String>>,
}

/// Entries of a matrix.
#[derive(Debug)]
pub(crate) enum Entries {
    /// Row by row.
    Dense(Vec<f64>),
    /// Row by row, of an array that the circuit may share.
    Shared(Arc<Matrix>),
    /// Row, column, value.
    Sparse(Vec<(usize, usize, f64)>),
}

const FORMATS: &str = ".npy, .npz, .csv or .mtx";

/// Reads a matrix; `name` is how the circuit file calls it.
pub(crate) fn table(path: &Path, name: &str, array: Option<&str>) -> Result<Table> {
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

/// Times and values.
pub(crate) fn two_columns(table: &Table, name: &str) -> Result<Vec<(f64, f64)>> {
    match &table.entries {
        Entries::Dense(all) if table.cols == 2 => {
            if let Some(k) = all.iter().position(|x| !x.is_finite()) {
                return Err(Error::invalid(format!("{name}: row {} holds {}", k / 2 + 1, all[k])));
            }
            Ok(all.chunks(2).map(|row| (row[0], row[1])).collect())
        }
        _ => Err(Error::invalid(format!(
            "{name} must have two columns, times and values; it is {} x {}",
            table.rows, table.cols
        ))),
    }
}

fn matrix(array: npy::Array, name: &str) -> Result<Table> {
    match array.shape[..] {
        [rows, cols] => {
            Ok(Table { rows, cols, entries: Entries::Dense(array.values), row_names: None, col_names: None })
        }
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
    Ok(Table { rows: body.len(), cols, entries: Entries::Dense(values), row_names, col_names })
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
    let count = if format == "coordinate" { 3 } else { 2 };
    if sizes.len() != count || sizes[..2].iter().any(|&s| s == 0 || s > u32::MAX as usize) {
        return Err(fail(format!("line {line} must give {count} sizes")));
    }
    let (rows, cols) = (sizes[0], sizes[1]);
    if mirror != 0.0 && rows != cols {
        return Err(fail(format!("a {symmetry} matrix is square; this one is {rows} x {cols}")));
    }
    let mut triplets = Vec::new();
    let mut push = |i: usize, j: usize, v: f64| {
        triplets.push((i, j, v));
        if mirror != 0.0 && i != j {
            triplets.push((j, i, mirror * v));
        }
    };
    let mut seen = 0;
    if format == "coordinate" {
        for (line, entry) in rest {
            let words: Vec<&str> = entry.split_whitespace().collect();
            let index = |k: usize, size: usize| {
                words.get(k).and_then(|w| w.parse::<usize>().ok()).filter(|i| (1..=size).contains(i))
            };
            let value =
                if field == "pattern" { Some(1.0) } else { words.get(2).and_then(|w| w.parse().ok()) };
            let expected = if field == "pattern" { 2 } else { 3 };
            let (Some(i), Some(j), Some(v), true) =
                (index(0, rows), index(1, cols), value, words.len() == expected)
            else {
                return Err(fail(format!(
                    "line {line} is no entry of a {rows} x {cols} matrix: \"{entry}\""
                )));
            };
            seen += 1;
            push(i - 1, j - 1, v);
        }
        if seen != sizes[2] {
            return Err(fail(format!("it has {seen} entries, but says it has {}", sizes[2])));
        }
        return Ok(Table {
            rows,
            cols,
            entries: Entries::Sparse(triplets),
            row_names: None,
            col_names: None,
        });
    }
    // Column by column; below the diagonal only, if symmetric.
    let start = |j: usize| match symmetry {
        "general" => 0,
        "symmetric" => j,
        _ => j + 1,
    };
    let (mut i, mut j) = (start(0), 0);
    for (line, word) in rest.flat_map(|(n, l)| l.split_whitespace().map(move |w| (n, w))) {
        while j < cols && i >= rows {
            j += 1;
            i = start(j);
        }
        let Some(v) = word.parse().ok().filter(|_| j < cols) else {
            return Err(fail(format!("line {line}: \"{word}\" is no entry, or one too many")));
        };
        push(i, j, v);
        i += 1;
    }
    let complete = j >= cols || (j..cols).all(|c| if c == j { i >= rows } else { start(c) >= rows });
    if !complete {
        return Err(fail("it ends before its last entry".into()));
    }
    if rows.saturating_mul(cols) > triplets.len().saturating_mul(2).saturating_add(2 * rows) {
        return Err(fail("it ends before its last entry".into()));
    }
    let mut dense = vec![0.0; rows * cols];
    for (i, j, v) in triplets {
        dense[i * cols + j] = v;
    }
    Ok(Table { rows, cols, entries: Entries::Dense(dense), row_names: None, col_names: None })
}
