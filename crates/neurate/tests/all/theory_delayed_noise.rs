//! Runs with noise and delays at once: against runs with one of them, closed forms of the delayed Langevin equation, and
//! the methods' own difference equations and orders.

use crate::common::CONDUCTANCE;
use neurate::dynamics::CircuitDynamics;
use neurate::file;
use neurate::linalg::{Matrix, matmul};
use neurate::model::Circuit;
use neurate::progress::Progress;
use neurate::simulate::{Method, TrialOptions, Trials, simulate, time_grid, trials};
use std::f64::consts::TAU;

const METHODS: [fn(f64) -> Method; 2] =
    [|dt| Method::ExponentialEuler { dt }, |dt| Method::EulerMaruyama { dt }];

/// Several delays, a slow state, and every kind of noise.
const NETWORK: &str = r#"
neurate = 1
form = "voltage"
seed = 5
[populations]
E = { kind = "excitatory", size = 2, tau = 20, h = 6, f = { kind = "power", k = 0.04, n = 2 }, adaptation = { tau = 60, strength = 0.3 } }
I = { kind = "inhibitory", tau = 10, h = 6, f = { kind = "power", k = 0.04, n = 2 } }
[W]
"E <- E" = 1.25
"E <- I" = -0.65
"I <- E" = 1.2
"I <- I" = -0.5
[delays]
"* <- E" = 4
"* <- I" = 1.3
[noise]
own = { to = "*", kind = "white", intensity = 20, correlation = 0.5 }
slow = { to = "E", kind = "ou", sd = 2, time = 15 }
"#;

/// Without the slow state: many runs side by side go another way then.
fn alone(text: &str) -> String {
    text.replace(", adaptation = { tau = 60, strength = 0.3 }", "")
}

fn circuit(text: &str) -> Circuit {
    file::parse(text, "test.toml", ".".as_ref(), &[])
        .and_then(|spec| spec.build())
        .unwrap_or_else(|e| panic!("{e}"))
}

fn noisy(c: &Circuit, seed: u64) -> CircuitDynamics<'_> {
    CircuitDynamics::new(c).with_noise(seed).unwrap_or_else(|e| panic!("{e}"))
}

fn ensemble(
    d: &CircuitDynamics,
    x0: &[f64],
    times: &[f64],
    method: Method,
    count: usize,
    threads: usize,
) -> Trials {
    let options = TrialOptions::new(count).threads(threads).courses(vec![0]);
    trials(d, x0, times, method, 1e6, &options, &Progress::default()).unwrap_or_else(|e| panic!("{e}"))
}

/// With noise of the amplitude 0, in every form, with events that come back later: the deterministic run with delays.
#[test]
fn without_noise_it_is_the_deterministic_run() {
    let faint = NETWORK.replace("intensity = 20", "intensity = 0").replace("sd = 2", "sd = 0").to_string()
        + "[stimuli]\nlight = { to = \"I\", kind = \"step\", at = 6.5, until = 9, amplitude = 3 }\n\
               kick = { to = \"E\", kind = \"pulse\", at = 4, area = 40 }\n";
    let rate = faint
        .replace("\"voltage\"", "\"rate\"")
        .replace("kind = \"white\", intensity = 0", "kind = \"ou\", sd = 0, time = 3")
        .replace("kick = { to = \"E\", kind = \"pulse\", at = 4, area = 40 }", "");
    let conductance = CONDUCTANCE.to_string()
        + r#"[delays]
"E <- I" = 2.2
[noise]
a = { to = "*", kind = "white", intensity = 0 }
"#;
    for text in [&faint, &alone(&faint), &rate, &alone(&rate), &conductance] {
        let c = circuit(text);
        let start = CircuitDynamics::new(&c).rest();
        let times = [0.0, 1.0, 4.0, 6.2, 7.0, 9.0, 25.0];
        for method in METHODS {
            let method = method(0.3);
            let plain = simulate(&CircuitDynamics::new(&c), &start, &times, method, 1e6).unwrap();
            let alone = simulate(&noisy(&c, 1), &start, &times, method, 1e6).unwrap();
            assert_eq!(alone.evaluations, plain.evaluations);
            let off = plain.states.sub(&alone.states).max_abs();
            assert!(off < 1e-11 * plain.states.max_abs(), "{method:?}: {off:e}");
            let e = ensemble(&noisy(&c, 1), &start, &times, method, 3, 1);
            let off = plain.states.sub(&e.mean).max_abs();
            assert!(off < 1e-11 * plain.states.max_abs(), "{method:?}: {off:e}");
        }
    }
}

