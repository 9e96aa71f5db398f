//! Ricciardi's function for many inputs of one neuron.
//!
//! Elements are taken in chunks, and sorted by the formula that each wants, so that every loop over
//! one formula is free of branches and becomes vector instructions. No element sees another one.

use super::cv::ricciardi_cv;
use super::extremes::extreme;
use super::integrals::{ABOVE, BELOW, FAR};
use super::neuron::LifNeuron;
use super::ricciardi::{Neuron, complaint};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::special::elementary::ln;
use neurate_numerics::special::instructions::{Compute, Instructions};

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
    /// For the coefficients of variation of the intervals, one after another ([`ricciardi_cv`]).
    pub cv: Option<&'a mut [f64]>,
}

/// [`ricciardi`](super::ricciardi()) at every `mu[i]`, `sigma[i]`: the same numbers, several times faster.
///
/// ```
/// use neurate::lif::{LifNeuron, RicciardiSlices, ricciardi_slices};
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
pub fn ricciardi_slices(neuron: &LifNeuron, mu: &[f64], sigma: &[f64], out: RicciardiSlices) -> Result<()> {
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
    let cv_length = out.cv.as_ref().map(|cv| ("cv", cv.len()));
    let lengths =
        outputs.iter().filter_map(|(name, out)| Some((*name, out.as_ref()?.len()))).chain(cv_length);
    for (name, length) in [("sigma", sigma.len())].into_iter().chain(lengths) {
        if length != mu.len() {
            return Err(Error::invalid(format!("`{name}` has {length} elements, but `mu` has {}", mu.len())));
        }
    }
    neuron.check()?;
    if let Some(cv) = out.cv {
        for (cv, (&mu, &sigma)) in cv.iter_mut().zip(mu.iter().zip(sigma)) {
            *cv = ricciardi_cv(neuron, mu, sigma);
        }
    }
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
        let logarithm = out[3].is_some();
        let mut undefined = false;
        let (mut x, mut s) = ([0.0; CHUNK], [0.0; CHUNK]);
        let mut columns = [[0.0; CHUNK]; 4];
        let mut scratch = Scratch::default();
        for (chunk, (mu, sigma)) in mu.chunks(CHUNK).zip(sigma.chunks(CHUNK)).enumerate() {
            let count = mu.len();
            x[..count].copy_from_slice(mu);
            s[..count].copy_from_slice(sigma);
            let sorted = Sorted::new(&neuron, &x, &s, count);
            let mut side =
                Side { neuron: &neuron, x: &x, s: &s, columns: &mut columns, scratch: &mut scratch };
            side.evaluate::<FMA, ABOVE, SLOPES>(sorted.of(ABOVE), logarithm);
            side.evaluate::<FMA, BELOW, SLOPES>(sorted.of(BELOW), logarithm);
            side.evaluate::<FMA, FAR, SLOPES>(sorted.of(FAR), logarithm);
            for &i in sorted.of(EXTREME) {
                let i = usize::from(i);
                let v = extreme(&neuron.lif, x[i], s[i]);
                undefined |= v.rate.is_nan();
                for (column, value) in columns.iter_mut().zip([v.rate, v.d_mu, v.d_sigma, v.log_rate]) {
                    column[i] = value;
                }
            }
            for (out, column) in out.iter_mut().zip(&columns) {
                if let Some(out) = out {
                    out[chunk * CHUNK..][..count].copy_from_slice(&column[..count]);
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
    indices: [[u8; CHUNK]; 4],
    counts: [usize; 4],
}

impl Sorted {
    #[inline(always)]
    fn new(neuron: &Neuron, mu: &Column, sigma: &Column, count: usize) -> Sorted {
        let mut sides = [0u64; CHUNK];
        for (side, (mu, sigma)) in sides.iter_mut().zip(mu.iter().zip(sigma)) {
            *side = neuron.side(*mu, *sigma).map_or(EXTREME, |side| side as u8).into();
        }
        let mut indices = [[0; CHUNK]; 4];
        // every list is written, only the right one grows: no branch, no counter in memory
        let mut counts = [0; 4];
        for (i, &side) in sides[..count].iter().enumerate() {
            for k in 0..4 {
                indices[k][counts[k] % CHUNK] = i as u8;
                counts[k] += usize::from(side == k as u64);
            }
        }
        Sorted { indices, counts }
    }

    #[inline(always)]
    fn of(&self, side: u8) -> &[u8] {
        let side = usize::from(side);
        &self.indices[side][..self.counts[side]]
    }
}

/// Columns of the elements of one side, side by side.
struct Scratch {
    mu: Column,
    sigma: Column,
    values: [Column; 3],
    interval: Column,
    exponent: [Column; 2],
}

impl Default for Scratch {
    fn default() -> Self {
        let zero = [0.0; CHUNK];
        Scratch { mu: zero, sigma: zero, values: [zero; 3], interval: zero, exponent: [zero; 2] }
    }
}

struct Side<'a> {
    neuron: &'a Neuron,
    x: &'a Column,
    s: &'a Column,
    columns: &'a mut [Column; 4],
    scratch: &'a mut Scratch,
}

impl Side<'_> {
    /// The elements at the given indices, all on side `SIDE`.
    #[inline(always)]
    fn evaluate<const FMA: bool, const SIDE: u8, const SLOPES: bool>(
        &mut self,
        indices: &[u8],
        logarithm: bool,
    ) {
        let Some(&last) = indices.last() else { return };
        let Scratch { mu, sigma, values: [rate, d_mu, d_sigma], interval, exponent: [high, low] } =
            self.scratch;
        // whole vectors, filled up with the last element
        let count = indices.len().next_multiple_of(WIDEST).min(CHUNK);
        for j in 0..count {
            let i = usize::from(*indices.get(j).unwrap_or(&last));
            mu[j] = self.x[i];
            sigma[j] = self.s[i];
        }
        for j in 0..count {
            let value = self.neuron.ordinary::<FMA, SIDE, SLOPES>(mu[j], sigma[j]);
            rate[j] = value.rate;
            interval[j] = value.interval;
            if SLOPES {
                d_mu[j] = value.d_mu;
                d_sigma[j] = value.d_sigma;
            }
            if SIDE != ABOVE {
                high[j] = value.exponent.high;
                low[j] = value.exponent.low;
            }
        }
        if logarithm {
            for j in 0..count {
                let ln = ln::<FMA>(interval[j]);
                interval[j] = if SIDE == ABOVE { -ln } else { -high[j] - (ln + low[j]) };
            }
        }
        let results = [&*rate, &*d_mu, &*d_sigma, &*interval];
        let wanted = [true, SLOPES, SLOPES, logarithm];
        for ((column, result), wanted) in self.columns.iter_mut().zip(results).zip(wanted) {
            if wanted {
                for (value, i) in result.iter().zip(indices) {
                    column[usize::from(*i)] = *value;
                }
            }
        }
    }
}
