//! Arrays in and out.

use neurate::linalg::{CMatrix, Complex, Matrix};
use numpy::ndarray::Dimension;
use numpy::{
    PyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray, PyReadonlyArray1, PyReadonlyArray2,
    PyUntypedArrayMethods,
};
use pyo3::prelude::*;
use std::sync::Arc;

pub type Array1<'py> = Bound<'py, PyArray1<f64>>;
pub type Array2<'py> = Bound<'py, PyArray2<f64>>;
pub type ComplexArray1<'py> = Bound<'py, PyArray1<Complex>>;
pub type ComplexArray2<'py> = Bound<'py, PyArray2<Complex>>;

/// A copy, whatever the strides.
pub fn matrix(a: &PyReadonlyArray2<'_, f64>) -> Matrix {
    let (rows, cols) = (a.shape()[0], a.shape()[1]);
    if is_aligned(a) {
        return Matrix::from_entries(rows, cols, a.as_array().iter().copied());
    }
    Matrix::from_vec(rows, cols, values(a))
}

/// A copy, whatever the stride.
pub fn vector(a: &PyReadonlyArray1<'_, f64>) -> Vec<f64> {
    values(a)
}

/// A copy that can be shared.
pub fn shared(a: &PyReadonlyArray1<'_, f64>) -> Arc<[f64]> {
    match is_aligned(a).then(|| a.as_slice()) {
        Some(Ok(all)) => all.into(),
        _ => values(a).into(),
    }
}

/// An array that came over a wire may lie at any byte.
fn is_aligned<D: Dimension>(a: &PyReadonlyArray<'_, f64, D>) -> bool {
    (a.data() as usize).is_multiple_of(align_of::<f64>())
}

/// All values in C order, of an array that lies at any byte from NumPy's own copy, which is aligned.
fn values<D: Dimension>(a: &PyReadonlyArray<'_, f64, D>) -> Vec<f64> {
    if is_aligned(a) {
        return a.as_array().iter().copied().collect();
    }
    let copy = a.call_method0("copy").ok().and_then(|c| c.cast_into::<PyArray<f64, D>>().ok());
    copy.map_or_else(Vec::new, |c| c.readonly().as_array().iter().copied().collect())
}

pub fn array1(py: Python<'_>, v: Vec<f64>) -> Array1<'_> {
    PyArray1::from_vec(py, v)
}

pub fn complex1(py: Python<'_>, v: Vec<Complex>) -> ComplexArray1<'_> {
    PyArray1::from_vec(py, v)
}

pub fn array2<'py>(py: Python<'py>, m: &Matrix) -> PyResult<Array2<'py>> {
    PyArray1::from_vec(py, m.data().to_vec()).reshape([m.rows(), m.cols()])
}

pub fn complex2<'py>(py: Python<'py>, m: &CMatrix) -> PyResult<ComplexArray2<'py>> {
    PyArray1::from_vec(py, m.data().to_vec()).reshape([m.rows(), m.cols()])
}
