//! `neurate diagram`, by the real binary: reference points, regimes, files, and every bad input.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Case A2 of the reference: a subcritical Hopf point, a fold of cycles, cycles that end on a fold.
const A2: &str = r#"
neurate = 1
title = "Wilson-Cowan pair"
[populations]
E = { kind = "excitatory", tau = 10, h = 0, f = { kind = "logistic", width = 0.5555555555555556, midpoint = 4 } }
I = { kind = "inhibitory", tau = 20, f = { kind = "logistic", width = 0.5555555555555556, midpoint = 5.5 } }
[W]
"E <- E" = 8.3
"E <- I" = -10.4
"I <- E" = 12.3
"I <- I" = -7.7
"#;

/// Case A1: Hoppensteadt & Izhikevich's pair.
const A1: &str = r#"
neurate = 1
[populations]
E = { kind = "unconstrained", tau = 1, h = -12, f = { kind = "logistic", width = 1, midpoint = 0 } }
I = { kind = "unconstrained", tau = 1, h = -4, f = { kind = "logistic", width = 1, midpoint = 0 } }
[W]
"E <- E" = 10
"E <- I" = -10
"I <- E" = 10
"I <- I" = 2
"#;

/// Case A8: a supralinear stabilized network with three steady states in a window of input.
const A8: &str = r#"
neurate = 1
[populations]
E = { kind = "excitatory", tau = 20, f = { kind = "power", k = 0.04, n = 2 } }
I = { kind = "inhibitory", tau = 20, f = { kind = "power", k = 0.04, n = 2 } }
[W]
"E <- E" = 2.57
"E <- I" = -1.0
"I <- E" = 1.87
"I <- I" = -0.24
"#;

/// One excitatory population with a supralinear function: a fold, beyond which it runs away.
const ALONE: &str = r#"
neurate = 1
[populations]
E = { kind = "excitatory", tau = 20, h = 1, f = { kind = "power", k = 0.04, n = 2 } }
[W]
"E <- E" = 1.0
"#;

const LINEAR: &str = r#"
neurate = 1
[populations]
E = { kind = "excitatory", tau = 20, h = 1 }
[W]
"E <- E" = 0.5
"#;

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Files {
        Files(tempfile::tempdir().expect("a folder"))
    }
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file in a temporary folder");
        path.display().to_string()
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn neurate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_neurate"))
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env("COLUMNS", "120")
        .output()
        .expect("the binary runs")
}

fn out(o: &Output) -> String {
    String::from_utf8_lossy(&o.stdout).into_owned()
}

fn err(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).into_owned()
}

/// The answer in JSON.
fn data(args: &[&str]) -> Value {
    let o = neurate(&[&["diagram"], args, &["--json", "-q"]].concat());
    assert!(o.status.success(), "{args:?}: {}", err(&o));
    let report: Value = serde_json::from_str(&out(&o)).expect("JSON");
    report["sections"][0]["data"].clone()
}

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap_or_else(|| panic!("{v} is no number"))
}

/// Values of the parameter at the points of a kind.
fn places(d: &Value, kind: &str) -> Vec<f64> {
    let points = d["points"].as_array().expect("points");
    points.iter().filter(|p| p["kind"] == kind).map(|p| number(&p["p"])).collect()
}

#[track_caller]
fn near(a: &[f64], b: &[f64]) {
    let same = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-8 * (1.0 + b.abs()));
    assert!(same, "{a:?}, not {b:?}");
}

/// Regimes: kind, stable and unstable steady states.
fn regimes(d: &Value) -> Vec<(String, u64, u64)> {
    let all = d["regimes"].as_array().expect("regimes");
    let count = |v: &Value| v.as_u64().expect("a number");
    all.iter()
        .map(|r| (r["kind"].as_str().expect("a word").into(), count(&r["stable"]), count(&r["unstable"])))
        .collect()
}

fn regime(kind: &str, stable: u64, unstable: u64) -> (String, u64, u64) {
    (kind.into(), stable, unstable)
}

