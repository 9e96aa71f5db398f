//! Branches of equilibria against reference values by independent code: `tests/data/bifurcation`.

use crate::common::{items, matrix, near, number, numbers, parts, population, text};
use neurate::branch::{Completeness, Diagram, SpecialKind, SpecialPoint, diagram};
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, Parameter};
use serde_json::Value;
use std::path::PathBuf;

pub fn data(name: &str) -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/bifurcation");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn transfer(model: &Value, i: usize) -> Transfer {
    let t = &model["transfer"];
    let of = |key: &str| number(&t[key][i]);
    let f = match text(&t["type"]) {
        "power" => Transfer::new("power", &[("k", of("k")), ("n", of("n"))], 1e-3),
        kind => {
            let zero = f64::from(u8::from(kind == "logistic_shifted"));
            let given = [("width", 1.0 / of("gain")), ("midpoint", of("threshold")), ("zero", zero)];
            Transfer::new("logistic", &given, 1e-3)
        }
    };
    let f = f.unwrap();
    match model.get("rho") {
        Some(rho) => f.with_refractory(number(&rho[i])).unwrap(),
        None => f,
    }
}

/// A case's circuit, and the parameter that it is looked at along.
pub fn case(case: &Value) -> (Circuit, Parameter) {
    let model = &case["model"];
    let (tau, h) = (numbers(&model["tau"]), numbers(&model["h"]));
    let names: Vec<&str> = items(&model["populations"]).iter().map(text).collect();
    let form = if text(&model["form"]) == "voltage" { Form::Voltage } else { Form::Rate };
    let populations = (0..tau.len())
        .map(|i| population(names[i], CellKind::Unconstrained, &tau[i..=i], &h[i..=i], transfer(model, i)))
        .collect();
    let circuit = Circuit::new(parts(form, populations, &matrix(&model["W"]))).unwrap();
    let h_of = |i: usize| format!("{}.h", names[i]).parse().unwrap();
    let parameter = match text(&case["parameter"]) {
        "c" => {
            let gains: Vec<_> =
                numbers(&model["g"]).into_iter().enumerate().map(|(i, g)| (h_of(i), g)).collect();
            Parameter::joint("c", &gains)
        }
        name => {
            let i: usize = name.trim_start_matches("h[").trim_end_matches(']').parse().unwrap();
            Parameter::from(h_of(i))
        }
    };
    (circuit, parameter)
}

fn range(case: &Value) -> (f64, f64) {
    let r = numbers(&case["range"]);
    (r[0], r[1])
}

/// Every reference point has its partner among those found, and there are no others.
#[track_caller]
fn same_points(
    found: &[&SpecialPoint],
    expected: &[Value],
    what: &str,
    check: impl Fn(&SpecialPoint, &Value),
) {
    let values: Vec<f64> = found.iter().map(|f| f.p).collect();
    assert_eq!(found.len(), expected.len(), "{what}: {values:?}");
    for e in expected {
        let (p, x) = (number(&e["p"]), numbers(&e["x"]));
        let away =
            |f: &SpecialPoint| f.state.iter().zip(&x).fold((f.p - p).abs(), |m, (a, b)| m.max((a - b).abs()));
        let f = found.iter().min_by(|a, b| away(a).total_cmp(&away(b))).unwrap();
        near(f.p, p, 1e-8 * (1.0 + p.abs()), &format!("{what}: p of {values:?}"));
        let slack = 2e-8 * (1.0 + x.iter().fold(0.0, |m: f64, v| m.max(v.abs())));
        assert!(away(f) < slack, "{what} at {p}: {:?}, not {x:?}", f.state);
        assert!(f.residual < 1e-10, "{what} at {p}: {}", f.residual);
        check(f, e);
    }
}

fn check_special(d: &Diagram, case: &Value, what: &str) {
    let folds: Vec<&SpecialPoint> = d.folds().collect();
    same_points(&folds, items(&case["folds"]), &format!("folds of {what}"), |f, e| {
        let SpecialKind::Fold { a, above } = f.kind else { unreachable!() };
        if let Some(expected) = e.get("a") {
            near(a, number(expected), 1e-6 * a.abs(), &format!("a of {what} at {}", f.p));
            assert_eq!(above, text(&e["two_equilibria_for"]) == "p>fold", "{what} at {}", f.p);
        }
    });
    let hopf: Vec<&SpecialPoint> = d.hopf().collect();
    same_points(&hopf, items(&case["hopf"]), &format!("Hopf points of {what}"), |f, e| {
        let SpecialKind::Hopf { omega, l1, .. } = f.kind else { unreachable!() };
        let expected = number(&e["omega"]);
        near(omega, expected, 1e-8 * expected, &format!("omega of {what} at {}", f.p));
        let expected = number(&e["l1"]);
        near(l1.unwrap(), expected, 1e-6 * expected.abs(), &format!("l1 of {what} at {}", f.p));
    });
}

