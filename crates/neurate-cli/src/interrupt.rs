//! Ctrl-C: the terminal as it was, no half-written file, exit code 130.

use crate::{output, progress};

/// The exit code of an interrupted program, by the shells' convention: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// From now on Ctrl-C ends the program at once and in order. What was computed of a report is given up: a
/// report with some sections missing would pass for a whole one. Files that were there stay as they were,
/// for files are written whole or not at all.
pub fn watch() {
    // Where interrupts are ignored (a job in the background) they stay ignored; where no handler can be
    // had, the system's own way remains.
    let _ = ctrlc::try_set_handler(|| {
        let _no_file_meanwhile = output::abandon();
        progress::clear();
        std::process::exit(INTERRUPTED);
    });
}
