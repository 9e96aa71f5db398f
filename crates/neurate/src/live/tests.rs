//! A page's requests, as text.

use super::Session;
use super::protocol::Wanted;
use super::state::State;
use crate::answers;
use crate::file::{parse, template};
use crate::report::question_named;
use crate::study::{Choices, Study};
use neurate_numerics::progress::Progress;
use serde_json::{Value, json};
use std::sync::Arc;

fn ask(session: &Session, request: &Value) -> Value {
    serde_json::from_str(&session.answer(&request.to_string())).expect("a reply is JSON")
}

fn opened(name: &str) -> Session {
    let session = Session::new(None);
    let text = template(name).expect("a template");
    let reply = ask(&session, &json!({ "do": "open", "name": format!("{name}.toml"), "text": text }));
    assert_eq!(reply["ok"], true, "{reply}");
    session
}

#[test]
fn what_a_page_shows_is_what_a_study_answers() {
    let session = opened("ssn");
    let changes = ["E.h=25", "I.tau=0.009 s"];
    let request = json!({ "do": "ask", "changes": changes, "questions": ["verdict", "response", "time_courses"], "data": true });
    let reply = ask(&session, &request);
    let sections = reply["sections"].as_array().expect("sections");
    assert_eq!(
        sections.iter().map(|s| s["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["verdict", "response", "time_courses"]
    );

    let sets = changes.map(str::to_string);
    let spec = parse(&template("ssn").unwrap(), "ssn.toml", ".".as_ref(), &sets).unwrap();
    let study = Study::new(spec.build().unwrap(), Choices::default()).described_by(spec);
    let expected = serde_json::to_value(&*study.ask::<answers::Responses>().unwrap()).unwrap();
    assert_eq!(sections[1]["data"], expected);
    for s in sections {
        let open = s["open"].as_str().unwrap();
        assert!(s["available"] == true && open.contains("<p>"), "{s}");
        for figure in s["figures"].as_array().unwrap() {
            let id = figure.as_str().unwrap();
            let request = json!({ "do": "figure", "changes": changes, "question": s["name"], "figure": id });
            let reply = ask(&session, &request);
            assert!(reply["svg"].as_str().unwrap().starts_with("<?xml"), "{id}");
            assert_eq!(reply["figure"]["id"], id);
        }
    }
    let needs = &ask(&session, &json!({ "do": "applies", "changes": changes }))["needs"];
    assert_eq!((&needs["membrane"], &needs["response"]), (&json!("conductances"), &Value::Null), "{needs}");
    // The unchanged circuit is another one.
    let plain = ask(&session, &json!({ "do": "ask", "questions": ["response"], "data": true }));
    assert_ne!(plain["sections"][0]["data"], expected);
}

#[test]
fn mistakes_have_their_place_and_leave_the_circuit_open() {
    let session = opened("ei");
    let text = template("ei").unwrap().replace("[W]", "[W]\n\"E <- X\" = 3");
    let reply = ask(&session, &json!({ "do": "open", "name": "new.toml", "text": text }));
    let error = &reply["error"];
    let line = text.lines().position(|l| l.contains("E <- X")).unwrap() + 1;
    assert_eq!(
        (&reply["ok"], &error["line"], &error["column"]),
        (&json!(false), &json!(line), &json!(1)),
        "{reply}"
    );
    assert!(error["excerpt"].as_str().unwrap().contains("E <- X") && error["help"].is_string());
    // In characters, as a page counts them.
    let start = error["start"].as_u64().unwrap() as usize;
    assert!(text.chars().skip(start).collect::<String>().starts_with("\"E <- X\""));
    assert_eq!(ask(&session, &json!({ "do": "describe" }))["name"], "ei.toml");

    for (request, words) in [
        (json!({ "do": "ask", "changes": ["W.E<-I=3"], "questions": ["verdict"] }), "inhibitory"),
        (json!({ "do": "ask", "changes": ["E.tua=3"], "questions": ["verdict"] }), "E.tua"),
        (json!({ "do": "ask", "changes": ["E.tau=3 mV"], "questions": ["verdict"] }), "time"),
        (json!({ "do": "ask", "changes": ["E.tau"], "questions": ["verdict"] }), "lacks a value"),
        (json!({ "do": "ask", "questions": ["meaning"] }), "no question"),
        (json!({ "do": "ask", "questions": ["verdict"], "choices": { "at": 9 } }), "no fixed point 9"),
        (json!({ "do": "figure", "question": "verdict", "figure": "x" }), "no figure"),
        (json!({ "do": "open", "text": "" }), "empty"),
        (json!({ "do": "fly" }), "cannot be read"),
        (json!([1, 2]), "cannot be read"),
        (json!(null), "cannot be read"),
    ] {
        let reply = ask(&session, &request);
        assert_eq!(reply["ok"], false, "{request}");
        assert!(reply["error"]["message"].as_str().unwrap().contains(words), "{reply}");
        assert!(reply["error"]["help"].is_string() || words == "inhibitory", "{reply}");
    }
    for garbage in ["", "{", "\u{0}", "{\"do\":\"ask\"}", &"[".repeat(100_000)] {
        assert!(session.answer(garbage).contains("\"ok\":false"));
    }
    assert!(Session::new(None).answer(r#"{"do":"ask","questions":[]}"#).contains("no circuit is open"));
}

#[test]
fn nothing_is_computed_twice() {
    let spec = parse(&template("ssn").unwrap(), "ssn.toml", ".".as_ref(), &[]).unwrap();
    let mut state = State::new(&spec, &[], &Wanted::default(), Progress::default()).unwrap();
    let question = question_named("response").unwrap();
    let first = state.known(question).unwrap().written.clone();
    let answer = state.study.ask::<answers::Responses>().unwrap();
    state.section("normality", false).unwrap();
    assert!(Arc::ptr_eq(&first, &state.known(question).unwrap().written));
    assert!(Arc::ptr_eq(&answer, &state.study.ask().unwrap()));
}

#[test]
fn a_newer_request_ends_an_older_one() {
    let session = opened("ei");
    let request = json!({ "do": "ask", "questions": ["verdict"] }).to_string();
    let (older, newer) = (session.announce(), session.announce());
    let kind = |reply: &str| serde_json::from_str::<Value>(reply).unwrap()["error"]["kind"].clone();
    assert_eq!(kind(&session.answer_announced(&older, &request)), "stopped");
    assert_eq!(kind(&session.answer_announced(&newer, &request)), Value::Null);
    // While it runs, too: a search among 500 units takes far longer than the request that ends it.
    let session = opened("random");
    std::thread::scope(|threads| {
        let (sender, begun) = std::sync::mpsc::channel();
        let session = &session;
        let running = threads.spawn(move || {
            let ticket = session.announce();
            sender.send(()).unwrap();
            session.answer_announced(
                &ticket,
                r#"{"do": "ask", "changes": ["E.tau=19"], "questions": ["fixed_points", "pseudospectra"]}"#,
            )
        });
        begun.recv().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
        let reply = session.answer(r#"{"do": "templates"}"#);
        assert!(reply.contains("\"ok\":true"));
        assert_eq!(kind(&running.join().unwrap()), "stopped");
    });
}

#[test]
fn without_a_fixed_point_it_shows_what_happens() {
    let session = opened("ei");
    for (changes, words) in [(["W.E<-E=9"], "runs away"), (["W.E<-I=-1"], "unstable")] {
        let reply = ask(
            &session,
            &json!({ "do": "ask", "changes": changes, "questions": ["verdict", "time_courses", "response"] }),
        );
        let sections = reply["sections"].as_array().unwrap();
        let shown = format!("{}{}", sections[0]["open"], sections[1]["open"]);
        assert!(shown.contains("<svg") && shown.contains(words), "{words}: {}", sections[0]);
        assert_eq!(
            (&sections[2]["available"], &sections[2]["needs"]),
            (&json!(false), &json!("a stable fixed point"))
        );
    }
}

#[test]
fn the_state_is_a_file_and_python() {
    let session = opened("ssn");
    let reply = ask(&session, &json!({ "do": "file", "changes": ["E.h=25", "I.tau=8 ms"] }));
    let text = reply["text"].as_str().unwrap();
    let spec = parse(text, "ssn.toml", ".".as_ref(), &[]).unwrap();
    assert_eq!((spec.build().unwrap().h()[0], spec.build().unwrap().tau()[1]), (25.0, 8.0));
    let python = reply["python"].as_str().unwrap();
    assert!(python.contains("net.set({\"E.h\": 25, \"I.tau\": \"8 ms\"})"), "{python}");
    let all = ask(&session, &json!({ "do": "templates" }));
    assert!(all["templates"].as_array().unwrap().iter().any(|t| t["name"] == "ssn"));
}
