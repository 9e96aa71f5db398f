//! Fixed points.

use crate::arrays::{Array1, ComplexArray1, array1, complex1};
use crate::calls::free;
use crate::linearization::Linearization;
use neurate::linear::Linearization as Linear;
use neurate::model::Circuit as Checked;
use pyo3::prelude::*;
use std::sync::Arc;

/// A fixed point of a circuit.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct FixedPoint {
    pub(crate) circuit: Arc<Checked>,
    pub(crate) point: neurate::fixed_points::FixedPoint,
}

#[pymethods]
impl FixedPoint {
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.point.state.clone())
    }
    #[getter]
    fn rates<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.point.rates.clone())
    }
    #[getter]
    fn input<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.point.input.clone())
    }
    #[getter]
    fn gains<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.point.gains.clone())
    }
    #[getter]
    fn eigenvalues<'py>(&self, py: Python<'py>) -> ComplexArray1<'py> {
        complex1(py, self.point.eigenvalues.clone())
    }
    #[getter]
    fn stability(&self) -> &'static str {
        self.point.stability.name()
    }
    #[getter]
    fn multiplicity(&self) -> &'static str {
        self.point.multiplicity.name()
    }
    #[getter]
    fn residual(&self) -> f64 {
        self.point.residual
    }
    #[getter]
    fn error(&self) -> f64 {
        self.point.error
    }
    #[getter]
    fn reached_from_rest(&self) -> bool {
        self.point.reached_from_rest
    }
    /// Names of units at a kink of their transfer function.
    #[getter]
    fn at_kink(&self) -> Vec<String> {
        self.point.at_kink.iter().map(|&i| self.circuit.unit_name(i)).collect()
    }
    /// The linearization there.
    fn linearize(&self, py: Python<'_>) -> PyResult<Linearization> {
        let (circuit, point) = (self.circuit.clone(), self.point.clone());
        let linear = free(py, move || Linear::new(&circuit, &point))?;
        Ok(Linearization { circuit: self.circuit.clone(), linear: Arc::new(linear) })
    }
}
