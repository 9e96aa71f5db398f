//! Tables of the page, with points under each other.

use crate::report::draw::{escape, number};
use crate::report::section::{Cell, Table};
use std::fmt::Write;

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
        .map(|j| t.rows.iter().filter_map(|r| r.get(j)).map(|c| decimals(&cell(c))).max().unwrap_or(0))
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
            let mut text = cell(value);
            if matches!(value, Cell::Number(v) if v.is_finite()) && !text.contains('×') {
                text.push_str(&decimal_fill(decimals(&text), places[j]));
            }
            let _ = write!(out, "<td{class}>{}</td>", escape(&text));
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

fn cell(c: &Cell) -> String {
    match c {
        Cell::Text(s) => s.clone(),
        Cell::Number(v) => number(*v, 4),
        Cell::Complex { re, im } if *im == 0.0 => number(*re, 4),
        Cell::Complex { re, im } => {
            format!("{} {} {} i", number(*re, 4), if *im < 0.0 { '−' } else { '+' }, number(im.abs(), 4))
        }
        Cell::Flag(true) => "yes".into(),
        Cell::Flag(false) => "no".into(),
        Cell::Empty => String::new(),
    }
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
}
