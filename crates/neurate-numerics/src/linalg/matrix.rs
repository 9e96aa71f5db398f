//! Dense matrices, row by row in memory: row `i` of a weight matrix is all that unit `i` receives.

use super::powers::{exponent_of, ldexp};
use super::vectors::dot;
use crate::memory::{Lines, in_large_pages, repeated};
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
        if rows * cols == 0 {
            return Mat { rows, cols, data: Lines::new(64) };
        }
        // Written over, not pushed: a check of the capacity at each entry would keep the compiler from vector instructions.
        let mut m = Mat::filled(rows, cols, f(0, 0));
        for i in 0..rows {
            let from = usize::from(i == 0);
            for (j, x) in m.row_mut(i)[from..].iter_mut().enumerate() {
                *x = f(i, from + j);
            }
        }
        m
    }
    /// The matrix with this value everywhere.
    pub fn filled(rows: usize, cols: usize, value: T) -> Self {
        Mat { rows, cols, data: repeated(value, rows * cols) }
    }
    /// A matrix from its entries, row by row, without a copy between. Panics if there are not `rows * cols` of them.
    pub fn from_entries(rows: usize, cols: usize, entries: impl Iterator<Item = T>) -> Self {
        let mut data = Lines::with_capacity(64, rows * cols);
        entries.for_each(|x| data.push(x));
        assert_eq!(data.len(), rows * cols, "the entries of a matrix");
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
    #[inline]
    pub fn row(&self, i: usize) -> &[T] {
        &self.data[i * self.cols..(i + 1) * self.cols]
    }
    /// Row `i`, to write.
    #[inline]
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
        /// Rows and columns at once: each line of the cache that is fetched is used up before it goes.
        const TILE: usize = 16;
        let Some(&first) = self.data.first() else {
            return Mat { rows: self.cols, cols: self.rows, data: Lines::new(64) };
        };
        let mut out = Mat::filled(self.cols, self.rows, first);
        for i0 in (0..self.rows).step_by(TILE) {
            let i1 = (i0 + TILE).min(self.rows);
            for j0 in (0..self.cols).step_by(TILE) {
                for j in j0..(j0 + TILE).min(self.cols) {
                    let row = &mut out.data[j * self.rows + i0..j * self.rows + i1];
                    for (k, x) in row.iter_mut().enumerate() {
                        *x = self.data[(i0 + k) * self.cols + j];
                    }
                }
            }
        }
        out
    }
    /// Applies `f` to every entry.
    pub fn map<U: Copy>(&self, mut f: impl FnMut(T) -> U) -> Mat<U> {
        let Some(&first) = self.data.first() else {
            return Mat { rows: self.rows, cols: self.cols, data: Lines::new(64) };
        };
        let mut out = Mat::filled(self.rows, self.cols, f(first));
        for (y, &x) in out.data[1..].iter_mut().zip(&self.data[1..]) {
            *y = f(x);
        }
        out
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
    #[inline]
    fn index(&self, (i, j): (usize, usize)) -> &T {
        debug_assert!(i < self.rows && j < self.cols);
        &self.data[i * self.cols + j]
    }
}

impl<T> IndexMut<(usize, usize)> for Mat<T> {
    #[inline]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        debug_assert!(i < self.rows && j < self.cols);
        &mut self.data[i * self.cols + j]
    }
}

impl Matrix {
    /// All zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Mat::filled(rows, cols, 0.0)
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
        let root = |m: &Self| dot(&m.data, &m.data).sqrt();
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
        let mut sums = vec![0.0; self.cols];
        for i in 0..self.rows {
            sums.iter_mut().zip(self.row(i)).for_each(|(s, x)| *s += x.abs());
        }
        sums.into_iter().fold(0.0, f64::max)
    }
    /// The largest absolute entry.
    pub fn max_abs(&self) -> f64 {
        // Maxima side by side, for vector instructions.
        let (wide, rest) = self.data.as_chunks::<8>();
        let mut top = [0.0f64; 8];
        for x in wide {
            for l in 0..8 {
                top[l] = if x[l].abs() > top[l] { x[l].abs() } else { top[l] };
            }
        }
        top.iter().chain(rest).fold(0.0, |m, x| m.max(x.abs()))
    }
    /// Whether every entry is finite.
    pub fn is_finite(&self) -> bool {
        // Pieces without an early end inside, for vector instructions.
        self.data.chunks(64).all(|piece| piece.iter().fold(true, |all, x| all & x.is_finite()))
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
