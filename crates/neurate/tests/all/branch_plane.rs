//! Curves over two parameters against reference values, published points and closed forms.

use crate::branch_reference::{case, data};
use crate::common::{Rng, items, near, number, numbers, parts, population, search, text};
use neurate::branch::{
    CircuitPlane, Completeness, Curve, CurveEnd, CurveKind, DiagramOptions, PlaneDiagram, PlaneKind,
    RegionKind, diagram, plane_diagram, plane_diagram_of, regime_map,
};
use neurate::fixed_points::SearchOptions;
use neurate::linalg::Matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, Parameter};
use neurate::progress::Progress;
use serde_json::Value;

fn input(name: &str) -> Parameter {
    Parameter::from(format!("{name}.h").parse::<neurate::model::Address>().unwrap())
}

fn windows(of: &Value) -> [(f64, f64); 2] {
    [0, 1].map(|k| (number(&of[k][0]), number(&of[k][1])))
}

/// Every reference point has its partner among those found, and there are no others of its kind.
#[track_caller]
fn same_points(d: &PlaneDiagram, letters: &str, expected: &[&Value], what: &str) {
    let found: Vec<_> = d.points_of(letters).collect();
    let places: Vec<[f64; 2]> = found.iter().map(|f| f.p).collect();
    assert_eq!(found.len(), expected.len(), "{letters} of {what}: {places:?}");
    for e in expected {
        let (p, x) = (numbers(&e["p"]), numbers(&e["x"]));
        let away = |q: &[f64; 2]| (q[0] - p[0]).hypot(q[1] - p[1]);
        let f = found.iter().min_by(|a, b| away(&a.p).total_cmp(&away(&b.p))).unwrap();
        // The reference says 1e-6 for the points at which l1 vanishes; both programs agree to more.
        assert!(away(&f.p) < 1e-8, "{letters} of {what} at {p:?}: {places:?}");
        assert!(f.state.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-8), "{letters} of {what} at {p:?}");
        assert!(f.residual < 1e-9, "{letters} of {what} at {p:?}: {}", f.residual);
        let relative = |a: f64, b: &Value, name: &str| {
            near(a, number(b), 1e-6 * a.abs(), &format!("{name} of {what} at {p:?}"));
        };
        match &f.kind {
            PlaneKind::BogdanovTakens { a, b } => {
                relative(*a, &e["normal_form"]["a"], "a");
                relative(*b, &e["normal_form"]["b"], "b");
            }
            PlaneKind::Cusp { c } => relative(*c, &e["cusp_coefficient"], "c"),
            PlaneKind::GeneralizedHopf { omega } => relative(*omega, &e["omega"], "omega"),
            PlaneKind::ZeroHopf { omega } => relative(*omega, &e["omega"][0], "omega"),
            PlaneKind::HopfHopf { omega } => {
                (0..2).for_each(|k| relative(omega[k], &e["omega"][k], "omega"));
            }
        }
    }
}

/// How far a point lies from the polygon of a curve.
fn beside(curve: &Curve, p: &[f64]) -> f64 {
    let along = |w: &[[f64; 2]]| {
        let chord = [w[1][0] - w[0][0], w[1][1] - w[0][1]];
        let to = [p[0] - w[0][0], p[1] - w[0][1]];
        let size = (chord[0] * chord[0] + chord[1] * chord[1]).max(f64::MIN_POSITIVE);
        let s = ((chord[0] * to[0] + chord[1] * to[1]) / size).clamp(0.0, 1.0);
        (to[0] - s * chord[0]).hypot(to[1] - s * chord[1])
    };
    curve.p.windows(2).map(along).fold(f64::INFINITY, f64::min)
}

