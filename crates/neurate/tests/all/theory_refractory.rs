//! Wilson and Cowan's equation, `tau dr/dt = -r + (1 - rho r) f(W r + h)`, in every analysis: against the equation itself,
//! written out here, and against what others published.

use crate::common::{Rng, parts, population};
use crate::files::example;
use neurate::dynamics::{CircuitDynamics, DelayedJacobian, Dynamics, finite_difference_jacobian};
use neurate::file;
use neurate::fixed_points::{Coverage, SearchOptions, Stability, fixed_points, nearest_fixed_point};
use neurate::linalg::{Matrix, eigenvalues};
use neurate::linear::Linearization;
use neurate::model::transfer::Transfer;
use neurate::model::{Address, CellKind, Circuit, Form, Parameter};
use neurate::progress::Progress;
use neurate::simulate::{Method, TrialOptions, simulate, time_grid, trials};
use neurate::spec::Spec;
use neurate::sweep::Axis;
use neurate::sweep::ensemble::{Ending, Ensemble, SettleOptions};

fn spec(text: &str) -> Spec {
    file::parse(text, "test.toml", ".".as_ref(), &[]).unwrap_or_else(|e| panic!("{e}"))
}

fn circuit(text: &str) -> Circuit {
    spec(text).build().unwrap_or_else(|e| panic!("{e}"))
}

fn law(kind: &str, given: &[(&str, f64)], rho: f64) -> Transfer {
    Transfer::new(kind, given, 1e-3).and_then(|f| f.with_refractory(rho)).unwrap()
}

/// Laws that rise, of all sorts, with refractory fractions of all sizes, and f by itself.
fn random_law(rng: &mut Rng, k: usize) -> Transfer {
    let rho = [0.0, rng.between(0.002, 0.05), rng.between(0.05, 1.0)][(k / 5) % 3];
    match k % 5 {
        0 => law("power", &[("k", 0.04), ("n", 2.0)], rho),
        1 => law(
            "logistic",
            &[("max", rng.between(1.0, 20.0)), ("width", rng.between(0.5, 3.0)), ("zero", 1.0)],
            0.1 * rho,
        ),
        2 => law(
            "naka-rushton",
            &[("max", 30.0), ("half", rng.between(2.0, 9.0)), ("n", rng.between(1.2, 3.0))],
            rho,
        ),
        3 => law("threshold-linear", &[("gain", rng.between(0.3, 2.0))], rho),
        _ => {
            let f = Transfer::new("linear", &[], 1e-3).unwrap().with_floor(rng.between(-0.5, 0.5));
            f.and_then(|f| f.with_refractory(rho)).unwrap()
        }
    }
}

/// `n` populations of one unit each.
fn random_circuit(rng: &mut Rng, n: usize, k: usize) -> Circuit {
    let populations = (0..n)
        .map(|i| {
            let (tau, h) = (rng.between(5.0, 30.0), rng.between(-3.0, 10.0));
            population(
                ["A", "B", "C", "D"][i],
                CellKind::Unconstrained,
                &[tau],
                &[h],
                random_law(rng, k + 3 * i),
            )
        })
        .collect();
    let w = Matrix::from_fn(n, n, |_, _| rng.between(-1.5, 1.5));
    Circuit::new(parts(Form::Rate, populations, &w)).unwrap()
}

/// The field, from f alone.
fn field(c: &Circuit, r: &[f64]) -> Vec<f64> {
    let w = c.dense_weights().unwrap();
    (0..c.n())
        .map(|i| {
            let f = &c.populations()[c.population_of(i)].transfer;
            let x: f64 = (0..c.n()).map(|j| w[(i, j)] * r[j]).sum::<f64>() + c.h()[i];
            (-r[i] + (1.0 - f.refractory() * r[i]) * f.drive(x, 0.0).rate) / c.tau()[i]
        })
        .collect()
}

#[test]
fn the_field_and_its_jacobian_are_the_equations() {
    let mut rng = Rng::new(21);
    for k in 0..60 {
        let c = random_circuit(&mut rng, 1 + k % 4, k);
        let d = CircuitDynamics::new(&c);
        let r: Vec<f64> = (0..c.n()).map(|_| rng.between(0.0, 1.5)).collect();
        let (mut dx, mut scratch) = (vec![0.0; c.n()], vec![0.0; c.n()]);
        d.field(0.0, &r, &mut dx, &mut scratch);
        for (ours, theirs) in dx.iter().zip(field(&c, &r)) {
            assert!((ours - theirs).abs() < 1e-13 * (1.0 + theirs.abs()), "{ours} {theirs}");
        }
        let (a, b) = (d.jacobian(0.0, &r), finite_difference_jacobian(&d, 0.0, &r));
        assert!(a.sub(&b).max_abs() < 1e-7 * (1.0 + a.max_abs()), "{k}: {a:?} {b:?}");
    }
}

