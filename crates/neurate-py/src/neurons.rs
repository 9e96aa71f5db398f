//! Transfer functions and Ricciardi's function on arrays.

use crate::arrays::{Array1, array1, vector};
use crate::calls::free;
use crate::error::raise;
use neurate::lif::{LifNeuron, RicciardiSlices, ricciardi_slices};
use neurate::model::transfer::{KINDS, Range};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use std::collections::HashMap;

/// A transfer function `f(mu, sigma)`: its word in the circuit file and its parameters.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct Transfer(neurate::model::transfer::Transfer);

#[pymethods]
impl Transfer {
    #[new]
    #[pyo3(signature = (kind, parameters, rate_times_time = 1e-3))]
    fn new(kind: &str, parameters: HashMap<String, f64>, rate_times_time: f64) -> PyResult<Self> {
        let given: Vec<(&str, f64)> = parameters.iter().map(|(k, v)| (k.as_str(), *v)).collect();
        neurate::model::transfer::Transfer::new(kind, &given, rate_times_time).map(Transfer).map_err(raise)
    }

    /// A formula in `x` and named constants.
    #[staticmethod]
    fn expression(formula: &str, constants: HashMap<String, f64>) -> PyResult<Self> {
        let constants: Vec<(String, f64)> = constants.into_iter().collect();
        neurate::model::transfer::Transfer::expression(formula, &constants).map(Transfer).map_err(raise)
    }

    /// Rates at inputs.
    fn rates<'py>(
        &self,
        py: Python<'py>,
        mu: PyReadonlyArray1<'py, f64>,
        sigma: f64,
    ) -> PyResult<Array1<'py>> {
        let mu = vector(&mu);
        let mut rates = vec![0.0; mu.len()];
        let transfer = self.0.clone();
        let rates = free(py, move || {
            transfer.rates(&mu, sigma, &mut rates);
            Ok(rates)
        })?;
        Ok(array1(py, rates))
    }

    /// Gains `df/dmu` at inputs.
    fn gains<'py>(
        &self,
        py: Python<'py>,
        mu: PyReadonlyArray1<'py, f64>,
        sigma: f64,
    ) -> PyResult<Array1<'py>> {
        let mu = vector(&mu);
        let transfer = self.0.clone();
        let gains = free(py, move || Ok(mu.iter().map(|&x| transfer.slopes(x, sigma).d_mu).collect()))?;
        Ok(array1(py, gains))
    }
}

/// For each kind of transfer function: name, equation, what it is for, and its parameters as (key, default or None,
/// meaning, whether it must be positive).
#[pyfunction]
pub fn transfer_kinds()
-> Vec<(&'static str, &'static str, &'static str, Vec<(&'static str, Option<f64>, &'static str, bool)>)> {
    let parameters = |k: &neurate::model::transfer::TransferKind| {
        k.parameters.iter().map(|p| (p.key, p.default, p.meaning, p.range == Range::Positive)).collect()
    };
    KINDS.iter().map(|k| (k.name, k.equation, k.about, parameters(k))).collect()
}

/// Ricciardi's rate (per unit of time of `tau_m`), and on request `d/dmu`, `d/dsigma`, the logarithm and the CV, at
/// each `mu[i]`, `sigma[i]`. An element without a value becomes NaN.
#[pyfunction]
pub fn ricciardi<'py>(
    py: Python<'py>,
    mu: PyReadonlyArray1<'py, f64>,
    sigma: PyReadonlyArray1<'py, f64>,
    neuron: (f64, f64, f64, f64),
    what: &str,
) -> PyResult<Array1<'py>> {
    let (mu, sigma) = (vector(&mu), vector(&sigma));
    let what = what.to_string();
    let (values, complaint) = free(py, move || {
        let neuron = LifNeuron::new(neuron.0, neuron.1, neuron.2, neuron.3)?;
        let mut values = vec![0.0; mu.len()];
        let mut out = RicciardiSlices::default();
        let slot = match what.as_str() {
            "rate" => &mut out.rate,
            "d_mu" => &mut out.d_mu,
            "d_sigma" => &mut out.d_sigma,
            "log_rate" => &mut out.log_rate,
            "cv" => &mut out.cv,
            _ => {
                return Err(neurate::Error::invalid(format!("there is no {what:?}"))
                    .with_help("one of: rate, d_mu, d_sigma, log_rate, cv"));
            }
        };
        *slot = Some(&mut values);
        let complaint = ricciardi_slices(&neuron, &mu, &sigma, out).err();
        // NaN goes in and out quietly, as in every ufunc; other bad elements are worth an error.
        let told = complaint.filter(|_| mu.iter().zip(&sigma).any(|(m, s)| *s < 0.0 && !m.is_nan()));
        Ok((values, told))
    })?;
    match complaint {
        Some(e) => Err(raise(e)),
        None => Ok(array1(py, values)),
    }
}
