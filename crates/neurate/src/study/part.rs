//! Parts of populations that are stimulated.

use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};

/// A part of one population that is stimulated; its indices are those of the circuit.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A random part, drawn with [`Choices::seed`](super::Choices::seed). Of a population of one unit, which stands for
    /// many, it is a share of those.
    Fraction {
        /// The population.
        population: usize,
        /// The share of it that is stimulated, above 0 and at most 1.
        fraction: f64,
    },
    /// Units of one population.
    Units(Vec<usize>),
}

const HELP: &str = "write a population and a fraction, I:0.3, or units of one population, I[0],I[4]";

impl Part {
    /// Reads `I:0.3`, a fraction, or `I[0],I[4]`, units.
    ///
    /// # Errors
    /// Neither; a name that the circuit has not; a fraction that is not above 0 and at most 1; units of several
    /// populations.
    pub fn parse(text: &str, circuit: &Circuit) -> Result<Part> {
        let wrong = |why: String| Error::invalid(format!("--perturb {text}: {why}"));
        let part = if let Some((name, fraction)) = text.split_once(':') {
            let (name, populations) = (name.trim(), circuit.populations());
            let population = populations.iter().position(|p| p.name == name).ok_or_else(|| {
                let names: Vec<&str> = populations.iter().map(|p| p.name.as_str()).collect();
                wrong(format!("there is no population \"{name}\""))
                    .with_help(format!("there are: {}", names.join(", ")))
            })?;
            Part::Fraction { population, fraction: fraction.trim().parse().unwrap_or(f64::NAN) }
        } else {
            let unit = |name: &str| {
                (0..circuit.n())
                    .find(|&i| circuit.unit_name(i) == name)
                    .ok_or_else(|| wrong(format!("there is no unit \"{name}\"")).with_help(HELP))
            };
            Part::Units(text.split(',').map(|name| unit(name.trim())).collect::<Result<_>>()?)
        };
        part.located(circuit).map_err(|why| wrong(why.into()).with_help(HELP))?;
        Ok(part)
    }

    /// The population that it is a part of.
    ///
    /// # Errors
    /// It is no part of this circuit.
    pub fn population(&self, circuit: &Circuit) -> Result<usize> {
        self.located(circuit).map_err(|why| Error::invalid(format!("part of a population: {why}")))
    }

    /// The population, or why there is none.
    fn located(&self, circuit: &Circuit) -> std::result::Result<usize, &'static str> {
        match self {
            Part::Fraction { population, .. } if *population >= circuit.populations().len() => {
                Err("there is no such population")
            }
            Part::Fraction { fraction, .. } if !(*fraction > 0.0 && *fraction <= 1.0) => {
                Err("the fraction must be above 0 and at most 1")
            }
            Part::Fraction { population, .. } => Ok(*population),
            Part::Units(units) if units.iter().any(|&i| i >= circuit.n()) => Err("there is no such unit"),
            Part::Units(units) => {
                let first = units.first().ok_or("it has no units")?;
                let population = circuit.population_of(*first);
                if units.iter().all(|&i| circuit.population_of(i) == population) {
                    Ok(population)
                } else {
                    Err("the units are of several populations")
                }
            }
        }
    }

    /// The text that [`Part::parse`] reads as this part.
    ///
    /// # Errors
    /// As [`Part::population`].
    pub fn text(&self, circuit: &Circuit) -> Result<String> {
        let population = self.population(circuit)?;
        Ok(match self {
            Part::Fraction { fraction, .. } => {
                format!("{}:{fraction}", circuit.populations()[population].name)
            }
            Part::Units(units) => units.iter().map(|&i| circuit.unit_name(i)).collect::<Vec<_>>().join(","),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Part;
    use crate::model::Circuit;
    use neurate_numerics::linalg::Matrix;

    #[test]
    fn a_part_is_read_as_it_is_written() {
        let circuit = Circuit::from_weights(Matrix::zeros(3, 3)).build().unwrap();
        let name = &circuit.populations()[0].name;
        for text in [format!("{name}:0.3"), format!("{name}[0],{name}[2]")] {
            assert_eq!(Part::parse(&text, &circuit).unwrap().text(&circuit).unwrap(), text);
        }
        for text in ["none:0.3", &format!("{name}:0"), &format!("{name}:x"), &format!("{name}[3]"), ""] {
            let error = Part::parse(text, &circuit).unwrap_err();
            assert!(error.message().starts_with("--perturb ") && error.help().is_some(), "{error}");
        }
        for part in
            [Part::Units(vec![]), Part::Units(vec![7]), Part::Fraction { population: 4, fraction: 0.5 }]
        {
            assert!(part.population(&circuit).is_err());
        }
    }
}
