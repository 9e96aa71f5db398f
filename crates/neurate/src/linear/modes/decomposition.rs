//! One matrix and what it decomposes into: each decomposition is made when it is first asked for, once, and shared
//! by all who ask.

use neurate_numerics::error::Result;
use neurate_numerics::kept::Kept;
use neurate_numerics::linalg::{
    Eigen, Lyapunov, Matrix, RealSchur, Resolvent, schur_real, symmetric_eigenvalues,
};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A matrix with its decompositions. Clones share them.
///
/// The functions of this module that end in `_of` take one, those that take a bare matrix make their own.
///
/// ```
/// use neurate::linalg::Matrix;
/// use neurate::linear::modes::{Decomposition, eigenmodes_of, normality_of};
/// // One Schur form serves both.
/// let m = Decomposition::new(Matrix::from_rows(&[[0.2, -0.7], [0.7, 0.2]]));
/// assert!(normality_of(&m)?.normal && eigenmodes_of(&m, 10.0)?.expandable());
/// # Ok::<(), neurate::Error>(())
/// ```
#[derive(Clone)]
pub struct Decomposition(Arc<Parts>);

struct Parts {
    matrix: Matrix,
    origin: Origin,
    schur: OnceLock<RealSchur>,
    eigen: OnceLock<Eigen>,
    resolvent: OnceLock<Resolvent>,
    lyapunov: OnceLock<Lyapunov>,
    numerical_abscissa: OnceLock<f64>,
    /// What other files make of the matrix.
    kept: Kept,
}

/// Where the Schur form comes from.
enum Origin {
    /// It is computed.
    Own,
    /// The matrix is `scale (other + shift)`.
    Shifted { other: Decomposition, shift: f64, scale: f64 },
}

/// The answer that is there, or the one that is computed now; an error is not kept.
fn once<T>(cell: &OnceLock<T>, compute: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let computed = compute()?;
    Ok(cell.get_or_init(|| computed))
}

impl Decomposition {
    /// Of this matrix. Nothing is computed yet.
    #[must_use]
    pub fn new(matrix: Matrix) -> Decomposition {
        Decomposition::from(matrix, Origin::Own)
    }

    fn from(matrix: Matrix, origin: Origin) -> Decomposition {
        Decomposition(Arc::new(Parts {
            matrix,
            origin,
            schur: OnceLock::new(),
            eigen: OnceLock::new(),
            resolvent: OnceLock::new(),
            lyapunov: OnceLock::new(),
            numerical_abscissa: OnceLock::new(),
            kept: Kept::default(),
        }))
    }

    /// Of `matrix`, which is `scale (M + shift)`, M the matrix of this one, to rounding: its Schur vectors are those
    /// of M, whichever of the two is asked for them first.
    #[must_use]
    pub fn shifted(&self, matrix: Matrix, shift: f64, scale: f64) -> Decomposition {
        Decomposition::from(matrix, Origin::Shifted { other: self.clone(), shift, scale })
    }

    /// The matrix.
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.0.matrix
    }

    /// Its real Schur form.
    ///
    /// # Errors
    /// The matrix is not square or not finite, or the iteration did not converge.
    pub fn schur(&self) -> Result<&RealSchur> {
        once(&self.0.schur, || match &self.0.origin {
            Origin::Own => schur_real(&self.0.matrix),
            Origin::Shifted { other, shift, scale } => Ok(other.schur()?.shifted(*shift, *scale)),
        })
    }

    /// Its eigenvalues and eigenvectors.
    ///
    /// # Errors
    /// As [`Decomposition::schur`].
    pub fn eigen(&self) -> Result<&Eigen> {
        once(&self.0.eigen, || self.schur()?.eigen())
    }

    /// Its resolvent.
    ///
    /// # Errors
    /// As [`Decomposition::schur`].
    pub fn resolvent(&self) -> Result<&Resolvent> {
        once(&self.0.resolvent, || Ok(Resolvent::of_schur(self.schur()?)))
    }

    /// Its Lyapunov equations.
    ///
    /// # Errors
    /// As [`Decomposition::schur`].
    pub fn lyapunov(&self) -> Result<&Lyapunov> {
        once(&self.0.lyapunov, || Ok(Lyapunov::with_schur(&self.0.matrix, self.schur()?.clone())))
    }

    /// The numerical abscissa, `lambda_max((A + A^T)/2)`: the largest rate of growth of `dx/dt = A x`.
    ///
    /// # Errors
    /// The matrix is not square or not finite, or the iteration did not converge.
    pub fn numerical_abscissa(&self) -> Result<f64> {
        once(&self.0.numerical_abscissa, || {
            if !self.0.matrix.is_square() {
                self.schur()?;
            }
            let values = symmetric_eigenvalues(&symmetric_part(&self.0.matrix))?;
            Ok(values.first().copied().unwrap_or(0.0))
        })
        .copied()
    }

    /// What other files make of the matrix, by its type: computed when it is first asked for, once.
    pub(super) fn kept<T: Send + Sync + 'static>(
        &self,
        compute: impl FnOnce() -> Result<T>,
    ) -> Result<Arc<T>> {
        self.0.kept.once(compute)
    }
}

impl fmt::Debug for Decomposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Decomposition").field(&self.0.matrix).finish()
    }
}

/// `(A + A^T)/2`.
pub(super) fn symmetric_part(a: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), a.cols(), |i, j| 0.5 * (a[(i, j)] + a[(j, i)]))
}
