//! The certified bound of transient amplification, and amplification between inputs and outputs.

use crate::common::Rng;
use crate::common::*;
use neurate::linalg::{Matrix, eigenvalues, expm, matmul, norm2};
use neurate::linear::modes::{BOUND_TOLERANCE, amplification, amplification_between};

fn stable(class: usize, n: usize, seed: u64) -> Matrix {
    let mut r = Rng::new(seed * 131 + class as u64);
    let g = 0.8 / (n as f64).sqrt();
    let w = match class {
        0 => r.matrix(n, g),
        1 => {
            let a = r.matrix(n, g);
            a.add(&a.transpose()).scale(0.5)
        }
        2 => r.rotated(&Matrix::from_fn(n, n, |i, j| match (i / 2 == j / 2, i % 2, j % 2) {
            (true, 0, 1) => 1.0 + i as f64,
            (true, 1, 0) => -(i as f64),
            (true, _, _) => 0.3,
            _ => 0.0,
        })),
        3 => Matrix::from_fn(n, n, |_, j| r.normal().abs() * 4.0 * g * if 2 * j < n { 1.0 } else { -1.1 }),
        4 => Matrix::from_fn(n, n, |i, j| match j.wrapping_sub(i) {
            0 => 0.3 + 1e-9 * i as f64,
            1 => 3.0,
            _ => 0.0,
        }),
        // Feedforward and fast rotation: many local maxima.
        _ => Matrix::from_fn(n, n, |i, j| {
            if i / 2 == j / 2 {
                if i == j { 0.0 } else { 9.0 * if i < j { 1.0 } else { -1.0 } }
            } else if i / 2 < j / 2 {
                r.normal() * 2.0
            } else {
                0.0
            }
        }),
    };
    let right = eigenvalues(&w).unwrap()[0].re;
    w.sub(&Matrix::identity(n).scale(right + 0.3))
}

#[test]
fn no_sample_passes_the_bound_and_the_bound_is_near() {
    for class in 0..6 {
        for n in [1, 2, 3, 6, 10] {
            for (seed, scale) in [(1, 1.0), (2, 1e-8), (3, 1e8)] {
                let a = stable(class, n, seed).scale(scale);
                let what = format!("class {class}, n {n}, seed {seed}");
                let g = amplification(&a).unwrap();
                assert!(
                    g.bound >= g.max && g.bound <= g.max * (1.0 + 1.01 * BOUND_TOLERANCE),
                    "{what} {} {}",
                    g.max,
                    g.bound
                );
                for k in 0..400 {
                    let t = 0.02 / scale * f64::from(k) * (1.0 + 0.01 * f64::from(k));
                    let e = norm2(&expm(&a.scale(t)).unwrap()).unwrap();
                    assert!(e <= g.bound * (1.0 + 1e-12), "{what}: {e} at {t} passes {}", g.bound);
                }
                // Inputs and outputs: all of them is the same; fewer are less.
                let one = Matrix::identity(n);
                let b = amplification_between(&a, &one, &one).unwrap();
                near(b.max / g.max, 1.0, 2e-6, &what);
                let input = Matrix::from_fn(n, 1, |i, _| if i == 0 { 1.0 } else { 0.0 });
                let output = Matrix::from_fn(1, n, |_, j| if 2 * j < n { 1.0 / n as f64 } else { 0.0 });
                let b = amplification_between(&a, &input, &output).unwrap();
                assert!(
                    b.max <= g.bound && b.bound >= b.max && b.bound <= b.max * (1.0 + 1.1e-6),
                    "{what} {} {}",
                    b.max,
                    b.bound
                );
                for k in 0..200 {
                    let t = 0.04 / scale * f64::from(k) * (1.0 + 0.01 * f64::from(k));
                    let e = matmul(&output, &matmul(&expm(&a.scale(t)).unwrap(), &input))[(0, 0)].abs();
                    assert!(e <= b.bound * (1.0 + 1e-12), "{what}: {e} at {t} passes {}", b.bound);
                }
            }
        }
    }
}

