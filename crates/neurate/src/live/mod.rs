//! The live page's engine: text in, text out, whatever carries it (a worker of the browser, a loopback server, a notebook).
//!
//! A [`Session`] holds a circuit file's text. Every request is one JSON object with a key `do`; every reply is one JSON object with
//! `ok`, and where that is false an `error` with kind, message, place and help. Requests name the changes that they are
//! about, all of them, so that the page and the engine cannot disagree on the state of the circuit:
//!
//! | `do` | besides | reply |
//! |---|---|---|
//! | `open` | `text`, `name` | as `describe`, without changes; where the text is wrong, the circuit that was open stays |
//! | `describe` | `changes` | title, equation, populations, handles, questions, conditions, warnings |
//! | `ask` | `changes`, `questions`, `choices`, `data` | a section for each question: HTML with figures as SVG, and its data if wanted |
//! | `applies` | `changes` | what each question needs that cannot be asked of this circuit |
//! | `figure` | `changes`, `choices`, `question`, `figure` | one figure as an SVG file for a paper, and its numbers |
//! | `trajectory` | `changes`, `start` | times, and both states of the trajectory from a point of the phase plane, under the constant input |
//! | `file` | `changes` | the circuit file with the changes in it, and the lines of Python that make it |
//! | `templates` | | circuits to start from |
//!
//! ```
//! use neurate::{file, live::Session};
//! let session = Session::new(None);
//! let text = serde_json::json!({ "do": "open", "name": "ssn", "text": file::template("ssn").unwrap() });
//! assert!(session.answer(&text.to_string()).contains("\"ok\":true"));
//! let reply = session.answer(r#"{"do": "ask", "changes": ["E.h=25"], "questions": ["verdict"]}"#);
//! assert!(reply.contains("Inhibition-stabilized"));
//! ```

mod handles;
mod protocol;
mod session;
mod state;

#[cfg(test)]
mod tests;

pub use handles::{Group, Handle, handles};
pub use session::Session;
