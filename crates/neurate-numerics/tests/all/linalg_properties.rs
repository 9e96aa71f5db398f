//! `linalg`: laws on random matrices of every class, and cases with exact answers.

use neurate_numerics::error::Kind;
use neurate_numerics::linalg::{
    CMatrix, Complex, Lu, Mat, Matrix, commutator_norm, condition, eigen, eigenvalues, expm, expm_complex,
    matmul, matmul_complex, norm2, schur_complex, schur_real, singular_values,
    smallest_singular_value_complex, svd, symmetric_eigen,
};
use proptest::prelude::*;

/// A generator that is the same on every machine.
struct Rng(u64);
impl Rng {
    fn new(seed: u64) -> Self {
        Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    fn uniform(&mut self) -> f64 {
        for _ in 0..2 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
        }
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform().max(1e-300), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
    fn orthogonal(&mut self, n: usize) -> Matrix {
        svd(&Matrix::from_fn(n, n, |_, _| self.normal())).unwrap().u
    }
}

fn rotated(r: &mut Rng, a: &Matrix) -> Matrix {
    let q = r.orthogonal(a.rows());
    matmul(&matmul(&q, a), &q.transpose())
}

const CLASSES: usize = 14;

/// A matrix of a class; the second value is the size of its largest Jordan block (1: none).
fn make(class: usize, n: usize, seed: u64) -> (Matrix, usize) {
    let mut r = Rng::new(seed + 1000 * class as u64);
    let g = 1.0 / (n.max(1) as f64).sqrt();
    let random = Matrix::from_fn(n, n, |_, _| g * r.normal());
    let excitatory = n.div_ceil(2);
    let sign = |j: usize| if j < excitatory { 1.0 } else { -1.0 };
    let jordan = |r: &mut Rng| {
        let d = r.normal();
        Matrix::from_fn(n, n, |i, j| match j.wrapping_sub(i) {
            0 => d,
            1 => 1.5,
            _ => 0.0,
        })
    };
    match class {
        0 => (random, 1),
        1 => (random.map(f64::abs).map(|x| x), 1),
        2 => (Matrix::from_fn(n, n, |i, j| random[(i, j)].abs() * sign(j)), 1),
        3 => (random.add(&random.transpose()), 1),
        4 => (random.sub(&random.transpose()), 1),
        5 => {
            let row: Vec<f64> = (0..n).map(|_| r.normal()).collect();
            (Matrix::from_fn(n, n, |i, j| row[(j + n - i) % n]), 1)
        }
        6 => (jordan(&mut r), n.max(1)),
        7 => {
            let j = jordan(&mut r);
            (rotated(&mut r, &j), n.max(1))
        }
        8 => {
            let u = Matrix::from_fn(n, n, |i, j| if j > i { random[(i, j)] } else { 0.0 });
            (rotated(&mut r, &u), n.max(1))
        }
        9 => (Matrix::zeros(n, n), 1),
        10 => (random.scale(1e-8), 1),
        11 => (random.scale(1e8), 1),
        12 => (
            Matrix::from_fn(
                n,
                n,
                |i, j| {
                    if i == 0 { random[(0, j)] } else { f64::from(u8::from(i == j + 1)) }
                },
            ),
            1,
        ),
        // Balanced: every row alike, one eigenvalue w_E - w_I near 0, the rest 0.
        _ => (Matrix::from_fn(n, n, |_, j| sign(j)), 2),
    }
}

/// The residual and orthogonality allowed: measured 1e-15 n^(1/2) and 4e-16 n, a little more than four times
/// that, and twice that again for the residual of many swaps in small matrices.
fn allowed(n: usize) -> (f64, f64) {
    let n = n.max(4) as f64;
    (8e-15 * n.sqrt(), 2e-15 * n)
}

fn real_form_is_right(w: &Matrix, s: &neurate_numerics::linalg::RealSchur, factor: f64) {
    let n = w.rows();
    let (residual, orthogonality) = allowed(n);
    assert!(s.residual(w) <= factor * residual, "{:e}", s.residual(w));
    assert!(s.orthogonality() <= factor * orthogonality, "{:e}", s.orthogonality());
    let mut next = 0;
    for (start, size) in s.blocks() {
        assert_eq!(start, next);
        next = start + size;
        for i in next..n {
            for j in start..next {
                assert_eq!(s.t[(i, j)], 0.0);
            }
        }
        if size == 2 {
            assert_eq!(s.t[(start, start)], s.t[(start + 1, start + 1)]);
            assert!(s.t[(start, start + 1)].signum() != s.t[(start + 1, start)].signum());
        }
    }
    assert_eq!(next, n);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn schur_forms(class in 0..CLASSES, n in 0usize..40, seed in 0u64..1_000_000) {
        let (w, jordan) = make(class, n, seed);
        let s = schur_real(&w).unwrap();
        real_form_is_right(&w, &s, 1.0);
        let c = schur_complex(&w).unwrap();
        let (residual, orthogonality) = allowed(n);
        prop_assert!(c.residual(&w) <= 2.0 * residual);
        prop_assert!(c.orthogonality() <= 2.0 * orthogonality);
        for i in 0..n {
            for j in 0..i {
                prop_assert_eq!(c.t[(i, j)], Complex::new(0.0, 0.0));
            }
        }
        // The same departure from normality in both forms: sums of n^2 squares of rounded
        // entries; and by the eigenvalues, where a Jordan block of m moves them by eps^(1/m).
        let size = w.frobenius().powi(2);
        let real = s.feedforward_sum_of_squares();
        let sum = c.feedforward_sum_of_squares();
        let rounding = 1e-14 * (n as f64 + 1.0) * size;
        prop_assert!((real - sum).abs() <= rounding);
        let henrici = size - s.eigenvalues().iter().map(|z| z.norm_sqr()).sum::<f64>();
        prop_assert!((henrici - sum).abs() <= rounding);
        let exact = match class {
            3..=5 | 9 => Some(0.0),
            6 | 7 => Some(2.25 * (n as f64 - 1.0).max(0.0)),
            8 => Some(size),
            _ => None,
        };
        if let Some(exact) = exact {
            let tolerance = if jordan > 1 {
                size * n as f64 * f64::EPSILON.powf(1.0 / jordan as f64).min(0.5)
            } else {
                rounding
            };
            prop_assert!((sum - exact).abs() <= tolerance, "{} {}", sum, exact);
        }
    }

    #[test]
    fn reordering(class in 0..CLASSES, n in 2usize..16, seed in 0u64..1_000_000) {
        let (w, jordan) = make(class, n, seed);
        let mut r = Rng::new(seed);
        let mut shuffled = |k: usize| {
            let mut order: Vec<(u64, usize)> =
                (0..k).map(|i| ((r.uniform() * 1e9) as u64, i)).collect();
            order.sort_unstable();
            order.into_iter().map(|x| x.1).collect::<Vec<_>>()
        };
        let size = w.frobenius();
        let mut s = schur_real(&w).unwrap();
        let sum = s.feedforward_sum_of_squares();
        let before = s.clone();
        let blocks = s.blocks();
        let order = shuffled(blocks.len());
        match s.reorder(&order) {
            Ok(()) => {
                // Up to n^2 / 2 swaps, each good to a few units of rounding.
                real_form_is_right(&w, &s, 10.0);
                let after = s.feedforward_sum_of_squares();
                let first = before.t[(blocks[order[0]].0, blocks[order[0]].0)];
                if jordan == 1 && class != 12 {
                    prop_assert!((after - sum).abs() <= 1e-11 * size * size);
                    prop_assert!((s.t[(0, 0)] - first).abs() <= 1e-10 * size);
                }
            }
            Err(e) => {
                // Only where eigenvalues nearly coincide may a swap be refused.
                prop_assert!(jordan > 1, "{}", e);
                prop_assert_eq!(e.kind(), Kind::NotConverged);
                prop_assert_eq!(&s, &before);
            }
        }
        let mut c = schur_complex(&w).unwrap();
        let values = c.eigenvalues();
        let order = shuffled(n);
        c.reorder(&order).unwrap();
        // The eigenvalues are carried, not recomputed: exact.
        for (k, &i) in order.iter().enumerate() {
            prop_assert_eq!(c.t[(k, k)], values[i]);
        }
        let (residual, orthogonality) = allowed(n);
        prop_assert!(c.residual(&w) <= 5.0 * residual, "{:e}", c.residual(&w));
        prop_assert!(c.orthogonality() <= 5.0 * orthogonality);
        prop_assert!((c.feedforward_sum_of_squares() - sum).abs() <= 1e-13 * size * size);
        c.fix_phases();
        prop_assert!(c.residual(&w) <= 5.0 * residual);
        for j in 0..n {
            let top = (0..n).map(|i| c.u[(i, j)].norm()).fold(0.0, f64::max);
            let fixed =
                (0..n).any(|i| c.u[(i, j)].im == 0.0 && c.u[(i, j)].re >= top * (1.0 - 1e-9));
            prop_assert!(fixed);
        }
        let mut s = before;
        s.fix_phases();
        real_form_is_right(&w, &s, 1.0);
        prop_assert!((s.feedforward_sum_of_squares() - sum).abs() <= 1e-14 * size * size);
    }

    #[test]
    fn eigenvectors(class in 0..6usize, n in 1usize..30, seed in 0u64..1_000_000) {
        let (w, _) = make(class, n, seed);
        let size = w.frobenius();
        let e = eigen(&w).unwrap();
        prop_assert_eq!(&e.values, &eigenvalues(&w).unwrap());
        let wc = w.to_complex();
        for j in 0..n {
            let v = e.right.col(j);
            let norm: f64 = v.iter().map(|z| z.norm_sqr()).sum();
            prop_assert!((norm - 1.0).abs() < 1e-13);
            for (a, b) in wc.mul_vec(&v).iter().zip(&v) {
                prop_assert!((a - e.values[j] * b).norm() <= 1e-14 * n as f64 * size);
            }
            if e.values[j].im > 0.0 {
                prop_assert_eq!(e.values[j + 1], e.values[j].conj());
            }
            if j > 0 {
                let slack = n as f64 * f64::EPSILON * size;
                prop_assert!(e.values[j].re <= e.values[j - 1].re + slack);
            }
        }
        if let Some(left) = &e.left {
            // Rows times columns without conjugation; the error of an inverse is cond^1 rounding.
            let p = matmul_complex(left, &e.right);
            let lw = matmul_complex(left, &wc);
            for i in 0..n {
                for j in 0..n {
                    let one = f64::from(u8::from(i == j));
                    prop_assert!((p[(i, j)] - one).norm() <= 1e-14 * n as f64 * e.condition);
                    let d = (lw[(i, j)] - e.values[i] * left[(i, j)]).norm();
                    prop_assert!(d <= 1e-13 * n as f64 * size * e.condition.powi(2));
                }
                prop_assert!(e.eigenvalue_condition[i] >= 1.0 - 1e-12);
                prop_assert!(e.eigenvalue_condition[i] <= e.condition * (1.0 + 1e-10));
            }
        }
    }

    #[test]
    fn linear_systems(n in 0usize..30, seed in 0u64..1_000_000) {
        let (a, _) = make(0, n, seed);
        let mut r = Rng::new(seed);
        let x: Vec<f64> = (0..n).map(|_| r.normal()).collect();
        let lu = Lu::new(&a).unwrap();
        let s = singular_values(&a).unwrap();
        let cond = if n == 0 { 1.0 } else { s[0] / s[n - 1] };
        let y = lu.solve(&a.mul_vec(&x)).unwrap();
        for (x, y) in x.iter().zip(&y) {
            prop_assert!((x - y).abs() <= 1e-14 * (n as f64) * cond);
        }
        let product: f64 = s.iter().product();
        prop_assert!((lu.det().abs() - product).abs() <= 1e-12 * product * cond);
        let (sign, log) = lu.sign_log_det();
        prop_assert!((sign * log.exp() - lu.det()).abs() <= 1e-12 * product);
        let values: Complex = eigenvalues(&a).unwrap().iter().product();
        prop_assert!((values.re - lu.det()).abs() <= 1e-12 * product * cond);
        // 1-norm and 2-norm conditions agree to a factor n; the estimate to about 3.
        let rc = lu.reciprocal_condition();
        let n = n.max(1) as f64;
        prop_assert!(rc * cond <= 4.0 * n && rc * cond * n * 1.000_001 >= 1.0, "{} {}", rc, cond);
        prop_assert!((condition(&a.to_complex()).unwrap() / cond - 1.0).abs() < 1e-12 * cond);
    }

    #[test]
    fn exponentials(class in 0..CLASSES, n in 1usize..16, seed in 0u64..1_000_000, t in 0.01f64..4.0) {
        let (w, _) = make(class, n, seed);
        let w = w.scale(if class == 11 { 1e-8 * t } else { t });
        let up = expm(&w).unwrap();
        let down = expm(&w.scale(-1.0)).unwrap();
        let amplification = up.frobenius() * down.frobenius();
        let d = matmul(&up, &down).sub(&Matrix::identity(n)).frobenius();
        // exp(A) is good to rounding times its condition, about |A| + 1 for normal matrices.
        let tolerance = 1e-14 * (1.0 + w.frobenius()) * amplification;
        prop_assert!(d <= tolerance, "{:e} {:e}", d, tolerance);
        // Without the inverse: rounding relative to exp(A) itself.
        let tolerance = tolerance.max(4e-14 * (1.0 + w.frobenius()) * up.frobenius());
        let s = schur_real(&w).unwrap();
        let back = matmul(&matmul(&s.q, &expm(&s.t).unwrap()), &s.q.transpose());
        prop_assert!(back.sub(&up).frobenius() <= tolerance);
        let c = schur_complex(&w).unwrap();
        let e = expm_complex(&c.t).unwrap();
        let back = matmul_complex(&matmul_complex(&c.u, &e), &c.u.adjoint());
        let d: f64 = back.data().iter().zip(up.data()).map(|(a, b)| (a - b).norm_sqr()).sum();
        prop_assert!(d.sqrt() <= tolerance);
        let trace: f64 = (0..n).map(|i| w[(i, i)]).sum();
        let (_, log) = Lu::new(&up).unwrap().sign_log_det();
        prop_assert!((log - trace).abs() <= 1e-13 * amplification * (1.0 + w.frobenius()));
    }

    #[test]
    fn singular_and_symmetric(m in 0usize..20, n in 0usize..20, seed in 0u64..1_000_000) {
        let mut r = Rng::new(seed);
        let a = Matrix::from_fn(m, n, |_, _| r.normal());
        let f = svd(&a).unwrap();
        let k = m.min(n);
        prop_assert_eq!((f.u.cols(), f.s.len(), f.v.cols()), (k, k, k));
        let us = Matrix::from_fn(m, k, |i, j| f.u[(i, j)] * f.s[j]);
        prop_assert!(matmul(&us, &f.v.transpose()).sub(&a).frobenius() <= 1e-13 * (1.0 + a.frobenius()));
        prop_assert!(f.s.windows(2).all(|p| p[0] >= p[1]));
        prop_assert!((norm2(&a).unwrap() - f.s.first().copied().unwrap_or(0.0)).abs() < 1e-12);
        let g = matmul(&a.transpose(), &a);
        let e = symmetric_eigen(&g).unwrap();
        let gv = matmul(&g, &e.vectors);
        for j in 0..n {
            for i in 0..n {
                let d = gv[(i, j)] - e.values[j] * e.vectors[(i, j)];
                prop_assert!(d.abs() <= 1e-13 * (1.0 + g.frobenius()));
            }
            if j < k {
                prop_assert!((e.values[j] - f.s[j] * f.s[j]).abs() <= 1e-12 * (1.0 + g.frobenius()));
            }
        }
    }
}

#[test]
fn larger_matrices_use_the_blocked_iteration() {
    for n in [76, 130, 260] {
        for class in 0..CLASSES {
            let (w, _) = make(class, n, 5);
            let s = schur_real(&w).unwrap();
            real_form_is_right(&w, &s, 1.0);
        }
    }
}

#[test]
fn eigenvalues_known_in_advance() {
    // The cyclic shift of n has the n-th roots of unity; a diagonal its entries.
    let n = 150;
    let shift = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == (j + 1) % n)));
    let found = eigenvalues(&shift).unwrap();
    for k in 0..n {
        let root = Complex::from_polar(1.0, std::f64::consts::TAU * k as f64 / n as f64);
        assert!(found.iter().any(|z| (z - root).norm() < 1e-13));
    }
    let mut r = Rng::new(3);
    let d: Vec<f64> = (0..120).map(|i| 2f64.powi(-i / 10) * (1.0 + i as f64)).collect();
    let w = rotated(&mut r, &Matrix::from_diagonal(&d));
    let mut d = d;
    d.sort_by(|a, b| b.total_cmp(a));
    for (z, d) in eigenvalues(&w).unwrap().iter().zip(d) {
        assert!((z - d).norm() < 1e-13 * 100.0);
    }
}

