//! Every key of the format with every sort of mistake: a message names the key and its line, and says what would be
//! right. The mistakes are made in the files of `data/generated`, which between them have every key that
//! `docs/circuit-file.md` names. All messages stand in one snapshot, to be read.

use neurate::error::Error;
use neurate::file::parse;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Messages that begin so have no help: why.
const WITHOUT_HELP: &[(&str, &str)] = &[];

/// Messages about another key than the one that was changed, since what is wrong lies between the two; or about what is
/// missed where a table was taken out.
const ABOUT_ANOTHER: &[&str] = &[
    "population E needs",
    "population I needs",
    "a circuit needs at least one population",
    "W.csv is",
    "[W] lacks",
    "[synapses] lacks",
    "m has",
    "h of E has",
    "the weight to",
    "E has",
    "I has",
    "E is excitatory but its weight",
    "I is inhibitory but its weight",
    "this kernel's weights",
    "each neuron of",
    "row sums cannot be exact",
    "cells.csv has",
    "edges.csv names",
    "no such parameter",
];

/// Values that are wrong for most keys: of another sort, out of range, of another dimension, of another shape, naming
/// nobody.
const VALUES: &[&str] = &[
    "true",
    "1979-05-27",
    "{ zzz = 1 }",
    "[]",
    "[1, 2, 3, 4, 5]",
    "[[1, 2], [3]]",
    "[[1, 0.9, 3], [3, 2, 1], [0, 0, 0]]",
    "\"\"",
    "\"zzz\"",
    "\"*\"",
    "\"E[7]\"",
    "[\"E\", \"E\"]",
    "[\"zzz\", 3]",
    "12345678901234567890123456789012345678901234567890",
    "1e999",
    "1e300",
    "1e-300",
    "-1",
    "-0.5",
    "0",
    "0.5",
    "3",
    "nan",
    "-inf",
    "\"3 parsec\"",
    "\"3 S\"",
    "\"3 s/mV\"",
    "\"nan ms\"",
    "\"1e308 s\"",
    "\"1/0 %\"",
    "\"a**x\"",
    "\"foo(a*x)\"",
    "\"r*a*x\"",
    "\"(a*x\"",
    "\"x\"",
    "\"0:1\"",
    "'unclosed",
    "",
];

/// One of the files: its lines, and which table each belongs to.
struct Base {
    name: String,
    lines: Vec<String>,
}

impl Base {
    fn all() -> Vec<Base> {
        let mut files: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|f| f.unwrap().path()).collect();
        files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
        files.sort();
        let base = |f: std::path::PathBuf| Base {
            name: f.file_name().unwrap().to_string_lossy().into(),
            lines: std::fs::read_to_string(&f).unwrap().lines().map(str::to_string).collect(),
        };
        files.into_iter().map(base).collect()
    }

    /// The file with one line in place of another; None: without it.
    fn with(&self, k: usize, line: Option<&str>) -> String {
        let mut lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        match line {
            Some(line) => lines[k] = line,
            None => {
                lines.remove(k);
            }
        }
        lines.join("\n")
    }

    /// Where the table that begins at a line ends, tables within it left in or out.
    fn end(&self, k: usize, within: bool) -> usize {
        let own = self.lines[k].trim_end_matches(']').to_string() + ".";
        let ends = |line: &String| line.starts_with('[') && !(within && line.starts_with(&own));
        self.lines[k + 1..].iter().position(ends).map_or(self.lines.len(), |j| k + 1 + j)
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/generated")
}

/// A malformed file, and what its message has to name.
struct Mistake {
    text: String,
    name: String,
}

