//! Circuits, their fixed points, runs and reports.

use crate::answers::LastStudy;
use crate::arrays::{Array1, Array2, array1, array2, matrix, vector};
use crate::calls::{free, share_to, watched};
use crate::error::{no_section, raise, text};
use crate::files::{Beside, Sparse, Triplets, columns, entries};
use crate::fixed_point::{FixedPoint, Parts};
use crate::values::{object, value};
use neurate::answers::{RegimeMap, plane_axes};
use neurate::budget;
use neurate::dynamics::{CircuitDynamics, Dynamics};
use neurate::file::parse;
use neurate::fixed_points::{Coverage, SearchOptions, fixed_points_watched};
use neurate::linalg::Matrix;
use neurate::linear::modes::Order;
use neurate::model::Circuit as Checked;
use neurate::progress::Progress;
use neurate::report::{QUESTIONS, question_named};
use neurate::report::{Report, glance, html};
use neurate::simulate::{Outcome, RunOptions};
use neurate::spec::{self, Spec, Value};
use neurate::study::{Along, Choices, Part, Side, Study, channels};
use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::exceptions::PyTimeoutError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A circuit that has been built and checked, with its description.
#[pyclass(frozen, module = "neurate._neurate")]
pub struct Circuit {
    pub(crate) spec: Spec,
    /// Where the files are that it names.
    folder: PathBuf,
    /// Weights of a sparse matrix: size and entries.
    sparse: Option<Arc<Sparse>>,
    circuit: Arc<Checked>,
    study: LastStudy,
}

/// An address and its new value.
type Change<'py> = (String, Bound<'py, PyAny>);

fn read_changes(changes: Vec<Change<'_>>) -> PyResult<Vec<spec::Change>> {
    changes.into_iter().map(|(address, x)| Ok(spec::Change::of(&address, value(&x)?))).collect()
}

fn changed(spec: &Spec, changes: Vec<Change<'_>>) -> PyResult<Spec> {
    spec.with(read_changes(changes)?).map_err(raise)
}

impl Circuit {
    fn of(spec: Spec, folder: PathBuf) -> PyResult<Circuit> {
        let circuit = Arc::new(spec.build().map_err(raise)?);
        Ok(Circuit { spec, folder, sparse: None, circuit, study: LastStudy::default() })
    }

    /// From a description and changes to it.
    fn described(
        description: &Bound<'_, PyAny>,
        name: &str,
        folder: PathBuf,
        changes: Vec<spec::Change>,
        sparse: Option<Triplets<'_>>,
    ) -> PyResult<Circuit> {
        let spec = match value(description)? {
            Value::Text(text) => parse(&text, name, &folder, &[]).map_err(raise)?,
            values => Spec::from_values(name, values).with_files(neurate::file::folder(&folder)),
        };
        let sparse = sparse.map(|given| entries(&given)).transpose()?.map(Arc::new);
        let spec = match &sparse {
            Some(weights) => spec.with_files(Beside::beside(&folder, weights.clone())),
            None => spec,
        };
        Ok(Circuit { sparse, ..Circuit::of(spec.with(changes).map_err(raise)?, folder)? })
    }

    /// What it is, if files have a part in that: they may change.
    fn fingerprint(&self) -> Option<String> {
        let files = self.sparse.is_none() && self.spec.names_files();
        files.then(|| self.spec.fingerprint(&self.circuit))
    }

    /// The same of another description.
    fn becoming(&self, spec: Spec, circuit: Checked) -> Circuit {
        let (folder, sparse) = (self.folder.clone(), self.sparse.clone());
        Circuit { spec, folder, sparse, circuit: Arc::new(circuit), study: LastStudy::default() }
    }

