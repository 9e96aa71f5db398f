//! The real binary, end to end.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn neurate(args: &[&str]) -> Output {
    in_columns("100", args)
}

/// The binary in a terminal of so many columns.
fn in_columns(columns: &str, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_neurate"))
        .args(args)
        .current_dir(root())
        .env("COLUMNS", columns)
        .output()
        .expect("the binary runs")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn out(o: &Output) -> String {
    String::from_utf8_lossy(&o.stdout).into_owned()
}

fn err(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).into_owned()
}

fn json(args: &[&str]) -> Value {
    let o = neurate(args);
    assert!(o.status.success(), "{args:?}: {}", err(&o));
    serde_json::from_str(&out(&o)).unwrap_or_else(|e| panic!("{args:?}: {e}"))
}

fn examples() -> Vec<String> {
    let mut all: Vec<String> = std::fs::read_dir(root().join("examples"))
        .expect("examples")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .map(|p| format!("examples/{}", p.file_name().expect("a name").to_string_lossy()))
        .collect();
    all.sort();
    assert!(all.len() >= 8);
    all
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file in a temporary folder");
    path.display().to_string()
}

const VERBS: &[&str] = &[
    "new",
    "check",
    "params",
    "report",
    "simulate",
    "fixed-points",
    "diagram",
    "modes",
    "response",
    "noise",
    "transfer",
];

#[test]
fn every_verb_has_help_with_an_example() {
    for verb in VERBS {
        let o = neurate(&[verb, "--help"]);
        assert!(o.status.success());
        let text = out(&o);
        assert!(
            (text.contains("Example:") || text.contains("Examples:"))
                && text.contains(&format!("neurate {verb}")),
            "{verb}: {text}"
        );
    }
    let text = out(&neurate(&["--help"]));
    for verb in VERBS {
        assert!(text.contains(verb), "help does not list {verb}");
    }
    assert!(text.contains("Exit codes"));
}

#[test]
fn every_verb_works_on_every_example_in_words_and_json() {
    for example in examples() {
        for verb in ["check", "params", "simulate", "fixed-points", "modes", "response", "noise", "transfer"]
        {
            let o = neurate(&[verb, &example]);
            assert!(o.status.success(), "{verb} {example}: {}", err(&o));
            assert!(out(&o).len() > 40, "{verb} {example} says something");
            if let Some(wide) = out(&o).lines().find(|l| l.chars().count() > 100) {
                assert!(["check", "params"].contains(&verb), "{verb} {example}: wider than COLUMNS: {wide}");
            }
            let value = json(&[verb, &example, "--json"]);
            assert!(value.is_object());
            if !["check", "params"].contains(&verb) {
                assert_eq!(value["schema_version"], 1, "{verb} {example}");
                assert!(!value["sections"].as_array().expect("sections").is_empty());
            }
        }
    }
}

