//! The matrix exponential.

use super::dense::{product, require_finite, require_finite_complex, require_square, solve_any};
use super::matrix::{CMatrix, Complex, Mat, Matrix};
use super::upper::{is_upper, product_upper, solve_upper};
use super::vectors::add;
use crate::error::{Error, Result};
use faer::traits::ComplexField;

/// What the exponential needs of a number, real or complex.
trait Scalar:
    ComplexField
    + Copy
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<f64, Output = Self>
    + std::ops::Mul<Output = Self>
{
    fn modulus(self) -> f64;
    fn of(x: f64) -> Self;
    fn exponential(self) -> Self;
    fn finite(self) -> bool;
    /// The exponential of `[[a, b], [c, d]]`, row by row, if there is a formula without cancellation.
    fn block(entries: [Self; 4]) -> Option<[Self; 4]>;
}

impl Scalar for f64 {
    fn modulus(self) -> f64 {
        self.abs()
    }
    fn of(x: f64) -> Self {
        x
    }
    fn exponential(self) -> Self {
        self.exp()
    }
    fn finite(self) -> bool {
        self.is_finite()
    }
    fn block([a, b, c, d]: [f64; 4]) -> Option<[f64; 4]> {
        // m + i omega, a complex pair.
        let (m, p) = (0.5 * (a + d), 0.5 * (a - d));
        let square = -b * c - p * p;
        if square <= 0.0 {
            return None;
        }
        let omega = square.sqrt();
        let (size, cos, sin) = (m.exp(), omega.cos(), omega.sin() / omega);
        Some([cos + p * sin, b * sin, c * sin, cos - p * sin].map(|x| size * x))
    }
}

impl Scalar for Complex {
    fn modulus(self) -> f64 {
        self.norm()
    }
    fn of(x: f64) -> Self {
        Complex::new(x, 0.0)
    }
    fn exponential(self) -> Self {
        self.exp()
    }
    fn finite(self) -> bool {
        self.is_finite()
    }
    fn block(_: [Self; 4]) -> Option<[Self; 4]> {
        None
    }
}

/// `exp(A)` of a real matrix (n x n).
///
/// Scaling and squaring with diagonal Pade approximants: Higham (SIAM J. Matrix Anal. Appl. 26,
/// 1179, 2005) with the norms of powers of Al-Mohy & Higham (ibid. 31, 970, 2009), so that a
/// nilpotent or very non-normal matrix is not scaled more than it needs. Upper triangular matrices, and
/// real Schur forms, cost about a sixth, and get the exact exponentials of their diagonal blocks. A result that overflows is an error (`Invalid`).
pub fn expm(a: &Matrix) -> Result<Matrix> {
    require_square(a, "matrix exponential")?;
    require_finite(a, "matrix exponential")?;
    exponential(a)
}

/// `exp(A)` from `half`, `exp(A/2)`, of a real Schur form `a`: one product, and the exact exponentials of
/// the diagonal blocks, without which errors would double as well each time.
#[must_use]
pub fn expm_doubled(a: &Matrix, half: &Matrix) -> Matrix {
    let mut x = product_upper(half, half, true);
    exact_blocks(a, 1.0, &mut x);
    x
}

/// `exp(A)` of a complex matrix (n x n); see [`expm`].
pub fn expm_complex(a: &CMatrix) -> Result<CMatrix> {
    require_square(a, "matrix exponential")?;
    require_finite_complex(a, "matrix exponential")?;
    exponential(a)
}

/// Largest `||A^k||^(1/k)` for which the approximant of each degree is good to rounding (Higham
/// 2005, table 2.3; 13 as in Al-Mohy & Higham 2009).
const THETA: [(usize, f64); 4] = [
    (3, 1.495_585_217_958_292e-2),
    (5, 2.539_398_330_063_23e-1),
    (7, 9.504_178_996_162_932e-1),
    (9, 2.097_847_961_257_068),
];
const THETA_13: f64 = 4.25;