#[test]
fn balanced_pair_has_no_spurious_eigenvalues() {
    // Nilpotent: a backward error of eps would give eigenvalues of sqrt(eps) = 1e-8.
    for w in [1.0, 4.5, 30.0 / 7.0, 0.1, 1e-8, 1e8, std::f64::consts::PI] {
        let m = Matrix::from_rows(&[[w, -w], [w, -w]]);
        for z in eigenvalues(&m).unwrap() {
            assert!(z.norm() <= 4e-16 * w, "{w} {z}");
        }
        let mut s = schur_real(&m).unwrap();
        assert!((s.feedforward_sum_of_squares() - 4.0 * w * w).abs() <= 1e-15 * 4.0 * w * w);
        s.fix_phases();
        // Sum mode first, fed by the difference mode.
        assert!((s.q[(0, 0)] - s.q[(1, 0)]).abs() < 1e-15);
        assert!((s.t[(0, 1)] - 2.0 * w).abs() < 1e-15 * 2.0 * w);
        let e = eigen(&m).unwrap();
        assert!(e.left.is_none() && e.condition > 1e15);
    }
}

#[test]
fn a_transposed_matrix_changes_the_answer() {
    let w = Matrix::from_rows(&[[0.5, -3.3], [3.0, -3.3]]);
    let e = eigen(&w).unwrap();
    let l = e.left.unwrap();
    let t = eigen(&w.transpose()).unwrap();
    for (z, y) in e.values.iter().zip(&t.values) {
        assert!((z - y).norm() < 1e-14);
    }
    // Left eigenvectors of W are right ones of its transpose, and not right ones of W.
    for i in 0..2 {
        let row: Vec<Complex> = l.row(i).to_vec();
        let wrong = w.to_complex().mul_vec(&row);
        let right = w.transpose().to_complex().mul_vec(&row);
        let off =
            |v: &[Complex]| -> f64 { v.iter().zip(&row).map(|(a, b)| (a - e.values[i] * b).norm()).sum() };
        assert!(off(&right) < 1e-13 && off(&wrong) > 0.1);
    }
}