#[test]
fn curves_and_their_points_are_those_of_the_reference() {
    for reference in &data("two_parameters.json") {
        let what = text(&reference["id"]);
        let (circuit, _) = case(reference);
        let d = plane_diagram(&circuit, [&input("E"), &input("I")], windows(&reference["window"])).unwrap();
        for letters in ["BT", "CP", "GH", "ZH", "HH"] {
            let expected: Vec<&Value> =
                items(&reference["special"]).iter().filter(|s| text(&s["type"]) == letters).collect();
            same_points(&d, letters, &expected, what);
        }
        assert!(d.early_stops().is_empty(), "{what}: {:?}", d.early_stops());
        assert_eq!(d.complete, Completeness::Audited, "{what}: {:?}", d.audit);
        for (kind, name) in [(CurveKind::Fold, "fold_curves"), (CurveKind::Hopf, "hopf_curves")] {
            assert_eq!(d.curves_of(kind).count(), items(&reference[name]).len(), "{name} of {what}");
            for point in items(&reference[name]).iter().flat_map(items) {
                let p = numbers(&point["p"]);
                let away = d.curves_of(kind).map(|c| beside(c, &p)).fold(f64::INFINITY, f64::min);
                assert!(away < 2e-3, "{name} of {what} at {p:?}: {away}");
            }
        }
        same_sides(&d, reference, what);
    }
}

/// The first Lyapunov coefficient has the reference's sign and size along each Hopf curve.
fn same_sides(d: &PlaneDiagram, reference: &Value, what: &str) {
    for point in items(&reference["hopf_curves"]).iter().flat_map(items) {
        let (Some(l1), p) = (point.get("l1"), numbers(&point["p"])) else { continue };
        let all = d.curves_of(CurveKind::Hopf).flat_map(|c| c.p.iter().zip(&c.l1));
        let away = |q: &[f64; 2]| (q[0] - p[0]).hypot(q[1] - p[1]);
        let (at, found) = all.min_by(|a, b| away(a.0).total_cmp(&away(b.0))).unwrap();
        let (l1, room) = (number(l1), 20.0 * away(at));
        let agrees = (found - l1).abs() < room * (1.0 + l1.abs());
        assert!(agrees, "l1 of {what} at {p:?}: {found}, not {l1}");
    }
}

/// Hoppensteadt and Izhikevich (1997): four Bogdanov-Takens points of the pair (10, -10; 10, 2).
#[test]
fn published_points_are_found() {
    let reference = &data("two_parameters.json")[0];
    let (circuit, _) = case(reference);
    let d = plane_diagram(&circuit, [&input("E"), &input("I")], windows(&reference["window"])).unwrap();
    let found: Vec<[f64; 2]> = d.points_of("BT").map(|p| p.p).collect();
    assert_eq!(found.len(), 4);
    near(found[1][0], -3.178438706, 1e-9, "first input");
    near(found[1][1], -5.708287794, 1e-9, "second input");
    // Each is the end of a Hopf curve, and lies on a fold curve.
    for point in d.points_of("BT") {
        let kinds: Vec<CurveKind> = point.curves.iter().map(|&k| d.curves[k].kind).collect();
        assert!(kinds.contains(&CurveKind::Fold) && kinds.contains(&CurveKind::Hopf), "{kinds:?}");
    }
    for curve in d.curves_of(CurveKind::Hopf) {
        assert_eq!(curve.ends, [CurveEnd::BogdanovTakens, CurveEnd::BogdanovTakens]);
        // No neutral saddle is listed.
        assert!(curve.omega[1..curve.omega.len() - 1].iter().all(|w| *w > 0.0));
    }
}

