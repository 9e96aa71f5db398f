//! Branches of piecewise-linear circuits: closed forms, and enumeration at values between.

use crate::branch_reference::data;
use crate::common::{Rng, items, near, number, numbers, search, text};
use neurate::branch::{Branch, Completeness, Diagram, End, KinkKind, SpecialKind, SpecialPoint, diagram};
use neurate::model::{Circuit, Parameter};
use serde_json::Value;

pub fn parse(circuit: &str) -> Circuit {
    let spec = neurate::file::parse(circuit, "pieces.toml", ".".as_ref(), &[]);
    spec.and_then(|s| s.build()).unwrap_or_else(|e| panic!("{e}\n{circuit}"))
}

pub fn parameter(address: &str) -> Parameter {
    Parameter::from(address.parse::<neurate::model::Address>().unwrap())
}

fn range(v: &Value) -> (f64, f64) {
    let r = numbers(v);
    (r[0], r[1])
}

pub fn of_id(id: &str) -> Value {
    data("other_kinds.json").into_iter().find(|c| text(&c["id"]).starts_with(id)).unwrap()
}

fn kink(point: &SpecialPoint) -> (KinkKind, [usize; 2], Vec<usize>) {
    let SpecialKind::Kink { units, kind, unstable } = &point.kind else { panic!("{:?}", point.kind) };
    (*kind, *unstable, units.clone())
}

/// How many eigenvalues are unstable on each branch that passes a value, in order.
fn unstable_at(d: &Diagram, p: f64) -> Vec<usize> {
    let passing = |b: &Branch| -> Vec<usize> {
        (1..b.p.len())
            .filter(|&k| (b.p[k - 1] <= p) != (b.p[k] <= p))
            .map(|k| b.unstable[k - 1].max(b.unstable[k]))
            .collect()
    };
    let mut all: Vec<usize> = d.branches.iter().flat_map(passing).collect();
    all.sort_unstable();
    all
}

/// C5: where E becomes active, a stable node becomes an unstable focus. No eigenvalue passes through the axis.
#[test]
fn a_stable_state_becomes_an_unstable_focus_at_a_kink() {
    let case = of_id("C5");
    let circuit = parse(text(&case["circuit"]));
    let d = diagram(&circuit, &parameter("E.h"), range(&case["range"])).unwrap();
    assert_eq!((d.complete.equilibria, d.complete.special), (Completeness::Exact, Completeness::Exact));
    assert_eq!((d.points.len(), d.branches.len(), d.folds().count(), d.hopf().count()), (1, 1, 0, 0));
    let (point, border) = (&d.points[0], &case["border_collision"]);
    near(point.p, number(&border["p"]), 1e-13, "the border");
    assert_eq!(kink(point), (KinkKind::Hopf, [0, 2], vec![0]));
    let expected = numbers(&border["equilibrium_before"]);
    (0..2).for_each(|i| near(point.state[i], expected[i], 1e-13, "the state at the border"));
    // Those of the unstable side.
    let after = &border["eigenvalues_after"];
    let [a, b] = [point.eigenvalues[0], point.eigenvalues[1]];
    near((a + b).re, number(&after["trace"]), 1e-14, "trace");
    near((a * b).re, number(&after["det"]), 1e-14, "determinant");
    for cycle in items(&case["cycles_at"]) {
        let (p, expected) = (number(&cycle["p"]), numbers(&cycle["equilibrium"]));
        let b = &d.branches[0];
        let k = (1..b.p.len()).find(|&k| b.p[k] >= p).unwrap();
        let share = (p - b.p[k - 1]) / (b.p[k] - b.p[k - 1]);
        for i in 0..2 {
            let on_branch = b.states[k - 1][i] + share * (b.states[k][i] - b.states[k - 1][i]);
            near(on_branch, expected[i], 1e-13, "an equilibrium on a straight branch");
        }
    }
}

