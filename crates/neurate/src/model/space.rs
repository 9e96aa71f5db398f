//! Units on a ring or a torus, and weights that depend on the distance between them.

use neurate_numerics::error::{Error, Result};

/// One feature that units differ in: a circle of `period` with evenly spaced points.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureAxis {
    /// Its name: `orientation`.
    pub name: String,
    /// Its length, in a unit of the user's: 180 for orientation in degrees.
    pub period: f64,
    /// Number of points, at 0, period/points, ...
    pub points: usize,
}

/// The feature space of a circuit: the product of its axes (one: a ring; two: a torus). Units of a
/// population stand on its points, the last axis fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureSpace {
    axes: Vec<FeatureAxis>,
}

/// How a weight falls off along one axis; 1 at distance zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Falloff {
    /// The same everywhere.
    Flat,
    /// `exp(-d^2 / (2 width^2))`, d the shortest way round (not wrapped: other ways do not add).
    Gaussian(f64),
    /// `exp(kappa (cos(2 pi d / period) - 1))`.
    VonMises(f64),
    /// `(1 + a cos(2 pi d / period)) / (1 + a)`.
    Cosine(f64),
}

/// The size of a kernel: which of its numbers is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KernelSize {
    /// The weight at distance zero: the kernel is not normalized, more points make more weight.
    Peak(f64),
    /// The sum of all weights that one receiver gets: normalized.
    Total(f64),
}

impl FeatureSpace {
    /// A space of these axes.
    ///
    /// # Errors
    /// No axis, two of one name, a period that is not positive, fewer than two points.
    pub fn new(axes: Vec<FeatureAxis>) -> Result<FeatureSpace> {
        if axes.is_empty() {
            return Err(Error::invalid("a feature space needs an axis"));
        }
        for (k, a) in axes.iter().enumerate() {
            if axes[..k].iter().any(|b| b.name == a.name) {
                return Err(Error::invalid(format!("two axes are named {}", a.name)));
            }
            if !(a.period.is_finite() && a.period > 0.0) {
                return Err(Error::invalid(format!(
                    "the period of {} is {}; it is a positive number",
                    a.name, a.period
                )));
            }
            if a.points < 2 {
                return Err(Error::invalid(format!("{} needs at least two points", a.name)));
            }
        }
        Ok(FeatureSpace { axes })
    }

    /// The axes.
    pub fn axes(&self) -> &[FeatureAxis] {
        &self.axes
    }
    /// Number of points, the size of a population that lives here.
    pub fn points(&self) -> usize {
        self.axes.iter().map(|a| a.points).product()
    }
    /// Points along each axis.
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(|a| a.points).collect()
    }

    /// Weights to each point from the point 0, for a kernel with one fall-off for each axis. The
    /// weight to point i from point j is that at the point `i - j`, modulo each axis.
    ///
    /// # Errors
    /// Not one fall-off for each axis; a width that is not positive; a total or a peak that the
    /// kernel cannot have.
    pub fn kernel(&self, falloffs: &[Falloff], size: KernelSize) -> Result<Vec<f64>> {
        if falloffs.len() != self.axes.len() {
            return Err(Error::invalid(format!("{} fall-offs for {} axes", falloffs.len(), self.axes.len())));
        }
        let mut weights = vec![1.0];
        for (axis, falloff) in self.axes.iter().zip(falloffs) {
            let along = falloff.values(axis)?;
            weights = weights.iter().flat_map(|w| along.iter().map(move |a| w * a)).collect();
        }
        let factor = match size {
            KernelSize::Peak(peak) => {
                if weights[0] == 0.0 {
                    return Err(Error::invalid("this kernel is 0 at distance zero: it has no peak to give")
                        .with_help("give total instead"));
                }
                peak / weights[0]
            }
            KernelSize::Total(total) => {
                let sum: f64 = weights.iter().sum();
                if sum.abs() <= 1e-12 * weights.len() as f64 {
                    return Err(Error::invalid("this kernel's weights add up to 0: it has no total to give")
                        .with_help("give peak instead"));
                }
                total / sum
            }
        };
        weights.iter_mut().for_each(|w| *w *= factor);
        Ok(weights)
    }

    /// The whole block of weights to every point from every point, rows receiving.
    pub fn block(&self, kernel: &[f64]) -> Vec<f64> {
        let n = self.points();
        let coordinates: Vec<Vec<usize>> = (0..n).map(|i| self.coordinates(i)).collect();
        let mut all = Vec::with_capacity(n * n);
        for to in &coordinates {
            for from in &coordinates {
                let mut at = 0;
                for ((t, f), a) in to.iter().zip(from).zip(&self.axes) {
                    at = at * a.points + (t + a.points - f) % a.points;
                }
                all.push(kernel[at]);
            }
        }
        all
    }

    fn coordinates(&self, mut unit: usize) -> Vec<usize> {
        let mut all: Vec<usize> = self
            .axes
            .iter()
            .rev()
            .map(|a| {
                let k = unit % a.points;
                unit /= a.points;
                k
            })
            .collect();
        all.reverse();
        all
    }
}

