//! Floquet multipliers of a cycle.

use neurate_numerics::linalg::{Complex, Matrix, ProductEigenvalue, product_eigenvalues};

/// Multipliers without the trivial one, and how far that one is from 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Multipliers {
    /// Largest modulus first.
    pub others: Vec<ProductEigenvalue>,
    pub trivial_error: f64,
}

/// The multipliers of the maps around a cycle; None if they do not converge.
pub(super) fn multipliers(maps: &[Matrix]) -> Option<Multipliers> {
    let mut all = product_eigenvalues(maps)?;
    let away = |e: &ProductEigenvalue| e.log_modulus.abs() + e.angle.abs();
    let trivial = (0..all.len()).min_by(|&a, &b| away(&all[a]).total_cmp(&away(&all[b])))?;
    let e = all.remove(trivial);
    let trivial_error = (e.value() - Complex::new(1.0, 0.0)).norm();
    // The partner of a pair that was split is real.
    if e.angle != 0.0
        && let Some(partner) = all.iter_mut().find(|o| o.angle == -e.angle && o.log_modulus == e.log_modulus)
    {
        partner.angle = 0.0;
    }
    Some(Multipliers { others: all, trivial_error })
}

impl Multipliers {
    /// How many lie outside the unit circle.
    pub fn unstable(&self) -> usize {
        self.others.iter().filter(|e| e.log_modulus > 0.0).count()
    }
    /// How many are real and below -1.
    pub fn below_minus_one(&self) -> usize {
        self.others.iter().filter(|e| e.log_modulus > 0.0 && is_negative(e)).count()
    }
    /// As numbers.
    pub fn values(&self) -> Vec<Complex> {
        self.others.iter().map(|e| e.value()).collect()
    }
    /// The logarithm of the modulus of the real negative multiplier nearest to -1.
    pub fn doubling(&self) -> Option<f64> {
        nearest(self.others.iter().filter(|e| is_negative(e)))
    }
    /// The logarithm of the modulus of the real positive multiplier nearest to 1.
    pub fn positive(&self) -> Option<f64> {
        nearest(self.others.iter().filter(|e| e.angle == 0.0))
    }
    /// The logarithm of the modulus of the pair nearest to the unit circle, and its angle.
    pub fn torus(&self) -> Option<(f64, f64)> {
        let pairs = || self.others.iter().filter(|e| e.angle > 0.0 && !is_negative(e));
        let log = nearest(pairs())?;
        pairs().find(|e| e.log_modulus == log).map(|e| (log, e.angle))
    }
}

fn is_negative(e: &ProductEigenvalue) -> bool {
    e.angle.abs() == std::f64::consts::PI
}

fn nearest<'a>(all: impl Iterator<Item = &'a ProductEigenvalue>) -> Option<f64> {
    all.map(|e| e.log_modulus).min_by(|a, b| a.abs().total_cmp(&b.abs()))
}
