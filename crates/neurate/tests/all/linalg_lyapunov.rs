//! Lyapunov equations: laws on matrices of every class, exact answers, and singular ones.

use crate::common::{Rng, case_matrix, items, json, near, number, numbers, text};
use neurate::error::Kind;
use neurate::linalg::{Lu, Lyapunov, Matrix, matmul, symmetric_eigen};

/// `A X + X A^T + Q`.
fn left_side(a: &Matrix, x: &Matrix, q: &Matrix) -> Matrix {
    matmul(a, x).add(&matmul(x, &a.transpose())).add(q)
}

/// A random symmetric, positive semidefinite matrix.
fn noise(r: &mut Rng, n: usize) -> Matrix {
    let b = r.matrix(n, 1.0);
    let q = matmul(&b, &b.transpose());
    Matrix::from_fn(n, n, |i, j| 0.5 * (q[(i, j)] + q[(j, i)]))
}

/// The solution by Kronecker products: n^2 equations.
fn by_kronecker(a: &Matrix, q: &Matrix) -> Matrix {
    let n = a.rows();
    let delta = |i: usize, j: usize| f64::from(u8::from(i == j));
    let m = Matrix::from_fn(n * n, n * n, |r, c| {
        let ((i, j), (k, l)) = ((r / n, r % n), (c / n, c % n));
        a[(i, k)] * delta(j, l) + a[(j, l)] * delta(i, k)
    });
    let b: Vec<f64> = q.data().iter().map(|x| -x).collect();
    Matrix::from_vec(n, n, Lu::new(&m).unwrap().solve(&b).unwrap())
}

fn shifted(w: &Matrix, by: f64) -> Matrix {
    Matrix::from_fn(w.rows(), w.cols(), |i, j| w[(i, j)] - if i == j { by } else { 0.0 })
}

/// Matrices of a size: name, matrix (all of them regular).
fn classes(n: usize) -> Vec<(&'static str, Matrix)> {
    let mut r = Rng::new(77 + n as u64);
    let g = 1.0 / (n as f64).sqrt();
    let random = r.matrix(n, g);
    let jordan = |gap: f64| {
        Matrix::from_fn(n, n, |i, j| match j.wrapping_sub(i) {
            0 => -1.0 - gap * i as f64,
            1 => 0.7,
            _ => 0.0,
        })
    };
    let dale = Matrix::from_fn(n, n, |i, j| 2.0 * random[(i, j)].abs() * if j % 5 == 0 { -4.0 } else { 1.0 });
    let mean = dale.data().iter().sum::<f64>() / n as f64;
    vec![
        ("stable", shifted(&random, 1.6)),
        ("slow", shifted(&random.scale(0.5), 1.0)),
        ("dale", shifted(&dale, 3.0 + mean.abs() + dale.frobenius())),
        ("symmetric", shifted(&random.add(&random.transpose()), 3.5)),
        ("rotation", shifted(&random.sub(&random.transpose()).scale(9.0), 0.1)),
        ("unstable", shifted(&random, -2.5)),
        ("indefinite", shifted(&random, 0.3)),
        ("defective", r.rotated(&jordan(0.0))),
        ("nearly defective", r.rotated(&jordan(1e-9))),
        ("triangular", jordan(0.0)),
        ("tiny", shifted(&random, 1.6).scale(1e-8)),
        ("large", shifted(&random, 1.6).scale(1e8)),
        ("extreme", shifted(&random, 1.6).scale(1e200)),
    ]
}

#[test]
fn residuals_of_every_class() {
    for n in [1, 2, 3, 5, 23, 24, 25, 26, 47, 60, 131] {
        for (name, a) in classes(n) {
            let q = noise(&mut Rng::new(n as u64), n);
            let solver = Lyapunov::new(&a).unwrap();
            let scale = 1.0 / a.max_abs();
            for (x, a) in [
                (solver.solve(&q).unwrap(), a.clone()),
                (solver.solve_transposed(&q).unwrap(), a.transpose()),
            ] {
                assert_eq!(x.x, x.x.transpose(), "{name} {n}");
                let bound = 4e-16 * (n as f64).max(8.0).sqrt();
                assert!(x.residual < bound, "{name} {n}: {:.1e}", x.residual);
                // The residual that is returned is that of the equation.
                let (a, y) = (a.scale(scale), x.x.scale(1.0 / scale));
                let size = 2.0 * a.frobenius() * y.frobenius() + q.frobenius();
                assert!(left_side(&a, &y, &q).frobenius() < 2.0 * bound * size, "{name} {n}");
                if n <= 5 {
                    let exact = by_kronecker(&a, &q);
                    let error = exact.sub(&y).frobenius() / exact.frobenius();
                    assert!(error < 1e-9, "{name} {n}: {error:.1e}");
                }
                if solver.stable() {
                    let values = symmetric_eigen(&y).unwrap().values;
                    assert!(values[n - 1] > -1e-14 * values[0], "{name} {n}: {:?}", values[n - 1]);
                }
            }
        }
    }
}

