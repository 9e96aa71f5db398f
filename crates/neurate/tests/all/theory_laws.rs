//! Laws that tie the answers to each other, on every class of matrices: units of time, rotations,
//! transposition, and slopes of the nonlinear circuit.

use crate::common::*;
use crate::files::example;
use neurate::error::Kind;
use neurate::fixed_points::{SearchOptions, Stability, fixed_points};
use neurate::linalg::{Complex, Lyapunov, Matrix, eigen, eigenvalues, matmul, matmul_complex};
use neurate::linear::Linearization;
use neurate::linear::modes::{
    BlockLink, LinearDrive, Order, SchurForm, amplification, amplification_between, distance_to_instability,
    eigenmodes, kreiss_constant, linear_response, pseudospectral_abscissa, schur_modes,
};
use neurate::linear::response::{Fluctuations, Noise, evoked_energy, frequency_response, response_matrix};
use neurate::model::transfer::Transfer;
use neurate::model::{Circuit, Form, Stimulus, Waveform};
use neurate::report::{Figure, question_named};
use neurate::simulate::{Method, Outcome, simulate};
use neurate::study::{Choices, Study};
use std::f64::consts::TAU;

fn every_class(mut f: impl FnMut(&Matrix, &str)) {
    // Sizes are a test of their own.
    for class in Class::ALL.into_iter().filter(|c| !matches!(c, Class::Tiny | Class::Large)) {
        for n in [1, 2, 5] {
            f(&class.stable(n, 3, 1.0), &format!("{class:?}, n {n}"));
        }
    }
}

fn relative(found: f64, expected: f64, tolerance: f64, what: &str) {
    near(found / expected, 1.0, tolerance, what);
}

/// Everything that one number says of a stable matrix.
struct Facts {
    max: f64,
    time: f64,
    numerical: f64,
    distance: f64,
    frequency: f64,
    kreiss: f64,
    energy: f64,
    variance: f64,
}

fn facts(a: &Matrix) -> Facts {
    let n = a.rows();
    let g = amplification(a).unwrap();
    let d = distance_to_instability(a).unwrap();
    let f = Fluctuations::new(a, &vec![1.0; n], &Noise::private(&vec![1.0; n])).unwrap().unwrap();
    Facts {
        max: g.max,
        time: g.time,
        numerical: g.numerical_abscissa,
        distance: d.distance.upper,
        frequency: d.frequency,
        kreiss: kreiss_constant(a, 1e-4, 60).unwrap().constant.lower,
        energy: evoked_energy(f.solver().unwrap(), None).unwrap().unwrap().energies[0],
        variance: f.total_variance(),
    }
}

#[test]
fn another_unit_of_time_changes_times_only() {
    every_class(|a, what| {
        let one = facts(a);
        let size = a.frobenius();
        // c is no power of two: A rounds, and sums of eigenvalues amplify that.
        let rounding = 1e-12 + 1e-15 * (size / one.distance).powi(2);
        for c in [1e-8, 1e-3, 7.0, 1e8] {
            let other = facts(&a.scale(c));
            relative(other.max, one.max, 1e-9, what);
            // The maximum is flat.
            near(other.time * c, one.time, 1e-4 * (1.0 + one.time), what);
            near(other.numerical / c, one.numerical, 1e-13 * size, what);
            relative(other.distance / c, one.distance, 1e-8, what);
            near(other.frequency / c, one.frequency, 1e-3 * size, what);
            relative(other.kreiss, one.kreiss, 3e-4, what);
            relative(other.energy * c, one.energy, rounding, what);
            relative(other.variance * c, one.variance, rounding, what);
        }
    });
}

#[test]
fn rotations_change_no_number_and_turn_every_pattern() {
    every_class(|a, what| {
        let n = a.rows();
        let q = Rng::new(n as u64).orthogonal(n);
        let turned = matmul(&matmul(&q, a), &q.transpose());
        let (one, other) = (facts(a), facts(&turned));
        // A rotation rounds: by eps ||A||, seen through the distance to instability.
        let rounding = 1e-13 * (1.0 + a.frobenius() / one.distance);
        relative(other.max, one.max, 1e-9 + rounding, what);
        relative(other.distance, one.distance, 1e-8 + rounding, what);
        relative(other.kreiss, one.kreiss, 3e-4, what);
        relative(other.energy, one.energy, rounding * 10.0, what);
        relative(other.variance, one.variance, rounding * 10.0, what);
        let eps = 0.3 * a.frobenius();
        let p = |m: &Matrix| pseudospectral_abscissa(m, eps).unwrap().abscissa.lower;
        near(p(&turned) / eps, p(a) / eps, 1e-8, what);
    });
}

