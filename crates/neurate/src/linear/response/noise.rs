//! What noisy inputs become: the stationary covariance of a linearized circuit, its time course and
//! its patterns (THEORY T3).

use crate::dynamics::DelayedJacobian;
use crate::fixed_points::Stability;
use crate::linear::Linearization;
use crate::model::{Color, NoiseSource};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Lu, Lyapunov, Matrix, expm, matmul, symmetric_eigen};

/// Noise in the inputs of a circuit: the `h` of `dx/dt = A x + B h`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Noise {
    /// White: `<h(t) h(s)^T> = intensity delta(t - s)`. Input squared times time.
    White {
        /// Over the units: symmetric, positive semidefinite.
        intensity: Matrix,
    },
    /// Of one correlation time (Ornstein-Uhlenbeck): `<h(t) h(s)^T> = covariance exp(-|t - s| / time)`.
    Colored {
        /// Over the units: symmetric, positive semidefinite. Input squared.
        covariance: Matrix,
        /// The correlation time, positive.
        time: f64,
    },
    /// Independent sources, added up.
    Sum(Vec<Noise>),
}

/// One source as the equations take it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// `B Q B^T`, with the noise's matrix Q.
    pub driven: Matrix,
    /// Of colored noise: the correlation time, and the covariance of state and `B h`.
    pub(super) colored: Option<(f64, Matrix)>,
}

impl Source {
    /// The spectrum of the noise over that of its matrix: flat for white noise.
    pub(super) fn color(&self, omega: f64) -> f64 {
        self.colored.as_ref().map_or(1.0, |(time, _)| 2.0 * time / (1.0 + (omega * time).powi(2)))
    }
}

impl Noise {
    /// White noise of its own for every unit, with these intensities.
    #[must_use]
    pub fn private(intensities: &[f64]) -> Noise {
        Noise::White { intensity: Matrix::from_diagonal(intensities) }
    }

    /// Colored noise of its own for every unit, with these variances.
    #[must_use]
    pub fn private_colored(variances: &[f64], time: f64) -> Noise {
        Noise::Colored { covariance: Matrix::from_diagonal(variances), time }
    }

    /// The sources of a circuit file's `[noise]`.
    #[must_use]
    pub fn of_sources(sources: &[NoiseSource]) -> Noise {
        let one = |s: &NoiseSource| match s.color {
            Color::White => Noise::White { intensity: s.matrix() },
            Color::OrnsteinUhlenbeck { time } => Noise::Colored { covariance: s.matrix(), time },
        };
        Noise::Sum(sources.iter().map(one).collect())
    }

    /// The single sources: matrix, and correlation time of colored noise.
    fn sources(&self) -> Vec<(&Matrix, Option<f64>)> {
        match self {
            Noise::White { intensity } => vec![(intensity, None)],
            Noise::Colored { covariance, time } => vec![(covariance, Some(*time))],
            Noise::Sum(all) => all.iter().flat_map(Noise::sources).collect(),
        }
    }

    /// Refuses what is no noise of `n` units.
    fn check(&self, n: usize) -> Result<()> {
        self.sources().into_iter().try_for_each(|(m, time)| check_source(m, time, n))
    }

    /// The variance that the noise gives each unit without connections: `dx/dt = -x / tau + b h`.
    #[must_use]
    pub fn unconnected(&self, tau: &[f64], input_gain: &[f64]) -> Vec<f64> {
        let mut variance = vec![0.0; tau.len()];
        for (m, time) in self.sources() {
            for i in 0..tau.len() {
                let driven = input_gain[i] * input_gain[i] * tau[i] * m[(i, i)];
                variance[i] += time.map_or(0.5 * driven, |time| driven * tau[i] * time / (tau[i] + time));
            }
        }
        variance
    }
}

fn check_source(m: &Matrix, time: Option<f64>, n: usize) -> Result<()> {
    if (m.rows(), m.cols()) != (n, n) {
        return Err(Error::invalid(format!(
            "noise of {} x {} entries in the inputs of {n} units",
            m.rows(),
            m.cols()
        )));
    }
    if let Some(time) = time.filter(|t| !(*t > 0.0 && t.is_finite())) {
        return Err(Error::invalid(format!("noise: the correlation time {time} is not positive")));
    }
    let diagonal = (0..n).all(|i| (0..n).all(|j| i == j || m[(i, j)] == 0.0));
    let least = if diagonal && m.is_finite() {
        (0..n).fold(0.0, |least: f64, i| least.min(m[(i, i)]))
    } else {
        // Refuses asymmetry and infinities as well.
        symmetric_eigen(m)?.values.last().copied().unwrap_or(0.0)
    };
    if least < -1e-12 * m.max_abs() {
        return Err(Error::invalid(format!(
            "noise: the matrix is no covariance, it has the eigenvalue {least:e}"
        )));
    }
    Ok(())
}