    pub(crate) fn checked(&self) -> Arc<Checked> {
        self.circuit.clone()
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

/// A parameter of a diagram, from Python: its name or address, what a joint one moves with which gains, and its range.
type AlongParts = (String, Vec<(String, f64)>, Option<(f64, f64)>);

/// Name, kind, size, time constants' range, word and equation of f, and the name as it is shown.
type PopulationRow = (String, &'static str, usize, f64, f64, &'static str, String, String);

#[pymethods]
impl Circuit {
    /// From a description: a circuit file's text, or a mapping with its keys. Files that it names are in `folder`; `W` as
    /// one are the weights in `sparse`, if there are any.
    #[new]
    #[pyo3(signature = (description, name, folder, changes, sparse=None))]
    fn new(
        description: &Bound<'_, PyAny>,
        name: &str,
        folder: PathBuf,
        changes: Vec<Change<'_>>,
        sparse: Option<Triplets<'_>>,
    ) -> PyResult<Circuit> {
        Circuit::described(description, name, folder, read_changes(changes)?, sparse)
    }

    /// From a circuit file.
    #[staticmethod]
    fn open(path: &str, changes: Vec<Change<'_>>) -> PyResult<Circuit> {
        let path = Path::new(path);
        let spec = neurate::file::read(path, &[]).map_err(raise)?;
        Circuit::of(changed(&spec, changes)?, path.parent().unwrap_or(Path::new("")).to_path_buf())
    }

    /// A copy with more changes.
    fn with_changes(&self, changes: Vec<Change<'_>>) -> PyResult<Circuit> {
        let (spec, circuit) = self.spec.rebuilt(read_changes(changes)?, &self.circuit).map_err(raise)?;
        Ok(self.becoming(spec, circuit))
    }

    /// Whether it is the same circuit: the same description, whatever the order of its keys, and the same numbers.
    fn same(&self, other: &Circuit) -> bool {
        let (a, b) = (&*self.circuit, &*other.circuit);
        Arc::ptr_eq(&self.circuit, &other.circuit)
            || self.spec.same(&other.spec)
                && a.tau() == b.tau()
                && a.h() == b.h()
                && a.stimuli() == b.stimuli()
                && a.weights() == b.weights()
    }

    /// The names of the conditions that it describes.
    #[getter]
    fn conditions(&self) -> PyResult<Vec<String>> {
        Ok(self.spec.conditions().map_err(raise)?.into_iter().map(str::to_string).collect())
    }

    /// A copy under a condition.
    fn under(&self, condition: &str) -> PyResult<Circuit> {
        let spec = self.spec.under(condition).map_err(raise)?;
        let circuit = spec.build().map_err(raise)?;
        Ok(self.becoming(spec, circuit))
    }

    /// All of it, for pickling: description, name, the folder of its files, changes in their words, sparse weights, and what
    /// the circuit is if files have a part in that.
    fn parts<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(
        Bound<'py, PyAny>,
        String,
        PathBuf,
        Vec<(String, Bound<'py, PyAny>, String)>,
        Option<(usize, Bound<'py, PyArray1<u64>>, Bound<'py, PyArray1<u64>>, Array1<'py>)>,
        Option<String>,
    )> {
        let description = match self.spec.values() {
            Some(values) => object(py, values)?,
            None => PyString::new(py, &self.spec.text()).into_any(),
        };
        let change =
            |c: &spec::Change| Ok((c.address().to_string(), object(py, c.value())?, c.text().to_string()));
        let changes = self.spec.changes().iter().map(change).collect::<PyResult<_>>()?;
        let sparse = self.sparse.as_ref().map(|weights| {
            let (rows, cols, values) = columns(py, &weights.1);
            (weights.0, rows, cols, values)
        });
        // Another process may be in another folder.
        let folder =
            std::path::absolute(Path::new(".").join(&self.folder)).unwrap_or_else(|_| self.folder.clone());
        let name = self.spec.name().to_string();
        Ok((description, name, folder, changes, sparse, self.fingerprint()))
    }

    /// A circuit from its parts.
    #[staticmethod]
    fn of_parts(
        description: &Bound<'_, PyAny>,
        name: &str,
        folder: PathBuf,
        changes: Vec<(String, Bound<'_, PyAny>, String)>,
        sparse: Option<Triplets<'_>>,
        fingerprint: Option<String>,
    ) -> PyResult<Circuit> {
        let change = |(address, x, text): (String, Bound<'_, PyAny>, String)| {
            Ok(spec::Change::of(&address, value(&x)?).worded(&text))
        };
        let changes = changes.into_iter().map(change).collect::<PyResult<Vec<_>>>()?;
        let circuit = Circuit::described(description, name, folder, changes, sparse)?;
        if fingerprint.is_some() && circuit.fingerprint() != fingerprint {
            let error = neurate::Error::invalid(format!(
                "{name} is not the circuit that was pickled: a file that it names has changed since, in {}",
                circuit.folder.display()
            ));
            return Err(raise(error.with_help("pickle the circuit again, as the files are now")));
        }
        Ok(circuit)
    }

    /// The text of a circuit file, without the changes.
    #[getter]
    fn text(&self) -> String {
        self.spec.text().into_owned()
    }
    #[getter]
    fn name(&self) -> &str {
        self.spec.name()
    }
    /// The changes, as the command line writes them.
    #[getter]
    fn sets(&self) -> Vec<&str> {
        self.spec.change_texts()
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
    /// The units' names as they are shown.
    #[getter]
    fn unit_labels(&self) -> Vec<String> {
        (0..self.circuit.n()).map(|i| self.circuit.unit_shown(i)).collect()
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
        let row = |p: &neurate::model::Population| {
            let tau = range(&p.tau);
            let f = &p.transfer;
            let (equation, label) = (f.formula().to_string(), p.shown().to_string());
            (p.name.clone(), p.kind.name(), p.size, tau.0, tau.1, f.name(), equation, label)
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
    /// Seed of a run's noise, if none is given for the run.
    #[getter]
    fn run_seed(&self) -> Option<u64> {
        self.circuit.run().seed.or(self.circuit.seed())
    }
    /// How long `[run]` says that a run lasts, and the step that it gives.
    #[getter]
    fn run_times(&self) -> (Option<f64>, Option<f64>) {
        (self.circuit.run().duration, self.circuit.run().dt)
    }
    /// Names of the stimuli.
    #[getter]
    fn stimuli(&self) -> Vec<&str> {
        self.circuit.stimuli().iter().map(|s| s.name.as_str()).collect()
    }
    /// Weights `W[to, from]`, dense.
    fn weights<'py>(&self, py: Python<'py>) -> PyResult<Array2<'py>> {
        array2(py, &self.circuit.dense_weights().map_err(raise)?)
    }
    /// Every address that `set` takes, with its value as a file writes it.
    fn addresses(&self) -> PyResult<Vec<(String, Option<String>)>> {
        let all = self.spec.addresses().map_err(raise)?;
        Ok(all.into_iter().map(|s| (s.address.to_string(), s.value)).collect())
    }

    /// Rates at a state.
    fn rates<'py>(&self, py: Python<'py>, x: PyReadonlyArray1<'py, f64>) -> PyResult<Array1<'py>> {
        let x = vector(&x);
        self.fits(&x, "the state")?;
        Ok(array1(py, CircuitDynamics::at_rest(&self.circuit).rates(&x)))
    }

    /// `dx/dt` under the constant input at many states of the units, a row each; slow states settled.
    fn field<'py>(&self, py: Python<'py>, states: PyReadonlyArray2<'py, f64>) -> PyResult<Array2<'py>> {
        let states = matrix(&states);
        if states.rows() > 0 {
            self.fits(states.row(0), "a state")?;
        }
        let circuit = self.circuit.clone();
        let field = free(py, move || {
            let dynamics = CircuitDynamics::settled(&circuit);
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
    #[pyo3(signature = (starts, seed, progress=None))]
    fn fixed_points(
        &self,
        py: Python<'_>,
        starts: Option<usize>,
        seed: u64,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Vec<FixedPoint>, String, bool, Vec<String>, Option<usize>)> {
        let circuit = self.circuit.clone();
        let options = SearchOptions::default().starts(starts).seed(seed).prove(true);
        let search = watched(py, share_to(progress), move |progress| {
            fixed_points_watched(&circuit, &options, &progress)
        })?;
        let operating = search.operating_point();
        let wrap = |point| FixedPoint { circuit: self.circuit.clone(), point };
        let exhaustive = matches!(search.coverage, Coverage::All(_));
        let coverage = search.coverage.to_string();
        Ok((search.points.into_iter().map(wrap).collect(), coverage, exhaustive, search.remarks, operating))
    }

    /// A fixed point of it from what [`FixedPoint`] gives as its parts.
    fn fixed_point(&self, parts: Parts<'_>) -> PyResult<FixedPoint> {
        FixedPoint::of(self.checked(), parts)
    }

    /// Runs as the file's `[run]` says: times, states and rates of the units, why it stopped early or None, whence;
    /// names and time courses of slow states.
    #[pyo3(signature = (at, seed, progress=None))]
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        at: Option<usize>,
        seed: Option<u64>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Array1<'py>, Array2<'py>, Array2<'py>, Option<String>, String, Vec<String>, Array2<'py>)>
    {
        let circuit = self.circuit.clone();
        let (run, rates, start) = watched(py, share_to(progress), move |progress| {
            // The search for a start is a part of its own, of unknown length.
            let study = run_study(&circuit, at, seed, 1, progress.part(0.0, 0.0));
            let protocol = study.protocol()?;
            let run = protocol.run_watched(&circuit, &progress)?;
            let rates = rates_along(&circuit, &run.states);
            Ok((run, rates, protocol.start_words.clone()))
        })?;
        let stopped = ran_away(&self.circuit, &run.outcome);
        let (n, all) = (self.circuit.n(), &run.states);
        let slow = Matrix::from_fn(all.rows(), all.cols() - n, |k, i| all[(k, n + i)]);
        let units = if slow.cols() == 0 {
            array2(py, all)?
        } else {
            array2(py, &Matrix::from_fn(all.rows(), n, |k, i| all[(k, i)]))?
        };
        Ok((
            array1(py, run.times.clone()),
            units,
            array2(py, &rates)?,
            stopped,
            start,
            (n..self.circuit.states()).map(|i| self.circuit.state_name(i)).collect(),
            array2(py, &slow)?,
        ))
    }

    /// Many noisy runs at once: times, states and rates (a row for each trial and time, trials first), what ran away, and
    /// whence. `progress(share)` may raise, and Ctrl-C ends it.
    #[pyo3(signature = (count, at, seed, threads, progress))]
    fn trials<'py>(
        &self,
        py: Python<'py>,
        count: usize,
        at: Option<usize>,
        seed: Option<u64>,
        threads: usize,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Array1<'py>, Array2<'py>, Array2<'py>, Vec<String>, String)> {
        let circuit = self.circuit.clone();
        let (all, states, rates, start) = watched(py, share_to(progress), move |progress| {
            let study = run_study(&circuit, at, seed, threads, progress.clone());
            let protocol = study.protocol()?;
            let (n, times) = (circuit.n(), protocol.times.len());
            // States and rates, here and in Python.
            let each = budget::product(&[times, n, 4 * size_of::<f64>()]);
            budget::require(
                count as u64,
                "trials",
                each,
                "record less often (every=), or take fewer at a time",
            )?;
            let all = protocol.trials(&circuit, count, (0..n).collect(), &progress)?;
            let states = Matrix::from_fn(count * times, n, |k, i| all.courses[i][(k / times, k % times)]);
            let rates = rates_along(&circuit, &states);
            Ok((all, states, rates, protocol.start_words.clone()))
        })?;
        let stopped = all.runaways.iter().map(|r| {
            let (unit, time) = (self.circuit.state_name(r.index), &self.circuit.units().time);
            format!("trial {}: {unit} passed {} at {} {time}", r.trial, self.circuit.run().ceiling, r.time)
        });
        Ok((
            array1(py, all.times.clone()),
            array2(py, &states)?,
            array2(py, &rates)?,
            stopped.collect(),
            start,
        ))
    }

    /// The answer to a question, an object of a class of `neurate.answers`.
    #[pyo3(signature = (question, at, order, from_, to, starts, search_seed, trials, threads, perturb, seed, samples))]
    fn ask(
        &self,
        py: Python<'_>,
        question: &str,
        at: Option<usize>,
        order: &str,
        from_: Option<String>,
        to: Option<String>,
        starts: Option<usize>,
        search_seed: u64,
        trials: Option<usize>,
        threads: usize,
        perturb: Vec<String>,
        seed: u64,
        samples: Option<usize>,
    ) -> PyResult<Py<PyAny>> {
        let c = &*self.circuit;
        let read = |text: Option<String>, side| text.map(|text| channels(&text, side, c)).transpose();
        let parts: neurate::Result<Vec<_>> = perturb.iter().map(|text| Part::parse(text, c)).collect();
        let choices = Choices::default()
            .at(at)
            .order(neurate::study::order(order, c).map_err(raise)?)
            .from(read(from_, Side::From).map_err(raise)?)
            .to(read(to, Side::To).map_err(raise)?)
            .perturb(parts.map_err(raise)?)
            .search(
                SearchOptions::default().starts(starts).seed(search_seed).prove(question == "fixed_points"),
            )
            .run(RunOptions::default().threads(threads))
            .trials(trials)
            .seed(seed)
            .samples(samples);
        self.study.ask(py, &self.circuit, &self.spec, question, choices)
    }

    /// The answer to the question `diagram`, along one parameter: its name, or address with its range (`E.h=-3:8`); of a joint one
    /// addresses with gains.
    #[pyo3(signature = (name, gains, range, show, effort, cycles, starts, search_seed))]
    fn diagram(
        &self,
        py: Python<'_>,
        name: &str,
        gains: Vec<(String, f64)>,
        range: Option<(f64, f64)>,
        show: Option<String>,
        effort: usize,
        cycles: bool,
        starts: Option<usize>,
        search_seed: u64,
    ) -> PyResult<Py<PyAny>> {
        let along = along_of((name.to_string(), gains, range))?;
        let search = SearchOptions::default().starts(starts).seed(search_seed);
        let choices =
            Choices::default().along(vec![along]).show(show).effort(effort).cycles(cycles).search(search);
        self.study.ask(py, &self.circuit, &self.spec, "diagram", choices)
    }

    /// The answer to the question `regime_map`, over two parameters as `diagram` takes one.
    fn phase_diagram(
        &self,
        py: Python<'_>,
        along: [AlongParts; 2],
        starts: Option<usize>,
        search_seed: u64,
    ) -> PyResult<Py<PyAny>> {
        let choices = map_choices(along, starts, search_seed)?;
        self.study.ask(py, &self.circuit, &self.spec, "regime_map", choices)
    }

    /// Which region of that answer each point lies in: None outside, and between curves nearer to each other than the cells.
    fn phase_diagram_regions(
        &self,
        py: Python<'_>,
        along: [AlongParts; 2],
        starts: Option<usize>,
        search_seed: u64,
        points: Vec<(f64, f64)>,
    ) -> PyResult<Vec<Option<usize>>> {
        let choices = map_choices(along, starts, search_seed)?;
        self.study.with(py, &self.circuit, &self.spec, choices, move |study| {
            let map = study.ask::<RegimeMap>()?;
            Ok(points.iter().map(|&(p, q)| map.region_at(p, q)).collect())
        })
    }

    /// That answer as a report of this section alone, as JSON.
    fn phase_diagram_report(
        &self,
        py: Python<'_>,
        along: [AlongParts; 2],
        starts: Option<usize>,
        search_seed: u64,
    ) -> PyResult<String> {
        let choices = map_choices(along, starts, search_seed)?;
        let spec = self.spec.clone();
        self.study.with(py, &self.circuit, &self.spec, choices, move |study| {
            let question = question_named("regime_map").ok_or_else(|| no_section("regime_map"))?;
            let report = Report::new(study, &[question], &source(&spec), &spec.text(), &mut |_, _, _| {})?;
            Ok(report.json())
        })
    }

    /// The answer to the question `nearest_changes`.
    #[pyo3(signature = (at, starts, search_seed))]
    fn nearest_changes(
        &self,
        py: Python<'_>,
        at: Option<usize>,
        starts: Option<usize>,
        search_seed: u64,
    ) -> PyResult<Py<PyAny>> {
        let search = SearchOptions::default().starts(starts).seed(search_seed);
        let choices = Choices::default().at(at).search(search).nearest_changes(true);
        self.study.ask(py, &self.circuit, &self.spec, "nearest_changes", choices)
    }

    /// The answer to the question `phase_plane`, of two states by their names, or the circuit's first ones.
    #[pyo3(signature = (x, y, at, starts, search_seed))]
    fn phase_plane(
        &self,
        py: Python<'_>,
        x: Option<String>,
        y: Option<String>,
        at: Option<usize>,
        starts: Option<usize>,
        search_seed: u64,
    ) -> PyResult<Py<PyAny>> {
        let plane = plane_axes(&self.circuit, x.as_deref(), y.as_deref()).map_err(raise)?;
        let search = SearchOptions::default().starts(starts).seed(search_seed);
        let choices = Choices::default().at(at).search(search).plane(plane);
        self.study.ask(py, &self.circuit, &self.spec, "phase_plane", choices)
    }

    /// A report, or some of its sections, as JSON, as one HTML page, and the first screens of that. `progress(name, k, n)` is
    /// called before each section, and may raise.
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
    ) -> PyResult<(String, String, String)> {
        let questions: Vec<_> = match names {
            None => QUESTIONS.iter().collect(),
            Some(names) => names
                .iter()
                .map(|n| question_named(n).ok_or_else(|| no_section(n)))
                .collect::<neurate::Result<_>>()
                .map_err(raise)?,
        };
        let order = Order::parse(order).map_err(raise)?;
        let choices = Choices::default()
            .at(at)
            .order(order)
            .search(SearchOptions::default().starts(starts).seed(seed).prove(true));
        let (circuit, spec) = (self.circuit.clone(), self.spec.clone());
        // Sections that have begun, for Python to hear of in their order.
        let begun: Arc<Mutex<Vec<(String, usize, usize)>>> = Arc::default();
        let steps = begun.clone();
        let listener = move |py: Python<'_>, _| {
            for step in std::mem::take(&mut *steps.lock().expect("it only stores")) {
                if let Some(progress) = &progress {
                    progress.call1(py, step)?;
                }
            }
            Ok(())
        };
        watched(py, listener, move |progress| {
            let study = Study::watched(circuit, choices, progress).described_by(spec.clone());
            let report = Report::new(&study, &questions, &source(&spec), &spec.text(), &mut |name, k, n| {
                begun.lock().expect("it only stores").push((name.to_string(), k, n));
            })?;
            Ok((report.json(), html(&report), glance(&report)))
        })
    }

    /// The first screens of a report, as HTML without scripts: asks only what is shown there. Raises `TimeoutError` after so
    /// many seconds.
    fn glance(&self, py: Python<'_>, seconds: f64) -> PyResult<String> {
        let questions: Vec<_> = QUESTIONS.iter().filter(|q| GLANCE.contains(&q.name)).collect();
        let (circuit, spec) = (self.circuit.clone(), self.spec.clone());
        let began = Instant::now();
        let listener = move |_: Python<'_>, _| {
            if began.elapsed().as_secs_f64() > seconds {
                return Err(PyTimeoutError::new_err(format!("the first screens took more than {seconds} s")));
            }
            Ok(())
        };
        watched(py, listener, move |progress| {
            let study = Study::watched(circuit, Choices::default(), progress).described_by(spec.clone());
            let report = Report::new(&study, &questions, &source(&spec), &spec.text(), &mut |_, _, _| {})?;
            Ok(glance(&report))
        })
    }
}

/// A parameter of a diagram.
fn along_of((name, gains, range): AlongParts) -> PyResult<Along> {
    let mut along = Along::parse(&name).map_err(raise)?;
    along.range = range.or(along.range);
    Ok(if gains.is_empty() { along } else { along.joint(gains) })
}

/// Choices of a regime map.
fn map_choices([x, y]: [AlongParts; 2], starts: Option<usize>, search_seed: u64) -> PyResult<Choices> {
    let search = SearchOptions::default().starts(starts).seed(search_seed);
    Ok(Choices::default().along(vec![along_of(x)?, along_of(y)?]).search(search))
}

/// Questions whose sentences and figures a report's first screens show, without noisy runs.
const GLANCE: [&str; 5] = ["verdict", "circuit", "time_courses", "amplification", "response"];

/// What a report calls its source: the file, with the changes made to it.
fn source(spec: &Spec) -> String {
    let mut source = spec.name().to_string();
    spec.change_texts().iter().for_each(|s| source += &format!(" --set '{s}'"));
    source
}

/// A circuit that is run, with its noise.
pub(crate) fn run_study(
    circuit: &Arc<Checked>,
    at: Option<usize>,
    seed: Option<u64>,
    threads: usize,
    progress: Progress,
) -> Study {
    let run = RunOptions::default().noisy(true).seed(seed).threads(threads);
    Study::watched(circuit.clone(), Choices::default().at(at).run(run), progress)
}

/// The rates of the units at every state, a row each.
fn rates_along(circuit: &Checked, states: &Matrix) -> Matrix {
    let dynamics = CircuitDynamics::new(circuit);
    let mut rates = Matrix::zeros(states.rows(), circuit.n());
    for k in 0..rates.rows() {
        rates.row_mut(k).copy_from_slice(&dynamics.rates(states.row(k)));
    }
    rates
}

/// Which unit ran away, and when; None if none did.
pub(crate) fn ran_away(circuit: &Checked, outcome: &Outcome) -> Option<String> {
    let Outcome::RanAway { time, name, value, .. } = outcome else { return None };
    let (ceiling, units, name) = (circuit.run().ceiling, circuit.units(), circuit.shown(name));
    Some(format!("{name} passed {ceiling} {} at {time} {} (it was at {value})", units.state, units.time))
}
