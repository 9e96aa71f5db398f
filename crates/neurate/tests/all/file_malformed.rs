//! Every mistake gets a message with its place and what would be right. All messages stand in one
//! file, to be read: `snapshots/file_malformed__messages.snap`.

use neurate::error::{Error, Place};
use neurate::file::{parse, read};
use std::fmt::Write;
use std::path::Path;

/// The message as a terminal would show it: place, line, underline, help.
fn show(e: &Error) -> String {
    let mut out = format!("{:?}: {}\n", e.kind(), e.message());
    if let Some(place) = e.place() {
        out += &underline(place);
    }
    for line in e.help().into_iter().flat_map(str::lines) {
        writeln!(out, "  help: {line}").unwrap();
    }
    out
}

fn underline(place: &Place) -> String {
    let (line, column) = place.line_column();
    let text = place.text.lines().nth(line - 1).unwrap_or("");
    let meant = place.text[place.span.start.min(place.text.len())..].lines().next().unwrap_or("");
    let length = place.span.len().min(meant.len());
    let count = meant.get(..length).unwrap_or("").chars().count().max(1);
    let source = Path::new(&*place.source).file_name().unwrap().to_string_lossy();
    format!("  {source}:{line}:{column}\n  | {text}\n  | {}{}\n", " ".repeat(column - 1), "^".repeat(count))
}

#[test]
fn messages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    assert!(files.len() >= 45);
    let mut all = String::new();
    for file in files {
        writeln!(all, "== {}", file.file_stem().unwrap().to_string_lossy()).unwrap();
        match read(&file, &[]).and_then(|spec| spec.build()) {
            Err(e) => all += &show(&e),
            Ok(c) => {
                assert!(!c.warnings().is_empty(), "{} is not malformed", file.display());
                c.warnings().iter().for_each(|w| all += &show(w));
            }
        }
        all.push('\n');
    }
    let folder = format!("{}/", folder.display());
    insta::assert_snapshot!("messages", all.replace(&folder, ""));
}

#[test]
fn messages_for_set() {
    let text = include_str!("../../src/file/templates/ei.toml");
    let mut all = String::new();
    for set in [
        "W.E<-EE=1",
        "W.E<-I=0.5",
        "E.tua=3",
        "E.tau=mV",
        "E.tau=-3",
        "populatons.E.tau=3",
        "populations.X.tau=3",
        "stimuli.kik.area=2",
        "stimuli.kick.aera=2",
        "run.duratoin=2",
        "run.duration=2 mV",
        "x=1",
        "W.E<-E",
        "=3",
        "W.E->I=2",
        "E.f=liner",
        "E.f.k=2",
        "connect.E<-I.p=0.3",
        "h=nan",
        "h=[1, 2",
        "title=3",
        "neurate=2",
        "W.file=W.npy",
        "units.time=mV",
        "populations.E=3",
        "E..tau=2",
    ] {
        let e = parse(text, "ei.toml", Path::new("."), &[set.to_string()])
            .and_then(|spec| spec.build())
            .expect_err(set);
        writeln!(all, "{}", show(&e)).unwrap();
    }
    insta::assert_snapshot!("messages_for_set", all);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed");
    let e = read(&folder, &[]).unwrap_err();
    assert!(e.message().ends_with("is a folder, not a circuit file"), "{e}");
    let e = read(&folder.join("nothing.toml"), &[]).unwrap_err();
    assert!(e.message().contains("cannot be read"), "{e}");
}
