//! Weights that depend on the distance on a ring or a torus.

use super::structure::{Structure, lane, overlap};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Weights between `types` kinds of units at each of the places of a ring or a torus, which depend on the
/// difference between the places only. Units come type by type: unit `a * places + x` is the one of type
/// `a` at place `x`, and `W[(a, x), (b, y)] = kernel_ab[x - y]`, around. On a torus of `height x width` places,
/// `x = row * width + column`, and both wrap.
///
/// A product goes by Fourier transforms: `types` there and back, and one small matrix for each wave number.
#[derive(Clone)]
pub struct Circulant {
    types: usize,
    height: usize,
    width: usize,
    /// `kernels[a * types + b]`, one value for each place.
    kernels: Vec<Vec<f64>>,
    /// Their transforms, divided by the number of places.
    spectra: Vec<Vec<Complex>>,
    forward: Arc<dyn RealToComplex<f64>>,
    backward: Arc<dyn ComplexToReal<f64>>,
    /// Along the columns of a torus, there and back.
    columns: Option<[Arc<dyn Fft<f64>>; 2]>,
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
        let mut real = RealFftPlanner::new();
        let (forward, backward) = (real.plan_fft_forward(width), real.plan_fft_inverse(width));
        let columns = (height > 1).then(|| {
            let mut planner = FftPlanner::new();
            [planner.plan_fft_forward(height), planner.plan_fft_inverse(height)]
        });
        let mut c =
            Circulant { types, height, width, kernels, spectra: Vec::new(), forward, backward, columns };
        let scale = 1.0 / places as f64;
        c.spectra = c
            .kernels
            .iter()
            .map(|kernel| c.transform(kernel).into_iter().map(|z| z * scale).collect())
            .collect();
        Ok(c)
    }

    /// Number of types of unit.
    pub fn types(&self) -> usize {
        self.types
    }
    /// Number of places: rows (1 on a ring) and columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.height, self.width)
    }
    fn places(&self) -> usize {
        self.height * self.width
    }
    /// Wave numbers along a row.
    fn waves(&self) -> usize {
        self.width / 2 + 1
    }

    /// The transform of one value for each place: wave numbers along the rows, and down each one, those along
    /// the columns.
    fn transform(&self, field: &[f64]) -> Vec<Complex> {
        let mut rows = vec![Complex::ZERO; self.height * self.waves()];
        let mut row = vec![0.0; self.width];
        for (field, out) in field.chunks_exact(self.width).zip(rows.chunks_exact_mut(self.waves())) {
            row.copy_from_slice(field);
            self.forward.process(&mut row, out).expect("the lengths are right");
        }
        match &self.columns {
            None => rows,
            Some([forward, _]) => {
                let mut down = transposed(&rows, self.height, self.waves());
                forward.process(&mut down);
                down
            }
        }
    }

    /// Adds the inverse transform to `out`.
    fn add_inverse(&self, mut spectrum: Vec<Complex>, out: &mut [f64]) {
        if let Some([_, backward]) = &self.columns {
            backward.process(&mut spectrum);
            spectrum = transposed(&spectrum, self.waves(), self.height);
        }
        let mut row = vec![0.0; self.width];
        for (spectrum, out) in spectrum.chunks_exact_mut(self.waves()).zip(out.chunks_exact_mut(self.width)) {
            // These are real but for rounding, and must be.
            spectrum[0].im = 0.0;
            if self.width.is_multiple_of(2) {
                spectrum[self.width / 2].im = 0.0;
            }
            self.backward.process(spectrum, &mut row).expect("the lengths are right");
            out.iter_mut().zip(&row).for_each(|(out, x)| *out += x);
        }
    }

    /// The weight of a kernel between two places.
    fn weight(&self, a: usize, b: usize, x: usize, y: usize) -> f64 {
        let (down, along) = (
            (x / self.width + self.height - y / self.width) % self.height,
            (x % self.width + self.width - y % self.width) % self.width,
        );
        self.kernels[a * self.types + b][down * self.width + along]
    }
    /// The units of type `a`.
    fn units(&self, a: usize) -> Range<usize> {
        a * self.places()..(a + 1) * self.places()
    }
}

fn transposed(m: &[Complex], rows: usize, cols: usize) -> Vec<Complex> {
    (0..rows * cols).map(|k| m[(k % rows) * cols + k / rows]).collect()
}

impl Structure for Circulant {
    fn n(&self) -> usize {
        self.types * self.places()
    }
    fn add_product(&self, r: &[f64], out: &mut [f64]) {
        let rates: Vec<Vec<Complex>> = r.chunks_exact(self.places()).map(|r| self.transform(r)).collect();
        for (a, out) in out.chunks_exact_mut(self.places()).enumerate() {
            let mut sum = vec![Complex::ZERO; rates[0].len()];
            for (rates, kernel) in rates.iter().zip(&self.spectra[a * self.types..]) {
                sum.iter_mut().zip(rates.iter().zip(kernel)).for_each(|(sum, (r, k))| *sum += r * k);
            }
            self.add_inverse(sum, out);
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
        let Circulant { types, height, width, kernels, .. } = self;
        write!(f, "Circulant {{ types: {types}, places: {height} x {width}, kernels: {kernels:?} }}")
    }
}