#[test]
fn a2_has_the_reference_points() {
    let files = Files::new();
    let d = data(&[&files.file("a2.toml", A2), "--along", "E.h=-3:8", "--no-cycles"]);
    near(&places(&d, "fold"), &[1.291_362_577_7, 1.984_781_037_3]);
    near(&places(&d, "hopf"), &[3.030_246_332_7]);
    let hopf = &d["points"][2];
    assert!((number(&hopf["l1"]) - 5.009_984_422_4).abs() < 1e-5, "{hopf}");
    assert!(
        (number(&hopf["period"]) - 25.74).abs() < 0.005 && (number(&hopf["frequency"]) - 38.85).abs() < 0.05
    );
    assert_eq!((&hopf["criticality"], &hopf["cycle_exists"]), (&"subcritical".into(), &"above".into()));
    assert!(
        (number(&hopf["state"][0]) - 0.6921).abs() < 1e-4
            && (number(&hopf["state"][1]) - 0.4159).abs() < 1e-4
    );
    assert!((number(&d["points"][0]["a"]) - 0.401).abs() < 1e-3);
    // Bounded rates of two populations: between the last fold and the Hopf point there is nothing but oscillation.
    let expected =
        [regime("steady", 1, 0), regime("steady", 1, 2), regime("oscillating", 0, 1), regime("steady", 1, 0)];
    assert_eq!(regimes(&d), expected);
    assert_eq!(d["complete"]["equilibria"], "proved");
    assert_eq!(d["complete"]["index_sum_right"], true);
    assert!(d["isn"].as_array().is_some_and(|all| !all.is_empty()), "{}", d["isn"]);
    assert_eq!(d["cycles"], Value::Null);
}

/// W[to, from]: the transposed circuit, with Dale's signs, has other points.
#[test]
fn a_transposed_circuit_has_other_points() {
    let files = Files::new();
    let turned = A2.replace("\"E <- I\" = -10.4", "\"E <- I\" = -12.3").replace("= 12.3", "= 10.4");
    assert_ne!(turned, A2);
    let d = data(&[&files.file("t.toml", &turned), "--along", "E.h=-3:8", "--no-cycles"]);
    let folds = places(&d, "fold");
    assert!(
        folds.iter().all(|p| (p - 1.291_362_58).abs() > 1e-5 && (p - 1.984_781_04).abs() > 1e-5),
        "{folds:?}"
    );
}

#[test]
fn a1_and_a_supralinear_network_have_the_reference_points() {
    let files = Files::new();
    let d = data(&[&files.file("a1.toml", A1), "--along", "E.h=-12:15", "--no-cycles"]);
    assert_eq!(places(&d, "fold").len(), 2);
    near(&places(&d, "hopf"), &[-1.568_000_981_107]);
    assert_eq!(d["points"][0]["criticality"], "supercritical");
    assert_eq!(d["isn"], Value::Null, "there are no kinds");
    // A joint parameter: what it adds to the file's own inputs.
    let ssn = files.file("a8.toml", A8);
    let d = data(&[&ssn, "--along", "c=0.5:25", "--drive", "E.h=1,I.h=0.95", "--no-cycles"]);
    assert_eq!(places(&d, "fold").len(), 2);
    assert!(
        (places(&d, "fold")[0] - 3.606_856).abs() < 1e-6 && (places(&d, "fold")[1] - 3.932_112).abs() < 1e-6
    );
    assert!((places(&d, "hopf")[0] - 18.128_835).abs() < 1e-6);
    let joint = &d["parameter"]["joint"];
    assert_eq!((&joint[1]["address"], number(&joint[1]["gain"])), (&"I.h".into(), 0.95));
    let shifted = A8.replace("tau = 20, f", "tau = 20, h = 1, f");
    let shifted = shifted.replacen("h = 1,", "h = 2,", 1);
    // E.h is 2 and I.h is 1: no multiple of the gains, so that adding and setting differ.
    let args = ["--along", "c=0.5:25", "--drive", "E.h=1,I.h=0.95", "--no-cycles"];
    let s = data(&[&[files.file("s.toml", &shifted).as_str()], &args[..]].concat());
    assert!(places(&s, "fold") != places(&d, "fold"));
    // The address in full is the same parameter.
    let long = data(&[&ssn, "--along", "populations.E.h=1:2", "--no-cycles"]);
    assert_eq!(long["parameter"]["name"], "E.h");
}

