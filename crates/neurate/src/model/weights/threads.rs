//! Rows of a product, shared out to threads.

use neurate_numerics::workers;
use std::ops::Range;

/// Entries from which a second thread helps: below, starting it takes as long as it saves (at 1,000 dense units 20 % more).
/// Tests have smaller matrices.
const ENTRIES: usize = if cfg!(test) { 1 << 19 } else { 1 << 21 };

/// Calls `f` for ranges of rows and their part of `out`: on up to `threads` threads, this one among them, if
/// there are so many `entries` that it pays; for all rows at once otherwise.
pub(super) fn share_rows(
    threads: usize,
    entries: usize,
    out: &mut [f64],
    f: impl Fn(Range<usize>, &mut [f64]) + Sync,
) {
    workers::rows(if entries < ENTRIES { 1 } else { threads }, out, f);
}
