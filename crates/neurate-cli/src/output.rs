//! What goes to files and to standard output.

use neurate::{Error, Result, disk};
use std::io::Write;
use std::path::Path;

/// Writes a file whole or not at all; `-` is standard output.
pub fn write_file(path: &Path, contents: &[u8]) -> Result<()> {
    if path == Path::new("-") {
        return told(std::io::stdout().write_all(contents));
    }
    disk::write(path, contents)
}

/// Writes a text to where the output goes: a file, or standard output if none is named.
pub fn put(path: Option<&Path>, text: &str) -> Result<()> {
    match path {
        Some(path) => write_file(path, text.as_bytes()),
        None => print(text),
    }
}

/// Writes to standard output; a reader that has gone away (`| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    told(anstream::stdout().write_all(text.as_bytes()))
}

fn told(written: std::io::Result<()>) -> Result<()> {
    match written {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}
