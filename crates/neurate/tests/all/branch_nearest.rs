//! The nearest changes of an operating point: against full diagrams, closed forms, and from other starts.

use crate::branch_properties::pair;
use crate::common::{dale_linear, near, parts, population, search};
use neurate::answers::{
    ChangeDistance, DiagramSide, NearestChange, NearestChangeKind, NearestChanges, UndecidedReason,
};
use neurate::branch::{Diagram, FirstChange, Knob, SpecialKind, diagram, knobs};
use neurate::linalg::Matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form, Parameter};
use neurate::prelude::*;
use std::mem::discriminant;

fn knob<'a>(circuit: &'a Circuit, state: &[f64], address: &str) -> Knob<'a> {
    let all = knobs(circuit, None, state).unwrap();
    let names: Vec<String> = all.iter().map(|k| k.address.to_string()).collect();
    let found = all.into_iter().find(|k| k.address.to_string() == address);
    found.unwrap_or_else(|| panic!("{address} is none of {names:?}"))
}

/// The special points of a diagram next to a state, below and above it along its branch; none at the edges of the window.
fn next_of<'a>(d: &'a Diagram, x: &[f64], p: f64) -> [Option<&'a neurate::branch::SpecialPoint>; 2] {
    let mut best = (f64::INFINITY, 0, 0);
    for (b, branch) in d.branches.iter().enumerate() {
        for k in 0..branch.p.len() - 1 {
            let (from, to) = (branch.p[k], branch.p[k + 1]);
            if (from <= p) == (to <= p) {
                continue;
            }
            let s = (p - from) / (to - from);
            let at = |i: usize| branch.states[k][i] + s * (branch.states[k + 1][i] - branch.states[k][i]);
            let far: f64 = x.iter().enumerate().map(|(i, x)| (x - at(i)).abs()).sum();
            if far < best.0 {
                best = (far, b, k);
            }
        }
    }
    assert!(best.0 < 1e-2, "the state is {} away from every branch", best.0);
    let (branch, k) = (&d.branches[best.1], best.2);
    let mut before = branch.special.iter().rev().find(|s| s.0 <= k);
    let mut after = branch.special.iter().find(|s| s.0 > k);
    if branch.is_closed() {
        (before, after) = (before.or(branch.special.last()), after.or(branch.special.first()));
    }
    let [before, after] = [before, after].map(|s| s.map(|s| &d.points[s.1]));
    if branch.p[k + 1] > branch.p[k] { [before, after] } else { [after, before] }
}

/// Over weights, inputs, time constants and thresholds of random pairs: what a whole diagram has there, with its kind.
#[test]
fn changes_are_the_next_special_points_of_a_diagram() {
    let (mut found, mut none) = (0, 0);
    for seed in 0..10 {
        let form = if seed % 3 == 0 { Form::Voltage } else { Form::Rate };
        let circuit = pair(seed, form, [0, 1], 1.0);
        let Some(point) = search(&circuit).points.into_iter().find(|p| p.stable()) else { continue };
        for address in ["E.h", "W.E<-E", "W.E<-I", "W.I<-E", "I.tau", "E.f.midpoint"] {
            let knob = knob(&circuit, &point.state, address);
            let parameter = Parameter::from(knob.address.clone());
            let d = diagram(&circuit, &parameter, knob.window).unwrap();
            let expected = next_of(&d, &point.state, knob.value);
            let what = format!("seed {seed}, {address}");
            for (change, expected) in knob.changes(&point.state).unwrap().iter().zip(expected) {
                match (change, expected) {
                    (FirstChange::At(a), Some(b)) => {
                        near(a.p, b.p, 1e-8 * (knob.window.1 - knob.window.0), &what);
                        assert_eq!(discriminant(&a.kind), discriminant(&b.kind), "{what}");
                        assert!(a.residual < 1e-9, "{what}: {}", a.residual);
                        found += 1;
                    }
                    (FirstChange::None, None) => none += 1,
                    _ => panic!("{what}: {change:?}, and the diagram has {expected:?}"),
                }
            }
        }
    }
    assert!(found > 20 && none > 20, "{found} changes, {none} sides without: the circuits are too tame");
}

