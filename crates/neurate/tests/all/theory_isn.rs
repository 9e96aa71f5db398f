//! Response, inhibition stabilization, paradox: references, theorems, published circuits.

use crate::common::*;
use neurate::fixed_points::SearchOptions;
use neurate::linalg::{Complex, Lu, Matrix, eigenvalues};
use neurate::linear::Linearization;
use neurate::linear::modes::eigenmodes;
use neurate::linear::response::{Isn, by_population, frequency_response, response_matrix, verdicts};
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form};
use serde_json::Value;

fn strings(v: &Value) -> Vec<String> {
    items(v).iter().map(|s| text(s).to_string()).collect()
}

fn abscissa(l: &Linearization, units: &[usize]) -> f64 {
    let n = units.len();
    let part = Matrix::from_fn(n, n, |i, j| l.jacobian[(units[i], units[j])]);
    eigenvalues(&part).unwrap()[0].re
}

#[test]
fn every_case_and_every_subset() {
    let data = json("isn_open.json");
    let cases = items(&data["cases"]);
    assert_eq!(cases.len(), 12);
    for c in cases {
        let names = strings(&c["names"]);
        let what = format!("{names:?} {}", text(&c["note"]));
        let w = matrix(&c["W"]);
        let n = names.len();
        let name_refs: Vec<&str> = names.iter().map(String::as_str).collect();
        let circuit = dale_linear(&name_refs, 1, &w, &numbers(&c["tau_ms"]), &numbers(&c["gain"]));
        let (point, l) = linearize(&circuit);
        let stable = c["stable"].as_bool().unwrap();
        assert_eq!(point.stable(), stable, "{what}");
        same_set(&point.eigenvalues, &complex_numbers(&c["jacobian_eigs_per_ms"]), 1e-12, &what);

        // Solving with 1 - GW: rounding times its condition; the references carry the same.
        let expected = matrix(&c["response_matrix"]);
        let r = response_matrix(&l).unwrap().unwrap();
        for i in 0..n {
            all_near(r.row(i), expected.row(i), 1e-12 * expected.max_abs(), &what);
        }
        let m = Matrix::identity(n).sub(&l.effective);
        let det = number(&c["det_1_minus_gW"]);
        near(Lu::new(&m).unwrap().det(), det, 1e-13 * (1.0 + det.abs()) * n as f64, &what);

        let v = verdicts(&circuit, &l).unwrap();
        assert_eq!(v.stable(), stable, "{what}");
        near(v.isn_index.unwrap(), number(&c["ISN_index"]), 1e-14, &what);
        let e_unstable = c["E_alone_unstable (ISN index g*W_EE-1 > 0)"].as_bool().unwrap();
        let isn = match (stable, e_unstable) {
            (false, _) => Isn::CircuitUnstable,
            (true, true) => Isn::Stabilized,
            (true, false) => Isn::NotNeeded,
        };
        assert_eq!(v.isn, isn, "{what}");
        for (p, name) in names.iter().enumerate() {
            let own = &c["self_response"][name];
            let found = &v.self_responses[p];
            near(found.response, number(&own["dr_dh_self"]), 1e-12 * expected.max_abs(), &what);
            // An unstable circuit has no verdict, whatever the sign.
            let paradoxical = stable.then(|| own["paradoxical"].as_bool().unwrap());
            assert_eq!(found.paradoxical, paradoxical, "{what} {name}");
            assert_eq!(found.without.stable(), own["subcircuit_stable"].as_bool().unwrap(), "{what} {name}");
            near(
                found.without.abscissa,
                number(&own["subcircuit_max_real_eig_per_ms"]),
                1e-12,
                &format!("{what} {name}"),
            );
            assert_eq!(found.without.unstable_real as u64, own["n_unstable_real"].as_u64().unwrap());
            assert_eq!(found.without.unstable_complex as u64, own["n_unstable_complex"].as_u64().unwrap());
            // R_aa = g_a det(M without a) / det M.
            let rest: Vec<usize> = (0..n).filter(|&q| q != p).collect();
            let minor = Matrix::from_fn(n - 1, n - 1, |i, j| m[(rest[i], rest[j])]);
            let by_minor = l.gains[p] * Lu::new(&minor).unwrap().det() / det;
            near(found.response, by_minor, 1e-11 * expected.max_abs(), &what);
        }
        let subsets = c["subnetwork_stable"].as_object().unwrap();
        assert_eq!(subsets.len(), (1 << n) - 1);
        let mut with_e = 0;
        for (key, stable) in subsets {
            let members: Vec<usize> =
                key.split('+').map(|k| names.iter().position(|n| n == k).unwrap()).collect();
            assert_eq!(abscissa(&l, &members) < 0.0, stable.as_bool().unwrap(), "{what} {key}");
            if let Some(s) = v.subsets.iter().find(|s| s.populations == members) {
                assert_eq!(s.stable(), stable.as_bool().unwrap(), "{what} {key}");
                with_e += 1;
            }
        }
        assert_eq!(with_e, 1 << (n - 1), "every subset with E");
        // THEORY V12: the transposed weights (no longer Dale) answer differently.
        let turned = neurate_circuit(&w.transpose(), &circuit);
        let (_, t) = linearize(&turned);
        let other = response_matrix(&t).unwrap().unwrap();
        assert!(other.sub(&r).max_abs() > 0.01, "{what}");
    }
}

