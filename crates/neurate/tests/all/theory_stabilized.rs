//! THEORY T8: stability-optimized circuits (Hennequin, Vogels & Gerstner 2014).

use crate::common::{items, json, near, number, numbers, reference};
use neurate::linalg::{Lyapunov, Matrix, eigenvalues, schur_real};
use neurate::linear::modes::amplification;
use neurate::linear::response::evoked_energy;
use neurate::model::{CellKind, RandomBlock, Stabilize, random_weights, stabilize};
use neurate::progress::Progress;

/// n/2 excitatory and n/2 inhibitory units, density p, weights `w0/sqrt(n)` and `-gamma w0/sqrt(n)`
/// with the spectral radius R that the reference's recipe gives.
fn random(n: usize, p: f64, radius: f64, gamma: f64, seed: u64) -> Matrix {
    let w0 = (2.0 * radius * radius / (p * (1.0 - p) * (1.0 + gamma * gamma))).sqrt() / (n as f64).sqrt();
    let block = |from: std::ops::Range<usize>, kind, mean| RandomBlock {
        to: 0..n,
        from,
        kind,
        p,
        mean,
        sd: 0.0,
        self_connections: false,
        exact_row_sums: false,
        reciprocity: 0.0,
    };
    let blocks =
        [block(0..n / 2, CellKind::Excitatory, w0), block(n / 2..n, CellKind::Inhibitory, -gamma * w0)];
    let mut w = Matrix::zeros(n, n);
    random_weights(&blocks, seed).unwrap().into_iter().for_each(|(i, j, x)| w[(i, j)] = x);
    w
}

fn optimized(w: &Matrix, options: &Stabilize) -> neurate::model::Stabilized {
    let n = w.rows();
    stabilize(w, &[0..n / 2, n / 2..n], &[false, true], options, &Progress::default()).unwrap()
}

/// What every result must keep: signs, excitation, balance, density, no self-inhibition.
fn keeps_its_promises(before: &Matrix, after: &Matrix, density: f64) {
    let n = before.rows();
    for to in [0..n / 2, n / 2..n] {
        let (mut old, mut new, mut there) = (0.0, 0.0, 0);
        for i in to.clone() {
            for j in 0..n / 2 {
                assert_eq!(before[(i, j)], after[(i, j)], "excitation stays");
            }
            for j in n / 2..n {
                assert!(after[(i, j)] <= 0.0);
                old += before[(i, j)];
                new += after[(i, j)];
                there += usize::from(after[(i, j)] != 0.0);
            }
        }
        near(new / old, 1.0, 1e-12, "the block's mean weight");
        assert!(there as f64 <= density * (to.len() * n / 2) as f64 + 1.0);
    }
    assert!((0..n).all(|i| after[(i, i)] == 0.0));
}

#[test]
fn a_small_network_becomes_stable() {
    for seed in 1..3 {
        let w = random(60, 0.2, 3.0, 3.0, seed);
        let s = optimized(&w, &Stabilize::default());
        assert!(s.before > 1.5 && s.reached && s.after <= 0.2, "{} {}", s.before, s.after);
        near(eigenvalues(&s.weights).unwrap()[0].re, s.after, 1e-9, "abscissa");
        keeps_its_promises(&w, &s.weights, 0.4);
        // Stable, and still strongly non-normal.
        let shifted = s.weights.sub(&Matrix::identity(60));
        assert!(amplification(&shifted).unwrap().max > 1.5);
    }
}

#[test]
fn stops_are_told() {
    let w = random(40, 0.2, 3.0, 3.0, 1);
    let s = optimized(&w, &Stabilize { steps: 3, ..Stabilize::default() });
    assert!(!s.reached && s.steps <= 3 && s.after <= s.before);
    // Stable enough already: nothing happens.
    let s = optimized(&w.scale(0.01), &Stabilize::default());
    assert!(s.reached && s.steps == 0 && s.weights == w.scale(0.01));
    let positive = w.map(f64::abs);
    let groups = [0..20, 20..40];
    let go = Progress::default();
    let options = Stabilize::default();
    assert!(stabilize(&positive, &groups, &[false, true], &options, &go).is_err());
    assert!(stabilize(&w, &groups, &[false, false], &options, &go).is_err());
    let none = Stabilize { density: 0.0, ..options };
    assert!(stabilize(&w, &groups, &[false, true], &none, &go).is_err());
}

