//! Strongly connected components of random matrices: against brute force, and what must hold of them whatever the matrix.

use super::common::{Rng, near, same_set};
use neurate::linalg::{Complex, Matrix, eigenvalues};
use neurate::linear::modes::{Component, amplification, components};
use neurate::prelude::*;

/// A random matrix of this density; units in an order of their own, so that components are no ranges.
fn sparse(rng: &mut Rng, n: usize, density: f64, size: f64) -> Matrix {
    Matrix::from_fn(n, n, |_, _| if rng.uniform() < density { size * rng.normal() } else { 0.0 })
}

/// Who acts on whom, directly or not, by brute force.
fn acts(m: &Matrix) -> Vec<Vec<bool>> {
    let n = m.rows();
    let mut acts: Vec<Vec<bool>> =
        (0..n).map(|i| (0..n).map(|j| i == j || m[(i, j)] != 0.0).collect()).collect();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                acts[i][j] |= acts[i][k] && acts[k][j];
            }
        }
    }
    acts
}

fn permuted(m: &Matrix, order: &[usize]) -> Matrix {
    Matrix::from_fn(m.rows(), m.rows(), |i, j| m[(order[i], order[j])])
}

fn shuffled(rng: &mut Rng, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, (rng.uniform() * (i + 1) as f64) as usize);
    }
    order
}

#[test]
fn components_are_those_of_brute_force() {
    let mut rng = Rng::new(11);
    for case in 0..200 {
        let n = 1 + case % 12;
        let density = rng.between(0.02, 0.35);
        let m = sparse(&mut rng, n, density, 1.0);
        let (found, acts) = (components(&m), acts(&m));
        let mut of = vec![usize::MAX; n];
        for (k, c) in found.iter().enumerate() {
            assert!(c.driven_by.iter().all(|&j| j < k), "senders come first: {found:?}");
            for &i in &c.units {
                assert_eq!(of[i], usize::MAX, "unit {i} is in two components");
                of[i] = k;
            }
        }
        for i in 0..n {
            for j in 0..n {
                assert_eq!(of[i] == of[j], acts[i][j] && acts[j][i], "units {i} and {j} of {m:?}");
                let direct = m[(i, j)] != 0.0 && of[i] != of[j];
                assert!(!direct || found[of[i]].driven_by.contains(&of[j]), "{j} acts on {i} in {m:?}");
            }
        }
    }
}

#[test]
fn eigenvalues_of_components_are_those_of_the_whole() {
    let mut rng = Rng::new(5);
    for case in 0..60 {
        let n = 2 + case % 14;
        let m = sparse(&mut rng, n, 1.2 / n as f64, 0.8);
        // Distinct diagonals: a feedforward chain of equal eigenvalues would lose half the digits in the whole.
        let whole = Matrix::from_fn(n, n, |i, j| m[(i, j)] + if i == j { i as f64 } else { 0.0 });
        let mut parts: Vec<Complex> = Vec::new();
        for c in components(&whole) {
            parts.extend(eigenvalues(&c.block(&whole)).unwrap());
        }
        same_set(&parts, &eigenvalues(&whole).unwrap(), 1e-7, "eigenvalues");
    }
}

#[test]
fn a_component_amplifies_no_more_than_the_circuit() {
    let mut rng = Rng::new(23);
    for case in 0..40 {
        let n = 3 + case % 8;
        let mut a = sparse(&mut rng, n, 1.5 / n as f64, 2.0);
        let abscissa = eigenvalues(&a).unwrap().iter().fold(f64::NEG_INFINITY, |m, z| m.max(z.re));
        for i in 0..n {
            a[(i, i)] -= abscissa.max(0.0) + 0.5;
        }
        let whole = amplification(&a).unwrap().max;
        for c in components(&a) {
            let own = amplification(&c.block(&a)).unwrap().max;
            assert!(own <= whole * (1.0 + 1e-6), "{own} > {whole} in {a:?}");
        }
    }
}

#[test]
fn relabeling_units_relabels_components() {
    let mut rng = Rng::new(3);
    for case in 0..60 {
        let n = 2 + case % 10;
        let m = sparse(&mut rng, n, 0.2, 1.0);
        let order = shuffled(&mut rng, n);
        let mut as_before: Vec<Vec<usize>> = components(&permuted(&m, &order))
            .iter()
            .map(|c: &Component| {
                let mut units: Vec<usize> = c.units.iter().map(|&i| order[i]).collect();
                units.sort_unstable();
                units
            })
            .collect();
        let mut plain: Vec<Vec<usize>> = components(&m).into_iter().map(|c| c.units).collect();
        as_before.sort();
        plain.sort();
        assert_eq!(as_before, plain);
    }
}