fn neurate_circuit(w: &Matrix, like: &Circuit) -> Circuit {
    let mut parts = like.to_parts();
    parts.populations.iter_mut().for_each(|p| p.kind = CellKind::Unconstrained);
    parts.weights = neurate::model::Weights::from(w.clone());
    Circuit::new(parts).unwrap()
}

#[test]
fn the_two_population_formula_and_isn_iff_paradox() {
    let mut rng = Rng::new(1);
    let (mut paradoxical, mut plain, mut unstable) = (0, 0, 0);
    for _ in 0..600 {
        let [ee, ei, ie, ii] = [0; 4].map(|_| rng.between(0.0, 4.0));
        let tau = [rng.between(5.0, 30.0), rng.between(5.0, 30.0)];
        let gain = [rng.between(0.3, 2.0), rng.between(0.3, 2.0)];
        let w = Matrix::from_rows(&[[ee, -ei], [ie, -ii]]);
        let circuit = dale_linear(&["E", "I"], 1, &w, &tau, &gain);
        let (_, l) = linearize(&circuit);
        let v = verdicts(&circuit, &l).unwrap();
        // Effective magnitudes.
        let (ee, ei, ie, ii) = (gain[0] * ee, gain[0] * ei, gain[1] * ie, gain[1] * ii);
        let d = (1.0 - ee) * (1.0 + ii) + ei * ie;
        let r = v.response.as_ref().unwrap();
        let expected =
            [[(1.0 + ii) * gain[0] / d, -ei * gain[1] / d], [ie * gain[0] / d, (1.0 - ee) * gain[1] / d]];
        for i in 0..2 {
            for j in 0..2 {
                let tolerance = 1e-12 * (1.0 + expected[i][j].abs()) * (1.0 + 1.0 / d.abs());
                near(r[(i, j)], expected[i][j], tolerance, "R");
            }
        }
        let stable = d > 0.0 && (ee - 1.0) / tau[0] < (1.0 + ii) / tau[1];
        assert_eq!(v.stable(), stable);
        if !stable {
            assert_eq!(v.isn, Isn::CircuitUnstable);
            assert!(
                v.self_responses.iter().all(|s| s.paradoxical.is_none() && s.critical_fraction.is_none())
            );
            unstable += 1;
            continue;
        }
        let isn = ee > 1.0;
        assert_eq!(v.isn == Isn::Stabilized, isn);
        assert_eq!(v.self_responses[1].paradoxical, Some(isn));
        assert_eq!(v.self_responses[0].paradoxical, Some(false));
        assert_eq!(v.self_responses[1].critical_fraction.is_some(), isn);
        if isn { paradoxical += 1 } else { plain += 1 }
    }
    assert!(paradoxical > 50 && plain > 50 && unstable > 50, "{paradoxical} {plain} {unstable}");
}

