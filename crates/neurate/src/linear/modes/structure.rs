//! Dale's principle and the blocks of excitatory and inhibitory units.

use neurate_numerics::linalg::Matrix;

/// The signs of a weight matrix's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DaleStructure {
    /// Columns without a negative weight and with a positive one.
    pub excitatory: Vec<usize>,
    /// Columns without a positive weight and with a negative one.
    pub inhibitory: Vec<usize>,
    /// Columns of zeros: no sign to tell.
    pub undetermined: Vec<usize>,
    /// Columns with both signs.
    pub violations: Vec<usize>,
}

impl DaleStructure {
    /// Whether every sender has one sign.
    pub fn is_dale(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Signs of the columns (senders) of `w`.
pub fn dale_structure(w: &Matrix) -> DaleStructure {
    let mut s =
        DaleStructure { excitatory: vec![], inhibitory: vec![], undetermined: vec![], violations: vec![] };
    for j in 0..w.cols() {
        let positive = (0..w.rows()).any(|i| w[(i, j)] > 0.0);
        let negative = (0..w.rows()).any(|i| w[(i, j)] < 0.0);
        match (positive, negative) {
            (true, false) => s.excitatory.push(j),
            (false, true) => s.inhibitory.push(j),
            (false, false) => s.undetermined.push(j),
            (true, true) => s.violations.push(j),
        }
    }
    s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_signs_and_rows_do_not() {
        let w = Matrix::from_rows(&[[1.0, -1.0, 0.0, 1.0], [2.0, 0.0, 0.0, -1.0], [0.0; 4], [0.0; 4]]);
        let s = dale_structure(&w);
        assert_eq!((s.excitatory, s.inhibitory), (vec![0], vec![1]));
        assert_eq!((s.undetermined, s.violations), (vec![2], vec![3]));
        assert!(!dale_structure(&w.transpose()).is_dale());
    }
}