#[test]
fn report_is_one_file_complete_and_reproducible() {
    let folder = tempfile::tempdir().expect("a folder");
    let (a, b) = (folder.path().join("a.html"), folder.path().join("b.html"));
    for path in [&a, &b] {
        let o = neurate(&["report", "examples/ssn.toml", "-o", &path.display().to_string()]);
        assert!(o.status.success(), "{}", err(&o));
        assert!(out(&o).contains("Inhibition-stabilized"), "{}", out(&o));
    }
    let html = std::fs::read_to_string(&a).expect("the page");
    assert_eq!(html, std::fs::read_to_string(&b).expect("the page"), "the same file twice");
    assert!(html.contains("Supralinear stabilized network") && html.contains("</html>"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("it").collect();
    assert_eq!(left.len(), 2, "no temporary file is left");
}

#[test]
fn a_file_holds_what_its_ending_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = |args: &[&str], name: &str| {
        let path = folder.path().join(name);
        let o = neurate(&[args, &["-q", "-o", &path.display().to_string()]].concat());
        assert!(o.status.success(), "{args:?} {name}: {}", err(&o));
        std::fs::read_to_string(&path).expect("the file")
    };
    for verb in ["report", "modes", "simulate"] {
        let ask = [verb, "examples/balanced.toml"];
        assert!(written(&ask, "x.html").trim_end().ends_with("</html>"), "{verb}");
        for (args, name) in [(&ask[..], "x.json"), (&[verb, "examples/balanced.toml", "--json"], "y.json")] {
            let data: Value = serde_json::from_str(&written(args, name)).expect("JSON");
            assert!(data["sections"].is_array(), "{verb} {name}");
        }
        assert!(
            serde_json::from_str::<Value>(&written(&[verb, "examples/balanced.toml", "--json"], "z.txt"))
                .is_ok()
        );
    }
    // What contradicts is refused before anything is computed or written.
    for (args, name, says) in [
        (&["report", "examples/balanced.toml", "--json"][..], "a.html", "a.json"),
        (&["modes", "examples/balanced.toml", "--json"], "a.HTML", "a.json"),
        (&["simulate", "examples/balanced.toml", "--json"], "a.csv", "a.json"),
        (&["simulate", "examples/balanced.toml", "--json"], "a.html", "a.json"),
        (&["report", "examples/balanced.toml"], "a.csv", "`neurate simulate` writes .csv"),
        (&["noise", "examples/balanced.toml", "--json"], "a.zarr", "writes no .zarr"),
    ] {
        let path = folder.path().join(name);
        let o = neurate(&[args, &["-o", &path.display().to_string()]].concat());
        assert_eq!(o.status.code(), Some(2), "{args:?} {name}");
        assert!(err(&o).contains(says), "{args:?} {name}: {}", err(&o));
        assert!(!path.exists(), "{args:?} {name}");
    }
}

#[cfg(unix)]
#[test]
fn devices_and_standard_output_are_written_to() {
    use std::os::unix::fs::FileTypeExt;
    let o = neurate(&["report", "examples/ssn.toml", "-q", "-o", "/dev/null"]);
    assert!(o.status.success(), "{}", err(&o));
    assert!(std::fs::symlink_metadata("/dev/null").expect("it").file_type().is_char_device());
    let plain = neurate(&["fixed-points", "examples/ssn.toml", "-q", "--json"]);
    for to in ["-", "/dev/stdout"] {
        let o = neurate(&["fixed-points", "examples/ssn.toml", "-q", "--json", "-o", to]);
        assert!(o.status.success(), "{to}: {}", err(&o));
        assert!(out(&o).contains("\"fixed_points\"") && out(&plain).contains("\"fixed_points\""), "{to}");
    }
}

#[test]
fn every_key_of_the_json_is_documented() {
    let page = std::fs::read_to_string(root().join("docs/report-json.md")).expect("the page");
    fn keys(value: &Value, path: &str, page: &str, missing: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (key, v) in map {
                    if !page.contains(&format!("`{key}`")) {
                        missing.push(format!("{path}.{key}"));
                    }
                    // Names of parameters are the circuit's own.
                    if key != "parameters" {
                        keys(v, &format!("{path}.{key}"), page, missing);
                    }
                }
            }
            Value::Array(all) => all.iter().take(3).for_each(|v| keys(v, path, page, missing)),
            _ => {}
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let voltage = std::fs::read_to_string(root().join("examples/ssn.toml"))
        .expect("the example")
        .replace("form = \"rate\"", "form = \"voltage\"");
    let voltage = write(folder.path(), "voltage.toml", &voltage);
    let mut missing = Vec::new();
    for example in examples().iter().map(String::as_str).chain([voltage.as_str()]) {
        keys(&json(&["report", example, "--json", "-q"]), "report", &page, &mut missing);
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "not in docs/report-json.md: {missing:#?}");
}

#[test]
fn noise_of_an_unstable_point_is_no_number() {
    let r = json(&["noise", "examples/bistable.toml", "--at", "2", "--json"]);
    let section = &r["sections"][0];
    assert_eq!(section["data"], serde_json::json!({ "stationary": false }));
    let verdict = section["verdict"][0].as_str().expect("a sentence");
    assert!(verdict.starts_with("There is no stationary covariance"), "{verdict}");
}

#[test]
fn set_changes_a_parameter_and_is_recorded() {
    let low = json(&["response", "examples/ssn.toml", "--json", "--set", "h=5"]);
    assert_eq!(low["sections"][0]["data"]["isn"], "not_needed");
    let high = json(&["response", "examples/ssn.toml", "--json", "--set", "populations.*.h=20 mV"]);
    assert_eq!(high["sections"][0]["data"]["isn"], "stabilized");
    assert!(high["source"].as_str().expect("a source").contains("populations.*.h=20 mV"));
}

#[test]
fn conditions_come_before_sets() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("c.toml");
    let text = std::fs::read_to_string(root().join("examples/ssn.toml")).expect("an example");
    std::fs::write(&file, text + "[conditions.high]\nh = 20\n\"E.tau\" = 15\n").expect("it is written");
    let file = file.to_str().expect("a name");
    let params = json(&["params", file, "--condition", "high", "--set", "E.h=7", "--json"]);
    assert_eq!((&params["E.h"], &params["I.h"]), (&"7".into(), &"20".into()));
    assert_eq!(params["E.tau"], "15");
    let r = json(&["response", file, "--condition", "high", "--json"]);
    assert_eq!(r["sections"][0]["data"]["isn"], "stabilized");
    assert!(r["source"].as_str().expect("a source").ends_with("--condition high"));
    let wrong = neurate(&["check", file, "--condition", "hihg"]);
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("there is no condition \"hihg\"") && said.contains("did you mean high?"), "{said}");
}

