//! Weights between units, dense or sparse, and their product with the rates.

use crate::error::{Error, Result};
use crate::linalg::Matrix;
use std::borrow::Cow;

/// Weights `W[to, from]`.
#[derive(Clone, Debug, PartialEq)]
pub enum Weights {
    /// A square matrix.
    Dense(Matrix),
    /// A sparse square matrix.
    Sparse(Csr),
}

/// A square sparse matrix in compressed rows: row `i` holds what unit `i` receives.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Csr {
    /// From triplets (row, column, value); values of one entry given twice are added.
    ///
    /// # Errors
    /// An index outside `n`, or more than 4e9 units.
    pub fn from_triplets(n: usize, mut triplets: Vec<(usize, usize, f64)>) -> Result<Csr> {
        if u32::try_from(n).is_err() {
            return Err(Error::unsupported(format!("{n} units are too many for a sparse matrix")));
        }
        if let Some((i, j, _)) = triplets.iter().find(|(i, j, _)| *i >= n || *j >= n) {
            return Err(Error::invalid(format!("entry ({i}, {j}) lies outside a {n} x {n} matrix")));
        }
        triplets.sort_by_key(|&(i, j, _)| (i, j));
        let mut starts = vec![0; n + 1];
        let mut columns: Vec<u32> = Vec::with_capacity(triplets.len());
        let mut values: Vec<f64> = Vec::with_capacity(triplets.len());
        let mut last = None;
        for (i, j, v) in triplets {
            if last == Some((i, j)) {
                *values.last_mut().expect("an entry was pushed") += v;
            } else {
                columns.push(j as u32);
                values.push(v);
                starts[i + 1] += 1;
                last = Some((i, j));
            }
        }
        for i in 0..n {
            starts[i + 1] += starts[i];
        }
        Ok(Csr { starts, columns, values })
    }
    /// Number of rows.
    pub fn n(&self) -> usize {
        self.starts.len() - 1
    }
    /// Number of stored entries.
    pub fn entries(&self) -> usize {
        self.values.len()
    }
    /// Row `i`: columns and values.
    pub fn row(&self, i: usize) -> (&[u32], &[f64]) {
        let range = self.starts[i]..self.starts[i + 1];
        (&self.columns[range.clone()], &self.values[range])
    }
}

impl Weights {
    /// Number of units.
    pub fn n(&self) -> usize {
        match self {
            Weights::Dense(w) => w.rows(),
            Weights::Sparse(w) => w.n(),
        }
    }
    /// `out = W r`.
    pub fn apply(&self, r: &[f64], out: &mut [f64]) {
        match self {
            Weights::Dense(w) => w.mul_vec_into(r, out),
            Weights::Sparse(w) => {
                for (i, out) in out.iter_mut().enumerate() {
                    let (columns, values) = w.row(i);
                    *out = columns.iter().zip(values).map(|(&j, v)| v * r[j as usize]).sum();
                }
            }
        }
    }
    /// As a dense matrix, copied.
    pub fn to_dense(&self) -> Matrix {
        self.dense().into_owned()
    }
    /// As a dense matrix; a copy only if they are sparse.
    pub fn dense(&self) -> Cow<'_, Matrix> {
        match self {
            Weights::Dense(w) => Cow::Borrowed(w),
            Weights::Sparse(w) => {
                let mut m = Matrix::zeros(w.n(), w.n());
                for i in 0..w.n() {
                    let (columns, values) = w.row(i);
                    for (&j, &v) in columns.iter().zip(values) {
                        m[(i, j as usize)] = v;
                    }
                }
                Cow::Owned(m)
            }
        }
    }
    /// Visits every stored weight: to, from, value.
    pub fn for_each(&self, mut f: impl FnMut(usize, usize, f64)) {
        match self {
            Weights::Dense(w) => {
                for i in 0..w.rows() {
                    for (j, &v) in w.row(i).iter().enumerate() {
                        f(i, j, v);
                    }
                }
            }
            Weights::Sparse(w) => {
                for i in 0..w.n() {
                    let (columns, values) = w.row(i);
                    for (&j, &v) in columns.iter().zip(values) {
                        f(i, j as usize, v);
                    }
                }
            }
        }
    }
    /// Number of weights that are not zero.
    pub fn nonzeros(&self) -> usize {
        let mut count = 0;
        self.for_each(|_, _, v| count += usize::from(v != 0.0));
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparse_and_dense_agree_and_rows_receive() {
        let w = Csr::from_triplets(3, vec![(0, 1, 2.0), (2, 0, -1.0), (0, 1, 0.5)]).unwrap();
        assert_eq!(w.entries(), 2);
        let sparse = Weights::Sparse(w);
        let dense = Weights::Dense(sparse.to_dense());
        let (mut a, mut b) = (vec![0.0; 3], vec![0.0; 3]);
        sparse.apply(&[1.0, 10.0, 100.0], &mut a);
        dense.apply(&[1.0, 10.0, 100.0], &mut b);
        assert_eq!(a, vec![25.0, 0.0, -1.0]);
        assert_eq!(a, b);
        assert_eq!(dense.nonzeros(), 2);
        assert!(Csr::from_triplets(2, vec![(0, 2, 1.0)]).is_err());
    }
}
