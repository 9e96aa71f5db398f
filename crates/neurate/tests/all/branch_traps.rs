//! Branches where methods of others go wrong, and of spiking neurons.

use crate::branch_pieces::{of_id, parameter, parse};
use crate::common::{items, near, number, numbers, text};
use neurate::branch::{CircuitFamily, Diagram, DiagramOptions, SpecialKind, diagram, diagram_of};
use neurate::progress::Progress;
use serde_json::Value;

/// C4: folds of spiking neurons in mean field, whose fluctuations depend on their rate.
#[test]
fn folds_of_spiking_neurons_are_those_of_the_reference() {
    let case = of_id("C4");
    let circuit = text(&case["circuit"]).to_string();
    let make = |p: f64| {
        let moved = circuit.replace("h = 0\n", &format!("h = {p:?}\n"));
        neurate::file::parse(&moved, "lif.toml", ".".as_ref(), &[]).and_then(|s| s.build())
    };
    let range = numbers(&case["range"]);
    let family = CircuitFamily::of("E.h", Box::new(make), (range[0], range[1])).unwrap();
    let d = diagram_of(&family, &DiagramOptions::default().values(9), &Progress::default()).unwrap();
    let expected = items(&case["folds"]);
    assert_eq!((d.points.len(), d.folds().count()), (expected.len(), expected.len()));
    for fold in d.folds() {
        let p = |e: &&Value| (number(&e["p"]) - fold.p).abs();
        let e = expected.iter().min_by(|a, b| p(a).total_cmp(&p(b))).unwrap();
        near(fold.p, number(&e["p"]), 1e-8, "a fold");
        near(fold.state[0], number(&e["r"]), 1e-6 * number(&e["r"]), "the rate at a fold");
    }
    for e in items(&case["counts"]) {
        assert_eq!(d.count_at(number(&e["p"])) as u64, e["count"].as_u64().unwrap());
    }
}

/// The diagram over the first parameter of C7 around a point, the second one beside it.
fn beside(kind: &str, point: &Value, parameters: [&str; 2], off: f64) -> Diagram {
    let p = numbers(&point["p"]);
    let circuit = parse(text(&of_id("C7")[kind]["circuit"]));
    let circuit = circuit.with(&[(&parameter(parameters[1]), p[1] + off)]).unwrap();
    let family_parameter = parameter(parameters[0]);
    let family = CircuitFamily::new(&circuit, &family_parameter, (p[0] - 0.4, p[0] + 0.3)).unwrap();
    diagram_of(&family, &DiagramOptions::default().values(5), &Progress::default()).unwrap()
}

/// C7: a Hopf point 1.4e-7 beside a fold, two Hopf points near each other, and none where eigenvalues are a quadruple.
#[test]
fn neighbors_of_double_points_are_told_apart() {
    let case = of_id("C7");
    let near_fold = beside("zero_hopf", &case["zero_hopf"]["points"][0], ["E.h", "SST.h"], 1e-3);
    let hopf = near_fold.hopf().next().unwrap();
    let fold =
        near_fold.folds().min_by(|a, b| (a.p - hopf.p).abs().total_cmp(&(b.p - hopf.p).abs())).unwrap();
    let apart = (fold.p - hopf.p).abs();
    assert!(apart > 1e-8 && apart < 1e-6, "{apart}");
    near(hopf.eigenvalues.iter().map(|l| l.re.abs()).fold(f64::INFINITY, f64::min), 0.0, 1e-9, "on the axis");

    let two = beside("hopf_hopf", &case["hopf_hopf"]["points"][0], ["E1.h", "E2.h"], 1e-3);
    let mut omega: Vec<f64> = two
        .hopf()
        .map(|p| match p.kind {
            SpecialKind::Hopf { omega, .. } => omega,
            _ => unreachable!(),
        })
        .collect();
    omega.sort_by(f64::total_cmp);
    assert_eq!(omega.len(), 2, "{:?}", two.points);
    near(omega[0], 0.0997, 1e-3, "the slower");
    near(omega[1], 0.2250, 1e-3, "the faster");

    // The characteristic polynomial is even there, and no eigenvalue lies on the axis.
    let none = beside("hopf_hopf", &case["hopf_hopf"]["not_hopf_hopf"][0], ["E1.h", "E2.h"], 0.0);
    assert_eq!(none.hopf().count(), 0, "{:?}", none.points);
    assert!(none.points.iter().all(|p| p.kind != SpecialKind::Unresolved), "{:?}", none.points);
}

/// A branch at the end of a window is counted there, whatever the window's ends are to rounding.
#[test]
fn ends_of_windows_are_exact() {
    let case = of_id("C3");
    let circuit = parse(&text(&case["circuit"]).replace("[delays]\n\"I <- I\" = 20\n", ""));
    let d = diagram(&circuit, &parameter("I.h"), (-3.0, -0.1)).unwrap();
    assert_eq!((d.count_at(-3.0), d.count_at(-0.1)), (1, 1));
    assert_eq!(d.branches[0].p.last().copied().unwrap().max(d.branches[0].p[0]), -0.1);
}