#[test]
fn transposition_swaps_inputs_and_outputs() {
    every_class(|a, what| {
        let n = a.rows();
        let t = a.transpose();
        let (one, other) = (facts(a), facts(&t));
        relative(other.max, one.max, 1e-9, what);
        relative(other.distance, one.distance, 1e-8, what);
        relative(other.kreiss, one.kreiss, 3e-4, what);
        // What noise brings about in A is what patterns bring about in its transpose.
        let unit = Noise::private(&vec![1.0; n]);
        let f = Fluctuations::new(a, &vec![1.0; n], &unit).unwrap().unwrap();
        let of_t = evoked_energy(&Lyapunov::new(&t).unwrap(), None).unwrap().unwrap();
        let scale = f.covariance.frobenius();
        assert!(of_t.gramian.sub(&f.covariance).frobenius() < 1e-11 * scale, "{what}");
        // Amplification from the first unit to the last, and back in the transpose: the patterns belong to the
        // sides that they are said to belong to.
        let first = Matrix::from_fn(n, 1, |i, _| if i == 0 { 1.0 } else { 0.0 });
        let halves = Matrix::from_fn(2, n, |k, j| if j % 2 == k { 1.0 + j as f64 } else { 0.0 });
        let there = amplification_between(a, &first, &halves).unwrap();
        let back = amplification_between(&t, &halves.transpose(), &first.transpose()).unwrap();
        relative(back.max, there.max, 3e-6, what);
        assert_eq!((there.input.len(), there.output.len()), (1, 2), "{what}");
        assert_eq!((back.input.len(), back.output.len()), (2, 1), "{what}");
    });
}

#[test]
fn links_point_to_the_earlier_mode() {
    // x3 drives x2 drives x1: mode 1 only receives.
    let chain = Matrix::from_rows(&[[0.3, 2.0, 0.1], [0.0, 0.2, 3.0], [0.0, 0.0, 0.1]]);
    for form in [SchurForm::Real, SchurForm::Complex] {
        let s = schur_modes(&chain, form, &Order::RealPart).unwrap();
        let (to, from, weight) = s.links()[0];
        assert_eq!((to, from), (1, 2));
        near(weight.norm(), 3.0, 1e-13, "link");
        let BlockLink { to, from, weight, .. } = s.block_links()[0].clone();
        assert_eq!((to, from), (1..2, 2..3));
        near(weight.norm(), 3.0, 1e-13, "link");
        for j in 0..3 {
            near(s.u[(j, j)].norm(), 1.0, 1e-13, "the modes are the units");
        }
        // The transpose has the same eigenvalues; its first mode is the last of the chain.
        let t = schur_modes(&chain.transpose(), form, &Order::RealPart).unwrap();
        assert!(t.u[(2, 0)].norm() > 0.9);
    }
}

#[test]
fn schur_modes_are_columns() {
    // By the answer's own U and T, not by the residual that comes with it.
    every_class(|a, what| {
        for form in [SchurForm::Real, SchurForm::Complex] {
            let s = schur_modes(a, form, &Order::RealPart).unwrap();
            let back = matmul_complex(&matmul_complex(&s.u, &s.t), &s.u.adjoint());
            let error: f64 = back.data().iter().zip(a.data()).map(|(x, y)| (x - y).norm_sqr()).sum();
            assert!(error.sqrt() < 2e-14 * a.frobenius(), "{what} {form:?} {:e}", error.sqrt());
        }
    });
}

