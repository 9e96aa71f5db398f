//! Random Dale-respecting weights from a seed.

use super::CellKind;
use crate::error::{Error, Result};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, LogNormal, Normal};
use std::ops::Range;

/// How the weights of one block (one sending, one receiving population) are drawn: each possible
/// connection exists with probability `p`; its strength has the given mean and standard deviation.
///
/// If the sender is excitatory or inhibitory the strength is log-normal with the mean's sign, so
/// that no weight crosses zero and the moments stay exact (a clipped normal would shift both);
/// otherwise it is normal.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomBlock {
    /// Receiving units.
    pub to: Range<usize>,
    /// Sending units.
    pub from: Range<usize>,
    /// Kind of the sender.
    pub kind: CellKind,
    /// Connection probability.
    pub p: f64,
    /// Mean strength of an existing connection, signed.
    pub mean: f64,
    /// Standard deviation of the strength of an existing connection.
    pub sd: f64,
    /// Whether a unit may connect to itself.
    pub self_connections: bool,
}

/// Draws the weights of the blocks: triplets (to, from, weight).
///
/// ChaCha8 (its own stream for each block), so that one seed gives the same circuit on every
/// machine and changing one block leaves the others alone.
///
/// # Errors
/// A probability outside 0 to 1, a negative standard deviation, a mean against the sender's kind.
pub fn random_weights(blocks: &[RandomBlock], seed: u64) -> Result<Vec<(usize, usize, f64)>> {
    let mut triplets = Vec::new();
    draw_random_weights(blocks, seed, |to, from, w| triplets.push((to, from, w)))?;
    Ok(triplets)
}

/// [`random_weights`], one after the other: to, from, weight. A large circuit goes straight into
/// [`Connections`](super::Connections).
///
/// # Errors
/// As [`random_weights`].
pub fn draw_random_weights(
    blocks: &[RandomBlock],
    seed: u64,
    mut add: impl FnMut(usize, usize, f64),
) -> Result<()> {
    for (stream, b) in blocks.iter().enumerate() {
        if !(0.0..=1.0).contains(&b.p) {
            return Err(Error::invalid(format!("a connection probability of {} is not in 0 to 1", b.p)));
        }
        if !(b.sd.is_finite() && b.sd >= 0.0 && b.mean.is_finite()) {
            return Err(Error::invalid(format!(
                "a weight with mean {} and standard deviation {} cannot be drawn",
                b.mean, b.sd
            )));
        }
        let sign = match b.kind {
            CellKind::Excitatory => 1.0,
            CellKind::Inhibitory => -1.0,
            CellKind::Unconstrained => 0.0,
        };
        if sign * b.mean < 0.0 {
            return Err(Error::invalid(format!(
                "the sender is {} but its mean weight is {:+}",
                b.kind.name(),
                b.mean
            ))
            .with_help(format!("write {:+}, or set the kind to \"unconstrained\"", -b.mean)));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream as u64);
        let strength = Strength::new(b.mean, b.sd, sign != 0.0)?;
        for to in b.to.clone() {
            for from in b.from.clone() {
                let exists = uniform(&mut rng) < b.p;
                if exists && (b.self_connections || to != from) {
                    add(to, from, strength.draw(&mut rng));
                }
            }
        }
    }
    Ok(())
}

/// A double in [0, 1) from the top 53 bits.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

enum Strength {
    Constant(f64),
    Signed(f64, LogNormal<f64>),
    Normal(Normal<f64>),
}

impl Strength {
    fn new(mean: f64, sd: f64, one_sign: bool) -> Result<Strength> {
        let bad = |_| Error::invalid(format!("no distribution has mean {mean} and standard deviation {sd}"));
        Ok(if sd == 0.0 {
            Strength::Constant(mean)
        } else if one_sign {
            if mean == 0.0 {
                return Err(Error::invalid("a one-signed weight with mean 0 has no spread")
                    .with_help("give a mean, or set the sender's kind to \"unconstrained\""));
            }
            let d = LogNormal::from_mean_cv(mean.abs(), sd / mean.abs()).map_err(bad)?;
            Strength::Signed(mean.signum(), d)
        } else {
            Strength::Normal(Normal::new(mean, sd).map_err(bad)?)
        })
    }
    fn draw(&self, rng: &mut ChaCha8Rng) -> f64 {
        match self {
            Strength::Constant(x) => *x,
            Strength::Signed(sign, d) => sign * d.sample(rng),
            Strength::Normal(d) => d.sample(rng),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: CellKind, mean: f64, sd: f64) -> RandomBlock {
        RandomBlock { to: 0..400, from: 0..400, kind, p: 0.2, mean, sd, self_connections: false }
    }

    #[test]
    fn moments_signs_and_seed() {
        let blocks = [block(CellKind::Inhibitory, -0.5, 0.25)];
        let a = random_weights(&blocks, 7).unwrap();
        assert_eq!(a, random_weights(&blocks, 7).unwrap());
        assert_ne!(a, random_weights(&blocks, 8).unwrap());
        assert!(a.iter().all(|&(i, j, w)| w < 0.0 && i != j));
        let n = a.len() as f64;
        // 159,600 possible connections: 4 standard errors are 640 connections, and 0.0056 in the mean.
        assert!((n - 0.2 * 159_600.0).abs() < 640.0, "{n} connections");
        let mean = a.iter().map(|t| t.2).sum::<f64>() / n;
        let var = a.iter().map(|t| (t.2 - mean).powi(2)).sum::<f64>() / n;
        assert!((mean + 0.5).abs() < 0.0056, "mean {mean}");
        assert!((var.sqrt() - 0.25).abs() < 0.01, "sd {}", var.sqrt());
    }

    #[test]
    fn bad_blocks_are_refused() {
        assert!(random_weights(&[block(CellKind::Excitatory, -1.0, 0.0)], 1).is_err());
        assert!(random_weights(&[block(CellKind::Excitatory, 1.0, -1.0)], 1).is_err());
        assert!(random_weights(&[block(CellKind::Excitatory, 0.0, 1.0)], 1).is_err());
        let mut b = block(CellKind::Unconstrained, 0.0, 1.0);
        assert!(random_weights(std::slice::from_ref(&b), 1).is_ok());
        b.p = 1.5;
        assert!(random_weights(&[b], 1).is_err());
    }
}
