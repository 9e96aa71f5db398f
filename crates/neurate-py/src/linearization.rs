//! A circuit linearized at a fixed point.

use crate::arrays::{Array1, Array2, ComplexArray2, array1, array2, complex2, vector};
use crate::calls::free;
use crate::error::raise;
use crate::matrices::exact;
use neurate::linalg::Matrix;
use neurate::linear::Linearization as Linear;
use neurate::linear::response::{self, Fluctuations, Isn, Noise, SubsetStability};
use neurate::model::Circuit;
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::sync::Arc;

/// Jacobian, effective weights and responses at one operating point.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct Linearization {
    pub(crate) circuit: Arc<Circuit>,
    pub(crate) linear: Arc<Linear>,
}

#[pymethods]
impl Linearization {
    /// Whether the units are all there is: no slow states, no delays.
    #[getter]
    fn plain(&self) -> bool {
        self.circuit.is_plain()
    }
    /// Names of the Jacobian's rows.
    #[getter]
    fn states(&self) -> Vec<String> {
        (0..self.circuit.states()).map(|i| self.circuit.state_name(i)).collect()
    }
    #[getter]
    fn jacobian<'py>(&self, py: Python<'py>) -> PyResult<Array2<'py>> {
        self.without_delays()?;
        array2(py, &self.linear.jacobian)
    }
    #[getter]
    fn effective<'py>(&self, py: Python<'py>) -> PyResult<Array2<'py>> {
        array2(py, &self.linear.effective)
    }
    /// `1 + tau_0 A`.
    #[getter]
    fn modes_matrix<'py>(&self, py: Python<'py>) -> PyResult<Array2<'py>> {
        self.without_delays()?;
        array2(py, &self.linear.modes_matrix())
    }
    #[getter]
    fn tau<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.linear.tau.clone())
    }
    #[getter]
    fn tau_0(&self) -> f64 {
        self.linear.tau_0
    }
    #[getter]
    fn gains<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.linear.gains.clone())
    }
    #[getter]
    fn input_gain<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.linear.input_gain.clone())
    }
    #[getter]
    fn rate_per_state<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.linear.rate_per_state.clone())
    }
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.linear.state.clone())
    }
    #[getter]
    fn stability(&self) -> &'static str {
        self.linear.stability.name()
    }

    /// Static response of rates over units, or None if a direction integrates.
    fn response<'py>(&self, py: Python<'py>) -> PyResult<Option<Array2<'py>>> {
        let l = self.linear.clone();
        free(py, move || response::response_matrix(&l))?.map(|r| array2(py, &r)).transpose()
    }

    /// Response of rates at an angular frequency (radians per unit of time), or None where it is singular.
    fn frequency_response<'py>(&self, py: Python<'py>, omega: f64) -> PyResult<Option<ComplexArray2<'py>>> {
        let l = self.linear.clone();
        free(py, move || response::frequency_response(&l, omega))?.map(|r| complex2(py, &r)).transpose()
    }

    /// Verdicts on stabilization and paradox.
    fn verdicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (circuit, linear) = (self.circuit.clone(), self.linear.clone());
        let v = free(py, move || response::verdicts(&circuit, &linear))?;
        let d = PyDict::new(py);
        d.set_item(
            "isn",
            match v.isn {
                Isn::Stabilized => "stabilized",
                Isn::NotNeeded => "not needed",
                Isn::Marginal => "marginal",
                Isn::CircuitUnstable => "circuit unstable",
                Isn::CircuitMarginal => "circuit marginal",
                Isn::NoSuchCells => "no such cells",
            },
        )?;
        d.set_item("isn_index", v.isn_index)?;
        d.set_item("stable", v.stable())?;
        d.set_item("response", v.response.as_ref().map(|r| array2(py, r)).transpose()?)?;
        let rows = PyList::empty(py);
        for s in &v.self_responses {
            let row = PyDict::new(py);
            row.set_item("population", self.name(s.population))?;
            row.set_item("response", s.response)?;
            row.set_item("paradoxical", s.paradoxical)?;
            row.set_item("critical_fraction", s.critical_fraction)?;
            row.set_item("without", self.subset(py, &s.without)?)?;
            rows.append(row)?;
        }
        d.set_item("populations", rows)?;
        let subsets = PyList::empty(py);
        for s in &v.subsets {
            subsets.append(self.subset(py, s)?)?;
        }
        d.set_item("subsets", subsets)?;
        Ok(d)
    }

    /// The exact course of a deviation `x0` at the rising `times`, under constant extra input `h`; with the
    /// circuit's stimuli on request.
    fn time_course<'py>(
        &self,
        py: Python<'py>,
        x0: PyReadonlyArray1<'py, f64>,
        times: PyReadonlyArray1<'py, f64>,
        h: PyReadonlyArray1<'py, f64>,
        stimuli: bool,
    ) -> PyResult<Array2<'py>> {
        let stimuli = if stimuli { self.circuit.stimuli().to_vec() } else { vec![] };
        let l = &self.linear;
        let states = exact(
            py,
            l.jacobian.clone(),
            l.input_gain.clone(),
            vector(&h),
            stimuli,
            vector(&x0),
            vector(&times),
        )?;
        array2(py, &states)
    }

    /// Covariance of the units' state under private white noise in every input; None if the point is not stable.
    fn covariance<'py>(&self, py: Python<'py>, intensity: f64) -> PyResult<Option<Array2<'py>>> {
        let fluctuations = self.fluctuations(py, intensity)?;
        fluctuations.map(|f| array2(py, &f.covariance)).transpose()
    }

    /// Its cross-spectra at these frequencies (cycles per unit of time).
    fn cross_spectra<'py>(
        &self,
        py: Python<'py>,
        frequencies: PyReadonlyArray1<'py, f64>,
        intensity: f64,
    ) -> PyResult<Option<Vec<ComplexArray2<'py>>>> {
        let frequencies = vector(&frequencies);
        let Some(f) = self.fluctuations(py, intensity)? else { return Ok(None) };
        let all = free(py, move || {
            let spectra = f.spectra(&Matrix::identity(f.n()));
            Ok(frequencies.iter().map(|w| spectra.at(*w)).collect::<Vec<_>>())
        })?;
        all.iter().map(|s| complex2(py, s)).collect::<PyResult<_>>().map(Some)
    }
}

impl Linearization {
    fn fluctuations(&self, py: Python<'_>, intensity: f64) -> PyResult<Option<Fluctuations>> {
        let noise = Noise::private(&vec![intensity; self.linear.n()]);
        let linear = self.linear.clone();
        free(py, move || response::fluctuations(&linear, &noise))
    }

    fn without_delays(&self) -> PyResult<()> {
        if !self.linear.delayed() {
            return Ok(());
        }
        let e = neurate::Error::unsupported(
            "with delays the circuit has no one Jacobian, and its modes are not a matrix's",
        );
        Err(raise(e.with_help(
            "analyze(\"slow_states\") lists the modes; frequency_response and response include the delays",
        )))
    }

    fn name(&self, p: usize) -> &str {
        &self.circuit.populations()[p].name
    }

    fn subset<'py>(&self, py: Python<'py>, s: &SubsetStability) -> PyResult<Bound<'py, PyDict>> {
        let d = PyDict::new(py);
        d.set_item("populations", s.populations.iter().map(|&p| self.name(p)).collect::<Vec<_>>())?;
        d.set_item("stable", s.stable())?;
        d.set_item("abscissa", s.abscissa)?;
        d.set_item("unstable_real", s.unstable_real)?;
        d.set_item("unstable_complex", s.unstable_complex)?;
        Ok(d)
    }
}
