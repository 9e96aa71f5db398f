//! Ctrl-C and its like: the terminal as it was, no half-written file, and the exit code that shells expect.

use crate::progress;
use neurate::disk;

/// From now on an interrupt (exit code 130), a termination (143) and a hang-up (129) end the program at once and in order:
/// 128 and the signal's number. What was computed of a report is given up: a report with some sections missing would pass
/// for a whole one. Files that were there stay as they were, for files are written whole or not at all. Signals that are
/// ignored (an interrupt in the background, a hang-up under `nohup`) stay ignored.
#[cfg(unix)]
pub fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored & 1 << (signal - 1) == 0);
    // Where no handler can be had, the system's own way remains.
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else { return };
    let _ = std::thread::Builder::new().name("signals".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            end(128 + signal);
        }
    });
}

/// As under Unix, of Ctrl-C alone.
#[cfg(not(unix))]
pub fn watch() {
    let _ = ctrlc::try_set_handler(|| end(130));
}

fn end(code: i32) -> ! {
    let _no_file_meanwhile = disk::abandon();
    progress::clear();
    std::process::exit(code)
}

/// The signals that are ignored, a bit for each; none where the system does not tell.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    u64::from_str_radix(mask.trim(), 16).unwrap_or(0)
}
