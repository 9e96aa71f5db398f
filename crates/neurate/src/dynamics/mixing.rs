//! Correlated noise from independent numbers: a symmetric square root in closed form.
//!
//! Units of a group are alike. What differs inside a group has the variance `1 - c`, and the groups' means, each over
//! the root of its size, have a covariance of their own: `M_aa = 1 + (n_a - 1) c_aa`, `M_ab = sqrt(n_a n_b) c_ab`. Its
//! root mixes the means. So n units with g groups take `n + g^2` operations, and semidefinite correlations are ordinary.

use crate::model::{Correlation, NoiseSource};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::{Matrix, symmetric_eigen};
use std::ops::Range;

/// How a source's independent numbers become correlated ones.
#[derive(Clone, Debug)]
pub(super) struct Mixing {
    /// The units for which numbers are drawn.
    drawn: Vec<Range<usize>>,
    groups: Vec<Group>,
    /// Root of the covariance of the groups' scaled means; symmetric.
    root: Matrix,
}

#[derive(Clone, Debug)]
struct Group {
    units: Vec<usize>,
    /// `sqrt(1 - c)`; 0 where all units have the same noise, that of the first.
    apart: f64,
}

impl Mixing {
    pub(super) fn new(source: &NoiseSource) -> Result<Mixing> {
        let reached: Vec<usize> =
            (0..source.amplitude.len()).filter(|&i| source.amplitude[i] != 0.0).collect();
        if source.private() {
            let root = Matrix::zeros(0, 0);
            return Ok(Mixing { drawn: runs(&reached), groups: Vec::new(), root });
        }
        let (members, between) = match &source.correlation {
            Correlation::Uniform(c) => (vec![reached], Matrix::from_rows(&[[*c]])),
            Correlation::Groups { group, between } => {
                let members = |g: usize| (0..group.len()).filter(|&i| group[i] == Some(g)).collect();
                ((0..between.rows()).map(members).collect(), between.clone())
            }
        };
        let groups: Vec<Group> = members
            .into_iter()
            .enumerate()
            .map(|(g, units): (usize, Vec<usize>)| {
                // Rounding may leave a correlation of 1 just beside it.
                let rest = 1.0 - between[(g, g)];
                let apart = if units.len() < 2 || rest < 1e-12 { 0.0 } else { rest.sqrt() };
                Group { units, apart }
            })
            .collect();
        let size = |g: usize| groups[g].units.len() as f64;
        let means = Matrix::from_fn(groups.len(), groups.len(), |a, b| {
            if a == b {
                1.0 + (size(a) - 1.0) * between[(a, a)]
            } else {
                (size(a) * size(b)).sqrt() * between[(a, b)]
            }
        });
        let e = symmetric_eigen(&means)?;
        let root = Matrix::from_fn(groups.len(), groups.len(), |a, b| {
            (0..groups.len())
                .map(|k| e.vectors[(a, k)] * e.values[k].max(0.0).sqrt() * e.vectors[(b, k)])
                .sum()
        });
        let drawn = groups.iter().flat_map(|g| match g.apart {
            0.0 => g.units.first().map(|&i| i..i + 1).into_iter().collect(),
            _ => runs(&g.units),
        });
        Ok(Mixing { drawn: drawn.collect(), groups, root })
    }

    pub(super) fn drawn(&self) -> &[Range<usize>] {
        &self.drawn
    }

    pub(super) fn is_private(&self) -> bool {
        self.groups.is_empty()
    }

    /// From the numbers `z` of all units, lanes side by side, to those of the source; units that it does not reach are
    /// left as they are.
    pub(super) fn apply(&self, z: &[f64], lanes: usize, scratch: &mut Vec<f64>, out: &mut [f64]) {
        if self.is_private() {
            return out.copy_from_slice(z);
        }
        let g = self.groups.len();
        scratch.resize(2 * g * lanes, 0.0);
        let (means, mixed) = scratch.split_at_mut(g * lanes);
        let lanes_of = |i: usize| i * lanes..(i + 1) * lanes;
        // Scaled means, each of variance 1 ..
        means.fill(0.0);
        mixed.fill(0.0);
        for (group, mean) in self.groups.iter().zip(means.chunks_mut(lanes)) {
            let (units, scale) = match group.apart {
                0.0 => (&group.units[..group.units.len().min(1)], 1.0),
                _ => (&group.units[..], 1.0 / (group.units.len() as f64).sqrt()),
            };
            for &i in units {
                mean.iter_mut().zip(&z[lanes_of(i)]).for_each(|(m, z)| *m += z * scale);
            }
        }
        // .. as they should vary together ..
        for (a, mixed) in mixed.chunks_mut(lanes).enumerate() {
            for (b, mean) in means.chunks(lanes).enumerate() {
                let root = self.root[(a, b)];
                mixed.iter_mut().zip(mean).for_each(|(y, m)| *y += root * m);
            }
        }
        // .. in place of those that the units had.
        for (k, group) in self.groups.iter().enumerate() {
            let scale = 1.0 / (group.units.len() as f64).sqrt();
            let (mean, mixed) = (&means[lanes_of(k)], &mixed[lanes_of(k)]);
            for &i in &group.units {
                let (z, out) = (&z[lanes_of(i)], &mut out[lanes_of(i)]);
                for e in 0..lanes {
                    // Where units are the same, numbers were drawn for the first only.
                    let own = if group.apart == 0.0 { 0.0 } else { group.apart * (z[e] - mean[e] * scale) };
                    out[e] = own + mixed[e] * scale;
                }
            }
        }
    }
}

/// Rising numbers as ranges.
fn runs(units: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for &i in units {
        match runs.last_mut() {
            Some(last) if last.end == i => last.end += 1,
            _ => runs.push(i..i + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Color;
    use neurate_numerics::linalg::matmul;

    /// The mixing as a matrix squares to the correlations, exactly.
    #[test]
    fn the_mixing_is_a_root_of_the_correlations() {
        let group = vec![Some(0), None, Some(1), Some(0), Some(1), Some(2), Some(1)];
        let grouped = |rows: &[[f64; 3]]| Correlation::Groups {
            group: group.clone(),
            between: Matrix::from_rows(rows),
        };
        let cases = [
            Correlation::Uniform(0.3),
            Correlation::Uniform(1.0),
            Correlation::Uniform(-0.2),
            Correlation::Uniform(0.0),
            grouped(&[[0.5, -0.3, 0.1], [-0.3, 0.2, 0.4], [0.1, 0.4, 1.0]]),
            grouped(&[[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        ];
        for correlation in cases {
            let n = 7;
            let source = NoiseSource {
                name: "x".into(),
                color: Color::White,
                amplitude: (0..n).map(|i| if i == 1 { 0.0 } else { 1.0 }).collect(),
                correlation,
            };
            let mixing = Mixing::new(&source).unwrap();
            // Each lane a unit vector; units without numbers of their own have zeros.
            let mut unit = Matrix::zeros(n, n);
            mixing.drawn().iter().flat_map(Range::clone).for_each(|i| unit[(i, i)] = 1.0);
            let mut root = Matrix::zeros(n, n);
            let mut out = vec![0.0; n * n];
            mixing.apply(unit.data(), n, &mut Vec::new(), &mut out);
            (0..n * n).for_each(|k| root[(k / n, k % n)] = out[k]);
            let square = matmul(&root, &root.transpose());
            let error = square.sub(&source.matrix()).max_abs();
            assert!(error < 1e-14, "{:?}: {error:e}", source.correlation);
        }
    }
}
