//! `neurate._neurate`: the library's functions on NumPy arrays. Thin on purpose: what is better said in Python
//! (names, plots, xarray) stands in `python/neurate`.

// Tuples are what Python unpacks; `_neurate.pyi` gives them their meaning.
#![allow(clippy::type_complexity)]
#![cfg_attr(not(test), deny(clippy::unwrap_used))]

mod answers;
mod arrays;
mod calls;
mod circuit;
mod ensemble;
mod error;
mod files;
mod fixed_point;
mod linearization;
mod matrices;
mod neurons;
mod recording;
mod sweep;
mod values;

use pyo3::prelude::*;

#[pymodule]
mod _neurate {
    #[pymodule_export]
    use super::circuit::Circuit;
    #[pymodule_export]
    use super::ensemble::{Ensemble, completeness_words, endings};
    #[pymodule_export]
    use super::error::{ConvergenceError, NotSupportedError};
    #[pymodule_export]
    use super::files::{
        allow_memory, identifier, label_of, read_table, schema, sections, template, templates,
    };
    #[pymodule_export]
    use super::fixed_point::FixedPoint;
    #[pymodule_export]
    use super::linearization::Linearization;
    #[pymodule_export]
    use super::matrices::{
        amplification, amplification_between, distance_to_instability, eigenmodes, expm, kinds_of_signs,
        kinds_of_triplets, kreiss_constant, linear_response, lyapunov, normality, numerical_range,
        pseudospectra, schur,
    };
    #[pymodule_export]
    use super::neurons::{Transfer, ricciardi, transfer_kinds};
    #[pymodule_export]
    use super::recording::{record, write_file};
    #[pymodule_export]
    use super::sweep::{Sweep, sweep_quantities};

    #[pymodule_init]
    fn init(m: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        use pyo3::types::PyModuleMethods;
        m.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