/// Zero-Hopf points of three populations, a Hopf-Hopf point of four; the false one is none.
#[test]
fn eigenvalues_decide_of_what_kind_a_point_is() {
    let boxes = [[(-8.0, -3.0), (-12.0, -6.0)], [(-1.0, 5.0), (-3.5, 1.0)]];
    for (reference, windows) in data("codimension_2.json").iter().zip(boxes) {
        let what = text(&reference["id"]);
        let circuit = neurate::file::parse(text(&reference["circuit"]), what, ".".as_ref(), &[])
            .unwrap()
            .build()
            .unwrap();
        let [a, b] = [0, 1].map(|k| {
            let address: neurate::model::Address = text(&reference["parameters"][k]).parse().unwrap();
            Parameter::from(address)
        });
        let plane = CircuitPlane::new(&circuit, [&a, &b], windows).unwrap();
        let options = DiagramOptions::default().search(SearchOptions::default().starts(8));
        let d = plane_diagram_of(&plane, &options, &Progress::default()).unwrap();
        let letters = if what == "zero_hopf" { "ZH" } else { "HH" };
        let within = |p: &[f64]| (0..2).all(|k| p[k] > windows[k].0 && p[k] < windows[k].1);
        let expected: Vec<&Value> =
            items(&reference["points"]).iter().filter(|e| within(&numbers(&e["p"]))).collect();
        assert!(!expected.is_empty());
        same_points(&d, letters, &expected, what);
        if let Some(none) = reference.get("none_at") {
            assert!(within(&numbers(none)));
        }
    }
}

/// A logistic pair: gain 1, no thresholds.
fn pair(w: [[f64; 2]; 2], tau: [f64; 2]) -> Circuit {
    let f = || Transfer::new("logistic", &[], 1e-3).unwrap();
    let of = |k: usize| population(["E", "I"][k], CellKind::Unconstrained, &tau[k..=k], &[0.0], f());
    Circuit::new(parts(Form::Rate, vec![of(0), of(1)], &Matrix::from_rows(&w))).unwrap()
}

/// The gains at which trace and determinant vanish together are roots of a quadratic; each is a gain of two rates.
fn double_zeros(w: [[f64; 2]; 2], tau: [f64; 2]) -> Vec<[f64; 2]> {
    let [[a, b], [c, d]] = w;
    let s = tau[1] / tau[0];
    // y = (1 + s (1 - a x)) / d in (a x - 1)(d y - 1) = b c x y
    let (y0, y1) = ((1.0 + s) / d, -s * a / d);
    let (q2, q1, q0) = (-s * a * a - b * c * y1, 2.0 * s * a - b * c * y0, -s);
    let root = (q1 * q1 - 4.0 * q2 * q0).sqrt();
    let mut all = Vec::new();
    for x in [(-q1 + root) / (2.0 * q2), (-q1 - root) / (2.0 * q2)] {
        let y = y0 + y1 * x;
        let rates = |gain: f64| [-1.0, 1.0].map(|side| 0.5 * (1.0 + side * (1.0 - 4.0 * gain).sqrt()));
        for (r, q) in rates(x).into_iter().flat_map(|r| rates(y).map(|q| (r, q))) {
            let h = [a * r + b * q, c * r + d * q];
            let own = |r: f64| (r / (1.0 - r)).ln();
            if r.is_finite() && q.is_finite() {
                all.push([own(r) - h[0], own(q) - h[1]]);
            }
        }
    }
    all
}

