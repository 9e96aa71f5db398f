//! Analyses of bare matrices.

use crate::arrays::{Array1, Array2, ComplexArray1, array1, array2, complex1, complex2, matrix, vector};
use crate::calls::free;
use crate::error::raise;
use crate::files::entries;
use neurate::linalg::{self, CMatrix, Complex, Matrix};
use neurate::linear::modes::{self, Decomposition, LinearDrive, Order, SchurForm};
use neurate::model::{CellKind, Senders, Signs, Stimulus};
use numpy::{PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;

type In2<'py> = PyReadonlyArray2<'py, f64>;

/// Eigenmodes of `tau dr/dt = -r + M r`, with time constant `tau`.
#[pyfunction]
pub fn eigenmodes<'py>(py: Python<'py>, m: In2<'py>, tau: f64) -> PyResult<Bound<'py, PyDict>> {
    let m = matrix(&m);
    let e = free(py, move || modes::eigenmodes(&m, tau))?;
    let n = e.modes.len();
    let each = |f: fn(&modes::Eigenmode) -> f64| array1(py, e.modes.iter().map(f).collect());
    let left = e.modes.iter().all(|m| m.left.is_some());
    let rows = CMatrix::from_fn(n, n, |i, j| e.modes[i].left.as_ref().map_or(Complex::default(), |l| l[j]));
    let d = PyDict::new(py);
    d.set_item("values", complex1(py, e.modes.iter().map(|m| m.lambda).collect()))?;
    d.set_item("right", complex2(py, &e.basis())?)?;
    d.set_item("left", if left { Some(complex2(py, &rows)?) } else { None })?;
    d.set_item("tau", each(|m| m.tau))?;
    d.set_item("static_gain", each(|m| m.static_gain))?;
    d.set_item("frequency", each(|m| m.frequency))?;
    d.set_item("value_condition", each(|m| m.condition))?;
    d.set_item("condition", e.condition)?;
    d.set_item("expandable", e.expandable())?;
    Ok(d)
}

/// Schur modes; `form` is "real" or "complex". Residual and orthogonality are computed in Python, where they are asked for.
#[pyfunction]
pub fn schur<'py>(py: Python<'py>, m: In2<'py>, form: &str, order: &str) -> PyResult<Bound<'py, PyDict>> {
    let form = match form {
        "real" => SchurForm::Real,
        "complex" => SchurForm::Complex,
        _ => {
            return Err(raise(
                neurate::Error::invalid(format!("there is no Schur form {form:?}"))
                    .with_help("\"real\" or \"complex\""),
            ));
        }
    };
    let order = Order::parse(order).map_err(raise)?;
    let m = matrix(&m);
    let s = free(py, move || modes::schur_modes_unmeasured(&Decomposition::new(m), form, &order))?;
    let real = |m: &CMatrix| -> PyResult<Array2<'py>> {
        let parts = m.data().iter().map(|z| z.re).collect();
        array1(py, parts).reshape([m.rows(), m.cols()])
    };
    let d = PyDict::new(py);
    d.set_item("values", complex1(py, s.lambda.clone()))?;
    if form == SchurForm::Real {
        d.set_item("vectors", real(&s.u)?)?;
        d.set_item("T", real(&s.t)?)?;
    } else {
        d.set_item("vectors", complex2(py, &s.u)?)?;
        d.set_item("T", complex2(py, &s.t)?)?;
    }
    d.set_item("blocks", s.blocks().into_iter().map(|b| (b.start, b.end)).collect::<Vec<_>>())?;
    d.set_item("feedforward_squared", s.feedforward_squared)?;
    d.set_item("henrici_squared", s.henrici_squared)?;
    Ok(d)
}

/// Transient amplification of `dx/dt = A x`.
#[pyfunction]
pub fn amplification<'py>(py: Python<'py>, a: In2<'py>) -> PyResult<Bound<'py, PyDict>> {
    let a = matrix(&a);
    let g = free(py, move || modes::amplification(&a))?;
    let d = PyDict::new(py);
    d.set_item("max", g.max)?;
    d.set_item("bound", g.bound)?;
    d.set_item("time", g.time)?;
    d.set_item("input", array1(py, g.input))?;
    d.set_item("output", array1(py, g.output))?;
    d.set_item("numerical_abscissa", g.numerical_abscissa)?;
    d.set_item("spectral_abscissa", g.spectral_abscissa)?;
    d.set_item("times", array1(py, g.times))?;
    d.set_item("norms", array1(py, g.norms))?;
    Ok(d)
}

/// Amplification from the columns of `b` to the rows of `c`.
#[pyfunction]
pub fn amplification_between<'py>(
    py: Python<'py>,
    a: In2<'py>,
    b: In2<'py>,
    c: In2<'py>,
) -> PyResult<Bound<'py, PyDict>> {
    let (a, b, c) = (matrix(&a), matrix(&b), matrix(&c));
    let g = free(py, move || modes::amplification_between(&a, &b, &c))?;
    let d = PyDict::new(py);
    d.set_item("max", g.max)?;
    d.set_item("bound", g.bound)?;
    d.set_item("time", g.time)?;
    d.set_item("input", array1(py, g.input))?;
    d.set_item("output", array1(py, g.output))?;
    d.set_item("times", array1(py, g.times))?;
    d.set_item("norms", array1(py, g.norms))?;
    Ok(d)
}

/// nu, whether normal, Henrici's departure and its two bounds.
#[pyfunction]
pub fn normality(py: Python<'_>, w: In2<'_>) -> PyResult<(f64, bool, f64, f64, f64)> {
    let w = matrix(&w);
    let n = free(py, move || modes::normality(&w))?;
    Ok((n.nu, n.normal, n.departure, n.lower, n.upper))
}