const SLOW: &str = r#"
neurate = 1
seed = 3
[populations]
E = { kind = "excitatory", size = 2, tau = 20, h = 8, refractory = "4 ms", f = { kind = "power", k = 0.3, n = 2 }, adaptation = { tau = 60, strength = 0.3 }, plasticity = { U = 0.3, tau_d = 80 } }
I = { kind = "inhibitory", tau = 10, h = 6, refractory = 0.002, f = { kind = "power", k = 0.3, n = 2 }, synapse = { tau = 5 } }
[W]
"E <- E" = 1.25
"E <- I" = -0.65
"I <- E" = 1.2
"I <- I" = -0.5
"#;

/// With slow states and delays: the parts of the Jacobian add up to that of the field with everything at present.
#[test]
fn slow_states_and_delays_have_their_jacobian() {
    for text in [SLOW.to_string(), SLOW.to_string() + "[delays]\n\"E <- I\" = 2\n"] {
        let c = circuit(&text);
        let d = CircuitDynamics::at_rest(&c);
        assert_eq!(c.populations()[0].transfer.refractory(), 0.004);
        let x = d.complete(&[11.0, 14.0, 9.0]);
        let (a, b) = (d.jacobian(0.0, &x), finite_difference_jacobian(&d, 0.0, &x));
        assert!(a.sub(&b).max_abs() < 1e-7, "{}", a.sub(&b).max_abs());
        let parts = DelayedJacobian::new(&c, &x).unwrap().parts;
        let sum = parts.into_iter().map(|p| p.1).reduce(|s, p| s.add(&p)).unwrap();
        assert!(sum.sub(&a).max_abs() < 1e-13);
    }
    let search = fixed_points(&circuit(SLOW), &SearchOptions::default()).unwrap();
    assert!(!search.points.is_empty());
}

/// Wilson & Cowan's limit cycle: extremes and period by SciPy's DOP853 with tolerances of 1e-10, of the equation with a
/// factor (1 - r).
#[test]
fn wilson_and_cowan_oscillate_as_published() {
    let c = example("wilson-cowan-1972");
    assert!(c.warnings().is_empty());
    assert_eq!(c.equation(), "τ dr/dt = −r + (1 − ρ r) f(W r + h)");
    let d = CircuitDynamics::new(&c);
    let times = time_grid(0.0, 800.0, 80_000);
    let methods = [
        (Method::Adaptive { rtol: 1e-10, atol: 1e-12 }, 2e-5),
        (Method::Stiff { rtol: 1e-9, atol: 1e-11 }, 2e-4),
        (Method::Rk4 { dt: 0.2 }, 2e-4),
        (Method::ExponentialEuler { dt: 0.005 }, 0.02),
    ];
    for (method, tolerance) in methods {
        let run = simulate(&d, &[0.0, 0.0], &times, method, 1e6).unwrap();
        let late = |i: usize| (40_000..=80_000).map(move |t| (t, i));
        let value = |(t, i): (usize, usize)| run.states[(t, i)];
        for (i, low, high) in [(0, 0.1015217, 0.2714876), (1, 0.0214089, 0.1974458)] {
            let (min, max) =
                late(i).map(value).fold((1.0, 0.0), |(a, b): (f64, f64), x| (a.min(x), b.max(x)));
            assert!(
                (min - low).abs() < tolerance && (max - high).abs() < tolerance,
                "{method:?}: {min} {max}"
            );
        }
        let mean = 0.18;
        let crossings: Vec<f64> = (40_000..80_000)
            .filter(|&t| run.states[(t, 0)] < mean && run.states[(t + 1, 0)] >= mean)
            .map(|t| {
                times[t] + 0.01 * (mean - run.states[(t, 0)]) / (run.states[(t + 1, 0)] - run.states[(t, 0)])
            })
            .collect();
        let period = (crossings[crossings.len() - 1] - crossings[0]) / (crossings.len() - 1) as f64;
        assert!((period - 40.0273).abs() < 40.0 * tolerance.max(1e-4), "{method:?}: {period}");
        // No more than all cells fire, and none less than not at all.
        assert!(run.states.data().iter().all(|r| (0.0..=1.0).contains(r)));
    }
    let search = fixed_points(&c, &SearchOptions::default()).unwrap();
    assert!(matches!(search.coverage, Coverage::All(_)), "{:?}", search.coverage);
    assert_eq!(search.points.len(), 1);
    assert!(matches!(search.points[0].stability, Stability::Unstable(2)));
}

