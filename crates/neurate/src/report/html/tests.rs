//! The page of a sample report: safe, complete, in order.

use super::sample::{matrix, sample, series};
use super::*;
use crate::report::draw::number;
use crate::report::section::{Axis, Cell, Figure, Role, Section, Stroke, Table};
use serde_json::json;
use std::collections::BTreeSet;

/// What stands between the tags `start` and `end` of the page.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let rest = page.split_once(start).unwrap().1;
    rest.split_once(end).unwrap().0
}

const HOSTILE: &str =
    "</script><script>alert(1)</script><!-- <b>\"it's\" & {{json}} \u{0}\u{202e}\u{fffd}é🧠 ]]>";

fn hostile() -> Report {
    let mut report = sample();
    let mut s = Section::new("hostile", HOSTILE);
    s.verdict = vec![HOSTILE.into()];
    s.trust = vec![HOSTILE.into()];
    let mut table = Table::new(HOSTILE, &[HOSTILE]);
    table.rows.push(vec![Cell::Text(HOSTILE.into())]);
    s.tables.push(table);
    s.figures.push(Figure::Lines {
        id: HOSTILE.into(),
        title: HOSTILE.into(),
        caption: HOSTILE.into(),
        x: Axis::new(HOSTILE, ""),
        y: Axis::new("y", HOSTILE),
        series: vec![series(HOSTILE, Role::Other, Stroke::Solid, &[0.0, 1.0], |x| x)],
        marks: vec![],
    });
    s.alternatives = vec![crate::report::Alternatives::new(HOSTILE).or(HOSTILE, [HOSTILE])];
    s.data = json!({ HOSTILE: HOSTILE });
    report.sections.push(s);
    let mut absent = Section::new("absent", HOSTILE);
    absent.available = false;
    absent.verdict = vec![HOSTILE.into()];
    report.sections.push(absent);
    report.title = HOSTILE.into();
    report.source = HOSTILE.into();
    report.circuit_text = HOSTILE.into();
    report.summary = vec![HOSTILE.into()];
    report.warnings = vec![HOSTILE.into()];
    report
}

#[test]
fn hostile_text_stays_text() {
    let page = html(&hostile());
    let (plain, scripts) = (page.matches("</script>").count(), html(&sample()).matches("</script>").count());
    assert_eq!(plain, scripts, "no text may end a script");
    assert!(!page.contains("<!--") && !page.contains("<b>") && !page.contains("alert(1)</script"));
    assert!(!page.contains('\0'), "control characters are replaced");
    // Template words inside a text are not filled in.
    assert_eq!(page.matches("id=\"report-json\"").count(), 1);
    let title = between(&page, "<h1>", "</h1>");
    assert!(title.starts_with("&lt;/script&gt;&lt;script&gt;alert(1)"), "{title}");
    assert!(title.contains("&quot;it&#39;s&quot; &amp; {{json}} \u{fffd}\u{202e}"), "{title}");
    // And the JSON still says what the report said.
    let text = between(&page, "id=\"report-json\">", "</script>");
    let back: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(back["title"], HOSTILE);
    let last = |v: &serde_json::Value| v["sections"].as_array().unwrap()[sample().sections.len()..].to_vec();
    assert_eq!(last(&back), last(&serde_json::to_value(hostile()).unwrap()));
}

#[test]
fn nothing_is_loaded_from_outside() {
    let page = html(&sample());
    let own = page.replace("http://www.w3.org/2000/svg", "");
    for word in ["src=", "@import", "<link", "<iframe", "fetch(", "XMLHttpRequest", "http://"] {
        assert!(!own.contains(word), "{word}");
    }
    // Links go to places in the page, large matrices are pictures inside it.
    let inside = |rest: &str| rest.starts_with('#') || rest.starts_with("data:image/png;base64,");
    assert!(own.match_indices("href=\"").all(|(i, m)| inside(&own[i + m.len()..])));
    assert!(!own.contains("url("));
    // The browser is told to refuse what the libraries might try.
    assert!(page.contains("content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:\""));
}

#[test]
fn same_report_same_bytes() {
    assert_eq!(html(&hostile()), html(&hostile()));
}

#[test]
fn missing_numbers_become_null() {
    let mut report = sample();
    report.sections[0].figures = vec![matrix(
        "bad",
        "bad",
        &["a", "b", "c"],
        vec![vec![f64::NAN, f64::INFINITY, -f64::INFINITY], vec![], vec![1.0, 2.0, 3.0]],
        "",
    )];
    let page = html(&report);
    let text = between(&page, "id=\"report-json\">", "</script>");
    let back: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(back["sections"][0]["figures"][0]["values"][0], json!([null, null, null]));
}

