//! Sweeps: every cell is what a circuit of its own gives; chunks, shards and resumption change nothing.

use crate::files::{everyday, folder};
use neurate::file::{parse, template};
use neurate::fixed_points::{Completeness, SearchOptions};
use neurate::linear::response::{Isn, verdicts};
use neurate::progress::Progress;
use neurate::spec::{Change, Spec};
use neurate::study::{Choices, Study};
use neurate::sweep::{Axis, ChunkState, Plan, QUANTITIES, Shard, Status, Store, run};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

fn of(text: &str) -> Spec {
    parse(text, "c.toml", "".as_ref(), &[]).unwrap()
}

fn ssn() -> Spec {
    parse(&template("ssn").unwrap(), "ssn.toml", "".as_ref(), &[]).unwrap()
}

fn options() -> SearchOptions {
    SearchOptions::default().starts(20)
}

fn plan(spec: Spec, axes: &[(&str, &str)], find: &[&str], chunk: Option<Vec<usize>>) -> Plan {
    let axes = axes.iter().map(|(a, v)| Axis::parse(a, v).unwrap()).collect();
    let find: Vec<String> = find.iter().map(|f| (*f).to_string()).collect();
    Plan::new(spec, axes, &find, options(), chunk).unwrap()
}

/// Every file below a folder with its bytes.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                all.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    all
}

const AXES: [(&str, &str); 2] = [("W.E<-E", "0.4:1.6:7"), ("h", "2:30:5")];

#[test]
fn every_cell_is_its_own_circuit() {
    let p = plan(ssn(), &AXES, &["fixed points", "isn"], Some(vec![4, 3]));
    assert_eq!((p.shape(), p.chunks_along(), p.chunks()), (vec![7, 5], vec![2, 2], 4));
    let names: Vec<_> = p.variables.iter().map(|v| v.name).collect();
    let (r, isn) =
        (names.iter().position(|n| *n == "r").unwrap(), names.iter().position(|n| *n == "isn").unwrap());
    // The second chunk along the second axis: columns 3 and 4, and a third that is not there.
    let chunk = p.compute(1);
    assert!(chunk.errors.is_empty());
    for row in 0..4 {
        for col in 0..3 {
            let k = row * 3 + col;
            if 3 + col >= 5 {
                assert_eq!(chunk.status[k], Status::Missing);
                continue;
            }
            let changes = [p.axes[0].change(row), p.axes[1].change(3 + col)];
            let circuit = ssn().with(changes).unwrap().build().unwrap();
            let study = Study::new(circuit, Choices::default().search(options()));
            let stable = study.fixed_points().unwrap().points.iter().filter(|p| p.stable()).count();
            let expected = [None, Some(Status::Stable)].get(stable).copied().flatten();
            if let Some(status) = expected {
                assert_eq!(chunk.status[k], status);
            }
            let Some(point) = study.operating_point().unwrap() else { continue };
            assert_eq!(chunk.values[r][2 * k..2 * k + 2], point.rates[..]);
            let v = verdicts(study.circuit(), study.linearization().unwrap()).unwrap();
            let flag = match v.isn {
                Isn::Stabilized => 1.0,
                Isn::NotNeeded => 0.0,
                _ => -1.0,
            };
            assert_eq!(chunk.values[isn][k], flag);
        }
    }
}

/// A cell's store says what its search knows; a stable state with a small basin is found with a cell's few starts.
#[test]
fn cells_carry_what_the_search_knows() {
    let text = fs::read_to_string(everyday().join("sweep_says_one_stable_rounded.toml")).unwrap();
    let plan = |spec, axis, values| {
        let axes = vec![Axis::parse(axis, values).unwrap()];
        Plan::new(spec, axes, &["stability".to_string()], SearchOptions::default(), None).unwrap()
    };
    let p = plan(of(&text), "E0.h", "13.429:13.430:2");
    assert_eq!((p.variables[0].name, p.variables[0].flags), ("completeness", Some(Completeness::WORDS)));
    let chunk = p.compute(0);
    assert_eq!(chunk.status, [Status::SeveralStable; 2]);
    assert_eq!(chunk.values[0], [Completeness::Sampled as u8 as f64; 2]);
    // Two populations are proved, linear ones exact.
    assert_eq!(plan(ssn(), "h", "2:30:2").compute(0).values[0], [Completeness::Proved as u8 as f64; 2]);
    let linear = "neurate = 1\n[populations]\nE = { tau = 10, f = \"linear\" }\n[W]\n\"E <- E\" = 0.5\n";
    assert_eq!(plan(of(linear), "h", "1:2:2").compute(0).values[0], [Completeness::Exact as u8 as f64; 2]);
}

