//! Trajectories: against references, against each other, and through every sort of input.

use crate::common::*;
use neurate::dynamics::{CircuitDynamics, Dynamics, finite_difference_jacobian};
use neurate::linalg::Matrix;
use neurate::linear::modes::{LinearDrive, linear_response};
use neurate::model::transfer::Transfer;
use neurate::model::{Circuit, Form, Start, Stimulus, Waveform};
use neurate::simulate::{Method, Outcome, simulate, time_grid};
use std::f64::consts::TAU;

fn stimulus(pattern: &[f64], waveform: Waveform) -> Stimulus {
    Stimulus { name: "s".into(), pattern: pattern.to_vec(), waveform }
}

fn exact(circuit: &Circuit, x0: &[f64], times: &[f64]) -> Matrix {
    let a = CircuitDynamics::at_rest(circuit).jacobian(0.0, x0);
    let b: Vec<f64> = circuit.tau().iter().map(|t| 1.0 / t).collect();
    let drive = LinearDrive { a: &a, b: &b, h: circuit.h(), stimuli: circuit.stimuli() };
    linear_response(&drive, x0, times).unwrap().states
}

fn error(a: &Matrix, b: &Matrix) -> f64 {
    a.sub(b).max_abs()
}

const ADAPTIVE: Method = Method::Adaptive { rtol: 1e-11, atol: 1e-12 };

#[test]
fn reference_trajectories() {
    let data = json("dynamics_open.json");
    let random = json("random_open.json");
    let trajectories = items(&data["trajectories"]);
    assert_eq!(trajectories.len(), 10);
    for t in trajectories {
        let name = text(&t["name"]);
        let case = items(&random["cases"]).iter().find(|c| text(&c["name"]) == name).unwrap();
        let w = case_matrix(case);
        let n = w.rows();
        let tau = number(&t["tau_ms"]);
        let times = numbers(&t["t_ms"]);
        let forever = f64::INFINITY;
        let base = circuit(Form::Rate, &w, &vec![tau; n], &numbers(&t["h_const"]), &Transfer::identity());
        let c = with_stimuli(
            &base,
            vec![
                stimulus(
                    &numbers(&t["h_ramp_per_ms"]),
                    Waveform::Ramp { at: 0.0, until: forever, slope: 1.0 },
                ),
                stimulus(
                    &numbers(&t["h_sin_amp"]),
                    Waveform::Sinusoid {
                        at: 0.0,
                        until: forever,
                        amplitude: 1.0,
                        omega: TAU * number(&t["f_per_ms"]),
                        phase: 0.0,
                    },
                ),
            ],
        );
        let x0 = numbers(&t["r0"]);
        let expected = matrix(&t["r"]);
        let size = expected.max_abs();
        // Two methods of the reference agree to 7e-12: that is as well as its values are known.
        let solved = exact(&c, &x0, &times);
        assert!(error(&solved, &expected) < 1e-11 * size.max(1.0), "{name} {:e}", error(&solved, &expected));
        let dynamics = CircuitDynamics::new(&c);
        for (method, tolerance) in [
            (ADAPTIVE, 1e-9),
            (Method::Rk4 { dt: 0.02 }, 1e-9),
            // First order: h/tau times the change.
            (Method::ExponentialEuler { dt: 0.002 }, 2e-3),
        ] {
            let run = simulate(&dynamics, &x0, &times, method, 1e6).unwrap();
            assert_eq!(run.outcome, Outcome::Completed);
            assert_eq!(run.times, times);
            let e = error(&run.states, &solved);
            assert!(e < tolerance * size.max(1.0), "{name} {method:?}: {e:e}");
        }
        // THEORY V12: the transposed weights give another trajectory.
        if name.starts_with("dale") {
            let transposed = with_stimuli(
                &circuit(Form::Rate, &w.transpose(), &vec![tau; n], c.h(), &Transfer::identity()),
                c.stimuli().to_vec(),
            );
            assert!(error(&exact(&transposed, &x0, &times), &expected) > 0.1);
        }
    }
}

