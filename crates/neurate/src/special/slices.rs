//! Ricciardi's function for many inputs of one neuron.
//!
//! Elements are taken in chunks, and sorted by the formula that each wants, so that every loop over
//! one formula is free of branches and becomes vector instructions. No element sees another one.

use super::elementary::ln;
use super::instructions::{Compute, Instructions};
use super::integrals::{ABOVE, BELOW, FAR};
use super::ricciardi::{LifNeuron, Neuron, complaint, extreme};
use crate::error::{Error, Result};

/// Where [`ricciardi_slices`] writes: only what is given is computed. All as long as the input.
#[derive(Debug, Default)]
pub struct RicciardiSlices<'a> {
    /// For the rates.
    pub rate: Option<&'a mut [f64]>,
    /// For the derivatives with respect to `mu`.
    pub d_mu: Option<&'a mut [f64]>,
    /// For the derivatives with respect to `sigma`.
    pub d_sigma: Option<&'a mut [f64]>,
    /// For the natural logarithms of the rates.
    pub log_rate: Option<&'a mut [f64]>,
}

/// [`ricciardi`](super::ricciardi()) at every `mu[i]`, `sigma[i]`: the same numbers, several times faster.
///
/// ```
/// use neurate::special::{LifNeuron, RicciardiSlices, ricciardi_slices};
/// let neuron = LifNeuron::new(20.0, 2.0, 20.0, 10.0)?;
/// let (mu, sigma) = ([15.0, 20.0, 25.0], [4.0, 3.0, 5.0]);
/// let (mut rate, mut gain) = ([0.0; 3], [0.0; 3]);
/// ricciardi_slices(
///     &neuron,
///     &mu,
///     &sigma,
///     RicciardiSlices { rate: Some(&mut rate), d_mu: Some(&mut gain), ..Default::default() },
/// )?;
/// assert!((rate[1] - 0.02167414929501).abs() < 1e-14);
/// # Ok::<(), neurate::error::Error>(())
/// ```
///
/// # Errors
///
/// If lengths differ, or the neuron is one that [`LifNeuron::new`] refuses: then nothing is written.
/// If an element has no value ([`try_ricciardi`](super::try_ricciardi()) says which): it becomes NaN,
/// all others are computed, and the error names the first one.
pub fn ricciardi_slices(
    neuron: &LifNeuron,
    mu: &[f64],
    sigma: &[f64],
    out: RicciardiSlices,
) -> Result<()> {
    ricciardi_slices_with(Instructions::widest(), neuron, mu, sigma, out)
}

/// [`ricciardi_slices`] with given instructions, for tests and measurements.
#[doc(hidden)]
pub fn ricciardi_slices_with(
    instructions: Instructions,
    neuron: &LifNeuron,
    mu: &[f64],
    sigma: &[f64],
    out: RicciardiSlices,
) -> Result<()> {
    let outputs =
        [("rate", out.rate), ("d_mu", out.d_mu), ("d_sigma", out.d_sigma), ("log_rate", out.log_rate)];
    let lengths = outputs.iter().filter_map(|(name, out)| Some((*name, out.as_ref()?.len())));
    for (name, length) in [("sigma", sigma.len())].into_iter().chain(lengths) {
        if length != mu.len() {
            return Err(Error::invalid(format!("`{name}` has {length} elements, but `mu` has {}", mu.len())));
        }
    }
    neuron.check()?;
    let [rate, d_mu, d_sigma, log_rate] = outputs.map(|(_, out)| out);
    let slopes = d_mu.is_some() || d_sigma.is_some();
    let job = Many { neuron: Neuron::new(neuron), mu, sigma, out: [rate, d_mu, d_sigma, log_rate] };
    let undefined = match slopes {
        true => instructions.run(Job::<true>(job)),
        false => instructions.run(Job::<false>(job)),
    };
    if !undefined {
        return Ok(());
    }
    let first = (0..mu.len()).find_map(|i| Some((i, complaint(mu[i], sigma[i])?)));
    first.map_or(Ok(()), |(i, (name, what))| Err(Error::invalid(format!("`{name}[{i}]` is {what}"))))
}

struct Many<'a> {
    neuron: Neuron,
    mu: &'a [f64],
    sigma: &'a [f64],
    /// Rate, `d_mu`, `d_sigma`, logarithm.
    out: [Option<&'a mut [f64]>; 4],
}

struct Job<'a, const SLOPES: bool>(Many<'a>);

/// Elements sorted at once: few enough for the nearest cache, many enough to fill vectors.
const CHUNK: usize = 256;
/// No machine has vectors of more doubles.
const WIDEST: usize = 8;