/// Fixed points of two populations: all that a dense grid of Newton's method on the equation itself finds, and no other;
/// stable as the eigenvalues of the field's finite differences say.
#[test]
fn fixed_points_are_those_of_brute_force() {
    let mut rng = Rng::new(5);
    let (mut several, mut all) = (0, 0);
    for k in 0..90 {
        let c = random_circuit(&mut rng, 2, k);
        let search = fixed_points(&c, &SearchOptions::default()).unwrap();
        let highest = |p: usize| c.populations()[p].transfer.bound().map_or(60.0, |b| 1.01 * b.min(60.0));
        let mut found: Vec<Vec<f64>> = Vec::new();
        for i in 0..24 {
            for j in 0..24 {
                let start =
                    [highest(0) * (f64::from(i) / 23.0).powi(2), highest(1) * (f64::from(j) / 23.0).powi(2)];
                let Some(r) = newton(&c, start) else { continue };
                let near = |q: &[f64]| q.iter().zip(&r).all(|(a, b)| (a - b).abs() < 1e-6 * (1.0 + a.abs()));
                if !found.iter().any(|q| near(q)) {
                    found.push(r.to_vec());
                }
            }
        }
        for r in &found {
            let near = |p: &&neurate::fixed_points::FixedPoint| {
                p.rates.iter().zip(r).all(|(a, b)| (a - b).abs() < 1e-6 * (1.0 + a.abs()))
            };
            assert!(search.points.iter().any(|p| near(&p)), "{k}: {r:?} is missing");
        }
        if matches!(search.coverage, Coverage::All(_)) {
            all += 1;
        }
        several += usize::from(search.points.len() > 1);
        for p in &search.points {
            assert!(field(&c, &p.rates).iter().all(|v| v.abs() < 1e-8 * (1.0 + p.rates[0].abs())), "{k}");
            let d = CircuitDynamics::at_rest(&c);
            let top = eigenvalues(&finite_difference_jacobian(&d, 0.0, &p.rates)).unwrap()[0].re;
            if top.abs() > 1e-4 && p.at_kink.is_empty() {
                assert_eq!(p.stable(), top < 0.0, "{k}: {top}");
                assert!((top - p.eigenvalues[0].re).abs() < 1e-5 * (1.0 + top.abs()));
            }
        }
    }
    assert!(several > 5 && all > 80, "{several} {all}");
}

/// Newton's method on the field written out above, with differences; None if it does not converge within the range.
fn newton(c: &Circuit, start: [f64; 2]) -> Option<[f64; 2]> {
    let mut r = start;
    for _ in 0..60 {
        let f = field(c, &r);
        let column = |j: usize| {
            let h = 1e-7 * (1.0 + r[j].abs());
            let (mut up, mut down) = (r, r);
            (up[j], down[j]) = (r[j] + h, r[j] - h);
            let (up, down) = (field(c, &up), field(c, &down));
            [0, 1].map(|i| (up[i] - down[i]) / (2.0 * h))
        };
        let [[a, g], [b, e]] = [column(0), column(1)];
        let det = a * e - b * g;
        let step = [(e * f[0] - b * f[1]) / det, (a * f[1] - g * f[0]) / det];
        (r[0], r[1]) = (r[0] - step[0], r[1] - step[1]);
        if !(r[0].abs() < 1e3 && r[1].abs() < 1e3) {
            return None;
        }
        let ready = (0..2).all(|i| 1.0 - c.populations()[i].transfer.refractory() * r[i] > 1e-6);
        if step.iter().all(|s| s.abs() < 1e-12) && ready && field(c, &r).iter().all(|v| v.abs() < 1e-9) {
            return Some(r);
        }
    }
    None
}