#[test]
fn the_terminal_says_regimes_then_points_then_how_complete() {
    let files = Files::new();
    let o = neurate(&["diagram", &files.file("a2.toml", A2), "--along", "E.h=-3:8", "--no-cycles", "-q"]);
    let text = out(&o);
    assert!(o.status.success(), "{}", err(&o));
    let order = [
        "Diagram along E.h from −3 to 8",
        "below 1.985",
        "one steady state",
        "three in all between 1.291 and 1.985",
        "1.985 to 3.03",
        "oscillates",
        "above 3.03",
        "1.2913625777",
        "1.9847810373",
        "3.0302463327",
        "Hopf, subcritical",
        "How complete: steady states proved for the whole range",
        "Audit: at 33 values",
    ];
    let mut from = 0;
    for words in order {
        let at = text[from..]
            .find(words)
            .unwrap_or_else(|| panic!("\"{words}\" is missing, or not in its place, in\n{text}"));
        from += at;
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["l₁ +5.01", "period 25.74 ms (38.9 Hz)", "an unstable cycle exists above"] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
}

#[test]
fn files_are_written_as_their_endings_say() {
    let files = Files::new();
    let a2 = files.file("a2.toml", A2);
    let write = |name: &str| {
        let path = files.path(name);
        let o = neurate(&[
            "diagram",
            &a2,
            "--along",
            "E.h=-3:8",
            "--no-cycles",
            "-q",
            "-o",
            &path.display().to_string(),
        ]);
        assert!(o.status.success(), "{name}: {}", err(&o));
        std::fs::read(path).expect("it is written")
    };
    let csv = String::from_utf8(write("x.csv")).expect("text");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("kind,branch,E.h,unstable,point,E,I,period (ms),min E,max E,min I,max I"));
    let rows: Vec<Vec<&str>> = lines.map(|l| l.split(',').collect()).collect();
    assert!(rows.len() > 50 && rows.iter().all(|r| r.len() == 12 && r[0] == "steady state"));
    assert!(rows.iter().any(|r| r[4] == "hopf" && r[2].starts_with("3.03024633")));
    // Stability in the table is that of the eigenvalues: unstable between the folds only on the middle branch, and up to Hopf.
    let stable = |r: &&Vec<&str>| r[3] == "0" && r[2].parse::<f64>().is_ok_and(|p| p > 2.0 && p < 3.0);
    assert_eq!(rows.iter().filter(stable).count(), 0);
    let svg = String::from_utf8(write("x.svg")).expect("text");
    assert!(
        svg.contains("rate of E along E.h")
            && svg.contains("Hopf, subcritical")
            && svg.contains("oscillates")
    );
    assert!(write("x.png").starts_with(b"\x89PNG"));
    assert!(String::from_utf8(write("x.html")).expect("text").contains("Diagram along E.h"));
    let json: Value = serde_json::from_slice(&write("x.json")).expect("JSON");
    assert_eq!(json["sections"][0]["name"], "diagram");
    let folder = files.path("figures");
    let o = neurate(&[
        "diagram",
        &a2,
        "--along",
        "E.h=-3:8",
        "--no-cycles",
        "--show",
        "I",
        "-q",
        "--format",
        "svg",
        "--figures",
        &folder.display().to_string(),
    ]);
    assert!(o.status.success(), "{}", err(&o));
    for name in ["diagram_E", "diagram_I", "diagram_growth", "diagram_frequency"] {
        assert!(folder.join(format!("{name}.svg")).exists(), "{name}");
    }
}

