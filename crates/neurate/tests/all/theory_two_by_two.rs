//! The E/I pair of the lecture, `W = [[wE, -wI], [wE, -wI]]`, against values of 50 digits, and the
//! slips of THEORY table E that a formula could fall into.

use crate::common::*;
use neurate::linalg::{Complex, Lu, Matrix, matmul};
use neurate::linear::modes::{
    LinearDrive, Order, SchurForm, amplification, eigenmodes, feedforward_kernel, kernel_peak,
    linear_response, normality, schur_modes,
};
use neurate::linear::response::{Isn, response_matrix, verdicts};
use neurate::model::{Stimulus, Waveform};
use serde_json::Value;
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

struct Case {
    name: String,
    w: Matrix,
    tau: f64,
    json: Value,
}

fn cases() -> Vec<Case> {
    let data = json("two_by_two_open.json");
    let cases: Vec<Case> = items(&data["cases"])
        .iter()
        .map(|c| Case {
            name: text(&c["name"]).into(),
            w: matrix(&c["W"]),
            tau: number(&c["tau_ms"]),
            json: c.clone(),
        })
        .collect();
    assert_eq!(cases.len(), 5);
    cases
}

impl Case {
    fn value(&self, key: &str) -> f64 {
        number(&self.json[key])
    }
    fn is(&self, key: &str) -> bool {
        self.json[key].as_bool().unwrap()
    }
    fn circuit(&self) -> neurate::model::Circuit {
        dale_linear(&["E", "I"], 1, &self.w, &[self.tau; 2], &[1.0; 2])
    }
}

/// Unit norm, largest entry positive: `Eigen`'s convention.
fn oriented(v: &[f64]) -> Vec<f64> {
    let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let top = v.iter().copied().fold(0.0, |m: f64, x| if x.abs() > m.abs() + 1e-9 { x } else { m });
    v.iter().map(|x| x / norm * top.signum()).collect()
}

#[test]
fn eigenmodes_against_fifty_digits() {
    for c in cases() {
        let e = eigenmodes(&c.w, c.tau).unwrap();
        let lambda = numbers(&c.json["eigenvalues"]);
        let mut sorted = lambda.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        // A Jordan block of two moves by the root of rounding times the norm: 4 * 1.5e-8.
        let defective = c.is("defective");
        let tolerance = if defective { 1e-7 } else { 2e-14 * c.w.frobenius() };
        for (mode, l) in e.modes.iter().zip(&sorted) {
            assert!((mode.lambda - l).norm() < tolerance, "{} {}", c.name, mode.lambda);
        }
        if defective {
            assert!(!e.expandable(), "{}", c.name);
            continue;
        }
        near(e.condition / c.value("condition_number_E"), 1.0, 1e-12, &c.name);
        for (key, l) in [("lambda1", lambda[0]), ("lambda2", lambda[1])] {
            let mode = e.modes.iter().find(|m| (m.lambda - l).norm() < 1e-9).unwrap();
            // Vectors move by rounding times the condition (at most 42).
            let right = oriented(&numbers(&c.json[format!("right_eigvec_{key}")]));
            let found: Vec<f64> = mode.right.iter().map(|z| z.re).collect();
            // (1, 1) has two largest entries: its sign is free.
            all_near(&oriented(&found), &right, 1e-13, &c.name);
            near(mode.static_gain, 1.0 / (1.0 - l).abs(), 1e-12, &c.name);
            near(mode.tau, c.tau / (1.0 - l), 1e-11, &c.name);
            // E3: what picks out the mode is the left eigenvector, not the right one transposed.
            let left: Vec<f64> = mode.left.as_ref().unwrap().iter().map(|z| z.re).collect();
            let expected = numbers(&c.json[format!("left_eigvec_{key}_unnormalized")]);
            all_near(&oriented(&left), &oriented(&expected), 1e-13, &c.name);
            for other in &e.modes {
                let dot: Complex =
                    mode.left.as_ref().unwrap().iter().zip(&other.right).map(|(a, b)| a * b).sum();
                let same = f64::from(u8::from((other.lambda - l).norm() < 1e-9));
                assert!((dot - same).norm() < 1e-13, "{}", c.name);
            }
        }
    }
}

