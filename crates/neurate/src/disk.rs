//! Files that are there whole or not at all: everything that neurate writes goes through [`write()`].
//!
//! What is written is a temporary file beside the place, made on disk for good, and renamed. Names of temporary files are
//! random: machines that share a folder have processes of the same number. No other file of ours changes what is on the disk (a test
//! holds that), so that every operation can be made to fail where this is tested (`fault.rs`).

#[cfg(debug_assertions)]
mod fault;
/// Nothing goes wrong on purpose.
#[cfg(not(debug_assertions))]
mod fault {
    use std::fs::File;
    use std::io::{Result, Write};

    pub(super) fn step(_: &str) -> Result<()> {
        Ok(())
    }
    pub(super) fn write_all(file: &mut File, contents: &[u8]) -> Result<()> {
        file.write_all(contents)
    }
}

use fault::{step, write_all};
use neurate_numerics::error::{Error, Result};
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// How temporary files are called, before the name of what they become.
const PART: &str = ".part-";
/// Links that are followed from one to the next.
const LINKS: usize = 40;
/// Where a file system has no locks, a temporary file that nobody has touched for so long is nobody's.
const STALE: Duration = Duration::from_secs(600);
/// How often a file is written again whose temporary file was removed.
const AGAIN: usize = 3;

/// The temporary files that are being written. Who holds the lock may remove them, and nothing is begun or finished
/// meanwhile.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what this process has half-written. Until the guard is dropped no file comes into being: who keeps it can end
/// the process.
pub fn abandon() -> impl Drop {
    let mut all = unfinished();
    for path in all.drain(..) {
        let _ = fs::remove_file(path);
    }
    all
}

/// Writes a file whole or not at all. Links are followed; a file that is there keeps its permissions, a new one gets the
/// usual ones. Into what is no plain file (a device, a pipe, `/dev/stdout`) the contents are written as they are.
///
/// # Errors
/// The folder is missing, full or may not be written; the path is a folder. What was there before is there still.
pub fn write(path: &Path, contents: &[u8]) -> Result<()> {
    match place(path).and_then(|place| match place {
        Place::Stream(path) => write_all(&mut OpenOptions::new().append(true).open(path)?, contents),
        Place::Plain(path) => replace(&path, contents),
    }) {
        Ok(()) => Ok(()),
        Err(e) if path.is_dir() => {
            Err(cannot("write", path, &e).with_help("it is a folder: give the name of a file in it"))
        }
        Err(e) => Err(cannot("write", path, &e)),
    }
}

/// Where contents go.
enum Place {
    /// A plain file, or a new one.
    Plain(PathBuf),
    /// A device, a pipe, or a file that a process has open.
    Stream(PathBuf),
}

