//! Lyapunov equations: stationary covariances, and the energy that an initial pattern brings about.

use super::dense::{matmul, require_finite, require_square, view, view_mut};
use super::matrix::{Complex, Matrix};
use super::powers::{exponent_of, ldexp};
use super::quasi_triangular::lyapunov_in_place;
use super::schur::{RealSchur, schur_real};
use crate::error::{Error, Result};

/// A matrix A, prepared for `A X + X A^T + Q = 0` and `A^T X + X A + Q = 0` with any symmetric Q.
///
/// By the method of Bartels & Stewart on the real Schur form, so that defective matrices are
/// ordinary. For a stable A and a positive semidefinite Q the solution is positive semidefinite:
/// `X = integral exp(A t) Q exp(A^T t) dt`.
#[derive(Clone, Debug)]
pub struct Lyapunov {
    a: Matrix,
    schur: RealSchur,
    eigenvalues: Vec<Complex>,
    /// Sums of eigenvalues below this are zero to rounding.
    rounding: f64,
}

/// The solution of a Lyapunov equation.
#[derive(Clone, Debug)]
pub struct LyapunovSolution {
    /// The solution, exactly symmetric.
    pub x: Matrix,
    /// `||A X + X A^T + Q||_F` over `2 ||A||_F ||X||_F + ||Q||_F`.
    pub residual: f64,
}

impl Lyapunov {
    /// Prepares a square matrix (one Schur form).
    ///
    /// # Errors
    /// It is not square or not finite; its Schur form did not converge.
    pub fn new(a: &Matrix) -> Result<Lyapunov> {
        require_square(a, "Lyapunov equation")?;
        Ok(Lyapunov::with_schur(a, schur_real(a)?))
    }

    /// [`Lyapunov::new`] of a matrix whose real Schur form is there.
    #[must_use]
    pub fn with_schur(a: &Matrix, schur: RealSchur) -> Lyapunov {
        let eigenvalues = schur.eigenvalues();
        // Scaled, as in `solve`: the squares in the norm must not overflow.
        let e = exponent_of(schur.t.max_abs());
        let size = ldexp(schur.t.map(|x| ldexp(x, -e)).frobenius(), e);
        let rounding = a.rows() as f64 * f64::EPSILON * size;
        Lyapunov { a: a.clone(), schur, eigenvalues, rounding }
    }

    /// The largest real part of the eigenvalues of A: minus infinity for the 0 x 0 matrix.
    #[must_use]
    pub fn abscissa(&self) -> f64 {
        self.eigenvalues.iter().fold(f64::NEG_INFINITY, |m, z| m.max(z.re))
    }

    /// Whether every eigenvalue lies left of zero by more than rounding.
    #[must_use]
    pub fn stable(&self) -> bool {
        2.0 * self.abscissa() < -self.rounding
    }

    /// The real Schur form of A.
    #[must_use]
    pub fn schur(&self) -> &RealSchur {
        &self.schur
    }

    /// The solution of `A X + X A^T + Q = 0` for a symmetric Q.
    ///
    /// # Errors
    /// `Invalid` if two eigenvalues of A add up to zero, to rounding: then there is no solution, or
    /// more than one. `NotConverged` if the residual is not at the level of rounding.
    pub fn solve(&self, q: &Matrix) -> Result<LyapunovSolution> {
        self.solve_either(q, false)
    }

    /// The solution of `A^T X + X A + Q = 0` for a symmetric Q.
    ///
    /// # Errors
    /// As [`Lyapunov::solve`].
    pub fn solve_transposed(&self, q: &Matrix) -> Result<LyapunovSolution> {
        self.solve_either(q, true)
    }