#[test]
fn a_range_is_found_where_none_is_given() {
    let files = Files::new();
    let d = data(&[&files.file("a2.toml", A2), "--along", "E.h", "--no-cycles"]);
    let range: Vec<f64> = d["range"].as_array().expect("two").iter().map(number).collect();
    assert!(range[0] < 1.29 && range[1] > 3.03, "{range:?}");
    assert_eq!((places(&d, "fold").len(), places(&d, "hopf").len()), (2, 1));
    assert_ne!(d["range_origin"], "given");
    // An unbounded function never saturates: it is said how far was looked.
    let d = data(&[&files.file("alone.toml", ALONE), "--along", "E.h", "--no-cycles"]);
    assert_eq!((places(&d, "fold").len(), &d["range_origin"]), (1, &"grown_to_limit".into()));
    near(&places(&d, "fold"), &[6.25]);
}

#[test]
fn a_file_may_say_along_what() {
    let files = Files::new();
    let text = format!(
        "{A2}\n[diagram]\nalong = \"drive=0:8\"\ndrive = {{ \"E.h\" = 1, \"I.h\" = 0.1 }}\nshow = \"I\"\n"
    );
    let file = files.file("with.toml", &text);
    let d = data(&[&file, "--no-cycles"]);
    assert_eq!((&d["parameter"]["name"], &d["show"]), (&"drive".into(), &"I".into()));
    assert!(neurate(&["check", &file]).status.success());
    let report = |file: &str| -> Vec<String> {
        let o = neurate(&["report", file, "--json", "-q"]);
        assert!(o.status.success(), "{}", err(&o));
        let json: Value = serde_json::from_str(&out(&o)).expect("JSON");
        let sections = json["sections"].as_array().expect("sections");
        sections.iter().map(|s| s["name"].as_str().expect("a name").to_string()).collect()
    };
    assert!(report(&file).contains(&"diagram".to_string()));
    assert!(!report(&files.file("a2.toml", A2)).contains(&"diagram".to_string()));
    for (table, said) in [
        ("[diagram]\nshow = \"E\"", "needs along"),
        ("[diagram]\nalong = 3", "along is a text"),
        ("[diagram]\nalong = []", "one parameter or two"),
        ("[diagram]\nalong = \"E.h=0:1\"\nsteps = 100", "steps"),
        ("[diagram]\nalong = \"d=0:1\"\ndrive = { E.h = 1 }", "needs quotes"),
    ] {
        let o = neurate(&["check", &files.file("bad.toml", &format!("{A2}\n{table}\n"))]);
        assert_eq!(o.status.code(), Some(2), "{table}");
        assert!(err(&o).contains(said), "{table}: {}", err(&o));
    }
}

/// What is wrong, what is said of it, and what would be right.
#[test]
fn bad_input_is_refused_with_what_would_be_right() {
    let files = Files::new();
    let a2 = files.file(
        "a2.toml",
        &format!("{A2}\n[stimuli]\nkick = {{ to = \"E\", kind = \"step\", amplitude = 1, until = 100 }}\n"),
    );
    for (along, said, help) in [
        ("E.x=0:1", "no such parameter: E.x", "neurate params"),
        ("Q.h=0:1", "no such parameter", "neurate params"),
        ("drive=0:1", "no such parameter: drive", "--drive"),
        ("E.kind=0:1", "not a number", "neurate params"),
        ("form=0:1", "form is no number", "neurate params"),
        ("seed=0:1", "seed is no number", "neurate params"),
        ("E.size=1:5", "changes the number of states", "neurate params"),
        ("units.time=0:1", "does not enter", "neurate params"),
        ("run.duration=1:2", "does not enter", "neurate params"),
        ("stimuli.kick.area=0:1", "without stimuli", "E.h"),
        ("connect.E<-I.p=0:1", "draws the weights anew", "W.E<-I"),
        ("h=0:1", "", ""),
        ("E.h=1:1", "is one value", "two different numbers"),
        ("E.h=8:-3", "the smaller value comes first", "E.h=-3:8"),
        ("E.h=0:inf", "must be finite", "E.h=-3:8"),
        ("E.h=0:nan", "must be finite", "E.h=-3:8"),
        ("E.h=0", "is no range", "E.h=-3:8"),
        ("E.tau=-5:20", "E.tau = -5", "values below 0 are not allowed"),
        ("W.E<-I=-12:1", "W.E<-I = 1", "values above 0 are not allowed"),
        ("E.sigma=0:1", "does not enter: the equations are the same", "neurate params"),
        ("E.h=0:1 ms", "is", ""),
    ] {
        if said.is_empty() {
            continue;
        }
        let o = neurate(&["diagram", &a2, "--along", along, "-q"]);
        assert_eq!(o.status.code(), Some(2), "{along}: {}{}", out(&o), err(&o));
        let text = err(&o);
        assert!(text.contains(said) && text.contains(help), "{along}: {text}");
    }
    for (args, said) in [
        (&["--along", "E.h=0:1", "--along", "E.h=1:2"][..], "stands twice"),
        (&["--along", "E.h=0:1", "--drive", "E.h=1"], "a name of its own"),
        (&["--along", "d=0:1", "--drive", "E.h=1,E.h=2"], "stands twice"),
        (&["--along", "d=0:1", "--drive", "E.h=0"], "moves nothing"),
        (&["--along", "d=0:1", "--drive", "E.h"], "no address with a gain"),
        (&["--along", "d=0:1", "--drive", "E.h=1,populations.E.h=2"], "stands twice"),
        (&["--along", "E.h=0:1", "--show", "Q"], "no population \"Q\""),
        (&["--along", "E.h=0:1", "--effort", "9"], "9"),
        (&["--along", "E.h=0:1", "-o", "x.zarr"], "writes no .zarr"),
    ] {
        let o = neurate(&[&["diagram", &a2, "-q"], args].concat());
        assert_eq!(o.status.code(), Some(2), "{args:?}: {}", out(&o));
        assert!(err(&o).contains(said), "{args:?}: {}", err(&o));
    }
}

