//! Exact time courses where formulas break down, and the courses of modes taken apart.

use crate::common::*;
use neurate::dynamics::{CircuitDynamics, Dynamics};
use neurate::linalg::{Complex, Matrix};
use neurate::linear::modes::{
    LinearDrive, Order, SchurForm, Source, feedforward_kernel, feeding, linear_response, schur_modes,
};
use neurate::model::transfer::Transfer;
use neurate::model::{Form, Stimulus, Waveform};
use neurate::simulate::{Method, Outcome, simulate};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

fn stimulus(pattern: &[f64], waveform: Waveform) -> Stimulus {
    Stimulus { name: "s".into(), pattern: pattern.to_vec(), waveform }
}

/// One of each, at odd times, overlapping.
fn every_input(n: usize, r: &mut Rng) -> Vec<Stimulus> {
    let samples = [0.9, 1.7, 2.0, 3.1, 4.4];
    vec![
        stimulus(&r.vector(n), Waveform::Impulse { at: 0.7, area: 1.3 }),
        stimulus(&r.vector(n), Waveform::Step { at: 0.3, until: 2.9, amplitude: 0.8 }),
        stimulus(&r.vector(n), Waveform::Ramp { at: 1.1, until: 3.3, slope: -0.6 }),
        stimulus(
            &r.vector(n),
            Waveform::Sinusoid { at: 0.2, until: 4.1, amplitude: 0.9, omega: 3.7, phase: 0.4 },
        ),
        stimulus(&r.vector(n), Waveform::Samples { times: samples.to_vec(), values: r.vector(5) }),
    ]
}

