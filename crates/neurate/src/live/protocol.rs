//! Requests and the parts of replies.

use crate::model::Circuit;
use crate::study::{Choices, Part, order};
use neurate_numerics::error::{Error, Kind, Result};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the page asks.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Request {
    /// Takes another circuit file.
    Open {
        text: String,
        #[serde(default)]
        name: String,
    },
    /// What there is to move and to ask.
    Describe {
        #[serde(default)]
        changes: Vec<String>,
    },
    /// Sections.
    Ask {
        #[serde(default)]
        changes: Vec<String>,
        questions: Vec<String>,
        #[serde(default)]
        choices: Wanted,
        /// Whether the answers themselves are wanted, too.
        #[serde(default)]
        data: bool,
    },
    /// Which questions can be asked; fixed points are sought for it.
    Applies {
        #[serde(default)]
        changes: Vec<String>,
    },
    /// One figure, for a file.
    Figure {
        #[serde(default)]
        changes: Vec<String>,
        #[serde(default)]
        choices: Wanted,
        question: String,
        figure: String,
    },
    /// The trajectory from a point of the phase plane.
    Trajectory {
        #[serde(default)]
        changes: Vec<String>,
        start: [f64; 2],
    },
    /// The circuit as text.
    File {
        #[serde(default)]
        changes: Vec<String>,
    },
    /// Circuits to start from.
    Templates,
}

/// Choices about the analyses, in a user's words.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    /// The fixed point, counted from 1.
    at: Option<usize>,
    /// Order of Schur modes.
    order: Option<String>,
    /// Parts of populations to stimulate: `I:0.3`.
    perturb: Vec<String>,
}

impl Wanted {
    pub(super) fn choices(&self, circuit: &Circuit) -> Result<Choices> {
        let mut choices = Choices::default().at(self.at);
        if let Some(text) = &self.order {
            choices = choices.order(order(text, circuit)?);
        }
        let parts = self.perturb.iter().map(|text| Part::parse(text, circuit)).collect::<Result<_>>()?;
        Ok(choices.perturb(parts))
    }
}

/// Reads a request.
pub(super) fn read(text: &str) -> Result<Request> {
    serde_json::from_str(text).map_err(|e| {
        Error::invalid(format!("the page's request cannot be read: {e}"))
            .with_help("load the page again: it may be of another version than the program behind it")
    })
}

/// The machine name of a sort of failure.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "invalid",
        Kind::Io => "io",
        Kind::NotConverged => "not_converged",
        Kind::Unsupported => "unsupported",
        Kind::Stopped => "stopped",
        Kind::Warning => "warning",
    }
}

/// An error as data: kind, message, help and, where it has a place, source, line, column, the range in characters, and the line
/// itself.
pub(super) fn error(e: &Error) -> Value {
    let mut value = json!({ "kind": kind(e.kind()), "message": e.message(), "help": e.help() });
    if let (Some(place), Some(map)) = (e.place(), value.as_object_mut()) {
        let (line, column) = place.line_column();
        let length = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().count();
        let text = place.text.as_bytes();
        let (start, end) = (place.span.start.min(text.len()), place.span.end.min(text.len()));
        map.insert("source".into(), json!(&*place.source));
        map.insert("line".into(), json!(line));
        map.insert("column".into(), json!(column));
        map.insert("start".into(), json!(length(&text[..start])));
        map.insert("length".into(), json!(length(&text[start..end.max(start)])));
        map.insert("excerpt".into(), json!(place.text.lines().nth(line - 1).unwrap_or_default()));
    }
    value
}

/// The reply to a request without an answer.
pub(super) fn refusal(e: &Error) -> String {
    json!({ "ok": false, "error": error(e) }).to_string()
}

/// The reply with these keys.
pub(super) fn reply(mut value: Value) -> String {
    if let Some(map) = value.as_object_mut() {
        map.insert("ok".into(), Value::Bool(true));
    }
    value.to_string()
}
