//! Reference values that no other test holds: `tests/reference/*_open.json`.
//!
//! Not held, for want of code: `ssn_nnls_fit`'s estimates, `stp`, `delay` of a rate circuit; nor what
//! says how well the reference itself was computed.

use crate::common::*;
use neurate::linalg::{
    CMatrix, Complex, Lu, Matrix, commutator_norm, eigenvalues, expm, norm2, schur_real,
    smallest_singular_value_complex,
};
use neurate::linear::modes::{Order, SchurForm, distance_to_instability, normality, schur_modes};
use neurate::linear::response::{Fluctuations, Isn, Noise, response_matrix, verdicts};
use neurate::model::transfer::Transfer;
use neurate::model::{CellKind, Circuit, Form};

fn s_min(a: &Matrix, z: Complex) -> f64 {
    let shifted = CMatrix::from_fn(a.rows(), a.rows(), |i, j| {
        if i == j { z - a[(i, j)] } else { Complex::new(-a[(i, j)], 0.0) }
    });
    smallest_singular_value_complex(&shifted).unwrap()
}

#[test]
fn random_matrices_invariants_response_and_kreiss_points() {
    for c in items(&json("random_open.json")["cases"]) {
        let name = text(&c["name"]);
        let w = case_matrix(c);
        let n = w.rows();
        let size = w.frobenius();
        let value = |key: &str| number(&c[key]);
        let jordan = name.starts_with("defective");
        let values = eigenvalues(&w).unwrap();
        // The trace is a sum of rounded eigenvalues, even of a Jordan block.
        let trace: Complex = values.iter().sum();
        assert!((trace - value("trace")).norm() < 1e-14 * n as f64 * size, "{name} {trace}");
        assert_eq!(values.iter().all(|z| z.re < 1.0), c["stable"].as_bool().unwrap(), "{name}");
        // Eigenvalues of the block of six move by 2.5e-3 (LAPACK's and ours), squares cancel to 3e-4.
        let tolerance = if jordan { 1e-4 } else { 1e-13 * n as f64 };
        let departure = normality(&w).unwrap().departure;
        near((departure / size).powi(2), value("henrici_rel").powi(2), tolerance, name);
        let squares = if jordan { 3e-4 } else { 1e-13 * n as f64 * size * size };
        let real = schur_real(&w).unwrap();
        near(real.feedforward_sum_of_squares(), number(&c["real_schur"]["corrected_sum"]), squares, name);
        near(departure * departure, value("sum_abs2_WFF_other_schur"), squares, name);
        near(commutator_norm(&w) / size / size, value("commutator_fro_rel"), 1e-14 * n as f64, name);
        if !jordan {
            // Rounding parts the Jordan block's six equal eigenvalues into pairs, or not.
            let pairs = real.blocks().iter().filter(|b| b.1 == 2).count();
            assert_eq!(pairs as f64, number(&c["real_schur"]["n_2x2_blocks"]), "{name}");
        }
        let a = jacobian(&w, 1.0);
        // The maximum is flat: its time is good to 1e-4 at best, the energy to the square of that.
        let t = value("t_at_max_over_tau");
        let gain = norm2(&expm(&a.scale(t)).unwrap()).unwrap();
        near(gain * gain, value("optimal_initial_abs_energy"), 1e-10 * gain * gain, name);
        // The Kreiss constant, at the point where the reference found it: `Re z ||(z - A)^-1||`. A
        // normal matrix has it at infinity (4e21 and further).
        let [re, im] = numbers(&c["kreiss_at_z"])[..] else { panic!() };
        near(re / s_min(&a, Complex::new(re, im)), value("kreiss"), 1e-11 * value("kreiss"), name);
        // The response of linear units.
        let names: Vec<String> = (0..n).map(|i| format!("x{i}")).collect();
        let tau = vec![value("tau_ms"); n];
        let units = circuit(Form::Rate, &w, &tau, &vec![0.0; n], &Transfer::identity());
        assert_eq!(names[0], units.unit_name(0));
        let (_, l) = linearize(&units);
        let r = response_matrix(&l).unwrap().unwrap();
        // Rounding times the condition of 1 - W (below 1e4).
        near(r.frobenius(), value("response_matrix_fro"), 1e-12 * r.frobenius(), name);
        near(norm2(&r).unwrap(), value("response_matrix_max_singular"), 1e-12 * r.frobenius(), name);
    }
}

