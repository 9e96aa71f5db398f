//! Noise in the inputs of the units, as the circuit file's `[noise]` has it.

use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Matrix, symmetric_eigen};

/// One source of noise, independent of all others: what it adds to the constant input h of the units.
#[derive(Clone, Debug, PartialEq)]
pub struct NoiseSource {
    /// Its name.
    pub name: String,
    /// Its course in time.
    pub color: Color,
    /// How strong it is in each unit, signed: the square root of the intensity of white noise (input
    /// times the square root of time), the standard deviation of colored noise (input). 0 for units
    /// that it does not reach.
    pub amplitude: Vec<f64>,
    /// How alike it is in different units.
    pub correlation: Correlation,
}

/// The course of noise in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Color {
    /// White: `<x(t) x(s)> = intensity delta(t - s)`.
    White,
    /// Ornstein-Uhlenbeck: `<x(t) x(s)> = sd^2 exp(-|t - s| / time)`.
    OrnsteinUhlenbeck {
        /// The correlation time, in the unit of time.
        time: f64,
    },
}

/// Correlations between the units that a source reaches, before their amplitudes.
#[derive(Clone, Debug, PartialEq)]
pub enum Correlation {
    /// The same between any two units: 0 for private noise, 1 for shared noise.
    Uniform(f64),
    /// Between two units, by the group of each (None: not reached); a unit with itself is 1.
    Groups {
        /// The group of every unit.
        group: Vec<Option<usize>>,
        /// Between a unit of one group and another unit of another, or the same.
        between: Matrix,
    },
}

impl NoiseSource {
    /// Refuses what is no noise of `n` units.
    pub(crate) fn check(&self, n: usize) -> Result<()> {
        let wrong = |what: String| Error::invalid(format!("noise {}: {what}", self.name));
        if self.amplitude.len() != n || self.amplitude.iter().any(|a| !a.is_finite()) {
            return Err(wrong(format!("it needs {n} finite amplitudes, one for each unit")));
        }
        if let Color::OrnsteinUhlenbeck { time } = self.color
            && !(time.is_finite() && time > 0.0)
        {
            return Err(wrong(format!("its correlation time is {time}; it must be positive")));
        }
        if let Correlation::Groups { group, between } = &self.correlation
            && (group.len() != n
                || group.iter().flatten().any(|&g| g >= between.rows())
                || !between.is_square())
        {
            return Err(wrong("its groups do not fit its correlations".into()));
        }
        let least = self.least_eigenvalue()?;
        if least < -1e-9 {
            return Err(wrong(format!(
                "its correlations are impossible: the matrix has the eigenvalue {least:.4}"
            ))
            .with_help("no noise has these: make the correlations smaller, negative ones above all"));
        }
        Ok(())
    }

    fn reached(&self) -> usize {
        self.amplitude.iter().filter(|a| **a != 0.0).count()
    }

    /// The smallest eigenvalue of the correlations between the units reached. Units of a group are
    /// alike: differences inside a group have `1 - c`, and the rest is a matrix over groups.
    fn least_eigenvalue(&self) -> Result<f64> {
        match &self.correlation {
            Correlation::Uniform(c) => {
                let m = self.reached().max(1) as f64;
                Ok(if m < 2.0 { 1.0 } else { (1.0 - c).min(1.0 + (m - 1.0) * c) })
            }
            Correlation::Groups { group, between } => {
                let sizes: Vec<f64> = (0..between.rows())
                    .map(|g| group.iter().filter(|x| **x == Some(g)).count() as f64)
                    .collect();
                let m = Matrix::from_fn(sizes.len(), sizes.len(), |a, b| {
                    if a == b {
                        1.0 + (sizes[a] - 1.0) * between[(a, a)]
                    } else {
                        (sizes[a] * sizes[b]).sqrt() * between[(a, b)]
                    }
                });
                let within = (0..sizes.len()).filter(|&g| sizes[g] > 1.0).map(|g| 1.0 - between[(g, g)]);
                Ok(within.chain(symmetric_eigen(&m)?.values).fold(f64::INFINITY, f64::min))
            }
        }
    }

    /// The correlation of the source in two units, before amplitudes.
    #[must_use]
    pub fn correlation(&self, i: usize, j: usize) -> f64 {
        match &self.correlation {
            _ if i == j => 1.0,
            Correlation::Uniform(c) => *c,
            Correlation::Groups { group, between } => match (group[i], group[j]) {
                (Some(a), Some(b)) => between[(a, b)],
                _ => 0.0,
            },
        }
    }

    /// Intensities (white) or covariances (colored) over the units: symmetric, positive semidefinite.
    #[must_use]
    pub fn matrix(&self) -> Matrix {
        let (n, a) = (self.amplitude.len(), &self.amplitude);
        Matrix::from_fn(n, n, |i, j| match a[i] * a[j] {
            0.0 => 0.0,
            product => product * self.correlation(i, j),
        })
    }

    /// Whether every unit's noise is its own.
    #[must_use]
    pub fn private(&self) -> bool {
        match &self.correlation {
            Correlation::Uniform(c) => *c == 0.0 || self.reached() < 2,
            Correlation::Groups { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_correlations_are_refused() {
        let source = |correlation, n: usize| NoiseSource {
            name: "x".into(),
            color: Color::White,
            amplitude: vec![2.0; n],
            correlation,
        };
        for (c, n, good) in
            [(0.0, 3, true), (1.0, 3, true), (-0.5, 3, true), (-0.51, 3, false), (1.1, 2, false)]
        {
            let s = source(Correlation::Uniform(c), n);
            assert_eq!(s.check(n).is_ok(), good, "{c} {n}");
            // The short cut against the matrix itself.
            let least = symmetric_eigen(&s.matrix().scale(0.25)).unwrap().values[n - 1];
            assert!((least - s.least_eigenvalue().unwrap()).abs() < 1e-14);
        }
        let group = vec![Some(0), Some(0), Some(1), Some(1), Some(1)];
        for (ee, ei, ii) in [(0.5, -0.3, 0.2), (0.5, 0.9, 0.2), (1.0, 0.0, 0.0)] {
            let between = Matrix::from_rows(&[[ee, ei], [ei, ii]]);
            let s = source(Correlation::Groups { group: group.clone(), between }, 5);
            let least = symmetric_eigen(&s.matrix().scale(0.25)).unwrap().values[4];
            assert!((least - s.least_eigenvalue().unwrap()).abs() < 1e-14);
            assert_eq!(s.check(5).is_ok(), least > -1e-9);
        }
    }
}
