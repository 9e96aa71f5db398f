//! Which of a table's first row and first column are names.
//!
//! Text is a name. Numbers in the first row or column are names if its corner is empty or has a word, or if they count 0, 1, 2,
//! ... (or from 1) and the table is too long or too wide by just them for the square matrix that is expected.

use super::numbers::{Cell, cell};
use crate::spec::Labels;
use neurate_numerics::error::{Error, Result};

/// The edges of a table, as they stand.
pub(super) struct Frame<'a> {
    /// The first row; it may be one cell shorter than the table is wide.
    pub first_row: &'a [String],
    /// The first cell of every row.
    pub first_column: &'a [String],
    /// The number of columns.
    pub width: usize,
    pub decimal_comma: bool,
    /// Whether a square matrix is expected.
    pub square: bool,
}

/// What a row or a column is.
#[derive(Clone, Copy, PartialEq)]
enum Line {
    /// It has a cell that is neither a number nor missing.
    Words,
    Numbers,
}

impl Frame<'_> {
    fn cell(&self, text: &str) -> Cell {
        cell(text, self.decimal_comma)
    }
    /// What cells are. A word among numbers is a slip if the table is square without names there (`square_as_numbers`), or if
    /// most are numbers.
    fn line(&self, cells: &[String], square_as_numbers: bool) -> Line {
        let count = |is: fn(Cell) -> bool| cells.iter().filter(|c| is(self.cell(c))).count();
        let words = count(|c| c == Cell::Text);
        let numbers = count(|c| matches!(c, Cell::Number(_)));
        let slip = numbers > 0 && ((self.square && square_as_numbers) || words <= numbers);
        if words == 0 || slip { Line::Numbers } else { Line::Words }
    }
    fn rows(&self) -> usize {
        self.first_column.len()
    }
    /// Whether cells count 0, 1, 2, ... or 1, 2, 3, ...
    fn counts(&self, cells: &[String]) -> bool {
        let number = |c: &String| if let Cell::Number(x) = self.cell(c) { Some(x) } else { None };
        let Some(first) = cells.first().and_then(number) else { return false };
        (first == 0.0 || first == 1.0)
            && cells.iter().enumerate().all(|(k, c)| number(c) == Some(first + k as f64))
    }
    /// Whether cells are different whole numbers, as keys of a data base are.
    fn keys(&self, cells: &[String]) -> bool {
        let mut all: Vec<&str> = cells.iter().map(String::as_str).collect();
        all.sort_unstable();
        all.windows(2).all(|w| w[0] != w[1]) && cells.iter().all(|c| c.parse::<u64>().is_ok())
    }

    /// Which of the first row and the first column are names.
    ///
    /// # Errors
    /// It can be read in two ways, or the first row has too few names.
    pub fn labels(&self) -> Result<Labels> {
        let rows = self.rows();
        if rows == 0 || self.width == 0 {
            return Ok(Labels::None);
        }
        let (row, column) = (self.first_row, self.first_column);
        if row.len() < self.width {
            return self.short();
        }
        let fits = rows == self.width;
        // Without names in the first row, or in the first column: if the other one has some, the table is one less there.
        let side = self.cell(&row[0]) == Cell::Text || column.iter().all(|c| self.cell(c) == Cell::Text);
        let names = self.line(&row[1..], fits || (side && rows + 1 == self.width));
        let body = self.line(&column[1..], fits || (names == Line::Words && rows == self.width + 1));
        let by = |header: bool, side: bool| match (header, side) {
            (false, false) => Labels::None,
            (true, false) => Labels::Row,
            (false, true) => Labels::Column,
            (true, true) => Labels::Both,
        };
        if rows == 1 {
            return Ok(by(false, self.width > 1 && self.cell(&row[0]) == Cell::Text));
        }
        if self.width == 1 {
            return Ok(by(self.cell(&row[0]) == Cell::Text, false));
        }
        match (self.cell(&row[0]), names, body) {
            (Cell::Missing, Line::Words, _) => Ok(Labels::Both),
            (Cell::Missing, Line::Numbers, Line::Words) => {
                Ok(by(self.counts(&row[1..]) || (self.square && fits), true))
            }
            (Cell::Missing, Line::Numbers, Line::Numbers) => self.empty_corner(),
            (Cell::Text, Line::Numbers, Line::Numbers) => Ok(Labels::Both),
            (Cell::Text, Line::Numbers, Line::Words) => Ok(by(self.square && fits, true)),
            (_, Line::Words, Line::Words) => Ok(Labels::Both),
            (_, Line::Words, Line::Numbers) => Ok(by(true, self.square && fits && self.keys(&column[1..]))),
            // Names begin in the first row, too, unless they make the matrix square.
            (Cell::Number(_), Line::Numbers, Line::Words) => {
                Ok(by(false, self.square && self.width == rows + 1))
            }
            (Cell::Number(_), Line::Numbers, Line::Numbers) => Ok(by(
                self.square && rows == self.width + 1 && self.counts(row),
                self.square && self.width == rows + 1 && self.counts(column),
            )),
        }
    }

    /// A first row that is one cell shorter than the others: it has no corner, as R writes it. Otherwise a name is missing.
    fn short(&self) -> Result<Labels> {
        let (row, column) = (self.first_row, self.first_column);
        let side = &column[1..];
        let names = self.line(row, false) == Line::Words || self.counts(row);
        let named = self.line(side, false) == Line::Words || self.counts(side) || self.keys(side);
        if row.len() + 1 == self.width && names && named && (!self.square || self.rows() == self.width) {
            return Ok(Labels::Both);
        }
        Err(Error::invalid(format!(
            "its first row has {} cells, the rows below have {}",
            row.len(),
            self.width
        ))
        .with_help("give each column its name, and leave none out"))
    }

    /// Numbers around an empty corner: names, or a matrix whose first number is missing.
    fn empty_corner(&self) -> Result<Labels> {
        let (row, column) = (&self.first_row[1..], &self.first_column[1..]);
        let empty = |cells: &[String]| cells.iter().all(String::is_empty);
        if empty(column) {
            return Ok(Labels::Column);
        }
        let same = {
            let (mut a, mut b) = (row.to_vec(), column.to_vec());
            a.sort_unstable();
            b.sort_unstable();
            a == b && a.windows(2).all(|w| w[0] != w[1])
        };
        if same || (self.counts(row) && self.counts(column)) {
            return Ok(Labels::Both);
        }
        Err(Error::invalid(
            "its first cell is empty: either the first row and the first column are names, or a number is missing there",
        )
        .with_help("say which, in a circuit file beside file = ...: labels = \"both\" or labels = \"none\"; or write a word into the corner, or the number"))
    }
}
