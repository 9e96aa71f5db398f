//! The one error of the library: what is wrong, where, and what would be right.

use crate::digits::shortened;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What sort of failure an [`Error`] is; decides the exit code of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The input breaks a rule: a circuit file, an argument, an array.
    Invalid,
    /// A file could not be read or written.
    Io,
    /// A numerical method did not reach its tolerance.
    NotConverged,
    /// The input is fine, but asks for what this version cannot do.
    Unsupported,
    /// Whoever listened to a long computation wanted it to stop.
    Stopped,
    /// Not a failure: something that a careful reader would want to look at.
    Warning,
}

/// The place of an error: a range of bytes in a text that the user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the text: a file's path, or `--set W.E<-E=2`.
    pub source: Arc<str>,
    /// The text itself, for showing the line.
    pub text: Arc<str>,
    /// The bytes meant.
    pub span: Range<usize>,
}

impl Place {
    /// Line and column, both counted from 1; the column counts characters.
    pub fn line_column(&self) -> (usize, usize) {
        let start = self.span.start.min(self.text.len());
        let before = &self.text.as_bytes()[..start];
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1);
        let column = 1 + String::from_utf8_lossy(&before[line_start..]).chars().count();
        (line, column)
    }
}

/// An error: cause, place, next step.
///
/// `Display` gives one line (`file:line:column: message`) and, if there is help, a second one.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    kind: Kind,
    message: String,
    place: Option<Place>,
    help: Option<String>,
}

/// `Result` with the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of the given kind. Numbers in its message have as many digits as one reads.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: shortened(message.into()), place: None, help: None }))
    }
    /// Input that breaks a rule.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }
    /// A file that could not be read or written.
    pub fn io(message: impl Into<String>) -> Self {
        Self::new(Kind::Io, message)
    }
    /// A method that did not reach its tolerance.
    pub fn not_converged(message: impl Into<String>) -> Self {
        Self::new(Kind::NotConverged, message)
    }
    /// What this version cannot do.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(Kind::Unsupported, message)
    }
    /// A computation that was stopped from outside.
    pub fn stopped() -> Self {
        Self::new(Kind::Stopped, "stopped")
    }
    /// A warning, for lists of warnings.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Kind::Warning, message)
    }
    /// Adds what would be right.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(shortened(help.into()));
        self
    }
    /// Words the message anew; kind, place and help stay.
    #[must_use]
    pub fn map_message(mut self, words: impl FnOnce(&str) -> String) -> Self {
        self.0.message = shortened(words(&self.0.message));
        self
    }
    /// Adds the place, unless the error already has one: the innermost place is the most exact.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place.get_or_insert(place);
        self
    }
    /// The kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
    /// What is wrong, one sentence without a full stop.
    pub fn message(&self) -> &str {
        &self.0.message
    }
    /// Where, if the error comes from a text.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }
    /// What would be right.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place() {
            let (line, column) = place.line_column();
            write!(f, "{}:{line}:{column}: ", place.source)?;
        }
        write!(f, "{}", self.message())?;
        if let Some(help) = self.help() {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_characters() {
        let place = Place { source: "c.toml".into(), text: "a = 1\nµ = \"x\"\n".into(), span: 11..14 };
        assert_eq!(place.line_column(), (2, 5));
        let error = Error::invalid("bad").at(place).with_help("good");
        assert_eq!(error.to_string(), "c.toml:2:5: bad\n  help: good");
    }
}
