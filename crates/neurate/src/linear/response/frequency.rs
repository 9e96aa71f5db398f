//! The response to sinusoidal inputs at any frequency, from one Schur form (THEORY S11).
//!
//! `H(w) = R S (i w - A)^-1 B P` with a readout R of the rates and input patterns P. After one
//! decomposition (n^3) a frequency costs a substitution for each readout (n^2 / 2).

use crate::linear::Linearization;
use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{
    CMatrix, Complex, Matrix, eigenvalues, matmul, matmul_complex, singular_values, solve_shifted_rows,
};
use std::f64::consts::TAU;

/// Units up to which all sign changes and the largest gain are found by eigenvalues; above, on a grid.
pub const MAX_CERTIFIED_RESPONSE: usize = 300;
/// Points of the grid on which peaks and sign changes are looked for first.
const GRID: usize = 161;
/// Eigenfrequencies of so many modes, the least damped, are looked at as well.
const RESONANT: usize = 24;
/// The largest gain is closed to this share of itself.
const LEVEL: f64 = 1e-6;

/// The response of linear readouts of the rates to sinusoidal inputs, convention `e^(+i w t)`.
#[derive(Clone, Debug)]
pub struct FrequencyResponse {
    jacobian: Matrix,
    /// `R S`: readouts of the state.
    readout: Matrix,
    /// `B P`: what the input patterns do to the state.
    drive: Matrix,
    readout_schur: CMatrix,
    drive_schur: CMatrix,
    triangle: CMatrix,
    /// Frequencies at which something may happen, rising, cycles per unit of time.
    grid: Vec<f64>,
}

/// The largest amplitude of a response.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Resonance {
    /// Where, in cycles per unit of time; 0 if no frequency does more than a constant input.
    pub frequency: f64,
    /// How large the response is there.
    pub height: f64,
    /// Over the response to a constant input.
    pub over_static: f64,
}

/// Where the in-phase response changes its sign.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SignChanges {
    /// Frequencies, rising, in cycles per unit of time.
    pub frequencies: Vec<f64>,
    /// Whether these are all (they are the roots of a polynomial); else all that a grid shows.
    pub all: bool,
}

/// The largest gain over all frequencies, of the best input pattern: `max |H(w)|_2` (H-infinity).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LargestGain {
    /// Reached at `frequency`.
    pub lower: f64,
    /// Not reached at any frequency; None above [`MAX_CERTIFIED_RESPONSE`] units.
    pub upper: Option<f64>,
    /// Cycles per unit of time.
    pub frequency: f64,
}

impl FrequencyResponse {
    /// Of readouts of the rates (one row of weights each) to input patterns (one column each).
    ///
    /// # Errors
    /// The Schur form did not converge; the circuit has delays (see [`frequency_response`](super::frequency_response)
    /// for one frequency).
    pub fn new(l: &Linearization, readouts: &Matrix, patterns: &Matrix) -> Result<FrequencyResponse> {
        if l.delayed() {
            return Err(Error::unsupported("with delays, responses over frequencies have no Schur form"));
        }
        // Inputs reach units, and rates are read from them; slow states stand behind them.
        let (n, units) = (l.dim(), l.n());
        let readout = Matrix::from_fn(readouts.rows(), n, |a, i| {
            if i < units { readouts[(a, i)] * l.rate_per_state[i] } else { 0.0 }
        });
        let drive = Matrix::from_fn(n, patterns.cols(), |i, b| {
            if i < units { l.input_gain[i] * patterns[(i, b)] } else { 0.0 }
        });
        let schur = l.jacobian_decomposition().schur()?.to_complex();
        let values: Vec<Complex> = (0..n).map(|i| schur.t[(i, i)]).collect();
        Ok(FrequencyResponse {
            jacobian: l.jacobian.clone(),
            readout_schur: matmul_complex(&readout.to_complex(), &schur.u),
            drive_schur: matmul_complex(&schur.u.adjoint(), &drive.to_complex()),
            readout,
            drive,
            triangle: schur.t,
            grid: grid(l, &values),
        })
    }

    /// Of the populations' mean rates to the same input to every unit of a population.
    ///
    /// # Errors
    /// As [`FrequencyResponse::new`].
    pub fn of_populations(circuit: &Circuit, l: &Linearization) -> Result<FrequencyResponse> {
        let p = circuit.populations().len();
        let member = |q: usize, i: usize| if circuit.population_of(i) == q { 1.0 } else { 0.0 };
        let means = Matrix::from_fn(p, l.n(), |q, i| member(q, i) / circuit.populations()[q].size as f64);
        FrequencyResponse::new(l, &means, &Matrix::from_fn(l.n(), p, |i, q| member(q, i)))
    }

    /// The grid of frequencies: well below the slowest mode to well above the fastest time constant.
    #[must_use]
    pub fn grid(&self) -> &[f64] {
        &self.grid
    }

