//! Sections on the terminal: in short what matters, at once; in full everything.

use crate::table;
use crate::typography::typeset;
use anstyle::Style;
use neurate::report::{Part, Section, Table};
use std::fmt::Write;

const HEADING: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// Lines that an answer takes in short, about.
const LINES: usize = 25;
/// Rows of a table in short.
const ROWS: usize = 8;
/// The least number of them, and the lines that such a table takes, about.
const LEAST: usize = 3;
const TABLE: usize = 9;
/// Sentences of a section in short, at most.
const SENTENCES: usize = 4;

/// Everything that sections say.
pub fn full(sections: &[Section]) -> String {
    sections.iter().map(section).collect::<Vec<_>>().join("\n")
}

/// A section: heading, sentences, tables, how far to trust it.
fn section(s: &Section) -> String {
    let mut out = heading(s);
    for sentence in &s.verdict {
        out += &wrapped(sentence, "  ");
    }
    for t in s.tables.iter().filter(|t| !t.rows.is_empty()) {
        out += &captioned(t, &table::whole(t, width() - 2));
    }
    if !s.trust.is_empty() {
        out.push('\n');
        for line in &s.trust {
            let _ = write!(out, "{FAINT}{}{FAINT:#}", wrapped(line, "  "));
        }
    }
    out
}

/// What stands first in each section: its open sentences, fewer where many sections have no room for them, and, as far as there
/// is room, its first table. What is left out is said in a last line.
pub fn brief(sections: &[Section]) -> String {
    let answers: Vec<&Section> = sections.iter().filter(|s| s.available).collect();
    let principal: Vec<&Section> = answers.iter().copied().filter(|s| s.part != Part::Details).collect();
    // A verb may be about details alone.
    let shown = if principal.is_empty() { answers.clone() } else { principal };
    let missing = unavailable(sections);
    let most = (1..=SENTENCES)
        .rev()
        .find(|most| sizes(&shown, *most) + lines(&missing) + TABLE <= LINES)
        .unwrap_or(1);
    let mut room = LINES.saturating_sub(sizes(&shown, most) + lines(&missing));
    let mut cut = shown.len() < answers.len();
    let (mut out, mut tabled) = (String::new(), false);
    for s in shown {
        if !out.is_empty() {
            out.push('\n');
        }
        out += &opening(s, most);
        cut |= s.verdict.len() > open(s, most) || s.tables.len() > 1 || !s.trust.is_empty();
        let Some(t) = s.tables.iter().find(|t| !t.rows.is_empty()) else { continue };
        // One table is shown in any case: it is what was asked for.
        let rows = if tabled { ROWS } else { room.saturating_sub(TABLE - LEAST).clamp(LEAST, ROWS) };
        let (text, whole) = table::short(t, width() - 2, rows);
        let text = captioned(t, &text);
        let fits = lines(&text) <= room || !tabled;
        cut |= !(fits && whole);
        if fits {
            room = room.saturating_sub(lines(&text));
            tabled = true;
            out += &text;
        }
    }
    if !missing.is_empty() {
        let _ = write!(out, "\n{missing}");
    }
    if cut {
        let _ = write!(out, "\n{FAINT}All tables, and how far to trust these numbers: --full{FAINT:#}\n");
    }
    out
}

fn lines(text: &str) -> usize {
    text.lines().count()
}

/// Heading and sentences of a section in short.
fn opening(s: &Section, most: usize) -> String {
    heading(s) + &s.verdict.iter().take(open(s, most)).map(|x| wrapped(x, "  ")).collect::<String>()
}

/// How many sentences of a section are shown in short.
fn open(s: &Section, most: usize) -> usize {
    s.open.sentences.clamp(1, most)
}

/// The lines that all openings take, blank ones between them.
fn sizes(shown: &[&Section], most: usize) -> usize {
    shown.iter().map(|s| lines(&opening(s, most)) + 1).sum()
}

/// The sections without an answer: those with one reason in one sentence.
fn unavailable(sections: &[Section]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for s in sections.iter().filter(|s| !s.available) {
        let why = s.verdict.first().map_or("Not available.", String::as_str);
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, titles)) => titles.push(&s.title),
            None => reasons.push((why, vec![&s.title])),
        }
    }
    let said = |(why, titles): &(&str, Vec<&str>)| wrapped(&format!("{}: {why}", titles.join(", ")), "");
    reasons.iter().map(said).collect()
}

fn heading(s: &Section) -> String {
    format!("{HEADING}{}{HEADING:#}\n", s.title)
}

fn captioned(t: &Table, text: &str) -> String {
    format!("\n{FAINT}{}{FAINT:#}{}", wrapped(&t.caption, "  "), indented(text))
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
    for word in typeset(text).split(' ') {
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
    text.lines().map(|l| format!("  {}\n", l.trim_end())).collect()
}