/// What a path leads to, links followed.
fn place(path: &Path) -> io::Result<Place> {
    let mut at = path.to_path_buf();
    for _ in 0..LINKS {
        // What a process has open is no name in a folder, even where it looks like one.
        let open = ["/proc", "/dev/fd"].iter().any(|root| at.starts_with(root));
        match fs::symlink_metadata(&at) {
            Ok(_) if open => return Ok(Place::Stream(at)),
            Ok(about) if about.is_symlink() => {
                let to = fs::read_link(&at)?;
                at = at.parent().map_or(to.clone(), |folder| folder.join(&to));
            }
            Ok(about) if about.is_file() => return Ok(Place::Plain(at)),
            Ok(about) if about.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(_) => return Ok(Place::Stream(at)),
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Place::Plain(at)),
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

/// A temporary file: removed when dropped, unless it has become what it was to be.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    fn begin(folder: &Path, name: &str) -> io::Result<Part> {
        loop {
            // The keys of a hash are the system's random numbers.
            let random = RandomState::new().hash_one(std::process::id());
            let path = folder.join(format!("{PART}{name}-{random:016x}"));
            step("create")?;
            let mut all = unfinished();
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    // Until the process ends, however it does: others see that the file is somebody's.
                    let _ = file.try_lock();
                    all.push(path.clone());
                    return Ok(Part { path, file });
                }
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Renames it; with the lock, so that nobody removes it meanwhile.
    fn become_file(self, path: &Path) -> io::Result<()> {
        step("rename")?;
        let mut all = unfinished();
        fs::rename(&self.path, path)?;
        all.retain(|p| *p != self.path);
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut all = unfinished();
        if all.contains(&self.path) {
            all.retain(|p| *p != self.path);
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    for _ in 0..AGAIN {
        match replace_in(folder, path, contents) {
            // Where locks do not reach other machines, one of them may have taken the temporary file for a stale one.
            Err(e) if e.kind() == ErrorKind::NotFound && folder.is_dir() => {}
            result => return result,
        }
    }
    replace_in(folder, path, contents)
}

fn replace_in(folder: &Path, path: &Path, contents: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut part = Part::begin(folder, &name)?;
    write_all(&mut part.file, contents)?;
    if let Ok(about) = fs::metadata(path) {
        step("permissions")?;
        part.file.set_permissions(about.permissions())?;
    }
    step("sync")?;
    part.file.sync_all()?;
    part.become_file(path)?;
    sync(folder)
}

/// Makes the names in a folder last. Some file systems cannot, and lose nothing more than that.
fn sync(folder: &Path) -> io::Result<()> {
    step("sync the folder")?;
    let synced = if cfg!(unix) { File::open(folder).and_then(|folder| folder.sync_all()) } else { Ok(()) };
    match synced {
        Err(e)
            if !matches!(
                e.kind(),
                ErrorKind::Unsupported | ErrorKind::InvalidInput | ErrorKind::PermissionDenied
            ) =>
        {
            Err(e)
        }
        _ => Ok(()),
    }
}

/// Removes temporary files that killed processes left in a folder and those below.
pub(crate) fn remove_stale(folder: &Path) {
    // A file made now has the file system's time: the clocks of machines differ.
    let probe = Part::begin(folder, "now").and_then(|now| now.file.metadata()?.modified());
    if let Ok(now) = probe {
        remove_left(folder, now);
    }
}

fn remove_left(folder: &Path, now: SystemTime) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            remove_left(&entry.path(), now);
        } else if is_part(&entry.file_name().to_string_lossy()) && is_left(&entry.path(), &about, now) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether nobody writes a temporary file any more: its lock is free, or, where there are no locks, it is old.
fn is_left(path: &Path, about: &Metadata, now: SystemTime) -> bool {
    match OpenOptions::new().write(true).open(path).map(|file| file.try_lock()) {
        Ok(Ok(())) => true,
        Ok(Err(TryLockError::WouldBlock)) => false,
        Ok(Err(TryLockError::Error(_))) | Err(_) => is_old(about, now),
    }
}

fn is_old(about: &Metadata, now: SystemTime) -> bool {
    about.modified().is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age > STALE))
}

/// Makes a folder and those above it, where they are missing.
///
/// # Errors
/// It cannot be made: a file has its name, or the folder above may not be written.
pub fn make_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    step("make a folder").and_then(|()| fs::create_dir_all(folder)).map_err(|e| cannot("create", folder, &e))
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match step("remove").and_then(|()| fs::remove_file(path)) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(cannot("write", path, &e)),
        _ => Ok(()),
    }
}

/// Whether a file is a temporary one of ours.
pub(crate) fn is_part(name: &str) -> bool {
    name.starts_with(PART)
}

