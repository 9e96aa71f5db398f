//! Ensembles: every member is the circuit that the reader makes, and does what that circuit does.

use crate::common::*;
use neurate::dynamics::CircuitDynamics;
use neurate::file::{parse, template};
use neurate::fixed_points::{SearchOptions, fixed_points};
use neurate::simulate::{Method, simulate};
use neurate::spec::{Change, Spec};
use neurate::sweep::Axis;
use neurate::sweep::ensemble::{Ending, Ensemble, SettleOptions};

fn ssn() -> Spec {
    parse(&template("ssn").unwrap(), "ssn.toml", "".as_ref(), &[]).unwrap()
}

fn varied(address: &str, unit: &str, values: Vec<f64>) -> Axis {
    Axis { address: address.into(), unit: unit.into(), values }
}

fn random(rng: &mut Rng, count: usize, from: f64, to: f64) -> Vec<f64> {
    (0..count).map(|_| rng.between(from, to)).collect()
}

const MIXED: &str = r#"
neurate = 1
[populations]
E = { kind = "excitatory", tau = 20, f = { kind = "power", k = 0.03, n = 2.2 }, h = 12 }
P = { kind = "inhibitory", tau = 8, f = { kind = "logistic", max = 60, width = 4, midpoint = 12 }, h = 6 }
S = { kind = "inhibitory", tau = 15, f = { kind = "expression", formula = "log(1 + exp(a*x))/a", a = 0.5 }, h = 3 }
[W]
"E <- E" = 0.8
"E <- P" = -0.6
"E <- S" = -0.4
"P <- E" = 0.9
"P <- P" = -0.3
"P <- S" = 0
"S <- E" = 0.5
"S <- P" = 0
"S <- S" = 0
"#;

const CYCLE: &str = r#"
neurate = 1
[populations]
E = { kind = "excitatory", tau = 10, f = { kind = "logistic", width = 0.77, midpoint = 4 } }
I = { kind = "inhibitory", tau = 20, f = { kind = "logistic", width = 0.5, midpoint = 3.7 } }
[W]
"E <- E" = 16
"E <- I" = -12
"I <- E" = 15
"I <- I" = -3
"#;

fn mixed() -> Spec {
    parse(MIXED, "mixed.toml", "".as_ref(), &[]).unwrap()
}

/// Ensembles of all sorts: laws that units share and that they do not, parameters of laws in lanes, both forms.
fn ensembles(count: usize) -> Vec<(&'static str, Spec, Vec<Axis>)> {
    let mut rng = Rng::new(4);
    let mut r = |from: f64, to: f64| random(&mut rng, count, from, to);
    let ssn_axes = vec![
        varied("W.E<-E", "", r(0.2, 1.3)),
        varied("W.I<-E", "", r(0.8, 1.6)),
        varied("h", "", r(2.0, 25.0)),
    ];
    let laws = vec![
        varied("populations.E.f.k", "", r(0.01, 0.05)),
        varied("populations.E.tau", "s", r(0.01, 0.03)),
        varied("populations.I.f.threshold", "", r(-1.0, 2.0)),
        varied("populations.I.h", "", r(5.0, 15.0)),
    ];
    let exponents = vec![varied("populations.*.f.n", "", r(1.5, 2.2)), varied("h", "", r(2.0, 10.0))];
    let mixed_axes = vec![
        varied("populations.P.f.width", "", r(2.0, 6.0)),
        varied("W.E<-S", "", r(-0.8, -0.1)),
        varied("populations.E.h", "", r(5.0, 20.0)),
    ];
    let constants = vec![varied("populations.S.f.a", "", r(0.2, 0.8))];
    let voltage = ssn().with([Change::of("form", "voltage")]).unwrap();
    vec![
        ("supralinear", ssn(), ssn_axes.clone()),
        ("laws", ssn(), laws),
        ("exponents", ssn(), exponents),
        ("mixed", mixed(), mixed_axes),
        ("constants", mixed(), constants),
        ("voltage", voltage, ssn_axes),
    ]
}

#[test]
fn members_are_what_the_reader_makes() {
    for (name, spec, axes) in ensembles(40) {
        let ensemble = Ensemble::new(&spec, &axes).unwrap();
        assert_eq!(ensemble.members(), 40);
        for e in 0..40 {
            let ours = ensemble.member(e).unwrap();
            let theirs = spec.with(axes.iter().map(|a| a.change(e))).unwrap().build().unwrap();
            assert_eq!(ours.weights(), theirs.weights(), "{name}");
            assert_eq!((ours.h(), ours.tau()), (theirs.h(), theirs.tau()), "{name}");
            assert_eq!(format!("{:?}", ours.populations()), format!("{:?}", theirs.populations()), "{name}");
        }
        assert!(ensemble.member(40).is_err());
    }
}