#[test]
fn damaged_chunks_are_computed_again() {
    let folder = folder(&[]);
    let root = folder.path().join("store");
    let fresh = || plan(ssn(), &AXES, &["fixed points", "stability"], Some(vec![4, 5]));
    let store = Store::open_or_create(&root, fresh()).unwrap();
    run(&store, 1, Shard::WHOLE, &Progress::default()).unwrap();
    let whole = contents(&root);
    let array = root.join("r/c/1/0/0");
    let bytes = fs::read(&array).unwrap_or_else(|e| panic!("{e}: {:?}", whole.keys()));
    let mut altered = bytes.clone();
    altered[2] ^= 8;
    for (contents_now, says, seen_by_size) in [
        (Some(&altered[..]), "checksum", false),
        (Some(&bytes[..7]), "7 bytes", true),
        (None, "missing", true),
    ] {
        match contents_now {
            Some(contents) => fs::write(&array, contents).unwrap(),
            None => fs::remove_file(&array).unwrap(),
        }
        assert_eq!(store.state(0).unwrap(), ChunkState::Finished);
        assert!(matches!(store.state(1).unwrap(), ChunkState::Damaged(why) if why.contains(says)));
        assert_eq!(store.finished(1), !seen_by_size);
        assert_eq!(store.progress().unwrap().done, if seen_by_size { 1 } else { 2 });
        let summary = run(&store, 1, Shard::WHOLE, &Progress::default()).unwrap();
        assert_eq!((summary.computed, summary.found, summary.damaged.len()), (1, 1, 1));
        assert!(contents(&root) == whole, "{says}");
    }
    // What a killed process left half-written goes once the store is finished, however late that was.
    let left = root.join("r/c/.part-0-00ff");
    fs::write(&left, b"half").unwrap();
    let time = std::time::SystemTime::now() - std::time::Duration::from_secs(30);
    fs::File::options().write(true).open(&left).unwrap().set_modified(time).unwrap();
    run(&store, 1, Shard::WHOLE, &Progress::default()).unwrap();
    assert!(!left.exists());
}

#[test]
fn an_unfinished_store_is_held_to_its_number_of_shards() {
    let folder = folder(&[]);
    let root = folder.path().join("store");
    let fresh = || plan(ssn(), &AXES, &["stability"], Some(vec![2, 2]));
    let store = Store::open_or_create(&root, fresh()).unwrap();
    let part = |index, count| run(&store, 1, Shard { index, count }, &Progress::default());
    // A half-written file stays while others may be writing.
    let left = root.join("status/.part-0-00ff");
    fs::write(&left, b"half").unwrap();
    assert_eq!(part(1, 3).unwrap().computed, 4);
    let refused = part(1, 2).unwrap_err();
    assert!(refused.message().contains("in 3 parts, and this is one of 2"), "{refused}");
    assert!(refused.help().is_some_and(|help| help.contains("1/3")), "{refused}");
    assert_eq!(store.progress().unwrap().done, 4);
    assert!(left.exists());
    // Its own parts go on, and the whole does all that is missing.
    assert_eq!(part(3, 3).unwrap().computed, 4);
    assert_eq!(part(1, 1).unwrap().computed, 4);
    assert!(!root.join("shards.json").exists() && !left.exists());
    // Nothing is left to share out.
    assert_eq!(part(1, 2).unwrap().computed, 0);
    assert!(!root.join("shards.json").exists());
}

#[test]
fn interrupted_sharded_and_threaded_sweeps_are_one_store() {
    let folder = folder(&[]);
    let fresh = || plan(ssn(), &AXES, &["fixed points", "stability"], Some(vec![2, 2]));
    let whole = folder.path().join("whole");
    let summary =
        run(&Store::open_or_create(&whole, fresh()).unwrap(), 1, Shard::WHOLE, &Progress::default()).unwrap();
    assert_eq!((summary.computed, summary.found, summary.stopped), (12, 0, false));
    let expected = contents(&whole);

    // Stopped after some chunks, a half-written file left behind, then resumed on two threads.
    let resumed = folder.path().join("resumed");
    let store = Store::open_or_create(&resumed, fresh()).unwrap();
    let calls = AtomicUsize::new(0);
    let stop = Progress::new(move |_| calls.fetch_add(1, Ordering::Relaxed) < 4);
    let summary = run(&store, 1, Shard::WHOLE, &stop).unwrap();
    assert!(summary.stopped && summary.computed == 4);
    assert_eq!(store.progress().unwrap().done, 4);
    let summary = run(&store, 2, Shard::WHOLE, &Progress::default()).unwrap();
    assert_eq!((summary.computed, summary.found), (8, 4));
    assert_eq!(contents(&resumed), expected);

    let sharded = folder.path().join("sharded");
    for index in [2, 3, 1] {
        let store = Store::open_or_create(&sharded, fresh()).unwrap();
        run(&store, 1, Shard { index, count: 3 }, &Progress::default()).unwrap();
    }
    assert_eq!(contents(&sharded), expected);
    let progress = Store::open_or_create(&sharded, fresh()).unwrap().progress().unwrap();
    assert_eq!((progress.done, progress.chunks, progress.cells.iter().sum::<u64>()), (12, 12, 35));
}

