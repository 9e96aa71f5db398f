//! The page part by part: what stands open of its sections, then a fold for each section with the rest.

use super::figures::{Block, blocks};
use super::page::Page;
use super::tables::table;
use crate::answers::Verdict;
use crate::report::draw::escape;
use crate::report::layout::{Open, Part};
use crate::report::section::Section;
use crate::study::Answer;
use std::fmt::Write;

/// The section whose sentences are the summary of a whole report.
const VERDICT: &str = Verdict::NAME;

/// Columns up to which a table has room beside a figure.
const NARROW_COLUMNS: usize = 4;

impl<'a> Page<'a> {
    /// The list of the parts, with their sections beneath.
    pub(super) fn contents(&self) -> String {
        let mut out = String::new();
        for part in Part::ALL {
            let mut sections: String = self
                .sections(part)
                .iter()
                // The part's own name is not repeated beneath it.
                .filter(|(_, s)| s.name != VERDICT && s.title != part.title())
                .map(|(_, s)| entry(&format!("s-{}", s.name), &s.title))
                .collect();
            if part == Part::Details {
                if !self.unavailable().is_empty() {
                    sections.push_str(&entry("not-available", "Not available"));
                }
                sections.push_str(&entry("circuit-file", "Circuit file"));
            } else if sections.is_empty() && self.opening(part).is_empty() {
                continue;
            }
            let _ = write!(
                out,
                "<li><a href=\"#p-{}\">{}</a>\n<ol>\n{sections}</ol></li>\n",
                part.name(),
                part.title()
            );
        }
        out
    }

    /// A part: heading, what stands open, folds. Empty where there is nothing of it.
    pub(super) fn part(&self, part: Part) -> String {
        let sections = self.sections(part);
        let mut folds: String = sections.iter().map(|(k, s)| self.fold(*k, s)).collect();
        if part == Part::Details {
            folds.push_str(&self.not_available());
            folds.push_str(&self.circuit_file());
        }
        let open = self.open_part(part);
        if open.is_empty() && folds.is_empty() {
            return String::new();
        }
        format!(
            "<section id=\"p-{}\" class=\"part\">\n<h2>{}</h2>\n{open}<div class=\"folds\">\n{folds}</div>\n</section>\n",
            part.name(),
            part.title()
        )
    }

    /// A part without its folds; empty where nothing stands open.
    pub(super) fn opening(&self, part: Part) -> String {
        let open = self.open_part(part);
        if open.is_empty() {
            return String::new();
        }
        format!("<section class=\"part\">\n<h2>{}</h2>\n{open}</section>\n", part.title())
    }

    /// Sentences, figures and tables that stand open, as one story.
    fn open_part(&self, part: Part) -> String {
        let mut story = Story::default();
        if part == Part::Verdict {
            story.words = self.first_words();
        }
        for (k, s) in self.sections(part) {
            self.open_section(k, s, &mut story);
        }
        if part == Part::Verdict {
            story.boxed = warnings(&self.report.warnings);
        }
        story.laid_out()
    }

    fn open_section(&self, k: usize, s: &Section, story: &mut Story) {
        let open = opened(s);
        story.words.push_str(&sentences(&s.verdict[..open.sentences.min(s.verdict.len())]));
        for block in blocks(s).into_iter().take(open.figures) {
            let drawn = match block {
                // A link to where the figure is shown is one of the words.
                Block::One(i) if self.is_elsewhere(k, i) => {
                    story.words.push_str(&self.block(k, block));
                    continue;
                }
                // What else there is to choose then is folded.
                Block::Several(_, group) if self.first_elsewhere(k, group) => {
                    story.words.push_str(&self.first_choice(k, group));
                    continue;
                }
                _ => self.block(k, block),
            };
            match block {
                block if self.is_wide(k, block) => story.wide.push_str(&drawn),
                _ => story.narrow.push(drawn),
            }
        }
        // What another section has and shows here is drawn here.
        if let Some((other, i)) = self.shown_by(s).filter(|(other, _)| *other != k) {
            let drawn = self.figure(other, i);
            if self.is_wide(other, Block::One(i)) {
                story.wide.push_str(&drawn);
            } else {
                story.narrow.push(drawn);
            }
        }
        story.tables.extend(s.tables.iter().take(open.tables).map(|t| (table(t), t.columns.len())));
    }

    /// The summary, of reports without the section whose sentences it is.
    fn first_words(&self) -> String {
        if self.report.sections.iter().any(|s| s.name == VERDICT) {
            String::new()
        } else {
            sentences(&self.report.summary)
        }
    }

    /// What does not stand open of a section. One without such a rest leaves a place to link to.
    fn fold(&self, k: usize, s: &Section) -> String {
        let Some((inside, rest)) = self.rest(k, s) else {
            return format!("<span id=\"s-{}\"></span>\n", escape(s.name));
        };
        format!(
            "<details id=\"s-{}\" class=\"fold\">\n<summary>{}{inside}</summary>\n{rest}</details>\n",
            escape(s.name),
            escape(&s.title)
        )
    }