#[test]
fn courses_are_those_of_single_circuits() {
    for (name, spec, axes) in ensembles(37) {
        let ensemble = Ensemble::new(&spec, &axes).unwrap();
        let (duration, dt) = (60.0, 0.7);
        let all = ensemble.states_at(duration, Some(dt), None, 1).unwrap();
        for e in 0..37 {
            let circuit = ensemble.member(e).unwrap();
            let dynamics = CircuitDynamics::at_rest(&circuit);
            let method = Method::ExponentialEuler { dt };
            let run = simulate(&dynamics, &dynamics.rest(), &[0.0, duration], method, 1e6).unwrap();
            for i in 0..circuit.n() {
                let x = run.last().unwrap()[i];
                // 86 steps of the same numbers, sums in another order.
                near(all.states[i * 37 + e], x, 2e-12 * (1.0 + x.abs()), &format!("{name} {e} {i}"));
            }
            assert_eq!((all.endings[e], all.steps[e]), (Ending::StillMoving, 86));
        }
    }
}

#[test]
fn steady_states_are_fixed_points() {
    for (name, spec, axes) in ensembles(50) {
        let ensemble = Ensemble::new(&spec, &axes).unwrap();
        let options = SettleOptions::default().tolerance(1e-10);
        let settled = ensemble.steady_states(&options).unwrap();
        let mut converged = 0;
        for e in 0..50 {
            if settled.endings[e] != Ending::Converged {
                continue;
            }
            converged += 1;
            assert!(settled.distance[e] < 1e-10 && settled.steps[e].is_multiple_of(8));
            let circuit = ensemble.member(e).unwrap();
            let search = fixed_points(&circuit, &SearchOptions::default().starts(5)).unwrap();
            let p = search.points.iter().find(|p| p.reached_from_rest).expect(name);
            let slowest = p.eigenvalues[0].re.abs() * 8.0;
            for i in 0..circuit.n() {
                // The distance over the slowest rate, in units of the shortest time constant.
                let tolerance = 1e-9 / slowest.min(1.0);
                near(settled.states[i * 50 + e], p.state[i], tolerance, &format!("{name} {e} {i}"));
            }
        }
        assert!(converged > 30, "{name}: {converged}");
    }
}

#[test]
fn neighbors_and_threads_change_nothing() {
    let count = 9000; // three chunks
    let (_, spec, axes) = ensembles(count).swap_remove(0);
    let ensemble = Ensemble::new(&spec, &axes).unwrap();
    let options = SettleOptions::default().dt(1.0);
    let one = ensemble.steady_states(&options).unwrap();
    let three = ensemble.steady_states(&options.clone().threads(3)).unwrap();
    let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert!(
        bits(&one.states) == bits(&three.states) && one.steps == three.steps && one.endings == three.endings
    );
    for e in [0, 31, 4095, 4096, 8999] {
        let alone: Vec<Axis> =
            axes.iter().map(|a| varied(&a.address, &a.unit, vec![a.values[e], a.values[0]])).collect();
        let alone = Ensemble::new(&spec, &alone).unwrap().steady_states(&options).unwrap();
        assert_eq!(bits(&[alone.states[0], alone.states[2]]), bits(&[one.states[e], one.states[count + e]]));
        assert_eq!((alone.steps[0], alone.endings[0]), (one.steps[e], one.endings[e]));
    }
    let points = ensemble.fixed_points(10, 1).unwrap();
    let again = ensemble.fixed_points(10, 2).unwrap();
    assert!(points.first == again.first && points.rates == again.rates);
}

#[test]
fn runaways_and_oscillations_are_endings() {
    let axes = vec![varied("W.E<-I", "", vec![-0.65, -0.01])];
    let ensemble = Ensemble::new(&ssn(), &axes).unwrap();
    let settled = ensemble.steady_states(&SettleOptions::default()).unwrap();
    assert_eq!(settled.endings, [Ending::Converged, Ending::RanAway]);
    assert!(settled.states[1].is_nan() && settled.states[3].is_nan());
    // The oscillator of Wilson & Cowan (1972), with their weights and slopes; driven enough it turns for ever.
    let cycle = parse(CYCLE, "cycle.toml", "".as_ref(), &[]).unwrap();
    let ended = Ensemble::new(&cycle, &[varied("populations.E.h", "", vec![-2.0, 1.25])])
        .unwrap()
        .steady_states(&SettleOptions::default())
        .unwrap();
    assert_eq!(ended.endings, [Ending::Converged, Ending::StillMoving]);
    // A thousand of the longest time constant, in steps of a twentieth of the shortest.
    assert_eq!(ended.steps[1], 40_000);
    // It starts where it is told.
    let start = vec![39.0, 0.0, 58.0, 0.0];
    let near_by = SettleOptions::default().start(start);
    assert!(ensemble.steady_states(&near_by).unwrap().steps[0] < settled.steps[0]);
}