    /// The matrix H at a frequency (cycles per unit of time): response of the row to the column.
    #[must_use]
    pub fn at(&self, frequency: f64) -> CMatrix {
        let mut rows = self.readout_schur.clone();
        solve_shifted_rows(&mut rows, Complex::new(0.0, TAU * frequency), &self.triangle);
        matmul_complex(&rows, &self.drive_schur)
    }

    /// One entry of it.
    #[must_use]
    pub fn entry(&self, output: usize, input: usize, frequency: f64) -> Complex {
        let mut row = CMatrix::from_fn(1, self.triangle.rows(), |_, i| self.readout_schur[(output, i)]);
        solve_shifted_rows(&mut row, Complex::new(0.0, TAU * frequency), &self.triangle);
        row.row(0).iter().enumerate().map(|(i, z)| z * self.drive_schur[(i, input)]).sum()
    }

    /// The largest amplitude of one entry.
    #[must_use]
    pub fn resonance(&self, output: usize, input: usize) -> Resonance {
        let height = |f: f64| self.entry(output, input, f).norm();
        let still = height(0.0);
        let (frequency, height) = self.climb(&height);
        // A maximum at the lower end, or no higher than rounding, is the constant input's.
        if height <= still * (1.0 + 1e-9) {
            return Resonance { frequency: 0.0, height: still, over_static: 1.0 };
        }
        Resonance { frequency, height, over_static: height / still }
    }

    /// The highest point of `f` over the grid, refined.
    fn climb(&self, f: &dyn Fn(f64) -> f64) -> (f64, f64) {
        let values: Vec<f64> = self.grid.iter().map(|&x| f(x)).collect();
        let k = (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0);
        if k == 0 || k + 1 == values.len() {
            return (self.grid[k], values[k]);
        }
        golden(f, self.grid[k - 1], self.grid[k + 1])
    }

    /// Where the real part of one entry changes its sign. With `H = c (i w - A)^-1 b` it is
    /// `-c A (w^2 + A^2)^-1 b`: a rational function of `w^2`, whose zeros are the eigenvalues of
    /// `-A^2 + b c A^3 / (c A b)`. The zeros are refined by bisection on H itself, since the square
    /// of A costs digits.
    ///
    /// # Errors
    /// Eigenvalues that did not converge.
    pub fn sign_changes(&self, output: usize, input: usize) -> Result<SignChanges> {
        let zeros = self.zeros(output, input)?;
        let mut borders: Vec<f64> = self.grid.clone();
        borders.extend(zeros.iter().flatten());
        borders.sort_by(f64::total_cmp);
        borders.dedup_by(|a, b| *a - *b <= 1e-9 * *a);
        // Between the borders the sign does not change: it is asked in the middle.
        let mut points = vec![0.0];
        points.extend(borders.windows(2).map(|w| (w[0] * w[1]).sqrt()));
        points.push(2.0 * borders.last().copied().unwrap_or(1.0));
        let re = |f: f64| self.entry(output, input, f).re;
        let signs: Vec<bool> = points.iter().map(|&f| re(f) < 0.0).collect();
        let frequencies = (1..points.len())
            .filter(|&k| signs[k] != signs[k - 1])
            .map(|k| bisect(&re, points[k - 1], points[k], signs[k - 1]))
            .collect();
        Ok(SignChanges { frequencies, all: zeros.is_some() })
    }

    /// The positive zeros; None where there is no telling whether they are all.
    fn zeros(&self, output: usize, input: usize) -> Result<Option<Vec<f64>>> {
        let n = self.jacobian.rows();
        if n > MAX_CERTIFIED_RESPONSE {
            return Ok(None);
        }
        let a = &self.jacobian;
        let (c, b) = (Matrix::from_rows(&[self.readout.row(output)]), self.drive.col(input));
        let c_a = matmul(&c, a);
        let slope: f64 = c_a.row(0).iter().zip(&b).map(|(x, y)| x * y).sum();
        let size = c_a.frobenius() * b.iter().map(|x| x * x).sum::<f64>().sqrt();
        if slope.abs() <= 1e-9 * size {
            return Ok(None);
        }
        let square = matmul(a, a);
        let c_a3 = matmul(&c_a, &square);
        let m = Matrix::from_fn(n, n, |i, j| b[i] * c_a3[(0, j)] / slope - square[(i, j)]);
        let positive = |z: Complex| z.re > 0.0 && z.im.abs() <= 1e-5 * z.re;
        let values = eigenvalues(&m)?.into_iter().filter(|&z| positive(z));
        Ok(Some(values.map(|z| z.re.sqrt() / TAU).collect()))
    }

