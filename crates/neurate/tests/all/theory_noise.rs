//! Noise: stationary covariances, time courses, spectra and energies against formulas, independent
//! values and laws (THEORY T3).

use crate::common::Rng;
use crate::common::*;
use neurate::error::Kind;
use neurate::fixed_points::Stability;
use neurate::linalg::{Lyapunov, Matrix, expm, matmul, norm2, symmetric_eigen};
use neurate::linear::Linearization;
use neurate::linear::response::{
    CrossSpectra, Fluctuations, Noise, correlations, evoked_energy, fluctuations, standard_deviations,
};
use neurate::model::{CellKind, Circuit, Form};
use proptest::prelude::*;
use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

/// `dx/dt = (W - 1) x + xi`, time in units of tau.
fn stationary(w: &Matrix, noise: &Noise) -> Fluctuations {
    let n = w.rows();
    Fluctuations::new(&jacobian(w, 1.0), &vec![1.0; n], noise).unwrap().expect("it is stable")
}

fn unit(n: usize) -> Noise {
    Noise::private(&vec![1.0; n])
}

fn difference(a: &Matrix, b: &Matrix) -> f64 {
    a.sub(b).frobenius() / b.frobenius()
}

#[test]
fn the_pair_of_the_lecture() {
    let sum_and_difference = Matrix::from_rows(&[[1.0, 1.0], [1.0, -1.0]]).scale(FRAC_1_SQRT_2);
    let data = json("two_by_two_open.json");
    for c in items(&data["cases"]) {
        let name = text(&c["name"]);
        let w = matrix(&c["W"]);
        let f = stationary(&w, &unit(2));
        let expected = matrix(&c["noise_cov_EI"]);
        assert!(difference(&f.covariance, &expected) < 1e-14, "{name}");
        let schur = f.read(&sum_and_difference);
        assert!(difference(&schur, &matrix(&c["noise_cov_schur_basis_unit_intensity"])) < 1e-14, "{name}");
        // The formula: modes 1 (sum) and 2 (difference) with eigenvalues l1 and 0.
        let (l1, ff) = (w[(0, 0)] + w[(0, 1)], w[(0, 0)] - w[(0, 1)]);
        near(schur[(1, 1)], 0.5, 1e-14, name);
        near(schur[(0, 1)], ff / (2.0 * (2.0 - l1)), 1e-13, name);
        let alone = 1.0 / (2.0 * (1.0 - l1));
        near(schur[(0, 0)], alone * (1.0 + ff * ff / (2.0 - l1)), 1e-13 * schur[(0, 0)], name);
        if name.starts_with("Murphy") {
            near(schur[(0, 0)], 12.0235, 5e-5, name);
            near(schur[(0, 0)] / alone, 34.35, 5e-3, name);
        }
        // The same of the circuit with its own tau: noise of intensity tau has unit intensity there.
        let tau = number(&c["tau_ms"]);
        let (_, l) = linearize(&dale_linear(&["E", "I"], 1, &w, &[tau; 2], &[1.0; 2]));
        let of_circuit = fluctuations(&l, &Noise::private(&[tau; 2])).unwrap().unwrap();
        assert!(difference(&of_circuit.covariance, &expected) < 1e-13, "{name}");
        // Transposed weights (x -> y read as x <- y) are another circuit (THEORY V12).
        let other = stationary(&w.transpose(), &unit(2));
        assert!(difference(&other.covariance, &expected) > 0.1, "{name}");
        near(other.total_variance(), f.total_variance(), 1e-12 * f.total_variance(), name);
    }
}

