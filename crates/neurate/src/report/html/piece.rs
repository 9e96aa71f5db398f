//! One section by itself, for a page that shows sections as they are asked for.

use super::page::Page;
use crate::report::document::Report;
use crate::report::layout::Part;
use serde::Serialize;

/// One section as elements of a page, with the page's style sheet in mind.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Piece {
    /// Machine name of its question.
    pub name: &'static str,
    /// Its heading.
    pub title: String,
    /// The part of a report that it belongs to.
    pub part: Part,
    /// Whether there is an answer; else the words say why not.
    pub available: bool,
    /// Words, figures and tables that stand open.
    pub open: String,
    /// What a fold holds, in a few words.
    pub inside: String,
    /// The rest, for a fold; empty where there is none.
    pub rest: String,
    /// Machine names of its figures, in order.
    pub figures: Vec<String>,
}

/// Section `k` of a report. Colors are those of all its sections.
pub(crate) fn piece(report: &Report, k: usize) -> Piece {
    let page = Page::new(report);
    let s = &report.sections[k];
    let (inside, rest) = page.rest(k, s).unwrap_or_default();
    Piece {
        name: s.name,
        title: s.title.clone(),
        part: s.part,
        available: s.available,
        open: page.open_alone(k, s),
        inside,
        rest,
        figures: s.figures.iter().map(|f| f.id().to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::piece;
    use crate::report::layout::{Open, Part};

    #[test]
    fn a_piece_holds_all_of_its_section_once() {
        let report = sample::sample();
        for (k, s) in report.sections.iter().enumerate() {
            let piece = piece(&report, k);
            let all = format!("{}{}", piece.open, piece.rest);
            assert_eq!((piece.name, piece.figures.len()), (s.name, s.figures.len()));
            for t in &s.tables {
                assert_eq!(all.matches(&crate::report::draw::escape(&t.caption)).count(), 1, "{}", t.caption);
            }
            for f in &s.figures {
                assert!(all.contains(&format!("f-{}\"", f.id())), "{} of {}", f.id(), s.name);
            }
            if s.open == Open::new(0, 0, 0) || s.part == Part::Details {
                assert!(piece.open.is_empty() || s.shows.is_some(), "{}", s.name);
            }
        }
    }
}
