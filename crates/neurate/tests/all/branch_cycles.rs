//! Branches of limit cycles against reference values by independent code (`tests/data/bifurcation/cycles.json`: multiple shooting
//! and long integration), against Liouville's formula, and against topology.

use crate::branch_reference::{case, data};
use crate::common::{near, number, numbers, text};
use neurate::branch::{
    CircuitFamily, Cycle, CycleBranch, CycleEnd, CycleStart, Diagram, DiagramOptions, Family, SpecialKind,
    cycles_at, diagram_of,
};
use neurate::model::{Address, Circuit, Parameter};
use neurate::progress::Progress;
use serde_json::Value;

/// The circuit of a case, its parameter, its range, and what is known of its cycles.
fn reference(id: &str) -> (Circuit, Parameter, (f64, f64), Value) {
    let of = |file: &str| data(file).into_iter().find(|c| text(&c["id"]).starts_with(&format!("{id}_")));
    let cycles = of("cycles.json").unwrap_or(Value::Null);
    if let Some(c) = of("equilibria.json") {
        let (circuit, parameter) = case(&c);
        let r = numbers(&c["range"]);
        return (circuit, parameter, (r[0], r[1]), cycles);
    }
    let c = of("slow_states.json").unwrap_or_else(|| cycles.clone());
    let circuit = neurate::file::parse(text(&c["circuit"]), id, ".".as_ref(), &[]).unwrap().build().unwrap();
    let parameter = Parameter::from(text(&c["parameter"]).parse::<Address>().unwrap());
    let r = numbers(&c["range"]);
    (circuit, parameter, (r[0], r[1]), cycles)
}

fn with_cycles(family: &CircuitFamily) -> Diagram {
    diagram_of(family, &DiagramOptions::default().cycles(true), &Progress::default()).unwrap()
}

/// Periods, extrema, means, multipliers and stability at every listed value.
fn check_cycles(family: &CircuitFamily, d: &Diagram, expected: &Value, tolerance: f64, what: &str) {
    for e in expected["cycles"].as_array().into_iter().flatten() {
        let (p, period) = (number(&e["p"]), number(&e["period"]));
        let all: Vec<Cycle> = d.cycles.iter().flat_map(|b| cycles_at(family, b, p)).collect();
        let away = |c: &&Cycle| (c.period - period).abs();
        let c =
            all.iter().min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or_else(|| panic!("{what} at {p}"));
        let what = format!("{what} at {p}");
        near(c.period, period, tolerance * period, &format!("period of {what}"));
        for (key, found) in [("max", &c.max), ("min", &c.min), ("mean", &c.mean)] {
            for (f, v) in found.iter().zip(e.get(key).map(numbers).unwrap_or_default()) {
                // Extrema are those of polynomials of degree 4.
                near(*f, v, 2e-6 * (c.max[0] - c.min[0]).abs().max(v.abs()), &format!("{key} of {what}"));
            }
        }
        for (m, v) in c.multipliers.iter().zip(e.get("multipliers").map(numbers).unwrap_or_default()) {
            near(m.re, v, 1e-6 * v.abs().max(0.1), &format!("multiplier of {what}"));
        }
        assert_eq!(c.is_stable(), e["stable"].as_bool().unwrap(), "{what}");
        assert!(c.trivial_error < 1e-6 && c.residual < 1e-3, "{what}: {} {}", c.trivial_error, c.residual);
    }
}

/// Liouville's formula: the exponents' sum is the mean divergence. Integrals are Gauss's, on the points of collocation.
fn check_liouville(family: &CircuitFamily, d: &Diagram, what: &str) {
    let [light, heavy] = [-1.0, 1.0].map(|s| (18.0 + s * 30f64.sqrt()) / 72.0);
    let weights = [0.0, light, heavy, heavy, light];
    let slowest = family.time_scales().into_iter().fold(0.0, f64::max);
    // Beyond, intervals are wider than time constants, and moduli are nearer to 1 than they should be. On canards the trivial
    // multiplier says that none is exact.
    let moderate = |c: &&Cycle| {
        c.trivial_error < 1e-6
            && c.period < 15.0 * slowest
            && c.multipliers.iter().all(|m| (1e-8..1e8).contains(&m.norm()))
    };
    for c in d.cycles.iter().flat_map(|b| b.cycles.iter().step_by(3)).filter(moderate) {
        let part = |k: usize| {
            let j = k / 5 * 5;
            let jacobian = family.jacobian(&c.orbit.states[k], c.p);
            let divergence: f64 = (0..jacobian.rows()).map(|i| jacobian[(i, i)]).sum();
            (c.orbit.times[j + 5] - c.orbit.times[j]) * weights[k % 5] * divergence
        };
        let mean: f64 = (0..c.orbit.times.len() - 1).map(part).sum();
        let sum: f64 = c.multipliers.iter().map(|m| m.norm().ln()).sum();
        near(
            sum,
            mean,
            1e-5 + 1e-5 * mean.abs(),
            &format!("{what}: exponents at {}, period {}", c.p, c.period),
        );
    }
}

