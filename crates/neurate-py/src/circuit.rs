//! Circuits, their fixed points, runs and reports.

use crate::arrays::{Array1, Array2, ComplexArray1, array1, array2, complex1, matrix, vector};
use crate::error::{raise, text};
use crate::free;
use crate::linearization::Linearization;
use neurate::analysis::{ANALYSES, Choices, Plan, Study, analysis};
use neurate::circuit::Circuit as Checked;
use neurate::dynamics::{CircuitDynamics, Dynamics};
use neurate::file::{Document, TEMPLATES};
use neurate::fixed_point::{Coverage, SearchOptions, Stability, fixed_points};
use neurate::linearisation::Linearisation;
use neurate::modes::Order;
use neurate::report::{Report, html};
use neurate::simulate::Outcome;
use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// A circuit that has been read and checked, with the text that it came from.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct Circuit {
    pub(crate) document: Document,
    circuit: Arc<Checked>,
}

impl Circuit {
    fn of(document: Document) -> PyResult<Circuit> {
        let circuit = Arc::new(document.circuit().map_err(raise)?);
        Ok(Circuit { document, circuit })
    }

    fn fits(&self, x: &[f64], what: &str) -> PyResult<()> {
        if x.len() == self.circuit.n() {
            return Ok(());
        }
        Err(raise(neurate::Error::invalid(format!(
            "{what} has {} values for {} units",
            x.len(),
            self.circuit.n()
        ))))
    }
}

/// Name, kind, size, time constants' range, word and equation of f.
type PopulationRow = (String, &'static str, usize, f64, f64, &'static str, String);

#[pymethods]
impl Circuit {
    /// From a circuit file's text; `arrays` stand for the files that it names.
    #[new]
    #[pyo3(signature = (text, name, folder, sets, arrays))]
    fn new(
        text: String,
        name: String,
        folder: String,
        sets: Vec<String>,
        arrays: HashMap<String, PyReadonlyArray2<'_, f64>>,
    ) -> PyResult<Circuit> {
        let arrays: BTreeMap<_, _> = arrays.into_iter().map(|(k, a)| (k, matrix(&a))).collect();
        Circuit::of(Document { text, name, folder: folder.into(), sets, arrays })
    }

    /// From a circuit file.
    #[staticmethod]
    fn open(path: &str, sets: Vec<String>) -> PyResult<Circuit> {
        Circuit::of(Document::open(Path::new(path), &sets).map_err(raise)?)
    }

    /// A copy with more changes.
    fn with_sets(&self, sets: Vec<String>) -> PyResult<Circuit> {
        Circuit::of(self.document.with(sets))
    }

    /// What `__init__` takes, for pickling.
    fn parts<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(String, String, String, Vec<String>, HashMap<String, Array2<'py>>)> {
        let d = &self.document;
        let arrays =
            d.arrays.iter().map(|(k, m)| Ok((k.clone(), array2(py, m)?))).collect::<PyResult<_>>()?;
        Ok((d.text.clone(), d.name.clone(), d.folder.display().to_string(), d.sets.clone(), arrays))
    }