/// Numerator coefficients of the [m/m] approximant, ascending.
fn pade(m: usize) -> Vec<f64> {
    // b_k = (2m - k)! m! / ((2m)! k! (m - k)!), up to a common factor: here b_0 = 1.
    let mut b = vec![1.0];
    for k in 1..=m {
        let last = b[k - 1];
        b.push(last * (m + 1 - k) as f64 / (k as f64 * (2 * m + 1 - k) as f64));
    }
    b
}

fn norm1<T: Scalar>(a: &Mat<T>) -> f64 {
    let mut sums = vec![0.0; a.cols()];
    for i in 0..a.rows() {
        for (s, x) in sums.iter_mut().zip(a.row(i)) {
            *s += x.modulus();
        }
    }
    sums.into_iter().fold(0.0, f64::max)
}

fn combine<T: Scalar>(terms: &[(f64, &Mat<T>)], diagonal: f64) -> Mat<T> {
    let n = terms[0].1.rows();
    let mut sum = Mat::filled(n, n, T::of(0.0));
    (0..n).for_each(|i| sum[(i, i)] = T::of(diagonal));
    for (c, m) in terms {
        sum.data_mut().iter_mut().zip(m.data()).for_each(|(s, x)| *s += *x * *c);
    }
    sum
}

/// How many more squarings the degree `m` needs so that its backward error stays at rounding
/// (Al-Mohy & Higham 2009, equation 5.1): it looks at `|A|^(2m+1)`.
fn extra_squarings<T: Scalar>(a: &Mat<T>, scale: f64, m: usize) -> i32 {
    let n = a.rows();
    let moduli = a.map(|x| x.modulus() * scale);
    let norm = moduli.norm1();
    if norm == 0.0 {
        return 0;
    }
    // The 1-norm of the power of a non-negative matrix; logarithm apart against overflow.
    let mut v = vec![1.0; n];
    let mut log = 0.0;
    for _ in 0..2 * m + 1 {
        let mut next = vec![0.0; n];
        (0..n).for_each(|i| add(&mut next, v[i], moduli.row(i)));
        v = next;
        let top = v.iter().copied().fold(0.0, f64::max);
        if top == 0.0 {
            return 0;
        }
        log += top.log2();
        for x in &mut v {
            *x /= top;
        }
    }
    // |c_{2m+1}| = (m!)^2 / ((2m)! (2m+1)!).
    let factorial = |k: usize| (1..=k).map(|i| (i as f64).log2()).sum::<f64>();
    let constant = 2.0 * factorial(m) - factorial(2 * m) - factorial(2 * m + 1);
    let alpha = constant + log - norm.log2();
    let unit = -53.0;
    let extra = ((alpha - unit) / (2 * m) as f64).ceil();
    if extra > 0.0 { extra.min(2000.0) as i32 } else { 0 }
}