#[test]
fn random_circuits_and_their_excitation_alone() {
    let mut stabilized = 0;
    for c in items(&json("random_open.json")["cases"]).iter().filter(|c| c["nE"].as_u64().is_some()) {
        let (name, w) = (text(&c["name"]), case_matrix(c));
        let (n, ne) = (w.rows(), c["nE"].as_u64().unwrap() as usize);
        let cells = |name: &str, kind, size: usize| {
            population(name, kind, &vec![10.0; size], &vec![0.0; size], Transfer::identity())
        };
        let populations =
            vec![cells("E", CellKind::Excitatory, ne), cells("I", CellKind::Inhibitory, n - ne)];
        let circuit = Circuit::new(parts(Form::Rate, populations, &w)).unwrap();
        let (_, l) = linearize(&circuit);
        let v = verdicts(&circuit, &l).unwrap();
        let abscissa = number(&c["E_subnetwork_abscissa"]);
        near(v.isn_index.unwrap(), abscissa - 1.0, 1e-12 * n as f64, name);
        let isn = c["ISN"].as_bool().unwrap();
        assert_eq!(v.isn, if isn { Isn::Stabilized } else { Isn::NotNeeded }, "{name}");
        stabilized += usize::from(isn);
        // Transposed, the same eigenvalues stand in the block, but no sender has one sign.
        assert!(Circuit::new(parts(Form::Rate, circuit.populations().to_vec(), &w.transpose())).is_err());
    }
    assert!((3..9).contains(&stabilized));
}

#[test]
fn subcircuits_of_cell_types() {
    for c in items(&json("isn_open.json")["cases"]) {
        let names: Vec<&str> = items(&c["names"]).iter().map(text).collect();
        let n = names.len();
        let circuit = dale_linear(&names, 1, &matrix(&c["W"]), &numbers(&c["tau_ms"]), &numbers(&c["gain"]));
        let (_, l) = linearize(&circuit);
        near(l.effective[(0, 0)], number(&c["gW_EE"]), 1e-14, "g W_EE");
        let m = Matrix::identity(n).sub(&l.effective);
        for (p, name) in names.iter().enumerate() {
            let rest: Vec<usize> = (0..n).filter(|&q| q != p).collect();
            let minor = Matrix::from_fn(n - 1, n - 1, |i, j| m[(rest[i], rest[j])]);
            let det = number(&c["self_response"][name]["subcircuit_without_det"]);
            near(Lu::new(&minor).unwrap().det(), det, 1e-13 * (1.0 + det.abs()), name);
        }
    }
}

#[test]
fn spectra_of_random_circuits_and_their_resonances() {
    let random = json("random_open.json");
    let data = json("dynamics_open.json");
    for s in items(&data["spectra"]) {
        let name = text(&s["name"]);
        let case = items(&random["cases"]).iter().find(|c| text(&c["name"]) == name).unwrap();
        let a = jacobian(&case_matrix(case), 1.0);
        let n = a.rows();
        let f = Fluctuations::new(&a, &vec![1.0; n], &Noise::private(&vec![1.0; n])).unwrap().unwrap();
        let total = f.total_variance();
        near(total, number(&s["cov_trace"]), 1e-13 * total, name);
        if let Some(parseval) = s["parseval_trace"].as_f64() {
            // The reference's quadrature ends at some frequency: 2.4e-5 are missing beyond it.
            near(total, parseval, 3e-5, name);
        }
        let spectra = f.spectra(&Matrix::identity(n));
        for row in items(&s["rows"]) {
            let frequency = number(&row["f_times_tau"]);
            let m = spectra.at(frequency);
            let trace: f64 = (0..n).map(|i| m[(i, i)].re).sum();
            // Rounding times the condition of (i w - A), at most 200 (the Jordan block), squared.
            let close = |found: f64, key: &str| near(found, number(&row[key]), 1e-12 * trace, name);
            close(trace, "trace_S");
            close(m[(0, 0)].re, "S00");
            near(m[(0, 1)].re, number(&row["S01"]["re"]), 1e-12 * trace, name);
            near(m[(0, 1)].im, number(&row["S01"]["im"]), 1e-12 * trace, name);
            let gain = 1.0 / s_min(&a, Complex::new(0.0, std::f64::consts::TAU * frequency));
            near(gain, number(&row["max_gain"]), 1e-12 * gain * gain.max(1.0), name);
        }
        let d = distance_to_instability(&a).unwrap();
        near(d.peak.lower, number(&s["hinf"]), 1e-9 * d.peak.lower, name);
        // A maximum is flat: 1e-9 in value are some 1e-5 in place.
        near(d.frequency / std::f64::consts::TAU, number(&s["f_hinf_times_tau"]), 3e-5, name);
    }
}

