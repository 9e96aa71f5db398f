//! Runs that are left and taken up again, recordings on disk, and the stiff method.

use crate::common::*;
use neurate::dynamics::CircuitDynamics;
use neurate::file::parse;
use neurate::linalg::Matrix;
use neurate::model::Form;
use neurate::model::transfer::Transfer;
use neurate::progress::Progress;
use neurate::simulate::RunOptions;
use neurate::simulate::recording::Recording;
use neurate::simulate::{Checkpoint, Method, Outcome, Simulation, simulate, time_grid};
use neurate::spec::Spec;
use neurate::study::{Choices, Study};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

const NOISY: &str = r#"
neurate = 1
seed = 5
units = { time = "ms", rate = "Hz" }
form = "voltage"
[populations]
E = { kind = "excitatory", size = 3, tau = 20, f = { kind = "power", k = 0.04, n = 2 }, h = 4 }
I = { kind = "inhibitory", size = 2, tau = [10, 12], f = { kind = "power", k = 0.04, n = 2 }, h = 3 }
[W]
"E <- E" = 1.25
"E <- I" = -0.65
"I <- E" = 1.2
"I <- I" = -0.5
[stimuli]
kick = { to = "E[1]", kind = "pulse", at = 31, area = 20 }
late = { to = "I", kind = "step", at = 47.3, until = 71, amplitude = 1 }
wave = { to = "E", kind = "sinusoid", at = 5, amplitude = 0.5, frequency = "13 Hz" }
[noise]
fast = { to = "*", kind = "white", intensity = 2 }
slow = { to = ["E", "I"], kind = "ou", time = 15, sd = 1, correlation = 0.3 }
[run]
duration = 100
every = 0.7
dt = 0.2
start = "rest"
"#;

const DELAYS: &str = "[delays]\ndefault = 2.3\n\"* <- I\" = 0.9\n";

fn described(text: &str, sets: &[&str]) -> Spec {
    let sets: Vec<String> = sets.iter().map(|s| (*s).to_string()).collect();
    parse(text, "noisy", "".as_ref(), &sets).unwrap()
}

fn spec(sets: &[&str]) -> Spec {
    described(NOISY, sets)
}

fn delayed(sets: &[&str]) -> Spec {
    described(&format!("{NOISY}{DELAYS}"), sets)
}

fn study(d: &Spec) -> Study {
    let choices = Choices::default().run(RunOptions::default().noisy(true));
    Study::new(d.build().unwrap(), choices)
}