/// Delays of nothing, and of next to nothing in steps as long: the run with noise alone.
#[test]
fn without_delays_it_is_the_run_with_noise() {
    let head = alone(NETWORK.split("[delays]").next().unwrap());
    let tail = NETWORK.split("= 1.3\n").nth(1).unwrap();
    let text = |delays: &str| format!("{head}{delays}{tail}");
    let (none, zero, short) = (
        circuit(&text("")),
        circuit(&text("[delays]\ndefault = 0\n")),
        circuit(&text("[delays]\ndefault = 0.001\n")),
    );
    let times = [0.0, 0.4, 1.0];
    for method in METHODS {
        let run = |c: &Circuit, dt: f64| {
            simulate(&noisy(c, 3), &CircuitDynamics::new(c).rest(), &times, method(dt), 1e6).unwrap().states
        };
        assert!(run(&none, 0.1).sub(&run(&zero, 0.1)).max_abs() < 1e-12);
        // A delay d moves the state by about d/tau of what it has moved itself.
        let off = run(&none, 0.001).sub(&run(&short, 0.001)).max_abs();
        assert!(off > 0.0 && off < 1e-3, "{off:e}");
    }
}

/// Neither the number of trials nor of threads matters, and trial 0 is the run alone.
#[test]
fn a_trial_is_the_same_among_any_others() {
    for text in [NETWORK.to_string(), alone(NETWORK), NETWORK.replace("size = 2", "size = 30")] {
        let c = circuit(&text);
        let start = CircuitDynamics::new(&c).rest();
        let d = noisy(&c, 9);
        let times = [0.0, 3.0, 10.0];
        let method = Method::ExponentialEuler { dt: 0.5 };
        let few = ensemble(&d, &start, &times, method, 70, 1);
        let many = ensemble(&d, &start, &times, method, 200, 3);
        assert!((0..70).all(|k| few.last.row(k) == many.last.row(k)));
        let again = ensemble(&d, &start, &times, method, 200, 1);
        assert_eq!(again.mean.data(), many.mean.data());
        assert_eq!(again.variance.data(), many.variance.data());
        let alone = simulate(&d, &start, &times, method, 1e6).unwrap();
        for (a, b) in alone.last().unwrap().iter().zip(many.last.row(0)) {
            assert!((a - b).abs() < 1e-12 * (1.0 + a.abs()), "{a} {b}");
        }
    }
}

/// `tau dx = (-x + w x(t - d)) dt + sqrt(q) dW`.
fn langevin(tau: f64, w: f64, delay: f64, q: f64) -> Circuit {
    circuit(&format!(
        "neurate = 1\nform = \"voltage\"\nseed = 1\n[populations]\nx = {{ kind = \"unconstrained\", tau = {tau}, f = \"linear\" }}\n\
         [W]\n\"x <- x\" = {w}\n[delays]\n\"x <- x\" = {delay}\n[noise]\ns = {{ to = \"x\", kind = \"white\", intensity = {q} }}\n"
    ))
}

/// The stationary variance of `dX = (a X(t) + b X(t - r)) dt + sigma dW` (Kuechler & Mensch 1992).
fn kuechler_mensch(a: f64, b: f64, r: f64, sigma2: f64) -> f64 {
    let l = (a * a - b * b).abs().sqrt();
    if b.abs() < a.abs() {
        sigma2 * (b * (l * r).sinh() - l) / (2.0 * l * (a + b * (l * r).cosh()))
    } else {
        sigma2 * (b * (l * r).sin() - l) / (2.0 * l * (a + b * (l * r).cos()))
    }
}