/// Folds of cycles and period doublings: those listed are found, at their period.
fn check_points(d: &Diagram, expected: &Value, what: &str) {
    for (key, tolerance) in [("cycle_folds", 1e-8), ("period_doublings", 1e-8)] {
        for e in expected[key].as_array().into_iter().flatten() {
            let p = number(&e["p"]);
            let found = d.points.iter().find(|f| {
                let period = match f.kind {
                    SpecialKind::CycleFold { period, .. } if key == "cycle_folds" => period,
                    SpecialKind::PeriodDoubling { period, .. } if key != "cycle_folds" => period,
                    _ => return false,
                };
                let same = e.get("period").is_none_or(|v| (period - number(v)).abs() < 1e-6 * period);
                (f.p - p).abs() < tolerance * (1.0 + p.abs()) && same
            });
            assert!(found.is_some(), "{what}: {key} at {p}: {:?}", d.points);
        }
    }
}

fn check(id: &str, tolerance: f64, ends: impl Fn(&Diagram, &Value)) -> Diagram {
    let (circuit, parameter, range, expected) = reference(id);
    let family = CircuitFamily::new(&circuit, &parameter, range).unwrap();
    let d = with_cycles(&family);
    let early: Vec<_> = d.cycles.iter().flat_map(|b| b.ends).filter(CycleEnd::is_early).collect();
    assert!(early.is_empty(), "{id}: {early:?}");
    check_cycles(&family, &d, &expected, tolerance, id);
    check_points(&d, &expected, id);
    check_liouville(&family, &d, id);
    ends(&d, &expected);
    d
}

/// The only branch, which begins at the first Hopf point.
#[track_caller]
fn only(d: &Diagram) -> &CycleBranch {
    assert_eq!(d.cycles.len(), 1, "{:?}", d.cycles.iter().map(|b| (b.start, b.ends)).collect::<Vec<_>>());
    let b = &d.cycles[0];
    if let CycleStart::Hopf(k) = b.start {
        assert!(matches!(d.points[k].kind, SpecialKind::Hopf { .. }), "{:?}", d.points[k]);
        assert_eq!(b.ends[0], CycleEnd::Hopf(k));
        near(
            b.cycles[0].p,
            d.points[k].p,
            0.01 * (d.window.1 - d.window.0),
            "the first cycle is at the Hopf point",
        );
    }
    b
}

#[track_caller]
fn ends_on_snic(d: &Diagram, expected: &Value) {
    let CycleEnd::Snic { p, fold } = only(d).ends[1] else { panic!("{:?}", only(d).ends) };
    near(p, number(&expected["snic"]), 1e-8, "the saddle-node on the cycle");
    assert_eq!(p, d.points[fold].p);
}

#[track_caller]
fn joins_two_hopf_points(d: &Diagram) {
    let [CycleEnd::Hopf(a), CycleEnd::Hopf(b)] = only(d).ends else { panic!("{:?}", only(d).ends) };
    assert!(a != b && [a, b].iter().all(|k| matches!(d.points[*k].kind, SpecialKind::Hopf { .. })));
}

#[track_caller]
fn ends_homoclinic(d: &Diagram, expected: &Value) {
    let CycleEnd::Homoclinic { p, error, focus, saddle_quantity } = only(d).ends[1] else {
        panic!("{:?}", only(d).ends)
    };
    let h = &expected["homoclinic"];
    near(p, number(&h["p"]), 1e-8, "the homoclinic orbit");
    assert!(!focus && error < 1e-6, "{error}");
    let q = number(&h["saddle_quantity"]);
    near(saddle_quantity, q, 1e-6, "saddle quantity");
}

#[test]
fn cycles_end_on_saddle_nodes() {
    check("A1", 1e-8, ends_on_snic);
    let d = check("A2", 1e-8, ends_on_snic);
    assert_eq!(d.cycle_folds().count(), 1);
}