#[test]
fn the_border_has_no_verdict() {
    // W_EE = 1 exactly: R_II = 0, marginal.
    let w = Matrix::from_rows(&[[1.0, -1.0], [1.2, -0.5]]);
    let circuit = dale_linear(&["E", "I"], 1, &w, &[10.0, 10.0], &[1.0, 1.0]);
    let (_, l) = linearize(&circuit);
    let v = verdicts(&circuit, &l).unwrap();
    assert_eq!(v.isn, Isn::Marginal);
    assert_eq!(v.self_responses[1].paradoxical, None);
    assert!(v.self_responses[1].response.abs() < 1e-15);
    // D < 0: even R_EE < 0 can appear; no verdict.
    let w = Matrix::from_rows(&[[3.0, -0.5], [0.5, -0.5]]);
    let circuit = dale_linear(&["E", "I"], 1, &w, &[10.0, 10.0], &[1.0, 1.0]);
    let (_, l) = linearize(&circuit);
    let v = verdicts(&circuit, &l).unwrap();
    assert!(v.self_responses[0].response < 0.0 && v.self_responses[0].paradoxical.is_none());
}

#[test]
fn paradox_implies_an_odd_number_of_real_unstable_modes_without_it() {
    let mut rng = Rng::new(2);
    let (mut paradoxical, mut converse_fails) = (0, 0);
    for k in 0..4000 {
        let n = 3 + k % 3;
        let w = Matrix::from_fn(n, n, |_, j| rng.between(0.0, 3.0) * if j == 0 { 1.0 } else { -1.0 });
        let tau: Vec<f64> = (0..n).map(|_| rng.between(5.0, 30.0)).collect();
        let names = ["E", "P", "S", "V", "X"];
        let circuit = dale_linear(&names[..n], 1, &w, &tau, &vec![1.0; n]);
        let (_, l) = linearize(&circuit);
        let v = verdicts(&circuit, &l).unwrap();
        for s in &v.self_responses {
            match s.paradoxical {
                None => assert!(!v.stable() || s.response.abs() < 1e-9),
                Some(paradox) => {
                    assert!(v.stable());
                    assert_eq!(paradox, s.without.unstable_real % 2 == 1, "{s:?}");
                    assert!(!paradox || !s.without.stable());
                    paradoxical += usize::from(paradox);
                    converse_fails += usize::from(!paradox && !s.without.stable());
                }
            }
        }
    }
    assert!(paradoxical > 100 && converse_fails > 3, "{paradoxical} {converse_fails}");
}

