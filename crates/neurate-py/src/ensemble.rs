//! Ensembles: many members of one circuit, side by side.

use crate::arrays::{Array1, Array2, ComplexArray1, array1, array2, complex1, vector};
use crate::calls::free;
use crate::circuit::Circuit;
use neurate::fixed_points::{Completeness, Stability};
use neurate::linalg::Matrix;
use neurate::sweep::Axis;
use neurate::sweep::ensemble::{Ending, Ensemble as Members, SettleOptions, SteadyStates};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use std::sync::Arc;

/// One circuit and its members.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct Ensemble {
    members: Arc<Members>,
}

/// States (unit, member), endings by number, steps, distances, and the step.
type Ended<'py> = (Array2<'py>, Vec<u8>, Vec<u64>, Array1<'py>, f64);

fn ended<'py>(py: Python<'py>, n: usize, s: SteadyStates) -> PyResult<Ended<'py>> {
    let states = Matrix::from_vec(n, s.endings.len(), s.states);
    let endings = s.endings.iter().map(|e| *e as u8).collect();
    Ok((array2(py, &states)?, endings, s.steps, array1(py, s.distance), s.dt))
}

#[pymethods]
impl Ensemble {
    /// Values are (address, one for each member, unit).
    #[new]
    fn new(
        py: Python<'_>,
        circuit: &Circuit,
        values: Vec<(String, PyReadonlyArray1<'_, f64>, String)>,
    ) -> PyResult<Ensemble> {
        let varied = values
            .into_iter()
            .map(|(address, values, unit)| Axis { address, values: vector(&values), unit })
            .collect::<Vec<_>>();
        let spec = circuit.spec.clone();
        let members = free(py, move || Members::new(&spec, &varied))?;
        Ok(Ensemble { members: Arc::new(members) })
    }
    /// Number of members.
    #[getter]
    fn members(&self) -> usize {
        self.members.members()
    }
    /// Runs every member until it rests.
    #[pyo3(signature = (dt, tolerance, duration, start, threads))]
    fn steady_states<'py>(
        &self,
        py: Python<'py>,
        dt: Option<f64>,
        tolerance: f64,
        duration: Option<f64>,
        start: Option<PyReadonlyArray1<'py, f64>>,
        threads: usize,
    ) -> PyResult<Ended<'py>> {
        let start = start.map(|s| vector(&s));
        let options = SettleOptions::default()
            .dt(dt)
            .tolerance(tolerance)
            .duration(duration)
            .start(start)
            .threads(threads);
        let members = self.members.clone();
        let settled = free(py, move || members.steady_states(&options))?;
        ended(py, self.members.circuit().n(), settled)
    }
    /// Runs every member for a time.
    #[pyo3(signature = (duration, dt, start, threads))]
    fn states_at<'py>(
        &self,
        py: Python<'py>,
        duration: f64,
        dt: Option<f64>,
        start: Option<PyReadonlyArray1<'py, f64>>,
        threads: usize,
    ) -> PyResult<Ended<'py>> {
        let start = start.map(|s| vector(&s));
        let members = self.members.clone();
        let states = free(py, move || members.states_at(duration, dt, start.as_deref(), threads))?;
        ended(py, self.members.circuit().n(), states)
    }
    /// All fixed points: where each member's begin, rates (point, unit), stability (1, 0, or -1 where it is not
    /// decided), rightmost eigenvalues, residuals, and for each member whether all were found.
    fn fixed_points<'py>(
        &self,
        py: Python<'py>,
        starts: usize,
        threads: usize,
    ) -> PyResult<(Vec<usize>, Array2<'py>, Vec<i8>, ComplexArray1<'py>, Array1<'py>, Vec<i8>)> {
        let members = self.members.clone();
        let p = free(py, move || members.fixed_points(starts, threads))?;
        let word = |s: &Stability| match s {
            Stability::Stable => 1,
            Stability::Unstable(_) => 0,
            Stability::Marginal => -1,
        };
        let stability: Vec<i8> = p.stability.iter().map(word).collect();
        let rates = Matrix::from_vec(stability.len(), self.members.circuit().n(), p.rates);
        Ok((
            p.first,
            array2(py, &rates)?,
            stability,
            complex1(py, p.eigenvalues),
            array1(py, p.residuals),
            p.completeness.iter().map(|c| *c as i8).collect(),
        ))
    }
}

/// What is known of a list of fixed points: the words, by number.
#[pyfunction]
pub fn completeness_words() -> Vec<&'static str> {
    Completeness::WORDS.to_vec()
}

/// How members end: the words, by number.
#[pyfunction]
pub fn endings() -> Vec<&'static str> {
    Ending::WORDS.to_vec()
}