/// No start within 0 and 1/rho leaves them, whatever the weights and the method.
#[test]
fn rates_stay_between_nothing_and_all() {
    let mut rng = Rng::new(8);
    for k in 0..40 {
        let rho = rng.between(0.05, 1.0);
        let f = law("power", &[("k", 0.5), ("n", 2.0)], rho);
        let populations = ["A", "B", "C"].map(|name| {
            population(name, CellKind::Unconstrained, &[10.0], &[rng.between(-5.0, 20.0)], f.clone())
        });
        let w = Matrix::from_fn(3, 3, |_, _| rng.between(-8.0, 8.0));
        let c = Circuit::new(parts(Form::Rate, populations.to_vec(), &w)).unwrap();
        let start: Vec<f64> = (0..3).map(|_| rng.between(0.0, 1.0 / rho)).collect();
        let method =
            [Method::ExponentialEuler { dt: 1.0 }, Method::Adaptive { rtol: 1e-8, atol: 1e-10 }][k % 2];
        let run =
            simulate(&CircuitDynamics::new(&c), &start, &time_grid(0.0, 200.0, 400), method, 1e6).unwrap();
        let slack = 1e-7;
        assert!(run.states.data().iter().all(|r| (-slack..=1.0 / rho + slack).contains(r)));
    }
}

/// The linearization: response of the fixed point to its inputs, and the relaxation of each unit.
#[test]
fn the_linearization_is_that_of_the_steady_rate() {
    let c = circuit(
        &SLOW
            .replace(", adaptation = { tau = 60, strength = 0.3 }, plasticity = { U = 0.3, tau_d = 80 }", "")
            .replace(", synapse = { tau = 5 }", ""),
    );
    let point = nearest_fixed_point(&c, &[10.0, 10.0, 10.0]).unwrap().unwrap();
    let l = Linearization::new(&c, &point).unwrap();
    for i in 0..3 {
        let p = &c.populations()[c.population_of(i)];
        let s = p.transfer.drive(point.input[i], 0.0);
        let faster = 1.0 + p.transfer.refractory() * s.rate;
        assert!((l.tau[i] - c.tau()[i] / faster).abs() < 1e-12);
        assert!((l.gains[i] - s.d_mu / (faster * faster)).abs() < 1e-12);
        // r = f/(1 + rho f), and 1 - rho r = 1/(1 + rho f).
        assert!((point.rates[i] - s.rate / faster).abs() < 1e-9);
    }
    let up = c.with(&[(&Parameter::from("I.h".parse::<Address>().unwrap()), c.h()[2] + 1e-5)]).unwrap();
    let moved = nearest_fixed_point(&up, &point.rates).unwrap().unwrap();
    // (1 - M)^-1 G
    let m = Matrix::from_fn(3, 3, |i, j| f64::from(u8::from(i == j)) - l.effective[(i, j)]);
    let solution = neurate::linalg::Lu::new(&m).unwrap().solve(&[0.0, 0.0, l.gains[2]]).unwrap();
    for (i, response) in solution.iter().enumerate() {
        let off = (moved.rates[i] - point.rates[i]) / 1e-5 - response;
        assert!(off.abs() < 1e-4 * response.abs().max(0.1), "{off}");
    }
    // Its own fraction is a parameter like others.
    let rho = Parameter::from("E.refractory".parse::<Address>().unwrap());
    assert_eq!(c.value(&"E.refractory".parse().unwrap()), Some(0.004));
    assert_eq!(
        c.with(&[(&rho.clone().in_unit("ms"), 10.0)]).unwrap().populations()[0].transfer.refractory(),
        0.01
    );
}

