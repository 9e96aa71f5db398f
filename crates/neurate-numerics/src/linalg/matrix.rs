//! Dense matrices, row by row in memory: row `i` of a weight matrix is all that unit `i` receives.

use super::dense::{exponent_of, ldexp};
use crate::memory::{Lines, in_large_pages, lines, repeated};
use std::ops::{Index, IndexMut};

/// A complex number.
pub type Complex = num_complex::Complex<f64>;

/// A dense matrix, stored row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Mat<T> {
    rows: usize,
    cols: usize,
    data: Lines<T>,
}

/// A real matrix.
pub type Matrix = Mat<f64>;
/// A complex matrix.
pub type CMatrix = Mat<Complex>;

impl<T: Copy> Mat<T> {
    /// The matrix with entries `f(row, column)`.
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = Lines::with_capacity(64, rows * cols);
        for i in 0..rows {
            for j in 0..cols {
                data.push(f(i, j));
            }
        }
        Mat { rows, cols, data }
    }
    /// A matrix from its entries, row by row. Panics if there are not `rows * cols` of them.
    pub fn from_vec(rows: usize, cols: usize, data: Vec<T>) -> Self {
        assert_eq!(data.len(), rows * cols, "entries of a {rows} x {cols} matrix");
        Mat { rows, cols, data: Lines::from_slice(64, &data) }
    }
    /// A matrix from rows of equal length. Panics if they differ.
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Self {
        let cols = rows.first().map_or(0, |r| r.as_ref().len());
        let mut data = Lines::with_capacity(64, rows.len() * cols);
        for row in rows {
            assert_eq!(row.as_ref().len(), cols, "rows of equal length");
            data.extend_from_slice(row.as_ref());
        }
        Mat { rows: rows.len(), cols, data }
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// Row `i`.
    pub fn row(&self, i: usize) -> &[T] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }
    /// Row `i`, to write.
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        &mut self.data[i * self.cols..(i + 1) * self.cols]
    }
    /// Column `j`, copied.
    pub fn col(&self, j: usize) -> Vec<T> {
        (0..self.rows).map(|i| self[(i, j)]).collect()
    }
    /// All entries, row by row.
    pub fn data(&self) -> &[T] {
        &self.data
    }
    /// All entries, row by row, to write.
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }
    /// The transpose (without conjugation).
    #[must_use]
    pub fn transpose(&self) -> Self {
        Self::from_fn(self.cols, self.rows, |i, j| self[(j, i)])
    }
    /// Applies `f` to every entry.
    pub fn map<U: Copy>(&self, mut f: impl FnMut(T) -> U) -> Mat<U> {
        Mat { rows: self.rows, cols: self.cols, data: lines(self.data.iter().map(|&x| f(x))) }
    }
    /// Into large pages, if it is large: for what is read again and again.
    pub fn in_large_pages(&self) {
        in_large_pages(&self.data);
    }
    /// Whether the matrix is square.
    pub fn is_square(&self) -> bool {
        self.rows == self.cols
    }
}

impl<T> Index<(usize, usize)> for Mat<T> {
    type Output = T;
    fn index(&self, (i, j): (usize, usize)) -> &T {
        debug_assert!(i < self.rows && j < self.cols);
        &self.data[i * self.cols + j]
    }
}

impl<T> IndexMut<(usize, usize)> for Mat<T> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        debug_assert!(i < self.rows && j < self.cols);
        &mut self.data[i * self.cols + j]
    }
}

impl Matrix {
    /// All zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Mat { rows, cols, data: repeated(0.0, rows * cols) }
    }
    /// The identity.
    pub fn identity(n: usize) -> Self {
        Self::from_diagonal(&vec![1.0; n])
    }
    /// A diagonal matrix.
    pub fn from_diagonal(diagonal: &[f64]) -> Self {
        let n = diagonal.len();
        let mut m = Self::zeros(n, n);
        for (i, &d) in diagonal.iter().enumerate() {
            m[(i, i)] = d;
        }
        m
    }
    /// `self * x`.
    pub fn mul_vec(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.rows];
        self.mul_vec_into(x, &mut y);
        y
    }
    /// `y = self * x`, without allocation.
    pub fn mul_vec_into(&self, x: &[f64], y: &mut [f64]) {
        assert_eq!(x.len(), self.cols);
        assert_eq!(y.len(), self.rows);
        y.fill(0.0);
        super::products::add_mul_vec(&self.data, x, y);
    }
    /// `s * self`.
    #[must_use]
    pub fn scale(&self, s: f64) -> Self {
        self.map(|x| s * x)
    }
    /// `self + other`.
    #[must_use]
    pub fn add(&self, other: &Self) -> Self {
        assert_eq!((self.rows, self.cols), (other.rows, other.cols));
        Mat::from_fn(self.rows, self.cols, |i, j| self[(i, j)] + other[(i, j)])
    }
    /// `self - other`.
    #[must_use]
    pub fn sub(&self, other: &Self) -> Self {
        assert_eq!((self.rows, self.cols), (other.rows, other.cols));
        Mat::from_fn(self.rows, self.cols, |i, j| self[(i, j)] - other[(i, j)])
    }
    /// The square root of the sum of squares.
    pub fn frobenius(&self) -> f64 {
        let root = |m: &Self| m.data.iter().map(|x| x * x).sum::<f64>().sqrt();
        let plain = root(self);
        if (1e-140..1e150).contains(&plain) || plain == 0.0 && self.max_abs() == 0.0 || !self.is_finite() {
            return plain;
        }
        // Squares over- or underflow: with the largest entry near 1 they do not.
        let e = exponent_of(self.max_abs());
        ldexp(root(&self.map(|x| ldexp(x, -e))), e)
    }
    /// The largest absolute column sum.
    pub fn norm1(&self) -> f64 {
        (0..self.cols).map(|j| (0..self.rows).map(|i| self[(i, j)].abs()).sum()).fold(0.0, f64::max)
    }
    /// The largest absolute entry.
    pub fn max_abs(&self) -> f64 {
        self.data.iter().fold(0.0, |m, x| m.max(x.abs()))
    }
    /// Whether every entry is finite.
    pub fn is_finite(&self) -> bool {
        self.data.iter().all(|x| x.is_finite())
    }
    /// The same matrix with complex entries.
    pub fn to_complex(&self) -> CMatrix {
        self.map(|x| Complex::new(x, 0.0))
    }
}

impl CMatrix {
    /// The identity.
    pub fn identity(n: usize) -> Self {
        Mat::from_fn(n, n, |i, j| Complex::new(f64::from(u8::from(i == j)), 0.0))
    }
    /// The conjugate transpose.
    #[must_use]
    pub fn adjoint(&self) -> Self {
        Mat::from_fn(self.cols, self.rows, |i, j| self[(j, i)].conj())
    }
    /// `self * x`.
    pub fn mul_vec(&self, x: &[Complex]) -> Vec<Complex> {
        assert_eq!(x.len(), self.cols);
        (0..self.rows).map(|i| self.row(i).iter().zip(x).map(|(a, b)| a * b).sum()).collect()
    }
    /// The square root of the sum of squared moduli.
    pub fn frobenius(&self) -> f64 {
        self.data.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt()
    }
}
