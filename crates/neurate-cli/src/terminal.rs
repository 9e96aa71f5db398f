//! Sections on the terminal.

use anstyle::Style;
use comfy_table::{
    Cell as TableCell, CellAlignment, ContentArrangement, LineStyle, Table as TextTable, TableStyle,
};
use neurate::report::{Cell, Section, Table, number};
use std::fmt::Write;

const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
/// A rule under the headings and nothing else, as in print.
const RULE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A section: heading, sentences, tables, how far to trust it.
pub fn section(s: &Section) -> String {
    let mut out = format!("{HEADING}{}{HEADING:#}\n", s.title);
    for sentence in &s.verdict {
        out += &wrapped(sentence, "  ");
    }
    for t in &s.tables {
        let _ = write!(out, "\n{FAINT}{}{FAINT:#}{}", wrapped(&t.caption, "  "), indented(&table(t)));
    }
    if !s.trust.is_empty() {
        out.push('\n');
        for line in &s.trust {
            let _ = write!(out, "{FAINT}{}{FAINT:#}", wrapped(line, "  "));
        }
    }
    out
}

/// Sentences as a list.
pub fn list(sentences: &[String]) -> String {
    sentences.iter().map(|s| wrapped(s, "  • ")).collect()
}

/// Columns of the terminal, of `COLUMNS` if that is set, 100 where the output goes to a file.
fn width() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let terminal = || console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    set.or_else(terminal).unwrap_or(100).clamp(40, 120)
}

/// Words wrapped to the terminal; the first line begins with `lead`, the others stand under it.
fn wrapped(text: &str, lead: &str) -> String {
    let indent = " ".repeat(lead.chars().count());
    let mut out = String::new();
    let mut line = lead.to_string();
    let mut length = indent.len();
    for word in text.split(' ') {
        let size = word.chars().count();
        if length + size > width() && length > indent.len() {
            out += line.trim_end();
            out.push('\n');
            line.clone_from(&indent);
            length = indent.len();
        }
        line += word;
        line.push(' ');
        length += size + 1;
    }
    out + line.trim_end() + "\n"
}

fn indented(text: &str) -> String {
    text.lines().map(|l| format!("  {l}\n")).collect()
}

fn table(t: &Table) -> String {
    let mut text = TextTable::new();
    text.load_style(RULE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width() - 2).unwrap_or(98))
        .set_header(t.columns.clone());
    for row in &t.rows {
        text.add_row(row.iter().map(|c| {
            let align = match c {
                Cell::Number(_) | Cell::Complex { .. } => CellAlignment::Right,
                _ => CellAlignment::Left,
            };
            TableCell::new(words(c)).set_alignment(align)
        }));
    }
    text.to_string()
}

fn words(c: &Cell) -> String {
    match c {
        Cell::Text(t) => t.clone(),
        Cell::Number(x) => number(*x),
        Cell::Complex { re, im } => {
            format!("{} {} {}i", number(*re), if *im < 0.0 { "-" } else { "+" }, number(im.abs()))
        }
        Cell::Flag(true) => "yes".into(),
        Cell::Flag(false) => "no".into(),
        Cell::Empty => String::new(),
    }
}
