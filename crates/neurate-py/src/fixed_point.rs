//! Fixed points.

use crate::arrays::{Array1, ComplexArray1, array1, complex1, vector};
use crate::calls::free;
use crate::error::raise;
use crate::linearization::Linearization;
use neurate::fixed_points::{FixedPoint as Point, Multiplicity, Stability};
use neurate::linalg::Complex;
use neurate::linear::Linearization as Linear;
use neurate::model::Circuit as Checked;
use numpy::{PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::prelude::*;
use std::sync::Arc;

/// A fixed point of a circuit.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct FixedPoint {
    pub(crate) circuit: Arc<Checked>,
    pub(crate) point: Point,
}

/// Stability and how many eigenvalues are unstable; multiplicity and how near others would be.
pub type Kinds = (String, usize, String, f64);
/// Residual, error, and what is zero to rounding.
pub type Trust = (f64, f64, f64);
/// Whether it is reached from rest, and whether eigenvalues are roots with delays.
pub type Flags = (bool, bool);
/// What [`FixedPoint::parts`] gives, from Python.
pub type Parts<'py> =
    ([PyReadonlyArray1<'py, f64>; 4], PyReadonlyArray1<'py, Complex>, Kinds, Trust, Flags, Vec<usize>);

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
    /// All of it, for pickling: state, rates, input and gains; eigenvalues; kinds, numbers, flags, and units at a kink.
    fn parts<'py>(
        &self,
        py: Python<'py>,
    ) -> ([Array1<'py>; 4], ComplexArray1<'py>, Kinds, Trust, Flags, Vec<usize>) {
        let p = &self.point;
        let unstable = if let Stability::Unstable(count) = p.stability { count } else { 0 };
        let near = match p.multiplicity {
            Multiplicity::Double(x) | Multiplicity::Triple(x) => x,
            Multiplicity::One | Multiplicity::Line => 0.0,
        };
        (
            [&p.state, &p.rates, &p.input, &p.gains].map(|x| array1(py, x.clone())),
            complex1(py, p.eigenvalues.clone()),
            (p.stability.name().into(), unstable, p.multiplicity.name().into(), near),
            (p.residual, p.error, p.rounding),
            (p.reached_from_rest, p.delayed),
            p.at_kink.clone(),
        )
    }
    /// The linearization there.
    fn linearize(&self, py: Python<'_>) -> PyResult<Linearization> {
        let (circuit, point) = (self.circuit.clone(), self.point.clone());
        let linear = free(py, move || Linear::new(&circuit, &point))?;
        Ok(Linearization { circuit: self.circuit.clone(), linear: Arc::new(linear) })
    }
}

impl FixedPoint {
    /// A fixed point of the circuit from its parts.
    pub fn of(circuit: Arc<Checked>, parts: Parts<'_>) -> PyResult<FixedPoint> {
        let (vectors, eigenvalues, kinds, trust, flags, at_kink) = parts;
        let wrong = |what: &str| {
            raise(neurate::Error::invalid(format!("these are no parts of a fixed point: {what}")))
        };
        let n = circuit.n();
        if vectors.iter().any(|x| x.len() != n) || at_kink.iter().any(|&i| i >= n) {
            return Err(wrong("they are of another number of units"));
        }
        let mut point = Point::default();
        [point.state, point.rates, point.input, point.gains] = vectors.each_ref().map(vector);
        point.eigenvalues = eigenvalues.as_array().iter().copied().collect();
        point.stability = match (kinds.0.as_str(), kinds.1) {
            ("stable", _) => Stability::Stable,
            ("unstable", count) => Stability::Unstable(count),
            ("marginal", _) => Stability::Marginal,
            (word, _) => return Err(wrong(word)),
        };
        point.multiplicity = match (kinds.2.as_str(), kinds.3) {
            ("one", _) => Multiplicity::One,
            ("double", near) => Multiplicity::Double(near),
            ("triple", near) => Multiplicity::Triple(near),
            ("line", _) => Multiplicity::Line,
            (word, _) => return Err(wrong(word)),
        };
        (point.residual, point.error, point.rounding) = trust;
        (point.reached_from_rest, point.delayed) = flags;
        point.at_kink = at_kink;
        Ok(FixedPoint { circuit, point })
    }
}
