//! The smallest singular value of `z - A` at many complex z, from one Schur form.

use super::dense::smallest_singular_value_complex;
use super::lanczos::top_eigenvalue;
use super::matrix::{Complex, Mat, Matrix};
use super::powers::{exponent_of, ldexp};
use super::schur::{RealSchur, schur_real};
use super::vectors::add;
use super::window::vectorized;
use crate::error::Result;

/// The Schur form of a matrix, made ready to solve with `z - T`.
///
/// With `A = U T U^H` all singular values of `z - A` are those of the triangular `z - T`, which is
/// solved with in n^2 operations. Lanczos' method on `((z - T)^H (z - T))^-1` finds the largest
/// eigenvalue, `1/s_min^2`, in a few steps, the fewer the better the start: from one point of a grid
/// to the next the vector hardly turns (Lui, SIAM J. Sci. Comput. 18, 565, 1997; EigTool does the
/// same).
#[derive(Clone, Debug)]
pub struct Resolvent {
    n: usize,
    /// Power of two by which the matrix was divided, so that squares stay in range.
    exponent: i32,
    diagonal: Vec<Complex>,
    /// The real, quasi-triangular `T`: for many points at once.
    real: Matrix,
    /// `T` row by row, and column by column: both solutions then run along memory.
    rows: Split,
    columns: Split,
    /// A vector of 2n that is orthogonal to nothing of interest.
    noise: Vec<f64>,
}

/// Real and imaginary parts apart, for vector instructions.
#[derive(Clone, Debug)]
struct Split {
    re: Vec<f64>,
    im: Vec<f64>,
}

/// Where the next search starts: the right singular vector found last, real parts, then imaginary.
#[derive(Clone, Debug)]
pub struct Start(Vec<f64>);

/// The smallest singular value at a point.
#[derive(Clone, Copy, Debug)]
pub struct SmallestSingular {
    /// `s_min(z - A)`.
    pub value: f64,
    /// Its gradient: derivative with respect to Re z and to Im z. NaN where it has none (zero, and
    /// where the full decomposition had to help).
    pub gradient: [f64; 2],
    /// Whether the iteration failed and the full decomposition served instead.
    pub decomposed: bool,
}

/// Lanczos steps before it starts anew, and how often before the full decomposition helps.
pub(super) const STEPS: usize = 40;
pub(super) const ROUNDS: usize = 3;

impl Resolvent {
    /// The resolvent of a real matrix (n x n). Errors as for the Schur form.
    pub fn new(a: &Matrix) -> Result<Resolvent> {
        Ok(Resolvent::of_schur(&schur_real(a)?))
    }

    /// The resolvent of a matrix whose real Schur form is there.
    #[must_use]
    pub fn of_schur(schur: &RealSchur) -> Resolvent {
        let t = schur.triangle();
        let n = t.rows();
        let exponent = exponent_of(schur.t.max_abs());
        let scaled = t.map(|z| Complex::new(ldexp(z.re, -exponent), ldexp(z.im, -exponent)));
        let split = |m: &Mat<Complex>| Split {
            re: m.map(|z| z.re).data().to_vec(),
            im: m.map(|z| z.im).data().to_vec(),
        };
        Resolvent {
            n,
            exponent,
            diagonal: (0..n).map(|i| scaled[(i, i)]).collect(),
            real: schur.t.map(|x| ldexp(x, -exponent)),
            rows: split(&scaled),
            columns: split(&scaled.transpose()),
            noise: irregular(2 * n).collect(),
        }
    }

    /// The eigenvalues, in the order of the Schur form.
    #[must_use]
    pub fn eigenvalues(&self) -> Vec<Complex> {
        self.diagonal.iter().map(|z| Complex::new(self.up(z.re), self.up(z.im))).collect()
    }

    pub(super) fn n(&self) -> usize {
        self.n
    }
    pub(super) fn real(&self) -> &Matrix {
        &self.real
    }
    pub(super) fn noise(&self) -> &[f64] {
        &self.noise
    }
    /// From the scaled matrix back.
    pub(super) fn up(&self, x: f64) -> f64 {
        ldexp(x, self.exponent)
    }
    /// To the scaled matrix.
    pub(super) fn down(&self, z: Complex) -> Complex {
        Complex::new(ldexp(z.re, -self.exponent), ldexp(z.im, -self.exponent))
    }
    /// A share of everything: the vector may have changed its place since the last point.
    pub(super) fn freshen(&self, start: &mut [f64]) {
        add(start, 0.1, &self.noise);
    }
    /// Whether `z` (scaled) is an eigenvalue, or the matrix empty: nothing to search.
    pub(super) fn is_eigenvalue(&self, z: Complex) -> bool {
        self.n == 0 || self.diagonal.iter().any(|d| (z - d).norm() < 1e-100)
    }