#[test]
fn cycles_between_two_hopf_points_are_one_branch() {
    for id in ["A3", "A13"] {
        check(id, 1e-8, |d, _| joins_two_hopf_points(d));
    }
}

#[test]
fn cycles_become_homoclinic() {
    for id in ["A4", "A14"] {
        check(id, 1e-8, ends_homoclinic);
    }
}

/// Power laws: the orbit crosses kinks of f'. The last one leaves the window.
#[test]
fn cycles_across_thresholds_of_power_laws_are_as_exact() {
    check("A7", 1e-8, |d, _| joins_two_hopf_points(d));
    check("A10", 1e-8, ends_on_snic);
    check("A9", 1e-8, |d, _| assert_eq!(only(d).ends[1], CycleEnd::UpperEdge));
}

/// Cycles become eighty times larger than equilibria are spread.
#[test]
fn large_cycles_are_followed() {
    check("A8", 1e-8, ends_on_snic);
}

/// There is no Hopf point: runs find the cycle, which ends on a saddle-node on both sides.
#[test]
fn cycles_without_a_hopf_point_are_found_by_runs() {
    let d = check("A15", 1e-8, |_, _| ());
    let b = only(&d);
    assert!(matches!(b.start, CycleStart::Run { .. }));
    assert_eq!(d.hopf().count(), 0);
    let folds: Vec<f64> = d.folds().map(|f| f.p).collect();
    for (end, fold) in b.ends.iter().zip([folds[1], folds[2]]) {
        let CycleEnd::Snic { p, .. } = *end else { panic!("{end:?}") };
        assert_eq!(p, fold);
    }
}

/// A canard explosion: the parameter stands still to ten digits while the cycle grows from nothing to its full size.
#[test]
fn canards_are_ordinary_pieces() {
    let d = check("C1", 1e-8, |d, _| joins_two_hopf_points(d));
    assert_eq!(d.cycle_folds().count(), 2, "{:?}", d.points);
}

/// Three folds and a doubling within 2 % of the parameter, and then those of a homoclinic orbit to a saddle-focus.
#[test]
fn facilitation_and_depression_double_and_become_homoclinic() {
    let d = check("C2", 1e-8, |_, _| ());
    let last = d.cycles.iter().flat_map(|b| b.ends).find_map(|e| match e {
        CycleEnd::Homoclinic { p, focus: true, .. } => Some(p),
        _ => None,
    });
    let between = numbers(&reference("C2").3["homoclinic_between"]);
    assert!(last.is_some_and(|p| p > between[0] && p < between[1]), "{last:?}");
    // Multipliers of 1e8 and 1e-8 on one cycle: their product is that of Liouville's formula, and 1 is among them.
    let stiff = d.cycles.iter().flat_map(|b| &b.cycles).find(|c| c.multipliers[0].norm() > 1e8).unwrap();
    assert!(stiff.trivial_error < 1e-3, "{}", stiff.trivial_error);
}

/// A threshold-linear pair: the cycle is born at a kink with a finite period, and grows in proportion to the distance.
#[test]
fn cycles_are_born_at_kinks() {
    let (circuit, parameter, range, expected) = reference("C5");
    let family = CircuitFamily::new(&circuit, &parameter, range).unwrap();
    let d = with_cycles(&family);
    check_cycles(&family, &d, &expected, 1e-9, "C5");
    let [CycleEnd::Kink { p }, CycleEnd::UpperEdge] = only(&d).ends else { panic!("{:?}", only(&d).ends) };
    near(p, number(&expected["born_at"]), 1e-8, "where the cycle is born");
    assert!(d.complete.cycles.as_ref().unwrap().unexplained.is_empty());
}

