//! What a run records: `[run] record`.

use std::ops::Range;

/// One number at each recorded time.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// As the file has it: `E[3]`, `mean E`, a name.
    pub name: String,
    /// What it is.
    pub of: Recorded,
}

/// What is read out of the units' states.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// One unit.
    Unit(usize),
    /// The mean over units.
    Mean(Range<usize>),
    /// The standard deviation over units (over their number, not that less one).
    Sd(Range<usize>),
    /// A sum over units, weighted by a pattern: a projection, such as a mode's coordinate.
    Pattern(Vec<f64>),
}

impl Readout {
    /// Its value at a state.
    #[must_use]
    pub fn value(&self, x: &[f64]) -> f64 {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        match &self.of {
            Recorded::Unit(i) => x[*i],
            Recorded::Mean(range) => mean(&x[range.clone()]),
            Recorded::Sd(range) => {
                let x = &x[range.clone()];
                let m = mean(x);
                (x.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / x.len() as f64).sqrt()
            }
            Recorded::Pattern(pattern) => pattern.iter().zip(x).map(|(p, x)| p * x).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_units_moments_and_patterns() {
        let x = [1.0, 3.0, 5.0, -1.0];
        let value = |of| Readout { name: String::new(), of }.value(&x);
        assert_eq!(value(Recorded::Unit(2)), 5.0);
        assert_eq!(value(Recorded::Mean(0..3)), 3.0);
        assert_eq!(value(Recorded::Sd(0..2)), 1.0);
        assert_eq!(value(Recorded::Pattern(vec![1.0, 0.0, 0.5, -1.0])), 4.5);
    }
}
