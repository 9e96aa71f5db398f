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
            return Err(Error::invalid("a feature space needs an axis")
                .with_help("orientation = { period = 180, points = 60 }"));
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
        let factor = size.factor(weights[0], &weights)?;
        weights.iter_mut().for_each(|w| *w *= factor);
        Ok(weights)
    }

    /// The block of weights to populations with `to` units along each axis from such with `from`, all evenly spaced from 0, rows
    /// receiving. With [`KernelSize::Total`] each receiver's weights add up to the total.
    ///
    /// ```
    /// use neurate::model::{Falloff, FeatureAxis, FeatureSpace, KernelSize};
    /// let ring = FeatureSpace::new(vec![FeatureAxis { name: "orientation".into(), period: 180.0, points: 4 }])?;
    /// // To 4 units from 2, at 0 and 90 degrees.
    /// let block = ring.block_between(&[Falloff::Cosine(1.0)], KernelSize::Total(1.0), &[4], &[2])?;
    /// assert_eq!(block[..4], [1.0, 0.0, 0.5, 0.5]);
    /// # Ok::<(), neurate::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`FeatureSpace::kernel`]; not one number of units for each axis.
    pub fn block_between(
        &self,
        falloffs: &[Falloff],
        size: KernelSize,
        to: &[usize],
        from: &[usize],
    ) -> Result<Vec<f64>> {
        let axes = self.axes.len();
        if [falloffs.len(), to.len(), from.len()].iter().any(|k| *k != axes)
            || to.contains(&0)
            || from.contains(&0)
        {
            return Err(Error::invalid(format!(
                "{} fall-offs and {} and {} numbers of units for {axes} axes",
                falloffs.len(),
                to.len(),
                from.len()
            ))
            .with_help("give one of each for each axis, and at least one unit"));
        }
        // Along one axis: to each position from each.
        let mut block = vec![1.0];
        let (mut rows, mut cols, mut at_zero) = (1, 1, 1.0);
        for (k, axis) in self.axes.iter().enumerate() {
            let (t, f) = (to[k], from[k]);
            falloffs[k].check(axis)?;
            let along = |i: usize, j: usize| falloffs[k].at(axis, offset((i, t), (j, f)));
            at_zero *= falloffs[k].at(axis, (0.0, 1.0));
            let mut next = Vec::with_capacity(rows * t * cols * f);
            for row in 0..rows * t {
                for col in 0..cols * f {
                    next.push(block[row / t * cols + col / f] * along(row % t, col % f));
                }
            }
            (block, rows, cols) = (next, rows * t, cols * f);
        }
        for row in block.chunks_mut(cols) {
            let factor = size.factor(at_zero, row)?;
            row.iter_mut().for_each(|w| *w *= factor);
        }
        Ok(block)
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

/// The shorter way between two positions on a circle, each a unit of so many: in steps, and how many make a period.
fn offset((i, t): (usize, usize), (j, f): (usize, usize)) -> (f64, f64) {
    let whole = t * f;
    let steps = (i * f + whole - j * t) % whole;
    (steps.min(whole - steps) as f64, whole as f64)
}

impl KernelSize {
    /// What brings a kernel to its size: by its value at distance zero, or by the weights of one receiver.
    fn factor(self, at_zero: f64, row: &[f64]) -> Result<f64> {
        match self {
            KernelSize::Peak(_) if at_zero == 0.0 => {
                Err(Error::invalid("this kernel is 0 at distance zero: it has no peak to give")
                    .with_help("give total instead"))
            }
            KernelSize::Peak(peak) => Ok(peak / at_zero),
            KernelSize::Total(total) => {
                let sum: f64 = row.iter().sum();
                if sum.abs() <= 1e-12 * row.len() as f64 {
                    return Err(Error::invalid("this kernel's weights add up to 0: it has no total to give")
                        .with_help("give peak instead"));
                }
                Ok(total / sum)
            }
        }
    }
}

impl Falloff {
    fn check(self, axis: &FeatureAxis) -> Result<()> {
        match self {
            Falloff::Gaussian(width) if !(width.is_finite() && width > 0.0) => Err(Error::invalid(format!(
                "the width of a gaussian along {} is {width}; it is a positive number",
                axis.name
            ))
            .with_help("give it in the axis' own unit: { gaussian = 20 }")),
            _ => Ok(()),
        }
    }

    /// The factor at a distance: so many steps, of so many in a period.
    fn at(self, axis: &FeatureAxis, (steps, whole): (f64, f64)) -> f64 {
        let cosine = || (std::f64::consts::TAU * steps / whole).cos();
        match self {
            Falloff::Flat => 1.0,
            Falloff::Gaussian(width) => (-0.5 * (axis.period * steps / whole / width).powi(2)).exp(),
            Falloff::VonMises(kappa) => (kappa * (cosine() - 1.0)).exp(),
            Falloff::Cosine(a) => 1.0 + a * cosine(),
        }
    }

    /// Values at the points of an axis, distance from point 0. A cosine is not divided by `1 + a`:
    /// its peak may be 0.
    fn values(self, axis: &FeatureAxis) -> Result<Vec<f64>> {
        self.check(axis)?;
        let n = axis.points;
        // The shorter way, the same number for both ways: the kernel is exactly even.
        Ok((0..n).map(|k| self.at(axis, (k.min(n - k) as f64, n as f64))).collect())
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

    #[test]
    fn unequal_grids_share_the_circle() {
        let falloffs = [Falloff::VonMises(1.5), Falloff::Cosine(0.4)];
        let torus = FeatureSpace::new(vec![axis("orientation", 180.0, 6), axis("x", 2.0, 4)]).unwrap();
        for size in [KernelSize::Peak(0.7), KernelSize::Total(-1.5)] {
            let equal = torus.block_between(&falloffs, size, &[6, 4], &[6, 4]).unwrap();
            let kernel = torus.kernel(&falloffs, size).unwrap();
            assert!(equal.iter().zip(torus.block(&kernel)).all(|(a, b)| (a - b).abs() < 1e-15));
            // By the formula, position by position.
            let block = torus.block_between(&falloffs, size, &[5, 2], &[3, 7]).unwrap();
            let weight = |row: usize, col: usize| {
                let turn = std::f64::consts::TAU;
                let d = (row / 2) as f64 / 5.0 - (col / 7) as f64 / 3.0;
                let x = (row % 2) as f64 / 2.0 - (col % 7) as f64 / 7.0;
                (1.5 * ((turn * d).cos() - 1.0)).exp() * (1.0 + 0.4 * (turn * x).cos())
            };
            for row in 0..10 {
                let own: Vec<f64> = (0..21).map(|col| weight(row, col)).collect();
                let factor = match size {
                    KernelSize::Peak(peak) => peak / 1.4,
                    KernelSize::Total(total) => total / own.iter().sum::<f64>(),
                };
                for (col, w) in own.iter().enumerate() {
                    assert!((block[21 * row + col] - factor * w).abs() < 1e-14, "{row} {col}");
                }
            }
        }
        let ring = FeatureSpace::new(vec![axis("x", 1.0, 4)]).unwrap();
        assert!(ring.block_between(&[Falloff::Gaussian(-1.0)], KernelSize::Peak(1.0), &[4], &[2]).is_err());
        assert!(ring.block_between(&[Falloff::Cosine(-1.0)], KernelSize::Peak(1.0), &[4], &[2]).is_err());
        assert!(ring.block_between(&[Falloff::Flat], KernelSize::Peak(1.0), &[4], &[0]).is_err());
        assert!(ring.block_between(&[Falloff::Flat], KernelSize::Peak(1.0), &[4, 1], &[2]).is_err());
    }
}
