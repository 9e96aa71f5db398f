//! `neurate diagram` over two parameters, by the real binary: reference points, regions, pictures, and bad input.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Case A2 of the reference: both inputs move four points of codimension 2 and more through the plane.
const A2: &str = r#"
neurate = 1
title = "Wilson-Cowan pair"
[populations]
E = { kind = "excitatory", tau = 10, h = 2.5, f = { kind = "logistic", width = 0.5555555555555556, midpoint = 4 } }
I = { kind = "inhibitory", tau = 20, f = { kind = "logistic", width = 0.5555555555555556, midpoint = 5.5 } }
[W]
"E <- E" = 8.3
"E <- I" = -10.4
"I <- E" = 12.3
"I <- I" = -7.7
"#;

fn neurate(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_neurate"))
        .args(args)
        .env("COLUMNS", "100")
        .output()
        .expect("the binary runs")
}

fn text(o: &Output) -> String {
    String::from_utf8_lossy(&o.stdout).into_owned()
}

fn file(folder: &tempfile::TempDir, content: &str) -> String {
    let path = folder.path().join("pair.toml");
    std::fs::write(&path, content).expect("a file in a temporary folder");
    path.display().to_string()
}

const OVER: [&str; 4] = ["--along", "E.h=-6:12", "--along", "I.h=-8:8"];

/// The points of the reference, to eight digits, and what runs do in each region; a picture with every region's word.
#[test]
fn a_map_has_the_reference_points_and_true_regions() {
    let folder = tempfile::tempdir().expect("a folder");
    let circuit = file(&folder, A2);
    let o = neurate(&[&["diagram", &circuit, "--json", "-q"][..], &OVER].concat());
    assert!(o.status.success(), "{}", String::from_utf8_lossy(&o.stderr));
    let report: Value = serde_json::from_str(&text(&o)).expect("JSON");
    let sections = report["sections"].as_array().expect("sections");
    assert_eq!(sections.len(), 1);
    let data = &sections[0]["data"];
    let number = |v: &Value| v.as_f64().expect("a number");
    let of = |kind: &str| -> Vec<[f64; 2]> {
        let all = data["points"].as_array().expect("points").iter().filter(|p| p["kind"] == kind);
        all.map(|p| [number(&p["p"][0]), number(&p["p"][1])]).collect()
    };
    for (kind, expected) in [
        (
            "bogdanov_takens",
            vec![
                [-2.0059859054830422, -7.390701821694554],
                [2.0660919824428534, 1.86971303391501],
                [8.033908017557145, 4.530286966084989],
            ],
        ),
        ("cusp", vec![[2.069003274365036, 1.8814412173688064], [8.030996725634964, 4.518558782631194]]),
        (
            "generalized_hopf",
            vec![[4.8028782078721495, 4.331667711421627], [5.297121792127846, 2.06833228857837]],
        ),
        ("zero_hopf", vec![]),
        ("hopf_hopf", vec![]),
    ] {
        let found = of(kind);
        assert_eq!(found.len(), expected.len(), "{kind}: {found:?}");
        for (f, e) in found.iter().zip(&expected) {
            assert!((f[0] - e[0]).hypot(f[1] - e[1]) < 1e-8, "{kind}: {found:?}");
        }
    }
    let regions = data["regions"].as_array().expect("regions");
    let oscillating = regions.iter().find(|r| r["kind"] == "oscillating").expect("a region that oscillates");
    assert_eq!((&oscillating["moved"], &oscillating["stable"]), (&16.into(), &0.into()));
    assert!(regions.iter().any(|r| r["kind"] == "bistable" && r["reached"] == 2));
    let shares: f64 = regions.iter().map(|r| number(&r["share"])).sum();
    assert!((shares - 1.0).abs() < 1e-12);
    // The file's own values: between the fold and the Hopf point of the diagram along E.h.
    let own = &regions[data["own_region"].as_u64().expect("a region") as usize];
    assert_eq!(own["kind"], "oscillating");
    assert_eq!(data["complete"]["curves"], "audited");
    assert_eq!(data["complete"]["counts"], "proved");
}

#[test]
fn a_map_is_told_and_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let with_table = format!("{A2}\n[diagram]\nalong = [\"E.h=-6:12\", \"I.h=-8:8\"]\n");
    let circuit = file(&folder, &with_table);
    let o = neurate(&["diagram", &circuit, "-q"]);
    assert!(o.status.success(), "{}", String::from_utf8_lossy(&o.stderr));
    let told = text(&o);
    for words in ["Regime map", "oscillates", "bistable", "Bogdanov-Takens", "generalized Hopf", "audited"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let picture = folder.path().join("map.svg");
    let o = neurate(&["diagram", &circuit, "-q", "-o", &picture.display().to_string()]);
    assert!(o.status.success(), "{}", String::from_utf8_lossy(&o.stderr));
    let svg = std::fs::read_to_string(&picture).expect("a picture");
    for words in ["oscillates", "bistable", "BT", "CP", "GH", "this circuit", "Hopf, subcritical"] {
        assert!(svg.contains(words), "{words}");
    }
}

#[test]
fn impossible_maps_say_what_would_be_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let circuit = file(&folder, A2);
    for (args, said) in [
        (&["--along", "E.h=-3:8", "--along", "E.h=0:1"][..], "stands twice"),
        (&["--along", "E.h=-3:8", "--along", "drive=0:1", "--drive", "E.h=1,I.h=1"], "both move E.h"),
        (&["--along", "E.h=-3:8", "--along", "I.h=1:1"], "one value"),
        (&["--along", "E.h=-3:8", "--along", "E.tau=-5:5"], "E.tau"),
        (&["--along", "E.h=-3:8", "--along", "I.h=0:1", "-o", "map.csv"], "along one parameter"),
    ] {
        let o = neurate(&[&["diagram", &circuit, "-q"], args].concat());
        let err = String::from_utf8_lossy(&o.stderr).into_owned();
        assert!(!o.status.success() && err.contains(said), "{args:?}: {err}");
        assert!(!PathBuf::from("map.csv").exists());
    }
}
