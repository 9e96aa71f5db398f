//! The energy of what an initial pattern brings about.

use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Lyapunov, Matrix, matmul, symmetric_eigen};

/// The total energy `integral |R x(t)|^2 dt` that follows an initial state, as a quadratic form of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EvokedEnergy {
    /// The form: `x(0)^T gramian x(0)` is the energy. It solves `A^T X + X A + R^T R = 0`.
    pub gramian: Matrix,
    /// Energies of the patterns, largest first. Of a unit alone it is half its time constant.
    pub energies: Vec<f64>,
    /// Orthonormal initial patterns, as columns: the first brings about most.
    pub patterns: Matrix,
    /// Relative residual of the equation.
    pub residual: f64,
}

/// The energy evoked in a readout R (rows of weights; None: the state itself); None where A is not
/// stable, since the energy is infinite there.
///
/// # Errors
/// A decomposition did not converge.
pub fn evoked_energy(solver: &Lyapunov, readout: Option<&Matrix>) -> Result<Option<EvokedEnergy>> {
    if !solver.stable() {
        return Ok(None);
    }
    let n = solver.schur().t.rows();
    let weight = readout.map_or_else(|| Matrix::identity(n), |r| matmul(&r.transpose(), r));
    let solution = solver.solve_transposed(&weight)?;
    let e = symmetric_eigen(&solution.x)?;
    Ok(Some(EvokedEnergy {
        gramian: solution.x,
        energies: e.values,
        patterns: e.vectors,
        residual: solution.residual,
    }))
}
