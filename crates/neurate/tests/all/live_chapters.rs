//! The chapters of the live page: what they say is what the engine answers, asked as the page asks it.

use neurate::live::Session;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A chapter's file as JSON: texts, numbers, lists and tables.
fn value(v: &DeValue) -> Value {
    match v {
        DeValue::String(text) => json!(text),
        DeValue::Integer(i) => json!(i.to_string().parse::<f64>().expect("a number")),
        DeValue::Float(x) => json!(x.to_string().parse::<f64>().expect("a number")),
        DeValue::Array(all) => all.iter().map(|v| value(v.get_ref())).collect(),
        DeValue::Table(all) => {
            all.iter().map(|(k, v)| (k.get_ref().to_string(), value(v.get_ref()))).collect()
        }
        other => panic!("a chapter has no {other:?}"),
    }
}

fn chapters() -> Vec<(String, Value)> {
    let files = std::fs::read_dir(root().join("site/chapters")).expect("the chapters");
    let mut all: Vec<PathBuf> = files.map(|f| f.expect("a file").path()).collect();
    all.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a text");
        let table = DeTable::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        (
            path.file_stem().expect("a name").to_string_lossy().into_owned(),
            value(&DeValue::Table(table.into_inner())),
        )
    };
    all.iter().map(read).collect()
}

fn texts(v: &Value) -> Vec<String> {
    v.as_array().into_iter().flatten().map(|t| t.as_str().expect("a text").to_string()).collect()
}

fn ask(session: &Session, request: &Value) -> Value {
    let reply: Value = serde_json::from_str(&session.answer(&request.to_string())).expect("JSON");
    assert_eq!(reply["ok"], true, "{request}: {reply}");
    reply
}

/// The circuit of a chapter, opened; and the reply.
fn opened(chapter: &Value) -> (Session, Value) {
    let text = match chapter["example"].as_str() {
        Some(name) => {
            std::fs::read_to_string(root().join(format!("examples/{name}.toml"))).expect("the example")
        }
        None => chapter["circuit"].as_str().expect("a circuit").to_string(),
    };
    let session = Session::new(None);
    let reply = ask(&session, &json!({ "do": "open", "name": "chapter.toml", "text": text }));
    (session, reply)
}

/// Every handle is there, every section has something to show, in every state that a chapter leads to.
#[test]
fn chapters_show_what_they_name() {
    let all = chapters();
    assert!(all.len() >= 12, "{}", all.len());
    for (name, chapter) in &all {
        let (session, described) = opened(chapter);
        let known: Vec<&str> = described["handles"]
            .as_array()
            .expect("handles")
            .iter()
            .filter_map(|h| h["address"].as_str())
            .collect();
        for handle in chapter["handles"].as_array().expect("handles") {
            let of = handle.as_str().map_or_else(|| texts(&handle["of"]), |one| vec![one.to_string()]);
            assert!(!of.is_empty() && of.iter().all(|a| known.contains(&a.as_str())), "{name}: {handle}");
        }
        let sets = chapter["states"].as_array().into_iter().flatten().map(|s| texts(&s["set"]));
        for changes in std::iter::once(vec![]).chain(sets) {
            let reply =
                ask(&session, &json!({ "do": "ask", "changes": changes, "questions": chapter["show"] }));
            for section in reply["sections"].as_array().expect("sections") {
                assert_eq!(section["error"], Value::Null, "{name}: {section}");
                // A state may be there to show that without a stable fixed point there is no verdict.
                let unstable = !changes.is_empty() && section["needs"] == "a stable fixed point";
                assert!(unstable || section["needs"].is_null(), "{name}: {}", section["name"]);
            }
        }
        for key in ["title", "prompt", "answer"] {
            assert!(chapter[key].as_str().is_some_and(|t| !t.is_empty()), "{name} lacks {key}");
        }
    }
}

#[test]
fn checkpoints_hold() {
    let mut seen = 0;
    for (name, chapter) in chapters() {
        let (session, _) = opened(&chapter);
        let checkpoints = chapter["checkpoints"].as_array().expect("checkpoints");
        assert!(!checkpoints.is_empty(), "{name}");
        for c in checkpoints {
            let changes = texts(&c["set"]);
            let request =
                json!({ "do": "ask", "changes": changes, "questions": [c["question"]], "data": true });
            let data = ask(&session, &request)["sections"][0]["data"].clone();
            let found = data.pointer(c["at"].as_str().expect("a place")).unwrap_or(&Value::Null);
            let found = found.as_bool().map_or(found.as_f64(), |b| Some(f64::from(u8::from(b))));
            let (expected, within) =
                (c["value"].as_f64().expect("a value"), c["within"].as_f64().unwrap_or(0.0));
            let near = found.is_some_and(|x| (x - expected).abs() <= within);
            assert!(near, "{name}: {} {found:?} is not {expected} ± {within}", c["says"]);
            seen += 1;
        }
    }
    assert!(seen >= 30, "{seen}");
}

/// A trajectory begins where it was asked to, and ends at the stable fixed point.
#[test]
fn a_trajectory_starts_at_a_point_of_the_plane() {
    let text = std::fs::read_to_string(root().join("examples/isn-paradox.toml")).expect("the example");
    let session = Session::new(None);
    ask(&session, &json!({ "do": "open", "name": "isn.toml", "text": text }));
    let reply = ask(&session, &json!({ "do": "trajectory", "changes": ["I.h=1.5"], "start": [3.0, 0.5] }));
    let ends = |key: &str| {
        let all = reply["trajectory"][key].as_array().expect("numbers");
        (all[0].as_f64().expect("a number"), all[all.len() - 1].as_f64().expect("a number"))
    };
    let (x, y) = (ends("x"), ends("y"));
    assert_eq!((x.0, y.0), (3.0, 0.5));
    let points = ask(
        &session,
        &json!({ "do": "ask", "changes": ["I.h=1.5"], "questions": ["fixed_points"], "data": true }),
    );
    let rates = &points["sections"][0]["data"]["points"][0]["rates"];
    let near = |v: f64, k: usize| (v - rates[k].as_f64().expect("a rate")).abs() < 1e-3;
    assert!(near(x.1, 0) && near(y.1, 1), "{rates} {reply}");

    let ssn = std::fs::read_to_string(root().join("examples/murphy-miller.toml")).expect("the example");
    ask(&session, &json!({ "do": "open", "name": "three.toml", "text": ssn }));
    for start in [json!([1.0, 2.0]), json!([1.0])] {
        let reply = session.answer(&json!({ "do": "trajectory", "start": start }).to_string());
        assert!(reply.contains("\"ok\":false"), "{reply}");
    }
}
