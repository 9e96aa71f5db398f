//! What users say about patterns of units: an order by overlap, inputs and outputs of amplification.

use crate::linear::modes::Order;
use crate::model::Circuit;
use neurate_numerics::error::{Error, Result};
use neurate_numerics::linalg::Matrix;
use std::ops::Range;
use std::path::Path;

/// An order of Schur modes in a user's words: those of [`Order::parse`], or `overlap:` and a pattern,
/// which names populations or units with their values (`overlap:E=1,I=-1`; without a value it is 1,
/// and what is not named is 0) or a file with one number for each unit.
///
/// # Errors
/// Neither; a name that the circuit has not; a file that holds something else.
pub fn order(text: &str, circuit: &Circuit) -> Result<Order> {
    let Some(pattern) = text.strip_prefix("overlap:") else { return Order::parse(text) };
    if Path::new(pattern).is_file() {
        return numbers(pattern, circuit.n()).map(Order::Overlap);
    }
    let mut values = vec![0.0; circuit.n()];
    for item in pattern.split(',').map(str::trim) {
        let (name, value) = match item.split_once('=') {
            Some((name, value)) => match value.trim().parse::<f64>() {
                Ok(x) if x.is_finite() => (name.trim(), x),
                _ => {
                    return Err(Error::invalid(format!("{value:?} is no number in the pattern {pattern:?}"))
                        .with_help("a pattern is E=1,I=-1, or a name alone for 1"));
                }
            },
            None => (item, 1.0),
        };
        values[units(name, circuit)?].fill(value);
    }
    if values.iter().all(|x| *x == 0.0) {
        return Err(Error::invalid(format!("the pattern {pattern:?} is zero everywhere"))
            .with_help("give at least one population a number other than 0: E=1,I=-1"));
    }
    Ok(Order::Overlap(values))
}

fn numbers(path: &str, n: usize) -> Result<Vec<f64>> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Error::io(format!("{path}: {e}"))
            .with_help("name a file with one number for each unit, or write E=1,I=-1")
    })?;
    let words = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|w| !w.is_empty());
    let values: Vec<f64> = words
        .map(|w| match w.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(x),
            _ => Err(Error::invalid(format!("{path}: {w:?} is no number")).with_help(
                "a pattern is finite numbers, one for each unit, between blanks, commas or line ends",
            )),
        })
        .collect::<Result<_>>()?;
    if values.len() == n {
        Ok(values)
    } else {
        Err(Error::invalid(format!(
            "{path}: a pattern has one number for each of {n} units, not {}",
            values.len()
        ))
        .with_help("in the order of the populations, all units of one after each other"))
    }
}

/// The units that a name means: a population, or one unit of it (`E[3]`, or `unit E[3]`).
fn units(name: &str, circuit: &Circuit) -> Result<Range<usize>> {
    let wanted = name.strip_prefix("unit ").unwrap_or(name).trim();
    let populations = circuit.populations();
    if let Some(p) = populations.iter().position(|p| p.name == wanted) {
        return Ok(circuit.range(p));
    }
    if let Some(i) = (0..circuit.n()).find(|&i| circuit.unit_name(i) == wanted) {
        return Ok(i..i + 1);
    }
    let known = |p: &crate::model::Population| match p.size {
        1 => p.name.clone(),
        n => format!("{} ({}[0] to {}[{}])", p.name, p.name, p.name, n - 1),
    };
    Err(Error::invalid(format!("there is no population or unit {wanted:?}"))
        .with_help(format!("there are: {}", populations.iter().map(known).collect::<Vec<_>>().join(", "))))
}

/// Chosen directions of activity: the inputs, or the outputs, of [`crate::linear::modes::amplification_between()`].
#[derive(Clone, Debug)]
pub struct Channels {
    /// A name for each direction: `E[3]`, `mean I`.
    pub names: Vec<String>,
    /// The same as people read it, with the populations' labels.
    pub shown: Vec<String>,
    /// One row for each direction, one column for each unit: the deviation of the units that an input of 1 is, or the
    /// weights with which an output reads them.
    pub weights: Matrix,
    /// What was asked for, in words: `E`, `the mean of I`.
    pub words: Vec<String>,
}

/// Which way channels are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where a deviation begins: `mean E` is the same deviation in every unit of E.
    From,
    /// Where it is looked at: `mean E` is the mean rate of E.
    To,
}

/// Reads `E`, `E,I`, `unit E[3]`, `mean E`, or `mean`: the means of all populations. `E` are all its
/// units, each a channel of its own, so that any pattern within E may begin, or be seen.
///
/// # Errors
/// A name that the circuit has not; more units than dense matrices are made for.
pub fn channels(text: &str, side: Side, circuit: &Circuit) -> Result<Channels> {
    circuit.require_dense()?;
    let n = circuit.n();
    let (mut names, mut shown) = (Vec::new(), Vec::new());
    let (mut rows, mut words) = (Vec::new(), Vec::new());
    for item in text.split(',').map(str::trim) {
        if item == "mean" || item.starts_with("mean ") {
            let of = item["mean".len()..].trim();
            let ranges: Vec<Range<usize>> = if of.is_empty() {
                (0..circuit.populations().len()).map(|p| circuit.range(p)).collect()
            } else {
                vec![units(of, circuit)?]
            };
            for r in ranges {
                let weight = if side == Side::To { 1.0 / r.len() as f64 } else { 1.0 };
                let population = &circuit.populations()[circuit.population_of(r.start)];
                names.push(format!("mean {}", population.name));
                shown.push(format!("mean {}", population.shown()));
                words.push(format!("the mean of {}", population.shown()));
                rows.push((0..n).map(|i| if r.contains(&i) { weight } else { 0.0 }).collect::<Vec<_>>());
            }
        } else {
            for i in units(item, circuit)? {
                names.push(circuit.unit_name(i));
                shown.push(circuit.unit_shown(i));
                rows.push((0..n).map(|j| f64::from(u8::from(i == j))).collect());
            }
            words.push(circuit.shown(item.strip_prefix("unit ").unwrap_or(item).trim()));
        }
    }
    Ok(Channels { names, shown, weights: Matrix::from_rows(&rows), words })
}