#[test]
fn fixed_points_are_those_of_the_search() {
    for (name, spec, mut axes) in ensembles(60) {
        if name == "supralinear" {
            // Into the region of several points, and of none.
            axes[0].values.iter_mut().for_each(|w| *w += 0.4);
        }
        let ensemble = Ensemble::new(&spec, &axes).unwrap();
        let all = ensemble.fixed_points(5, 1).unwrap();
        assert_eq!((all.first.len(), all.completeness.len()), (61, 60));
        let n = ensemble.circuit().n();
        for e in 0..60 {
            let search =
                fixed_points(&ensemble.member(e).unwrap(), &SearchOptions::default().starts(5)).unwrap();
            let own = all.first[e]..all.first[e + 1];
            assert_eq!(own.len(), search.points.len(), "{name} {e}");
            // Pairs are enclosed here, whatever other method solves one by itself.
            let (own_word, word) = (all.completeness[e], search.coverage.completeness());
            assert!(
                own_word == word || own_word.is_whole() && word.is_whole(),
                "{name} {e}: {own_word:?} {word:?}"
            );
            for (k, p) in own.zip(&search.points) {
                let scale = 1.0 + p.rates.iter().fold(0.0, |m: f64, r| m.max(*r));
                all_near(&all.rates[k * n..(k + 1) * n], &p.rates, 1e-10 * scale, name);
                assert_eq!(all.stability[k], p.stability, "{name} {e}");
                near(all.eigenvalues[k].re, p.eigenvalues[0].re, 1e-9, name);
                near(all.eigenvalues[k].im, p.eigenvalues[0].im.abs(), 1e-9, name);
                assert!(all.residuals[k] < 1e-11, "{name} {e}: {:e}", all.residuals[k]);
            }
        }
    }
}

#[test]
fn addresses_that_are_no_plain_numbers_are_read() {
    // Zero and one other value: a factor cannot be had from it. Counts and words go through the reader anyway.
    let zeros = Ensemble::new(&ssn(), &[varied("W.E<-E", "", vec![1.25, 0.0, 0.0])]).unwrap();
    let w = zeros.member(2).unwrap().dense_weights().unwrap();
    assert_eq!((w[(0, 0)], w[(0, 1)]), (0.0, -0.65));
    let ring = parse(&template("ring").unwrap(), "ring.toml", "".as_ref(), &[]).unwrap();
    let e = Ensemble::new(&ring, &[varied("h", "", vec![1.0, 2.0])]).unwrap_err();
    assert!(e.help().unwrap().contains("sweep"), "{e}");
}

#[test]
fn mistakes_are_told_with_the_member() {
    let wrong = |axes: Vec<Axis>| Ensemble::new(&ssn(), &axes).unwrap_err().to_string();
    let mut values = vec![-0.5; 100];
    values[50] = 0.7;
    values[99] = -0.6;
    let text = wrong(vec![varied("W.E<-I", "", values)]);
    assert!(
        text.contains("member 50") && text.contains("I is inhibitory") && text.contains("-0.7"),
        "{text}"
    );
    let mut taus = vec![10.0; 100];
    taus[3] = -1.0;
    taus[99] = 20.0;
    let text = wrong(vec![varied("populations.E.tau", "", taus)]);
    assert!(text.contains("member 3") && text.contains("tau"), "{text}");
    let text = wrong(vec![varied("W.E<-EE", "", vec![1.0, 2.0])]);
    assert!(text.contains("W.E<-EE"), "{text}");
    assert!(wrong(vec![]).contains("needs a parameter"));
    let text = wrong(vec![varied("h", "", vec![1.0, 2.0]), varied("W.E<-E", "", vec![1.0])]);
    assert!(text.contains("1 values"), "{text}");
    let ensemble = Ensemble::new(&ssn(), &[varied("h", "", vec![1.0, 2.0])]).unwrap();
    for bad in [
        SettleOptions::default().tolerance(0.0),
        SettleOptions::default().dt(-1.0),
        SettleOptions::default().duration(f64::NAN),
        SettleOptions::default().start(vec![1.0]),
    ] {
        assert!(ensemble.steady_states(&bad).is_err(), "{bad:?}");
    }
}