/// The variance at steps of length h of the method's own difference equation,
/// `x' = (1 - p) x + p w ((1 - s) x_(m) + s x_(m-1)) + spread z`, the delay being `m - s + 1/2` steps: what arrives is that
/// of the step's middle.
fn of_steps(tau: f64, w: f64, delay: f64, q: f64, h: f64, euler: bool) -> f64 {
    let p = if euler { h / tau } else { -(-h / tau).exp_m1() };
    let spread2 = if euler { h } else { -0.5 * tau * (-2.0 * h / tau).exp_m1() } * q / (tau * tau);
    let lag = delay / h - 0.5;
    let m = (lag - 1e-9).ceil() as usize;
    let s = m as f64 - lag;
    let step = Matrix::from_fn(m + 1, m + 1, |i, j| {
        let mut x = 0.0;
        if i == 0 {
            x += if j == 0 { 1.0 - p } else { 0.0 };
            x += if j == m { p * w * (1.0 - s) } else { 0.0 };
            x += if j + 1 == m { p * w * s } else { 0.0 };
        } else if i == j + 1 {
            x = 1.0;
        }
        x
    });
    let mut covariance = Matrix::zeros(m + 1, m + 1);
    covariance[(0, 0)] = spread2;
    // Doubling: after k rounds the sum of 2^k terms.
    let mut power = step;
    for _ in 0..24 {
        covariance = covariance.add(&matmul(&matmul(&power, &covariance), &power.transpose()));
        power = matmul(&power, &power);
    }
    covariance[(0, 0)]
}

/// The delayed Langevin equation: excitation, inhibition weaker and stronger than the leak; delays that are whole steps
/// and that are not. Runs have the variance of the method's difference equation, which goes to the closed form, the
/// integral of the power spectrum: with the second power of the step by exponential Euler, with the first by Euler and
/// Maruyama's method, whose leak is not exact.
#[test]
fn the_delayed_langevin_equation_has_its_variance() {
    let (tau, q, count) = (10.0, 8.0, 3200);
    for (w, delay, h) in [(0.6, 7.0, 0.8), (-0.8, 5.0, 1.0), (-1.6, 6.0, 0.8)] {
        let (a, b, sigma2) = (-1.0 / tau, w / tau, q / (tau * tau));
        let exact = kuechler_mensch(a, b, delay, sigma2);
        // The spectrum falls off as 1/w^2: beyond the top it is sigma^2/w^2 but for its next order.
        let (top, points) = (4000.0_f64, 400_000);
        let width = top / f64::from(points);
        let spectrum = |omega: f64| {
            let (re, im) = (-a - b * (omega * delay).cos(), omega + b * (omega * delay).sin());
            sigma2 / (re * re + im * im)
        };
        let inner: f64 = (0..points).map(|k| spectrum((f64::from(k) + 0.5) * width) * width).sum();
        let integral = 2.0 * (inner + sigma2 / top) / TAU;
        assert!((integral / exact - 1.0).abs() < 1e-6, "w = {w}: {integral} {exact}");
        for (euler, method) in [(false, METHODS[0]), (true, METHODS[1])] {
            let bias = |h: f64| of_steps(tau, w, delay, q, h, euler) - exact;
            let order = (bias(0.25) / bias(0.125)).log2();
            let right = if euler { 1.0 } else { 2.0 };
            assert!((order - right).abs() < 0.1, "w = {w}: weak order {order}");
            // Between the steps a straight line is as good.
            assert!(bias(0.23).abs() < 2.5 * bias(0.25).abs(), "w = {w}: {} {}", bias(0.23), bias(0.25));
            // At a step of a tenth of tau, which is twice the default: below the error of 3,200 trials.
            assert!(euler || bias(1.0).abs() < 2e-3 * exact, "w = {w}: {}", bias(1.0) / exact);
            // The last interval is long, and of whole steps.
            let c = langevin(tau, w, delay, q);
            let from = 3.0 * delay;
            let times = [0.0, from, from + (160.0_f64 / h).round() * h];
            let e = ensemble(&noisy(&c, 11), &[0.0], &times, method(h), count, 2);
            let steps = of_steps(tau, w, delay, q, h, euler);
            let error = steps * (2.0 / f64::from(count as u32)).sqrt();
            let off = (e.variance[(2, 0)] - steps) / error;
            assert!(off.abs() < 4.0, "w = {w}, h = {h}: {off:.1} standard errors from {steps}");
        }
    }
}