    #[getter]
    fn text(&self) -> &str {
        &self.document.text
    }
    #[getter]
    fn name(&self) -> &str {
        &self.document.name
    }
    #[getter]
    fn sets(&self) -> Vec<String> {
        self.document.sets.clone()
    }
    #[getter]
    fn title(&self) -> &str {
        self.circuit.title()
    }
    #[getter]
    fn form(&self) -> &'static str {
        self.circuit.form().name()
    }
    #[getter]
    fn equation(&self) -> &'static str {
        self.circuit.equation()
    }
    #[getter]
    fn n(&self) -> usize {
        self.circuit.n()
    }
    #[getter]
    fn unit_names(&self) -> Vec<String> {
        (0..self.circuit.n()).map(|i| self.circuit.unit_name(i)).collect()
    }
    /// Position of each unit's population.
    #[getter]
    fn population_of(&self) -> Vec<usize> {
        (0..self.circuit.n()).map(|i| self.circuit.population_of(i)).collect()
    }
    #[getter]
    fn populations(&self) -> Vec<PopulationRow> {
        let range =
            |x: &[f64]| x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
        let row = |p: &neurate::circuit::Population| {
            let tau = range(&p.tau);
            let f = &p.transfer;
            (p.name.clone(), p.kind.name(), p.size, tau.0, tau.1, f.name(), f.formula().to_string())
        };
        self.circuit.populations().iter().map(row).collect()
    }
    #[getter]
    fn tau<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.circuit.tau().to_vec())
    }
    #[getter]
    fn h<'py>(&self, py: Python<'py>) -> Array1<'py> {
        array1(py, self.circuit.h().to_vec())
    }
    /// Units of time, rate, state, input, drive and weight; None where there is none.
    #[getter]
    fn units(&self) -> HashMap<&'static str, String> {
        let u = self.circuit.units();
        HashMap::from([
            ("time", u.time.clone()),
            ("rate", u.rate.clone()),
            ("state", u.state.clone()),
            ("input", u.input.clone()),
            ("drive", u.drive.clone()),
            ("weight", u.weight.clone()),
        ])
    }
    #[getter]
    fn rate_times_time(&self) -> f64 {
        self.circuit.units().rate_times_time
    }
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.circuit.warnings().iter().map(text).collect()
    }
    #[getter]
    fn seed(&self) -> Option<u64> {
        self.circuit.seed()
    }
    /// Weights `W[to, from]`, dense.
    fn weights<'py>(&self, py: Python<'py>) -> PyResult<Array2<'py>> {
        array2(py, &self.circuit.dense_weights().map_err(raise)?)
    }
    /// Every address that `set` takes, with its value as the file writes it.
    fn addresses(&self) -> PyResult<Vec<(String, Option<String>)>> {
        let all = self.document.addresses().map_err(raise)?;
        Ok(all.into_iter().map(|a| (a.address, a.value)).collect())
    }

    /// Rates at a state.
    fn rates<'py>(&self, py: Python<'py>, x: PyReadonlyArray1<'py, f64>) -> PyResult<Array1<'py>> {
        let x = vector(&x);
        self.fits(&x, "the state")?;
        Ok(array1(py, CircuitDynamics::at_rest(&self.circuit).rates(&x)))
    }

    /// `dx/dt` under the constant input at many states, a row each.
    fn field<'py>(&self, py: Python<'py>, states: PyReadonlyArray2<'py, f64>) -> PyResult<Array2<'py>> {
        let states = matrix(&states);
        if states.rows() > 0 {
            self.fits(states.row(0), "a state")?;
        }
        let circuit = self.circuit.clone();
        let field = free(py, move || {
            let dynamics = CircuitDynamics::at_rest(&circuit);
            let mut field = states.clone();
            let mut scratch = vec![0.0; states.cols()];
            for k in 0..states.rows() {
                dynamics.field(0.0, states.row(k), field.row_mut(k), &mut scratch);
            }
            Ok(field)
        })?;
        array2(py, &field)
    }

    /// Fixed points: the points, what the search covered, whether it was exhaustive, remarks, and the position of
    /// the operating point.
    #[pyo3(signature = (starts, seed))]
    fn fixed_points(
        &self,
        py: Python<'_>,
        starts: Option<usize>,
        seed: u64,
    ) -> PyResult<(Vec<FixedPoint>, String, bool, Vec<String>, Option<usize>)> {
        let circuit = self.circuit.clone();
        let search = free(py, move || fixed_points(&circuit, &SearchOptions { starts, seed }))?;
        let operating = search.operating_point();
        let wrap = |point| FixedPoint { circuit: self.circuit.clone(), point };
        let exhaustive = matches!(search.coverage, Coverage::All(_));
        let coverage = coverage(&search.coverage);
        Ok((search.points.into_iter().map(wrap).collect(), coverage, exhaustive, search.remarks, operating))
    }

    /// Runs as the file's `[run]` says: times, states, rates, why it stopped early or None, and whence.
    #[pyo3(signature = (at, linear))]
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        at: Option<usize>,
        linear: bool,
    ) -> PyResult<(Array1<'py>, Array2<'py>, Array2<'py>, Option<String>, String)> {
        let circuit = self.circuit.clone();
        let (trajectory, rates, start) = free(py, move || {
            let choices = Choices { at, ..Choices::default() };
            // Only a start at the operating point needs the fixed points.
            let study = if linear {
                Study::new((*circuit).clone(), choices)?
            } else {
                Study::run_only((*circuit).clone(), choices)
            };
            let plan = Plan::new(&study)?;
            let trajectory = plan.run(&circuit)?;
            let dynamics = CircuitDynamics::new(&circuit);
            let mut rates = trajectory.states.clone();
            for k in 0..rates.rows() {
                let r = dynamics.rates(trajectory.states.row(k));
                rates.row_mut(k).copy_from_slice(&r);
            }
            Ok((trajectory, rates, plan.start_words))
        })?;
        let stopped = match &trajectory.outcome {
            Outcome::Completed => None,
            Outcome::RanAway { time, name, value, .. } => Some(format!(
                "{name} passed {} {} at {time} {} (it was at {value})",
                self.circuit.run().ceiling,
                self.circuit.units().state,
                self.circuit.units().time
            )),
        };
        Ok((
            array1(py, trajectory.times.clone()),
            array2(py, &trajectory.states)?,
            array2(py, &rates)?,
            stopped,
            start,
        ))
    }

    /// A report, or some of its sections, as JSON and as one HTML page. `progress(name, k, n)` is called before
    /// each section, and may raise.
    #[pyo3(signature = (names, at, order, starts, seed, progress))]
    fn report(
        &self,
        py: Python<'_>,
        names: Option<Vec<String>>,
        at: Option<usize>,
        order: &str,
        starts: Option<usize>,
        seed: u64,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(String, String)> {
        let analyses = match names {
            None => ANALYSES.to_vec(),
            Some(names) => names
                .iter()
                .map(|n| analysis(n).ok_or_else(|| no_section(n)))
                .collect::<neurate::Result<_>>()
                .map_err(raise)?,
        };
        let order = Order::parse(order).map_err(raise)?;
        let choices = Choices { at, order, search: SearchOptions { starts, seed }, ..Choices::default() };
        let (circuit, document) = (self.circuit.clone(), &self.document);
        let mut raised: Option<PyErr> = None;
        let report = py.detach(|| {
            let study = Study::new((*circuit).clone(), choices)?;
            let mut source = document.name.clone();
            document.sets.iter().for_each(|s| source += &format!(" --set '{s}'"));
            Report::new(&study, &analyses, &source, &document.text, &mut |name, k, n| {
                if raised.is_some() {
                    return;
                }
                raised = Python::attach(|py| {
                    py.check_signals()?;
                    progress.as_ref().map_or(Ok(()), |p| p.call1(py, (name, k, n)).map(|_| ()))
                })
                .err();
            })
        });
        if let Some(e) = raised {
            return Err(e);
        }
        let report = report.map_err(raise)?;
        let page = py.detach(|| html(&report));
        Ok((report.json(), page))
    }
}

