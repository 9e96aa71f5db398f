//! The smallest singular value of `z - A` at many complex z, from one Schur form.

use super::dense::{exponent_of, ldexp, smallest_singular_value_complex};
use super::lanczos::top_eigenvalue;
use super::matrix::{Complex, Mat, Matrix};
use super::schur::schur_complex;
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
    /// `T` row by row, and column by column: both solutions then run along memory.
    rows: Split,
    columns: Split,
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
const STEPS: usize = 40;
const ROUNDS: usize = 3;

impl Resolvent {
    /// The resolvent of a real matrix (n x n). Errors as for the Schur form.
    pub fn new(a: &Matrix) -> Result<Resolvent> {
        let t = schur_complex(a)?.t;
        let n = t.rows();
        let exponent = exponent_of(a.max_abs());
        let scaled = t.map(|z| Complex::new(ldexp(z.re, -exponent), ldexp(z.im, -exponent)));
        let split = |m: &Mat<Complex>| Split {
            re: m.map(|z| z.re).data().to_vec(),
            im: m.map(|z| z.im).data().to_vec(),
        };
        Ok(Resolvent {
            n,
            exponent,
            diagonal: (0..n).map(|i| scaled[(i, i)]).collect(),
            rows: split(&scaled),
            columns: split(&scaled.transpose()),
        })
    }

    /// The eigenvalues, in the order of the Schur form.
    #[must_use]
    pub fn eigenvalues(&self) -> Vec<Complex> {
        let up = |x| ldexp(x, self.exponent);
        self.diagonal.iter().map(|z| Complex::new(up(z.re), up(z.im))).collect()
    }

    /// A start without any knowledge.
    #[must_use]
    pub fn start(&self) -> Start {
        Start(irregular(2 * self.n).collect())
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
        let down = |x| ldexp(x, -self.exponent);
        let z = Complex::new(down(z.re), down(z.im));
        let zero = SmallestSingular { value: 0.0, gradient: [f64::NAN; 2], decomposed: false };
        let nearest = self.diagonal.iter().map(|d| (z - d).norm()).fold(f64::INFINITY, f64::min);
        if self.n == 0 || nearest < 1e-100 {
            return Ok(zero);
        }
        // A share of everything: the vector may have changed its place since the last point.
        for (x, noise) in start.0.iter_mut().zip(irregular(2 * self.n)) {
            *x += 0.1 * noise;
        }
        for _ in 0..ROUNDS {
            let ritz =
                top_eigenvalue(|x, y| self.inverse_square(z, x, y), &mut start.0, tolerance, 0.0, STEPS);
            if !ritz.value.is_finite() || ritz.value <= 0.0 {
                break;
            }
            if ritz.residual <= 2.0 * tolerance * ritz.value {
                let s = 1.0 / ritz.value.sqrt();
                return Ok(SmallestSingular {
                    value: ldexp(s, self.exponent),
                    gradient: self.gradient(z, &start.0, s),
                    decomposed: false,
                });
            }
        }
        *start = self.start();
        let t = Mat::from_fn(self.n, self.n, |i, j| {
            let k = i * self.n + j;
            let t = Complex::new(self.rows.re[k], self.rows.im[k]);
            if i == j { z - t } else { -t }
        });
        let value = ldexp(smallest_singular_value_complex(&t)?, self.exponent);
        Ok(SmallestSingular { value, decomposed: true, ..zero })
    }

    /// `y = (z - T)^-1 (z - T)^-H x`.
    fn inverse_square(&self, z: Complex, x: &[f64], y: &mut [f64]) {
        y.copy_from_slice(x);
        self.solve_adjoint(z, y);
        self.solve(z, y);
    }

    /// `x <- (z - T)^-1 x`.
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

/// `x += v t`, real and imaginary parts apart.
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
