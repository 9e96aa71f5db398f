//! The search for fixed points beside brute force: many runs and many Newton starts from random states, by code of this
//! file's own.

use crate::common::{Rng, circuit, power, search};
use crate::files::everyday_circuit;
use neurate::fixed_points::{
    Completeness, Coverage, FixedPoint, Search, SearchOptions, fixed_points, nearest_fixed_point,
};
use neurate::linalg::Matrix;
use neurate::model::transfer::Transfer;
use neurate::model::{Circuit, Form};

fn stable(s: &Search) -> usize {
    s.points.iter().filter(|p| p.stable()).count()
}

fn tanh() -> Transfer {
    Transfer::new("tanh", &[], 1e-3).unwrap()
}

fn matrix(n: usize, w: impl Fn(usize, usize) -> f64) -> Matrix {
    Matrix::from_fn(n, n, w)
}

/// Units that do not act on each other: numbers multiply, and the whole is proved as its parts are.
#[test]
fn parts_multiply() {
    let s = search(&everyday_circuit("01_three_memories.toml"));
    assert_eq!((s.points.len(), stable(&s)), (27, 8));
    assert_eq!(s.coverage.completeness(), Completeness::Proved);
    let five = circuit(
        Form::Rate,
        &matrix(5, |i, j| if i == j { 1.5 } else { 0.0 }),
        &[10.0; 5],
        &[0.0; 5],
        &tanh(),
    );
    let s = search(&five);
    assert_eq!((s.points.len(), stable(&s)), (243, 32));
    assert_eq!(s.coverage.completeness(), Completeness::Proved);
    // Every combination of 0 and ±0.8586 once.
    let root = 0.858_559_636_640_110_4;
    let mut words: Vec<Vec<i32>> =
        s.points.iter().map(|p| p.rates.iter().map(|r| (r / root).round() as i32).collect()).collect();
    for p in &s.points {
        assert!(
            p.rates.iter().all(|r| [0.0, root, -root].iter().any(|v| (r - v).abs() < 1e-12)),
            "{:?}",
            p.rates
        );
    }
    words.sort();
    words.dedup();
    assert_eq!(words.len(), 243);
    // Three groups of 16 units that are alike: each is one bistable unit.
    let groups = |i: usize, j: usize| if i / 16 == j / 16 { 1.5 / 16.0 } else { 0.0 };
    for form in [Form::Rate, Form::Voltage] {
        let flipflop = circuit(form, &matrix(48, groups), &[10.0; 48], &[0.0; 48], &tanh());
        let s = search(&flipflop);
        assert_eq!((s.points.len(), stable(&s)), (27, 8), "{form:?}");
        assert_eq!(s.coverage.completeness(), Completeness::Proved);
        assert!(s.points.iter().all(|p| p.residual < 1e-10));
    }
    // A cascade: each state of the sender shifts the receiver's input. r2 = tanh(1.5 r2 + r1 / 5): brute force.
    let w = Matrix::from_vec(2, 2, vec![1.5, 0.0, 0.2, 1.5]);
    let pair = search(&circuit(Form::Rate, &w, &[10.0; 2], &[0.0; 2], &tanh()));
    let chain = matrix(4, |i, j| match (i, j) {
        _ if i == j => 1.5,
        (1, 0) | (2, 1) | (3, 2) => 0.2,
        _ => 0.0,
    });
    let s = search(&circuit(Form::Rate, &chain, &[10.0; 4], &[0.0; 4], &tanh()));
    assert_eq!(s.coverage.completeness(), Completeness::Proved);
    let zeros = |h: f64| {
        let f = |r: f64| (1.5 * r + h).tanh() - r;
        let grid: Vec<f64> = (0..=4000).map(|k| -1.000_37 + 2.0007 * k as f64 / 4000.0).collect();
        grid.windows(2)
            .filter(|x| (f(x[0]) > 0.0) != (f(x[1]) > 0.0))
            .map(|x| {
                let (mut a, mut b) = (x[0], x[1]);
                for _ in 0..60 {
                    let m = 0.5 * (a + b);
                    if (f(a) > 0.0) == (f(m) > 0.0) { a = m } else { b = m }
                }
                0.5 * (a + b)
            })
            .collect::<Vec<_>>()
    };
    let next = |all: Vec<f64>| all.iter().flat_map(|r| zeros(0.2 * r)).collect::<Vec<_>>();
    let second = next(zeros(0.0));
    assert_eq!(pair.points.len(), second.len());
    assert_eq!(s.points.len(), next(next(second)).len());
}

/// A ring of weakly coupled bistable units: all 3^5 states of the units alone persist, of which 32 are stable. One
/// component, found by symmetries: shifts, mirror images and signs.
#[test]
fn a_ring_has_all_images() {
    let ring = |i: usize, j: usize| match (i + 5 - j) % 5 {
        0 => 2.0,
        1 | 4 => 0.02,
        _ => 0.0,
    };
    let s = search(&circuit(Form::Rate, &matrix(5, ring), &[10.0; 5], &[0.0; 5], &tanh()));
    assert_eq!((s.points.len(), stable(&s)), (243, 32));
    assert!(matches!(s.coverage, Coverage::Sampled { index_sum: Some(1), .. }), "{:?}", s.coverage);
}