/// A supralinear pair under a sinusoid: smooth, so that orders of convergence show.
fn smooth() -> Circuit {
    let w = Matrix::from_rows(&[[1.25, -0.65], [1.2, -0.5]]);
    let c = circuit(Form::Rate, &w, &[20.0, 10.0], &[12.0, 11.0], &power(0.04, 2.0));
    with_stimuli(
        &c,
        vec![stimulus(
            &[1.0, 0.5],
            Waveform::Sinusoid { at: 0.0, until: 1e9, amplitude: 3.0, omega: 0.1, phase: 0.3 },
        )],
    )
}

#[test]
fn orders_of_convergence() {
    let c = smooth();
    let d = CircuitDynamics::new(&c);
    let x0 = [2.0, 1.0];
    let times = [0.0, 33.0, 60.0];
    // A run for each, since the last time is the end of a step: nothing is interpolated.
    let finest = Method::Adaptive { rtol: 1e-13, atol: 1e-14 };
    let at = |t: f64| simulate(&d, &x0, &[0.0, t], finest, 1e6).unwrap().states.row(1).to_vec();
    let truth = Matrix::from_rows(&[x0.to_vec(), at(33.0), at(60.0)]);
    let order = |make: &dyn Fn(f64) -> Method, dt: f64| {
        let e = |dt: f64| error(&simulate(&d, &x0, &times, make(dt), 1e6).unwrap().states, &truth);
        (e(dt) / e(dt / 2.0)).log2()
    };
    let euler = order(&|dt| Method::ExponentialEuler { dt }, 0.05);
    near(euler, 1.0, 0.03, "order of exponential Euler");
    let rk4 = order(&|dt| Method::Rk4 { dt }, 0.25);
    near(rk4, 4.0, 0.1, "order of RK4");
}

/// Inputs that start, stop and bend between and on recorded times.
fn busy(n: usize) -> Vec<Stimulus> {
    let p = |k: usize| (0..n).map(|i| ((i + k) as f64 * 0.7).cos()).collect::<Vec<_>>();
    vec![
        stimulus(&p(0), Waveform::Step { at: 3.3, until: 17.25, amplitude: 2.0 }),
        stimulus(&p(1), Waveform::Step { at: 10.0, until: f64::INFINITY, amplitude: -1.0 }),
        stimulus(&p(2), Waveform::Ramp { at: 5.1, until: 22.2, slope: 0.2 }),
        stimulus(&p(3), Waveform::Sinusoid { at: 7.7, until: 31.3, amplitude: 1.5, omega: 0.4, phase: 1.0 }),
        stimulus(
            &p(4),
            Waveform::Samples { times: vec![2.0, 4.5, 9.0, 20.0], values: vec![1.0, -2.0, 0.5, 3.0] },
        ),
    ]
}

#[test]
fn every_method_follows_every_input_across_its_breakpoints() {
    let mut rng = Rng::new(5);
    for (n, taus) in [(1, [10.0, 10.0]), (3, [10.0, 10.0]), (6, [20.0, 5.0])] {
        let w = rng.matrix(n, 0.4 / (n as f64).sqrt());
        let tau: Vec<f64> = (0..n).map(|i| taus[i % 2]).collect();
        let h = rng.vector(n);
        let x0 = rng.vector(n);
        let mut stimuli = busy(n);
        stimuli.push(stimulus(&vec![1.0; n], Waveform::Impulse { at: 12.5, area: 7.0 }));
        stimuli.push(stimulus(&vec![-0.5; n], Waveform::Impulse { at: 20.0, area: 4.0 }));
        let c = with_stimuli(&circuit(Form::Rate, &w, &tau, &h, &Transfer::identity()), stimuli);
        let d = CircuitDynamics::new(&c);
        for times in [time_grid(0.0, 40.0, 80), vec![0.0, 40.0], vec![0.0, 12.4, 12.5, 12.6, 20.0, 33.3]] {
            let truth = exact(&c, &x0, &times);
            for (method, tolerance) in [
                (ADAPTIVE, 1e-9),
                (Method::Rk4 { dt: 0.02 }, 1e-8),
                (Method::ExponentialEuler { dt: 0.002 }, 2e-3),
            ] {
                let run = simulate(&d, &x0, &times, method, 1e6).unwrap();
                let e = error(&run.states, &truth);
                assert!(e < tolerance, "n = {n}, {} times, {method:?}: {e:e}", times.len());
            }
            // And RK4 keeps its order although the input is not smooth. (Dense recording would cut
            // both steps to one size.)
            if times.len() > 2 {
                continue;
            }
            let e =
                |dt: f64| error(&simulate(&d, &x0, &times, Method::Rk4 { dt }, 1e6).unwrap().states, &truth);
            // At steps of 1 the order is between 3.5 and 4.6; an uncaught break would leave 1.
            assert!((e(1.0) / e(0.5)).log2() > 3.4, "n = {n}: {}", (e(1.0) / e(0.5)).log2());
        }
    }
}