    /// What does not stand open: what it holds in a few words, and itself; None where all of it stands open.
    pub(super) fn rest(&self, k: usize, s: &Section) -> Option<(String, String)> {
        let open = opened(s);
        let words = &s.verdict[open.sentences.min(s.verdict.len())..];
        let shown_above = |b: &Block| matches!(b, Block::Several(_, group) if self.first_elsewhere(k, group));
        let figures = blocks(s).into_iter().enumerate().filter(|(i, b)| *i >= open.figures || shown_above(b));
        let figures: Vec<Block> = figures.map(|(_, b)| b).collect();
        let tables: Vec<_> = s.tables.iter().skip(open.tables).collect();
        let notes = notes(s);
        if words.is_empty() && figures.is_empty() && tables.is_empty() && notes.is_empty() {
            return None;
        }
        let inside = inside(figures.len(), tables.len());
        let mut out = String::new();
        if !words.is_empty() {
            let _ = write!(out, "<div class=\"verdict\">\n{}</div>\n", sentences(words));
        }
        if !figures.is_empty() {
            let drawn: String = figures.into_iter().map(|b| self.block(k, b)).collect();
            let _ = write!(out, "<div class=\"figures\">\n{drawn}</div>\n");
        }
        tables.into_iter().for_each(|t| out.push_str(&table(t)));
        Some((inside, out + &notes))
    }

    /// What stands open of one section, whatever its part.
    pub(super) fn open_alone(&self, k: usize, s: &Section) -> String {
        let mut story = Story::default();
        self.open_section(k, s, &mut story);
        story.laid_out()
    }

    fn unavailable(&self) -> Vec<&'a Section> {
        self.report.sections.iter().filter(|s| !s.available).collect()
    }

    /// What could not be answered, and why, in one list.
    fn not_available(&self) -> String {
        let all = self.unavailable();
        if all.is_empty() {
            return String::new();
        }
        let mut out = String::from(
            "<details id=\"not-available\" class=\"fold\">\n<summary>Not available for this circuit, and why</summary>\n<dl>\n",
        );
        for s in all {
            let words: Vec<String> = s.verdict.iter().chain(&s.trust).map(|w| escape(w)).collect();
            let _ = writeln!(
                out,
                "<dt id=\"s-{}\">{}</dt><dd>{}</dd>",
                escape(s.name),
                escape(&s.title),
                words.join(" ")
            );
        }
        out + "</dl>\n</details>\n"
    }

    fn circuit_file(&self) -> String {
        format!(
            "<details id=\"circuit-file\" class=\"fold\">\n<summary>Circuit file <small>the text that this report was made \
             from</small></summary>\n<pre><code>{}</code></pre>\n</details>\n",
            escape(&self.report.circuit_text)
        )
    }
}

/// What stands open of a part, as elements of the page.
#[derive(Default)]
struct Story {
    words: String,
    boxed: String,
    /// Figures of one column.
    narrow: Vec<String>,
    /// Figures of the whole width.
    wide: String,
    /// Tables with their numbers of columns.
    tables: Vec<(String, usize)>,
}

impl Story {
    /// Figures stand in two columns; of an odd number the words, with tables that are narrow, take the first place, so that
    /// none is empty. Wide figures and tables come below. Empty where there is nothing.
    fn laid_out(self) -> String {
        let beside = self.narrow.len() % 2 == 1;
        let (inside, below): (Vec<_>, Vec<_>) =
            self.tables.into_iter().partition(|(_, columns)| beside && *columns <= NARROW_COLUMNS);
        let join = |tables: Vec<(String, usize)>| tables.into_iter().map(|t| t.0).collect::<String>();
        let words = if self.words.is_empty() {
            String::new()
        } else {
            format!("<div class=\"verdict\">\n{}</div>\n", self.words)
        };
        let words = words + &self.boxed + &join(inside);
        let (above, first) = match (beside, words.is_empty()) {
            (true, false) => (String::new(), format!("<div class=\"words\">\n{words}</div>\n")),
            _ => (words, String::new()),
        };
        let figures = first + &self.narrow.concat() + &self.wide;
        let figures =
            if figures.is_empty() { figures } else { format!("<div class=\"figures\">\n{figures}</div>\n") };
        above + &figures + &join(below)
    }
}

/// In the last part nothing stands open.
fn opened(s: &Section) -> Open {
    if s.part == Part::Details { Open::new(0, 0, 0) } else { s.open }
}

fn entry(id: &str, title: &str) -> String {
    format!("<li><a href=\"#{}\">{}</a></li>\n", escape(id), escape(title))
}

fn sentences(all: &[String]) -> String {
    all.iter().map(|s| format!("<p>{}</p>\n", escape(s))).collect()
}

fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: String = items.iter().map(|i| format!("<li>{}</li>\n", escape(i.as_ref()))).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn warnings(items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    format!("<aside class=\"box warnings\">\n<h3>Look at this</h3>\n{}</aside>\n", list(items))
}

/// What a fold holds besides words: `2 figures, 1 table`.
fn inside(figures: usize, tables: usize) -> String {
    let count =
        |n: usize, what: &str| (n > 0).then(|| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
    let parts: Vec<String> =
        [count(figures, "figure"), count(tables, "table")].into_iter().flatten().collect();
    let parts = if parts.is_empty() { "how far to trust this".to_string() } else { parts.join(", ") };
    format!(" <small>{parts}</small>")
}

fn notes(s: &Section) -> String {
    let mut out = String::new();
    if !s.trust.is_empty() {
        let _ = write!(out, "<div><h3>How far to trust this</h3>\n{}</div>\n", list(&s.trust));
    }
    if !s.sources.is_empty() {
        let _ = write!(out, "<div><h3>Sources</h3>\n{}</div>\n", list(&s.sources));
    }
    if out.is_empty() { out } else { format!("<div class=\"notes\">\n{out}</div>\n") }
}
