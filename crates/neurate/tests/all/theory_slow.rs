//! Slow states and delays against independent values: closed forms, reference values, finite differences, and
//! the order of convergence of the integrators.

use neurate::dynamics::{CircuitDynamics, DelayedJacobian, Drive, Dynamics, finite_difference_jacobian};
use neurate::file::parse;
use neurate::fixed_points::{SearchOptions, Stability, fixed_points};
use neurate::linalg::{Complex, Matrix, eigenvalues};
use neurate::linear::Linearization;
use neurate::linear::response::{
    FrequencyResponse, Noise, fluctuations, frequency_response, response_matrix, verdicts,
};
use neurate::model::{Circuit, Delays, Form};
use neurate::simulate::{Method, simulate};
use neurate::study::{Choices, Study};
use std::path::Path;

fn read(text: &str) -> Circuit {
    parse(&format!("neurate = 1\n{text}"), "test", Path::new("."), &[])
        .and_then(|spec| spec.build())
        .unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Every slow state in two populations, in one form.
fn everything(form: &str) -> Circuit {
    let slow = "synapse = { tau = 5 }, adaptation = { tau = 100, strength = 0.3 }, \
        plasticity = { U = 0.3, tau_f = 400, tau_d = 150 }";
    let (cell, table) = match form {
        "conductance" => (
            "f = { kind = \"power\", k = 0.01, n = 2, threshold = -65 }, \
             membrane = { C = \"200 pF\", g_leak = 10, E_leak = -70, background = [{ g = 2, E = 0 }] }",
            "[G]\n\"* <- E\" = 0.3\n\"* <- I\" = 0.4",
        ),
        _ => (
            "tau = 20, h = 5, f = { kind = \"power\", k = 0.04, n = 2 }",
            "[W]\n\"* <- E\" = 0.5\n\"* <- I\" = -0.7",
        ),
    };
    let reversal = |e: &str| if form == "conductance" { format!(", reversal = {e}") } else { String::new() };
    let input = if form == "conductance" { "" } else { "input = \"mV\", " };
    read(&format!(
        "form = \"{form}\"\nunits = {{ {input}rate = \"Hz\" }}\n[populations]\n\
         E = {{ kind = \"excitatory\", size = 2, {cell}, {slow}{} }}\n\
         I = {{ kind = \"inhibitory\", like = \"E\", size = 1, plasticity = {{ tau_d = 60 }}{} }}\n{table}\n\
         [delays]\n\"* <- I\" = 2\n\"E <- I\" = \"3 ms\"",
        reversal("0"),
        reversal("-80"),
    ))
}

#[test]
fn the_jacobian_is_that_of_the_field() {
    for form in ["rate", "voltage", "conductance"] {
        let c = everything(form);
        assert_eq!((c.n(), c.states()), (3, 15));
        let d = CircuitDynamics::at_rest(&c);
        // Away from every fixed point, so that nothing cancels by chance.
        let units: Vec<f64> = match form {
            "rate" => vec![4.0, 9.0, 6.0],
            "voltage" => vec![4.0, 9.0, 6.0],
            _ => vec![-50.0, -55.0, -52.0],
        };
        let mut x = d.complete(&units);
        x.iter_mut().skip(3).enumerate().for_each(|(k, v)| *v *= 0.8 + 0.05 * k as f64);
        let (exact, numeric) = (d.jacobian(0.0, &x), finite_difference_jacobian(&d, 0.0, &x));
        // Central differences: about eps^(2/3) relative, states up to 60.
        let error = exact.sub(&numeric).max_abs() / exact.max_abs();
        assert!(error < 1e-7, "{form}: {error:e}\n{exact:?}\n{numeric:?}");
        let s = CircuitDynamics::settled(&c);
        let (exact, numeric) = (s.jacobian(0.0, &units), finite_difference_jacobian(&s, 0.0, &units));
        let error = exact.sub(&numeric).max_abs() / exact.max_abs();
        assert!(error < 1e-7, "{form}, settled: {error:e}");
        // Eliminating the slow states from the full Jacobian, A_uu - A_us A_ss^-1 A_su, gives the settled one, up
        // to the units' own time constants (which conductances share).
        let full = d.jacobian(0.0, &d.complete(&units));
        let (n, m) = (c.n(), c.states() - c.n());
        let part =
            |i0: usize, j0: usize, r: usize, k: usize| Matrix::from_fn(r, k, |i, j| full[(i0 + i, j0 + j)]);
        let lu = neurate::linalg::Lu::new(&part(n, n, m, m)).unwrap();
        let inner = lu.solve_matrix(&part(n, 0, m, n)).unwrap();
        let reduced = part(0, 0, n, n).sub(&neurate::linalg::matmul(&part(0, n, n, m), &inner));
        let error = reduced.sub(&s.jacobian(0.0, &units)).max_abs() / reduced.max_abs();
        assert!(error < 1e-12, "{form}: {error:e}");
    }
}

#[test]
fn a_complete_state_has_steady_slow_states() {
    for form in ["rate", "voltage", "conductance"] {
        let c = everything(form);
        let d = CircuitDynamics::at_rest(&c);
        let units = if form == "conductance" { vec![-50.0, -55.0, -52.0] } else { vec![4.0, 9.0, 6.0] };
        let x = d.complete(&units);
        let (mut dx, mut scratch) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        d.field(0.0, &x, &mut dx, &mut scratch);
        assert!(dx[3..].iter().all(|v| v.abs() < 1e-14), "{form}: {dx:?}");
        // With slow states steady, the units move as those of the settled circuit.
        let mut settled = vec![0.0; 3];
        CircuitDynamics::settled(&c).field(0.0, &units, &mut settled, &mut [0.0; 3]);
        let near = settled.iter().zip(&dx).all(|(a, b)| (a - b).abs() < 1e-13 * (1.0 + a.abs()));
        assert!(near, "{form}: {settled:?} {dx:?}");
    }
}

fn adapting(w: f64, b: f64, ratio: f64) -> Circuit {
    read(&format!(
        "[populations]\nE = {{ tau = 10, h = 1, adaptation = {{ tau = {}, strength = {b} }} }}\n[W]\n\"E <- E\" = {w}",
        10.0 * ratio
    ))
}

/// Eigenvalues times tau and steady gains from `dynamics_open.json` (NumPy, two by two).
#[test]
fn adaptation_is_that_of_the_reference() {
    for (w, b, ratio, re, im, gain) in [
        (1.5, 1.0, 10.0, 0.19999999999999996, 0.09999999999999998, 2.0),
        (0.8, 2.0, 20.0, -0.12499999999999999, 0.3072051431861127, 0.45454545454545453),
    ] {
        let c = adapting(w, b, ratio);
        let search = fixed_points(&c, &SearchOptions::default()).unwrap();
        let p = &search.points[0];
        assert!((p.rates[0] - gain).abs() < 1e-13, "{}", p.rates[0]);
        let top = p.eigenvalues[0] * 10.0;
        assert!((top.re - re).abs() < 1e-14 && (top.im.abs() - im).abs() < 1e-14, "{top}");
        assert_eq!(p.stability, if re < 0.0 { Stability::Stable } else { Stability::Unstable(2) });
        let l = Linearization::new(&c, p).unwrap();
        let r = response_matrix(&l).unwrap().unwrap();
        assert!((r[(0, 0)] - gain).abs() < 1e-13);
        // 1/(1 + i w tau - w + b/(1 + i w tau_a)).
        let omega = 0.03;
        let expected =
            1.0 / (Complex::new(1.0 - w, omega * 10.0) + b / Complex::new(1.0, omega * 10.0 * ratio));
        let got = frequency_response(&l, omega).unwrap().unwrap()[(0, 0)];
        assert!((got - expected).norm() < 1e-13 * expected.norm(), "{got} {expected}");
        let by_schur = FrequencyResponse::of_populations(&c, &l).unwrap();
        let got = by_schur.at(omega / std::f64::consts::TAU)[(0, 0)];
        assert!((got - expected).norm() < 1e-12 * expected.norm(), "{got} {expected}");
        // Alone, without its own weight, the unit answers with 1/(1 + b).
        assert!((l.alone(0) - 1.0 / (1.0 + b)).abs() < 1e-15);
    }
}

/// White noise into an adapting unit: the two by two Lyapunov equation by hand, `P_rr = q (det + d^2)/(-2 tr det)`
/// for `[[a, b], [c, d]]` driven in its first row; the spectrum is the squared response times the intensity.
#[test]
fn fluctuations_know_of_adaptation() {
    let (w, strength, intensity) = (0.8, 2.0, 3.0);
    let c = adapting(w, strength, 20.0);
    let point = &fixed_points(&c, &SearchOptions::default()).unwrap().points[0];
    let l = Linearization::new(&c, point).unwrap();
    let f = fluctuations(&l, &Noise::private(&[intensity])).unwrap().unwrap();
    let (a, b, low, d) = ((w - 1.0) / 10.0, -strength / 10.0, 1.0 / 200.0, -1.0 / 200.0);
    let (det, trace) = (a * d - b * low, a + d);
    let expected = intensity / 100.0 * (det + d * d) / (-2.0 * trace * det);
    assert_eq!((f.n(), f.covariance.rows()), (1, 1));
    assert!((f.covariance[(0, 0)] / expected - 1.0).abs() < 1e-13, "{} {expected}", f.covariance[(0, 0)]);
    let one = Matrix::identity(1);
    let (frequency, spectra) = (0.004, f.spectra(&one));
    let response = frequency_response(&l, std::f64::consts::TAU * frequency).unwrap().unwrap()[(0, 0)];
    let power = spectra.power(frequency)[0];
    assert!((power / (intensity * response.norm_sqr()) - 1.0).abs() < 1e-12, "{power}");
    // At a lag: the first entry of exp(A t) P, P_ra by the off-diagonal equation.
    let cross = -(intensity / 100.0 + 2.0 * a * expected) / (2.0 * b);
    let lag = 15.0;
    let e = neurate::linalg::expm(&Matrix::from_rows(&[[a * lag, b * lag], [low * lag, d * lag]])).unwrap();
    let later = e[(0, 0)] * expected + e[(0, 1)] * cross;
    assert!((f.at_lag(lag).unwrap()[(0, 0)] / later - 1.0).abs() < 1e-12);
}

/// Slow inhibition oscillates where fast inhibition is stable: E with w, I through synapses of tau_s. The
/// eigenvalues are those of the three by three matrix written out by hand.
#[test]
fn a_synapse_adds_its_own_pole() {
    let (w, g, tau, tau_s) = (2.0, 3.0, 10.0, 40.0);
    let c = read(&format!(
        "[populations]\nE = {{ kind = \"excitatory\", tau = {tau}, h = 1 }}\n\
         I = {{ kind = \"inhibitory\", tau = {tau}, synapse = {{ tau = {tau_s} }} }}\n\
         [W]\n\"* <- E\" = {w}\n\"* <- I\" = {}",
        -g
    ));
    let a = Matrix::from_rows(&[
        [(w - 1.0) / tau, 0.0, -g / tau],
        [w / tau, -1.0 / tau, -g / tau],
        [0.0, 1.0 / tau_s, -1.0 / tau_s],
    ]);
    let p = &fixed_points(&c, &SearchOptions::default()).unwrap().points[0];
    crate::common::same_set(&p.eigenvalues, &eigenvalues(&a).unwrap(), 1e-14, "slow inhibition");
    // Rates do not know of the filter in the steady state: (1 - W)^-1 h.
    assert!((p.rates[0] - (1.0 + g) / (1.0 + g - w)).abs() < 1e-13 && !p.stable(), "{:?}", p.rates);
    // The verdicts ask the same Jacobian: E alone is unstable at (w - 1)/tau.
    let v = verdicts(&c, &Linearization::new(&c, p).unwrap()).unwrap();
    let alone = v.subsets.iter().find(|s| s.populations == [0]).unwrap();
    assert!((alone.abscissa - (w - 1.0) / tau).abs() < 1e-15);
}

/// A unit that drives itself through depressing synapses: the fixed points solve r = w u x r + h by hand, and a
/// long run from each side of the unstable one ends at the others.
#[test]
fn plasticity_moves_fixed_points_and_stability() {
    let (w, u0, tau_d, h) = (12.0, 0.5, 0.2, 0.5);
    let c = read(&format!(
        "units = {{ time = \"s\", input = \"Hz\" }}\n[populations]\nE = {{ kind = \"excitatory\", tau = 0.02, h = {h}, \
         f = \"threshold-linear\", plasticity = {{ U = {u0}, tau_d = {tau_d} }} }}\n[W]\n\"E <- E\" = {w}"
    ));
    // r (1 + a r) = w U r + h (1 + a r), a = U tau_d.
    let a: f64 = u0 * tau_d;
    let (p, q) = ((w * u0 + h * a - 1.0) / a, h / a);
    let expected = 0.5 * (p + (p * p + 4.0 * q).sqrt());
    let search = fixed_points(&c, &SearchOptions::default()).unwrap();
    let stable: Vec<_> = search.points.iter().collect();
    assert_eq!(stable.len(), 1, "{:?}", search.points);
    let point = stable[0];
    assert!((point.rates[0] - expected).abs() < 1e-11 * expected, "{} {expected}", point.rates[0]);
    // The Jacobian by hand.
    let (r, x) = (expected, 1.0 / (1.0 + a * expected));
    let j = Matrix::from_rows(&[
        [(w * u0 * x - 1.0) / 0.02, w * u0 * r / 0.02],
        [-u0 * x, -1.0 / tau_d - u0 * r],
    ]);
    crate::common::same_set(&point.eigenvalues, &eigenvalues(&j).unwrap(), 1e-8, "depression");
    // u x r saturates: its share of the input is below w/tau_d at any drive.
    let l = Linearization::new(&c, point).unwrap();
    let slope = c.populations()[0].slow.plasticity.unwrap().steady_slope(r);
    let response = response_matrix(&l).unwrap().unwrap()[(0, 0)];
    assert!((response * (1.0 - w * slope) - 1.0).abs() < 1e-11);
}

fn inhibitory_loop(w: f64, delay: f64) -> Circuit {
    read(&format!(
        "[populations]\nI = {{ kind = \"inhibitory\", tau = 10 }}\n[W]\n\"I <- I\" = {}\n[delays]\n\"I <- I\" = {delay}\n",
        -w
    ))
}

/// Critical delays and frequencies from `dynamics_open.json` (mpmath): d_c = (pi - atan(w tau))/w.
#[test]
fn a_delayed_loop_begins_to_oscillate_where_theory_says() {
    for (w, critical, hertz) in [
        (1.5, 2.0576512039621826, 17.7940635854294),
        (3.0, 0.675_510_858_856_039_9, 45.0158158078553),
        (10.0, 0.167_938_175_462_350_15, 158.357168929855),
    ] {
        let at = |share: f64| {
            let c = inhibitory_loop(w, 10.0 * critical * share);
            fixed_points(&c, &SearchOptions::default()).unwrap().points.remove(0)
        };
        assert_eq!(at(1.0 - 1e-6).stability, Stability::Stable, "w = {w}");
        assert_eq!(at(1.0 + 1e-6).stability, Stability::Unstable(2), "w = {w}");
        let p = at(1.0 + 1e-9);
        let found = p.eigenvalues[0].im.abs() / std::f64::consts::TAU * 1e3;
        assert!((found / hertz - 1.0).abs() < 1e-8, "w = {w}: {found}");
        assert!(p.eigenvalues[0].re.abs() < 1e-8);
        // Far beyond it two pairs grow, or more: the Nyquist count and the list agree.
        let far = at(12.0);
        let listed = far.eigenvalues.iter().filter(|z| z.re > 0.0).count();
        assert_eq!(far.stability, Stability::Unstable(listed), "w = {w}");
        assert!(listed >= 4);
    }
}

/// The rightmost roots of the scalar equation are branches of Lambert's function: with z = (s + 1/tau) d,
/// z e^z = -w d/tau e^(d/tau).
#[test]
fn roots_solve_the_scalar_equation() {
    let (w, tau, d) = (3.0, 10.0, 5.0);
    let c = inhibitory_loop(w, d);
    let roots = DelayedJacobian::new(&c, &[0.0]).unwrap().roots().unwrap();
    assert_eq!(roots.unstable, Some(0));
    let mut pairs = 0;
    for s in roots.roots.iter().take(8) {
        let z = (s + 1.0 / tau) * d;
        let residual = z * z.exp() + w * d / tau * (d / tau).exp();
        assert!(residual.norm() < 1e-9, "{s}: {residual}");
        pairs += usize::from(s.im > 0.0);
    }
    // Imaginary parts of successive branches lie 2 pi/d apart, to some percent for the first ones.
    assert_eq!(pairs, 4);
    let im: Vec<f64> = roots.roots.iter().take(8).filter(|s| s.im > 0.0).map(|s| s.im * d).collect();
    for pair in im.windows(2) {
        let step: f64 = pair[1] - pair[0];
        assert!((step / std::f64::consts::TAU - 1.0).abs() < 0.1, "{im:?}");
    }
}

#[test]
fn a_delayed_loop_decays_or_grows_in_simulation_as_its_root_says() {
    for share in [0.9, 1.1] {
        let c = inhibitory_loop(3.0, 6.75510858856 * share);
        let root = fixed_points(&c, &SearchOptions::default()).unwrap().points[0].eigenvalues[0];
        let times: Vec<f64> = (0..=4000).map(|k| 0.2 * k as f64).collect();
        let run = simulate(&CircuitDynamics::new(&c), &[1.0], &times, Method::Rk4 { dt: 0.2 }, 1e9).unwrap();
        let x = run.course(0);
        // Zero crossings of the late course, by straight lines; and the growth from one peak to the next.
        let late: Vec<usize> = (2000..4000).filter(|&k| x[k] < 0.0 && x[k + 1] >= 0.0).collect();
        let zero = |k: usize| times[k] - x[k] * 0.2 / (x[k + 1] - x[k]);
        let (first, last) = (late[0], late[late.len() - 1]);
        let period = (zero(last) - zero(first)) / (late.len() - 1) as f64;
        assert!((period * root.im.abs() / std::f64::consts::TAU - 1.0).abs() < 1e-4, "{period} {root}");
        let peak = |from: usize, to: usize| x[from..to].iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let (a, b) = (peak(late[0], late[1]), peak(late[late.len() - 2], late[late.len() - 1]));
        let growth = (b / a).ln() / (zero(late[late.len() - 2]) - zero(first));
        assert!((growth - root.re).abs() < 2e-4 && (growth > 0.0) == (share > 1.0), "{growth} {root}");
    }
}

/// `tau x' = -x - w x(t - d)` from x = 1, by steps with polynomials times exponentials: for t in [0, d] the past
/// is 1, so x = -w + (1 + w) e^-t; in [d, 2d] that is put in and solved again (tau = 1, s = t - d):
/// x = c e^-s + w^2 - w (1 + w) s e^-s, c = x(d) - w^2.
fn by_steps(w: f64, d: f64, t: f64) -> f64 {
    let first = |t: f64| -w + (1.0 + w) * (-t).exp();
    if t <= d {
        return first(t);
    }
    let s = t - d;
    (first(d) - w * w) * (-s).exp() + w * w - w * (1.0 + w) * s * (-s).exp()
}

#[test]
fn integrators_keep_their_order_with_delays() {
    let (w, d) = (3.0, 0.7);
    let c = read(&format!(
        "[populations]\nI = {{ kind = \"inhibitory\", tau = 1 }}\n[W]\n\"I <- I\" = {}\n[delays]\n\"I <- I\" = {d}\n",
        -w
    ));
    let dynamics = CircuitDynamics::new(&c);
    // Steps that do not divide the delay.
    let error = |method: Method| {
        let run = simulate(&dynamics, &[1.0], &[0.0, 0.5, 0.9, 1.35], method, 1e6).unwrap();
        run.times.iter().zip(run.course(0)).map(|(t, x)| (x - by_steps(w, d, *t)).abs()).fold(0.0, f64::max)
    };
    for (steps, order, last) in
        // Nothing here arrives at once, and what arrives in a step is the past of its middle: exponential Euler has order 2.
        [
            (&[0.05, 0.025, 0.0125, 0.00625][..], 4.0, 1e-8),
            (&[0.02, 0.01, 0.005, 0.0025][..], 2.0, 1e-5),
        ]
    {
        let errors: Vec<f64> = steps
            .iter()
            .map(|&dt| error(if order > 2.0 { Method::Rk4 { dt } } else { Method::ExponentialEuler { dt } }))
            .collect();
        for pair in errors.windows(2) {
            let found = (pair[0] / pair[1]).log2();
            // Steps are cut at recorded times and at echoes of the start, so that halving is not exact.
            assert!((found - order).abs() < 0.6, "{errors:?}");
        }
        assert!(errors[3] < last, "{errors:?}");
    }
    let adaptive = Method::Adaptive { rtol: 1e-8, atol: 1e-10 };
    let refused = simulate(&dynamics, &[1.0], &[0.0, 1.0], adaptive, 1e6).unwrap_err();
    assert!(refused.help().is_some_and(|h| h.contains("rk4")), "{refused}");
}

/// A chain: a pulse into A reaches B after the delay. Its corners and jumps come back in B exactly then, and the
/// course is the convolution of two exponentials, in closed form.
#[test]
fn a_jump_comes_back_after_the_delay() {
    let c = read(
        "[populations]\nA = { tau = 10 }\nB = { tau = 20 }\n[W]\ndefault = 0\n\"B <- A\" = 2\n[delays]\n\"B <- A\" = 7.3\n\
         [stimuli]\nkick = { to = \"A\", kind = \"pulse\", at = 3, area = 10 }\n",
    );
    let times: Vec<f64> = (0..=60).map(f64::from).collect();
    let run = simulate(&CircuitDynamics::new(&c), &[0.0, 0.0], &times, Method::Rk4 { dt: 0.5 }, 1e6).unwrap();
    for (t, x) in times.iter().zip(run.course(1)) {
        let s = t - 10.3;
        let expected: f64 =
            if s <= 0.0 { 0.0 } else { 2.0 * 10.0 / (20.0 - 10.0) * ((-s / 20.0).exp() - (-s / 10.0).exp()) };
        // h^4 on scales of 10: 0.05^4 / 120 times the size of 1.
        assert!((x - expected).abs() < 2e-7, "{t}: {x} {expected}");
    }
}

/// Several delays: every pair with its own. One step of the field against the sum written out.
#[test]
fn each_pair_has_its_own_delay() {
    let c = everything("rate");
    let d = CircuitDynamics::at_rest(&c);
    assert_eq!(d.delays(), [2.0, 3.0]);
    let x = d.complete(&[4.0, 9.0, 6.0]);
    let past: Vec<Vec<f64>> = [1.1, 0.7].iter().map(|k| x.iter().map(|v| k * v).collect()).collect();
    let (mut target, mut tau) = (vec![0.0; 15], vec![0.0; 15]);
    d.driven(0.0, &x, Drive { input: &[], past: &past }, &mut target, &mut tau);
    // States: r of E (2), I; then a, u, x, s of E (two each), a, u, x, s of I.
    let s_e = 0.5 * (x[9] + x[10]);
    let f = |x: f64| 0.04 * x.max(0.0).powi(2);
    for i in 0..2 {
        let input = 0.5 * s_e - 0.7 * past[1][14] + 5.0 - 0.3 * x[3 + i];
        assert!((target[i] - f(input)).abs() < 1e-14, "{target:?}");
    }
    let input = 0.5 * s_e - 0.7 * past[0][14] + 5.0 - 0.3 * x[11];
    assert!((target[2] - f(input)).abs() < 1e-14);
    // The same from sparse weights, whose rows are computed alone.
    let mut parts = c.to_parts();
    let dense = parts.weights.to_dense();
    let mut list = neurate::model::Connections::new(3).unwrap();
    parts.weights.for_each(|i, j, w| list.add(i, j, w));
    parts.weights = neurate::model::Weights::from(list.into_sparse().unwrap());
    assert_eq!(parts.weights.to_dense(), dense);
    let sparse = Circuit::new(parts).unwrap();
    let mut again = vec![0.0; 15];
    CircuitDynamics::at_rest(&sparse).driven(
        0.0,
        &x,
        Drive { input: &[], past: &past },
        &mut again,
        &mut tau,
    );
    assert!(again.iter().zip(&target).all(|(a, b)| (a - b).abs() < 1e-14));
}

/// A delay that is nearly nothing is nothing: roots and courses go over into those without.
#[test]
fn short_delays_change_little() {
    let text = |delay: &str| {
        format!(
            "[populations]\nE = {{ kind = \"excitatory\", tau = 20, h = 1 }}\nI = {{ kind = \"inhibitory\", tau = 10 }}\n\
             [W]\n\"* <- E\" = 1.5\n\"* <- I\" = -2\n{delay}"
        )
    };
    let (without, with) = (read(&text("")), read(&text("[delays]\ndefault = 1e-6\n")));
    let point = |c: &Circuit| fixed_points(c, &SearchOptions::default()).unwrap().points.remove(0);
    let (a, b) = (point(&without), point(&with));
    for (x, y) in a.eigenvalues.iter().zip(&b.eigenvalues) {
        assert!((x - y).norm() < 1e-6, "{x} {y}");
    }
    let study = Study::new(with, Choices::default());
    assert!(study.eigenmodes().is_err());
}

#[test]
fn forms_and_parts_that_do_not_fit_are_refused() {
    let c = everything("rate");
    assert_eq!(c.form(), Form::Rate);
    let mut parts = c.to_parts();
    parts.delays = Delays::new(Matrix::from_rows(&[[1.0]])).unwrap();
    assert!(Circuit::new(parts).is_err());
    let mut parts = c.to_parts();
    parts.populations[0].slow.synapse = Some(0.0);
    assert!(Circuit::new(parts).unwrap_err().message().contains("synapse of E"));
    assert!(Delays::new(Matrix::from_rows(&[[f64::NAN]])).is_err());
}
