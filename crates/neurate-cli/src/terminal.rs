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
/// Sentences of a section in short, where others follow.
const SENTENCES: usize = 3;

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

/// What stands first in each section: its open sentences and, as far as there is room, its first table. What is left out is
/// said in a last line.
pub fn brief(sections: &[Section]) -> String {
    let answers = |s: &&Section| s.available;
    let principal: Vec<&Section> =
        sections.iter().filter(answers).filter(|s| s.part != Part::Details).collect();
    // A verb may be about details alone.
    let shown = if principal.is_empty() { sections.iter().filter(answers).collect() } else { principal };
    let mut blocks: Vec<String> = shown.iter().map(|s| heading(s) + &sentences(s, shown.len())).collect();
    let missing = unavailable(sections);
    let lines = |text: &str| text.lines().count();
    let used = blocks.iter().map(|b| lines(b) + 1).sum::<usize>() + lines(&missing) + 1;
    let mut room = LINES.saturating_sub(used);
    let mut cut = shown.len() < sections.iter().filter(answers).count();
    let mut tabled = false;
    for (s, block) in shown.iter().zip(&mut blocks) {
        let rest = s.verdict.len() > open(s, shown.len()) || s.tables.len() > 1 || !s.trust.is_empty();
        cut |= rest;
        let Some(t) = s.tables.iter().find(|t| !t.rows.is_empty()) else { continue };
        let (text, whole) = table::short(t, width() - 2, ROWS);
        let text = captioned(t, &text);
        // One table is shown in any case: it is what was asked for.
        if lines(&text) <= room || !tabled {
            room = room.saturating_sub(lines(&text));
            (tabled, cut) = (true, cut || !whole);
            block.push_str(&text);
        } else {
            cut = true;
        }
    }
    let mut out = blocks.join("\n");
    if !missing.is_empty() {
        let _ = write!(out, "\n{missing}");
    }
    if cut {
        let _ = write!(out, "\n{FAINT}All tables, and how far to trust these numbers: --full{FAINT:#}\n");
    }
    out
}

/// How many sentences of a section are shown in short, beside so many sections.
fn open(s: &Section, sections: usize) -> usize {
    let most = if sections == 1 { 2 * SENTENCES } else { SENTENCES };
    s.open.sentences.clamp(1, most)
}

fn sentences(s: &Section, sections: usize) -> String {
    s.verdict.iter().take(open(s, sections)).map(|sentence| wrapped(sentence, "  ")).collect()
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
