//! Eigenvalues of a product of many matrices, without the product: the periodic QR algorithm (Bojanczyk, Golub & Van Dooren
//! 1992). A product of a hundred matrices loses the eigenvalues of all but the largest modulus; here each keeps its digits.

use super::matrix::{Complex, Matrix};

/// Sweeps for each eigenvalue before the algorithm is given up.
const MAX_SWEEPS: usize = 60;

/// An eigenvalue of a product, whose modulus may be too large or too small for a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProductEigenvalue {
    /// The natural logarithm of its modulus; negative infinity for 0.
    pub log_modulus: f64,
    /// Its angle in the complex plane, from -pi to pi.
    pub angle: f64,
}

impl ProductEigenvalue {
    /// As a number, as far as numbers reach.
    pub fn value(self) -> Complex {
        let modulus = self.log_modulus.min(690.0).exp();
        if self.angle == 0.0 {
            return Complex::new(modulus, 0.0);
        }
        if self.angle.abs() == std::f64::consts::PI {
            return Complex::new(-modulus, 0.0);
        }
        Complex::new(modulus * self.angle.cos(), modulus * self.angle.sin())
    }
}

/// The eigenvalues of `factors[K - 1] ... factors[1] factors[0]`, largest modulus first; complex ones in conjugate pairs. None
/// if a number is not finite, or the algorithm does not converge.
///
/// Panics if there is no factor, or if they are not square and of one size.
#[must_use]
pub fn product_eigenvalues(factors: &[Matrix]) -> Option<Vec<ProductEigenvalue>> {
    let n = factors[0].rows();
    assert!(factors.iter().all(|f| f.rows() == n && f.cols() == n), "square factors of one size");
    if !factors.iter().all(Matrix::is_finite) {
        return None;
    }
    let (triangular, last) = hessenberg(factors);
    let mut form =
        Form { n, triangular: triangular.iter().map(|t| complex(t)).collect(), last: complex(&last) };
    form.iterate()?;
    let mut all: Vec<ProductEigenvalue> = (0..n).map(|i| form.eigenvalue(i)).collect();
    pair(&mut all);
    all.sort_by(|a, b| b.log_modulus.total_cmp(&a.log_modulus).then(b.angle.total_cmp(&a.angle)));
    Some(all)
}

fn complex(a: &[f64]) -> Vec<Complex> {
    a.iter().map(|&x| Complex::new(x, 0.0)).collect()
}

/// Factors as upper triangular matrices and a last one in Hessenberg form, by orthogonal changes of every basis.
fn hessenberg(factors: &[Matrix]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let n = factors[0].rows();
    let (last, others) = factors.split_last().expect("there is a factor");
    let mut basis = Matrix::identity(n);
    let mut triangular = Vec::with_capacity(others.len());
    for a in others {
        let (q, r) = householder(multiply(a, &basis));
        triangular.push(r);
        basis = q;
    }
    let mut f = multiply(last, &basis);
    for column in 0..n.saturating_sub(2) {
        for row in (column + 2..n).rev() {
            let i = row - 1;
            let (c, s) = plane(f[i * n + column], f[row * n + column]);
            rotate_rows(&mut f, n, i, (c, s));
            f[row * n + column] = 0.0;
            let (mut c, mut s) = (c, s);
            for t in &mut triangular {
                rotate_columns(t, n, i, (c, s));
                (c, s) = plane(t[i * n + i], t[row * n + i]);
                rotate_rows(t, n, i, (c, s));
                t[row * n + i] = 0.0;
            }
            rotate_columns(&mut f, n, i, (c, s));
        }
    }
    (triangular, f)
}

fn multiply(a: &Matrix, b: &Matrix) -> Vec<f64> {
    let n = a.rows();
    let mut c = vec![0.0; n * n];
    for i in 0..n {
        for k in 0..n {
            let factor = a[(i, k)];
            for j in 0..n {
                c[i * n + j] += factor * b[(k, j)];
            }
        }
    }
    c
}

