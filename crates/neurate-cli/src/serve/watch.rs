//! The circuit file, followed while it is edited.

use neurate::Result;
use neurate::file::text_of;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How often the file is looked at.
const EVERY: Duration = Duration::from_millis(200);
/// How long it may be away: editors write a new file and give it the old one's name.
const AWAY: Duration = Duration::from_secs(1);

/// A text file that may change.
pub struct Watched {
    path: PathBuf,
    seen: Mutex<Seen>,
    changed: Condvar,
}

/// What was seen of the file.
#[derive(Clone, Debug)]
pub struct Seen {
    /// It rises with every change.
    pub version: u64,
    /// The text, or why there is none.
    pub text: std::result::Result<String, String>,
}

impl Watched {
    /// Reads the file and follows it from now on, in a thread.
    pub fn new(path: &Path) -> Result<Arc<Watched>> {
        let stamp = stamp(path);
        let seen = Seen { version: 1, text: Ok(text_of(path)?) };
        let watched =
            Arc::new(Watched { path: path.into(), seen: Mutex::new(seen), changed: Condvar::new() });
        let follower = watched.clone();
        let _ = std::thread::Builder::new().name("file".into()).spawn(move || follower.follow(stamp));
        Ok(watched)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file is, once it is newer than this version, or at the end of the time.
    pub fn after(&self, version: u64, wait: Duration) -> Seen {
        let older = |seen: &mut Seen| seen.version <= version;
        match self.changed.wait_timeout_while(self.seen(), wait, older) {
            Ok((seen, _)) => seen.clone(),
            Err(poisoned) => poisoned.into_inner().0.clone(),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(&self, mut known: Option<Stamp>) {
        let mut missing: Option<Instant> = None;
        loop {
            std::thread::sleep(EVERY);
            let now = stamp(&self.path);
            if now == known && now.is_some() {
                missing = None;
                continue;
            }
            if now.is_none() && missing.get_or_insert_with(Instant::now).elapsed() < AWAY {
                continue;
            }
            known = now;
            let text = text_of(&self.path).map_err(|e| e.to_string());
            let mut seen = self.seen();
            if seen.text != text {
                *seen = Seen { version: seen.version + 1, text };
                self.changed.notify_all();
            }
        }
    }
}

/// When the file was written, and its length: what changes with it.
type Stamp = (SystemTime, u64);

fn stamp(path: &Path) -> Option<Stamp> {
    let data = std::fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_seen_and_a_file_that_is_gone_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.toml");
        std::fs::write(&path, "one").expect("a file");
        let watched = Watched::new(&path).expect("it is read");
        assert_eq!(watched.after(0, Duration::from_secs(9)).text, Ok("one".into()));
        assert_eq!(watched.after(1, Duration::from_millis(300)).version, 1, "nothing happened");
        // As editors write: a new file under the old name.
        std::fs::write(folder.path().join("new"), "three").expect("a file");
        std::fs::rename(folder.path().join("new"), &path).expect("renamed");
        let seen = watched.after(1, Duration::from_secs(9));
        assert_eq!((seen.version, seen.text), (2, Ok("three".into())));
        std::fs::remove_file(&path).expect("removed");
        let seen = watched.after(2, Duration::from_secs(9));
        assert!(seen.version == 3 && seen.text.is_err_and(|why| why.contains("c.toml")));
        std::fs::write(&path, "three").expect("a file");
        assert_eq!(watched.after(3, Duration::from_secs(9)).text, Ok("three".into()));
    }
}
