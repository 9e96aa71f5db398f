//! `docs/report-json.md`: what stands there of each section follows from the types.

use neurate::report::{QUESTIONS, schema};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// What stands before the sections is written by hand.
const BEGIN: &str =
    "<!-- The rest is written from the JSON Schema: UPDATE_DOCS=1 cargo test -p neurate report_docs -->\n";

#[test]
fn the_page_describes_the_json() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report-json.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (head, found) = page.split_once(BEGIN).expect("the mark where the sections begin");
    let wanted = sections(&schema());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{head}{BEGIN}{wanted}")).expect("the page can be written");
    } else {
        assert!(
            found == wanted,
            "docs/report-json.md is not up to date: UPDATE_DOCS=1 cargo test -p neurate report_docs"
        );
    }
}

fn sections(schema: &Value) -> String {
    let mut out = String::new();
    let conditions = schema["$defs"]["Section"]["allOf"].as_array().expect("a condition for each question");
    for (q, condition) in QUESTIONS.iter().zip(conditions) {
        let answer = &condition["then"]["properties"]["data"]["anyOf"][0];
        let _ = write!(out, "\n## {}\n\n{}: {}.\n\n", q.name, q.title, q.about);
        let mut known = Vec::new();
        fields(schema, answer, 0, &mut known, &mut out);
    }
    out
}

/// The definition that a schema refers to, and its name.
fn resolve<'s>(schema: &'s Value, of: &'s Value) -> (Option<&'s str>, &'s Value) {
    match of["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
        Some(name) => (Some(name), &schema["$defs"][name]),
        None => (None, of),
    }
}

/// The objects inside a type: itself, the items of a list, one of several.
fn objects<'s>(schema: &'s Value, of: &'s Value) -> Vec<(Option<&'s str>, &'s Value)> {
    let (name, d) = resolve(schema, of);
    if d["properties"].is_object() {
        let number = matches!(name, Some("Complex" | "ComplexArray"));
        return if number { vec![] } else { vec![(name, d)] };
    }
    let several = ["anyOf", "oneOf"].iter().filter_map(|k| d[*k].as_array()).flatten();
    several.chain(d.get("items")).flat_map(|s| objects(schema, s)).collect()
}

/// The words that a value may be.
fn words(schema: &Value, of: &Value) -> Vec<String> {
    let (_, d) = resolve(schema, of);
    let one = d.get("const").and_then(Value::as_str).map(|w| format!("`{w}`"));
    let several = ["anyOf", "oneOf"].iter().filter_map(|k| d[*k].as_array()).flatten();
    let listed =
        d["enum"].as_array().into_iter().flatten().filter_map(|w| Some(format!("`{}`", w.as_str()?)));
    one.into_iter().chain(listed).chain(several.flat_map(|s| words(schema, s))).collect()
}

fn fields<'s>(schema: &'s Value, of: &'s Value, depth: usize, known: &mut Vec<&'s str>, out: &mut String) {
    for (name, object) in objects(schema, of) {
        if let Some(name) = name {
            if known.contains(&name) {
                let _ = writeln!(out, "{}- as above ({name})", "  ".repeat(depth));
                continue;
            }
            known.push(name);
        }
        for (key, value) in object["properties"].as_object().expect("an object") {
            let text = value["description"].as_str().unwrap_or("").replace('\n', " ");
            let mut line = format!("{}- `{key}`: {text}", "  ".repeat(depth));
            let choices = words(schema, value);
            if !choices.is_empty() {
                let _ = write!(line, " One of {}.", choices.join(", "));
            }
            out.push_str(line.trim_end());
            out.push('\n');
            fields(schema, value, depth + 1, known, out);
        }
    }
}