#[test]
fn reference_matrices() {
    for c in items(&json("random_open.json")["cases"]) {
        let name = text(&c["name"]);
        let w = case_matrix(c);
        let n = w.rows();
        let f = stationary(&w, &unit(n));
        let relative = 1e-13;
        let close = |found: f64, key: &str| near(found, number(&c[key]), relative * found.abs(), name);
        close(f.total_variance(), "noise_cov_trace_unit_intensity");
        let alone: f64 = unit(n).unconnected(&vec![1.0; n], &vec![1.0; n]).iter().sum();
        close(f.total_variance() / alone, "noise_trace_ratio_to_uncoupled");
        close(f.patterns().unwrap().variances[0], "controllability_gramian_top_eig");
        let energy = evoked_energy(f.solver().unwrap(), None).unwrap().unwrap();
        close(energy.energies[0], "observability_gramian_top_eig");
        // Energy and noise have the same sum: tr exp(A^T t) exp(A t) = tr exp(A t) exp(A^T t).
        near(energy.energies.iter().sum(), f.total_variance(), relative * f.total_variance(), name);
    }
}

#[test]
fn two_populations_in_slow_noise() {
    // Hennequin et al. 2018: variability is quenched by input.
    let data = json("published_open.json");
    let item = items(&data["items"]).iter().find(|i| text(&i["id"]) == "H18-2pop-0-2-15").unwrap();
    let p = &item["parameters"];
    let (w, tau, sigma) = (matrix(&p["W_mV_s"]), numbers(&p["tau_ms"]), numbers(&p["sigma_0_mV"]));
    let time = number(&p["tau_noise_ms"]);
    let variances: Vec<f64> = (0..2).map(|i| sigma[i].powi(2) * (1.0 + tau[i] / time)).collect();
    let noise = Noise::private_colored(&variances, time);
    let kinds = [CellKind::Excitatory, CellKind::Inhibitory];
    for e in items(&item["expected"]) {
        let h = numbers(&e["h"]);
        let populations = (0..2)
            .map(|i| population(["E", "I"][i], kinds[i], &tau[i..=i], &h[i..=i], power(0.3, 2.0)))
            .collect();
        let c = Circuit::new(parts(Form::Voltage, populations, &w)).unwrap();
        let found = search(&c);
        let point = &found.points[found.operating_point().unwrap()];
        let l = Linearization::new(&c, point).unwrap();
        let f = fluctuations(&l, &noise).unwrap().unwrap();
        let sd = numbers(&e["sd_V_mV"]);
        for i in 0..2 {
            near(f.covariance[(i, i)].sqrt(), sd[i], 1e-11 * sd[i], "sd");
        }
        near(correlations(&f.covariance)[(0, 1)], number(&e["corr_V"]), 1e-11, "correlation");
        // By h -> 0 the units are on their own.
        for (v, s) in noise.unconnected(&l.tau, &l.input_gain).iter().zip(&sigma) {
            near(v.sqrt(), *s, 1e-15, "alone");
        }
    }
}

/// The integral of the spectra over all frequencies, `f = tan(x) / TAU`.
fn total(s: &CrossSpectra, n: usize) -> Matrix {
    Matrix::from_fn(n, n, |i, j| {
        let g = |x: f64| s.at(x.tan() / TAU)[(i, j)].re / (TAU * x.cos() * x.cos());
        integral(g, -0.5 * PI, 0.5 * PI, 40)
    })
}

#[test]
fn spectra_add_up_to_the_covariance() {
    let mut r = Rng::new(5);
    let murphy_miller = matrix(&json("two_by_two_open.json")["cases"][1]["W"]);
    for w in [murphy_miller, r.matrix(3, 0.4), Matrix::from_rows(&[[0.2, -3.0], [3.0, 0.2]])] {
        let n = w.rows();
        let b = r.matrix(n, 1.0);
        let covariance = matmul(&b, &b.transpose());
        for noise in [
            unit(n),
            Noise::White { intensity: covariance.clone() },
            Noise::Colored { covariance, time: 0.7 },
        ] {
            let f = stationary(&w, &noise);
            let s = f.spectra(&Matrix::identity(n));
            assert!(difference(&total(&s, n), &f.covariance) < 1e-10, "{noise:?}");
            // Hermitian, with (i w - A) S (i w - A)^H the noise's own spectrum.
            let m = s.at(0.3);
            for i in 0..n {
                assert!(m[(i, i)].im.abs() < 1e-14 * m[(i, i)].re && m[(i, i)].re > 0.0);
                for j in 0..n {
                    assert!((m[(i, j)] - m[(j, i)].conj()).norm() < 1e-12 * m[(i, i)].norm());
                }
            }
            // A readout's spectrum is that of the sum.
            let row = Matrix::from_fn(1, n, |_, j| 1.0 + j as f64);
            let direct: f64 = (0..n)
                .flat_map(|i| (0..n).map(move |j| (i, j)))
                .map(|(i, j)| row[(0, i)] * m[(i, j)].re * row[(0, j)])
                .sum();
            near(f.spectra(&row).power(0.3)[0], direct, 1e-12 * direct.abs(), "readout");
        }
    }
    // One unit: 1 / (1 + w^2).
    let s = stationary(&Matrix::zeros(1, 1), &unit(1)).spectra(&Matrix::identity(1));
    near(s.power(2.0 / TAU)[0], 0.2, 1e-15, "Lorentzian");
}