fn exponential<T: Scalar>(a: &Mat<T>) -> Result<Mat<T>> {
    let n = a.rows();
    if n == 0 {
        return Ok(a.clone());
    }
    let upper = is_upper(a);
    let product = |a: &Mat<T>, b: &Mat<T>| if upper { product_upper(a, b, true) } else { product(a, b) };
    // Bring a huge matrix into the range where its powers cannot overflow.
    let norm = norm1(a);
    let mut squarings = if norm > 1e30 { norm.log2().ceil().min(1022.0) as i32 } else { 0 };
    let scaled = a.map(|x| x * 2f64.powi(-squarings));
    let a2 = product(&scaled, &scaled);
    let a4 = product(&a2, &a2);
    let a6 = product(&a4, &a2);
    let (n4, n6) = (norm1(&a4), norm1(&a6));
    let (d4, d6) = (n4.powf(0.25), n6.powf(1.0 / 6.0));
    if squarings == 0 {
        let mut a8 = None;
        for (m, theta) in THETA {
            let eta = if m <= 5 {
                d4.max(d6)
            } else {
                let a8 = a8.get_or_insert_with(|| product(&a4, &a4));
                d6.max(norm1(a8).powf(0.125))
            };
            if eta < theta && extra_squarings(&scaled, 1.0, m) == 0 {
                let b = pade(m);
                let mut powers = vec![&a2, &a4, &a6];
                if let Some(a8) = &a8 {
                    powers.push(a8);
                }
                let terms = |odd: usize| -> Vec<(f64, &Mat<T>)> {
                    powers.iter().zip(1..=m / 2).map(|(&p, k)| (b[2 * k + odd], p)).collect()
                };
                let u = product(&scaled, &combine(&terms(1), b[1]));
                let v = combine(&terms(0), b[0]);
                let r = quotient(&u, &v, upper);
                return finish(a, r, 0, upper);
            }
            // A norm far beyond the smaller degrees: do not look further.
            if eta > 4.0 * THETA_13 {
                break;
            }
        }
    }
    // Upper bounds of ||A^8|| and ||A^10|| from the powers at hand.
    let d8 = (n4 * n4).min(norm1(&a2) * n6).powf(0.125);
    let d10 = (n4 * n6).powf(0.1);
    let eta = d6.max(d8).min(d8.max(d10));
    let more = if eta > 0.0 { (eta / THETA_13).log2().ceil().max(0.0) as i32 } else { 0 };
    let more = more + extra_squarings(&scaled, 2f64.powi(-more), 13);
    squarings += more;
    let s = 2f64.powi(-more);
    let scaled = scaled.map(|x| x * s);
    let (a2, a4, a6) = (a2.map(|x| x * s.powi(2)), a4.map(|x| x * s.powi(4)), a6.map(|x| x * s.powi(6)));
    let b = pade(13);
    let u = product(&a6, &combine(&[(b[13], &a6), (b[11], &a4), (b[9], &a2)], 0.0));
    let u = combine(&[(1.0, &u), (b[7], &a6), (b[5], &a4), (b[3], &a2)], b[1]);
    let u = product(&scaled, &u);
    let v = product(&a6, &combine(&[(b[12], &a6), (b[10], &a4), (b[8], &a2)], 0.0));
    let v = combine(&[(1.0, &v), (b[6], &a6), (b[4], &a4), (b[2], &a2)], b[0]);
    finish(a, quotient(&u, &v, upper), squarings, upper)
}

/// `(V - U)^-1 (V + U)`.
fn quotient<T: Scalar>(u: &Mat<T>, v: &Mat<T>, upper: bool) -> Mat<T> {
    let p = combine(&[(1.0, v), (1.0, u)], 0.0);
    let q = combine(&[(1.0, v), (-1.0, u)], 0.0);
    if upper { solve_upper(&q, &p) } else { solve_any(&q, &p) }
}

/// Writes the exact exponentials of the diagonal blocks of `scale a` into `x`.
fn exact_blocks<T: Scalar>(a: &Mat<T>, scale: f64, x: &mut Mat<T>) {
    let n = a.rows();
    let mut i = 0;
    while i < n {
        if i + 1 < n && a[(i + 1, i)].modulus() != 0.0 {
            let places = [(i, i), (i, i + 1), (i + 1, i), (i + 1, i + 1)];
            for (place, value) in
                places.into_iter().zip(T::block(places.map(|p| a[p] * scale)).into_iter().flatten())
            {
                x[place] = value;
            }
            i += 2;
        } else {
            x[(i, i)] = (a[(i, i)] * scale).exponential();
            i += 1;
        }
    }
}

fn finish<T: Scalar>(a: &Mat<T>, mut x: Mat<T>, squarings: i32, upper: bool) -> Result<Mat<T>> {
    for s in (0..=squarings).rev() {
        if s < squarings {
            x = if upper { product_upper(&x, &x, true) } else { product(&x, &x) };
        }
        if upper {
            exact_blocks(a, 2f64.powi(-s), &mut x);
        }
    }
    if x.data().iter().all(|z| z.finite()) {
        Ok(x)
    } else {
        Err(Error::invalid("matrix exponential: the result is too large for double precision")
            .with_help("shorten the time, or subtract a multiple of the identity first"))
    }
}
