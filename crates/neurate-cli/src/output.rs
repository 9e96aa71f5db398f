//! Writing files whole or not at all.

use neurate::{Error, Result};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The temporary file that is being written. Who holds the lock may remove it, and nothing is begun or
/// finished meanwhile.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is half-written. Until the guard is dropped no file comes into being: who keeps it can
/// end the process.
pub fn abandon() -> impl Drop {
    let mut path = unfinished();
    if let Some(path) = path.take() {
        let _ = std::fs::remove_file(path);
    }
    path
}

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
    let mut file = {
        let mut unfinished = unfinished();
        let file = tempfile::Builder::new().prefix(".neurate-").tempfile_in(folder);
        let file = file.map_err(|e| fail("write", e))?;
        *unfinished = Some(file.path().to_path_buf());
        file
    };
    let written = file.write_all(contents);
    let persisted = {
        let mut unfinished = unfinished();
        *unfinished = None;
        written.map_err(|e| fail("write", e))?;
        file.persist(path).map_err(|e| fail("write", e.error))?
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_while_the_process_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let half = folder.path().join(".neurate-half");
        std::fs::write(&half, "half").expect("a file");
        *unfinished() = Some(half.clone());
        let guard = abandon();
        assert!(!half.exists());
        let path = folder.path().join("later.txt");
        let later = path.clone();
        let writer = std::thread::spawn(move || write_file(&later, b"whole"));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert_eq!(std::fs::read_dir(folder.path()).expect("it").count(), 0);
        drop(guard);
        writer.join().expect("it ends").expect("it writes");
        assert_eq!(std::fs::read(&path).expect("it"), b"whole");
    }
}