#[test]
fn colored_noise_is_the_augmented_circuit() {
    let mut r = Rng::new(11);
    for n in [1, 2, 5, 30] {
        let w = r.matrix(n, 0.3 / (n as f64).sqrt());
        let a = jacobian(&w, 1.0);
        let gain: Vec<f64> = (0..n).map(|_| r.between(0.5, 2.0)).collect();
        let b = r.matrix(n, 1.0);
        let covariance = matmul(&b, &b.transpose());
        let time = 1.7;
        let noise = Noise::Colored { covariance: covariance.clone(), time };
        let f = Fluctuations::new(&a, &gain, &noise).unwrap().unwrap();
        let augmented = Matrix::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
            (true, true) => a[(i, j)],
            (true, false) if j == i + n => gain[i],
            (false, false) if i == j => -1.0 / time,
            _ => 0.0,
        });
        let source = Matrix::from_fn(2 * n, 2 * n, |i, j| {
            if i < n || j < n { 0.0 } else { 2.0 / time * covariance[(i - n, j - n)] }
        });
        let full = Lyapunov::new(&augmented).unwrap().solve(&source).unwrap().x;
        let block = |m: &Matrix| Matrix::from_fn(n, n, |i, j| m[(i, j)]);
        assert!(difference(&f.covariance, &block(&full)) < 1e-12);
        let later = block(&matmul(&expm(&augmented.scale(0.8)).unwrap(), &full));
        assert!(difference(&f.at_lag(0.8).unwrap(), &later) < 1e-12);
        assert!(difference(&f.at_lag(-0.8).unwrap(), &later.transpose()) < 1e-12);
        // Fast noise of constant area under its correlation is white.
        let fast = Noise::Colored { covariance: covariance.scale(0.5e6), time: 1e-6 };
        let fast = Fluctuations::new(&a, &gain, &fast).unwrap().unwrap();
        let white = Noise::White { intensity: covariance };
        let white = Fluctuations::new(&a, &gain, &white).unwrap().unwrap();
        assert!(difference(&fast.covariance, &white.covariance) < 1e-5);
        let later = matmul(&expm(&a.scale(0.8)).unwrap(), &white.covariance);
        assert!(difference(&white.at_lag(0.8).unwrap(), &later) < 1e-14);
    }
}

#[test]
fn a_stability_optimized_circuit() {
    // Hennequin, Vogels & Gerstner 2014: weights of one such circuit, in ten digits.
    let data = json("published_open.json");
    let item = items(&data["items"]).iter().find(|i| text(&i["id"]) == "SOC-Hennequin2014").unwrap();
    let e = &item["expected"];
    let rows: Vec<Vec<f64>> = reference("SOC_W_seed3.csv")
        .lines()
        .map(|l| l.split(',').map(|x| x.parse().unwrap()).collect())
        .collect();
    let f = stationary(&Matrix::from_rows(&rows), &unit(200));
    near(f.abscissa() + 1.0, number(&e["final_abscissa"]), 1e-9, "abscissa");
    let energy = evoked_energy(f.solver().unwrap(), None).unwrap().unwrap();
    let top = numbers(&e["evoked_energy_top5_normalized_(x0^T Q x0; uncoupled=1)"]);
    for (found, expected) in energy.energies.iter().zip(top) {
        near(2.0 * found, expected, 1e-8 * expected, "evoked energy");
    }
    let above = energy.energies.iter().filter(|x| 2.0 * **x > 1.0).count();
    assert_eq!(above as f64, number(&e["n_above_1"]));
    near(2.0 * f.total_variance() / 200.0, number(&e["noise_energy_ratio_trace_over_N"]), 1e-8, "variance");
}