#[test]
fn matrices_of_any_size_have_eigenvectors() {
    // A complex division squares its divisor: of size 1e-200, 1e200, and of no size at all.
    for n in [1, 3, 6] {
        let e = eigen(&Matrix::zeros(n, n)).unwrap();
        near(e.condition, 1.0, 1e-14, "no weights");
        assert!(e.values.iter().all(|z| z.norm() == 0.0));
        let w = Class::Random.make(n, 8);
        let one = eigen(&w).unwrap();
        for size in [1e-250, 1e-200, 1e-8, 1e8, 1e200] {
            let e = eigen(&w.scale(size)).unwrap();
            relative(e.condition, one.condition, 1e-11, "condition");
            for (z, v) in e.values.iter().zip(&one.values) {
                assert!((z / size - v).norm() < 1e-13);
            }
        }
    }
}

#[test]
fn norms_neither_over_nor_underflow() {
    let m = Matrix::from_rows(&[[3.0, 0.0], [0.0, 4.0]]);
    for size in [1e-300, 1e-160, 1e-100, 1.0, 1e100, 1e160, 1e300] {
        relative(m.scale(size).frobenius(), 5.0 * size, 1e-15, "norm");
    }
    assert_eq!(Matrix::zeros(2, 2).frobenius(), 0.0);
    assert!(Matrix::from_rows(&[[f64::NAN]]).frobenius().is_nan());
    assert!(Matrix::from_rows(&[[f64::INFINITY]]).frobenius().is_infinite());
}

#[test]
fn different_time_constants_have_a_geometric_mean() {
    let tau = [5.0, 10.0, 80.0];
    let w = Class::Dale.make(3, 4);
    let (point, l) = linearize(&circuit(Form::Rate, &w, &tau, &[0.0; 3], &Transfer::identity()));
    near(l.tau_0, (5.0f64 * 10.0 * 80.0).cbrt(), 1e-13, "tau_0");
    // What the modes say is true of the Jacobian: rates of decay and frequencies.
    let e = eigenmodes(&l.modes_matrix(), l.tau_0).unwrap();
    let rates: Vec<Complex> = e.modes.iter().map(|m| Complex::new(-1.0 / m.tau, TAU * m.frequency)).collect();
    same_set(&rates, &point.eigenvalues, 1e-13, "rates");
    // The eigenvalues of W itself say something else.
    let of_w = eigenmodes(&w, l.tau_0).unwrap();
    assert!((of_w.modes[0].tau / e.modes[0].tau - 1.0).abs() > 0.01);
}

/// A nonlinear circuit of random weights, its stable point, and the linearization there.
fn nonlinear(form: Form, seed: u64) -> Option<(Circuit, Linearization)> {
    let mut r = Rng::new(seed);
    let n = 4;
    let w = Matrix::from_fn(n, n, |_, j| r.between(0.0, 0.5) * if j < 2 { 1.0 } else { -1.5 });
    let tau: Vec<f64> = (0..n).map(|_| r.between(5.0, 30.0)).collect();
    let h: Vec<f64> = (0..n).map(|_| r.between(6.0, 14.0)).collect();
    let c = circuit(form, &w, &tau, &h, &power(0.03, 2.0));
    let point = search(&c).points.into_iter().find(|p| p.stability == Stability::Stable)?;
    let l = Linearization::new(&c, &point).unwrap();
    Some((c, l))
}