impl Falloff {
    /// Values at the points of an axis, distance from point 0. A cosine is not divided by `1 + a`:
    /// its peak may be 0.
    fn values(self, axis: &FeatureAxis) -> Result<Vec<f64>> {
        if let Falloff::Gaussian(width) = self
            && !(width.is_finite() && width > 0.0)
        {
            return Err(Error::invalid(format!(
                "the width of a gaussian along {} is {width}; it is a positive number",
                axis.name
            )));
        }
        let n = axis.points;
        Ok((0..n)
            .map(|k| {
                // The shorter way, the same number for both ways: the kernel is exactly even.
                let steps = k.min(n - k) as f64;
                let d = axis.period * steps / n as f64;
                let cosine = (std::f64::consts::TAU * steps / n as f64).cos();
                match self {
                    Falloff::Flat => 1.0,
                    Falloff::Gaussian(width) => (-0.5 * (d / width).powi(2)).exp(),
                    Falloff::VonMises(kappa) => (kappa * (cosine - 1.0)).exp(),
                    Falloff::Cosine(a) => 1.0 + a * cosine,
                }
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(name: &str, period: f64, points: usize) -> FeatureAxis {
        FeatureAxis { name: name.into(), period, points }
    }

    #[test]
    fn kernels_have_the_size_that_is_given() {
        let ring = FeatureSpace::new(vec![axis("orientation", 180.0, 12)]).unwrap();
        for f in [Falloff::Flat, Falloff::Gaussian(20.0), Falloff::VonMises(2.0), Falloff::Cosine(0.7)] {
            let total = ring.kernel(&[f], KernelSize::Total(-1.5)).unwrap();
            assert!((total.iter().sum::<f64>() + 1.5).abs() < 1e-14);
            let peak = ring.kernel(&[f], KernelSize::Peak(0.3)).unwrap();
            assert!((peak[0] - 0.3).abs() < 1e-15);
            assert!((1..12).all(|k| peak[k] == peak[12 - k]), "even");
        }
        // 30 degrees of 180 is 60 of a circle: (1 + 0.5)/2 of a full cosine.
        let cosine = ring.kernel(&[Falloff::Cosine(1.0)], KernelSize::Peak(1.0)).unwrap();
        assert!((cosine[2] - 0.75).abs() < 1e-15);
        assert!(ring.kernel(&[Falloff::Cosine(-1.0)], KernelSize::Peak(1.0)).is_err());
        assert!(ring.kernel(&[Falloff::Gaussian(0.0)], KernelSize::Peak(1.0)).is_err());
        assert!(ring.kernel(&[], KernelSize::Peak(1.0)).is_err());
    }

    #[test]
    fn blocks_turn_with_the_ring() {
        let torus = FeatureSpace::new(vec![axis("x", 1.0, 3), axis("orientation", 180.0, 4)]).unwrap();
        let kernel: Vec<f64> = (0..12).map(f64::from).collect();
        let block = torus.block(&kernel);
        // From point 0: the kernel itself, down the first column.
        assert!((0..12).all(|i| block[12 * i] == kernel[i]));
        // To (0, 0) from (1, 1): the offset (-1, -1), point (2, 3).
        assert_eq!(block[5], 11.0);
        assert!(FeatureSpace::new(vec![axis("x", 1.0, 3), axis("x", 1.0, 3)]).is_err());
        assert!(FeatureSpace::new(vec![axis("x", 1.0, 1)]).is_err());
    }
}