/// What went wrong with a file.
pub(crate) fn cannot(verb: &str, path: &Path, e: &io::Error) -> Error {
    let done = match verb {
        "read" => "read",
        "create" => "made",
        _ => "written",
    };
    Error::io(format!("{} cannot be {done}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tests that write, one at a time: one of them gives up all that this process writes.
    fn alone() -> MutexGuard<'static, ()> {
        static ALONE: Mutex<()> = Mutex::new(());
        ALONE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut all: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        all.sort();
        all
    }

    #[test]
    fn nothing_is_written_while_the_process_is_given_up() {
        let _alone = alone();
        let folder = tempfile::tempdir().unwrap();
        let part = Part::begin(folder.path(), "half").unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        let guard = abandon();
        assert!(!part.path.exists());
        let path = folder.path().join("later.txt");
        let later = path.clone();
        let writer = std::thread::spawn(move || write(&later, b"whole"));
        std::thread::sleep(Duration::from_millis(50));
        assert!(names(folder.path()).is_empty());
        drop(guard);
        writer.join().unwrap().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_plain_file_is_written_to_and_stays() {
        use std::io::Read;
        use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
        let _alone = alone();
        let folder = tempfile::tempdir().unwrap();
        let null = fs::metadata("/dev/null").unwrap();
        write(Path::new("/dev/null"), b"gone").unwrap();
        let after = fs::symlink_metadata("/dev/null").unwrap();
        assert!(after.file_type().is_char_device());
        assert_eq!((after.rdev(), after.ino()), (null.rdev(), null.ino()));

        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || {
                let mut text = String::new();
                File::open(pipe).unwrap().read_to_string(&mut text).map(|_| text)
            })
        };
        write(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap().unwrap(), "through");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());

        // A link stays one, also a link to nothing yet; a file keeps its permissions.
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::os::unix::fs::symlink("file", &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        write(&link, b"newer").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"newer");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        // A new one has what the system gives to new files.
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, b"x").unwrap();
        fs::write(&plain, b"x").unwrap();
        assert_eq!(fs::metadata(&ours).unwrap().permissions(), fs::metadata(&plain).unwrap().permissions());
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        std::os::unix::fs::symlink("b", &a).unwrap();
        std::os::unix::fs::symlink("a", &b).unwrap();
        assert!(write(&a, b"x").unwrap_err().to_string().contains("circle"));
    }

    /// Memory as a folder lies beside devices, and its files are plain ones.
    #[cfg(target_os = "linux")]
    #[test]
    fn files_in_shared_memory_are_replaced() {
        let _alone = alone();
        let Ok(folder) = tempfile::tempdir_in("/dev/shm") else { return };
        let path = folder.path().join("file");
        for contents in ["longer than the next", "next"] {
            write(&path, contents.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), contents);
        }
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn errors_say_what_cannot_be_written_and_leave_what_was_there() {
        let _alone = alone();
        let folder = tempfile::tempdir().unwrap();
        let said = write(folder.path(), b"x").unwrap_err().to_string();
        assert!(said.contains("cannot be written"), "{said}");
        let missing = folder.path().join("no/such/folder.txt");
        assert!(write(&missing, b"x").is_err());
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn temporary_files_of_killed_processes_are_removed_and_those_of_others_stay() {
        let _alone = alone();
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        // Whoever wrote this one holds no lock: the process is gone.
        fs::write(inner.join(".part-x-1"), b"half").unwrap();
        fs::write(inner.join("kept"), b"").unwrap();
        let living = Part::begin(&inner, "y").unwrap();
        remove_stale(folder.path());
        let name = living.path.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(names(&inner), [name.as_str(), "kept"]);
        assert_eq!(names(folder.path()), ["inner"], "the probe is gone, too");
        drop(living);
        assert_eq!(names(&inner), ["kept"]);
    }

    #[test]
    fn without_locks_age_decides() {
        let _alone = alone();
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (age, old) in [(5000, true), (5, false)] {
            let file = File::create(folder.path().join("part")).unwrap();
            file.set_modified(now - Duration::from_secs(age)).unwrap();
            assert_eq!(is_old(&file.metadata().unwrap(), now), old, "{age} s");
        }
    }
}
