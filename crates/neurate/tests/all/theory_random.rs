//! Modes of random, structured and degenerate matrices: references, and laws that hold for all.

use crate::common::Rng;
use crate::common::*;
use neurate::dynamics::CircuitDynamics;
use neurate::linalg::{Complex, Matrix, commutator_norm, eigenvalues, norm2};
use neurate::linear::modes::{
    LinearDrive, Order, SchurForm, amplification, eigenmodes, linear_response, normality, schur_modes,
};
use neurate::model::transfer::Transfer;
use neurate::model::{Form, Stimulus, Waveform};
use neurate::simulate::{Method, simulate};
use proptest::prelude::*;

#[test]
fn reference_matrices() {
    let data = json("random_open.json");
    let cases = items(&data["cases"]);
    assert_eq!(cases.len(), 14);
    for c in cases {
        let name = text(&c["name"]);
        let w = case_matrix(c);
        let n = w.rows();
        let value = |key: &str| {
            assert!(!c[key].is_null(), "{name} {key}");
            number(&c[key])
        };
        let size2 = value("frobenius2");
        let jordan = name.starts_with("defective");
        let tau = value("tau_ms");

        let g = amplification(&jacobian(&w, tau)).unwrap();
        // The reference's eigenvalues carry rounding of their own, times n and the condition; a
        // Jordan block of six moves by the sixth root of rounding.
        let spectral = if jordan { 1e-2 } else { 1e-11 };
        near(g.spectral_abscissa * tau, value("spectral_abscissa_A_tau"), spectral, name);
        near(g.numerical_abscissa * tau, value("numerical_abscissa_A_tau"), 1e-13 * n as f64, name);
        // The maximum is flat: 1e-9 in value, 1e-4 in time (THEORY V5).
        near(g.max, value("max_norm_expAt"), 1e-9 * g.max, name);
        near(g.time / tau, value("t_at_max_over_tau"), 1e-4, name);
        if g.max > 1.0 {
            // Only the shares of the energy are the reference's; the direction moves with the time.
            if let Some(input) = c.get("optimal_initial") {
                let dot: f64 = g.input.iter().zip(numbers(input)).map(|(a, b)| a * b).sum();
                near(dot.abs(), 1.0, 1e-7, name);
            }
        } else {
            assert_eq!((g.max, g.time), (1.0, 0.0), "{name}");
        }
        // Kreiss <= max <= e n Kreiss. The reference's constant is a search's result, from below.
        let kreiss = value("kreiss");
        assert!(kreiss <= g.max * (1.0 + 1e-9), "{name}");
        if n < 100 {
            assert!(g.max <= std::f64::consts::E * n as f64 * kreiss, "{name}");
        }
        // The sampled curve never passes its maximum.
        assert!(g.norms.iter().all(|&x| x <= g.max * (1.0 + 1e-12)), "{name}");

        let m = normality(&w).unwrap();
        near(m.nu, value("commutator_fro_rel"), 1e-14 * n as f64, name);
        let is_normal = name.starts_with("sym") || name.starts_with("normal");
        assert_eq!(m.normal, is_normal, "{name}");
        // The Schur sum is the invariant; differences of squares lose digits near zero.
        let departure = value("sum_abs2_WFF_complex_schur").sqrt();
        let tolerance = if jordan { 1e-4 } else { 1e-13 * n as f64 * size2.sqrt() };
        near(m.departure, departure, tolerance, name);
        // The upper bound is a root of the commutator: compared squared, since roots of rounding are 1e-8.
        let upper = value("henrici_upper_bound");
        near(m.upper * m.upper, upper * upper, 1e-14 * (n * n) as f64 * size2, name);
        near(m.lower, value("elsner_lower_bound"), 1e-14 * n as f64 * size2.sqrt(), name);
        assert!(m.lower <= m.departure + tolerance && m.departure <= m.upper + tolerance, "{name}");

        let reversed: Vec<usize> = (0..n).rev().collect();
        for form in [SchurForm::Complex, SchurForm::Real] {
            for order in [Order::RealPart, Order::SumFirst, Order::List(reversed.clone())] {
                let s = schur_modes(&w, form, &order).unwrap();
                let what = format!("{name} {form:?} {order:?}");
                let eps = 2e-15 * n.max(10) as f64;
                assert!(
                    s.residual < 2.0 * eps && s.orthogonality < 2.0 * eps,
                    "{what} {} {}",
                    s.residual,
                    s.orthogonality
                );
                let tolerance = if jordan { 1e-3 } else { 1e-13 * n as f64 * size2 };
                near(s.feedforward_squared, departure * departure, tolerance, &what);
                near(s.henrici_squared, departure * departure, tolerance, &what);
                if form == SchurForm::Real && name.starts_with("normal") && matches!(order, Order::RealPart) {
                    // E18: the naive sum over the real form's upper triangle is not the invariant.
                    let mut naive = 0.0;
                    for i in 0..n {
                        for j in i + 1..n {
                            naive += s.t[(i, j)].norm_sqr();
                        }
                    }
                    near(naive, number(&c["real_schur"]["naive_strict_upper_sum"]), 1e-12, &what);
                    assert!(naive > 4.0 && s.links().iter().all(|l| l.2.norm() < 1e-13), "{what}");
                }
            }
        }
        // The mean response of the uniform pulse to E: W's convention enters here (THEORY V12).
        if let Some(e) = c["nE"].as_u64() {
            let ne = e as usize;
            let x0: Vec<f64> = (0..n).map(|i| if i < ne { 1.0 / (ne as f64).sqrt() } else { 0.0 }).collect();
            let a = jacobian(&w, tau);
            let b = vec![1.0 / tau; n];
            let h = vec![0.0; n];
            let rows: Vec<Vec<f64>> = items(&c["uniform_E_pulse_norm"]).iter().map(numbers).collect();
            let mut times = vec![0.0];
            times.extend(rows.iter().map(|r| r[0] * tau));
            let s = linear_response(&LinearDrive { a: &a, b: &b, h: &h, stimuli: &[] }, &x0, &times).unwrap();
            let at = a.transpose();
            let t =
                linear_response(&LinearDrive { a: &at, b: &b, h: &h, stimuli: &[] }, &x0, &times).unwrap();
            let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
            let mut differs = false;
            for (k, r) in rows.iter().enumerate() {
                near(norm(s.states.row(k + 1)), r[1], 1e-12, name);
                differs |= (norm(t.states.row(k + 1)) - r[1]).abs() > 1e-3;
            }
            assert!(differs, "{name}: the transpose changes an answer");
        }
    }
}

