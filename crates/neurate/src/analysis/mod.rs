//! One file for each section of the report, and the list of them.

mod section;

pub use section::{
    Axis, Cell, ChainNode, CircuitNode, Cloud, Figure, Link, Mark, Role, Section, Series, Stroke, Table,
};