#[test]
fn silent_units_have_no_correlations() {
    // Unit 3 sends, but its gain is zero: nothing reaches it. Its variance is 0, not rounding.
    let mut r = Rng::new(3);
    let w = Matrix::from_fn(9, 9, |i, _| if i == 3 { 0.0 } else { 0.2 * r.normal() });
    let gain: Vec<f64> = (0..9).map(|i| if i == 3 { 0.0 } else { 1.0 }).collect();
    let f = Fluctuations::new(&jacobian(&w, 1.0), &gain, &unit(9)).unwrap().unwrap();
    let (sd, c) = (standard_deviations(&f.covariance), correlations(&f.covariance));
    for i in 0..9 {
        assert_eq!(sd[i] == 0.0, i == 3);
        assert!(c[(i, 3)].is_nan() && c[(3, i)].is_nan());
        assert!(i == 3 || c[(i, i)] == 1.0);
    }
}

#[test]
fn only_of_a_stable_point() {
    let growing = Matrix::from_rows(&[[1.5, 0.0], [0.0, 0.2]]);
    let integrating = Matrix::from_rows(&[[1.0, 0.3], [0.0, 0.2]]);
    for w in [growing, integrating] {
        let a = jacobian(&w, 10.0);
        assert!(Fluctuations::new(&a, &[0.1; 2], &unit(2)).unwrap().is_none());
        assert!(evoked_energy(&Lyapunov::new(&a).unwrap(), None).unwrap().is_none());
    }
    let (_, mut l) = linearize(&dale_linear(&["E", "I"], 1, &Matrix::zeros(2, 2), &[10.0; 2], &[1.0; 2]));
    l.stability = Stability::Marginal;
    assert!(fluctuations(&l, &unit(2)).unwrap().is_none());
}

#[test]
fn what_is_no_noise() {
    let a = jacobian(&Matrix::zeros(2, 2), 1.0);
    for (noise, word) in [
        (unit(3), "3 x 3"),
        (Noise::private(&[1.0, -1.0]), "eigenvalue"),
        (Noise::private(&[1.0, f64::NAN]), "not a finite"),
        (Noise::White { intensity: Matrix::from_rows(&[[1.0, 2.0], [2.0, 1.0]]) }, "eigenvalue"),
        (Noise::White { intensity: Matrix::from_rows(&[[1.0, 0.5], [0.0, 1.0]]) }, "differ"),
        (Noise::private_colored(&[1.0; 2], 0.0), "correlation time"),
    ] {
        let e = Fluctuations::new(&a, &[1.0; 2], &noise).unwrap_err();
        assert_eq!(e.kind(), Kind::Invalid);
        assert!(e.message().contains(word), "{e}");
    }
}

