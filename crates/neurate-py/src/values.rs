//! Python's values as those of a description, and back.

use crate::arrays::{array1, array2, matrix, shared};
use neurate::spec::{Node, Value};
use numpy::{PyArrayDescrMethods, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString};
use std::sync::Arc;

/// A value of a description: text, numbers, truth values; tables from mappings; lists from sequences. Arrays of numbers
/// are copied once, and shared from then on.
pub fn value(x: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(b) = x.cast::<PyBool>() {
        return Ok(Value::Boolean(b.is_true()));
    }
    if let Ok(text) = x.cast::<PyString>() {
        return Ok(Value::Text(text.extract()?));
    }
    if x.is_instance_of::<PyInt>() {
        return Ok(Value::Integer(x.extract()?));
    }
    if x.is_instance_of::<PyFloat>() {
        return Ok(Value::Float(x.extract()?));
    }
    if let Ok(array) = x.cast::<PyUntypedArray>() {
        return from_array(array);
    }
    if let Ok(mapping) = x.cast::<PyMapping>() {
        let mut entries = Vec::new();
        for item in mapping.items()?.iter() {
            let (key, item): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            entries.push((key.str()?.extract::<String>()?, value(&item)?));
        }
        return Ok(Value::table(entries));
    }
    if let Ok(sequence) = x.cast::<PySequence>() {
        return from_sequence(sequence);
    }
    // NumPy's scalars, and what holds an array.
    if x.hasattr("__array__")? {
        let array = x.py().import("numpy")?.call_method1("asarray", (x,))?;
        return from_array(array.cast::<PyUntypedArray>()?);
    }
    // Transfer functions.
    if let Ok(table) = x.getattr("table") {
        return value(&table.call0()?);
    }
    Err(no_value(x)?)
}

fn no_value(x: &Bound<'_, PyAny>) -> PyResult<PyErr> {
    let kind = x.get_type().name()?;
    Ok(PyTypeError::new_err(format!("{} ({kind}) cannot stand in a circuit file", x.repr()?)))
}

/// Numbers that an array hides are unknown: what stands in their place must not be read.
fn refuse_masked(array: &Bound<'_, PyUntypedArray>) -> PyResult<()> {
    if array.get_type().is(array.py().get_type::<PyUntypedArray>()) {
        return Ok(());
    }
    if array.py().import("numpy.ma")?.call_method1("is_masked", (array,))?.extract()? {
        return Err(PyValueError::new_err(
            "an array has masked cells, whose values are unknown\nhelp: fill them, for example x.filled(0)",
        ));
    }
    Ok(())
}

fn from_array(array: &Bound<'_, PyUntypedArray>) -> PyResult<Value> {
    refuse_masked(array)?;
    let kind = array.dtype().kind();
    let numbers = matches!(kind, b'f' | b'i' | b'u');
    // Words, truth values and objects one by one.
    if !numbers && !matches!(kind, b'b' | b'U' | b'O') {
        return Err(no_value(array.as_any())?);
    }
    let floats = || array.call_method1("astype", ("float64", "K", "unsafe", false, false));
    match array.ndim() {
        0 if kind == b'f' => value(&floats()?.call_method0("item")?),
        1 if numbers => Ok(Value::Vector(shared(&floats()?.extract::<PyReadonlyArray1<'_, f64>>()?))),
        2 if numbers => {
            Ok(Value::Matrix(Arc::new(matrix(&floats()?.extract::<PyReadonlyArray2<'_, f64>>()?))))
        }
        _ => value(&array.call_method0("tolist")?),
    }
}

/// A list of numbers is an array, too.
fn from_sequence(sequence: &Bound<'_, PySequence>) -> PyResult<Value> {
    let mut all = Vec::with_capacity(sequence.len()?);
    for item in sequence.try_iter()? {
        all.push(value(&item?)?);
    }
    let number = |v: &Value| match v {
        Value::Integer(i) => Some(*i as f64),
        Value::Float(x) => Some(*x),
        _ => None,
    };
    match all.iter().map(number).collect::<Option<Vec<f64>>>() {
        Some(numbers) if !numbers.is_empty() => Ok(numbers.into()),
        _ => Ok(all.into()),
    }
}

/// A value as Python's own: for pickling.
pub fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Text(text) => PyString::new(py, text).into_any(),
        Value::Integer(i) => i.into_pyobject(py)?.into_any(),
        Value::Float(x) => PyFloat::new(py, *x).into_any(),
        Value::Boolean(b) => PyBool::new(py, *b).to_owned().into_any(),
        Value::List(items) => {
            let items = items.iter().map(|n: &Node| object(py, &n.value)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Vector(x) => array1(py, x.to_vec()).into_any(),
        Value::Matrix(m) => array2(py, m)?.into_any(),
        Value::Table(entries) => {
            let table = PyDict::new(py);
            for e in entries {
                table.set_item(&e.key, object(py, &e.node.value)?)?;
            }
            table.into_any()
        }
        _ => py.None().into_bound(py),
    })
}