fn properties(w: &Matrix) -> (f64, f64, f64, f64, usize, f64) {
    let n = w.rows();
    let a = w.sub(&Matrix::identity(n));
    let e = evoked_energy(&Lyapunov::new(&a).unwrap(), None).unwrap().unwrap();
    // Of a unit alone the energy is 1/2.
    let over: Vec<f64> = e.energies.iter().map(|x| 2.0 * x).collect();
    (
        eigenvalues(w).unwrap()[0].re,
        w.frobenius().powi(2),
        schur_real(w).unwrap().feedforward_sum_of_squares(),
        over[0],
        over.iter().filter(|x| **x > 1.0).count(),
        amplification(&a).unwrap().max,
    )
}

#[test]
fn the_reference_matrix_has_its_properties() {
    let case = &json("random_theory.json")["SOC_hennequin2014_algorithm"];
    let rows: Vec<Vec<f64>> = reference("SOC_W_seed3.csv")
        .lines()
        .map(|l| l.split(',').map(|x| x.parse().unwrap()).collect())
        .collect();
    let w = Matrix::from_rows(&rows);
    let (abscissa, norm, feedforward, energy, above, max) = properties(&w);
    // The file has ten digits.
    near(abscissa, number(&case["final_abscissa"]), 1e-6, "abscissa");
    near(norm, number(&case["frob2_final"]), 1e-4, "norm");
    near(feedforward, number(&case["henrici2_final"]), 1e-4, "feedforward");
    let top = numbers(&case["evoked_energy_top5_normalized_(x0^T Q x0; uncoupled=1)"]);
    near(energy, top[0], 1e-6, "energy");
    assert_eq!(above as f64, number(&case["n_above_1"]));
    near(max, number(&case["max_norm_expAt"]), 1e-6, "amplification");
    assert!(!items(&case["evoked_energy_top5_normalized_(x0^T Q x0; uncoupled=1)"]).is_empty());
    // Its transpose has the same spectrum, and other optimal patterns: energies agree only by chance.
    let turned = evoked_energy(&Lyapunov::new(&w.transpose().sub(&Matrix::identity(200))).unwrap(), None);
    assert!((2.0 * turned.unwrap().unwrap().energies[0] - top[0]).abs() > 1e-3);
}

/// The whole recipe at the reference's size: half a minute optimized, minutes without. `cargo test
/// --release -p neurate --test theory_stabilized -- --ignored`
#[test]
#[ignore = "minutes without optimization"]
fn the_recipe_gives_a_circuit_like_the_reference() {
    let case = &json("random_theory.json")["SOC_hennequin2014_algorithm"];
    let w = random(200, 0.1, 10.0, 3.0, 3);
    let entry = number(&case["w_E_initial"]);
    assert!(w.data().iter().all(|x| *x <= 0.0 || (x - entry).abs() < 1e-12));
    let s = optimized(&w, &Stabilize::default());
    keeps_its_promises(&w, &s.weights, 0.4);
    let (abscissa, norm, feedforward, energy, above, max) = properties(&s.weights);
    println!(
        "{} -> {abscissa} in {} steps; norm {norm}, feedforward {feedforward}, energy {energy}, {above} above 1, max {max}",
        s.before, s.steps
    );
    assert!(s.reached && abscissa <= 0.2 && (8.0..13.0).contains(&s.before));
    assert!((500..1500).contains(&s.steps));
    let near_reference = |x: f64, key: &str, share: f64| {
        let expected = number(&case[key]);
        assert!((x / expected - 1.0).abs() < share, "{key}: {x} against {expected}");
    };
    near_reference(norm, "frob2_final", 0.15);
    near_reference(feedforward, "henrici2_final", 0.25);
    near_reference(above as f64, "n_above_1", 0.15);
    near_reference(max, "max_norm_expAt", 0.35);
    assert!((8.0..30.0).contains(&energy), "{energy}");
}