#[test]
fn exponentials_known_in_advance() {
    let close = |a: &Matrix, b: &Matrix, tolerance: f64| {
        let d = a.sub(b).max_abs();
        assert!(d <= tolerance, "{d:e}");
    };
    close(&expm(&Matrix::zeros(3, 3)).unwrap(), &Matrix::identity(3), 0.0);
    assert_eq!(expm(&Matrix::zeros(0, 0)).unwrap().rows(), 0);
    // A Jordan block: e^d t^k / k!.
    for (d, t) in [(0.4, 1.5), (-3.0, 40.0), (0.0, 1e3), (0.0, 1e-8)] {
        let n = 5;
        let a = Matrix::from_fn(n, n, |i, j| {
            if i == j {
                d
            } else if j == i + 1 {
                t
            } else {
                0.0
            }
        });
        let e = expm(&a).unwrap();
        for i in 0..n {
            let mut term = f64::exp(d);
            for j in i..n {
                // Entry by entry: rounding of a few squarings.
                assert!((e[(i, j)] - term).abs() <= 1e-13 * term, "{d} {t} {i} {j}");
                term *= t / (j - i + 1) as f64;
            }
            for j in 0..i {
                assert_eq!(e[(i, j)], 0.0);
            }
        }
    }
    // The balanced pair: A = -1 + W, W^2 = 0, e^{At} = e^{-t}(1 + tW).
    let (w, t) = (1e3, 0.5);
    let a = Matrix::from_rows(&[[w - 1.0, -w], [w, -w - 1.0]]).scale(t);
    let c = f64::exp(-t);
    let exact = Matrix::from_rows(&[[1.0 + t * w, -t * w], [t * w, 1.0 - t * w]]).scale(c);
    // A relative change eps of A changes exp(A) by about eps (tw)^2 = 6e-11 of its size.
    close(&expm(&a).unwrap(), &exact, 3e-10 * exact.max_abs());
    // A rotation by many turns: rounding of the angle.
    let angle = 100.0;
    let a = Matrix::from_rows(&[[0.0, -angle], [angle, 0.0]]);
    let (s, c) = f64::sin_cos(angle);
    close(&expm(&a).unwrap(), &Matrix::from_rows(&[[c, -s], [s, c]]), 1e-13);
    // Small: 1 + A + A^2 / 2 to the last place.
    let small = Matrix::from_rows(&[[1.0, -2.0], [0.5, 3.0]]).scale(1e-8);
    let second = matmul(&small, &small).scale(0.5);
    let exact = Matrix::identity(2).add(&small).add(&second);
    close(&expm(&small).unwrap(), &exact, 2.3e-16);
    // Huge negative definite: the values of the exponential, then underflow, never NaN.
    let q = Rng::new(9).orthogonal(3);
    let values = [-1.0, -500.0, -1e6];
    let a = matmul(&matmul(&q, &Matrix::from_diagonal(&values)), &q.transpose());
    let a = a.add(&a.transpose()).scale(0.5);
    let exact = Matrix::from_fn(3, 3, |i, j| f64::exp(-1.0) * q[(i, 0)] * q[(j, 0)]);
    // A itself is rounded by 1e-10.
    close(&expm(&a).unwrap(), &exact, 1e-8);
    close(&expm(&Matrix::identity(4).scale(-1e30)).unwrap(), &Matrix::zeros(4, 4), 0.0);
    let dense = Matrix::from_fn(4, 4, |i, j| if i == j { -2e200 } else { 0.5e200 });
    close(&expm(&dense).unwrap(), &Matrix::zeros(4, 4), 0.0);
    let e = expm(&Matrix::from_diagonal(&[1.0, 800.0])).unwrap_err();
    assert_eq!(e.kind(), Kind::Invalid);
    // Complex: exp(i x).
    let z = expm_complex(&CMatrix::from_vec(1, 1, vec![Complex::new(0.0, 2.0)])).unwrap();
    assert!((z[(0, 0)] - Complex::from_polar(1.0, 2.0)).norm() < 1e-15);
}

