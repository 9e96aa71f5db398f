//! The circuit file: text to [`Spec`](crate::spec::Spec), with places. Nothing is built here.
//!
//! `text` makes a tree of values of it, `change` reads what `--set` takes, and weight files are read when a
//! circuit is built. The format itself: `docs/circuit-file.md`.

mod change;
mod circuit;
mod contents;
mod delimited;
mod folder;
mod market;
mod matlab;
mod matrix;
#[cfg_attr(not(feature = "npz"), allow(dead_code))]
mod npy;
#[cfg(feature = "npz")]
mod npz;
#[cfg_attr(not(feature = "npz"), allow(dead_code))]
mod sparse;
mod templates;
mod text;
mod weight_files;
mod write_weights;
mod written;
mod zarr_array;

pub use crate::spec::MATRIX_ENDINGS;
pub use change::change;
pub use circuit::{parse, read, text_of};
pub use folder::folder;
pub use matrix::{circuit_of_array, circuit_of_matrix, square_table};
pub use templates::{TEMPLATES, Template, template};
pub use weight_files::is_matrix;
pub use write_weights::weights_text;
pub use written::changed_text;
