//! The populations that were read, and which units are theirs.

use super::keys::nearest;
use crate::model::{Population, Signs, Weights};
use neurate_numerics::error::{Error, Place};
use std::collections::HashMap;
use std::ops::Range;

/// All populations, and which units are theirs.
pub(super) struct Crowd {
    pub populations: Vec<Population>,
    pub place: Place,
    /// How many neurons each population stands for, in mean-field circuits.
    pub neurons: Vec<usize>,
    pub first: Vec<usize>,
}

impl Crowd {
    pub fn n(&self) -> usize {
        self.first[self.populations.len()]
    }
    pub fn range(&self, p: usize) -> Range<usize> {
        self.first[p]..self.first[p + 1]
    }
    pub fn names(&self) -> Vec<&str> {
        self.populations.iter().map(|p| p.name.as_str()).collect()
    }
    /// Populations by what a table of numbers may call them: their names, and their labels.
    pub fn index(&self) -> HashMap<&str, usize> {
        let labels = self.populations.iter().map(|p| p.shown());
        let mut index: HashMap<&str, usize> = labels.enumerate().map(|(p, label)| (label, p)).collect();
        index.extend(self.names().into_iter().enumerate().map(|(p, name)| (name, p)));
        index
    }
    pub fn find(&self, name: &str) -> Option<usize> {
        self.populations.iter().position(|p| p.name == name)
    }
    /// `E`, or `E[3]` in a population of several units.
    pub fn unit_name(&self, i: usize) -> String {
        let p = self.population_of(i);
        let name = &self.populations[p].name;
        if self.populations[p].size == 1 { name.clone() } else { format!("{name}[{}]", i - self.first[p]) }
    }
    pub fn population_of(&self, i: usize) -> usize {
        self.first.partition_point(|&f| f <= i) - 1
    }
    /// The signs of the weights between populations: rows receive.
    pub fn signs(&self, weights: &Weights) -> Signs {
        let p = self.populations.len();
        let groups: Vec<_> = (0..p).map(|p| self.range(p)).collect();
        Signs::visit(p, p, |note| {
            weights.representatives(&groups, |to, from, w| {
                note(self.population_of(to), self.population_of(from), w)
            });
        })
    }
    /// The shortest time constant of a unit.
    pub fn shortest_tau(&self) -> f64 {
        self.populations.iter().flat_map(|p| &p.tau).copied().fold(f64::INFINITY, f64::min)
    }
    /// The error for a name that no population has.
    pub fn unknown(&self, name: &str, place: &Place) -> Error {
        let names = self.names();
        let help = match nearest(name, names.iter().copied()) {
            Some(meant) => format!("did you mean {meant}? There are: {}", names.join(", ")),
            None => format!("there are: {}", names.join(", ")),
        };
        Error::invalid(format!("there is no population \"{name}\"")).with_help(help).at(place.clone())
    }
}
