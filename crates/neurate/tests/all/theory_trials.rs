//! Runs with noise against the linear theory, closed forms of the methods themselves, and their orders.

use crate::common::CONDUCTANCE;
use neurate::dynamics::CircuitDynamics;
use neurate::file;
use neurate::fixed_points::{SearchOptions, fixed_points};
use neurate::linalg::{Matrix, matmul};
use neurate::linear::Linearization;
use neurate::linear::response::{Fluctuations, Noise, fluctuations};
use neurate::model::Circuit;
use neurate::progress::Progress;
use neurate::simulate::{Method, TrialOptions, Trials, simulate, time_grid, trials};

const LINEAR: &str = r#"
neurate = 1
form = "voltage"
seed = 3
[populations]
E = { kind = "excitatory", size = 2, tau = 20, f = "linear" }
I = { kind = "inhibitory", tau = 10, f = "linear" }
[W]
"E <- E" = 0.8
"E <- I" = -1.2
"I <- E" = 1.5
"I <- I" = -0.5
[noise]
own = { to = "*", kind = "white", intensity = 8 }
alike = { to = ["E", "I"], kind = "white", intensity = 5, correlation = [[0.4, -0.2], [-0.2, 1]] }
slow = { to = "*", kind = "ou", time = 15, sd = 0.7, correlation = 0.5 }
common = { to = "*", kind = "ou", time = 40, sd = 0.4, correlation = 1 }
"#;

/// The supralinear network, with noise in its voltages.
const SSN: &str = r#"
neurate = 1
form = "voltage"
seed = 5
[populations]
E = { kind = "excitatory", tau = 20, h = 6, f = { kind = "power", k = 0.04, n = 2 } }
I = { kind = "inhibitory", tau = 10, h = 6, f = { kind = "power", k = 0.04, n = 2 } }
[W]
"E <- E" = 1.25
"E <- I" = -0.65
"I <- E" = 1.2
"I <- I" = -0.5
[noise]
own = { to = "*", kind = "white", intensity = 20, correlation = 0.5 }
"#;

fn circuit(text: &str) -> Circuit {
    file::parse(text, "test.toml", ".".as_ref(), &[])
        .and_then(|spec| spec.build())
        .unwrap_or_else(|e| panic!("{e}"))
}