#[test]
fn dimensions_patterns_and_energy() {
    // Units alone: n dimensions, and half a time constant of energy.
    let f = stationary(&Matrix::zeros(7, 7), &unit(7));
    near(f.dimensionality(), 7.0, 1e-14, "units alone");
    let e = evoked_energy(f.solver().unwrap(), None).unwrap().unwrap();
    near(e.energies[6], 0.5, 1e-15, "energy");
    // The balanced pair: one dimension, the sum; most energy from (nearly) the difference.
    let w = matrix(&json("two_by_two_open.json")["cases"][1]["W"]);
    let f = stationary(&w, &unit(2));
    assert!(f.dimensionality() < 1.1);
    let p = f.patterns().unwrap();
    assert!(p.patterns[(0, 0)] > 0.5 && p.patterns[(1, 0)] > 0.5);
    near(p.variances.iter().sum(), f.total_variance(), 1e-13, "variances");
    let e = evoked_energy(f.solver().unwrap(), None).unwrap().unwrap();
    assert!(e.patterns[(0, 0)] > 0.5 && e.patterns[(1, 0)] < -0.5);
    // The energy is the integral of the course.
    let x: Vec<f64> = e.patterns.col(0);
    let a = jacobian(&w, 1.0);
    let energy = |readout: &Matrix| {
        let g = |t: f64| readout.mul_vec(&expm(&a.scale(t)).unwrap().mul_vec(&x)).iter().map(|y| y * y).sum();
        integral(g, 0.0, 40.0, 40)
    };
    near(energy(&Matrix::identity(2)), e.energies[0], 1e-12 * e.energies[0], "energy");
    let only_e = Matrix::from_rows(&[[1.0, 0.0]]);
    let of_e = evoked_energy(f.solver().unwrap(), Some(&only_e)).unwrap().unwrap().gramian;
    let form: f64 = of_e.mul_vec(&x).iter().zip(&x).map(|(a, b)| a * b).sum();
    near(energy(&only_e), form, 1e-12 * form, "energy of E");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn laws_of_random_stable_circuits(n in 1usize..14, seed in 0u64..1000) {
        let mut r = Rng::new(seed);
        let w = r.matrix(n, 1.5 / (n as f64).sqrt());
        // As fast as it takes to be stable.
        let a = w.sub(&Matrix::identity(n).scale(0.2 + norm2(&w).unwrap()));
        let gain: Vec<f64> = (0..n).map(|_| r.between(0.2, 3.0)).collect();
        let b = r.matrix(n, 1.0);
        let q = matmul(&b, &b.transpose());
        let noise = Noise::White { intensity: q.clone() };
        let f = Fluctuations::new(&a, &gain, &noise).unwrap().unwrap();
        prop_assert!(f.residual < 1e-15 * (n as f64).max(4.0));
        prop_assert_eq!(&f.covariance, &f.covariance.transpose());
        let values = symmetric_eigen(&f.covariance).unwrap().values;
        prop_assert!(values[n - 1] > -1e-14 * values[0]);
        let d = f.dimensionality();
        prop_assert!(d > 1.0 - 1e-12 && d < n as f64 * (1.0 + 1e-12));
        let c = correlations(&f.covariance);
        prop_assert!(c.max_abs() < 1.0 + 1e-12);
        // Three times the noise.
        let more = Noise::White { intensity: q.scale(3.0) };
        let more = Fluctuations::new(&a, &gain, &more).unwrap().unwrap();
        prop_assert!(difference(&more.covariance, &f.covariance.scale(3.0)) < 1e-14);
        prop_assert!((more.dimensionality() - d).abs() < 1e-12 * d);
        // Uniform noise: a rotation of the circuit rotates its covariance.
        let one = vec![1.0; n];
        let o = r.orthogonal(n);
        let turned = matmul(&matmul(&o, &a), &o.transpose());
        let straight = Fluctuations::new(&a, &one, &unit(n)).unwrap().unwrap();
        let rotated = Fluctuations::new(&turned, &one, &unit(n)).unwrap().unwrap();
        prop_assert!(difference(&rotated.covariance, &straight.read(&o)) < 1e-11);
        // Later correlations vanish; at lag 0 they are the covariance.
        prop_assert!(difference(&f.at_lag(0.0).unwrap(), &f.covariance) < 1e-15);
        prop_assert!(f.at_lag(400.0).unwrap().frobenius() < 1e-12 * f.covariance.frobenius());
        // W and its transpose are different circuits.
        if n > 1 {
            let other = Fluctuations::new(&a.transpose(), &gain, &noise).unwrap().unwrap();
            prop_assert!(difference(&other.covariance, &f.covariance) > 1e-6);
        }
    }
}

