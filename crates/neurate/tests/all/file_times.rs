//! Times that look like seconds get a warning, each key with its own; a text with a unit gets none, and no circuit that is
//! meant as it stands gets one.

use neurate::file::{TEMPLATES, parse, read, template};
use neurate::fixed_points::{SearchOptions, fixed_points};
use std::path::Path;

fn warnings(text: &str) -> Vec<(String, String)> {
    let circuit = parse(text, "test.toml", ".".as_ref(), &[]).and_then(|spec| spec.build());
    let circuit = circuit.unwrap_or_else(|e| panic!("{e}\n{text}"));
    let words = |w: &neurate::error::Error| {
        assert!(w.place().is_some());
        (w.message().to_string(), w.help().unwrap_or_default().to_string())
    };
    circuit.warnings().iter().map(words).filter(|(w, _)| w.contains("usual")).collect()
}

/// A circuit with one more line in one of its tables.
fn circuit(key: &str, value: &str) -> String {
    let add =
        |table: &str| key.strip_prefix(table).map_or_else(String::new, |rest| format!("{rest} = {value}\n"));
    let population = add("E.");
    let tau = if population.starts_with("tau =") { "" } else { "tau = 20\n" };
    let lif = key.starts_with("lif.");
    let f = if lif {
        let given =
            |k: &str, default: &str| if key.ends_with(k) { value.to_string() } else { default.to_string() };
        format!(
            "f = {{ kind = \"lif\", tau_m = {}, tau_ref = {}, tau_s = {}, threshold = 20, reset = 10 }}\nsigma = 2\n",
            given("tau_m", "20"),
            given("tau_ref", "2"),
            given("tau_s", "0")
        )
    } else {
        "f = \"threshold-linear\"\n".to_string()
    };
    let table = |name: &str| {
        let lines = add(&format!("{name}."));
        if lines.is_empty() { lines } else { format!("[{name}]\n{lines}") }
    };
    let stimulus = add("stimulus.");
    let stimuli = if stimulus.is_empty() {
        String::new()
    } else if key.contains("until") {
        format!("[stimuli.light]\nto = \"E\"\nkind = \"step\"\namplitude = 1\n{stimulus}")
    } else if key.contains("times") {
        format!("[stimuli.light]\nto = \"E\"\nkind = \"samples\"\nvalues = [0, 1, 0]\n{stimulus}")
    } else {
        format!("[stimuli.light]\nto = \"E\"\nkind = \"pulse\"\namplitude = 1\n{stimulus}")
    };
    let noise = add("noise.");
    let noise = if noise.is_empty() {
        noise
    } else {
        format!("[noise.n]\nto = \"E\"\nkind = \"ou\"\nsd = 1\n{noise}")
    };
    format!(
        "neurate = 1\n[populations.E]\nkind = \"excitatory\"\n{tau}{f}{population}[W]\n\"E <- E\" = 0.1\n{}{stimuli}{noise}{}",
        table("delays"),
        table("run")
    )
}

/// Key, what somebody writes who thinks in seconds, and what was meant.
const SECONDS: [(&str, &str, &str); 17] = [
    ("E.tau", "0.02", "20 ms"),
    ("lif.tau_m", "0.02", "20 ms"),
    ("lif.tau_ref", "0.002", "2 ms"),
    ("lif.tau_s", "0.005", "5 ms"),
    ("E.synapse", "{ tau = 0.1 }", "100 ms"),
    ("E.adaptation", "{ tau = 0.2, strength = 0.1 }", "200 ms"),
    ("E.plasticity", "{ U = 0.2, tau_d = 0.2 }", "200 ms"),
    ("E.plasticity", "{ U = 0.2, tau_f = 0.6 }", "600 ms"),
    ("delays.default", "0.002", "2 ms"),
    ("delays.\"E <- E\"", "0.0015", "1.5 ms"),
    ("noise.time", "0.01", "10 ms"),
    ("stimulus.duration", "0.5", "500 ms"),
    ("stimulus.until", "0.4", "400 ms"),
    ("stimulus.times", "[0, 0.1, 0.2]", "200 ms"),
    ("run.duration", "1.5", "1500 ms"),
    ("run.dt", "0.0001", "0.1 ms"),
    ("run.every", "0.001", "1 ms"),
];

#[test]
fn seconds_get_a_warning_each() {
    for (key, value, meant) in SECONDS {
        let found = warnings(&circuit(key, value));
        assert_eq!(found.len(), 1, "{key} = {value}: {found:?}");
        assert!(found[0].0.contains("a thousandth of what is usual"), "{found:?}");
        assert_eq!(found[0].1, format!("seconds? Write \"{meant}\""), "{key}");
        if !value.starts_with(['[', '{']) {
            // With its unit it says what is meant, however short; and a bare number of milliseconds is none of seconds.
            let bare = meant.trim_end_matches(" ms");
            for right in [format!("\"{value} ms\""), bare.to_string()] {
                assert!(warnings(&circuit(key, &right)).is_empty(), "{key} = {right}");
            }
        }
    }
    // One number that makes several delays is one mistake.
    assert_eq!(warnings(&circuit("delays.\"* <- *\"", "0.002")).len(), 1);
}

#[test]
fn milliseconds_for_seconds_get_one_as_well() {
    let text = "neurate = 1\nunits = { time = \"s\" }\n[populations]\nE = { kind = \"excitatory\", tau = 20 }\n[W]\n\"E <- E\" = 0\n";
    let found = warnings(text);
    assert_eq!(
        found,
        [(
            "tau of E is 20 s, hundreds of times what is usual".into(),
            "milliseconds? Write \"20 ms\"".into()
        )]
    );
    assert!(warnings(&text.replace("tau = 20", "tau = 0.02")).is_empty());
    // Short ones in few digits.
    let found = warnings(&circuit("E.tau", "1e-300"));
    assert_eq!(found[0].0, "tau of E is 1e-300 ms, a thousandth of what is usual");
}

/// A file that means 20 ms and 2 ms, which it writes in seconds: two warnings, and with the units that they ask for the
/// rate of such a neuron.
#[test]
fn an_integrate_and_fire_neuron_in_seconds() {
    let text = include_str!("../data/everyday/02_lif_seconds.toml");
    let found = warnings(text);
    let helps: Vec<&str> = found.iter().map(|(_, help)| help.as_str()).collect();
    assert_eq!(helps, ["seconds? Write \"20 ms\"", "seconds? Write \"2 ms\""]);
    let right = text.replace("0.02,", "\"20 ms\",").replace("0.002", "\"2 ms\"");
    assert!(warnings(&right).is_empty());
    let spec = parse(&right, "test.toml", ".".as_ref(), &[]).unwrap();
    let circuit = spec.build().unwrap();
    let points = fixed_points(&circuit, &SearchOptions::default()).unwrap().points;
    assert!((points[0].rates[0] - 42.0168).abs() < 1e-4, "{}", points[0].rates[0]);
}

#[test]
fn no_circuit_that_is_meant_gets_a_warning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
        if file.extension().is_some_and(|e| e == "toml") {
            let circuit = read(&file, &[]).and_then(|spec| spec.build()).unwrap_or_else(|e| panic!("{e}"));
            let usual: Vec<_> = circuit.warnings().iter().filter(|w| w.message().contains("usual")).collect();
            assert!(usual.is_empty(), "{}: {usual:?}", file.display());
            count += 1;
        }
    }
    assert!(count > 12);
    for name in TEMPLATES.iter().map(|t| t.name) {
        assert!(warnings(&template(name).unwrap()).is_empty(), "{name}");
    }
}
