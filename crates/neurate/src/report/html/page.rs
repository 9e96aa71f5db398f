//! What the page is made of: a report, and who draws its figures.

use crate::report::document::Report;
use crate::report::draw::Artist;
use crate::report::layout::Part;
use crate::report::section::Section;

/// What the page is made of.
pub(super) struct Page<'a> {
    pub(super) report: &'a Report,
    pub(super) artist: Artist,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report) -> Page<'a> {
        Page { report, artist: Artist::new(&report.sections) }
    }

    /// The sections of a part that have an answer, with their positions in the report.
    pub(super) fn sections(&self, part: Part) -> Vec<(usize, &'a Section)> {
        let all = self.report.sections.iter().enumerate();
        all.filter(|(_, s)| s.part == part && s.available).collect()
    }

    /// The section that shows this figure in the place of its own, if there is one.
    pub(super) fn shown_in(&self, figure: &str) -> Option<usize> {
        self.report.sections.iter().position(|s| s.available && s.shows.as_deref() == Some(figure))
    }

    /// The figure of another section that a section shows: section and position.
    pub(super) fn shown_by(&self, s: &Section) -> Option<(usize, usize)> {
        let id = s.shows.as_deref()?;
        let of = |(k, other): (usize, &Section)| {
            other.figures.iter().position(|f| other.available && f.id() == id).map(|i| (k, i))
        };
        self.report.sections.iter().enumerate().find_map(of)
    }
}
