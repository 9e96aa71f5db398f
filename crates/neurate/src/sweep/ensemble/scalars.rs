//! A circuit as a list of numbers, and which of them an address sets.
//!
//! Reading a circuit takes a tenth of a millisecond, which counts where there are thousands. So an address is tried
//! out: the reader is asked twice, and the numbers that changed are those that it sets. Where anything else changes,
//! or a number is not the value times a constant to the last bit, the reader is asked for every value.

use crate::file::Document;
use crate::model::transfer::{Range, Transfer};
use crate::model::{Blocks, CellKind, Circuit, Form, Parts, Weights};
use neurate_numerics::error::Result;
use neurate_numerics::linalg::Matrix;
use std::ops::Range as Indices;

/// Units up to which a circuit is a list of numbers.
const MAX_UNITS: usize = 64;

/// Where a circuit's numbers stand in the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    /// Weights: to, from; of populations if those are blocks.
    pub weights: Indices<usize>,
    /// Rows of the weights: units, or populations.
    pub rows: usize,
    pub h: Indices<usize>,
    pub tau: Indices<usize>,
    /// One for each population.
    pub sigma: Indices<usize>,
    /// For each population those of its transfer function.
    pub parameters: Vec<Indices<usize>>,
}

/// The numbers of a circuit; None for circuits that are more than a few numbers.
pub(crate) fn scalars(circuit: &Circuit) -> Option<(Layout, Vec<f64>)> {
    let other = circuit.form() == Form::Conductance || circuit.mean_field().is_some() || !circuit.is_plain();
    if other || circuit.n() > MAX_UNITS {
        return None;
    }
    let weights = match circuit.weights() {
        Weights::Dense(w) => w,
        Weights::Blocks(b) => b.weights(),
        _ => return None,
    };
    let mut all = weights.data().to_vec();
    let mut next = |values: &mut dyn Iterator<Item = f64>| {
        let start = all.len();
        all.extend(values);
        start..all.len()
    };
    let populations = circuit.populations();
    let h = next(&mut circuit.h().iter().copied());
    let tau = next(&mut circuit.tau().iter().copied());
    let sigma = next(&mut populations.iter().map(|p| p.sigma));
    let parameters =
        populations.iter().map(|p| next(&mut p.transfer.parameters().iter().map(|q| q.1))).collect();
    let layout = Layout { weights: 0..weights.data().len(), rows: weights.rows(), h, tau, sigma, parameters };
    Some((layout, all))
}

/// Puts other numbers into a circuit's parts.
fn fill(parts: &mut Parts, layout: &Layout, values: &[f64]) -> Result<()> {
    let weights = Matrix::from_vec(layout.rows, layout.rows, values[layout.weights.clone()].to_vec());
    let sizes: Vec<usize> = parts.populations.iter().map(|p| p.size).collect();
    parts.weights = match &parts.weights {
        Weights::Blocks(_) => Weights::Blocks(Blocks::new(&sizes, weights)?),
        _ => weights.into(),
    };
    let mut unit = 0;
    for (k, p) in parts.populations.iter_mut().enumerate() {
        p.h.copy_from_slice(&values[layout.h.clone()][unit..unit + p.size]);
        p.tau.copy_from_slice(&values[layout.tau.clone()][unit..unit + p.size]);
        p.sigma = values[layout.sigma.start + k];
        let given = &values[layout.parameters[k].clone()];
        p.transfer = transfer(&p.transfer, given, parts.units.rate_times_time)?;
        unit += p.size;
    }
    Ok(())
}

/// A transfer function with other parameters.
pub(crate) fn transfer(like: &Transfer, values: &[f64], rate_times_time: f64) -> Result<Transfer> {
    let old = like.parameters();
    if old.iter().zip(values).all(|(o, v)| o.1.to_bits() == v.to_bits()) {
        return Ok(like.clone());
    }
    if like.name() == Transfer::EXPRESSION {
        let constants: Vec<(String, f64)> = old.iter().zip(values).map(|(o, v)| (o.0.clone(), *v)).collect();
        return Transfer::expression(like.formula(), &constants);
    }
    let given: Vec<(&str, f64)> = old.iter().zip(values).map(|(o, v)| (o.0.as_str(), *v)).collect();
    Transfer::new(like.name(), &given, rate_times_time)
}

/// The circuit with other numbers.
pub(crate) fn circuit(like: &Circuit, layout: &Layout, values: &[f64]) -> Result<Circuit> {
    let mut parts = like.to_parts();
    fill(&mut parts, layout, values)?;
    Circuit::new(parts)
}

/// All that a circuit says besides its numbers and its warnings.
fn rest(circuit: &Circuit, layout: &Layout) -> Option<String> {
    let mut parts = circuit.to_parts();
    let ones = vec![1.0; layout.parameters.last().map_or(layout.sigma.end, |p| p.end)];
    fill(&mut parts, layout, &ones).ok()?;
    parts.warnings.clear();
    Some(format!("{parts:?}"))
}