#[test]
fn exact_solution_by_the_convolution_integral() {
    // One unit: x(t) = e^(-kt) x0 + int e^(-k(t-s)) u(s) ds / tau, with u from `Waveform::value`.
    let tau = 10.0;
    let w = 0.3;
    let k = (1.0 - w) / tau;
    let mut stops: Vec<f64> = busy(1).iter().flat_map(|s| s.waveform.breakpoints()).collect();
    stops.push(0.0);
    stops.sort_by(f64::total_cmp);
    for (i, s) in busy(1).into_iter().enumerate() {
        let c = with_stimuli(
            &circuit(Form::Rate, &Matrix::from_rows(&[[w]]), &[tau], &[0.2], &Transfer::identity()),
            vec![s.clone()],
        );
        let times = [0.0, 1.0, 3.0, 6.0, 12.0, 21.0, 28.0, 40.0];
        let found = exact(&c, &[0.5], &times);
        for (row, &t) in times.iter().enumerate() {
            let mut expected = 0.5 * (-k * t).exp();
            let mut edges: Vec<f64> = stops.iter().copied().filter(|&s| s < t).collect();
            edges.push(t);
            for e in edges.windows(2) {
                let f = |u: f64| (-k * (t - u)).exp() * (0.2 + s.pattern[0] * s.waveform.value(u)) / tau;
                expected += integral(f, e[0], e[1], 4);
            }
            near(found[(row, 0)], expected, 1e-13, &format!("stimulus {i} at {t}"));
        }
    }
}

#[test]
fn impulses_are_jumps_of_area_over_tau() {
    let w = Matrix::from_rows(&[[0.5, -1.0], [0.8, -0.4]]);
    for form in [Form::Rate, Form::Voltage] {
        let f = Transfer::new("linear", &[("gain", 2.0)], 1e-3).unwrap();
        for at in [0.0, 3.0, 10.0] {
            let c = with_stimuli(
                &circuit(form, &w, &[20.0, 5.0], &[0.0, 0.0], &f),
                vec![stimulus(&[1.0, -2.0], Waveform::Impulse { at, area: 10.0 })],
            );
            let d = CircuitDynamics::new(&c);
            for method in [ADAPTIVE, Method::Rk4 { dt: 0.1 }, Method::ExponentialEuler { dt: 0.1 }] {
                let run = simulate(&d, &[0.0, 0.0], &[0.0, 3.0, 10.0], method, 1e6).unwrap();
                let row = run.times.iter().position(|&t| t == at).unwrap();
                // Through f (gain 2) in rate form, beside it in voltage form.
                let gain = if form == Form::Rate { 2.0 } else { 1.0 };
                all_near(run.states.row(row), &[gain * 0.5, gain * -4.0], 1e-15, "jump");
                assert!(run.states.data()[..2 * row].iter().all(|&x| x == 0.0), "before it nothing");
            }
        }
    }
}

#[test]
fn adaptive_keeps_the_tolerance_it_is_given() {
    let mut rng = Rng::new(11);
    for n in [1, 2, 5, 12] {
        let w = rng.matrix(n, 0.8 / (n as f64).sqrt());
        let tau: Vec<f64> = (0..n).map(|_| rng.between(5.0, 30.0)).collect();
        let c = with_stimuli(&circuit(Form::Rate, &w, &tau, &rng.vector(n), &Transfer::identity()), busy(n));
        let x0 = rng.vector(n);
        let times = time_grid(0.0, 60.0, 24);
        let truth = exact(&c, &x0, &times);
        let d = CircuitDynamics::new(&c);
        for rtol in [1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10] {
            let run = simulate(&d, &x0, &times, Method::Adaptive { rtol, atol: rtol }, 1e6).unwrap();
            // The tolerance is for each step; a contracting system forgets, so that a few steps'
            // errors are all that add up.
            let e = error(&run.states, &truth) / (1.0 + truth.max_abs());
            assert!(e < 5.0 * rtol, "n = {n}, rtol = {rtol:e}: {e:e}");
        }
    }
}

