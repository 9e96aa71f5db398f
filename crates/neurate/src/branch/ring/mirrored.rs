//! States that a mirror leaves as they are: the smaller circuit that they obey, and the spectrum of what breaks the mirror.

use super::symmetry::{Exchange, states_of};
use crate::branch::circuit_family::CircuitFamily;
use crate::branch::family::Family;
use crate::fixed_points::spectrum;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::{Complex, Matrix};

/// The states of a family of circuits that a mirror leaves as they are.
pub(super) struct Mirrored<'a> {
    whole: &'a CircuitFamily<'a>,
    /// The circuit of one unit for each unit and its image.
    pub half: CircuitFamily<'a>,
    /// Which state of the half each state is.
    class: Vec<usize>,
    /// States and their images, of those that are not their own.
    pairs: Vec<(usize, usize)>,
}

impl<'a> Mirrored<'a> {
    /// # Errors
    /// The smaller circuit breaks a rule.
    pub fn new(whole: &'a CircuitFamily<'a>, mirror: &Exchange) -> Result<Mirrored<'a>> {
        let base = whole.circuit(whole.window().0)?;
        let units = classes(mirror);
        let of_units = units.clone();
        let make = move |p: f64| {
            let circuit = whole.circuit(p)?;
            circuit.quotient(&of_units).ok_or_else(|| Error::unsupported("this circuit has no mirror image"))
        };
        let half = CircuitFamily::of(whole.name(), Box::new(make), whole.window())?;
        let small = half.circuit(whole.window().0)?;
        let mut class = units.clone();
        for (block, of_half) in base.slow().iter().zip(small.slow()) {
            let (range, first) = (base.range(block.population), small.range(block.population).start);
            class.extend(range.map(|i| of_half.first + units[i] - first));
        }
        let images = states_of(&base, mirror);
        let pairs = images.iter().enumerate().filter(|(i, k)| i < *k).map(|(i, k)| (i, *k)).collect();
        Ok(Mirrored { whole, half, class, pairs })
    }

    /// A state of the half as one of the whole circuit.
    pub fn lifted(&self, x: &[f64]) -> Vec<f64> {
        self.class.iter().map(|&c| x[c]).collect()
    }

    /// The eigenvalues of directions in which images move against each other, at a state of the half: what the half does not see.
    pub fn odd(&self, x: &[f64], p: f64) -> Option<Vec<Complex>> {
        let j = self.whole.jacobian(&self.lifted(x), p);
        let n = self.pairs.len();
        let odd = Matrix::from_fn(n, n, |a, b| {
            let ((i, _), (k, image)) = (self.pairs[a], self.pairs[b]);
            j[(i, k)] - j[(i, image)]
        });
        spectrum(&odd).ok()
    }

    /// The steady state of the half next to a guess, by Newton's method.
    pub fn steady(&self, guess: &[f64], p: f64) -> Option<Vec<f64>> {
        let mut x = guess.to_vec();
        for _ in 0..12 {
            let right: Vec<f64> = self.half.field(&x, p).iter().map(|f| -f).collect();
            let step = neurate_numerics::linalg::Lu::new(&self.half.jacobian(&x, p)).ok()?.solve(&right)?;
            x.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
            let size = x.iter().fold(1e-300, |m: f64, x| m.max(x.abs()));
            let length = step.iter().fold(0.0, |m: f64, s| m.max(s.abs()));
            if !length.is_finite() {
                return None;
            }
            if length < 1e-13 * size {
                return Some(x);
            }
        }
        None
    }
}

/// The class of each unit under an exchange that is its own inverse, numbered by first units.
fn classes(mirror: &Exchange) -> Vec<usize> {
    let mut class = vec![usize::MAX; mirror.len()];
    let mut count = 0;
    for i in 0..mirror.len() {
        if class[i] == usize::MAX {
            class[i] = count;
            class[mirror[i]] = count;
            count += 1;
        }
    }
    class
}