/// Left at every recorded time in turn, through bytes, and taken up by another object: no bit differs.
#[test]
fn a_run_goes_on_with_the_same_bits() {
    for (method, noise, delays) in [
        ("exponential-euler", true, false),
        ("euler-maruyama", true, false),
        ("exponential-euler", false, false),
        ("euler-maruyama", false, false),
        ("rk4", false, false),
        ("adaptive", false, false),
        ("stiff", false, false),
        ("exponential-euler", true, true),
        ("euler-maruyama", true, true),
        ("exponential-euler", false, true),
        ("rk4", false, true),
    ] {
        let sets = [&*format!("run.method={method}"), &*format!("run.noise={noise}")];
        let d = if delays { delayed(&sets) } else { spec(&sets) };
        let study = study(&d);
        let protocol = study.protocol().unwrap();
        let c = study.circuit();
        let whole = protocol.run(c).unwrap();
        assert_eq!(whole.outcome, Outcome::Completed);
        assert_eq!(whole.times, protocol.times);
        let dynamics = protocol.dynamics(c).unwrap();
        let begin =
            || Simulation::new(&dynamics, &protocol.start, &protocol.times, protocol.method, 1e6).unwrap();
        let mut left: Option<Vec<u8>> = None;
        for k in 0..protocol.times.len() {
            let mut run = begin();
            if let Some(bytes) = &left {
                run.resume(&Checkpoint::from_bytes(bytes).unwrap()).unwrap();
            }
            assert_eq!(run.advance().unwrap(), Some(protocol.times[k]));
            assert_eq!(run.state(), whole.states.row(k), "{method} {noise} at {k}");
            left = Some(run.checkpoint().to_bytes());
        }
        let mut run = begin();
        run.resume(&Checkpoint::from_bytes(&left.unwrap()).unwrap()).unwrap();
        assert_eq!(run.advance().unwrap(), None);
        assert_eq!(run.outcome(), Some(Outcome::Completed));
        assert_eq!(run.evaluations(), whole.evaluations);
    }
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let (d, without) = (spec(&[]), spec(&["run.noise=false"]));
    let (noisy, plain) = (study(&d), study(&without));
    let (p, q) = (noisy.protocol().unwrap(), plain.protocol().unwrap());
    let (a, b) = (p.dynamics(noisy.circuit()).unwrap(), q.dynamics(plain.circuit()).unwrap());
    let mut with = Simulation::new(&a, &p.start, &p.times, p.method, 1e6).unwrap();
    let mut none = Simulation::new(&b, &q.start, &q.times, q.method, 1e6).unwrap();
    assert!(with.resume(&none.checkpoint()).is_err());
    assert!(none.resume(&with.checkpoint()).is_err());
    let bytes = with.checkpoint().to_bytes();
    assert!(Checkpoint::from_bytes(&bytes[..20]).is_err());
    assert!(Checkpoint::from_bytes(&bytes[..bytes.len() - 3]).is_err());
    let cut = Checkpoint::from_bytes(&bytes[..bytes.len() - 8]).unwrap();
    assert!(with.resume(&cut).is_err());
    // One without a past, by a run with delays; and the other way round.
    let d = delayed(&[]);
    let late = study(&d);
    let c = p.dynamics(late.circuit()).unwrap();
    let mut delayed = Simulation::new(&c, &p.start, &p.times, p.method, 1e6).unwrap();
    for _ in 0..5 {
        with.advance().unwrap();
        delayed.advance().unwrap();
    }
    assert!(delayed.resume(&with.checkpoint()).is_err());
    assert!(with.resume(&delayed.checkpoint()).is_err());
}

/// A folder of its own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("neurate-recording-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn numbers(path: PathBuf) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap();
    bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect()
}

/// Every file but hidden ones, with its bytes.
fn files(root: &std::path::Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    let mut entries: Vec<_> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for e in entries {
        if e.is_dir() {
            files(&e, found);
        } else {
            found.push((e.clone(), std::fs::read(&e).unwrap()));
        }
    }
}

/// Stopped after odd numbers of rows, it ends with the bytes of a recording that was never stopped. Chunks are made small
/// by many readouts.
#[test]
fn a_recording_that_is_cut_becomes_the_same_store() {
    let sets = ["populations.E.size=20000", "run.dt=1", "run.every=7", "stimuli.kick.to=E[7]"];
    let plain = spec(&[&sets[..], &["populations.I.tau=10", "run.noise=false"]].concat());
    let noisy = delayed(&[&sets[..], &["populations.I.tau=10"]].concat());
    goes_on(&plain, "plain");
    goes_on(&noisy, "noise-and-delays");
}

