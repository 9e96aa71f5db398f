//! `linalg`: Schur forms, eigenproblems and reordering at the precision of the machine, on every kind of matrix,
//! from 1 to 200 units (and at 1,000: `cargo test --release -p neurate --test linalg_sizes -- --ignored`).

use neurate_numerics::error::Kind;
use neurate_numerics::linalg::{
    Complex, Matrix, RealSchur, eigen, eigenvalues, matmul, matmul_complex, schur_complex, schur_real, svd,
};

/// A generator that is the same on every machine.
struct Rng(u64);

impl Rng {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(1e-300), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
    fn order(&mut self, n: usize) -> Vec<usize> {
        let mut keys: Vec<(u64, usize)> = (0..n).map(|i| (self.uniform().to_bits(), i)).collect();
        keys.sort_unstable();
        keys.into_iter().map(|k| k.1).collect()
    }
}

/// Name, matrix, and whether its eigenvalues are well apart from a double one (so that any order can be reached).
fn kinds(n: usize) -> Vec<(&'static str, Matrix, bool)> {
    let mut r = Rng(0x1234_5678_9abc_def1);
    let g = 1.0 / (n as f64).sqrt();
    let random = Matrix::from_fn(n, n, |_, _| g * r.normal());
    let dale = Matrix::from_fn(n, n, |_, j| g * r.normal().abs() * if j < 4 * n / 5 { 1.0 } else { -4.2 });
    let circulant: Vec<f64> = (0..n).map(|_| g * r.normal()).collect();
    let chain = |d: &dyn Fn(usize) -> f64| {
        Matrix::from_fn(n, n, |i, j| if i == j { d(i) } else { f64::from(u8::from(j == i + 1)) })
    };
    let q = svd(&random).unwrap().u;
    let turned = |a: Matrix| matmul(&matmul(&q, &a), &q.transpose());
    vec![
        ("symmetric", random.add(&random.transpose()), true),
        ("antisymmetric", random.sub(&random.transpose()), true),
        ("normal", Matrix::from_fn(n, n, |i, j| circulant[(j + n - i) % n]), true),
        ("Dale", dale, true),
        ("Jordan", chain(&|_| 0.4), false),
        ("Jordan, turned", turned(chain(&|_| 0.4)), false),
        ("nearly defective", turned(chain(&|i| 0.4 + 1e-3 * i as f64)), false),
        ("1e-8", random.scale(1e-8), true),
        ("1e8", random.scale(1e8), true),
        ("1e150", random.scale(1e150), true),
        ("random", random, true),
        ("zero", Matrix::zeros(n, n), true),
        ("cyclic shift", Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == (j + 1) % n))), true),
    ]
}

/// As in `linalg_properties.rs`: about four times what was measured, with room for small matrices.
fn allowed(n: usize) -> (f64, f64) {
    let n = n.max(4) as f64;
    (8e-15 * n.sqrt(), 2e-15 * n)
}

/// Squares of entries must not overflow.
fn unscaled(w: &Matrix) -> f64 {
    if w.max_abs() > 1e100 { 1e-150 } else { 1.0 }
}

fn scaled(s: &RealSchur, factor: f64) -> RealSchur {
    RealSchur { q: s.q.clone(), t: s.t.scale(factor) }
}

/// Largest distance of `x[k]` from `y[k]`.
fn apart(x: &[Complex], y: &[Complex]) -> f64 {
    x.iter().zip(y).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
}

