//! Weights that depend on the distance on a ring or a torus.

use super::structure::{Structure, lane, overlap};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::fourier::Fourier;
use neurate_numerics::linalg::Complex;
use std::fmt;
use std::ops::Range;

/// Weights between `types` kinds of units at each of the places of a ring or a torus, which depend on the
/// difference between the places only. Units come type by type: unit `a * places + x` is the one of type
/// `a` at place `x`, and `W[(a, x), (b, y)] = kernel_ab[x - y]`, around. On a torus of `height x width` places,
/// `x = row * width + column`, and both wrap.
///
/// A product goes by Fourier transforms: `types` there and back, and one small matrix for each wave number.
#[derive(Clone)]
pub struct Circulant {
    types: usize,
    fourier: Fourier,
    /// `kernels[a * types + b]`, one value for each place.
    kernels: Vec<Vec<f64>>,
    /// Their transforms, divided by the number of places.
    spectra: Vec<Vec<Complex>>,
}

impl Circulant {
    /// On a ring: `kernels[a * types + b][d]` is the weight to type `a` from type `b`, whose place lies `d` before.
    ///
    /// # Errors
    /// A number of kernels that is no square, kernels of different or no length, or a weight that is not
    /// finite.
    pub fn ring(kernels: Vec<Vec<f64>>) -> Result<Circulant> {
        let width = kernels.first().map_or(0, Vec::len);
        Circulant::torus(1, width, kernels)
    }

    /// On a torus of `height x width` places, kernels row by row: `kernels[a * types + b][d * width + e]` is the
    /// weight from `d` rows and `e` columns before.
    ///
    /// # Errors
    /// As [`Circulant::ring`].
    pub fn torus(height: usize, width: usize, kernels: Vec<Vec<f64>>) -> Result<Circulant> {
        let types = kernels.len().isqrt();
        if types * types != kernels.len() || types == 0 {
            return Err(Error::invalid(format!(
                "{} kernels: there is one for each pair of types, so their number is a square",
                kernels.len()
            )));
        }
        let places = height * width;
        if let Some(kernel) = kernels.iter().find(|k| k.len() != places || places == 0) {
            return Err(Error::invalid(format!(
                "a kernel has {} values, the places are {height} x {width}",
                kernel.len()
            )));
        }
        if kernels.iter().flatten().any(|w| !w.is_finite()) {
            return Err(Error::invalid("a weight of a kernel is not finite"));
        }
        let fourier = Fourier::new(height, width);
        let scale = 1.0 / places as f64;
        let spectrum = |kernel: &Vec<f64>| fourier.transform(kernel).into_iter().map(|z| z * scale).collect();
        let spectra = kernels.iter().map(spectrum).collect();
        Ok(Circulant { types, fourier, kernels, spectra })
    }

    /// Number of types of unit.
    pub fn types(&self) -> usize {
        self.types
    }
    /// Number of places: rows (1 on a ring) and columns.
    pub fn shape(&self) -> (usize, usize) {
        self.fourier.shape()
    }
    fn places(&self) -> usize {
        let (height, width) = self.shape();
        height * width
    }

    /// The weight of a kernel between two places.
    fn weight(&self, a: usize, b: usize, x: usize, y: usize) -> f64 {
        let (height, width) = self.shape();
        let down = (x / width + height - y / width) % height;
        let along = (x % width + width - y % width) % width;
        self.kernels[a * self.types + b][down * width + along]
    }
    /// The units of type `a`.
    fn units(&self, a: usize) -> Range<usize> {
        a * self.places()..(a + 1) * self.places()
    }
}

impl Structure for Circulant {
    fn n(&self) -> usize {
        self.types * self.places()
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        let rates: Vec<Vec<Complex>> =
            r.chunks_exact(self.places()).map(|r| self.fourier.transform(r)).collect();
        for (a, out) in out.chunks_exact_mut(self.places()).enumerate() {
            let mut sum = vec![Complex::ZERO; rates[0].len()];
            for (rates, kernel) in rates.iter().zip(&self.spectra[a * self.types..]) {
                sum.iter_mut().zip(rates.iter().zip(kernel)).for_each(|(sum, (r, k))| *sum += r * k);
            }
            self.fourier.add_inverse(sum, out);
        }
    }
    fn add_products(&self, r: &[f64], lanes: usize, out: &mut [f64]) {
        let mut product = vec![0.0; self.n()];
        for e in 0..lanes {
            product.fill(0.0);
            let r: Vec<f64> = lane(r, lanes, e).collect();
            self.add_product(&r, &mut product);
            out[e..].iter_mut().step_by(lanes).zip(&product).for_each(|(out, x)| *out += x);
        }
    }
    fn for_each(&self, f: &mut dyn FnMut(usize, usize, f64)) {
        let places = self.places();
        for i in 0..self.n() {
            for j in 0..self.n() {
                f(i, j, self.weight(i / places, j / places, i % places, j % places));
            }
        }
    }
    fn representatives(&self, groups: &[Range<usize>], f: &mut dyn FnMut(usize, usize, f64)) {
        let places = self.places();
        let parts: Vec<(usize, Range<usize>)> = (0..self.types)
            .flat_map(|a| groups.iter().filter_map(move |g| Some((a, overlap(&self.units(a), g)?))))
            .collect();
        for (a, to) in &parts {
            for (b, from) in &parts {
                // One sender meets every value, if all places receive.
                let senders = if to.len() == places { from.start..from.start + 1 } else { from.clone() };
                for j in senders {
                    to.clone().for_each(|i| f(i, j, self.weight(*a, *b, i % places, j % places)));
                }
            }
        }
    }
    fn nonzeros(&self) -> u64 {
        let values = self.kernels.iter().flatten().filter(|w| **w != 0.0).count();
        (values * self.places()) as u64
    }
    fn memory(&self) -> usize {
        let kernel = size_of_val(&self.kernels[0][..]) + size_of_val(&self.spectra[0][..]);
        kernel * self.kernels.len()
    }
}

impl PartialEq for Circulant {
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.kernels == other.kernels
    }
}

impl fmt::Debug for Circulant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Circulant { types, kernels, .. } = self;
        let (height, width) = self.shape();
        write!(f, "Circulant {{ types: {types}, places: {height} x {width}, kernels: {kernels:?} }}")
    }
}
