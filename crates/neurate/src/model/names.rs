//! Names of units and states: those that addresses and files have, and those that people read.

use super::circuit::Circuit;
use super::population::Population;

impl Circuit {
    /// `E`, or `E[3]` if the population has several units: the name in addresses, JSON and tables of numbers.
    pub fn unit_name(&self, i: usize) -> String {
        self.unit_called(i, |p| &p.name)
    }

    /// Name of state `i`: a unit's, or such as `adaptation of E[3]`.
    pub fn state_name(&self, i: usize) -> String {
        self.state_called(i, |p| &p.name)
    }

    /// The unit as it is shown: [`Circuit::unit_name`] with the population's label, `L2/3 E[3]`.
    pub fn unit_shown(&self, i: usize) -> String {
        self.unit_called(i, Population::shown)
    }

    /// The state as it is shown: [`Circuit::state_name`] with the population's label.
    pub fn state_shown(&self, i: usize) -> String {
        self.state_called(i, Population::shown)
    }

    /// What a name stands for, as it is shown: of a population, a unit or a state. Any other text is shown as it stands.
    ///
    /// ```
    /// use neurate::prelude::*;
    /// let mut parts = Circuit::from_weights(Matrix::zeros(2, 2)).parts()?;
    /// parts.populations[0].label = Some("L2/3 E".into());
    /// let circuit = Circuit::new(parts)?;
    /// assert_eq!((circuit.unit_name(1), circuit.unit_shown(1)), ("unit[1]".into(), "L2/3 E[1]".into()));
    /// assert_eq!(circuit.shown("unit"), "L2/3 E");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn shown(&self, name: &str) -> String {
        if let Some(p) = self.populations().iter().find(|p| p.name == name) {
            return p.shown().to_string();
        }
        if let Some((kind, unit)) = name.split_once(" of ") {
            let slow = self.slow().iter().any(|b| b.kind.name() == kind);
            return if slow { format!("{kind} of {}", self.shown(unit)) } else { name.to_string() };
        }
        let unit = name.strip_suffix(']').and_then(|n| n.split_once('['));
        let of = unit.and_then(|(of, i)| Some((self.populations().iter().find(|p| p.name == of)?, i)));
        of.map_or_else(|| name.to_string(), |(p, i)| format!("{}[{i}]", p.shown()))
    }

    fn unit_called<'c>(&'c self, i: usize, of: fn(&'c Population) -> &'c str) -> String {
        let p = self.population_of(i);
        let population = &self.populations()[p];
        match population.size {
            1 => of(population).to_string(),
            _ => format!("{}[{}]", of(population), i - self.range(p).start),
        }
    }

    fn state_called<'c>(&'c self, i: usize, of: fn(&'c Population) -> &'c str) -> String {
        if i < self.n() {
            return self.unit_called(i, of);
        }
        let slow = self.slow();
        let block = slow[slow.partition_point(|b| b.first <= i) - 1];
        let unit = self.range(block.population).start + i - block.first;
        format!("{} of {}", block.kind.name(), self.unit_called(unit, of))
    }
}
