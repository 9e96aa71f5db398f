//! Keys of tables: pairs of populations, and slips of the pen.

use neurate_numerics::error::{Error, Place};

/// Splits `"E <- I"` into receiver and sender.
pub(super) fn split_arrow(key: &str) -> Option<(&str, &str)> {
    let (to, from) = key.split_once("<-")?;
    Some((to.trim(), from.trim()))
}

/// `"E <- I"` as `E<-I`.
pub(super) fn squeeze(key: &str) -> String {
    split_arrow(key).map_or_else(|| key.to_string(), |(to, from)| format!("{to}<-{from}"))
}

/// The error for an address that names nothing.
pub(super) fn no_such_address(address: &str, closest: &[String], place: Place) -> Error {
    let mut help = String::new();
    if !closest.is_empty() {
        help = format!("closest: {}; ", closest[..closest.len().min(12)].join(", "));
    }
    help += "`neurate params FILE` lists all";
    Error::invalid(format!("no such parameter: {address}")).with_help(help).at(place)
}

/// Whether one word may be a slip for the other.
pub(super) fn close(a: &str, b: &str) -> bool {
    let longest = a.chars().count().max(b.chars().count());
    longest > 1 && strsim::damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase()) <= 1 + longest / 5
}

/// The word that was probably meant.
pub(super) fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    words
        .filter(|w| close(word, w) && word.chars().count().min(w.chars().count()) > 1)
        .min_by_key(|w| strsim::damerau_levenshtein(word, w))
}
