//! The report as one HTML file that needs nothing else: words and tables are written here, so that
//! they can be read, searched and printed without JavaScript, and so are figures (`draw`). A script adds
//! values under the pointer and buttons (`page/page.js`); the report's JSON is embedded.

mod tables;

use crate::report::document::Report;
use crate::report::draw::{Artist, escape, is_wide};
use crate::report::section::{Figure, Section};
use std::fmt::Write;
use tables::table;

/// The whole page. The same report gives the same bytes.
pub fn html(report: &Report) -> String {
    let json = serde_json::to_string(report).expect("a report is plain data");
    let contents = report.sections.iter().fold(String::new(), |mut out, s| {
        let _ = writeln!(out, "<li><a href=\"#s-{}\">{}</a></li>", escape(s.name), escape(&s.title));
        out
    });
    let artist = Artist::new(&report.sections);
    let sections: String = report.sections.iter().enumerate().map(|(i, s)| section(&artist, i, s)).collect();
    fill(
        include_str!("../page/template.html"),
        &[
            ("version", &escape(report.neurate_version)),
            ("title", &escape(&report.title)),
            ("source", &escape(&report.source)),
            ("css", include_str!("../page/page.css")),
            (
                "contents",
                &format!(
                    "<li><a href=\"#top\">Summary</a></li>\n{contents}\
                     <li><a href=\"#circuit-file\">Circuit file</a></li>\n"
                ),
            ),
            ("summary", &message_box("summary", "In short", &report.summary)),
            ("warnings", &message_box("warnings", "Look at this", &report.warnings)),
            ("sections", &sections),
            ("circuit", &escape(&report.circuit_text)),
            // Inside a script element only `<` can end it or change how it is read.
            ("json", &json.replace('<', "\\u003c")),
            ("page", include_str!("../page/page.js")),
        ],
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

fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: String = items.iter().map(|i| format!("<li>{}</li>\n", escape(i.as_ref()))).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn message_box(class: &str, heading: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    format!("<aside class=\"box {class}\">\n<h2>{heading}</h2>\n{}</aside>\n", list(items))
}

fn section(artist: &Artist, position: usize, s: &Section) -> String {
    let mut out = format!(
        "<section id=\"s-{}\">\n<h2>{}</h2>\n<div class=\"verdict\">\n",
        escape(s.name),
        escape(&s.title)
    );
    for sentence in &s.verdict {
        let _ = writeln!(out, "<p>{}</p>", escape(sentence));
    }
    out.push_str("</div>\n");
    if !s.figures.is_empty() {
        out.push_str("<div class=\"figures\">\n");
        for (i, f) in s.figures.iter().enumerate() {
            out.push_str(&figure(artist, position, i, f));
        }
        out.push_str("</div>\n");
    }
    s.tables.iter().for_each(|t| out.push_str(&table(t)));
    if !s.trust.is_empty() || !s.sources.is_empty() {
        out.push_str("<div class=\"notes\">\n");
        if !s.trust.is_empty() {
            let _ = write!(out, "<div><h3>How far to trust this</h3>\n{}</div>\n", list(&s.trust));
        }
        if !s.sources.is_empty() {
            let _ = write!(out, "<div><h3>Sources</h3>\n{}</div>\n", list(&s.sources));
        }
        out.push_str("</div>\n");
    }
    out + "</section>\n"
}

/// The figure with its words.
fn figure(artist: &Artist, section: usize, position: usize, f: &Figure) -> String {
    format!(
        "<figure id=\"f-{}\" data-section=\"{section}\" data-figure=\"{position}\"{}>\n\
         <div class=\"figure-title\">{}</div>\n<div class=\"drawing\">\n{}</div>\n\
         <figcaption>{}</figcaption>\n</figure>\n",
        escape(f.id()),
        if is_wide(f) { " class=\"wide\"" } else { "" },
        escape(f.title()),
        artist.inline(f),
        escape(f.caption())
    )
}

#[cfg(test)]
mod sample;

#[cfg(test)]
mod tests {
    use super::sample::{matrix, sample, series};
    use super::*;
    use crate::report::draw::number;
    use crate::report::section::{Axis, Cell, Role, Stroke, Table};
    use serde_json::json;

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
        s.data = json!({ HOSTILE: HOSTILE });
        report.sections.push(s);
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
        let (plain, scripts) =
            (page.matches("</script>").count(), html(&sample()).matches("</script>").count());
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
        let last = |v: &serde_json::Value| v["sections"].as_array().unwrap().last().unwrap().clone();
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

    #[test]
    fn words_are_there_without_javascript() {
        let page = html(&sample());
        let body = between(&page, "<body>", "<script");
        for s in &sample().sections {
            assert!(
                body.contains(&format!("id=\"s-{}\"", s.name)) && body.contains(&format!("#s-{}\"", s.name))
            );
            assert!(s.verdict.iter().chain(&s.trust).all(|v| body.contains(&escape(v))));
        }
        assert_eq!(
            body.matches("<figure ").count(),
            sample().sections.iter().map(|s| s.figures.len()).sum::<usize>()
        );
        assert!(body.contains("<td class=\"number\">−0.4286 + 1.2 i</td>") && body.contains("<td>yes</td>"));
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
}