fn goes_on(d: &Spec, name: &str) {
    let study = study(d);
    let protocol = study.protocol().unwrap();
    let (whole, cut) = (Folder::new(&format!("whole-{name}")), Folder::new(&format!("cut-{name}")));
    let open = |f: &Folder| Recording::open_or_create(&f.0, d, study.circuit(), protocol).unwrap();
    let end = open(&whole).run(&Progress::default()).unwrap();
    assert_eq!((end.rows, end.outcome), (protocol.times.len(), Some(Outcome::Completed)));
    let mut calls = 0;
    loop {
        // Each time a few rows further than the last checkpoint, sometimes not as far as the next.
        let left = AtomicUsize::new(1 + calls * 5 % 11);
        calls += 1;
        let standing =
            open(&cut).run(&Progress::new(move |_| left.fetch_sub(1, Ordering::Relaxed) > 1)).unwrap();
        if standing.outcome.is_some() {
            break;
        }
        assert!(calls < 100);
    }
    assert!(calls > 2, "it was cut");
    let (mut a, mut b) = (Vec::new(), Vec::new());
    files(&whole.0, &mut a);
    files(&cut.0, &mut b);
    let relative = |all: &[(PathBuf, Vec<u8>)], root: &Folder| -> Vec<(PathBuf, Vec<u8>)> {
        all.iter().map(|(p, x)| (p.strip_prefix(&root.0).unwrap().to_path_buf(), x.clone())).collect()
    };
    assert!(relative(&a, &whole) == relative(&b, &cut));
    // And what is in it is the run.
    let run = protocol.run(study.circuit()).unwrap();
    let n = study.circuit().n();
    let first = numbers(whole.0.join("state/c/0/0"));
    let rows = first.len() / n;
    assert!(rows > 1 && rows < protocol.times.len());
    for k in 0..rows {
        assert_eq!(&first[k * n..(k + 1) * n], run.states.row(k));
    }
    // Another run is refused, with what differs.
    let other = spec(&["run.noise=false", "populations.E.h=5"]);
    let others = Study::new(other.build().unwrap(), Choices::default());
    let p = others.protocol().unwrap();
    let e = Recording::open_or_create(&cut.0, &other, others.circuit(), p).err().unwrap().to_string();
    assert!(e.contains("another run") && e.contains("--set") && e.contains("what is recorded"), "{e}");
    // So is a folder of something else.
    std::fs::remove_file(cut.0.join("zarr.json")).unwrap();
    std::fs::remove_dir_all(cut.0.join("time")).unwrap();
    let e = Recording::open_or_create(&cut.0, d, study.circuit(), protocol).err().unwrap().to_string();
    assert!(e.contains("is no recording"), "{e}");
}

#[test]
fn a_damaged_recording_is_done_again_and_a_damaged_checkpoint_refused() {
    let d = spec(&[]);
    let study = study(&d);
    let protocol = study.protocol().unwrap();
    let folder = Folder::new("damaged");
    let open = || Recording::open_or_create(&folder.0, &d, study.circuit(), protocol).unwrap();
    let end = open().run(&Progress::default()).unwrap();
    assert_eq!((end.outcome.clone(), end.damaged.clone()), (Some(Outcome::Completed), None));
    let mut whole = Vec::new();
    files(&folder.0, &mut whole);
    let chunk = folder.0.join("state/c/0/0");
    let bytes = std::fs::read(&chunk).unwrap();
    let mut altered = bytes.clone();
    altered[3] ^= 1;
    for (contents, says) in
        [(Some(&altered[..]), "checksum"), (Some(&bytes[..40]), "40 bytes"), (None, "missing")]
    {
        match contents {
            Some(contents) => std::fs::write(&chunk, contents).unwrap(),
            None => std::fs::remove_file(&chunk).unwrap(),
        }
        let again = open().run(&Progress::default()).unwrap();
        assert!(again.damaged.as_ref().is_some_and(|why| why.contains(says)), "{:?}", again.damaged);
        assert_eq!((again.rows, &again.outcome), (end.rows, &end.outcome));
        let mut now = Vec::new();
        files(&folder.0, &mut now);
        assert!(now == whole, "{says}");
    }
    // An end that tells of rows which no run has, and numbers of a checkpoint that were altered.
    let outcome = folder.0.join("outcome.json");
    std::fs::write(&outcome, format!("{{\"status\": \"completed\", \"rows\": {}}}", u64::MAX)).unwrap();
    let e = open().run(&Progress::default()).unwrap_err().to_string();
    assert!(e.contains("more rows than"), "{e}");
    std::fs::remove_file(&outcome).unwrap();
    let checkpoint = folder.0.join("checkpoint");
    let mut bytes = std::fs::read(&checkpoint).unwrap();
    let last = bytes.len() - 9;
    bytes[last] ^= 1;
    std::fs::write(&checkpoint, bytes).unwrap();
    let e = open().run(&Progress::default()).unwrap_err().to_string();
    assert!(e.contains("checkpoint is damaged"), "{e}");
}