/// C5's second circuit: winner take all, whose states meet at kinks.
#[test]
fn winners_disappear_at_kink_folds() {
    let case = of_id("C5");
    let circuit = parse(text(&case["second_circuit"]));
    let d = diagram(&circuit, &parameter("A.h"), range(&case["second_range"])).unwrap();
    assert_eq!(d.complete.equilibria, Completeness::Exact);
    let expected = numbers(&case["second_result"]["nonsmooth_folds"]);
    assert_eq!(d.points.len(), 2);
    let loser = [(1, true), (0, false)];
    for ((point, expected), (unit, above)) in d.points.iter().zip(expected).zip(loser) {
        near(point.p, expected, 1e-14, "a kink fold");
        let (kind, unstable, units) = kink(point);
        assert_eq!((kind, units), (KinkKind::Fold { above }, vec![unit]));
        assert_eq!((unstable[0] + unstable[1], kind.name()), (1, "kink fold"));
    }
    assert_eq!([0.3, 1.0, 2.0].map(|p| d.count_at(p)), [1, 3, 1]);
    assert_eq!(unstable_at(&d, 1.0), [0, 0, 1]);

    // Driven alike, both winners and the saddle between them leave silence at one point.
    let gains = ["A.h", "B.h"].map(|a| (a.parse().unwrap(), 1.0));
    let both = diagram(&circuit, &Parameter::joint("c", &gains), (-3.0, 2.25)).unwrap();
    assert_eq!(both.complete.equilibria, Completeness::Exact);
    assert_eq!((both.points.len(), both.branches.len()), (1, 2));
    near(both.points[0].p, -1.0, 1e-14, "both thresholds");
    assert_eq!(kink(&both.points[0]).0, KinkKind::Crossing { arms: 4 });
    assert_eq!([-2.0, 1.0].map(|p| both.count_at(p)), [1, 3]);
}

/// Over a weight and a time constant the pair of C5 loses stability within a piece: trace 0 in closed form.
#[test]
fn pairs_cross_the_axis_within_a_piece() {
    let circuit = parse(text(&of_id("C5")["circuit"]));
    // (w_ee - 1)/tau_e = (1 + w_ii)/tau_i with w_ii 0.5, tau 10 and 20, w_ee 2.
    for (address, window, expected) in [("W.E<-E", (0.0, 4.0), 1.75), ("E.tau", (2.0, 40.0), 20.0 / 1.5)] {
        let d = diagram(&circuit, &parameter(address), window).unwrap();
        assert_eq!((d.complete.equilibria, d.points.len()), (Completeness::Exact, 1), "{address}");
        let point = d.hopf().next().unwrap();
        near(point.p, expected, 1e-9, address);
        let SpecialKind::Hopf { omega, l1, .. } = point.kind else { unreachable!() };
        let (tau, w) = if address == "E.tau" { (expected, 2.0) } else { (10.0, expected) };
        let determinant = ((1.0 - w) * 1.5 + 2.5 * 2.5) / (tau * 20.0);
        near(omega, determinant.sqrt(), 1e-9, address);
        assert!(l1.is_none() && d.complete.special == Completeness::Audited, "{address}");
    }
}

/// An input that stays exactly at its threshold (I has no input of its own) makes no branch twice; an integrator's equilibria stand
/// on one value of the parameter; without a fixed point a branch runs away.
#[test]
fn inputs_at_threshold_and_integrators_are_exact() {
    let circuit = |own: f64| {
        parse(&format!(
            "neurate = 1\n[populations]\nE = {{ tau = 10, h = 1, f = \"threshold-linear\" }}\n\
             I = {{ tau = 10, h = 0, f = \"threshold-linear\" }}\n\
             [W]\n\"E <- E\" = {own}\n\"I <- E\" = 1\n\"E <- I\" = -0.5\n\"I <- I\" = 0\n"
        ))
    };
    let d = diagram(&circuit(0.9), &parameter("E.h"), (-1.0, 2.0)).unwrap();
    assert_eq!((d.complete.equilibria, d.branches.len(), d.points.len()), (Completeness::Exact, 1, 1));
    near(d.points[0].p, 0.0, 1e-14, "where E begins");
    let (kind, _, units) = kink(&d.points[0]);
    assert_eq!((kind, units), (KinkKind::Persistence, vec![0, 1]));

    let line = diagram(&circuit(1.5), &parameter("E.h"), (-1.0, 2.0)).unwrap();
    assert_eq!([-0.5, 0.5].map(|p| line.count_at(p)), [1, 0]);
    assert!(line.branches.iter().any(|b| b.ends.contains(&End::Runaway)), "{:?}", line.branches);

    let away = diagram(&circuit(0.9), &parameter("W.E<-E"), (0.0, 3.0)).unwrap();
    assert_eq!(away.complete.equilibria, Completeness::Exact);
    assert_eq!([1.4, 1.6].map(|p| away.count_at(p)), [1, 0]);
    assert!(away.branches.iter().all(|b| b.ends.contains(&End::Runaway)));
}