/// Stable or not, normal or not, defective, nearly so, with integrators, of equal columns.
fn weights(class: usize, n: usize, r: &mut Rng) -> Matrix {
    let chain =
        |d: f64| {
            Matrix::from_fn(n, n, |i, j| {
                if i == j { 0.3 + d * i as f64 } else { 1.5 * f64::from(u8::from(j == i + 1)) }
            })
        };
    match class {
        0 => r.matrix(n, 0.9 / (n as f64).sqrt()),
        1 => chain(0.0),
        2 => {
            let c = chain(0.0);
            r.rotated(&c)
        }
        3 => {
            let c = chain(1e-9);
            r.rotated(&c)
        }
        // All eigenvalues 1: integrators, in a chain.
        4 => Matrix::from_fn(n, n, |i, j| if i == j { 1.0 } else { 0.7 * f64::from(u8::from(j == i + 1)) }),
        5 => Matrix::from_fn(n, n, |_, j| if 2 * j < n { 1.1 } else { -1.2 }),
        _ => Matrix::zeros(n, n),
    }
}
const CLASSES: usize = 7;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn exact_courses_are_those_of_the_integrator(class in 0..CLASSES, n in 1usize..6, seed in 0u64..10_000) {
        let mut r = Rng::new(seed);
        let w = weights(class, n, &mut r);
        let tau: Vec<f64> = if seed % 2 == 0 { vec![1.0; n] } else { (0..n).map(|_| r.between(0.4, 2.5)).collect() };
        let h = r.vector(n);
        let c = with_stimuli(&circuit(Form::Rate, &w, &tau, &h, &Transfer::identity()), every_input(n, &mut r));
        let x0 = r.vector(n);
        let times: Vec<f64> = (0..=24).map(|k| 0.21 * k as f64).collect();
        let a = CircuitDynamics::at_rest(&c).jacobian(0.0, &x0);
        let b: Vec<f64> = tau.iter().map(|t| 1.0 / t).collect();
        let drive = LinearDrive { a: &a, b: &b, h: &h, stimuli: c.stimuli() };
        let exact = linear_response(&drive, &x0, &times).unwrap().states;
        let run = simulate(&CircuitDynamics::new(&c), &x0, &times, Method::Adaptive { rtol: 1e-12, atol: 1e-13 }, 1e9).unwrap();
        prop_assert_eq!(run.outcome, Outcome::Completed);
        // The integrator's tolerance, over some hundred steps, and growth by up to e^5.
        let error = run.states.sub(&exact).max_abs();
        prop_assert!(error < 1e-9 * exact.max_abs().max(1.0), "{error:e} of {:e}", exact.max_abs());
    }

    #[test]
    fn parts_add_up_to_the_exact_course(class in 0..CLASSES, n in 1usize..9, seed in 0u64..10_000) {
        let mut r = Rng::new(seed + 77);
        let w = weights(class, n, &mut r);
        let tau = r.between(0.5, 2.0);
        let (a, b, h) = (jacobian(&w, tau), vec![1.0 / tau; n], r.vector(n));
        let stimuli = every_input(n, &mut r);
        let x0 = r.vector(n);
        let drive = LinearDrive { a: &a, b: &b, h: &h, stimuli: &stimuli };
        let times: Vec<f64> = (0..=30).map(|k| 0.17 * k as f64).collect();
        let schur = schur_modes(&w, SchurForm::Real, &Order::SumFirst).unwrap();
        let exact = linear_response(&drive, &x0, &times).unwrap().states;
        let u = schur.u.map(|z| z.re);
        let fed = feeding(&schur, tau, &drive, &x0, &times, 3, 2).unwrap();
        let size = exact.max_abs().max(1.0);
        prop_assert!(!fed.is_empty() && fed.len() <= 3);
        for f in &fed {
            for k in 0..times.len() {
                for (c, mode) in f.modes.clone().enumerate() {
                    // The same course, by the units' own basis; rounding of a course of this size, and of
                    // the modes' residual (5e-14) over its five time constants.
                    let coordinate: f64 = (0..n).map(|i| u[(i, mode)] * exact[(k, i)]).sum();
                    prop_assert!((f.total[(k, c)] - coordinate).abs() < 1e-11 * size, "class {class}: {} {coordinate}", f.total[(k, c)]);
                    let sum: f64 = f.parts.iter().map(|p| p.1[(k, c)]).sum();
                    let parts = f.parts.iter().map(|p| p.1.max_abs()).fold(size, f64::max);
                    prop_assert!((sum - f.total[(k, c)]).abs() < 1e-12 * parts, "{sum} {}", f.total[(k, c)]);
                }
            }
            let along = f.along(&f.total);
            let parts: Vec<Vec<f64>> = f.parts.iter().map(|p| f.along(&p.1)).collect();
            let sum: f64 = parts.iter().map(|p| p[f.peak()]).sum();
            prop_assert!((sum - along[f.peak()]).abs() < 1e-11 * size);
            prop_assert!(f.parts.len() <= 5 && f.parts[0].0 == Source::Initial && f.parts[1].0 == Source::Input);
        }
    }
}