#[test]
fn stimulating_a_fraction_of_the_inhibitory_cells() {
    for case in items(&json("extras_open.json")["partial_perturbation"]) {
        let [ee, ei, ie, ii] = numbers(&case["w"])[..] else { panic!() };
        let pair =
            dale_linear(&["E", "I"], 1, &Matrix::from_rows(&[[ee, -ei], [ie, -ii]]), &[10.0; 2], &[1.0; 2]);
        let (_, l) = linearize(&pair);
        let v = verdicts(&pair, &l).unwrap();
        near(v.self_responses[1].response, number(&case["R_II"]), 1e-13, "R_II");
        let critical = number(&case["critical_fraction"]);
        near(v.self_responses[1].critical_fraction.unwrap(), critical, 1e-13, "critical fraction");
        // An explicit network of 80 cells, weights shared out.
        let n = 40;
        let w = Matrix::from_fn(2 * n, 2 * n, |i, j| {
            let total = match (i < n, j < n) {
                (true, true) => ee,
                (true, false) => -ei,
                (false, true) => ie,
                (false, false) => -ii,
            };
            total / n as f64
        });
        let cells =
            |name: &str, kind| population(name, kind, &vec![10.0; n], &vec![0.0; n], Transfer::identity());
        let populations = vec![cells("E", CellKind::Excitatory), cells("I", CellKind::Inhibitory)];
        let network = Circuit::new(parts(Form::Rate, populations, &w)).unwrap();
        let (_, l) = linearize(&network);
        let r = response_matrix(&l).unwrap().unwrap();
        for row in items(&case["rows"]) {
            let fraction = number(&row["fraction"]);
            let stimulated = (fraction * n as f64).round() as usize;
            let pattern: Vec<f64> =
                (0..2 * n).map(|i| f64::from(u8::from(i >= n && i < n + stimulated))).collect();
            let response = r.mul_vec(&pattern);
            near(response[n], number(&row["formula"]), 1e-12, "stimulated");
            near(response[n], number(&row["response_of_perturbed"]), 2e-12, "stimulated");
            if let Some(other) = row["response_of_unperturbed_I"].as_f64() {
                near(response[2 * n - 1], other, 1e-11, "not stimulated");
            }
        }
        // Over populations the network is the pair, verdicts and all.
        let mean = by_population(&network, &r);
        let many = verdicts(&network, &l).unwrap();
        near(mean[(1, 1)], number(&case["R_II"]), 1e-12, "mean");
        near(many.self_responses[1].critical_fraction.unwrap(), critical, 1e-12, "critical fraction");
        assert_eq!(many.isn, Isn::Stabilized);
        near(many.isn_index.unwrap(), ee - 1.0, 1e-12, "index");
    }
}

#[test]
fn paradox_is_a_matter_of_low_frequencies() {
    let data = &json("extras_open.json")["frequency_paradox"];
    let circuit = dale_linear(&["E", "I"], 1, &matrix(&data["W"]), &numbers(&data["T_ms"]), &[1.0; 2]);
    let (_, l) = linearize(&circuit);
    let at = |hz: f64| frequency_response(&l, std::f64::consts::TAU * hz / 1000.0).unwrap().unwrap();
    for row in items(&data["rows"]) {
        let r = at(number(&row["f_Hz"]));
        for (key, found) in [("R_II", r[(1, 1)]), ("R_EI", r[(0, 1)])] {
            let expected = Complex::new(number(&row[key]["re"]), number(&row[key]["im"]));
            assert!((found - expected).norm() < 1e-14, "{key} {found} {expected}");
        }
    }
    let border = number(&data["f_at_which_Re_R_II_changes_sign_Hz"]);
    assert!(at(border).row(1)[1].re.abs() < 1e-14);
    assert!(at(0.99 * border).row(1)[1].re < 0.0 && at(1.01 * border).row(1)[1].re > 0.0);
    // At frequency zero it is the static response.
    let r = response_matrix(&l).unwrap().unwrap();
    for (a, b) in at(0.0).data().iter().zip(r.data()) {
        assert!((a - b).norm() < 1e-14);
    }
}

#[test]
fn the_threshold_linear_response_is_v_shaped() {
    let data = &json("extras_open.json")["threshold_linear_paradox"];
    let w = matrix(&data["W"]);
    let f = Transfer::new("threshold-linear", &[], 1e-3).unwrap();
    for row in items(&data["table_hI_rE_rI"]) {
        let [h_i, r_e, r_i] = numbers(row)[..] else { panic!() };
        let c = circuit(Form::Rate, &w, &[10.0, 10.0], &[number(&data["h_E"]), h_i], &f);
        let found = search(&c);
        assert_eq!(found.points.len(), 1, "h_I = {h_i}");
        // The table was integrated to about 1e-14.
        all_near(&found.points[0].rates, &[r_e, r_i], 3e-14, "rates");
        assert_eq!(found.points[0].at_kink.contains(&0), h_i == 2.4, "E stands at its threshold");
    }
}

