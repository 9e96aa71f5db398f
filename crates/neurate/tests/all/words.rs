//! Phrases that are not the field's do not come back: in sentences of the report, messages, help, docstrings and documentation.

use crate::files::files_below;
use std::fs;
use std::path::Path;

/// Phrases, and what to write instead. Compared word by word, without case, across line breaks.
const INSTEAD: &[(&[&str], &str)] = &[
    (&["tell", "tells", "telling", "told"], "report, state, show; distinguish"),
    (&["lend", "lends", "lent"], "reference, borrow"),
    (&["hold still", "holds still", "held still"], "clamped, held fixed"),
    (&["bring about", "brings about", "bringing about", "brought about"], "evoke, cause"),
    (&["border", "borders"], "boundary"),
    (&["course", "courses"], "time course"),
    (&["growth"], "transient amplification, growth rate"),
    (&["on the way", "ends near a change"], "disappears in a bifurcation"),
    (&["the connections multiply", "the connections reduce", "connections' work"], "recurrence"),
    (&["a unit alone", "a unit without connections"], "an isolated unit"),
    (&["slowed", "sped up", "pay for", "pays for", "paid for"], "4× slower, slower by the same factor"),
    (&["excitation alone", "excitation is stable by itself"], "the excitatory subnetwork"),
    (&["inhibition holds", "holds excitation"], "without inhibitory feedback; ISN"),
    (
        &["the border of inhibition stabilization", "is one of slow inputs"],
        "the ISN regime; only to inputs slower than",
    ),
    (&["paradoxical drive", "goes down", "go down"], "decreases when it is driven"),
    (
        &["hidden from", "of its squared weight", "the whole story", "half of the story"],
        "does not show in the eigenvalues",
    ),
    (&["modes' matrix is normal", "modes' matrix is not normal"], "W is, the matrix of effective weights is"),
    (&["strongest feedforward link"], "the difference mode drives the sum mode with weight"),
    (&["nothing grows", "pattern that grows most is"], "no pattern is amplified; is amplified most"),
    (&["who feeds whom"], "what drives each mode"),
    (&["never hears", "hears back"], "receives no feedback"),
    (&["knows"], "includes, has"),
    (&["nothing comes through", "comes out for"], "is transmitted; maximum gain over inputs and frequencies"),
    (&["blackboard", "blackboard's"], "Gram-Schmidt, as in the lecture"),
    (&["the errors given", "its error comes from"], "the standard errors; its uncertainty"),
    (&["settles at", "settle at", "settles there"], "operating point, steady state; reaches"),
    (&["is left out with", "left out as", "left out in words"], "not available"),
    (&["any of it"], "any analysis"),
    (&["can end stability"], "can destabilize the circuit"),
    (&["linearisation", "linearise", "linearised"], "linearization, linearize"),
    (&["stabilisation", "stabilise", "stabilised", "stabilises"], "stabilization, stabilize"),
    (&["optimisation", "optimise", "optimised"], "optimization, optimize"),
    (
        &["behaviour", "colour", "colours", "neighbour", "neighbours", "centre", "analyse", "analysed"],
        "American spelling",
    ),
];

/// What may stand although such a phrase is in it.
const ALLOWED: &[&str] = &[
    "border collision",
    "border collisions",
    // A style of a page.
    "border 1px",
    "growth rate",
    "growth rates",
    "time course",
    "time courses",
    "of course",
];

/// A word in lower case, and its line.
type Word = (usize, String);

/// Words of a text that begins in a line: letters, digits, `_`, and hyphens and apostrophes within. What stands in backticks, if
/// those are code, and in braces is none.
fn words(text: &str, first: usize, code: bool) -> Vec<Word> {
    let (mut out, mut word, mut line) = (Vec::<Word>::new(), String::new(), first);
    let (mut ticked, mut braces) = (false, 0usize);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let inside = ticked || braces > 0;
        let joins = matches!(c, '-' | '\'' | '’')
            && !word.is_empty()
            && letters.peek().is_some_and(|n| n.is_alphanumeric());
        if !inside && (c.is_alphanumeric() || c == '_' || joins) {
            word.extend(c.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            // The apostrophe of a plural: `the connections' work`.
            if c == '\'' && word.ends_with('s') {
                word.push(c);
            }
            out.push((line, std::mem::take(&mut word)));
        }
        match c {
            '\n' => line += 1,
            '`' if code => ticked = !ticked,
            '{' if !code => braces += 1,
            '}' if !code => braces = braces.saturating_sub(1),
            // An escape, and where a line goes on.
            '\\' if !code && letters.next() == Some('\n') => line += 1,
            _ => {}
        }
    }
    if !word.is_empty() {
        out.push((line, word));
    }
    out
}

/// Whether words begin with a phrase.
fn begins(words: &[Word], phrase: &str) -> bool {
    let mut rest = words.iter();
    phrase.split(' ').all(|p| rest.next().is_some_and(|(_, w)| w == p))
}

/// Line and phrase of everything that should not stand in these words, with what to write instead.
fn found(words: &[Word]) -> Vec<(usize, String)> {
    let allowed = |k: usize| {
        ALLOWED.iter().any(|a| {
            let length = a.split(' ').count();
            (0..length).any(|back| k >= back && begins(&words[k - back..], a))
        })
    };
    let mut out = Vec::new();
    for k in 0..words.len() {
        for (phrases, instead) in INSTEAD {
            for phrase in phrases.iter().filter(|p| begins(&words[k..], p)) {
                if !allowed(k) {
                    out.push((words[k].0, format!("\"{phrase}\"; write: {instead}")));
                }
            }
        }
    }
    out
}

