//! The examples of the design parse, and mean what they say.

use neurate::file::{TEMPLATES, parse, template};
use neurate::model::transfer::Transfer;
use neurate::model::{Circuit, Form, Start, Waveform};
use std::path::Path;

fn read(text: &str, sets: &[&str]) -> neurate::Result<Circuit> {
    let sets: Vec<String> = sets.iter().map(|s| s.to_string()).collect();
    parse(text, "c.toml", Path::new("."), &sets).and_then(|spec| spec.build())
}

const BALANCED: &str = include_str!("../../src/file/templates/ei.toml");

const SSN: &str = r#"
neurate = 1
units = { time = "ms", rate = "Hz" }
[populations]
E = { kind = "excitatory", tau = 20, f = { kind = "power", k = 0.04, n = 2 }, h = 20 }
I = { kind = "inhibitory", tau = 10, f = { kind = "power", k = 0.04, n = 2 }, h = 20 }
[W]
"E <- E" =  1.25
"E <- I" = -0.65
"I <- E" =  1.2
"I <- I" = -0.5
[sweep]
axes = { "W.E<-E" = "0.2:1.6:200", "h" = "1:40:200" }
find = ["fixed points", "stability", "isn", "paradoxical"]
"#;

const BRUNEL: &str = r#"
neurate = 1
units = { time = "ms", rate = "Hz", voltage = "mV" }
[populations.E]
kind = "excitatory"
size = 10000
f = { kind = "lif", tau_m = 20, tau_ref = 2, threshold = 20, reset = 10 }
[populations.I]
kind = "inhibitory"
size = 2500
like = "E"
[synapses]
"* <- E" = { K = 1000, J = 0.1, delay = 1.5 }
"* <- I" = { K = 250,  J = -0.5, delay = 1.5 }
[external]
drive = { to = "*", kind = "poisson", rate = 20000, J = 0.1 }
"#;

#[test]
fn balanced_amplification() {
    let c = read(BALANCED, &[]).unwrap();
    assert_eq!((c.title(), c.form(), c.n()), ("balanced amplification", Form::Rate, 2));
    assert_eq!(c.tau(), [20.0, 20.0]);
    let w = c.dense_weights().unwrap();
    assert_eq!((w[(0, 1)], w[(1, 0)]), (-4.714286, 4.285714), "W[to, from]");
    assert_eq!(c.stimuli()[0].pattern, [1.0, 0.0]);
    assert_eq!(c.stimuli()[0].waveform, Waveform::Impulse { at: 0.0, area: 20.0 });
    assert_eq!(c.run().duration, Some(200.0));
    assert_eq!(c.run().start, Start::Default);
    assert_eq!((c.units().input.as_str(), c.units().weight.as_str()), ("Hz", ""));
    assert!(c.warnings().is_empty());
}

#[test]
fn supralinear_network_with_a_sweep() {
    let c = read(SSN, &[]).unwrap();
    assert_eq!(c.h(), [20.0, 20.0]);
    assert_eq!(c.populations()[0].transfer.name(), "power");
    assert_eq!((c.units().input.as_str(), c.units().weight.as_str()), ("", "1/Hz"));
    assert!(c.warnings().is_empty(), "{:?}", c.warnings());
}

#[test]
fn integrate_and_fire_circuit() {
    let c = read(BRUNEL, &[]).unwrap();
    let m = c.mean_field().unwrap();
    assert_eq!((m.neurons.as_slice(), c.n()), ([10_000, 2_500].as_slice(), 2));
    // tau_m K J: 20 ms x 250 x -0.5 mV, in mV/Hz; 20 ms x 20 kHz x 0.1 mV from outside
    let w = c.dense_weights().unwrap();
    assert!((w[(0, 1)] + 2.5).abs() < 1e-15 && (w[(1, 0)] - 2.0).abs() < 1e-15, "W[to, from]");
    assert!((c.h()[0] - 40.0).abs() < 1e-13 && (c.tau()[1] - 20.0).abs() < 1e-15);
    assert_eq!((m.between(1, 0).unwrap().delay, m.drives.len()), (1.5, 2));
    let changed = read(BRUNEL, &["synapses.*<-I.J=-0.45", "external.drive.K=2"]).unwrap();
    assert!((changed.dense_weights().unwrap()[(1, 1)] + 2.25).abs() < 1e-15);
    assert!((changed.h()[1] - 80.0).abs() < 1e-12);
    assert!(c.warnings().is_empty());
}

#[test]
fn templates_parse_without_warnings() {
    for t in TEMPLATES {
        if t.name == "lif" && Transfer::kind("lif").is_none() {
            continue;
        }
        let c = read(&template(t.name).unwrap(), &[]).unwrap_or_else(|e| panic!("{}: {e}", t.name));
        assert!(c.warnings().is_empty(), "{}: {:?}", t.name, c.warnings());
    }
    assert!(template("nothing").is_none());
}

#[test]
fn sets_change_what_they_name() {
    let w = |sets: &[&str]| read(BALANCED, sets).unwrap();
    assert_eq!(w(&["W.E<-E=2.5"]).dense_weights().unwrap()[(0, 0)], 2.5);
    assert_eq!(w(&["W.E <- I=-1"]).dense_weights().unwrap()[(0, 1)], -1.0);
    assert_eq!(w(&["W.*<-E=1"]).dense_weights().unwrap()[(1, 0)], 1.0);
    assert_eq!(w(&["populations.*.h=3"]).h(), [3.0, 3.0]);
    assert_eq!(w(&["h=3"]).h(), [3.0, 3.0]);
    assert_eq!(w(&["E.tau=0.01 s"]).tau(), [10.0, 20.0]);
    assert_eq!(w(&["run.duration=20 ms"]).run().duration, Some(20.0));
    assert_eq!(w(&["stimuli.kick.area=5"]).stimuli()[0].waveform, Waveform::Impulse { at: 0.0, area: 5.0 });
    assert_eq!(w(&["E.f.gain=2"]).populations()[0].transfer.parameters()[0].1, 2.0);
    assert_eq!(read(SSN, &["E.f=tanh"]).unwrap().populations()[0].transfer.name(), "tanh");
    assert_eq!(w(&["units.time=s"]).tau(), [20.0, 20.0]);
    assert_eq!(w(&["seed=4"]).seed(), Some(4));
    for bad in ["W.E<-EE=1", "E.tua=3", "populatons.E.tau=3", "stimuli.kik.area=2", "run.duratoin=2", "x=1"] {
        let e = read(BALANCED, &[bad]).unwrap_err();
        assert!(e.message().starts_with("no such parameter"), "{bad}: {e}");
        assert!(e.help().unwrap().contains("closest") || bad == "x=1", "{bad}: {e}");
        assert_eq!(&*e.place().unwrap().source, format!("--set {bad}"));
    }
}
