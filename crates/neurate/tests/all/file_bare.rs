//! Arrays, rows of numbers and names of files that stand alone where a table `{ file = ... }` may stand.

use crate::files::folder;
use neurate::file::parse;
use neurate::linalg::Matrix;
use neurate::model::Circuit;
use neurate::spec::{Change, Spec, Value};
use std::path::Path;

fn spec(text: &str, folder: &Path) -> Spec {
    parse(text, "bare.toml", folder, &[]).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

const TWO: &str = "neurate = 1\nseed = 3\n";
const REST: &str =
    "[populations]\nA = { tau = 10, size = 20 }\nB = { tau = 10, size = 30 }\n[W]\n\"* <- *\" = 0.2\n";

fn delays(c: &Circuit) -> Vec<f64> {
    c.delays().expect("delays").between().data().to_vec()
}

#[test]
fn delays_stand_alone() {
    let edges = "pre,post,value\nA,A,1\nB,A,2\nA,B,3\nB,B,4\n";
    let folder = folder(&[("d.csv", "1,2\n3,4\n"), ("edges.csv", edges)]);
    let given = |delays: &str| spec(&format!("{TWO}delays = {delays}\n{REST}"), folder.path());
    // Rows receive, and a list of connections says so itself.
    for text in ["[[1, 2], [3, 4]]", "[[1.0, 2.0], [3.0, 4.0]]", "\"edges.csv\""] {
        assert_eq!(delays(&given(text).build().unwrap()), [1.0, 2.0, 3.0, 4.0], "{text}");
    }
    // Which axis of a file receives must be said, as in [W].
    let e = given("\"d.csv\"").build().unwrap_err();
    assert!(e.message().contains("layout") && e.help().unwrap().contains("to_from"), "{e}");
    for (wrong, said) in
        [("[[1, 2, 3], [4, 5, 6]]", "2 x 3"), ("[[1, 2], [3]]", "table"), ("[[1, -2], [3, 4]]", "negative")]
    {
        let e = given(wrong).build().unwrap_err();
        assert!(e.message().contains(said) && e.help().is_some() && e.place().is_some(), "{wrong}: {e}");
    }
    // One of them has an address, and all of them together, where there were none, too.
    let one = given("[[1, 2], [3, 4]]").with([Change::of("delays.A<-B", 9.0)]).unwrap().build().unwrap();
    assert_eq!(delays(&one), [1.0, 9.0, 3.0, 4.0]);
    let none = spec(&format!("{TWO}{REST}"), folder.path());
    let all = none.with([Change::of("delays", Matrix::from_rows(&[[5.0, 6.0], [7.0, 8.0]]))]).unwrap();
    assert_eq!(delays(&all.build().unwrap()), [5.0, 6.0, 7.0, 8.0]);
}

#[test]
fn probabilities_stand_alone() {
    let folder = folder(&[("p.csv", "0.1,0.9\n0,0.5\n")]);
    let text = |p: &str| {
        format!(
            "{TWO}[populations]\nA = {{ tau = 10, size = 20 }}\nB = {{ tau = 10, size = 30 }}\n[connect]\n\"* <- *\" = {{ p = {p}, mean = 0.01 }}\n"
        )
    };
    let built = |p: &str| spec(&text(p), folder.path()).build().unwrap().dense_weights().unwrap();
    let bare = built("[[0.1, 0.9], [0, 0.5]]");
    let pairs = spec(&text("0.1"), folder.path());
    let set = |address: &str, p: f64| Change::of(address, p);
    let table = spec(&text("{ file = \"p.csv\", layout = \"to_from\" }"), folder.path());
    assert_eq!(bare.data(), table.build().unwrap().dense_weights().unwrap().data(), "the same draws");
    assert!(pairs.build().is_ok());
    // A number of it by its address.
    let changed =
        spec(&text("[[0.1, 0.9], [0, 0.5]]"), folder.path()).with([set("connect.B<-A.p", 0.4)]).unwrap();
    let changed = changed.build().unwrap().dense_weights().unwrap();
    let block = |w: &Matrix| (20..50).flat_map(|i| w.row(i)[..20].to_vec()).filter(|x| *x != 0.0).count();
    assert_eq!(block(&bare), 0);
    assert!(block(&changed) > 150, "{}", block(&changed));
}

#[test]
fn arrays_of_values_stand_alone() {
    let unit = |size: i64| Value::table([("size", Value::from(size)), ("tau", Value::from(10.0))]);
    let values = |delays: Value| {
        Value::table([
            ("neurate", Value::from(1)),
            ("populations", Value::table([("A", unit(1)), ("B", unit(2))])),
            ("W", Value::table([("* <- *", 0.1)])),
            ("delays", delays),
        ])
    };
    let c = Spec::from_values("mine", values(Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]).into()))
        .build()
        .unwrap();
    assert_eq!(delays(&c), [1.0, 2.0, 3.0, 4.0]);
    let e = Spec::from_values("mine", values(Matrix::zeros(3, 3).into())).build().unwrap_err();
    assert!(e.message().contains("3 x 3") && e.help().unwrap().contains("2 x 2"), "{e}");
}
