//! The report as one HTML file that needs nothing else: words and tables are written here, so that
//! they can be read, searched and printed without JavaScript, and so are figures (`draw`). A script adds
//! values under the pointer and buttons (`page/page.js`); the report's JSON is embedded.

mod figures;
mod page;
mod parts;
mod piece;
mod tables;

use crate::report::document::Report;
use crate::report::draw::escape;
use crate::report::layout::Part;
use page::Page;

pub(crate) use piece::{Piece, piece};

/// The style sheet of the page, for pages that show sections in the same way.
pub const PAGE_CSS: &str = include_str!("../page/page.css");

/// The whole page. The same report gives the same bytes.
pub fn html(report: &Report) -> String {
    let json = serde_json::to_string(report).expect("a report is plain data");
    let page = Page::new(report);
    fill(
        include_str!("../page/template.html"),
        &[
            ("version", &escape(report.neurate_version)),
            ("title", &escape(&report.title)),
            ("source", &escape(&report.source)),
            ("css", PAGE_CSS),
            ("contents", &page.contents()),
            ("parts", &Part::ALL.map(|p| page.part(p)).concat()),
            // Inside a script element only `<` can end it or change how it is read.
            ("json", &json.replace('<', "\\u003c")),
            ("page", include_str!("../page/page.js")),
        ],
    )
}

/// The first screens of the page, as for a notebook's output: what stands open of the verdict and of the time course, or
/// where a report has neither, of all its parts. Without script and data, some tens of kilobytes.
pub fn glance(report: &Report) -> String {
    let page = Page::new(report);
    let first = [Part::Verdict, Part::TimeCourse].map(|p| page.opening(p)).concat();
    let shown = if first.is_empty() { Part::ALL.map(|p| page.opening(p)).concat() } else { first };
    fill(
        include_str!("../page/glance.html"),
        &[("title", &escape(&report.title)), ("css", PAGE_CSS), ("parts", &shown)],
    )
}

/// Replaces every `{{name}}` of the template in one pass: what is put in is never looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").expect("the template closes its braces");
        let (_, value) = values.iter().find(|(n, _)| *n == name).expect("the template names what there is");
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