fn random(seed: u64) -> Circuit {
    let mut r = Rng::new(seed);
    let names = &["A", "B", "C"][..2 + (seed % 2) as usize];
    let mut file = String::from("neurate = 1\n");
    if seed.is_multiple_of(3) {
        file += "form = \"voltage\"\n";
    }
    file += "[populations]\n";
    let slow =
        ["", ", adaptation = { tau = 100, strength = 0.7 }", ", synapse = { tau = 5 }"][(seed % 3) as usize];
    for name in names {
        let mut draw = |a: f64, b: f64| r.between(a, b);
        file += &format!(
            "{name} = {{ tau = {}, h = {}, f = {{ kind = \"threshold-linear\", gain = {}, threshold = {} }}{slow} }}\n",
            draw(5.0, 20.0),
            draw(-2.0, 4.0),
            draw(0.5, 2.0),
            draw(-0.5, 1.0)
        );
    }
    file += "[W]\n";
    for to in names {
        for from in names {
            file += &format!("\"{to} <- {from}\" = {}\n", r.between(-3.0, 2.5));
        }
    }
    parse(&file)
}

/// Pairs and triples, with slow states, along inputs, weights, time constants, gains and thresholds: at values between, the branches
/// are what is enumerated there, and as stable. Two branches meet where and only where the sign of the determinant changes.
#[test]
fn branches_of_piecewise_linear_circuits_are_what_is_enumerated() {
    let windows = [
        ("A.h", (-4.0, 6.0)),
        ("W.A<-B", (-4.0, 3.0)),
        ("W.B<-B", (-3.0, 3.0)),
        ("B.f.threshold", (-2.0, 2.0)),
        ("A.f.gain", (0.2, 3.0)),
    ];
    let mut kinks = [0; 3];
    for seed in 0..16 {
        let circuit = random(seed);
        let mut r = Rng::new(500 + seed);
        for (address, window) in windows {
            let what = format!("seed {seed} over {address}");
            let d = diagram(&circuit, &parameter(address), window).unwrap();
            assert_eq!(d.complete.equilibria, Completeness::Exact, "{what}: {:?}", d.audit);
            assert!(d.early_stops().is_empty(), "{what}");
            for point in d.kinks() {
                let (kind, unstable, _) = kink(point);
                let odd = (unstable[0] + unstable[1]) % 2 == 1;
                assert_eq!(odd, matches!(kind, KinkKind::Fold { .. }), "{what}: {:?}", point.kind);
                let which = [KinkKind::Hopf, KinkKind::Persistence].iter().position(|k| *k == kind);
                kinks[which.unwrap_or(2)] += 1;
            }
            for _ in 0..3 {
                let p = r.between(window.0, window.1);
                let found = search(&circuit.with(&[(&parameter(address), p)]).unwrap());
                assert_eq!(d.count_at(p), found.points.len(), "{what} at {p}");
                let grow = |q: &neurate::fixed_points::FixedPoint| {
                    q.eigenvalues.iter().filter(|l| l.re > 0.0).count()
                };
                let mut expected: Vec<usize> = found.points.iter().map(grow).collect();
                expected.sort_unstable();
                assert_eq!(unstable_at(&d, p), expected, "{what} at {p}");
            }
        }
    }
    assert!(kinks.iter().all(|k| *k > 0), "kink Hopf, persistence, kink folds: {kinks:?}");
}