#[test]
fn adaptation_is_a_slow_unit_that_inhibits() {
    // tau dr/dt = -r + w r - b a + h, tau_a da/dt = -a + r.
    for c in items(&json("dynamics_open.json")["adaptation"]) {
        let (w, b) = (number(&c["w"]), number(&c["b"]));
        let tau = [10.0, 10.0 * number(&c["tau_a_over_tau"])];
        let m = Matrix::from_rows(&[[w, -b], [1.0, 0.0]]);
        let (point, l) = linearize(&circuit(Form::Rate, &m, &tau, &[0.0; 2], &Transfer::identity()));
        let values: Vec<Complex> = point.eigenvalues.iter().map(|z| z * 10.0).collect();
        same_set(&values, &complex_numbers(&c["eigs_times_tau"]), 1e-14, "adaptation");
        // 1 / (1 - w + b), of the unstable one as well.
        let r = response_matrix(&l).unwrap().unwrap();
        near(r[(0, 0)], number(&c["steady_gain"]), 1e-14, "steady gain");
    }
}

#[test]
fn zeros_of_the_characteristic_function_are_fixed_points() {
    for c in items(&json("extras_open.json")["ssn_characteristic_function"]) {
        let [ee, ei, ie, ii] = numbers(&c["J_abs"])[..] else { panic!() };
        let (alpha, g) = (number(&c["alpha"]), numbers(&c["g"]));
        near(ei * ie - ee * ii, number(&c["detJ"]), 1e-15, "det J");
        let w = Matrix::from_rows(&[[ee, -ei], [ie, -ii]]);
        let found = search(&circuit(Form::Rate, &w, &[10.0; 2], &g, &power(1.0, alpha)));
        let zeros = numbers(&c["zeros_z"]);
        let (r_e, r_i) = (numbers(&c["r_E"]), numbers(&c["r_I"]));
        assert_eq!(found.points.len(), zeros.len());
        for k in 0..zeros.len() {
            let near_it = |p: &&neurate::fixed_points::FixedPoint| (p.rates[0] - r_e[k]).abs() < 1e-6;
            let point = found.points.iter().find(near_it).expect("a fixed point for every zero");
            // A root of the one-dimensional function is good to 1e-13, times a slope of some ten.
            all_near(&point.rates, &[r_e[k], r_i[k]], 1e-11, "rates");
            let z = ee * point.rates[0] - ei * point.rates[1] + g[0];
            near(z, zeros[k], 1e-11, "the input to E");
        }
    }
}

#[test]
fn supralinear_rates_at_six_contrasts() {
    let c = &json("extras_open.json")["ssn_nnls_fit"];
    let (w, direction) = (matrix(&c["W"]), numbers(&c["input_dir"]));
    for (contrast, rates) in numbers(&c["contrasts"]).iter().zip(items(&c["rates"])) {
        let h: Vec<f64> = direction.iter().map(|d| contrast * d).collect();
        let f = power(number(&c["k"]), number(&c["n"]));
        let found = search(&circuit(Form::Rate, &w, &[20.0, 10.0], &h, &f));
        let expected = numbers(rates);
        let point = &found.points[found.operating_point().unwrap()];
        all_near(&point.rates, &expected, 1e-12 * expected[1].max(1.0) * 10.0, "rates");
    }
}

#[test]
fn the_strongest_link_of_three_orders() {
    let data = &json("extras_open.json")["gram_schmidt_schur"];
    let w = matrix(&data["W"]);
    for row in items(&data["rows"]) {
        let order = numbers(&row["order"]).iter().map(|&k| k as usize).collect();
        let s = schur_modes(&w, SchurForm::Complex, &Order::List(order)).unwrap();
        let links = s.links();
        near(links[0].2.norm(), number(&row["max_abs_single_link"]), 5e-14, "strongest link");
        near(s.feedforward_squared, number(&row["sum_abs2"]), 1e-13, "sum");
        // To mode i from mode j > i: the entry above the diagonal.
        let upper = matrix(&row["abs_upper"]);
        for (to, from, weight) in links {
            assert!(to < from);
            near(weight.norm(), upper[(to, from)], 5e-14, "link");
        }
    }
}