/// Many side by side: ensembles in lanes and noisy trials do what each circuit does alone.
#[test]
fn side_by_side_is_as_alone() {
    let text = r#"
neurate = 1
[populations]
E = { kind = "excitatory", tau = 10, refractory = 0.02, f = { kind = "power", k = 0.1, n = 2 }, h = 8 }
I = { kind = "inhibitory", tau = 8, refractory = 0.1, f = { kind = "logistic", max = 40, width = 3, midpoint = 9, zero = true, floor = 0.1 }, h = 6 }
[W]
"E <- E" = 1.1
"E <- I" = -0.9
"I <- E" = 1.2
"I <- I" = -0.4
"#;
    let (spec, mut rng) = (spec(text), Rng::new(12));
    let count = 37;
    let mut axis = |address: &str, from: f64, to: f64| Axis {
        address: address.into(),
        unit: String::new(),
        values: (0..count).map(|_| rng.between(from, to)).collect(),
    };
    let axes = vec![axis("E.refractory", 0.0, 0.1), axis("W.E<-I", -1.5, -0.5), axis("I.f.floor", -0.2, 1.0)];
    let ensemble = Ensemble::new(&spec, &axes).unwrap();
    let ends = ensemble.states_at(30.0, Some(0.25), None, 1).unwrap();
    let settled = ensemble.steady_states(&SettleOptions::default()).unwrap();
    for e in 0..count {
        let c = ensemble.member(e).unwrap();
        let theirs = spec.with(axes.iter().map(|a| a.change(e))).unwrap().build().unwrap();
        assert_eq!(format!("{:?}", c.populations()), format!("{:?}", theirs.populations()));
        let method = Method::ExponentialEuler { dt: 0.25 };
        let run = simulate(&CircuitDynamics::new(&c), &[0.0, 0.0], &[0.0, 30.0], method, 1e6).unwrap();
        let last = run.last().unwrap();
        for i in 0..2 {
            let ours = ends.states[i * count + e];
            assert!((ours - last[i]).abs() < 1e-11 * (1.0 + ours.abs()), "{e}: {ours} {}", last[i]);
        }
        if settled.endings[e] == Ending::Converged {
            let r = [settled.states[e], settled.states[count + e]];
            assert!(field(&c, &r).iter().all(|v| v.abs() < 1e-8));
        }
    }
    let points = ensemble.fixed_points(100, 1).unwrap();
    for e in 0..count {
        let search = fixed_points(&ensemble.member(e).unwrap(), &SearchOptions::default()).unwrap();
        assert_eq!(points.first[e + 1] - points.first[e], search.points.len());
    }
    noisy_trials_are_runs(text);
}

fn noisy_trials_are_runs(text: &str) {
    let c = circuit(
        &(text.to_string()
            + "[noise]\nn = { to = \"*\", kind = \"ou\", sd = 1, time = 5 }\n[delays]\ndefault = 2\n"),
    );
    let d = CircuitDynamics::new(&c).with_noise(4).unwrap();
    let (times, method) = (time_grid(0.0, 20.0, 10), Method::ExponentialEuler { dt: 0.3 });
    let options = TrialOptions::new(40);
    let many = trials(&d, &[1.0, 1.0], &times, method, 1e6, &options, &Progress::default()).unwrap();
    let alone = simulate(&d, &[1.0, 1.0], &times, method, 1e6).unwrap();
    for (a, b) in alone.last().unwrap().iter().zip(many.last.row(0)) {
        assert!((a - b).abs() < 1e-12 * (1.0 + a.abs()), "{a} {b}");
    }
}