/// The verdict on a circuit of linear units of both kinds, with one time constant for each.
fn verdict(w: &Matrix, tau: &[f64]) -> answers::Verdict {
    let names: Vec<String> = (0..tau.len()).map(|i| format!("u{i}")).collect();
    let mut text = "neurate = 1\n[populations]\n".to_string();
    for (name, tau) in names.iter().zip(tau) {
        text += &format!("{name} = {{ tau = {tau:?} }}\n");
    }
    text += "[W]\ndefault = 0\n";
    for i in 0..tau.len() {
        for j in (0..tau.len()).filter(|&j| w[(i, j)] != 0.0) {
            text += &format!("\"u{i} <- u{j}\" = {:?}\n", w[(i, j)]);
        }
    }
    let circuit = file::parse(&text, "random.toml", ".".as_ref(), &[]).and_then(|s| s.build()).unwrap();
    (*Study::new(circuit, Choices::default()).ask::<answers::Verdict>().unwrap()).clone()
}

/// A matrix whose units all act on each other; rows sum up to less than one, so that it is stable with any time constants.
fn connected(rng: &mut Rng, n: usize) -> Matrix {
    let w = rng.matrix(n, 1.0);
    let top = (0..n).map(|i| w.row(i).iter().map(|x| x.abs()).sum::<f64>()).fold(0.0, f64::max);
    Matrix::from_fn(n, n, |i, j| 0.9 * w[(i, j)] / top)
}

fn agree(a: &answers::CircuitComponent, b: &answers::CircuitComponent) {
    assert_eq!(a.kind, b.kind);
    let (x, y) = (a.slowest.as_ref().unwrap(), b.slowest.as_ref().unwrap());
    near(x.tau, y.tau, 1e-9 * x.tau.abs(), "the slowest mode");
    near(x.slowdown, y.slowdown, 1e-9 * x.slowdown.abs(), "its slowing");
    near(x.static_gain, y.static_gain, 1e-8 * x.static_gain, "its gain");
    let (x, y) = (a.amplification.as_ref().unwrap(), b.amplification.as_ref().unwrap());
    near(x.max, y.max, 1e-8 * x.max, "amplification");
    near(a.feedforward_share.unwrap(), b.feedforward_share.unwrap(), 1e-10, "feedforward share");
}

#[test]
fn two_copies_have_equal_verdicts_which_are_that_of_one() {
    let mut rng = Rng::new(41);
    for case in 0..6 {
        let n = 2 + case % 3;
        let w = connected(&mut rng, n);
        let tau: Vec<f64> = (0..n).map(|i| if case < 3 { 20.0 } else { 10.0 + 7.0 * i as f64 }).collect();
        let one = verdict(&w, &tau);
        let copies =
            Matrix::from_fn(2 * n, 2 * n, |i, j| if i / n == j / n { w[(i % n, j % n)] } else { 0.0 });
        let two = verdict(&copies, &[&tau[..], &tau[..]].concat());
        assert_eq!((one.component_count, two.component_count), (1, 2));
        agree(&two.components[0], &two.components[1]);
        agree(&one.components[0], &two.components[0]);
        assert!(two.components.iter().all(|c| c.driven_by.is_empty()));
    }
}

#[test]
fn relabeling_units_permutes_verdicts() {
    let mut rng = Rng::new(77);
    for _ in 0..4 {
        let (a, b) = (connected(&mut rng, 2), connected(&mut rng, 3));
        // The pair drives one unit of the others.
        let w = Matrix::from_fn(5, 5, |i, j| match (i, j) {
            (0..2, 0..2) => a[(i, j)],
            (2.., 2..) => b[(i - 2, j - 2)],
            (3, 1) => 1.5,
            _ => 0.0,
        });
        let tau = [10.0, 12.0, 20.0, 25.0, 30.0];
        let order = shuffled(&mut rng, 5);
        let moved: Vec<f64> = order.iter().map(|&i| tau[i]).collect();
        let (plain, moved) = (verdict(&w, &tau), verdict(&permuted(&w, &order), &moved));
        for (a, b) in plain.components.iter().zip(&moved.components) {
            agree(a, b);
            assert_eq!((a.units.len(), &a.driven_by), (b.units.len(), &b.driven_by));
        }
        assert_eq!(
            (plain.components[1].units.as_slice(), plain.components[1].driven_by.as_slice()),
            (&[2, 3, 4][..], &[1][..])
        );
    }
}