/// What is changed on the way there does not matter: half-way the same change is next. And beyond it the state is gone, or its
/// stability is another.
#[test]
fn a_change_is_the_same_from_every_point_before_it() {
    let mut checked = 0;
    for seed in 0..12 {
        let circuit = pair(seed, Form::Rate, [0, 1], 1.0);
        let Some(point) = search(&circuit).points.into_iter().find(|p| p.stable()) else { continue };
        for address in ["E.h", "W.E<-I"] {
            let own = knob(&circuit, &point.state, address);
            let parameter = Parameter::from(own.address.clone());
            for (side, change) in own.changes(&point.state).unwrap().into_iter().enumerate() {
                let FirstChange::At(change) = change else { continue };
                let at = |share: f64| {
                    let p = own.value + share * (change.p - own.value);
                    search(&circuit.with(&[(&parameter, p)]).unwrap()).points
                };
                let away =
                    |x: &[f64]| -> f64 { x.iter().zip(&change.state).map(|(a, b)| (a - b).abs()).sum() };
                let near_by = |share: f64| -> Vec<bool> {
                    at(share).iter().filter(|p| away(&p.state) < 2e-2).map(|p| p.stable()).collect()
                };
                let (before, beyond) = (near_by(1.0 - 1e-5), near_by(1.0 + 1e-5));
                assert!(
                    before.contains(&true) && before != beyond,
                    "seed {seed}, {address}: {before:?} {beyond:?}"
                );
                // From half-way: the stable state that is nearest to the change.
                let middle = circuit.with(&[(&parameter, 0.5 * (own.value + change.p))]).unwrap();
                let points = search(&middle).points;
                for start in points.iter().filter(|p| p.stable()) {
                    let again = knob(&middle, &start.state, address).changes(&start.state).unwrap();
                    if let FirstChange::At(again) = &again[side]
                        && away(&again.state) < 1e-6
                    {
                        near(again.p, change.p, 1e-8, address);
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 6, "{checked}");
}

/// A linear pair: the trace is zero at `w_EE = 1 + (1 + w_II) tau_E / tau_I`, with `omega^2` the determinant; the determinant is zero at
/// `w_IE = (w_EE - 1)(1 + w_II) / w_EI`, where the state grows beyond every bound.
#[test]
fn a_linear_pair_changes_where_its_stability_ends() {
    let (a, b, c, d, tau): (f64, f64, f64, f64, [f64; 2]) = (1.5, 2.0, 1.3, 0.4, [10.0, 8.0]);
    let w = Matrix::from_rows(&[[a, -b], [c, -d]]);
    let mut parts = dale_linear(&["E", "I"], 1, &w, &tau, &[1.0, 1.0]).to_parts();
    parts.populations[0].h = vec![3.0];
    let circuit = Circuit::new(parts).unwrap();
    let state = search(&circuit).points[0].state.clone();
    let changes = |address: &str| knob(&circuit, &state, address).changes(&state).unwrap();

    let [below, above] = changes("W.E<-E");
    let trace = 1.0 + (1.0 + d) * tau[0] / tau[1];
    let omega = ((b * c - (trace - 1.0) * (1.0 + d)) / (tau[0] * tau[1])).sqrt();
    let FirstChange::At(hopf) = above else { panic!("{above:?}") };
    near(hopf.p, trace, 1e-10, "w_EE");
    let SpecialKind::Hopf { omega: found, .. } = hopf.kind else { panic!("{hopf:?}") };
    near(found, omega, 1e-10, "omega");
    assert!(matches!(below, FirstChange::None), "{below:?}");

    // A transposed W has both of these exchanged.
    let border = (a - 1.0) * (1.0 + d);
    let [below, above] = changes("W.I<-E");
    let FirstChange::Runaway { p, exact: true } = below else { panic!("{below:?}") };
    near(p, border / b, 1e-10, "w_IE");
    assert!(matches!(above, FirstChange::None), "{above:?}");
    let [below, above] = changes("W.E<-I");
    let FirstChange::Runaway { p, exact: true } = above else { panic!("{above:?}") };
    near(p, -border / c, 1e-10, "w_EI");
    assert!(matches!(below, FirstChange::None), "{below:?}");
    // Inputs move the state, and no stability.
    assert!(changes("E.h").iter().all(|side| matches!(side, FirstChange::None)));
    // tau_E (1 + d) = tau_I (a - 1)
    let [below, above] = changes("I.tau");
    let FirstChange::At(hopf) = above else { panic!("{above:?}") };
    near(hopf.p, tau[0] * (1.0 + d) / (a - 1.0), 1e-9, "tau_I");
    assert!(matches!(below, FirstChange::None), "{below:?}");
}

const ADAPTING: &str = r#"neurate = 1
form = "rate"
[populations.E]
kind = "excitatory"
tau = "10 ms"
h = -2.36
f = { kind = "logistic", width = 1 }
adaptation = { tau = "100 ms", strength = 1 }
[W]
"E <- E" = 6
"#;

fn asked(text: &str) -> (Circuit, NearestChanges) {
    let spec = file::parse(text, "circuit.toml", ".".as_ref(), &[]).unwrap();
    let circuit = spec.build().unwrap();
    // Of two stable states the one with the lower rate.
    let choices = Choices::default().nearest_changes(true).at(1);
    let study = Study::new(circuit.clone(), choices).described_by(spec);
    let answer = NearestChanges::clone(&study.ask::<NearestChanges>().unwrap());
    (circuit, answer)
}

#[track_caller]
fn of<'a>(all: &'a NearestChanges, parameter: &str, side: DiagramSide) -> &'a NearestChange {
    let found = all.changes.iter().find(|c| c.parameter == parameter && c.side == side);
    found.unwrap_or_else(|| panic!("{parameter} {side:?} is not in {:#?}", all.changes))
}

/// A unit that excites itself and adapts: a Hopf point where `w f' = 1 + tau/tau_a`, a hair before the fold where `w f' = 1 + b f'`.
#[test]
fn adaptation_oscillates_where_its_closed_form_says() {
    let (_, all) = asked(ADAPTING);
    let (w, b, tau, tau_a): (f64, f64, f64, f64) = (6.0, 1.0, 10.0, 100.0);
    // f' = r (1 - r), and h = u - (w - b) r
    let r = 0.5 * (1.0 - (1.0 - 4.0 * (1.0 + tau / tau_a) / w).sqrt());
    let h = f64::ln(r / (1.0 - r)) - (w - b) * r;
    let gain: f64 = r * (1.0 - r);
    let omega = ((1.0 - w * gain + b * gain) / (tau * tau_a)).sqrt();
    let hopf = of(&all, "E.h", DiagramSide::Above);
    assert_eq!((hopf.kind, hopf.relative_to), (NearestChangeKind::Hopf, ChangeDistance::InputWidth));
    near(hopf.at, h, 1e-9, "h");
    near(hopf.frequency.unwrap(), 1e3 * omega / std::f64::consts::TAU, 1e-8, "frequency");
    // f changes over 1/(1/4)
    near(hopf.distance, (h + 2.36) / 4.0, 1e-9, "distance");
    near(hopf.state.as_ref().unwrap().data()[1], r, 1e-9, "a is r");
    // At the file's own state, which both time constants leave where it is.
    let own = all.state.data()[0];
    near(own, 1.0 / (1.0 + (-((w - b) * own - 2.36)).exp()), 1e-10, "the operating point");
    let excess = w * own * (1.0 - own) - 1.0;
    let slower = of(&all, "E.tau", DiagramSide::Below);
    near(slower.at, excess * tau_a, 1e-8, "tau");
    near(slower.distance, 1.0 - excess * tau_a / tau, 1e-9, "distance");
    assert_eq!((slower.unit.as_str(), slower.relative_to), ("ms", ChangeDistance::Value));
    // Only the description can change it.
    let adaptation = of(&all, "E.adaptation.tau", DiagramSide::Above);
    near(adaptation.at, tau / excess, 1e-7, "tau_a");
    assert_eq!(adaptation.kind, NearestChangeKind::Hopf);
    assert!(all.changes.windows(2).all(|w| w[0].distance <= w[1].distance), "sorted");
    assert_eq!((all.unstable, all.states.len()), (0, 2));
    assert!(all.undecided.is_empty(), "{:?}", all.undecided);
}

/// A threshold-linear unit that excites itself: silent below its threshold, beyond every bound where its weight reaches 1.
#[test]
fn threshold_linear_units_change_at_thresholds_and_run_away() {
    let f = Transfer::new("threshold-linear", &[], 1e-3).unwrap();
    let e = population("E", CellKind::Excitatory, &[10.0], &[2.0], f);
    let circuit = Circuit::new(parts(Form::Rate, vec![e], &Matrix::from_rows(&[[0.6]]))).unwrap();
    let all = Study::new(circuit, Choices::default().nearest_changes(true)).ask::<NearestChanges>().unwrap();
    let w = of(&all, "W.E<-E", DiagramSide::Above);
    assert_eq!((w.kind, w.residual), (NearestChangeKind::Runaway, Some(0.0)));
    near(w.at, 1.0, 1e-10, "w");
    // At its threshold a silent unit does not lose stability.
    assert!(all.changes.iter().all(|c| c.parameter != "E.h"), "{:#?}", all.changes);
    assert!(all.unchanged.iter().any(|u| u.parameter == "E.h" && u.until < 0.0), "{:#?}", all.unchanged);
}

/// What cannot be followed is listed with its reason, not left out.
#[test]
fn what_is_not_followed_is_said() {
    let (_, all) = asked(&format!("{ADAPTING}[delays]\n\"E <- E\" = \"3 ms\"\n"));
    let delays = |u: &&neurate::answers::UndecidedSide| u.reason == UndecidedReason::NotFollowed;
    let left: Vec<_> = all.undecided.iter().filter(delays).collect();
    assert!(all.changes.is_empty() != left.is_empty(), "either delays are followed, or it is said: {all:#?}");
    assert!(left.iter().all(|u| u.why.as_ref().is_some_and(|why| why.contains("delays"))), "{left:?}");
    // It has to be asked for.
    let study = Study::new(Circuit::from_weights(Matrix::zeros(2, 2)).build().unwrap(), Choices::default());
    assert!(matches!(NearestChanges::applies(&study), Applies::No(_)));
}