/// The classes drawn from: all, those without extremes of size, those with an eigenbasis.
const DRAWN: [Class; 9] = [
    Class::Random,
    Class::Symmetric,
    Class::Normal,
    Class::Dale,
    Class::Chain,
    Class::HiddenChain,
    Class::Tiny,
    Class::Large,
    Class::Balanced,
];

fn class(count: usize) -> impl Strategy<Value = Class> {
    prop::sample::select(&DRAWN[..count])
}

fn is_normal(class: Class, n: usize) -> bool {
    n == 1 || class.normal()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normality_is_invariant_and_its_bounds_hold(class in class(9), n in 1usize..13, seed in 0u64..10_000) {
        let w = class.make(n, seed);
        let m = normality(&w).unwrap();
        let size = w.frobenius();
        prop_assert!(m.nu >= 0.0 && m.nu <= 2f64.sqrt() + 1e-14);
        prop_assert!(!is_normal(class, n) || m.normal, "{m:?}");
        if n > 1 && !is_normal(class, n) {
            prop_assert!(!m.normal || class == Class::Balanced && n < 2, "{m:?}");
        }
        let slack = 1e-13 * size;
        prop_assert!(m.lower <= m.departure + slack && m.departure <= m.upper + slack.max(1e-7 * size), "{m:?}");
        // Orthogonal similarity and transposition change neither.
        let rotated = normality(&Rng::new(seed).rotated(&w)).unwrap();
        prop_assert!((rotated.nu - m.nu).abs() < 1e-13 * n as f64);
        // The eigenvalues of a chain of n move by eps^(1/n) and the Schur sum by their squares.
        let tolerance = if class.defective() {
            n as f64 * f64::EPSILON.powf(2.0 / n as f64).max(1e-13)
        } else {
            1e-13 * n as f64
        };
        // Near zero a departure is the root of squared rounding.
        prop_assert!((rotated.departure - m.departure).abs() <= tolerance * size + slack);
        let transposed = normality(&w.transpose()).unwrap();
        prop_assert!((transposed.departure - m.departure).abs() <= tolerance * size + slack);
        // Scaling scales.
        let scaled = normality(&w.scale(1e6)).unwrap();
        prop_assert!((scaled.nu - m.nu).abs() < 1e-14 * n as f64 && (scaled.departure - 1e6 * m.departure).abs() <= 1e6 * (tolerance * size + slack));
        prop_assert!((commutator_norm(&w) - m.nu * size * size).abs() <= 1e-13 * size * size);
    }

    #[test]
    fn schur_modes_keep_their_laws(class in class(9), n in 1usize..11, seed in 0u64..10_000) {
        let w = class.make(n, seed);
        let size = w.frobenius();
        let eigen = eigenvalues(&w).unwrap();
        let mut shuffled: Vec<usize> = (0..n).collect();
        let mut r = Rng::new(seed);
        for i in (1..n).rev() {
            shuffled.swap(i, (r.uniform() * (i + 1) as f64) as usize);
        }
        let defective = class.defective();
        let pattern = r.vector(n);
        let mut first = None;
        for form in [SchurForm::Complex, SchurForm::Real] {
            for order in [Order::RealPart, Order::SlowFirst, Order::SumFirst, Order::Overlap(pattern.clone()), Order::List(shuffled.clone())] {
                let s = schur_modes(&w, form, &order).map_err(|e| TestCaseError::fail(e.to_string()))?;
                // Equal eigenvalues may refuse to be swapped, others not; rotations never refuse.
                prop_assert!(s.unswapped.is_empty() || defective && form == SchurForm::Real, "{:?}", s.unswapped);
                prop_assert!(s.residual < 5e-14 && s.orthogonality < 5e-14, "{:e} {:e}", s.residual, s.orthogonality);
                for i in 0..n {
                    for j in 0..i {
                        let block = form == SchurForm::Real && i == j + 1;
                        prop_assert!(block || s.t[(i, j)] == Complex::new(0.0, 0.0));
                    }
                }
                let known = *first.get_or_insert(s.feedforward_squared);
                let tolerance = if defective { n as f64 * f64::EPSILON.powf(2.0 / n as f64).max(1e-13) } else { 1e-12 };
                prop_assert!((s.feedforward_squared - known).abs() <= tolerance * size * size);
                prop_assert!((s.henrici_squared - known).abs() <= tolerance * size * size);
                if let (Order::List(list), SchurForm::Complex, false) = (&order, form, defective) {
                    // Positions are those of `eigenvalues`.
                    for (k, &p) in list.iter().enumerate() {
                        prop_assert!((s.lambda[k] - eigen[p]).norm() <= 1e-9 * size, "{list:?} {:?} {eigen:?}", s.lambda);
                    }
                }
                // E18: block by block the squares add up, and so do the shares, received and sent.
                let squares: f64 = s.block_links().iter().map(|l| l.weight.norm_sqr()).sum();
                prop_assert!((squares - s.feedforward_squared).abs() <= 1e-13 * size * size);
                if s.feedforward_squared > 1e-12 * size * size {
                    let shares = s.shares().iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                    prop_assert!((shares.0 - 1.0).abs() < 1e-9 && (shares.1 - 1.0).abs() < 1e-9, "{shares:?}");
                    prop_assert!(s.links_that_carry(0.5) <= s.links_that_carry(0.9));
                }
                let all: f64 = s.overlaps(&pattern).iter().map(|o| o * o).sum();
                prop_assert!((all - 1.0).abs() < 1e-12, "{all}");
                if matches!(order, Order::SlowFirst) && s.unswapped.is_empty() {
                    for k in 1..n {
                        let rate = |k: usize| (1.0 - s.lambda[k].re).abs();
                        // Of a defective matrix eigenvalues are known to the root of rounding only.
                        let slack = if defective { 0.3 } else { 1e-9 };
                        prop_assert!(rate(k - 1) <= rate(k) + slack * (1.0 + size));
                    }
                }
                if matches!(order, Order::RealPart) && !defective {
                    for k in 1..n {
                        prop_assert!(s.lambda[k].re <= s.lambda[k - 1].re + 1e-9 * size);
                    }
                }
                if is_normal(class, n) {
                    prop_assert!(s.links().iter().all(|l| l.2.norm() < 1e-12 * size));
                }
            }
        }
    }

    #[test]
    fn amplification_is_one_exactly_when_nothing_grows(class in class(9), n in 1usize..9, seed in 0u64..10_000) {
        let w = class.make(n, seed);
        let a = jacobian(&w, 10.0);
        let g = amplification(&a).unwrap();
        let size = a.frobenius();
        if size == 0.0 {
            // A perfect integrator.
            prop_assert_eq!((g.max, g.time), (1.0, 0.0));
            return Ok(());
        }
        prop_assert!(g.max >= 1.0 && g.time >= 0.0);
        prop_assert!(g.numerical_abscissa >= g.spectral_abscissa - 1e-13 * size);
        let margin = if class.defective() { 0.3 * size } else { 1e-9 * size };
        if g.numerical_abscissa <= 0.0 {
            prop_assert_eq!((g.max, g.time), (1.0, 0.0));
        } else if g.numerical_abscissa > 1e-6 * size {
            // It grows at first with the numerical abscissa: after eps it is 1 + w eps.
            prop_assert!(g.max > 1.0, "{} {}", g.max, g.numerical_abscissa);
        }
        if g.spectral_abscissa > margin {
            prop_assert_eq!(g.max, f64::INFINITY);
        }
        if g.max.is_finite() {
            prop_assert!(g.norms.iter().all(|&x| x <= g.max * (1.0 + 1e-10)));
            // Fine sampling finds nothing higher.
            for k in 1..60 {
                let t = 0.15 * f64::from(k * k) / size;
                let e = norm2(&neurate::linalg::expm(&a.scale(t)).unwrap()).unwrap();
                prop_assert!(e <= g.max * (1.0 + 1e-8), "{e} at {t} passes {} at {}", g.max, g.time);
                // And no bound is violated: e^(a t) <= ||e^(At)|| <= e^(w t).
                prop_assert!(e <= (g.numerical_abscissa * t).exp() * (1.0 + 1e-12));
                // (Singular values below 1e-160 lose digits: their squares underflow.)
                if !class.defective() && e > 1e-140 {
                    prop_assert!(e >= (g.spectral_abscissa * t).exp() * (1.0 - 1e-10 * (1.0 + size * t)));
                }
            }
            // Input and output have norm one and belong together.
            if g.max > 1.0 {
                let e = neurate::linalg::expm(&a.scale(g.time)).unwrap();
                let reached = e.mul_vec(&g.input);
                for (x, y) in reached.iter().zip(&g.output) {
                    prop_assert!((x - g.max * y).abs() < 1e-9 * g.max);
                }
            }
        }
        // Orthogonal similarity.
        let q = amplification(&Rng::new(seed).rotated(&a)).unwrap();
        prop_assert!((q.numerical_abscissa - g.numerical_abscissa).abs() <= 1e-12 * size);
        if g.max.is_finite() && q.max.is_finite() {
            prop_assert!((q.max - g.max).abs() <= 1e-8 * g.max, "{} {}", q.max, g.max);
        }
    }

    #[test]
    fn exact_courses_agree_with_integration(class in class(6), n in 1usize..8, seed in 0u64..10_000, tolerance in 4i32..11) {
        let w = class.make(n, seed);
        let mut r = Rng::new(seed);
        let tau: Vec<f64> = (0..n).map(|_| r.between(5.0, 20.0)).collect();
        let (h, x0, pattern) = (r.vector(n), r.vector(n), r.vector(n));
        let c = circuit(Form::Rate, &w, &tau, &h, &Transfer::identity());
        let at = r.between(1.0, 9.0);
        let waveform = match seed % 4 {
            0 => Waveform::Step { at, until: at + 7.0, amplitude: 1.0 },
            1 => Waveform::Ramp { at, until: at + 7.0, slope: 0.2 },
            2 => Waveform::Sinusoid { at, until: at + 11.0, amplitude: 1.0, omega: 0.5, phase: 1.0 },
            _ => Waveform::Samples { times: vec![at, at + 2.0, at + 9.0], values: vec![1.0, -1.0, 2.0] },
        };
        let c = with_stimuli(&c, vec![Stimulus { name: "s".into(), pattern, waveform }]);
        let a = Matrix::from_fn(n, n, |i, j| (w[(i, j)] - f64::from(u8::from(i == j))) / tau[i]);
        let b: Vec<f64> = tau.iter().map(|t| 1.0 / t).collect();
        let times = [0.0, 4.0, 10.0, 25.0];
        let exact = linear_response(&LinearDrive { a: &a, b: &b, h: &h, stimuli: c.stimuli() }, &x0, &times).unwrap();
        let rtol = 10f64.powi(-tolerance);
        let run = simulate(&CircuitDynamics::new(&c), &x0, &times, Method::Adaptive { rtol, atol: rtol }, 1e9).unwrap();
        // Errors of single steps add up; unstable circuits multiply them as they do everything else.
        let e = run.states.sub(&exact.states).max_abs() / (1.0 + exact.states.max_abs());
        prop_assert!(e < 10.0 * rtol, "{e:e} {rtol:e}");
    }

    #[test]
    fn eigenmodes_keep_their_laws(class in class(4), n in 1usize..10, seed in 0u64..10_000) {
        let w = class.make(n, seed);
        let e = eigenmodes(&w, 10.0).unwrap();
        prop_assert!(e.condition >= 1.0 - 1e-12);
        if is_normal(class, n) {
            prop_assert!(e.condition < 1.0 + 1e-6, "{}", e.condition);
        }
        let mut trace = Complex::new(0.0, 0.0);
        for m in &e.modes {
            trace += m.lambda;
            let image = w.to_complex().mul_vec(&m.right);
            for (x, y) in image.iter().zip(&m.right) {
                prop_assert!((x - m.lambda * y).norm() < 1e-12 * e.condition.max(1.0));
            }
            // E4: slowed by 1/(1 - Re), amplified by 1/|1 - lambda|: never more than slowed.
            prop_assert!((m.tau - 10.0 / (1.0 - m.lambda.re)).abs() <= 1e-12 * m.tau.abs());
            if m.lambda.re < 1.0 {
                prop_assert!(m.static_gain <= m.tau / 10.0 * (1.0 + 1e-12));
            }
            prop_assert!(m.condition >= 1.0 - 1e-12);
        }
        let expected: f64 = (0..n).map(|i| w[(i, i)]).sum();
        prop_assert!((trace - expected).norm() < 1e-12);
        // A transposed W keeps the eigenvalues and swaps the vectors: left becomes right.
        let t = eigenmodes(&w.transpose(), 10.0).unwrap();
        for (m, k) in e.modes.iter().zip(&t.modes) {
            if e.condition < 1e3 && e.modes.iter().filter(|o| (o.lambda - m.lambda).norm() < 1e-3).count() == 1 {
                prop_assert!((m.lambda - k.lambda).norm() < 1e-9);
                let left = m.left.as_ref().unwrap();
                let norm = left.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
                let dot: Complex = left.iter().zip(&k.right).map(|(a, b)| a.conj() * b).sum();
                prop_assert!((dot.norm() / norm - 1.0).abs() < 1e-8);
            }
        }
    }
}

