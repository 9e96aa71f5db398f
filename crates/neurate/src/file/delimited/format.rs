//! How a text writes its table: what separates cells, and which decimal mark it has.

use super::cells::{Separator, is_comment, lines, records};
use super::numbers::{is_comma_number, may_be_thousands};
use neurate_numerics::error::{Error, Result};

/// How a text writes its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub separator: Separator,
    pub decimal_comma: bool,
}

/// This many lines decide about the separator.
const LOOKED_AT: usize = 200;

/// How this text writes its table, and the text without a spreadsheet's first line `sep=;`. `decimal` is the mark, if it is
/// given.
pub(super) fn format(text: &str, decimal: Option<char>) -> Result<(Format, &str)> {
    let (said, text) = said(text);
    let (separator, comma) = match said {
        Some(separator) => (separator, false),
        None => guess(text, decimal)?,
    };
    let decimal_comma = match (decimal, separator) {
        (_, Separator::Comma) => false,
        (Some(mark), _) => mark == ',',
        (None, _) if comma => true,
        (None, _) => has_decimal_commas(text, separator)?,
    };
    if decimal == Some(',') && separator == Separator::Comma {
        return Err(Error::invalid("commas separate its cells, so they are no decimal marks")
            .with_help("write it with semicolons or tabs between cells, or with decimal points"));
    }
    Ok((Format { separator, decimal_comma }, text))
}

/// The separator that a first line `sep=;` names.
fn said(text: &str) -> (Option<Separator>, &str) {
    let Some((_, first)) = lines(text).next() else { return (None, text) };
    let separator = match first.trim().to_lowercase().strip_prefix("sep=") {
        Some(";") => Separator::Semicolon,
        Some(",") => Separator::Comma,
        // The tab was trimmed.
        Some("") => Separator::Tab,
        _ => return (None, text),
    };
    // Its line stays, empty, so that lines keep their numbers.
    (Some(separator), &text[first.len()..])
}

/// The separator by what stands in at least half of the lines, outside of quotes; and whether there are decimal commas.
fn guess(text: &str, decimal: Option<char>) -> Result<(Separator, bool)> {
    let sample: Vec<String> = lines(text)
        .map(|(_, line)| line)
        .filter(|line| !is_comment(line))
        .take(LOOKED_AT)
        .map(without_quoted)
        .collect();
    let half = |fits: &dyn Fn(&str) -> bool| 2 * sample.iter().filter(|l| fits(l)).count() >= sample.len();
    if half(&|l| l.contains(';')) {
        return Ok((Separator::Semicolon, false));
    }
    // Tabs behind commas only fill up.
    let fills = |l: &str| l.match_indices('\t').all(|(at, _)| l[..at].trim_end().ends_with(','));
    if half(&|l| l.trim().contains('\t') && !fills(l)) {
        return Ok((Separator::Tab, false));
    }
    if !half(&|l| l.contains(',')) {
        return Ok((Separator::Blanks, false));
    }
    // "0,5 1,2 -3": between commas there would be two numbers.
    let two = |cell: &str| {
        let mut words = cell.split_whitespace();
        words.clone().count() >= 2 && words.all(|w| w.parse::<f64>().is_ok())
    };
    if half(&|l| l.split(',').any(two)) || (decimal == Some(',') && half(&|l| l.trim().contains(' '))) {
        return Ok((Separator::Blanks, true));
    }
    // "0,5, 1,2": every piece between ", " is a number with a decimal comma.
    let pairs = |l: &str| {
        let mut pieces = l.split(", ").map(str::trim);
        pieces.clone().count() >= 2 && pieces.all(is_comma_number)
    };
    if sample.iter().all(|l| pairs(l)) {
        let first = sample.first().map_or("", |l| l.trim());
        let pieces: Vec<String> = first.split(", ").map(|p| p.trim().replacen(',', ".", 1)).collect();
        let cells: Vec<&str> = first.split(',').map(str::trim).collect();
        return Err(Error::invalid(format!(
            "its commas may separate cells or be decimal marks: \"{first}\" is {}, or {}",
            cells.join(" and "),
            pieces.join(" and ")
        ))
        .with_help("write it with semicolons or tabs between cells, or with decimal points"));
    }
    Ok((Separator::Comma, false))
}

/// A line without what stands in quotes.
fn without_quoted(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join("x")
}

/// Whether the numbers have decimal commas, where commas separate nothing.
fn has_decimal_commas(text: &str, separator: Separator) -> Result<bool> {
    if !text.contains(',') {
        return Ok(false);
    }
    let (mut sure, mut doubtful, mut point) = (None, None, None);
    records(text, separator, |line, cells| {
        for cell in cells {
            if is_comma_number(cell) {
                let slot = if may_be_thousands(cell) { &mut doubtful } else { &mut sure };
                slot.get_or_insert_with(|| (line, cell.to_string()));
            } else if point.is_none() && cell.contains('.') && cell.parse::<f64>().is_ok() {
                point = Some((line, cell.to_string()));
            }
        }
        Ok(())
    })?;
    match (sure, doubtful, point) {
        (Some((line, comma)), _, Some((other, point))) => Err(Error::invalid(format!(
            "it has both decimal commas (line {line}: \"{comma}\") and decimal points (line {other}: \"{point}\")"
        ))
        .with_help("write all numbers with one decimal mark, without marks between thousands")),
        (Some(_), _, None) => Ok(true),
        (None, Some((line, cell)), _) => Err(Error::invalid(format!(
            "line {line}: \"{cell}\" may be {} or {}",
            cell.replacen(',', ".", 1),
            cell.replacen(',', "", 1)
        ))
        .with_help("say which, in a circuit file beside file = ...: decimal = \",\" for the first; or write the number without a mark between thousands")),
        (None, None, _) => Ok(false),
    }
}
