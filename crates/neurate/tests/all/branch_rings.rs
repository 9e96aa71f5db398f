//! Rings: Turing points, patterns that are pinned to places or can stand anywhere, against the reference and symmetric circuits.

use crate::branch_pieces::{of_id, parameter, parse};
use crate::common::{items, near, number, text};
use neurate::branch::{Branch, Completeness, Diagram, SpecialKind, diagram};
use neurate::dynamics::{CircuitDynamics, Dynamics};
use neurate::linalg::eigenvalues;

fn ring(which: &str) -> Diagram {
    let circuit = parse(text(&of_id("C6")[which]));
    diagram(&circuit, &parameter("R.h"), (-6.0, 12.0)).unwrap()
}

/// States of branches that pass a value, on straight lines between points, each with whether it is stable.
fn at(d: &Diagram, p: f64) -> Vec<(&Branch, Vec<f64>, bool)> {
    let mut all = Vec::new();
    for b in &d.branches {
        for k in 1..b.p.len() {
            if (b.p[k - 1] <= p) != (b.p[k] <= p) {
                let s = (p - b.p[k - 1]) / (b.p[k] - b.p[k - 1]);
                let x = b.states[k - 1].iter().zip(&b.states[k]).map(|(a, b)| a + s * (b - a)).collect();
                all.push((b, x, b.unstable[k - 1].max(b.unstable[k]) == 0));
            }
        }
    }
    all
}

/// C6: at Turing points two eigenvalues vanish together; `1 = f'(u) J1` has them in closed form.
#[test]
fn turing_points_are_those_of_the_reference() {
    for (which, of) in [("circuit_pinned", "pinned"), ("circuit_continuous", "continuous")] {
        let d = ring(which);
        let expected = items(&of_id("C6")["results"][of]["turing"]).to_vec();
        assert_eq!(d.places, Some(36));
        let uniform = |x: &[f64]| x.iter().all(|v| (v - x[0]).abs() < 1e-9);
        let turing: Vec<_> = d.crossings().filter(|p| uniform(&p.state)).collect();
        assert_eq!(turing.len(), expected.len(), "{which}");
        for (found, e) in turing.iter().zip(&expected) {
            near(found.p, number(&e["p"]), 1e-8, "a Turing point");
            near(found.state[0], number(&e["x_all"]), 1e-9, "its rate");
            let supercritical = text(&e["criticality"]) == "supercritical";
            assert_eq!(found.kind, SpecialKind::Pitchfork { supercritical }, "{which}");
            assert_eq!(found.eigenvalues.iter().filter(|l| l.norm() < 1e-8).count(), 2);
        }
        assert!(d.early_stops().is_empty(), "{:?}", d.early_stops());
        assert_eq!(d.complete.equilibria, Completeness::Audited, "{:?}", d.audit);
    }
}

/// Bumps on a unit and between two, one kind stable and the other a saddle, which kind it is depends on the input.
#[test]
fn pinned_bumps_are_those_of_the_reference() {
    let d = ring("circuit_pinned");
    for e in items(&of_id("C6")["results"]["pinned"]["bumps"]) {
        let h = number(&e["h"]);
        let bumps: Vec<_> = at(&d, h).into_iter().filter(|b| b.0.images == 36).collect();
        assert!(bumps.len() >= 2, "{h}: {}", bumps.len());
        let high = |x: &[f64]| x.iter().copied().fold(0.0, f64::max);
        let (top, mean) = (number(&e["r_max"]), number(&e["r_mean"]));
        let stable = number(&e["eigenvalues_times_tau_rank3"][0]) < 0.0;
        // Between its points a branch is a straight line here.
        let found = bumps.iter().any(|(_, x, is_stable)| {
            let own = x.iter().sum::<f64>() / x.len() as f64;
            (high(x) - top).abs() < 1e-5 && (own - mean).abs() < 2e-3 && *is_stable == stable
        });
        assert!(found, "{e} among {:?}", bumps.iter().map(|b| (high(&b.1), b.2)).collect::<Vec<_>>());
    }
    assert!(d.branches.iter().all(|b| b.drift.is_none()));
}

/// On a smooth kernel bumps can stand anywhere: one branch, not 72.
#[test]
fn a_continuous_attractor_is_one_branch() {
    let d = ring("circuit_continuous");
    let moving: Vec<&Branch> = d.branches.iter().filter(|b| b.drift.is_some()).collect();
    assert_eq!((d.branches.len(), moving.len()), (2, 1));
    // 1.28e-8 over tau = 10 at h = 3.
    let drift = moving[0].drift.unwrap();
    assert!((1e-10..1e-7).contains(&drift), "{drift}");
    let (_, bump, stable) = at(&d, 3.0).into_iter().find(|b| b.0.drift.is_some()).unwrap();
    assert!(stable);
    near(bump.iter().sum::<f64>() / 36.0, 0.5, 1e-6, "the mean rate of the bump at h = 3");
}

/// Unequal numbers of cells per place, and a unit beside the ring: the branches solve the equations of the whole circuit, and their
/// numbers of unstable eigenvalues are those of its Jacobian.
#[test]
fn branches_of_rings_of_two_populations_solve_the_whole_circuit() {
    let file = "neurate = 1
units = { time = \"ms\", rate = \"Hz\", input = \"\" }
[space]
angle = { period = 360, points = 24 }
[populations]
E = { kind = \"excitatory\", size = 24, tau = 20, h = 1.0, f = { kind = \"logistic\", max = 1, midpoint = 1, width = 0.4 } }
I = { kind = \"inhibitory\", size = 24, tau = 10, h = 0.3, f = { kind = \"logistic\", max = 1, midpoint = 1, width = 0.4 } }
[W]
\"E <- E\" = { total = 4.5, angle = { cosine = 1 } }
\"I <- E\" = { total = 3.0, angle = { cosine = 0.1 } }
\"E <- I\" = -4.0
\"I <- I\" = -1.0
";
    let circuit = parse(file);
    let h = parameter("E.h");
    let d = diagram(&circuit, &h, (-1.0, 4.0)).unwrap();
    assert_eq!(d.places, Some(24));
    assert!(d.branches.iter().any(|b| b.images > 1 || b.drift.is_some()), "a pattern");
    for b in &d.branches {
        for k in (0..b.p.len()).step_by(7) {
            let here = circuit.with(&[(&h, b.p[k])]).unwrap();
            let dynamics = CircuitDynamics::at_rest(&here);
            let (mut dx, mut scratch) = ([0.0_f64; 48], [0.0; 48]);
            dynamics.field(0.0, &b.states[k], &mut dx, &mut scratch);
            assert!(dx.iter().all(|v| v.abs() < 1e-9), "{k}");
            let all = eigenvalues(&dynamics.jacobian(0.0, &b.states[k])).unwrap();
            let decided = all.iter().all(|l| l.re.abs() > 1e-6);
            if decided && !b.special.iter().any(|s| s.0 == k) {
                assert_eq!(b.unstable[k], all.iter().filter(|l| l.re > 0.0).count(), "{}", b.p[k]);
            }
        }
    }
}