/// `a = q r`, q orthogonal, r upper triangular.
fn householder(mut a: Vec<f64>) -> (Matrix, Vec<f64>) {
    let n = (a.len() as f64).sqrt().round() as usize;
    let mut q = Matrix::identity(n);
    for k in 0..n.saturating_sub(1) {
        let length = (k..n).map(|i| a[i * n + k] * a[i * n + k]).sum::<f64>().sqrt();
        if length == 0.0 {
            continue;
        }
        let mut v: Vec<f64> = (k..n).map(|i| a[i * n + k]).collect();
        v[0] += length.copysign(v[0]);
        let norm2 = v.iter().map(|x| x * x).sum::<f64>();
        for j in k..n {
            let along = 2.0 * (k..n).map(|i| v[i - k] * a[i * n + j]).sum::<f64>() / norm2;
            (k..n).for_each(|i| a[i * n + j] -= along * v[i - k]);
        }
        (k + 1..n).for_each(|i| a[i * n + k] = 0.0);
        for i in 0..n {
            let along = 2.0 * (k..n).map(|j| v[j - k] * q[(i, j)]).sum::<f64>() / norm2;
            (k..n).for_each(|j| q[(i, j)] -= along * v[j - k]);
        }
    }
    (q, a)
}

/// The rotation `[c s; -s c]` that takes `(x, y)` to `(r, 0)`.
fn plane(x: f64, y: f64) -> (f64, f64) {
    let r = x.hypot(y);
    if r == 0.0 { (1.0, 0.0) } else { (x / r, y / r) }
}

fn rotate_rows(a: &mut [f64], n: usize, i: usize, (c, s): (f64, f64)) {
    for j in 0..n {
        let (x, y) = (a[i * n + j], a[(i + 1) * n + j]);
        a[i * n + j] = c * x + s * y;
        a[(i + 1) * n + j] = c * y - s * x;
    }
}

/// From the right by the transposed rotation.
fn rotate_columns(a: &mut [f64], n: usize, i: usize, (c, s): (f64, f64)) {
    for row in a.chunks_exact_mut(n) {
        let (x, y) = (row[i], row[i + 1]);
        row[i] = c * x + s * y;
        row[i + 1] = c * y - s * x;
    }
}

/// A number as mantissa and binary exponent.
#[derive(Clone, Copy)]
struct Large {
    mantissa: Complex,
    exponent: i32,
}

impl Large {
    const ONE: Large = Large { mantissa: Complex::new(1.0, 0.0), exponent: 0 };
    fn times(self, by: Complex) -> Large {
        let product = self.mantissa * by;
        let size = product.re.abs().max(product.im.abs());
        if size == 0.0 || !size.is_finite() {
            return Large { mantissa: product, exponent: self.exponent };
        }
        let shift = exponent_of(size);
        Large { mantissa: product * two_to(-shift), exponent: self.exponent.saturating_add(shift) }
    }
}

fn exponent_of(x: f64) -> i32 {
    x.log2().floor() as i32
}

fn two_to(e: i32) -> f64 {
    2f64.powi(e)
}

/// The unitary rotation `[c s; -s* c]` that takes `(x, y)` to `(r, 0)`.
fn unitary(x: Complex, y: Complex) -> (f64, Complex) {
    let (a, b) = (x.norm(), y.norm());
    let r = a.hypot(b);
    if b == 0.0 || r == 0.0 {
        return (1.0, Complex::new(0.0, 0.0));
    }
    if a == 0.0 {
        return (0.0, y.conj() / b);
    }
    (a / r, (x / a) * y.conj() / r)
}

/// The factors in complex triangular form, and the last one between Hessenberg and triangular form.
struct Form {
    n: usize,
    triangular: Vec<Vec<Complex>>,
    last: Vec<Complex>,
}

impl Form {
    fn eigenvalue(&self, i: usize) -> ProductEigenvalue {
        let at = i * self.n + i;
        let all = || self.triangular.iter().chain([&self.last]).map(|t| t[at]);
        let log_modulus = all().map(|d| d.norm().ln()).sum();
        let turn = all().filter(|d| d.norm() > 0.0).fold(Large::ONE, |p, d| p.times(d)).mantissa;
        ProductEigenvalue { log_modulus, angle: turn.im.atan2(turn.re) }
    }

    /// Divides until the last factor is triangular, too.
    fn iterate(&mut self) -> Option<()> {
        let n = self.n;
        let size = self.last.iter().fold(0.0, |m: f64, x| m.max(x.norm()));
        let mut hi = n.saturating_sub(1);
        let mut sweeps = 0;
        while hi > 0 {
            let mut lo = hi;
            while lo > 0 {
                let below = self.last[lo * n + lo - 1].norm();
                let beside = self.last[lo * n + lo].norm() + self.last[(lo - 1) * n + lo - 1].norm();
                let scale = if beside > 0.0 { beside } else { size };
                if below <= f64::EPSILON * scale {
                    self.last[lo * n + lo - 1] = Complex::new(0.0, 0.0);
                    break;
                }
                lo -= 1;
            }
            if lo == hi {
                (hi, sweeps) = (hi - 1, 0);
                continue;
            }
            if sweeps == MAX_SWEEPS {
                return None;
            }
            sweeps += 1;
            self.sweep(lo, hi, sweeps);
        }
        Some(())
    }