#[test]
fn parts_are_the_terms_of_the_corrected_formula() {
    // THEORY S10, E11 to E13: own initial value, W_FF/tau r_2(0) g(t), own input, and the input that came
    // through the other mode, each by its own closed form.
    let (we, wi, tau) = (30.0 / 7.0, 33.0 / 7.0, 20.0);
    let w = Matrix::from_rows(&[[we, -wi], [we, -wi]]);
    let schur = schur_modes(&w, SchurForm::Real, &Order::SumFirst).unwrap();
    let (a, b) = (jacobian(&w, tau), [1.0 / tau; 2]);
    let (l1, k1, k2) = (we - wi, (1.0 - we + wi) / tau, 1.0 / tau);
    let sign = |k: usize| schur.u[(0, k)].re.signum();
    let times: Vec<f64> = (0..=40).map(|k| 5.0 * k as f64).collect();
    let h = [0.7, -0.4];
    let x0 = [1.0, 0.2];
    let rotated = |v: &[f64]| [(v[0] + v[1]) / 2f64.sqrt(), (v[0] - v[1]) / 2f64.sqrt()];
    let (start, input) = (rotated(&x0), rotated(&h));
    let drive = LinearDrive { a: &a, b: &b, h: &h, stimuli: &[] };
    let fed = feeding(&schur, tau, &drive, &x0, &times, 2, 1).unwrap();
    let sum = fed.iter().find(|f| f.modes == (0..1)).unwrap();
    let g = |t: f64| feedforward_kernel(Complex::new(k1, 0.0), Complex::new(k2, 0.0), t).re;
    for (k, &t) in times.iter().enumerate() {
        let part = |p: usize| sign(0) * sum.parts[p].1[(k, 0)];
        near(part(0), start[0] * (-k1 * t).exp(), 1e-13, "own initial value");
        near(part(1), input[0] / (1.0 - l1) * (1.0 - (-k1 * t).exp()), 1e-13, "own input");
        let through = integral(|s| g(t - s), 0.0, t, 20) / tau / tau;
        let expected = (we + wi) * (start[1] * g(t) / tau + input[1] * through);
        near(part(2), expected, 1e-12, "through the feedforward link");
        near(part(3), 0.0, 1e-300, "nothing else");
    }
    assert_eq!(sum.parts[2].0, Source::Modes(1..2));
    // V12: of the transposed weights the parts are others.
    let transposed = w.transpose();
    let schur = schur_modes(&transposed, SchurForm::Real, &Order::SumFirst).unwrap();
    let a = jacobian(&transposed, tau);
    let drive = LinearDrive { a: &a, b: &b, h: &h, stimuli: &[] };
    let other = feeding(&schur, tau, &drive, &x0, &times, 2, 1).unwrap();
    assert!((other[0].total[(3, 0)].abs() - fed[0].total[(3, 0)].abs()).abs() > 0.1);
    assert!(
        feeding(
            &schur_modes(&w, SchurForm::Complex, &Order::SumFirst).unwrap(),
            tau,
            &drive,
            &x0,
            &times,
            1,
            1
        )
        .is_err()
    );
}

#[test]
fn one_unit_by_the_closed_formulas() {
    // THEORY S5, with lambda = 1 by its limit.
    let (tau, r0) = (2.0, 0.6);
    let times: Vec<f64> = (0..=20).map(|k| 0.5 * k as f64).collect();
    for lambda in [0.5, 1.0, 1.0 - 1e-9, 1.0 + 1e-12, 1.3, 0.0, -40.0, -1e8] {
        let k = (1.0 - lambda) / tau;
        let a = Matrix::from_rows(&[[-k]]);
        let solve = |h: f64, waveform: Waveform| {
            let stimuli = [stimulus(&[1.0], waveform)];
            let drive = LinearDrive { a: &a, b: &[1.0 / tau], h: &[h], stimuli: &stimuli };
            linear_response(&drive, &[r0], &times).unwrap().states
        };
        let forever = f64::INFINITY;
        let ramp = solve(0.8, Waveform::Ramp { at: 0.0, until: forever, slope: 0.3 });
        let omega = 1.7;
        let sine =
            solve(0.0, Waveform::Sinusoid { at: 0.0, until: forever, amplitude: 1.0, omega, phase: 0.0 });
        for (i, &t) in times.iter().enumerate() {
            let decay = (-k * t).exp();
            // phi_1 and phi_2 at -k t: (e^z - 1)/z and (e^z - 1 - z)/z^2, by series where they cancel.
            let z = -k * t;
            let phi = |m: i32| {
                if z.abs() < 0.5 {
                    let mut term = 1.0 / (1..=m).map(f64::from).product::<f64>();
                    (1..30).fold(term, |sum, j| {
                        term *= z / f64::from(m + j);
                        sum + term
                    })
                } else if m == 1 {
                    z.exp_m1() / z
                } else {
                    (z.exp_m1() - z) / (z * z)
                }
            };
            let expected = r0 * decay + 0.8 * t / tau * phi(1) + 0.3 * t * t / tau * phi(2);
            near(
                ramp[(i, 0)],
                expected,
                2e-13 * expected.abs().max(1.0),
                &format!("constant and ramp, {lambda} at {t}"),
            );
            // Im of (e^(i omega t) - e^(-k t)) / (tau (k + i omega)).
            let s = Complex::new(0.0, omega);
            let forced = ((s * t).exp() - decay) / (tau * (s + k));
            let expected = r0 * decay + forced.im;
            near(
                sine[(i, 0)],
                expected,
                2e-13 * expected.abs().max(1.0),
                &format!("sinusoid, {lambda} at {t}"),
            );
        }
    }
}