fn hold(n: usize) {
    let (residual, orthogonality) = allowed(n);
    for (name, w, any_order) in kinds(n) {
        let name = format!("{name}, {n}");
        let factor = unscaled(&w);
        let (w, size) = (w.scale(1.0), w.scale(factor).frobenius());
        let small = w.scale(factor);
        let s = schur_real(&w).unwrap();
        let plain = scaled(&s, factor);
        assert!(plain.residual(&small) <= residual, "{name}: {:e}", plain.residual(&small));
        assert!(s.orthogonality() <= orthogonality, "{name}: {:e}", s.orthogonality());
        let sum = plain.feedforward_sum_of_squares();

        let c = schur_complex(&small).unwrap();
        assert!(c.residual(&small) <= 2.0 * residual, "{name}: {:e}", c.residual(&small));
        assert!(c.orthogonality() <= 2.0 * orthogonality, "{name}");
        assert!((c.feedforward_sum_of_squares() - sum).abs() <= 1e-13 * n as f64 * size * size, "{name}");

        // Every place of a random order holds the eigenvalue that was asked for.
        let mut r = Rng(0xfeed_5678_9abc_def1 + n as u64);
        let (blocks, values) = (s.blocks(), plain.eigenvalues());
        let order = r.order(blocks.len());
        let mut moved = plain.clone();
        match moved.reorder(&order) {
            Ok(()) => {
                assert!(moved.residual(&small) <= 10.0 * residual, "{name}: {:e}", moved.residual(&small));
                assert!(moved.orthogonality() <= 10.0 * orthogonality, "{name}: {:e}", moved.orthogonality());
                if any_order {
                    let after = moved.feedforward_sum_of_squares();
                    assert!((after - sum).abs() <= 1e-12 * n as f64 * size * size, "{name}: {sum} {after}");
                    let expected: Vec<Complex> = order
                        .iter()
                        .flat_map(|&b| (blocks[b].0..blocks[b].0 + blocks[b].1).map(|i| values[i]))
                        .collect();
                    // Backward error times the condition of the eigenvalues: up to some hundreds here.
                    let d = apart(&moved.eigenvalues(), &expected);
                    assert!(d <= 1e-11 * size, "{name}: {d:e}");
                }
            }
            Err(e) => {
                assert!(!any_order, "{name}: {e}");
                assert_eq!(e.kind(), Kind::NotConverged);
                assert_eq!(moved, plain);
            }
        }
        let mut c = c;
        let (values, order) = (c.eigenvalues(), r.order(n));
        c.reorder(&order).unwrap();
        assert!((0..n).all(|k| c.t[(k, k)] == values[order[k]]), "{name}");
        assert!(c.residual(&small) <= 10.0 * residual, "{name}: {:e}", c.residual(&small));
        assert!(c.orthogonality() <= 10.0 * orthogonality, "{name}: {:e}", c.orthogonality());
        assert!((c.feedforward_sum_of_squares() - sum).abs() <= 1e-12 * n as f64 * size * size, "{name}");

        vectors_hold(&name, &w, factor, any_order);
    }
}

fn vectors_hold(name: &str, w: &Matrix, factor: f64, well_apart: bool) {
    let n = w.rows();
    let (small, size) = (w.scale(factor), w.scale(factor).frobenius());
    let e = eigen(w).unwrap();
    let values: Vec<Complex> = e.values.iter().map(|z| z * factor).collect();
    if well_apart {
        let alone: Vec<Complex> = eigenvalues(w).unwrap().iter().map(|z| z * factor).collect();
        let off = |x: &[Complex], y: &[Complex]| {
            x.iter()
                .map(|a| y.iter().map(|b| (a - b).norm()).fold(f64::INFINITY, f64::min))
                .fold(0.0, f64::max)
        };
        assert!(off(&values, &alone).max(off(&alone, &values)) <= 1e-11 * size, "{name}");
    }
    // W R = R diag(values), column by column to rounding, in defective matrices too.
    let moved = matmul_complex(&small.to_complex(), &e.right);
    for j in 0..n {
        let norm: f64 = (0..n).map(|i| e.right[(i, j)].norm_sqr()).sum();
        assert!((norm - 1.0).abs() < 1e-13, "{name}: {norm}");
        let d: f64 = (0..n).map(|i| (moved[(i, j)] - e.right[(i, j)] * values[j]).norm_sqr()).sum();
        assert!(d.sqrt() <= 1e-14 * (n as f64).sqrt().max(2.0) * size, "{name}: {:e}", d.sqrt() / size);
    }
    let Some(left) = e.left else {
        assert!(!well_apart && e.condition > 1e15, "{name}: {}", e.condition);
        return;
    };
    let product = matmul_complex(&left, &e.right);
    let moved = matmul_complex(&left, &small.to_complex());
    for i in 0..n {
        let length = e.eigenvalue_condition[i];
        for j in 0..n {
            let d = (product[(i, j)] - f64::from(u8::from(i == j))).norm();
            assert!(d <= 1e-14 * n.max(4) as f64 * e.condition, "{name}: {d:e}");
        }
        let d: f64 = (0..n).map(|j| (moved[(i, j)] - values[i] * left[(i, j)]).norm_sqr()).sum();
        // l W - lambda l = l (W R - R Lambda) R^-1: the right vectors' residuals, times both.
        assert!(d.sqrt() <= 1e-14 * n.max(4) as f64 * size * length * e.condition, "{name}: {:e}", d.sqrt());
        assert!(length >= 1.0 - 1e-12 && length <= e.condition * (1.0 + 1e-8), "{name}");
    }
}

#[test]
fn every_kind_at_every_size() {
    for n in [1, 2, 3, 50, 200] {
        hold(n);
    }
}

#[test]
#[ignore = "a minute, optimized"]
fn every_kind_at_a_thousand() {
    hold(1000);
}
