//! Writing files whole or not at all, and the progress line.

use indicatif::{ProgressBar, ProgressStyle};
use neurate::{Error, Result};
use std::io::Write;
use std::path::Path;

/// Writes a file through a temporary one beside it, so that it is there whole or not at all.
pub fn write_file(path: &Path, contents: &[u8]) -> Result<()> {
    let fail = |what: &str, e: std::io::Error| Error::io(format!("cannot {what} {}: {e}", path.display()));
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    if path.is_dir() {
        return Err(Error::io(format!("cannot write {}: it is a folder", path.display())));
    }
    let mut file =
        tempfile::Builder::new().prefix(".neurate-").tempfile_in(folder).map_err(|e| fail("write", e))?;
    file.write_all(contents).map_err(|e| fail("write", e))?;
    let persisted = file.persist(path).map_err(|e| fail("write", e.error))?;
    // A temporary file is private; what the user asked for has the usual permissions.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = persisted.set_permissions(std::fs::Permissions::from_mode(0o644));
    }
    drop(persisted);
    Ok(())
}

/// Writes to standard output; a reader that has gone away (`| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// A progress line on standard error; silent where that is no terminal, or when asked.
pub struct Progress(ProgressBar);

impl Progress {
    /// Starts one.
    pub fn new(quiet: bool) -> Progress {
        if quiet {
            return Progress(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(1);
        let style = ProgressStyle::with_template("{spinner} [{bar:24}] {pos}/{len} {msg} ({elapsed})");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Progress(bar)
    }
    /// Shows step `k` of `n`.
    pub fn step(&self, what: &str, k: usize, n: usize) {
        self.0.set_length(n as u64);
        self.0.set_position(k as u64);
        self.0.set_message(what.replace('_', " "));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