#[test]
fn balanced_pairs_from_weak_to_strong_and_nearly_defective() {
    // exp(tA) = e^(-t/tau) (1 + c W), c = (e^(lambda t/tau) - 1)/lambda (THEORY S9).
    let tau = 1.0;
    let times = [0.0, 0.3, 1.0, 2.5, 7.0];
    for exponent in [-27, -10, 0, 3, 6, 10] {
        let w = 2f64.powi(exponent);
        for d in [0.0, 1e-15, 1e-12, 1e-8, 1e-4, 0.1] {
            let (we, wi) = (w, w + d);
            let lambda = we - wi;
            let matrix = Matrix::from_rows(&[[we, -wi], [we, -wi]]);
            let a = jacobian(&matrix, tau);
            let drive = LinearDrive { a: &a, b: &[1.0; 2], h: &[0.0; 2], stimuli: &[] };
            for x0 in [[1.0, 0.0], [0.3, -0.8]] {
                let states = linear_response(&drive, &x0, &times).unwrap().states;
                for (k, &t) in times.iter().enumerate() {
                    let c = if lambda == 0.0 { t } else { (lambda * t).exp_m1() / lambda };
                    let driven = we * x0[0] - wi * x0[1];
                    // A change of A by rounding, e w, goes through the link twice, 4 w^2: that is how well
                    // the problem is posed, and no method does better for all matrices.
                    let tolerance = 4e-15 * (1.0 + w * w * w);
                    for i in 0..2 {
                        let expected = (-t).exp() * (x0[i] + c * driven);
                        let what = format!("w 2^{exponent}, d {d:e}, at {t}: {} {expected}", states[(k, i)]);
                        near(states[(k, i)], expected, tolerance, &what);
                    }
                }
            }
        }
    }
}

#[test]
fn the_scale_of_weights_is_a_scale_of_time() {
    // dx/dt = (s W - 1) x at times t/s is dx/dt = (W - 1/s) x at times t.
    for seed in 0..10 {
        let mut r = Rng::new(seed);
        let n = 2 + seed as usize % 5;
        let w = r.matrix(n, 1.0);
        let x0 = r.vector(n);
        let one = Matrix::identity(n);
        for s in [1e-8, 1e8] {
            let (fast, slow) = (w.scale(s).sub(&one), w.sub(&one.scale(1.0 / s)));
            let times: Vec<f64> = (0..=10).map(|k| 0.4 * k as f64 * s.min(1.0)).collect();
            let short: Vec<f64> = times.iter().map(|t| t / s).collect();
            let solve = |a: &Matrix, times: &[f64]| {
                let drive = LinearDrive { a, b: &vec![0.0; n], h: &vec![0.0; n], stimuli: &[] };
                linear_response(&drive, &x0, times).unwrap().states
            };
            let (x, y) = (solve(&fast, &short), solve(&slow, &times));
            let size = y.max_abs();
            assert!(x.sub(&y).max_abs() < 1e-12 * size, "{s:e}: {:e}", x.sub(&y).max_abs() / size);
        }
    }
}

#[test]
fn stiff_courses_end_at_the_steady_state() {
    // Rates of 1, 1e4 and 1e8 in one circuit, rotated: rounding in A (1e-16 of 1e8) is 1e-8 of the slow rate.
    let mut r = Rng::new(3);
    let a = r.rotated(&Matrix::from_diagonal(&[-1.0, -1e4, -1e8]));
    let h = r.vector(3);
    let drive = LinearDrive { a: &a, b: &[1.0; 3], h: &h, stimuli: &[] };
    let states = linear_response(&drive, &r.vector(3), &[0.0, 1e-3, 1.0, 40.0]).unwrap().states;
    let lu = neurate::linalg::Lu::new(&a).unwrap();
    let steady: Vec<f64> = lu.solve(&h).unwrap().iter().map(|x| -x).collect();
    all_near(states.row(3), &steady, 1e-6, "steady state");
}
