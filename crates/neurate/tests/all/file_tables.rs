//! Data of populations from tables give the circuit that the same numbers give in the file itself.

use crate::files::{everyday, folder};
use neurate::file::{circuit_of_matrix, parse};
use neurate::linalg::Matrix;
use neurate::model::{Address, Circuit, Senders, Weights};
use neurate::spec::{Change, Spec, Value};
use std::path::Path;

fn spec(text: &str, folder: &Path) -> Spec {
    parse(&format!("neurate = 1\n{text}"), "c.toml", folder, &[]).unwrap()
}

fn built(text: &str, folder: &Path) -> Circuit {
    spec(text, folder).build().unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn refused(text: &str, folder: &Path, words: &[&str]) {
    let e = spec(text, folder).build().expect_err(text);
    let told = e.to_string();
    assert!(words.iter().all(|w| told.contains(w)), "{told}\nlacks one of {words:?}");
    assert!(e.place().is_some() && e.help().is_some(), "{told}");
}

fn warned(c: &Circuit) -> String {
    c.warnings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What a change of an address makes of a circuit's numbers.
fn with(spec: &Spec, address: &str, value: impl Into<Value>) -> Circuit {
    let change = Change::of(address, value);
    spec.with([change]).and_then(|s| s.build()).unwrap_or_else(|e| panic!("{address}: {e}"))
}

/// The value that the list of addresses has.
fn listed(spec: &Spec, address: &str) -> String {
    let parsed: Address = address.parse().unwrap();
    let all = spec.addresses().unwrap();
    let setting = all.iter().find(|s| s.address == parsed);
    setting.unwrap_or_else(|| panic!("{address} is not listed")).value.clone().unwrap_or_default()
}

const FOUR_AND_TWO: &str = "[populations]\nE = { kind = \"excitatory\", size = 4, tau = 20, h = 1 }\n\
                            I = { kind = \"inhibitory\", size = 2, tau = 20, h = 1 }\n";
const TOTALS: &str = "[W]\n\"E <- E\" = 1.5\n\"E <- I\" = -1\n\"I <- E\" = 1.2\n\"I <- I\" = -0.5\n";

#[test]
fn a_table_of_populations_gives_totals() {
    let text = std::fs::read_to_string(everyday().join("09_population_matrix.toml")).unwrap();
    let spec = parse(&text, "c.toml", &everyday(), &[]).unwrap();
    let (c, pairs) = (spec.build().unwrap(), built(&format!("{FOUR_AND_TWO}{TOTALS}"), Path::new("")));
    assert_eq!(c.weights(), pairs.weights());
    let w = c.dense_weights().unwrap();
    assert_eq!((w[(0, 0)], w[(3, 4)], w[(4, 3)], w[(5, 5)]), (0.375, -0.5, 0.3, -0.25));
    // Every address as if the numbers stood in the file.
    assert_eq!(listed(&spec, "W.E<-I"), "-1.0");
    assert_eq!(with(&spec, "W.E<-I", -3).dense_weights().unwrap()[(1, 4)], -1.5);
    let all = with(&spec, "W.*<-I", -3).dense_weights().unwrap();
    assert_eq!((all[(0, 5)], all[(5, 4)], all[(0, 0)]), (-1.5, -1.5, 0.375));
    let by_number = c.with(&[(&"W.I<-E".parse::<Address>().unwrap().into(), 2.0)]).unwrap();
    assert_eq!(by_number.dense_weights().unwrap()[(4, 0)], 0.5);
}

#[test]
fn totals_come_in_any_order_and_layout() {
    let at = folder(&[
        ("plain.csv", "1.5,-1\n1.2,-0.5\n"),
        ("transposed.csv", "1.5,1.2\n-1,-0.5\n"),
        ("reversed.csv", "-0.5,1.2\n-1,1.5\n"),
        ("named.csv", ",I,E\nE,-1,1.5\nI,-0.5,1.2\n"),
        ("three.csv", "1,2,3\n1,2,3\n1,2,3\n"),
        ("twice.csv", ",E,E\nE,1,2\nI,1,2\n"),
        ("stranger.csv", ",E,X\nE,1,-2\nX,1,-2\n"),
        ("signs.csv", ",E,I\nE,1,1\nI,-1,-1\n"),
    ]);
    let expected = built(&format!("{FOUR_AND_TWO}{TOTALS}"), at.path());
    for table in [
        "file = \"plain.csv\"\nlayout = \"to_from\"",
        "file = \"transposed.csv\"\nlayout = \"from_to\"",
        "file = \"reversed.csv\"\nlayout = \"to_from\"\norder = [\"I\", \"E\"]",
        "file = \"named.csv\"\nlayout = \"to_from\"",
    ] {
        let c = built(&format!("{FOUR_AND_TWO}[W]\n{table}"), at.path());
        assert_eq!(c.weights(), expected.weights(), "{table}");
        assert_eq!(warned(&c).contains("different orders"), table.contains("named"), "{}", warned(&c));
    }
    let w = |file: &str| format!("{FOUR_AND_TWO}[W]\nfile = \"{file}\"\nlayout = \"to_from\"");
    refused(
        &w("three.csv"),
        at.path(),
        &["3 x 3", "6 units (E 4, I 2)", "6 x 6 gives each weight", "2 x 2 the total"],
    );
    refused(&w("twice.csv"), at.path(), &["column 2", "E has a column already"]);
    refused(
        &w("stranger.csv"),
        at.path(),
        &["named \"X\"", "the file names E, X", "the populations are E, I"],
    );
    refused(&w("signs.csv"), at.path(), &["I is inhibitory", "transpose", "from_to"]);
    // As many populations as units: there is nothing to tell apart.
    let single = built(
        "[populations]\nE = { tau = 20 }\nI = { tau = 20 }\n[W]\nfile = \"plain.csv\"\nlayout = \"to_from\"",
        at.path(),
    );
    assert_eq!(single.dense_weights().unwrap(), Matrix::from_rows(&[[1.5, -1.0], [1.2, -0.5]]));
    // Many units: two numbers a population, not a matrix.
    let many = FOUR_AND_TWO.replace("size = 4", "size = 4_000_000");
    let c = built(&format!("{many}[W]\nfile = \"plain.csv\"\nlayout = \"to_from\""), at.path());
    assert!(matches!(c.weights(), Weights::Blocks(b) if b.weights()[(0, 0)] == 1.5 / 4e6), "{:?}", c.n());
}

#[test]
fn units_are_found_by_their_names() {
    let at = folder(&[
        ("numbered.csv", ",E2,E1,I1\nI1,7,8,-9\nE1,2,1,-3\nE2,5,4,-6\n"),
        ("zero.csv", ",E_0,E_1,I\nE_0,1,2,-3\nE_1,4,5,-6\nI,8,7,-9\n"),
        ("places.csv", ",2,1,0\n0,-3,2,1\n1,-6,5,4\n2,-9,7,8\n"),
    ]);
    let text = "[populations]\nE = { kind = \"excitatory\", size = 2, tau = 20 }\nI = { kind = \"inhibitory\", tau = 20 }\n\
                [W]\nlayout = \"to_from\"\nfile = ";
    let expected = Matrix::from_rows(&[[1.0, 2.0, -3.0], [4.0, 5.0, -6.0], [8.0, 7.0, -9.0]]);
    for file in ["numbered.csv", "zero.csv", "places.csv"] {
        let c = built(&format!("{text}\"{file}\""), at.path());
        assert_eq!(c.dense_weights().unwrap(), expected, "{file}");
    }
}

const TWO: &str = "[populations]\na = { tau = 10 }\nb = { tau = 10 }\n[W]\n\"a <- b\" = 0.2\n\"b <- a\" = 0.2\ndefault = 0\n";

#[test]
fn delays_come_from_a_table() {
    let text = std::fs::read_to_string(everyday().join("10_delay_matrix_file.toml")).unwrap();
    let text = text.strip_prefix("neurate = 1\n").unwrap();
    let pairs = built(
        &format!("{TWO}[delays]\n\"a <- a\" = 1\n\"a <- b\" = 5\n\"b <- a\" = 3\n\"b <- b\" = 2\n"),
        Path::new(""),
    );
    let of = |c: &Circuit| c.delays().unwrap().between().clone();
    for lengths in ["1,5\n3,2\n", ",a,b\na,1,5\nb,3,2\n", ",b,a\nb,2,3\na,5,1\n"] {
        let at = folder(&[("lengths.csv", lengths)]);
        let spec = spec(text, at.path());
        let c = spec.build().unwrap();
        assert_eq!((of(&c), c.weights()), (of(&pairs), pairs.weights()), "{lengths}");
        assert_eq!(listed(&spec, "delays.a<-b"), "5.0");
        let other = with(&spec, "delays.a<-b", "7 ms");
        let expected =
            format!("{TWO}[delays]\n\"a <- a\" = 1\n\"a <- b\" = 7\n\"b <- a\" = 3\n\"b <- b\" = 2\n");
        assert_eq!(of(&other), of(&built(&expected, at.path())));
        let turned = text.replace("to_from", "from_to");
        assert_eq!(of(&built(&turned, at.path())), of(&pairs).transpose(), "{lengths}");
    }
    let at = folder(&[
        ("lengths.csv", "0.001,0.005\n0.003,0.002\n"),
        ("negative.csv", "1,-5\n3,2\n"),
        ("three.csv", "1,2,3\n4,5,6\n7,8,9\n"),
    ]);
    assert_eq!(of(&built(&format!("{text}units = \"s\"\n"), at.path())), of(&pairs));
    refused(&format!("{text}units = \"mV\"\n"), at.path(), &["mV", "time"]);
    refused(&format!("{text}default = 1\n"), at.path(), &["default", "every pair"]);
    refused(&text.replace("lengths", "negative"), at.path(), &["a from b", "never negative"]);
    refused(
        &text.replace("lengths", "three"),
        at.path(),
        &["3 x 3", "2 populations (a, b)", "each pair of populations"],
    );
    refused(&text.replace("layout = \"to_from\"", ""), at.path(), &["layout", "which axis receives"]);
}

#[test]
fn arrays_stand_for_tables_and_survive_as_text() {
    let population = |tau: i32| Value::table([("tau", Value::from(tau)), ("h", 1.into())]);
    let delays = Matrix::from_rows(&[[1.0, 5.0], [3.0, 2.0]]);
    let table = |m: Matrix| Value::table([("file", Value::from(m)), ("layout", "to_from".into())]);
    let values = Value::table([
        ("neurate", Value::from(1)),
        ("populations", Value::table([("a", population(10)), ("b", population(20))])),
        ("W", table(Matrix::from_rows(&[[0.0, 0.2], [0.3, 0.0]]))),
        ("delays", table(delays.clone())),
    ]);
    let spec = Spec::from_values("mine", values);
    let c = spec.build().unwrap();
    assert!(spec.text().contains("[delays]\nfile = \"delays\""), "{}", spec.text());
    let mut read = parse(&spec.text(), "mine", Path::new(""), &[]).unwrap();
    read.set(&"W.file".parse().unwrap(), Matrix::from_rows(&[[0.0, 0.2], [0.3, 0.0]])).unwrap();
    read.set(&"delays.file".parse().unwrap(), delays).unwrap();
    assert_eq!(format!("{:?}", read.build().unwrap().delays()), format!("{:?}", c.delays()));
    assert_eq!(serde_json::to_value(&spec).unwrap()["delays"]["file"][0][1], 5.0);
}

const MANY: &str = "seed = 3\n[populations]\nE = { kind = \"excitatory\", size = 30, tau = 20 }\n\
                    I = { kind = \"inhibitory\", size = 10, tau = 10 }\n";

#[test]
fn probabilities_and_strengths_come_from_tables() {
    let at = folder(&[
        ("p.csv", ",E,I\nE,0.2,0.5\nI,0.4,0\n"),
        ("mean.csv", ",I,E\nI,0,0.03\nE,-0.05,0.02\n"),
        ("high.csv", ",E,I\nE,0.2,1.5\nI,0.4,0\n"),
        ("sign.csv", ",E,I\nE,0.02,0.05\nI,0.03,0\n"),
    ]);
    let of = |p: &str, mean: &str| {
        format!(
            "{MANY}[connect]\n\"* <- *\" = {{ p = {{ file = \"{p}.csv\", layout = \"to_from\" }}, \
             mean = {{ file = \"{mean}.csv\", layout = \"to_from\" }}, cv = 0.5 }}\n"
        )
    };
    let explicit = |ei: f64| {
        format!(
            "{MANY}[connect]\n\"E <- E\" = {{ p = 0.2, mean = 0.02, cv = 0.5 }}\n\"E <- I\" = {{ p = {ei}, mean = -0.05, cv = 0.5 }}\n\
             \"I <- E\" = {{ p = 0.4, mean = 0.03, cv = 0.5 }}\n\"I <- I\" = {{ p = 0, mean = 0, cv = 0.5 }}\n"
        )
    };
    let spec = spec(&of("p", "mean"), at.path());
    assert_eq!(spec.build().unwrap().weights(), built(&explicit(0.5), at.path()).weights());
    assert_eq!(
        (listed(&spec, "connect.E<-I.p"), listed(&spec, "connect.I<-E.mean")),
        ("0.5".into(), "0.03".into())
    );
    assert_eq!(with(&spec, "connect.E<-I.p", 0.1).weights(), built(&explicit(0.1), at.path()).weights());
    let twice = spec.with([Change::of("connect.E<-I.p", 0.3), Change::of("connect.E<-I.p", 0.1)]).unwrap();
    assert_eq!(twice.build().unwrap().weights(), built(&explicit(0.1), at.path()).weights());
    let all = with(&spec, "connect.*<-*.p", 0.0);
    assert_eq!(all.weights().nonzeros(), 0);
    // What no table gives has no address of a pair's own.
    assert!(spec.with([Change::of("connect.E<-I.cv", 0.1)]).is_err());
    refused(&of("p", "mean").replace("file = \"p.csv\", ", ""), at.path(), &["p of \"* <- *\" needs file"]);
    refused(&of("high", "mean"), at.path(), &["p is 1.5", "to E from I, in high.csv"]);
    refused(&of("p", "sign"), at.path(), &["I is inhibitory", "to E from I, in sign.csv"]);
    refused(&of("p", "mean").replace("}, cv", ", colour = 3 }, cv"), at.path(), &["colour"]);
}

#[test]
fn in_degrees_jumps_and_delays_of_synapses_come_from_tables() {
    let head = "[populations]\nE = { kind = \"excitatory\", size = 1000, sigma = 1, f = { kind = \"lif\", tau_m = 20, tau_ref = 2, threshold = 20, reset = 10 } }\n\
                I = { like = \"E\", kind = \"inhibitory\", size = 250 }\n[synapses]\n";
    let at = folder(&[
        ("K.csv", ",E,I\nE,100,20\nI,50,0\n"),
        ("J.csv", "0.1,-0.5\n0.2,-0.4\n"),
        ("delay.csv", "1,2\n3,4\n"),
        ("zero.csv", ",E,I\nE,100,-20\nI,50,0\n"),
    ]);
    let tables = "\"* <- *\" = { K = { file = \"K.csv\", layout = \"to_from\" }, J = { file = \"J.csv\", layout = \"to_from\" }, \
                  delay = { file = \"delay.csv\", layout = \"to_from\", units = \"ms\" }, cv = 0.1 }\n";
    let explicit = "default = 0\n\"E <- E\" = { K = 100, J = 0.1, delay = 1, cv = 0.1 }\n\"E <- I\" = { K = 20, J = -0.5, delay = 2, cv = 0.1 }\n\
                    \"I <- E\" = { K = 50, J = 0.2, delay = 3, cv = 0.1 }\n";
    let of = |c: &Circuit| format!("{:?}", c.mean_field().unwrap());
    let spec = spec(&format!("{head}{tables}"), at.path());
    assert_eq!(of(&spec.build().unwrap()), of(&built(&format!("{head}{explicit}"), at.path())));
    assert_eq!(listed(&spec, "synapses.I<-E.J"), "0.2");
    let changed = explicit.replace("J = -0.5", "J = -0.7");
    assert_eq!(of(&with(&spec, "synapses.E<-I.J", -0.7)), of(&built(&format!("{head}{changed}"), at.path())));
    refused(
        &format!("{head}{}", tables.replace("K.csv", "zero.csv")),
        at.path(),
        &["K is -20", "to E from I, in zero.csv"],
    );
}

#[test]
fn inputs_and_time_constants_come_from_columns() {
    let at = folder(&[
        ("cells.csv", "name,h,tau (s),rate\nI,5,0.01,3\nE,3,0.02,4\n"),
        ("units.csv", "unit,h\nE[1],2\nE[0],1\nI,7\nE[2],3\n"),
        ("numbered.csv", "unit,drive,h\nI1,7,0\nE3,3,0\nE1,1,0\nE2,2,0\n"),
        ("three.csv", "1\n2\n3\n"),
        ("row.csv", "E,I\n4,6\n"),
        ("two.csv", "1\n2\n"),
        ("five.csv", "1\n2\n3\n4\n5\n"),
        ("missing.csv", "name,h\nE,1\nX,3\n"),
        ("wide.csv", "1,2\n3,4\n5,6\n"),
    ]);
    let text = |e: &str, i: &str| {
        format!(
            "[populations]\nE = {{ kind = \"excitatory\", size = 3, tau = 20, {e} }}\nI = {{ kind = \"inhibitory\", tau = 10, {i} }}\n[W]\ndefault = 0\n\"E <- I\" = -1\n"
        )
    };
    let h = |e: &str, i: &str| built(&text(e, i), at.path()).h().to_vec();
    let file = |name: &str| format!("h = {{ file = \"{name}.csv\" }}");
    assert_eq!(h(&file("cells"), &file("cells")), [3.0, 3.0, 3.0, 5.0]);
    assert_eq!(h(&file("units"), &file("units")), [1.0, 2.0, 3.0, 7.0]);
    let drive = "h = { file = \"numbered.csv\", column = \"drive\" }";
    assert_eq!(h(drive, drive), [1.0, 2.0, 3.0, 7.0]);
    assert_eq!(h(&file("three"), ""), [1.0, 2.0, 3.0, 0.0]);
    assert_eq!(h(&file("row"), &file("row")), [4.0, 4.0, 4.0, 6.0]);
    assert_eq!(h(&file("two"), &file("two")), [1.0, 1.0, 1.0, 2.0]);
    // A heading's unit counts, and one that is said counts before it.
    let tau = |extra: &str| {
        let of = |kind: &str, size: usize| {
            format!("{{ kind = \"{kind}\", size = {size}, tau = {{ file = \"cells.csv\"{extra} }} }}")
        };
        let text = format!(
            "[populations]\nE = {}\nI = {}\n[W]\ndefault = 0\n\"E <- I\" = -1\n",
            of("excitatory", 2),
            of("inhibitory", 1)
        );
        built(&text, at.path()).tau().to_vec()
    };
    assert_eq!(tau(""), [20.0, 20.0, 10.0]);
    assert_eq!(tau(", column = \"tau\", units = \"ms\""), [0.02, 0.02, 0.01]);
    // `like` takes the table over: each population has its own line.
    let like = "[populations]\nE = { kind = \"excitatory\", size = 2, tau = 20, h = { file = \"cells.csv\" } }\nI = { like = \"E\", kind = \"inhibitory\", size = 1 }\n[W]\ndefault = 0\n\"E <- I\" = -1\n";
    assert_eq!(built(like, at.path()).h(), [3.0, 3.0, 5.0]);
    // Addresses.
    let all = spec(&text(&file("cells"), &file("cells")), at.path());
    assert_eq!((listed(&all, "E.h"), listed(&all, "I.h")), ("3.0".into(), "5.0".into()));
    assert_eq!(with(&all, "E.h", 9).h(), [9.0, 9.0, 9.0, 5.0]);
    assert_eq!(with(&all, "h", 9).h(), [9.0; 4]);
    assert_eq!(
        all.build().unwrap().with(&[(&"I.h".parse::<Address>().unwrap().into(), 2.0)]).unwrap().h()[3],
        2.0
    );
    for (name, words) in [
        ("missing", &["missing.csv has no line for I", "E, X"][..]),
        ("five", &["5 lines", "3 units", "2 populations", "4 units"]),
        ("wide", &["2 columns without headings"]),
    ] {
        refused(&text(&file(name), &file(name)), at.path(), words);
    }
    refused(
        &text("h = { file = \"cells.csv\", column = \"g\" }", ""),
        at.path(),
        &["no column \"g\"", "h, tau (s), rate"],
    );
    refused(&text("h = { file = \"cells.csv\", column = \"tau\", units = \"V\" }", ""), at.path(), &["V"]);
    refused(&text("h = { fiel = \"cells.csv\" }", ""), at.path(), &["fiel", "did you mean file"]);
    refused(&text("h = { column = \"h\" }", ""), at.path(), &["h of E needs file"]);
    refused(&text("h = { file = \"cells.csv\", columm = \"tau\" }", ""), at.path(), &["columm", "column"]);
}

#[test]
fn rings_join_populations_of_different_sizes() {
    let text = |points: &str, kernel: &str| {
        format!(
            "[space]\norientation = {{ period = 180, points = {points} }}\n[populations]\nE = {{ kind = \"excitatory\", size = 12, tau = 20 }}\n\
             I = {{ kind = \"inhibitory\", size = 4, tau = 10 }}\n[W]\ndefault = 0\n\"* <- E\" = {{ {kernel}, orientation = {{ gaussian = 30 }} }}\n\
             \"* <- I\" = {{ total = -2, orientation = {{ von-mises = 1 }} }}\n"
        )
    };
    let nowhere = Path::new("");
    let points = "{ E = 12, I = 4 }";
    let w = built(&text(points, "total = 3"), nowhere).dense_weights().unwrap();
    for i in 0..16 {
        let (e, inhibition): (f64, f64) = (w.row(i)[..12].iter().sum(), w.row(i)[12..].iter().sum());
        assert!(
            (e - 3.0).abs() < 1e-14 && (inhibition + 2.0).abs() < 1e-14,
            "a total is one for every receiver"
        );
    }
    // With the peak at distance zero: to I at 45 degrees from E at 30 and at 60, both 15 away, and from 45.
    let w = built(&text(points, "peak = 0.1"), nowhere).dense_weights().unwrap();
    let at = |d: f64| 0.1 * (-0.5 * (d / 30.0f64).powi(2)).exp();
    assert!((w[(13, 3)] - 0.1).abs() < 1e-15 && (w[(13, 2)] - at(15.0)).abs() < 1e-15);
    assert_eq!(w[(13, 2)], w[(13, 4)]);
    assert!((w[(12, 11)] - at(15.0)).abs() < 1e-15, "the shorter way round");
    // One number for both is what it was.
    let equal = |points: &str| text(points, "total = 3").replace("size = 4", "size = 12");
    let (a, b) = (built(&equal("12"), nowhere), built(&equal("{ E = 12, I = 12 }"), nowhere));
    assert_eq!(a.weights(), b.weights());
    refused(&text("12", "total = 3"), nowhere, &["I has 4 units", "12 points", "points = { E = 12, I = 4 }"]);
    refused(&text("{ E = 12 }", "total = 3"), nowhere, &["how many I has", "add I to points"]);
    refused(&text("{ E = 12, P = 4 }", "total = 3"), nowhere, &["no population \"P\""]);
    refused(&text("{ E = 12, I = 1 }", "total = 3"), nowhere, &["from 2 to"]);
}

#[test]
fn a_bare_matrix_that_looks_transposed_is_refused() {
    let path = everyday().join("04_rows_send.csv");
    let e = circuit_of_matrix(&path, Some("20"), None).unwrap_err();
    assert!(e.message().contains("looks transposed") && e.help().unwrap().contains("--from-to"), "{e}");
    let of = |senders| {
        let text = circuit_of_matrix(&path, Some("20"), Some(senders)).unwrap();
        parse(&text, "bare", &everyday(), &[])
            .and_then(|s| s.build())
            .unwrap_or_else(|e| panic!("{e}\n{text}"))
    };
    let right = of(Senders::Rows);
    let kinds: Vec<_> = right.populations().iter().map(|p| (p.name.as_str(), p.kind.name())).collect();
    let expected = [("E", "excitatory"), ("PV", "inhibitory"), ("SST", "inhibitory"), ("VIP", "inhibitory")];
    assert_eq!(kinds, expected);
    assert_eq!(right.dense_weights().unwrap()[(0, 1)], -1.0, "to E from PV");
    assert!(right.warnings().is_empty(), "{}", warned(&right));
    // Whoever says that rows receive is believed, and told.
    let other = of(Senders::Columns);
    assert!(warned(&other).contains("looks transposed"), "{}", warned(&other));
}

#[test]
fn inhibitory_names_with_positive_weights_get_a_hint() {
    let text = |name: &str, kind: &str, w: f64| {
        format!(
            "[populations]\nE = {{ tau = 20 }}\n{name} = {{ tau = 20{kind} }}\n[W]\ndefault = 0\n\"E <- E\" = 1\n\"E <- {name}\" = {w}\n"
        )
    };
    let nowhere = Path::new("");
    for name in ["PV", "SST", "VIP", "inh", "I", "In", "L4I"] {
        let told = warned(&built(&text(name, "", 0.5), nowhere));
        assert!(
            told.contains(&format!("{name} is named after inhibitory")) && told.contains("negative here"),
            "{name}: {told}"
        );
        assert!(told.contains("c.toml:4"), "{told}");
        assert_eq!(warned(&built(&text(name, "", -0.5), nowhere)), "");
        assert_eq!(warned(&built(&text(name, ", kind = \"inhibitory\"", -0.5), nowhere)), "");
    }
    assert_eq!(warned(&built(&text("P", "", 0.5), nowhere)), "");
    let several =
        "[populations]\nE = { tau = 20 }\nPV = { tau = 20 }\nSST = { tau = 20 }\n[W]\n\"* <- *\" = 0.5\n";
    let told = warned(&built(several, nowhere));
    assert!(told.contains("PV and SST are named"), "{told}");
}

#[test]
fn messages_have_numbers_that_one_reads() {
    let c = built("[populations]\nE = { tau = 1e-300 }\n", Path::new(""));
    let told = warned(&c);
    assert!(told.contains("1e-300") && told.len() < 300, "{told}");
    refused("[populations]\nE = { tau = -1e-300 }\n", Path::new(""), &["tau of E is -1e-300"]);
}

#[test]
fn a_table_that_changes_changes_the_fingerprint() {
    let prints: Vec<String> = ["1,5\n3,2\n", "1,5\n3,4\n"]
        .iter()
        .map(|lengths| {
            let at = folder(&[("lengths.csv", lengths)]);
            let spec =
                spec(&format!("{TWO}[delays]\nfile = \"lengths.csv\"\nlayout = \"to_from\"\n"), at.path());
            let circuit = spec.build().unwrap();
            spec.fingerprint(&circuit)
        })
        .collect();
    assert_ne!(prints[0], prints[1]);
}
