//! Random Dale-respecting weights from a seed.

use super::population::CellKind;
use neurate_numerics::error::{Error, Result};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, LogNormal, Normal, StandardNormal};
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
    /// Whether every receiver's weights from this population are brought to the expected sum
    /// (Rajan & Abbott's zero row sums of the random part, for each block). Weights of one sign are
    /// scaled, so that they keep it; others are shifted. Connections that are absent stay so.
    pub exact_row_sums: bool,
    /// Correlation of a weight with that of the way back (Sommers et al. 1988): only within one
    /// population, all to all, normal weights.
    pub reciprocity: f64,
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
            ))
            .with_help("mean and sd are finite numbers, and sd is never negative"));
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
        let strength = Strength::new(b.mean, b.sd, sign != 0.0)?;
        b.check_reciprocity(sign)?;
        let mut rng = generator(seed, stream as u64);
        // Most blocks go straight on; those with conditions on whole rows are held back.
        if b.reciprocity == 0.0 && !b.exact_row_sums {
            b.draw(&strength, &mut rng, &mut add);
            continue;
        }
        let mut held = Vec::new();
        if b.reciprocity == 0.0 {
            b.draw(&strength, &mut rng, &mut |to, from, w| held.push((to, from, w)));
        } else {
            b.draw_pairs(&mut rng, &mut held);
        }
        if b.exact_row_sums {
            b.settle_row_sums(&mut held, sign != 0.0)?;
        }
        held.into_iter().for_each(|(to, from, w)| add(to, from, w));
    }
    Ok(())
}

/// Probabilities below which connections are drawn by the gaps between them.
const SELDOM: f64 = 0.05;

impl RandomBlock {
    fn check_reciprocity(&self, sign: f64) -> Result<()> {
        if self.reciprocity == 0.0 {
            return Ok(());
        }
        if !(-1.0..=1.0).contains(&self.reciprocity) {
            return Err(Error::invalid(format!("a correlation of {} is not in -1 to 1", self.reciprocity))
                .with_help("reciprocity = 0 draws opposite weights independently, 1 makes them equal"));
        }
        if self.to != self.from || self.p < 1.0 || sign != 0.0 {
            return Err(Error::invalid(
                "opposite weights are correlated only within one population of kind \"unconstrained\", all to all (p = 1)",
            )
            .with_help("write g in place of p and mean, or leave reciprocity out"));
        }
        Ok(())
    }

    fn draw(&self, strength: &Strength, rng: &mut ChaCha8Rng, add: &mut impl FnMut(usize, usize, f64)) {
        if self.p < SELDOM {
            return self.draw_gaps(strength, rng, add);
        }
        for to in self.to.clone() {
            for from in self.from.clone() {
                let exists = uniform(rng) < self.p;
                if exists && (self.self_connections || to != from) {
                    add(to, from, strength.draw(rng));
                }
            }
        }
    }

    /// The same when few exist: from one to the next the gap is geometric, and what lies between need not be asked.
    fn draw_gaps(&self, strength: &Strength, rng: &mut ChaCha8Rng, add: &mut impl FnMut(usize, usize, f64)) {
        let senders = self.from.len() as u64;
        let all = self.to.len() as u64 * senders;
        // `libm`'s logarithms: the same on every machine.
        let absent = libm::log1p(-self.p);
        let mut next = 0u64;
        loop {
            // With p = 0 every gap is infinite.
            let gap = libm::log1p(-uniform(rng)) / absent;
            next = next.saturating_add(if gap.is_nan() { u64::MAX } else { gap as u64 });
            if next >= all {
                return;
            }
            let to = self.to.start + (next / senders) as usize;
            let from = self.from.start + (next % senders) as usize;
            if self.self_connections || to != from {
                add(to, from, strength.draw(rng));
            }
            next += 1;
        }
    }

    /// Normal weights whose opposites are correlated; row by row, as those of [`RandomBlock::draw`].
    fn draw_pairs(&self, rng: &mut ChaCha8Rng, out: &mut Vec<(usize, usize, f64)>) {
        let across = (1.0 - self.reciprocity * self.reciprocity).sqrt();
        let start = out.len();
        for to in self.to.clone() {
            for from in self.from.start..=to {
                let (a, b): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
                if to != from || self.self_connections {
                    out.push((to, from, self.mean + self.sd * a));
                }
                if to != from {
                    out.push((from, to, self.mean + self.sd * (self.reciprocity * a + across * b)));
                }
            }
        }
        out[start..].sort_by_key(|&(to, from, _)| (to, from));
    }

