//! The pages of real circuits: in order, complete, and short enough while folded.

use crate::files::example;
use neurate::prelude::*;
use neurate::report::{Part, QUESTIONS, Report, Section, glance, html};
use std::collections::BTreeSet;

/// Balanced and Hebbian modes, standard errors, slow states (with much that is not available), a ring.
const EXAMPLES: [&str; 4] = ["murphy-miller", "measured-weights", "slow-states", "orientation-ring"];

/// The whole report of an example.
fn report(name: &str) -> Report {
    let study = Study::new(example(name), Choices::default());
    Report::full(&study, name, "", &mut |_, _, _| ()).unwrap_or_else(|e| panic!("{e}"))
}

fn escaped(text: &str) -> String {
    let replaced = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    replaced.replace('"', "&quot;").replace('\'', "&#39;")
}

/// Elements, without data and script.
fn body(page: &str) -> &str {
    page.split_once("<body>").and_then(|(_, rest)| rest.split_once("<script")).expect("a page").0
}

/// What a section says of its figures fits them.
fn groups_fit(s: &Section) {
    let ids: Vec<&str> = s.figures.iter().map(|f| f.id()).collect();
    let chosen: Vec<&str> =
        s.alternatives.iter().flat_map(|g| &g.choices).flat_map(|c| &c.figures).map(String::as_str).collect();
    let distinct: BTreeSet<&str> = chosen.iter().copied().collect();
    assert_eq!(chosen.len(), distinct.len(), "{}: every figure in one choice", s.name);
    assert!(distinct.iter().all(|id| ids.contains(id)), "{}: {distinct:?} of {ids:?}", s.name);
    assert!(s.alternatives.iter().all(|g| g.choices.len() > 1), "{}: something to choose", s.name);
}

/// Figures that stand open: of one group, one.
fn open_figures(s: &Section) -> usize {
    let grouped = s.alternatives.iter().flat_map(|g| &g.choices).flat_map(|c| &c.figures).count();
    s.open.figures.min(s.figures.len() - grouped + s.alternatives.len()) + usize::from(s.shows.is_some())
}

#[test]
fn questions_stand_part_by_part() {
    assert!(QUESTIONS.iter().map(|q| q.part).is_sorted());
    assert!(Part::ALL.is_sorted());
    let named: BTreeSet<&str> = Part::ALL.iter().map(|p| p.name()).collect();
    assert_eq!(named.len(), Part::ALL.len());
}

#[test]
fn pages_are_complete() {
    for name in EXAMPLES {
        let report = report(name);
        let page = html(&report);
        let body = body(&page);
        let once = |what: &str| assert_eq!(body.matches(what).count(), 1, "{name}: {what}");
        for s in &report.sections {
            once(&format!(" id=\"s-{}\"", s.name));
            s.figures.iter().for_each(|f| once(&format!("<figure id=\"f-{}\"", escaped(f.id()))));
            // Some sentences stand in several sections, and in the summary of reports without a verdict.
            for words in s.verdict.iter().chain(&s.trust) {
                assert!(body.contains(&escaped(words)), "{name}, {}: {words}", s.name);
            }
            if s.available {
                groups_fit(s);
            } else {
                assert!(s.figures.is_empty() && s.tables.is_empty() && !s.verdict.is_empty(), "{}", s.name);
            }
        }
        let tables: usize = report.sections.iter().map(|s| s.tables.len()).sum();
        assert_eq!(body.matches("<table>").count(), tables, "{name}");
        let ids: Vec<&str> =
            body.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "{name}: every id once");
        for link in body.split(" href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(distinct.contains(link), "{name}: {link}");
        }
    }
}

#[test]
fn pages_are_short_while_folded() {
    for name in EXAMPLES {
        let report = report(name);
        let open = |part: Part| report.sections.iter().filter(move |s| s.part == part && s.available);
        // Two figures in a row are half a screen: five screens hold five rows, words and folds.
        let rows: usize =
            Part::ALL[..6].iter().map(|p| open(*p).map(open_figures).sum::<usize>().div_ceil(2)).sum();
        assert!(rows <= 8, "{name}: {rows} rows of figures stand open");
        for part in &Part::ALL[..6] {
            let sentences: usize = open(*part).map(|s| s.open.sentences.min(s.verdict.len())).sum();
            assert!(sentences <= 10, "{name}: {sentences} sentences stand open in {}", part.title());
            let figures: usize = open(*part).map(open_figures).sum();
            assert!(figures <= 4, "{name}: {figures} figures stand open in {}", part.title());
        }
        let short = glance(&report);
        assert!(short.len() < 250_000 && !short.contains("<script"), "{name}: {} bytes", short.len());
    }
}

#[test]
fn what_shows_nothing_new_is_not_drawn() {
    // A linear circuit: f(x) = x, effective weights that are the weights.
    let linear = report("murphy-miller");
    let ids: BTreeSet<&str> = linear.sections.iter().flat_map(|s| &s.figures).map(|f| f.id()).collect();
    assert!(
        !ids.contains("effective_weights") && !ids.iter().any(|id| id.starts_with("transfer_")),
        "{ids:?}"
    );
    // One with gains: both.
    let ssn = report("ssn");
    let ids: BTreeSet<&str> = ssn.sections.iter().flat_map(|s| &s.figures).map(|f| f.id()).collect();
    assert!(ids.contains("effective_weights") && ids.iter().any(|id| id.starts_with("transfer_")), "{ids:?}");
}