#[test]
fn a_mistake_exits_with_2_shows_the_place_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(root().join("examples/ssn.toml"))
        .expect("the example")
        .replace("-0.65", "0.65");
    let bad = write(folder.path(), "bad.toml", &text);
    let page = write(folder.path(), "page.html", "what was there");
    let o = neurate(&["report", &bad, "-o", &page]);
    assert_eq!(o.status.code(), Some(2));
    let message = err(&o);
    for part in ["I is inhibitory", "bad.toml:", "0.65", "^^^^", "unconstrained"] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert_eq!(std::fs::read_to_string(&page).expect("it"), "what was there");
    assert!(out(&o).is_empty());
    assert!(!message.contains("panicked"));
}

#[test]
fn the_circuit_file_is_never_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(root().join("examples/ssn.toml")).expect("the example");
    let file = write(folder.path(), "c.toml", &text);
    for verb in ["report", "modes", "simulate"] {
        let o = neurate(&[verb, &file, "-o", &file]);
        assert_eq!(o.status.code(), Some(2), "{verb}");
        assert!(err(&o).contains("would replace the circuit file"));
        assert_eq!(std::fs::read_to_string(&file).expect("it"), text);
    }
}

#[test]
fn files_that_are_not_circuits_get_one_clear_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let garbage = folder.path().join("garbage.toml");
    std::fs::write(&garbage, [0u8, 159, 146, 150, 255, 0, 1, 2]).expect("it");
    for path in
        [garbage.display().to_string(), folder.path().display().to_string(), "no/such/file.toml".into()]
    {
        for verb in ["check", "report", "simulate", "modes"] {
            let o = neurate(&[verb, &path]);
            assert!(matches!(o.status.code(), Some(1 | 2)), "{verb} {path}");
            assert_eq!(err(&o).lines().filter(|l| l.starts_with("error")).count(), 1, "{}", err(&o));
            assert!(!err(&o).contains("panicked"));
        }
    }
    let o = neurate(&["check", "examples/ssn.toml", "--set", "W.E<-EE=1"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(err(&o).contains("W.E<-E"), "{}", err(&o));
}

#[test]
fn new_writes_a_file_that_works_and_replaces_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = out(&neurate(&["new", "--list"]));
    assert!(list.lines().count() >= 5);
    for line in list.lines() {
        let name = line.split_whitespace().next().expect("a name");
        let path = folder.path().join(format!("{name}.toml")).display().to_string();
        assert!(neurate(&["new", name, "-o", &path]).status.success());
        let o = neurate(&["check", &path]);
        assert!(o.status.success(), "{name}: {}", err(&o));
        let again = neurate(&["new", name, "-o", &path]);
        assert_eq!(again.status.code(), Some(2));
        assert!(err(&again).contains("--force"));
    }
    let o = neurate(&["new", "sssn"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(err(&o).contains("did you mean ssn?"), "{}", err(&o));
}

#[test]
fn an_option_that_means_nothing_to_a_verb_is_an_error() {
    for line in [
        &["transfer", "--from", "nonsense"][..],
        &["fixed-points", "--order", "1,0"],
        &["noise", "--perturb", "I:0.3"],
        &["modes", "--trials", "3"],
        &["report", "--compare"],
    ] {
        let o = neurate(&[&line[..1], &["examples/ssn.toml"], &line[1..]].concat());
        assert_eq!(o.status.code(), Some(2), "{line:?}");
        let (said, option) = (err(&o), line[1]);
        assert!(said.contains(&format!("{option} means nothing to `neurate {}`", line[0])), "{said}");
        let help = out(&neurate(&[line[0], "--help"]));
        assert!(!help.contains(&format!("{option} ")) && !help.contains(&format!("{option}\n")), "{help}");
    }
}

#[test]
fn simulate_writes_every_unit_and_says_when_it_runs_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("run.csv").display().to_string();
    assert!(neurate(&["simulate", "examples/balanced.toml", "-o", &csv]).status.success());
    let text = std::fs::read_to_string(&csv).expect("the file");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("time (ms),r_E (Hz),r_I (Hz)"));
    let first: Vec<f64> =
        lines.next().expect("a row").split(',').map(|x| x.parse().expect("a number")).collect();
    assert_eq!(first, [0.0, 1.0, 0.0], "20 Hz ms over 20 ms is 1 Hz");
    assert_eq!(text.lines().count(), 402);

    // Fixed points are sought for a comparison only, which is asked for.
    let plain = &json(&["simulate", "examples/ssn.toml", "--json"])["sections"][0]["data"];
    assert!(plain["linear"].is_null() && plain["schur_coordinates"].is_null());
    let compared = &json(&["simulate", "examples/ssn.toml", "--json", "--compare"])["sections"][0]["data"];
    assert!(compared["linear"].is_array() && compared["times"] == plain["times"]);

    let runaway =
        json(&["simulate", "examples/ssn.toml", "--json", "--set", "W.E<-E=4", "--set", "W.E<-I=0"]);
    let data = &runaway["sections"][0]["data"];
    assert_eq!(data["outcome"]["status"], "ran_away");
    let time = data["outcome"]["time"].as_f64().expect("a time");
    let last = data["times"].as_array().and_then(|t| t.last()).and_then(Value::as_f64).expect("times");
    assert!(last <= time, "nothing is recorded after {time}");
}

