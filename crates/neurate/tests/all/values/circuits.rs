//! The circuits that are varied: examples, templates, and small random ones of every kind.

use super::dice::Dice;
use neurate::file::TEMPLATES;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A circuit file before it is changed.
pub struct Base {
    pub name: String,
    pub text: String,
}

/// Sizes in examples and templates that are made small: what is sought does not depend on them.
const SMALLER: [(&str, &str); 14] = [
    ("size = 800", "size = 8"),
    ("size = 7200", "size = 9"),
    ("size = 2000", "size = 4"),
    ("size = 200", "size = 8"),
    ("size = 160", "size = 8"),
    ("size = 40", "size = 4"),
    ("size = 400", "size = 8"),
    ("size = 100", "size = 4"),
    ("size = 60", "size = 6"),
    ("points = 60", "points = 6"),
    ("size = 36", "size = 6"),
    ("points = 36", "points = 6"),
    ("p = 0.1", "p = 0.9"),
    ("size = 50", "size = 5"),
];

/// The repository's examples, in the order of their names, and the templates.
pub fn known() -> Vec<Base> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["../examples", "../../examples"].map(|f| root.join(f));
    let examples = folders.iter().find(|f| f.join("ssn.toml").exists()).expect("the examples are there");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(examples)
        .expect("the examples can be read")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    let example = |path: &PathBuf| Base {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        text: std::fs::read_to_string(path).expect("an example can be read"),
    };
    let template = |t: &neurate::file::Template| Base { name: t.name.to_string(), text: t.text.to_string() };
    paths.iter().map(example).chain(TEMPLATES.iter().map(template)).map(smaller).collect()
}

/// The same with fewer units, except where neurons are counted, not units.
fn smaller(base: Base) -> Base {
    if base.text.contains("[synapses]") {
        return base;
    }
    let mut text = base.text;
    for (size, small) in SMALLER {
        // Not `size = 4000` for `size = 400`.
        let mut from = 0;
        while let Some(at) = text[from..].find(size).map(|at| from + at) {
            let end = at + size.len();
            if !text[end..].starts_with(|c: char| c.is_ascii_digit() || c == '.') {
                text.replace_range(at..end, small);
            }
            from = at + 1;
        }
    }
    Base { text, ..base }
}

/// A small random circuit.
pub fn random(dice: &mut Dice) -> Base {
    let (form, text) = match dice.below(8) {
        0 => ("synapses", of_synapses(dice)),
        1 => ("conductance", of_conductances(dice)),
        2 | 3 => ("voltage", of_weights(dice, "voltage")),
        _ => ("rate", of_weights(dice, "rate")),
    };
    Base { name: format!("random-{form}"), text }
}

const NAMES: [&str; 4] = ["E", "P", "S", "V"];

/// A transfer function.
fn transfer(dice: &mut Dice) -> String {
    let (a, b) = (dice.between(0.02, 2.0), dice.between(0.5, 3.0));
    match dice.below(9) {
        0 => "\"linear\"".into(),
        1 => format!("{{ kind = \"linear\", gain = {a}, floor = 0 }}"),
        2 => format!("{{ kind = \"threshold-linear\", gain = {a}, threshold = {b} }}"),
        3 => format!("{{ kind = \"power\", k = {a}, n = {b} }}"),
        4 => format!("{{ kind = \"logistic\", max = {}, midpoint = {b}, width = {a} }}", 20.0 * b),
        5 => format!("{{ kind = \"tanh\", max = {}, width = {b} }}", 5.0 * b),
        6 => format!("{{ kind = \"naka-rushton\", max = {}, half = {b}, n = 2 }}", 20.0 * b),
        7 => format!("{{ kind = \"expression\", formula = \"log(1 + exp(a*x))/a\", a = {b} }}"),
        _ => format!("{{ kind = \"power\", k = {a}, n = 2, threshold = {} }}", -b),
    }
}

/// Whether rates may be negative, or f is a word: what plasticity and refractory fractions do not take.
fn positive(f: &str) -> bool {
    !f.contains("linear\"") && !f.contains("tanh") || f.contains("threshold-linear")
}

fn of_weights(dice: &mut Dice, form: &str) -> String {
    let count = 1 + dice.below(4);
    let names = &NAMES[..count];
    let mut text = format!("neurate = 1\nform = \"{form}\"\nseed = {}\n", 1 + dice.below(9));
    let kinds = ["excitatory", "inhibitory", "unconstrained"];
    let kind: Vec<&str> = names.iter().map(|_| *dice.pick(&kinds)).collect();
    let size: Vec<usize> = names.iter().map(|_| if dice.once_in(3) { 2 } else { 1 }).collect();
    for (i, name) in names.iter().enumerate() {
        let f = transfer(dice);
        let (tau, h) = (dice.between(2.0, 50.0), dice.between(-5.0, 20.0));
        let _ = writeln!(
            text,
            "[populations.{name}]\nkind = \"{}\"\nsize = {}\ntau = {tau}\nh = {h}\nf = {f}",
            kind[i], size[i]
        );
        match dice.below(12) {
            0 => text += "synapse = { tau = 8 }\n",
            1 => text += "adaptation = { tau = 200, strength = 0.4 }\n",
            2 if positive(&f) => text += "plasticity = { U = 0.5, tau_f = 300, tau_d = 100 }\n",
            3 if positive(&f) && form == "rate" => text += "refractory = 0.002\n",
            _ => {}
        }
    }
    text += "[W]\n";
    for (i, to) in names.iter().enumerate() {
        for (j, from) in names.iter().enumerate() {
            let mut weight = || {
                let w = dice.between(0.0, 2.0);
                match kind[j] {
                    "excitatory" => w,
                    "inhibitory" => -w,
                    _ => 2.0 * w - 2.0,
                }
            };
            let value = match size[i] * size[j] {
                1 => format!("{:?}", weight()),
                // A table: a row for each unit that receives.
                _ => {
                    let row = |_| format!("{:?}", (0..size[j]).map(|_| weight()).collect::<Vec<f64>>());
                    format!("[{}]", (0..size[i]).map(row).collect::<Vec<_>>().join(", "))
                }
            };
            let _ = writeln!(text, "\"{to} <- {from}\" = {value}");
        }
    }
    if kind[0] != "unconstrained" && size[0] > 1 && dice.once_in(2) {
        let mean = if kind[0] == "excitatory" { 0.2 } else { -0.2 };
        let _ = writeln!(text, "[connect]\n\"E <- E\" = {{ p = 0.8, mean = {mean}, cv = 0.5 }}");
    }
    if dice.once_in(4) {
        let _ = writeln!(text, "[delays]\ndefault = {}\n\"E <- E\" = 3", dice.between(0.5, 4.0));
    }
    more(dice, &mut text, names);
    text
}