/// All Bogdanov-Takens points of logistic pairs, and every point of their curves, in closed form.
#[test]
fn logistic_pairs_have_the_curves_of_the_closed_form() {
    let mut points = 0;
    for seed in 0..3 {
        let mut r = Rng::new(40 + seed);
        let w = [[r.between(8.0, 14.0), -r.between(8.0, 14.0)], [r.between(8.0, 14.0), -r.between(1.0, 4.0)]];
        let tau = [r.between(5.0, 12.0), r.between(8.0, 20.0)];
        let windows = [(-25.0, 25.0), (-25.0, 25.0)];
        let d = plane_diagram(&pair(w, tau), [&input("E"), &input("I")], windows).unwrap();
        let expected: Vec<[f64; 2]> = double_zeros(w, tau)
            .into_iter()
            .filter(|p| p.iter().zip(windows).all(|(p, (a, b))| *p > a && *p < b))
            .collect();
        let found: Vec<[f64; 2]> = d.points_of("BT").map(|p| p.p).collect();
        assert_eq!(found.len(), expected.len(), "seed {seed}: {found:?} {expected:?}");
        for e in &expected {
            let away = found.iter().map(|p| (p[0] - e[0]).hypot(p[1] - e[1])).fold(f64::INFINITY, f64::min);
            assert!(away < 1e-9, "seed {seed}: {e:?} {found:?}");
        }
        points += expected.len();
        let gain = |r: f64| r * (1.0 - r);
        for curve in &d.curves {
            for (k, (p, x)) in curve.p.iter().zip(&curve.states).enumerate() {
                let (f, g) = (gain(x[0]), gain(x[1]));
                let (first, second) = ((w[0][0] * f - 1.0) / tau[0], (w[1][1] * g - 1.0) / tau[1]);
                let det = first * second - w[0][1] * w[1][0] * f * g / (tau[0] * tau[1]);
                let test = if curve.kind == CurveKind::Fold { det } else { first + second };
                assert!(test.abs() < 1e-9, "seed {seed}, {:?} at {p:?}: {test}", curve.kind);
                if curve.kind == CurveKind::Hopf {
                    near(curve.omega[k].powi(2), det, 1e-9, "squared frequency");
                }
                for i in 0..2 {
                    let u = (x[i] / (1.0 - x[i])).ln();
                    let h = u - w[i][0] * x[0] - w[i][1] * x[1];
                    near(p[i], h, 1e-6 * (1.0 + 1.0 / gain(x[i])), "input");
                }
            }
        }
        assert_eq!(d.complete, Completeness::Audited, "seed {seed}: {:?}", d.audit);
    }
    assert!(points > 4, "{points} points: the circuits are too tame");
}

/// Exchanged parameters are the mirror image; a weight and an input agree with a diagram along the weight.
#[test]
fn planes_agree_with_lines_and_their_mirror_image() {
    let circuit = pair([[11.0, -9.0], [10.0, -2.0]], [10.0, 14.0]);
    let circuit = circuit.with(&[(&input("E"), -1.5), (&input("I"), -3.0)]).unwrap();
    let weight = Parameter::from("W.E<-E".parse::<neurate::model::Address>().unwrap());
    let windows = [(4.0, 16.0), (-6.0, 6.0)];
    let d = plane_diagram(&circuit, [&weight, &input("E")], windows).unwrap();
    let mirror = plane_diagram(&circuit, [&input("E"), &weight], [windows[1], windows[0]]).unwrap();
    assert!(!d.points.is_empty());
    assert_eq!(d.points.len(), mirror.points.len());
    for p in &d.points {
        let same = |q: &&neurate::branch::PlanePoint| {
            q.kind.letters() == p.kind.letters() && (q.p[1] - p.p[0]).abs() + (q.p[0] - p.p[1]).abs() < 1e-8
        };
        assert!(mirror.points.iter().any(|q| same(&q)), "{p:?}");
    }
    let at = 0.8123;
    let line = diagram(&circuit.with(&[(&input("E"), at)]).unwrap(), &weight, windows[0]).unwrap();
    for (kind, places) in [
        (CurveKind::Fold, line.folds().map(|f| f.p).collect::<Vec<_>>()),
        (CurveKind::Hopf, line.hopf().map(|f| f.p).collect()),
    ] {
        let crossed: usize = d
            .curves_of(kind)
            .map(|c| c.p.windows(2).filter(|w| (w[0][1] <= at) != (w[1][1] <= at)).count())
            .sum();
        assert_eq!(crossed, places.len(), "{kind:?}");
        for p in places {
            let away = d.curves_of(kind).map(|c| beside(c, &[p, at])).fold(f64::INFINITY, f64::min);
            assert!(away < 2e-3, "{kind:?} at {p}: {away}");
        }
    }
}

