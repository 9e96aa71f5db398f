//! Responses by frequency, of parts of populations, and to finite inputs (THEORY S11).

use crate::common::*;
use neurate::linalg::{Complex, Matrix};
use neurate::linear::Linearization;
use neurate::linear::modes::distance_to_instability;
use neurate::linear::response::{
    End, FrequencyResponse, PartialCurve, finite_response, frequency_response, partial_response, random_part,
    response_matrix, unit_responses, verdicts,
};
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form};
use std::f64::consts::TAU;

/// A random stable linear circuit of Dale populations with several units each.
fn random_circuit(rng: &mut Rng, sizes: [usize; 2]) -> (Circuit, Linearization) {
    let n = sizes[0] + sizes[1];
    loop {
        let w = Matrix::from_fn(n, n, |_, j| {
            let sign = if j < sizes[0] { 1.0 } else { -1.4 };
            sign * rng.between(0.0, 4.0) / n as f64
        });
        let kinds = [CellKind::Excitatory, CellKind::Inhibitory];
        let populations = (0..2)
            .map(|p| {
                let tau: Vec<f64> = (0..sizes[p]).map(|_| rng.between(5.0, 20.0)).collect();
                population(["E", "I"][p], kinds[p], &tau, &vec![0.0; sizes[p]], Transfer::identity())
            })
            .collect();
        let circuit = Circuit::new(parts(Form::Rate, populations, &w)).unwrap();
        let (point, l) = linearize(&circuit);
        if point.stable() {
            return (circuit, l);
        }
    }
}

#[test]
fn the_schur_form_answers_as_the_full_solution_does() {
    let mut rng = Rng::new(11);
    for sizes in [[1, 1], [3, 2], [20, 9]] {
        let (c, l) = random_circuit(&mut rng, sizes);
        let r = FrequencyResponse::of_populations(&c, &l).unwrap();
        for f in [0.0, 1e-4, 0.003, 0.02, 0.3, 5.0] {
            let (found, full) = (r.at(f), frequency_response(&l, TAU * f).unwrap().unwrap());
            for (a, &size) in sizes.iter().enumerate() {
                for b in 0..2 {
                    let sum: Complex =
                        c.range(a).flat_map(|i| c.range(b).map(move |j| (i, j))).map(|k| full[k]).sum();
                    let mean = sum / size as f64;
                    assert!((found[(a, b)] - mean).norm() < 1e-13 * (1.0 + mean.norm()), "{sizes:?} {f}");
                    assert!((r.entry(a, b, f) - mean).norm() < 1e-13 * (1.0 + mean.norm()));
                }
            }
        }
    }
}

#[test]
fn the_paradox_ends_at_its_own_frequency() {
    let data = &json("extras_open.json")["frequency_paradox"];
    let circuit = dale_linear(&["E", "I"], 1, &matrix(&data["W"]), &numbers(&data["T_ms"]), &[1.0; 2]);
    let (_, l) = linearize(&circuit);
    let r = FrequencyResponse::of_populations(&circuit, &l).unwrap();
    let border = number(&data["f_at_which_Re_R_II_changes_sign_Hz"]);
    let found = r.sign_changes(1, 1).unwrap();
    assert!(found.all);
    assert_eq!(found.frequencies.len(), 1);
    near(1000.0 * found.frequencies[0], border, 1e-12 * border, "Hz");
    // E's own in-phase response ends as well: Re (a + i x) (D - x^2 - i x t) = 0 at x^2 = a D / (a - t),
    // with a = 1 + W_II = 3, D = 3, t = 2.
    let of_e = r.sign_changes(0, 0).unwrap();
    assert_eq!(of_e.frequencies.len(), 1);
    near(of_e.frequencies[0], 3.0 / (TAU * 10.0), 1e-12, "E");
}