#[test]
fn readouts_are_what_they_say() {
    let record = r#"run.record=["E[2]", "mean I", "sd E", { name = "both", pattern = { E = 1, I = -2 } }]"#;
    let d = spec(&[record]);
    let study = study(&d);
    let protocol = study.protocol().unwrap();
    let folder = Folder::new("readouts");
    let recording = Recording::open_or_create(&folder.0, &d, study.circuit(), protocol).unwrap();
    recording.run(&Progress::default()).unwrap();
    let run = protocol.run(study.circuit()).unwrap();
    let written = numbers(folder.0.join("state/c/0/0"));
    for (k, row) in written.chunks_exact(4).enumerate() {
        let x = run.states.row(k);
        let mean = (x[0] + x[1] + x[2]) / 3.0;
        let sd = (x[..3].iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 3.0).sqrt();
        let both = x[0] + x[1] + x[2] - 2.0 * (x[3] + x[4]);
        for (a, b) in row.iter().zip([x[2], 0.5 * (x[3] + x[4]), sd, both]) {
            assert!((a - b).abs() <= 1e-14 * (1.0 + b.abs()), "{k}: {a} {b}");
        }
    }
    for (bad, says) in [
        (r#"run.record=["E[3]"]"#, "units of E are 0 to 2"),
        (r#"run.record=["mean X"]"#, "X"),
        (r#"run.record=["E", "E[0]"]"#, "twice"),
        (r#"run.record=[]"#, "nothing is recorded"),
        (r#"run.record=[3]"#, "record cannot be"),
        (r#"run.record=[{ name = "a" }]"#, "pattern"),
    ] {
        let e = parse(NOISY, "noisy", "".as_ref(), &[bad.to_string()])
            .and_then(|s| s.build())
            .unwrap_err()
            .to_string();
        assert!(e.contains(says), "{bad}: {e}");
    }
}

/// Time constants from 0.001 to 100: the errors follow the tolerances, in far fewer evaluations than the explicit
/// method's.
#[test]
fn the_stiff_method_keeps_its_tolerance() {
    let w = Matrix::from_rows(&[[0.5, -1.0, 0.3], [0.8, -0.5, 0.0], [0.2, 0.6, 0.1]]);
    let tau = [100.0, 1.0, 0.001];
    let (h, x0) = ([1.0, 0.5, -0.2], [0.0, 2.0, 1.0]);
    let c = with_stimuli(
        &circuit(Form::Rate, &w, &tau, &h, &Transfer::identity()),
        vec![neurate::model::Stimulus {
            name: "wave".into(),
            pattern: vec![1.0, 0.0, 0.5],
            waveform: neurate::model::Waveform::Sinusoid {
                at: 2.0,
                until: 9.0,
                amplitude: 1.0,
                omega: 1.7,
                phase: 0.0,
            },
        }],
    );
    let dynamics = CircuitDynamics::new(&c);
    let times = time_grid(0.0, 12.0, 7);
    let a = neurate::dynamics::Dynamics::jacobian(&CircuitDynamics::at_rest(&c), 0.0, &x0);
    let b: Vec<f64> = tau.iter().map(|t| 1.0 / t).collect();
    let drive = neurate::linear::modes::LinearDrive { a: &a, b: &b, h: &h, stimuli: c.stimuli() };
    let exact = neurate::linear::modes::linear_response(&drive, &x0, &times).unwrap().states;
    let mut last = f64::INFINITY;
    for tol in [1e-4, 1e-6, 1e-8, 1e-10] {
        let run = simulate(&dynamics, &x0, &times, Method::Stiff { rtol: tol, atol: tol }, 1e6).unwrap();
        let error = run.states.sub(&exact).max_abs();
        // Local errors of up to some hundred steps, few of which are at the tolerance.
        assert!(error < 20.0 * tol, "{tol:e}: {error:e}");
        assert!(error < last, "{tol:e}: {error:e} after {last:e}");
        last = error;
        if tol == 1e-6 {
            let explicit =
                simulate(&dynamics, &x0, &times, Method::Adaptive { rtol: tol, atol: tol }, 1e6).unwrap();
            assert!(
                10 * run.evaluations < explicit.evaluations,
                "{} {}",
                run.evaluations,
                explicit.evaluations
            );
        }
    }
}

#[test]
fn the_stiff_method_says_where_a_circuit_runs_away() {
    let w = Matrix::from_rows(&[[3.0]]);
    let f = Transfer::new("power", &[("k", 1.0), ("n", 2.0)], 1.0).unwrap();
    let c = circuit(Form::Rate, &w, &[1.0], &[1.0], &f);
    let times = time_grid(0.0, 10.0, 20);
    let at = |method| match simulate(&CircuitDynamics::new(&c), &[0.0], &times, method, 1e6).unwrap().outcome
    {
        Outcome::RanAway { time, .. } => time,
        other => panic!("it must run away: {other:?}"),
    };
    let (stiff, explicit) =
        (at(Method::Stiff { rtol: 1e-8, atol: 1e-8 }), at(Method::Adaptive { rtol: 1e-10, atol: 1e-10 }));
    // Both see the pole up to a step; the way from 1e6 on takes 1e-7.
    assert!((stiff - explicit).abs() < 1e-4, "{stiff} {explicit}");
}

#[test]
fn the_stiff_method_refuses_what_it_could_not_factorize() {
    let d = spec(&["run.noise=false", "run.method=stiff", "populations.E.size=5000"]);
    let study = study(&d);
    let e = study.protocol().unwrap().run(study.circuit()).unwrap_err();
    assert!(e.to_string().contains("up to 4000") && e.help().is_some(), "{e}");
}

#[test]
fn a_run_ends_where_it_is_steady() {
    let sets = [
        "run.noise=false",
        "run.steady=1e-6",
        "run.duration=2000",
        "stimuli.wave.until=20",
        "run.method=adaptive",
    ];
    let d = spec(&sets);
    let study = study(&d);
    let protocol = study.protocol().unwrap();
    let run = protocol.run(study.circuit()).unwrap();
    let Outcome::Settled { time } = run.outcome else { panic!("{:?}", run.outcome) };
    assert_eq!(Some(&time), run.times.last());
    // Not before the last stimulus ends, at 71, however still it is.
    assert!(time > 71.0 && time < 1000.0, "{time}");
    let dynamics = CircuitDynamics::at_rest(study.circuit());
    let far = |k: usize| {
        let x = run.states.row(k);
        let (mut target, mut tau) = (vec![0.0; 5], vec![0.0; 5]);
        neurate::dynamics::Dynamics::relaxation(&dynamics, 0.0, x, &mut target, &mut tau);
        x.iter().zip(&target).map(|(x, t)| (x - t).abs()).fold(0.0, f64::max)
    };
    assert!(far(run.times.len() - 1) <= 1e-6 && far(run.times.len() - 2) > 1e-6);
    // Steady for the step that stays, also in a recording.
    let folder = Folder::new("steady");
    let recording = Recording::open_or_create(&folder.0, &d, study.circuit(), protocol).unwrap();
    let end = recording.run(&Progress::default()).unwrap();
    assert_eq!((end.rows, end.outcome.clone()), (run.times.len(), Some(Outcome::Settled { time })));
    assert_eq!(recording.run(&Progress::default()).unwrap(), end);
    // Killed between its last rows and the word that it ended: it ends there again, and overwrites nothing.
    let mut before = Vec::new();
    files(&folder.0, &mut before);
    std::fs::remove_file(folder.0.join("outcome.json")).unwrap();
    assert_eq!(recording.run(&Progress::default()).unwrap(), end);
    let mut after = Vec::new();
    files(&folder.0, &mut after);
    assert!(before == after);
    // What never is: noise, an input for good, delays.
    let noisy = spec(&["run.steady=1e-6"]);
    let study = self::study(&noisy);
    assert!(study.protocol().unwrap().run(study.circuit()).unwrap_err().to_string().contains("noise"));
    let moving = spec(&["run.noise=false", "run.steady=1", "run.method=rk4"]);
    let study = self::study(&moving);
    assert_eq!(study.protocol().unwrap().run(study.circuit()).unwrap().outcome, Outcome::Completed);
}