    /// One implicit step with a shift, in the window from `lo` to `hi`.
    fn sweep(&mut self, lo: usize, hi: usize, count: usize) {
        let n = self.n;
        let shift = self.shift(lo, hi, count);
        let first = self.triangular.iter().fold(Large::ONE, |p, t| p.times(t[lo * n + lo]));
        // Both with one exponent; what is too small is none.
        let common = first.exponent.max(shift.exponent);
        let scaled = |l: Large| l.mantissa * two_to((l.exponent - common).max(-1000));
        let x = self.last[lo * n + lo] * scaled(first) - scaled(shift);
        let y = self.last[(lo + 1) * n + lo] * scaled(first);
        self.turn(lo, unitary(x, y));
        for i in lo + 1..hi {
            let (x, y) = (self.last[i * n + i - 1], self.last[(i + 1) * n + i - 1]);
            self.turn(i, unitary(x, y));
            self.last[(i + 1) * n + i - 1] = Complex::new(0.0, 0.0);
        }
    }

    /// A rotation of the first basis in the plane of `i` and `i + 1`, passed through all factors.
    fn turn(&mut self, i: usize, rotation: (f64, Complex)) {
        let n = self.n;
        unitary_rows(&mut self.last, n, i, rotation);
        let mut rotation = rotation;
        for t in &mut self.triangular {
            unitary_columns(t, n, i, rotation);
            rotation = unitary(t[i * n + i], t[(i + 1) * n + i]);
            unitary_rows(t, n, i, rotation);
            t[(i + 1) * n + i] = Complex::new(0.0, 0.0);
        }
        unitary_columns(&mut self.last, n, i, rotation);
    }

    /// The eigenvalue of the last 2 x 2 block of the product that is nearer to its corner.
    fn shift(&self, lo: usize, hi: usize, count: usize) -> Large {
        let (n, top) = (self.n, hi.saturating_sub(2).max(lo));
        let width = hi - top + 1;
        let mut p = vec![Complex::new(0.0, 0.0); width * width];
        (0..width).for_each(|i| p[i * width + i] = Complex::new(1.0, 0.0));
        let mut exponent = 0;
        for t in &self.triangular {
            // t p, both triangular: rows from the top need only what is below.
            for i in 0..width {
                for j in i..width {
                    p[i * width + j] = (i..=j).map(|k| t[(top + i) * n + top + k] * p[k * width + j]).sum();
                }
            }
            let size = p.iter().fold(0.0, |m: f64, x| m.max(x.re.abs()).max(x.im.abs()));
            if size > 0.0 && size.is_finite() {
                let e = exponent_of(size);
                p.iter_mut().for_each(|x| *x *= two_to(-e));
                exponent += e;
            }
        }
        let entry = |row: usize, column: usize| -> Complex {
            (0..width).map(|k| self.last[row * n + top + k] * p[k * width + column]).sum()
        };
        let (a, b) = (entry(hi - 1, width - 2), entry(hi - 1, width - 1));
        let (c, d) = (entry(hi, width - 2), entry(hi, width - 1));
        if count % 11 == 10 {
            // What goes round in circles is pushed.
            return Large { mantissa: d + Complex::new(0.75 * c.norm(), 0.4 * c.norm()), exponent };
        }
        let half = (a - d) * 0.5;
        let root = (half * half + b * c).sqrt();
        let far = if (half.conj() * root).re >= 0.0 { half + root } else { half - root };
        let mantissa = if far.norm() > 0.0 { d - b * c / far } else { d };
        Large { mantissa, exponent }
    }
}

fn unitary_rows(a: &mut [Complex], n: usize, i: usize, (c, s): (f64, Complex)) {
    for j in 0..n {
        let (x, y) = (a[i * n + j], a[(i + 1) * n + j]);
        a[i * n + j] = x * c + s * y;
        a[(i + 1) * n + j] = y * c - s.conj() * x;
    }
}

