//! The process that answers cases, one after another: each a line of JSON, each answered by lines of JSON. Whoever asks may end
//! it at any time.

use super::answer::{Listener, answer};
use super::case::Case;
use serde_json::{Value, json};
use std::io::{BufRead, Write, stdin, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};

/// Begins every line that is meant for who asks: a test's own output stands beside it.
pub const SAYS: &str = "values: ";

/// Where the last panic was, and what it said.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn say(what: &Value) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{SAYS}{what}").and_then(|()| out.flush());
}

struct Talk;

impl Listener for Talk {
    fn stage(&mut self, name: &str) {
        say(&json!({ "stage": name }));
    }
    fn resolved(&mut self, sets: &[String]) {
        say(&json!({ "sets": sets }));
    }
}

/// Answers cases from standard input until it ends.
pub fn work() {
    set_hook(Box::new(|info| {
        let place = info.location().map_or(String::new(), |l| format!("{}:{}", l.file(), l.line()));
        let said = info.payload();
        let said = said.downcast_ref::<&str>().map(|s| (*s).to_string());
        let said = said.or_else(|| info.payload().downcast_ref::<String>().cloned()).unwrap_or_default();
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = format!("{place}: {said}");
    }));
    for line in stdin().lock().lines() {
        let Ok(line) = line else { return };
        let Ok(asked) = serde_json::from_str::<Value>(&line) else { continue };
        let text = |key: &str| asked[key].as_str().unwrap_or("").to_string();
        let sets = asked["sets"].as_array().into_iter().flatten();
        let sets = sets.filter_map(Value::as_str).map(str::to_string).collect();
        let case = Case { name: text("name"), text: text("text"), sets };
        let done = catch_unwind(AssertUnwindSafe(|| {
            on_purpose(&case.name);
            answer(&case, &mut Talk)
        }));
        say(&match done {
            Ok(Ok(Some(()))) => json!({ "done": "answered" }),
            Ok(Ok(None)) => json!({ "done": "refused" }),
            Ok(Err((kind, why))) => json!({ "done": "fault", "kind": kind, "why": why }),
            Err(_) => {
                let why = PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone();
                json!({ "done": "fault", "kind": "panic", "why": why })
            }
        });
    }
}

/// Does wrong on purpose, so that it can be tested that this is seen.
fn on_purpose(name: &str) {
    match name {
        "on purpose: panic" => panic!("as asked"),
        "on purpose: abort" => std::process::abort(),
        "on purpose: time" => loop {
            std::hint::black_box(());
        },
        "on purpose: memory" => {
            let filled = vec![1u8; 3 << 30];
            assert!(std::hint::black_box(filled).iter().all(|x| *x == 1));
        }
        _ => {}
    }
}
