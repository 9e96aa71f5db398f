//! A text that places point into.

use neurate_numerics::error::Place;
use std::ops::Range;
use std::sync::Arc;

/// A text and its name.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub name: Arc<str>,
    pub text: Arc<str>,
    /// Where the parsed part begins in the text.
    offset: usize,
}

impl Source {
    pub fn new(name: &str, text: &str) -> Source {
        Source { name: name.into(), text: text.into(), offset: 0 }
    }
    pub fn at_offset(&self, offset: usize) -> Source {
        Source { offset, ..self.clone() }
    }
    pub fn place(&self, span: Range<usize>) -> Place {
        let span = span.start + self.offset..span.end + self.offset;
        Place { source: self.name.clone(), text: self.text.clone(), span }
    }
}

/// How the text of a change begins.
pub(crate) const CHANGE: &str = "--set ";

/// Whether a place is in a change, and not in what was described first.
pub(crate) fn is_change(place: &Place) -> bool {
    place.source.starts_with(CHANGE)
}