#[test]
fn the_bound_holds_the_reference() {
    let data = json("random_open.json");
    for c in items(&data["cases"]) {
        let (name, w) = (text(&c["name"]), case_matrix(c));
        let g = amplification(&jacobian(&w, 1.0)).unwrap();
        let expected = number(&c["max_norm_expAt"]);
        assert!(
            g.bound >= expected * (1.0 - 1e-12) && g.bound <= expected * (1.0 + 1.1e-6),
            "{name} {}",
            g.bound
        );
        // The uniform pulse to E, as the references sample it, never passes amplification from E.
        if let Some(ne) = c["nE"].as_u64() {
            let n = w.rows();
            let e = Matrix::from_fn(n, ne as usize, |i, j| if i == j { 1.0 } else { 0.0 });
            let b = amplification_between(&jacobian(&w, 1.0), &e, &Matrix::identity(n)).unwrap();
            assert!(b.bound <= g.bound && b.max >= 1.0 - 1e-12, "{name}");
            for row in items(&c["uniform_E_pulse_norm"]).iter().map(numbers) {
                assert!(row[1] <= b.bound * (1.0 + 1e-12), "{name}");
            }
            // From E to I is not from I to E.
            let i = Matrix::from_fn(n - ne as usize, n, |i, j| if j == i + ne as usize { 1.0 } else { 0.0 });
            let across = amplification_between(&jacobian(&w, 1.0), &e, &i).unwrap().max;
            let back = amplification_between(&jacobian(&w.transpose(), 1.0), &e, &i).unwrap().max;
            assert!((across - back).abs() > 1e-3, "{name}");
        }
    }
}

/// Above 48 units norms are Lanczos', and bounds come from the trace or from Cholesky factorizations.
#[test]
fn the_bound_holds_where_norms_are_iterated() {
    for class in [0, 2, 3, 5] {
        let n = 60;
        let a = stable(class, n, 7);
        let g = amplification(&a).unwrap();
        let what = format!("class {class}");
        assert!(
            g.bound >= g.max && g.bound <= g.max * (1.0 + 1.01 * BOUND_TOLERANCE),
            "{what} {} {}",
            g.max,
            g.bound
        );
        for k in 0..60 {
            let t = 0.08 * f64::from(k) * (1.0 + 0.02 * f64::from(k));
            let e = norm2(&expm(&a.scale(t)).unwrap()).unwrap();
            assert!(e <= g.bound * (1.0 + 1e-12), "{what}: {e} at {t} passes {}", g.bound);
        }
        // The curve and the maximum are those of plain exponentials.
        for (t, norm) in g.times.iter().zip(&g.norms).step_by(20) {
            near(norm / norm2(&expm(&a.scale(*t)).unwrap()).unwrap(), 1.0, 1e-6, &what);
        }
        let reached = expm(&a.scale(g.time)).unwrap().mul_vec(&g.input);
        for (x, y) in reached.iter().zip(&g.output) {
            near(x / g.max, *y, 1e-9, &what);
        }
    }
}

/// Time constants over six decades, chained: each rate amplifies into the next slower one.
#[test]
fn the_bound_closes_for_stiff_chains() {
    for decades in [2, 4, 6] {
        let n = 2 * decades + 1;
        let rate = |i: usize| 10f64.powf(-0.5 * i as f64);
        let a = Matrix::from_fn(n, n, |i, j| match j.wrapping_sub(i) {
            0 => -rate(i),
            1 => 4.0 * rate(i),
            _ => 0.0,
        });
        let g = amplification(&a).unwrap();
        assert!(
            g.bound >= g.max && g.bound <= g.max * (1.0 + 1.01 * BOUND_TOLERANCE),
            "{decades} {} {}",
            g.max,
            g.bound
        );
        // The same matrix, rotated: no triangle is given. Its entries are rounded, by eps of the fastest rate; that
        // moves the slowest by more, and with it what grows.
        let turned = amplification(&Rng::new(3).rotated(&a)).unwrap();
        let condition = 4.0 * f64::EPSILON * g.max / rate(n - 1);
        near(turned.max / g.max, 1.0, 1e-9 + condition, "rotated");
        for k in 0..300 {
            let t = 1e-2 * 1.06f64.powi(k);
            let e = norm2(&expm(&a.scale(t)).unwrap()).unwrap();
            assert!(e <= g.bound * (1.0 + 1e-11), "{decades}: {e} at {t} passes {}", g.bound);
        }
    }
}

#[test]
fn what_cannot_be_bounded_is_refused() {
    let one = Matrix::identity(2);
    assert!(amplification_between(&one, &one, &one).is_err());
    assert!(amplification_between(&one.scale(-1.0), &Matrix::identity(3), &one).is_err());
    let g = amplification(&one).unwrap();
    assert!(g.bound.is_infinite() && g.max.is_infinite());
}
