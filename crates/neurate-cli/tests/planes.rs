//! `neurate phase-plane`, and `neurate diagram` without a parameter, by the real binary.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn neurate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_neurate"))
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .expect("the binary runs")
}

fn err(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).into_owned()
}

/// The section of a verb's report in JSON.
fn section(args: &[&str], name: &str) -> Value {
    let o = neurate(&[args, &["--json"]].concat());
    assert!(o.status.success(), "{args:?}: {}", err(&o));
    let report: Value = serde_json::from_slice(&o.stdout).expect("JSON");
    let sections = report["sections"].as_array().expect("sections");
    sections.iter().find(|s| s["name"] == name).unwrap_or_else(|| panic!("{args:?} has no {name}")).clone()
}

/// Excitation that keeps itself up, with a little inhibition: two stable states and a saddle between them.
const BISTABLE: &str = r#"neurate = 1
[populations]
E = { kind = "excitatory", tau = 20, h = -6, f = { kind = "logistic" } }
I = { kind = "inhibitory", tau = 10, h = -3, f = { kind = "logistic" } }
[W]
"E <- E" = 12
"E <- I" = -1
"I <- E" = 1
"I <- I" = 0
"#;

/// A file with this circuit, which is there as long as its folder.
fn bistable() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bistable.toml");
    std::fs::write(&file, BISTABLE).expect("written");
    let name = file.display().to_string();
    (folder, name)
}

fn list(v: &Value) -> &[Value] {
    v.as_array().expect("a list")
}

#[test]
fn manifolds_of_a_saddle_separate_two_states() {
    let (_folder, file) = bistable();
    let s = section(&["phase-plane", &file, "-q"], "phase_plane");
    let points = list(&s["data"]["points"]);
    let saddles: Vec<&Value> = points.iter().filter(|p| p["kind"] == "saddle").collect();
    assert_eq!((points.len(), saddles.len()), (3, 1));
    let manifolds = list(&s["data"]["manifolds"]);
    assert_eq!(manifolds.len(), 4);
    let mut goals: Vec<i64> = manifolds
        .iter()
        .filter(|m| m["stable"] == false)
        .map(|m| m["point"].as_i64().expect("it goes to a fixed point"))
        .collect();
    goals.sort_unstable();
    let mut stable: Vec<i64> = points
        .iter()
        .filter(|p| p["stable"] == true)
        .map(|p| p["number"].as_i64().expect("a number"))
        .collect();
    stable.sort_unstable();
    assert_eq!(goals, stable);
    let words = list(&s["verdict"])
        .iter()
        .any(|v| v.as_str().is_some_and(|v| v.contains("separates initial states")));
    assert!(words, "{}", s["verdict"]);
    let figure = &s["figures"][0];
    assert_eq!(list(&figure["manifolds"]).len(), 2);
    // Both axes exchanged: the same points, turned.
    let turned = section(&["phase-plane", &file, "-q", "--x", "I"], "phase_plane");
    assert_eq!(turned["data"]["names"], serde_json::json!(["I", "E"]));
    assert_eq!(
        (&turned["data"]["points"][0]["x"], &turned["data"]["points"][0]["y"]),
        (&points[0]["y"], &points[0]["x"])
    );
}

#[test]
fn other_circuits_get_a_slice_that_says_what_is_held() {
    let s = section(&["phase-plane", "examples/slow-states.toml", "-q"], "phase_plane");
    let held: Vec<&str> = list(&s["data"]["held"]).iter().filter_map(|h| h["name"].as_str()).collect();
    assert_eq!(held.len(), 3, "{held:?}");
    assert!(
        s["figures"][0]["title"].as_str().is_some_and(|t| t.contains("a slice")),
        "{}",
        s["figures"][0]["title"]
    );
    assert_eq!(list(&s["data"]["points"]).len(), 1);
    let s =
        section(&["phase-plane", "examples/slow-states.toml", "-q", "--y", "adaptation of E"], "phase_plane");
    assert_eq!(s["data"]["names"], serde_json::json!(["E", "adaptation of E"]));
}

#[test]
fn what_is_wrong_with_axes_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = folder.path().join("one.toml");
    std::fs::write(&one, "neurate = 1\n[populations]\nE = { tau = 20, h = 1 }\n[W]\n\"E <- E\" = 0.5\n")
        .expect("written");
    let one = one.display().to_string();
    for (args, words) in [
        (vec!["phase-plane", "examples/ssn.toml", "--x", "E", "--y", "E"], "needs two different states"),
        (
            vec!["phase-plane", "examples/ssn.toml", "--x", "PV"],
            "there is no population, unit or state \"PV\"",
        ),
        (vec!["phase-plane", &one], "a phase plane needs two states"),
        (vec!["modes", "examples/ssn.toml", "--x", "E"], "means nothing to `neurate modes`"),
    ] {
        let o = neurate(&args);
        assert_eq!(o.status.code(), Some(2), "{args:?}: {}", err(&o));
        assert!(err(&o).contains(words), "{args:?}: {}", err(&o));
    }
}

#[test]
fn a_phase_plane_is_drawn() {
    let (_folder, file) = bistable();
    let folder = tempfile::tempdir().expect("a folder");
    let svg = folder.path().join("plane.svg");
    let o = neurate(&["phase-plane", &file, "-q", "-o", &svg.display().to_string()]);
    assert!(o.status.success(), "{}", err(&o));
    let text = std::fs::read_to_string(svg).expect("the SVG is there");
    // Stable manifolds are dashed, unstable ones are not.
    assert!(text.contains("stable manifold") && text.contains("stroke-dasharray"));
}

#[test]
fn without_a_parameter_a_diagram_says_which_is_nearest_to_a_change() {
    let (_folder, file) = bistable();
    let s = section(&["diagram", &file, "-q"], "nearest_changes");
    let changes = list(&s["data"]["changes"]);
    assert!(
        !changes.is_empty()
            && s["verdict"][0].as_str().is_some_and(|v| v.starts_with("The nearest change is that of "))
    );
    let distances: Vec<f64> = changes.iter().filter_map(|c| c["distance"].as_f64()).collect();
    assert!(distances.len() == changes.len() && distances.windows(2).all(|w| w[0] <= w[1]), "{distances:?}");
    // Just before the nearest fold the state is there; just beyond, two fixed points are gone.
    let fold = changes.iter().find(|c| c["kind"] == "fold").expect("a bistable circuit has folds");
    let (value, at) = (fold["value"].as_f64().expect("a value"), fold["at"].as_f64().expect("a place"));
    let count = |share: f64| {
        let set =
            format!("{}={}", fold["parameter"].as_str().expect("an address"), value + share * (at - value));
        let s = section(&["fixed-points", &file, "-q", "--set", &set], "fixed_points");
        list(&s["data"]["points"]).len()
    };
    assert_eq!(count(0.999), count(1.001) + 2);
    // With one it is drawn along that.
    let o = neurate(&["diagram", &file, "-q", "--along", "E.h=-6.5:-5.5", "--json"]);
    assert!(!String::from_utf8_lossy(&o.stdout).contains("nearest_changes"));
}