#[test]
fn a_bad_cell_leaves_its_neighbors_alone() {
    let folder = folder(&[]);
    // A time constant of zero is none; a weight against its sender's sign neither.
    let p = plan(ssn(), &[("populations.I.tau", "0, 10, 20")], &["fixed points"], None);
    let store = Store::open_or_create(&folder.path().join("s"), p).unwrap();
    run(&store, 1, Shard::WHOLE, &Progress::default()).unwrap();
    let progress = store.progress().unwrap();
    assert_eq!((progress.cells[Status::Stable as usize], progress.cells[Status::Failed as usize]), (2, 1));
    let errors = store.errors().unwrap();
    assert_eq!((errors.len(), &errors[0].0), (1, &vec![0]));
    assert!(errors[0].1.contains("tau"), "{}", errors[0].1);
}

#[test]
fn statuses_tell_coexistence_and_runaway() {
    let folder = folder(&[]);
    let text = "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 10, f = { kind = \"logistic\", max = 10, \
                midpoint = 5, width = 1 } }\n[W]\n\"E <- E\" = 1\n";
    let p = plan(of(text), &[("W.E<-E", "0, 1")], &["fixed points"], None);
    let chunk = p.compute(0);
    assert_eq!(chunk.status, [Status::Stable, Status::SeveralStable]);
    let found = p.variables.iter().position(|v| v.name == "points_found").unwrap();
    assert_eq!(chunk.values[found], [1.0, 3.0]);

    // Linear, h = 1: r grows as e^(t/10) beyond 1e6 when W = 2.
    let text =
        "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 10, h = 1 }\n[W]\n\"E <- E\" = 2\n";
    let p = plan(of(text), &[("W.E<-E", "0.5, 2")], &[], None);
    assert_eq!(p.find.len(), QUANTITIES.len());
    let chunk = p.compute(0);
    assert_eq!(chunk.status, [Status::Stable, Status::RanAway]);
    assert!(chunk.runaway[0].is_nan());
    assert!((chunk.runaway[1] - 10.0 * 1e6f64.ln()).abs() < 12.0, "{}", chunk.runaway[1]);
    drop(folder);
}

#[test]
fn another_sweep_is_refused_with_what_changed() {
    let folder = folder(&[]);
    let root = folder.path().join("s");
    let base = || plan(ssn(), &[("h", "1:2:2")], &["isn"], None);
    Store::open_or_create(&root, base()).unwrap();
    assert!(Store::open_or_create(&root, base()).is_ok());
    let refused =
        |p: Plan| Store::open_or_create(&root, p).err().expect("it is another sweep").message().to_string();
    let changed = of(&ssn().text().replace("1.25", "1.3"));
    let message = refused(plan(changed, &[("h", "1:2:2")], &["isn"], None));
    assert!(message.contains("line") && message.contains("1.25") && message.contains("1.3"), "{message}");
    assert!(refused(plan(ssn(), &[("h", "1:3:2")], &["isn"], None)).contains("the axes"));
    assert!(refused(plan(ssn(), &[("h", "1:2:2")], &["amplification"], None)).contains("what to find"));
    assert!(
        refused(plan(ssn().with([Change::of("tau", 15)]).unwrap(), &[("h", "1:2:2")], &["isn"], None))
            .contains("--set")
    );
    // A folder of something else is left alone.
    let foreign = folder.path().join("foreign");
    fs::create_dir_all(&foreign).unwrap();
    fs::write(foreign.join("thesis.tex"), "x").unwrap();
    assert!(Store::open_or_create(&foreign, base()).err().unwrap().message().contains("is no sweep"));
}

#[test]
fn mistakes_are_told_before_anything_runs() {
    let new = |axes: &[(&str, &str)], find: &[&str]| {
        let axes = axes.iter().map(|(a, v)| Axis::parse(a, v).unwrap()).collect();
        let find: Vec<String> = find.iter().map(|f| (*f).to_string()).collect();
        Plan::new(ssn(), axes, &find, options(), None).err().expect("a mistake").to_string()
    };
    assert!(new(&[("W.E<-EE", "1:2:3")], &[]).contains("W.E<-EE"));
    assert!(new(&[("h", "1:2:3"), ("h", "1:2:3")], &[]).contains("two axes"));
    assert!(new(&[], &[]).contains("needs an axis"));
    assert!(new(&[("h", "1:2:3")], &["isnt"]).contains("cannot find"));
    assert!(new(&[("populations.E.tau", "5:9:3 mV")], &[]).contains("time"));
}