/// The fluctuations of a stable linear circuit `dx/dt = A x + B h` in the steady state, or of one with delays,
/// `dx/dt = sum_k A_k x(t - d_k) + B h`. Slow states take part, and everything told is of the units before them.
#[derive(Clone, Debug)]
pub struct Fluctuations {
    /// The covariance of the state over the units.
    pub covariance: Matrix,
    /// Relative residual of the Lyapunov equation that it solves; with delays the estimated error of the integral that it
    /// is, over the largest variance.
    pub residual: f64,
    pub(super) sources: Vec<Source>,
    pub(super) equation: Equation,
}

/// What the state obeys.
#[derive(Clone, Debug)]
pub(super) enum Equation {
    /// With the covariance of all states.
    Ordinary { solver: Lyapunov, jacobian: Matrix, all: Matrix },
    /// With the real part of the rightmost root.
    Delayed { parts: DelayedJacobian, abscissa: f64 },
}

/// Principal components of fluctuations.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Patterns {
    /// Variance along each, largest first; what is negative by rounding is 0.
    pub variances: Vec<f64>,
    /// Orthonormal patterns over the units, as columns; the largest component of each is positive.
    pub patterns: Matrix,
}

/// The fluctuations about a fixed point; None where no stationary covariance exists: the point is
/// unstable, or marginal (then some variance grows without bound).
///
/// # Errors
/// The noise is none of this circuit; a decomposition did not converge.
pub fn fluctuations(l: &Linearization, noise: &Noise) -> Result<Option<Fluctuations>> {
    if l.stability != Stability::Stable {
        return Ok(None);
    }
    match &l.parts {
        Some(parts) if l.delayed() => Fluctuations::delayed(parts, &l.input_gain, noise),
        _ => Fluctuations::with_solver(
            l.jacobian_decomposition().lyapunov()?,
            &l.jacobian,
            &l.input_gain,
            noise,
        ),
    }
}

impl Fluctuations {
    /// Of any Jacobian A and diagonal B; None where A is not stable (to rounding). A may have more rows, behind
    /// those of B, which noise reaches through the others only.
    ///
    /// # Errors
    /// As [`fluctuations`].
    pub fn new(jacobian: &Matrix, input_gain: &[f64], noise: &Noise) -> Result<Option<Fluctuations>> {
        noise.check(input_gain.len())?;
        Fluctuations::with_solver(&Lyapunov::new(jacobian)?, jacobian, input_gain, noise)
    }

