//! One weight for each pair of populations.

use super::structure::{Structure, overlap};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use neurate_numerics::special::instructions::{Compute, Instructions};
use std::ops::Range;

/// Weights that are the same between all units of two populations: `W[i, j] = w[p(i), p(j)]`, a unit's own
/// connection included. A product is one sum over each population.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    /// First unit of each population, and the number of units.
    first: Vec<usize>,
    /// Weight of one connection.
    weights: Matrix,
}

impl Blocks {
    /// From the populations' sizes and the weight of **one connection** for each pair, to and from.
    ///
    /// # Errors
    /// A matrix of another shape, an empty population, or a weight that is not finite.
    pub fn new(sizes: &[usize], weights: Matrix) -> Result<Blocks> {
        if (weights.rows(), weights.cols()) != (sizes.len(), sizes.len()) || sizes.is_empty() {
            return Err(Error::invalid(format!(
                "{} populations need {0} x {0} weights, there are {} x {}",
                sizes.len(),
                weights.rows(),
                weights.cols()
            )));
        }
        if let Some(p) = sizes.iter().position(|&s| s == 0) {
            return Err(Error::invalid(format!("population {p} has no units")));
        }
        if !weights.is_finite() {
            return Err(Error::invalid("a weight between populations is not finite"));
        }
        let mut first = vec![0];
        sizes.iter().for_each(|s| first.push(first[first.len() - 1] + s));
        Ok(Blocks { first, weights })
    }
    /// From totals, as the circuit file gives them: the weight that one unit gets from a whole population.
    ///
    /// # Errors
    /// As [`Blocks::new`].
    pub fn from_totals(sizes: &[usize], totals: &Matrix) -> Result<Blocks> {
        let share = |j: usize| sizes.get(j).map_or(1, |&s| s.max(1)) as f64;
        Blocks::new(sizes, Matrix::from_fn(totals.rows(), totals.cols(), |i, j| totals[(i, j)] / share(j)))
    }
    /// The units of population `p`.
    pub fn range(&self, p: usize) -> Range<usize> {
        self.first[p]..self.first[p + 1]
    }
    /// The weight of one connection for each pair of populations.
    pub fn weights(&self) -> &Matrix {
        &self.weights
    }
    fn populations(&self) -> usize {
        self.weights.rows()
    }
}

/// The sum of a slice, as vector instructions.
struct Sum<'a>(&'a [f64]);

impl Compute for Sum<'_> {
    type Output = f64;

    #[inline(always)]
    fn compute<const FMA: bool>(self) -> f64 {
        let (vectors, rest) = self.0.as_chunks::<32>();
        let mut partial = [0.0; 32];
        for v in vectors {
            (0..32).for_each(|l| partial[l] += v[l]);
        }
        partial.iter().chain(rest).sum()
    }
}

impl Structure for Blocks {
    fn n(&self) -> usize {
        self.first[self.populations()]
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        let set = Instructions::widest();
        let sums: Vec<f64> = (0..self.populations()).map(|p| set.run(Sum(&r[self.range(p)]))).collect();
        for (p, input) in self.weights.mul_vec(&sums).into_iter().enumerate() {
            out[self.range(p)].iter_mut().for_each(|out| *out += input);
        }
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        let p = self.populations();
        let units = |p: usize| self.first[p] * lanes..self.first[p + 1] * lanes;
        let mut sums = vec![0.0; p * lanes];
        for (p, sums) in sums.chunks_mut(lanes).enumerate() {
            for unit in r[units(p)].chunks_exact(lanes) {
                sums.iter_mut().zip(unit).for_each(|(sum, r)| *sum += r);
            }
        }
        for (p, row) in (0..p).map(|p| (p, self.weights.row(p))) {
            let mut input = vec![0.0; lanes];
            for (w, sums) in row.iter().zip(sums.chunks(lanes)) {
                input.iter_mut().zip(sums).for_each(|(input, sum)| *input += w * sum);
            }
            for unit in out[units(p)].chunks_exact_mut(lanes) {
                unit.iter_mut().zip(&input).for_each(|(out, input)| *out += input);
            }
        }
    }
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64)) {
        for to in 0..self.populations() {
            for i in self.range(to) {
                for from in 0..self.populations() {
                    self.range(from).for_each(|j| f(i, j, self.weights[(to, from)]));
                }
            }
        }
    }
    fn representatives(&self, groups: &[Range<usize>], f: &mut dyn FnMut(usize, usize, f64)) {
        // One unit for every population in every group.
        let units: Vec<(usize, usize)> = (0..self.populations())
            .flat_map(|p| groups.iter().filter_map(move |g| Some((p, overlap(&self.range(p), g)?.start))))
            .collect();
        for &(to, i) in &units {
            units.iter().for_each(|&(from, j)| f(i, j, self.weights[(to, from)]));
        }
    }
    fn nonzeros(&self) -> u64 {
        let size = |p: usize| self.range(p).len() as u64;
        let mut count = 0;
        for to in 0..self.populations() {
            for from in (0..self.populations()).filter(|&from| self.weights[(to, from)] != 0.0) {
                count += size(to) * size(from);
            }
        }
        count
    }
    fn memory(&self) -> usize {
        size_of_val(self.weights.data()) + size_of_val(&self.first[..])
    }
}