    /// `weights` are sorted by receiver.
    fn settle_row_sums(&self, weights: &mut [(usize, usize, f64)], one_sign: bool) -> Result<()> {
        let mut at = 0;
        for to in self.to.clone() {
            let end = at + weights[at..].iter().take_while(|w| w.0 == to).count();
            let row = &mut weights[at..end];
            at = end;
            let possible = self.from.len() - usize::from(!self.self_connections && self.from.contains(&to));
            let wanted = self.p * self.mean * possible as f64;
            if row.is_empty() && wanted != 0.0 {
                return Err(Error::invalid(
                    "row sums cannot be exact: a unit was drawn without any connection from this population",
                )
                .with_help("raise p, or take another seed"));
            }
            let sum: f64 = row.iter().map(|w| w.2).sum();
            let shift = (wanted - sum) / row.len().max(1) as f64;
            for w in row {
                if one_sign { w.2 *= wanted / sum } else { w.2 += shift }
            }
        }
        Ok(())
    }
}

/// The generator of one stream: ChaCha8, the same on every machine.
pub(super) fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
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
        let bad = |_| {
            Error::invalid(format!("no distribution has mean {mean} and standard deviation {sd}"))
                .with_help("write a smaller sd or cv, or a mean of an ordinary size")
        };
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
        RandomBlock {
            to: 0..400,
            from: 0..400,
            kind,
            p: 0.2,
            mean,
            sd,
            self_connections: false,
            exact_row_sums: false,
            reciprocity: 0.0,
        }
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
    fn seldom_connections_are_as_likely_everywhere() {
        let rare = RandomBlock { from: 100..700, p: 0.01, ..block(CellKind::Excitatory, 0.5, 0.0) };
        let mut at = [[0.0; 4]; 4];
        let seeds = 40;
        for seed in 0..seeds {
            for (i, j, _) in random_weights(std::slice::from_ref(&rare), seed).unwrap() {
                assert!(i != j && i < 400 && (100..700).contains(&j));
                at[i / 100][(j - 100) / 150] += 1.0;
            }
        }
        for (a, row) in at.iter().enumerate() {
            for (b, count) in row.iter().enumerate() {
                // Possible ones in 100 rows and 150 columns, less those of units to themselves; five standard errors.
                let own =
                    (100 * a..100 * a + 100).filter(|i| (100 + 150 * b..250 + 150 * b).contains(i)).count();
                let expected = 0.01 * (15_000 - own) as f64 * seeds as f64;
                assert!((count - expected).abs() < 5.0 * expected.sqrt(), "{a} {b}: {count}, {expected}");
            }
        }
        assert!(random_weights(&[RandomBlock { p: 0.0, ..rare.clone() }], 1).unwrap().is_empty());
        // The last possible one of a block can be drawn, too.
        let small = RandomBlock { to: 0..1, from: 1..3, p: 0.04, ..rare };
        let drawn = |j: usize| {
            (0..400)
                .filter(|s| random_weights(std::slice::from_ref(&small), *s).unwrap().contains(&(0, j, 0.5)))
                .count()
        };
        assert!((3..40).contains(&drawn(1)) && (3..40).contains(&drawn(2)));
    }

    #[test]
    fn exact_row_sums_keep_sign_and_absence() {
        for (kind, mean) in [(CellKind::Inhibitory, -0.5), (CellKind::Unconstrained, 0.2)] {
            let free = block(kind, mean, 0.25);
            let exact = RandomBlock { exact_row_sums: true, ..free.clone() };
            let (a, b) = (
                random_weights(&[free], 7).unwrap(),
                random_weights(std::slice::from_ref(&exact), 7).unwrap(),
            );
            assert!(a.iter().zip(&b).all(|(a, b)| (a.0, a.1) == (b.0, b.1)), "the same connections");
            let mut sums = vec![0.0; 400];
            b.iter().for_each(|&(i, _, w)| sums[i] += w);
            let wanted = 0.2 * mean * 399.0;
            assert!(sums.iter().all(|s| (s - wanted).abs() < 1e-11), "{:?}", &sums[..5]);
            assert!(kind == CellKind::Unconstrained || b.iter().all(|t| t.2 < 0.0));
            // A unit without connections has no sum to bring right.
            assert!(random_weights(&[RandomBlock { p: 1e-4, ..exact }], 7).is_err());
        }
    }

    #[test]
    fn opposite_weights_are_correlated_as_asked() {
        for tau in [-1.0, -0.4, 0.6] {
            let b = RandomBlock { p: 1.0, reciprocity: tau, ..block(CellKind::Unconstrained, 0.1, 0.5) };
            let all = random_weights(std::slice::from_ref(&b), 3).unwrap();
            let n = 400;
            let mut w = vec![0.0; n * n];
            all.iter().for_each(|&(i, j, x)| w[i * n + j] = x - 0.1);
            let (mut both, mut one) = (0.0, 0.0);
            for i in 0..n {
                for j in 0..n {
                    both += w[i * n + j] * w[j * n + i];
                    one += w[i * n + j].powi(2);
                }
            }
            // 79,800 pairs: 4 standard errors are 0.014.
            assert!((both / one - tau).abs() < 0.015, "{}", both / one);
            assert!((one / (n * n) as f64 - 0.25).abs() < 0.005);
            assert!(random_weights(&[RandomBlock { p: 0.5, ..b }], 3).is_err());
        }
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