    /// A start without any knowledge.
    #[must_use]
    pub fn start(&self) -> Start {
        Start(self.noise.clone())
    }

    /// `s_min(z - A)`, relative to itself good to `tolerance` (at best; and no better than rounding,
    /// about `1e-15 n ||A||` absolutely).
    ///
    /// The value is a Ritz value: never below the truth, but for rounding. Where the iteration does
    /// not converge, the full singular value decomposition serves: an error is that one's.
    pub fn smallest_singular(
        &self,
        z: Complex,
        start: &mut Start,
        tolerance: f64,
    ) -> Result<SmallestSingular> {
        let z = self.down(z);
        let zero = SmallestSingular { value: 0.0, gradient: [f64::NAN; 2], decomposed: false };
        if self.is_eigenvalue(z) {
            return Ok(zero);
        }
        self.freshen(&mut start.0);
        for _ in 0..ROUNDS {
            let ritz =
                top_eigenvalue(|x, y| self.inverse_square(z, x, y), &mut start.0, tolerance, 0.0, STEPS);
            if !ritz.value.is_finite() || ritz.value <= 0.0 {
                break;
            }
            if ritz.residual <= 2.0 * tolerance * ritz.value {
                let s = 1.0 / ritz.value.sqrt();
                return Ok(SmallestSingular {
                    value: self.up(s),
                    gradient: self.gradient(z, &start.0, s),
                    decomposed: false,
                });
            }
        }
        *start = self.start();
        Ok(SmallestSingular { value: self.up(self.decompose(z)?), decomposed: true, ..zero })
    }

    /// `s_min` of the scaled matrix by the full decomposition.
    pub(super) fn decompose(&self, z: Complex) -> Result<f64> {
        smallest_singular_value_complex(&Mat::from_fn(self.n, self.n, |i, j| {
            let t = self.real[(i, j)];
            if i == j { z - t } else { Complex::new(-t, 0.0) }
        }))
    }

    /// `y = (z - T)^-1 (z - T)^-H x`.
    fn inverse_square(&self, z: Complex, x: &[f64], y: &mut [f64]) {
        y.copy_from_slice(x);
        vectorized(InverseSquare { of: self, z, y });
    }

    /// `x <- (z - T)^-1 x`.
    #[inline(always)]
    fn solve(&self, z: Complex, x: &mut [f64]) {
        let n = self.n;
        let (re, im) = x.split_at_mut(n);
        for j in (0..n).rev() {
            let v = Complex::new(re[j], im[j]) / (z - self.diagonal[j]);
            (re[j], im[j]) = (v.re, v.im);
            let column = j * n..j * n + j;
            add_multiple(
                &mut re[..j],
                &mut im[..j],
                v,
                &self.columns.re[column.clone()],
                &self.columns.im[column],
            );
        }
    }

    /// `x <- (z - T)^-H x`.
    #[inline(always)]
    fn solve_adjoint(&self, z: Complex, x: &mut [f64]) {
        let n = self.n;
        let (re, im) = x.split_at_mut(n);
        for i in 0..n {
            // The conjugate of all: conj(T) y = conj(T conj(y)).
            let v = Complex::new(re[i], -im[i]) / (z - self.diagonal[i]);
            (re[i], im[i]) = (v.re, -v.im);
            let row = i * n + i + 1..(i + 1) * n;
            let (t_re, t_im) = (&self.rows.re[row.clone()], &self.rows.im[row]);
            for (((re, im), a), b) in re[i + 1..].iter_mut().zip(&mut im[i + 1..]).zip(t_re).zip(t_im) {
                *re += a * v.re - b * v.im;
                *im -= a * v.im + b * v.re;
            }
        }
    }

    /// `d s / d Re z = Re (u^H v)` and `d s / d Im z = -Im (u^H v)` for the singular vectors
    /// `(z - T) v = s u`.
    fn gradient(&self, z: Complex, v: &[f64], s: f64) -> [f64; 2] {
        let mut u = v.to_vec();
        self.solve_adjoint(z, &mut u);
        let (n, mut product) = (self.n, Complex::new(0.0, 0.0));
        for i in 0..n {
            product += Complex::new(u[i], -u[n + i]) * Complex::new(v[i], v[n + i]);
        }
        [s * product.re, -s * product.im]
    }
}

struct InverseSquare<'a> {
    of: &'a Resolvent,
    z: Complex,
    y: &'a mut [f64],
}

impl pulp::NullaryFnOnce for InverseSquare<'_> {
    type Output = ();
    #[inline(always)]
    fn call(self) {
        self.of.solve_adjoint(self.z, self.y);
        self.of.solve(self.z, self.y);
    }
}

