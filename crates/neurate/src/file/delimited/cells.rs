//! A text as lines of cells.

use neurate_numerics::error::{Error, Result};
use std::borrow::Cow;

/// What stands between the cells of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Semicolon,
    Tab,
    /// One or more blanks or tabs.
    Blanks,
}

impl Separator {
    pub fn ends(self, b: u8) -> bool {
        match self {
            Separator::Comma => b == b',',
            Separator::Semicolon => b == b';',
            Separator::Tab => b == b'\t',
            Separator::Blanks => b == b' ' || b == b'\t',
        }
    }
    /// Blanks that mean nothing beside a cell.
    fn pads(self, b: u8) -> bool {
        b == b' ' || (b == b'\t' && self != Separator::Tab)
    }
    /// What it is called in messages.
    pub fn words(self) -> &'static str {
        match self {
            Separator::Comma => "commas",
            Separator::Semicolon => "semicolons",
            Separator::Tab => "tabs",
            Separator::Blanks => "blanks",
        }
    }
}

/// Whether a line says nothing about numbers: an empty one, or a comment. `#N/A`, a spreadsheet's missing value, begins none.
pub(super) fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('%') || (line.starts_with('#') && !line.starts_with("#N/A"))
}

/// The lines of a text, each with its number from 1; they end with LF, CR LF or CR.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let mut rest = text;
    let mut number = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        number += 1;
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = &rest[..end];
        let after = &rest[end..];
        rest = after.strip_prefix("\r\n").unwrap_or_else(|| after.get(1..).unwrap_or(""));
        Some((number, line))
    })
}

/// Calls `visit` with the cells of every line that is no comment, and its number. A cell in double quotes may hold anything.
pub(super) fn records<'t>(
    text: &'t str,
    separator: Separator,
    mut visit: impl FnMut(u64, &[Cow<'t, str>]) -> Result<()>,
) -> Result<()> {
    let mut cells = Vec::new();
    for (number, line) in lines(text) {
        if is_comment(line) {
            continue;
        }
        cells.clear();
        split(line, separator, &mut cells)
            .map_err(|what| Error::invalid(format!("line {number}: {what}")).with_help(QUOTES))?;
        visit(number, &cells)?;
    }
    Ok(())
}

const QUOTES: &str =
    "a name in double quotes ends on its line, with a separator after it; a quote within is written twice";

/// The cells of a line; `Err` is what is wrong.
fn split<'t>(line: &'t str, separator: Separator, cells: &mut Vec<Cow<'t, str>>) -> Result<(), &'static str> {
    let bytes = line.as_bytes();
    let skip = |mut at: usize| {
        while bytes.get(at).is_some_and(|&b| separator.pads(b)) {
            at += 1;
        }
        at
    };
    let mut at = skip(0);
    loop {
        if bytes.get(at) == Some(&b'"') {
            let (cell, end) = quoted(line, at + 1)?;
            cells.push(cell);
            let after = skip(end);
            let ended = if separator == Separator::Blanks { end } else { after };
            if bytes.get(ended).is_some_and(|&b| !separator.ends(b)) {
                return Err("text follows the closing quote of a cell");
            }
            at = after;
        } else {
            let end = bytes[at..].iter().position(|&b| separator.ends(b)).map_or(bytes.len(), |k| at + k);
            let cell = line[at..end].trim();
            // The unit in a heading belongs to its word, even where blanks separate: `time (s) light`.
            match cells.last_mut() {
                Some(before) if separator == Separator::Blanks && is_unit(cell) => {
                    let heading = format!("{before} {cell}");
                    *before = Cow::Owned(heading);
                }
                _ => cells.push(Cow::Borrowed(cell)),
            }
            at = end;
        }
        if separator == Separator::Blanks {
            at = skip(at);
            if at >= bytes.len() {
                return Ok(());
            }
        } else {
            if at >= bytes.len() {
                return Ok(());
            }
            at = skip(at + 1);
        }
    }
}

/// Whether a word is in brackets.
fn is_unit(word: &str) -> bool {
    (word.starts_with('(') && word.ends_with(')')) || (word.starts_with('[') && word.ends_with(']'))
}

/// A cell in quotes, whose text begins at `start`, and where the line goes on after it.
fn quoted(line: &str, start: usize) -> Result<(Cow<'_, str>, usize), &'static str> {
    let mut cell = Cow::Borrowed("");
    let mut from = start;
    loop {
        let Some(k) = line[from..].find('"') else { return Err("a quote is not closed") };
        let part = &line[from..from + k];
        if cell.is_empty() && from == start {
            cell = Cow::Borrowed(part);
        } else {
            cell.to_mut().push_str(part);
        }
        from += k + 1;
        if !line[from..].starts_with('"') {
            return Ok((trimmed(cell), from));
        }
        cell.to_mut().push('"');
        from += 1;
    }
}

fn trimmed(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_string()),
    }
}