/// From the right by the adjoint rotation.
fn unitary_columns(a: &mut [Complex], n: usize, i: usize, (c, s): (f64, Complex)) {
    for row in a.chunks_exact_mut(n) {
        let (x, y) = (row[i], row[i + 1]);
        row[i] = x * c + s.conj() * y;
        row[i + 1] = y * c - s * x;
    }
}

/// Makes eigenvalues of a real product real or conjugate: what differs from that is rounding.
fn pair(all: &mut [ProductEigenvalue]) {
    use std::f64::consts::PI;
    let mut open: Vec<usize> = (0..all.len()).collect();
    // Those farthest from the axis first: their partners are clearest.
    let off_axis = |e: &ProductEigenvalue| e.angle.sin().abs();
    open.sort_by(|&a, &b| off_axis(&all[b]).total_cmp(&off_axis(&all[a])));
    while let Some(i) = open.first().copied() {
        open.remove(0);
        let e = all[i];
        let real = if e.angle.abs() < PI / 2.0 { 0.0 } else { PI };
        let distance = |k: &usize| {
            let o = all[*k];
            (o.log_modulus - e.log_modulus).abs() + (o.angle + e.angle).sin().abs()
        };
        let partner = open.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        match partner.filter(|k| distance(k) < off_axis(&e)) {
            Some(k) if all[k].angle * e.angle < 0.0 => {
                let log_modulus = 0.5 * (e.log_modulus + all[k].log_modulus);
                let angle = 0.5 * (e.angle.abs() + all[k].angle.abs());
                all[i] = ProductEigenvalue { log_modulus, angle: angle.copysign(e.angle) };
                all[k] = ProductEigenvalue { log_modulus, angle: angle.copysign(all[k].angle) };
                open.retain(|o| *o != k);
            }
            _ => all[i].angle = real,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{eigenvalues, matmul};

    /// Numbers between -1 and 1 without order.
    struct Noise(f64);

    impl Noise {
        fn next(&mut self) -> f64 {
            self.0 += 1.0;
            2.0 * ((self.0 * 12.9898).sin() * 43_758.545_3).rem_euclid(1.0) - 1.0
        }
    }

    fn random(n: usize, rng: &mut Noise) -> Matrix {
        Matrix::from_fn(n, n, |_, _| rng.next())
    }

    /// Short products: against the eigenvalues of the product itself.
    #[test]
    fn short_products_have_the_eigenvalues_of_the_product() {
        let mut rng = Noise(0.5);
        for n in 1..8 {
            for count in 1..5 {
                let factors: Vec<Matrix> = (0..count).map(|_| random(n, &mut rng)).collect();
                let product = factors[1..].iter().fold(factors[0].clone(), |p, f| matmul(f, &p));
                let mut expected = eigenvalues(&product).unwrap();
                for found in product_eigenvalues(&factors).unwrap() {
                    let away = |e: &Complex| (e - found.value()).norm();
                    let k = (0..expected.len())
                        .min_by(|&a, &b| away(&expected[a]).total_cmp(&away(&expected[b])));
                    let e = expected.remove(k.unwrap());
                    assert!(away(&e) < 1e-10 * (1.0 + e.norm()), "{n} {count}: {e} {found:?}");
                }
            }
        }
    }

    /// A hundred factors whose product has eigenvalues from 1e-90 to 1e90, with 1 among them: each is known to its own digits.
    #[test]
    fn long_products_keep_every_eigenvalue() {
        let mut rng = Noise(0.6);
        let (n, count) = (3, 100);
        // D with rates, in a basis that moves.
        let bases: Vec<Matrix> = (0..count).map(|_| random(n, &mut rng)).collect();
        let rates: [f64; 3] = [0.9, 0.0, -0.9];
        let step =
            Matrix::from_diagonal(&rates.map(|r| (r * 90.0 * 10f64.ln() / (0.9 * count as f64)).exp()));
        let factors: Vec<Matrix> = (0..count)
            .map(|k| {
                let from = crate::linalg::Lu::new(&bases[k]).unwrap();
                let inverse = from.solve_matrix(&Matrix::identity(n)).unwrap();
                matmul(&bases[(k + 1) % count], &matmul(&step, &inverse))
            })
            .collect();
        let found = product_eigenvalues(&factors).unwrap();
        let expected = [90.0, 0.0, -90.0].map(|e| e * 10f64.ln());
        for (f, e) in found.iter().zip(expected) {
            assert!((f.log_modulus - e).abs() < 1e-9, "{f:?} {e}");
            assert_eq!(f.angle, 0.0);
        }
    }
}