/// `x += v t`, real and imaginary parts apart.
#[inline(always)]
fn add_multiple(re: &mut [f64], im: &mut [f64], v: Complex, t_re: &[f64], t_im: &[f64]) {
    for (((re, im), a), b) in re.iter_mut().zip(im).zip(t_re).zip(t_im) {
        *re += a * v.re - b * v.im;
        *im += a * v.im + b * v.re;
    }
}

/// A fixed vector of norm about one that is orthogonal to nothing of interest.
fn irregular(n: usize) -> impl Iterator<Item = f64> {
    let size = (2.0 / n.max(1) as f64).sqrt();
    (0..n).map(move |i| size * ((i as f64 + 1.0) * 12.9898).sin())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::CMatrix;
    use crate::progress::Progress;

    #[test]
    fn agrees_with_the_full_decomposition() {
        for n in [1usize, 2, 3, 7, 20, 40] {
            for scale in [1.0, 1e-8, 1e8, 1e200] {
                let a = Matrix::from_fn(n, n, |i, j| scale * ((i * n + j + 1) as f64 * 78.233).sin());
                let r = Resolvent::new(&a).unwrap();
                let mut start = r.start();
                for k in 0..40 {
                    let z = Complex::new((1.7 * k as f64).cos(), (0.9 * k as f64).sin())
                        * scale
                        * (0.1 * k as f64);
                    let full = smallest_singular_value_complex(&CMatrix::from_fn(n, n, |i, j| {
                        let d = if i == j { z } else { Complex::new(0.0, 0.0) };
                        (d - a[(i, j)]) / scale
                    }))
                    .unwrap()
                        * scale;
                    let s = r.smallest_singular(z, &mut start, 1e-8).unwrap();
                    let size = (n as f64) * scale;
                    assert!(
                        (s.value - full).abs() <= 1e-8 * full + 1e-14 * size,
                        "{n} {scale} {z} {s:?} {full}"
                    );
                    assert!(!s.decomposed, "{n} {scale} {z}");
                    // The gradient, by differences.
                    if s.value > 1e-3 * scale {
                        let h = 1e-4 * s.value;
                        let at = |z| r.smallest_singular(z, &mut r.start(), 1e-10).unwrap().value;
                        let dx = (at(z + h) - at(z - h)) / (2.0 * h);
                        let dy = (at(z + Complex::new(0.0, h)) - at(z - Complex::new(0.0, h))) / (2.0 * h);
                        // A kink on a line of symmetry has no gradient.
                        let kink = z.im == 0.0;
                        assert!(kink || (dx - s.gradient[0]).abs() < 1e-3, "{n} {z} {dx} {s:?}");
                        assert!(kink || (dy - s.gradient[1]).abs() < 1e-3, "{n} {z} {dy} {s:?}");
                    }
                }
                // Side by side: 45 paths of different lengths, more than there are lanes, one through eigenvalues.
                let mut paths: Vec<Vec<Complex>> = (0..45)
                    .map(|p| (0..p % 4).map(|k| Complex::new(p as f64, k as f64) * (0.1 * scale)).collect())
                    .collect();
                paths[7].extend(r.eigenvalues());
                let along = r.smallest_singular_along(&paths, 1e-8, &Progress::default()).unwrap();
                assert_eq!(along.decomposed, 0, "{n} {scale}");
                for (path, values) in paths.iter().zip(&along.values) {
                    assert_eq!(path.len(), values.len());
                    for (z, s) in path.iter().zip(values) {
                        let one = r.smallest_singular(*z, &mut r.start(), 1e-8).unwrap().value;
                        assert!((s - one).abs() <= 1e-8 * one + 1e-14 * n as f64 * scale, "{n} {scale} {z}");
                    }
                }
            }
        }
    }

    #[test]
    fn zero_at_an_eigenvalue_and_distance_for_a_normal_matrix() {
        let a = Matrix::from_rows(&[[1.0, -2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, -3.0]]);
        let r = Resolvent::new(&a).unwrap();
        let mut start = r.start();
        for z in r.eigenvalues() {
            assert!(r.smallest_singular(z, &mut start, 1e-8).unwrap().value <= 1e-15);
        }
        // From one eigenvalue to another: the vector that was right is of no use.
        for k in 0..40 {
            let z = Complex::new(1.0 - 0.1 * k as f64, 2.0 - 0.05 * k as f64);
            let nearest = r.eigenvalues().iter().map(|l| (z - l).norm()).fold(f64::INFINITY, f64::min);
            let s = r.smallest_singular(z, &mut start, 1e-9).unwrap();
            assert!((s.value - nearest).abs() < 1e-8, "{z} {s:?} {nearest}");
        }
    }
}