#[test]
fn schur_modes_in_both_orders_and_forms() {
    for c in cases() {
        let size = c.w.frobenius();
        near(size * size, c.value("frobenius2"), 1e-14 * size * size, &c.name);
        let lambda = numbers(&c.json["eigenvalues"]);
        for form in [SchurForm::Real, SchurForm::Complex] {
            let sum = schur_modes(&c.w, form, &Order::SumFirst).unwrap();
            let s1 = numbers(&c.json["schur_sum_first"]["s1"]);
            let s2 = numbers(&c.json["schur_sum_first"]["s2"]);
            let t = matrix(&c.json["schur_sum_first"]["T"]);
            // E9: the link is wE + wI, with no root of two. A defective W has its diagonal to the
            // root of rounding, its vectors and its link not.
            let tolerance = if c.is("defective") { 1e-7 } else { 1e-13 * size };
            for i in 0..2 {
                assert!((sum.t[(i, i)] - t[(i, i)]).norm() < tolerance, "{} {form:?}", c.name);
                for (j, s) in [&s1, &s2].into_iter().enumerate() {
                    let vector = if c.is("defective") { 1e-7 } else { 1e-13 };
                    near(sum.u[(i, j)].norm(), s[i].abs(), vector, &c.name);
                }
            }
            near(sum.t[(0, 1)].norm(), t[(0, 1)].abs(), 1e-13 * size, &c.name);
            near(sum.t[(0, 1)].norm(), c.value("w_FF_abs"), 1e-13 * size, &c.name);
            // The other order: the null mode first. Its own position is found, not assumed.
            let first = usize::from(lambda[0] > lambda[1]);
            let null = schur_modes(&c.w, form, &Order::List(vec![first, 1 - first])).unwrap();
            near(null.t[(0, 1)].norm(), c.value("schur_null_first_abs_wFF"), 1e-13 * size, &c.name);
            assert!(c.is("defective") || null.lambda[0].norm() < 1e-13 * size, "{}", c.name);
            for s in [&sum, &null] {
                near(s.feedforward_squared, c.value("henrici2"), 1e-13 * size * size, &c.name);
                near(s.henrici_squared, c.value("henrici2"), 1e-13 * size * size, &c.name);
                assert!(s.residual < 2e-15 && s.orthogonality < 2e-15, "{}", c.name);
            }
        }
        near(normality(&c.w).unwrap().departure.powi(2), c.value("henrici2"), 1e-13 * size * size, &c.name);
    }
}

#[test]
fn amplification_of_the_pair() {
    for c in cases() {
        let g = amplification(&jacobian(&c.w, c.tau)).unwrap();
        near(g.numerical_abscissa * c.tau, c.value("numerical_abscissa_tauA"), 1e-13 * 20.0, &c.name);
        let tolerance = if c.is("defective") { 1e-7 } else { 1e-13 };
        near(g.spectral_abscissa * c.tau, c.value("spectral_abscissa_tauA"), tolerance, &c.name);
        let expected = &c.json["max_amplification"];
        // The maximum is flat: 1e-9 in value is 3e-5 in time (THEORY V5).
        near(g.max, number(&expected["max_norm"]), 1e-9, &c.name);
        near(g.time / c.tau, number(&expected["t_over_tau"]), 1e-4, &c.name);
        if let Some(input) = expected.get("optimal_initial") {
            // Directions move with the time, to first order.
            all_near(&oriented(&g.input), &oriented(&numbers(input)), 1e-4, &c.name);
            let output = oriented(&numbers(&expected["resulting_pattern"]));
            all_near(&oriented(&g.output), &output, 1e-4, &c.name);
            // Input and output belong together: exp(A t) input = max output.
            let e = neurate::linalg::expm(&jacobian(&c.w, c.tau).scale(g.time)).unwrap();
            let reached: Vec<f64> = e.mul_vec(&g.input).iter().map(|x| x / g.max).collect();
            all_near(&reached, &g.output, 1e-12, &c.name);
        }
    }
}

