//! A text read as a table of numbers.

use super::cells::{Separator, is_comment, lines, records};
use super::edges;
use super::format::{Format, format};
use super::labels::Frame;
use super::numbers::{Cell, cell};
use crate::spec::{Labels, Table, TableOptions};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::collections::BTreeMap;

/// Reads a text as a table; `name` is that of its file.
///
/// # Errors
/// It is no table of numbers, or can be read in two ways: with the line, and what would be right.
pub(in crate::file) fn table(text: &str, name: &str, options: &TableOptions) -> Result<Table> {
    read(text, options).map_err(|e| e.map_message(|what| format!("{name}: {what}")))
}

fn read(text: &str, options: &TableOptions) -> Result<Table> {
    let (format, text) = format(text, options.decimal)?;
    let outline = Outline::of(text, format)?;
    if outline.rows == 0 || outline.width == 0 {
        return Err(no_numbers());
    }
    if let Some(columns) = edges::columns(&outline.first_row)? {
        return edges::table(text, format, columns);
    }
    let labels = match options.labels {
        Some(labels) => labels,
        None => Frame {
            first_row: &outline.first_row,
            first_column: &outline.first_column,
            width: outline.width,
            decimal_comma: format.decimal_comma,
            square: options.square,
        }
        .labels()?,
    };
    values(text, format, &outline, labels)
}

fn no_numbers() -> Error {
    Error::invalid("it holds no numbers")
        .with_help("a line for each row, with commas, semicolons, tabs or blanks between numbers")
}

/// What has to be known of a text before its numbers are read.
struct Outline {
    /// The cells of the first row, without empty ones after its last.
    first_row: Vec<String>,
    /// The first cell of every row.
    first_column: Vec<String>,
    /// Rows, without empty ones after the last.
    rows: usize,
    /// Columns, without empty ones after the last.
    width: usize,
}

impl Outline {
    fn of(text: &str, format: Format) -> Result<Outline> {
        let mut outline = Outline { first_row: Vec::new(), first_column: Vec::new(), rows: 0, width: 0 };
        // The line of each row, and its number of cells.
        let mut lengths: Vec<(u64, usize)> = Vec::new();
        records(text, format.separator, |line, cells| {
            let filled = cells.iter().rposition(|c| !c.is_empty()).map_or(0, |k| k + 1);
            if lengths.is_empty() {
                outline.first_row = cells.iter().map(ToString::to_string).collect();
            }
            outline.first_column.push(cells.first().map(ToString::to_string).unwrap_or_default());
            outline.width = outline.width.max(filled);
            lengths.push((line, cells.len()));
            if filled > 0 {
                outline.rows = lengths.len();
            }
            Ok(())
        })?;
        lengths.truncate(outline.rows);
        outline.first_column.truncate(outline.rows);
        outline.first_row.truncate(outline.width);
        // Of names, those that are there count: a separator after the last one makes no name.
        if outline.first_row.iter().any(|c| cell(c, format.decimal_comma) == Cell::Text) {
            let named = outline.first_row.iter().rposition(|c| !c.is_empty()).map_or(0, |k| k + 1);
            outline.first_row.truncate(named);
        }
        outline.check(&lengths, format.separator)?;
        Ok(outline)
    }

    /// Refuses rows of different lengths. The first may be shorter: there it depends on what it is.
    fn check(&self, lengths: &[(u64, usize)], separator: Separator) -> Result<()> {
        let below = &lengths[lengths.len().min(1)..];
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, length) in below {
            *counts.entry(self.width.min(*length)).or_default() += 1;
        }
        let Some((&usual, _)) = counts.iter().max_by_key(|(_, count)| **count) else { return Ok(()) };
        let help = match separator {
            Separator::Blanks => "blanks separate its cells: put names with blanks in quotes, or use commas",
            _ => "every row has the same number of cells; an empty cell needs its separator",
        };
        if let Some((line, length)) = below.iter().find(|(_, l)| self.width.min(*l) != usual) {
            return Err(Error::invalid(format!(
                "line {line} has {length} cells, most lines have {usual} ({} separate cells)",
                separator.words()
            ))
            .with_help(help));
        }
        if self.first_row.len() > usual {
            return Err(Error::invalid(format!(
                "its first row has {} cells, the rows below have {usual}",
                self.first_row.len()
            ))
            .with_help(help));
        }
        Ok(())
    }
}

/// Reads the numbers, and the names where there are any.
fn values(text: &str, format: Format, outline: &Outline, labels: Labels) -> Result<Table> {
    let header = usize::from(matches!(labels, Labels::Row | Labels::Both));
    let side = usize::from(matches!(labels, Labels::Column | Labels::Both));
    let (rows, cols) = (outline.rows.saturating_sub(header), outline.width.saturating_sub(side));
    if rows == 0 || cols == 0 {
        return Err(no_numbers());
    }
    let mut values = Vec::with_capacity(rows * cols);
    let (mut seen, mut missing_line) = (0, None);
    records(text, format.separator, |line, cells| {
        seen += 1;
        if seen <= header || seen > outline.rows {
            return Ok(());
        }
        for k in side..outline.width {
            let text = cells.get(k).map_or("", |c| c);
            values.push(match cell(text, format.decimal_comma) {
                Cell::Number(x) => x,
                Cell::Missing => {
                    missing_line = missing_line.or(Some(line));
                    f64::NAN
                }
                Cell::Text => return Err(not_a_number(line, k, text, format)),
            });
        }
        Ok(())
    })?;
    // A first row that is one shorter has no corner.
    let corner = outline.first_row.len() + side - outline.width.min(outline.first_row.len() + side);
    let names = |all: &[String]| all.iter().any(|n| !n.is_empty()).then(|| all.to_vec());
    let col_names = if header == 1 { names(&outline.first_row[corner..]) } else { None };
    let row_names = if side == 1 { names(&outline.first_column[header..]) } else { None };
    if let Some(names) = col_names.as_ref().filter(|names| names.len() != cols) {
        return Err(Error::invalid(format!("its first row has {} names for {cols} columns", names.len()))
            .with_help("give each column its name"));
    }
    let mut table = Table::dense(Matrix::from_vec(rows, cols, values)).named(row_names, col_names);
    table.missing_line = missing_line;
    if header == 0 {
        table.remark = remark(text, format, cols);
    }
    Ok(table)
}

fn not_a_number(line: u64, k: usize, text: &str, format: Format) -> Error {
    let shown: String = text.chars().take(40).collect();
    let more = if text.chars().count() > 40 { "..." } else { "" };
    let error = Error::invalid(format!("line {line}, cell {}: \"{shown}{more}\" is not a number", k + 1));
    if format.decimal_comma && text.contains('.') {
        return error.with_help("it has decimal commas elsewhere: write all numbers with one decimal mark, without marks between thousands");
    }
    error.with_help("names may stand in the first row and the first column only; lines that begin with # or % are comments")
}

/// What the comment right above the first row says of the columns, if it has a word for each.
fn remark(text: &str, format: Format, cols: usize) -> Option<Vec<String>> {
    let above =
        lines(text).map(|(_, l)| l.trim()).take_while(|l| is_comment(l)).filter(|l| !l.is_empty()).last()?;
    let mut found = None;
    records(above.trim_start_matches(['#', '%', ' ']), format.separator, |_, cells| {
        let words: Vec<String> = cells.iter().map(ToString::to_string).collect();
        let text = |w: &String| cell(w, format.decimal_comma) == Cell::Text;
        found = (words.len() == cols && words.iter().all(text)).then_some(words);
        Ok(())
    })
    .ok()?;
    found
}