type Column = [f64; CHUNK];

impl<const SLOPES: bool> Compute for Job<'_, SLOPES> {
    /// Whether any element may be undefined.
    type Output = bool;

    #[inline(always)]
    fn compute<const FMA: bool>(self) -> bool {
        let Many { neuron, mu, sigma, mut out } = self.0;
        let mut undefined = false;
        for (chunk, (mu, sigma)) in mu.chunks(CHUNK).zip(sigma.chunks(CHUNK)).enumerate() {
            let range = chunk * CHUNK..chunk * CHUNK + mu.len();
            let mut out = out.each_mut().map(|o| o.as_mut().map(|o| &mut o[range.clone()]));
            let sorted = Sorted::new(&neuron, mu, sigma);
            one_side::<FMA, ABOVE, SLOPES>(&neuron, sorted.of(ABOVE), mu, sigma, &mut out);
            one_side::<FMA, BELOW, SLOPES>(&neuron, sorted.of(BELOW), mu, sigma, &mut out);
            one_side::<FMA, FAR, SLOPES>(&neuron, sorted.of(FAR), mu, sigma, &mut out);
            for &i in sorted.of(EXTREME) {
                let i = usize::from(i);
                let v = extreme(&neuron.lif, mu[i], sigma[i]);
                undefined |= v.rate.is_nan();
                for (out, value) in out.iter_mut().zip([v.rate, v.d_mu, v.d_sigma, v.log_rate]) {
                    if let Some(out) = out {
                        out[i] = value;
                    }
                }
            }
        }
        undefined
    }
}

/// After the sides: no formula for it.
const EXTREME: u8 = 3;

/// The indices of a chunk by side.
struct Sorted {
    indices: [[u16; CHUNK]; 4],
    counts: [usize; 4],
}

impl Sorted {
    #[inline(always)]
    fn new(neuron: &Neuron, mu: &[f64], sigma: &[f64]) -> Sorted {
        let mut sides = [0u64; CHUNK];
        for (side, (mu, sigma)) in sides.iter_mut().zip(mu.iter().zip(sigma)) {
            *side = neuron.side(*mu, *sigma).map_or(EXTREME, |side| side as u8).into();
        }
        let mut sorted = Sorted { indices: [[0; CHUNK]; 4], counts: [0; 4] };
        for (i, side) in sides[..mu.len()].iter().enumerate() {
            let side = (*side & 3) as usize;
            let count = &mut sorted.counts[side];
            sorted.indices[side][*count % CHUNK] = i as u16;
            *count += 1;
        }
        sorted
    }

    fn of(&self, side: u8) -> &[u16] {
        let side = usize::from(side);
        &self.indices[side][..self.counts[side]]
    }
}

/// The elements at the given indices, all on one side.
#[inline(always)]
fn one_side<const FMA: bool, const SIDE: u8, const SLOPES: bool>(
    neuron: &Neuron,
    indices: &[u16],
    mu: &[f64],
    sigma: &[f64],
    out: &mut [Option<&mut [f64]>; 4],
) {
    let Some(&first) = indices.first() else { return };
    // whole vectors, filled up with the first element
    let count = indices.len().next_multiple_of(WIDEST).min(CHUNK);
    let (mut x, mut s): (Column, Column) = ([mu[usize::from(first)]; CHUNK], [sigma[usize::from(first)]; CHUNK]);
    for ((x, s), i) in x.iter_mut().zip(&mut s).zip(indices) {
        (*x, *s) = (mu[usize::from(*i)], sigma[usize::from(*i)]);
    }
    let mut columns = [[0.0; CHUNK]; 4];
    let mut interval = [0.0; CHUNK];
    let mut low = [0.0; CHUNK];
    let [rate, d_mu, d_sigma, log_rate] = &mut columns;
    for j in 0..count {
        let value = neuron.ordinary::<FMA, SIDE, SLOPES>(x[j], s[j]);
        rate[j] = value.rate;
        d_mu[j] = value.d_mu;
        d_sigma[j] = value.d_sigma;
        log_rate[j] = value.exponent.high;
        low[j] = value.exponent.low;
        interval[j] = value.interval;
    }
    if out[3].is_some() {
        for j in 0..count {
            log_rate[j] = -log_rate[j] - (ln::<FMA>(interval[j]) + low[j]);
        }
    }
    for (out, column) in out.iter_mut().zip(&columns) {
        if let Some(out) = out {
            for (value, i) in column.iter().zip(indices) {
                out[usize::from(*i)] = *value;
            }
        }
    }
}
