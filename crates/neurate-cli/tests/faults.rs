//! Every operation on the disk fails in turn, as the real binary takes it: what was there is whole, or what is new; an error says
//! which file and why; a store goes on to the same bytes. The faults: `crates/neurate/src/disk/fault.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Between the operations of a store at which it is left: no divisor of the six that a file takes.
const STEP: usize = 7;

fn neurate(args: &[&str], fault: Option<(&str, usize)>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurate"));
    command.args(args);
    if let Some((kind, at)) = fault {
        command.env("NEURATE_DISK_FAULT", format!("{kind}@{at}"));
    }
    command.output().expect("the binary runs")
}

fn err(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).into_owned()
}

/// Whether the operation came that was to fail.
fn fired(o: &Output) -> bool {
    err(o).contains("fault on purpose")
}

fn succeeds(args: &[&str]) {
    let o = neurate(args, None);
    assert!(o.status.success(), "{args:?}: {}", err(&o));
}

/// Every file below a folder with its bytes.
fn contents(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                all.insert(
                    path.strip_prefix(root).expect("below").to_path_buf(),
                    fs::read(&path).expect("a file"),
                );
            }
        }
    }
    all
}

fn is_part(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".part-"))
}

/// What an error says: the file, or its folder, and the cause.
fn says_why(o: &Output, name: &str, kind: &str) {
    let cause = if kind == "full" { "No space left" } else { "Input/output error" };
    let said = err(o);
    assert_eq!(o.status.code(), Some(1), "{said}");
    assert!(said.contains(name) && said.contains("cannot be"), "{name}: {said}");
    assert!(!cfg!(unix) || said.contains(cause), "{name}: {said}");
}

/// A file written in spite of each fault, in a folder of its own. Returns at how many operations it failed.
fn file_survives(args: &[&str], name: &str, old: Option<&str>, kind: &str) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let text = path.display().to_string();
    let args: Vec<&str> = args.iter().copied().chain(["-o", &text]).collect();
    succeeds(&args);
    let new = fs::read(&path).expect("it was written");
    for at in 1.. {
        fs::remove_file(&path).expect("it can be removed");
        if let Some(old) = old {
            fs::write(&path, old).expect("it can be written");
        }
        let o = neurate(&args, Some((kind, at)));
        let found = contents(folder.path());
        let whole = match found.get(Path::new(name)) {
            Some(bytes) => *bytes == new || Some(bytes.as_slice()) == old.map(str::as_bytes),
            None => old.is_none(),
        };
        assert!(whole, "{kind} at {at}: {name} is neither the old file nor the new one");
        if !fired(&o) {
            assert!(o.status.success(), "{}", err(&o));
            return at - 1;
        }
        match kind {
            "kill" => {
                assert_ne!(o.status.code(), Some(0));
                found
                    .keys()
                    .filter(|p| is_part(p))
                    .for_each(|p| fs::remove_file(folder.path().join(p)).expect("it is there"));
            }
            "short" => assert!(o.status.success() && found[Path::new(name)] == new, "{}", err(&o)),
            _ => says_why(&o, name, kind),
        }
        assert!(kind == "kill" || found.keys().all(|p| !is_part(p)), "{kind} at {at}: {:?}", found.keys());
        // It is there again for the next round.
        fs::write(&path, "").expect("it can be written");
    }
    unreachable!("it ends when no operation is left")
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

#[test]
fn files_are_old_or_new_whatever_fails() {
    if !cfg!(debug_assertions) {
        return;
    }
    let circuit = example("balanced.toml");
    let run = ["--set", "run.every=20"];
    let modes = ["modes", &circuit, "-q"];
    for kind in ["error", "full", "short", "kill"] {
        // Made, written, given the old one's permissions, synced, renamed, and the folder synced.
        assert_eq!(file_survives(&modes, "modes.json", Some("old"), kind), 6, "{kind}");
        assert_eq!(file_survives(&["new", "ei"], "ei.toml", None, kind), 5, "{kind}");
    }
    let simulate: Vec<&str> = ["simulate", &circuit, "-q"].into_iter().chain(run).collect();
    for kind in ["full", "kill"] {
        for (args, name) in [
            (&simulate[..], "run.csv"),
            (&["report", &circuit, "-q"][..], "report.html"),
            (&["modes", &circuit, "-q", "--figure", "spectrum"][..], "spectrum.svg"),
            (&["modes", &circuit, "-q", "--figure", "spectrum", "--dpi", "50"][..], "spectrum.png"),
        ] {
            assert_eq!(file_survives(args, name, Some("old"), kind), 6, "{kind} of {name}");
        }
    }
}