#[test]
fn marginal_circuits_that_do_not_grow() {
    // A rotation turns for ever, an integrator holds: nothing ever exceeds norm one.
    for a in [
        Matrix::from_rows(&[[0.0, -2.0], [2.0, 0.0]]),
        Matrix::from_rows(&[[0.0, 0.0], [0.0, -1.0]]),
        Matrix::from_rows(&[[0.0]]),
        Matrix::from_rows(&[[-0.1]]),
    ] {
        let g = amplification(&a).unwrap();
        assert_eq!((g.max, g.time), (1.0, 0.0), "{a:?}");
        assert_eq!(g.input.len(), a.rows());
    }
    // An unstable one grows for ever.
    assert_eq!(amplification(&Matrix::from_rows(&[[0.1]])).unwrap().max, f64::INFINITY);
}

#[test]
fn amplification_across_time_scales() {
    // A fast part, a chain that amplifies at t = 1, and a slow part: decades apart.
    for (fast, slow) in [(10.0, 0.1), (1e3, 1e-3), (1e4, 1e-4), (1e6, 1e-5)] {
        let mut a = Matrix::zeros(4, 4);
        (a[(0, 0)], a[(1, 1)], a[(2, 2)], a[(1, 2)], a[(3, 3)]) = (-fast, -1.0, -1.0, 20.0, -slow);
        let g = amplification(&a).unwrap();
        // max of e^-t (w/2 + sqrt(1 + w^2 t^2 / 4)) for the chain, as for exact balance.
        let link = 20.0f64;
        let t = (1.0 - 4.0 / (link * link)).sqrt();
        near(g.max, (-t).exp() * link / 2.0 * (1.0 + t), 1e-8, &format!("{fast} {slow}"));
        near(g.time, t, 1e-4, &format!("{fast} {slow}"));
    }
}

#[test]
fn positions_in_an_order_are_those_of_the_eigenvalues() {
    // Two rotations with one real part: which is "the second"?
    let mut a = Matrix::zeros(4, 4);
    for (i, w) in [(0, 1.0), (2, 2.0)] {
        (a[(i, i + 1)], a[(i + 1, i)]) = (-w, w);
    }
    let eigen = eigenvalues(&a).unwrap();
    for form in [SchurForm::Complex, SchurForm::Real] {
        for list in [vec![0, 1, 2, 3], vec![2, 3, 0, 1], vec![3, 2, 1, 0]] {
            let s = schur_modes(&a, form, &Order::List(list.clone())).unwrap();
            // In real form a pair comes where its first member was asked for, + before -.
            let first = if form == SchurForm::Real { list[0] / 2 * 2 } else { list[0] };
            assert!(
                (s.lambda[0] - eigen[first]).norm() < 1e-12,
                "{form:?} {list:?} {:?} {eigen:?}",
                s.lambda
            );
        }
    }
    assert!(schur_modes(&a, SchurForm::Real, &Order::List(vec![0, 0])).is_err());
    assert!(schur_modes(&a, SchurForm::Real, &Order::List(vec![4])).is_err());
}