#[test]
fn the_response_matrix_is_the_slope_of_the_fixed_point() {
    let mut checked = 0;
    let membranes = example("conductance");
    let point = search(&membranes).points.into_iter().find(|p| p.stability == Stability::Stable).unwrap();
    let at_rest = Linearization::new(&membranes, &point).unwrap();
    for form in [Form::Rate, Form::Voltage, Form::Conductance] {
        for seed in 0..4 {
            let found = match form {
                Form::Conductance if seed == 0 => Some((membranes.clone(), at_rest.clone())),
                Form::Conductance => None,
                _ => nonlinear(form, seed),
            };
            let Some((c, l)) = found else { continue };
            let r = response_matrix(&l).unwrap().unwrap();
            // By central differences: 1e-4 squared of curvature, and 1e-12 of solving over 1e-4.
            let step = 1e-4;
            let few = SearchOptions::default().starts(4);
            for j in 0..c.n() {
                let at = |d: f64| {
                    let mut parts = c.to_parts();
                    let p = c.population_of(j);
                    parts.populations[p].h[j - c.range(p).start] += d;
                    let moved = Circuit::new(parts).unwrap();
                    let close = |p: &neurate::fixed_points::FixedPoint| {
                        p.state.iter().zip(&l.state).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
                    };
                    let points = fixed_points(&moved, &few).unwrap().points;
                    points.into_iter().min_by(|a, b| close(a).total_cmp(&close(b))).unwrap().rates
                };
                for (i, (up, down)) in at(step).iter().zip(at(-step)).enumerate() {
                    let slope = (up - down) / (2.0 * step);
                    near(r[(i, j)], slope, 1e-6 * (1.0 + r.max_abs()), &format!("{form:?} {seed} {i} {j}"));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked >= 68, "{checked}");
    // What drives a membrane is a current: per capacitance, not per time constant.
    assert!(membranes.form() == Form::Conductance && membranes.n() <= 4);
}

#[test]
fn the_frequency_response_is_the_course_under_a_sinusoid() {
    for form in [Form::Rate, Form::Voltage] {
        let (c, l) = (0..6).find_map(|s| nonlinear(form, s)).unwrap();
        let n = c.n();
        let omega = 0.07;
        let r = frequency_response(&l, omega).unwrap().unwrap();
        let slowest = -1.0 / eigenvalues(&l.jacobian).unwrap()[0].re;
        for j in 0..n {
            let pattern = (0..n).map(|i| if i == j { 1.0 } else { 0.0 }).collect();
            let waveform =
                Waveform::Sinusoid { at: 0.0, until: f64::INFINITY, amplitude: 1.0, omega, phase: 0.0 };
            let stimuli = [Stimulus { name: "s".into(), pattern, waveform }];
            let zero = vec![0.0; n];
            let drive = LinearDrive { a: &l.jacobian, b: &l.input_gain, h: &zero, stimuli: &stimuli };
            // e^-34 of the start is left.
            let t = 34.0 * slowest;
            let times = [0.0, t, t + 0.3 * TAU / omega];
            let course = linear_response(&drive, &zero, &times).unwrap().states;
            for k in 1..3 {
                for i in 0..n {
                    // sin(w t) is the imaginary part of e^(i w t).
                    let expected = (r[(i, j)] * Complex::from_polar(1.0, omega * times[k])).im;
                    let found = l.rate_per_state[i] * course[(k, i)];
                    near(found, expected, 1e-11 * (1.0 + expected.abs()), &format!("{form:?} {i} {j}"));
                }
            }
        }
    }
}

#[test]
fn sections_write_frequencies_in_cycles() {
    // A rotation: damped with 10 ms / 0.9, at 2 / (TAU 10 ms) = 31.83 Hz.
    let w = Matrix::from_rows(&[[0.1, -2.0], [2.0, 0.1]]);
    let base = circuit(Form::Rate, &w, &[10.0; 2], &[0.0; 2], &Transfer::identity());
    let hertz = 2.0 / TAU / 10.0 * 1000.0;
    let sine = Waveform::Sinusoid { at: 0.0, until: 100.0, amplitude: 1.0, omega: 0.2, phase: 0.0 };
    let c = with_stimuli(&base, vec![Stimulus { name: "s".into(), pattern: vec![1.0, 0.0], waveform: sine }]);
    let study = Study::new(c, Choices::default());
    let section = |name: &str| (question_named(name).unwrap().section)(&study).unwrap();
    near(section("eigenmodes").data["modes"][0]["frequency"].as_f64().unwrap(), hertz, 1e-10, "modes");
    near(section("pseudospectra").data["frequency"].as_f64().unwrap(), hertz, 1e-3 * hertz, "resonance");
    let noise = section("noise").data;
    let (x, y) = (numbers(&noise["frequencies"]), numbers(&noise["power"][0]));
    let top = (0..x.len()).max_by(|&a, &b| y[a].total_cmp(&y[b])).unwrap();
    near(x[top] / hertz, 1.0, 0.1, "noise peaks there, as far as the points tell");
    let response = section("response");
    let series = response.figures.iter().find_map(|f| match f {
        Figure::Lines { id, series, .. } if id == "frequency_response" => Some(series),
        _ => None,
    });
    let series = series.unwrap();
    // At the frequencies drawn, the curve is the response there.
    let (_, l) = linearize(&base);
    for k in [3, 20, 40] {
        let f = series[0].x[k] / 1000.0;
        let r = frequency_response(&l, TAU * f).unwrap().unwrap();
        near(series[0].y[k], r[(0, 0)].re, 1e-12, "response");
    }
    let circuit = section("circuit");
    let told = format!("{:?} {:?}", circuit.verdict, circuit.tables);
    assert!(told.contains("31.83 Hz"), "{told}");
}

#[test]
fn courses_in_modes_are_the_courses_of_the_units_seen_from_there() {
    let w = Class::Dale.make(3, 12);
    let base = circuit(Form::Rate, &w, &[10.0; 3], &[0.0; 3], &Transfer::identity());
    let step = Waveform::Step { at: 0.0, until: 30.0, amplitude: 1.0 };
    let c = with_stimuli(
        &base,
        vec![Stimulus { name: "s".into(), pattern: vec![1.0, -0.5, 2.0], waveform: step }],
    );
    let study = Study::new(c, Choices::default());
    let data = (question_named("time_courses").unwrap().section)(&study).unwrap().data;
    let s = schur_modes(&w, SchurForm::Real, &Order::SumFirst).unwrap();
    let states = matrix(&data["linear"]);
    for (k, course) in items(&data["schur_coordinates"]).iter().enumerate() {
        for (t, found) in numbers(course).into_iter().enumerate() {
            let expected: f64 = (0..3).map(|i| s.u[(i, k)].re * states[(t, i)]).sum();
            near(found, expected, 1e-12, "coordinate");
        }
    }
    // Not symmetric: rows for columns would show.
    assert!((s.u[(0, 1)].re - s.u[(1, 0)].re).abs() > 0.05);
}

#[test]
fn modes_that_neither_grow_nor_decay_are_said_to_integrate() {
    // A cyclic shift has the eigenvalue 1, which comes out as 1 + 7e-16.
    let n = 7;
    let shift = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == (j + 1) % n)));
    let c = circuit(Form::Rate, &shift, &[20.0; 7], &[0.0; 7], &Transfer::identity());
    let study = Study::new(c, Choices::default());
    for name in ["eigenmodes", "schur_modes", "amplification", "pseudospectra", "normality"] {
        let s = (question_named(name).unwrap().section)(&study).unwrap();
        let told = format!("{:?} {:?}", s.verdict, s.tables);
        assert!(!told.contains("grows, so the operating point is unstable"), "{told}");
        for slip in ["e16", "e15", "e-15", "e-16", "e-17", "e-18", "e-31"] {
            assert!(!told.contains(slip), "{name}: {slip} in {told}");
        }
    }
}

