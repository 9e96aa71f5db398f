//! A description and its changes.

use super::*;
use neurate_numerics::linalg::Matrix;

fn values(w: Matrix) -> Value {
    let of = |kind: &str| Value::table([("kind", Value::from(kind)), ("tau", 20.into())]);
    Value::table([
        ("neurate", Value::from(1)),
        ("populations", Value::table([("E", of("excitatory")), ("I", of("inhibitory"))])),
        ("W", Value::table([("file", Value::from(w)), ("layout", "to_from".into())])),
    ])
}

fn two() -> Matrix {
    Matrix::from_rows(&[[1.0, -2.0], [3.0, -4.0]])
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

#[test]
fn arrays_stand_for_files_and_rows_receive() {
    let w = Arc::new(two());
    let mut spec = Spec::from_values("mine", values(two()));
    spec.set(&address("W.file"), w.clone()).unwrap();
    assert_eq!(spec.build().unwrap().dense_weights().unwrap(), *w);
    assert!(matches!(spec.build().unwrap().weights(), crate::model::Weights::Dense(m) if Arc::ptr_eq(m, &w)));
    let mut slow = spec.clone();
    slow.set(&address("E.tau"), 40).unwrap();
    assert_eq!(slow.build().unwrap().tau(), [40.0, 20.0]);
    // By population, and by entry; the array itself stays as it is.
    let changes = [Change::of("W.E<-I", -5), Change::of("W[1,0]", 0.5)];
    let set = spec.with(changes).unwrap().build().unwrap().dense_weights().unwrap();
    assert_eq!((set.row(0), set.row(1)), (&[1.0, -5.0][..], &[0.5, -4.0][..]));
    assert_eq!(*w, two());
    let listed = spec.addresses().unwrap();
    let value = |a: &str| listed.iter().find(|l| l.address == address(a)).unwrap().value.clone().unwrap();
    assert_eq!((value("W.E<-I"), value("W.I<-E")), ("-2.0".into(), "3.0".into()));
    for (bad, value, why) in
        [("W.E<-I", 5, "inhibitory"), ("W[2,0]", 1, "2 units"), ("W.X<-E", 1, "no such parameter")]
    {
        let e = spec.with([Change::of(bad, value)]).and_then(|s| s.build()).unwrap_err();
        assert!(e.to_string().contains(why) && e.place().is_some(), "{e}");
    }
    // Without the array there is nobody who knows files.
    spec.set(&address("W.file"), "weights.npy").unwrap();
    assert!(spec.build().unwrap_err().message().contains("weights.npy"));
}

#[test]
fn an_array_is_checked_as_a_file_is() {
    let e = Spec::from_values("mine", values(two().transpose())).build().unwrap_err();
    assert!(e.help().unwrap().contains("transpose"), "{e}");
    let place = e.place().unwrap();
    assert_eq!((&*place.source, &*place.text), ("mine", "W.file"));
}

#[test]
fn values_and_text_say_the_same() {
    let spec = Spec::from_values("mine", values(two()));
    assert!(spec.text().contains("[W]\nfile = \"W\""), "{}", spec.text());
    let mut read = crate::file::parse(&spec.text(), "mine", "nowhere".as_ref(), &[]).unwrap();
    read.set(&address("W.file"), two()).unwrap();
    let (a, b) = (spec.build().unwrap(), read.build().unwrap());
    assert_eq!(format!("{:?}", a.populations()), format!("{:?}", b.populations()));
    assert_eq!(a.weights(), b.weights());
    assert_ne!(spec.fingerprint(&a), read.fingerprint(&b));
    let plain = serde_json::to_value(&spec).unwrap();
    assert_eq!(plain["W"]["file"][1][0], 3.0);
    assert_eq!(plain["populations"]["I"]["kind"], "inhibitory");
}

#[test]
fn lists_and_arrays_are_read_alike() {
    let text = "neurate = 1\n[populations]\nE = { size = 2, tau = [10, 20], h = [1, 2] }\n[W]\n\"E <- E\" = [[0, 1], [2, 3]]\n\
        [stimuli]\ns = { pattern = [1, 2], kind = \"samples\", times = [0, 1], values = [3, 4] }\n";
    let lists = crate::file::parse(text, "c", "".as_ref(), &[]).unwrap();
    let arrays = lists
        .with([
            Change::of("E.tau", vec![10.0, 20.0]),
            Change::of("h", vec![1.0, 2.0]),
            Change::of("W.E<-E", Matrix::from_rows(&[[0.0, 1.0], [2.0, 3.0]])),
            Change::of("stimuli.s.pattern", vec![1.0, 2.0]),
            Change::of("stimuli.s.times", vec![0.0, 1.0]),
            Change::of("stimuli.s.values", vec![3.0, 4.0]),
        ])
        .unwrap();
    let (a, b) = (lists.build().unwrap(), arrays.build().unwrap());
    assert_eq!((a.tau(), a.h(), a.weights()), (b.tau(), b.h(), b.weights()));
    assert_eq!(format!("{:?}", a.stimuli()), format!("{:?}", b.stimuli()));
    let e = lists.with([Change::of("E.tau", vec![1.0, f64::NAN])]).and_then(|s| s.build()).unwrap_err();
    assert!(e.message().contains("NaN"), "{e}");
}

const CONDITIONS: &str =
    "[conditions.attention]\n\"E.h\" = 12\n\"W.E<-I\" = -1\n[conditions.slow]\n\"tau\" = \"50 ms\"\n";

fn described(conditions: &str) -> Result<Spec> {
    let text = crate::file::template("ssn").unwrap() + conditions;
    crate::file::parse(&text, "c.toml", "".as_ref(), &[])
}

#[test]
fn conditions_are_changes_with_a_name() {
    let spec = described(CONDITIONS).unwrap();
    assert_eq!(spec.conditions().unwrap(), ["attention", "slow"]);
    let plain = spec.build().unwrap();
    let attention = spec.under("attention").unwrap();
    assert_eq!(attention.change_texts(), ["E.h=12", "W.E<-I=-1"]);
    let circuit = attention.build().unwrap();
    assert_eq!((circuit.h()[0], circuit.dense_weights().unwrap()[(0, 1)]), (12.0, -1.0));
    assert_ne!(plain.h()[0], 12.0);
    assert_eq!(attention.under("slow").unwrap().build().unwrap().tau(), [50.0, 50.0]);
    let e = spec.under("atention").unwrap_err();
    assert_eq!(e.help(), Some("did you mean attention?"));
}

#[test]
fn mistakes_in_conditions_are_found_where_they_stand() {
    for (bad, why, line) in [
        ("[conditions.a]\n\"E.tua\" = 3", "unknown key \"tua\"", "\"E.tua\" = 3"),
        ("[conditions.a]\n\"X.h\" = 3", "no such parameter: X.h", "\"X.h\" = 3"),
        ("[conditions.a]\n\"E.tau\" = -3", "tau of E is -3", "\"E.tau\" = -3"),
        ("[conditions.a]\nE.h = 3", "is a table here", "E.h = 3"),
        ("[conditions.a]\n\"E..h\" = 3", "no address", "\"E..h\" = 3"),
        ("[conditions]\na = 3", "must be a table", "a = 3"),
    ] {
        let e = described(bad).unwrap().build().unwrap_err();
        let place = e.place().expect(bad);
        let shown = place.text.lines().nth(place.line_column().0 - 1).unwrap();
        assert!(e.message().contains(why) && shown == line, "{e}");
    }
}

#[test]
fn another_run_builds_nothing_else_again() {
    let text = crate::file::template("ssn").unwrap();
    let spec = crate::file::parse(&text, "ssn.toml", "".as_ref(), &[]).unwrap();
    let built = spec.build().unwrap();
    let change = |address: &str, x: f64| Change::of(address, Value::Float(x));
    let run = [change("run.duration", 30.0), change("run.every", 10.0)];
    let (described, otherwise) = spec.rebuilt(run, &built).unwrap();
    let whole = described.build().unwrap();
    assert_eq!(format!("{otherwise:?}"), format!("{whole:?}"));
    assert_ne!(format!("{otherwise:?}"), format!("{built:?}"));
    // Anything else is built.
    let both = [change("run.duration", 30.0), change("populations.E.h", 3.0)];
    let (described, otherwise) = spec.rebuilt(both, &built).unwrap();
    assert_eq!(format!("{otherwise:?}"), format!("{:?}", described.build().unwrap()));
    assert!(spec.rebuilt([change("run.duration", -1.0)], &built).is_err());
}

/// What is said of `[run]` follows its values, and what is said of the rest stays.
#[test]
fn another_run_has_its_own_warnings() {
    let text = crate::file::template("ssn")
        .unwrap()
        .replace("[W]", "[populations.idle]\ntau = 20\n[W]\ndefault = 0");
    let spec = crate::file::parse(&text, "ssn.toml", "".as_ref(), &[]).unwrap();
    let change = |address: &str, x: f64| Change::of(address, Value::Float(x));
    let messages = |c: &crate::model::Circuit| -> Vec<String> {
        c.warnings().iter().map(|w| w.message().to_string()).collect()
    };
    let built = spec.build().unwrap();
    assert!(messages(&built).iter().any(|m| m.contains("idle")), "{:?}", messages(&built));
    let (spec, seconds) = spec.rebuilt([change("run.duration", 0.5)], &built).unwrap();
    assert_eq!(messages(&seconds), messages(&spec.build().unwrap()));
    assert_eq!(messages(&seconds).len(), messages(&built).len() + 1, "{:?}", messages(&seconds));
    // The same again, and another one: said once, and no longer.
    let (spec, again) = spec.rebuilt([change("run.every", 0.1)], &seconds).unwrap();
    assert_eq!(messages(&again), messages(&seconds));
    let (_, right) = spec.rebuilt([change("run.duration", 500.0)], &again).unwrap();
    assert_eq!(messages(&right), messages(&built));
}

#[test]
fn a_whole_source_of_input_may_be_added() {
    let spec = Spec::from_values("mine", values(two()));
    let kick = |area: Value| {
        Value::table([
            ("to", "E".into()),
            ("kind", "samples".into()),
            ("times", vec![0.0, 1.0].into()),
            ("values", area),
        ])
    };
    let long = Value::from((0..1000).map(f64::from).collect::<Vec<_>>());
    let mut added = spec.with([Change::of("stimuli.kick", kick(vec![0.0, 2.0].into()))]).unwrap();
    assert_eq!(added.build().unwrap().stimuli()[0].name, "kick");
    added.set(&address("stimuli.kick.values"), vec![0.0, 3.0]).unwrap();
    assert!(added.build().is_ok());
    // Its parts alone name nothing, nor does a number; a long course is named, not written out.
    for (part, value) in [("stimuli.kick.area", Value::from(3)), ("stimuli.kick", Value::from(3))] {
        assert!(
            spec.with([Change::of(part, value)]).unwrap_err().message().contains("no such parameter"),
            "{part}"
        );
    }
    let change = Change::of("stimuli.kick", kick(long));
    assert!(
        change.text().len() < 200 && change.text().contains("an array of 1000 numbers"),
        "{}",
        change.text()
    );
    assert!(change.text().contains("kind = \"samples\""), "{}", change.text());
}