#[test]
fn impossible_planes_say_what_would_be_right() {
    let circuit = pair([[11.0, -9.0], [10.0, -2.0]], [10.0, 14.0]);
    let error = |a: &Parameter, b: &Parameter, windows: [(f64, f64); 2]| {
        plane_diagram(&circuit, [a, b], windows).unwrap_err().to_string()
    };
    let (e, i) = (input("E"), input("I"));
    assert!(error(&e, &e, [(0.0, 1.0), (0.0, 1.0)]).contains("both parameters are"));
    assert!(error(&e, &i, [(0.0, 1.0), (2.0, 1.0)]).contains("is no range"));
    let tau = Parameter::from("E.tau".parse::<neurate::model::Address>().unwrap());
    let e = error(&tau, &i, [(-1.0, 10.0), (0.0, 1.0)]);
    assert!(e.contains("E.tau = -1"), "{e}");
}

/// Counts at random points are those of an enumeration, next to curves, too; runs say what happens in each region.
#[test]
fn regions_hold_what_is_enumerated() {
    for reference in &data("two_parameters.json")[..2] {
        let what = text(&reference["id"]);
        let (circuit, _) = case(reference);
        let (e, i) = (input("E"), input("I"));
        let plane = CircuitPlane::new(&circuit, [&e, &i], windows(&reference["window"])).unwrap();
        let d = plane_diagram_of(&plane, &DiagramOptions::default(), &Progress::default()).unwrap();
        let search_options = SearchOptions::default();
        let map = regime_map(&plane, &d, [80, 60], &search_options, &Progress::default()).unwrap();
        assert_eq!(map.complete, Completeness::Proved, "{what}");
        assert_eq!(map.regions.iter().map(|r| r.cells).sum::<usize>(), 80 * 60);
        assert!(map.searched < 1000, "{what}: {}", map.searched);
        let [across, up] = plane.windows();
        let mut r = Rng::new(77);
        // At random points, and on both sides of the curves.
        let mut points: Vec<[f64; 2]> =
            (0..60).map(|_| [r.between(across.0, across.1), r.between(up.0, up.1)]).collect();
        for curve in &d.curves {
            for p in curve.p.iter().step_by(11) {
                let beside = |p: f64, (from, to): (f64, f64), by: f64| (p + by * (to - from)).clamp(from, to);
                points.extend([-4e-3, 4e-3].map(|by| [beside(p[0], across, by), beside(p[1], up, 0.7 * by)]));
            }
        }
        let mut undecided = 0;
        for p in &points {
            let found = search(&circuit.with(&[(&e, p[0]), (&i, p[1])]).unwrap()).points;
            let own = (found.len(), found.iter().filter(|q| q.stable()).count());
            match map.regime_at(p[0], p[1]) {
                Some(region) => assert_eq!((region.steady, region.stable), own, "{what} at {p:?}"),
                None => undecided += 1,
            }
        }
        assert!(undecided * 10 < points.len(), "{what}: {undecided} of {}", points.len());
        assert!(map.regime_at(across.0 - 1.0, up.0).is_none());
        for region in &map.regions {
            assert!(!region.beyond_curves, "{what}: {region:?}");
            let expected = match (region.stable, region.kind) {
                (0, kind) => kind == RegionKind::Oscillates && region.runs.moved == 16,
                (1, kind) => kind == RegionKind::OneState && region.runs.rested == 16,
                (_, kind) => kind == RegionKind::SeveralStates && region.runs.reached == region.stable,
            };
            assert!(expected, "{what}: {region:?}");
        }
        assert!(map.regions.iter().any(|r| r.kind == RegionKind::Oscillates), "{what}");
        assert!(map.regions.iter().any(|r| r.beside_subcritical), "{what}");
        assert!(map.regions.len() <= 8, "{what}: {}", map.regions.len());
    }
}
