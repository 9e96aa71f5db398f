//! The library's error as Python exceptions: the same words, the line and the help.

use neurate::Error;
use neurate::error::{Kind, Place};
use neurate::report::QUESTIONS;
use pyo3::exceptions::{PyKeyboardInterrupt, PyNotImplementedError, PyOSError, PyRuntimeError, PyValueError};
use pyo3::{PyErr, create_exception};

create_exception!(
    neurate,
    ConvergenceError,
    PyRuntimeError,
    "A numerical method did not reach its tolerance: there is no result to trust."
);
create_exception!(
    neurate,
    NotSupportedError,
    PyNotImplementedError,
    "Valid, but beyond what this version can do."
);

/// Input that breaks a rule is a `ValueError`, a file that cannot be read an `OSError`.
pub fn raise(e: Error) -> PyErr {
    let text = text(&e);
    match e.kind() {
        Kind::Invalid | Kind::Warning => PyValueError::new_err(text),
        Kind::Io => PyOSError::new_err(text),
        Kind::NotConverged => ConvergenceError::new_err(text),
        Kind::Unsupported => NotSupportedError::new_err(text),
        Kind::Stopped => PyKeyboardInterrupt::new_err(text),
    }
}

/// What the library says to users of the command line, and what that is in Python. (A test looks for others.)
const PHRASES: [(&str, &str); 38] = [
    ("(`neurate new ei` makes one)", "(neurate.template(\"ei\") is one)"),
    ("; --array for a bare matrix", ""),
    (
        "name the file in it: `neurate new ei -o ei.toml` writes one to begin with",
        "name the file in it; neurate.template(\"ei\") is one to begin with",
    ),
    (
        "check its name and folder; `neurate new ei -o ei.toml` writes a circuit to begin with",
        "check its name and folder; neurate.template(\"ei\") is a circuit to begin with",
    ),
    ("Try --starts with a larger number", "Try a larger number of starts"),
    ("`neurate fixed-points` lists them, numbered from 1", "net.fixed_points() has them"),
    ("choose another fixed point: --at N", "choose another fixed point: at=N"),
    ("`neurate params FILE` lists all", "net.params() lists all"),
    ("`neurate fixed-points` lists what was found; --at N", "net.fixed_points() lists what was found; at=N"),
    ("`neurate new ei` writes one to start from", "neurate.template(\"ei\") is one to start from"),
    (" (--set run.seed=1)", " (seed=1)"),
    (
        "vary a jump by hand: --set 'synapses.E<-I.J=-0.6'",
        "vary a jump by hand: net.set({\"synapses.E<-I.J\": -0.6})",
    ),
    ("write ADDRESS=VALUE, for example --set 'W.E<-E=2.5'", "for example net.set({\"W.E<-E\": 2.5})"),
    ("--from and --to ask", "from_ and to ask"),
    (
        "give the time constant of its units: --tau 20, or --tau \"20 ms\"",
        "give the time constant of its units",
    ),
    ("the changes by --set", "the changes by set"),
    (
        "--from-to: rows send, as the signs suggest; --to-from: rows receive, whatever the signs suggest",
        "W.T, if rows send; kinds=, if rows receive",
    ),
    ("leave out --from-to; swap", "swap"),
    ("give one: --trials 200", "give one: trials=200"),
    ("--perturb ", "perturb "),
    ("--memory 40GB allows more", "memory=\"40GB\" allows more"),
    ("take fewer: --samples 2000", "take fewer: samples=2000"),
    (" (--chunk)", " (chunk=)"),
    ("--threads", "threads"),
    ("are changed with --set, or in Python with net.set", "are changed with net.set"),
    ("set it: --set", "set it: net.set"),
    ("--along E.h=-3:8 --along I.h=-5:5", "net.phase_diagram(\"E.h\", (-3, 8), \"I.h\", (-5, 5))"),
    ("--along E.h=-3:8 --along I.h=-2:5", "net.phase_diagram(\"E.h\", (-3, 8), \"I.h\", (-2, 5))"),
    ("--along E.h=-3:8", "net.diagram(\"E.h\", (-3, 8))"),
    (
        "--drive says what a joint parameter moves: --drive 'E.h=1,I.h=1'",
        "a joint parameter is what it moves, with gains: {\"E.h\": 1, \"I.h\": 1}",
    ),
    ("--along 'drive=0:10' --drive 'E.h=1,I.h=1'", "{\"E.h\": 1, \"I.h\": 1}"),
    ("--along drive=0:60 --drive 'E.h=1,I.h=1.1'", "{\"E.h\": 1, \"I.h\": 1.1}"),
    ("`neurate diagram FILE` without --along, or `net.diagram()` in Python", "net.diagram()"),
    ("`neurate diagram`", "net.diagram"),
    (
        "`neurate phase-plane` shows two states of other circuits, with the others held: --x E --y I",
        "net.phase_plane(\"E\", \"I\") shows two states of other circuits, with the others held",
    ),
    ("`neurate params FILE`", "net.params()"),
    ("`neurate fixed-points`", "net.fixed_points()"),
    ("--set ", "set "),
];

/// Message, the line underlined, and what would be right.
pub fn text(e: &Error) -> String {
    let mut text = e.message().to_string();
    if let Some(place) = e.place() {
        text += &underlined(place);
    }
    if let Some(help) = e.help() {
        text += &format!("\nhelp: {help}");
    }
    PHRASES.iter().fold(text, |text, (command_line, python)| text.replace(command_line, python))
}

fn underlined(place: &Place) -> String {
    let (line, column) = place.line_column();
    let Some(words) = place.text.lines().nth(line - 1) else { return String::new() };
    // A matrix may stand in one line: as much of it as a screen shows.
    let skip = column.saturating_sub(60);
    let shown: String = words.chars().skip(skip).take(100).collect();
    let end = place.span.end.min(place.text.len());
    let width =
        place.text.get(place.span.start..end).map_or(1, |s| s.lines().next().unwrap_or("").chars().count());
    let indent = column - 1 - skip;
    let marks = "^".repeat(width.clamp(1, 100 - indent.min(99)));
    format!("\n  {}:{line}:{column}\n    {shown}\n    {}{marks}", place.source, " ".repeat(indent))
}

/// The error for a question that there is not.
pub fn no_section(name: &str) -> Error {
    let names: Vec<_> = QUESTIONS.iter().map(|a| a.name).collect();
    let error = Error::invalid(format!("there is no section {name:?}"));
    match neurate::study::renamed(name) {
        Some(new) => error.with_help(format!("it is called {new:?} now")),
        None => error.with_help(format!("one of: {}", names.join(", "))),
    }
}