#[test]
fn a_breakpoint_next_to_a_recorded_time_is_no_obstacle() {
    // 0.1 + 0.2 and 0.3 differ in the last bit: an interval of 5e-17.
    let base = circuit(Form::Rate, &Matrix::from_rows(&[[0.5]]), &[10.0], &[0.0], &Transfer::identity());
    for at in [0.1f64 + 0.2, 0.3f64.next_down(), 0.3 + 1e-15, 0.3 + 1e-12] {
        for until in [0.7, 0.7f64.next_up(), 0.1 * 7.0] {
            let c = with_stimuli(
                &base,
                vec![
                    stimulus(&[1.0], Waveform::Step { at, until, amplitude: 1.0 }),
                    stimulus(&[1.0], Waveform::Impulse { at: until, area: 1.0 }),
                ],
            );
            let d = CircuitDynamics::new(&c);
            let times = [0.0, 0.3, 0.7, 1.0];
            let truth = exact(&c, &[1.0], &times);
            for method in [ADAPTIVE, Method::Rk4 { dt: 0.01 }, Method::ExponentialEuler { dt: 1e-5 }] {
                let run = simulate(&d, &[1.0], &times, method, 1e6).unwrap();
                // A jump at 0.7 or the next double after it is seen there or not.
                assert_eq!(run.times, times);
                assert!(error(&run.states, &truth) < 1e-6, "{at} {until} {method:?}");
            }
        }
    }
    // Late times, where a double is 1e-10 wide.
    let late = 1e6;
    let c = with_stimuli(
        &base,
        vec![stimulus(
            &[1.0],
            Waveform::Step { at: (late + 0.3f64).next_up(), until: late + 0.7, amplitude: 1.0 },
        )],
    );
    let times = [late, late + 0.3, late + 0.7, late + 1.0];
    let truth = exact(&c, &[1.0], &times);
    let run = simulate(&CircuitDynamics::new(&c), &[1.0], &times, ADAPTIVE, 1e6).unwrap();
    assert!(error(&run.states, &truth) < 1e-9);
}

#[test]
fn divergence_is_reported_with_its_time_and_nothing_after_it() {
    // tau r' = -r + k r^2 (W = 1, h = 0): 1/r - k falls to ... r = 1 / (k + (1/r0 - k) e^(t/tau)),
    // infinite at tau ln(k / (k - 1/r0)) for r0 > 1/k.
    let (tau, k, r0) = (10.0, 0.5, 4.0);
    let c = circuit(Form::Rate, &Matrix::from_rows(&[[1.0]]), &[tau], &[0.0], &power(k, 2.0));
    let d = CircuitDynamics::new(&c);
    let blow_up = tau * (k / (k - 1.0 / r0)).ln();
    let course = |t: f64| 1.0 / (k + (1.0 / r0 - k) * (t / tau).exp());
    let times = time_grid(0.0, 20.0, 200);
    let ceiling = 1e6;
    for (method, at, tolerance) in [
        (ADAPTIVE, 1e-4, 1e-7),
        (Method::Adaptive { rtol: 1e-6, atol: 1e-8 }, 1e-3, 1e-2),
        (Method::Rk4 { dt: 1e-3 }, 5e-3, 1e-6),
        (Method::ExponentialEuler { dt: 1e-3 }, 2e-2, 0.1),
    ] {
        let run = simulate(&d, &[r0], &times, method, ceiling).unwrap();
        let Outcome::RanAway { time, index, name, value } = &run.outcome else { panic!("{method:?}") };
        assert_eq!((*index, name.as_str()), (0, "x0"));
        assert!(value.is_nan() || value.abs() > ceiling);
        near(*time, blow_up, at, &format!("{method:?}"));
        assert_eq!(run.times.len(), run.states.rows());
        assert!(run.states.is_finite() && run.states.max_abs() <= ceiling);
        assert!(run.times.iter().all(|t| t < time), "nothing after it");
        assert_eq!(run.times[..], times[..run.times.len()]);
        for (i, &t) in run.times.iter().enumerate().filter(|(_, t)| **t < blow_up - 1.0) {
            let e = (run.states[(i, 0)] / course(t) - 1.0).abs();
            assert!(e < tolerance, "{method:?} {t} {e:e}");
        }
    }
    // Below the threshold 1/k it decays instead.
    let run = simulate(&d, &[1.9], &times, ADAPTIVE, ceiling).unwrap();
    assert_eq!(run.outcome, Outcome::Completed);
    // An unstable linear circuit passes the ceiling at tau/(lambda - 1) ln(ceiling / r0).
    let c = circuit(Form::Rate, &Matrix::from_rows(&[[3.0]]), &[tau], &[0.0], &Transfer::identity());
    let run = simulate(&CircuitDynamics::new(&c), &[1.0], &[0.0, 500.0], ADAPTIVE, 1e6).unwrap();
    let Outcome::RanAway { time, .. } = run.outcome else { panic!() };
    // Seen at the end of a step, of at most some tau.
    let expected = tau / 2.0 * 1e6f64.ln();
    assert!(time >= expected && time < expected + 2.0 * tau, "{time} {expected}");
    assert_eq!(run.times, vec![0.0]);
    // A start beyond the ceiling leaves nothing at all.
    let run = simulate(&CircuitDynamics::new(&c), &[2e6], &[0.0, 500.0], ADAPTIVE, 1e6).unwrap();
    assert!(run.times.is_empty() && matches!(run.outcome, Outcome::RanAway { time: 0.0, .. }));
}