/// Boundary of the numerical range.
#[pyfunction]
pub fn numerical_range<'py>(py: Python<'py>, a: In2<'py>, points: usize) -> PyResult<ComplexArray1<'py>> {
    let a = matrix(&a);
    Ok(complex1(py, free(py, move || modes::numerical_range(&a, points))?))
}

/// The Kreiss constant between two bounds, and where the lower one is reached (real and imaginary part).
#[pyfunction]
pub fn kreiss_constant(
    py: Python<'_>,
    a: In2<'_>,
    tolerance: f64,
    lines: usize,
) -> PyResult<(f64, f64, (f64, f64))> {
    let a = matrix(&a);
    let k = free(py, move || modes::kreiss_constant(&a, tolerance, lines))?;
    Ok((k.constant.lower, k.constant.upper, (k.at.re, k.at.im)))
}

/// Distance to instability (lower, upper), the peak of the resolvent on the imaginary axis (lower, upper), and its
/// angular frequency.
#[pyfunction]
pub fn distance_to_instability(py: Python<'_>, a: In2<'_>) -> PyResult<((f64, f64), (f64, f64), f64)> {
    let a = matrix(&a);
    let d = free(py, move || modes::distance_to_instability(&a))?;
    Ok(((d.distance.lower, d.distance.upper), (d.peak.lower, d.peak.upper), d.frequency))
}

/// Real parts, imaginary parts, and `s_min(x + iy - A)` (row by y, column by x).
#[pyfunction]
pub fn pseudospectra<'py>(
    py: Python<'py>,
    a: In2<'py>,
    resolution: usize,
) -> PyResult<(Array1<'py>, Array1<'py>, Array2<'py>, Array1<'py>)> {
    let a = matrix(&a);
    let p = free(py, move || modes::pseudospectra(&a, resolution, &[]))?;
    Ok((array1(py, p.x), array1(py, p.y), array2(py, &p.s_min)?, array1(py, p.levels)))
}

/// The matrix exponential.
#[pyfunction]
pub fn expm<'py>(py: Python<'py>, a: In2<'py>) -> PyResult<Array2<'py>> {
    let a = matrix(&a);
    array2(py, &free(py, move || linalg::expm(&a))?)
}

/// `X` of `A X + X A^T + Q = 0`, and its relative residual.
#[pyfunction]
pub fn lyapunov<'py>(py: Python<'py>, a: In2<'py>, q: In2<'py>) -> PyResult<(Array2<'py>, f64)> {
    let (a, q) = (matrix(&a), matrix(&q));
    let s = free(py, move || linalg::Lyapunov::new(&a)?.solve(&q))?;
    Ok((array2(py, &s.x)?, s.residual))
}

/// The exact solution of `dx/dt = A x + b h` from `x0` at the rising `times`.
#[pyfunction]
pub fn linear_response<'py>(
    py: Python<'py>,
    a: In2<'py>,
    b: PyReadonlyArray1<'py, f64>,
    h: PyReadonlyArray1<'py, f64>,
    x0: PyReadonlyArray1<'py, f64>,
    times: PyReadonlyArray1<'py, f64>,
) -> PyResult<Array2<'py>> {
    let (a, b, h) = (matrix(&a), vector(&b), vector(&h));
    let states = exact(py, a, b, h, vec![], vector(&x0), vector(&times))?;
    array2(py, &states)
}

/// The exact course of a linear system, shared by bare matrices and linearizations.
pub fn exact(
    py: Python<'_>,
    a: Matrix,
    b: Vec<f64>,
    h: Vec<f64>,
    stimuli: Vec<Stimulus>,
    x0: Vec<f64>,
    times: Vec<f64>,
) -> PyResult<Matrix> {
    free(py, move || {
        let drive = LinearDrive { a: &a, b: &b, h: &h, stimuli: &stimuli };
        Ok(modes::linear_response(&drive, &x0, &times)?.states)
    })
}

/// The kind of each unit, or of each group of units, that the signs of their weights tell: `W[to, from]`.
#[pyfunction]
#[pyo3(signature = (w, groups))]
pub fn kinds_of_signs(
    w: PyReadonlyArray2<'_, f64>,
    groups: Option<Vec<Vec<usize>>>,
) -> PyResult<Vec<&'static str>> {
    kinds(&Signs::of(&matrix(&w)), groups)
}

/// The same of a sparse matrix of `n` units.
#[pyfunction]
#[pyo3(signature = (n, rows, columns, values, groups))]
pub fn kinds_of_triplets(
    n: usize,
    rows: PyReadonlyArray1<'_, u64>,
    columns: PyReadonlyArray1<'_, u64>,
    values: PyReadonlyArray1<'_, f64>,
    groups: Option<Vec<Vec<usize>>>,
) -> PyResult<Vec<&'static str>> {
    let (n, all) = entries(&(n, rows, columns, values))?;
    kinds(&Signs::of_entries(n, n, &all), groups)
}

fn kinds(signs: &Signs, groups: Option<Vec<Vec<usize>>>) -> PyResult<Vec<&'static str>> {
    let ways = "pass W.T if rows send here (W[to, from]: rows receive); or say the kinds: kinds=\"EEI\", or kinds=\"UUU\" \
                for units without one";
    signs.check("W", Senders::Columns).map_err(|e| raise(e.with_help(ways)))?;
    let all = match groups {
        None => signs.kinds(Senders::Columns),
        Some(groups) => groups.into_iter().map(|g| signs.kind_of(Senders::Columns, g)).collect(),
    };
    Ok(all.into_iter().map(CellKind::name).collect())
}
