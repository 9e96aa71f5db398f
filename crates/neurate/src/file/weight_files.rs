//! Tables of numbers from files, by their endings.

use super::contents::{bytes, text};
use super::npy::{self, Array};
#[cfg(feature = "npz")]
use super::npz;
use super::{delimited, market, matlab, zarr_array};
use crate::spec::{MATRIX_ENDINGS, Table, TableOptions};
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::path::Path;

/// Files of other programs, and how to come from them to one that is read.
const OTHERS: [(&[&str], &str, &str); 9] = [
    (&["h5", "hdf5", "nwb"], "an HDF5 file", "numpy.save(\"W.npy\", h5py.File(FILE)[\"W\"][()]) in Python"),
    (&["xlsx", "xls", "ods"], "a spreadsheet", "save its sheet as \"CSV UTF-8\" (.csv)"),
    (
        &["pkl", "pickle"],
        "a Python pickle",
        "numpy.save(\"W.npy\", W) in Python; DataFrame.to_csv(\"W.csv\") with names",
    ),
    (
        &["parquet", "feather", "arrow"],
        "a columnar table",
        "pandas.read_parquet(FILE).to_csv(\"W.csv\") in Python",
    ),
    (&["rds", "rdata"], "an R object", "write.csv(W, \"W.csv\") in R"),
    (&["gz", "zip", "bz2", "xz", "zst", "tar"], "a compressed file", "unpack it first"),
    (
        &["json", "yaml", "yml"],
        "text of another format",
        "numpy.savetxt(\"W.csv\", W, delimiter=\",\") in Python",
    ),
    (
        &["ode"],
        "an XPPAUT file",
        "write what its equations say into a circuit file (`neurate new ei` makes one): tau, f, h and, as pairs in [W], the weights",
    ),
    (
        &["nml", "xml"],
        "a NeuroML file",
        "write its projections as lines \"pre,post,weight\" of a .csv, with libNeuroML in Python",
    ),
];

/// The ending of a path, in lower case.
pub(super) fn ending(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Whether a file holds a matrix instead of a circuit: by its ending; text without one of its own (`.txt`, `.dat`) is a
/// circuit if a line of it begins with `neurate =`.
pub fn is_matrix(path: &Path) -> bool {
    let ending = ending(path);
    let circuit = || {
        let of_circuit =
            |l: &str| l.trim_start().strip_prefix("neurate").is_some_and(|l| l.trim_start().starts_with('='));
        std::fs::read_to_string(path).is_ok_and(|text| text.lines().any(of_circuit))
    };
    MATRIX_ENDINGS.contains(&ending.as_str()) && !(["txt", "dat"].contains(&ending.as_str()) && circuit())
}

/// The error for a circuit in another program's file, if its ending is that of one.
pub(super) fn another_programs(path: &Path) -> Option<Error> {
    let ending = ending(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Text of another format may be a circuit whose name says something else.
    let known = |(endings, ..): &(&[&str], &str, &str)| {
        endings.contains(&ending.as_str()) && !endings.contains(&"json")
    };
    OTHERS.iter().any(known).then(|| other(&ending, &name))
}

/// Reads a table; `name` is how the circuit file calls it.
pub(super) fn table(path: &Path, name: &str, options: &TableOptions) -> Result<Table> {
    let ending = ending(path);
    let array = options.array.as_deref();
    if array.is_some() && !["npz", "mat", "zarr"].contains(&ending.as_str()) {
        return Err(Error::invalid(format!(
            "array names one of several in a .npz, .mat or .zarr file; {name} is none"
        ))
        .with_help("leave array out"));
    }
    match ending.as_str() {
        "npy" => matrix(npy::read_npy(&bytes(path, name)?, name)?, name),
        #[cfg(feature = "npz")]
        "npz" => npz::read_npz(&bytes(path, name)?, name, array),
        #[cfg(not(feature = "npz"))]
        "npz" => Err(Error::unsupported(format!("{name}: this build of neurate reads no .npz files"))
            .with_help("save the array alone: numpy.save(\"W.npy\", W)")),
        "csv" | "tsv" | "txt" | "dat" => delimited::table(&text(path, name)?, name, options),
        "mtx" => market::matrix_market(&text(path, name)?, name),
        "mat" => matlab::read_mat(&bytes(path, name)?, name, array),
        "zarr" => zarr_array::read(path, name, array),
        _ => Err(other(&ending, name)),
    }
}

/// The error for a file that is no table of numbers, by its ending.
fn other(ending: &str, name: &str) -> Error {
    let known: Vec<String> = MATRIX_ENDINGS.iter().map(|e| format!(".{e}")).collect();
    match OTHERS.iter().find(|(endings, ..)| endings.contains(&ending)) {
        Some((_, what, way)) => {
            Error::unsupported(format!("{name} is {what}, which neurate does not read")).with_help(*way)
        }
        None if name.is_empty() => Error::invalid("the name of the file is empty")
            .with_help("write the file's name: file = \"W.csv\""),
        None => Error::invalid(format!("{name}: numbers come from files that end in {}", known.join(", ")))
            .with_help(
                "the ending says how a file is read: numpy.save(\"W.npy\", W) in Python; .csv for text",
            ),
    }
}

fn matrix(array: Array, name: &str) -> Result<Table> {
    match array.shape[..] {
        [rows, cols] => Ok(Table::dense(Matrix::from_vec(rows, cols, array.values))),
        _ => Err(npy::wrong_axes(name, &array.shape)),
    }
}