/// The mistakes that can be made in a line.
fn mistakes(base: &Base, k: usize) -> Vec<Mistake> {
    let line = &base.lines[k];
    let mut all = Vec::new();
    let mut add = |text: String, name: &str| all.push(Mistake { text, name: name.to_string() });
    if line.starts_with('[') {
        let path = line.trim_matches(['[', ']']);
        // Quotes hide no dots here.
        let (parent, key) = path.rsplit_once('.').map_or(("", path), |(p, k)| (p, k));
        let bare = key.trim_matches('"');
        let twice = [base.lines.join("\n").as_str(), line, ""].join("\n");
        add(twice, bare);
        let unknown = [&base.lines[..=k], &["zzz = 1".to_string()], &base.lines[k + 1..]].concat();
        add(unknown.join("\n"), "zzz");
        // Without the table; and with something else in its place.
        let rest = [&base.lines[..k], &base.lines[base.end(k, true)..]].concat();
        add(rest.join("\n"), bare);
        let header = base.lines.iter().position(|l| *l == format!("[{parent}]"));
        let at = if parent.is_empty() { Some(0) } else { header.map(|h| h + 1) };
        for value in ["3", "\"zzz\"", "[]", "true", "{}"] {
            let Some(at) = at.filter(|at| *at <= k) else { continue };
            let mut lines = rest.clone();
            lines.insert(at, format!("{key} = {value}"));
            add(lines.join("\n"), bare);
        }
        if key.contains("<-") {
            for wrong in ["zzz <- E", "E <- zzz", "E -> I", "E", "* <- *"] {
                add(
                    base.with(k, Some(&line.replace(bare, wrong))),
                    wrong.split(" <- ").next().unwrap_or(wrong),
                );
            }
        }
        return all;
    }
    let (key, value) = line.split_once(" = ").expect("a key and a value");
    let bare = key.trim_matches('"');
    for wrong in VALUES {
        add(base.with(k, Some(&format!("{key} = {wrong}"))), bare);
    }
    add(base.with(k, None), bare);
    add(base.with(k, Some(&format!("{line}\n{line}"))), bare);
    add(base.with(k, Some(&line.replacen(bare, &format!("{bare}q"), 1))), bare);
    if value.contains('{') {
        add(base.with(k, Some(&line.replacen("{ ", "{ zzz = 1, ", 1))), "zzz");
    }
    if key.contains("<-") {
        for wrong in ["zzz <- E", "E <- zzz", "E -> I", "E", "* <- *"] {
            add(base.with(k, Some(&format!("\"{wrong}\" = {value}"))), "E");
        }
        add(base.with(k, Some(&format!("{bare} = {value}"))), "<-");
    }
    all
}

/// What is common to messages of a kind: without numbers, quotations, names, sorts of values and the key itself.
fn kind_of(message: &str) -> String {
    let mut out = String::new();
    for (k, part) in message.split('"').enumerate() {
        // Every other part stood in quotes.
        match k % 2 {
            0 => out += &without_numbers(part),
            _ => out += "\"…\"",
        }
    }
    let mut words: Vec<&str> = out.split(' ').collect();
    for k in 1..words.len() {
        if ["population", "stimulus", "noise", "pattern", "axis", "drive", "of"].contains(&words[k - 1])
            && words[k].chars().count() < 12
            && words[k].chars().all(|c| c.is_alphanumeric() || "_<-".contains(c))
        {
            words[k] = "…";
        }
    }
    let mut out = words.join(" ");
    for sort in ["text", "number", "true or false", "date", "list", "table"] {
        for how in ["not a ", "not ", "cannot be a ", "cannot be "] {
            if let Some(start) = out.strip_suffix(&format!("{how}{sort}")) {
                out = format!("{start}{how}…");
            }
        }
    }
    const CUTS: [&str; 6] = [" must be ", " has no unit", " overflows", " cannot be ", " is ", ": "];
    let cut = CUTS.iter().filter_map(|cut| out.find(cut)).min();
    match cut.filter(|_| !out.starts_with("not valid") && !out.contains(" needs ")) {
        // One word of several: which ones depends on the key.
        Some(at) if out[at..] == *" is \"…\"" => out,
        Some(at) => format!("…{}", &out[at..]),
        None => out,
    }
}

/// `#` for every number.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after_word = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if c.is_ascii_digit() && !after_word {
            let digits = |c: char| c.is_ascii_digit() || ".e".contains(c);
            let end = rest.find(|c: char| !digits(c)).unwrap_or(rest.len());
            // A negative exponent.
            let more = rest[end..].strip_prefix('-').filter(|_| rest[..end].ends_with('e'));
            let end = more
                .map_or(end, |more| rest.len() - more.trim_start_matches(|c: char| c.is_ascii_digit()).len());
            out = out.trim_end_matches(['-', '+']).to_string() + "#";
            rest = &rest[end..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out.replace("-inf", "#").replace("inf;", "#;").replace("NaN", "#")
}