#[test]
fn independent_sources_add_up() {
    let mut r = Rng::new(21);
    for n in [1, 2, 4] {
        let w = r.matrix(n, 0.3);
        let b = r.matrix(n, 1.0);
        let q = matmul(&b, &b.transpose());
        let parts = [
            unit(n),
            Noise::Colored { covariance: q.clone(), time: 0.4 },
            Noise::Colored { covariance: Matrix::identity(n).scale(0.7), time: 3.0 },
        ];
        let each: Vec<Fluctuations> = parts.iter().map(|p| stationary(&w, p)).collect();
        let all = stationary(&w, &Noise::Sum(parts.to_vec()));
        let sum = |of: &dyn Fn(&Fluctuations) -> Matrix| {
            each.iter().fold(Matrix::zeros(n, n), |sum, f| sum.add(&of(f)))
        };
        assert!(all.residual < 1e-14);
        assert!(difference(&all.covariance, &sum(&|f| f.covariance.clone())) < 1e-14);
        for lag in [0.0, 0.3, -1.7] {
            assert!(difference(&all.at_lag(lag).unwrap(), &sum(&|f| f.at_lag(lag).unwrap())) < 1e-13);
        }
        let spectra = all.spectra(&Matrix::identity(n));
        let spectrum = |f: &Fluctuations, x: f64| f.spectra(&Matrix::identity(n)).at(x).map(|z| z.re);
        for x in [0.0, 0.1, 2.0] {
            assert!(difference(&spectra.at(x).map(|z| z.re), &sum(&|f| spectrum(f, x))) < 1e-13);
        }
        // Parseval.
        assert!(difference(&total(&spectra, n), &all.covariance) < 1e-11);
        // Many lags in steps, against one exponential each; and of readouts.
        let readout = r.matrix(2, 1.0);
        let readout = Matrix::from_fn(2, n, |i, j| readout[(i, j % 2)]);
        let steps = all.lagged(&readout, 0.25, 8).unwrap();
        for (k, found) in steps.iter().enumerate() {
            let at = all.at_lag(0.25 * k as f64).unwrap();
            let expected = matmul(&matmul(&readout, &at), &readout.transpose());
            assert!(found.sub(&expected).max_abs() < 1e-13 * steps[0].max_abs(), "{n} {k}");
        }
        let alone = Noise::Sum(parts.to_vec()).unconnected(&vec![1.0; n], &vec![1.0; n]);
        for (i, found) in alone.into_iter().enumerate() {
            let expected: f64 = parts.iter().map(|p| p.unconnected(&vec![1.0; n], &vec![1.0; n])[i]).sum();
            near(found, expected, 1e-14, "unconnected");
        }
    }
}

#[test]
fn coherence_of_what_is_shared() {
    // Two units without connections, tau 1 and 2, noise with the correlation c: coherence c^2, and the
    // phase is that of the slower unit's lag.
    let a = Matrix::from_diagonal(&[-1.0, -0.5]);
    let c = 0.6;
    let noise = Noise::White { intensity: Matrix::from_rows(&[[1.0, c], [c, 1.0]]) };
    let f = Fluctuations::new(&a, &[1.0, 0.5], &noise).unwrap().unwrap();
    let s = f.spectra(&Matrix::identity(2));
    for x in [0.01, 0.2, 3.0] {
        let (coherence, phase) = CrossSpectra::coherence(&s.at(x), 0, 1);
        near(coherence, c * c, 1e-14, "coherence");
        near(phase, (2.0 * TAU * x).atan() - (TAU * x).atan(), 1e-14, "the faster is ahead");
    }
    // The same noise in all units of any circuit: one process, coherence 1.
    let mut r = Rng::new(4);
    let w = r.matrix(3, 0.3);
    let shared = Noise::Colored { covariance: Matrix::from_fn(3, 3, |_, _| 2.0), time: 0.5 };
    let s = stationary(&w, &shared).spectra(&Matrix::identity(3));
    for x in [0.0, 0.3, 1.0] {
        near(CrossSpectra::coherence(&s.at(x), 0, 2).0, 1.0, 1e-12, "one process");
    }
}