/// The same path in larger steps, with delays that are no whole number of them: errors fall with the first power at least.
#[test]
fn strong_order_is_one() {
    // Steps of 0.98 of the longest allowed, a delay of 25.5 of them, once the start has come back three times.
    let delayed = NETWORK.replace("= 4\n", "= 12.5\n").replace("= 1.3\n", "= 12.5\n");
    let inside = delayed
        .replace("\"voltage\"", "\"rate\"")
        .replace("kind = \"white\", intensity = 20", "kind = \"ou\", time = 8, sd = 3");
    let coarse = 0.5;
    let times: Vec<f64> = [0.0].into_iter().chain((0..=40).map(|k| 37.5 + 0.49 * f64::from(k))).collect();
    for text in [&delayed, &inside] {
        let c = circuit(text);
        let start = CircuitDynamics::new(&c).rest();
        for method in METHODS {
            let at = |steps: u32| {
                let d = noisy(&c, 4).in_steps_of(steps);
                ensemble(&d, &start, &times, method(coarse / 32.0 * f64::from(steps)), 128, 2).last
            };
            let truth = at(1);
            let error = |steps: u32| {
                let x = at(steps).sub(&truth);
                x.data().iter().map(|e| e.abs()).sum::<f64>() / x.data().len() as f64
            };
            let errors: Vec<f64> = [8, 16, 32].into_iter().map(error).collect();
            for pair in errors.windows(2) {
                let order = (pair[1] / pair[0]).log2();
                // What is called the truth is off by the finest step: an order of 1 reads as log2(15/7) = 1.10 at most.
                assert!((0.9..2.3).contains(&order), "order {order:.2} of {:?}: {errors:?}", method(1.0));
            }
        }
    }
}

#[test]
fn what_remains_impossible_is_refused() {
    let c = circuit(NETWORK);
    let d = noisy(&c, 1);
    let start = CircuitDynamics::new(&c).rest();
    let options = TrialOptions::new(2);
    for method in [
        Method::Rk4 { dt: 0.1 },
        Method::Adaptive { rtol: 1e-6, atol: 1e-6 },
        Method::Stiff { rtol: 1e-6, atol: 1e-6 },
    ] {
        let times = time_grid(0.0, 1.0, 2);
        let errors = [
            simulate(&d, &start, &times, method, 1e6).unwrap_err(),
            trials(&d, &start, &times, method, 1e6, &options, &Progress::default()).unwrap_err(),
        ];
        for e in errors {
            assert!(e.help().unwrap().contains("euler-maruyama"), "{e}");
        }
    }
    // Fewer than a step to a delay, over a time that would take for ever.
    let e = simulate(&d, &start, &[0.0, 1e9], Method::EulerMaruyama { dt: 1.0 }, 1e6).unwrap_err();
    assert!(e.message().contains("steps") && e.help().is_some(), "{e}");
    // A past that would not fit into memory.
    let method = Method::EulerMaruyama { dt: 1e-7 };
    let e = trials(&d, &start, &[0.0, 1e-6], method, 1e6, &options, &Progress::default()).unwrap_err();
    assert!(e.message().contains("GB of their past") && e.help().is_some(), "{e}");
}