#[test]
fn response_and_verdicts_of_the_pair() {
    for c in cases() {
        let circuit = c.circuit();
        let (_, l) = linearize(&circuit);
        let r = response_matrix(&l).unwrap().unwrap();
        let expected = matrix(&c.json["response_matrix"]);
        // Solving (1 - W) x = 1: rounding times its condition number (below 200).
        for i in 0..2 {
            all_near(r.row(i), expected.row(i), 5e-14 * expected.max_abs() * 10.0, &c.name);
        }
        let det = Lu::new(&Matrix::identity(2).sub(&c.w)).unwrap().det();
        near(det, c.value("det_1_minus_W"), 1e-13 * 10.0, &c.name);
        let v = verdicts(&circuit, &l).unwrap();
        assert_eq!(v.stable(), c.is("stable"), "{}", c.name);
        assert_eq!(v.isn == Isn::Stabilized, c.is("ISN"), "{}", c.name);
        assert_eq!(v.isn == Isn::NotNeeded, !c.is("ISN"), "{}", c.name);
        assert_eq!(v.self_responses[1].paradoxical, Some(c.is("paradoxical_I")), "{}", c.name);
        near(v.isn_index.unwrap(), c.w[(0, 0)] - 1.0, 1e-14, &c.name);
    }
}

#[test]
fn kernel_peak_and_integral() {
    for c in cases() {
        let lambda = numbers(&c.json["eigenvalues"]);
        let (k1, k2) = ((1.0 - lambda[0]) / c.tau, (1.0 - lambda[1]) / c.tau);
        let (time, value) = kernel_peak(k1, k2);
        let peak = &c.json["kernel_peak"];
        let wff = c.value("w_FF_abs");
        near(time / c.tau, number(&peak["t_over_tau"]), 1e-14, &c.name);
        near(wff * value / c.tau, number(&peak["wFF_times_g_over_tau"]), 1e-14, &c.name);
        // The whole integral, 1/(k1 k2) in units of tau^2; beyond 80 tau nothing is left (e^-40).
        let g = |t: f64| feedforward_kernel(Complex::new(k1, 0.0), Complex::new(k2, 0.0), t).re;
        let total = wff / c.tau / c.tau * integral(g, 0.0, 80.0 * c.tau, 100);
        near(total, number(&peak["closed_form_integral_wFF_over_1mlam"]), 1e-13, &c.name);
    }
}

/// The inputs of a protocol: a constant, and a ramp that starts at 0.
fn ramps(slope: &[f64]) -> Vec<Stimulus> {
    vec![Stimulus {
        name: "ramp".into(),
        pattern: slope.to_vec(),
        waveform: Waveform::Ramp { at: 0.0, until: f64::INFINITY, slope: 1.0 },
    }]
}

fn sum_and_difference(v: &[f64]) -> Vec<f64> {
    vec![(v[0] + v[1]) * FRAC_1_SQRT_2, (v[0] - v[1]) * FRAC_1_SQRT_2]
}