fn ensemble(
    d: &CircuitDynamics,
    x0: &[f64],
    times: &[f64],
    method: Method,
    count: usize,
    threads: usize,
) -> Trials {
    let options = TrialOptions::new(count).threads(threads).courses((0..x0.len().min(4)).collect());
    trials(d, x0, times, method, 1e6, &options, &Progress::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn noisy(c: &Circuit, seed: u64) -> CircuitDynamics<'_> {
    CircuitDynamics::new(c).with_noise(seed).unwrap_or_else(|e| panic!("{e}"))
}

fn operating(c: &Circuit) -> Linearization {
    let search = fixed_points(c, &SearchOptions::default()).unwrap();
    Linearization::new(c, &search.points[search.operating_point().unwrap()]).unwrap()
}

/// Every entry within `errors` standard errors, and `bias` of the diagonal's scale.
fn covariances_agree(measured: &Matrix, exact: &Matrix, count: usize, errors: f64, bias: f64, what: &str) {
    for i in 0..exact.rows() {
        for j in 0..exact.cols() {
            let scale = exact[(i, i)] * exact[(j, j)];
            let error = ((scale + exact[(i, j)].powi(2)) / count as f64).sqrt();
            let off = (measured[(i, j)] - exact[(i, j)]).abs();
            assert!(
                off <= errors * error + bias * scale.sqrt(),
                "{what}: ({i}, {j}) {} is not {}: {:.1} standard errors",
                measured[(i, j)],
                exact[(i, j)],
                off / error
            );
        }
    }
}

/// The stationary covariance of white and colored, private, shared and correlated noise is Lyapunov's.
#[test]
fn linear_circuits_have_the_covariance_of_lyapunov() {
    for (form, text) in [
        ("voltage", LINEAR.to_string()),
        (
            "rate",
            LINEAR
                .replace("\"voltage\"\nseed", "\"rate\"\nseed")
                .replace("f = \"linear\"", "f = { kind = \"linear\", gain = 0.9 }"),
        ),
    ] {
        let c = circuit(&text);
        let l = operating(&c);
        let f = fluctuations(&l, &Noise::of_sources(c.noise())).unwrap().expect("it is stable");
        let count = 6400;
        // Six slowest times; steps of a fiftieth of the shortest.
        let d = noisy(&c, 3);
        let times = [0.0, 380.0, 400.0];
        let e = ensemble(&d, &l.state, &times, Method::ExponentialEuler { dt: 0.2 }, count, 2);
        let all = e.covariances.as_ref().unwrap();
        // Four standard errors; what a step of 0.02 tau adds is 1 % (first order).
        covariances_agree(&all[2], &f.covariance, count, 4.0, 0.01, form);
        // And in time, from the whole courses.
        let later = f.at_lag(20.0).unwrap();
        let lagged = Matrix::from_fn(3, 3, |i, j| {
            let (a, b) = (&e.courses[i], &e.courses[j]);
            let product = |k: usize| (a[(k, 2)] - l.state[i]) * (b[(k, 1)] - l.state[j]);
            (0..count).map(product).sum::<f64>() / count as f64
        });
        for i in 0..3 {
            for j in 0..3 {
                let scale = (f.covariance[(i, i)] * f.covariance[(j, j)]).sqrt();
                // The standard error of a product of normals is at most sqrt(2/N) of the scale.
                let off = (lagged[(i, j)] - later[(i, j)]).abs();
                assert!(
                    off < (4.0 * (2.0 / count as f64).sqrt() + 0.01) * scale,
                    "{form} lag ({i}, {j}): {off}"
                );
            }
        }
    }
}

/// A unit alone: exponential Euler is exact in white noise at any step, Euler and Maruyama's method is off as it
/// should be, and what a step makes of Ornstein-Uhlenbeck noise has a closed form.
#[test]
fn one_unit_in_large_steps() {
    let (tau, count) = (20.0, 12_800);
    let unit = |noise: &str| {
        circuit(&format!(
            "neurate = 1\nform = \"voltage\"\nseed = 1\n[populations]\nx = {{ kind = \"unconstrained\", tau = {tau}, f = \"linear\" }}\n[noise]\ns = {noise}\n"
        ))
    };
    let white = unit("{ to = \"x\", kind = \"white\", intensity = 8 }");
    let ou = unit("{ to = \"x\", kind = \"ou\", sd = 2, time = 12 }");
    let times = time_grid(0.0, 400.0, 1);
    for h in [2.0, 20.0] {
        let a: f64 = h / tau;
        let keep = (-h / 12.0f64).exp();
        // x' = r x + s y, y an autoregression that keeps e^(-h/time): Var x = s^2 Var y (1 + r keep)/((1 - r^2)(1 - r keep)).
        let filtered =
            |r: f64| (1.0 - r).powi(2) * 4.0 * (1.0 + r * keep) / ((1.0 - r * r) * (1.0 - r * keep));
        let cases = [
            (&white, Method::ExponentialEuler { dt: h }, 8.0 / (2.0 * tau)),
            (&white, Method::EulerMaruyama { dt: h }, 8.0 / (2.0 * tau) / (1.0 - 0.5 * a)),
            (&ou, Method::ExponentialEuler { dt: h }, filtered((-a).exp())),
            (&ou, Method::EulerMaruyama { dt: h }, filtered(1.0 - a)),
        ];
        for (c, method, exact) in cases {
            let e = ensemble(&noisy(c, 1), &[0.0], &times, method, count, 1);
            let error = exact * (2.0 / count as f64).sqrt();
            let off = e.variance[(1, 0)] - exact;
            assert!(off.abs() < 4.0 * error, "{method:?}: {} is not {exact}", e.variance[(1, 0)]);
            // The mean is 0.
            assert!(e.mean[(1, 0)].abs() < 4.0 * (exact / count as f64).sqrt());
        }
        // The closed form goes to time/(time + tau) with the square of the step.
        let limit = 4.0 * 12.0 / (12.0 + tau);
        let quarter = |h: f64| {
            let (r, keep) = ((-h / tau).exp(), (-h / 12.0).exp());
            (1.0 - r).powi(2) * 4.0 * (1.0 + r * keep) / ((1.0 - r * r) * (1.0 - r * keep)) - limit
        };
        assert!((quarter(0.2) / quarter(0.1) - 4.0).abs() < 0.01);
    }
}

/// In a connected circuit a large step has a bias; it is that of the method's own difference equation, and goes with
/// the first power of the step: the weak order is 1.
#[test]
fn the_bias_of_a_step_is_that_of_its_difference_equation() {
    let text = LINEAR.split("slow =").next().unwrap();
    let c = circuit(text);
    let l = operating(&c);
    let q = c.noise().iter().fold(Matrix::zeros(3, 3), |sum, s| sum.add(&s.matrix()));
    let exact = fluctuations(&l, &Noise::of_sources(c.noise())).unwrap().unwrap().covariance;
    let w = c.weights().to_dense();
    // x' = (1 - D) x + D W x + S z
    let stationary = |euler: bool, h: f64| {
        let tau = c.tau();
        let approach = |i: usize| if euler { h / tau[i] } else { -(-h / tau[i]).exp_m1() };
        let spread = |i: usize| {
            if euler {
                h.sqrt() / tau[i]
            } else {
                (-0.5 * tau[i] * (-2.0 * h / tau[i]).exp_m1()).sqrt() / tau[i]
            }
        };
        let step = Matrix::from_fn(3, 3, |i, j| {
            f64::from(u8::from(i == j)) * (1.0 - approach(i)) + approach(i) * w[(i, j)]
        });
        let mut covariance = Matrix::from_fn(3, 3, |i, j| spread(i) * q[(i, j)] * spread(j));
        // Doubling: after k rounds the sum of 2^k terms.
        let mut power = step;
        for _ in 0..40 {
            covariance = covariance.add(&matmul(&matmul(&power, &covariance), &power.transpose()));
            power = matmul(&power, &power);
        }
        covariance
    };
    let count = 6400;
    for (euler, h) in [(false, 2.0), (true, 2.0), (false, 5.0)] {
        let method = if euler { Method::EulerMaruyama { dt: h } } else { Method::ExponentialEuler { dt: h } };
        let e = ensemble(&noisy(&c, 8), &l.state, &[0.0, 400.0], method, count, 1);
        covariances_agree(
            &e.covariances.unwrap()[1],
            &stationary(euler, h),
            count,
            4.0,
            0.0,
            &format!("{method:?}"),
        );
    }
    for euler in [false, true] {
        let bias = |h: f64| stationary(euler, h).sub(&exact).max_abs();
        let order = (bias(0.1) / bias(0.05)).log2();
        assert!((order - 1.0).abs() < 0.02, "weak order {order}");
    }
}

/// The same path in larger steps: errors fall with the first power, white noise in voltages or colored inside f.
#[test]
fn strong_order_is_one() {
    let rate = SSN
        .replace("\"voltage\"", "\"rate\"")
        .replace("h = 6", "h = 20")
        .replace("kind = \"white\", intensity = 20", "kind = \"ou\", time = 8, sd = 3");
    for text in [SSN, &rate] {
        let c = circuit(text);
        let start = operating(&c).state;
        let fine = 0.0125;
        let at = |method: fn(f64) -> Method, steps: u32| {
            let d = noisy(&c, 4).in_steps_of(steps);
            ensemble(&d, &start, &[0.0, 20.0], method(fine * f64::from(steps)), 640, 1).last
        };
        for method in
            [(|dt| Method::ExponentialEuler { dt }) as fn(f64) -> Method, |dt| Method::EulerMaruyama { dt }]
        {
            let truth = at(method, 1);
            let error = |steps: u32| {
                let x = at(method, steps).sub(&truth);
                x.data().iter().map(|e| e.abs()).sum::<f64>() / x.data().len() as f64
            };
            let errors: Vec<f64> = [8, 16, 32].into_iter().map(error).collect();
            for pair in errors.windows(2) {
                let order = (pair[1] / pair[0]).log2();
                // What is called the truth is off by the finest step: an order of 1 reads as log2(15/7) = 1.10 at
                // most; chance in 640 trials and the next order leave 0.1.
                assert!((0.9..1.2).contains(&order), "order {order:.2} of {:?}: {errors:?}", method(1.0));
            }
        }
    }
}

/// Neither the number of trials nor of threads matters, and trial 0 is the run alone.
#[test]
fn a_trial_is_the_same_among_any_others() {
    let large = LINEAR.replace("size = 2", "size = 60");
    for text in [SSN, LINEAR, &large] {
        let c = circuit(text);
        let start = CircuitDynamics::new(&c).rest();
        let d = noisy(&c, 9);
        let times = [0.0, 3.0, 10.0];
        let method = Method::ExponentialEuler { dt: 0.5 };
        let few = ensemble(&d, &start, &times, method, 70, 1);
        let many = ensemble(&d, &start, &times, method, 700, 3);
        for k in 0..70 {
            assert_eq!(few.last.row(k), many.last.row(k), "trial {k}");
        }
        let again = ensemble(&d, &start, &times, method, 700, 1);
        assert_eq!(again.mean.data(), many.mean.data());
        assert_eq!(again.variance.data(), many.variance.data());
        assert!((many.courses[1][(33, 2)] - many.last[(33, 1)]).abs() == 0.0);
        let alone = simulate(&d, &start, &times, method, 1e6).unwrap();
        for (a, b) in alone.last().unwrap().iter().zip(many.last.row(0)) {
            assert!((a - b).abs() < 1e-12 * (1.0 + a.abs()), "{a} {b}");
        }
        // Another seed, another course.
        assert_ne!(ensemble(&noisy(&c, 10), &start, &times, method, 64, 1).last.row(0), many.last.row(0));
        // Moments are those of the last states.
        let mean = |i: usize| (0..700).map(|k| many.last[(k, i)]).sum::<f64>() / 700.0;
        for i in 0..start.len().min(4) {
            let variance = (0..700).map(|k| (many.last[(k, i)] - mean(i)).powi(2)).sum::<f64>() / 699.0;
            assert!((many.mean[(2, i)] - mean(i)).abs() < 1e-12 * (1.0 + mean(i).abs()));
            assert!((many.variance[(2, i)] / variance - 1.0).abs() < 1e-10);
        }
    }
}

/// With next to no noise, trials are the deterministic run: pulses, steps and recorded times that fall together.
#[test]
fn without_noise_trials_are_the_deterministic_run() {
    let text = SSN.replace("intensity = 20", "intensity = 1e-30")
        + "[stimuli]\nkick = { to = \"E\", kind = \"pulse\", at = 4, area = 40 }\n\
           light = { to = \"I\", kind = \"step\", at = 6.5, until = 9, amplitude = 3 }\n";
    let c = circuit(&text);
    let start = operating(&c).state;
    let times = [0.0, 1.0, 4.0, 6.2, 7.0, 9.0, 15.0];
    for method in [Method::ExponentialEuler { dt: 0.3 }, Method::EulerMaruyama { dt: 0.3 }] {
        let plain = simulate(&CircuitDynamics::new(&c), &start, &times, method, 1e6).unwrap();
        let e = ensemble(&noisy(&c, 1), &start, &times, method, 3, 1);
        assert!(plain.states.sub(&e.mean).max_abs() < 1e-11, "{method:?}");
    }
    // Euler's method has the order 1 there.
    let end = |dt: f64| {
        simulate(&CircuitDynamics::new(&c), &start, &times, Method::EulerMaruyama { dt }, 1e6).unwrap()
    };
    let truth = simulate(
        &CircuitDynamics::new(&c),
        &start,
        &times,
        Method::Adaptive { rtol: 1e-11, atol: 1e-12 },
        1e6,
    );
    let truth = truth.unwrap();
    let error = |dt: f64| end(dt).states.sub(&truth.states).max_abs();
    let order = (error(0.02) / error(0.01)).log2();
    assert!((order - 1.0).abs() < 0.03, "{order}");
}

/// Small noise in a nonlinear circuit is what the linearization says, in every form: a current in conductance form.
#[test]
fn small_noise_in_nonlinear_circuits() {
    let conductance = CONDUCTANCE.to_string()
        + r#"[noise]
a = { to = "*", kind = "white", intensity = 2 }
b = { to = "*", kind = "ou", sd = 0.2, time = 6, correlation = 0.5 }
"#;
    let voltage = SSN.replace("intensity = 20", "intensity = 0.002");
    let rate = SSN
        .replace("\"voltage\"", "\"rate\"")
        .replace("h = 6", "h = 20")
        .replace("kind = \"white\", intensity = 20", "kind = \"ou\", time = 8, sd = 0.02");
    for (text, count) in [(&conductance, 1280), (&voltage, 6400), (&rate, 6400)] {
        let c = circuit(text);
        let l = operating(&c);
        let f: Fluctuations = fluctuations(&l, &Noise::of_sources(c.noise())).unwrap().unwrap();
        for method in [Method::ExponentialEuler { dt: 0.1 }, Method::EulerMaruyama { dt: 0.1 }] {
            let e = ensemble(&noisy(&c, 2), &l.state, &[0.0, 150.0], method, count, 2);
            // Four standard errors; a step of 0.01 tau.
            covariances_agree(
                &e.covariances.unwrap()[1],
                &f.covariance,
                count,
                4.0,
                0.02,
                &format!("{method:?} {text}"),
            );
        }
    }
}

/// Slow states run along in every trial.
#[test]
fn slow_states_run_in_trials() {
    let slow = SSN.replace("intensity = 20", "intensity = 1e-30").replace(
        "E = { kind = \"excitatory\", tau = 20,",
        "E = { kind = \"excitatory\", tau = 20, adaptation = { tau = 60, strength = 0.3 }, \
         plasticity = { U = 0.4, tau_f = 50, tau_d = 80 },",
    );
    let c = circuit(&slow);
    let start = CircuitDynamics::new(&c).rest();
    assert_eq!(start.len(), 5, "two units and three slow states");
    let times = [0.0, 10.0, 40.0];
    for method in [Method::ExponentialEuler { dt: 0.5 }, Method::EulerMaruyama { dt: 0.5 }] {
        let plain = simulate(&CircuitDynamics::new(&c), &start, &times, method, 1e6).unwrap();
        let e = ensemble(&noisy(&c, 1), &start, &times, method, 3, 1);
        assert!(plain.states.sub(&e.mean).max_abs() < 1e-11, "{method:?}");
    }
}

#[test]
fn trials_that_run_away_are_set_aside() {
    // Near an unstable point, and pushed either way.
    let c = circuit(
        &SSN.replace("-0.65", "-0.1").replace("h = 6", "h = 2").replace("intensity = 20", "intensity = 80"),
    );
    let d = noisy(&c, 2);
    let times = time_grid(0.0, 200.0, 20);
    let e = ensemble(&d, &[19.0, 10.0], &times, Method::ExponentialEuler { dt: 0.5 }, 200, 1);
    let lost = e.runaways.len();
    assert!(lost > 5 && lost < 200, "{lost} ran away");
    assert_eq!(*e.counts.last().unwrap(), 200 - lost);
    assert_eq!((0..200).filter(|&k| e.last.row(k).iter().all(|x| x.is_nan())).count(), lost);
    for r in &e.runaways {
        assert!(r.value.is_nan() || r.value.abs() > 1e6, "{r:?}");
        assert!(e.courses[0][(r.trial, 20)].is_nan() && !e.courses[0][(r.trial, 0)].is_nan());
    }
    assert!(e.mean.is_finite() && e.variance.data().iter().all(|v| *v >= 0.0));
    // Those that stay are what they would be alone.
    let again = ensemble(&d, &[19.0, 10.0], &times, Method::ExponentialEuler { dt: 0.5 }, 64, 1);
    assert!((0..64).all(|k| again.last.row(k) == e.last.row(k) || again.last[(k, 0)].is_nan()));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let c = circuit(&SSN.replace("\"voltage\"", "\"rate\""));
    let e = CircuitDynamics::new(&c).with_noise(1).unwrap_err();
    assert!(
        e.message().contains("white noise has no value at an instant") && e.help().unwrap().contains("ou"),
        "{e}"
    );
    let c = circuit(SSN);
    let d = noisy(&c, 1);
    for method in [Method::Rk4 { dt: 0.1 }, Method::Adaptive { rtol: 1e-6, atol: 1e-6 }] {
        let options = TrialOptions::new(2);
        let errors = [
            simulate(&d, &[0.0, 0.0], &[0.0, 1.0], method, 1e6).unwrap_err(),
            trials(&d, &[0.0, 0.0], &[0.0, 1.0], method, 1e6, &options, &Progress::default()).unwrap_err(),
        ];
        assert!(errors.iter().all(|e| e.help().unwrap().contains("euler-maruyama")), "{errors:?}");
    }
    let method = Method::EulerMaruyama { dt: 0.1 };
    for (count, course) in [(0, 0), (2, 7)] {
        let options = TrialOptions::new(count).courses(vec![course]);
        assert!(trials(&d, &[0.0, 0.0], &[0.0, 1.0], method, 1e6, &options, &Progress::default()).is_err());
    }
    let options = TrialOptions::new(2);
    let plain = CircuitDynamics::new(&c);
    assert!(trials(&plain, &[0.0, 0.0], &[0.0, 1.0], method, 1e6, &options, &Progress::default()).is_err());
    // Who watches may stop it.
    let stop = Progress::new(|_| false);
    let e = trials(&d, &[0.0, 0.0], &[0.0, 1.0], method, 1e6, &options, &stop).unwrap_err();
    assert_eq!(e.kind(), neurate::error::Kind::Stopped);
}