/// The page's elements, without its data and script.
fn body(report: &Report) -> String {
    between(&html(report), "<body>", "<script").to_string()
}

/// A part of the page, and what of it stands open.
fn part<'a>(body: &'a str, name: &str) -> (&'a str, &'a str) {
    let whole = between(body, &format!("<section id=\"p-{name}\""), "</section>");
    (whole, whole.split("<div class=\"folds\">").next().unwrap())
}

#[test]
fn parts_stand_in_their_order() {
    let body = body(&sample());
    let places: Vec<usize> = Part::ALL
        .iter()
        .map(|p| body.find(&format!("<section id=\"p-{}\"", p.name())).expect("every part is in the sample"))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    // And in the contents, each with its sections beneath.
    let contents = between(&body, "<nav", "</nav>");
    for p in Part::ALL {
        let rest = contents.split_once(&format!("#p-{}\"", p.name())).unwrap().1;
        let beneath = rest.split("#p-").next().unwrap();
        for s in sample().sections.iter().filter(|s| s.part == p && s.available) {
            assert!(beneath.contains(&format!("href=\"#s-{}\"", s.name)), "{}", s.name);
        }
    }
}

#[test]
fn nothing_is_lost_and_nothing_stands_twice() {
    let report = sample();
    let body = body(&report);
    let once = |what: &str| assert_eq!(body.matches(what).count(), 1, "{what}");
    for s in &report.sections {
        s.verdict.iter().chain(&s.trust).for_each(|w| once(&escape(w)));
        s.figures.iter().for_each(|f| once(&format!("<figure id=\"f-{}\"", f.id())));
        s.tables.iter().for_each(|t| once(&format!("<p class=\"caption\">{}</p>", escape(&t.caption))));
        once(&format!("id=\"s-{}\"", s.name));
    }
    report.summary.iter().chain(&report.warnings).for_each(|w| once(&escape(w)));
    once(&escape(&report.circuit_text));
    let (figures, tables): (usize, usize) =
        report.sections.iter().fold((0, 0), |(f, t), s| (f + s.figures.len(), t + s.tables.len()));
    assert_eq!((body.matches("<figure ").count(), body.matches("<table>").count()), (figures, tables));
    assert!(body.contains("<td class=\"number\">−0.4286 + 1.2 i</td>") && body.contains("<td>yes</td>"));
}

/// What stands behind every `start`, up to the next quotation mark.
fn attributes<'a>(body: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    body.match_indices(start).map(move |(i, m)| body[i + m.len()..].split('"').next().unwrap())
}

#[test]
fn links_lead_somewhere() {
    for report in [sample(), hostile()] {
        let body = body(&report);
        let ids: Vec<&str> = attributes(&body, " id=\"").collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "every id once");
        let links = attributes(&body, " href=\"#").chain(attributes(&body, " for=\""));
        links.for_each(|to| assert!(distinct.contains(to), "{to}"));
    }
}

#[test]
fn as_much_stands_open_as_a_section_says() {
    let report = sample();
    let body = body(&report);
    for p in Part::ALL {
        let (_, open) = part(&body, p.name());
        let sections = || report.sections.iter().filter(|s| s.part == p && s.available);
        if p == Part::Details {
            assert!(!open.contains("<p>") && !open.contains("<figure") && !open.contains("<table"));
            continue;
        }
        for s in sections() {
            for (k, sentence) in s.verdict.iter().enumerate() {
                assert_eq!(open.contains(&escape(sentence)), k < s.open.sentences, "{sentence}");
            }
            for (k, t) in s.tables.iter().enumerate() {
                let caption = format!("<p class=\"caption\">{}</p>", escape(&t.caption));
                assert_eq!(open.contains(&caption), k < s.open.tables, "{caption}");
            }
        }
        // A group counts as one; a figure that another section shows is not here.
        let wanted: usize = sections().map(|s| s.open.figures + usize::from(s.shows.is_some())).sum();
        let groups = open.matches("class=\"alternatives").count();
        let chosen: usize =
            open.split("<div class=\"choice\">").skip(1).map(|c| c.matches("<figure").count()).sum();
        assert_eq!(open.matches("<figure").count() - chosen + groups, wanted, "{}", p.name());
    }
}