#[test]
fn against_scipy() {
    for case in items(&json("random_open.json")["cases"]) {
        let name = text(&case["name"]);
        let w = case_matrix(case);
        let n = w.rows();
        let solver = Lyapunov::new(&shifted(&w, 1.0)).unwrap();
        assert!(solver.stable(), "{name}");
        let one = Matrix::identity(n);
        let covariance = solver.solve(&one).unwrap().x;
        let energy = solver.solve_transposed(&one).unwrap().x;
        // Found: 6e-15, and 2e-14 of the top eigenvalues.
        let relative = 1e-13;
        let close = |found: f64, expected: f64| near(found, expected, relative * expected.abs(), name);
        let trace: f64 = (0..n).map(|i| covariance[(i, i)]).sum();
        close(trace, number(&case["noise_cov_trace_unit_intensity"]));
        close(trace / (0.5 * n as f64), number(&case["noise_trace_ratio_to_uncoupled"]));
        let top = |x: &Matrix| symmetric_eigen(x).unwrap().values[0];
        close(top(&energy), number(&case["observability_gramian_top_eig"]));
        close(top(&covariance), number(&case["controllability_gramian_top_eig"]));
        if let Some(diagonal) = case.get("noise_cov_diag") {
            for (i, x) in numbers(diagonal).into_iter().enumerate() {
                close(covariance[(i, i)], x);
            }
        }
    }
}

#[test]
fn exact_answers() {
    // -2 x + 2 x .. : a single unit, variance q / (2 k).
    let one = Lyapunov::new(&Matrix::from_rows(&[[-4.0]])).unwrap();
    assert_eq!(one.solve(&Matrix::from_rows(&[[2.0]])).unwrap().x[(0, 0)], 0.25);
    // A damped oscillator x'' = -x - 2 d x' + noise of unit intensity: both variances are 1 / (4 d).
    let d = 0.125;
    let oscillator = Lyapunov::new(&Matrix::from_rows(&[[0.0, 1.0], [-1.0, -2.0 * d]])).unwrap();
    let x = oscillator.solve(&Matrix::from_rows(&[[0.0, 0.0], [0.0, 1.0]])).unwrap().x;
    assert!(x.sub(&Matrix::identity(2).scale(2.0)).max_abs() < 1e-14);
    let empty = Lyapunov::new(&Matrix::zeros(0, 0)).unwrap();
    assert_eq!(empty.solve(&Matrix::zeros(0, 0)).unwrap().x.rows(), 0);
}

#[test]
fn singular_and_malformed() {
    let one = Matrix::identity(2);
    for (a, pair) in [
        (Matrix::from_rows(&[[1.0, 3.0], [0.0, -1.0]]), "1.0000e0"),
        (Matrix::from_rows(&[[0.0, 2.0], [-2.0, 0.0]]), "2.0000e0"),
        (Matrix::from_rows(&[[0.0, 0.0], [0.0, -1.0]]), "0.0000e0"),
    ] {
        let solver = Lyapunov::new(&a).unwrap();
        assert!(!solver.stable());
        let e = solver.solve(&one).unwrap_err();
        assert_eq!(e.kind(), Kind::Invalid);
        assert!(e.message().contains(pair) && e.message().contains("add up to zero"), "{e}");
    }
    let solver = Lyapunov::new(&one.scale(-1.0)).unwrap();
    for q in [
        Matrix::identity(3),
        Matrix::from_rows(&[[1.0, 0.5], [0.0, 1.0]]),
        Matrix::from_rows(&[[f64::NAN, 0.0], [0.0, 1.0]]),
    ] {
        assert_eq!(solver.solve(&q).unwrap_err().kind(), Kind::Invalid);
    }
    assert!(Lyapunov::new(&Matrix::zeros(2, 3)).is_err());
}