#[test]
fn samples_end_at_their_last_time() {
    let base = circuit(Form::Rate, &Matrix::from_rows(&[[0.0]]), &[10.0], &[0.0], &Transfer::identity());
    let c = with_stimuli(
        &base,
        vec![stimulus(&[1.0], Waveform::Samples { times: vec![0.0, 10.0], values: vec![1.0, 1.0] })],
    );
    // A step of height 1 for one tau, then decay.
    let times = [0.0, 10.0, 20.0, 40.0];
    let end = 1.0 - (-1.0f64).exp();
    let expected = [0.0, end, end * (-1.0f64).exp(), end * (-3.0f64).exp()];
    all_near(&exact(&c, &[0.0], &times).col(0), &expected, 1e-15, "exact");
    let d = CircuitDynamics::new(&c);
    for (method, tolerance) in [
        (ADAPTIVE, 1e-10),
        (Method::Rk4 { dt: 0.5 }, 1e-6),
        // A constant input is what exponential Euler solves exactly.
        (Method::ExponentialEuler { dt: 0.5 }, 1e-14),
    ] {
        let run = simulate(&d, &[0.0], &times, method, 1e6).unwrap();
        all_near(&run.course(0), &expected, tolerance, &format!("{method:?}"));
    }
}

#[test]
fn jacobians_are_the_derivatives_of_the_field() {
    let mut rng = Rng::new(3);
    for form in [Form::Rate, Form::Voltage] {
        // A refractory fraction belongs to rates.
        for f in Transfer::examples().into_iter().filter(|f| form == Form::Rate || f.refractory() == 0.0) {
            let n = 4;
            let c = circuit(form, &rng.matrix(n, 0.5), &[10.0, 20.0, 5.0, 8.0], &[3.0, 2.5, 4.0, 3.5], &f);
            let d = CircuitDynamics::at_rest(&c);
            let x: Vec<f64> = (0..n).map(|_| rng.between(0.5, 2.0)).collect();
            let input = d.input(&x);
            if f.kinks().iter().any(|k| input.iter().any(|i| (i - k).abs() < 1e-3)) {
                continue;
            }
            let a = d.jacobian(0.0, &x);
            let b = finite_difference_jacobian(&d, 0.0, &x);
            // Central differences are good to eps^(2/3) of the largest entry and curvature.
            assert!(
                error(&a, &b) < 1e-7 * (1.0 + a.max_abs()),
                "{form:?} {} {:e}",
                f.formula(),
                error(&a, &b)
            );
        }
    }
}

#[test]
fn a_start_may_be_given() {
    let mut parts = smooth().to_parts();
    parts.run.start = Start::State(vec![1.0, f64::NAN]);
    assert!(Circuit::new(parts.clone()).is_err());
    parts.run.start = Start::State(vec![1.0]);
    assert!(Circuit::new(parts).is_err());
}