#[test]
fn small_and_bad_input() {
    for n in 0..2 {
        let w = Matrix::from_fn(n, n, |_, _| 3.5);
        let s = schur_real(&w).unwrap();
        assert_eq!(s.t, w);
        assert_eq!(schur_complex(&w).unwrap().t, w.to_complex());
        assert_eq!(eigen(&w).unwrap().values.len(), n);
        assert_eq!(Lu::new(&w).unwrap().det(), if n == 0 { 1.0 } else { 3.5 });
    }
    let bad = Matrix::from_rows(&[[1.0, f64::NAN], [0.0, 1.0]]);
    let message = schur_real(&bad).unwrap_err().message().to_owned();
    assert!(message.contains("row 0, column 1 is NaN"), "{message}");
    for e in [
        eigen(&bad).unwrap_err(),
        eigenvalues(&bad).unwrap_err(),
        expm(&bad).unwrap_err(),
        Lu::new(&bad).unwrap_err(),
        singular_values(&bad).unwrap_err(),
        symmetric_eigen(&bad).unwrap_err(),
        schur_real(&Matrix::zeros(2, 3)).unwrap_err(),
        symmetric_eigen(&Matrix::from_rows(&[[0.0, 1.0], [2.0, 0.0]])).unwrap_err(),
    ] {
        assert_eq!(e.kind(), Kind::Invalid);
    }
    // Singular is not an error; solving is.
    for m in [Matrix::zeros(3, 3), Matrix::from_rows(&[[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, 1.0]])] {
        let lu = Lu::new(&m).unwrap();
        assert_eq!(lu.solve(&[1.0, 1.0, 1.0]), None);
        assert_eq!((lu.det(), lu.reciprocal_condition()), (0.0, 0.0));
        assert_eq!(lu.sign_log_det(), (0.0, f64::NEG_INFINITY));
    }
    let huge = Lu::new(&Matrix::identity(300).scale(1e10)).unwrap();
    assert_eq!(huge.det(), f64::INFINITY);
    assert!((huge.sign_log_det().1 - 3000.0 * f64::ln(10.0)).abs() < 1e-9);
    let swap = Lu::new(&Matrix::from_rows(&[[0.0, 1.0], [1.0, 0.0]])).unwrap();
    assert_eq!(swap.det(), -1.0);
    let mut s = schur_real(&Matrix::identity(3)).unwrap();
    assert_eq!(s.reorder(&[0, 0, 1]).unwrap_err().kind(), Kind::Invalid);
    assert_eq!(commutator_norm(&Matrix::from_rows(&[[0.0, 1.0], [0.0, 0.0]])), 2f64.sqrt());
    let z = Mat::from_fn(2, 2, |i, j| Complex::new(0.0, if i == j { i as f64 + 1.0 } else { 0.0 }));
    assert!((smallest_singular_value_complex(&z).unwrap() - 1.0).abs() < 1e-15);
    assert!((condition(&z).unwrap() - 2.0).abs() < 1e-15);
    // The extremes of the exponent range.
    for scale in [1e-300, 1e150, 1e300] {
        let w = Matrix::from_rows(&[[1.0, 2.0, 0.5], [-3.0, 1.0, 0.1], [0.2, 0.3, -1.0]]);
        let a = eigenvalues(&w).unwrap();
        for (x, y) in eigenvalues(&w.scale(scale)).unwrap().iter().zip(a) {
            assert!((x / scale - y).norm() < 1e-14);
        }
    }
}
