//! Input that asks for more than there is, or takes longer than anybody waits: refused in words, never a panic, and never
//! the end of the process by the system.

use std::process::{Command, Output};
use tempfile::TempDir;

const PAIR: &str =
    "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 20, h = 1 }\n[W]\n\"E <- E\" = 0.5\n";

/// Three bistable units; what was found at the ceilings below ended in a panic.
const BISTABLE: &str = r#"neurate = 1
[populations]
A = { kind = "unconstrained", tau = 20, f = { kind = "logistic", max = 100, midpoint = 20, width = 3 } }
B = { like = "A", kind = "unconstrained" }
C = { like = "A", kind = "unconstrained" }
[W]
default = 0
"A <- A" = 0.5
"B <- B" = 0.5
"C <- C" = 0.5
[noise]
own = { to = "*", kind = "ou", sd = 1, time = 5 }
[run]
seed = 1
"#;

fn neurate(folder: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neurate"));
    command.args(args).current_dir(folder.path()).env("COLUMNS", "200").output().expect("the binary runs")
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file in a temporary folder");
    }
    folder
}

/// What was said, in one line without the frame of a message.
fn said(o: &Output) -> String {
    let text = String::from_utf8_lossy(&o.stderr);
    assert!(!text.contains("panicked"), "{text}");
    text.split(|c: char| c.is_whitespace() || c == '|')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn refused(o: &Output, words: &str) {
    let text = said(o);
    assert_eq!(o.status.code(), Some(2), "{text}");
    assert!(text.contains(words), "{text}");
}

#[test]
fn a_run_of_too_many_steps_or_rows_is_refused() {
    let f = folder(&[("c.toml", PAIR)]);
    for (sets, words) in [
        (&["run.dt=1e-300", "run.method=\"rk4\"", "run.duration=100"][..], "the run asks for 1.0e302 steps"),
        (&["run.dt=0.001", "run.method=\"rk4\"", "run.duration=1e12"], "the run asks for 1.0e15 steps"),
        (&["run.every=0.001", "run.duration=1e12"], "1000000000000000 recorded times take 24 PB of memory"),
        (&["run.every=1e-300"], "18446744073709551615 recorded times take"),
        (&["tau=1e-6", "run.duration=1000", "run.method=\"rk4\""], "write the step under [run]"),
    ] {
        let mut args = vec!["simulate", "c.toml"];
        sets.iter().for_each(|set| args.extend(["--set", set]));
        let o = neurate(&f, &args);
        refused(&o, words);
        // A store holds a state at a time, but the times of all.
        refused(&neurate(&f, &[&args[..], &["-o", "run.zarr"]].concat()), words);
        assert!(!f.path().join("run.zarr").exists());
    }
    let e = said(&neurate(&f, &["simulate", "c.toml", "--set", "run.every=1e-300"]));
    assert!(e.contains("would fit") && e.contains("record less often") && e.contains("--memory"), "{e}");
}

#[test]
fn time_constants_far_apart_need_a_duration() {
    let f = folder(&[(
        "c.toml",
        "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 1e9, h = 1 }\nI = { kind = \"inhibitory\", tau = 10 }\n\
         [W]\ndefault = 0\n\"E <- E\" = 0.5\n[noise]\nx = { to = \"*\", kind = \"white\", intensity = 1 }\n[run]\nseed = 1\n",
    )]);
    refused(&neurate(&f, &["simulate", "c.toml"]), "write a duration under [run]");
    assert!(neurate(&f, &["simulate", "c.toml", "--set", "run.duration=100"]).status.success());
}

#[test]
fn memory_is_what_one_allows() {
    let f = folder(&[("c.toml", PAIR)]);
    let little = neurate(&f, &["simulate", "c.toml", "--memory", "1kB"]);
    refused(
        &little,
        "400 recorded times take 9.6 kB of memory, more than the 1.0 kB that may be used; 41 would fit",
    );
    // 401 rows of a time and a state, in 20 letters each.
    let text = neurate(&f, &["simulate", "c.toml", "--memory", "10kB", "-o", "run.csv"]);
    refused(&text, "401 rows of text take 16 kB");
    assert!(neurate(&f, &["simulate", "c.toml", "--memory", "1MB", "-o", "run.csv"]).status.success());
    refused(&neurate(&f, &["check", "c.toml", "--memory", "lots"]), "no amount of memory");
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_the_system_is_known() {
    let f = folder(&[("c.toml", PAIR)]);
    let line = format!(
        "ulimit -v 1000000; exec {} simulate c.toml --set run.every=1e-6",
        env!("CARGO_BIN_EXE_neurate")
    );
    // Ten time constants of 20 ms in steps of a millionth: 200 million times.
    let o = Command::new("sh").args(["-c", &line]).current_dir(f.path()).output().expect("a shell");
    refused(&o, "200000000 recorded times take 4.8 GB of memory, more than the 512 MB that may be used");
}

#[test]
fn units_are_counted_before_there_are_any() {
    let populations: String = (0..1000)
        .map(|k| format!("P{k} = {{ kind = \"excitatory\", size = 10000000, tau = 20 }}\n"))
        .collect();
    let f = folder(&[("c.toml", &format!("neurate = 1\n[populations]\n{populations}[W]\ndefault = 0\n"))]);
    refused(
        &neurate(&f, &["check", "c.toml", "--memory", "100GB"]),
        "10000000000 units take 640 GB of memory",
    );
}

#[test]
fn sizes_of_files_are_read_before_the_files() {
    let market = "%%MatrixMarket matrix coordinate real general\n";
    let f = folder(&[
        ("rows.mtx", &format!("{market}1000000000 1000000000 1\n1 1 1\n")),
        ("entries.mtx", &format!("{market}1000 1000 1000000000000000000\n1 1 1\n")),
        ("full.mtx", "%%MatrixMarket matrix array real general\n9000000 9000000\n1\n"),
    ]);
    for (file, words) in [
        ("rows.mtx", "1000000000 rows or columns"),
        ("entries.mtx", "numbers take 24 EB of memory"),
        ("full.mtx", "81000000000000 numbers take 2.6 PB of memory"),
    ] {
        refused(&neurate(&f, &["check", file, "--tau", "20"]), words);
    }
}

#[test]
fn searches_samples_and_grids_have_bounds() {
    let most = u64::MAX.to_string();
    let with_errors = PAIR.to_string() + "[se.W]\n\"* <- *\" = \"10 %\"\n";
    let f = folder(&[("c.toml", &with_errors)]);
    refused(&neurate(&f, &["fixed-points", "c.toml", "--starts", &most]), "at most 10000000 random starts");
    let o = neurate(&f, &["response", "c.toml", "--samples", &most]);
    assert!(o.status.code().is_some_and(|code| code <= 2), "{}", said(&o));
    let axes = ["--axis", "h=1:2:10000000", "--axis", "E.tau=1:2:10000000"];
    refused(&neurate(&f, &[&["sweep", "c.toml"], &axes[..]].concat()), "100000000000000 cells");
    // One chunk of a hundred million million cells.
    let o = neurate(&f, &[&["sweep", "c.toml"], &axes[..], &["--chunk", "10000000x10000000"]].concat());
    refused(&o, "cells of a chunk take");
    let o = neurate(&f, &["sweep", "c.toml", "--axis", "h=1:2:3", "--threads", "100000", "-o", "s.zarr"]);
    assert!(o.status.success(), "{}", said(&o));
}

#[test]
fn formulas_have_an_end() {
    let with = |formula: &str| {
        PAIR.replace(
            "h = 1 }",
            &format!("h = 1, f = {{ kind = \"expression\", formula = \"{formula}\" }} }}"),
        )
    };
    let f = folder(&[
        ("signs.toml", &with(&("-".repeat(100_000) + "x"))),
        ("brackets.toml", &with(&("(".repeat(2_000) + "x" + &")".repeat(2_000)))),
        ("long.toml", &with(&vec!["x"; 20_000].join("+"))),
        ("deep.toml", &with(&("tanh(".repeat(900) + "x" + &")".repeat(900)))),
    ]);
    refused(&neurate(&f, &["check", "signs.toml"]), "nested 100000 deep");
    refused(&neurate(&f, &["check", "brackets.toml"]), "nested 2000 deep");
    let long = neurate(&f, &["check", "long.toml"]);
    refused(&long, "39999 numbers, names, operators and brackets");
    assert!(said(&long).contains("long.toml:3"), "{}", said(&long));
    assert!(neurate(&f, &["fixed-points", "deep.toml"]).status.success());
}

#[test]
fn a_ceiling_below_every_state_is_no_panic() {
    let f = folder(&[("c.toml", BISTABLE)]);
    for ceiling in ["run.ceiling=50", "run.ceiling=1e-5", "run.ceiling=1e-300"] {
        for verb in [
            &["fixed-points", "c.toml"][..],
            &["simulate", "c.toml"],
            &["simulate", "c.toml", "-o", "run.csv"],
            &["simulate", "c.toml", "-o", "run.zarr"],
            &["simulate", "c.toml", "--trials", "70"],
            &["simulate", "c.toml", "--trials", "70", "-o", "run.csv"],
            &["report", "c.toml", "-o", "out.html"],
        ] {
            let _ = std::fs::remove_dir_all(f.path().join("run.zarr"));
            let o = neurate(&f, &[verb, &["--set", ceiling]].concat());
            assert!(o.status.success(), "{verb:?} {ceiling}: {}", said(&o));
            said(&o);
        }
    }
}

/// Delays beside a time constant of 3e-5 ms: a run from rest would take 2e9 steps, an integral of spectra as many frequencies.
#[test]
fn delays_beside_tiny_time_constants_are_answered_or_refused() {
    let f = folder(&[(
        "c.toml",
        "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 20, f = \"threshold-linear\", h = 1 }\n\
         I = { kind = \"inhibitory\", tau = 3.1125622575099944e-05, f = \"threshold-linear\", h = 1 }\n\
         [W]\n\"* <- E\" = 0.8\n\"* <- I\" = -0.5\n[delays]\ndefault = 0.5\n\"* <- E\" = 1\n\"E <- I\" = \"2 ms\"\n",
    )]);
    let points = neurate(&f, &["fixed-points", "c.toml", "--full"]);
    assert!(points.status.success(), "{}", said(&points));
    let told = String::from_utf8_lossy(&points.stdout).into_owned();
    assert!(told.contains("no run from rest was made"), "{told}");
    refused(&neurate(&f, &["simulate", "c.toml"]), "write a duration under [run]");
    for verb in ["modes", "noise"] {
        let o = neurate(&f, &[verb, "c.toml"]);
        assert!(o.status.code().is_some_and(|code| code <= 1), "{verb}: {}", said(&o));
    }
}

/// Extremes of every number of a pair, in every verb: an answer or an error.
#[test]
fn extremes_of_every_number_are_answered_or_refused() {
    let text = "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 20, f = { kind = \"power\", n = 2, k = 0.04 }, h = 5 }\n\
                I = { kind = \"inhibitory\", tau = 10, f = { kind = \"logistic\", max = 100, midpoint = 20, width = 3 }, h = 2 }\n\
                [W]\n\"E <- E\" = 1\n\"E <- I\" = -0.5\n\"I <- E\" = 1\n\"I <- I\" = -0.5\n[delays]\ndefault = 1\n";
    let f = folder(&[("c.toml", text), ("plain.toml", text.split("[delays]").next().expect("a text"))]);
    let addresses =
        ["E.tau", "E.h", "W.E<-I", "E.f.k", "I.f.width", "E.f.n", "run.duration", "run.dt", "run.ceiling"];
    for address in addresses {
        for value in ["1e-300", "1e300", "0", "-1"] {
            for (file, verb) in
                [("plain.toml", "fixed-points"), ("plain.toml", "simulate"), ("c.toml", "modes")]
            {
                let set = format!("{address}={value}");
                let o = neurate(&f, &[verb, file, "--set", &set]);
                assert!(o.status.code().is_some_and(|code| code <= 2), "{verb} {file} {set}: {}", said(&o));
                said(&o);
            }
        }
    }
}

#[test]
fn paths_that_are_none_are_errors() {
    let f = folder(&[]);
    for args in [&["check", "nothing.toml"][..], &["check", ""], &["sweep", "nothing.toml", "--status"]] {
        let o = neurate(&f, args);
        assert_eq!(o.status.code(), Some(2), "{args:?}: {}", said(&o));
    }
    assert!(!f.path().join("nothing.toml").exists());
}
