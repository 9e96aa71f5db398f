//! Branches of circuits with delays: closed forms, reference values, and what delays leave unchanged.

use crate::branch_pieces::{of_id, parameter, parse};
use crate::common::{items, near, number, numbers, text};
use neurate::branch::{
    CircuitFamily, Completeness, Diagram, DiagramOptions, SpecialKind, diagram, diagram_of,
};
use neurate::progress::Progress;
use serde_json::Value;

/// Parameter, angular frequency, l1 and crossing of each Hopf point.
fn hopf(d: &Diagram) -> Vec<[f64; 4]> {
    let numbers = |p: &neurate::branch::SpecialPoint| {
        let SpecialKind::Hopf { omega, l1, crossing, .. } = p.kind else { unreachable!() };
        assert!(p.residual < 1e-10, "{}", p.residual);
        [p.p, omega, l1.unwrap(), crossing]
    };
    d.hopf().map(numbers).collect()
}

fn same_point(found: &[f64; 4], expected: &Value) {
    let of = |key: &str| number(&expected[key]);
    near(found[0], of("p"), 1e-8 * (1.0 + of("p").abs()), "parameter");
    near(found[1], of("omega"), 1e-8 * of("omega"), "angular frequency");
    let l1 = of("re_c1") / of("omega");
    near(found[2], l1, 1e-6 * l1.abs(), "l1");
}

/// C3 over its delay: the equilibrium stays, and a pair crosses at `d = (pi - atan(omega tau) + 2 pi k)/omega`.
#[test]
fn hopf_points_in_the_delay_are_those_of_the_closed_form() {
    let case = of_id("C3");
    let circuit = text(&case["circuit"]).to_string();
    let make = |p: f64| {
        let moved = circuit.replace("\"I <- I\" = 20", &format!("\"I <- I\" = {p:e}"));
        neurate::file::parse(&moved, "delay.toml", ".".as_ref(), &[]).and_then(|s| s.build())
    };
    let range = numbers(&case["range"]);
    let family = CircuitFamily::of("delays.I<-I", Box::new(make), (range[0], range[1])).unwrap();
    let options = DiagramOptions::default().values(9);
    let d = diagram_of(&family, &options, &Progress::default()).unwrap();
    let (found, expected) = (hopf(&d), items(&case["hopf_in_delay"]));
    assert_eq!((found.len(), d.points.len(), d.branches.len()), (expected.len(), expected.len(), 1));
    let tau = number(&case["parameters"]["tau"]);
    for (k, (f, e)) in found.iter().zip(expected).enumerate() {
        same_point(f, e);
        let turns = std::f64::consts::TAU * k as f64;
        near(f[0], (std::f64::consts::PI - (f[1] * tau).atan() + turns) / f[1], 1e-9, "closed form");
        let crossing = number(&e["dlambda_dd"][0]);
        near(f[3], crossing, 1e-6 * crossing, "how the pair crosses");
        let b = &d.branches[0];
        let &(at, _) = b.special.iter().find(|s| s.1 == k).unwrap();
        let pairs = e["unstable_pairs_below"].as_u64().unwrap() as usize;
        assert_eq!([b.unstable[at - 1], b.unstable[at + 1]], [2 * pairs, 2 * pairs + 2]);
    }
    // The law of the small cycle, against the reference's own at a delay 10 % beyond the first.
    let SpecialKind::Hopf { amplitude, .. } = &d.points[0].kind else { unreachable!() };
    let cycle = &items(&case["cycles"])[0];
    let away = number(&cycle["p"]) - d.points[0].p;
    let expected = number(&cycle["weakly_nonlinear_amplitude"]);
    near(amplitude.as_ref().unwrap()[0] * away.sqrt(), expected, 1e-6, "amplitude");
}

/// C3 over its input.
#[test]
fn hopf_points_in_the_input_of_a_delayed_circuit_are_those_of_the_reference() {
    let case = of_id("C3");
    let circuit = parse(text(&case["circuit"]));
    let d = diagram(&circuit, &parameter("I.h"), (-3.0, 7.0)).unwrap();
    let (found, expected) = (hopf(&d), items(&case["hopf_in_h"]));
    assert_eq!((found.len(), d.points.len()), (expected.len(), expected.len()));
    found.iter().zip(expected).for_each(|(f, e)| same_point(f, e));
    assert!(d.complete.equilibria >= Completeness::Audited && d.audit.iter().all(|a| a.agrees()));
}

fn pair(to_e: f64, to_i: f64, own: f64, form: &str) -> Diagram {
    let delays = match own {
        0.0 => String::new(),
        own => format!("[delays]\n\"E <- I\" = {to_e}\n\"I <- E\" = {to_i}\n\"E <- E\" = {own}\n"),
    };
    let circuit = parse(&format!(
        "neurate = 1\nform = \"{form}\"\n[populations]\n\
         E = {{ tau = 10, h = 0, f = {{ kind = \"logistic\", width = 1 }} }}\n\
         I = {{ tau = 12, h = -4, f = {{ kind = \"logistic\", width = 1.3 }} }}\n\
         [W]\n\"E <- E\" = 10\n\"I <- E\" = 10\n\"E <- I\" = -10\n\"I <- I\" = -1\n{delays}"
    ));
    let family_parameter = parameter("E.h");
    let family = CircuitFamily::new(&circuit, &family_parameter, (-4.0, 6.0)).unwrap();
    diagram_of(&family, &DiagramOptions::default().values(5), &Progress::default()).unwrap()
}

/// Only the time around a loop counts: what a delay to I loses, one to E may gain. Nothing but phases change, so that the first
/// Lyapunov coefficient is the same, too.
#[test]
fn delays_may_be_shifted_along_a_loop() {
    for form in ["rate", "voltage"] {
        let base = hopf(&pair(2.0, 2.0, 1.5, form));
        assert_eq!(base.len(), 2, "{base:?}");
        let moved = hopf(&pair(0.5, 3.5, 1.5, form));
        for (a, b) in base.iter().zip(&moved) {
            (0..4).for_each(|k| near(b[k], a[k], 1e-7 * a[k].abs(), &format!("{form}, number {k}")));
        }
        if form == "rate" {
            let other = hopf(&pair(2.5, 2.0, 1.5, form));
            assert!((other[0][1] - base[0][1]).abs() > 1e-3 * base[0][1], "delays do not count");
        }
    }
}

/// Short delays change little, and equilibria not at all: those of pairs are proved.
#[test]
fn short_delays_change_little() {
    let without = pair(0.0, 0.0, 0.0, "rate");
    let short = pair(1e-7, 1e-7, 1e-7, "rate");
    assert_eq!((hopf(&without).len(), hopf(&short).len()), (2, 2));
    for (a, b) in hopf(&without).iter().zip(&hopf(&short)) {
        (0..4).for_each(|k| near(b[k], a[k], 1e-6 * a[k].abs(), &format!("number {k}")));
    }
    assert_eq!(short.complete.equilibria, Completeness::Proved);
}