#[test]
fn trajectories_in_neurons_in_modes_and_by_the_closed_formula() {
    let mut compared = 0;
    for c in cases() {
        let tau = c.tau;
        let protocols = items(&c.json["trajectories"]);
        assert_eq!(protocols.len(), 8);
        let modes = schur_modes(&c.w, SchurForm::Real, &Order::SumFirst).unwrap();
        let u = modes.u.map(|z| z.re);
        let t = modes.t.map(|z| z.re);
        for p in protocols {
            let what = format!("{}, {}", c.name, text(&p["protocol"]));
            let r0 = numbers(&p["r0"]);
            let h = numbers(&p["h_const"]);
            let slope = numbers(&p["h_ramp_per_ms"]);
            let rows: Vec<Vec<f64>> = items(&p["rows"]).iter().map(numbers).collect();
            assert_eq!(rows.len(), 11);
            let times: Vec<f64> = rows.iter().map(|r| r[0] * tau).collect();
            // Absolute 1e-12 where activity is of order one; inputs of size 1 drive it to 21.
            let size = rows.iter().flatten().skip(1).fold(1.0, |m: f64, x| m.max(x.abs()));
            let tolerance = 1e-12 * size;

            // Method 1: neurons.
            let a = jacobian(&c.w, tau);
            let b = [1.0 / tau; 2];
            let stimuli = ramps(&slope);
            let drive = LinearDrive { a: &a, b: &b, h: &h, stimuli: &stimuli };
            let neurons = linear_response(&drive, &r0, &times).unwrap();
            // Method 2: Schur modes. Inputs are rotated into them, outputs back.
            let rotate = |v: &[f64]| u.transpose().mul_vec(v);
            let at = jacobian(&t, tau);
            let stimuli = ramps(&rotate(&slope));
            let h_modes = rotate(&h);
            let drive = LinearDrive { a: &at, b: &b, h: &h_modes, stimuli: &stimuli };
            let in_modes = linear_response(&drive, &rotate(&r0), &times).unwrap();
            // Method 3: the corrected formula of THEORY S10 (E10 to E14), integrals by quadrature.
            let (l1, l2) = (c.w[(0, 0)] + c.w[(0, 1)], 0.0);
            let wff = c.w[(0, 0)] - c.w[(0, 1)];
            let (k1, k2) = ((1.0 - l1) / tau, (1.0 - l2) / tau);
            let g = |s: f64| feedforward_kernel(Complex::new(k1, 0.0), Complex::new(k2, 0.0), s).re;
            let start = sum_and_difference(&r0);
            let input = |s: f64| sum_and_difference(&[h[0] + slope[0] * s, h[1] + slope[1] * s]);
            for (k, row) in rows.iter().enumerate() {
                let s = times[k];
                all_near(neurons.states.row(k), &row[1..3], tolerance, &what);
                all_near(&u.mul_vec(in_modes.states.row(k)), &row[1..3], tolerance, &what);
                let panels = 1 + (2.0 * s / tau * (1.0 + k1 * tau)) as usize;
                let r2 = start[1] * (-k2 * s).exp()
                    + integral(|v| (-k2 * (s - v)).exp() * input(v)[1], 0.0, s, panels) / tau;
                let r1 = start[0] * (-k1 * s).exp()
                    + wff / tau * start[1] * g(s)
                    + integral(|v| (-k1 * (s - v)).exp() * input(v)[0], 0.0, s, panels) / tau
                    + wff / (tau * tau) * integral(|v| g(s - v) * input(v)[1], 0.0, s, panels);
                near(r1, row[3], tolerance, &what);
                near(r2, row[4], tolerance, &what);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 5 * 8 * 11);
}

#[test]
fn e5_neurons_need_not_be_monotone_but_modes_are() {
    let w = Matrix::from_rows(&[[0.2, 0.7], [0.7, 0.2]]);
    let a = jacobian(&w, 1.0);
    let drive = LinearDrive { a: &a, b: &[1.0; 2], h: &[0.0; 2], stimuli: &[] };
    let peak = 1.934_321_572_215_86;
    let times = [0.0, peak - 1e-3, peak, peak + 1e-3, 10.0];
    let s = linear_response(&drive, &[0.0, 1.0], &times).unwrap().states;
    near(s[(2, 0)], 0.384_592_014_463_485, 1e-14, "peak");
    assert!(s[(0, 0)] == 0.0 && s[(1, 0)] < s[(2, 0)] && s[(3, 0)] < s[(2, 0)] && s[(4, 0)] < s[(3, 0)]);
    // W is normal: the distance from the steady state falls all the time, and so does each mode.
    let e = eigenmodes(&w, 1.0).unwrap();
    for pair in 0..4 {
        let norm = |i: usize| s.row(i).iter().map(|x| x * x).sum::<f64>();
        assert!(norm(pair + 1) < norm(pair));
        for m in &e.modes {
            let amplitude = |i: usize| -> f64 {
                m.left.as_ref().unwrap().iter().zip(s.row(i)).map(|(l, x)| l.re * x).sum::<f64>().abs()
            };
            assert!(amplitude(pair + 1) < amplitude(pair));
        }
    }
    assert_eq!(amplification(&a).unwrap().max, 1.0);
}

#[test]
fn e3_and_e6_normal_matrices_with_complex_and_equal_eigenvalues() {
    // A circulant is normal and not symmetric: left eigenvectors are the *conjugates* of the right.
    let n = 5;
    let c = [0.3, -0.5, 0.2, 0.7, 0.1];
    let w = Matrix::from_fn(n, n, |i, j| c[(n + j - i) % n]);
    let norm = normality(&w).unwrap();
    assert!(norm.normal && norm.departure < 1e-14, "{norm:?}");
    let e = eigenmodes(&w, 1.0).unwrap();
    near(e.condition, 1.0, 1e-13, "condition");
    for m in &e.modes {
        for (l, r) in m.left.as_ref().unwrap().iter().zip(&m.right) {
            assert!((l - r.conj()).norm() < 1e-14);
        }
    }
    // Eigenvalues 2, 2, -1 of a symmetric matrix: whatever eigenvectors come back, it is normal.
    let w = Matrix::from_fn(3, 3, |i, j| if i == j { 1.0 } else { -1.0 });
    assert!(normality(&w).unwrap().normal);
    // And equal eigenvalues are no proof of normality. (The commutator falls with the square of the
    // link: below 1e-6 of the norm THEORY S6's threshold lets it pass.)
    assert!(!normality(&Matrix::from_rows(&[[1.0, 1e-5], [0.0, 1.0]])).unwrap().normal);
}

#[test]
fn e7_a_dale_pair_is_normal_only_as_an_exception() {
    for a in [0.0, 0.5, 2.0] {
        for c in [0.0, 0.5, 2.0] {
            for b in [0.0, 1.0, 3.0] {
                for d in [0.0, 1.0, 3.0] {
                    let w = Matrix::from_rows(&[[a, -b], [d, -c]]);
                    assert_eq!(normality(&w).unwrap().normal, b == d && b * (a + c) == 0.0, "{w:?}");
                }
            }
        }
    }
}

#[test]
fn e8_gram_schmidt_on_eigenvectors_is_the_schur_basis() {
    let w = Matrix::from_rows(&[[1.0, 0.4, -0.3], [0.2, 0.5, -0.9], [0.7, -0.1, -0.6]]);
    let e = eigenmodes(&w, 1.0).unwrap();
    assert!(e.condition < 100.0);
    // With complex arithmetic the procedure is the same: subtract <s, e> s for unit s.
    let mut basis: Vec<Vec<Complex>> = Vec::new();
    for m in &e.modes {
        let mut v = m.right.clone();
        for s in &basis {
            let dot: Complex = s.iter().zip(&m.right).map(|(a, b)| a.conj() * b).sum();
            v.iter_mut().zip(s).for_each(|(x, s)| *x -= dot * s);
        }
        let norm = v.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
        basis.push(v.iter().map(|z| z / norm).collect());
    }
    let s = schur_modes(&w, SchurForm::Complex, &Order::RealPart).unwrap();
    for (j, b) in basis.iter().enumerate() {
        // The same vector up to a phase: |<s, b>| = 1.
        let dot: Complex = (0..3).map(|i| s.u[(i, j)].conj() * b[i]).sum();
        near(dot.norm(), 1.0, 1e-13, "Gram-Schmidt");
        assert!((s.lambda[j] - e.modes[j].lambda).norm() < 1e-13);
    }
}

#[test]
fn e9_e10_e16_signs_and_factors_of_the_rotation() {
    let (we, wi) = (4.0, 5.0);
    let w = Matrix::from_rows(&[[we, -wi], [we, -wi]]);
    // W s_2 = (wE + wI) s_1.
    let image = w.mul_vec(&[FRAC_1_SQRT_2, -FRAC_1_SQRT_2]);
    all_near(&image, &[9.0 * FRAC_1_SQRT_2; 2], 1e-14, "W s2");
    let s = schur_modes(&w, SchurForm::Real, &Order::SumFirst).unwrap();
    let u = s.u.map(|z| z.re);
    // A pulse to E is (1, 1)/sqrt 2 in sum and difference, one to I (1, -1)/sqrt 2; the modes' own
    // signs are free, the physics is not: E above I drives the sum up, I above E drives it down.
    let sign = [u[(0, 0)].signum(), u[(0, 1)].signum()];
    let modes = u.transpose().mul_vec(&[0.0, 1.0]);
    all_near(&[modes[0] * sign[0], modes[1] * sign[1]], &[FRAC_1_SQRT_2, -FRAC_1_SQRT_2], 1e-15, "I pulse");
    let link = s.t[(0, 1)].re * sign[0] * sign[1];
    near(link, 9.0, 1e-13, "link from difference to sum");
    near((modes[0] * sign[0]) * SQRT_2, 1.0, 1e-15, "the coefficient on s_1, not s_1 itself");
}

#[test]
fn e13_e14_the_kernel_drives_upwards_and_never_before_its_cause() {
    let g = |k1: f64, k2: f64, t: f64| feedforward_kernel(Complex::new(k1, 0.0), Complex::new(k2, 0.0), t);
    near(g(1.3, 0.4, 2.0).re, 0.416_728_206_558_764, 1e-15 * 2.0, "g(2)");
    near(g(1.3, 0.4, 1.3).re, 0.455_556_693_308_006, 1e-15 * 2.0, "g(2 - 0.7)");
    assert_eq!(g(1.3, 0.4, -1e-300).re, 0.0);
    // The integral that it is, for rates apart, close (|k1 - k2| t < 1e-9), equal, swapped, complex.
    for (k1, k2) in [(1.3, 0.4), (0.4, 1.3), (0.7, 0.7), (0.7, 0.7 + 1e-10), (0.7, 0.7 - 3e-13), (30.0, 0.1)]
    {
        for t in [1e-8, 0.1, 1.0, 2.5, 7.0] {
            let f = |s: f64| (-k1 * (t - s) - k2 * s).exp();
            let expected = integral(f, 0.0, t, 1 + (20.0 * t) as usize);
            // The quadrature's own nodes and weights are good to some 1e-14.
            assert!((g(k1, k2, t).re / expected - 1.0).abs() < 1e-13, "{k1} {k2} {t}");
            assert!(g(k1, k2, t).re > 0.0 && g(k1, k2, t).im == 0.0);
        }
    }
    let (k1, k2) = (Complex::new(0.7, 2.0), Complex::new(0.7, -2.0));
    for t in [0.1f64, 0.5, 1.0, 3.0] {
        // A conjugate pair: e^(-at) sin(b t) / b.
        let expected = (-0.7 * t).exp() * (2.0 * t).sin() / 2.0;
        assert!((feedforward_kernel(k1, k2, t) - expected).norm() < 1e-15, "{t}");
    }
    // E14: tau/(lambda_2 - lambda_1) = 1/(k1 - k2) is positive for lambda_1 < 0 = lambda_2.
    let (l1, l2, tau) = (-3.0 / 7.0, 0.0, 20.0);
    let (k1, k2) = ((1.0 - l1) / tau, (1.0 - l2) / tau);
    let t: f64 = 11.0;
    let by_e14 = tau / (l2 - l1) * ((-k2 * t).exp() - (-k1 * t).exp());
    near(g(k1, k2, t).re, by_e14, 1e-13, "E14");
}

#[test]
fn e15_exact_balance_has_schur_modes_though_no_eigenbasis() {
    for w in [0.5, 2.0, 30.0 / 7.0, 1e3] {
        let m = Matrix::from_rows(&[[w, -w], [w, -w]]);
        assert!(matmul(&m, &m).max_abs() <= 1e-15 * w * w, "nilpotent but for rounding");
        let s = schur_modes(&m, SchurForm::Real, &Order::SumFirst).unwrap();
        near(s.t[(0, 1)].norm() / (2.0 * w), 1.0, 1e-14, "W_FF");
        near(s.u[(0, 0)].norm(), FRAC_1_SQRT_2, 1e-15, "s_1");
        assert!(s.u[(0, 0)].re * s.u[(1, 0)].re > 0.0, "the sum comes first");
        // max ||e^(At)|| = e^(-t) (w/2)(1 + t), t = sqrt(1 - 4/w^2), w the link (THEORY S9).
        let link = 2.0 * w;
        let g = amplification(&jacobian(&m, 1.0)).unwrap();
        if link > 2.0 {
            let t = (1.0 - 4.0 / (link * link)).sqrt();
            let expected = (-t).exp() * link / 2.0 * (1.0 + t);
            // Rounding of W moves mu^2 = lambda^2, and sinh(mu t)/mu with it, by eps times the link
            // squared: 9e-10 for a link of 2000.
            near(g.max / expected, 1.0, 1e-9 + 10.0 * f64::EPSILON * link * link, "max");
            near(g.time, t, 1e-4, "time");
        } else {
            assert_eq!((g.max, g.time), (1.0, 0.0));
        }
    }
}

#[test]
fn e17_paradox_when_the_link_passes_two_less_lambda() {
    for we in [0.2, 0.9, 0.999, 1.001, 1.5, 4.0] {
        for wi in [0.1, 0.5, 1.2, 5.0, 20.0] {
            let w = Matrix::from_rows(&[[we, -wi], [we, -wi]]);
            let circuit = dale_linear(&["E", "I"], 1, &w, &[10.0; 2], &[1.0; 2]);
            let (_, l) = linearize(&circuit);
            let v = verdicts(&circuit, &l).unwrap();
            let (lambda, link) = (we - wi, we + wi);
            if lambda >= 1.0 {
                // At 1, an integrator: one point of its line, no response, no verdict.
                assert_eq!(v.response.is_none(), lambda == 1.0);
                assert!(!v.stable() && v.self_responses.iter().all(|s| s.paradoxical.is_none()));
                let isn = if lambda == 1.0 { Isn::CircuitMarginal } else { Isn::CircuitUnstable };
                assert_eq!(v.isn, isn);
                continue;
            }
            assert_eq!(v.self_responses[1].paradoxical, Some(link > 2.0 - lambda), "{we} {wi}");
            assert_eq!(v.self_responses[1].paradoxical, Some(we > 1.0));
            let r = (2.0 - link - lambda) / (2.0 * (1.0 - lambda));
            near(v.self_responses[1].response, r, 1e-12 * (1.0 + r.abs()), "R_II");
            // Transient amplification if and only if W_FF^2 > 4 (1 - lambda_1).
            let g = amplification(&l.jacobian).unwrap();
            assert_eq!(g.max > 1.0, link * link > 4.0 * (1.0 - lambda), "{we} {wi}");
        }
    }
}

#[test]
fn hebbian_and_balanced_amplification_pay_differently() {
    // THEORY S4: both multiply the integrated E response by 4; 90% of a step at 9.21 and 3.13 tau.
    let crossing = |w: &Matrix, h: &[f64], out: usize| {
        let a = jacobian(w, 1.0);
        let b = vec![1.0; h.len()];
        let drive = LinearDrive { a: &a, b: &b, h, stimuli: &[] };
        let (mut low, mut high) = (0.0, 20.0);
        for _ in 0..60 {
            let mid = 0.5 * (low + high);
            let at = linear_response(&drive, &vec![0.0; h.len()], &[0.0, mid]).unwrap();
            if at.states[(1, out)] < 3.6 { low = mid } else { high = mid }
        }
        low
    };
    let hebbian = crossing(&Matrix::from_rows(&[[0.75]]), &[1.0], 0);
    near(hebbian, 9.210_340_371_976_184, 1e-11, "Hebbian");
    let w = 30.0 / 7.0;
    let balanced = crossing(&Matrix::from_rows(&[[w, -1.1 * w], [w, -1.1 * w]]), &[1.0, 0.0], 0);
    near(balanced, 3.132_400_158_267_057, 1e-11, "balanced");
}