/// From rest this network passes the ceiling of runs where it has a stable steady state or cycle, too (LSODA: 1.5e5 Hz at a drive of
/// 13.7, 5e6 Hz at 18.9, and more above); with weaker recurrent weights no run does.
#[test]
fn runs_that_pass_the_ceiling_are_said() {
    let network = |weights: [f64; 4]| {
        let [ee, ei, ie, ii] = weights;
        let file = format!(
            "neurate = 1
units = {{ time = \"ms\", rate = \"Hz\", input = \"mV\" }}
[populations]
E = {{ kind = \"excitatory\", tau = 20, f = {{ kind = \"power\", k = 0.04, n = 2 }} }}
I = {{ kind = \"inhibitory\", tau = 30, f = {{ kind = \"power\", k = 0.04, n = 2 }} }}
[W]
\"E <- E\" = {ee}
\"E <- I\" = {ei}
\"I <- E\" = {ie}
\"I <- I\" = {ii}
"
        );
        neurate::file::parse(&file, "network", ".".as_ref(), &[]).unwrap().build().unwrap()
    };
    let both = |gain: f64| {
        let gains = [("E.h".parse().unwrap(), 1.0), ("I.h".parse().unwrap(), gain)];
        Parameter::joint("drive", &gains)
    };
    let (circuit, drive) = (network([2.8, -1.4, 2.9, -1.15]), both(1.1));
    let d = with_cycles(&CircuitFamily::new(&circuit, &drive, (0.5, 90.0)).unwrap());
    let search = d.complete.cycles.as_ref().unwrap();
    let all = &search.runaway_from_rest;
    // 17 values, in the middle of as many parts of the range.
    let value = |k: usize| 0.5 + 89.5 * (k as f64 + 0.5) / 17.0;
    assert!(
        all.len() == 14 && all.iter().enumerate().all(|(k, p)| (p - value(k + 3)).abs() < 1e-9),
        "{all:?}"
    );
    assert!(all.iter().all(|p| search.runaway.contains(p)));
    let (circuit, drive) = (network([2.6, -1.2, 3.0, -0.95]), both(1.0));
    let d = with_cycles(&CircuitFamily::new(&circuit, &drive, (0.5, 120.0)).unwrap());
    assert!(d.hopf().count() == 2 && d.complete.cycles.as_ref().unwrap().runaway.is_empty());
}

/// A cycle in the plane encloses equilibria whose indices sum to 1.
#[test]
fn planar_cycles_enclose_index_one() {
    for id in ["A2", "A14", "A15"] {
        let (circuit, parameter, range, _) = reference(id);
        let family = CircuitFamily::new(&circuit, &parameter, range).unwrap();
        let d = with_cycles(&family);
        for b in &d.cycles {
            for c in b.cycles.iter().step_by(5).filter(|c| c.p > range.0 && c.p < range.1) {
                let inside = |x: &[f64]| winds(&c.orbit.states, x);
                let all = equilibria(&family, &d, c.p);
                let sum: i32 = all.iter().filter(|e| inside(&e.0)).map(|e| e.1).sum();
                assert_eq!(sum, 1, "{id} at {}: {all:?}", c.p);
            }
        }
    }
}

/// Whether a closed polygon winds around a point.
fn winds(polygon: &[Vec<f64>], x: &[f64]) -> bool {
    let right = |w: &[Vec<f64>]| {
        let (a, b) = (&w[0], &w[1]);
        (a[1] > x[1]) != (b[1] > x[1]) && x[0] < a[0] + (x[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    polygon.windows(2).filter(|w| right(w)).count() % 2 == 1
}

/// The equilibria at a value of the parameter, from the points of the branches and a few Newton steps, and their indices.
fn equilibria(family: &CircuitFamily, d: &Diagram, p: f64) -> Vec<(Vec<f64>, i32)> {
    let mut all = Vec::new();
    for b in &d.branches {
        for k in 1..b.p.len() {
            let (from, to) = (b.p[k - 1], b.p[k]);
            if (from <= p) == (to <= p) {
                continue;
            }
            let share = (p - from) / (to - from);
            let mut x: Vec<f64> =
                b.states[k - 1].iter().zip(&b.states[k]).map(|(a, c)| a + share * (c - a)).collect();
            for _ in 0..5 {
                let (f, j) = (family.field(&x, p), family.jacobian(&x, p));
                let det = j[(0, 0)] * j[(1, 1)] - j[(0, 1)] * j[(1, 0)];
                x[0] -= (j[(1, 1)] * f[0] - j[(0, 1)] * f[1]) / det;
                x[1] -= (j[(0, 0)] * f[1] - j[(1, 0)] * f[0]) / det;
            }
            let j = family.jacobian(&x, p);
            let det = j[(0, 0)] * j[(1, 1)] - j[(0, 1)] * j[(1, 0)];
            all.push((x, if det > 0.0 { 1 } else { -1 }));
        }
    }
    all
}

/// Whoever asks it to stop is heard.
#[test]
fn the_search_for_cycles_stops_when_asked() {
    let (circuit, parameter, range, _) = reference("A2");
    let family = CircuitFamily::new(&circuit, &parameter, range).unwrap();
    let progress = Progress::new(|done| done < 0.4);
    assert!(diagram_of(&family, &DiagramOptions::default().cycles(true), &progress).is_err());
}