#[test]
fn simulate_runs_with_noise_and_many_trials() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = out(&neurate(&["new", "ei"]));
    let text = text.split("[stimuli]").next().expect("a part").to_string()
        + "[noise]\nx = { to = \"*\", kind = \"white\", intensity = 40 }\n[run]\nduration = 400\nevery = 20\n";
    let path = write(folder.path(), "noisy.toml", &text);
    let o = neurate(&["simulate", &path]);
    assert_eq!(o.status.code(), Some(2));
    assert!(err(&o).contains("seed = 1 under [run]"), "{}", err(&o));
    let data = |more: &[&str]| {
        json(&[&["simulate", &path, "--json", "--set", "seed=3"], more].concat())["sections"][0]["data"]
            .clone()
    };
    let one = data(&[]);
    assert_eq!(one["seed"], 3);
    assert_ne!(one["states"], data(&["--set", "seed=4"])["states"]);
    assert!(data(&["--set", "run.noise=false"])["seed"].is_null());
    // 2,000 trials: a standard deviation is known to 1.6 %; the step of 1 ms adds less than 2 %.
    let many = data(&["--trials", "2000", "--threads", "2", "--compare"]);
    let last = |key: &str| many[key].as_array().and_then(|a| a.last()).cloned().expect("rows");
    for i in 0..2 {
        let (sd, predicted) =
            (last("sd")[i].as_f64().expect("it"), many["sd_predicted"][i].as_f64().expect("it"));
        assert!((sd / predicted - 1.0).abs() < 0.08, "{sd} {predicted}");
    }
    assert_eq!(last("counts"), 2000);
    let said =
        out(&neurate(&["simulate", &path, "--set", "seed=3", "--trials", "2000", "--compare", "--full"]));
    assert!(said.contains("Linear noise theory predicts") && said.contains("Seed 3"), "{said}");
    let csv = folder.path().join("run.csv").display().to_string();
    assert!(neurate(&["simulate", &path, "--set", "seed=3", "--trials", "20", "-o", &csv]).status.success());
    let text = std::fs::read_to_string(&csv).expect("the file");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("# seed = 3"));
    assert_eq!(lines.next(), Some("time (ms),mean_r_E (Hz),mean_r_I (Hz),sd_r_E (Hz),sd_r_I (Hz)"));
    assert_eq!(lines.count(), 21);
}