/// Stimuli, noise, standard errors and how it is run.
fn more(dice: &mut Dice, text: &mut String, names: &[&str]) {
    let last = names[names.len() - 1];
    if dice.once_in(2) {
        *text += match dice.below(5) {
            0 => "[stimuli]\ns = { to = \"E\", kind = \"step\", at = 10, until = 40, amplitude = 2 }\n",
            1 => "[stimuli]\ns = { to = \"E\", kind = \"pulse\", at = 5, duration = 4, amplitude = 3 }\n",
            2 => "[stimuli]\ns = { to = \"*\", kind = \"ramp\", at = 5, until = 25, slope = 0.1 }\n",
            3 => {
                "[stimuli]\ns = { pattern = { E = 1 }, kind = \"sinusoid\", amplitude = 1, frequency = 20, phase = 30 }\n"
            }
            _ => {
                "[stimuli]\ns = { to = \"E\", kind = \"samples\", times = [0, 5, 20], values = [0, 2, 1] }\n"
            }
        };
    }
    let mut noisy = false;
    if dice.once_in(3) {
        noisy = true;
        *text += match dice.below(3) {
            0 => "[noise]\nn = { to = \"*\", kind = \"ou\", time = 5, sd = 0.5, correlation = 0.3 }\n",
            1 => "[noise]\nn = { pattern = { E = 1 }, kind = \"ou\", time = 20, sd = 1, correlation = 1 }\n",
            _ => "[noise]\nn = { to = \"E\", kind = \"white\", intensity = 2 }\n",
        };
    }
    if dice.once_in(5) {
        let _ = writeln!(text, "[se.tau]\n{last} = 1\n[se.h]\n\"*\" = 0.1");
    }
    let method = match noisy || text.contains("[delays]") {
        true => *dice.pick(&["exponential-euler", "euler-maruyama"]),
        false => *dice.pick(&["adaptive", "stiff", "rk4", "exponential-euler"]),
    };
    let _ = writeln!(text, "[run]\nduration = 60\nevery = 0.5\nmethod = \"{method}\"\ndt = 0.2");
}

fn of_conductances(dice: &mut Dice) -> String {
    let mut text = "neurate = 1\nform = \"conductance\"\nseed = 1\n".to_string();
    for (name, kind, reversal) in [("E", "excitatory", 0), ("I", "inhibitory", -75)] {
        let (k, c) = (dice.between(0.005, 0.05), dice.between(50.0, 300.0));
        let _ = writeln!(
            text,
            "[populations.{name}]\nkind = \"{kind}\"\nf = {{ kind = \"power\", k = {k}, n = 2, threshold = -65 }}\n\
             membrane = {{ C = {c}, g_leak = 10, E_leak = -60, background = [{{ g = 1, E = 0 }}] }}\nreversal = {reversal}"
        );
        if dice.once_in(4) {
            text += "synapse = { tau = 5 }\n";
        }
    }
    text += "[G]\n";
    for pair in ["E <- E", "E <- I", "I <- E", "I <- I"] {
        let _ = writeln!(text, "\"{pair}\" = {}", dice.between(0.05, 2.0));
    }
    if dice.once_in(4) {
        text += "[delays]\ndefault = 2\n";
    }
    if dice.once_in(3) {
        text += "[noise]\nn = { to = \"*\", kind = \"ou\", time = 5, sd = 10 }\n";
    }
    text
}

fn of_synapses(dice: &mut Dice) -> String {
    let mut text = "neurate = 1\n".to_string();
    for (name, kind) in [("E", "excitatory"), ("I", "inhibitory")] {
        let f = "{ kind = \"lif\", tau_m = 20, tau_ref = 2, threshold = 20, reset = 10 }";
        let _ = writeln!(text, "[populations.{name}]\nkind = \"{kind}\"\nsize = 1000\nf = {f}");
    }
    let (g, rate) = (dice.between(0.3, 0.8), dice.between(5.0, 40.0));
    let _ = writeln!(
        text,
        "[synapses]\n\"* <- E\" = {{ K = 100, J = 0.1, delay = 1.5 }}\n\
         \"* <- I\" = {{ p = 0.1, J = -{g}, cv = 0.2, delay = 1.5, delay_sd = 0.5 }}\n\
         [external]\ndrive = {{ to = \"*\", kind = \"poisson\", K = 1000, rate = {rate}, J = 0.1 }}"
    );
    text
}