#[test]
fn a_distance_below_rounding_is_not_called_certified() {
    // A chain of fifty: 1.6e-20 of a change ends stability, far below the rounding of its entries.
    let w = Class::Chain.make(50, 0).scale(1.25);
    let c = circuit(Form::Rate, &w, &[20.0; 50], &[0.0; 50], &Transfer::identity());
    let study = Study::new(c, Choices::default());
    let s = (question_named("pseudospectra").unwrap().section)(&study).unwrap();
    let told = format!("{:?}", s.tables[0].rows);
    assert!(told.contains("below rounding"), "{told}");
}

#[test]
fn time_has_no_ceiling() {
    // Time is a state of the adaptive method; the ceiling is one for the others.
    let c = circuit(Form::Rate, &Matrix::zeros(1, 1), &[1e24], &[0.0], &Transfer::identity());
    let d = neurate::dynamics::CircuitDynamics::new(&c);
    let method = Method::Adaptive { rtol: 1e-6, atol: 1e-6 };
    let run = simulate(&d, &[1.0], &[0.0, 1e24], method, 1e5).unwrap();
    assert_eq!(run.outcome, Outcome::Completed);
    near(run.states[(1, 0)], (-1.0f64).exp(), 1e-5, "decay");
}

#[test]
fn a_matrix_that_is_not_there_has_no_circuit_file() {
    let path = std::path::Path::new("no/such/W.npy");
    let e = neurate::file::circuit_of_matrix(path, Some("20"), None).unwrap_err();
    assert_eq!(e.kind(), Kind::Io);
    assert!(e.message().contains("no/such/W.npy") && e.help().is_none(), "{e}");
}