/// Whether number `k` of a circuit may have this value: the reader's rules.
pub(crate) fn allows(circuit: &Circuit, layout: &Layout, k: usize, value: f64) -> bool {
    if !value.is_finite() {
        return false;
    }
    if layout.weights.contains(&k) {
        let sender = k % layout.rows;
        let blocks = matches!(circuit.weights(), Weights::Blocks(_));
        let population = if blocks { sender } else { circuit.population_of(sender) };
        return match circuit.populations()[population].kind {
            CellKind::Excitatory => value >= 0.0,
            CellKind::Inhibitory => value <= 0.0,
            CellKind::Unconstrained => true,
        };
    }
    if layout.tau.contains(&k) {
        return value > 0.0;
    }
    if layout.sigma.contains(&k) {
        return value >= 0.0;
    }
    let Some(p) = layout.parameters.iter().position(|range| range.contains(&k)) else { return true };
    let law = &circuit.populations()[p].transfer;
    match Transfer::kind(law.name()).map(|kind| kind.parameters[k - layout.parameters[p].start].range) {
        Some(Range::Positive) => value > 0.0,
        Some(Range::NonNegative) => value >= 0.0,
        _ => true,
    }
}

/// A parameter that takes many values.
#[derive(Clone, Debug, PartialEq)]
pub struct Varied {
    /// Its address, as `--set` takes it: `W.E<-E`, `populations.I.tau`, `h`.
    pub address: String,
    /// Its values.
    pub values: Vec<f64>,
    /// Their unit (`ms`); empty: that of bare numbers in the file.
    pub unit: String,
}

impl Varied {
    /// The `--set` text of value `k`.
    pub fn set(&self, k: usize) -> String {
        set_text(&self.address, self.values[k], &self.unit)
    }
}

/// The `--set` text of a value.
pub(crate) fn set_text(address: &str, value: f64, unit: &str) -> String {
    let space = if unit.is_empty() { "" } else { " " };
    format!("{address}={value:?}{space}{unit}")
}

/// A circuit of which some addresses are plain numbers.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub circuit: Circuit,
    pub layout: Layout,
    /// The numbers of the circuit with the first value of every parameter.
    pub scalars: Vec<f64>,
    /// For each parameter the numbers that it sets, and their factors.
    pub targets: Vec<Vec<(usize, f64)>>,
}

impl Template {
    /// Tries the parameters out; None if they are more than plain numbers.
    ///
    /// # Errors
    /// The reader refuses one of the values that are tried: the first, the last, and a few between.
    pub fn new(document: &Document, varied: &[Varied]) -> Result<Option<Template>> {
        let read = |at: &dyn Fn(usize) -> usize| {
            document.with(varied.iter().enumerate().map(|(a, v)| v.set(at(a)))).circuit()
        };
        let circuit = read(&|_| 0)?;
        let Some((layout, first)) = scalars(&circuit) else { return Ok(None) };
        let Some(words) = rest(&circuit, &layout) else { return Ok(None) };
        let mut targets = Vec::with_capacity(varied.len());
        for (a, v) in varied.iter().enumerate() {
            let mut own = Vec::new();
            if let Some(k) = v.values.iter().rposition(|x| *x != v.values[0] && *x != 0.0) {
                let read = read(&|b| if a == b { k } else { 0 })?;
                let Some(moved) = same_numbers(&read, &layout, &words) else { return Ok(None) };
                for s in (0..first.len()).filter(|&s| first[s].to_bits() != moved[s].to_bits()) {
                    let factor = moved[s] / v.values[k];
                    if v.values[0] * factor != first[s] || v.values[k] * factor != moved[s] {
                        return Ok(None);
                    }
                    own.push((s, factor));
                }
            } else if v.values.iter().any(|x| *x != v.values[0]) {
                return Ok(None); // zeros and one other value: no factor to be had
            }
            targets.push(own);
        }
        let template = Template { circuit, layout, scalars: first, targets };
        // All of them together, at a few places: as the reader has it, bit for bit.
        for part in 1..=4 {
            let at = |a: usize| (varied[a].values.len() - 1) * (part * (a + 1) % 5) / 4;
            let values: Vec<f64> = varied.iter().enumerate().map(|(a, v)| v.values[at(a)]).collect();
            let Some(by_reader) = same_numbers(&read(&at)?, &template.layout, &words) else {
                return Ok(None);
            };
            let ours = template.numbers(&values);
            if by_reader.iter().zip(&ours).any(|(a, b)| a.to_bits() != b.to_bits()) {
                return Ok(None);
            }
        }
        Ok(Some(template))
    }

    /// The circuit's numbers with these values of the parameters.
    pub fn numbers(&self, values: &[f64]) -> Vec<f64> {
        let mut all = self.scalars.clone();
        for (own, value) in self.targets.iter().zip(values) {
            own.iter().for_each(|(s, factor)| all[*s] = value * factor);
        }
        all
    }

    /// The circuit with these values of the parameters.
    ///
    /// # Errors
    /// A value that breaks a rule; the reader says it better.
    pub fn circuit(&self, values: &[f64]) -> Result<Circuit> {
        circuit(&self.circuit, &self.layout, &self.numbers(values))
    }
}

fn same_numbers(other: &Circuit, layout: &Layout, words: &str) -> Option<Vec<f64>> {
    let (l, values) = scalars(other)?;
    (l == *layout && rest(other, layout)? == words).then_some(values)
}