    /// The largest gain over all frequencies, by Bruinsma & Steinbuch (Syst. Control Lett. 14, 287,
    /// 1990): a level is above it if a Hamiltonian matrix has no eigenvalue on the imaginary axis.
    ///
    /// # Errors
    /// A decomposition did not converge.
    pub fn largest_gain(&self) -> Result<LargestGain> {
        let gain = |f: f64| singular_values(&real_form(&self.at(f))).map_or(0.0, |s| s[0]);
        let still = gain(0.0);
        let (mut frequency, mut lower) = self.climb(&gain);
        if still >= lower {
            (frequency, lower) = (0.0, still);
        }
        if self.jacobian.rows() > MAX_CERTIFIED_RESPONSE || lower == 0.0 {
            return Ok(LargestGain { lower, upper: (lower == 0.0).then_some(0.0), frequency });
        }
        for _ in 0..40 {
            let level = lower * (1.0 + LEVEL);
            let mut crossings = self.crossings(level)?;
            crossings.push(0.0);
            crossings.sort_by(f64::total_cmp);
            let middles: Vec<f64> = crossings.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect();
            let best =
                crossings.into_iter().chain(middles).map(|f| (f, gain(f))).max_by(|a, b| a.1.total_cmp(&b.1));
            match best {
                Some((f, height)) if height > level => (frequency, lower) = (f, height),
                _ => return Ok(LargestGain { lower, upper: Some(level), frequency }),
            }
        }
        Err(Error::not_converged("the largest gain over frequencies"))
    }

    /// Frequencies at which a singular value of H has this level.
    fn crossings(&self, level: f64) -> Result<Vec<f64>> {
        let n = self.jacobian.rows();
        let inputs = matmul(&self.drive, &self.drive.transpose());
        let outputs = matmul(&self.readout.transpose(), &self.readout);
        // Readout and drive brought to one size: units are the user's.
        let share = (outputs.frobenius() / inputs.frobenius()).sqrt();
        let hamiltonian = Matrix::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
            (true, true) => self.jacobian[(i, j)],
            (true, false) => inputs[(i, j - n)] * share / level,
            (false, true) => -outputs[(i - n, j)] / (share * level),
            (false, false) => -self.jacobian[(j - n, i - n)],
        });
        let near = 1e-9 * hamiltonian.frobenius();
        let values = eigenvalues(&hamiltonian)?.into_iter();
        Ok(values.filter(|z| z.im > 0.0 && z.re.abs() <= near).map(|z| z.im / TAU).collect())
    }
}

/// A complex matrix as a real one with the same singular values, each twice.
fn real_form(m: &CMatrix) -> Matrix {
    let (p, q) = (m.rows(), m.cols());
    Matrix::from_fn(2 * p, 2 * q, |i, j| match (i < p, j < q) {
        (true, true) => m[(i, j)].re,
        (true, false) => -m[(i, j - q)].im,
        (false, true) => m[(i - p, j)].im,
        (false, false) => m[(i - p, j - q)].re,
    })
}

fn grid(l: &Linearization, values: &[Complex]) -> Vec<f64> {
    let fastest = l.tau.iter().copied().fold(f64::INFINITY, f64::min);
    let decay = values.iter().map(|z| z.re.abs()).filter(|r| *r > l.rounding).fold(f64::INFINITY, f64::min);
    let slowest = l.tau.iter().copied().fold(if decay.is_finite() { 1.0 / decay } else { 0.0 }, f64::max);
    let top = values.iter().fold(10.0 / fastest, |m: f64, z| m.max(3.0 * z.im.abs()));
    let low = 0.01 / slowest;
    let mut all: Vec<f64> =
        (0..GRID).map(|k| low * f64::powf(top / low, k as f64 / (GRID - 1) as f64)).collect();
    let mut modes: Vec<&Complex> = values.iter().filter(|z| z.im > 0.0).collect();
    modes.sort_by(|a, b| (a.re.abs() / a.im).total_cmp(&(b.re.abs() / b.im)));
    for z in modes.into_iter().take(RESONANT) {
        all.extend([-1.0, -0.5, 0.0, 0.5, 1.0].map(|k| z.im + k * z.re).into_iter().filter(|w| *w > low));
    }
    all.sort_by(f64::total_cmp);
    all.into_iter().map(|w| w / TAU).collect()
}

/// The maximum of a function between two points, by the golden section.
fn golden(f: &dyn Fn(f64) -> f64, mut a: f64, mut b: f64) -> (f64, f64) {
    let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut x, mut y) = (b - ratio * (b - a), a + ratio * (b - a));
    let (mut fx, mut fy) = (f(x), f(y));
    // A flat top is known to half the digits: more steps would only chase rounding.
    while b - a > 1e-8 * (a.abs() + b.abs()) {
        if fx > fy {
            (b, y, fy) = (y, x, fx);
            x = b - ratio * (b - a);
            fx = f(x);
        } else {
            (a, x, fx) = (x, y, fy);
            y = a + ratio * (b - a);
            fy = f(y);
        }
    }
    if fx > fy { (x, fx) } else { (y, fy) }
}

/// The sign change of `f` between `a` and `b`, to rounding.
fn bisect(f: &dyn Fn(f64) -> f64, mut a: f64, mut b: f64, negative_at_a: bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (a + b);
        if middle <= a || middle >= b {
            break;
        }
        if (f(middle) < 0.0) == negative_at_a { a = middle } else { b = middle }
    }
    0.5 * (a + b)
}