#[test]
fn stable_states_with_small_basins() {
    let near =
        |p: &FixedPoint, r: &[f64]| p.stable() && p.rates.iter().zip(r).all(|(a, b)| (a - b).abs() < 1e-3);
    for (name, states) in [
        (
            "search_4pop_stable_missed.toml",
            &[[0.0, 56.819, 37.795], [54.730, 56.426, 52.762], [56.413, 0.0, 37.605]][..],
        ),
        ("sweep_says_one_stable_rounded.toml", &[[57.566, 57.350, 51.581], [57.351, 0.0, 37.875]][..]),
    ] {
        let c = everyday_circuit(name);
        for seed in 1..=20 {
            let s = fixed_points(&c, &SearchOptions::default().seed(seed)).unwrap();
            for r in states {
                assert!(s.points.iter().any(|p| near(p, r)), "{name}, seed {seed}: {r:?}");
            }
        }
        let proved = fixed_points(&c, &SearchOptions::default().prove(true)).unwrap();
        println!("{name}: {} points, {}", proved.points.len(), proved.coverage);
        assert_eq!(stable(&proved), states.len());
    }
}

/// Proofs: what they say is true for circuits whose fixed points are known otherwise.
#[test]
fn proofs_of_three_and_four_populations() {
    let mut proved = 0;
    for k in 0..24u64 {
        let mut rng = Rng::new(7000 + k);
        let n = 3 + k as usize % 2;
        // Weak coupling of bistable units: 3^n points. Contractions: one.
        let strong = k % 4 < 2;
        let w = rng.matrix(n, if strong { 0.02 } else { 0.2 });
        let w = matrix(n, |i, j| w[(i, j)] + if i == j && strong { 2.0 } else { 0.0 });
        let s = fixed_points(
            &circuit(Form::Rate, &w, &vec![10.0; n], &vec![0.0; n], &tanh()),
            &SearchOptions::default().prove(true),
        )
        .unwrap();
        println!("{k}: {} {}", s.points.len(), s.coverage);
        assert_eq!(s.points.len(), if strong { 3usize.pow(n as u32) } else { 1 });
        proved += usize::from(s.coverage.completeness() == Completeness::Proved);
    }
    assert!(proved >= 20, "{proved}");
    // Supralinear: rates are not bounded.
    let mut proved = 0;
    for k in 0..12u64 {
        let mut rng = Rng::new(7100 + k);
        let w = matrix(3, |_, j| if j < 1 { 1.0 } else { -1.5 })
            .data()
            .iter()
            .map(|w| w * rng.uniform())
            .collect();
        let h: Vec<f64> = (0..3).map(|_| rng.between(1.0, 15.0)).collect();
        let c = circuit(Form::Rate, &Matrix::from_vec(3, 3, w), &[10.0; 3], &h, &power(0.04, 2.0));
        let s = fixed_points(&c, &SearchOptions::default().prove(true)).unwrap();
        println!("supralinear {k}: {} {}", s.points.len(), s.coverage);
        proved += usize::from(s.coverage.completeness() == Completeness::Proved);
    }
    assert!(proved >= 6, "{proved}");
}

/// A random circuit of one of the families, by number; and the largest rates at which states are drawn.
fn random_circuit(k: u64) -> (Circuit, (f64, f64)) {
    let mut rng = Rng::new(90_000 + k);
    let n = 3 + rng.between(0.0, 6.0) as usize;
    let tau = |n: usize, rng: &mut Rng| (0..n).map(|_| rng.between(5.0, 20.0)).collect::<Vec<f64>>();
    let of =
        |w: &Matrix, h: &[f64], f: &Transfer, rng: &mut Rng| circuit(Form::Rate, w, &tau(h.len(), rng), h, f);
    let logistic = Transfer::new("logistic", &[], 1e-3).unwrap();
    match k % 7 {
        0 | 1 => {
            // Supralinear, excitation and inhibition.
            let exponent = rng.between(1.0, 3.0);
            let excitatory = n.div_ceil(2);
            let w: Vec<f64> =
                (0..n * n).map(|a| if a % n < excitatory { 1.2 } else { -1.5 } * rng.uniform()).collect();
            let h: Vec<f64> = (0..n).map(|_| rng.between(0.0, 12.0)).collect();
            (of(&Matrix::from_vec(n, n, w), &h, &power(0.05, exponent), &mut rng), (0.0, 100.0))
        }
        2 => {
            let (w, h) = (rng.matrix(n, 1.5), rng.vector(n));
            let h: Vec<f64> = h.iter().map(|h| 0.3 * h).collect();
            (of(&w, &h, &tanh(), &mut rng), (-1.0, 1.0))
        }
        3 => {
            let mut w = rng.matrix(n, 2.5);
            (0..n).for_each(|i| w[(i, i)] += 5.0);
            let h: Vec<f64> =
                (0..n).map(|i| 0.5 * rng.normal() - 0.5 * w.row(i).iter().sum::<f64>()).collect();
            (of(&w, &h, &logistic, &mut rng), (0.0, 1.0))
        }
        4 => {
            // Hopfield: three patterns in 20 units.
            let n = 20;
            let patterns: Vec<Vec<f64>> = (0..3)
                .map(|_| (0..n).map(|_| if rng.uniform() < 0.5 { -1.0 } else { 1.0 }).collect())
                .collect();
            let gain = rng.between(1.5, 3.0);
            let w = matrix(n, |i, j| {
                let sum: f64 = patterns.iter().map(|p| p[i] * p[j]).sum();
                if i == j { 0.0 } else { gain * sum / n as f64 }
            });
            (of(&w, &vec![0.0; n], &tanh(), &mut rng), (-1.0, 1.0))
        }
        5 => {
            // Winner take all, not quite equal.
            let (own, other) = (rng.between(5.0, 9.0), rng.between(3.0, 8.0));
            let w = matrix(n, |i, j| if i == j { own } else { -other });
            let jitter = rng.vector(n);
            let h: Vec<f64> = (0..n).map(|i| -0.3 * own + 0.5 * jitter[i]).collect();
            (of(&w, &h, &logistic, &mut rng), (0.0, 1.0))
        }
        _ => {
            // Flip-flops: bistable units with weak connections.
            let small = rng.matrix(n, 0.1);
            let own = rng.between(1.3, 2.0);
            let w = matrix(n, |i, j| if i == j { own } else { small[(i, j)] });
            let h: Vec<f64> = (0..n).map(|_| 0.05 * rng.normal()).collect();
            (of(&w, &h, &tanh(), &mut rng), (-1.0, 1.0))
        }
    }
}