#[test]
fn complex_modes_are_slowed_more_than_amplified() {
    for m in items(&json("extras_open.json")["complex_mode"]) {
        let [re, im] = numbers(&m["lam"])[..] else { panic!() };
        let e = eigenmodes(&Matrix::from_rows(&[[re, -im], [im, re]]), 10.0).unwrap();
        near(e.modes[0].tau / 10.0, number(&m["slow_factor"]), 1e-13, "slowing");
        near(e.modes[0].static_gain, number(&m["amplitude"]), 1e-14, "amplification");
        near(e.modes[0].frequency * 1000.0, number(&m["freq_Hz_tau10ms"]), 1e-12, "frequency");
    }
}

#[test]
fn published_response_reversal() {
    // Garcia del Molino et al. 2017: VIP drive lowers SST at low rates and raises it at high ones.
    let data = json("published_open.json");
    let find = |id: &str| items(&data["items"]).iter().find(|i| text(&i["id"]) == id).unwrap().clone();
    let item = find("GarciaDelMolino2017");
    let w = matrix(&item["parameters"]["W_pA_s"]);
    let expected = items(&item["expected"]);
    assert_eq!(expected.len(), 2);
    for e in expected {
        let circuit = dale_linear(&["E", "PV", "SST", "VIP"], 1, &w, &[2.0; 4], &numbers(&e["gain"]));
        let (_, l) = linearize(&circuit);
        let r = response_matrix(&l).unwrap().unwrap();
        let reference = matrix(&e["response_matrix_Hz_per_pA"]);
        for i in 0..4 {
            all_near(r.row(i), reference.row(i), 1e-13 * reference.max_abs(), "R");
        }
        near(r[(2, 3)], number(&e["dSST_dVIP"]), 1e-13, "dSST/dVIP");
    }
    assert!(number(&expected[0]["dSST_dVIP"]) < 0.0 && number(&expected[1]["dSST_dVIP"]) > 0.0);

    // Hennequin et al. 2018, voltage form: dV/dh, ISN index and paradox at three inputs.
    let item = find("H18-2pop-0-2-15");
    let w = matrix(&item["parameters"]["W_mV_s"]);
    for e in items(&item["expected"]) {
        let kinds = [CellKind::Excitatory, CellKind::Inhibitory];
        let tau = numbers(&item["parameters"]["tau_ms"]);
        let h = numbers(&e["h"]);
        let populations = (0..2)
            .map(|i| population(["E", "I"][i], kinds[i], &tau[i..=i], &h[i..=i], power(0.3, 2.0)))
            .collect();
        let c = Circuit::new(parts(Form::Voltage, populations, &w)).unwrap();
        let found = neurate::fixed_points::fixed_points(&c, &SearchOptions::default()).unwrap();
        let point = &found.points[found.operating_point().unwrap()];
        all_near(&point.state, &numbers(&e["V_mV_above_rest"]), 1e-11, "V");
        all_near(&point.rates, &numbers(&e["r_Hz"]), 1e-10, "r");
        same_set(&point.eigenvalues, &complex_numbers(&e["eigs_per_ms"]), 1e-11, "eigenvalues");
        let l = Linearization::new(&c, point).unwrap();
        let r = response_matrix(&l).unwrap().unwrap();
        let dv = matrix(&e["dV_dh"]);
        for i in 0..2 {
            for j in 0..2 {
                // Rates respond as voltages times the gain.
                near(r[(i, j)] / point.gains[i], dv[(i, j)], 1e-10, "dV/dh");
            }
        }
        let v = verdicts(&c, &l).unwrap();
        near(v.isn_index.unwrap(), number(&e["ISN_index"]), 1e-11, "ISN index");
        assert_eq!(v.self_responses[1].paradoxical, e["paradoxical_I"].as_bool());
    }
}