/// Wong & Wang's two NMDA variables: five states without a stimulus, of which three are stable; two memories and an
/// unstable middle with one. Values of SciPy's `root` on the published equation.
#[test]
fn wong_and_wang_decide_and_remember() {
    let c = example("wong-wang-2006");
    assert!(c.warnings().is_empty(), "{:?}", c.warnings());
    let states = |c: &Circuit| {
        let mut points = fixed_points(c, &SearchOptions::default()).unwrap().points;
        points.sort_by(|a, b| a.rates[0].total_cmp(&b.rates[0]));
        points.into_iter().map(|p| ([p.rates[0], p.rates[1]], p.stable())).collect::<Vec<_>>()
    };
    let close = |found: &[([f64; 2], bool)], right: &[([f64; 2], bool)]| {
        assert_eq!(found.len(), right.len(), "{found:?}");
        for ((a, stable), (b, right)) in found.iter().zip(right) {
            assert!((a[0] - b[0]).abs() < 2e-6 && (a[1] - b[1]).abs() < 2e-6 && stable == right, "{found:?}");
        }
    };
    close(
        &states(&c),
        &[
            ([0.031891, 0.566987], true),
            ([0.055785, 0.313845], false),
            ([0.102651, 0.102651], true),
            ([0.313845, 0.055785], false),
            ([0.566987, 0.031891], true),
        ],
    );
    // 30 Hz to both: 0.0156 nA
    let h = Parameter::from("h".parse::<Address>().unwrap());
    close(
        &states(&c.with(&[(&h, 0.3255 + 0.0156)]).unwrap()),
        &[([0.051807, 0.658694], true), ([0.424456, 0.424456], false), ([0.658694, 0.051807], true)],
    );
    // The stimulus decides for A, and A remembers.
    let times = [0.0, 500.0, 1500.0, 3000.0];
    let method = Method::Adaptive { rtol: 1e-10, atol: 1e-12 };
    let run = simulate(&CircuitDynamics::new(&c), &[0.102651; 2], &times, method, 1e6).unwrap();
    for (t, right) in [(1, [0.102651, 0.102651]), (2, [0.664788, 0.053203]), (3, [0.567003, 0.031888])] {
        let off = (0..2).map(|i| (run.states[(t, i)] - right[i]).abs()).fold(0.0, f64::max);
        assert!(off < 3e-6, "{t}: {off}");
    }
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let of = |form: &str, population: &str| {
        let text = format!(
            "neurate = 1\nform = \"{form}\"\n[populations]\nE = {{ kind = \"excitatory\", {population} }}\n[W]\ndefault = 0\n\"E <- E\" = 0.1\n"
        );
        file::parse(&text, "test.toml", ".".as_ref(), &[]).and_then(|s| s.build())
    };
    let e = of("voltage", "tau = 10, refractory = 0.1, f = \"logistic\"").unwrap_err();
    assert!(e.message().contains("form = \"rate\"") && e.help().is_some() && e.place().is_some(), "{e}");
    for (population, words) in [
        ("tau = 10, refractory = 0.1, f = \"linear\"", "unbounded below"),
        ("tau = 10, refractory = 1, f = \"tanh\"", "falls to -1"),
        ("tau = 10, refractory = -1, f = \"logistic\"", "refractory is -1"),
        ("tau = 10, refractory = \"2 mV\", f = \"logistic\"", "refractory of E is"),
        ("tau = 10, refractory = 1, f = { kind = \"expression\", formula = \"x\" }", "1 at x ="),
        (
            "sigma = 1, refractory = 0.1, f = { kind = \"lif\", tau_m = 10, threshold = 20, reset = 10 }",
            "no refractory",
        ),
        ("sigma = 1, f = { kind = \"lif\", tau_m = 10, threshold = 20, reset = 10, floor = 1 }", "no floor"),
    ] {
        let e = of("rate", population).unwrap_err();
        assert!(e.message().contains(words) && e.help().is_some() && e.place().is_some(), "{e}");
    }
    assert!(of("rate", "tau = 10, refractory = 0.5, f = \"tanh\"").is_ok());
    assert!(of("rate", "tau = 10, refractory = 0.1, f = { kind = \"linear\", floor = 0 }").is_ok());
    // A time that was meant in milliseconds.
    let c = of("rate", "tau = 10, refractory = 2, f = { kind = \"logistic\", max = 100 }").unwrap();
    assert!(c.warnings()[0].help().unwrap().contains("2 ms"), "{:?}", c.warnings());
    // White noise inside f, and pulses without a duration, have no value there.
    let kick = "neurate = 1\n[populations]\nE = { kind = \"excitatory\", tau = 10, refractory = 0.1, f = { kind = \"linear\", floor = -1 } }\n[W]\n\"E <- E\" = 0.1\n[stimuli]\nk = { to = \"E\", kind = \"pulse\", area = 1 }\n";
    assert!(spec(kick).build().unwrap_err().message().contains("instantaneous"));
}

/// The factor (1 - r) written into an expression: the help offers what means it, which is another model than a constant r.
#[test]
fn a_factor_in_an_expression_is_offered_as_what_it_is() {
    let text = include_str!("../data/everyday/08_refractory_hint.toml");
    let e = spec(text).build().unwrap_err();
    assert!(e.help().unwrap().contains("refractory = 1"), "{e}");
    let right = text.replace("(1 - r)/", "1/").replace(
        "tau = 1, f = { kind = \"expression\"",
        "tau = 1, refractory = 1, f = { kind = \"expression\"",
    );
    let c = circuit(&right);
    let f = |x: f64| 1.0 / (1.0 + (-x).exp());
    // r = (1 - r) f(r)
    let mut r = 0.5;
    (0..200).for_each(|_| r = f(r) / (1.0 + f(r)));
    let points = fixed_points(&c, &SearchOptions::default()).unwrap().points;
    assert!((points[0].rates[0] - r).abs() < 1e-9, "{:?} {r}", points[0].rates);
}