/// Why a message is not good enough.
fn fault(e: &Error, name: &str) -> Option<String> {
    let known = WITHOUT_HELP.iter().any(|(start, _)| e.message().starts_with(start));
    if e.help().is_none_or(|h| h.trim().is_empty()) && !known {
        return Some("has no help".into());
    }
    let Some(place) = e.place() else { return Some("has no place".into()) };
    let (line, _) = place.line_column();
    let shown = place.text.lines().nth(line - 1).unwrap_or("");
    let named = [shown, e.message(), e.help().unwrap_or("")].iter().any(|t| t.contains(name));
    let elsewhere = ABOUT_ANOTHER.iter().any(|start| e.message().starts_with(start));
    (!named && !elsewhere).then(|| format!("names no {name}"))
}

#[test]
fn every_key_is_in_a_file() {
    const PAGE: &str = include_str!("../../../../docs/circuit-file.md");
    let text: Vec<String> = Base::all().iter().map(|b| b.lines.join("\n")).collect();
    let text = text.join("\n");
    let words: BTreeSet<&str> = text.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).collect();
    let mut missing = BTreeSet::new();
    for row in PAGE.lines().filter(|l| l.starts_with("| `")) {
        // Of addresses, which other tests read; of parameters, those of the functions.
        let cells: Vec<&str> = row.split("| ").collect();
        let first = cells[1];
        let second = cells.get(2).filter(|_| {
            ["synapse", "adaptation", "plasticity", "pulse", "step", "ramp", "sinusoid", "samples"]
                .iter()
                .any(|k| first.contains(&format!("`{k}`")))
        });
        for cell in std::iter::once(&first).chain(second) {
            for word in cell.split('`').skip(1).step_by(2) {
                let key = word.trim_matches('"');
                let simple = key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
                if simple && !key.is_empty() && !words.contains(key) {
                    missing.insert(key.to_string());
                }
            }
        }
    }
    // Other methods of integration than the files have; and a key of binary files, which other tests read.
    for word in ["adaptive", "euler-maruyama", "array"] {
        missing.remove(word);
    }
    assert!(missing.is_empty(), "no file of tests/data/generated has {missing:?}");
}

#[test]
fn every_mistake_is_named_and_has_a_remedy() {
    let (mut messages, mut faults) = (BTreeMap::new(), BTreeMap::new());
    let (mut count, mut refused) = (0, 0);
    for base in Base::all() {
        let whole = base.lines.join("\n");
        let fine = parse(&whole, &base.name, &folder(), &[]).and_then(|spec| spec.build());
        assert!(fine.is_ok(), "{}: {}", base.name, fine.unwrap_err());
        for k in 0..base.lines.len() {
            let mut wrong_here = 0;
            for m in mistakes(&base, k) {
                count += 1;
                let built = catch_unwind(AssertUnwindSafe(|| {
                    parse(&m.text, &base.name, &folder(), &[]).and_then(|spec| spec.build())
                }));
                let Ok(built) = built else { panic!("a panic instead of a message:\n{}", m.text) };
                let Err(e) = built else { continue };
                refused += 1;
                wrong_here += 1;
                if let Some(why) = fault(&e, &m.name) {
                    faults.entry(format!("{why}: {}", kind_of(e.message()))).or_insert_with(|| e.to_string());
                }
                let help = e.help().unwrap_or("(none)").replace('\n', "\n        ");
                let example = || format!("{}: {}\n  help: {help}\n", base.name, e.message());
                messages.entry(kind_of(e.message())).or_insert_with(example);
            }
            assert!(wrong_here > 0, "{}: nothing is wrong with {}", base.name, base.lines[k]);
        }
    }
    println!("{count} files, {refused} refused, {} messages", messages.len());
    insta::assert_snapshot!("messages", messages.into_values().collect::<String>());
    let listed: Vec<String> = faults.iter().map(|(kind, e)| format!("{kind}\n    {e}")).collect();
    assert!(
        faults.is_empty(),
        "{} kinds of message are not good enough:\n{}",
        faults.len(),
        listed.join("\n")
    );
}
