//! Figures of the page, alone and as alternatives.

use super::page::Page;
use crate::report::draw::{escape, is_wide_on_page};
use crate::report::layout::Alternatives;
use crate::report::section::Section;
use std::fmt::Write;

/// What stands at one place among a section's figures.
#[derive(Clone, Copy)]
pub(super) enum Block<'a> {
    /// A figure, by its position in the section.
    One(usize),
    /// Figures shown one choice at a time, by the position of their group.
    Several(usize, &'a Alternatives),
}

/// The section's figures in order; a group stands where the first of its figures does.
pub(super) fn blocks(s: &Section) -> Vec<Block<'_>> {
    let mut placed = vec![false; s.alternatives.len()];
    let mut out = Vec::new();
    for (i, f) in s.figures.iter().enumerate() {
        let group = |g: &Alternatives| g.choices.iter().any(|c| c.figures.iter().any(|id| id == f.id()));
        match s.alternatives.iter().position(group) {
            None => out.push(Block::One(i)),
            Some(k) if placed[k] => {}
            Some(k) => {
                placed[k] = true;
                out.push(Block::Several(k, &s.alternatives[k]));
            }
        }
    }
    out
}

impl Page<'_> {
    /// Whether the block takes the page's whole width.
    pub(super) fn is_wide(&self, section: usize, block: Block) -> bool {
        let s = &self.report.sections[section];
        match block {
            Block::One(i) => is_wide_on_page(&s.figures[i]),
            Block::Several(_, group) => group.choices.iter().any(|c| {
                c.figures.len() > 1
                    || s.figures.iter().any(|f| c.figures.iter().any(|id| id == f.id()) && is_wide_on_page(f))
            }),
        }
    }

    pub(super) fn block(&self, section: usize, block: Block) -> String {
        match block {
            Block::One(i) => self.figure_or_link(section, i),
            Block::Several(k, group) => self.alternatives(section, k, group),
        }
    }

    /// The figure; where the page shows it in another section, a link to there.
    fn figure_or_link(&self, section: usize, position: usize) -> String {
        let f = &self.report.sections[section].figures[position];
        if self.is_elsewhere(section, position) {
            let (title, id) = (escape(f.title()), escape(f.id()));
            format!("<p class=\"elsewhere\"><a href=\"#f-{id}\">{title}</a> is shown above.</p>\n")
        } else {
            self.figure(section, position)
        }
    }

    /// Whether another section shows this figure.
    pub(super) fn is_elsewhere(&self, section: usize, position: usize) -> bool {
        let id = self.report.sections[section].figures[position].id();
        self.shown_in(id).is_some_and(|other| other != section)
    }

    /// Whether what is shown first of the choices is shown in another section.
    pub(super) fn first_elsewhere(&self, section: usize, a: &Alternatives) -> bool {
        let first = self.figures_of(section, a);
        !first.is_empty() && first.iter().all(|&i| self.is_elsewhere(section, i))
    }

    /// The first choice alone.
    pub(super) fn first_choice(&self, section: usize, a: &Alternatives) -> String {
        self.figures_of(section, a).into_iter().map(|i| self.figure_or_link(section, i)).collect()
    }

    /// Positions of the first choice's figures.
    fn figures_of(&self, section: usize, a: &Alternatives) -> Vec<usize> {
        let all = &self.report.sections[section].figures;
        let ids = a.choices.first().map_or(&[][..], |choice| &choice.figures);
        ids.iter().filter_map(|id| all.iter().position(|f| f.id() == id)).collect()
    }

    /// The figure with its words.
    pub(super) fn figure(&self, section: usize, position: usize) -> String {
        let f = &self.report.sections[section].figures[position];
        format!(
            "<figure id=\"f-{}\" data-section=\"{section}\" data-figure=\"{position}\"{}>\n\
             <div class=\"figure-title\">{}</div>\n<div class=\"drawing\">\n{}</div>\n\
             <figcaption>{}</figcaption>\n</figure>\n",
            escape(f.id()),
            if is_wide_on_page(f) { " class=\"wide\"" } else { "" },
            escape(f.title()),
            self.artist.inline(f),
            escape(f.caption())
        )
    }

    /// Radio buttons, each before what it shows: style sheets do the rest, and paper shows all. A choice whose figures are
    /// all shown elsewhere has no button, only links.
    fn alternatives(&self, section: usize, group: usize, a: &Alternatives) -> String {
        let s = &self.report.sections[section];
        let wide = if self.is_wide(section, Block::Several(group, a)) { " wide" } else { "" };
        let mut out = format!(
            "<div class=\"alternatives{wide}\" role=\"group\" aria-label=\"{0}\">\n<span class=\"group-title\">{0}</span>\n",
            escape(&a.title)
        );
        let (mut buttons, mut links) = (0, String::new());
        for choice in &a.choices {
            let of = |id: &String| s.figures.iter().position(|f| f.id() == id);
            let figures: Vec<usize> = choice.figures.iter().filter_map(of).collect();
            let drawn: String = figures.iter().map(|&i| self.figure_or_link(section, i)).collect();
            if figures.iter().all(|&i| self.is_elsewhere(section, i)) {
                links.push_str(&drawn);
                continue;
            }
            let name = format!("a-{section}-{group}");
            let _ = write!(
                out,
                "<input type=\"radio\" name=\"{name}\" id=\"{name}-{buttons}\"{}><label for=\"{name}-{buttons}\">{}</label>\n\
                 <div class=\"choice\">\n{drawn}</div>\n",
                if buttons == 0 { " checked" } else { "" },
                escape(&choice.label)
            );
            buttons += 1;
        }
        out + &links + "</div>\n"
    }
}