    fn with_solver(
        solver: &Lyapunov,
        jacobian: &Matrix,
        input_gain: &[f64],
        noise: &Noise,
    ) -> Result<Option<Fluctuations>> {
        let (n, units) = (jacobian.rows(), input_gain.len());
        noise.check(units)?;
        if !solver.stable() {
            return Ok(None);
        }
        let mut source = Matrix::zeros(n, n);
        let mut sources = Vec::new();
        for (q, time) in noise.sources() {
            let driven = Matrix::from_fn(n, n, |i, j| {
                if i.max(j) < units { input_gain[i] * q[(i, j)] * input_gain[j] } else { 0.0 }
            });
            let Some(time) = time else {
                source = source.add(&driven);
                sources.push(Source { driven, colored: None });
                continue;
            };
            // The state augmented by y = B h, dy/dt = -y / time + white noise, block by block: the
            // block K = <x y^T> obeys A K - K / time + B Q B^T = 0, and K + K^T drives the state.
            let shifted = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) / time - jacobian[(i, j)]);
            let k = Lu::new(&shifted)?.solve_matrix(&driven).ok_or_else(|| {
                Error::not_converged("noise: the circuit's response at the noise's time is singular")
            })?;
            source = source.add(&k.add(&k.transpose()));
            sources.push(Source { driven, colored: Some((time, k)) });
        }
        let solution = solver.solve(&source)?;
        Ok(Some(Fluctuations {
            covariance: Matrix::from_fn(units, units, |i, j| solution.x[(i, j)]),
            residual: solution.residual,
            sources,
            equation: Equation::Ordinary {
                solver: solver.clone(),
                jacobian: jacobian.clone(),
                all: solution.x,
            },
        }))
    }

    /// The solver of the Lyapunov equation, which holds the Schur form of A; none with delays.
    #[must_use]
    pub fn solver(&self) -> Option<&Lyapunov> {
        match &self.equation {
            Equation::Ordinary { solver, .. } => Some(solver),
            Equation::Delayed { .. } => None,
        }
    }

    /// The real part of the slowest mode.
    #[must_use]
    pub fn abscissa(&self) -> f64 {
        match &self.equation {
            Equation::Ordinary { solver, .. } => solver.abscissa(),
            Equation::Delayed { abscissa, .. } => *abscissa,
        }
    }

    /// Number of units.
    #[must_use]
    pub fn n(&self) -> usize {
        self.covariance.rows()
    }

    /// A readout of units as one of all states.
    pub(super) fn padded(&self, readout: &Matrix) -> Matrix {
        let states = match &self.equation {
            Equation::Ordinary { all, .. } => all.rows(),
            Equation::Delayed { parts, .. } => parts.dim(),
        };
        Matrix::from_fn(readout.rows(), states, |a, i| if i < readout.cols() { readout[(a, i)] } else { 0.0 })
    }

    /// `<x(t + lag) x(t)^T>`: row later, column earlier, for a positive lag.
    ///
    /// # Errors
    /// As [`Fluctuations::lagged`].
    pub fn at_lag(&self, lag: f64) -> Result<Matrix> {
        let all = self.lagged(&Matrix::identity(self.n()), lag.abs(), 1)?;
        Ok(if lag < 0.0 { all[1].transpose() } else { all[1].clone() })
    }

    /// `R <x(t + lag) x(t)^T> R^T` of linear readouts R, at the lags 0, step, ..., count step. One
    /// exponential (of twice the circuit's size for each source of colored noise), then products
    /// with the readouts.
    ///
    /// # Errors
    /// The exponential overflows; the circuit has delays.
    pub fn lagged(&self, readout: &Matrix, step: f64, count: usize) -> Result<Vec<Matrix>> {
        let Equation::Ordinary { jacobian, all, .. } = &self.equation else {
            return Err(Error::unsupported("covariances in time of circuits with delays are not computed")
                .with_help("their spectra are"));
        };
        let n = all.rows();
        let readout = &self.padded(readout);
        let own = expm(&jacobian.scale(step))?;
        // What y = B h of a source does to the state in a step.
        let mut through = Vec::new();
        for (time, k) in self.sources.iter().filter_map(|s| s.colored.as_ref()) {
            let a = Matrix::from_fn(2 * n, 2 * n, |i, j| match (i < n, j < n) {
                (true, true) => jacobian[(i, j)],
                (false, false) if i == j => -1.0 / time,
                (true, false) if i + n == j => 1.0,
                _ => 0.0,
            });
            let e = expm(&a.scale(step))?;
            let block = Matrix::from_fn(n, n, |i, j| e[(i, n + j)]);
            through.push((block, (-step / time).exp(), k));
        }
        // Rows of the readouts, moved back in time: R exp(A t), of the augmented state.
        let mut rows = readout.clone();
        let mut inputs = vec![Matrix::zeros(readout.rows(), n); through.len()];
        let mut out = Vec::with_capacity(count + 1);
        for k in 0..=count {
            if k > 0 {
                for ((block, decay, _), input) in through.iter().zip(&mut inputs) {
                    *input = matmul(&rows, block).add(&input.scale(*decay));
                }
                rows = matmul(&rows, &own);
            }
            let mut moved = matmul(&rows, all);
            for ((_, _, k), input) in through.iter().zip(&inputs) {
                moved = moved.add(&matmul(input, &k.transpose()));
            }
            out.push(matmul(&moved, &readout.transpose()));
        }
        Ok(out)
    }

    /// The sum of all units' variances.
    #[must_use]
    pub fn total_variance(&self) -> f64 {
        (0..self.n()).map(|i| self.covariance[(i, i)]).sum()
    }

    /// The participation ratio `(tr C)^2 / tr C^2`: the number of patterns that share the variance,
    /// 1 to n. Undefined (NaN) without any variance.
    #[must_use]
    pub fn dimensionality(&self) -> f64 {
        let trace = self.total_variance();
        let size = self.covariance.frobenius();
        (trace / size) * (trace / size)
    }

    /// The principal components.
    ///
    /// # Errors
    /// They did not converge.
    pub fn patterns(&self) -> Result<Patterns> {
        let e = symmetric_eigen(&self.covariance)?;
        Ok(Patterns { variances: e.values.into_iter().map(|v| v.max(0.0)).collect(), patterns: e.vectors })
    }

    /// The covariance of linear readouts: `R C R^T`.
    #[must_use]
    pub fn read(&self, readout: &Matrix) -> Matrix {
        matmul(&matmul(readout, &self.covariance), &readout.transpose())
    }
}

/// Standard deviations of a covariance: 0 where a variance is zero to rounding (1e-14 of the
/// largest), as that of a silent unit, whose gain is zero.
#[must_use]
pub fn standard_deviations(covariance: &Matrix) -> Vec<f64> {
    let variances: Vec<f64> = (0..covariance.rows()).map(|i| covariance[(i, i)]).collect();
    let floor = 1e-14 * variances.iter().copied().fold(0.0, f64::max);
    variances.into_iter().map(|v| if v > floor { v.sqrt() } else { 0.0 }).collect()
}

/// Correlations of a covariance; not a number where a variance is zero, as
/// [`standard_deviations`] has it.
#[must_use]
pub fn correlations(covariance: &Matrix) -> Matrix {
    let sd = standard_deviations(covariance);
    Matrix::from_fn(covariance.rows(), covariance.cols(), |i, j| {
        if sd[i] == 0.0 || sd[j] == 0.0 {
            f64::NAN
        } else if i == j {
            1.0
        } else {
            covariance[(i, j)] / sd[i] / sd[j]
        }
    })
}
