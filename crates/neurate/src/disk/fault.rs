//! Faults on purpose: tests make any operation on the disk fail, and ask what is left. In builds with debug assertions alone.
//!
//! `NEURATE_DISK_FAULT=KIND@K` lets operation K of the process, counted from 1, go wrong: `error` (the device fails), `full` (half of
//! what is written is there, then the disk is full), `short` (the system takes a part and wants to be asked again, which is no
//! fault), `kill` (half is there, then the process ends as if killed). Whoever asked hears of it on standard error.

use std::fs::File;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What goes wrong.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Error,
    Full,
    Short,
    Kill,
}

/// Operations of this process so far.
static DONE: AtomicUsize = AtomicUsize::new(0);

/// The fault that was asked for, and at which operation.
fn asked() -> Option<(Fault, usize)> {
    static ASKED: OnceLock<Option<(Fault, usize)>> = OnceLock::new();
    *ASKED.get_or_init(|| {
        let text = std::env::var("NEURATE_DISK_FAULT").ok()?;
        let (kind, at) = text.split_once('@')?;
        let kind = match kind {
            "error" => Fault::Error,
            "full" => Fault::Full,
            "short" => Fault::Short,
            "kill" => Fault::Kill,
            _ => return None,
        };
        Some((kind, at.parse().ok()?))
    })
}

/// The fault of the operation that comes now, if it is to have one.
fn now(operation: &str) -> Option<Fault> {
    let (fault, at) = asked()?;
    if DONE.fetch_add(1, Ordering::SeqCst) + 1 != at {
        return None;
    }
    eprintln!("fault on purpose at operation {at}: {operation}");
    Some(fault)
}

/// What the system says of a device that fails, and of one that is full.
fn error(fault: Fault) -> io::Error {
    match fault {
        Fault::Full if cfg!(unix) => io::Error::from_raw_os_error(28),
        Fault::Full => io::ErrorKind::StorageFull.into(),
        _ if cfg!(unix) => io::Error::from_raw_os_error(5),
        _ => io::Error::other("the device fails"),
    }
}

/// As if killed: nothing is tidied up. Not by a signal, which leaves images of the memory on some machines.
fn kill() -> ! {
    std::process::exit(137)
}

/// Before every operation but writing.
pub(super) fn step(operation: &str) -> io::Result<()> {
    match now(operation) {
        None | Some(Fault::Short) => Ok(()),
        Some(Fault::Kill) => kill(),
        Some(fault) => Err(error(fault)),
    }
}

/// Writes all of it.
pub(super) fn write_all(file: &mut File, contents: &[u8]) -> io::Result<()> {
    let half = &contents[..contents.len() / 2];
    match now("write") {
        None => file.write_all(contents),
        Some(Fault::Short) => Halves(file).write_all(contents),
        Some(Fault::Error) => Err(error(Fault::Error)),
        Some(fault) => {
            file.write_all(half)?;
            if fault == Fault::Kill {
                kill()
            }
            Err(error(fault))
        }
    }
}

/// Takes half of what it is given.
struct Halves<'a>(&'a mut File);

impl Write for Halves<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(&bytes[..bytes.len().div_ceil(2)])
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