/// The stable states that so many runs and as many Newton starts from random states lead to.
fn stable_states(c: &Circuit, (lo, hi): (f64, f64), starts: usize, rng: &mut Rng) -> Vec<Vec<f64>> {
    let n = c.n();
    let w = c.dense_weights().unwrap();
    let mut ends: Vec<Vec<f64>> = Vec::new();
    let mut input = vec![0.0; n];
    for k in 0..2 * starts {
        let mut r: Vec<f64> = (0..n).map(|_| rng.between(lo, hi)).collect();
        if k < starts {
            // Euler's exponential method, small steps, for 60 slowest time constants.
            let dt = 1.0;
            for step in 0..1200 {
                let mut moved: f64 = 0.0;
                for i in 0..n {
                    input[i] = c.h()[i] + w.row(i).iter().zip(&r).map(|(w, r)| w * r).sum::<f64>();
                }
                for i in 0..n {
                    let change = (c.populations()[c.population_of(i)].transfer.rate(input[i], 0.0) - r[i])
                        * (1.0 - (-dt / c.tau()[i]).exp());
                    r[i] += change;
                    moved = moved.max(change.abs() / (1.0 + r[i].abs()));
                }
                if step > 20 && moved < 1e-6 || r.iter().any(|r| r.abs() > 1e6) {
                    break;
                }
            }
        }
        if r.iter().all(|r| r.abs() < 1e6) {
            let near = |a: &[f64], tolerance: f64| {
                a.iter().zip(&r).all(|(a, b)| (a - b).abs() < tolerance * (1.0 + b.abs()))
            };
            if k < starts && ends.iter().any(|e| near(e, 1e-4)) {
                continue;
            }
            if let Some(p) = nearest_fixed_point(c, &r).unwrap().filter(FixedPoint::stable) {
                let known = |e: &Vec<f64>| {
                    e.iter().zip(&p.state).all(|(a, b)| (a - b).abs() < 1e-5 * (1.0 + b.abs()))
                };
                if !ends.iter().any(known) {
                    ends.push(p.state.clone());
                }
            }
        }
    }
    ends
}

/// As good as 400 runs and 400 Newton starts: in 99 of 100 circuits at least as many stable states, and where there are
/// fewer, nothing says that the list is complete.
fn beside_brute_force(circuits: std::ops::Range<u64>) {
    let (mut fewer, mut all) = (vec![], 0);
    for k in circuits {
        let (c, range) = random_circuit(k);
        let found = search(&c);
        let expected = stable_states(&c, range, 400, &mut Rng::new(k)).len();
        all += 1;
        if stable(&found) < expected {
            println!(
                "circuit {k} ({} units): {} of {expected} stable; {}",
                c.n(),
                stable(&found),
                found.coverage
            );
            fewer.push(k);
            assert!(!matches!(found.coverage, Coverage::All(_) | Coverage::AllBut(_)), "circuit {k}");
        }
    }
    println!("fewer in {} of {all}: {fewer:?}", fewer.len());
    assert!(fewer.len() * 100 <= all.max(100), "{fewer:?} of {all}");
}

#[test]
fn as_good_as_many_runs_and_starts() {
    beside_brute_force(0..49);
}

#[test]
#[ignore = "takes minutes"]
fn as_good_as_many_runs_and_starts_in_500_circuits() {
    beside_brute_force(0..500);
}