    fn solve_either(&self, q: &Matrix, transposed: bool) -> Result<LyapunovSolution> {
        let n = self.a.rows();
        require_symmetric(q, n)?;
        self.require_regular()?;
        // Powers of two that bring the largest entries near 1: exact, and nothing over- or underflows.
        let (ea, eq) = (exponent_of(self.a.max_abs()), exponent_of(q.max_abs()));
        let t = self.schur.t.map(|x| ldexp(x, -ea));
        let q = q.map(|x| ldexp(x, -eq));
        let basis = &self.schur.q;
        // In Schur coordinates: T Y + Y T^T = -U^T Q U.
        let mut y = sandwich(&basis.transpose(), &q).scale(-1.0);
        if transposed {
            // T^T Y + Y T = .. in the opposite order of rows and columns is of the first kind: both
            // diagonals of T change places.
            let flipped = Matrix::from_fn(n, n, |i, j| t[(n - 1 - j, n - 1 - i)]);
            y = flip(&y);
            lyapunov_in_place(view(&flipped), view_mut(&mut y));
            y = flip(&y);
        } else {
            lyapunov_in_place(view(&t), view_mut(&mut y));
        }
        let x = sandwich(basis, &y);
        let a = self.a.map(|x| ldexp(x, -ea));
        let residual = residual(&if transposed { a.transpose() } else { a }, &x, &q);
        // Not `>`: a NaN must fail too.
        let fine = residual <= 100.0 * f64::EPSILON * (n as f64 + 10.0);
        if !fine {
            return Err(Error::not_converged(format!(
                "Lyapunov equation of size {n}: relative residual {residual:.1e}"
            )));
        }
        Ok(LyapunovSolution { x: x.map(|v| ldexp(v, eq - ea)), residual })
    }

    /// Names the pair of eigenvalues whose sum is nearest to zero, if it is zero to rounding.
    fn require_regular(&self) -> Result<()> {
        if self.stable() {
            return Ok(());
        }
        for (i, x) in self.eigenvalues.iter().enumerate() {
            for y in &self.eigenvalues[i..] {
                if (x + y).norm() <= self.rounding {
                    return Err(Error::invalid(format!(
                        "the Lyapunov equation has no unique solution: the eigenvalues {x:.4e} and {y:.4e} add up to zero"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// The symmetric `b s b^T` of a symmetric `s`.
fn sandwich(b: &Matrix, s: &Matrix) -> Matrix {
    let x = matmul(&matmul(b, s), &b.transpose());
    Matrix::from_fn(x.rows(), x.cols(), |i, j| 0.5 * (x[(i, j)] + x[(j, i)]))
}

/// Rows and columns in the opposite order.
fn flip(x: &Matrix) -> Matrix {
    let n = x.rows();
    Matrix::from_fn(n, n, |i, j| x[(n - 1 - i, n - 1 - j)])
}

fn residual(a: &Matrix, x: &Matrix, q: &Matrix) -> f64 {
    let ax = matmul(a, x);
    let n = a.rows();
    let left = Matrix::from_fn(n, n, |i, j| ax[(i, j)] + ax[(j, i)] + q[(i, j)]).frobenius();
    let size = 2.0 * a.frobenius() * x.frobenius() + q.frobenius();
    if size > 0.0 { left / size } else { left }
}

fn require_symmetric(q: &Matrix, n: usize) -> Result<()> {
    if (q.rows(), q.cols()) != (n, n) {
        return Err(Error::invalid(format!(
            "Lyapunov equation of size {n}: the constant term is {} x {}",
            q.rows(),
            q.cols()
        )));
    }
    require_finite(q, "Lyapunov equation")?;
    let allowed = 1e-12 * q.max_abs();
    for i in 0..n {
        for j in 0..i {
            if (q[(i, j)] - q[(j, i)]).abs() > allowed {
                return Err(Error::invalid(format!(
                    "Lyapunov equation: the constant term is not symmetric, entries ({i}, {j}) and ({j}, {i}) are {} and {}",
                    q[(i, j)],
                    q[(j, i)]
                )));
            }
        }
    }
    Ok(())
}
