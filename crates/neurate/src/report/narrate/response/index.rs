//! Populations by their names.

use crate::model::Circuit;

/// Index of a population.
pub(super) fn index(c: &Circuit, name: &str) -> Option<usize> {
    c.populations().iter().position(|p| p.name == name)
}