#[test]
fn every_sign_change_is_found() {
    // Against a scan ten times as fine as the grid, in circuits with rhythms.
    let mut rng = Rng::new(12);
    let mut count = 0;
    for k in 0..40 {
        let (c, l) = random_circuit(&mut rng, [2 + k % 5, 1 + k % 4]);
        let r = FrequencyResponse::of_populations(&c, &l).unwrap();
        for (a, b) in [(0, 0), (1, 1), (0, 1), (1, 0)] {
            let found = r.sign_changes(a, b).unwrap();
            let (low, high) = (r.grid()[0], *r.grid().last().unwrap());
            let scan: Vec<f64> =
                (0..2000).map(|i| low * f64::powf(high / low, f64::from(i) / 1999.0)).collect();
            let signs: Vec<bool> = scan.iter().map(|&f| r.entry(a, b, f).re < 0.0).collect();
            for i in (1..scan.len()).filter(|&i| signs[i] != signs[i - 1]) {
                let inside = found.frequencies.iter().filter(|&&f| f >= scan[i - 1] && f <= scan[i]).count();
                assert_eq!(inside % 2, 1, "{k} {a} {b}");
                count += 1;
            }
            for &f in &found.frequencies {
                // A zero to rounding against what surrounds it.
                let size = r.entry(a, b, f).norm();
                assert!(r.entry(a, b, f).re.abs() < 1e-12 * size);
            }
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn resonances_and_the_largest_gain() {
    // One damped oscillator, read and driven at its first unit: |H|^2 in closed form.
    let (a, w) = (0.05, 0.4);
    let m = Matrix::from_rows(&[[1.0 - a, -w], [w, 1.0 - a]]);
    let circuit = circuit(Form::Rate, &m, &[1.0; 2], &[0.0; 2], &Transfer::identity());
    let (_, l) = linearize(&circuit);
    let r = FrequencyResponse::of_populations(&circuit, &l).unwrap();
    let height = |x: f64| {
        let s = Complex::new(a, x);
        (s / (s * s + w * w)).norm()
    };
    let best = (0..500_000).map(|k| 1e-6 * f64::from(k)).max_by(|x, y| height(*x).total_cmp(&height(*y)));
    let found = r.resonance(0, 0);
    near(TAU * found.frequency, best.unwrap(), 2e-6, "frequency");
    near(found.height, height(TAU * found.frequency), 1e-13 * found.height, "height");
    near(found.over_static, found.height / height(0.0), 1e-12 * found.over_static, "over the static one");
    // Normal: the largest gain is 1/distance of the eigenvalues from the axis.
    let gain = r.largest_gain().unwrap();
    near(gain.lower, 1.0 / a, 1e-9 / a, "largest gain");
    assert!(gain.upper.unwrap() >= 1.0 / a && gain.upper.unwrap() <= (1.0 + 2e-6) / a);
    // In general, that of single units with gain one and time constant one is that of the resolvent.
    let mut rng = Rng::new(13);
    for n in [2, 3, 5] {
        let m = Matrix::from_fn(n, n, |_, _| rng.between(-0.5, 0.5));
        let c = crate::common::circuit(Form::Rate, &m, &vec![1.0; n], &vec![0.0; n], &Transfer::identity());
        let (point, l) = linearize(&c);
        if !point.stable() {
            continue;
        }
        let gain = FrequencyResponse::of_populations(&c, &l).unwrap().largest_gain().unwrap();
        let peak = distance_to_instability(&l.jacobian).unwrap().peak;
        assert!(gain.lower <= peak.upper * (1.0 + 1e-9) && gain.upper.unwrap() >= peak.lower * (1.0 - 1e-9));
    }
    // No more than a constant input anywhere: no resonance.
    let (_, l) = linearize(&dale_linear(&["E", "I"], 1, &Matrix::zeros(2, 2), &[10.0, 5.0], &[1.0; 2]));
    let alone = dale_linear(&["E", "I"], 1, &Matrix::zeros(2, 2), &[10.0, 5.0], &[1.0; 2]);
    let r = FrequencyResponse::of_populations(&alone, &l).unwrap();
    assert_eq!((r.resonance(0, 0).frequency, r.resonance(0, 0).over_static), (0.0, 1.0));
}

#[test]
fn a_part_of_the_inhibitory_cells() {
    for case in items(&json("extras_open.json")["partial_perturbation"]) {
        let [ee, ei, ie, ii] = numbers(&case["w"])[..] else { panic!() };
        let n = 40;
        let w = Matrix::from_fn(2 * n, 2 * n, |i, j| {
            [[ee, -ei], [ie, -ii]][usize::from(i >= n)][usize::from(j >= n)] / n as f64
        });
        let cells =
            |name: &str, kind| population(name, kind, &vec![10.0; n], &vec![0.0; n], Transfer::identity());
        let populations = vec![cells("E", CellKind::Excitatory), cells("I", CellKind::Inhibitory)];
        let network = Circuit::new(parts(Form::Rate, populations, &w)).unwrap();
        let (_, l) = linearize(&network);
        let r = response_matrix(&l).unwrap().unwrap();
        let curve = PartialCurve::new(&network, &l, &r, 1);
        // The population model, and the homogeneous formula behind it.
        let pair =
            dale_linear(&["E", "I"], 1, &Matrix::from_rows(&[[ee, -ei], [ie, -ii]]), &[10.0; 2], &[1.0; 2]);
        let (_, lp) = linearize(&pair);
        let of_pair = PartialCurve::new(&pair, &lp, &response_matrix(&lp).unwrap().unwrap(), 1);
        let critical = number(&case["critical_fraction"]);
        near(of_pair.critical_fraction().unwrap(), critical, 1e-14, "critical fraction");
        near(curve.critical_fraction().unwrap(), critical, 1e-13, "critical fraction of 40 cells");
        for row in items(&case["rows"]) {
            let fraction = number(&row["fraction"]);
            let units = random_part(&network, 1, fraction, 3).unwrap();
            assert_eq!(units.len(), (fraction * n as f64).round() as usize);
            let part = partial_response(&network, &r, 1, &units);
            let formula = number(&row["formula"]);
            // Any 40-cell subset of a homogeneous population is like any other; R solves to 1e-14.
            near(part.stimulated, formula, 1e-14 * n as f64, "explicit");
            near(curve.stimulated(fraction), formula, 1e-13, "average");
            near(of_pair.stimulated(fraction), formula, 1e-14, "formula");
            if formula.abs() > 1e-12 {
                assert_eq!(part.paradoxical, if formula < 0.0 { units.len() } else { 0 });
            }
            if let (Some(found), Some(other)) = (part.unstimulated, row["response_of_unperturbed_I"].as_f64())
            {
                near(found, other, 1e-12, "the others");
                near(curve.unstimulated(fraction), other, 1e-12, "the others, average");
                near(of_pair.unstimulated(fraction), other, 1e-12, "the others, formula");
            }
        }
    }
}

#[test]
fn averages_over_parts_are_exact() {
    // Over all pairs of a heterogeneous population of five.
    let mut rng = Rng::new(14);
    let (c, l) = random_circuit(&mut rng, [4, 5]);
    let r = response_matrix(&l).unwrap().unwrap();
    let curve = PartialCurve::new(&c, &l, &r, 1);
    let (mut stimulated, mut others, mut count) = (0.0, 0.0, 0.0);
    for i in 4..9 {
        for j in i + 1..9 {
            let part = partial_response(&c, &r, 1, &[j, i]);
            stimulated += part.stimulated;
            others += part.unstimulated.unwrap();
            count += 1.0;
        }
    }
    near(curve.stimulated(0.4), stimulated / count, 1e-14, "stimulated");
    near(curve.unstimulated(0.4), others / count, 1e-14, "others");
    // All of it is the population's response; the seed is the part's.
    near(partial_response(&c, &r, 1, &[4, 5, 6, 7, 8]).stimulated, curve.whole, 1e-14, "whole");
    assert_eq!(random_part(&c, 1, 0.6, 5).unwrap(), random_part(&c, 1, 0.6, 5).unwrap());
    let parts: std::collections::BTreeSet<Vec<usize>> = (0..200)
        .map(|s| partial_response(&c, &r, 1, &random_part(&c, 1, 0.4, s).unwrap()).stimulated_units)
        .collect();
    assert_eq!(parts.len(), 10, "every pair comes up");
    assert!(random_part(&c, 1, 0.0, 1).is_err() && random_part(&c, 1, 1.1, 1).is_err());
    // Single units, and their population.
    let units = &unit_responses(&c, &r)[1];
    near(units.to_whole.iter().sum::<f64>() / 5.0, curve.whole, 1e-14, "mean of units");
    near(units.to_itself.iter().sum::<f64>() / 5.0, curve.alone, 1e-14, "alone");
}

#[test]
fn the_response_to_a_large_input_is_v_shaped() {
    let data = &json("extras_open.json")["threshold_linear_paradox"];
    let f = Transfer::new("threshold-linear", &[], 1e-3).unwrap();
    let h = [number(&data["h_E"]), 0.5];
    let mut parts = circuit(Form::Rate, &matrix(&data["W"]), &[10.0; 2], &h, &f).to_parts();
    (parts.populations[0].kind, parts.populations[1].kind) = (CellKind::Excitatory, CellKind::Inhibitory);
    let c = Circuit::new(parts).unwrap();
    let found = search(&c);
    let curve = finite_response(&c, &found.points[0], &[0.0, 1.0], 0.0..3.5, 35).unwrap();
    assert_eq!((curve.lower_end, curve.upper_end), (End::Reached, End::Reached));
    for row in items(&data["table_hI_rE_rI"]) {
        let [h_i, r_e, r_i] = numbers(row)[..] else { panic!() };
        let at = curve.points.iter().find(|p| (p.amplitude + 0.5 - h_i).abs() < 1e-9);
        if let Some(p) = at {
            // The table was integrated to about 1e-14.
            all_near(&p.rates, &[r_e, r_i], 1e-13, &format!("h_I = {h_i}"));
        }
    }
    let turn: Vec<_> = curve.turns.iter().filter(|t| t.population == 1).collect();
    assert_eq!(turn.len(), 1);
    assert!(turn[0].minimum);
    near(turn[0].amplitude + 0.5, 2.4, 1e-9, "where r_E hits zero");
    near(turn[0].rate, 0.8, 1e-9, "the least r_I");
}

#[test]
fn the_ssn_becomes_inhibition_stabilized_at_its_input() {
    let w = Matrix::from_rows(&[[1.25, -0.65], [1.2, -0.5]]);
    let mut parts = circuit(Form::Rate, &w, &[20.0, 10.0], &[5.0, 5.0], &power(0.04, 2.0)).to_parts();
    (parts.populations[0].kind, parts.populations[1].kind) = (CellKind::Excitatory, CellKind::Inhibitory);
    let c = Circuit::new(parts).unwrap();
    let found = search(&c);
    let point = &found.points[found.operating_point().unwrap()];
    let curve = finite_response(&c, point, &[1.0, 1.0], -5.0..5.0, 20).unwrap();
    assert_eq!(curve.isn_boundaries.len(), 1);
    near(5.0 + curve.isn_boundaries[0], 7.842506202, 1e-9, "c*");
    // There the response of I to its own input is zero: it turns paradoxical.
    let at = |c_star: f64| {
        let mut parts = c.to_parts();
        parts.populations.iter_mut().for_each(|p| p.h[0] = c_star);
        let c = Circuit::new(parts).unwrap();
        let s = search(&c);
        let l = Linearization::new(&c, &s.points[s.operating_point().unwrap()]).unwrap();
        verdicts(&c, &l).unwrap().self_responses[1].response
    };
    assert!(at(7.84) > 0.0 && at(7.85) < 0.0);
}

#[test]
fn a_branch_is_left_where_it_ends() {
    // r = [w r + h]_+^2 with one unit: the lower branch ends in a fold at h = 1/(4 w).
    let w = 1.0;
    let c = circuit(Form::Rate, &Matrix::from_rows(&[[w]]), &[10.0], &[0.1], &power(1.0, 2.0));
    let found = search(&c);
    let point = found.points.iter().find(|p| p.stable()).unwrap();
    let curve = finite_response(&c, point, &[1.0], -0.1..1.0, 20).unwrap();
    let fold = match curve.upper_end {
        End::Vanishes(h) | End::LosesStability(h) => 0.1 + h,
        other => panic!("not the fold: {other:?}"),
    };
    near(fold, 0.25 / w, 1e-3, "fold");
    for p in &curve.points {
        let h = 0.1 + p.amplitude;
        // The lower root of w^2 r^2 + (2 w h - 1) r + h^2 = 0.
        let b = 1.0 - 2.0 * w * h;
        let lower = 2.0 * h * h / (b + (b * b - 4.0 * w * w * h * h).max(0.0).sqrt());
        near(p.rates[0], lower, 1e-6, &format!("h = {h}"));
    }
}

#[test]
fn which_sets_of_interneurons_stabilize() {
    // P or S alone hold E; V does not.
    let w = Matrix::from_rows(&[
        [2.0, -2.0, -2.5, 0.0],
        [1.5, -0.5, 0.0, 0.0],
        [1.5, 0.0, -0.2, -0.3],
        [0.5, 0.0, -0.4, -0.1],
    ]);
    let circuit = dale_linear(&["E", "P", "S", "V"], 1, &w, &[10.0; 4], &[1.0; 4]);
    let (_, l) = linearize(&circuit);
    let v = verdicts(&circuit, &l).unwrap();
    assert!(v.stable() && v.every_subset);
    assert_eq!(v.minimal_stabilizers, [vec![1], vec![2]]);
    // Above six others: none, each, all but each, all.
    let n = 9;
    let many =
        Matrix::from_fn(
            n,
            n,
            |i, j| if j == 0 { if i == 0 { 2.0 } else { 1.0 } } else { -0.5 / (1.0 + j as f64) },
        );
    let names: Vec<String> = (0..n).map(|i| if i == 0 { "E".into() } else { format!("I{i}") }).collect();
    let refs: Vec<&str> = names.iter().map(String::as_str).collect();
    let circuit = dale_linear(&refs, 1, &many, &vec![10.0; n], &vec![1.0; n]);
    let (_, l) = linearize(&circuit);
    let v = verdicts(&circuit, &l).unwrap();
    assert!(!v.every_subset);
    assert_eq!(v.subsets.len(), 2 * (n - 1) + 2);
    assert_eq!(v.subsets[0].populations, [0]);
    assert_eq!(v.subsets.last().unwrap().populations.len(), n);
}
