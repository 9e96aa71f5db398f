//! Laws of the reader: no text makes it panic, and every address that it lists can be set.

use crate::files::folder;
use neurate::file::{TEMPLATES, parse};
use neurate::model::Circuit;
use neurate::spec::Setting;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed")
}

fn read(text: &str, sets: &[String]) -> neurate::Result<Circuit> {
    parse(text, "c.toml", &here(), sets).and_then(|spec| spec.build())
}

fn addresses(text: &str) -> Vec<Setting> {
    parse(text, "c.toml", &here(), &[]).unwrap().addresses().unwrap()
}

/// All that two equal circuits have in common, but for the places of their warnings.
fn fingerprint(c: &Circuit) -> String {
    let mut parts = c.to_parts();
    parts.warnings.clear();
    // What a population gives itself no longer follows from another one.
    parts.follows.clear();
    format!("{parts:?}")
}

const RICH: &str = r#"
neurate = 1
title = "all of it"
seed = 3
units = { time = "ms", rate = "Hz", input = "mV" }
[populations]
E = { kind = "excitatory", size = 3, tau = [10, "20 ms", 30], f = { kind = "expression", formula = "a*x", a = 2 }, h = 1 }
I = { like = "E", kind = "inhibitory", size = 1, tau = 5, f = { a = 3 } }
P = { like = "I", size = 2, kind = "unconstrained", f = { kind = "logistic", max = 50, midpoint = 3, width = 2 } }
[W]
default = 0
"* <- E" = "0.5 mV/Hz"
"I <- P" = [[1, -2]]
[connect]
"E <- I" = { p = 0.5, mean = -0.2, cv = 0.5 }
"* <- P" = { p = 0.5, mean = 0.1, sd = 0.5, self = true }
[stimuli]
a = { to = ["E[0]", "I"], kind = "pulse", at = 1, duration = 2, area = "3 mV ms" }
b = { pattern = { E = 1, I = -1 }, kind = "sinusoid", amplitude = 1, frequency = 10, phase = 90 }
c = { to = "*", kind = "ramp", at = 5, until = 10, slope = "1 mV/ms" }
d = { pattern = [1, 2, 3, 4, 5, 6], kind = "samples", times = [0, 1], values = [1, 2] }
[run]
start = { E = [1, 2, 3], I = 2 }
method = "rk4"
"#;

fn texts() -> Vec<&'static str> {
    TEMPLATES.iter().map(|t| t.text).chain([RICH]).collect()
}

#[test]
fn every_address_can_be_set_to_its_value() {
    for text in texts() {
        let circuit = fingerprint(&read(text, &[]).unwrap_or_else(|e| panic!("{e}")));
        let all = addresses(text);
        assert!(all.len() > 15);
        for a in &all {
            let Some(value) = &a.value else { continue };
            let set = format!("{}={value}", a.address);
            let again = read(text, std::slice::from_ref(&set)).unwrap_or_else(|e| panic!("{set}: {e}"));
            assert_eq!(fingerprint(&again), circuit, "{set}");
        }
        // All at once is no different.
        let sets: Vec<String> =
            all.iter().filter_map(|a| Some(format!("{}={}", a.address, a.value.as_ref()?))).collect();
        assert_eq!(fingerprint(&read(text, &sets).unwrap_or_else(|e| panic!("{e}"))), circuit);
    }
}

#[test]
fn addresses_name_what_a_reader_expects() {
    let all = addresses(RICH);
    for expected in [
        "seed",
        "form",
        "units.input",
        "E.tau",
        "I.f.a",
        "P.f.max",
        "W.E<-E",
        "W.I<-P",
        "W.P<-I",
        "connect.E<-I.p",
        "connect.*<-P.self",
        "stimuli.a.area",
        "stimuli.b.pattern.E",
        "run.rtol",
        "run.dt",
        "run.start.E",
    ] {
        assert!(all.iter().any(|a| a.address.to_string() == expected), "{expected} is missing from {all:?}");
    }
    let value = |address: &str| all.iter().find(|a| a.address.to_string() == address).unwrap().value.clone();
    assert_eq!(value("W.I<-E").as_deref(), Some("\"0.5 mV/Hz\""));
    assert_eq!(value("run.dt"), None);
}

/// A piece of a circuit file, or what may be written by mistake in its place.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "inf",
        "nan",
        "-1",
        "1e400",
        "1e-400",
        "[]",
        "{}",
        "\"\"",
        "\"20 ms\"",
        "\"µ\"",
        "'* <- *'",
        "\"E\"",
        "=",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\"",
        ".",
        "99999999999999999999",
        "0x10",
        "true",
        "1979-05-27",
        "like = \"E\"",
        "[[W]]",
        "E.f",
        "size = 7",
        "\"E <- E\" = 1\n",
        "file = \"dale.csv\"\n",
        "\"-\"",
        "\"1/\"",
        "\"/ms\"",
        "\"1 ms^9\"",
        "\0",
        "#",
    ];
    prop_oneof![proptest::sample::select(words.to_vec()).prop_map(str::to_string), any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in any::<String>(), set in any::<String>()) {
        let _ = read(&text, std::slice::from_ref(&set));
        let _ = read(&format!("neurate = 1\n{text}"), &[]);
        let _ = read(RICH, &[set]);
    }

    #[test]
    fn no_change_of_a_file_panics(
        which in 0usize..7,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, piece()), 1..4),
    ) {
        // The random network is left out: a digit more in its sizes takes minutes to draw.
        let texts = texts();
        let text = texts[which % texts.len()].replace("size = 400", "size = 4").replace("size = 100", "size = 1");
        let mut chars: Vec<char> = text.chars().collect();
        for (at, length, piece) in changes {
            let at = at.index(chars.len().max(1)).min(chars.len());
            let end = (at + length).min(chars.len());
            chars.splice(at..end, piece.chars());
        }
        let text: String = chars.into_iter().collect();
        if let Err(e) = read(&text, &[]) {
            prop_assert!(!e.message().is_empty());
            let place = e.place().expect("every error has a place");
            prop_assert!(place.span.start <= place.text.len());
            let _ = e.to_string();
        }
    }

    #[test]
    fn no_set_panics(address in "[a-zA-Z.*<>-]{0,12}", value in piece(), which in any::<prop::sample::Index>()) {
        let _ = read(RICH, &[format!("{address}={value}")]);
        let all = addresses(RICH);
        let address = &which.get(&all).address;
        if let Err(e) = read(RICH, &[format!("{address}={value}")]) {
            prop_assert!(e.place().is_some());
        }
    }

    #[test]
    fn no_weight_file_panics(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let files = ["c.npy", "fortran.npy", "one.npz", "two.npz", "named.csv", "coordinate.mtx", "array.mtx", "skew.mtx"];
        let name = which.get(&files);
        let mut bytes = std::fs::read(here().join("weights").join(name)).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = folder(&[]);
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let text = format!(
            "neurate = 1\n[populations]\nE = {{ tau = 1, size = 2 }}\nI = {{ tau = 1 }}\n[W]\nfile = \"{name}\"\nlayout = \"to_from\"\n{}",
            if *name == "two.npz" { "array = \"W\"" } else { "" }
        );
        let result = parse(&text, "c.toml", folder.path(), &[]).and_then(|spec| spec.build());
        if let Err(e) = result {
            prop_assert!(e.place().is_some());
        }
    }
}
