//! Tables of the page, with points under each other and all digits under the pointer.

use crate::report::draw::{escape, number};
use crate::report::section::{Cell, Table};
use std::fmt::Write;

/// Significant digits that are written.
const DIGITS: usize = 4;
/// Those under the pointer: more are not the number's own in double precision.
const ALL_DIGITS: usize = 15;

pub(super) fn table(t: &Table) -> String {
    let columns = t.columns.len();
    // A column of numbers stands right; a column of long words may break its lines.
    let numeric = |j: usize| {
        let mut filled = t.rows.iter().filter_map(|r| r.get(j)).filter(|c| **c != Cell::Empty).peekable();
        filled.peek().is_some() && filled.all(|c| matches!(c, Cell::Number(_) | Cell::Complex { .. }))
    };
    let class: Vec<&str> = (0..columns)
        .map(|j| {
            let long = |r: &Vec<Cell>| matches!(r.get(j), Some(Cell::Text(s)) if s.chars().count() > 28);
            match () {
                () if numeric(j) => " class=\"number\"",
                () if t.rows.iter().any(long) => " class=\"words\"",
                () => "",
            }
        })
        .collect();
    // Digits after the point in the longest number of a column: the others are filled up to it.
    let places: Vec<usize> = (0..columns)
        .map(|j| {
            t.rows.iter().filter_map(|r| r.get(j)).map(|c| decimals(&cell(c, DIGITS))).max().unwrap_or(0)
        })
        .collect();

    let mut out = format!(
        "<div class=\"table\">\n<p class=\"caption\">{}</p>\n<div class=\"scroll\"><table>\n<thead><tr>",
        escape(&t.caption)
    );
    for (name, class) in t.columns.iter().zip(&class) {
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escape(name));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &t.rows {
        out.push_str("<tr>");
        for (j, (value, class)) in row.iter().zip(&class).enumerate() {
            let mut text = cell(value, DIGITS);
            if matches!(value, Cell::Number(v) if v.is_finite()) && !text.contains('×') {
                text.push_str(&decimal_fill(decimals(&text), places[j]));
            }
            let _ = write!(out, "<td{class}{}>{}</td>", full(value), escape(&text));
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody>\n</table></div>\n</div>\n"
}

/// How many digits follow the point in a plain number.
fn decimals(text: &str) -> usize {
    if text.contains(['×', 'i']) { 0 } else { text.split_once('.').map_or(0, |(_, d)| d.len()) }
}

/// Blanks as wide as the missing point and digits, so that points stand under each other.
fn decimal_fill(have: usize, want: usize) -> String {
    let point = if have == 0 && want > 0 { "\u{2008}" } else { "" };
    point.to_string() + &"\u{2007}".repeat(want.saturating_sub(have))
}

/// A cell of numbers with so many digits.
fn cell(c: &Cell, digits: usize) -> String {
    match c {
        Cell::Text(s) => s.clone(),
        Cell::Number(v) => number(*v, digits),
        Cell::Complex { re, im } if *im == 0.0 => number(*re, digits),
        Cell::Complex { re, im } => {
            let sign = if *im < 0.0 { '−' } else { '+' };
            format!("{} {sign} {} i", number(*re, digits), number(im.abs(), digits))
        }
        Cell::Flag(true) => "yes".into(),
        Cell::Flag(false) => "no".into(),
        Cell::Empty => String::new(),
    }
}

/// The attribute that shows all digits under the pointer; nothing where the cell has them.
fn full(c: &Cell) -> String {
    let all = cell(c, ALL_DIGITS);
    if all == cell(c, DIGITS) { String::new() } else { format!(" title=\"{}\"", escape(&all)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stand_under_each_other() {
        assert_eq!(decimal_fill(0, 2), "\u{2008}\u{2007}\u{2007}");
        assert_eq!(decimal_fill(1, 3), "\u{2007}\u{2007}");
        assert_eq!(decimal_fill(0, 0), "");
    }

    #[test]
    fn all_digits_are_under_the_pointer() {
        assert_eq!(full(&Cell::Number(2.0 / 3.0)), " title=\"0.666666666666667\"");
        assert_eq!(full(&Cell::Complex { re: -3.0 / 7.0, im: 1.5 }), " title=\"−0.428571428571429 + 1.5 i\"");
        // Nothing to add: a number of few digits, words, no number.
        let complete =
            [Cell::Number(0.25), Cell::Text("0.66667".into()), Cell::Number(f64::NAN), Cell::Empty];
        assert!(complete.iter().all(|c| full(c).is_empty()));
    }
}
