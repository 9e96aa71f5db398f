//! Tables on the terminal. One that is too wide is shown in pieces, each with the first column, so that no number is broken.

use crate::typography::typeset;
use comfy_table::{
    Cell as TextCell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table as TextTable,
    TableStyle, Width,
};
use neurate::report::{Cell, Table, number};

/// A rule under the headings and nothing else, as in print.
const RULE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
/// Blanks around a cell.
const PADDING: usize = 2;
/// The blank between two cells.
const BETWEEN: usize = 1;
/// Words longer than that in a cell of text are wrapped.
const TEXT: usize = 24;

/// All rows and columns.
pub fn whole(t: &Table, width: usize) -> String {
    pieces(t, width).iter().map(|columns| piece(t, columns, &t.rows, width)).collect::<Vec<_>>().join("\n\n")
}

/// The first rows, and as many columns as stand beside each other; and whether that is all.
pub fn short(t: &Table, width: usize, rows: usize) -> (String, bool) {
    let pieces = pieces(t, width);
    let Some(columns) = pieces.first() else { return (String::new(), true) };
    let shown = t.rows.len().min(rows);
    let mut text = piece(t, columns, &t.rows[..shown], width);
    let more = |n: usize, what: &str| format!("{n} more {what}{}", if n == 1 { "" } else { "s" });
    let mut left = Vec::new();
    if shown < t.rows.len() {
        left.push(more(t.rows.len() - shown, "row"));
    }
    if pieces.len() > 1 {
        left.push(more(pieces[1..].iter().map(|p| p.len() - 1).sum(), "column"));
    }
    if !left.is_empty() {
        text += &format!("\n… {}", left.join(", "));
    }
    (text, left.is_empty())
}

/// Which columns stand beside each other: the first in every piece, no column without content.
fn pieces(t: &Table, width: usize) -> Vec<Vec<usize>> {
    let filled = |j: usize| t.rows.iter().any(|r| r.get(j).is_some_and(|c| *c != Cell::Empty));
    let columns: Vec<usize> = (0..t.columns.len()).filter(|&j| j == 0 || filled(j)).collect();
    let Some((&first, others)) = columns.split_first() else { return vec![] };
    let lead = least(t, first) + PADDING;
    let mut pieces = vec![vec![first]];
    let mut used = lead;
    for &j in others {
        let own = BETWEEN + least(t, j) + PADDING;
        let last = pieces.len() - 1;
        if used + own > width && pieces[last].len() > 1 {
            pieces.push(vec![first, j]);
            used = lead + own;
        } else {
            pieces[last].push(j);
            used += own;
        }
    }
    pieces
}

/// The width that a column cannot do without: its numbers, and the longest word of its heading and its text.
fn least(t: &Table, j: usize) -> usize {
    let size = |text: &str| text.chars().count();
    let longest = |text: &str| text.split(' ').map(size).max().unwrap_or(0);
    let cell = |c: &Cell| match c {
        Cell::Text(text) if size(text) > TEXT => longest(text).max(TEXT),
        other => size(&words(other)),
    };
    let heading = longest(&t.columns[j]);
    t.rows.iter().filter_map(|r| r.get(j)).map(cell).fold(heading, usize::max)
}

fn piece(t: &Table, columns: &[usize], rows: &[Vec<Cell>], width: usize) -> String {
    let mut text = TextTable::new();
    let header: Vec<&str> = columns.iter().map(|&j| t.columns[j].as_str()).collect();
    text.load_style(RULE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(98))
        .set_header(header);
    for row in rows {
        text.add_row(columns.iter().map(|&j| {
            let c = row.get(j).unwrap_or(&Cell::Empty);
            let align = match c {
                Cell::Number(_) | Cell::Complex { .. } => CellAlignment::Right,
                _ => CellAlignment::Left,
            };
            TextCell::new(words(c)).set_alignment(align)
        }));
    }
    let least: Vec<usize> = columns.iter().map(|&j| least(t, j) + PADDING).collect();
    // Where not even the longest words have room, they are broken.
    if least.iter().sum::<usize>() + BETWEEN * (least.len() - 1) <= width {
        let bounds = least.iter().map(|w| ColumnConstraint::LowerBoundary(Width::Fixed(*w as u16)));
        text.set_constraints(bounds);
    }
    text.to_string()
}

fn words(c: &Cell) -> String {
    typeset(&match c {
        Cell::Text(t) => t.clone(),
        Cell::Number(x) => number(*x),
        Cell::Complex { re, im } => {
            format!("{} {} {}i", number(*re), if *im < 0.0 { "−" } else { "+" }, number(im.abs()))
        }
        Cell::Flag(true) => "yes".into(),
        Cell::Flag(false) => "no".into(),
        Cell::Empty => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(columns: usize, rows: usize) -> Table {
        let names: Vec<String> = (0..columns).map(|j| format!("input to population{j}")).collect();
        let mut t = Table::new("wide", &names.iter().map(String::as_str).collect::<Vec<_>>());
        t.rows = (0..rows)
            .map(|i| (0..columns).map(|j| Cell::Number(-1234.5 * (i * columns + j + 1) as f64)).collect())
            .collect();
        t
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_number_is_broken() {
        for (columns, width) in [(1, 40), (3, 40), (9, 78), (14, 78)] {
            let t = wide(columns, 3);
            let text = whole(&t, width);
            assert!(text.lines().all(|l| l.trim_end().chars().count() <= width), "{text}");
            for value in t.rows.iter().flatten() {
                assert!(text.contains(&words(value)), "{} is missing or broken in\n{text}", words(value));
            }
        }
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let (text, all) = short(&wide(14, 20), 78, 8);
        assert!(!all && text.contains("… 12 more rows, ") && text.contains(" more columns"), "{text}");
        let (text, all) = short(&wide(2, 3), 78, 8);
        assert!(all && !text.contains('…'), "{text}");
    }

    #[test]
    fn empty_columns_are_not_shown() {
        let mut t = wide(3, 2);
        t.rows.iter_mut().for_each(|r| r[1] = Cell::Empty);
        assert!(!whole(&t, 78).contains("population1"), "{}", whole(&t, 78));
    }
}