fn no_section(name: &str) -> neurate::Error {
    let names: Vec<_> = ANALYSES.iter().map(|a| a.name).collect();
    neurate::Error::invalid(format!("there is no section {name:?}"))
        .with_help(format!("one of: {}", names.join(", ")))
}

fn coverage(c: &Coverage) -> String {
    match c {
        Coverage::All(why) => format!("all fixed points were found: {why}"),
        Coverage::AllBut(why) => format!("all others were found: {why}"),
        Coverage::Sampled { starts, repeats, failures, index_sum } => {
            let sum = match index_sum {
                Some(1) => "; their indices add up to 1, so that only pairs can be missing".to_string(),
                Some(k) => format!("; their indices add up to {k}, not 1: at least one is missing"),
                None => String::new(),
            };
            format!(
                "{starts} starts, {repeats} of them to known points, {failures} to none: there may be more{sum}"
            )
        }
    }
}

/// A fixed point of a circuit.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct FixedPoint {
    circuit: Arc<Checked>,
    point: neurate::fixed_point::FixedPoint,
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
        match self.point.stability {
            Stability::Stable => "stable",
            Stability::Unstable(_) => "unstable",
            Stability::Marginal => "marginal",
        }
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
    /// The linearisation there.
    fn linearize(&self, py: Python<'_>) -> PyResult<Linearization> {
        let (circuit, point) = (&self.circuit, &self.point);
        let linear = free(py, || Linearisation::new(circuit, point))?;
        Ok(Linearization { circuit: self.circuit.clone(), linear })
    }
}

/// The sections of a report: name, and what it answers.
#[pyfunction]
pub fn sections() -> Vec<(&'static str, &'static str)> {
    ANALYSES.iter().map(|a| (a.name, a.about)).collect()
}

/// Starting files: name, and what it is.
#[pyfunction]
pub fn templates() -> Vec<(&'static str, &'static str)> {
    TEMPLATES.iter().map(|t| (t.name, t.about)).collect()
}

/// The text of a starting file.
#[pyfunction]
pub fn template(name: &str) -> PyResult<String> {
    neurate::file::template(name).ok_or_else(|| {
        let names: Vec<_> = TEMPLATES.iter().map(|t| t.name).collect();
        raise(
            neurate::Error::invalid(format!("there is no template {name:?}"))
                .with_help(format!("one of: {}", names.join(", "))),
        )
    })
}