#[test]
fn alternatives_are_shown_one_choice_at_a_time() {
    let body = body(&sample());
    let (_, open) = part(&body, "time_course");
    let group = open.split_once("<div class=\"alternatives").unwrap().1;
    // A button before each choice, one of them pressed; a choice may have several figures.
    assert_eq!(group.matches("<input type=\"radio\"").count(), 3);
    assert_eq!(group.matches(" checked>").count(), 1);
    let choices: Vec<usize> =
        group.split("<div class=\"choice\">").skip(1).map(|c| c.matches("<figure").count()).collect();
    assert_eq!(choices, [1, 1, 2]);
    assert!(group.find("id=\"f-ssn\"") < group.find("id=\"f-modes\""));
    // The style sheet needs the button, its label and the choice next to each other.
    assert_eq!(group.matches("</label>\n<div class=\"choice\">").count(), 3);
}

#[test]
fn a_figure_shown_elsewhere_leaves_a_link() {
    let body = body(&sample());
    let (_, verdict) = part(&body, "verdict");
    assert!(verdict.contains("id=\"f-c2\"") && verdict.contains("id=\"f-r2\""));
    let (modes, _) = part(&body, "modes");
    assert!(modes.contains("href=\"#f-r2\"") && !modes.contains("id=\"f-r2\""));
}

#[test]
fn a_choice_shown_elsewhere_has_no_button() {
    let mut report = sample();
    report.sections[0].shows = Some("ssn".into());
    let body = body(&report);
    assert_eq!(body.matches("<figure id=\"f-ssn\"").count(), 1);
    assert!(part(&body, "verdict").1.contains("<figure id=\"f-ssn\""));
    // Where it is the first choice, the others are folded.
    let (all, open) = part(&body, "time_course");
    assert!(open.contains("<a href=\"#f-ssn\">") && !open.contains("<input type=\"radio\""));
    assert_eq!(all.matches("<input type=\"radio\"").count(), 2);
    assert!(all.find(" checked>") < all.find("id=\"f-modes\""));
}

#[test]
fn what_is_not_available_is_in_one_list() {
    let body = body(&sample());
    let (details, open) = part(&body, "details");
    assert!(!open.contains("Delays"));
    let list = between(details, "<details id=\"not-available\"", "</details>");
    assert!(list.contains("<dt id=\"s-delayed\">Delays</dt><dd>There are no delays.</dd>"), "{list}");
    assert!(details.contains("<details id=\"circuit-file\""));
    // Nothing to list, no list.
    let mut report = sample();
    report.sections.retain(|s| s.available);
    assert!(!html(&report).contains("not-available"));
}

#[test]
fn a_glance_is_short() {
    let report = sample();
    let short = glance(&report);
    assert!(report.summary.iter().all(|s| short.contains(&escape(s))));
    assert!(short.contains("id=\"f-c2\"") && short.contains("id=\"f-ssn\""));
    for absent in ["<script", "<details", "id=\"f-c8\"", "id=\"f-w200\"", "src=", "<link"] {
        assert!(!short.contains(absent), "{absent}");
    }
    assert!(4 * short.len() < html(&report).len(), "{} bytes", short.len());
    // Of some questions alone, all their parts.
    let mut noise = sample();
    noise.sections.retain(|s| s.part == Part::Noise);
    (noise.summary, noise.warnings) = (vec![], vec![]);
    assert!(glance(&noise).contains("id=\"f-p2\""));
}

#[test]
fn numbers_have_four_digits() {
    for (v, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (9.0, "9"),
        (-3.0 / 7.0, "−0.4286"),
        (123.456_7, "123.5"),
        (12_345.6, "12346"),
        (0.001, "0.001"),
        (-1.25e-9, "−1.25×10⁻⁹"),
        (6.022e23, "6.022×10²³"),
        (9.999_96, "10"),
        (100.0, "100"),
        (f64::NAN, "–"),
        (f64::NEG_INFINITY, "−∞"),
    ] {
        assert_eq!(number(v, 4), text, "{v}");
    }
}

/// `cargo test -p neurate --lib report::html -- --ignored` writes pages to look at.
#[test]
#[ignore = "writes a file to look at"]
fn write_sample() {
    std::fs::write(std::env::temp_dir().join("neurate-sample.html"), html(&sample())).unwrap();
    std::fs::write(std::env::temp_dir().join("neurate-hostile.html"), html(&hostile())).unwrap();
}