/// String literals of a source, with the lines in which they begin; not those without a blank, which are names.
fn literals(code: &str, python: bool) -> Vec<(usize, String)> {
    let (mut out, mut line, mut at) = (Vec::new(), 1, 0);
    let bytes = code.as_bytes();
    let lines = |from: usize, to: usize| code[from..to].matches('\n').count();
    let end_of = |from: usize, mark: &str| code[from..].find(mark).map_or(code.len(), |k| from + k);
    while at < code.len() {
        let rest = &code[at..];
        let comment = if python { "#" } else { "//" };
        if rest.starts_with(comment) {
            at = end_of(at, "\n");
            continue;
        }
        // Opening and closing mark of a literal.
        let raw = if python { None } else { raw_mark(code, at) };
        let (open, close) = if let Some(hashes) = raw {
            (hashes + 2, format!("\"{}", "#".repeat(hashes)))
        } else if python && (rest.starts_with("\"\"\"") || rest.starts_with("'''")) {
            (3, rest[..3].to_string())
        } else if rest.starts_with('"') || (python && rest.starts_with('\'')) {
            (1, rest[..1].to_string())
        } else {
            let letter = !python && rest.starts_with('\'');
            let length =
                if letter { letter_length(rest) } else { rest.chars().next().map_or(1, char::len_utf8) };
            line += lines(at, at + length);
            at += length;
            continue;
        };
        let begin = at + open;
        let mut end = begin;
        while end < code.len() && !code[end..].starts_with(&close) {
            let escaped = raw.is_none() && bytes[end] == b'\\';
            end += code[end..].chars().next().map_or(1, char::len_utf8);
            if escaped && end < code.len() {
                end += code[end..].chars().next().map_or(1, char::len_utf8);
            }
        }
        let text = &code[begin..end];
        if text.contains(' ') {
            out.push((line, text.to_string()));
        }
        let next = (end + close.len()).min(code.len());
        line += lines(at, next);
        at = next;
    }
    out
}

/// The number of hashes of a raw string that begins here.
fn raw_mark(code: &str, at: usize) -> Option<usize> {
    let before = code[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let rest = code[at..].strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Bytes of a character literal, or of the mark of a lifetime.
fn letter_length(rest: &str) -> usize {
    let mut inner = rest[1..].chars();
    match (inner.next(), inner.next()) {
        (Some('\\'), Some(c)) => {
            let from = 2 + c.len_utf8();
            rest[from..].find('\'').map_or(1, |k| from + k + 1)
        }
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 1,
    }
}

/// Lines and phrases of a file.
fn read(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("text");
    let of_literals = |python: bool| -> Vec<(usize, String)> {
        literals(&text, python).iter().flat_map(|(line, t)| found(&words(t, *line, false))).collect()
    };
    match path.extension().and_then(|e| e.to_str()) {
        Some("rs") => {
            let mut all = of_literals(false);
            // The help of the command line.
            if path.ends_with("neurate-cli/src/args.rs") {
                for (k, line) in text.lines().enumerate() {
                    let help = line.trim_start().strip_prefix("///").unwrap_or_default();
                    all.extend(found(&words(help, k + 1, true)));
                }
            }
            all
        }
        Some("py" | "pyi") => of_literals(true),
        Some("ipynb") => {
            let book: serde_json::Value = serde_json::from_str(&text).expect("a notebook");
            let cells = book["cells"].as_array().expect("cells").iter();
            cells
                .filter(|cell| cell["cell_type"] == "markdown")
                .flat_map(|cell| {
                    let lines = cell["source"].as_array().into_iter().flatten();
                    let source: String = lines.filter_map(|line| line.as_str()).collect();
                    found(&words(&source, 1, true))
                })
                .collect()
        }
        _ => found(&words(&text, 1, true)),
    }
}

#[test]
fn no_phrase_comes_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    for folder in ["crates/neurate/src", "crates/neurate-cli/src", "crates/neurate-py/src"] {
        all.extend(files_below(&root.join(folder), &["rs"]));
    }
    all.extend(files_below(&root.join("crates/neurate-py/python"), &["py", "pyi"]));
    all.extend(files_below(&root.join("docs"), &["md", "ipynb"]));
    all.extend(
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name)),
    );
    all.sort();
    assert!(all.len() > 300, "{}", all.len());
    let wrong: Vec<String> = all
        .iter()
        .flat_map(|path| {
            let name = path.strip_prefix(&root).unwrap_or(path).display().to_string();
            read(path).into_iter().map(move |(line, what)| format!("{name}:{line}: {what}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn phrases_are_found_at_word_boundaries() {
    let lines = |text: &str, code: bool| -> Vec<usize> {
        found(&words(text, 1, code)).into_iter().map(|(line, _)| line).collect()
    };
    assert_eq!(lines("At the border.", true), [1]);
    assert_eq!(lines("a border collision, borderline", true), [0usize; 0]);
    assert_eq!(lines("The growth rate, and\nits growth", true), [2]);
    assert_eq!(lines("what patterns\nbring\nabout", true), [2]);
    assert_eq!(lines("foretell; `tell`; impl Tell", true), [1]);
    assert_eq!(lines("{told} is code\\nin a literal; it goes\\\n down", false), [1]);
    assert_eq!(lines("the connections' work", true), [1]);
    let code = "let a = \"growth\"; // the border\nlet b = 'x'; let c = r#\"a \"border\" \"#;\nf(\"x \\\" y\n border\")";
    let texts: Vec<(usize, String)> = literals(code, false);
    assert_eq!(texts.iter().map(|t| t.0).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(texts[0].1, "a \"border\" ");
    let code = "def f():  # the border\n    \"\"\"A course.\n\n    border\"\"\"\n    return 'growth', 'a \"border\"'\n";
    let texts = literals(code, true);
    assert_eq!(texts.iter().map(|t| t.0).collect::<Vec<_>>(), [2, 5]);
}