/// A1 to A15: folds, Hopf points with omega and l1, pitchforks, and how many equilibria there are at every listed value.
#[test]
fn pairs_triples_and_quadruples_have_the_reference_points() {
    for case in &data("equilibria.json") {
        let what = text(&case["id"]);
        let (circuit, parameter) = self::case(case);
        let d = diagram(&circuit, &parameter, range(case)).unwrap();
        check_special(&d, case, what);
        let crossings: Vec<&SpecialPoint> = d.crossings().collect();
        same_points(&crossings, items(&case["branch_points"]), &format!("crossings of {what}"), |f, _| {
            assert!(matches!(f.kind, SpecialKind::Pitchfork { .. }), "{what}: {:?}", f.kind);
        });
        let known = d.points.len() - d.crossings().count() - d.folds().count() - d.hopf().count();
        assert_eq!(known, 0, "{what}: {:?}", d.points.iter().map(|p| &p.kind).collect::<Vec<_>>());
        assert!(d.early_stops().is_empty(), "{what}: {:?}", d.early_stops());
        for e in items(&case["equilibria"]) {
            let p = number(&e["p"]);
            assert_eq!(d.count_at(p), items(&e["points"]).len(), "equilibria of {what} at {p}");
        }
        assert!(d.audit.iter().all(|a| a.agrees()), "{what}: {:?}", d.audit);
        let pair = circuit.n() == 2 && d.crossings().count() == 0;
        let least = if pair { Completeness::Proved } else { Completeness::Audited };
        assert!(d.complete.equilibria >= least, "{what}: {:?}", d.complete);
    }
}

/// The number of unstable eigenvalues along each branch is that of the reference at its values.
#[test]
fn branches_are_as_stable_as_the_reference() {
    for case in &data("equilibria.json") {
        let what = text(&case["id"]);
        let (circuit, parameter) = self::case(case);
        let d = diagram(&circuit, &parameter, range(case)).unwrap();
        for e in items(&case["equilibria"]) {
            let p = number(&e["p"]);
            let mut expected: Vec<u64> =
                items(&e["points"]).iter().map(|q| q["n_unstable"].as_u64().unwrap()).collect();
            let mut found: Vec<u64> = Vec::new();
            for b in &d.branches {
                for k in 1..b.p.len() {
                    let last = p == d.window.1 && b.p[k].max(b.p[k - 1]) == p;
                    if (b.p[k - 1] <= p) != (b.p[k] <= p) || last {
                        // Between two points that are special or regular the number is that of the regular ones.
                        found.push(b.unstable[k - 1].max(b.unstable[k]) as u64);
                    }
                }
            }
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected, "{what} at {p}");
        }
    }
}

/// C1 (adaptation) and C2 (facilitation and depression): slow states are part of the state.
#[test]
fn circuits_with_slow_states_have_the_reference_points() {
    for case in &data("slow_states.json") {
        let what = text(&case["id"]);
        let spec = neurate::file::parse(text(&case["circuit"]), what, ".".as_ref(), &[]).unwrap();
        let circuit = spec.build().unwrap();
        let parameter = Parameter::from(text(&case["parameter"]).parse::<neurate::model::Address>().unwrap());
        let d = diagram(&circuit, &parameter, range(case)).unwrap();
        check_special(&d, case, what);
        assert_eq!(d.points.len(), items(&case["folds"]).len() + items(&case["hopf"]).len(), "{what}");
        assert!(d.early_stops().is_empty() && d.audit.iter().all(|a| a.agrees()), "{what}");
        for e in case["counts"].as_array().into_iter().flatten() {
            let p = number(&e["p"]);
            assert_eq!(d.count_at(p) as u64, e["count"].as_u64().unwrap(), "{what} at {p}");
        }
    }
}