#[test]
fn figures_are_whole_or_absent() {
    if !cfg!(debug_assertions) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (circuit, figures) = (example("balanced.toml"), folder.path().join("figures"));
    let text = figures.display().to_string();
    let args = ["modes", &circuit, "-q", "--format", "svg", "--figures", &text];
    succeeds(&args);
    let all = contents(&figures);
    for at in (1..).step_by(STEP) {
        fs::remove_dir_all(&figures).expect("it can be removed");
        let o = neurate(&args, Some(("full", at)));
        if !fired(&o) {
            assert!(at > 1, "no operation failed");
            break;
        }
        says_why(&o, "figures", "full");
        let found = if figures.exists() { contents(&figures) } else { BTreeMap::new() };
        assert!(
            found.iter().all(|(path, bytes)| all.get(path) == Some(bytes)),
            "at {at}: {:?}",
            found.keys()
        );
        succeeds(&args);
        assert_eq!(contents(&figures), all, "at {at}");
    }
}

/// A store whose writer is left at operations all over it, and goes on to the same bytes.
fn store_survives(args: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.zarr");
    let text = store.display().to_string();
    let args: Vec<&str> = args.iter().copied().chain(["-q", "-o", &text]).collect();
    succeeds(&args);
    let whole = contents(&store);
    assert!(whole.len() > 6, "{:?}", whole.keys());
    for (first, kind) in [(1, "error"), (3, "kill"), (5, "full")] {
        let mut failed = 0;
        for at in (first..).step_by(STEP) {
            fs::remove_dir_all(&store).expect("it can be removed");
            let o = neurate(&args, Some((kind, at)));
            if !fired(&o) {
                break;
            }
            failed += 1;
            let mut found = if store.exists() { contents(&store) } else { BTreeMap::new() };
            found.remove(Path::new("shards.json"));
            if kind == "kill" {
                assert_ne!(o.status.code(), Some(0));
                found.retain(|path, _| !is_part(path));
            } else if o.status.success() {
                // All is there, and at most a note that a finished store does not need.
                assert!(found == whole && err(&o).contains("remove"), "{}", err(&o));
            } else {
                says_why(&o, "store.zarr", kind);
            }
            // What is there is whole, but for a checkpoint, which is written over and over.
            for (path, bytes) in &found {
                let later = path.ends_with("checkpoint") && !bytes.is_empty();
                assert!(whole.get(path) == Some(bytes) || later, "{kind} at {at}: {}", path.display());
            }
            succeeds(&args);
            let mut found = contents(&store);
            found.retain(|path, _| !is_part(path));
            assert!(found == whole, "{kind} at {at}: {:?}", found.keys());
        }
        assert!(failed > 5, "{kind}: {failed}");
    }
}

#[test]
fn a_sweep_goes_on_whatever_fails() {
    if cfg!(debug_assertions) {
        let circuit = example("ssn.toml");
        let grid =
            ["--axis", "h=1:20:4", "--find", "stability", "--chunk", "2", "--threads", "1", "--starts", "5"];
        store_survives(&["sweep", &circuit].into_iter().chain(grid).collect::<Vec<_>>());
    }
}

#[test]
fn a_recording_goes_on_whatever_fails() {
    if cfg!(debug_assertions) {
        // Three chunks of a megabyte.
        let (circuit, run) = (
            example("balanced.toml"),
            ["method=exponential-euler", "dt=0.01", "every=0.01", "duration=1500"],
        );
        let sets = run.map(|key| format!("run.{key}"));
        store_survives(
            &["simulate", &circuit]
                .into_iter()
                .chain(sets.iter().flat_map(|s| ["--set", s]))
                .collect::<Vec<_>>(),
        );
    }
}
