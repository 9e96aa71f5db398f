//! Values of parameters, ordinary and extreme: each circuit is answered or refused in words, within limits of time and memory.

use crate::values::{Case, Driver, Limits, Verdict, work};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set for the process that answers.
const WORKER: &str = "NEURATE_VALUES_WORKER";
/// Unoptimized, and beside other tests, everything takes several times as long.
const LIMITS: Limits = Limits { check: 5.0, answer: 50.0, memory: 1 << 30 };
/// Cases that are tried: about a minute of processor time. `benches/run values` tries more.
const CASES: u64 = 120;

fn driver(limits: Limits) -> Driver {
    Driver::new(limits, || {
        let mut command = Command::new(std::env::current_exe().expect("a test knows its file"));
        command.args(["values_hold::answers_cases", "--exact", "--ignored", "--nocapture"]).env(WORKER, "1");
        command
    })
}

/// The process that answers cases; nothing where nobody asks for it.
#[test]
#[ignore = "the other tests of this file start it"]
fn answers_cases() {
    if std::env::var_os(WORKER).is_some() {
        work();
    }
}

fn kept() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/values");
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the kept cases").filter_map(|e| Some(e.ok()?.path())).collect();
    all.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    all.sort();
    all
}

fn ask(driver: &mut Driver, mut case: Case, wrong: &mut Vec<String>) {
    if let Verdict::Fault { kind, stage, why } = driver.ask(&mut case) {
        wrong.push(format!("{kind} in {stage}: {why}\n{}", case.written(&case.name)));
    }
}

#[test]
fn values_that_were_wrong_once_are_right() {
    let mut driver = driver(LIMITS);
    let mut wrong = Vec::new();
    for path in kept() {
        ask(&mut driver, Case::read(&path).expect("a kept case can be read"), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn extreme_values_are_answered_or_refused() {
    let mut driver = driver(LIMITS);
    let mut wrong = Vec::new();
    for number in 0..CASES {
        ask(&mut driver, Case::new(1, number), &mut wrong);
    }
    assert!(wrong.is_empty(), "{} of {CASES}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_fault_is_seen() {
    let mut driver = driver(Limits { check: 5.0, answer: 5.0, memory: 1 << 30 });
    let right = Case::new(1, 0).written("");
    for (name, expected) in [("panic", "panic"), ("abort", "abort"), ("time", "time"), ("memory", "memory")] {
        let mut case = Case { name: format!("on purpose: {name}"), text: right.clone(), sets: vec![] };
        match driver.ask(&mut case) {
            // Without /proc nobody sees memory; the worker then ends by itself.
            Verdict::Fault { kind, .. } => assert_eq!(kind, expected),
            _ if expected == "memory" && !Path::new("/proc/self/status").exists() => {}
            verdict => panic!("{name}: {verdict:?}"),
        }
    }
    let mut driver = self::driver(LIMITS);
    let ssn = neurate::file::template("ssn").expect("a template");
    let mut case = Case { name: "ssn".into(), text: ssn.clone(), sets: vec![] };
    assert_eq!(driver.ask(&mut case), Verdict::Answered);
    let mut case = Case { name: "ssn".into(), text: ssn, sets: vec!["E.tau=-1".into()] };
    assert_eq!(driver.ask(&mut case), Verdict::Refused);
}

#[test]
fn a_kept_case_is_a_circuit_with_its_changes() {
    let case = Case {
        name: "c".into(),
        text: "neurate = 1\n[populations]\nE = { tau = 1 }\n".into(),
        sets: vec!["E.h=1e300".into()],
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("c.toml");
    std::fs::write(&path, case.written("a panic:\nin two lines")).expect("it can be written");
    assert_eq!(Case::read(&path).expect("it can be read"), case);
    neurate::file::read(&path, &[]).expect("it is a circuit").build().expect("it is one");
    // Changes that are not needed go.
    let many = Case { sets: ["a=1", "b=2", "c=3"].map(String::from).to_vec(), ..case };
    let fewer = many.shrunk(|c| c.sets.iter().any(|s| s == "b=2"));
    assert_eq!(fewer.sets, ["b=2"]);
}
