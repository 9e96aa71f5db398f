//! Labels: what people read in the place of a population's name, and nowhere else.

use crate::common::*;
use crate::files::folder;
use neurate::file::{circuit_of_matrix, parse};
use neurate::linalg::Matrix;
use neurate::model::Circuit;
use neurate::report::{Report, html};
use neurate::study::{Choices, Study};
use serde_json::Value;

fn build(text: &str) -> neurate::Result<Circuit> {
    parse(text, "labels.toml", ".".as_ref(), &[])?.build()
}

/// An inhibition-stabilized pair and one unit that listens to it.
const PAIR: &str = r#"
neurate = 1
seed = 1
[populations]
E23 = { label = "L2/3 E, dorsal", kind = "excitatory", size = 2, tau = 20, h = 20, f = { kind = "power", k = 0.04, n = 2 } }
PV = { like = "E23", label = "PV <basket> & \"FS\"", kind = "inhibitory", size = 1, tau = 10 }
out = { like = "E23", size = 1 }
[W]
default = 0
"E23 <- E23" = 1.25
"E23 <- PV" = -0.65
"PV <- E23" = 1.2
"PV <- PV" = -0.5
"out <- E23" = 0.2
[stimuli]
kick = { to = "E23", kind = "pulse", at = 0, area = 20, duration = "2 ms" }
[noise]
slow = { to = "*", kind = "ou", time = 20, sd = 0.1 }
[se.W]
"E23 <- E23" = 0.02
[run]
duration = 50
"#;

#[test]
fn names_stay_in_addresses_and_labels_are_shown() {
    let c = build(PAIR).unwrap();
    let shown: Vec<&str> = c.populations().iter().map(|p| p.shown()).collect();
    // What a population is like lends no label.
    assert_eq!(shown, ["L2/3 E, dorsal", "PV <basket> & \"FS\"", "out"]);
    assert_eq!((c.unit_name(1), c.unit_shown(1)), ("E23[1]".into(), "L2/3 E, dorsal[1]".into()));
    assert_eq!(
        (c.shown("PV"), c.shown("E23[0]"), c.shown("random 1")),
        ("PV <basket> & \"FS\"".into(), "L2/3 E, dorsal[0]".into(), "random 1".into())
    );
}

/// Every text that people read, and the data beside it.
#[test]
fn a_report_shows_labels_and_its_data_have_names() {
    let study = Study::new(build(PAIR).unwrap(), Choices::default());
    let report = Report::full(&study, "", "", &mut |_, _, _| {}).unwrap();
    assert!(report.unfinished.is_empty(), "{:?}", report.warnings);
    let json: Value = serde_json::from_str(&report.json()).unwrap();
    let mut seen = 0;
    for section in json["sections"].as_array().expect("sections") {
        let name = section["name"].as_str().unwrap();
        for part in ["verdict", "tables", "figures"] {
            texts(&section[part], "", &mut |key, text| {
                // A figure's id is one of an element, not a name for people.
                let word = |w: &str| text.split(|c: char| !c.is_alphanumeric()).any(|x| x == w);
                assert!(key == "id" || !word("E23"), "{name} {part}: {text}");
                seen += usize::from(text.contains("L2/3 E, dorsal"));
            });
        }
        texts(&section["data"], "", &mut |key, text| {
            assert!(key == "label" || !text.contains("L2/3"), "{name}: {key} {text}");
        });
    }
    assert!(seen > 20, "{seen}");
    let mut sections = json["sections"].as_array().expect("sections").iter();
    let first = &sections.find(|s| s["name"] == "circuit").expect("the circuit")["data"]["populations"];
    assert_eq!((&first[0]["name"], &first[0]["label"]), (&"E23".into(), &"L2/3 E, dorsal".into()));
    assert!(first[2]["label"].is_null());
    let page = html(&report);
    assert!(page.contains("PV &lt;basket&gt; &amp;") && !page.contains("<basket>"));
}

/// Each text in a value, with the key that it stands at.
fn texts(value: &Value, key: &str, found: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) => found(key, text),
        Value::Array(all) => all.iter().for_each(|x| texts(x, key, found)),
        Value::Object(all) => all.iter().for_each(|(key, x)| texts(x, key, found)),
        _ => {}
    }
}

#[test]
fn labels_are_one_line_and_tell_populations_apart() {
    let with = |label: &str| {
        build(&format!(
            "neurate = 1\n[populations]\nA = {{ tau = 20, label = {label} }}\nB = {{ tau = 20 }}\n[W]\n\"* <- *\" = 0.1\n"
        ))
    };
    assert_eq!(with("\" α/β \"").unwrap().populations()[0].shown(), "α/β");
    let long = format!("\"{}\"", "x".repeat(61));
    let wrong = [
        ("\"a\\nb\"", "control"),
        ("\"\\u202Ea\"", "control"),
        ("\"  \"", "empty"),
        ("3", "a text"),
        (long.as_str(), "61"),
        ("\"B\"", "both shown as B"),
    ];
    for (label, said) in wrong {
        let e = with(label).unwrap_err();
        assert!(e.message().contains(said) && e.help().is_some() && e.place().is_some(), "{label}: {e}");
    }
    // Without a file, too.
    let mut parts = Circuit::from_weights(Matrix::zeros(1, 1)).parts().unwrap();
    parts.populations[0].label = Some("a\u{7}".into());
    assert!(Circuit::new(parts).is_err());
}

#[test]
fn a_label_is_changed_like_anything_else() {
    let changes = [neurate::spec::Change::of("PV.label", "fast spiking")];
    let spec = parse(PAIR, "labels.toml", ".".as_ref(), &[]).unwrap().with(changes).unwrap();
    assert_eq!(spec.build().unwrap().populations()[1].shown(), "fast spiking");
    // It is no parameter.
    assert!(spec.addresses().unwrap().iter().all(|s| !s.address.to_string().contains("label")));
}

#[test]
fn names_in_files_are_labels() {
    let long = "x".repeat(70) + " y";
    let weights = format!(",L2/3 E,PV,{long}\nL2/3 E,1,-1,2\nPV,1,-2,0\n{long},1,-1,1\n");
    let folder = folder(&[("w.csv", &weights), ("h.csv", "cell,h\nupper layer,3\nB,5\n")]);
    let text = circuit_of_matrix(&folder.path().join("w.csv"), Some("20"), None).unwrap();
    let spec = parse(&text, "w", folder.path(), &[]).unwrap();
    let c = spec.build().unwrap();
    let names: Vec<_> = c.populations().iter().map(|p| (p.name.as_str(), p.label.as_deref())).collect();
    // What is too long for a figure is shown as the circuit has it.
    assert_eq!(names[..2], [("L2_3_E", Some("L2/3 E")), ("PV", None)]);
    assert_eq!(names[2].1, None);
    assert_eq!(c.dense_weights().unwrap()[(0, 2)], 2.0);
    // A table may call populations by their labels, whatever their names.
    let text = "neurate = 1\n[populations]\nA = { label = \"upper layer\", tau = 20, h = { file = \"h.csv\" } }\nB = { tau = 20, h = \"h.csv\" }\n[W]\n\"* <- *\" = 0.1\n";
    let c = parse(text, "h.toml", folder.path(), &[]).unwrap().build().unwrap();
    all_near(c.h(), &[3.0, 5.0], 0.0, "h");
}