/// Circuits that are special in some way: that is said.
#[test]
fn what_is_special_about_a_circuit_is_said() {
    let files = Files::new();
    let a2 = files.file("a2.toml", A2);
    let remarks = |d: &Value| -> Vec<String> {
        let all = d["remarks"].as_array().expect("remarks");
        all.iter().map(|r| r.as_str().expect("a word").to_string()).collect()
    };
    // A time constant moves no steady state; an end at a rule is moved inside.
    let d = data(&[&a2, "--along", "E.tau=0:40", "--set", "E.h=2.5", "--no-cycles"]);
    assert!(remarks(&d).contains(&"stability_only".to_string()), "{:?}", remarks(&d));
    assert_eq!(number(&d["clipped"][0]["asked"]), 0.0);
    assert!(number(&d["range"][0]) > 0.0 && number(&d["range"][0]) < 0.1);
    // Linear: det = 0 at W = 1, where the rate leaves every bound.
    let linear = files.file("linear.toml", LINEAR);
    let d = data(&[&linear, "--along", "W.E<-E=0.2:1.8"]);
    assert!(remarks(&d).contains(&"linear".to_string()));
    let o = neurate(&["diagram", &linear, "--along", "W.E<-E=0.2:1.8", "-q"]);
    assert!(out(&o).contains("boundary of stability at W.E<-E = 1"), "{}", out(&o));
    // Noise and stimuli are left out.
    let noisy = format!(
        "{A2}\n[stimuli]\nkick = {{ to = \"E\", kind = \"step\", amplitude = 1, until = 100 }}\n[noise]\nx = {{ to = \"E\", kind = \"white\", intensity = 0.1 }}\n"
    );
    let d = data(&[&files.file("noisy.toml", &noisy), "--along", "E.h=-3:-2", "--no-cycles"]);
    let said = remarks(&d);
    assert!(said.contains(&"noise_ignored".into()) && said.contains(&"stimuli_ignored".into()), "{said:?}");
    // Beyond the fold of a supralinear population there is no steady state.
    let alone = files.file("alone.toml", ALONE);
    let d = data(&[&alone, "--along", "E.h=7:9", "--no-cycles"]);
    assert!(remarks(&d).contains(&"no_steady_state".to_string()), "{d}");
    assert_eq!(regimes(&d), [regime("no_steady_state", 0, 0)]);
    let d = data(&[&alone, "--along", "E.h=0:9", "--no-cycles"]);
    assert_eq!(regimes(&d), [regime("steady", 1, 1), regime("no_steady_state", 0, 0)]);
}