#[test]
fn no_stable_fixed_point_is_a_result() {
    let args = ["modes", "examples/balanced.toml", "--full", "--set", "W.E<-E=4"];
    let o = neurate(&args);
    assert!(o.status.success(), "{}", err(&o));
    assert!(out(&o).contains("unstable"), "{}", out(&o));
    let asked = neurate(&[&args[..], &["--at", "1"]].concat());
    assert!(asked.status.success() && out(&asked).contains("grows"), "{}", out(&asked));
    let o = neurate(&["modes", "examples/balanced.toml", "--at", "7"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(err(&o).contains("there is no fixed point 7"), "{}", err(&o));
}

#[test]
fn the_order_of_schur_modes_can_be_chosen() {
    let first = |order: &str| {
        let v = json(&["modes", "examples/murphy-miller.toml", "--json", "--order", order]);
        let s =
            v["sections"].as_array().expect("sections").iter().find(|s| s["name"] == "schur_modes").cloned();
        let s = s.expect("the section");
        let real = &s["data"]["real"];
        (real["lambda"][0]["re"].as_f64().expect("it"), real["feedforward_squared"].as_f64().expect("it"))
    };
    let (a, fa) = first("slow-first");
    let (b, fb) = first("2,0,1");
    assert!((a - 0.75).abs() < 1e-13 && (b + 3.0 / 7.0).abs() < 1e-13, "{a} {b}");
    assert!((fa - 81.0).abs() < 1e-11 && (fb - 81.0).abs() < 1e-11, "{fa} {fb}");
    // By overlap: of H alone the Hebbian mode, of the difference E - I the pair's null mode, (wI, wE)/|.|
    // (eigenvectors count: (1, 1) is orthogonal to the difference).
    let (c, fc) = first("overlap:H");
    let (d, fd) = first("overlap:E=1,I=-1");
    assert!((c - 0.75).abs() < 1e-13 && d.abs() < 1e-13, "{c} {d}");
    assert!((fc - 81.0).abs() < 1e-11 && (fd - 81.0).abs() < 1e-11, "{fc} {fd}");
    let folder = tempfile::tempdir().expect("a folder");
    let pattern = write(folder.path(), "p.txt", "1\n0, 0\n");
    assert_eq!(first(&format!("overlap:{pattern}")).0, c);
    let short = write(folder.path(), "q.txt", "1 2");
    for (wrong, word) in [
        ("overlap:X", "H, E, I"),
        ("overlap:E=a", "no number"),
        ("overlap:E=0", "zero"),
        (&format!("overlap:{short}"), "3 units"),
    ] {
        let o = neurate(&["modes", "examples/murphy-miller.toml", "--order", wrong]);
        assert_eq!(o.status.code(), Some(2), "{wrong}");
        assert!(err(&o).contains(word), "{}", err(&o));
    }
    assert_eq!(neurate(&["modes", "examples/ssn.toml", "--order", "0,0"]).status.code(), Some(2));
    assert_eq!(neurate(&["modes", "examples/ssn.toml", "--order", "nonsense"]).status.code(), Some(2));
}

#[test]
fn one_judge_of_stability() {
    // lambda = 0 of the Jacobian to rounding: marginal for the fixed points, and so for the verdicts
    let args = ["response", "examples/balanced.toml", "--full", "--set", "populations.I.tau=60"];
    let text = out(&neurate(&args));
    assert!(text.contains("operating point is marginal") && !text.contains("unstable, so"), "{text}");
    // at a kink every number is one-sided, and the section says so
    let text =
        out(&neurate(&["response", "examples/isn-paradox.toml", "--full", "--set", "populations.I.h=2.4"]));
    assert!(text.contains("at a kink"), "{text}");
    // with different time constants 1/|1 - lambda| is no response to a constant input
    let modes = json(&["modes", "examples/ssn.toml", "--json"]);
    assert!(modes["sections"].to_string().contains("\"static_gain\":null"), "{modes}");
}

#[test]
fn a_bare_matrix_is_a_circuit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("w.csv");
    std::fs::write(&path, "4.2857142857142857,-4.7142857142857143\n4.2857142857142857,-4.7142857142857143\n")
        .expect("a file");
    let w = path.to_str().expect("a path");
    // Murphy & Miller's pair: W_FF = 9, amplification 2.79 at 0.8017 tau.
    let modes = json(&["modes", w, "--tau", "20", "--json"]);
    let amplification =
        modes["sections"].as_array().expect("sections").iter().find(|s| s["name"] == "amplification");
    let amplification = &amplification.expect("amplification")["data"];
    assert!((amplification["max"].as_f64().expect("a number") - 2.793_279_594_78).abs() < 1e-9);
    assert!((amplification["time"].as_f64().expect("a number") / 20.0 - 0.801_745_639).abs() < 1e-5);
    let response = json(&["response", w, "--tau", "0.02 s", "--json"]);
    assert_eq!(response["sections"][0]["data"]["populations"][1]["paradoxical"], true);
    // A transposed matrix has senders of both signs.
    assert!(
        out(&neurate(&["check", w, "--tau", "20", "--from-to"])).contains("unit (unconstrained, 2 units)")
    );
    // One that looks transposed is refused, unless somebody says which lines send.
    std::fs::write(folder.path().join("t.csv"), "0.5,0.6,0.3\n0.2,0.4,0.1\n-0.7,-0.3,-0.2\n")
        .expect("a file");
    let t = folder.path().join("t.csv");
    let t = t.to_str().expect("a path");
    let refused = neurate(&["modes", t, "--tau", "20"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = err(&refused);
    assert!(
        told.contains("looks transposed") && told.contains("--from-to") && told.contains("--to-from"),
        "{told}"
    );
    assert!(out(&neurate(&["check", t, "--tau", "20", "--from-to"])).contains("I (inhibitory"));
    assert!(
        out(&neurate(&["check", t, "--tau", "20", "--to-from"])).contains("unit (unconstrained, 3 units)")
    );
    assert_eq!(neurate(&["modes", w]).status.code(), Some(2));
    assert!(err(&neurate(&["modes", w])).contains("--tau 20"));
    assert_eq!(neurate(&["check", "examples/ssn.toml", "--tau", "20"]).status.code(), Some(2));
}

#[test]
fn files_of_other_programs_are_bare_matrices() {
    let data = root().join("crates/neurate/tests/data");
    let modes = |file: &str, more: &[&str]| {
        let path = data.join(file);
        let args = ["modes", path.to_str().expect("a path"), "--full", "--tau", "20"];
        neurate(&[&args[..], more].concat())
    };
    for file in ["05_rows_reordered.csv", "06_tabs.csv", "06_pandas_default.csv", "06_names_with_spaces.csv"]
        .into_iter()
        .chain(["06_scipy_sparse.npz", "06_matlab_v5.mat"])
    {
        let o = modes(&format!("everyday/{file}"), &[]);
        assert!(o.status.success() && out(&o).contains("0.1919"), "{file}: {}{}", out(&o), err(&o));
    }
    assert!(modes("formats/zstd.zarr", &[]).status.success());
    assert!(err(&modes("formats/two.mat", &[])).contains("--array"));
    assert!(modes("formats/two.mat", &["--array", "W"]).status.success());
    let o = neurate(&["check", "examples/ssn.toml", "--array", "W"]);
    assert!(err(&o).contains("belong to a bare matrix"), "{}", err(&o));
    let o = neurate(&["check", "model.ode"]);
    assert!(o.status.code() == Some(2) && err(&o).contains("XPPAUT"), "{}", err(&o));
}

#[test]
fn amplification_between_what_is_asked_for() {
    let amplification = |args: &[&str]| {
        let all = [&["modes", "examples/murphy-miller.toml", "--json"], args].concat();
        let v = json(&all);
        let s = v["sections"]
            .as_array()
            .expect("sections")
            .iter()
            .find(|s| s["name"] == "amplification")
            .cloned();
        s.expect("the section")["data"].clone()
    };
    let number = |v: &Value| v.as_f64().expect("a number");
    // THEORY S10: a pulse to E peaks in E at 1.7933 after 0.6099 tau, in I at 1.3052 after 0.8322 tau.
    for (from, to, max, time) in
        [("E", "E", 1.79332484489, 0.609851107), ("unit E", "mean I", 1.30521888256, 0.832241548)]
    {
        let g = amplification(&["--from", from, "--to", to]);
        let b = &g["between"];
        assert!((number(&b["max"]) - max).abs() < 1e-9, "{b}");
        assert!((number(&b["time"]) / 20.0 - time).abs() < 1e-4, "{b}");
        assert!(number(&b["bound"]) >= number(&b["max"]));
        let table = &g["between_populations"];
        let row = if to == "E" { 1 } else { 2 };
        assert!((number(&table["max"][row][1]) - max).abs() < 1e-9, "{table}");
    }
    // To everything from everything it is the amplification itself; H has no share in E.
    let g = amplification(&["--from", "H,E,I"]);
    assert!((number(&g["between"]["max"]) - number(&g["max"])).abs() < 1e-9);
    assert!(number(&amplification(&["--from", "H", "--to", "E,I"])["between"]["max"]) == 0.0);
    // Energy: the first pattern of the pair, from the Lyapunov solution of THEORY T3 turned round.
    assert!(
        number(&g["energy"]["over_isolated_unit"][0]) > 20.0
            && number(&g["energy"]["patterns_above_one"]) >= 2.0
    );
    let o = neurate(&["modes", "examples/murphy-miller.toml", "--from", "X"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(err(&o).contains("no population or unit \"X\"") && err(&o).contains("H, E, I"), "{}", err(&o));
    let o = neurate(&["modes", "examples/random-dale.toml", "--from", "E[160]"]);
    assert!(err(&o).contains("E (E[0] to E[159])"), "{}", err(&o));
    let o = neurate(&["modes", "examples/bistable.toml", "--at", "2", "--from", "S"]);
    assert!(!o.status.success() && err(&o).contains("stable"), "{}", err(&o));
}

#[test]
fn a_part_of_a_population_is_stimulated() {
    let run = |part: &str| json(&["response", "examples/random-dale.toml", "--perturb", part, "--json"]);
    let r = run("I:0.3");
    let asked = r["sections"][0]["data"]["partial"]["asked"][0].clone();
    let curve = &r["sections"][0]["data"]["partial"]["curves"][0];
    let units = asked["units"].as_array().expect("units").len();
    assert_eq!(units as f64, (0.3 * curve["units"].as_f64().expect("units")).round());
    // Another seed, another part; the same seed, the same.
    assert_eq!(run("I:0.3")["sections"][0]["data"]["partial"]["asked"][0], asked);
    let other =
        json(&["response", "examples/random-dale.toml", "--perturb", "I:0.3", "--seed", "2", "--json"]);
    assert_ne!(other["sections"][0]["data"]["partial"]["asked"][0]["units"], asked["units"]);
    let two = run("I[0],I[4]");
    assert_eq!(
        two["sections"][0]["data"]["partial"]["asked"][0]["units"].as_array().expect("units").len(),
        2
    );
    // A population of one unit stands for many: the formula.
    let r = json(&["response", "examples/isn-paradox.toml", "--perturb", "I:0.75", "--json"]);
    let asked = &r["sections"][0]["data"]["partial"]["asked"][0];
    assert!(asked["stimulated"].as_f64().expect("a number").abs() < 1e-12, "the critical fraction is 0.75");
    for part in ["X:0.3", "I:0", "I:2", "I:x", "I[9999]", "E[0],I[0]"] {
        let o = neurate(&["response", "examples/random-dale.toml", "--perturb", part]);
        assert_eq!(o.status.code(), Some(2), "{part}");
        let text = String::from_utf8_lossy(&o.stderr).into_owned();
        assert!(text.contains("--perturb"), "{text}");
    }
}

#[test]
fn an_unstable_bare_matrix_shows_its_modes() {
    let folder = tempfile::tempdir().expect("a folder");
    let w = write(folder.path(), "w.csv", "2,-1\n1,-0.5\n");
    let o = neurate(&["modes", &w, "--tau", "20", "--full"]);
    assert!(o.status.success(), "{}", err(&o));
    assert!(err(&o).contains("not stable"), "{}", err(&o));
    // lambda = 3/4 +- sqrt(9/16) = 1.5 and 0.
    assert!(out(&o).contains("Schur modes") && out(&o).contains("1.5"), "{}", out(&o));
    assert!(out(&o).contains("without bound"), "{}", out(&o));
}

#[test]
fn a_sweep_is_told_resumed_and_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("s.zarr").display().to_string();
    let sweep = |more: &[&str]| {
        let mut args = vec![
            "sweep",
            "examples/ssn.toml",
            "--axis",
            "h=1:20:4",
            "--find",
            "isn",
            "--chunk",
            "2",
            "-q",
            "-o",
        ];
        args.push(&store);
        args.extend(more);
        neurate(&args)
    };
    assert!(err(&sweep(&["--status"])).contains("no sweep"));
    assert!(out(&sweep(&["--shard", "2/2"])).contains("1 of 2 chunks"));
    let told = out(&sweep(&[]));
    assert!(told.contains("2 of 2 chunks") && told.contains("4 stable"), "{told}");
    let told: Value = serde_json::from_slice(&sweep(&["--status", "--json"]).stdout).expect("JSON");
    assert_eq!((told["chunks_done"].as_u64(), told["cells"]["stable"].as_u64()), (Some(2), Some(4)));
    let other = sweep(&["--set", "W.E<-E=1.1"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(err(&other).contains("holds another sweep"), "{}", err(&other));
    // What is wrong is found before there is a store.
    std::fs::remove_dir_all(&store).expect("the store");
    for bad in
        [["--axis", "x"], ["--find", "isnt"], ["--shard", "3/2"], ["--chunk", "a"], ["--set", "W.E<-X=1"]]
    {
        let o = sweep(&bad);
        assert_eq!(o.status.code(), Some(2), "{bad:?}: {}", err(&o));
        assert!(!std::path::Path::new(&store).exists(), "{bad:?}");
    }
}

/// The binary's words in a terminal of 80 columns.
fn at_80_columns(args: &[&str]) -> String {
    let o = in_columns("80", args);
    assert!(o.status.success(), "{args:?}: {}", err(&o));
    out(&o)
}

#[test]
fn an_answer_takes_a_screen_of_80_columns_and_full_says_the_rest() {
    for example in ["murphy-miller", "measured-weights", "random-dale", "slow-states", "brunel"] {
        let path = format!("examples/{example}.toml");
        for verb in ["modes", "response", "fixed-points", "noise", "transfer", "mean-field", "simulate"] {
            if verb == "mean-field" && example != "brunel" {
                continue;
            }
            let short = at_80_columns(&[verb, &path]);
            let lines: Vec<&str> = short.lines().collect();
            assert!(lines.len() <= 36, "{verb} {path} takes {} lines:\n{short}", lines.len());
            let full = at_80_columns(&[verb, &path, "--full"]);
            assert!(full.lines().count() >= lines.len(), "{verb} {path}:\n{short}\n{full}");
            for line in lines.iter().copied().chain(full.lines()) {
                assert!(line.chars().count() <= 80, "{verb} {path} is wider than 80 columns: {line}");
                let number = |c: char| c.is_ascii_digit();
                let hyphen = line
                    .split([' ', '('])
                    .any(|w| w.strip_prefix('-').is_some_and(|w| w.starts_with(number)));
                assert!(!hyphen, "{verb} {path}: a hyphen in place of a minus sign: {line}");
            }
        }
    }
    assert!(at_80_columns(&["modes", "examples/random-dale.toml"]).contains("--full"));
}
