//! The response of the rates to inputs that are constant, or oscillate.

use crate::linear::Linearization;
use crate::model::Circuit;
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Complex, ComplexLu, Lu, Mat, Matrix};

/// The static response matrix over units, `R[(x, y)]`: change of the rate of x per input to y,
/// `(1 - G W)^-1 G` in rate and voltage form. None if a direction integrates, or nearly: `A` is singular to within rounding,
/// as it is at a fold.
///
/// It is the response of a *stable* circuit only; see [`verdicts`](super::verdicts()) for the gate.
///
/// # Errors
/// The Jacobian is not finite.
pub fn response_matrix(l: &Linearization) -> Result<Option<Matrix>> {
    let lu = Lu::new(&l.jacobian)?;
    let vanishes = l.eigenvalues.iter().any(|z| z.norm() <= l.rounding);
    if vanishes || lu.reciprocal_condition() < 1e-14 {
        return Ok(None);
    }
    // 0 = A x + B h: x = -A^-1 B h; read as rates.
    let n = l.n();
    let drive = Matrix::from_fn(l.dim(), n, |i, j| if i == j { -l.input_gain[i] } else { 0.0 });
    Ok(lu.solve_matrix(&drive).map(|x| Matrix::from_fn(n, n, |i, j| l.rate_per_state[i] * x[(i, j)])))
}

/// The response at angular frequency `omega` (radians per unit of time), convention `e^(+i omega t)`:
/// `S (i omega - A)^-1 B`, delays included. None where the matrix is singular.
///
/// # Errors
/// The Jacobian is not finite.
pub fn frequency_response(l: &Linearization, omega: f64) -> Result<Option<Mat<Complex>>> {
    let (n, dim) = (l.n(), l.dim());
    let diagonal = |i: usize, j: usize| f64::from(u8::from(i == j));
    let m = match &l.parts {
        None => Mat::from_fn(n, n, |i, j| Complex::new(-l.jacobian[(i, j)], omega * diagonal(i, j))),
        Some(parts) => parts.characteristic(Complex::new(0.0, omega)),
    };
    let b = Mat::from_fn(dim, n, |i, j| Complex::new(if i == j { l.input_gain[i] } else { 0.0 }, 0.0));
    let solution = ComplexLu::new(&m)?.solve_matrix(&b);
    Ok(solution.map(|x| Mat::from_fn(n, n, |i, j| x[(i, j)] * l.rate_per_state[i])))
}

/// A matrix over units as one over populations: the mean response of the units of one population to
/// the same input to every unit of another.
pub fn by_population(circuit: &Circuit, r: &Matrix) -> Matrix {
    let p = circuit.populations().len();
    Matrix::from_fn(p, p, |x, y| {
        let rows = circuit.range(x);
        let size = rows.len() as f64;
        rows.map(|i| circuit.range(y).map(|j| r[(i, j)]).sum::<f64>()).sum::<f64>() / size
    })
}
